"""Terms are found and replaced where they stand as terms: not in comments, not in strings, not within longer names."""

from __future__ import annotations

import pytest

from withwhom.term_text import normal_text, occurrences, replaced

TURTLE = '''\ufeff@prefix ww: <https://w.example/o#> . # ww:old in a comment
PREFIX a: <http://a.example/>
ww:old a:is "ww:old" , """ ww:old # """ ; <https://w.example/o#older> 'it' ; a:b\\#c ww:old.
?x<?y ww:old/^ww:older* _:old ww:old-er "zh"@zh .
'''


def test_terms_are_found_with_their_places() -> None:
    """Prefixed names, IRIs in full and escapes are read; what stands first in a statement is marked."""
    found = [(term.iri.rpartition("/")[2], term.line, term.column, term.opens) for term in occurrences(TURTLE)]
    assert found == [
        ("o#old", 3, 1, True),
        ("is", 3, 8, False),
        ("o#older", 3, 43, False),
        ("b#c", 3, 78, False),
        ("o#old", 3, 85, False),
        ("o#old", 4, 7, False),
        ("o#older", 4, 15, False),
        ("o#old-er", 4, 31, False),
    ]


def test_terms_in_strings_are_found_where_they_are_sought() -> None:
    """An IRI in a string is no term, but a person wants to know of it; a longer IRI is another one."""
    text = 'FILTER(STR(?p) != "https://w.example/o#old") FILTER(?q != "https://w.example/o#older")'
    (found,) = occurrences(text, ["https://w.example/o#old"])
    assert (found.quoted, found.line, found.column) == (True, 1, 19)


def test_terms_are_replaced_and_nothing_else() -> None:
    """A replacement takes the longest prefix that holds there, or stands in full; subjects stay where that is asked for."""
    moves = {"https://w.example/o#old": "http://b.example/new", "https://w.example/o#older": "http://a.example/n"}
    text = replaced(TURTLE, moves, subjects=False)
    assert text == TURTLE.replace("c ww:old.", "c <http://b.example/new>.").replace("<https://w.example/o#older>", "a:n").replace(
        "ww:old/^ww:older*", "<http://b.example/new>/^a:n*"
    )
    assert replaced(TURTLE, moves).splitlines()[2].startswith("<http://b.example/new> a:is")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("PREFIX a: <x:>\nASK { ?s a:b ?o }", "prefix  q: <x:> # why\nASK {\n  ?s q:b ?o\n}", True),
        ("PREFIX a: <x:>\nASK { ?s a:b ?o }", "PREFIX a: <y:>\nASK { ?s a:b ?o }", False),
        ('ASK { ?s ?p "a  b" }', 'ASK { ?s ?p "a b" }', False),
        ("ASK { ?s ?p 1 }", "ASK { ?s ?p 2 }", False),
    ],
)
def test_white_space_comments_and_prefixes_say_nothing(one: str, other: str, *, same: bool) -> None:
    """Two texts are the same if they differ in these alone; a string keeps its spaces."""
    assert (normal_text(one) == normal_text(other)) is same
