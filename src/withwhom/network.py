"""The network of a graph as networkx sees it, and positions that stand still."""

from __future__ import annotations

import math
from collections.abc import Mapping

import networkx as nx

from withwhom.ontology import Ontology
from withwhom.records import Records

SEED = 7
SPACING = 90.0


def network(records: Records, ontology: Ontology) -> nx.MultiDiGraph[str]:
    """Return every entity that a statement ties to another, with one edge for each subject, predicate and object.

    Args:
        records: checked records.
        ontology: the vocabulary.

    Returns:
        Nodes carry ``type``; edges are keyed by predicate and carry ``relation`` and ``statements`` (references, in table
        order). The program of a statement is no edge of its own: the statement says what happened through it.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    types = {entity.id: entity.type for entity in records.entities}
    for statement in records.statements:
        if not statement.object or statement.object == statement.subject:
            continue
        for end in (statement.subject, statement.object):
            graph.add_node(end, type=types[end])
        if not graph.has_edge(statement.subject, statement.object, statement.predicate):
            relation = ontology.predicates[statement.predicate].top
            graph.add_edge(statement.subject, statement.object, statement.predicate, relation=relation, statements=[])
        graph.edges[statement.subject, statement.object, statement.predicate]["statements"].append(statement.reference)
    return graph


def positions(graph: nx.MultiDiGraph[str]) -> Mapping[str, tuple[int, int]]:
    """Return a place for every node: the largest component by forces (Fruchterman and Reingold 1991), the others in rows below.

    The seed is fixed and places are whole numbers, so that the same graph gives the same picture. Cost: O(n²) an iteration.
    """
    simple = nx.Graph()
    simple.add_nodes_from(sorted(graph))
    simple.add_edges_from(sorted((min(a, b), max(a, b)) for a, b in graph.edges()))
    components = sorted(nx.connected_components(simple), key=lambda nodes: (-len(nodes), min(nodes)))
    placed: dict[str, tuple[int, int]] = {}
    left = top = bottom = right = 0.0
    for number, nodes in enumerate(components):
        part = simple.subgraph(sorted(nodes))
        size = SPACING * math.sqrt(len(nodes)) * (1.0 if number == 0 else 0.6)
        local = nx.spring_layout(part, seed=SEED, k=1.6 / math.sqrt(len(nodes)), iterations=80, scale=size)
        if number == 0:
            left, right, bottom = -size, size, size + 2 * SPACING
            middle = (0.0, 0.0)
            cursor, top = left, bottom
        else:
            if cursor + 2 * size > right:
                cursor, top = left, bottom + SPACING
            middle = (cursor + size, top + size)
            cursor += 2 * size + SPACING
            bottom = max(bottom, top + 2 * size)
        for node, (x, y) in local.items():
            placed[node] = (round(x + middle[0]), round(y + middle[1]))
    return placed
