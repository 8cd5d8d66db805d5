"""Links of the vocabulary's documentation: to the terms of its page, and out of it. Every text that comes out of a file is escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup, escape
from rdflib import Literal, URIRef
from rdflib.term import Node

from withwhom.evidence_list import UNFIT
from withwhom.ontology_files import Vocabulary
from withwhom.ontology_picture import symbol
from withwhom.ontology_terms import Glossary, Term
from withwhom.words import LANGUAGES


def upright(value: object) -> object:
    """Leave out of a text what HTML forbids, and marks that would turn the direction of what stands behind it."""
    return UNFIT.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value


def external(iri: str, text: str = "") -> Markup:
    """Return a link out of the page; an IRI that no browser should follow (``javascript:``, ``file:``) stays a text."""
    shown = upright(text or iri)
    if not iri.lower().startswith(("http://", "https://")):
        return Markup("<code>{}</code>").format(shown)
    return Markup('<a rel="external noreferrer" href="{}"><code>{}</code></a>').format(iri, shown)


def swatch(term: Term) -> Markup:
    """Return the symbol of a class, or a stroke in the colour of a predicate's edges."""
    if not term.colour:
        return Markup("")
    drawn = symbol(term.symbol, term.colour, 8, 8, 6.5) if term.symbol else f'<path d="M0 8H16" stroke="{escape(term.colour)}" stroke-width="3"/>'
    return Markup(f'<svg class="swatch" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{drawn}</svg>')  # noqa: S704  # numbers and escaped text


@dataclass(frozen=True)
class Linker:
    """Makes links to terms.

    Args:
        glossary: the terms of the page.
        vocabulary: their graph, for prefixes.
    """

    glossary: Glossary
    vocabulary: Vocabulary

    def short(self, iri: str) -> str:
        """Return an IRI as a prefixed name where it has one."""
        return self.vocabulary.curie(iri) or iri

    def term(self, iri: str) -> Markup:
        """Return a link to a term of the page by its labels, or out of the page to that of another vocabulary."""
        known = self.glossary.terms.get(iri)
        if known is None:
            return external(iri, self.short(iri))
        texts = ((language, upright(known.labels.get(language) or known.name)) for language in LANGUAGES)
        shown = Markup("").join(Markup('<span class="{0}" lang="{0}">{1}</span>').format(language, text) for language, text in texts)
        gone = Markup(' class="gone"') if known.deprecated else ""
        return Markup('<a href="#{}" title="{}"{}>{}</a>').format(known.anchor, upright(self.short(iri)), gone, shown)

    def node(self, node: Node) -> Markup:
        """Return the value of an annotation: a link, or a text with its datatype."""
        if isinstance(node, URIRef):
            return self.term(str(node))
        kind = f" ({self.short(str(node.datatype))})" if isinstance(node, Literal) and node.datatype else ""
        language = Markup(' lang="{}"').format(node.language) if isinstance(node, Literal) and node.language else ""
        return Markup("<span{}>{}</span>{}").format(language, upright(str(node)), kind)

    def text(self, text: str) -> Markup:
        """Return a text in which each term that it names by prefix leads to that term."""
        parts = re.split(r"([A-Za-z]\w*:[A-Za-z]\w*)", str(upright(text)), flags=re.ASCII)
        named = self._anchors
        return Markup("").join(Markup('<a href="#{}"><code>{}</code></a>').format(named[part], part) if part in named else escape(part) for part in parts)

    @cached_property
    def _anchors(self) -> dict[str, str]:
        return {self.short(iri): anchor for iri, anchor in self.glossary.anchors.items()}
