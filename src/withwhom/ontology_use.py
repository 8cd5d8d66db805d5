"""How often a graph uses each term of its vocabulary, where to see it, and which saved questions and rules ask for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from rdflib import RDF, RDFS, Literal, URIRef

from withwhom.aside import rows_aside
from withwhom.build import Checked
from withwhom.compile import FACTUAL
from withwhom.engine import EmbeddedEngine
from withwhom.knowledge import STORE
from withwhom.ontology import column_name
from withwhom.ontology_terms import Glossary, Term
from withwhom.query_terms import named_in
from withwhom.readable import Reader
from withwhom.records import Entity, Statement
from withwhom.tables import ENTITY_COLUMNS
from withwhom.vocab import WW

# How many statements and entities a term shows as examples.
STATEMENTS, ENTITIES = 2, 4
FILES = {"statements": "statements/*.csv", "entities": "entities.csv"}
Cell = tuple[str, str, str]  # table, column, value
TRIPLES = "SELECT ?term (COUNT(*) AS ?count) WHERE { ?s ?term ?o } GROUP BY ?term"
INSTANCES = "SELECT ?term (COUNT(DISTINCT ?s) AS ?count) WHERE { ?s a ?term } GROUP BY ?term"


@dataclass(frozen=True)
class Told:
    """A statement as an example: its sentence and evidence by language, how sure it is and how far, and its place in ``network.html``."""

    reference: str
    sentence: Mapping[str, str]
    evidence: Mapping[str, str]
    certainty: str
    status: str
    address: str


@dataclass(frozen=True)
class Use:
    """How a graph uses a term.

    Args:
        unit: what is counted: entities, statements, cells, triples, instances, terms (of the vocabulary), or nothing (empty).
        count: how many there are; of a predicate or class, of itself only.
        whole: the same with all narrower terms.
        cells: files and column of the cells counted, with their number.
        told: a few statements.
        entities: a few entities of the class.
        questions: slugs of the saved questions that name it.
        rules: names of the rules that name it.
    """

    unit: str = ""
    count: int = 0
    whole: int = 0
    cells: Sequence[tuple[str, str, int]] = ()
    told: Sequence[Told] = ()
    entities: Sequence[Entity] = ()
    questions: Sequence[str] = ()
    rules: Sequence[str] = ()


@dataclass
class Tally:
    """What one walk through the rows counts."""

    predicates: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    cells: Counter[Cell] = field(default_factory=Counter)
    mentioned: Counter[str] = field(default_factory=Counter)
    best: dict[str, list[tuple[tuple[object, ...], Statement]]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, list[Entity]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Usage:
    """Counts the terms of a vocabulary in the rows of its workspace.

    Args:
        checked: the rows that passed every check.
        glossary: the terms.
        build: a build made of these very rows, whose triples are counted, too; None if there is none.
    """

    checked: Checked
    glossary: Glossary
    build: Path | None = None

    @property
    def set_aside(self) -> int:
        """How many rows have errors, or refer to one that has, and are not counted."""
        return rows_aside(self.checked.aside)

    @cached_property
    def reader(self) -> Reader:
        return self.checked.compiler.reader

    @cached_property
    def uses(self) -> Mapping[str, Use]:
        """The use of each term, by IRI."""
        return {iri: self._use(term) for iri, term in self.glossary.terms.items()}

    @cached_property
    def tally(self) -> Tally:
        ontology, found = self.glossary.ontology, Tally()
        for statement in self.checked.records.statements:
            predicate = ontology.predicates[statement.predicate]
            found.predicates[predicate.iri] += 1
            found.mentioned.update({statement.subject, statement.object})
            terms = [predicate.iri, predicate.relation, predicate.role]
            for column, cell in statement.qualifiers.items():
                qualifier = ontology.qualifiers[column]
                found.cells["statements", column, ""] += 1
                values = dict.fromkeys(cell.split("|")) if qualifier.kind == "code" else ()
                found.cells.update(("statements", column, value) for value in values)
                terms += [qualifier.iri, *(ontology.codes[qualifier.range][value] for value in values)]
            for term in dict.fromkeys(terms):
                self._offer(found.best[term], statement)
        for entity in self.checked.records.entities:
            iri = ontology.classes[entity.type].iri
            found.classes[iri] += 1
            found.known[iri].append(entity)
            for column in ENTITY_COLUMNS:
                if value := getattr(entity, column):
                    found.cells.update([("entities", column, ""), ("entities", column, value)] if column.endswith("_qualifier") else [("entities", column, "")])
        return found

    def _offer(self, best: list[tuple[tuple[object, ...], Statement]], statement: Statement) -> None:
        """Keep the clearest statements for an example: said, so, with an object and short names, each of another source where there are some."""
        names = sum(len(self.reader.name(end, "zh")) for end in (statement.subject, statement.object))
        clear = (statement.get("certainty") != "explicit", statement.get("status") not in FACTUAL, not statement.object, names, statement.reference)
        same = next((place for place, (_, kept) in enumerate(best) if kept.source == statement.source), None)
        if same is not None:
            best[same] = min(best[same], (clear, statement), key=lambda item: item[0])
        else:
            best.append((clear, statement))
        best.sort(key=lambda item: item[0])
        del best[STATEMENTS:]

    def _use(self, term: Term) -> Use:
        unit, count, whole = self._counted(term)
        cells = [(FILES[table], column, number) for (table, column), number in self._cells(term).items()]
        return Use(
            unit=unit,
            count=count,
            whole=whole,
            cells=cells,
            told=[self._told(statement) for _, statement in self.tally.best.get(term.iri, ())],
            entities=self._entities(term),
            questions=[slug for slug, named in self._questions.items() if term.iri in named],
            rules=[name for name, named in self._rules.items() if term.iri in named],
        )

    def _counted(self, term: Term) -> tuple[str, int, int]:
        ontology, tally = self.glossary.ontology, self.tally
        if term.kind == "class":
            below = sum(number for iri, number in tally.classes.items() if term.iri in self._above[iri])
            return "entities", tally.classes[term.iri], below
        if term.kind in ("predicate", "relation", "role"):
            used = [known for known in ontology.predicates.values() if term.iri in (known.iri, known.relation, known.role)]
            direct = sum(tally.predicates[known.iri] for known in used)
            broader = sum(tally.predicates[known.iri] for known in ontology.predicates.values() if term.iri in known.ancestors)
            return "statements", direct, max(direct, broader)
        cells = self._cells(term)
        if cells:
            return "cells", sum(cells.values()), sum(cells.values())
        return self._in_graph(term)

    @cached_property
    def _above(self) -> Mapping[str, frozenset[str]]:
        return {known.iri: frozenset(known.ancestors) for known in self.glossary.ontology.classes.values()}

    def _cells(self, term: Term) -> dict[tuple[str, str], int]:
        """Return, by table and column, how many cells hold a column's qualifier, a code, or any code of a list."""
        columns = [(table, column) for table, column, ranges in self._columns if term.iri == ranges[0]]
        if columns:
            return {place: self.tally.cells[*place, ""] for place in columns}
        if term.kind != "code":
            return {}
        lists = {term.iri, *term.links.get("type", ()), *(kind for code in term.links.get("members", ()) for kind in self.glossary.terms[code].links["type"])}
        value = term.written or ""
        return {(table, column): self.tally.cells[table, column, value] for table, column, ranges in self._columns if ranges[1] in lists}

    @cached_property
    def _columns(self) -> Sequence[tuple[str, str, tuple[str, str]]]:
        """Table and column of every qualifier and entity property, with its IRI and its range."""
        found = [("statements", column, (known.iri, known.range)) for column, known in self.glossary.ontology.qualifiers.items()]
        for term in self.glossary.terms.values():
            column = column_name(term.name)
            if term.kind in ("property", "qualifier") and column in ENTITY_COLUMNS and str(WW.Entity) in term.links.get("domain", ()):
                found.append(("entities", column, (term.iri, next(iter(term.links.get("range", ())), ""))))
        return found

    def _in_graph(self, term: Term) -> tuple[str, int, int]:
        """Count a term that no row names: in the vocabulary if it describes terms, else in the triples of the build."""
        graph, node = self.glossary.graph, URIRef(term.iri)
        if term.kind == "meta":
            count = len(set(graph.subjects(RDF.type, node)) | set(graph.subjects(node, None))) + sum(
                isinstance(o, Literal) and o.datatype == node for o in graph.objects() if (node, RDF.type, RDFS.Datatype) in graph
            )
            return "terms", count, count
        if term.iri == str(WW.Rule):
            return "instances", len(self.checked.rules), len(self.checked.rules)
        if self.build is None or term.kind == "code":
            return "", 0, 0
        count = self._triples[0 if term.kind == "property" else 1].get(term.iri, 0)
        return ("triples" if term.kind == "property" else "instances"), count, count

    @cached_property
    def _triples(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """How many triples of the stated and derived graphs each property has, and how many nodes are of each class."""
        if self.build is None:
            return {}, {}
        engine = EmbeddedEngine.open(self.build / STORE)
        graphs = [f"{self.checked.settings.base}graph/{name}" for name in ("stated", "derived")]
        rows = [engine.select(query, graphs)[1] for query in (TRIPLES, INSTANCES)]
        triples, instances = ({str(term): count for term, count in found if isinstance(count, int)} for found in rows)
        return triples, instances

    def _entities(self, term: Term) -> Sequence[Entity]:
        known = self.tally.known.get(term.iri, ()) if term.kind == "class" else ()
        return sorted(known, key=lambda entity: (-self.tally.mentioned[entity.id], entity.id))[:ENTITIES]

    def _told(self, statement: Statement) -> Told:
        telling = self.reader.telling(statement)
        return Told(
            statement.reference,
            {"zh": telling.zh, "en": telling.en},
            {"zh": telling.evidence_zh, "en": telling.evidence_en},
            statement.get("certainty"),
            statement.get("status"),
            self._address(statement),
        )

    def _address(self, statement: Statement) -> str:
        """Return the address of a statement in the view of organizations and programs (docs/network.md), without its language."""
        status = statement.get("status")
        so = status in FACTUAL
        ends = [statement.subject, statement.predicate, statement.object, statement.get("certainty"), "" if so else status]
        select = "~".join(ends) if statement.object not in ("", statement.subject) else statement.subject
        relation = self.glossary.ontology.predicates[statement.predicate].top
        return f"view=programs&relations={quote(relation, safe='')}" + ("" if so else f"&statuses={status}") + f"&select={quote(select, safe='~')}"

    @cached_property
    def _questions(self) -> Mapping[str, set[str]]:
        """The IRIs that each saved question names, in its query or as the class of a value that it asks for."""
        classes = self.glossary.ontology.classes
        return {
            question.slug: named_in(question.text) | {classes[asked.cls].iri for asked in question.parameters if asked.cls in classes}
            for question in self.checked.questions
        }

    @cached_property
    def _rules(self) -> Mapping[str, set[str]]:
        paths = self.checked.workspace.rule_files()
        return {path.stem: named_in(rule.text) for path, rule in zip(paths, self.checked.rules, strict=True)}
