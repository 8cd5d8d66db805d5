"""``index.html`` of a vocabulary's documentation: one page in two languages, without anything from elsewhere, readable without scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from rdflib import DCTERMS, OWL, RDF, SKOS, VANN, Graph, Literal, URIRef
from rdflib.term import Node

from withwhom.network_build import rule_words
from withwhom.ontology import ONTOLOGY, Labels
from withwhom.ontology_example import worked_example
from withwhom.ontology_files import Vocabulary
from withwhom.ontology_links import Linker, external, swatch, upright
from withwhom.ontology_picture import Words, branch, class_tree, edge_kinds, statement_picture, tree_words
from withwhom.ontology_sections import Section, sections
from withwhom.ontology_terms import PAGE, Glossary
from withwhom.ontology_use import Usage, Use
from withwhom.questions import Question
from withwhom.terms import language_of
from withwhom.vocab import WW
from withwhom.words import LANGUAGES

# The rows of a term, in their order: links to other terms.
ROWS = ("type", "above", "below", "relation", "predicates", "role", "role-of", "domain", "range", "subject-of", "object-of", "inverse")
ROWS_AFTER = ("scheme", "codes", "members", "see", "replaced", "replaces")
# Namespaces of the machinery that every vocabulary is written in.
MACHINERY = ("owl", "rdf", "rdfs", "xsd", "vann", "ww")


@dataclass(frozen=True)
class Docs:
    """What the page is made of.

    Args:
        usage: the terms and how the graph uses them.
        language: in which the page opens where the reader's browser says nothing.
        network: address of the build's ``network.html``, empty where it does not stand beside.
    """

    usage: Usage
    language: str
    network: str = ""

    @property
    def glossary(self) -> Glossary:
        return self.usage.glossary

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.glossary.graph)

    @cached_property
    def words(self) -> Words:
        return {key: dict(zip(LANGUAGES, texts, strict=True)) for key, texts in json.loads(_file("words.json")).items()}

    @cached_property
    def sections(self) -> Sequence[Section]:
        return sections(self.glossary, self.usage.uses, self.words)

    @cached_property
    def linker(self) -> Linker:
        return Linker(self.glossary, self.vocabulary)


def index_page(docs: Docs) -> str:
    """Return the page; the same input gives the same bytes."""
    environment = Environment(loader=PackageLoader("withwhom"), autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=upright)
    style, script = _file("page.css"), _file("page.js")
    settings = docs.usage.checked.settings
    linker = docs.linker
    environment.filters.update(ref=linker.term, node=linker.node, code=linker.short, linked=linker.text, external=external)
    environment.globals.update(say=lambda key, **values: _said(docs.words, key, values), count_of=lambda use: _counted(docs, use))
    return environment.get_template("ontology.html").render(
        docs=docs,
        page=PAGE,
        policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704  # a file of this package
        script=Markup(script),  # noqa: S704  # a file of this package
        languages=LANGUAGES,
        head=_header(docs),
        settings=settings,
        sections=docs.sections,
        pictures=_pictures(docs),
        swatch=swatch,
        rows=ROWS,
        rows_after=ROWS_AFTER,
        own=[term for term in docs.glossary.terms.values() if term.own],
        gone=[term for term in docs.glossary.terms.values() if term.deprecated],
        questions=_questions(docs),
        rules=_rules(docs),
        example=worked_example(docs.usage, docs.vocabulary.prefixes),
        vocabularies=_vocabularies(docs),
    )


def _file(name: str) -> str:
    return (files("withwhom") / "templates" / "ontology" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what a content security policy calls an inline script or style by (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}'"


def _said(words: Words, key: str, values: Mapping[str, Any]) -> Labels:
    """Return words of the page in both languages; a value may be a text of its own in each."""
    return {
        language: text.format(**{name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()})
        for language, text in words[key].items()
    }


def _counted(docs: Docs, use: Use) -> Labels:
    """Return in words how often the graph uses a term."""
    if not use.unit:
        return docs.words["uncounted"]
    if not use.whole:
        return docs.words["unused"]
    own = _said(docs.words, f"{'one' if use.count == 1 else 'unit'}-{use.unit}", {"count": f"{use.count:,}"})
    if use.whole == use.count:
        return own
    return {language: text + _said(docs.words, "with-narrower", {"count": f"{use.whole:,}"})[language] for language, text in own.items()}


def _header(docs: Docs) -> Mapping[str, Any]:
    """Return what the vocabulary says of itself, and what in the workspace extends it."""
    graph, text = docs.glossary.graph, docs.glossary.texts_of_header

    def values(property: URIRef) -> list[Node]:
        return sorted(graph.objects(ONTOLOGY, property), key=lambda node: (not isinstance(node, Literal), getattr(node, "language", "") != "zh", str(node)))

    others = sorted(str(header) for header in graph.subjects(RDF.type, OWL.Ontology) if isinstance(header, URIRef) and header != ONTOLOGY)
    return {
        "iri": str(ONTOLOGY),
        "title": text(DCTERMS.title),
        "description": text(DCTERMS.description),
        "version": docs.glossary.ontology.version,
        "version_iri": next(map(str, values(OWL.versionIRI)), ""),
        "namespace": next(map(str, values(VANN.preferredNamespaceUri)), ""),
        "prefix": next(map(str, values(VANN.preferredNamespacePrefix)), ""),
        "licences": [str(node) for node in values(DCTERMS.license)],
        "creators": _by_language(values(DCTERMS.creator)),
        "notes": text(SKOS.editorialNote),
        "extensions": [(iri, _titles(graph, iri), str(graph.value(URIRef(iri), OWL.versionInfo) or "")) for iri in others],
    }


def _by_language(nodes: Sequence[Node]) -> Labels:
    """Return values in one line a language; what has no language stands in both."""
    lines = {language: [str(node) for node in nodes if getattr(node, "language", None) in (None, language)] for language in LANGUAGES}
    return {language: " · ".join(line) for language, line in lines.items() if line}


def _titles(graph: Graph, iri: str) -> Labels:
    found = {node.language or language_of(node): str(node) for node in sorted(graph.objects(URIRef(iri), DCTERMS.title), key=str) if isinstance(node, Literal)}
    return found or dict.fromkeys(LANGUAGES, iri)


def _pictures(docs: Docs) -> Mapping[str, Any]:
    tree = branch(docs.glossary, str(WW.Entity))
    kinds = ("said", "inferred", "derived")
    drawn = {
        "classes": class_tree(docs.glossary, docs.usage.uses, f"{PAGE}classes-title"),
        "statement": statement_picture(docs.glossary, docs.words, f"{PAGE}statement-title"),
        "kinds": edge_kinds(docs.glossary, docs.words, [f"{PAGE}kind-{kind}" for kind in kinds]),
    }
    made = {name: [Markup(svg) for svg in ([svgs] if isinstance(svgs, str) else svgs)] for name, svgs in drawn.items()}  # noqa: S704  # drawn of escaped text
    return {**made, "kinds": list(zip(kinds, made["kinds"], strict=True)), "words": {language: tree_words(tree, language) for language in LANGUAGES}}


def _questions(docs: Docs) -> list[tuple[Question, str, Sequence[str]]]:
    """Return each saved question that names a term, the command that asks it, and the terms it names."""
    every = docs.usage.checked.questions
    named = {question.slug: [iri for iri, use in docs.usage.uses.items() if question.slug in use.questions] for question in every}
    return [(question, command(question), named[question.slug]) for question in every if named[question.slug]]


def command(question: Question) -> str:
    """Return how a question is asked on the command line, with the values of its example."""
    return " ".join(["withwhom", "query", question.slug, *(f"--{name} {shlex.quote(value)}" for name, value in question.example.items())])


def _rules(docs: Docs) -> list[tuple[str, Labels, Sequence[str]]]:
    """Return the name of each rule, what it says of itself, and the terms that it names."""
    uses = docs.usage.uses
    return [(path.stem, rule_words(path), [iri for iri, use in uses.items() if path.stem in use.rules]) for path in docs.usage.checked.workspace.rule_files()]


def _vocabularies(docs: Docs) -> list[tuple[str, str, int]]:
    """Return prefix and namespace of each other vocabulary, and how many terms are mapped to it."""
    prefixes = {space: prefix for prefix, space in docs.vocabulary.prefixes.items() if prefix not in MACHINERY}
    mapped: Counter[str] = Counter()
    for space in prefixes:
        mapped[space] = sum(any(target.startswith(space) for _, target in term.matches) for term in docs.glossary.terms.values())
    return [(prefix, space, mapped[space]) for space, prefix in prefixes.items()]
