"""A map says what the columns of somebody else's table mean: one TOML file, read and checked before any row is.

The maps in ``maps/`` come with the package; those with ``default = true`` are tried where none is given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from withwhom.cells import with_nearest
from withwhom.foreign import Heading, without_bracket
from withwhom.ontology import Ontology
from withwhom.problems import InputError, Problem, WorkspaceError
from withwhom.tables import SOURCE_COLUMNS, short
from withwhom.text import normal

MAPS = Path(__file__).parent / "maps"
ENDS = ("subject", "predicate", "object")
# A column of its own kind: a time as people write it, which gives since, until and date_text.
TIME = "time"
PARTS: Mapping[str, Sequence[str]] = {
    "": ("default", "optional", "records", "id", "told_by", "show", "source", "graph", "names", "statement"),
    "source": tuple(column for column in SOURCE_COLUMNS if column not in ("file", "sha256")),
    "graph": ("title", "base", "licence", "version"),
    "names": ("columns", "type", "type_column", "type_words", "endings", "identifier", "directory", "directory_name", "unnamed", "several"),
    "statement": ("columns", "fixed", "words", "when", "otherwise"),
}


@dataclass(frozen=True)
class Named:
    """How names in some columns become entities.

    Args:
        columns: headings or tags.
        type: class that these names belong to.
        type_column, type_words: column with a word or code for the narrower class, and which class each stands for.
        endings: narrower class by how a name ends.
        identifier: column with an identifier; two rows mean the same thing where it is the same, whatever their names.
        directory, directory_name: JSON file beside the table that gives the name of each identifier, and the path of the name there.
        unnamed: words that name nobody.
        several: mark between the names of several bodies that one cell names together: a set, not one body.
    """

    columns: tuple[str, ...] = ()
    type: str = "Organization"
    type_column: str = ""
    type_words: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    identifier: str = ""
    directory: str = ""
    directory_name: str = ""
    unnamed: tuple[str, ...] = ()
    several: str = ""


@dataclass(frozen=True)
class Says:
    """A statement that a row makes.

    Args:
        columns: for each column of statements, the headings or tags that give it; the first with a cell counts.
        fixed: what is the same in all rows.
        words: for a column, what each word of the table stands for; an empty one means that the row does not say this.
        when: headings and the words under which the row says this; an empty word stands for an empty cell.
        otherwise: only where no statement before this one is meant for the row.
    """

    columns: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    when: Mapping[str, tuple[str, ...]]
    otherwise: bool


@dataclass(frozen=True)
class TableMap:
    """A map; ``optional`` means that what names a column which the table lacks is passed over."""

    shown: str
    default: bool
    optional: bool
    records: str
    id: str
    told_by: str
    show: tuple[str, ...]
    source: Mapping[str, str]
    graph: Mapping[str, Any]
    names: tuple[Named, ...]
    statements: tuple[Says, ...]

    def wanted(self) -> list[str]:
        """Return every heading or tag that the map names."""
        found = [name for says in self.statements for names in says.columns.values() for name in names]
        found += [name for says in self.statements for name in says.when] + [self.id, self.told_by, *self.show]
        found += [name for named in self.names for name in (*named.columns, named.type_column, named.identifier)]
        return [name for name in dict.fromkeys(found) if name]


def matching(headings: Sequence[Heading], name: str) -> list[int]:
    """Return which columns a heading or an HXL tag means.

    A tag (``#org+funder-code``) means every column of that hashtag with all its attributes and none of those after a hyphen; a
    heading means the column of that name, its unit in brackets left aside.
    """
    if name.startswith("#"):
        hashtag, wanted, unwanted = _tag(name)
        tags = [_tag(heading.tag) for heading in headings]
        return [number for number, (own, attributes, _) in enumerate(tags) if own == hashtag and wanted <= attributes and not unwanted & attributes]
    key = normal(name)
    exact = [number for number, heading in enumerate(headings) if normal(heading.text) == key]
    return exact or [number for number, heading in enumerate(headings) if heading.text and normal(without_bracket(heading.text)) == key]


def _tag(tag: str) -> tuple[str, frozenset[str], frozenset[str]]:
    hashtag, *parts = re.split(r"(?=[+-])", tag.lower().replace(" ", ""))
    wanted = frozenset(part[1:] for part in parts if part.startswith("+"))
    return hashtag, wanted, frozenset(part[1:] for part in parts if part.startswith("-"))


def read_map(path: Path, ontology: Ontology) -> TableMap:
    """Read a map, and check every word in it against the vocabulary.

    Raises:
        InputError: it is no TOML, has an unknown key, or names a predicate, class or code that the vocabulary lacks.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(error))
        line, column = map(int, found.groups()) if found else (text.count("\n") + 1, 0)
        raise InputError([Problem(path.name, line, column, "bad-toml", {"detail": str(error)})]) from error
    except UnicodeDecodeError as error:
        raise InputError([Problem(path.name, error.object[: error.start].count(b"\n") + 1, 0, "not-utf8")]) from error
    except FileNotFoundError as error:
        raise InputError([Problem(path.name, 0, 0, "missing-file")]) from error
    problems = list(_form(path.name, text, value))
    if not problems:
        found_map = _map(path.name, value)
        problems = list(_judged(found_map, text, ontology))
        if not problems:
            return found_map
    raise InputError(problems)


