"""What is worth saying of a graph at a glance: counts, the best-connected bodies, the largest funding, contradictions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from withwhom.compile import FACTUAL
from withwhom.ontology import Ontology
from withwhom.records import Entity, Records, Statement
from withwhom.totals import Total, totals

PARTNERSHIP, PARTICIPATION = "partnersWith", "takesPartIn"


@dataclass(frozen=True)
class Contradiction:
    """Two or more figures told of one event, or a part that exceeds its whole."""

    kind: str
    statements: tuple[str, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Connections:
    """With how many bodies a document says that one works, with how many more its reader inferred it, and in how many programs it is."""

    body: str
    said: int
    inferred: int
    programs: int


@dataclass(frozen=True)
class Facts:
    """Figures of one build.

    Args:
        organizations, programs: how many entities are of that class or below it.
        by_relation: number of statements of each top predicate, largest first.
        by_source: the same, by source.
        connections: organizations, the best-connected first.
        funding: statements of funding with an amount, largest first.
        totals: see :mod:`withwhom.totals`.
        contradictions: figures that disagree.
        kinds: what each entity is ranked as: set (a collective), program, body (an organization) or other.
    """

    organizations: int
    programs: int
    by_relation: Mapping[str, int]
    by_source: Mapping[str, Mapping[str, int]]
    connections: Sequence[Connections]
    funding: Sequence[Statement]
    totals: Sequence[Total]
    contradictions: Sequence[Contradiction]
    kinds: Mapping[str, str]


def facts(records: Records, ontology: Ontology) -> Facts:
    """Return the figures of checked records."""
    tops = {name: predicate.top for name, predicate in ontology.predicates.items()}
    every_total = totals(records.statements, ontology)
    relations = Counter(tops[statement.predicate] for statement in records.statements)
    by_source: dict[str, Counter[str]] = defaultdict(Counter)
    for statement in records.statements:
        by_source[statement.source][tops[statement.predicate]] += 1
    counted = {reference for total in every_total for reference in total.counted if total.direction == "given"}
    paid = [s for s in records.statements if s.reference in counted]
    return Facts(
        organizations=len(_of_class(records.entities, "Organization", ontology)),
        programs=len(_of_class(records.entities, "Program", ontology)),
        by_relation=dict(relations.most_common()),
        by_source=by_source,
        connections=_connections(records, ontology, tops),
        funding=sorted(paid, key=lambda s: (-Decimal(s.get("amount")), s.reference)),
        totals=every_total,
        contradictions=contradictions(records.statements),
        kinds={entity.id: _ranked_as(entity, ontology) for entity in records.entities},
    )


def _ranked_as(entity: Entity, ontology: Ontology) -> str:
    if entity.collective == "true":
        return "set"
    ancestors = ontology.classes[entity.type].ancestors
    return next((kind for kind, name in (("program", "Program"), ("body", "Organization")) if ontology.classes[name].iri in ancestors), "other")


def _of_class(entities: Iterable[Entity], name: str, ontology: Ontology) -> set[str]:
    iri = ontology.classes[name].iri
    return {entity.id for entity in entities if iri in ontology.classes[entity.type].ancestors}


def _connections(records: Records, ontology: Ontology, tops: Mapping[str, str]) -> list[Connections]:
    bodies, every_program = (_of_class(records.entities, name, ontology) for name in ("Organization", "Program"))
    partners: dict[str, set[str]] = defaultdict(set)
    inferred: dict[str, set[str]] = defaultdict(set)
    programs: dict[str, set[str]] = defaultdict(set)
    for statement in records.statements:
        if statement.get("status") not in FACTUAL:
            continue
        if tops[statement.predicate] == PARTNERSHIP:
            tied = partners if statement.get("certainty") == "explicit" else inferred
            tied[statement.subject].add(statement.object)
            tied[statement.object].add(statement.subject)
        elif tops[statement.predicate] == PARTICIPATION and statement.object in every_program:
            programs[statement.subject].add(statement.object)
    ranked = (
        Connections(body, len(partners[body]), len(inferred[body] - partners[body]), len(programs[body]))
        for body in bodies
        if partners[body] or inferred[body] or programs[body]
    )
    return sorted(ranked, key=lambda row: (-row.said, -row.inferred, -row.programs, row.body))


def contradictions(statements: Iterable[Statement]) -> list[Contradiction]:
    """Return figures that disagree: of one event and indicator, or a part that exceeds its whole.

    Planned and done figures of one event are no contradiction.
    """
    every = tuple(statements)
    by_reference = {statement.reference: statement for statement in every}
    groups: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    found = []
    for statement in every:
        if statement.get("event") and statement.get("status") in FACTUAL:
            kind = "amount" if statement.get("amount") else "value"
            if statement.get(kind):
                key = (statement.get(column) for column in ("event", "indicator", "unit", "currency", "support", "basis"))
                groups[(kind, statement.predicate, *key)].append(statement)
        for reference in filter(None, statement.get("included_in").split("|")):
            whole = by_reference.get(statement.full(reference))
            if whole is not None and _exceeds(statement, whole):
                found.append(_contradiction("part", [whole, statement]))
    found += [_contradiction("event", group) for group in groups.values() if len({_figure(statement) for statement in group}) > 1]
    return sorted(found, key=lambda item: (item.kind, item.statements))


def _figure(statement: Statement) -> Decimal | None:
    written = statement.get("amount") or statement.get("value")
    return Decimal(written) if written else None


def _exceeds(part: Statement, whole: Statement) -> bool:
    """Tell whether a part is larger than its whole; a whole of at least so much, or a part of less than so much, never is."""
    small, large = _figure(part), _figure(whole)
    same = all(part.get(column) == whole.get(column) for column in ("unit", "currency"))
    if small is None or large is None or bool(part.get("amount")) != bool(whole.get("amount")) or not same:
        return False
    kind = "amount_qualifier" if part.get("amount") else "value_qualifier"
    return small > large and whole.get(kind) != "over" and part.get(kind) != "under"


def _contradiction(kind: str, statements: Sequence[Statement]) -> Contradiction:
    return Contradiction(kind, tuple(s.reference for s in statements), tuple(str(_figure(s)) for s in statements))
