"""What moved between two builds because rows did: totals, ties and contradictions, each with the rows that moved it.

Figures are those that the builds hold; nothing is added up here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from withwhom.changes import ADDED, BOTH, CHANGED, MOVED, REMOVED, Change, Text, differing, how
from withwhom.network import Network
from withwhom.ties import BY_RULE, SAID, Tie, ties
from withwhom.words import WORDS, say

# Whose total it is, in which direction, of which kind of money.
TOTAL = ("entity", "direction", "currency", "support", "basis")
# What is compared of totals and ties; of one that is only there before or after, the first of it says enough.
FIGURES = ("sum", "certainty", "without_amount")
STATES = ("state", "strength", "since", "until")
COUNTED, EVENT = "counted", "event"


def consequences(old: Network, new: Network, touched: Mapping[str, str]) -> Iterator[Change]:
    """Yield the totals, ties and contradictions that differ between two networks.

    Args:
        old: the network before.
        new: the network after.
        touched: how each statement that differs does, by reference.
    """
    yield from _totals(old, new, touched)
    yield from _ties(old, new, touched)
    yield from _contradictions(old, new, touched)


def _totals(old: Network, new: Network, touched: Mapping[str, str]) -> Iterator[Change]:
    before, after = ({tuple(total[name] for name in TOTAL): total for total in network.totals} for network in (old, new))
    names = _Names(old, new)
    for key in sorted(before.keys() | after.keys()):
        first, second = before.get(key), after.get(key)
        cells = differing(first, second, FIGURES if first and second else FIGURES[:1])
        roles = [_roles(total) if total else {} for total in (first, second)]
        if cells or roles[0] != roles[1]:
            rows = _touching(touched, roles[0] | roles[1])
            rows |= {reference: told for reference, told in _changed_roles(*roles).items() if rows.get(reference, CHANGED) == CHANGED}
            yield Change("total", how(first, second), "/".join(filter(None, key)), names.total(key), cells, rows=_moved(rows))


def _roles(total: Text) -> dict[str, str]:
    """Return what a total does with each statement. Which telling of an event stands for it is a matter of order, and no difference."""
    left_out = dict(item.split(" ", 1) for item in total["left_out"].split("|") if item)
    counted = dict.fromkeys(filter(None, total["counted"].split("|")), COUNTED)
    return counted | {reference: COUNTED if reason == EVENT else reason for reference, reason in left_out.items()}


def _changed_roles(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    every = before.keys() | after.keys()
    pairs = {reference: (before.get(reference, ""), after.get(reference, "")) for reference in every}
    return {reference: f"{first or '—'} → {second or '—'}" for reference, (first, second) in pairs.items() if first != second}


def _touching(touched: Mapping[str, str], references: Iterable[str]) -> dict[str, str]:
    """Return how those of some statements differ that do; that one stands elsewhere in its text moves nothing."""
    return {reference: touched[reference] for reference in references if touched.get(reference, MOVED) != MOVED}


def _moved(rows: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{reference} {rows[reference]}".rstrip() for reference in sorted(rows))


def _ties(old: Network, new: Network, touched: Mapping[str, str]) -> Iterator[Change]:
    before, after = _grouped(old), _grouped(new)
    names = _Names(old, new)
    for key in sorted(before.keys() | after.keys()):
        first, second = before.get(key, []), after.get(key, [])
        cells = differing(_state(first), _state(second), STATES if first and second else STATES[:2])
        sides = [{reference for tie in side for reference in tie.statements} for side in (first, second)]
        if cells or sides[0] != sides[1]:
            rows = _touching(touched, sides[0] | sides[1])
            rows = rows or dict.fromkeys(sides[0] ^ sides[1], "")  # no row differs: a rule, or the class of a body, does
            yield Change("tie", how(first or None, second or None), " ".join(filter(None, key)), names.tie(key), cells, rows=_moved(rows))


def _grouped(network: Network) -> dict[tuple[str, str, str, str], list[Tie]]:
    """Return what ties two bodies in one way, whether explicit or inferred, so or planned: it differs if any of that does."""
    found: dict[tuple[str, str, str, str], list[Tie]] = defaultdict(list)
    statuses = {claim.status for claim in network.claims}
    for tie in ties(network, kinds=(SAID, BY_RULE), statuses=statuses):
        found[tie.a, tie.b, tie.kind, tie.rule].append(tie)
    return found


def _state(found: Sequence[Tie]) -> dict[str, str]:
    """Return what is said of ties in one way between two bodies; several states stand beside each other."""
    cells = {name: "|".join(str(getattr(tie, name)) for tie in found) for name in ("strength", "since", "until")}
    return {**cells, "state": "|".join(" ".join(filter(None, (tie.certainty, tie.status))) for tie in found)}


def _contradictions(old: Network, new: Network, touched: Mapping[str, str]) -> Iterator[Change]:
    before, after = ({(item["kind"], *sorted(item["statements"].split("|"))) for item in network.contradictions} for network in (old, new))
    for key in sorted(before ^ after):
        kind, *references = key
        change = ADDED if key in after else REMOVED
        words = {language: say(f"diff-contradiction-{kind}", language) if f"diff-contradiction-{kind}" in WORDS else kind for language in BOTH}
        rows = {reference: touched.get(reference, "") for reference in references}
        yield Change("contradiction", change, " ".join(key), words, rows=_moved(rows))


class _Names:
    """Says in words what totals and ties are about; names are those of the newer network, of the older where that has none."""

    def __init__(self, old: Network, new: Network) -> None:
        self.bodies = {body.id: body for network in (old, new) for body in network.bodies}
        self.codes = {**old.codes, **new.codes}
        self.rules = {**old.rules, **new.rules}

    def body(self, entity: str, language: str) -> str:
        body = self.bodies.get(entity)
        return (body.zh if language == "zh" else body.en) if body else entity

    def code(self, value: str, language: str) -> str:
        return "/".join(self.codes.get(part, {}).get(language, part) for part in value.split("|"))

    def total(self, key: tuple[str, ...]) -> Text:
        entity, direction, currency, *kinds = key
        money = {language: " ".join(filter(None, (currency, *(self.code(kind, language) for kind in kinds if kind)))) for language in BOTH}
        return {language: " · ".join(filter(None, (self.body(entity, language), say(f"diff-{direction}", language), money[language]))) for language in BOTH}

    def tie(self, key: tuple[str, ...]) -> Text:
        a, b, kind, rule = key
        words = {language: say(f"value-{kind}", language) + (f" {rule}" if rule else "") for language in BOTH}
        return {language: f"{self.body(a, language)} — {self.body(b, language)} · {words[language]}" for language in BOTH}
