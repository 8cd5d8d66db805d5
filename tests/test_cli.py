"""The commands that ask: exit statuses, formats, options, and what they load."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conftest import Command, Ran, run_process
from withwhom.answers import Answer
from withwhom.engine import Iri
from withwhom.formats import FORMATS, to_csv, to_html, to_markdown, to_tsv, to_xlsx
from withwhom.knowledge import Options
from withwhom.knowledge import open as open_graph
from withwhom.terminal import to_table, width

ORG = "shanxi-red-cross"
HEAVY = ("rdflib", "networkx", "pandas", "rich", "typer", "rapidfuzz", "pypinyin", "opencc")
HEADINGS = {"zh": "合作方", "en": "partner "}


class Cells(HTMLParser):
    """Collects the cells of the tables in a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the signature is the library's
        """Begin a row or a cell."""
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        """Add to the cell."""
        if self.rows and self.rows[-1] and self.tags[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def run_bytes(build: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, its streams undecoded."""
    line = [sys.executable, "-m", "withwhom.cli", *words, "--workspace", str(build)]
    return subprocess.run(line, capture_output=True, env={**os.environ, **environment}, check=False, timeout=60)


def partners(command: Command, build: Path, *words: str) -> Ran:
    """Ask who works with the Red Cross of Shanxi."""
    return command("query", "partners-of", "--org", ORG, "--workspace", build, *words)


def refused(capsys: pytest.CaptureFixture[str], command: Command, *words: str | Path) -> str:
    """Run a command that is wrong use, status 2, and return what it says."""
    status: object
    try:
        ran = command(*words)
        status, said = ran.status, "\n".join(ran.err)
    except SystemExit as exit:
        status, said = exit.code, capsys.readouterr().err
    assert status == 2
    return said


def csv_rows(ran: Ran) -> list[dict[str, str]]:
    """Return the rows of a CSV that was printed."""
    text = "\r\n".join(ran.out)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """Return the rows of each sheet of a workbook; no cell is a formula."""
    book = zipfile.ZipFile(io.BytesIO(content))
    strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", book.read("xl/sharedStrings.xml").decode(), re.DOTALL)
    names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    found = {}
    for number, name in enumerate(names, 1):
        xml = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert "<f>" not in xml
        rows = []
        for row in re.findall(r"<row [^>]*>(.*?)</row>", xml, re.DOTALL):
            cells = re.findall(r'<c r="([A-Z]+)\d+"(?: s="\d+")?(?: t="(\w+)")?(?:/>|><v>(.*?)</v></c>)', row)
            values = {column: strings[int(value)] if kind == "s" else value for column, kind, value in cells}
            last = max(map(place, values), default=-1)
            rows.append([values.get(column, "") for column in map(letters, range(last + 1))])
        found[name] = rows
    return found


def letters(number: int) -> str:
    """Return the name of a column of a sheet: A, B, … Z, AA."""
    return (letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def place(column: str) -> int:
    """Return the number of a column of a sheet from its name."""
    return next(number for number in range(1000) if letters(number) == column)


def test_an_answer_ends_with_zero(command: Command, shipped_build: Path) -> None:
    """A question that has an answer ends with status 0 and nothing to complain of."""
    ran = partners(command, shipped_build)
    assert (ran.status, ran.err) == (0, [])
    assert ran.out


def test_silence_is_an_answer(command: Command, shipped_build: Path) -> None:
    """No rows end with status 0, and a sentence says that the documents are silent, which is no “no”."""
    for language, sentence in (("zh", "5 份文献都没有这样说（不等于没有）。"), ("en", "None of the 5 documents states this (which is not a “no”).")):
        ran = command("query", "awards-of", "--entity", "chengdu", "--workspace", shipped_build, "--lang", language)
        assert (ran.status, ran.out, ran.err) == (0, [], [sentence])


def test_an_unknown_question_offers_the_nearest(command: Command, shipped_build: Path) -> None:
    """A misspelt question ends with status 2 and names the nearest ones."""
    ran = command("query", "partner-of", "--org", ORG, "--workspace", shipped_build, "--lang", "en")
    assert (ran.status, ran.out) == (2, [])
    assert ran.err == [
        "withwhom: there is no question 'partner-of'; nearest: partners-of, partnership-report, participants-of (a new one is known after withwhom build)"
    ]


def test_an_unknown_option_is_told(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path) -> None:
    """A misspelt option ends with status 2, and the options of the question are shown."""
    said = refused(capsys, command, "query", "partners-of", "--orgg", "x", "--org", ORG, "--workspace", shipped_build)
    assert "--orgg" in said
    assert "[--since TEXT]" in said


def test_an_option_is_not_guessed(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path) -> None:
    """The beginning of a parameter is not taken for it."""
    assert "--or" in refused(capsys, command, "query", "partners-of", "--or", ORG, "--workspace", shipped_build)


def test_a_missing_parameter_is_told(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path) -> None:
    """A question without what it needs ends with status 2 and names the option."""
    assert "--org" in refused(capsys, command, "query", "partners-of", "--workspace", shipped_build)


def test_an_unknown_type_shows_the_pick_list(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path) -> None:
    """A class that is no organization ends with status 2, and those that are stand in the message."""
    said = refused(capsys, command, "query", "organisations-by-type", "--type", "Fundation", "--workspace", shipped_build)
    assert "Foundation" in said


def test_an_unclear_name_lists_the_candidates(command: Command, shipped_build: Path) -> None:
    """A name of several bodies ends with status 2, and each is listed with its id and where the name stands for it."""
    ran = command("query", "partners-of", "--org", "省红十字会", "--workspace", shipped_build, "--lang", "zh")
    assert (ran.status, ran.out) == (2, [])
    assert ran.err[0].startswith("withwhom: '省红十字会' 可能指下列实体")
    assert "  jiangxi-red-cross\t江西省红十字会 / Jiangxi Provincial Red Cross Society\t[red-cross-newspaper-page]" in ran.err
    assert any(line.startswith("  yunnan-red-cross\t") for line in ran.err)


def test_an_unknown_name_is_told(command: Command, shipped_build: Path) -> None:
    """A name that is near to nothing ends with status 2 and one sentence."""
    for words in (("query", "partners-of", "--org", "zzzzqqqq"), ("show", "zzzzqqqq"), ("between", ORG, "zzzzqqqq")):
        ran = command(*words, "--workspace", shipped_build, "--lang", "en")
        assert (ran.status, ran.out, ran.err) == (2, [], ["withwhom: no entity is called 'zzzzqqqq'"])


def test_a_bad_date_is_told(command: Command, shipped_build: Path) -> None:
    """What is no date ends with status 2 and an example of one."""
    for language in ("zh", "en"):
        ran = partners(command, shipped_build, "--since", "20x8", "--lang", language)
        assert (ran.status, ran.out) == (2, [])
        assert "'20x8'" in ran.err[0]
        assert "2018-Q3" in ran.err[0]


def test_a_missing_build_is_told(command: Command, tiny: Path, tmp_path: Path) -> None:
    """Where nothing has been built, or nothing can be, one sentence says what to do, and the status is 1."""
    ran = command("query", "partners-of", "--org", ORG, "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert len(ran.err) == 1
    assert ran.err[0].endswith("run: withwhom build")
    ran = command("show", ORG, "--workspace", tmp_path, "--lang", "en")
    assert ran.status == 1
    assert "no workspace here" in ran.err[0]


def test_a_missing_store_is_told(command: Command, shipped_build: Path, tmp_path: Path) -> None:
    """A build without its store is told in one sentence that says how to make it anew."""
    broken = Path(shutil.copytree(shipped_build, tmp_path / "build"))
    shutil.rmtree(broken / "store")
    ran = command("show", ORG, "--workspace", broken, "--lang", "en")
    assert (ran.status, len(ran.err)) == (1, 1)
    assert "withwhom build" in ran.err[0]


def test_a_damaged_store_is_told(command: Command, shipped_build: Path, tmp_path: Path) -> None:
    """A store that cannot be read is told in one sentence that says how to make it anew."""
    broken = Path(shutil.copytree(shipped_build, tmp_path / "build"))
    (broken / "store" / "CURRENT").write_text("nothing\n", encoding="utf-8")
    ran = command("show", ORG, "--workspace", broken, "--lang", "zh")
    assert (ran.status, len(ran.err)) == (1, 1)
    assert "withwhom build" in ran.err[0]


def test_an_older_build_is_told(command: Command, shipped_build: Path, tmp_path: Path) -> None:
    """A build of an earlier version is told in one sentence that says how to make it anew."""
    older = Path(shutil.copytree(shipped_build, tmp_path / "build"))
    catalogue = json.loads((older / "catalogue.json").read_text(encoding="utf-8"))
    (older / "catalogue.json").write_text(json.dumps({key: catalogue[key] for key in ("base", "questions", "sources")}), encoding="utf-8")
    ran = command("query", "partners-of", "--org", ORG, "--workspace", older, "--lang", "en")
    assert ran.status == 1
    assert "withwhom build" in ran.err[0]


def test_a_time_limit_is_told(shipped_build: Path, tmp_path: Path) -> None:
    """A query past its time limit ends with status 1 and one sentence."""
    slow = tmp_path / "slow.rq"
    slow.write_text("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", encoding="utf-8")
    ran = run_process("sparql", slow, "--timeout", "0.05", "--workspace", shipped_build, "--lang", "en")
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == ["withwhom: no answer within 0.05 s; narrow the question or raise --timeout"]


@pytest.mark.parametrize(
    ("query", "said"),
    [("SELEC ?x", "not understood"), ("ASK { ?s ?p ?o }", "only SELECT"), ("SELECT ?s { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is refused")],
)
def test_a_bad_query_is_told(command: Command, shipped_build: Path, tmp_path: Path, query: str, said: str) -> None:
    """A free query that is wrong, no SELECT, or would leave the graph ends with status 1 and one sentence."""
    path = tmp_path / "query.rq"
    path.write_text(query, encoding="utf-8")
    ran = command("sparql", path, "--workspace", shipped_build, "--lang", "en")
    assert (ran.status, ran.out, len(ran.err)) == (1, [], 1)
    assert said in ran.err[0]


def test_sparql_reads_standard_input(monkeypatch: pytest.MonkeyPatch, command: Command, shipped_build: Path) -> None:
    """A free query may come from standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO('SELECT ("一" AS ?x) (2 AS ?y) WHERE { }'))
    ran = command("sparql", "-", "--workspace", shipped_build, "--format", "csv")
    assert csv_rows(ran) == [{"x": "一", "y": "2"}]


def test_a_missing_file_is_told(command: Command, shipped_build: Path, tmp_path: Path) -> None:
    """A file that is not there, or a folder to write into that is not, ends with status 1 and its name."""
    for words in (("sparql", tmp_path / "no.rq"), ("query", "partners-of", "--org", ORG, "--out", tmp_path / "no" / "x.csv")):
        ran = command(*words, "--workspace", shipped_build)
        assert ran.status == 1
        assert str(words[-1]) in ran.err[0]


def test_csv_parses_back(command: Command, shipped_build: Path) -> None:
    """CSV has a byte order mark, CRLF, every column and every row."""
    answer = open_graph(shipped_build).query("partners-of", org=ORG)
    ran = partners(command, shipped_build, "--format", "csv", "--lang", "zh")
    rows = csv_rows(ran)
    assert len(rows) == len(answer)
    assert list(rows[0]) == list(answer.columns)
    assert rows[0] == {name: answer.short(cell) for name, cell in answer.to_dicts()[0].items()}
    raw = run_bytes(shipped_build, "query", "partners-of", "--org", ORG, "--format", "csv", PYTHONIOENCODING="utf-8").stdout
    assert raw.startswith(b"\xef\xbb\xbfpartner,")
    assert raw.count(b"\r\n") == len(answer) + 1


def test_tsv_parses_back(command: Command, shipped_build: Path) -> None:
    """TSV has a header and as many cells in each line."""
    answer = open_graph(shipped_build).query("partners-of", org=ORG)
    lines = [line.split("\t") for line in partners(command, shipped_build, "--format", "tsv").out]
    assert lines[0] == list(answer.columns)
    assert len(lines) == len(answer) + 1
    assert {len(line) for line in lines} == {len(answer.columns)}


def test_json_parses_back(command: Command, shipped_build: Path) -> None:
    """JSON and JSON lines hold every row, IRIs in full; JSON has title and notes, too."""
    answer = open_graph(shipped_build).query("partners-of", Options(limit=3), org=ORG)
    value = json.loads("\n".join(partners(command, shipped_build, "--format", "json", "--limit", "3", "--lang", "zh").out))
    assert value["title"] == answer.title
    assert value["notes"] == list(answer.notes)
    assert value["columns"] == list(answer.columns)
    lines = [json.loads(line) for line in partners(command, shipped_build, "--format", "jsonl", "--limit", "3", "--lang", "zh").out]
    assert lines == value["rows"]
    assert [row["partner"] for row in lines] == [str(cell) for cell in answer.column("partner")]
    assert lines[0]["partner"].startswith("https://")


def test_markdown_parses_back(command: Command, shipped_build: Path) -> None:
    """Markdown has a title and a table with as many cells in each line."""
    lines = partners(command, shipped_build, "--format", "md", "--lang", "en").out
    assert lines[0].startswith("## ")
    table = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("|")]
    assert len(table) > 3
    assert len({len(row) for row in table}) == 1


