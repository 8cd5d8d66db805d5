"""Finds words in a text however they were copied: width, script, white space, injected pinyin and quotation marks do not matter.

Two forms of the text are searched, the second only where the first holds nothing: the normal form with one kind of quotation mark,
and the same without punctuation. Neither looks for what is merely alike: that is for :meth:`Passages.nearest`, which only suggests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from withwhom.text import SPACELESS, SYLLABLE, Span, normal_with_offsets

# What stands for words left out of a quote, and how many characters those may be.
ELLIPSIS = re.compile(r"…+|\.{3,}")
LONGEST_GAP = 200
QUOTATION_MARKS = dict.fromkeys("“”„‟「」『』〝〞〟«»‹›‘’‚‛`´'", '"')
# Injected pinyin whose brackets were widened or that a line break tore off its character.
BROKEN_PINYIN = re.compile(rf"(?<=[㐀-鿿])\s*[(（]\s*{SYLLABLE}\s*[)）]")
# Punctuation that says how much or whose: it is never left out.
MEANT = frozenset("%‰&@#")
# How much of its characters a place must share with words to be shown as the nearest, per cent.
ALIKE = 50.0


@dataclass(frozen=True)
class Form:
    """A text in a form for searching: its characters, and the offset in the text that each came from."""

    flat: str
    offsets: Sequence[int]

    def span(self, begin: int, stop: int) -> Span:
        """Return the stretch of the text that a stretch of the form came from."""
        return self.offsets[begin], self.offsets[stop - 1] + 1


def plain_form(text: str) -> Form:
    """Return the normal form with one kind of quotation mark."""
    flat, offsets = normal_with_offsets(text)
    return Form("".join(QUOTATION_MARKS.get(character, character) for character in flat), offsets)


def bare_form(text: str) -> Form:
    """Return the normal form without punctuation and any pinyin; a mark between two digits belongs to a figure and stays."""
    flat, offsets = normal_with_offsets(text)
    noise = {offset for match in BROKEN_PINYIN.finditer(text) for offset in range(*match.span())}
    kept = [number for number in range(len(flat)) if offsets[number] not in noise and not _left_out(flat, number)]
    return Form("".join(flat[number] for number in kept), [offsets[number] for number in kept])


def _left_out(flat: str, number: int) -> bool:
    character = flat[number]
    if character in MEANT or (unicodedata.category(character)[0] != "P" and character not in QUOTATION_MARKS):
        return False
    return not (flat[number - 1 : number].isdecimal() and flat[number + 1 : number + 2].isdecimal())


def cuts(form: Form, place: int) -> bool:
    """Tell whether a border before the character at ``place`` would cut a figure or a word of a script with spaces."""
    if not 0 < place < len(form.flat) or form.offsets[place] - form.offsets[place - 1] != 1:
        return False  # at an end of the text, or white space stood between
    before, after = form.flat[place - 1], form.flat[place]
    if after in ".," or before in ".,":
        around = form.flat[max(place - 2, 0) : place + 2]
        return re.search(r"[0-9][.,][0-9]", around) is not None
    if before.isdecimal() or after.isdecimal():
        return before.isdecimal() and after.isdecimal()
    return before.isalpha() and after.isalpha() and max(before, after) < SPACELESS


def chains(form: Form, pieces: Sequence[str], gap: int) -> Iterator[Span]:
    """Yield the shortest stretches of a form that hold all pieces in their order, each at most ``gap`` behind the one before."""
    last = None
    for begin in _occurrences(form, pieces[0]):
        stop = _chain_stop(form, pieces, begin, gap)
        if stop is None:
            continue
        if last is not None and last[1] != stop:
            yield last
        last = begin, stop  # of those that end together the latest begins nearest
    if last is not None:
        yield last


def _chain_stop(form: Form, pieces: Sequence[str], begin: int, gap: int) -> int | None:
    stop = begin + len(pieces[0])
    for piece in pieces[1:]:
        found = next(_occurrences(form, piece, stop, stop + gap + len(piece)), None)
        if found is None:
            return None
        stop = found + len(piece)
    return stop


def _occurrences(form: Form, piece: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    found = form.flat.find(piece, start, end)
    while found >= 0:
        if not cuts(form, found) and not cuts(form, found + len(piece)):
            yield found
        found = form.flat.find(piece, found + 1, end)


@dataclass(frozen=True)
class Passages:
    """A text in which words are looked up.

    Args:
        text: as decoded; every place is given in its code points.
    """

    text: str

    @cached_property
    def _forms(self) -> Sequence[tuple[Form, Callable[[str], Form]]]:
        return (plain_form(self.text), plain_form), (bare_form(self.text), bare_form)

    def find(self, words: str) -> list[Span]:
        """Return every place of the words, in text order.

        Args:
            words: as copied; ``…`` stands for words left out, at most :data:`LONGEST_GAP` characters.
        """
        written = [piece.strip() for piece in ELLIPSIS.split(words)]
        for form, formed in self._forms:
            pieces = [piece for piece in map(formed, written) if piece.flat]
            found = [form.span(*place) for place in chains(form, [piece.flat for piece in pieces], LONGEST_GAP)] if pieces else []
            if found:
                return [self._with_ends(place, written, formed) for place in found]
        return []

    def _with_ends(self, place: Span, written: Sequence[str], formed: Callable[[str], Form]) -> Span:
        """Take in what the form leaves out at both ends, where the text has it just as it was copied: a bracket, a full stop, pinyin."""
        begin, stop = place
        first, last = written[0], written[-1]
        lead = first[: next(iter(formed(first).offsets), len(first))]
        tail = last[next(reversed(formed(last).offsets), -1) + 1 :]
        return begin - len(lead) if lead and self.text.endswith(lead, 0, begin) else begin, stop + len(tail) if self.text.startswith(tail, stop) else stop

    def nearest(self, words: str) -> Span | None:
        """Return the place whose characters are most like the words, or None where nothing is."""
        from rapidfuzz import fuzz
        from rapidfuzz.distance import Indel

        form, formed = self._forms[1]
        wanted = formed(words).flat
        found = fuzz.partial_ratio_alignment(wanted, form.flat, score_cutoff=ALIKE)
        if found is None:
            return None
        window = form.flat[found.dest_start : found.dest_end]  # as long as the words: its ends may be like nothing in them
        same = [block for block in Indel.opcodes(wanted, window) if block.tag == "equal"]
        return form.span(found.dest_start + same[0].dest_start, found.dest_start + same[-1].dest_end) if same else None
