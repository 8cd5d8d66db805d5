"""Compiles records to RDF: lines of N-Triples text, super-classes and super-predicates written out, no object made per triple.

One function a shard: the vocabulary, the entities, and each source's statements. Everything is a pure function of the records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from withwhom.dates import bounds
from withwhom.ontology import Ontology, Qualifier
from withwhom.readable import Reader
from withwhom.records import Entity, Records, Source, Statement
from withwhom.terms import DCTERMS, RDF, RDFS, SKOS, TYPE, WW, XSD, Names, language_of, literal

# Phases in which a thing stated is so; the others (planned, applied, denied) make no triple of their own.
FACTUAL = frozenset({"", "done", "ongoing"})


@dataclass(frozen=True)
class Triples:
    """The lines of a build, by shard name; ``inferred`` are the direct triples that readers concluded."""

    shards: Mapping[str, Sequence[str]]
    inferred: Sequence[str]


@dataclass(frozen=True)
class Compiler:
    """Compiles checked records.

    Args:
        records: what passed :func:`withwhom.check.check_records`.
        ontology: the vocabulary.
        base: IRI under which the graph's own nodes stand, ending in ``/``.
    """

    records: Records
    ontology: Ontology
    base: str

    @cached_property
    def iri(self) -> Names:
        return Names(self.base)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.records, self.ontology)

    def triples(self) -> Triples:
        """Return every shard of the stated graph, its lines sorted and each once, and the inferred direct triples."""
        by_source: dict[str, set[str]] = {source.id: set(self.source(source)) for source in self.records.sources}
        inferred: set[str] = set()
        spans = self._spans()
        for statement in self.records.statements:
            by_source[statement.source].update(self.statement(statement, spans[statement.reference]))
            if statement.object and statement.get("status") in FACTUAL:
                explicit = statement.get("certainty") == "explicit"
                (by_source[statement.source] if explicit else inferred).update(self.direct(statement))
        entities = {line for entity in self.records.entities for line in self.entity(entity)} | set(self.names())
        shards = {"entities": sorted(entities)} | {f"source-{name}": sorted(lines) for name, lines in by_source.items()}
        said = {line for lines in shards.values() for line in lines}
        return Triples(shards, sorted(inferred - said))

    def _spans(self) -> Mapping[str, list[tuple[str, str, str]]]:
        spans: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for statement in self.records.statements:
            if statement.begin:
                spans[statement.reference].append((statement.begin, statement.stop, statement.digest))
        for row in self.records.evidence:
            spans[row.statement].append((row.begin, row.stop, row.digest))
        return spans

    def source(self, source: Source) -> Iterator[str]:
        """Yield the triples of a source."""
        node = self.iri.source(source.id)
        yield f"{node} {TYPE} <{WW}Source> ."
        yield f"{node} <{DCTERMS}identifier> {literal(source.id)} ."
        yield f"{node} <{DCTERMS}title> {literal(source.title, language=source.language or language_of(source.title))} ."
        for property, value in (("creator", source.author), ("publisher", source.publisher), ("language", source.language), ("description", source.note)):
            if value:
                yield f"{node} <{DCTERMS}{property}> {literal(value)} ."
        if source.date:
            days = bounds(source.date)
            yield f"{node} <{DCTERMS}date> {literal(days[0] if days and days[0] == days[1] else source.date)} ."
        for property, value in (("source", source.url), ("hasVersion", source.archived)):
            if value:
                yield f"{node} <{DCTERMS}{property}> {literal(value, datatype=XSD + 'anyURI')} ."

    def entity(self, entity: Entity) -> Iterator[str]:
        """Yield the triples of an entity: every class it belongs to, its names, what it is a set of."""
        node = self.iri.entity(entity.id)
        for kind in self.ontology.classes[entity.type].ancestors:
            yield f"{node} {TYPE} <{kind}> ."
        yield f"{node} <{DCTERMS}identifier> {literal(entity.id)} ."
        yield f"{node} <{SKOS}prefLabel> {literal(entity.name_zh, language='zh')} ."
        yield f"{node} <{SKOS}prefLabel> {literal(entity.name_en, language='en')} ."
        if entity.collective == "true":
            yield f"{node} <{WW}collective> {literal('true', datatype=XSD + 'boolean')} ."
        if entity.count:
            yield f"{node} <{WW}count> {literal(entity.count, datatype=XSD + 'integer')} ."
        if entity.count_qualifier:
            codes = self.ontology.codes[self.ontology.qualifiers["value_qualifier"].range]
            yield f"{node} <{WW}countQualifier> <{codes[entity.count_qualifier]}> ."
        if entity.place:
            yield f"{node} <{WW}place> {self.iri.entity(entity.place)} ."
        for same in filter(None, entity.same_as.split("|")):
            yield f"{node} <http://www.w3.org/2002/07/owl#sameAs> <{same}> ."
        if entity.note:
            yield f"{node} <{WW}note> {literal(entity.note)} ."

    def names(self) -> Iterator[str]:
        """Yield the further names of entities; a name that holds in one source only stays out."""
        for row in self.records.names:
            if not row.source:
                language = row.language or language_of(row.name)
                property = f"{DCTERMS}identifier" if row.kind == "identifier" else f"{SKOS}altLabel"
                value = literal(row.name) if row.kind == "identifier" else literal(row.name, language=language)
                yield f"{self.iri.entity(row.entity)} <{property}> {value} ."

    def statement(self, statement: Statement, spans: Iterable[tuple[str, str, str]]) -> Iterator[str]:
        """Yield the annotation of a statement: the reified triple, its qualifiers, its evidence."""
        node = self.iri.statement(statement.reference)
        predicate = self.ontology.predicates[statement.predicate]
        source = self.iri.source(statement.source)
        yield f"{node} {TYPE} <{predicate.relation}> ."
        yield f"{node} {TYPE} <{RDF}Statement> ."
        yield f"{node} <{DCTERMS}identifier> {literal(statement.reference)} ."
        yield f"{node} <{RDF}subject> {self.iri.entity(statement.subject)} ."
        yield f"{node} <{RDF}predicate> <{predicate.iri}> ."
        if statement.object:
            yield f"{node} <{RDF}object> {self.iri.entity(statement.object)} ."
        yield f"{node} <{WW}source> {source} ."
        for language in ("zh", "en"):
            yield f"{node} <{RDFS}label> {literal(self.reader.sentence(statement, language), language=language)} ."
            yield f"{node} <{WW}citation> {literal(self.reader.evidence(statement, language), language=language)} ."
        for column, cell in statement.qualifiers.items():
            qualifier = self.ontology.qualifiers[column]
            for value in self._values(statement, qualifier, cell):
                yield f"{node} <{qualifier.iri}> {value} ."
        for begin, stop, digest in spans:
            passage = self.iri.passage(statement.source, begin, stop)
            yield f"{node} <{WW}evidence> {passage} ."
            yield f"{passage} {TYPE} <{WW}Passage> ."
            yield f"{passage} <{WW}source> {source} ."
            yield f"{passage} <{WW}begin> {literal(begin, datatype=XSD + 'integer')} ."
            yield f"{passage} <{WW}stop> {literal(stop, datatype=XSD + 'integer')} ."
            if digest:
                yield f"{passage} <{WW}digest> {literal(digest)} ."
            place = self.reader.outline.find(statement.source, int(begin))
            if place is not None:
                yield f"{passage} <{WW}paragraph> {literal(str(place.paragraph), datatype=XSD + 'integer')} ."
                yield f"{passage} <{WW}sentence> {literal(str(place.sentence), datatype=XSD + 'integer')} ."

    def _values(self, statement: Statement, qualifier: Qualifier, cell: str) -> Iterator[str]:
        if qualifier.kind == "date":
            days = bounds(cell)
            if days is not None:
                yield literal(days[1] if qualifier.bound == "last" else days[0], datatype=XSD + "date")
        elif qualifier.kind == "string":
            yield literal(cell)
        elif qualifier.kind == "text":
            yield from (literal(text.strip(), language=language_of(text)) for text in cell.split("|") if text.strip())
        elif qualifier.kind == "code":
            yield from (f"<{self.ontology.codes[qualifier.range][value]}>" for value in cell.split("|"))
        elif qualifier.kind == "entity":
            yield from map(self.iri.entity, cell.split("|"))
        elif qualifier.kind == "statement":
            yield from (self.iri.statement(statement.full(value)) for value in cell.split("|"))
        else:
            yield literal(cell, datatype=XSD + qualifier.kind)

    def direct(self, statement: Statement) -> Iterator[str]:
        """Yield the direct triple of a statement with what it entails: super-predicates, symmetry, inverses."""
        predicate = self.ontology.predicates[statement.predicate]
        ends = self.iri.entity(statement.subject), self.iri.entity(statement.object)
        yield from entailed(ends[0], predicate.ancestors, predicate.inverses, ends[1], self.ontology.symmetric)


def entailed(subject: str, properties: Iterable[str], inverses: Iterable[str], target: str, symmetric: Collection[str]) -> Iterator[str]:
    """Yield a triple and what the vocabulary entails from it: super-properties (its own first), symmetry, inverses."""
    for property in properties:
        yield f"{subject} <{property}> {target} ."
        if property in symmetric:
            yield f"{target} <{property}> {subject} ."
    for inverse in inverses:
        yield f"{target} <{inverse}> {subject} ."
