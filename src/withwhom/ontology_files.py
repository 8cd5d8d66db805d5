"""The vocabulary as one file: merged Turtle in the order of ``withwhom.ttl``, and JSON-LD with a context; both read back to the same graph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.term import Node

from withwhom.terms import escape

# Local names that need no escape in a prefixed name (Turtle 1.1, production PN_LOCAL, in ASCII) and are no number.
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
SECTIONS = ("Header", "Classes", "Datatypes", "Properties", "Individuals", "Blank nodes")
PROPERTIES = frozenset({OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.SymmetricProperty, RDF.Property})
# The first lines of a block, in their order (that of W3C's SOSA); what is not named follows by IRI.
FIRST = (RDF.type, DCTERMS.title, DCTERMS.description, RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.example)
LAST = (RDFS.isDefinedBy,)


@dataclass(frozen=True)
class Vocabulary:
    """A graph of Turtle files, to be written in an order that depends on nothing but what it says.

    Args:
        read: the graph as it was read; blank nodes get names that depend on what is said of them.
    """

    read: Graph

    @cached_property
    def graph(self) -> Graph:
        if not any(isinstance(term, BNode) for triple in self.read for term in triple):
            return self.read
        made = Graph()
        for triple in to_canonical_graph(self.read):
            made.add(triple)
        return made

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that shorten an IRI of the graph, by name."""
        known = sorted((prefix, str(space)) for prefix, space in self.read.namespaces() if prefix)
        used = {str(term) for triple in self.graph for term in triple if isinstance(term, URIRef)}
        used |= {str(term.datatype) for term in self.graph.objects() if isinstance(term, Literal) and term.datatype}
        short = {_space(iri) for iri in used}
        return {prefix: space for prefix, space in known if space in short}

    @cached_property
    def _spaces(self) -> Mapping[str, str]:
        return {space: prefix for prefix, space in reversed(list(self.prefixes.items()))}

    def curie(self, iri: str) -> str:
        """Return an IRI as a prefixed name, empty where it has none that needs no escape."""
        space = _space(iri)
        return f"{self._spaces[space]}:{iri[len(space) :]}" if space in self._spaces else ""

    def subjects(self) -> Iterator[tuple[str, list[Node]]]:
        """Yield each section that holds something, and its subjects in alphabetic order."""
        found: dict[str, list[Node]] = {name: [] for name in SECTIONS}
        for subject in set(self.graph.subjects()):
            found[self._section(subject)].append(subject)
        for name, subjects in found.items():
            if subjects:
                yield name, sorted(subjects, key=_alphabetic)

    def _section(self, subject: Node) -> str:
        kinds = set(self.graph.objects(subject, RDF.type))
        if isinstance(subject, BNode):
            return "Blank nodes"
        if OWL.Ontology in kinds:
            return "Header"
        if OWL.Class in kinds:
            return "Classes"
        if RDFS.Datatype in kinds:
            return "Datatypes"
        return "Properties" if kinds & PROPERTIES else "Individuals"

    def lines(self, subject: Node) -> Iterator[tuple[URIRef, list[Node]]]:
        """Yield each property of a subject with its values, both in the order of a block."""
        properties = {property for property in self.graph.predicates(subject) if isinstance(property, URIRef)}
        for property in sorted(properties, key=_rank):
            yield property, sorted(self.graph.objects(subject, property), key=_value)


def _space(iri: str) -> str:
    """Return the namespace of an IRI: what stands before a local name that needs no escape; the whole IRI where none does."""
    name = re.split(r"[#/]", iri)[-1]
    return iri[: len(iri) - len(name)] if PLAIN.fullmatch(name) else iri


def _alphabetic(term: Node) -> tuple[str, str]:
    return re.split(r"[#/]", str(term))[-1].lower(), str(term)


def _rank(property: URIRef) -> tuple[int, str]:
    if property in FIRST:
        return FIRST.index(property), ""
    return len(FIRST) + (1 + LAST.index(property) if property in LAST else 0), str(property)


def _value(term: Node) -> tuple[object, ...]:
    """Order values: Chinese, English and other languages, then literals without one, then nodes."""
    if isinstance(term, Literal):
        language = term.language or ""
        return (0, {"zh": 0, "en": 1}.get(language, 2 if language else 3), language, str(term), str(term.datatype or ""))
    return (1, 0, "", str(term), "")


