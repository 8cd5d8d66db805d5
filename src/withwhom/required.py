"""The columns that a row must fill, as the form of the tables and the shapes of the vocabulary demand them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

from withwhom.ontology import Ontology

TABLES: Mapping[str, tuple[str, ...]] = {
    "source": ("title",),
    "entity": ("type", "name_zh", "name_en"),
    "name": ("entity", "name", "kind"),
    "statement": ("source", "subject", "object", "predicate"),
}


def required_columns(table: str, cells: Mapping[str, str], ontology: Ontology, shapes: Graph) -> list[str]:
    """Return the columns that a row must fill.

    Args:
        table: source, entity, name or statement.
        cells: what is known of the row by column; what it must say besides depends on that.
        ontology: the vocabulary.
        shapes: the SHACL shapes; a path that a node must have (``sh:minCount``) is a column that must be filled.
    """
    if table != "statement":
        return list(TABLES[table])
    predicate = ontology.predicates.get(cells.get("predicate", ""))
    needs_object = predicate is None or not predicate.phrase_without_object
    return [column for column in TABLES[table] if column != "object" or needs_object] + list(_by_shapes(cells, ontology, shapes))


def _by_shapes(cells: Mapping[str, str], ontology: Ontology, shapes: Graph) -> Iterator[str]:
    columns = {qualifier.iri: column for column, qualifier in ontology.qualifiers.items()}
    targets = set(_kinds(cells, ontology))
    said = {ontology.qualifiers[column].iri for column, cell in cells.items() if cell and column in ontology.qualifiers}
    found = set()
    for shape in shapes.subjects(RDF.type, SH.NodeShape):
        if _texts(shapes, shape, SH.targetClass) & targets or _texts(shapes, shape, SH.targetSubjectsOf) & said:
            for part in shapes.objects(shape, SH.property):
                if any(int(str(least)) > 0 for least in shapes.objects(part, SH.minCount)):
                    found |= _texts(shapes, part, SH.path) & columns.keys()
    yield from (column for iri, column in columns.items() if iri in found)


def _kinds(cells: Mapping[str, str], ontology: Ontology) -> Iterator[str]:
    """Yield the classes of the statement's node: that of every statement, and the relation class of its predicate."""
    yield str(RDF.Statement)
    predicate = ontology.predicates.get(cells.get("predicate", ""))
    if predicate is not None:
        yield from map(str, ontology.graph.transitive_objects(URIRef(predicate.relation), RDFS.subClassOf))


def _texts(graph: Graph, node: Node, property: URIRef) -> set[str]:
    return set(map(str, graph.objects(node, property)))
