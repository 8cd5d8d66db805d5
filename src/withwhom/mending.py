"""Mends the offsets of a text that was edited: rows whose passage stands elsewhere now, and the stretches in which names hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from withwhom.cells import problem
from withwhom.edits import AtHand, Edits
from withwhom.moves import Marked, carried, moved
from withwhom.passages import Passages
from withwhom.problems import Problem
from withwhom.quotes import Finder, glimpse
from withwhom.records import Evidence, Name, Statement
from withwhom.tables import OFFSET, QUOTE
from withwhom.text import Span, digest
from withwhom.words import LANGUAGES

DIGEST = re.compile(r"h:[0-9a-f]{16}")
Row: TypeAlias = Statement | Evidence


def mend(hand: AtHand, rows: Iterable[Row], names: Iterable[Name], made: Edits) -> bool:
    """Find registered passages again where the text no longer has them.

    Args:
        hand: the text.
        rows: the statements and evidence of its source.
        names: those that hold in its source only.
        made: takes what changes, and what is lost.

    Returns:
        Whether it is still the text of its source; if fewer than half of the passages are in it, nothing is changed.
    """
    spanned = list(_spanned(hand, rows, made))
    found = moved((passage for _, passage in spanned), hand.text)
    count = sum(len(places) == 1 for places in found.values())
    if not hand.registered and 2 * count < len(found):
        made.problems.append(problem(hand.source.at, "sha256", "other-text", value=hand.source.id, file=hand.file, count=str(count), total=str(len(found))))
        return False
    finder = Finder(hand.source.id, Passages(hand.text))
    for row, passage in spanned:
        places = found[passage]
        if len(places) == 1:
            made.moved += _put_place(row, places[0], hand.text, made)
        else:
            made.problems.append(_lost(row, places, finder))
    if hand.source.sha256 and not hand.registered:
        for name in names:
            _carry(name, found, hand.text, made)
    return True


def _spanned(hand: AtHand, rows: Iterable[Row], made: Edits) -> Iterator[tuple[Row, Marked]]:
    """Yield the rows with a passage and its digest; offsets that somebody wrote without one get it."""
    for row in rows:
        if not (OFFSET.fullmatch(row.begin) and OFFSET.fullmatch(row.stop)) or (isinstance(row, Statement) and row.get(QUOTE)):
            continue
        begin, stop = int(row.begin), int(row.stop)
        if DIGEST.fullmatch(row.digest):
            yield row, Marked(begin, stop, row.digest)
        elif not row.digest and (hand.registered or not hand.source.sha256) and begin < stop <= len(hand.text):
            made.put(row.at, {"digest": digest(hand.text[begin:stop])})


def _put_place(row: Row, place: Span, text: str, made: Edits) -> bool:
    cells = {"begin": str(place[0]), "stop": str(place[1]), "digest": digest(text[slice(*place)])}
    if cells == {"begin": row.begin, "stop": row.stop, "digest": row.digest}:
        return False
    made.put(row.at, cells)
    return True


def _carry(name: Name, found: Mapping[Marked, Sequence[Span]], text: str, made: Edits) -> None:
    if not (OFFSET.fullmatch(name.begin) and OFFSET.fullmatch(name.stop)):
        return
    place = carried((int(name.begin), int(name.stop)), found, len(text))
    if place is None:
        made.problems.append(problem(name.at, "begin", "stretch-lost", value=name.name))
    elif place != (int(name.begin), int(name.stop)):
        made.put(name.at, {"begin": str(place[0]), "stop": str(place[1])})


def _lost(row: Row, places: Sequence[Span], finder: Finder) -> Problem:
    """Return the problem of a passage that no digest finds, or several: where its wording stands now, or where they stand."""
    if places:
        return problem(row.at, "begin", "passage-several", count=str(len(places)), **finder.listed(places))
    words = row.get("wording") if isinstance(row, Statement) else ""
    near = next(iter(finder.passages.find(words)), None) or finder.passages.nearest(words) if words else None
    if near is None:
        return problem(row.at, "begin", "passage-gone", value=row.digest)
    shown = {language: f"{finder.where(near, language)} {glimpse(finder.passages.text, near)}" for language in LANGUAGES}
    return problem(row.at, "begin", "passage-changed", value=row.digest, **shown)
