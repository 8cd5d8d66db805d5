"""Statements and evidence in words, and the tables ``statements.csv`` and ``entities.csv`` of a build."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from withwhom.ontology import Ontology
from withwhom.outline import Outline
from withwhom.records import Entity, Evidence, Records, Source, Statement
from withwhom.spreadsheet import csv_text, money
from withwhom.tables import STATEMENT_ORDER
from withwhom.text import without_noise
from withwhom.words import say

LEADING = ("id", "source", "file", "relation", "predicate", "subject", "subject_name", "object", "object_name", "program", "program_name")
TRAILING = ("begin", "stop", "digest", "evidence", "sentence", "quote")
ENTITY_COLUMNS = ("id", "type", "name_zh", "name_en", "names", "collective", "count")


COLON = {"zh": "：", "en": ": "}
# Things that a sentence names after what they are.
THINGS = ("program", "place", "awarded_by")


@dataclass(frozen=True, slots=True)
class Telling:
    """A statement in words: as a sentence, where in its source it stands, its whole evidence, and the passages if they may be quoted."""

    zh: str
    en: str
    where_zh: str
    where_en: str
    evidence_zh: str
    evidence_en: str
    quote: str


@dataclass(frozen=True)
class Reader:
    """Puts records into words.

    Args:
        records: the checked records; quotes are given where ``records.texts`` holds the text, or ``records.copies`` the passage.
        ontology: the vocabulary, for labels and phrases.
    """

    records: Records
    ontology: Ontology

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        return {entity.id: entity for entity in self.records.entities}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.records.sources}

    @cached_property
    def further(self) -> Mapping[str, Sequence[Evidence]]:
        rows: dict[str, list[Evidence]] = defaultdict(list)
        for row in self.records.evidence:
            rows[row.statement].append(row)
        return rows

    @cached_property
    def outline(self) -> Outline:
        return Outline(self.records.outline)

    def telling(self, statement: Statement) -> Telling:
        """Return a statement in words."""
        zh, en = self.sentence(statement, "zh"), self.sentence(statement, "en")
        where_zh, where_en = self.where(statement, "zh"), self.where(statement, "en")
        evidence_zh, evidence_en = self._evidence(statement, where_zh, "zh"), self._evidence(statement, where_en, "en")
        return Telling(zh, en, where_zh, where_en, evidence_zh, evidence_en, self.quote(statement))

    def name(self, entity: str, language: str) -> str:
        """Return the name of an entity in ``zh`` or ``en``."""
        known = self.entities.get(entity)
        return "" if known is None else known.name_zh if language == "zh" else known.name_en

    def sentence(self, statement: Statement, language: str) -> str:
        """Return a statement as a sentence: the predicate's phrase, then what qualifies it, then what is not certain."""
        predicate = self.ontology.predicates[statement.predicate]
        phrase = predicate.phrase if statement.object else predicate.phrase_without_object
        text = phrase[language].format(subject=self.name(statement.subject, language), object=self.name(statement.object, language))
        further = list(self._qualifications(statement, language))
        return text + (("（" + "；".join(further) + "）" if language == "zh" else " (" + "; ".join(further) + ")") if further else "")

    def _qualifications(self, statement: Statement, language: str) -> Iterator[str]:
        cells = statement.qualifiers
        if "indicator" in cells or "value" in cells:
            yield self._result(statement, language)
        if "amount" in cells:
            figure = money(Decimal(cells["amount"]), statement.get("amount_qualifier"), statement.get("currency"), language)
            kinds = [self._label(column, statement, language) for column in ("support", "basis")]
            yield (", " if language == "en" else "，").join(filter(None, (figure, *kinds)))
        for column in THINGS:
            if column in cells:
                yield self.ontology.qualifiers[column].labels[language] + COLON[language] + self.name(cells[column], language)
        if "position" in cells:
            yield self.text(cells["position"], language)
        if "list" in cells:
            yield say("list-open", language)
        yield from filter(None, (self._when(statement, language), self._label("status", statement, language)))
        if cells.get("certainty") == "inferred":
            yield self._label("certainty", statement, language)

    def _result(self, statement: Statement, language: str) -> str:
        qualifier = self._label("value_qualifier", statement, language)
        figure = self._figure(statement.get("value"), qualifier, self.text(statement.get("unit"), language), language)
        return COLON[language].join(filter(None, (self.text(statement.get("indicator"), language), figure)))

    def _label(self, column: str, statement: Statement, language: str) -> str:
        cell = statement.qualifiers.get(column, "")
        return "" if cell in ("", "exact", "unspecified") else self._code_label(column, cell, language)

    def _code_label(self, column: str, cell: str, language: str) -> str:
        qualifier = self.ontology.qualifiers.get(column)
        if qualifier is None:
            return ""
        codes = self.ontology.codes[qualifier.range]
        return "/".join(self.ontology.code_labels[codes[value]][language] for value in cell.split("|"))

    @staticmethod
    def _figure(value: str, qualifier: str, unit: str, language: str) -> str:
        if not value:
            return ""
        number = f"{int(value):,}" if value.lstrip("-").isdecimal() else value
        if language == "zh":
            return f"约{number}{unit}" if qualifier == "约" else f"{number}{unit}{qualifier}"
        return " ".join(filter(None, (qualifier, number, unit)))

    @staticmethod
    def text(cell: str, language: str) -> str:
        """Return the half of a ``zh|en`` cell in one language, the other half where that is missing."""
        halves = [half.strip() for half in cell.split("|")]
        return halves[-1] or halves[0] if language == "en" else halves[0] or halves[-1]

    def _when(self, statement: Statement, language: str) -> str:
        """Return the source's words for the time, and the period that they mean where the table has one."""
        written, period = statement.get("date_text"), self.period(statement)
        if not written or (language == "en" and period):
            return period
        said = all(bound[:4] in written for bound in period.split("/"))  # the source's words name the year themselves
        return written if said else f"{written}（{period}）"

    @staticmethod
    def period(statement: Statement) -> str:
        """Return the period as the table has it: 2018, 2018/2020, 2015/, /2017-11."""
        since, until = statement.get("since"), statement.get("until")
        return since if since == until else f"{since}/{until}"

    def evidence(self, statement: Statement, language: str) -> str:
        """Return the evidence in words: title, publisher, date, paragraph and sentence, wording, address."""
        return self._evidence(statement, self.where(statement, language), language)

    def _evidence(self, statement: Statement, where: str, language: str) -> str:
        source = self.sources[statement.source]
        title = f"《{source.title}》" if language == "zh" else f"“{source.title}”"
        wording = statement.get("wording")
        quoted = f"“{wording}”" if wording else ""
        parts = (title, source.author, source.publisher, source.date, where, quoted, source.url)
        return ("，" if language == "zh" else ", ").join(filter(None, parts))

    def where(self, statement: Statement, language: str) -> str:
        """Return where in its source a statement stands: paragraph and sentence, or the locator of its row."""
        locator = statement.get("locator")
        if locator:
            row = re.fullmatch(r"row=([0-9]+)", locator)  # RFC 7111, section 2.1
            return say("table-row", language, row=row[1]) if row else say("table-record", language, record=locator)
        begins = sorted({int(begin) for begin, _ in self.spans(statement)})
        found = dict.fromkeys((s.paragraph, s.sentence) for begin in begins if (s := self.outline.find(statement.source, begin)))
        return ("、" if language == "zh" else " and ").join(
            say("paragraph-sentence", language, paragraph=str(paragraph), sentence=str(sentence)) for paragraph, sentence in found
        )

    def spans(self, statement: Statement) -> list[tuple[int, int]]:
        """Return the spans of a statement, its own first."""
        own = [(statement.begin, statement.stop)] if statement.begin else []
        return [(int(begin), int(stop)) for begin, stop in [*own, *((row.begin, row.stop) for row in self.further.get(statement.reference, ()))]]

    def quote(self, statement: Statement) -> str:
        """Return the quoted passages, without layout noise, joined by `` … ``; without the text a copy's, marked as such, or nothing."""
        text = self.records.texts.get(statement.source)
        if text is None:
            return self.records.copies.get(statement.reference, "")
        return " … ".join(without_noise(text[begin:stop]) for begin, stop in self.spans(statement))


