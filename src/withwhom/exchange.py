"""Files of a network for other tools: GEXF (Gephi), GraphML (yEd, NetworkX, R), Cytoscape JSON, and tables of nodes and edges.

Every format carries every node, also one without edges, every parallel edge, and everything that the graph says of them. The same
graph gives the same bytes: nodes and edges are sorted, and no file holds the time it was made.
"""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from withwhom.spreadsheet import csv_text

if TYPE_CHECKING:
    import networkx as nx

Value = str | int | float | tuple[str, ...]
Row = Mapping[str, Value]

# What XML 1.0 cannot hold in any way of writing it (section 2.2, Char), lone surrogates included.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# GraphML edge ids are NMTOKEN (graphml-structure.xsd).
NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]")
GEXF = "http://gexf.net/1.3"
# What GEXF says with attributes of its own; a column `weight` would mean a weight that changes with time.
GEXF_OWN = {"since": "start", "until": "end", "weight": "weight"}


@dataclass(frozen=True, slots=True)
class Node:
    """A node as files carry it: ``position`` is x to the right and y up, ``colour`` is written as ``#rrggbb``."""

    id: str
    label: str
    attributes: Row
    position: tuple[float, float] | None
    colour: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge as files carry it.

    Args:
        id: differs from that of every other edge of the graph.
        source, target: ids of its ends; those of an undirected edge in the order of the alphabet.
        key: what tells it from the other edges between the same ends in the graph it comes from.
        label: its predicate or kind.
        track: the label, with a number where another edge between the same ends has the same one. Gephi makes edges between the
            same ends one edge, unless their ``kind`` differs.
        attributes: what the graph says of it.
    """

    id: str
    source: str
    target: str
    key: str
    label: str
    track: str
    attributes: Row


@dataclass(frozen=True)
class Elements:
    """Nodes by id, and edges by their ends and key, as every format writes them."""

    directed: bool
    nodes: Sequence[Node]
    edges: Sequence[Edge]


def elements(
    graph: nx.MultiGraph[str],
    *,
    language: str = "zh",
    positions: Mapping[str, tuple[float, float]] | None = None,
    colours: Mapping[str, str] | None = None,
) -> Elements:
    """Return the nodes and edges of a graph, sorted, in values that every format can hold.

    Characters that XML forbids are dropped and line ends become one line feed, in all formats, so that their texts agree.

    Args:
        graph: made by :func:`withwhom.ties.ties_graph` or :func:`withwhom.ties.claims_graph`.
        language: of the labels of nodes, ``zh`` or ``en``; an entity without a name in it has its other name, else its id.
        positions: x (to the right) and y (up) by node, for the formats that hold a layout.
        colours: ``#rrggbb`` by type of node, for the formats that hold colours.
    """
    rows = {_clean(str(node)): _values(data) for node, data in graph.nodes(data=True)}
    nodes = [_node(name, rows[name], language, positions or {}, colours or {}) for name in sorted(rows)]
    return Elements(graph.is_directed(), nodes, list(_edges(graph)))


def to_files(
    graph: nx.MultiGraph[str],
    name: str,
    *,
    language: str = "zh",
    positions: Mapping[str, tuple[float, float]] | None = None,
    colours: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return the files that hold a graph, by name: ``ties.gexf`` is one, ``ties.csv`` is ``ties.nodes.csv`` and ``ties.edges.csv``.

    Args:
        graph: as for :func:`elements`.
        name: name of a file; its suffix, one of :data:`WRITERS`, says the format.
        language: as for :func:`elements`.
        positions: as for :func:`elements`.
        colours: as for :func:`elements`.

    Raises:
        ValueError: no format has that suffix.
    """
    path = PurePath(name)
    if path.suffix not in WRITERS:
        raise ValueError(f"{name!r} says no known format; end it in one of {', '.join(WRITERS)}")
    written = WRITERS[path.suffix](elements(graph, language=language, positions=positions, colours=colours))
    return {str(path.with_suffix(ending)): content for ending, content in written.items()}


