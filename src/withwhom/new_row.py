"""Adds one row to a table: judged as a build would judge it, and written only if it is right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from withwhom.anchor import told_by
from withwhom.cells import Context
from withwhom.check import OWN, SHARED, check_records, found_by
from withwhom.compile import Compiler
from withwhom.desk import SHARED_TABLES, Cells, Desk, Row, alone, columns_of, last_row, record, table_of, with_row
from withwhom.matching import free_id, slug
from withwhom.ontology import Predicate
from withwhom.passages import Passages
from withwhom.problems import InputError, Problem
from withwhom.quotes import Finder, quoted
from withwhom.records import Place, Statement
from withwhom.required import required_columns
from withwhom.resolve import resolved
from withwhom.shapes import Validator, direct_properties
from withwhom.table_text import TableText, write_together
from withwhom.tables import OFFSET, QUOTE, STATEMENT_ORDER, cell_of
from withwhom.text import Span, digest, normal

# The letters of statement ids: no vowels, so that they make no words; no l and y, which are misread.
# What a statement says first of all, and what only follows from where its passage stands.
SAID, DERIVED = frozenset({"subject", "predicate", "object", "begin", "stop"}), ("digest", "subject_mention", "object_mention", "wording")
LETTERS, LENGTH = "bcdfghjkmnpqrstvwxz", 5


def completed(kind: str, cells: Cells, desk: Desk) -> dict[str, str]:
    """Return the cells of a row with ids and codes, and with what follows from them: its id, offsets of its quote, digests.

    Args:
        kind: source, entity, name or statement.
        cells: as given, by column.
        desk: the workspace.
    """
    full = {column: cell.strip() for column, cell in cells.items() if cell.strip()}
    if kind == "statement":
        full = _with_offsets({**full, "source": source_of(full.get("source", ""), desk)}, desk)
    quote = cells.get(QUOTE, "") if kind == "statement" and QUOTE not in full else ""
    full |= _read(kind, full, desk)
    if quote:
        full |= {column: cell for column, cell in _told(quote, full, desk).items() if column not in full}
    if kind == "source":
        return _with_id(_with_digest_of_file(full, desk), full.get("title", ""), [row.id for row in desk.records.sources])
    if kind == "entity":
        return _with_id(full, full.get("name_en") or full.get("name_zh", ""), [row.id for row in desk.records.entities])
    return {**full, "id": full.get("id") or _short_id(full, desk)} if kind == "statement" else full


def source_of(cell: str, desk: Desk) -> str:
    """Return the id of a source that is given by id or title; what is none, or the title of several, stays."""
    found = [row.id for row in desk.records.sources if cell and (cell == row.id or normal(cell) == normal(row.title))]
    return found[0] if len(found) == 1 else cell


def _read(kind: str, cells: Cells, desk: Desk) -> dict[str, str]:
    """Return the cells with ids in place of names, codes in place of labels, and dates and figures as the tables have them."""
    row = record(kind, cells, _place("", 0, kind, cells))
    read = last_row(row, resolved(alone(row, desk), desk.ontology))
    return {column: cell_of(read, column) for column in cells if column in read.at.columns}


def _with_id(cells: dict[str, str], name: str, taken: Sequence[str]) -> dict[str, str]:
    return {**cells, "id": cells.get("id") or free_id(slug(name), taken)}


def _short_id(cells: Cells, desk: Desk) -> str:
    """Return an id that comes of what the row says, so that the same row gets the same one."""
    taken = {row.id for row in desk.records.statements if row.source == cells["source"]}
    said = "\0".join(f"{column}={cell}" for column, cell in sorted(cells.items()))
    for number in range(len(taken) + 1):
        left = int.from_bytes(hashlib.sha256(f"{number}\0{said}".encode()).digest(), "big")
        made = "".join(LETTERS[left // len(LETTERS) ** place % len(LETTERS)] for place in range(LENGTH))
        if made not in taken:
            break
    return made


def _with_digest_of_file(cells: dict[str, str], desk: Desk) -> dict[str, str]:
    path = desk.folder / cells.get("file", "")
    if cells.get("sha256") or not path.is_file():
        return cells
    return {**cells, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _with_offsets(cells: dict[str, str], desk: Desk) -> dict[str, str]:
    """Return a statement's cells with the offsets of a quote that stands once in the text at hand, and the digest of its passage."""
    found = places(cells, desk, Place("", 0, {})) if "begin" not in cells else []
    if len(found) == 1 and not isinstance(found[0], Problem):
        begin, stop = found[0]
        cells = {column: cell for column, cell in cells.items() if column != QUOTE} | {"begin": str(begin), "stop": str(stop)}
    text = desk.records.texts.get(cells["source"])
    if text is not None and "digest" not in cells and passage_of(cells):
        begin, stop = passage_of(cells)
        cells = {**cells, "digest": digest(text[begin:stop])}
    return cells


