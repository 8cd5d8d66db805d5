"""The targets of the project as ratios, judged from the figures of a run."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from peers import BARE, EMBEDDED
from withwhom.words import say

Figures = Mapping[str, Any]
Target = tuple[str, str, str]


def targets(figures: Figures, runs: Sequence[Figures]) -> Iterator[Target]:
    """Yield each target, what was measured, and whether it is met; what this run cannot tell is said.

    Args:
        figures: the run.
        runs: the runs of all sizes, for what compares two.
    """
    yield from _building(figures, runs)
    yield from _asking(figures)


def _building(figures: Figures, runs: Sequence[Figures]) -> Iterator[Target]:
    build, bare = figures["build"], figures["peers"].get(BARE, {}).get("seconds")
    if bare:
        yield _storing(build, bare)
        ratio = build["build"]["seconds"] / bare
        yield "whole build at most 3 × `bulk_load` + `optimize`", f"{ratio:.1f} ×", _met(ratio <= 3)
    memory = build["build"]["peak"] / 2**30
    yield "peak memory of the build at 10M under 3 GiB", f"{memory:.2f} GiB", _met(memory < 3) if figures["size"] == "10M" else "only 10M tells"
    smaller = next((run for run in runs if run["size"] == "1M"), None)
    if figures["size"] == "10M" and smaller:
        data, ratio = figures["triples"] / smaller["triples"], build["build"]["seconds"] / smaller["build"]["build"]["seconds"]
        yield "10 times the data costs at most 11 times the time", f"{data:.1f} × the triples, {ratio:.1f} × the time", _met(ratio <= 1.1 * data)
    seconds = build["check"]["seconds"]
    yield "`withwhom check` at 1M under 60 s", f"{seconds:.1f} s", _met(seconds < 60) if figures["size"] == "1M" else "only 1M tells"


def _storing(build: Figures, bare: float) -> Target:
    """Judge compiling with closure, measured by itself, and loading the store; the rules are part of the whole build's target."""
    target = "compile, closure and store at most 1.5 × `bulk_load` + `optimize`"
    store, rules = (build.get("steps", {}).get(say(key, "en"), {}).get("seconds", math.nan) for key in ("step-store", "step-derive"))
    ratio = (build.get("compile", {}).get("seconds", math.nan) + store) / bare
    if math.isnan(ratio):
        return target, "the build tells no steps", "not measured"
    return target, f"{ratio:.2f} × (with the rules {ratio + rules / bare:.2f} ×)", _met(ratio <= 1.5)


def _asking(figures: Figures) -> Iterator[Target]:
    here = figures["peers"][EMBEDDED]
    every = [_seconds(item) for asks in here["asks"].values() for item in asks]
    middle, slowest = statistics.median(every), max(every)
    big = figures["size"] == "10M"
    yield "median of all saved questions at 10M under 50 ms", f"{middle * 1000:.1f} ms", _met(middle < 0.05) if big else "only 10M tells"
    over = sorted({slug for slug, asks in here["asks"].items() if any(_seconds(item) > 1 for item in asks)})
    shown = f"slowest answer {'over the limit' if slowest == math.inf else f'{slowest:.2f} s'}{'; over 1 s: ' + ', '.join(over) if over else ''}"
    yield "no answer at 10M over 1 s", shown, _met(slowest <= 1) if big else "only 10M tells"
    yield from _against(figures, "Virtuoso")
    yield from _rdflib(figures)


def _against(figures: Figures, name: str) -> Iterator[Target]:
    from results import compared

    peer, here = figures["peers"].get(name, {}), figures["peers"][EMBEDDED]
    if "asks" not in peer:
        yield f"none slower than {name} by over 20 ms", f"{name} was not measured", "not measured"
        return
    pairs = {slug: pair for slug in here["asks"] if (pair := compared(peer, here, slug)) is not None}
    slower = sorted(slug for slug, (there, ours) in pairs.items() if ours > there + 0.02)
    met = _met(not slower) if figures["size"] == "10M" else "only 10M tells"
    yield (
        f"none slower than {name} (medians; under 20 ms does not count)",
        f"{len(slower)} of {len(pairs)} are{': ' + ', '.join(slower) if slower else ''}",
        met,
    )


def _rdflib(figures: Figures) -> Iterator[Target]:
    from results import compared

    peer, here = figures["peers"].get("rdflib", {}), figures["peers"][EMBEDDED]
    if "asks" not in peer:
        yield "at 1M the median at least 50 times faster than rdflib", peer.get("failed", "rdflib was not measured"), "not measured"
        return
    ratios = [there / ours for slug in here["asks"] if (pair := compared(peer, here, slug)) and (ours := pair[1]) < math.inf for there in pair[:1]]
    if not ratios:
        yield "at 1M the median at least 50 times faster than rdflib", "no question that both answered", "not measured"
        return
    middle = statistics.median(ratios)
    yield "at 1M the median at least 50 times faster than rdflib", f"{middle:,.0f} times", _met(middle >= 50) if figures["size"] == "1M" else "only 1M tells"


def _seconds(item: Figures) -> float:
    return math.inf if item["seconds"] is None else float(item["seconds"])


def _met(good: bool) -> str:  # noqa: FBT001  # the one thing it is about
    return "**met**" if good else "**missed**"
