"""What differs between two builds is found from their files, said in words, and never hangs on the order of rows."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TINY, Command, add_row, edit_cell, read_rows, write_rows
from withwhom import output
from withwhom.build import build
from withwhom.build_diff import Diff, diff
from withwhom.built import Built, find_build
from withwhom.changes import Change
from withwhom.problems import WorkspaceError
from withwhom.workspace import Workspace

ENTITIES, NAMES, EVIDENCE, SOURCES = (f"graph/{name}.csv" for name in ("entities", "names", "evidence", "sources"))
BRIDGE, NOTES = "graph/statements/warm-bridge.csv", "graph/statements/lanting-notes.csv"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the tiny workspace once."""
    return build(Workspace(TINY), out=tmp_path_factory.mktemp("old") / "build").out


@pytest.fixture
def edited(old: Path, tiny: Path) -> Callable[..., Diff]:
    """Return a function that edits the tiny workspace and compares its build with that of the unedited one."""

    def run(*edits: Callable[[Path], None]) -> Diff:
        for edit in edits:
            edit(tiny)
        return diff(Built(old), Built(build(Workspace(tiny)).out))

    return run


def cell(table: str, row: str, column: str, value: str) -> Callable[[Path], None]:
    """Return an edit of one cell."""
    return lambda root: edit_cell(root / table, row, column, value)


def row(table: str, **cells: str) -> Callable[[Path], None]:
    """Return an edit that adds a row."""
    return lambda root: add_row(root / table, cells)


def without(table: str, start: str) -> Callable[[Path], None]:
    """Return an edit that takes the rows away whose first cell is so."""
    return lambda root: write_rows(root / table, [cells for cells in read_rows(root / table) if cells[0] != start])


def blank(table: str, row: str) -> list[Callable[[Path], None]]:
    """Return edits that take away which words of the passages a row quotes."""
    return [cell(table, row, column, "") for column in ("subject_mention", "wording")]


def of(found: Diff, part: str) -> dict[str, Change]:
    """Return the changes of one part by id."""
    return {change.id: change for change in found.changes if change.part == part}


def cells(change: Change) -> dict[str, tuple[str, str]]:
    """Return the cells of a change by column."""
    return {cell.column: (cell.old, cell.new) for cell in change.cells}


def test_the_order_of_rows_is_no_difference(edited: Callable[..., Diff]) -> None:
    """Every table turned upside down says the same; only the digests of the files differ."""

    def turned(root: Path) -> None:
        for path in (root / "graph").rglob("*.csv"):
            header, *rows = read_rows(path)
            write_rows(path, [header, *reversed(rows)])

    found = edited(turned)
    assert found.same
    assert {change.part for change in found.changes} == {"input"}


def test_a_changed_amount_moves_its_totals_and_nothing_else(edited: Callable[..., Diff]) -> None:
    """The statement is said in words with the column that differs; the totals of both sides move, as the builds hold them, and name the row."""
    found = edited(cell(BRIDGE, "application", "status", "done"), cell(BRIDGE, "application", "amount", "210000"))
    (statement,) = of(found, "statement").values()
    assert (statement.how, cells(statement)) == ("changed", {"amount": ("200000", "210000"), "status": ("applied", "done")})
    assert "21万元" in statement.text["zh"]
    assert "210,000 CNY" in statement.text["en"]
    assert "云禾县红十字会的三年" in statement.cited["zh"]
    totals = of(found, "total")
    assert set(totals) == {"chenfan-foundation/given/CNY/cash/unspecified", "yunhe-red-cross/received/CNY/cash/unspecified"}
    for total in totals.values():
        assert cells(total)["sum"] == ("—", "210,000")
        assert total.rows == ("warm-bridge/application applied → counted",)
    assert not of(found, "tie")


def test_a_total_that_only_the_account_changes(edited: Callable[..., Diff]) -> None:
    """A sum that stays is still told where other rows make it, with what became of each."""
    found = edited(cell(BRIDGE, "gift-clinic", "included_in", ""), cell(BRIDGE, "gift-clinic", "status", "planned"))
    total = of(found, "total")["chenfan-foundation/given/CNY/cash/given"]
    assert cells(total) == {}
    assert total.rows == ("warm-bridge/gift-clinic part → planned",)


