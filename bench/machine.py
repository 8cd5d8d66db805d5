"""The machine that figures are from."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> dict[str, str]:
    """Return cores, processor, memory, system and Python."""
    return {
        "cores": str(os.cpu_count()),
        "processor": _named("/proc/cpuinfo", "model name") or platform.machine(),
        "memory": f"{int((_named('/proc/meminfo', 'MemTotal') or '0').split()[0]) / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _named(path: str, name: str) -> str:
    """Return the value of a line ``name : value`` of a file of Linux, empty if there is none."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
