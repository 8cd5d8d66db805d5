"""Engines that answer SPARQL, behind one face: the embedded Oxigraph store, and rdflib as the reference.

An engine is asked with a query and the named graphs that make its default graph; it gives the names of the columns and rows of
plain values: :class:`Iri`, ``str``, ``int``, ``Decimal``, ``bool``, ``date`` or None.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from withwhom.problems import SaidError, WorkspaceError
from withwhom.terms import graph_of

if TYPE_CHECKING:
    import pyoxigraph as ox
    from rdflib import Dataset

    from withwhom.columnar.data import Columns

XSD = "http://www.w3.org/2001/XMLSchema#"
# The folder of a build that holds its columns, beside its store.
COLUMNS = "columns"
# An order by plain variables at the very end of a query.
ORDER = re.compile(r"\bORDER BY((?:\s+(?:\?\w+|(?:ASC|DESC)\(\?\w+\)))+)\s*\Z")
KEY = re.compile(r"(DESC\()?\?(\w+)")


class Iri(str):
    """An IRI, told apart from a text."""

    __slots__ = ()


Cell: TypeAlias = Iri | str | int | Decimal | bool | datetime.date | None
Table: TypeAlias = tuple[tuple[str, ...], list[tuple[Cell, ...]]]


class QueryError(SaidError):
    """A query that an engine does not understand, or that is not a SELECT."""


class TimeLimitError(SaidError):
    """A query did not end within its time limit."""


class Engine(Protocol):
    """Answers SELECT queries over a union of named graphs."""

    def select(self, query: str, graphs: Sequence[str]) -> Table:
        """Return the columns and rows of a query over the union of ``graphs``."""
        ...


@runtime_checkable
class TimedEngine(Engine, Protocol):
    """An engine that keeps a time limit by itself."""

    def within(self, seconds: float) -> Engine:
        """Return the same engine with another time limit."""
        ...


def typed(text: str, datatype: str) -> Cell:
    """Return the value of a literal; what its datatype does not allow stays a text."""
    kind = datatype.removeprefix(XSD)
    try:
        if kind in ("integer", "int", "long", "nonNegativeInteger"):
            return int(text)
        if kind in ("decimal", "double", "float"):
            number = Decimal(text)
            whole = number.is_finite() and number == number.to_integral_value()
            return int(number) if whole else number.normalize() if number.is_finite() else text
        if kind == "boolean":
            return text in ("true", "1")
        if kind == "date":
            return datetime.date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return text
    return text


@dataclass(frozen=True)
class EmbeddedEngine:
    """Oxigraph on disk, opened for reading; several processes may read at once. A large build has columns, too, which answer faster.

    Args:
        store: the store.
        folder: where it is, for messages.
        columns: the same triples in columns, for what can be asked of them; see :mod:`withwhom.columnar`.
    """

    store: ox.Store
    folder: Path = Path()
    columns: Columns | None = None

    @classmethod
    def open(cls, folder: Path) -> EmbeddedEngine:
        """Open the store of a build.

        Raises:
            WorkspaceError: there is no store, or it cannot be read.
        """
        import pyoxigraph as ox

        if not folder.is_dir():
            raise WorkspaceError("no-build-yet", path=str(folder.parent))
        with _readable(folder):
            return cls(ox.Store.read_only(str(folder)), folder, _columns(folder.with_name(COLUMNS)))

    @cached_property
    def graphs(self) -> frozenset[str]:
        """The named graphs that the store holds."""
        return frozenset(graph.value for graph in self.store.named_graphs())

    def select(self, query: str, graphs: Sequence[str]) -> Table:
        """Return the columns and rows of a query over the union of ``graphs``.

        Oxigraph reads each term of a row again for every comparison while it sorts, so an order by plain columns is made here.
        """
        with _readable(self.folder):
            return self._of_columns(query, graphs) or self._select(query, graphs)

    def _of_columns(self, query: str, graphs: Sequence[str]) -> Table | None:
        """Return what the columns answer; None where there are none, or the query is not one for them."""
        without = {graph for graph in self.graphs if graph_of(graph.rpartition("/")[2]) != "derived"}
        derived = self.graphs <= set(graphs)
        if self.columns is None or not (derived or set(graphs) == without):
            return None
        from withwhom.columnar.engine import answered
        from withwhom.columnar.syntax import DeclinedError

        try:
            return answered(query, self.columns, derived=derived)
        except DeclinedError:
            return None

    def _select(self, query: str, graphs: Sequence[str]) -> Table:
        ordered = ORDER.search(query)
        result = self._solutions(query[: ordered.start()] if ordered else query, graphs)
        columns = tuple(variable.value for variable in result.variables)
        keys = [(name, bool(falling)) for falling, name in KEY.findall(ordered[1])] if ordered else []
        if not {name for name, _ in keys} <= set(columns):  # by what no column shows, only Oxigraph can order
            result, keys = self._solutions(query, graphs), []
        return columns, sorted_rows([tuple(map(oxigraph_cell, solution)) for solution in result], [(columns.index(name), falling) for name, falling in keys])

    def _solutions(self, query: str, graphs: Sequence[str]) -> ox.QuerySolutions:
        import pyoxigraph as ox

        # All graphs at once are one look-up a pattern, a list of graphs one for each of them.
        whole = self.graphs <= set(graphs)
        listed: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None if whole else [ox.NamedNode(graph) for graph in graphs]
        try:
            result = self.store.query(query, default_graph=listed, use_default_graph_as_union=whole)
        except SyntaxError as error:
            raise QueryError("query-not-understood", detail=error.msg) from error
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("only-select")
        return result


def _columns(folder: Path) -> Columns | None:
    if not folder.is_dir():
        return None
    from withwhom.columnar.data import Columns

    return Columns.open(folder)


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Say which file of a store is damaged; RocksDB finds out when it opens the store, or when a query comes to a damaged block.

    Raises:
        WorkspaceError: the store cannot be read.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        detail = " ".join(str(error).split())
        if isinstance(error, RuntimeError) and not detail.startswith(("Corruption", "Invalid argument")):  # the latter: a folder is gone
            raise
        raise WorkspaceError("build-unreadable", path=str(folder), detail=detail) from error


def sorted_rows(rows: list[tuple[Cell, ...]], keys: Sequence[tuple[int, bool]]) -> list[tuple[Cell, ...]]:
    """Return rows in the order of SPARQL 1.1 (section 15.1): what is not bound before IRIs, IRIs before literals.

    Args:
        rows: the rows.
        keys: the columns to order by, the most important first, and whether each falls.
    """
    for column, falling in reversed(keys):
        rows = sorted(rows, key=lambda row: rank(row[column]), reverse=falling)  # used up before the loop goes on
    return rows


def rank(cell: Cell) -> tuple[int, Cell]:
    """Return what a cell is ordered by."""
    if cell is None:
        return 0, 0
    if isinstance(cell, Iri):
        return 1, cell
    if isinstance(cell, str):
        return 4, cell
    return (3 if isinstance(cell, datetime.date) else 2), cell


def oxigraph_cell(term: object) -> Cell:
    """Return the value of a term of pyoxigraph, or None."""
    import pyoxigraph as ox

    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.Literal):
        return term.value if term.language is not None else typed(term.value, term.datatype.value)
    return Iri(term.value if isinstance(term, ox.BlankNode) else str(term))


@dataclass(frozen=True)
class RdflibEngine:
    """rdflib in memory: the reference that every saved question is compared with."""

    dataset: Dataset

    @classmethod
    def load(cls, files: Iterable[tuple[Path, str]]) -> RdflibEngine:
        """Load N-Triples files, each into its named graph."""
        from rdflib import Dataset, URIRef

        dataset = Dataset()
        for path, graph in files:
            dataset.graph(URIRef(graph)).parse(path, format="nt")
        return cls(dataset)

    def select(self, query: str, graphs: Sequence[str]) -> Table:
        """Return the columns and rows of a query over the union of ``graphs``."""
        from pyparsing import ParseBaseException
        from rdflib import Graph, URIRef
        from rdflib.graph import ReadOnlyGraphAggregate

        union: Graph = ReadOnlyGraphAggregate([self.dataset.graph(URIRef(graph)) for graph in graphs])
        try:
            result = union.query(query)
        except (ValueError, SyntaxError, ParseBaseException) as error:
            raise QueryError("query-not-understood", detail=str(error).splitlines()[0]) from error
        if result.vars is None:
            raise QueryError("only-select")
        return tuple(map(str, result.vars)), [tuple(_rdflib_cell(binding.get(variable)) for variable in result.vars) for binding in result.bindings]


def _rdflib_cell(term: object) -> Cell:
    from rdflib import Literal

    if term is None:
        return None
    if isinstance(term, Literal):
        return typed(str(term), str(term.datatype or ""))
    return Iri(str(term))
