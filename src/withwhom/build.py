"""The main job: read → resolve → check → compile → validate → derive → store → write, and the old build stays unless everything is right.

One source after another is compiled, validated and written, so that the memory which a build takes grows with the rows of the tables
and not with the triples made of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rdflib import BNode, Graph
from rdflib.compare import to_canonical_graph

from withwhom import output
from withwhom.aside import PROBLEMS, Aside, problems_table, rows_aside, split
from withwhom.catalogue import CATALOGUE
from withwhom.cells import Context
from withwhom.check import ACROSS, OWN, SHARED, check_records, found_by
from withwhom.collector import no_collection
from withwhom.columns import local_name
from withwhom.compile import Compiler
from withwhom.copy_list import read_copies
from withwhom.derive import Rule, derived, read_rules, same_to_rules
from withwhom.engine import COLUMNS
from withwhom.external import import_problems
from withwhom.facts import PARTNERSHIP, Facts, facts
from withwhom.figures import figure_lines
from withwhom.knowledge import INDEX, STORE
from withwhom.names_build import write_index
from withwhom.network import NETWORK, Body, Derivation, among
from withwhom.ontology import Ontology, read_ontology, read_turtle
from withwhom.order import in_order
from withwhom.outline import outline, outline_table
from withwhom.parts import Stated, maker_of, write_parts
from withwhom.previous import LAYOUTS, PARTS, Plan, Previous, lines_digest, plan, previous_build, take_over, to_json
from withwhom.problems import InputError, Problem, attempt
from withwhom.questions import Parameter, Question, read_questions
from withwhom.readable import Reader, entities_table, statement_columns
from withwhom.records import Records, Source
from withwhom.report import report
from withwhom.resolve import resolved
from withwhom.shapes import Validator, direct_properties
from withwhom.shard_changes import changes, read_lines
from withwhom.store import columns_beside, load_store, update_columns, update_store
from withwhom.table_text import refuse_parquet
from withwhom.tables import read_records, read_texts
from withwhom.terms import WW
from withwhom.usage import file_uses, use_problems
from withwhom.versions import Versions, versions
from withwhom.workspace import TABLE_SUFFIXES, Settings, Workspace

Step = Callable[[str], None]
# Problems of a file as a whole, and the files whose rows others refer to: each reference would only be reported, too.
REFERRED = tuple(f"{name}{suffix}" for name in ("entities", "sources") for suffix in TABLE_SUFFIXES)
UNREADABLE = frozenset(["missing-file", "locked-file", "not-utf8", "gb18030", "missing-column", "cell-too-long", "bad-parquet", "parquet-type", "two-tables"])
# Triples up to which a build holds a file for people who read RDF; a larger one is for programs, which take the shards.
READABLE = 200_000


@dataclass(frozen=True)
class Checked:
    """A workspace that has been read, what is wrong with it, and the rows that were set aside for it.

    ``quiet``: no row gave rise to any remark by itself, so that nothing is lost if a later build does not look at it again.
    """

    workspace: Workspace
    settings: Settings
    ontology: Ontology
    shapes: Graph
    rules: tuple[Rule, ...]
    records: Records
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
    aside: tuple[Aside, ...] = ()
    quiet: bool = False

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    @cached_property
    def compiler(self) -> Compiler:
        return Compiler(self.records, self.ontology, self.settings.base)

    @cached_property
    def validator(self) -> Validator:
        return Validator(self.shapes, self.records, self.settings.base, direct_properties(self.ontology))

    def with_problems(self, found: Iterable[Problem]) -> Checked:
        """Return the same with further problems."""
        return replace(self, problems=tuple(sorted([*self.problems, *found])))

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
    """What a build made; ``taken_over`` counts the sources that it took over from the build before."""

    checked: Checked
    facts: Facts
    out: Path
    triples: int
    taken_over: int = 0


def silent(step: str) -> None:
    """Report progress to nobody."""


def no_source(_: Checked) -> Collection[str]:
    """Take over nothing."""
    return ()


def check(workspace: Workspace, texts: Path | None = None, step: Step = silent, *, set_aside: bool = False) -> Checked:
    """Read and check a workspace without writing.

    Args:
        workspace: where the tables and the vocabulary are.
        texts: folder of the texts; default ``sources/`` in the workspace. Every digest, mention and wording is compared with those found.
        step: called with the key of each step as it begins.
        set_aside: whether the rows that errors name are set aside, with all that refers to them; errors that no row can be blamed for stay.

    Raises:
        InputError: the vocabulary or the settings cannot be read, so that nothing else can be judged.
    """
    checked = _read(workspace, texts, step, overlong=set_aside)
    if set_aside:
        return _without_bad_rows(checked, step)
    files = [(path, workspace.shown(path)) for path in (*workspace.turtle_files(), *workspace.external_files())]
    checked = checked.with_problems(import_problems(files, checked.ontology.imports))
    if checked.errors:
        return checked
    step("step-compile")
    return checked.with_problems(checked.validator.problems(checked.compiler))


def _read(workspace: Workspace, texts: Path | None, step: Step, *, overlong: bool, settled: Callable[[Checked], Collection[str]] = no_source) -> Checked:
    """Read a workspace and check the form of what stands in it; ``settled`` tells whose rows a build has found good by themselves."""
    step("step-read")
    checked = unchecked(workspace, *read_records(workspace, overlong=overlong), texts)
    step("step-check")
    own = found_by(OWN, Context(_but(checked.records, settled(checked)), checked.ontology))
    whole = found_by((*SHARED, *ACROSS), Context(checked.records, checked.ontology))
    return replace(checked.with_problems([*own, *whole]), quiet=not own)


def _but(records: Records, sources: Collection[str]) -> Records:
    """Return records without the rows of some sources."""
    if not sources:
        return records
    return replace(
        records,
        statements=tuple(row for row in records.statements if row.source not in sources),
        evidence=tuple(row for row in records.evidence if row.statement.partition("/")[0] not in sources),
        outline=tuple(row for row in records.outline if row.source not in sources),
    )


def unchecked(workspace: Workspace, records: Records, problems: list[Problem], texts: Path | None) -> Checked:
    """Return records with the vocabulary, rules and questions of their workspace and the texts at hand, before anybody judges the rows.

    Names and labels in the rows become ids and codes, and the rows stand in their order.

    Args:
        workspace: where the vocabulary is.
        records: the rows, without texts.
        problems: of form, found while they were read.
        texts: folder of the texts; default ``sources/`` in the workspace.

    Raises:
        InputError: the vocabulary, the settings or a table that others refer to cannot be read.
    """
    settings = attempt(workspace.settings, problems)
    ontology = attempt(lambda: read_ontology(workspace), problems)
    shapes = attempt(lambda: read_turtle((path, workspace.shown(path)) for path in workspace.shape_files()), problems)
    rules = attempt(lambda: read_rules((path, workspace.shown(path)) for path in workspace.rule_files()), problems)
    found = attempt(lambda: read_texts(sources_of_texts(records), texts or workspace.root / "sources"), problems)
    unreadable = any(problem.code in UNREADABLE and problem.file.endswith(REFERRED) for problem in problems)
    if settings is None or ontology is None or shapes is None or found is None or unreadable:
        raise InputError(problems)
    missing = (source.id for source in records.sources if source.id not in found)
    copies, warnings = read_copies(texts or workspace.root / "sources", missing)
    problems.extend(warnings)
    rows = in_order(resolved(replace(records, texts=found, copies=copies), ontology))
    questions, wrong = read_questions(workspace)
    used = file_uses(workspace, ontology)
    everything = tuple(sorted([*problems, *wrong, *used.problems, *use_problems(used.uses, ontology)]))
    return Checked(workspace, settings, ontology, shapes, tuple(rules or ()), rows, tuple(questions), everything)


def sources_of_texts(records: Records) -> tuple[Source, ...]:
    """Return the sources that are texts; those whose statements are rows of a table are not."""
    tables = {statement.source for statement in records.statements if statement.get("locator")}
    return tuple(source for source in records.sources if source.id not in tables)


def _without_bad_rows(checked: Checked, step: Step) -> Checked:
    """Set aside the rows that errors name, of form and of shapes, until there are none; if no row can be blamed, all errors stay."""
    step("step-aside")
    while found := checked.errors or checked.validator.problems(checked.compiler):
        parted = split(checked.records, checked.ontology, found)
        if parted.blameless or not parted.aside:
            return replace(checked, problems=tuple(sorted([*found, *(item.problem for item in checked.aside)])))
        problems = tuple(sorted(check_records(parted.records, checked.ontology)))
        checked = replace(checked, records=parted.records, problems=problems, aside=(*checked.aside, *parted.aside))
    return checked


def build(
    workspace: Workspace,
    *,
    texts: Path | None = None,
    out: Path | None = None,
    quotes: bool = True,
    set_aside: bool = False,
    update: bool = False,
    step: Step = silent,
) -> Build:
    """Build a workspace into a folder.

    Args:
        workspace: what is built.
        texts: folder of the texts; default ``sources/`` in the workspace.
        out: folder to write, ``build/`` in the workspace by default; a finished build takes its place as a whole.
        quotes: whether quoted passages may stand in what is built, where the texts are at hand.
        set_aside: whether rows with errors are set aside, with all that refers to them, and the others built (see :mod:`withwhom.aside`).
        update: take over from the build that stands there what is made of sources that have not changed; it is trusted to be whole.
        step: called with the key of each step as it begins.

    Returns:
        What was made.

    Raises:
        InputError: there are errors, with ``set_aside`` such that no row can be blamed for; the old build stays.
        OutputError: the folder cannot be replaced.
    """
    target = (out or workspace.root / "build").absolute()
    output.repair(target)
    previous = previous_build(target) if update else None

    def settled(read: Checked) -> Collection[str]:
        return previous.unchanged(_plan(read, quotes=quotes)) if previous and previous.quiet else ()

    checked = check(workspace, texts, step, set_aside=True) if set_aside else _read(workspace, texts, step, overlong=False, settled=settled)
    if checked.errors:
        raise InputError(checked.problems)
    with output.replacing(target) as folder:
        return _write(checked, folder, target, quotes=quotes, previous=previous, step=step)


def _write(checked: Checked, folder: Path, target: Path, *, quotes: bool, previous: Previous | None, step: Step) -> Build:
    """Write a whole build into a new folder."""
    step("step-compile")
    reader = Reader(checked.records if quotes else replace(checked.records, texts={}, copies={}), checked.ontology)
    maker = maker_of(checked.compiler, checked.validator, reader)
    made_of = _plan(checked, quotes=quotes)
    # Rows may be set aside because of another source, which then decides what this one is made of.
    previous = previous if previous and previous.shared == made_of.shared and not checked.aside else None
    stated = write_parts(maker, folder, made_of, previous)
    checked = checked.with_problems([*stated.problems, *checked.validator.whole_problems(shard_lines(folder))])
    if checked.errors:
        raise InputError(checked.problems)
    step("step-derive")
    sizes = {"ontology": _written(folder, "ontology", checked.vocabulary_lines()), "stated": stated.triples}
    inferred = checked.compiler.inferred() - stated.said
    if not checked.aside:
        output.write_texts(folder, {PARTS: to_json(made_of, lines_digest(inferred), maker.columns, stated.kept, quiet=checked.quiet)})
    sizes["derived"] = _derive(checked, folder, inferred, previous)
    step("step-totals")
    with no_collection():
        found = facts(checked.records, checked.ontology)
        sizes["derived"] += _written(folder, "figures", sorted(set(figure_lines(found, checked.ontology, checked.settings.base))))
    step("step-store")
    shards = sorted(folder.glob("*.nt"))
    large = sum(sizes.values()) > READABLE
    if previous:
        changed = list(changes(previous.folder, folder, stated.said))
        update_store(folder / STORE, previous.folder / STORE, changed, checked.settings.base)
        if large:
            update_columns(folder / COLUMNS, previous.folder / COLUMNS, changed, shards)
    else:
        with columns_beside(folder / COLUMNS, shards, large=large):
            load_store(folder / STORE, shards, checked.settings.base)
    step("step-page")
    with no_collection():
        _write_network(checked, reader, found, stated, folder, previous)
    step("step-write")
    _write_rest(checked, reader, found, sizes, folder)
    if previous:
        take_over(previous.folder / INDEX, folder / INDEX)
    else:
        write_index(folder / INDEX, checked.records, checked.ontology)
    return Build(checked, found, target, sum(sizes.values()), len(previous.unchanged(made_of)) if previous else 0)


def _plan(checked: Checked, *, quotes: bool) -> Plan:
    """Return what a build of records is going to be made of."""
    return plan(checked.workspace, checked.records, statement_columns(Reader(checked.records, checked.ontology)), quotes=quotes)


def _derive(checked: Checked, folder: Path, inferred: set[str], previous: Previous | None) -> int:
    """Write what follows from what is said, and return how many triples that is; what rules cannot tell from before is taken over."""
    shard = folder / "derived.nt"
    if previous and _same_to_rules(checked, folder, previous):
        take_over(previous.folder / shard.name, shard)
        with shard.open("rb") as file:
            return sum(1 for _ in file)
    return _written(folder, "derived", sorted(derived(_shards(folder), inferred, checked.rules, checked.ontology, checked.settings.base)))


def _same_to_rules(checked: Checked, folder: Path, previous: Previous) -> bool:
    known = previous_build(folder)  # what this build has kept so far
    if known is None or known.shared != previous.shared or known.inferred != previous.inferred:
        return False
    changed = [source for source in {*known.sources, *previous.sources} if known.sources.get(source) != previous.sources.get(source)]
    before = (line for source in changed for line in read_lines(previous.shard(source)))
    return same_to_rules(before, (line for source in changed for line in read_lines(known.shard(source))), checked.rules, checked.ontology)


def _written(folder: Path, shard: str, lines: Sequence[str]) -> int:
    """Write a shard, and return how many triples it has."""
    output.write_lines(folder / f"{shard}.nt", lines)
    return len(lines)


def _shards(folder: Path) -> Iterator[list[str]]:
    """Yield the lines of each shard that has been written."""
    yield from map(read_lines, sorted(folder.glob("*.nt")))


def shard_lines(folder: Path) -> Iterator[str]:
    """Yield every line of the shards that have been written."""
    yield from (line for lines in _shards(folder) for line in lines)


def _write_network(checked: Checked, reader: Reader, found: Facts, stated: Stated, folder: Path, previous: Previous | None) -> None:
    """Finish the network's file, and write the page: of a large graph, of its best-connected bodies."""
    from withwhom.layout import Layouts
    from withwhom.network_build import network
    from withwhom.page import page

    rules, aside = checked.workspace.rule_files(), rows_aside(checked.aside)
    whole = network(reader, found, checked.settings, rules, *_entities_and_edges(checked, folder, previous), stated.claims, set_aside=aside)
    with (folder / NETWORK).open("a", encoding="utf-8", newline="") as file:
        file.write(whole.json_rest())
    drawn = whole if stated.drawn is None else among(whole, stated.drawn, len(checked.records.statements) - len(stated.claims))
    layouts = Layouts.read(previous.folder / LAYOUTS) if previous else Layouts()
    (folder / "network.html").write_text(page(drawn, layouts=layouts), encoding="utf-8", newline="")
    layouts.write(folder / LAYOUTS)


