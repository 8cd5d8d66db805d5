"""Puts ids and codes in place of the names and labels that people write into tables, between reading and checking.

What is an id or code already stays, and so does what is not clear: a name that means several entities, a label of several terms, a
word that nobody knows. The check then says so, with the cell (:mod:`withwhom.cells`). Nothing is taken for what is merely near.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from sys import intern
from typing import TypeVar

from withwhom.cells import DAMAGED_DATE
from withwhom.columns import DATATYPES
from withwhom.dates import bounds
from withwhom.meanings import ColumnTerms, EntityNames, column_terms, within
from withwhom.ontology import Ontology
from withwhom.records import Entity, Evidence, Name, Records, Source, Statement
from withwhom.written import period_of, sum_of

Read = Callable[[str], str]
R = TypeVar("R", Source, Entity, Name, Evidence)
# Characters up to which a figure is read: decimal arithmetic keeps 28 digits.
LONGEST_FIGURE = 24
ENDS = ("subject", "object")


def date_of(cell: str) -> str:
    """Return a date as the tables have it, 2018-03 for 2018年3月; what is none, or a spreadsheet may have changed, stays.

    >>> date_of("2018年3月"), date_of("2018-3-5"), date_of("2018/3/5"), date_of("2018.10")
    ('2018-03', '2018-03-05', '2018/3/5', '2018.10')
    """
    if bounds(cell) is not None or DAMAGED_DATE.fullmatch(cell) or re.search(r"[./]", cell):
        return cell
    period = period_of(cell)
    return period[0] if period is not None and period[0] == period[1] else cell


def figure_of(kind: str, cell: str) -> str:
    """Return a figure as the tables have it, 120000 for 120,000 or 12万; what is none, or says more than a figure, stays.

    Args:
        kind: decimal or integer.
        cell: as written.
    """
    if DATATYPES[kind].fullmatch(cell):
        return cell
    found = sum_of(cell) if len(cell) <= LONGEST_FIGURE else None
    if found is None or found.qualifier or found.currency or not DATATYPES[kind].fullmatch(str(found.figure)):
        return cell
    return str(found.figure)


PERIOD: Mapping[str, Read] = {"since": date_of, "until": date_of}


def resolved(records: Records, ontology: Ontology) -> Records:
    """Return records with ids in place of names, codes in place of labels, and dates and figures as the tables have them.

    Args:
        records: as read; parts of them will do, too, such as the tables that all sources share.
        ontology: it decides which terms there are, and of what kind a column is.
    """
    terms = column_terms(ontology)
    readers = {column: known.value for column, known in terms.entities.items()} | {"count": partial(figure_of, "integer")}
    entities = _read(records.entities, readers)
    names = _names(_read(records.names, {"kind": terms.names["kind"].value, **PERIOD}), entities)
    known = EntityNames(entities, names)
    return replace(
        records,
        sources=_read(records.sources, {"date": date_of}),
        entities=_placed(known, ontology),
        names=names,
        statements=_statements(records.statements, known, ontology, terms),
        evidence=_read(records.evidence, {"part": terms.evidence["part"].value}),
    )


def _changes(cells: Iterable[str], read: Read) -> dict[str, str]:
    """Return what becomes of those cells that change, given each once: a large table has few values in a column."""
    read_cells = ((cell, read(cell)) for cell in cells if cell)
    return {cell: intern(new) for cell, new in read_cells if new != cell}


def _read(rows: tuple[R, ...], readers: Mapping[str, Read]) -> tuple[R, ...]:
    """Return the rows of a shared table with the columns of ``readers`` read."""
    for column, read in readers.items():
        changes = _changes({getattr(row, column) for row in rows}, read)
        if changes:
            rows = tuple(replace(row, **{column: changes.get(cell := getattr(row, column), cell)}) for row in rows)
    return rows


def _placed(known: EntityNames, ontology: Ontology) -> tuple[Entity, ...]:
    """Return the entities with ids in the column ``place``."""
    rows = tuple(known.entities)
    if all(row.place in known.by_id for row in rows if row.place):
        return rows
    legal = {ontology.classes["Place"].iri}
    return tuple(replace(row, place=_entity(row.place, None, legal, known, ontology)) if row.place else row for row in rows)


def _names(rows: tuple[Name, ...], entities: Sequence[Entity]) -> tuple[Name, ...]:
    """Return the further names with ids of their entities; the names that find them may themselves be what such rows say."""
    ids = {entity.id for entity in entities}
    if all(row.entity in ids for row in rows if row.entity):
        return rows
    first = EntityNames(entities, rows)  # rows without an id say nothing yet
    found = tuple(replace(row, entity=first.of(row.entity, within(row)).one or row.entity) for row in rows)
    known = EntityNames(entities, found)
    pairs = zip(rows, found, strict=True)
    return tuple(new if new.entity == old.entity or known.of(old.entity, within(old)).one == new.entity else old for old, new in pairs)


def _entity(name: str, row: Statement | None, legal: Collection[str], known: EntityNames, ontology: Ontology) -> str:
    """Return the id that a name means; of several entities, the one that may stand there. What is not clear stays."""
    meaning = known.of(name, within(row))
    if len(meaning.ids) > 1 and meaning.sure:
        fitting = [id for id in meaning.ids if ontology.is_kind_of(known.by_id[id].type, legal)]
        return fitting[0] if len(fitting) == 1 else name
    return meaning.one or name


def _statements(rows: tuple[Statement, ...], known: EntityNames, ontology: Ontology, terms: ColumnTerms) -> tuple[Statement, ...]:
    readers = statement_readers(ontology, terms)
    cells = _cells(rows)
    changes = {column: found for column, read in readers.items() if (found := _changes(cells[column], read))}
    if changes:
        rows = tuple(_changed(row, {column: new for column, found in changes.items() if (new := found.get(_cell(row, column)))}) for row in rows)
        cells = _cells(rows)
    of_entities = [*ENDS, *(column for column, qualifier in ontology.qualifiers.items() if qualifier.kind == "entity")]
    strange = {column: names for column in of_entities if (names := _strange(cells[column], known.by_id))}
    if strange:
        rows = tuple(_changed(row, _found(row, strange, known, ontology)) for row in rows)
    return rows


def statement_readers(ontology: Ontology, terms: ColumnTerms) -> Mapping[str, Read]:
    """Return how the cells of a statement are read by column, where no name is looked up."""
    readers: dict[str, Read] = {column: known.value for column, known in terms.statements.items()}
    for column, qualifier in ontology.qualifiers.items():
        if qualifier.kind == "code":
            readers[column] = terms.statements[column].values
        elif qualifier.kind in ("decimal", "integer"):
            readers[column] = partial(figure_of, qualifier.kind)
        elif qualifier.kind == "date":
            readers[column] = date_of
    return readers


def _cell(row: Statement, column: str) -> str:
    return str(getattr(row, column)) if column in (*ENDS, "predicate") else row.get(column)


def _cells(rows: Iterable[Statement]) -> Mapping[str, set[str]]:
    """Return every cell once, by column."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for column, cell in row.qualifiers.items():
            found[column].add(cell)
    found |= {column: {getattr(row, column) for row in rows} for column in (*ENDS, "predicate")}
    return found


