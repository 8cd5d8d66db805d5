"""What a workspace remembers of workbooks: how each left the tables, so that it may be edited and taken in again.

A table that is neither as it was when a workbook was made nor as that workbook left it was changed by somebody else. The file is no part
of the graph; without it, a workbook that was taken in before has to be made anew, or taken with ``--replace``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from withwhom.output import write_whole
from withwhom.problems import OutputError
from withwhom.workspace import Workspace

MEMORY = Path(".withwhom") / "workbooks.json"
Memory = Mapping[str, Mapping[str, str]]


def remembered(workspace: Workspace, workbook: Path) -> Mapping[str, str]:
    """Return the digest of each table as a workbook left it, by table; none where that is not known."""
    return _read(workspace).get(_key(workbook), {})


def remember(workspace: Workspace, workbook: Path, digests: Mapping[str, str]) -> None:
    """Keep the digests of the tables as a workbook left them; with none, forget the workbook. Where nothing can be kept, nothing is."""
    before = _read(workspace)
    after = {key: kept for key, kept in before.items() if key != _key(workbook)} | ({_key(workbook): digests} if digests else {})
    if after != before:
        path = workspace.root / MEMORY
        with suppress(OSError, OutputError):  # the tables are written by now, and that is what was asked for
            path.parent.mkdir(exist_ok=True)
            write_whole(path, (json.dumps(after, indent=1, sort_keys=True) + "\n").encode("utf-8"))


def _key(workbook: Path) -> str:
    """Return what stands for a workbook: where it lies, which is nobody else's business."""
    return hashlib.sha256(str(workbook.resolve()).encode("utf-8")).hexdigest()[:16]


def _read(workspace: Workspace) -> Memory:
    """Return what is remembered of every workbook; a file that is missing or damaged is as none."""
    try:
        value = json.loads((workspace.root / MEMORY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) and all(isinstance(kept, dict) for kept in value.values()) else {}