def _told(quote: str, cells: Cells, desk: Desk) -> Cells:
    """Return the mentions and the wording of a statement whose one quote was found."""
    begin, stop = passage_of(cells)
    statement = record("statement", cells, Place("", 0, {}))
    if not isinstance(statement, Statement):
        raise TypeError(statement)
    found = told_by(desk.records, desk.records.texts[cells["source"]], statement, [(quoted(quote)[0], (begin, stop))])
    return {column: cell for column, cell in found.items() if cell}


def places(cells: Cells, desk: Desk, at: Place) -> list[Span | Problem]:
    """Return where each passage stands that a statement quotes, or what is wrong with it; nothing without the text."""
    text = desk.records.texts.get(cells.get("source", ""))
    if text is None or not cells.get(QUOTE):
        return []
    finder = Finder(cells["source"], Passages(text))
    return [finder.place(quote, at) for quote in quoted(cells[QUOTE])]


def passage_of(cells: Cells) -> tuple[int, ...]:
    """Return begin and stop of a statement's cells, nothing where they are no offsets."""
    offsets = (cells.get("begin", ""), cells.get("stop", ""))
    return tuple(map(int, offsets)) if all(map(OFFSET.fullmatch, offsets)) else ()


def missing(kind: str, cells: Cells, desk: Desk) -> list[str]:
    """Return the columns that a row must still fill; evidence is a quote where there are neither offsets nor a row of a table."""
    needed = [column for column in required_columns(kind, cells, desk.ontology, desk.shapes) if not cells.get(column)]
    if kind == "statement" and not any(cells.get(column) for column in ("begin", "locator", QUOTE)):
        needed.append(QUOTE)
    return needed


def legal_predicates(cells: Cells, desk: Desk) -> list[Predicate]:
    """Return the predicates that the subject and the object of a statement may have, as far as these are known."""
    kinds = {column: entity.type for column in ("subject", "object") if (entity := desk.names.by_id.get(cells.get(column, "")))}
    return [
        predicate
        for predicate in map(desk.ontology.predicates.__getitem__, desk.ontology.offered(desk.ontology.predicates))
        if ("subject" not in kinds or desk.ontology.is_kind_of(kinds["subject"], predicate.subjects))
        and ("object" not in kinds or desk.ontology.is_kind_of(kinds["object"], predicate.objects))
    ]


def _place(file: str, line: int, kind: str, columns: Iterable[str]) -> Place:
    """Return where a row stands, or would; a statement's source is its table, and its quote no part of it."""
    numbered = enumerate(columns, 1)
    return Place(file, line, {column: number for number, column in numbered if kind != "statement" or column not in ("source", QUOTE)})


def cell_problems(kind: str, cells: Cells, desk: Desk, at: Place | None = None) -> list[Problem]:
    """Return what is wrong with the cells of a row by themselves, its evidence included where the text is at hand.

    Args:
        kind: source, entity, name or statement.
        cells: those that are known so far.
        desk: the workspace.
        at: where the row will stand; nowhere by default, its columns numbered as in :func:`columns_of`.
    """
    place = at or _place("", 1, kind, columns_of(kind, desk.ontology))
    records = alone(record(kind, cells, place), desk)
    found = found_by(OWN if kind == "statement" else SHARED, Context(records, desk.ontology))
    return [one for one in found if (one.file, one.line) == (place.file, place.line)]


