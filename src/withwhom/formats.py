"""Answers as text: table, CSV, TSV, JSON, JSON lines, Markdown, HTML and XLSX."""

from __future__ import annotations

import datetime
import html
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from withwhom.answers import Answer
from withwhom.engine import Cell
from withwhom.spreadsheet import csv_text, harmless

FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx")


def readable(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows for people: a label instead of the IRI that it names; columns without any value are left out."""
    labels = {name: f"{name}Label" for name in answer.columns if f"{name}Label" in answer.columns}
    kept = [number for number, name in enumerate(answer.columns) if not name.endswith("Label") and any(row[number] is not None for row in answer.rows)]
    places = {name: number for number, name in enumerate(answer.columns)}
    rows = []
    for row in answer.rows:
        cells = []
        for number in kept:
            label = labels.get(answer.columns[number])
            named = row[places[label]] if label else None
            cells.append(answer.short(named if named is not None else row[number]))
        rows.append(cells)
    return [answer.columns[number] for number in kept], rows


def complete(answer: Answer) -> list[list[str]]:
    """Return every column of every row, things as short ids."""
    return [[answer.short(cell) for cell in row] for row in answer.rows]


def to_csv(answer: Answer) -> str:
    """Return CSV that opens correctly in Excel and in which no cell is run as a formula."""
    return csv_text(answer.columns, complete(answer))


def to_tsv(answer: Answer) -> str:
    """Return tab-separated values; tabs and breaks inside cells become spaces."""
    lines = [answer.columns, *complete(answer)]
    return "".join("\t".join(harmless(" ".join(cell.split())) for cell in line) + "\n" for line in lines)


def to_json(answer: Answer) -> str:
    """Return title, notes, columns and rows as JSON, IRIs in full."""
    value = {"title": answer.title, "notes": list(answer.notes), "columns": list(answer.columns), "rows": [_plain(row) for row in answer.to_dicts()]}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def to_jsonl(answer: Answer) -> str:
    """Return one JSON object a row, IRIs in full."""
    return "".join(json.dumps(_plain(row), ensure_ascii=False) + "\n" for row in answer.to_dicts())


def _plain(row: Mapping[str, Cell]) -> dict[str, Any]:
    return {name: _plain_cell(cell) for name, cell in row.items() if cell is not None}


def _plain_cell(cell: Cell) -> str | int | float | bool | None:
    if isinstance(cell, Decimal):
        return float(cell)
    return cell.isoformat() if isinstance(cell, datetime.date) else cell


def to_markdown(answer: Answer) -> str:
    """Return a Markdown table with title and notes."""
    columns, rows = readable(answer)
    lines = [f"## {answer.title}", ""]
    if rows:
        lines += ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
        lines += [
            "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;") for cell in row) + " |" for row in rows
        ]
        lines.append("")
    return "\n".join([*lines, *(f"- {note}" for note in answer.notes)]) + "\n"


def to_html(answer: Answer) -> str:
    """Return a table in HTML; everything in it is escaped."""
    columns, rows = readable(answer)
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    notes = "".join(f"<p>{html.escape(note)}</p>\n" for note in answer.notes)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n" if rows else ""
    return f"<section>\n<h2>{html.escape(answer.title)}</h2>\n{table}{notes}</section>\n"


def html_page(title: str, body: str) -> str:
    """Return a whole page around sections: it prints on A4 and needs no network."""
    style = (
        "body{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:70rem;margin:1.5rem auto;padding:0 1rem;color:#1b1f24}"
        "table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #ccc;padding:.25rem .4rem;text-align:left;vertical-align:top;"
        "overflow-wrap:anywhere}th{background:#f3f1ec}h2{margin-top:1.6rem;font-size:1.1rem}"
        "@page{size:A4;margin:15mm}@media print{body{max-width:none;font-size:9pt}tr{break-inside:avoid}}"
    )
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    head = f'<meta charset="utf-8">{policy}<title>{html.escape(title)}</title><style>{style}</style>'
    return f"<!DOCTYPE html>\n<html>\n<head>{head}</head>\n<body>\n<h1>{html.escape(title)}</h1>\n{body}</body>\n</html>\n"


def to_xlsx(answers: Sequence[Answer]) -> bytes:
    """Return a workbook with one sheet an answer; texts stay texts, numbers numbers."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})  # no clock in what is written
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for number, answer in enumerate(answers, 1):
        sheet = book.add_worksheet(_sheet_name(answer.title, number))
        sheet.write_row(0, 0, answer.columns, bold)
        for line, row in enumerate(answer.rows, 1):
            for column, cell in enumerate(row):
                is_number = isinstance(cell, int | Decimal) and not isinstance(cell, bool)
                sheet.write(line, column, float(cell) if is_number else answer.short(cell)[:32767], wrap)  # type: ignore[arg-type]  # checked above
        for line, note in enumerate(answer.notes, len(answer.rows) + 2):
            sheet.write(line, 0, note)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(answer.columns) - 1, 0), 24)
    book.close()
    return buffer.getvalue()


