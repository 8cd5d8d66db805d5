"""Honest totals: what each body gave and received, per currency, support and basis, never across.

An event counts once; a part stands beneath its whole and is not added; overlapping figures give a range from the largest to
the sum; planned, applied and denied figures are left out. Every total lists what it counts, what it leaves out, and why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from withwhom.compile import FACTUAL
from withwhom.ontology import Ontology
from withwhom.records import Statement

FUNDING = "funds"
Events: TypeAlias = Mapping[str, Sequence[Statement]]
NO_AMOUNT = "no amount"


@dataclass(frozen=True)
class Total:
    """A sum and its account.

    Args:
        entity: whose total it is.
        direction: ``given``, ``received``, or ``result`` for money of a result, whose giver is not stated.
        currency, support, basis: what kind of money; totals of different kinds are never added. Empty where no statement of the
            body names an amount.
        low, high: the sum, twice the same unless figures overlap or disagree.
        certainty: inferred if a statement that counts is, else explicit.
        qualifier: exact, over (at least), under (at most) or about.
        counted: references of the statements whose figures are in the sum.
        left_out: references of those that are not, with the reason: event, part, planned, applied, denied, no amount.
        without_amount: how many statements of this giver or receiver name no amount.
    """

    entity: str
    direction: str
    currency: str
    support: str
    basis: str
    low: Decimal
    high: Decimal
    certainty: str
    qualifier: str
    counted: tuple[str, ...]
    left_out: Mapping[str, str]
    without_amount: int


def totals(statements: Iterable[Statement], ontology: Ontology) -> list[Total]:
    """Return every total, by entity, direction and kind of money.

    Args:
        statements: all statements of the graph.
        ontology: the vocabulary, which says what is a kind of funding.
    """
    every = tuple(statements)
    by_reference = {statement.reference: statement for statement in every}
    amounts: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    silent: dict[tuple[str, str], list[str]] = defaultdict(list)
    for statement in every:
        for key in _sides(statement, ontology):
            if statement.get("amount"):
                amounts[key].append(statement)
            elif statement.get("status") in FACTUAL:
                silent[key].append(statement.reference)
    found = [total for key, group in sorted(amounts.items()) for total in _totals(key, group, len(silent[key]), by_reference)]
    mute = [key for key in sorted(silent) if key not in amounts]  # gave or received, and no document says how much
    return [
        *found,
        *(Total(*key, "", "", "", Decimal(0), Decimal(0), "explicit", "exact", (), dict.fromkeys(silent[key], NO_AMOUNT), len(silent[key])) for key in mute),
    ]


def _sides(statement: Statement, ontology: Ontology) -> Iterator[tuple[str, str]]:
    if ontology.predicates[statement.predicate].top == FUNDING:
        yield statement.subject, "given"
        yield statement.object, "received"
    elif statement.get("amount"):
        yield statement.subject, "result"


def _totals(key: tuple[str, str], group: Sequence[Statement], silent: int, by_reference: Mapping[str, Statement]) -> Iterator[Total]:
    present = {statement.reference for statement in group if statement.get("status") in FACTUAL}
    kinds: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for statement in group:
        kinds[statement.get("currency"), statement.get("support") or "unspecified", _sorted(statement.get("basis"))].append(statement)
    for kind, members in sorted(kinds.items()):
        events = _events(members)
        left_out = dict(_left_out(members, events, present, by_reference))
        counted = [statement for statement in members if statement.reference not in left_out]
        low, high = _range(counted, events)
        references = tuple(statement.reference for statement in counted)
        told = [telling for statement in counted for telling in _tellings(statement, events)]
        certainty = "inferred" if any(telling.get("certainty") == "inferred" for telling in told) else "explicit"
        yield Total(*key, *kind, low, high, certainty, _qualifier(told), references, left_out, silent)


def _sorted(basis: str) -> str:
    return "|".join(sorted(set(basis.split("|"))))


def _events(members: Iterable[Statement]) -> Events:
    """Return the statements that tell each event as done or going on."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in members:
        if statement.get("event") and statement.get("status") in FACTUAL:
            found[statement.get("event")].append(statement)
    return found


def _left_out(members: Sequence[Statement], events: Events, present: set[str], by_reference: Mapping[str, Statement]) -> Iterator[tuple[str, str]]:
    counted: set[str] = set()
    for statement in members:
        if statement.get("status") not in FACTUAL:
            yield statement.reference, statement.get("status")
        elif any(whole in present for told in _tellings(statement, events) for whole in _wholes(told, by_reference)):
            yield statement.reference, "part"
        elif statement.get("event") in counted:
            yield statement.reference, "event"
        elif statement.get("event"):
            counted.add(statement.get("event"))


def _tellings(statement: Statement, events: Events) -> Sequence[Statement]:
    """Return every statement that tells the event of one, itself included; they are one figure."""
    event = statement.get("event")
    return events[event] if event else [statement]


def _wholes(statement: Statement, by_reference: Mapping[str, Statement]) -> Iterator[str]:
    """Yield the statements that this one's figure is part of, directly or by way of others."""
    for reference in filter(None, statement.get("included_in").split("|")):
        full = statement.full(reference)
        yield full
        if full in by_reference:
            yield from _wholes(by_reference[full], by_reference)


def _range(counted: Sequence[Statement], events: Events) -> tuple[Decimal, Decimal]:
    """Return the smallest and the largest sum: figures of one event that disagree, and figures that may contain one another."""
    low = high = Decimal(0)
    for cluster in _clusters(counted, events):
        figures = [[Decimal(told.get("amount")) for told in _tellings(statement, events)] for statement in cluster]
        high += sum(map(max, figures))
        low += max(map(min, figures))
    return low, high


def _clusters(counted: Sequence[Statement], events: Events) -> Iterator[list[Statement]]:
    """Yield the statements in groups whose figures may contain one another, by what any telling of them says."""
    waiting = {statement.reference: statement for statement in counted}
    stands_for = {told.reference: statement.reference for statement in counted for told in _tellings(statement, events)}
    links: dict[str, set[str]] = defaultdict(set)
    for statement in counted:
        for told in _tellings(statement, events):
            for reference in filter(None, told.get("overlaps").split("|")):
                other = stands_for.get(told.full(reference), "")
                links[statement.reference].add(other)
                links[other].add(statement.reference)
    links.pop("", None)
    while waiting:
        queue = [next(iter(waiting))]
        cluster = []
        for reference in queue:
            if reference in waiting:
                cluster.append(waiting.pop(reference))
                queue.extend(sorted(links[reference]))
        yield cluster


def _qualifier(counted: Iterable[Statement]) -> str:
    """Return how sure a sum is: exact and over give over, exact and under give under, any other mixture about."""
    kinds = {statement.get("amount_qualifier") or "exact" for statement in counted}
    if kinds <= {"exact"}:
        return "exact"
    if kinds <= {"exact", "over"}:
        return "over"
    return "under" if kinds <= {"exact", "under"} else "about"


def grouped(number: Decimal | int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"


def sum_text(total: Total) -> str:
    """Return a sum as it may be said: with its range, and whether it is at least, at most or about so much."""
    if not total.counted:
        return "—"
    sign = {"exact": "", "over": "≥ ", "under": "≤ ", "about": "≈ "}[total.qualifier]
    return sign + (grouped(total.low) if total.low == total.high else f"{grouped(total.low)} – {grouped(total.high)}")
