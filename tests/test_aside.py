"""Rows with errors are set aside when asked: what refers to them goes too, nothing else is lost, and totals say that rows are missing."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from browser import Visitor
from conftest import CASES, Command, add_row, edit_cell, read_rows, snapshot, write_rows
from test_bad_tables import ALL, apply
from withwhom.aside import COLUMNS, Aside, rows_aside, rows_by_file
from withwhom.build import Checked, build, check
from withwhom.ontology import Ontology, read_ontology
from withwhom.problems import InputError
from withwhom.words import say
from withwhom.workspace import Workspace, shipped

pytest_plugins = ["browser"]
Row = Mapping[str, str]
# Files whose rows are not set aside: a source stands behind all its statements, and an outline is made again from the texts.
WHOLE = ("sources.csv", "outline.csv")
UNREAD = ("bad-csv", "not-utf8", "gb18030", "cell-too-long")


def set_aside_cases() -> list[Row]:
    """Return the cases: an edit, and every row that goes, by id or (names, evidence) by line."""
    with (CASES / "set_aside.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CHAINS = set_aside_cases()


@pytest.fixture(autouse=True)
def vocabulary(monkeypatch: pytest.MonkeyPatch, known: Ontology) -> None:
    """Read the vocabulary once: no case changes it."""
    monkeypatch.setattr("withwhom.build.read_ontology", lambda _: known)


@pytest.fixture(scope="module")
def known() -> Ontology:
    """Return the package's vocabulary."""
    return read_ontology(shipped())


