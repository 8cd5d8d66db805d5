"""Matches the names of a table with the entities of a workspace. Only what is the same in normal form binds by itself; the rest goes out.

What goes out is a table for a person: each name with candidates, and an empty cell for the answer. It comes back filled in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from withwhom.names import NameIndex
from withwhom.names_build import write_index
from withwhom.ontology import Ontology
from withwhom.problems import InputError, Problem, nearest
from withwhom.records import Entity, Name, Place, Records
from withwhom.row_claims import Claim, Key
from withwhom.spreadsheet import csv_text, harmless
from withwhom.tables import read_table, short
from withwhom.text import normal

COLUMNS = ("table", "column", "name", "times", "type", "entity", "id", "candidates")
NEW, NOBODY = "new", "none"
CANDIDATES, LONGEST_ID = 3, 60
NOWHERE = Place("", 0, {})


@dataclass(frozen=True)
class Wanted:
    """A name that the table uses: its class, the narrower one most rows give it, how often it stands, and every spelling."""

    key: Key
    name: str
    kind: str
    type: str
    column: str
    times: int
    identifier: str
    collective: bool
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a person filled in for a name: an id, ``new`` or ``none``; and the id and class that a new entity gets."""

    at: Place
    entity: str
    id: str
    type: str


@dataclass(frozen=True)
class Bound:
    """What names mean: ids by key (empty: nobody), the entities and names to add, and the names that wait for an answer."""

    ids: Mapping[Key, str]
    entities: tuple[Entity, ...] = ()
    names: tuple[Name, ...] = ()
    waiting: tuple[Wanted, ...] = ()
    proposed: Mapping[Key, str] = field(default_factory=dict)


def wanted(claims: Iterable[Claim]) -> list[Wanted]:
    """Return every name in the order in which the table first uses it."""
    groups = defaultdict(list)
    for claim in claims:
        for mention in claim.entities.values():
            groups[mention.key].append(mention)
    found = []
    for key, mentions in groups.items():
        said = Counter(mention.type for mention in mentions if mention.type != mention.kind)
        first, columns = mentions[0], dict.fromkeys(mention.column for mention in mentions)
        spellings = tuple(dict.fromkeys(mention.name for mention in mentions))
        # Rows that disagree about the narrower class leave the name in the wider one.
        type = next(iter(said)) if len(said) == 1 else first.type if first.kind == "Entity" else first.kind
        found.append(Wanted(key, first.label, first.kind, type, " / ".join(columns), len(mentions), first.identifier, first.collective, spellings))
    return found


def slug(name: str) -> str:
    """Return a readable ASCII id: pinyin for Chinese, plain letters for Latin; cut at a word where it is long.

    >>> slug("Médecins Sans Frontières (MSF)"), slug("山西省红十字会")
    ('medecins-sans-frontieres-msf', 'shan-xi-sheng-hong-shi-zi-hui')
    """
    from pypinyin import lazy_pinyin

    latin = " ".join(lazy_pinyin(normal(name))) if re.search(r"[㐀-鿿]", name) else name
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode("ascii").lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    while len(words) > 1 and len("-".join(words)) > LONGEST_ID:
        words.pop()
    return "-".join(words)[:LONGEST_ID] or "name"


def bind(names: Sequence[Wanted], records: Records, ontology: Ontology, *, source: str, answers: Mapping[tuple[str, str], Answer], add: bool) -> Bound:
    """Return what each name means.

    Args:
        names: the names of the table.
        records: the workspace.
        ontology: the vocabulary.
        source: id of the table's source; a name that holds in another source only binds nothing.
        answers: what a person filled in, by columns and name (:func:`read_answers`).
        add: take every unmatched name as a new entity.

    Raises:
        InputError: an answer names an entity that does not exist.
    """
    by_name = _known(records, source)
    types = {entity.id: entity.type for entity in records.entities}
    proposed = _proposed(names, records, answers)
    ids: dict[Key, str] = {}
    fresh: list[tuple[Wanted, str]] = []
    waiting, problems = [], []
    made = {*proposed.values()}
    for one in names:
        own = [
            id
            for id in sorted(by_name[one.key[0].removeprefix("id:") if one.identifier else one.key[0]])
            if ontology.is_kind_of(types[id], [ontology.classes[one.kind].iri])
        ]
        answer = answers.get((one.column, harmless(one.name)))
        if answer is not None and answer.entity not in ("", NEW):
            ids[one.key] = "" if answer.entity == NOBODY else answer.entity
            if answer.entity != NOBODY and answer.entity not in types and answer.entity not in made:
                near = ", ".join(nearest(answer.entity, [*types, *made])) or "—"
                problems.append(
                    Problem(
                        answer.at.file,
                        answer.at.line,
                        answer.at.column("entity"),
                        "unknown-entity",
                        {"column": "entity", "value": short(answer.entity), "near": near},
                    )
                )
        elif len(own) == 1 and answer is None:
            ids[one.key] = own[0]
        elif (answer is not None and answer.entity == NEW) or (add and not own):
            ids[one.key] = proposed[one.key]
            fresh.append((replace(one, type=answer.type) if answer and answer.type else one, proposed[one.key]))
        else:
            waiting.append(one)
    if problems:
        raise InputError(problems)
    entities = tuple(_entity(one, id) for one, id in fresh)
    return Bound(ids, entities, tuple(_names(names, ids, entities, records, source)), tuple(waiting), proposed)


