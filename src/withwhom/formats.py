"""Answers as text: table, CSV, TSV, JSON, JSON lines, Markdown, HTML and XLSX."""

from __future__ import annotations

import datetime
import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from withwhom.answers import Answer
from withwhom.engine import Cell, Iri
from withwhom.spreadsheet import csv_text, harmless, money
from withwhom.words import WORDS, say

FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx")


# Columns that people read as one: what a reader sees, from which columns it is put together.
MONEY = ("amountQualifier", "amount", "least", "most", "currency", "support", "basis")
WHEN = ("dateText", "since", "until")
STATE = ("status", "certainty")
TOGETHER = {
    **dict.fromkeys(MONEY, "money"),
    **dict.fromkeys(WHEN, "when"),
    **dict.fromkeys(STATE, "state"),
    "statement": "evidence",
    "start": "",
    "rule": "kind",
    "valueQualifier": "value",
    "unit": "value",
}
SIDES = ("A", "B")
PLAIN = frozenset({"exact", "unspecified", "explicit", ""})


def readable(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows for people.

    A thing is shown by its label; money, time and state take one column each; the id of a statement stands behind its evidence;
    columns without any value are left out; headings and codes are in the answer's language.
    """
    names = [name for name in answer.columns if not name.endswith("Label")]
    heads = list(dict.fromkeys(filter(None, map(_head, names))))
    heads = [head for head in heads if head != "source" or "evidence" not in heads]  # evidence names its source
    rows = _grouped(heads, [_read_row(answer, dict(zip(answer.columns, row, strict=True)), heads) for row in answer.rows])
    kept = [number for number in range(len(heads)) if any(row[number] for row in rows)]
    return [_heading(heads[number], answer.language) for number in kept], [[row[number] for number in kept] for row in rows]


def _head(name: str) -> str:
    """Return the column that people read a column in; what is said of A or B stays with A or B."""
    side = name[-1] if name[-1] in SIDES and name[:-1] in (*STATE, "statement", "evidence", "kind") else ""
    plain = name.removesuffix(side) if side else name
    head = TOGETHER.get(plain, plain)
    return head + side if head else ""


def _grouped(heads: Sequence[str], rows: Sequence[list[str]]) -> list[list[str]]:
    """Return rows that say the same as one, with all their evidence, in the order of their first."""
    loose = [number for number, head in enumerate(heads) if head.rstrip("AB") in ("evidence", "state", "when")]
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    for row in rows:
        groups.setdefault(tuple(cell for number, cell in enumerate(row) if number not in loose), []).append(row)
    merged = []
    for group in groups.values():
        row = list(group[0])
        for number in loose:
            row[number] = " ▪ ".join(dict.fromkeys(other[number] for other in group if other[number]))
        merged.append(row)
    return merged


def _heading(name: str, language: str) -> str:
    return say(f"column-{name}", language) if f"column-{name}" in WORDS else name


def _read_row(answer: Answer, row: Mapping[str, Cell], heads: Sequence[str]) -> list[str]:
    together = {"money": _money, "when": _when, "state": _state, "evidence": _evidence, "kind": _kind, "value": _value}
    cells = []
    for head in heads:
        side = head[-1] if head[:-1] in together and head[-1] in SIDES else ""
        read = together.get(head.removesuffix(side) if side else head)
        about = {name.removesuffix(side): cell for name, cell in row.items() if name.endswith(side)} if side else row
        cells.append(read(answer, about) if read else _named(answer, row, head))
    return cells


def _named(answer: Answer, row: Mapping[str, Cell], name: str) -> str:
    cell = row.get(f"{name}Label")
    return _word(answer, cell if cell is not None else row[name])


def _word(answer: Answer, cell: Cell) -> str:
    short = answer.short(cell)
    if isinstance(cell, Iri):
        return answer.words.get(short, short.rpartition("/rules/")[2] if "/rules/" in short else short)
    if isinstance(cell, str) and all(part in answer.words for part in short.split("|")):
        return "/".join(answer.words[part] for part in short.split("|"))
    if isinstance(cell, str) and f"value-{short}" in WORDS:
        return say(f"value-{short}", answer.language)
    if isinstance(cell, bool):
        return say(f"value-{short}", answer.language)
    if isinstance(cell, int | Decimal):
        return f"{cell:,}"
    return short


def _words_of(answer: Answer, row: Mapping[str, Cell], names: Sequence[str]) -> list[str]:
    return [_word(answer, row[name]) for name in names if row.get(name) is not None and answer.short(row[name]) not in PLAIN]


def _money(answer: Answer, row: Mapping[str, Cell]) -> str:
    least, most = row.get("least"), row.get("most")
    if least is not None and least == most:
        row = {**row, "least": None}
    figures = [Decimal(cell) for name in ("amount", "least", "most") if isinstance(cell := row.get(name), int | Decimal)]
    sure = answer.short(row.get("amountQualifier"))
    told = " – ".join(money(figure, sure, answer.short(row.get("currency")), answer.language) for figure in figures)
    return " ".join([told, *_words_of(answer, row, ("support", "basis"))]) if told else ""


def _when(answer: Answer, row: Mapping[str, Cell]) -> str:
    since, until = answer.short(row.get("since")), answer.short(row.get("until"))
    if row.get("dateText") is not None:
        return answer.short(row["dateText"])
    return since if since == until else f"{since} – {until}"


def _state(answer: Answer, row: Mapping[str, Cell]) -> str:
    return ("，" if answer.language == "zh" else ", ").join(_words_of(answer, row, STATE))


def _kind(answer: Answer, row: Mapping[str, Cell]) -> str:
    return " ".join(_words_of(answer, row, ("kind", "rule")))


def _value(answer: Answer, row: Mapping[str, Cell]) -> str:
    order = ("value", "unit", "valueQualifier") if answer.language == "zh" else ("valueQualifier", "value", "unit")
    return " ".join(_words_of(answer, row, order)) if row.get("value") is not None else ""


def _evidence(answer: Answer, row: Mapping[str, Cell]) -> str:
    reference = answer.short(row.get("statement"))
    return " ".join(filter(None, (answer.short(row.get("evidence")), f"[{reference}]" if reference else "")))


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
        "overflow-wrap:anywhere}th{background:#f3f1ec}h2{margin-top:1.6rem;font-size:1.1rem}"
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
    natural = [max(width(row[number]) for row in [columns, *rows]) for number in range(len(columns))]
    room = columns_wide - 2 * (len(columns) - 1)
    words = [
        min(max((width(word) for row in [columns, *rows] for word in map(str.rstrip, _words(row[number]))), default=1), 16) for number in range(len(columns))
    ]
    widths = _fit(natural, room, words)
    if widths is None:
        return _blocks(columns, rows, columns_wide)
    lines = [*_line(columns, widths), "  ".join("─" * size for size in widths)]
    for row in rows:
        lines += _line(row, widths)
    return "\n".join(line.rstrip() for line in lines) + "\n"


# A row of more lines than this is read more easily as a block.
TALLEST = 12


def _fit(natural: Sequence[int], room: int, least: Sequence[int]) -> list[int] | None:
    """Return widths that sum to at most ``room``: those whose cells need the fewest lines give way, none below its ``least``.

    None where that leaves some unreadably narrow.
    """
    widths = list(natural)
    while sum(widths) > room:
        # The column whose cells need the fewest lines gives way, so that no column stands much taller than the others.
        able = [number for number in range(len(widths)) if widths[number] > max(least[number], 4)]
        if not able:
            return None
        shortest = min(able, key=lambda number: (natural[number] / widths[number], -widths[number]))
        widths[shortest] -= 1
    return widths if max(full / size for full, size in zip(natural, widths, strict=True)) <= TALLEST else None


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


# Marks that do not begin a line (GB/T 15834-2011, section 5).
CLOSING = frozenset("，。、；：！？）》〉】”’…,.;:!?)")


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break: after a space, and after every wide character."""
    pieces: list[str] = []
    current = ""
    for character in text.replace("\n", " "):
        if pieces and not current and character in CLOSING:
            pieces[-1] += character
            continue
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
                lines.append(f"{name}{' ' * (size - width(name))}  {first}")
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
