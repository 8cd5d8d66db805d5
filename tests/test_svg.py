"""Edges and bodies as SVG."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from drawings import SVG, edges_of, small
from withwhom.curves import COLOURS, PLANNED, RULED
from withwhom.picture import picture
from withwhom.sheet import INK
from withwhom.svg import group, tag
from withwhom.ties import BY_RULE, KINDS, SAID, SAME_PROGRAM


def test_lines_look_like_their_kind() -> None:
    """What is said is solid, by rule dashed, planned dotted, same program thin grey, inferred has a ring; more evidence is wider."""
    found = picture(small(), kinds=KINDS)
    drawn_edges = edges_of(found.svg)
    looks = {}
    for edge in found.edges:
        line = drawn_edges[edge.number].findall(f"{SVG}path")[0].attrib
        rings = len(drawn_edges[edge.number].findall(f"{SVG}circle"))
        looks[edge.key] = (line.get("stroke-dasharray", "").count(" "), line["stroke"], rings, float(line["stroke-width"]), line.get("stroke-dasharray", ""))
    explicit, inferred, planned = (looks[key] for key in ("b0~b1~said~explicit~", "b0~b1~said~inferred~", "b1~b2~said~explicit~planned"))
    rule, same = looks["b2~b3~rule~leader~explicit"], looks["b2~b3~same"]
    assert (explicit[0], explicit[2], inferred[2]) == (0, 0, 1)
    assert rule[0] == planned[0] == 1
    assert same[0] == 0
    assert explicit[3] > inferred[3] > same[3]
    assert [look[1] for look in (explicit, rule, same)] == [COLOURS[kind] for kind in (SAID, BY_RULE, SAME_PROGRAM)]
    gaps = {look: [float(part) for part in look[4].split()] for look in (rule, planned)}
    assert gaps[rule][0] / gaps[rule][1] == pytest.approx(RULED[0] / RULED[1], abs=0.02)
    assert gaps[planned][0] / gaps[planned][1] == pytest.approx(PLANNED[0] / PLANNED[1], abs=0.02)


def test_arrows_lead_from_giver_to_receiver() -> None:
    """A directed edge has an arrowhead near its end, an undirected one has none."""
    network = small()
    money, tied = picture(network, view="money"), picture(network)
    assert [len(found.findall(f"{SVG}path")) for found in edges_of(money.svg).values()] == [2, 2]
    assert {len(found.findall(f"{SVG}path")) for found in edges_of(tied.svg).values()} == {1}
    assert [edge.end for edge in money.edges] == ["b3", "b3"]
    wide, thin = (edge.findall(f"{SVG}path")[0].attrib["stroke-width"] for _, edge in sorted(edges_of(money.svg).items()))
    assert float(wide) > float(thin)


def test_titles_say_what_a_mark_and_a_line_are() -> None:
    """A body's title is its name and class; an edge's title its number, ends, kind, and whether it is inferred or planned."""
    found = picture(small(), language="en")
    titles = {title.text for title in ET.fromstring(found.svg).iter(f"{SVG}title")}  # noqa: S314  # our own
    assert "甲 · Organization" in titles
    assert {"1 · 甲 — 乙 · said", "2 · 甲 — 乙 · inferred by the reader", "3 · 乙 — 丙 · said · planned", "4 · 丙 — 丁 · by rule"} <= titles


def test_a_set_of_bodies_has_a_dashed_border() -> None:
    """Of the marks, those of collective bodies have a dashed border of ink, and only those."""
    found = ET.fromstring(picture(small()).svg)  # noqa: S314  # our own
    dashed = [
        group[0].text
        for group in found.iter(f"{SVG}g")
        if group.get("class") == "body" and "stroke-dasharray" in group[1].attrib and group[1].attrib["stroke"] == INK
    ]
    assert dashed == ["甲 · Organization"]


def test_attributes_and_numbers_are_escaped_and_short() -> None:
    """An attribute cannot end early; numbers have at most two decimals; an element without children closes itself."""
    assert tag("a", {"b": '"><', "c": 1.50001, "d": 2.0}) == '<a b="&quot;&gt;&lt;" c="1.5" d="2"/>'
    assert group("words", ["<b/>"], font_size=3) == '<g class="words" font-size="3">\n<b/>\n</g>'
