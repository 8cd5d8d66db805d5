"""What the page says of an edge and of a body is what the saved questions answer; what it saves holds the same."""

from __future__ import annotations

import base64
import csv
import io
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import withwhom
from browser import Visitor, body_point, choose, click_edge, counts, rows_of, statements, texts, write_page
from withwhom.evidence_list import caption, evidence_csv, shown_edges
from withwhom.facts import PARTNERSHIP
from withwhom.knowledge import KnowledgeBase, Options
from withwhom.network import Network
from withwhom.ties import claims_graph, ties

pytest_plugins = ["browser"]

USUAL = ("", "done", "ongoing", "planned")
AS_SHOWN = Options(statuses=("done", "ongoing", "none", "planned"))
KINDS = {"said": "said", "by rule": "rule", "same program": "same"}
SHANXI, LIANCI = "shanxi-red-cross", "beijing-lianci-foundation"
NUMBERED = "() => numbered().map(({number, parts}) => [number, parts.flatMap(item => item.claims.map(claim => CLAIMS.reference[claim]))])"


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """The shipped graph."""
    return withwhom.open(shipped_build)


def local(iri: object) -> str:
    """Return the name of a thing without the base of the graph and its kind."""
    return re.sub(r"^.*?/graph/(entity|statement)/", "", str(iri))


# Edges


def test_an_edge_opens_to_its_evidence(visitor: Visitor, shipped_page: Path, kb: KnowledgeBase) -> None:
    """A click on any line of the first view lists exactly the statements of ``evidence-for``, each with title, place and wording."""
    page = visitor.open(shipped_page)
    lines: dict[str, list[str]] = page.evaluate(
        "Object.fromEntries(seen.edges.map(item => [item.key, item.units.map(unit => unit.derivation || CLAIMS.reference[unit[0][0]])]))"
    )
    assert {"said", "rule"} <= {key.split("~")[2] for key in lines}
    for key, units in lines.items():
        page.locator("#fit").click()
        assert click_edge(page, key), key
        page.wait_for_function("key => state.select === key", arg=key)
        rows = [row for unit in units for row in kb.query("evidence-for", statement=unit).to_dicts()]
        assert rows
        assert statements(page) == {local(row["statement"]) for row in rows}, key
        sources = "\n".join(texts(page, "#panel .sources li"))
        shown: dict[str, str] = dict(page.locator("#panel .statement").evaluate_all("nodes => nodes.map(node => [node.dataset.statement, node.textContent])"))
        for row in rows:
            text = shown[local(row["statement"])]
            assert f"第{row['paragraph']}段第{row['sentenceNumber']}句" in text
            assert row["wording"] is None or f"“{row['wording']}”" in text
            assert str(row["sentence"]) in text
            assert str(row["sourceLabel"]) in sources


@pytest.mark.parametrize("language", ["zh", "en"])
def test_citations_are_those_of_the_graph(language: str, visitor: Visitor, shipped_page: Path, kb: KnowledgeBase) -> None:
    """The citation under a statement says the place and the wording as the graph's own citation does, in both languages."""
    page = visitor.open(shipped_page, f"lang={language}&statuses=done,ongoing,none,planned,applied,denied")
    choose(page, SHANXI)
    for reference, text in page.locator("#panel .evidence").evaluate_all(
        "nodes => nodes.map(node => [(node.closest('[data-statement]')).dataset.statement, node.textContent])"
    ):
        told = kb.query("evidence-for", Options(language=language), statement=reference).to_dicts()[0]
        place = re.sub(r"^\[\d+\] ", "", text).partition("“")[0].strip(" ，,")
        assert place in str(told["evidence"]), reference
        assert not told["wording"] or str(told["wording"]) in text


