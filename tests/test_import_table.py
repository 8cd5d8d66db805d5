"""Tables of others become statements, whole or not at all, and no name is matched silently."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from conftest import Command, read_rows, snapshot
from withwhom.build import check
from withwhom.ontology import read_ontology
from withwhom.readable import Reader
from withwhom.table_map import MAPS, shipped_maps
from withwhom.tables import read_records
from withwhom.workspace import Workspace, shipped

SAMPLES = Path(__file__).parents[1].parent / "shared" / "samples"
SHEET = """合作方,角色,项目,金额（万元）,时间,出处
辰帆公益基金会,资助方,暖桥项目,50,2018年3月至5月,2018年年报
临江市红十字会,牵头,暖桥项目,,2018,2018年年报
云河县医院,,暖桥项目,3,近年来,会议纪要
不详,牵头,暖桥项目,,,
辰帆公益基金会,捐赠,暖桥项目,-2,2019,更正
"""
FLOWS = """Giver,Receiver,Teller,Sum
A Fund,B Society,A Fund,100
A Fund,B Society,B Society,90
A Fund,C Society,A Fund,0
C Society,C Society,C Society,5
"""
MAP = """told_by = "Teller"
[source]
id = "flows"
title = "Flows"
[[statement]]
columns = { subject = "Giver", object = "Receiver", amount = "Sum" }
fixed = { predicate = "funds", currency = "USD", basis = "disbursed" }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write a file into the current folder."""
    path = Path(name)
    path.write_text(text, encoding=encoding, newline="")
    return path


def made(workspace: Path, source: str) -> list[dict[str, str]]:
    """Return the rows of a statement table."""
    with (workspace / "graph" / "statements" / f"{source}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fill(path: Path, answers: Mapping[str, str]) -> None:
    """Write answers into the table of names, as a person would with a spreadsheet."""
    header, *rows = read_rows(path)
    header[0] = header[0].removeprefix("\ufeff")
    for row in rows:
        row[header.index("entity")] = answers.get(row[header.index("name")], row[header.index("entity")])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def checked(workspace: Path) -> Sequence[str]:
    """Return the problems of a workspace, warnings included."""
    return [str(problem) for problem in check(Workspace(workspace)).problems]


def test_a_sheet_of_partners_needs_no_map(folder: Path, command: Command) -> None:
    """合作方/角色/项目/金额/时间/出处: roles are predicates, the unit of the heading counts, and what is no statement is listed."""
    put("台账.csv", SHEET)
    ran = command("import-table", "台账.csv", "--workspace", "w", "--add", "--lang", "zh")
    assert ran.status == 0, ran.err
    rows = {(row["subject"], row["predicate"]): row for row in made(folder / "w", "tai-zhang")}
    gift = rows["chen-fan-gong-yi-ji-jin-hui", "funds"]
    assert (gift["amount"], gift["currency"], gift["basis"], gift["since"], gift["until"]) == ("500000", "CNY", "unspecified", "2018-03", "2018-05")
    assert (gift["locator"], gift["certainty"], gift["date_text"]) == ("row=2", "explicit", "2018年3月至5月")
    assert {key for key in rows if key[1] != "funds"} == {("lin-jiang-shi-hong-shi-zi-hui", "leads"), ("yun-he-xian-yi-yuan", "takesPartIn")}
    vague = rows["yun-he-xian-yi-yuan", "takesPartIn"]
    assert (vague["since"], vague["date_text"], vague.get("amount", "")) == ("", "近年来", "")
    left = [line for line in ran.err if line.startswith("  ")]
    assert [line.split("：")[0].strip() for line in left] == ["合作方 没有名称，不知道是谁", "金额（万元） 为负数（退回或更正）", "金额（万元） 没有用上"]
    assert checked(folder / "w") == []


def test_evidence_shows_the_row_with_its_headings(folder: Path, command: Command) -> None:
    """Evidence of a row reads in both languages: title, row, headings with cells."""
    put("台账.csv", SHEET)
    command("import-table", "台账.csv", "--workspace", "w", "--add")
    records, _ = read_records(Workspace(folder / "w"))
    reader = Reader(records, read_ontology(shipped()))
    row = "合作方: 辰帆公益基金会 | 角色: 资助方 | 项目: 暖桥项目 | 金额（万元）: 50 | 时间: 2018年3月至5月 | 出处: 2018年年报"
    assert reader.evidence(records.statements[0], "zh") == f"《台账》，第2行，“{row}”"
    assert reader.evidence(records.statements[0], "en") == f"“台账”, row 2, “{row}”"


@pytest.mark.parametrize(
    ("name", "encoding", "mark", "line"), [("a.csv", "utf-8-sig", ",", "\r\n"), ("a.csv", "utf-8", ";", "\n"), ("a.tsv", "utf-8", "\t", "\n")]
)
def test_files_of_any_spreadsheet_say_the_same(folder: Path, command: Command, name: str, encoding: str, mark: str, line: str) -> None:
    """BOM, CRLF, semicolons and tabs make no difference to what is stated."""
    put(name, SHEET.replace(",", mark).replace("\n", line), encoding)
    assert command("import-table", name, "--workspace", "w", "--add").status == 0
    assert len(made(folder / "w", "a")) == 3


def test_an_excel_sheet_with_a_title_and_merged_cells(folder: Path, command: Command) -> None:
    """Headings are found under a title, a merged cell counts for all its rows, and a row keeps the number that Excel shows."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for cells in [
        ["2018年合作台账"],
        ["合作方", "角色", "项目", "金额（元）"],
        ["甲基金会", "资助方", "暖桥项目", 5000.0],
        ["乙医院", "实施"],
        ["丙协会", "参与"],
    ]:
        book.active.append(cells)
    book.active.merge_cells("C3:C5")
    book.save("book.xlsx")
    assert command("import-table", "book.xlsx", "--workspace", "w", "--add").status == 0
    assert [(row["predicate"], row["locator"], row["amount"]) for row in made(folder / "w", "book")] == [
        ("funds", "row=3", "5000"),
        ("implements", "row=4", ""),
        ("takesPartIn", "row=5", ""),
    ]


