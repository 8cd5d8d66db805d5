"""One engine in a process of its own: it opens, says how long that took, and answers what it is asked through a pipe."""

from __future__ import annotations

import http.client
import io
import re
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urlencode, urlsplit

from compare import digest
from withwhom.engine import Cell, EmbeddedEngine, oxigraph_cell, typed

if TYPE_CHECKING:
    import pyoxigraph as ox

FIRST = 100
Rows = Sequence[Sequence[Cell]]
# What an engine returns, as it is.
Found: TypeAlias = Any
# N-Triples files by the named graph that they make up.
Files = dict[str, list[Path]]


class Opened(Protocol):
    """An engine that is ready: ``ask`` is what is timed, ``values`` makes its rows comparable, ``first`` gets the first rows only."""

    def ask(self, query: str) -> Found: ...
    def values(self, found: Found) -> Rows: ...
    def first(self, query: str) -> Found: ...


@dataclass(frozen=True)
class Embedded:
    """This project's engine over a store."""

    engine: EmbeddedEngine
    graphs: list[str]

    def ask(self, query: str) -> Rows:
        return self.engine.select(query, self.graphs)[1]

    def values(self, found: Rows) -> Rows:
        return found

    def first(self, query: str) -> Rows:
        import pyoxigraph as ox

        rows: Any = self.engine.store.query(query, default_graph=[ox.NamedNode(graph) for graph in self.graphs])
        return [tuple(map(oxigraph_cell, row)) for row in islice(rows, FIRST)]


@dataclass(frozen=True)
class Bare:
    """pyoxigraph without this project; no graphs: everything is in the default graph."""

    store: Any
    graphs: list[Any]

    def _rows(self, query: str) -> Iterable[Any]:
        rows: Iterable[Any] = self.store.query(query, default_graph=self.graphs or None)
        return rows

    def ask(self, query: str) -> Found:
        return list(self._rows(query))

    def values(self, found: Found) -> Rows:
        return [tuple(map(oxigraph_cell, row)) for row in found]

    def first(self, query: str) -> Found:
        return list(islice(self._rows(query), FIRST))


@dataclass(frozen=True)
class Rdflib:
    """rdflib over one graph in memory."""

    graph: Any

    def ask(self, query: str) -> Found:
        return list(self.graph.query(query))

    def values(self, found: Found) -> Rows:
        from rdflib import Literal

        return [
            tuple(None if term is None else typed(str(term), str(term.datatype or "")) if isinstance(term, Literal) else _iri(term) for term in row)
            for row in found
        ]

    def first(self, query: str) -> Found:
        return list(islice(self.graph.query(query), FIRST))


def _iri(term: object) -> Cell:
    from withwhom.engine import Iri

    return Iri(str(term))


@dataclass(frozen=True)
class Maplib:
    """maplib over one graph in memory, with its JSON results.

    It refuses variables that are bound outside the OPTIONAL in whose FILTER they stand, and variables that nothing binds. So the language is
    written where the questions have ``?lang``, and the filters of optional parameters that are not given, which let everything pass, go.
    """

    model: Any

    def ask(self, query: str) -> tuple[list[str], bytes]:
        named = re.sub(r"(LANG\(\?\w+\) = )\?lang\b", r'\1"zh"', query)
        plain = re.sub(r"BIND\(\?__\w+ AS (\?\w+)\)\s*FILTER\(!BOUND\(\1\) .*\n", "", named)
        return projected(query), str(self.model.query(plain, return_json=True)).encode("utf-8")

    def values(self, found: tuple[list[str], bytes]) -> Rows:
        order, content = found
        columns, rows = _parsed(content.replace(b"XMLSchema#unsignedInt", b"XMLSchema#integer"))  # its type of counts
        places = [columns.index(name) for name in order]  # it gives the columns in any order
        return [tuple(row[place] for place in places) for row in rows]

    def first(self, query: str) -> tuple[list[str], bytes]:
        return self.ask(limited(query))


@dataclass(frozen=True)
class Served:
    """A SPARQL service on loopback, over one connection that stays open."""

    connection: http.client.HTTPConnection
    path: str
    graphs: list[str]

    def ask(self, query: str) -> Rows:
        body = urlencode([("query", query), *(("default-graph-uri", graph) for graph in self.graphs)])
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
        self.connection.request("POST", self.path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK or answer.getheader("X-SQL-State"):
            raise RuntimeError(content[:300].decode("utf-8", "replace"))
        return _parsed(content)[1]

    def values(self, found: Rows) -> Rows:
        return found

    def first(self, query: str) -> Rows:
        return self.ask(limited(query))


def _parsed(content: bytes) -> tuple[list[str], Rows]:
    """Return the columns and rows of an answer in JSON."""
    import pyoxigraph as ox

    found: Any = ox.parse_query_results(io.BytesIO(content), format=ox.QueryResultsFormat.JSON)
    return [variable.value for variable in found.variables], [tuple(map(oxigraph_cell, row)) for row in found]


def projected(query: str) -> list[str]:
    """Return the columns that a query lists: variables, and expressions with a name."""
    selected = re.search(r"^SELECT\b(.*?)\bWHERE\b", query, re.DOTALL | re.MULTILINE)
    named = re.sub(r"\((?:[^()]|\([^()]*\))*\bAS\s+(\?\w+)\s*\)", r"\1", selected[1] if selected else "")
    return re.findall(r"\?(\w+)", named)


def limited(query: str) -> str:
    """Return a query cut after its first rows."""
    return f"{query}\nLIMIT {FIRST}"


def filled(store: ox.Store, files: Files, *, one: bool) -> ox.Store:
    """Load files in bulk, each into its named graph or all into the default graph, and return the store."""
    import pyoxigraph as ox

    for graph, paths in files.items():
        for path in paths:
            store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.DefaultGraph() if one else ox.NamedNode(graph))
    store.optimize()
    return store


