"""Measures of networks small enough to be counted by hand, and of random ones beside networkx's own functions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from withwhom import measures as module
from withwhom.measures import (
    COLUMNS,
    Bridge,
    Measures,
    Step,
    adjacency,
    betweenness,
    communities,
    measures,
    measures_table,
    modularity,
    tie_path,
)
from withwhom.network import read_network
from withwhom.ties import BY_RULE, KINDS, SAID, SAME_PROGRAM, ties, ties_graph

Ends = tuple[str, str, str]

# A square a-b-c-d, a tail d-e-f, a pair g-h, and i without ties.
SQUARE = [("a", "b", SAID), ("b", "c", SAID), ("c", "d", BY_RULE), ("a", "d", SAME_PROGRAM), ("d", "e", SAID), ("e", "f", SAME_PROGRAM), ("g", "h", BY_RULE)]


def network(ends: Iterable[Ends], *, alone: Iterable[str] = ()) -> nx.MultiGraph[str]:
    """Return a graph like that of ``ties_graph``; each tie weighs 1 and rests on a statement ``s/NUMBER``."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for number, (a, b, kind) in enumerate(ends):
        graph.add_edge(a, b, f"{kind} {number}", kind=kind, weight=1.0, statements=(f"s/{number}",))
    graph.add_nodes_from(alone)
    return graph


def random_network(seed: int, *, bodies: int = 60, pairs: int = 110) -> nx.MultiGraph[str]:
    """Return a random network with bodies without ties and with parallel ties of unequal weights."""
    graph = network([], alone=[f"b{number}" for number in range(bodies)])
    for number, (a, b) in enumerate(nx.gnm_random_graph(bodies, pairs, seed=seed).edges()):
        for place, kind in enumerate(KINDS[number % 3 :]):
            graph.add_edge(f"b{a}", f"b{b}", kind, kind=kind, weight=0.1 * 7**place + number % 7 / 3, statements=(f"s/{number}", f"s/{kind}"))
    return graph


def simple(graph: nx.MultiGraph[str]) -> nx.Graph[str]:
    """Return the graph without parallel ties, for networkx's own functions."""
    found: nx.Graph[str] = nx.Graph()
    found.add_nodes_from(graph)
    found.add_edges_from((a, b) for a, b in graph.edges())
    return found


def column(found: Measures, name: str) -> dict[str, object]:
    """Return one measure of every body."""
    return {body.organization: getattr(body, name) for body in found.bodies}


@pytest.fixture
def square() -> Measures:
    """Return the measures of the square."""
    return measures(network(SQUARE, alone="i"))


def test_parallel_ties_are_one_pair_with_the_sum_of_their_weights() -> None:
    """Ties of one pair add up to one cell, in both directions, whichever end stands first."""
    graph = network([("b", "a", SAID), ("a", "b", SAID), ("a", "b", SAME_PROGRAM), ("c", "b", SAID)])
    bodies, matrix = adjacency(graph)
    assert bodies == ["a", "b", "c"]
    assert matrix.toarray().tolist() == [[0, 3, 0], [3, 0, 1], [0, 1, 0]]


def test_only_the_kinds_asked_for_count() -> None:
    """Ties of other kinds add no weight, no neighbour, no path and no bridge, and their bodies stay."""
    graph = network([("a", "b", SAID), ("a", "b", SAME_PROGRAM), ("b", "c", SAME_PROGRAM)])
    found = measures(graph, kinds=[SAID])
    assert column(found, "weighted_degree") == {"a": 1.0, "b": 1.0, "c": 0.0}
    assert found.network.ties == {SAID: 1, BY_RULE: 0, SAME_PROGRAM: 0}
    assert found.network.bridges == (Bridge("a", "b", (SAID,), ("s/0",)),)
    assert tie_path(graph, "a", "c", kinds=[SAID]) == ()


def test_a_tie_to_itself_is_none() -> None:
    """A body is no neighbour of itself."""
    found = measures(network([("a", "a", SAID), ("a", "b", SAID)]))
    assert column(found, "degree") == {"a": 1, "b": 1}
    assert found.network.ties[SAID] == 1


def test_degrees_count_bodies_and_not_ties() -> None:
    """Each degree is the number of distinct neighbours by that kind; a neighbour by two kinds counts once in all."""
    found = measures(network([("a", "b", SAID), ("a", "b", SAID), ("a", "b", SAME_PROGRAM), ("a", "c", SAME_PROGRAM), ("a", "d", BY_RULE)]))
    first = found.bodies[0]
    assert (first.said, first.by_rule, first.same_program, first.degree, first.weighted_degree) == (1, 1, 2, 3, 5.0)


