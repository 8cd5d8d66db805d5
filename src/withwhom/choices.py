"""What a cell may be chosen from: the codes of a column with their labels in Chinese and English, read from the ontology."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from withwhom.meanings import NAME_KINDS, PARTS
from withwhom.ontology import Class, Labels, Ontology, Predicate
from withwhom.tables import ENTITY_COLUMNS, EVIDENCE_COLUMNS, NAME_COLUMNS, QUOTE, SOURCE_COLUMNS, STATEMENT_COLUMNS
from withwhom.words import LANGUAGES, WORDS, say

STATEMENTS = "statements"
# The tables that a person edits; the outline is made by the machine.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sources": SOURCE_COLUMNS,
    "entities": ENTITY_COLUMNS,
    "names": NAME_COLUMNS,
    "evidence": EVIDENCE_COLUMNS,
    STATEMENTS: (*STATEMENT_COLUMNS, QUOTE),
}
# An id in brackets at the end of what is shown for it; the name before it may be another by now.
BRACKETED = re.compile(r".*\[([^\[\]|]+)\]", re.DOTALL)


@dataclass(frozen=True)
class Choices:
    """The codes that a cell is chosen from.

    Args:
        labels: the labels of each code by language.
        closed: whether nothing else can be right; a thing that is not there yet may be named by its id to come.
        retired: the codes that are understood and not offered any more.
    """

    labels: Mapping[str, Labels]
    closed: bool = True
    retired: frozenset[str] = frozenset()

    @property
    def offered(self) -> list[str]:
        """The codes that somebody may still choose."""
        return [code for code in self.labels if code not in self.retired]

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The code that a label of either language means, if it means one only and is not itself a code; letter case does not count."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, labels in self.labels.items():
            for label in labels.values():
                found[label.strip().casefold()].add(code)
        return {label: min(codes) for label, codes in found.items() if label and len(codes) == 1 and label not in self.labels}

    def code(self, text: str) -> str | None:
        """Return the code that one word means, None if it means none."""
        if text in self.labels:
            return text
        found = self.codes.get(text.casefold())
        if found is None and not self.closed and (match := BRACKETED.fullmatch(text)) and match[1] in self.labels:
            return match[1]
        return found

    def label(self, code: str, language: str) -> str:
        """Return what is shown for a code: its label, unless that would be read as something else."""
        label = self.labels.get(code, {}).get(language, "").strip()
        return label if label and "|" not in label and self.code(label) == code else code

    def shown(self, cell: str, language: str) -> str:
        """Return a cell as people read it: labels for codes, several joined by ``|``; a cell that holds anything else stays."""
        parts = cell.split("|")
        return "|".join(self.label(part, language) for part in parts) if all(part in self.labels for part in parts) else cell

    def meant(self, cell: str) -> str:
        """Return a cell in codes, whichever language its labels are in; a cell that holds anything else stays.

        For every cell, what is shown for it means what the cell means: ``meant(shown(cell, language)) == meant(cell)``.
        """
        parts = [self.code(part.strip()) for part in cell.split("|")]
        known = [part for part in parts if part is not None]
        return "|".join(known) if len(known) == len(parts) else self.code(cell.strip()) or cell

    def knows(self, cell: str) -> bool:
        """Tell whether every word of a cell is one of the choices; an empty cell is none, and not wrong."""
        return not cell or all(part in self.labels for part in self.meant(cell).split("|"))


def kind_of(table: str) -> str:
    """Return what a table holds: ``statements`` for ``statements/shanxi-red-cross``."""
    return table.partition("/")[0]


def headings(kind: str, ontology: Ontology) -> Mapping[str, Labels]:
    """Return the columns that a kind of table may have, with their labels."""
    own = {column: {language: say(f"field-{column}", language) for language in LANGUAGES} for column in COLUMNS[kind] if f"field-{column}" in WORDS}
    qualifiers = {column: qualifier.labels for column, qualifier in ontology.qualifiers.items()}
    if kind == STATEMENTS:
        return own | {column: labels for column, labels in qualifiers.items() if column not in own}
    return {column: own.get(column) or qualifiers.get(column, {}) for column in COLUMNS[kind]}


def lists(kind: str, ontology: Ontology) -> Mapping[str, str]:
    """Return which list the cells of a column are chosen from, for the columns of a kind of table that have one."""
    codes = {column: qualifier.range for column, qualifier in ontology.qualifiers.items() if qualifier.kind == "code"}
    others = {column: qualifier.kind for column, qualifier in ontology.qualifiers.items() if qualifier.kind in ("entity", "boolean")}
    statements = {"subject": "entity", "predicate": "predicate", "object": "entity", **codes, **others}
    quantity = {"count_qualifier": codes["value_qualifier"]} if "value_qualifier" in codes else {}  # as in check
    by_kind: Mapping[str, Mapping[str, str]] = {
        "sources": {},
        "entities": {"type": "class", "collective": "boolean", "place": "entity", **quantity},
        "names": {"entity": "entity", "kind": "kind", "source": "source"},
        "evidence": {"part": "part"},
        STATEMENTS: statements,
    }
    return by_kind[kind]


def choices(ontology: Ontology, entities: Iterable[tuple[str, Labels]], sources: Iterable[str]) -> Mapping[str, Choices]:
    """Return every list.

    Args:
        ontology: the vocabulary.
        entities: the id and names of each entity.
        sources: the ids of the sources.
    """

    def of(terms: Mapping[str, Class] | Mapping[str, Predicate] | Mapping[str, str], labels: Mapping[str, Labels]) -> Choices:
        return Choices(labels, retired=frozenset(terms) - frozenset(ontology.offered(terms)))

    codes = {kind: of(members, {code: ontology.code_labels[iri] for code, iri in members.items()}) for kind, members in ontology.codes.items()}
    predicates = sorted(ontology.predicates.values(), key=lambda predicate: (predicate.top, predicate.name))
    return codes | {
        "predicate": of(ontology.predicates, {predicate.name: predicate.labels for predicate in predicates}),
        "class": of(ontology.classes, {name: known.labels for name, known in ontology.classes.items()}),
        "boolean": Choices(_words("value", ("true", "false"))),
        "kind": Choices(_words("name-kind", NAME_KINDS)),
        "part": Choices(_words("part", PARTS)),
        "entity": Choices({id: {language: f"{name} [{id}]" for language, name in names.items()} for id, names in entities}, closed=False),
        "source": Choices({id: {} for id in sources}, closed=False),
    }


def _words(key: str, codes: Iterable[str]) -> Mapping[str, Labels]:
    return {code: {language: say(f"{key}-{code}", language) for language in LANGUAGES} for code in codes}
