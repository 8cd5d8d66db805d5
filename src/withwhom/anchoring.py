"""The command ``withwhom anchor``: finds quotes in the texts, mends offsets of edited texts, and finds passages in copies of them."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from withwhom.anchor import edits
from withwhom.build import sources_of_texts
from withwhom.copies import Cited, Copy
from withwhom.copy_list import COLUMNS, COPIES, Found, copies_text
from withwhom.edits import AtHand, Edits
from withwhom.ontology import read_ontology
from withwhom.outline import outline_table
from withwhom.passages import ELLIPSIS
from withwhom.problems import InputError, Problem, WorkspaceError, shown
from withwhom.records import Records, Statement
from withwhom.resolve import resolved
from withwhom.sources import holdings
from withwhom.table_text import TableText, write_together
from withwhom.tables import EVIDENCE_COLUMNS, OFFSET, QUOTE, read_records, read_table
from withwhom.text import Span
from withwhom.words import say
from withwhom.workspace import Workspace, find_workspace


def add_anchor(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``withwhom anchor``."""
    command.set_defaults(command=_run)
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--sources", type=Path, metavar="DIR", help=say("help-sources-option", language))
    command.add_argument("--copy", action="append", default=[], metavar="ID=FILE", help=say("help-copy", language))


@dataclass(frozen=True)
class Anchored:
    """What anchoring did: the edits that were written, how many files they changed, and how much each copy holds (found, of all)."""

    edits: Edits
    files: int
    copies: Mapping[str, tuple[int, int]]


def anchor(workspace: Workspace, folder: Path | None = None, copies: Mapping[str, Path] | None = None) -> Anchored:
    """Anchor what can be anchored in a workspace and write it; rows that cannot be stay as they are.

    Args:
        workspace: whose tables are changed where they stand.
        folder: of the texts; default ``sources/`` in the workspace.
        copies: a file by the source of which it is a copy; the tables of such a source stay, ``copies.csv`` beside the texts is written.

    Raises:
        InputError: a table or the vocabulary cannot be read whole, or a copy is no text; nothing was written.
        WorkspaceError: a copy of a source that is not registered, or a copy that is no file.
        OutputError: the disk is full; nothing was written.
    """
    texts = folder or workspace.root / "sources"
    records, problems = read_records(workspace)
    blocking = [found for found in problems if found.code != "missing-file" or not found.file.endswith(("outline.csv", "evidence.csv", "names.csv"))]
    if blocking:
        raise InputError(blocking)
    records = resolved(records, read_ontology(workspace))
    given = copies or {}
    known = {source.id for source in records.sources}
    for source, path in given.items():
        if source not in known:
            raise WorkspaceError("copy-unknown", value=source, known=", ".join(sorted(known)))
        if not path.is_file():
            raise WorkspaceError("copy-missing", value=str(path))
    found = list(_found_in_copies(records, given))
    hands, unreadable = _texts(records, texts, given)
    made = edits(records, hands)
    made.problems += unreadable
    files = dict(_edited(workspace, records, made))
    if given:
        old = read_table(texts / COPIES, COPIES, COLUMNS, None).rows if (texts / COPIES).is_file() else ()
        files[texts / COPIES] = copies_text(found, (row for _, row in old))
    write_together(files, workspace.root)
    totals = {source: sum(s.source == source and bool(s.begin) for s in records.statements) for source in given}
    return Anchored(made, len(files) - bool(given), {copy.source: (len(copy.places), totals[copy.source]) for copy in found})


def _texts(records: Records, folder: Path, copies: Iterable[str]) -> tuple[list[AtHand], list[Problem]]:
    """Return the texts that lie in a folder, registered, edited or new, and the problem of each that is no UTF-8."""
    hands, problems = [], []
    for holding in holdings(sources_of_texts(records), folder):
        if holding.path is not None and (holding.state == "verified" or holding.source.id not in copies):
            content = holding.path.read_bytes()
            try:
                hands.append(AtHand(holding.source, content.decode("utf-8"), holding.path.name, hashlib.sha256(content).hexdigest()))
            except UnicodeDecodeError as error:
                problems.append(_no_text(f"{folder.name}/{holding.path.name}", error))
    return hands, problems


def _no_text(file: str, error: UnicodeDecodeError) -> Problem:
    return Problem(file, error.object.count(b"\n", 0, error.start) + 1, 0, "text-not-utf8")


