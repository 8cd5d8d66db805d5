"""RDF terms as text: literals, and the IRIs of a graph's own nodes. Nothing here loads an RDF library."""

from __future__ import annotations

import re
from dataclasses import dataclass

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
WW = "https://w3id.org/withwhom/ontology#"
TYPE = f"<{RDF}type>"
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
ESCAPED = re.compile(r'[\\"\n\r\t]')


def escape(text: str) -> str:
    """Return the inside of an N-Triples string (RDF 1.1 N-Triples, section 2.4)."""
    return text.translate(ESCAPES) if ESCAPED.search(text) else text


def literal(text: str, *, language: str = "", datatype: str = "") -> str:
    """Return an N-Triples literal."""
    tail = f"@{language}" if language else f"^^<{datatype}>" if datatype else ""
    return f'"{escape(text)}"{tail}'


def language_of(text: str) -> str:
    """Return ``zh`` for a text with Chinese characters, else ``en``."""
    return "zh" if any("㐀" <= character <= "鿿" for character in text) else "en"


@dataclass(frozen=True)
class Names:
    """The IRIs of a graph's own nodes."""

    base: str

    def entity(self, identifier: str) -> str:
        return f"<{self.base}entity/{identifier}>"

    def statement(self, reference: str) -> str:
        return f"<{self.base}statement/{reference}>"

    def source(self, identifier: str) -> str:
        return f"<{self.base}source/{identifier}>"

    def passage(self, source: str, begin: str, stop: str) -> str:
        """A passage by code points (RFC 5147, section 2.2.1)."""
        return f"<{self.base}source/{source}#char={begin},{stop}>"


def graph_of(shard: str) -> str:
    """Return the last part of the IRI of the named graph that a shard belongs to: ontology, stated or derived."""
    return {"ontology": "ontology", "derived": "derived", "figures": "derived"}.get(shard, "stated")
