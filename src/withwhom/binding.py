"""Puts values into questions: a token is replaced by a correctly escaped RDF term, its type taken from the file, never from the caller."""

from __future__ import annotations

import re
from collections.abc import Mapping

from withwhom.dates import bounds
from withwhom.problems import SaidError
from withwhom.questions import TOKEN, Question
from withwhom.terms import XSD, literal

# What an IRI may hold inside < > (SPARQL 1.1, production IRIREF).
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
FORMS = {
    "number": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"),
    "xsd_decimal": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"),
    "integer": re.compile(r"[+-]?[0-9]+"),
    "xsd_integer": re.compile(r"[+-]?[0-9]+"),
    "xsd_boolean": re.compile(r"true|false"),
}
DATATYPES = {"number": "decimal", "integer": "integer"}


class BindingError(SaidError):
    """A value is missing, is not of the parameter's type, or belongs to no parameter."""


def term(value: str, kind: str, *, last: bool = False) -> str:
    """Return an RDF term in SPARQL's syntax.

    Args:
        value: the value as a text.
        kind: the type in the token: iri, literal, number, integer, or xsd_ and the name of a datatype.
        last: for a date that is shorter than a day, whether its last day is meant.

    Raises:
        BindingError: the value is not of that type.
    """
    if kind == "iri":
        if not IRI.fullmatch(value):
            raise BindingError("no-such-value", value=repr(value[:60]), kind="IRI")
        return f"<{value}>"
    if kind in ("literal", "xsd_string"):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise BindingError("no-such-value", value=ascii(value[:60]), kind="Unicode")
        return literal(value)
    if kind == "xsd_date":
        days = bounds(value)
        if days is None:
            raise BindingError("no-date", value=repr(value[:60]))
        return literal(days[1] if last else days[0], datatype=XSD + "date")
    if not FORMS[kind].fullmatch(value):
        raise BindingError("no-such-value", value=repr(value[:60]), kind=DATATYPES.get(kind, kind.removeprefix("xsd_")))
    return literal(value, datatype=XSD + DATATYPES.get(kind, kind.removeprefix("xsd_")))


def bind(question: Question, values: Mapping[str, str], language: str = "zh") -> str:
    """Return the query of a question with its values in place.

    Args:
        question: what is asked.
        values: by parameter; an optional parameter that is not given means “any” and its token stays as it is.
        language: of labels, ``zh`` or ``en``.

    Raises:
        BindingError: a required value is missing, a value is of the wrong type, or a name is none of the parameters.
    """
    names = {parameter.name for parameter in question.parameters}
    for name in values:
        if name not in names:
            raise BindingError("no-parameter", slug=question.slug, value=repr(name), known=", ".join(sorted(names)) or "—")
    for parameter in question.parameters:
        if parameter.required and not values.get(parameter.name):
            raise BindingError("value-missing", slug=question.slug, name=parameter.name)

    def replace(match: re.Match[str]) -> str:
        name, kind = match[2], match[3]
        given = {**values, "lang": language}.get(name)
        return match.group() if not given else term(given, kind, last=name == "until")

    return TOKEN.sub(replace, question.text)
