"""The docs say what is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from withwhom.cli import main
from withwhom.handbook import handbook
from withwhom.questions import read_questions
from withwhom.tables import read_records
from withwhom.workspace import shipped

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")


def commands(text: str) -> list[list[str]]:
    """Return the words after ``withwhom`` on each line of a document's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if "bin/withwhom " in line]
    return [shlex.split(line, comments=True)[1:] for line in lines]


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_in_the_readme(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that ``--help`` lists stands in both READMEs, and no other."""
    with pytest.raises(SystemExit):
        main(["--help", "--lang", "en"])
    listed = set(re.findall(r"^    ([a-z-]+) ", capsys.readouterr().out, re.MULTILINE))
    assert {words[0] for words in commands((ROOT / name).read_text(encoding="utf-8"))} == listed


def test_both_readmes_show_the_same_commands() -> None:
    """What is shown in Chinese is shown in English."""
    first, second = (commands((ROOT / name).read_text(encoding="utf-8")) for name in READMES)
    assert first == second


def test_make_targets_of_the_readme_exist() -> None:
    """The two commands of the README are targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_page_of_questions_is_fresh() -> None:
    """``docs/questions.md`` is what the headers make of it."""
    questions, problems = read_questions(shipped())
    assert not problems
    assert (ROOT / "docs" / "questions.md").read_text(encoding="utf-8") == handbook(questions)


def test_figures_of_the_graph_are_right() -> None:
    """The numbers of statements and entities in the docs are those of the tables."""
    records, _ = read_records(shipped())
    text = (ROOT / "docs" / "annotating.md").read_text(encoding="utf-8")
    assert f"{len(records.statements):,} statements, {len(records.entities):,} entities" in text


def test_links_lead_somewhere() -> None:
    """Every relative link of a document names a file that exists."""
    documents = [ROOT / name for name in (*READMES, "CONTRIBUTING.md")] + sorted((ROOT / "docs").glob("*.md"))
    for document in documents:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def sessions(text: str) -> list[tuple[list[str], str]]:
    """Return the commands of a document's recorded sessions, each with what it printed."""
    blocks = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ withwhom ", block, flags=re.MULTILINE)[1:]]
    return [(shlex.split(part.partition("\n")[0]), part.partition("\n")[2].rstrip()) for part in parts]


@pytest.mark.parametrize("name", READMES)
def test_recorded_sessions_are_what_happens(name: str, shipped_build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command of a recorded session prints what the README shows."""
    monkeypatch.setenv("COLUMNS", "100")
    recorded = sessions((ROOT / name).read_text(encoding="utf-8"))
    assert recorded
    for words, shown in recorded:
        assert main([*words, "--workspace", str(shipped_build)]) == 0
        captured = capsys.readouterr()
        assert (captured.out + captured.err).rstrip() == shown


@pytest.mark.parametrize("name", READMES)
def test_python_of_the_readme_runs(name: str, shipped_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python lines of the README run, and answer."""
    monkeypatch.chdir(shipped_build.parent)  # a build is opened where it stands
    monkeypatch.setattr("withwhom.knowledge.build_folder", lambda workspace: shipped_build)  # noqa: ARG005  # the README builds in the checkout
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL):
        exec(block, names)  # noqa: S102  # the README's own lines
    assert names["answer"]
