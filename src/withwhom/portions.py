"""Checks and compiles a workspace in portions of whole sources, apart from one another: the functions of the build, on fewer rows each.

Whoever runs the portions (a loop here, Spark in :mod:`withwhom.spark`) holds no rule. What rows of several sources say together is
judged afterwards, on the statements that carry an amount or a reference, by the same checks as in a build on one machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import getpid
from pathlib import Path

from rdflib import Graph

from withwhom import output
from withwhom.build import Checked, Step, shard_lines, silent, sources_of_texts, unchecked
from withwhom.cells import Context
from withwhom.check import ACROSS, OWN, SHARED, found_by
from withwhom.compile import ENTITIES, Compiler, shard_name
from withwhom.links import linked, named
from withwhom.ontology import Ontology
from withwhom.order import in_order
from withwhom.problems import InputError, Problem
from withwhom.records import Evidence, Records, Sentence, Statement
from withwhom.resolve import resolved
from withwhom.shapes import Validator, direct_properties
from withwhom.tables import read_shared, read_spans, read_statements, statement_files
from withwhom.workspace import Workspace

# Bytes of statement tables in a portion: its rows stand in memory together, at about ten times that.
PORTION = 32_000_000


@dataclass(frozen=True)
class Common:
    """What every portion needs: sources, entities and names, the vocabulary, the shapes, and the folder for shards (None: check only)."""

    records: Records
    ontology: Ontology
    shapes: Graph
    base: str
    folder: Path | None

    @property
    def validator(self) -> Validator:
        return Validator(self.shapes, self.records, self.base, direct_properties(self.ontology))


@dataclass(frozen=True)
class Portion:
    """Some sources with all that is their own: statement tables (and their paths as messages name them), evidence, outline, texts."""

    sources: frozenset[str]
    files: Sequence[tuple[Path, str]] = ()
    evidence: tuple[Evidence, ...] = ()
    outline: tuple[Sentence, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a portion: problems of form and of shape, what checks across sources need, and how much it was."""

    form: Sequence[Problem]
    shape: Sequence[Problem]
    linked: Sequence[Statement]
    statements: int
    triples: int


@dataclass(frozen=True)
class Shards:
    """Shards that were written: the folder, warnings, and how many sources, statements and triples (each once in its shard) there are."""

    out: Path
    problems: Sequence[Problem]
    sources: int
    statements: int
    triples: int


Work = Callable[[Common, Portion], Outcome]
Run = Callable[[Work, Common, Sequence[Portion]], Iterable[Outcome]]


def here(work: Work, common: Common, portions: Sequence[Portion]) -> Iterator[Outcome]:
    """Run portions one after another in this process."""
    return (work(common, portion) for portion in portions)


def write_shards(workspace: Workspace, *, out: Path, texts: Path | None = None, least: int = 1, run: Run = here, step: Step = silent) -> Shards:
    """Check a workspace and write its shards: ``ontology.nt``, ``entities.nt`` and a ``source-*.nt`` a source, as a build does.

    Args:
        workspace: what is compiled.
        out: folder to write; finished shards take its place as a whole. Whoever runs a portion must see it under the same path.
        texts: folder of the texts; default ``sources/`` in the workspace.
        least: portions to make at least, where there are so many sources.
        run: runs the work on every portion and returns what became of each, in their order.
        step: called with the key of each step as it begins.

    Raises:
        InputError: there are errors; nothing is replaced.
        OutputError: the folder cannot be replaced.
    """
    target = out.absolute()
    output.repair(target)
    step("step-read")
    checked = unchecked(workspace, *read_shared(workspace), texts)
    checked = checked.with_problems(found_by(SHARED, Context(checked.records, checked.ontology)))
    portions, problems = _portions(workspace, checked.records, least)
    checked = checked.with_problems(problems)
    with output.replacing(target) as folder:
        step("step-compile")
        common = Common(
            replace(checked.records, texts={}, copies={}), checked.ontology, checked.shapes, checked.settings.base, None if checked.errors else folder
        )
        outcomes = list(run(portion_outcome, common, portions))
        checked = checked.with_problems(_form(common, portions, outcomes, run))
        if checked.errors:
            raise InputError(checked.problems)
        step("step-write")
        return _finished(checked, outcomes, folder, target)


def _finished(checked: Checked, outcomes: Sequence[Outcome], folder: Path, target: Path) -> Shards:
    """Write the shards of no source, and judge all shards by the shapes."""
    for left in folder.glob(".*.part"):
        left.unlink()  # of a worker that was lost
    entities, vocabulary = checked.compiler.entity_shard(), checked.vocabulary_lines()
    output.write_lines(folder / f"{ENTITIES}.nt", entities)
    shape = [*checked.validator.shard_problems(entities), *(problem for outcome in outcomes for problem in outcome.shape)]
    checked = checked.with_problems([*shape, *checked.validator.whole_problems(shard_lines(folder))])
    if checked.errors:
        raise InputError(checked.problems)
    output.write_lines(folder / "ontology.nt", vocabulary)
    triples = len(entities) + len(vocabulary) + sum(outcome.triples for outcome in outcomes)
    return Shards(target, checked.problems, len(checked.records.sources), sum(outcome.statements for outcome in outcomes), triples)


