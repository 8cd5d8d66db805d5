"""What is to change in the tables of a workspace, and what has to stay, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from withwhom.problems import Problem
from withwhom.records import Place, Sentence, Source

Cells: TypeAlias = dict[str, str]


@dataclass(frozen=True)
class AtHand:
    """The text of a source as it lies in a folder: its file name and SHA-256, and whether that is the registered one."""

    source: Source
    text: str
    file: str
    sha256: str

    @property
    def registered(self) -> bool:
        return self.source.sha256.lower() == self.sha256


@dataclass
class Edits:
    """What is to change: cells by file and line, rows to add to ``evidence.csv``, new outlines by source; and what is left, and why.

    Args:
        cells: new cells by column, of each row that changes.
        evidence: rows to add.
        outlines: sentences of the texts that are new or were edited.
        problems: of the rows that stay as they are.
        anchored: how many quotes were found.
        moved: how many passages of edited texts were found again in another place.
        registered: sources whose text is registered anew.
    """

    cells: dict[tuple[str, int], Cells] = field(default_factory=lambda: defaultdict(dict))
    evidence: list[Cells] = field(default_factory=list)
    outlines: dict[str, list[Sentence]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    anchored: int = 0
    moved: int = 0
    registered: list[str] = field(default_factory=list)

    def put(self, at: Place, cells: Mapping[str, str]) -> None:
        """Change cells of a row."""
        self.cells[at.file, at.line].update(cells)
