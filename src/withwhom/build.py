"""The main job: read → check → compile → derive → validate → write, and nothing is written unless everything is right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rdflib import BNode, Graph
from rdflib.compare import to_canonical_graph

from withwhom import output
from withwhom.check import check_records
from withwhom.compile import Compiler, Triples
from withwhom.derive import derived
from withwhom.facts import Facts, facts
from withwhom.figures import figure_lines
from withwhom.knowledge import CATALOGUE, INDEX
from withwhom.ontology import Ontology, read_ontology, read_turtle
from withwhom.outline import outline
from withwhom.problems import InputError, Problem
from withwhom.questions import Question, read_questions
from withwhom.readable import Reader, entities_table, statements_table
from withwhom.records import Records
from withwhom.report import report
from withwhom.shapes import shape_problems
from withwhom.tables import read_records, read_texts
from withwhom.workspace import Settings, Workspace

Step = Callable[[str], None]
T = TypeVar("T")
# Problems of a file as a whole, and the files whose rows others refer to: each reference would only be reported, too.
REFERRED = ("entities.csv", "sources.csv")
UNREADABLE = frozenset({"missing-file", "locked-file", "not-utf8", "gb18030", "missing-column", "cell-too-long"})


@dataclass(frozen=True)
class Checked:
    """A workspace that has been read, and what is wrong with it."""

    workspace: Workspace
    settings: Settings
    ontology: Ontology
    records: Records
    questions: tuple[Question, ...]
    triples: Triples
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    def vocabulary_lines(self) -> list[str]:
        """Return the vocabulary as sorted N-Triples; blank nodes of local Turtle get IRIs that depend on what they say."""
        graph = self.ontology.graph
        if any(isinstance(term, BNode) for triple in graph for term in triple):
            graph = Graph()
            for triple in to_canonical_graph(self.ontology.graph).skolemize(authority=self.settings.base, basepath="node/"):
                graph.add(triple)
        text = graph.serialize(format="nt", encoding="utf-8").decode("utf-8")
        return sorted(line for line in text.split("\n") if line)


@dataclass(frozen=True)
class Build:
    """What a build made."""

    checked: Checked
    facts: Facts
    out: Path
    triples: int


def silent(step: str) -> None:
    """Report progress to nobody."""


def check(workspace: Workspace, texts: Path | None = None, step: Step = silent) -> Checked:
    """Read and check a workspace without writing.

    Args:
        workspace: where the tables and the vocabulary are.
        texts: folder of the texts; default ``sources/`` in the workspace. Every digest, mention and wording is compared with those found.
        step: called with the key of each step as it begins.

    Raises:
        InputError: the vocabulary or the settings cannot be read, so that nothing else can be judged.
    """
    step("step-read")
    records, problems = read_records(workspace)
    settings = attempt(workspace.settings, problems)
    ontology = attempt(lambda: read_ontology(workspace), problems)
    shapes = attempt(lambda: read_turtle((path, workspace.shown(path)) for path in workspace.shape_files()), problems)
    found = attempt(lambda: read_texts(records.sources, texts or workspace.root / "sources"), problems)
    unreadable = any(problem.code in UNREADABLE and problem.file.endswith(REFERRED) for problem in problems)
    if settings is None or ontology is None or shapes is None or found is None or unreadable:
        raise InputError(problems)
    questions, wrong = read_questions(workspace)
    problems += wrong
    records = replace(records, texts=found)
    step("step-check")
    problems += check_records(records, ontology)
    triples = Triples({}, ())
    if not any(problem.severity == "error" for problem in problems):
        step("step-compile")
        triples = Compiler(records, ontology, settings.base).triples()
        step("step-validate")
        problems += shape_problems(stated(triples), shapes, records, settings.base)
    return Checked(workspace, settings, ontology, records, tuple(questions), triples, tuple(sorted(problems)))


def attempt(read: Callable[[], T], problems: list[Problem]) -> T | None:
    """Return what a reader returns; where its input is bad, add the problems to the others and return None."""
    try:
        return read()
    except InputError as error:
        problems.extend(error.problems)
        return None


def stated(triples: Triples) -> Iterator[str]:
    """Yield the lines of the stated graph, each once."""
    seen: set[str] = set()
    for lines in triples.shards.values():
        for line in lines:
            if line not in seen:
                seen.add(line)
                yield line


def build(workspace: Workspace, *, texts: Path | None = None, out: Path | None = None, quotes: bool = True, step: Step = silent) -> Build:
    """Build a workspace into a folder.

    Args:
        workspace: what is built.
        texts: folder of the texts; default ``sources/`` in the workspace.
        out: folder to write, ``build/`` in the workspace by default; a finished build takes its place as a whole.
        quotes: whether quoted passages may stand in what is built, where the texts are at hand.
        step: called with the key of each step as it begins.

    Returns:
        What was made.

    Raises:
        InputError: there are errors; nothing was written.
        OutputError: the folder cannot be replaced.
    """
    target = (out or workspace.root / "build").absolute()
    output.repair(target)
    checked = check(workspace, texts, step)
    if checked.errors:
        raise InputError(checked.problems)
    step("step-derive")
    vocabulary = checked.vocabulary_lines()
    rules = [(path, workspace.shown(path)) for path in workspace.rule_files()]
    base = checked.settings.base
    further = derived([*vocabulary, *stated(checked.triples)], checked.triples.inferred, rules, checked.ontology, base)
    found = facts(checked.records, checked.ontology)
    further = sorted({*further, *figure_lines(found, checked.ontology, base)})
    shards = {"ontology": vocabulary, **checked.triples.shards, "derived": further}
    shown = checked if quotes else replace(checked, records=replace(checked.records, texts={}))
    count = len(vocabulary) + sum(1 for _ in stated(checked.triples)) + len(further)
    files = _texts(shown, shards, found, count, step)
    step("step-write")
    folder = output.new_folder(target)
    output.write_texts(folder, files)
    step("step-store")
    from withwhom.names_build import write_index
    from withwhom.store import load_store

    write_index(folder / INDEX, checked.records, checked.ontology)
    load_store(folder / "store", graph_of_shards(folder, shards, base))
    output.swap(folder, target)
    return Build(checked, found, target, count)


def graph_of_shards(folder: Path, shards: Iterable[str], base: str) -> dict[Path, str]:
    """Return the named graph that each shard belongs to."""
    own = {"ontology": "ontology", "derived": "derived"}
    return {folder / f"{name}.nt": f"{base}graph/{own.get(name, 'stated')}" for name in shards}


def _texts(checked: Checked, shards: Mapping[str, Sequence[str]], found: Facts, count: int, step: Step) -> dict[str, str]:
    """Return every text file of a build by name."""
    from withwhom.dataset import dataset, trig
    from withwhom.network import NETWORK
    from withwhom.network_build import network
    from withwhom.page import page

    reader = Reader(checked.records, checked.ontology)
    files = {f"{name}.nt": "".join(f"{line}\n" for line in lines) for name, lines in shards.items()}
    files["statements.csv"] = statements_table(reader)
    files["entities.csv"] = entities_table(reader)
    files["report.md"] = report(reader, found, checked.settings, checked.problems, count)
    files[CATALOGUE] = catalogue(checked)
    files["graph.trig"] = trig(shards, checked.settings.base)
    hashes = {name: hashlib.sha256(text.encode("utf-8")).hexdigest() for name, text in files.items()}
    files["dataset.ttl"] = dataset(checked.settings, checked.ontology, shards, hashes, len(checked.records.statements))
    step("step-page")
    drawn = network(reader, found, checked.settings, shards["derived"], checked.workspace.rule_files())
    files[NETWORK] = drawn.to_json()
    files["network.html"] = page(drawn)
    return files


def catalogue(checked: Checked) -> str:
    """Return what answers need to know of a graph beside its triples: base, title, version, sources, saved questions."""
    settings = checked.settings
    value = {
        "base": settings.base,
        "title": {"zh": settings.title_zh, "en": settings.title_en},
        "version": settings.version,
        "sources": [source.id for source in checked.records.sources],
        "words": _words(checked.ontology),
        "source_records": [
            {"id": s.id, "title": s.title, "author": s.author, "publisher": s.publisher, "date": s.date, "url": s.url} for s in checked.records.sources
        ],
        "questions": {question.slug: question.to_json() for question in checked.questions},
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _words(ontology: Ontology) -> dict[str, Mapping[str, str]]:
    """Return the names of codes and classes by local name, for answers."""
    words = {name: known.labels for name, known in ontology.classes.items()}
    return words | {iri.rpartition("#")[2]: labels for iri, labels in ontology.code_labels.items()}


def write_outline(workspace: Workspace, texts: Path | None = None) -> tuple[Path, int, int]:
    """Make ``graph/outline.csv`` from the texts; sources without a text keep their rows.

    Returns:
        The file, the number of sentences in it, and the number of sources whose texts were read (0: nothing was written).
    """
    records, problems = read_records(workspace)
    blocking = [p for p in problems if not (p.file.endswith("outline.csv") and p.code == "missing-file")]
    if blocking:
        raise InputError(blocking)
    found = read_texts(records.sources, texts or workspace.root / "sources")
    rows = [row for row in records.outline if row.source not in found] + list(outline(found))
    path = workspace.graph / "outline.csv"
    if found:
        lines = [
            "source,paragraph,sentence,begin,stop",
            *(f"{r.source},{r.paragraph},{r.sentence},{r.begin},{r.stop}" for r in sorted(rows, key=lambda row: (row.source, row.begin))),
        ]
        finished = path.with_suffix(".new")
        finished.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
        finished.replace(path)
    return path, len(rows), len(found)
