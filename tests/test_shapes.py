"""Each shape fires on a graph that breaks it, in both languages, and a good graph conforms."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import SH, Graph, Literal

from withwhom.problems import Problem
from withwhom.records import Place, Records, Statement
from withwhom.shapes import Validator

SHAPES = Path(__file__).parents[1] / "ontology" / "shapes.ttl"
BASE = "https://example.org/graph/"
HAN = re.compile(r"[一-鿿]")
PREFIXES = """
@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix e: <https://example.org/graph/entity/> .
@prefix s: <https://example.org/graph/statement/> .
@prefix p: <https://example.org/graph/passage/> .
"""
# One triple a line, so that a case can take one away.
GOOD = """
e:hospitals a ww:Hospital .
e:hospitals a ww:Entity .
e:hospitals skos:prefLabel "三十一家医院"@zh .
e:hospitals skos:prefLabel "31 hospitals"@en .
e:hospitals ww:collective true .
e:hospitals ww:count 31 .
s:gift a ww:Funding .
s:gift a rdf:Statement .
s:gift ww:certainty ww:explicit .
s:gift ww:status ww:done .
s:gift ww:amount 120000 .
s:gift ww:currency "CNY" .
s:gift ww:basis ww:given .
s:gift ww:basis ww:raised .
s:gift ww:since "2018-01-01"^^xsd:date .
s:gift ww:until "2018-12-31"^^xsd:date .
s:gift ww:evidence p:first .
s:operations a ww:Result .
s:operations a rdf:Statement .
s:operations ww:certainty ww:inferred .
s:operations ww:indicator "手术数"@zh .
s:operations ww:indicator "operations"@en .
s:operations ww:locator "row=17" .
p:first a ww:Passage .
p:first ww:begin 10 .
p:first ww:stop 20 .
"""
# name, the line to take away (or none), lines to add, what is wrong with (local name), and what the English message says.
CASES = [
    ("no-chinese-name", 'skos:prefLabel "三十一家医院"@zh', "", "hospitals", "one Chinese and one English name"),
    ("no-english-name", 'skos:prefLabel "31 hospitals"@en', "", "hospitals", "one Chinese and one English name"),
    ("two-english-names", "", 'e:hospitals skos:prefLabel "thirty-one hospitals"@en .', "hospitals", "one Chinese and one English name"),
    ("french-name", "", 'e:hospitals skos:prefLabel "31 hôpitaux"@fr .', "hospitals", "one Chinese and one English name"),
    ("count-of-none", "ww:count 31", "e:hospitals ww:count 0 .", "hospitals", "at least 1"),
    ("count-of-no-set", "ww:collective true", "", "hospitals", "marked as a set"),
    ("no-certainty", "s:gift ww:certainty", "", "gift", "says its certainty"),
    ("two-certainties", "", "s:gift ww:certainty ww:inferred .", "gift", "says its certainty"),
    ("two-statuses", "", "s:gift ww:status ww:planned .", "gift", "one status"),
    ("two-supports", "", "s:gift ww:support ww:cash , ww:inKind .", "gift", "one support"),
    ("two-amount-qualifiers", "", "s:gift ww:amountQualifier ww:about , ww:over .", "gift", "one amount qualifier"),
    ("two-places", "", "s:gift ww:place e:here , e:there .", "gift", "one place"),
    ("two-programs", "", "s:gift ww:program e:this , e:that .", "gift", "one program"),
    ("no-evidence", "s:gift ww:evidence", "", "gift", "has evidence"),
    ("no-locator", "s:operations ww:locator", "", "operations", "has evidence"),
    ("until-before-since", "s:gift ww:until", 's:gift ww:until "2017-12-31"^^xsd:date .', "gift", "must not be before since"),
    ("two-sinces", "", 's:gift ww:since "2017-01-01"^^xsd:date .', "gift", "must not be before since"),
    ("two-untils", "", 's:gift ww:until "2019-12-31"^^xsd:date .', "gift", "until"),
    ("no-currency", "s:gift ww:currency", "", "gift", "has a currency"),
    ("currency-in-words", "s:gift ww:currency", 's:gift ww:currency "元" .', "gift", "has a currency"),
    ("two-currencies", "", 's:gift ww:currency "USD" .', "gift", "has a currency"),
    ("no-basis", "s:gift ww:basis", "", "gift", "has a basis"),
    ("nothing-given", "s:gift ww:amount", "s:gift ww:amount 0 .", "gift", "more than 0"),
    ("less-than-nothing", "s:gift ww:amount", "s:gift ww:amount -5.5 .", "gift", "more than 0"),
    ("two-amounts", "", "s:gift ww:amount 130000 .", "gift", "more than 0"),
    ("no-indicator", "s:operations ww:indicator", "", "operations", "names its indicator"),
    ("stop-at-begin", "p:first ww:stop", "p:first ww:stop 10 .", "first", "stops after it begins"),
]


@cache
def shapes() -> Graph:
    """Return the shipped shapes."""
    return Graph().parse(SHAPES)


def shard_problems(lines: list[str], records: Records) -> list[Problem]:
    """Return what is wrong with a shard."""
    return Validator(shapes(), records, BASE, frozenset()).shard_problems(sorted(lines))


def problems(taken: str = "", added: str = "", records: Records | None = None) -> list[Problem]:
    """Return what SHACL says of the good graph, without the lines that hold ``taken`` and with ``added``."""
    kept = [line for line in GOOD.splitlines() if not taken or taken not in line]
    assert not taken or len(kept) < len(GOOD.splitlines()), f"no line holds {taken}"
    graph = Graph().parse(data=PREFIXES + "\n".join(kept) + "\n" + added, format="turtle")
    lines = graph.serialize(format="nt").splitlines()
    return shard_problems(lines, records or Records())


def test_good_graph_conforms() -> None:
    """A graph with everything in its place has no problem."""
    assert problems() == []


@pytest.mark.parametrize(("name", "taken", "added", "focus", "message"), CASES, ids=[case[0] for case in CASES])
def test_shape_fires(name: str, taken: str, added: str, focus: str, message: str) -> None:
    """A broken rule is told once or more, of the right node alone, as an error, in Chinese and in English."""
    found = problems(taken, added)
    assert found, name
    assert {problem.file.rpartition("/")[2] for problem in found} == {focus}
    assert {problem.severity for problem in found} == {"error"}
    assert any(message in problem.message("en") for problem in found)
    for problem in found:
        assert HAN.search(problem.message("zh"))
        assert not HAN.search(problem.message("en"))


def test_every_message_has_a_case() -> None:
    """No shape goes untried: each English message in ``shapes.ttl`` is what some case expects."""
    told = [str(text) for text in shapes().objects(None, SH.message) if isinstance(text, Literal) and text.language == "en"]
    assert told
    assert [text for text in told if not any(message in text for *_, message in CASES)] == []


def test_every_message_is_bilingual() -> None:
    """A shape that has a message has it once in Chinese and once in English."""
    for shape in set(shapes().subjects(SH.message)):
        languages = [text.language for text in shapes().objects(shape, SH.message) if isinstance(text, Literal)]
        assert sorted(map(str, languages)) == ["en", "zh"]


def test_every_property_shape_has_a_message() -> None:
    """A property shape says in its own words what is wrong; SHACL's own words are English only."""
    silent = [str(shapes().value(part, SH.path)) for part in shapes().objects(None, SH.property) if (part, SH.message, None) not in shapes()]
    assert silent == []


def test_row_is_named() -> None:
    """A result about a statement names the file, the line and the column of its row."""
    at = Place("graph/statements/report.csv", 7, {"id": 1, "currency": 5})
    row = Statement(at, "report", "gift", "", "funds", "", "", "", "", {})
    report = Records(statements=(row,))
    graph = GOOD.replace("s:gift", "<https://example.org/graph/statement/report/gift>")
    lines = Graph().parse(data=PREFIXES + graph, format="turtle").serialize(format="nt").splitlines()
    assert shard_problems(lines, report) == []
    found = shard_problems([line for line in lines if "currency" not in line], report)
    assert [(problem.file, problem.line, problem.column) for problem in found] == [("graph/statements/report.csv", 7, 5)]
