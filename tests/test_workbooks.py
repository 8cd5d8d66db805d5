"""A workbook of all tables comes back unchanged, and with the edits of a person in it."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from conftest import TINY, Command, add_row, edit_cell, read_rows, snapshot, write_rows
from withwhom.choices import COLUMNS, Choices, choices, headings, kind_of, lists
from withwhom.ontology import Ontology, read_ontology
from withwhom.table_text import TableText
from withwhom.words import LANGUAGES
from withwhom.workbook import LISTS, LONGEST_CELL, TABLES, Sheet, digest, sheet_names, to_workbook, unholdable
from withwhom.workbook_read import read_sheets
from withwhom.workbook_take import read_alone, sheet_rows, take
from withwhom.workbooks import from_xlsx, to_xlsx
from withwhom.workspace import Workspace, shipped

BRIDGE = "statements/warm-bridge"


@pytest.fixture(scope="module")
def vocabulary() -> Ontology:
    """Return the package's vocabulary, read once."""
    return read_ontology(shipped())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, vocabulary: Ontology) -> None:
    """Read the vocabulary once for all tests, none of which changes it."""
    monkeypatch.setattr("withwhom.workbooks.read_ontology", lambda _: vocabulary)


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request: pytest.FixtureRequest, vocabulary: Ontology) -> bytes:
    """Return the tiny workspace as a workbook, in Chinese and in English."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("withwhom.workbooks.read_ontology", lambda _: vocabulary)
        return to_xlsx(Workspace(TINY), request.param)


@pytest.fixture
def book(made: bytes, tiny: Path) -> Path:
    """Return the tiny workspace's workbook as a file beside its tables."""
    path = tiny / "tables.xlsx"
    path.write_bytes(made)
    return path


def edited(book: Path, edit: Callable[[Any], None]) -> None:
    """Let somebody edit a workbook and save it, by another program than the one that made it."""
    opened = openpyxl.load_workbook(book)
    edit(opened)
    opened.save(book)


def place(sheet: Any, row: str, column: str) -> Any:  # noqa: ANN401
    """Return the cell of a row, by its id, and a column."""
    number = next(cell.column for cell in sheet[1] if str(cell.value).rpartition("\n")[2] == column)
    return sheet.cell(next(cells[0].row for cells in sheet.iter_rows() if cells[0].value == row), number)


def told(command: Command, book: Path, *words: str) -> tuple[int, list[str]]:
    """Take a workbook in, and return the exit status and what was said; where it failed, the tables are as they were."""
    before = snapshot(book.parent)
    ran = command("tables", "--from-xlsx", book, "--workspace", book.parent, "--lang", "en", *words)
    assert ran.status == 0 or snapshot(book.parent) == before
    return ran.status, [*ran.out, *ran.err]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_workspace_comes_back_unchanged(language: str, tmp_path: Path) -> None:
    """Every shipped table keeps its bytes, and no file is written; the same tables make the same workbook."""
    shutil.copytree(shipped().graph, tmp_path / "graph")
    before = snapshot(tmp_path)
    content = to_xlsx(Workspace(tmp_path), language)
    (tmp_path / "b.xlsx").write_bytes(content)
    assert not any(change.taken and change.taken.changed for change in from_xlsx(Workspace(tmp_path), tmp_path / "b.xlsx"))
    (tmp_path / "b.xlsx").unlink()
    assert snapshot(tmp_path) == before
    assert language == "zh" or to_xlsx(Workspace(tmp_path), language) == content


def test_what_another_program_saved_comes_back_unchanged(book: Path, command: Command) -> None:
    """A workbook that was opened and saved elsewhere is the same tables; other programs know no sheets that stay hidden, or format to the end."""

    def save(opened: Any) -> None:  # noqa: ANN401
        opened["_lists"].sheet_state = opened["_tables"].sheet_state = "hidden"
        opened["names"].cell(50_000, 40).number_format = "0.00"

    edited(book, save)
    assert told(command, book) == (0, ["Nothing has changed; the tables are as they were."])


def test_the_form_of_a_file_stays(tiny: Path, command: Command) -> None:
    """Byte order mark, line ends, quotation marks, labels in place of codes and blank rows of a CSV stay where nobody changed it."""
    path = tiny / "graph" / "names.csv"
    header, *rows = read_rows(path)
    odd = [",".join(f'"{cell}"' for cell in row) for row in rows]
    path.write_bytes(("\ufeff" + "\r\n".join([",".join(header) + ",", *odd, "", "liuwu-village,柳坞,zh,简称"]) + "\r\n").encode())
    before = snapshot(tiny / "graph")
    assert command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny).status == 0
    assert told(command, tiny / "b.xlsx")[0] == 0
    assert snapshot(tiny / "graph") == before

    def rename(opened: Any) -> None:  # noqa: ANN401
        opened["names"]["B2"].value = "x"

    edited(tiny / "b.xlsx", rename)
    assert told(command, tiny / "b.xlsx")[1][0] == "graph/names.csv: rows added: 1, rows removed: 1"
    text = path.read_bytes().decode()
    assert text.startswith("\ufeff" + ",".join(header) + "\r\n")
    assert text.endswith("\r\nliuwu-village,柳坞,zh,简称,,,,,\r\n")


