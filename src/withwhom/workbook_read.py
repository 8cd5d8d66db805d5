"""Reads Excel workbooks: every cell as the text that it was before a spreadsheet took it for a number or a date, or a problem."""

from __future__ import annotations

import datetime
import re
import warnings
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from withwhom.problems import InputError, Problem
from withwhom.tables import short

# What openpyxl raises for a file that is no workbook, or a damaged one; its readers raise what the broken part of the XML makes them.
DAMAGED = (BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, EOFError, RuntimeError, zlib.error)
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# A double holds every number of so many digits, and so does Excel.
DIGITS = 15
# What in a number format is no letter of a date: literal text, colours and conditions, escaped characters.
LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


@dataclass(frozen=True)
class Cells:
    """A sheet: its name, and the text of each cell, row by row from the first, without the empty ones at the end of a row."""

    name: str
    rows: Sequence[Sequence[str]]


def open_workbook(path: Path, *, values: bool) -> Any:  # noqa: ANN401  # openpyxl has no types
    """Open a workbook with openpyxl; its texts are as the specification has them, which openpyxl's own reader damages.

    Args:
        path: the file.
        values: whether a formula is given as the value that it had when the file was saved.

    Raises:
        FileNotFoundError, PermissionError: the file cannot be opened.
        InputError: the file is no workbook.
    """
    from openpyxl.reader.excel import SHARED_STRINGS, ExcelReader

    class Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is not None:
                with self.archive.open(part.PartName[1:]) as content:
                    self.shared_strings = list(_strings(content))

    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # parts of the file that openpyxl would lose if it wrote it
        try:
            reader = Reader(file, data_only=values)
            reader.read()
        except DAMAGED as error:
            raise InputError(
                [Problem(path.name, 0, 0, "bad-workbook", {"detail": str(error).splitlines()[0] if str(error) else type(error).__name__})]
            ) from error
    return reader.wb


def _strings(content: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the shared strings with their escapes undone, from left to right (ECMA-376 part 1, 22.4.2.4)."""
    from openpyxl.cell.text import Text
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    for _, node in iterparse(content):
        if node.tag == f"{{{SHEET_MAIN_NS}}}si":
            text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), Text.from_tree(node).content)
            # An escape is a UTF-16 code unit: two of them may be one character, and half a character is none.
            yield text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            node.clear()


def read_sheets(path: Path, machine: Collection[str] = ()) -> tuple[list[Cells], list[Problem]]:
    """Read every sheet of a workbook.

    Args:
        path: the file.
        machine: names of sheets that nobody edits, whose formulas are no problem.

    Returns:
        The sheets, and the cells whose text cannot be told; a problem stands under file and sheet, at row and column.

    Raises:
        InputError: the file is missing, locked, or no workbook.
    """
    try:
        book = open_workbook(path, values=False)
    except FileNotFoundError as error:
        raise InputError([Problem(path.name, 0, 0, "missing-file")]) from error
    except PermissionError as error:
        raise InputError([Problem(path.name, 0, 0, "locked-file")]) from error
    sheets, problems = [], list[Problem]()
    for sheet in book.worksheets:
        shown = f"{path.name}!{sheet.title}"
        if sheet.title in machine:
            rows = [[value if isinstance(value, str) else "" for value in values] for values in sheet.iter_rows(values_only=True)]
        else:
            # Values first: asking for a cell makes it, and a sheet that somebody formatted to its end has very many.
            rows = [_row(sheet, row, values, shown, problems) for row, values in enumerate(sheet.iter_rows(values_only=True), 1)]
            problems += [Problem(shown, area.min_row, area.min_col, "merged-cells", {"cells": str(area)}) for area in sheet.merged_cells.ranges]
        sheets.append(Cells(sheet.title, rows))
    return sheets, problems


def _row(sheet: Any, row: int, values: Sequence[object], shown: str, problems: list[Problem]) -> list[str]:  # noqa: ANN401
    texts = [""] * len(values)
    for column in (number for number, value in enumerate(values, 1) if value is not None):
        cell = sheet.cell(row, column)
        text = cell_text(cell.value, cell.data_type, cell.number_format)
        texts[column - 1] = text or ""
        if text is None:
            code = "sheet-formula" if cell.data_type == "f" else "sheet-error" if cell.data_type == "e" else "sheet-doubtful"
            problems.append(
                Problem(shown, cell.row, cell.column, code, {"cell": cell.coordinate, "value": short(str(getattr(cell.value, "text", cell.value)))})
            )
    while texts and not texts[-1]:
        texts.pop()
    return texts


def cell_text(value: object, kind: str, format: str) -> str | None:
    """Return a cell as it would stand in a CSV: 41890000 for 41890000.0, 2018-01 for the first of January shown as Jan-18.

    Args:
        value: what openpyxl read.
        kind: the cell's type, as openpyxl names it: ``f`` a formula, ``e`` an error.
        format: the cell's number format.

    Returns:
        The text; None where nobody can tell what was meant: formulas, errors, times of day, days without a year, per cents, and
        numbers of more digits than a spreadsheet keeps.
    """
    if kind in ("f", "e"):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value, format)
    return _date(value, format) if isinstance(value, datetime.date) else None


def _number(value: float, format: str) -> str | None:
    written = f"{Decimal(repr(value)):f}"
    plain = written.removesuffix(".0")
    digits = re.sub(r"\D", "", plain).strip("0") if "." in plain else plain.lstrip("-")
    return None if "%" in LITERAL.sub("", format) or len(digits) > DIGITS else plain


def _date(value: datetime.date, format: str) -> str | None:
    """Return a date as exactly as its format shows it."""
    letters = set(LITERAL.sub("", format).lower())
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            return None
        value = value.date()
    if {"y", "m", "d"} <= letters:
        return value.isoformat()
    if "y" not in letters or "d" in letters or value.day != 1:
        return None
    if "m" in letters:
        return f"{value:%Y-%m}"
    return f"{value:%Y}" if value.month == 1 else None


def coordinate(row: int, column: int) -> str:
    """Return a cell as spreadsheets name it: C17."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"


def as_layout(sheets: Sequence[Cells], name: str) -> Sequence[Mapping[str, str]]:
    """Return the rows of a hidden sheet by heading, none if the workbook lacks it."""
    rows = next((sheet.rows for sheet in sheets if sheet.name == name), ())
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
