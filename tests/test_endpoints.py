"""Real servers: the shipped build goes to Oxigraph's server and to Virtuoso 7, and every saved question answers there as it does here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

import withwhom
from conftest import Command
from servers import Server, oxigraph, virtuoso
from withwhom.endpoint import Endpoint, Login, LoginError, TruncatedError
from withwhom.engine import Cell, Iri, QueryError
from withwhom.knowledge import KnowledgeBase, Options
from withwhom.publish import PublishError, Target, counted, files_of, publish
from withwhom.questions import Question, question_files
from withwhom.remote import RemoteEngine
from withwhom.workspace import shipped

SLUGS = [path.stem for path in question_files(shipped())]
KINDS = ("oxigraph", "virtuoso")
OTHERS = {
    "Entity": ("shanxi-red-cross", "qujing-red-cross", "red-journey"),
    "Organization": ("shanxi-red-cross", "qujing-red-cross", "shanxi-health-commission"),
    "Program": ("red-journey", "shanxi-national-milk-project"),
}
PROBE = "https://example.org/probe/"


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs for the tests of this module."""
    start = {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as running:
        print(running.version)
        yield running


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """The shipped graph, answered by its own store."""
    return withwhom.open(shipped_build)


@pytest.fixture(scope="module")
def target(server: Server) -> Target:
    """The server as a place to publish to, by update."""
    return target_of(server, "update")


@pytest.fixture(scope="module")
def remote(kb: KnowledgeBase, target: Target) -> KnowledgeBase:
    """The shipped graph, published and answered by the server."""
    publish(kb, target, replace=True)
    return KnowledgeBase(kb.folder, target.engine)


def target_of(server: Server, protocol: str) -> Target:
    """Return a server as a place to publish to."""
    login = Login(server.user, server.password) if server.user else None
    writer = Endpoint(server.update if protocol == "update" else server.store, 60, login)
    return Target(RemoteEngine(Endpoint(server.query)), writer, protocol)


def by_value(rows: Iterable[tuple[Cell, ...]]) -> Counter[tuple[tuple[str, str], ...]]:
    """Return rows as a multiset, numbers and booleans by value: Virtuoso computes 1 where others compute true."""
    return Counter(tuple(valued(cell) for cell in row) for row in rows)


def valued(cell: Cell) -> tuple[str, str]:
    """Return the sort of a cell and its value."""
    if isinstance(cell, bool | int | Decimal):
        return "number", f"{Decimal(cell).normalize():f}"
    return ("thing" if isinstance(cell, Iri) else type(cell).__name__), str(cell)


def values_of(question: Question) -> Iterator[Mapping[str, str]]:
    """Yield the values with which a question is asked: its example, other entities, and a period."""
    yield question.example
    for parameter in question.parameters:
        for entity in OTHERS.get(parameter.cls, ()):
            if entity not in question.example.values():  # asked for the ties of a body with itself, Virtuoso gives its IRI as a text
                yield {**question.example, parameter.name: entity}
    if {"since", "until"} <= {parameter.name for parameter in question.parameters}:
        yield {**question.example, "since": "2018"}
        yield {**question.example, "since": "2016", "until": "2020-06"}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_saved_question_answers_the_same(kb: KnowledgeBase, remote: KnowledgeBase, slug: str) -> None:
    """On the server, a question gives the columns and rows of the embedded engine, in both languages, for several values."""
    for values in values_of(kb.question(slug)):
        for language in ("zh", "en"):
            options = Options(language=language, statuses=("done", "ongoing", "none", "planned", "applied", "denied"))
            here, there = (each.query(slug, options, **values) for each in (kb, remote))
            assert there.columns == here.columns
            assert by_value(there.rows) == by_value(here.rows), values


@pytest.mark.parametrize("slug", SLUGS)
def test_without_the_derived_graph(kb: KnowledgeBase, remote: KnowledgeBase, slug: str) -> None:
    """The dataset goes with the query: without the derived graph the server gives fewer rows, the same as here."""
    options = Options(stated_only=True)
    here, there = (each.query(slug, options, **kb.question(slug).example) for each in (kb, remote))
    assert by_value(there.rows) == by_value(here.rows)


def test_dossiers_are_the_same(kb: KnowledgeBase, remote: KnowledgeBase) -> None:
    """``show`` and ``between`` give the same rows from the server."""
    for here, there in zip(kb.show("shanxi-red-cross"), remote.show("shanxi-red-cross"), strict=True):
        assert by_value(there.rows) == by_value(here.rows), here.title
    pair = ("shanxi-red-cross", "shanxi-health-commission")
    for here, there in zip(kb.between(*pair), remote.between(*pair), strict=True):
        assert by_value(there.rows) == by_value(here.rows), here.title


def test_stored_values_come_back_typed(kb: KnowledgeBase, remote: KnowledgeBase) -> None:
    """Every object of the graph comes back from the server with the value and the Python type that it has here."""
    everything = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    graphs = list(files_of(kb))
    for graph in graphs:
        (_, here), (_, there) = (each.engine.select(everything, [graph]) for each in (kb, remote))
        assert Counter((*row, type(row[2]).__name__) for row in there) == Counter((*row, type(row[2]).__name__) for row in here)


@pytest.mark.parametrize("protocol", ["update", "gsp"])
def test_publish(kb: KnowledgeBase, server: Server, protocol: str) -> None:
    """A build is loaded, counted, refused a second time, and replaced on demand; a graph beside it stays as it is."""
    target = target_of(server, protocol)
    other = f"{PROBE}other-{protocol}"
    target.add(other, ['<https://example.org/a> <https://example.org/b> "c" .\n'])
    sent: list[int] = []
    first = publish(kb, target, replace=True, done=sent.append)
    assert len(first) == 3
    assert sum(sent) >= sum(first.values()) > 10_000
    with pytest.raises(PublishError, match="--replace"):
        publish(kb, target)
    stated = next(graph for graph in first if graph.endswith("stated"))
    target.add(stated, ['<https://example.org/a> <https://example.org/b> "left over" .\n'])
    assert counted(target.engine, stated) == first[stated] + 1
    assert publish(kb, target, replace=True) == first
    assert {graph: counted(target.engine, graph) for graph in first} == first
    assert counted(target.engine, other) == 1


@pytest.mark.parametrize("protocol", ["update", "gsp"])
def test_difficult_texts_survive(server: Server, protocol: str) -> None:
    """Backslashes, quotes, line breaks, signs beyond the first plane and words of SPARQL come back as they were written."""
    from withwhom.terms import literal

    texts = ["a\\u0041", "\\U0001F600 \\n", 'say "x" } ; DROP ALL #', "line\nline\ttab", "𠮷😀", "", "曲靖市", "\\\\u"]
    target, graph = target_of(server, protocol), f"{PROBE}texts-{protocol}"
    target.add(graph, [f"<https://example.org/{number}> <https://example.org/says> {literal(text)} .\n" for number, text in enumerate(texts)])
    _, rows = target.engine.select("SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?s", [graph])
    assert [cell for _, cell in rows] == texts
    target.clear(graph)
    assert counted(target.engine, graph) == 0


def test_the_commands(server: Server, shipped_build: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """``publish`` says what it loaded, refuses to do so again, and ``query --endpoint`` answers from there as ``query`` does from here."""
    if server.user:
        monkeypatch.setenv("WITHWHOM_USER", server.user)
        monkeypatch.setenv("WITHWHOM_PASSWORD", server.password)
    place = ("--workspace", shipped_build, "--endpoint", server.query)
    ran = command("publish", *place, "--update-endpoint", server.update, "--replace", "--lang", "en")
    assert ran.status == 0, ran.err
    assert "counted there" in ran.out[-1]
    again = command("publish", *place, "--update-endpoint", server.update, "--lang", "en")
    assert again.status == 1
    assert "--replace" in " ".join(again.err)
    question = ("query", "totals-given", "--workspace", shipped_build, "--format", "csv", "--lang", "zh")
    assert sorted(command(*question, "--endpoint", server.query).out) == sorted(command(*question).out)


def test_what_the_server_refuses_is_told(server: Server, remote: KnowledgeBase) -> None:
    """A query that the server does not understand is told with its own words; a wrong password is told as such and not shown."""
    with pytest.raises(QueryError, match=r"."):
        remote.sparql("SELECT ?x WHERE { ?x ")
    if server.user:
        wrong = target_of(server, "update")
        bad = Target(wrong.engine, Endpoint(wrong.writer.url, 60, Login(server.user, "wrong-one")))
        with pytest.raises(LoginError) as caught:
            bad.add(f"{PROBE}none", ["<x:x> <x:x> <x:x> .\n"])
        assert "wrong-one" not in str(caught.value)


def test_virtuoso_cuts_rows_in_silence(tmp_path: Path) -> None:
    """An answer that Virtuoso cuts at its ``ResultSetMaxRows`` is an error, not a shorter answer."""
    with virtuoso(tmp_path, most_rows=5) as server:
        target = target_of(server, "update")
        target.add(f"{PROBE}many", [f"<x:{number}> <x:p> <x:o> .\n" for number in range(9)])
        assert len(target.engine.select("SELECT ?s WHERE { ?s ?p ?o } LIMIT 4", [f"{PROBE}many"])[1]) == 4
        with pytest.raises(TruncatedError, match="ResultSetMaxRows"):
            target.engine.select("SELECT ?s WHERE { ?s ?p ?o }", [f"{PROBE}many"])
