"""Places for the nodes of a picture: communities as discs beside each other, computed once, so that a picture stands still."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

SEED = 7
# Distance between the centres of neighbours, in the units of the picture: room for the largest node.
SPACING = 60.0
# Up to so many nodes of a community are placed by their distances, up to so many by forces, more by rank in a spiral; in a large
# graph, where communities are seen folded first, none is placed by distances and the spiral begins earlier.
BY_DISTANCE, BY_FORCE, BY_FORCE_IN_LARGE, LARGE = 24, 300, 80, 2000
# A component of up to so many nodes stands in the rows below the picture.
SMALL = 3
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """A community: its members, the best-connected first, and the disc that holds them."""

    members: tuple[str, ...]
    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Layout:
    """Places by node, and the communities, the largest first; nodes in small components belong to none."""

    places: Mapping[str, tuple[int, int]]
    groups: Sequence[Group]


@dataclass
class Layouts:
    """Layouts by a digest of the graph that they are of, so that a build makes only those anew whose graph has changed.

    Args:
        known: those of an earlier build.
        used: those that were asked for.
    """

    known: Mapping[str, Layout] = field(default_factory=dict)
    used: dict[str, Layout] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Layouts:
        """Read the layouts that :meth:`write` wrote; there are none where they cannot be read."""
        try:
            value: Any = json.loads(path.read_text(encoding="utf-8"))
            return cls({key: Layout({node: (x, y) for node, x, y in places}, [_group(*row) for row in groups]) for key, (places, groups) in value.items()})
        except (OSError, ValueError, TypeError, AttributeError):
            return cls()

    def write(self, path: Path) -> None:
        """Write the layouts that were asked for."""
        value = {
            key: ([(node, *place) for node, place in found.places.items()], [(group.members, group.x, group.y, group.radius) for group in found.groups])
            for key, found in self.used.items()
        }
        path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8", newline="")

    def of(self, nodes: Iterable[str], weights: Mapping[tuple[str, str], float], *, wider: int = 1) -> Layout:
        """Return a layout, see :func:`layout`."""
        order, edges = sorted(nodes), sorted(weights.items())
        key = hashlib.sha256(json.dumps([order, edges, wider]).encode()).hexdigest()
        self.used[key] = self.known.get(key) or layout(order, weights, wider=wider)
        return self.used[key]


def _group(members: Sequence[str], x: int, y: int, radius: int) -> Group:
    return Group(tuple(members), x, y, radius)


def layout(nodes: Iterable[str], weights: Mapping[tuple[str, str], float], *, wider: int = 1) -> Layout:
    """Return a place for every node.

    Args:
        nodes: ids; also those without an edge.
        weights: how strongly two nodes are tied.
        wider: by how much to stretch the picture, for words on its edges.

    Returns:
        Whole numbers; the same graph gives the same picture. Communities are found by modularity (Blondel et al. 2008), placed by
        forces (Fruchterman and Reingold 1991) and pushed apart until their discs do not overlap; members of a community by their
        distances (Kamada and Kawai 1989), by forces, or, in a large one, by rank in a spiral (Vogel 1979). Small components stand in
        rows below. Cost: communities linear in the edges, forces quadratic in a community's members (at most 300, or 80 in a graph of more than 2,000 nodes).
    """
    order = sorted(nodes)
    number = {node: place for place, node in enumerate(order)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(order)))
    graph.add_weighted_edges_from((number[a], number[b], weight) for (a, b), weight in sorted(weights.items()) if a != b)
    small = [sorted(part) for part in nx.connected_components(graph) if len(part) <= SMALL]
    rest = graph.subgraph(sorted(set(graph) - {node for part in small for node in part}))
    forces = BY_FORCE if len(order) <= LARGE else BY_FORCE_IN_LARGE
    discs = [_disc(graph, members, forces) for members in communities(rest)]
    centres = _arranged(rest, [members for members, _, _ in discs], [radius for _, _, radius in discs])
    places = {node: point + centre for (members, points, _), centre in zip(discs, centres, strict=True) for node, point in zip(members, points, strict=True)}
    places |= _rows(sorted(small, key=lambda part: (-len(part), part)), list(places.values()))
    whole = {order[node]: (round(float(x)) * wider, round(float(y)) * wider) for node, (x, y) in sorted(places.items())}
    groups = [
        Group(tuple(order[node] for node in members), round(float(x)) * wider, round(float(y)) * wider, round(radius) * wider)
        for (members, _, radius), (x, y) in zip(discs, centres, strict=True)
    ]
    return Layout(whole, groups)


def communities(graph: nx.Graph[int]) -> list[list[int]]:
    """Return communities by modularity (Blondel et al. 2008), the largest first, members by degree.

    Args:
        graph: nodes are whole numbers, so that no hash order decides; edges carry ``weight``.
    """
    ordered: nx.Graph[int] = nx.Graph()
    ordered.add_nodes_from(sorted(graph))
    ordered.add_edges_from(sorted((min(a, b), max(a, b), data) for a, b, data in graph.edges(data=True)))
    found = nx.community.louvain_communities(ordered, seed=SEED) if ordered else []
    ranked = [sorted(part, key=lambda node: (-graph.degree(node, weight="weight"), node)) for part in found]
    return sorted(ranked, key=lambda part: (-len(part), part))


def _disc(graph: nx.Graph[Any], members: Sequence[int], forces: int) -> tuple[Sequence[int], Points, float]:
    """Return the members of a community, their places around its centre, and its radius."""
    if len(members) > forces:
        points = _spiral(len(members))
    else:
        part = nx.Graph()
        part.add_nodes_from(members)
        part.add_edges_from(sorted((min(a, b), max(a, b)) for a, b in graph.subgraph(members).edges()))
        near = len(members) <= BY_DISTANCE and forces == BY_FORCE and nx.is_connected(part)
        found = nx.kamada_kawai_layout(part) if near else nx.spring_layout(part, seed=SEED, k=2 / math.sqrt(len(members)), iterations=80)
        points = np.array([found[node] for node in members], dtype=float)
        points = _apart(points * SPACING * 0.75 * math.sqrt(len(members)))
    points -= (points.max(axis=0) + points.min(axis=0)) / 2
    return members, points, float(np.hypot(*points.T).max()) + SPACING


def _spiral(count: int) -> Points:
    """Return points as the seeds of a sunflower: the first in the middle, all equally dense (Vogel 1979)."""
    rank = np.arange(count)
    distance, angle = SPACING * 0.6 * np.sqrt(rank), rank * math.pi * (3 - math.sqrt(5))
    return np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])


def _apart(points: Points) -> Points:
    """Push points apart until neighbours have room."""
    from scipy.spatial import cKDTree

    for _ in range(60):
        pairs = cKDTree(points).query_pairs(SPACING * 0.98, output_type="ndarray")
        if not len(pairs):
            break
        points = points + _pushes(points, pairs, np.full(len(pairs), SPACING))
    return points


def _pushes(points: Points, pairs: NDArray[np.intp], wanted: Points) -> Points:
    """Return half of the move that brings each pair to its wanted distance, summed by point."""
    apart = points[pairs[:, 0]] - points[pairs[:, 1]]
    distance = np.hypot(*apart.T)
    apart[distance == 0] = (1.0, 0.3)
    push = apart * ((wanted - distance) / np.maximum(distance, 1e-9) / 2)[:, None]
    moves = np.zeros_like(points)
    np.add.at(moves, pairs[:, 0], push)
    np.add.at(moves, pairs[:, 1], -push)
    return moves


def _arranged(graph: nx.Graph[Any], groups: Sequence[Sequence[int]], radii: Sequence[float]) -> Points:
    """Return the centres of discs: those that are tied near each other, none over another, wider than high."""
    if not groups:
        return np.zeros((0, 2))
    of_node = {node: number for number, members in enumerate(groups) for node in members}
    between: dict[tuple[int, int], float] = {}
    for a, b, weight in graph.edges(data="weight"):
        ends = (min(of_node[a], of_node[b]), max(of_node[a], of_node[b]))
        between[ends] = between.get(ends, 0.0) + weight
    coarse: nx.Graph[int] = nx.Graph()
    coarse.add_nodes_from(range(len(groups)))
    coarse.add_weighted_edges_from((a, b, math.log1p(weight)) for (a, b), weight in sorted(between.items()) if a != b)
    found = nx.spring_layout(coarse, seed=SEED, iterations=120)
    size = np.array(radii)
    points = np.array([found[number] for number in range(len(groups))], dtype=float).reshape(-1, 2) * math.sqrt(float((size**2).sum())) * 2
    return _packed(points, size)


def _packed(points: Points, radii: Points) -> Points:
    """Draw discs together and push them apart until none overlaps."""
    rows, columns = np.triu_indices(len(points), 1)
    pairs = np.column_stack([rows, columns])
    wanted = (radii[rows] + radii[columns]) * 1.04
    for step in range(240):
        if step < 160:
            points = points - (points - np.average(points, axis=0, weights=radii**2)) * (0.02, 0.035)
        near = np.hypot(*(points[rows] - points[columns]).T) < wanted
        points = points + _pushes(points, pairs[near], wanted[near])
    return points


def _rows(parts: Sequence[Sequence[int]], placed: Sequence[Points]) -> dict[int, Points]:
    """Return places in rows below everything else: a component beside the other, its members next to each other."""
    above = np.array(placed) if placed else np.zeros((1, 2))
    count = sum(len(part) + 1 for part in parts)
    left, right = float(above[:, 0].min()), float(above[:, 0].max())
    width = max(right - left, SPACING * math.sqrt(count) * 1.6)
    x, y = left, float(above[:, 1].max()) + 3 * SPACING
    places = {}
    for part in parts:
        if x + len(part) * SPACING > left + width:
            x, y = left, y + 1.5 * SPACING
        for node in part:
            places[node] = np.array([x, y])
            x += 1.3 * SPACING
        x += 0.7 * SPACING
    return places
