"""Saved questions: ``queries/<slug>.rq``, SPARQL with grlc's ``#+`` header in YAML.

Parameters are named as grlc names them: ``?_org_iri`` is required, ``?__since_xsd_date`` is optional, the word after the name is
the type. They stand only in ``BIND(…)``; an optional IRI may also be the object of the first triple, with a property that has one value:
so it leads an engine to the rows, and is any where it is not given. ``?__lang_literal`` is reserved for the language of labels.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from withwhom.decoding import read_text
from withwhom.problems import InputError, Problem
from withwhom.workspace import Workspace

HEADER_KEYS = frozenset({"summary", "description", "tags", "defaults", "enumerate", "endpoint", "method", "pagination"})
OWN_KEYS = frozenset({"x-summary", "x-description", "x-parameters", "x-statuses", "x-example", "x-group", "x-not-stated"})
# Keys of a header that name columns of the answer.
LISTS_OF_COLUMNS = ("x-group", "x-not-stated")
TYPES = ("iri", "literal", "number", "integer", "xsd_date", "xsd_string", "xsd_decimal", "xsd_integer", "xsd_boolean")
TOKEN = re.compile(rf"\?(__?)([a-z][a-z0-9]*)_({'|'.join(TYPES)})\b")
# What no saved or free query may hold: it would leave the dataset that the runner chose, or change it.
FORBIDDEN = r"SERVICE|FROM|LOAD|INSERT|DELETE|CLEAR|DROP|CREATE|ADD|MOVE|COPY"
# Strings and comments, in which words mean nothing (SPARQL 1.1, section 19.8, STRING_LITERAL…; a comment ends with its line).
TEXTS = (
    r"\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
    r"|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'"
)
COMMENT = r"#[^\r\n]*"
# An IRI, and one that cannot also be read as “less than”: no expression goes on after https: with two slashes.
ANY_IRI = r"<[^<>\"{}|^`\\\x00-\x20]*>"
CLEAR_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*://[^<>\"{}|^`\\\x00-\x20]*>"
# Variables, and the local part of prefixed names, which neither begins nor ends with a dot (production PN_LOCAL).
NAMES = r"[?$]\w+|(?<=:)(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?"
ESCAPED = r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})"
# Before the object of the first triple of a group: an optional IRI may stand there, too. Left as it is, it is a variable like any other.
FIRST_OBJECT = r"\{\s*\?\w+ \w+:\w+ \Z"
LANGUAGE = "lang"


@dataclass(frozen=True)
class Parameter:
    """A value that a question asks for; ``cls`` is the class of entity that a name must belong to, ``choices`` a pick list."""

    name: str
    type: str
    required: bool
    zh: str
    en: str
    cls: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A saved question, as the catalogue of a build holds it.

    Args:
        group: columns whose values make one row of the answer out of several solutions.
        not_stated: columns of which an empty cell means that no document states it.
    """

    slug: str
    summary: Mapping[str, str]
    description: Mapping[str, str]
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    statuses: tuple[str, ...]
    example: Mapping[str, str]
    group: tuple[str, ...]
    not_stated: tuple[str, ...]
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the question as plain JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Question:
        """Return the question that :meth:`to_json` wrote."""
        parameters = tuple(Parameter(**{**item, "choices": tuple(item["choices"])}) for item in data["parameters"])
        lists = {key: tuple(data[key]) for key in ("tags", "statuses", "group", "not_stated")}
        return cls(**{**data, **lists, "parameters": parameters})


def unescaped(text: str) -> str:
    """Return a query with its code point escapes resolved, as engines do before they read it (SPARQL 1.1, section 19.2)."""

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number <= sys.maxunicode else match.group()

    return re.sub(ESCAPED, character, text)


def blanked(text: str, iris: str) -> str:
    """Return a query with its texts, comments, IRIs and names blanked, its length and lines unchanged.

    Args:
        text: the query, code points unescaped.
        iris: the pattern of what counts as an IRI.
    """
    quiet = re.compile(f"{TEXTS}|{iris}|{COMMENT}|{NAMES}", re.DOTALL)
    return quiet.sub(lambda match: re.sub(r"[^\r\n]", " ", match.group()), text)


def _scan(text: str) -> Iterator[re.Match[str]]:
    return re.finditer(f"{TEXTS}|{ANY_IRI}|{COMMENT}", text, re.DOTALL)


