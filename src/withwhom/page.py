"""``network.html``: one file that opens from disk, offline, drawn by pyvis (vis-network) with a template of our own.

The page holds three parts of data: what every view and filter needs (read at once), the words of the statements in slices (read when
one is opened) and the forms of names (read when one is searched). Python decides what is in it and where it stands; the scripts in
``templates/page`` only show it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from withwhom.facts import PARTICIPATION, PARTNERSHIP
from withwhom.layout import Layout, Layouts
from withwhom.name_forms import EXPANSIONS
from withwhom.network import Claim, Network
from withwhom.ties import CROWD, SAME_PROGRAM, Tie, ties
from withwhom.totals import FUNDING

# Shared relations that the view of organizations and programs draws when the page opens, beside a workspace's own; the others are one click away.
SHOWN_AT_FIRST = (PARTNERSHIP, PARTICIPATION, FUNDING, "supervises", "memberOf")
# Statements whose words are read together when one of them is opened.
SLICE = 1000
FACETS = (
    "subject",
    "predicate",
    "object",
    "program",
    "place",
    "since",
    "until",
    "status",
    "certainty",
    "amount",
    "currency",
    "support",
    "basis",
    "included_in",
)
WORDS = ("zh", "en", "where_zh", "where_en", "wording", "quote", "sum_zh", "sum_en")
# The scripts of the page in the order in which they run; each part knows only those before it.
SCRIPTS = ("words", "data", "state", "select", "labels", "picture", "evidence", "panel", "save", "controls", "main")
OPTIONS: Mapping[str, Any] = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "tooltipDelay": 86400000, "multiselect": False, "keyboard": False, "zoomSpeed": 0.7, "selectConnectedEdges": False},
    "layout": {"improvedLayout": False},
    "nodes": {"borderWidth": 1.5, "borderWidthSelected": 4},
    "edges": {"smooth": False, "arrows": {"to": {"scaleFactor": 0.4}}, "selectionWidth": 2, "hoverWidth": 1},
}


def page(network: Network, *, start: str = "", layouts: Layouts | None = None) -> str:
    """Return the page.

    Args:
        network: what it shows; its passages, too, where it quotes them.
        start: the view on which it opens, as it stands in the address after ``#``; where it is empty, the page decides.
        layouts: those of an earlier page, which need not be made again where nothing in them has changed.
    """
    from pyvis.network import Network as Drawing

    drawing = Drawing(directed=True, cdn_resources="in_line")
    numbers = {body.id: number for number, body in enumerate(network.bodies)}
    drawing.nodes = [{name: value for name, value in asdict(body).items() if name != "forms"} for body in network.bodies]
    drawing.edges = [_facets(claim) for claim in network.claims]
    drawing.set_options(json.dumps(OPTIONS))
    environment = Environment(loader=PackageLoader("withwhom"), autoescape=True)
    environment.filters.update(data=script_data, columns=columns)
    code = "\n".join(_template(f"{name}.js") for name in SCRIPTS)
    scripts = {"library": _vis_network(), "code": code}
    environment.globals.update(
        network=network,
        start=start,
        style=Markup(_template("page.css")),  # noqa: S704  # a file of this package
        policy=" ".join(map(_hash, scripts.values())),
        words=json.loads(_template("words.json")),
        expansions=EXPANSIONS,
        views=views(network, numbers, layouts or Layouts()),
        constants={
            "crowd": CROWD,
            "shown": shown_at_first(network),
            "partnership": PARTNERSHIP,
            "participation": PARTICIPATION,
            "funding": FUNDING,
            "slice": SLICE,
            "crowds": [program for program, size in network.participants.items() if size > CROWD],
        },
        derivations=[astuple(derivation) for derivation in network.derivations],
        forms=[body.forms for body in network.bodies],
        slices=list(_slices([[getattr(claim, name) for name in WORDS] for claim in network.claims])),
        **{name: Markup(text) for name, text in scripts.items()},  # noqa: S704  # files of this package and of pyvis
    )
    drawing.templateEnv = environment
    drawing.path = "network.html"
    return str(drawing.generate_html("network.html"))


def _facets(claim: Claim) -> dict[str, str]:
    return {"reference": claim.reference, **{name: getattr(claim, name) for name in FACETS}}


def _slices(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    yield from (rows[start : start + SLICE] for start in range(0, len(rows), SLICE))


def script_data(value: object) -> Markup:
    """Return JSON that cannot end a script element, whatever the names in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # every character that HTML gives a meaning to is escaped above


