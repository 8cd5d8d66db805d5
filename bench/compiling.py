"""Compiles a workspace and nothing else, and prints the seconds: ``python bench/compiling.py WORKSPACE FOLDER``.

A build puts statements into words, validates and draws while it compiles; what compiling costs by itself, closure included, is told here.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from withwhom.compile import Compiler
from withwhom.ontology import read_ontology
from withwhom.output import write_lines
from withwhom.tables import read_records
from withwhom.workspace import Workspace


def compiled(workspace: Workspace, folder: Path) -> float:
    """Write every shard of the stated graph, and return the seconds that took after the tables were read."""
    records, _ = read_records(workspace)
    compiler = Compiler(records, read_ontology(workspace), workspace.settings().base)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    start = time.perf_counter()
    for name, lines in compiler.shards():
        write_lines(folder / f"{name}.nt", lines)
    compiler.inferred()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(f"{compiled(Workspace(Path(sys.argv[1]).absolute()), Path(sys.argv[2])):.2f}")
