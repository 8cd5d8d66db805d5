"""The statements between entities as networkx sees them, and the paths that lead from one body to another."""

from __future__ import annotations

from itertools import islice, pairwise, takewhile
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from withwhom.knowledge import KnowledgeBase

HUB = 60


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


def paths(graph: nx.MultiDiGraph[str], start: str, end: str, *, longest: int, most: int = 5, explicit_only: bool = False) -> list[list[tuple[str, str]]]:
    """Return the best paths between two nodes, direction ignored: first those of explicit statements only, each kind the shortest first.

    Args:
        graph: what :func:`network_of` returns.
        start: id of an entity.
        end: id of another.
        longest: most statements in a path.
        most: how many paths to give.
        explicit_only: whether to leave out paths with an inferred statement.

    Returns:
        Each path as steps of sentence and reference; ``~`` before the reference of an inferred statement. Nodes with more than
        sixty neighbours tie everything to everything and are not walked through. Yen's algorithm (1971), at most 200 paths looked at.
    """
    said = _walkable(graph, start, end, explicit=True)
    found = _shortest(said, start, end, longest, most)
    if len(found) < most and not explicit_only:
        known = {tuple(path) for path in found}
        found += [path for path in _shortest(_walkable(graph, start, end, explicit=False), start, end, longest, most) if tuple(path) not in known]
    return found[:most]


def _walkable(graph: nx.MultiDiGraph[str], start: str, end: str, *, explicit: bool) -> nx.Graph[str]:
    """Return the simple graph to walk on, one step an edge; an explicit statement stands for an edge before an inferred one."""
    simple: nx.Graph[str] = nx.Graph()
    for a, b, key, data in graph.edges(keys=True, data=True):
        inferred = data["certainty"] != "explicit"
        if a == b or (explicit and inferred) or (simple.has_edge(a, b) and (inferred or not simple.edges[a, b]["step"][1].startswith("~"))):
            continue
        simple.add_edge(a, b, step=(data["sentence"], f"~{key}" if inferred else key))
    hubs = [node for node, degree in simple.degree() if degree > HUB and node not in (start, end)]
    simple.remove_nodes_from(hubs)
    return simple


def _shortest(simple: nx.Graph[str], start: str, end: str, longest: int, most: int) -> list[list[tuple[str, str]]]:
    if start not in simple or end not in simple or not nx.has_path(simple, start, end):
        return []
    every = islice(nx.shortest_simple_paths(simple, start, end), 200)
    short = islice(takewhile(lambda nodes: len(nodes) - 1 <= longest, every), most)
    return [[simple.edges[pair]["step"] for pair in pairwise(nodes)] for nodes in short]
