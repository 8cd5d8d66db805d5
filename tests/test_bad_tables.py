"""Bad input: every problem has its line, in two languages, and the old build stays as it was."""

from __future__ import annotations

import builtins
import csv
import inspect
import io
import re
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

import pytest

from conftest import CASES, TINY, Command, add_row, column_of, edit_cell, line_of, read_rows, snapshot, write_rows
from withwhom import cells, check, links, spans, tables
from withwhom.ontology import Ontology, read_ontology
from withwhom.problems import SHOWN
from withwhom.tables import LONGEST, read_table, short
from withwhom.words import PROBLEMS
from withwhom.workspace import Workspace

LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<code>[a-z0-9-]+): (?P<message>.+)")
SUMMARY = re.compile(r"[0-9]+ errors?, |共 [0-9]+ 个错误，")
Row = Mapping[str, str]


def cases() -> Iterator[tuple[str, list[Row]]]:
    """Yield the name and the edits of each case of ``bad_tables.csv``."""
    with (CASES / "bad_tables.csv").open(encoding="utf-8", newline="") as file:
        for name, rows in groupby(csv.DictReader(file), lambda row: row["case"]):
            yield name, list(rows)


ALL = list(cases())


def apply(workspace: Path, row: Row) -> None:
    """Break a workspace as a row of the cases says."""
    path = workspace / "graph" / row["file"]
    value = row["value"]
    match row["edit"]:
        case "set":
            edit_cell(path, row["row"], row["column"], value)
        case "repeat":
            edit_cell(path, row["row"], row["column"], value * 5000)
        case "append":
            add_row(path, dict(cell.split("=", 1) for cell in value.split(";")))
        case "rename":
            header, *rows = read_rows(path)
            write_rows(path, [[value if name == row["column"] else name for name in header], *rows])
        case "bytes":
            path.write_bytes(path.read_bytes() + value.encode("ascii").decode("unicode_escape").encode("latin-1") + b"\n")
        case "gb18030" | "utf-16" as encoding:
            path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
        case "delete":
            path.unlink()
        case "move":
            path.rename(workspace / "graph" / value)
        case unknown:
            raise ValueError(unknown)


def place(workspace: Path, row: Row) -> tuple[str, int, int]:
    """Return the file, line and column that the problem of a case must name; asked before the edit is made."""
    path = workspace / "graph" / row["file"]
    at_row = row["at_row"] or row["row"]
    line = int(at_row) if at_row.isdecimal() else line_of(path if not row["at_file"] else workspace / "graph" / row["at_file"], at_row) if at_row else 0
    if not at_row:
        line = len(read_rows(path)) + 1
    at_column = row["at_column"] or row["column"]
    header = path if not row["at_file"] else workspace / "graph" / row["at_file"]
    column = int(at_column) if at_column.isdecimal() else column_of(header, at_column)
    return f"graph/{row['at_file'] or row['file']}", line, column


def old_build(workspace: Path) -> dict[str, bytes]:
    """Put a build in place that a failing run must leave alone, and return its bytes."""
    (workspace / "build" / "store").mkdir(parents=True)
    (workspace / "build" / "statements.csv").write_bytes(b"\xef\xbb\xbfold\r\n")
    (workspace / "build" / "store" / "CURRENT").write_bytes(b"old")
    return snapshot(workspace / "build")


def refused(command: Command, workspace: Path) -> Mapping[str, Sequence[re.Match[str]]]:
    """Build in English and check in Chinese; return the problems by language after looking at what must hold for every failure."""
    before = old_build(workspace)
    found = {}
    for language, word in (("en", "build"), ("zh", "check")):
        ran = command(word, "--workspace", workspace, "--lang", language)
        assert ran.status == 1
        lines = [line for line in ran.err if line and not SUMMARY.match(line)]
        matches = [LINE.fullmatch(line) for line in lines]
        assert matches
        assert all(matches), lines
        found[language] = [match for match in matches if match]
    assert snapshot(workspace / "build") == before
    assert sorted(path.name for path in workspace.iterdir() if "build" in path.name) == ["build"]
    places = [[match.group("file", "line", "column", "code") for match in found[language]] for language in ("en", "zh")]
    assert places[0] == places[1]
    return found


@pytest.fixture(scope="module")
def vocabulary() -> Ontology:
    """Return the package's vocabulary, read once: no case of the tables changes it."""
    return read_ontology(Workspace(TINY))


