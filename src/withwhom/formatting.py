"""Writes tables as they should stand: ids for names, codes for labels, rows and columns in order; what they mean stays the same."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from withwhom.check import check_records
from withwhom.ontology import Ontology, read_ontology
from withwhom.order import in_order
from withwhom.problems import InputError, Problem
from withwhom.records import Records, Statement
from withwhom.resolve import resolved
from withwhom.table_text import TableText, refuse_parquet, rows_text, write_together
from withwhom.tables import (
    ENTITY_COLUMNS,
    EVIDENCE_COLUMNS,
    NAME_COLUMNS,
    OUTLINE_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_ORDER,
    Row,
    cell_of,
    read_records,
    statement_files,
)
from withwhom.unknown_names import Added, added, unknown_names, unknown_problems
from withwhom.words import say
from withwhom.workspace import Workspace, own_workspace

# Columns of statements that stay where no row uses them.
ALWAYS = ("id", "subject", "predicate", "object")
# Cells that cannot be read: a table with one of them stays as it is. What else is wrong with a row is no matter of form.
UNREAD = frozenset(
    (
        *("unclear-name", "unclear-label", "unknown-type", "unknown-predicate", "unknown-value"),
        *("bad-value", "bad-number", "bad-date", "no-such-day", "spreadsheet-number", "spreadsheet-date"),
    )
)


@dataclass(frozen=True)
class Formatted:
    """Tables as they should stand.

    Args:
        files: the new text of each file that changes, those that others refer to first.
        added: the entities that were made of unknown names.
    """

    files: Mapping[Path, str]
    added: Sequence[Added]


def formatted(workspace: Workspace, *, add: bool = False) -> Formatted:
    """Return what formatting would change; nothing is written.

    Args:
        workspace: whose tables are read.
        add: whether names that nobody bears become entities, where the cells that hold them say of which class.

    Raises:
        OutputError: entities are to be added, and their table is Parquet.
        InputError: a table cannot be read, a name is unknown or unclear, or a cell has another kind of value than its column.
    """
    ontology = read_ontology(workspace)
    read, problems = read_records(workspace)
    if problems:
        raise InputError(problems)
    records = resolved(read, ontology)
    unknown = unknown_names(records, ontology)
    made = added([one for one in unknown if one.is_addable], [entity.id for entity in records.entities]) if add else []
    if made:
        refuse_parquet([workspace.graph / "entities.csv"])
        records = resolved(replace(read, entities=(*read.entities, *(one.entity for one in made))), ontology)
        unknown = unknown_names(records, ontology)
    _refuse([*unknown_problems(unknown, records), *_unread(records, ontology)])
    return Formatted(dict(_changed(workspace, in_order(records))), made)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(problems)


def _unread(records: Records, ontology: Ontology) -> Iterator[Problem]:
    yield from (problem for problem in check_records(records, ontology) if problem.code in UNREAD)


def _changed(workspace: Workspace, records: Records) -> Iterator[tuple[Path, str]]:
    """Yield the files whose text is another one than it should be, with that text."""
    for path, text in _texts(workspace, records):
        if path.read_bytes() != text.encode("utf-8"):
            yield path, text


def _texts(workspace: Workspace, records: Records) -> Iterator[tuple[Path, str]]:
    shared: Sequence[tuple[str, Sequence[str], Sequence[Row]]] = (
        ("sources", SOURCE_COLUMNS, records.sources),
        ("entities", ENTITY_COLUMNS, records.entities),
        ("names", NAME_COLUMNS, records.names),
        ("evidence", EVIDENCE_COLUMNS, records.evidence),
        ("outline", OUTLINE_COLUMNS, records.outline),
    )
    for name, columns, rows in shared:
        path = workspace.table(name)
        if path.suffix != ".csv":
            continue  # Parquet is read only, and written by those who made it
        there = set(TableText.read(path).header)
        yield path, _text([column for column in columns if column in there or _is_used(column, rows)], rows)
    for path in (path for path in statement_files(workspace) if path.suffix == ".csv"):
        own = [row for row in records.statements if row.at.file == workspace.shown(path)]
        yield path, _text(statement_header(TableText.read(path).header, own), own)


def statement_header(header: Iterable[str], rows: Sequence[Statement]) -> list[str]:
    """Return the columns of a table of statements in order, without those that no row uses; a table without rows keeps all."""
    there = set(filter(None, header))
    ordered = [*(column for column in STATEMENT_ORDER if column in there), *sorted(there - set(STATEMENT_ORDER))]
    return [column for column in ordered if column in ALWAYS or not rows or _is_used(column, rows)]


def _is_used(column: str, rows: Sequence[Row]) -> bool:
    return any(cell_of(row, column) for row in rows)


def _text(columns: Sequence[str], rows: Sequence[Row]) -> str:
    return rows_text([columns, *([cell_of(row, column) for column in columns] for row in rows)])


def add_format(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``format``."""
    command.set_defaults(command=_format)
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--check", action="store_true", help=say("help-format-check", language))
    command.add_argument("--add", action="store_true", help=say("help-format-add", language))


def _format(given: argparse.Namespace) -> int:
    workspace = own_workspace(given.workspace)
    result = formatted(workspace, add=given.add)
    if not given.check:
        write_together(result.files, workspace.graph)
    for one in result.added:
        print(_told(one, given.lang))
    for path in result.files:
        print(say("format-would" if given.check else "format-done", given.lang, path=workspace.shown(path)))
    if not result.files:
        print(say("format-nothing", given.lang))
    return 1 if given.check and result.files else 0


def _told(one: Added, language: str) -> str:
    """Say in one line which entity was made, of which class, and where its name stands."""
    at = one.uses[0].at
    others = say("format-or", language, types=", ".join(one.others)) if one.others else ""
    values = {"id": one.entity.id, "name": one.entity.name_zh, "type": one.entity.type, "others": others}
    return say("format-added", language, where=f"{at.file}:{at.line}", times=str(len(one.uses)), **values)
