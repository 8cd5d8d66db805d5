"""Finds entities by any of their names, and never guesses silently.

A build writes the index (SQLite); it is opened when a name is asked for. A name is looked up as an id, as it is written, in its
normal form (:func:`withwhom.text.normal`), in its loose form (administrative and legal endings understood), as pinyin, and last
by similarity (:mod:`withwhom.names_near`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from withwhom.name_forms import loose, plain_latin
from withwhom.names_near import ABBREVIATED, NEAR, compared, similarity
from withwhom.problems import SaidError, WorkspaceError
from withwhom.text import normal

CLEAR, MARGIN = 88.0, 8.0
# What is nearer than this to a text scores little more.
MOST = 93.0
# Names of one form that are read for each entity that is asked for: several may be the same entity's.
ALIKE = 10


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
        with self.reading() as connection:
            for step in self._steps(connection, text, cls, ALIKE * limit):
                for match in step:
                    if match.entity not in found or match.score > found[match.entity].score:
                        found[match.entity] = match
                certain = sum(match.how != "context" for match in found.values())
                if (exact and certain == 1) or certain >= limit:  # further steps find only what is less near
                    break
        return sorted(found.values(), key=_rank)[:limit]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the index for reading.

        Raises:
            WorkspaceError: there is none, or it is damaged.
        """
        try:
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                connection.execute("PRAGMA cache_size = -32000")
                yield connection
        except sqlite3.Error as error:
            raise WorkspaceError("build-unreadable", path=str(self.path), detail=str(error)) from error

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

    def _steps(self, connection: sqlite3.Connection, text: str, cls: str, most: int) -> Iterator[Iterator[Match]]:
        wanted = f"% {cls} %" if cls else "%"
        yield self._by_id(connection, text, wanted)
        ways: tuple[tuple[str, str, Callable[[str], str], float], ...] = (
            ("name", "name", str.strip, 99.0),
            ("normal", "form", normal, 98.0),
            ("loose", "loose", loose, 95.0),
            ("pinyin", "pinyin", plain_latin, 94.0),
        )
        for column, how, form, score in ways:  # each form is made when its turn comes: what converts Chinese is dear to load
            if key := form(text):
                yield self._exact(connection, column, (key, wanted, most), how, score)
        yield self._near(connection, text, cls)

    @staticmethod
    def _by_id(connection: sqlite3.Connection, text: str, wanted: str) -> Iterator[Match]:
        for identifier, zh, en, kind, classes in connection.execute(
            "SELECT id, zh, en, type, classes FROM entity WHERE id = ? AND classes LIKE ?", (text.strip(), wanted)
        ):
            yield Match(identifier, zh, en, kind, text, "id", 100.0, "", classes)

    @staticmethod
    def _exact(connection: sqlite3.Connection, column: str, values: tuple[str, str, int], how: str, score: float) -> Iterator[Match]:
        # Of more than can be shown only the first are read: those of no single source, of short names, of organizations.
        query = f"""SELECT e.id, e.zh, e.en, e.type, n.name, n.source, e.classes FROM name n JOIN entity e ON e.number = n.entity
            WHERE n.{column} = ? AND e.classes LIKE ? ORDER BY n.source, n.id LIMIT ?"""  # noqa: S608  # one of the columns above
        for entity, zh, en, kind, name, source, classes in connection.execute(query, values):
            # A form that holds in one source only is a candidate there, never the meaning of a bare name.
            yield Match(entity, zh, en, kind, name, "context" if source else how, 90.0 if source else score, source, classes)

    @staticmethod
    def _near(connection: sqlite3.Connection, text: str, cls: str) -> Iterator[Match]:
        from rapidfuzz import fuzz

        keys = {normal(text), loose(text), plain_latin(text)} - {""}
        words = set(text.lower().split())
        rows = sorted(compared(connection, keys, cls), key=lambda row: row[4].isascii() != text.isascii())  # of equals that in the same script is shown
        for entity, zh, en, kind, name, *forms, source, classes in rows:
            score = max(similarity(fuzz, key, form) for form in set(forms) for key in keys)
            if len(words) > 1 and words <= set(name.lower().split()):
                score = max(score, ABBREVIATED)
            if score >= NEAR:  # but never as good as a name that is understood
                score = min(score, MOST) - 3 if source else min(score, MOST + (score - MOST) / 10)
                yield Match(entity, zh, en, kind, name, "near", round(score, 1), source, classes)


def _rank(match: Match) -> tuple[float, bool, int, str]:
    """Order matches: the nearest first; of equals organizations, then short names."""
    return -match.score, "Organization" not in match.classes, len(match.zh), match.entity