def to_gexf(flat: Elements) -> bytes:
    """Return a graph as GEXF 1.3, after the schema at https://gexf.net/1.3/gexf.rnc.

    Not by networkx: its writer dates the file, names its own version as the creator and cannot write ``kind``.
    """
    root = ET.Element("gexf", {"xmlns": GEXF, "xmlns:viz": f"{GEXF}/viz", "version": "1.3"})
    ET.SubElement(ET.SubElement(root, "meta"), "creator").text = "withwhom"
    dated = any(edge.attributes.get(bound) for edge in flat.edges for bound in ("since", "until"))
    time = {"mode": "dynamic", "timeformat": "date"} if dated else {"mode": "static"}
    graph = ET.SubElement(root, "graph", {"defaultedgetype": "directed" if flat.directed else "undirected", **time})
    _declare(graph, "node", [node.attributes for node in flat.nodes])
    _declare(graph, "edge", [_gexf_columns(edge) for edge in flat.edges])
    nodes, edges = ET.SubElement(graph, "nodes"), ET.SubElement(graph, "edges")
    for node in flat.nodes:
        _gexf_node(nodes, node)
    for edge in flat.edges:
        _gexf_edge(edges, edge)
    ET.indent(root)
    stream = io.BytesIO()
    ET.ElementTree(root).write(stream, encoding="utf-8", xml_declaration=True)
    return stream.getvalue() + b"\n"


def to_graphml(flat: Elements) -> bytes:
    """Return a graph as GraphML, tuples joined by ``|``.

    By networkx, in its variant without lxml, so that the bytes do not depend on what is installed. It writes the keys of edges as
    their ids, which yEd and Gephi want to differ in the whole graph: the ids of :class:`Edge` do. They stand in a column as well,
    without which igraph (1.0) gives each edge the id of some node.
    """
    import networkx as nx

    graph = nx.MultiDiGraph() if flat.directed else nx.MultiGraph()
    graph.add_nodes_from((node.id, {"label": node.label, **_joined(node.attributes)}) for node in flat.nodes)
    for edge in flat.edges:
        columns = {"id": edge.id, "key": edge.key, "label": edge.label, **_joined(edge.attributes)}
        graph.add_edges_from([(edge.source, edge.target, edge.id, columns)])
    stream = io.BytesIO()
    nx.write_graphml_xml(graph, stream)
    return stream.getvalue() + b"\n"


def to_cyjs(flat: Elements) -> bytes:
    """Return a graph as Cytoscape JSON, tuples as lists.

    Cytoscape takes ``name`` and ``interaction`` for its labels, networkx reads ``value`` as the node and ``key`` as the key. Not by
    networkx: its writer gives edges no id, and Cytoscape.js then makes one up.
    """
    found = {"nodes": [_cyjs_node(node) for node in flat.nodes], "edges": [{"data": _cyjs_edge(edge)} for edge in flat.edges]}
    value = {"format_version": "1.0", "generated_by": "withwhom", "data": {}, "directed": flat.directed, "multigraph": True, "elements": found}
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def to_csv_nodes(flat: Elements) -> bytes:
    """Return the table of the nodes; Gephi knows the columns ``Id`` and ``Label``."""
    columns = _columns(node.attributes for node in flat.nodes)
    rows = ([node.id, node.label, *_cells(node.attributes, columns)] for node in flat.nodes)
    return csv_text(["Id", "Label", *columns], rows).encode()


def to_csv_edges(flat: Elements) -> bytes:
    """Return the table of the edges, with the names of their ends.

    Gephi knows the columns from ``Id`` to ``Weight``. It ignores case in headers, therefore the kind of a tie stands under ``tie``.
    """
    columns = _columns(edge.attributes for edge in flat.edges)
    weight = [column for column in columns if column == "weight"]
    rest = [column for column in columns if column != "weight"]
    nodes = {node.id: node for node in flat.nodes}
    names = [f"{end}_name_{language}" for end in ("source", "target") for language in ("zh", "en")]
    direction = "Directed" if flat.directed else "Undirected"
    header = ["Id", "Source", "Target", "Type", "Kind", "Label", *(["Weight"] if weight else []), *names, "key"]
    rows = (
        [edge.id, edge.source, edge.target, direction, edge.track, edge.label, *_cells(edge.attributes, weight)]
        + [cell for end in (edge.source, edge.target) for cell in _cells(nodes[end].attributes, ("zh", "en"))]
        + [edge.key, *_cells(edge.attributes, rest)]
        for edge in flat.edges
    )
    return csv_text([*header, *("tie" if column == "kind" else column for column in rest)], rows).encode()


