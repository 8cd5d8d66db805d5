"""Under load and on broken ground: killed builds, a full disk, readers beside a rebuild, damaged files. Nothing is lost, nothing half-written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

import withwhom
from conftest import TINY, Command, edit_cell, read_rows, run_process, snapshot, write_rows
from withwhom import output
from withwhom.build import build
from withwhom.engine import EmbeddedEngine
from withwhom.problems import OutputError
from withwhom.workspace import Workspace, shipped

KILLS, SEED = 20, 5
# An entity whose English name no text mentions.
RENAMED = "yunhe-red-cross"
# Loads everything once, then runs one build after another, each in a process of its own that can be killed.
FORGE = """
import os, signal, sys, time
from withwhom import build, cli, dataset, names, network_build, page, readable, report, stopwatch, store
import pyshacl, rich.console, rich.progress, pypinyin

for line in sys.stdin:
    seconds, workspace = line.strip().split(" ", 1)
    child = os.fork()
    if not child:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os._exit(cli.main(["build", "--workspace", workspace]))
    if seconds != "never":
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)  # a child that has ended keeps its number until it is waited for
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def leftovers(workspace: Path) -> list[str]:
    """Return what a run left beside the build."""
    return sorted(path.name for path in workspace.iterdir() if path.name.startswith(".build"))


def is_whole(folder: Path) -> bool:
    """Tell whether the store of a build holds every line of its shards."""
    lines = {line for path in folder.glob("*.nt") for line in path.read_text(encoding="utf-8").split("\n") if line}
    stored = {f"{quad.subject} {quad.predicate} {quad.object} ." for quad in ox.Store.read_only(str(folder / "store"))}
    return bool(lines) and len(stored) == len(lines)


@pytest.fixture
def middle(tmp_path: Path) -> Path:
    """Return the shipped workspace with one of its sources: a build of it takes seconds, not a moment."""
    made = tmp_path / "middle"
    for name in ("graph", "ontology", "queries"):
        shutil.copytree(shipped().root / name, made / name)
    kept = "shanxi-red-cross"
    for path in (made / "graph" / "statements").iterdir():
        if path.stem != kept:
            path.unlink()
    for name, column in (("evidence", "statement"), ("outline", "source")):
        path = made / "graph" / f"{name}.csv"
        header, *rows = read_rows(path)
        write_rows(path, [header, *(row for row in rows if row[header.index(column)].split("/")[0] == kept)])
    return made


