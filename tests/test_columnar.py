"""The columns of a large graph answer as the store does, row for row, or decline."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import withwhom
from conftest import TINY, Command
from withwhom import build as building
from withwhom.binding import bind
from withwhom.columnar.data import FILES, Columns
from withwhom.columnar.engine import answered
from withwhom.columnar.syntax import DeclinedError, parse
from withwhom.columnar.writing import write_columns
from withwhom.engine import EmbeddedEngine, QueryError, Table
from withwhom.knowledge import KnowledgeBase
from withwhom.problems import WorkspaceError
from withwhom.questions import Parameter, question_files
from withwhom.store import load_store
from withwhom.workspace import Workspace, shipped

SLUGS = [path.stem for path in question_files(shipped())]
BASE = "https://example.org/"
EACH = 5


def same(one: Table, other: Table) -> bool:
    """Tell whether two answers have the same columns and rows, in any order."""
    return one[0] == other[0] and Counter(one[1]) == Counter(other[1])


def columns_of(shards: list[Path], folder: Path) -> Columns:
    """Write columns and open them."""
    write_columns(folder, shards)
    opened = Columns.open(folder)
    assert opened is not None
    return opened


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """The shipped graph; it is too small for columns in its build."""
    return withwhom.open(shipped_build)


@pytest.fixture(scope="module")
def columns(shipped_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Columns:
    """The columns of the shipped graph."""
    return columns_of(sorted(shipped_build.glob("*.nt")), tmp_path_factory.mktemp("shipped") / "columns")


def candidates(kb: KnowledgeBase, parameter: Parameter) -> list[str]:
    """Return every value that a parameter may have, as a query takes it."""
    if parameter.choices:
        return list(parameter.choices)
    kind = parameter.cls or {"total": "Total", "statement": "Participation"}[parameter.name]
    rows = kb.sparql(f"SELECT ?s WHERE {{ ?s a <https://w3id.org/withwhom/ontology#{kind}> }} ORDER BY ?s").rows
    return [str(row[0]) for row in rows]


def asked(kb: KnowledgeBase, slug: str) -> Iterator[str]:
    """Yield queries of a question: some values of each parameter, with and without a period, in both languages."""
    question, chosen = kb.questions[slug], random.Random(slug)
    lists = {parameter.name: candidates(kb, parameter) for parameter in question.parameters if parameter.type == "iri"}
    connected = [str(row[0]) for row in kb.query("most-connected").rows]
    for number in range(EACH):
        values = {name: chosen.choice([value for value in connected if value in found] or found) for name, found in lists.items()} if number < 3 else {}
        values = values or {name: chosen.choice(found) for name, found in lists.items()}
        dated = {"since": "2016", "until": "2019"} if number % 2 and any(parameter.name == "since" for parameter in question.parameters) else {}
        yield bind(question, {**values, **dated}, ("zh", "en")[number % 2])


@pytest.mark.parametrize("slug", SLUGS)
def test_saved_questions(slug: str, kb: KnowledgeBase, columns: Columns) -> None:
    """Every saved question is understood, and has the same rows in the same order, with and without the derived graph."""
    graphs = [f"{kb.base}graph/{name}" for name in ("ontology", "stated", "derived")]
    for text in asked(kb, slug):
        assert answered(text, columns, derived=True) == kb.engine.select(text, graphs)
        assert answered(text, columns, derived=False) == kb.engine.select(text, graphs[:2])


# A graph in which things are missing, in two languages, with figures and dates; as in a build, no triple stands in two named graphs.
STATED = """
<e:a> <p:knows> <e:b> .
<e:a> <p:knows> <e:c> .
<e:b> <p:knows> <e:c> .
<e:c> <p:knows> <e:c> .
<e:a> <p:likes> <e:b> .
<e:c> <p:likes> <e:d> .
<e:d> <p:likes> <e:a> .
<e:a> <p:name> "甲"@zh .
<e:a> <p:name> "A"@en .
<e:b> <p:name> "B"@en .
<e:c> <p:name> "a \\"name\\" \\\\ with\\nlines" .
<e:a> <p:size> "12"^^<http://www.w3.org/2001/XMLSchema#integer> .
<e:b> <p:size> "7.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<e:c> <p:size> "12"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<e:b> <p:since> "2018-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .
<e:c> <p:since> "2019-06-30"^^<http://www.w3.org/2001/XMLSchema#date> .
"""
DERIVED = """
<e:d> <p:knows> <e:a> .
<e:d> <p:name> "丁"@zh .
<e:d> <p:open> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[EmbeddedEngine, Columns]:
    """A small graph, in a store and in columns."""
    folder = tmp_path_factory.mktemp("small")
    for name, text in (("entities", STATED), ("derived", DERIVED)):
        (folder / f"{name}.nt").write_text(text.lstrip(), encoding="utf-8", newline="")
    shards = sorted(folder.glob("*.nt"))
    load_store(folder / "store", shards, BASE)
    return EmbeddedEngine.open(folder / "store"), columns_of(shards, folder / "columns")


