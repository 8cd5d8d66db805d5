"""Makes statements of somebody else's table and writes them into a workspace: all of it, or nothing."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from withwhom.check import check_records
from withwhom.compile import Compiler
from withwhom.foreign import Foreign, read_foreign
from withwhom.matching import Bound, bind, names_table, read_answers, slug, wanted
from withwhom.ontology import Ontology, read_ontology, read_turtle
from withwhom.output import write_whole
from withwhom.problems import InputError, WorkspaceError, attempt
from withwhom.records import Entity, Name, Place, Records, Source, Statement
from withwhom.resolve import resolved
from withwhom.row_claims import Left, RowReader
from withwhom.row_statements import statements
from withwhom.shapes import Validator, direct_properties
from withwhom.spreadsheet import csv_text
from withwhom.table_map import TableMap, find_map, fitting_map, missing_columns, shipped_maps
from withwhom.table_text import TableText, rows_text, write_together
from withwhom.tables import ENTITY_COLUMNS, NAME_COLUMNS, SOURCE_COLUMNS, STATEMENT_ORDER, TABLES, read_records
from withwhom.words import say
from withwhom.workspace import MARK, Workspace

NAMES_FILE = "names-to-match.csv"
# Nobody has said under which terms the table may be used (rightsstatements.org); to be changed before a graph is published.
UNKNOWN_LICENCE = "http://rightsstatements.org/vocab/CNE/1.0/"


@dataclass(frozen=True)
class Options:
    """How a table is taken in: ``names`` is the file of names to match, ``add`` takes unmatched names as new, ``replace`` an import anew."""

    names: Path = Path(NAMES_FILE)
    add: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Imported:
    """What became of a table.

    Args:
        source: id of the source that the table is in the workspace.
        rows: how many rows the table has.
        statements: what they say.
        bound: what the names mean; nothing was written while names wait in it.
        left: rows, or amounts of rows, that make no statement, with the reason.
    """

    source: str
    rows: int
    statements: Sequence[Statement]
    bound: Bound
    left: Sequence[Left]


def import_table(path: Path, workspace: Workspace, given: str = "", options: Options | None = None) -> Imported:
    """Take a table into a workspace.

    Args:
        path: the table.
        workspace: where it goes; a new one is made where there is none.
        given: a map: a file, or the name of one that comes with the package; the first fitting one of the package by default.
        options: see :class:`Options`.

    Returns:
        What was made. Where names wait for an answer, they were written to ``options.names`` and nothing else was.

    Raises:
        InputError: the table, the map, an answer or the workspace has problems; nothing was written.
        WorkspaceError: no map fits, or the table is in the workspace already.
    """
    wish = options or Options()
    ontology = read_ontology(workspace)
    table, known = _table_and_map(path, given, ontology)
    reader = RowReader(table, known, ontology, path.parent)
    reading = reader.read()
    if reading.problems:
        raise InputError(reading.problems)
    source = known.source.get("id") or slug(path.stem)
    records = _workspace_records(workspace, source, ontology, replaced=wish.replace)
    names = wanted(reading.claims)
    bound = bind(names, records, ontology, source=source, answers=read_answers(wish.names, path.name), add=wish.add)
    if bound.waiting:
        write_whole(wish.names, names_table(bound, records, ontology, table=path.name, path=wish.names).encode("utf-8"))
        return Imported(source, len(table.rows), (), bound, sorted(reading.left))
    made, further = statements(reading.claims, bound, reader, source)
    result = Imported(source, len(table.rows), made, bound, sorted([*reading.left, *further]))
    if not made:
        raise WorkspaceError("import-nothing", path=path.name, reasons="; ".join(reasons(result.left, "en")))
    described = _source(path, known, result)
    settings = "" if (workspace.root / MARK).is_file() else _settings(known, described)
    _check(workspace, _extended(records, described, result), ontology, source)
    _write(workspace, described, result, settings)
    return result


def _table_and_map(path: Path, given: str, ontology: Ontology) -> tuple[Foreign, TableMap]:
    if given:
        known = find_map(given, ontology)
        table = read_foreign(path, records=known.records, wanted=known.wanted())
        missing = list(missing_columns(known, table.headings))
        if missing:
            raise InputError(missing)
        return table, known
    maps = [known for known in shipped_maps(ontology).values() if known.default]
    table = read_foreign(path, wanted=[name for known in maps for name in known.wanted()])
    return table, fitting_map(maps, table.headings, path.name)


def _workspace_records(workspace: Workspace, source: str, ontology: Ontology, *, replaced: bool) -> Records:
    """Return the records of the workspace, without an earlier import of the same table where it is to be replaced.

    Raises:
        InputError: the workspace has problems of form.
        WorkspaceError: the table is in it, and not to be replaced.
    """
    if not (workspace.root / MARK).is_file():
        return Records()
    records, problems = read_records(workspace)
    if problems:
        raise InputError(problems)
    records = resolved(records, ontology)
    if any(known.id == source for known in records.sources):
        if not replaced:
            raise WorkspaceError("import-there", source=source)
        others = tuple(statement for statement in records.statements if statement.source != source)
        return replace(records, sources=tuple(known for known in records.sources if known.id != source), statements=others)
    return records


def _source(path: Path, known: TableMap, result: Imported) -> Source:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    counts = f"{result.rows} rows, {len(result.statements)} statements"
    left = "; ".join(reasons(result.left, "en", rows=False))
    note = "; ".join(filter(None, (known.source.get("note", ""), counts, f"left out: {left}" if left else "")))
    own = {"title": path.stem, **known.source, "id": result.source, "file": path.name, "sha256": digest, "note": note}
    return Source(Place("", 0, {}), *(own.get(column, "") for column in SOURCE_COLUMNS))


def reasons(left: Iterable[Left], language: str, *, rows: bool = True) -> list[str]:
    """Return why rows are left out, the most frequent reason first, each with how many rows and, with ``rows``, the first of them."""
    groups: dict[str, list[int]] = {}
    for one in left:
        key = say(f"left-{one.reason}", language, heading=one.heading or "—")
        groups.setdefault(key, []).append(one.row)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [say("left-rows", language, reason=reason, count=str(len(found)), rows=f" ({_some(found)})" if rows else "") for reason, found in ranked]


def _some(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")


def _settings(known: TableMap, source: Source) -> str:
    """Return ``graph.toml`` of a new workspace."""
    title = known.graph.get("title", source.title)
    names = title if isinstance(title, Mapping) else {"zh": title, "en": title}
    lines = [
        "# Made by withwhom import-table. The base IRI is a placeholder (RFC 2606): take one of your own before you publish the graph.",
        f"base = {_quoted(str(known.graph.get('base', f'https://example.org/{source.id}/')))}",
        f"licence = {_quoted(str(known.graph.get('licence', UNKNOWN_LICENCE)))}",
        'languages = ["zh", "en"]',
        f"version = {_quoted(str(known.graph.get('version', '0.1.0')))}",
        "",
        "[title]",
        *(f"{language} = {_quoted(str(names.get(language, source.title)))}" for language in ("zh", "en")),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)  # a basic string of TOML 1.0 takes JSON's escapes


def _extended(records: Records, source: Source, result: Imported) -> Records:
    return replace(
        records,
        sources=(*records.sources, source),
        entities=(*records.entities, *result.bound.entities),
        names=(*records.names, *result.bound.names),
        statements=(*records.statements, *result.statements),
    )


def _check(workspace: Workspace, records: Records, ontology: Ontology, source: str) -> None:
    """Judge the workspace as it would be.

    Raises:
        InputError: something in it is wrong; a problem of a new statement names the cell of the table.
    """
    problems = [problem for problem in check_records(records, ontology) if problem.severity == "error"]
    shapes = attempt(lambda: read_turtle((path, workspace.shown(path)) for path in workspace.shape_files()), problems)
    if shapes is not None and not problems:
        base = workspace.settings().base if (workspace.root / MARK).is_file() else "https://example.org/"
        new = replace(records, statements=tuple(statement for statement in records.statements if statement.source == source))
        problems += Validator(shapes, new, base, direct_properties(ontology)).problems(Compiler(new, ontology, base))
    if problems:
        raise InputError(problems)


def _write(workspace: Workspace, source: Source, result: Imported, settings: str) -> None:
    """Write every file, references before what refers to them."""
    graph = workspace.graph
    files = {graph / "entities.csv": _table(graph / "entities.csv", ENTITY_COLUMNS, map(_cells, result.bound.entities))}
    files[graph / "sources.csv"] = _table(graph / "sources.csv", SOURCE_COLUMNS, [_cells(source)], without=source.id)
    files[graph / "names.csv"] = _table(graph / "names.csv", NAME_COLUMNS, map(_cells, result.bound.names))
    files |= {graph / name: rows_text([columns]) for name, columns in TABLES.items() if graph / name not in files and not (graph / name).exists()}
    files[workspace.root / "left-out" / f"{source.id}.csv"] = _left_table(result.left)
    files[graph / "statements" / f"{source.id}.csv"] = statements_text(result.statements)
    if settings:
        files[workspace.root / MARK] = settings
    write_together(files, graph)


def _cells(record: Source | Entity | Name) -> dict[str, str]:
    return {column: cell for column, cell in asdict(record).items() if column != "at"}


def _table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]], without: str = "") -> str:
    """Return a table with rows added; what it holds stays as it is, unless it lacks a column, or ``without`` is the id of an old row."""
    table = TableText.read(path, columns)
    if without:
        table.rows = [cells for number, cells in enumerate(table.rows) if table.cell(number, "id") != without]
    for row in rows:
        table.append(row)
    return table.text()


def statements_text(made: Sequence[Statement]) -> str:
    """Return ``statements/<source>.csv``: the columns that are used, in the usual order."""
    used = dict.fromkeys(column for statement in made for column in statement.qualifiers)
    columns = [*(column for column in STATEMENT_ORDER if column in used), *sorted(used.keys() - set(STATEMENT_ORDER))]
    rows = ([s.id, s.subject, s.predicate, s.object, *(s.get(column) for column in columns)] for s in made)
    return rows_text([("id", "subject", "predicate", "object", *columns), *rows])


def _left_table(left: Iterable[Left]) -> str:
    words = ("zh", "en")
    rows = ([str(one.row), *(say(f"left-{one.reason}", language, heading=one.heading or "—") for language in words), one.value] for one in left)
    return csv_text(("row", *(f"reason_{language}" for language in words), "cell"), rows)


def add_import(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``import-table``."""
    command.set_defaults(command=_import)
    command.add_argument("file", type=Path, metavar="FILE", help=say("help-import-file", language))
    command.add_argument("--map", default="", metavar="MAP", help=say("help-import-map", language))
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-import-workspace", language))
    command.add_argument("--names", type=Path, default=Path(NAMES_FILE), metavar="FILE", help=say("help-import-names", language))
    command.add_argument("--add", action="store_true", help=say("help-import-add", language))
    command.add_argument("--replace", action="store_true", help=say("help-import-replace", language))


def _import(given: argparse.Namespace) -> int:
    workspace = _target(given.workspace)
    result = import_table(given.file, workspace, given.map, Options(given.names, given.add, given.replace))
    left = reasons(result.left, given.lang)
    if left:
        print(say("import-left", given.lang, count=str(len({one.row for one in result.left})), total=str(result.rows)), file=sys.stderr)
        print("\n".join(f"  {line}" for line in left), file=sys.stderr)
    if result.bound.waiting:
        counts = Counter(one.kind for one in result.bound.waiting)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
        print(say("import-waiting", given.lang, count=str(len(result.bound.waiting)), kinds=kinds, path=str(given.names)), file=sys.stderr)
        return 1
    counted = {"rows": str(result.rows), "statements": str(len(result.statements)), "entities": str(len(result.bound.entities))}
    print(say("imported", given.lang, source=result.source, path=str(workspace.root), **counted))
    return 0


def _target(given: Path | None) -> Workspace:
    """Return the workspace that is named, else the nearest around the current folder, else a new one here; never the package's own."""
    here = Path.cwd()
    around = (folder for folder in (here, *here.parents) if (folder / MARK).is_file())
    return Workspace(given.resolve() if given is not None else next(around, here))
