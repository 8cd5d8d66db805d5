"""Evaluates an expression over the terms of one row (SPARQL 1.1, section 17)."""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from withwhom.columnar.syntax import Call, Constant, DeclinedError, Exists, Expression, Variable
from withwhom.terms import RDF, XSD, literal

NUMERIC = frozenset(XSD + name for name in ("integer", "decimal"))
CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


class Value(NamedTuple):
    """A term: an IRI has no datatype, a text with a language has that of :rdf:`langString`."""

    text: str
    datatype: str = ""
    language: str = ""


class EvaluationError(Exception):
    """An expression has no value: a variable is not bound, or the types do not fit."""


STRING, LANG_STRING, BOOLEAN, DATE = XSD + "string", RDF + "langString", XSD + "boolean", XSD + "date"
TRUE, FALSE = Value("true", BOOLEAN), Value("false", BOOLEAN)


@lru_cache(maxsize=200_000)
def value_of(term: bytes) -> Value:
    """Return the value of a term as N-Triples write it."""
    text = term.decode("utf-8")
    if text.startswith("<"):
        return Value(text[1:-1])
    if not text.startswith('"'):
        raise DeclinedError(text)  # a blank node
    body, _, tail = text[1:].rpartition('"')
    if "\\" in body:
        body = ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)) if match[1] or match[2] else UNESCAPED[match[3]], body)
    if tail.startswith("@"):
        return Value(body, LANG_STRING, tail[1:])
    return Value(body, tail[3:-1] if tail else STRING)


def term_of(value: Value) -> bytes:
    """Return a value as N-Triples write it."""
    if not value.datatype:
        return f"<{value.text}>".encode()
    datatype = "" if value.datatype in (STRING, LANG_STRING) else value.datatype
    return literal(value.text, language=value.language, datatype=datatype).encode()


def evaluate(expression: Expression, row: Mapping[str, Value]) -> Value:
    """Return the value of an expression.

    Args:
        expression: what to evaluate; no ``EXISTS`` in it.
        row: the values of the variables that are bound.

    Raises:
        EvaluationError: it has none.
        DeclinedError: it compares what is not compared here.
    """
    if isinstance(expression, Constant):
        return value_of(expression.term)
    if isinstance(expression, Variable):
        if expression.name not in row:
            raise EvaluationError
        return row[expression.name]
    if isinstance(expression, Exists):
        raise DeclinedError("EXISTS")
    return CALLS[expression.name](expression.arguments, row)


def effective(value: Value) -> bool:
    """Return the effective boolean value (section 17.2.2)."""
    if value.datatype == BOOLEAN:
        return value.text in ("true", "1")
    if value.datatype in NUMERIC:
        return Decimal(value.text) != 0
    if value.datatype in (STRING, LANG_STRING):
        return value.text != ""
    raise EvaluationError


Row = Mapping[str, Value]
Arguments = Sequence[Expression]


def holds(expression: Expression, row: Row) -> bool:
    """Tell whether an expression is true; raises what :func:`evaluate` raises."""
    return effective(evaluate(expression, row))


def _boolean(truth: bool) -> Value:  # noqa: FBT001  # it is the value
    return TRUE if truth else FALSE


def _either(arguments: Arguments, row: Row, wanted: bool) -> Value:  # noqa: FBT001  # which of the two operators
    """Return the value of ``||`` (wanted: true) or ``&&`` (false): an error counts only where no argument decides (section 17.2)."""
    failed = False
    for argument in arguments:
        try:
            if holds(argument, row) is wanted:
                return _boolean(wanted)
        except EvaluationError:
            failed = True
    if failed:
        raise EvaluationError
    return _boolean(not wanted)


def _comparable(value: Value) -> object:
    if value.datatype in NUMERIC:
        return Decimal(value.text)
    if value.datatype == DATE:
        try:
            return datetime.date.fromisoformat(value.text)
        except ValueError as error:
            raise DeclinedError(value.text) from error
    if value.datatype in (STRING, BOOLEAN):
        return value.text
    raise DeclinedError(value.datatype)


