"""Saved questions: what they answer on the shipped graph, on two engines, and the linter that holds their rules."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from conftest import CASES
from make_expected import EXPECTED, write_expected
from withwhom.answers import Answer
from withwhom.engine import Cell, Iri, RdflibEngine
from withwhom.formats import to_csv
from withwhom.knowledge import KnowledgeBase, Options
from withwhom.knowledge import open as open_graph
from withwhom.ontology import Ontology, read_ontology
from withwhom.publish import files_of
from withwhom.questions import LANGUAGE, Question, forbidden, question_files, read_question, read_questions, split_header, tokens
from withwhom.rows import readable
from withwhom.workspace import shipped

SLUGS = [path.stem for path in question_files(shipped())]
WW = "https://w3id.org/withwhom/ontology#"
STATUSES = {"done", "ongoing", "none", "planned", "applied", "denied"}
# Questions to which the shipped graph may have nothing to say.
MAY_BE_SILENT = frozenset({"contradictions"})

QUESTION = """#+ summary: Whom a body funds
#+ description: Every gift.
#+ tags:
#+   - money
#+ x-summary:
#+   zh: 资助了谁
#+   en: Whom a body funds
#+ x-description:
#+   zh: 每笔资助
#+   en: Every gift.
#+ x-parameters:
#+   org:
#+     zh: 组织
#+     en: organization
#+   since:
#+     zh: 自
#+     en: from
#+ x-example:
#+   org: clinic

PREFIX ww: <https://w3id.org/withwhom/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?receiver ?statement
WHERE {
  BIND(?_org_iri AS ?org)
  ?statement rdf:subject ?org ; a ww:Funding .
  OPTIONAL { ?statement rdf:object ?receiver }
  OPTIONAL { ?statement ww:until ?until }
  BIND(?__since_xsd_date AS ?from)
  FILTER(!BOUND(?from) || ?until >= ?from)
}
ORDER BY ?receiver ?statement
"""


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """The shipped graph."""
    return open_graph(shipped_build)


@pytest.fixture(scope="module")
def reference(kb: KnowledgeBase) -> KnowledgeBase:
    """The shipped graph, asked through rdflib."""
    return KnowledgeBase(kb.folder, RdflibEngine.load((path, graph) for graph, paths in files_of(kb).items() for path in paths))


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    """The shipped vocabulary."""
    return read_ontology(shipped())


def ask(kb: KnowledgeBase, slug: str) -> Answer:
    """Return the answer to a question's example."""
    return kb.query(slug, **kb.question(slug).example)


def expected(slug: str) -> str:
    """Return the expected answer to a question's example."""
    return (shipped().root / EXPECTED / f"{slug}.csv").read_bytes().decode("utf-8")


def by_value(rows: Iterable[tuple[Cell, ...]]) -> Counter[tuple[tuple[str, str], ...]]:
    """Return rows as a multiset in which a thing is no text, true is no 1, and 12.50 is 12.5."""
    return Counter(tuple((kind_of(cell), str(cell)) for cell in row) for row in rows)


def kind_of(cell: Cell) -> str:
    """Return what sort of value a cell is."""
    return "thing" if isinstance(cell, Iri) else "number" if type(cell).__name__ in ("int", "Decimal") else type(cell).__name__


def header_of(slug: str) -> dict[str, object]:
    """Return the header of a question as grlc 1.3 cuts it out (``gquery.get_yaml_decorators``)."""
    text = (shipped().root / "queries" / f"{slug}.rq").read_text(encoding="utf-8")
    header = yaml.safe_load("\n".join(row.lstrip("#+") for row in text.split("\n") if row.startswith("#+")))
    assert isinstance(header, dict)
    return header


def cases(name: str) -> Iterator[dict[str, str]]:
    r"""Yield the cases of a table; ``\n`` in a cell stands for a line break."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: cell.replace("\\n", "\n") for column, cell in row.items()}


def changed(case: Mapping[str, str]) -> str:
    """Return the sample question with a case's change made."""
    assert case["old"] in QUESTION, case
    return QUESTION.replace(case["old"], case["new"])


