"""SPARQL servers on loopback over data of their own: Oxigraph's (PyPI ``oxigraph``) and Virtuoso 7 (Debian ``virtuoso-opensource-7-bin``).

Each is loaded in its fastest way, and started and ended by the process that asks for it.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker import Files

READY_WITHIN = 300.0
# 2 GB of buffers, as the manual has it for a machine with as much to spare; it is a limit, not taken at once.
BUFFERS = {"buffers": 170_000, "dirty": 130_000}
# The settings of a Virtuoso of one's own, for the tests' servers, too.
INI = Path(__file__).with_name("virtuoso.ini").read_text(encoding="utf-8")


class ServerError(RuntimeError):
    """A server that does not start, or a loader that failed."""


@dataclass(frozen=True)
class Running:
    """A server that runs: its address for queries, its process, and its port for SQL."""

    query: str
    pid: int
    sql: int = 0


@dataclass(frozen=True)
class Loaded:
    """What a load cost: seconds, and the most memory of its process in bytes."""

    seconds: float
    peak: int


def program(name: str) -> str | None:
    """Return the path of a program, None if it is not installed."""
    beside = Path(sysconfig.get_path("scripts")) / name
    return str(beside) if beside.is_file() else shutil.which(name)


def free_port() -> int:
    """Return a free port of loopback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def peak(pid: int) -> int:
    """Return the most memory that a process has had at once, in bytes (Linux, ``VmHWM``); 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def run(line: Sequence[str], log: Path, most: float | None = None, environment: Mapping[str, str] | None = None) -> Loaded:
    """Run a command to its end and return what it cost.

    Args:
        line: the command.
        log: where its output goes.
        most: seconds after which it is ended; never if None.
        environment: its variables; this process' own if None.

    Raises:
        TimeoutError: it took longer than ``most``.
        ServerError: it failed.
    """
    start, highest = time.perf_counter(), 0
    with log.open("ab") as output:
        process = subprocess.Popen(line, stdout=output, stderr=subprocess.STDOUT, env=environment)  # noqa: S603  # our own commands
    while process.poll() is None:
        highest = max(highest, peak(process.pid))
        if most is not None and time.perf_counter() - start > most:
            process.kill()
            process.wait()
            raise TimeoutError(" ".join(line[:3]))
        time.sleep(0.02)
    if process.returncode:
        raise ServerError(f"{' '.join(line[:3])}: {log.read_text(encoding='utf-8', errors='replace')[-500:]}")
    return Loaded(time.perf_counter() - start, highest)


@contextmanager
def running(line: Sequence[str], folder: Path, port: int) -> Iterator[int]:
    """Run a server, which answers HTTP at a port, until the end of the block; yield its process."""
    with (folder / "output.txt").open("ab") as output:
        process = subprocess.Popen(line, stdout=output, stderr=subprocess.STDOUT, cwd=folder)  # noqa: S603  # our own commands
    try:
        end = time.monotonic() + READY_WITHIN
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                raise ServerError(f"{line[0]}: {(folder / 'output.txt').read_text(encoding='utf-8', errors='replace')[-500:]}")
            time.sleep(0.02)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def load_oxigraph(folder: Path, files: Files, most: float) -> Loaded:
    """Load files while no server runs, and optimise."""
    name, data, log = str(program("oxigraph")), folder / "data", folder / "load.txt"
    steps = [[name, "load", "--location", str(data), "--lenient", "--graph", graph, "--file", *map(str, paths)] for graph, paths in files.items()]
    costs = [run(step, log, most) for step in [*steps, [name, "optimize", "--location", str(data)]]]
    return Loaded(sum(cost.seconds for cost in costs), max(cost.peak for cost in costs))


@contextmanager
def oxigraph(folder: Path, _: Files) -> Iterator[Running]:
    """Run Oxigraph's server over what was loaded, for reading."""
    port = free_port()
    with running([str(program("oxigraph")), "serve-read-only", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"], folder, port) as pid:
        yield Running(f"http://127.0.0.1:{port}/query", pid)


@contextmanager
def virtuoso(folder: Path, files: Files) -> Iterator[Running]:
    """Run Virtuoso over what was loaded."""
    sql, web = free_port(), free_port()
    places = ", ".join(sorted({str(path.parent) for paths in files.values() for path in paths}))
    (folder / "virtuoso.ini").write_text(INI.format(folder=folder, files=places, sql=sql, http=web, sparql="", **BUFFERS), encoding="utf-8")
    (folder / "virtuoso.lck").unlink(missing_ok=True)
    with running([str(program("virtuoso-t")), "-f", "-c", str(folder / "virtuoso.ini")], folder, web) as pid:
        yield Running(f"http://127.0.0.1:{web}/sparql", pid, sql)


def load_virtuoso(folder: Path, files: Files, most: float) -> Loaded:
    """Load files with one bulk loader (two at once lose data without a word) and a checkpoint.

    The database lives as long as the run and listens on loopback, so its administrator keeps the password of a new database.
    """
    with virtuoso(folder, files) as server:
        start = time.perf_counter()
        for graph, paths in files.items():
            for path in paths:
                _sql(server.sql, f"ld_add('{path}', '{graph}')", most)
        _sql(server.sql, "rdf_loader_run()", most)
        _sql(server.sql, "checkpoint", most)
        seconds = time.perf_counter() - start
        wrong = _sql(server.sql, "SELECT ll_file, ll_error FROM DB.DBA.load_list WHERE ll_error IS NOT NULL OR ll_state <> 2", most)
        if "0 Rows" not in wrong:
            raise ServerError(wrong[-500:])
        return Loaded(seconds, peak(server.pid))


def _sql(port: int, line: str, most: float) -> str:
    """Run a statement of SQL; isql ends with 0 whatever happens."""
    command = [str(program("isql-vt")), f"127.0.0.1:{port}", "dba", "dba", f"EXEC={line}"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=most)  # noqa: S603  # our own command
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(line) from error
    if "Error" in said.stdout + said.stderr:
        raise ServerError(said.stderr[-500:])
    return said.stdout


def size(folder: Path) -> int:
    """Return the bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
