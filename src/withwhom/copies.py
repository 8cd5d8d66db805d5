"""Finds passages in a copy that differs from the registered text (another web page, a scan), by their wording.

The registered text need not be at hand. A wording that stands in the copy once, as close together as its passage is long, and in the
order of the offsets, tells where its passage is; what is registered between two such passages lies between them in the copy, too. There
the others are looked for, and there a wrong character here and there is forgiven, but never in a figure. What stands in several places
even there is not found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from withwhom.passages import Form, bare_form, chains
from withwhom.text import Span, merged

# A passage of the copy may be so much longer than the registered one: what a copy puts in between.
STRETCH, ROOM = 1.4, 30
# How far from where it should lie a passage is looked for, and how much farther for each character to the nearest passage that is known.
AWAY, FARTHER = 60, 0.5
# A part of the wording with wrong characters is still itself from this likeness on, per cent, and this length.
LIKENESS, ENOUGH = 85.0, 6
# So many characters of a wording have to stand together: fewer (组织, 为) stand anywhere.
TELLING = 4
# How much of a wording must stand in the copy; its figures must in any case.
SHARE = 0.75
OPENING, CLOSING = frozenset("《〈“‘「『（("), frozenset("》〉”’」』）)")


@dataclass(frozen=True)
class Cited:
    """What is known of a statement's evidence without the text: where its passages stand, and its wording."""

    reference: str
    spans: Sequence[Span]
    wording: Sequence[str]


@dataclass(frozen=True)
class Known:
    """Where passages were found: pairs of a registered passage and its place in the copy, both in one order."""

    pairs: Sequence[tuple[Span, Span]]

    def window(self, span: Span, length: int) -> Span:
        """Return where in a copy of some length a passage lies: between what is registered before and after it, and not far from them."""
        before = [pair for pair in self.pairs if pair[0][1] <= span[0]]
        after = [pair for pair in self.pairs if pair[0][0] >= span[1]]
        nearest = min(self.pairs, key=lambda pair: abs(pair[0][0] - span[0]))
        apart = span[0] - nearest[0][0]
        guess, away = nearest[1][0] + apart, AWAY + int(FARTHER * abs(apart))
        least = max([guess - away, *(place[1] for _, place in before)])
        most = min([guess + away + span[1] - span[0], *(place[0] for _, place in after), length])
        return max(least, 0), max(most, 0)