def test_statements_added_and_removed_move_ties(edited: Callable[..., Diff]) -> None:
    """A said tie vanishes with its statement, and one by rule appears with the row that brought it; what it rests on besides was there."""
    new = {"id": "new", "subject": "yunhe-health-bureau", "predicate": "supports", "object": "warm-bridge-action", "certainty": "explicit"}
    found = edited(without(BRIDGE, "partner"), row(BRIDGE, **new, begin="168", stop="178", digest="h:6f327d8d1be6b50c"))
    statements = of(found, "statement")
    assert {reference: change.how for reference, change in statements.items()} == {"warm-bridge/partner": "removed", "warm-bridge/new": "added"}
    ties = of(found, "tie")
    assert (ties["yunhe-hospital yunhe-red-cross said"].how, ties["yunhe-hospital yunhe-red-cross said"].rows) == ("removed", ("warm-bridge/partner removed",))
    appeared = ties["yunhe-health-bureau yunhe-red-cross by rule works-with-leader"]
    assert (appeared.how, appeared.rows) == ("added", ("warm-bridge/new added",))
    assert appeared.text["zh"] == "云禾县卫生健康局 — 云禾县红十字会 · 规则推出 works-with-leader"


def test_a_tie_that_is_only_planned_now(edited: Callable[..., Diff]) -> None:
    """A tie is compared whatever its phase, and says which it had and has."""
    (tie,) = [change for change in of(edited(cell(BRIDGE, "partner", "status", "planned")), "tie").values() if change.id.endswith("said")]
    assert (tie.how, cells(tie)["state"]) == ("changed", ("explicit", "explicit planned"))


def test_entities_and_names(edited: Callable[..., Diff]) -> None:
    """A renamed body changes no statement; further names, places and addresses elsewhere are compared, too."""
    found = edited(
        cell(ENTITIES, "mountain-schools", "name_en", "schools up there"),
        cell(ENTITIES, "mountain-schools", "same_as", "https://example.org/schools"),
        cell(ENTITIES, "liuwu-village", "place", "linjiang-city"),
        row(NAMES, entity="wen-lan", name="温医生", language="zh", kind="alias"),
        row(ENTITIES, id="new-body", type="School", name_zh="新校", name_en="New School"),
    )
    entities = of(found, "entity")
    names = ("primary schools in the mountains", "schools up there")
    assert cells(entities["mountain-schools"]) == {"name_en": names, "same_as": ("", "https://example.org/schools")}
    assert cells(entities["liuwu-village"]) == {"place": ("yunhe-county", "linjiang-city")}
    assert cells(entities["wen-lan"]) == {"names": ("", "温医生")}
    assert (entities["new-body"].how, entities["new-body"].text) == ("added", {"zh": "新校", "en": "New School"})
    assert not of(found, "statement")
    assert len(entities) == 4


def test_further_passages_are_compared(edited: Callable[..., Diff]) -> None:
    """A row of evidence.csv that goes changes its statement, which no column of statements.csv would tell."""
    (statement,) = of(edited(without(EVIDENCE, "lanting-notes/teaching"), *blank(NOTES, "teaching")), "statement").values()
    assert statement.id == "lanting-notes/teaching"
    assert cells(statement).keys() == {"subject_mention", "wording", "evidence"}
    old, new = cells(statement)["evidence"]
    assert (len(old.split()), len(new.split())) == (2, 1)


