"""The picture for print as a whole."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from drawings import SVG, VIEWS, Drawn, claim, edges_of, made_up, rows_of, small, words_of
from withwhom.compile import FACTUAL
from withwhom.evidence_list import COLUMNS
from withwhom.network import Network
from withwhom.picture import evidence_csv, evidence_html, picture
from withwhom.ties import BY_RULE, KINDS, SAID, ties

pytest_plugins = ["drawings"]

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</svg><script>alert(1)</script>",
    "]]><!--\x00\x08\x0b\ufffe&amp;",
    "\u202e名\u2066字\u200f",
    "\" onload='alert(1)'",
    "=1+1",
    "长" * 10_000,
    "w" * 10_000,
)
ELEMENTS = ("svg", "title", "desc", "g", "rect", "circle", "path", "polygon", "text", "tspan")


@pytest.mark.parametrize(("view", "language"), VIEWS)
def test_edges_and_evidence_have_the_same_numbers(view: str, language: str, shipped: Network, drawn: Drawn) -> None:
    """The edges are numbered from 1 in the order of their keys; each is drawn once and stands in the list with its statements."""
    made = drawn[view, language]
    head, *rows = rows_of(evidence_csv(shipped, made, language))
    assert made.edges
    assert [edge.number for edge in made.edges] == list(range(1, len(made.edges) + 1)) == sorted(edges_of(made.svg))
    assert [edge.key for edge in made.edges] == sorted({edge.key for edge in made.edges})
    assert len(head) == len(COLUMNS)
    assert [(int(row[0]), row[-1]) for row in rows] == [(edge.number, reference) for edge in made.edges for reference in edge.statements]


@pytest.mark.parametrize(("view", "language"), VIEWS)
def test_a_picture_loads_and_runs_nothing(view: str, language: str, drawn: Drawn) -> None:
    """It is well-formed, has no script, style, image, link or address, and says its title, description and language."""
    svg = drawn[view, language].svg
    root = ET.fromstring(svg)  # noqa: S314  # our own
    assert {found.tag for found in root.iter()} <= {f"{SVG}{name}" for name in ELEMENTS}
    assert not re.search(r"href|url\(|<!ENTITY|<!DOCTYPE|\son\w+=", svg)
    assert re.findall(r"https?:[^\s\"']*", re.sub(r"<desc.*?</desc>", "", svg, flags=re.DOTALL)) == ["http://www.w3.org/2000/svg"]
    assert (root.get("role"), root.get("lang"), root.get("width"), root.get("height")) == ("img", language, "297mm", "210mm")
    assert [root[0].tag, root[1].tag] == [f"{SVG}title", f"{SVG}desc"]
    assert all(part.text for part in (root[0], root[1]))


def test_every_tie_is_drawn_once(shipped: Network, drawn: Drawn) -> None:
    """The ties said and by rule, planned ones among them, stand in the picture, each once with all its statements."""
    wanted = ties(shipped, kinds=(SAID, BY_RULE), statuses=FACTUAL | {"planned"})
    shown = drawn["ties", "zh"].edges
    assert sorted((tie.a, tie.b, tie.kind, tie.rule, tie.statements) for tie in wanted) == sorted((e.start, e.end, e.kind, e.rule, e.statements) for e in shown)


def test_the_programs_show_every_statement_of_the_first_relations(shipped: Network, drawn: Drawn) -> None:
    """Each statement of a relation shown at first, unless applied for or denied, stands on exactly one edge; nothing is folded."""
    relations = {"partnersWith", "takesPartIn", "funds", "supervises", "memberOf"}
    wanted = [
        c.reference for c in shipped.claims if c.object and c.object != c.subject and shipped.relation(c) in relations and c.status not in ("applied", "denied")
    ]
    assert sorted(reference for edge in drawn["programs", "en"].edges for reference in edge.statements) == sorted(wanted)


def test_money_is_shown_one_kind_at_a_time() -> None:
    """The most frequent currency, form and basis is shown, or the one that is asked for; sums without an amount come last."""
    claims = [claim(number, "b0", "funds", f"b{number}") for number in (1, 2)] + [claim(3, "b0", "funds", "b3", amount="10")]
    network = made_up(["甲", "乙", "丙", "丁"], claims)
    assert [edge.key for edge in picture(network, view="money").edges] == ["d/s3"]
    assert [edge.key for edge in picture(network, view="money", money="none").edges] == ["d/s1", "d/s2"]
    assert picture(network, view="money", money="EUR cash given").money == "CNY cash given"


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_text(name: str) -> None:
    """A name out of a document is text in the picture and in the list, cut where it is long, without what XML forbids."""
    network = small((name, "乙", name, "丁"))
    for view in ("ties", "programs", "money"):
        made = picture(network, view=view, kinds=KINDS)
        root = ET.fromstring(made.svg)  # noqa: S314  # our own
        assert {found.tag for found in root.iter()} <= {f"{SVG}{tag}" for tag in ELEMENTS}
        assert not [key for found in root.iter() for key in found.attrib if key.startswith("on")]
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08]", made.svg)
        assert max(map(len, words_of(made.svg))) < 200
        elements = Elements()
        elements.feed(evidence_html(network, made, "zh"))
        assert elements.found <= {"html", "head", "meta", "title", "style", "body", "h1", "p", "table", "thead", "tbody", "tr", "th", "td"}
        cells = [cell for row in rows_of(evidence_csv(network, made, "zh")) for cell in row]
        assert not [cell for cell in cells if cell.startswith("=")]


class Elements(HTMLParser):
    """Collects the names of the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; none may carry a handler."""
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.found.add(tag)


def test_the_same_graph_gives_the_same_bytes(shipped: Network, drawn: Drawn) -> None:
    """A picture made again is the same to the byte, also where its bodies come in another order."""
    assert picture(shipped).svg == drawn["ties", "zh"].svg
    assert picture(replace(shipped, bodies=list(reversed(shipped.bodies)))).svg == drawn["ties", "zh"].svg


@pytest.mark.parametrize("view", ["ties", "programs", "money"])
def test_an_empty_network_is_an_empty_picture(view: str) -> None:
    """Without statements there is a sheet with title and caption, and a list with its header."""
    network = made_up(["甲"], [])
    made = picture(network, view=view)
    assert "图" in words_of(made.svg)
    assert not edges_of(made.svg)
    assert len(rows_of(evidence_csv(network, made, "zh"))) == 1
