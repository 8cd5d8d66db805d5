"""The page in a browser: it opens from disk, finds, shows, remembers, and can be used without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from urllib.parse import unquote

import networkx as nx
import pytest
from playwright.sync_api import Page, expect

from browser import (
    Visitor,
    body_point,
    choose,
    click_edge,
    counts,
    on_page,
    open_filter,
    statements,
    texts,
    write_page,
)
from withwhom.build import build
from withwhom.network import Network, read_network
from withwhom.ties import BY_RULE, SAID, ties, ties_graph
from withwhom.workspace import Workspace

pytest_plugins = ["browser"]

LIANCI, SOCIETY, SHANXI = "beijing-lianci-foundation", "red-cross-society-of-china", "shanxi-red-cross"
USUAL = ("", "done", "ongoing", "planned")
CHINESE = re.compile(r"[\u3007\u4e00-\u9fff]+")


@pytest.fixture(scope="module")
def first_view(shipped_network: Network) -> nx.MultiGraph[str]:
    """The ties that the page shows when it opens, and the bodies that have one."""
    graph = ties_graph(shipped_network, ties(shipped_network, kinds=(SAID, BY_RULE), statuses=USUAL))
    return graph.edge_subgraph(graph.edges(keys=True)).copy()


def names_of(network: Network) -> list[str]:
    """Return all texts of documents that stand on the page in their own language, the longest first."""
    found = {text for source in network.sources for text in source.values()}
    found |= {text for body in network.bodies for text in (body.zh, body.en, body.id, *body.also.split("|"))}
    found |= {text for claim in network.claims for text in (claim.wording, claim.quote)}
    return sorted(filter(None, found), key=len, reverse=True)


# Opening


def test_opens_from_disk_without_a_network(visitor: Visitor, shipped_page: Path) -> None:
    """The page opens from ``file://`` with the network cut off, asks for nothing but itself, and complains of nothing."""
    page = visitor.open(shipped_page)
    assert visitor.asked == [shipped_page.as_uri()]
    assert visitor.heard == []
    assert counts(page)["edges"] > 0


def test_the_policy_forbids_the_network(visitor: Visitor, shipped_page: Path) -> None:
    """The content security policy names no host and no scheme but data and blob, and a request from within the page is blocked."""
    page = visitor.open(shipped_page)
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy
    allowed = {word for part in policy.split(";") for word in part.split()[1:] if not word.startswith("'")}
    assert allowed <= {"data:", "blob:"}
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert all(word.startswith("'sha256-") for word in scripts.split()[1:])
    answers = page.evaluate(
        """async () => {
            const image = new Promise(done => { const node = new Image(); node.onload = () => done("loaded"); node.onerror = () => done("blocked"); node.src = "https://example.org/x.png"; });
            return [await fetch("https://example.org/x").then(() => "loaded", () => "blocked"), await image];
        }"""
    )
    assert answers == ["blocked", "blocked"]
    assert any("Content Security Policy" in line for line in visitor.heard)
    visitor.heard.clear()
    visitor.asked[:] = [address for address in visitor.asked if "example.org" not in address]


def test_no_attribute_leads_outside(visitor: Visitor, shipped_page: Path) -> None:
    """No element points to an address outside the page, in any panel; addresses of documents are text."""
    page = visitor.open(shipped_page)
    for what in ("", SHANXI, page.evaluate("seen.edges[0].key"), "list"):
        choose(page, what)
        leads = page.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(node => ['src', 'href', 'action', 'data', 'srcset', 'poster'].map(name => node.getAttribute(name)).filter(Boolean))"
        )
        assert {lead for lead in leads if not lead.startswith("#")} == set()


# Search


