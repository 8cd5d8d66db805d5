"""What a newer vocabulary means for a workspace: what changed, where that matters here, and the edits that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, URIRef

from withwhom.deprecated import deprecated, last
from withwhom.edition import MAIN, Edition, built_edition, edition_of
from withwhom.editions import digest, digests, ontology_files, read_editions
from withwhom.ontology import ONTOLOGY, read_turtle
from withwhom.ontology_diff import Difference, difference
from withwhom.problems import InputError, Problem, WorkspaceError
from withwhom.records import Records
from withwhom.semver import parsed
from withwhom.table_terms import Use, entity_uses, statement_uses, table_terms
from withwhom.table_text import TableText
from withwhom.tables import read_records, statement_files
from withwhom.upgrade_edits import Moves, edit_table, edit_text, uses_in_header, uses_in_text, with_vocabulary
from withwhom.workspace import MARK, Workspace, shipped

# The new text of each file, None where it goes.
Edits = dict[Path, str | None]


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade is about.

    Args:
        old: the version that the workspace is made for, as far as it is known.
        new: the package's version.
        editions: the terms of both, for a report; the older one is None where it is not at hand or nothing is newer.
        found: what changed in the vocabulary; None likewise.
        uses: where terms stand that should be used no more.
        edits: what can be mended by machine.
        copies: those of the edited files that are copies of the package's.
        left: what a person has to mend, as far as it is known before the edited workspace is checked.
    """

    old: str
    new: str
    editions: tuple[Edition | None, Edition]
    found: Difference | None
    uses: tuple[Problem, ...]
    edits: Mapping[Path, str | None]
    copies: frozenset[Path]
    left: tuple[Problem, ...]


def plan_upgrade(workspace: Workspace, build: Path) -> Upgrade:
    """Compare a workspace with the vocabulary of the installed package, and change nothing.

    Args:
        workspace: not the package's own.
        build: where its last build stands, if there is one: it holds the terms that were in use.

    Raises:
        WorkspaceError: the workspace is made for a newer vocabulary than the package's.
        InputError: something cannot be read; every problem is named.
    """
    records, problems = read_records(workspace)
    if problems:
        raise InputError(problems)
    package = edition_of(shipped())
    new = package.versions()[str(ONTOLOGY)]
    old, before = _old(workspace, build, new)
    if (parsed(old) or (0, 0, 0)) > (parsed(new) or (0, 0, 0)):
        raise WorkspaceError("upgrade-older", old=old, new=new)
    texts = _texts(workspace)
    edits, left = _files(workspace, texts, old, new)
    copies = frozenset(edits)
    files = [path for path in workspace.turtle_files() if path not in edits]
    now = read_turtle((path, workspace.shown(path)) for path in files)
    now.parse(data="\n".join(text or "" for path, text in edits.items() if path.suffix == ".ttl" and path.name != "shapes.ttl"), format="turtle")
    found = None if before is None else difference(before.only(str(ONTOLOGY)), package.only(str(ONTOLOGY)))
    moves = _moves(before, found, now)
    uses = [moves.cell_problem(use) for use in _cells(records, moves)]
    for path, text in _own_files(workspace, texts, edits):
        edited, problems, waiting = _text(path, text, moves, workspace.shown(path))
        uses += problems
        left += waiting
        edits |= {path: edited} if edited != text else {}
    edits |= _tables(workspace, moves)
    edits |= _settings(workspace, new)
    return Upgrade(old, new, (before, package), found, tuple(sorted(uses)), edits, copies, tuple(sorted(left)))


def _old(workspace: Workspace, build: Path, new: str) -> tuple[str, Edition | None]:
    """Return the version that a workspace is made for, and its terms, if they are known and other than the package's."""
    if (workspace.ontology / MAIN).is_file():
        before = edition_of(workspace)
        version = before.versions().get(str(ONTOLOGY), "")
        shared = {name for files in read_editions(shipped().ontology).values() for name in files} | set(ontology_files(shipped().ontology))
        rules = {name: rule for name, rule in (before.rules or {}).items() if f"rules/{name}" in shared}
        return version, None if version == new else Edition(before.graph, before.shapes, rules)
    version = workspace.settings().vocabulary
    if version == new or not (build / "ontology.nt").is_file():
        return version, None
    before = built_edition(build)
    return version or before.versions().get(str(ONTOLOGY), ""), before


def _texts(workspace: Workspace) -> dict[Path, str]:
    """Return the text of every vocabulary file, rule and question of a workspace."""
    texts, problems = {}, []
    for path in (*ontology_files(workspace.ontology).values(), *sorted((workspace.root / "queries").glob("*.rq"))):
        try:
            texts[path] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(workspace.shown(path), error.object.count(b"\n", 0, error.start) + 1, 0, "not-utf8"))
    if problems:
        raise InputError(problems)
    return texts


