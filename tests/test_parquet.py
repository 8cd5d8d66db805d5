"""A workspace of Parquet tables is the workspace of the same tables as CSV."""

from __future__ import annotations

import datetime
import shutil
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import TINY, Command, edit_cell, read_rows, snapshot
from test_portions import shards_of
from withwhom.build import build
from withwhom.portions import write_shards
from withwhom.tables import Table, read_records, read_table
from withwhom.workspace import Workspace, shipped

TABLES = ("sources", "entities", "names", "evidence", "outline")


def arrow() -> Any:  # noqa: ANN401  # an extra that mypy need not know
    """Return pyarrow, or skip the test where it is not installed."""
    return pytest.importorskip("pyarrow", reason="needs the extra [parquet]")


def write_parquet(path: Path, columns: dict[str, Any], **options: int) -> Path:
    """Write columns as a Parquet file."""
    made = arrow().table(columns)
    pytest.importorskip("pyarrow.parquet").write_table(made, path, **options)
    return path


def as_parquet(workspace: Path) -> Path:
    """Turn every table of a workspace into Parquet: empty cells are null, and columns of figures are integers."""
    for path in sorted((workspace / "graph").rglob("*.csv")):
        header, *rows = read_rows(path)
        columns = {name: [row[number] or None for row in rows] for number, name in enumerate(header)}
        figures = {name: [cell and int(cell) for cell in cells] if name in ("begin", "stop", "paragraph") else cells for name, cells in columns.items()}
        write_parquet(path.with_suffix(".parquet"), figures, row_group_size=50)
        path.unlink()
    return workspace


def without_places(table: Table) -> list[dict[str, str]]:
    """Return the rows of a table without where they stand."""
    return [dict(cells) for _, cells in table.rows]


def test_the_shards_are_those_of_csv(shipped_build: Path, tmp_path: Path) -> None:
    """The shipped workspace as Parquet gives the same shards, byte for byte, from a build and in portions."""
    arrow()
    root = tmp_path / "w"
    for folder in ("graph", "ontology", "queries"):
        shutil.copytree(shipped().root / folder, root / folder)
    as_parquet(root)
    made = build(Workspace(root), texts=tmp_path, out=tmp_path / "made")
    assert shards_of(made.out) == shards_of(shipped_build)
    for name in ("statements.csv", "entities.csv", "network.json"):
        assert (made.out / name).read_bytes() == (shipped_build / name).read_bytes()
    write_shards(Workspace(root), out=tmp_path / "apart", texts=tmp_path, least=3)
    assert snapshot(tmp_path / "apart") == shards_of(shipped_build)


def test_spark_reads_it(tiny: Path, tmp_path: Path, command: Command) -> None:
    """Spark's workers read Parquet as a build does."""
    arrow()
    pytest.importorskip("pyspark", reason="needs the extra [spark]")
    expected = shards_of(build(Workspace(tiny), out=tmp_path / "made").out)
    as_parquet(tiny)
    ran = command("build", "--engine", "spark", "--master", "local[2]", "--workspace", tiny, "--out", tmp_path / "shards", "--lang", "en")
    assert (ran.status, snapshot(tmp_path / "shards")) == (0, expected)


def test_updating_takes_over_what_has_not_changed(tiny: Path, tmp_path: Path) -> None:
    """A rebuild takes over the sources whose Parquet is as it was, and gives the bytes of a full build."""
    arrow()
    csv = tmp_path / "csv"
    shutil.copytree(TINY, csv)
    as_parquet(tiny)
    build(Workspace(tiny))
    edit_cell(csv / "graph" / "statements" / "warm-bridge.csv", "gift", "amount", "7")
    shutil.copy(csv / "graph" / "statements" / "warm-bridge.csv", tiny / "graph" / "statements")
    (tiny / "graph" / "statements" / "warm-bridge.parquet").unlink()
    made = build(Workspace(tiny), update=True)
    assert made.taken_over == 1
    assert shards_of(made.out) == snapshot(write_shards(Workspace(csv), out=tmp_path / "apart").out)


def test_bad_rows_are_set_aside(tiny: Path) -> None:
    """A bad row of Parquet is set aside, by the line that it would have in a CSV."""
    arrow()
    path = tiny / "graph" / "statements" / "warm-bridge.csv"
    edit_cell(path, "gift", "amount", "much")
    line = [row[0] for row in read_rows(path)].index("gift") + 1
    as_parquet(tiny)
    made = build(Workspace(tiny), set_aside=True)
    assert ("graph/statements/warm-bridge.parquet", line) in {(item.problem.file, item.problem.line) for item in made.checked.aside}


