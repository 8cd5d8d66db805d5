"""Takes a sheet back into its table: labels become codes again, and a cell that nobody changed stays as the table has it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from withwhom.cells import with_nearest
from withwhom.choices import STATEMENTS, Choices, headings, kind_of
from withwhom.ontology import Ontology
from withwhom.problems import Problem, nearest
from withwhom.table_text import TableText
from withwhom.tables import short
from withwhom.workbook_read import Cells, coordinate

# Words that a message names of those that a cell may be chosen from; all of them are in its drop-down.
SHOWN = 12
# What a sheet must have to be such a table; whatever else is missing, `check` says so.
NEEDED = {"sources": ("id",), "entities": ("id",), "names": ("entity", "name"), "evidence": ("statement",), STATEMENTS: ("id", "subject", "predicate")}


@dataclass(frozen=True)
class SheetRows:
    """A sheet whose headings are known.

    Args:
        shown: workbook and sheet, as messages name them.
        numbers: the column of each heading, 1-based.
        rows: the number of each filled row and its cells, by heading.
    """

    shown: str
    numbers: Mapping[str, int]
    rows: Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Taken:
    """What became of a table.

    Args:
        text: the table as it is to be.
        counts: how many rows were added, changed and removed, and how many columns were added and removed.
        moved: whether rows that stay stand in another order.
        problems: cells that are no choice of their column.
    """

    text: TableText
    counts: Mapping[str, int]
    moved: bool
    problems: Sequence[Problem]

    @property
    def changed(self) -> bool:
        return self.moved or any(self.counts.values())


def sheet_rows(sheet: Cells, shown: str, table: str, existing: Sequence[str], ontology: Ontology) -> tuple[SheetRows, list[Problem]]:
    """Find out which column of a table each column of a sheet is.

    Args:
        sheet: its cells, the headings in the first row.
        shown: workbook and sheet, as messages name them.
        table: which table it is.
        existing: the columns that the table has.
        ontology: the vocabulary.
    """
    labels = headings(kind_of(table), ontology)
    legal = [*dict.fromkeys([*existing, *labels])]
    by_label = {label.casefold(): name for name in reversed(list(labels)) for label in labels[name].values()}
    numbers: dict[str, int] = {}
    problems = []
    for number, heading in enumerate(sheet.rows[0] if sheet.rows else (), 1):
        last = heading.strip().rpartition("\n")[2].strip()
        name = last if last in legal else by_label.get(heading.strip().casefold(), "")
        if name in numbers:
            problems.append(Problem(shown, 1, number, "duplicate-column", {"value": short(name)}))
        elif name:
            numbers[name] = number
        elif heading.strip():
            problems.append(Problem(shown, 1, number, "unknown-column", {"value": short(heading), "known": with_nearest(last, filter(None, legal))}))
    problems += [Problem(shown, 1, 0, "missing-column", {"value": name}) for name in NEEDED[kind_of(table)] if name not in numbers]
    rows = [(number, row) for number, row in enumerate(sheet.rows[1:], 2) if any(row)]
    if not problems:
        headed = set(numbers.values())
        wild = ((row, number, cell) for row, cells in rows for number, cell in enumerate(cells, 1) if cell and number not in headed)
        problems += [Problem(shown, row, number, "sheet-unheaded", {"cell": coordinate(row, number), "value": short(cell)}) for row, number, cell in wild]
    return SheetRows(shown, numbers, [(number, _padded(cells, numbers)) for number, cells in rows]), problems


def _padded(cells: Sequence[str], numbers: Mapping[str, int]) -> list[str]:
    return [cells[number - 1] if number <= len(cells) else "" for number in numbers.values()]


def read_alone(sheet: SheetRows, columns: Mapping[str, Choices]) -> TableText:
    """Return the table that a sheet is by itself, in codes."""
    choose = [columns.get(name) for name in sheet.numbers]
    return TableText(list(sheet.numbers), [[_meant(choice, cell) for choice, cell in zip(choose, cells, strict=True)] for _, cells in sheet.rows])


def take(sheet: SheetRows, table: TableText, columns: Mapping[str, Choices], key: str) -> Taken:
    """Take the rows of a sheet into a table.

    A row that means what a row of the table means is that row, byte for byte; another one with the id of a row keeps the cells of
    it that mean the same. Columns stay in the table's order, new ones that hold something come after them.

    Args:
        sheet: the rows as they are to be.
        table: the table as it is.
        columns: what the cells of a column are chosen from.
        key: the column that names a row, empty where a row has no name.
    """
    new = [name for place, name in enumerate(sheet.numbers) if name not in table.header and any(cells[place] for _, cells in sheet.rows)]
    header = [name for name in table.header if name in sheet.numbers] + new
    order = [list(sheet.numbers).index(name) for name in header]
    choose = [columns.get(name) for name in header]
    wanted = [[cells[place] for place in order] for _, cells in sheet.rows]
    old = {number: [table.cell(number, name) for name in header] for number, cells in enumerate(table.rows) if any(cells)}
    same = _paired([_meaning(cells, choose) for cells in wanted], {number: _meaning(cells, choose) for number, cells in old.items()})
    at = header.index(key) if key else -1
    loose = {number: cells[at] for number, cells in old.items() if number not in set(same)} if key else {}
    named = _paired([None if match is not None or not key else cells[at] or None for cells, match in zip(wanted, same, strict=True)], loose)
    rows = [
        old[match] if match is not None else [_taken(*cell) for cell in zip(choose, cells, old[other] if other is not None else [""] * len(cells), strict=True)]
        for cells, match, other in zip(wanted, same, named, strict=True)
    ]
    before = [match if match is not None else other for match, other in zip(same, named, strict=True)]
    fresh = [
        (number, cells, old[other] if other is not None else None)
        for (number, _), cells, match, other in zip(sheet.rows, rows, same, named, strict=True)
        if match is None
    ]
    problems = [problem for number, cells, was in fresh for problem in _no_choices(sheet, number, dict(zip(header, cells, strict=True)), was, columns)]
    return Taken(TableText(header, rows, table.mark, table.ending), _counts(table, header, old, before, named), _moved(before), problems)


def _counts(table: TableText, header: Sequence[str], old: Mapping[int, object], before: Sequence[int | None], named: Sequence[int | None]) -> Mapping[str, int]:
    kept, gone = len(before) - before.count(None), [name for name in table.header if name and name not in header]
    return {
        "added": before.count(None),
        "changed": len(named) - named.count(None),
        "removed": len(old) - kept,
        "columns-added": len(set(header) - set(table.header)) if table.header else 0,
        "columns-removed": len(gone),
    }


def _moved(before: Sequence[int | None]) -> bool:
    kept = [number for number in before if number is not None]
    return kept != sorted(kept)


def _meaning(cells: Sequence[str], choose: Sequence[Choices | None]) -> tuple[str, ...]:
    return tuple(_meant(choice, cell) for choice, cell in zip(choose, cells, strict=True))


def _paired(wanted: Sequence[Hashable], old: Mapping[int, Hashable]) -> list[int | None]:
    """Return, for each thing wanted, the number of an old one that is the same; each old one stands for one only, in their order."""
    numbers: dict[Hashable, deque[int]] = defaultdict(deque)
    for number, thing in old.items():
        numbers[thing].append(number)
    return [waiting.popleft() if (waiting := numbers.get(thing)) else None for thing in wanted]


def _meant(choice: Choices | None, cell: str) -> str:
    return cell if choice is None else choice.meant(cell)


def _taken(choice: Choices | None, cell: str, before: str) -> str:
    """Return a cell as the table is to have it: as before, if that means the same."""
    meant = _meant(choice, cell)
    return before if before and _meant(choice, before) == meant else meant


def _no_choices(sheet: SheetRows, row: int, cells: Mapping[str, str], before: Sequence[str] | None, columns: Mapping[str, Choices]) -> Iterator[Problem]:
    """Yield the cells of a row, not as they were before, that are no choice where nothing else can be right."""
    for place, (name, cell) in enumerate(cells.items()):
        choice = columns.get(name)
        if choice is not None and choice.closed and not choice.knows(cell) and (before is None or before[place] != cell):
            words = [label for labels in choice.labels.values() for label in labels.values()]
            known = ", ".join(list(dict.fromkeys([*nearest(cell, words), *words]))[:SHOWN]) + (", …" if len(words) > SHOWN else "")
            column = sheet.numbers[name]
            yield Problem(sheet.shown, row, column, "sheet-value", {"cell": coordinate(row, column), "value": short(cell), "known": known})
