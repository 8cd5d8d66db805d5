"""What tables call the terms of a vocabulary, and the cells that name them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

from withwhom.cells import Context
from withwhom.ontology import column_name, local_name
from withwhom.problems import Problem
from withwhom.records import Entity, Place, Statement
from withwhom.tables import short
from withwhom.vocab import WW

# A column of the entities whose codes are those of a qualifier of statements.
SAME_CODES = {"count_qualifier": "value_qualifier"}


@dataclass(frozen=True)
class TableTerms:
    """What tables call the terms of a vocabulary.

    Args:
        classes: name in the column ``type`` to IRI.
        predicates: name in the column ``predicate`` to IRI.
        qualifiers: name of a column to IRI.
        codes: column to value to IRI.
    """

    classes: Mapping[str, str]
    predicates: Mapping[str, str]
    qualifiers: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]

    def only(self, iris: Collection[str]) -> TableTerms:
        """Return the same of some terms."""
        codes = {column: found for column, values in self.codes.items() if (found := _only(values, iris))}
        return TableTerms(_only(self.classes, iris), _only(self.predicates, iris), _only(self.qualifiers, iris), codes)

    def apart_from(self, others: TableTerms) -> TableTerms:
        """Return the same without the words that others know."""
        codes = {column: _without(words, others.codes.get(column, {})) for column, words in self.codes.items()}
        return TableTerms(
            _without(self.classes, others.classes), _without(self.predicates, others.predicates), _without(self.qualifiers, others.qualifiers), codes
        )

    def beside(self, others: TableTerms) -> TableTerms:
        """Return the same with the words that others know."""
        codes = {column: {**self.codes.get(column, {}), **others.codes.get(column, {})} for column in {**self.codes, **others.codes}}
        return TableTerms({**self.classes, **others.classes}, {**self.predicates, **others.predicates}, {**self.qualifiers, **others.qualifiers}, codes)

    @property
    def entity_words(self) -> Mapping[str, Mapping[str, str]]:
        """The columns of entities whose cells name terms, each with what they may say."""
        return {"type": self.classes} | {column: self.codes[column] for column in SAME_CODES if column in self.codes}

    @property
    def statement_words(self) -> Mapping[str, Mapping[str, str]]:
        """The same of statements."""
        return {**{column: words for column, words in self.codes.items() if column not in SAME_CODES}, "predicate": self.predicates}

    def in_place_of(self, iri: str, column: str) -> str:
        """Return what a table writes for a term in a column, or as the heading of one (column ``""``); empty if it cannot stand there."""
        words = {**self.statement_words, **self.entity_words}.get(column, {}) if column else self.qualifiers
        return next((word for word, term in words.items() if term == iri), "")


def _only(words: Mapping[str, str], iris: Collection[str]) -> dict[str, str]:
    return {word: iri for word, iri in words.items() if iri in iris}


def table_terms(graph: Graph) -> TableTerms:
    """Return what tables call the terms of a vocabulary, also of one that is not whole."""
    concepts = {
        kind: {column_name(local_name(str(code))): str(code) for code in sorted(graph.subjects(RDF.type, kind), key=str)}
        for kind in graph.transitive_subjects(RDFS.subClassOf, SKOS.Concept)
    }
    qualifiers = {column_name(name): iri for name, iri in _named(graph, WW.Qualifier).items()}
    codes = {column: concepts[kind] for column, iri in qualifiers.items() for kind in graph.objects(URIRef(iri), RDFS.range) if kind in concepts}
    codes |= {column: codes[other] for column, other in SAME_CODES.items() if other in codes}
    return TableTerms(_named(graph, OWL.Class), _named(graph, WW.Predicate), qualifiers, codes)


def _named(graph: Graph, kind: URIRef) -> dict[str, str]:
    return {local_name(iri): iri for iri in sorted(str(term) for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef))}


def _without(words: Mapping[str, str], others: Collection[str]) -> dict[str, str]:
    return {word: iri for word, iri in words.items() if word not in others}


@dataclass(frozen=True)
class Use:
    """A cell that names a term: where, in which column (empty: it is the heading), how, and which."""

    at: Place
    column: str
    value: str
    iri: str

    def problem(self, code: str, *, severity: str = "error", **values: str) -> Problem:
        """Return a problem of the cell, or of the heading."""
        number = self.at.column(self.column or self.value)
        named = {"column": self.column or self.value, "value": short(self.value), **values}
        return Problem(self.at.file, self.at.line if self.column else 1, number, code, named, severity)


def entity_uses(entities: Iterable[Entity], terms: TableTerms) -> Iterator[Use]:
    """Yield the cells of entities that name some terms."""
    classes, quantities = terms.classes, terms.entity_words.get("count_qualifier", {})
    for entity in entities if classes or quantities else ():
        for column, value, words in (("type", entity.type, classes), ("count_qualifier", entity.count_qualifier, quantities)):
            if value in words:
                yield Use(entity.at, column, value, words[value])


def statement_uses(statements: Iterable[Statement], terms: TableTerms) -> Iterator[Use]:
    """Yield the headings and cells of statements that name some terms."""
    seen = set()
    codes = {column: words for column, words in terms.statement_words.items() if column != "predicate"}
    for statement in statements if terms.predicates or terms.qualifiers or codes else ():
        at = statement.at
        if at.file not in seen:
            seen.add(at.file)
            yield from (Use(at, "", name, terms.qualifiers[name]) for name in at.columns if name in terms.qualifiers)
        if statement.predicate in terms.predicates:
            yield Use(at, "predicate", statement.predicate, terms.predicates[statement.predicate])
        for column, values in codes.items():
            yield from (Use(at, column, value, values[value]) for value in statement.get(column).split("|") if value in values)


def deprecated_entities(context: Context) -> Iterator[Problem]:
    """Yield a warning for each cell of an entity that names a deprecated term."""
    if context.ontology.deprecated:
        terms = table_terms(context.ontology.graph)
        yield from _warnings(entity_uses(context.records.entities, terms.only(context.ontology.deprecated)), terms, context)


def deprecated_statements(context: Context) -> Iterator[Problem]:
    """Yield a warning for each heading and cell of statements that names a deprecated term."""
    if context.ontology.deprecated:
        terms = table_terms(context.ontology.graph)
        yield from _warnings(statement_uses(context.records.statements, terms.only(context.ontology.deprecated)), terms, context)


def _warnings(uses: Iterable[Use], terms: TableTerms, context: Context) -> Iterator[Problem]:
    for use in uses:
        replacement = terms.in_place_of(context.ontology.deprecated[use.iri], use.column)
        code = "deprecated-alone" if not replacement else "deprecated-cell" if use.column else "deprecated-column"
        yield use.problem(code, severity="warning", replacement=replacement)
