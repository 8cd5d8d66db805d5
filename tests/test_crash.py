"""A kill at any moment leaves the old build or the new one, whole, and the next run puts things right."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from conftest import Command, edit_cell, run_process, snapshot
from withwhom import output
from withwhom.problems import OutputError

OLD = {"statements.csv": b"old", "store/CURRENT": b"old store"}
NEW = {"statements.csv": "new", "report.md": "new, too"}
# `os._exit` ends a process as a kill does: no handler runs, nothing is flushed.
DRIVER = """
import os, sys, pathlib, shutil
from withwhom import build, cli, output, store

workspace, moment = sys.argv[1:]

def killed(*arguments, **settings):
    os._exit(9)

def after(do, count):
    calls = iter(range(count - 1))
    def wrapped(*arguments, **settings):
        result = do(*arguments, **settings)
        if next(calls, None) is None:
            os._exit(9)
        return result
    return wrapped

if moment.startswith("step-"):
    original = build.build
    build.build = lambda *a, **s: original(*a, **{**s, "step": lambda key: killed() if key == moment else None})
elif moment == "files half written":
    pathlib.Path.write_text = after(pathlib.Path.write_text, 4)
elif moment == "store half loaded":
    import pyoxigraph
    class Store:
        def __init__(self, path):
            self.inner, self.loads = pyoxigraph.Store(path), 0
        def bulk_load(self, **settings):
            self.inner.bulk_load(**settings)
            self.loads += 1
            if self.loads == 2:
                os._exit(9)
    class Oxigraph:
        RdfFormat, NamedNode = pyoxigraph.RdfFormat, pyoxigraph.NamedNode
    Oxigraph.Store = Store
    store.ox = Oxigraph
elif moment == "between the two renames":
    pathlib.Path.rename = after(pathlib.Path.rename, 1)
elif moment == "after both renames":
    pathlib.Path.rename = after(pathlib.Path.rename, 2)
elif moment == "while the old build is removed":
    remove = shutil.rmtree
    shutil.rmtree = lambda path, **settings: (os.remove(next(p for p in sorted(path.rglob("*")) if p.is_file())), killed()) if str(path).endswith(".old") and path.exists() else remove(path, **settings)
else:
    raise SystemExit(f"unknown moment {moment}")
