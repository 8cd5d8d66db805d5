"""Loads a build into another store: SPARQL Update or the SPARQL 1.1 Graph Store HTTP Protocol, in bounded batches, counted afterwards.

It writes to the three graphs of the build and to no other. There is no transaction over several requests: a run that breaks off leaves
part of the triples, says so, and is made good by a run with ``replace``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from withwhom.knowledge import KnowledgeBase
from withwhom.knowledge import open as open_graph
from withwhom.output import stamp
from withwhom.problems import SaidError, WorkspaceError
from withwhom.terms import graph_of
from withwhom.words import say

if TYPE_CHECKING:
    from withwhom.endpoint import Endpoint
    from withwhom.engine import Engine

PROTOCOLS = ("update", "gsp")
# Virtuoso refuses an update of 10,000 lines and more, after its own rewriting; 1,000 triples pass, 5,000 do not (7.2.5).
TRIPLES, BYTES = 1_000, 1_000_000
COUNT = "SELECT (COUNT(*) AS ?count) WHERE { ?s ?p ?o }"
Done = Callable[[int], None]


class PublishError(SaidError):
    """A store that holds something else, or did not take everything."""


@dataclass(frozen=True)
class Target:
    """Where a build goes.

    Args:
        engine: answers over the store, for counting.
        writer: the service that takes updates, or graphs.
        protocol: ``update`` or ``gsp``.
    """

    engine: Engine
    writer: Endpoint
    protocol: str = "update"

    def clear(self, graph: str) -> None:
        """Empty a graph."""
        if self.protocol == "update":
            self._send(f"CLEAR SILENT GRAPH <{graph}>".encode(), "application/sparql-update", self.writer.url, "POST")
        else:
            self._send(b"", "application/n-triples", self._place(graph), "PUT")

    def add(self, graph: str, lines: Sequence[str]) -> None:
        """Add the triples of N-Triples lines to a graph."""
        text = "".join(lines)
        if self.protocol == "update":
            data = f"INSERT DATA {{ GRAPH <{graph}> {{\n{as_sparql(text)}}} }}"
            self._send(data.encode("utf-8"), "application/sparql-update", self.writer.url, "POST")
        else:
            self._send(text.encode("utf-8"), "application/n-triples", self._place(graph), "POST")

    def _place(self, graph: str) -> str:
        """Return the address of a graph (Graph Store HTTP Protocol, section 4.2)."""
        return f"{self.writer.url}{'&' if '?' in self.writer.url else '?'}graph={quote(graph, safe='')}"

    def _send(self, data: bytes, kind: str, url: str, method: str) -> None:
        from http.client import HTTPException
        from urllib.request import Request

        from withwhom.remote import AGENT

        headers = {"Content-Type": f"{kind}; charset=utf-8" if kind.endswith("update") else kind, "Accept": "*/*", "User-Agent": AGENT}
        request = Request(url, data=data, headers=headers, method=method)  # noqa: S310  # Endpoint lets http and https pass, nothing else
        try:
            with self.writer.send(request) as answer:
                answer.read()
        except (OSError, HTTPException) as error:
            raise self.writer.broken(error) from error


def as_sparql(lines: str) -> str:
    r"""Return N-Triples as SPARQL reads them alike everywhere.

    SPARQL resolves ``\u`` before it reads strings (section 19.2), so that an escaped backslash before a ``u`` of the text would begin a
    code point on some engines; the ``u`` is written as its code point instead.
    """
    return re.sub(r"\\\\([uU])?|\\.", lambda match: f"\\\\\\u{ord(match[1]):04X}" if match[1] else match[0], lines)


def batches(lines: Iterable[str], triples: int = TRIPLES, size: int = BYTES) -> Iterator[list[str]]:
    """Yield lines in batches.

    Args:
        lines: N-Triples, one triple a line.
        triples: most lines of a batch.
        size: characters after which a batch ends.
    """
    batch: list[str] = []
    length = 0
    for line in lines:
        batch.append(line)
        length += len(line)
        if len(batch) >= triples or length >= size:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def files_of(kb: KnowledgeBase) -> Mapping[str, list[Path]]:
    """Return the N-Triples files of a build by the named graph that they make up."""
    found: dict[str, list[Path]] = {f"{kb.base}graph/{name}": [] for name in ("ontology", "stated", "derived")}
    for path in sorted(kb.folder.glob("*.nt")):
        found[f"{kb.base}graph/{graph_of(path.stem)}"].append(path)
    return found


def lines_of(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the lines of files."""
    for path in paths:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from file


