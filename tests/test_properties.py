"""Whatever the tables hold, reading, checking and compiling them never ends in an exception that is not meant."""

from __future__ import annotations

import csv
import datetime
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import TINY, read_rows
from withwhom.check import check_records
from withwhom.compile import Compiler
from withwhom.dates import bounds
from withwhom.ontology import Ontology, read_ontology
from withwhom.problems import Problem, shown
from withwhom.readable import Reader, entities_table, statement_columns, statement_row
from withwhom.records import Entity, Evidence, Name, Records, Source, Statement
from withwhom.spreadsheet import FORMULA, csv_rows, csv_text, harmless
from withwhom.tables import (
    ENTITY_COLUMNS,
    EVIDENCE_COLUMNS,
    LONGEST,
    NAME_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_COLUMNS,
    read_records,
    read_table,
    read_texts,
    short,
)
from withwhom.terms import escape, literal
from withwhom.text import fold, normal, normal_with_offsets, sentences, without_noise
from withwhom.words import LANGUAGES
from withwhom.workspace import Workspace

# No deadline: the first run of an example pays for imports. The same examples each time: a test that fails once fails again.
settings.register_profile("withwhom", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("withwhom")

BASE = "https://example.org/tiny/"
# What a decoded UTF-8 file can hold: every character but lone surrogates.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# Cells that come close to legal ones, or that have broken programs before.
NASTY = (
    *(
        "",
        "|",
        "||",
        "a|b",
        "…",
        "/",
        "gift",
        "warm-bridge/gift",
        "warm-bridge",
        "lanting-notes",
        "Place",
        "true",
        "0",
        "-1",
        "1e9",
        "1.2E+15",
        "9" * 5000,
        "٣",
        "²",
        "Jan-18",
    ),
    *(
        "2021",
        "2021-02-31",
        "0000",
        "9999-12-31",
        "2021-Q4",
        "{0}",
        "{value}",
        "%s",
        "=1+1",
        "[/bold]",
        "<script>",
        "\\",
        '"',
        "a\nb",
        "\x00",
        "\u2028x",
        "x\u0085x",
        "\ufeff",
        "𠮷",
    ),
    *(
        "planned",
        "done",
        "explicit",
        "given",
        "about|over",
        "yunhe-red-cross",
        "shiqiao-village",
        "h:0000000000000000",
        "http://x/\x01",
        "https://example.org/",
        "zh|en",
        "zh Hans",
        "CNY",
    ),
)
CELL = st.one_of(st.sampled_from(NASTY), ANY_TEXT)


@cache
def ontology() -> Ontology:
    """Return the vocabulary, read once."""
    return read_ontology(Workspace(TINY))


@cache
def tiny() -> Records:
    """Return the records of the tiny workspace with its texts, read once."""
    records, _ = read_records(Workspace(TINY))
    return replace(records, texts=read_texts(records.sources, TINY / "sources"))


def one_line_each(problems: Sequence[Problem]) -> None:
    """Assert that every problem can be said in one line in every language."""
    for language in LANGUAGES:
        for line in shown(problems, language):
            assert line == " ".join(line.splitlines())
            assert len(line) < 5000


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_any_bytes_can_be_read_as_a_table(content: bytes) -> None:
    """A file of any bytes gives rows and problems, never an exception; lines are counted from 1 and cells stand under their columns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        table = read_table(path, "table.csv", ("id",), None)
    one_line_each(table.problems)
    for at, cells in table.rows:
        assert 2 <= at.line <= content.count(b"\n") + 1
        assert cells.keys() >= {name for name in at.columns if name in cells}
        assert all(cell == cell.strip() for cell in cells.values())
    if not content:
        assert [problem.code for problem in table.problems] == ["missing-column"]


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=5), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=200)
def test_a_table_of_any_cells_is_read_back(rows: list[list[str]], newline: str, bom: bool) -> None:  # noqa: FBT001  # hypothesis gives it
    """Cells written by a CSV writer come back as they were, white space around them and rows of empty cells left out."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c", "d"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + buffer.getvalue().encode("utf-8"))
        table = read_table(path, "table.csv", ("a",), ("a", "b", "c", "d"))
    assert table.problems == ()
    expected = [dict(zip("abcd", (cell.strip() for cell in row), strict=False)) for row in rows if any(row)]
    assert [dict(cells) for _, cells in table.rows] == expected