def test_cells_of_every_type(tmp_path: Path) -> None:
    """A value becomes the text that a CSV would hold; null is an empty cell; what is read in several batches is whole."""
    pa = arrow()
    path = write_parquet(
        tmp_path / "t.parquet",
        {
            " id ": pa.array([" a ", "b", None, "d"]).dictionary_encode(),
            "amount": pa.array([Decimal("41890000.00"), Decimal("12.50"), None, Decimal("-0.10")], pa.decimal128(18, 2)),
            "round": pa.array([Decimal(100), Decimal(20), None, Decimal(0)], pa.decimal128(18, 0)),
            "count": pa.array([1, -2, None, 9_007_199_254_740_993], pa.int64()),
            "since": pa.array([datetime.date(2018, 3, 1), None, None, datetime.date(1949, 10, 1)]),
            "collective": [True, False, None, None],
            "note": pa.nulls(4),
            "title": pa.array(["x\ny", "", None, "=1"], pa.large_string()),
        },
        row_group_size=2,
    )
    table = read_table(path, "t.parquet", ("id",), None)
    assert not table.problems
    assert [place.line for place, _ in table.rows] == [2, 3, 5]  # a row without any cell is left out, as in CSV
    assert [list(cells.values()) for cells in without_places(table)] == [
        ["a", "41890000", "100", "1", "2018-03-01", "true", "", "x\ny"],
        ["b", "12.5", "20", "-2", "", "false", "", ""],
        ["d", "-0.1", "0", "9007199254740993", "1949-10-01", "", "", "=1"],
    ]


def test_many_rows_come_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are decoded some at a time, and none is lost between two batches."""
    arrow()
    monkeypatch.setattr("withwhom.parquet.BATCH", 7)
    path = write_parquet(tmp_path / "t.parquet", {"id": [f"r{number}" for number in range(100)]}, row_group_size=30)
    assert [cells["id"] for cells in without_places(read_table(path, "t", (), None))] == [f"r{number}" for number in range(100)]


BAD: Iterable[tuple[str, dict[str, Any], str]] = [
    ("floats", {"id": ["a"], "amount": [1.5]}, "t.parquet:1:2: parquet-type: columns of these types make no cells: amount (double); cast"),
    ("lists", {"id": [["a"]], "x": [{"y": 1}]}, "t.parquet:1:1: parquet-type: columns of these types make no cells: id (list<element: string>), x (struct<y"),
    ("times", {"id": [datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)]}, "t.parquet:1:1: parquet-type: columns of these types make no cells: id (timestamp"),
    ("no id", {"name": ["a"]}, "t.parquet:1:0: missing-column: the column id is missing"),
]


@pytest.mark.parametrize(("columns", "told"), [(columns, told) for _, columns, told in BAD], ids=[name for name, *_ in BAD])
def test_columns_that_are_no_cells(columns: dict[str, Any], told: str, tmp_path: Path) -> None:
    """A type that no cell can hold is named with its column, and so is a missing column."""
    table = read_table(write_parquet(tmp_path / "t.parquet", columns), "t.parquet", ("id",), None)
    assert str(table.problems[0]).startswith(told)


def test_damaged_files(tmp_path: Path) -> None:
    """A file that is cut off, is no Parquet, or is not there is one problem, and none of its rows is taken."""
    path = write_parquet(tmp_path / "t.parquet", {"id": ["a"] * 1000})
    path.write_bytes(path.read_bytes()[:-20])
    assert [(problem.code, problem.line) for problem in read_table(path, "t", (), None).problems] == [("bad-parquet", 1)]
    path.write_text("id\na\n", encoding="utf-8")
    assert [problem.code for problem in read_table(path, "t", (), None).problems] == ["bad-parquet"]
    assert [problem.code for problem in read_table(tmp_path / "none.parquet", "t", (), None).problems] == ["missing-file"]


def test_a_table_in_both_forms_is_refused(tiny: Path, command: Command) -> None:
    """CSV and Parquet of one table are a problem that names both, whichever table it is."""
    for name in ("entities", "statements/warm-bridge"):
        (tiny / "graph" / f"{name}.parquet").write_bytes(b"")
    ran = command("check", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert [line.partition(";")[0] for line in ran.err if "two-tables" in line] == [
        f"graph/{name}.parquet:0:0: two-tables: and graph/{name}.csv are one table, and nobody knows which of them is meant"
        for name in ("entities", "statements/warm-bridge")
    ]


def test_without_pyarrow(tiny: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the command says what to install, in one line."""
    (tiny / "graph" / "names.csv").rename(tiny / "graph" / "names.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = command("check", "--workspace", tiny, "--lang", "zh")
    assert (ran.status, ran.err) == (1, ['withwhom: graph/names.parquet 是 Parquet，但没有安装 pyarrow；请运行 pip install "withwhom[parquet]"'])


def test_parquet_is_not_edited(tiny: Path, command: Command) -> None:
    """A command that would write a table leaves Parquet alone and puts no CSV beside it."""
    arrow()
    as_parquet(tiny)
    before = snapshot(tiny)
    for words in (["outline"], ["tables", "--to-xlsx", str(tiny / "b.xlsx")]):
        ran = command(*words, "--workspace", tiny, "--lang", "en")
        assert (ran.status, "is read and not edited here" in ran.err[-1]) == (1, True)
    assert snapshot(tiny) == before


def test_tables_keep_their_order(tiny: Path) -> None:
    """Sources stand in one order, whichever of their tables are Parquet."""
    arrow()
    folder = tiny / "graph" / "statements"
    shutil.copy(folder / "warm-bridge.csv", folder / "warm.csv")
    before = [path.stem for path in sorted(folder.iterdir())]
    header, *rows = read_rows(folder / "warm.csv")
    write_parquet(folder / "warm.parquet", {name: [row[number] for row in rows] for number, name in enumerate(header)})
    (folder / "warm.csv").unlink()
    records, problems = read_records(Workspace(tiny))
    assert not problems
    assert list(dict.fromkeys(statement.source for statement in records.statements)) == before
