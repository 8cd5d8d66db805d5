"""The place of a term in Turtle and SPARQL is where a person finds it, whatever stands around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from test_extension import LOCAL_TTL, RULE
from withwhom.positions import prefixes, stated, term_lines, tokens, unescaped
from withwhom.turtle import shortened

ROOT = Path(__file__).parents[1]
E = "https://example.org/e#"
TRICKY = r'''# A comment with e:nobody a e:Thing .
@prefix e: <https://example.org/e#> .
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
@base <https://example.org/base/> .

e:first a e:Thing ; rdfs:label "one ; e:no . \" # no comment" , 'two'@en ; # e:comment a e:Thing .
    rdfs:comment """several
lines . e:inside a e:Thing ; "quoted"
""" ; e:number 1.5 , -2 , 0.25 , true ;
    .
e:se.cond a e:Thing; e:list ( e:a e:b "c" ) ; e:node [ e:inner e:first ; e:deep [ e:x e:y ] ] ; e:after e:first.
<#relative> a e:Thing .
<https://example.org/e#third> e:typed "1"^^e:type ; a e:Thing .
[ e:nameless e:first ] e:says e:second .
_:label e:says e:second .
e:esc\,aped a e:Thing .
e:名字 a e:Thing .
e:first e:again e:later .
'''


def triples(text: str, base: str = "") -> set[tuple[str, str, str]]:
    """Return the triples of Turtle that are found with their places."""
    return {(triple.subject, triple.property, triple.value) for triple in stated(text, base)}


@pytest.mark.parametrize(
    "text",
    [
        *((ROOT / "ontology" / name).read_text(encoding="utf-8") for name in ("withwhom.ttl", "alignments.ttl", "shapes.ttl", "checks/shapes.ttl")),
        LOCAL_TTL,
        TRICKY,
    ],
    ids=["withwhom", "alignments", "shapes", "checks", "local", "tricky"],
)
def test_places_are_found_of_all_that_rdflib_reads(text: str) -> None:
    """Of every triple of an IRI and an IRI or literal that rdflib reads outside brackets, the place is found, and of nothing else."""
    graph = Graph().parse(data=text, format="turtle", publicID="https://example.org/file")
    read = {(str(s), str(p), str(o)) for s, p, o in graph if isinstance(s, URIRef) and isinstance(o, URIRef | Literal)}
    assert triples(text, "https://example.org/file") == read


def test_the_place_is_where_the_object_stands() -> None:
    """At line and column of a place the file shows the object, also after texts of several lines and comments."""
    lines = TRICKY.splitlines()
    found = {triple.value: lines[triple.line - 1][triple.column - 1 :] for triple in stated(TRICKY)}
    assert found["two"].startswith("'two'@en")
    assert found["1.5"].startswith("1.5 ,")
    assert found[f"{E}later"].startswith("e:later")
    assert found['several\nlines . e:inside a e:Thing ; "quoted"\n'].startswith('"""several')


def test_a_block_begins_where_its_subject_stands() -> None:
    """The line of a term is that of the block which gives it a type; names in comments, texts and brackets have none."""
    lines = {term.removeprefix(E): line for term, line in term_lines(TRICKY).items()}
    at = {line.split(" ")[0]: number for number, line in enumerate(TRICKY.splitlines(), 1)}
    assert lines == {
        "first": 6,
        "se.cond": at["e:se.cond"],
        "https://example.org/base/#relative": at["<#relative>"],
        "third": at["<https://example.org/e#third>"],
        "esc,aped": at["e:esc\\,aped"],
        "名字": at["e:名字"],
    }


def test_a_block_that_only_adds_comes_second() -> None:
    """A term that two blocks speak of is found at the one that says what it is."""
    text = f"@prefix e: <{E}> .\ne:a e:about e:b .\n\ne:a a e:Thing .\ne:b e:about e:a ."
    assert term_lines(text) == {f"{E}a": 4, f"{E}b": 5}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_terms_of_a_query_are_found(newline: str) -> None:
    """In SPARQL the terms of patterns are found, in comments and texts none, and a less-than sign is no IRI."""
    text = RULE.replace("FILTER(STR(?one) < STR(?other))", 'FILTER(?one<?other && "l:text" != ?x) # l:comment').replace("\n", newline)
    found = [(token.value, token.line, token.column) for token in tokens(text) if token.kind == "iri"]
    names = {value.rpartition("#")[2] for value, _, _ in found}
    assert {"servedBeside", "volunteersFor", "Derivation", "derivedFrom"} <= names
    assert not {"text", "comment"} & names
    lines = text.split("\n")
    for value, line, column in found:
        assert lines[line - 1][column - 1 :].startswith((f"<{value}>", "l:", "rdf:", "ww:"))


@pytest.mark.parametrize("text", ["PREFIX", "@prefix", "@base", "PREFIX l:", "PREFIX l: l:", "]", "e:a e:b", '"open', "<open", "{ ] } (", "@@@", "\\", ""])
def test_broken_text_does_no_harm(text: str) -> None:
    """What no library understands has no places, and makes no trouble: others say what is wrong with it."""
    list(tokens(text))
    assert list(stated(text)) == []


def test_prefixes_and_short_names() -> None:
    """Prefixes are read in both syntaxes; an IRI is shown with the longest that fits, whole where none does or its rest is no name."""
    known = prefixes(TRICKY)
    assert known == {"e": E, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
    known["wide"] = "https://example.org/"
    assert shortened(f"{E}first", known) == "e:first"
    assert shortened("https://example.org/other", known) == "wide:other"
    assert shortened("https://example.org/a/b", known) == "https://example.org/a/b"
    assert shortened("https://elsewhere.org/x", known) == "https://elsewhere.org/x"


def test_escapes() -> None:
    """Escapes of code points, control characters and signs are resolved."""
    assert unescaped(r"a\u0041\U00000042\n\"\\") == 'aAB\n"\\'
