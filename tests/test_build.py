"""The main job on the shipped workspace."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

from withwhom.build import Build, build
from withwhom.compile import FACTUAL
from withwhom.workspace import shipped

STATEMENT_COLUMNS = ["id", "source", "file", "relation", "predicate", "subject", "subject_name", "object", "object_name", "program", "program_name"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the shipped workspace once, without texts."""
    folder = tmp_path_factory.mktemp("shipped")
    return build(shipped(), texts=folder, out=folder / "build")


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table that a build wrote."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def node(iri: str) -> ox.NamedNode:
    """Return a node of the graph."""
    return ox.NamedNode(iri)


def test_two_builds_are_the_same(made: Build, tmp_path: Path) -> None:
    """The same input gives the same bytes, and a store with the same triples."""
    again = build(shipped(), texts=tmp_path, out=tmp_path / "build")
    names = {path.name for path in made.out.iterdir()}
    assert names == {path.name for path in again.out.iterdir()}
    for name in names - {"store"}:
        assert (made.out / name).read_bytes() == (again.out / name).read_bytes(), name
    stores = [ox.Store.read_only(str(folder / "store")) for folder in (made.out, again.out)]
    first, second = (sorted(map(str, store)) for store in stores)
    assert first == second


def test_every_file_is_there(made: Build) -> None:
    """A build holds the shards, one a source, the files for readers, the tables, the report, the page and the store."""
    sources = {f"source-{source.id}.nt" for source in made.checked.records.sources}
    files = {"ontology.nt", "entities.nt", "derived.nt", "graph.trig", "dataset.ttl", "statements.csv", "entities.csv", "report.md", "network.html"}
    assert {path.name for path in made.out.iterdir()} >= sources | files | {"store"}


def test_shards_are_sorted_and_have_no_blank_nodes(made: Build) -> None:
    """N-Triples are sorted, each line once, and free of blank nodes, so that they are stable and can be joined."""
    shards = list(made.out.glob("*.nt"))
    assert shards
    for path in shards:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines == sorted(set(lines)), path.name
        assert not [line for line in lines if line.startswith("_:") or " _:" in line], path.name


def test_the_store_holds_three_graphs(made: Build) -> None:
    """Vocabulary, stated and derived triples stand in named graphs of their own."""
    base = made.checked.settings.base
    store = ox.Store.read_only(str(made.out / "store"))
    assert {graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)} == {f"{base}graph/{n}" for n in ("ontology", "stated", "derived")}


def test_no_direct_triple_for_what_is_not_so(made: Build) -> None:
    """What is planned, applied for or denied, and said by no other statement, makes no triple of its own."""
    records, base = made.checked.records, made.checked.settings.base
    store = ox.Store.read_only(str(made.out / "store"))
    predicates = made.checked.ontology.predicates
    factual = {
        (ends, ancestor)
        for s in records.statements
        if s.get("status") in FACTUAL
        for ancestor in predicates[s.predicate].ancestors
        for ends in ((s.subject, s.object), (s.object, s.subject))
    }
    unfounded = [s for s in records.statements if s.object and s.get("status") not in FACTUAL]
    unfounded = [s for s in unfounded if ((s.subject, s.object), predicates[s.predicate].iri) not in factual]
    assert unfounded
    for s in unfounded:
        subject, target = node(f"{base}entity/{s.subject}"), node(f"{base}entity/{s.object}")
        assert not list(store.quads_for_pattern(subject, node(predicates[s.predicate].iri), target, None)), s.reference


def test_explicit_triples_are_stated_and_inferred_ones_derived(made: Build) -> None:
    """A triple that a text says stands in the stated graph, one that its reader concluded in the derived graph only."""
    base = made.checked.settings.base
    store = ox.Store.read_only(str(made.out / "store"))
    predicates = made.checked.ontology.predicates
    factual = [s for s in made.checked.records.statements if s.object and s.get("status") in FACTUAL]
    explicit = {
        (ends, ancestor)
        for s in factual
        if s.get("certainty") == "explicit"
        for ancestor in predicates[s.predicate].ancestors
        for ends in ((s.subject, s.object), (s.object, s.subject))
    }
    seen = {"stated": 0, "derived": 0}
    for s in factual:
        graph = "stated" if ((s.subject, s.object), predicates[s.predicate].iri) in explicit else "derived"
        subject, target = node(f"{base}entity/{s.subject}"), node(f"{base}entity/{s.object}")
        graphs = {quad.graph_name for quad in store.quads_for_pattern(subject, node(predicates[s.predicate].iri), target, None)}
        assert graphs == {node(f"{base}graph/{graph}")}, s.reference
        seen[graph] += 1
    assert all(seen.values())


def test_every_statement_has_evidence(made: Build) -> None:
    """Every row of ``statements.csv`` names a title and a place in the text, and reads as a sentence in two languages."""
    table = rows(made.out / "statements.csv")
    assert list(table[0])[: len(STATEMENT_COLUMNS)] == STATEMENT_COLUMNS
    assert len(table) == len(made.checked.records.statements)
    for row in table:
        assert "《" in row["evidence"], row["id"]
        assert "段第" in row["evidence"], row["id"]
        chinese, english = row["sentence"].split(" | ")
        assert row["subject_name"] in chinese, row["id"]
        assert "{" not in chinese + english, row["id"]
        assert row["quote"] == "", row["id"]


def test_entities_are_written_with_all_their_names(made: Build) -> None:
    """``entities.csv`` has a row for each entity, with the names that the tables give it."""
    table = {row["id"]: row for row in rows(made.out / "entities.csv")}
    assert list(next(iter(table.values()))) == ["id", "type", "name_zh", "name_en", "names", "collective", "count"]
    assert set(table) == {entity.id for entity in made.checked.records.entities}
    for name in made.checked.records.names:
        assert name.name in table[name.entity]["names"].split("|")


def test_derived_edges_name_rule_and_statements(made: Build) -> None:
    """Every derivation names its rule and at least one statement that exists."""
    store = ox.Store.read_only(str(made.out / "store"))
    query = """PREFIX ww: <https://w3id.org/withwhom/ontology#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?d (COUNT(?from) AS ?n) WHERE { ?d a ww:Derivation ; ww:rule ?rule ; ww:derivedFrom ?from . ?from a rdf:Statement } GROUP BY ?d"""
    solutions = store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    derivations = {solution["d"] for solution in solutions}
    marked = {quad.subject for quad in store.quads_for_pattern(None, node("https://w3id.org/withwhom/ontology#rule"), None, None)}
    assert derivations == marked
    assert derivations


def test_the_page_loads_nothing_from_elsewhere(made: Build) -> None:
    """The network page forbids all network use and names no address that a browser would load."""
    page = (made.out / "network.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<link" not in page
    assert 'src="http' not in page