def test_a_sheet_with_hxl_tags_needs_no_map(folder: Path, command: Command) -> None:
    """Tags say what the columns are, whatever their headings; the currency may stand in the tag."""
    put("hxl.csv", "Who pays,Who does,What,Where,How much\n#org+funder,#org+impl,#activity+name,#adm1+name,#value+usd\nA Fund,B Society,Wells,North,1000\n")
    assert command("import-table", "hxl.csv", "--workspace", "w", "--add").status == 0
    rows = [(row["subject"], row["predicate"], row["object"], row["amount"], row["currency"]) for row in made(folder / "w", "hxl")]
    assert rows == [("a-fund", "funds", "wells", "1000", "USD"), ("b-society", "implements", "wells", "", ""), ("wells", "operatesIn", "north", "", "")]
    assert checked(folder / "w") == []


def test_records_of_json(folder: Path, command: Command) -> None:
    """Dotted paths are columns, a list names several bodies, a record is found again by its pointer."""
    put("d.json", json.dumps({"data": [{"t": "Wells", "orgs": {"who": ["A", "B"]}}, {"t": "Roads", "orgs": {"who": []}}]}))
    put(
        "m.toml",
        'records = "data"\n[[names]]\ncolumns = "t"\ntype = "Program"\n[[statement]]\ncolumns = { subject = "orgs.who", object = "t" }\nfixed = { predicate = "implements" }\n',
    )
    ran = command("import-table", "d.json", "--map", "m.toml", "--workspace", "w", "--add", "--lang", "en")
    assert ran.status == 0
    assert [(row["subject"], row["locator"]) for row in made(folder / "w", "d")] == [("a", "/0"), ("b", "/0")]
    assert any("orgs.who names nobody" in line for line in ran.err)


def test_names_go_out_and_come_back_filled_in(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    """A name in normal form binds; any other waits for an id, new or none, and no file of the workspace changes until all are answered."""
    monkeypatch.chdir(tmp_path)
    put("t.csv", "合作方,角色,项目\n 晨帆 基金會,参与,暖橋行动\n临江红会,参与,暖桥行动\n合计,参与,暖桥行动\n市红十字会,参与,暖桥行动\n")
    before = snapshot(tiny)
    ran = command("import-table", "t.csv", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert snapshot(tiny) == before
    names, candidates = zip(*((row[2], row[7]) for row in read_rows(Path("names-to-match.csv"))[1:]), strict=True)
    assert names == ("临江红会", "合计", "市红十字会")  # the last one is a body's name in another source only
    assert candidates[0].startswith("linjiang-red-cross (Linjiang City Red Cross, ")
    fill(Path("names-to-match.csv"), {"临江红会": "linjiang-red-cross", "合计": "none", "市红十字会": "new"})
    ran = command("import-table", "t.csv", "--workspace", tiny, "--lang", "en")
    assert ran.status == 0, ran.err
    assert [(row["subject"], row["object"]) for row in made(tiny, "t")] == [
        ("chenfan-foundation", "warm-bridge-action"),
        ("linjiang-red-cross", "warm-bridge-action"),
        ("shi-hong-shi-zi-hui", "warm-bridge-action"),
    ]
    for name in ("entities.csv", "sources.csv", "names.csv"):
        assert (tiny / "graph" / name).read_bytes().startswith(before[f"graph/{name}"])
    assert "linjiang-red-cross,临江红会,,mention,t,,,," in (tiny / "graph" / "names.csv").read_text(encoding="utf-8").splitlines()
    assert checked(tiny) == []


def test_two_spellings_are_made_one_by_hand(folder: Path, command: Command) -> None:
    """An answer may be the id that another name of the table gets."""
    put("f.csv", FLOWS.replace("C Society", "Soc. B"))
    put("m.toml", MAP)
    command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w")
    fill(Path("names-to-match.csv"), {"A Fund": "new", "B Society": "new", "Soc. B": "b-society"})
    assert command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w").status == 0
    assert {row["object"] for row in made(folder / "w", "flows")} == {"b-society"}


def test_a_row_that_is_shown_too_long_is_an_error(folder: Path, command: Command) -> None:
    """The wording of a row has a limit of its own."""
    put("f.csv", FLOWS)
    put("m.toml", MAP)
    command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--add")
    table = folder / "w" / "graph" / "statements" / "flows.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Giver: A Fund", "Giver: " + "A" * 300), encoding="utf-8")
    assert [line.split(": ")[1] for line in checked(folder / "w") if "wording" in line] == ["row-too-long"] * 2


