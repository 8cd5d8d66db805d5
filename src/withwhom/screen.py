"""Tells which nodes certainly conform to SHACL shapes, so that the validator need only look at the others.

A shape can be screened where every part of it asks for a node's own triples: how many values a property has, of which language, form or
size, and how they compare with another property's (SHACL sections 4.2 to 4.6). What conforms is proved on lines of N-Triples; whatever
is not proved is a suspect, and what is wrong with it is for the validator to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.collection import Collection as RdfList
from rdflib.term import Node

from withwhom.terms import XSD

Values = Sequence[str]
Properties = Mapping[str, Values]
Proof = Callable[[Properties], bool]
Comparison = Callable[[Decimal | str, Decimal | str], bool]

TARGETS = (SH.targetClass, SH.targetSubjectsOf)
REMARKS = frozenset({SH.message, SH.name, SH.description, SH.order, SH.group, SH.severity})
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?')
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Shape:
    """A shape that can be screened: its targets (as N-Triples), and what proves that a node conforms."""

    classes: frozenset[str]
    subjects_of: frozenset[str]
    proof: Proof

    def aims_at(self, properties: Properties) -> bool:
        """Tell whether a node is in the shape's targets."""
        kinds = properties.get(_n3(RDF.type), ())
        return not self.classes.isdisjoint(kinds) or not self.subjects_of.isdisjoint(properties)


