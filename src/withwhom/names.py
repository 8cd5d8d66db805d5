"""Finds entities by any of their names, and never guesses silently.

A build writes the index (SQLite); it is opened when a name is asked for. A name is looked up as an id, as it is written, in its
normal form (:func:`withwhom.text.normal`), in its loose form (administrative and legal endings understood), as pinyin, and last
by similarity.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.problems import SaidError, WorkspaceError
from withwhom.text import normal

if TYPE_CHECKING:
    from withwhom.ontology import Ontology
    from withwhom.records import Records

# How people shorten names, undone before comparing; longer forms first.
EXPANSIONS = (
    ("红十字总会", "红十字会总会"),
    ("红会", "红十字会"),
    ("卫健委", "卫生健康委员会"),
    ("扶贫办", "扶贫开发办公室"),
    ("社管中心", "社会组织管理中心"),
)
DISTRICTS = r"(?<=[一-鿿]{2})(省|市|县|区|维吾尔自治区|壮族自治区|回族自治区|自治区|地区)(?=[一-鿿]{2})"
NEAR, CLEAR, MARGIN = 55.0, 88.0, 8.0
# Most that a part of a name, and an abbreviation of it, can score.
PART, ABBREVIATED = 0.85, 86.0
CANDIDATES = 400


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


@cache
def loose(text: str) -> str:
    """Return the form in which endings such as 省, 市 and 有限公司 do not matter and usual abbreviations are written out."""
    plain = normal(text)
    for short, long in EXPANSIONS:
        if long not in plain:
            plain = plain.replace(short, long)
    plain = re.sub(DISTRICTS, "", plain)
    cut = re.sub(r"(股份有限公司|有限责任公司|有限公司)$|(?<=[一-鿿]{2})(省|市|县|区|乡|镇|村)$", "", plain)
    return cut if len(cut) >= 2 else plain


@cache
def romanized(text: str) -> str:
    """Return pinyin without tones and spaces; what is not Chinese stays."""
    from pypinyin import lazy_pinyin

    return plain_latin("".join(lazy_pinyin(normal(text))))


def plain_latin(text: str) -> str:
    """Return letters and digits without accents, tones, case and spaces, ü as v: the form of pinyin in the index."""
    decomposed = unicodedata.normalize("NFD", text.lower()).replace("u\u0308", "v").replace("u:", "v")
    return "".join(character for character in decomposed if character.isalnum())


def _bigrams(text: str) -> set[str]:
    return {text[number : number + 2] for number in range(len(text) - 1)} or {text}


def write_index(path: Path, records: Records, ontology: Ontology) -> None:
    """Write the index of every name of every entity.

    Args:
        path: the new file.
        records: the records of the build.
        ontology: the vocabulary, for the classes that an entity belongs to.
    """
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE entity (id TEXT PRIMARY KEY, zh TEXT, en TEXT, type TEXT, classes TEXT) WITHOUT ROWID")
        connection.execute("CREATE TABLE name (id INTEGER PRIMARY KEY, entity TEXT, name TEXT, normal TEXT, loose TEXT, pinyin TEXT, kind TEXT, source TEXT)")
        connection.execute("CREATE TABLE gram (gram TEXT, name INTEGER, PRIMARY KEY (gram, name)) WITHOUT ROWID")
        for entity in sorted(records.entities, key=lambda entity: entity.id):
            classes = " ".join(iri.rpartition("#")[2] for iri in ontology.classes[entity.type].ancestors)
            connection.execute("INSERT INTO entity VALUES (?, ?, ?, ?, ?)", (entity.id, entity.name_zh, entity.name_en, entity.type, f" {classes} "))
        rows = sorted(set(_name_rows(records)))
        connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [(number, *row) for number, row in enumerate(rows)])
        grams = ((gram, number) for number, row in enumerate(rows) for key in (row[2], row[4]) for gram in _bigrams(key))
        connection.executemany("INSERT OR IGNORE INTO gram VALUES (?, ?)", sorted(set(grams)))
        for column in ("normal", "loose", "pinyin"):
            connection.execute(f"CREATE INDEX name_{column} ON name ({column})")
    connection.execute("VACUUM")
    connection.close()


def _name_rows(records: Records) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    for entity in records.entities:
        for name, kind in ((entity.name_zh, "name"), (entity.name_en, "name")):
            yield entity.id, name, normal(name), loose(name), romanized(name), kind, ""
    for row in records.names:
        yield row.entity, row.name, normal(row.name), loose(row.name), romanized(row.name), row.kind, row.source


@dataclass(frozen=True)
class NameIndex:
    """The index of a build.

    Args:
        path: the file that :func:`write_index` wrote.
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
        with self.reading() as connection:
            found: dict[str, Match] = {}
            for step in self._steps(connection, text, cls):
                for match in step:
                    if match.entity not in found or match.score > found[match.entity].score:
                        found[match.entity] = match
                if exact and sum(match.how != "context" for match in found.values()) == 1:
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
        query = f"""SELECT e.id, e.zh, e.en, e.type, n.name, n.source, e.classes FROM name n JOIN entity e ON e.id = n.entity
            WHERE n.{column} = ? AND e.classes LIKE ? ORDER BY n.source, e.id"""  # noqa: S608  # the column is one of the four above
        for entity, zh, en, kind, name, source, classes in connection.execute(query, keys):
            # A form that holds in one source only is a candidate there, never the meaning of a bare name.
            yield Match(entity, zh, en, kind, name, "context" if source else how, 90.0 if source else score, source, classes)

    @staticmethod
    def _near(connection: sqlite3.Connection, text: str, wanted: str) -> Iterator[Match]:
        from rapidfuzz import fuzz

        keys = {normal(text), loose(text), plain_latin(text)} - {""}
        grams = sorted(set().union(*map(_bigrams, keys))) if keys else []
        query = f"""SELECT e.id, e.zh, e.en, e.type, n.name, n.normal, n.loose, n.pinyin, n.source, e.classes FROM name n JOIN entity e ON e.id = n.entity
            WHERE e.classes LIKE ? AND n.id IN (SELECT name FROM gram WHERE gram IN ({",".join("?" * len(grams))})
            GROUP BY name ORDER BY COUNT(*) DESC LIMIT {CANDIDATES})"""  # noqa: S608  # placeholders and a number of our own
        for entity, zh, en, kind, name, *forms, source, classes in connection.execute(query, (wanted, *grams)):
            score = max(_similarity(fuzz, text, key, name, form) for key in keys for form in forms)
            if score >= NEAR:
                yield Match(entity, zh, en, kind, name, "near", round(min(score, 93.0) - (3.0 if source else 0.0), 1), source, classes)


