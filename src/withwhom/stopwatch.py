"""Tells how long each step of a build took, and how much memory the process had taken by its end."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

from withwhom.words import say


@dataclass
class Stopwatch:
    """Measures steps; a step ends when the next begins."""

    begun: list[tuple[str, float, int]] = field(default_factory=list)

    def step(self, key: str) -> None:
        """Note that a step begins; ``key`` names it in :data:`withwhom.words.WORDS`."""
        self.begun.append((key, time.perf_counter(), peak_memory()))

    def lines(self, language: str) -> list[str]:
        """Return a line a step: seconds, the peak of memory up to its end in MB, its name; then the whole."""
        ends = [*self.begun[1:], ("", time.perf_counter(), peak_memory())]
        rows = [(say(key, language), end[1] - start, end[2]) for (key, start, _), end in zip(self.begun, ends, strict=True)]
        rows.append((say("step-all", language), sum(seconds for _, seconds, _ in rows), peak_memory()))
        return [f"{seconds:9.2f} s {memory / 1e6:8,.0f} MB  {name}" for name, seconds, memory in rows]


def peak_memory() -> int:
    """Return the most memory that this process has held so far, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024