def statements(build: Path) -> list[dict[str, str]]:
    """Return the table of statements that a build wrote."""
    return list(csv.DictReader(io.StringIO((build / "statements.csv").read_text(encoding="utf-8-sig"))))


def test_there_are_questions() -> None:
    """The shipped workspace has the questions that the tests below walk through."""
    assert len(SLUGS) >= 31
    assert "partnership-report" in SLUGS


def test_every_question_has_an_expected_answer() -> None:
    """The folder of questions and the folder of expected answers name the same questions."""
    assert sorted(path.stem for path in (shipped().root / EXPECTED).glob("*.csv")) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_answer_is_as_expected(kb: KnowledgeBase, slug: str) -> None:
    """The example of a question is answered with the rows of ``queries/expected``, in their order."""
    assert to_csv(ask(kb, slug)).splitlines() == expected(slug).splitlines()


@pytest.mark.parametrize("slug", SLUGS)
def test_example_says_something(slug: str) -> None:
    """The expected answer has rows, since RDF fails silently: a misspelt predicate gives none and no error."""
    assert expected(slug).count("\r\n") > 1 or slug in MAY_BE_SILENT


@pytest.mark.parametrize("slug", SLUGS)
def test_engines_agree(kb: KnowledgeBase, reference: KnowledgeBase, slug: str) -> None:
    """A question answers the same on Oxigraph and on rdflib: the same rows as often, numbers and booleans by value."""
    first, second = ask(kb, slug), ask(reference, slug)
    assert first.columns == second.columns
    assert by_value(first.rows) == by_value(second.rows)


def test_engines_agree_within_a_period(kb: KnowledgeBase, reference: KnowledgeBase) -> None:
    """A dated question answers the same on both engines, in English, too."""
    values = {"org": "shanxi-red-cross", "since": "2018", "until": "2018-06"}
    first, second = (each.query("programs-of", Options(language="en"), **values) for each in (kb, reference))
    assert len(first)
    assert by_value(first.rows) == by_value(second.rows)


@pytest.mark.parametrize("slug", SLUGS)
def test_things_have_labels(kb: KnowledgeBase, slug: str) -> None:
    """Beside every entity stands its label, never empty."""
    answer = ask(kb, slug)
    for row in answer.to_dicts():
        for name, cell in row.items():
            if isinstance(cell, Iri) and cell.startswith((f"{kb.base}entity/", f"{kb.base}source/")) and name != "passage":
                assert row[f"{name}Label"], (name, cell)


@pytest.mark.parametrize("slug", SLUGS)
def test_rows_open_to_their_evidence(kb: KnowledgeBase, slug: str) -> None:
    """Beside every statement stands its evidence: the title of the source and the place in it."""
    answer = ask(kb, slug)
    for name in answer.columns:
        if name.startswith("statement") and name != "statements":
            for row in answer.to_dicts():
                evidence = str(row[name.replace("statement", "evidence")])
                assert "《" in evidence, row
                assert "段第" in evidence, row


@pytest.mark.parametrize("slug", SLUGS)
def test_no_row_stands_twice(kb: KnowledgeBase, slug: str) -> None:
    """Several passages, bases or names of one thing do not double a row."""
    assert max(by_value(ask(kb, slug).rows).values(), default=1) == 1


@pytest.mark.parametrize("slug", SLUGS)
def test_only_the_phases_asked_for(kb: KnowledgeBase, slug: str) -> None:
    """Planned, applied and denied rows are left out unless the question is about them."""
    answer = ask(kb, slug)
    wanted = kb.question(slug).statuses
    found = {answer.short(cell) or "none" for name in ("status", "statusA", "statusB") if name in answer.columns for cell in answer.column(name)}
    assert found <= set(wanted)