WRITERS: Mapping[str, Callable[[Elements], Mapping[str, bytes]]] = {
    ".gexf": lambda flat: {".gexf": to_gexf(flat)},
    ".graphml": lambda flat: {".graphml": to_graphml(flat)},
    ".cyjs": lambda flat: {".cyjs": to_cyjs(flat)},
    ".csv": lambda flat: {".nodes.csv": to_csv_nodes(flat), ".edges.csv": to_csv_edges(flat)},
}


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _value(value: object) -> Value:
    if isinstance(value, tuple | list):
        return tuple(_clean(str(item)) for item in value)
    return value if isinstance(value, int | float) else _clean(str(value))


def _values(data: Mapping[str, Any]) -> dict[str, Value]:
    return {str(name): _value(value) for name, value in data.items()}


def _node(name: str, row: Row, language: str, positions: Mapping[str, tuple[float, float]], colours: Mapping[str, str]) -> Node:
    label = row.get(language) or row.get("zh") or row.get("en") or name
    return Node(name, str(label), row, positions.get(name), colours.get(str(row.get("type", "")), ""))


def _edges(graph: nx.MultiGraph[str]) -> Iterator[Edge]:
    order = list if graph.is_directed() else sorted
    found = [((*order(map(_clean, map(str, ends))), _clean(str(key))), _values(data)) for *ends, key, data in graph.edges(keys=True, data=True)]
    ids: set[str] = set()
    tracks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (source, target, key), row in sorted(found, key=lambda edge: edge[0]):
        name = _free(f"{source}:{target}:{NOT_IN_ID.sub('_', key)}", ids, "_")
        label = str(row.get("predicate") or row.get("kind") or key)
        yield Edge(name, source, target, key, label, _free(label, tracks[source, target], " "), row)


def _free(name: str, taken: set[str], mark: str) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}{mark}{number}"
    taken.add(free)
    return free


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _text(value: Value) -> str:
    return "|".join(value) if isinstance(value, tuple) else str(value)


def _joined(row: Row) -> dict[str, Value]:
    return {name: _text(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _cells(row: Row, columns: Iterable[str]) -> list[str]:
    return [_text(row.get(column, "")) for column in columns]


def _type(values: Iterable[Value]) -> str:
    kinds = {type(value) for value in values}
    return "integer" if kinds == {int} else "double" if kinds <= {int, float} else "string"


def _declare(graph: ET.Element, kind: str, rows: Sequence[Row]) -> None:
    declared = ET.SubElement(graph, "attributes", {"class": kind})
    for name in _columns(rows):
        ET.SubElement(declared, "attribute", {"id": name, "title": name, "type": _type(row[name] for row in rows if name in row)})


def _attvalues(element: ET.Element, row: Row) -> None:
    values = ET.SubElement(element, "attvalues")
    for name, value in row.items():
        ET.SubElement(values, "attvalue", {"for": name, "value": _text(value)})


def _gexf_columns(edge: Edge) -> Row:
    """Return the columns of an edge; networkx reads the key from the one that it names ``networkx_key``, and fails on ``key``."""
    return {"networkx_key": edge.key, **{name: value for name, value in edge.attributes.items() if name not in GEXF_OWN}}


def _gexf_node(nodes: ET.Element, node: Node) -> None:
    element = ET.SubElement(nodes, "node", {"id": node.id, "label": node.label})
    _attvalues(element, node.attributes)
    if node.colour:
        channels = {name: str(int(node.colour[place : place + 2], 16)) for name, place in (("r", 1), ("g", 3), ("b", 5))}
        ET.SubElement(element, "viz:color", channels)
    if node.position:
        ET.SubElement(element, "viz:position", {"x": str(node.position[0]), "y": str(node.position[1])})


def _gexf_edge(edges: ET.Element, edge: Edge) -> None:
    known = {"id": edge.id, "source": edge.source, "target": edge.target, "label": edge.label, "kind": edge.track}
    own = {name: _text(edge.attributes.get(column, "")) for column, name in GEXF_OWN.items()}
    # An unknown bound or weight is left out: an empty one is no date and no number.
    element = ET.SubElement(edges, "edge", known | {name: value for name, value in own.items() if value})
    _attvalues(element, _gexf_columns(edge))


def _cyjs_node(node: Node) -> dict[str, Any]:
    data = {"data": {"id": node.id, "value": node.id, "name": node.label, **node.attributes}}
    # In Cytoscape y points down; the difference, unlike the negation, is never -0.0.
    return data if node.position is None else data | {"position": {"x": node.position[0], "y": 0 - node.position[1]}}


def _cyjs_edge(edge: Edge) -> dict[str, Any]:
    return {"id": edge.id, "source": edge.source, "target": edge.target, "key": edge.key, "interaction": edge.label, **edge.attributes}
