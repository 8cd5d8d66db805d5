"""Bodies as marks on the sheet, and edges as curves between them: their way, colour, width and dashes, as on the page."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.spatial import cKDTree

from withwhom.evidence_list import MONEY, NumberedEdge
from withwhom.network import Body, Network
from withwhom.sheet import Point, between
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM

COLOURS = {SAID: "#2b3440", BY_RULE: "#0a5aa8", SAME_PROGRAM: "#a8a294", MONEY: "#8a5a00"}
# Strokes and gaps, as on the page.
PLANNED, RULED = (2.0, 6.0), (9.0, 6.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A body on the sheet: its place and reach, and how many others it is tied to."""

    body: Body
    at: Point
    radius: float
    rank: int


@dataclass(frozen=True, slots=True)
class Curve:
    """An edge on the sheet: a quadratic curve."""

    edge: NumberedEdge
    start: Point
    control: Point
    end: Point

    def point(self, part: float) -> Point:
        """Return the place at a part of the way."""
        return between(between(self.start, self.control, part), between(self.control, self.end, part), part)

    def until(self, part: float) -> Curve:
        """Return the curve up to a part of the way."""
        return Curve(self.edge, self.start, between(self.start, self.control, part), self.point(part))


def curves(edges: Sequence[NumberedEdge], marks: Mapping[str, Mark]) -> list[Curve]:
    """Return the way of each edge: edges between the same two bodies bent apart, others around the marks that they would cross."""
    beside: dict[tuple[str, str], list[NumberedEdge]] = defaultdict(list)
    for edge in edges:
        beside[min(edge.start, edge.end), max(edge.start, edge.end)].append(edge)
    every = list(marks.values())
    tree = cKDTree([mark.at for mark in every]) if every else None
    found = {}
    for (a, _), group in beside.items():
        step = min(0.3 * math.dist(marks[group[0].start].at, marks[group[0].end].at), 34.0)
        for turn, edge in enumerate(group):
            bends = [(turn - (len(group) - 1) / 2) * step] if len(group) > 1 else [0.0, 16.0, -16.0, 30.0, -30.0, 48.0, -48.0]
            ways = [_curve(edge, marks, bend if edge.start == a else -bend) for bend in bends]
            found[edge.number] = min(ways, key=lambda way: _crossed(way, every, tree)) if len(ways) > 1 else ways[0]
    return [found[edge.number] for edge in edges]


def _curve(edge: NumberedEdge, marks: Mapping[str, Mark], bend: float) -> Curve:
    start, end = marks[edge.start].at, marks[edge.end].at
    length = math.dist(start, end) or 1.0
    middle = between(start, end, 0.5)
    return Curve(edge, start, Point(middle.x - (end.y - start.y) / length * bend, middle.y + (end.x - start.x) / length * bend), end)


def _crossed(way: Curve, marks: Sequence[Mark], tree: cKDTree) -> int:
    """Return how many marks other than its ends a curve crosses."""
    steps = max(8, int(math.dist(way.start, way.end) / 5))
    near: set[int] = set()
    for found in tree.query_ball_point([way.point(step / steps) for step in range(1, steps)], max(mark.radius for mark in marks) + 2):
        near.update(found)
    points = [way.point(step / steps) for step in range(1, steps)]
    others = [marks[number] for number in near if marks[number].body.id not in (way.edge.start, way.edge.end)]
    return sum(any(math.dist(mark.at, point) < mark.radius + 1.5 for point in points) for mark in others)


def stroke_width(edge: NumberedEdge) -> float:
    """Return how wide an edge is, as on the page: by strength or, for money, by amount."""
    if edge.kind == SAME_PROGRAM:
        return 1.0
    if edge.kind == MONEY:
        return max(1.2, min(8.0, math.log10(edge.amount) * 1.1 - 3)) if edge.amount else 1.5
    return min(9.0, 1.4 + 1.5 * math.log2(edge.strength) + (0.8 if edge.kind == SAID else 0))


def stroke_colour(network: Network, edge: NumberedEdge) -> str:
    """Return the colour of an edge: of its kind or, for what is stated, of its relation."""
    return COLOURS[edge.kind] if edge.kind in COLOURS else network.relations[network.predicates[edge.predicate]["relation"]]["colour"]


def stroke_dashes(edge: NumberedEdge) -> Sequence[float]:
    """Return strokes and gaps of an edge; none where its line is solid."""
    return PLANNED if edge.status == "planned" else RULED if edge.kind == BY_RULE else ()
