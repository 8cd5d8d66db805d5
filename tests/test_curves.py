"""Curves between marks, and how they look."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drawings import SVG, edges_of, small
from withwhom.curves import Mark, curves, stroke_colour, stroke_dashes, stroke_width
from withwhom.evidence_list import MONEY, STATED, NumberedEdge
from withwhom.network import Body
from withwhom.picture import picture
from withwhom.sheet import Point
from withwhom.ties import SAID, SAME_PROGRAM


def test_edges_between_the_same_two_lie_apart() -> None:
    """Two edges between the same bodies do not lie on one line."""
    found = picture(small())
    drawn_edges = edges_of(found.svg)
    numbers = [edge.number for edge in found.edges if (edge.start, edge.end) == ("b0", "b1")]
    assert len({drawn_edges[number].findall(f"{SVG}path")[0].attrib["d"] for number in numbers}) == len(numbers) == 2


def edge(number: int, start: str, end: str, *, kind: str = SAID, strength: int = 1, amount: float = 0.0, predicate: str = "") -> NumberedEdge:
    """Return an edge between two bodies."""
    return NumberedEdge(number, f"e{number}", start, end, kind, "", predicate, "", "explicit", strength, amount, directed=False, statements=())


def marks(**places: tuple[float, float]) -> dict[str, Mark]:
    """Return marks of radius 6 by body."""
    return {name: Mark(Body(name, "", "", "", "", "", "", ""), Point(*place), 6.0, 1) for name, place in places.items()}


def test_a_lone_edge_is_straight() -> None:
    """Where nothing is in the way, the middle of an edge lies in the middle between its ends."""
    (way,) = curves([edge(1, "a", "b")], marks(a=(0, 0), b=(100, 0), c=(50, 80)))
    assert (way.start, way.point(0.5), way.end) == ((0, 0), (50, 0), (100, 0))
    assert way.until(0.5).end == way.point(0.5)


def test_a_lone_edge_bends_around_marks() -> None:
    """A mark between the ends of an edge is passed, not crossed."""
    standing = marks(a=(0, 0), b=(100, 0), c=(50, 0))
    (way,) = curves([edge(1, "a", "b")], standing)
    assert min(math.dist(way.point(step / 50), standing["c"].at) for step in range(51)) > standing["c"].radius


def test_edges_of_either_direction_lie_apart() -> None:
    """An edge there and one back lie on two sides of the straight way."""
    there, back = curves([edge(1, "a", "b"), edge(2, "b", "a")], marks(a=(0, 0), b=(100, 0)))
    assert there.control.y * back.control.y < 0


def test_more_evidence_and_larger_amounts_are_wider() -> None:
    """Width grows with strength or amount up to a limit; a tie of the same program stays thin."""
    assert [stroke_width(edge(1, "a", "b", strength=strength)) for strength in (1, 2, 10**6)] == pytest.approx([2.2, 3.7, 9.0])
    assert [stroke_width(edge(1, "a", "b", kind=MONEY, amount=amount)) for amount in (0.0, 1.0, 1e7, 1e12)] == pytest.approx([1.5, 1.2, 4.7, 8.0])
    assert stroke_width(edge(1, "a", "b", kind=SAME_PROGRAM, strength=50)) == 1.0


def test_a_stated_edge_has_the_colour_of_its_relation() -> None:
    """Ties and money have colours of their own, statements those of the ontology; only what is planned or by rule is broken."""
    stated = edge(1, "a", "b", kind=STATED, predicate="funds")
    assert stroke_colour(small(), stated) == "#123456"
    assert stroke_dashes(stated) == ()
    assert stroke_dashes(replace(stated, status="planned"))