def _sheet_name(title: str, number: int) -> str:
    """Return a name that a workbook accepts: 31 characters, none of the marks that it keeps for itself."""
    return f"{number} " + "".join(character for character in title if character not in "[]:*?/\\'")[:28]


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide and full-width characters take two (UAX #11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def to_table(answer: Answer, columns_wide: int) -> str:
    """Return a table that fits a terminal: narrow columns as they are, wide ones folded; wide characters are aligned.

    Where the columns do not fit beside each other, each row is written as a block of ``column: value`` lines.
    """
    columns, rows = readable(answer)
    if not rows:
        return ""
    natural = [min(max(width(row[number]) for row in [columns, *rows]), 48) for number in range(len(columns))]
    room = columns_wide - 2 * (len(columns) - 1)
    widths = _fit(natural, room)
    if widths is None:
        return _blocks(columns, rows, columns_wide)
    lines = [*_line(columns, widths), "  ".join("─" * size for size in widths)]
    for row in rows:
        lines += _line(row, widths)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fit(natural: Sequence[int], room: int, least: int = 12) -> list[int] | None:
    """Return widths that sum to at most ``room``, the widest shrunk first; None if some would be unreadably narrow."""
    widths = list(natural)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= least:
            return None
        widths[widest] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    folded = [fold(cell, size) for cell, size in zip(cells, widths, strict=True)]
    height = max(map(len, folded))
    padded = [[*lines, *[""] * (height - len(lines))] for lines in folded]
    return ["  ".join(text + " " * (size - width(text)) for text, size in zip(line, widths, strict=True)) for line in zip(*padded, strict=True)]


def fold(text: str, size: int) -> list[str]:
    """Return a text in lines of at most ``size`` columns, broken between words where there are any."""
    lines, current = [], ""
    for word in _words(text):
        if current and width(current + word.rstrip()) > size:
            lines.append(current.rstrip())
            current = ""
        piece = word.lstrip() if not current else word
        while width(piece) > size:
            cut = next(n for n in range(1, len(piece) + 1) if width(piece[:n]) > size) - 1
            lines.append(piece[: max(cut, 1)])
            piece = piece[max(cut, 1) :]
        current += piece
    return [*lines, current.rstrip()] if current or not lines else lines


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break: after a space, and after every wide character."""
    pieces, current = [], ""
    for character in text.replace("\n", " "):
        current += character
        if character == " " or unicodedata.east_asian_width(character) in "WF":
            pieces.append(current)
            current = ""
    return [*pieces, current] if current else pieces


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], columns_wide: int) -> str:
    size = max(map(width, columns))
    lines = []
    for number, row in enumerate(rows, 1):
        lines.append(f"── {number} " + "─" * max(columns_wide - 5 - len(str(number)), 0))
        for name, cell in zip(columns, row, strict=True):
            if cell:
                first, *rest = fold(cell, max(columns_wide - size - 2, 20))
                lines.append(f"{name:<{size}}  {first}")
                lines += [" " * (size + 2) + line for line in rest]
    return "\n".join(lines) + "\n"


WRITERS: Mapping[str, Callable[[Answer], str]] = {"csv": to_csv, "tsv": to_tsv, "json": to_json, "jsonl": to_jsonl, "md": to_markdown}


def written(answer: Answer, name: str, columns_wide: int = 100) -> str | bytes:
    """Return an answer in one of :data:`FORMATS`."""
    if name == "table":
        return to_table(answer, columns_wide)
    if name == "html":
        return html_page(answer.title, to_html(answer))
    return to_xlsx([answer]) if name == "xlsx" else WRITERS[name](answer)
