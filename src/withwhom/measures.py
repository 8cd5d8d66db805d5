"""Measures of the network of organizations: who has many ties, who stands between others, which bodies belong together.

Everything is counted on the graph that :func:`withwhom.ties.ties_graph` returns. What a measure says, and what it does not say,
stands in ``docs/measures.md``. The same ties give the same measures in every process: bodies are numbered in the order of their
ids before anything is counted, and whatever is drawn at random is drawn with a fixed seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from withwhom.ties import KINDS, SAID, SAME_PROGRAM

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Betweenness: the paths from one source cost about as much as 30 × bodies + pairs of neighbours steps of 10 ns (measured on networks
# of 2,000 to 10,000 bodies with 3 to 50 pairs each). It is exact while all sources together cost at most WORK, about ten seconds;
# beyond it only as many bodies are sources as WORK pays for, so that a larger network does not take longer.
WORK = 1_000_000_000
BODY_COST = 30
# Fewer sources than this rank bodies by chance; very large networks rather take longer.
FEWEST_SOURCES = 100
# Cells (sources × bodies) that are searched at once: some 100 MB at the worst, and enough to make the cost of a call to scipy vanish.
CELLS = 1_000_000
# Rows that are multiplied at once to count triangles; the product of the whole matrix can have n² cells.
BLOCK = 500
# Any number does; it must only stay the same.
SEED = 2004
# Figures of a table: enough to tell bodies apart, few enough to be alike on every machine.
DIGITS = 6
COLUMNS = (
    "organization",
    "zh",
    "en",
    "type",
    "said",
    "by_rule",
    "same_program",
    "degree",
    "weighted_degree",
    "betweenness",
    "community",
    "effective_size",
    "articulation",
)


@dataclass(frozen=True, slots=True)
class BodyMeasures:
    """What is measured of one organization.

    Args:
        organization, zh, en, type: its id, names and class.
        said, by_rule, same_program: the number of bodies that it has a tie of this kind with.
        degree: the number of bodies that it has any tie with.
        weighted_degree: the sum of the weights of its ties.
        betweenness: the share (0 to 1) of the shortest paths between two others that lead through it; an estimate where
            :attr:`NetworkMeasures.sampled` is not 0.
        community: number of its community, 1 the largest; 0 for a body without ties.
        community_name: id of the member of the community with the most neighbours; empty for a body without ties.
        effective_size: its neighbours, less the average number of ties that each has to the others.
        articulation: whether the bodies of its component would fall apart without it.
    """

    organization: str
    zh: str
    en: str
    type: str
    said: int
    by_rule: int
    same_program: int
    degree: int
    weighted_degree: float
    betweenness: float
    community: int
    community_name: str
    effective_size: float
    articulation: bool


@dataclass(frozen=True, slots=True)
class Bridge:
    """Two bodies whose ties are all that joins one part of the network to another.

    Args:
        a, b: their ids, in the order of the alphabet.
        kinds: the kinds of their ties, in the order of :data:`withwhom.ties.KINDS`.
        statements: references of the statements that their ties rest on.
    """

    a: str
    b: str
    kinds: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkMeasures:
    """What is measured of the whole network.

    Args:
        bodies: the number of organizations, those without ties included.
        ties: the number of ties by kind; parallel ties count each.
        pairs: the number of pairs of bodies with at least one tie.
        components: the number of parts without a tie between them; a body without ties is a part.
        largest: the number of bodies in the largest part.
        isolates: the number of bodies without ties.
        density: the share (0 to 1) of all pairs of bodies that have a tie.
        communities: the number of communities; bodies without ties are in none.
        modularity: how much more of the weight lies within communities than chance would put there (-0.5 to 1).
        bridges: the pairs that alone join two parts.
        sampled: from how many bodies shortest paths were searched for betweenness; 0 from all, that is exact.
    """

    bodies: int
    ties: Mapping[str, int]
    pairs: int
    components: int
    largest: int
    isolates: int
    density: float
    communities: int
    modularity: float
    bridges: tuple[Bridge, ...]
    sampled: int


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of every organization, in the order of their ids, and of the network."""

    bodies: tuple[BodyMeasures, ...]
    network: NetworkMeasures


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path: from ``a`` to ``b`` by ties of ``kind``, which rest on the statements with these references."""

    a: str
    b: str
    kind: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Ties as columns: the rows of their two bodies, their weights, and the places of their kinds in KINDS."""

    bodies: list[str]
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    weight: NDArray[np.float64]
    kind: NDArray[np.int64]