def _known(records: Records, source: str) -> Mapping[str, set[str]]:
    """Return the ids that a name in normal form means everywhere or in this source; an id means itself."""
    found: dict[str, set[str]] = defaultdict(set)
    for entity in records.entities:
        for name in (entity.id, entity.name_zh, entity.name_en):
            found[normal(name)].add(entity.id)
    for row in records.names:
        if row.source in ("", source) and not row.begin:
            found[normal(row.name)].add(row.entity)
            if row.kind == "identifier":
                found[row.name].add(row.entity)
    return found


def _proposed(names: Sequence[Wanted], records: Records, answers: Mapping[tuple[str, str], Answer]) -> dict[Key, str]:
    taken = {entity.id for entity in records.entities}
    found = {}
    for one in names:
        answer = answers.get((one.column, harmless(one.name)))
        found[one.key] = free_id(answer.id if answer is not None and answer.id else slug(one.name), taken)
        taken.add(found[one.key])
    return found


def free_id(start: str, taken: Collection[str]) -> str:
    """Return an id that nobody has: ``start``, or else with the first number that is free."""
    return next(id for id in (start, *(f"{start}-{number}" for number in range(2, len(taken) + 3))) if id not in taken)


def _entity(one: Wanted, id: str) -> Entity:
    return new_entity(id, one.type, one.name, collective="true" if one.collective else "")


def new_entity(id: str, type: str, name: str, *, collective: str = "") -> Entity:
    """Return an entity of which one name is known: it stands in both languages, until somebody translates it."""
    return Entity(NOWHERE, id, type, name, name, collective, "", "", "", "", "")


def _names(names: Sequence[Wanted], ids: Mapping[Key, str], entities: Sequence[Entity], records: Records, source: str) -> Iterator[Name]:
    """Yield an identifier that the table gives, and each spelling that the workspace does not know of its entity: it holds in this table."""
    known: dict[str, set[str]] = defaultdict(set)
    for entity in (*records.entities, *entities):
        known[entity.id] |= {normal(entity.name_zh), normal(entity.name_en)}
    for row in records.names:
        if row.source in ("", source):
            known[row.entity].add(normal(row.name))
    for one in names:
        id = ids.get(one.key, "")
        if id and one.identifier and normal(one.identifier) not in known[id]:
            known[id].add(normal(one.identifier))
            yield Name(NOWHERE, id, one.identifier, "", "identifier", "", "", "", "", "")
        for spelling in one.spellings if id else ():
            if normal(spelling) not in known[id]:
                known[id].add(normal(spelling))
                yield Name(NOWHERE, id, spelling, "", "mention", source, "", "", "", "")


def read_answers(path: Path, table: str) -> dict[tuple[str, str], Answer]:
    """Return what a person filled in for a table, by columns and name; nothing where there is no such file.

    Raises:
        InputError: the file cannot be read, or lacks a column.
    """
    if not path.is_file():
        return {}
    found = read_table(path, path.name, ("table", "column", "name", "entity"), COLUMNS)
    if found.problems:
        raise InputError(found.problems)
    rows = ((at, row) for at, row in found.rows if row.get("table") == table and row.get("entity"))
    return {(row.get("column", ""), row.get("name", "")): Answer(at, row["entity"], row.get("id", ""), row.get("type", "")) for at, row in rows}


def names_table(bound: Bound, records: Records, ontology: Ontology, *, table: str, path: Path) -> str:
    """Return the names that wait for an answer, with candidates; what ``path`` already answers for any table is kept.

    A candidate may be an entity of the workspace, or another name of this table by the id that it would get.
    """
    old = read_table(path, path.name, COLUMNS, COLUMNS).rows if path.is_file() else ()
    kept = [[row.get(column, "") for column in COLUMNS] for _, row in old if row.get("entity") or row.get("table") != table]
    near = _candidates(bound, records, ontology)
    rows = [[table, one.column, one.name, str(one.times), one.type, "", bound.proposed[one.key], near.get(one.key, "")] for one in bound.waiting]
    return csv_text(COLUMNS, [*kept, *rows])


def _candidates(bound: Bound, records: Records, ontology: Ontology) -> dict[Key, str]:
    fresh = tuple(_entity(one, bound.proposed[one.key]) for one in bound.waiting)
    found = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "names.sqlite"
        write_index(path, replace(records, entities=(*records.entities, *fresh)), ontology)
        index = NameIndex(path)
        for one in bound.waiting:
            matches = [match for match in index.find(one.name, cls=one.kind, limit=CANDIDATES + 1) if match.entity != bound.proposed[one.key]]
            found[one.key] = " | ".join(f"{match.entity} ({match.en}, {match.score:.0f})" for match in matches[:CANDIDATES])
    return found