@dataclass(frozen=True)
class Screen:
    """Shapes, parted into those that can be screened and the others.

    Args:
        shapes: those that can be, ready to be proved.
        local: the same as a graph, for the validator.
        whole: the graph of all other shapes, which may look at any part of the data; empty if there are none.
    """

    shapes: Sequence[Shape]
    local: Graph
    whole: Graph

    def suspects(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines of every node that is not proved to conform.

        Args:
            lines: sorted N-Triples; all triples of a node stand together.
        """
        for _, group in groupby(lines, key=_subject):
            own = list(group)
            properties: dict[str, list[str]] = {}
            for line in own:
                _, property, value = line.split(" ", 2)
                properties.setdefault(property, []).append(value[:-2])
            if any(shape.aims_at(properties) and not shape.proof(properties) for shape in self.shapes):
                yield from own


def screen(shapes: Graph, apart: Collection[str] = ()) -> Screen:
    """Return shapes as a screen.

    Args:
        shapes: a graph of SHACL shapes.
        apart: IRIs of properties whose triples do not stand with the other triples of their subject; a shape that uses one is not screened.
    """
    found, local, whole = [], Graph(), Graph()
    for node in sorted(_targeting(shapes), key=str):
        proof = _node_proof(shapes, node, apart)
        graph = whole if proof is None else local
        for triple in _reachable(shapes, node):
            graph.add(triple)
        if proof is not None:
            classes, subjects = (frozenset(map(_n3, shapes.objects(node, target))) for target in TARGETS)
            found.append(Shape(classes, subjects, proof))
    return Screen(tuple(found), local, whole)


def _targeting(shapes: Graph) -> set[Node]:
    """Return every shape that has a target of its own, or is a class and so aims at its instances."""
    targets = {node for node, property in shapes.subject_predicates() if str(property).startswith(f"{SH}target")}
    both = set(shapes.subjects(RDF.type, RDFS.Class)) | set(shapes.subjects(RDF.type, OWL.Class))
    return targets | both & set(shapes.subjects(RDF.type, SH.NodeShape))


def _reachable(graph: Graph, node: Node) -> Iterator[tuple[Node, Node, Node]]:
    """Yield every triple that can be reached from a node, its own included."""
    queue = [node]
    for subject in queue:
        for property, value in graph.predicate_objects(subject):
            yield subject, property, value
            if value not in queue:
                queue.append(value)


def _subject(line: str) -> str:
    return line[: line.index(" ")]


def _n3(term: Node) -> str:
    return f"<{term}>"


def _node_proof(graph: Graph, node: Node, apart: Collection[str]) -> Proof | None:
    """Return what proves that a node conforms to a node shape, or None if it cannot be screened."""
    proofs = []
    for property, value in graph.predicate_objects(node):
        proof: Proof | None = None
        if property in TARGETS:
            proof = _always if isinstance(value, URIRef) and str(value) not in apart else None
        elif property in REMARKS or (property, value) == (RDF.type, SH.NodeShape):
            proof = _always
        elif property == SH.property:
            proof = _property_proof(graph, value, apart)
        elif property in (SH["or"], SH["and"]):
            proof = _joined(graph, value, apart, any if property == SH["or"] else all)
        if proof is None:
            return None
        proofs.append(proof)
    return lambda properties: all(proof(properties) for proof in proofs)


def _always(_: Properties) -> bool:
    return True


def _joined(graph: Graph, node: Node, apart: Collection[str], how: Callable[[Iterable[bool]], bool]) -> Proof | None:
    members = [_property_proof(graph, member, apart) for member in RdfList(graph, node)]
    known = [member for member in members if member is not None]
    return (lambda properties: how(member(properties) for member in known)) if len(known) == len(members) else None


def _property_proof(graph: Graph, node: Node, apart: Collection[str]) -> Proof | None:
    path = graph.value(node, SH.path)
    if not isinstance(path, URIRef) or str(path) in apart:
        return None
    proofs = []
    for property, value in graph.predicate_objects(node):
        if property in REMARKS or property == SH.path or (property, value) == (RDF.type, SH.PropertyShape):
            continue
        make = COMPONENTS.get(property)
        if make is None or str(value) in apart:
            return None
        proofs.append(make(graph, _n3(path), value))
    return lambda properties: all(proof(properties) for proof in proofs)


def _min_count(_: Graph, path: str, value: Node) -> Proof:
    return lambda properties: len(properties.get(path, ())) >= int(str(value))


def _max_count(_: Graph, path: str, value: Node) -> Proof:
    return lambda properties: len(properties.get(path, ())) <= int(str(value))


def _unique_lang(_: Graph, path: str, value: Node) -> Proof:
    asked = str(value) in ("true", "1")

    def proof(properties: Properties) -> bool:
        languages = [_language(text).lower() for text in properties.get(path, ())]
        return not asked or len(set(languages)) == len(languages)

    return proof


def _language_in(graph: Graph, path: str, value: Node) -> Proof:
    known = {str(tag).lower() for tag in RdfList(graph, value)}
    return lambda properties: all(_language(text).lower() in known for text in properties.get(path, ()))


def _pattern(_: Graph, path: str, value: Node) -> Proof:
    try:
        pattern = re.compile(str(value))
    except re.error:
        return lambda properties: path not in properties  # it is the validator that says what is wrong with it

    def proof(properties: Properties) -> bool:
        texts = [_lexical(text) for text in properties.get(path, ())]
        return all(text is not None and pattern.search(text) is not None for text in texts)

    return proof


def _bound(compare: Comparison) -> Callable[[Graph, str, Node], Proof]:
    def make(_: Graph, path: str, value: Node) -> Proof:
        limit = Decimal(str(value)) if isinstance(value, Literal) and NUMBER.fullmatch(str(value)) else None

        def proof(properties: Properties) -> bool:
            figures = [_ordered(text) for text in properties.get(path, ())]
            return all(isinstance(figure, Decimal) and limit is not None and compare(figure, limit) for figure in figures)

        return proof

    return make


def _order(compare: Comparison) -> Callable[[Graph, str, Node], Proof]:
    def make(_: Graph, path: str, value: Node) -> Proof:
        other = _n3(value)

        def proof(properties: Properties) -> bool:
            pairs = [(_ordered(one), _ordered(two)) for one in properties.get(path, ()) for two in properties.get(other, ())]
            return all(one is not None and two is not None and type(one) is type(two) and compare(one, two) for one, two in pairs)

        return proof

    return make


def _lexical(text: str) -> str | None:
    """Return the characters of a literal without escapes; None for anything else."""
    found = LITERAL.fullmatch(text)
    return found[1] if found and "\\" not in found[1] else None


def _language(text: str) -> str:
    """Return the language tag of a literal; of anything else something that no list of languages holds."""
    found = LITERAL.fullmatch(text)
    return found[2] if found and found[2] else f"none: {text}"


def _ordered(text: str) -> Decimal | str | None:
    """Return the value of a plain number or day, which Python orders as XML Schema does; None for anything else."""
    found = LITERAL.fullmatch(text)
    if found is None:
        return None
    if found[3] in (f"{XSD}integer", f"{XSD}decimal") and NUMBER.fullmatch(found[1]):
        return Decimal(found[1])
    return found[1] if found[3] == f"{XSD}date" and DATE.fullmatch(found[1]) else None


# The constraint components that can be proved, and what proves each. A pattern with flags is not among them.
COMPONENTS: Mapping[Node, Callable[[Graph, str, Node], Proof]] = {
    SH.minCount: _min_count,
    SH.maxCount: _max_count,
    SH.uniqueLang: _unique_lang,
    SH.languageIn: _language_in,
    SH.pattern: _pattern,
    SH.minInclusive: _bound(lambda value, limit: value >= limit),  # type: ignore[operator]  # both are of one type, see _bound and _order
    SH.minExclusive: _bound(lambda value, limit: value > limit),  # type: ignore[operator]
    SH.maxInclusive: _bound(lambda value, limit: value <= limit),  # type: ignore[operator]
    SH.maxExclusive: _bound(lambda value, limit: value < limit),  # type: ignore[operator]
    SH.lessThan: _order(lambda one, two: one < two),  # type: ignore[operator]
    SH.lessThanOrEquals: _order(lambda one, two: one <= two),  # type: ignore[operator]
}
