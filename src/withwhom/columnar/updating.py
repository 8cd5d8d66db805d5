"""Makes the columns of a build out of those of the build before it and the triples that have changed; numbers of terms stay as they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from withwhom.columnar.data import DERIVED, STATED, Column, Columns
from withwhom.columnar.writing import Pairs, parsed, save, save_sides, term_columns
from withwhom.shard_changes import Change

# Of a triple of some property: subject, object, graph, and whether it was added.
Row: TypeAlias = tuple[int, int, int, bool]


def changed_columns(folder: Path, old: Columns, changes: Iterable[Change]) -> None:
    """Write the columns of a graph.

    Args:
        folder: the new folder.
        old: the columns of the build before; a term that no triple has any more keeps its number.
        changes: what has changed since, in its named graphs.
    """
    rows = [
        (*parsed(line), DERIVED if change.graph == "derived" else STATED, added)
        for change in changes
        for lines, added in ((change.removed, False), (change.added, True))
        for line in lines
    ]
    terms = list(dict.fromkeys(term for row in rows for term in row[:3]))
    numbers = dict(zip(terms, old.numbers(terms), strict=True))
    further = [term for term in terms if numbers[term] < 0]
    numbers |= {term: len(old) + place for place, term in enumerate(further)}
    folder.mkdir()
    _extend_terms(folder, old, further)
    by_property: dict[int, list[Row]] = {}
    for subject, property, target, flag, added in rows:
        by_property.setdefault(numbers[property], []).append((numbers[subject], numbers[target], flag, added))
    _change_triples(folder, old, by_property)


def _extend_terms(folder: Path, old: Columns, further: Sequence[bytes]) -> None:
    new = term_columns(further)
    places = np.searchsorted(old.files["hashes"], new["hashes"], "right")
    save(
        folder,
        {
            "terms": np.concatenate([old.files["terms"], new["terms"]]),
            "offsets": np.concatenate([old.files["offsets"], new["offsets"][1:] + old.files["offsets"][-1]]),
            "tags": np.concatenate([old.files["tags"], new["tags"]]),
            "hashes": np.insert(old.files["hashes"], places, new["hashes"]),
            "hashed": np.insert(old.files["hashed"], places, new["hashed"] + len(old)),
        },
    )


def _change_triples(folder: Path, old: Columns, changed: dict[int, list[Row]]) -> None:
    used = np.array(sorted({*old.properties, *changed}), np.int32)
    sides: dict[str, list[Pairs]] = {"by_subject": [], "by_object": []}
    for property in used.tolist():
        for name, parts in sides.items():
            begin, stop = old.properties.get(property, (0, 0))
            pairs, flags = old.files[name][:, begin:stop], old.files[f"{name}_graphs"][begin:stop]
            rows = [(s, o, f, a) if name == "by_subject" else (o, s, f, a) for s, o, f, a in changed.get(property, ())]
            parts.append(_changed(pairs, flags, rows) if rows else (pairs, flags))
    kept = [place for place, (pairs, _) in enumerate(sides["by_subject"]) if pairs.shape[1]]
    save_sides(folder, used[kept], {name: [parts[place] for place in kept] for name, parts in sides.items()})


def _changed(pairs: Column, flags: Column, rows: Iterable[Row]) -> Pairs:
    """Return the pairs of a property, and the graphs that each stands in, after some were taken away and some added."""
    both = pairs[0].astype(np.int64) << 32 | pairs[1]
    flags = flags.copy()
    new: dict[int, int] = {}
    for key, other, flag, added in rows:
        pair = key << 32 | other
        place = int(np.searchsorted(both, pair))
        if place < len(both) and both[place] == pair:
            flags[place] = flags[place] | flag if added else flags[place] & (STATED | DERIVED) - flag
        elif added:
            new[pair] = new.get(pair, 0) | flag
    kept = flags != 0
    both, flags = both[kept], flags[kept]
    further = np.array(sorted(new), np.int64)
    places = np.searchsorted(both, further)
    both = np.insert(both, places, further)
    flags = np.insert(flags, places, np.array([new[pair] for pair in further.tolist()], np.uint8))
    return np.stack([both >> 32, both & 0xFFFFFFFF]).astype(np.int32), flags
