"""The report of what differs between two builds, for readers and for programs, and the command ``diff``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from withwhom.answers import Answer
from withwhom.asking import format_of, positive, put, terminal_width
from withwhom.build_diff import Diff, diff
from withwhom.built import ENTITIES, Built, find_build
from withwhom.catalogue import CATALOGUE
from withwhom.changes import CHANGED, HOW, MOVED, PARTS, Cell, Change, counted
from withwhom.formats import FORMATS, html_page, to_html, to_markdown, to_xlsx, written
from withwhom.network import NETWORK
from withwhom.previous import STATEMENTS
from withwhom.readable import COLON
from withwhom.terminal import fold, to_table
from withwhom.words import WORDS, say

# Statements that only stand elsewhere in their texts are counted, and so many named.
SOME = 5
# Columns whose cells are ids of entities, beside which readers want the name.
ENDS = frozenset({"subject", "object", "program"})
# Parts whose cells are no columns of a table, but figures of the build.
FIGURES = frozenset({"vocabulary", "total", "tie"})
# Which parts of a report rest on which file of a build.
RESTS = {CATALOGUE: ("versions", "source"), NETWORK: ("total", "tie", "contradiction"), STATEMENTS: ("statement",), ENTITIES: ("entity",)}
NOTHING = "—"
DIFFER = 4
FLAT = ("part", "change", "id", "column", "old", "new", "zh", "en", "rows")


def flat(found: Diff) -> Answer:
    """Return versions and differences as rows for programs: one a cell that differs, or one for what was added or removed as a whole."""
    rows: list[tuple[str | None, ...]] = [
        ("version", "same" if old == new else CHANGED, key, None, old, new, None, None, None) for key, old, new in _versions(found)
    ]
    for change in found.changes:
        words = (change.text["zh"], change.text["en"], " | ".join(change.rows) or None)
        cells = change.cells or (Cell("", "", ""),)
        rows += [(change.part, change.how, change.id, cell.column or None, cell.old or None, cell.new or None, *words) for cell in cells]
    return Answer(_title(found, "en"), FLAT, rows, tuple(_notes(found, "en")), language="en")


def sections(found: Diff, language: str, limit: int | None = None) -> list[Answer]:
    """Return the report in parts: how the two were made and what differs in all, then one part after another.

    Args:
        found: the differences.
        language: ``zh`` or ``en``.
        limit: most changes to list of each part; all by default.
    """
    notes = [*_notes(found, language), *_counts(found, language)]
    columns = ("about", "old", "new")
    head = Answer(say("diff-versions", language), columns, list(_version_rows(found, language)), tuple(notes), language=language)
    return [head, *(_section(found, part, language, limit) for part in PARTS if any(change.part == part for change in found.changes))]


def _title(found: Diff, language: str) -> str:
    return say("diff-title", language, old=_shown(found.old), new=_shown(found.new))


def _shown(build: Built) -> str:
    """Return the folder of a build as one would write it here: a report may be sent to others, whom the folders above do not concern."""
    here = Path.cwd()
    return build.folder.relative_to(here).as_posix() if build.folder.is_relative_to(here) else str(build.folder)


def _notes(found: Diff, language: str) -> Iterator[str]:
    """Yield what a reader has to know before any figure: what was not compared, and what may make all the difference."""
    old, new = found.old, found.new
    comma = "、" if language == "zh" else ", "
    for build in (old, new):
        for file in build.missing:
            parts = comma.join(say(f"diff-{part}", language) for part in RESTS[file])
            yield say("diff-lacks", language, path=_shown(build), file=file, parts=parts)
    if old.base and new.base and old.base != new.base:
        yield say("diff-bases", language, old=old.base, new=new.base)
    for build in (old, new):
        if build.catalogue.get("set_aside"):
            yield say("diff-set-aside", language, path=_shown(build), count=str(build.catalogue["set_aside"]))
    if found.same:
        yield say("diff-same", language)


def _counts(found: Diff, language: str) -> Iterator[str]:
    comma = "，" if language == "zh" else ", "
    for part, counts in counted(found.changes):
        each = comma.join(f"{say(f'value-{kind}', language)} {count:,}" for kind, count in counts.items())
        yield say("diff-count", language, part=say(f"diff-{part}", language), counts=each)


def _versions(found: Diff) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each version in both builds, by ``software``, ``workspace`` or the IRI of a vocabulary; None where a build has not recorded it."""
    sides = [_recorded(build) for build in (found.old, found.new)]
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        yield key, sides[0].get(key), sides[1].get(key)


def _recorded(build: Built) -> dict[str, str]:
    known = build.versions
    graph = {"workspace": str(build.catalogue["version"])} if build.catalogue else {}
    if known is None:
        return graph
    ontologies = {iri: version or NOTHING for iri, version in known.ontologies.items()}
    return graph | {"software": known.software} | ontologies | {"texts": str(len(known.texts)), "quoted": str(known.quoted).lower()}


def _version_rows(found: Diff, language: str) -> Iterator[tuple[str, str, str]]:
    for key, old, new in _versions(found):
        about = say(f"version-{key}", language) if f"version-{key}" in WORDS else say("version-ontology", language, iri=key)
        yield about, _version(old, language), _version(new, language)