# A question, its parameter, the relations that it asks for, and the columns of the statement in which the entity stands.
SIMPLE = [
    ("programs-of", "org", {"takesPartIn"}, ("subject",)),
    ("participants-of", "program", {"takesPartIn"}, ("object",)),
    ("awards-of", "entity", {"receivesAward"}, ("subject", "awarded_by")),
    ("documents-of", "org", {"issues", "follows"}, ("subject",)),
    ("programs-for", "group", {"benefits"}, ("object",)),
    ("members-of", "network", {"memberOf"}, ("object",)),
    ("hierarchy-of", "org", {"partOf", "supervises"}, ("subject", "object")),
    ("results-of", "entity", {"achieves"}, ("subject", "program")),
]


@pytest.mark.parametrize(("slug", "parameter", "relations", "columns"), SIMPLE, ids=[case[0] for case in SIMPLE])
def test_nothing_is_missing(kb: KnowledgeBase, ontology: Ontology, slug: str, parameter: str, relations: set[str], columns: tuple[str, ...]) -> None:
    """For the twenty entities with most to say, an answer has exactly the statements that the table has, each once."""
    cls = next(item.cls for item in kb.question(slug).parameters if item.name == parameter)
    types = {row["id"]: row["type"] for row in csv.DictReader(io.StringIO((kb.folder / "entities.csv").read_text(encoding="utf-8-sig")))}
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in statements(kb.folder):
        if row["relation"] in relations and row["status"] in ("", "done", "ongoing"):
            for entity in filter(None, (row[column] for column in columns)):
                if cls == "Entity" or ontology.is_kind_of(types[entity], [ontology.classes[cls].iri]):
                    wanted[entity].add(row["id"])
    assert wanted
    for entity, ids in sorted(wanted.items(), key=lambda item: (-len(item[1]), item[0]))[:20]:
        answer = kb.query(slug, **{parameter: entity})
        found = Counter(map(answer.short, answer.column("statement")))
        assert found == Counter(ids), entity


def test_a_gift_under_two_bases_is_one_row(kb: KnowledgeBase) -> None:
    """A gift that was raised and given, or a total of such gifts, is one row, so that nobody adds it twice."""
    answer = kb.query("funds-given-by", org="dream-building-80-organizations")
    assert answer.column("amount") == [14000000]
    assert kb.query("totals-given", org="dream-building-80-organizations").column("most") == [14000000]
    assert answer.column("basis") == ["given|raised"]


@pytest.mark.parametrize(
    ("slug", "parameter", "entity", "whole"),
    [
        ("funds-given-by", "org", "frontier-private-enterprise", "frontier-participants"),
        ("funds-received-by", "entity", "zhuji-community", "zhuji-town-and-community"),
    ],
)
def test_joint_sums_are_marked(kb: KnowledgeBase, slug: str, parameter: str, entity: str, whole: str) -> None:
    """What a body gave or got together with others is marked joint, with the set that did."""
    (row,) = kb.query(slug, **{parameter: entity}).to_dicts()
    assert row["share"] == "joint"
    assert str(row["set"]).endswith(f"/{whole}")
    (own,) = kb.query(slug, **{parameter: whole}).to_dicts()
    assert (own["share"], own["set"]) == ("own", None)


def test_the_rules_of_ties_are_told_apart(kb: KnowledgeBase) -> None:
    """What is said, what a rule adds and being in one program are three kinds; only what a rule adds names a rule."""
    rows = ask(kb, "ties-between").to_dicts()
    assert {row["kind"] for row in rows} == {"said", "by rule", "same program"}
    assert all((row["rule"] is not None) == (row["kind"] == "by rule") for row in rows)


def test_expected_answers_are_written_whole(kb: KnowledgeBase, tmp_path: Path) -> None:
    """The entry that writes the expected answers writes one a question and takes away the file of a question that is gone."""
    (tmp_path / "gone.csv").write_text("x", encoding="utf-8")
    assert write_expected(kb, tmp_path) == len(SLUGS)
    assert sorted(path.stem for path in tmp_path.iterdir()) == SLUGS


def test_shipped_questions_pass_the_linter() -> None:
    """The linter finds nothing wrong with the questions that are shipped."""
    questions, problems = read_questions(shipped())
    assert [problem.line_for("en") for problem in problems] == []
    assert [question.slug for question in questions] == SLUGS


