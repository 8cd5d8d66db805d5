"""Reads what the rows of a table say by its map: claims whose names are not matched yet, and the rows that say nothing, with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from withwhom.cells import DAMAGED_DATE, DAMAGED_NUMBER
from withwhom.dates import bounds
from withwhom.foreign import Foreign, Row
from withwhom.ontology import Ontology
from withwhom.problems import InputError, Problem
from withwhom.table_map import ENDS, TIME, Named, Says, TableMap, fits, matching
from withwhom.tables import short
from withwhom.text import normal
from withwhom.written import CURRENCY_TAGS, Sum, period_of, sum_of, unit_of

Key = tuple[str, str]  # identifier or name in normal form, and class
# The longest cell that is shown as evidence, the most cells, and the longest evidence.
CELL, CELLS, WORDING = 100, 8, 300


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a cell: as written and as shown, the class that its column holds and the narrower one the row gives it."""

    name: str
    label: str
    kind: str
    type: str
    column: str
    identifier: str
    collective: bool

    @property
    def key(self) -> Key:
        """What tells two named things apart."""
        return (f"id:{self.identifier}" if self.identifier else normal(self.name)), self.kind


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row says: entities by column (subject, object, program …), plain cells by column, and who told it."""

    row: Row
    number: int
    predicate: str
    entities: Mapping[str, Mention]
    cells: Mapping[str, str]
    columns: Mapping[str, int]
    teller: str


@dataclass(frozen=True, order=True)
class Left:
    """A row, or a part of it, that makes no statement: the reason (a key of the words ``left-…``), the heading and the cell."""

    row: int
    reason: str
    heading: str = ""
    value: str = ""


class _LeftOutError(Exception):
    def __init__(self, reason: str, heading: str = "", value: str = "") -> None:
        self.reason, self.heading, self.value = reason, heading, value


@dataclass
class Reading:
    """What came out of the rows: claims, what is left out, and cells that are wrong."""

    claims: list[Claim] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class RowReader:
    """Reads rows by a map.

    Args:
        table: the table.
        map: what its columns mean.
        ontology: the vocabulary.
        beside: folder of the table, where a directory of names may lie.
    """

    table: Foreign
    map: TableMap
    ontology: Ontology
    beside: Path

    def read(self) -> Reading:
        """Return what all rows say; the rows are walked once."""
        found = Reading()
        for row in self.table.rows:
            self._row(row, found)
        return found

    def _row(self, row: Row, found: Reading) -> None:
        made: list[Claim] = []
        reasons: list[_LeftOutError] = []
        held = False
        for number, says in enumerate(self._applicable):
            if (says.otherwise and held) or not self._holds(row, says):
                continue
            held = True
            try:
                made += self._claims(row, number, says)
            except _LeftOutError as reason:
                reasons.append(reason)
            except InputError as error:
                found.problems += error.problems
                reasons.append(_LeftOutError("wrong"))
        found.claims += made
        if not made and not any(reason.reason == "wrong" for reason in reasons):
            told = reasons[0] if reasons else _LeftOutError("nothing")
            found.left.append(Left(row.number, told.reason, told.heading, told.value))
        elif made:
            found.left += [*self._unused_amounts(row, made), *self._reversed(row, made)]

    @cached_property
    def _applicable(self) -> list[Says]:
        return [says for says in self.map.statements if not self.map.optional or fits(says, self.table.headings)]

    @cached_property
    def _amounts(self) -> list[int]:
        return sorted({column for says in self._applicable for name in says.columns.get("amount", ()) for column in self._columns(name)})

    def _unused_amounts(self, row: Row, made: Sequence[Claim]) -> Iterator[Left]:
        used = {claim.columns.get("amount", -1) for claim in made}
        for column in self._amounts:
            if row.cells[column] and column not in used:
                yield Left(row.number, "amount-unused", self._heading(column), row.cells[column][0])

    def _reversed(self, row: Row, made: Sequence[Claim]) -> Iterator[Left]:
        for claim in made:
            since, until = (claim.columns.get(column, -1) for column in ("since", "until"))
            if min(since, until) >= 0 and row.cells[since] and row.cells[until] and not {"since", "until"} & claim.cells.keys():
                yield Left(row.number, "reversed", f"{self._heading(since)}, {self._heading(until)}", f"{row.cells[since][0]}, {row.cells[until][0]}")
                return

    def _columns(self, name: str) -> list[int]:
        cached = self._found
        if name not in cached:
            cached[name] = matching(self.table.headings, name)
        return cached[name]

    @cached_property
    def _found(self) -> dict[str, list[int]]:
        return {}

    def _heading(self, column: int) -> str:
        heading = self.table.headings[column]
        return heading.text or heading.tag

    def _values(self, row: Row, names: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        """Return the values under the first of some headings that has any, and the number of its column (-1: no such column)."""
        first = -1
        for name in names:
            columns = self._columns(name)
            values = tuple(value for column in columns for value in row.cells[column])
            if values:
                return next(column for column in columns if row.cells[column]), values
            first = columns[0] if first < 0 and columns else first
        return first, ()

    def _holds(self, row: Row, says: Says) -> bool:
        return all((normal(values[0]) if (values := self._values(row, [name])[1]) else "") in words for name, words in says.when.items())

    def _claims(self, row: Row, number: int, says: Says) -> Iterator[Claim]:
        cells: dict[str, str] = dict(says.fixed)
        columns: dict[str, int] = {}
        predicate = self._predicate(row, says, columns)
        for column, names in says.columns.items():
            if column not in ENDS and not self._is_entity(column):
                cells |= self._cell(row, (column, names), says, columns)
        if "amount" in cells:
            cells.setdefault("basis", "unspecified")
        else:
            cells = {column: value for column, value in cells.items() if column not in ("currency", "basis", "amount_qualifier", "support")}
        if _ends_before_it_begins(cells):
            cells = {column: value for column, value in cells.items() if column not in ("since", "until")}
        cells.setdefault("certainty", "explicit")
        sides = {end: self._mentions(row, end, says, columns) for end in ("subject", "object")}
        further = {column: found[0] for column in says.columns if self._is_entity(column) and (found := self._mentions(row, column, says, columns))}
        if min(map(len, sides.values())) > 1:
            raise _LeftOutError("several")  # a product of pairs would say more than the row does
        teller = (self._values(row, [self.map.told_by])[1] or ("",))[0] if self.map.told_by else ""
        plain = {column: value for column, value in cells.items() if column not in ENDS}
        seen = set()
        for subject in sides["subject"]:
            for target in sides["object"] or (None,):
                if (key := (subject.key, target and target.key)) not in seen:
                    seen.add(key)
                    ends = {"subject": subject} | ({"object": target} if target else {})
                    yield Claim(row, number, predicate, ends | further, plain, columns, teller)

    def _is_entity(self, column: str) -> bool:
        qualifier = self.ontology.qualifiers.get(column)
        return qualifier is not None and qualifier.kind == "entity"

    def _predicate(self, row: Row, says: Says, columns: dict[str, int]) -> str:
        if "predicate" not in says.columns:
            return says.fixed["predicate"]
        column, values = self._values(row, says.columns["predicate"])
        columns["predicate"] = column
        return self._meant(row, ("predicate", column), values, says)

    def _meant(self, row: Row, where: tuple[str, int], values: tuple[str, ...], says: Says) -> str:
        """Return what the word in a cell stands for.

        Raises:
            InputError: the map has no such word.
            _LeftOutError: the word means that the row does not say this.
        """
        target, column = where
        words = says.words.get(target, {})
        written = values[0] if values else ""
        if normal(written) not in words:
            raise InputError(
                [
                    self._problem(
                        row,
                        column,
                        "map-word",
                        value=short(written),
                        heading=self._heading(column),
                        known=", ".join(filter(None, words)),
                        place=f"words.{target}",
                        map=self.map.shown,
                    )
                ]
            )
        if not words[normal(written)]:
            raise _LeftOutError("word", self._heading(column), written)
        return words[normal(written)]

    def _problem(self, row: Row, at: int, code: str, /, **values: str) -> Problem:
        return Problem(*self.place(row), at + 1, code, values)

    def place(self, row: Row) -> tuple[str, int]:
        """Return file and line of a row as messages name them; a record of JSON by its pointer (RFC 6901)."""
        return (f"{self.table.shown}#/{row.number}", 0) if self.table.kind == "json" else (self.table.shown, row.line)

    def _cell(self, row: Row, wanted: tuple[str, Sequence[str]], says: Says, columns: dict[str, int]) -> dict[str, str]:
        """Return the columns of a statement that a cell fills."""
        target, names = wanted
        column, values = self._values(row, names)
        columns[target] = column
        if target == TIME:
            return self._time(values)
        if target in says.words and column >= 0:
            return {target: self._meant(row, (target, column), values, says)} if values or "" in says.words[target] else {}
        if not values:
            return {}
        if target == "amount":
            return self._amount(row, column, values, says)
        return {target: self._plain(row, target, column, values[0])}

    def _plain(self, row: Row, target: str, column: int, value: str) -> str:
        """Return a cell as a column of statements holds it.

        Raises:
            InputError: it should be a date and is not clear.
        """
        if self.ontology.qualifiers[target].kind == "date":
            period = period_of(value)
            if period is None or period[0] != period[1]:
                code = "spreadsheet-date" if DAMAGED_DATE.fullmatch(value) else "bad-date"
                raise InputError([self._problem(row, column, code, column=self._heading(column), value=short(value))])
            return period[0]
        return f"{self._heading(column)}: {value}" if target == "note" else value.upper() if target == "currency" else value

    @staticmethod
    def _time(values: tuple[str, ...]) -> dict[str, str]:
        """Return period and wording of a time; one that is not clear stays words."""
        if not values:
            return {}
        since, until = period_of(values[0]) or ("", "")
        plain = values[0] in (since, until)
        return {name: value for name, value in (("since", since), ("until", until), ("date_text", "" if plain else values[0])) if value}

    def _amount(self, row: Row, column: int, values: tuple[str, ...], says: Says) -> dict[str, str]:
        heading = self._heading(column)
        if len(values) > 1:
            raise InputError([self._problem(row, column, "map-amounts", value=", ".join(values), heading=heading)])
        unit = unit_of(heading)
        if unit is None:
            raise InputError([Problem(self.table.shown, 0, column + 1, "bad-unit", {"value": short(heading)})])
        found = sum_of(values[0], unit)
        if found is None:
            code = "spreadsheet-number" if DAMAGED_NUMBER.fullmatch(values[0]) else "bad-sum"
            raise InputError([self._problem(row, column, code, column=heading, value=short(values[0]))])
        if found.figure <= 0:
            raise _LeftOutError("zero" if found.figure == Decimal(0) else "negative", heading, values[0])
        currency = self._currency(row, (column, found), says)
        return {"amount": str(found.figure), "currency": currency} | ({"amount_qualifier": found.qualifier} if found.qualifier else {})

    def _currency(self, row: Row, of: tuple[int, Sum], says: Says) -> str:
        """Return the currency of a sum: what the cell or heading says, the tag, another column, or the map; they must agree."""
        column, found = of
        tagged = [part.upper() for part in self.table.headings[column].tag.split("+")[1:] if part in CURRENCY_TAGS]
        elsewhere = self._values(row, says.columns.get("currency", ()))[1]
        said = dict.fromkeys(filter(None, [found.currency, *tagged, *(value.upper() for value in elsewhere), says.fixed.get("currency", "")]))
        if len(said) != 1 or not re.fullmatch(r"[A-Z]{3}", next(iter(said))):
            code = "no-currency" if not said else "currencies"
            raise InputError([self._problem(row, column, code, heading=self._heading(column), value=", ".join(said))])
        return next(iter(said))

    def _mentions(self, row: Row, target: str, says: Says, columns: dict[str, int]) -> list[Mention]:
        """Return the names for one column of a statement.

        Raises:
            _LeftOutError: an end names nobody.
        """
        if target in says.fixed:
            return [Mention(says.fixed[target], says.fixed[target], "Entity", "Organization", "", "", collective=False)]
        names = says.columns.get(target, ())
        column, values = self._values(row, names)
        columns[target] = column
        rule = self._rule(column, target)
        unnamed = set(map(normal, rule.unnamed))
        kept = [value for value in values if normal(value) not in unnamed]
        if not kept and target in ENDS and names:
            raise _LeftOutError(f"no-{target}", " / ".join(self._heading(c) for name in names for c in self._columns(name)), ", ".join(values))
        return [self._mention(row, column, " ".join(value.split()), rule) for value in kept]

    def _rule(self, column: int, target: str) -> Named:
        """Return how names in a column become entities; without a word in the map, the class is what the vocabulary says of the target."""
        for named in self.map.names:
            if any(column in self._columns(name) for name in named.columns):
                return named
        qualifier = self.ontology.qualifiers.get(target)
        return Named(type=qualifier.range.rpartition("#")[2]) if qualifier is not None else Named()

    def _mention(self, row: Row, column: int, name: str, rule: Named) -> Mention:
        type = rule.type
        if rule.type_column:
            said = self._values(row, [rule.type_column])[1]
            type = rule.type_words.get(said[0], type) if said else type
        ending = next((ending for ending in sorted(rule.endings, key=len, reverse=True) if name.endswith(ending)), "")
        type = rule.endings.get(ending, type)
        identifier, label = "", name
        if rule.identifier:
            identifier = (self._values(row, [rule.identifier])[1] or ("",))[0]
        elif rule.directory and (known := self._directory(rule).get(name)):
            identifier, label = name, known
        several = bool(rule.several) and rule.several in name
        return Mention(name, label, rule.type, type, self._heading(column), identifier, several)

    def _directory(self, rule: Named) -> Mapping[str, str]:
        """Return the names of a JSON file beside the table, by identifier.

        Raises:
            InputError: the file is missing or no JSON object.
        """
        if rule.directory not in self._directories:
            try:
                value = json.loads((self.beside / rule.directory).read_text(encoding="utf-8-sig"))
            except FileNotFoundError as error:
                raise InputError([Problem(rule.directory, 0, 0, "missing-file")]) from error
            except ValueError as error:
                raise InputError([Problem(rule.directory, 0, 0, "bad-json", {"detail": str(error)})]) from error
            found = {str(key): _at_path(item, rule.directory_name) for key, item in value.items()} if isinstance(value, Mapping) else {}
            self._directories[rule.directory] = {key: name for key, name in found.items() if name}
        return self._directories[rule.directory]

    @cached_property
    def _directories(self) -> dict[str, Mapping[str, str]]:
        return {}

    def wording(self, row: Row) -> str:
        """Return the row in words: each heading with its cell, those that the map shows; long cells are left to the table."""
        columns = sorted({column for name in self.map.show or self.map.wanted() for column in self._columns(name)})
        parts: list[str] = []
        for column in columns:
            cell = " ".join(" / ".join(row.cells[column]).split())
            part = f"{self._heading(column)}: {cell}"
            if cell and len(part) <= CELL and "…" not in part and len(parts) < CELLS and len(" | ".join([*parts, part])) <= WORDING:
                parts.append(part)
        return " | ".join(parts)

    def locator(self, row: Row) -> str:
        """Return where a row stands: the record's own id if the map names one, else its number (RFC 7111), in JSON a pointer (RFC 6901)."""
        own = self._values(row, [self.map.id])[1] if self.map.id else ()
        return own[0] if own else f"/{row.number}" if self.table.kind == "json" else f"row={row.number}"


def _ends_before_it_begins(cells: Mapping[str, str]) -> bool:
    first, last = (bounds(cells.get(column, "")) for column in ("since", "until"))
    return first is not None and last is not None and first[0] > last[1]


def _at_path(value: Any, path: str) -> str:  # noqa: ANN401  # what JSON holds
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return " ".join(value.split()) if isinstance(value, str) else ""