@pytest.mark.parametrize("rows", [rows for _, rows in ALL], ids=[name for name, _ in ALL])
def test_bad_table(rows: list[Row], tiny: Path, command: Command, vocabulary: Ontology, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged table is refused with one line that names file, line, column, code and value, in English and in Chinese."""
    monkeypatch.setattr("withwhom.build.read_ontology", lambda _: vocabulary)
    expected = []
    for row in rows:
        if row["code"]:
            expected.append((*place(tiny, row), row["code"], row["says"] or (short(row["value"]) if row["edit"] == "set" and row["code"] != "shape" else "")))
        apply(tiny, row)
    found = refused(command, tiny)
    assert expected
    for file, line, column, code, says in expected:
        for language, matches in found.items():
            messages = [match["message"] for match in matches if match.group("file", "line", "column", "code") == (file, str(line), str(column), code)]
            assert messages, (language, (file, line, column, code), [match.group() for match in matches])
            assert any(says in message for message in messages), (language, says, messages)
            assert all(re.search(r"[一-鿿]", message) for message in messages) or language == "en"


def test_the_cases_are_found() -> None:
    """There are cases, no two of one name, and each expects something."""
    names = [name for name, _ in ALL]
    assert len(names) > 50
    assert len(names) == len(set(names))
    assert all(any(row["code"] for row in rows) for _, rows in ALL)


def test_every_problem_of_tables_has_a_case() -> None:
    """Every code that the modules which judge tables can give has a case; those that need a test of their own are named here."""
    own_test = {"locked-file", "quote-waiting", "cell-too-long", "may-overlap", "row-too-long", "two-tables", "unclear-label"}
    judges = (cells, check, links, spans, tables)
    codes = {code for module in judges for code in re.findall(r'"([a-z0-9-]+)"', inspect.getsource(module))} & PROBLEMS.keys()
    assert len(codes) > 20
    assert codes - own_test <= {row["code"] for _, rows in ALL for row in rows}


def test_the_tiny_workspace_is_right(command: Command) -> None:
    """The workspace that the cases break passes unbroken, with both texts, so that each case shows its own edit only."""
    ran = command("check", "--workspace", TINY, "--lang", "en")
    assert (ran.status, ran.err) == (0, [])
    assert "2 of 2" in ran.out[-1]


def test_all_problems_of_a_run_are_listed(tiny: Path, command: Command) -> None:
    """Problems in several files and of several kinds are listed in one run, in the order of files and lines."""
    edit_cell(tiny / "graph" / "sources.csv", "warm-bridge", "date", "Jan-18")
    edit_cell(tiny / "graph" / "entities.csv", "liuwu-village", "type", "Hamlet")
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "lead", "since", "2021-02-31")
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "gift", "amount", "十二万")
    with (tiny / "graph" / "evidence.csv").open("ab") as file:
        file.write(b"\xff\n")
    found = refused(command, tiny)["en"]
    assert {match["code"] for match in found} >= {"spreadsheet-date", "unknown-type", "no-such-day", "bad-number", "not-utf8"}
    places = [(match["file"], int(match["line"]), int(match["column"])) for match in found]
    assert places == sorted(places)


def test_settings_and_vocabulary_do_not_hide_the_tables(tiny: Path, command: Command) -> None:
    """A run that finds the settings, the vocabulary and a table unreadable says so of all three."""
    (tiny / "graph" / "graph.toml").write_text("base = \n", encoding="utf-8")
    (tiny / "ontology").mkdir()
    (tiny / "ontology" / "local.ttl").write_text("no Turtle", encoding="utf-8")
    (tiny / "graph" / "names.csv").unlink()
    assert {match["file"] for match in refused(command, tiny)["en"]} >= {"graph/graph.toml", "ontology/local.ttl", "graph/names.csv"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_hundred_are_shown_and_all_are_counted(language: str, tiny: Path, command: Command) -> None:
    """Of 250 problems the first hundred are shown and all are counted."""
    path = tiny / "graph" / "names.csv"
    rows = read_rows(path)
    write_rows(path, rows + [["nobody", "x", "en", "alias", *[""] * 5]] * 250)
    ran = command("build", "--workspace", tiny, "--lang", language)
    assert ran.status == 1
    assert [int(match["line"]) for line in ran.err if (match := LINE.fullmatch(line))] == [len(rows) + number for number in range(1, SHOWN + 1)]
    assert re.findall(r"\d+", ran.err[-2]) == ["100", "250"]
    assert "250" in ran.err[-1]


def test_a_long_value_is_cut(tiny: Path, command: Command) -> None:
    """A message shows the beginning of a long value, not a screen of it."""
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "lead", "predicate", "长" * 5000)
    [match] = refused(command, tiny)["en"]
    assert match["message"].count("长") == 57


def test_line_breaks_in_a_value_stay_in_one_line(tiny: Path, command: Command) -> None:
    """A value that holds line breaks is shown escaped, so that each problem is one line."""
    edit_cell(tiny / "graph" / "entities.csv", "liuwu-village", "type", "Vil\nla\u2028ge")
    [match] = [match for match in refused(command, tiny)["zh"] if match["code"] == "unknown-type"]
    assert "Vil\\nla\\u2028ge" in match["message"]


def test_a_line_is_counted_after_cells_with_line_breaks(tiny: Path, command: Command) -> None:
    """The line named is the line of the file where the row begins, also below a cell that holds line breaks."""
    path = tiny / "graph" / "entities.csv"
    edit_cell(path, "bicycle-visits", "note", "one\ntwo\nthree")
    rows = read_rows(path)
    rows[2][1] = "Charity"
    write_rows(path, rows)
    [match] = [match for match in refused(command, tiny)["en"] if match["code"] == "unknown-type"]
    assert match["line"] == "5"


def test_bom_and_windows_line_ends_are_welcome(tiny: Path, command: Command) -> None:
    """Tables as Excel saves them, with a byte order mark and CRLF, read as the same tables."""
    for path in (tiny / "graph").rglob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert command("check", "--workspace", tiny, "--lang", "en").err == []


def test_a_cell_of_200_mb(tmp_path: Path) -> None:
    """A line of 200 MB is named as too long, and the memory never holds it."""
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"id,note\na,b\nc,")
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        table = read_table(path, "huge.csv", ("id",), None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(problem.line, problem.code, problem.values["limit"]) for problem in table.problems] == [(3, "cell-too-long", str(LONGEST))]
    assert [cells for _, cells in table.rows] == [{"id": "a", "note": "b"}]
    assert peak < 20_000_000


def test_a_huge_cell_of_many_lines(tmp_path: Path) -> None:
    """A cell of 20 MB whose lines are short is refused at the line where its row begins, and the memory never holds it."""
    path = tmp_path / "huge.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write('id,note\na,b\nc,"')
        file.writelines("字" * 1000 + "\n" for _ in range(7000))
        file.write('"\n')
    tracemalloc.start()
    try:
        table = read_table(path, "huge.csv", ("id",), None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(problem.line, problem.code) for problem in table.problems] == [(3, "bad-csv")]
    assert peak < 20_000_000


def test_a_huge_cell_in_a_workspace(tiny: Path, command: Command) -> None:
    """A run over a workspace with a cell of 3 MB names its file and line."""
    edit_cell(tiny / "graph" / "entities.csv", "liuwu-village", "note", "x" * 3_000_000)
    found = refused(command, tiny)["en"]
    line = line_of_liuwu()
    assert ("graph/entities.csv", str(line), "cell-too-long") in [match.group("file", "line", "code") for match in found]


def line_of_liuwu() -> int:
    """Return the line of Liuwu Village in the unbroken table."""
    return line_of(TINY / "graph" / "entities.csv", "liuwu-village")


@pytest.mark.parametrize(
    "name",
    [
        "graph/sources.csv",
        "graph/entities.csv",
        "graph/names.csv",
        "graph/evidence.csv",
        "graph/outline.csv",
        "graph/statements/warm-bridge.csv",
        "graph/graph.toml",
        "ontology/local.ttl",
        "ontology/shapes.ttl",
        "ontology/rules/local.rq",
        "sources/warm-bridge.txt",
    ],
)
def test_a_locked_file(name: str, tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that another program keeps locked is named with what to do, and nothing is written."""
    from withwhom.cli import main

    locked = tiny / name
    locked.parent.mkdir(parents=True, exist_ok=True)
    locked.touch()
    before = old_build(tiny)
    free = io.open

    def refuse(file: Any, *arguments: Any, **settings: Any) -> Any:  # noqa: ANN401  # it stands in for `open`
        if isinstance(file, str | Path) and Path(file) == locked:
            deny(locked)
        return free(file, *arguments, **settings)

    monkeypatch.setattr(io, "open", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    assert main(["build", "--workspace", str(tiny), "--lang", "zh"]) == 1
    assert f"{name}:0:0: locked-file: 打不开" in capsys.readouterr().err
    assert snapshot(tiny / "build") == before


def deny(path: Path) -> NoReturn:
    """Do as a system does where another program has locked a file."""
    raise PermissionError(13, "Permission denied", str(path))


PREFIXES = """@prefix ww: <https://w3id.org/withwhom/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('ww:x a ww:Y ;\n  rdfs:label "a"@zh\n  rdfs:label "b" .\nww:z a ww:A .\n', 6),
        ("ww:x a foo:Y .\n", 4),
        ('ww:x a ww:Y .\nww:x rdfs:label "abc .\nww:y a ww:Z .\n', 5),
        ('ww:x rdfs:label "\\u12" .\n', 4),
        ("ww:x rdfs:label <a b> .\n", 4),
        ("ww:x a ww:Y .\nww:x rdfs:label", 5),
        ("ww:x a ww:Y", 4),
        ('ww:x a ww:Y ;\n  rdfs:label "标题"@zh ;\n  rdfs:comment "说明"@zh\n\nww:z a ww:A .\n', 8),
        ("no Turtle at all\n", 4),
    ],
    ids=[
        "semicolon missing",
        "unknown prefix",
        "open string",
        "bad escape",
        "space in an address",
        "end after a predicate",
        "full stop missing at the end",
        "after Chinese",
        "no Turtle",
    ],
)
def test_a_turtle_syntax_error(text: str, line: int, tiny: Path, command: Command) -> None:
    """A slip in the workspace's own Turtle is named with the line where reading broke off, and never as a crash."""
    (tiny / "ontology").mkdir()
    (tiny / "ontology" / "local.ttl").write_text(PREFIXES + text, encoding="utf-8")
    for matches in refused(command, tiny).values():
        assert ("ontology/local.ttl", str(line), "bad-turtle") in [match.group("file", "line", "code") for match in matches]


def test_the_message_of_a_turtle_error_is_for_people(tiny: Path, command: Command) -> None:
    """A Turtle error says what was expected, without the notation of Python."""
    (tiny / "ontology").mkdir()
    (tiny / "ontology" / "local.ttl").write_text(PREFIXES + "ww:x a foo:Y .\n", encoding="utf-8")
    [match] = refused(command, tiny)["en"]
    assert "foo" in match["message"]
    assert "b'" not in match["message"]


@pytest.mark.parametrize("name", ["ontology/local.ttl", "graph/graph.toml"])
def test_gb18030_outside_the_tables(name: str, tiny: Path, command: Command) -> None:
    """A vocabulary or settings file that is not UTF-8 is named with the line of the first bad byte."""
    path = tiny / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("# x\n# 标题\n".encode("gb18030"))
    for matches in refused(command, tiny).values():
        [match] = matches
        assert match.group("file", "line") == (name, "2")
        assert match["code"] in {"not-utf8", "wrong-encoding"}


def test_a_text_that_is_not_utf8(tiny: Path, command: Command) -> None:
    """A text whose digest is right but that is not UTF-8 is named, since offsets count its characters."""
    import hashlib

    content = "标题".encode("gb18030")
    (tiny / "sources" / "warm-bridge.txt").write_bytes(content)
    edit_cell(tiny / "graph" / "sources.csv", "warm-bridge", "sha256", hashlib.sha256(content).hexdigest())
    assert any("warm-bridge.txt" in match["file"] for match in refused(command, tiny)["en"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("CONSTRUCT { ?a ?b }\nWHERE { ?a ?b ?c }", 1),
        ("SELECT * WHERE { ?a ?b ?c }", 1),
        ("CONSTRUCT { ?a ?b\n _:x }\nWHERE { ?a ?b ?c }", 2),
        ("# x\n# 标题", 2),
    ],
    ids=["syntax", "no CONSTRUCT", "blank node", "GB18030"],
)
def test_a_bad_rule(text: str, line: int, tiny: Path, command: Command) -> None:
    """A rule that cannot be run is named in one line, with the line of the slip where there is one."""
    path = tiny / "ontology" / "rules" / "local.rq"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="gb18030")
    ran = command("build", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    [match] = [LINE.fullmatch(line) for line in ran.err if line and not SUMMARY.match(line)]
    assert match is not None
    assert match.group("file", "line") == ("ontology/rules/local.rq", str(line))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("base = ", "base ", 2), ('version = "1.0.0"', "", 0), ("https://example.org/tiny/", "no address", 2), ("[title]", "", 0)],
    ids=["no TOML", "no version", "base that is no IRI", "no title"],
)
def test_bad_settings(old: str, new: str, line: int, tiny: Path, command: Command) -> None:
    """Settings that cannot be used are named with file and line, and never crash the compiler."""
    path = tiny / "graph" / "graph.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    for matches in refused(command, tiny).values():
        assert ("graph/graph.toml", str(line)) in [match.group("file", "line") for match in matches]


def test_a_folder_without_workspace(tmp_path: Path, command: Command) -> None:
    """A folder that is no workspace is refused in one line that names it, in the language asked for."""
    for language in ("zh", "en"):
        ran = command("check", "--workspace", tmp_path, "--lang", language)
        assert ran.status == 1
        [line] = ran.err
        assert str(tmp_path) in line
        assert bool(re.search(r"[一-鿿]", line)) == (language == "zh")