@pytest.fixture
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the rules unread, which takes longer than the check of a tiny workspace and has no part in it."""
    monkeypatch.setattr("withwhom.build.read_rules", lambda _: ())
    monkeypatch.setattr("withwhom.build.read_questions", lambda _: ([], []))


def spoil(workspace: Path, row: Row) -> None:
    """Edit a workspace as a case says."""
    path = workspace / "graph" / row["file"]
    rows = read_rows(path)
    chosen = next(cells for cells in rows if cells[0] == row["row"])
    match row["column"]:
        case "COPY":
            write_rows(path, [*rows, chosen])
        case "SURPLUS":
            chosen.append("x")
            write_rows(path, rows)
        case column:
            edit_cell(path, row["row"], column, row["value"])


def ids(workspace: Path, aside: Iterable[Aside]) -> set[str]:
    """Return what rows that were set aside are called in the cases."""
    found = set()
    for file, line in {(item.problem.file, item.problem.line) for item in aside}:
        stem = Path(file).stem
        found.add(f"{stem}/{line if stem in ('names', 'evidence') else read_rows(workspace / file)[line - 1][0]}")
    return found


def delete_rows(workspace: Path, aside: Iterable[Aside]) -> None:
    """Delete by hand the rows that were set aside."""
    lines: dict[str, set[int]] = defaultdict(set)
    for item in aside:
        lines[item.problem.file].add(item.problem.line)
    for file, gone in lines.items():
        rows = read_rows(workspace / file)
        write_rows(workspace / file, [row for line, row in enumerate(rows, 1) if line not in gone])


def shards(checked: Checked) -> dict[str, list[str]]:
    """Return the shards of the stated graph."""
    return dict(checked.compiler.shards())


@pytest.mark.usefixtures("no_rules")
@pytest.mark.parametrize("row", CHAINS, ids=[row["case"] for row in CHAINS])
def test_what_goes(row: Row, tiny: Path) -> None:
    """A bad row takes along what refers to it, and nothing else; the other rows make the same triples as if it had never been there."""
    spoil(tiny, row)
    checked = check(Workspace(tiny), set_aside=True)
    assert checked.errors == []
    assert ids(tiny, checked.aside) == set(row["goes"].split())
    delete_rows(tiny, checked.aside)
    by_hand = check(Workspace(tiny))
    assert by_hand.errors == []
    assert shards(checked) == shards(by_hand)
    assert [problem.code for problem in checked.problems] == [problem.code for problem in by_hand.problems]


@pytest.mark.usefixtures("no_rules")
@pytest.mark.parametrize("rows", [rows for _, rows in ALL], ids=[name for name, _ in ALL])
def test_every_kind_of_bad_table(rows: list[Row], tiny: Path) -> None:
    """A table is refused as before where no row can be blamed; else what is left is right, and the same as with the bad rows deleted by hand."""
    for row in rows:
        apply(tiny, row)
    try:
        checked = check(Workspace(tiny), set_aside=True)
    except InputError:
        return
    if checked.errors:
        assert [problem for problem in checked.errors if problem.line <= 1 or problem.file.endswith(WHOLE) or problem.code in UNREAD]
        return
    assert checked.aside
    delete_rows(tiny, checked.aside)
    by_hand = check(Workspace(tiny))
    assert by_hand.errors == []
    assert shards(checked) == shards(by_hand)


def test_an_unbroken_workspace_loses_nothing(tiny: Path) -> None:
    """Without errors nothing is set aside."""
    assert check(Workspace(tiny), set_aside=True).aside == ()


def test_each_reason_names_what_it_depends_on(tiny: Path) -> None:
    """A row that goes with another names file and line of that one, up to a row with an error of its own."""
    spoil(tiny, {"file": "entities.csv", "row": "linjiang-city", "column": "type", "value": "Planet"})
    found = check(Workspace(tiny), set_aside=True).aside
    reasons = {f"{item.problem.file}:{item.problem.line}": item.problem for item in found}
    for start in reasons:
        walked = [start]
        while "because" in reasons[walked[-1]].values:
            walked.append(reasons[walked[-1]].values["because"])
            assert len(walked) == len(set(walked))
        assert reasons[walked[-1]].code == "unknown-type"
    assert sum(problem.code == "unknown-type" for problem in reasons.values()) == 1
    assert len(reasons) > 20


def test_a_long_chain_of_parts(tiny: Path) -> None:
    """Two thousand statements, each part of the one before, go in one round with the first."""
    path = tiny / "graph" / "statements" / "warm-bridge.csv"
    header, *rows = read_rows(path)
    blank = dict(zip(header, next(row for row in rows if row[0] == "gift-clinic"), strict=True))
    chain = [{**blank, "id": f"part-{number}", "included_in": f"part-{number - 1}" if number else "gift"} for number in range(2000)]
    write_rows(path, [header, *rows, *([cells[name] for name in header] for cells in chain)])
    edit_cell(path, "gift", "amount", "x")
    checked = check(Workspace(tiny), set_aside=True)
    assert checked.errors == []
    assert rows_by_file(checked.aside)["graph/statements/warm-bridge.csv"] == 2002


def test_the_default_is_all_or_nothing(tiny: Path, command: Command) -> None:
    """Without the option nothing is written, and the status is 1."""
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "gift", "amount", "x")
    assert command("build", "--workspace", tiny).status == 1
    assert not (tiny / "build").exists()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("graph/entities.csv", "place,same_as", "plaza,same_as"),
        ("graph/sources.csv", "2023-01-08", "no date"),
        ("graph/graph.toml", "base", "bass"),
        ("graph/outline.csv", "50,101", "50,x"),
    ],
)
def test_errors_without_a_row_stay(file: str, old: str, new: str, tiny: Path, command: Command) -> None:
    """What no row can be blamed for is refused, and every error is listed, those of rows included."""
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "gift", "amount", "x")
    path = tiny / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8", newline="")
    ran = command("build", "--workspace", tiny, "--set-aside")
    assert ran.status == 1
    assert any(line.startswith(f"{file}:") for line in ran.err)
    assert not (tiny / "build").exists()


def test_nothing_bad_changes_nothing(tiny: Path, command: Command) -> None:
    """Without bad rows the option changes no byte (the store's own files excepted), and the status is 0."""
    build(Workspace(tiny), out=tiny.parent / "plain")
    assert command("build", "--workspace", tiny, "--set-aside").status == 0
    one, other = (
        {name: content for name, content in snapshot(folder).items() if not name.startswith("store/")} for folder in (tiny / "build", tiny.parent / "plain")
    )
    assert one == other
    assert "problems.csv" not in one


@pytest.fixture
def left(tiny: Path, command: Command) -> Path:
    """Return a workspace built without a gift and its part."""
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "gift", "amount", "=1+1")
    add_row(tiny / "graph" / "names.csv", {"entity": "wen-lan", "name": "=CMD()", "kind": "nick"})
    ran = command("build", "--workspace", tiny, "--set-aside", "--lang", "en")
    assert ran.status == 3
    assert any("5 rows were set aside" in line for line in ran.out)
    return tiny


