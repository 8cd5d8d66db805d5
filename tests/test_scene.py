"""What stands where on the sheet."""

from __future__ import annotations

import math

import pytest

from drawings import VIEWS, small
from withwhom.evidence_list import money_kinds, shown_edges
from withwhom.network import Network
from withwhom.page import arranged
from withwhom.scene import set_scene
from withwhom.sheet import GROUND

pytest_plugins = ["drawings"]


@pytest.mark.parametrize("view", ["ties", "programs", "money"])
def test_bodies_stand_as_on_the_page(view: str, shipped: Network) -> None:
    """The places are those of the page, moved and made smaller alike: distances stand in one ratio."""
    shown = shown_edges(shipped, view=view)
    same_shape(shipped, view, shown.money)


def test_money_of_each_kind_stands_as_on_the_page(shipped: Network) -> None:
    """The page lays out each kind of money by itself, and so does the picture."""
    kinds = money_kinds(shipped)
    assert len(kinds) > 2
    for kind in kinds:
        same_shape(shipped, "money", kind)


def same_shape(network: Network, view: str, money: str) -> None:
    """Compare the places of a scene with those of the page."""
    marks = set_scene(network, shown_edges(network, view=view, money=money), "zh").marks
    places = arranged(network, view, money=money).places
    first, *others = marks
    ratios = [math.dist(marks[first].at, marks[other].at) / math.dist(places[first], places[other]) for other in others]
    assert len(ratios) > 0
    assert ratios == pytest.approx([ratios[0]] * len(ratios))


@pytest.mark.parametrize(("view", "language"), VIEWS)
def test_marks_stand_on_the_ground(view: str, language: str, shipped: Network) -> None:
    """Every mark lies on the ground of the picture; those tied to more are no smaller."""
    marks = set_scene(shipped, shown_edges(shipped, view=view), language).marks.values()
    assert all(GROUND.left <= mark.at.x - mark.radius and mark.at.x + mark.radius <= GROUND.right for mark in marks)
    assert all(GROUND.top <= mark.at.y - mark.radius and mark.at.y + mark.radius <= GROUND.bottom for mark in marks)
    assert [mark.rank for mark in sorted(marks, key=lambda mark: (mark.radius, mark.rank))] == sorted(mark.rank for mark in marks)


def test_only_bodies_with_edges_stand_on_the_sheet() -> None:
    """A body without an edge in the view has no mark."""
    network = small()
    assert set(set_scene(network, shown_edges(network, view="money"), "zh").marks) == {"b0", "b1", "b3"}
