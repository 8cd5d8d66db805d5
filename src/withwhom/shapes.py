"""Checks what the graph means with SHACL (``ontology/shapes.ttl``), and names the row of the table that a result is about.

A shape that looks at a node's own triples is checked a shard at a time, and only on nodes that are not seen to conform
(:mod:`withwhom.screen`); one that looks further is checked on the whole graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rdflib import Graph

from withwhom.columns import column_name, local_name
from withwhom.compile import Compiler
from withwhom.ontology import Ontology
from withwhom.problems import Problem
from withwhom.records import Place, Records
from withwhom.screen import Screen, screen
from withwhom.shacl import Result, results
from withwhom.terms import Names


def direct_properties(ontology: Ontology) -> frozenset[str]:
    """Return every property of direct triples: they stand in the shard of the document that says them, apart from their subject's own."""
    known = ontology.predicates.values()
    return frozenset(iri for predicate in known for iri in (*predicate.ancestors, *predicate.inverses))


@dataclass(frozen=True)
class Validator:
    """Validates the shards of a graph.

    Args:
        shapes: the SHACL shapes.
        records: the rows that the graph was compiled from, to name file and line.
        base: base IRI of the graph.
        apart: the properties of :func:`direct_properties`.
    """

    shapes: Graph
    records: Records
    base: str
    apart: frozenset[str]

    @cached_property
    def screen(self) -> Screen:
        return screen(self.shapes, self.apart)

    def problems(self, compiler: Compiler) -> list[Problem]:
        """Return one problem a result of SHACL on everything that a compiler makes."""
        found = [problem for _, lines in compiler.shards() for problem in self.shard_problems(lines)]
        return found + self.whole_problems(line for _, lines in compiler.shards() for line in lines)

    def shard_problems(self, lines: Sequence[str]) -> list[Problem]:
        """Return one problem a result of SHACL, of the shapes that look at a node's own triples.

        Args:
            lines: one shard of the stated graph, sorted.
        """
        suspects = list(self.screen.suspects(lines))
        return self._problems(suspects, self.screen.local) if suspects else []

    def whole_problems(self, lines: Iterable[str]) -> list[Problem]:
        """Return one problem a result of SHACL, of the shapes that look further; ``lines``, the whole graph, is read if there are any."""
        return self._problems(lines, self.screen.whole) if len(self.screen.whole) else []

    def _problems(self, lines: Iterable[str], shapes: Graph) -> list[Problem]:
        return sorted(_problem(result, self._rows) for result in results(lines, shapes))

    @cached_property
    def _rows(self) -> Mapping[str, Place]:
        iri = Names(self.base)
        rows = {iri.statement(statement.reference)[1:-1]: statement.at for statement in self.records.statements}
        return rows | {iri.entity(entity.id)[1:-1]: entity.at for entity in self.records.entities}


def _problem(result: Result, rows: Mapping[str, Place]) -> Problem:
    values = {"zh": result.zh, "en": result.en}
    at = rows.get(result.focus)
    if at is None:
        return Problem(result.focus, 0, 0, "shape", values)
    return Problem(at.file, at.line, at.column(column_name(local_name(result.path)) if result.path else ""), "shape", values)