def _version(value: str | None, language: str) -> str:
    return say("version-unknown", language) if value is None else say(f"value-{value}", language) if value in ("true", "false") else value


def _section(found: Diff, part: str, language: str, limit: int | None) -> Answer:
    every = [change for change in found.changes if change.part == part]
    listed = sorted((change for change in every if change.how != MOVED), key=lambda change: HOW.index(change.how))
    shown = listed if limit is None else listed[:limit]
    columns = ("change", "about", "differs", "cited") if part == "statement" else ("change", "about", "differs", "movedBy")
    rows = [_row(found, change, language) for change in shown]
    notes = [say("rows-cut", language, shown=str(len(shown)), total=str(len(listed)))] if len(shown) < len(listed) else []
    moved = [change.id for change in every if change.how == MOVED]
    if moved:
        notes.append(say("diff-moved", language, count=f"{len(moved):,}", some=", ".join([*moved[:SOME], *(["…"] if moved[SOME:] else [])])))
    return Answer(say(f"diff-{part}", language), columns, rows, tuple(notes), language=language)


def _row(found: Diff, change: Change, language: str) -> tuple[str, str, str, str]:
    about = change.text[language]
    if change.part in ("source", "entity") and change.id != about:
        about += f" [{change.id}]"
    comma = "；" if language == "zh" else "; "
    told = _consequence if change.part in FIGURES else _cell
    differs = comma.join(told(found, cell, language) for cell in change.cells)
    last = f"{change.cited[language]} [{change.id}]" if change.part == "statement" else comma.join(_moved_by(row, language) for row in change.rows)
    return change.how, about, differs, last


def _cell(found: Diff, cell: Cell, language: str) -> str:
    """Return ``column: old → new``, the column as the tables call it, with the names of entities."""
    values = [_value(build, cell.column, value, language) for build, value in ((found.old, cell.old), (found.new, cell.new))]
    return f"{cell.column}{COLON[language]}{values[0]} → {values[1]}"


def _value(build: Built, column: str, value: str, language: str) -> str:
    if not value:
        return NOTHING
    return f"{build.name(value, language)} ({value})" if column in ENDS else value


def _consequence(found: Diff, cell: Cell, language: str) -> str:
    """Return ``what: old → new`` of a figure or a tie, in words."""
    network = found.new.network or found.old.network
    codes = network.codes if network else {}

    def words(value: str) -> str:
        return re.sub(r"[a-z_]+", lambda match: codes.get(match[0], {}).get(language, match[0]), value) or NOTHING

    return f"{say(f'diff-column-{cell.column}', language)}{COLON[language]}{words(cell.old)} → {words(cell.new)}"


def _moved_by(row: str, language: str) -> str:
    """Return ``reference (how)``: how the row differs, or how its part in the total does."""
    reference, _, told = row.partition(" ")
    keys = ((part, next((key for key in (f"value-{part}", f"status-{part}") if key in WORDS), "")) for part in told.split(" → "))
    words = " → ".join(say(key, language) if key else part for part, key in keys)
    brackets = "（{}）" if language == "zh" else " ({})"
    return reference + brackets.format(words) if told else reference


def report(found: Diff, name: str, language: str, *, limit: int | None = None, columns_wide: int = 100) -> str | bytes:
    """Return the report in one of :data:`withwhom.formats.FORMATS`: parts for readers, or flat rows for programs."""
    if name in ("csv", "tsv", "json", "jsonl"):
        return written(flat(found), name)
    parts, title = sections(found, language, limit), _title(found, language)
    if name == "xlsx":
        return to_xlsx(parts)
    if name == "html":
        return html_page(title, "".join(map(to_html, parts)))
    if name == "md":
        return f"# {title}\n\n" + "\n".join(map(to_markdown, parts))
    return _folded(title, columns_wide) + "\n" + "\n".join(_table(part, columns_wide) for part in parts)


def _table(part: Answer, columns_wide: int) -> str:
    notes = "".join(_folded(note, columns_wide) for note in part.notes)
    return f"{part.title}\n\n{to_table(part, columns_wide)}" + (f"\n{notes}" if notes and part.rows else notes)


def _folded(text: str, columns_wide: int) -> str:
    return "\n".join(fold(text, columns_wide)) + "\n"


def add_diff(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``diff``."""
    command.set_defaults(command=_run)
    command.add_argument("old", type=Path, metavar="OLD", help=say("help-build-old", language))
    command.add_argument("new", type=Path, metavar="NEW", nargs="?", help=say("help-build-new", language))
    command.add_argument("--format", choices=FORMATS, help=say("help-format", language))
    command.add_argument("--out", type=Path, metavar="FILE", help=say("help-file", language))
    command.add_argument("--limit", type=positive, metavar="N", help=say("help-diff-limit", language))
    command.add_argument("--exit-code", action="store_true", help=say("help-exit-code", language))


def _run(given: argparse.Namespace) -> int:
    name = format_of(given)
    found = diff(find_build(given.old), find_build(given.new))
    inside: Sequence[str] = () if name not in ("csv", "tsv", "jsonl") else list(_notes(found, given.lang))
    put(given, report(found, name, given.lang, limit=given.limit, columns_wide=terminal_width()), inside)
    return DIFFER if given.exit_code and not found.same else 0
