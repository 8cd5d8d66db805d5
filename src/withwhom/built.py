"""A finished build as far as it can be compared with another: read from its own files only, whichever version of the software made it."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import withwhom.tables  # noqa: F401  # its limit for the length of a cell holds here, too
from withwhom.catalogue import CATALOGUE, Catalogue
from withwhom.network import NETWORK, Claim, Network, read_network
from withwhom.output import restore
from withwhom.previous import STATEMENTS
from withwhom.problems import WorkspaceError
from withwhom.terms import WW
from withwhom.versions import Versions
from withwhom.workspace import MARK, Workspace, build_folder, find_workspace

ENTITIES = "entities.csv"
# Columns of statements.csv that say nothing of a statement itself: its id, names of what it names, its evidence and itself in words.
TOLD = frozenset({"id", "source", "file", "subject_name", "object_name", "program_name", "evidence", "sentence", "quote"})
Row = Mapping[str, str]


@dataclass(frozen=True)
class Built:
    """A finished build; what is read of it is read when it is first asked for.

    Args:
        folder: where it stands.
    """

    folder: Path

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The files by which builds are compared that are not there, or that another version of the software wrote in another form."""
        readable = {CATALOGUE: bool(self.catalogue), NETWORK: self.network is not None}
        return tuple(name for name in (CATALOGUE, NETWORK, STATEMENTS, ENTITIES) if not readable.get(name, (self.folder / name).is_file()))

    @cached_property
    def catalogue(self) -> Mapping[str, Any]:
        """What ``catalogue.json`` holds; nothing if it cannot be read."""
        try:
            return Catalogue(self.folder).values
        except WorkspaceError:
            return {}

    @cached_property
    def network(self) -> Network | None:
        """What ``network.json`` holds."""
        try:
            return read_network(self.folder)
        except WorkspaceError:
            return None

    @cached_property
    def versions(self) -> Versions | None:
        """The versions that it carries; None where it was built before builds carried any."""
        try:
            return Versions.from_json(self.catalogue["versions"])
        except (KeyError, TypeError):
            return None

    @property
    def base(self) -> str:
        return str(self.catalogue.get("base", ""))

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """What is known of each document, by its id."""
        return {record["id"]: record for record in self.catalogue.get("source_records", ())}

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """The statements as the network holds them, by reference."""
        return {claim.reference: claim for claim in self.network.claims} if self.network else {}

    @cached_property
    def entities(self) -> Mapping[str, Row]:
        """The rows of ``entities.csv`` by id."""
        return {row["id"]: row for row in _rows(self.folder / ENTITIES)}

    def name(self, entity: str, language: str) -> str:
        """Return the name of an entity in ``zh`` or ``en``, its id where it has none."""
        return self.entities.get(entity, {}).get(f"name_{language}", "") or entity

    def columns(self) -> list[str]:
        """Return the columns of ``statements.csv`` that say something of a statement itself."""
        return [name for name in _header(self.folder / STATEMENTS) if name not in TOLD]

    def marks(self, columns: Sequence[str], passages: Mapping[str, str]) -> dict[str, bytes]:
        """Return a digest of the cells of each statement, by reference: of a large build, only the rows that differ are held.

        Args:
            columns: those that count.
            passages: what else counts of a statement, by reference.
        """
        found = {}
        for row in _rows(self.folder / STATEMENTS):
            cells = [*(row.get(column, "") for column in columns), passages.get(row["id"], "")]
            found[row["id"]] = hashlib.blake2b("\x1f".join(cells).encode(), digest_size=16).digest()
        return found

    def statements(self, references: Collection[str]) -> dict[str, Row]:
        """Return rows of ``statements.csv`` by reference."""
        return {row["id"]: row for row in _rows(self.folder / STATEMENTS) if row["id"] in references} if references else {}

    def shards(self) -> Mapping[str, Path]:
        """Return the shards of triples by name."""
        return {path.name: path for path in sorted(self.folder.glob("*.nt"))}

    def passages(self, shard: str) -> Mapping[str, str]:
        """Return the digests of all passages of each statement in a shard, by reference: they stay when a text moves, and change with its words."""
        shared = re.escape(self.base)
        digest = re.compile(rf'<({shared}source/[^>]+)> <{re.escape(WW)}digest> "([^"]*)"')
        evidence = re.compile(rf"<{shared}statement/([^>]+)> <{re.escape(WW)}evidence> <([^>]+)>")
        digests: dict[str, str] = {}
        found: dict[str, list[str]] = defaultdict(list)
        for line in _lines(self.folder / shard):
            if match := digest.match(line):
                digests[match[1]] = match[2]
            elif match := evidence.match(line):
                found[match[1]].append(match[2])
        return {reference: " ".join(sorted(digests.get(iri, iri.rpartition("#")[2]) for iri in iris)) for reference, iris in found.items()}

    def lines(self, shard: str) -> Iterator[str]:
        """Yield the triples of a shard; none if there is no such shard."""
        return _lines(self.folder / shard)


def _lines(path: Path) -> Iterator[str]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from (line.rstrip("\n") for line in file)


def _header(path: Path) -> list[str]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a table by its header; none if there is no such table."""
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file, restval="")


def find_build(given: Path | None) -> Built:
    """Return the build that a path names: a build, or a workspace for the build in it; by default that of the workspace here.

    Raises:
        WorkspaceError: there is neither, or the workspace has not been built.
    """
    if given is None:
        return _of_workspace(find_workspace())
    if (given / MARK).is_file():
        return _of_workspace(Workspace(given.resolve()))
    return _at(given, "diff-no-build")


def _of_workspace(workspace: Workspace) -> Built:
    return _at(build_folder(workspace), "no-build-yet")


def _at(folder: Path, otherwise: str) -> Built:
    restore(folder)  # if a build was killed between two renames
    if not any((folder / name).is_file() for name in (CATALOGUE, NETWORK, STATEMENTS)):
        raise WorkspaceError(otherwise, path=str(folder))
    return Built(folder)
