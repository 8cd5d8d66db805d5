"""What differs between two builds, as values: the same for the terminal, a page, a spreadsheet or a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
HOW = (ADDED, REMOVED, CHANGED, MOVED)
# What a report tells of, in this order; the last says how the builds were made and not what they hold.
PARTS = ("vocabulary", "source", "entity", "statement", "total", "tie", "contradiction", "input")
BOTH = ("zh", "en")
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that differs: of which column, before and after; empty for nothing."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    Args:
        part: one of :data:`PARTS`.
        how: added, removed, changed, or moved (a statement whose words stand elsewhere in the text now).
        id: of the source, entity or statement; the path of a file; whose and what kind of money; who is tied and how.
        text: what it is, in words of ``zh`` and ``en``.
        cells: what of it differs.
        cited: its evidence in words, of a statement.
        rows: references of the statements that made it differ, each with how they do.
    """

    part: str
    how: str
    id: str
    text: Text
    cells: tuple[Cell, ...] = ()
    cited: Text = field(default_factory=dict)
    rows: tuple[str, ...] = ()


def how(old: object, new: object) -> str:
    """Return whether something was added, removed or changed, given what was there before and after (None: nothing)."""
    return ADDED if old is None else REMOVED if new is None else CHANGED


def differing(old: Mapping[str, str] | None, new: Mapping[str, str] | None, columns: Iterable[str]) -> tuple[Cell, ...]:
    """Return the cells that differ; of what is only there before or after, those that are not empty."""
    pairs = ((column, (old or {}).get(column, ""), (new or {}).get(column, "")) for column in columns)
    return tuple(Cell(column, before, after) for column, before, after in pairs if before != after)


def counted(changes: Iterable[Change]) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Yield each part that has changes, with how many of each kind."""
    every = list(changes)
    for part in PARTS:
        found = [change.how for change in every if change.part == part]
        if found:
            yield part, {kind: found.count(kind) for kind in HOW if kind in found}
