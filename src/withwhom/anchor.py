"""Turns quotes into offsets, and offsets of an edited text into those of the text as it is now: what is to change in which table.

Rows that are clear are changed; the others stay exactly as they are, and each has its problem. Nothing is guessed: a passage is found
by its words or by its digest, or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from withwhom.cells import problem
from withwhom.edits import AtHand, Cells, Edits
from withwhom.mending import Row, mend
from withwhom.mentions import Names, as_written, mention_of
from withwhom.outline import outline
from withwhom.passages import ELLIPSIS, Passages
from withwhom.problems import Problem
from withwhom.quotes import Finder, Quoted, quoted
from withwhom.records import Evidence, Records, Statement
from withwhom.tables import QUOTE
from withwhom.text import Span, digest, normal, stand_in_order, stands_in
from withwhom.wording import wording
from withwhom.written import sum_of


def edits(records: Records, texts: Iterable[AtHand]) -> Edits:
    """Return what anchoring changes.

    Args:
        records: of the workspace, as read.
        texts: those that are at hand.
    """
    made = Edits()
    rows = _Rows(records)
    seen = set()
    for hand in texts:
        seen.add(hand.source.id)
        source = hand.source.id
        spanned: list[Row] = [*rows.statements.get(source, ()), *rows.evidence.get(source, ())]
        names = [name for name in records.names if name.source == source]
        if mend(hand, spanned, names, made):
            _register(hand, rows, made)
            _anchor(hand, rows, made)
    for statement in records.statements:
        if statement.get(QUOTE) and statement.source not in seen:
            made.problems.append(problem(statement.at, QUOTE, "quote-no-text", value=statement.source))
    return made


def told_by(records: Records, text: str, statement: Statement, spans: Sequence[tuple[Quoted, Span]]) -> Cells:
    """Return the cells that follow from where the passages of a statement stand: offsets, digest, mentions, wording.

    Args:
        records: of the workspace, for names.
        text: of its source.
        statement: what it says.
        spans: its passages, the statement's own first, each with what was quoted.
    """
    return _cells(text, statement, spans, _Rows(records))


@dataclass(frozen=True)
class _Rows:
    """The rows of a workspace by source, and its names."""

    records: Records

    @cached_property
    def statements(self) -> Mapping[str, Sequence[Statement]]:
        found: dict[str, list[Statement]] = defaultdict(list)
        for statement in self.records.statements:
            found[statement.source].append(statement)
        return found

    @cached_property
    def evidence(self) -> Mapping[str, Sequence[Evidence]]:
        found: dict[str, list[Evidence]] = defaultdict(list)
        for row in self.records.evidence:
            found[row.statement.partition("/")[0]].append(row)
        return found

    @cached_property
    def names(self) -> Names:
        return Names(self.records)

    @cached_property
    def entities(self) -> frozenset[str]:
        return frozenset(entity.id for entity in self.records.entities)

    @cached_property
    def titles(self) -> frozenset[str]:
        return frozenset(normal(source.title) for source in self.records.sources)

    def named(self, words: str) -> bool:
        """Tell whether words are a name or title, as the check of wordings does."""
        return any(normal(form) in self.names.forms or normal(form) in self.titles for form in (words, words.strip('《》“”"')))

    def entity(self, cell: str) -> str:
        """Return the entity that a cell means: its id, else the one that is called so, else the words themselves."""
        meant = {held.entity for held in self.names.forms.get(normal(cell), ()) if not held.source}
        return cell if cell in self.entities or len(meant) != 1 else meant.pop()


def _register(hand: AtHand, rows: _Rows, made: Edits) -> None:
    """Register a text that is new or was edited, and its outline."""
    if not hand.registered:
        made.put(hand.source.at, {"file": hand.source.file or hand.file, "sha256": hand.sha256})
        made.registered.append(hand.source.id)
    if not hand.registered or not any(row.source == hand.source.id for row in rows.records.outline):
        made.outlines[hand.source.id] = list(outline({hand.source.id: hand.text}))


def _anchor(hand: AtHand, rows: _Rows, made: Edits) -> None:
    """Find the quotes of a source."""
    finder = Finder(hand.source.id, Passages(hand.text))
    known = {(row.statement, row.begin, row.stop) for row in rows.evidence.get(hand.source.id, ())}
    for statement in rows.statements.get(hand.source.id, ()):
        if not statement.get(QUOTE):
            continue
        parts = quoted(statement.get(QUOTE))
        places = [finder.place(part, statement.at) for part in parts]
        wrong = [place for place in places if isinstance(place, Problem)]
        if wrong:
            made.problems += wrong
            continue
        spans = [(part, place) for part, place in zip(parts, places, strict=True) if not isinstance(place, Problem)]
        made.put(statement.at, _cells(hand.text, statement, spans, rows))
        made.anchored += 1
        for part, (begin, stop) in spans[1:]:
            if (statement.reference, str(begin), str(stop)) not in known:
                cells = {"statement": statement.reference, "part": part.part, "begin": str(begin), "stop": str(stop)}
                made.evidence.append({**cells, "digest": digest(hand.text[begin:stop])})


def _cells(text: str, statement: Statement, spans: Sequence[tuple[Quoted, Span]], rows: _Rows) -> Cells:
    """Return the cells of an anchored row; mentions and wording that a person wrote stay if they stand in the passages."""
    begin, stop = spans[0][1]
    cells = {QUOTE: "", "begin": str(begin), "stop": str(stop), "digest": digest(text[begin:stop])}
    ends = {column: rows.entity(getattr(statement, column)) for column in ("subject", "object") if getattr(statement, column)}
    words = [(entity, entity) for entity in ends.values() if entity not in rows.entities]
    found = [mention for _, span in spans for mention in rows.names.standing_in(text, statement.source, span, words)]
    # An antecedent that stands elsewhere is no mention: the passage itself leaves the name out.
    mentions = {column: mention_of(entity, found, [span for part, span in spans if part.part != column]) for column, entity in ends.items()}
    places = [span for _, span in spans]
    for column, mention in mentions.items():
        old = statement.get(f"{column}_mention")
        if mention is not None and not (old and stands_in(old, text, places)):
            cells[f"{column}_mention"] = as_written(text, mention)
    old = statement.get("wording")
    if not old or stand_in_order(list(filter(None, ELLIPSIS.split(old))), text, places):
        figures = set(_figures(statement))
        cells["wording"] = wording(text, places, mentions.values(), found, figures, statement.get("date_text"), rows.named)
    return {column: cell for column, cell in cells.items() if cell or column == QUOTE}


def _figures(statement: Statement) -> Iterator[Decimal]:
    for column in ("amount", "value"):
        figure = sum_of(statement.get(column))
        if figure is not None:
            yield figure.figure
