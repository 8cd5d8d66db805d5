"""Compares two builds: sources, entities, statements, and what moved because of them. The order of rows never matters."""

from __future__ import annotations

import filecmp
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from withwhom.built import ENTITIES, Built, Row
from withwhom.catalogue import CATALOGUE
from withwhom.changes import BOTH, CHANGED, MOVED, Cell, Change, differing, how
from withwhom.consequences import consequences
from withwhom.ontology import column_name, local_name
from withwhom.output import Stamp, stamp, tries
from withwhom.previous import STATEMENTS
from withwhom.problems import WithWhomError, WorkspaceError
from withwhom.terms import RDF, RDFS, SKOS

# Where a statement's evidence stands; if nothing else of it differs, the text around it does.
PLACES = frozenset({"begin", "stop"})
EVIDENCE = "evidence"
# What entities.csv says of an entity already, or that follows from it.
IN_TABLE = frozenset({f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel", "http://purl.org/dc/terms/identifier"})
NAMES = "names"


@dataclass(frozen=True)
class Diff:
    """What differs between two builds.

    Args:
        old, new: the builds.
        changes: by part.
    """

    old: Built
    new: Built
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether the two say the same, however they were made; what could not be compared is not taken for the same."""
        return not (self.old.missing or self.new.missing) and all(change.part == "input" for change in self.changes)


def diff(old: Built, new: Built) -> Diff:
    """Compare two builds; where one is replaced meanwhile, both are read again, so that no mixture of two is compared.

    Raises:
        WorkspaceError: one is replaced over and over.
    """
    for _ in tries():
        first, second, before = Built(old.folder), Built(new.folder), _stamps(old, new)
        try:
            found = _diff(first, second)
        except (WithWhomError, OSError, LookupError):
            if _stamps(old, new) == before:
                raise
        else:
            if _stamps(old, new) == before:
                return found
    raise WorkspaceError("build-replaced", path=str(new.folder))


def _stamps(*builds: Built) -> list[Stamp | None]:
    return [stamp(build.folder) if (build.folder / CATALOGUE).exists() else None for build in builds]


def _diff(old: Built, new: Built) -> Diff:
    lacking = {*old.missing, *new.missing}
    changes = list(_vocabulary(old, new))
    changes += _sources(old, new) if CATALOGUE not in lacking else ()
    changes += _entities(old, new) if ENTITIES not in lacking else ()
    statements = list(_statements(old, new)) if STATEMENTS not in lacking else []
    changes += statements
    if old.network and new.network:
        changes += consequences(old.network, new.network, {change.id: change.how for change in statements})
    return Diff(old, new, (*changes, *_inputs(old, new)))


def _inputs(old: Built, new: Built) -> Iterator[Change]:
    """Yield the files from which the two were made, where they differ."""
    if old.versions and new.versions:
        before, after = old.versions.inputs, new.versions.inputs
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                yield Change("input", how(before.get(name), after.get(name)), name, dict.fromkeys(BOTH, name))


def _vocabulary(old: Built, new: Built) -> Iterator[Change]:
    """Yield how many triples of the vocabulary differ; which terms they are about tells ``withwhom ontology diff``."""
    before, after = (set(build.lines("ontology.nt")) for build in (old, new))
    if before and after and before != after:
        cell = Cell("triples", f"{len(before - after):,}", f"{len(after - before):,}")
        yield Change("vocabulary", CHANGED, "ontology.nt", dict.fromkeys(BOTH, "ontology.nt"), (cell,))


def _sources(old: Built, new: Built) -> Iterator[Change]:
    for source in sorted(old.sources.keys() | new.sources.keys()):
        before, after = old.sources.get(source), new.sources.get(source)
        if before != after:
            known = after or before or {}
            cells = differing(before, after, known) if before and after else ()
            yield Change("source", how(before, after), source, dict.fromkeys(BOTH, known["title"]), cells)


def _entities(old: Built, new: Built) -> Iterator[Change]:
    further = _further(old, new)
    for entity in sorted(old.entities.keys() | new.entities.keys()):
        before, after = old.entities.get(entity), new.entities.get(entity)
        cells = (*_entity_cells(before, after), *further.get(entity, ())) if before and after else ()
        if cells or not (before and after):
            text = {language: (new if after else old).name(entity, language) for language in BOTH}
            yield Change("entity", how(before, after), entity, text, cells)


def _entity_cells(before: Row, after: Row) -> Iterator[Cell]:
    """Yield the cells of an entity that differ; of its further names, those that only one build has."""
    yield from differing(before, after, [column for column in dict.fromkeys([*before, *after]) if column != NAMES])
    first, second = (set(filter(None, row.get(NAMES, "").split("|"))) for row in (before, after))
    if first != second:
        yield Cell(NAMES, "|".join(sorted(first - second)), "|".join(sorted(second - first)))


def _further(old: Built, new: Built) -> Mapping[str, list[Cell]]:
    """Return what else differs of entities, which no table of a build holds: their triples say it, such as place and same_as."""
    before, after = (set(build.lines("entities.nt")) for build in (old, new))
    if not before or not after:
        return {}
    values = (_values(before - after, old.base), _values(after - before, new.base))
    found: dict[str, list[Cell]] = defaultdict(list)
    in_table = next(iter(new.entities.values()), {}).keys()
    for entity, column in sorted(values[0].keys() | values[1].keys()):
        cell = Cell(column, *("|".join(sorted(side.get((entity, column), ()))) for side in values))
        if cell.old != cell.new and column not in in_table:
            found[entity].append(cell)
    return found


def _values(lines: Iterable[str], base: str) -> Mapping[tuple[str, str], list[str]]:
    """Return the values that triples give, by entity and column."""
    import pyoxigraph as ox

    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for triple in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
        if isinstance(triple.subject, ox.NamedNode) and triple.predicate.value not in IN_TABLE:
            value = triple.object.value if isinstance(triple.object, ox.NamedNode | ox.Literal) else str(triple.object)
            entity = triple.subject.value.removeprefix(f"{base}entity/")
            short = local_name(value) if value.startswith("https://w3id.org/withwhom/ontology#") else value.removeprefix(f"{base}entity/")
            found[entity, column_name(local_name(triple.predicate.value))].append(short)
    return found


def _statements(old: Built, new: Built) -> Iterator[Change]:
    columns = list(dict.fromkeys([*new.columns(), *old.columns()]))
    passages = _passages(old, new)
    marks = [build.marks(columns, told) for build, told in zip((old, new), passages, strict=True)]
    touched = {reference for reference in marks[0].keys() | marks[1].keys() if marks[0].get(reference) != marks[1].get(reference)}
    before, after = old.statements(touched), new.statements(touched)
    for reference in sorted(touched):
        first, second = before.get(reference), after.get(reference)
        cells: tuple[Cell, ...] = ()
        if first and second:
            cells = differing(first, second, columns)
            evidence = [told.get(reference, "") for told in passages]
            cells += (Cell(EVIDENCE, *evidence),) if evidence[0] != evidence[1] else ()
        moved = bool(cells) and {cell.column for cell in cells} <= PLACES
        build, row = (new, second) if second else (old, before[reference])
        text, cited = _told(build, row), _cited(build, row)
        yield Change("statement", MOVED if moved else how(first, second), reference, text, cells, cited)


def _passages(old: Built, new: Built) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the digests of all passages of the statements in those shards that differ, of both builds."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    shards = old.shards(), new.shards()
    for name in sorted(shards[0].keys() & shards[1].keys()):
        if name.startswith("source-") and not filecmp.cmp(shards[0][name], shards[1][name], shallow=False):
            for told, build in zip(found, (old, new), strict=True):
                told.update(build.passages(name))
    return found


def _told(build: Built, row: Row) -> Mapping[str, str]:
    """Return a statement as a sentence, in both languages."""
    claim = build.claims.get(row["id"])
    if claim:
        return {"zh": claim.zh, "en": claim.en}
    parts = row.get("sentence", "").split(" | ")  # as many bars in one language as in the other, and one between them
    half = len(parts) // 2 or 1
    return {"zh": " | ".join(parts[:half]), "en": " | ".join(parts[half:])}


def _cited(build: Built, row: Row) -> Mapping[str, str]:
    """Return where a statement stands: title, paragraph and sentence, wording."""
    claim = build.claims.get(row["id"])
    if claim is None:
        return dict.fromkeys(BOTH, row.get("evidence", ""))
    title = build.sources.get(claim.source, {}).get("title", claim.source)
    wording = f"“{claim.wording}”" if claim.wording else ""
    return {
        "zh": "，".join(filter(None, (f"《{title}》", claim.where_zh, wording))),
        "en": ", ".join(filter(None, (f"“{title}”", claim.where_en, wording))),
    }
