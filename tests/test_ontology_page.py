"""The documentation page in a browser: two languages, with and without scripts, search, three sizes, light and dark, axe, the network page beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import DESK, LANGUAGES, TABLET, Visitor
from conftest import TINY
from test_ontology_docs import HOSTILE, LOCAL, WW
from test_page_looks import faults
from withwhom.build import build
from withwhom.cli import main
from withwhom.workspace import Workspace

pytest_plugins = ["browser"]

SMALL = (320, 640)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the tiny workspace with terms of its own, its build beside it."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("page") / "tiny"))
    (root / "ontology").mkdir()
    (root / "ontology" / "local.ttl").write_text(LOCAL, encoding="utf-8")
    build(Workspace(root))
    assert main(["ontology", "docs", "--workspace", str(root), "--lang", "zh"]) == 0
    return root / "ontology-docs" / "index.html"


def again(page: Page, file: Path, address: str) -> None:
    """Open the page anew at an address: what stands after its name."""
    page.goto("about:blank")
    page.goto(file.as_uri() + address)
    page.locator("html[data-ready=yes]").wait_for(state="attached")


def heading(page: Page, anchor: str) -> str:
    """Return the heading of a term as it reads; what is far from the window is not rendered before it is looked at."""
    found = page.locator(f"[id='{anchor}'] h4")
    found.scroll_into_view_if_needed()
    expect(found).not_to_have_text("", use_inner_text=True)
    return found.inner_text()


def shown(page: Page, selector: str = ".term") -> list[str]:
    """Return the ids of the elements that are shown, by default those of the terms."""
    return [str(name) for name in page.locator(selector).evaluate_all("nodes => nodes.filter(node => node.checkVisibility()).map(node => node.id)")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_speaks_the_language_of_the_browser(language: str, visitor: Visitor, page_file: Path) -> None:
    """Heading, terms and title are in the language of the browser, and in that alone."""
    page = visitor.open(page_file, language=language)
    other = "en" if language == "zh" else "zh"
    assert page.locator("html").get_attribute("lang") == language
    for part in (".bar", "header", "#page-idea", "#leads", "nav"):
        assert shown(page, f"{part} .{other}") == []
        assert shown(page, f"{part} .{language}")
    assert {"zh": "谁与谁合作", "en": "WithWhom"}[language] in page.title()
    assert heading(page, "leads").startswith({"zh": "牵头、举办", "en": "leads"}[language])
    assert [text.strip() for text in page.locator("#leads .phrase").all_inner_texts()] == ["甲牵头乙", "A leads B"]  # both always


def test_the_language_stays_in_the_address(visitor: Visitor, page_file: Path) -> None:
    """The switch changes every text in place, stands in the address, and is kept by links, by a reload and by whoever gets the address."""
    page = visitor.open(page_file, language="zh", size=DESK)
    page.locator("label[lang=en]").click()
    assert heading(page, "leads").startswith("leads")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("nav a[href='#page-glance']").click()
    page.locator("#page-glance a[href='#leads']").first.click()
    assert page.url.endswith("?lang=en#leads")
    page.reload()
    page.locator("html[data-ready=yes]").wait_for(state="attached")
    assert heading(page, "leads").startswith("leads")
    again(page, page_file, "?lang=zh#leads")
    assert heading(page, "leads").startswith("牵头")
    page.locator("#page-zh").focus()
    page.keyboard.press("ArrowRight")
    assert heading(page, "leads").startswith("leads")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_reads_without_scripts(language: str, chromium: Browser, page_file: Path) -> None:
    """Without scripts the page is whole: in the language of the command at first, the switch works, and no search is offered."""
    context = chromium.new_context(java_script_enabled=False, offline=True, locale=LANGUAGES[language])
    page = context.new_page()
    page.goto(page_file.as_uri() + "#leads")
    assert heading(page, "leads").startswith("牵头")
    assert page.locator(".term").last.is_visible()
    assert page.locator("#page-search").is_hidden()
    page.locator("label[lang=en]").click()
    assert heading(page, "leads").startswith("leads")
    assert page.locator("h1 .zh").first.is_hidden()
    context.close()


@pytest.mark.parametrize(
    ("typed", "first"),
    [("牵头", "leads"), ("ＨＯＳＰＩＴＡＬ", "Hospital"), (f"{WW}basis", "basis"), ("date certainty", "dateCertainty"), ("茶馆", "Teahouse")],
)
def test_the_search_filters_terms(typed: str, first: str, visitor: Visitor, page_file: Path) -> None:
    """Chinese and English names, definitions and IRIs are found in either language, and sections without a term go."""
    page = visitor.open(page_file, language="en")
    every = len(shown(page))
    page.keyboard.press("/")
    page.keyboard.type(typed)
    found = shown(page)
    assert first in found
    assert len(found) < 40
    assert page.locator("#page-found").inner_text() == f"{len(found)} of {every} terms"
    assert set(shown(page, "section.terms")) == set(page.locator("section.terms:has(.term:not([hidden]))").evaluate_all("nodes => nodes.map(node => node.id)"))
    address = page.url
    page.keyboard.press("Escape")
    assert len(shown(page)) == every
    again(page, page_file, address.removeprefix(page_file.as_uri()))
    assert shown(page) == found


def test_a_search_without_result_says_so(visitor: Visitor, page_file: Path) -> None:
    """Nothing found is said, and a link to what the search hides, a term or a section, shows it again."""
    page = visitor.open(page_file, language="zh")
    page.locator("#page-search").fill("没有这样的术语")
    assert shown(page) == []
    assert page.locator("#page-none").inner_text() == "没有符合的术语"
    page.evaluate("location.hash = 'Hospital'")
    page.wait_for_function("document.getElementById('Hospital').checkVisibility()")
    assert page.locator("#page-search").input_value() == ""
    page.locator("#page-search").fill("基金会")
    assert page.locator("#page-idea").is_hidden()
    page.locator("nav a[href='#page-idea']").click()
    expect(page.locator("#page-idea")).to_be_visible()
    assert "q=" not in page.url


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [SMALL, TABLET, DESK])
def test_it_fits_the_window(size: tuple[int, int], language: str, visitor: Visitor, page_file: Path) -> None:
    """From 320 pixels the page never scrolls sideways, terms are not hidden under the bar, and the tree of classes is readable."""
    page = visitor.open(page_file, size=size, language=language)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
    again(page, page_file, f"?lang={language}#leads")
    top = page.locator("#leads").bounding_box()
    bar = page.locator(".bar").bounding_box()
    assert top is not None
    assert bar is not None
    assert bar["y"] + bar["height"] <= top["y"] < size[1] / 2
    tree = page.locator(".tree svg").first.evaluate("node => node.getBoundingClientRect().width / node.viewBox.baseVal.width")
    assert tree * 14 >= 10
    wide = page.locator(".drawn svg").evaluate("node => node.getBoundingClientRect().width / node.viewBox.baseVal.width")
    assert wide * 12 >= 9


@pytest.mark.parametrize("language", ["zh", "en"])
def test_texts_of_the_pictures_fit(language: str, visitor: Visitor, page_file: Path) -> None:
    """No text leaves its box or its picture."""
    page = visitor.open(page_file, language=language)
    outside = page.evaluate(
        """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
            const frame = svg.getBoundingClientRect(), boxes = [...svg.querySelectorAll("rect.box")].map(box => box.getBoundingClientRect());
            return [...svg.querySelectorAll("text")].filter(text => text.checkVisibility()).filter(text => {
                const ink = text.getBoundingClientRect(), x = (ink.left + ink.right) / 2, y = (ink.top + ink.bottom) / 2;
                const box = boxes.find(box => box.left < x && x < box.right && box.top < y && y < box.bottom) || frame;
                return ink.left < box.left - 1 || ink.right > box.right + 1 || ink.top < frame.top - 1 || ink.bottom > frame.bottom + 1;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []


def test_links_of_the_tree_lead_to_classes(visitor: Visitor, page_file: Path) -> None:
    """A class in the picture leads to its entry, own classes among them, and the picture is told in words."""
    page = visitor.open(page_file, language="en")
    told = page.locator("#page-classes figcaption .en").all_text_contents()
    assert any("Organization (" in text and "Teahouse" in text for text in told)
    page.locator(".tree a[href='#Teahouse']").click()
    assert page.url.endswith("#Teahouse")
    assert page.locator("#Teahouse:target .badge.own").is_visible()


def test_light_and_dark(visitor: Visitor, page_file: Path) -> None:
    """The page follows the colours that the reader's system prefers."""
    paper = "getComputedStyle(document.body).backgroundColor"
    assert visitor.open(page_file, scheme="dark").evaluate(paper) != visitor.open(page_file, scheme="light").evaluate(paper)


# Terms are all made by one macro, and axe takes minutes for hundreds: a few of each section stay, and those that are unlike others.
FEW = """() => {
    const kept = new Set(document.querySelectorAll(".term.own, .term.gone, .terms .group:nth-of-type(1) > .term:nth-of-type(1)"));
    document.querySelectorAll(".term").forEach(node => kept.has(node) || node.remove());
    document.querySelectorAll(".question:nth-of-type(n+3)").forEach(node => node.remove());
    return kept.size;
}"""


@pytest.mark.parametrize(("language", "scheme", "size"), [("zh", "light", DESK), ("en", "dark", SMALL)])
def test_axe_finds_no_fault(language: str, scheme: Literal["light", "dark"], size: tuple[int, int], visitor: Visitor, page_file: Path) -> None:
    """axe-core finds no serious or critical fault, contrast among them, in both languages, light and dark, large and small."""
    page = visitor.open(page_file, language=language, scheme=scheme, size=size, bypass_csp=True)
    assert page.evaluate(FEW) > 10
    page.add_style_tag(content=".term { content-visibility: visible !important; }")
    assert faults(page) == []


def test_names_are_text(visitor: Visitor, page_file: Path) -> None:
    """A hostile label runs nothing, makes no element, and is shown letter by letter."""
    page = visitor.open(page_file, language="en")
    assert heading(page, "entertains").startswith(HOSTILE)
    assert page.locator("img, iframe, [onerror]").count() == 0


def test_printed_without_controls(visitor: Visitor, page_file: Path) -> None:
    """On paper there is neither bar nor search, and the text is in the language that was chosen."""
    page = visitor.open(page_file, language="en")
    page.emulate_media(media="print")
    assert page.locator(".bar").is_hidden()
    assert page.locator(".permalink").first.is_hidden()
    assert heading(page, "leads").startswith("leads")


def test_an_example_opens_on_the_network_page(visitor: Visitor, page_file: Path) -> None:
    """The link of an example opens the network page beside, in the same language, on that very statement."""
    page = visitor.open(page_file, language="zh")
    example = page.locator("#Participation .told li").first
    reference = example.locator("code").text_content()
    example.locator("a.zh").click()
    page.locator("html[data-ready=yes]").wait_for(state="attached")
    assert "network.html#lang=zh" in page.url
    assert page.locator(f"#panel [data-statement='{reference}']").count() == 1
