"""Reads the tables of a workspace: CSV with a header (RFC 4180), UTF-8, BOM and CRLF welcome; or Parquet.

A reader never stops at the first problem: it collects them all and goes on with the rows that are whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from sys import intern
from typing import TypeAlias, TypeVar

from withwhom.collector import no_collection
from withwhom.decoding import is_gb18030
from withwhom.parquet import parquet_rows
from withwhom.problems import InputError, Problem, UnreadableError
from withwhom.records import Cells, Entity, Evidence, Name, Place, Records, Sentence, Source, Statement
from withwhom.workspace import TABLE_SUFFIXES, Workspace

# Longest line and cell in bytes; a longer one is a damaged file, and reading on would only fill the memory.
LONGEST = 1 << 20
csv.field_size_limit(LONGEST)

SOURCE_COLUMNS = ("id", "title", "author", "publisher", "date", "language", "url", "archived", "file", "sha256", "note")
ENTITY_COLUMNS = ("id", "type", "name_zh", "name_en", "collective", "count", "count_qualifier", "place", "same_as", "note")
NAME_COLUMNS = ("entity", "name", "language", "kind", "source", "begin", "stop", "since", "until")
EVIDENCE_COLUMNS = ("statement", "part", "begin", "stop", "digest")
OUTLINE_COLUMNS = ("source", "paragraph", "sentence", "begin", "stop")
# The tables that all sources share, with their columns.
TABLES: Mapping[str, tuple[str, ...]] = {
    "sources.csv": SOURCE_COLUMNS,
    "entities.csv": ENTITY_COLUMNS,
    "names.csv": NAME_COLUMNS,
    "evidence.csv": EVIDENCE_COLUMNS,
    "outline.csv": OUTLINE_COLUMNS,
}
# An offset; texts are shorter than a billion characters.
OFFSET = re.compile(r"[0-9]{1,9}")
# The words of the source, in place of offsets until ``withwhom anchor`` has found them.
QUOTE = "quote"
# The columns of statements in the order in which they are written; further qualifiers come after them.
STATEMENT_ORDER = (
    *("id", "subject", "predicate", "object", "program", "amount", "currency", "amount_qualifier", "support", "basis", "indicator", "value"),
    *("value_qualifier", "unit", "since", "until", "date_text", "date_certainty", "place", "status", "certainty", "event", "included_in"),
    *("overlaps", "awarded_by", "position", "list", QUOTE, "begin", "stop", "digest", "subject_mention", "object_mention", "wording"),
    *("locator", "annotator", "note"),
)
STATEMENT_COLUMNS = ("id", "subject", "predicate", "object", "begin", "stop", "digest")
T = TypeVar("T")
# What makes rows of a kind out of their cells, given the header.
Form: TypeAlias = Callable[[Sequence[str]], Callable[[Place, Sequence[str]], T]]
Row: TypeAlias = Source | Entity | Name | Statement | Evidence | Sentence


@dataclass(frozen=True)
class Table:
    """What stands in one file, before anybody asks what it means."""

    file: str
    rows: tuple[tuple[Place, Cells], ...]
    problems: tuple[Problem, ...]


def short(value: str) -> str:
    """Return a value as messages show it: quoted, and cut if it is long."""
    return repr(value if len(value) <= 60 else value[:57] + "…")


def decoded_lines(path: Path, shown: str) -> Iterator[str]:
    """Return the lines of a file, decoded and composed (Unicode NFC: macOS takes é apart, and a name is a name).

    Args:
        path: the file.
        shown: its path as messages name it.

    Raises:
        UnreadableError: a line is no UTF-8, or far too long; found as late as possible, after the lines before it.
    """
    if path.stat().st_size < LONGEST:  # no line can be too long
        try:
            return io.StringIO(unicodedata.normalize("NFC", path.read_bytes().decode("utf-8-sig")), newline="\n")
        except UnicodeDecodeError:
            pass
    return _decoded(path, shown)


def _decoded(path: Path, shown: str) -> Iterator[str]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            if len(line) == LONGEST:
                raise UnreadableError(Problem(shown, number, 0, "cell-too-long", {"limit": str(LONGEST)}))
            try:
                yield unicodedata.normalize("NFC", line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                raise UnreadableError(Problem(shown, number, line.count(b",", 0, error.start) + 1, "gb18030" if is_gb18030(line) else "not-utf8")) from error


def read_table(path: Path, shown: str, required: Collection[str], known: Collection[str] | None, *, overlong: bool = False) -> Table:
    """Read one table.

    Args:
        path: the file; its suffix says whether it is Parquet or CSV.
        shown: its path as messages name it.
        required: columns that must be there.
        known: columns that may be there; None if the caller judges further columns.
        overlong: whether rows with too many cells are given, too, without those that no heading stands over.

    Returns:
        The rows (cells stripped of surrounding white space, rows of empty cells left out) and the problems found.

    Raises:
        ParquetError: the table is Parquet, and pyarrow is not installed.
    """
    rows, problems = _rows(path, shown, required, known, _by_heading, overlong=overlong)
    return Table(shown, tuple(rows), tuple(problems))


def _by_heading(header: Sequence[str]) -> Callable[[Place, Sequence[str]], tuple[Place, Cells]]:
    return lambda at, cells: (at, dict(zip(header, map(str.strip, cells), strict=False)))


def _rows(
    path: Path, shown: str, required: Collection[str], known: Collection[str] | None, form: Form[T], *, overlong: bool
) -> tuple[Sequence[T], Sequence[Problem]]:
    """Return the rows of a table, each as ``form`` makes it, and the problems found; for the rest see :func:`read_table`."""
    try:
        return _read(path, shown, required, known, form, overlong=overlong)
    except FileNotFoundError:
        return (), (Problem(shown, 0, 0, "missing-file"),)
    except PermissionError:
        return (), (Problem(shown, 0, 0, "locked-file"),)


def _read(
    path: Path, shown: str, required: Collection[str], known: Collection[str] | None, form: Form[T], *, overlong: bool
) -> tuple[Sequence[T], Sequence[Problem]]:
    rows: list[T] = []
    problems: list[Problem] = []
    lines = (parquet_rows if path.suffix == ".parquet" else csv_rows)(path, shown)
    try:
        header = [cell.strip() for cell in next(lines, (1, []))[1]]
        columns = {name: number for number, name in enumerate(header, 1) if name}
        nameless = [number for number, name in enumerate(header, 1) if not name]
        problems += _header_problems(shown, header, required, known)
        made = form(header)
        for line, cells in lines:
            if not any(cells):
                continue
            if len(cells) > len(header):
                problems.append(Problem(shown, line, len(header) + 1, "too-many-cells", {"cells": str(len(cells)), "columns": str(len(header))}))
                if not overlong:
                    continue
            for number in nameless:
                if "".join(cells[number - 1 : number]).strip():
                    problems.append(Problem(shown, line, number, "unheaded-cell", {"cell": short(cells[number - 1])}))
            rows.append(made(Place(shown, line, columns), cells))
    except UnreadableError as error:
        problems.append(error.problem)
    return rows, problems


def csv_rows(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file, its header first, each with the line on which it begins.

    Raises:
        UnreadableError: a line is no UTF-8, far too long, or no CSV.
    """
    reader = csv.reader(decoded_lines(path, shown), strict=True)
    last = 0
    try:
        for cells in reader:
            yield last + 1, cells
            last = reader.line_num
    except csv.Error as error:
        raise UnreadableError(Problem(shown, last + 1, 0, "bad-csv", {"detail": str(error)})) from error


