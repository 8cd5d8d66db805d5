"""Dates as people write them: a year, quarter, month or day, and the days that it spans (ISO 8601; quarters as EDTF writes them)."""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache

WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")


@lru_cache(maxsize=1 << 14)
def bounds(written: str) -> tuple[str, str] | None:
    """Return the first and the last day of a period as ISO dates, or None if it is no date.

    >>> bounds("2020-Q1")
    ('2020-01-01', '2020-03-31')
    >>> bounds("2019-02-29") is None
    True
    """
    match = WRITTEN.fullmatch(written)
    if match is None or match["year"] == "0000":
        return None
    year = int(match["year"])
    first, last = 1, 12
    if match["quarter"]:
        last = int(match["quarter"]) * 3
        first = last - 2
    elif match["month"]:
        first = last = int(match["month"])
    try:
        if match["day"]:
            day = datetime.date(year, first, int(match["day"])).isoformat()
            return day, day
        start = datetime.date(year, first, 1)
        return start.isoformat(), datetime.date(year, last, calendar.monthrange(year, last)[1]).isoformat()
    except (ValueError, calendar.IllegalMonthError):
        return None
