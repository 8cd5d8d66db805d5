"""Sets aside the rows that errors name, with everything that refers to them, so that the good rows of a large table can be built."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from withwhom.cells import problem
from withwhom.ontology import Ontology
from withwhom.problems import Problem
from withwhom.records import Entity, Evidence, Name, Place, Records, Statement
from withwhom.spreadsheet import csv_text
from withwhom.tables import cell_of, short

PROBLEMS = "problems.csv"
COLUMNS = ("file", "line", "column", "code", "message_zh", "message_en", "because", "row")
# Problems that are found while a table is read: nobody finds them again.
UNHEADED = frozenset({"too-many-cells", "unheaded-cell"})
Row: TypeAlias = Entity | Name | Statement | Evidence
Spot: TypeAlias = tuple[str, int]
Reasons: TypeAlias = dict[Spot, list[Problem]]
Gone: TypeAlias = dict[str, Place]
R = TypeVar("R", Entity, Name, Statement, Evidence)
# What a row refers to: the column that does, and the id in it.
References: TypeAlias = Iterable[tuple[str, str]]


@dataclass(frozen=True, order=True)
class Aside:
    """Why a row was set aside.

    Args:
        problem: an error of the row, or the row that it refers to, which was set aside.
        column: heading of the cell; empty where the row as a whole is meant.
        row: the filled cells of the row by heading, as JSON.
    """

    problem: Problem
    column: str
    row: str


@dataclass(frozen=True)
class Split:
    """Records without the rows that errors name.

    Args:
        records: the rows that stay; none of them refers to one that does not.
        aside: the others, a reason each or more.
        blameless: the errors that no row can be blamed for, such as those of a header.
    """

    records: Records
    aside: tuple[Aside, ...]
    blameless: tuple[Problem, ...]


def split(records: Records, ontology: Ontology, errors: Sequence[Problem]) -> Split:
    """Part records into the rows that stay and those that errors name, and what refers to them.

    A place takes with it what lies there, an entity its names and statements, a statement its evidence and what is part of it or
    may overlap it; bad evidence takes its statement, which would otherwise stand there with half of it. Rows with cells under
    wrong headings or none go alone: whoever calls checks again what stays.
    """
    rows = _rows_named(records, errors)
    blameless = tuple(error for error in errors if (error.file, error.line) not in rows)
    reasons: Reasons = defaultdict(list)
    for error in [error for error in errors if error.code in UNHEADED] or errors:
        if (error.file, error.line) in rows:
            reasons[error.file, error.line].append(error)
    _blame_twins(rows, reasons)
    _take_along(records, ontology, reasons)
    kept = replace(
        records,
        entities=_kept(records.entities, reasons),
        names=_kept(records.names, reasons),
        statements=_kept(records.statements, reasons),
        evidence=_kept(records.evidence, reasons),
    )
    gone = [row for row in _rows(records) if _spot(row) in reasons]
    return Split(kept, tuple(sorted(Aside(reason, _heading(row, reason), row_text(row)) for row in gone for reason in reasons[_spot(row)])), blameless)


def _rows(records: Records) -> Iterator[Row]:
    for rows in (records.entities, records.names, records.statements, records.evidence):
        yield from rows


def _kept(rows: Iterable[R], reasons: Reasons) -> tuple[R, ...]:
    return tuple(row for row in rows if _spot(row) not in reasons)


def _spot(row: Row) -> Spot:
    return row.at.file, row.at.line


def _rows_named(records: Records, errors: Iterable[Problem]) -> dict[Spot, Row]:
    """Return the rows that errors name, those whose id another one uses again included."""
    named = {(error.file, error.line) for error in errors}
    named |= {(error.file, int(error.values["line"])) for error in errors if error.code == "duplicate-id"}
    return {_spot(row): row for row in _rows(records) if _spot(row) in named}


def _blame_twins(rows: dict[Spot, Row], reasons: Reasons) -> None:
    """Set aside the first row of an id, too, where a later one says something else: nobody knows which of them is meant."""
    for (file, line), problems in list(reasons.items()):
        for twice in [reason for reason in problems if reason.code == "duplicate-id"]:
            first = rows[file, int(twice.values["line"])]
            if replace(first, at=rows[file, line].at) != rows[file, line]:
                reasons[_spot(first)].append(replace(twice, line=first.at.line, values={**twice.values, "line": str(line)}))


def _take_along(records: Records, ontology: Ontology, reasons: Reasons) -> None:
    """Add the rows that refer to rows set aside, directly or by way of others."""
    entities = _spread(records.entities, reasons, lambda entity: entity.id, lambda entity: [("place", entity.place)])
    evidence = {row.statement: row.at for row in records.evidence if _spot(row) in reasons}
    of_entities = [name for name, qualifier in ontology.qualifiers.items() if qualifier.kind == "entity"]
    of_statements = [name for name, qualifier in ontology.qualifiers.items() if qualifier.kind == "statement"]
    for statement in records.statements:
        _follow(statement, reasons, _ends(statement, of_entities), entities)
        if statement.reference in evidence and _spot(statement) not in reasons:
            reasons[_spot(statement)].append(Problem(*_spot(statement), 0, "set-aside-evidence", {"because": _shown(evidence[statement.reference])}))
    statements = _spread(records.statements, reasons, lambda statement: statement.reference, lambda statement: _others(statement, of_statements))
    for name in records.names:
        _follow(name, reasons, [("entity", name.entity)], entities)
    for row in records.evidence:
        _follow(row, reasons, [("statement", row.statement)], statements)


def _ends(statement: Statement, columns: Collection[str]) -> References:
    yield "subject", statement.subject
    yield "object", statement.object
    for column in columns:
        yield from ((column, value) for value in statement.get(column).split("|"))


def _others(statement: Statement, columns: Collection[str]) -> References:
    for column in columns:
        yield from ((column, statement.full(value)) for value in statement.get(column).split("|") if value)


def _follow(row: Row, reasons: Reasons, references: References, gone: Gone) -> bool:
    """Set a row aside if it refers to one that is gone and stands there no longer; say whether it was."""
    if not gone or _spot(row) in reasons:
        return False
    for column, value in references:
        if value in gone:
            reasons[_spot(row)].append(problem(row.at, column, "set-aside-with", value=short(value), because=_shown(gone[value])))
            return True
    return False


def _spread(rows: Sequence[R], reasons: Reasons, identifier: Callable[[R], str], references: Callable[[R], References]) -> Gone:
    """Set aside the rows of one kind that refer to each other from one set aside on; return the ids that no row bears any more."""
    gone = {identifier(row): row.at for row in rows if _spot(row) in reasons}
    for row in rows:
        if _spot(row) not in reasons:
            gone.pop(identifier(row), None)  # it stands there twice, once as a copy
    users: dict[str, list[R]] = defaultdict(list)
    for row in rows if gone else ():
        for _, value in references(row):
            users[value].append(row)
    waiting = list(gone)
    for value in waiting:  # it grows while it is walked through
        for row in users[value]:
            if _follow(row, reasons, references(row), gone):
                gone[identifier(row)] = row.at
                waiting.append(identifier(row))
    return gone


def _shown(at: Place) -> str:
    return f"{at.file}:{at.line}"


def _heading(row: Row, reason: Problem) -> str:
    return next((name for name, number in row.at.columns.items() if number == reason.column), "")


def row_text(row: Row) -> str:
    """Return the filled cells of a row by heading, as JSON."""
    cells = {name: cell_of(row, name) for name in row.at.columns}
    return json.dumps({name: cell for name, cell in cells.items() if cell}, ensure_ascii=False)


def problems_table(aside: Iterable[Aside]) -> str:
    """Return ``problems.csv``: every reason for which a row was set aside, with the row."""
    return csv_text(COLUMNS, (_cells(item) for item in sorted(aside)))


def _cells(item: Aside) -> Sequence[str]:
    reason = item.problem
    place = (reason.file, str(reason.line), item.column, reason.code)
    return (*place, reason.message("zh"), reason.message("en"), reason.values.get("because", ""), item.row)


def rows_by_file(aside: Iterable[Aside]) -> dict[str, int]:
    """Return how many rows of each file were set aside."""
    return dict(sorted(Counter(file for file, _ in {(item.problem.file, item.problem.line) for item in aside}).items()))


def rows_aside(aside: Iterable[Aside]) -> int:
    """Return how many rows were set aside."""
    return sum(rows_by_file(aside).values())
