"""Terms in the text of Turtle and SPARQL: where each stands, how it is replaced there, and a text without white space and comments.

The text is read by the tokens that the two languages share (SPARQL 1.1 section 19.8, Turtle 1.1 section 6.5), so that a term in a
comment or a string is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

_CHARACTER = r"(?:[\w:-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-])"
TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\r\n]*)
    | (?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
    | (?P<name>(?:(?![\d_])\w(?:[\w.-]*[\w-])?)?:(?:{_CHARACTER}(?:(?:{_CHARACTER}|\.)*{_CHARACTER})?)?)
    | (?P<other>_:[\w.-]*[\w-]|[?$]\w+|@?\w[\w-]*|\^\^|\|\||&&|[<>!]=|\S)
    | (?P<space>\s+)
    """,
    re.VERBOSE | re.DOTALL,
)
SIMPLE = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Occurrence:
    """A term in a text.

    Args:
        iri: the term.
        begin: where it begins, in characters.
        stop: where it stops.
        line: 1-based line.
        column: 1-based character in the line.
        prefixes: the prefixes that hold there, each with its namespace.
        opens: whether it stands first in its statement, as the subject of Turtle does.
        quoted: whether it stands in a string.
    """

    iri: str
    begin: int
    stop: int
    line: int
    column: int
    prefixes: Mapping[str, str]
    opens: bool = False
    quoted: bool = False


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    begin: int
    iri: str
    prefixes: Mapping[str, str]
    declares: bool


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a text, white space and comments left out, terms with their IRI; those that declare prefixes are marked."""
    prefixes: dict[str, str] = {}
    declaring, waiting = False, ""
    for match in TOKEN.finditer(text):
        kind, word = match.lastgroup or "other", match.group()
        if kind in ("comment", "space"):
            continue
        iri = ""
        if word.lower() in ("prefix", "@prefix"):
            declaring, waiting = True, ""
        elif declaring and kind == "name":
            waiting = word[:-1]
        elif declaring and kind == "iri":
            prefixes = {**prefixes, waiting: word[1:-1]}
        elif kind == "iri":
            iri = word[1:-1]
        elif kind == "name":
            prefix, _, local = word.partition(":")
            iri = prefixes[prefix] + re.sub(r"\\(.)", r"\1", local) if prefix in prefixes else ""
        yield _Token(kind, word, match.start(), iri, prefixes, declaring)
        # A declaration ends with its IRI, in Turtle's own form with the full stop after it.
        declaring = declaring and not (kind == "iri" and not _full_stop(text, match.end())) and word != "."


def _full_stop(text: str, after: int) -> bool:
    return re.match(r"\s*\.", text[after:]) is not None


def occurrences(text: str, sought: Collection[str] = ()) -> Iterator[Occurrence]:
    """Yield every term of a Turtle or SPARQL text, written in full or with a prefix, in the order of the text.

    Args:
        text: Turtle or SPARQL.
        sought: IRIs that are found in strings, too, if they stand there in full.
    """
    line, seen, opens = 1, 0, True
    for token in _tokens(text):
        line += text.count("\n", seen, token.begin)
        seen = token.begin
        column = token.begin - text.rfind("\n", 0, token.begin)
        if token.iri:
            yield Occurrence(token.iri, token.begin, token.begin + len(token.text), line, column, token.prefixes, opens)
        elif token.kind == "string":
            for iri in sorted(iri for iri in sought if re.search(rf"{re.escape(iri)}(?![\w-])", token.text)):
                yield Occurrence(iri, token.begin, token.begin + len(token.text), line, column, token.prefixes, quoted=True)
        opens = token.text in (".", "\ufeff") or token.declares


def replaced(text: str, replacements: Mapping[str, str], *, subjects: bool = True) -> str:
    """Return a text with terms replaced where they stand as terms, and everything else as it was.

    Args:
        text: Turtle or SPARQL.
        replacements: the IRI that takes the place of each IRI.
        subjects: whether they are replaced also where they open a statement: what Turtle says of one term holds of no other.
    """
    for found in reversed([found for found in occurrences(text) if found.iri in replacements and (subjects or not found.opens)]):
        text = text[: found.begin] + written(replacements[found.iri], found.prefixes) + text[found.stop :]
    return text


def written(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI as Turtle and SPARQL write it: with the prefix of the longest namespace that fits, else in full."""
    fitting = [(prefix, space) for prefix, space in prefixes.items() if space and iri.startswith(space) and SIMPLE.fullmatch(iri[len(space) :])]
    if not fitting:
        return f"<{iri}>"
    prefix, space = max(fitting, key=lambda pair: (len(pair[1]), pair[0]))
    return f"{prefix}:{iri[len(space) :]}"


def normal_text(text: str) -> str:
    """Return a text without comments and prefixes and with single spaces: two that say the same in other words stay different."""
    return " ".join(f"<{token.iri}>" if token.iri else token.text for token in _tokens(text) if not token.declares)
