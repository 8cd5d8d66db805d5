"""Figures that a build makes once, as triples of the derived graph: totals, contradictions, and how connected a body is.

No question has to do their arithmetic again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from withwhom.facts import Contradiction, Facts
from withwhom.ontology import Ontology
from withwhom.terms import TYPE, WW, XSD, Names, literal
from withwhom.totals import Total

# How many places a list of the largest has; what has none is found by its name, or in the lists of everything.
LISTED = 100


def figure_lines(facts: Facts, ontology: Ontology, base: str) -> Iterator[str]:
    """Yield the lines of N-Triples that say the figures of a graph.

    Args:
        facts: what was counted.
        ontology: the vocabulary, for its codes.
        base: base IRI of the graph.
    """
    iri = Names(base)
    for total in facts.totals:
        yield from _total(total, ontology, iri)
    for contradiction in facts.contradictions:
        yield from _contradiction(contradiction, iri)
    for place, total in ranked(facts.totals, facts.kinds):
        yield f"<{base}total/{total_path(total)}> <{WW}rank> {_integer(place)} ."
    for place, row in enumerate(facts.connections, 1):
        if place <= LISTED:
            yield f"{iri.entity(row.body)} <{WW}connectionRank> {_integer(place)} ."
        yield f"{iri.entity(row.body)} <{WW}saidPartners> {_integer(row.said)} ."
        yield f"{iri.entity(row.body)} <{WW}inferredPartners> {_integer(row.inferred)} ."
        yield f"{iri.entity(row.body)} <{WW}programCount> {_integer(row.programs)} ."


def ranked(totals: Iterable[Total], kinds: Mapping[str, str]) -> Iterator[tuple[int, Total]]:
    """Yield the largest totals that count anything, with their place among those of one direction, currency and kind of entity.

    Args:
        totals: the totals of a graph.
        kinds: what each entity is ranked as: named bodies, sets and programs apart.
    """
    groups: dict[tuple[str, str, str], list[Total]] = defaultdict(list)
    for total in totals:
        if total.counted:
            groups[total.direction, total.currency, kinds[total.entity]].append(total)
    for group in groups.values():
        yield from enumerate(sorted(group, key=lambda total: (-total.high, total_path(total)))[:LISTED], 1)


def total_path(total: Total) -> str:
    """Return the id of a total: whose, which direction, what kind of money."""
    kind = (total.currency, total.support, total.basis.replace("|", "+"))
    return "/".join((total.entity, total.direction, *(kind if total.currency else ("without-amount",))))


def _total(total: Total, ontology: Ontology, iri: Names) -> Iterator[str]:
    node = f"<{iri.base}total/{total_path(total)}>"
    yield f"{node} {TYPE} <{WW}Total> ."
    yield f"{node} <{WW}totalOf> {iri.entity(total.entity)} ."
    yield f"{node} <{WW}direction> {literal(total.direction)} ."
    yield f"{node} <{WW}countedStatements> {_integer(len(total.counted))} ."
    yield f"{node} <{WW}omittedStatements> {_integer(len(total.left_out))} ."
    yield f"{node} <{WW}withoutAmount> {_integer(total.without_amount)} ."
    if not total.currency:
        yield from _omissions(total, node, iri)
        return
    yield f"{node} <{WW}currency> {literal(total.currency)} ."
    yield f"{node} <{WW}certainty> <{ontology.codes[ontology.qualifiers['certainty'].range][total.certainty]}> ."
    codes = {column: ontology.codes[ontology.qualifiers[column].range] for column in ("support", "basis", "amount_qualifier")}
    yield f"{node} <{WW}support> <{codes['support'][total.support]}> ."
    yield from (f"{node} <{WW}basis> <{codes['basis'][basis]}> ." for basis in total.basis.split("|"))
    yield f"{node} <{WW}amountQualifier> <{codes['amount_qualifier'][total.qualifier]}> ."
    yield f"{node} <{WW}least> {literal(str(total.low), datatype=XSD + 'decimal')} ."
    yield f"{node} <{WW}most> {literal(str(total.high), datatype=XSD + 'decimal')} ."
    yield from (f"{node} <{WW}counts> {iri.statement(reference)} ." for reference in total.counted)
    yield from _omissions(total, node, iri)


def _omissions(total: Total, node: str, iri: Names) -> Iterator[str]:
    for reference, reason in total.left_out.items():
        omission = f"<{iri.base}total/{total_path(total)}/omits/{reference}>"
        yield f"{node} <{WW}omits> {omission} ."
        yield f"{omission} {TYPE} <{WW}Omission> ."
        yield f"{omission} <{WW}omittedStatement> {iri.statement(reference)} ."
        yield f"{omission} <{WW}omissionReason> {literal(reason)} ."


def _contradiction(item: Contradiction, iri: Names) -> Iterator[str]:
    name = hashlib.sha256("|".join((item.kind, *item.statements)).encode()).hexdigest()[:16]
    node = f"<{iri.base}contradiction/{name}>"
    yield f"{node} {TYPE} <{WW}Contradiction> ."
    yield f"{node} <{WW}contradictionKind> {literal(item.kind)} ."
    yield from (f"{node} <{WW}contradicts> {iri.statement(reference)} ." for reference in item.statements)


def _integer(number: int) -> str:
    return literal(str(number), datatype=XSD + "integer")
