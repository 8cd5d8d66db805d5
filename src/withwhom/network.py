"""The network of a graph as networkx sees it, and positions that stand still."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx

from withwhom.ontology import Ontology
from withwhom.records import Records

if TYPE_CHECKING:
    from withwhom.knowledge import KnowledgeBase

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


def network_of(kb: KnowledgeBase) -> nx.MultiDiGraph[str]:
    """Return the stated network of a build: entities by id, one edge a statement that is so, keyed by its reference.

    Edges carry ``predicate``, ``certainty`` and ``sentence`` (zh | en).
    """
    query = """PREFIX ww: <https://w3id.org/withwhom/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?subject ?predicate ?object ?certainty ?zh ?en ?statement WHERE {
  ?statement ww:certainty ?certainty ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; rdfs:label ?zh , ?en .
  FILTER(LANG(?zh) = "zh" && LANG(?en) = "en")
  FILTER NOT EXISTS { ?statement ww:status ?status . FILTER(?status IN (ww:planned, ww:applied, ww:denied)) }
} ORDER BY ?statement"""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    answer = kb.sparql(query)
    for subject, predicate, target, certainty, zh, en, statement in answer.rows:
        ends = answer.short(subject), answer.short(target)
        graph.add_edge(*ends, key=answer.short(statement), predicate=answer.short(predicate), certainty=answer.short(certainty), sentence=f"{zh} | {en}")
    return graph


def paths(graph: nx.MultiDiGraph[str], start: str, end: str, *, longest: int, most: int = 5) -> list[list[tuple[str, str]]]:
    """Return the best paths between two nodes, direction ignored: those whose weakest statement is explicit first, then the shortest.

    Args:
        graph: what :func:`network_of` returns.
        start: id of an entity.
        end: id of another.
        longest: most statements in a path.
        most: how many paths to give.

    Returns:
        Each path as steps of sentence and reference; ``~`` before the reference of an inferred statement. Places and broad
        campaigns tie everything to everything and are not walked through.
    """
    if start not in graph or end not in graph:
        return []
    simple = nx.Graph()
    for a, b, key, data in graph.edges(keys=True, data=True):
        weight = 1 if data["certainty"] == "explicit" else 100
        if a != b and (not simple.has_edge(a, b) or weight < simple.edges[a, b]["weight"]):
            reference = key if weight == 1 else f"~{key}"
            simple.add_edge(a, b, weight=weight, step=(data["sentence"], reference))
    hubs = [node for node, degree in simple.degree() if degree > 60 and node not in (start, end)]
    simple.remove_nodes_from(hubs)
    if start not in simple or end not in simple or not nx.has_path(simple, start, end):
        return []
    found: list[list[tuple[str, str]]] = []
    for nodes in nx.shortest_simple_paths(simple, start, end, weight="weight"):
        if len(found) >= most or len(nodes) > 3 * longest:
            break
        if len(nodes) - 1 <= longest:
            found.append([simple.edges[pair]["step"] for pair in pairwise(nodes)])
        elif len(found) == 0 and len(nodes) - 1 > longest + 2:
            break
    return found
