"""Bad vocabularies, rules and questions: each slip has its line, in two languages, and the old build stays as it was."""

from __future__ import annotations

import csv
import re
import tracemalloc
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph

from conftest import CASES, Command, snapshot
from test_extension import LOCAL, LOCAL_TTL, RULE, TABLES, WW, write_workspace
from withwhom.build import build, check
from withwhom.columns import DATATYPES
from withwhom.derive import LEAST_BOUND, PER_TRIPLE, bound_of, derivations, read_rule
from withwhom.ontology import ontology_from, read_ontology
from withwhom.ontology_check import ontology_report
from withwhom.ontology_problems import circles
from withwhom.patterns import patterns
from withwhom.problems import InputError, Problem
from withwhom.svg import SYMBOLS
from withwhom.violations import checks_folder, violations
from withwhom.words import PROBLEMS
from withwhom.workspace import Workspace

QUESTION = f"""#+ summary: Who volunteers
#+ description: Every volunteer.
#+ tags:
#+   - people
#+ x-summary:
#+   zh: 谁做志愿者
#+   en: Who volunteers
#+ x-description:
#+   zh: 每个志愿方
#+   en: Every volunteer.
#+ x-parameters:
#+   org:
#+     zh: 组织
#+     en: organization
#+     class: CommunityClinic
#+ x-example:
#+   org: clinic

PREFIX l: <{LOCAL}>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?program ?statement
WHERE {{
  BIND(?_org_iri AS ?org)
  ?statement rdf:predicate l:volunteersFor ; rdf:subject ?org ; rdf:object ?program .
}}
ORDER BY ?program ?statement
"""
SHAPES = f"""@prefix l: <{LOCAL}> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

l:HoursShape a sh:NodeShape ;
    sh:targetSubjectsOf l:hoursGiven ;
    sh:property [ sh:path l:hoursGiven ; sh:maxCount 1 ;
        sh:message "时数至多一个"@zh , "a statement has one number of hours at most"@en ] .
"""
FILES = {
    "ontology/local.ttl": LOCAL_TTL,
    "ontology/shapes.ttl": SHAPES,
    "ontology/rules/zz-own.rq": RULE,
    "queries/volunteers-of.rq": QUESTION,
    "graph/statements/report.csv": TABLES["statements/report.csv"],
}
Case = Mapping[str, str]
ANALYSED = cache(patterns)


