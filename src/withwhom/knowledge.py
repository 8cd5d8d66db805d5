"""The Python face: ``kb = withwhom.open()`` and what can be asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from withwhom.answers import Answer
from withwhom.binding import BindingError, bind, term
from withwhom.catalogue import Catalogue
from withwhom.dates import bounds
from withwhom.engine import Cell, EmbeddedEngine, Engine, Iri, QueryError, Table, TimedEngine, TimeLimitError
from withwhom.names import Match, NameIndex
from withwhom.output import Stamp, stamp, tries
from withwhom.problems import SaidError, WithWhomError, WorkspaceError
from withwhom.questions import Question, forbidden, unescaped
from withwhom.words import say
from withwhom.workspace import build_folder, find_workspace

if TYPE_CHECKING:
    import networkx as nx
    from rdflib import Dataset

T = TypeVar("T")
INDEX, STORE = "names.sqlite", "store"


class UnknownQuestionError(SaidError):
    """There is no saved question of that name; the nearest ones are named."""


@dataclass(frozen=True)
class Options:
    """How a question is answered.

    Args:
        language: of labels and evidence, ``zh`` or ``en``.
        statuses: which phases count; the question's own choice if None (done, ongoing, and not stated).
        explicit_only: leave out what readers concluded.
        stated_only: leave out the derived graph.
        limit: most rows to give; all if None.
        timeout: seconds after which to give up; None: never in the build's own store, 60 at an endpoint.
        guess: whether a single clearly nearest name may be taken for a misspelt one; only a person who sees it should.
    """

    language: str = "zh"
    statuses: tuple[str, ...] | None = None
    explicit_only: bool = False
    stated_only: bool = False
    limit: int | None = None
    timeout: float | None = None
    guess: bool = False


@dataclass(eq=False)
class KnowledgeBase:
    """A build that can be asked. Where another build takes its place, the next question opens that one.

    Args:
        folder: the build.
        engine: what answers: the embedded store of the build, or a SPARQL service.
        stamp: which build was opened; None: whichever stands in ``folder``, and ``engine`` is left as it is.
    """

    folder: Path
    engine: Engine = field(repr=False)
    stamp: Stamp | None = field(default=None, repr=False)
    _catalogues: dict[Stamp | None, Catalogue] = field(default_factory=dict, init=False, repr=False)

    def whole(self, ask: Callable[[], T]) -> T:
        """Return what ``ask`` reads of the build, read again where the build was replaced meanwhile: never a mixture of two.

        Args:
            ask: reads what it needs of this knowledge base and of files in its folder; it may be called several times.

        Raises:
            WorkspaceError: the build is replaced over and over, or cannot be read.
        """
        for _ in tries():
            opened = self._follow()
            try:
                found = ask()
            except (WithWhomError, OSError, LookupError):
                if opened is None or stamp(self.folder) == opened:
                    raise
            else:
                if opened is None or stamp(self.folder) == opened:
                    return found
        raise WorkspaceError("build-replaced", path=str(self.folder))

    def _follow(self) -> Stamp | None:
        """Open the build again where another has taken its place, and return which one is open."""
        opened = self.stamp
        if opened is None or (now := stamp(self.folder)) == opened:
            return opened
        if isinstance(self.engine, EmbeddedEngine):
            self.engine, now = _open_store(self.folder)
        self.stamp = now  # after the engine: who sees this stamp in another thread must see this engine
        self._catalogues.pop(opened, None)
        return now

    @property
    def _catalogue(self) -> Catalogue:
        return self._catalogues.setdefault(self.stamp, Catalogue(self.folder))

    @property
    def catalogue(self) -> Mapping[str, Any]:
        """The base IRI, title, version and sources of the graph, and its saved questions, as the build wrote them."""
        return self._catalogue.values

    @property
    def questions(self) -> Mapping[str, Question]:
        """The saved questions by slug."""
        return self._catalogue.questions

    @property
    def base(self) -> str:
        """The base IRI of the graph."""
        return str(self.catalogue["base"])

    @property
    def names(self) -> NameIndex:
        """The index of names."""
        return NameIndex(self.folder / INDEX)

    def find(self, text: str, *, cls: str = "", limit: int = 10) -> list[Match]:
        """Return the entities that a text may mean, best first; see :meth:`withwhom.names.NameIndex.find`."""
        return self.whole(lambda: self.names.find(text, cls=cls, limit=limit))

    def question(self, slug: str) -> Question:
        """Return a saved question.

        Raises:
            UnknownQuestionError: there is none of that name.
        """
        if slug in self.questions:
            return self.questions[slug]
        import difflib

        near = difflib.get_close_matches(slug, self.questions, n=3, cutoff=0.4)
        raise UnknownQuestionError("no-question", value=repr(slug), near=", ".join(near) or "withwhom queries")

    def query(self, slug: str, options: Options | None = None, /, **values: str) -> Answer:
        """Ask a saved question.

        Args:
            slug: its name, such as ``partners-of``.
            options: how to answer.
            values: by parameter; entities by id or any name, dates as 2018, 2018-Q3, 2018-03 or 2018-03-21.

        Returns:
            The rows, with notes on what was left out; no rows is an answer, too.

        Raises:
            UnknownQuestionError, BindingError, NameUnclearError, QueryError, TimeLimitError: see there.

        >>> import withwhom
        >>> kb = withwhom.open()
        >>> answer = kb.query("partners-of", org="山西省红十字会")
        >>> "kind" in answer.columns
        True
        """
        chosen = options or Options()
        return self.whole(lambda: self._query(slug, chosen, values))

    def _query(self, slug: str, chosen: Options, values: Mapping[str, str]) -> Answer:
        question = self.question(slug)
        bound = {name: self._value(question, name, value, guess=chosen.guess) for name, value in values.items() if value}
        first, last = (bounds(bound.get(name, "")) for name in ("since", "until"))
        if first and last and first[0] > last[1]:
            raise BindingError("period-reversed", since=bound["since"], until=bound["until"])
        table = self._select(bind(question, bound, chosen.language), chosen)
        dated = {name: value for name, value in bound.items() if name in ("since", "until")}
        notes = []
        if dated:
            rest = {name: value for name, value in bound.items() if name not in dated}
            undated = _undated(self._select(bind(question, rest, chosen.language), chosen), question.group)
            notes += [say("undated-left-out", chosen.language, count=str(undated))] if undated else []
        title = question.summary[chosen.language] + self._asked(values)
        return self._answer(title, table, chosen, chosen.statuses or question.statuses, notes, question)

    def sparql(self, query: str, options: Options | None = None) -> Answer:
        """Answer a free SELECT query; what would leave the dataset or change it is refused.

        Raises:
            QueryError: the query is refused or not understood.
        """
        try:
            query = unescaped(query)
            query.encode("utf-8")
        except UnicodeEncodeError as error:
            raise QueryError("query-not-understood", detail=str(error.reason)) from error
        word = forbidden(query)
        if word is not None:
            raise QueryError("word-refused", word=word)
        chosen = options or Options()
        return self.whole(lambda: self._answer("SPARQL", self._select(query, chosen), chosen, None, []))

    def show(self, entity: str, options: Options | None = None) -> list[Answer]:
        """Return the dossier of an entity; see :func:`withwhom.dossier.dossier`."""
        from withwhom.dossier import dossier

        chosen = options or Options()
        return self.whole(lambda: dossier(self, self.names.resolve(entity, guess=chosen.guess), chosen))

    def between(self, a: str, b: str, options: Options | None = None) -> list[Answer]:
        """Return what ties two bodies; see :func:`withwhom.dossier.between`."""
        from withwhom.dossier import between

        chosen = options or Options()

        def resolved(name: str) -> Match:
            return self.names.resolve(name, guess=chosen.guess)

        return self.whole(lambda: between(self, resolved(a), resolved(b), chosen))

    @property
    def graph(self) -> Dataset:
        """An rdflib ``Dataset`` over the same store (oxrdflib)."""
        from oxrdflib import OxigraphStore
        from rdflib import Dataset

        if not isinstance(self.engine, EmbeddedEngine):
            raise WorkspaceError("not-embedded")
        return Dataset(store=OxigraphStore(store=self.engine.store), default_union=True)

    @property
    def network(self) -> nx.MultiDiGraph[str]:
        """The statements between two entities as a networkx graph: one edge a statement, keyed by its id."""
        from withwhom.paths import network_of

        return network_of(self)

    def entity(self, identifier: str) -> Iri:
        """Return the IRI of an entity of this graph."""
        return Iri(f"{self.base}entity/{identifier}")

    def _value(self, question: Question, name: str, value: str, *, guess: bool) -> str:
        parameter = next((item for item in question.parameters if item.name == name), None)
        if parameter is None or parameter.type != "iri" or value.startswith(self.base) or value in parameter.choices:
            return value
        if parameter.choices:
            short = {choice.rpartition("#")[2]: choice for choice in parameter.choices}
            labels = {label: name for name, texts in self.catalogue["words"].items() for label in texts.values()}
            value = labels.get(value, value)
            if value not in short:
                raise BindingError("no-choice", name=name, value=repr(value), known=", ".join(short))
            return short[value]
        if parameter.cls:
            return self.entity(self.names.resolve(value, cls=parameter.cls, guess=guess).entity)
        node = f"{self.base}{value}" if value.startswith(("statement/", "total/", "derivation/")) else f"{self.base}{name}/{value}"
        _, rows = self.engine.select(f"SELECT ?p WHERE {{ {term(node, 'iri')} ?p ?o }} LIMIT 1", self._graphs(stated_only=False))
        if not rows:
            raise BindingError("no-such-node", value=repr(value))
        return node

    def _graphs(self, *, stated_only: bool) -> list[str]:
        return [f"{self.base}graph/{name}" for name in ("ontology", "stated", *(() if stated_only else ("derived",)))]

    def _select(self, query: str, options: Options) -> Table:
        graphs = self._graphs(stated_only=options.stated_only)
        if options.timeout is None:
            return self.engine.select(query, graphs)
        if isinstance(self.engine, TimedEngine):
            return self.engine.within(options.timeout).select(query, graphs)
        return _within(options.timeout, lambda: self.engine.select(query, graphs))

    def _asked(self, values: Mapping[str, str]) -> str:
        given = [value for value in values.values() if value]
        return f" · {' · '.join(given)}" if given else ""

    def _answer(
        self, title: str, table: Table, options: Options, statuses: Sequence[str] | None, notes: Iterable[str], question: Question | None = None
    ) -> Answer:
        columns, rows = table
        kept, said = _kept(columns, rows, statuses, options, question.group if question else ())
        kept = _told(columns, kept, question) if question else kept
        told = [*notes, *said]
        if options.limit is not None and len(kept) > options.limit:
            told.append(say("rows-cut", options.language, shown=str(options.limit), total=str(len(kept))))
            kept = kept[: options.limit]
        if not rows and options.stated_only:
            told.append(say("derived-left-out", options.language))
        elif not rows:
            told.append(say("silence", options.language, count=str(len(self.catalogue["sources"]))))
        return self.answer(title, columns, kept, told, options.language)

    def answer(self, title: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], notes: Sequence[str], language: str) -> Answer:
        """Return an answer that knows this graph's base and the names of its codes, and says what the build had to leave out."""
        words = {name: labels[language] for name, labels in self.catalogue["words"].items()}
        missing = self.catalogue["set_aside"]
        lacking = [say("set-aside", language, count=str(missing))] if missing else []
        return Answer(title, tuple(columns), rows, (*notes, *lacking), self.base, language, words)