@pytest.mark.parametrize("case", list(cases("bad_questions.csv")), ids=lambda case: str(case["case"]))
def test_linter_finds(case: dict[str, str], tmp_path: Path) -> None:
    """A question that breaks a rule is refused, and the message names the file and the rule in both languages."""
    path = tmp_path / "bad.rq"
    path.write_text(changed(case), encoding="utf-8")
    question, problems = read_question(path, "queries/bad.rq")
    assert question is None
    assert case["code"] in {problem.code for problem in problems}, [problem.line_for("en") for problem in problems]
    for problem in problems:
        assert problem.line_for("zh").startswith("queries/bad.rq:")
        assert "{" not in problem.message("en").replace("{ ", "")


@pytest.mark.parametrize("case", list(cases("good_questions.csv")), ids=lambda case: str(case["case"]))
def test_linter_lets_pass(case: dict[str, str], tmp_path: Path) -> None:
    """Words of the grammar inside strings, comments, IRIs and names are nothing to refuse."""
    path = tmp_path / "good.rq"
    path.write_text(changed(case), encoding="utf-8")
    question, problems = read_question(path, "queries/good.rq")
    assert [problem.line_for("en") for problem in problems] == []
    assert question is not None
    assert [(item.name, item.type, item.required) for item in question.parameters] == [("org", "iri", True), ("since", "xsd_date", False)]


def test_linter_tells_all_at_once_and_where(tmp_path: Path) -> None:
    """Several faults are told together, each with the line of the file on which it stands."""
    text = QUESTION.replace("rdf:subject ?org", "rdf:subject ?_org_iri").replace("ORDER BY ?receiver ?statement", "").replace("#+ tags:", "#+ tag:")
    path = tmp_path / "bad.rq"
    path.write_text(text, encoding="utf-8")
    found = {problem.code: problem.line for problem in read_question(path, "bad.rq")[1]}
    assert {"unknown-key", "missing-key", "not-in-bind", "no-order"} <= found.keys()
    assert found["not-in-bind"] == next(number for number, line in enumerate(text.splitlines(), 1) if "rdf:subject" in line)


@pytest.mark.parametrize("slug", SLUGS)
def test_header_is_what_grlc_reads(kb: KnowledgeBase, slug: str) -> None:
    """Cut out as grlc does, a header is YAML with grlc's own keys, and its parameters carry the names that grlc gives them."""
    header = header_of(slug)
    assert isinstance(header["summary"], str)
    assert isinstance(header["tags"], list)
    question = kb.question(slug)
    names = {parameter.name for parameter in question.parameters} | {LANGUAGE}
    for key in ("defaults", "enumerate"):
        for item in header.get(key) or []:  # type: ignore[attr-defined]  # a list of mappings, as the next line asserts
            assert isinstance(item, dict)
            assert item.keys() <= names
    grlc = re.compile(r"(?P<required>_{1,2})(?P<name>[^_]+)_?(?P<type>[a-zA-Z0-9]+)?_?(?P<userdefined>[a-zA-Z0-9]+)?.*$")
    found = [match for word in re.findall(r"\?(_\w+)", question.text) if (match := grlc.match(word))]
    assert {match["name"] for match in found} | {LANGUAGE} == names
    required = {match["name"] for match in found if match["required"] == "_"}
    assert required == {parameter.name for parameter in question.parameters if parameter.required}


@pytest.mark.parametrize("slug", SLUGS)
def test_question_speaks_two_languages(kb: KnowledgeBase, slug: str) -> None:
    """Summary, description and parameters are said in Chinese and in English, and no two questions say the same."""
    question = kb.question(slug)
    for words in (question.summary, question.description, *({"zh": p.zh, "en": p.en} for p in question.parameters)):
        assert re.search("[一-鿿]", words["zh"])
        assert not re.search("[一-鿿]", words["en"])
    assert [other.slug for other in kb.questions.values() if other.summary["en"] == question.summary["en"]] == [slug]