CELLS = st.one_of(
    st.text(),
    st.text(alphabet=" |\n\r\t=+-@'\"_x0041D\x00\x1f甲😀[]", max_size=12),
    st.sampled_from(
        ["", "", "", "done", "已完成", "cash|in_kind", "现金|实物", "a", "甲 [a]", "Old [a]", "[a]|b", "yes", "true", "是", "mention", " 别名", "001", "1E5"]
    ),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, TableText]:
    """Draw a table of any kind: some of its columns, in any order, and rows of any text."""
    table = draw(st.sampled_from(["names", "evidence", "sources", BRIDGE]))
    names = list(headings(kind_of(table), read_ontology_once()))
    header = draw(st.permutations(names))[: draw(st.integers(1, len(names)))]
    header += [name for name in ("id", "subject", "predicate", "entity", "name", "statement") if name in COLUMNS[kind_of(table)] and name not in header]
    rows = draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=4))
    return table, TableText(header, rows)


ONCE: list[Ontology] = []


def read_ontology_once() -> Ontology:
    """Return the package's vocabulary, for a strategy, which has no fixtures."""
    if not ONCE:
        ONCE.append(read_ontology(shipped()))
    return ONCE[0]


@settings(max_examples=40, deadline=None)
@example((BRIDGE, TableText(["id", "subject", "predicate", "status"], [["a", "甲 [a]", "donates to", "已完成"], ["a", "a", "donatesTo", "done"]])), "zh")
@given(tables(), st.sampled_from(LANGUAGES))
def test_any_table_comes_back_unchanged(drawn: tuple[str, TableText], language: str) -> None:
    """Whatever its cells hold, a table that a sheet can hold comes back as it was, whether labels or codes or neither stand in it."""
    table, text = drawn
    assume(not list(unholdable("t", [(1, text.header), *((2, cells) for cells in text.rows)])))
    ontology = read_ontology_once()
    known: Mapping[str, Choices] = choices(ontology, [("a", {"zh": "甲", "en": "A"}), ("b", {"zh": "乙|丙", "en": "a"})], ["a"])
    others = [Sheet("entities", "e", TableText(["id", "name_zh", "name_en"], [["a", "甲", "A"]]))]
    others += [Sheet("sources", "s", TableText(["id"], []))] if table != "sources" else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("withwhom.workbook.SPARE", 2)
        content = to_workbook([*others, Sheet(table, "t", text)], ontology, known, language)
    sheets, problems = read_bytes(content)
    rows, wrong = sheet_rows(sheets[len(others)], "b", table, text.header, ontology)
    assert not [*problems, *wrong]
    columns = {name: known[which] for name, which in lists(kind_of(table), ontology).items()}
    taken = take(rows, text, columns, "id" if "id" in text.header else "")
    assert (taken.changed, taken.problems) == (False, [])
    assert taken.text.rows == [cells for cells in text.rows if any(cells)]
    assert taken.text.header == text.header
    plain = TableText(
        text.header, [[columns[name].meant(cell) if name in columns else cell for name, cell in zip(text.header, row, strict=True)] for row in text.rows]
    )
    assert digest(read_alone(rows, columns)) == digest(plain)


