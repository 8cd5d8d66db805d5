"""Time the measures on generated networks of 10,000 bodies and 500,000 ties: ``python bench/measures.py [--exact]``.

Prints the seconds of each step beside those of a peer on the same graph in the same run, and their ratio. ``--exact`` also computes
betweenness from every body, which takes some minutes, and says how far the sample is off. Two networks, alike in every run:

*programs*: bodies join programs of 2 to 200 participants, few bodies join many; each pair that shares a program has a tie of the same
program, one in twenty also a said one, one in twenty also one by rule. *random*: as many ties between bodies drawn at random, few drawn
often; it has no communities to find, which is the hard case.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, combinations
from typing import Any

import networkx as nx
import numpy as np

from withwhom import measures
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM, projection

BODIES, TIES = 10_000, 500_000
SOURCES, EGOS, PATHS = 8, 10, 20
Members = dict[str, list[str]]
Figures = Iterator[tuple[str, float, str, float]]


def timed(do: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many seconds a call takes, and what it returns."""
    start = time.perf_counter()
    found = do()
    return time.perf_counter() - start, found


def drawing(draw: random.Random) -> Callable[[int], list[str]]:
    """Return a function that draws bodies; the first are drawn up to thirty times as often as the last."""
    names = [f"b{number:05}" for number in range(BODIES)]
    sums = list(accumulate((rank + 10) ** -0.5 for rank in range(BODIES)))
    return lambda count: draw.choices(names, cum_weights=sums, k=count)


def program_members() -> Members:
    """Return the participants of programs, as many programs as make 500,000 pairs of bodies that share one."""
    draw = random.Random(1)
    bodies, members, pairs = drawing(draw), {}, set[tuple[str, str]]()
    while len(pairs) < TIES:
        group = sorted(set(bodies(min(200, int(2 * draw.paretovariate(1.1))))))
        members[f"p{len(members):05}"] = group
        pairs.update(combinations(group, 2))
    return members


def random_pairs() -> list[tuple[str, str]]:
    """Return 500,000 pairs of bodies drawn at random."""
    bodies, pairs = drawing(random.Random(2)), set[tuple[str, str]]()
    while len(pairs) < TIES:
        ends = bodies(2 * TIES)
        pairs.update((min(a, b), max(a, b)) for a, b in zip(ends[::2], ends[1::2], strict=True) if a != b)
    return sorted(random.Random(3).sample(sorted(pairs), TIES))


def network(weights: Iterable[tuple[str, str, float]]) -> nx.MultiGraph[str]:
    """Return a graph like that of ``ties_graph``."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_nodes_from((f"b{number:05}" for number in range(BODIES)), type="Organization", zh="", en="")
    for number, (a, b, weight) in enumerate(weights):
        graph.add_edge(a, b, SAME_PROGRAM, kind=SAME_PROGRAM, weight=weight, statements=(f"s/{number}",))
        if number % 20 < 2:
            kind = (SAID, BY_RULE)[number % 20]
            graph.add_edge(a, b, kind, kind=kind, weight=1.0, statements=(f"s/{number}",))
    return graph


def time_projection(members: Members) -> Figures:
    """Yield the time of the projection beside networkx's, which gives the same weights."""
    seconds, (_, shared, _) = timed(lambda: projection(members))
    two_mode: nx.Graph[str] = nx.Graph((body, program) for program, group in members.items() for body in group)
    peer, _ = timed(lambda: nx.bipartite.collaboration_weighted_projected_graph(two_mode, sorted(set(two_mode) - set(members))))
    print(f"projection of {len(members):,} programs: {shared.nnz // 2:,} pairs")
    yield "projection", seconds, "collaboration_weighted_projected_graph", peer


