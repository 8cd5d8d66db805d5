"""Rows as people read them: things by their names, money, time and state in one column each, the same said once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from withwhom.answers import Answer
from withwhom.engine import Cell, Iri
from withwhom.spreadsheet import money
from withwhom.words import WORDS, say

# Columns that people read as one: what a reader sees, from which columns it is put together.
MONEY = ("amountQualifier", "amount", "least", "most", "currency", "support", "basis")
WHEN = ("dateText", "since", "until")
STATE = ("status", "certainty")
TOGETHER = {
    **dict.fromkeys(MONEY, "money"),
    **dict.fromkeys(WHEN, "when"),
    **dict.fromkeys(STATE, "state"),
    "list": "",
    "statement": "evidence",
    "start": "",
    "rule": "kind",
    "valueQualifier": "value",
    "unit": "value",
}
SIDES = ("A", "B")
SUM = re.compile(r"(?P<qualifier>exact|over|under|about) (?P<amount>[0-9]+(?:\.[0-9]+)?) (?P<currency>[A-Z]{3}) (?P<basis>\w+) (?P<support>\w+)")
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
    return [_heading(heads[number], answer) for number in kept], [[row[number] for number in kept] for row in rows]


def _head(name: str) -> str:
    """Return the column that people read a column in; what is said of A or B stays with A or B."""
    side = name[-1] if name[-1] in SIDES and name[:-1] in (*STATE, "statement", "evidence", "kind") else ""
    plain = name.removesuffix(side) if side else name
    head = TOGETHER.get(plain, plain)
    return head + side if head else ""


def _grouped(heads: Sequence[str], rows: Sequence[list[str]]) -> list[list[str]]:
    """Return rows that say the same as one, with all their evidence, in the order of their first."""
    if {"money", "value"} & set(heads):
        return list(rows)  # two gifts of one size are two gifts
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


def _heading(name: str, answer: Answer) -> str:
    """Return what a column is headed: a word of ours, else what the vocabulary calls the qualifier or class of that name."""
    if f"column-{name}" in WORDS:
        return say(f"column-{name}", answer.language)
    return answer.words.get(name) or answer.words.get(name[:1].upper() + name[1:], name)


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


def _sums(answer: Answer, cell: str) -> str:
    """Return sums that a query has put together (qualifier, amount, currency, basis, support) as people write them; empty if a cell is none."""
    found = [SUM.fullmatch(part) for part in cell.split(" | ")]
    told = []
    for match in filter(None, found):
        words = _words_of(answer, {"support": match["support"], "basis": match["basis"]}, ("support", "basis"))
        told.append(" ".join([money(Decimal(match["amount"]), match["qualifier"], match["currency"], answer.language), *words]))
    return " ▪ ".join(told) if all(found) else ""


def _word(answer: Answer, cell: Cell) -> str:
    if isinstance(cell, str) and (sums := _sums(answer, cell)):
        return sums
    short = answer.short(cell)
    if isinstance(cell, str) and cell.startswith("https://w3id.org/withwhom/ontology#") and " | " in cell:
        return "/".join(_word(answer, Iri(part)) for part in cell.split(" | "))
    if isinstance(cell, Iri):
        return answer.words.get(answer.term(cell), short.rpartition("/rules/")[2] if "/rules/" in short else short)
    if isinstance(cell, str) and all(part in answer.words for part in short.split("|")):
        return "/".join(answer.words[part] for part in short.split("|"))
    if isinstance(cell, bool) or (isinstance(cell, str) and f"value-{short}" in WORDS):
        return say(f"value-{short}", answer.language)
    return f"{cell:,}" if isinstance(cell, int | Decimal) else short


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
    goes_on = _words_of(answer, row, ("list",))
    return " ".join([*filter(None, (answer.short(row.get("evidence")), f"[{reference}]" if reference else "")), *(f"({word})" for word in goes_on)])
