"""Writes ``vocab.py`` from the Turtle of the vocabulary: ``python -m withwhom.vocabulary``."""

from __future__ import annotations

import keyword
from pathlib import Path

from rdflib import RDFS, Graph, URIRef

ONTOLOGY = URIRef("https://w3id.org/withwhom/ontology")
HEAD = '''"""The terms of the WithWhom vocabulary. Generated from ``ontology/withwhom.ttl`` by ``python -m withwhom.vocabulary``."""

from __future__ import annotations

from rdflib import URIRef
from rdflib.namespace import DefinedNamespace, Namespace


class WW(DefinedNamespace):
    """Every declared term; a misspelt one raises ``AttributeError``."""

    _NS = Namespace("https://w3id.org/withwhom/ontology#")
    _fail = True

'''


def vocabulary_module(graph: Graph) -> str:
    """Return the text of ``vocab.py`` for a graph of the vocabulary."""
    names = sorted(str(term).rpartition("#")[2] for term in graph.subjects(RDFS.isDefinedBy, ONTOLOGY))
    plain = [name for name in names if not keyword.iskeyword(name)]
    return HEAD + "".join(f"    {name}: URIRef\n" for name in plain)


def main() -> None:
    """Regenerate ``vocab.py`` beside this module from the checkout's ``ontology/withwhom.ttl``."""
    here = Path(__file__).parent
    graph = Graph().parse(here.parents[1] / "ontology" / "withwhom.ttl")
    (here / "vocab.py").write_text(vocabulary_module(graph), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
