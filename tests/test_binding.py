"""Values put into questions: they come back verbatim or are refused, and never alter a query."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from withwhom.binding import BindingError, bind, term
from withwhom.engine import Cell, EmbeddedEngine, Iri, QueryError, RdflibEngine
from withwhom.names import Match, NameUnclearError
from withwhom.questions import TYPES, Parameter, Question

ROUNDS, STRINGS = 100, 100  # ten thousand strings, a hundred to a query

# What has broken out of quotation marks, brackets and lines elsewhere.
HOSTILE = (
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    '\\"',
    "\\u0022",
    "\\U00000022 } #",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x0b\x0c\x1c\x85\u2028\u2029",
    "> } #",
    '" } UNION { ?s ?p ?o } #',
    '") SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } BIND("',
    "?_org_iri",
    "?__lang_literal",
    "\\g<0>\\1",
    "{value}%s$1",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "\ufeff\u202e𠮷🧧",
)
TEXTS = st.text(max_size=24) | st.text(alphabet="\"'\\<>{}#?_\n\r\tunU0 ;.@^&|$`%", max_size=12) | st.sampled_from(HOSTILE)
BAD_IRIS = (
    "",
    "x",
    "no scheme",
    "https://x.example/> } #",
    "https://x.example/ y",
    "https://x.example/<",
    'https://x.example/"',
    "https://x.example/{",
    "https://x.example/}",
    "https://x.example/|",
    "https://x.example/^",
    "https://x.example/`",
    "https://x.example/\\",
    "https://x.example/\\u003e",
    "https://x.example/\n",
    "https://x.example/\r",
    "https://x.example/\t",
    "https://x.example/\x00",
    "https://x.example/\x1f",
    "\nhttps://x.example/",
    "<https://x.example/>",
    "1https://x.example/",
    "https:",
)


def question(*parameters: tuple[str, str, bool], text: str = "") -> Question:
    """Return a question with parameters of some name, type and need."""
    made = tuple(Parameter(name, kind, required, name, name, "", ()) for name, kind, required in parameters)
    marks = {True: "_", False: "__"}
    binds = " ".join(f"BIND(?{marks[p.required]}{p.name}_{p.type} AS ?{p.name})" for p in made)
    chosen = " ".join(f"?{p.name}" for p in made)
    words = {"zh": "问", "en": "ask"}
    return Question("asked", words, words, ("test",), made, ("none",), {}, (), (), text or f"SELECT {chosen} WHERE {{ {binds} }} ORDER BY {chosen}")


def embedded() -> EmbeddedEngine:
    """Return an engine over one triple, so that a query that was altered would give other rows."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.NamedNode("x:o")))
    return EmbeddedEngine(store)


