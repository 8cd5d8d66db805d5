"""Which questions are asked with which values: the best-connected entities of each class and as many at random, the same at every run."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generate import ORGANIZATIONS
from withwhom.binding import bind
from withwhom.knowledge import KnowledgeBase
from withwhom.publish import files_of, lines_of
from withwhom.questions import Parameter, Question

EACH = 20
WHOLE_TIMES = 5
PERIOD = {"since": "2002", "until": "2010"}
HUB, RANDOM, WHOLE = "hub", "random", "whole"
Degrees = Mapping[str, Counter[str]]


@dataclass(frozen=True)
class Ask:
    """A question with its values in place.

    Args:
        slug: the question.
        kind: ``hub``, ``random``, or ``whole`` if no entity is given.
        values: what was put in, as results name it.
        text: the query.
    """

    slug: str
    kind: str
    values: str
    text: str


def asks(kb: KnowledgeBase, workspace: Path, each: int = EACH) -> dict[str, list[Ask]]:
    """Return what is asked by question, a hub and a random value in turn.

    Args:
        kb: the build, for its questions and totals.
        workspace: the tables that it was built from.
        each: how many hubs, and how many at random.
    """
    degrees = {**_entities(kb, workspace), "total": _totals(kb)}
    return {slug: list(_asks(question, degrees, each)) for slug, question in kb.questions.items()}


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _entities(kb: KnowledgeBase, workspace: Path) -> Degrees:
    """Return how many statements name each entity, by class; and the statements, by what their subject has."""
    graph = workspace / "graph"
    named: Counter[str] = Counter()
    subjects: dict[str, str] = {}
    for path in sorted((graph / "statements").glob("*.csv")):
        for row in _rows(path):
            named.update(row[column] for column in ("subject", "object", "program", "place", "awarded_by") if row[column])
            subjects[f"{kb.base}statement/{path.stem}/{row['id']}"] = row["subject"]
    found: dict[str, Counter[str]] = {"type": Counter(), "statement": Counter({iri: named[subject] for iri, subject in subjects.items()})}
    for row in _rows(graph / "entities.csv"):
        found["type"][row["type"]] += 1
        for cls in ("Entity", "Organization" if row["type"] in ORGANIZATIONS else row["type"]):
            found.setdefault(cls, Counter())[kb.entity(row["id"])] = named[row["id"]]
    return found


def _totals(kb: KnowledgeBase) -> Counter[str]:
    """Return the totals of the build with how many triples each has."""
    found: Counter[str] = Counter()
    for line in lines_of(files_of(kb)[f"{kb.base}graph/derived"]):
        if line.startswith(f"<{kb.base}total/"):
            found[line[1 : line.index(">")]] += 1
    return Counter({iri: count for iri, count in found.items() if "/omits/" not in iri})


def _asks(question: Question, degrees: Degrees, each: int) -> Iterator[Ask]:
    needed = [parameter for parameter in question.parameters if parameter.required] or [
        parameter for parameter in question.parameters if parameter.type == "iri"
    ]
    if not any(parameter.required for parameter in question.parameters):
        yield from [_ask(question, WHOLE, {})] * WHOLE_TIMES
    if not needed:
        return
    dated = set(PERIOD) <= {parameter.name for parameter in question.parameters}
    chosen = {kind: [_values(parameter, degrees, kind, each) for parameter in needed] for kind in (HUB, RANDOM)}
    for number in range(each):
        for kind, lists in chosen.items():
            # The second of two bodies is the next one of the list.
            values = {parameter.name: values[(number + place) % len(values)] for place, (parameter, values) in enumerate(zip(needed, lists, strict=True))}
            yield _ask(question, kind, {**values, **(PERIOD if dated and number % 2 else {})})


def _values(parameter: Parameter, degrees: Degrees, kind: str, each: int) -> Sequence[str]:
    if parameter.choices:
        counts = Counter({choice: degrees["type"][choice.rpartition("#")[2]] for choice in parameter.choices})
    else:
        counts = degrees[parameter.cls or parameter.name]
    return hubs(counts, each) if kind == HUB else drawn(counts, each)


def hubs(counts: Mapping[str, int], each: int) -> list[str]:
    """Return the keys with the highest counts, equal ones by name."""
    return sorted(counts, key=lambda key: (-counts[key], key))[:each]


def drawn(counts: Iterable[str], each: int) -> list[str]:
    """Return keys at random, the same ones at every run."""
    keys = sorted(counts)
    return random.Random(len(keys)).sample(keys, min(each, len(keys)))


def _ask(question: Question, kind: str, values: Mapping[str, str]) -> Ask:
    shown = ", ".join(f"{name}={value.rpartition('#')[2].rpartition('/')[2]}" for name, value in values.items())
    return Ask(question.slug, kind, shown, bind(question, values))
