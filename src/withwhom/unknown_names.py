"""Names in tables that no entity bears, and the entities that they become where somebody says so (``withwhom format --add``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from withwhom.cells import near_entities, problem
from withwhom.check import SLUG
from withwhom.matching import free_id, new_entity, slug
from withwhom.meanings import EntityNames, within
from withwhom.ontology import Ontology
from withwhom.problems import Problem
from withwhom.records import Entity, Place, Records, Statement
from withwhom.tables import short
from withwhom.text import normal


@dataclass(frozen=True)
class Use:
    """A cell that a name stands in, and the classes that may stand there, by IRI; none where the row does not say."""

    at: Place
    column: str
    name: str
    legal: frozenset[str]


@dataclass(frozen=True)
class Unknown:
    """A name that means nobody, with every cell that holds it in any written form; ``legal``: the widest classes that fit all of them."""

    name: str
    uses: Sequence[Use]
    legal: Sequence[str]

    @property
    def is_addable(self) -> bool:
        """Tell whether it can become an entity: what has the form of an id is a misspelt one, and ``|`` stands between several names."""
        return bool(self.legal) and not SLUG.fullmatch(self.name) and "|" not in self.name


@dataclass(frozen=True)
class Added:
    """An entity made of a name; ``others``: further classes that it may be of."""

    entity: Entity
    uses: Sequence[Use]
    others: Sequence[str]


def unknown_names(records: Records, ontology: Ontology) -> list[Unknown]:
    """Return the names that no entity bears, in the order of tables and rows, each once.

    Args:
        records: resolved, so that what is known is an id by now.
        ontology: which says what may stand where.
    """
    names = EntityNames(records.entities, records.names)
    groups: dict[str, list[Use]] = defaultdict(list)
    for use, row in _uses(records, ontology):
        if use.name and use.name not in names.by_id and not names.of(use.name, within(row)).ids:
            groups[normal(use.name) or use.name].append(use)
    return [Unknown(uses[0].name, uses, widest(uses, ontology)) for uses in groups.values()]


def _uses(records: Records, ontology: Ontology) -> Iterator[tuple[Use, Statement | None]]:
    places = frozenset([ontology.classes["Place"].iri])
    for entity in records.entities:
        yield Use(entity.at, "place", entity.place, places), None
    for row in records.names:
        yield Use(row.at, "entity", row.entity, frozenset()), None
    columns = {name: frozenset([known.range]) for name, known in ontology.qualifiers.items() if known.kind == "entity"}
    for statement in records.statements:
        predicate = ontology.predicates.get(statement.predicate)
        yield Use(statement.at, "subject", statement.subject, predicate.subjects if predicate else frozenset()), statement
        yield Use(statement.at, "object", statement.object, predicate.objects if predicate else frozenset()), statement
        for column, legal in columns.items():
            for part in statement.get(column).split("|"):
                yield Use(statement.at, column, part, legal), statement


def widest(uses: Sequence[Use], ontology: Ontology) -> list[str]:
    """Return the classes that may stand in every cell and are below no other such class: the one with most kinds of its own first."""
    told = [use.legal for use in uses if use.legal]
    fitting = [name for name in ontology.offered(ontology.classes) if told and all(ontology.is_kind_of(name, legal) for legal in told)]
    iris = {ontology.classes[name].iri for name in fitting}
    tops = [name for name in fitting if iris.isdisjoint(ontology.classes[name].ancestors[1:])]
    kinds = {name: sum(ontology.is_kind_of(other, [ontology.classes[name].iri]) for other in ontology.classes) for name in tops}
    return sorted(tops, key=lambda name: (-kinds[name], name))


def unknown_problems(unknown: Sequence[Unknown], records: Records) -> Iterator[Problem]:
    """Yield one problem a name, at the first cell that holds it."""
    names = EntityNames(records.entities, records.names)
    for one in unknown:
        at, times = one.uses[0], str(len(one.uses))
        code = "unknown-name" if one.is_addable else "unknown-entity"
        yield problem(at.at, at.column, code, value=short(one.name), times=times, near=near_entities(names, one.name))


def added(unknown: Sequence[Unknown], taken: Sequence[str]) -> list[Added]:
    """Return an entity for every name: a pinyin slug as its id, the widest class that fits, the name in both languages."""
    ids = set(taken)
    made = []
    for one in unknown:
        identifier = free_id(slug(one.name), ids)
        ids.add(identifier)
        made.append(Added(new_entity(identifier, one.legal[0], one.name), one.uses, one.legal[1:]))
    return made
