"""What a spreadsheet made of a cell is undone, or said."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from withwhom.problems import InputError
from withwhom.workbook_read import cell_text, read_sheets

DAY, LONG = datetime.datetime(2018, 1, 1), datetime.datetime(2018, 3, 21)  # noqa: DTZ001  # as openpyxl gives them


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        ("001", "@", "001"),
        ("=1", "@", "=1"),
        (" a\n", "General", " a\n"),
        (41890000.0, "General", "41890000"),
        (41890000, "#,##0", "41890000"),
        (12.5, "0.00", "12.5"),
        (-0.1, "General", "-0.1"),
        (1e-07, "General", "0.0000001"),
        (0, "General", "0"),
        (100000000000000, "0", "100000000000000"),
        (1234567890123456, "General", None),  # a spreadsheet keeps 15 digits
        (0.1 + 0.2, "General", None),  # calculated
        (1.2e18, "0.00E+00", None),
        (0.5, "0%", None),
        (0.5, '0"%"', "0.5"),  # the mark is only shown
        (True, "General", "true"),
        (False, "General", "false"),
        (LONG, "yyyy-mm-dd", "2018-03-21"),
        (LONG, 'yyyy"年"m"月"d"日"', "2018-03-21"),
        (LONG, "mm-dd-yy", "2018-03-21"),
        (LONG.date(), "[$-804]yyyy/m/d", "2018-03-21"),
        (DAY, "mmm-yy", "2018-01"),
        (DAY, 'yyyy"年"m"月"', "2018-01"),
        (DAY, "yyyy", "2018"),
        (LONG, "mmm-yy", None),  # the day does not show
        (LONG, "d-mmm", None),  # the year does not show
        (LONG.replace(hour=8), "yyyy-mm-dd hh:mm", None),
        (datetime.time(8, 30), "h:mm", None),
        (datetime.timedelta(hours=30), "[h]:mm", None),
    ],
)
def test_a_cell_as_text(value: object, format: str, text: str | None) -> None:
    """A number or date becomes what was typed, exactly as its format shows it; where that cannot be told, nothing."""
    assert cell_text(value, "n", format) == text


def test_formulas_and_errors_are_no_text() -> None:
    """Nobody can tell what a formula or an error stands for."""
    assert cell_text("=A1", "f", "General") is None
    assert cell_text("#REF!", "e", "General") is None


def write(path: Path, *cells: tuple[int, int, object], merge: str = "") -> Path:
    """Write a workbook of one sheet."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("statements")
    for row, column, value in cells:
        sheet.write(row, column, value)
    if merge:
        sheet.merge_range(merge, "x")
    book.close()
    return path


def test_doubtful_cells_are_named(tmp_path: Path) -> None:
    """Every cell that cannot be told is a problem with sheet and cell, all of them at once."""
    path = write(tmp_path / "b.xlsx", (0, 0, "id"), (16, 2, "=1+1"), (2, 1, 1234567890123456789), (3, 0, "=1/0"), merge="A6:B7")
    sheets, problems = read_sheets(path)
    assert [str(problem).partition(" (a number")[0] for problem in sorted(problems)] == [
        "b.xlsx!statements:3:2: sheet-doubtful: B3: Excel took it for '1.234567890123457e+18'",
        "b.xlsx!statements:4:1: sheet-formula: A4 is a formula ('=1/0'); copy it and paste its value",
        "b.xlsx!statements:6:1: merged-cells: the cells A6:B7 are merged; split them and fill each",
        "b.xlsx!statements:17:3: sheet-formula: C17 is a formula ('=1+1'); copy it and paste its value",
    ]
    assert sheets[0].rows[0] == ["id"]


TEXTS = [" x ", "\ta", "a\r\nb", "\r", "\x00\x01\x1f", "_x0041_", "_x005F_", "x005F_", "=1+1", "+1", "-1", "@a", "'a", "\ufffe\uffff"]
TEXTS += ["\x7f\x85\u2028", "a\n", "\n", "😀𠮷", "_x000D_\r", "__x0041_", "<b>&amp;</b>", "TRUE", "#N/A", "2018-01", "1.0", "1E5"]


def test_every_character_comes_back(tmp_path: Path) -> None:
    """Control characters, marks of formulas and texts that look like escapes come back as they were (ECMA-376 part 1, 22.4.2.4)."""
    book = xlsxwriter.Workbook(tmp_path / "b.xlsx")
    sheet = book.add_worksheet()
    for row, text in enumerate(TEXTS):
        sheet.write_string(row, 0, text)
    book.close()
    sheets, problems = read_sheets(tmp_path / "b.xlsx")
    assert ([row[0] for row in sheets[0].rows], problems) == (TEXTS, [])


def test_escapes_are_code_units(tmp_path: Path) -> None:
    """A character may be two escapes, as another program may write it; half of one is shown as missing and breaks nothing."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.add_worksheet().write_string(0, 0, "@@")
    book.close()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"@@", b"_xD83D__xDE00_ _xD83D_"))
    assert read_sheets(tmp_path / "b.xlsx")[0][0].rows == [["😀 �"]]


def cut(path: Path) -> None:
    """Cut a file in half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage(path: Path) -> None:
    """Break the XML of the sheet."""
    with zipfile.ZipFile(path) as old:
        parts: dict[str, Any] = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:100]
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(cut, "bad-workbook"), (damage, "bad-workbook"), (lambda path: path.write_text("id,name"), "bad-workbook"), (Path.unlink, "missing-file")],
    ids=["cut", "damaged", "csv", "missing"],
)
def test_what_is_no_workbook_is_said(spoil: Any, code: str, tmp_path: Path) -> None:  # noqa: ANN401
    """A damaged or missing file, or one that is no workbook, is one problem."""
    path = write(tmp_path / "b.xlsx", (0, 0, "id"))
    spoil(path)
    with pytest.raises(InputError) as refused:
        read_sheets(path)
    assert [problem.code for problem in refused.value.problems] == [code]
