"""One statement of the graph from end to end: its row, its sentence, and the triples that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib import DCTERMS, Graph, URIRef

from withwhom.compile import FACTUAL
from withwhom.ontology import Labels
from withwhom.ontology_files import turtle
from withwhom.ontology_use import Usage
from withwhom.records import Statement
from withwhom.vocab import WW


@dataclass(frozen=True)
class Example:
    """A statement from end to end.

    Args:
        file: the table that it stands in.
        cells: column, value, and the IRI of the qualifier if the column is one.
        sentence, evidence: by language.
        turtle: the direct triple, the statement node and its passages.
    """

    file: str
    cells: Sequence[tuple[str, str, str]]
    sentence: Labels
    evidence: Labels
    turtle: str


def worked_example(usage: Usage, prefixes: Mapping[str, str]) -> Example | None:
    """Return the statement with the most qualifiers among those that a text says and that are so; None if there are none."""
    checked = usage.checked
    clear = [s for s in checked.records.statements if s.object and s.get("certainty") == "explicit" and s.get("status") in FACTUAL]
    if not clear:
        return None
    chosen = min(clear, key=lambda statement: (-len(statement.qualifiers), statement.reference))
    cells = [("id", chosen.id), ("subject", chosen.subject), ("predicate", chosen.predicate), ("object", chosen.object)]
    cells += [*chosen.qualifiers.items(), ("begin", chosen.begin), ("stop", chosen.stop), ("digest", chosen.digest)]
    telling, qualifiers = usage.reader.telling(chosen), checked.ontology.qualifiers
    return Example(
        file=f"statements/{chosen.source}.csv",
        cells=[(column, value, qualifiers[column].iri if column in qualifiers else "") for column, value in cells if value],
        sentence={"zh": telling.zh, "en": telling.en},
        evidence={"zh": telling.evidence_zh, "en": telling.evidence_en},
        turtle=_turtle(usage, chosen, prefixes),
    )


def _turtle(usage: Usage, statement: Statement, prefixes: Mapping[str, str]) -> str:
    checked, compiler = usage.checked, usage.checked.compiler
    graph = Graph(bind_namespaces="none")
    for prefix, space in {**prefixes, "dcterms": str(DCTERMS), "e": f"{checked.settings.base}entity/"}.items():
        graph.bind(prefix, space)
    direct, *_ = compiler.direct(statement)
    graph.parse(data="\n".join([*compiler.statement(statement, usage.reader.telling(statement)), direct]), format="nt")
    node = URIRef(compiler.iri.statement(statement.reference)[1:-1])
    said = URIRef(checked.ontology.predicates[statement.predicate].iri)
    return turtle(graph, [*graph.subjects(said), node, *sorted(graph.objects(node, WW.evidence), key=str)])
