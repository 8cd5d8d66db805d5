"""The sheet: colours, places and boxes."""

from __future__ import annotations

import re
from importlib.resources import files

from withwhom.curves import COLOURS
from withwhom.sheet import DIM, INK, LINE, PAPER, Box, Point, between, centred, overlap
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM


def test_colours_are_those_of_the_page() -> None:
    """Ink, paper and the colours of ties are those that the page has on light paper."""
    style = (files("withwhom") / "templates" / "page" / "page.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--(\w+): (#\w+)", style.partition("}")[0]))
    assert [light[name] for name in ("ink", "paper", "dim", "line")] == [INK, PAPER, DIM, LINE]
    assert {"said": COLOURS[SAID], "rule": COLOURS[BY_RULE], "same": COLOURS[SAME_PROGRAM], "money": COLOURS["money"]}.items() <= light.items()


def test_boxes_overlap_where_they_share_ground() -> None:
    """Boxes that touch do not overlap; one inside another does."""
    box = Box(0, 0, 10, 10)
    assert not overlap(box, Box(10, 0, 20, 10))
    assert overlap(box, Box(9, 9, 20, 20))
    assert overlap(box, centred(Point(5, 5), 2, 2))
    assert centred(Point(5, 5), 10, 10) == box
    assert between(Point(0, 0), Point(10, 20), 0.25) == (2.5, 5)