def test_html_parses_back(command: Command, shipped_build: Path) -> None:
    """HTML is one page that loads nothing, with a table of as many cells in each row."""
    text = "\n".join(partners(command, shipped_build, "--format", "html", "--lang", "zh").out)
    page = Cells()
    page.feed(text)
    assert text.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in text
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert page.rows[0][0] == HEADINGS["zh"]
    assert len({len(row) for row in page.rows}) == 1


def test_xlsx_parses_back(shipped_build: Path, tmp_path: Path, command: Command) -> None:
    """A workbook holds every column and row; amounts are numbers, and no cell is a formula."""
    path = tmp_path / "gifts.xlsx"
    ran = command("query", "funds-given-by", "--org", "qujing-red-cross", "--workspace", shipped_build, "--out", path)
    assert (ran.status, ran.out) == (0, [])
    answer = open_graph(shipped_build).query("funds-given-by", org="qujing-red-cross")
    (rows,) = [rows for rows in sheets(path.read_bytes()).values() if rows[0] == list(answer.columns)]
    assert len(rows) >= len(answer) + 1
    assert [row[rows[0].index("amount")] for row in rows[1:3]] == ["41890000", "1910600"]


def test_xlsx_comes_out_of_a_pipe(shipped_build: Path) -> None:
    """A workbook that is printed is the workbook, byte for byte the same each time."""
    runs = [run_bytes(shipped_build, "query", "funds-given-by", "--org", "qujing-red-cross", "--format", "xlsx") for _ in range(2)]
    assert sheets(runs[0].stdout)
    assert runs[0].stdout == runs[1].stdout


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "-"])
def test_no_cell_is_run(cell: str) -> None:
    """A cell that a spreadsheet would run as a formula is text in CSV, TSV and XLSX."""
    answer = Answer("t", ("x",), [(cell,)])
    (_, (written,)) = csv.reader(io.StringIO(to_csv(answer).removeprefix("\ufeff"), newline=""))
    assert written == f"'{cell}"
    assert to_tsv(answer).splitlines()[1][0] not in "=+-@\t\r"
    assert sheets(to_xlsx([answer]))


