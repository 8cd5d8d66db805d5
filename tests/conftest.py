"""What several tests share: a workspace small enough to break in every way, and the command run on it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from withwhom.build import build
from withwhom.cli import main
from withwhom.workspace import shipped

TESTS = Path(__file__).parent
TINY = TESTS / "workspaces" / "tiny"
CASES = TESTS / "cases"


@dataclass(frozen=True)
class Ran:
    """What a command left behind: its exit status, and the lines of its two streams."""

    status: int
    out: Sequence[str]
    err: Sequence[str]


Command = Callable[..., Ran]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a copy of the tiny workspace, texts included, that a test may break."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture(scope="session")
def shipped_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the shipped workspace once, without texts, for the tests that only ask it."""
    folder = tmp_path_factory.mktemp("asked")
    return build(shipped(), texts=folder, out=folder / "build").out


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs ``withwhom`` in this process."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        status = main([str(word) for word in words])
        streams = capsys.readouterr()
        return Ran(status, streams.out.splitlines(), streams.err.splitlines())

    return run


def run_process(*words: str | Path, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``withwhom`` in a process of its own, or ``code`` with the words as its arguments."""
    start = ["-c", code] if code else ["-m", "withwhom.cli"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, *start, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, encoding="utf-8", env=environment, check=False, timeout=60)


def read_rows(path: Path) -> list[list[str]]:
    """Return the rows of a table, its header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write the rows of a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def line_of(path: Path, row: str) -> int:
    """Return the line of the first row whose first cell is ``row``; no cell of the tiny tables holds a line break."""
    return [cells[0] for cells in read_rows(path)].index(row) + 1


def column_of(path: Path, column: str) -> int:
    """Return the 1-based number of a column."""
    return read_rows(path)[0].index(column) + 1


def edit_cell(path: Path, row: str, column: str, value: str) -> None:
    """Set the cell under ``column`` in the first row whose first cell is ``row``."""
    rows = read_rows(path)
    rows[line_of(path, row) - 1][column_of(path, column) - 1] = value
    write_rows(path, rows)


def add_row(path: Path, cells: Mapping[str, str]) -> None:
    """Add a row, its cells given by column."""
    rows = read_rows(path)
    unknown = cells.keys() - set(rows[0])
    if unknown:
        raise KeyError(f"{path.name} has no column {unknown}")
    write_rows(path, [*rows, [cells.get(column, "") for column in rows[0]]])


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
