"""Writes a build: everything into a new folder, which then takes the place of the old one.

A kill at any moment leaves the old build or the new one, whole: if it falls between the two renames, :func:`repair`, run at
every start, puts the old one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from withwhom.problems import OutputError

# What a build holds, beside one source-*.nt a source; a folder with anything else in it is not ours to replace.
FILES = frozenset(
    [
        "ontology.nt",
        "entities.nt",
        "derived.nt",
        "figures.nt",
        "parts.json",
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
    ]
)


def _beside(out: Path, word: str) -> Path:
    return out.with_name(f".{out.name}.{word}")


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
        old.rename(out)


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
        OutputError: ``out`` is no build, or cannot be replaced.
    """
    folder = new_folder(out)
    try:
        yield folder
    except BaseException:
        _remove(folder)
        raise
    swap(folder, out)


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
    try:
        if out.exists():
            out.rename(old)
        folder.rename(out)
    except OSError as error:
        if old.exists() and not out.exists():
            old.rename(out)
        raise OutputError("in-use", path=str(out), detail=error.strerror or str(error)) from error
    _remove(old)
