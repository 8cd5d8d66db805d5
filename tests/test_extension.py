"""A class, a predicate with a role, a qualifier and a rule are added in Turtle and SPARQL alone, and are compiled, typed, derived and shown."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pyoxigraph as ox
import pytest

import withwhom
from withwhom.build import Build, build, check
from withwhom.network import read_network
from withwhom.problems import InputError
from withwhom.workspace import Workspace

BASE = "https://example.org/graph/"
LOCAL = "https://example.org/ontology#"
WW = "https://w3id.org/withwhom/ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

GRAPH = f"""base = "{BASE}"
licence = "https://creativecommons.org/licenses/by/4.0/"
version = "1.0.0"

[title]
zh = "本地的图"
en = "A local graph"
"""

TABLES = {
    "sources.csv": """id,title,publisher,date,language
report,义诊年报,测试出版社,2021,zh
""",
    "entities.csv": """id,type,name_zh,name_en
clinic,CommunityClinic,东村卫生站,Dongcun Clinic
society,RedCrossSociety,东县红十字会,Dong County Red Cross Society
college,School,东县卫校,Dong County Nursing School
screening,Program,春季义诊,Spring Screening
village,Place,东村,Dongcun
""",
    "names.csv": "entity,name,language,kind,source,begin,stop,since,until\n",
    "evidence.csv": "statement,part,begin,stop,digest\n",
    "outline.csv": "source,paragraph,sentence,begin,stop\nreport,1,1,0,100\nreport,1,2,100,200\n",
    "statements/report.csv": """id,subject,predicate,object,hours_given,certainty,begin,stop,digest
a,clinic,volunteersFor,screening,12.5,explicit,10,20,h:0000000000000001
b,college,volunteersFor,screening,,inferred,30,40,h:0000000000000002
c,society,leads,screening,,explicit,50,60,h:0000000000000003
d,screening,operatesIn,village,,explicit,110,120,h:0000000000000004
""",
}

LOCAL_TTL = f"""@prefix l: <{LOCAL}> .
@prefix ww: <{WW}> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <{XSD}> .

l:CommunityClinic a owl:Class ;
    rdfs:label "社区卫生站"@zh , "Community clinic"@en ;
    rdfs:subClassOf ww:Hospital ;
    ww:colour "#123abc" ; ww:symbol "star" .

l:volunteersFor a owl:ObjectProperty , ww:Predicate ;
    rdfs:label "志愿服务于"@zh , "volunteers for"@en ;
    schema:domainIncludes ww:Organization , ww:Person ;
    schema:rangeIncludes ww:Program ;
    rdfs:subPropertyOf ww:supports ;
    ww:role l:Volunteer ;
    ww:phrase "{{subject}}为{{object}}做志愿者"@zh , "{{subject}} volunteers for {{object}}"@en .

l:Volunteer a org:Role ;
    rdfs:label "志愿方"@zh , "volunteer"@en .

l:hoursGiven a owl:DatatypeProperty , ww:Qualifier ;
    rdfs:label "服务时数"@zh , "hours given"@en ;
    rdfs:range xsd:decimal .

l:servedBeside a owl:ObjectProperty ;
    rdfs:label "曾与…一同服务"@zh , "served beside"@en ;
    rdfs:subPropertyOf ww:worksWith .
"""

RULE = f"""# Two bodies that volunteer for one program served beside each other.
PREFIX l: <{LOCAL}>
PREFIX rdf: <{RDF}>
PREFIX ww: <{WW}>

CONSTRUCT {{
  ?one l:servedBeside ?other .
  ?derivation a ww:Derivation ;
    rdf:subject ?one ; rdf:predicate l:servedBeside ; rdf:object ?other ;
    ww:derivedFrom ?first , ?second ;
    ww:rule <https://example.org/rules/zz-own> .
}}
WHERE {{
  ?first rdf:predicate l:volunteersFor ; rdf:object ?program ; rdf:subject ?one .
  ?second rdf:predicate l:volunteersFor ; rdf:object ?program ; rdf:subject ?other .
  FILTER(STR(?one) < STR(?other))
  BIND(IRI(CONCAT(STR(g:), "derivation/", SUBSTR(SHA256(CONCAT("zz-own|", STR(?first), "|", STR(?second))), 1, 16))) AS ?derivation)
}}
"""


def write_workspace(root: Path) -> Workspace:
    """Write a small workspace without a vocabulary of its own, so that the package's is used, and its extension."""
    files = {"graph/graph.toml": GRAPH, "ontology/local.ttl": LOCAL_TTL, "ontology/rules/zz-own.rq": RULE}
    files |= {f"graph/{name}": text for name, text in TABLES.items()}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Workspace(root)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the extended workspace once."""
    return build(write_workspace(tmp_path_factory.mktemp("extended")))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an extended workspace that a test may break."""
    return write_workspace(tmp_path)


