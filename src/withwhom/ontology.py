"""The vocabulary as the machine needs it, read from Turtle by rdflib.

Nothing here knows a predicate, class or qualifier by name: adding one is an edit of Turtle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from withwhom.columns import DATATYPES, column_kind, column_name, local_name
from withwhom.deprecated import deprecated
from withwhom.external import absent_imports, beside
from withwhom.ontology_problems import NO_TERMS, ONTOLOGY, Judge, Terms, terms
from withwhom.problems import InputError, Problem, attempt
from withwhom.turtle import Turtle, read_files, read_turtle
from withwhom.vocab import WW
from withwhom.workspace import Workspace

__all__ = [
    "DATATYPES",
    "ONTOLOGY",
    "Class",
    "Ontology",
    "Predicate",
    "Qualifier",
    "column_name",
    "local_name",
    "ontology_from",
    "read_ontology",
    "read_turtle",
    "read_vocabulary",
]
SCHEMA = Namespace("https://schema.org/")
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Class:
    """A class of entities: its names, what it is a kind of (itself first), and how it is drawn."""

    iri: str
    labels: Labels
    ancestors: tuple[str, ...]
    colour: str
    symbol: str


@dataclass(frozen=True)
class Predicate:
    """A property that may stand in the column ``predicate``.

    ``ancestors`` are the super-properties, itself first; ``top`` is the one of them that names the relation class, ``colour`` how
    its edges are drawn.
    """

    name: str
    iri: str
    labels: Labels
    phrase: Labels
    phrase_without_object: Labels
    ancestors: tuple[str, ...]
    inverses: tuple[str, ...]
    symmetric: bool
    top: str
    relation: str
    colour: str
    role: str
    role_labels: Labels
    subjects: frozenset[str]
    objects: frozenset[str]


@dataclass(frozen=True)
class Qualifier:
    """A column of the statement tables: ``kind`` is entity, statement, code, text (zh|en) or the name of an XSD datatype."""

    column: str
    iri: str
    labels: Labels
    kind: str
    range: str
    bound: str


@dataclass(frozen=True)
class Ontology:
    """The vocabulary: classes, predicates and codes by local name, qualifiers by column.

    ``deprecated`` holds the IRI of each term that should not be used any more, and of the one that takes its place (empty if there is
    not exactly one). ``terms`` are all terms that are declared, ``imports`` the vocabularies that files import and no file holds:
    nothing is fetched.
    """

    classes: Mapping[str, Class]
    predicates: Mapping[str, Predicate]
    qualifiers: Mapping[str, Qualifier]
    codes: Mapping[str, Mapping[str, str]]
    code_labels: Mapping[str, Labels]
    super_properties: Mapping[str, tuple[str, ...]]
    symmetric: frozenset[str]
    version: str
    deprecated: Mapping[str, str]
    graph: Graph = field(repr=False)
    terms: Terms = field(default=NO_TERMS, repr=False)
    imports: frozenset[str] = frozenset()

    @cached_property
    def inverses(self) -> Mapping[str, tuple[str, ...]]:
        """The inverses of each predicate and of those above it, by IRI."""
        return {predicate.iri: predicate.inverses for predicate in self.predicates.values()}

    @cached_property
    def statement_columns(self) -> frozenset[str]:
        """The qualifiers whose cells refer to statements."""
        return frozenset(column for column, qualifier in self.qualifiers.items() if qualifier.kind == "statement")

    @cached_property
    def entailing(self) -> frozenset[str]:
        """The properties from whose triples others follow: those with a super-property or an inverse, and symmetric ones."""
        above = {property for property, parents in self.super_properties.items() if len(parents) > 1}
        return frozenset(above | self.symmetric | {property for property, inverses in self.inverses.items() if inverses})

    def offered(self, terms: Mapping[str, Class] | Mapping[str, Predicate] | Mapping[str, Qualifier] | Mapping[str, str]) -> list[str]:
        """Return the names of those terms that somebody may still choose: the deprecated ones are left out.

        Args:
            terms: ``classes``, ``predicates``, ``qualifiers`` or one of ``codes``.
        """
        return [name for name, term in terms.items() if (term if isinstance(term, str) else term.iri) not in self.deprecated]

    def is_kind_of(self, name: str, iris: Iterable[str]) -> bool:
        """Tell whether the class of local name ``name`` is one of ``iris`` or below one of them."""
        known = self.classes.get(name)
        return known is not None and not set(known.ancestors).isdisjoint(iris)


def read_vocabulary(workspace: Workspace) -> Turtle:
    """Read all ``ontology/*.ttl`` of a workspace together.

    Raises:
        InputError: a file is no Turtle; every such file is named.
    """
    return read_files(((path, workspace.shown(path)) for path in workspace.turtle_files()), workspace.ontology)


def read_ontology(workspace: Workspace) -> Ontology:
    """Read and judge the vocabulary of a workspace, beside what ``ontology/external/*.ttl`` says of the terms that it refers to.

    Raises:
        InputError: a file is no Turtle, or what it declares cannot be used; every problem is named.
    """
    problems: list[Problem] = []
    turtle = attempt(lambda: read_vocabulary(workspace), problems)
    others = attempt(lambda: read_turtle((path, workspace.shown(path)) for path in workspace.external_files()), problems)
    if turtle is None or others is None:
        raise InputError(problems)
    known = terms(turtle)
    errors = Judge(turtle, known).problems(warnings=False)
    if errors:
        raise InputError(errors)
    return replace(ontology_from(turtle.graph, others), terms=known)


def ontology_from(own: Graph, others: Graph | None = None) -> Ontology:
    """Make the vocabulary from a graph of Turtle; a predicate or qualifier that cannot be used is left out (see :mod:`withwhom.ontology_problems`).

    Args:
        own: what the graph may say.
        others: vocabularies of others, of which super-terms and labels are taken (see :mod:`withwhom.external`).
    """
    others = Graph() if others is None else others
    graph, wider = beside(own, others)
    above = _ancestors(wider, RDFS.subPropertyOf)
    codes, code_labels = _codes(graph)
    predicates = {}
    for iri in sorted(graph.subjects(RDF.type, WW.Predicate), key=str):
        tops = [parent for parent in above[iri] if (parent, WW.relation, None) in graph]
        if len(tops) == 1:
            predicates[local_name(str(iri))] = _predicate(graph, iri, tops[0], above)
    qualifiers = [_qualifier(graph, iri) for iri in sorted(graph.subjects(RDF.type, WW.Qualifier), key=str)]
    return Ontology(
        classes=_classes(wider),
        predicates=predicates,
        qualifiers={qualifier.column: qualifier for qualifier in qualifiers if qualifier.kind},
        codes=codes,
        code_labels=code_labels,
        super_properties={str(iri): tuple(map(str, parents)) for iri, parents in above.items()},
        symmetric=frozenset(str(iri) for iri in graph.subjects(RDF.type, OWL.SymmetricProperty)),
        version=_text(graph, ONTOLOGY, OWL.versionInfo),
        deprecated=deprecated(own),
        graph=graph,
        imports=absent_imports(own, others),
    )


def _ancestors(graph: Graph, link: URIRef) -> dict[Node, list[Node]]:
    """Return, for each term, itself and everything above it by ``link``, nearest first."""
    found: dict[Node, list[Node]] = defaultdict(list)
    for term in sorted({*graph.subjects(RDF.type, None), *graph.subjects(link, None)}, key=str):
        queue = [term]
        for node in queue:
            # A class expression (a blank node: owl:Restriction and the like) is no class that a thing could be said to belong to.
            queue.extend(sorted((parent for parent in graph.objects(node, link) if isinstance(parent, URIRef) and parent not in queue), key=str))
        found[term] = queue
    return found


def _labels(graph: Graph, term: Node, property: URIRef) -> dict[str, str]:
    values = sorted(value for value in graph.objects(term, property) if isinstance(value, Literal))
    return {value.language or "": str(value) for value in values}


def _text(graph: Graph, term: Node, property: URIRef) -> str:
    value = graph.value(term, property)
    return "" if value is None else str(value)


def _classes(graph: Graph) -> dict[str, Class]:
    result: dict[str, Class] = {}
    every = _ancestors(graph, RDFS.subClassOf).items()
    for iri, ancestors in sorted(every, key=lambda item: (item[0], RDF.type, None) not in graph):  # one's own before those of others
        if WW.Entity in ancestors:
            colour = next(filter(None, (_text(graph, term, WW.colour) for term in ancestors)), "#888888")
            symbol = next(filter(None, (_text(graph, term, WW.symbol) for term in ancestors)), "dot")
            kinds = tuple(str(term) for term in ancestors)
            result.setdefault(local_name(str(iri)), Class(str(iri), _labels(graph, iri, RDFS.label), kinds, colour, symbol))
    return dict(sorted(result.items()))


def _predicate(graph: Graph, iri: Node, top: Node, above: Mapping[Node, list[Node]]) -> Predicate:
    def legal(property: URIRef) -> frozenset[str]:
        return frozenset(map(str, graph.objects(iri, property)))

    role = graph.value(iri, WW.role)
    return Predicate(
        name=local_name(str(iri)),
        iri=str(iri),
        labels=_labels(graph, iri, RDFS.label),
        phrase=_labels(graph, iri, WW.phrase),
        phrase_without_object=_labels(graph, iri, WW.phraseWithoutObject),
        ancestors=tuple(map(str, above[iri])),
        inverses=tuple(sorted(str(inverse) for parent in above[iri] for inverse in graph.subjects(OWL.inverseOf, parent))),
        symmetric=any((parent, RDF.type, OWL.SymmetricProperty) in graph for parent in above[iri][:1]),
        top=local_name(str(top)),
        relation=_text(graph, top, WW.relation),
        colour=_text(graph, top, WW.colour) or "#888888",
        role="" if role is None else str(role),
        role_labels={} if role is None else _labels(graph, role, RDFS.label),
        subjects=legal(SCHEMA.domainIncludes),
        objects=legal(SCHEMA.rangeIncludes),
    )


def _codes(graph: Graph) -> tuple[dict[str, dict[str, str]], dict[str, Labels]]:
    """Return, for each class of concepts, value in a table to IRI; and the labels of each concept by IRI."""
    codes: dict[str, dict[str, str]] = {}
    labels: dict[str, Labels] = {}
    for kind in sorted(map(str, graph.transitive_subjects(RDFS.subClassOf, SKOS.Concept))):
        members = sorted(map(str, graph.subjects(RDF.type, URIRef(kind))))
        codes[kind] = {column_name(local_name(member)): member for member in members}
        labels.update({member: _labels(graph, URIRef(member), RDFS.label) for member in members})
    return codes, labels


def _qualifier(graph: Graph, iri: Node) -> Qualifier:
    range = _text(graph, iri, RDFS.range)
    kind = column_kind(graph, URIRef(range))
    return Qualifier(column_name(local_name(str(iri))), str(iri), _labels(graph, iri, RDFS.label), kind, range, _text(graph, iri, WW.bound))