def shipped_maps(ontology: Ontology) -> dict[str, TableMap]:
    """Return the maps that come with the package, by name."""
    return {path.stem: read_map(path, ontology) for path in sorted(MAPS.glob("*.toml"))}


def find_map(given: str, ontology: Ontology) -> TableMap:
    """Return the map that a user names: a file, or one that comes with the package."""
    shared = MAPS / f"{given}.toml"
    return read_map(shared if re.fullmatch(r"[a-z0-9-]+", given) and shared.is_file() else Path(given), ontology)


def fitting_map(maps: Iterable[TableMap], headings: Sequence[Heading], shown: str) -> TableMap:
    """Return the first map that finds both ends of a statement among the headings.

    Raises:
        WorkspaceError: none does.
    """
    for known in maps:
        if any(fits(says, headings) for says in known.statements):
            return known
    raise WorkspaceError("no-map", path=shown, headings=", ".join(heading.text or heading.tag for heading in headings))


def fits(says: Says, headings: Sequence[Heading]) -> bool:
    """Tell whether a table has the columns for the ends of a statement, and those that it depends on."""
    ends = [any(matching(headings, name) for name in says.columns.get(end, ())) or end in says.fixed for end in ENDS]
    return all(ends) and all(matching(headings, name) for name in says.when)


def missing_columns(known: TableMap, headings: Sequence[Heading]) -> Iterator[Problem]:
    """Yield a problem for each column that a map names and the table lacks, unless the map is ``optional``."""
    for name in [] if known.optional else known.wanted():
        if not matching(headings, name):
            yield Problem(known.shown, 0, 0, "map-column", {"value": short(name), "known": with_nearest(name, [h.text or h.tag for h in headings])})


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401  # what TOML holds
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _map(shown: str, value: Mapping[str, Any]) -> TableMap:
    return TableMap(
        shown=shown,
        default=bool(value.get("default")),
        optional=bool(value.get("optional")),
        records=value.get("records", ""),
        id=value.get("id", ""),
        told_by=value.get("told_by", ""),
        show=_texts(value.get("show", [])),
        source={key: str(text) for key, text in value.get("source", {}).items()},
        graph=value.get("graph", {}),
        names=tuple(map(_named, value.get("names", []))),
        statements=tuple(_says(each) for each in value["statement"]),
    )


def _named(value: Mapping[str, Any]) -> Named:
    parts: dict[str, Any] = {key: _texts(part) if key in ("columns", "unnamed") else part for key, part in value.items()}
    return Named(**parts)


