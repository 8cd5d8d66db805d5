"""The columns of a graph: every term has a number, and the triples of a property lie sorted by subject and by object."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Column: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

STATED, DERIVED = 1, 2
# Terms from which on sorting them before they are searched for pays.
MANY = 1_000
LANGUAGES = {b"": 1, b"zh": 3, b"en": 4}
FILES = ("terms", "offsets", "tags", "hashes", "hashed", "properties", "starts", "by_subject", "by_subject_graphs", "by_object", "by_object_graphs")


def term_hash(term: bytes) -> int:
    """Return what terms are found by: several may share it, so the term itself is compared, too."""
    return zlib.crc32(term)


def tag_of(term: bytes) -> int:
    """Return the language of a term as a number: 0 for an IRI, which has none, 1 for the empty one, 2 for one that is not counted."""
    if not term.startswith(b'"'):
        return 0
    _, _, tail = term.rpartition(b'"')
    return LANGUAGES.get(tail[1:], 2) if tail.startswith(b"@") else 1


@dataclass(frozen=True)
class Side:
    """The triples of one property, sorted by one end: ``keys`` that end, ``others`` the other one, both of 32 bits."""

    keys: Column
    others: Column

    def ranges(self, wanted: Column) -> tuple[Column, Column]:
        """Return where the triples of each wanted term begin and stop."""
        wanted = wanted.astype(np.int32, copy=False)
        if len(wanted) < MANY:
            return np.searchsorted(self.keys, wanted, "left"), np.searchsorted(self.keys, wanted, "right")
        different, owners = np.unique(wanted, return_inverse=True)  # searched in their order, they meet the same pages of memory
        return np.searchsorted(self.keys, different, "left")[owners], np.searchsorted(self.keys, different, "right")[owners]


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a build; they lie on disk and are read as far as they are needed.

    Args:
        files: the arrays by name; see :mod:`withwhom.columnar.writing`.
    """

    files: Mapping[str, Column]
    _sides: dict[tuple[int, bool, int], Side] = field(default_factory=dict, repr=False)

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
    def _properties(self) -> dict[int, tuple[int, int]]:
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

    def number(self, term: bytes) -> int:
        """Return the number of a term, -1 if the graph has none like it."""
        hashes, numbers = self.files["hashes"], self.files["hashed"]
        wanted = np.uint32(term_hash(term))  # of the column's own type, else numpy would copy the whole column
        found = numbers[np.searchsorted(hashes, wanted, "left") : np.searchsorted(hashes, wanted, "right")]
        return next((number for number, other in zip(found.tolist(), self.terms(found), strict=True) if other == term), -1)

    def side(self, property: int, *, by_subject: bool, graphs: int) -> Side:
        """Return the triples of a property.

        Args:
            property: its number; one that the graph does not use has no triples.
            by_subject: whether they are sorted by subject, else by object.
            graphs: :data:`STATED`, or that and :data:`DERIVED`.
        """
        key = (property, by_subject, graphs)
        if key not in self._sides:
            begin, stop = self._properties.get(property, (0, 0))
            name = "by_subject" if by_subject else "by_object"
            pairs, flags = self.files[name], self.files[f"{name}_graphs"]
            keys, others = pairs[0, begin:stop], pairs[1, begin:stop]
            if graphs != STATED | DERIVED:
                kept = (flags[begin:stop] & graphs) != 0
                keys, others = keys[kept], others[kept]
            self._sides[key] = Side(keys, others)
        return self._sides[key]
