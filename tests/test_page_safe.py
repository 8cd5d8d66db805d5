"""Nothing that a document says is run: names with markup, scripts, addresses, marks of direction and 10,000 characters are text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser import SIZES, Visitor, choose, click_edge, write_page
from withwhom.network import Network
from withwhom.text import normal
from withwhom.ties import ties

pytest_plugins = ["browser"]

IMAGE, SCRIPT, ADDRESS = "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "javascript:alert(1)"
COMMENT, TEMPLATE, QUOTE = "<!--<script>", "{{7*7}}${7*7}{% raw %}", '"onmouseover=alert(1) x="'
TURNED, ISOLATED = "正\u202e反面", "正\u2066内\u200f外"
LONG = "长" * 10_000
HOSTILE = (
    IMAGE,
    SCRIPT,
    ADDRESS,
    COMMENT,
    TEMPLATE,
    QUOTE,
    TURNED,
    ISOLATED,
    LONG,
    "<svg/onload=alert(1)>",
    "\u2028alert(1)\u2029",
    "__proto__",
    "&lt;b&gt;&#60;",
)
RECORDER = "window.ran = []; for (const name of ['alert', 'confirm', 'prompt', 'open']) window[name] = (...given) => { window.ran.push([name, ...given.map(String)]); };"
# The page's own scripts: data, library, code; and the elements that a name could have made.
MADE = "() => [window.ran.length, document.querySelectorAll('img, iframe, object, embed, base, link, form, svg[onload], [onerror], [onmouseover], [onload]').length, document.scripts.length, document.querySelectorAll('a:not([href^=\"#\"])').length]"


@pytest.fixture(scope="module")
def hostile(shipped_network: Network) -> Network:
    """The shipped network with hostile names, also of its documents, and the sentences that hold them."""
    ends = sorted({end for tie in ties(shipped_network, kinds=("said", "by rule")) for end in (tie.a, tie.b)})
    names = dict(zip(ends, HOSTILE * len(ends), strict=False))
    bodies = [
        replace(body, zh=name, en=name, also=name.replace("|", ""), forms=f"{body.id}\n{normal(name)}") if (name := names.get(body.id)) else body
        for body in shipped_network.bodies
    ]
    claims = [
        replace(claim, zh=f"{name}与某处合作", en=f"{name} works", wording=name, quote=name, where_zh=name, where_en=name, sum_zh=claim.sum_zh and IMAGE)
        if (name := names.get(claim.subject))
        else claim
        for claim in shipped_network.claims
    ]
    sources = [{**source, "title": SCRIPT + source["title"], "author": IMAGE, "publisher": QUOTE, "url": ADDRESS} for source in shipped_network.sources]
    return replace(shipped_network, about={**shipped_network.about, "zh": SCRIPT, "en": IMAGE, "quoted": "yes"}, bodies=bodies, claims=claims, sources=sources)


@pytest.fixture(scope="module")
def hostile_page(hostile: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the hostile network."""
    return write_page(hostile, tmp_path_factory.mktemp("hostile"))


def made(page: Page) -> list[int]:
    """Return how often a script of a name ran, and how many elements, scripts and links there are that a name could have made."""
    found: list[int] = page.evaluate(MADE)
    return found


def test_hostile_names_are_text(visitor: Visitor, hostile_page: Path, shipped_page: Path, hostile: Network) -> None:
    """Hostile names run nothing and make no element in any panel, list or dialog; each is shown letter by letter."""
    clean = made(visitor.open(shipped_page, before=RECORDER))
    assert clean[:2] == [0, 0]
    page = visitor.open(hostile_page, before=RECORDER)
    assert made(page) == clean
    assert page.locator("#title").inner_text() == SCRIPT
    assert page.title() == SCRIPT
    named = {body.zh: body.id for body in reversed(hostile.bodies) if body.zh in HOSTILE}
    assert set(named) == set(HOSTILE)
    for name, id in named.items():
        choose(page, id)
        shown = page.locator("#panel h2").text_content() or ""
        assert all(part in shown for part in re.split("[\u202e\u2066\u200f]", name)), name
        assert made(page) == clean, name
    for view in ("ties", "programs", "money"):
        page.locator(f"[data-view={view}]").click()
        choose(page, "list")
        for key in page.evaluate("seen.edges.slice(0, 40).map(item => item.key)"):
            choose(page, key)
        assert made(page) == clean, view
    page.locator("[data-view=ties]").click()
    for key in page.evaluate("seen.drawn.slice(0, 12).map(item => item.key)"):
        click_edge(page, key)
    for opener in ("#language", "#show-help", "#show-save"):
        page.locator(opener).click()
        if opener != "#language":
            page.locator("#close").click()
    assert page.locator("#title").inner_text() == IMAGE
    assert made(page) == clean


def test_hostile_names_are_found(visitor: Visitor, hostile_page: Path) -> None:
    """The search finds a hostile name and shows it as text; hidden, marked and pinned it is a text in filters and address, too."""
    page = visitor.open(hostile_page, before=RECORDER)
    scripts = made(page)
    for name in (IMAGE, SCRIPT, ADDRESS, QUOTE):
        page.locator("#search").fill(name)
        assert name in page.locator("#found").inner_text()
        page.keyboard.press("Enter")
        assert page.locator("#panel h2").inner_text().strip() == name
        found = page.evaluate("state.select")
        page.locator("#mark").click()
        choose(page, found)
        page.locator("#pin").click()
        page.locator("#hide").click()
        assert name in page.locator("#filters").inner_text()
    assert made(page) == scripts
    again = visitor.open(hostile_page, page.evaluate("location.hash.slice(1)"), before=RECORDER)
    assert made(again) == scripts