def _rank(match: Match) -> tuple[float, bool, int, str]:
    """Order matches: the nearest first; of equals organizations, then short names."""
    return -match.score, "Organization" not in match.classes, len(match.zh), match.entity


def _similarity(fuzz: object, text: str, key: str, name: str, form: str) -> float:
    """Return how near two names are.

    The best of: edit similarity; a part of the longer name; an abbreviation made of its characters in order (工商联 for
    工商业联合会); all words of an English name that has more.
    """
    scores = [float(fuzz.ratio(key, form))]  # type: ignore[attr-defined]  # the module is handed over to import it once
    chinese = not key.isascii()
    if (2 if chinese else 4) <= len(key) <= len(form):
        scores.append(PART * float(fuzz.partial_ratio(key, form)))  # type: ignore[attr-defined]  # as above
    if chinese and len(key) >= 3 and key[0] == form[:1] and _in_order(key, form):
        scores.append(ABBREVIATED)
    words = text.lower().split()
    if len(words) > 1 and set(words) <= set(name.lower().split()):
        scores.append(ABBREVIATED)
    return max(scores)


def _in_order(key: str, form: str) -> bool:
    """Tell whether the characters of ``key`` stand in ``form`` in their order."""
    rest = iter(form)
    return all(character in rest for character in key)