def test_bodies_without_ties_are_kept(square: Measures) -> None:
    """A body without ties has a row of zeros, is a component, and is in no community."""
    last = square.bodies[-1]
    assert last.organization == "i"
    assert (last.degree, last.weighted_degree, last.betweenness, last.effective_size, last.articulation) == (0, 0.0, 0.0, 0.0, False)
    assert (last.community, last.community_name) == (0, "")
    assert (square.network.bodies, square.network.isolates) == (9, 1)


def test_the_network_as_counted_by_hand(square: Measures) -> None:
    """Nine bodies, seven pairs, three parts of six, two and one bodies."""
    found = square.network
    assert found.ties == {SAID: 3, BY_RULE: 2, SAME_PROGRAM: 2}
    assert (found.pairs, found.components, found.largest, found.sampled) == (7, 3, 6, 0)
    assert found.density == pytest.approx(7 / 36)


def test_betweenness_as_counted_by_hand() -> None:
    """Of a path of four, two of the three pairs of others lead through each inner body, and through a square's corner half a pair."""
    path = measures(network([("a", "b", SAID), ("b", "c", SAID), ("c", "d", SAID)]))
    assert column(path, "betweenness") == pytest.approx({"a": 0, "b": 2 / 3, "c": 2 / 3, "d": 0})
    square = measures(network(SQUARE[:4]))
    assert column(square, "betweenness") == pytest.approx(dict.fromkeys("abcd", 0.5 / 3))


def test_effective_size_as_counted_by_hand() -> None:
    """Four neighbours with one tie among them are 4 - 2 × 1 / 4 effective ones; a body in a clique has one."""
    found = measures(network([("x", other, SAID) for other in "abcd"] + [("a", "b", SAID)]))
    assert column(found, "effective_size") == pytest.approx({"x": 3.5, "a": 1, "b": 1, "c": 1, "d": 1})


def test_bridges_carry_the_statements_of_their_ties(square: Measures) -> None:
    """Pairs on a cycle are no bridges; the others are, in the order of the alphabet, with kinds and statements."""
    assert square.network.bridges == (Bridge("d", "e", (SAID,), ("s/4",)), Bridge("e", "f", (SAME_PROGRAM,), ("s/5",)), Bridge("g", "h", (BY_RULE,), ("s/6",)))
    assert {body.organization for body in square.bodies if body.articulation} == {"d", "e"}


def test_a_triangle_has_no_bridge() -> None:
    """Of three that all have ties none is cut off by one pair or one body."""
    found = measures(network([("a", "b", SAID), ("b", "c", SAID), ("c", "a", SAID)]))
    assert found.network.bridges == ()
    assert not any(body.articulation for body in found.bodies)


def test_parallel_ties_are_one_bridge() -> None:
    """A pair with several ties is a bridge all the same: it rests on the statements of all of them, each named once."""
    graph = network([("b", "a", SAME_PROGRAM), ("a", "b", SAID)])
    graph.add_edge("a", "b", "again", kind=SAID, weight=1.0, statements=("s/1", "s/9"))
    assert measures(graph).network.bridges == (Bridge("a", "b", (SAID, SAME_PROGRAM), ("s/0", "s/1", "s/9")),)


@pytest.mark.parametrize("seed", range(8))
def test_measures_are_those_of_networkx(seed: int) -> None:
    """On random networks every measure that networkx has is the same there."""
    graph = random_network(seed)
    peer, found = simple(graph), measures(graph)
    sizes = {body: size if size == size else 0 for body, size in nx.effective_size(peer).items()}  # noqa: PLR0124  # not a number: no ties
    assert column(found, "degree") == dict(peer.degree)
    assert column(found, "weighted_degree") == pytest.approx(dict(graph.degree(weight="weight")))
    assert column(found, "betweenness") == pytest.approx(nx.betweenness_centrality(peer))
    assert column(found, "effective_size") == pytest.approx(sizes)
    assert {body.organization for body in found.bodies if body.articulation} == set(nx.articulation_points(peer))
    assert [(bridge.a, bridge.b) for bridge in found.network.bridges] == sorted((min(ends), max(ends)) for ends in nx.bridges(peer))
    assert found.network.density == pytest.approx(nx.density(peer))
    assert found.network.components == nx.number_connected_components(peer)
    assert found.network.largest == max(map(len, nx.connected_components(peer)))