def columns(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Any]]:
    """Return a table by columns; a column of texts that repeat stands as ``[texts, numbers]``."""
    return {name: _packed([row[name] for row in rows]) for name in (rows[0] if rows else ())}


def _packed(cells: Sequence[str]) -> Sequence[Any]:
    texts = sorted(set(cells))
    if len(texts) * 2 > len(cells):
        return cells
    numbers = {text: number for number, text in enumerate(texts)}
    return [texts, [numbers[cell] for cell in cells]]


def _template(name: str) -> str:
    return (files("withwhom") / "templates" / "page" / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """Return what a content security policy calls an inline script by (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode()}'"


def _vis_network() -> str:
    folder = files("pyvis") / "lib" / "vis-9.1.2"
    return (Path(str(folder)) / "vis-network.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script").replace("\r\n", "\n")


def shown_at_first(network: Network) -> list[str]:
    """Return the relations that the view of organizations and programs draws when the page opens: whoever adds one wants to see it."""
    return [*SHOWN_AT_FIRST, *(name for name, relation in sorted(network.relations.items()) if relation.get("own"))]


def views(network: Network, numbers: Mapping[str, int], layouts: Layouts) -> Mapping[str, Any]:
    """Return the three views: nodes by number, their places, the communities, and how many ties of the same program there are.

    Args:
        network: the graph.
        numbers: the number of each entity on the page.
        layouts: those that are known.
    """
    every = ties(network)
    same = sum(tie.kind == SAME_PROGRAM for tie in every)
    kinds = sorted({claim.money for claim in network.claims if network.relation(claim) == FUNDING})
    money = {kind: _view(arranged(network, "money", money=kind, layouts=layouts), numbers) for kind in kinds}
    bodies = sorted({number for view in money.values() for number in view["nodes"]})
    return {
        "ties": {**_view(arranged(network, "ties", every=every, layouts=layouts), numbers), "same": same},
        "programs": _view(arranged(network, "programs", layouts=layouts), numbers),
        "money": {"nodes": bodies, "kinds": money},
    }


def arranged(network: Network, view: str, *, money: str = "", every: Sequence[Tie] | None = None, layouts: Layouts | None = None) -> Layout:
    """Return the places of the bodies of a view.

    Args:
        network: the graph.
        view: ``ties``, ``programs`` or ``money``.
        money: in the view of money, which kind (see :attr:`withwhom.network.Claim.money`); all of them if empty.
        every: the ties of the network, where they are known.
        layouts: those that are known.
    """
    layouts = layouts or Layouts()
    if view == "ties":
        lone = {body.id for body in network.bodies if network.kind(body) == "organization"}
        tied = _tied(ties(network) if every is None else every)
        return layouts.of(lone | _ends(tied), tied)
    if view == "programs":
        claimed = _claimed(network.claims)
        return layouts.of(_ends(claimed), claimed)
    paid = _claimed(claim for claim in network.claims if network.relation(claim) == FUNDING and money in ("", claim.money))
    return layouts.of(_ends(paid), paid, wider=2)


def places(network: Network, view: str) -> Mapping[str, tuple[int, int]]:
    """Return where each body of a view stands, by id."""
    return arranged(network, view).places


def _tied(every: Iterable[Tie]) -> dict[tuple[str, str], float]:
    """Return how near two bodies stand: what is said or drawn by a rule counts twice."""
    weights: Counter[tuple[str, str]] = Counter()
    for tie in every:
        weights[tie.a, tie.b] += tie.weight * (1 if tie.kind == SAME_PROGRAM else 2)  # type: ignore[assignment]  # sums of fractions
    return dict(weights)


def _claimed(claims: Iterable[Claim]) -> dict[tuple[str, str], float]:
    """Return how many statements tie two bodies."""
    weights: dict[tuple[str, str], float] = {}
    for claim in claims:
        if claim.object and claim.object != claim.subject:
            ends = (min(claim.subject, claim.object), max(claim.subject, claim.object))
            weights[ends] = weights.get(ends, 0.0) + 1
    return weights


def _ends(weights: Iterable[tuple[str, str]]) -> set[str]:
    return {end for ends in weights for end in ends}


def _view(found: Layout, numbers: Mapping[str, int]) -> dict[str, Any]:
    ordered = sorted(found.places)
    groups = [{"members": [numbers[member] for member in group.members], "x": group.x, "y": group.y, "radius": group.radius} for group in found.groups]
    return {
        "nodes": [numbers[node] for node in ordered],
        "x": [found.places[node][0] for node in ordered],
        "y": [found.places[node][1] for node in ordered],
        "groups": groups,
    }
