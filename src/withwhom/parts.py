"""Writes what each source makes of a build: its shard of triples, its rows of ``statements.csv``, its statements in ``network.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from withwhom.compile import ENTITIES, Compiler, shard_name
from withwhom.network import NETWORK, Claim, claim_rows, claims_head, read_claims
from withwhom.network_build import claim
from withwhom.output import write_lines
from withwhom.previous import STATEMENTS, Kept, Plan, Previous, take_over
from withwhom.problems import Problem
from withwhom.readable import Reader, statement_columns, statement_row
from withwhom.records import Records, Source
from withwhom.shapes import Validator
from withwhom.spreadsheet import csv_head, csv_rows

# A page of more entities than this shows those that most statements are about: so many are as much as a picture can tell.
DRAWN = 2_000


@dataclass(frozen=True)
class Part:
    """What one source makes.

    Args:
        triples: how many of its triples no other shard can hold.
        said: its direct triples, which another source may say, too.
        rows: its rows of ``statements.csv``.
        claims: its statements as rows of ``network.json``.
        drawn: those of them that the page shows.
        problems: what the shapes found.
    """

    triples: int
    said: Sequence[str]
    rows: str
    claims: str
    drawn: Sequence[Claim]
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Stated:
    """The stated graph as it was written.

    Args:
        triples: how many different ones there are.
        said: the direct triples among them, which a text says.
        drawn: ids of the entities on the page; None for all.
        claims: the statements on the page.
        problems: what the shapes found.
        kept: what the next build can take over of each source.
    """

    triples: int
    said: set[str]
    drawn: frozenset[str] | None
    claims: Sequence[Claim]
    problems: Sequence[Problem]
    kept: Mapping[str, Kept]


@dataclass(frozen=True)
class Maker:
    """Makes the parts of a build.

    Args:
        compiler: of the records.
        validator: of the shapes that look at a node's own triples.
        reader: puts statements into words, with the passages that may be quoted.
        columns: header of ``statements.csv``.
        drawn: ids of the entities on the page; None for all.
    """

    compiler: Compiler
    validator: Validator
    reader: Reader
    columns: Sequence[str]
    drawn: frozenset[str] | None

    def make(self, source: Source, folder: Path) -> Part:
        """Compile and validate a source and write its shard."""
        told = [(statement, self.reader.telling(statement)) for statement in self.compiler.of_source.get(source.id, ())]
        lines = self.compiler.told_shard(source, told)
        write_lines(folder / f"{shard_name(source.id)}.nt", lines)
        said = self.compiler.said(lines)
        rows = csv_rows(statement_row(self.reader, statement, telling, self.columns) for statement, telling in told)
        claims = [claim(statement, telling) for statement, telling in told]
        return Part(len(lines) - len(said), said, rows, claim_rows(claims), self._on_page(claims), self.validator.shard_problems(lines))

    def take_over(self, source: Source, kept: Kept, previous: Previous, folder: Path) -> Part:
        """Take a source over from a previous build, in which the shapes found nothing wrong with it."""
        take_over(previous.shard(source.id), folder / f"{shard_name(source.id)}.nt")
        claims = previous.claims(source.id)
        return Part(kept.triples, sorted(self.compiler.explicit(source)), previous.rows(source.id), claims, list(read_claims(claims, self.drawn)))

    def _on_page(self, claims: Sequence[Claim]) -> Sequence[Claim]:
        return claims if self.drawn is None else [row for row in claims if {row.subject, row.object} - {""} <= self.drawn]


def write_parts(maker: Maker, folder: Path, plan: Plan, previous: Previous | None = None) -> Stated:
    """Make one source after another, or take it over where nothing that it is made of has changed, and write what it makes.

    Args:
        maker: of the parts.
        folder: where ``entities.nt``, ``source-*.nt``, ``statements.csv`` and the beginning of ``network.json`` are written.
        plan: what the build is made of.
        previous: the build from which unchanged sources are taken over, if any.
    """
    triples, problems = _entities(maker, folder, previous)
    said: set[str] = set()
    drawn: list[Claim] = []
    kept: dict[str, Kept] = {}
    with ExitStack() as files:
        table, network = (files.enter_context((folder / name).open("w", encoding="utf-8", newline="")) for name in (STATEMENTS, NETWORK))
        table.write(csv_head(maker.columns))
        network.write(claims_head())
        for source, part in _parts(maker, folder, plan, previous):
            network.write("," if part.claims and any(row.claims for row in kept.values()) else "")
            network.write(part.claims)
            table.write(part.rows)
            kept[source.id] = Kept(plan.made_of[source.id], part.triples, len(part.rows.encode()), len(part.claims.encode()))
            said.update(part.said)
            triples += part.triples
            problems += part.problems
            drawn += part.drawn
    return Stated(triples + len(said), said, maker.drawn, drawn, problems, kept)


def _entities(maker: Maker, folder: Path, previous: Previous | None) -> tuple[int, list[Problem]]:
    """Write the shard of the entities, or take it over; return how many triples it has, and what the shapes found."""
    shard = folder / f"{ENTITIES}.nt"
    if previous:
        take_over(previous.folder / shard.name, shard)
        with shard.open("rb") as file:
            return sum(1 for _ in file), []
    lines = maker.compiler.entity_shard()
    write_lines(shard, lines)
    return len(lines), maker.validator.shard_problems(lines)


def _parts(maker: Maker, folder: Path, plan: Plan, previous: Previous | None) -> Iterator[tuple[Source, Part]]:
    """Yield every source with its part, those with statements first, in the order of their tables."""
    unchanged = previous.unchanged(plan) if previous else {}
    for identifier in dict.fromkeys([*maker.compiler.of_source, *maker.reader.sources]):
        source = maker.reader.sources[identifier]
        if previous and identifier in unchanged:
            yield source, maker.take_over(source, unchanged[identifier], previous, folder)
        else:
            yield source, maker.make(source, folder)


def maker_of(compiler: Compiler, validator: Validator, reader: Reader) -> Maker:
    """Return the maker of a build's parts."""
    return Maker(compiler, validator, reader, statement_columns(reader), best_connected(compiler.records))


def best_connected(records: Records) -> frozenset[str] | None:
    """Return the entities that most statements are about, as many as a page shows; None if it can show all."""
    if len(records.entities) <= DRAWN:
        return None
    degrees = Counter(end for s in records.statements for end in (s.subject, s.object) if end)
    return frozenset(sorted(degrees, key=lambda entity: (-degrees[entity], entity))[:DRAWN])