NAMES = ("sources.csv", "entities.csv", "names.csv", "evidence.csv", "outline.csv", "statements/warm-bridge.csv")


@given(
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), CELL), min_size=1, max_size=3), min_size=1, max_size=3)
)
@settings(max_examples=150)
def test_any_cells_in_any_table_are_judged(edits: Mapping[str, list[tuple[int, int, str]]]) -> None:
    """A workspace in whose tables any cells, headers included, hold anything is read and judged, each problem in one line."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        (workspace.graph / "statements").mkdir(parents=True)
        for name in NAMES:
            rows = read_rows(TINY / "graph" / name)
            for line, column, value in edits.get(name, ()):
                row = rows[line % len(rows)]
                row[column % len(row)] = value
            with (workspace.graph / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        records, problems = read_records(workspace)
    problems += check_records(replace(records, texts=tiny().texts), ontology())
    one_line_each(problems)


@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=200), min_size=1))
@settings(max_examples=60)
def test_any_bytes_in_any_table_are_judged(contents: Mapping[str, bytes]) -> None:
    """A workspace of which any tables hold any bytes and the others are missing is read and judged."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        (workspace.graph / "statements").mkdir(parents=True)
        for name, content in contents.items():
            (workspace.graph / name).write_bytes(content)
        records, problems = read_records(workspace)
    one_line_each([*problems, *check_records(records, ontology())])
    assert len([problem for problem in problems if problem.code == "missing-file"]) == len(set(NAMES[:5]) - contents.keys())


ROW = TypeVar("ROW", Source, Entity, Name, Evidence, Statement)
COLUMNS = sorted(
    {*SOURCE_COLUMNS, *ENTITY_COLUMNS, *NAME_COLUMNS, *EVIDENCE_COLUMNS, *STATEMENT_COLUMNS, *read_rows(TINY / "graph" / "statements" / "warm-bridge.csv")[0]}
)


def with_cell(rows: Sequence[ROW], column: str, value: str) -> tuple[ROW, ...]:
    """Return rows in the first of which a cell is set, if they have the column."""
    first, *others = rows
    cell: dict[str, Any] = {column: value}
    if column in {field.name for field in fields(first)}:
        first = replace(first, **cell)
    elif isinstance(first, Statement) and value and column in ontology().qualifiers:
        first = replace(first, qualifiers={**first.qualifiers, column: value})
    return (first, *others)


def changed(column: str, value: str) -> Records:
    """Return the tiny records with one cell of every table that has the column set; without texts, which would refuse most."""
    records = tiny()
    return Records(
        sources=with_cell(records.sources, column, value),
        entities=with_cell(records.entities, column, value),
        names=with_cell(records.names, column, value),
        evidence=with_cell(records.evidence, column, value),
        statements=with_cell(records.statements, column, value),
        outline=records.outline,
    )


def judged_and_written(records: Records) -> None:
    """Check records; where nothing is wrong, compile them, read the triples back and write the tables for readers."""
    problems = check_records(records, ontology())
    one_line_each(problems)
    if any(problem.severity == "error" for problem in problems):
        return
    compiler, reader = Compiler(records, ontology(), BASE), Reader(records, ontology())
    for _, lines in compiler.shards():
        text = "".join(f"{line}\n" for line in lines)
        assert len(list(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))) == len(lines)
    table = csv_rows(statement_row(reader, statement, reader.telling(statement), statement_columns(reader)) for statement in records.statements)
    assert len(list(csv.reader(io.StringIO(table, newline="")))) == len(records.statements)
    assert len(list(csv.reader(io.StringIO(entities_table(reader), newline="")))) == len(records.entities) + 1


@pytest.mark.parametrize("column", COLUMNS)
def test_no_nasty_cell_passes_the_checks_and_breaks_what_follows(column: str) -> None:
    """A cell that is nearly legal is either refused, or compiled to triples that can be read back."""
    broken = []
    for value in NASTY:
        try:
            judged_and_written(changed(column, value))
        except Exception as error:  # noqa: BLE001  # every one is a finding, and all of them are listed
            broken.append(f"{short(value)}: {error!r:.120}")
    assert broken == []


