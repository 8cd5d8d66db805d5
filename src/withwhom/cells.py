"""What the checks share: the records with their indexes, and the checks of a single cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from withwhom.columns import DATATYPES
from withwhom.dates import bounds
from withwhom.ontology import Ontology
from withwhom.problems import Problem, nearest
from withwhom.records import Entity, Place, Records, Statement
from withwhom.tables import OFFSET, short
from withwhom.text import Span, normal

# Figures and dates as a spreadsheet leaves them behind: 1.2E+15, Jan-18, 18-Jan, 2018/1/3, 43101.
DAMAGED_NUMBER = re.compile(r"[0-9.]+E[+-]?[0-9]+", re.IGNORECASE)
DAMAGED_DATE = re.compile(r"[A-Za-z]{3}-[0-9]{2,4}|[0-9]{1,2}-[A-Za-z]{3}|[0-9]{1,4}/[0-9]{1,2}(/[0-9]{1,4})?|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{5}")


@dataclass(frozen=True)
class Context:
    """The records, the vocabulary that judges them, and the indexes that several checks share."""

    records: Records
    ontology: Ontology

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        return {entity.id: entity for entity in self.records.entities}

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
    def by_name(self) -> Mapping[str, list[str]]:
        """The ids that a name in normal form means."""
        found: dict[str, list[str]] = defaultdict(list)
        for entity in self.records.entities:
            for name in {entity.name_zh, entity.name_en}:
                found[normal(name)].append(entity.id)
        for row in self.records.names:
            found[normal(row.name)].append(row.entity)
        return {name: sorted(set(ids)) for name, ids in found.items()}

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


def reference(context: Context, at: Place, column: str, value: str, kind: str) -> Iterator[Problem]:
    """Yield what is wrong with a reference to an entity; ``kind`` is the class it must belong to (name or IRI), if any."""
    if not value:
        yield problem(at, column, "empty-cell")
        return
    entity = context.entities.get(value)
    if entity is None:
        meant = context.by_name.get(normal(value), ())
        known = ", ".join(meant) or ", ".join(nearest(value, context.entities))
        yield problem(at, column, "unknown-entity", value=short(value), near=known or "—")
    elif kind and entity.type in context.ontology.classes:
        iri = kind if "#" in kind else context.ontology.classes[kind].iri
        if not context.ontology.is_kind_of(entity.type, [iri]):
            yield problem(at, column, "wrong-type", value=short(value), type=entity.type, known=iri.rpartition("#")[2])


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
