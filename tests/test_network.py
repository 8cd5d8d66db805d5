"""The network of a build: what it holds, what it leaves out, and how it is read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from withwhom.build import build
from withwhom.knowledge import open as open_graph
from withwhom.network import Network, around, read_network
from withwhom.network_build import rule_words
from withwhom.page import page, script_data
from withwhom.problems import WorkspaceError
from withwhom.workspace import Workspace, shipped


@pytest.fixture
def found(shipped_build: Path) -> Network:
    """Return the network of the shipped graph."""
    return read_network(shipped_build)


def test_it_is_read_back_as_it_was_written(found: Network, tmp_path: Path) -> None:
    """Nothing is lost between a network and its JSON."""
    (tmp_path / "network.json").write_text(found.to_json(), encoding="utf-8")
    assert read_network(tmp_path) == found


def test_every_statement_is_in_it(found: Network, shipped_build: Path) -> None:
    """It holds each statement of the graph once, with the sentence and the place that answers give."""
    answer = open_graph(shipped_build).sparql(
        "PREFIX ww: <https://w3id.org/withwhom/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
        'SELECT ?s ?label ?citation WHERE { ?s ww:certainty ?c ; ww:source ?source ; rdfs:label ?label ; ww:citation ?citation . FILTER(LANG(?label) = "en" && LANG(?citation) = "en") }'
    )
    told = {answer.short(statement): (label, citation) for statement, label, citation in answer.rows}
    assert {claim.reference for claim in found.claims} == told.keys()
    for claim in found.claims:
        label, citation = told[claim.reference]
        assert claim.en == label
        assert claim.where_en in str(citation)
        assert claim.wording in str(citation)


def test_every_derivation_is_in_it(found: Network, shipped_build: Path) -> None:
    """Each edge that a rule made is there with its rule and the statements that it rests on."""
    answer = open_graph(shipped_build).sparql("PREFIX ww: <https://w3id.org/withwhom/ontology#> SELECT ?d ?s WHERE { ?d a ww:Derivation ; ww:derivedFrom ?s }")
    assert {(answer.short(d), answer.short(s)) for d, s in answer.rows} == {(row.id, s) for row in found.derivations for s in row.statements.split("|")}
    assert {row.rule for row in found.derivations} <= found.rules.keys()


def test_a_rule_says_what_it_does_in_both_languages(found: Network) -> None:
    """The words of a rule are its leading comments, one in each language."""
    for path in shipped().rule_files():
        words = rule_words(path)
        assert words == found.rules[path.stem]
        assert words["zh"] != words["en"]


def test_a_missing_network_says_what_to_do(tmp_path: Path) -> None:
    """A folder without a build, or with a damaged one, is told in words."""
    with pytest.raises(WorkspaceError):
        read_network(tmp_path)
    (tmp_path / "network.json").write_text("{}", encoding="utf-8")
    with pytest.raises(WorkspaceError):
        read_network(tmp_path)


def test_around_keeps_what_lies_near(found: Network) -> None:
    """A neighbourhood holds the body, those beside it, and every statement between two of them."""
    near = around(found, "beijing-lianci-foundation", 1)
    bodies = {body.id for body in near.bodies}
    beside = {end for c in found.claims if "beijing-lianci-foundation" in (c.subject, c.object) for end in (c.subject, c.object) if end}
    assert beside <= bodies
    beside |= {end for d in found.derivations if "beijing-lianci-foundation" in (d.subject, d.object) for end in (d.subject, d.object)}
    assert {c.reference for c in found.claims if c.object and {c.subject, c.object} <= beside} <= {c.reference for c in near.claims}
    assert len(bodies) < len({body.id for body in around(found, "beijing-lianci-foundation", 2).bodies}) < len(found.bodies)
    for claim in near.claims:
        assert {end for end in (claim.subject, claim.object, claim.program) if end} <= bodies


def test_passages_can_be_left_out(tiny: Path) -> None:
    """A network quotes its texts where the build had them, and none of them after ``without_quotes``."""
    made = read_network(build(Workspace(tiny)).out)
    quoted = [claim.quote for claim in made.claims if claim.quote]
    assert quoted
    assert made.about["quoted"]
    silent = made.without_quotes()
    assert not silent.about["quoted"]
    assert max(quoted, key=len) in page(made)
    assert max(quoted, key=len) not in page(silent)


def test_data_cannot_end_a_script() -> None:
    """A name out of a document stays data inside the page."""
    hostile = ["</script><script>alert(1)</script>", "<!--", "\u2028", "&lt;"]
    text = script_data(hostile)
    assert not set("<>&\u2028") & set(text)