def test_search_finds_and_centres(visitor: Visitor, shipped_page: Path) -> None:
    """A body is found by its name in any script, case and width; Enter opens its dossier and brings it into the middle."""
    page = visitor.open(shipped_page)
    box = page.locator("#network").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for typed in ("联慈", "lianci", "Lianci Health Poverty", "ＬＩＡＮＣＩ", "北京聯慈", " lián cí ", LIANCI):
        page.locator("#fit").click()
        assert body_point(page, LIANCI) != pytest.approx(middle, abs=3)
        page.locator("#search").fill(typed)
        assert page.locator("#found [data-body]").first.get_attribute("data-body") == LIANCI, typed
        page.keyboard.press("Enter")
        assert "北京联慈健康扶贫基金会" in page.locator("#panel h2").inner_text()
        assert page.locator("#found").is_hidden()
        assert body_point(page, LIANCI) == pytest.approx(middle, abs=3), typed
        assert page.evaluate("net.getSelectedNodes().map(key => BODIES.id[nodeOf(key)])") == [LIANCI]
        choose(page, "")


def test_search_knows_aliases(visitor: Visitor, shipped_page: Path) -> None:
    """Aliases, abbreviations, Traditional characters and pinyin find a body; if the view does not show it, that is said."""
    page = visitor.open(shipped_page)
    shown = set()
    for typed, found in (
        ("紅十字會", SOCIETY),
        ("山西红会", SHANXI),
        ("hongshizihui", SOCIETY),
        ("曲靖市卫健委", "qujing-health-commission"),
        ("红色之旅", "red-journey"),
    ):
        page.locator("#search").fill(typed)
        assert page.locator("#found [data-body]").first.get_attribute("data-body") == found, typed
        page.keyboard.press("Enter")
        assert page.evaluate("state.select") == found
        shown.add(page.evaluate("seen.bodies.has(bodyOf.get(state.select))"))
        assert page.evaluate("seen.bodies.has(bodyOf.get(state.select))") != page.locator("#notice").is_visible()
        page.evaluate("notice('')")
    assert shown == {True, False}