def _says(value: Mapping[str, Any]) -> Says:
    return Says(
        columns={column: _texts(names) for column, names in value.get("columns", {}).items()},
        fixed={column: str(text) for column, text in value.get("fixed", {}).items()},
        words={column: {normal(word): str(meant) for word, meant in words.items()} for column, words in value.get("words", {}).items()},
        when={name: tuple(map(normal, _texts(words))) for name, words in value.get("when", {}).items()},
        otherwise=bool(value.get("otherwise")),
    )


def _form(shown: str, text: str, value: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the keys of a map, and with the kind of their values."""
    parts = [
        ("", value),
        *((part, value.get(part, {})) for part in ("source", "graph")),
        *((p, each) for p in ("names", "statement") for each in _list(value, p)),
    ]
    for part, table in parts:
        if not isinstance(table, Mapping):
            yield _at(shown, text, part, "map-kind", value=part)
            continue
        for key, item in table.items():
            if key not in PARTS[part]:
                yield _at(shown, text, key, "map-key", value=short(key), known=with_nearest(key, PARTS[part]))
            elif not isinstance(item, _kind(part, key)):
                yield _at(shown, text, key, "map-kind", value=key)
    if not _list(value, "statement"):
        yield Problem(shown, 0, 0, "missing-setting", {"value": "[[statement]]"})
    for each in _list(value, "statement"):
        parts_of = [each.get(part, {}) for part in ("columns", "fixed")] if isinstance(each, Mapping) else [None]
        lacking = [end for end in ("subject", "predicate") if all(isinstance(part, Mapping) and end not in part for part in parts_of)]
        if lacking:
            yield _at(shown, text, "[[statement]]", "missing-setting", value=", ".join(lacking))


def _list(value: Mapping[str, Any], part: str) -> list[Any]:
    found = value.get(part, [])
    return found if isinstance(found, list) else [found]


def _kind(part: str, key: str) -> type | tuple[type, ...]:
    if key in ("default", "optional", "otherwise"):
        return bool
    if (part, key) in (("", "names"), ("", "statement")):
        return list
    if key in ("source", "graph", "title", "type_words", "endings", "fixed", "words", "when") or (part, key) == ("statement", "columns"):
        return (dict, str) if key == "title" else dict
    return (str, list) if key in ("columns", "unnamed", "show") else str


def _at(shown: str, text: str, word: str, code: str, **values: str) -> Problem:
    """Return a problem at the first line of a map in which a word stands."""
    line = next((number for number, row in enumerate(text.splitlines(), 1) if word in row and not row.lstrip().startswith("#")), 0)
    return Problem(shown, line, 0, code, values)


def _judged(known: TableMap, text: str, ontology: Ontology) -> Iterator[Problem]:
    """Yield each word of a map that the vocabulary does not have."""
    legal = [*ENDS, TIME, *ontology.qualifiers]
    for says in known.statements:
        for column in [*says.columns, *says.fixed, *says.words]:
            if column not in legal:
                yield _at(known.shown, text, column, "unknown-column", value=short(column), known=with_nearest(column, legal))
        said = [(column, value) for column, value in says.fixed.items()]
        said += [(column, value) for column, words in says.words.items() for value in words.values() if value]
        for column, value in dict.fromkeys(said):
            yield from _word(known, text, (column, value), ontology)
    for named in known.names:
        for type in {named.type, *named.type_words.values(), *named.endings.values()} - ontology.classes.keys():
            yield _at(known.shown, text, type, "unknown-type", value=short(type), known=with_nearest(type, ontology.classes))


def _word(known: TableMap, text: str, said: tuple[str, str], ontology: Ontology) -> Iterator[Problem]:
    column, value = said
    if column == "predicate" and value not in ontology.predicates:
        yield _at(known.shown, text, value, "unknown-predicate", value=short(value), known=with_nearest(value, ontology.predicates))
    qualifier = ontology.qualifiers.get(column)
    if qualifier is not None and qualifier.kind == "code":
        codes = ontology.codes[qualifier.range]
        for part in value.split("|"):
            if part not in codes:
                yield _at(known.shown, text, value, "unknown-value", column=column, value=short(part), known=", ".join(sorted(codes)))
