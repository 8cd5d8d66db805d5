"""Writes a build: everything into a new folder, which then takes the place of the old one.

A kill at any moment leaves the old build or the new one, whole: if it falls between the two renames, :func:`repair`, run at
every start, puts the old one back. A disk that is full leaves the old one, too.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

from withwhom.problems import OutputError, WorkspaceError

Stamp: TypeAlias = tuple[int, int]

# What a build holds, beside one source-*.nt a source; a folder with anything else in it is not ours to replace.
FILES = frozenset(
    [
        "ontology.nt",
        "entities.nt",
        "derived.nt",
        "figures.nt",
        "parts.json",
        "layouts.json",
        "graph.trig",
        "dataset.ttl",
        "statements.csv",
        "entities.csv",
        "report.md",
        "problems.csv",
        "network.html",
        "network.json",
        "catalogue.json",
        "names.sqlite",
        "store",
        "columns",
    ]
)

# How often a build and a reader that restores the old one may undo each other's renames.
TRIES = 20

# How long a reader follows builds that take each other's place while it reads, in seconds. It is bounded by time and not by a
# number of tries: on a slow disk, opening a store may take longer than the next build's two renames.
PATIENCE = 30.0


def _beside(out: Path, word: str) -> Path:
    whole = Path(os.path.abspath(out))  # noqa: PTH100  # "." has no name of its own, and resolve() would follow a link
    return whole.with_name(f".{whole.name}.{word}")


def _ours(path: Path) -> bool:
    return path.name in FILES or (path.name.startswith("source-") and path.suffix == ".nt")


def _remove(folder: Path) -> None:
    if folder.exists():
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def restore(out: Path) -> None:
    """Bring back the old build if a run was killed between the two renames; touch nothing else, a build may be running."""
    old = _beside(out, "old")
    if old.exists() and not out.exists():
        try:
            old.rename(out)
        except OSError:
            if old.exists() and not out.exists():  # else the build that is running, or another reader, was faster
                raise


def tries() -> Iterator[None]:
    """Try again, at once at first and then after growing pauses, until :data:`PATIENCE` is at its end."""
    end, pause = time.monotonic() + PATIENCE, 0.0
    while True:
        yield
        if time.monotonic() + pause > end:
            return
        time.sleep(pause)
        pause = min(2 * pause + 0.001, 0.25)


def stamp(out: Path) -> Stamp:
    """Return what tells a build from the one before it.

    Raises:
        WorkspaceError: there is no build.
    """
    for _ in range(TRIES):
        try:
            found = (out / "catalogue.json").stat()
        except (FileNotFoundError, NotADirectoryError):
            restore(out)  # a build may be changing places with the old one at this moment
        else:
            return found.st_ino, found.st_mtime_ns
    raise WorkspaceError("no-build-yet", path=str(out))


def repair(out: Path) -> None:
    """Bring back the old build if an earlier run was killed while it swapped folders, and clear what it left.

    Raises:
        OutputError: ``out`` exists, is not empty and is no build, so that its files are not ours to replace.
    """
    if out.exists() and not (out.is_dir() and all(map(_ours, out.iterdir()))):
        raise OutputError("no-build", path=str(out))
    restore(out)
    for left in ("new", "old"):
        _remove(_beside(out, left))


def new_folder(out: Path) -> Path:
    """Return the empty folder into which a build is written before it takes its place."""
    repair(out)
    folder = _beside(out, "new")
    folder.mkdir(parents=True)
    return folder


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Give a new folder to write a build into; it takes the place of ``out`` when all went well, and goes when anything did not.

    Raises:
        OutputError: ``out`` is no build, or cannot be replaced, or the disk is full.
    """
    with room_for(out):
        folder = new_folder(out)
        try:
            yield folder
        except BaseException:
            _remove(folder)
            raise
        swap(folder, out)


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Say in words that the disk is full, whoever finds out: the file system, the store (RocksDB), or the index of names (SQLite).

    Raises:
        OutputError: there is no room left to write ``path``.
    """
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:
        if _is_full(error):
            raise OutputError("disk-full", path=str(path)) from error
        raise


def _is_full(error: Exception) -> bool:
    """Tell whether an error means that no room, or none of somebody's share of it, is left."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    full = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
    return getattr(error, "errno", None) in full or "No space left" in str(error)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that somebody asked for; see :func:`whole_file`.

    Raises:
        OutputError: the disk is full.
    """
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write: all of it, or the old one stays; what is no plain file (a pipe, a device) is written to.

    Raises:
        OutputError: the disk is full.
    """
    with room_for(path):
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        target = path.resolve()  # a link stays one
        new = _beside(target, "new")
        try:
            with new.open("wb") as file:
                yield file
            new.replace(target)
        except BaseException as error:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.filename in (None, str(new), str(target)):
                error.filename = str(path)  # the name that was given, not that of the file beside it
            raise


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files in UTF-8 with their newlines as they are."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines in UTF-8, each with its newline."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"{line}\n" for line in lines)


def swap(folder: Path, out: Path) -> None:
    """Put a finished folder in place of ``out``.

    Raises:
        OutputError: another program holds a file of the old build open, or ``out`` is no build.
    """
    old = _beside(out, "old")
    for left in reversed(range(TRIES)):
        try:
            if out.exists():
                out.rename(old)
            folder.rename(out)
            break
        except OSError as error:
            restored = out.exists() and not old.exists()  # a reader that came between the two renames brought the old build back
            restore(out)
            if left and restored:
                continue
            raise OutputError("in-use", path=str(out), detail=error.strerror or str(error)) from error
    _remove(old)
