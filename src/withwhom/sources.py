"""Which texts of the sources are at hand, and where the others can be had."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from withwhom.records import Source
from withwhom.words import say


@dataclass(frozen=True)
class Holding:
    """The text of one source: ``state`` is verified, differs, unregistered or missing; ``path`` is the file that was looked at."""

    source: Source
    state: str
    path: Path | None


def holdings(sources: Iterable[Source], folder: Path) -> Iterator[Holding]:
    """Yield what a folder holds of each source; a text is recognised by its SHA-256, whatever its file name.

    What differs, or whose SHA-256 nobody has registered, is looked for by the file name, or by the id where none is given.
    """
    files = [path for path in sorted(folder.iterdir()) if path.is_file()] if folder.is_dir() else []
    by_digest = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}
    by_name = {path.name: path for path in files}
    for source in sources:
        verified = by_digest.get(source.sha256.lower())
        differs = by_name.get(source.file) if source.file else by_name.get(f"{source.id}.txt")
        if verified is not None:
            yield Holding(source, "verified", verified)
        elif differs is not None:
            yield Holding(source, "differs" if source.sha256 else "unregistered", differs)
        else:
            yield Holding(source, "missing", None)


def described(holding: Holding, language: str) -> str:
    """Say in one line how it stands with a text."""
    if holding.path is not None:
        return say(f"text-{holding.state}", language, path=str(holding.path))
    source = holding.source
    if source.url or source.archived:
        return say("text-missing", language, where=say("text-where", language, url=source.archived or source.url))
    return say("text-missing", language, where=say("text-nowhere", language, title=source.title, publisher=source.publisher or "—"))