def test_hostile_names_in_the_address(visitor: Visitor, shipped_page: Path) -> None:
    """What stands in an address is never run or shown as markup."""
    page = visitor.open(
        shipped_page,
        "select=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&money=%3Cscript%3Ealert(1)%3C/script%3E&from=%22%3E%3Cimg%20src=x%3E&hidden=%3Cb%3E&unfolded=%3Cimg%3E&view=money",
        before=RECORDER,
    )
    assert made(page)[:2] == [0, 0]


def test_hostile_names_are_saved_as_text(visitor: Visitor, hostile_page: Path) -> None:
    """The evidence list with hostile names, opened from disk, runs nothing and shows them as text."""
    page = visitor.open(hostile_page, before=RECORDER)
    page.locator("#show-save").click()
    with page.expect_download() as download:
        page.locator("#save-html").click()
    file = Path(download.value.path())
    listed = visitor.browser.new_context(offline=True).new_page()
    listed.add_init_script(RECORDER)
    listed.on("dialog", lambda dialog: dialog.dismiss())
    listed.goto(file.rename(file.with_suffix(".html")).as_uri())
    assert listed.evaluate(
        "[window.ran.length, document.scripts.length, document.querySelectorAll('img, iframe, svg, a, [onload], [onerror], [onmouseover]').length]"
    ) == [0, 0, 0]
    body = listed.locator("body").inner_text()
    assert all(name in body for name in (IMAGE, SCRIPT, ADDRESS, QUOTE))
    listed.context.close()


def test_copies_hostile_names_as_text(visitor: Visitor, hostile_page: Path, hostile: Network) -> None:
    """What is copied for a word processor holds a hostile name as text only."""
    page = visitor.open(hostile_page, before=RECORDER)
    choose(page, next(body.id for body in hostile.bodies if body.zh == IMAGE))
    copied = page.evaluate(
        """async () => { let held = ""; navigator.clipboard.write = async items => { held = await (await items[0].getType("text/html")).text(); }; await copyPanel(); return held; }"""
    )
    assert "&lt;img" in copied
    assert "<img" not in copied
    assert page.evaluate("html => new DOMParser().parseFromString(html, 'text/html').querySelectorAll('img, script, [onerror]').length", copied) == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_long_name_breaks_nothing(size: tuple[int, int], visitor: Visitor, hostile_page: Path, hostile: Network) -> None:
    """A name of 10,000 characters widens neither the page nor a list, and its label in the picture is cut."""
    page = visitor.open(
        hostile_page,
        size=size,
        before=RECORDER
        + "window.longest = 0; const fill = CanvasRenderingContext2D.prototype.fillText; CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { window.longest = Math.max(window.longest, text.length); return fill.call(this, text, ...rest); };",
    )
    for what in (next(body.id for body in hostile.bodies if body.zh == LONG), "list", ""):
        choose(page, what)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
        assert page.evaluate("byId('panel').scrollWidth <= byId('panel').clientWidth")
    page.locator("#search").fill("长长")
    assert page.locator("#found li").first.evaluate("node => node.getBoundingClientRect().right") <= size[0]
    assert 0 < page.evaluate("longest") < 100


def test_marks_of_direction_turn_nothing_else(visitor: Visitor, hostile_page: Path, hostile: Network) -> None:
    """A mark in a name that reverses the direction of writing does not reverse what stands behind the name."""
    page = visitor.open(hostile_page, before=RECORDER)
    order = """node => {
        const walk = document.createTreeWalker(node, NodeFilter.SHOW_TEXT), places = [];
        let text = "";
        while (walk.nextNode()) for (let at = 0; at < walk.currentNode.data.length; at++) {
            const range = document.createRange(); range.setStart(walk.currentNode, at); range.setEnd(walk.currentNode, at + 1);
            const box = range.getBoundingClientRect(); if (box.width) { text += walk.currentNode.data[at]; places.push(box); }
        }
        const behind = places.slice(text.indexOf("反面") + 3);
        return behind.every((place, number) => !number || place.top >= behind[number - 1].bottom - 6 || place.left >= behind[number - 1].left - 1);
    }"""
    turned = {body.id for body in hostile.bodies if body.zh == TURNED}
    keys = [key for key in page.evaluate("seen.edges.map(item => item.key)") if key.split("~")[0] in turned]
    assert keys
    choose(page, keys[0])
    assert page.locator("#panel h2").evaluate(order), "the name behind the dash runs backwards"
    choose(page, keys[0].split("~")[0])
    assert (
        page.locator("#panel .statement p:first-child, #panel .evidence, #panel .dim")
        .filter(has_text="反面")
        .evaluate_all(f"nodes => nodes.map({order})")
        .count(False)
        == 0
    )
    choose(page, "list")
    assert page.locator("#list-edges .edge").filter(has_text="反面").evaluate_all(f"nodes => nodes.map({order})").count(False) == 0
