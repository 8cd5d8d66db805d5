"""A newer vocabulary is compared with what a workspace uses; nothing changes without --apply, and with it all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from rdflib import OWL, Graph

from conftest import TINY, Command, column_of, line_of, snapshot
from withwhom import edition, upgrade, upgrading, versions, workspace
from withwhom.build import build
from withwhom.editions import EDITIONS
from withwhom.problems import WorkspaceError
from withwhom.table_terms import TableTerms
from withwhom.table_text import TableText
from withwhom.upgrade import Upgrade, plan_upgrade
from withwhom.upgrade_edits import Moves, edit_table, with_vocabulary
from withwhom.upgrading import write_edits
from withwhom.vocabulary import editions_of
from withwhom.workspace import Workspace, shipped

LOCAL = """@prefix l: <https://example.org/l#> .
@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

# ww:VolunteerTeam in a comment stays.
l:Choir a owl:Class ; rdfs:label "合唱队"@zh , "choir"@en ; rdfs:subClassOf ww:VolunteerTeam .
l:hours a owl:DatatypeProperty , ww:Qualifier ; rdfs:label "时数"@zh , "hours"@en ; rdfs:range xsd:decimal ;
    owl:deprecated true ; dcterms:isReplacedBy l:hoursGiven .
l:hoursGiven a owl:DatatypeProperty , ww:Qualifier ; rdfs:label "服务时数"@zh , "hours given"@en ; rdfs:range xsd:decimal .
"""
RULE = """PREFIX ww: <https://w3id.org/withwhom/ontology#>
CONSTRUCT { ?x ww:about ?y } WHERE { ?x ww:coOrganizes ?y FILTER(STR(?y) != "https://w3id.org/withwhom/ontology#coOrganizes") }
"""
QUESTION = """#+ summary: Volunteers
#+ tags: [own]
#+ x-summary: {zh: 志愿者, en: Volunteers}
#+ x-description: {zh: 志愿者, en: Volunteers}
PREFIX ww: <https://w3id.org/withwhom/ontology#>
SELECT ?team ?place WHERE { ?team a ww:VolunteerTeam OPTIONAL { ?team ww:place ?place } } ORDER BY ?team
"""
GROUP = """ww:VolunteerGroup a owl:Class ;
    rdfs:label "志愿者团队"@zh , "Group of volunteers"@en ;
    rdfs:subClassOf ww:Organization ;
    ww:colour "#cf7d1f" ; ww:symbol "diamond" ;
    rdfs:isDefinedBy <https://w3id.org/withwhom/ontology> .

ww:goods a ww:SupportCode ;
    rdfs:label "物资或服务"@zh , "goods or services"@en ;
    rdfs:isDefinedBy <https://w3id.org/withwhom/ontology> .