def _kind(value: Value) -> str:
    return "number" if value.datatype in NUMERIC else value.datatype


def _same(one: Value, other: Value) -> bool:
    """Tell whether two terms are equal (section 17.4.1.7)."""
    if one == other:
        return True
    if not one.datatype or not other.datatype:
        return False
    if LANG_STRING in (one.datatype, other.datatype) or _kind(one) != _kind(other):
        raise DeclinedError(one.datatype)  # false for some engines, an error for others
    return _comparable(one) == _comparable(other)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Arguments, Row], Value]:
    def run(arguments: Arguments, row: Row) -> Value:
        one, other = (evaluate(argument, row) for argument in arguments)
        if not one.datatype or _kind(one) != _kind(other):
            raise EvaluationError
        return _boolean(compare(_comparable(one), _comparable(other)))

    return run


def _equal(arguments: Arguments, row: Row) -> Value:
    one, other = (evaluate(argument, row) for argument in arguments)
    return _boolean(_same(one, other))


def _unequal(arguments: Arguments, row: Row) -> Value:
    return _boolean(_equal(arguments, row) is FALSE)


def _within(arguments: Arguments, row: Row) -> Value:
    return _either([Call("=", (arguments[0], other)) for other in arguments[1:]], row, wanted=True)


def _not(arguments: Arguments, row: Row) -> Value:
    return _boolean(not holds(arguments[0], row))


def _coalesce(arguments: Arguments, row: Row) -> Value:
    for argument in arguments:
        try:
            return evaluate(argument, row)
        except EvaluationError:
            continue
    raise EvaluationError


def _if(arguments: Arguments, row: Row) -> Value:
    return evaluate(arguments[1 if holds(arguments[0], row) else 2], row)


def _bound(arguments: Arguments, row: Row) -> Value:
    variable = arguments[0]
    return _boolean(isinstance(variable, Variable) and variable.name in row)


def _str(arguments: Arguments, row: Row) -> Value:
    value = evaluate(arguments[0], row)
    if value.datatype in NUMERIC and not CANONICAL.fullmatch(value.text):
        raise DeclinedError(value.text)  # as it is written for some engines, in its shortest form for others
    return Value(value.text, STRING)


def _lang(arguments: Arguments, row: Row) -> Value:
    value = evaluate(arguments[0], row)
    if not value.datatype:
        raise EvaluationError
    return Value(value.language, STRING)


def _plain(argument: Expression, row: Row) -> str:
    value = evaluate(argument, row)
    if value.datatype == LANG_STRING:
        raise DeclinedError(value.text)  # texts with a language make texts with a language; no saved question joins any
    if value.datatype != STRING:
        raise EvaluationError
    return value.text


def _concat(arguments: Arguments, row: Row) -> Value:
    return Value("".join([_plain(argument, row) for argument in arguments]), STRING)


def _after(arguments: Arguments, row: Row) -> Value:
    text, mark = (_plain(argument, row) for argument in arguments)
    return Value(text.partition(mark)[2] if mark else text, STRING)


def _is_iri(arguments: Arguments, row: Row) -> Value:
    return _boolean(not evaluate(arguments[0], row).datatype)


CALLS: Mapping[str, Callable[[Arguments, Row], Value]] = {
    "||": lambda arguments, row: _either(arguments, row, wanted=True),
    "&&": lambda arguments, row: _either(arguments, row, wanted=False),
    "!": _not,
    "=": _equal,
    "!=": _unequal,
    "<": _ordered(operator.lt),
    ">": _ordered(operator.gt),
    "<=": _ordered(operator.le),
    ">=": _ordered(operator.ge),
    "IN": _within,
    "COALESCE": _coalesce,
    "IF": _if,
    "BOUND": _bound,
    "CONCAT": _concat,
    "STR": _str,
    "STRAFTER": _after,
    "LANG": _lang,
    "ISIRI": _is_iri,
}
