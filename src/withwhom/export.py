"""Writes a build as one RDF file for other stores: the named graphs that it holds, and views of them in other vocabularies."""

from __future__ import annotations

import argparse
import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from withwhom.binding import BindingError
from withwhom.knowledge import KnowledgeBase
from withwhom.knowledge import open as open_graph
from withwhom.output import stamp, whole_file
from withwhom.problems import WorkspaceError
from withwhom.publish import files_of, lines_of
from withwhom.views import read_view, view_lines
from withwhom.words import say
from withwhom.workspace import MARK, Workspace, find_workspace, shipped

if TYPE_CHECKING:
    import pyoxigraph as ox

    from withwhom.derive import Rule

# By suffix, whether the format keeps named graphs apart.
FORMATS: Mapping[str, bool] = {"nq": True, "trig": True, "jsonld": True, "nt": False, "ttl": False}
# Prefixes of what views are written in; those of the graph itself are dataset.PREFIXES.
OUTSIDE = {
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
}
Graphs = Mapping[str, Iterable[str]]


def graphs_of(kb: KnowledgeBase, views: Mapping[str, Iterable[Rule]], *, stated_only: bool = False, views_only: bool = False) -> Graphs:
    """Return the lines of each named graph that is to be written, sorted, each once.

    Args:
        kb: the build, opened with its own store.
        views: the rules of each view, by name; each view is a graph of its own.
        stated_only: leave out the derived graph, and what views would make of it.
        views_only: leave out the graphs of the build, and give the views alone.

    Raises:
        InputError: a rule of a view makes blank nodes.
    """
    held = {graph: paths for graph, paths in files_of(kb).items() if not (stated_only and graph.endswith("/derived"))}
    made = {f"{kb.base}graph/view-{name}": view_lines(_store(kb), rules, kb.base, list(held)) for name, rules in views.items()}
    return made if views_only else {**{graph: _merged(paths) for graph, paths in held.items()}, **made}


def _store(kb: KnowledgeBase) -> ox.Store:
    from withwhom.engine import EmbeddedEngine

    if not isinstance(kb.engine, EmbeddedEngine):
        raise TypeError("an endpoint cannot run the rules of a view; open the build itself")
    return kb.engine.store


def _merged(shards: Iterable[Path]) -> Iterator[str]:
    """Yield the lines of sorted shards, sorted, each once: several sources may say one direct triple."""
    for line, _ in groupby(heapq.merge(*(lines_of([path]) for path in shards))):
        yield line.removesuffix("\n")


def lines_in(graphs: Graphs, kind: str) -> Iterator[str]:
    """Yield graphs line by line: N-Quads where a format keeps named graphs apart, else N-Triples of all of them, each once."""
    if FORMATS[kind]:
        yield from (f"{line[:-1]}<{graph}> ." for graph, lines in graphs.items() for line in lines)
    else:
        yield from (line for line, _ in groupby(heapq.merge(*graphs.values())))


def write_graphs(graphs: Graphs, kind: str, file: BinaryIO, base: str) -> int:
    """Write graphs into a file, N-Quads and N-Triples line by line, the formats for readers as a whole.

    Args:
        graphs: sorted lines of N-Triples, by the IRI of the named graph.
        kind: one of :data:`FORMATS`.
        file: where to.
        base: IRI of the graph, for prefixes.

    Returns:
        The number of triples.
    """
    count = 0
    if kind in ("nq", "nt"):
        for line in lines_in(graphs, kind):
            file.write(f"{line}\n".encode())
            count += 1
        return count
    import pyoxigraph as ox

    from withwhom.dataset import PREFIXES

    lines = list(lines_in(graphs, kind))
    quads = ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)
    prefixes = {**PREFIXES, **OUTSIDE, "e": f"{base}entity/", "s": f"{base}statement/", "g": base}
    written = quads if FORMATS[kind] else (quad.triple for quad in quads)
    ox.serialize(written, file, format=ox.RdfFormat.from_extension(kind), prefixes=prefixes)
    return len(lines)


def add_export(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``export``."""
    command.set_defaults(command=_export)
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--view", action="append", default=[], metavar="NAME", help=say("help-export-view", language))
    command.add_argument("--views-only", action="store_true", help=say("help-views-only", language))
    command.add_argument("--stated-only", action="store_true", help=say("help-stated-only", language))
    command.add_argument("--format", choices=FORMATS, help=say("help-export-format", language))
    command.add_argument("--out", type=Path, metavar="FILE", help=say("help-file", language))


def _export(given: argparse.Namespace) -> int:
    kind = _kind(given)
    if given.views_only and not given.view:
        raise BindingError("views-only-of-none")
    views = {name: read_view(_workspace(given.workspace), name) for name in given.view}
    kb = open_graph(given.workspace)
    graphs = graphs_of(kb, views, stated_only=given.stated_only, views_only=given.views_only)
    if given.out is None:
        write_graphs(graphs, kind, sys.stdout.buffer, kb.base)
        return 0
    with whole_file(given.out) as file:
        count = write_graphs(graphs, kind, file, kb.base)
        if kb.stamp is not None and stamp(kb.folder) != kb.stamp:
            raise WorkspaceError("build-replaced", path=str(kb.folder))
    print(say("exported", given.lang, path=str(given.out), count=f"{count:,}"))
    return 0


def _kind(given: argparse.Namespace) -> str:
    """Return the format to write: that asked for, else that of the file's extension, else N-Quads.

    Raises:
        BindingError: no format has that extension.
    """
    kind: str = given.format or (given.out.suffix[1:].lower() if given.out else "nq")
    if kind not in FORMATS:
        raise BindingError("bad-extension", value=given.out.suffix, known=", ".join(f".{name}" for name in FORMATS))
    return kind


def _workspace(given: Path | None) -> Workspace:
    """Return the workspace whose views are meant: where a build is given, that in which it stands, else the shipped one."""
    if given is None or (given / MARK).is_file():
        return find_workspace(given)
    return Workspace(given.parent) if (given.parent / MARK).is_file() else shipped()