ww:inKind owl:deprecated true ; dcterms:isReplacedBy ww:goods .
"""
RETIRED = """
ww:VolunteerTeam owl:deprecated true ; dcterms:isReplacedBy ww:VolunteerGroup .
ww:coOrganizes owl:deprecated true ; dcterms:isReplacedBy ww:supports .
"""


def write_package(root: Path, version: str, *, gone: Iterable[str] = (), more: str = "", base: Path | None = None) -> Workspace:
    """Write a package with a vocabulary of some version: terms more and fewer than those of another, the list of editions kept."""
    for folder in ("ontology", "queries", "graph"):
        shutil.copytree((base or shipped().root) / folder, root / folder)
    path = root / "ontology" / "withwhom.ttl"
    old = next(Graph().parse(path).objects(None, OWL.versionInfo))
    for file in (path, path.with_name("alignments.ttl")):
        blocks = file.read_text(encoding="utf-8").split("\n\n")
        file.write_text("\n\n".join(block for block in blocks if not block.startswith(tuple(f"ww:{name} " for name in gone))), encoding="utf-8")
    text = path.read_text(encoding="utf-8").replace(f'owl:versionInfo "{old}"', f'owl:versionInfo "{version}"')
    path.write_text(f"{text}\n\n{more}", encoding="utf-8")
    (root / "ontology" / EDITIONS).write_text(editions_of(root / "ontology", Graph().parse(path)), encoding="utf-8")
    return Workspace(root)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workspace]:
    """Three invented packages: one that deprecates a code, one that drops it and deprecates more, one that drops what rows need."""
    root = tmp_path_factory.mktemp("packages")
    found = {"0.1.5": write_package(root / "0.1.5", "0.1.5", more=GROUP)}
    found["0.2.0"] = write_package(root / "0.2.0", "0.2.0", gone=("inKind", "basedIn"), more=RETIRED, base=found["0.1.5"].root)
    found["0.3.0"] = write_package(root / "0.3.0", "0.3.0", gone=("trains",), base=found["0.2.0"].root)
    return found


Install = Callable[[str], None]


@pytest.fixture
def install(packages: dict[str, Workspace], monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that puts one of the packages in the place of the real one."""

    def put(version: str) -> None:
        for module in (workspace, edition, upgrade, upgrading, versions):  # imported before, so that each gets its own function back
            monkeypatch.setattr(module, "shipped", lambda: packages[version])

    return put


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, packages: dict[str, Workspace]) -> Path:
    """A workspace with terms, a rule and a question of its own, built with the first package."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("made") / "tiny"))
    for name, text in (("ontology/local.ttl", LOCAL), ("ontology/rules/zz-own.rq", RULE), ("queries/volunteers.rq", QUESTION)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    table = root / "graph" / "statements" / "warm-bridge.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    table.write_text(
        "\r\n".join([f"{head},hours", *(f"{row},{'2.5' if row.startswith('visits,') else ''}" for row in rows), ""]), encoding="utf-8-sig", newline=""
    )
    with pytest.MonkeyPatch.context() as patch:
        for module in (workspace, versions):
            patch.setattr(module, "shipped", lambda: packages["0.1.5"])
        build(Workspace(root))
    return root


def planned(root: Path) -> Upgrade:
    """Plan the upgrade of a workspace."""
    return plan_upgrade(Workspace(root), root / "build")


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


def test_nothing_changes_without_apply(root: Path, install: Install, command: Command) -> None:
    """The report names every use by file, line and column, in tables, Turtle, rules and questions, and no file is touched."""
    install("0.2.0")
    before = snapshot(root)
    ran = command("upgrade", "--workspace", root, "--lang", "en")
    assert ran.status == 0
    assert snapshot(root) == before
    entities, statements = root / "graph" / "entities.csv", root / "graph" / "statements" / "lanting-notes.csv"
    told = "\n".join(ran.out)
    for place in (
        f"graph/entities.csv:{line_of(entities, 'shiqiao-volunteers')}:2: deprecated-cell",
        f"graph/statements/lanting-notes.csv:{line_of(statements, 'goods')}:{column_of(statements, 'support')}: gone-cell",
        "graph/statements/warm-bridge.csv:1:33: deprecated-column",
        "ontology/local.ttl:9:74: term-retired: ww:VolunteerTeam is deprecated; use ww:VolunteerGroup",
        "ontology/rules/zz-own.rq:2:41: term-retired",
        "queries/volunteers.rq:6:37: term-retired",
    ):
        assert place in told
    assert "this workspace 0.1.5, installed 0.2.0" in told
    assert "predicate  ww:basedIn" in told
    assert ran.out[-1].startswith("Nothing was changed; --apply changes these ")


def test_a_question_about_what_is_gone_blocks(root: Path, install: Install, command: Command) -> None:
    """A term that is gone without replacement, in a question of one's own, is named with its place, and nothing is applied before it is mended."""
    path = root / "queries" / "volunteers.rq"
    path.write_text(QUESTION.replace("ww:place", "ww:basedIn"), encoding="utf-8")
    install("0.2.0")
    before = snapshot(root)
    ran = command("upgrade", "--workspace", root, "--apply", "--lang", "en")
    assert ran.status == 1
    assert snapshot(root) == before
    assert "queries/volunteers.rq:6:71: term-gone-alone" in "\n".join(ran.out)
    assert ran.out[-1].startswith("Nothing was changed: the result would not pass the check (1 error)")


def test_apply_mends_and_is_done(root: Path, install: Install, command: Command) -> None:
    """With --apply cells, headings and exact tokens take the replacement, a string waits for a person, and a second run has nothing to do."""
    install("0.2.0")
    rows = (root / "graph" / "statements" / "warm-bridge.csv").read_bytes()
    assert command("upgrade", "--workspace", root, "--apply").status == 0
    texts = {name: content.decode() for name, content in snapshot(root).items() if name.startswith(("graph/", "ontology/", "queries/"))}
    assert "shiqiao-volunteers,VolunteerGroup," in texts["graph/entities.csv"]
    assert ",goods,raised," in texts["graph/statements/lanting-notes.csv"]
    expected = rows.replace(b",hours\r", b",hours_given\r").replace(b",coOrganizes,", b",supports,").replace(b",in_kind,", b",goods,")
    assert texts["graph/statements/warm-bridge.csv"].encode() == expected != rows
    assert texts["ontology/local.ttl"] == LOCAL.replace("rdfs:subClassOf ww:VolunteerTeam", "rdfs:subClassOf ww:VolunteerGroup")
    assert texts["ontology/rules/zz-own.rq"] == RULE.replace("?x ww:coOrganizes", "?x ww:supports")
    assert texts["queries/volunteers.rq"] == QUESTION.replace("ww:VolunteerTeam", "ww:VolunteerGroup")
    assert 'version = "1.0.0"\nvocabulary = "0.2.0"\n' in texts["graph/graph.toml"]
    again = command("upgrade", "--workspace", root, "--apply", "--lang", "en")
    assert again.status == 0
    assert again.out[-1] == "Nothing is to be done."
    assert [line.split(": ")[0].strip() for line in again.out if "zz-own" in line] == ["ontology/rules/zz-own.rq:2:74"] * 2
    assert build(Workspace(root)).checked.problems == ()


