"""What the validator of SHACL finds in triples, as values: see :mod:`withwhom.shapes` for a graph, ``ontology_problems`` for a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import RDF, SH, Graph, Literal, URIRef


@dataclass(frozen=True)
class Result:
    """One result of SHACL: the node, property (an IRI, or empty) and value it is about, and its message."""

    focus: str
    path: str
    value: str
    zh: str
    en: str


def results(lines: Iterable[str], shapes: Graph) -> Iterator[Result]:
    """Yield what pyshacl finds in triples.

    Args:
        lines: N-Triples.
        shapes: SHACL shapes, with messages in Chinese and English.
    """
    from pyshacl import validate

    data = Graph().parse(data="\n".join(lines), format="nt")
    _, report, _ = validate(data, shacl_graph=shapes, advanced=False, inplace=True, meta_shacl=False)
    if not isinstance(report, Graph):
        raise TypeError("pyshacl gave no report graph")
    for node in report.subjects(RDF.type, SH.ValidationResult):
        path, value = report.value(node, SH.resultPath), report.value(node, SH.value)
        messages = {m.language: str(m) for m in report.objects(node, SH.resultMessage) if isinstance(m, Literal)}
        other = next(iter(messages.values()), "")
        told = (messages.get(language, other) for language in ("zh", "en"))
        yield Result(str(report.value(node, SH.focusNode)), str(path) if isinstance(path, URIRef) else "", "" if value is None else str(value), *told)