def test_an_answer_that_names_nobody_is_an_error(folder: Path, command: Command) -> None:
    """An id that does not exist is named with file, line and column, and answers already given are kept."""
    put("f.csv", FLOWS)
    put("m.toml", MAP)
    assert command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w").status == 1
    fill(Path("names-to-match.csv"), {"A Fund": "a-found", "B Society": "new"})
    ran = command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--lang", "en")
    assert ran.status == 1
    assert ran.err[0].startswith("names-to-match.csv:2:6: unknown-entity: ")
    assert not (folder / "w").exists()
    fill(Path("names-to-match.csv"), {"A Fund": "new"})
    command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w")
    assert [row[5] for row in read_rows(Path("names-to-match.csv"))[1:]] == ["new", "new", ""]


def test_a_name_of_two_bodies_is_never_bound(folder: Path, command: Command) -> None:
    """A name that means two entities waits for a person, also where unmatched names are taken as new."""
    put("f.csv", FLOWS)
    put("m.toml", MAP)
    command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--add")
    with (folder / "w" / "graph" / "names.csv").open("a", encoding="utf-8") as file:
        file.write("b-society,A Fund,,alias,,,,,\n")
    put("g.csv", FLOWS)
    put("g.toml", MAP.replace('id = "flows"', 'id = "again"'))
    ran = command("import-table", "g.csv", "--map", "g.toml", "--workspace", "w", "--add", "--lang", "en")
    assert ran.status == 1
    assert [row[2] for row in read_rows(Path("names-to-match.csv"))[1:]] == ["A Fund"]


def test_money_told_by_both_sides_is_a_range(folder: Path, command: Command) -> None:
    """What giver and receiver both report may be the same money; a zero and a flow within one body are left out."""
    put("f.csv", FLOWS)
    put("m.toml", MAP)
    ran = command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--add", "--lang", "en")
    first, second = made(folder / "w", "flows")
    assert (first["overlaps"], second["overlaps"]) == ("", first["id"])
    assert [line.strip() for line in ran.err[1:]] == ["Sum is 0: 1 rows (4)", "both sides are one body: 1 rows (5)"]
    assert "Sum is 0: 1 rows" in (folder / "w" / "graph" / "sources.csv").read_text(encoding="utf-8")


def test_an_import_is_not_repeated_by_accident(folder: Path, command: Command) -> None:
    """The same table twice is refused; with --replace the new one takes its place; a row put in between keeps the others' ids."""
    put("f.csv", FLOWS)
    put("m.toml", MAP)
    words = ("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--add")
    assert command(*words).status == 0
    before, old = snapshot(folder / "w"), made(folder / "w", "flows")
    assert command(*words).status == 1
    assert command(*words, "--replace").status == 0
    assert snapshot(folder / "w") == before
    put("f.csv", FLOWS.replace("A Fund,B", "B Society,A Fund,B Society,7\nA Fund,B", 1))
    assert command(*words, "--replace").status == 0
    assert [row["id"] for row in made(folder / "w", "flows")][1:] == [row["id"] for row in old]
    assert checked(folder / "w") == []


WRONG = [
    ("unknown role", SHEET.replace("资助方", "出纳"), "台账.csv:2:2: map-word: "),
    ("unclear sum", SHEET.replace(",50,", ",若干,"), "台账.csv:2:4: bad-sum: "),
    ("spreadsheet number", SHEET.replace(",50,", ",5E+05,"), "台账.csv:2:4: spreadsheet-number: "),
    ("no currency", SHEET.replace("（万元）", ""), "台账.csv:2:4: no-currency: "),
    ("unclear unit", SHEET.replace("（万元）", "（含税）"), "台账.csv:0:4: bad-unit: "),
    ("cells without heading", SHEET + "a,b,c,d,e,f,g\n", "台账.csv:7:7: too-many-cells: "),
    ("open quotation mark", SHEET + '"a,b\n', "台账.csv:7:0: bad-csv: "),
    ("empty file", "", "台账.csv:1:0: no-headings: "),
]


