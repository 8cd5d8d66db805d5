"""What changed between two sets of SHACL shapes, and whether a graph that passed may now fail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
WORDS = frozenset({SH.message, SH.name, SH.description, SH.order, SH.group, RDFS.label, RDFS.comment, RDFS.isDefinedBy})
# Limits of which a larger, or a smaller, figure lets more pass (SHACL sections 4.2 to 4.4).
UPPER = frozenset(map(str, (SH.maxCount, SH.maxLength, SH.maxInclusive, SH.maxExclusive, SH.qualifiedMaxCount)))
LOWER = frozenset(map(str, (SH.minCount, SH.minLength, SH.minInclusive, SH.minExclusive, SH.qualifiedMinCount)))
OFF = str(SH.deactivated)
# A constraint: the path that it is about (empty: the node itself), its property and its value.
Constraint = tuple[str, str, str]


@dataclass(frozen=True)
class PartChange:
    """What became of a shape or a rule: ``added``, ``removed``, ``stricter``, ``looser``, ``changed`` or ``reworded``, and how heavy that is."""

    kind: str
    name: str
    status: str
    level: str
    home: str
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()


def text_of(graph: Graph, node: Node, seen: tuple[Node, ...] = ()) -> str:
    """Return a node as text that depends on what it says alone: a blank node is what is said of it."""
    if not isinstance(node, BNode) or node in seen:
        return node.n3() if isinstance(node, URIRef | Literal) else "[]"
    return f"[ {' ; '.join(said_of(graph, node, (*seen, node)))} ]"


def said_of(graph: Graph, node: Node, seen: tuple[Node, ...] = ()) -> list[str]:
    """Return all that is said of a node, each property with a value, sorted."""
    return sorted(f"{property.n3()} {text_of(graph, value, seen)}" for property, value in graph.predicate_objects(node) if isinstance(property, URIRef))


def shape_changes(old: Graph, new: Graph, added: Collection[str], homes: Mapping[str, str]) -> Iterator[PartChange]:
    """Yield what changed in each shape that has a name, by IRI.

    Args:
        old: the shapes before.
        new: the shapes now.
        added: the terms that are new: a shape that looks at none but these meets nothing that was there.
        homes: the vocabulary that each shape belongs to.
    """
    before, after = _shapes(old), _shapes(new)
    for iri in sorted(before | after):
        shape, home = URIRef(iri), homes.get(iri, "")
        if iri not in after:
            yield PartChange("shape", iri, "removed", "minor", home)
        elif iri not in before:
            targets = {str(value) for property in TARGETS for value in new.objects(shape, property)}
            yield PartChange("shape", iri, "added", "minor" if targets <= set(added) else "major", home)
        elif said_of(old, shape) != said_of(new, shape):
            yield _changed(iri, set(_constraints(old, shape)), set(_constraints(new, shape)), home)


def _shapes(graph: Graph) -> set[str]:
    kinds = (SH.NodeShape, SH.PropertyShape)
    return {str(shape) for kind in kinds for shape in graph.subjects(RDF.type, kind) if isinstance(shape, URIRef)}


def _changed(iri: str, old: set[Constraint], new: set[Constraint], home: str) -> PartChange:
    lost, gained = old - new, new - old
    harder = {constraint for constraint in gained if not _is_relaxed(constraint, lost)} | {constraint for constraint in lost if constraint[1] == OFF}
    status, level = ("stricter", "major") if harder else ("looser", "minor") if lost or gained else ("reworded", "patch")
    told = (tuple(f"{path} <{property}> {value}".lstrip() for path, property, value in sorted(side)) for side in (lost, gained))
    return PartChange("shape", iri, status, level, home, *told)


def _is_relaxed(constraint: Constraint, lost: set[Constraint]) -> bool:
    """Tell whether a constraint takes the place of one that let less pass."""
    path, property, value = constraint
    if property == OFF:
        return True
    for before in (other[2] for other in lost if other[:2] == (path, property)):
        try:
            rise = float(value.split('"')[1]) - float(before.split('"')[1])
        except (IndexError, ValueError):
            continue
        if (property in UPPER and rise > 0) or (property in LOWER and rise < 0):
            return True
    return False


def _constraints(graph: Graph, shape: Node, path: str = "") -> Iterator[Constraint]:
    """Yield what a shape asks for, words left out; that of the properties within it by their path."""
    for property, value in graph.predicate_objects(shape):
        if property == SH.property:
            inner = graph.value(value, SH.path)
            yield from _constraints(graph, value, text_of(graph, inner) if inner is not None else "")
        elif property not in WORDS and property != SH.path:
            yield path, str(property), text_of(graph, value)
