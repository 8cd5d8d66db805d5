"""Finds the names that are near to a text: first by the pieces that they share, then by comparing the few that share most."""

from __future__ import annotations

import sqlite3
import sys
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from math import log
from types import ModuleType

from withwhom.name_forms import pieces

# Least similarity that counts; most that a part of a name, and an abbreviation of it, can score.
NEAR, PART, ABBREVIATED = 55.0, 0.85, 86.0
# Most names that are compared.
CANDIDATES = 400
# Entries of the index that are read, the rarest pieces first; what only the commonest pieces tell is not worth the time.
READ = 500_000
# Entries that are added up without numpy, whose import alone takes longer than the search of a small graph.
FEW = 30_000

# Begins the key of the list of all names of a class among those of pieces, which are shorter.
CLASS = "class:"

Posting = tuple[float, bytes]


def compared(connection: sqlite3.Connection, keys: Iterable[str], cls: str) -> list[tuple[str, ...]]:
    """Return the names to compare with.

    Args:
        connection: the index.
        keys: forms of the text.
        cls: local name of the class that the entity must belong to; any if empty.

    Returns:
        At most ``CANDIDATES`` rows: id, Chinese and English name and type of the entity; name, normal form, loose form, pinyin and
        source of the name; classes.
    """
    numbers = sharing(connection, set().union(*map(pieces, keys)), cls, CANDIDATES)
    query = f"""SELECT e.id, e.zh, e.en, e.type, n.name, n.normal, n.loose, n.pinyin, n.source, e.classes FROM name n JOIN entity e ON e.number = n.entity
        WHERE n.id IN ({",".join("?" * len(numbers))})"""  # noqa: S608  # placeholders
    return connection.execute(query, numbers).fetchall()


def sharing(connection: sqlite3.Connection, wanted: Collection[str], cls: str, most: int) -> list[int]:
    """Return the numbers of the names that share most with a text; a piece counts the more the rarer it is.

    Args:
        connection: the index.
        wanted: pieces of the text.
        cls: as in :func:`compared`.
        most: how many numbers at most; of equals the lowest, which are those of short names.
    """
    total = int(connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM name").fetchone()[0])
    postings = list(_postings(connection, wanted, total))
    within = _posting(connection, CLASS + cls) if cls else None
    few = sum(len(numbers) for _, numbers in postings) + len(within or b"") <= 4 * FEW
    return best_of_few(postings, within, most) if few else best_of_many(postings, within, total, most)


def _postings(connection: sqlite3.Connection, wanted: Iterable[str], total: int) -> Iterator[Posting]:
    """Yield the weight of each piece and the numbers of the names that have it, rarest first."""
    sizes = ((connection.execute("SELECT SUM(size) FROM piece WHERE piece = ?", (piece,)).fetchone()[0], piece) for piece in wanted)
    left = READ
    for size, piece in sorted((size, piece) for size, piece in sizes if size):
        yield log(1 + total / size), _posting(connection, piece)
        left -= size
        if left <= 0:
            break


def _posting(connection: sqlite3.Connection, piece: str) -> bytes:
    return b"".join(row[0] for row in connection.execute("SELECT names FROM piece WHERE piece = ? ORDER BY batch", (piece,)))


def best_of_few(postings: Iterable[Posting], within: bytes | None, most: int) -> list[int]:
    """Return the numbers with the greatest sums of weights; of those ``within`` if it is given."""
    sums: defaultdict[int, float] = defaultdict(float)
    for weight, numbers in postings:
        for number in unpacked(numbers):
            sums[number] += weight
    kept = sums.keys() if within is None else sums.keys() & set(unpacked(within))
    return sorted(kept, key=lambda number: (-sums[number], number))[:most]


def best_of_many(postings: Iterable[Posting], within: bytes | None, total: int, most: int) -> list[int]:
    """Return what :func:`best_of_few` does, faster where there are very many; numbers are below ``total``."""
    import numpy as np

    sums = np.zeros(total)
    for weight, numbers in postings:
        sums[np.frombuffer(numbers, "<u4")] += weight
    found = np.flatnonzero(sums > 0) if within is None else np.frombuffer(within, "<u4")
    weights = sums[found]
    if found.size > most:
        least = np.partition(weights, found.size - most)[found.size - most]
        kept = np.flatnonzero(weights >= least)
        found, weights = found[kept], weights[kept]
    ordered = found[np.argsort(-weights, kind="stable")][: min(most, np.count_nonzero(weights))]
    return [int(number) for number in ordered]


def packed(numbers: Iterable[int]) -> bytes:
    """Return numbers as unsigned 32-bit integers, lowest byte first on any machine."""
    return _ordered(array("I", numbers)).tobytes()


def unpacked(data: bytes) -> Sequence[int]:
    """Return the numbers that :func:`packed` made bytes of."""
    return _ordered(array("I", data))


def _ordered(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def similarity(fuzz: ModuleType, key: str, form: str) -> float:
    """Return how near two forms are, 0 if farther than anyone asks.

    The best of: edit similarity; a part of the longer name; an abbreviation made of its characters in order (工商联 for
    工商业联合会).

    Args:
        fuzz: ``rapidfuzz.fuzz``, handed over to import it once and only where something is compared.
        key: a form of the text.
        form: a form of the name.
    """
    chinese = not key.isascii()
    if chinese == form.isascii() and set(key).isdisjoint(form):
        return 0.0
    score = float(fuzz.ratio(key, form, score_cutoff=NEAR))
    if (2 if chinese else 4) <= len(key) <= len(form):
        score = max(score, PART * float(fuzz.partial_ratio(key, form, score_cutoff=max(score, NEAR) / PART)))
    if chinese and len(key) >= 3 and key[0] == form[:1] and _in_order(key, form):
        score = max(score, ABBREVIATED)
    return score


def _in_order(key: str, form: str) -> bool:
    """Tell whether the characters of ``key`` stand in ``form`` in their order."""
    rest = iter(form)
    return all(character in rest for character in key)
