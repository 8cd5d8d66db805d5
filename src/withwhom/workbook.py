"""Writes the tables of a workspace as one Excel workbook: a sheet a table, every cell text, drop-downs of labels from the ontology."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from withwhom.choices import Choices, headings, kind_of, lists
from withwhom.ontology import Labels, Ontology
from withwhom.problems import Problem
from withwhom.table_text import TableText
from withwhom.tables import short
from withwhom.terminal import width
from withwhom.words import say

# Excel's specifications and limits: rows of a sheet, UTF-16 code units of a cell, characters of a sheet's name.
MOST_ROWS, LONGEST_CELL, LONGEST_NAME = 1_048_576, 32_767, 31
# Hidden sheets: what the drop-downs show; which sheet is which table, and what it was when the workbook was made.
LISTS, TABLES = "_lists", "_tables"
# Rows under those that are filled for which the list of entities looks, so that new ones appear in it.
SPARE = 1000
WIDEST, NARROWEST = 40, 8
# Two escapes that share a mark (ECMA-376 part 1, 22.4.2.4) are read as something else by everybody.
ENTANGLED = re.compile(r"_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")


@dataclass(frozen=True)
class Sheet:
    """A table that becomes a sheet: ``entities``, ``statements/shanxi-red-cross``; its file as messages name it; its cells."""

    table: str
    shown: str
    text: TableText


def unholdable(shown: str, rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Problem]:
    """Yield what a sheet cannot hold of a table: its header first, each row with its line."""
    if len(rows) > MOST_ROWS:
        yield Problem(shown, 0, 0, "sheet-rows", {"rows": f"{len(rows):,}", "limit": f"{MOST_ROWS:,}"})
    header = rows[0][1] if rows else ()
    for line, cells in rows:
        for number, cell in enumerate(cells, 1):
            if len(cell) > LONGEST_CELL or len(cell.encode("utf-16-le")) > 2 * LONGEST_CELL:
                yield Problem(shown, line, number, "sheet-cell", {"length": f"{len(cell):,}", "limit": f"{LONGEST_CELL:,}"})
            elif ENTANGLED.search(cell):
                yield Problem(shown, line, number, "sheet-escape", {"value": short(cell)})
            elif cell and number <= len(header) and not header[number - 1].strip():
                yield Problem(shown, line, number, "unheaded-cell", {"cell": short(cell)})


def digest(text: TableText) -> str:
    """Return what tells a table from any other: its headings and filled rows, however the file writes them."""
    named = [number for number, name in enumerate(text.header) if name]
    rows = [[cells[number] for number in named] for cells in [text.header, *filter(any, text.rows)]]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode("utf-8")).hexdigest()


def sheet_names(tables: Sequence[str]) -> Mapping[str, str]:
    """Return the sheet of each table: its own name without folder, or a shortened one with a number where Excel takes no such name."""
    names: dict[str, str] = {}
    taken = {LISTS, TABLES, "history"}  # the last is Excel's own
    for table in tables:
        plain = re.sub(r"[\[\]:*?/\\']", "_", table.rpartition("/")[2])
        candidates = (plain if number == 0 else f"{plain[: LONGEST_NAME - 8]}~{number}" for number in range(len(tables) + 3))
        names[table] = next(name for name in candidates if len(name) <= LONGEST_NAME and name.casefold() not in taken)
        taken.add(names[table].casefold())
    return names


def to_workbook(sheets: Sequence[Sheet], ontology: Ontology, choices: Mapping[str, Choices], language: str) -> bytes:
    """Return the workbook.

    Args:
        sheets: the tables, ``entities`` among them; a sheet can hold each (see :func:`unholdable`).
        ontology: the vocabulary.
        choices: what cells are chosen from, by list.
        language: of labels and headings, ``zh`` or ``en``.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})  # no clock in what is written
    names = sheet_names([sheet.table for sheet in sheets])
    pages = {sheet.table: book.add_worksheet(names[sheet.table]) for sheet in sheets}
    sources = _lists(book, sheets, choices, language)
    formats = _formats(book)
    for sheet in sheets:
        _fill(pages[sheet.table], sheet, headings(kind_of(sheet.table), ontology), language, formats, shown_rows(sheet, ontology, choices, language))
        _drop_downs(pages[sheet.table], sheet, lists(kind_of(sheet.table), ontology), choices, sources, language)
    hidden = book.add_worksheet(TABLES)
    hidden.very_hidden()
    for row, cells in enumerate([("sheet", "table", "digest"), *((names[sheet.table], sheet.table, digest(sheet.text)) for sheet in sheets)]):
        for column, cell in enumerate(cells):
            hidden.write_string(row, column, cell)
    book.close()
    return buffer.getvalue()


def shown_rows(sheet: Sheet, ontology: Ontology, choices: Mapping[str, Choices], language: str) -> list[list[str]]:
    """Return the filled rows of a table as people read them."""
    chosen = lists(kind_of(sheet.table), ontology)
    columns = [choices[chosen[name]] if name in chosen else None for name in sheet.text.header]
    return [
        [cell if choice is None else choice.shown(cell, language) for cell, choice in zip(cells, columns, strict=True)]
        for cells in filter(any, sheet.text.rows)
    ]