def test_apply_is_all_or_nothing(root: Path, install: Install, command: Command) -> None:
    """Where a row uses what is gone without replacement, it is named, no file changes, and the exit status says so."""
    install("0.3.0")
    before = snapshot(root)
    ran = command("upgrade", "--workspace", root, "--apply", "--lang", "en")
    assert ran.status == 1
    assert snapshot(root) == before
    statements = root / "graph" / "statements" / "lanting-notes.csv"
    place = f"graph/statements/lanting-notes.csv:{line_of(statements, 'teaching')}:3: "
    assert any(line.strip().startswith(f"{place}unknown-predicate") for line in ran.out)
    assert any(line.strip().startswith(f"{place}gone-alone") for line in ran.out)
    assert ran.out[-1].startswith("Nothing was changed: the result would not pass the check (1 error)")


def test_terms_below_what_is_gone_are_named(root: Path, install: Install) -> None:
    """One's own term that hangs below a removed one is named with its place."""
    path = root / "ontology" / "local.ttl"
    path.write_text(LOCAL + "l:near rdfs:subPropertyOf ww:basedIn .\n", encoding="utf-8")
    install("0.2.0")
    (found,) = (problem for problem in planned(root).left if problem.code == "term-below-gone")
    assert (found.file, found.line, found.column) == ("ontology/local.ttl", 13, 27)
    assert found.values["below"] == "l:near"


def test_what_turtle_says_of_a_term_stays(root: Path, install: Install) -> None:
    """A sentence about a deprecated term is true of no other: it is left for a person."""
    path = root / "ontology" / "local.ttl"
    path.write_text(LOCAL + 'ww:coOrganizes rdfs:comment "ours" .\n', encoding="utf-8")
    install("0.2.0")
    plan = planned(root)
    assert 'ww:coOrganizes rdfs:comment "ours"' in str(plan.edits[path])
    assert ("ontology/local.ttl", 13, 1) in {(problem.file, problem.line, problem.column) for problem in plan.left}


@pytest.fixture
def copied(root: Path, packages: dict[str, Workspace]) -> Path:
    """A workspace with a copy of the first package's vocabulary and without a build."""
    shutil.rmtree(root / "build")
    shutil.copytree(packages["0.1.5"].ontology, root / "ontology", dirs_exist_ok=True)
    return root