@pytest.mark.parametrize("seed", range(4))
def test_modularity_is_that_of_networkx(seed: int) -> None:
    """The modularity of the communities found is what networkx computes, weights of parallel ties added."""
    graph = random_network(seed)
    bodies, matrix = adjacency(graph)
    labels = communities(matrix)
    parts = [{row for row in range(len(bodies)) if labels[row] == label} for label in set(labels.tolist())]
    assert modularity(matrix, labels) == pytest.approx(nx.community.modularity(nx.from_scipy_sparse_array(matrix), parts))


def test_communities_of_a_barbell() -> None:
    """Cliques joined by one tie are communities: the largest is number 1, and its best-connected member names it."""
    four, three = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")], [("1", "2"), ("1", "3"), ("2", "3")]
    found = measures(network([(a, b, SAID) for a, b in [*four, *three, ("d", "2")]]))
    assert column(found, "community") == {**dict.fromkeys("abcd", 1), **dict.fromkeys("123", 2)}
    assert column(found, "community_name") == {**dict.fromkeys("abcd", "d"), **dict.fromkeys("123", "2")}
    assert found.network.communities == 2
    assert found.network.modularity == pytest.approx(13 / 20 + 7 / 20 + 0 - (13 / 20) ** 2 - (7 / 20) ** 2 - 2 / 20)


def test_communities_of_one_size_come_in_the_order_of_their_bodies() -> None:
    """Equal communities are numbered by their first body, and bodies equally connected name one in the order of the alphabet."""
    found = measures(network([("m", "n", SAID), ("k", "z", SAID), ("a", "b", SAID)]))
    assert column(found, "community_name") == {"a": "a", "b": "a", "k": "k", "z": "k", "m": "m", "n": "m"}
    assert column(found, "community") == {"a": 1, "b": 1, "k": 2, "z": 2, "m": 3, "n": 3}


def test_weight_names_a_community_where_neighbours_do_not() -> None:
    """Of members with as many neighbours the one with the greatest weight names the community."""
    graph = network([("a", "b", SAID), ("b", "c", SAID), ("c", "a", SAID), ("c", "a", SAID)])
    graph.edges["b", "c", "said 1"]["weight"] = 3.0
    assert set(column(measures(graph), "community_name").values()) == {"c"}


def test_weights_decide_communities() -> None:
    """A ring of four falls apart where its ties are weak."""
    graph = network([("a", "b", SAID), ("b", "c", SAID), ("c", "d", SAID), ("d", "a", SAID)])
    graph.edges["b", "c", "said 1"]["weight"] = graph.edges["d", "a", "said 3"]["weight"] = 9.0
    assert column(measures(graph), "community") == {"a": 1, "d": 1, "b": 2, "c": 2}


def test_sampled_betweenness_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the number of sources is told, and the estimate is near; the sources are the same every time."""
    _, matrix = adjacency(random_network(1))
    exact, none = betweenness(matrix)
    monkeypatch.setattr(module, "WORK", 1)
    monkeypatch.setattr(module, "FEWEST_SOURCES", 40)
    guess, sampled = betweenness(matrix)
    assert (none, sampled) == (0, 40)
    assert 0 < np.abs(guess - exact).max() < 0.1
    assert measures(random_network(1)).network.sampled == 40
    assert betweenness(matrix)[0].tolist() == guess.tolist()


def test_a_sample_is_scaled_to_the_sources_that_could_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub of a star lies on every path of others, so that any sample gives its betweenness exactly."""
    _, matrix = adjacency(network([("hub", f"leaf{number}", SAID) for number in range(30)]))
    monkeypatch.setattr(module, "WORK", 1)
    for count in range(2, 12):
        monkeypatch.setattr(module, "FEWEST_SOURCES", count)
        assert betweenness(matrix)[0][0] == pytest.approx(1)