def test_numbers_stay_numbers() -> None:
    """A negative number is no formula."""
    assert to_csv(Answer("t", ("x",), [(-5,)])).splitlines()[1] == "-5"


def test_no_cell_is_a_tag() -> None:
    """What a document says is never HTML."""
    answer = Answer("<b>t</b>", ("<i>x",), [("<script>alert(1)</script>",), ('"><img src=x onerror=alert(1)>',)], ("<u>note",))
    page = Cells()
    page.feed(to_html(answer))
    assert set(page.tags) <= {"section", "h2", "table", "thead", "tbody", "tr", "th", "td", "p"}
    assert "<script" not in to_markdown(answer)
    assert "<img" not in to_markdown(answer)


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_the_language_is_chosen(command: Command, shipped_build: Path, language: str, other: str) -> None:
    """``--lang`` turns headings, labels, evidence, codes and the catalogue into that language."""
    text = "\n".join(partners(command, shipped_build, "--lang", language).out)
    assert HEADINGS[language] in text
    assert HEADINGS[other] not in text
    catalogue = "\n".join(command("queries", "--workspace", shipped_build, "--lang", language).out)
    assert (re.search("[一-鿿]", catalogue) is not None) == (language == "zh")


def test_the_catalogue_lists_every_question(command: Command, shipped_build: Path) -> None:
    """``withwhom queries`` names every question with its options."""
    ran = command("queries", "--workspace", shipped_build, "--lang", "en")
    assert {line.split()[0] for line in ran.out if line.startswith("  ") and not line.startswith("   ")} == set(open_graph(shipped_build).questions)
    assert "  partners-of --org … [--program …] [--since …] [--until …]" in ran.out


