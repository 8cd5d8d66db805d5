"""Where the sentences of the sources stand, so that evidence reads “paragraph 2, sentence 11”."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from withwhom.records import Sentence
from withwhom.text import sentences


class Outline:
    """Finds the sentence that holds an offset.

    Args:
        rows: the rows of ``outline.csv``.
    """

    def __init__(self, rows: Iterable[Sentence]) -> None:
        by_source: dict[str, list[Sentence]] = defaultdict(list)
        for row in rows:
            by_source[row.source].append(row)
        self._rows = {source: sorted(rows, key=lambda row: row.begin) for source, rows in by_source.items()}
        self._begins = {source: [row.begin for row in rows] for source, rows in self._rows.items()}

    def find(self, source: str, offset: int) -> Sentence | None:
        """Return the sentence in which ``offset`` lies, or the last one before it; None if the source has no outline."""
        number = bisect_right(self._begins.get(source, ()), offset)
        return self._rows[source][number - 1] if number else None


def outline_table(rows: Iterable[Sentence]) -> str:
    """Return ``outline.csv``, by source and offset."""
    lines = (f"{r.source},{r.paragraph},{r.sentence},{r.begin},{r.stop}" for r in sorted(rows, key=lambda row: (row.source, row.begin)))
    return "\n".join(["source,paragraph,sentence,begin,stop", *lines]) + "\n"


def outline(texts: Mapping[str, str]) -> Iterator[Sentence]:
    """Yield the outline of texts, by source and offset."""
    for source, text in sorted(texts.items()):
        for paragraph, sentence, begin, stop in sentences(text):
            yield Sentence(source, paragraph, sentence, begin, stop)
