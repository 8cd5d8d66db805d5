"""Tables as spreadsheets want them: CSV that opens correctly in Excel, and no cell that it would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# A cell that begins with one of these would be run as a formula by a spreadsheet (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table that opens correctly in Excel: BOM, CRLF, and no cell that it would run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + buffer.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe in front of what could be a formula; numbers stay."""
    return f"'{cell}" if cell.startswith(FORMULA) and not re.fullmatch(r"-?[0-9.]+", cell) else cell