def test_stated_only(command: Command, shipped_build: Path) -> None:
    """``--stated-only`` leaves out what rules add, and nothing that a document says."""
    every = csv_rows(partners(command, shipped_build, "--format", "csv"))
    stated = csv_rows(partners(command, shipped_build, "--format", "csv", "--stated-only"))
    assert {row["kind"] for row in every} == {"said", "by rule"}
    assert stated == [row for row in every if row["kind"] == "said"]


def test_explicit_only(command: Command, shipped_build: Path) -> None:
    """``--explicit-only`` leaves out what readers concluded, and says how much that is."""
    every = csv_rows(command("query", "programs-of", "--org", ORG, "--workspace", shipped_build, "--format", "csv"))
    ran = command("query", "programs-of", "--org", ORG, "--workspace", shipped_build, "--format", "csv", "--explicit-only", "--lang", "en")
    inferred = [row for row in every if row["certainty"] == "inferred"]
    assert inferred
    assert {row["certainty"] for row in csv_rows(ran)} == {"explicit"}
    assert ran.err == [f"{len(inferred)} more rows are not shown: inferred"]


def test_status(command: Command, shipped_build: Path) -> None:
    """``--status planned`` gives what is planned; without it, such rows are left out and counted."""
    words = ("query", "programs-of", "--org", "taixing-red-cross", "--workspace", shipped_build, "--format", "csv", "--lang", "en")
    usual, planned = command(*words), command(*words, "--status", "planned")
    assert {row["status"] for row in csv_rows(planned)} == {"planned"}
    assert "planned" not in {row["status"] for row in csv_rows(usual)}
    assert usual.err == [f"{len(csv_rows(planned))} more rows are not shown: planned"]


