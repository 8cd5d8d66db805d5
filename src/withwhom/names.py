"""Finds entities by any of their names, and never guesses silently.

A build writes the index (SQLite); it is opened when a name is asked for. A name is looked up as an id, as it is written, in its
normal form (:func:`withwhom.text.normal`), in its loose form (administrative and legal endings understood), as pinyin, and last
by similarity.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from math import log
from pathlib import Path

from withwhom.name_forms import loose, pieces, plain_latin
from withwhom.names_build import unpacked
from withwhom.problems import SaidError, WorkspaceError
from withwhom.text import normal

NEAR, CLEAR, MARGIN = 55.0, 88.0, 8.0
# Most that a part of a name, and an abbreviation of it, can score.
PART, ABBREVIATED = 0.85, 86.0
# Most names that are compared; names of a class for which more are looked at; names of one form that are read.
CANDIDATES, LOOKED_AT, ALIKE = 400, 4_000, 500
# Most entries of the index that are read, and least of each piece: the rarest pieces tell most, and come first.
READ, LEAST = 100_000, 2_000


class NameUnclearError(SaidError):
    """A name that means no entity, or several.

    Args:
        text: the name as given.
        candidates: what it may mean, best first; empty if nothing is near.
    """

    def __init__(self, text: str, candidates: Sequence[Match], key: str = "name-unclear") -> None:
        self.text = text
        self.candidates = tuple(candidates)
        lines = [f"\n  {match.entity}\t{match.zh} / {match.en}" + (f"\t[{match.where}]" if match.where else "") for match in candidates]
        super().__init__(key if candidates else "name-unknown", value=repr(text[:60]), candidates="".join(lines))


@dataclass(frozen=True)
class Match:
    """An entity that a name may mean: how the name was understood, how near it is (0-100), and where the form occurs."""

    entity: str
    zh: str
    en: str
    type: str
    name: str
    how: str
    score: float
    where: str = field(default="")
    classes: str = field(default="", repr=False)


@dataclass(frozen=True)
class NameIndex:
    """The index of a build.

    Args:
        path: the file that :func:`withwhom.names_build.write_index` wrote.
    """

    path: Path

    def find(self, text: str, *, cls: str = "", limit: int = 10, exact: bool = False) -> list[Match]:
        """Return the entities that a text may mean, best first.

        Args:
            text: an id or a name in any form: abbreviation, former name, Traditional, pinyin with or without tones, English, with a typo.
            cls: local name of a class that the entity must belong to; any if empty.
            limit: how many at most.
            exact: stop at the first way of understanding that gives exactly one entity, and do not look for what is near.

        Returns:
            Matches; those of one kind (``how``: id, name, form, loose, pinyin, near) have the same score, near ones differ.
        """
        if any("\ud800" <= character <= "\udfff" for character in text):
            return []  # half a character is no text
        found: dict[str, Match] = {}
        with closing(self.connect()) as connection:
            for step in self._steps(connection, text, cls):
                for match in step:
                    if match.entity not in found or match.score > found[match.entity].score:
                        found[match.entity] = match
                certain = sum(match.how != "context" for match in found.values())
                if (exact and certain == 1) or certain >= limit:  # further steps find only what is less near
                    break
        return sorted(found.values(), key=_rank)[:limit]

    def connect(self) -> sqlite3.Connection:
        """Open the index for reading.

        Raises:
            WorkspaceError: there is none, or it is damaged.
        """
        try:
            connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
            connection.execute("SELECT 1 FROM piece LIMIT 1")
        except sqlite3.Error as error:
            raise WorkspaceError("store-unreadable", path=str(self.path), detail=str(error)) from error
        return connection

    def resolve(self, text: str, *, cls: str = "", guess: bool = False) -> Match:
        """Return the one entity that a text means.

        Args:
            text: as in :meth:`find`.
            cls: as in :meth:`find`.
            guess: whether a single clearly nearest name may be taken; only a person at a terminal can see that it was.

        Raises:
            NameUnclearError: it means none or several; the candidates are in the error.
        """
        matches = self.find(text, cls=cls, exact=True)
        if cls and (not matches or matches[0].how in ("near", "context")):
            other = [match for match in self.find(text, exact=True) if match.how not in ("near", "context")]
            if len(other) == 1:
                raise NameUnclearError(text, other, key="name-other-kind")
        if not matches:
            raise NameUnclearError(text, ())
        best = [match for match in matches if match.score == matches[0].score]
        certain = matches[0].how != "near" and len(best) == 1 and matches[0].how != "context"
        margin = matches[0].score - (matches[1].score if len(matches) > 1 else 0)
        if certain or (guess and matches[0].how == "near" and matches[0].score >= CLEAR and margin >= MARGIN):
            return matches[0]
        if matches[0].how == "near":
            raise NameUnclearError(text, matches, key="name-near")
        if matches[0].how == "context":
            raise NameUnclearError(text, matches)
        raise NameUnclearError(text, best)

    def _steps(self, connection: sqlite3.Connection, text: str, cls: str) -> Iterator[Iterator[Match]]:
        wanted = f"% {cls} %" if cls else "%"
        yield self._by_id(connection, text, wanted)
        ways: tuple[tuple[str, str, Callable[[str], str], float], ...] = (
            ("name", "name", str.strip, 99.0),
            ("normal", "form", normal, 98.0),
            ("loose", "loose", loose, 95.0),
            ("pinyin", "pinyin", plain_latin, 94.0),
        )
        for column, how, form, score in ways:
            yield self._exact(connection, column, how, (form(text), wanted), score)
        yield self._near(connection, text, wanted)

    @staticmethod
    def _by_id(connection: sqlite3.Connection, text: str, wanted: str) -> Iterator[Match]:
        for identifier, zh, en, kind, classes in connection.execute(
            "SELECT id, zh, en, type, classes FROM entity WHERE id = ? AND classes LIKE ?", (text.strip(), wanted)
        ):
            yield Match(identifier, zh, en, kind, text, "id", 100.0, "", classes)

    @staticmethod
    def _exact(connection: sqlite3.Connection, column: str, how: str, keys: tuple[str, str], score: float) -> Iterator[Match]:
        if not keys[0]:
            return
        # Of more than can be shown only the first are read: those of no single source, of short names, of organizations.
        query = f"""SELECT e.id, e.zh, e.en, e.type, n.name, n.source, e.classes FROM name n JOIN entity e ON e.number = n.entity
            WHERE n.{column} = ? AND e.classes LIKE ? ORDER BY n.source, n.id LIMIT {ALIKE}"""  # noqa: S608  # one of the four columns above, a number of our own
        for entity, zh, en, kind, name, source, classes in connection.execute(query, keys):
            # A form that holds in one source only is a candidate there, never the meaning of a bare name.
            yield Match(entity, zh, en, kind, name, "context" if source else how, 90.0 if source else score, source, classes)

    @staticmethod
    def _near(connection: sqlite3.Connection, text: str, wanted: str) -> Iterator[Match]:
        keys = {normal(text), loose(text), plain_latin(text)} - {""}
        words = set(text.lower().split())
        rows = sorted(_compared(connection, keys, wanted), key=lambda row: row[4].isascii() != text.isascii())  # of equals that in the same script is shown
        for entity, zh, en, kind, name, *forms, source, classes in rows:
            score = max(_similarity(key, form) for key in keys for form in set(forms))
            if len(words) > 1 and words <= set(name.lower().split()):
                score = max(score, ABBREVIATED)
            if score >= NEAR:
                yield Match(entity, zh, en, kind, name, "near", round(min(score, 93.0) - (3.0 if source else 0.0), 1), source, classes)


def _compared(connection: sqlite3.Connection, keys: Iterable[str], wanted: str) -> Iterator[tuple[str, ...]]:
    """Yield the names to compare with, at most ``CANDIDATES`` of the class that is wanted, those that share most first."""
    numbers = _sharing(connection, set().union(*map(pieces, keys)), CANDIDATES if wanted == "%" else LOOKED_AT)
    left = CANDIDATES
    for begin in range(0, len(numbers), CANDIDATES):
        some = numbers[begin : begin + CANDIDATES]
        query = f"""SELECT e.id, e.zh, e.en, e.type, n.name, n.normal, n.loose, n.pinyin, n.source, e.classes FROM name n JOIN entity e ON e.number = n.entity
            WHERE n.id IN ({",".join("?" * len(some))}) AND e.classes LIKE ?"""  # noqa: S608  # placeholders
        rows = connection.execute(query, (*some, wanted)).fetchall()
        yield from rows[:left]
        left -= len(rows)
        if left <= 0:
            break


def _sharing(connection: sqlite3.Connection, wanted: set[str], most: int) -> list[int]:
    """Return the numbers of the names that share most with a text, the rarer a piece the more it counts; of equals short names first."""
    shared: dict[int, float] = {}
    total = int(connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM name").fetchone()[0])
    left = READ
    for size, piece in _by_rarity(connection, wanted):
        weight = log(1 + total / size)
        numbers = _posting(connection, piece, max(left, LEAST))
        left -= len(numbers)
        for number in numbers:
            shared[number] = shared.get(number, 0.0) + weight
        if left < -READ:
            break
    least = min(heapq.nlargest(most, shared.values()), default=0.0)
    best = sorted((-weight, number) for number, weight in shared.items() if weight >= least)
    return [number for _, number in best[:most]]


def _by_rarity(connection: sqlite3.Connection, wanted: Iterable[str]) -> list[tuple[int, str]]:
    """Return how many names have each piece, rarest first, without those that no name has."""
    sizes = ((connection.execute("SELECT SUM(LENGTH(names)) FROM piece WHERE piece = ?", (piece,)).fetchone()[0], piece) for piece in wanted)
    return sorted((size // 4, piece) for size, piece in sizes if size)


def _posting(connection: sqlite3.Connection, piece: str, most: int) -> list[int]:
    """Return the first numbers of the names that have a piece."""
    numbers: list[int] = []
    for (names,) in connection.execute("SELECT names FROM piece WHERE piece = ? ORDER BY batch", (piece,)):
        numbers += unpacked(names)[: most - len(numbers)]
        if len(numbers) >= most:
            break
    return numbers


def _rank(match: Match) -> tuple[float, bool, int, str]:
    """Order matches: the nearest first; of equals organizations, then short names."""
    return -match.score, "Organization" not in match.classes, len(match.zh), match.entity


def _similarity(key: str, form: str) -> float:
    """Return how near two forms are, 0 if farther than anyone asks.

    The best of: edit similarity; a part of the longer name; an abbreviation made of its characters in order (工商联 for
    工商业联合会).
    """
    from rapidfuzz import fuzz

    score = fuzz.ratio(key, form, score_cutoff=NEAR)
    chinese = not key.isascii()
    if (2 if chinese else 4) <= len(key) <= len(form):
        score = max(score, PART * fuzz.partial_ratio(key, form, score_cutoff=max(score, NEAR) / PART))
    if chinese and len(key) >= 3 and key[0] == form[:1] and _in_order(key, form):
        score = max(score, ABBREVIATED)
    return score


def _in_order(key: str, form: str) -> bool:
    """Tell whether the characters of ``key`` stand in ``form`` in their order."""
    rest = iter(form)
    return all(character in rest for character in key)