def test_moved_statements_are_told_apart(edited: Callable[..., Diff], command: Command, old: Path) -> None:
    """Where a text grew at its head, statements stand elsewhere in the same words: they have moved, and nothing else has."""

    def grown(root: Path) -> None:
        path = root / "sources" / "lanting-notes.txt"
        path.write_text("X" + path.read_text(encoding="utf-8"), encoding="utf-8")
        import hashlib

        edit_cell(root / SOURCES, "lanting-notes", "sha256", hashlib.sha256(path.read_bytes()).hexdigest())
        for table in (NOTES, EVIDENCE, NAMES, "graph/outline.csv"):
            header, *rows = read_rows(root / table)
            begin, stop = header.index("begin"), header.index("stop")
            for cells in rows:
                if table == NOTES or "lanting-notes" in f"{cells[0]} {cells[4]}":
                    cells[begin], cells[stop] = (str(int(value) + 1) if value else "" for value in (cells[begin], cells[stop]))
            write_rows(root / table, [header, *rows])

    found = edited(grown)
    assert {change.how for change in of(found, "statement").values()} == {"moved"}
    assert len(of(found, "statement")) == 7
    assert {change.part for change in found.changes} == {"statement", "input"}
    assert not found.same
    ran = command("diff", old, found.new.folder, "--lang", "en")
    assert any("7 more statements stand elsewhere" in line for line in ran.out)


def test_sources_and_contradictions(edited: Callable[..., Diff]) -> None:
    """What is known of a document is compared, and a contradiction that appears names both rows."""
    found = edited(cell(SOURCES, "warm-bridge", "publisher", "云禾早报"), cell(NOTES, "gift", "amount", "130000"))
    assert cells(of(found, "source")["warm-bridge"]) == {"publisher": ("云禾晚风报", "云禾早报")}
    (contradiction,) = of(found, "contradiction").values()
    assert (contradiction.how, contradiction.rows) == ("added", ("lanting-notes/gift changed", "warm-bridge/gift"))
    assert cells(of(found, "total")["yunhe-red-cross/received/CNY/cash/given"])["sum"] == ("120,000", "120,000 – 130,000")


def test_a_term_of_ones_own_is_a_change_of_the_vocabulary(edited: Callable[..., Diff]) -> None:
    """Triples of the vocabulary are counted; which terms they are about is told elsewhere."""

    def declared(root: Path) -> None:
        (root / "ontology").mkdir()
        (root / "ontology" / "local.ttl").write_text("<https://example.org/o> a <http://www.w3.org/2002/07/owl#Ontology> .", encoding="utf-8")

    found = edited(declared)
    assert cells(of(found, "vocabulary")["ontology.nt"]) == {"triples": ("0", "1")}
    assert of(found, "input")["ontology/local.ttl"].how == "added"


@pytest.mark.parametrize("name", ["catalogue.json", "network.json", "statements.csv", "entities.csv"])
def test_a_build_that_lacks_a_file(name: str, old: Path, tmp_path: Path, command: Command) -> None:
    """What an older version did not write is named with what was not compared; the rest is compared, and it is not taken for the same."""
    lacking = Path(shutil.copytree(old, tmp_path / "lacking"))
    (lacking / name).unlink()
    for language, word in (("zh", "没有比较"), ("en", "not compared")):
        ran = command("diff", lacking, old, "--lang", language, "--exit-code")
        assert ran.status == 4
        text = " ".join(ran.out)
        assert name in text
        assert word in text
    (lacking / name).write_text("{}", encoding="utf-8")  # of another form
    assert command("diff", lacking, old, "--lang", "en").status == 0


def test_versions_that_were_not_recorded(old: Path, tmp_path: Path, command: Command) -> None:
    """A build from before builds carried versions is compared all the same, and says what it does not know."""
    before = Path(shutil.copytree(old, tmp_path / "before"))
    catalogue = json.loads((before / "catalogue.json").read_text(encoding="utf-8"))
    del catalogue["versions"]
    (before / "catalogue.json").write_text(json.dumps(catalogue), encoding="utf-8")
    ran = command("diff", before, old, "--lang", "en", "--exit-code")
    assert ran.status == 0
    assert [line.split() for line in ran.out if line.startswith("software")] == [["software", "not", "recorded", "0.1.0"]]