def test_an_unknown_status_is_told(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path) -> None:
    """A status that does not exist ends with status 2, and those that do stand in the message."""
    said = refused(capsys, command, "query", "partners-of", "--org", ORG, "--workspace", shipped_build, "--status", "planed")
    assert "planned" in said


def test_limit(command: Command, shipped_build: Path) -> None:
    """``--limit`` gives that many rows and says how many there are."""
    ran = partners(command, shipped_build, "--limit", "3", "--format", "csv", "--lang", "zh")
    total = len(open_graph(shipped_build).query("partners-of", org=ORG))
    assert len(csv_rows(ran)) == 3
    assert ran.err == [f"显示前 3 行，共 {total} 行"]
    assert partners(command, shipped_build, "--limit", str(total), "--format", "csv").err == []


@pytest.mark.parametrize("limit", ["0", "-2"])
def test_a_limit_below_one_is_told(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path, limit: str) -> None:
    """A limit that lets no row through ends with status 2."""
    assert "--limit" in refused(capsys, command, "query", "partners-of", "--org", ORG, "--workspace", shipped_build, "--limit", limit)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "table"])
def test_the_extension_gives_the_format(command: Command, shipped_build: Path, tmp_path: Path, name: str) -> None:
    """``--out`` writes what ``--format`` of that name prints, and prints nothing."""
    path = tmp_path / f"answer.{name}"
    ran = partners(command, shipped_build, "--out", path.as_posix(), "--lang", "zh")
    assert (ran.status, ran.out) == (0, [])
    printed = run_bytes(shipped_build, "query", "partners-of", "--org", ORG, "--format", name, "--lang", "zh", PYTHONIOENCODING="utf-8")
    assert path.read_bytes() == printed.stdout


def test_an_unknown_extension_is_told(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path, tmp_path: Path) -> None:
    """A file whose extension means no format is not written, and the formats that there are stand in the message."""
    said = refused(capsys, command, "query", "partners-of", "--org", ORG, "--workspace", shipped_build, "--out", tmp_path / "x.pdf")
    assert "xlsx" in said
    assert not (tmp_path / "x.pdf").exists()


