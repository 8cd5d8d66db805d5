"""Makes a workspace to begin with, which builds at once: the package's vocabulary, an invented example, and room for one's own."""

from __future__ import annotations

import argparse
import shlex
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from withwhom.edition import edition_of
from withwhom.matching import slug
from withwhom.ontology_problems import ONTOLOGY
from withwhom.output import room_for
from withwhom.problems import WorkspaceError
from withwhom.words import say
from withwhom.workspace import shipped

TEMPLATES = Path(__file__).parent / "starter"
# Git would take a file of that name as its own already in the package.
RENAMED = {"gitignore": ".gitignore"}
BASE, VOCABULARY = "@BASE@", "@VOCABULARY@"


def starter(name: str) -> Mapping[str, bytes]:
    """Return the files of a new workspace by their paths in it.

    Args:
        name: what the workspace is called; its base IRI is made of it, on a host that nobody can own (RFC 2606, section 3).
    """
    package = edition_of(shipped())
    given = {BASE: f"https://example.org/{slug(name)}/", VOCABULARY: package.versions()[str(ONTOLOGY)]}
    paths = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    shown = {path: path.relative_to(TEMPLATES).as_posix() for path in paths}
    return {RENAMED.get(shown[path], shown[path]): _filled(path.read_bytes(), given) for path in paths}


def _filled(content: bytes, given: Mapping[str, str]) -> bytes:
    for mark, value in given.items():
        content = content.replace(mark.encode(), value.encode())
    return content


def make_workspace(folder: Path) -> None:
    """Write a new workspace, whole or not at all.

    Args:
        folder: one that is not there yet, or is empty.

    Raises:
        WorkspaceError: it is a file, or holds something.
        OutputError: the disk is full.
    """
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError("init-file", path=str(folder))
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if there:
        raise WorkspaceError("init-not-empty", path=str(folder), found=", ".join([*there[:3], *(["…"] if there[3:] else [])]))
    files = starter(folder.resolve().name)
    try:
        with room_for(folder):
            if folder.is_dir():
                _fill(folder, files)
            else:
                _make(folder, files)
    except OSError as error:
        error.filename = str(folder)  # the name that was given, not that of the folder beside it
        raise


def _make(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into a folder beside its place, and then put it there."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    new = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)  # of a run that was killed
        _write(new, files)
        new.rename(folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        with suppress(OSError):  # it is the first error that is told
            for parent in missing:
                parent.rmdir()
        raise


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into an empty folder, which may be the one that somebody's shell stands in and so cannot be replaced."""
    new = folder / ".new"
    try:
        _write(new, files)
        # What makes the folder a workspace comes last, for a kill on the way.
        for path in sorted(new.iterdir(), key=lambda path: (path.name == "graph", path.name)):
            path.rename(folder / path.name)
        new.rmdir()
    except BaseException:
        for path in folder.iterdir():  # it was empty
            shutil.rmtree(path, ignore_errors=True)
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def add_init(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``init``."""
    command.set_defaults(command=_init)
    command.add_argument("folder", type=Path, metavar="DIR", help=say("help-init-folder", language))


def _init(given: argparse.Namespace) -> int:
    make_workspace(given.folder)
    readme = "README.zh.md" if given.lang == "zh" else "README.md"
    here = given.folder.resolve() == Path.cwd()
    build = "withwhom build" if here else f"withwhom build --workspace {shlex.quote(str(given.folder))}"
    print(say("init-made", given.lang, readme=str(given.folder / readme), next=build))
    return 0
