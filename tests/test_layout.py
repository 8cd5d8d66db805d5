"""Places that stand still: the same graph gives the same picture, and nothing lies over another."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from withwhom.layout import SPACING, Layout, layout

PROGRAM = "from withwhom.layout import layout; w = {(f'n{a}', f'n{a * 7 % 40}'): 1.0 for a in range(1, 40) if a != a * 7 % 40}; print(layout({n for e in w for n in e}, w))"


def rings(count: int, size: int) -> dict[tuple[str, str], float]:
    """Return several rings of bodies, each tied to the next ring once."""
    weights = {}
    for ring, place in itertools.product(range(count), range(size)):
        weights[f"r{ring:02}-{place:02}", f"r{ring:02}-{(place + 1) % size:02}"] = 1.0
        weights[f"r{ring:02}-00", f"r{(ring + 1) % count:02}-00"] = 0.2
    return weights


def nodes_of(weights: dict[tuple[str, str], float]) -> set[str]:
    """Return every node that has an edge."""
    return {end for ends in weights for end in ends}


def test_every_node_has_a_place_of_its_own() -> None:
    """No two nodes lie nearer than a mark is wide, and a node without an edge has a place, too."""
    weights = rings(6, 12)
    found = layout({*nodes_of(weights), "lone"}, weights)
    assert set(found.places) == {*nodes_of(weights), "lone"}
    for one, other in itertools.combinations(found.places.values(), 2):
        assert math.dist(one, other) > SPACING * 0.6


def test_communities_are_discs_beside_each_other() -> None:
    """Each community lies inside its disc, and discs do not overlap."""
    weights = rings(6, 12)
    found = layout(nodes_of(weights), weights)
    assert sorted(len(group.members) for group in found.groups) == [12] * 6
    for group in found.groups:
        assert all(math.dist(found.places[member], (group.x, group.y)) <= group.radius + 2 for member in group.members)
    for one, other in itertools.combinations(found.groups, 2):
        assert math.dist((one.x, one.y), (other.x, other.y)) > 0.97 * (one.radius + other.radius)


def test_the_picture_is_the_same_in_every_process() -> None:
    """No order of hashing decides where anything stands."""
    made = set()
    for seed in "01":
        run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        made.add(run.stdout)
    assert len(made) == 1


def test_large_communities_are_placed_by_rank() -> None:
    """Beyond three hundred members the best-connected stands nearest to the middle."""
    weights = {("hub", f"n{number:03}"): 1.0 for number in range(400)}
    found = layout(nodes_of(weights), weights)
    (group,) = found.groups
    assert group.members[0] == "hub"
    middle = min(found.places, key=lambda node: math.dist(found.places[node], (group.x, group.y)))
    assert math.dist(found.places["hub"], (group.x, group.y)) <= math.dist(found.places[middle], (group.x, group.y)) + SPACING


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 15), st.integers(0, 15)).filter(lambda ends: ends[0] < ends[1]), st.floats(0.01, 5), max_size=30))
def test_any_graph_can_be_placed(edges: dict[tuple[int, int], float]) -> None:
    """Every node of any graph gets a whole-numbered place, and each community's members are distinct."""
    weights = {(str(a), str(b)): weight for (a, b), weight in edges.items()}
    found: Layout = layout(nodes_of(weights), weights)
    assert set(found.places) == nodes_of(weights)
    members = [member for group in found.groups for member in group.members]
    assert len(members) == len(set(members))
