"""What the checks share: the records with their indexes, and the checks of a single cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from withwhom.columns import DATATYPES
from withwhom.dates import bounds
from withwhom.meanings import ColumnTerms, EntityNames, Terms, Within, column_terms, within
from withwhom.ontology import Ontology
from withwhom.problems import Problem, nearest
from withwhom.records import Entity, Name, Place, Records, Statement
from withwhom.tables import OFFSET, short
from withwhom.text import Span, normal

# Figures and dates as a spreadsheet leaves them behind: 1.2E+15, Jan-18, 18-Jan, 2018/1/3, 43101.
DAMAGED_NUMBER = re.compile(r"[0-9.]+E[+-]?[0-9]+", re.IGNORECASE)
DAMAGED_DATE = re.compile(r"[A-Za-z]{3}-[0-9]{2,4}|[0-9]{1,2}-[A-Za-z]{3}|[0-9]{1,4}/[0-9]{1,2}(/[0-9]{1,4})?|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{5}")

# Entities that a message names at most.
MOST = 10


@dataclass(frozen=True)
class Context:
    """The records, the vocabulary that judges them, and the indexes that several checks share."""

    records: Records
    ontology: Ontology

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        return self.names.by_id

    @cached_property
    def statements(self) -> Mapping[str, Statement]:
        return {statement.reference: statement for statement in self.records.statements}

    @cached_property
    def spans(self) -> Mapping[str, list[Span]]:
        """The spans of each statement by its reference: its own and those in ``evidence.csv``; damaged ones left out."""
        found: dict[str, list[Span]] = defaultdict(list)
        rows = [(statement.reference, statement.begin, statement.stop) for statement in self.records.statements]
        rows += [(row.statement, row.begin, row.stop) for row in self.records.evidence]
        for reference, begin, stop in rows:
            if OFFSET.fullmatch(begin) and OFFSET.fullmatch(stop):
                found[reference].append((int(begin), int(stop)))
        return found

    @cached_property
    def names(self) -> EntityNames:
        return EntityNames(self.records.entities, self.records.names)

    @cached_property
    def terms(self) -> ColumnTerms:
        return column_terms(self.ontology)

    @cached_property
    def folded_names(self) -> frozenset[str]:
        """Every name of every entity and title of every source, in normal form."""
        names = [name for entity in self.records.entities for name in (entity.name_zh, entity.name_en)]
        names += [row.name for row in self.records.names] + [source.title for source in self.records.sources]
        return frozenset(map(normal, names))


def problem(at: Place, column: str, code: str, *, severity: str = "error", **values: str) -> Problem:
    """Return a problem at a cell."""
    return Problem(at.file, at.line, at.column(column), code, {"column": column, **values}, severity)


def with_nearest(value: str, known: Iterable[str]) -> str:
    """Return the known words for a message, the nearest to a misspelt one first."""
    words = list(known)
    return ", ".join(dict.fromkeys([*nearest(value, words), *words]))


def reference(context: Context, at: Place, column: str, value: str, kind: str, row: Statement | Name | None = None) -> Iterator[Problem]:
    """Yield what is wrong with a reference to an entity.

    Args:
        context: what is known.
        at: the row.
        column: the column.
        value: an id; a name is still there only if it means none or several (:mod:`withwhom.resolve`).
        kind: the class that the entity must belong to (name or IRI), if any.
        row: the row, unless it is one of a table that all sources share: a name may hold in one source only.
    """
    if not value:
        yield problem(at, column, "empty-cell")
        return
    entity = context.entities.get(value)
    if entity is None:
        yield _unknown(context.names, at, column, value, within(row))
    elif kind and entity.type in context.ontology.classes:
        iri = kind if "#" in kind else context.ontology.classes[kind].iri
        if not context.ontology.is_kind_of(entity.type, [iri]):
            yield problem(at, column, "wrong-type", value=short(value), type=entity.type, known=iri.rpartition("#")[2])


def _unknown(names: EntityNames, at: Place, column: str, value: str, where: Within) -> Problem:
    """Return the problem of a cell that is no id: what its name may mean, or else what is near it."""
    ids = names.of(value, where).ids
    if ids:
        return problem(at, column, "unclear-name", value=short(value), candidates=", ".join(map(names.named, ids[:MOST])) + (" …" if ids[MOST:] else ""))
    return problem(at, column, "unknown-entity", value=short(value), near=near_entities(names, value))


def near_entities(names: EntityNames, value: str) -> str:
    """Return the entities that are near a misspelt id or name, for a message."""
    ids = nearest(value, names.by_id)
    named = [id for form in nearest(normal(value), names.everywhere) for id in sorted(names.everywhere[form])]
    return ", ".join(names.named(id) for id in dict.fromkeys([*ids, *named])) or "—"


def term(at: Place, column: str, cell: str, terms: Terms, code: str = "unknown-value", *, several: bool = False) -> Iterator[Problem]:
    """Yield what is wrong with a cell that holds a value of a list.

    Args:
        at: the row.
        column: the column.
        cell: a label is still there only if it stands for none or several (:mod:`withwhom.resolve`).
        terms: the values that are legal.
        code: the problem of a value that is not.
        several: whether the cell may hold several, joined by ``|``.
    """
    for value in cell.split("|") if several else (cell,):
        if value not in terms.labels:
            meant = terms.of(value)
            if meant:
                yield problem(at, column, "unclear-label", value=short(value), candidates=", ".join(meant))
            else:
                yield problem(at, column, code, value=short(value), known=with_nearest(value, terms.offered))


def datatype(at: Place, column: str, cell: str, kind: str) -> Iterator[Problem]:
    """Yield what is wrong with a cell of an XSD datatype; an empty cell is never wrong."""
    if cell and not DATATYPES[kind].fullmatch(cell):
        damaged = kind in ("decimal", "integer") and DAMAGED_NUMBER.fullmatch(cell)
        code = "spreadsheet-number" if damaged else "bad-number" if kind in ("decimal", "integer") else "bad-value"
        yield problem(at, column, code, value=short(cell), kind=kind)


def dates(at: Place, cells: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with cells that hold dates, by column."""
    for column, cell in cells.items():
        if cell and bounds(cell) is None:
            yield from date(at, column, cell)


def date(at: Place, column: str, cell: str) -> Iterator[Problem]:
    """Yield the problem of a cell that is no date."""
    code = "spreadsheet-date" if DAMAGED_DATE.fullmatch(cell) else "no-such-day" if DATATYPES["date"].fullmatch(cell) else "bad-date"
    yield problem(at, column, code, value=short(cell))
