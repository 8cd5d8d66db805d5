"""The file ``copies.csv`` beside the texts: where the statements of a source stand in somebody's own copy of it, in numbers only.

``withwhom anchor --copy`` writes it and a build on the same machine reads it. It is no part of the workspace, and changes none of its
tables: offsets and digests there are those of the registered text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from withwhom.problems import Problem
from withwhom.table_text import rows_text
from withwhom.tables import OFFSET, read_table
from withwhom.text import Span, without_noise
from withwhom.words import LANGUAGES, say

COPIES = "copies.csv"
COLUMNS = ("source", "file", "sha256", "statement", "begin", "stop")
MARKED = re.compile(r"〔([^〔｜]*)｜([^〔｜]*)〕$")


@dataclass(frozen=True)
class Found:
    """A copy of the text of a source, and the stretch of it in which each statement stands, by reference."""

    source: str
    file: str
    sha256: str
    places: Mapping[str, Span]


def copies_text(found: Iterable[Found], old: Iterable[Mapping[str, str]] = ()) -> str:
    """Return ``copies.csv`` with what was found; rows of other sources stay."""
    new = list(found)
    kept = [[row.get(column, "") for column in COLUMNS] for row in old if row.get("source") not in {copy.source for copy in new}]
    rows = [[copy.source, copy.file, copy.sha256, reference, str(begin), str(stop)] for copy in new for reference, (begin, stop) in sorted(copy.places.items())]
    return rows_text([COLUMNS, *sorted(kept, key=lambda row: row[0]), *rows])


def read_copies(folder: Path, sources: Iterable[str]) -> tuple[Mapping[str, str], list[Problem]]:
    """Return the passages that copies have of the statements of some sources, by reference, each marked as found in a copy.

    Args:
        folder: of the texts.
        sources: ids of those whose registered text is not at hand.

    Returns:
        The passages, and a warning for each copy that has changed or gone since it was searched.
    """
    path = folder / COPIES
    if not path.is_file():
        return {}, []
    table = read_table(path, f"{folder.name}/{COPIES}", COLUMNS, COLUMNS)
    wanted = set(sources)
    passages: dict[str, str] = {}
    problems: dict[str, Problem] = {}
    texts: dict[tuple[str, str], str | None] = {}
    for at, row in table.rows:
        key = row["file"], row["sha256"]
        if row["source"] not in wanted or not all(OFFSET.fullmatch(row[column]) for column in ("begin", "stop")):
            continue
        if key not in texts:
            texts[key] = copy_text(folder / row["file"], row["sha256"])
        text = texts[key]
        if text is None:
            problems.setdefault(row["file"], Problem(at.file, at.line, at.column("file"), "copy-changed", {"value": row["file"]}, "warning"))
        else:
            passages[row["statement"]] = marked(without_noise(text[int(row["begin"]) : int(row["stop"])]))
    return passages, [*table.problems, *problems.values()]


def copy_text(path: Path, sha256: str) -> str | None:
    """Return the text of a copy, or None if it is not the one that was searched."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content.decode("utf-8") if hashlib.sha256(content).hexdigest() == sha256 else None


def marked(passage: str) -> str:
    """Return a passage with the note that it is a copy's, in both languages."""
    return f"{passage} 〔{'｜'.join(say('found-in-copy', language) for language in LANGUAGES)}〕"


def quote_in(quote: str, language: str) -> str:
    """Return a quoted passage with its note, if it has one, in one language."""
    return MARKED.sub(r"〔\1〕" if language == "zh" else r"[\2]", quote)
