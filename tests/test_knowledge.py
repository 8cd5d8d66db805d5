"""The Python face: ``withwhom.open()`` and what can be asked of it."""

from __future__ import annotations

import datetime
import http.server
import shutil
import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

import withwhom
from withwhom.answers import Answer
from withwhom.binding import BindingError
from withwhom.engine import Cell, Iri, QueryError, RdflibEngine, Table, TimeLimitError
from withwhom.knowledge import KnowledgeBase, Options, UnknownQuestionError
from withwhom.names import NameUnclearError
from withwhom.problems import SaidError, WorkspaceError

ORG = "shanxi-red-cross"
WW = "https://w3id.org/withwhom/ontology#"


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """The shipped graph."""
    return withwhom.open(shipped_build)


@pytest.fixture(scope="module")
def calls() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes who calls it: its address and the calls."""
    heard: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            """Note the call."""
            heard.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_POST = do_GET  # noqa: N815  # the name is the library's

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x", heard
        server.shutdown()


class Slow:
    """An engine that takes its time, or fails."""

    def __init__(self, seconds: float, error: BaseException | None = None) -> None:
        self.seconds, self.error = seconds, error

    def select(self, query: str, graphs: Sequence[str]) -> Table:
        """Wait, then fail or answer nothing."""
        threading.Event().wait(self.seconds)
        if self.error is not None:
            raise self.error
        return (query[:1], str(len(graphs))), []


def test_a_question_takes_any_name(kb: KnowledgeBase) -> None:
    """An id, a name, an abbreviation and a full IRI ask the same."""
    first = kb.query("partners-of", org=ORG)
    assert len(first)
    for name in ("山西省红十字会", "山西红会", "Shanxi Red Cross Society", kb.entity(ORG)):
        assert kb.query("partners-of", org=name).rows == first.rows


def test_rows_are_typed(kb: KnowledgeBase) -> None:
    """Things are IRIs, amounts numbers, dates dates, marks booleans, and what is not stated is None."""
    row = kb.query("funds-given-by", org="qujing-red-cross").to_dicts()[1]
    assert isinstance(row["receiver"], Iri)
    assert row["amount"] == 1910600
    assert isinstance(row["amount"], int)
    assert row["since"] == datetime.date(2020, 1, 1)
    assert row["set"] is None
    assert kb.query("total-parts", total="qujing-red-cross/given/CNY/mixed/invested").column("counted") == [True, True]
    (halves,) = kb.sparql("SELECT (12.50 AS ?a) (2.0 AS ?b) (1e0 AS ?c) (true AS ?d) WHERE { }").rows
    assert halves == (Decimal("12.5"), 2, 1, True)


def test_an_answer_is_a_table(kb: KnowledgeBase) -> None:
    """An answer has a length, walks over its rows, and gives its columns by name."""
    answer = kb.query("partners-of", org=ORG)
    assert len(answer) == len(answer.to_dicts()) == len(list(answer)) == len(answer.column("partner"))
    assert next(iter(answer)) == answer.to_dicts()[0]
    assert answer.title.endswith(f"· {ORG}")


def test_to_pandas(kb: KnowledgeBase) -> None:
    """An answer becomes a data frame with the same columns and rows; pandas is no requirement."""
    answer = kb.query("funds-given-by", org="qujing-red-cross")
    if find_spec("pandas") is None:
        with pytest.raises(ImportError):
            answer.to_pandas()
        return
    frame = answer.to_pandas()
    assert list(frame.columns) == list(answer.columns)
    assert [list(row) for row in frame["amount"].items()] == [[0, 41890000], [1, 1910600]]


def test_notebooks_show_a_table() -> None:
    """A notebook shows an answer as an HTML table in which nothing of a document is a tag."""
    answer = Answer("<b>", ("x",), [("<script>alert(1)</script>",)])
    assert "&lt;script&gt;" in answer._repr_html_()  # the name by which notebooks ask
    assert "<script>" not in answer._repr_html_()  # as above


def test_a_period_is_an_overlap(kb: KnowledgeBase) -> None:
    """A dated question gives what overlaps the period, open ends included, and says how many rows have no date."""
    every = kb.query("programs-of", org=ORG)
    dated = [row for row in every.to_dicts() if row["since"] or row["until"]]
    for values in ({"since": "2018-06"}, {"until": "2018-01"}, {"since": "2018-12-31"}, {"until": "2018-01-01"}, {"since": "2018", "until": "2018"}):
        answer = kb.query("programs-of", Options(language="en"), org=ORG, **values)
        assert len(answer) == len(dated), values
        assert answer.notes == (f"{len(every) - len(dated)} more rows have no date and are left out",)
    assert len(kb.query("programs-of", org=ORG, since="2019")) == 0
    assert len(kb.query("programs-of", org=ORG, until="2017")) == 0
    open_ended = kb.query("funds-given-by", org="qujing-red-cross", since="2030")
    assert open_ended.column("until") == [None]
    assert len(kb.query("funds-given-by", org="qujing-red-cross", until="2014")) == 0


def test_as_of_counts_in_its_own_period(kb: KnowledgeBase) -> None:
    """A figure “as of” a day counts only where that day lies in the period."""
    asked = {"org": "shaanxi-179-registered-social-orgs"}
    assert kb.query("funds-given-by", **asked).column("since") == [None]
    found = {period: len(kb.query("funds-given-by", **asked, since=period, until=period)) for period in ("2016", "2017", "2017-11", "2017-10", "2018")}
    assert found == {"2016": 0, "2017": 1, "2017-11": 1, "2017-10": 0, "2018": 0}


def test_what_is_wrong_is_told(kb: KnowledgeBase) -> None:
    """Each wrong use has an error of its own, with a sentence in two languages."""
    wrong: list[tuple[type[SaidError], str, dict[str, str]]] = [
        (UnknownQuestionError, "partner-of", {"org": ORG}),
        (BindingError, "partners-of", {}),
        (BindingError, "partners-of", {"org": ORG, "colour": "red"}),
        (BindingError, "partners-of", {"org": ORG, "since": "soon"}),
        (NameUnclearError, "partners-of", {"org": "省红十字会"}),
        (NameUnclearError, "partners-of", {"org": "山西省"}),
        (SaidError, "organisations-by-type", {"type": "Fundation"}),
    ]
    for error, slug, values in wrong:
        with pytest.raises(error) as caught:
            kb.query(slug, **values)
        assert caught.value.message("zh") != caught.value.message("en")
        assert "{" not in caught.value.message("en")


def test_a_statement_and_a_total_have_ids(kb: KnowledgeBase) -> None:
    """What an answer cites can be asked for, as it is cited or by its IRI; a derived edge opens to its rule and statements."""
    cited = kb.query("partners-of", org=ORG).column("statement")[0]
    assert isinstance(cited, Iri)
    for name in (cited, cited.removeprefix(f"{kb.base}statement/"), cited.removeprefix(kb.base)):
        assert set(kb.query("evidence-for", statement=name).column("statement")) == {cited}
    derivation = kb.sparql(f"SELECT ?d WHERE {{ ?d a <{WW}Derivation> }} ORDER BY ?d LIMIT 1").column("d")[0]
    evidence = kb.query("evidence-for", statement=str(derivation))
    assert len(set(evidence.column("statement"))) >= 1
    assert all(evidence.column("rule"))
    for total in set(kb.query("totals-given").column("total")):
        assert len(kb.query("total-parts", total=str(total))) >= 1


def test_find(kb: KnowledgeBase) -> None:
    """A name finds its entity first, within a class where one is asked for."""
    assert kb.find("山西红会")[0].entity == ORG
    assert kb.find("山西", cls="Place", limit=1)[0].entity == "shanxi"


def test_show(kb: KnowledgeBase) -> None:
    """A dossier says who it is, then what the documents say, then of what they are silent."""
    sections = kb.show("山西红会", Options(language="en"))
    assert sections[0].title == "Shanxi Red Cross Society"
    assert ("id", ORG) in sections[0].rows
    assert sections[1].title.startswith(kb.question("partnership-report").summary["en"])
    assert all(len(section) for section in sections[:-1])
    assert kb.question("awards-of").summary["en"] in sections[-1].notes[0]


@pytest.mark.parametrize("entity", ["shanxi", "red-journey", "li-wanjun", "shaanxi-5260-women-children", "livelihood-fund", "xi-deep-poverty-speech"])
def test_show_fits_any_entity(kb: KnowledgeBase, entity: str) -> None:
    """There is a dossier of places, programs, people, groups, funds and policies, too."""
    sections = kb.show(entity)
    assert ("id", entity) in sections[0].rows
    assert len(sections) > 1


def test_between(kb: KnowledgeBase) -> None:
    """Between two bodies stand what is said, what they share, whom they have in common, and paths of at most four statements."""
    titles = [section.title for section in kb.between(ORG, "shanxi-health-commission", Options(language="en"))]
    for slug in ("ties-between", "shared-programs", "common-partners"):
        assert any(title.startswith(kb.question(slug).summary["en"]) for title in titles)
    *_, paths = kb.between(ORG, "qujing-red-cross", Options(language="en"))
    assert paths.columns == ("path", "sentence", "certainty", "statement")
    numbers = paths.column("path")
    assert 1 <= max(map(numbers.count, numbers)) <= 4


def test_between_says_when_nothing_is_said(kb: KnowledgeBase) -> None:
    """Where no document says that two bodies work together, the head of the dossier says so; else it is quiet."""
    silent = kb.between(ORG, "qujing-red-cross", Options(language="zh"))[0]
    assert silent.notes == ("5 份文献都没有直接说到山西省红十字会与曲靖市红十字会之间的关系；下面是两者各自的证据里共同的项目与运动。",)
    assert kb.between(ORG, "shanxi-health-commission")[0].notes == ()


def test_free_queries(kb: KnowledgeBase) -> None:
    """A free query reads all three graphs at once, or leaves the derived one out."""
    query = f"SELECT (COUNT(?d) AS ?n) WHERE {{ ?d a <{WW}Derivation> }}"
    every, stated = kb.sparql(query), kb.sparql(query, Options(stated_only=True))
    assert every.column("n") != [0]
    assert stated.column("n") == [0]


REFUSED = {
    "plain": "SELECT * WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "lower case": "SELECT * WHERE { service <URL> { ?s ?p ?o } }",
    "mixed case": "SELECT * WHERE { sErViCe SILENT <URL> { ?s ?p ?o } }",
    "a comment between": "SELECT * WHERE { SERVICE # here\n <URL> { ?s ?p ?o } }",
    "after a comment": "# SELECT\nSELECT * WHERE { # x\n SERVICE <URL> { ?s ?p ?o } }",
    "after a string": 'SELECT * WHERE { BIND("a\'b\\"" AS ?x) SERVICE <URL> { ?s ?p ?o } }',
    "after a bracket": "SELECT*{SERVICE<URL>{?s ?p ?o}}",
    "in a sub-select": "SELECT * WHERE { { SELECT * WHERE { SERVICE <URL> { ?s ?p ?o } } } }",
    "from": "SELECT * FROM <URL> WHERE { ?s ?p ?o }",
    "from named": "SELECT * from named <URL> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "load": "LOAD <URL>",
    "load after a prefix": "PREFIX : <URL>\n# x\nLOAD <URL>",
    "insert": "INSERT DATA { <x:a> <x:b> <x:c> }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "clear": "CLEAR ALL",
    "drop": "drop graph <URL>",
}
# Ways past a reader of text that does not cut a query into words as the engines do.
ODD = {
    "an escaped letter": "SELECT * WHERE { S\\u0045RVICE <URL> { ?s ?p ?o } }",
    "a long escape": "SELECT * WHERE { \\U00000053ERVICE <URL> { ?s ?p ?o } }",
    "an escaped quotation mark": 'SELECT * WHERE { BIND("a\\u0022 AS ?x) SERVICE <URL> { ?s ?p ?o } BIND("b" AS ?y) }',
    "an escaped from": "SELECT * FR\\u004fM <URL> WHERE { ?s ?p ?o }",
    "a quotation mark before three": 'SELECT * WHERE { BIND("""a\\"""" AS ?x) SERVICE <URL> { ?s ?p ?o } #"\n }',
    "an apostrophe before three": "SELECT * WHERE { BIND('''a\\'''' AS ?x) SERVICE <URL> { ?s ?p ?o } #'\n }",
    "after a number": "SELECT * WHERE { ?a ?b 2SERVICE <URL> { ?s ?p ?o } }",
    "after a truth value": "SELECT * WHERE { ?a ?b trueSERVICE <URL> { ?s ?p ?o } }",
    "a carriage return": "SELECT * WHERE { # x\rSERVICE <URL> { ?s ?p ?o } }",
    "less than": "PREFIX x: <URL> SELECT * WHERE { FILTER(1<2)SERVICE#>\nx: { ?a ?b ?c } }",
    "less than and a comment": 'PREFIX x: <URL> SELECT * WHERE { FILTER(1<2#>"""\n)SERVICE x: { ?a ?b ?c } #"""\n}',
    "nothing between": "PREFIX x: <URL> SELECT * WHERE { SERVICESILENT x: { ?a ?b ?c } }",
    "an IRI before less than": "PREFIX x: <URL> SELECT * WHERE { BIND(<urn:a#b> AS ?q) FILTER(1<2)SERVICE#>\nx: { ?a ?b ?c } }",
    "after an empty name": "PREFIX x: <URL> PREFIX t: <https://w3id.org/withwhom/ontology#Source> SELECT * WHERE { ?s a t:.SERVICE x: { ?a ?b ?c } }",
}


