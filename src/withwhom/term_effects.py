"""What a change in one property of a term does, and how heavy that is.

Wording is what people read (labels, definitions, examples, phrases, colours and symbols, and any other text in a language); everything
else is meaning. A change of meaning is major, save where it only lets more be said or follow: docs/upgrading.md has the table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from withwhom.ontology import SCHEMA
from withwhom.vocab import WW

WORDING = frozenset(
    [
        *(RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy),
        *(SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.definition, SKOS.example, SKOS.note, SKOS.scopeNote),
        *(SKOS.changeNote, SKOS.editorialNote, SKOS.historyNote),
        *(WW.phrase, WW.colour, WW.symbol),
    ]
)
MAPPINGS = frozenset([SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch, SKOS.notation])
ABOVE = frozenset([RDFS.subClassOf, RDFS.subPropertyOf])
ENDS = frozenset([SCHEMA.domainIncludes, SCHEMA.rangeIncludes, RDFS.domain, RDFS.range])
USES = frozenset([WW.Predicate, WW.Qualifier])
Nodes = Collection[Node]
# What a change does: ``reworded``, ``mapped`` (to other vocabularies), ``widened`` (more is legal), ``narrowed``, ``extended`` (more follows),
# ``same`` (said otherwise) or ``changed``; and its weight.
Effect = tuple[str, str]
REWORDED: Effect = ("reworded", "patch")
CHANGED: Effect = ("changed", "major")


@dataclass(frozen=True)
class Judge:
    """Judges changes between two graphs of a vocabulary."""

    old: Graph
    new: Graph

    def effect(self, term: URIRef, property: URIRef, old: Nodes, new: Nodes) -> Effect:
        """Return what a change of the values of a property does to a term, and how heavy that is."""
        if property in WORDING:
            return REWORDED
        if property in MAPPINGS:
            return "mapped", "minor"
        if property in ABOVE:
            return _growth(*({node for node in graph.transitive_objects(term, property) if node is not None} for graph in (self.old, self.new)))
        known = self._judges.get(property)
        if known is not None:
            return known(old, new)
        return REWORDED if all(isinstance(value, Literal) and value.language for value in (*old, *new)) else CHANGED

    @property
    def _judges(self) -> Mapping[URIRef, Callable[[Nodes, Nodes], Effect]]:
        return {
            SCHEMA.domainIncludes: self._reach,
            SCHEMA.rangeIncludes: self._reach,
            RDFS.domain: self._bounds,
            RDFS.range: self._bounds,
            WW.phraseWithoutObject: _optional,
            OWL.inverseOf: _growth,
            RDF.type: _types,
        }

    def _reach(self, old: Nodes, new: Nodes) -> Effect:
        """Compare which classes are legal, the narrower ones of each included."""
        lost, gained = self._outside(old, new), self._outside(new, old)
        if lost:
            return CHANGED if gained else ("narrowed", "major")
        return ("widened", "minor") if gained else ("same", "patch")

    def _bounds(self, old: Nodes, new: Nodes) -> Effect:
        """Compare domains or ranges of RDFS: several mean their intersection, none means anything."""
        if len(old) == len(new) == 1:
            return self._reach(old, new)
        return ("widened", "minor") if set(new) <= set(old) else ("narrowed", "major") if set(old) <= set(new) else CHANGED

    def _outside(self, terms: Iterable[Node], others: Nodes) -> bool:
        """Tell whether some term is neither one of others nor below one of them."""
        return any(not set(others) & set(self.new.transitive_objects(term, RDFS.subClassOf)) for term in terms)


def _growth(old: Nodes, new: Nodes) -> Effect:
    """Tell whether only more follows than did."""
    if set(old) - set(new):
        return CHANGED
    return ("extended", "minor") if set(new) - set(old) else ("same", "patch")


def _types(old: Nodes, new: Nodes) -> Effect:
    """Judge types: those by which a term may be used in a table are an extension, any other says something else of it."""
    return _growth(old, new) if set(new) - set(old) <= USES else CHANGED


def _optional(old: Nodes, new: Nodes) -> Effect:
    """Judge the phrase without object: where there is one, an object may be left out."""
    return REWORDED if old and new else ("widened", "minor") if new else ("narrowed", "major")
