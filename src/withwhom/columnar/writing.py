"""Writes the columns of a build from its shards of N-Triples."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from withwhom.columnar.data import DERIVED, STATED, Column, tag_of, term_hash
from withwhom.terms import graph_of

# Pairs of terms as two rows of numbers, and the graphs that each pair stands in.
Pairs: TypeAlias = tuple[Column, Column]


def write_columns(folder: Path, shards: Iterable[Path]) -> None:
    """Write the columns of a graph.

    Args:
        folder: the new folder.
        shards: the N-Triples files; their names say which named graph they belong to.
    """
    numbers: dict[bytes, int] = {}
    subjects, properties, objects, graphs = array("i"), array("i"), array("i"), bytearray()
    for path in shards:
        before = len(subjects)
        _read(path, numbers, subjects, properties, objects)
        graphs += bytes([DERIVED if graph_of(path.stem) == "derived" else STATED]) * (len(subjects) - before)
    folder.mkdir()
    save(folder, term_columns(list(numbers)))
    del numbers
    arrays = [np.frombuffer(column, np.int32) for column in (subjects, properties, objects)]
    _write_triples(folder, arrays[0], arrays[1], arrays[2], np.frombuffer(graphs, np.uint8))


def _read(path: Path, numbers: dict[bytes, int], subjects: array[int], properties: array[int], objects: array[int]) -> None:
    """Number the terms of a shard; a subject has many lines, one after the other."""
    number, last, subject = numbers.setdefault, b"", 0
    with path.open("rb") as lines:
        for line in lines:
            first, second, rest = line.split(b" ", 2)
            if first != last:
                last, subject = first, number(first, len(numbers))
            subjects.append(subject)
            properties.append(number(second, len(numbers)))
            objects.append(number(rest[:-3], len(numbers)))


def parsed(line: str) -> tuple[bytes, bytes, bytes]:
    """Return the terms of a line of N-Triples without its newline."""
    subject, property, rest = line.encode().split(b" ", 2)
    return subject, property, rest[: -len(b" .")]


def term_columns(terms: Sequence[bytes]) -> dict[str, Column]:
    """Return the arrays that hold terms, numbered as they come."""
    offsets = np.zeros(len(terms) + 1, np.int64)
    np.cumsum([len(term) for term in terms], out=offsets[1:])
    hashes = np.fromiter(map(term_hash, terms), np.uint32, len(terms))
    order = np.argsort(hashes, kind="stable")
    return {
        "terms": np.frombuffer(b"".join(terms), np.uint8),
        "offsets": offsets,
        "tags": np.fromiter(map(tag_of, terms), np.uint8, len(terms)),
        "hashes": hashes[order],
        "hashed": order.astype(np.int32),
    }


def save(folder: Path, arrays: Mapping[str, Column]) -> None:
    """Write arrays, each into the file of its name."""
    for name, column in arrays.items():
        np.save(folder / f"{name}.npy", column)


def save_sides(folder: Path, used: Column, sides: Mapping[str, Sequence[Pairs]]) -> None:
    """Write the pairs of each property in turn, sorted by subject and sorted by object."""
    starts = np.cumsum([0, *(pairs.shape[1] for pairs, _ in sides["by_subject"])])
    save(folder, {"properties": used.astype(np.int32), "starts": starts})
    for name, found in sides.items():
        np.save(folder / f"{name}.npy", np.concatenate([pairs for pairs, _ in found], axis=1))
        np.save(folder / f"{name}_graphs.npy", np.concatenate([flags for _, flags in found]))


def _write_triples(folder: Path, subjects: Column, properties: Column, objects: Column, graphs: Column) -> None:
    used, codes = np.unique(properties, return_inverse=True)
    order = np.argsort(codes.astype(np.uint16), kind="stable")  # a radix sort: there are few properties
    bounds = np.searchsorted(codes[order], np.arange(len(used) + 1))
    sides: dict[str, list[Pairs]] = {"by_subject": [], "by_object": []}
    for begin, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        chosen = order[begin:stop]
        for name, keys, others in (("by_subject", subjects, objects), ("by_object", objects, subjects)):
            sides[name].append(_sorted(keys[chosen], others[chosen], graphs[chosen]))
    save_sides(folder, used, sides)


def _sorted(keys: Column, others: Column, graphs: Column) -> Pairs:
    """Return pairs in order, each once, and the graphs that each stands in."""
    both = keys.astype(np.int64) << 32 | others
    order = np.argsort(both)
    both = both[order]
    first = np.flatnonzero(np.concatenate([[True], both[1:] != both[:-1]]))
    kept = both[first]
    return np.stack([kept >> 32, kept & 0xFFFFFFFF]).astype(np.int32), np.bitwise_or.reduceat(graphs[order], first)
