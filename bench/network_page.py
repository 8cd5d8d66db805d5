"""How fast the network page is made and opened, beside a page that pyvis makes of the same bodies and ties.

    .venv/bin/python bench/network_page.py [BODIES ...]

For each size (by default 1,000, 5,000 and 20,000 bodies; three ties and four statements a body) a heavy-tailed network with
communities is generated (the same at every run), made into a page, and opened in headless Chromium with software rendering from a
file, the network cut off. The peer has the same bodies and ties, the same places, physics off, and no evidence. Times are seconds;
*first paint* is the browser's first contentful paint, *ready* the moment when every part answers, *click* the longest of twenty
clicks on bodies until the panel holds their dossier.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from pyvis.network import Network as Drawing

from withwhom.build import build
from withwhom.network import Body, Claim, Network, read_network
from withwhom.page import page, places
from withwhom.workspace import shipped

SIZES = (1_000, 5_000, 20_000)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def shipped_network() -> Network:
    """Return the network of the shipped graph, for its vocabulary, and as the first size."""
    with tempfile.TemporaryDirectory() as folder:
        return read_network(build(shipped(), texts=Path(folder), out=Path(folder) / "build").out)


def generated(size: int, known: Network) -> Network:
    """Return a network of so many bodies, a tenth of them programs: three said ties and one participation for each, in communities."""
    chance = random.Random(size)
    kinds = ("RedCrossSociety", "GovernmentBody", "Foundation", "SocialOrganization", "Enterprise", "Hospital")
    bodies = []
    for number in range(size):
        kind = "Program" if number % 10 == 9 else chance.choice(kinds)
        names = (f"第{number}号组织", f"Organization number {number}")
        bodies.append(Body(f"body-{number}", kind, *names, "", "", "\n".join((f"body-{number}", names[0], names[1].lower())), ""))
    claims = [_claim(chance, number, size, known) for number in range(4 * size)]
    return replace(known, bodies=bodies, claims=claims, derivations=[], totals=[], contradictions=[])


def _claim(chance: random.Random, number: int, size: int, known: Network) -> Claim:
    near = int(chance.paretovariate(1.1)) if chance.random() < 0.85 else chance.randrange(size)
    a = _body(int(size * chance.random() ** 2), size)
    program = number % 4 == 3
    b = (a + near * 10) // 10 * 10 % size + 9 if program else _body(a + near, size)
    b = b % size if b != a else _body(a + 1, size)
    year = 2000 + number % 25
    sentence = f"第{a}号组织与第{b}号组织在{year}年合作" * 2, f"Organization number {a} works together with organization number {b} in the year {year}" * 2
    return replace(
        known.claims[0],
        reference=f"{known.sources[number % len(known.sources)]['id']}/c{number}",
        subject=f"body-{a}",
        predicate="implements" if program else "partnersWith",
        object=f"body-{b}",
        program="",
        since=f"{year}-01-01",
        until=f"{year}-12-31",
        certainty="inferred" if number % 7 == 0 else "explicit",
        zh=sentence[0],
        en=sentence[1],
        wording=f"第{a}号组织…合作…第{b}号组织",
    )


def _body(number: int, size: int) -> int:
    number %= size
    return number - 1 if number % 10 == 9 else number


def peer(network: Network) -> str:
    """Return the page that pyvis makes of the bodies and ties: its own calls, places computed beforehand, physics off."""
    drawing = Drawing(directed=True, cdn_resources="in_line")
    placed = places(network, "programs")
    for body, (x, y) in placed.items():
        drawing.add_node(body, label=body, x=x, y=y)
    for claim in network.claims:
        if {claim.subject, claim.object} <= placed.keys():
            drawing.add_edge(claim.subject, claim.object, title=claim.en)
    drawing.toggle_physics(status=False)
    return str(drawing.generate_html())


def timed(make: Any, *given: Any) -> tuple[str, float]:  # noqa: ANN401  # any function that makes a page
    """Return what a function makes and the seconds it took."""
    start = time.perf_counter()
    return make(*given), time.perf_counter() - start


def opened(browser: Any, text: str, ready: str) -> dict[str, float]:  # noqa: ANN401  # Playwright's browser
    """Open a page from disk and return seconds until its first paint and until it is ready, and its slowest click."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
        tab = context.new_page()
        start = time.perf_counter()
        tab.goto(path.as_uri(), wait_until="commit")
        while not tab.evaluate(ready):
            time.sleep(0.02)
        waited = time.perf_counter() - start
        paint = tab.evaluate("Math.min(...performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)) / 1000")
        clicks = tab.evaluate(CLICKS) if "dataset" in ready else float("nan")
        context.close()
    return {"first paint": paint or waited, "ready": waited, "click": clicks}


CLICKS = """() => {
  const times = [...seen.degree.keys()].slice(0, 20).map(body => { const start = performance.now(); choose(BODIES.id[body]); byId("panel").getBoundingClientRect(); return performance.now() - start; });
  return Math.max(...times) / 1000;
}"""


def main() -> int:
    """Print a table of times and of their ratios to the peer's."""
    real = shipped_network()
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    networks = {"shipped": real} | {f"{size:,}": generated(size, real) for size in sizes}
    print("| bodies | statements | page | made | first paint | ready | click | pyvis made | pyvis ready | made / pyvis | ready / pyvis |")
    print("|" + " --- |" * 11)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, network in networks.items():
            text, made = timed(page, network)
            here = opened(browser, text, "document.documentElement && document.documentElement.dataset.ready === 'yes'")
            other, other_made = timed(peer, network)
            there = opened(
                browser,
                other,
                "typeof network !== 'undefined' && network.body && Object.keys(network.body.nodes).length > 0 && performance.getEntriesByName('first-contentful-paint').length > 0",
            )
            row = [f"{made:.2f}", *(f"{here[key]:.2f}" for key in ("first paint", "ready", "click")), f"{other_made:.2f}", f"{there['ready']:.2f}"]
            ratios = [f"{made / other_made:.2f}", f"{here['ready'] / there['ready']:.2f}"]
            print("| " + " | ".join([name, f"{len(network.claims):,}", f"{len(text) / 1e6:.1f} MB", *row, *ratios]) + " |", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
