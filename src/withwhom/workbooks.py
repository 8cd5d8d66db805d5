"""The command ``tables``: the tables of a workspace as one Excel workbook, and back."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from withwhom.choices import COLUMNS, STATEMENTS, Choices, choices, kind_of, lists
from withwhom.ontology import Ontology, read_ontology
from withwhom.output import write_whole
from withwhom.problems import InputError, OutputError, Problem, UnreadableError
from withwhom.table_text import TableText, refuse_parquet, write_together
from withwhom.tables import csv_rows, read_table, short, statement_files
from withwhom.words import say
from withwhom.workbook import LISTS, TABLES, Sheet, digest, to_workbook, unholdable
from withwhom.workbook_memory import remember, remembered
from withwhom.workbook_read import Cells, as_layout, read_sheets
from withwhom.workbook_take import SheetRows, Taken, read_alone, sheet_rows, take
from withwhom.workspace import Workspace, find_workspace

# A source's id as the name of a new sheet, or of a file in the hidden sheet: nothing that leads out of its folder.
SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
SHARED = [kind for kind in COLUMNS if kind != STATEMENTS]
# What is wrong with the meaning of a table and not with its form: it can be put right in the workbook.
MENDABLE = frozenset({"unknown-column", "missing-column", "missing-file"})


@dataclass(frozen=True)
class Change:
    """What a workbook does to a table: its file, and what became of it; None where it was left as it is, with the reason in ``kept``."""

    shown: str
    taken: Taken | None
    kept: str = ""


def to_xlsx(workspace: Workspace, language: str) -> bytes:
    """Return the tables of a workspace as a workbook.

    Args:
        workspace: where the tables and the vocabulary are.
        language: of labels and headings, ``zh`` or ``en``.

    Raises:
        InputError: the vocabulary or a table cannot be read, or a sheet cannot hold a table.
        OutputError: a table is Parquet.
    """
    ontology = read_ontology(workspace)
    tables = _tables(workspace)
    problems = [problem for table, path in tables.items() for problem in _unfit(workspace, table, path)]
    if problems:
        raise InputError(problems)
    sheets = [Sheet(table, workspace.shown(path), TableText.read(path, COLUMNS[kind_of(table)])) for table, path in tables.items()]
    return to_workbook(sheets, ontology, _choices(ontology, {sheet.table: sheet.text for sheet in sheets}), language)


def _tables(workspace: Workspace) -> Mapping[str, Path]:
    """Return the file of each table, what is referred to before what refers to it; the outline is made by the machine and left out."""
    refuse_parquet([*map(workspace.table, SHARED), *statement_files(workspace)])
    files = {kind: workspace.table(kind) for kind in SHARED[:-1]}
    return files | {f"{STATEMENTS}/{path.stem}": path for path in statement_files(workspace)} | {SHARED[-1]: workspace.table(SHARED[-1])}


def _unfit(workspace: Workspace, table: str, path: Path) -> list[Problem]:
    """Return why a table cannot become a sheet."""
    needed = {"sources": ("id",), "entities": ("id", "name_zh", "name_en")}.get(table, ())
    found = read_table(path, workspace.shown(path), needed, None).problems
    problems = [problem for problem in found if problem.code != "missing-file"]
    if not found:
        try:
            problems += unholdable(workspace.shown(path), list(csv_rows(path, workspace.shown(path))))
        except UnreadableError as error:
            problems.append(error.problem)
    return problems


def _choices(ontology: Ontology, texts: Mapping[str, TableText]) -> Mapping[str, Choices]:
    ids = {
        kind: [
            (text.cell(row, "id").strip(), {language: text.cell(row, f"name_{language}").strip() for language in ("zh", "en")}) for row in range(len(text.rows))
        ]
        for kind, text in texts.items()
        if kind in ("entities", "sources")
    }
    entities = [(id, names) for id, names in ids["entities"] if id and "|" not in id]
    return choices(ontology, entities, [id for id, _ in ids["sources"] if id and "|" not in id])


def from_xlsx(workspace: Workspace, path: Path, *, replace: bool = False) -> list[Change]:
    """Write what a workbook says into the tables of a workspace; a table whose rows mean the same is not touched.

    Args:
        workspace: where the tables are.
        path: the workbook.
        replace: whether the workbook's rows take the place of a table that was changed after the workbook was made, too.

    Returns:
        What became of each table that the workbook or the workspace has.

    Raises:
        InputError: a cell, a heading or a sheet cannot be understood, or a table was changed in both places; nothing was written.
        OutputError: a table is Parquet, or cannot be written.
    """
    ontology = read_ontology(workspace)
    tables = _tables(workspace)
    problems = [p for table, file in tables.items() for p in read_table(file, workspace.shown(file), (), None).problems if p.code not in MENDABLE]
    sheets, found = read_sheets(path, (LISTS, TABLES))
    layout = {row["sheet"]: row for row in as_layout(sheets, TABLES) if row.keys() >= {"sheet", "table", "digest"}}
    named, unknown = _named(sheets, layout, path.name)
    _raise([*problems, *found, *unknown])
    texts = {table: TableText.read(workspace.table(table), COLUMNS[table] if table in SHARED else ()) for table in {**tables, **named}}
    rows = _headed(named, texts, ontology, path.name)
    known = _choices(ontology, {kind: _both(texts[kind], rows.get(kind)) for kind in ("entities", "sources")})
    before = [{row["table"]: row["digest"] for row in layout.values()}, remembered(workspace, path)]
    was = {table: [] if replace else [digests[table] for digests in before if table in digests] for table in texts}
    changes = {table: _change(workspace, table, rows.get(table), texts[table], (ontology, known), was[table]) for table in texts}
    problems = [problem for change in changes.values() for problem in (change.taken.problems if change.taken else ())]
    problems += [Problem(change.shown, 0, 0, change.kept, {"path": path.name}) for change in changes.values() if change.kept == "changed-in-both"]
    _raise(problems)
    taken = {table: change.taken for table, change in changes.items() if change.taken}
    write_together({workspace.table(table): one.text.text() for table, one in taken.items() if one.changed}, workspace.graph)
    left = {table: digest(one.text) for table, one in taken.items()}
    remember(workspace, path, {table: kept for table, kept in left.items() if kept != before[0].get(table)})
    return list(changes.values())


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(problems)


def _headed(named: Mapping[str, Cells], texts: Mapping[str, TableText], ontology: Ontology, file: str) -> Mapping[str, SheetRows]:
    """Return the rows of each table's sheet.

    Raises:
        InputError: a heading is no column, or a cell has none.
    """
    found = {table: sheet_rows(sheet, f"{file}!{sheet.name}", table, texts[table].header, ontology) for table, sheet in named.items()}
    _raise([problem for _, problems in found.values() for problem in problems])
    return {table: rows for table, (rows, _) in found.items()}


def _both(text: TableText, sheet: SheetRows | None) -> TableText:
    """Return the rows of a table and of its sheet: a cell may name a thing that only one of them has."""
    both = TableText(list(text.header), [list(cells) for cells in text.rows])
    for _, cells in sheet.rows if sheet else ():
        both.append(dict(zip(sheet.numbers, cells, strict=True)) if sheet else {})
    return both


def _named(sheets: Sequence[Cells], layout: Mapping[str, Mapping[str, str]], file: str) -> tuple[dict[str, Cells], list[Problem]]:
    """Return the sheet of each table: as the hidden sheet says, else by its name; an empty sheet that is no table is passed over."""
    found: dict[str, Cells] = {}
    problems = []
    for sheet in sheets:
        table = layout[sheet.name]["table"] if sheet.name in layout else sheet.name if sheet.name in SHARED else f"{STATEMENTS}/{sheet.name}"
        kind, _, source = table.partition("/")
        if sheet.name in (LISTS, TABLES) or (sheet.name not in layout and not any(map(any, sheet.rows))):
            continue
        if table in found or (table not in SHARED and not (kind == STATEMENTS and SOURCE.fullmatch(source))):
            problems.append(Problem(f"{file}!{sheet.name}", 0, 0, "unknown-sheet", {"value": short(sheet.name), "known": ", ".join(SHARED)}))
        else:
            found[table] = sheet
    return {table: found[table] for table in (*SHARED[:-1], *sorted(set(found) - set(SHARED)), SHARED[-1]) if table in found}, problems


def _change(
    workspace: Workspace, table: str, sheet: SheetRows | None, text: TableText, terms: tuple[Ontology, Mapping[str, Choices]], was: Sequence[str]
) -> Change:
    """Return what a sheet does to a table; ``was`` are the digests of the table when the workbook was made and last taken in, where they are known."""
    shown = workspace.shown(workspace.table(table))
    if sheet is None:
        return Change(shown, None, "sheet-missing" if workspace.table(table).exists() else "")
    ontology, known = terms
    columns = {name: known[which] for name, which in lists(kind_of(table), ontology).items()}
    taken = take(sheet, text, columns, "id" if "id" in sheet.numbers and "id" in text.header else "")
    if was and taken.changed and digest(text) not in was:
        return Change(shown, None, "sheet-untouched" if digest(read_alone(sheet, columns)) in was else "changed-in-both")
    return Change(shown, taken)


def report(changes: Sequence[Change], language: str) -> list[str]:
    """Return what became of the tables, a line for each that changed or was left as it is for a reason."""
    lines = []
    for change in changes:
        if change.taken is None and change.kept:
            lines.append(say(change.kept, language, path=change.shown))
        elif change.taken is not None and change.taken.changed:
            counts = [say(f"rows-{name}", language, count=f"{count:,}") for name, count in change.taken.counts.items() if count]
            counts += [say("rows-moved", language)] if change.taken.moved else []
            lines.append(say("table-changed", language, path=change.shown, what=say("list-comma", language).join(counts)))
    changed = any(change.taken is not None and change.taken.changed for change in changes)
    return [*lines, say("tables-taken" if changed else "tables-unchanged", language)]


def add_tables(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``tables``."""
    command.set_defaults(command=_run)
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--to-xlsx", type=Path, metavar="FILE", help=say("help-to-xlsx", language))
    which.add_argument("--from-xlsx", type=Path, metavar="FILE", help=say("help-from-xlsx", language))
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--replace", action="store_true", help=say("help-tables-replace", language))


def _run(given: argparse.Namespace) -> int:
    workspace = find_workspace(given.workspace)
    if given.from_xlsx:
        print("\n".join(report(from_xlsx(workspace, given.from_xlsx, replace=given.replace), given.lang)))
        return 0
    if given.to_xlsx.exists() and not given.replace:
        raise OutputError("workbook-there", path=str(given.to_xlsx))
    write_whole(given.to_xlsx, to_xlsx(workspace, given.lang))
    remember(workspace, given.to_xlsx, {})
    print(say("workbook-written", given.lang, path=str(given.to_xlsx)))
    return 0