def statement_columns(reader: Reader) -> tuple[str, ...]:
    """Return the header of ``statements.csv``: the qualifiers stand in the order of the design, then those of one's own."""
    own = sorted(set(reader.ontology.qualifiers) - set(STATEMENT_ORDER))
    qualifiers = (column for column in (*STATEMENT_ORDER, *own) if column in reader.ontology.qualifiers and column not in LEADING)
    return (*LEADING, *qualifiers, *TRAILING)


def statement_row(reader: Reader, statement: Statement, telling: Telling, columns: Sequence[str]) -> list[str]:
    """Return a row of ``statements.csv``: a statement resolved to readable names, with its evidence in words."""
    source = reader.sources[statement.source]
    program = statement.get("program")
    top = reader.ontology.predicates[statement.predicate].top
    ends = [part for entity in (statement.subject, statement.object, program) for part in (entity, reader.name(entity, "zh"))]
    return [
        *(statement.reference, source.id, source.file, top, statement.predicate, *ends),
        *(statement.get(column) for column in columns[len(LEADING) : -len(TRAILING)]),
        *(statement.begin, statement.stop, statement.digest, telling.evidence_zh, f"{telling.zh} | {telling.en}", telling.quote),
    ]


def entities_table(reader: Reader) -> str:
    """Return ``entities.csv``: every entity with all its names."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in reader.records.names:
        if row.name not in names[row.entity]:
            names[row.entity].append(row.name)
    rows = ([e.id, e.type, e.name_zh, e.name_en, "|".join(names[e.id]), e.collective, e.count] for e in reader.records.entities)
    return csv_text(ENTITY_COLUMNS, rows)
