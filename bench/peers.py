"""Who is compared: how each gets the data and how it is opened."""

from __future__ import annotations

import importlib
import importlib.util
import multiprocessing
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import worker
from served import Loaded, Running, load_oxigraph, load_virtuoso, oxigraph, peak, program, virtuoso
from worker import Files, Opener

EMBEDDED = "embedded"
BARE = "pyoxigraph"
FEW = 3


@dataclass(frozen=True)
class Peer:
    """An engine.

    Args:
        name: as results name it.
        version: of the program.
        opener: what opens it in a process of its own.
        load: puts the files on disk and returns what that cost; None if it loads whenever it is opened.
        server: runs its server; None if it works inside a process.
        store: the folder of its data inside its own.
        few: whether it is asked few of the values only, since it is slow.
    """

    name: str
    version: str
    opener: Opener
    load: Callable[[Path, Files, float], Loaded] | None = None
    server: Callable[[Path, Files], AbstractContextManager[Running]] | None = None
    store: str = "store"
    few: bool = False


def bulk(*, one: bool) -> Callable[[Path, Files, float], Loaded]:
    """Return how bare pyoxigraph makes a store on disk, in a process of its own."""

    def load(folder: Path, files: Files, most: float) -> Loaded:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=worker.fill_disk, args=(there, str(folder / "store"), files, one), daemon=True)
        process.start()
        there.close()
        end, highest = time.monotonic() + most, 0
        while not here.poll(0.02):
            highest = max(highest, peak(process.pid or 0))
            if time.monotonic() > end:
                process.kill()
                raise TimeoutError(str(folder))
        seconds: float = here.recv()
        process.join()
        return Loaded(seconds, highest)

    return load


def told(name: str, argument: str) -> str:
    """Return the version that a program says it has."""
    said = subprocess.run([str(program(name)), argument], capture_output=True, text=True, check=False)  # noqa: S603  # our own commands
    found = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
    return f"{name} {found[0]}" if found else name


def peers() -> Iterator[Peer]:
    """Yield the engines that are installed; embedded first."""
    ours, ox = f"withwhom {version_of('withwhom')}", f"pyoxigraph {version('pyoxigraph')}"
    yield Peer(EMBEDDED, ours, worker.embedded_disk)
    yield Peer("embedded, memory", ours, worker.embedded_memory)
    yield Peer(BARE, ox, worker.bare_disk, bulk(one=False))
    yield Peer("pyoxigraph, one graph", ox, worker.bare_disk_one, bulk(one=True))
    yield Peer("pyoxigraph, memory", ox, worker.bare_memory)
    yield Peer("rdflib", f"rdflib {version('rdflib')}", worker.rdflib_memory, few=True)
    if program("oxigraph"):
        yield Peer("Oxigraph server", told("oxigraph", "--version"), worker.served, load_oxigraph, oxigraph, store="data")
    if program("virtuoso-t") and program("isql-vt"):
        yield Peer("Virtuoso", told("virtuoso-t", "-?"), worker.served, load_virtuoso, virtuoso, store="")
    if importlib.util.find_spec("maplib"):
        yield Peer("maplib", f"maplib {version('maplib')}", worker.maplib_memory)


def missing() -> list[str]:
    """Return which engines are not installed, and what brings them."""
    wanted = {
        "Oxigraph server (PyPI oxigraph)": program("oxigraph"),
        "Virtuoso (Debian virtuoso-opensource-7)": program("virtuoso-t") and program("isql-vt"),
        "maplib (extra analytics)": importlib.util.find_spec("maplib"),
    }
    return [name for name, found in wanted.items() if not found]


def version_of(package: str) -> str:
    """Return the version of this project as it is imported."""
    return str(importlib.import_module(package).__version__)