def _header_problems(shown: str, header: list[str], required: Collection[str], known: Collection[str] | None) -> Iterator[Problem]:
    for name in required:
        if name not in header:
            yield Problem(shown, 1, 0, "missing-column", {"value": name})
    for number, name in enumerate(header, 1):
        if name and header.index(name) < number - 1:
            yield Problem(shown, 1, number, "duplicate-column", {"value": short(name)})
        elif known is not None and name and name not in known:
            yield Problem(shown, 1, number, "unknown-column", {"value": short(name), "known": ", ".join(known)})


def read_records(workspace: Workspace, *, overlong: bool = False) -> tuple[Records, list[Problem]]:
    """Read every table of a workspace.

    Args:
        workspace: where the tables are.
        overlong: whether rows with too many cells are given, too.

    Returns:
        The records that could be read (without texts), and the problems of form in the files.
    """
    with no_collection():
        return _read_records(workspace, overlong=overlong)


def _read_records(workspace: Workspace, *, overlong: bool) -> tuple[Records, list[Problem]]:
    records, problems = read_shared(workspace, overlong=overlong)
    evidence, outline, wrong = read_spans(workspace, overlong=overlong)
    statements, further = read_statements(((path, workspace.shown(path)) for path in statement_files(workspace)), overlong=overlong)
    return replace(records, statements=statements, evidence=evidence, outline=outline), [*problems, *wrong, *further]


def read_shared(workspace: Workspace, *, overlong: bool = False) -> tuple[Records, list[Problem]]:
    """Read the tables that all sources share: sources, entities and names; a table that is there twice is a problem, whichever it is."""
    problems: list[Problem] = list(_doubled(workspace))
    sources = _table(workspace, "sources", SOURCE_COLUMNS, ("id", "title"), problems, overlong=overlong)
    entities = _table(workspace, "entities", ENTITY_COLUMNS, ("id", "type", "name_zh", "name_en"), problems, overlong=overlong)
    names = _table(workspace, "names", NAME_COLUMNS, ("entity", "name", "kind"), problems, overlong=overlong)
    return Records(
        sources=tuple(Source(at, *_cells(row, SOURCE_COLUMNS)) for at, row in sources.rows),
        entities=tuple(Entity(at, *_cells(row, ENTITY_COLUMNS)) for at, row in entities.rows),
        names=tuple(Name(at, *_cells(row, NAME_COLUMNS)) for at, row in names.rows),
    ), problems