def lines(made: Build, shard: str) -> set[str]:
    """Return the triples of one shard."""
    return set((made.out / f"{shard}.nt").read_text(encoding="utf-8").splitlines())


def entity(name: str) -> str:
    """Return an entity as N-Triples write it."""
    return f"<{BASE}entity/{name}>"


def objects(triples: set[str], subject: str, property: str) -> set[str]:
    """Return the objects of a subject and property."""
    start = f"{subject} <{property}> "
    return {line.removeprefix(start).removesuffix(" .") for line in triples if line.startswith(start)}


def statements(made: Build) -> dict[str, dict[str, str]]:
    """Return the rows of ``statements.csv`` by id."""
    text = (made.out / "statements.csv").read_text(encoding="utf-8-sig")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


def test_workspace_has_no_vocabulary_of_its_own(made: Build) -> None:
    """The package's vocabulary, alignments and rules are read together with the local ones, all of them Turtle and SPARQL."""
    workspace = made.checked.workspace
    assert [path.name for path in workspace.turtle_files()] == ["withwhom.ttl", "alignments.ttl", "declarations.ttl", "local.ttl"]
    assert [path.name for path in workspace.rule_files()][-1] == "zz-own.rq"
    assert len(workspace.rule_files()) > 1
    assert sorted(path.name for path in workspace.root.glob("ontology/**/*.*")) == ["local.ttl", "zz-own.rq"]


def test_everything_is_right(made: Build) -> None:
    """The extended workspace builds without a single problem or warning."""
    assert made.checked.problems == ()


def test_class_is_typed_with_its_super_classes(made: Build) -> None:
    """An entity of the new class is of that class and of every class above it, and of no other."""
    types = objects(lines(made, "entities"), entity("clinic"), f"{RDF}type")
    assert types == {f"<{LOCAL}CommunityClinic>", f"<{WW}Hospital>", f"<{WW}Organization>", f"<{WW}Entity>"}


def test_direct_triple_has_its_super_predicates(made: Build) -> None:
    """The explicit statement is a triple of the new predicate, of those above it, and of the inverse."""
    triples = lines(made, "source-report")
    for property in (f"{LOCAL}volunteersFor", f"{WW}supports", f"{WW}takesPartIn"):
        assert f"{entity('clinic')} <{property}> {entity('screening')} ." in triples
    assert f"{entity('screening')} <{WW}hasParticipant> {entity('clinic')} ." in triples


def test_inferred_triple_is_derived(made: Build) -> None:
    """The inferred statement's triple, with its super-predicates, stands in the derived graph and not in the stated one."""
    for property in (f"{LOCAL}volunteersFor", f"{WW}supports", f"{WW}takesPartIn"):
        triple = f"{entity('college')} <{property}> {entity('screening')} ."
        assert triple in lines(made, "derived")
        assert triple not in lines(made, "source-report")


def test_statement_has_the_relation_class_of_the_top_predicate(made: Build) -> None:
    """The annotation names the new predicate and is of the relation class that the top predicate names."""
    node = f"<{BASE}statement/report/a>"
    triples = lines(made, "source-report")
    assert objects(triples, node, f"{RDF}predicate") == {f"<{LOCAL}volunteersFor>"}
    assert objects(triples, node, f"{RDF}type") == {f"<{WW}Participation>", f"<{RDF}Statement>"}


def test_qualifier_is_typed_by_its_range(made: Build) -> None:
    """The column ``hours_given`` becomes the qualifier's property with a value of its range, and an empty cell no triple."""
    triples = lines(made, "source-report")
    assert objects(triples, f"<{BASE}statement/report/a>", f"{LOCAL}hoursGiven") == {f'"12.5"^^<{XSD}decimal>'}
    assert objects(triples, f"<{BASE}statement/report/b>", f"{LOCAL}hoursGiven") == set()


