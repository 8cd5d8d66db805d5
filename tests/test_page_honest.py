"""The page never says more than the documents do: denied is not said, an excerpt is not the whole, folded is not shown."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from browser import Visitor, choose
from withwhom.network import Claim, Network, around
from withwhom.page import page as page_of

pytest_plugins = ["browser"]


def made(network: Network, folder: Path, start: str = "") -> Path:
    """Write the page of a network."""
    path = folder / "network.html"
    path.write_text(page_of(network, start=start), encoding="utf-8")
    return path


def small(network: Network, *statuses: str) -> Network:
    """Return three organizations in a row, each tied to the next by a said statement of the given status."""
    bodies = [body for body in network.bodies if network.kind(body) == "organization"][: len(statuses) + 1]
    told = next(claim for claim in network.claims if network.relation(claim) == "partnersWith")
    claims = [_tied(told, bodies[number].id, bodies[number + 1].id, status, number) for number, status in enumerate(statuses)]
    return replace(network, bodies=bodies, claims=claims, derivations=[], totals=[], contradictions=[], participants={})


def _tied(told: Claim, a: str, b: str, status: str, number: int) -> Claim:
    return replace(
        told, reference=f"{told.source}/x{number}", subject=a, object=b, program="", status=status, certainty="explicit", since="2020-01-01", until=""
    )


@pytest.mark.parametrize(("status", "word"), [("denied", "denies"), ("planned", "planned"), ("applied", "applied for")])
def test_what_is_not_so_is_not_said(status: str, word: str, visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """The panel of a denied, planned or applied tie says just that, and the list marks it in words."""
    network = small(shipped_network, "done", status)
    page = visitor.open(made(network, tmp_path), f"lang=en&statuses=done,{status}")
    choose(page, page.evaluate("status => seen.edges.find(item => item.status === status).key", status))
    panel = page.locator("#panel").inner_text()
    assert word in panel
    assert "A document says so." not in panel
    choose(page, "list")
    assert page.locator("#list-edges .tag.phase").count() == 1
    assert "2 ties (said 2, 1 planned or the like)" in page.locator("#counts").inner_text()


def test_planned_ties_make_nobody_better_connected(visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """Size and rank count only what is so."""
    network = small(shipped_network, "planned", "done")
    page = visitor.open(made(network, tmp_path))
    degrees = page.evaluate("Object.fromEntries([...seen.degree].map(([body, degree]) => [BODIES.id[body], degree]))")
    assert degrees == {network.bodies[1].id: 1, network.bodies[2].id: 1}


def test_an_open_interval_has_no_last_day(visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """What began in 2020 and goes on overlaps every later year, and the range of the graph begins there."""
    page = visitor.open(made(small(shipped_network, "done"), tmp_path), "lang=en&from=2031&until=2032")
    assert page.locator("#counts").get_attribute("data-edges") == "1"
    assert "2020–2020" in page.locator("#origin").inner_text()


def test_an_excerpt_says_so(visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """A page of a neighbourhood says what it leaves out, and draws nothing from its own silence."""
    part = around(shipped_network, "beijing-municipality", 1)
    page = visitor.open(made(part, tmp_path), "lang=en")
    assert "an excerpt: 1 steps around" in page.locator("#origin").inner_text()
    for body in ("eleven-hub-organizations", "beijing-municipality"):
        choose(page, body)
        assert "None of the" not in page.locator("#panel").inner_text()
    assert "an excerpt" in "".join(page.evaluate("caption()"))


def test_crowds_are_those_of_the_whole_graph(shipped_network: Network, visitor: Visitor, tmp_path: Path) -> None:
    """A program that is a crowd in the whole graph ties nobody in an excerpt."""
    program = next(program for program, count in shipped_network.participants.items() if count > 2)
    crowded = replace(shipped_network, participants={**shipped_network.participants, program: 201})
    usual, less = (visitor.open(made(network, tmp_path), "kinds=same").locator("#counts").get_attribute("data-same") for network in (shipped_network, crowded))
    assert int(less or 0) < int(usual or 0)


def test_lines_that_are_not_drawn_are_not_counted_as_shown(visitor: Visitor, shipped_page: Path) -> None:
    """On the overview the count holds the lines that stand single or in a bundle, the rest is told as folded, and the list of evidence agrees."""
    page = visitor.open(shipped_page, "lang=en&view=programs")
    drawn = page.evaluate("seen.drawn.reduce((sum, item) => sum + (item.kind === 'bundle' ? item.items.length : 1), 0)")
    folded = page.evaluate("seen.hidden.folded")
    text = page.locator("#counts").inner_text()
    assert folded > 0
    assert f" {drawn} edges" in text
    assert f"inside folded groups {folded:,}" in text
    assert page.evaluate("numbered().reduce((sum, row) => sum + row.parts.length, 0)") == drawn
    assert drawn + folded == page.evaluate("seen.edges.length")


@pytest.mark.parametrize("focus", ["ankang", "su-shaan-15-projects"])
def test_a_page_of_little_is_finished(focus: str, visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """A neighbourhood of few or no statements still makes a page that answers."""
    page = visitor.open(made(around(shipped_network, focus, 1), tmp_path))
    assert page.locator("#filters details").count() > 3


def test_an_empty_network_is_a_page(visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """A graph without statements, even without entities, opens."""
    for bodies in ([], shipped_network.bodies[:1]):
        page = visitor.open(made(replace(shipped_network, bodies=bodies, claims=[], derivations=[], totals=[], contradictions=[]), tmp_path))
        assert page.locator("#counts").get_attribute("data-edges") == "0"


def test_years_can_be_typed_one_after_the_other(visitor: Visitor, shipped_page: Path) -> None:
    """The field of the last year is reached by Tab while the first takes effect."""
    page = visitor.open(shipped_page)
    page.locator("#facet-year summary").click()
    page.locator("#from").click()
    page.keyboard.type("2018")
    page.keyboard.press("Tab")
    page.keyboard.type("2018")
    page.wait_for_function("state.from === '2018' && state.until === '2018'")


def test_letters_work_after_a_dossier(visitor: Visitor, shipped_page: Path) -> None:
    """Who has found a body by its name focuses on it, leaves and lists without the mouse."""
    page = visitor.open(shipped_page)
    page.keyboard.press("/")
    page.keyboard.type("lianci")
    page.keyboard.press("Enter")
    page.keyboard.press("f")
    page.wait_for_function("state.focus === 'beijing-lianci-foundation'")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_function("state.focus === ''")
    page.keyboard.press("l")
    page.wait_for_function("state.select === 'list'")


def test_going_back_undoes_a_step(visitor: Visitor, shipped_page: Path) -> None:
    """The browser's own way back leads from a view to the one before."""
    page = visitor.open(shipped_page)
    page.locator("[data-view=money]").click()
    page.wait_for_function("state.view === 'money'")
    page.go_back()
    page.wait_for_function("state.view === 'ties'")


def test_paths_are_found_where_there_are_many_ways(visitor: Visitor, shipped_network: Network, tmp_path: Path) -> None:
    """A path of four steps is found though thousands of others lead nowhere."""
    told = next(claim for claim in shipped_network.claims if shipped_network.relation(claim) == "partnersWith")
    body = next(body for body in shipped_network.bodies if shipped_network.kind(body) == "organization")
    layers = [["a"], [f"p{n}" for n in range(30)], [f"q{n}" for n in range(29)], [f"r{n}" for n in range(30)]]
    pairs = [(x, y) for one, other in pairwise(layers) for x in one for y in other]
    pairs += [("p29", "z2"), ("z2", "z3"), ("z3", "b")]
    names = sorted({end for pair in pairs for end in pair})
    claims = [_tied(told, x, y, "", number) for number, (x, y) in enumerate(pairs)]
    bodies = [replace(body, id=name, zh=name, en=name, forms=name, places="") for name in names]
    network = replace(shipped_network, bodies=bodies, claims=claims, derivations=[], totals=[], contradictions=[], participants={})
    page = visitor.open(made(network, tmp_path), "marks=a,b")
    assert page.evaluate("paths(bodyOf.get('a'), bodyOf.get('b')).map(path => path.length)") == [4]
