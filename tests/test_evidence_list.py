"""The evidence of a picture's edges, under their numbers, and the words under a picture."""

from __future__ import annotations

from drawings import Drawn, rows_of, small
from withwhom.evidence_list import caption, evidence_csv, evidence_html, plain, shown_edges
from withwhom.network import Network

pytest_plugins = ["drawings"]


def test_the_caption_says_what_is_shown_and_hidden() -> None:
    """It counts bodies, edges, inferred ones and those left out by kind and by status, and names the sources."""
    network = small()
    title, counted, sources = caption(network, shown_edges(network), "en")
    assert title == "Graph · Organizations · version 1 · 2020–2021"
    assert (
        counted
        == "Shown: 4 of 4 organizations, 4 ties (said 2, inferred by the reader 1, by rule 1, 1 planned or the like). Hidden: kind not chosen 1, status 1"
    )
    assert sources == "Sources: 文"


def test_the_list_loads_nothing_and_prints_on_a4(shipped: Network, drawn: Drawn) -> None:
    """The page of evidence forbids everything but its own style, has a row for each of the list, and is set for A4 landscape."""
    made = drawn["ties", "en"]
    text = evidence_html(shipped, made, "en")
    assert """content="default-src 'none'; style-src 'unsafe-inline';""" in text
    assert "size:A4 landscape" in text
    assert text.count("<tr>") == len(rows_of(evidence_csv(shipped, made, "en")))
    assert '<html lang="en">' in text


def test_money_is_told_by_its_kind() -> None:
    """The view of money takes each statement's own kind of money, and the caption says it in words."""
    network = small()
    shown = shown_edges(network, view="money")
    assert (shown.money, {claim.money for claim in network.claims if claim.amount}) == ("CNY cash given", {"CNY cash given"})
    assert "CNY · cash · given" in caption(network, shown, "en")[2]


def test_a_text_of_a_document_is_made_plain() -> None:
    """What XML forbids and what turns the direction of writing is gone, and white space is one space."""
    assert plain("a\x00\u202eb\n c") == "ab c"