def refuses(kb: KnowledgeBase, query: str, calls: tuple[str, list[str]]) -> None:
    """Check that a query is refused on both engines and that nobody was called."""
    url, heard = calls
    heard.clear()
    reference = KnowledgeBase(kb.folder, RdflibEngine.load([]))
    for asked in (kb, reference):
        try:
            with pytest.raises(QueryError):
                asked.sparql(query.replace("URL", url))
        except OSError as error:
            raise AssertionError(f"{type(asked.engine).__name__} called {heard}") from error
    assert heard == []


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_what_leaves_the_graph_is_refused(kb: KnowledgeBase, calls: tuple[str, list[str]], query: str) -> None:
    """A free query that asks elsewhere or would change the graph is refused, and nothing goes to the network."""
    refuses(kb, query, calls)


@pytest.mark.parametrize("query", ODD.values(), ids=ODD)
def test_odd_spellings_are_refused(kb: KnowledgeBase, calls: tuple[str, list[str]], query: str) -> None:
    """However a query is written, it does not reach the network."""
    refuses(kb, query, calls)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ("SERVICE <x> FROM" AS ?x) WHERE { } # LOAD',
        "SELECT ?service ?from WHERE { ?service ?from 1 } LIMIT 1",
        "SELECT * WHERE { <https://x.example/from#service> ?load ?insert } LIMIT 1",
        "SELECT * WHERE { VALUES ?x { 1 2 } FILTER(?x<2&&?x>0) } LIMIT 1",
        pytest.param(
            'SELECT ("""one "two" \\""" INSERT""" AS ?x) WHERE { }',
        ),
        f"SELECT * WHERE {{ ?s <{WW}buysServicesFrom> ?o }} LIMIT 1",
        "PREFIX ww: <https://w3id.org/withwhom/ontology#> SELECT * WHERE { ?s ww:buysServicesFrom ?o } LIMIT 1",
    ],
)
def test_harmless_words_are_not_refused(kb: KnowledgeBase, query: str) -> None:
    """The same words in strings, names, variables, IRIs and comments are data."""
    assert kb.sparql(query).columns