def measures(graph: nx.MultiGraph[str], *, kinds: Collection[str] = KINDS) -> Measures:
    """Measure a network and each of its bodies.

    Args:
        graph: organizations and ties, as :func:`withwhom.ties.ties_graph` returns them. Every tie of it counts, so leave planned,
            applied and denied ones out of it.
        kinds: which kinds of ties count.

    Returns:
        The measures. Cost: see ``docs/measures.md``; all but betweenness are exact at every size.
    """
    ends = _ends(graph, kinds)
    matrix = _matrix(ends)
    simple = nx.from_scipy_sparse_array(matrix)
    labels = communities(matrix, simple=simple)
    between, sampled = betweenness(matrix)
    cut, narrow = cuts(simple)
    names = _names(ends.bodies, matrix, labels)
    columns: list[Iterable[Any]] = [
        ends.bodies,
        *([graph.nodes[body].get(name, "") for body in ends.bodies] for name in ("zh", "en", "type")),
        *(_degrees(_matrix(ends, kind=kind)).tolist() for kind in KINDS),
        *(column.tolist() for column in (_degrees(matrix), _strengths(matrix), between, labels)),
        [names[label] for label in labels.tolist()],
        effective_size(matrix).tolist(),
        [row in cut for row in range(len(ends.bodies))],
    ]
    bodies = tuple(BodyMeasures(*row) for row in zip(*columns, strict=True))
    bridges = tuple(_bridge(graph, ends.bodies[a], ends.bodies[b], kinds) for a, b in narrow)
    return Measures(bodies, _network(ends, matrix, labels, bridges, sampled))


def measures_table(found: Measures) -> tuple[list[str], list[tuple[str | int | float, ...]]]:
    """Return the measures of the bodies as a header and rows, bodies with the most neighbours first.

    ``community`` is the id of the best-connected member, ``articulation`` is yes or empty; figures have six decimals at most.
    """
    ranked = sorted(found.bodies, key=lambda body: (-body.degree, -round(body.weighted_degree, DIGITS), body.organization))
    return list(COLUMNS), [_row(body) for body in ranked]


def adjacency(graph: nx.MultiGraph[str], *, kinds: Collection[str] = KINDS) -> tuple[list[str], csr_matrix]:
    """Collapse parallel ties: one weight for each pair of bodies.

    Args:
        graph: organizations and ties.
        kinds: which kinds of ties count.

    Returns:
        The bodies in the order of their ids, which is the order of the rows, and their symmetric adjacency (n × n): the sum of the
        weights of the ties of each pair, with an empty diagonal. Cost: linear in the ties.
    """
    ends = _ends(graph, kinds)
    return ends.bodies, _matrix(ends)


