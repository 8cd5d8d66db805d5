"""What people write into a table may mean: the terms that a label stands for, and the entities that bear a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from withwhom.ontology import Class, Labels, Ontology, Predicate
from withwhom.records import Entity, Name, Statement
from withwhom.tables import OFFSET
from withwhom.text import normal
from withwhom.words import LANGUAGES, say

# Lists that are part of the tables' form and not of the vocabulary; their labels stand in words.
NAME_KINDS = ("alias", "abbreviation", "former", "translation", "identifier", "mention")
PARTS = ("fact", "subject", "object", "program", "date", "place", "amount")

# Characters of an id or name that a message shows.
LONGEST = 60


@dataclass(frozen=True)
class Terms:
    """The values that the cells of a column may have.

    Args:
        labels: what people call each in Chinese and English.
        retired: those that are understood and not offered any more: a label that is another one's, too, means that.
    """

    labels: Mapping[str, Labels]
    retired: frozenset[str] = frozenset()

    @property
    def offered(self) -> list[str]:
        """The values that somebody may still write."""
        return [value for value in self.labels if value not in self.retired]

    @cached_property
    def _by_label(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for value, labels in self.labels.items():
            for label in (value, *labels.values()):
                found[_folded(label)].add(value)
        parts: dict[str, set[str]] = defaultdict(set)
        for value, labels in self.labels.items():
            for part in (part for label in labels.values() if "、" in label for part in label.split("、")):
                parts[_folded(part)].add(value)
        found |= {part: values for part, values in parts.items() if part not in found}  # of 牵头、举办, each word by itself
        return {label: tuple(sorted(values - self.retired or values)) for label, values in found.items()}

    def of(self, word: str) -> tuple[str, ...]:
        """Return the values that a word may stand for: one that is a value stands for itself, a label for every term that has it."""
        return (word,) if word in self.labels else self._by_label.get(_folded(word), ())

    def value(self, cell: str) -> str:
        """Return the value that a cell stands for; a word that means none or several stays."""
        values = self.of(cell)
        return values[0] if len(values) == 1 else cell

    def values(self, cell: str) -> str:
        """Return a cell with values in place of labels, several joined by ``|``."""
        return cell if cell in self.labels else "|".join(self.value(part.strip()) for part in cell.split("|"))


def _folded(label: str) -> str:
    """Return the normal form of a label, its words apart: ``Community clinic`` is what people call a term, ``CommunityClinic`` was one's name."""
    return " ".join(map(normal, label.split()))


def _said(prefix: str, values: Iterable[str]) -> Terms:
    return Terms({value: {language: say(f"{prefix}-{value}", language) for language in LANGUAGES} for value in values})


BOOLEANS, KINDS_OF_NAMES, PARTS_OF_EVIDENCE = _said("value", ("true", "false")), _said("name-kind", NAME_KINDS), _said("part", PARTS)


@dataclass(frozen=True)
class ColumnTerms:
    """The terms of each table by column."""

    entities: Mapping[str, Terms]
    names: Mapping[str, Terms]
    statements: Mapping[str, Terms]
    evidence: Mapping[str, Terms]


def column_terms(ontology: Ontology) -> ColumnTerms:
    """Return the terms that the vocabulary, and the form of the tables, allow in each column."""

    def of(terms: Mapping[str, Class] | Mapping[str, Predicate] | Mapping[str, str], labels: Mapping[str, Labels]) -> Terms:
        return Terms(labels, frozenset(terms) - frozenset(ontology.offered(terms)))

    codes = {kind: of(members, {value: ontology.code_labels[iri] for value, iri in members.items()}) for kind, members in ontology.codes.items()}
    statements = {"predicate": of(ontology.predicates, {name: known.labels for name, known in ontology.predicates.items()})}
    for column, qualifier in ontology.qualifiers.items():
        if qualifier.kind == "code":
            statements[column] = codes.get(qualifier.range, Terms({}))
        elif qualifier.kind == "boolean":
            statements[column] = BOOLEANS
    entities = {"type": of(ontology.classes, {name: known.labels for name, known in ontology.classes.items()}), "collective": BOOLEANS}
    if "value_qualifier" in statements:  # a figure is a figure
        entities["count_qualifier"] = statements["value_qualifier"]
    return ColumnTerms(entities, {"kind": KINDS_OF_NAMES}, statements, {"part": PARTS_OF_EVIDENCE})


