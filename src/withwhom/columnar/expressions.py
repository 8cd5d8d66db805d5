"""Evaluates expressions over whole tables of rows, once for all rows in which their variables have the same values."""

from __future__ import annotations

from functools import reduce

import numpy as np

from withwhom.columnar.data import IRI, LANGUAGES, Column
from withwhom.columnar.patterns import Terms
from withwhom.columnar.rows import UNBOUND, Rows, codes
from withwhom.columnar.scope import has_exists, names
from withwhom.columnar.syntax import Bind, Call, Constant, DeclinedError, Expression, Variable
from withwhom.columnar.values import EvaluationError, Value, effective, evaluate, term_of, value_of


def bound(bind: Bind, rows: Rows, terms: Terms) -> Rows:
    """Return the rows with a variable bound; it stays unbound where the expression has no value.

    Raises:
        DeclinedError: it is bound before, or the expression asks whether something exists.
    """
    if not rows.unbound(bind.name) and rows.count:
        raise DeclinedError(bind.name)
    if isinstance(bind.expression, Variable | Constant):
        return rows.put(bind.name, _plain(bind.expression, rows, terms))
    if isinstance(bind.expression, Call) and bind.expression.name == "COALESCE":
        plain = [_plain(argument, rows, terms) for argument in bind.expression.arguments if isinstance(argument, Variable | Constant)]
        if len(plain) == len(bind.expression.arguments):
            return rows.put(bind.name, reduce(lambda first, other: np.where(first >= 0, first, other), plain))
    if has_exists(bind.expression):
        raise DeclinedError("EXISTS")

    def made(row: dict[str, Value]) -> bytes:
        try:
            return term_of(evaluate(bind.expression, row))
        except EvaluationError:
            return b""

    different, inverse = _different(bind.expression, rows, terms)
    found = [made(row) for row in different]
    numbers = iter(terms.numbers([term for term in found if term]))
    return rows.put(bind.name, np.array([next(numbers) if term else UNBOUND for term in found], np.int32)[inverse])


def _plain(expression: Variable | Constant, rows: Rows, terms: Terms) -> Column:
    """Return the values of a variable or a constant."""
    if isinstance(expression, Variable):
        return rows.column(expression.name)
    return np.full(rows.count, terms.number(expression.term), np.int32)


def holding(expression: Expression, rows: Rows, terms: Terms) -> Column:
    """Tell for which rows an expression is true.

    Raises:
        DeclinedError: it asks whether something exists.
    """
    if has_exists(expression):
        raise DeclinedError("EXISTS")
    if isinstance(expression, Call) and expression.name == "=" and isinstance(expression.arguments[0], Call) and expression.arguments[0].name == "LANG":
        languages = _languages(expression, rows, terms)
        if languages is not None:
            return languages
    if isinstance(expression, Call) and expression.name in ("=", "!="):
        same = _same_iris(expression, rows, terms)
        if same is not None:
            return same if expression.name == "=" else ~same

    def holds(row: dict[str, Value]) -> bool:
        try:
            return effective(evaluate(expression, row))
        except EvaluationError:
            return False

    different, inverse = _different(expression, rows, terms)
    return np.array([holds(row) for row in different], bool)[inverse]


def _different(expression: Expression, rows: Rows, terms: Terms) -> tuple[list[dict[str, Value]], Column]:
    """Return the different values that an expression meets, and which of them each row has."""
    met = [name for name in dict.fromkeys(names(expression)) if name in rows.columns]
    numbers = codes([rows.columns[name] for name in met], rows.count)
    _, places, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    found: list[dict[str, Value]] = [{} for _ in places]
    for name in met:
        column = rows.columns[name][places]
        for place, term in zip(np.flatnonzero(column >= 0).tolist(), terms.terms(column[column >= 0]), strict=True):
            found[place][name] = value_of(term)
    return found, inverse


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


def _same_iris(expression: Call, rows: Rows, terms: Terms) -> Column | None:
    """Tell in which rows two variables are the same IRI; None where they have to be compared value by value."""
    found = [rows.column(argument.name) for argument in expression.arguments if isinstance(argument, Variable) and rows.bound(argument.name)]
    if len(found) < len(expression.arguments) or any((terms.tags(column) != IRI).any() for column in found):
        return None
    same: Column = found[0] == found[1]
    return same
