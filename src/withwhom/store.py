"""The embedded engine: an Oxigraph store on disk, three named graphs."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from withwhom.previous import take_over
from withwhom.problems import WorkspaceError
from withwhom.shard_changes import Change
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


def update_columns(folder: Path, old: Path, changes: Iterable[Change], shards: Collection[Path]) -> None:
    """Make the columns of a large graph out of those of a finished build and what has changed since; out of its shards, if there are none.

    Args:
        folder: the new folder.
        old: the old one.
        changes: see :func:`withwhom.shard_changes.changes`.
        shards: all N-Triples files.
    """
    from withwhom.columnar.data import Columns
    from withwhom.columnar.updating import changed_columns
    from withwhom.columnar.writing import write_columns

    try:
        known = Columns.open(old)
    except OSError:
        known = None
    if known is None:
        write_columns(folder, shards)
    else:
        changed_columns(folder, known, changes)


def update_store(folder: Path, old: Path, changes: Iterable[Change], base: str) -> None:
    """Make a store out of that of a finished build and what has changed since.

    Args:
        folder: the new store.
        old: the old one; it is read only, and shares with the new one the files that never change.
        changes: see :func:`withwhom.shard_changes.changes`.
        base: base IRI of the graph.

    Raises:
        WorkspaceError: the old store cannot be read.
    """
    folder.mkdir()
    for path in old.iterdir():
        if path.suffix == ".sst":  # RocksDB never writes into a table that is finished
            take_over(path, folder / path.name)
        else:
            shutil.copyfile(path, folder / path.name)
    try:
        store = ox.Store(str(folder))
        for change in changes:
            graph = ox.NamedNode(f"{base}graph/{change.graph}")
            for quad in _quads(change.removed, graph):
                store.remove(quad)
            store.extend(_quads(change.added, graph))
        store.flush()
    except (OSError, ValueError) as error:
        raise WorkspaceError("store-unreadable", path=str(old), detail=str(error)) from error


def _quads(lines: Iterable[str], graph: ox.NamedNode) -> Iterator[ox.Quad]:
    for triple in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _graph(shard: Path, base: str) -> ox.NamedNode:
    return ox.NamedNode(f"{base}graph/{graph_of(shard.stem)}")
