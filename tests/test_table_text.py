"""Tables are edited where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from withwhom.table_text import TableText, write_together
from withwhom.workspace import shipped


@pytest.mark.parametrize("path", sorted(shipped().graph.rglob("*.csv")), ids=lambda path: path.name)
def test_a_table_that_nobody_changed_keeps_its_bytes(path: Path) -> None:
    """Reading a shipped table and writing it back changes nothing."""
    assert TableText.read(path).text().encode("utf-8") == path.read_bytes()


def test_marks_and_line_ends_stay(tmp_path: Path) -> None:
    """What Excel saved keeps its byte order mark and line ends; only the cell that was changed differs."""
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffid,note\r\na,"x,\r\ny"\r\nb\r\n'.encode())
    table = TableText.read(path)
    table.put(1, "note", "z")
    table.append({"id": "c", "quote": "q", "list": ""})
    assert table.text() == '\ufeffid,note,quote\r\na,"x,\r\ny",\r\nb,z,\r\nc,,q\r\n'
    table.drop("note")
    assert table.text() == "\ufeffid,quote\r\na,\r\nb,\r\nc,q\r\n"


def test_a_missing_table_is_an_empty_one(tmp_path: Path) -> None:
    """A table that is not there has the columns that it should have, and no rows."""
    assert TableText.read(tmp_path / "none.csv", ("id", "title")).text() == "id,title\n"


def test_files_are_written_together(tmp_path: Path) -> None:
    """If one of several files cannot be written, the others stay as they were, and nothing is left beside them."""
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    (tmp_path / "folder").write_text("", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_together({tmp_path / "a.csv": "new", tmp_path / "folder" / "b.csv": "new"}, tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"a.csv": "old", "folder": ""}
