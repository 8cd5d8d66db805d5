"""Writes what each source makes of a build: its shard of triples, its rows of ``statements.csv``, its statements in ``network.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from withwhom.compile import ENTITIES, Compiler, shard_name
from withwhom.network import NETWORK, Claim, claim_rows, claims_head
from withwhom.network_build import claim
from withwhom.output import write_lines
from withwhom.problems import Problem
from withwhom.readable import Reader, statement_columns, statement_row
from withwhom.records import Records, Source
from withwhom.shapes import Validator
from withwhom.spreadsheet import csv_head, csv_rows

STATEMENTS = "statements.csv"
# A page of more organizations and programs than this shows the best-connected ones: so many are as much as a picture can tell.
DRAWN = 2_000


@dataclass(frozen=True)
class Part:
    """What one source makes: the lines of its shard, its rows, its statements as the network holds them."""

    lines: Sequence[str]
    rows: str
    claims: Sequence[Claim]


@dataclass(frozen=True)
class Stated:
    """The stated graph as it was written.

    Args:
        triples: how many different ones there are.
        said: the direct triples among them, which a text says.
        drawn: ids of the entities on the page; None for all.
        claims: the statements on the page.
        problems: what the shapes found.
    """

    triples: int
    said: set[str]
    drawn: frozenset[str] | None
    claims: Sequence[Claim]
    problems: Sequence[Problem]


def write_parts(compiler: Compiler, validator: Validator, reader: Reader, folder: Path) -> Stated:
    """Compile, validate and write one source after another.

    Args:
        compiler: of the records.
        validator: of the shapes that look at a node's own triples.
        reader: puts statements into words, with the passages that may be quoted.
        folder: where ``entities.nt``, ``source-*.nt``, ``statements.csv`` and the beginning of ``network.json`` are written.
    """
    drawn = best_connected(compiler.records)
    entities = compiler.entity_shard()
    write_lines(folder / f"{ENTITIES}.nt", entities)
    problems, triples = validator.shard_problems(entities), len(entities)
    said: set[str] = set()
    kept: list[Claim] = []
    columns = statement_columns(reader)
    with ExitStack() as files:
        table, network = (files.enter_context((folder / name).open("w", encoding="utf-8", newline="")) for name in (STATEMENTS, NETWORK))
        table.write(csv_head(columns))
        network.write(claims_head())
        first = True
        for source, part in parts(compiler, reader, columns):
            write_lines(folder / f"{shard_name(source.id)}.nt", part.lines)
            problems += validator.shard_problems(part.lines)
            known, direct = len(said), compiler.said(part.lines)
            said.update(direct)
            triples += len(part.lines) - len(direct) + len(said) - known
            table.write(part.rows)
            if part.claims:
                network.write(("" if first else ",") + claim_rows(part.claims))
                first = False
            kept += part.claims if drawn is None else [row for row in part.claims if {row.subject, row.object} - {""} <= drawn]
    return Stated(triples, said, drawn, kept, problems)


def parts(compiler: Compiler, reader: Reader, columns: Sequence[str]) -> Iterator[tuple[Source, Part]]:
    """Yield every source with what it makes, those with statements first, in the order of their tables."""
    for identifier in dict.fromkeys([*compiler.of_source, *reader.sources]):
        told = [(statement, reader.telling(statement)) for statement in compiler.of_source.get(identifier, ())]
        source = reader.sources[identifier]
        rows = csv_rows(statement_row(reader, statement, telling, columns) for statement, telling in told)
        yield source, Part(compiler.told_shard(source, told), rows, [claim(statement, telling) for statement, telling in told])


def best_connected(records: Records) -> frozenset[str] | None:
    """Return the entities that most statements are about, as many as a page shows; None if it can show all."""
    if len(records.entities) <= DRAWN:
        return None
    degrees = Counter(end for s in records.statements for end in (s.subject, s.object) if end)
    return frozenset(sorted(degrees, key=lambda entity: (-degrees[entity], entity))[:DRAWN])
