"""The sheet of paper: its size, colours and type, and the places and boxes on it; units are quarters of a millimetre."""

from __future__ import annotations

from typing import NamedTuple

WIDTH, HEIGHT = 1188.0, 840.0  # A4 landscape: 297 × 210 mm
# The column of words, and the ground of the picture beside it.
LEFT, RIGHT, TOP, BOTTOM = 44.0, 296.0, 48.0, 796.0
# The colours of the page on light paper (page.css).
INK, PAPER, DIM, LINE = "#1c2126", "#fbfaf7", "#59616b", "#ddd8cd"
CHINESE, LATIN = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei'", "'Source Sans 3', 'Helvetica Neue', Arial, 'Liberation Sans'"
FONTS = {"zh": f"{CHINESE}, {LATIN}, sans-serif", "en": f"{LATIN}, {CHINESE}, sans-serif"}


class Point(NamedTuple):
    """A place on the sheet."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle on the sheet."""

    left: float
    top: float
    right: float
    bottom: float


GROUND = Box(316, 30, WIDTH - 30, HEIGHT - 30)


def between(a: Point, b: Point, part: float) -> Point:
    """Return the place at a part of the straight way from one place to another."""
    return Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part)


def centred(at: Point, width: float, height: float) -> Box:
    """Return the box of a size around a place."""
    return Box(at.x - width / 2, at.y - height / 2, at.x + width / 2, at.y + height / 2)


def overlap(box: Box, other: Box) -> bool:
    """Return whether two boxes share ground; their borders may touch."""
    return other.right > box.left and other.left < box.right and other.bottom > box.top and other.top < box.bottom
