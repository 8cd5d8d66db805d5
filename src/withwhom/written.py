"""Reads sums and times as people write them into tables: 约50万元, USD 1,200.50, 2018年3月至2019年5月. What is not clear is not read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from withwhom.dates import bounds

MAGNITUDES = {
    "": 0,
    "千": 3,
    "万": 4,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "万亿": 12,
    "thousand": 3,
    "thousands": 3,
    "million": 6,
    "millions": 6,
    "billion": 9,
    "billions": 9,
}
# ¥ and $ are left out: each is the sign of several currencies.
CURRENCIES = {"元": "CNY", "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "美元": "USD", "欧元": "EUR", "€": "EUR", "英镑": "GBP", "£": "GBP"}
CURRENCIES |= {"日元": "JPY", "港元": "HKD", "港币": "HKD", "瑞士法郎": "CHF"}
# Attributes of an HXL tag that name a currency (ISO 4217, those that donors report in).
CURRENCY_TAGS = frozenset(["aud", "cad", "chf", "cny", "dkk", "eur", "gbp", "hkd", "inr", "jpy", "kes", "krw", "nok", "nzd", "sek", "sgd", "usd", "zar"])
BEFORE = {"约": "about", "近": "about", "大约": "about", "about": "about", "不少于": "over", "超过": "over", "逾": "over", "超": "over", "至少": "over"}
BEFORE |= {"over": "over", "at least": "over", "more than": "over", "不足": "under", "不超过": "under", "less than": "under", "up to": "under"}
AFTER = {"余": "over", "多": "over", "以上": "over", "左右": "about", "以下": "under"}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


COIN = rf"{_any(CURRENCIES)}|[a-z]{{3}}"
UNIT = re.compile(rf"(?:(?P<coin>{COIN})?\s*(?P<size>{_any(filter(None, MAGNITUDES))})?|(?P<size2>{_any(filter(None, MAGNITUDES))})\s*(?P<coin2>{COIN}))")
SUM = re.compile(
    rf"(?P<before>{_any(BEFORE)})?\s*(?P<coin>{COIN})?\s*(?P<number>-?(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?)"
    rf"\s*(?P<more>余|多)?\s*(?P<size>{_any(filter(None, MAGNITUDES))})?\s*(?P<more2>余|多)?\s*(?P<coin2>{COIN})?\s*(?P<after>{_any(AFTER)})?"
)


@dataclass(frozen=True)
class Sum:
    """A sum: its figure in full, how exact it is (empty: as it stands), and its currency, empty where neither cell nor heading says it."""

    figure: Decimal
    qualifier: str
    currency: str


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower().replace("，", ",")


def _coin(word: str | None) -> str:
    return CURRENCIES.get(word, word.upper()) if word else ""


def unit_of(heading: str) -> tuple[int, str] | None:
    """Return the unit in a heading's brackets as a power of ten and a currency, or None where the brackets say something else.

    >>> unit_of("金额（万元）"), unit_of("Budget (USD million)"), unit_of("金额"), unit_of("金额（含税）")
    ((4, 'CNY'), (6, 'USD'), (0, ''), None)
    """
    bracket = re.search(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*$", heading)
    if bracket is None:
        return 0, ""
    match = UNIT.fullmatch(_plain(bracket[1]).replace("单位", "").lstrip(":： "))
    if match is None:
        return None
    return MAGNITUDES[match["size"] or match["size2"] or ""], _coin(match["coin"] or match["coin2"])


def sum_of(cell: str, unit: tuple[int, str] = (0, "")) -> Sum | None:
    """Return the sum that a cell states, or None where it is no clear figure.

    Args:
        cell: as written.
        unit: what the heading says (:func:`unit_of`); a magnitude in the cell takes its place.

    >>> sum_of("约50万元")
    Sum(figure=Decimal('500000'), qualifier='about', currency='CNY')
    >>> sum_of("12,5") is None
    True
    """
    match = SUM.fullmatch(_plain(cell))
    if match is None:
        return None
    size = MAGNITUDES[match["size"]] if match["size"] else unit[0]
    figure = Decimal(f"{Decimal(match['number'].replace(',', '')).scaleb(size):f}")  # all digits, no exponent
    more = match["more"] or match["more2"] or match["after"]
    qualifier = BEFORE.get(match["before"] or "") or AFTER.get(more or "", "")
    return Sum(figure, qualifier, _coin(match["coin"] or match["coin2"]) or unit[1])


POINT = r"(?P<{0}year>[0-9]{{4}})(?:年?第?q?(?P<{0}quarter>[1-4])季度|-?q(?P<{0}quarter2>[1-4])|[-/.年](?P<{0}month>[0-9]{{1,2}})(?:[-/.月](?P<{0}day>[0-9]{{1,2}})日?|月)?|年)?(?:[t ]00:00(?::00)?)?"
SHORT = r"(?P<short>[0-9]{1,2})月"
RANGE = re.compile(rf"{POINT.format('a')}\s*(?:至|到|—+|–|―|~|～|-|\bto\b|/)\s*(?:{POINT.format('b')}|{SHORT})")
SINCE, UNTIL = re.compile(rf"自?{POINT.format('a')}(?:以来|起|至今|\s*-\s*)"), re.compile(rf"(?:截至|截止){POINT.format('a')}")


def _iso(match: re.Match[str], side: str) -> str:
    year, month, day = match[f"{side}year"], match[f"{side}month"], match[f"{side}day"]
    quarter = match[f"{side}quarter"] or match[f"{side}quarter2"]
    if quarter:
        return f"{year}-Q{quarter}"
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def period_of(cell: str) -> tuple[str, str] | None:
    """Return the period that a cell states as ``since`` and ``until`` of a statement, or None where it is not clear.

    >>> period_of("2018年3月至5月"), period_of("2018/3/21"), period_of("03/04/2018")
    (('2018-03', '2018-05'), ('2018-03-21', '2018-03-21'), None)
    """
    text = _plain(cell)
    if match := re.fullmatch(POINT.format("a"), text):
        return _whole(_iso(match, "a"), _iso(match, "a"))
    if match := RANGE.fullmatch(text):
        last = f"{match['ayear']}-{int(match['short']):02}" if match["short"] else _iso(match, "b")
        return _whole(_iso(match, "a"), last)
    if match := SINCE.fullmatch(text):
        return _whole(_iso(match, "a"), "")
    if match := UNTIL.fullmatch(text):
        return _whole("", _iso(match, "a"))
    return None


def _whole(since: str, until: str) -> tuple[str, str] | None:
    first, last = (bounds(part) if part else ("", "9999-12-31") for part in (since, until))
    return (since, until) if first is not None and last is not None and first[0] <= last[1] else None