@dataclass(frozen=True)
class Copy:
    """A copy of a text.

    Args:
        text: of the copy.
    """

    text: str

    @cached_property
    def form(self) -> Form:
        return bare_form(self.text)

    def passages(self, cited: Iterable[Cited]) -> Mapping[str, Span]:
        """Return the stretch of the copy in which each statement's own passage stands; a statement that is not found is left out.

        Passages that tell an antecedent are looked for, but not returned: a name is repeated, and which one was meant is not known.
        """
        wanted = [(item, pieces) for item in cited if item.spans and (pieces := [piece for words in item.wording if (piece := bare_form(words).flat)])]
        pairs = [(merged(item.spans)[0], place) for item, pieces in wanted if len(merged(item.spans)) == 1 and (place := self._alone(item, pieces))]
        known = Known(_in_order(pairs))
        found = {item.reference: self._where_expected(item, pieces, known) for item, pieces in wanted} if known.pairs else {}
        return {reference: self._whole(self.form.span(*place)) for reference, place in found.items() if place}

    def _whole(self, place: Span) -> Span:
        """Take in the brackets and quotation marks around a stretch that it begins or ends with."""
        begin, stop = place
        while begin and self.text[begin - 1] in OPENING:
            begin -= 1
        while self.text[stop : stop + 1] in CLOSING:
            stop += 1
        return begin, stop

    def _alone(self, item: Cited, pieces: Sequence[str]) -> Span | None:
        """Return the one place where a wording stands whole and close together, if it is the only one."""
        return _together(self.form, pieces, _room(item.spans[0]))

    def _where_expected(self, item: Cited, pieces: Sequence[str], known: Known) -> Span | None:
        """Return the stretch of a statement's own passage in which parts of the wording stand, if the others stand where they should, too."""
        spans = merged(item.spans)
        own = next(number for number, span in enumerate(spans) if span[0] <= item.spans[0][0] < span[1])
        main, run = self._in_window(pieces, spans[own], known)  # most parts stand in the statement's own passage
        taken = list(pieces[slice(*run)])
        for rest, others in ((pieces[: run[0]], spans[:own]), (pieces[run[1] :], spans[own + 1 :])):
            left = rest
            for span in others:
                _, (first, last) = self._in_window(left, span, known)
                taken += left[first:last]
                left = left[last:]
        whole = sorted(_figures(" ".join(taken))) == sorted(_figures(" ".join(pieces))) and _length(taken) >= SHARE * _length(pieces)
        return main if whole else None

    def _in_window(self, pieces: Sequence[str], span: Span, known: Known) -> tuple[Span | None, Span]:
        """Return where the most of some pieces stand together, where a passage should lie, and which pieces those are."""
        least, most = known.window(span, len(self.form.flat))
        window = Form(self.form.flat[least:most], self.form.offsets[least:most])
        runs = [(first, last) for first in range(len(pieces)) for last in range(first + 1, len(pieces) + 1)]
        for run in sorted(runs, key=lambda run: -_length(pieces[slice(*run)])):
            some = pieces[slice(*run)]
            if _length(some) < TELLING:
                break
            place = _together(window, some, _room(span)) or _alike(window, some, _room(span))
            if place is not None:
                return (least + place[0], least + place[1]), run
        return None, (0, 0)


def _length(pieces: Sequence[str]) -> int:
    return sum(map(len, pieces))


def _room(span: Span) -> int:
    return int((span[1] - span[0]) * STRETCH) + ROOM


def _together(form: Form, pieces: Sequence[str], room: int) -> Span | None:
    """Return the one place where pieces stand in order within some room."""
    places = [place for place in chains(form, pieces, room) if place[1] - place[0] <= room]
    return places[0] if len(places) == 1 else None


def _alike(window: Form, pieces: Sequence[str], room: int) -> Span | None:
    """Return where pieces stand in order within some room, some of them with wrong characters."""
    from rapidfuzz import fuzz

    if next(chains(window, pieces, room), None):
        return None  # they stand there as they are, in several places
    places: list[Span] = []
    for piece in pieces:
        start = places[-1][1] if places else 0
        exact = window.flat.find(piece, start)
        near = None if exact >= 0 else fuzz.partial_ratio_alignment(piece, window.flat[start:], score_cutoff=LIKENESS)
        place = (exact, exact + len(piece)) if near is None else (start + near.dest_start, start + near.dest_end)
        if exact < 0 and (near is None or len(piece) < ENOUGH or _figures(window.flat[slice(*place)]) != _figures(piece)):
            return None
        places.append(place)
    return (places[0][0], places[-1][1]) if places[-1][1] - places[0][0] <= room else None


def _figures(words: str) -> list[str]:
    return re.findall(r"[0-9]+(?:[.,][0-9]+)*", words)


def _in_order(pairs: Iterable[tuple[Span, Span]]) -> list[tuple[Span, Span]]:
    """Return the longest sequence of pairs in which both sides go up: what is out of order was found in a wrong place."""
    ordered = sorted(pairs)
    ends: list[int] = []  # the last pair of the best sequence of each length
    before: list[int] = []
    for number, (_, place) in enumerate(ordered):
        length = bisect_right([ordered[end][1] for end in ends], place)
        before.append(ends[length - 1] if length else -1)
        ends[length : length + 1] = [number]
    number, kept = ends[-1] if ends else -1, []
    while number >= 0:
        kept.append(ordered[number])
        number = before[number]
    return kept[::-1]
