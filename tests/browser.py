"""A browser for the tests of the page: one a session, a fresh page a visit, and the networks that a page is drawn of.

Test modules name it in ``pytest_plugins`` for its fixtures and import what they ask of a page (PYTEST_DONT_REWRITE: so it is imported
before pytest would see it).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, sync_playwright

from withwhom.network import Body, Claim, Network, read_network
from withwhom.page import page as page_of

DESK, TABLET, PHONE = (1440, 900), (768, 1024), (390, 844)
SIZES = (PHONE, TABLET, DESK)
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


@dataclass
class Visitor:
    """Somebody who opens pages without a network; what the pages complain of and what they ask for is noted.

    Args:
        browser: the browser of the session.
        heard: errors, warnings and dialogs, as they come.
        asked: addresses of all requests.
    """

    browser: Browser
    heard: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        file: Path,
        address: str = "",
        *,
        size: tuple[int, int] = DESK,
        language: str = "zh",
        scheme: Literal["light", "dark"] = "light",
        before: str = "",
        bypass_csp: bool = False,
    ) -> Page:
        """Open a file in a fresh page and wait until it is finished.

        Args:
            file: the page.
            address: what stands after ``#``.
            size: of the window.
            language: of the browser, ``zh`` or ``en``.
            scheme: colours that the reader prefers.
            before: a script that runs before those of the page.
            bypass_csp: whether the test may add scripts of its own.
        """
        wide, high = size
        context = self.browser.new_context(
            viewport={"width": wide, "height": high},
            locale=LANGUAGES[language],
            offline=True,
            color_scheme=scheme,
            accept_downloads=True,
            bypass_csp=bypass_csp,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.heard.append(f"error: {error.message}"))
        page.on("dialog", self._refuse)
        page.on("request", lambda request: self.asked.append(request.url))
        if before:
            page.add_init_script(before)
        page.goto(file.as_uri() + (f"#{address}" if address else ""))
        page.locator("html[data-ready=yes]").wait_for(state="attached")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.type}: {message.text}")

    def _refuse(self, dialog: Dialog) -> None:
        self.heard.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def close(self) -> None:
        """Close every page."""
        while self.contexts:
            self.contexts.pop().close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's chromium; where there is none, a laptop skips and the machine that checks every change fails."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no chromium: install Debian's package `chromium` (and fonts-noto-cjk)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """Return somebody who opens pages; none of them may complain, or ask for more than its own file."""
    someone = Visitor(chromium)
    yield someone
    someone.close()
    assert someone.heard == []
    assert [address for address in someone.asked if not address.startswith(("file:", "blob:", "data:"))] == []


@pytest.fixture(scope="session")
def shipped_network(shipped_build: Path) -> Network:
    """The network of the shipped workspace."""
    return read_network(shipped_build)


@pytest.fixture(scope="session")
def shipped_page(shipped_build: Path) -> Path:
    """The page of the shipped workspace."""
    return shipped_build / "network.html"


@pytest.fixture(scope="session")
def crowd(shipped_network: Network) -> Network:
    """A network of 1,200 organizations."""
    return many_bodies(shipped_network)


@pytest.fixture(scope="session")
def crowd_page(crowd: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a network of 1,200 organizations."""
    return write_page(crowd, tmp_path_factory.mktemp("crowd"))


def write_page(network: Network, folder: Path) -> Path:
    """Write the page of a network and return its file."""
    file = folder / "network.html"
    file.write_text(page_of(network), encoding="utf-8", newline="")
    return file


