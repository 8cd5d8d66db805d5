"""Evaluates groups of patterns over whole tables of rows (SPARQL 1.1, section 18).

A group is evaluated with the rows before it where that gives what the standard's bottom-up evaluation gives, else by itself and joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import TypeAlias

import numpy as np

from withwhom.columnar.data import Column
from withwhom.columnar.expressions import bound, holding
from withwhom.columnar.patterns import Terms, matched, star
from withwhom.columnar.rows import ONE, Rows, apart, codes, counted, distinct, firsts, joined, lacking, spread, stacked
from withwhom.columnar.scope import certain, closed, columns, has_exists, mentioned, names
from withwhom.columnar.syntax import (
    Bind,
    Call,
    Constant,
    Count,
    DeclinedError,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Minus,
    Optional,
    Select,
    Triples,
    Union,
    Variable,
)

# The column that says which row before a group a row comes from; no variable has such a name.
ORIGIN = "#origin"
# The column that says which of the different values that a group begins with a row comes from.
SEED = "#seed"
Wanted: TypeAlias = frozenset[str] | None


def selected(select: Select, terms: Terms, *, once: bool = False) -> Rows:
    """Return the solutions of a query or sub-query, without its order; ``once``: where a row stands for all that are the same."""
    counts = [column for column in select.columns if isinstance(column, Count)]
    given = list(columns(select))
    if select.grouped or counts:
        if len(counts) != 1 or not set(given) <= {*select.grouped, counts[0].name} or not select.grouped:
            raise DeclinedError("GROUP BY")
        rows = grouped(select.where, ONE, terms, frozenset({*select.grouped, counts[0].of}))
        return counted(rows, select.grouped, counts[0].of, counts[0].name)
    once = once or select.distinct
    rows = grouped(select.where, ONE, terms, frozenset(given) if once else None)
    kept = Rows({name: rows.column(name) for name in given}, rows.count)
    return distinct(kept, given) if once else kept


def grouped(group: Group, rows: Rows, terms: Terms, wanted: Wanted = None) -> Rows:
    """Return what a group makes of the rows before it; its filters see all that it binds (section 5.2.2).

    Args:
        group: the group.
        rows: the rows before it.
        terms: the graph.
        wanted: the variables that are asked for afterwards, where only different rows count; None where each row counts as often as it comes.
    """
    filters = [element for element in group.elements if isinstance(element, Filter)]
    rest = [element for element in group.elements if not isinstance(element, Filter)]
    later = [wanted]  # what is asked for after each element, the last one first
    for element in [*filters, *reversed(rest)] if wanted is not None else ():
        later.append((later[-1] or frozenset()).union(mentioned(element)))
    while rest:
        points = _star(rest, rows)
        if len(points) > 1:
            rows = star(rows, points, terms)
            rest = [element for element in rest if element not in points]
        else:
            element = rest.pop(0)
            rows = _with(element, rows, terms, None if wanted is None else later[len(filters) + len(rest)])
    for each in filters:
        rows = filtered(each.expression, rows, terms)
    return rows


def _star(rest: Sequence[Element], rows: Rows) -> list[Triples]:
    """Return the triple patterns at the front that say something known about one subject that is not."""
    front = list(takewhile(lambda element: isinstance(element, Triples), rest))
    first = front[0] if front else None
    if not isinstance(first, Triples) or not isinstance(first.subject, Variable) or not rows.unbound(first.subject.name):
        return []
    points = [element for element in front if isinstance(element, Triples) and element.subject == first.subject]
    return [point for point in points if isinstance(point.object, Constant) or rows.bound(point.object.name)]


def _with(element: Element, rows: Rows, terms: Terms, wanted: Wanted) -> Rows:
    match element:
        case Triples():
            return matched(rows, element, terms)
        case Bind():
            return bound(element, rows, terms)
        case Union():
            return _any(element, rows, terms, wanted)
        case Optional():
            return _optional(element.group, rows, terms, wanted)
        case Minus():
            return lacking(rows, grouped(element.group, ONE, terms))
        case Select():
            return joined(rows, selected(element, terms, once=wanted is not None))
        case _:
            raise DeclinedError(type(element).__name__)


def _any(union: Union, rows: Rows, terms: Terms, wanted: Wanted) -> Rows:
    if rows is ONE:
        return stacked([_once(group, rows, terms, wanted) for group in union.groups])
    if all(closed(group, rows.columns) for group in union.groups):
        return stacked([_widened(rows, _by_first(group, _narrow(rows, group), terms, wanted)) for group in union.groups])
    return joined(rows, stacked([grouped(group, ONE, terms) for group in union.groups]))


def _optional(group: Group, rows: Rows, terms: Terms, wanted: Wanted) -> Rows:
    """Return the left join of rows with a group, whose own filters see both sides (section 18.2.2.6)."""
    narrow = _narrow(rows, group)
    filters = [element for element in group.elements if isinstance(element, Filter)]
    rest = Group(tuple(element for element in group.elements if not isinstance(element, Filter)))
    if any(isinstance(element, Bind) and isinstance(element.expression, Constant) for element in rest.elements):
        found = joined(narrow, grouped(rest, ONE, terms))  # it begins with a body of its own
    elif closed(rest, rows.columns):
        found = _by_first(rest, narrow, terms, None if wanted is None else wanted.union(*map(mentioned, filters)))
    else:
        raise DeclinedError("OPTIONAL")
    for each in filters:
        found = filtered(each.expression, found, terms)
    origins = found.column(ORIGIN)
    times = np.bincount(origins, minlength=rows.count)
    if times.max(initial=0) > 1:
        return stacked([_widened(rows, found), rows.where(times == 0)])
    for name, column in _further(rows, found).items():
        whole = rows.column(name).copy()
        whole[origins] = column
        rows = rows.put(name, whole)
    return rows


def _narrow(rows: Rows, part: Group) -> Rows:
    """Return what a part of a query asks of rows, and which row it is of."""
    asked = set(mentioned(part))
    return Rows({name: column for name, column in rows.columns.items() if name in asked}, rows.count).put(ORIGIN, np.arange(rows.count))


def _widened(rows: Rows, found: Rows) -> Rows:
    """Return the whole rows of which something was found, with that."""
    return Rows({**rows.take(found.column(ORIGIN)).columns, **_further(rows, found)}, found.count)


def _further(rows: Rows, found: Rows) -> Mapping[str, Column]:
    """Return what was found beside what the rows had bound."""
    return {name: column for name, column in found.columns.items() if name != ORIGIN and not rows.bound(name)}


def _by_first(group: Group, rows: Rows, terms: Terms, wanted: Wanted) -> Rows:
    """Return what a group makes of rows.

    Where it meets several of their variables, it is evaluated once for the different values of those in its first patterns, and then
    joined: for all rows at once, it would make every pair of two bodies' statements first.
    """
    met = [name for name in dict.fromkeys(mentioned(group)) if name in rows.columns and not rows.unbound(name)]
    first = _star(group.elements, rows) or group.elements[:1]
    seeds = [name for name in dict.fromkeys(certain(Group(tuple(first)))) if rows.bound(name)]
    if not seeds:
        return _once(group, rows, terms, wanted)
    _, places, owners = np.unique(codes([rows.columns[name] for name in seeds], rows.count), return_index=True, return_inverse=True)
    different = Rows({name: rows.columns[name][places] for name in seeds}, len(places))
    asked = None if wanted is None else wanted.union(met)
    if len(met) > len(seeds):
        found = _once(group, different, terms, asked)
        return stacked([joined(part, found) for part in apart(rows, met)])
    found = _once(group, different.put(SEED, np.arange(different.count)), terms, asked)
    order = np.argsort(found.column(SEED), kind="stable")
    bounds = np.searchsorted(found.column(SEED)[order], np.arange(different.count + 1))
    chosen, kept = spread(bounds[owners], bounds[owners + 1])
    further = found.without(SEED, *(name for name in rows.columns if not rows.unbound(name)))
    return Rows({**rows.take(kept).columns, **further.take(order[chosen]).columns}, len(chosen))


def _once(group: Group, rows: Rows, terms: Terms, wanted: Wanted) -> Rows:
    """Return what a group makes of rows, without what nobody asks for afterwards: rows that differ in that alone are one."""
    found = grouped(group, rows, terms, None if wanted is None else wanted.union(rows.columns))
    idle = () if wanted is None else [name for name in found.columns if name not in wanted and name not in rows.columns]
    return distinct(found.without(*idle), [name for name in found.columns if name not in idle]) if idle else found


def filtered(expression: Expression, rows: Rows, terms: Terms) -> Rows:
    """Return the rows for which an expression is true."""
    if not rows.count:
        return rows
    return rows.where(_true(expression, rows, terms))


def _true(expression: Expression, rows: Rows, terms: Terms) -> Column:
    if isinstance(expression, Exists):
        there = _exists(expression.group, rows, terms)
        return there if expression.wanted else ~there
    if isinstance(expression, Call) and expression.name in ("&&", "||") and has_exists(expression):
        parts = [_true(argument, rows, terms) for argument in expression.arguments]
        found: Column = np.logical_and.reduce(parts) if expression.name == "&&" else np.logical_or.reduce(parts)
        return found
    return holding(expression, rows, terms)


def _exists(group: Group, rows: Rows, terms: Terms) -> Column:
    """Tell for which rows a group has a solution that agrees with them (section 18.6)."""
    if not all(isinstance(element, Triples | Filter) for element in group.elements):
        raise DeclinedError("EXISTS")
    asked = set(mentioned(group))
    met = [name for name in rows.columns if name in asked]
    numbers = codes([rows.columns[name] for name in met], rows.count)
    places = firsts(numbers)
    marked = Rows({name: rows.columns[name][places] for name in met}, len(places)).put(ORIGIN, numbers[places])
    return np.isin(numbers, grouped(group, marked, terms).column(ORIGIN))


def ordered(select: Select, rows: Rows, terms: Terms) -> tuple[Rows, Sequence[tuple[str, bool]]]:
    """Return the columns to order by, most important first, each with whether it falls; what is no variable gets a column of its own.

    Raises:
        DeclinedError: the order asks for what the query does not give.
    """
    keys = []
    for place, (expression, falling) in enumerate(select.order):
        if not set(names(expression)) <= set(rows.columns):
            raise DeclinedError("ORDER BY")
        if isinstance(expression, Variable):
            keys.append((expression.name, falling))
        else:
            keys.append((f"#{place}", falling))
            rows = bound(Bind(expression, f"#{place}"), rows, terms)
    return rows, keys
