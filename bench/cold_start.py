"""Time questions as cold processes against ``python -c pass``, in one run: ``python bench/cold_start.py [RUNS]``.

Needs a build (``make graph``). Prints the median of each command and its ratio to the peer; runs alternate, so that a busy
moment of the machine meets both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PEER = [sys.executable, "-c", "pass"]
ASK = [sys.executable, "-m", "withwhom.cli", "query"]
COMMANDS = {
    "partners-of, csv": [*ASK, "partners-of", "--org", "山西省红十字会", "--format", "csv"],
    "partners-of, table": [*ASK, "partners-of", "--org", "山西省红十字会"],
    "most-connected, csv": [*ASK, "most-connected", "--format", "csv"],
    "totals-given, csv": [*ASK, "totals-given", "--format", "csv"],
}


def seconds(command: list[str]) -> float:
    """Return how long a command takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own commands, listed above
    return time.perf_counter() - start


def main() -> None:
    """Print a table of medians and ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {name: [] for name in ("python -c pass", *COMMANDS)}
    for _ in range(runs):
        times["python -c pass"].append(seconds(PEER))
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    peer = statistics.median(times["python -c pass"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:<22}{median * 1000:8.1f} ms {median / peer:6.1f} times")


if __name__ == "__main__":
    main()
