"""A new workspace builds at once, and everything its READMEs say of it is so."""

from __future__ import annotations

import errno
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import Command, add_row, read_rows, snapshot, write_rows
from withwhom.build import Build, build, check
from withwhom.knowledge import open as open_graph
from withwhom.questions import read_questions
from withwhom.starter import TEMPLATES, make_workspace
from withwhom.tables import STATEMENT_COLUMNS, TABLES
from withwhom.workspace import Workspace, shipped

READMES = ("README.md", "README.zh.md")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build a new workspace once, as it is."""
    folder = tmp_path_factory.mktemp("starter") / "mine"
    make_workspace(folder)
    return build(Workspace(folder))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a new workspace that a test may change."""
    make_workspace(tmp_path / "mine")
    return tmp_path / "mine"


def test_the_example_is_right(made: Build) -> None:
    """The example has both its texts, and no digest, mention, wording or shape gives an error or a warning."""
    assert made.checked.problems == ()
    assert set(made.checked.records.texts) == {source.id for source in made.checked.records.sources}
    languages = {source.language.partition("-")[0] for source in made.checked.records.sources}
    assert languages == {"zh", "en"}


def test_tables_have_every_column(made: Build) -> None:
    """Each table has all columns that it may have, those of the statements in one order."""
    graph = made.checked.workspace.graph
    assert {name: tuple(read_rows(graph / name)[0]) for name in TABLES} == TABLES
    headers = [read_rows(path)[0] for path in (graph / "statements").glob("*.csv")]
    assert set(headers[0]) == {*STATEMENT_COLUMNS, *made.checked.ontology.qualifiers}
    assert headers[1:] == headers[:-1]


def test_the_outline_is_that_of_the_texts(mine: Path, command: Command) -> None:
    """``withwhom outline`` finds nothing to change."""
    before = (mine / "graph" / "outline.csv").read_bytes()
    assert command("outline", "--workspace", mine).status == 0
    assert (mine / "graph" / "outline.csv").read_bytes() == before


def test_every_statement_quotes_its_passages(made: Build) -> None:
    """The passages stand in the table and on the page as the texts have them, English with its spaces."""
    header, *rows = read_rows(made.out / "statements.csv")
    quotes = [row[header.index("quote")] for row in rows]
    assert all(quotes)
    page = (made.out / "network.html").read_text(encoding="utf-8")
    for words in ("萤川公益基金会向县红会捐赠48万元", "the Yingchuan Foundation gave it 480,000 yuan in June 2023"):
        assert any(words in quote for quote in quotes)
        assert words in page


def test_the_example_answers(made: Build) -> None:
    """Short names are understood, a tie has its partner, and the gift that both articles tell of counts once."""
    kb = open_graph(made.out)
    partners = kb.query("partners-of", org="Blue Tern").column("partnerLabel")
    assert partners == ["棠屿县红十字会"]
    totals = {(row["support"], row["most"]) for row in kb.query("totals-received", org="棠屿县红会").to_dicts()}
    assert {(str(support).rpartition("#")[2], str(most)) for support, most in totals} == {("cash", "480000"), ("inKind", "35000")}
    assert len(kb.query("planned-not-done")) == 2


