"""Writes what was measured as Markdown: ratios to a peer of the same run."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from asks import HUB, RANDOM
from peers import BARE, EMBEDDED
from targets import targets

Figures = Mapping[str, Any]
HEAD = """# Benchmark: results

Written by `make bench`; see `bench/README.md`. Every figure stands beside a peer's of the same run: × is a multiple of the peer that the
table names. *over* means that the limit was exceeded, *refused* that the engine does not take the query, *≠* that its rows differ from the
embedded engine's; all of these are listed below. A ratio compares the medians over the values that both engines were asked.
"""


def results(runs: Sequence[Figures]) -> str:
    """Return the page for the runs, one of each size."""
    return HEAD + "".join(f"\n{line}" for figures in runs for line in _run(figures, runs)) + "\n"


def _run(figures: Figures, runs: Sequence[Figures]) -> Iterator[str]:
    machine, limits = figures["machine"], figures["limits"]
    yield f"## {figures['size']}: {figures['triples']:,} triples, {figures['statements']:,} statements\n"
    yield f"{figures['date']}; {machine['cores']} cores ({machine['processor']}), {machine['memory']}, {machine['system']}, Python {machine['python']}."
    yield f"Limits: {limits['answer']:g} s an answer, {limits['question']:g} s a question and engine, {limits['load']:g} s a load.\n"
    if figures["missing"]:
        yield f"Not installed, so not measured: {', '.join(figures['missing'])}.\n"
    yield from ("### Targets\n", *_table(("target", "measured", "met"), targets(figures, runs)), "")
    yield from ("### Build and load\n", *_loads(figures), "")
    yield from ("### Engines over all questions\n", *_engines(figures), "")
    yield from ("### Each question\n", *_questions(figures), "")
    yield from ("### What engines refused or answered differently\n", *_exceptions(figures), "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _loads(figures: Figures) -> Iterator[str]:
    """Yield what it cost to get the data in, in multiples of bare pyoxigraph's bulk load and optimisation of the same files."""
    bare, build = figures["peers"].get(BARE, {}), figures["build"]
    base, memory = bare.get("seconds", math.nan), bare.get("load_peak", math.nan)
    shards = build["shards"]
    yield f"× of `bulk_load` and `optimize` of the same files by bare pyoxigraph ({base:.1f} s, {memory / 2**20:,.0f} MB); on disk: × of the N-Triples ({shards / 2**20:,.0f} MB).\n"
    rows = [
        ("`withwhom check`", f"{build['check']['seconds']:.1f}", _times(build["check"]["seconds"] / base), _times(build["check"]["peak"] / memory), "", ""),
        (
            "`withwhom build` (all of it)",
            f"{build['build']['seconds']:.1f}",
            _times(build["build"]["seconds"] / base),
            _times(build["build"]["peak"] / memory),
            f"{build['size'] / 2**20:,.0f}",
            _times(build["size"] / shards),
        ),
    ]
    for name, step in build.get("steps", {}).items():
        rows.append((f"— {name}", f"{step['seconds']:.1f}", _times(step["seconds"] / base), _times(step["peak"] / memory), "", ""))
    for name, peer in figures["peers"].items():
        seconds, peak, disk = peer.get("seconds", peer.get("open")), peer.get("load_peak", peer.get("open_peak")), peer.get("disk", 0)
        if name == EMBEDDED:
            rows.append((f"{name}: its store", "", "", "", f"{disk / 2**20:,.0f}", _times(disk / shards)))
        elif "failed" in peer and seconds is None:
            rows.append((name, peer["failed"].replace("|", "/"), "", "", "", ""))
        else:
            when = "" if peer.get("seconds") else ", at every start"
            rows.append(
                (
                    name + when,
                    f"{seconds:.1f}",
                    _times(seconds / base),
                    _times(peak / memory),
                    f"{disk / 2**20:,.0f}" if disk else "",
                    _times(disk / shards) if disk else "",
                )
            )
    yield from _table(("what", "s", "×", "peak memory ×", "on disk, MB", "×"), rows)


def _engines(figures: Figures) -> Iterator[str]:
    here = figures["peers"][EMBEDDED]
    command = figures["command"]
    yield f"`withwhom query` on the command line: {command['command']:.2f} s, {command['command'] / command['python']:.1f} times `python -c pass`.\n"
    yield "Ratios are medians over the questions, to the embedded engine on disk; *start* is from no process to the first answer.\n"
    head = (
        "engine",
        "version",
        "time ×",
        "slower than embedded by over 20 ms",
        "faster by over 20 ms",
        "first 100 rows ×",
        "start, s",
        "×",
        "peak memory, MB",
        "over",
        "refused",
        "compared",
        "≠",
    )
    yield from _table(head, (_engine(name, peer, here) for name, peer in figures["peers"].items()))


