"""A build that takes over what has not changed is the build that makes everything anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyoxigraph as ox
import pytest

from conftest import Command, add_row, edit_cell, read_rows, write_rows
from withwhom import build as building
from withwhom.build import Build, build
from withwhom.columnar.data import Columns
from withwhom.previous import PARTS
from withwhom.workspace import Workspace, shipped

STATEMENTS = Path("graph") / "statements"
DEPRECATED = """@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
ww:coOrganizes owl:deprecated true ; dcterms:isReplacedBy ww:supports .
"""


@pytest.fixture(scope="module", autouse=True)
def _large() -> Iterator[None]:
    """Take every graph for a large one, so that it has columns beside its store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "READABLE", 10)
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped workspace with a build in it."""
    root = tmp_path_factory.mktemp("first") / "workspace"
    for name in ("ontology", "graph", "queries"):
        shutil.copytree(shipped().root / name, root / name)
    build(Workspace(root))
    return root


@pytest.fixture
def root(first: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(first, tmp_path / "workspace"))


def statements(root: Path, source: str) -> Path:
    """Return the table of a source."""
    return root / STATEMENTS / f"{source}.csv"


def first_with(path: Path, **cells: str) -> str:
    """Return the id of the first row whose cells hold something (or just what is given)."""
    header, *rows = read_rows(path)
    return next(row[0] for row in rows if all(row[header.index(name)] and value in ("", row[header.index(name)]) for name, value in cells.items()))


def another_amount(root: Path) -> None:
    """Change a figure, which no rule looks at."""
    table = statements(root, "shanxi-red-cross")
    edit_cell(table, first_with(table, amount=""), "amount", "12345")


def another_status(root: Path) -> None:
    """Make what was done a plan: a direct triple goes, and what rules drew from it."""
    table = statements(root, "red-cross-newspaper-page")
    edit_cell(table, first_with(table, predicate="leads", certainty="explicit"), "status", "planned")


def inferred_instead_of_said(root: Path) -> None:
    """Make what a text says a conclusion of its reader: the direct triple moves from one graph to the other."""
    table = statements(root, "red-cross-newspaper-page")
    edit_cell(table, first_with(table, predicate="partnersWith", certainty="explicit"), "certainty", "inferred")


def a_row_less(root: Path) -> None:
    """Take the last row of a table away, with its evidence; nothing refers to it."""
    table = statements(root, "beijing-social-organizations")
    rows = read_rows(table)
    reference = f"beijing-social-organizations/{rows[-1][0]}"
    write_rows(table, rows[:-1])
    evidence = root / "graph" / "evidence.csv"
    write_rows(evidence, [row for row in read_rows(evidence) if row[0] != reference])


def other_evidence(root: Path) -> None:
    """Move the end of a further passage; the table of the statement stays as it is."""
    evidence = root / "graph" / "evidence.csv"
    header, *rows = read_rows(evidence)
    at = header.index("stop")
    rows[0][at] = str(int(rows[0][at]) + 1)
    write_rows(evidence, [header, *rows])


def another_name(root: Path) -> None:
    """Give an entity another name, which every source may show."""
    edit_cell(root / "graph" / "entities.csv", "shanxi-red-cross", "name_en", "Red Cross of Shanxi")


def a_new_source(root: Path) -> None:
    """Add a source with one row, which says what another source says already."""
    add_row(root / "graph" / "sources.csv", {"id": "a-new-one", "title": "新的一篇", "language": "zh"})
    header, *rows = read_rows(statements(root, "shanxi-red-cross"))
    row = next(row for row in rows if row[header.index("certainty")] == "explicit" and row[header.index("object")] and not row[header.index("status")])
    cells = dict(zip(header, row, strict=True))
    kept = {name: cells[name] for name in ("id", "subject", "predicate", "object", "certainty")}
    write_rows(statements(root, "a-new-one"), [[*kept, "locator"], [*kept.values(), "row=1"]])


def several(root: Path) -> None:
    """Change three sources in several ways at once."""
    another_status(root)
    a_row_less(root)
    other_evidence(root)


CHANGES: list[tuple[Callable[[Path], None], int]] = [
    (another_amount, 4),
    (several, 3),
    (inferred_instead_of_said, 4),
    (another_name, 0),
]


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a build but those of the store."""
    yield from ((path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file())


def triples(folder: Path) -> set[str]:
    """Return what the store of a build holds."""
    return set(map(str, ox.Store.read_only(str(folder / "store"))))


def in_columns(folder: Path) -> dict[tuple[bytes, ...], int]:
    """Return the triples that the columns of a build hold, and the graphs in which each stands; sorted both ways they hold the same."""
    columns = Columns.open(folder / "columns")
    assert columns is not None
    assert list(map(columns.number, columns.terms(np.arange(len(columns))))) == list(range(len(columns)))
    found: list[dict[tuple[bytes, ...], int]] = []
    for name, order in (("by_subject", (0, 1, 2)), ("by_object", (2, 1, 0))):
        pairs, flags = columns.files[name], columns.files[f"{name}_graphs"].tolist()
        properties = np.repeat(list(columns.properties), [stop - begin for begin, stop in columns.properties.values()])
        terms = [columns.terms(numbers) for numbers in (pairs[0], properties, pairs[1])]
        found.append({tuple(row[place] for place in order): flag for *row, flag in zip(*terms, flags, strict=True)})
        assert all((np.diff(pairs[:, begin:stop].astype(np.int64)[0] << 32 | pairs[1, begin:stop]) > 0).all() for begin, stop in columns.properties.values())
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(("change", "taken_over"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_an_update_is_a_whole_build(change: Callable[[Path], None], taken_over: int, root: Path, tmp_path: Path) -> None:
    """After any change, what is updated and what is made anew have the same bytes, and stores and columns with the same triples."""
    change(root)
    updated: Build = build(Workspace(root), update=True)
    anew = build(Workspace(root), out=tmp_path / "anew")
    assert updated.taken_over == taken_over
    assert updated.triples == anew.triples
    assert dict(files(updated.out)) == dict(files(anew.out))
    assert triples(updated.out) == triples(anew.out)
    assert in_columns(updated.out) == in_columns(anew.out)


def test_remarks_on_what_is_taken_over(root: Path, tmp_path: Path) -> None:
    """A remark on a row of a source that has not changed is made again."""
    (root / "ontology" / "local.ttl").write_text(DEPRECATED, encoding="utf-8")
    first = build(Workspace(root))
    assert {problem.file for problem in first.checked.problems} > {"graph/statements/red-cross-newspaper-page.csv", "graph/statements/shanxi-red-cross.csv"}
    another_amount(root)
    updated = build(Workspace(root), update=True)
    assert updated.taken_over == 4
    assert updated.checked.problems == build(Workspace(root), out=tmp_path / "anew").checked.problems == first.checked.problems


def test_what_builds_share_is_not_written_to(root: Path, tmp_path: Path) -> None:
    """An update of an update leaves every file of the first build as it was; its own store is right."""
    kept = Path(shutil.copytree(root / "build", tmp_path / "kept", copy_function=os.link))
    before = triples(kept), dict(files(kept))
    for change in (another_status, another_amount):
        change(root)
        again = build(Workspace(root), update=True)
    assert (triples(kept), dict(files(kept))) == before
    assert triples(again.out) != before[0]


def test_a_source_that_went(root: Path, tmp_path: Path) -> None:
    """Where a source with its rows is taken away again, nothing of it is left."""
    a_new_source(root)
    build(Workspace(root), update=True)
    statements(root, "a-new-one").unlink()
    sources = root / "graph" / "sources.csv"
    write_rows(sources, [row for row in read_rows(sources) if row[0] != "a-new-one"])
    updated, anew = build(Workspace(root), update=True), build(Workspace(root), out=tmp_path / "anew")
    assert dict(files(updated.out)) == dict(files(anew.out))
    assert triples(updated.out) == triples(anew.out)
    assert in_columns(updated.out) == in_columns(anew.out)


def test_a_build_that_kept_nothing(tiny: Path, command: Command) -> None:
    """Where the old build does not say what it is made of, everything is made anew, and the command says so."""
    for damage in (None, "", "{}", '{"shared": 1}'):
        if damage is not None:
            (tiny / "build" / PARTS).write_text(damage)
        ran = command("build", "--workspace", tiny, "--update", "--lang", "en")
        assert ran.status == 0
        assert any("taken over from the last build: 0 of 2" in line for line in ran.out)
    ran = command("build", "--workspace", tiny, "--update", "--lang", "en")
    assert any("taken over from the last build: 2 of 2" in line for line in ran.out)


def test_what_was_built_without_rows_is_not_taken_over(tiny: Path) -> None:
    """A build that set rows aside keeps no parts: rows of other tables may have gone with them, and must come back."""
    table = tiny / STATEMENTS / "warm-bridge.csv"
    good = table.read_bytes()
    edit_cell(table, "lead", "predicate", "heads")
    aside = build(Workspace(tiny), set_aside=True, update=True)
    assert aside.checked.aside
    assert not (aside.out / PARTS).exists()
    table.write_bytes(good)
    mended = build(Workspace(tiny), update=True)
    assert mended.taken_over == 0
    assert len(mended.checked.records.statements) > len(aside.checked.records.statements)