def _formats(book: Any) -> Mapping[str, Any]:  # noqa: ANN401  # xlsxwriter has no types
    heading = {"bg_color": "#f3f1ec", "border": 1, "border_color": "#cccccc", "text_wrap": True, "valign": "top", "num_format": "@"}
    return {
        "cell": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "heading": book.add_format(heading),
        "label": book.add_format({"bold": True}),
        "name": book.add_format({"font_color": "#777777"}),
    }


def _fill(page: Any, sheet: Sheet, labels: Mapping[str, Labels], language: str, formats: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> None:  # noqa: ANN401
    """Write headings and cells; a heading is a label and, in the line below it in the same cell, the name of the column."""
    heads = [labels.get(name, {}).get(language, "") for name in sheet.text.header]
    for column, (name, label) in enumerate(zip(sheet.text.header, heads, strict=True)):
        widest = max([width(label), width(name), *(max(map(width, row[column].splitlines()), default=0) for row in rows)])
        page.set_column(column, column, min(max(widest + 3, NARROWEST), WIDEST), formats["cell"])
        if label and label != name:
            page.write_rich_string(0, column, formats["label"], label, formats["name"], f"\n{name}", formats["heading"])
        else:
            page.write_string(0, column, name, formats["heading"])
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell:
                page.write_string(number, column, cell, formats["cell"])
    page.ignore_errors({"number_stored_as_text": f"A1:{_letter(max(len(sheet.text.header), 1) - 1)}{MOST_ROWS}"})  # they are meant to be
    page.set_row(0, 32)
    page.freeze_panes(1, 1)
    if sheet.text.header:
        page.autofilter(0, 0, max(len(rows), 1), len(sheet.text.header) - 1)


def _lists(book: Any, sheets: Sequence[Sheet], choices: Mapping[str, Choices], language: str) -> Mapping[str, str]:  # noqa: ANN401
    """Write what the drop-downs show into a hidden sheet, since a list of its own may have 255 characters only; return where each stands."""
    page = book.add_worksheet(LISTS)
    page.very_hidden()
    found = {}
    filled = [(name, choices[name]) for name in sorted(choices) if choices[name].offered or not choices[name].closed]
    for column, (name, choice) in enumerate(filled):
        letter = _letter(column)
        if name in ("entity", "source"):
            table = next(sheet for sheet in sheets if sheet.table == ("entities" if name == "entity" else "sources"))
            _living(page, column, table, "" if name == "source" else f"name_{language}")
            found[name] = f"=OFFSET({LISTS}!${letter}$1,0,0,MAX(1,COUNTA({table.table}!{_whole(table, 'id')})-1),1)"
        else:
            for row, code in enumerate(choice.offered):
                page.write_string(row, column, choice.label(code, language))
            found[name] = f"={LISTS}!${letter}$1:${letter}${len(choice.offered)}"
    return found


def _living(page: Any, column: int, sheet: Sheet, name: str) -> None:  # noqa: ANN401
    """Write formulas that say a row's id, after the name where it has one, so that rows added to the sheet appear in the list."""
    ids = f"INDEX({sheet.table}!{_whole(sheet, 'id')},ROW()+1)"
    shown = f'INDEX({sheet.table}!{_whole(sheet, name)},ROW()+1)&" ["&{ids}&"]"' if name else ids
    rows = [cells for cells in sheet.text.rows if any(cells)]
    at = sheet.text.header.index("id")
    for row in range(min(len(rows) + SPARE, MOST_ROWS - 1)):
        id = rows[row][at] if row < len(rows) else ""
        value = f"{rows[row][sheet.text.header.index(name)]} [{id}]" if name and id else id
        # What a program shows that does not calculate; it is written as it is, and XML holds no control characters.
        page.write_formula(row, column, f'=IF({ids}="","",{shown})', None, "".join(filter(str.isprintable, value)))


def _whole(sheet: Sheet, name: str) -> str:
    letter = _letter(sheet.text.header.index(name))
    return f"${letter}:${letter}"


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _drop_downs(
    page: Any,  # noqa: ANN401
    sheet: Sheet,
    chosen: Mapping[str, str],
    choices: Mapping[str, Choices],
    sources: Mapping[str, str],
    language: str,
) -> None:
    """Offer the choices of a column in all its rows; what is in no list is asked about once more, or taken where it may be new."""
    for column, name in enumerate(sheet.text.header):
        source = sources.get(chosen.get(name, ""))
        if source:
            rule = {"validate": "list", "source": source, "error_type": "warning", "show_error": choices[chosen[name]].closed}
            rule |= {"error_title": say("sheet-not-listed", language), "error_message": say("sheet-several", language)}
            page.data_validation(1, column, MOST_ROWS - 1, column, rule)
