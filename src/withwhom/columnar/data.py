"""The columns of a graph: every term has a number, and the triples of a property lie sorted by subject and by object."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Column: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

STATED, DERIVED = 1, 2
# Terms from which on sorting them before they are searched for pays.
MANY = 1_000
# The language of a term as a number: that of an IRI, which has none, of another than those that are counted, and of a text.
IRI, OTHER = 0, 2
LANGUAGES = {b"": 1, b"zh": 3, b"en": 4}
FILES = ("terms", "offsets", "tags", "hashes", "hashed", "properties", "starts", "by_subject", "by_subject_graphs", "by_object", "by_object_graphs")


def term_hash(term: bytes) -> int:
    """Return what terms are found by: several may share it, so the term itself is compared, too."""
    return zlib.crc32(term)


def tag_of(term: bytes) -> int:
    """Return the language of a term as a number: 0 for an IRI, which has none, 1 for the empty one, 2 for one that is not counted."""
    if not term.startswith(b'"'):
        return IRI
    _, _, tail = term.rpartition(b'"')
    return LANGUAGES.get(tail[1:], OTHER) if tail.startswith(b"@") else 1


@dataclass(frozen=True)
class Side:
    """The triples of one property, sorted by one end: ``keys`` that end, ``others`` the other one, both of 32 bits."""

    keys: Column
    others: Column

    def ranges(self, wanted: Column) -> tuple[Column, Column]:
        """Return where the triples of each wanted term begin and stop."""
        wanted = wanted.astype(np.int32, copy=False)
        if len(wanted) < MANY or (wanted[1:] >= wanted[:-1]).all():
            return np.searchsorted(self.keys, wanted, "left"), np.searchsorted(self.keys, wanted, "right")
        different, owners = np.unique(wanted, return_inverse=True)  # searched in their order, they meet the same pages of memory
        return np.searchsorted(self.keys, different, "left")[owners], np.searchsorted(self.keys, different, "right")[owners]

    def ranges_by(self, table: Column, wanted: Column) -> tuple[Column, Column]:
        """Return the same as :meth:`ranges`.

        Args:
            wanted: the terms.
            table: a place for every term of the graph, and one for all others; zeros, and left so.
        """
        first = np.flatnonzero(np.concatenate([[True], self.keys[1:] != self.keys[:-1]])) if len(self.keys) else np.zeros(0, np.int64)
        bounds = np.concatenate([[0], first, [len(self.keys)]])  # terms without triples have place 0, where no triple begins
        table[self.keys[first]] = np.arange(1, len(first) + 1)
        found = table[np.minimum(wanted, len(table) - 1)]
        table[self.keys[first]] = 0
        return bounds[found], np.where(found == 0, 0, bounds[np.minimum(found + 1, len(first) + 1)])

    def of(self, wanted: int) -> Column:
        """Return the other ends of one term's triples, in their order."""
        begin, stop = (int(np.searchsorted(self.keys, np.int32(wanted), side)) for side in ("left", "right"))
        return self.others[begin:stop]


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a build; they lie on disk and are read as far as they are needed.

    Args:
        files: the arrays by name; see :mod:`withwhom.columnar.writing`.
    """

    files: Mapping[str, Column]
    _sides: dict[tuple[bytes, bool, int], Side] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, folder: Path) -> Columns | None:
        """Return the columns in a folder, or None where a build has none (a small one needs none).

        All files are opened at once, so that they are those of one build, whatever takes its place.

        Raises:
            OSError: a file is missing or damaged.
        """
        if not folder.is_dir():
            return None
        try:
            return cls({name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)) for name in FILES})
        except (ValueError, EOFError) as error:
            raise OSError(f"{folder.name}: {error}") from error

    @cached_property
    def properties(self) -> dict[int, tuple[int, int]]:
        """Where the triples of each property begin and stop."""
        starts = self.files["starts"].tolist()
        return {number: (starts[place], starts[place + 1]) for place, number in enumerate(self.files["properties"].tolist())}

    def __len__(self) -> int:
        return len(self.files["offsets"]) - 1

    @property
    def tags(self) -> Column:
        """The language of each term as a number, see :func:`tag_of`."""
        return self.files["tags"]

    def terms(self, numbers: Column) -> list[bytes]:
        """Return terms as N-Triples write them."""
        view, offsets = self.files["terms"].data, self.files["offsets"]
        begins, stops = offsets[numbers].tolist(), offsets[numbers + 1].tolist()
        return [bytes(view[begin:stop]) for begin, stop in zip(begins, stops, strict=True)]

    def texts(self, numbers: Column, mark: int) -> list[str]:
        """Return what stands in terms between their first byte and their last ``mark`` ones."""
        view, offsets = self.files["terms"].data, self.files["offsets"]
        begins, stops = (offsets[numbers] + 1).tolist(), (offsets[numbers + 1] - mark).tolist()
        return [str(view[begin:stop], "utf-8") for begin, stop in zip(begins, stops, strict=True)]

    def number(self, term: bytes) -> int:
        """Return the number of a term, -1 if the graph has none like it."""
        return self.numbers([term])[0]

    def numbers(self, terms: Sequence[bytes]) -> list[int]:
        """Return the numbers of terms, -1 for each that the graph has none like."""
        hashes, numbers = self.files["hashes"], self.files["hashed"]
        wanted = np.fromiter(map(term_hash, terms), np.uint32, len(terms))  # of the column's own type, else numpy would copy the whole column
        begins, stops = np.searchsorted(hashes, wanted, "left"), np.searchsorted(hashes, wanted, "right")
        found = [-1] * len(terms)
        for place in np.flatnonzero(begins < stops).tolist():
            alike = numbers[begins[place] : stops[place]]
            found[place] = next((number for number, term in zip(alike.tolist(), self.terms(alike), strict=True) if term == terms[place]), -1)
        return found

    def side(self, property: bytes, *, by_subject: bool, graphs: int) -> Side:
        """Return the triples of a property.

        Args:
            property: its IRI as N-Triples write it; one that the graph does not use has no triples.
            by_subject: whether they are sorted by subject, else by object.
            graphs: :data:`STATED`, or that and :data:`DERIVED`.
        """
        key = (property, by_subject, graphs)
        if key not in self._sides:
            begin, stop = self.properties.get(self.number(property), (0, 0))
            if begin == stop:
                return Side(np.zeros(0, np.int32), np.zeros(0, np.int32))
            name = "by_subject" if by_subject else "by_object"
            pairs, flags = self.files[name], self.files[f"{name}_graphs"]
            keys, others = pairs[0, begin:stop], pairs[1, begin:stop]
            if graphs != STATED | DERIVED:
                kept = (flags[begin:stop] & graphs) != 0
                keys, others = keys[kept], others[kept]
            self._sides[key] = Side(keys, others)
        return self._sides[key]
