"""The benchmark: every engine gets the same data and the same questions, and its answers are compared: ``make bench [SIZE=10M]``.

    .venv/bin/python bench/run.py [--size 1M] [--work DIR] [--limit S] [--budget S] [--load-limit S] [--only PEER …]

It makes a workspace, builds it, loads what was built into every engine that is installed, and asks all saved questions. Each engine has a
process of its own. The figures go to ``DIR/figures-SIZE.json``; ``bench/RESULTS.md`` is written anew from all such files of DIR.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import withwhom
from asks import Ask, asks
from compare import difference
from generate import TRIPLES_A_STATEMENT, generate
from machine import machine
from peers import EMBEDDED, FEW, Peer, missing, peers
from results import results
from served import ServerError, run, size
from sitting import OverError, Sitting
from withwhom.endpoint import Endpoint
from withwhom.publish import counted, files_of
from withwhom.remote import RemoteEngine
from worker import FIRST, Files

HERE = Path(__file__).parent
UNITS = {"k": 1_000, "M": 1_000_000}
SHOWN_DIFFERENCES = 3
COLD_QUESTION = "partners-of"


@dataclasses.dataclass(frozen=True)
class Limits:
    """Seconds: for one answer, for all answers to a question, and for loading."""

    answer: float
    question: float
    load: float


@dataclasses.dataclass(frozen=True)
class Task:
    """What every engine gets.

    Args:
        embedded: the engine whose answers the others are compared with.
        files: the N-Triples files by named graph.
        counts: the triples of each graph.
        plans: what is asked, by question.
        limits: how long it may take.
    """

    embedded: Peer
    files: Files
    counts: Mapping[str, int]
    plans: Mapping[str, Sequence[Ask]]
    limits: Limits


def triples_of(text: str) -> int:
    """Return the triples that a size such as 1M or 100k means."""
    return int(float(text.rstrip("kM")) * UNITS.get(text[-1:], 1))


def made(folder: Path, triples: int) -> dict[str, Any]:
    """Make and build a workspace, and return what checking and building cost, step by step where the build says so."""
    shutil.rmtree(folder, ignore_errors=True)
    generate(folder, triples // TRIPLES_A_STATEMENT)
    costs = {command: dataclasses.asdict(run(line(command, folder), folder / f"{command}.txt")) for command in ("check", "build")}
    built = folder / "build"
    alone = folder / "compile.txt"
    run([sys.executable, str(HERE / "compiling.py"), str(folder), str(folder / "compiled")], alone)
    costs["compile"] = {"seconds": float(alone.read_text(encoding="utf-8").split()[-1])}
    return {**costs, "steps": steps(folder / "build.txt"), "size": size(built), "shards": sum(path.stat().st_size for path in built.glob("*.nt"))}


def line(command: str, workspace: Path) -> list[str]:
    """Return a command of this project on a workspace, with ``--timings`` where it knows that."""
    ours = [sys.executable, "-m", "withwhom.cli", command]
    told = subprocess.run([*ours, "--help"], capture_output=True, text=True, check=True).stdout  # noqa: S603  # our own command
    return [*ours, "--workspace", str(workspace), "--lang", "en", *(["--timings"] if "--timings" in told else [])]


def steps(log: Path) -> dict[str, dict[str, float]]:
    """Return seconds and memory up to its end, in bytes, of each step in what a build printed; none where it printed none."""
    found = re.findall(r"^ *([\d.]+) s +([\d,]+) MB  (.+?)$", log.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: {"seconds": float(seconds), "peak": float(memory.replace(",", "")) * 1e6} for seconds, memory, name in found}


def loaded(peer: Peer, folder: Path, task: Task) -> dict[str, Any]:
    """Load the files into an engine that keeps them on disk, and return what that cost.

    Raises:
        TimeoutError, ServerError: it did not load, or not everything.
    """
    if peer.load is None:
        return {}
    cost = peer.load(folder, task.files, task.limits.load)
    if peer.server is not None:
        with peer.server(folder, task.files) as running:
            engine = RemoteEngine(Endpoint(running.query, task.limits.load))
            wrong = [graph for graph, count in task.counts.items() if counted(engine, graph) != count]
        if wrong:
            raise ServerError(f"another number of triples than in the build: {', '.join(wrong)}")
    return {"seconds": cost.seconds, "load_peak": cost.peak}


def asked(sitting: Sitting, plan: Sequence[Ask], limits: Limits) -> tuple[list[dict[str, Any]], str]:
    """Ask a question with its values in turn.

    Returns:
        For each value that was asked its kind, seconds (None: over the limit), rows and digest; and what the engine said if it refused.
    """
    found: list[dict[str, Any]] = []
    end = time.perf_counter() + limits.question
    for number, ask in enumerate(plan):
        if time.perf_counter() > end:
            break
        try:
            reply = sitting.ask("ask", ask.text, limits.answer)
        except OverError:
            reply = {"seconds": None}
        if "error" in reply:
            return found, str(reply["error"])
        found.append({"number": number, "kind": ask.kind, **reply})
    return found, ""


def first_rows(sitting: Sitting, text: str, limits: Limits) -> float | None:
    """Return the median seconds of three times the first rows of a question; None if one is over the limit or refused."""
    try:
        replies = [sitting.ask("first", text, limits.answer) for _ in range(3)]
    except OverError:
        return None
    return None if any("error" in reply for reply in replies) else statistics.median(reply["seconds"] for reply in replies)


def differing(
    sitting: Sitting, reference: Sitting, plan: Sequence[Ask], there: list[dict[str, Any]], here: Mapping[int, dict[str, Any]], limits: Limits
) -> Iterator[dict[str, str]]:
    """Yield each value for which an engine and the embedded one have other rows, the first ones with such a row."""
    wrong = [item for item in there if "digest" in item and item["digest"] != here.get(item["number"], {}).get("digest", item["digest"])]
    for place, item in enumerate(wrong):
        ask = plan[item["number"]]
        shown = f"{here[item['number']]['count']} rows embedded, {item['count']} there"
        if place < SHOWN_DIFFERENCES:
            try:
                ours, others = (each.ask("rows", ask.text, limits.answer) for each in (reference, sitting))
                shown = difference(ours["rows"], others["rows"]) or "equal when asked again"
            except OverError:
                shown += "; over the limit when asked again"
        yield {"question": ask.slug, "values": ask.values, "difference": shown}


def sat(peer: Peer, folder: Path, task: Task, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of an engine over its data in a folder; ``before`` is what the embedded engine answered, empty if it is this one."""
    sitting = Sitting(peer, folder, task.files, task.limits.load)
    figures: dict[str, Any] = {"open": sitting.seconds, "open_peak": sitting.opened, "cold": cold(sitting, task)}
    reference = Sitting(task.embedded, folder, task.files, task.limits.load) if before else sitting
    try:
        figures |= answered(sitting, reference, task, before)
    finally:
        sitting.close()
        reference.close()
    return {**figures, "peak": sitting.peak}


