"""Evaluates groups of patterns over whole tables of rows (SPARQL 1.1, section 18).

A group is evaluated with the rows before it where that gives what the standard's bottom-up evaluation gives, else by itself and joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

import numpy as np

from withwhom.columnar.data import LANGUAGES, Column
from withwhom.columnar.patterns import Terms, matched, star
from withwhom.columnar.rows import ONE, UNBOUND, Rows, apart, codes, counted, distinct, firsts, joined, lacking, stacked
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
from withwhom.columnar.values import EvaluationError, Value, effective, evaluate, term_of, value_of

# The column that says which row before a group a row comes from; no variable has such a name.
ORIGIN = "#origin"


def selected(select: Select, terms: Terms) -> Rows:
    """Return the solutions of a query or sub-query, without its order."""
    rows = grouped(select.where, ONE, terms)
    counts = [column for column in select.columns if isinstance(column, Count)]
    names = [column.name if isinstance(column, Count) else column for column in select.columns]
    if select.grouped or counts:
        if len(counts) != 1 or not set(names) <= {*select.grouped, counts[0].name} or not select.grouped:
            raise DeclinedError("GROUP BY")
        return counted(rows, select.grouped, counts[0].of, counts[0].name)
    kept = Rows({name: rows.column(name) for name in names}, rows.count)
    return distinct(kept, names) if select.distinct else kept


def grouped(group: Group, rows: Rows, terms: Terms) -> Rows:
    """Return what a group makes of the rows before it; its filters see all that it binds (section 5.2.2)."""
    rest = [element for element in group.elements if not isinstance(element, Filter)]
    while rest:
        points = _star(rest, rows)
        if len(points) > 1:
            rows = star(rows, points, terms)
            rest = [element for element in rest if element not in points]
        else:
            rows = _with(rest.pop(0), rows, terms)
    for element in group.elements:
        if isinstance(element, Filter):
            rows = filtered(element.expression, rows, terms)
    return rows


def _star(rest: Sequence[Element], rows: Rows) -> list[Triples]:
    """Return the triple patterns at the front that say something known about one subject that is not."""
    front = list(takewhile(lambda element: isinstance(element, Triples), rest))
    first = front[0] if front else None
    if not isinstance(first, Triples) or not isinstance(first.subject, Variable) or not rows.unbound(first.subject.name):
        return []
    points = [element for element in front if isinstance(element, Triples) and element.subject == first.subject and len(element.properties) == 1]
    return [point for point in points if isinstance(point.object, Constant) or rows.bound(point.object.name)]


def _with(element: Element, rows: Rows, terms: Terms) -> Rows:
    match element:
        case Triples():
            return matched(rows, element, terms)
        case Bind():
            return _bound(element, rows, terms)
        case Union():
            return _any(element, rows, terms)
        case Optional():
            return _optional(element.group, rows, terms)
        case Minus():
            return lacking(rows, grouped(element.group, ONE, terms))
        case Select():
            return joined(rows, selected(element, terms))
        case _:
            raise DeclinedError(type(element).__name__)


def _any(union: Union, rows: Rows, terms: Terms) -> Rows:
    if rows is ONE or all(map(_pure, union.groups)):
        return stacked([grouped(group, rows, terms) for group in union.groups])
    return joined(rows, stacked([grouped(group, ONE, terms) for group in union.groups]))


def _pure(group: Group) -> bool:
    """Tell whether a group gives the same when it sees the rows before it: it only joins, and its filters ask for its own variables."""
    own = set(_variables(group))
    return all(
        isinstance(element, Triples)
        or (isinstance(element, Union) and all(map(_pure, element.groups)))
        or (isinstance(element, Filter) and not _has_exists(element.expression) and set(_names(element.expression)) <= own)
        for element in group.elements
    )


def _variables(group: Group) -> Iterator[str]:
    """Yield the variables that the triples of a group bind in every row."""
    for element in group.elements:
        if isinstance(element, Triples):
            yield from (node.name for node in (element.subject, element.object) if isinstance(node, Variable))


def _names(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Variable):
        yield expression.name
    elif isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _names(argument)


def _has_exists(expression: Expression) -> bool:
    return isinstance(expression, Exists) or (isinstance(expression, Call) and any(map(_has_exists, expression.arguments)))


def _optional(group: Group, rows: Rows, terms: Terms) -> Rows:
    """Return the left join of rows with a group, whose own filters see both sides (section 18.2.2.6)."""
    marked = rows.put(ORIGIN, np.arange(rows.count))
    filters = [element.expression for element in group.elements if isinstance(element, Filter)]
    rest = Group(tuple(element for element in group.elements if not isinstance(element, Filter)))
    if any(isinstance(element, Bind) and isinstance(element.expression, Constant) for element in rest.elements):
        found = joined(marked, grouped(rest, ONE, terms))  # it begins with a body of its own
    elif _seeing_nothing(rest, rows):
        found = _by_first(rest, marked, terms)
    else:
        raise DeclinedError("OPTIONAL")
    for expression in filters:
        found = filtered(expression, found, terms)
    missing = np.ones(rows.count, bool)
    missing[found.column(ORIGIN)] = False
    return stacked([found, marked.where(missing)]).without(ORIGIN)


def _by_first(group: Group, rows: Rows, terms: Terms) -> Rows:
    """Return what a group makes of rows.

    Where it meets several of their variables, it is evaluated once for the different values of those in its first pattern, and then
    joined: for all rows at once, it would make every pair of two bodies' statements first.
    """
    met = [name for name in dict.fromkeys(_all_names(group)) if name in rows.columns and not rows.unbound(name)]
    seeds = [name for name in dict.fromkeys(_variables(Group(group.elements[:1]))) if rows.bound(name)]
    if len(met) <= len(seeds) or not seeds:
        return grouped(group, rows, terms)
    different = distinct(Rows({name: rows.columns[name] for name in seeds}, rows.count), seeds)
    found = grouped(group, different, terms)
    return stacked([joined(part, found) for part in apart(rows, met)])


def _seeing_nothing(group: Group, rows: Rows) -> bool:
    """Tell whether a group of patterns, and of values made of what they bind, gives the same when it sees the rows before it."""
    own = set(_variables(group))
    for element in group.elements:
        if isinstance(element, Bind):
            if not set(_names(element.expression)) <= own or _has_exists(element.expression) or element.name in rows.columns:
                return False
        elif not _pure(Group((element,))):
            return False
    return True


def _bound(bind: Bind, rows: Rows, terms: Terms) -> Rows:
    if not rows.unbound(bind.name) and rows.count:
        raise DeclinedError(bind.name)
    if isinstance(bind.expression, Variable):
        return rows.put(bind.name, rows.column(bind.expression.name))
    if isinstance(bind.expression, Constant):
        return rows.put(bind.name, np.full(rows.count, terms.number(bind.expression.term), np.int32))
    if _has_exists(bind.expression):
        raise DeclinedError("EXISTS")

    def made(row: dict[str, Value]) -> int:
        try:
            return terms.number(term_of(evaluate(bind.expression, row)))
        except EvaluationError:
            return UNBOUND

    different, inverse = _different(bind.expression, rows, terms)
    return rows.put(bind.name, np.array([made(row) for row in different], np.int32)[inverse])


def _different(expression: Expression, rows: Rows, terms: Terms) -> tuple[list[dict[str, Value]], Column]:
    """Return the different values that an expression meets, and which of them each row has."""
    names = [name for name in dict.fromkeys(_names(expression)) if name in rows.columns]
    numbers = codes([rows.columns[name] for name in names], rows.count)
    _, places, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    found: list[dict[str, Value]] = [{} for _ in places]
    for name in names:
        column = rows.columns[name][places]
        for place, term in zip(np.flatnonzero(column >= 0).tolist(), terms.terms(column[column >= 0]), strict=True):
            found[place][name] = value_of(term)
    return found, inverse


def filtered(expression: Expression, rows: Rows, terms: Terms) -> Rows:
    """Return the rows for which an expression is true."""
    if not rows.count:
        return rows
    return rows.where(_true(expression, rows, terms))


def _true(expression: Expression, rows: Rows, terms: Terms) -> Column:
    if isinstance(expression, Exists):
        there = _exists(expression.group, rows, terms)
        return there if expression.wanted else ~there
    if isinstance(expression, Call) and expression.name in ("&&", "||") and _has_exists(expression):
        parts = [_true(argument, rows, terms) for argument in expression.arguments]
        found: Column = np.logical_and.reduce(parts) if expression.name == "&&" else np.logical_or.reduce(parts)
        return found
    if _has_exists(expression):
        raise DeclinedError("EXISTS")
    if isinstance(expression, Call) and expression.name == "=" and isinstance(expression.arguments[0], Call) and expression.arguments[0].name == "LANG":
        languages = _languages(expression, rows, terms)
        if languages is not None:
            return languages

    def holds(row: dict[str, Value]) -> bool:
        try:
            return effective(evaluate(expression, row))
        except EvaluationError:
            return False

    different, inverse = _different(expression, rows, terms)
    return np.array([holds(row) for row in different], bool)[inverse]


def _languages(expression: Call, rows: Rows, terms: Terms) -> Column | None:
    """Tell for which rows ``LANG(?text) = …`` is true; None where it has to be evaluated text by text."""
    text, wanted = expression.arguments[0], expression.arguments[1]
    if not isinstance(text, Call) or not isinstance(text.arguments[0], Variable) or not isinstance(wanted, Variable):
        return None
    texts, languages = rows.column(text.arguments[0].name), rows.column(wanted.name)
    different, inverse = np.unique(languages, return_inverse=True)
    if different[0] < 0:
        return None
    tags = [LANGUAGES.get(term.removeprefix(b'"').removesuffix(b'"')) for term in terms.terms(different)]
    if None in tags:
        return None
    same: Column = terms.tags(np.maximum(texts, 0)) == np.array(tags)[inverse]
    return same & (texts >= 0)


def _exists(group: Group, rows: Rows, terms: Terms) -> Column:
    """Tell for which rows a group has a solution that agrees with them (section 18.6)."""
    if not all(isinstance(element, Triples | Filter) for element in group.elements):
        raise DeclinedError("EXISTS")
    names = [name for name in rows.columns if name in set(_all_names(group))]
    numbers = codes([rows.columns[name] for name in names], rows.count)
    places = firsts(numbers)
    marked = Rows({name: rows.columns[name][places] for name in names}, len(places)).put(ORIGIN, numbers[places])
    return np.isin(numbers, grouped(group, marked, terms).column(ORIGIN))


def _all_names(group: Group) -> Iterator[str]:
    for element in group.elements:
        if isinstance(element, Triples):
            yield from _variables(Group((element,)))
        elif isinstance(element, Filter | Bind):
            yield from _names(element.expression)
        elif isinstance(element, Union):
            for part in element.groups:
                yield from _all_names(part)


def ordered(select: Select, rows: Rows, terms: Terms) -> tuple[Rows, Sequence[tuple[str, bool]]]:
    """Return the columns to order by, most important first, each with whether it falls; what is no variable gets a column of its own.

    Raises:
        DeclinedError: the order asks for what the query does not give.
    """
    keys = []
    for place, (expression, falling) in enumerate(select.order):
        if not set(_names(expression)) <= set(rows.columns):
            raise DeclinedError("ORDER BY")
        if isinstance(expression, Variable):
            keys.append((expression.name, falling))
        else:
            keys.append((f"#{place}", falling))
            rows = _bound(Bind(expression, f"#{place}"), rows, terms)
    return rows, keys
