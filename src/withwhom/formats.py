"""Answers as text: table, CSV, TSV, JSON, JSON lines, Markdown, HTML and XLSX."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from withwhom.answers import Answer
from withwhom.engine import Cell
from withwhom.rows import readable
from withwhom.spreadsheet import csv_text, harmless
from withwhom.terminal import to_table, width

FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx")


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
    import json

    value = {"title": answer.title, "notes": list(answer.notes), "columns": list(answer.columns), "rows": [_plain(row) for row in answer.to_dicts()]}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def to_jsonl(answer: Answer) -> str:
    """Return one JSON object a row, IRIs in full."""
    import json

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
    import html

    columns, rows = readable(answer)
    head = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    notes = "".join(f"<p>{html.escape(note)}</p>\n" for note in answer.notes)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n" if rows else ""
    return f"<section>\n<h2>{html.escape(answer.title)}</h2>\n{table}{notes}</section>\n"


def html_page(title: str, body: str) -> str:
    """Return a whole page around sections: it prints on A4 and needs no network."""
    import html

    style = (
        "body{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:70rem;margin:1.5rem auto;padding:0 1rem;color:#1b1f24}"
        "table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #ccc;padding:.25rem .4rem;text-align:left;vertical-align:top;"
        "overflow-wrap:break-word;min-width:4.2em}td:last-child{min-width:15em}th{background:#f3f1ec}h2{margin-top:1.6rem;font-size:1.1rem}"
        "@page{size:A4;margin:15mm}@media print{body{max-width:none;font-size:9pt}tr{break-inside:avoid}}"
    )
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    head = f'<meta charset="utf-8">{policy}<title>{html.escape(title)}</title><style>{style}</style>'
    return f"<!DOCTYPE html>\n<html>\n<head>{head}</head>\n<body>\n<h1>{html.escape(title)}</h1>\n{body}</body>\n</html>\n"


def to_xlsx(answers: Sequence[Answer]) -> bytes:
    """Return a workbook: a sheet for readers and one with every column for each answer; texts stay texts."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})  # no clock in what is written
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for number, answer in enumerate(answers, 1):
        columns, rows = readable(answer)
        sheet = book.add_worksheet(_sheet_name(answer.title, number))
        sheet.write_row(0, 0, columns, bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write(line, column, cell[:32767], wrap)
        for line, note in enumerate(answer.notes, len(rows) + 2):
            sheet.write(line, 0, note)
        sheet.freeze_panes(1, 0)
        for column in range(len(columns)):
            sheet.set_column(column, column, min(max([width(columns[column]), *(width(row[column]) for row in rows)]) + 2, 60))
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        if answer.rows:
            _data_sheet(book, f"data {number}", answer, bold)
    book.close()
    return buffer.getvalue()


def _data_sheet(book: Any, name: str, answer: Answer, bold: object) -> None:  # noqa: ANN401  # xlsxwriter has no types
    """Add every column of an answer, numbers as numbers, for those who calculate."""
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, answer.columns, bold)
    for line, row in enumerate(answer.rows, 1):
        for column, cell in enumerate(row):
            number = isinstance(cell, int | Decimal) and not isinstance(cell, bool)
            sheet.write(line, column, float(cell) if number else answer.short(cell)[:32767])  # type: ignore[arg-type]  # checked above


def _sheet_name(title: str, number: int) -> str:
    """Return a name that a workbook accepts: 31 characters, none of the marks that it keeps for itself."""
    return f"{number} " + "".join(character for character in title if character not in "[]:*?/\\'")[:28]


WRITERS: Mapping[str, Callable[[Answer], str]] = {"csv": to_csv, "tsv": to_tsv, "json": to_json, "jsonl": to_jsonl, "md": to_markdown}


def written(answer: Answer, name: str, columns_wide: int = 100) -> str | bytes:
    """Return an answer in one of :data:`FORMATS`."""
    if name == "table":
        return to_table(answer, columns_wide)
    if name == "html":
        return html_page(answer.title, to_html(answer))
    return to_xlsx([answer]) if name == "xlsx" else WRITERS[name](answer)