def read_bytes(content: bytes) -> tuple[list[Any], list[Any]]:
    """Read a workbook that is no file yet."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.xlsx"
        path.write_bytes(content)
        sheets, problems = read_sheets(path, (LISTS, TABLES))
        return list(sheets), problems


def test_a_person_edits(book: Path, command: Command) -> None:
    """Cells, rows and a column that somebody changed, added, moved and deleted are so in the table; labels of both languages are codes."""
    path = book.parent / "graph" / f"{BRIDGE}.csv"
    header, *rows = read_rows(path)

    def edit(opened: Any) -> None:  # noqa: ANN401
        sheet = opened["warm-bridge"]
        place(sheet, "gift", "status").value = "进行中"
        place(sheet, "gift", "amount").value = 41890000.0
        place(sheet, "gift", "since").value = datetime.date(2021, 3, 1)
        place(sheet, "gift", "since").number_format = "mmm-yy"
        place(sheet, "lead", "support").value = "In kind"
        sheet.delete_rows(sheet.max_row)
        sheet.cell(1, sheet.max_column + 1).value = "标注者"
        sheet.cell(2, sheet.max_column).value = "me"
        sheet.append(["new", "Another name [liuwu-village]", "捐赠", "bicycle-visits"])
        sheet.move_range("A2:AH2", rows=sheet.max_row - 1)
        opened.move_sheet("evidence", -3)

    edited(book, edit)
    status, said = told(command, book)
    assert (status, said[-1]) == (0, "Taken in. Next: withwhom check.")
    assert said[0] == f"graph/{BRIDGE}.csv: rows added: 1, rows changed: 3, rows removed: 1, columns added: 1, rows in another order"
    after = read_rows(path)
    assert after[0] == [*header, "annotator"]
    assert after[-2] == ["new", "liuwu-village", "donatesTo", "bicycle-visits", *[""] * (len(header) - 3)]
    assert after[-1] == [*rows[0], "me"]
    by_id = {row[0]: dict(zip(after[0], row, strict=True)) for row in after}
    assert by_id["lead"]["support"] == "in_kind"
    gift = by_id["gift"]
    assert (gift["status"], gift["amount"], gift["since"]) == ("ongoing", "41890000", "2021-03")


def test_a_new_source_and_a_new_body(book: Path, command: Command) -> None:
    """A sheet with the id of a new source is its table; it may name bodies that the workbook adds; empty sheets and columns are nothing."""

    def edit(opened: Any) -> None:  # noqa: ANN401
        opened["entities"].append(["new-body", "Foundation", "新基金会", "New Foundation"])
        sheet = opened.create_sheet("new-source")
        sheet.append(["id", "主语", "Predicate", "object", "备注", None, "amount"])
        sheet.append(["one", "x [new-body]", "合作", "liuwu-village", None, None, 5])
        opened.create_sheet("Sheet1")

    edited(book, edit)
    assert told(command, book)[1][:2] == ["graph/entities.csv: rows added: 1", "graph/statements/new-source.csv: rows added: 1"]
    written = (book.parent / "graph" / "statements" / "new-source.csv").read_text(encoding="utf-8")
    assert written == "id,subject,predicate,object,amount\none,new-body,partnersWith,liuwu-village,5\n"
    assert read_rows(book.parent / "graph" / "entities.csv")[-1][:4] == ["new-body", "Foundation", "新基金会", "New Foundation"]


def test_a_sheet_that_is_missing_leaves_its_table(book: Path, command: Command) -> None:
    """Who deletes a sheet deletes no table."""

    def edit(opened: Any) -> None:  # noqa: ANN401
        del opened["warm-bridge"]
        del opened["_tables"]

    edited(book, edit)
    assert told(command, book) == (
        0,
        [f"graph/{BRIDGE}.csv: the workbook has no sheet of it; left as it is", "Nothing has changed; the tables are as they were."],
    )


def wrong_cells(opened: Any) -> None:  # noqa: ANN401
    """Write what cannot be understood into several sheets."""
    place(opened["warm-bridge"], "gift", "status").value = "快好了"
    opened["names"]["C3"].value = "=A1"
    opened["entities"]["B4"].value = "Hamlet"


def wrong_words(opened: Any) -> None:  # noqa: ANN401
    """Write words that are no choice."""
    wrong_cells(opened)
    opened["names"]["C3"].value = "zh"


def wrong_columns(opened: Any) -> None:  # noqa: ANN401
    """Spoil headings."""
    wrong_headings(opened)
    del opened["My notes"]


def wrong_headings(opened: Any) -> None:  # noqa: ANN401
    """Spoil headings, and add a sheet that is no table."""
    opened["names"]["A1"].value = "Whose"
    opened["evidence"]["B1"].value = None
    opened["warm-bridge"]["B1"].value = "谓词"
    opened.create_sheet("My notes")["A1"].value = "x"


@pytest.mark.parametrize(
    ("edit", "codes"),
    [
        (wrong_cells, ["names:3:3: sheet-formula"]),
        (wrong_words, ["entities:4:2: sheet-value: B4: 'Hamlet' is no choice", "warm-bridge:9:20: sheet-value: T9: '快好了' is no choice"]),
        (wrong_headings, ["My notes:0:0: unknown-sheet"]),
        (
            wrong_columns,
            ["evidence:2:2: sheet-unheaded: B2", "names:1:0: missing-column", "names:1:1: unknown-column", "warm-bridge:1:0: missing-column"],
        ),
    ],
    ids=["formula", "labels", "sheet", "headings"],
)
def test_what_cannot_be_understood_changes_nothing(edit: Callable[[Any], Any], codes: list[str], book: Path, command: Command) -> None:
    """A formula, a word that is no choice, an unknown heading or sheet: each is named with sheet and cell, and nothing is written."""
    edited(book, edit)
    status, lines = told(command, book)
    assert status == 1
    found = [line.removeprefix("tables.xlsx!") for line in lines if line.startswith("tables.xlsx!")]
    for code in codes:
        assert any(line.startswith(code) for line in found), (code, found)


def test_changes_in_both_places(book: Path, command: Command) -> None:
    """A table that was changed since keeps its rows if the workbook has no edits of it; else one must be chosen, and --replace does."""
    names, bridge = book.parent / "graph" / "names.csv", book.parent / "graph" / f"{BRIDGE}.csv"
    edit_cell(bridge, "gift", "amount", "7")
    add_row(names, {"entity": "liuwu-village", "name": "柳", "kind": "alias"})
    edited(book, lambda opened: setattr(place(opened["warm-bridge"], "lead", "date_text"), "value", "x"))
    status, lines = told(command, book)
    assert (status, len(lines)) == (1, 2)
    assert lines[0].startswith(f"graph/{BRIDGE}.csv:0:0: changed-in-both: this table and tables.xlsx have both changed")
    shutil.copy(TINY / "graph" / f"{BRIDGE}.csv", bridge)
    status, lines = told(command, book)
    assert lines[0] == "graph/names.csv: changed since the workbook was made, and not changed in the workbook; left as it is"
    assert (status, lines[1]) == (0, f"graph/{BRIDGE}.csv: rows changed: 1")
    assert told(command, book, "--replace")[1][0] == "graph/names.csv: rows removed: 1"


def test_a_workbook_is_taken_in_again(book: Path, command: Command) -> None:
    """Who mends the workbook after a check takes it in again; a copy of it, or a table that somebody else changed between, is another matter."""
    path = book.parent / "graph" / f"{BRIDGE}.csv"
    for words in ("here", "there", "anywhere"):
        say_when(book, words)
        assert told(command, book)[1][0] == f"graph/{BRIDGE}.csv: rows changed: 1"
    edit_cell(path, "gift", "amount", "7")
    assert told(command, book)[1][0].startswith(f"graph/{BRIDGE}.csv: changed since the workbook was made, and not changed in the workbook")
    say_when(book, "nowhere")
    assert "changed-in-both" in told(command, book)[1][0]
    shutil.copy(TINY / "graph" / f"{BRIDGE}.csv", path)
    assert told(command, book)[0] == 0
    copy = Path(shutil.copy(book, book.parent / "copy.xlsx"))
    say_when(copy, "x")
    assert "changed-in-both" in told(command, copy)[1][0]
    (book.parent / ".withwhom" / "workbooks.json").write_text("{", encoding="utf-8")
    say_when(book, "y")
    assert "changed-in-both" in told(command, book)[1][0]
    assert command("tables", "--to-xlsx", book, "--workspace", book.parent, "--replace").status == 0
    assert told(command, book)[0] == 0


def say_when(book: Path, words: str) -> None:
    """Change one cell of a workbook."""

    def edit(opened: Any) -> None:  # noqa: ANN401
        place(opened["warm-bridge"], "lead", "date_text").value = words

    edited(book, edit)


def test_a_workbook_is_not_overwritten(tiny: Path, command: Command) -> None:
    """A workbook that is there may hold edits: it is written over only where somebody says so; one way is asked for."""
    (tiny / "b.xlsx").write_bytes(b"edits")
    ran = command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny, "--lang", "zh")
    assert (ran.status, (tiny / "b.xlsx").read_bytes()) == (1, b"edits")
    assert "--replace" in ran.err[0]
    assert command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny, "--replace").status == 0
    with pytest.raises(SystemExit) as refused:
        command("tables", "--workspace", tiny)
    assert refused.value.code == 2


def test_drop_downs(made: bytes, vocabulary: Ontology) -> None:
    """Each column that has choices offers their labels in all its rows, by way of a hidden sheet; bodies are shown by name and id."""
    import io

    opened = openpyxl.load_workbook(io.BytesIO(made), data_only=True)
    language = "zh" if opened["entities"]["C1"].value.startswith("中文") else "en"
    assert (opened["_lists"].sheet_state, opened["_tables"].sheet_state) == ("veryHidden", "veryHidden")
    assert "outline" not in opened.sheetnames
    shown = [[cell.value for cell in column if cell.value] for column in opened["_lists"].iter_cols()]
    assert {predicate.labels[language] for predicate in vocabulary.predicates.values()} in map(set, shown)
    assert any(str(label).endswith("[liuwu-village]") for labels in shown for label in labels)
    sheet = opened["warm-bridge"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    letters = {str(cell.value).rpartition("\n")[2]: cell.column_letter for cell in sheet[1]}
    for name in set(letters) & set(lists("statements", vocabulary)):
        rule = rules.pop(f"{letters[name]}2:{letters[name]}1048576")
        assert (rule.type, "_lists!$" in rule.formula1) == ("list", True)
    assert not rules
    assert (sheet.freeze_panes, sheet.auto_filter.ref[:3]) == ("B2", "A1:")
    kinds = {(cell.data_type, cell.number_format) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {("s", "@")}


def test_sheets_have_names_that_excel_takes() -> None:
    """A long, forbidden or double name becomes one of its own."""
    long = "a" * 40
    names = sheet_names(["entities", "statements/Entities", f"statements/{long}", f"statements/{long}b", "statements/x[1]", "statements/history"])
    assert list(names.values()) == ["entities", "Entities~1", "a" * 23 + "~1", "a" * 23 + "~2", "x_1_", "history~1"]


def test_a_long_source_comes_back(tiny: Path, command: Command) -> None:
    """A source whose id is longer than a sheet's name may be is found by the table in the workbook."""
    folder = tiny / "graph" / "statements"
    (folder / "warm-bridge.csv").rename(folder / f"warm-bridge-{'x' * 40}.csv")
    before = snapshot(tiny / "graph")
    assert command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny).status == 0
    assert told(command, tiny / "b.xlsx") == (0, ["Nothing has changed; the tables are as they were."])
    assert snapshot(tiny / "graph") == before


