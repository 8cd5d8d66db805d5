"""Reads tables that other people made: CSV, TSV, Excel sheets and JSON records, with or without HXL tags under the headings.

A table is read as it stands: every cell is text, a row keeps the number that a spreadsheet shows for it, and what a cell means is
left to the map (:mod:`withwhom.table_map`).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from withwhom.problems import InputError, Problem, UnreadableError
from withwhom.tables import decoded_lines
from withwhom.workbook_read import open_workbook

# How far down the headings may stand: titles and remarks come before them.
SEARCHED = 25
# A hashtag and its attributes (HXL 1.1, "Hashtag rows"); a row of tags has no other cells and at least two of these.
TAG = re.compile(r"#[a-z][a-z0-9_]*(\s*\+[a-z][a-z0-9_]*)*", re.IGNORECASE)
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Heading:
    """A column: its heading as written, and its HXL tag in lower case (empty without one)."""

    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number as a spreadsheet counts (headings included), its physical line, and the values of each cell."""

    number: int
    line: int
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Foreign:
    """A table of somebody else's, as it stands; ``kind`` is csv, xlsx or json."""

    shown: str
    kind: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]


def read_foreign(path: Path, *, records: str = "", wanted: Sequence[str] = ()) -> Foreign:
    """Read a table.

    Args:
        path: the file; its suffix says what it is (``.xlsx``, ``.json``, ``.tsv``, otherwise CSV).
        records: in JSON, the dotted path of the list of records; the file itself by default.
        wanted: headings or HXL tags that may stand in the table, to find its row of headings.

    Raises:
        InputError: the file is missing, damaged, in another encoding, or no table.
    """
    try:
        if path.suffix.lower() == ".json":
            return _json(path, records)
        kind = "xlsx" if path.suffix.lower() in (".xlsx", ".xlsm") else "csv"
        lines = list(_sheet(path) if kind == "xlsx" else _delimited(path))
    except FileNotFoundError as error:
        raise InputError([Problem(path.name, 0, 0, "missing-file")]) from error
    except PermissionError as error:
        raise InputError([Problem(path.name, 0, 0, "locked-file")]) from error
    except UnreadableError as error:
        raise InputError([error.problem]) from error
    return _with_headings(path.name, kind, lines, wanted)


Line = tuple[int, int, list[str]]  # number of the row, physical line, cells


def _delimited(path: Path) -> Iterator[Line]:
    text = list(decoded_lines(path, path.name))
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(DELIMITERS, key=lambda mark: sum(line.count(mark) for line in text[:SEARCHED]))
    reader = csv.reader(text, strict=True, delimiter=delimiter)
    last = 0
    try:
        for number, cells in enumerate(reader, 1):
            line, last = last + 1, reader.line_num
            yield number, line, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError([Problem(path.name, last + 1, 0, "bad-csv", {"detail": str(error)})]) from error


def _sheet(path: Path) -> Iterator[Line]:
    """Yield the rows of the first sheet of an Excel file; a merged cell says the same in all its rows."""
    sheet = open_workbook(path, values=True).worksheets[0]
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    for number, cells in enumerate(sheet.iter_rows(), 1):
        values = [sheet.cell(*merged[number, column]).value if (number, column) in merged else cell.value for column, cell in enumerate(cells, 1)]
        yield number, number, [_written(value) for value in values]


def _written(value: object) -> str:
    """Return a value of a spreadsheet or of JSON as people write it: 50000 for 50000.0, a day without its midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value).strip()


def _with_headings(shown: str, kind: str, lines: Sequence[Line], wanted: Sequence[str]) -> Foreign:
    tagged = next((number for number, (*_, cells) in enumerate(lines[:SEARCHED]) if _is_tag_row(cells)), None)
    at = tagged - 1 if tagged else _heading_line(lines, wanted)
    names = lines[at][2] if lines and tagged != 0 else []
    tags = lines[tagged][2] if tagged is not None else []
    width = max(len(names), len(tags))
    pairs = zip(_padded(names, width), _padded(tags, width), strict=True)
    headings = tuple(Heading(" ".join(name.split()), re.sub(r"\s", "", tag.lower())) for name, tag in pairs)
    first = (at if tagged is None else tagged) + 1
    problems = [
        Problem(shown, line, width + 1, "too-many-cells", {"cells": str(len(cells)), "columns": str(width)})
        for _, line, cells in lines[first:]
        if any(cells[width:])
    ]
    if problems or not any(heading.text or heading.tag for heading in headings):
        raise InputError(problems or [Problem(shown, 1, 0, "no-headings")])
    rows = (Row(number, line, tuple((cell,) if cell else () for cell in _padded(cells, width))) for number, line, cells in lines[first:] if any(cells))
    return Foreign(shown, kind, headings, tuple(rows))


def _is_tag_row(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) >= 2 and all(TAG.fullmatch(cell) for cell in filled)


def _heading_line(lines: Sequence[Line], wanted: Sequence[str]) -> int:
    """Return which of the first lines holds most of the wanted headings; the first of equals."""
    from withwhom.text import normal

    known = {normal(name) for name in wanted}
    counts = [sum(normal(without_bracket(cell)) in known or normal(cell) in known for cell in cells) for *_, cells in lines[:SEARCHED]]
    return counts.index(max(counts)) if counts else 0


def without_bracket(heading: str) -> str:
    """Return a heading without the remark or unit in brackets at its end: 金额 for 金额（万元）."""
    return re.sub(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]\s*$", "", heading)


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _json(path: Path, records: str) -> Foreign:
    content = path.read_bytes()
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_float=str)
    except UnicodeDecodeError as error:
        raise InputError([Problem(path.name, content.count(b"\n", 0, error.start) + 1, 0, "not-utf8")]) from error
    except (json.JSONDecodeError, RecursionError) as error:
        line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (0, 0)
        raise InputError([Problem(path.name, line, column, "bad-json", {"detail": str(error)})]) from error
    for name in filter(None, records.split(".")):
        value = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(value, list) or not value or not all(isinstance(record, Mapping) for record in value):
        raise InputError([Problem(path.name, 0, 0, "no-records", {"value": repr(records)})])
    flat = [dict(_leaves(record)) for record in value]
    names = list(dict.fromkeys(name for record in flat for name in record))
    rows = (Row(number, 0, tuple(record.get(name, ()) for name in names)) for number, record in enumerate(flat))
    return Foreign(path.name, "json", tuple(map(Heading, names)), tuple(rows))


def _leaves(value: Mapping[str, object], path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the values of a record by dotted path; a list of values gives all of them, a list of records nothing."""
    for name, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaves(item, f"{path}{name}.")
        else:
            items = item if isinstance(item, list) else [item]
            yield path + str(name), tuple(filter(None, (_written(one) for one in items if not isinstance(one, Mapping | list))))
