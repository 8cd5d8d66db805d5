"""Writes the index of names of a build, in memory that does not grow with the number of names.

Names are numbered so that short ones come first, and of equals those of organizations. For each piece of a name
(:func:`withwhom.name_forms.pieces`) the index holds the numbers of the names that have it, a batch of names a row, as unsigned 32-bit
integers, lowest byte first. Where more names share as much with a text as are compared, those with the lowest numbers are.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from withwhom.name_forms import forms, pieces
from withwhom.names_near import CLASS, packed

if TYPE_CHECKING:
    from withwhom.ontology import Ontology
    from withwhom.records import Entity, Name

BATCH = 100_000
# A crash during a build leaves the old build in place, so nothing needs a journal.
SCHEMA = """PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
    CREATE TABLE entity (number INTEGER PRIMARY KEY, id TEXT, zh TEXT, en TEXT, type TEXT, classes TEXT);
    CREATE TABLE name (id INTEGER PRIMARY KEY, entity INTEGER, name TEXT, normal TEXT, loose TEXT, pinyin TEXT, kind TEXT, source TEXT);
    CREATE TABLE piece (piece TEXT, batch INTEGER, size INTEGER, names BLOB);
    CREATE TEMP TABLE given (id TEXT, zh TEXT, en TEXT, type TEXT, classes TEXT, body INTEGER);
    CREATE TEMP TABLE said (entity TEXT, name TEXT, kind TEXT, source TEXT);"""
ENTITIES = """INSERT INTO entity (id, zh, en, type, classes) SELECT id, zh, en, type, classes FROM given ORDER BY body DESC, length(zh), id;
    CREATE UNIQUE INDEX entity_id ON entity (id);
    INSERT INTO said SELECT id, zh, 'name', '' FROM given UNION ALL SELECT id, en, 'name', '' FROM given;"""
# In UTF-8 a Chinese name is about as long as its pinyin.
NAMES = """SELECT e.number, s.name, s.kind, s.source, e.classes FROM said s JOIN entity e ON e.id = s.entity WHERE s.name <> ''
    GROUP BY length(CAST(s.name AS BLOB)), e.number, s.name, s.kind, s.source ORDER BY length(CAST(s.name AS BLOB)), e.number, s.name, s.kind, s.source"""
INDEXES = "CREATE UNIQUE INDEX piece_piece ON piece (piece, batch, size);" + "".join(
    f"CREATE INDEX name_{column} ON name ({column}, source);" for column in ("name", "normal", "loose", "pinyin")
)

Row = tuple[int, int, str, str, str, str, str, str, str]


class Named(Protocol):
    """What has names: the records of a build, or anything that yields entities and further names."""

    @property
    def entities(self) -> Iterable[Entity]: ...

    @property
    def names(self) -> Iterable[Name]: ...


def write_index(path: Path, records: Named, ontology: Ontology) -> None:
    """Write the index of every name of every entity.

    Args:
        path: the new file.
        records: what has names; entities and names are walked once, in this order.
        ontology: the vocabulary, for the classes that an entity belongs to.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?, ?)", _entities(records, ontology))
        connection.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", ((row.entity, row.name, row.kind, row.source) for row in records.names))
        for step in ENTITIES.split(";\n"):
            connection.execute(step)
        for number, rows in enumerate(_batches(_rows(connection.execute(NAMES)))):
            connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row[:-1] for row in rows))
            connection.executemany("INSERT INTO piece VALUES (?, ?, ?, ?)", ((piece, number, *numbers) for piece, numbers in _postings(rows)))
        connection.execute("COMMIT")
        connection.executescript(INDEXES)


def _entities(records: Named, ontology: Ontology) -> Iterator[tuple[str, str, str, str, str, bool]]:
    classes = {name: " ".join(iri.rpartition("#")[2] for iri in known.ancestors) for name, known in ontology.classes.items()}
    for entity in records.entities:
        yield entity.id, entity.name_zh, entity.name_en, entity.type, f" {classes[entity.type]} ", "Organization" in classes[entity.type]


def _rows(said: Iterable[tuple[int, str, str, str, str]]) -> Iterator[Row]:
    for number, (entity, name, kind, source, classes) in enumerate(said):
        yield number, entity, name, *forms(name), kind, source, classes


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _postings(rows: Sequence[Row]) -> Iterator[tuple[str, tuple[int, bytes]]]:
    """Yield each piece, and each class, in order, with how many names have it and their numbers."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, _, _, plain, loosened, pinyin, _, _, classes in rows:
        own = set().union(*map(pieces, {pinyin} if plain.isascii() else {plain, loosened, pinyin}))
        for posting in map(postings.__getitem__, chain(own, map(CLASS.__add__, classes.split()))):
            posting.append(number)
    for piece, numbers in sorted(postings.items()):
        yield piece, (len(numbers), packed(numbers))
