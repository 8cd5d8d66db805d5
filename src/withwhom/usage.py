"""Finds which terms of the vocabulary the rows, rules, questions and shapes of a workspace use, and where: misspelt ones, deprecated ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import RDF, SH

from withwhom.decoding import read_text
from withwhom.ontology import Ontology
from withwhom.positions import prefixes, stated, tokens
from withwhom.problems import InputError, Problem, nearest
from withwhom.questions import question_files
from withwhom.records import Place, Records
from withwhom.tables import short
from withwhom.turtle import shortened
from withwhom.workspace import Workspace

SHAPES = frozenset({str(SH.NodeShape), str(SH.PropertyShape)})


@dataclass(frozen=True)
class Use:
    """A term in a file: where it first stands there, and how often in all; ``prefixes`` are those of the file."""

    iri: str
    file: str
    line: int
    column: int
    count: int = 1
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False)

    def short(self, iri: str) -> str:
        """Return an IRI as the file would write it; as a table does, by its local name, where it has no prefixes."""
        return shortened(iri, self.prefixes) if self.prefixes else iri.replace("/", "#").rpartition("#")[2]


def counted(uses: Iterable[Use]) -> list[Use]:
    """Return one use for each term and file: the first, with the number of all."""
    first: dict[tuple[str, str], Use] = {}
    count: Counter[tuple[str, str]] = Counter()
    for use in uses:
        key = use.file, use.iri
        first.setdefault(key, use)
        count[key] += 1
    return [replace(use, count=count[key]) for key, use in first.items()]


def text_uses(text: str, shown: str) -> Iterator[Use]:
    """Yield every use of an IRI in Turtle or SPARQL; a shape's own name is none.

    Args:
        text: the file.
        shown: its path as messages name it.
    """
    known = prefixes(text)
    shapes = {triple.subject for triple in stated(text) if triple.property == str(RDF.type) and triple.value in SHAPES}
    for token in tokens(text):
        if token.kind == "iri" and token.value not in shapes:
            yield Use(token.value, shown, token.line, token.column, prefixes=known)


def row_uses(records: Records, ontology: Ontology) -> Iterator[Use]:
    """Yield every use of a term in the tables: classes, predicates, and qualifiers and codes by their columns."""

    def use(iri: str, at: Place, column: str) -> Use:
        return Use(iri, at.file, at.line, at.column(column))

    for entity in records.entities:
        if entity.type in ontology.classes:
            yield use(ontology.classes[entity.type].iri, entity.at, "type")
    for statement in records.statements:
        if statement.predicate in ontology.predicates:
            yield use(ontology.predicates[statement.predicate].iri, statement.at, "predicate")
        for column, cell in statement.qualifiers.items():
            qualifier = ontology.qualifiers.get(column)
            if qualifier is None:
                continue
            yield use(qualifier.iri, statement.at, column)
            codes = ontology.codes[qualifier.range] if qualifier.kind == "code" else {}
            yield from (use(codes[value], statement.at, column) for value in cell.split("|") if value in codes)


def header_classes(text: str, shown: str) -> Iterator[tuple[str, Problem]]:
    """Yield the classes that a question's header asks names of, each with the problem that it would be if there were no such class."""
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"#\+\s+class:\s*[\"']?([^\s\"'#]+)", line)
        if found:
            yield found[1], Problem(shown, number, found.start(1) + 1, "unknown-type")


@dataclass(frozen=True)
class FileUses:
    """What the rules, questions and shapes of a workspace use of the vocabulary, and the classes in headers of questions that there are not."""

    uses: Sequence[Use]
    problems: Sequence[Problem]


def file_uses(workspace: Workspace, ontology: Ontology) -> FileUses:
    """Return the uses of terms in the rules, views, questions and shapes of a workspace that are its own; a file that cannot be read has none."""
    uses: list[Use] = []
    problems: list[Problem] = []
    views = (path for paths in workspace.view_files().values() for path in paths)
    for path in (*workspace.rule_files(), *views, *question_files(workspace), *workspace.shape_files()):
        if path.is_relative_to(workspace.root):
            text, shown = _text(path), workspace.shown(path)
            found = list(text_uses(text, shown))
            for name, problem in header_classes(text, shown):
                if name in ontology.classes:
                    found.append(Use(ontology.classes[name].iri, shown, problem.line, problem.column))
                else:
                    problems.append(replace(problem, values={"value": short(name), "known": ", ".join(nearest(name, ontology.classes)) or "—"}))
            uses += counted(found)
    return FileUses(uses, problems)


def _text(path: Path) -> str:
    try:
        return read_text(path, path.name)
    except InputError:
        return ""  # whoever reads the file says what is wrong with it


def use_problems(uses: Iterable[Use], ontology: Ontology) -> Iterator[Problem]:
    """Yield an error for each use of a term that nobody declared, and a warning for each of a deprecated one."""
    uses = list(uses)
    replaced = ontology.deprecated
    unknown = set(ontology.terms.undeclared(use.iri for use in uses))
    for use in uses:
        if use.iri in unknown:
            near = ", ".join(map(use.short, ontology.terms.near(use.iri).split(", ")))
            yield Problem(use.file, use.line, use.column, "undeclared-term", {"value": use.short(use.iri), "near": near})
        elif use.iri in replaced:
            values = {"value": use.short(use.iri), "other": use.short(replaced[use.iri]) or "—", "count": f"{use.count:,}"}
            yield Problem(use.file, use.line, use.column, "deprecated-term", values, "warning")