def _portions(workspace: Workspace, records: Records, least: int) -> tuple[list[Portion], list[Problem]]:
    """Return every source in a portion, in the order of the statement tables; those without a table last."""
    evidence, outline, problems = read_spans(workspace)
    files = {path.stem: path for path in statement_files(workspace)}
    further = [*(source.id for source in records.sources), *(row.statement.partition("/")[0] for row in evidence), *(row.source for row in outline)]
    rows: dict[str, list[Evidence]] = defaultdict(list)
    for row in evidence:
        rows[row.statement.partition("/")[0]].append(row)
    places: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in outline:
        places[sentence.source].append(sentence)
    sizes = {source: files[source].stat().st_size if source in files else 0 for source in dict.fromkeys([*files, *further])}
    made = [
        Portion(
            frozenset(group),
            [(files[source].absolute(), workspace.shown(files[source])) for source in group if source in files],
            tuple(row for source in group for row in rows[source]),
            tuple(row for source in group for row in places[source]),
            {source: records.texts[source] for source in group if source in records.texts},
        )
        for group in _groups(sizes, least)
    ]
    return made, problems


def _groups(sizes: Mapping[str, int], least: int) -> list[list[str]]:
    """Return sources in groups of about equal size, in their order."""
    count = max(least, -(-sum(sizes.values()) // PORTION), 1)
    share = sum(sizes.values()) / count
    groups: dict[int, list[str]] = defaultdict(list)
    before = 0
    for source, size in sizes.items():
        groups[min(count - 1, int((before + size / 2) / share)) if share else 0].append(source)
        before += size
    return list(groups.values())


def portion_outcome(common: Common, portion: Portion) -> Outcome:
    """Check a portion by itself, and write its shards if nothing is wrong with it."""
    records, problems = _rows(common, portion)
    form = [*problems, *found_by(OWN, Context(records, common.ontology))]
    triples, shape = 0, tuple[Problem, ...]()
    if common.folder is not None and not any(problem.severity == "error" for problem in form):
        triples, shape = _compiled(common, portion, records, common.folder)
    return Outcome(form, shape, linked(records.statements, common.ontology), len(records.statements), triples)


def _rows(common: Common, portion: Portion) -> tuple[Records, list[Problem]]:
    statements, problems = read_statements(portion.files)
    records = in_order(resolved(replace(common.records, statements=statements, evidence=portion.evidence, outline=portion.outline), common.ontology))
    texts = {source.id: portion.texts[source.id] for source in sources_of_texts(records) if source.id in portion.texts}
    return replace(records, texts=texts), problems


def _compiled(common: Common, portion: Portion, records: Records, folder: Path) -> tuple[int, tuple[Problem, ...]]:
    """Write the shards of a portion; return how many triples they hold, and what the shapes found."""
    compiler, validator = Compiler(records, common.ontology, common.base), replace(common.validator, records=records)
    triples, shape = 0, list[Problem]()
    for source in records.sources:
        if source.id in portion.sources:
            lines = compiler.source_shard(source)
            _write_whole(folder / f"{shard_name(source.id)}.nt", lines)
            triples += len(lines)
            shape += validator.shard_problems(lines)
    return triples, tuple(shape)


def _write_whole(path: Path, lines: Iterable[str]) -> None:
    """Write a shard under a name of its own first: a worker that was given up may still be writing the same one."""
    part = path.with_name(f".{path.name}.{getpid()}.part")
    output.write_lines(part, lines)
    part.replace(path)


def _form(common: Common, portions: Sequence[Portion], outcomes: Sequence[Outcome], run: Run) -> Iterator[Problem]:
    """Yield the problems of form: each portion's own, and what rows of several say together."""
    yield from (problem for outcome in outcomes for problem in outcome.form)
    statements = [statement for outcome in outcomes for statement in outcome.linked]
    known = {statement.reference for statement in statements}
    wanted = {reference for statement in statements for reference in named(statement, common.ontology)} - known
    statements += _looked_up(common, portions, wanted, run)
    yield from found_by(ACROSS, Context(replace(common.records, statements=tuple(statements)), common.ontology))


def _looked_up(common: Common, portions: Sequence[Portion], wanted: set[str], run: Run) -> list[Statement]:
    """Return those statements of other sources that are referred to and carry nothing which is checked across sources themselves."""
    sources = {reference.partition("/")[0] for reference in wanted}
    chosen = [Portion(portion.sources & sources, [file for file in portion.files if file[0].stem in sources]) for portion in portions]
    outcomes = run(Lookup(frozenset(wanted)), replace(common, folder=None), [portion for portion in chosen if portion.files]) if wanted else ()
    return [statement for outcome in outcomes for statement in outcome.linked]


@dataclass(frozen=True)
class Lookup:
    """Finds statements by reference in the tables of a portion."""

    wanted: frozenset[str]

    def __call__(self, _common: Common, portion: Portion) -> Outcome:
        statements, _ = read_statements(portion.files)
        return Outcome((), (), [replace(s, qualifiers={}) for s in statements if s.reference in self.wanted], 0, 0)