def test_a_build_without_them_is_the_same(left: Path) -> None:
    """Shards, derived triples and figures are, byte for byte, those of a build of tables without the rows."""
    aside = check(Workspace(left), set_aside=True).aside
    assert rows_aside(aside) == 5
    delete_rows(left, aside)
    build(Workspace(left), out=left.parent / "by-hand")
    for path in [*sorted((left.parent / "by-hand").glob("*.nt")), left.parent / "by-hand" / "statements.csv"]:
        assert (left / "build" / path.name).read_bytes() == path.read_bytes()


def test_problems_are_a_table(left: Path) -> None:
    """``problems.csv`` opens in Excel, runs nothing, names each reason in Chinese and English and shows each row; two builds give the same bytes."""
    content = (left / "build" / "problems.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(content.decode("utf-8-sig").splitlines())
    assert tuple(header) == COLUMNS
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["file"].rpartition("/")[2], row["line"], row["column"], row["code"]) for row in found] == [
        ("evidence.csv", "5", "statement", "set-aside-with"),
        ("evidence.csv", "6", "statement", "set-aside-with"),
        ("names.csv", "15", "kind", "unknown-value"),
        ("warm-bridge.csv", "9", "amount", "bad-number"),
        ("warm-bridge.csv", "10", "included_in", "set-aside-with"),
    ]
    assert found[-1]["because"] == "graph/statements/warm-bridge.csv:9"
    assert json.loads(found[-2]["row"])["amount"] == "=1+1"
    assert all(re.search("[一-鿿]", row["message_zh"]) and row["message_en"] for row in found)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    build(Workspace(left), out=left.parent / "again", set_aside=True)
    assert (left.parent / "again" / "problems.csv").read_bytes() == content


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_total_says_so(language: str, left: Path, command: Command) -> None:
    """Questions, dossiers, measures and the report say how many rows are missing."""
    told = say("set-aside", language, count="5")
    org = ("--org", "chenfan-foundation")
    asked = [("top-funders",), ("top-recipients",), ("totals-in-results",), ("totals-given", *org), ("totals-received", "--org", "yunhe-red-cross")]
    for words in [*(("query", *words) for words in asked), ("show", "chenfan-foundation"), ("network", "--measures")]:
        ran = command(*words, "--workspace", left, "--lang", language)
        assert ran.status == 0
        assert told in "".join([*ran.out, *ran.err]) or told in " ".join([*ran.out, *ran.err]), words
    ran = command("query", "top-funders", "--workspace", left, "--lang", language, "--format", "json")
    assert told in json.loads("\n".join(ran.out))["notes"]
    assert told in command("show", "chenfan-foundation", "--workspace", left, "--lang", language, "--format", "csv").err
    report = (left / "build" / "report.md").read_text(encoding="utf-8")
    assert told in report.partition("## 合计")[2].partition("\n## ")[0]
    assert "- graph/names.csv: 1\n" in report


def test_a_picture_says_so(left: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evidence list of a picture says how many rows are missing."""
    monkeypatch.chdir(left)
    assert command("network", "--view", "money", "--svg", "--out", "money.svg", "--lang", "en").status == 0
    assert say("set-aside", "en", count="5") in (left / "money.evidence.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_so(language: str, left: Path, visitor: Visitor) -> None:
    """The page says it where it opens and beside the totals of a body."""
    told = say("set-aside", language, count="5")
    for address in ("view=money", "view=money&select=chenfan-foundation"):
        page = visitor.open(left / "build" / "network.html", address, language=language)
        assert told in page.locator("#panel .note").all_inner_texts()
