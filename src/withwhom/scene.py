"""A view of the network on the sheet: bodies stand where they stand on the page, fitted to the ground of the picture."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from withwhom.curves import Curve, Mark, curves
from withwhom.evidence_list import NumberedEdge, Shown, names
from withwhom.layout import Group
from withwhom.network import Network
from withwhom.page import arranged
from withwhom.sheet import GROUND, Point


@dataclass(frozen=True)
class Scene:
    """What is drawn: names and marks by body, curves by number, the communities as discs, the scale of lines, and the size of type."""

    network: Network
    shown: Shown
    language: str
    named: Mapping[str, str]
    marks: Mapping[str, Mark]
    curves: Sequence[Curve]
    discs: Sequence[tuple[str, int, Point, float]]
    scale: float
    size: float


def set_scene(network: Network, shown: Shown, language: str) -> Scene:
    """Return what is drawn of what a picture shows.

    Args:
        network: the graph.
        shown: the edges of the picture.
        language: of its words, ``zh`` or ``en``.
    """
    found, ranks = arranged(network, shown.view, money=shown.money), _ranks(shown.edges)
    standing = [body for body in network.bodies if body.id in ranks]
    scale, to_sheet = _fitted([found.places[body.id] for body in standing])
    grow = scale * max(1.0, min(1.35, 0.62 / scale))
    marks = {body.id: Mark(body, to_sheet(found.places[body.id]), grow * _radius(ranks[body.id]), ranks[body.id]) for body in standing}
    size = max(5.2, min(10.5 if len(marks) < 30 else 9.0, 14 * scale))
    named, discs = names(network, language), list(_discs(found.groups, marks, scale))
    return Scene(network, shown, language, named, marks, curves(shown.edges, marks), discs, max(0.4, grow), size)


def _ranks(edges: Iterable[NumberedEdge]) -> Mapping[str, int]:
    """Return to how many others each body is tied."""
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        beside[edge.start].add(edge.end)
        beside[edge.end].add(edge.start)
    return {body: len(others) for body, others in beside.items()}


def _radius(rank: int) -> float:
    return min(30.0, 7 + 4 * math.sqrt(rank))


def _fitted(places: Sequence[tuple[float, float]]) -> tuple[float, Callable[[tuple[float, float]], Point]]:
    """Return the scale at which places fill the ground, and what brings a place there."""
    across, down = [x for x, _ in places] or [0.0], [y for _, y in places] or [0.0]
    middle = ((min(across) + max(across)) / 2, (min(down) + max(down)) / 2)
    wide, high = max(across) - min(across), max(down) - min(down)
    scale = min(1.1, (GROUND.right - GROUND.left - 110) / max(wide, 1), (GROUND.bottom - GROUND.top - 70) / max(high, 1))
    centre = ((GROUND.left + GROUND.right) / 2, (GROUND.top + GROUND.bottom) / 2)
    return scale, lambda place: Point(centre[0] + (place[0] - middle[0]) * scale, centre[1] + (place[1] - middle[1]) * scale)


def _discs(groups: Iterable[Group], marks: Mapping[str, Mark], scale: float) -> Iterator[tuple[str, int, Point, float]]:
    """Yield the communities of more than three bodies: the best-connected body, how many stand there, and the disc around them."""
    for group in groups:
        spots = [marks[member].at for member in group.members if member in marks]
        if len(spots) > 3:
            across, down = [spot.x for spot in spots], [spot.y for spot in spots]
            centre = Point((min(across) + max(across)) / 2, (min(down) + max(down)) / 2)
            yield group.members[0], len(spots), centre, max(math.dist(centre, spot) for spot in spots) + 36 * scale
