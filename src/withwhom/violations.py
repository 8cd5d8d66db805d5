"""Holds a vocabulary against the violation queries (``ontology/checks/*-violation.rq``): each must return nothing.

A query's header says, in ``#+`` lines, how severe it is (``error``: no build; ``warning``) and its message in Chinese and English, whose
placeholders are the query's variables. Its rows name a term (``?term``) and may say where in the term's block it is (``?property``,
``?value``), what is missing, and another term (``?other``) that is party to it. A query that lets a term pass names it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from withwhom.problems import Problem
from withwhom.questions import split_header
from withwhom.tables import short
from withwhom.turtle import Spot, Turtle
from withwhom.workspace import shipped

SUFFIX = "-violation"
Row = Mapping[str, ox.NamedNode | ox.Literal]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Violation:
    """A violation query: its name is the code of its problems."""

    name: str
    severity: str
    zh: str
    en: str
    text: str

    def rows(self, store: ox.Store) -> list[Row]:
        """Return what violates the rule."""
        found = store.query(self.text)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(f"{self.name} is no SELECT")
        names = [variable.value for variable in found.variables]
        return [{name: value for name, value in zip(names, row, strict=True) if isinstance(value, ox.NamedNode | ox.Literal)} for row in found]


def checks_folder() -> Path:
    """Return the folder of what every vocabulary is held against; it comes with the package."""
    return shipped().ontology / "checks"


@cache
def violations() -> Sequence[Violation]:
    """Return the violation queries, by name."""
    import yaml

    found = []
    for path in sorted(checks_folder().glob(f"*{SUFFIX}.rq")):
        head, text = split_header(path.read_text(encoding="utf-8"))
        found.append(Violation(path.stem.removesuffix(SUFFIX), text=text, **yaml.safe_load(head)))
    return tuple(found)


def violation_problems(turtle: Turtle, store: ox.Store, told: Collection[Pair], *, warnings: bool) -> Iterator[Problem]:
    """Yield one problem for each term that violates a rule.

    Args:
        turtle: the vocabulary, for places.
        store: its triples; every term of its own says by what it is defined.
        told: terms and properties whose values are known to be wrong; what follows from that is not told again.
        warnings: whether rules that no build rests on are asked, too.
    """
    for violation in (violation for violation in violations() if warnings or violation.severity == "error"):
        by_place: dict[tuple[Spot, str], list[Row]] = defaultdict(list)
        for row in violation.rows(store):
            spot = _spot(turtle, row)
            if (row["term"].value, _text(row, "property")) not in told and not _told_by_other(turtle, row, spot):
                by_place[spot, row["term"].value].append(row)
        for (spot, _), rows in by_place.items():
            yield turtle.problem(spot, violation.name, _message(turtle, violation, rows), violation.severity)


def _text(row: Row, name: str) -> str:
    return row[name].value if name in row else ""


def _spot(turtle: Turtle, row: Row) -> Spot:
    property = _text(row, "property")
    return turtle.triple(row["term"].value, property, _text(row, "value")) if property else turtle.block(row["term"].value)


def _told_by_other(turtle: Turtle, row: Row, spot: Spot) -> bool:
    """Tell whether a row names another term that stands further down: what two terms do to each other is told at the later one."""
    return "other" in row and turtle.block(row["other"].value) > Spot(spot.file, spot.line, 0)


def _message(turtle: Turtle, violation: Violation, rows: Sequence[Row]) -> dict[str, str]:
    """Return the message in both languages; where rows differ in a value, all of them are named."""
    said: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            said[name].append(turtle.short(value.value) if isinstance(value, ox.NamedNode) else _literal(value))
    values = {name: ", ".join(sorted(set(texts))) for name, texts in said.items()}
    return {"zh": violation.zh.format(**values), "en": violation.en.format(**values)}


def _literal(value: ox.Literal) -> str:
    """Return a text of the vocabulary quoted, and what the query itself has counted or put together as it is."""
    return f"{short(value.value)}@{value.language}" if value.language else value.value
