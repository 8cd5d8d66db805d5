"""Which triples a SPARQL query can meet at all: the predicates and objects of its patterns, and of what it constructs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Objects = frozenset[str] | None
Step = tuple[str, str]


@dataclass(frozen=True)
class Patterns:
    """Triples that matter.

    Args:
        objects: by predicate, the objects of the triples that matter; None for any object. Both are N-Triples terms.
    """

    objects: Mapping[str, Objects]

    def __or__(self, other: Patterns) -> Patterns:
        """Return the patterns of both; everything stays everything."""
        if self is EVERYTHING or other is EVERYTHING:
            return EVERYTHING
        return Patterns({name: _either(self.objects.get(name, frozenset()), other.objects.get(name, frozenset())) for name in {*self.objects, *other.objects}})

    def matching(self, lines: Iterable[str]) -> Iterable[str]:
        """Return the lines of N-Triples that matter; any space in a line but the first two belongs to its object."""
        return lines if self is EVERYTHING else self._matching(lines)

    def _matching(self, lines: Iterable[str]) -> Iterator[str]:
        objects_of = self.objects.get
        for line in lines:
            _, predicate, rest = line.split(" ", 2)
            objects = objects_of(predicate, NONE)
            if objects is None or (objects and rest[:-2] in objects):
                yield line


NONE: frozenset[str] = frozenset()
EVERYTHING = Patterns({})


def _either(one: Objects, other: Objects) -> Objects:
    return None if one is None or other is None else one | other


def patterns(query: str) -> Patterns:
    """Return the patterns of a query.

    Args:
        query: SPARQL 1.1; its patterns, those in filters and what it constructs are read alike.

    Returns:
        What the query can meet; :data:`EVERYTHING` where a predicate is left open, a path may lead anywhere, or rdflib, which reads the
        query here, does not understand it.
    """
    from pyparsing import ParseBaseException
    from rdflib import URIRef
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(query), initNs={"g": "https://example.org/"}).algebra
    except (ParseBaseException, ValueError, SyntaxError):
        return EVERYTHING
    found = Patterns({})
    read, made = ([triple for part in _parts(algebra, name) for triple in part] for name in ("triples", "template"))
    plain = {term for triple in read if isinstance(triple[1], URIRef) for term in (triple[0], triple[2])}
    for subject, predicate, target in [*read, *made]:
        terms = [predicate] if isinstance(predicate, URIRef) else _steps(predicate)
        if not terms or (not isinstance(predicate, URIRef) and not {subject, target} & plain):
            return EVERYTHING  # a path of no steps leads from every node to itself, unless another pattern says which
        objects = frozenset({target.n3()}) if isinstance(predicate, URIRef) and isinstance(target, URIRef) else None
        for term in terms:
            found |= Patterns({term.n3(): objects})
    return found


def required(query: str) -> frozenset[Step]:
    """Return what a query cannot do without: predicates, those of classes with the class; nothing where rdflib does not understand it.

    Args:
        query: SPARQL 1.1; what is optional, subtracted, filtered or one branch of several is left out, and so are paths.
    """
    from pyparsing import ParseBaseException
    from rdflib import RDF, URIRef
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(query), initNs={"g": "https://example.org/"}).algebra
    except (ParseBaseException, ValueError, SyntaxError):
        return frozenset()
    needed = [(predicate, target) for _, predicate, target in _needed(algebra) if isinstance(predicate, URIRef)]
    return frozenset((str(predicate), str(target) if predicate == RDF.type and isinstance(target, URIRef) else "") for predicate, target in needed)


def _needed(node: Any) -> Iterator[tuple[Any, Any, Any]]:  # noqa: ANN401  # rdflib's algebra has no types
    """Yield the triple patterns of an algebra that every solution meets (SPARQL 1.1, section 18.2.2)."""
    name = getattr(node, "name", "")
    if name == "BGP":
        yield from node["triples"]
    elif name in ("LeftJoin", "Minus"):
        yield from _needed(node["p1"])
    elif name != "Union" and isinstance(node, Mapping):
        for key in ("p", "p1", "p2"):
            yield from _needed(node.get(key))


def _parts(node: Any, name: str) -> Iterator[Iterable[Any]]:  # noqa: ANN401  # rdflib's algebra has no types
    """Yield every list of triple patterns that stands under a name in an algebra."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == name:
                yield value or ()
            else:
                yield from _parts(value, name)
    elif isinstance(node, list | tuple | set):
        for value in node:
            yield from _parts(value, name)


def _steps(path: Any) -> list[Any]:  # noqa: ANN401  # rdflib's paths have no types
    """Return the properties on a path; none where it may leave out properties or is no path."""
    from rdflib import URIRef
    from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

    if isinstance(path, URIRef):
        return [path]
    if isinstance(path, AlternativePath | SequencePath):
        parts = [_steps(part) for part in path.args]
        return [step for part in parts for step in part] if all(parts) else []
    if isinstance(path, InvPath):
        return _steps(path.arg)
    return _steps(path.path) if isinstance(path, MulPath) else []
