"""Tables take names for ids and labels for terms."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from conftest import CASES, TINY, Command, add_row, column_of, edit_cell, line_of, snapshot
from withwhom.build import build, check
from withwhom.ontology import Ontology, read_ontology
from withwhom.portions import write_shards
from withwhom.records import Records
from withwhom.resolve import resolved
from withwhom.tables import cell_of, read_records
from withwhom.workspace import Workspace

with (CASES / "cells.csv").open(encoding="utf-8", newline="") as file:
    ALL = list(csv.DictReader(file))
STATEMENTS = "statements/warm-bridge.csv"
TWINS = """@prefix : <https://example.org/own#> . @prefix ww: <https://w3id.org/withwhom/ontology#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> . @prefix org: <http://www.w3.org/ns/org#> .
:Backer a org:Role ; rdfs:label "支持方"@zh , "backer"@en .
:backs a ww:Predicate ; rdfs:subPropertyOf ww:funds ; ww:role :Backer ; rdfs:label "捐赠"@zh , "backs"@en ;
    ww:phrase "{subject}捐赠{object}"@zh , "{subject} backs {object}"@en ; schema:domainIncludes ww:Organization ; schema:rangeIncludes ww:Organization .
"""


@pytest.fixture(scope="module")
def vocabulary() -> Ontology:
    """Return the package's vocabulary, read once."""
    return read_ontology(Workspace(TINY))


def read(folder: Path, vocabulary: Ontology) -> Records:
    """Return the records of a workspace with ids and codes."""
    return resolved(read_records(Workspace(folder))[0], vocabulary)


def cell(records: Records, file: str, line: int, column: str) -> str:
    """Return a cell of the record that stands in a line."""
    tables = (records.sources, records.entities, records.names, records.evidence, records.statements)
    [found] = [cell_of(row, column) for rows in tables for row in rows if (row.at.file, row.at.line) == (f"graph/{file}", line)]
    return found


@pytest.mark.parametrize("row", ALL, ids=[f"{row['column']} {row['written']}" for row in ALL])
def test_what_a_cell_means(row: dict[str, str], tiny: Path, vocabulary: Ontology) -> None:
    """A name or label becomes the id or code that it stands for, in any written form; what is not clear stays."""
    path = tiny / "graph" / row["file"]
    line = line_of(path, row["row"])
    edit_cell(path, row["row"], row["column"], row["written"])
    assert cell(read(tiny, vocabulary), row["file"], line, row["column"]) == row["meant"]


def test_rows_of_ids_and_codes_are_left_alone(vocabulary: Ontology) -> None:
    """Statements that hold ids and codes only are the very same values afterwards."""
    before = read_records(Workspace(TINY))[0]
    after = resolved(before, vocabulary)
    assert all(old is new for old, new in zip(before.statements, after.statements, strict=True))
    assert after == before


def test_of_several_the_one_that_may_stand_there(tiny: Path, vocabulary: Ontology) -> None:
    """A place and a body of one name are told apart by what the predicate or the column takes; two bodies are not."""
    add_row(tiny / "graph" / "names.csv", {"entity": "yunhe-government", "name": "云禾县", "kind": "alias"})
    edit_cell(tiny / "graph" / STATEMENTS, "issue", "subject", "云禾县")
    edit_cell(tiny / "graph" / STATEMENTS, "run-in", "object", "云禾县")
    edit_cell(tiny / "graph" / "entities.csv", "yunhe-hospital", "place", "云禾县")
    edit_cell(tiny / "graph" / STATEMENTS, "visits", "subject", "云禾县")
    rows = {row.id: row for row in read(tiny, vocabulary).statements}
    assert [rows["issue"].subject, rows["run-in"].object, rows["visits"].subject] == ["yunhe-government", "yunhe-county", "云禾县"]
    assert {entity.id: entity.place for entity in read(tiny, vocabulary).entities}["yunhe-hospital"] == "yunhe-county"


