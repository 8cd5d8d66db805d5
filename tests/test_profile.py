"""The vocabulary is in OWL 2 DL and RL, but for exceptions that are named with a reason."""

from __future__ import annotations

import csv

import pyoxigraph as ox
import pytest

from conftest import CASES
from withwhom.profile import Departure, departures
from withwhom.workspace import shipped

OWN = "https://w3id.org/withwhom/ontology#"
HEAD = f"""@prefix ww: <{OWN}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def vocabulary(more: str = "") -> ox.Store:
    """Return the shipped vocabulary in a store, with further Turtle."""
    store = ox.Store()
    for path in shipped().turtle_files():
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    store.load((HEAD + more).encode(), format=ox.RdfFormat.TURTLE)
    return store


def test_every_departure_is_named() -> None:
    """What departs from DL or RL is just what the list of exceptions names, each with a reason."""
    with (CASES / "profile.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["reason"] for row in rows)
    assert departures(vocabulary()) == sorted(Departure(row["rule"], row["term"]) for row in rows)


@pytest.mark.parametrize(
    ("turtle", "rule", "term"),
    [
        ('ww:leads ww:shade "red" .', "undeclared-property", "shade"),
        ("ww:leads a owl:DatatypeProperty .", "punning", "leads"),
        ("ww:Farm rdfs:subClassOf ww:Organization .", "undeclared-class", "Farm"),
        ("ww:ploughs a owl:ObjectProperty ; rdfs:range ww:Field .", "undeclared-class", "Field"),
        ("ww:year a owl:DatatypeProperty ; rdfs:range xsd:gYear .", "datatype", "http://www.w3.org/2001/XMLSchema#gYear"),
        ("ww:Farm a owl:Class ; rdfs:subClassOf rdfs:Resource .", "reserved-name", "http://www.w3.org/2000/01/rdf-schema#Resource"),
    ],
)
def test_a_slip_is_caught(turtle: str, rule: str, term: str) -> None:
    """One slip in the vocabulary is one more departure, by its own rule."""
    found = set(departures(vocabulary(turtle))) - set(departures(vocabulary()))
    assert {departure.term for departure in found if departure.rule.startswith(rule)} == {term if ":" in term else OWN + term}


def test_what_is_outside_of_rl_is_caught() -> None:
    """A super-class that only says that there is something is in DL and not in RL."""
    turtle = "ww:Farm a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ww:leads ; owl:someValuesFrom ww:Program ] ."
    assert set(departures(vocabulary(turtle))) - set(departures(vocabulary()))
