"""Finds everything that is wrong with a vocabulary, all at once, each with file, line and column.

What stands where: rules between terms are violation queries, the form of one term's values is SHACL (``ontology/checks``), and here is
what only the software knows: which terms are declared, what a column can hold, how columns and terms are told apart in tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from withwhom.columns import DATATYPES, column_kind, column_name, local_name
from withwhom.problems import Problem, nearest
from withwhom.screen import Screen, screen
from withwhom.shacl import results
from withwhom.tables import STATEMENT_COLUMNS
from withwhom.turtle import Spot, Turtle, read_turtle
from withwhom.violations import checks_folder, violation_problems
from withwhom.vocab import WW

ONTOLOGY = URIRef("https://w3id.org/withwhom/ontology")
ORG = Namespace("http://www.w3.org/ns/org#")
SHARED = f"{ONTOLOGY}#"
# What a term that a vocabulary declares is; codes, whose kinds are vocabulary themselves, come on top.
KINDS = frozenset(
    {
        OWL.Class,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.AnnotationProperty,
        RDF.Property,
        RDFS.Class,
        RDFS.Datatype,
        SKOS.Concept,
        SKOS.ConceptScheme,
        ORG.Role,
        WW.Predicate,
        WW.Qualifier,
    }
)


def namespace(iri: str) -> str:
    """Return an IRI up to and with its last ``#`` or ``/``."""
    return iri[: len(iri) - len(local_name(iri))]


@dataclass(frozen=True)
class Terms:
    """The terms of a vocabulary: those that are declared, and the namespaces in which every term in use must be.

    Args:
        declared: IRIs.
        namespaces: the shared one, and those of the terms that a workspace's own files declare.
        own: the declared terms of the workspace's own files.
    """

    declared: frozenset[str]
    namespaces: frozenset[str]
    own: frozenset[str]

    def undeclared(self, iris: Iterable[str]) -> list[str]:
        """Return those IRIs that are in a namespace of the vocabulary and not declared."""
        return sorted({iri for iri in iris if namespace(iri) in self.namespaces and iri not in self.declared and local_name(iri)})

    def near(self, iri: str) -> str:
        """Return the declared terms whose names are near a misspelt one, for a message; of two of one name that of its own namespace."""
        by_name = {local_name(term): term for term in sorted(self.declared, key=lambda term: (namespace(term) == namespace(iri), term))}
        return ", ".join(by_name[name] for name in nearest(local_name(iri), by_name)) or "—"


NO_TERMS = Terms(frozenset(), frozenset(), frozenset())


def terms(turtle: Turtle) -> Terms:
    """Return the terms of a vocabulary.

    A shared term is declared by ``rdfs:isDefinedBy``, one of a workspace's own by its type. A namespace that the shared files use, or that
    rdflib knows, is somebody else's, even where an editor has written declarations of its terms into a workspace's file.
    """
    graph = turtle.graph
    shared = {str(term) for term in graph.subjects(RDFS.isDefinedBy, ONTOLOGY) if str(term).startswith(SHARED)}
    typed = {str(term) for kind in KINDS | _kinds_of_codes(graph) for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef)}
    foreign = _well_known() | {namespace(iri) for iri in turtle.shared_iris}
    local = {term for term in typed if not term.startswith(SHARED) and namespace(term) not in foreign}
    return Terms(
        frozenset(shared | local),
        frozenset({SHARED} | {namespace(term) for term in local}),
        turtle.own_blocks & (local | shared),
    )


def _kinds_of_codes(graph: Graph) -> set[Node]:
    return {kind for kind in graph.transitive_subjects(RDFS.subClassOf, SKOS.Concept) if kind is not None}


@cache
def _well_known() -> frozenset[str]:
    return frozenset(str(iri) for _, iri in Graph(bind_namespaces="rdflib").namespaces())


