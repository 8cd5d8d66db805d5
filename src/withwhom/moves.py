"""Finds passages again after their text was edited: the old text is gone, but offsets and digests of its passages are known.

A digest tells whether a stretch of the new text is, character by character, what the passage was. It is compared first where the
passage would lie if it moved as far as the one before it, which is nearly always so; else with every stretch of its length. Line ends
that were converted, and white space or pinyin that was put in, hide no passage (:func:`variants`). Nothing is found by likeness.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from withwhom.text import PINYIN, Span, digest

# A passage of so many characters that stands once is the one that was meant, wherever it stands; a shorter one (同年) has to stand
# between those that stood before and after it.
TELLING = 12
# After so many passages of which fewer than half were found, the others are not looked for: it is another text.
PATIENCE = 40


@dataclass(frozen=True, order=True)
class Marked:
    """A passage as the tables register it."""

    begin: int
    stop: int
    digest: str


@dataclass(frozen=True)
class Variant:
    """A form of the text in which an old passage may stand as it was, and the offset in the text of each of its characters."""

    text: str
    offsets: Sequence[int]

    def span(self, begin: int, stop: int) -> Span:
        """Return the stretch of the text that a stretch of the variant came from."""
        return self.offsets[begin], self.offsets[stop - 1] + 1


def variants(text: str) -> Iterator[Variant]:
    """Yield the text as it is, with the other line ends, and without white space and injected pinyin."""
    yield Variant(text, range(len(text)))
    if "\n" in text:
        pieces = [(piece, number) for number, piece in enumerate(text) if not (piece == "\r" and text[number + 1 : number + 2] == "\n")]
        if len(pieces) == len(text):
            pieces = [(piece, number) for number, whole in enumerate(text) for piece in (("\r", "\n") if whole == "\n" else (whole,))]
        yield Variant("".join(piece for piece, _ in pieces), [number for _, number in pieces])
    noise = {number for match in re.finditer(rf"{PINYIN}|\s+", text) for number in range(*match.span())}
    if noise:
        kept = [number for number in range(len(text)) if number not in noise]
        yield Variant("".join(text[number] for number in kept), kept)


@dataclass
class _Search:
    """What has been found so far; each variant remembers how far its last passage had moved."""

    variants: Sequence[Variant]
    shifts: list[int]
    found: dict[Marked, Span] = field(default_factory=dict)
    open: dict[Marked, list[Span]] = field(default_factory=dict)

    def look_where_expected(self, passage: Marked) -> bool:
        for number, variant in enumerate(self.variants):
            begin, stop = passage.begin + self.shifts[number], passage.stop + self.shifts[number]
            if 0 <= begin < stop <= len(variant.text) and digest(variant.text[begin:stop]) == passage.digest:
                self.found[passage] = variant.span(begin, stop)
                return True
        return False

    def look_everywhere(self, passage: Marked) -> None:
        length = passage.stop - passage.begin
        for number, variant in enumerate(self.variants):
            begins = list(_places(variant.text, length, passage.digest))
            if len(begins) == 1 and length >= TELLING:
                self.shifts[number] = begins[0] - passage.begin
                self.found[passage] = variant.span(begins[0], begins[0] + length)
                return
            if begins:
                self.open[passage] = [variant.span(begin, begin + length) for begin in begins]
                return
        self.open[passage] = []


def _places(text: str, length: int, mark: str) -> Iterator[int]:
    wanted = bytes.fromhex(mark.removeprefix("h:"))
    encoded = text.encode("utf-8")
    starts = [number for number, byte in enumerate(encoded) if byte & 0xC0 != 0x80] + [len(encoded)]
    for begin in range(len(text) - length + 1):
        if hashlib.sha256(encoded[starts[begin] : starts[begin + length]]).digest()[:8] == wanted:
            yield begin


def moved(passages: Iterable[Marked], text: str) -> Mapping[Marked, Sequence[Span]]:
    """Return where the passages of an edited text stand now.

    Args:
        passages: with the offsets that they had.
        text: as it is now.

    Returns:
        For each passage its place; none if no stretch of the text is what it was; several if nothing tells which one is meant.
    """
    forms = list(variants(text))
    search = _Search(forms, [0] * len(forms))
    for passage in sorted(set(passages)):
        if search.look_where_expected(passage):
            continue
        if len(search.open) > PATIENCE and len(search.open) > len(search.found):
            search.open[passage] = []
        else:
            search.look_everywhere(passage)
    return {**{passage: [span] for passage, span in search.found.items()}, **dict(_between(search.found, search.open))}


def _between(found: Mapping[Marked, Span], open: Mapping[Marked, Sequence[Span]]) -> Iterator[tuple[Marked, Sequence[Span]]]:
    known = sorted(found)
    for passage, places in open.items():
        number = bisect_left(known, passage)
        least = found[known[number - 1]][0] if number else 0
        most = found[known[number]][0] if number < len(known) else 10**9
        inside = [place for place in places if least <= place[0] <= most]
        yield passage, inside if len(inside) == 1 else places if len(places) > 1 else []


def carried(stretch: Span, found: Mapping[Marked, Sequence[Span]], length: int) -> Span | None:
    """Return where a stretch lies now that has no digest: it moves with the first and the last passage inside it, else with the one before.

    Args:
        stretch: as it was.
        found: what :func:`moved` returned.
        length: of the text as it is now.

    Returns:
        The stretch, or None where no passage tells.
    """
    begin, stop = stretch
    known = sorted((passage, places[0]) for passage, places in found.items() if len(places) == 1)
    inside = [item for item in known if begin <= item[0].begin and item[0].stop <= stop]
    near = inside or [item for item in known if item[0].stop <= begin][-1:] or [item for item in known if item[0].begin >= stop][:1]
    if not near:
        return None
    last = max(near, key=lambda item: item[0].stop)
    first, end = begin + near[0][1][0] - near[0][0].begin, stop + last[1][1] - last[0].stop
    return max(first, 0), min(end, length)
