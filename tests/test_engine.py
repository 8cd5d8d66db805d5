"""The embedded engine: rows in the order of SPARQL, whoever sorts them, over the graphs that are asked for."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pyoxigraph as ox
import pytest

from withwhom.engine import Cell, EmbeddedEngine, Iri, sorted_rows


def engine() -> EmbeddedEngine:
    """Return an engine over two graphs of one triple each."""
    store = ox.Store()
    for name in ("one", "two"):
        store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.NamedNode(f"x:{name}"), ox.NamedNode(f"x:g-{name}")))
    return EmbeddedEngine(store)


@pytest.mark.parametrize("order", ["?v ?n", "DESC(?v) ?n", "ASC(?v) DESC(?n)"])
@pytest.mark.parametrize("kind", [("<x:b>", "<x:a>", "UNDEF"), ('"b"', '"a"', '"第9号"', "UNDEF"), ("3", "2.5", "10", "UNDEF")])
def test_the_order_is_that_of_oxigraph(order: str, kind: tuple[str, ...]) -> None:
    """Sorted here or by Oxigraph (behind LIMIT, which it keeps), rows come in the same order."""
    values = " ".join(f"({value} {number % 2})" for number, value in enumerate(kind * 2))
    query = f"SELECT ?v ?n WHERE {{ VALUES (?v ?n) {{ {values} }} }} ORDER BY {order}"
    assert engine().select(query, ["x:g-one"]) == engine().select(f"{query} LIMIT 1000", ["x:g-one"])


def test_an_order_by_what_is_not_shown_is_kept() -> None:
    """Only Oxigraph can sort by a variable that is no column."""
    query = "SELECT ?v WHERE { VALUES (?v ?n) { (1 3) (2 2) (3 1) } } ORDER BY ?n"
    assert engine().select(query, ["x:g-one"])[1] == [(3,), (2,), (1,)]


def test_only_the_graphs_that_are_asked() -> None:
    """All graphs together, one of them, or none of the store's: each gives its own rows."""
    query = "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o"
    assert engine().select(query, ["x:g-one", "x:g-two", "x:g-three"])[1] == [(Iri("x:one"),), (Iri("x:two"),)]
    assert engine().select(query, ["x:g-two"])[1] == [(Iri("x:two"),)]
    assert engine().select(query, ["x:g-three"])[1] == []


def test_rows_of_mixed_values_can_be_sorted() -> None:
    """What is not bound comes first, then IRIs, then literals; nothing is compared with another sort."""
    cells: list[Cell] = ["b", Decimal("2.5"), None, Iri("x:a"), 3, datetime.date(2018, 1, 2), "a"]
    assert [row[0] for row in sorted_rows([(cell,) for cell in cells], [(0, False)])] == [
        None,
        Iri("x:a"),
        Decimal("2.5"),
        3,
        datetime.date(2018, 1, 2),
        "a",
        "b",
    ]
