"""What is screened is seen as the validator sees it, and what cannot be screened is not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import RDF, SH, Graph

from test_shapes import GOOD, PREFIXES, shapes
from withwhom.screen import screen

# Values that a careless hand may put anywhere: numbers, days, texts in languages, things, and what only looks like one of them.
VALUES = ['"1"^^xsd:integer', '"0"^^xsd:integer', "-2.5", '"x"^^xsd:integer', '"2018-01-01"^^xsd:date', '"2018-1-1"^^xsd:date', '"2019-06-30"^^xsd:date']
VALUES += ['"CNY"', '"cny"', '"C\\"NY"', '"甲"@zh', '"a"@en', '"a"@EN', '"b"@fr', "ww:given", "<https://example.org/CNY>", "true", "1e3"]
PROPERTIES = [
    "skos:prefLabel",
    *(f"ww:{name}" for name in ("count", "collective", "certainty", "amount", "currency", "basis", "since", "until", "begin", "stop")),
]
TURTLE = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n" + PREFIXES
LABELLED = "[ sh:path skos:prefLabel ; sh:minCount 1 ]"


def sorted_lines(turtle: str) -> list[str]:
    """Return a graph as a shard."""
    return sorted(filter(None, Graph().parse(data=PREFIXES + turtle, format="turtle").serialize(format="nt").splitlines()))


def wrong(lines: Iterable[str]) -> set[str]:
    """Return the nodes that the validator finds wrong."""
    _, report, _ = validate(Graph().parse(data="\n".join(lines), format="nt"), shacl_graph=shapes())
    assert isinstance(report, Graph)
    return {str(report.value(result, SH.focusNode)) for result in report.subjects(RDF.type, SH.ValidationResult)}


def test_a_good_graph_has_no_suspects() -> None:
    """All shipped shapes can be screened, and a good graph is proved to be good without the validator."""
    found = screen(shapes())
    assert len(found.shapes) == len(set(shapes().subjects(RDF.type, SH.NodeShape)))
    assert len(found.whole) == 0
    assert list(found.suspects(sorted_lines(GOOD))) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["s:gift", "e:hospitals", "p:first"]), st.sampled_from(PROPERTIES), st.sampled_from(VALUES)), max_size=4))
def test_no_wrong_node_escapes(added: list[tuple[str, str, str]]) -> None:
    """Whatever is added to a good graph: what the validator finds wrong is a suspect, and suspects alone are as wrong as in the whole graph."""
    lines = sorted_lines(GOOD + "".join(f"{' '.join(triple)} .\n" for triple in added))
    suspects = list(screen(shapes()).suspects(lines))
    assert wrong(suspects) == wrong(lines)


@pytest.mark.parametrize(
    "shape",
    [
        f"ww:Odd a sh:NodeShape ; sh:targetNode e:hospitals ; sh:property {LABELLED} .",
        "ww:Odd a sh:NodeShape ; sh:targetClass ww:Entity ; sh:property [ sh:path [ sh:inversePath rdf:subject ] ; sh:minCount 1 ] .",
        "ww:Odd a sh:NodeShape ; sh:targetClass ww:Entity ; sh:property [ sh:path ww:place ; sh:class ww:Place ] .",
        "ww:Odd a sh:NodeShape ; sh:targetClass ww:Entity ; sh:not [ sh:path ww:count ; sh:minCount 1 ] .",
        "ww:Odd a sh:NodeShape ; sh:targetClass ww:Entity ; sh:property [ sh:path ww:funds ; sh:maxCount 9 ] .",
        "ww:Odd a sh:NodeShape ; sh:targetSubjectsOf ww:funds ; sh:property [ sh:path ww:count ; sh:maxCount 9 ] .",
        'ww:Odd a sh:NodeShape ; sh:targetClass ww:Entity ; sh:property [ sh:path ww:note ; sh:pattern "a" ; sh:flags "i" ] .',
        f"ww:Odd a sh:NodeShape , <http://www.w3.org/2000/01/rdf-schema#Class> ; sh:property {LABELLED} .",
    ],
)
def test_what_looks_further_is_not_screened(shape: str) -> None:
    """A shape that needs more than its node's own triples, or a component that is not known here, is left to the validator whole."""
    found = screen(Graph().parse(data=TURTLE + shape, format="turtle"), ["https://w3id.org/withwhom/ontology#funds"])
    assert found.shapes == ()
    assert len(found.local) == 0
    assert len(found.whole) > 0