def _engine(name: str, peer: Figures, here: Figures) -> Sequence[str]:
    if "failed" in peer:
        return (name, peer["version"], peer["failed"].replace("|", "/"), *[""] * 10)
    pairs = [pair for slug in here["asks"] if (pair := compared(peer, here, slug)) is not None]
    ratios = [there / ours for there, ours in pairs if ours < math.inf]
    firsts = [there / ours for slug, there in peer["first"].items() if there and (ours := here["first"].get(slug))]
    return (
        name,
        peer["version"],
        _times(statistics.median(ratios)) if ratios else "",
        str(sum(there - ours > 0.02 for there, ours in pairs if ours < math.inf)),
        str(sum(ours - there > 0.02 for there, ours in pairs if there < math.inf)),
        _times(statistics.median(firsts)) if firsts else "",
        _seconds(peer["cold"]),
        _times(peer["cold"] / here["cold"]) if peer["cold"] and here["cold"] else "",
        f"{peer['peak'] / 2**20:,.0f}",
        str(sum(item["seconds"] is None for asks in peer["asks"].values() for item in asks)),
        str(len(peer["refused"])),
        str(sum(_both_answered(peer, here, slug) for slug in here["asks"])),
        str(len(peer["differences"])),
    )


def _both_answered(peer: Figures, here: Figures, slug: str) -> int:
    """Return for how many values there are rows of both engines, which were compared."""
    theirs, ours = ({item["number"] for item in each["asks"].get(slug, ()) if item["seconds"] is not None} for each in (peer, here))
    return len(theirs & ours)


def _questions(figures: Figures) -> Iterator[str]:
    here = figures["peers"][EMBEDDED]
    others = [name for name, peer in figures["peers"].items() if name != EMBEDDED and "failed" not in peer]
    few = [name for name in others if figures["peers"][name]["few"]]
    yield f"Embedded: milliseconds; the others: × of the embedded median. {', '.join(few) or 'None'} was asked 3 hub and 3 random values of 20 and 20.\n"
    head = ("question", "values", "rows, most", "median", "95 %", "hub", "random", "first 100", *others)
    yield from _table(head, (_question(slug, figures, others) for slug in here["asks"]))


def _question(slug: str, figures: Figures, others: Sequence[str]) -> Sequence[str]:
    here = figures["peers"][EMBEDDED]
    asks = here["asks"][slug]
    seconds, most = times(asks), max((item.get("count", 0) for item in asks), default=0)
    by_kind = [times([item for item in asks if item["kind"] == kind]) for kind in (HUB, RANDOM)]
    own = [median(seconds), percentile(seconds), *map(median, by_kind), here["first"].get(slug, math.nan)]
    return (slug, str(len(asks)), f"{most:,}", *map(_milliseconds, own), *(_ratio(figures["peers"][name], here, slug) for name in others))


def _ratio(peer: Figures, here: Figures, slug: str) -> str:
    if slug in peer["refused"]:
        return "refused"
    pair = compared(peer, here, slug)
    mark = " ≠" if any(item["question"] == slug for item in peer["differences"]) else ""
    if pair is None:
        return "—"
    there, ours = pair
    if there == math.inf:
        return "over" + mark
    return ("faster" if ours == math.inf else _times(there / ours)) + mark


def _exceptions(figures: Figures) -> Iterator[str]:
    found = False
    for name, peer in figures["peers"].items():
        for slug, said in peer.get("refused", {}).items():
            found = True
            yield f"- {name} refused `{slug}`: `{said[:160].replace('`', chr(39))}`"
        shown: dict[str, int] = {}
        for item in peer.get("differences", ()):
            shown[item["question"]] = shown.get(item["question"], 0) + 1
            if shown[item["question"]] <= 2:
                yield f"- {name} ≠ `{item['question']}` ({item['values']}): {item['difference']}"
        yield from (f"- {name} ≠ `{slug}`: {count} values in all" for slug, count in shown.items() if count > 2)
        found = found or bool(shown)
    if not found:
        yield "Nothing: all engines took all questions, and all rows are equal."


def times(asks: Iterable[Figures]) -> list[float]:
    """Return the seconds of answers, infinite where they were over the limit."""
    return [math.inf if item["seconds"] is None else item["seconds"] for item in asks]


def median(seconds: Sequence[float]) -> float:
    """Return the median; no number if there are none."""
    return statistics.median(seconds) if seconds else math.nan


def percentile(seconds: Sequence[float]) -> float:
    """Return the 95th percentile by nearest rank; no number if there are none."""
    return sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1] if seconds else math.nan


def compared(peer: Figures, here: Figures, slug: str) -> tuple[float, float] | None:
    """Return the medians of an engine and of the embedded one over the values that both were asked; None if there are none."""
    theirs, ours = ({item["number"]: item for item in each["asks"].get(slug, ())} for each in (peer, here))
    both = sorted(set(theirs) & set(ours))
    if not both or slug in peer["refused"]:
        return None
    return median(times(theirs[number] for number in both)), median(times(ours[number] for number in both))


def _times(ratio: float) -> str:
    return "—" if math.isnan(ratio) else f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}" if ratio < 1 else f"{ratio:.1f}"


def _milliseconds(seconds: float | None) -> str:
    if seconds is None or seconds == math.inf:
        return "over"
    return "" if math.isnan(seconds) else f"{seconds * 1000:,.1f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


def _seconds(seconds: float | None) -> str:
    return "over" if seconds is None else f"{seconds:.2f}"
