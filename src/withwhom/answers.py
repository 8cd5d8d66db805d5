"""Answers: typed rows with what was left out of them and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from withwhom.engine import Cell, Iri

if TYPE_CHECKING:
    import pandas as pd


# Where a code of the vocabulary, such as inKind, parts into the words of its column value, in_kind.
SMALL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Answer:
    """Rows that answer a question.

    Args:
        title: what was asked, in words.
        columns: names of the columns.
        rows: values; :class:`withwhom.engine.Iri` where a thing is meant.
        notes: what a reader has to know: rows left out and why, silence of the documents.
        base: base IRI of the graph, for short ids.
        language: ``zh`` or ``en``, in which people read it.
        words: names of the vocabulary's codes and classes in that language, by local name.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = field(default=())
    base: str = field(default="")
    language: str = field(default="zh")
    words: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        return iter(self.to_dicts())

    def to_dicts(self) -> list[dict[str, Cell]]:
        """Return each row as a dictionary by column.

        Returns:
            Values are ``str``, ``int``, ``decimal.Decimal``, ``bool``, ``datetime.date``, :class:`withwhom.engine.Iri` or None.
        """
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a data frame.

        Raises:
            ImportError: pandas is not installed; it is no requirement of this package.
        """
        import pandas as pd

        return pd.DataFrame.from_records(list(self.rows), columns=list(self.columns))

    def column(self, name: str) -> list[Cell]:
        """Return the values of one column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def short(self, cell: Cell) -> str:
        """Return a cell as people read it: short ids for the graph's own things and terms, other values as they are."""
        if cell is None:
            return ""
        if isinstance(cell, Iri):
            return self._short_iri(cell)
        if isinstance(cell, str) and " | " in cell and cell.startswith((self.base or "\0", "https://w3id.org/withwhom/ontology#")):
            return " | ".join(self.short(Iri(part)) for part in cell.split(" | "))
        if isinstance(cell, bool):
            return "true" if cell else "false"
        return str(cell)

    def term(self, iri: str) -> str:
        """Return the local name of a code or class, of whichever vocabulary, or nothing for other IRIs."""
        name = iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
        thing = iri.startswith(self.base) and not iri.startswith(f"{self.base}ontology")
        return name if self.base and not thing and name in self.words else ""

    def _short_iri(self, iri: str) -> str:
        if name := self.term(iri):
            return SMALL.sub("_", name).lower() if name[:1].islower() else name
        if "/ontology/rules/" in iri:
            return iri.rpartition("/rules/")[2]
        starts = [f"{self.base}{kind}/" for kind in ("entity", "statement", "source")] if self.base else []
        return iri.removeprefix(next(filter(iri.startswith, [*starts, self.base, "https://w3id.org/withwhom/ontology#"]), "") if self.base else "")

    def _repr_html_(self) -> str:
        """Return the rows as HTML, for notebooks."""
        from withwhom.formats import to_html

        return to_html(self)
