"""Words on the ground of the picture."""

from __future__ import annotations

from itertools import combinations

import pytest

from drawings import VIEWS, Drawn, boxes, words_of
from withwhom.evidence_list import plain
from withwhom.labels import Board
from withwhom.network import Network
from withwhom.sheet import GROUND, Box

pytest_plugins = ["drawings"]


@pytest.mark.parametrize(("view", "language"), VIEWS)
def test_words_do_not_overlap(view: str, language: str, drawn: Drawn) -> None:
    """No name, number or amount lies over another, and all lie on the sheet."""
    found = list(boxes(drawn[view, language].svg, "words", "numbers"))
    over = [(a, b) for a, b in combinations(found, 2) if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]
    assert len(found) > 3
    assert not over
    assert all(left >= 300 and top >= 0 and right <= 1188 and bottom <= 840 for left, top, right, bottom in found)


def test_nearly_all_names_and_numbers_of_the_first_view_find_room(shipped: Network, drawn: Drawn) -> None:
    """Of the bodies that the view of ties shows, nine in ten are named, and nine edges in ten have their number."""
    for language in ("zh", "en"):
        made = drawn["ties", language]
        standing = {end for edge in made.edges for end in (edge.start, edge.end)}
        assert len(list(boxes(made.svg, "words"))) >= 0.9 * len(standing)
        assert len(list(boxes(made.svg, "numbers"))) >= 0.9 * len(made.edges)
    assert shipped.organizations() >= standing


def test_amounts_stand_on_their_edges(shipped: Network, drawn: Drawn) -> None:
    """Where there is room, as in a view of few edges, each gift has its amount beside it."""
    told = {c.reference: c for c in shipped.claims}
    for language in ("zh", "en"):
        made = drawn["money", language]
        amounts = [plain(getattr(told[edge.statements[0]], f"sum_{language}")) for edge in made.edges]
        assert all(amounts)
        assert set(amounts) <= set(words_of(made.svg))


def test_a_board_is_free_where_nothing_was_taken() -> None:
    """A box is free on the ground, unless it lies over one that is taken, however large, or reaches off the ground."""
    board = Board()
    large, small = Box(400, 100, 600, 300), Box(500, 200, 505, 205)
    assert board.free(large)
    board.take(large)
    assert not board.free(large)
    assert not board.free(small)
    assert board.free(Box(600, 100, 610, 110))
    assert not board.free(Box(GROUND.left - 1, 400, GROUND.left + 5, 405))