def many_bodies(network: Network, *, groups: int = 15, size: int = 80) -> Network:
    """Return a network of circles.

    Each member is tied to the one that leads its circle and to its neighbour; the leader and a few members to those of the next.

    Args:
        network: lends its vocabulary and its sources.
        groups: the number of circles.
        size: members of each.
    """
    source = network.sources[0]["id"]
    names = [[f"circle-{group:02}-{member:02}" for member in range(size)] for group in range(groups)]
    bodies = [
        body(name, f"第{group}圈第{member}社", f"Society {member} of circle {group}") for group, row in enumerate(names) for member, name in enumerate(row)
    ]
    pairs = [(row[0], row[member]) for row in names for member in range(1, size)]
    pairs += [(row[member], row[member + 1]) for row in names for member in range(1, size - 1)]
    pairs += [(names[group][member], names[(group + 1) % groups][member]) for group in range(groups) for member in (0, size // 3, size // 2, size - 1)]
    claims = [claim(f"{source}/c{number:05}", one, other) for number, (one, other) in enumerate(pairs)]
    return replace(network, bodies=bodies, claims=claims, derivations=[], totals=[], contradictions=[])


def body(id: str, zh: str, en: str, *, type: str = "SocialOrganization") -> Body:
    """Return a body that is found by its id and its two names."""
    return Body(id, type, zh, en, "", "", "\n".join(sorted({id, zh, en.lower().replace(" ", "")})), "")


def claim(reference: str, subject: str, object: str, **parts: str) -> Claim:
    """Return a statement that two bodies work together."""
    blank = dict.fromkeys(Claim.__dataclass_fields__, "")
    told = {"predicate": "partnersWith", "certainty": "explicit", "zh": f"{subject}与{object}合作", "en": f"{subject} works with {object}"}
    return Claim(
        **blank | told | {"reference": reference, "subject": subject, "object": object, "where_zh": "第1段第1句", "where_en": "paragraph 1, sentence 1"} | parts
    )


def counts(page: Page) -> dict[str, int]:
    """Return the counts of the page: bodies, edges, and the ties of each kind."""
    return {name: int(value) for name, value in page.locator("#counts").evaluate("node => ({...node.dataset})").items()}


def statements(page: Page) -> set[str]:
    """Return the references of the statements in the panel."""
    return set(page.locator("#panel [data-statement]").evaluate_all("nodes => nodes.map(node => node.dataset.statement)"))


def choose(page: Page, what: str) -> None:
    """Open a body, an edge or the list."""
    page.evaluate("what => choose(what)", what)


def on_page(page: Page, point: dict[str, float]) -> tuple[float, float]:
    """Return where a point of the picture lies on the page."""
    box = page.locator("#network").bounding_box()
    assert box is not None
    return box["x"] + point["x"], box["y"] + point["y"]


def click_edge(page: Page, key: str) -> bool:
    """Click on an edge with the mouse, as near to its middle as neither a mark nor another edge covers it; say whether it can be hit."""
    point = page.evaluate(
        """key => {
            const box = byId("network").getBoundingClientRect();
            for (const part of [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8]) {
                const found = pointOnEdge(key, part), [x, y] = [Math.round(found.x + box.x), Math.round(found.y + box.y)];  // a mouse knows whole pixels
                const point = { x: x - box.x, y: y - box.y };
                if (net.getNodeAt(point) === undefined && net.getEdgeAt(point) === key && document.elementFromPoint(x, y).closest("#network")) return [x, y];
            }
            return null;
        }""",
        key,
    )
    if point is not None:
        page.mouse.click(*point)
    return point is not None


def body_point(page: Page, id: str) -> tuple[float, float]:
    """Return where the mark of a body lies on the page."""
    return on_page(page, page.evaluate("id => onScreen(bodyOf.get(id))", id))


def open_filter(page: Page, *names: str) -> None:
    """Unfold parts of the filters."""
    for name in names:
        part = page.locator(f"#facet-{name}")
        if part.get_attribute("open") is None:
            part.locator("summary").click()


def texts(page: Page, selector: str) -> list[str]:
    """Return the visible texts of the elements that a selector names."""
    return [text.strip() for text in page.locator(selector).all_inner_texts()]


def rows_of(page: Page, selector: str) -> Sequence[Sequence[str]]:
    """Return the rows of the bodies of tables as they read, cell by cell."""
    found: Any = page.locator(f"{selector} tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    return [list(map(str, row)) for row in found]