def _strange(cells: Iterable[str], ids: Collection[str]) -> set[str]:
    return {cell for cell in cells if cell and cell not in ids and not all(part in ids for part in cell.split("|"))}


def _found(row: Statement, strange: Mapping[str, Collection[str]], known: EntityNames, ontology: Ontology) -> dict[str, str]:
    """Return the cells of a row that are no ids, by column, with the ids that their names mean."""
    predicate = ontology.predicates.get(row.predicate)
    found = {}
    for column, cells in strange.items():
        cell = _cell(row, column)
        if cell in cells:
            if column in ENDS:
                legal = frozenset() if predicate is None else predicate.subjects if column == "subject" else predicate.objects
                found[column] = _entity(cell, row, legal, known, ontology)
            else:
                legal = frozenset([ontology.qualifiers[column].range])
                found[column] = "|".join(_entity(part.strip(), row, legal, known, ontology) for part in cell.split("|"))
    return found


def _changed(row: Statement, cells: Mapping[str, str]) -> Statement:
    """Return a statement with other cells."""
    if not cells:
        return row
    qualifiers = {column: intern(cell) for column, cell in cells.items() if column not in (*ENDS, "predicate")}
    subject, predicate, target = (intern(cells.get(column, _cell(row, column))) for column in ("subject", "predicate", "object"))
    return replace(row, subject=subject, predicate=predicate, object=target, qualifiers={**row.qualifiers, **qualifiers} if qualifiers else row.qualifiers)