def test_a_question_has_help(capsys: pytest.CaptureFixture[str], command: Command, shipped_build: Path) -> None:
    """``withwhom query SLUG --help`` tells what the question asks and its own options."""
    with pytest.raises(SystemExit) as caught:
        command("query", "partners-of", "--help", "--lang", "en", "--workspace", shipped_build)
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert "--org" in said
    assert "--program" in said


DOSSIERS = [("show", ORG), ("between", ORG, "shanxi-health-commission")]


@pytest.mark.parametrize("words", DOSSIERS, ids=lambda words: str(words[0]))
@pytest.mark.parametrize("name", ["table", "md", "html", "xlsx"])
def test_a_dossier_numbers_its_sources(command: Command, shipped_build: Path, tmp_path: Path, words: tuple[str, ...], name: str) -> None:
    """A dossier ends with its sources, numbered, with title and kind of document (GB/T 7714)."""
    path = tmp_path / f"dossier.{name}"
    ran = command(*words, "--workspace", shipped_build, "--format", name, "--out", path, "--lang", "zh")
    assert (ran.status, ran.out) == (0, [])
    source = "山西省红十字会社会化扶贫探析[Z]"
    if name == "xlsx":
        cells = [cell for rows in sheets(path.read_bytes()).values() for row in rows for cell in row]
        assert any(source in cell for cell in cells)
    else:
        start = {"table": "[1] ", "md": "1. ", "html": "<li>"}[name]
        assert any(line.startswith(f"{start}{source}") for line in path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("words", DOSSIERS, ids=lambda words: str(words[0]))
def test_a_dossier_is_a_workbook(command: Command, shipped_build: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A dossier as a workbook has a sheet a section, whose names a spreadsheet accepts."""
    path = tmp_path / "dossier.xlsx"
    assert command(*words, "--workspace", shipped_build, "--out", path).status == 0
    names = list(sheets(path.read_bytes()))
    assert len(names) > 3
    assert all(len(name) <= 31 for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_a_dossier_states_its_filters(command: Command, shipped_build: Path, name: str) -> None:
    """A dossier states the version of the graph and which rows were asked for."""
    ran = command("show", ORG, "--workspace", shipped_build, "--format", name, "--stated-only", "--status", "done,none", "--lang", "en")
    text = "\n".join(ran.out)
    assert open_graph(shipped_build).catalogue["version"] in text
    assert "--stated-only --status done,none" in text


def test_a_dossier_says_what_no_document_states(command: Command, shipped_build: Path) -> None:
    """Two bodies of which no document says that they work together are told so, plainly."""
    ran = command("between", ORG, "qujing-red-cross", "--workspace", shipped_build, "--lang", "en")
    assert ran.status == 0
    silence = "None of the 5 documents speaks of a tie between Shanxi Red Cross Society and Qujing Red Cross Society; below is what the evidence of each has in common."
    assert silence in " ".join(ran.out)


def test_find_lists_candidates(command: Command, shipped_build: Path) -> None:
    """``withwhom find`` lists what a name may mean; a name near to nothing is told, with status 0."""
    rows = csv_rows(command("find", "卫健委", "--workspace", shipped_build, "--format", "csv"))
    assert {"shanxi-health-commission", "qujing-health-commission"} <= {row["entity"] for row in rows}
    ran = command("find", "zzzzqqqq", "--workspace", shipped_build, "--lang", "en")
    assert ran.status == 0
    assert ran.err == ["no entity is called 'zzzzqqqq'"]


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}])
@pytest.mark.parametrize("name", ["table", "csv", "json"])
def test_output_survives_a_console_without_chinese(shipped_build: Path, name: str, environment: dict[str, str]) -> None:
    """On a console that cannot print Chinese, the answer comes with what it lacks escaped, and no traceback."""
    ran = run_bytes(shipped_build, "query", "partners-of", "--org", ORG, "--lang", "zh", "--format", name, "--limit", "2", **environment)
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stderr
    assert b"\\u5317\\u4eac" in ran.stdout


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        pytest.param(
            {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        ),
    ],
)
def test_names_survive_a_console_without_chinese(shipped_build: Path, environment: dict[str, str]) -> None:
    """A Chinese name given on such a console is understood."""
    ran = run_bytes(shipped_build, "query", "partners-of", "--org", "山西省红十字会", "--format", "csv", "--lang", "en", **environment)
    assert b"Traceback" not in ran.stderr
    assert ran.returncode == 0
    assert b"beijing-lianci-foundation" in ran.stdout


def test_a_reader_may_stop_reading(shipped_build: Path) -> None:
    """Where the next program has stopped reading (``| head``), nothing is complained of."""
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "withwhom.cli", "queries", "--workspace", str(shipped_build)]
    ran = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    assert ran.stderr == b""


@pytest.mark.parametrize("wide", [80, 200])
def test_tables_fit_the_terminal(shipped_build: Path, wide: int) -> None:
    """No line of a table is wider than the terminal, whatever the question and the language."""
    kb = open_graph(shipped_build)
    for slug, question in kb.questions.items():
        for language in ("zh", "en"):
            text = to_table(kb.query(slug, Options(language=language), **question.example), wide)
            assert max(map(width, text.splitlines()), default=0) <= wide, slug


@pytest.mark.parametrize("wide", [80, 200])
def test_columns_are_aligned(wide: int) -> None:
    """Columns begin at the same place in every line, though Chinese characters take two places each."""
    rows = [("山西省红十字会", "a", "联合开展了五种模式的养老服务工作" * 3), ("b", "曲靖", "Red Cross " * 9), ("ｆｕｌｌ", "é́", "x" * 120)]
    head, rule, *lines = to_table(Answer("t", ("name", "二", "text"), rows), wide).splitlines()
    starts = [match.start() for match in re.finditer("─+", rule)]
    assert len(starts) == 3
    for line in (head, *lines):
        places = [character for character in line for _ in range(width(character))]
        for start in starts[1:]:
            assert places[start - 2 : start] in ([" ", " "], [" "], [])


def test_narrow_terminals_get_blocks() -> None:
    """Where the columns do not fit beside each other, each row is a block of lines, and still fits."""
    answer = Answer("t", tuple(f"column{number}" for number in range(12)), [tuple("值" * 30 for _ in range(12))])
    text = to_table(answer, 60)
    assert max(map(width, text.splitlines())) <= 60
    assert all(f"column{number}" in text for number in range(12))


def test_rows_that_say_the_same_are_one_for_people(shipped_build: Path) -> None:
    """A table for people shows a row once with all its evidence; CSV has a row for each."""
    answer = open_graph(shipped_build).query("partners-of", org=ORG)
    page = Cells()
    page.feed(to_html(answer))
    assert 1 < len(page.rows) - 1 < len(answer)
    shown = "".join(cell for row in page.rows for cell in row)
    for cell in answer.column("statement"):
        assert isinstance(cell, Iri)
        assert f"[{answer.short(cell)}]" in shown


def loaded(build: Path, code: str) -> set[str]:
    """Return which of the heavy libraries some code loads in a process of its own."""
    look = f"import sys\n{code}\nprint(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    ran = run_process(build, code=look)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.split())


def test_import_is_light(shipped_build: Path) -> None:
    """``import withwhom`` loads no library that a question on the command line can do without."""
    assert loaded(shipped_build, "import withwhom") == set()


def test_a_question_loads_no_other_command(shipped_build: Path) -> None:
    """The modules of the network and of publishing are loaded by their own commands only."""
    rare = ("withwhom.looking", "withwhom.network", "withwhom.publish")
    code = f"import sys; from withwhom.cli import main; main(['queries', '--workspace', sys.argv[1]]); print([name for name in {rare} if name in sys.modules])"
    ran = run_process(shipped_build, code=code)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", [ORG, "山西省红十字会", "Shanxi Red Cross Society"])
@pytest.mark.parametrize("format", ["csv", "table"])
def test_a_question_is_light(shipped_build: Path, name: str, format: str) -> None:
    """A question whose name is given exactly loads none of them either."""
    words = f"['query', 'partners-of', '--org', {name!r}, '--format', {format!r}, '--lang', 'zh', '--workspace', sys.argv[1]]"
    assert loaded(shipped_build, f"from withwhom.cli import main\nassert main({words}) == 0") == set()