def forbidden(text: str) -> str | None:
    """Return the first word in a query that no question may use, or None.

    A less-than sign can look like the beginning of an IRI; a word is refused if either reading shows it. Where such an IRI holds ``#``,
    a comment would begin there in one reading only, and what follows cannot be judged: ``#`` is refused. Words need no space around
    them: some engines read ``2SERVICE`` as two.
    """
    plain = unescaped(text)
    if any("#" in match.group() and re.match(r"<(?![A-Za-z][A-Za-z0-9+.-]*://)", match.group()) for match in _scan(plain)):
        return "#"
    for iris in (ANY_IRI, CLEAR_IRI):
        found = re.search(FORBIDDEN, blanked(plain, iris), re.IGNORECASE)
        if found is not None:
            return found.group().upper()
    return None


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield the parameters as they stand in a query."""
    return TOKEN.finditer(text)


def split_header(text: str) -> tuple[str, str]:
    """Return the YAML of the ``#+`` lines at the top, and the query."""
    lines = text.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.startswith("#+")), len(lines))
    return "".join(line[2:].removeprefix(" ") for line in lines[:end]), "".join(lines[end:]).lstrip("\n")


def read_question(path: Path, shown: str) -> tuple[Question | None, list[Problem]]:
    """Read and lint one question.

    Args:
        path: the file.
        shown: its path as messages name it.

    Returns:
        The question, None if its header cannot be read, and what is wrong with it.
    """
    import yaml

    try:
        text = read_text(path, shown)
    except InputError as error:
        return None, list(error.problems)
    head, query = split_header(text)
    try:
        header = yaml.safe_load(head)
    except yaml.YAMLError as error:
        return None, [Problem(shown, 1, 0, "bad-header", {"detail": str(error).splitlines()[0]})]
    if not isinstance(header, dict):
        return None, [Problem(shown, 1, 0, "bad-header", {"detail": "no #+ header"})]
    misshapen = list(_lint_header(shown, header))
    lists = [key for key in ("x-parameters", "x-example") if not isinstance(header.get(key) or {}, dict)]
    lists += [key for key in LISTS_OF_COLUMNS if not isinstance(header.get(key) or [], list)]
    problems = misshapen if lists else misshapen + list(_lint(shown, header, query, text.count("\n", 0, text.find(query))))
    return (None if problems else _question(path.stem, header, query)), problems


def _question(slug: str, header: Mapping[str, Any], query: str) -> Question:
    described = header.get("x-parameters") or {}
    choices = {name: tuple(values) for item in header.get("enumerate") or () for name, values in item.items()}
    found: dict[str, Parameter] = {}
    for match in tokens(query):
        marks, name, kind = match.groups()
        if name != LANGUAGE and name not in found:
            words = described[name]
            found[name] = Parameter(name, kind, marks == "_", words["zh"], words["en"], words.get("class", ""), choices.get(name, ()))
    return Question(
        slug=slug,
        summary=header["x-summary"],
        description=header["x-description"],
        tags=tuple(header["tags"]),
        parameters=tuple(sorted(found.values(), key=lambda parameter: list(described).index(parameter.name))),
        statuses=tuple(header.get("x-statuses") or ("done", "ongoing", "none")),
        example={name: str(value) for name, value in (header.get("x-example") or {}).items()},
        group=tuple(header.get("x-group") or ()),
        not_stated=tuple(header.get("x-not-stated") or ()),
        text=query,
    )


STATUSES = frozenset({"done", "ongoing", "planned", "applied", "denied", "none"})


