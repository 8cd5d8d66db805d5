"""A second domain, a consortium of observatories, is Turtle, CSV and SPARQL alone; everything that is built of it is as right as of the first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from browser import Visitor, choose, click_edge, statements, texts
from conftest import TESTS, Command, edit_cell
from withwhom.build import Build, build, check
from withwhom.knowledge import KnowledgeBase, Options
from withwhom.knowledge import open as open_graph
from withwhom.network import Network, read_network
from withwhom.ontology_check import ontology_report
from withwhom.rows import readable
from withwhom.ties import BY_RULE, ties
from withwhom.workspace import Workspace

pytest_plugins = ["browser"]

CONSORTIUM = TESTS / "workspaces" / "consortium"
LANGUAGES = ("zh", "en")
SENTENCES = {
    "fogridge/telescope": ("鹿鸣天文台运行雾岭望远镜（2022年；进行中）", "Luming Observatory runs the Fogridge Telescope (2022; ongoing)"),
    "fogridge/data": ("鹿鸣天文台与北原研究所互换数据（自2022年起；进行中）", "Luming Observatory exchanges data with Beiyuan Institute (2022/; ongoing)"),
    "fogridge/island": ("雾岭联盟在白砂岛开展（2025年；计划中）", "Fogridge Consortium operates in Baisha Island (2025; planned)"),
    "night-tide/grant": (
        "星河基金会为“余烬”相机出资（15万 EUR，现金，捐赠；2023；已完成）",
        "Galaxy Foundation pays for the Ember camera (150,000 EUR, cash, given; 2023; done)",
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the consortium once."""
    return build(Workspace(CONSORTIUM), out=tmp_path_factory.mktemp("consortium") / "build")


@pytest.fixture(scope="module")
def kb(made: Build) -> KnowledgeBase:
    """Open what was built."""
    return open_graph(made.out)


@pytest.fixture(scope="module")
def network(made: Build) -> Network:
    """Read the network of what was built."""
    return read_network(made.out)


@pytest.fixture
def consortium(tmp_path: Path) -> Path:
    """Return a copy of the workspace that a test may break."""
    return Path(shutil.copytree(CONSORTIUM, tmp_path / "consortium"))


def references(text: object) -> str:
    """Return the name of a statement without the base of the graph."""
    return str(text).rpartition("/statement/")[2]


def test_there_is_no_program_in_it() -> None:
    """Nothing but Turtle, tables, questions, rules, texts and the settings."""
    assert {path.suffix for path in CONSORTIUM.rglob("*") if path.is_file()} == {".ttl", ".csv", ".rq", ".txt", ".toml"}


def test_everything_is_right(made: Build) -> None:
    """Tables, evidence and shapes give no error and no warning, the vocabulary not even a remark."""
    assert made.checked.problems == ()
    assert set(made.checked.records.texts) == {"fogridge", "night-tide"}
    assert not ontology_report(Workspace(CONSORTIUM)).problems


@pytest.mark.parametrize("reference", SENTENCES)
def test_sentences_read_well(reference: str, network: Network) -> None:
    """A statement of the new vocabulary is a sentence in both languages."""
    claim = next(claim for claim in network.claims if claim.reference == reference)
    assert (claim.zh, claim.en) == SENTENCES[reference]


def test_classes_are_what_the_ontology_says(network: Network) -> None:
    """Colour, symbol and names come from the Turtle; what an entity is to the network comes from the class above."""
    assert network.classes["Observatory"] == {"zh": "天文台", "en": "Observatory", "colour": "#c2571a", "symbol": "star", "kind": "organization"}
    assert {name: network.classes[name]["kind"] for name in ("Consortium", "Survey", "Instrument")} == {
        "Consortium": "organization",
        "Survey": "program",
        "Instrument": "other",
    }


def test_relations_of_ones_own_stand_beside_the_others(network: Network, made: Build) -> None:
    """Two top predicates are relations of their own, one takes up a narrower predicate; the others belong to shared relations."""
    relations = {claim.reference: network.relation(claim) for claim in network.claims}
    assert relations["fogridge/build"] == "worksOnInstrument"
    assert relations["fogridge/data"] == "exchangesDataWith"
    assert relations["fogridge/principal"] == "takesPartIn"
    assert relations["night-tide/grant"] == "funds"
    report = (made.out / "report.md").read_text(encoding="utf-8")
    assert "与仪器有关 worksOnInstrument" in report


def test_rules_of_both_make_ties(network: Network) -> None:
    """One's own rule ties who works on one instrument; the shared one ties the principal institution to who takes part."""
    found = {(tie.a, tie.b, tie.rule) for tie in ties(network, kinds=[BY_RULE])}
    assert found == {
        ("beiyuan", "cloudberry", "shared-instrument"),
        ("beiyuan", "qingyu", "shared-instrument"),
        ("beiyuan", "luming", "works-with-leader"),
    }


@pytest.mark.parametrize("entity", ["firefly", "北原研究所", "cloudberry", "fogridge", "night-tide"])
def test_a_dossier_holds_every_statement(entity: str, kb: KnowledgeBase) -> None:
    """Whatever is stated of an entity stands in its dossier in words, undated statements of a relation of one's own included."""
    told = kb.query("statements-of", entity=entity)
    assert len(told)
    shown = {references(cell) for section in kb.show(entity)[1:] for row in section.rows for cell in row if "/statement/" in str(cell)}
    assert {references(cell) for cell in told.column("statement")} <= {name for cell in shown for name in cell.split(" | ")}


