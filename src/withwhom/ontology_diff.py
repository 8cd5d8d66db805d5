"""What changed between two editions of a vocabulary, how heavy each change is, and the version number that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import DCTERMS, OWL, Graph, URIRef

from withwhom.deprecated import deprecated
from withwhom.edition import KINDS, Edition, kind_of, labels_of
from withwhom.ontology import ONTOLOGY
from withwhom.semver import heavier, is_raised, least
from withwhom.shape_diff import PartChange, shape_changes, text_of
from withwhom.term_effects import Judge
from withwhom.term_text import normal_text

RETIRING = frozenset([OWL.deprecated, DCTERMS.isReplacedBy])
STATUSES = ("added", "changed", "reworded", "deprecated", "restored", "removed")


@dataclass(frozen=True)
class Change:
    """What became of one property of a term.

    Args:
        property: its IRI.
        effect: what that does (:data:`withwhom.term_effects.Effect`).
        level: how heavy it is.
        lost: the values that are no more, as Turtle writes them.
        gained: the values that are new.
    """

    property: str
    effect: str
    level: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True)
class TermChange:
    """What became of a term: ``status`` is one of :data:`STATUSES`, ``home`` the vocabulary that it belongs to."""

    iri: str
    kind: str
    labels: Mapping[str, str]
    status: str
    level: str
    home: str
    changes: tuple[Change, ...] = ()
    replacement: str = ""


@dataclass(frozen=True)
class Raise:
    """Whether the version of a vocabulary (empty: terms without one) was raised as far as what changed in it asks for."""

    home: str
    old: str
    new: str
    level: str
    least: str
    enough: bool


@dataclass(frozen=True)
class Difference:
    """What changed between two editions; shapes and rules are None where one of the editions does not say which it had."""

    terms: tuple[TermChange, ...]
    shapes: tuple[PartChange, ...] | None
    rules: tuple[PartChange, ...] | None
    versions: tuple[Raise, ...]

    @property
    def parts(self) -> tuple[PartChange, ...]:
        return (*(self.shapes or ()), *(self.rules or ()))

    @property
    def every(self) -> tuple[TermChange | PartChange, ...]:
        return (*self.terms, *self.parts)

    @property
    def level(self) -> str:
        """The weight of all changes together."""
        return heavier(*(change.level for change in self.every))

    def of(self, *statuses: str) -> list[TermChange]:
        """Return the terms of which one of some things became."""
        return [change for change in self.terms if change.status in statuses]


def difference(old: Edition, new: Edition) -> Difference:
    """Compare two editions."""
    before, after = old.terms(), new.terms()
    comparison = _Comparison(old.graph, new.graph, deprecated(old.graph), deprecated(new.graph))
    terms = [comparison.added(iri, new.home(iri)) for iri in after - before]
    terms += [comparison.removed(iri, old.home(iri)) for iri in before - after]
    terms += [change for iri in before & after if (change := comparison.kept(iri, new.home(iri))) is not None]
    kinds = [*KINDS, "code", "other"]
    terms.sort(key=lambda change: (STATUSES.index(change.status), kinds.index(change.kind), change.iri))
    shapes = None
    if old.shapes is not None and new.shapes is not None:
        homes = {str(shape): new.home(str(shape)) or old.home(str(shape)) for graph in (old.shapes, new.shapes) for shape in graph.subjects()}
        shapes = tuple(shape_changes(old.shapes, new.shapes, after - before, homes))
    rules = None if old.rules is None or new.rules is None else tuple(_rules(old, new))
    found = Difference(tuple(terms), shapes, rules, ())
    return Difference(found.terms, shapes, rules, tuple(_raises(found, old.versions(), new.versions())))


def _rules(old: Edition, new: Edition) -> Iterator[PartChange]:
    """Yield the rules that changed; comments, prefixes and white space say nothing."""
    before, after = old.rules or {}, new.rules or {}
    for name in sorted({*before, *after}):
        if name not in after:
            yield PartChange("rule", name, "removed", "major", before[name].home)
        elif name not in before:
            yield PartChange("rule", name, "added", "minor", after[name].home)
        elif normal_text(before[name].text) != normal_text(after[name].text):
            yield PartChange("rule", name, "changed", "major", after[name].home)


def _raises(found: Difference, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Raise]:
    """Yield, for each vocabulary in which something changed or that has another version, whether that version is high enough."""
    levels = {home: heavier(*(change.level for change in found.every if change.home == home)) for home in _homes(found, old, new)}
    for home, level in levels.items():
        before, after = old.get(home, ""), new.get(home, "")
        if level != "none" or before != after:
            yield Raise(home, before, after, level, least(before, level), is_raised(before, after, level))


def _homes(found: Difference, old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    homes = {*(change.home for change in found.every), *old, *new}
    return sorted(homes, key=lambda home: (home != str(ONTOLOGY), home))


@dataclass(frozen=True)
class _Comparison:
    """The graphs of two editions, and the deprecated terms of each with their replacements."""

    old: Graph
    new: Graph
    was: Mapping[str, str]
    now: Mapping[str, str]

    def added(self, iri: str, home: str) -> TermChange:
        return TermChange(iri, kind_of(self.new, iri), labels_of(self.new, iri), "added", "minor", home)

    def removed(self, iri: str, home: str) -> TermChange:
        """Return what became of a term that is no more; what took its place is what it was deprecated in favour of."""
        replacement = self.was.get(iri, "")
        replacement = self.now.get(replacement, replacement)
        return TermChange(iri, kind_of(self.old, iri), labels_of(self.old, iri), "removed", "major", home, (), replacement)

    def kept(self, iri: str, home: str) -> TermChange | None:
        """Return what became of a term that both editions have, None if nothing did."""
        changes = tuple(self._changes(URIRef(iri)))
        if (iri in self.was) != (iri in self.now):
            status = "deprecated" if iri in self.now else "restored"
        elif self.was.get(iri) != self.now.get(iri):
            status = "deprecated"
        elif not changes:
            return None
        else:
            status = "reworded" if all(change.effect == "reworded" for change in changes) else "changed"
        level = heavier("minor" if status in ("deprecated", "restored") else "none", *(change.level for change in changes))
        return TermChange(iri, kind_of(self.new, iri), labels_of(self.new, iri), status, level, home, changes, self.now.get(iri, ""))

    def _changes(self, term: URIRef) -> Iterator[Change]:
        judge = Judge(self.old, self.new)
        properties = {property for graph in (self.old, self.new) for property in graph.predicates(term) if isinstance(property, URIRef)}
        for property in sorted(properties - RETIRING):
            old, new = (frozenset(graph.objects(term, property)) for graph in (self.old, self.new))
            before = {text_of(self.old, value) for value in old}
            after = {text_of(self.new, value) for value in new}
            if before != after:
                effect, level = judge.effect(term, property, old, new)
                yield Change(str(property), effect, level, tuple(sorted(before - after)), tuple(sorted(after - before)))
