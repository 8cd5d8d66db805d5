"""What ``docs/reuse.md`` shows is what happens: its commands write the files, its Python loads them, its queries have the rows it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from conftest import run_process
from withwhom.workspace import shipped

TEXT = (Path(__file__).parents[1] / "docs" / "reuse.md").read_text(encoding="utf-8")


def blocks(kind: str) -> Sequence[str]:
    """Return the blocks of one language."""
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def folder(shipped_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the commands of the document were run."""
    made = tmp_path_factory.mktemp("reuse")
    lines = [line.partition("#")[0].split()[1:] for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) == 4
    for words in lines:
        out = made / words.pop()
        ran = run_process(*words, out, "--workspace", shipped_build)
        assert ran.returncode == 0, ran.stderr
    return made


def test_python_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks run one after another in the folder of the files."""
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    assert len(blocks("python")) == 2
    for block in blocks("python"):
        exec(block, names)  # noqa: S102  # the document's own lines


def expected(query: str) -> int:
    """Return how many rows the first line of a query promises."""
    found = re.match(r"# (\d+) rows?\n", query)
    assert found
    return int(found[1])


@pytest.mark.parametrize("query", blocks("sparql"))
def test_queries_have_their_rows(query: str, loaded: tuple[ox.Store, Dataset]) -> None:
    """Each query has the rows it says over all graphs, on Oxigraph and on rdflib."""
    store, dataset = loaded
    rows = store.query(query, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    assert len(list(rows)) == expected(query)
    assert len(list(dataset.query(query))) == expected(query)


@pytest.fixture(scope="module")
def loaded(folder: Path) -> tuple[ox.Store, Dataset]:
    """Return the file with views in both engines."""
    store, dataset = ox.Store(), Dataset(default_union=True)
    store.bulk_load(path=str(folder / "all.nq"), format=ox.RdfFormat.N_QUADS)
    dataset.parse(folder / "all.nq", format="nquads")
    return store, dataset


def test_views_are_all_shown() -> None:
    """The document names every view of the package, and asks each."""
    assert set(re.findall(r"--view (\w+)", TEXT)) == set(shipped().view_files())
    assert len(blocks("sparql")) == 8
