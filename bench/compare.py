"""Answers as multisets of rows by value: what one engine says beside what another says."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from withwhom.engine import Cell, Iri

Row = tuple[tuple[str, str], ...]


def by_value(rows: Iterable[Sequence[Cell]]) -> Counter[Row]:
    """Return rows as a multiset, numbers and booleans by value: Virtuoso computes 1 where others compute true."""
    return Counter(tuple(valued(cell) for cell in row) for row in rows)


def valued(cell: Cell) -> tuple[str, str]:
    """Return the sort of a cell and its value."""
    if isinstance(cell, bool | int | Decimal):
        return "number", f"{Decimal(cell).normalize():f}"
    return ("thing" if isinstance(cell, Iri) else type(cell).__name__), str(cell)


def digest(rows: Iterable[Sequence[Cell]]) -> str:
    """Return a hash that is the same for the same multiset of rows, whatever their order."""
    lines = sorted(repr(tuple(valued(cell) for cell in row)) for row in rows)
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def difference(here: Iterable[Sequence[Cell]], there: Iterable[Sequence[Cell]]) -> str:
    """Return a line on how two answers differ, with a row of each that the other has not; empty if they are equal."""
    ours, others = by_value(here), by_value(there)
    only_here, only_there = ours - others, others - ours
    if not only_here and not only_there:
        return ""
    rows = "; ".join(f"only {where}: {_shown(min(only))}" for where, only in (("embedded", only_here), ("there", only_there)) if only)
    return f"{only_here.total()} rows only embedded, {only_there.total()} only there ({rows})"


def _shown(row: Row) -> str:
    return ", ".join(value.rpartition("/")[2] if kind == "thing" else f'"{value}"' if kind == "str" else value for kind, value in row if kind != "NoneType")[
        :160
    ]
