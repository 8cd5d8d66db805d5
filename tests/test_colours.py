"""Colours and symbols of the network: every class and edge can be told apart by people who see colours differently, on paper and on black.

Sources of the method:
    Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency. IEEE TVCG 15(6), 2009 (matrices of severity 1.0).
    IEC 61966-2-1:1999, sRGB; CIE 15:2004, CIELAB.
    Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula. Color Research and Application 30(1), 2005 (formula and test data).
    WCAG 2.2, success criterion 1.4.11: contrast of graphical objects.
The palette starts from Okabe and Ito's (2008) and Paul Tol's (2021) hues; their lightness was fitted to the bounds below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from pathlib import Path

import pytest

from withwhom.ontology import Ontology, read_ontology
from withwhom.vocab import WW
from withwhom.workspace import shipped

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

ROOT = Path(__file__).parents[1]
SYMBOLS = {"dot", "square", "diamond", "triangle", "triangleDown", "hexagon", "star"}
COMMON = ("takesPartIn", "partnersWith", "funds", "supervises", "memberOf", "partOf")
PAPERS = {"light": "#fbfaf7", "dark": "#16181c"}

# What the palette reaches; CIEDE2000 takes 1 as about the least difference that is seen side by side.
CONTRAST = 3.0
SAME_SYMBOL = 13.0
ROUND_SYMBOLS = 5.0  # a small hexagon looks much like a dot
COMMON_EDGES = 13.0
ALL_EDGES = 5.5
NOT_RED = 20.0

VISIONS: Mapping[str, Matrix] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
XYZ: Matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE: Triple = (0.95047, 1.0, 1.08883)


def product_of(matrix: Matrix, vector: Triple) -> Triple:
    """Return matrix times vector."""
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def linear(colour: str) -> Triple:
    """Return the linear RGB, each 0 to 1, of an sRGB colour ``#rrggbb``."""
    r, g, b = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _decoded(r), _decoded(g), _decoded(b)