def _kept(
    columns: Sequence[str], rows: list[tuple[Cell, ...]], statuses: Sequence[str] | None, options: Options, group: Sequence[str]
) -> tuple[list[tuple[Cell, ...]], list[str]]:
    """Return the rows that count and a note on each reason for which others do not."""
    notes = []
    for key, wanted in (("status", statuses), ("certainty", ("explicit",) if options.explicit_only else None)):
        places = [number for number, name in enumerate(columns) if name in (key, f"{key}A", f"{key}B")]
        if wanted is None or not places:
            continue
        good = [row for row in rows if all(_code(row[place]) in wanted for place in places)]
        if len(good) < len(rows):
            names = sorted({_code(row[place]) for row in rows for place in places} - set(wanted))
            others = [row for row in rows if not all(_code(row[place]) in wanted for place in places)]
            notes.append(say("rows-left-out", options.language, count=str(_count(columns, others, group)), reason=", ".join(names)))
        rows = good
    return rows, notes


def _undated(table: Table, group: Sequence[str]) -> int:
    """Return how many rows of an answer have no date, in none of the solutions that make them."""
    columns, rows = table
    places = [columns.index(name) for name in ("since", "until") if name in columns]
    dated = [row for row in rows if any(row[place] is not None for place in places)]
    return _count(columns, rows, group) - _count(columns, dated, group) if places else 0