def time_measures(graph: nx.MultiGraph[str], built: float) -> Figures:
    """Yield the time of each measure beside networkx's own, or beside the time that it took to build the graph."""
    collapsing, (_, matrix) = timed(lambda: measures.adjacency(graph))
    yield "collapse parallel ties", collapsing, "building the MultiGraph", built
    seconds, simple = timed(lambda: nx.from_scipy_sparse_array(matrix))
    yield "simple graph", seconds, "building the MultiGraph", built
    yield from time_paths(matrix, simple)
    seconds, _ = timed(lambda: measures.effective_size(matrix))
    peer, _ = timed(lambda: nx.effective_size(simple, nodes=range(BODIES // EGOS // 2, BODIES, BODIES // EGOS)))
    yield "effective size", seconds, f"effective_size ({EGOS} bodies, scaled)", peer * BODIES / EGOS
    seconds, labels = timed(lambda: measures.communities(matrix, simple=simple))
    yield "communities", seconds, "building the MultiGraph", built
    parts = [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
    seconds, _ = timed(lambda: measures.modularity(matrix, labels))
    yield "modularity", seconds, "modularity", timed(lambda: nx.community.modularity(simple, parts))[0]
    seconds, _ = timed(lambda: measures.cuts(simple))
    yield "articulation and bridges", seconds, "articulation_points, bridges", timed(lambda: (set(nx.articulation_points(simple)), set(nx.bridges(simple))))[0]
    rare = sorted(sorted(max(nx.connected_components(graph), key=len)), key=graph.degree)[: 2 * PATHS]
    ends = list(zip(rare[::2], rare[1::2], strict=True))
    seconds, _ = timed(lambda: [measures.tie_path(graph, *pair) for pair in ends])
    peer, _ = timed(lambda: [nx.single_source_shortest_path(graph, a) for a, _ in ends])
    yield f"path, mean of {PATHS}", seconds / PATHS, "single_source_shortest_path", peer / PATHS
    seconds, _ = timed(lambda: measures.measures(graph))
    yield "all of measures()", seconds, "building the MultiGraph", built


def time_paths(matrix: Any, simple: nx.Graph[int]) -> Figures:  # noqa: ANN401  # scipy has no types
    """Yield the time of betweenness; networkx's is that of a few sources, for as many as ours took."""
    seconds, (shares, sampled) = timed(lambda: measures.betweenness(matrix))
    peer, _ = timed(lambda: nx.betweenness_centrality(simple, k=SOURCES, seed=1))
    count = sampled or BODIES
    yield f"betweenness, {count:,} sources", seconds, f"betweenness_centrality ({SOURCES} sources, scaled)", peer * count / SOURCES
    if "--exact" in sys.argv:
        bound, measures.WORK = measures.WORK, sys.maxsize
        seconds, (exact, _) = timed(lambda: measures.betweenness(matrix))
        measures.WORK = bound
        best, guess = (set(np.argsort(column)[-100:].tolist()) for column in (exact, shares))
        print(f"sample: off by {np.abs(exact - shares).max():.5f} at most, greatest share {exact.max():.5f}, {len(best & guess)} of the 100 greatest found")
        yield f"betweenness, {BODIES:,} sources", seconds, f"betweenness_centrality ({SOURCES} sources, scaled)", peer * BODIES / SOURCES


def show(title: str, figures: Figures) -> None:
    """Print a table."""
    print(f"\n{title}")
    for name, seconds, peer, reference in figures:
        print(f"  {name:<30}{seconds:8.2f} s{reference / seconds:9.1f} times as fast as  {reference:9.2f} s  {peer}", flush=True)


def main() -> None:
    """Time both networks."""
    members = program_members()
    show("projection", time_projection(members))
    bodies, _, weights = projection(members)
    pairs = weights.tocoo()
    shared = [(bodies[a], bodies[b], weight) for a, b, weight in zip(pairs.row, pairs.col, pairs.data.tolist(), strict=True) if a < b]
    for title, rows in (("programs", shared), ("random", [(a, b, 1.0) for a, b in random_pairs()])):
        built, graph = timed(lambda rows=rows: network(rows))
        greatest = max(len(graph[body]) for body in graph)
        show(f"{title}: {len(graph):,} bodies, {graph.number_of_edges():,} ties, at most {greatest:,} neighbours", time_measures(graph, built))


if __name__ == "__main__":
    main()