class Within(NamedTuple):
    """Where a name stands: the source (empty: a table that all sources share), and the passage, if that is known."""

    source: str = ""
    begin: int | None = None
    stop: int | None = None


EVERYWHERE = Within()


def within(row: Statement | Name | None) -> Within:
    """Return where the names in a row stand; None is a row of a table that all sources share."""
    if row is None:
        return EVERYWHERE
    if isinstance(row, Statement) and OFFSET.fullmatch(row.begin) and OFFSET.fullmatch(row.stop):
        return Within(row.source, int(row.begin), int(row.stop))
    return Within(row.source)


class Meaning(NamedTuple):
    """The ids that a name may mean, and whether it means them for sure: one that holds in a stretch of a source only may not."""

    ids: tuple[str, ...] = ()
    sure: bool = True

    @property
    def one(self) -> str:
        """The entity that is meant, empty if there are none, several, or perhaps another one."""
        return self.ids[0] if len(self.ids) == 1 and self.sure else ""


@dataclass(frozen=True)
class EntityNames:
    """The names of entities in normal form (:func:`withwhom.text.normal`), and where each holds.

    Args:
        entities: the rows of ``entities.csv``.
        rows: the rows of ``names.csv``.
    """

    entities: Sequence[Entity]
    rows: Sequence[Name]

    @cached_property
    def by_id(self) -> Mapping[str, Entity]:
        return {entity.id: entity for entity in self.entities}

    @cached_property
    def everywhere(self) -> Mapping[str, set[str]]:
        """The ids by name in normal form, of the names that hold in every source."""
        found: dict[str, set[str]] = defaultdict(set)
        for entity in self.entities:
            for name in (entity.name_zh, entity.name_en):
                found[normal(name)].add(entity.id)
        for row in self.rows:
            if not row.source and row.entity in self.by_id:
                found[normal(row.name)].add(row.entity)
        found.pop("", None)
        return found

    @cached_property
    def _somewhere(self) -> Mapping[tuple[str, str], list[Name]]:
        found: dict[tuple[str, str], list[Name]] = defaultdict(list)
        for row in self.rows:
            if row.source and row.name and row.entity in self.by_id:
                found[row.source, normal(row.name)].append(row)
        return found

    def of(self, name: str, where: Within = EVERYWHERE) -> Meaning:
        """Return what a name means in a place.

        A name of one source means nothing in another; one of a stretch of it counts in that stretch, and where the passage is not
        known, it leaves open what is meant.
        """
        if name in self.by_id:
            return Meaning((name,))
        form = normal(name)
        ids, sure = set(self.everywhere.get(form, ())), True
        for row in self._somewhere.get((where.source, form), ()):
            holds = _holds(row, where)
            if holds is None and row.entity not in ids:
                sure = False
            if holds is not False:
                ids.add(row.entity)
        return Meaning(tuple(sorted(ids)), sure)

    def named(self, identifier: str) -> str:
        """Return an id with the names of its entity, for messages."""
        entity = self.by_id.get(identifier)
        known = (entity.name_zh, entity.name_en) if entity else ()
        told = " / ".join(_cut(name) for name in dict.fromkeys(known) if name)
        return f"{_cut(identifier)} ({told})" if told else _cut(identifier)


def _cut(text: str) -> str:
    """Return an id or name as one line of a message shows it: cut, and without what a terminal would obey."""
    text = "".join(character if character.isprintable() else " " for character in text[: LONGEST + 1])
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _holds(row: Name, where: Within) -> bool | None:
    """Tell whether a name of a source holds in a passage of it; None if nobody can say."""
    if not row.begin:
        return True
    if not (OFFSET.fullmatch(row.begin) and OFFSET.fullmatch(row.stop)) or where.begin is None or where.stop is None:
        return None
    return int(row.begin) <= where.begin and where.stop <= int(row.stop)
