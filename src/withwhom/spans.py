"""Checks evidence: spans, digests, mentions and wording, against the texts where they are at hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from withwhom.cells import DAMAGED_NUMBER, Context, problem, term
from withwhom.meanings import PARTS_OF_EVIDENCE
from withwhom.problems import Problem
from withwhom.records import Place
from withwhom.tables import OFFSET, QUOTE, short
from withwhom.text import CLAUSE_MARKS, digest, normal, stand_in_order, stands_in

WORDING_PARTS, WORDING_LENGTH, WORDING_PART_LENGTH = 5, 60, 12
# A comma that parts the thousands of a figure parts no clauses.
THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
# A row of a table is shown by its headings and cells, which are no sentences of a text.
ROW_LENGTH = 300


def span(context: Context, at: Place, where: tuple[str, str, str], mark: str | None = None) -> Iterator[Problem]:
    """Yield what is wrong with a span: source, begin and stop as their cells have it, and its digest."""
    source, begin, stop = where
    for column, cell in (("begin", begin), ("stop", stop)):
        if not OFFSET.fullmatch(cell):
            code = "spreadsheet-number" if DAMAGED_NUMBER.fullmatch(cell) else "bad-number"
            yield problem(at, column, code, value=short(cell), kind="integer")
            return
    first, last = int(begin), int(stop)
    if last <= first:
        yield problem(at, "stop", "stop-before-begin", begin=begin, stop=stop)
        return
    text = context.records.texts.get(source)
    if text is None:
        return
    if last > len(text):
        yield problem(at, "stop", "past-the-text", stop=stop, length=str(len(text)))
    elif mark is not None and mark != digest(text[first:last]):
        yield problem(at, "digest", "digest-differs", value=short(mark), found=digest(text[first:last]))


def evidence(context: Context) -> Iterator[Problem]:
    """Check the rows of ``evidence.csv``."""
    for row in context.records.evidence:
        if row.statement not in context.statements:
            yield problem(row.at, "statement", "unknown-statement", value=short(row.statement))
        yield from term(row.at, "part", row.part, PARTS_OF_EVIDENCE)
        yield from span(context, row.at, (row.statement.partition("/")[0], row.begin, row.stop), row.digest)


def quotes(context: Context) -> Iterator[Problem]:
    """Name the rows whose quote nobody has looked up in the text yet."""
    if QUOTE in context.ontology.qualifiers:
        return  # a vocabulary of one's own may mean something else by the word
    for statement in context.records.statements:
        if statement.get(QUOTE):
            yield problem(statement.at, QUOTE, "quote-waiting", value=short(statement.get(QUOTE)))


def mentions(context: Context) -> Iterator[Problem]:
    """Compare mentions with the texts that are at hand, and with the names that the workspace gives the entity."""
    names = _names_by_entity(context)
    for statement in context.records.statements:
        text = context.records.texts.get(statement.source)
        spans = context.spans.get(statement.reference, [])
        for column, entity in (("subject_mention", statement.subject), ("object_mention", statement.object)):
            mention = statement.get(column)
            if not mention:
                continue
            if text is not None and not stands_in(mention, text, spans):
                yield problem(statement.at, column, "mention-not-there", value=short(mention))
            if entity in context.entities and normal(mention) not in names[entity, ""] | names[entity, statement.source]:
                yield problem(statement.at, column, "mention-unknown", value=short(mention), entity=entity)


def _names_by_entity(context: Context) -> Mapping[tuple[str, str], set[str]]:
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entity in context.records.entities:
        names[entity.id, ""] |= {normal(entity.name_zh), normal(entity.name_en)}
    for row in context.records.names:
        names[row.entity, row.source].add(normal(row.name))
    return names


def wording(context: Context) -> Iterator[Problem]:
    """Check that wording is short, carries no sentence, and stands in the spans in text order."""
    for statement in context.records.statements:
        words = statement.get("wording")
        if statement.get("locator"):
            if len(words) > ROW_LENGTH:
                yield problem(statement.at, "wording", "row-too-long", value=short(words), limit=str(ROW_LENGTH))
            continue
        parts = [part for part in re.split(r"…+", words) if part]
        if len(parts) > WORDING_PARTS or len(words) > WORDING_LENGTH:
            yield problem(statement.at, "wording", "wording-too-long", value=short(words))
        for part in parts:
            if not _is_name(context, part) and (len(part) > WORDING_PART_LENGTH or CLAUSE_MARKS & set(THOUSANDS.sub("", part))):
                yield problem(statement.at, "wording", "wording-part", value=short(part))
        text = context.records.texts.get(statement.source)
        if text is not None:
            missing = stand_in_order(parts, text, context.spans.get(statement.reference, []))
            if missing is not None:
                yield problem(statement.at, "wording", "wording-not-there", value=short(missing))


def _is_name(context: Context, part: str) -> bool:
    return normal(part) in context.folded_names or normal(part.strip('《》“”"')) in context.folded_names
