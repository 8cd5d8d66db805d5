"""Checks what the graph means with SHACL (``ontology/shapes.ttl``), and names the row of the table that a result is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from withwhom.ontology import column_name, local_name
from withwhom.problems import Problem
from withwhom.records import Place, Records
from withwhom.terms import Names


def shape_problems(lines: Iterable[str], shapes: Graph, records: Records, base: str) -> list[Problem]:
    """Validate the stated graph.

    Args:
        lines: the stated graph as N-Triples, super-classes included.
        shapes: the SHACL shapes.
        records: the rows that the graph was compiled from, to name file and line.
        base: base IRI of the graph.

    Returns:
        One problem a result of SHACL.
    """
    from pyshacl import validate

    data = Graph().parse(data="\n".join(lines), format="nt")
    _, report, _ = validate(data, shacl_graph=shapes, advanced=False, inplace=True, meta_shacl=False)
    if not isinstance(report, Graph):
        raise TypeError("pyshacl gave no report graph")
    rows = _rows(records, base)
    return sorted(_problem(report, result, rows) for result in report.subjects(RDF.type, SH.ValidationResult))


def _rows(records: Records, base: str) -> Mapping[str, Place]:
    iri = Names(base)
    rows = {iri.statement(statement.reference)[1:-1]: statement.at for statement in records.statements}
    rows |= {iri.entity(entity.id)[1:-1]: entity.at for entity in records.entities}
    return rows


def _problem(report: Graph, result: Node, rows: Mapping[str, Place]) -> Problem:
    focus = str(report.value(result, SH.focusNode))
    path = report.value(result, SH.resultPath)
    messages = {m.language: str(m) for m in report.objects(result, SH.resultMessage) if isinstance(m, Literal)}
    other = next(iter(messages.values()), "")
    values = {"zh": messages.get("zh", other), "en": messages.get("en", other)}
    at = rows.get(focus)
    if at is None:
        return Problem(focus, 0, 0, "shape", values)
    column = column_name(local_name(str(path))) if isinstance(path, URIRef) else ""
    return Problem(at.file, at.line, at.column(column), "shape", values)