def test_paths_name_builds_or_workspaces(old: Path, tiny: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace means the build in it, the one here if none is named; what is neither, or was not built, is said in one line."""
    with pytest.raises(WorkspaceError, match="no build here yet"):
        find_build(tiny)
    build(Workspace(tiny))
    assert find_build(tiny).folder == tiny / "build"
    monkeypatch.chdir(tiny / "graph")
    assert find_build(None).folder == tiny / "build"
    ran = command("diff", old, "--lang", "zh", "--exit-code")
    assert (ran.status, "两者说的完全一样。" in ran.out) == (0, True)
    for nothing in (tmp_path / "nowhere", tiny / "sources"):
        ran = command("diff", nothing, old, "--lang", "en")
        assert (ran.status, ran.out) == (1, [])
        assert "neither a build nor a workspace" in ran.err[0]


@pytest.fixture(scope="module")
def pair(old: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two builds with a change of every kind of part."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("pair") / "tiny"))
    edit_cell(root / BRIDGE, "gift", "amount", "130000")
    edit_cell(root / BRIDGE, "gift", "subject", "lanting-red-cross")
    edit_cell(root / BRIDGE, "gift", "subject_mention", "")
    edit_cell(root / ENTITIES, "mountain-schools", "name_en", "schools <b>up</b> there")
    return old, build(Workspace(root)).out


def test_the_report_names_what_cells_mean(pair: tuple[Path, Path], command: Command) -> None:
    """Ids of entities stand beside their names, in the language of the report."""
    for language, name in (("zh", "晨帆基金会 (chenfan-foundation) → 兰汀县红十字会"), ("en", "Chenfan Foundation (chenfan-foundation) → Lanting")):
        assert any(name in line for line in command("diff", *pair, "--format", "md", "--lang", language).out)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_fits_the_terminal(language: str, pair: tuple[Path, Path], command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal, and each part has its heading."""
    from withwhom.terminal import width
    from withwhom.words import say

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(pair[0].parent.parent)
    ran = command("diff", *pair, "--lang", language)
    assert max(map(width, ran.out)) <= 80
    for part in ("entity", "statement", "total"):
        assert say(f"diff-{part}", language) in ran.out


def test_every_format_holds_every_change(pair: tuple[Path, Path], command: Command, tmp_path: Path) -> None:
    """Rows for programs hold a line a cell that differs, JSON the same rows; pages escape what comes from tables; XLSX opens."""
    found = diff(*map(Built, pair))
    wanted = sum(len(change.cells) or 1 for change in found.changes)
    for suffix in ("csv", "json", "html", "md", "xlsx"):
        assert command("diff", *pair, "--lang", "en", "--out", tmp_path / f"d.{suffix}").status == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "d.csv").read_text(encoding="utf-8-sig"))))
    assert sum(row["part"] != "version" for row in rows) == wanted
    value = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert [{name: cell for name, cell in row.items() if cell} for row in rows] == value["rows"]
    page = (tmp_path / "d.html").read_text(encoding="utf-8")
    assert "schools &lt;b&gt;up&lt;/b&gt; there" in page
    assert "<b>" not in page
    import openpyxl

    assert "Statements" in "".join(openpyxl.load_workbook(tmp_path / "d.xlsx").sheetnames)


def test_the_exit_status(pair: tuple[Path, Path], command: Command) -> None:
    """Builds that differ are no failure, unless ``--exit-code`` asks for a status of its own."""
    assert command("diff", *pair).status == 0
    assert command("diff", *pair, "--exit-code").status == 4
    assert command("diff", pair[0], pair[0], "--exit-code").status == 0


def test_a_limit_is_said(pair: tuple[Path, Path], command: Command) -> None:
    """Parts cut short say how many changes there are."""
    assert any("the first of" in line for line in command("diff", *pair, "--limit", "1", "--lang", "en").out)


def test_no_mixture_of_two_builds(old: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a build takes the other's place while it is read, both are read again."""
    place = build(Workspace(tiny)).out
    read = Built.marks
    done: list[bool] = []

    def replaced(built: Built, *words: object) -> dict[str, bytes]:
        if built.folder == place and not done:
            done.append(True)
            edit_cell(tiny / BRIDGE, "gift", "amount", "1")
            build(Workspace(tiny))
        return read(built, *words)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Built, "marks", replaced)
    found = diff(Built(old), Built(place))
    assert cells(of(found, "statement")["warm-bridge/gift"])["amount"] == ("120000", "1")
    assert "1" in of(found, "total")["chenfan-foundation/given/CNY/cash/given"].cells[0].new
    assert output.stamp(place)