def _entities_and_edges(checked: Checked, folder: Path, previous: Previous | None) -> tuple[Sequence[Body], Sequence[Derivation]]:
    """Return the entities of the network and the edges that rules made; those of the build before are the same where nothing of theirs changed."""
    from withwhom.network_build import bodies, derivations

    shard = folder / "derived.nt"
    known = previous.network() if previous else None
    if known and previous and shard.samefile(previous.folder / shard.name):
        return known
    with shard.open(encoding="utf-8", newline="\n") as lines:
        edges = list(derivations(lines, checked.settings.base, checked.ontology.predicates[PARTNERSHIP].ancestors))
    return known[0] if known else list(bodies(checked.records)), edges


def _write_rest(checked: Checked, reader: Reader, found: Facts, sizes: Mapping[str, int], folder: Path) -> None:
    """Write what people and other programs want to know of a build."""
    from withwhom.dataset import dataset, trig

    triples = sum(sizes.values())
    carried = versions(checked.workspace, checked.settings, checked.ontology, checked.records.texts, quoted=bool(reader.records.texts))
    files = {
        "entities.csv": entities_table(reader),
        "report.md": report(reader, found, checked.settings, checked.problems, triples, checked.aside),
        CATALOGUE: catalogue(checked, carried),
    }
    if checked.aside:
        files[PROBLEMS] = problems_table(checked.aside)
    if triples <= READABLE:
        files["graph.trig"] = trig(folder, checked.settings.base)
    output.write_texts(folder, files)
    hashes = {path.name: _hash(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name not in (NETWORK, "network.html", PARTS, LAYOUTS)}
    described = dataset(checked.settings, carried, sizes, len(checked.records.entities), len(checked.records.statements), hashes)
    output.write_texts(folder, {"dataset.ttl": described})


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def catalogue(checked: Checked, carried: Versions) -> str:
    """Return what answers need to know of a graph beside its triples: base, title, versions, sources, saved questions."""
    settings = checked.settings
    value = {
        "base": settings.base,
        "title": {"zh": settings.title_zh, "en": settings.title_en},
        "version": settings.version,
        "versions": carried.to_json(),
        "sources": [source.id for source in checked.records.sources],
        "set_aside": rows_aside(checked.aside),
        "words": _words(checked.ontology),
        "source_records": [
            {"id": s.id, "title": s.title, "author": s.author, "publisher": s.publisher, "date": s.date, "url": s.url} for s in checked.records.sources
        ],
        "questions": {question.slug: _offering(question, checked.ontology).to_json() for question in checked.questions},
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _offering(question: Question, ontology: Ontology) -> Question:
    """Return a question that offers, beside the classes which its header lists, those of one's own below them."""
    kinds = {known.iri for known in ontology.classes.values()}

    def wider(parameter: Parameter) -> Parameter:
        if not parameter.choices or not kinds.issuperset(parameter.choices):
            return parameter
        further = [known.iri for known in ontology.classes.values() if known.iri not in parameter.choices and {*known.ancestors} & {*parameter.choices}]
        return replace(parameter, choices=(*parameter.choices, *further))

    return replace(question, parameters=tuple(map(wider, question.parameters)))


def _words(ontology: Ontology) -> dict[str, Mapping[str, str]]:
    """Return the names of codes, of classes and of the workspace's own qualifiers by local name, for answers."""
    words = {local_name(known.iri): known.labels for known in ontology.qualifiers.values() if not known.iri.startswith(WW)}
    words |= {name: known.labels for name, known in ontology.classes.items()}
    return words | {local_name(iri): labels for iri, labels in ontology.code_labels.items()}


def write_outline(workspace: Workspace, texts: Path | None = None) -> tuple[Path, int, int]:
    """Make ``graph/outline.csv`` from the texts; sources without a text keep their rows.

    Returns:
        The file, the number of sentences in it, and the number of sources whose texts were read (0: nothing was written).

    Raises:
        InputError: a table cannot be read.
        OutputError: the outline is Parquet.
    """
    records, problems = read_records(workspace)
    refuse_parquet([workspace.table("outline")])
    blocking = [p for p in problems if not (p.file.endswith("outline.csv") and p.code == "missing-file")]
    if blocking:
        raise InputError(blocking)
    found = read_texts(records.sources, texts or workspace.root / "sources")
    rows = [row for row in records.outline if row.source not in found] + list(outline(found))
    path = workspace.graph / "outline.csv"
    if found:
        output.write_whole(path, outline_table(rows).encode("utf-8"))
    return path, len(rows), len(found)
