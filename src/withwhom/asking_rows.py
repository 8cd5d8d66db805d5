"""Asks at a terminal for what a new row still needs, with completion, and shows what the answers mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from withwhom.choices import STATEMENTS, headings
from withwhom.desk import Cells, Desk, columns_of, open_desk, record
from withwhom.new_row import cell_problems, completed, legal_predicates, missing, passage_of, quote_problems, write_row
from withwhom.ontology import Ontology
from withwhom.problems import Problem
from withwhom.readable import Reader
from withwhom.records import Place, Statement
from withwhom.tables import QUOTE
from withwhom.text import normal
from withwhom.words import say

# Characters of the text that are shown on either side of a passage.
AROUND = 40
ENDS = ("subject", "object")
# Each kind of row by the name of its tables.
PLURALS = {"source": "sources", "entity": "entities", "name": "names", "statement": STATEMENTS}
# What each language takes for yes; Enter is yes, too.
YES = ("", "y", "yes", "是", "好")


class Terminal(Protocol):
    """Somebody who answers: asks with a prompt and words to complete (each with what it means), and tells lines."""

    def ask(self, prompt: str, words: Mapping[str, str]) -> str: ...

    def tell(self, line: str) -> None: ...


def asked(kind: str, cells: Cells, desk: Desk, terminal: Terminal, language: str) -> dict[str, str]:
    """Return the cells of a row, those that it needs asked for until each is right, then any others.

    Args:
        kind: source, entity, name or statement.
        cells: what is known already.
        desk: the workspace.
        terminal: who answers.
        language: zh or en.

    Returns:
        The cells as :func:`withwhom.new_row.completed` gives them; nothing if the row is not wanted after all.

    Raises:
        EOFError: nobody answers any more.
    """
    given = dict(cells)
    terminal.tell(say("new-how", language))
    later: set[str] = set()
    while needed := missing(kind, completed(kind, given, desk), desk):
        column = next((name for name in needed if name not in later), needed[0])
        desk = _ask(kind, column, given, desk, terminal, language)
        later |= {column} - given.keys()
    further = {column: column_label(kind, column, desk.ontology, language) for column in columns_of(kind, desk.ontology)}
    while column := terminal.ask(say("new-further", language), {name: label for name, label in further.items() if name not in given}):
        name = next((name for name, label in further.items() if column.replace("-", "_") == name or normal(column) == normal(label)), "")
        if name:
            desk = _ask(kind, name, given, desk, terminal, language)
        else:
            terminal.tell(say("new-no-column", language, value=repr(column), known=", ".join(further)))
    row = completed(kind, given, desk)
    for line in told(kind, row, desk, language):
        terminal.tell(line)
    return row if terminal.ask(say("new-write", language), {}).strip().lower() in YES else {}


def _ask(kind: str, column: str, given: dict[str, str], desk: Desk, terminal: Terminal, language: str) -> Desk:
    """Ask for a cell until it is right; return the workspace, which may have got another entity meanwhile."""
    before = given.pop(column, "")
    words = dict(candidates(kind, column, completed(kind, given, desk), desk, language))
    if column == "predicate":
        terminal.tell(predicate_list(completed(kind, given, desk), desk, language))
    while True:
        answer = terminal.ask(f"{column_label(kind, column, desk.ontology, language)} ({column}): ", words).strip()
        if not answer and before:
            given[column] = before
            return desk
        if not answer and column == "object" and not given.get("predicate"):
            return desk  # the predicate says whether there is one
        row = completed(kind, {**given, column: answer}, desk)
        found = wrong_with(kind, column, row, desk) if answer else []
        if answer and not found:
            given[column] = answer
            terminal.tell(f"  → {meaning(kind, column, row, desk)}")
            return desk
        for problem in found:
            terminal.tell(f"  {problem.message(language)}")
        if kind == "statement" and any(problem.code == "unknown-entity" for problem in found):
            made = _new_entity(answer, desk, terminal, language)
            if made is not desk:
                desk, words = made, dict(candidates(kind, column, completed(kind, given, made), made, language))


def _new_entity(name: str, desk: Desk, terminal: Terminal, language: str) -> Desk:
    """Offer to make an entity of a name that nobody bears; return the workspace with it, or the same one."""
    if terminal.ask(say("new-entity-too", language, name=name), {}).strip().lower() not in YES[1:]:
        return desk
    row = asked("entity", {"name_en" if name.isascii() else "name_zh": name}, desk, terminal, language)
    if not row:
        return desk
    write_row("entity", row, desk)
    return open_desk(desk.workspace, desk.folder)


def wrong_with(kind: str, column: str, row: Cells, desk: Desk) -> list[Problem]:
    """Return what is wrong with a cell, and what it makes wrong of those that are filled already."""
    if column == "source" and row.get("source") not in {source.id for source in desk.records.sources}:
        return [Problem("", 1, 0, "unknown-source", {"value": repr(row.get("source", ""))})]
    if column == QUOTE:
        return quote_problems(row, desk, Place("", 1, {}))
    columns = columns_of(kind, desk.ontology)
    filled = {columns.index(name) + 1 for name, cell in row.items() if cell and name in columns}
    return [problem for problem in cell_problems(kind, row, desk) if problem.column in filled and problem.severity == "error"]


def meaning(kind: str, column: str, row: Cells, desk: Desk) -> str:
    """Return what became of an answer: the id with the names of its entity, or the value."""
    if column == QUOTE:
        return "\n".join(passages(row, desk)) or row.get(QUOTE, "")
    value = row.get(column, "")
    return ", ".join(map(desk.names.named, value.split("|"))) if _holds_entities(kind, column, desk.ontology) else value


def _holds_entities(kind: str, column: str, ontology: Ontology) -> bool:
    if kind == "statement":
        return column in ENDS or (column in ontology.qualifiers and ontology.qualifiers[column].kind == "entity")
    return (kind, column) in (("entity", "place"), ("name", "entity"))


def candidates(kind: str, column: str, cells: Cells, desk: Desk, language: str) -> Iterator[tuple[str, str]]:
    """Yield the words that may stand in a column, each with what it means: ids and names, values and their labels."""
    if column == "source":
        yield from ((source.id, source.title) for source in desk.records.sources)
    elif column == "predicate":
        for predicate in legal_predicates(cells, desk):
            yield from ((predicate.name, predicate.labels[language]), (predicate.labels[language], predicate.name))
    elif _holds_entities(kind, column, desk.ontology):
        for entity in desk.records.entities:
            yield from ((word, desk.names.named(entity.id)) for word in (entity.id, entity.name_zh, entity.name_en))
        yield from ((name.name, desk.names.named(name.entity)) for name in desk.records.names if name.source in ("", cells.get("source")))
    else:
        tables = {"statement": desk.terms.statements, "entity": desk.terms.entities, "name": desk.terms.names}
        terms = tables.get(kind, {}).get(column)
        for value in terms.offered if terms else ():
            label = terms.labels[value].get(language, value)  # type: ignore[union-attr]
            yield from ((value, label), (label, value))


def column_label(kind: str, column: str, ontology: Ontology, language: str) -> str:
    """Return what people call a column of a table."""
    if (kind, column) == ("statement", "source"):
        return say("column-source", language)
    return headings(PLURALS[kind], ontology).get(column, {}).get(language, column)


def predicate_list(cells: Cells, desk: Desk, language: str) -> str:
    """Return the predicates that may stand between the subject and the object, for people."""
    known = ((predicate.name, predicate.labels[language]) for predicate in legal_predicates(cells, desk))
    listed = ", ".join(name if name == label else f"{name} ({label})" for name, label in known)
    return say("new-predicates", language, known=listed or "—")


def passages(cells: Cells, desk: Desk) -> Iterator[str]:
    """Yield the passage that a statement rests on between 【】, with what stands around it, if the text is at hand."""
    text = desk.records.texts.get(cells.get("source", ""))
    offsets = passage_of(cells)
    if text is not None and offsets:
        begin, stop = offsets
        before, after = text[max(0, begin - AROUND) : begin], text[stop : stop + AROUND]
        yield " ".join(f"{'…' if begin > AROUND else ''}{before}【{text[begin:stop]}】{after}{'…' if stop + AROUND < len(text) else ''}".split())


def told(kind: str, row: Cells, desk: Desk, language: str) -> Iterator[str]:
    """Yield what a row says: a statement as a sentence with its passage, another row by its cells."""
    if kind != "statement":
        yield ", ".join(f"{column}={cell}" for column, cell in row.items() if cell)
        return
    yield from passages(row, desk)
    if row.get("predicate") in desk.ontology.predicates:
        yield Reader(desk.records, desk.ontology).sentence(_statement(row), language)


def _statement(row: Cells) -> Statement:
    made = record("statement", row, Place("", 0, {}))
    if not isinstance(made, Statement):
        raise TypeError(made)
    return made
