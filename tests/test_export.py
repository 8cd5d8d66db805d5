"""A build is written as one file: its named graphs, with views or without, the same bytes each time, or nothing at all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import Command
from withwhom.build import build
from withwhom.export import FORMATS
from withwhom.knowledge import open as open_graph
from withwhom.workspace import Workspace


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the tiny workspace once."""
    from shutil import copytree

    from conftest import TINY

    root = Path(copytree(TINY, tmp_path_factory.mktemp("export") / "tiny"))
    build(Workspace(root))
    return root


def graphs(path: Path) -> Counter[str]:
    """Return the number of triples of each named graph of a file, by the last part of its name."""
    quads = ox.parse(path=str(path), format=ox.RdfFormat.from_extension(path.suffix[1:]))
    return Counter(str(getattr(quad.graph_name, "value", "")).rpartition("/")[2] for quad in quads)


def held(built: Path) -> Counter[str]:
    """Return the number of triples of each graph of the store."""
    store = open_graph(built).engine
    return Counter(
        {name: len(store.select("SELECT * WHERE { ?s ?p ?o }", [f"{open_graph(built).base}graph/{name}"])[1]) for name in ("ontology", "stated", "derived")}
    )


@pytest.mark.parametrize("kind", [kind for kind, apart in FORMATS.items() if apart])
def test_graphs_stay_apart(kind: str, built: Path, tmp_path: Path, command: Command) -> None:
    """A format with named graphs holds each with all its triples, and each view as one of its own."""
    path = tmp_path / f"all.{kind}"
    ran = command("export", "--workspace", built, "--view", "org", "--view", "prov", "--out", path, "--lang", "en")
    assert ran.status == 0
    found = graphs(path)
    assert ran.out == [f"written to {path}: {sum(found.values()):,} triples"]
    assert {name: found[name] for name in held(built)} == held(built)
    assert set(found) == {*held(built), "view-org", "view-prov"}


@pytest.mark.parametrize("kind", [kind for kind, apart in FORMATS.items() if not apart])
def test_graphs_are_one(kind: str, built: Path, tmp_path: Path, command: Command) -> None:
    """A format without named graphs holds each triple once, whichever graphs it stands in."""
    paths = tmp_path / f"one.{kind}", tmp_path / "all.nq"
    for path in paths:
        assert command("export", "--workspace", built, "--view", "org", "--out", path).status == 0
    one, apart = ([quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.from_extension(path.suffix[1:]))] for path in paths)
    assert len(one) == len(set(map(str, one)))
    assert set(map(str, one)) == set(map(str, apart))


@pytest.mark.parametrize("kind", FORMATS)
def test_same_bytes(kind: str, built: Path, tmp_path: Path, command: Command) -> None:
    """The same build gives the same bytes."""
    paths = [tmp_path / f"{number}.{kind}" for number in range(2)]
    for path in paths:
        assert command("export", "--workspace", built, "--view", "schema", "--out", path).status == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_build_is_a_workspace_too(built: Path, command: Command) -> None:
    """Where a build is given, the views are those of the workspace in which it stands; output goes to the screen as N-Quads."""
    ran = command("export", "--workspace", built / "build", "--view", "org", "--views-only")
    assert ran.status == 0
    assert ran.out
    assert ran.out == sorted(ran.out)
    assert all(line.endswith("graph/view-org> .") for line in ran.out)


def test_stated_only_leaves_out_what_is_derived(built: Path, tmp_path: Path, command: Command) -> None:
    """Neither the derived graph is written, nor what a view would make of it."""
    path = tmp_path / "stated.nq"
    assert command("export", "--workspace", built, "--view", "prov", "--stated-only", "--out", path).status == 0
    assert set(graphs(path)) == {"ontology", "stated", "view-prov"}
    assert "wasGeneratedBy" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (["--view", "foaf"], "--view: 'foaf' is none of oa, org, prov, schema", "--view：'foaf' 不在可选值里：oa, org, prov, schema"),
        (["--out", "graph.rdf"], ".rdf", ".rdf"),
        (["--views-only"], "--views-only goes with --view, such as --view org", "--views-only 要和 --view 一起用，例如 --view org"),
    ],
)
def test_wrong_use_is_told(words: list[str], en: str, zh: str, built: Path, command: Command) -> None:
    """An unknown view or file ending, and views alone of none, are one line each, in both languages, and write nothing."""
    for language, message in (("en", en), ("zh", zh)):
        ran = command("export", "--workspace", built, *words, "--lang", language)
        assert ran.status == 2
        assert ran.out == []
        assert message in ran.err[0]


def test_a_bad_rule_leaves_the_old_file(built: Path, tmp_path: Path, command: Command) -> None:
    """Where a rule is wrong, its line says so, and the file that stood there stays."""
    rule = built / "ontology" / "views" / "mine" / "rule.rq"
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text("CONSTRUCT { ?s ?p } WHERE { ?s ?p ?o }", encoding="utf-8")
    path = tmp_path / "old.nq"
    path.write_text("old", encoding="utf-8")
    ran = command("export", "--workspace", built, "--view", "mine", "--out", path, "--lang", "en")
    rule.unlink()
    assert ran.status == 1
    assert ran.err[0].startswith("ontology/views/mine/rule.rq:1:")
    assert path.read_text(encoding="utf-8") == "old"
    assert sorted(tmp_path.iterdir()) == [path]