def cases() -> Iterator[Case]:
    r"""Yield the cases of ``bad_vocabulary.csv``; ``\n`` in a cell stands for a line break."""
    with (CASES / "bad_vocabulary.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: cell.replace("\\n", "\n") for column, cell in row.items()}


ALL = list(cases())


@pytest.fixture(autouse=True)
def _rules_are_analysed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rdflib takes a third of a second for the shared rules, and they are the same in every case."""
    monkeypatch.setattr("withwhom.derive.patterns", ANALYSED)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a right workspace with terms, a shape, a rule and a question of its own, and an old build."""
    made = write_workspace(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "report.md").write_text("old", encoding="utf-8")
    return made


def broken(workspace: Workspace, case: Case) -> str:
    """Break a workspace as a case says, and return the file and place that the problem must name."""
    text = FILES[case["file"]]
    assert text.count(case["old"]) >= 1, case
    text = text.replace(case["old"], case["new"], 1)
    (workspace.root / case["file"]).write_text(text, encoding="utf-8")
    where = case["at_file"] or case["file"]
    text = text if where == case["file"] else FILES[where]
    assert text.count(case["at"]) >= 1, case
    before = text[: text.index(case["at"])]
    if where.endswith(".csv"):
        line = before.rpartition("\n")[2]
        return f"{where}:{before.count(chr(10)) + 1}:{line.count(',') + 1}"
    return f"{where}:{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"


def refused(workspace: Workspace) -> list[Problem]:
    """Build, and return the problems after looking at what must hold for every failure."""
    before = snapshot(workspace.root)
    with pytest.raises(InputError) as caught:
        build(workspace)
    assert snapshot(workspace.root) == before
    return list(caught.value.problems)


def found_at(problems: list[Problem], place: str, code: str) -> Problem:
    """Return the one problem of a code at a place; each is one line in both languages, and names the mend in both."""
    found = [problem for problem in problems if problem.line_for("en").startswith(f"{place}: {code}: ")]
    assert len(found) == 1, (place, code, [problem.line_for("en") for problem in problems])
    for language in ("zh", "en"):
        line = found[0].line_for(language)
        assert "\n" not in line
        assert len(line) < 400
    assert re.search(r"[一-鿿]", found[0].message("zh"))
    return found[0]


def test_the_workspace_is_right(workspace: Workspace) -> None:
    """Unbroken, the workspace passes without error, and its warnings are those of documentation only."""
    report = ontology_report(workspace)
    assert report.part("error") == []
    assert {problem.code for problem in report.part("warning")} == {"definition-missing", "example-missing"}
    assert report.part("information") == []
    assert check(workspace).problems == ()


@pytest.mark.parametrize("case", [case for case in ALL if case["severity"] == "error"], ids=lambda case: str(case["case"]))
def test_bad_vocabulary_is_refused(case: Case, workspace: Workspace) -> None:
    """A slip is refused with one line that names file, line, column and mend, and nothing else changes."""
    place = broken(workspace, case)
    found = found_at(refused(workspace), place, case["code"])
    assert found.severity == "error"
    assert case["says"] in found.message("en")


@pytest.mark.parametrize("case", [case for case in ALL if case["severity"] != "error"], ids=lambda case: str(case["case"]))
def test_questionable_vocabulary_is_told(case: Case, workspace: Workspace) -> None:
    """What a build can do without is a warning or for information, with file, line and column; it is no error."""
    place = broken(workspace, case)
    report = ontology_report(workspace)
    assert [problem.line_for("en") for problem in report.part("error")] == []
    found = found_at(list(report.problems), place, case["code"])
    assert found.severity == case["severity"]
    assert case["says"] in found.message("en")


def test_the_cases_are_found() -> None:
    """There are cases, no two of one name, and every code that can be told of a vocabulary has one."""
    names = [case["case"] for case in ALL]
    assert len(names) > 60
    assert len(names) == len(set(names))
    in_pairs = {violation.name for violation in violations()}
    codes = {case["code"] for case in ALL}
    own = {"bad-range", "column-taken", "duplicate-term", "undeclared-term", "foreign-term", "deprecated-term", "bad-turtle", "bad-rule", "rule-blank-node"}
    own |= {"rule-no-construct", "rule-too-much", "rule-makes-nothing", "unused-predicate", "unused-column", "unused-term", "no-subject", "no-object"}
    assert own <= PROBLEMS.keys()
    assert own <= codes
    assert in_pairs - codes <= {"class-look", "concept-label", "concept-scheme", "definition-repeated", "relation-class", "type-missing"}  # bad fixtures


def test_all_problems_of_a_vocabulary_are_listed(workspace: Workspace) -> None:
    """Problems of several terms and files, a rule and a question are all told in one run, in the order of files and lines."""
    local, rule, question = (workspace.root / name for name in ("ontology/local.ttl", "ontology/rules/zz-own.rq", "queries/volunteers-of.rq"))
    local.write_text(LOCAL_TTL.replace("#123abc", "blue").replace("xsd:decimal", "xsd:duration").replace('"志愿方"@zh', '"volunteers"@zh'), encoding="utf-8")
    rule.write_text(RULE.replace("WHERE {", "WHERE {{"), encoding="utf-8")
    question.write_text(QUESTION.replace("l:volunteersFor", "l:volunteersFro"), encoding="utf-8")
    problems = [problem for problem in ontology_report(workspace).part("error") if problem.file != "graph/statements/report.csv"]
    assert [problem.code for problem in problems] == ["shape", "label-language", "bad-range", "bad-rule", "undeclared-term"]
    assert [(problem.file, problem.line) for problem in problems] == sorted((problem.file, problem.line) for problem in problems)


def test_rows_are_judged_although_the_vocabulary_is_wrong(workspace: Workspace) -> None:
    """A class that was renamed breaks rows, which are told together with a slip elsewhere; rows of the broken term itself are not blamed."""
    text = LOCAL_TTL.replace("l:CommunityClinic", "l:VillageClinic").replace("xsd:decimal", "xsd:duration")
    (workspace.root / "ontology" / "local.ttl").write_text(text, encoding="utf-8")
    found = {(problem.file, problem.code) for problem in ontology_report(workspace).part("error")}
    assert found == {("ontology/local.ttl", "bad-range"), ("graph/entities.csv", "unknown-type"), ("queries/volunteers-of.rq", "unknown-type")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("l:volunteersFor a", "l:givesTimeTo a", {("graph/statements/report.csv", "unknown-predicate"), ("ontology/rules/zz-own.rq", "undeclared-term")}),
        ("schema:domainIncludes ww:Organization , ww:Person", "schema:domainIncludes ww:Person", {("graph/statements/report.csv", "illegal-subject")}),
        ("l:hoursGiven a", "l:hours a", {("graph/statements/report.csv", "unknown-column"), ("ontology/shapes.ttl", "undeclared-term")}),
        ("rdfs:range xsd:decimal", "rdfs:range xsd:integer", {("graph/statements/report.csv", "bad-number")}),
    ],
    ids=["a predicate renamed", "a domain narrowed", "a qualifier renamed", "a range narrowed"],
)
def test_what_a_change_breaks(old: str, new: str, expected: set[tuple[str, str]], workspace: Workspace) -> None:
    """A change of the vocabulary shows the rows, rules, questions and shapes that it breaks."""
    (workspace.root / "ontology" / "local.ttl").write_text(LOCAL_TTL.replace(old, new), encoding="utf-8")
    assert expected <= {(problem.file, problem.code) for problem in ontology_report(workspace).part("error")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_report_on_the_command_line(language: str, workspace: Workspace, command: Command) -> None:
    """The command prints a part for each severity and group, one line a problem, a summary, and fails on errors only."""
    ran = command("ontology", "check", "--workspace", workspace.root, "--lang", language)
    assert (ran.status, ran.err) == (0, [])
    assert ran.out[0] == {"zh": "提醒 · 词汇", "en": "Warnings · vocabulary"}[language]
    broken(workspace, {"file": "ontology/local.ttl", "old": "l:Volunteer a", "new": "l:Voluntee a", "at": "", "at_file": ""})
    ran = command("ontology", "check", "--workspace", workspace.root, "--lang", language)
    assert ran.status == 1
    assert ran.out[0] == {"zh": "错误 · 词汇", "en": "Errors · vocabulary"}[language]
    assert ran.out[1].startswith("ontology/local.ttl:19:13: undeclared-term: l:Volunteer ")
    assert "l:Voluntee," in ran.out[1]
    assert re.search(r"1 error|1 个错误", ran.out[-1])


def test_the_shipped_vocabulary_is_clean() -> None:
    """The shipped vocabulary has neither errors nor warnings, and its tables, rules and questions use nearly all of it."""
    report = ontology_report(Workspace(Path(__file__).parents[1]))
    assert report.part("error") + report.part("warning") == []
    assert len(report.part("information")) < 10
    assert report.declared == report.own > 200


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_bom_and_windows_line_ends_are_welcome(encoding: str, workspace: Workspace) -> None:
    """Turtle, rules and questions as Windows editors save them read as the same files, and places stay right."""
    for name in FILES:
        if not name.endswith(".csv"):
            path = workspace.root / name
            path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    assert check(workspace).problems == ()
    path = workspace.root / "ontology" / "local.ttl"
    path.write_bytes(LOCAL_TTL.replace('"#123abc"', '"blue"').replace("\n", "\r\n").encode(encoding))
    at = LOCAL_TTL.splitlines().index(next(line for line in LOCAL_TTL.splitlines() if "#123abc" in line)) + 1
    assert [(problem.file, problem.line, problem.column) for problem in refused(workspace)] == [("ontology/local.ttl", at, 15)]


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".csv")])
@pytest.mark.parametrize(
    ("encoding", "code", "says"), [("utf-16", "wrong-encoding", "UTF-16"), ("gb18030", "wrong-encoding", "GB18030"), ("latin-1", "no-utf8", "UTF-8")]
)
def test_other_encodings_are_named(name: str, encoding: str, code: str, says: str, workspace: Workspace) -> None:
    """A file in another encoding is one problem that names the encoding, where it can be told."""
    text = FILES[name] + "# café, à\n" if encoding == "latin-1" else "# 这个文件用别的编码保存\n" + FILES[name]
    (workspace.root / name).write_bytes(re.sub(r"[^\x00-\xff]", "x", text).encode(encoding) if encoding == "latin-1" else text.encode(encoding))
    found = [problem for problem in refused(workspace) if problem.file == name]
    assert [problem.code for problem in found] == [code]
    assert says in found[0].message("en")
    assert found[0].line == (1 if encoding != "latin-1" else len(FILES[name].splitlines()) + 1)