@pytest.mark.parametrize(("text", "start"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_cell_is_named_and_nothing_is_written(folder: Path, command: Command, text: str, start: str) -> None:
    """The message names file, line, column and mend, in both languages; no workspace is made."""
    put("台账.csv", text)
    for language in ("zh", "en"):
        ran = command("import-table", "台账.csv", "--map", "partners-zh", "--workspace", "w", "--add", "--lang", language)
        assert ran.status == 1
        assert ran.err[0].startswith(start)
    assert not (folder / "w").exists()


@pytest.mark.usefixtures("folder")
def test_all_wrong_cells_are_named_at_once(command: Command) -> None:
    """Three wrong rows give three lines."""
    put("台账.csv", SHEET.replace(",50,", ",若干,").replace(",牵头,", ",出纳,"))
    ran = command("import-table", "台账.csv", "--workspace", "w", "--add", "--lang", "en")
    assert [line.split(": ")[0] for line in ran.err[:-1]] == ["台账.csv:2:4", "台账.csv:3:2", "台账.csv:5:2"]


def test_gb18030_is_recognised(folder: Path, command: Command) -> None:
    """A table in the encoding of old Chinese spreadsheets is named as such."""
    put("台账.csv", SHEET, "gb18030")
    ran = command("import-table", "台账.csv", "--workspace", "w", "--lang", "zh")
    assert (ran.status, "GB18030" in ran.err[0]) == (1, True)
    assert not (folder / "w").exists()


@pytest.mark.parametrize(
    ("old", "new", "start"),
    [
        ('"funds"', '"fund"', "m.toml:7:0: unknown-predicate: "),
        ("told_by", "toldby", "m.toml:1:0: map-key: "),
        ('"Giver"', '"Donor"', "m.toml:0:0: map-column: "),
        ('basis = "disbursed"', 'basis = "paid"', "m.toml:7:0: unknown-value: "),
        ("[[statement]]", "[[statement]", "m.toml:5:"),
        ("amount =", "amuont =", "m.toml:6:0: unknown-column: "),
        ("fixed =", "fixed = 3 #", "m.toml:7:0: map-kind: "),
    ],
)
def test_a_wrong_map_is_named(folder: Path, command: Command, old: str, new: str, start: str) -> None:
    """A misspelt word of a map is found before any row is read."""
    put("f.csv", FLOWS)
    put("m.toml", MAP.replace(old, new))
    ran = command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--add", "--lang", "en")
    assert (ran.status, ran.err[0][: len(start)]) == (1, start)
    assert not (folder / "w").exists()


def test_no_map_fits(folder: Path, command: Command) -> None:
    """A table that no map of ours understands says which headings it has."""
    put("f.csv", FLOWS)
    ran = command("import-table", "f.csv", "--workspace", "w", "--lang", "en")
    assert (ran.status, "Giver, Receiver, Teller, Sum" in ran.err[0]) == (1, True)
    assert not (folder / "w").exists()


def test_the_table_itself_is_no_text(folder: Path, command: Command) -> None:
    """A table that lies in ``sources/`` is recognised and not taken for a text that mentions stand in."""
    put("f.csv", FLOWS)
    put("m.toml", MAP)
    command("import-table", "f.csv", "--map", "m.toml", "--workspace", "w", "--add")
    (folder / "w" / "sources").mkdir()
    (folder / "w" / "sources" / "f.csv").write_bytes(Path("f.csv").read_bytes())
    assert checked(folder / "w") == []


def test_maps_that_come_along_are_right() -> None:
    """Every map in the package is read and judged by the vocabulary; two are tried by themselves."""
    maps = shipped_maps(read_ontology(shipped()))
    assert maps.keys() == {path.stem for path in MAPS.glob("*.toml")}
    assert {name for name, known in maps.items() if known.default} == {"hxl", "partners-zh"}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples lie beside the checkout")
@pytest.mark.skipif("CI" not in os.environ, reason="takes a minute")
@pytest.mark.parametrize(
    ("file", "map", "rows"),
    [("iati-c19-flows/flows.csv", "iati-c19-flows", 5379), ("iati3w-somalia/iati-data.json", "iati3w-somalia", 6316)],
)
def test_real_tables_become_workspaces(folder: Path, command: Command, file: str, map: str, rows: int) -> None:
    """Both samples are taken in whole."""
    assert command("import-table", SAMPLES / file, "--map", map, "--workspace", "w", "--add").status == 0
    assert len(made(folder / "w", map)) == rows
