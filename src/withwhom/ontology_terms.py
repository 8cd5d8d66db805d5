"""The terms of a vocabulary as a reader of its documentation looks at them: what each is called, means, and how it hangs together with others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rdflib import DCTERMS, ORG, OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from withwhom.ontology import ONTOLOGY, SCHEMA, Labels, Ontology, column_name, local_name
from withwhom.vocab import WW

SHARED = f"{ONTOLOGY}#"
# What a term is, in the order of the page.
KINDS = ("class", "predicate", "relation", "role", "qualifier", "code", "property", "record", "meta", "other")
# Anchors that begin so belong to the page itself.
PAGE = "page-"
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
CHARACTERISTICS = ("SymmetricProperty", "AsymmetricProperty", "TransitiveProperty", "FunctionalProperty", "InverseFunctionalProperty", "IrreflexiveProperty")
# Links from a term to others: the row of the page that shows them, and the properties that say so.
FORWARD: Mapping[str, tuple[URIRef, ...]] = {
    "above": (RDFS.subClassOf, RDFS.subPropertyOf),
    "domain": (SCHEMA.domainIncludes, RDFS.domain),
    "range": (SCHEMA.rangeIncludes, RDFS.range),
    "inverse": (OWL.inverseOf,),
    "role": (WW.role,),
    "scheme": (SKOS.inScheme,),
    "replaced": (DCTERMS.isReplacedBy,),
    "see": (RDFS.seeAlso,),
}
# The same seen from the other end.
BACKWARD: Mapping[str, str] = {"below": "above", "subject-of": "domain", "object-of": "range", "role-of": "role", "members": "scheme", "replaces": "replaced"}
# What the page shows in places of its own; every other annotation is shown as it stands.
SHOWN = frozenset(
    (
        *(RDF.type, RDFS.label, RDFS.isDefinedBy, SKOS.prefLabel, SKOS.definition, SKOS.example, OWL.deprecated),
        *(WW.phrase, WW.phraseWithoutObject, WW.relation, WW.colour, WW.symbol, *MATCHES),
        *(property for properties in FORWARD.values() for property in properties),
    )
)
# What a type makes of a term that is no class; the first that fits.
MARKS: Sequence[tuple[frozenset[Node], str]] = (
    (frozenset({WW.Predicate}), "predicate"),
    (frozenset({WW.Qualifier}), "qualifier"),
    (frozenset({OWL.AnnotationProperty, RDFS.Datatype}), "meta"),
    (frozenset({OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property}), "property"),
    (frozenset({ORG.Role}), "role"),
    (frozenset({SKOS.ConceptScheme}), "code"),
)


@dataclass(frozen=True)
class Term:
    """A term of the vocabulary.

    Args:
        iri: its IRI.
        name: its local name.
        anchor: how the page names it after ``#``.
        kind: one of :data:`KINDS`.
        own: whether it belongs to the workspace and not to the shared vocabulary.
        labels, definitions: by language.
        examples: language and text of each.
        links: the terms that each row of the page links to, by row.
        matches: SKOS mapping and IRI of each term of another vocabulary.
        sentences: by language, the phrases with A and B in the places of subject and object.
        written: the column of a qualifier, or what a cell of a code holds.
        colour, symbol: how the network page draws it, empty where it does not.
        deprecated: whether it should no longer be used.
        further: property and value of every other annotation.
    """

    iri: str
    name: str
    anchor: str
    kind: str
    own: bool
    labels: Labels
    definitions: Labels
    examples: Sequence[tuple[str, str]]
    links: Mapping[str, Sequence[str]]
    matches: Sequence[tuple[str, str]]
    sentences: Mapping[str, Sequence[str]]
    written: str
    colour: str
    symbol: str
    deprecated: bool
    further: Sequence[tuple[str, Node]]


@dataclass(frozen=True)
class Glossary:
    """Every term that a vocabulary declares, by IRI.

    Args:
        ontology: the vocabulary.
    """

    ontology: Ontology

    @property
    def graph(self) -> Graph:
        return self.ontology.graph

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        return {iri: self._term(iri) for iri in self.kinds}

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """What each declared term is, in the order of local names; what is declared of others' terms, as OWL wants it, is none of ours."""
        every = {str(term) for term in self.graph.subjects(RDF.type, None) if isinstance(term, URIRef)}
        every &= self.ontology.terms.declared or every
        headers = set(map(str, self.graph.subjects(RDF.type, OWL.Ontology)))
        return {iri: self._kind(iri) for iri in sorted(every - headers, key=lambda iri: (local_name(iri).lower(), iri))}

    def _kind(self, iri: str) -> str:
        types = set(self.graph.objects(URIRef(iri), RDF.type))
        if types & {OWL.Class, RDFS.Class}:
            return self._kind_of_class(iri)
        if iri in self._codes:
            return "code"
        return next((kind for marks, kind in MARKS if types & marks), "other")

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(code for codes in self.ontology.codes.values() for code in codes.values())

    def _kind_of_class(self, iri: str) -> str:
        known = self.ontology.classes.get(local_name(iri))
        if known is not None and known.iri == iri:
            return "class"
        if iri in self.ontology.codes:
            return "code"
        if iri in self.relations:
            return "relation"
        above = set(self.graph.transitive_objects(URIRef(iri), RDFS.subClassOf))
        return "meta" if RDF.Property in above else "record"

    @cached_property
    def relations(self) -> Mapping[str, tuple[str, ...]]:
        """The IRIs of the predicates of each relation class, the top one first."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, predicate in sorted(self.ontology.predicates.items(), key=lambda item: (item[0] != item[1].top, item[0].lower())):
            found[predicate.relation or name].append(predicate.iri)
        return {relation: tuple(predicates) for relation, predicates in sorted(found.items())}

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """The anchor of each term: its local name; an own term whose name is taken has ``local-`` before it."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for iri in sorted(self.kinds, key=lambda iri: (not iri.startswith(SHARED), iri)):
            name = anchor = re.sub(r"\s", "-", local_name(iri)) or "term"
            number = 1
            while anchor in taken or anchor.startswith(PAGE):
                anchor = f"local-{name}" if number == 1 else f"local-{number}-{name}"
                number += 1
            taken.add(anchor)
            found[iri] = anchor
        return found

    def _term(self, iri: str) -> Term:
        node, kind = URIRef(iri), self.kinds[iri]
        return Term(
            iri=iri,
            name=local_name(iri),
            anchor=self.anchors[iri],
            kind=kind,
            own=not iri.startswith(SHARED),
            labels=self._texts(node, RDFS.label),
            definitions=self._texts(node, SKOS.definition),
            examples=sorted(((o.language or "", str(o)) for o in self.graph.objects(node, SKOS.example) if isinstance(o, Literal)), reverse=True),
            links={row: tuple(targets) for row, targets in self._links(iri).items() if targets},
            matches=[(local_name(str(match)), str(target)) for match in MATCHES for target in sorted(self.graph.objects(node, match), key=str)],
            sentences=self._sentences(node),
            written=column_name(local_name(iri)) if kind == "qualifier" or iri in self._codes else "",
            colour=self._drawn(iri)[0],
            symbol=self._drawn(iri)[1],
            deprecated=str(self.graph.value(node, OWL.deprecated)).lower() in ("true", "1"),
            further=list(self._further(node)),
        )

    def _texts(self, node: Node, property: URIRef) -> dict[str, str]:
        return {o.language or "": str(o) for o in sorted(self.graph.objects(node, property), key=str) if isinstance(o, Literal)}

    def _links(self, iri: str) -> dict[str, list[str]]:
        links = {row: self._ordered(targets.get(iri, ())) for row, targets in self._every_link.items()}
        predicate = self.ontology.predicates.get(local_name(iri))
        if predicate is not None and predicate.iri == iri:
            links["relation"] = [predicate.relation]
        links["predicates"] = list(self.relations.get(iri, ()))
        links["codes"] = sorted(self.ontology.codes.get(iri, {}).values())
        links["type"] = self._ordered(str(kind) for kind in self.graph.objects(URIRef(iri), RDF.type) if str(kind).startswith(SHARED) or kind == ORG.Role)
        return links

    @cached_property
    def _every_link(self) -> Mapping[str, Mapping[str, set[str]]]:
        """For each row of the page, the IRIs that each IRI links to."""
        found: dict[str, dict[str, set[str]]] = {row: defaultdict(set) for row in (*FORWARD, *BACKWARD)}
        for row, properties in FORWARD.items():
            for property in properties:
                for subject, target in self.graph.subject_objects(property):
                    if isinstance(subject, URIRef) and isinstance(target, URIRef):
                        found[row][str(subject)].add(str(target))
        for back, row in BACKWARD.items():
            for subject_iri, targets in found[row].items():
                for target_iri in targets:
                    found[back][target_iri].add(subject_iri)
        for subject_iri, targets in list(found["inverse"].items()):
            for target_iri in sorted(targets):  # an inverse is one in both directions (OWL 2, section 9.2.4)
                found["inverse"][target_iri].add(subject_iri)
        return found

    @staticmethod
    def _ordered(iris: Iterable[str]) -> list[str]:
        return sorted(iris, key=lambda iri: (local_name(iri).lower(), iri))

    def _sentences(self, node: Node) -> dict[str, list[str]]:
        ends = {"zh": {"subject": "甲", "object": "乙"}}
        return {
            language: [
                text.format(**ends.get(language, {"subject": "A", "object": "B"}))
                for property in (WW.phrase, WW.phraseWithoutObject)
                for found, text in self._texts(node, property).items()
                if found == language
            ]
            for language in ("zh", "en")
        }

    def _drawn(self, iri: str) -> tuple[str, str]:
        """Return colour and symbol of a class, or the colour of the edges of a predicate's relation."""
        name = local_name(iri)
        known, predicate = self.ontology.classes.get(name), self.ontology.predicates.get(name)
        if known is not None and known.iri == iri:
            return known.colour, known.symbol
        return (predicate.colour, "") if predicate is not None and predicate.iri == iri else ("", "")

    def _further(self, node: URIRef) -> Iterator[tuple[str, Node]]:
        types = (str(kind) for kind in self.graph.objects(node, RDF.type))
        yield from ((str(RDF.type), URIRef(kind)) for kind in sorted(types) if local_name(kind) in CHARACTERISTICS)
        for property in sorted(set(self.graph.predicates(node)) - SHOWN, key=str):
            yield from ((str(property), value) for value in sorted(self.graph.objects(node, property), key=str))

    @cached_property
    def header_title(self) -> Labels:
        """The title of the shared vocabulary, by language."""
        return self.texts_of_header(DCTERMS.title)

    def texts_of_header(self, property: URIRef) -> Labels:
        """Return a text of the shared vocabulary's header by language."""
        return self._texts(ONTOLOGY, property)