def test_symbols_are_those_that_are_drawn() -> None:
    """The shape of symbols lists exactly those that pictures can draw."""
    listed = re.search(r'sh:path ww:symbol ; sh:maxCount 1 ; sh:pattern "\^\((.*?)\)\$"', (checks_folder() / "shapes.ttl").read_text(encoding="utf-8"))
    assert listed is not None
    assert set(listed[1].split("|")) == {"dot", *SYMBOLS}


def test_a_bad_range_names_what_is_possible(workspace: Workspace) -> None:
    """The message of a range that no column can hold lists every datatype that one can."""
    (workspace.root / "ontology" / "local.ttl").write_text(LOCAL_TTL.replace("xsd:decimal", "xsd:duration"), encoding="utf-8")
    [found] = [problem for problem in refused(workspace) if problem.code == "bad-range"]
    assert all(f"xsd:{name}" in found.message("en") for name in DATATYPES)


def test_terms_of_others_need_no_declaration(workspace: Workspace) -> None:
    """Terms of other vocabularies may be used, and declared over again as Protégé does, without being the workspace's own."""
    text = LOCAL_TTL.replace("rdfs:subClassOf ww:Hospital ;", "rdfs:subClassOf ww:Hospital , schema:MedicalClinic , <https://example.com/other#Clinic> ;")
    text += "schema:domainIncludes a owl:AnnotationProperty .\nschema:MedicalClinic a owl:Class .\n"
    (workspace.root / "ontology" / "local.ttl").write_text(text, encoding="utf-8")
    assert check(workspace).problems == ()
    assert read_ontology(workspace).terms.own == {f"{LOCAL}{name}" for name in ("CommunityClinic", "volunteersFor", "Volunteer", "hoursGiven", "servedBeside")}


