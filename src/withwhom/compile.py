"""Compiles records to RDF: lines of N-Triples text, super-classes and super-predicates written out, no object made per triple.

One function a shard: the entities, and each source's statements. Everything is a pure function of the records; a shard needs the rows
of its own source, the entities and the names, and nothing of other sources, so that shards can be made apart from one another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from withwhom.dates import bounds
from withwhom.ontology import Ontology, Qualifier
from withwhom.readable import Reader, Telling
from withwhom.records import Entity, Records, Source, Statement
from withwhom.terms import DCTERMS, RDF, RDFS, SKOS, TYPE, WW, XSD, Names, language_of, literal

# Phases in which a thing stated is so; the others (planned, applied, denied) make no triple of their own.
FACTUAL = frozenset({"", "done", "ongoing"})
ENTITIES = "entities"
# Kinds of qualifiers whose cells repeat: codes, dates and names of things; their triples are written once and kept.
REPEATING = frozenset({"code", "date", "entity"})
Span = tuple[str, str, str]
Shard = tuple[str, list[str]]


def shard_name(source: str) -> str:
    """Return the name of the shard that holds the statements of a source."""
    return f"source-{source}"


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

    def shards(self) -> Iterator[Shard]:
        """Yield name and lines of every shard of the stated graph, the entities first; lines are sorted and stand once."""
        yield ENTITIES, self.entity_shard()
        for source in self.records.sources:
            yield shard_name(source.id), self.source_shard(source)

    def entity_shard(self) -> list[str]:
        """Return the lines of all entities and their names."""
        return sorted({line for entity in self.records.entities for line in self.entity(entity)} | set(self.names()))

    def source_shard(self, source: Source) -> list[str]:
        """Return the lines of a source and its statements, with the direct triples that it says."""
        statements = self.of_source.get(source.id, ())
        return self.told_shard(source, [(statement, self.reader.telling(statement)) for statement in statements])

    def told_shard(self, source: Source, told: Iterable[tuple[Statement, Telling]]) -> list[str]:
        """Return the same as :meth:`source_shard` of statements that have been put into words."""
        lines = set(self.source(source))
        for statement, telling in told:
            lines.update(self.statement(statement, telling))
        return sorted(lines | self.explicit(source))

    def explicit(self, source: Source) -> set[str]:
        """Return the direct triples that a source says."""
        rows = self.of_source.get(source.id, ())
        return {line for s in rows if _is_so(s) and s.get("certainty") == "explicit" for line in self.direct(s)}

    def inferred(self) -> set[str]:
        """Return the direct triples that readers concluded, those that another statement says included."""
        return {line for s in self.records.statements if _is_so(s) and s.get("certainty") != "explicit" for line in self.direct(s)}

    def said(self, lines: Sequence[str]) -> list[str]:
        """Return those sorted lines of a shard of statements that are direct triples: they alone may stand in another shard, too."""
        start = f"<{self.base}entity/"
        return list(lines[bisect_left(lines, start) : bisect_left(lines, start[:-1] + "0")])  # "0" is the character after "/"

    @cached_property
    def of_source(self) -> Mapping[str, Sequence[Statement]]:
        """The statements of each source, by its id."""
        found: dict[str, list[Statement]] = defaultdict(list)
        for statement in self.records.statements:
            found[statement.source].append(statement)
        return found

    @cached_property
    def _spans(self) -> Mapping[str, Sequence[Span]]:
        spans: dict[str, list[Span]] = defaultdict(list)
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

    def statement(self, statement: Statement, telling: Telling) -> Iterator[str]:
        """Yield the annotation of a statement: the reified triple, its qualifiers, its evidence."""
        node = self.iri.statement(statement.reference)
        source = self.iri.source(statement.source)
        predicate = self.ontology.predicates[statement.predicate]
        yield f"{node} {TYPE} <{predicate.relation}> ."
        yield f"{node} {TYPE} <{RDF}Statement> ."
        yield f"{node} <{DCTERMS}identifier> {literal(statement.reference)} ."
        yield f"{node} <{RDF}subject> {self.iri.entity(statement.subject)} ."
        yield f"{node} <{RDF}predicate> <{predicate.iri}> ."
        if statement.object:
            yield f"{node} <{RDF}object> {self.iri.entity(statement.object)} ."
        yield f"{node} <{WW}source> {source} ."
        yield f"{node} <{RDFS}label> {literal(telling.zh, language='zh')} ."
        yield f"{node} <{RDFS}label> {literal(telling.en, language='en')} ."
        yield f"{node} <{WW}citation> {literal(telling.evidence_zh, language='zh')} ."
        yield f"{node} <{WW}citation> {literal(telling.evidence_en, language='en')} ."
        for column, cell in statement.qualifiers.items():
            for tail in self._tails(statement, column, cell):
                yield f"{node} {tail}"
        for begin, stop, digest in self._spans.get(statement.reference, ()):
            passage = self.iri.passage(statement.source, begin, stop)
            yield f"{node} <{WW}evidence> {passage} ."
            yield f"{passage} <{WW}source> {source} ."
            yield from self._passage(statement, passage, (begin, stop, digest))

    def _passage(self, statement: Statement, passage: str, span: Span) -> Iterator[str]:
        begin, stop, digest = span
        yield f"{passage} {TYPE} <{WW}Passage> ."
        yield f"{passage} <{WW}begin> {literal(begin, datatype=XSD + 'integer')} ."
        yield f"{passage} <{WW}stop> {literal(stop, datatype=XSD + 'integer')} ."
        if digest:
            yield f"{passage} <{WW}digest> {literal(digest)} ."
        place = self.reader.outline.find(statement.source, int(begin))
        if place is not None:
            yield f"{passage} <{WW}paragraph> {literal(str(place.paragraph), datatype=XSD + 'integer')} ."
            yield f"{passage} <{WW}sentence> {literal(str(place.sentence), datatype=XSD + 'integer')} ."

    def _tails(self, statement: Statement, column: str, cell: str) -> Sequence[str]:
        """Return predicate and object of each triple that a qualifier's cell makes."""
        kept = self._kept.get((column, cell))
        if kept is None:
            qualifier = self.ontology.qualifiers[column]
            kept = [f"<{qualifier.iri}> {value} ." for value in self._values(statement, qualifier, cell)]
            if qualifier.kind in REPEATING:
                self._kept[column, cell] = kept
        return kept

    @cached_property
    def _kept(self) -> dict[tuple[str, str], Sequence[str]]:
        return {}

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


def _is_so(statement: Statement) -> bool:
    """Tell whether a statement makes a direct triple: it has an object, and is not planned, applied for or denied."""
    return bool(statement.object) and statement.get("status") in FACTUAL


def entailed(subject: str, properties: Iterable[str], inverses: Iterable[str], target: str, symmetric: Collection[str]) -> Iterator[str]:
    """Yield a triple and what the vocabulary entails from it: super-properties (its own first), symmetry, inverses."""
    for property in properties:
        yield f"{subject} <{property}> {target} ."
        if property in symmetric:
            yield f"{target} <{property}> {subject} ."
    for inverse in inverses:
        yield f"{target} <{inverse}> {subject} ."