NODES = ("?a", "?b", "?c", "?d", "<e:a>", "<e:c>")
PROPERTIES = ("<p:knows>", "<p:likes>", "<p:name>", "<p:size>", "<p:since>", "<p:open>", "(<p:knows>|<p:likes>)")
EXPRESSIONS = (
    "?a = ?b",
    "?a != ?c",
    "BOUND(?d)",
    "!BOUND(?c) || ?c = <e:c>",
    'LANG(?b) = "zh"',
    'LANG(?c) = "en" && BOUND(?a)',
    "?b > 7",
    "?c <= 12.0",
    '?b >= "2018-06-01"^^<http://www.w3.org/2001/XMLSchema#date>',
    "?a IN (<e:a>, <e:c>)",
    "COALESCE(?d, ?b) = <e:b>",
    'STRAFTER(STR(?a), ":") = "a"',
    "isIRI(?b)",
    "!?b",
    "IF(?b > 7, true, BOUND(?c))",
    "EXISTS { ?a <p:likes> ?e }",
    "NOT EXISTS { ?b <p:name> ?e . FILTER(?e != ?c) }",
    "!BOUND(?d) || EXISTS { ?a (<p:knows>|<p:likes>) ?d }",
)
BINDINGS = ("<e:a>", '"zh"', "COALESCE(?c, ?a)", 'CONCAT(STR(?a), "-", STRAFTER(STR(?b), ":"))', 'IF(BOUND(?d), "yes", "no")', "true", "?a")


def group(chosen: random.Random, depth: int) -> str:
    """Return a random group of patterns."""
    parts = [f"{chosen.choice(NODES)} {chosen.choice(PROPERTIES)} {chosen.choice(NODES)} ." for _ in range(chosen.randint(1, 3))]
    for _ in range(chosen.randint(0, 3) if depth else 0):
        inner = group(chosen, depth - 1)
        other = group(chosen, depth - 1)
        parts.append(
            chosen.choice(
                (
                    f"OPTIONAL {{ {inner} }}",
                    f"OPTIONAL {{ {inner} }}",
                    f"{{ {inner} }} UNION {{ {other} }}",
                    f"{{ {inner} }} UNION {{ {other} BIND({chosen.choice(BINDINGS)} AS ?g) }}",
                    f"MINUS {{ {inner} }}",
                    f"{{ {inner} }}",
                    f"{{ SELECT DISTINCT ?a ?b WHERE {{ {inner} }} }}",
                    f"FILTER({chosen.choice(EXPRESSIONS)})",
                    f"BIND({chosen.choice(BINDINGS)} AS ?{chosen.choice('efg')})",
                )
            )
        )
    if chosen.random() < 0.3:
        parts.append(f"FILTER({chosen.choice(EXPRESSIONS)})")
    return " ".join(parts)