def _count(columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], group: Sequence[str]) -> int:
    """Return how many rows of an answer solutions make."""
    keys = [columns.index(name) for name in group]
    return len({tuple(row[key] for key in keys) for row in rows}) if group else len(rows)


def _told(columns: Sequence[str], rows: list[tuple[Cell, ...]], question: Question) -> list[tuple[Cell, ...]]:
    """Return the rows of an answer that solutions make, and say of what no document states that none does."""
    rows = _grouped(columns, rows, question.group) if question.group else rows
    silent = {columns.index(name) for name in question.not_stated}
    if not silent:
        return rows
    return [tuple("not stated" if cell is None and place in silent else cell for place, cell in enumerate(row)) for row in rows]


def _grouped(columns: Sequence[str], rows: Sequence[tuple[Cell, ...]], group: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Return one row for each value of the columns in ``group``; several values of another column stand in one cell, joined by `` | ``."""
    keys = [columns.index(name) for name in group]
    found: dict[tuple[Cell, ...], list[tuple[Cell, ...]]] = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return [tuple(_joined([row[number] for row in same]) for number in range(len(columns))) for same in found.values()]


def _joined(cells: Sequence[Cell]) -> Cell:
    values = list(dict.fromkeys(cell for cell in cells if cell is not None))
    return values[0] if len(values) == 1 else " | ".join(sorted(map(str, values))) or None


def _code(cell: Cell) -> str:
    return "none" if cell is None else str(cell).rpartition("#")[2]


def _within(seconds: float, run: Callable[[], Table]) -> Table:
    """Run a query in a thread of its own; past the limit it is left alone and ends with the process."""
    result: list[Table] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            result.append(run())
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised again where the answer is waited for
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not result:
        raise TimeLimitError("time-limit", seconds=f"{seconds:g}")
    return result[0]


def open(path: str | Path | None = None, *, endpoint: str | None = None) -> KnowledgeBase:
    """Open a graph.

    Args:
        path: a workspace or a build; by default the workspace here, around here, or the shipped one.
        endpoint: the address of a SPARQL service that holds the graph (``withwhom publish``) and gives the rows; names, titles and
            questions are still the build's. Credentials come from ``WITHWHOM_USER`` and ``WITHWHOM_PASSWORD`` or a netrc file.

    Returns:
        The knowledge base over its build.

    Raises:
        WorkspaceError: nothing has been built there yet.
        AddressError: ``endpoint`` is no address of a SPARQL service.
    """
    given = None if path is None else Path(path)
    folder = given if given is not None and _is_build(given) else build_folder(find_workspace(given))
    if endpoint is None:
        return KnowledgeBase(folder, *_open_store(folder))
    from withwhom.endpoint import Endpoint
    from withwhom.remote import RemoteEngine

    return KnowledgeBase(folder, RemoteEngine(Endpoint.at(endpoint)), stamp(folder))


def _is_build(folder: Path) -> bool:
    try:
        stamp(folder)
    except WorkspaceError:
        return False
    return True


def _open_store(folder: Path) -> tuple[EmbeddedEngine, Stamp]:
    """Open the store of a build, the new one where it is replaced at this moment, and return which build it is."""
    for _ in tries():
        opened = stamp(folder)
        try:
            engine = EmbeddedEngine.open(folder / STORE)
        except WorkspaceError:
            if stamp(folder) == opened:
                raise
        else:
            if stamp(folder) == opened:
                return engine, opened
    raise WorkspaceError("build-replaced", path=str(folder))
