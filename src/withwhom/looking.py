"""The command ``network``: a page, a picture, a file for another tool, or the measures of the network."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from withwhom.asking import STATUSES, answered, options_of
from withwhom.binding import BindingError
from withwhom.engine import Cell
from withwhom.knowledge import KnowledgeBase
from withwhom.knowledge import open as open_graph
from withwhom.network import Network, around, read_network
from withwhom.output import write_whole
from withwhom.words import say

if TYPE_CHECKING:
    import networkx as nx

    from withwhom.measures import NetworkMeasures

VIEWS = {"organizations": "ties", "programs": "programs", "money": "money"}
KINDS = ("said", "by-rule", "same-program")
KEYS = {"said": "said", "by rule": "rule", "same program": "same"}
# Bridges that are named with their statements; of a large network there are thousands.
BRIDGES = 40
SUFFIXES = (".html", ".svg", ".gexf", ".graphml", ".cyjs", ".csv")


def add_network(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``network``."""
    command.set_defaults(command=network, limit=None, timeout=None)
    command.add_argument("--focus", metavar="NAME", help=say("help-focus", language))
    command.add_argument("--depth", type=int, choices=range(1, 5), metavar="N", default=1, help=say("help-depth", language))
    command.add_argument("--view", choices=VIEWS, default="organizations", help=say("help-view", language))
    command.add_argument("--money", metavar="KIND", default="", help=say("help-money", language))
    command.add_argument("--kinds", metavar="LIST", default="said,by-rule", help=say("help-kinds", language))
    command.add_argument("--out", type=Path, metavar="FILE", help=say("help-network-out", language))
    command.add_argument("--svg", action="store_true", help=say("help-svg", language))
    command.add_argument("--measures", action="store_true", help=say("help-measures", language))
    command.add_argument("--quotes", choices=("all", "none"), default="all", help=say("help-quotes", language))
    command.add_argument("--status", metavar="LIST", help=say("help-status", language))
    command.add_argument("--explicit-only", action="store_true", help=say("help-explicit-only", language))
    command.add_argument("--stated-only", action="store_true", help=say("help-stated-only", language))
    command.add_argument("--format", choices=("table", "csv", "tsv", "json", "jsonl", "md", "html", "xlsx"), help=say("help-answer-format", language))
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))


def network(given: argparse.Namespace) -> int:
    """Write the network of a build, or of what lies around one entity, in the form that the options or the file name ask for."""
    kb = open_graph(given.workspace)
    whole, focus = kb.whole(lambda: _read(given, kb))
    part = around(whole, focus, given.depth) if focus else whole
    shown = part if given.quotes == "all" else part.without_quotes()
    if given.measures:
        return _measures(given, kb, whole, {body.id for body in shown.bodies})
    if given.money:
        _check_money(given.money, whole)
    name = given.out or Path("-".join(filter(None, ("network", focus))) + (".svg" if given.svg else ".html"))
    if name.suffix not in SUFFIXES or (given.svg and name.suffix != ".svg"):
        raise BindingError("bad-extension", value=name.suffix, known=".svg" if given.svg else ", ".join(SUFFIXES))
    for path, content in _files(given, shown, name, focus).items():
        write_whole(Path(path), content)
        print(say("written", given.lang, path=str(path)))
    return 0


def _read(given: argparse.Namespace, kb: KnowledgeBase) -> tuple[Network, str]:
    """Return the network of a build, and the id of the entity in the middle, if one is asked for."""
    focus = kb.names.resolve(given.focus, guess=options_of(given).guess).entity if given.focus else ""
    return read_network(kb.folder), focus


def _check_money(money: str, whole: Network) -> None:
    from withwhom.evidence_list import money_kinds

    kinds = money_kinds(whole)
    if money not in kinds:
        raise BindingError("bad-money", value=repr(money), known=", ".join(kinds))


def _files(given: argparse.Namespace, shown: Network, name: Path, focus: str) -> Mapping[str, bytes]:
    """Return the files to write, by path."""
    if name.suffix == ".html":
        from withwhom.page import page

        return {str(name): page(shown, start=_start(given, shown, focus)).encode("utf-8")}
    if name.suffix == ".svg":
        return _picture(given, shown, name)
    from withwhom.exchange import to_files
    from withwhom.page import places

    colours = {kind: known["colour"] for kind, known in shown.classes.items()}
    up = {body: (float(x), float(-y)) for body, (x, y) in places(shown, VIEWS[given.view]).items()}
    return to_files(_graph(given, shown), str(name), language=given.lang, positions=up, colours=colours)


def _start(given: argparse.Namespace, shown: Network, focus: str) -> str:
    """Return the address on which a page opens: the view, the middle, and the filters that the options ask for."""
    view = VIEWS[given.view]
    bodies = {body.id: body for body in shown.bodies}
    if focus and view == "ties" and shown.kind(bodies[focus]) != "organization":
        view = "programs"  # it is no organization, and would stand there alone
    parts = {"view": view, "money": quote(given.money, safe=""), "focus": focus, "depth": str(given.depth) if focus else "", "select": focus}
    parts["kinds"] = ",".join(KEYS[kind] for kind in _kinds(given)) if given.kinds != "said,by-rule" or given.stated_only else ""
    parts["statuses"] = ",".join(sorted(status or "none" for status in _statuses(given))) if given.status else ""
    parts["certainties"] = "explicit" if given.explicit_only else ""
    return "#" + "&".join(f"{key}={value}" for key, value in parts.items() if value)


