"""What a column of the statement tables can be, and how a term of the vocabulary is named in a table."""

from __future__ import annotations

import re

from rdflib import RDF, RDFS, SKOS, XSD, Graph
from rdflib.term import Node

from withwhom.vocab import WW

# The datatypes that a column can be, and the lexical form of each (XML Schema 1.1 part 2); dates are written shorter, see check.
DATATYPES = {
    "string": re.compile(r".*", re.DOTALL),
    "decimal": re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?"),
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"[0-9]{4}(-Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?"),
    "anyURI": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+"),
}


def local_name(iri: str) -> str:
    """Return the part of an IRI after its last ``#`` or ``/``."""
    return re.split(r"[#/]", iri)[-1]


def column_name(name: str) -> str:
    """Return the column that a qualifier or code of local name ``name`` stands in: fooBar is foo_bar."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def column_kind(graph: Graph, range: Node) -> str:
    """Return what a column of a qualifier's range holds: code, statement, text, entity or the name of an XSD datatype; empty for nothing."""
    if SKOS.Concept in graph.transitive_objects(range, RDFS.subClassOf):
        return "code"
    if range == RDF.Statement:
        return "statement"
    if range == RDF.langString:
        return "text"
    if WW.Entity in graph.transitive_objects(range, RDFS.subClassOf):
        return "entity"
    name = str(range).removeprefix(str(XSD))
    return name if str(range).startswith(str(XSD)) and name in DATATYPES else ""