def test_rule_derives_with_its_account(made: Build) -> None:
    """The rule's edge stands in the derived graph with its super-property, and a node says from what and by which rule."""
    triples = lines(made, "derived")
    one, other = entity("clinic"), entity("college")
    for triple in (
        f"{one} <{LOCAL}servedBeside> {other} .",
        f"{one} <{WW}worksWith> {other} .",
        f"{other} <{WW}worksWith> {one} .",
    ):
        assert triple in triples
    first, second = (f"{BASE}statement/report/{name}" for name in "ab")
    digest = hashlib.sha256(f"zz-own|{first}|{second}".encode()).hexdigest()[:16]
    node = f"<{BASE}derivation/{digest}>"
    assert objects(triples, node, f"{RDF}type") == {f"<{WW}Derivation>"}
    assert objects(triples, node, f"{RDF}subject") == {one}
    assert objects(triples, node, f"{RDF}predicate") == {f"<{LOCAL}servedBeside>"}
    assert objects(triples, node, f"{RDF}object") == {other}
    assert objects(triples, node, f"{WW}derivedFrom") == {f"<{first}>", f"<{second}>"}
    assert objects(triples, node, f"{WW}rule") == {"<https://example.org/rules/zz-own>"}


def test_shared_rules_see_the_new_terms(made: Build) -> None:
    """The package's rules run on it too: who leads works with whoever takes part in the new way."""
    assert f"{entity('society')} <{WW}worksWith> {entity('clinic')} ." in lines(made, "derived")
    assert f"{entity('village')} <{WW}withinAny> {entity('village')} ." in lines(made, "derived")


def test_terms_are_in_the_ontology_graph(made: Build) -> None:
    """The local terms are told to other programs beside the package's, labels in both languages and the role included."""
    triples = lines(made, "ontology")
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    assert objects(triples, f"<{LOCAL}Volunteer>", label) == {'"志愿方"@zh', '"volunteer"@en'}
    assert objects(triples, f"<{LOCAL}volunteersFor>", f"{WW}role") == {f"<{LOCAL}Volunteer>"}
    assert f"<{WW}takesPartIn> <{WW}relation> <{WW}Participation> ." in triples