def embedded_disk(files: Files, place: str) -> Opened:
    """Open the store of a build."""
    return Embedded(EmbeddedEngine.open(Path(place)), list(files))


def embedded_memory(files: Files, _: str) -> Opened:
    """Load the files into this project's engine in memory."""
    import pyoxigraph as ox

    return Embedded(EmbeddedEngine(filled(ox.Store(), files, one=False)), list(files))


def bare_disk(files: Files, place: str) -> Opened:
    """Open a store on disk, its named graphs asked together."""
    import pyoxigraph as ox

    return Bare(ox.Store.read_only(place), [ox.NamedNode(graph) for graph in files])


def bare_disk_one(_: Files, place: str) -> Opened:
    """Open a store on disk with everything in the default graph."""
    import pyoxigraph as ox

    return Bare(ox.Store.read_only(place), [])


def bare_memory(files: Files, _: str) -> Opened:
    """Load everything into the default graph in memory."""
    import pyoxigraph as ox

    return Bare(filled(ox.Store(), files, one=True), [])


def rdflib_memory(files: Files, _: str) -> Opened:
    """Load everything into one graph in memory."""
    from rdflib import Graph

    graph = Graph()
    for paths in files.values():
        for path in paths:
            graph.parse(path, format="nt")
    return Rdflib(graph)


def maplib_memory(files: Files, _: str) -> Opened:
    """Load everything into one graph in memory."""
    from maplib import Model

    model = Model()
    for paths in files.values():
        for path in paths:
            model.read(str(path), format="ntriples")
    return Maplib(model)


def served(files: Files, place: str) -> Opened:
    """Connect to a service at an address."""
    parts = urlsplit(place)
    return Served(http.client.HTTPConnection(str(parts.hostname), parts.port), parts.path, list(files))


Opener = Callable[[Files, str], Opened]


class AlarmError(BaseException):
    """The limit of an answer is over; not an ``Exception``, which an engine might catch."""


def ring(_: int, __: object) -> None:
    """Interrupt what runs."""
    raise AlarmError


def serve(pipe: Connection, opener: Opener, files: Files, place: str) -> None:
    """Open an engine, send the seconds of that, and answer requests as long as there are any.

    A request is ``(kind, query, limit)``, kind ``ask``, ``first`` or ``rows``. First comes how it went, ``seconds``, ``over`` or ``error``:
    engines raise whatever they like. After seconds comes what was answered.
    """
    signal.signal(signal.SIGALRM, ring)
    start = time.perf_counter()
    engine = opener(files, place)
    pipe.send(time.perf_counter() - start)
    while True:
        kind, query, limit = pipe.recv()
        try:
            # Another engine cannot be interrupted, and a server would go on working: their processes are ended from outside.
            seconds, found = timed(engine.first if kind == "first" else engine.ask, query, limit if isinstance(engine, Rdflib) else 0)
        except AlarmError:
            pipe.send({"over": True})
        except Exception as error:  # noqa: BLE001  # what a peer cannot answer is a result
            pipe.send({"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"})
        else:
            pipe.send({"seconds": seconds})
            pipe.send({} if kind == "first" else answer(engine.values(found), kind))


def timed(ask: Callable[[str], Found], query: str, limit: float) -> tuple[float, Found]:
    """Return the seconds of an answer and what it is; it is interrupted after ``limit`` seconds, never if that is 0."""
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        start = time.perf_counter()
        found = ask(query)
        return time.perf_counter() - start, found
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(rows: Rows, kind: str) -> dict[str, Any]:
    """Return the number of rows, and their digest or they themselves."""
    return {"count": len(rows), **({"rows": rows} if kind == "rows" else {"digest": digest(rows)})}


def fill_disk(pipe: Connection, place: str, files: Files, one: bool) -> None:  # noqa: FBT001  # the target of a process
    """Make a store on disk as bare pyoxigraph does, and send the seconds."""
    import pyoxigraph as ox

    start = time.perf_counter()
    store = filled(ox.Store(place), files, one=one)
    store.flush()
    pipe.send(time.perf_counter() - start)
