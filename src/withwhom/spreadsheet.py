"""Tables as spreadsheets want them: CSV that opens correctly in Excel, and no cell that it would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

# What a figure's qualifier does to it in words: before and after the figure, in zh and en.
QUALIFIED = {"over": (("", "以上"), ("at least ", "")), "about": (("约", ""), ("about ", "")), "under": (("不足", ""), ("less than ", ""))}


def money(amount: Decimal, qualifier: str, currency: str, language: str) -> str:
    """Return a sum as people of a language write it: 4,189万元, CNY 41,890,000.

    >>> from decimal import Decimal
    >>> money(Decimal(41890000), "over", "CNY", "zh")
    '4,189万元以上'
    >>> money(Decimal(41890000), "about", "CNY", "en")
    'about 41,890,000 CNY'
    """
    before, after = QUALIFIED.get(qualifier, (("", ""), ("", "")))[0 if language == "zh" else 1]
    if language != "zh":
        return f"{before}{amount:,} {currency}{after}"
    unit = "元" if currency == "CNY" else f" {currency}"
    size, word = next(((size, word) for size, word in ((10**8, "亿"), (10**4, "万")) if amount >= size and amount % (size // 10000) == 0), (1, ""))
    number = amount / size
    return f"{before}{number.normalize() if number % 1 else int(number):,}{word}{unit}{after}"


# A cell that begins with one of these could be run as a formula by a spreadsheet (OWASP, CSV injection), in full width, too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that opens correctly in Excel: BOM, CRLF, and no cell that it would run as a formula."""
    return csv_head(header) + csv_rows(rows)


def csv_head(header: Sequence[str]) -> str:
    """Return the first line of a table, with the BOM before it."""
    return "\ufeff" + csv_rows([header])


def csv_rows(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of a table."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([harmless(cell) if cell.startswith(FORMULA) else cell for cell in row] for row in rows)
    return buffer.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe in front of what could be a formula; numbers stay."""
    return f"'{cell}" if cell.startswith(FORMULA) and not re.fullmatch(r"-?[0-9.]+", cell) else cell