def test_work_buys_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample has as many sources as the bound pays for, and not fewer than the least."""
    _, matrix = adjacency(random_network(2))
    monkeypatch.setattr(module, "WORK", 20 * (module.BODY_COST * 60 + 110))
    monkeypatch.setattr(module, "FEWEST_SOURCES", 5)
    assert betweenness(matrix)[1] == 20
    monkeypatch.setattr(module, "FEWEST_SOURCES", 30)
    assert betweenness(matrix)[1] == 30
    monkeypatch.setattr(module, "FEWEST_SOURCES", 60)
    assert betweenness(matrix)[1] == 0


def test_batches_do_not_change_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """One source or one block of rows at a time gives what all at once give."""
    whole = measures(random_network(3))
    monkeypatch.setattr(module, "CELLS", 1)
    monkeypatch.setattr(module, "BLOCK", 7)
    parts = measures(random_network(3))
    for name in ("betweenness", "effective_size"):
        assert column(parts, name) == pytest.approx(column(whole, name))


@pytest.mark.parametrize("bodies", range(4))
def test_small_networks_without_ties(bodies: int) -> None:
    """A network without ties, or without bodies, has measures too: nothing is divided by nothing."""
    with np.errstate(all="raise"):
        found = measures(network([], alone="abc"[:bodies]))
    assert len(found.bodies) == found.network.components == found.network.isolates == bodies
    assert found.network.largest == min(bodies, 1)
    assert (found.network.density, found.network.modularity, found.network.communities, found.network.bridges) == (0.0, 0.0, 0, ())


def test_two_bodies_with_a_tie() -> None:
    """Nobody stands between two."""
    with np.errstate(all="raise"):
        found = measures(network([("a", "b", SAID)]))
    assert column(found, "betweenness") == {"a": 0.0, "b": 0.0}
    assert (found.network.density, found.network.modularity) == (1.0, 0.0)


def test_table_has_plain_columns_and_the_best_connected_first() -> None:
    """Rows stand under the names of their columns, by falling degree; names and class come from the graph."""
    graph = network([("b", "c", SAID), ("b", "a", SAME_PROGRAM)], alone="d")
    graph.nodes["b"].update(type="Foundation", zh="基金会", en="Foundation B")
    graph.edges["b", "a", "same program 1"]["weight"] = 1 / 3
    columns, rows = measures_table(measures(graph))
    assert columns == list(COLUMNS)
    assert rows == [
        ("b", "基金会", "Foundation B", "Foundation", 1, 0, 1, 2, 1.333333, 0.333333, "b", 2.0, "yes"),
        ("c", "", "", "", 1, 0, 0, 1, 1.0, 0.0, "b", 1.0, ""),
        ("a", "", "", "", 0, 0, 1, 1, 0.333333, 0.0, "b", 1.0, ""),
        ("d", "", "", "", 0, 0, 0, 0, 0.0, 0.0, "", 0.0, ""),
    ]
    assert {type(cell) for row in rows for cell in row} == {str, int, float}


def test_path_is_shortest_before_all() -> None:
    """One step of the same program is a better path than two said ones."""
    assert tie_path(network([("a", "b", SAID), ("b", "c", SAID), ("a", "c", SAME_PROGRAM)]), "a", "c") == (Step("a", "c", SAME_PROGRAM, ("s/2",)),)


def test_path_prefers_said_then_by_rule_steps() -> None:
    """Of equally short paths one with more said steps wins, then one with more steps by rule, then the first in the alphabet."""
    ends = [("a", "m", BY_RULE), ("m", "z", BY_RULE), ("a", "n", SAME_PROGRAM), ("n", "z", SAID), ("a", "o", SAID), ("o", "z", BY_RULE)]
    graph = network(ends)
    assert [step.b for step in tie_path(graph, "a", "z")] == ["o", "z"]
    graph.remove_node("o")
    assert [step.b for step in tie_path(graph, "a", "z")] == ["n", "z"]
    graph.remove_node("n")
    graph.add_edge("a", "b", kind=BY_RULE, weight=1.0, statements=())
    graph.add_edge("b", "z", kind=BY_RULE, weight=1.0, statements=())
    assert [step.b for step in tie_path(graph, "a", "z")] == ["b", "z"]


def test_path_looks_ahead() -> None:
    """The first step may be the worse one where the whole path is better."""
    ends = [("a", "b", SAID), ("b", "c", SAME_PROGRAM), ("c", "z", SAME_PROGRAM), ("a", "k", SAME_PROGRAM), ("k", "l", SAID), ("l", "z", SAID)]
    assert [step.b for step in tie_path(network(ends), "a", "z")] == ["k", "l", "z"]


def test_path_step_rests_on_its_best_kind_only() -> None:
    """A step names its best kind, and the statements of all ties of this kind but of no other."""
    graph = network([("a", "b", SAME_PROGRAM), ("b", "a", SAID), ("a", "b", SAID), ("a", "b", BY_RULE)])
    assert tie_path(graph, "a", "b") == (Step("a", "b", SAID, ("s/1", "s/2")),)
    assert tie_path(graph, "a", "b", kinds=[BY_RULE, SAME_PROGRAM]) == (Step("a", "b", BY_RULE, ("s/3",)),)


@pytest.mark.parametrize("seed", range(4))
def test_path_back_is_the_same_and_as_short_as_that_of_networkx(seed: int) -> None:
    """Every pair has a path exactly if networkx finds one, of its length, and the same from the other end."""
    graph = random_network(seed, bodies=25, pairs=26)
    for a in graph:
        lengths = nx.single_source_shortest_path_length(graph, a)
        for b in graph:
            steps = tie_path(graph, a, b)
            assert len(steps) == lengths.get(b, 0)
            assert [(step.b, step.a, step.kind, step.statements) for step in reversed(steps)] == [
                (step.a, step.b, step.kind, step.statements) for step in tie_path(graph, b, a)
            ]


def test_path_is_the_best_of_all_shortest_ones() -> None:
    """Among all shortest paths none has more said steps, nor as many and more by rule."""
    graph = random_network(5, bodies=30, pairs=70)
    worth = {SAID: (1, 0), BY_RULE: (0, 1), SAME_PROGRAM: (0, 0)}
    best = {(a, b): min(({tie["kind"] for tie in ties.values()} for ties in [graph[a][b]]), key=len) for a, b in graph.edges()}

    def score(way: list[str]) -> tuple[int, int]:
        kinds = [next(kind for kind in KINDS if kind in best.get((a, b), best.get((b, a), set()))) for a, b in pairwise(way)]
        return sum(worth[kind][0] for kind in kinds), sum(worth[kind][1] for kind in kinds)

    for a, b in [("b0", "b9"), ("b1", "b8"), ("b2", "b7"), ("b3", "b12"), ("b4", "b17"), ("b20", "b29")]:
        steps = tie_path(graph, a, b)
        assert score([a, *(step.b for step in steps)]) == max(map(score, nx.all_shortest_paths(graph, a, b)))


def test_path_of_unknown_bodies() -> None:
    """A body that the graph does not have is an error; one of another part, or the body itself, is no path."""
    graph = network(SQUARE, alone="i")
    assert tie_path(graph, "a", "g") == tie_path(graph, "a", "i") == tie_path(graph, "a", "a") == ()
    for ends in (("a", "nobody"), ("nobody", "a")):
        with pytest.raises(nx.NodeNotFound, match="'nobody'"):
            tie_path(graph, *ends)


def test_order_of_ties_does_not_matter() -> None:
    """The same ties in another order, ends swapped, give the same measures to the last digit."""
    graph = random_network(4)
    other: nx.MultiGraph[str] = nx.MultiGraph()
    other.add_edges_from((b, a, key, tie) for a, b, key, tie in reversed(list(graph.edges(keys=True, data=True))))
    other.add_nodes_from(reversed(list(graph)))
    assert measures(other) == measures(graph)


IN_A_PROCESS = """
import networkx as nx
from withwhom.measures import measures, tie_path
graph = nx.MultiGraph()
ties = {(f"b{a}", f"b{b}", kind) for a, b in nx.gnm_random_graph(60, 110, seed=1).edges() for kind in ("said", "same program")}
graph.add_edges_from((a, b, k, {"kind": k, "weight": 0.1 + int(a[1:]) % 7 / 3, "statements": tuple({f"s/{a}", f"s/{b}"})}) for a, b, k in ties)
print([a for a, _, _ in ties])
print(measures(graph))
print([tie_path(graph, "b1", b) for b in sorted(graph)])
"""


def test_processes_agree() -> None:
    """With another hash seed, and so another order of sets, every measure and path is the same."""
    seen = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(module.__file__).parents[1])}
        ran = subprocess.run([sys.executable, "-c", IN_A_PROCESS], capture_output=True, text=True, env=environment, check=True, timeout=60)
        seen.append(ran.stdout.splitlines())
    assert seen[0][0] != seen[1][0]
    assert seen[0][1:] == seen[1][1:]


def test_the_shipped_network_can_be_measured(shipped_build: Path) -> None:
    """Every organization of the shipped graph has a row, and every bridge and step opens to statements of the graph."""
    shipped = read_network(shipped_build)
    graph = ties_graph(shipped, ties(shipped))
    found = measures(graph)
    references = {claim.reference for claim in shipped.claims}
    assert {body.organization for body in found.bodies} == shipped.organizations()
    assert found.network.sampled == 0
    assert found.network.bridges
    assert all(bridge.statements and set(bridge.statements) <= references for bridge in found.network.bridges)