def counted(engine: Engine, graph: str) -> int:
    """Return how many triples a graph holds, by the way in which questions see it."""
    _, rows = engine.select(COUNT, [graph])
    return int(str(rows[0][0])) if rows else 0


def publish(kb: KnowledgeBase, target: Target, *, replace: bool = False, done: Done = lambda _: None) -> Mapping[str, int]:
    """Load a build into a store and count it there.

    Args:
        kb: the build, opened with its own store.
        target: where to.
        replace: whether to empty the three graphs first if they hold something.
        done: is told how many lines have been sent, batch by batch.

    Returns:
        The number of triples of each graph.

    Raises:
        PublishError: a graph is not empty and ``replace`` is not asked for, the load broke off, or the counts differ.
        EndpointError, QueryError, TimeLimitError: the store cannot be asked.
        WorkspaceError: another build took this one's place while its files were read; publish again.
    """
    wanted = {graph: counted(kb.engine, graph) for graph in files_of(kb)}
    address = target.writer.address
    held = {graph: count for graph in wanted if (count := counted(target.engine, graph))}
    for graph, count in held.items():
        if not replace:
            raise PublishError("publish-not-empty", address=address, graph=graph, count=str(count))
    for graph in held:
        target.clear(graph)
    _load(kb, target, sum(wanted.values()), done)
    if kb.stamp is not None and stamp(kb.folder) != kb.stamp:
        raise WorkspaceError("build-replaced", path=str(kb.folder))
    for graph, count in wanted.items():
        if (found := counted(target.engine, graph)) != count:
            raise PublishError("publish-miscounted", address=address, graph=graph, wanted=str(count), found=str(found))
    return wanted


def _load(kb: KnowledgeBase, target: Target, total: int, done: Done) -> None:
    written = 0
    try:
        for graph, paths in files_of(kb).items():
            for batch in batches(lines_of(paths)):
                target.add(graph, batch)
                written += len(batch)
                done(len(batch))
    except SaidError as error:
        if not written:
            raise
        raise _BrokenOffError(error, written, total) from error


class _BrokenOffError(PublishError):
    """A load that broke off, with the reason in the language that is asked for."""

    def __init__(self, reason: SaidError, written: int, total: int) -> None:
        self.reason = reason
        super().__init__("publish-broken", detail=reason.message("en"), written=str(written), total=str(total))

    def message(self, language: str) -> str:
        return say(self.key, language, **{**self.values, "detail": self.reason.message(language)})


def add_publish(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``publish``."""
    command.set_defaults(command=_publish)
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--endpoint", required=True, metavar="URL", help=say("help-endpoint", language))
    command.add_argument("--update-endpoint", metavar="URL", help=say("help-update-endpoint", language))
    command.add_argument("--protocol", choices=PROTOCOLS, default="update", help=say("help-protocol", language))
    command.add_argument("--replace", action="store_true", help=say("help-replace", language))
    command.add_argument("--timeout", type=float, metavar="S", help=say("help-publish-timeout", language))


def _publish(given: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import Progress

    from withwhom.endpoint import Endpoint
    from withwhom.remote import RemoteEngine

    kb = open_graph(given.workspace)
    reader = Endpoint.at(given.endpoint, given.timeout)
    target = Target(RemoteEngine(reader), Endpoint.at(given.update_endpoint, given.timeout) if given.update_endpoint else reader, given.protocol)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say("publish-step", given.lang), total=sum(counted(kb.engine, graph) for graph in files_of(kb)))
        made = publish(kb, target, replace=given.replace, done=lambda count: bar.update(task, advance=count))
    for graph, count in made.items():
        print(say("publish-graph", given.lang, graph=graph, count=str(count)))
    print(say("published", given.lang, address=target.writer.address, count=str(sum(made.values()))))
    return 0
