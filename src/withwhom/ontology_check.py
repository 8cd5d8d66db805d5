"""``withwhom ontology check``: everything that is wrong with a vocabulary and what it breaks, in one report.

The ordinary check tells what is wrong; here come, for those who change a vocabulary, its warnings, what breaks in rows although the
vocabulary itself cannot be used yet, and for information what is declared and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rdflib import OWL, URIRef

from withwhom.build import Checked, check
from withwhom.check import check_records
from withwhom.columns import column_name, local_name
from withwhom.derive import derivations
from withwhom.ontology import Ontology, Predicate, ontology_from, read_vocabulary
from withwhom.ontology_problems import Judge, terms
from withwhom.patterns import Step, required
from withwhom.problems import Problem, attempt
from withwhom.records import Records
from withwhom.resolve import resolved
from withwhom.tables import read_records, short
from withwhom.terms import TYPE
from withwhom.turtle import Turtle
from withwhom.usage import file_uses, row_uses, use_problems
from withwhom.workspace import Workspace

SEVERITIES = ("error", "warning", "information")
GROUPS = ("vocabulary", "rules", "questions", "rows")
# What a table says of a word that the vocabulary does not have; of a word that it has and cannot use, the vocabulary's own line says more.
UNKNOWN = frozenset({"unknown-predicate", "unknown-column", "unknown-type"})


@dataclass(frozen=True)
class Report:
    """What was found, and the numbers of the vocabulary's terms and of those that the workspace declares itself."""

    problems: Sequence[Problem]
    declared: int = 0
    own: int = 0

    def part(self, severity: str, group: str = "") -> list[Problem]:
        """Return the problems of one severity, in one group or in all."""
        return [problem for problem in self.problems if problem.severity == severity and group in ("", group_of(problem.file))]


def group_of(file: str) -> str:
    """Return what a file says: vocabulary, rules, questions or rows."""
    if file.endswith(".ttl"):
        return "vocabulary"
    return ("rules" if "rules/" in file else "questions") if file.endswith(".rq") else "rows"


def ontology_report(workspace: Workspace) -> Report:
    """Check the vocabulary of a workspace, and the rules, questions and rows against it."""
    problems: list[Problem] = []
    checked = attempt(lambda: check(workspace), problems)
    problems += checked.problems if checked else ()
    turtle = attempt(lambda: read_vocabulary(workspace), [])
    if turtle is None:
        return Report(_once(problems))
    judge = Judge(turtle, terms(turtle))
    ontology = replace(ontology_from(turtle.graph), terms=judge.terms)
    records = checked.records if checked else resolved(read_records(workspace)[0], ontology)
    used = file_uses(workspace, ontology)
    problems += [*judge.problems(), *used.problems, *use_problems(used.uses, ontology)]
    problems += _broken(records, ontology) if checked is None else ()
    shards = [checked.vocabulary_lines(), *(lines for _, lines in checked.compiler.shards())] if checked and not checked.errors else []
    met = {step for lines in shards[1:] for line in lines for step in _steps(line)}
    iris = {use.iri for use in (*used.uses, *row_uses(records, ontology))} | {iri for step in met for iri in step}
    problems += [*_unused(turtle, ontology, iris), *_endless(turtle, ontology, records, iris)]
    problems += _of_rules(checked, turtle, shards, met) if checked and shards else ()
    return Report(_once(problems), len(judge.terms.declared), len(judge.terms.own))


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in their order, each once: the ordinary check and the judge may have told the same."""
    return [problem for _, problem in sorted({(problem, problem.message()): problem for problem in problems}.items())]


def _broken(records: Records, ontology: Ontology) -> Iterator[Problem]:
    """Yield what is wrong with the form of rows under a vocabulary that cannot be used yet."""
    named = {short(name) for iri in ontology.terms.declared for name in (local_name(iri), column_name(local_name(iri)))}
    for problem in check_records(records, ontology):
        if not (problem.code in UNKNOWN and problem.values["value"] in named):
            yield problem


def _unused(turtle: Turtle, ontology: Ontology, used: set[str]) -> Iterator[Problem]:
    """Yield each term of the workspace's own that no row, rule, question, shape or other term uses, and no alignment maps."""
    named = {str(node) for triple in turtle.graph for node in triple[1:] if isinstance(node, URIRef) and node != triple[0]}
    columns = {qualifier.iri: qualifier.column for qualifier in ontology.qualifiers.values()}
    predicates = {predicate.iri for predicate in ontology.predicates.values()}
    for iri in sorted(ontology.terms.own - used - named):
        if not turtle.is_spoken_of(iri) and not _is_retired(turtle, iri):
            code = "unused-column" if iri in columns else "unused-predicate" if iri in predicates else "unused-term"
            yield turtle.problem(turtle.block(iri), code, {"value": turtle.short(iri), "column": columns.get(iri, "")}, "information")


def _is_retired(turtle: Turtle, iri: str) -> bool:
    return (URIRef(iri), OWL.deprecated, None) in turtle.graph


def _endless(turtle: Turtle, ontology: Ontology, records: Records, used: set[str]) -> Iterator[Problem]:
    """Yield each unused predicate of the workspace's own at one of whose ends no entity of the graph can stand."""
    kinds = {kind for entity in records.entities for kind in _kinds(ontology, entity.type)}
    for predicate in ontology.predicates.values():
        if predicate.iri in ontology.terms.own - used:
            yield from _open_ends(turtle, predicate, kinds)


def _kinds(ontology: Ontology, name: str) -> Sequence[str]:
    return ontology.classes[name].ancestors if name in ontology.classes else ()


def _open_ends(turtle: Turtle, predicate: Predicate, kinds: set[str]) -> Iterator[Problem]:
    for classes, code in ((predicate.subjects, "no-subject"), (predicate.objects, "no-object")):
        if classes.isdisjoint(kinds):
            values = {"value": turtle.short(predicate.iri), "known": ", ".join(sorted(map(turtle.short, classes)))}
            yield turtle.problem(turtle.block(predicate.iri), code, values, "information")


def _of_rules(checked: Checked, turtle: Turtle, shards: Sequence[Sequence[str]], met: set[Step]) -> Iterator[Problem]:
    """Yield what is wrong with rules as they run, and which of the workspace's own make nothing, and why; ``met`` is what the shards hold."""
    inferred = checked.compiler.inferred()
    met = met | {step for lines in (shards[0], inferred) for line in lines for step in _steps(line)}
    own = {checked.workspace.shown(path) for path in checked.workspace.rule_files() if path.is_relative_to(checked.workspace.root)}
    for found in derivations(shards, inferred, checked.rules, checked.ontology, checked.settings.base):
        yield from found.problems
        if found.rule.shown in own and not found.lines and not found.problems:
            lacking = sorted({target or property for property, target in required(found.rule.text) - met})
            values = {"missing": ", ".join(map(turtle.short, lacking)) or "—"}
            yield Problem(found.rule.shown, *found.rule.form, "rule-makes-nothing", values, "information")
        met.update(step for line in found.lines for step in _steps(line))


def _steps(line: str) -> Iterator[Step]:
    """Yield what a triple lets a pattern meet: its predicate, and its class where it says one."""
    _, property, rest = line.split(" ", 2)
    yield property[1:-1], ""
    if property == TYPE:
        yield property[1:-1], rest[1:-3]
