"""Checks how rows hang together: nothing refers to nowhere, no circles, and a warning where two amounts may be the same money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from withwhom.cells import Context, problem
from withwhom.dates import bounds
from withwhom.ontology import Ontology
from withwhom.problems import Problem
from withwhom.records import Place, Statement
from withwhom.tables import short

# What the checks here read of a statement, beside the qualifiers that refer to statements.
READ = ("amount", "currency", "support", "basis", "since", "until", "event", "included_in", "overlaps", "locator")


def references(context: Context) -> Iterator[Problem]:
    """Find references from statement to statement that lead nowhere."""
    for statement in context.records.statements:
        for column, value in _named(statement, context.ontology):
            if statement.full(value) not in context.statements:
                yield problem(statement.at, column, "unknown-statement", value=short(value))


def _named(statement: Statement, ontology: Ontology) -> Iterator[tuple[str, str]]:
    """Yield column and value of each reference to a statement."""
    for column, cell in statement.qualifiers.items():
        if column in ontology.statement_columns:
            yield from ((column, value) for value in cell.split("|"))


def named(statement: Statement, ontology: Ontology) -> set[str]:
    """Return the statements that a statement refers to, in full."""
    return {statement.full(value) for _, value in _named(statement, ontology)}


def linked(statements: Sequence[Statement], ontology: Ontology) -> list[Statement]:
    """Return what the checks here need of statements: those with an amount, a whole or a reference, those referred to, and the cells read."""
    chosen = {statement.reference for statement in statements if _counts(statement, ontology)}
    chosen |= {reference for statement in statements for reference in named(statement, ontology)}
    return [without_words(statement, ontology) for statement in statements if statement.reference in chosen]


def _counts(statement: Statement, ontology: Ontology) -> bool:
    predicate = ontology.predicates.get(statement.predicate)
    is_part = predicate is not None and predicate.top == "partOf" and bool(statement.object)
    return is_part or bool(statement.get("amount") or statement.get("included_in") or named(statement, ontology))


def without_words(statement: Statement, ontology: Ontology) -> Statement:
    """Return a statement with those cells only that the checks here read."""
    cells = {column: cell for column, cell in statement.qualifiers.items() if column in READ or column in ontology.statement_columns}
    return replace(statement, qualifiers=cells)


def loops(context: Context) -> Iterator[Problem]:
    """Find cycles in the whole-part order of entities and in qualifiers that point from statement to statement."""
    parts: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for statement in context.records.statements:
        predicate = context.ontology.predicates.get(statement.predicate)
        if predicate is not None and predicate.top == "partOf" and statement.object:
            parts[statement.subject].append((statement.object, statement.at))
    yield from cycles(parts, "object")
    wholes = {
        statement.reference: [(statement.full(value), statement.at) for value in statement.get("included_in").split("|") if value]
        for statement in context.records.statements
        if statement.get("included_in")
    }
    yield from cycles(wholes, "included_in")


def cycles(links: Mapping[str, list[tuple[str, Place]]], column: str) -> Iterator[Problem]:
    """Yield one problem for each node from which a walk comes back to a node on its own path (depth-first, iterative)."""
    finished: set[str] = set()
    for root in links:
        path: dict[str, None] = {}
        stack: list[tuple[str, Place | None, bool]] = [(root, None, False)]
        while stack:
            node, at, leaving = stack.pop()
            if leaving:
                path.pop(node)
                finished.add(node)
            elif node in path and at is not None:
                members = list(path)
                yield problem(at, column, "cycle", value=" → ".join([*members[members.index(node) :], node]))
            elif node not in finished:
                path[node] = None
                stack.append((node, at, True))
                stack.extend((target, where, False) for target, where in links.get(node, ()))


def overlaps(context: Context) -> Iterator[Problem]:
    """Warn where two amounts of one giver, receiver, support and basis cover one period and nothing says how they relate."""
    groups: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for statement in context.records.statements:
        if statement.get("amount"):
            key = tuple(statement.get(column) for column in ("currency", "support", "basis"))
            groups[(statement.subject, statement.object, *key)].append(statement)
    for statements in groups.values():
        for number, later in enumerate(statements):
            for earlier in statements[:number]:
                if not _related(earlier, later) and not _rows_of_one_table(earlier, later) and meet(earlier, later):
                    yield problem(later.at, "amount", "may-overlap", severity="warning", value=earlier.reference)


def _related(one: Statement, other: Statement) -> bool:
    links = ("included_in", "overlaps")
    if one.get("event") and one.get("event") == other.get("event"):
        return True
    wholes = [{s.full(value) for column in links for value in s.get(column).split("|") if value} for s in (one, other)]
    return other.reference in wholes[0] or one.reference in wholes[1] or bool(wholes[0] & wholes[1])


def _rows_of_one_table(one: Statement, other: Statement) -> bool:
    """Tell whether two statements are rows of one table, which tells its entries apart itself."""
    return one.source == other.source and bool(one.get("locator") and other.get("locator"))


def meet(one: Statement, other: Statement) -> bool:
    """Tell whether the periods of two statements share a day; a bound that is not stated is open."""
    first = [bounds(s.get("since")) for s in (one, other)]
    last = [bounds(s.get("until")) for s in (one, other)]
    starts = [pair[0] if pair else "" for pair in first]
    stops = [pair[1] if pair else "9999-12-31" for pair in last]
    return starts[0] <= stops[1] and starts[1] <= stops[0]