def test_what_a_sheet_cannot_hold(tiny: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many rows, too long a cell and a text that Excel would read as another are named, with line and column; no file is written."""
    path = tiny / "graph" / "names.csv"
    rows = [row + [""] * (9 - len(row)) for row in read_rows(path)]
    rows[2][1], rows[3][1] = "字" * (LONGEST_CELL + 1), "_x0041_x0042_"
    write_rows(path, rows)
    monkeypatch.setattr("withwhom.workbook.MOST_ROWS", 20)
    ran = command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny, "--lang", "en")
    assert (ran.status, (tiny / "b.xlsx").exists()) == (1, False)
    places = [line.partition(": ")[0] + line.partition(": ")[2].partition(":")[0] for line in ran.err]
    assert places[:4] == [
        "graph/entities.csv:0:0sheet-rows",
        "graph/names.csv:3:2sheet-cell",
        "graph/names.csv:4:2sheet-escape",
        f"graph/{BRIDGE}.csv:0:0sheet-rows",
    ]


def test_tables_that_are_damaged(tiny: Path, command: Command) -> None:
    """A table that cannot be read is named, on both ways, and a cell under no heading, too."""
    assert command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny).status == 0
    (tiny / "graph" / "names.csv").write_bytes("entity,name,,kind\nliuwu-village,柳,x,alias\n".encode())
    (tiny / "graph" / "evidence.csv").write_bytes(b'statement,part\n"a')
    ran = command("tables", "--to-xlsx", tiny / "c.xlsx", "--workspace", tiny, "--lang", "en")
    assert [line.partition(" ")[0] + line.split(" ")[1] for line in ran.err[:2]] == ["graph/evidence.csv:2:0:bad-csv:", "graph/names.csv:2:3:unheaded-cell:"]
    status, lines = told(command, tiny / "b.xlsx")
    assert (status, lines[0].partition(" ")[0]) == (1, "graph/evidence.csv:2:0:")


def test_a_workspace_without_rows(tiny: Path, command: Command) -> None:
    """Tables that are empty or missing make sheets with headings, which stay empty until somebody fills them."""
    for path in (tiny / "graph").rglob("*.csv"):
        path.unlink() if path.name == "names.csv" else write_rows(path, read_rows(path)[:1])
    before = snapshot(tiny / "graph")
    assert command("tables", "--to-xlsx", tiny / "b.xlsx", "--workspace", tiny, "--lang", "en").status == 0
    assert told(command, tiny / "b.xlsx")[0] == 0
    assert snapshot(tiny / "graph") == before
    edited(tiny / "b.xlsx", lambda opened: opened["names"].append(["x", "y", "", "former name"]))
    assert told(command, tiny / "b.xlsx")[1][0] == "graph/names.csv: rows added: 1"
    assert read_rows(tiny / "graph" / "names.csv")[1][:4] == ["x", "y", "", "former"]