def betweenness(matrix: csr_matrix) -> tuple[NDArray[np.float64], int]:
    """Return the share of shortest paths between others that leads through each body; weights do not count.

    After Freeman, A set of measures of centrality based on betweenness, Sociometry 40 (1977) 35-41, divided by the
    (n - 1)(n - 2) / 2 pairs of others, by the algorithm of Brandes, A faster algorithm for betweenness centrality, Journal of
    Mathematical Sociology 25 (2001) 163-177, many sources at once. Where that costs more than :data:`WORK`, it is estimated from
    a fixed random sample of sources (Brandes and Pich, Centrality estimation in large networks, International Journal of
    Bifurcation and Chaos 17 (2007) 2303-2318).

    Args:
        matrix: a symmetric adjacency.

    Returns:
        The shares by row (0 to 1), and the number of sources of the sample, 0 if all are. Cost: sources × (bodies + pairs), and a
        few calls to scipy for each step of the longest shortest path.
    """
    n, pairs = matrix.shape[0], matrix.nnz // 2
    if n < 3 or not pairs:
        return np.zeros(n), 0
    count = max(FEWEST_SOURCES, WORK // (BODY_COST * n + pairs))
    sources = list(range(n)) if count >= n else sorted(random.Random(SEED).sample(range(n), count))
    batch = max(1, CELLS // n)
    totals = sum((_dependencies(_ones(matrix), sources[start : start + batch]) for start in range(0, len(sources), batch)), np.zeros(n))
    searched = np.full(n, len(sources))
    searched[sources] -= 1  # no path between others starts at the body itself
    return totals / (searched * (n - 2)), 0 if count >= n else count


def effective_size(matrix: csr_matrix) -> NDArray[np.float64]:
    """Return how many of its neighbours each body reaches that do not reach one another: n - 2t/n, n neighbours with t ties.

    Burt, Structural Holes, Harvard University Press 1992, by the formula of Borgatti, Structural holes: unpacking Burt's redundancy
    measures, Connections 20 (1997) 35-38; weights do not count. Exact.

    Args:
        matrix: a symmetric adjacency.

    Returns:
        The sizes by row, in bodies; 0 for a body without ties. Cost: the sum of the squares of the degrees.
    """
    ones, degrees = _ones(matrix), _degrees(matrix)
    starts = range(0, matrix.shape[0], BLOCK)
    among = [(ones[start : start + BLOCK] @ ones).multiply(ones[start : start + BLOCK]).sum(axis=1) for start in starts]
    twice = np.concatenate([np.zeros(0), *(np.asarray(part).ravel() for part in among)])  # each tie is met from both its ends
    return degrees - twice / np.maximum(degrees, 1)


def communities(matrix: csr_matrix, *, simple: nx.Graph[int] | None = None) -> NDArray[np.int64]:
    """Return the number of each body's community: 1 is the largest, 0 stands for a body without ties.

    By the method of Blondel, Guillaume, Lambiotte and Lefebvre, Fast unfolding of communities in large networks, Journal of
    Statistical Mechanics (2008) P10008, on the weights, with a fixed seed. It finds a good partition, not the best: that is
    NP-hard (Brandes et al., On modularity clustering, IEEE Transactions on Knowledge and Data Engineering 20 (2008) 172-188).

    Args:
        matrix: a symmetric adjacency.
        simple: the same as a graph, if there is one already.

    Returns:
        The numbers by row; of communities of one size the one with the first body comes first. Cost: linear in the pairs, for each
        of some dozens of rounds.
    """
    labels = np.zeros(matrix.shape[0], dtype=np.int64)
    if matrix.nnz:
        parts = nx.community.louvain_communities(nx.from_scipy_sparse_array(matrix) if simple is None else simple, weight="weight", seed=SEED)
        for number, part in enumerate(sorted(parts, key=lambda part: (-len(part), min(part))), start=1):
            labels[list(part)] = number
    labels[_degrees(matrix) == 0] = 0
    return labels


def modularity(matrix: csr_matrix, labels: NDArray[np.int64]) -> float:
    """Return the share of weight within communities, less the share that chance would put there at the same weighted degrees.

    Newman and Girvan, Finding and evaluating community structure in networks, Physical Review E 69 (2004) 026113, eq. 5, with
    weights. 0 without ties. Cost: linear in the pairs.
    """
    strengths = _strengths(matrix)
    whole = strengths.sum()
    if not whole:
        return 0.0
    pairs = matrix.tocoo()
    inside = pairs.data[labels[pairs.row] == labels[pairs.col]].sum() / whole
    return float(inside - np.square(np.bincount(labels, strengths) / whole).sum())


def cuts(simple: nx.Graph[int]) -> tuple[set[int], list[tuple[int, int]]]:
    """Return the bodies and the pairs without which a part of the network falls apart.

    A body that lies in several biconnected components is an articulation point, a component of one pair is a bridge: Tarjan, Depth-first
    search and linear graph algorithms, SIAM Journal on Computing 1 (1972) 146-160; A note on finding the bridges of a graph,
    Information Processing Letters 2 (1974) 160-161. Cost: linear in the pairs.
    """
    parts = [list(part) for part in nx.biconnected_component_edges(simple)]
    lies_in = Counter(row for part in parts for row in {row for pair in part for row in pair})
    bridges = sorted((min(part[0]), max(part[0])) for part in parts if len(part) == 1)
    return {row for row, count in lies_in.items() if count > 1}, bridges


def tie_path(graph: nx.MultiGraph[str], a: str, b: str, *, kinds: Collection[str] = KINDS) -> tuple[Step, ...]:
    """Return the best shortest path between two organizations, each step with its evidence.

    Of the paths with the fewest steps it is one with the most said steps, of these one with the most steps by rule, of these the
    first in the alphabet; the path back is the same. A step rests on the pair's ties of its best kind: said, then by rule, then same
    program. That two bodies are joined by a path is no statement that they work together.

    Args:
        graph: organizations and ties.
        a: the id of the first body.
        b: the id of the last body.
        kinds: which kinds of ties count.

    Returns:
        The steps; none if no ties join the two, or if they are one. Cost: linear in the ties.

    Raises:
        networkx.NodeNotFound: one of them is not in the graph.
    """
    for body in (a, b):
        if body not in graph:
            raise nx.NodeNotFound(f"{body!r} is not an organization of this graph")
    way = _way(graph, min(a, b), max(a, b), kinds)
    return tuple(_step(graph, *ends, kinds) for ends in pairwise(way if a < b else way[::-1]))


def _ends(graph: nx.MultiGraph[str], kinds: Collection[str]) -> _Ends:
    bodies = sorted(graph)
    row_of = {body: row for row, body in enumerate(bodies)}
    kind_of = {kind: place for place, kind in enumerate(KINDS) if kind in kinds}
    found = [(row_of[a], row_of[b], tie["weight"], kind_of[tie["kind"]]) for a, b, tie in graph.edges(data=True) if tie["kind"] in kind_of and a != b]
    table = np.array(found, dtype=np.float64).reshape(-1, 4)
    table[:, :2].sort(axis=1)
    # Sums of floats depend on their order, and ties may come in any.
    a, b, weight, kind = table[np.lexsort(table.T)].T
    return _Ends(bodies, a.astype(np.int64), b.astype(np.int64), weight, kind.astype(np.int64))


def _matrix(ends: _Ends, *, kind: str = "") -> csr_matrix:
    from scipy.sparse import csr_matrix

    chosen = ends.kind == KINDS.index(kind) if kind else np.ones(len(ends.kind), dtype=bool)
    a, b, weight = ends.a[chosen], ends.b[chosen], ends.weight[chosen]
    n = len(ends.bodies)
    matrix = csr_matrix((np.tile(weight, 2), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n))
    matrix.sum_duplicates()
    return matrix


def _ones(matrix: csr_matrix) -> csr_matrix:
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)


def _degrees(matrix: csr_matrix) -> NDArray[np.int64]:
    return np.asarray(np.diff(matrix.indptr), dtype=np.int64)


def _strengths(matrix: csr_matrix) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()


def _dependencies(ones: csr_matrix, sources: Sequence[int]) -> NDArray[np.float64]:
    """Return, by row, the sum of the dependencies of some sources on it (Brandes 2001, theorem 6).

    Going back, ``later`` holds the sum of (1 + dependency) / paths over the bodies one step further, a product with the adjacency.
    """
    n = ones.shape[0]
    totals, later = np.zeros(n), np.zeros((len(sources), n))
    _, *fronts = _fronts(ones, sources)
    for front in reversed(fronts):
        further = later[_cells(front)]
        totals += np.bincount(front.indices, front.data * further, n)
        front.data = 1 / front.data + further
        # What this writes elsewhere than one step back is never read: those bodies have had their turn.
        back = front @ ones
        later[_cells(back)] = back.data
    return totals


def _fronts(ones: csr_matrix, sources: Sequence[int]) -> Iterator[csr_matrix]:
    """Yield, step by step from the sources on, how many shortest paths lead from each source (row) to what it reaches first now."""
    from scipy.sparse import csr_matrix

    front = csr_matrix((np.ones(len(sources)), (np.arange(len(sources)), sources)), shape=(len(sources), ones.shape[0]))
    seen = front.astype(bool).toarray()
    while front.nnz:
        yield front
        front = front @ ones
        cells = _cells(front)
        front.data[seen[cells]] = 0
        seen[cells] = True
        front.eliminate_zeros()  # and with them their cells, in place


def _cells(matrix: csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices


def _names(bodies: Sequence[str], matrix: csr_matrix, labels: NDArray[np.int64]) -> Mapping[int, str]:
    """Return, by community, its member with the most neighbours, then the greatest weight, then the first id."""
    degrees, strengths = _degrees(matrix).tolist(), np.round(_strengths(matrix), DIGITS).tolist()
    ranked = sorted(range(len(bodies)), key=lambda row: (degrees[row], strengths[row], -row))
    return {int(labels[row]): bodies[row] for row in ranked} | {0: ""}


def _network(ends: _Ends, matrix: csr_matrix, labels: NDArray[np.int64], bridges: tuple[Bridge, ...], sampled: int) -> NetworkMeasures:
    from scipy.sparse.csgraph import connected_components

    n, pairs = len(ends.bodies), matrix.nnz // 2
    sizes = np.bincount(connected_components(matrix, directed=False)[1]) if n else np.zeros(0, dtype=np.int64)
    return NetworkMeasures(
        bodies=n,
        ties={kind: int((ends.kind == place).sum()) for place, kind in enumerate(KINDS)},
        pairs=pairs,
        components=len(sizes),
        largest=int(sizes.max(initial=0)),
        isolates=int((_degrees(matrix) == 0).sum()),
        density=pairs / (n * (n - 1) / 2) if n > 1 else 0.0,
        communities=int(labels.max(initial=0)),
        modularity=modularity(matrix, labels),
        bridges=bridges,
        sampled=sampled,
    )


def _row(body: BodyMeasures) -> tuple[str | int | float, ...]:
    counts = (body.said, body.by_rule, body.same_program, body.degree)
    figures = (round(body.weighted_degree, DIGITS), round(body.betweenness, DIGITS), body.community_name, round(body.effective_size, DIGITS))
    return (body.organization, body.zh, body.en, body.type, *counts, *figures, "yes" if body.articulation else "")


def _bridge(graph: nx.MultiGraph[str], a: str, b: str, kinds: Collection[str]) -> Bridge:
    found = _kinds(graph, a, b, kinds)
    return Bridge(a, b, found, _statements(graph, a, b, found))


def _kinds(graph: nx.MultiGraph[str], a: str, b: str, kinds: Collection[str]) -> tuple[str, ...]:
    """Return the kinds that count of the ties between two neighbours, best first."""
    found = {tie["kind"] for tie in graph.adj[a][b].values()}
    return tuple(kind for kind in KINDS if kind in kinds and kind in found)


def _statements(graph: nx.MultiGraph[str], a: str, b: str, kinds: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({reference for tie in graph.adj[a][b].values() if tie["kind"] in kinds for reference in tie["statements"]}))


def _way(graph: nx.MultiGraph[str], a: str, b: str, kinds: Collection[str]) -> tuple[str, ...]:
    """Return the bodies on the best shortest path, searched from its end; none if there is no path.

    What is kept of each body that is reached: steps that are not said, of them those of the same program, and the way to the end.
    """
    best: dict[str, tuple[int, int, tuple[str, ...]]] = {b: (0, 0, (b,))}
    layer: Collection[str] = [b]
    while layer and a not in best:
        reached: dict[str, tuple[int, int, tuple[str, ...]]] = {}
        for body in layer:
            unsaid, shared, way = best[body]
            for neighbour in graph.adj[body]:
                if neighbour not in best and (found := _kinds(graph, body, neighbour, kinds)):
                    score = (unsaid + (found[0] != SAID), shared + (found[0] == SAME_PROGRAM), (neighbour, *way))
                    reached[neighbour] = min(score, reached.get(neighbour, score))
        best |= reached
        layer = reached
    return best[a][2] if a in best else ()


def _step(graph: nx.MultiGraph[str], a: str, b: str, kinds: Collection[str]) -> Step:
    kind = _kinds(graph, a, b, kinds)[0]
    return Step(a, b, kind, _statements(graph, a, b, [kind]))
