"""The rows of a workspace's tables, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Cells: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: file as the user knows it, physical line, and the number of each cell by column name."""

    file: str
    line: int
    columns: Mapping[str, int]

    def column(self, name: str) -> int:
        """Return the 1-based number of a column, 0 if the table has none of that name."""
        return self.columns.get(name, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A document or table that statements rest on."""

    at: Place
    id: str
    title: str
    author: str
    publisher: str
    date: str
    language: str
    url: str
    archived: str
    file: str
    sha256: str
    note: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing; ``collective`` marks a set, ``place`` and ``same_as`` are background knowledge."""

    at: Place
    id: str
    type: str
    name_zh: str
    name_en: str
    collective: str
    count: str
    count_qualifier: str
    place: str
    same_as: str
    note: str


@dataclass(frozen=True, slots=True)
class Name:
    """A further name of an entity; with a source it holds there only, with begin and stop only in that stretch."""

    at: Place
    entity: str
    name: str
    language: str
    kind: str
    source: str
    begin: str
    stop: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Statement:
    """An annotated triple: who, what, whom, its evidence, and the qualifiers that the ontology declares (by column)."""

    at: Place
    source: str
    id: str
    subject: str
    predicate: str
    object: str
    begin: str
    stop: str
    digest: str
    qualifiers: Cells

    @property
    def reference(self) -> str:
        """The statement as it is cited: ``<source>/<id>``."""
        return f"{self.source}/{self.id}"

    def full(self, value: str) -> str:
        """Return a reference to a statement in full: one without a source means the same file."""
        return value if "/" in value else f"{self.source}/{value}"

    def get(self, column: str) -> str:
        """Return a qualifier's cell, empty if the table or the row has none."""
        return self.qualifiers.get(column, "")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A further span of a statement: the actor, the date or another part often stands a sentence away."""

    at: Place
    statement: str
    part: str
    begin: str
    stop: str
    digest: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Where a sentence of a source stands, in numbers only."""

    source: str
    paragraph: int
    sentence: int
    begin: int
    stop: int


@dataclass(frozen=True)
class Records:
    """All rows of a workspace, as read; with the texts at hand by source, and passages out of copies of others by statement."""

    sources: tuple[Source, ...] = ()
    entities: tuple[Entity, ...] = ()
    names: tuple[Name, ...] = ()
    statements: tuple[Statement, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    outline: tuple[Sentence, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
