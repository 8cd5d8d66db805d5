"""What a finished build knows of its parts, so that the next one need not make again what has not changed.

``parts.json`` holds a digest of everything that all sources share (entities, names, vocabulary, shapes, rules, settings, the software
itself), a digest of what each source was made of, and how long its share of each file is. A source is taken over if both are the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from withwhom.compile import shard_name
from withwhom.network import NETWORK, Body, Derivation, claims_head, read_rest
from withwhom.records import Records
from withwhom.spreadsheet import csv_head
from withwhom.workspace import MARK, Workspace

PARTS, LAYOUTS, STATEMENTS = "parts.json", "layouts.json", "statements.csv"


@dataclass(frozen=True)
class Kept:
    """What is kept of a source: the digest of what it was made of, how many triples no other shard can hold, and the bytes of its rows."""

    made_of: str
    triples: int
    rows: int
    claims: int


@dataclass(frozen=True)
class Plan:
    """What a build is made of.

    Args:
        shared: digest of what all sources share.
        made_of: digest of what each source is made of besides.
    """

    shared: str
    made_of: Mapping[str, str]


@dataclass(frozen=True)
class Previous:
    """A finished build.

    Args:
        folder: where it stands.
        shared: digest of what its sources share.
        inferred: digest of the direct triples that readers concluded.
        columns: header of its ``statements.csv``.
        sources: what is kept of each source, in the order of the files.
        quiet: whether the checks of single rows had nothing to remark.
    """

    folder: Path
    shared: str
    inferred: str
    columns: tuple[str, ...]
    sources: Mapping[str, Kept]
    quiet: bool

    def unchanged(self, plan: Plan) -> Mapping[str, Kept]:
        """Return what is kept of the sources that are as they were; nothing where what they share has changed."""
        same = self.shared == plan.shared
        return {source: kept for source, kept in self.sources.items() if same and kept.made_of == plan.made_of.get(source)}

    def shard(self, source: str) -> Path:
        """Return the shard of a source."""
        return self.folder / f"{shard_name(source)}.nt"

    def rows(self, source: str) -> str:
        """Return the rows of a source in ``statements.csv``."""
        begin, length = self._rows[source]
        return _slice(self.folder / STATEMENTS, begin, length)

    def claims(self, source: str) -> str:
        """Return the rows of a source in ``network.json``."""
        begin, length = self._claims[source]
        return _slice(self.folder / NETWORK, begin, length)

    def network(self) -> tuple[Sequence[Body], Sequence[Derivation]]:
        """Return the bodies and derivations of ``network.json``."""
        end = max((begin + length for begin, length in self._claims.values() if length), default=len(claims_head().encode()))
        return read_rest(_slice(self.folder / NETWORK, end, -1))

    @cached_property
    def _rows(self) -> Mapping[str, tuple[int, int]]:
        return dict(_places(len(csv_head(self.columns).encode()), ((source, kept.rows, 0) for source, kept in self.sources.items())))

    @cached_property
    def _claims(self) -> Mapping[str, tuple[int, int]]:
        return dict(_places(len(claims_head().encode()), ((source, kept.claims, 1 if kept.claims else 0) for source, kept in self.sources.items())))


def _places(begin: int, lengths: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield begin and length of each share, given the length and what stands between it and the next."""
    for source, length, apart in lengths:
        yield source, (begin, length)
        begin += length + apart


def _slice(path: Path, begin: int, length: int) -> str:
    with path.open("rb") as file:
        file.seek(begin)
        return file.read(length).decode("utf-8")


def previous_build(folder: Path) -> Previous | None:
    """Return what a finished build kept, or None if there is none that can be taken over."""
    try:
        value = json.loads((folder / PARTS).read_text(encoding="utf-8"))
        sources = {source: Kept(**kept) for source, kept in value["sources"].items()}
        return Previous(folder, value["shared"], value["inferred"], tuple(value["columns"]), sources, value["quiet"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def to_json(plan: Plan, inferred: str, columns: Iterable[str], sources: Mapping[str, Kept], *, quiet: bool) -> str:
    """Return ``parts.json``; for what stands in it see :class:`Previous`."""
    kept = {name: asdict(source) for name, source in sources.items()}
    value = {"shared": plan.shared, "inferred": inferred, "columns": list(columns), "quiet": quiet, "sources": kept}
    return json.dumps(value, indent=1) + "\n"


def plan(workspace: Workspace, records: Records, columns: Iterable[str], *, quotes: bool) -> Plan:
    """Return what a build is going to be made of.

    Args:
        workspace: whose files are read once more, as bytes.
        records: what was read of it, with the texts.
        columns: header of ``statements.csv``, which the tables of all sources decide together.
        quotes: whether passages may be quoted.
    """
    tables = [workspace.root / MARK, *map(workspace.table, ("sources", "entities", "names", "outline"))]
    said = [*workspace.turtle_files(), *workspace.external_files(), *workspace.shape_files(), *workspace.rule_files()]
    software = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in (".py", ".js", ".css", ".html", ".json"))
    shared = _digest([str(quotes), *columns, *map(_file_digest, [*tables, *said, *software])])
    evidence: dict[str, list[str]] = defaultdict(list)
    for row in records.evidence:
        evidence[row.statement.partition("/")[0]].append("\t".join((row.statement, row.part, row.begin, row.stop, row.digest)))
    copied: dict[str, list[str]] = defaultdict(list)
    for reference, passage in sorted(records.copies.items()):
        copied[reference.partition("/")[0]].append(passage)
    made_of = {
        source.id: _digest(
            [_file_digest(workspace.table(f"statements/{source.id}")), records.texts.get(source.id, ""), *copied[source.id], *evidence[source.id]]
        )
        for source in records.sources
    }
    return Plan(shared, made_of)


def _digest(parts: Iterable[str]) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(part.encode("utf-8") + b"\0")
    return made.hexdigest()


def lines_digest(lines: Iterable[str]) -> str:
    """Return a digest of lines in any order."""
    return _digest(sorted(lines))


def _file_digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take_over(old: Path, new: Path) -> None:
    """Let a file that will not change stand in two builds: by a link, or by a copy where the file system has none."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
