"""``network.html``: one file that opens from disk, offline, drawn by pyvis (vis-network) with a template of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import networkx as nx
from jinja2 import Environment, PackageLoader

from withwhom.compile import FACTUAL
from withwhom.facts import Facts
from withwhom.names import EXPANSIONS, loose, romanized
from withwhom.network import network, positions
from withwhom.readable import Reader
from withwhom.records import Records, Statement
from withwhom.text import normal
from withwhom.workspace import Settings

# Relations that are drawn when the page opens; the others are there, one click away.
SHOWN_AT_FIRST = ("partnersWith", "takesPartIn", "funds", "supervises", "memberOf")


def page(reader: Reader, facts: Facts, settings: Settings) -> str:
    """Return the page.

    Args:
        reader: the records in words; quoted passages are on the page where it has the texts.
        facts: the figures of the build.
        settings: title and version of the graph.
    """
    from pyvis.network import Network

    graph = network(reader.records, reader.ontology)
    drawing = Network(directed=True, cdn_resources="in_line")
    drawing.nodes = list(_nodes(reader, graph))
    drawing.edges = list(_edges(reader, graph))
    drawing.set_options(json.dumps(OPTIONS))
    environment = Environment(loader=PackageLoader("withwhom"), autoescape=True)
    environment.filters["data"] = script_data
    environment.globals.update(
        settings=settings,
        expansions=EXPANSIONS,
        library=_vis_network(),
        statements={s.reference: _statement(reader, s) for s in reader.records.statements if s.object},
        relations={name: reader.ontology.predicates[name].labels for name in facts.by_relation if name != "achieves"},
        classes={name: {"colour": c.colour, **c.labels} for name, c in reader.ontology.classes.items() if any(n == name for _, n in graph.nodes(data="type"))},
        shown=SHOWN_AT_FIRST,
        sources=[source.title for source in reader.records.sources],
        quoted=sorted(reader.records.texts),
    )
    drawing.templateEnv = environment
    drawing.path = "network.html"
    return str(drawing.generate_html("network.html"))


# The best-connected nodes are labelled from afar, the others when one comes near.
LABELLED, LABEL_SIZES = 16, (96, 26)
OPTIONS: Mapping[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "tooltipDelay": 120, "navigationButtons": False, "keyboard": {"enabled": True, "bindToWindow": False}},
    "nodes": {
        "font": {"size": 16, "face": "sans-serif"},
        "scaling": {"min": 20, "max": 110, "label": {"enabled": False, "drawThreshold": 10}},
    },
    "edges": {"smooth": False, "color": {"opacity": 0.55}, "arrows": {"to": {"scaleFactor": 0.4}}, "selectionWidth": 3},
}


def script_data(value: object) -> str:
    """Return JSON that cannot end a script element, whatever the names in it."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # every character that HTML gives a meaning to is escaped above


def _vis_network() -> str:
    folder = files("pyvis") / "lib" / "vis-9.1.2"
    return (Path(str(folder)) / "vis-network.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")


def _nodes(reader: Reader, graph: nx.MultiDiGraph[str]) -> Iterator[dict[str, Any]]:
    places = positions(graph)
    searched = search_forms(reader.records)
    ranked = sorted(graph, key=lambda node: (-graph.degree(node), node))
    sizes = {node: LABEL_SIZES[0] if rank < LABELLED else LABEL_SIZES[1] for rank, node in enumerate(ranked)}
    for node, kind in sorted(graph.nodes(data="type")):
        drawn = reader.ontology.classes[kind]
        x, y = places[node]
        yield {
            "id": node,
            "zh": reader.name(node, "zh"),
            "en": reader.name(node, "en"),
            "type": kind,
            "color": drawn.colour,
            "shape": drawn.symbol,
            "value": graph.degree(node),
            "names": searched[node],
            "size": sizes[node],
            "x": x,
            "y": y,
        }


def search_forms(records: Records) -> Mapping[str, str]:
    """Return what the page's search looks through, by entity: every name, also without 省 and 市, in Traditional and as pinyin."""
    from opencc import OpenCC

    traditional = OpenCC("s2t")
    forms: dict[str, set[str]] = {entity.id: {entity.id, entity.name_zh, entity.name_en} for entity in records.entities}
    for row in records.names:
        forms[row.entity].add(row.name)
    found = {}
    for entity, names in forms.items():
        every = {form for name in names for form in (normal(name), loose(name), romanized(name), traditional.convert(normal(name)))}
        found[entity] = "\n".join(sorted(every))
    return found


def _edges(reader: Reader, graph: nx.MultiDiGraph[str]) -> Iterator[dict[str, Any]]:
    statements = {statement.reference: statement for statement in reader.records.statements}
    for number, (start, end, predicate, data) in enumerate(sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])):
        known = reader.ontology.predicates[predicate]
        told = [statements[reference] for reference in data["statements"]]
        yield {
            "id": number,
            "from": start,
            "to": end,
            "relation": data["relation"],
            "zh": known.labels["zh"],
            "en": known.labels["en"],
            "statements": data["statements"],
            "dashes": _dashes(told),
            "arrows": "" if known.symmetric else "to",
        }


def _dashes(told: list[Statement]) -> list[int] | bool:
    """Draw what is only planned or applied for as dots, what is only inferred as dashes, all else solid."""
    factual = [statement for statement in told if statement.get("status") in FACTUAL]
    if not factual:
        return [2, 6]
    return [10, 6] if all(statement.get("certainty") == "inferred" for statement in factual) else False


def _statement(reader: Reader, statement: Statement) -> dict[str, str]:
    return {
        "zh": reader.sentence(statement, "zh"),
        "en": reader.sentence(statement, "en"),
        "evidence_zh": reader.evidence(statement, "zh"),
        "evidence_en": reader.evidence(statement, "en"),
        "quote": reader.quote(statement),
    }
