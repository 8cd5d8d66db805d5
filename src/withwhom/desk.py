"""A workspace that a row is to be added to, and how the cells of a row become a record of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rdflib import Graph

from withwhom.cells import Context
from withwhom.check import check_records
from withwhom.meanings import ColumnTerms, EntityNames
from withwhom.ontology import Ontology, read_ontology, read_turtle
from withwhom.problems import InputError, Problem
from withwhom.records import Entity, Name, Place, Records, Source, Statement
from withwhom.resolve import resolved
from withwhom.tables import ENTITY_COLUMNS, NAME_COLUMNS, QUOTE, SOURCE_COLUMNS, STATEMENT_COLUMNS, STATEMENT_ORDER, read_records, read_texts
from withwhom.workspace import Workspace

SHARED_TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "source": ("sources.csv", SOURCE_COLUMNS),
    "entity": ("entities.csv", ENTITY_COLUMNS),
    "name": ("names.csv", NAME_COLUMNS),
}
KINDS = (*SHARED_TABLES, "statement")
Cells = Mapping[str, str]
Row = Source | Entity | Name | Statement


@dataclass(frozen=True)
class Desk:
    """A workspace that a row is to be added to.

    Args:
        workspace: where its tables are.
        ontology: the vocabulary.
        shapes: the SHACL shapes.
        read: the rows as its tables have them, with the texts at hand.
        folder: where the texts lie.
    """

    workspace: Workspace
    ontology: Ontology
    shapes: Graph
    read: Records
    folder: Path

    @cached_property
    def records(self) -> Records:
        """The rows with ids and codes."""
        return resolved(self.read, self.ontology)

    @cached_property
    def _context(self) -> Context:
        return Context(self.records, self.ontology)

    @property
    def names(self) -> EntityNames:
        return self._context.names

    @property
    def terms(self) -> ColumnTerms:
        return self._context.terms

    @cached_property
    def found_before(self) -> frozenset[Problem]:
        """The problems that the workspace has already."""
        return frozenset(check_records(replace(self.records, texts={}), self.ontology))


def open_desk(workspace: Workspace, texts: Path | None = None) -> Desk:
    """Read a workspace.

    Args:
        workspace: where its tables are.
        texts: folder of the texts; default ``sources/`` in the workspace.

    Raises:
        InputError: its vocabulary or a table cannot be read.
    """
    ontology = read_ontology(workspace)
    shapes = read_turtle((path, workspace.shown(path)) for path in workspace.shape_files())
    records, problems = read_records(workspace)
    if problems:
        raise InputError(problems)
    folder = texts or workspace.root / "sources"
    return Desk(workspace, ontology, shapes, replace(records, texts=read_texts(records.sources, folder)), folder)


def columns_of(kind: str, ontology: Ontology) -> list[str]:
    """Return the columns that a new row may fill, in the order of its table; of a statement its source first, and the quote."""
    if kind != "statement":
        return list(SHARED_TABLES[kind][1])
    own = sorted(set(ontology.qualifiers) - set(STATEMENT_ORDER))
    return ["source", *(column for column in STATEMENT_ORDER if column in (*STATEMENT_COLUMNS, QUOTE) or column in ontology.qualifiers), *own]


def table_of(kind: str, cells: Cells, desk: Desk) -> Path:
    """Return the table that a row goes into."""
    return desk.workspace.graph / (SHARED_TABLES[kind][0] if kind in SHARED_TABLES else f"statements/{cells.get('source', '')}.csv")


def record(kind: str, cells: Cells, at: Place) -> Row:
    """Return the record that cells make, without the quote, which is no part of it."""
    if kind != "statement":
        make: type[Source] | type[Entity] | type[Name] = {"source": Source, "entity": Entity, "name": Name}[kind]
        return make(at, *(cells.get(column, "") for column in SHARED_TABLES[kind][1]))
    known = {column: cells.get(column, "") for column in ("source", *STATEMENT_COLUMNS)}
    further = {column: cell for column, cell in cells.items() if cell and column not in known and column != QUOTE}
    return Statement(at, **known, qualifiers=further)


def with_row(row: Row, records: Records) -> Records:
    """Return records with a further row."""
    match row:
        case Source():
            return replace(records, sources=(*records.sources, row))
        case Entity():
            return replace(records, entities=(*records.entities, row))
        case Name():
            return replace(records, names=(*records.names, row))
        case Statement():
            return replace(records, statements=(*records.statements, row))


def alone(row: Row, desk: Desk) -> Records:
    """Return the shared tables and of the others a new row only."""
    return with_row(row, replace(desk.records, statements=(), evidence=(), outline=()))


def last_row(row: Row, records: Records) -> Row:
    """Return the row that :func:`_with` added."""
    match row:
        case Source():
            return records.sources[-1]
        case Entity():
            return records.entities[-1]
        case Name():
            return records.names[-1]
        case Statement():
            return records.statements[-1]
