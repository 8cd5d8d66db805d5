"""How the page looks and reads: labels that do not cover each other, three sizes, light and dark, and what axe finds."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from browser import DESK, PHONE, SIZES, Visitor, choose

pytest_plugins = ["browser"]

SHANXI = "shanxi-red-cross"
# Boxes of the ink of every text that is painted, in pixels of the picture; a label of two lines is one text a line.
PAINTED = """
window.painted = [];
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const size = this.measureText(text), at = this.getTransform().transformPoint({ x, y }), ratio = devicePixelRatio;
    window.painted.push({ text, left: at.x / ratio - size.actualBoundingBoxLeft, right: at.x / ratio + size.actualBoundingBoxRight, top: at.y / ratio - size.actualBoundingBoxAscent, bottom: at.y / ratio + size.actualBoundingBoxDescent });
    return fill.call(this, text, x, y, ...rest);
};
"""
REPAINTED = "() => { painted.length = 0; net.redraw(); return painted; }"


def overlapping(boxes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the texts that cover each other by more than a pixel in both directions."""
    return [
        (one["text"], other["text"])
        for one, other in combinations(boxes, 2)
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 1 and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 1
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_labels_do_not_overlap(language: str, size: tuple[int, int], visitor: Visitor, shipped_page: Path) -> None:
    """No label covers another or leaves the picture sideways: at first, near by, in focus, and in every view."""
    page = visitor.open(shipped_page, language=language, size=size, before=PAINTED)
    wide = page.evaluate("byId('network').clientWidth")
    for step in ("", "zoomBy(1.6)", "zoomBy(1.6)", f"focusOn('{SHANXI}')", "switchView('programs')", "switchView('money')"):
        page.evaluate(step or "0")
        boxes = page.evaluate(REPAINTED)
        assert boxes, step
        assert overlapping(boxes) == [], step
        if not step:
            assert len(boxes) > (20 if size == DESK else 5)
            assert [box["text"] for box in boxes if box["left"] < -1 or box["right"] > wide + 1] == []


def test_labels_of_an_overview_do_not_overlap(visitor: Visitor, crowd_page: Path) -> None:
    """On an overview, too, no label covers another, and groups are named or counted."""
    page = visitor.open(crowd_page, before=PAINTED)
    boxes = page.evaluate(REPAINTED)
    assert overlapping(boxes) == []
    assert len(boxes) > 10


def test_it_stands_still(visitor: Visitor, shipped_page: Path) -> None:
    """Marks stand where the build put them: two openings give the same places, and nothing moves by itself."""
    page = visitor.open(shipped_page)
    assert visitor.open(shipped_page).evaluate("JSON.stringify(net.getPositions())") == page.evaluate("JSON.stringify(net.getPositions())")
    assert page.evaluate("net.physics.physicsEnabled") is False
    spots = page.evaluate(
        "Object.fromEntries([...seen.standing].map(body => [nodeKey(body), {x: placesIn('ties').get(body)[0], y: placesIn('ties').get(body)[1]}]))"
    )
    assert page.evaluate("net.getPositions()") == spots


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_fits_the_window(size: tuple[int, int], language: str, visitor: Visitor, shipped_page: Path) -> None:
    """At three sizes the page never scrolls sideways, and every button and box can be brought into sight and hit."""
    page = visitor.open(shipped_page, size=size, language=language)
    if page.locator("#show-filters").is_visible():
        page.locator("#show-filters").click()
    reach = """() => [...document.querySelectorAll("button, input, select, summary, a[href]")].filter(node => node.checkVisibility() && node.id !== "skip").map(node => {
        node.scrollIntoView({ block: "center" });
        const box = node.getBoundingClientRect(), x = box.x + Math.min(box.width, innerWidth - box.x) / 2, line = node.getClientRects()[0], hit = document.elementFromPoint(node.getClientRects().length > 1 ? line.x + line.width / 2 : x, line.y + line.height / 2);
        return hit && (node.contains(hit) || hit.contains(node) && hit.tagName === "LABEL") && box.left >= 0 && box.right <= innerWidth + 1 ? "" : node.id || node.name || node.textContent;
    }).filter(Boolean)"""
    for what in ("", SHANXI, page.evaluate("seen.edges[0].key"), "list"):
        choose(page, what)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0], what
        assert page.evaluate(reach) == [], what
    page.locator("#show-help").click()
    assert page.locator("#close").evaluate(
        "node => { node.scrollIntoView(); const box = node.getBoundingClientRect(); return node.contains(document.elementFromPoint(box.x + 5, box.y + 5)); }"
    )
    box = page.locator("#dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]


def test_buttons_are_large_enough_for_a_finger(visitor: Visitor, shipped_page: Path) -> None:
    """On a phone the buttons of the head and of the picture are at least 24 pixels high and wide (WCAG 2.2, 2.5.8)."""
    page = visitor.open(shipped_page, size=PHONE)
    small = page.locator("header button, #zoom button, .actions button").evaluate_all(
        "nodes => nodes.filter(node => node.checkVisibility()).filter(node => { const box = node.getBoundingClientRect(); return box.width < 24 || box.height < 24; }).map(node => node.textContent)"
    )
    assert small == []


def test_light_and_dark(visitor: Visitor, shipped_page: Path) -> None:
    """The page follows the colours that the reader's system prefers, and the button changes them in place."""
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = visitor.open(shipped_page, scheme="dark")
    light = visitor.open(shipped_page)
    assert dark.evaluate(paper) != light.evaluate(paper)
    light.locator("#theme").click()
    assert light.evaluate(paper) == dark.evaluate(paper)
    assert light.evaluate("ink.paper") == dark.evaluate("ink.paper")
    light.locator("#theme").click()
    assert light.evaluate(paper) != dark.evaluate(paper)


@cache
def axe() -> str:
    """Return axe-core, which PyPI's axe-playwright-python carries."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def faults(page: Page, *rules: str) -> list[str]:
    """Return the serious and critical faults that axe finds, by all its rules or by some: rule, element, and what is wrong."""
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(axe())
    found = page.evaluate(
        "async rules => (await axe.run(document, {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})})).violations", list(rules)
    )
    return [
        f"{fault['id']} {node['html'][:90]} {node['failureSummary'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "dark")])
def test_axe_finds_no_serious_fault(language: str, scheme: Literal["light", "dark"], visitor: Visitor, shipped_page: Path) -> None:
    """axe-core finds no serious or critical fault in any view, panel or dialog, in both languages; contrast suffices in light and dark."""
    # The policy of the page forbids foreign scripts, so the context sets it aside for axe; other tests hold the policy itself.
    page = visitor.open(shipped_page, language=language, scheme=scheme, bypass_csp=True)
    found = {"first view": faults(page)}
    page.evaluate("() => document.querySelectorAll('#filters details').forEach(node => { node.open = true; })")
    found["filters"] = faults(page)
    page.locator("#reset").click()
    page.evaluate("() => document.querySelectorAll('#filters details').forEach(node => { node.open = false; })")
    for what in (SHANXI, page.evaluate("seen.edges.find(item => item.kind === 'rule').key"), "list"):
        choose(page, what)
        found[what] = faults(page)
        page.locator("#theme").click()
        found[what + " in other colours"] = faults(page, "color-contrast", "link-in-text-block")
        page.locator("#theme").click()
    page.locator("#search").fill("红十字")
    found["search"] = faults(page)
    page.locator("#search").fill("")
    for opener in ("#show-help", "#show-save"):
        page.locator(opener).click()
        found[opener] = faults(page)
        page.locator("#close").click()
    for view in ("programs", "money"):
        page.locator(f"[data-view={view}]").click()
        found[view] = faults(page)
    assert {place: fault for place, fault in found.items() if fault} == {}


def test_axe_on_a_phone(visitor: Visitor, shipped_page: Path) -> None:
    """axe-core finds no serious or critical fault at 390 pixels, filters open."""
    page = visitor.open(shipped_page, size=PHONE, bypass_csp=True)  # as above
    page.locator("#show-filters").click()
    assert faults(page) == []