@contextmanager
def forge() -> Iterator[subprocess.Popen[str]]:
    """Give a process that builds the workspaces it is told."""
    with subprocess.Popen([sys.executable, "-c", FORGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.communicate()


def forged(process: subprocess.Popen[str], workspace: Path, seconds: float | None = None) -> int:
    """Build a workspace, kill the build after some seconds if asked for, and return how it ended: 0, or minus the signal."""
    assert process.stdin is not None
    assert process.stdout is not None
    print("never" if seconds is None else seconds, workspace, file=process.stdin, flush=True)
    return int(process.stdout.readline())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork to start builds that take no time to load")
def test_kills_at_twenty_moments(middle: Path, command: Command) -> None:
    """Killed at twenty moments of a whole run, a build leaves the old one or the new one, byte by byte; it can be asked; the next run succeeds."""
    moments = random.Random(SEED)
    killed = 0
    with forge() as process:
        assert forged(process, middle) == 0
        began = time.monotonic()
        assert forged(process, middle) == 0
        duration = time.monotonic() - began
        old = snapshot(middle / "build")
        for _ in range(KILLS):
            moment = moments.uniform(0, duration)
            ended = forged(process, middle, moment)
            killed += ended == -signal.SIGKILL
            duration = duration if ended else min(duration, moment)  # the machine has less to do now than when it was measured
            assert command("query", "partners-of", "--org", "shanxi-red-cross", "--workspace", middle, "--lang", "en").status == 0
            found = snapshot(middle / "build")
            if found != old:
                assert is_whole(middle / "build")
                assert {name: value for name, value in found.items() if not name.startswith("store")} == {
                    name: value for name, value in old.items() if not name.startswith("store")
                }
                old = found
        assert killed >= KILLS // 2
        assert forged(process, middle) == 0
    assert is_whole(middle / "build")
    assert leftovers(middle) == []


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Give a file system of that size."""
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("mounting a tmpfs is refused here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(tiny: Path, tmp_path: Path, command: Command) -> None:
    """A build that meets a full disk says so in one line, leaves the old build whole and nothing beside it, and works again with more room.

    The room (KiB) ends in the shards, in the store, and after it.
    """
    out = ("build", "--workspace", tiny, "--out")
    with small_disk(tmp_path / "disk", "16m") as disk:
        assert command(*out, disk / "build").status == 0
        old = snapshot(disk / "build")
        for left, language, words in ((40, "en", "no space left on the disk"), (900, "zh", "磁盘满了"), (1500, "en", "no space left on the disk")):
            (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - left * 1024))
            ran = command(*out, disk / "build", "--lang", language)
            assert ran.status == 1
            assert len([line for line in ran.err if line.strip()]) == 1
            assert words in ran.err[-1]
            assert snapshot(disk / "build") == old
            assert leftovers(disk) == []
            (disk / "filler").unlink()
        assert command(*out, disk / "build").status == 0
        assert is_whole(disk / "build")


def test_an_answer_onto_a_full_disk(shipped_build: Path, tmp_path: Path, command: Command) -> None:
    """An answer that finds no room leaves the file that was there as it was, and no half of itself."""
    with small_disk(tmp_path / "disk", "64k") as disk:
        (disk / "filler").write_bytes(b"x" * 56 * 1024)
        (disk / "answer.csv").write_bytes(b"the answer of yesterday")
        ran = command("sparql", statements_query(tmp_path), "--workspace", shipped_build, "--out", disk / "answer.csv", "--lang", "en")
        assert ran.status == 1
        assert str(disk / "answer.csv") in ran.err[-1]
        assert "no space left" in ran.err[-1]
        assert sorted(path.name for path in disk.iterdir()) == ["answer.csv", "filler"]
        assert (disk / "answer.csv").read_bytes() == b"the answer of yesterday"


def statements_query(folder: Path) -> Path:
    """Return a query with many rows, in a file."""
    path = folder / "many.rq"
    path.write_text("SELECT * WHERE { ?s ?p ?o } LIMIT 5000", encoding="utf-8")
    return path


def test_the_index_of_names_on_a_full_disk(tmp_path: Path) -> None:
    """SQLite's own words for a full disk are understood as well."""
    import sqlite3

    connection = sqlite3.connect(tmp_path / "names.sqlite")
    connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OutputError) as caught, output.room_for(tmp_path):
        connection.execute("CREATE TABLE name (id INTEGER PRIMARY KEY)")
    connection.close()
    assert "no space left" in caught.value.message("en")


READER = """
import sys, pathlib, withwhom
folder, stop = map(pathlib.Path, sys.argv[1:])
QUERY = 'SELECT ?o WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o . FILTER(CONTAINS(?o, "Renamed") || CONTAINS(?o, "Former")) }'
def asked(kb):
    found = kb.find("RENAMED")
    return kb.catalogue["version"], str(kb.sparql(QUERY).rows[0][0]), found[0].en
held, seen, count = withwhom.open(folder), set(), 0
last = False
while not last:
    last = stop.exists()
    fresh = withwhom.open(folder)
    seen.add(held.whole(lambda: asked(held)))
    seen.add(fresh.whole(lambda: asked(fresh)))
    count += 1
    print(count, flush=True)
print(sorted(seen))
"""


def two_builds(tiny: Path, command: Command) -> list[Path]:
    """Return two builds of a workspace, which differ in its version and in the name of one body."""
    made = []
    for version, name in (("1.0", "Former name"), ("2.0", "Renamed body")):
        settings = tiny / "graph" / "graph.toml"
        lines = settings.read_text(encoding="utf-8").splitlines()
        settings.write_text("\n".join(f'version = "{version}"' if line.startswith("version") else line for line in lines), encoding="utf-8")
        edit_cell(tiny / "graph" / "entities.csv", RENAMED, "name_en", name)
        made.append(tiny.parent / version)
        assert command("build", "--workspace", tiny, "--out", made[-1]).status == 0
    return made


def test_two_readers_during_rebuilds(tiny: Path, tmp_path: Path, command: Command) -> None:
    """Two processes that ask while builds take each other's place get the old answer or the new one, whole, and never an error."""
    builds = two_builds(tiny, command)
    out, stop = tmp_path / "build", tmp_path / "stop"
    shutil.copytree(builds[0], out)
    line = [sys.executable, "-c", READER.replace("RENAMED", RENAMED), str(out), str(stop)]
    readers = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "1\n"
    for number in range(1, 32):
        with output.replacing(out) as folder:
            shutil.copytree(builds[number % 2], folder, copy_function=shutil.copy, dirs_exist_ok=True)
    stop.touch()
    for reader in readers:
        said, wrong = reader.communicate(timeout=60)
        assert reader.returncode == 0, wrong
        assert said.splitlines()[-1] == "[('1.0', 'Former name', 'Former name'), ('2.0', 'Renamed body', 'Renamed body')]"
    assert leftovers(tmp_path) == []


def test_builds_that_follow_faster_than_a_reader_opens(tiny: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is slower than thirty builds in a row opens the last of them."""
    builds = two_builds(tiny, command)
    out = Path(shutil.copytree(builds[0], tmp_path / "build"))
    left, really = list(range(30)), EmbeddedEngine.open

    def opened(path: Path) -> EmbeddedEngine:
        engine = really(path)
        if left:
            with output.replacing(out) as folder:
                shutil.copytree(builds[left.pop() % 2 ^ 1], folder, copy_function=shutil.copy, dirs_exist_ok=True)
        return engine

    monkeypatch.setattr(EmbeddedEngine, "open", opened)
    kb = withwhom.open(out)
    assert left == []
    assert kb.catalogue["version"] == "2.0"


def test_files_that_the_store_had_not_opened(shipped_build: Path, tmp_path: Path) -> None:
    """A graph held open across a rebuild can be asked all of it, though RocksDB had opened but sixteen of the store's files."""
    out = Path(shutil.copytree(shipped_build, tmp_path / "build"))
    kb = withwhom.open(out)
    with output.replacing(out) as folder:
        shutil.copytree(shipped_build, folder, dirs_exist_ok=True)
    assert kb.query("partners-of", org="shanxi-red-cross").rows
    assert kb.sparql("SELECT * WHERE { ?s ?p ?o }").rows


def test_a_reader_between_the_two_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that brings the old build back between the two renames of a swap does not make the build fail."""
    out = tmp_path / "build"
    for folder, text in ((out, "old"), (tmp_path / ".build.new", "new")):
        folder.mkdir()
        (folder / "report.md").write_text(text, encoding="utf-8")
    rename = Path.rename
    read: list[Path] = []

    def watched(path: Path, target: Path) -> Path:
        moved = rename(path, target)
        if path == out and len(read) < 3:
            read.append(path)
            output.restore(out)
        return moved

    monkeypatch.setattr(Path, "rename", watched)
    output.swap(tmp_path / ".build.new", out)
    assert len(read) == 3
    assert (out / "report.md").read_text(encoding="utf-8") == "new"
    assert leftovers(tmp_path) == []


@pytest.fixture(scope="module")
def tiny_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the tiny workspace once."""
    return build(Workspace(TINY), out=tmp_path_factory.mktemp("tiny") / "build").out


def halved(path: Path) -> None:
    """Cut a file in half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    """Leave nothing of a file."""
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    """Turn every bit of every fourth byte."""
    content = bytearray(path.read_bytes())
    content[::4] = bytes(byte ^ 0xFF for byte in content[::4])
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["store/CURRENT", "store/MANIFEST-*", "store/*.sst", "names.sqlite", "catalogue.json", "network.json"])
def test_a_damaged_file(name: str, tiny_build: Path, tiny: Path, command: Command) -> None:
    """A command that needs a damaged file names it and what to do in one line; no crash, no traceback; the next build succeeds."""
    words = ("network", "--out", tiny / "x.html") if name == "network.json" else ("query", "partners-of", "--org", "chenfan-foundation")
    for damage, language, mend in ((halved, "en", "run: withwhom build"), (emptied, "zh", "请重新运行 withwhom build"), (flipped, "en", "run: withwhom build")):
        shutil.rmtree(tiny / "build", ignore_errors=True)
        shutil.copytree(tiny_build, tiny / "build")
        damaged = max((tiny / "build").glob(name), key=lambda path: path.stat().st_size)
        damage(damaged)
        ran = run_process(*words, "--workspace", tiny, "--lang", language)
        assert ran.returncode == 1, ran.stderr
        assert len(ran.stderr.splitlines()) == 1
        assert ran.stderr.startswith("withwhom: ")
        assert damaged.name in ran.stderr
        assert mend in ran.stderr
    assert command("build", "--workspace", tiny).status == 0
    assert is_whole(tiny / "build")