def test_each_tie_rests_on_its_statements(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """Every tie of each kind lists the statements that it has in Python, with its programs' number as its strength."""
    page = visitor.open(shipped_page, "kinds=said,rule,same&statuses=done,ongoing,none,planned,applied,denied")
    shown = page.evaluate(
        "Object.fromEntries(seen.edges.map(item => [item.key, [item.strength, item.certainty, item.claims.map(claim => CLAIMS.reference[claim]).sort()]]))"
    )
    found: dict[str, list[Any]] = {}
    for tie in ties(shipped_network, statuses=(*USUAL, "applied", "denied")):
        parts = {"said": (tie.certainty, tie.status), "by rule": (tie.rule, tie.certainty), "same program": ()}[tie.kind]
        found["~".join((tie.a, tie.b, KINDS[tie.kind], *parts))] = [tie.strength, tie.certainty, sorted(tie.statements)]
    assert shown == found
    for key in list(found)[::7]:
        choose(page, key)
        assert statements(page) == set(found[key][2]), key


@pytest.mark.parametrize("view", ["programs", "money"])
def test_stated_edges_rest_on_their_statements(view: str, visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """In the other views an edge lists the statements between its ends, and a click on it opens them."""
    page = visitor.open(shipped_page, f"view={view}")
    graph = claims_graph(shipped_network)
    for key, a, b, predicate in page.evaluate("seen.edges.map(item => [item.key, BODIES.id[item.from], BODIES.id[item.to], item.predicate])")[
        :: 40 if view == "programs" else 1
    ]:
        choose(page, key)
        between = {reference for _, end, reference, told in graph.out_edges(a, keys=True, data=True) if end == b and told["predicate"] == predicate}
        assert statements(page)
        assert statements(page) <= between
    page.evaluate("choose('')")
    page.locator("#fit").click()
    if view == "money":
        key = next(key for key in page.evaluate("seen.drawn.map(item => item.key)") if click_edge(page, key))
        page.wait_for_function("key => state.select === key", arg=key)
        assert statements(page) == {key}


def test_contradictions_stand_with_the_evidence(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """A statement that contradicts another names it."""
    page = visitor.open(shipped_page, "view=programs&statuses=done,ongoing,none,planned,applied,denied")
    for item in shipped_network.contradictions:
        told = item["statements"].split("|")
        subject = next(claim.subject for claim in shipped_network.claims if claim.reference == told[0])
        choose(page, subject)
        notes = page.locator(f"#panel [data-statement='{told[0]}'] .contradiction").first.inner_text()
        assert all(other in notes for other in told[1:])


# Dossiers


def test_a_click_opens_the_dossier(visitor: Visitor, shipped_page: Path) -> None:
    """A click on a mark opens the dossier of that body and selects it; a click beside everything lets go."""
    page = visitor.open(shipped_page)
    for id in (SHANXI, LIANCI):
        page.mouse.click(*body_point(page, id))
        page.wait_for_function("id => state.select === id", arg=id)
        assert id in page.locator("#panel .dim").first.inner_text()
    empty = page.evaluate(
        "(() => { const box = byId('network').getBoundingClientRect(); for (let x = 8; x < box.width; x += 9) for (let y = 8; y < 90; y += 9) if (net.getNodeAt({x, y}) === undefined && net.getEdgeAt({x, y}) === undefined) return [box.x + x, box.y + y]; })()"
    )
    page.mouse.click(*empty)
    page.wait_for_function("() => state.select === ''")


def test_partners_are_those_of_the_question(visitor: Visitor, shipped_page: Path, shipped_network: Network, kb: KnowledgeBase) -> None:
    """For every organization the partnership report names the partners, said or by rule, that ``partners-of`` gives."""
    page = visitor.open(shipped_page)
    bodies = shipped_network.organizations()
    linked = {end for tie in ties(shipped_network, kinds=("said", "by rule"), statuses=USUAL) for end in (tie.a, tie.b)}
    for id in sorted(linked):
        rows = kb.query("partners-of", AS_SHOWN, org=id).to_dicts()
        expected = {(local(row["partner"]), "rule" if row["kind"] == "by rule" else "said") for row in rows if local(row["partner"]) in bodies}
        choose(page, id)
        found = page.locator("#panel .report tbody tr").evaluate_all(
            "rows => rows.map(row => [row.querySelector('.chip').dataset.body, row.querySelector('.kind').className.replace('kind ', '')])"
        )
        said = {partner for partner, kind in expected if kind == "said"}
        # The question leaves out what a rule draws where a document says the same; in the picture such ties stand beside each other.
        assert expected <= {tuple(row) for row in found} <= expected | {(partner, "rule") for partner in said}, id
        assert {local(row["statement"]) for row in rows} <= statements(page), id


def test_totals_are_those_of_the_build(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """The totals of money in a dossier are those that the build computed, with what they count and leave out."""
    page = visitor.open(shipped_page)
    entities = sorted({total["entity"] for total in shipped_network.totals})
    assert len(entities) > 5
    for entity in entities:
        choose(page, entity)
        shown = page.locator("#panel .totals tbody tr").evaluate_all(
            "rows => rows.map(row => [row.cells[0].textContent.slice(0, 3), row.cells[1].firstChild.textContent, ...[2, 3].map(cell => [...row.cells[cell].querySelectorAll('code')].map(code => code.textContent).sort())])"
        )
        totals = [total for total in shipped_network.totals if total["entity"] == entity]
        expected = [
            [
                total["currency"] or "没有写",
                total["sum"],
                sorted(filter(None, total["counted"].split("|"))),
                sorted(part.partition(" ")[0] for part in total["left_out"].split("|") if part),
            ]
            for total in totals
        ]
        assert sorted(shown) == sorted(expected), entity


def test_a_dossier_holds_every_statement(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """A dossier shows every statement in which the entity stands, and says how many the filters hide."""
    page = visitor.open(shipped_page)
    busy = sorted({claim.subject for claim in shipped_network.claims if shipped_network.relation(claim) == PARTNERSHIP} | {"qujing-red-cross", "red-journey"})
    for id in busy:
        told = [claim for claim in shipped_network.claims if id in (claim.subject, claim.object, claim.program)]
        choose(page, id)
        hidden = {claim.reference for claim in told if claim.status not in USUAL}
        assert {claim.reference for claim in told} - hidden <= statements(page), id
        assert not hidden & statements(page)
        assert (f"筛选隐去了 {len(hidden)} 条陈述" in page.locator("#panel").inner_text()) == bool(hidden)


# Saving


def saved(page: Page, what: str) -> Path:
    """Save the picture or an evidence list with the buttons of the page and return the file."""
    page.locator("#show-save").click()
    with page.expect_download() as download:
        page.locator(f"#save-{what}").click()
    return Path(download.value.path())


def by_number(rows: Iterable[Iterable[str]]) -> Mapping[int, list[str]]:
    """Return the statements of an evidence list by the number in the picture."""
    found: dict[int, list[str]] = {}
    for number, *_, reference in rows:
        found.setdefault(int(number), []).append(reference)
    return found


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG (PNG specification, 11.2.2)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", data[16:24])
    return wide, high


PAINTED = """
window.painted = [];
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { window.painted.push([String(text), this.font]); return fill.call(this, text, ...rest); };
"""
COLOURS = """async text => {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0)), image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const data = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer), found = new Map();
    for (let at = 0; at < data.length; at += 7) found.set(data[at], (found.get(data[at]) || 0) + 1);
    return [found.size, Math.max(...found.values()) / (data.length / 7)];
}"""


@pytest.mark.parametrize("view", ["ties", "money"])
def test_picture_and_evidence_agree(view: str, visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """The picture has 3508 pixels and is not blank; its numbers are those of the lists, and these hold the evidence of its edges."""
    page = visitor.open(shipped_page, f"view={view}", before=PAINTED)
    numbered: dict[int, list[str]] = dict(page.evaluate(NUMBERED))
    assert list(numbered) == list(range(1, counts(page)["edges"] + 1))
    before = page.evaluate(
        "JSON.stringify([net.getScale(), net.getViewPosition(), byId('network').getBoundingClientRect()], (key, value) => typeof value === 'number' ? Math.round(value * 1e6) : value)"
    )
    page.evaluate("painted.length = 0")
    picture = saved(page, "picture").read_bytes()
    assert max(png_size(picture)) == 3508
    colours, paper = page.evaluate(COLOURS, base64.b64encode(picture).decode())
    assert colours > 50
    assert paper < 0.99
    written: list[tuple[str, str]] = page.evaluate("painted")
    numbers = {int(text) for text, font in written if text.isdigit() and font.startswith("600")}
    assert numbers <= set(numbered)
    assert len(numbers) > len(numbered) * 0.8
    caption = "".join(text for text, _ in written)
    assert shipped_network.about["zh"] in caption
    assert all(source["title"][:12] in caption for source in shipped_network.sources)
    left = len(numbered) - len(numbers)
    assert (f"{left} 个编号因位置不够没有画出" in caption) == (left > 0)
    assert (
        page.evaluate(
            "JSON.stringify([net.getScale(), net.getViewPosition(), byId('network').getBoundingClientRect()], (key, value) => typeof value === 'number' ? Math.round(value * 1e6) : value)"
        )
        == before
    )
    table = saved(page, "csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    assert {len(row) for row in rows} == {len(heads)}
    assert by_number(rows) == numbered
    claims = {claim.reference: claim for claim in shipped_network.claims}
    titles = {source["id"]: source["title"] for source in shipped_network.sources}
    for row in rows:
        told = claims[row[-1]]
        assert {told.zh, told.wording, told.where_zh, titles[told.source]} <= set(row)
    file = saved(page, "html")
    listed = visitor.browser.new_context(offline=True).new_page()
    listed.goto(file.rename(file.with_suffix(".html")).as_uri())
    assert by_number(rows_of(listed, "table")) == numbered
    assert [list(row) for row in rows_of(listed, "table")] == rows
    listed.context.close()


def test_evidence_of_bundles(visitor: Visitor, crowd_page: Path) -> None:
    """On an overview the number of a bundle stands for all ties in it."""
    page = visitor.open(crowd_page)
    _, *rows = csv.reader(io.StringIO(saved(page, "csv").read_text(encoding="utf-8-sig"), newline=""))
    numbered = dict(page.evaluate(NUMBERED))
    assert by_number(rows) == numbered
    assert max(map(len, numbered.values())) > 1


def test_cells_are_no_formulas(visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """A name that a spreadsheet would run as a formula is saved with an apostrophe in front; numbers stay numbers."""
    names = ['=HYPERLINK("https://example.org")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", 'a,b"c\nd']
    ends = sorted({end for tie in ties(shipped_network, kinds=("said", "by rule")) for end in (tie.a, tie.b)})
    renamed = dict(zip(ends, names * len(ends), strict=False))
    bodies = [replace(body, zh=renamed.get(body.id, body.zh)) for body in shipped_network.bodies]
    page = visitor.open(write_page(replace(shipped_network, bodies=bodies), tmp_path))
    with saved(page, "csv").open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    cells = {cell for row in rows for cell in row}
    assert {cell for cell in cells if re.match(r"[=+\-@\t\r＝＋－＠]", cell) and not re.fullmatch(r"-?[0-9.]+", cell)} == set()
    assert {"'" + name for name in names[:6]} <= cells
    assert names[-1] in cells
    assert {row[0] for row in rows} == {str(number) for number in range(1, counts(page)["edges"] + 1)}


def test_copies_for_a_word_processor(visitor: Visitor, shipped_page: Path) -> None:
    """A dossier is copied as a table and as plain text, with its sources and without the buttons."""
    page = visitor.open(shipped_page)
    choose(page, SHANXI)
    copied: dict[str, Any] = page.evaluate(
        """async () => {
            const held = {};
            navigator.clipboard.write = async items => { for (const item of items) for (const type of item.types) held[type] = await (await item.getType(type)).text(); };
            await copyPanel();
            return held;
        }"""
    )
    assert "<table" in copied["text/html"]
    assert "<button" not in copied["text/html"]
    for form in ("text/html", "text/plain"):
        assert "山西省红十字会" in copied[form]
        assert "社会化扶贫探析" in copied[form]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", ["ties", "programs", "money"])
def test_the_command_writes_the_list_of_the_page(view: str, language: str, visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """``withwhom network --svg`` numbers the edges, and tells them and their caption, as the page does when nothing is folded."""
    page = visitor.open(shipped_page, f"lang={language}&view={view}&unfolded=all")
    shown = shown_edges(shipped_network, view=view)
    assert page.evaluate("evidenceCsv()") == evidence_csv(shipped_network, shown, language)
    assert page.evaluate("caption()") == caption(shipped_network, shown, language)
