"""Answers a query from the columns of a build, as :mod:`withwhom.engine` wants it: names of columns, rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from withwhom.collector import no_collection
from withwhom.columnar.data import DERIVED, STATED, Column, Columns
from withwhom.columnar.groups import ordered, selected
from withwhom.columnar.patterns import Terms
from withwhom.columnar.rows import UNBOUND
from withwhom.columnar.syntax import Count, Select, parse
from withwhom.columnar.values import value_of
from withwhom.engine import Cell, Iri, Table, rank, typed


def answered(query: str, columns: Columns, *, derived: bool) -> Table:
    """Return the columns and rows of a SELECT query.

    Args:
        query: the query.
        columns: the graph.
        derived: whether the derived graph is asked, too, beside the ontology and what is stated.

    Raises:
        DeclinedError: the query says something that is not understood here, or would make too many rows at once.
    """
    with no_collection():
        return _answered(parse(query), columns, derived=derived)


def _answered(select: Select, columns: Columns, *, derived: bool) -> Table:
    terms = Terms(columns, STATED | DERIVED if derived else STATED)
    rows, keys = ordered(select, selected(select, terms), terms)
    names = tuple(column.name if isinstance(column, Count) else column for column in select.columns)
    counts = {column.name for column in select.columns if isinstance(column, Count)}
    shown = {name: _Cells.of(rows.column(name), None if name in counts else terms) for name in {*names, *(key for key, _ in keys)}}
    order = np.lexsort([shown[name].ranks(falling=falling) for name, falling in reversed(keys)]) if keys else np.arange(rows.count)
    return names, list(zip(*(shown[name].cells(order) for name in names), strict=True))


@dataclass(frozen=True)
class _Cells:
    """The values of a column: each different one once, and which of them each row has."""

    different: list[Cell]
    rows: Column

    @classmethod
    def of(cls, column: Column, terms: Terms | None) -> _Cells:
        """Return the values of a column of terms, or of counts where there are no terms."""
        numbers, rows = np.unique(column, return_inverse=True)
        if terms is None:
            return cls(numbers.tolist(), rows)
        unbound: list[Cell] = [None] if len(numbers) and numbers[0] == UNBOUND else []
        return cls(unbound + [_cell(term) for term in terms.terms(numbers[len(unbound) :])], rows)

    def ranks(self, *, falling: bool) -> Column:
        """Return the place of each row's value in the order of values (see :func:`withwhom.engine.rank`)."""
        keys = [rank(cell) for cell in self.different]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        places, place, last = [0] * len(keys), 0, None
        for number in order:
            place, last = place + (keys[number] != last), keys[number]
            places[number] = place
        found: Column = np.array(places, np.int64)[self.rows]
        return -found if falling else found

    def cells(self, order: Column) -> list[Cell]:
        """Return the values of the rows, in an order."""
        return [self.different[place] for place in self.rows[order].tolist()]


def _cell(term: bytes) -> Cell:
    """Return the value of a term; most are IRIs and texts without escapes, which are read here at once."""
    if term.startswith(b"<"):
        return Iri(term[1:-1].decode())
    body, _, tail = term.rpartition(b'"')
    if b"\\" not in body and (not tail or tail.startswith(b"@")):
        return body[1:].decode()
    value = value_of(term)
    return value.text if value.language else typed(value.text, value.datatype)