def _decoded(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted(product_of(XYZ, linear(colour))[1] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


@cache
def seen(colour: str, vision: str) -> Triple:
    """Return the CIELAB of a colour as somebody of that vision sees it."""
    r, g, b = (min(1.0, max(0.0, channel)) for channel in product_of(VISIONS[vision], linear(colour)))
    x, y, z = (_cube_root(value / white) for value, white in zip(product_of(XYZ, (r, g, b)), WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def ciede2000(one: Triple, other: Triple) -> float:
    """Return the CIEDE2000 difference of two CIELAB colours (Sharma et al. 2005, equations 2 to 22; all weights 1)."""
    (l1, c1, h1), (l2, c2, h2) = _lightness_chroma_hue(one, other)
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + turn / 2 if c1 * c2 else h1 + h2
    weight = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.20 * _cos(4 * hue - 63)
    dl = (l2 - l1) / (1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    rotation = -2 * _saturation(chroma) * sin(radians(60 * exp(-(((hue % 360 - 275) / 25) ** 2))))
    return sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh)


def _lightness_chroma_hue(one: Triple, other: Triple) -> tuple[Triple, Triple]:
    stretch = 1.5 - 0.5 * _saturation((hypot(*one[1:]) + hypot(*other[1:])) / 2)
    first, second = ((light, hypot(a * stretch, b), degrees(atan2(b, a * stretch)) % 360) for light, a, b in (one, other))
    return first, second


def _saturation(chroma: float) -> float:
    return sqrt(chroma**7 / (chroma**7 + 25.0**7))


def _cos(angle: float) -> float:
    return cos(radians(angle))


def difference(one: str, other: str) -> tuple[float, str]:
    """Return the least CIEDE2000 difference of two colours among all visions, and the vision it is seen with."""
    return min((ciede2000(seen(one, vision), seen(other, vision)), vision) for vision in VISIONS)


def too_near(colours: Mapping[str, str], bound: float) -> list[str]:
    """Return what to say of each pair of names whose colours are nearer than ``bound`` in some vision."""
    return [text for pair in combinations(colours.items(), 2) for text in _nearness(*pair, bound)]


def _nearness(one: tuple[str, str], other: tuple[str, str], bound: float) -> Iterator[str]:
    value, vision = difference(one[1], other[1])
    if value < bound:
        yield f"{one[0]} {one[1]}, {other[0]} {other[1]}: {value:.2f} in {vision}"


@cache
def vocabulary() -> Ontology:
    """Return the shipped vocabulary."""
    return read_ontology(shipped())


def classes(symbol: str) -> Mapping[str, str]:
    """Return the colours, by name, of the classes drawn with a symbol."""
    return {name: known.colour for name, known in vocabulary().classes.items() if known.symbol == symbol and known.iri != str(WW.Entity)}


def edges() -> Mapping[str, str]:
    """Return the colours, by name, of the top predicates."""
    return {name: predicate.colour for name, predicate in vocabulary().predicates.items() if predicate.top == name}


def organizations() -> set[str]:
    """Return the names of the classes of organizations."""
    return {name for name in vocabulary().classes if vocabulary().is_kind_of(name, [str(WW.Organization)])}


# The method


# Rows 1, 7, 16, 17, 20, 25 and 34 of Sharma's Table 1: blue's rotation, a hue across 0, no chroma, far colours, near colours, dark ones.
SHARMA: tuple[tuple[Triple, Triple, float], ...] = (
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)


@pytest.mark.parametrize(("one", "other", "expected"), SHARMA)
def test_ciede2000_gives_the_published_values(one: Triple, other: Triple, expected: float) -> None:
    """The difference of colours is the published one, in both directions."""
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-4)
    assert ciede2000(other, one) == pytest.approx(expected, abs=1e-4)


def test_greys_look_the_same_to_everybody() -> None:
    """A simulation keeps greys: a matrix with a mistyped figure does not."""
    for vision, grey in product(VISIONS, ("#000000", "#777777", "#ffffff")):
        assert ciede2000(seen(grey, vision), seen(grey, "normal")) < 0.01


def test_contrast_of_black_and_white() -> None:
    """Contrast is 21 for black on white and 1 for a colour on itself, as WCAG says."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21, abs=0.001)
    assert contrast("#2a69da", "#2a69da") == 1


@pytest.mark.parametrize(
    ("one", "other", "vision"),
    [
        ("#cf0723", "#564d21", "protanopia"),
        ("#0c7b4f", "#6d6852", "deuteranopia"),
        ("#2a69da", "#008597", "tritanopia"),
    ],
)
def test_colours_that_one_vision_confuses_are_found(one: str, other: str, vision: str) -> None:
    """Two colours that one vision confuses are too near, however plainly others tell them apart: the checks below can fail."""
    assert ciede2000(seen(one, "normal"), seen(other, "normal")) > SAME_SYMBOL
    assert [text.rpartition(" ")[2] for text in too_near({"one": one, "other": other}, SAME_SYMBOL)] == [vision]


def test_near_colours_are_found() -> None:
    """Of three colours, the pair that nobody tells apart is named, and only that pair."""
    found = too_near({"red": "#cf0723", "crimson": "#d01030", "blue": "#2a69da"}, SAME_SYMBOL)
    assert [text.split(":")[0] for text in found] == ["red #cf0723, crimson #d01030"]


# The shipped colours


def test_colours_and_symbols_can_be_drawn() -> None:
    """Every class and top predicate has a colour #rrggbb of its own, and every class one of the seven symbols."""
    drawn = {name: colour for symbol in SYMBOLS for name, colour in classes(symbol).items()}
    assert {known.symbol for known in vocabulary().classes.values()} == SYMBOLS
    assert drawn.keys() == vocabulary().classes.keys() - {"Entity"}
    assert len(edges()) == 12
    for colours in (drawn, edges()):
        assert [name for name, colour in colours.items() if not re.fullmatch("#[0-9a-f]{6}", colour)] == []
        assert len(set(colours.values())) == len(colours)
    assert len(list(vocabulary().graph.subject_objects(WW.colour))) == len(drawn) + len(edges())


@pytest.mark.parametrize("symbol", sorted(SYMBOLS))
def test_classes_of_a_symbol_differ_in_colour(symbol: str) -> None:
    """Classes that share a symbol are told apart by their colours in every vision."""
    assert len(classes(symbol)) > 1
    assert too_near(classes(symbol), SAME_SYMBOL) == []


def test_symbols_say_who_is_an_organization() -> None:
    """An organization never shares its symbol with anything else."""
    for symbol in SYMBOLS:
        names = set(classes(symbol))
        assert names <= organizations() or names.isdisjoint(organizations())


def test_dots_differ_from_hexagons() -> None:
    """A hexagon so small that it looks round is still not taken for a dot."""
    found = [text for dot, hexagon in product(classes("dot").items(), classes("hexagon").items()) for text in _nearness(dot, hexagon, ROUND_SYMBOLS)]
    assert found == []


def test_only_the_red_cross_is_red() -> None:
    """No class comes near the red of Red Cross societies, whatever its symbol."""
    red = seen(vocabulary().classes["RedCrossSociety"].colour, "normal")
    near = {name for symbol in SYMBOLS for name, colour in classes(symbol).items() if ciede2000(red, seen(colour, "normal")) < NOT_RED}
    assert near == {"RedCrossSociety"}


def test_edges_differ_in_colour() -> None:
    """The edges that are read most are plainly told apart in every vision, and no two of the twelve look the same."""
    assert too_near({name: edges()[name] for name in COMMON}, COMMON_EDGES) == []
    assert too_near(edges(), ALL_EDGES) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_colours_stand_out_from_the_paper(paper: str) -> None:
    """Every node and edge has the contrast that WCAG asks of graphics, on the light page and on the dark one."""
    colours = [colour for symbol in SYMBOLS for colour in classes(symbol).values()] + list(edges().values())
    assert [colour for colour in colours if contrast(colour, PAPERS[paper]) < CONTRAST] == []


def test_papers_are_those_of_the_page() -> None:
    """The papers that contrast is measured against are those that the page sets."""
    styles = [path.read_text(encoding="utf-8") for path in (ROOT / "src" / "withwhom" / "templates").rglob("*") if path.suffix in {".css", ".html"}]
    assert set(PAPERS.values()) <= set(re.findall(r"--paper: (#[0-9a-f]{6})", "".join(styles)))