def _files(workspace: Workspace, texts: Mapping[Path, str], old: str, new: str) -> tuple[Edits, list[Problem]]:
    """Return what becomes of the package's files that were copied: unchanged ones are replaced, others are left, and told."""
    package, here = ontology_files(shipped().ontology), ontology_files(workspace.ontology)
    editions, current = read_editions(shipped().ontology), digests(package.items())
    edits: Edits = {}
    left = []
    for name, path in here.items():
        known = {files[name] for files in editions.values() if name in files}
        found = digest(texts[path])
        if found in known - {current.get(name)}:
            edits[path] = package[name].read_text(encoding="utf-8") if name in package else None
        elif name in package and found != current[name] and MAIN in here and old != new:
            severity = "error" if name == MAIN else "warning"
            left.append(Problem(workspace.shown(path), 0, 0, "edition-changed", {"version": new, "path": str(package[name])}, severity))
    if MAIN in here and old != new and old in editions:
        added = (name for name in package if name not in here and name not in editions[old])
        edits |= {workspace.ontology / name: package[name].read_text(encoding="utf-8") for name in added}
    return edits, left


def _moves(before: Edition | None, found: Difference | None, now: Graph) -> Moves:
    """Return the terms that should be used no more in a workspace: those that are gone, and all that are deprecated."""
    declared = {str(term) for term in now.subjects(RDF.type) if isinstance(term, URIRef)}
    retired = deprecated(now)
    gone = {change.iri: change.replacement for change in (found.of("removed") if found else ()) if change.iri not in declared}
    following = {**gone, **retired}
    ends = {iri: last(iri, {term: [other] for term, other in following.items() if other}) for iri in following}
    replacements = {iri: end if end in declared and end not in following else "" for iri, end in ends.items()}
    names = table_terms(now)
    moved = names.only(retired)
    if before is not None:
        moved = moved.beside(table_terms(before.graph).only(gone).apart_from(names))
    return Moves(replacements, frozenset(gone), moved, names)


def _cells(records: Records, moves: Moves) -> Iterator[Use]:
    yield from entity_uses(records.entities, moves.before)
    yield from statement_uses(records.statements, moves.before)


def _own_files(workspace: Workspace, texts: Mapping[Path, str], edits: Mapping[Path, str | None]) -> Iterator[tuple[Path, str]]:
    """Yield the vocabulary files, rules and questions that are the workspace's own, with their texts."""
    current = {workspace.ontology / name: value for name, value in digests(ontology_files(shipped().ontology).items()).items()}
    yield from ((path, text) for path, text in texts.items() if path not in edits and digest(text) != current.get(path))


def _text(path: Path, text: str, moves: Moves, shown: str) -> tuple[str, list[Problem], list[Problem]]:
    """Return the edited text of a file, where it uses terms that it should not, and which of these places stay."""
    turtle = path.suffix == ".ttl"
    graph = read_turtle([(path, shown)]) if turtle else Graph()
    declared = {str(term) for property in (RDF.type, OWL.deprecated) for term in graph.subjects(property)}
    uses: list[Problem] = []
    left: list[Problem] = []
    places = [*uses_in_text(text, moves, declared, turtle=turtle), *((found, False) for found in uses_in_header(text, moves))]
    for found, mended in places:
        below = {str(term) for link in (RDFS.subClassOf, RDFS.subPropertyOf) for term in graph.subjects(link, URIRef(found.iri))}
        uses.append(moves.term_problem(shown, found, below))
        left += [] if mended else [uses[-1]]
    return edit_text(text, moves, turtle=turtle), uses, left


def _tables(workspace: Workspace, moves: Moves) -> Edits:
    """Return the tables whose cells or headings name terms that something takes the place of."""
    words = moves.before
    kinds: Iterable[tuple[Path, Mapping[str, Mapping[str, str]], Mapping[str, str]]] = [
        (workspace.table("entities"), words.entity_words, {}),
        *((path, words.statement_words, words.qualifiers) for path in statement_files(workspace)),
    ]
    edits: Edits = {}
    for path, columns, headings in kinds if any(moves.replacements.values()) else ():
        table = TableText.read(path)
        if edit_table(table, columns, moves, headings):
            edits[path] = table.text()
    return edits


def _settings(workspace: Workspace, version: str) -> Edits:
    path = workspace.root / MARK
    return {} if workspace.settings().vocabulary == version else {path: with_vocabulary(path.read_bytes().decode("utf-8"), version)}
