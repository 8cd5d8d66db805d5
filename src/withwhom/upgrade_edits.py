"""What a newer vocabulary changes in the text of a workspace's files: terms in tables, in Turtle and in SPARQL, and the version in the settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from withwhom.problems import Problem
from withwhom.table_terms import TableTerms, Use
from withwhom.table_text import TableText
from withwhom.term_text import Occurrence, occurrences, replaced, written
from withwhom.terms import WW


@dataclass(frozen=True)
class Moves:
    """The terms that should be used no more.

    Args:
        replacements: the term that takes the place of each, empty where there is not exactly one.
        gone: those of them that the vocabulary has no more; the others are deprecated.
        before: what tables call them.
        now: what tables call the terms of the newer vocabulary.
    """

    replacements: Mapping[str, str]
    gone: Collection[str]
    before: TableTerms
    now: TableTerms

    def cell_problem(self, use: Use) -> Problem:
        """Return what is to be said of a cell or heading that names such a term."""
        instead = self.now.in_place_of(self.replacements[use.iri], use.column)
        end = "alone" if not instead else "cell" if use.column else "column"
        gone = use.iri in self.gone
        return use.problem(f"{'gone' if gone else 'deprecated'}-{end}", severity="error" if gone else "warning", replacement=instead)

    def term_problem(self, shown: str, found: Occurrence, below: Collection[str] = ()) -> Problem:
        """Return what is to be said of such a term in Turtle or SPARQL.

        Args:
            shown: the file as messages name it.
            found: where it stands.
            below: one's own terms that stand below it.
        """
        prefixes = {**found.prefixes, "ww": WW}
        instead = self.replacements[found.iri]
        gone = found.iri in self.gone
        code = "term-below-gone" if gone and below and not instead else f"term-{'gone' if gone else 'retired'}{'' if instead else '-alone'}"
        told = {"value": written(found.iri, prefixes), "replacement": instead and written(instead, prefixes)}
        below = sorted(written(term, prefixes) for term in below)
        return Problem(shown, found.line, found.column, code, {**told, "below": ", ".join(below)}, "warning")


def edit_table(table: TableText, words: Mapping[str, Mapping[str, str]], moves: Moves, headings: Mapping[str, str]) -> int:
    """Put replacements in the place of terms in a table, where they can stand there, and return how many cells changed.

    Args:
        table: it is changed in place.
        words: the columns whose cells name such terms, each word with its IRI.
        moves: the terms, and what takes their place.
        headings: the columns that are such terms themselves, with their IRIs.
    """
    count = 0
    for number, name in enumerate(table.header):
        column = moves.now.in_place_of(moves.replacements.get(headings.get(name, ""), ""), "")
        if column and column not in table.header:
            table.header[number] = column
            count += 1
        new = {word: moves.now.in_place_of(moves.replacements[iri], table.header[number]) for word, iri in words.get(name, {}).items()}
        for row in table.rows if any(new.values()) else ():
            parts = row[number].split("|")
            if any(new.get(part.strip()) for part in parts):
                row[number] = "|".join(dict.fromkeys(new.get(part.strip()) or part for part in parts))
                count += 1
    return count


def edit_text(text: str, moves: Moves, *, turtle: bool) -> str:
    """Return Turtle or SPARQL with replacements in the place of terms; a term of which Turtle says something stays."""
    return replaced(text, {old: new for old, new in moves.replacements.items() if new}, subjects=not turtle)


def uses_in_text(text: str, moves: Moves, declared: Collection[str], *, turtle: bool) -> Iterator[tuple[Occurrence, bool]]:
    """Yield where such terms stand in Turtle or SPARQL, and whether :func:`edit_text` mends it.

    Args:
        text: Turtle or SPARQL.
        moves: the terms.
        declared: terms that the file itself declares or deprecates: there, that is no use of them.
        turtle: whether it is Turtle.
    """
    for found in occurrences(text, moves.replacements):
        opens = turtle and found.opens
        if found.iri in moves.replacements and not (opens and found.iri in declared):
            yield found, bool(moves.replacements[found.iri]) and not found.quoted and not opens


def uses_in_header(text: str, moves: Moves) -> Iterator[Occurrence]:
    """Yield where the header of a question names such terms: the class of a parameter by its name, values by their IRIs."""
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if line.startswith("#+"):
            named = re.search(r"\bclass:\s*[\"']?(\w+)", line)
            places = [(named.start(1), moves.before.classes[named[1]])] if named and named[1] in moves.before.classes else []
            places += [(match.start(), match[0]) for match in re.finditer(r"[a-z]+:[^\s\"',\]}]+", line) if match[0] in moves.replacements]
            yield from (Occurrence(iri, start + at, start + at, number, at + 1, {}) for at, iri in places)
        start += len(line)


def with_vocabulary(text: str, version: str) -> str:
    """Return ``graph.toml`` with the version of the vocabulary that its workspace is made for."""
    ending = "\r\n" if "\r\n" in text else "\n"
    head, table, rest = text.partition(f"{ending}[")
    line = f'vocabulary = "{version}"'
    known = re.search(r"^vocabulary[ \t]*=[ \t]*(\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s#]+)", head, re.MULTILINE)
    if known:
        return head[: known.start()] + line + head[known.end() :] + table + rest
    after = re.search(r"^version[ \t]*=.*$", head, re.MULTILINE)
    place = after.end() - head[: after.end()].endswith("\r") if after else len(head.rstrip())
    return head[:place] + ending + line + head[place:] + table + rest