@pytest.mark.parametrize("words", [("show", "萤川"), ("between", "萤川", "棠屿县红会")])
def test_dossiers_quote_the_passages(words: tuple[str, ...], made: Build, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dossier ends with the passages of the statements that it shows, each with its reference."""
    monkeypatch.setenv("COLUMNS", "200")
    ran = command(*words, "--workspace", made.out, "--lang", "en")
    assert "Quoted passages" in ran.out
    assert any("[ferry-first-aid/gift]" in line for line in ran.out if line.startswith("The society is better known"))


def test_a_question_of_ones_own_comes_beside_the_others(mine: Path, command: Command) -> None:
    """The example of ``queries/README.md`` becomes a question that answers; those of the package are all still there."""
    (text,) = re.findall(r"```sparql\n(.*?)```", (mine / "queries" / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (mine / "queries" / "planned-where.rq").write_text(text, encoding="utf-8")
    assert command("build", "--workspace", mine).status == 0
    listed = {line.split()[0] for line in command("queries", "--workspace", mine).out if line.strip()}
    assert {"planned-where", *(question.slug for question in read_questions(shipped())[0])} <= listed
    answer = command("query", "planned-where", "--workspace", mine, "--format", "csv", "--lang", "en")
    assert [line.split(",")[1] for line in answer.out[1:]] == ["Clinic Boat", "Ferry First Aid"]


def test_a_question_of_the_same_name_takes_its_place(mine: Path) -> None:
    """A question in ``queries/`` stands for the package's of that name, and hides no other."""
    text = (shipped().root / "queries" / "awards-of.rq").read_text(encoding="utf-8")
    (mine / "queries" / "awards-of.rq").write_text(text.replace("zh: ", "zh: 本地·", 1), encoding="utf-8")
    own, problems = read_questions(Workspace(mine))
    assert not problems
    assert [question.slug for question in own] == [question.slug for question in read_questions(shipped())[0]]
    assert next(question for question in own if question.slug == "awards-of").summary["zh"].startswith("本地·")


def test_shapes_rules_and_vocabulary_are_the_packages(mine: Path) -> None:
    """What the new workspace adds comes after what the package has, of every kind."""
    workspace, ours = Workspace(mine), shipped()
    (mine / "ontology" / "rules" / "zz-own.rq").write_text("CONSTRUCT {} WHERE {}", encoding="utf-8")
    (mine / "ontology" / "shapes.ttl").write_text("", encoding="utf-8")
    assert [path.name for path in workspace.turtle_files()] == ["withwhom.ttl", "alignments.ttl", "declarations.ttl", "local.ttl"]
    assert workspace.shape_files() == [*ours.shape_files(), mine / "ontology" / "shapes.ttl"]
    assert workspace.rule_files() == [*ours.rule_files(), mine / "ontology" / "rules" / "zz-own.rq"]


def test_the_example_of_local_terms_is_valid(mine: Path) -> None:
    """Without its comment marks, the example declares a class and a predicate that tables may use, under the workspace's own namespace."""
    path = mine / "ontology" / "local.ttl"
    path.write_text(re.sub(r"^# ?(?!#)", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE), encoding="utf-8")
    add_row(mine / "graph" / "entities.csv", {"id": "dengjiao-station", "type": "RescueStation", "name_zh": "灯礁救援站", "name_en": "Dengjiao Rescue Station"})
    row = {"id": "boat", "subject": "yingchuan-foundation", "predicate": "equips", "object": "dengjiao-station", "certainty": "explicit"}
    add_row(mine / "graph" / "statements" / "clinic-boat.csv", {**row, "locator": "row=1"})
    checked = check(Workspace(mine))
    assert checked.problems == ()
    namespace = checked.settings.base + "ontology#"
    assert checked.ontology.classes["RescueStation"].iri == f"{namespace}RescueStation"
    assert checked.ontology.predicates["equips"].iri == f"{namespace}equips"


def test_the_base_is_made_of_the_folders_name(tmp_path: Path) -> None:
    """Two workspaces have two addresses; a Chinese name is spelt in pinyin."""
    make_workspace(tmp_path / "我的图谱")
    assert Workspace(tmp_path / "我的图谱").settings().base == "https://example.org/wo-de-tu-pu/"
    assert not [name for name, content in snapshot(tmp_path).items() if b"@BASE@" in content]


@pytest.mark.parametrize("readme", READMES)
def test_commands_of_the_readme_run(readme: str, mine: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of the README's shell block runs in the new workspace and answers."""
    monkeypatch.chdir(mine)
    (block,) = re.findall(r"```sh\n(.*?)```", (mine / readme).read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines():
        words = shlex.split(line)
        assert words[0] == "withwhom"
        ran = command(*words[1:])
        assert (ran.status, [line for line in ran.err if line]) == (0, [])
        assert ran.out


def test_without_the_example_it_still_builds(mine: Path, command: Command) -> None:
    """Deleted as the README says, the example leaves a workspace that is empty and right."""
    for folder in (mine / "sources", mine / "graph" / "statements"):
        for path in folder.iterdir():
            path.unlink()
    for name in TABLES:
        write_rows(mine / "graph" / name, read_rows(mine / "graph" / name)[:1])
    ran = command("build", "--workspace", mine)
    assert (ran.status, [line for line in ran.err if line]) == (0, [])


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, command: Command) -> None:
    """Nothing is touched where something stands already, be it one hidden file; the message names it."""
    (tmp_path / ".hidden").write_text("", encoding="utf-8")
    before = snapshot(tmp_path)
    for language in ("zh", "en"):
        ran = command("init", tmp_path, "--lang", language)
        assert (ran.status, ran.out) == (1, [])
        assert ".hidden" in ran.err[0]
    assert command("init", tmp_path / ".hidden").status == 1
    assert snapshot(tmp_path) == before


def test_an_empty_folder_is_filled(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """``withwhom init .`` in an empty folder leaves that very folder in place, for the shell that stands in it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    before = folder.stat().st_ino
    monkeypatch.chdir(folder)
    assert command("init", ".", "--lang", "zh").status == 0
    assert folder.stat().st_ino == before
    assert {path.name for path in folder.iterdir()} == {".gitignore", *READMES, "graph", "ontology", "queries", "sources"}


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("written", [0, 9])
def test_whole_or_not_at_all(there: bool, written: int, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001  # a case
    """Where the disk fills up on the way, nothing is left, not even the folders above."""
    folder = tmp_path / "above" / "mine"
    if there:
        folder.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    write, count = Path.write_bytes, iter(range(100))

    def full(path: Path, content: bytes) -> int:
        if next(count) == written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    ran = command("init", folder, "--lang", "en")
    assert ran.status == 1
    assert "no space left" in ran.err[0]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_keeps_the_example_and_leaves_other_texts_out(mine: Path) -> None:
    """The workspace's .gitignore keeps what is built and texts of others out, and nothing of the starter."""

    def git(*words: str) -> list[str]:
        return subprocess.run(["git", *words], cwd=mine, check=True, capture_output=True, text=True, encoding="utf-8").stdout.splitlines()

    there = sorted(snapshot(mine))
    for name in ("build/report.md", "sources/of-others.txt"):
        (mine / name).parent.mkdir(exist_ok=True)
        (mine / name).write_text("", encoding="utf-8")
    git("init", "-q")
    git("add", "--all")
    assert sorted(git("ls-files")) == there


def test_the_package_carries_every_template() -> None:
    """No .gitignore of the checkout, by which the wheel goes, too, keeps a file of the starter out."""
    root = TEMPLATES.parents[2]
    if not shutil.which("git") or not (root / ".git").exists():
        pytest.skip("no checkout")
    paths = [str(path) for path in TEMPLATES.rglob("*") if path.is_file()]
    ran = subprocess.run(["git", "check-ignore", "--no-index", *paths], cwd=root, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (1, "")
