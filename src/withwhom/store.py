"""The embedded engine: an Oxigraph store on disk, three named graphs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox


def load_store(folder: Path, files: Mapping[Path, str]) -> None:
    """Make a store from N-Triples files.

    Args:
        folder: the new store.
        files: the named graph of each file.
    """
    store = ox.Store(str(folder))
    for path, graph in files.items():
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
    store.optimize()
    store.flush()
