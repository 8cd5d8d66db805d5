"""Figures that the build makes once: each is what the long query over the shipped graph counts or ranks."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import withwhom
from withwhom.figures import LISTED, ranked
from withwhom.knowledge import KnowledgeBase
from withwhom.totals import Total

PREFIX = "PREFIX ww: <https://w3id.org/withwhom/ontology#>\n"


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """The shipped graph."""
    return withwhom.open(shipped_build)


def rows(kb: KnowledgeBase, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a free query."""
    return [tuple(row) for row in kb.sparql(PREFIX + query).rows]


def test_omitted_statements_are_counted(kb: KnowledgeBase) -> None:
    """The figure of a total is the number of its omissions."""
    figures = rows(kb, "SELECT ?total ?omitted WHERE { ?total ww:omittedStatements ?omitted } ORDER BY ?total")
    counted = rows(
        kb, "SELECT ?total (COUNT(?omission) AS ?omitted) WHERE { ?total a ww:Total OPTIONAL { ?total ww:omits ?omission } } GROUP BY ?total ORDER BY ?total"
    )
    assert figures
    assert figures == counted


@pytest.mark.parametrize("direction", ["given", "received", "result"])
def test_rank_is_the_order_of_the_sums(kb: KnowledgeBase, direction: str) -> None:
    """In each currency, totals that count anything are ranked by their larger bound, from 1 on, bodies, sets and programs apart, none left out."""
    found = rows(
        kb,
        f'SELECT ?currency ?kind ?rank ?total WHERE {{ ?total ww:direction "{direction}" ; ww:totalOf ?entity ; ww:currency ?currency ; ww:most ?most ; ww:countedStatements ?n '
        "OPTIONAL { ?total ww:rank ?rank } FILTER(?n > 0) OPTIONAL { ?entity ww:collective ?set } "
        'BIND(IF(BOUND(?set), "set", IF(EXISTS { ?entity a ww:Program }, "program", IF(EXISTS { ?entity a ww:Organization }, "body", "other"))) AS ?kind) '
        "} ORDER BY ?currency DESC(?most) ?total",
    )
    assert found
    for group in {row[:2] for row in found}:
        assert [row[2] for row in found if row[:2] == group] == list(range(1, sum(row[:2] == group for row in found) + 1))


def test_connections_are_ranked(kb: KnowledgeBase) -> None:
    """Bodies are ranked by partners said, partners inferred, and programs."""
    found = rows(
        kb,
        "SELECT ?rank ?org WHERE { ?org ww:saidPartners ?said ; ww:inferredPartners ?inferred ; ww:programCount ?programs OPTIONAL { ?org ww:connectionRank ?rank } } "
        "ORDER BY DESC(?said) DESC(?inferred) DESC(?programs) ?org",
    )
    assert [row[0] for row in found] == list(range(1, len(found) + 1))


def many(count: int) -> Iterator[Total]:
    """Yield totals of one, two, three yuan and so on."""
    for number in range(1, count + 1):
        yield Total(f"body-{number}", "given", "CNY", "cash", "given", Decimal(number), Decimal(number), "explicit", "exact", ("s/x",), {}, 0)


def test_only_the_first_have_a_rank() -> None:
    """Past the last place of the list there is no rank; what counts nothing has none either; a program takes no place from a body."""
    few = Total("program", "given", "CNY", "cash", "given", Decimal(1), Decimal(1), "explicit", "exact", ("s/x",), {}, 0)
    mute = Total("mute", "given", "", "", "", Decimal(0), Decimal(0), "explicit", "exact", (), {}, 1)
    every = [*many(LISTED + 7), few, mute]
    kinds = {total.entity: "program" if total is few else "body" for total in every}
    found = list(ranked(every, kinds))
    assert [place for place, _ in found] == [*range(1, LISTED + 1), 1]
    assert [found[0][1].high, found[-2][1].high, found[-1][1]] == [Decimal(LISTED + 7), Decimal(8), few]