def read_spans(workspace: Workspace, *, overlong: bool = False) -> tuple[tuple[Evidence, ...], tuple[Sentence, ...], list[Problem]]:
    """Read the tables ``evidence`` and ``outline``."""
    problems: list[Problem] = []
    evidence = _table(workspace, "evidence", EVIDENCE_COLUMNS, EVIDENCE_COLUMNS, problems, overlong=overlong)
    outline = _table(workspace, "outline", OUTLINE_COLUMNS, OUTLINE_COLUMNS, problems, overlong=overlong)
    rows = tuple(Evidence(at, *_cells(row, EVIDENCE_COLUMNS)) for at, row in evidence.rows)
    return rows, tuple(_outline(outline, problems)), problems


def cell_of(row: Row, column: str) -> str:
    """Return the cell of a row under a heading, empty where it has none."""
    return row.get(column) if isinstance(row, Statement) and column not in STATEMENT_COLUMNS else str(getattr(row, column, ""))


def statement_files(workspace: Workspace) -> list[Path]:
    """Return the tables of statements, one a source, in their order, which is the same for CSV and Parquet."""
    folder = workspace.graph / "statements"
    names = {path.stem for suffix in TABLE_SUFFIXES for path in folder.glob(f"*{suffix}")}
    return [workspace.table(f"statements/{name}") for name in sorted(names, key=lambda name: f"{name}.")]


def _doubled(workspace: Workspace) -> Iterator[Problem]:
    """Yield the tables that stand there as CSV and as Parquet: nobody knows which one is meant."""
    for path in sorted([*workspace.graph.glob("*.parquet"), *(workspace.graph / "statements").glob("*.parquet")]):
        if path.with_suffix(".csv").exists():
            yield Problem(workspace.shown(path), 0, 0, "two-tables", {"other": workspace.shown(path.with_suffix(".csv"))})


def read_statements(files: Iterable[tuple[Path, str]], *, overlong: bool = False) -> tuple[tuple[Statement, ...], list[Problem]]:
    """Read tables of statements.

    Args:
        files: each file, and its path as messages name it.
        overlong: whether rows with too many cells are given, too.
    """
    statements: list[Statement] = []
    problems: list[Problem] = []
    for path, shown in files:
        rows, wrong = _rows(path, shown, ("id", "subject", "predicate"), None, partial(_as_statements, path.stem), overlong=overlong)
        problems.extend(wrong)
        statements.extend(rows)
    return tuple(statements), problems


def _table(workspace: Workspace, name: str, columns: tuple[str, ...], required: tuple[str, ...], problems: list[Problem], *, overlong: bool) -> Table:
    path = workspace.table(name)
    table = read_table(path, workspace.shown(path), required, columns, overlong=overlong)
    problems.extend(table.problems)
    return table


def _cells(row: Cells, columns: tuple[str, ...]) -> Iterator[str]:
    return (row.get(name, "") for name in columns)


def _as_statements(source: str, header: Sequence[str]) -> Callable[[Place, Sequence[str]], Statement]:
    """Return what makes statements of the rows of a table; a row may be shorter than the header."""
    missing = len(header)  # where an empty cell stands in every row
    own = [header.index(name) if name in header else missing for name in STATEMENT_COLUMNS]
    further = [(name, place) for place, name in enumerate(header) if name and name not in STATEMENT_COLUMNS]

    def statement(at: Place, cells: Sequence[str]) -> Statement:
        row = [*map(str.strip, cells[:missing]), *[""] * (missing + 1 - len(cells[:missing]))]
        identifier, subject, predicate, target, begin, stop, digest = [row[place] for place in own]
        # Ids, codes and dates stand in very many rows: interned, each is held once.
        qualifiers = {name: intern(cell) for name, place in further if (cell := row[place])}
        return Statement(at, source, identifier, intern(subject), intern(predicate), intern(target), begin, stop, digest, qualifiers)

    return statement


def _outline(table: Table, problems: list[Problem]) -> Iterator[Sentence]:
    for at, row in table.rows:
        source, *numbers = _cells(row, OUTLINE_COLUMNS)
        if all(OFFSET.fullmatch(number) for number in numbers):
            yield Sentence(source, *map(int, numbers))
        else:
            problems.append(Problem(at.file, at.line, 0, "bad-number", {"column": "paragraph, sentence, begin, stop", "value": short(",".join(numbers))}))


def read_texts(sources: tuple[Source, ...], folder: Path) -> dict[str, str]:
    """Return the texts found in a folder, by source id; a file is recognised by its SHA-256, whatever its name.

    Args:
        sources: the registered sources.
        folder: where texts may lie; it need not exist.

    Raises:
        InputError: a file cannot be opened, or is not UTF-8; every such file is named.
    """
    wanted = {source.sha256.lower(): source.id for source in sources if source.sha256}
    found: dict[str, str] = {}
    problems = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file():
            shown = f"{folder.name}/{path.name}"
            try:
                content = path.read_bytes()
                source = wanted.get(hashlib.sha256(content).hexdigest())
                if source is not None:
                    found[source] = content.decode("utf-8")
            except UnicodeDecodeError as error:
                problems.append(Problem(shown, content.count(b"\n", 0, error.start) + 1, 0, "not-utf8"))
            except PermissionError:
                problems.append(Problem(shown, 0, 0, "locked-file"))
    if problems:
        raise InputError(problems)
    return found
