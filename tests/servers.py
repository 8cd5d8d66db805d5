"""Real SPARQL servers on this machine for the tests: Oxigraph's (PyPI ``oxigraph``) and Virtuoso 7 (Debian ``virtuoso-opensource-7-bin``).

Each is started on free loopback ports with its data in a folder of its own, and ended by the process that started it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

READY_WITHIN = 120.0
# A password for a server that lives as long as a test and listens on loopback only.
DBA = "only-for-this-test"
BUFFERS = {"buffers": 20_000, "dirty": 15_000}
INI = (Path(__file__).parents[1] / "bench" / "virtuoso.ini").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Server:
    """A server that runs: its addresses, whom it lets write, and what it calls itself."""

    query: str
    update: str
    store: str
    version: str
    user: str = ""
    password: str = ""


def program(name: str) -> str:
    """Return the path of a program; without it, the test fails where everything must be there (CI) and is skipped elsewhere."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = shutil.which(name) or (str(beside) if beside.is_file() else None)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed: CI tests against it")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_ports(count: int) -> list[int]:
    """Return free ports of this machine."""
    taken = [socket.socket() for _ in range(count)]
    for each in taken:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in taken]
    for each in taken:
        each.close()
    return ports


@contextmanager
def running(line: Sequence[str], folder: Path, address: str) -> Iterator[None]:
    """Run a server until the end of the block, which begins when it answers at ``address``."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(line, stdout=output, stderr=subprocess.STDOUT, cwd=folder)
    try:
        wait_for(process, address, folder / "output.txt")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def wait_for(process: subprocess.Popen[bytes], address: str, output: Path) -> None:
    """Wait until something answers at an address, whatever it says."""
    end = time.monotonic() + READY_WITHIN
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and process.poll() is None:
        try:
            opener.open(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"no answer at {address}: {output.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    """Run Oxigraph's server over an empty store."""
    name = program("oxigraph")
    version = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    (port,) = free_ports(1)
    root = f"http://127.0.0.1:{port}"
    with running([name, "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"], folder, root):
        yield Server(f"{root}/query", f"{root}/update", f"{root}/store", version)


@contextmanager
def virtuoso(folder: Path, *, most_rows: int = 0) -> Iterator[Server]:
    """Run Virtuoso over an empty database, its administrator's password set.

    Args:
        folder: where its files go.
        most_rows: after how many rows it cuts an answer without a word (``ResultSetMaxRows``); never if 0.
    """
    name, isql = program("virtuoso-t"), program("isql-vt")
    told = subprocess.run([name, "-?"], capture_output=True, text=True, check=False)
    version = next((line.strip() for line in (told.stdout + told.stderr).splitlines() if "ersion" in line), "Virtuoso")
    sql, http = free_ports(2)
    cut = f"ResultSetMaxRows = {most_rows}" if most_rows else ""
    (folder / "virtuoso.ini").write_text(INI.format(folder=folder, files=folder, sql=sql, http=http, sparql=cut, **BUFFERS), encoding="utf-8")
    root = f"http://127.0.0.1:{http}"
    with running([name, "-f", "-c", str(folder / "virtuoso.ini")], folder, f"{root}/sparql"):
        change = [isql, f"127.0.0.1:{sql}", "dba", "dba", f'EXEC=set password "dba" "{DBA}"']
        said = subprocess.run(change, capture_output=True, text=True, check=True, timeout=60)  # isql ends with 0 whatever happens
        assert "Error" not in said.stdout + said.stderr, said.stderr
        yield Server(f"{root}/sparql", f"{root}/sparql-auth", f"{root}/sparql-graph-crud-auth", version, "dba", DBA)


if __name__ == "__main__":
    with {"oxigraph": oxigraph, "virtuoso": virtuoso}[sys.argv[1]](Path(sys.argv[2])) as server:
        print(server, flush=True)
        sys.stdin.read()