def answered(engine: EmbeddedEngine | RdflibEngine, values: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Return the rows of a question that gives back its values, all bound at once."""
    names = [f"v{number}" for number in range(len(values))]
    asked = question(*((name, "literal", True) for name in names))
    return engine.select(bind(asked, dict(zip(names, values, strict=True))), ["x:g"])[1]


@settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TEXTS.filter(bool), min_size=STRINGS, max_size=STRINGS))
@example([*HOSTILE])
@example(["".join(HOSTILE)])
def test_texts_come_back_verbatim(values: list[str]) -> None:
    """Whatever a text holds, the engine gives back that text in one row, and nothing else."""
    (row,) = answered(embedded(), values)
    assert list(row) == values


@pytest.mark.parametrize("value", [value for value in HOSTILE if "\\u" not in value and "\\U" not in value])
def test_texts_come_back_verbatim_from_rdflib(value: str) -> None:
    """The reference engine gives back hostile texts, too."""
    (row,) = answered(RdflibEngine.load([]), [value])
    assert row == (value,)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30) | st.sampled_from(BAD_IRIS) | st.text(alphabet="<>{}\"' #\\^`|/:.ax", max_size=20).map("https://x.example/".__add__))
def test_an_iri_is_kept_or_refused(value: str) -> None:
    """An IRI comes back as it is, as one thing, or is refused."""
    asked = question(("org", "iri", True))
    try:
        query = bind(asked, {"org": value})
    except BindingError:
        return
    assert query == asked.text.replace("?_org_iri", f"<{value}>")
    try:
        columns, rows = embedded().select(query, [])
    except QueryError:  # the engine is stricter: https://x.example/% is no IRI to it
        return
    assert columns == ("org",)
    assert len(rows) == 1
    assert isinstance(rows[0][0], Iri)


@pytest.mark.parametrize("value", BAD_IRIS)
def test_hostile_iris_are_refused(value: str) -> None:
    """What cannot stand between angle brackets is no IRI."""
    with pytest.raises(BindingError):
        term(value, "iri")
    with pytest.raises(BindingError):
        bind(question(("org", "iri", True)), {"org": value})


@pytest.mark.parametrize("value", ["https://x.example/a", "https://x.example/a(b)#c", "urn:isbn:0451450523", "https://x.example/红十字会", "tag:x@y,2018:z"])
def test_iris_are_taken(value: str) -> None:
    """An IRI of any scheme, with marks and Chinese characters, is taken as it is."""
    assert term(value, "iri") == f"<{value}>"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2018", "2018-01-01", "2018-12-31"),
        ("2018-Q3", "2018-07-01", "2018-09-30"),
        ("2018-02", "2018-02-01", "2018-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2018-03-21", "2018-03-21", "2018-03-21"),
    ],
)
def test_a_period_is_taken_whole(written: str, first: str, last: str) -> None:
    """``since`` means the first day of what is written, ``until`` its last."""
    asked = question(("since", "xsd_date", False), ("until", "xsd_date", False))
    query = bind(asked, {"since": written, "until": written})
    (row,) = embedded().select(query, [])[1]
    assert row == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


WRONG = [
    ("xsd_date", "2018-13"),
    ("xsd_date", "2018-02-30"),
    ("xsd_date", "18"),
    ("xsd_date", "yesterday"),
    ("xsd_date", '2018"'),
    ("xsd_date", "２０１８年"),
    ("integer", "1.5"),
    ("integer", "one"),
    ("xsd_integer", "1e5"),
    ("number", "1,000"),
    ("number", "NaN"),
    ("xsd_decimal", "1 }"),
    ("xsd_decimal", "١٢"),
    ("xsd_boolean", "yes"),
    ("xsd_boolean", "TRUE"),
    ("iri", "山西省红十字会"),
]


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_a_value_of_the_wrong_type_is_refused(kind: str, value: str) -> None:
    """A value that is not of the type in the file is refused, and the message repeats it in both languages."""
    with pytest.raises(BindingError) as caught:
        bind(question(("x", kind, True)), {"x": value})
    assert repr(value) in caught.value.message("zh")
    assert repr(value) in caught.value.message("en")
    assert caught.value.message("zh") != caught.value.message("en")


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [("integer", "-12", -12), ("number", "12.50", "12.5"), ("xsd_decimal", "+7", 7), ("xsd_boolean", "true", True), ("xsd_string", "2018", "2018")],
)
def test_a_value_has_the_type_of_the_file(kind: str, value: str, cell: Cell) -> None:
    """A value becomes a literal of the type that the token names, never of one that the caller chose."""
    (row,) = embedded().select(bind(question(("x", kind, True)), {"x": value}), [])[1]
    assert type(row[0]).__name__ == ("Decimal" if value == "12.50" else type(cell).__name__)
    assert str(row[0]) == str(cell)


def test_every_type_is_known() -> None:
    """Each type that a token may name can be bound."""
    good = {"iri": "x:y", "literal": "a", "xsd_string": "a", "xsd_date": "2018", "xsd_boolean": "true"}
    for kind in TYPES:
        assert term(good.get(kind, "1"), kind)


def test_a_missing_value_is_told() -> None:
    """A required value that is missing or empty is asked for by the name of its option."""
    for values in ({}, {"org": ""}):
        with pytest.raises(BindingError) as caught:
            bind(question(("org", "iri", True)), values)
        assert caught.value.message("zh") == "asked 需要 --org"
        assert caught.value.message("en") == "asked needs --org"


def test_an_unknown_parameter_is_told() -> None:
    """A value for no parameter is refused, and the parameters that there are are named; so is the reserved language."""
    asked = question(("org", "iri", True), ("since", "xsd_date", False))
    for name in ("orgg", "lang"):
        with pytest.raises(BindingError) as caught:
            bind(asked, {"org": "x:y", name: "z"})
        for language in ("zh", "en"):
            assert repr(name) in caught.value.message(language)
            assert "org, since" in caught.value.message(language)


def test_an_optional_value_may_be_left_out() -> None:
    """An optional value that is not given leaves its variable unbound, which means any."""
    asked = question(("since", "xsd_date", False))
    assert bind(asked, {}) == asked.text
    assert bind(asked, {"since": ""}) == asked.text
    assert embedded().select(bind(asked, {}), [])[1] == [(None,)]


def test_a_value_is_no_template() -> None:
    """A value that looks like a parameter is not filled in again."""
    asked = question(("a", "literal", True), ("b", "literal", True))
    (row,) = embedded().select(bind(asked, {"a": "?_b_literal", "b": "?__lang_literal"}), [])[1]
    assert row == ("?_b_literal", "?__lang_literal")


def test_the_language_is_bound() -> None:
    """The reserved parameter is the language of labels."""
    text = 'SELECT ?lang WHERE { BIND(COALESCE(?__lang_literal, "zh") AS ?lang) } ORDER BY ?lang'
    for language in ("zh", "en"):
        assert embedded().select(bind(question(text=text), {}, language), [])[1] == [(language,)]


def test_messages_do_not_run_on() -> None:
    """A hostile value is repeated in a message as one short line."""
    value = "\n".join(["https://x.example/> } #"] * 100)
    with pytest.raises(BindingError) as caught:
        term(value, "iri")
    for message in (caught.value.message("zh"), caught.value.message("en"), str(caught.value)):
        assert "\n" not in message
        assert len(message) < 120


@pytest.mark.parametrize(
    "error", [QueryError("query-not-understood", detail="x } {y"), NameUnclearError("{0}", [Match("e", "名", "name", "Person", "n", "near", 1.0)])]
)
def test_braces_in_messages_are_kept(error: QueryError | NameUnclearError) -> None:
    """A message that repeats braces says them as they were."""
    assert "{" in error.message("zh")
    assert "{" in error.message("en")
