"""Compares Spark with the embedded build: the same shards, byte for byte, and the time of both in one run.

    .venv/bin/python bench/spark_shards.py WORKSPACE [MASTER]

Embedded is ``withwhom check`` (read, check, compile, validate) in one process; Spark does the same and writes the shards.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from withwhom.build import check
from withwhom.portions import Shards
from withwhom.spark import spark_shards
from withwhom.stopwatch import Stopwatch
from withwhom.workspace import Workspace


def main(folder: Path, master: str) -> None:
    """Run both, compare every shard and every problem, and print the seconds."""
    workspace = Workspace(folder.resolve())
    begin = perf_counter()
    checked = check(workspace)
    embedded = perf_counter() - begin
    with tempfile.TemporaryDirectory() as made:
        watch = Stopwatch()
        begin = perf_counter()
        shards = spark_shards(workspace, out=Path(made) / "shards", master=master, step=watch.step)
        spark = perf_counter() - begin
        different = [name for name, lines in checked.compiler.shards() if (shards.out / f"{name}.nt").read_bytes() != "".join(f"{x}\n" for x in lines).encode()]
    if different or list(map(str, checked.problems)) != list(map(str, shards.problems)):
        sys.exit(f"not the same: {different or 'problems'}")
    print("\n".join(watch.lines("en")))
    print(said(shards, embedded, spark, master))


def said(shards: Shards, embedded: float, spark: float, master: str) -> str:
    """Return the figures of a run as a line."""
    amounts = f"{shards.statements:,} statements, {shards.triples:,} triples, {len(shards.problems):,} warnings: the same bytes"
    return f"{amounts}; embedded {embedded:.1f} s, Spark {master} {spark:.1f} s with its start ({spark / embedded:.2f} times)"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "local[2]")