def test_a_name_of_a_stretch_needs_the_passage(tiny: Path, vocabulary: Ontology) -> None:
    """A name that means one body in a source and another in a stretch of it means neither where the passage is not known."""
    add_row(tiny / "graph" / "names.csv", {"entity": "chenfan-foundation", "name": "The county society", "kind": "mention", "source": "lanting-notes"})
    path = tiny / "graph" / "statements" / "lanting-notes.csv"
    for column in ("begin", "stop", "digest"):
        edit_cell(path, "gift", column, "")
    edit_cell(path, "gift", "object", "the county society")
    edit_cell(path, "support", "subject", "the county society")
    rows = {row.reference: row for row in read(tiny, vocabulary).statements}
    assert rows["lanting-notes/gift"].object == "the county society"
    assert rows["lanting-notes/support"].subject == "chenfan-foundation"


def test_names_may_be_given_to_names(tiny: Path, vocabulary: Ontology) -> None:
    """In names.csv, too, a name stands for its entity, if further rows do not give it to another one as well."""
    path = tiny / "graph" / "names.csv"
    add_row(path, {"entity": "晨帆", "name": "晨帆会", "kind": "alias"})
    add_row(path, {"entity": "石桥村", "name": "石桥", "kind": "alias"})
    add_row(path, {"entity": "云禾县", "name": "石桥村", "kind": "alias"})
    assert [row.entity for row in read(tiny, vocabulary).names[-3:]] == ["chenfan-foundation", "石桥村", "yunhe-county"]


@pytest.mark.parametrize(("language", "says"), [("zh", "同时是几个词条的名称：backs, donatesTo"), ("en", "what several terms are called: backs, donatesTo")])
def test_a_label_of_two_terms(language: str, says: str, tiny: Path, command: Command) -> None:
    """A label that two predicates share is an error which names both; their local names still tell them apart."""
    (tiny / "ontology").mkdir()
    (tiny / "ontology" / "local.ttl").write_text(TWINS, encoding="utf-8")
    path = tiny / "graph" / STATEMENTS
    edit_cell(path, "gift", "predicate", "捐贈")
    edit_cell(path, "application", "predicate", "backs")
    ran = command("check", "--workspace", tiny, "--lang", language)
    [line] = [line for line in ran.err if line]
    assert line.startswith(f"graph/{STATEMENTS}:{line_of(path, 'gift')}:{column_of(path, 'predicate')}: unclear-label: ")
    assert says in line


def test_portions_take_names_too(tiny: Path, tmp_path: Path) -> None:
    """Shards written in portions are the same with names and labels as with ids and codes."""
    write_shards(Workspace(tiny), out=tmp_path / "ids", least=2)
    edit_cell(tiny / "graph" / STATEMENTS, "gift", "subject", "晨帆基金會")
    edit_cell(tiny / "graph" / STATEMENTS, "gift", "predicate", "捐赠")
    edit_cell(tiny / "graph" / "entities.csv", "shiqiao-clinic", "place", "石桥村")
    write_shards(Workspace(tiny), out=tmp_path / "names", least=2)
    assert snapshot(tmp_path / "names") == snapshot(tmp_path / "ids")


def test_a_bad_entity_takes_along_what_names_it(tiny: Path) -> None:
    """Rows that refer by name to an entity which is set aside go with it, as those do that refer to it by id."""
    edit_cell(tiny / "graph" / "entities.csv", "chenfan-foundation", "type", "Charity")
    by_id = {(item.problem.file, item.problem.line) for item in check(Workspace(tiny), set_aside=True).aside}
    edit_cell(tiny / "graph" / STATEMENTS, "gift", "subject", "晨帆")
    checked = check(Workspace(tiny), set_aside=True)
    assert checked.errors == []
    assert {(item.problem.file, item.problem.line) for item in checked.aside} == by_id


def test_an_update_takes_over_what_names_say(tiny: Path) -> None:
    """A build from the last one is the same as a fresh one, also where a further name changes what another table says."""
    edit_cell(tiny / "graph" / STATEMENTS, "gift", "subject", "晨帆")
    build(Workspace(tiny))
    edit_cell(tiny / "graph" / "statements" / "lanting-notes.csv", "post", "object", "云禾县人民医院")
    updated = build(Workspace(tiny), update=True)
    assert updated.taken_over == 1
    shards = {name: content for name, content in snapshot(updated.out).items() if name.endswith((".nt", ".csv"))}
    fresh = snapshot(build(Workspace(tiny)).out)
    assert shards == {name: fresh[name] for name in shards}