def test_store_answers(made: Build) -> None:
    """A question over the store finds the new class by an old one, with the new qualifier's figure."""
    question = f"""
        SELECT ?hours WHERE {{
          ?body a <{WW}Organization> ; <{WW}takesPartIn> <{BASE}entity/screening> .
          ?statement <{RDF}subject> ?body ; <{LOCAL}hoursGiven> ?hours .
        }}"""
    data = ox.Store.read_only(str(made.out / "store"))
    answer = data.query(question, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    assert [str(solution["hours"]) for solution in answer] == [f'"12.5"^^<{XSD}decimal>']


def test_statement_is_told_in_a_sentence(made: Build) -> None:
    """``statements.csv`` reads the new predicate by its phrases, names its top predicate, and has the new column."""
    row = statements(made)["report/a"]
    assert "东村卫生站为春季义诊做志愿者" in row["sentence"]
    assert "Dongcun Clinic volunteers for Spring Screening" in row["sentence"]
    assert (row["relation"], row["predicate"], row["hours_given"]) == ("takesPartIn", "volunteersFor", "12.5")
    assert statements(made)["report/b"]["hours_given"] == ""


def test_class_and_predicate_are_drawn(made: Build) -> None:
    """The network knows the new class by its own colour and shape, and the new predicate by its label, role and relation; the page shows them."""
    network = read_network(made.out)
    drawn = {"colour": "#123abc", "symbol": "star", "zh": "社区卫生站", "en": "Community clinic", "kind": "organization"}
    assert network.classes["CommunityClinic"] == drawn
    known = network.predicates["volunteersFor"]
    assert (known["zh"], known["en"], known["relation"], known["role_en"]) == ("志愿服务于", "volunteers for", "takesPartIn", "volunteer")
    claim = next(claim for claim in network.claims if claim.predicate == "volunteersFor")
    assert (claim.subject, claim.reference) == ("clinic", "report/a")
    assert "东村卫生站为春季义诊做志愿者" in claim.zh
    page = (made.out / "network.html").read_text(encoding="utf-8")
    for shown in ("CommunityClinic", "#123abc", "volunteersFor", "Dongcun Clinic", "东村卫生站为春季义诊做志愿者"):
        assert shown in page


def test_report_counts_it(made: Build) -> None:
    """The counts know the new class as an organization and the new predicate as taking part."""
    assert made.facts.organizations == 3
    assert made.facts.by_relation == {"takesPartIn": 3, "operatesIn": 1}


# What is wrong with local terms in the tables is told like any other problem.


@pytest.mark.parametrize(
    ("table", "old", "new", "code", "line"),
    [
        ("statements/report.csv", "clinic,volunteersFor,screening,12.5", "clinic,volunteersFor,screening,a dozen", "bad-number", 2),
        ("statements/report.csv", "clinic,volunteersFor,screening", "clinic,volunteersAt,screening", "unknown-predicate", 2),
        ("statements/report.csv", "clinic,volunteersFor,screening", "clinic,volunteersFor,village", "illegal-object", 2),
        ("statements/report.csv", "college,volunteersFor,screening", "screening,volunteersFor,screening", "illegal-subject", 3),
        ("statements/report.csv", "hours_given", "hours_taken", "unknown-column", 1),
        ("entities.csv", "CommunityClinic", "CommunityClinik", "unknown-type", 2),
    ],
)
def test_wrong_use_is_told(workspace: Workspace, table: str, old: str, new: str, code: str, line: int) -> None:
    """A local term is checked as the package's are: the wrong cell is named by file, line and code."""
    path = workspace.graph / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    errors = check(workspace).errors
    assert (f"graph/{table}", line, code) in [(found.file, found.line, found.code) for found in errors]
    assert all(found.message("zh") and found.message("en") for found in errors)


def test_qualifier_of_a_new_class_is_checked(workspace: Workspace) -> None:
    """A qualifier may hold entities of a new class; another one is named with the class that it should have."""
    local, table = workspace.ontology / "local.ttl", workspace.graph / "statements" / "report.csv"
    local.write_text(LOCAL_TTL.replace("rdfs:range xsd:decimal", "rdfs:range l:CommunityClinic"), encoding="utf-8")
    rows = table.read_text(encoding="utf-8")
    table.write_text(rows.replace("12.5", "clinic"), encoding="utf-8")
    assert check(workspace).errors == []
    table.write_text(rows.replace("12.5", "college"), encoding="utf-8")
    (error,) = check(workspace).errors
    assert (error.file, error.line, error.column, error.code) == ("graph/statements/report.csv", 2, 5, "wrong-type")
    for part in ("college", "School", "CommunityClinic"):
        assert part in error.message("zh")
        assert part in error.message("en")


def test_broken_extension_stops_the_build(workspace: Workspace) -> None:
    """A slip in local Turtle is a problem with file and line, and nothing is written."""
    path = workspace.ontology / "local.ttl"
    path.write_text(LOCAL_TTL.replace("rdfs:subPropertyOf ww:supports ;", "rdfs:subPropertyOf ww:supports", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build(workspace)
    assert [(found.file, found.code) for found in caught.value.problems] == [("ontology/local.ttl", "bad-turtle")]
    assert caught.value.problems[0].line in range(14, 23)
    assert not (workspace.root / "build").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' , "{subject} volunteers for {object}"@en', ""),
        ("{subject} volunteers for {object}", "{subject} volunteers for {objekt}"),
        ('    rdfs:label "志愿服务于"@zh , "volunteers for"@en ;\n', ""),
    ],
)
def test_incomplete_term_stops_the_build(workspace: Workspace, old: str, new: str) -> None:
    """A predicate without label or phrase in a language, or with a placeholder that nobody fills, is a problem and not a traceback."""
    assert old in LOCAL_TTL
    (workspace.ontology / "local.ttl").write_text(LOCAL_TTL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError):
        build(workspace)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (RULE.replace("CONSTRUCT {", "CONSTRUCT {{"), "bad-rule"),
        ("SELECT * WHERE { ?s ?p ?o }", "rule-no-construct"),
        (f"CONSTRUCT {{ ?s <{LOCAL}servedBeside> [] }} WHERE {{ ?s a <{WW}Place> }}", "rule-blank-node"),
    ],
)
def test_broken_rule_stops_the_build(workspace: Workspace, rule: str, code: str) -> None:
    """A rule that is no CONSTRUCT, or makes blank nodes, is a problem with its file, and nothing is written."""
    (workspace.ontology / "rules" / "zz-own.rq").write_text(rule, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build(workspace)
    assert [(found.file, found.code) for found in caught.value.problems] == [("ontology/rules/zz-own.rq", code)]
    assert not (workspace.root / "build").exists()


def test_a_class_of_its_own_can_be_asked_for(made: Build) -> None:
    """A question that offers classes offers the workspace's own, too, by label and by name."""
    kb = withwhom.open(made.out)
    for name in ("CommunityClinic", "社区卫生站"):
        assert [str(row[0]).rpartition("/")[2] for row in kb.query("organisations-by-type", type=name).rows] == ["clinic"]