def test_a_dossier_tells_each_statement_once_beside_the_timeline(kb: KnowledgeBase) -> None:
    """What another section says in words is not said again; what only backs a tie by rule is."""
    (rest,) = [section for section in kb.show("beiyuan", Options(language="en")) if section.title == "What else is stated"]
    assert [references(cell) for cell in rest.column("statement")] == ["fogridge/data", "fogridge/spectra", "night-tide/guest"]


def test_what_ties_two_bodies_has_the_new_relation(kb: KnowledgeBase) -> None:
    """``between`` says the new relation by its name and quotes its passage."""
    told = kb.between("鹿鸣天文台", "beiyuan", Options(language="zh"))
    rows = next(answer for answer in told if "relation" in answer.columns).to_dicts()
    assert ("said", "互换数据") in {(row["kind"], row["relation"]) for row in rows}
    assert any("互换观测数据，数据公开" in str(cell) for answer in told for row in answer.rows for cell in row)


def test_totals_know_narrower_predicates(kb: KnowledgeBase) -> None:
    """Money to an instrument counts by currency and basis, the part of a gift not twice."""
    given = {(str(row["currency"]), str(row["most"])) for row in kb.query("totals-given", org="galaxy").to_dicts()}
    assert given == {("CNY", "3000000"), ("EUR", "150000")}


def test_questions_of_ones_own_answer(kb: KnowledgeBase) -> None:
    """The questions see the new class, predicates and qualifier; those of the package are there, too."""
    users = kb.query("users-of", Options(language="en"), instrument="“萤火”光谱仪").to_dicts()
    assert [(row["bodyLabel"], row["role"], str(row["observingHours"] or "")) for row in users] == [
        ("Beiyuan Institute", "observes with", "85.5"),
        ("Qingyu Optics Laboratory", "builds", ""),
        ("Qingyu Optics Laboratory", "works on an instrument", ""),
    ]
    hours = [(row["instrumentLabel"], str(row["observingHours"])) for row in kb.query("hours-by-instrument").to_dicts()]
    assert hours == [("雾岭望远镜", "1200"), ("“余烬”相机", "240"), ("“萤火”光谱仪", "85.5")]
    assert "partners-of" in kb.questions


@pytest.mark.parametrize(
    ("language", "heading", "cells"),
    [("zh", "数据开放", {"公开", "延后公开"}), ("en", "data access", {"public", "embargoed"})],
)
def test_qualifiers_and_codes_have_their_names(language: str, heading: str, cells: set[str], kb: KnowledgeBase) -> None:
    """A column of a qualifier of one's own is headed by its label; people see its codes by theirs, programs as the tables have them."""
    answer = kb.query("data-exchanges", Options(language=language))
    heads, rows = readable(answer)
    assert {row[heads.index(heading)] for row in rows} == cells
    assert {answer.short(cell) for cell in answer.column("dataAccess")} == {"public_data", "embargoed"}


@pytest.mark.parametrize(("row", "hours", "message"), [("spectra", "9000", "8784"), ("data", "5", "belong to a statement about an instrument")])
def test_the_shape_speaks(row: str, hours: str, message: str, consortium: Path, command: Command) -> None:
    """Hours that cannot be, and hours in a statement of another relation, are errors with file and line in the shape's own words."""
    edit_cell(consortium / "graph" / "statements" / "fogridge.csv", row, "observing_hours", hours)
    ran = command("check", "--workspace", consortium, "--lang", "en")
    assert ran.status == 1
    (line,) = ran.err
    assert line.startswith("graph/statements/fogridge.csv:")
    assert message in line or message in line.replace(",", "")


def test_a_code_of_ones_own_is_checked(consortium: Path) -> None:
    """A column whose range is a class of codes of one's own takes these codes only."""
    edit_cell(consortium / "graph" / "statements" / "fogridge.csv", "data", "data_access", "secret")
    assert "public_data" in str(next(iter(check(Workspace(consortium)).problems)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_an_edge_of_the_new_relation(language: str, visitor: Visitor, made: Build) -> None:
    """A mark of the new class has its colour and stands in the legend by its name; a line of the new relation opens to its quoted passage."""
    page = visitor.open(made.out / "network.html", f"view=programs&lang={language}", language=language)
    assert page.evaluate("classOf(bodyOf.get('luming')).colour") == "#c2571a"
    assert any({"zh": "天文台", "en": "Observatory"}[language] in text for text in texts(page, "#legend"))
    key = page.evaluate("edgesOf('programs').find(item => item.predicate === 'exchangesDataWith' && BODIES.id[item.from] === 'luming').key")
    assert click_edge(page, key)
    page.wait_for_function("key => state.select === key", arg=key)
    assert statements(page) == {"fogridge/data"}
    panel = page.locator("#panel").inner_text()
    assert {"zh": "互换数据", "en": "exchanges data with"}[language] in panel
    assert "自2022年起，鹿鸣天文台与北原研究所互换观测数据，数据公开" in panel
    choose(page, "firefly")
    assert {"fogridge/build", "fogridge/spectra", "fogridge/grant"} <= statements(page)