def _picture(given: argparse.Namespace, shown: Network, name: Path) -> Mapping[str, bytes]:
    from withwhom.picture import evidence_csv, evidence_html, picture

    drawn = _counted(given, shown) if given.status or given.explicit_only else shown  # by itself a picture shows what is planned, dotted
    made = picture(drawn, view=VIEWS[given.view], language=given.lang, kinds=_kinds(given), money=given.money)
    texts = {
        name: made.svg,
        name.with_suffix(".evidence.html"): evidence_html(drawn, made, given.lang),
        name.with_suffix(".evidence.csv"): evidence_csv(drawn, made, given.lang),
    }
    return {str(path): text.encode("utf-8") for path, text in texts.items()}


def _kinds(given: argparse.Namespace) -> list[str]:
    wanted = [word.strip().replace(" ", "-") for word in given.kinds.split(",")]
    for word in wanted:
        if word not in KINDS:
            raise BindingError("bad-kind", value=repr(word), known=", ".join(KINDS))
    return [kind.replace("-", " ") for kind in KINDS if kind in wanted and not (given.stated_only and kind == "by-rule")]


def _statuses(given: argparse.Namespace) -> set[str]:
    chosen = options_of(given).statuses or tuple(status for status in STATUSES if status in ("done", "ongoing", "none"))
    return {"" if status == "none" else status for status in chosen}


def _counted(given: argparse.Namespace, shown: Network) -> Network:
    """Return the network with the statements that count."""
    statuses = _statuses(given)
    return replace(shown, claims=[claim for claim in shown.claims if claim.status in statuses and not (given.explicit_only and claim.certainty != "explicit")])


def _graph(given: argparse.Namespace, shown: Network) -> nx.MultiGraph[str]:
    """Return what a view shows as a graph: ties, or statements."""
    from withwhom.ties import claims_graph, ties, ties_graph
    from withwhom.totals import FUNDING

    counted = _counted(given, shown)
    if given.view == "organizations":
        return ties_graph(counted, ties(counted, kinds=_kinds(given), statuses=_statuses(given)))
    if given.view == "programs":
        return claims_graph(counted)
    graph = claims_graph(replace(counted, claims=[claim for claim in counted.claims if counted.relation(claim) == FUNDING]))
    graph.remove_nodes_from([node for node, degree in list(graph.degree()) if not degree])
    return graph


def _measures(given: argparse.Namespace, kb: KnowledgeBase, whole: Network, shown: set[str]) -> int:
    """Print the measures of the bodies in sight, taken from the whole network, and what is measured of the network itself."""
    from withwhom.measures import measures

    given.view = "organizations"
    found = measures(_graph(given, whole))
    kinds = [kind.replace(" ", "_") for kind in _kinds(given)]
    names = {body.id: body.zh if given.lang == "zh" else body.en for body in whole.bodies}
    columns = [*kinds, "degree", "weighted_degree", "betweenness", "effective_size", "articulation"]
    ranked = sorted((row for row in found.bodies if row.organization in shown), key=lambda row: (-row.degree, -row.weighted_degree, row.organization))
    rows: list[tuple[Cell, ...]] = [
        (
            *(kb.entity(row.organization), names[row.organization], whole.classes[row.type][given.lang]),
            *(getattr(row, column) if column == "articulation" else _number(getattr(row, column)) for column in columns),
            *((kb.entity(row.community_name), names[row.community_name]) if row.community_name else (None, None)),
        )
        for row in ranked
    ]
    heads = ("organization", "organizationLabel", "type", *columns, "community", "communityLabel")
    return answered(given, kb.answer(say("measures", given.lang), heads, rows, _summary(found.network, names, given.lang), given.lang))


def _number(value: float) -> Cell:
    return value if isinstance(value, int) else Decimal(f"{value:.4f}".rstrip("0").rstrip("."))


def _summary(found: NetworkMeasures, names: Mapping[str, str], language: str) -> list[str]:
    """Return what was measured of the whole network, in words: the figures, whether they are sampled, the bridges with their evidence."""
    counts = {name: str(getattr(found, name)) for name in ("bodies", "pairs", "components", "largest", "isolates", "communities")}
    shares = {name: f"{getattr(found, name):.4f}" for name in ("density", "modularity")}
    notes = [say("measures-network", language, bridges=str(len(found.bridges)), **counts, **shares)]
    notes += [say("measures-sampled", language, sources=str(found.sampled))] if found.sampled else []
    notes += [say("bridge", language, a=names[row.a], b=names[row.b], statements=", ".join(row.statements)) for row in found.bridges[:BRIDGES]]
    return [*notes, say("more-bridges", language, count=str(len(found.bridges) - BRIDGES))] if len(found.bridges) > BRIDGES else notes
