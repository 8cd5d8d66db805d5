"""What has changed between the shards of two builds, in the named graphs that they make up."""

from __future__ import annotations

import filecmp
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from withwhom.terms import graph_of


@dataclass(frozen=True)
class Change:
    """The lines of N-Triples that a named graph (``stated``, ``derived`` …) has no longer, and those that a shard of it has now."""

    graph: str
    removed: Collection[str]
    added: Collection[str]


def changes(old: Path, new: Path, said: Collection[str]) -> Iterator[Change]:
    """Yield what has changed, shard by shard.

    Args:
        old: the folder of the one build.
        new: that of the other, whose vocabulary is the same.
        said: the direct triples of all new shards: what one shard no longer holds may still stand in another.
    """
    for name in sorted({path.name for folder in (old, new) for path in folder.glob("*.nt")}):
        before, after = old / name, new / name
        if before.is_file() and after.is_file() and (before.samefile(after) or filecmp.cmp(before, after, shallow=False)):
            continue
        lines, others = set(read_lines(before)), set(read_lines(after))
        graph = graph_of(Path(name).stem)
        yield Change(graph, [line for line in lines - others if graph != "stated" or line not in said], others - lines)


def read_lines(shard: Path) -> list[str]:
    """Return the lines of a shard; none where there is no such file."""
    return shard.read_text(encoding="utf-8").split("\n")[:-1] if shard.is_file() else []
