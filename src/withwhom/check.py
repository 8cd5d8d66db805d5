"""Checks the form of records: columns, types, references, legality, spans. What a graph must mean is checked by SHACL (``shapes``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from withwhom.cells import Context, datatype, date, dates, problem, reference, term
from withwhom.dates import bounds
from withwhom.links import cycles, loops, overlaps, references
from withwhom.meanings import KINDS_OF_NAMES
from withwhom.ontology import Ontology, Predicate, Qualifier
from withwhom.problems import Problem
from withwhom.records import Place, Records, Statement
from withwhom.spans import evidence, mentions, quotes, span, wording
from withwhom.table_terms import deprecated_entities, deprecated_statements
from withwhom.tables import QUOTE, STATEMENT_COLUMNS, short

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
Checker = Callable[[Context], Iterator[Problem]]


def check_records(records: Records, ontology: Ontology) -> list[Problem]:
    """Return every problem of form in the records, texts included where ``records.texts`` holds them."""
    context = Context(records, ontology)
    return found_by((*SHARED, *OWN, *ACROSS), context)


def found_by(checkers: Iterable[Checker], context: Context) -> list[Problem]:
    """Return every problem that some checkers find."""
    return [found for checker in checkers for found in checker(context)]


def _sources(context: Context) -> Iterator[Problem]:
    yield from _identifiers((source.id, source.at) for source in context.records.sources)
    for source in context.records.sources:
        if source.date and bounds(source.date) is None:
            yield from date(source.at, "date", source.date)
        yield from _language(source.at, source.language)
        if source.sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", source.sha256):
            yield problem(source.at, "sha256", "bad-digest", value=short(source.sha256))


def _registered(context: Context) -> Iterator[Problem]:
    known = {source.id for source in context.records.sources}
    seen = set()
    for statement in context.records.statements:
        if statement.source not in known and statement.source not in seen:
            seen.add(statement.source)
            yield Problem(statement.at.file, 0, 0, "unknown-source", {"value": short(statement.source)})
    for sentence in context.records.outline:
        if sentence.source not in known and sentence.source not in seen:
            seen.add(sentence.source)
            yield Problem("graph/outline.csv", 0, 0, "unknown-source", {"value": short(sentence.source)})


def _language(at: Place, cell: str) -> Iterator[Problem]:
    if cell and not LANGUAGE_TAG.fullmatch(cell):
        yield problem(at, "language", "bad-value", value=short(cell), kind="BCP 47")


def _identifiers(rows: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for identifier, at in rows:
        if not SLUG.fullmatch(identifier):
            yield problem(at, "id", "bad-id", value=short(identifier))
        elif identifier in first:
            yield problem(at, "id", "duplicate-id", value=short(identifier), line=str(first[identifier].line))
        first.setdefault(identifier, at)


def _entities(context: Context) -> Iterator[Problem]:
    ontology = context.ontology
    yield from _identifiers((entity.id, entity.at) for entity in context.records.entities)
    terms = context.terms.entities
    for entity in context.records.entities:
        if entity.type not in ontology.classes:
            yield from term(entity.at, "type", entity.type, terms["type"], "unknown-type")
        if not entity.name_zh or not entity.name_en:
            yield problem(entity.at, "name_en" if entity.name_zh else "name_zh", "empty-cell")
        yield from datatype(entity.at, "collective", entity.collective, "boolean")
        yield from datatype(entity.at, "count", entity.count, "integer")
        if entity.count_qualifier:
            yield from term(entity.at, "count_qualifier", entity.count_qualifier, terms["count_qualifier"])
        if entity.place:
            yield from reference(context, entity.at, "place", entity.place, "Place")
        for iri in filter(None, entity.same_as.split("|")):
            yield from datatype(entity.at, "same_as", iri, "anyURI")
    yield from cycles({e.id: [(e.place, e.at)] for e in context.records.entities if e.type == "Place" and e.place}, "place")


def _names(context: Context) -> Iterator[Problem]:
    known = {source.id for source in context.records.sources}
    for row in context.records.names:
        yield from reference(context, row.at, "entity", row.entity, "", row)
        if not row.name:
            yield problem(row.at, "name", "empty-cell")
        yield from _language(row.at, row.language)
        yield from term(row.at, "kind", row.kind, KINDS_OF_NAMES)
        if row.source and row.source not in known:
            yield problem(row.at, "source", "unknown-source", value=short(row.source))
        if row.begin or row.stop:
            yield from span(context, row.at, (row.source, row.begin, row.stop))
        yield from dates(row.at, {"since": row.since, "until": row.until})


def _statements(context: Context) -> Iterator[Problem]:
    by_file: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    headers: dict[str, Place] = {}
    for statement in context.records.statements:
        by_file[statement.at.file].append((statement.id, statement.at))
        headers.setdefault(statement.at.file, statement.at)
    for at in headers.values():
        yield from _unknown_columns(at, context.ontology)
    for rows in by_file.values():
        yield from _identifiers(rows)
    for statement in context.records.statements:
        yield from _triple(context, statement)
        yield from _qualifiers(context, statement)
        if statement.begin or statement.stop:
            yield from span(context, statement.at, (statement.source, statement.begin, statement.stop), statement.digest)


def _unknown_columns(at: Place, ontology: Ontology) -> Iterator[Problem]:
    legal = {*STATEMENT_COLUMNS, *ontology.qualifiers}
    known = ", ".join(sorted({*STATEMENT_COLUMNS, *ontology.offered(ontology.qualifiers)}))
    for name, number in at.columns.items():
        if name not in legal and name != QUOTE:
            yield Problem(at.file, 1, number, "unknown-column", {"value": short(name), "known": known})


def _triple(context: Context, statement: Statement) -> Iterator[Problem]:
    at = statement.at
    ontology = context.ontology
    predicate = ontology.predicates.get(statement.predicate)
    if predicate is None:
        yield from term(at, "predicate", statement.predicate, context.terms.statements["predicate"], "unknown-predicate")
    yield from _end(context, statement, "subject", statement.subject, predicate)
    if statement.object:
        yield from _end(context, statement, "object", statement.object, predicate)
    elif predicate is not None and not predicate.phrase_without_object:
        yield problem(at, "object", "missing-object", predicate=predicate.name)


def _end(context: Context, statement: Statement, column: str, value: str, predicate: Predicate | None) -> Iterator[Problem]:
    at = statement.at
    missing = list(reference(context, at, column, value, "", statement))
    yield from missing
    if not missing and predicate is not None:
        kind = context.entities[value].type
        legal = predicate.subjects if column == "subject" else predicate.objects
        if kind in context.ontology.classes and not context.ontology.is_kind_of(kind, legal):
            offered = context.ontology.offered(context.ontology.classes)
            names = sorted(name for name in offered if context.ontology.classes[name].iri in legal)
            yield problem(at, column, f"illegal-{column}", value=short(value), type=kind, predicate=predicate.name, known=", ".join(names))


def _qualifiers(context: Context, statement: Statement) -> Iterator[Problem]:
    periods = {}
    for column, cell in statement.qualifiers.items():
        qualifier = context.ontology.qualifiers.get(column)
        if qualifier is None:
            continue  # named once for the table, by its header
        if qualifier.kind == "date":
            periods[column] = cell
        else:
            yield from _cell(context, statement, qualifier, cell)
    yield from dates(statement.at, periods)


def _cell(context: Context, statement: Statement, qualifier: Qualifier, cell: str) -> Iterator[Problem]:
    at, column = statement.at, qualifier.column
    if qualifier.kind == "code":
        yield from term(at, column, cell, context.terms.statements[column], several=True)
    elif qualifier.kind == "entity":
        for value in cell.split("|"):
            yield from reference(context, at, column, value, qualifier.range, statement)
    elif qualifier.kind not in ("text", "statement"):
        yield from datatype(at, column, cell, qualifier.kind)


# Checks of the tables that all sources share; of the rows of one source, given those; of what rows of several sources say together.
SHARED: Sequence[Checker] = (_sources, _entities, _names, deprecated_entities)
OWN: Sequence[Checker] = (_registered, _statements, deprecated_statements, quotes, evidence, mentions, wording)
ACROSS: Sequence[Checker] = (references, loops, overlaps)
