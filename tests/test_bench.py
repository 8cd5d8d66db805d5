"""The benchmark: its workspace is the same at every run and right, and an answer that differs in one cell is found."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from asks import EACH, HUB, RANDOM, Ask, asks, drawn, hubs
from compare import difference, digest
from conftest import Command
from generate import generate
from results import compared, median, percentile, results
from run import Limits, Task, answered, steps, triples_of
from sitting import OverError
from targets import targets
from withwhom.build import build
from withwhom.engine import Cell, Iri
from withwhom.knowledge import open as open_graph
from withwhom.words import say
from withwhom.workspace import Workspace
from worker import limited, projected

ROWS: list[tuple[Cell, ...]] = [
    (Iri("https://example.org/a"), "甲", 12, True, datetime.date(2018, 1, 1), None),
    (Iri("https://example.org/b"), "乙", Decimal("2.50"), False, None, None),
    (Iri("https://example.org/b"), "乙", Decimal("2.50"), False, None, None),
]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated workspace of 200 statements."""
    folder = tmp_path_factory.mktemp("bench") / "workspace"
    generate(folder, 200)
    return folder


def test_the_workspace_is_the_same_at_every_run(generated: Path, tmp_path: Path) -> None:
    """Two runs write the same bytes."""
    generate(tmp_path / "again", 200)
    files = sorted(path.relative_to(generated) for path in generated.rglob("*") if path.is_file() and "build" not in path.parts)
    assert len(files) == 7
    assert all((generated / path).read_bytes() == (tmp_path / "again" / path).read_bytes() for path in files)


def test_the_workspace_is_right(generated: Path, command: Command) -> None:
    """``withwhom check`` finds nothing wrong with what is generated, and nothing to look at."""
    ran = command("check", "--workspace", generated, "--lang", "en")
    assert ran.status == 0
    assert "200 statements" in ran.out[-1]
    assert "0 errors, 0 warnings" in ran.out[-1]


def test_every_question_is_asked(generated: Path) -> None:
    """Each saved question is asked for hubs and for entities at random, the best-connected ones first, the same at every run."""
    built = build(Workspace(generated), out=generated / "build")
    kb = open_graph(built.out)
    plans = asks(kb, generated)
    assert set(plans) == set(kb.questions)
    assert all(plans.values())
    partners = plans["partners-of"]
    assert [ask.kind for ask in partners] == [HUB, RANDOM] * EACH
    assert partners[0].values == "org=body-0"
    assert "since=2002" in partners[2].values
    assert plans == asks(kb, generated)
    assert [slug for slug, plan in plans.items() if not any(kb.sparql(ask.text).rows for ask in plan)] == ["contradictions"]


def test_hubs_and_others() -> None:
    """Hubs are those with the highest counts, equal ones by name; those at random do not change with the order of the counts."""
    counts = {"b": 2, "a": 2, "c": 9, "d": 0}
    assert hubs(counts, 3) == ["c", "a", "b"]
    assert drawn(counts, 3) == drawn(dict(reversed(counts.items())), 3)
    assert sorted(drawn(counts, 9)) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("wrong", "same"),
    [
        (list(reversed(ROWS)), True),
        ([(*row[:3], int(row[3]) if isinstance(row[3], bool) else row[3], *row[4:]) for row in ROWS], True),
        ([ROWS[0], *[(*ROWS[1][:2], Decimal("2.5"), *ROWS[1][3:])] * 2], True),
        (ROWS[:2], False),
        ([*ROWS, ROWS[0]], False),
        ([ROWS[0], ROWS[0], ROWS[1]], False),
        ([("https://example.org/a", *ROWS[0][1:]), *ROWS[1:]], False),
        ([(ROWS[0][0], "甲", 13, *ROWS[0][3:]), *ROWS[1:]], False),
        ([(ROWS[0][0], "甲", "12", *ROWS[0][3:]), *ROWS[1:]], False),
    ],
)
def test_answers_are_compared_by_value(wrong: Sequence[Sequence[Cell]], same: bool) -> None:  # noqa: FBT001  # a case of the table above
    """Order and spelling of numbers do not count; a missing, doubled or changed row does, in the hash and in what is shown."""
    assert (digest(wrong) == digest(ROWS)) is same
    assert (difference(ROWS, wrong) == "") is same


class Fake:
    """An engine that answers from a table; without rows for a query, it takes too long."""

    def __init__(self, rows: dict[str, list[tuple[Cell, ...]]]) -> None:
        self.rows, self.peer = rows, type("Peer", (), {"few": False})

    def ask(self, kind: str, query: str, limit: float) -> dict[str, Any]:
        if query not in self.rows:
            raise OverError(limit)
        rows = self.rows[query]
        return {"seconds": 0.5, "count": len(rows), "digest": digest(rows), **({"rows": rows} if kind == "rows" else {})}