@dataclass(frozen=True)
class Judge:
    """Judges one vocabulary."""

    turtle: Turtle
    terms: Terms

    def problems(self, *, warnings: bool = True) -> list[Problem]:
        """Return every problem in the order of files and lines; without warnings those only that stop a build."""
        found = [*self.undeclared(), *self.doubles(), *self.cycles(RDFS.subClassOf), *self.cycles(RDFS.subPropertyOf)]
        found += [*self.ranges(), *self.columns(), *violation_problems(self.turtle, self.store(), self.told, warnings=warnings), *self.shapes()]
        return sorted(found)

    def problem(self, spot: Spot, code: str, **values: str) -> Problem:
        return self.turtle.problem(spot, code, values)

    @cached_property
    def _undeclared(self) -> list[str]:
        return self.terms.undeclared(self.turtle.iris)

    @cached_property
    def told(self) -> set[tuple[str, str]]:
        """The terms and properties that have a value which nobody declared: other rules would only say it again."""
        wrong = set(self._undeclared)
        return {(str(subject), str(property)) for subject, property, value in self.turtle.graph if str(value) in wrong and not isinstance(value, Literal)}

    def undeclared(self) -> Iterator[Problem]:
        """Yield each term that is used and not declared: a misspelt one would say nothing, silently."""
        for iri, spot in self.turtle.first(self._undeclared).items():
            block = self.turtle.block(iri)
            short = self.turtle.short(iri)
            if block.line and iri.startswith(SHARED):
                yield self.problem(block, "foreign-term", value=short)
            else:
                near = ", ".join(map(self.turtle.short, self.terms.near(iri).split(", ")))
                yield self.problem(spot, "undeclared-term", value=short, near=near)

    def doubles(self) -> Iterator[Problem]:
        """Yield each term whose local name is another's of the same kind: tables name terms by local name."""
        told: list[tuple[list[Node], Callable[[str], str]]] = [([OWL.Class], local_name), ([WW.Predicate, WW.Qualifier], local_name)]
        told += [([kind], _column) for kind in sorted(_kinds_of_codes(self.turtle.graph), key=str)]
        for kinds, key in told:
            for first, *others in self._alike(kinds, key):
                for iri in others:
                    yield self.problem(self.turtle.block(iri), "duplicate-term", value=self.turtle.short(iri), other=self.turtle.short(first))

    def _alike(self, kinds: Iterable[Node], key: Callable[[str], str]) -> Iterator[list[str]]:
        """Yield the terms of some kinds that a key does not tell apart, as they stand in the files.

        What is only declared there, without a name (prov:Entity), is another vocabulary's and nothing that a table could name.
        """
        by_key: dict[str, set[str]] = defaultdict(set)
        named = set(self.turtle.graph.subjects(RDFS.label))
        for iri in {str(term) for kind in kinds for term in named.intersection(self.turtle.graph.subjects(RDF.type, kind)) if isinstance(term, URIRef)}:
            by_key[key(iri)].add(iri)
        for name in sorted(by_key):
            if len(by_key[name]) > 1:
                yield sorted(by_key[name], key=lambda iri: (self.turtle.block(iri), iri))

    def cycles(self, link: URIRef) -> Iterator[Problem]:
        """Yield each circle of super-terms once, at its last link in the order of the files."""
        graph = self.turtle.graph
        above = {str(term): sorted(str(parent) for parent in graph.objects(term, link)) for term in set(graph.subjects(link, None))}
        for members in circles(above):
            edges = [(one, other) for one in members for other in above[one] if other in members]
            spot, last = max((self.turtle.triple(one, str(link), other), one) for one, other in edges)
            start = members.index(last)
            way = [*members[start:], *members[:start], last]
            yield self.problem(spot, "cycle", column=self.turtle.short(str(link)), value=" → ".join(map(self.turtle.short, way)))

    def ranges(self) -> Iterator[Problem]:
        """Yield each range of a qualifier that a column cannot hold."""
        graph = self.turtle.graph
        known = ", ".join(f"xsd:{name}" for name in DATATYPES)
        for term in sorted(graph.subjects(RDF.type, WW.Qualifier), key=str):
            for range in sorted(graph.objects(term, RDFS.range), key=str):
                if (str(term), str(RDFS.range)) not in self.told and not column_kind(graph, range):
                    spot = self.turtle.triple(str(term), str(RDFS.range), str(range))
                    yield self.problem(spot, "bad-range", value=self.turtle.short(str(term)), range=self.turtle.short(str(range)), known=known)

    def columns(self) -> Iterator[Problem]:
        """Yield each qualifier whose column is another's, or one that every table of statements has."""
        for term in sorted(map(str, self.turtle.graph.subjects(RDF.type, WW.Qualifier))):
            column = _column(term)
            if column in STATEMENT_COLUMNS:
                yield self.problem(self.turtle.block(term), "column-taken", value=self.turtle.short(term), column=column, other=column)
        for first, *others in self._alike([WW.Qualifier], _column):
            for term in others:
                if local_name(term) != local_name(first):  # of one name in two namespaces: see doubles
                    values = {"value": self.turtle.short(term), "column": _column(term), "other": self.turtle.short(first)}
                    yield self.problem(self.turtle.block(term), "column-taken", **values)

    def store(self) -> ox.Store:
        """Return the triples for violation queries, in which a workspace's own terms, too, say by what they are defined."""
        store = ox.Store()
        store.extend(self.turtle.store)
        defined = ox.NamedNode(str(RDFS.isDefinedBy))
        for iri in self.terms.own:
            store.add(ox.Quad(ox.NamedNode(iri), defined, ox.NamedNode(namespace(iri))))
        return store

    def shapes(self) -> Iterator[Problem]:
        """Yield what SHACL finds in terms that are not seen to conform."""
        suspects = list(_screen().suspects(sorted(f"{quad.triple} ." for quad in self.turtle.store)))
        for result in results(suspects, _screen().local) if suspects else ():
            yield self.problem(self.turtle.triple(result.focus, result.path, result.value), "shape", zh=result.zh, en=result.en)


@cache
def _screen() -> Screen:
    return screen(read_turtle([(checks_folder() / "shapes.ttl", "ontology/checks/shapes.ttl")]))


def _column(iri: str) -> str:
    return column_name(local_name(iri))


def circles(above: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """Yield each circle of a relation once, as the way around it from its first member in alphabetic order.

    Args:
        above: what lies directly above each member.
    """
    seen: set[str] = set()
    for start in sorted(above):
        way = _way_back(start, above)
        if way and start not in seen:
            seen.update(way)
            yield way


def _way_back(start: str, above: Mapping[str, Collection[str]]) -> list[str]:
    """Return the shortest way from a member back to itself, without its end; empty if there is none."""
    ways = [[start]]
    reached: set[str] = set()
    for way in ways:
        for parent in sorted(above.get(way[-1], ())):
            if parent == start:
                return way
            if parent not in reached:
                reached.add(parent)
                ways.append([*way, parent])
    return []