def cold(sitting: Sitting, task: Task) -> float | None:
    """Return the seconds from no process to the first answer; None if it is over the limit."""
    try:
        return sitting.first_answer(task.plans[COLD_QUESTION][1].text, task.limits.answer)
    except OverError:
        return None


def answered(sitting: Sitting, reference: Sitting, task: Task, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an engine answers to every question, compared with the answers of the embedded one."""
    figures: dict[str, Any] = {"asks": {}, "refused": {}, "first": {}, "differences": []}
    for slug, whole in task.plans.items():
        plan = whole[: 2 * FEW] if sitting.peer.few else whole
        there, refusal = asked(sitting, plan, task.limits)
        figures["asks"][slug] = there
        figures["refused"] |= {slug: refusal} if refusal else {}
        here = {item["number"]: item for item in (before or figures)["asks"][slug]}
        figures["differences"] += differing(sitting, reference, plan, there, here, task.limits)
        longest: Mapping[str, Any] = max(here.values(), key=lambda item: int(item.get("count", 0)), default={})
        if longest.get("count", 0) > FIRST and not refusal:
            figures["first"][slug] = first_rows(sitting, whole[longest["number"]].text, task.limits)
    return figures


def measured(peer: Peer, folder: Path, task: Task, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of an engine, or why there are none."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    known: dict[str, Any] = {"version": peer.version, "few": peer.few}
    try:
        known |= loaded(peer, folder, task)
        # What a server writes when it is ended stands on disk, too; the engines in memory keep nothing.
        known["disk"] = size(folder / peer.store) if peer.load or peer is task.embedded else 0
        known |= sat(peer, folder, task, before)
    except (TimeoutError, OverError):
        known["failed"] = f"load over {task.limits.load:g} s"
    except ServerError as error:
        known["failed"] = str(error)
    shutil.rmtree(folder, ignore_errors=True)
    return known


def command_line(workspace: Path, plan: Sequence[Ask]) -> dict[str, float]:
    """Return the median seconds of a question on the command line, and of a Python that does nothing, in turn."""
    entity = plan[1].values.partition("=")[2].partition(",")[0]
    ask = [sys.executable, "-m", "withwhom.cli", "query", COLD_QUESTION, "--org", entity, "--format", "csv", "--workspace", str(workspace)]
    times: dict[str, list[float]] = {"command": [], "python": []}
    for _ in range(5):
        for name, line in (("python", [sys.executable, "-c", "pass"]), ("command", ask)):
            times[name].append(run(line, workspace / "command.txt").seconds)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def main() -> None:
    """Run everything and write the results."""
    given = options()
    limits = Limits(given.limit, given.budget, given.load_limit)
    work = given.work.absolute() / given.size
    workspace, triples = work / "workspace", triples_of(given.size)
    print(f"build {given.size}", flush=True)
    build = made(workspace, triples)
    kb = withwhom.open(workspace)
    files = {graph: [path.absolute() for path in paths] for graph, paths in files_of(kb).items()}
    counts = {graph: counted(kb.engine, graph) for graph in files}
    plans = asks(kb, workspace)
    engines = [dataclasses.replace(peer, store=str(kb.folder / "store")) if peer.name == EMBEDDED else peer for peer in peers()]
    task = Task(engines[0], files, counts, plans, limits)
    figures: dict[str, Any] = {
        "size": given.size,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "limits": dataclasses.asdict(limits),
        "triples": sum(counts.values()),
        "statements": triples // TRIPLES_A_STATEMENT,
        "build": build,
        "missing": missing(),
        "command": command_line(workspace, plans[COLD_QUESTION]),
        "peers": {},
    }
    for peer in engines:
        if peer is task.embedded or not given.only or peer.name in given.only:
            start = time.perf_counter()
            figures["peers"][peer.name] = measured(peer, work / "peer", task, figures["peers"].get(EMBEDDED, {}))
            print(f"{peer.name}: {time.perf_counter() - start:.0f} s {figures['peers'][peer.name].get('failed', '')}", flush=True)
            (given.work / f"figures-{given.size}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    write_results(given.work, given.out)


def write_results(work: Path, out: Path) -> None:
    """Write the results of all sizes, the smallest first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in work.glob("figures-*.json")]
    out.write_text(results(sorted(found, key=lambda figures: triples_of(figures["size"]))), encoding="utf-8")


def options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", default="1M", help="triples: 1M, 10M, 100k")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="folder for data and figures")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md", help="the table")
    parser.add_argument("--limit", type=float, default=10, help="seconds for one answer")
    parser.add_argument("--budget", type=float, default=40, help="seconds for all answers of an engine to a question")
    parser.add_argument("--load-limit", type=float, default=1800, help="seconds for loading")
    parser.add_argument("--only", nargs="*", default=(), metavar="PEER", help="only these engines beside the embedded one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
