"""A rule on the triples that its patterns can meet makes what it makes on the whole graph."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from withwhom.build import Checked, check
from withwhom.ontology import read_ontology
from withwhom.patterns import EVERYTHING, Patterns, patterns, required
from withwhom.workspace import shipped

EX = "PREFIX e: <https://example.org/> "


@pytest.fixture(scope="module")
def checked() -> Checked:
    """The shipped workspace."""
    return check(shipped())


def test_rules_make_the_same_on_what_they_can_meet(checked: Checked) -> None:
    """Each shipped rule reads much less than the whole graph, and makes the same of it."""
    everything = [line for _, lines in checked.compiler.shards() for line in lines] + checked.vocabulary_lines()
    for rule in checked.rules:
        met = list(rule.patterns.matching(everything))
        assert len(met) < len(everything) / 2, rule.shown
        made = []
        for lines in (everything, met):
            store = ox.Store()
            store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
            result = store.query(rule.text, prefixes={"g": checked.settings.base})
            assert isinstance(result, ox.QueryTriples)
            made.append(set(map(str, result)))
        assert made[0] == made[1], rule.shown
        assert made[0], rule.shown


@pytest.mark.parametrize(
    ("query", "met"),
    [
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p e:o . ?b e:q ?a }", {"made": None, "p": {"o"}, "q": None}),
        (
            "CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p e:o , e:x . ?b e:q e:o FILTER NOT EXISTS { ?b e:r ?a } }",
            {"made": None, "p": {"o", "x"}, "q": {"o"}, "r": None},
        ),
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p e:o . ?a e:q/^e:r ?b }", {"made": None, "p": {"o"}, "q": None, "r": None}),
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p ?c . ?a e:q* ?b }", {"made": None, "p": None, "q": None}),
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p ?b MINUS { ?a e:q e:o } }", {"made": None, "p": None, "q": {"o"}}),
    ],
)
def test_what_a_query_can_meet(query: str, met: dict[str, set[str] | None]) -> None:
    """Predicates and objects stand in patterns, filters, subtractions, paths and in what is made."""
    named = {
        f"<https://example.org/{name}>": None if objects is None else frozenset(f"<https://example.org/{value}>" for value in objects)
        for name, objects in met.items()
    }
    assert patterns(EX + query) == Patterns(named)


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?a e:made ?b } WHERE { ?a ?p ?b }",
        "CONSTRUCT { ?a ?p e:b } WHERE { ?a e:q ?p }",
        "CONSTRUCT { ?a e:made ?b } WHERE { ?a e:q* ?b }",
        "CONSTRUCT { ?a e:made ?b } WHERE { ?a !e:q ?b . ?a e:p ?b }",
        "not a query",
    ],
)
def test_a_query_that_may_meet_everything(query: str) -> None:
    """Where a predicate is open, or a path leads from every node, nothing is left out."""
    assert patterns(EX + query) is EVERYTHING
    assert list(EVERYTHING.matching(["a b c ."])) == ["a b c ."]


def test_the_vocabulary_is_read_once() -> None:
    """What follows from a property is known by its IRI."""
    ontology = read_ontology(shipped())
    assert "https://w3id.org/withwhom/ontology#partnersWith" in ontology.entailing
    assert "http://www.w3.org/1999/02/22-rdf-syntax-ns#subject" not in ontology.entailing


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p e:o . ?b e:q ?a }", {"p", "q"}),
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a a e:Class , ?kind ; e:p ?b OPTIONAL { ?a e:q ?c } }", {"Class", "p", "type"}),
        ("CONSTRUCT { ?a e:made ?b } WHERE { { ?a e:p ?b } UNION { ?a e:q ?b } ?a e:r ?c MINUS { ?a e:s ?d } }", {"r"}),
        ("CONSTRUCT { ?a e:made ?b } WHERE { ?a e:p ?b FILTER NOT EXISTS { ?a e:q ?c } ?b e:r* ?d BIND(1 AS ?n) }", {"p"}),
        ("CONSTRUCT { ?a e:made ?b } WHERE { { SELECT ?a WHERE { ?a e:p ?c } GROUP BY ?a HAVING (COUNT(?c) < 3) } ?a e:q ?b }", {"p", "q"}),
        ("no query", set()),
    ],
)
def test_what_a_query_cannot_do_without(query: str, needed: set[str]) -> None:
    """Needed are the predicates of patterns that every solution meets, and classes; not what is optional, subtracted or one way of several."""
    found = required(EX + query if needed else query)
    assert {(target or predicate).replace("#", "/").rpartition("/")[2] for predicate, target in found} == needed
