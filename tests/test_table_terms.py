"""A deprecated term stays right in rows, is named where it stands with what takes its place, and is offered nowhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rdflib import Graph

from conftest import TINY, column_of, edit_cell, line_of
from withwhom.build import Checked, check
from withwhom.deprecated import deprecated
from withwhom.workspace import Workspace

LOCAL = """@prefix l: <https://example.org/l#> .
@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

ww:VolunteerTeam owl:deprecated true ; dcterms:isReplacedBy l:Choir .
ww:coOrganizes owl:deprecated true ; dcterms:isReplacedBy ww:supports .
ww:unit owl:deprecated true .
ww:inKind owl:deprecated true ; dcterms:isReplacedBy ww:mixed .
ww:about owl:deprecated true ; dcterms:isReplacedBy ww:cash .
l:Choir a owl:Class ; rdfs:label "合唱队"@zh , "choir"@en ; rdfs:subClassOf ww:Organization .
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """The tiny workspace, checked with a vocabulary that deprecates some of what it uses, and with one misspelt predicate."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("deprecated") / "tiny"))
    (root / "ontology").mkdir()
    (root / "ontology" / "local.ttl").write_text(LOCAL, encoding="utf-8")
    edit_cell(root / "graph" / "statements" / "lanting-notes.csv", "support", "predicate", "coOrganises")
    return check(Workspace(root))


def test_rows_that_use_deprecated_terms_are_warned_of(checked: Checked) -> None:
    """Classes, predicates, codes and columns are named by file, line and column; what cannot stand there is no replacement."""
    graph = checked.workspace.graph
    entities, bridge = graph / "entities.csv", graph / "statements" / "warm-bridge.csv"
    found = [problem for problem in checked.problems if problem.code.startswith("deprecated-") and not problem.file.endswith("lanting-notes.csv")]
    name = "graph/statements/warm-bridge.csv"
    assert [(problem.file, problem.line, problem.column, problem.code, problem.values["replacement"]) for problem in found] == [
        ("graph/entities.csv", line_of(entities, "shiqiao-volunteers"), 2, "deprecated-cell", "Choir"),
        (name, 1, column_of(bridge, "unit"), "deprecated-alone", ""),
        (name, line_of(bridge, "join"), 3, "deprecated-cell", "supports"),
        (name, line_of(bridge, "visits"), column_of(bridge, "value_qualifier"), "deprecated-alone", ""),
        (name, line_of(bridge, "joint-goods"), column_of(bridge, "support"), "deprecated-cell", "mixed"),
    ]
    assert {problem.severity for problem in found} == {"warning"}
    assert "请改用 Choir" in found[0].message("zh")


def test_deprecated_terms_are_right_and_not_offered(checked: Checked) -> None:
    """The one error is the misspelt word, and what is offered instead holds nothing deprecated."""
    (error,) = checked.errors
    assert error.code == "unknown-predicate"
    assert "coOrganizes" not in error.values["known"]
    assert "supports" in error.values["known"]
    ontology = checked.ontology
    assert "VolunteerTeam" in ontology.classes
    assert "VolunteerTeam" not in ontology.offered(ontology.classes)
    assert "unit" not in ontology.offered(ontology.qualifiers)
    codes = ontology.codes[ontology.qualifiers["support"].range]
    assert set(codes) - set(ontology.offered(codes)) == {"in_kind"}


@pytest.mark.parametrize(
    ("said", "replacement"),
    [
        ("x:a o:deprecated true ; d:isReplacedBy x:b .", "b"),
        ("x:a o:deprecated true ; d:isReplacedBy x:b . x:b o:deprecated true ; d:isReplacedBy x:c .", "c"),
        ("x:a o:deprecated true ; d:isReplacedBy x:b . x:b o:deprecated true ; d:isReplacedBy x:a .", ""),
        ("x:a o:deprecated true ; d:isReplacedBy x:b . x:b o:deprecated true .", ""),
        ("x:a o:deprecated true ; d:isReplacedBy x:b , x:c .", ""),
        ("x:a o:deprecated true .", ""),
        ('x:a o:deprecated "1"^^<http://www.w3.org/2001/XMLSchema#boolean> ; d:isReplacedBy x:b .', "b"),
        ("x:a o:deprecated false ; d:isReplacedBy x:b .", None),
    ],
)
def test_the_replacement_is_the_end_of_its_chain(said: str, replacement: str | None) -> None:
    """A chain is followed to a term in force; a circle, two replacements and none at all give nobody anything to choose."""
    prefixes = "@prefix x: <x:> . @prefix o: <http://www.w3.org/2002/07/owl#> . @prefix d: <http://purl.org/dc/terms/> .\n"
    found = deprecated(Graph().parse(data=prefixes + said))
    assert found.get("x:a") == (None if replacement is None else f"x:{replacement}" if replacement else "")