def test_search_by_arrows_and_mouse(visitor: Visitor, shipped_page: Path) -> None:
    """Arrow keys walk through the suggestions, a click takes one, Escape lets go, and a name that is not there is said to be none."""
    page = visitor.open(shipped_page)
    search = page.locator("#search")
    search.fill("红十字会")
    offered = page.locator("#found [data-body]").evaluate_all("nodes => nodes.map(node => node.dataset.body)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert search.get_attribute("aria-activedescendant") == "option-1"
    expect(page.locator("#option-1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    assert page.evaluate("state.select") == offered[1]
    search.fill("红十字会")
    page.wait_for_timeout(250)  # what was typed at once after leaving the search must not be taken away again
    page.locator("#option-2").click(timeout=1000)
    assert page.evaluate("state.select") == offered[2]
    search.fill("没有这个名字的组织")
    assert texts(page, "#found li") == ["图里没有这个名字"]
    search.press("Escape")
    assert page.locator("#found").is_hidden()


# Language


def open_everything(page: Page) -> Iterator[str]:
    """Yield the page with each of its views, panels and dialogs open in turn."""
    for view in ("ties", "programs", "money"):
        page.locator(f"[data-view={view}]").click()
        page.evaluate("() => document.querySelectorAll('#filters details').forEach(node => { node.open = true; })")
        for what in ("", page.evaluate("BODIES.id[[...seen.bodies][0]]"), page.evaluate("seen.edges[0].key"), "list"):
            choose(page, what)
            yield f"{view} {what}"
    for opener in ("#show-help", "#show-save"):
        page.locator(opener).click()
        yield opener
        page.locator("#close").click()


def seen_texts(page: Page) -> list[str]:
    """Return all visible texts, also those that stand in attributes; sentences of documents and words of the language button apart."""
    found: list[str] = page.evaluate(
        """() => {
            const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) { const node = walk.currentNode; if (!node.parentElement.closest("script, #language") && node.parentElement.checkVisibility()) out.push(node.data); }
            for (const node of document.querySelectorAll("[placeholder], [aria-label]")) if (node.checkVisibility()) out.push(node.getAttribute("placeholder") || "", node.getAttribute("aria-label") || "");
            return [...out, document.title];
        }"""
    )
    return found


def test_english_leaves_no_chinese(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """After the switch no Chinese word is left in any view, panel or dialog, names and wordings of documents apart."""
    page = visitor.open(shipped_page)
    page.locator("#language").click()
    assert page.locator("html").get_attribute("lang") == "en"
    names = [name for name in names_of(shipped_network) if CHINESE.search(name)]
    left: dict[str, str] = {}
    for place in open_everything(page):
        for text in seen_texts(page):
            rest = text.rstrip("…")
            for name in names:
                if not CHINESE.search(rest):
                    break
                rest = "" if name.startswith(rest.strip()) else rest.replace(name, "")
            if CHINESE.search(rest):
                left.setdefault(text[:80], place)
    assert left == {}


def test_chinese_is_whole(visitor: Visitor, shipped_page: Path) -> None:
    """In Chinese every heading, button, label and table head has a Chinese word or is no word at all, names apart."""
    page = visitor.open(shipped_page)
    wanted = "h1, h3, summary, th:not([scope=row]), .tools button:not(#language), .views button, .bulk button, .actions button:not(.chip), dialog button, .check span:first-of-type"
    for place in open_everything(page):
        for text in texts(page, wanted):
            assert not text or CHINESE.search(text), (place, text)


def test_language_switches_in_place(visitor: Visitor, shipped_page: Path) -> None:
    """The switch changes every word of headings and buttons, and neither what is chosen, nor where anything stands; back again, too."""
    page = visitor.open(shipped_page)
    choose(page, SHANXI)
    still = "() => JSON.stringify([net.getPositions(), net.getSelection(), state.select, {...byId('counts').dataset}])"
    view = "() => [net.getScale(), net.getViewPosition().x, net.getViewPosition().y]"
    words = "h1, h2, h3, summary, button:not(.chip):not(#zoom button)"
    before, where, zh = page.evaluate(still), page.evaluate(view), texts(page, words)
    page.locator("#language").click()
    assert page.evaluate(still) == before
    assert page.evaluate(view) == pytest.approx(where, rel=0.01)  # the heading may need another line
    en = texts(page, words)
    assert len(en) == len(zh)
    assert [pair for pair in zip(zh, en, strict=True) if pair[0] == pair[1] and pair[0]] == []
    assert page.evaluate("document.activeElement.id") == "language"
    page.locator("#language").click()
    assert page.evaluate(still) == before
    assert texts(page, words) == zh


# The address


def test_address_restores_the_view(visitor: Visitor, shipped_page: Path) -> None:
    """Filters, focus, marks, pins, panel and language stand in the address; opened in a new page it shows the same."""
    page = visitor.open(shipped_page)
    page.locator("input[name=kind-same]").click()
    open_filter(page, "certainty", "source", "type", "strength")
    page.locator("input[name=certainty-inferred]").click()
    page.locator("input[name=source-shanxi-red-cross]").click()
    page.locator("input[name=type-Foundation]").click()
    page.locator("#language").click()
    hub = page.evaluate("BODIES.id[[...seen.degree].sort((a, b) => b[1] - a[1])[0][0]]")
    choose(page, hub)
    page.locator("#pin").click()
    page.locator("#mark").click()
    page.locator("#focus").click()
    again = visitor.open(shipped_page, page.evaluate("location.hash.slice(1)"))
    same = "() => JSON.stringify([{...byId('counts').dataset}, byId('counts').textContent, byId('panel').textContent, [...state.pinned], state.marks, state.focus, language, net.getPositions()])"
    assert again.evaluate(same) == page.evaluate(same)
    assert again.evaluate("state.focus") == hub
    assert again.evaluate("[...state.pinned.keys()]") == [hub]
    again.evaluate("address => { location.hash = address; }", "lang=zh")
    again.wait_for_function("() => language === 'zh' && !state.focus")
    assert again.locator("html").get_attribute("lang") == "zh"


def test_address_restores_each_view_and_edge(visitor: Visitor, shipped_page: Path) -> None:
    """In each view the chosen edge and the choice of money or role stand in the address."""
    page = visitor.open(shipped_page)
    for view, part in (("ties", "kind"), ("programs", "role"), ("money", "money")):
        page.locator(f"[data-view={view}]").click()
        open_filter(page, part)
        if part == "money":
            page.locator("#money").select_option(index=1)
        else:
            page.locator(f"#facet-{part} input").first.click()
        choose(page, page.evaluate("seen.edges[seen.edges.length >> 1].key"))
        assert statements(page)
        again = visitor.open(shipped_page, page.evaluate("location.hash.slice(1)"))
        assert counts(again) == counts(page)
        assert statements(again) == statements(page)


@pytest.mark.parametrize(
    "address",
    [
        "view=nonsense&focus=nobody&strength=x&pinned=a:b",
        "view=%E0%A4%A&place=%&marks=%zz,%&select=%%%&types=%&kinds",
        "pinned=shanxi-red-cross:1e999:NaN,shanxi-red-cross:::&depth=-7&from=20&until=MMXX&strength=-1&money=gold",
        "constructor=1&__proto__=2&toString=3&==&&&=&lang=fr",
        "unfolded=g9999&hidden=nobody&select=g12&marks=a,b,c",
    ],
)
def test_garbage_in_the_address(address: str, visitor: Visitor, shipped_page: Path, first_view: nx.MultiGraph[str]) -> None:
    """An address that was shortened, mistyped or made for another graph opens the first view without an error."""
    page = visitor.open(shipped_page, address)
    assert (counts(page)["bodies"], counts(page)["edges"]) == (len(first_view), first_view.number_of_edges())
    assert page.evaluate("[state.view, state.focus, state.strength, state.pinned.size, state.marks.length]") == ["ties", "", 1, 0, 0]


# The keyboard


def test_keyboard_path(visitor: Visitor, shipped_page: Path) -> None:
    """Tab reaches the picture; arrows walk, Enter opens a dossier, f focuses, Escape leaves, l lists, / searches."""
    page = visitor.open(shipped_page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    assert page.locator("#skip").bounding_box()["x"] >= 0  # type: ignore[index]  # it is visible where it has the focus
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "network":
            break
    assert page.evaluate("document.activeElement.id") == "network"
    page.keyboard.press("ArrowRight")
    first = page.evaluate("state.select")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    chosen = page.evaluate("state.select")
    assert first
    assert chosen != first
    assert page.evaluate("document.activeElement.id") == "network"
    page.keyboard.press("f")
    assert page.evaluate("state.focus") == chosen
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("[state.focus, state.select]") == ["", ""]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    assert page.evaluate("BODIES.id.includes(state.select)")
    assert page.locator("#panel h2").inner_text() == page.evaluate("nameOf(bodyOf.get(state.select))")
    page.locator("#network").focus()
    page.keyboard.press("l")
    assert page.evaluate("state.select") == "list"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    assert page.locator("#search").input_value() == ""


def test_letters_do_what_the_buttons_do(visitor: Visitor, shipped_page: Path) -> None:
    """The letter m marks, p pins, h hides, + and − zoom, 0 shows everything; with Control they are left to the browser."""
    page = visitor.open(shipped_page)
    page.locator("#network").focus()
    page.keyboard.press("ArrowRight")
    chosen = page.evaluate("state.select")
    page.keyboard.press("Control+p")
    page.keyboard.press("Control+h")
    assert page.evaluate("[state.pinned.size, state.hidden.size]") == [0, 0]
    page.keyboard.press("p")
    page.keyboard.press("m")
    assert page.evaluate("[[...state.pinned.keys()], state.marks]") == [[chosen], [chosen]]
    before = page.evaluate("net.getScale()")
    page.keyboard.press("+")
    assert page.evaluate("net.getScale()") > before
    page.keyboard.press("0")
    page.keyboard.press("-")
    assert page.evaluate("net.getScale()") < before
    page.keyboard.press("h")
    assert page.evaluate("[...state.hidden]") == [chosen]


@pytest.mark.parametrize("view", ["ties", "programs", "money"])
def test_the_list_is_the_picture(view: str, visitor: Visitor, shipped_page: Path) -> None:
    """The list holds the same bodies and edges as the picture, each of them once and openable."""
    page = visitor.open(shipped_page, f"view={view}")
    page.locator("#show-list").click()
    while page.locator("#panel section > p > button").count():
        page.locator("#panel section > p > button").first.click()
    bodies = page.locator("#list-bodies .chip").evaluate_all("nodes => nodes.map(node => node.dataset.body)")
    page.evaluate("unfold('all')")
    drawn = page.evaluate("nodes.getIds().map(key => BODIES.id[nodeOf(key)])")
    assert sorted(bodies) == sorted(drawn)
    assert len(bodies) == counts(page)["bodies"]
    ends = page.evaluate("edges.get().map(edge => [edge.from, edge.to].map(key => nameOf(nodeOf(key))).sort().join(' '))")
    named = [" ".join(sorted(re.split(" [—→] ", text.rsplit(" · ", 2 if view == "money" else 1)[0]))) for text in texts(page, "#list-edges .edge")]
    assert sorted(named) == sorted(ends)
    assert len(named) == counts(page)["edges"]
    page.locator("#list-edges .edge").last.click()
    assert statements(page)


# Neighbourhoods, marks, hiding, pinning


def test_focus_is_the_neighbourhood(visitor: Visitor, shipped_page: Path, first_view: nx.MultiGraph[str]) -> None:
    """In focus stand a body, those within the depth, and all ties among them, as networkx finds them."""
    hub = max(first_view, key=lambda node: (len(first_view[node]), node))
    page = visitor.open(shipped_page)
    page.mouse.dblclick(*body_point(page, hub))
    page.wait_for_function("hub => state.focus === hub", arg=hub)
    for depth in (1, 2, 3):
        page.evaluate("depth => { location.hash = location.hash.replace(/&depth=\\\\d/, '') + '&depth=' + depth; }", depth)
        page.wait_for_function("depth => state.depth === depth", arg=depth)
        ego = nx.ego_graph(first_view, hub, radius=depth)
        assert set(page.evaluate("[...seen.bodies].map(body => BODIES.id[body])")) == set(ego), depth
        assert counts(page)["edges"] == ego.number_of_edges(), depth
    choose(page, hub)
    page.locator("#focus").click()
    assert counts(page)["edges"] == first_view.number_of_edges()


def test_between_two_bodies(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """Two marks show the common partners and shortest paths that networkx finds on the same ties; where there is none, it is said."""
    plain = nx.Graph(ties_graph(shipped_network, ties(shipped_network, statuses=USUAL)))
    far = {(a, b): length for a, row in nx.all_pairs_shortest_path_length(plain) for b, length in row.items() if a < b}
    pairs = [next(pair for pair, length in far.items() if length == wanted) for wanted in sorted(set(far.values()))]
    pairs += [max(far, key=lambda pair: len(list(nx.common_neighbors(plain, *pair))))]
    pairs += [next((a, b) for a, b in combinations(plain, 2) if plain.degree(a) and plain.degree(b) and not nx.has_path(plain, a, b))]
    assert len(pairs) > 4
    page = visitor.open(shipped_page, "kinds=said,rule,same")
    for a, b in pairs:
        for id in (a, b):
            choose(page, id)
            page.locator("#mark").click()
        common = page.locator("#panel .common > li > .chip").evaluate_all("nodes => nodes.map(node => node.dataset.body)")
        assert sorted(common) == sorted(nx.common_neighbors(plain, a, b))
        paths = page.evaluate(
            "([a, b]) => paths(bodyOf.get(a), bodyOf.get(b)).map(path => path.map(item => [BODIES.id[item.from], BODIES.id[item.to]]))", [a, b]
        )
        assert page.locator("#panel .path").count() == len(paths)
        length = far.get((min(a, b), max(a, b)), 99)
        assert ("四步之内没有路径" in page.locator("#panel").inner_text()) == (length > 4) == (paths == [])
        if length <= 4:
            assert sum(len(path) == length for path in paths) == min(5, len(list(nx.all_shortest_paths(plain, a, b))))
        for path in paths:
            assert length <= len(path) <= 4
            at = a
            for one, other in path:
                assert plain.has_edge(one, other)
                at = other if at == one else one
            assert at == b
        page.locator("#panel .actions button").first.click()
        assert page.evaluate("state.marks.length") == 0


def test_hiding_by_hand(visitor: Visitor, shipped_page: Path, first_view: nx.MultiGraph[str]) -> None:
    """A hidden body goes with its ties, is counted, stands in the address, and can be shown again."""
    hub = max(first_view, key=lambda node: (len(first_view[node]), node))
    page = visitor.open(shipped_page)
    before = counts(page)
    choose(page, hub)
    page.locator("#hide").click()
    rest = first_view.copy()
    rest.remove_node(hub)
    assert counts(page)["edges"] == rest.number_of_edges()
    assert f"手动隐藏 {first_view.degree(hub)}" in page.locator("#counts").inner_text()
    address = page.evaluate("location.hash.slice(1)")
    assert f"hidden={hub}" in unquote(address)
    assert counts(visitor.open(shipped_page, address)) == counts(page)
    page.locator("#filters section li button").click()
    assert counts(page) == before


def test_pinning_with_the_mouse(visitor: Visitor, shipped_page: Path) -> None:
    """A body that is dragged stays where it was put: it is pinned, its ties follow, and the address keeps the place."""
    page = visitor.open(shipped_page)
    choose(page, LIANCI)
    assert page.locator("#pin").inner_text() == "固定"
    x, y = body_point(page, LIANCI)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=5)
    page.mouse.move(x + 120, y + 70, steps=5)
    page.mouse.up()
    page.wait_for_function("id => state.pinned.has(id)", arg=LIANCI)
    moved = body_point(page, LIANCI)
    assert moved == pytest.approx((x + 120, y + 70), abs=4)
    assert page.evaluate("state.select") == LIANCI
    assert page.locator("#pin").inner_text() == "取消固定"
    page.locator("input[name=kind-same]").click()
    assert body_point(page, LIANCI) == pytest.approx(moved, abs=2)
    again = visitor.open(shipped_page, page.evaluate("location.hash.slice(1)"))
    where = "id => { const {x, y} = net.getPosition(nodeKey(bodyOf.get(id))); return [Math.round(x), Math.round(y)]; }"
    assert again.evaluate(where, LIANCI) == page.evaluate(where, LIANCI)
    page.locator("#pin").click()
    assert page.evaluate("state.pinned.size") == 0


# The overview of a large network


def test_a_large_network_opens_folded(visitor: Visitor, crowd_page: Path, crowd: Network) -> None:
    """Above some three hundred bodies it opens on an overview: all are counted, few are drawn, and every one is in some group."""
    page = visitor.open(crowd_page)
    assert counts(page) == {"bodies": len(crowd.bodies), "edges": len(crowd.claims), "said": len(crowd.claims), "rule": 0, "same": 0}
    groups = page.evaluate("[...seen.groups.values()].map(members => members.length)")
    standing = page.evaluate("seen.standing.size")
    assert len(groups) > 0
    assert standing + sum(groups) == len(crowd.bodies)
    assert standing + len(groups) < 300
    assert page.evaluate("nodes.length") == standing + len(groups)
    assert f"折叠在群组里 {page.evaluate('seen.hidden.folded'):,}" in page.locator("#counts").inner_text()


def test_groups_unfold(visitor: Visitor, crowd_page: Path) -> None:
    """A group unfolds by a double click, by its button, by the keyboard and by a search for a member; nothing is lost, and it folds again."""
    page = visitor.open(crowd_page)
    before = counts(page)
    size = "() => [seen.groups.size, seen.standing.size + [...seen.groups.values()].reduce((sum, members) => sum + members.length, 0)]"
    folded, every = page.evaluate(size)
    group = page.evaluate("[...seen.groups.keys()][0]")
    free = """group => { const {x, y} = onScreen(group), reach = nodes.get(group).size * net.getScale();
        for (let turn = 0; turn < 12; turn++) { const point = {x: x + reach * 0.8 * Math.cos(turn), y: y + reach * 0.8 * Math.sin(turn)}; if (net.getNodeAt(point) === group) return point; } }"""
    page.mouse.dblclick(*on_page(page, page.evaluate(free, group)))
    page.wait_for_function("group => !seen.groups.has(group)", arg=group)
    assert page.evaluate(size) == [folded - 1, every]
    choose(page, page.evaluate("[...seen.groups.keys()][0]"))
    page.locator("#unfold").click()
    assert page.evaluate(size) == [folded - 2, every]
    inside = page.evaluate("BODIES.id[[...seen.groups.values()][0][5]]")
    page.locator("#search").fill(inside)
    page.keyboard.press("Enter")
    assert page.evaluate("id => seen.standing.has(bodyOf.get(id))", inside)
    assert page.evaluate("state.select") == inside
    assert page.evaluate(size)[1] == every
    assert page.locator("#panel h2").inner_text() == page.evaluate("id => nameOf(bodyOf.get(id))", inside)
    page.locator("#network").focus()
    left = page.evaluate("seen.groups.size")
    page.evaluate("() => { cursor = [...seen.groups.keys()][0]; }")
    page.keyboard.press("Enter")
    assert page.evaluate(size) == [left - 1, every]
    assert counts(page) == before
    again = visitor.open(crowd_page, page.evaluate("location.hash.slice(1)"))
    assert again.evaluate("[...seen.groups.keys()].sort()") == page.evaluate("[...seen.groups.keys()].sort()")
    page.locator("#fold").click()
    # what was searched for is still chosen, so it stands outside its group
    assert page.evaluate(size) == [folded, every]


def test_bundles_open_to_their_ties(visitor: Visitor, crowd_page: Path) -> None:
    """A line between groups is a bundle; its panel lists every tie in it, and each opens to its evidence."""
    page = visitor.open(crowd_page)
    key, count = page.evaluate(
        "(item => [item.key, item.items.length])(seen.drawn.filter(item => item.kind === 'bundle').sort((a, b) => b.items.length - a.items.length)[0])"
    )
    assert click_edge(page, key)
    page.wait_for_function("key => state.select === key", arg=key)
    assert page.locator("#panel .edge").count() == count
    page.locator("#panel .edge").first.click()
    assert len(statements(page)) >= 1


# Print and quotes


def test_prints_the_panel_alone(visitor: Visitor, shipped_page: Path) -> None:
    """On paper stands the panel under the title of the graph, and nothing else."""
    page = visitor.open(shipped_page)
    choose(page, SHANXI)
    page.emulate_media(media="print")
    outside = page.evaluate(
        """() => [...document.body.querySelectorAll("*")].filter(node => !node.closest("#panel") && !node.contains(byId("panel")) && node.checkVisibility() && node.getBoundingClientRect().height > 0
            && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())).map(node => node.id || node.textContent)"""
    )
    assert set(outside) <= {"title", "origin"}
    assert page.locator("#panel h2").is_visible()
    assert page.locator("#panel table").first.is_visible()
    assert page.locator("#panel .actions button").first.is_hidden()


def test_quotes_are_said(visitor: Visitor, tiny: Path, tmp_path: Path) -> None:
    """A page that holds passages says so in its head and shows them with their statements; without quotes it holds none of them."""
    made = build(Workspace(tiny), texts=tiny / "sources", out=tmp_path / "build").out
    network = read_network(made)
    quoted = {claim.reference: claim.quote for claim in network.claims if claim.quote}
    assert len(quoted) > 3
    page = visitor.open(made / "network.html")
    assert "含原文引文" in page.locator("#origin").inner_text()
    assert "本页含原文引文" in page.locator("#panel").inner_text()
    shown: set[str] = set()
    for id in [body.id for body in network.bodies]:
        choose(page, id)
        for reference, text in page.locator("#panel .statement:has(blockquote)").evaluate_all(
            "nodes => nodes.map(node => [node.dataset.statement, node.querySelector('blockquote').textContent])"
        ):
            assert text == quoted[reference]
            shown.add(reference)
    for key in page.evaluate("seen.edges.map(item => item.key)"):
        choose(page, key)
        assert set(texts(page, "#panel blockquote")) == {quoted[reference] for reference in statements(page) if reference in quoted}
    assert shown
    bare = write_page(network.without_quotes(), tmp_path)
    page = visitor.open(bare)
    assert "引文" not in page.locator("#origin").inner_text()
    source = bare.read_text(encoding="utf-8")
    assert [quote for quote in quoted.values() if quote in source and not any(quote in body.zh for body in network.bodies)] == []
