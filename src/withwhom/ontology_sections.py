"""The order in which the documentation of a vocabulary tells its terms: sections, and groups in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import OWL, RDF, URIRef

from withwhom.ontology import Labels
from withwhom.ontology_picture import Branch, Words, branch
from withwhom.ontology_terms import PAGE, Glossary, Term
from withwhom.ontology_use import Use
from withwhom.vocab import WW


@dataclass(frozen=True)
class Group:
    """Terms that are told together, under a heading unless ``title`` is empty."""

    anchor: str
    title: Labels
    terms: Sequence[Term]


@dataclass(frozen=True)
class Section:
    """A section of the page; ``key`` names its heading and introduction in the words of the page."""

    key: str
    groups: Sequence[Group]

    @property
    def terms(self) -> list[Term]:
        return [term for group in self.groups for term in group.terms]


def sections(glossary: Glossary, uses: Mapping[str, Use], words: Words) -> list[Section]:
    """Return the sections that hold a term; every term stands in exactly one of them."""
    kinds: dict[str, list[Term]] = {}
    for term in glossary.terms.values():
        kinds.setdefault(term.kind, []).append(term)

    def plain(*names: str) -> list[Group]:
        return [Group("", {}, [term for name in names for term in kinds.get(name, ())])]

    made = (
        Section("class", [Group("", {}, _in_tree_order(glossary, kinds.get("class", ())))]),
        Section("predicate", _relations(glossary, uses)),
        Section("qualifier", plain("qualifier")),
        Section("code", _lists(glossary, kinds.get("code", ()))),
        Section("role", plain("role")),
        Section("property", _beside(kinds.get("record", ()), kinds.get("property", ()), words)),
        Section("meta", _meta(glossary, kinds.get("meta", ()), words)),
        Section("other", plain("other")),
    )
    kept = (Section(section.key, [group for group in section.groups if group.terms]) for section in made)
    return [section for section in kept if section.groups]


def _in_tree_order(glossary: Glossary, terms: Iterable[Term]) -> list[Term]:
    walked = dict.fromkeys(_walked(branch(glossary, str(WW.Entity))))
    return [glossary.terms[iri] for iri in dict.fromkeys([*walked, *(term.iri for term in terms)])]


def _walked(item: Branch) -> Iterator[str]:
    yield item.term.iri
    for below in sorted(item.below, key=lambda found: (-found.size, found.term.name)):
        yield from _walked(below)


def _relations(glossary: Glossary, uses: Mapping[str, Use]) -> list[Group]:
    """Return the predicates of each relation, top one first, after its relation class; the relation that the graph uses most comes first."""
    groups = []
    for relation, predicates in sorted(glossary.relations.items(), key=lambda item: (-uses[item[1][0]].whole, item[1][0])):
        top = glossary.terms[predicates[0]]
        known = [glossary.terms[relation]] if relation in glossary.terms else []
        groups.append(Group(f"{PAGE}relation-{top.anchor}", top.labels, [*known, *(glossary.terms[iri] for iri in predicates)]))
    return groups


def _lists(glossary: Glossary, codes: Iterable[Term]) -> list[Group]:
    """Return the codes by class, after the class and its code lists; a code of several classes stands under the first."""
    left = {term.iri: term for term in codes}
    groups: list[Group] = []
    for kind in sorted(glossary.ontology.codes):
        members = [left[iri] for iri in sorted(glossary.ontology.codes[kind].values()) if iri in left]
        schemes = dict.fromkeys(scheme for member in members for scheme in member.links.get("scheme", ()) if scheme in left)
        own = [
            left[iri]
            for iri in (kind, *schemes)
            if iri in left and set(left[iri].links.get("members", ())) <= {member.iri for member in members} | _told(groups)
        ]
        if kind in left:
            groups.append(Group(f"{PAGE}codes-{left[kind].anchor}", left[kind].labels, [*own, *members]))
            left = {iri: term for iri, term in left.items() if term not in groups[-1].terms}
    return [*groups, Group("", {}, list(left.values()))]


def _told(groups: Iterable[Group]) -> set[str]:
    return {term.iri for group in groups for term in group.terms}


def _beside(records: Sequence[Term], properties: Sequence[Term], words: Words) -> list[Group]:
    """Return properties by what they are said of: statements, each class of records (after the class itself), entities; then inverses and others."""
    homes = {str(RDF.Statement): "statement", **{term.iri: term.iri for term in records}, str(WW.Entity): "entity"}
    found: dict[str, list[Term]] = {home: [] for home in (*homes.values(), "inverse", "further")}
    for term in records:
        found[term.iri].append(term)
    for term in properties:
        home = next((homes[iri] for iri in homes if iri in term.links.get("domain", ())), "inverse" if term.links.get("inverse") else "further")
        found[home].append(term)
    named = {term.iri: term for term in records}
    return [
        Group(f"{PAGE}of-{named[home].anchor if home in named else home}", named[home].labels if home in named else words[f"group-{home}"], terms)
        for home, terms in found.items()
    ]


def _meta(glossary: Glossary, terms: Sequence[Term], words: Words) -> list[Group]:
    annotations = [term for term in terms if (URIRef(term.iri), RDF.type, OWL.AnnotationProperty) in glossary.graph]
    return [
        Group(f"{PAGE}metaclasses", words["group-metaclass"], [term for term in terms if term not in annotations]),
        Group(f"{PAGE}annotations", words["group-annotation"], annotations),
    ]