def test_copies_that_nobody_changed_are_replaced(copied: Path, packages: dict[str, Workspace], install: Install, command: Command) -> None:
    """A copy of the package's vocabulary becomes the newer one; what was changed in it, or is of one's own, is left and told."""
    shapes = copied / "ontology" / "shapes.ttl"
    shapes.write_text(shapes.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    install("0.2.0")
    ran = command("upgrade", "--workspace", copied, "--apply", "--lang", "en")
    assert ran.status == 0
    assert (copied / "ontology" / "withwhom.ttl").read_bytes() == (packages["0.2.0"].ontology / "withwhom.ttl").read_bytes()
    assert shapes.read_text(encoding="utf-8").endswith("# mine\n")
    assert any("ontology/withwhom.ttl: replaced by that of 0.2.0" in line for line in ran.out)
    assert any("ontology/shapes.ttl:0:0: edition-changed" in line for line in ran.out)
    assert command("upgrade", "--workspace", copied, "--lang", "en").out[-1] == "Nothing is to be done."


def test_a_changed_copy_of_the_vocabulary_blocks(copied: Path, install: Install) -> None:
    """Terms that somebody wrote into the copy itself are not thrown away: it is an error, and stands in the way of the upgrade."""
    path = copied / "ontology" / "withwhom.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    install("0.2.0")
    plan = planned(copied)
    assert [(problem.file, problem.code) for problem in plan.left if problem.severity == "error"] == [("ontology/withwhom.ttl", "edition-changed")]
    assert path not in plan.edits


def test_files_come_and_go_with_an_edition(copied: Path, packages: dict[str, Workspace], install: Install, tmp_path: Path) -> None:
    """A rule that the newer package has and the older had not is added to a copy, one that it dropped goes."""
    newer = write_package(tmp_path / "0.4.0", "0.4.0", base=packages["0.1.5"].root)
    rules = newer.ontology / "rules"
    (rules / "within-any.rq").rename(rules / "within-all.rq")
    (newer.ontology / EDITIONS).write_text(editions_of(newer.ontology, Graph().parse(newer.ontology / "withwhom.ttl")), encoding="utf-8")
    packages["0.4.0"] = newer
    install("0.4.0")
    plan = planned(copied)
    assert plan.edits[copied / "ontology" / "rules" / "within-any.rq"] is None
    assert plan.edits[copied / "ontology" / "rules" / "within-all.rq"] == (rules / "within-all.rq").read_text(encoding="utf-8")
    write_edits(plan.edits, copied)
    names = {path.name for path in (copied / "ontology" / "rules").iterdir()}
    assert "within-all.rq" in names
    assert "within-any.rq" not in names


def test_an_older_package_is_refused(root: Path, install: Install) -> None:
    """A workspace made for a newer vocabulary than the installed one is told to update the software."""
    path = root / "graph" / "graph.toml"
    path.write_text(with_vocabulary(path.read_text(encoding="utf-8"), "9.0.0"), encoding="utf-8")
    install("0.2.0")
    with pytest.raises(WorkspaceError, match=r"made for vocabulary 9\.0\.0, and 0\.2\.0 is installed"):
        planned(root)


def test_without_build_the_rows_are_looked_at(root: Path, install: Install) -> None:
    """Where the old terms are not known, nothing is compared, and deprecated ones are found all the same."""
    shutil.rmtree(root / "build")
    install("0.2.0")
    plan = planned(root)
    assert (plan.old, plan.found) == ("", None)
    assert ("graph/entities.csv", "deprecated-cell") in {(problem.file, problem.code) for problem in plan.uses}


def test_the_packages_own_workspace_is_left(packages: dict[str, Workspace], install: Install, command: Command) -> None:
    """There is nothing to upgrade in the workspace that comes with the package."""
    own = packages["0.2.0"].root
    before = snapshot(own)
    install("0.2.0")
    ran = command("upgrade", "--workspace", own, "--apply", "--lang", "en")
    assert ran.out == ["This is the package's own workspace; there is nothing to upgrade."]
    assert snapshot(own) == before


def test_joined_codes_are_mended_one_by_one() -> None:
    """Of several codes in a cell each has its own replacement, one that stands there already is not doubled, and other cells stay."""
    codes = {"in_kind": "x:old", "cash": "x:cash", "goods": "x:new"}
    now = TableTerms({}, {}, {"support": "x:support"}, {"support": {"goods": "x:new", "cash": "x:cash"}})
    moves = Moves({"x:old": "x:new"}, ["x:old"], TableTerms({}, {}, {}, {"support": codes}).only(["x:old"]), now)
    table = TableText(["id", "support"], [["a", "cash| in_kind"], ["b", "goods|in_kind"], ["c", "cash|cash"], ["d", ""]])
    assert edit_table(table, moves.before.statement_words, moves, {}) == 2
    assert [row[1] for row in table.rows] == ["cash|goods", "goods", "cash|cash", ""]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version = "1"\n\n[title]\nzh = "x"\n', 'version = "1"\nvocabulary = "0.2.0"\n\n[title]\nzh = "x"\n'),
        ('vocabulary = "0.1.0"  # made for\nversion = "1"\n[title]\n', 'vocabulary = "0.2.0"  # made for\nversion = "1"\n[title]\n'),
        ('version = "1"\r\n[title]\r\nvocabulary = "x"\r\n', 'version = "1"\r\nvocabulary = "0.2.0"\r\n[title]\r\nvocabulary = "x"\r\n'),
        ("vocabulary = 1\n", 'vocabulary = "0.2.0"\n'),
    ],
)
def test_the_version_is_written_into_the_settings(before: str, after: str) -> None:
    """The key is changed where it stands, else put after the version; comments, tables and line ends stay."""
    assert with_vocabulary(before, "0.2.0") == after


def test_a_word_that_means_another_term_now_is_legal(root: Path, install: Install) -> None:
    """A row whose word was a removed term's and is one's own term's now is no use of what is gone."""
    path = root / "ontology" / "local.ttl"
    path.write_text(LOCAL + "l:trains a owl:ObjectProperty , ww:Predicate .\n", encoding="utf-8")
    install("0.3.0")
    plan = planned(root)
    assert plan.found is not None
    assert "trains" in {change.iri.rpartition("#")[2] for change in plan.found.of("removed")}
    assert "gone-alone" not in {problem.code for problem in plan.uses}


def test_empty_tables_are_no_trouble(root: Path, install: Install) -> None:
    """A table with a header alone has its heading changed, too."""
    tables = root / "graph" / "statements"
    (tables / "empty.csv").write_text("id,subject,predicate,object,hours\n", encoding="utf-8")
    install("0.2.0")
    assert planned(root).edits[tables / "empty.csv"] == "id,subject,predicate,object,hours_given\n"
