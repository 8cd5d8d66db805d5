"""The command ``network``: pages, pictures, files and measures from a build."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from conftest import Command
from withwhom.measures import measures
from withwhom.network import around, read_network
from withwhom.ties import ties, ties_graph


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_page_of_a_neighbourhood(command: Command, shipped_build: Path, here: Path) -> None:
    """The page of a body holds what lies around it, opens on it, and tells where it was written."""
    ran = command("network", "--workspace", shipped_build, "--focus", "北京联慈健康扶贫基金会", "--depth", "1", "--lang", "en")
    assert (ran.status, ran.out) == (0, ["written: network-beijing-lianci-foundation.html"])
    text = (here / "network-beijing-lianci-foundation.html").read_text(encoding="utf-8")
    assert "focus=beijing-lianci-foundation" in text
    whole = read_network(shipped_build)
    near = {body.id for body in around(whole, "beijing-lianci-foundation", 1).bodies}
    for body in (body for body in whole.bodies if body.id not in {source["id"] for source in whole.sources}):
        assert (f'"{body.id}"' in text) == (body.id in near), body.id


def test_an_unclear_name_is_told(command: Command, shipped_build: Path) -> None:
    """A name that means nobody, or several, exits with 2 and says so; nothing is written."""
    ran = command("network", "--workspace", shipped_build, "--focus", "省红十字会", "--lang", "en")
    assert ran.status == 2
    assert not list(Path().iterdir())


@pytest.mark.parametrize("name", ["x.docx", "x"])
def test_an_unknown_extension_is_told(command: Command, shipped_build: Path, name: str) -> None:
    """A file name that says no format lists those that there are."""
    ran = command("network", "--workspace", shipped_build, "--out", name, "--lang", "en")
    assert ran.status == 2
    assert ".gexf" in ran.err[0]


def test_an_unknown_kind_is_told(command: Command, shipped_build: Path) -> None:
    """A kind of tie that there is not lists those that there are."""
    ran = command("network", "--workspace", shipped_build, "--kinds", "said,friends", "--out", "x.csv", "--lang", "en")
    assert ran.status == 2
    assert "by-rule" in ran.err[0]


@pytest.mark.parametrize(("kinds", "wanted"), [("said", {"said"}), ("said,by-rule", {"said", "by rule"}), ("same-program", {"same program"})])
def test_graphml_holds_the_kinds_asked_for(command: Command, shipped_build: Path, kinds: str, wanted: set[str]) -> None:
    """Only the kinds of tie asked for are in a file, and every organization is."""
    command("network", "--workspace", shipped_build, "--kinds", kinds, "--out", "x.graphml")
    graph = nx.read_graphml("x.graphml", force_multigraph=True)
    network = read_network(shipped_build)
    assert {kind for *_, kind in graph.edges(data="kind")} == wanted
    assert graph.number_of_edges() == len(ties(network, kinds=wanted))
    assert graph.number_of_nodes() == len(network.organizations())


def test_stated_only_and_explicit_only(command: Command, shipped_build: Path) -> None:
    """What rules draw, and what readers inferred, can be left out."""
    command("network", "--workspace", shipped_build, "--stated-only", "--explicit-only", "--out", "x.cyjs")
    edges = json.loads(Path("x.cyjs").read_text(encoding="utf-8"))["elements"]["edges"]
    assert {(edge["data"]["kind"], edge["data"]["certainty"]) for edge in edges} == {("said", "explicit")}


def test_money_is_directed_and_keeps_amounts(command: Command, shipped_build: Path) -> None:
    """The view of money exports each statement of funding with giver, receiver, amount and basis."""
    command("network", "--workspace", shipped_build, "--view", "money", "--out", "x.csv")
    with Path("x.edges.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    network = read_network(shipped_build)
    paid = {
        claim.reference: claim for claim in network.claims if network.relation(claim) == "funds" and claim.object and claim.status in ("", "done", "ongoing")
    }
    assert len(rows) == len(paid)
    assert {(row["Source"], row["Target"], row["amount"]) for row in rows} == {(claim.subject, claim.object, claim.amount) for claim in paid.values()}


def test_a_picture_comes_with_its_evidence(command: Command, shipped_build: Path) -> None:
    """``--svg`` writes a picture and the evidence of its edges under the same numbers."""
    ran = command("network", "--workspace", shipped_build, "--svg", "--lang", "zh")
    assert ran.out == ["已写出 network.svg", "已写出 network.evidence.html", "已写出 network.evidence.csv"]
    ET.parse("network.svg")  # noqa: S314  # written just now
    with Path("network.evidence.csv").open(encoding="utf-8-sig", newline="") as file:
        numbers = {row[0] for row in list(csv.reader(file))[1:]}
    assert numbers == {str(number) for number in range(1, len(numbers) + 1)}


def test_the_kind_of_money_is_chosen(command: Command, shipped_build: Path) -> None:
    """``--money`` chooses what the picture shows, and stands percent-encoded in the address on which the page opens."""
    kind = "CNY in_kind given+raised"
    wanted = [claim.reference for claim in read_network(shipped_build).claims if claim.object and claim.money == kind]
    command("network", "--workspace", shipped_build, "--view", "money", "--money", kind, "--out", "m.svg")
    with Path("m.evidence.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[-1] for row in list(csv.reader(file))[1:]] == wanted
    command("network", "--workspace", shipped_build, "--view", "money", "--money", kind, "--out", "m.html", "--lang", "en")
    start = json.dumps("#view=money&money=CNY%20in_kind%20given%2Braised").replace("&", "\\u0026")
    assert start in Path("m.html").read_text(encoding="utf-8")


def test_options_reach_the_page_and_the_picture(command: Command, shipped_build: Path) -> None:
    """The filters of the command are those on which the page opens and which the picture draws; what they cannot mean is refused."""
    command("network", "--workspace", shipped_build, "--kinds", "said", "--explicit-only", "--status", "done,none", "--out", "o.html")
    assert json.dumps("#view=ties&kinds=said&statuses=done,none&certainties=explicit").replace("&", "\\u0026") in Path("o.html").read_text(encoding="utf-8")
    command("network", "--workspace", shipped_build, "--kinds", "said", "--explicit-only", "--out", "o.svg")
    with Path("o.evidence.csv").open(encoding="utf-8-sig", newline="") as file:
        drawn = {row[-1] for row in list(csv.reader(file))[1:]}
    claims = {claim.reference: claim for claim in read_network(shipped_build).claims}
    assert drawn
    assert {claims[reference].certainty for reference in drawn} == {"explicit"}
    refused = command("network", "--workspace", shipped_build, "--view", "money", "--money", "USD cash given", "--lang", "en")
    assert refused.status == 2
    assert "CNY" in refused.err[0]


def test_a_focus_that_is_no_organization_opens_among_programs(command: Command, shipped_build: Path) -> None:
    """A program stands alone among organizations: its page opens on the view that shows it."""
    command("network", "--workspace", shipped_build, "--focus", "su-shaan-15-projects", "--out", "p.html")
    assert "view=programs" in Path("p.html").read_text(encoding="utf-8")


def test_an_excerpt_says_so(shipped_build: Path) -> None:
    """A page of a neighbourhood knows what it is around and how many statements it leaves out."""
    whole = read_network(shipped_build)
    part = around(whole, "beijing-lianci-foundation", 1)
    assert (part.about["around"], part.about["depth"]) == ("beijing-lianci-foundation", "1")
    assert int(part.about["left_out"]) == len(whole.claims) - len(part.claims) > 0
    assert part.participants == whole.participants


def test_measures_are_printed_and_exported(command: Command, shipped_build: Path) -> None:
    """Measures come as a table with what was measured of the whole, and as CSV with every body, also those without a tie."""
    shown = command("network", "--workspace", shipped_build, "--measures", "--lang", "en")
    assert "174 organizations" in shown.err[0]
    network = read_network(shipped_build)
    every = measures(ties_graph(network, ties(network, kinds=["said", "by rule"]))).network.bridges
    assert len([line for line in shown.err if line.startswith("bridge: ")]) == len(every) > 1
    assert all(any(reference in line for line in shown.err) for bridge in every for reference in bridge.statements)
    command("network", "--workspace", shipped_build, "--measures", "--out", "m.csv")
    with Path("m.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["organization"] for row in rows} == read_network(shipped_build).organizations()
    assert rows[0]["organization"] == "shanxi-red-cross"
    assert [int(row["degree"]) for row in rows] == sorted((int(row["degree"]) for row in rows), reverse=True)


def test_measures_of_a_neighbourhood_are_those_of_the_whole(command: Command, shipped_build: Path) -> None:
    """``--focus`` chooses which bodies are listed; each is measured in the whole network."""
    command("network", "--workspace", shipped_build, "--measures", "--out", "all.csv")
    command("network", "--workspace", shipped_build, "--measures", "--focus", "beijing-lianci-foundation", "--out", "near.csv")
    every, near = (Path(name).read_text(encoding="utf-8-sig").splitlines() for name in ("all.csv", "near.csv"))
    assert set(near) < set(every)


def test_passages_stay_at_home(command: Command, tiny: Path) -> None:
    """``--quotes none`` writes a page without the passages that the build had."""
    command("build", "--workspace", tiny)
    network = read_network(tiny / "build")
    quote = max((claim.quote for claim in network.claims), key=len)
    command("network", "--workspace", tiny, "--out", "with.html")
    command("network", "--workspace", tiny, "--out", "without.html", "--quotes", "none")
    assert quote in Path("with.html").read_text(encoding="utf-8")
    assert quote not in Path("without.html").read_text(encoding="utf-8")
