"""Puts together the wording of a statement: names, verb and figure as the text writes them, in text order, and never a sentence.

Which words are the verb is not parsed. It is looked for between the two names, in Chinese right before the second and in other
scripts right after the first; a person may write a better one into the cell, which then stays.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from withwhom.mentions import Mention
from withwhom.spans import WORDING_LENGTH, WORDING_PART_LENGTH, WORDING_PARTS
from withwhom.text import CLAUSE_MARKS, PINYIN, SPACELESS, Span, merged, normal, without_noise
from withwhom.written import sum_of

FIGURE = re.compile(
    r"[0-9０-９]+(?:[.．][0-9０-９]+)?\s*[余餘多]?(?:百万|百萬|千万|千萬|万亿|萬億|[千万萬亿億]|(?:thousand|million|billion)\b)?[余餘多]?(?P<unit>美元|欧元|元|[人个個名次户戶家])?"
)
NOISE, NUMBER = re.compile(PINYIN), re.compile(r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*")
# Marks at which a stretch between names falls into parts: of clauses, of brackets, of quotation.
APART = re.compile(r"[，。；：！？,;:!?、…—“”‘’「」『』《》〈〉()（）\[\]【】\"\n\r]+")
# Words that tie nothing together by themselves, and that no verb ends with.
WEAK = "的和与與向等下以及在为為由对對之将將把被" + string.whitespace
# What is dropped first where a wording would be too long.
DATE, VERB, FIGURES, NAME = range(4)


@dataclass(frozen=True, order=True)
class _Part:
    span: Span
    kind: int


def wording(
    text: str,
    spans: Sequence[Span],
    ends: Iterable[Mention | None],
    found: Sequence[Mention],
    figures: Collection[Decimal],
    date_text: str,
    named: Callable[[str], bool],
) -> str:
    """Return the wording of a statement, joined by ``…``; it keeps the rules that ``withwhom check`` knows.

    Args:
        text: of the source.
        spans: of the statement, its own first.
        ends: the mentions of subject and object.
        found: every name that stands in the spans.
        figures: amount and value of the statement.
        date_text: when, in the words of the source.
        named: tells whether words are a name or a title, which may be longer than other parts.
    """
    names = [mention.span for mention in ends if mention is not None]
    parts = [_Part(span, NAME) for span in names]
    for place in spans:
        parts += [_Part(span, FIGURES) for span in _figures(text, place, figures)]
        begin = text.find(date_text, *place) if date_text else -1
        parts += [_Part((begin, begin + len(date_text)), DATE)] if begin >= 0 else []
    taken = merged([part.span for part in parts] + [mention.span for mention in found])
    parts += [_Part(span, VERB) for span in _verb(text, spans[0], names, taken)]
    return "…".join(_fitting([(part.kind, words) for part in _apart(parts) if (words := _words(text, part.span, named))]))


def _words(text: str, span: Span, named: Callable[[str], bool]) -> str:
    words = without_noise(text[slice(*span)])
    return words if named(words) or (len(words) <= WORDING_PART_LENGTH and not CLAUSE_MARKS & set(words)) else ""


def _apart(parts: Iterable[_Part]) -> list[_Part]:
    """Return the parts in text order; of those that overlap the one that counts most."""
    kept: list[_Part] = []
    for part in sorted(parts, key=lambda part: (-part.kind, part.span)):
        if all(part.span[1] <= other.span[0] or other.span[1] <= part.span[0] for other in kept):
            kept.append(part)
    return sorted(kept)


def _fitting(parts: Sequence[tuple[int, str]]) -> list[str]:
    """Return as many parts as a wording may have; dates go first, then verbs, figures, and the later of two names."""
    left = list(parts)
    while len(left) > WORDING_PARTS or len("…".join(words for _, words in left)) > WORDING_LENGTH:
        least = min(kind for kind, _ in left)
        del left[max(number for number, (kind, _) in enumerate(left) if kind == least)]
    return [words for _, words in left]


def _figures(text: str, place: Span, figures: Collection[Decimal]) -> Iterator[Span]:
    for match in FIGURE.finditer(text, *place):
        known = sum_of(normal(match.group().removesuffix(match["unit"] or "")))
        if known is not None and known.figure in figures:
            yield match.start(), match.start() + len(match.group().rstrip())


def _verb(text: str, place: Span, names: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return the stretch of words that ties the names together, empty where nothing is left between them."""
    free = [span for span in _free(text, place, taken) if re.search(r"\w", text[slice(*span)])]
    inside = [span for span in names if place[0] <= span[0] and span[1] <= place[1]]
    first, last = min((span[1] for span in inside), default=place[0]), max((span[0] for span in inside), default=place[1])
    between = [span for span in free if first <= span[0] and span[1] <= last] or [span for span in free if first <= span[0]] or free
    if not between:
        return []
    if any(character >= SPACELESS for character in text[slice(*between[0])]):
        begin, stop = between[-1] if len(inside) > 1 else between[0]
        return [(max(begin, stop - WORDING_PART_LENGTH), stop) if len(inside) > 1 else (begin, min(stop, begin + WORDING_PART_LENGTH))]
    begin, stop = between[0]
    if stop - begin > WORDING_PART_LENGTH:  # whole words only
        stop = begin + max(text[begin : begin + WORDING_PART_LENGTH + 1].rfind(" "), 0)
    return [(begin, stop)] if stop > begin else []


def _free(text: str, place: Span, taken: Sequence[Span]) -> Iterator[Span]:
    """Yield the stretches of a passage between names, figures and marks, without white space at their ends."""
    marks = [match.span() for form in (NOISE, NUMBER, APART) for match in form.finditer(text, *place)]
    begin = place[0]
    for span in [*merged([*marks, *(span for span in taken if span[0] < place[1] and place[0] < span[1])]), (place[1], place[1])]:
        words = text[begin : span[0]]
        bare = words.rstrip(WEAK).lstrip()
        if bare:
            yield begin + words.index(bare), begin + words.index(bare) + len(bare)
        begin = span[1]