@pytest.mark.parametrize("seed", range(12))
def test_random_queries(seed: int, small: tuple[EmbeddedEngine, Columns], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is not declined has the store's rows, however terms are searched for; a fifth of what is asked at random, and more, is understood."""
    engine, columns = small
    for name, size in (("data.MANY", (2, 1_000)), ("patterns.VERY_MANY", (4, 30_000))):
        monkeypatch.setattr(f"withwhom.columnar.{name}", size[seed % 2])
    chosen, declined, legal = random.Random(seed), 0, 0
    for _ in range(60):
        text = f"SELECT {chosen.choice(('', 'DISTINCT '))}?a ?b ?c ?d ?e ?f ?g WHERE {{ {group(chosen, 2)} }}"
        try:
            expected = engine.select(text, [f"{BASE}graph/stated", f"{BASE}graph/derived"])
        except QueryError:
            continue  # a variable is bound twice
        legal += 1
        try:
            found = answered(text, columns, derived=True)
        except DeclinedError:
            declined += 1
        else:
            # Of properties that are alternatives, Oxigraph gives a row once, SPARQL 1.1 (section 18.4) once for each that fits.
            agree = set(found[1]) == set(expected[1]) if "|<p:" in text else same(found, expected)
            assert agree, text
    assert legal - declined > legal / 5


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?a ?b ?c }",
        "SELECT * WHERE { ?a <p:knows> ?b }",
        "SELECT ?a WHERE { ?a ?property ?b }",
        "SELECT ?a WHERE { ?a <p:knows>* ?b }",
        "SELECT ?a WHERE { ?a <p:knows> [] }",
        "SELECT ?a WHERE { ?a x:knows ?b }",
        "SELECT ?a WHERE { ?a <p:knows> ?b } LIMIT 1",
        "SELECT (SUM(?b) AS ?c) WHERE { ?a <p:size> ?b }",
        "SELECT ?a WHERE { ?a <p:knows> ?b FILTER(REGEX(STR(?b), 'x')) }",
        "SELECT ?a WHERE { GRAPH ?g { ?a <p:knows> ?b } }",
        "SELECT ?a WHERE { SERVICE <s:s> { ?a <p:knows> ?b } }",
        "SELECT ?a FROM <g:g> WHERE { ?a <p:knows> ?b }",
        "SELECT ?a WHERE { ?a <p:knows> ?b",
    ],
)
def test_what_is_declined(text: str, small: tuple[EmbeddedEngine, Columns]) -> None:
    """What is no part of the saved questions' SPARQL is left to the store."""
    with pytest.raises(DeclinedError):
        answered(text, small[1], derived=True)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?a ?b ?c WHERE { ?b <p:knows> ?a . OPTIONAL { ?c <p:knows> <e:c> . ?a <p:size> ?c } { ?c <p:likes> ?b } UNION { ?b <p:open> ?d } }",
        "SELECT ?a ?c WHERE { <e:c> <p:size> ?a . OPTIONAL { ?a <p:open> ?c } { ?b <p:open> ?c . OPTIONAL { ?b <p:name> <e:a> } } }",
        "SELECT DISTINCT ?a ?b ?f WHERE { ?a <p:knows> ?b . { ?b <p:name> ?c } UNION { ?d <p:likes> ?a ; <p:knows> ?b BIND(STR(?d) AS ?f) } }",
        "SELECT DISTINCT ?a WHERE { ?a <p:knows> ?b . FILTER NOT EXISTS { ?c <p:likes> ?a . FILTER NOT EXISTS { ?c <p:name> ?d . FILTER(?b = <e:c>) } } }",
    ],
)
def test_variables_that_are_bound_later(text: str, small: tuple[EmbeddedEngine, Columns]) -> None:
    """A variable that nothing has bound so far is bound by what follows, and only there."""
    engine, columns = small
    expected = engine.select(text, [f"{BASE}graph/stated", f"{BASE}graph/derived"])
    assert expected[1]
    assert same(answered(text, columns, derived=True), expected)


def test_too_many_rows_are_declined(small: tuple[EmbeddedEngine, Columns], monkeypatch: pytest.MonkeyPatch) -> None:
    """What would need too much memory at once is left to the store, which gives one row after the other."""
    monkeypatch.setattr("withwhom.columnar.rows.MOST", 20)
    with pytest.raises(DeclinedError):
        answered("SELECT ?a WHERE { ?a <p:knows> ?b . ?c <p:name> ?d }", small[1], derived=True)


def test_order_is_the_stores(small: tuple[EmbeddedEngine, Columns]) -> None:
    """Rows are ordered as the store's engine orders them: what is not bound first, then IRIs, figures, dates, texts."""
    engine, columns = small
    text = "SELECT ?a ?b WHERE { ?a <p:knows> ?c . OPTIONAL { ?c <p:name> ?b } } ORDER BY DESC(?b) ?a IF(BOUND(?b), 0, 1)"
    assert answered(text, columns, derived=True)[1] == engine.select(text, [f"{BASE}graph/stated", f"{BASE}graph/derived"])[1]
    assert parse(text).order[0][1] is True


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build the tiny workspace as if it were a large one."""
    monkeypatch.setattr(building, "READABLE", 10)
    return building.build(Workspace(TINY), out=tmp_path / "build").out


def test_a_large_build_has_columns(large: Path, command: Command) -> None:
    """A large build is asked by its columns, also after an update of the build, and free SPARQL that they decline by its store."""
    kb = withwhom.open(large)
    assert isinstance(kb.engine, EmbeddedEngine)
    assert kb.engine.columns is not None
    without = KnowledgeBase(large, EmbeddedEngine(kb.engine.store, large / "store"))
    bodies = [str(row[0]) for row in kb.query("most-connected").rows]
    assert bodies
    for body in bodies:
        assert kb.query("partners-of", org=body).rows == without.query("partners-of", org=body).rows
    assert kb.sparql("SELECT * WHERE { ?s ?p ?o }").rows
    assert command("build", "--workspace", TINY, "--out", large, "--update").status == 0
    assert {path.stem for path in (large / "columns").iterdir()} == set(FILES)
    assert kb.query("partners-of", org=bodies[0]).rows


def test_damaged_columns(large: Path) -> None:
    """A damaged file of the columns is told in one line."""
    (large / "columns" / "terms.npy").write_bytes(b"no array")
    with pytest.raises(WorkspaceError) as caught:
        withwhom.open(large)
    assert "withwhom build" in caught.value.message("en")
