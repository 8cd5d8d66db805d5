"""Words on the ground of the picture, none over another: names of bodies and communities, numbers of edges, and words on them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from withwhom.curves import Curve, Mark, stroke_colour, stroke_width
from withwhom.evidence_list import MONEY, NumberedEdge, plain, say
from withwhom.facts import PARTICIPATION
from withwhom.scene import Scene
from withwhom.sheet import DIM, GROUND, INK, Box, Point, centred, overlap
from withwhom.wrapping import balanced, cut, text_width

# A view of up to so many edges has words on them.
WORDED = 60
# A view of up to so many bodies has its words placed in several orders.
FEW = 150
# Where on its edge a number may stand, the middle first.
PARTS = tuple(0.5 + side * step * 0.035 for step in range(12) for side in ((1, -1) if step else (1,)))


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the sheet: their box, lines, size of type, weight, colour, kind, and to which side of the box they keep."""

    box: Box
    lines: Sequence[str]
    size: float
    weight: int
    colour: str
    kind: str
    side: str = "middle"


@dataclass
class Board:
    """What is taken on the sheet, found again by the cells of a coarse grid."""

    taken: dict[tuple[int, int], list[Box]] = field(default_factory=lambda: defaultdict(list))

    def free(self, box: Box) -> bool:
        """Return whether a box lies on the ground and over no other."""
        inside = box.left >= GROUND.left and box.right <= GROUND.right and box.top >= GROUND.top and box.bottom <= GROUND.bottom
        return inside and not any(overlap(box, other) for cell in self._cells(box) for other in self.taken.get(cell, ()))

    def take(self, box: Box) -> None:
        """Take a box."""
        for cell in self._cells(box):
            self.taken[cell].append(box)

    @staticmethod
    def _cells(box: Box) -> Iterator[tuple[int, int]]:
        for x in range(int(box.left // 40), int(box.right // 40) + 1):
            yield from ((x, y) for y in range(int(box.top // 40), int(box.bottom // 40) + 1))


@dataclass(frozen=True)
class _Points:
    """Points along all edges, to see what words would cover."""

    tree: cKDTree | None
    numbers: Sequence[int]

    @classmethod
    def of(cls, curves: Sequence[Curve]) -> _Points:
        points, numbers = [], []
        for curve in curves:
            steps = max(4, int(math.dist(curve.start, curve.end) / 6))
            points += [curve.point(step / steps) for step in range(steps + 1)]
            numbers += [curve.edge.number] * (steps + 1)
        return cls(cKDTree(points) if points else None, numbers)

    def covered(self, box: Box) -> int:
        """Return how many points a box covers."""
        if self.tree is None:
            return 0
        centre, half = Point((box.left + box.right) / 2, (box.top + box.bottom) / 2), ((box.right - box.left) / 2, (box.bottom - box.top) / 2)
        near = np.abs(self.tree.data[self.tree.query_ball_point(centre, math.hypot(*half))] - np.array(centre))
        return int(((near[:, 0] < half[0]) & (near[:, 1] < half[1])).sum()) if len(near) else 0

    def others(self, at: Point, number: int, reach: float) -> int:
        """Return how many points of other edges lie near a place."""
        return sum(self.numbers[found] != number for found in self.tree.query_ball_point(at, reach)) if self.tree is not None else 0


@dataclass(frozen=True)
class _Marks:
    """Places and reach of all marks, to see to which a name would seem to belong."""

    at: NDArray[np.float64]
    reach: NDArray[np.float64]

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> _Marks:
        every = list(marks)
        return cls(np.array([mark.at for mark in every]), np.array([mark.radius for mark in every]))

    def nearest(self, box: Box, mark: Mark) -> bool:
        """Return whether no mark is clearly nearer to a box than its own."""
        gaps = np.maximum(np.maximum(np.array(box[:2]) - self.at, self.at - np.array(box[2:])), 0)
        own = math.hypot(max(box.left - mark.at.x, mark.at.x - box.right, 0), max(box.top - mark.at.y, mark.at.y - box.bottom, 0)) - mark.radius
        return bool((np.hypot(*gaps.T) - self.reach).min() >= own - 1)


def place_labels(scene: Scene) -> list[Label]:
    """Return all words on the ground, none over another: of some orders of placing, the one that leaves out the least."""
    points, count = _Points.of(scene.curves), len(scene.marks)
    orders = (0, 4, 8, 14, 20, 30, count) if count <= FEW else (max(60, count // 6),)
    tries = [_placed(scene, points, first) for first in orders]
    return max(tries, key=lambda labels: sum({"name": 3, "number": 2}.get(label.kind, 1) for label in labels))


def _placed(scene: Scene, points: _Points, first: int) -> list[Label]:
    """Return words: names of the first bodies by rank, numbers, words on edges, the other names, names of communities."""
    board = Board()
    for mark in scene.marks.values():
        board.take(centred(mark.at, 2 * mark.radius, 2 * mark.radius))
    for curve in scene.curves:
        if curve.edge.certainty == "inferred":
            board.take(centred(curve.point(0.5), 8 * scene.scale, 8 * scene.scale))
    ranked = sorted(scene.marks.values(), key=lambda mark: (-mark.rank, mark.body.id))
    found = list(_names(scene, ranked[:first], board, points))
    found += _numbers(scene, board, points)
    found += _edge_words(scene, board)
    found += _names(scene, ranked[first:], board, points)
    return found + list(_disc_names(scene, board))


def _names(scene: Scene, ranked: Iterable[Mark], board: Board, points: _Points) -> Iterator[Label]:
    marks = _Marks.of(scene.marks.values())
    for mark in ranked:
        weight = 500 if mark.rank > 4 else 400
        for most, part in ((17, 1.0), (12.5, 1.0), (9, 1.0), (14, 0.84), (8, 0.84)):
            size = scene.size * part * (1.18 if mark.rank > 8 else 1.0)
            lines = balanced(scene.named[mark.body.id], size, most * size)
            width, height = max(text_width(line, size) for line in lines) + 3, len(lines) * size * 1.22
            boxes = [box for box in _beside(mark, width, height) if board.free(box) and marks.nearest(box, mark)]
            if boxes:
                box = min(boxes, key=points.covered)
                board.take(box)
                side = "start" if box.left > mark.at.x else "end" if box.right < mark.at.x else "middle"
                yield Label(box, lines, size, weight, INK, "name", side)
                break


def _beside(mark: Mark, width: float, height: float) -> Iterator[Box]:
    """Yield where a name may stand: below, above, to the right, to the left, then all around, then a little further away."""
    for away in (mark.radius + 1.5, mark.radius + 6.0, mark.radius + 11.0):
        for turn in (4, 12, 0, 8, 2, 6, 14, 10, 3, 5, 13, 11, 1, 7, 15, 9):
            across, down = math.cos(turn * math.pi / 8), math.sin(turn * math.pi / 8)
            # the box touches the circle: it is moved out by half of itself where it looks away from the mark
            x = mark.at.x + across * away + width / 2 * max(-1.0, min(1.0, 1.5 * across))
            y = mark.at.y + down * away + height / 2 * max(-1.0, min(1.0, 1.5 * down))
            yield centred(Point(x, y), width, height)


def _numbers(scene: Scene, board: Board, points: _Points) -> Iterator[Label]:
    size = max(3.4, scene.size * 0.7)
    for curve in scene.curves:
        width, height = text_width(str(curve.edge.number), size) + 2.5, size * 1.25
        free = [at for part in PARTS if board.free(centred(at := curve.point(part), width, height))]
        if free:
            at = min(free, key=lambda at: points.others(at, curve.edge.number, size))
            board.take(centred(at, width, height))
            yield Label(centred(at, width, height), [str(curve.edge.number)], size, 600, stroke_colour(scene.network, curve.edge), "number")


def _edge_words(scene: Scene, board: Board) -> Iterator[Label]:
    """Yield the amounts, roles or relations on edges, the largest amounts first."""
    worded = scene.curves if scene.shown.view != "ties" and len(scene.curves) <= WORDED else ()
    size = scene.size * 0.9
    for curve in sorted(worded, key=lambda curve: (-curve.edge.amount, curve.edge.number)):
        lines = [cut(_edge_word(scene, curve.edge), size, 20 * size)]
        width, height = text_width(lines[0], size) + 3, size * 1.25
        if math.dist(curve.start, curve.end) >= width * 0.8:
            box = next((box for box in _along(curve, width, height, max(stroke_width(curve.edge) * scene.scale, scene.size)) if board.free(box)), None)
            if box:
                board.take(box)
                yield Label(box, lines, size, 400, DIM, "word")


def _along(curve: Curve, width: float, height: float, apart: float) -> Iterator[Box]:
    """Yield where words may stand beside an edge, clear of its stroke and its number, its middle first."""
    length = math.dist(curve.start, curve.end)
    across, down = (curve.end.y - curve.start.y) / length, -(curve.end.x - curve.start.x) / length
    away = abs(across) * width / 2 + abs(down) * height / 2 + apart / 2 + 1
    for at in map(curve.point, (0.5, 0.4, 0.6, 0.3, 0.7)):
        yield from (centred(Point(at.x + side * away * across, at.y + side * away * down), width, height) for side in (1, -1))


def _edge_word(scene: Scene, edge: NumberedEdge) -> str:
    known_as = scene.network.predicates[edge.predicate]
    if edge.kind == MONEY:
        claim = next(claim for claim in scene.network.claims if claim.reference == edge.statements[0])
        return plain(claim.sum_zh if scene.language == "zh" else claim.sum_en) or say("no-amount", scene.language)
    return (known_as[f"role_{scene.language}"] if known_as["relation"] == PARTICIPATION else "") or known_as[scene.language]


def _disc_names(scene: Scene, board: Board) -> Iterator[Label]:
    """Yield the names of communities, above their discs, else below."""
    size = max(6.0, scene.size * 0.95)
    for leader, count, centre, radius in sorted(scene.discs, key=lambda disc: (-disc[1], disc[0])):
        text = say("group-name", scene.language, name=plain(scene.named[leader], 40), count=count)
        width, height = text_width(text, size) + 3, size * 1.3
        steps = (-radius - height * 0.6, -radius + height * 0.7, radius + height * 0.6, radius - height * 0.7)
        box = next((box for step in steps if board.free(box := centred(Point(centre.x, centre.y + step), width, height))), None)
        if box:
            board.take(box)
            yield Label(box, [text], size, 400, DIM, "group")
