"""Vocabularies of others are files: they give super-terms and labels, say nothing about one's own terms, and are never fetched."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from conftest import TINY, edit_cell
from withwhom.build import Build, build, check
from withwhom.ontology import read_ontology
from withwhom.previous import plan
from withwhom.problems import InputError
from withwhom.workspace import Workspace

EXTERNAL = """@prefix x: <https://vocabulary.example/bodies#> .
@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<https://vocabulary.example/bodies> a owl:Ontology ; owl:imports <https://vocabulary.example/absent> .
x:Formal a owl:Class ; rdfs:label "formal body"@en ; rdfs:comment "A body with statutes."@en ; rdfs:subClassOf x:Body , [ a owl:Restriction ] ;
    rdfs:isDefinedBy <https://vocabulary.example/bodies> .
x:Body a owl:Class ; rdfs:label "body"@en ; rdfs:subClassOf x:Agent , owl:Thing .
x:Agent a owl:Class ; rdfs:subClassOf x:Body .
x:Stray a owl:Class ; rdfs:label "stray"@en .
x:Chapter a owl:Class ; rdfs:label "chapter"@en ; rdfs:subClassOf x:Local .
x:Local a owl:Class ; rdfs:label "local body"@en .
x:Program a owl:Class ; rdfs:subClassOf x:Local .
x:meets a owl:ObjectProperty ; rdfs:subPropertyOf x:knows .
x:typoInOurNamespace rdfs:seeAlso ww:noSuchTerm .
ww:Person rdfs:label "PERSON"@en ; rdfs:subClassOf ww:Organization .
"""
LOCAL = """@prefix l: <https://example.org/l#> .
@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix x: <https://vocabulary.example/bodies#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .

<https://example.org/l> a owl:Ontology ; owl:imports <https://vocabulary.example/bodies> , <https://w3id.org/withwhom/ontology> .
l:Choir a owl:Class ; rdfs:label "合唱队"@zh , "choir"@en ; rdfs:subClassOf ww:VolunteerTeam , x:Formal .
x:Local rdfs:subClassOf ww:Organization .
ww:coOrganizes rdfs:subPropertyOf x:meets .
"""
X = "https://vocabulary.example/bodies#"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny workspace with terms of its own below those of another vocabulary, put beside it as a file."""
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("external") / "tiny"))
    (root / "ontology" / "external").mkdir(parents=True)
    (root / "ontology" / "local.ttl").write_text(LOCAL, encoding="utf-8")
    (root / "ontology" / "external" / "bodies.ttl").write_text("\ufeff" + EXTERNAL, encoding="utf-8")
    edit_cell(root / "graph" / "entities.csv", "shiqiao-volunteers", "type", "Choir")
    edit_cell(root / "graph" / "entities.csv", "three-valleys", "type", "Chapter")
    return root


@pytest.fixture(scope="module")
def made(root: Path) -> Build:
    """Its build, made where nothing can be fetched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", None)
        return build(Workspace(root))


def lines(made: Build, shard: str) -> set[str]:
    """Return the triples of one shard."""
    return set((made.out / f"{shard}.nt").read_text(encoding="utf-8").splitlines())


def types(made: Build, entity: str) -> set[str]:
    """Return the classes of an entity by their local names, those of others marked."""
    start = f"<https://example.org/tiny/entity/{entity}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <"
    found = {line.removeprefix(start)[:-3] for line in lines(made, "entities") if line.startswith(start)}
    return {iri.replace(X, "x:").rpartition("#")[2] for iri in found}


def test_super_terms_of_others_are_written_out(made: Build) -> None:
    """An entity is of the classes above its own, through those of others; circles, restrictions and owl:Thing say nothing."""
    assert types(made, "shiqiao-volunteers") == {"Choir", "VolunteerTeam", "Organization", "Entity", "x:Formal", "x:Body", "x:Agent"}
    triple = "<https://example.org/tiny/entity/yunhe-hospital> <{}> <https://example.org/tiny/entity/warm-bridge-action> ."
    assert {triple.format(f"{X}meets"), triple.format(f"{X}knows")} <= lines(made, "source-warm-bridge")


def test_classes_of_others_below_ours_hold_entities(made: Build) -> None:
    """A class below ww:Entity may be a type, labelled in both languages; others may not, and one's own names come first."""
    assert types(made, "three-valleys") == {"x:Chapter", "x:Local", "Organization", "Entity"}
    classes = made.checked.ontology.classes
    assert classes["Chapter"].labels == {"en": "chapter", "zh": "chapter"}
    assert not {"Formal", "Body", "Stray"} & set(classes)
    assert classes["Program"].iri.startswith("https://w3id.org/withwhom/")


def test_only_words_of_what_is_referred_to_enter_the_graph(made: Build) -> None:
    """The built vocabulary has labels and comments of the terms above one's own and of usable classes, and nothing else of others."""
    found = {line for line in lines(made, "ontology") if line.startswith(f"<{X}")}
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    assert f'<{X}Formal> {label} "formal body"@en .' in found
    assert f'<{X}Body> {label} "body"@en .' in found
    assert f'<{X}Chapter> {label} "chapter"@en .' in found
    assert {line.split(" ")[1].rpartition("#")[2][:-1] for line in found} == {"label", "comment", "isDefinedBy", "subClassOf"}
    assert [line for line in found if "subClassOf" in line] == [
        f"<{X}Local> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <https://w3id.org/withwhom/ontology#Organization> ."
    ]
    assert not any("Stray" in line for line in found)


def test_others_say_nothing_about_our_terms(made: Build) -> None:
    """Neither labels nor super-terms of one's own come from a file of others, and its slips are not ours."""
    assert "Organization" not in types(made, "wen-lan")
    assert not any("PERSON" in line or "noSuchTerm" in line for line in lines(made, "ontology"))


def test_absent_imports_are_a_remark_of_the_check(root: Path, made: Build) -> None:
    """An import that no file holds is told with its place by the check alone; one that a file declares is there."""
    found = [problem for problem in check(Workspace(root)).problems if problem.code == "absent-import"]
    assert [(problem.file, problem.line, problem.severity) for problem in found] == [("ontology/external/bodies.ttl", 6, "warning")]
    assert found[0].values["value"] == "https://vocabulary.example/absent"
    assert made.checked.problems == ()


def test_an_update_sees_the_files_of_others(made: Build, root: Path, tmp_path: Path) -> None:
    """What all sources share is another thing once a vocabulary of others has changed, so that nothing of the last build is taken over."""
    copy = Path(shutil.copytree(root, tmp_path / "tiny", ignore=shutil.ignore_patterns("build")))
    before = plan(Workspace(copy), made.checked.records, (), quotes=True)
    assert before == plan(Workspace(root), made.checked.records, (), quotes=True)
    (copy / "ontology" / "external" / "bodies.ttl").write_text(EXTERNAL, encoding="utf-8")  # without its mark
    assert plan(Workspace(copy), made.checked.records, (), quotes=True).shared != before.shared


def test_bad_files_are_named_with_the_others(root: Path, tmp_path: Path) -> None:
    """Slips in one's own Turtle and in that of others are reported together."""
    copy = Path(shutil.copytree(root, tmp_path / "tiny", ignore=shutil.ignore_patterns("build")))
    for name in ("local.ttl", "external/bodies.ttl"):
        (copy / "ontology" / name).write_text("x:a x:b", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_ontology(Workspace(copy))
    assert [problem.file for problem in caught.value.problems] == ["ontology/external/bodies.ttl", "ontology/local.ttl"]
