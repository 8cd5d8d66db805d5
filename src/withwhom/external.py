"""Vocabularies of others, put as files into ``ontology/external/`` and never fetched: an ``owl:imports`` is followed nowhere.

What is taken of them is little: the terms above a term that one's own vocabulary refers to, and the labels and definitions of these.
They say nothing about one's own terms, are not held to our conventions, and the rest of them stays out of the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from withwhom.problems import Problem
from withwhom.term_text import occurrences
from withwhom.vocab import WW

ABOVE = (RDFS.subClassOf, RDFS.subPropertyOf)
TOLD = (RDFS.label, RDFS.comment, RDFS.isDefinedBy, SKOS.prefLabel, SKOS.definition)
# What is above everything says nothing.
TOP = frozenset({OWL.Thing, RDFS.Resource, OWL.topObjectProperty, OWL.topDataProperty})


def beside(own: Graph, others: Graph) -> tuple[Graph, Graph]:
    """Read one's own vocabulary beside those of others.

    Args:
        own: one's own terms.
        others: vocabularies of others.

    Returns:
        One's own, with labels and definitions of the others' terms that it refers to, for the built graph; and the same with what is above
        those terms, for the closure. Where no other vocabulary is there, both are ``own`` itself.
    """
    if not len(others):
        return own, own
    links = [
        triple
        for link in ABOVE
        for triple in others.triples((None, link, None))
        if all(isinstance(term, URIRef) for term in triple) and triple[2] not in TOP and (triple[0], RDF.type, None) not in own
    ]
    linked = own + _graph(links)
    entities = {term for term in linked.transitive_subjects(RDFS.subClassOf, WW.Entity) if term is not None and (term, RDF.type, None) not in own}
    named = {term for triple in own for term in triple if isinstance(term, URIRef)} | entities
    referred = {above for term in named for link in ABOVE for above in linked.transitive_objects(term, link) if above is not None}
    told = own + _graph(_told(referred, own, others))
    return told, told + _graph(links) + _graph(_labels_in_both(entities, told))


def _graph(triples: Iterable[tuple[Node, Node, Node]]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph


def _told(terms: Iterable[Node], own: Graph, others: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield what others say in words about terms that are not one's own."""
    for term in terms:
        if (term, RDF.type, None) not in own:
            yield from ((term, property, value) for property in TOLD for value in others.objects(term, property) if isinstance(value, Literal | URIRef))


def _labels_in_both(classes: Iterable[Node], told: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield, for classes of others that entities may be of, the label of a language that they lack: that of another, or their name."""
    for term in classes:
        labels = sorted(value for value in told.objects(term, RDFS.label) if isinstance(value, Literal))
        known = {(label.language or "").partition("-")[0]: str(label) for label in labels}
        other = known.get("en") or known.get("") or next(iter(known.values()), str(term).replace("#", "/").rpartition("/")[2])
        yield from ((term, RDFS.label, Literal(known.get(language, other), lang=language)) for language in ("zh", "en"))


def absent_imports(own: Graph, others: Graph) -> frozenset[str]:
    """Return the vocabularies that some file imports and none declares."""
    wanted, known = set(), set()
    for graph in (own, others):
        wanted |= {str(iri) for iri in graph.objects(None, OWL.imports)}
        headers = set(graph.subjects(RDF.type, OWL.Ontology))
        known |= {_bare(str(iri)) for header in headers for iri in (header, *graph.objects(header, OWL.versionIRI))}
    return frozenset(iri for iri in wanted if _bare(iri) not in known)


def import_problems(files: Iterable[tuple[Path, str]], absent: Collection[str]) -> Iterator[Problem]:
    """Yield a remark for each place where a file imports what no file holds.

    Args:
        files: each vocabulary file, and its path as messages name it.
        absent: what :func:`absent_imports` gave.
    """
    for path, shown in files if absent else ():
        for found in occurrences(path.read_text(encoding="utf-8-sig")):
            if found.iri in absent:
                yield Problem(shown, found.line, found.column, "absent-import", {"value": found.iri}, "warning")


def _bare(iri: str) -> str:
    """Return an IRI without the mark at its end that some write and some do not."""
    return iri.rstrip("#/")