def turtle(graph: Graph, order: Sequence[Node] = ()) -> str:
    """Return a graph as Turtle, the same bytes for the same graph.

    Args:
        graph: what is written.
        order: the subjects to write, in their order; by default all: header, classes, datatypes, properties, individuals, each A-Z.
    """
    known = Vocabulary(graph)
    parts = ["".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in known.prefixes.items())]
    if order:
        return "\n".join([*parts, *(_block(known, subject) for subject in order)])
    for name, subjects in known.subjects():
        parts += [f"# {name}\n"] if name != "Header" else []
        parts += [_block(known, subject) for subject in subjects]
    return "\n".join(parts)


def _block(known: Vocabulary, subject: Node) -> str:
    lines = (f"{'a' if p == RDF.type else _turtle_term(known, p)} " + " , ".join(_turtle_term(known, o) for o in values) for p, values in known.lines(subject))
    return f"{_turtle_term(known, subject)} " + " ;\n    ".join(lines) + " .\n"


def _turtle_term(known: Vocabulary, term: Node) -> str:
    if isinstance(term, Literal):
        tail = f"@{term.language}" if term.language else f"^^{_turtle_term(known, term.datatype)}" if term.datatype else ""
        return f'"{escape(str(term))}"{tail}'
    return f"_:{term}" if isinstance(term, BNode) else known.curie(str(term)) or f"<{term}>"


def json_ld(graph: Graph) -> str:
    """Return a graph as JSON-LD 1.1: a context with prefixes and the kind of each property's values, then the terms in the order of the Turtle."""
    known = Vocabulary(graph)
    properties = sorted({property for property in known.graph.predicates() if isinstance(property, URIRef) and property != RDF.type}, key=_rank)
    kinds = {property: _coercion(known, known.graph.objects(None, property)) for property in properties}
    context = {_name(known, property): {"@id": _name(known, property), **kind} for property, kind in kinds.items() if kind}
    nodes = [_node(known, subject, kinds) for _, subjects in known.subjects() for subject in subjects]
    return json.dumps({"@context": {**known.prefixes, **context}, "@graph": nodes}, ensure_ascii=False, indent=1) + "\n"


def _name(known: Vocabulary, term: Node) -> str:
    return f"_:{term}" if isinstance(term, BNode) else known.curie(str(term)) or str(term)


def _coercion(known: Vocabulary, values: Iterable[Node]) -> Mapping[str, str]:
    """Return what a context says of a property: that its values are nodes, texts by language, or of one datatype; nothing where they are mixed."""
    kinds = {_kind(known, value) for value in values}
    return {keyword: kind for keyword, kind in kinds if kind} if len(kinds) == 1 else {}


def _kind(known: Vocabulary, value: Node) -> tuple[str, str]:
    if not isinstance(value, Literal):
        return "@type", "@id"
    if value.language:
        return "@container", "@language"
    return ("@type", _name(known, value.datatype)) if value.datatype else ("@type", "")


def _node(known: Vocabulary, subject: Node, kinds: Mapping[URIRef, Mapping[str, str]]) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": _name(known, subject)}
    for property, values in known.lines(subject):
        if property == RDF.type:
            made["@type"] = _one_or_all([_name(known, value) for value in values])
        elif kinds[property] == {"@container": "@language"}:
            languages = dict.fromkeys(value.language or "" for value in values if isinstance(value, Literal))
            texts = {tag: [str(value) for value in values if isinstance(value, Literal) and value.language == tag] for tag in languages}
            made[_name(known, property)] = {tag: _one_or_all(found) for tag, found in texts.items()}
        else:
            made[_name(known, property)] = _one_or_all([_json_value(known, value, kinds[property]) for value in values])
    return made


def _json_value(known: Vocabulary, value: Node, kind: Mapping[str, str]) -> object:
    if not isinstance(value, Literal):
        return _name(known, value) if kind else {"@id": _name(known, value)}
    if kind:
        return str(value)
    if value.language:
        return {"@value": str(value), "@language": str(value.language)}
    return {"@value": str(value), "@type": _name(known, value.datatype)} if value.datatype and value.datatype != XSD.string else str(value)


def _one_or_all(values: list[Any]) -> object:
    return values[0] if len(values) == 1 else values
