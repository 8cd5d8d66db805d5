"""Reads the column ``quote``: the words of the source as a person copied them, to be found in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from withwhom.meanings import PARTS
from withwhom.outline import Outline, outline
from withwhom.passages import Passages
from withwhom.problems import Problem
from withwhom.records import Place
from withwhom.tables import QUOTE, short
from withwhom.text import Span, without_noise
from withwhom.words import LANGUAGES, say

# Between the passages of one statement, and before the words of a further one: which part of the statement they tell.
BETWEEN = re.compile(r"[|｜]")
PART_WORDS = {**{part: part for part in PARTS}, "事实": "fact", "主语": "subject", "宾语": "object", "项目": "program"}
PART_WORDS |= {"日期": "date", "时间": "date", "地点": "place", "金额": "amount"}
LABEL = re.compile(rf"(?P<part>{'|'.join(PART_WORDS)})\s*[:：]\s*(?P<words>.+)", re.IGNORECASE | re.DOTALL)
# Which of several places is meant: #2 behind the words.
CHOICE = re.compile(r"(?P<words>.*\S)\s*[#＃](?P<number>[1-9][0-9]{0,3})", re.DOTALL)
# Places that a message lists, and characters that it shows around each and of each.
LISTED, AROUND, SHOWN = 9, 10, 24


@dataclass(frozen=True)
class Quoted:
    """A passage as it was copied, and the part of the statement that it tells; the first one of a cell is the statement's own (empty)."""

    part: str
    words: str


def quoted(cell: str) -> list[Quoted]:
    """Return the passages that a cell of the column quotes.

    >>> quoted("A与B联合发起C | date: 2018年3月 | 另有D")
    [Quoted(part='', words='A与B联合发起C'), Quoted(part='date', words='2018年3月'), Quoted(part='fact', words='另有D')]
    """
    first, *rest = [words.strip() for words in BETWEEN.split(cell) if words.strip()] or [""]
    return [Quoted("", first), *map(_further, rest)]


def _further(words: str) -> Quoted:
    label = LABEL.fullmatch(words)
    return Quoted(PART_WORDS[label["part"].lower()], label["words"]) if label else Quoted("fact", words)


@dataclass(frozen=True)
class Finder:
    """Finds quoted passages in the text of one source.

    Args:
        source: its id.
        passages: its text.
    """

    source: str
    passages: Passages

    def place(self, quote: Quoted, at: Place) -> Span | Problem:
        """Return the one place of a passage, or what is wrong with it, with the places that come near.

        Args:
            quote: the passage.
            at: the row that quotes it.
        """
        words, number = quote.words, 0
        found = self.passages.find(words)
        choice = CHOICE.fullmatch(words)
        if not found and choice is not None:
            words, number = choice["words"], int(choice["number"])
            found = self.passages.find(words)
        if not found:
            return self._nowhere(words, at)
        if number > len(found):
            return _problem(at, "quote-choice", short(words), self.listed(found), count=str(len(found)), number=str(number))
        if number or len(found) == 1:
            return found[number - 1]
        return _problem(at, "quote-several", short(words), self.listed(found), count=str(len(found)))

    def _nowhere(self, words: str, at: Place) -> Problem:
        near = self.passages.nearest(words)
        if near is None:
            return _problem(at, "quote-nowhere", short(words), {}, source=self.source)
        return _problem(at, "quote-nearest", short(words), self._shown("", near), source=self.source)

    def listed(self, found: Sequence[Span]) -> dict[str, str]:
        """Return several places as a message lists them, numbered, by language."""
        rows = [self._shown(f"#{number} ", place) for number, place in enumerate(found[:LISTED], 1)]
        more = " …" if len(found) > LISTED else ""
        return {language: "; ".join(row[language] for row in rows) + more for language in LANGUAGES}

    def _shown(self, mark: str, place: Span) -> dict[str, str]:
        return {language: f"{mark}{self.where(place, language)} {glimpse(self.passages.text, place)}" for language in LANGUAGES}

    @cached_property
    def _outline(self) -> Outline:
        return Outline(outline({"": self.passages.text}))

    def where(self, place: Span, language: str) -> str:
        """Return in which paragraph and sentence a place lies."""
        sentence = self._outline.find("", place[0])
        return "" if sentence is None else say("paragraph-sentence", language, paragraph=str(sentence.paragraph), sentence=str(sentence.sentence))


def _problem(at: Place, code: str, value: str, places: Mapping[str, str], **values: str) -> Problem:
    return Problem(at.file, at.line, at.column(QUOTE), code, {"value": value, **places, **values})


def glimpse(text: str, place: Span) -> str:
    """Return a place with a few characters around it: ``…于2018年【联合启动】红色之旅…``."""
    begin, stop = place
    words = without_noise(text[begin:stop])
    words = words if len(words) <= SHOWN else f"{words[: SHOWN // 2]}…{words[-SHOWN // 2 :]}"
    before, after = without_noise(text[max(begin - AROUND, 0) : begin]), without_noise(text[stop : stop + AROUND])
    return f"{'…' if begin > AROUND else ''}{before}【{words}】{after}{'…' if stop + AROUND < len(text) else ''}"
