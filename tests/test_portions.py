"""A workspace in portions gives the shards and the problems of a build, whoever runs the portions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from conftest import TINY, add_row, edit_cell, snapshot
from test_bad_tables import ALL, Row, apply
from withwhom.build import build
from withwhom.ontology import Ontology, read_ontology
from withwhom.portions import Common, Outcome, Portion, Work, here, write_shards
from withwhom.problems import InputError, Problem
from withwhom.workspace import Workspace, shipped


@pytest.fixture(scope="module")
def vocabulary() -> Ontology:
    """Return the package's vocabulary, read once: no case changes it."""
    return read_ontology(Workspace(TINY))


def shards_of(folder: Path) -> dict[str, bytes]:
    """Return the shards that a build and portions both make, by name."""
    return {name: content for name, content in snapshot(folder).items() if name.endswith(".nt") and name not in ("derived.nt", "figures.nt")}


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Return problems as they are shown, with their severity."""
    return [(problem.line_for("en"), problem.severity) for problem in problems]


def refused(workspace: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the problems for which a build refuses a workspace, and those for which its portions do."""
    with pytest.raises(InputError) as embedded:
        build(Workspace(workspace))
    with pytest.raises(InputError) as apart:
        write_shards(Workspace(workspace), out=workspace / "shards", least=9)
    assert not (workspace / "shards").exists()
    return told(embedded.value.problems), told(apart.value.problems)


@pytest.mark.parametrize("least", [1, 3, 100])
def test_the_shards_are_those_of_a_build(least: int, shipped_build: Path, tmp_path: Path) -> None:
    """In however many portions, the shipped workspace gives the same bytes."""
    made = write_shards(shipped(), out=tmp_path / "shards", texts=tmp_path, least=least)
    expected = shards_of(shipped_build)
    assert len(expected) == made.sources + 2
    assert snapshot(tmp_path / "shards") == expected
    assert made.triples == sum(content.count(b"\n") for content in expected.values())


def test_texts_are_compared_and_warnings_come_along(tiny: Path) -> None:
    """A right workspace with its texts passes; two amounts of two sources that may be one are warned of, as a build does."""
    for source, name in (("warm-bridge", "once"), ("lanting-notes", "twice")):
        cells = {"id": name, "subject": "liuwu-village", "predicate": "donatesTo", "object": "bicycle-visits", "amount": "5", "currency": "CNY"}
        add_row(tiny / "graph" / "statements" / f"{source}.csv", cells)
    _, apart = refused(tiny)
    assert refused(tiny)[0] == apart
    assert [severity for line, severity in apart if "may-overlap" in line] == ["warning"]


# One case for each set of codes: test_bad_tables.py looks at all of them.
ONE_EACH = {tuple(sorted({row["code"] for row in rows})): (name, rows) for name, rows in ALL}.values()


@pytest.mark.parametrize("rows", [rows for _, rows in ONE_EACH], ids=[name for name, _ in ONE_EACH])
def test_bad_tables_have_the_same_problems(rows: list[Row], tiny: Path, vocabulary: Ontology, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged table has the same problems in portions as in one."""
    monkeypatch.setattr("withwhom.build.read_ontology", lambda _: vocabulary)
    for row in rows:
        apply(tiny, row)
    embedded, apart = refused(tiny)
    assert embedded == apart


def test_a_reference_to_another_source_is_looked_up(tiny: Path) -> None:
    """A statement of another source that carries nothing itself is found in its table, and one that is not there is a problem."""
    calls: list[Sequence[Portion]] = []

    def run(work: Work, common: Common, portions: Sequence[Portion]) -> Iterable[Outcome]:
        calls.append(portions)
        return here(work, common, portions)

    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "gift", "overlaps", "lanting-notes/bicycles")
    write_shards(Workspace(tiny), out=tiny.parent / "made", least=9, run=run)
    everything, looked_up = calls
    assert (len(everything), [path.stem for portion in looked_up for path, _ in portion.files]) == (2, ["lanting-notes"])
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "gift", "overlaps", "lanting-notes/nowhere")
    embedded, apart = refused(tiny)
    assert embedded == apart
    assert "unknown-statement" in apart[0][0]


def test_what_a_lost_worker_left_is_cleared(tiny: Path) -> None:
    """A part that nobody finished does not stand among the shards."""

    def run(work: Work, common: Common, portions: Sequence[Portion]) -> Iterable[Outcome]:
        if common.folder is not None:
            (common.folder / ".source-warm-bridge.nt.1.part").write_text("half", encoding="utf-8")
        return here(work, common, portions)

    write_shards(Workspace(tiny), out=tiny / "shards", run=run)
    assert not [path for path in (tiny / "shards").iterdir() if path.name.startswith(".")]
