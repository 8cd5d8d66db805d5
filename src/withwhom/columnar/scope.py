"""Which variables parts of a query speak of, and which parts give the same whatever rows they are evaluated with."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from withwhom.columnar.syntax import Bind, Call, Count, Element, Exists, Expression, Filter, Group, Minus, Optional, Select, Triples, Union, Variable


def names(expression: Expression) -> Iterator[str]:
    """Yield the variables of an expression."""
    if isinstance(expression, Variable):
        yield expression.name
    elif isinstance(expression, Call):
        for argument in expression.arguments:
            yield from names(argument)
    elif isinstance(expression, Exists):
        yield from mentioned(expression.group)


def mentioned(part: Group | Element) -> Iterator[str]:
    """Yield every variable that stands in a part of a query."""
    match part:
        case Triples():
            yield from (node.name for node in (part.subject, part.object) if isinstance(node, Variable))
        case Filter():
            yield from names(part.expression)
        case Bind():
            yield part.name
            yield from names(part.expression)
        case Optional() | Minus():
            yield from mentioned(part.group)
        case Union():
            for group in part.groups:
                yield from mentioned(group)
        case Select():
            yield from columns(part)
            yield from mentioned(part.where)
        case Group():
            for element in part.elements:
                yield from mentioned(element)


def columns(select: Select) -> Iterator[str]:
    """Yield the names of what a query or sub-query gives."""
    yield from (column.name if isinstance(column, Count) else column for column in select.columns)


def certain(group: Group) -> Iterator[str]:
    """Yield the variables that the triples of a group bind in every row."""
    for element in group.elements:
        if isinstance(element, Triples):
            yield from mentioned(element)


def has_exists(expression: Expression) -> bool:
    """Tell whether an expression asks whether something exists."""
    return isinstance(expression, Exists) or (isinstance(expression, Call) and any(map(has_exists, expression.arguments)))


def closed(group: Group, outside: Collection[str]) -> bool:
    """Tell whether a group gives the same when it sees the rows before it: it joins, and asks for nothing of theirs that it does not bind itself.

    Args:
        group: the group.
        outside: the variables of the rows.
    """
    own = set(certain(group))

    def foreign(expression: Expression) -> bool:
        return any(name in outside and name not in own for name in names(expression))

    for element in group.elements:
        if isinstance(element, Bind):
            if element.name in outside or has_exists(element.expression) or foreign(element.expression):
                return False
        elif isinstance(element, Filter):
            if foreign(element.expression):
                return False
        elif isinstance(element, Union):
            around = {*outside, *mentioned(group)}
            if not all(closed(part, around) for part in element.groups):
                return False
        elif not isinstance(element, Triples):
            return False
    return True