@pytest.mark.parametrize("slug", SLUGS)
def test_header_names_what_the_vocabulary_has(kb: KnowledgeBase, ontology: Ontology, slug: str) -> None:
    """The class of a parameter is a class of the vocabulary or ``Entity``, and phases are phases."""
    question = kb.question(slug)
    assert set(question.statuses) <= STATUSES
    for parameter in question.parameters:
        assert parameter.cls in {"", "Entity"} | set(ontology.classes)


def test_pick_list_of_types_is_complete(kb: KnowledgeBase, ontology: Ontology) -> None:
    """Organizations can be listed by every class of organization that the vocabulary has."""
    (parameter,) = kb.question("organisations-by-type").parameters
    organization = ontology.classes["Organization"].iri
    assert set(parameter.choices) == {item.iri for item in ontology.classes.values() if organization in item.ancestors}


@pytest.mark.parametrize("slug", SLUGS)
def test_catalogue_keeps_the_question(kb: KnowledgeBase, slug: str) -> None:
    """A question written to the catalogue and read again is the question in the file."""
    question, _ = read_question(shipped().root / "queries" / f"{slug}.rq", slug)
    assert question is not None
    again = Question.from_json(json.loads(json.dumps(question.to_json())))
    assert again == question
    assert kb.question(slug) == question


def test_header_ends_where_the_query_begins() -> None:
    """The header is the lines at the top that begin with ``#+``; a later one is a comment of the query."""
    head, query = split_header("#+ a: 1\n#+ b: 2\n\nSELECT ?x\n#+ c: 3\n")
    assert head == "a: 1\nb: 2\n"
    assert query == "SELECT ?x\n#+ c: 3\n"


def test_tokens_are_found() -> None:
    """A parameter is told by its marks, its name and its type; other variables are none."""
    text = "BIND(?_org_iri AS ?org) BIND(?__since_xsd_date AS ?lo) ?x_iri ?_org_colour ?_Org_iri ?_org_irinot"
    assert [match.groups() for match in tokens(text)] == [("_", "org", "iri"), ("__", "since", "xsd_date")]


@pytest.mark.parametrize(
    "text", ["SELECT ?x WHERE { ?x ww:from ?service }", "SELECT (\"FROM\" AS ?x) # SERVICE\nWHERE { <https://x.example/LOAD> ?p '''a'b INSERT''' }"]
)
def test_harmless_words_pass(text: str) -> None:
    """A word of the grammar counts only where the engine would read it as one."""
    assert forbidden(text) is None


def test_rows_that_are_left_out_are_counted_as_rows(kb: KnowledgeBase) -> None:
    """A row of a report that several solutions make is one row, also where a note counts those without a date."""
    rows = kb.query("partnership-report", org="shanxi-red-cross").to_dicts()
    undated = [row for row in rows if row["since"] is None and row["until"] is None]
    notes = kb.query("partnership-report", Options(language="en"), org="shanxi-red-cross", until="1990").notes
    assert 0 < len(undated) < len(rows)
    assert notes[0] == f"{len(undated)} more rows have no date and are left out"


def test_what_nobody_states_is_said(kb: KnowledgeBase) -> None:
    """Where no document says what a body gave, the report says that, and not nothing."""
    rows = [row for org in ("beijing-municipality", "qujing-red-cross") for row in kb.query("partnership-report", org=org).to_dicts()]
    gave = [row[side] for row in rows for side in ("orgGave", "partnerGave")]
    assert "not stated" in gave
    assert None not in gave
    assert any(cell != "not stated" for cell in gave)


@pytest.mark.parametrize(("language", "told"), [("zh", "1,400万元以上 实物 捐赠"), ("en", "at least 14,000,000 CNY in kind given")])
def test_sums_of_a_report_are_written_for_people(kb: KnowledgeBase, language: str, told: str) -> None:
    """A sum that a query puts together has its qualifier, and is shown as every other sum is."""
    answer = kb.query("partnership-report", Options(language=language), org="dream-building-80-organizations")
    columns, rows = readable(answer)
    assert answer.column("orgGave") == ["over 14000000 CNY given inKind"]
    assert told in dict(zip(columns, rows[0], strict=True)).values()
