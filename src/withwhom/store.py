"""The embedded engine: an Oxigraph store on disk, three named graphs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

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
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(f"{base}graph/{graph_of(path.stem)}"))
    store.optimize()
    store.flush()
