"""What the files of each edition of the vocabulary were, as digests: a copy in a workspace that nobody changed is known by them.

``ontology/editions.csv`` has a row a file and version. ``make vocab`` writes the rows of the version that stands there and leaves those of
the others as they are.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

EDITIONS = "editions.csv"
HEADER = ("version", "file", "sha256")
# Version to file (``rules/within-any.rq``) to digest.
Editions = Mapping[str, Mapping[str, str]]


def ontology_files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder of ontology files by their names in it; vocabularies of others are none of them."""
    paths = [*folder.glob("*.ttl"), *folder.glob("rules/*.rq")]
    return {path.relative_to(folder).as_posix(): path for path in sorted(paths)}


def digest(text: str) -> str:
    """Return the digest of a file's text; a byte order mark and the way lines end do not count."""
    return hashlib.sha256(text.removeprefix("\ufeff").replace("\r\n", "\n").encode("utf-8")).hexdigest()


def read_editions(folder: Path) -> Editions:
    """Return the digests that a folder of ontology files knows; none if it has no list of them."""
    path = folder / EDITIONS
    found: dict[str, dict[str, str]] = {}
    if path.is_file():
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            found.setdefault(row["version"], {})[row["file"]] = row["sha256"]
    return found


def editions_table(editions: Editions) -> str:
    """Return the text of ``editions.csv``."""
    buffer = io.StringIO()
    rows = ([version, name, value] for version, files in sorted(editions.items()) for name, value in sorted(files.items()))
    csv.writer(buffer, lineterminator="\n").writerows([HEADER, *rows])
    return buffer.getvalue()


def digests(files: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """Return the digests of files by their names."""
    return {name: digest(path.read_text(encoding="utf-8")) for name, path in files}
