"""The column of words beside the picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from drawings import SVG, VIEWS, Drawn, boxes, small, words_of
from withwhom.picture import picture
from withwhom.ties import KINDS

pytest_plugins = ["drawings"]


@pytest.mark.parametrize(("view", "language"), VIEWS)
def test_the_column_of_words_fits_the_sheet(view: str, language: str, drawn: Drawn) -> None:
    """The legend ends above the caption, and the caption ends on the sheet."""
    root = ET.fromstring(drawn[view, language].svg)  # noqa: S314  # our own
    spans = {}
    for group in root.iter(f"{SVG}g"):
        if group.get("class") in ("head", "foot"):
            shift = float(re.findall(r"[\d.]+", group.attrib["transform"])[1])
            heights = [float(text.attrib["y"]) + shift for text in group.iter(f"{SVG}text")]
            spans[group.get("class")] = (min(heights), max(heights))
    assert spans["head"][1] < spans["foot"][0] < spans["foot"][1] <= 800


def test_the_picture_says_how_many_numbers_found_no_room(drawn: Drawn) -> None:
    """The note counts the numbers that are missing on the ground."""
    made = drawn["programs", "en"]
    missing = len(made.edges) - len(list(boxes(made.svg, "numbers")))
    assert missing
    assert f"{missing:,} found no room" in " ".join(words_of(made.svg))


def test_the_legend_explains_what_is_shown_and_nothing_else() -> None:
    """Each look of a line and each class that stands in the picture has a line in the legend, and no other."""
    words = words_of(picture(small(), kinds=KINDS, language="en").svg)
    assert {"Organization 4", "inferred", "planned", "a set of bodies"} <= set(words)
    assert not [word for word in words if word.startswith("Program ")]
    money = words_of(picture(small(), view="money", language="en").svg)
    assert not {"inferred", "planned"}.intersection(money)
