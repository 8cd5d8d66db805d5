"""Pictures for the tests of their parts: those of the shipped graph, and networks small enough to count on.

Test modules name it in ``pytest_plugins`` for its fixtures and import what they ask of a picture (PYTEST_DONT_REWRITE: so it is
imported before pytest would see it).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from withwhom.network import Body, Claim, Derivation, Network, read_network
from withwhom.picture import Picture, picture
from withwhom.wrapping import text_width

SVG = "{http://www.w3.org/2000/svg}"
VIEWS = [(view, language) for view in ("ties", "programs", "money") for language in ("zh", "en")]
Drawn = Mapping[tuple[str, str], Picture]
Box = tuple[float, float, float, float]


@pytest.fixture(scope="session")
def shipped(shipped_build: Path) -> Network:
    """Read the network of the shipped workspace."""
    return read_network(shipped_build)


@pytest.fixture(scope="session")
def drawn(shipped: Network) -> Drawn:
    """Draw each view in each language once."""
    return {(view, language): picture(shipped, view=view, language=language) for view, language in VIEWS}


def claim(number: int, subject: str, predicate: str, target: str, *, status: str = "", certainty: str = "explicit", amount: str = "") -> Claim:
    """Return a statement of the one document of a made-up network."""
    kind = (amount, "CNY" if amount else "", "cash" if amount else "", "given" if amount else "", "")
    words = (amount, amount, f"句 {number}", f"sentence {number}", "第一段", "para. 1", "合作", "")
    return Claim(f"d/s{number}", subject, predicate, target, "", "", "2020-01-01", "2021-12-31", status, certainty, *kind, *words)


def made_up(names: Sequence[str], claims: Sequence[Claim], derivations: Sequence[Derivation] = ()) -> Network:
    """Return a network of bodies b0, b1, … with these names, and one program, p."""
    symmetric = {"partnersWith": "yes"}
    relations = ("partnersWith", "takesPartIn", "funds")
    bodies = [Body(f"b{number}", "Organization", name, name, "yes" if number == 0 else "", "", "", "") for number, name in enumerate(names)]
    kinds = {"Organization": ("organization", "dot"), "Program": ("program", "square")}
    return Network(
        about={"zh": "图", "en": "Graph", "version": "1", "base": "https://example.org/", "quoted": ""},
        classes={name: {"zh": name, "en": name, "colour": "#336699", "symbol": symbol, "kind": kind} for name, (kind, symbol) in kinds.items()},
        relations={name: {"zh": name, "en": name, "colour": "#123456"} for name in relations},
        predicates={name: {"zh": name, "en": name, "relation": name, "role_zh": "", "role_en": "", "symmetric": symmetric.get(name, "")} for name in relations},
        rules={"leader": {"zh": "规则", "en": "rule"}},
        codes={code: {"zh": code, "en": code} for code in ("explicit", "inferred", "planned", "done", "cash", "given")},
        sources=[{"id": "d", "title": "文", "author": "", "publisher": "", "date": "", "url": "https://example.org/d"}],
        bodies=[*bodies, Body("p", "Program", "项目", "program", "", "", "", "")],
        claims=claims,
        derivations=derivations,
        totals=[],
        contradictions=[],
    )


def small(names: Sequence[str] = ("甲", "乙", "丙", "丁")) -> Network:
    """Return a network with a tie of every look: said twice, inferred, planned, by rule, same program, and money."""
    claims = [
        claim(1, "b0", "partnersWith", "b1"),
        claim(2, "b1", "partnersWith", "b0", status="done"),
        claim(3, "b0", "partnersWith", "b1", certainty="inferred"),
        claim(4, "b2", "partnersWith", "b1", status="planned"),
        claim(5, "b2", "takesPartIn", "p"),
        claim(6, "b3", "takesPartIn", "p"),
        claim(7, "b0", "funds", "b3", amount="1000000"),
        claim(8, "b1", "funds", "b3", amount="5000"),
        claim(9, "b1", "partnersWith", "b3", status="denied"),
    ]
    return made_up(names, claims, [Derivation("derivation/1", "b3", "partnersWith", "b2", "leader", "d/s5|d/s6", "yes")])


def edges_of(svg: str) -> dict[int, ET.Element]:
    """Return the drawn edges by number."""
    return {int(found.attrib["id"].removeprefix("edge-")): found for found in ET.fromstring(svg).iter(f"{SVG}g") if "id" in found.attrib}  # noqa: S314  # our own


def words_of(svg: str) -> list[str]:
    """Return every text that a picture shows."""
    return ["".join(found.itertext()) for found in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314  # our own


def boxes(svg: str, *groups: str) -> Iterator[Box]:
    """Yield the box of every text of some groups, its lines together."""
    for group in ET.fromstring(svg).iter(f"{SVG}g"):  # noqa: S314  # our own
        if group.get("class") in groups:
            for text in group.iter(f"{SVG}text"):
                size = float(text.attrib["font-size"])
                found = [line_box(line, size, text.get("text-anchor", "middle")) for line in (list(text) or [text])]
                yield min(b[0] for b in found), min(b[1] for b in found), max(b[2] for b in found), max(b[3] for b in found)


def line_box(line: ET.Element, size: float, anchor: str) -> Box:
    """Return the box of one line: about as wide as its letters, as high as its type."""
    width = text_width(line.text or "", size)
    left = float(line.attrib["x"]) - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    base = float(line.attrib["y"])
    return left, base - 0.8 * size, left + width, base + 0.1 * size


def rows_of(text: str) -> list[list[str]]:
    """Return the rows of CSV, its header first."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
