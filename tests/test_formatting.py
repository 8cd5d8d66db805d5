"""Tables are tidied without a change of what they mean."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from conftest import Command, add_row, edit_cell, read_rows, snapshot, write_rows
from withwhom.build import build
from withwhom.formatting import formatted
from withwhom.workspace import Workspace, shipped

BRIDGE = "statements/warm-bridge.csv"
# What people write in place of ids, codes, dates and figures: file, row, column, cell.
WRITTEN = (
    (BRIDGE, "gift", "subject", " 晨帆基金會 "),
    (BRIDGE, "gift", "object", "县红十字会"),
    (BRIDGE, "gift", "predicate", "捐赠"),
    (BRIDGE, "gift", "amount", "120,000"),
    (BRIDGE, "gift", "basis", "捐赠"),
    (BRIDGE, "gift", "support", "现金"),
    (BRIDGE, "gift", "since", "2021年"),
    (BRIDGE, "lead", "since", "2021年3月"),
    (BRIDGE, "lead", "certainty", "明说"),
    (BRIDGE, "award", "awarded_by", "Linjiang City Red Cross"),
    (BRIDGE, "serve", "place", "石橋村"),
    ("entities.csv", "mountain-schools", "collective", "是"),
    ("entities.csv", "shiqiao-clinic", "type", "医院"),
    ("entities.csv", "shiqiao-clinic", "place", "Shiqiao Village"),
    ("names.csv", "linjiang-red-cross", "entity", "临江市红十字会"),
    ("names.csv", "chenfan-foundation", "kind", "文中称呼"),
    ("evidence.csv", "warm-bridge/join", "part", "时间"),
    ("sources.csv", "warm-bridge", "date", "2023年1月8日"),
)


def disordered(path: Path) -> None:
    """Leave a table as spreadsheets and people do: rows and columns in another order, an empty column, a BOM, CRLF, letters taken apart."""
    header, *rows = read_rows(path)
    keep_order = path.name == "sources.csv"
    rows = rows if keep_order else sorted(rows, key=lambda cells: cells[::-1])
    write_rows(path, [[*reversed(header), ""], *([f" {cell}" if cell else "" for cell in reversed(cells)] + [""] for cells in rows), [""] * (len(header) + 1)])
    text = unicodedata.normalize("NFD", path.read_text(encoding="utf-8"))
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode("utf-8"))


# What holds digests of the tables' bytes: they tell one build from another.
DIGESTS = ("parts.json", "catalogue.json", "dataset.ttl")


def built(workspace: Path) -> dict[str, bytes]:
    """Build a workspace; return what was built, without the store, whose files differ, and without what digests of the tables say."""
    files = snapshot(build(Workspace(workspace)).out)
    catalogue = json.loads(files["catalogue.json"])
    del catalogue["versions"]["inputs"]
    kept = {name: content for name, content in files.items() if not name.startswith("store/") and name not in DIGESTS}
    return kept | {"catalogue.json": json.dumps(catalogue).encode()}


@pytest.fixture
def messy(tiny: Path) -> Path:
    """Return the tiny workspace in a state in which people might leave it."""
    add_row(tiny / "graph" / "names.csv", {"entity": "chenfan-foundation", "name": "Fondation d’été", "language": "fr", "kind": "translation"})
    for file, row, column, value in WRITTEN:
        edit_cell(tiny / "graph" / file, row, column, value)
    for path in (tiny / "graph").rglob("*.csv"):
        disordered(path)
    return tiny


def test_the_shipped_tables_are_tidy() -> None:
    """Formatting changes nothing in the shipped workspace."""
    assert formatted(shipped()).files == {}


def test_the_same_is_built_before_and_after(messy: Path, command: Command) -> None:
    """Messy tables build the same bytes as tidy ones; formatting again changes nothing."""
    before = built(messy)
    assert command("format", "--workspace", messy, "--check", "--lang", "en").status == 1
    ran = command("format", "--workspace", messy, "--lang", "en")
    assert (ran.status, len(ran.out)) == (0, 7)
    assert built(messy) == before
    again = command("format", "--workspace", messy, "--check", "--lang", "zh")
    assert (again.status, again.out) == (0, ["表格都是整齐的"])


def test_tidy_tables_hold_ids_and_codes(messy: Path, tiny: Path, command: Command) -> None:
    """Afterwards ids and codes stand in the tables, rows and columns in order, without BOM, CRLF, spaces and columns that no row uses."""
    command("format", "--workspace", messy, "--lang", "en")
    content = (tiny / "graph" / BRIDGE).read_bytes()
    assert content.startswith(b"id,subject,predicate,object,program,amount,")
    assert b"\r" not in content
    rows = {row[0]: dict(zip(read_rows(tiny / "graph" / BRIDGE)[0], row, strict=True)) for row in read_rows(tiny / "graph" / BRIDGE)}
    assert {rows["gift"][name] for name in ("subject", "object", "predicate", "amount", "since")} == {
        "chenfan-foundation",
        "yunhe-red-cross",
        "donatesTo",
        "120000",
        "2021",
    }
    assert "list" not in rows["gift"]
    begins = [int(row["begin"]) for name, row in rows.items() if name != "id"]
    assert begins == sorted(begins)
    assert "Fondation d’été".encode() in (tiny / "graph" / "names.csv").read_bytes()


def test_check_writes_nothing(messy: Path, command: Command) -> None:
    """``--check`` names the files that would change and leaves them."""
    before = snapshot(messy)
    ran = command("format", "--workspace", messy, "--check", "--add", "--lang", "zh")
    assert ran.status == 1
    assert f"graph/{BRIDGE} 要整理" in ran.out
    assert snapshot(messy) == before


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "code"),
    [
        (BRIDGE, "gift", "amount", "1.2E+05", "spreadsheet-number"),
        (BRIDGE, "gift", "since", "Jan-21", "spreadsheet-date"),
        (BRIDGE, "gift", "basis", "给了", "unknown-value"),
        (BRIDGE, "gift", "subject", "晨帆基金", "unknown-name"),
        (BRIDGE, "gift", "begin", "１０", "bad-number"),
        ("entities.csv", "shiqiao-clinic", "type", "诊所", "unknown-type"),
    ],
)
def test_what_cannot_be_read_stays(file: str, row: str, column: str, value: str, code: str, messy: Path, command: Command) -> None:
    """A cell that cannot be read is an error, and no table changes."""
    path = messy / "graph" / file
    tidy = command("format", "--workspace", messy)
    assert tidy.status == 0
    edit_cell(path, row, column, value)
    (messy / "graph" / "names.csv").write_bytes(b"\xef\xbb\xbf" + (messy / "graph" / "names.csv").read_bytes())
    before = snapshot(messy)
    ran = command("format", "--workspace", messy, "--lang", "en")
    assert ran.status == 1
    assert f": {code}: " in ran.err[0]
    assert repr(value) in ran.err[0]
    assert snapshot(messy) == before


def test_unknown_names_are_listed_once_and_added(tiny: Path, command: Command) -> None:
    """A name that nobody bears is listed once, with how often it stands; ``--add`` makes it an entity of the class that all its cells allow."""
    path = tiny / "graph" / BRIDGE
    edit_cell(path, "lead", "subject", "云禾县妇女联合会")
    edit_cell(path, "lead", "subject_mention", "")
    edit_cell(path, "partner", "subject", "雲禾縣婦女聯合會")
    edit_cell(path, "partner", "subject_mention", "")
    edit_cell(path, "serve", "place", "新石桥村")
    ran = command("format", "--workspace", tiny, "--lang", "zh")
    unknown = [line for line in ran.err if "unknown-name" in line]
    assert len(unknown) == 2
    assert "共 2 处" in unknown[0]
    assert "shiqiao-village (石桥村 / Shiqiao Village)" in unknown[1]
    added = command("format", "--workspace", tiny, "--add", "--lang", "en")
    assert added.status == 0
    assert added.out[0].startswith(
        "new entity yun-he-xian-fu-nv-lian-he-hui: 云禾县妇女联合会, a Organization (or Person); see graph/statements/warm-bridge.csv:4,"
    )
    assert added.out[1].startswith("new entity xin-shi-qiao-cun: 新石桥村, a Place; ")
    rows = {row[0]: row for row in read_rows(tiny / "graph" / "entities.csv")}
    assert rows["xin-shi-qiao-cun"][1:4] == ["Place", "新石桥村", "新石桥村"]
    assert {row[1] for row in read_rows(path) if row[0] in ("lead", "partner")} == {"yun-he-xian-fu-nv-lian-he-hui"}
    assert command("check", "--workspace", tiny, "--lang", "en").status == 0


def test_a_misspelt_id_is_no_new_name(tiny: Path, command: Command) -> None:
    """What has the form of an id, or of several names, is never added, nor is a name of which nothing says the class."""
    edit_cell(tiny / "graph" / BRIDGE, "lead", "subject", "yunhe-red-cros")
    edit_cell(tiny / "graph" / BRIDGE, "follow", "subject", "甲会|乙会")
    edit_cell(tiny / "graph" / "names.csv", "linjiang-red-cross", "entity", "丙会")
    before = snapshot(tiny)
    ran = command("format", "--workspace", tiny, "--add", "--lang", "en")
    assert ran.status == 1
    assert [line.split(": ")[1] for line in ran.err[:3]] == ["unknown-entity"] * 3
    assert snapshot(tiny) == before


def test_an_empty_table_keeps_its_columns(tiny: Path, command: Command) -> None:
    """A table of headings only, made to be filled in, keeps them all, in order."""
    path = tiny / "graph" / "statements" / "lanting-notes.csv"
    write_rows(path, [["list", "id", "predicate", "subject", "object", "amount"]])
    command("format", "--workspace", tiny)
    assert read_rows(path) == [["id", "subject", "predicate", "object", "amount", "list"]]


@pytest.mark.parametrize("words", [("format",), ("new", "name", "--entity", "x", "--name", "y", "--kind", "alias")])
def test_the_package_is_no_workspace_to_write_to(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    """Outside of any workspace nothing is written to the one that comes with the package."""
    monkeypatch.chdir(tmp_path)
    before = snapshot(shipped().graph)
    ran = command(*words, "--lang", "zh")
    assert ran.status == 1
    assert "graph/graph.toml" in ran.err[0]
    assert snapshot(shipped().graph) == before