def row_problems(kind: str, cells: Cells, desk: Desk) -> list[Problem]:
    """Return what a row would make wrong in its workspace: its own errors, and those of other rows that it brings about.

    Args:
        kind: source, entity, name or statement.
        cells: as :func:`completed` gives them.
        desk: the workspace, whose errors so far are not the row's.
    """
    path = table_of(kind, cells, desk)
    table = _table_with(path, kind, cells)
    at = _place(desk.workspace.shown(path), table.text().count("\n"), kind, table.header)
    row = record(kind, cells, at)
    after = resolved(with_row(row, replace(desk.read, texts={})), desk.ontology)
    brought = [one for one in check_records(after, desk.ontology) if one not in desk.found_before and one.severity == "error"]
    found = {*brought, *(one for one in cell_problems(kind, cells, desk, at) if one.severity == "error"), *quote_problems(cells, desk, at)}
    found = found or set(_there_already(kind, cells, desk, at))
    return sorted(found or _shape_problems(row, cells, desk))


def _there_already(kind: str, cells: Cells, desk: Desk, at: Place) -> Iterator[Problem]:
    """Yield an error where the row is there already: an entity of the class and a name, or a statement of the same passage and triple."""
    if kind == "entity":
        for entity in desk.records.entities:
            same = [column for column in ("name_zh", "name_en") if cells.get(column) and normal(cells[column]) == normal(getattr(entity, column))]
            if same and entity.type == cells.get("type"):
                yield Problem(at.file, at.line, at.column(same[0]), "entity-there", {"value": repr(cells[same[0]]), "entity": entity.id})
    elif kind == "statement":
        said = {column: cells.get(column, "") for column in cells.keys() | SAID if column not in ("id", *DERIVED)}
        for row in desk.records.statements:
            if row.source == cells.get("source") and all(cell_of(row, column) == cell for column, cell in said.items() if column != "source"):
                yield Problem(at.file, at.line, 0, "statement-there", {"value": row.reference})


def quote_problems(cells: Cells, desk: Desk, at: Place) -> list[Problem]:
    """Return what is wrong with a quote, given the text: it stands nowhere, or in several places."""
    return [found for found in places(cells, desk, at) if isinstance(found, Problem)]


def _shape_problems(row: Row, cells: Cells, desk: Desk) -> Iterator[Problem]:
    """Yield what the shapes find in the new row; a quote counts as the evidence that it will be."""
    if isinstance(row, Statement) and QUOTE in cells and not row.begin:
        row = replace(row, begin="0", stop=str(len(cells[QUOTE])))
    records = with_row(row, replace(desk.records, statements=(), evidence=(), texts={}))
    base = desk.workspace.settings().base
    found = Validator(desk.shapes, records, base, direct_properties(desk.ontology)).problems(Compiler(records, desk.ontology, base))
    yield from (one for one in found if (one.file, one.line) == (row.at.file, row.at.line))


def write_row(kind: str, cells: Cells, desk: Desk) -> Path:
    """Add a row at the end of its table, and return the table.

    Raises:
        InputError: the row is not right; nothing was written.
    """
    problems = row_problems(kind, cells, desk)
    if problems:
        raise InputError(problems)
    path = table_of(kind, cells, desk)
    write_together({path: _table_with(path, kind, cells).text()}, desk.workspace.graph)
    return path


def _table_with(path: Path, kind: str, cells: Cells) -> TableText:
    """Return a table with a row at its end; a new table of statements has the columns that the row uses."""
    own = {column: cell for column, cell in cells.items() if kind != "statement" or column != "source"}
    ordered = [*(column for column in STATEMENT_ORDER if column in own), *sorted(own.keys() - set(STATEMENT_ORDER))]
    table = TableText.read(path, ordered if kind == "statement" else SHARED_TABLES[kind][1])
    table.append(own)
    return table