sys.exit(cli.main(["build", "--workspace", workspace, "--lang", "en"]))
"""


def put_old_build(workspace: Path) -> Path:
    """Put an old build into a workspace, and return its folder."""
    for name, content in OLD.items():
        path = workspace / "build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return workspace / "build"


def is_old(folder: Path) -> bool:
    """Tell whether a folder is the old build, whole."""
    return snapshot(folder) == OLD


def is_new(folder: Path) -> bool:
    """Tell whether a folder is a new build, whole: every file of a finished build, and a store that holds every shard."""
    names = {"dataset.ttl", "derived.nt", "entities.csv", "entities.nt", "graph.trig", "network.html", "ontology.nt", "report.md", "statements.csv", "store"}
    if not {path.name for path in folder.iterdir()} >= names:
        return False
    lines = {line for path in folder.glob("*.nt") for line in path.read_text(encoding="utf-8").split("\n") if line}
    stored = {f"{quad.subject} {quad.predicate} {quad.object} ." for quad in ox.Store.read_only(str(folder / "store"))}
    return len(stored) == len(lines)


def leftovers(workspace: Path) -> list[str]:
    """Return what a run left beside the build."""
    return sorted(path.name for path in workspace.iterdir() if path.name.startswith(".build"))


@pytest.mark.parametrize(
    ("moment", "build_after"),
    [
        ("step-check", "old"),
        ("step-derive", "old"),
        ("files half written", "old"),
        ("store half loaded", "old"),
        ("between the two renames", "none"),
        ("after both renames", "new"),
        ("while the old build is removed", "new"),
    ],
)
def test_a_kill(moment: str, build_after: str, tiny: Path, command: Command) -> None:
    """Killed at this moment, a build leaves the old one or the new one, whole; the next run ends with a whole new one and no leftovers."""
    folder = put_old_build(tiny)
    ended = run_process(tiny, moment, code=DRIVER)
    assert ended.returncode == 9, ended.stderr
    if build_after == "none":
        assert not folder.exists()
        assert is_old(tiny / ".build.old")
    else:
        assert is_old(folder) if build_after == "old" else is_new(folder)
    assert command("build", "--workspace", tiny, "--lang", "en").status == 0
    assert is_new(folder)
    assert leftovers(tiny) == []


@pytest.mark.parametrize("seconds", [0.3, 0.6, 0.9])
def test_a_kill_by_the_clock(seconds: float, tiny: Path, command: Command) -> None:
    """Killed by the system after some time, a build leaves the old or the new one, whole, or the old one set aside; the next run makes a new one."""
    folder = put_old_build(tiny)
    with subprocess.Popen(
        [sys.executable, "-m", "withwhom.cli", "build", "--workspace", str(tiny)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        time.sleep(seconds)
        process.kill()
    assert is_old(tiny / ".build.old") if not folder.exists() else is_old(folder) or is_new(folder)
    assert command("build", "--workspace", tiny, "--lang", "en").status == 0
    assert is_new(folder)
    assert leftovers(tiny) == []


def test_a_refused_run_repairs_too(tiny: Path, command: Command) -> None:
    """After a kill between the two renames the old build is back even if the next run is refused."""
    folder = put_old_build(tiny)
    folder.rename(tiny / ".build.old")
    (tiny / ".build.new").mkdir()
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "lead", "predicate", "heads")
    assert command("build", "--workspace", tiny, "--lang", "en").status == 1
    assert folder.exists()
    assert is_old(folder)
    assert leftovers(tiny) == []


class KilledError(BaseException):
    """Stands in for a kill: nothing in the package catches it."""


def replaced(out: Path) -> None:
    """Do what a build does with its output."""
    folder = output.new_folder(out)
    output.write_texts(folder, NEW)
    output.swap(folder, out)


def dying(monkeypatch: pytest.MonkeyPatch, moment: int, *, before: bool) -> Callable[[], int]:
    """Make the process die before or after the operation of that number on the file system; the result counts the operations."""
    done: list[str] = []

    def watched(name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **settings: Any) -> Any:  # noqa: ANN401  # it stands in for any function
            done.append(name)
            if before and len(done) == moment:
                raise KilledError
            result = do(*arguments, **settings)
            if len(done) == moment:
                raise KilledError
            return result

        return run

    for name in ("rename", "mkdir", "write_text"):
        monkeypatch.setattr(Path, name, watched(name, getattr(Path, name)))
    monkeypatch.setattr(shutil, "rmtree", watched("rmtree", shutil.rmtree))
    return lambda: len(done)


def moments() -> Iterator[tuple[int, bool]]:
    """Yield every operation of a swap, each with a death before and after it."""
    for moment in range(1, 10):
        yield from ((moment, True), (moment, False))


@pytest.mark.parametrize("leftover", ["nothing", "half a build", "an old build"])
@pytest.mark.parametrize(("moment", "before"), list(moments()))
def test_a_death_at_every_operation(moment: int, before: bool, leftover: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001  # pytest gives it
    """Whatever operation on the file system is the last, and whatever an earlier death left, the old or the new build can be had, whole."""
    out = put_old_build(tmp_path)
    if leftover == "half a build":
        (tmp_path / ".build.new").mkdir()
        (tmp_path / ".build.new" / "statements.csv").write_text("half")
    elif leftover == "an old build":
        out.rename(tmp_path / ".build.old")
    with monkeypatch.context() as patch:
        dying(patch, moment, before=before)
        with suppress(KilledError):
            replaced(out)
    output.repair(out)
    assert leftovers(tmp_path) == []
    new = {name: text.encode() for name, text in NEW.items()}
    assert snapshot(out) in (OLD, new)
    replaced(out)
    assert snapshot(out) == new


def test_every_operation_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep above is long enough: a swap after the worst death takes no more operations than it tries."""
    put_old_build(tmp_path).rename(tmp_path / ".build.old")
    with monkeypatch.context() as patch:
        count = dying(patch, 0, before=True)
        replaced(tmp_path / "build")
    assert 5 <= count() <= max(moment for moment, _ in moments())


def test_a_build_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the old build cannot be moved because a file in it is open, the run is refused and the old build is whole."""
    out = put_old_build(tmp_path)
    free = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == ".build.new":
            raise PermissionError(13, "Permission denied", str(path))
        return free(path, target)

    folder = output.new_folder(out)
    output.write_texts(folder, NEW)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(OutputError):
            output.swap(folder, out)
    assert is_old(out)


def test_a_folder_that_is_no_build_is_kept(tiny: Path, command: Command) -> None:
    """A folder with somebody's files that is no build is never replaced by one, even if asked for with --out."""
    mine = tiny / "papers"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    ran = command("build", "--workspace", tiny, "--out", mine, "--lang", "en")
    assert snapshot(mine) == {"thesis.txt": b"years of work"}
    assert ran.status == 1
    assert str(mine) in ran.err[-1]


def test_out_may_be_the_current_folder(tiny: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--out .`` is refused in one line where the current folder is no build, and never crashes."""
    (tiny / "here").mkdir()
    (tiny / "here" / "notes.txt").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tiny / "here")
    assert command("build", "--workspace", tiny, "--out", ".", "--lang", "en").status == 1
    assert snapshot(tiny / "here") == {"notes.txt": b"mine"}


def test_files_that_no_build_made_are_not_replaced(tiny: Path, command: Command) -> None:
    """A folder with a file of somebody's own beside a build's is refused, and the file stays."""
    assert command("build", "--workspace", tiny).status == 0
    own = tiny / "build" / "thesis.docx"
    own.write_text("mine", encoding="utf-8")
    ran = command("build", "--workspace", tiny)
    assert ran.status == 1
    assert own.read_text(encoding="utf-8") == "mine"
