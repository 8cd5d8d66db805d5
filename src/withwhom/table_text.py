"""Edits tables where they stand: cells as a file has them, and files written back all together.

Reading for a build (:mod:`withwhom.tables`) strips and drops what means nothing; here every cell, the order of rows and columns, the
byte order mark and the line ends of the file stay as they are, unless somebody changes them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from withwhom.output import room_for
from withwhom.problems import OutputError
from withwhom.workspace import TABLE_SUFFIXES


@dataclass
class TableText:
    """The cells of one CSV file, to be edited and written back.

    Args:
        header: the names of the columns, stripped.
        rows: the cells of every further record, as many as the header has or more; a short one is filled up with empty cells.
        mark: whether the file begins with a byte order mark, as Excel's do.
        ending: what ends its lines.
    """

    header: list[str]
    rows: list[list[str]]
    mark: bool = False
    ending: str = "\n"

    @classmethod
    def read(cls, path: Path, columns: Sequence[str] = ()) -> TableText:
        """Read a file; one that is not there is an empty table with ``columns``.

        Raises:
            OutputError: the file is Parquet.
            UnicodeDecodeError, csv.Error: the file is no table; :func:`withwhom.tables.read_table` says so with its line.
        """
        refuse_parquet([path])
        if not path.exists():
            return cls(list(columns), [])
        text = path.read_bytes().decode("utf-8")
        ending = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
        first, *rest = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)) or [list(columns)]
        header = [name.strip() for name in first]
        return cls(header, [cells + [""] * (len(header) - len(cells)) for cells in rest], text.startswith("\ufeff"), ending)

    def column(self, name: str) -> int:
        """Return the place of a column, made at the end if the table lacks it."""
        if name not in self.header:
            self.header.append(name)
            for cells in self.rows:
                cells.insert(len(self.header) - 1, "")
        return self.header.index(name)

    def cell(self, row: int, name: str) -> str:
        """Return a cell by the number of its row, from 0, and its column; empty if the table lacks the column."""
        return self.rows[row][self.header.index(name)] if name in self.header else ""

    def put(self, row: int, name: str, value: str) -> None:
        """Change a cell; the column is made if it is missing."""
        self.rows[row][self.column(name)] = value

    def drop(self, name: str) -> None:
        """Take a column out."""
        place = self.header.index(name)
        for cells in (self.header, *self.rows):
            del cells[place]

    def append(self, cells: Mapping[str, str]) -> None:
        """Add a row at the end; columns that the table lacks are made where the row needs them."""
        for name, value in cells.items():
            if value:
                self.column(name)
        self.rows.append([cells.get(name, "") for name in self.header])

    def text(self) -> str:
        """Return the file's text."""
        return ("\ufeff" if self.mark else "") + rows_text([self.header, *self.rows], self.ending)


def rows_text(rows: Iterable[Sequence[str]], ending: str = "\n") -> str:
    """Return rows as CSV (RFC 4180)."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=ending).writerows(rows)
    return buffer.getvalue()


def refuse_parquet(tables: Iterable[Path]) -> None:
    """Refuse to edit a table that is Parquet, or to put a CSV beside it: Parquet is read, and written by those who made it.

    Raises:
        OutputError: a table is Parquet.
    """
    for path in tables:
        if path.suffix in TABLE_SUFFIXES and path.with_suffix(".parquet").exists():
            raise OutputError("parquet-is-read", path=str(path.with_suffix(".parquet")))


def write_together(files: Mapping[Path, str], folder: Path) -> None:
    """Write every file beside its place first, then put one after the other there, in their order.

    Args:
        files: the text of each file; what is referred to stands before what refers to it, for a kill between two of them.
        folder: what a message about a full disk names.

    Raises:
        OutputError: the disk is full, or a table is Parquet; no file was changed.
    """
    refuse_parquet(files)
    new = {path: path.with_name(path.name + ".new") for path in files}
    try:
        with room_for(folder):
            for path, text in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                new[path].write_text(text, encoding="utf-8", newline="")
    except BaseException:
        for path in new.values():
            with suppress(OSError):  # it is the first error that is told
                path.unlink()
        raise
    for path in files:
        new[path].replace(path)