def test_a_wrong_row_is_listed() -> None:
    """An engine that gives one row too few for one of two values is listed with that value and row; one over the limit, here or there, is no difference."""
    plan = [Ask("partners-of", HUB, "org=a", "A"), Ask("partners-of", RANDOM, "org=b", "B"), Ask("partners-of", HUB, "org=c", "C")]
    task: Any = Task(None, {}, {}, {"partners-of": plan}, Limits(1, 10, 10))  # type: ignore[arg-type]
    here: Any = Fake({"A": ROWS, "B": ROWS, "C": ROWS})
    there: Any = Fake({"A": ROWS, "B": ROWS[:2]})
    before = answered(here, here, task, {})
    assert before["differences"] == []
    found = answered(there, here, task, before)
    assert [item["values"] for item in found["differences"]] == ["org=b"]
    assert '1 rows only embedded, 0 only there (only embedded: b, "乙", 2.5, 0)' in found["differences"][0]["difference"]
    assert [item["seconds"] for item in found["asks"]["partners-of"]] == [0.5, 0.5, None]
    assert answered(here, there, task, found)["differences"][0]["values"] == "org=b"


def test_figures() -> None:
    """An answer over the limit counts as longer than any; medians are compared over the values that both engines were asked."""
    assert median([1, math.inf, 2]) == 2
    assert median([1, math.inf, math.inf]) == math.inf
    assert percentile([*range(1, 20), 100]) == 19
    here = {"asks": {"q": [{"number": number, "seconds": seconds} for number, seconds in enumerate((1, 2, 9))]}}
    there = {"asks": {"q": [{"number": 0, "seconds": 4}, {"number": 1, "seconds": None}]}, "refused": {}}
    assert compared(there, here, "q") == (math.inf, 1.5)
    assert compared({**there, "refused": {"q": "no"}}, here, "q") is None
    assert [triples_of(text) for text in ("1M", "10M", "100k", "500")] == [1_000_000, 10_000_000, 100_000, 500]


def test_the_steps_of_a_build_are_read(tmp_path: Path) -> None:
    """Seconds and memory of each step are taken from what ``withwhom build --timings`` prints."""
    (tmp_path / "build.txt").write_text("     1.50 s    1,234 MB  loading the store\nBuilt: 12 s ago\n", encoding="utf-8")
    assert steps(tmp_path / "build.txt") == {"loading the store": {"seconds": 1.5, "peak": 1.234e9}}


def test_queries_are_cut_and_read() -> None:
    """The columns of a query are known also where it computes them; the first rows are asked for at its end."""
    query = "PREFIX x: <y>\nSELECT DISTINCT ?a (COUNT(DISTINCT ?c) AS ?n) ?b\nWHERE { { SELECT ?z WHERE { } } }"
    assert projected(query) == ["a", "n", "b"]
    assert limited(query).endswith("\nLIMIT 100")


def figures(**others: object) -> dict[str, Any]:
    """Return the figures of a run of 1M with two engines and one question."""
    ask = [{"number": 0, "kind": HUB, "seconds": 0.01, "count": 200}, {"number": 1, "kind": RANDOM, "seconds": 0.02, "count": 1}]
    engine = {"version": "1", "few": False, "asks": {"q": ask}, "refused": {}, "first": {"q": 0.005}, "differences": [], "cold": 0.3, "peak": 2**20, "disk": 9}
    slow = {**engine, "asks": {"q": [{**item, "seconds": 1.5} for item in ask]}, "open": 50.0, "open_peak": 2**30, "few": True}
    cost = {"seconds": 30.0, "peak": 2**30}
    return {
        "size": "1M",
        "date": "2026-01-01",
        "machine": dict.fromkeys(("cores", "processor", "memory", "system", "python"), "x"),
        "limits": {"answer": 10, "question": 40, "load": 600},
        "triples": 1_000_000,
        "statements": 29_411,
        "build": {"check": cost, "build": cost, "size": 100, "shards": 50},
        "missing": [],
        "command": {"command": 0.2, "python": 0.02},
        "peers": {
            "embedded": engine,
            "pyoxigraph": {**engine, "seconds": 15.0, "load_peak": 2**30},
            "rdflib": slow,
            "Virtuoso": {"version": "7", "few": False, "failed": "load over 600 s"},
        },
        **others,
    }


def test_targets_are_judged_from_the_figures() -> None:
    """A target is met or missed by the figures; what another size or an engine that failed would tell is not judged."""
    found = {target: (measured, met) for target, measured, met in targets(figures(), [])}
    assert found["whole build at most 3 × `bulk_load` + `optimize`"] == ("2.0 ×", "**met**")
    assert found["at 1M the median at least 50 times faster than rdflib"] == ("100 times", "**met**")
    assert found["median of all saved questions at 10M under 50 ms"] == ("15.0 ms", "only 10M tells")
    assert found["none slower than Virtuoso by over 20 ms"][1] == "not measured"
    big = {target: met for target, _, met in targets(figures(size="10M"), [figures()])}
    assert big["no answer at 10M over 1 s"] == "**met**"
    told = figures()
    told["build"] |= {"compile": {"seconds": 5}, "steps": {say(key, "en"): {"seconds": some} for key, some in (("step-derive", 15), ("step-store", 20))}}
    assert next(targets(told, [])) == (*next(targets(figures(), []))[:1], "1.67 × (with the rules 2.67 ×)", "**missed**")


def test_the_page_names_what_failed() -> None:
    """The results list every engine, also one that did not load, and say that nothing differs only where nothing does."""
    page = results([figures()])
    assert "| Virtuoso | 7 | load over 600 s |" in page
    assert "all rows are equal" in page
    one = figures()
    one["peers"]["rdflib"]["refused"]["q"] = "no such function"
    assert "- rdflib refused `q`: `no such function`" in results([one])
