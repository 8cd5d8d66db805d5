"""Where the vocabulary departs from the OWL 2 profiles DL and RL, read as the standard reads it.

The library pyowl2-profiles checks punning, property hierarchies, declarations of properties, reserved names that are declared, and the
class expressions of RL. What it passes over by intention, as most reasoners do, is checked here by three queries: classes that nobody
declared, reserved names used as classes, and datatypes outside the OWL 2 datatype map (Structural Specification, sections 4, 5.8.1 and
11.2). Not checked by either: cardinalities on non-simple properties and cyclic datatype definitions, neither of which is used here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

PREFIXES = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
# Every term that stands where OWL reads a class.
USED = """{ ?x rdfs:subClassOf ?term } UNION { ?term rdfs:subClassOf ?x } UNION { ?x a ?term }
  UNION { ?x a owl:ObjectProperty ; rdfs:range|rdfs:domain ?term } UNION { ?x a owl:DatatypeProperty ; rdfs:domain ?term }
  FILTER(isIRI(?term) && !STRSTARTS(STR(?term), STR(owl:)) && ?term != rdfs:Datatype)"""
RESERVED = "(STRSTARTS(STR(?term), STR(rdf:)) || STRSTARTS(STR(?term), STR(rdfs:)) || STRSTARTS(STR(?term), STR(xsd:)))"
DATATYPES = """rdfs:Literal, rdf:PlainLiteral, rdf:XMLLiteral, owl:real, owl:rational, xsd:decimal, xsd:integer, xsd:nonNegativeInteger,
  xsd:nonPositiveInteger, xsd:positiveInteger, xsd:negativeInteger, xsd:long, xsd:int, xsd:short, xsd:byte, xsd:unsignedLong, xsd:unsignedInt,
  xsd:unsignedShort, xsd:unsignedByte, xsd:double, xsd:float, xsd:string, xsd:normalizedString, xsd:token, xsd:language, xsd:Name,
  xsd:NCName, xsd:NMTOKEN, xsd:boolean, xsd:hexBinary, xsd:base64Binary, xsd:anyURI, xsd:dateTime, xsd:dateTimeStamp"""
QUERIES = {
    "undeclared-class": f"{USED} FILTER(!{RESERVED}) FILTER NOT EXISTS {{ ?term a owl:Class }}",
    "reserved-name": f"{USED} FILTER({RESERVED})",
    # A literal with a language is rdf:langString in RDF 1.1, rdf:PlainLiteral in OWL 2: the same values.
    "datatype": f"""{{ ?x a owl:DatatypeProperty ; rdfs:range ?term }}
      UNION {{ ?s ?p ?text FILTER(isLiteral(?text) && LANG(?text) = "") BIND(DATATYPE(?text) AS ?term) }}
      FILTER(?term NOT IN ({DATATYPES}))""",
}


@dataclass(frozen=True, order=True)
class Departure:
    """A term by which an ontology departs from a profile.

    Args:
        rule: the library's name of the rule, or a key of :data:`QUERIES`.
        term: its IRI.
    """

    rule: str
    term: str


def departures(store: ox.Store) -> list[Departure]:
    """Return where an ontology departs from OWL 2 DL and RL; none: it is in both.

    Args:
        store: the ontology, with all that it imports.
    """
    return sorted({*_by_library(store), *_by_queries(store)})


def _by_library(store: ox.Store) -> Iterator[Departure]:
    from pyowl2_profiles import detect_profiles

    found = detect_profiles(store)
    for profile in ("dl", "rl"):
        for violation in found[profile]["sample_violations"]:
            yield Departure(str(violation["axiom_type"]), str(violation["subject_iri"]))


def _by_queries(store: ox.Store) -> Iterator[Departure]:
    for rule, pattern in QUERIES.items():
        rows = store.query(f"{PREFIXES} SELECT DISTINCT ?term WHERE {{ {pattern} }}")
        if isinstance(rows, ox.QuerySolutions):
            for row in rows:
                term = row["term"]
                yield Departure(rule, term.value if isinstance(term, ox.NamedNode) else str(term))
