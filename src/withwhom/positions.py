"""Finds where terms stand in Turtle and SPARQL: line and column, which the libraries that read them do not keep.

What a file means is for the libraries to say; the place alone is looked up here, in files that they understand. Both grammars share their
terminals (RDF 1.1 Turtle, section 6.5; SPARQL 1.1, section 19.8).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from withwhom.questions import COMMENT, TEXTS

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# A word is a keyword, a number, a variable or a label of a blank node.
TERMINALS = re.compile(
    rf"(?P<comment>{COMMENT})|(?P<text>{TEXTS})"
    r"|(?P<iri><(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)"
    r"|(?P<blank>_:\w[\w-]*)"
    r"|(?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)?)"
    r"|(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<word>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|[?$]?\w+)"
    r"|(?P<mark>\^\^|\S)",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True)
class Token:
    """A terminal: ``kind`` is iri, text, tag, word, blank or mark; ``value`` is the IRI in full, the text without escapes, the rest as written."""

    kind: str
    value: str
    line: int
    column: int


@dataclass(frozen=True)
class Stated:
    """A triple of Turtle whose subject is an IRI, and where its object stands; ``head`` is the place of the subject, where the block begins."""

    subject: str
    property: str
    value: str
    line: int
    column: int
    head: tuple[int, int]


def prefixes(text: str) -> dict[str, str]:
    """Return the prefixes that a text declares, in the syntax of Turtle or SPARQL."""
    return {name: unescaped(iri) for name, iri in re.findall(r"^[ \t]*@?prefix[ \t]+([^\s:]*):[ \t]*<([^>\s]*)>", text, re.MULTILINE | re.IGNORECASE)}


def tokens(text: str, base: str = "") -> Iterator[Token]:
    """Yield the terminals of Turtle or SPARQL, without comments and without the declarations of prefixes and base.

    Args:
        text: what the libraries can read.
        base: IRI that relative ones are resolved against.
    """
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    known: dict[str, str] = {}
    found = ((match, match.lastgroup or "") for match in TERMINALS.finditer(text))
    for match, kind in found:
        word = match.group()
        if kind == "comment":
            continue
        if kind in ("tag", "word") and word.lstrip("@").lower() in ("prefix", "base"):
            base = _declared(found, known, base)
            if word.startswith("@"):
                next(found, None)  # its full stop
            continue
        line = bisect_right(starts, match.start())
        yield Token(*_read(kind, word, known, base), line, match.start() - starts[line - 1] + 1)


def _declared(found: Iterator[tuple[re.Match[str], str]], known: dict[str, str], base: str) -> str:
    """Take in a declaration of a prefix, or return the new base."""
    first, second = next(found, None), None
    if first and first[1] == "name":
        second = next(found, None)
        if second and second[1] == "iri":
            known[first[0].group()[:-1]] = _absolute(second[0].group(), base)
    elif first and first[1] == "iri":
        return _absolute(first[0].group(), base)
    return base


def _absolute(written: str, base: str) -> str:
    """Return the IRI between angle brackets in full; an absolute one as it is: ``urljoin`` would take the last # away."""
    iri = unescaped(written[1:-1])
    return iri if SCHEME.match(iri) or not base else urljoin(base, iri)


def _read(kind: str, word: str, known: dict[str, str], base: str) -> tuple[str, str]:
    if kind == "iri":
        return "iri", _absolute(word, base)
    if kind == "name":
        prefix, _, local = word.partition(":")
        return ("iri", known[prefix] + unescaped(local)) if prefix in known else ("word", word)
    if kind == "text":
        width = 3 if word[:3] in ('"""', "'''") else 1
        return "text", unescaped(word[width:-width])
    return kind, word


def unescaped(text: str) -> str:
    """Return a text with its escapes resolved: code points, control characters, and characters that stand for themselves."""

    def character(match: re.Match[str]) -> str:
        number = match[1] or match[2]
        return chr(int(number, 16)) if number else CONTROL.get(match[3], match[3])

    return ESCAPE.sub(character, text) if "\\" in text else text


def stated(text: str, base: str = "") -> Iterator[Stated]:
    """Yield the triples of Turtle whose subject is an IRI, in their order; what stands in brackets is left out.

    Args:
        text: Turtle that the libraries can read.
        base: IRI that relative ones are resolved against.
    """
    depth = 0
    part: list[Token | None] = []  # subject and predicate of the triple that is being read; None for a blank node
    after = Token("mark", ".", 0, 0)
    for token in tokens(text, base):
        mark = token.value if token.kind == "mark" else ""
        if mark in ("[", "("):
            depth += 1
            part += [None] if depth == 1 and len(part) < 2 else []
        elif mark in ("]", ")"):
            depth -= 1
        elif depth == 0 and mark == ".":
            part = []
        elif depth == 0 and mark in (";", ","):
            part = part[: 1 if mark == ";" else 2]
        elif depth == 0 and len(part) < 2:
            part.append(None if token.kind == "blank" else token)
        elif depth == 0 and mark != "^^" and token.kind != "tag" and after.value != "^^" and part[0] and part[1] and part[0].kind == "iri":
            property = RDF_TYPE if part[1].kind == "word" else part[1].value
            yield Stated(part[0].value, property, token.value, token.line, token.column, (part[0].line, part[0].column))
        after = token


def term_lines(text: str) -> dict[str, int]:
    """Return, for each term that has a block in Turtle, the line on which its block begins: the first that gives it a type, else the first."""
    first: dict[str, int] = {}
    typed: dict[str, int] = {}
    for triple in stated(text):
        first.setdefault(triple.subject, triple.head[0])
        if triple.property == RDF_TYPE:
            typed.setdefault(triple.subject, triple.head[0])
    return first | typed