def test_a_runaway_rule_is_stopped_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that joins everything with everything breaks off at the bound: of its millions of triples the memory never holds more."""
    monkeypatch.setattr("withwhom.derive.LEAST_BOUND", 1000)
    rule = read_rule("\n  CONSTRUCT { ?one <x:near> ?r } WHERE { ?one ?p ?o . ?other ?q ?r }", "ontology/rules/all.rq")
    lines = [f"<x:{number}> <x:p> <x:o{number}> ." for number in range(2000)]
    ontology = ontology_from(Graph())
    monkeypatch.setattr("withwhom.derive.PER_TRIPLE", 1)
    tracemalloc.start()
    try:
        [made] = derivations([lines], [], [rule], ontology, "https://example.org/")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(problem.line, problem.column, problem.code) for problem in made.problems] == [(2, 3, "rule-too-much")]
    assert "2,000" in made.problems[0].message("en")
    assert not made.lines
    assert peak < 10_000_000


def test_bound_grows_with_the_graph() -> None:
    """The bound of a rule is a multiple of what is stated, and never less than what a small graph needs."""
    assert bound_of(0) == bound_of(100) == LEAST_BOUND
    assert bound_of(1_000_000) == 1_000_000 * PER_TRIPLE


def test_a_blank_node_of_a_function_is_found_as_the_rule_runs(workspace: Workspace) -> None:
    """A blank node that BNODE() makes cannot be seen in the template; the rule is named where its CONSTRUCT stands."""
    text = f"CONSTRUCT {{ ?new <{LOCAL}servedBeside> ?one }} WHERE {{ ?one a <{WW}Place> BIND(BNODE() AS ?new) }}"
    (workspace.root / "ontology" / "rules" / "zz-own.rq").write_text(text, encoding="utf-8")
    assert [(problem.line, problem.column, problem.code) for problem in refused(workspace)] == [(1, 1, "rule-blank-node")]


def test_every_circle_is_told_once() -> None:
    """A circle is one way around, wherever one enters it; what leads into it is no part of it."""
    above = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": ["e"], "f": ["g"]}
    assert list(circles(above)) == [["a", "b", "c"], ["e"]]