def _found_in_copies(records: Records, copies: Mapping[str, Path]) -> Iterator[Found]:
    """Yield where the statements of some sources stand in copies."""
    spans = _spans(records)
    for source, path in copies.items():
        content = path.read_bytes()
        try:
            copy = Copy(content.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InputError([_no_text(path.name, error)]) from error
        cited = [Cited(row.reference, spans[row.reference], _words(row)) for row in records.statements if row.source == source and row.reference in spans]
        yield Found(source, str(path.resolve()), hashlib.sha256(content).hexdigest(), copy.passages(cited))


def _words(row: Statement) -> Sequence[str]:
    """Return the words by which a passage can be found: its wording, else the names in it."""
    return ELLIPSIS.split(row.get("wording")) if row.get("wording") else [row.get("subject_mention"), row.get("object_mention")]


def _spans(records: Records) -> Mapping[str, Sequence[Span]]:
    """Return the spans of each statement that has one of its own, that first."""
    spans = {row.reference: [(int(row.begin), int(row.stop))] for row in records.statements if OFFSET.fullmatch(row.begin) and OFFSET.fullmatch(row.stop)}
    for row in records.evidence:
        if row.statement in spans and OFFSET.fullmatch(row.begin) and OFFSET.fullmatch(row.stop):
            spans[row.statement].append((int(row.begin), int(row.stop)))
    return spans


def _edited(workspace: Workspace, records: Records, made: Edits) -> Iterator[tuple[Path, str]]:
    """Yield the files that change with their texts: what is referred to first, rows that lose their quotes last."""
    tables: dict[str, dict[int, Mapping[str, str]]] = defaultdict(dict)
    for (file, line), cells in made.cells.items():
        tables[file][line] = cells
    if made.evidence:
        tables[workspace.shown(workspace.graph / "evidence.csv")].update({})
    if made.outlines:
        rows = [row for row in records.outline if row.source not in made.outlines]
        yield workspace.graph / "outline.csv", outline_table([*rows, *(row for rows in made.outlines.values() for row in rows)])
    lines: dict[str, list[int]] = defaultdict(list)
    for table in (records.sources, records.names, records.evidence, records.statements):
        for at in (row.at for row in table):
            lines[at.file].append(at.line)
    for file in sorted(tables, key=lambda file: (file.count("/"), file)):
        path = workspace.root / file
        yield path, _table(path, lines[file], tables[file], made.evidence if path.name == "evidence.csv" else ())


def _table(path: Path, lines: Sequence[int], changed: Mapping[int, Mapping[str, str]], added: Iterable[Mapping[str, str]]) -> str:
    """Return a table with changed cells and further rows; a column of quotes goes when it has emptied."""
    table = TableText.read(path, EVIDENCE_COLUMNS)
    numbers = [number for number, cells in enumerate(table.rows) if any(cells)]  # the reader leaves out empty rows
    for line, number in zip(lines, numbers, strict=True):
        for column, value in changed.get(line, {}).items():
            table.put(number, column, value)
    for cells in added:
        table.append(cells)
    if path.name != "evidence.csv" and QUOTE in table.header and not any(table.cell(number, QUOTE).strip() for number in range(len(table.rows))):
        table.drop(QUOTE)
    return table.text()


def _copies(given: Sequence[str]) -> Mapping[str, Path]:
    """Return the copies given as ``ID=FILE``.

    Raises:
        WorkspaceError: one is given otherwise.
    """
    for word in given:
        if not all(word.partition("=")[::2]):
            raise WorkspaceError("copy-form", value=word)
    return {source: Path(file).expanduser() for source, _, file in (word.partition("=") for word in given)}


def _run(given: argparse.Namespace) -> int:
    done = anchor(find_workspace(given.workspace), given.sources, _copies(given.copy))
    for line in shown(done.edits.problems, given.lang):
        print(line, file=sys.stderr)
    for line in _told(done, given.lang):
        print(line)
    return 1 if done.edits.problems else 0


def _told(done: Anchored, language: str) -> Iterator[str]:
    made = done.edits
    for source in made.registered:
        yield say("anchor-registered", language, source=source)
    if made.anchored or made.moved or not (made.registered or done.copies):
        yield say("anchored", language, quotes=str(made.anchored), moved=str(made.moved), files=str(done.files))
    for source, (found, total) in done.copies.items():
        yield say("anchor-copied", language, source=source, found=str(found), total=str(total))
    if made.problems:
        yield say("anchor-left", language, count=str(len(made.problems)))
