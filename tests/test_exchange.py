"""A file for another tool loses nothing: every format, read back by that tool's library, gives the graph it was made from."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networkx.readwrite import gexf as networkx_gexf

from withwhom.exchange import GEXF, WRITERS, elements, to_files
from withwhom.network import read_network
from withwhom.spreadsheet import FORMULA, harmless
from withwhom.ties import KINDS, claims_graph, ties, ties_graph

quick = settings(deadline=None, derandomize=True, database=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

DOCS = Path(__file__).parent.parent / "docs" / "files.md"
OLDER_GEXF = "http://www.gexf.net/1.2draft"
HOSTILE = (
    "<script>alert('&amp;')</script>",
    "a & b \"quoted\" 'twice' ]]> <!-- <?xml ?>",
    "\u202eright to left\u202c \u200f\u200bעברית",
    "名" * 10_000,
    "=HYPERLINK(1)",
    "+1\n-2\t@x",
    "  two  spaces \u00a0\u2028\u0085 ",
    "bell \x07 and nul \x00 and \ufffe",
    "lone \ud800 surrogate",
    "line\r\nend\rs",
    "😀 | comma, semicolon; \\",
)

Row = Mapping[str, Any]


def plain(text: str) -> str:
    """Return a text as files carry it: what the production Char of XML 1.0 allows, and single line feeds."""
    spans = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\t\n" or any(low <= ord(c) <= high for low, high in spans))


@dataclass(frozen=True)
class Told:
    """What a graph says: its nodes by id with label and attributes, and its edges, parallel ones counted."""

    directed: bool
    nodes: Mapping[str, Row]
    edges: Counter[tuple[Any, ...]]


def edge(source: object, target: object, key: object, row: Row) -> tuple[Any, ...]:
    """Return an edge that can be counted and compared, however its format writes lists."""
    values = {
        name: tuple(filter(None, value.split("|"))) if name in ("statements", "programs") and isinstance(value, str) else value for name, value in row.items()
    }
    return source, target, key, *sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in values.items())


def told(graph: nx.MultiGraph[str], cell: Callable[[Any], Any]) -> Told:
    """Return what a graph says, each value as its format writes it."""
    nodes = {}
    for name, data in graph.nodes(data=True):
        row = {attribute: plain(value) for attribute, value in data.items()}
        nodes[name] = {attribute: cell(value) for attribute, value in (row | {"label": row["zh"] or row["en"] or name}).items()}
    edges: Counter[tuple[Any, ...]] = Counter()
    for start, stop, key, data in graph.edges(keys=True, data=True):
        a, b = (start, stop) if graph.is_directed() else sorted((start, stop))
        values = {name: cell(plain(value) if isinstance(value, str) else value) for name, value in data.items()}
        edges[edge(a, b, cell(key), values)] += 1
    return Told(graph.is_directed(), nodes, edges)


def read_gexf(content: bytes, *, older: bool = False) -> nx.MultiGraph[str]:
    """Read GEXF by networkx, where it does not know version 1.3 by way of the older namespace."""
    if older or "1.3" not in networkx_gexf.GEXF.versions:
        return nx.read_gexf(io.BytesIO(content.replace(GEXF.encode(), OLDER_GEXF.encode(), 2)), version="1.2draft")
    return nx.read_gexf(io.BytesIO(content), version="1.3")


def from_gexf(files: Mapping[str, bytes]) -> Told:
    """Return what a GEXF file says: dates and weights are attributes of the element."""
    graph = read_gexf(files["net.gexf"])
    nodes = {name: {key: value for key, value in data.items() if key != "viz"} for name, data in graph.nodes(data=True)}
    edges: Counter[tuple[Any, ...]] = Counter()
    for source, target, key, data in graph.edges(keys=True, data=True):
        row = {"since": "", "until": "", **{{"start": "since", "end": "until"}.get(name, name): value for name, value in data.items()}}
        a, b = (source, target) if graph.is_directed() else sorted((source, target))
        edges[edge(a, b, key, {name: value for name, value in row.items() if name not in ("id", "label")})] += 1
    return Told(graph.is_directed(), nodes, edges)


def from_graphml(files: Mapping[str, bytes]) -> Told:
    """Return what a GraphML file says: the key is an attribute of the edge."""
    graph = nx.read_graphml(io.BytesIO(files["net.graphml"]), edge_key_type=str, force_multigraph=True)
    edges: Counter[tuple[Any, ...]] = Counter()
    for source, target, data in graph.edges(data=True):
        a, b = (source, target) if graph.is_directed() else sorted((source, target))
        edges[edge(a, b, data["key"], {name: value for name, value in data.items() if name not in ("id", "key", "label")})] += 1
    return Told(graph.is_directed(), dict(graph.nodes(data=True)), edges)


def from_cyjs(files: Mapping[str, bytes]) -> Told:
    """Return what a Cytoscape JSON file says: labels are ``name`` and ``interaction``."""
    graph = nx.cytoscape_graph(json.loads(files["net.cyjs"]))
    nodes = {
        name: {"label" if key == "name" else key: value for key, value in data.items() if key not in ("id", "value")} for name, data in graph.nodes(data=True)
    }
    own = {"id", "source", "target", "key", "interaction"}
    edges = Counter(
        edge(data["source"], data["target"], key, {n: v for n, v in data.items() if n not in own}) for *_, key, data in graph.edges(keys=True, data=True)
    )
    return Told(graph.is_directed(), nodes, edges)


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a table."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def from_csv(files: Mapping[str, bytes]) -> Told:
    """Return what a pair of tables says, read by csv and made a graph by networkx; the names of the ends are those of the nodes."""
    nodes = {row["Id"]: {"label" if key == "Label" else key: value for key, value in row.items() if key != "Id"} for row in rows_of(files["net.nodes.csv"])}
    rows = rows_of(files["net.edges.csv"])
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(nodes)
    directed = not any(row["Type"] == "Undirected" for row in rows)
    own = {"Id", "Source", "Target", "Type", "Kind", "Label", "key", *(f"{end}_name_{language}" for end in ("source", "target") for language in ("zh", "en"))}
    for row in rows:
        assert [row[f"{end.lower()}_name_{language}"] for end in ("Source", "Target") for language in ("zh", "en")] == [
            nodes[row[end]][language] for end in ("Source", "Target") for language in ("zh", "en")
        ]
        graph.add_edge(row["Source"], row["Target"], row["key"], **{name: value for name, value in row.items() if name not in own})
    spelt = {"tie": "kind", "Weight": "weight"}
    edges = Counter(edge(a, b, key, {spelt.get(name, name): value for name, value in data.items()}) for a, b, key, data in graph.edges(keys=True, data=True))
    return Told(directed, {name: nodes[name] for name in graph}, edges)


def in_cell(value: object) -> object:
    """Return a value as a cell of a table shows it."""
    if isinstance(value, tuple):
        return tuple(filter(None, harmless("|".join(value)).split("|")))
    return harmless(str(value))


READERS: Mapping[str, tuple[Callable[[Mapping[str, bytes]], Told], Callable[[Any], Any]]] = {
    ".gexf": (from_gexf, lambda value: value),
    ".graphml": (from_graphml, lambda value: value),
    ".cyjs": (from_cyjs, lambda value: value),
    ".csv": (from_csv, in_cell),
}

ANY_TEXT = st.one_of(st.text(st.characters(), max_size=20), st.sampled_from(HOSTILE[:2] + HOSTILE[4:]))
# Few letters, so that keys meet after what an id cannot hold is replaced.
KEYS = st.text("a_/ =é", min_size=1, max_size=4)
SLUGS = st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,2})?", fullmatch=True)
REFERENCES = st.lists(st.builds("{}/{}".format, SLUGS, SLUGS), max_size=3).map(tuple)
DAYS = st.one_of(st.just(""), st.dates(date(1900, 1, 1)).map(date.isoformat))
STATUSES = st.sampled_from(("", "planned", "denied"))
TIES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "rule": ANY_TEXT,
        "certainty": st.sampled_from(("explicit", "inferred")),
        "status": STATUSES,
        "strength": st.integers(1, 9),
        "weight": st.floats(1e-6, 1e6),
        "statements": REFERENCES,
        "programs": st.lists(SLUGS, max_size=3).map(tuple),
        "since": DAYS,
        "until": DAYS,
    }
)
CLAIMS = st.fixed_dictionaries(
    dict.fromkeys(("amount", "zh", "en"), ANY_TEXT) | {"predicate": st.sampled_from(("funds", "partOf")), "status": STATUSES, "since": DAYS, "until": DAYS}
)


@st.composite
def graphs(draw: st.DrawFn, rows: st.SearchStrategy[dict[str, Any]], maker: Callable[[], nx.MultiGraph[str]]) -> nx.MultiGraph[str]:
    """Draw a graph with isolates and at least one pair of parallel edges; networkx forgets the keys of a graph without one."""
    graph = maker()
    names = draw(st.lists(SLUGS, min_size=2, max_size=6, unique=True))
    for name in names:
        graph.add_node(name, type=draw(ANY_TEXT), zh=draw(ANY_TEXT), en=draw(ANY_TEXT), collective=draw(st.sampled_from(("", "true"))))
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names))
    for a, b in [(names[0], names[1])] * 2 + draw(st.lists(ends, max_size=6)):
        graph.add_edge(a, b, draw(KEYS) + "~" * graph.number_of_edges(a, b), **draw(rows))
    return graph


TIES_GRAPHS = graphs(TIES, nx.MultiGraph)
CLAIMS_GRAPHS = graphs(CLAIMS, nx.MultiDiGraph)


def tie(**other: object) -> dict[str, Any]:
    """Return what a tie says, a few things of it otherwise."""
    usual = {"kind": "said", "rule": "", "certainty": "explicit", "status": "", "strength": 2, "weight": 2.0, "statements": ("s/a", "s/b"), "programs": ()}
    return {**usual, "since": "", "until": "", **other}


def small(**names: str) -> nx.MultiGraph[str]:
    """Return a graph of three bodies, two of them tied three times, one alone; ``names`` gives Chinese names by id."""
    graph = nx.MultiGraph()
    for name in ("b", "a", "alone"):
        graph.add_node(name, type="Charity", zh=names.get(name, f"名{name}"), en="", collective="")
    graph.add_edge("b", "a", "said explicit", **tie(since="2019-03-01", until="2020-12-31"))
    graph.add_edge("b", "a", "said inferred", **tie(certainty="inferred", since="2021-01-01"))
    graph.add_edge("a", "b", "same program explicit", **tie(kind="same program", weight=0.25, programs=("p", "q")))
    return graph


@pytest.mark.parametrize("suffix", READERS)
@quick
@given(graph=TIES_GRAPHS)
def test_ties_survive_every_format(suffix: str, graph: nx.MultiGraph[str]) -> None:
    """Nodes with and without edges, parallel ties and all that they say come back from every format."""
    read, cell = READERS[suffix]
    assert read(to_files(graph, f"net{suffix}")) == told(graph, cell)


@pytest.mark.parametrize("suffix", READERS)
@quick
@given(graph=CLAIMS_GRAPHS)
def test_statements_survive_every_format(suffix: str, graph: nx.MultiGraph[str]) -> None:
    """Directed edges without weights come back in their direction."""
    read, cell = READERS[suffix]
    assert read(to_files(graph, f"net{suffix}")) == told(graph, cell)


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_survive(suffix: str, name: str) -> None:
    """Markup, quotes, writing direction, length and formulas change nothing but what XML cannot hold."""
    graph = small(a=name)
    read, cell = READERS[suffix]
    assert read(to_files(graph, f"net{suffix}")) == told(graph, cell)


def test_every_format_is_read_back() -> None:
    """A format without a reader here would not be tested."""
    assert set(READERS) == set(WRITERS)


@pytest.mark.parametrize("suffix", WRITERS)
@quick
@given(data=st.data())
def test_same_graph_same_bytes(suffix: str, data: st.DataObject) -> None:
    """The order in which a graph was put together, and which end of an undirected edge came first, do not show."""
    graph = data.draw(TIES_GRAPHS)
    other = nx.MultiGraph()
    other.add_nodes_from(data.draw(st.permutations(list(graph.nodes(data=True)))))
    other.add_edges_from((b, a, key, row) for a, b, key, row in data.draw(st.permutations(list(graph.edges(keys=True, data=True)))))
    assert to_files(other, f"net{suffix}") == to_files(graph, f"net{suffix}")


@pytest.mark.parametrize("suffix", WRITERS)
def test_argument_stays_as_it_was(suffix: str) -> None:
    """Writing a graph does not change it."""
    graph = small()
    graph.graph["id"] = "kept"
    before = copy.deepcopy(graph)
    to_files(graph, f"net{suffix}")
    assert nx.utils.graphs_equal(graph, before)


@pytest.mark.parametrize("suffix", WRITERS)
def test_empty_graph(suffix: str) -> None:
    """A graph without nodes, or without edges, is a file all the same."""
    assert all(to_files(nx.MultiDiGraph(), f"net{suffix}").values())
    lonely = nx.MultiGraph()
    lonely.add_node("a", type="Charity", zh="甲", en="", collective="")
    assert any("甲".encode() in content for content in to_files(lonely, f"net{suffix}").values())


@pytest.mark.parametrize(("name", "files"), [("ties.csv", {"ties.nodes.csv", "ties.edges.csv"}), ("a.b.gexf", {"a.b.gexf"}), ("x/ties.cyjs", {"x/ties.cyjs"})])
def test_files_are_named_after_what_was_asked(name: str, files: set[str]) -> None:
    """Tables are two files, every other format is one."""
    assert {Path(path).as_posix() for path in to_files(small(), name)} == files


@pytest.mark.parametrize("name", ["ties", "ties.xlsx", "ties.GEXF"])
def test_unknown_format(name: str) -> None:
    """A suffix that no format has is refused with the list of those that there are."""
    with pytest.raises(ValueError, match=re.escape(".gexf, .graphml, .cyjs, .csv")):
        to_files(small(), name)


@quick
@given(graph=st.one_of(TIES_GRAPHS, CLAIMS_GRAPHS))
def test_ids_and_tracks_tell_edges_apart(graph: nx.MultiGraph[str]) -> None:
    """An edge id is unique in the graph and an NMTOKEN (GraphML); between two ends no track comes twice (Gephi)."""
    edges = elements(graph).edges
    assert all(count == 1 for count in Counter(edge.id for edge in edges).values())
    assert all(re.fullmatch(r"[A-Za-z0-9._:-]+", edge.id) for edge in edges)
    assert all(count == 1 for count in Counter((edge.source, edge.target, edge.track) for edge in edges).values())


def test_ids_do_not_depend_on_other_edges() -> None:
    """An edge keeps its id when others come or go, so that a tool can match two exports."""
    less = small()
    less.remove_edge("a", "b", "said explicit")
    kept = {edge.key: edge.id for edge in elements(less).edges}
    assert kept.items() < {edge.key: edge.id for edge in elements(small()).edges}.items()


def test_label_falls_back() -> None:
    """A label is the name in the language, else the other name, else the id."""
    graph = nx.MultiGraph()
    graph.add_nodes_from([("a", {"zh": "甲", "en": "A"}), ("b", {"zh": "乙", "en": ""}), ("c", {"zh": "", "en": ""})])
    assert [[node.label for node in elements(graph, language=language).nodes] for language in ("zh", "en")] == [["甲", "乙", "c"], ["A", "乙", "c"]]


# GEXF: what https://gexf.net/1.3/gexf.rnc, dynamics.rnc and viz.rnc say of the elements that are used: attributes that must and may stand.
GEXF_RULES: Mapping[str, tuple[set[str], set[str], Sequence[str]]] = {
    "gexf": ({"version"}, set(), ("meta", "graph")),
    "meta": (set(), set(), ("creator",)),
    "creator": (set(), set(), ()),
    "graph": ({"defaultedgetype", "mode"}, {"timeformat"}, ("attributes", "attributes", "nodes", "edges")),
    "attributes": ({"class"}, set(), ("attribute",)),
    "attribute": ({"id", "title", "type"}, set(), ()),
    "nodes": (set(), set(), ("node",)),
    "edges": (set(), set(), ("edge",)),
    "node": ({"id", "label"}, set(), ("attvalues", "viz:color", "viz:position")),
    "edge": ({"id", "source", "target", "label", "kind"}, {"weight", "start", "end"}, ("attvalues",)),
    "attvalues": (set(), set(), ("attvalue",)),
    "attvalue": ({"for", "value"}, set(), ()),
    "viz:color": ({"r", "g", "b"}, set(), ()),
    "viz:position": ({"x", "y"}, set(), ()),
}


def name_of(element: ET.Element) -> str:
    """Return the name of an element of GEXF or of its viz module; any other namespace stays visible."""
    return element.tag.replace(f"{{{GEXF}/viz}}", "viz:").replace(f"{{{GEXF}}}", "")


def check_gexf(content: bytes) -> ET.Element:
    """Assert that a file keeps the rules of GEXF 1.3, and return its root."""
    root = ET.fromstring(content)  # noqa: S314  # a file that this test made
    for element in root.iter():
        required, optional, children = GEXF_RULES[name_of(element)]
        assert required <= set(element.attrib) <= required | optional, element.attrib
        places = [children.index(name_of(child)) for child in element]
        assert all(before <= after for before, after in pairwise(places))
    check_values(root)
    return root


def check_values(root: ET.Element) -> None:
    """Assert that ids are unique, that references meet what they name, and that values have the types that are declared."""
    spaces = {"g": GEXF}
    nodes, edges = root.findall(".//g:node", spaces), root.findall(".//g:edge", spaces)
    for found in (nodes, edges):
        assert all(count == 1 for count in Counter(element.get("id") for element in found).values())
    assert {element.get(end) for element in edges for end in ("source", "target")} <= {element.get("id") for element in nodes}
    parses: Mapping[str, Callable[[str], object]] = {"string": str, "integer": int, "double": float}
    for kind, found in (("node", nodes), ("edge", edges)):
        types = {declared.get("id"): parses[declared.attrib["type"]] for declared in root.findall(f".//g:attributes[@class='{kind}']/g:attribute", spaces)}
        for value in (value for element in found for value in element.findall("g:attvalues/g:attvalue", spaces)):
            types[value.get("for")](value.attrib["value"])
    for element in edges:
        assert all(date.fromisoformat(element.attrib[bound]) for bound in ("start", "end") if bound in element.attrib)
        float(element.get("weight", "1"))
    graph = root.find("g:graph", spaces)
    assert graph is not None
    assert (graph.get("mode") == "dynamic") == (graph.get("timeformat") == "date") == any({"start", "end"} & set(element.attrib) for element in edges)


@quick
@given(graph=st.one_of(TIES_GRAPHS, CLAIMS_GRAPHS))
def test_gexf_keeps_the_rules_of_its_version(graph: nx.MultiGraph[str]) -> None:
    """Element order, required attributes, unique ids, declared types and dates are those of GEXF 1.3."""
    check_gexf(to_files(graph, "net.gexf", positions={"a": (1.5, -2)}, colours={"": "#000000"})["net.gexf"])


def test_gexf_leaves_out_unknown_bounds() -> None:
    """An empty date is an open bound, not an empty attribute; a graph without dates is static."""
    root = check_gexf(to_files(small(), "net.gexf")["net.gexf"])
    bounds = [(element.get("start"), element.get("end")) for element in root.iter(f"{{{GEXF}}}edge")]
    assert bounds == [("2019-03-01", "2020-12-31"), ("2021-01-01", None), (None, None)]
    graph = nx.MultiGraph()
    graph.add_edge("a", "b", "said explicit", **tie())
    assert check_gexf(to_files(graph, "net.gexf")["net.gexf"])[1].attrib == {"defaultedgetype": "undirected", "mode": "static"}


def test_gexf_kind_keeps_parallel_edges_apart() -> None:
    """Gephi merges parallel edges of one kind; the second of a kind gets a number."""
    root = check_gexf(to_files(small(), "net.gexf")["net.gexf"])
    assert [element.get("kind") for element in root.iter(f"{{{GEXF}}}edge")] == ["said", "said 2", "same program"]


def test_gexf_has_no_clock() -> None:
    """A file does not say when it was made."""
    content = to_files(small(), "net.gexf")["net.gexf"].decode()
    assert "lastmodifieddate" not in content
    assert str(date.today()) not in content  # noqa: DTZ011  # the day of any zone would be wrong


def test_gexf_is_read_by_older_networkx() -> None:
    """Under the older namespace a networkx before 3.6 reads the same nodes, keys, weights and dates."""
    content = to_files(small(), "net.gexf")["net.gexf"]
    assert nx.utils.graphs_equal(read_gexf(content, older=True), read_gexf(content))


def test_positions_and_colours() -> None:
    """A layout and the colours of classes are written where they are given; in Cytoscape y points down."""
    look: dict[str, Any] = {"positions": {"a": (1.5, -2.0), "b": (0.0, 0.0)}, "colours": {"Charity": "#0a80ff"}}
    nodes = read_gexf(to_files(small(), "net.gexf", **look)["net.gexf"]).nodes
    assert nodes["a"]["viz"] == {"position": {"x": 1.5, "y": -2.0, "z": 0.0}, "color": {"r": 10, "g": 128, "b": 255, "a": 1.0}}
    assert "position" in nodes["b"]["viz"]
    assert "position" not in nodes["alone"]["viz"]
    drawn = json.loads(to_files(small(), "net.cyjs", **look)["net.cyjs"])["elements"]["nodes"]
    assert [node.get("position") for node in drawn] == [{"x": 1.5, "y": 2.0}, None, {"x": 0.0, "y": 0.0}]


def test_graphml_has_typed_attributes() -> None:
    """Weights are numbers to every reader of GraphML, not text."""
    root = ET.fromstring(to_files(small(), "net.graphml")["net.graphml"])  # noqa: S314  # a file that this test made
    types = {key.get("attr.name"): key.get("attr.type") for key in root if key.get("for") == "edge"}
    assert (types["weight"], types["strength"], types["since"]) == ("double", "long", "string")


def test_graphml_ids_are_those_of_the_elements() -> None:
    """The XML id of an edge (yEd, Gephi) and the column (igraph) are the same, and networkx takes it as the key."""
    graph = nx.read_graphml(io.BytesIO(to_files(small(), "net.graphml")["net.graphml"]), edge_key_type=str)
    assert [(key, data["id"]) for *_, key, data in graph.edges(keys=True, data=True)] == [(edge.id, edge.id) for edge in elements(small()).edges]


def test_cyjs_is_what_cytoscape_reads() -> None:
    """Nodes and edges have text ids of their own, names and interactions; lists stay lists."""
    found = json.loads(to_files(small(), "net.cyjs")["net.cyjs"])["elements"]
    ids = [element["data"]["id"] for kind in ("nodes", "edges") for element in found[kind]]
    assert len(ids) == len(set(ids)) == 6
    assert ids[:3] == ["a", "alone", "b"]
    assert [(element["data"]["source"], element["data"]["target"]) for element in found["edges"]] == [("a", "b")] * 3
    assert found["edges"][0]["data"]["statements"] == ["s/a", "s/b"]
    assert [element["data"]["interaction"] for element in found["edges"]] == ["said", "said", "same program"]


def test_tables_are_what_gephi_and_spreadsheets_read() -> None:
    """The columns that Gephi knows come first, none comes twice in any case, and the file opens in Excel."""
    files = to_files(small(a="=1+1"), "net.csv")
    for content in files.values():
        header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len({column.lower() for column in header}) == len(header)
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\r\n") == content.count(b"\n") == 4
    nodes, edges = rows_of(files["net.nodes.csv"]), rows_of(files["net.edges.csv"])
    assert list(nodes[0]) == ["Id", "Label", "type", "zh", "en", "collective"]
    assert list(edges[0])[:8] == ["Id", "Source", "Target", "Type", "Kind", "Label", "Weight", "source_name_zh"]
    assert not [cell for row in (*nodes, *edges) for cell in row.values() if cell.startswith(FORMULA)]
    assert [row["Kind"] for row in edges] == ["said", "said 2", "same program"]
    assert {row["Type"] for row in edges} == {"Undirected"}
    assert {row["Type"] for row in rows_of(to_files(nx.MultiDiGraph(small()), "net.csv")["net.edges.csv"])} == {"Directed"}


@pytest.fixture(scope="module")
def shipped_graphs(shipped_build: Path) -> list[nx.MultiGraph[str]]:
    """Return the ties and the statements of the shipped workspace as graphs."""
    network = read_network(shipped_build)
    return [ties_graph(network, ties(network)), claims_graph(network)]


@pytest.mark.parametrize("suffix", READERS)
def test_shipped_network_survives(suffix: str, shipped_graphs: list[nx.MultiGraph[str]]) -> None:
    """The shipped network, both as ties and as statements, comes back from every format."""
    read, cell = READERS[suffix]
    for graph in shipped_graphs:
        found, expected = read(to_files(graph, f"net{suffix}")), told(graph, cell)
        assert found.nodes == expected.nodes
        assert found.edges.total() == graph.number_of_edges() > 100
        assert found.edges == expected.edges


def test_own_names_do_not_clash(shipped_graphs: list[nx.MultiGraph[str]]) -> None:
    """No attribute of the graphs has a name that the formats use themselves, so none hides another."""
    own = {"id", "label", "source", "target", "key", "name", "value", "interaction", "networkx_key", "tie", "start", "end"}
    for graph in shipped_graphs:
        assert not own & {name for _, data in graph.nodes(data=True) for name in data}
        assert not own & {name for *_, data in graph.edges(data=True) for name in data}


def test_docs_name_every_attribute(shipped_graphs: list[nx.MultiGraph[str]]) -> None:
    """The page on files says what every suffix is for and what every attribute means."""
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[0])}
    carried = {name for graph in shipped_graphs for *_, data in (*graph.nodes(data=True), *graph.edges(data=True)) for name in data}
    assert carried | set(WRITERS) <= named
