"""Joins a triple pattern with all rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

import numpy as np

from withwhom.columnar.data import Column, Columns, Side, tag_of
from withwhom.columnar.rows import Rows, spread, stacked
from withwhom.columnar.syntax import Constant, DeclinedError, Node, Triples, Variable

# Terms from which on a table of where each term's triples begin pays.
VERY_MANY = 30_000


@dataclass
class Terms:
    """The numbers of terms: those of the graph, and further ones for terms that a query makes.

    Args:
        columns: the graph.
        graphs: which of its named graphs are asked.
    """

    columns: Columns
    graphs: int
    _known: dict[bytes, int] = field(default_factory=dict)
    _made: list[bytes] = field(default_factory=list)

    def number(self, term: bytes) -> int:
        """Return the number of a term, a new one if neither the graph nor the query has had it."""
        return self._known[term] if term in self._known else self.numbers([term])[0]

    def numbers(self, terms: Sequence[bytes]) -> list[int]:
        """Return the numbers of terms, see :meth:`number`."""
        further = [term for term in dict.fromkeys(terms) if term not in self._known]
        for term, number in zip(further, self.columns.numbers(further), strict=True):
            self._known[term] = number if number >= 0 else len(self.columns) + len(self._made)
            if number < 0:
                self._made.append(term)
        return [self._known[term] for term in terms]

    def terms(self, numbers: Column) -> list[bytes]:
        """Return the terms of numbers."""
        own = numbers >= len(self.columns)
        if not own.any():
            return self.columns.terms(numbers)
        found = iter(self.columns.terms(numbers[~own]))
        return [self._made[number - len(self.columns)] if number >= len(self.columns) else next(found) for number in numbers.tolist()]

    def tags(self, numbers: Column) -> Column:
        """Return the languages of bound terms, as :func:`withwhom.columnar.data.tag_of` numbers them."""
        own = numbers >= len(self.columns)
        found = self.columns.tags[np.where(own, 0, numbers)]
        if own.any():
            found[own] = [tag_of(term) for term in self.terms(numbers[own])]
        return found

    def side(self, property: Constant, *, by_subject: bool) -> Side:
        """Return the triples of a property, sorted by one end."""
        return self.columns.side(property.term, by_subject=by_subject, graphs=self.graphs)

    @cached_property
    def _table(self) -> Column:
        return np.zeros(len(self.columns) + 1, np.int32)

    def ranges(self, side: Side, wanted: Column) -> tuple[Column, Column]:
        """Return where the triples of each wanted term begin and stop in the triples of a property."""
        return side.ranges_by(self._table, wanted) if len(wanted) >= VERY_MANY else side.ranges(wanted)


def matched(rows: Rows, pattern: Triples, terms: Terms) -> Rows:
    """Return the rows that a triple pattern makes of some: each as often as triples fit it, with what they bind.

    Raises:
        DeclinedError: too many rows would have to be made at once.
    """
    return stacked([_matched(part, pattern, terms) for part in _split(rows, pattern)])


def star(rows: Rows, patterns: Sequence[Triples], terms: Terms) -> Rows:
    """Return what several patterns about one new subject make of rows, whose objects are known: each row by its rarest object.

    A body has very many statements, a program few: what ties the two is found by the program, whichever stands first.
    """
    sizes = []
    for pattern in patterns:
        known = _known(rows, pattern.object, terms)
        assert known is not None  # noqa: S101  # the caller has looked
        sides = [terms.side(property, by_subject=False) for property in pattern.properties]
        if isinstance(pattern.object, Constant):
            sizes.append(np.full(rows.count, sum(len(side.of(terms.number(pattern.object.term))) for side in sides)))
        else:
            ranges = [terms.ranges(side, known) for side in sides]
            sizes.append(np.sum([stops - begins for begins, stops in ranges], axis=0))
    rarest = np.argmin(np.stack(sizes), axis=0)
    parts = []
    for number, pattern in enumerate(patterns):
        part = rows.where(rarest == number)
        for each in (pattern, *patterns[:number], *patterns[number + 1 :]):
            part = matched(part, each, terms)
        parts.append(part)
    return stacked(parts)


def _split(rows: Rows, pattern: Triples) -> Iterator[Rows]:
    """Yield rows apart in which the variables of a pattern are bound and in which they are not."""
    mixed = [
        node.name
        for node in dict.fromkeys((pattern.subject, pattern.object))
        if isinstance(node, Variable) and not rows.bound(node.name) and not rows.unbound(node.name)
    ]
    for wanted in product((True, False), repeat=len(mixed)):
        kept: Column = np.ones(rows.count, bool)
        for name, bound in zip(mixed, wanted, strict=True):
            kept &= (rows.columns[name] >= 0) == bound
        yield rows.where(kept)


def _matched(rows: Rows, pattern: Triples, terms: Terms) -> Rows:
    if len(pattern.properties) > 1:
        return stacked([_matched(rows, replace(pattern, properties=(property,)), terms) for property in pattern.properties])
    if pattern.subject == pattern.object:
        raise DeclinedError("one variable at both ends")
    subject, target = (_known(rows, node, terms) for node in (pattern.subject, pattern.object))
    by_subject, by_object = (terms.side(pattern.properties[0], by_subject=side) for side in (True, False))
    if subject is not None and isinstance(pattern.object, Constant):
        return rows.where(_among(subject, by_object.of(terms.number(pattern.object.term))))
    if subject is not None and target is not None:
        return _both(rows, (subject, target), (by_subject, by_object), terms)
    if subject is not None:
        places, owners = spread(*terms.ranges(by_subject, subject))
        return _put(rows.take(owners), pattern.object, by_subject.others[places])
    if target is not None:
        places, owners = spread(*terms.ranges(by_object, target))
        return _put(rows.take(owners), pattern.subject, by_object.others[places])
    size = len(by_subject.keys)
    places, owners = spread(np.zeros(rows.count, np.int64), np.full(rows.count, size))
    return _put(_put(rows.take(owners), pattern.subject, by_subject.keys[places]), pattern.object, by_subject.others[places])


def _known(rows: Rows, node: Node, terms: Terms) -> Column | None:
    """Return the terms at an end of a pattern, None if it is yet to be bound."""
    if isinstance(node, Constant):
        return np.full(rows.count, terms.number(node.term), np.int32)
    return None if rows.unbound(node.name) and rows.count else rows.column(node.name)


def _both(rows: Rows, ends: tuple[Column, Column], sides: tuple[Side, Side], terms: Terms) -> Rows:
    """Return the rows of which both ends are a triple's; the end with fewer triples is looked through."""
    fewer, found = 0, terms.ranges(sides[0], ends[0])
    if int((found[1] - found[0]).sum()) > rows.count:
        others = terms.ranges(sides[1], ends[1])
        if int((others[1] - others[0]).sum()) < int((found[1] - found[0]).sum()):
            fewer, found = 1, others
    places, owners = spread(*found)
    fitting = owners[sides[fewer].others[places] == ends[1 - fewer][owners]]
    return rows.take(fitting)  # a pair of terms stands once in a property, so no row comes twice


def _among(wanted: Column, found: Column) -> Column:
    """Tell which terms are among some that lie in their order."""
    places = np.searchsorted(found, wanted.astype(np.int32, copy=False))
    there: Column = np.take(found, places, mode="clip") == wanted if len(found) else np.zeros(len(wanted), bool)
    return there


def _put(rows: Rows, node: Node, column: Column) -> Rows:
    assert isinstance(node, Variable)  # noqa: S101  # a constant is always known
    return rows.put(node.name, column)
