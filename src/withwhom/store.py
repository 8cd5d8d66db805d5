"""The embedded engine: an Oxigraph store on disk, three named graphs."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from withwhom.previous import take_over
from withwhom.problems import WorkspaceError
from withwhom.terms import graph_of


def load_store(folder: Path, shards: Iterable[Path], base: str) -> None:
    """Make a store from N-Triples files.

    Args:
        folder: the new store.
        shards: the files; their names say which named graph they belong to.
        base: base IRI of the graph.
    """
    store = ox.Store(str(folder))
    for path in shards:
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=_graph(path, base))
    store.optimize()
    store.flush()


@contextmanager
def columns_beside(folder: Path, shards: Collection[Path], *, large: bool) -> Iterator[None]:
    """Write the columns of a large graph (:mod:`withwhom.columnar`) in a thread beside what stands in the block.

    Loading a store is the longest step of a build, waits for the disk and leaves a processor free.

    Args:
        folder: the new folder.
        shards: the N-Triples files.
        large: whether the graph is; nothing is written for a small one, which the store answers as fast.
    """
    if not large:
        yield
        return
    from withwhom.columnar.writing import write_columns

    with ThreadPoolExecutor(max_workers=1) as beside:
        written = beside.submit(write_columns, folder, shards)
        yield
        written.result()


def update_store(folder: Path, old: Path, shards: Collection[Path], base: str, said: Collection[str]) -> None:
    """Make a store out of that of a finished build and the differences between its shards and new ones.

    Args:
        folder: the new store.
        old: the finished build; its store is read only, and shares with the new one the files that never change.
        shards: the new N-Triples files.
        base: base IRI of the graph.
        said: the direct triples of all new shards: what one shard no longer holds may still stand in another.

    Raises:
        WorkspaceError: the old store cannot be read.
    """
    folder.mkdir()
    for path in (old / "store").iterdir():
        if path.suffix == ".sst":  # RocksDB never writes into a table that is finished
            take_over(path, folder / path.name)
        else:
            shutil.copyfile(path, folder / path.name)
    try:
        store = ox.Store(str(folder))
        for name in sorted({path.name for path in shards} | {path.name for path in old.glob("*.nt")}):
            _update(store, old / name, folder.parent / name, _graph(old / name, base), said)
        store.flush()
    except (OSError, ValueError) as error:
        raise WorkspaceError("store-unreadable", path=str(old / "store"), detail=str(error)) from error


def _update(store: ox.Store, old: Path, new: Path, graph: ox.NamedNode, said: Collection[str]) -> None:
    if old.is_file() and new.is_file() and (old.samefile(new) or filecmp.cmp(old, new, shallow=False)):
        return
    before, after = (set(read_lines(path)) for path in (old, new))
    for quad in _quads((line for line in before - after if line not in said), graph):
        store.remove(quad)
    store.extend(_quads(after - before, graph))


def read_lines(shard: Path) -> list[str]:
    """Return the lines of a shard; none where there is no such file."""
    return shard.read_text(encoding="utf-8").split("\n")[:-1] if shard.is_file() else []


def _quads(lines: Iterable[str], graph: ox.NamedNode) -> Iterator[ox.Quad]:
    for triple in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _graph(shard: Path, base: str) -> ox.NamedNode:
    return ox.NamedNode(f"{base}graph/{graph_of(shard.stem)}")
