"""Two editions of a vocabulary are compared term by term, and each change is weighed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdflib import Graph

from conftest import TINY, Command
from withwhom.build import build
from withwhom.edition import Edition, RuleText, read_edition
from withwhom.ontology_diff import Difference, difference
from withwhom.problems import WorkspaceError
from withwhom.workspace import Workspace, shipped

HEAD = """@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix l: <https://example.org/l#> .
"""
BODIES = "l:Body a owl:Class . l:Club a owl:Class ; rdfs:subClassOf l:Body . l:Choir a owl:Class ; rdfs:subClassOf l:Club . l:Top a owl:Class .\n"


def edition(turtle: str, *, shapes: str = "", rules: dict[str, str] | None = None, version: str = "") -> Edition:
    """Return an edition of an invented vocabulary."""
    header = f'<https://example.org/l> a owl:Ontology ; owl:versionInfo "{version}" .\n' if version else ""
    texts = {name: RuleText(text, "") for name, text in (rules or {}).items()}
    return Edition(Graph().parse(data=HEAD + header + turtle), Graph().parse(data=HEAD + shapes), texts)


def compared(old: str, new: str) -> Difference:
    """Compare two vocabularies beside the same few classes."""
    return difference(edition(BODIES + old), edition(BODIES + new))


@pytest.mark.parametrize(
    ("old", "new", "effect", "level"),
    [
        ('rdfs:label "甲"@zh', 'rdfs:label "乙"@zh', "reworded", "patch"),
        ('skos:definition "a"@en', 'skos:definition "b"@en', "reworded", "patch"),
        ('ww:phrase "{subject}"@en', 'ww:phrase "{subject} it"@en', "reworded", "patch"),
        ('ww:colour "#000000"', 'ww:colour "#ffffff"', "reworded", "patch"),
        ('l:told "a"@en', 'l:told "b"@en', "reworded", "patch"),
        ("skos:closeMatch schema:A", "skos:closeMatch schema:B", "mapped", "minor"),
        ("schema:domainIncludes l:Club", "schema:domainIncludes l:Body", "widened", "minor"),
        ("schema:domainIncludes l:Body", "schema:domainIncludes l:Club", "narrowed", "major"),
        ("schema:rangeIncludes l:Body", "schema:rangeIncludes l:Body , l:Choir", "same", "patch"),
        ("schema:rangeIncludes l:Club", "schema:rangeIncludes l:Top", "changed", "major"),
        ("rdfs:range l:Club", "rdfs:range l:Body", "widened", "minor"),
        ("rdfs:range xsd:decimal", "rdfs:range xsd:string", "changed", "major"),
        ("rdfs:domain l:Body", "rdfs:domain l:Body , l:Top", "narrowed", "major"),
        ("rdfs:comment 'x'", "rdfs:comment 'x' ; rdfs:range l:Body", "narrowed", "major"),
        ("rdfs:subClassOf l:Club", "rdfs:subClassOf l:Body", "changed", "major"),
        ("rdfs:subClassOf l:Body", "rdfs:subClassOf l:Club", "extended", "minor"),
        ("rdfs:subClassOf l:Club", "rdfs:subClassOf l:Club , l:Body", "same", "patch"),
        ("rdfs:comment 'x'", "rdfs:comment 'x' ; owl:inverseOf l:back", "extended", "minor"),
        ("owl:inverseOf l:back", "owl:inverseOf l:forth", "changed", "major"),
        ("a ww:Predicate", "a ww:Predicate , owl:SymmetricProperty", "changed", "major"),
        ("a owl:ObjectProperty", "a owl:ObjectProperty , ww:Predicate", "extended", "minor"),
        ("a owl:ObjectProperty , ww:Predicate", "a owl:ObjectProperty", "changed", "major"),
        ("ww:role l:Giver", "ww:role l:Taker", "changed", "major"),
        ("ww:relation ww:Funding", "ww:relation ww:Result", "changed", "major"),
        ("ww:leadRole true", "ww:leadRole false", "changed", "major"),
        ('ww:bound "first"', 'ww:bound "last"', "changed", "major"),
        ('ww:phraseWithoutObject "a"@en', "rdfs:comment 'x'", "narrowed", "major"),
    ],
)
def test_each_change_has_an_effect_and_a_weight(old: str, new: str, effect: str, level: str) -> None:
    """What people read is wording; meaning is major, save where only more may be said or follows."""
    found = compared(f"l:it a l:Thing ; {old} .", f"l:it a l:Thing ; {new} .")
    (change,) = found.terms
    assert (effect, level) in {(part.effect, part.level) for part in change.changes}
    assert found.level == level
    assert change.status == ("reworded" if effect == "reworded" else "changed")


def test_terms_come_go_and_retire() -> None:
    """Added, deprecated, restored and removed terms are told apart, with what takes the place of the last two."""
    old = "l:a a owl:Class . l:b a owl:Class ; owl:deprecated true ; dcterms:isReplacedBy l:c . l:c a owl:Class . l:d a owl:Class ; owl:deprecated true ."
    new = "l:a a owl:Class ; owl:deprecated true ; dcterms:isReplacedBy l:c . l:c a owl:Class . l:d a owl:Class . l:e a ww:Qualifier , owl:DatatypeProperty ."
    found = compared(old, new)
    told = [(change.status, change.iri.rpartition("#")[2], change.kind, change.replacement.rpartition("#")[2], change.level) for change in found.terms]
    assert told == [
        ("added", "e", "qualifier", "", "minor"),
        ("deprecated", "a", "class", "c", "minor"),
        ("restored", "d", "class", "", "minor"),
        ("removed", "b", "class", "c", "major"),
    ]


def test_blank_nodes_are_compared_by_what_they_say() -> None:
    """A restriction is the same wherever it stands in the file; another figure in it is a change."""
    restriction = "l:it a owl:Class ; rdfs:comment 'x' ; l:made [ owl:onProperty l:p ; owl:maxCardinality {} ] , [ owl:onProperty l:q ] ."
    other = "l:it l:made [ owl:onProperty l:q ] , [ owl:maxCardinality 1 ; owl:onProperty l:p ] ; a owl:Class ; rdfs:comment 'x' ."
    assert compared(restriction.format(1), other).terms == ()
    assert [change.level for change in compared(restriction.format(2), other).terms] == ["major"]


SHAPE = 'l:S a sh:NodeShape ; sh:targetClass l:Body ; sh:property [ sh:path l:p ; sh:maxCount 1 ; sh:message "one"@en ] .'


@pytest.mark.parametrize(
    ("old", "new", "status", "level"),
    [
        (SHAPE, SHAPE.replace('"one"', '"once"'), "reworded", "patch"),
        (SHAPE, SHAPE.replace("maxCount 1", "maxCount 2"), "looser", "minor"),
        (SHAPE, SHAPE.replace("maxCount 1", "maxCount 0"), "stricter", "major"),
        (SHAPE, SHAPE.replace("sh:maxCount 1 ;", ""), "looser", "minor"),
        (SHAPE, SHAPE.replace("maxCount 1 ;", "maxCount 1 ; sh:minCount 1 ;"), "stricter", "major"),
        (SHAPE, SHAPE.replace("l:Body ;", "l:Body ; sh:deactivated true ;"), "looser", "minor"),
        ("", SHAPE, "added", "major"),
        ("", SHAPE.replace("l:Body", "l:New"), "added", "minor"),
        (SHAPE, "", "removed", "minor"),
    ],
)
def test_shapes_are_stricter_or_looser(old: str, new: str, status: str, level: str) -> None:
    """What passed and may now fail is major; a new shape that looks at new terms alone meets nothing that was there."""
    found = difference(edition(BODIES, shapes=old), edition(BODIES + "l:New a owl:Class .", shapes=new))
    assert found.shapes is not None
    assert [(part.status, part.level) for part in found.shapes] == [(status, level)]


def test_rules_are_compared_by_what_they_say() -> None:
    """Comments, prefixes and spaces are no change."""
    old = {"a.rq": "PREFIX l: <x:>\nCONSTRUCT { ?s l:p ?o } WHERE { ?o l:q ?s }", "b.rq": "ASK {}", "c.rq": "ASK {}"}
    new = {"a.rq": "# why\nPREFIX k: <x:> CONSTRUCT {?s k:p ?o} WHERE {?o k:q ?s}", "b.rq": "ASK { ?s ?p ?o }", "d.rq": "ASK {}"}
    found = difference(edition(BODIES, rules=old), edition(BODIES, rules=new))
    assert found.rules is not None
    assert [(part.name, part.status, part.level) for part in found.rules] == [
        ("b.rq", "changed", "major"),
        ("c.rq", "removed", "major"),
        ("d.rq", "added", "minor"),
    ]


@pytest.mark.parametrize(("version", "enough"), [("1.0.0", False), ("1.0.1", False), ("1.1.0", True)])
def test_whether_the_version_was_raised(version: str, *, enough: bool) -> None:
    """Each vocabulary's own version is held against what changed in it."""
    found = difference(edition(BODIES, version="1.0.0"), edition(BODIES + "l:New a owl:Class .", version=version))
    (step,) = found.versions
    assert (step.home, step.level, step.least, step.enough) == ("https://example.org/l", "minor", "1.1.0", enough)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the tiny workspace with a blank node in Turtle of its own."""
    root = tmp_path_factory.mktemp("built")
    for name in ("graph", "sources"):
        (root / name).symlink_to(TINY / name)
    (root / "ontology").mkdir()
    (root / "ontology" / "local.ttl").write_text(
        HEAD + 'l:it a owl:ObjectProperty ; rdfs:label "它"@zh , "it"@en ; rdfs:seeAlso [ owl:onProperty l:it ] .\n', encoding="utf-8"
    )
    build(Workspace(root))
    return root


def test_an_edition_is_read_wherever_it_stands(built: Path, tmp_path: Path) -> None:
    """A workspace, its build, its files and one file say the same; blank nodes that a build named are blank nodes."""
    workspace, build_of_it = read_edition(built), read_edition(built / "build")
    found = difference(build_of_it, workspace)
    assert found.every == ()
    assert (found.shapes, found.rules) == (None, None)
    folder, file = read_edition(shipped().ontology), read_edition(shipped().ontology / "withwhom.ttl")
    assert [change.iri for change in difference(folder, workspace).terms] == ["https://example.org/l#it"]
    assert {part.effect for change in difference(file, folder).terms for part in change.changes} <= {"mapped", "extended", "reworded"}
    with pytest.raises(WorkspaceError):
        read_edition(tmp_path)


@pytest.mark.parametrize(("language", "headings"), [("en", ["Added", "Changed", "Deprecated", "Removed"]), ("zh", ["新增", "更改", "弃用", "移除"])])
def test_a_changelog_is_written(tmp_path: Path, command: Command, language: str, headings: list[str]) -> None:
    """Markdown has the changelog's sections, labels in both languages, what takes the place of a term, and before → after."""
    old = 'l:a a owl:Class ; rdfs:label "甲"@zh , "A"@en . l:b a owl:Class . l:c a owl:Class ; rdfs:comment "x"@en .'
    new = 'l:a a owl:Class ; rdfs:label "甲"@zh , "A"@en ; owl:deprecated true ; dcterms:isReplacedBy l:d . l:c a owl:Class ; rdfs:comment "y"@en . l:d a owl:Class .'
    for name, text in (("old.ttl", old), ("new.ttl", new)):
        (tmp_path / name).write_text("\ufeff" + HEAD + text, encoding="utf-8")
    ran = command("ontology", "diff", tmp_path / "old.ttl", tmp_path / "new.ttl", "--format", "md", "--lang", language)
    assert ran.status == 0
    assert [line[4:] for line in ran.out if line.startswith("### ")] == headings
    text = "\n".join(ran.out)
    assert "`l:a`" in text
    assert "甲 / A" in text
    assert "l:d" in text
    assert '`"x"@en → "y"@en`' in text
    data = json.loads("\n".join(command("ontology", "diff", tmp_path / "old.ttl", tmp_path / "new.ttl", "--format", "json").out))
    assert data["level"] == "major"
    assert {change["status"] for change in data["terms"]} == {"added", "reworded", "deprecated", "removed"}


def test_the_workspace_here_is_the_newer_one(command: Command) -> None:
    """Without a second place the workspace is compared, and the same vocabulary has nothing to tell."""
    ran = command("ontology", "diff", shipped().ontology, "--workspace", shipped().root, "--lang", "en")
    assert ran.status == 0
    assert ran.out[1] == "Both say the same."


def test_bad_input_is_named(tmp_path: Path, command: Command) -> None:
    """A file that is no Turtle, and a place without a vocabulary, are one line each."""
    (tmp_path / "bad.ttl").write_text("l:a a b", encoding="utf-8")
    ran = command("ontology", "diff", tmp_path / "bad.ttl", shipped().ontology, "--lang", "en")
    assert ran.status == 1
    assert ran.err[0].startswith(f"{(tmp_path / 'bad.ttl').as_posix()}:1:")
    assert command("ontology", "diff", tmp_path / "none", "--lang", "zh").status == 1
