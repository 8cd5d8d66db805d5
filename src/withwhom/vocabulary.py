"""Writes ``vocab.py`` and ``ontology/editions.csv`` from the files of the vocabulary: ``python -m withwhom.vocabulary``."""

from __future__ import annotations

import keyword
from pathlib import Path

from rdflib import OWL, RDFS, Graph, URIRef

from withwhom.editions import EDITIONS, digests, editions_table, ontology_files, read_editions

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
    """Regenerate ``vocab.py`` beside this module, and the list of digests, from the checkout's ``ontology/``."""
    here = Path(__file__).parent
    folder = here.parents[1] / "ontology"
    graph = Graph().parse(folder / "withwhom.ttl")
    (here / "vocab.py").write_text(vocabulary_module(graph), encoding="utf-8", newline="\n")
    (folder / EDITIONS).write_text(editions_of(folder, graph), encoding="utf-8", newline="\n")


def editions_of(folder: Path, graph: Graph) -> str:
    """Return the list of digests of a folder of ontology files, with those of the version that stands there.

    Args:
        folder: where the files are.
        graph: what its ``withwhom.ttl`` says.
    """
    version = str(graph.value(ONTOLOGY, OWL.versionInfo))
    return editions_table({**read_editions(folder), version: digests(ontology_files(folder).items())})


if __name__ == "__main__":
    main()