@given(st.sampled_from(COLUMNS), ANY_TEXT)
@settings(max_examples=150)
def test_what_passes_the_checks_can_be_compiled_and_read(column: str, value: str) -> None:
    """Whatever cell the checks let pass, the N-Triples of it are whole and the tables for readers can be written."""
    judged_and_written(changed(column, value.strip()))


def parsed(written: str) -> ox.Literal:
    """Return the literal that an N-Triples parser reads."""
    line = f"<http://example.org/s> <http://example.org/p> {written} ."
    [quad] = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal)
    return quad.object


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["", "zh", "zh-Hans"]))
@settings(max_examples=400)
def test_n_triples_hold_any_string(text: str, language: str) -> None:
    """A literal written for any string stands on one line and is read back as the same string by another program."""
    written = literal(text, language=language)
    assert "\n" not in written
    assert "\r" not in written
    assert parsed(written).value == text
    assert (parsed(written).language or "") == language.lower()
    assert parsed(f'"{escape(text)}"').value == text


@given(st.one_of(CELL, st.text("0123456789-Q", max_size=11)))
@settings(max_examples=400)
def test_bounds_are_days_in_order(written: str) -> None:
    """A date of any form gives two real days, the first not after the last, which read again give themselves; anything else gives nothing."""
    days = bounds(written)
    if days is not None:
        first, last = map(datetime.date.fromisoformat, days)
        assert first <= last
        assert days[0].startswith(written[:4])
        assert bounds(days[0]) == (days[0], days[0])
        assert bounds(days[1]) == (days[1], days[1])


@given(st.dates())
@settings(max_examples=100)
def test_every_day_is_a_date(day: datetime.date) -> None:
    """Every day of the calendar is a date, alone and inside its month, quarter and year."""
    quarter = f"{day.year:04}-Q{(day.month + 2) // 3}"
    for written in (day.isoformat(), day.isoformat()[:7], quarter, day.isoformat()[:4]):
        days = bounds(written)
        assert days is not None
        assert days[0] <= day.isoformat() <= days[1]


@given(ANY_TEXT, ANY_TEXT)
@settings(max_examples=300)
def test_normal_forms_of_any_text(one: str, other: str) -> None:
    """A normal form is free of white space and says for each of its characters a place in the text that it came from."""
    folded = normal(one)
    assert not re.search(r"\s", folded)
    assert normal(f" {one}\n") == folded
    flat, offsets = normal_with_offsets(one + other)
    assert flat == normal(one + other)
    assert len(flat) == len(offsets)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(one + other) for offset in offsets)
    assert all(character in fold((one + other)[offset]) for character, offset in zip(flat, offsets, strict=True))
    assert not re.search(r"\s[⺀-\U0010ffff]|[⺀-\U0010ffff]\s|\s\s|^\s|\s$", without_noise(one))


@given(st.text(st.sampled_from('甲乙a。！？”"\n\r \u2028.)（'), max_size=40))
@settings(max_examples=300)
def test_sentences_of_any_text(text: str) -> None:
    """Sentences stand in text order, do not overlap, begin and end with no white space, and leave out nothing but white space."""
    last = 0
    left_out = ""
    for _, _, begin, stop in sentences(text):
        assert last <= begin < stop <= len(text)
        assert text[begin:stop] == text[begin:stop].strip()
        left_out += text[last:begin]
        last = stop
    assert not (left_out + text[last:]).strip()


@given(st.one_of(CELL, st.tuples(st.sampled_from(FORMULA), ANY_TEXT).map("".join)))
@settings(max_examples=400)
def test_no_cell_runs_as_a_formula(cell: str) -> None:
    """A cell written for a spreadsheet begins with no formula mark unless it is a number, and loses nothing."""
    written = harmless(cell)
    assert written in (cell, f"'{cell}")
    assert not written.startswith(FORMULA) or re.fullmatch(r"-[0-9.]+", written)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=4))
@settings(max_examples=200)
def test_a_written_table_is_read_back(rows: list[list[str]]) -> None:
    """A table written for Excel has its byte order mark, and every cell is read back, harmless."""
    text = csv_text(("a", "b"), rows)
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:], newline="")))[1:] == [[harmless(cell) for cell in row] for row in rows]


def test_the_limit_of_a_cell_is_in_force() -> None:
    """The limit that keeps a huge cell out of the memory is the one that Python's CSV reader knows."""
    assert csv.field_size_limit() == LONGEST