def test_a_free_query_writes_nothing(kb: KnowledgeBase) -> None:
    """After everything that was refused, the graph has as many triples as before, and cannot be written to."""
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    before = kb.sparql(count).column("n")
    for query in REFUSED.values():
        with pytest.raises(QueryError):
            kb.sparql(query.replace("URL", "http://127.0.0.1:9/"))
    assert kb.sparql(count).column("n") == before


def test_a_wrong_query_is_told(kb: KnowledgeBase) -> None:
    """A query that is not understood, or is no SELECT, is an error with a sentence."""
    for query in ("SELEC ?x", "ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "DESCRIBE <x:y>", ""):
        with pytest.raises(QueryError):
            kb.sparql(query)


def test_graph(kb: KnowledgeBase) -> None:
    """The same store is an rdflib graph: as many triples, asked in the same words."""
    from rdflib import URIRef

    graph = kb.graph
    partners = set(graph.objects(URIRef(kb.entity(ORG)), URIRef(f"{WW}worksWith")))
    assert {str(partner) for partner in partners} == set(kb.query("partners-of", org=ORG).column("partner"))
    with pytest.raises(WorkspaceError):
        _ = KnowledgeBase(kb.folder, RdflibEngine.load([])).graph


def test_network(kb: KnowledgeBase) -> None:
    """The network has an edge for each statement that is so between two entities, keyed by its id."""
    graph = kb.network
    rows = kb.sparql(
        f"SELECT ?s ?status WHERE {{ ?s <{WW}certainty> ?c ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#object> ?o OPTIONAL {{ ?s <{WW}status> ?status }} }}"
    ).to_dicts()
    so = {str(row["s"]).removeprefix(f"{kb.base}statement/") for row in rows if str(row["status"]).rpartition("#")[2] in ("None", "done", "ongoing")}
    assert {key for _, _, key in graph.edges(keys=True)} == so
    assert graph.edges[ORG, "red-journey", "shanxi-red-cross/jbgsw"]["predicate"] == "leads"


def test_options_are_obeyed(kb: KnowledgeBase) -> None:
    """Language, phases, certainty, graphs and number of rows are chosen by options, and what is left out is told."""
    english = kb.query("partners-of", Options(language="en"), org=ORG)
    assert "Shanxi Health Commission" in english.column("partnerLabel")
    planned = kb.query("programs-of", Options(statuses=("planned",)), org="taixing-red-cross")
    assert {planned.short(cell) for cell in planned.column("status")} == {"planned"}
    explicit = kb.query("programs-of", Options(explicit_only=True), org=ORG)
    assert {explicit.short(cell) for cell in explicit.column("certainty")} == {"explicit"}
    assert set(kb.query("partners-of", Options(stated_only=True), org=ORG).column("kind")) == {"said"}
    cut = kb.query("partners-of", Options(limit=2, language="en"), org=ORG)
    assert len(cut) == 2
    assert cut.notes == (f"the first 2 of {len(english)} rows are shown",)


def test_past_the_time_limit(kb: KnowledgeBase) -> None:
    """A query past its time limit raises an error that names the limit, and the graph can be asked again."""
    with pytest.raises(TimeLimitError) as caught:
        KnowledgeBase(kb.folder, Slow(5)).sparql("SELECT * WHERE { }", Options(timeout=0.05))
    assert "0.05" in caught.value.message("zh")
    assert len(kb.query("partners-of", Options(timeout=30), org=ORG))


def test_an_error_within_the_time_limit_is_itself(kb: KnowledgeBase) -> None:
    """What goes wrong under a time limit is told as what it is."""
    with pytest.raises(QueryError):
        kb.sparql("SELEC", Options(timeout=30))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_foreign_error_within_the_time_limit_is_itself(kb: KnowledgeBase) -> None:
    """An error of the engine under a time limit is not called a time limit."""
    with pytest.raises(ZeroDivisionError):
        KnowledgeBase(kb.folder, Slow(0, ZeroDivisionError())).sparql("SELECT * WHERE { }", Options(timeout=30))


@pytest.mark.parametrize("text", ["\ud800", "红\udc80"])
def test_half_a_character_is_refused(kb: KnowledgeBase, text: str) -> None:
    """A text that is no Unicode finds nothing, and a query that holds it is not understood."""
    assert kb.find(text) == []
    with pytest.raises(QueryError):
        kb.sparql(f'SELECT ("{text}" AS ?x) WHERE {{ }}')


def test_opening_what_is_not_there(tmp_path: Path) -> None:
    """A folder that is neither workspace nor build is told."""
    with pytest.raises(WorkspaceError):
        withwhom.open(tmp_path)


def test_a_build_is_found_from_its_workspace(shipped_build: Path, tiny: Path) -> None:
    """A workspace, or the build in it, opens the same graph."""
    shutil.copytree(shipped_build, tiny / "build")
    assert withwhom.open(tiny).base == withwhom.open(str(tiny / "build")).base


def test_asking_leaves_a_running_build_alone(shipped_build: Path, tmp_path: Path) -> None:
    """While a build is being written beside the old one, the old one can be asked, and the new one is not touched."""
    folder = Path(shutil.copytree(shipped_build, tmp_path / "build"))
    written = tmp_path / ".build.new" / "statements.csv"
    written.parent.mkdir()
    written.write_text("half", encoding="utf-8")
    assert withwhom.open(folder).find(ORG)
    assert written.read_text(encoding="utf-8") == "half"


def test_two_may_ask_at_once(shipped_build: Path) -> None:
    """Two knowledge bases over one build answer the same at the same time."""
    answers: list[list[Cell]] = []
    bases = [withwhom.open(shipped_build) for _ in range(2)]
    threads = [threading.Thread(target=lambda kb=kb: answers.append(kb.query("partners-of", org=ORG).column("partner"))) for kb in bases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert answers[0] == answers[1]


def test_a_period_that_ends_before_it_begins(kb: KnowledgeBase) -> None:
    """A reversed period is refused, and not answered by silence; one day or one year is none."""
    with pytest.raises(BindingError, match="2012"):
        kb.query("partners-of", org="shanxi-red-cross", since="2015", until="2012")
    assert kb.query("partners-of", org="shanxi-red-cross", since="2018-06", until="2018").columns
