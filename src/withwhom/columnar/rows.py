"""Tables of solutions: a column a variable, numbers for terms, -1 where a variable is not bound. Nothing here knows what a number means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from withwhom.columnar.data import Column
from withwhom.columnar.syntax import DeclinedError

UNBOUND = -1
# Most rows that may be made at once; what needs more is left to an engine that makes one after the other.
MOST = 5_000_000
# Largest number that a column of 64 bits holds.
LARGEST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Rows:
    """Solutions.

    Args:
        columns: the numbers of each variable's terms; a variable without a column is bound nowhere.
        count: how many rows there are.
    """

    columns: Mapping[str, Column]
    count: int

    def take(self, places: Column) -> Rows:
        """Return the rows at some places, in their order."""
        return Rows({name: column[places] for name, column in self.columns.items()}, len(places))

    def where(self, kept: Column) -> Rows:
        """Return the rows that a mask keeps."""
        return self if kept.all() else self.take(np.flatnonzero(kept))

    def column(self, name: str) -> Column:
        """Return a column, of unbound cells where there is none."""
        found = self.columns.get(name)
        return np.full(self.count, UNBOUND, np.int32) if found is None else found

    def put(self, name: str, column: Column) -> Rows:
        """Return the rows with a column set."""
        return Rows({**self.columns, name: column}, self.count)

    def without(self, *names: str) -> Rows:
        """Return the rows without some columns."""
        return Rows({name: column for name, column in self.columns.items() if name not in names}, self.count)

    def bound(self, name: str) -> bool:
        """Tell whether a variable is bound in every row."""
        return name in self.columns and bool((self.columns[name] >= 0).all())

    def unbound(self, name: str) -> bool:
        """Tell whether a variable is bound in no row."""
        return name not in self.columns or bool((self.columns[name] < 0).all())


ONE = Rows({}, 1)


def stacked(parts: Sequence[Rows]) -> Rows:
    """Return the rows of several tables, one after the other."""
    if len(parts) == 1:
        return parts[0]
    names = dict.fromkeys(name for part in parts for name in part.columns)
    return Rows({name: np.concatenate([part.column(name) for part in parts]) for name in names}, sum(part.count for part in parts))


def codes(columns: Sequence[Column], count: int) -> Column:
    """Return a number for each row, the same for rows that are the same in every column."""
    result, size = np.zeros(count, np.int64), 1
    for column in columns if count else ():
        low = int(column.min())
        span = int(column.max()) - low + 1
        if size * span > LARGEST:
            _, result = np.unique(result, return_inverse=True)
            size = count
        result, size = result * span + (column - low), size * span
    return result


def firsts(numbers: Column) -> Column:
    """Return the place at which each number stands first, in the order of places."""
    _, places = np.unique(numbers, return_index=True)
    return np.sort(places)


def spread(begins: Column, stops: Column) -> tuple[Column, Column]:
    """Return all places of some ranges, and which range each belongs to.

    Raises:
        DeclinedError: there are too many.
    """
    sizes = (stops - begins).astype(np.int64)
    total = int(sizes.sum())
    if total > MOST:
        raise DeclinedError(str(total))
    if sizes.max(initial=0) <= 1:
        owners = np.flatnonzero(sizes)
        return begins[owners].astype(np.int64), owners
    owners = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(begins.astype(np.int64), sizes) + within, owners


def joined(left: Rows, right: Rows) -> Rows:
    """Return the rows of two tables that agree in what both bind.

    Raises:
        DeclinedError: a shared variable is bound in some rows only.
    """
    shared = _shared(left, right)
    numbers = codes([np.concatenate([left.column(name), right.column(name)]) for name in shared], left.count + right.count)
    mine, theirs = numbers[: left.count], numbers[left.count :]
    order = np.argsort(theirs, kind="stable")
    places, owners = spread(np.searchsorted(theirs[order], mine, "left"), np.searchsorted(theirs[order], mine, "right"))
    known = left.without(*(name for name in right.columns if left.unbound(name)))
    return Rows({**right.take(order[places]).columns, **known.take(owners).columns}, len(owners))


def _shared(left: Rows, right: Rows) -> list[str]:
    shared = [name for name in left.columns if name in right.columns and not left.unbound(name) and not right.unbound(name)]
    if left.count and right.count and not all(left.bound(name) and right.bound(name) for name in shared):
        raise DeclinedError("unbound")
    return shared


def apart(rows: Rows, names: Sequence[str]) -> list[Rows]:
    """Return rows apart by which of some variables are bound in them; a variable that is bound in none of a part has no column there."""
    numbers: Column = np.zeros(rows.count, np.int64)
    for place, name in enumerate(names):
        numbers |= (rows.column(name) >= 0).astype(np.int64) << place
    parts = []
    for number in np.unique(numbers).tolist():
        unbound = [name for place, name in enumerate(names) if not number >> place & 1]
        parts.append(rows.where(numbers == number).without(*unbound))
    return parts or [rows]


def lacking(left: Rows, right: Rows) -> Rows:
    """Return the rows of a table that no row of another agrees with in at least one variable that both bind (``MINUS``)."""
    shared = _shared(left, right)
    if not shared or not left.count or not right.count:
        return left
    numbers = codes([np.concatenate([left.column(name), right.column(name)]) for name in shared], left.count + right.count)
    return left.where(~np.isin(numbers[: left.count], numbers[left.count :]))


def distinct(rows: Rows, names: Iterable[str]) -> Rows:
    """Return each row once, the first of those that are the same in some columns."""
    return rows.take(firsts(codes([rows.column(name) for name in names], rows.count)))


def counted(rows: Rows, grouped: Sequence[str], of: str, name: str) -> Rows:
    """Return one row a group, with the number of different bound values of a variable, which is a number and not a term."""
    groups = codes([rows.column(key) for key in grouped], rows.count)
    values = rows.column(of)
    pairs = np.unique(np.stack([groups[values >= 0], values[values >= 0]]), axis=1)
    counts: dict[Any, int] = dict(zip(*(part.tolist() for part in np.unique(pairs[0], return_counts=True)), strict=True))
    places = firsts(groups)
    kept = Rows({key: rows.column(key)[places] for key in grouped}, len(places))
    return kept.put(name, np.array([counts.get(group, 0) for group in groups[places].tolist()], np.int64))
