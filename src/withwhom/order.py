"""The order of rows. A build does not depend on how the rows of a table happen to stand, and ``withwhom format`` writes them so.

Entities stand by id, names by entity and name, evidence by statement and part, all that has offsets then in the order of the text.
Statements stand in the order of their source's text, those without offsets last; rows of one passage stay as they are, and so do
sources, whose order is their author's.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from withwhom.records import Evidence, Name, Records, Sentence, Statement
from withwhom.tables import OFFSET

LAST = 10**9


def in_order(records: Records) -> Records:
    """Return records with their rows in order; names must be ids by now (:mod:`withwhom.resolve`)."""
    by_file = groupby(records.statements, key=lambda row: row.at.file)
    return replace(
        records,
        entities=tuple(sorted(records.entities, key=attrgetter("id"))),
        names=tuple(sorted(records.names, key=_name)),
        statements=tuple(row for _, rows in by_file for row in sorted(rows, key=_statement)),
        evidence=tuple(sorted(records.evidence, key=_evidence)),
        outline=tuple(sorted(records.outline, key=_sentence)),
    )


def _offset(cell: str) -> int:
    return int(cell) if OFFSET.fullmatch(cell) else LAST


def _statement(row: Statement) -> tuple[int, int]:
    return (_offset(row.begin), _offset(row.stop)) if row.begin else (LAST, LAST)


def _name(row: Name) -> tuple[str, str, str, int]:
    return row.entity, row.name, row.source, _offset(row.begin) if row.begin else -1


def _evidence(row: Evidence) -> tuple[str, str, int, int]:
    return row.statement, row.part, _offset(row.begin), _offset(row.stop)


def _sentence(row: Sentence) -> tuple[str, int, int]:
    return row.source, row.begin, row.stop
