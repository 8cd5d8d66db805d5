"""The filters of the page: what it counts is what Python counts in the same graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser import Visitor, counts, open_filter
from withwhom.compile import FACTUAL
from withwhom.facts import PARTICIPATION
from withwhom.network import Claim, Network
from withwhom.page import SHOWN_AT_FIRST
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM, claims_graph, ties
from withwhom.totals import FUNDING

pytest_plugins = ["browser"]

USUAL = frozenset({"", "done", "ongoing", "planned"})
BOTH = frozenset({"explicit", "inferred"})
KINDS = {SAID: "said", BY_RULE: "rule", SAME_PROGRAM: "same"}


@dataclass(frozen=True)
class Choice:
    """What a reader filters by: everything as on the first view unless it is named; ``types``, ``roles`` and ``sources`` are left out."""

    view: str
    kinds: frozenset[str] = frozenset({SAID, BY_RULE})
    statuses: frozenset[str] = USUAL
    certainties: frozenset[str] = BOTH
    relations: frozenset[str] = frozenset(SHOWN_AT_FIRST)
    roles: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    place: str = ""
    since: str = ""
    until: str = ""
    strength: int = 1
    money: str = ""

    def make(self, page: Page) -> None:
        """Make the choice as a reader does: with the mouse and the keyboard, from the first view."""
        first = Choice(self.view)
        page.locator(f"[data-view={self.view}]").click()
        boxes = [(name, "kind-" + KINDS[name]) for name in self.kinds ^ first.kinds]
        boxes += [(name, f"status-{name or 'none'}") for name in self.statuses ^ first.statuses]
        boxes += [(name, f"certainty-{name}") for name in self.certainties ^ first.certainties]
        boxes += [(name, f"relation-{name}") for name in self.relations ^ first.relations]
        boxes += [(name, f"{part}-{name}") for part, names in (("role", self.roles), ("type", self.types), ("source", self.sources)) for name in names]
        for _, name in sorted(boxes):
            open_filter(page, name.partition("-")[0])
            page.locator(f"input[name='{name}']").click()
        for part, box, value in (
            ("year", "from", self.since),
            ("year", "until", self.until),
            ("strength", "strength", str(self.strength) if self.strength > 1 else ""),
        ):
            if value:
                open_filter(page, part)
                page.locator(f"#{box}").fill(value)
                page.locator(f"#{box}").press("Tab")
        for box, value in (("place", self.place), ("money", self.money)):
            if value:
                open_filter(page, box)
                page.locator(f"#{box}").select_option(value)

    def counts(self, network: Network) -> dict[str, int]:
        """Return what Python counts."""
        kept = replace(network, claims=[claim for claim in network.claims if self.keeps(network, claim)])
        if self.view == "ties":
            found = ties(kept, kinds=self.kinds, statuses=self.statuses)
            shown = [(tie.a, tie.b, KINDS[tie.kind]) for tie in found if tie.strength >= self.strength]
        else:
            shown = [(a, b, "") for (a, b, *_), strength in self.edges(kept).items() if strength >= self.strength]
        types = {body.id: body.type for body in network.bodies}
        shown = [(a, b, kind) for a, b, kind in shown if not {types[a], types[b]} & self.types]
        kinds = Counter(kind for _, _, kind in shown)
        return {"bodies": len({end for a, b, _ in shown for end in (a, b)}), "edges": len(shown), **{kind: kinds[kind] for kind in KINDS.values()}}

    def keeps(self, network: Network, claim: Claim) -> bool:
        """Return whether a statement passes the filters that ask it alone."""
        plain = claim.status in self.statuses and claim.certainty in self.certainties and claim.source not in self.sources
        return plain and self.overlaps(claim) and (not self.place or self.place in lies_in(network, claim))

    def overlaps(self, claim: Claim) -> bool:
        """Return whether a statement has a date and overlaps the years."""
        if not self.since and not self.until:
            return True
        first, last = claim.since or claim.until, claim.until or "9999"
        return bool(first) and first[:4] <= (self.until or "9999") and last[:4] >= (self.since or "0000")

    def edges(self, network: Network) -> Counter[tuple[str, ...]]:
        """Return the edges that are made of statements, with how many make each: in the view of money each is one."""
        found: Counter[tuple[str, ...]] = Counter()
        for a, b, reference, told in claims_graph(network).edges(keys=True, data=True):
            money = self.view == "money"
            wanted = told["relation"] == FUNDING if money else told["relation"] in self.relations and told["predicate"] not in self.roles
            if a != b and wanted and (not money or money_kind(told) == self.money):
                phase = "" if told["status"] in FACTUAL else told["status"]
                found[a, b, reference if money else told["predicate"], told["certainty"], phase] += 1
        return found


def lies_in(network: Network, claim: Claim) -> Collection[str]:
    """Return the places of a statement: its own and those of its ends."""
    ends = {claim.subject, claim.object, claim.place}
    return {place for body in network.bodies if body.id in ends for place in body.places.split("|")} | {claim.place}


def money_kind(told: dict[str, str]) -> str:
    """Return currency, form and basis of a payment as one word each."""
    basis = "+".join(sorted(told["basis"].split("|")))
    return f"{told['currency']} {told['support'] or 'unspecified'} {basis}" if told["amount"] else "none"


CHOICES = {
    "same program too": Choice("ties", kinds=frozenset(KINDS)),
    "said alone": Choice("ties", kinds=frozenset({SAID})),
    "by rule alone": Choice("ties", kinds=frozenset({BY_RULE})),
    "types": Choice("ties", types=frozenset({"RedCrossSociety", "GovernmentBody"})),
    "source": Choice("ties", kinds=frozenset(KINDS), sources=frozenset({"beijing-social-organizations"})),
    "years": Choice("ties", kinds=frozenset(KINDS), since="2018", until="2019"),
    "from a year": Choice("ties", since="2020"),
    "until a year": Choice("ties", until="2018"),
    "place": Choice("ties", kinds=frozenset(KINDS), place="shaanxi"),
    "status": Choice("ties", kinds=frozenset(KINDS), statuses=frozenset({"done", "planned"})),
    "explicit": Choice("ties", kinds=frozenset(KINDS), certainties=frozenset({"explicit"})),
    "inferred": Choice("ties", certainties=frozenset({"inferred"})),
    "strength": Choice("ties", kinds=frozenset(KINDS), strength=2),
    "all at once": Choice(
        "ties",
        kinds=frozenset(KINDS),
        types=frozenset({"Foundation"}),
        sources=frozenset({"shanxi-red-cross"}),
        certainties=frozenset({"explicit"}),
        statuses=frozenset({"", "done"}),
        place="china",
    ),
    "relations": Choice("programs", relations=frozenset({"benefits", "achieves", PARTICIPATION})),
    "roles": Choice("programs", roles=frozenset({"implements", "supports"})),
    "types of programs": Choice("programs", types=frozenset({"Campaign", "BeneficiaryGroup"})),
    "applied for": Choice("programs", statuses=frozenset({"applied", "planned"})),
    "programs without a source": Choice("programs", sources=frozenset({"red-cross-newspaper-page"})),
    "programs of a place": Choice("programs", place="shanxi"),
    "programs in years": Choice("programs", since="2019", until="2020"),
    "programs, strong and explicit": Choice("programs", strength=2, certainties=frozenset({"explicit"})),
}


@pytest.mark.parametrize("view", ["ties", "programs"])
def test_counts_are_those_of_the_graph(view: str, visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """Each filter changes the counts as Python computes them from the ties and statements of the graph; the reset undoes all."""
    page = visitor.open(shipped_page)
    first = Choice(view).counts(shipped_network)
    page.locator(f"[data-view={view}]").click()
    for name, choice in CHOICES.items():
        if choice.view == view:
            expected = choice.counts(shipped_network)
            assert expected["edges"] > 0, name
            assert expected != first, name
            choice.make(page)
            assert counts(page) == expected, name
            page.locator("#reset").click()
            assert counts(page) == first, name


def test_money_of_each_kind(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """The view of money shows one currency, form and basis at a time, each with its own payments, and all kinds can be chosen."""
    page = visitor.open(shipped_page, "view=money")
    kinds = {money_kind(told) for _, _, told in claims_graph(shipped_network).edges(data=True) if told["relation"] == FUNDING}
    assert set(page.locator("#money option").evaluate_all("nodes => nodes.map(node => node.value)")) == kinds
    for kind in sorted(kinds):
        page.locator("#money").select_option(kind)
        assert counts(page) == Choice("money", money=kind).counts(shipped_network), kind


def test_what_is_hidden_is_counted(visitor: Visitor, shipped_page: Path, shipped_network: Network) -> None:
    """What is shown and what is hidden, reason by reason, make up all ties; each reason is named below the picture."""
    page = visitor.open(shipped_page)
    Choice("ties", certainties=frozenset({"explicit"}), types=frozenset({"Foundation", "RedCrossSociety"})).make(page)
    hidden: dict[str, int] = page.evaluate("seen.hidden")
    every = ties(shipped_network, statuses=("", "done", "ongoing", "planned", "applied", "denied"))
    assert sum(hidden.values()) + counts(page)["edges"] == len(every)
    named = page.locator("#counts").inner_text()
    assert min(hidden[reason] for reason in ("kind", "certainty", "type")) > 0
    for reason, count in hidden.items():
        words: str = page.evaluate("reason => say('hidden-' + reason)", reason)
        assert (f"{words} {count}" in named) == (count > 0)
