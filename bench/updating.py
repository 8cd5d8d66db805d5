"""A build after one source changed, in multiples of the whole build: ``python bench/updating.py DIR``, a workspace of ``bench/generate.py``."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from run import line, steps
from served import run

CHANGED = 3


def main() -> None:
    """Build a workspace, change some amounts of one source, build it with ``--update``, and print what both cost."""
    workspace = Path(sys.argv[1]).absolute()
    costs = {}
    for name, further in (("whole", []), ("update", ["--update"])):
        log = workspace / f"{name}.txt"
        costs[name] = run([*line("build", workspace), *further], log)
        print(f"{name}: {costs[name].seconds:.1f} s, {costs[name].peak / 1e6:,.0f} MB at its peak")
        print("".join(f"  {step['seconds']:8.1f} s  {title}\n" for title, step in steps(log).items()), end="")
        change(sorted((workspace / "graph" / "statements").glob("*.csv"))[0])
    print(f"update / whole: {costs['update'].seconds / costs['whole'].seconds:.3f}")


def change(table: Path) -> None:
    """Raise the first amounts of a table by one."""
    with table.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index("amount")
    for row in [row for row in rows if row[at]][:CHANGED]:
        row[at] = str(int(row[at]) + 1)
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
