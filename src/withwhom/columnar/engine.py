"""Answers a query from the columns of a build, as :mod:`withwhom.engine` wants it: names of columns, rows of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from withwhom.collector import no_collection
from withwhom.columnar.data import DERIVED, IRI, LANGUAGES, OTHER, STATED, Column, Columns
from withwhom.columnar.groups import ordered, selected
from withwhom.columnar.patterns import Terms
from withwhom.columnar.rows import UNBOUND
from withwhom.columnar.syntax import Count, Select, parse
from withwhom.columnar.values import value_of
from withwhom.engine import Cell, Iri, Table, rank, typed

# Languages of two letters, as terms are tagged with them.
SHORT = [LANGUAGES[b"zh"], LANGUAGES[b"en"]]

# Terms below which reading one after the other is faster.
FEW = 50


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
        return cls(unbound + _values(numbers[len(unbound) :], terms), rows)

    def ranks(self, *, falling: bool) -> Column:
        """Return the place of each row's value in the order of values (see :func:`withwhom.engine.rank`)."""
        alike = len(set(map(type, self.different))) == 1
        keys: list[Any] = self.different if alike else [rank(cell) for cell in self.different]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        places, place, last = [0] * len(keys), 0, None
        for number in order:
            place, last = place + (keys[number] != last), keys[number]
            places[number] = place
        found: Column = np.array(places, np.int64)[self.rows]
        return -found if falling else found

    def cells(self, order: Column) -> list[Cell]:
        """Return the values of the rows, in an order."""
        values: Column = np.empty(len(self.different), object)
        values[:] = self.different
        found: list[Cell] = values[self.rows[order]].tolist()
        return found


def _values(numbers: Column, terms: Terms) -> list[Cell]:
    """Return the values of terms; most are IRIs and texts with a language and without escapes, which are read at once."""
    if len(numbers) < FEW:
        return [_cell(term) for term in terms.terms(numbers)]
    tags = np.where(numbers < len(terms.columns), terms.tags(numbers), OTHER)
    found: Column = np.empty(len(numbers), object)
    iris, texts = np.flatnonzero(tags == IRI), np.flatnonzero(np.isin(tags, SHORT))
    found[iris] = [Iri(text) for text in terms.columns.texts(numbers[iris], len(">"))]
    read = terms.columns.texts(numbers[texts], len('"@zh'))
    found[texts] = read
    tags[texts[["\\" in text for text in read]]] = OTHER
    others = np.flatnonzero((tags != IRI) & ~np.isin(tags, SHORT))
    found[others] = [_cell(term) for term in terms.terms(numbers[others])]
    cells: list[Cell] = found.tolist()
    return cells


def _cell(term: bytes) -> Cell:
    value = value_of(term)
    if not value.datatype:
        return Iri(value.text)
    return value.text if value.language else typed(value.text, value.datatype)
