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
from withwhom.text import without_noise
from withwhom.words import say

LEADING = ("id", "source", "file", "relation", "predicate", "subject", "subject_name", "object", "object_name", "program", "program_name")
ENTITY_COLUMNS = ("id", "type", "name_zh", "name_en", "names", "collective", "count")


@dataclass(frozen=True)
class Reader:
    """Puts records into words.

    Args:
        records: the checked records; quotes are given where ``records.texts`` holds the text.
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
        colon = "：" if language == "zh" else ": "
        amount, value = statement.get("amount"), statement.get("value")
        if statement.get("indicator") or value:
            figure = self._figure(value, self._label("value_qualifier", statement, language), self.text(statement.get("unit"), language), language)
            yield colon.join(filter(None, (self.text(statement.get("indicator"), language), figure)))
        if amount:
            figure = money(Decimal(amount), statement.get("amount_qualifier"), statement.get("currency"), language)
            kinds = [self._label(column, statement, language) for column in ("support", "basis")]
            yield ", ".join(filter(None, (figure, *kinds))) if language == "en" else "，".join(filter(None, (figure, *kinds)))
        for column in ("program", "place", "awarded_by"):
            if statement.get(column):
                yield self.ontology.qualifiers[column].labels[language] + colon + self.name(statement.get(column), language)
        if statement.get("position"):
            yield self.text(statement.get("position"), language)
        if statement.get("list"):
            yield say("list-open", language)
        yield from filter(None, (self._when(statement, language), self._label("status", statement, language)))
        if statement.get("certainty") == "inferred":
            yield self._label("certainty", statement, language)

    def _label(self, column: str, statement: Statement, language: str) -> str:
        cell = statement.get(column)
        qualifier = self.ontology.qualifiers.get(column)
        if not cell or qualifier is None or cell in ("exact", "unspecified"):
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
        source = self.sources[statement.source]
        title = f"《{source.title}》" if language == "zh" else f"“{source.title}”"
        where = self.where(statement, language)
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
        """Return the quoted passages, without layout noise, joined by `` … ``; empty without the text."""
        text = self.records.texts.get(statement.source)
        if text is None:
            return ""
        return " … ".join(without_noise(text[begin:stop]) for begin, stop in self.spans(statement))


def statements_table(reader: Reader) -> str:
    """Return ``statements.csv``: every statement resolved to readable names, with its evidence in words."""
    columns = _columns(reader)
    spans = ("begin", "stop", "digest")
    rows = (_statement_row(reader, statement, columns) for statement in reader.records.statements)
    return csv_text((*LEADING, *columns, *spans, "evidence", "sentence", "quote"), rows)


def _columns(reader: Reader) -> list[str]:
    """Return the qualifiers in the order of the tables' headers, then those that no table uses."""
    headers = dict.fromkeys(column for statement in reader.records.statements for column in statement.at.columns)
    ordered = dict.fromkeys([*headers, *reader.ontology.qualifiers])
    return [column for column in ordered if column in reader.ontology.qualifiers and column not in LEADING]


def _statement_row(reader: Reader, statement: Statement, columns: Sequence[str]) -> list[str]:
    source = reader.sources[statement.source]
    program = statement.get("program")
    top = reader.ontology.predicates[statement.predicate].top
    ends = [part for entity in (statement.subject, statement.object, program) for part in (entity, reader.name(entity, "zh"))]
    sentence = " | ".join(reader.sentence(statement, language) for language in ("zh", "en"))
    return [
        *(statement.reference, source.id, source.file, top, statement.predicate, *ends),
        *(statement.get(column) for column in columns),
        *(statement.begin, statement.stop, statement.digest, reader.evidence(statement, "zh"), sentence, reader.quote(statement)),
    ]


def entities_table(reader: Reader) -> str:
    """Return ``entities.csv``: every entity with all its names."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in reader.records.names:
        if row.name not in names[row.entity]:
            names[row.entity].append(row.name)
    rows = ([e.id, e.type, e.name_zh, e.name_en, "|".join(names[e.id]), e.collective, e.count] for e in reader.records.entities)
    return csv_text(ENTITY_COLUMNS, rows)