def _lint_header(shown: str, header: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what in a header is not of the form that the others rely on."""
    described = header.get("x-parameters") or {}
    forms = {
        "tags": isinstance(header.get("tags") or [], list),
        "enumerate": isinstance(header.get("enumerate") or [], list) and all(isinstance(item, dict) for item in header.get("enumerate") or []),
        "x-parameters": isinstance(described, dict) and all(isinstance(words, dict) and words.get("zh") and words.get("en") for words in described.values()),
        "x-statuses": set(header.get("x-statuses") or ()) <= STATUSES,
        "x-example": isinstance(header.get("x-example") or {}, dict),
        **{key: isinstance(header.get(key) or [], list) for key in LISTS_OF_COLUMNS},
    }
    yield from (Problem(shown, 1, 0, "missing-key", {"value": key}) for key, good in forms.items() if not good)


def _lint_syntax(shown: str, query: str, offset: int) -> Iterator[Problem]:
    """Yield what Oxigraph does not understand in a query, with stand-ins for its parameters."""
    import pyoxigraph as ox

    stand_in = TOKEN.sub(lambda match: "<x:x>" if match[3] == "iri" else '"x"', query)
    try:
        if not isinstance(ox.Store().query(stand_in), ox.QuerySolutions):
            yield Problem(shown, offset, 0, "bad-query", {"detail": "SELECT"})
    except SyntaxError as error:
        yield Problem(shown, offset + (error.lineno or 0), 0, "bad-query", {"detail": " ".join(error.msg.split())[:200]})


def _lint(shown: str, header: Mapping[str, Any], query: str, offset: int) -> Iterator[Problem]:
    """Yield every rule that a question breaks; ``offset`` is the number of lines above the query."""
    for key in header:
        if key not in HEADER_KEYS | OWN_KEYS:
            yield Problem(shown, 1, 0, "unknown-key", {"value": repr(key), "known": ", ".join(sorted(HEADER_KEYS | OWN_KEYS))})
    for key in ("summary", "tags", "x-summary", "x-description"):
        words = header.get(key)
        if not words or (key.startswith("x-") and not (isinstance(words, dict) and words.get("zh") and words.get("en"))):
            yield Problem(shown, 1, 0, "missing-key", {"value": key})
    word = forbidden(query)
    if word is not None:
        yield Problem(shown, offset, 0, "forbidden-word", {"value": word})
    else:
        yield from _lint_syntax(shown, query, offset)
    yield from _lint_parameters(shown, header, query, offset)
    given = set(re.findall(r"\?(\w+)", query.partition("SELECT")[2].partition("WHERE")[0]))
    for key in LISTS_OF_COLUMNS:
        for name in header.get(key) or ():
            if name not in given:
                yield Problem(shown, 1, 0, "no-such-column", {"list": key, "value": repr(name)})
    order = re.search(r"ORDER BY\b(.*)\Z", re.sub(f"{TEXTS}|{COMMENT}", " ", query, flags=re.DOTALL), re.DOTALL)
    if order is None or not order[1].split() or order[1].split()[-1].rstrip(")").endswith("Label"):
        yield Problem(shown, offset, 0, "no-order", {})


def _lint_parameters(shown: str, header: Mapping[str, Any], query: str, offset: int) -> Iterator[Problem]:
    described = set(header.get("x-parameters") or {})
    used = set()
    for match in tokens(query):
        line = offset + query.count("\n", 0, match.start()) + 1
        marks, name, kind = match.groups()
        before = query[: match.start()]
        in_bind = re.search(r"BIND\((COALESCE\()?\Z", before) is not None
        if not in_bind and not (marks == "__" and kind == "iri" and re.search(FIRST_OBJECT, before)):
            yield Problem(shown, line, 0, "not-in-bind", {"value": match.group()})
        elif marks == "_" and not re.search(r"(\{|BIND\(\?_[a-z0-9_]+ AS \?[A-Za-z]+\))\s*BIND\(\Z", before):
            yield Problem(shown, line, 0, "required-not-first", {"value": match.group()})
        elif in_bind and marks == "__" and name != LANGUAGE and not re.match(r" AS \?\w+\)\s*FILTER\b", query[match.end() :]):
            yield Problem(shown, line, 0, "optional-not-last", {"value": match.group()})
        if name != LANGUAGE:
            used.add(name)
    needed = {match[2] for match in tokens(query) if match[1] == "_"}
    if needed != set(header.get("x-example") or {}):
        yield Problem(shown, 1, 0, "missing-key", {"value": f"x-example: {', '.join(sorted(needed))}"})
    for name in sorted(used ^ described):
        yield Problem(shown, 1, 0, "parameter-undescribed", {"value": name})


def read_questions(workspace: Workspace) -> tuple[list[Question], list[Problem]]:
    """Read every question of a workspace, the package's where it has none of that name."""
    questions: list[Question] = []
    problems: list[Problem] = []
    for path in question_files(workspace):
        question, found = read_question(path, workspace.shown(path))
        problems += found
        questions += [question] if question is not None else []
    return questions, problems


def question_files(workspace: Workspace) -> Iterable[Path]:
    """Return the files of a workspace's questions, by slug."""
    from withwhom.workspace import shipped

    by_slug = {path.stem: path for folder in (shipped().root, workspace.root) for path in (folder / "queries").glob("*.rq")}
    return [by_slug[slug] for slug in sorted(by_slug)]
