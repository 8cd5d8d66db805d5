"""The documentation of a vocabulary says what is so: every term, counts as a build has them, files that read back to the same graph."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from conftest import TINY, Command, add_row, edit_cell, snapshot
from withwhom.build import build
from withwhom.ontology import read_ontology
from withwhom.ontology_columns import tables
from withwhom.ontology_docs import counted, documentation
from withwhom.ontology_terms import Glossary, Term
from withwhom.ontology_use import Use
from withwhom.query_terms import named_in
from withwhom.tables import ENTITY_COLUMNS, EVIDENCE_COLUMNS, NAME_COLUMNS, OUTLINE_COLUMNS, SOURCE_COLUMNS, STATEMENT_COLUMNS
from withwhom.workspace import Workspace, shipped

WW = "https://w3id.org/withwhom/ontology#"
OWN = "https://example.org/tiny/ontology#"
HOSTILE = '"><img src=x onerror=alert(1)>'
# A vocabulary of one's own: a class, a predicate, a deprecated qualifier and its heir, a name that the shared vocabulary has in another
# kind, a hostile label, and a blank node.
LOCAL = f"""@prefix l: <{OWN}> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ww: <{WW}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://example.org/tiny/ontology> a owl:Ontology ; dcterms:title "云禾的词汇"@zh , "Yunhe's terms"@en ; owl:versionInfo "0.2.0" .

l:Teahouse a owl:Class ;
    rdfs:label "茶馆"@zh , "Teahouse"@en ;
    skos:definition "喝茶的地方。"@zh , "A place to drink tea."@en ;
    rdfs:subClassOf ww:Organization , [ a owl:Restriction ; owl:onProperty ww:place ; owl:someValuesFrom ww:Place ] ;
    skos:closeMatch <https://schema.org/CafeOrCoffeeShop> , <javascript:alert(1)> ;
    ww:colour "#336699" ; ww:symbol "star" .

l:leads a org:Role ; rdfs:label "带头的"@zh , "one who leads"@en .

l:entertains a owl:ObjectProperty , ww:Predicate ;
    rdfs:label "款待"@zh , {json.dumps(HOSTILE)}@en ;
    rdfs:subPropertyOf ww:supports ;
    schema:domainIncludes ww:Organization ; schema:rangeIncludes ww:Program ;
    ww:role l:leads ;
    ww:phrase "{{subject}}款待{{object}}"@zh , "{{subject}} entertains {{object}}"@en .

l:hours a owl:DatatypeProperty , ww:Qualifier ; rdfs:label "钟点"@zh , "hours"@en ; rdfs:range xsd:decimal .
l:oldHours a owl:DatatypeProperty , ww:Qualifier ; rdfs:label "旧钟点"@zh , "old hours"@en ; rdfs:range xsd:decimal ;
    owl:deprecated true ; dcterms:isReplacedBy l:hours .
"""


def extended(folder: Path) -> Path:
    """Return a copy of the tiny workspace with terms of its own, one of which a row uses."""
    root = Path(shutil.copytree(TINY, folder / "tiny"))
    (root / "ontology").mkdir()
    (root / "ontology" / "local.ttl").write_text(LOCAL, encoding="utf-8")
    add_row(root / "graph" / "entities.csv", {"id": "teahouse", "type": "Teahouse", "name_zh": f"茶馆{HOSTILE}", "name_en": "Teahouse"})
    return root


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The tiny workspace with terms of its own, built."""
    made = Workspace(extended(tmp_path_factory.mktemp("docs")))
    build(made)
    return made


@pytest.fixture(scope="module")
def uses(workspace: Workspace) -> Mapping[str, Use]:
    """How its graph uses each term."""
    usage = counted(workspace, workspace.root / "build")
    assert usage.build is not None
    return usage.uses


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Mapping[str, str]:
    """The files of its documentation."""
    return documentation(counted(workspace, workspace.root / "build"), "zh", network="../build/network.html")


@pytest.fixture(scope="module")
def terms(workspace: Workspace) -> Mapping[str, Term]:
    """Its terms."""
    return Glossary(read_ontology(workspace)).terms


def card(page: str, anchor: str) -> str:
    """Return what the page says of a term."""
    return re.split(rf'<article class="term[^"]*" id="{re.escape(anchor)}">', page)[1].split("</article>")[0]


# The command


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_writes_a_folder(language: str, tiny: Path, tmp_path: Path, command: Command) -> None:
    """The command writes four files, says so, and says that nothing was built; the same input gives the same bytes wherever they go."""
    ran = command("ontology", "docs", "--workspace", tiny, "--out", tmp_path / "a", "--lang", language)
    assert ran.status == 0
    assert len(ran.out) == 5
    assert len(ran.err) == 1
    command("ontology", "docs", "--workspace", tiny, "--out", tmp_path / "deep" / "b", "--lang", language)
    first = snapshot(tmp_path / "a")
    assert set(first) == {"index.html", "ontology.ttl", "ontology.jsonld", "columns.md"}
    assert first == snapshot(tmp_path / "deep" / "b")
    assert not any(str(tmp_path).encode() in content for content in first.values())


def test_the_page_opens_in_the_language_of_the_command(made: Mapping[str, str], workspace: Workspace) -> None:
    """What the page shows without scripts is in the language that was asked for; nothing else depends on it."""
    english = documentation(counted(workspace, workspace.root / "build"), "en", network="../build/network.html")
    pages = [page.splitlines() for page in (made["index.html"], english["index.html"])]
    changed = [(one, other) for one, other in zip(*pages, strict=True) if one != other]
    assert len(changed) == 3
    assert all("lang=" in one for one, _ in changed)
    assert {name: text for name, text in made.items() if name != "index.html"} == {name: text for name, text in english.items() if name != "index.html"}


def test_nothing_is_written_if_the_vocabulary_is_wrong(tiny: Path, command: Command) -> None:
    """A vocabulary with an error leaves the old documentation as it is, and the error is named."""
    out = tiny / "ontology-docs"
    assert command("ontology", "docs", "--workspace", tiny).status == 0
    before = snapshot(out)
    (tiny / "ontology").mkdir()
    (tiny / "ontology" / "local.ttl").write_text(LOCAL.replace("rdfs:range xsd:decimal", "rdfs:range xsd:hexBinary"), encoding="utf-8")
    ran = command("ontology", "docs", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert sum("bad-range" in line for line in ran.err) == 2
    assert snapshot(out) == before


def test_rows_with_errors_are_not_counted(tiny: Path) -> None:
    """Rows with errors are set aside as in a build, and the page says how many."""
    before = counted(Workspace(tiny), tiny / "build")
    row = before.checked.records.statements[0]
    edit_cell(tiny / row.at.file, row.id, "certainty", "perhaps")
    after = counted(Workspace(tiny), tiny / "build")
    assert after.set_aside >= 1
    assert sum(after.tally.predicates.values()) == len(after.checked.records.statements) < len(before.checked.records.statements)
    assert f"另有 {after.set_aside} 行因有错误而未计" in documentation(after, "zh")["index.html"]


def test_a_workspace_without_rows(tiny: Path, command: Command) -> None:
    """A vocabulary is documented before anything is said with it."""
    for path in (tiny / "graph").rglob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    assert command("ontology", "docs", "--workspace", tiny, "--lang", "en").status == 0
    page = (tiny / "ontology-docs" / "index.html").read_text(encoding="utf-8")
    assert "0 statements, 0 entities, 0 sources" in page
    assert 'id="page-worked"' not in page


def test_a_network_page_beside_is_linked(workspace: Workspace, command: Command, tmp_path: Path) -> None:
    """The page leads to the network page of a build that stands beside it, and to none elsewhere: folders of a machine are not its business."""
    beside = workspace.root / "docs-of-terms"
    assert command("ontology", "docs", "--workspace", workspace.root, "--out", beside).err == []
    assert 'href="../build/network.html#lang=zh&amp;' in (beside / "index.html").read_text(encoding="utf-8")
    command("ontology", "docs", "--workspace", workspace.root, "--out", tmp_path / "far")
    assert "network.html" not in (tmp_path / "far" / "index.html").read_text(encoding="utf-8")


# The files


@pytest.mark.parametrize("name", ["ontology.ttl", "ontology.jsonld"])
@pytest.mark.parametrize("own", [True, False])
def test_files_read_back_to_the_same_graph(name: str, own: bool, made: Mapping[str, str], workspace: Workspace, tmp_path: Path) -> None:  # noqa: FBT001  # a case
    """Turtle and JSON-LD say what all files of the vocabulary say together, to two readers; blank nodes of one's own included."""
    graph = read_ontology(workspace if own else shipped()).graph
    text = made[name] if own else documentation(counted(shipped(), tmp_path), "zh")[name]
    kind, media = ("turtle", ox.RdfFormat.TURTLE) if name.endswith("ttl") else ("json-ld", ox.RdfFormat.JSON_LD)
    back = Graph().parse(data=text, format=kind)
    assert len(back) == len(graph) > 1000
    assert isomorphic(back, graph)
    lines = "\n".join(f"{triple} ." for triple in ox.parse(text, format=media))
    assert isomorphic(Graph().parse(data=lines, format="nt"), graph)


def test_json_ld_has_a_context(made: Mapping[str, str]) -> None:
    """The context gives prefixes, texts by language and links, so that the terms read as plain JSON."""
    value = json.loads(made["ontology.jsonld"])
    assert value["@context"]["ww"] == WW
    assert value["@context"]["l"] == OWN
    nodes = {node["@id"]: node for node in value["@graph"]}
    assert nodes["l:Teahouse"]["rdfs:label"] == {"zh": "茶馆", "en": "Teahouse"}
    assert nodes["l:oldHours"]["dcterms:isReplacedBy"] == "l:hours"


def test_turtle_stands_in_the_order_of_the_vocabulary(made: Mapping[str, str]) -> None:
    """Header, classes, datatypes, properties, individuals, each A-Z, shared and own terms together."""
    sections = re.split(r"^# ", made["ontology.ttl"], flags=re.MULTILINE)
    assert [section.partition("\n")[0] for section in sections[1:]] == ["Classes", "Datatypes", "Properties", "Individuals", "Blank nodes"]
    for section in sections[1:-1]:
        names = [name.lower() for name in re.findall(r"^\w+:(\w+) ", section, re.MULTILINE)]
        assert names == sorted(names)
        assert names


def test_every_column_of_every_table(made: Mapping[str, str], workspace: Workspace) -> None:
    """``columns.md`` names every column of every table with label, what it takes and meaning in both languages."""
    glossary = Glossary(read_ontology(workspace))
    found = {file: [column.name for column in columns] for file, columns in tables(glossary).items()}
    assert found == {
        "graph/sources.csv": list(SOURCE_COLUMNS),
        "graph/entities.csv": list(ENTITY_COLUMNS),
        "graph/names.csv": list(NAME_COLUMNS),
        "graph/evidence.csv": list(EVIDENCE_COLUMNS),
        "graph/outline.csv": list(OUTLINE_COLUMNS),
        "graph/statements/*.csv": [*STATEMENT_COLUMNS[:4], *sorted(glossary.ontology.qualifiers), *STATEMENT_COLUMNS[4:]],
    }
    for columns in tables(glossary).values():
        for column in columns:
            own = column.name in ("hours", "old_hours")
            assert [set(texts) for texts in (column.label, column.takes)] == [{"zh", "en"}] * 2, column
            assert (set(column.meaning) == {"zh", "en"} and all(column.meaning.values())) or own, column
            assert all(column.takes.values()), column
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in made["columns.md"].splitlines() if line.startswith("| `")]
    assert len(rows) == sum(map(len, found.values()))
    assert all(len(row) == 5 for row in rows)
    basis = next(row for row in rows if row[0] == " `basis` ")
    assert set(re.findall(r"`(\w+)`", basis[3])) == set(glossary.ontology.codes[f"{WW}BasisCode"])


# The page


def test_every_term_stands_on_the_page_once(made: Mapping[str, str], terms: Mapping[str, Term], workspace: Workspace) -> None:
    """Each declared term has one entry; ids are unique, and every link within the page leads to one of them."""
    page = made["index.html"]
    declared = {str(term) for term in read_ontology(workspace).graph.subjects(URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"))}
    assert {term for term in declared if term.startswith((WW, OWN))} == set(terms)
    ids = Counter(html.unescape(found) for found in re.findall(r'\sid="([^"]*)"', page))
    assert [name for name, count in ids.items() if count > 1] == []
    assert sorted(re.findall(r'<article class="term[^"]*" id="([^"]*)"', page)) == sorted(term.anchor for term in terms.values())
    assert sorted({html.unescape(found) for found in re.findall(r'href="#([^"]*)"', page)} - set(ids)) == []
    assert all(f"{term.iri}</code>" in page for term in terms.values())


def test_anchors_are_local_names(terms: Mapping[str, Term]) -> None:
    """The anchor of a term is its local name; an own term whose name the shared vocabulary has is told apart."""
    assert {term.anchor for term in terms.values() if not term.own} == {term.name for term in terms.values() if not term.own}
    assert {term.name: term.anchor for term in terms.values() if term.own} == {
        "Teahouse": "Teahouse",
        "entertains": "entertains",
        "hours": "hours",
        "oldHours": "oldHours",
        "leads": "local-leads",
    }


def test_a_term_is_told_whole(made: Mapping[str, str]) -> None:
    """An entry has labels, IRI, definition, example, broader terms, ends, role, sentences, use and questions, in both languages."""
    told = card(made["index.html"], "leads")
    for text in (
        "牵头、举办",
        f"{WW}leads",
        "甲牵头乙",
        "A leads B",
        'href="#takesPartIn"',
        'href="#Leader"',
        'href="#Program"',
        'href="#Participation"',
        "条陈述",
    ):
        assert text in told, text
    assert 'href="#page-question-' in card(made["index.html"], "Participation")
    assert "https://schema.org/startDate" in card(made["index.html"], "since")
    assert 'href="#Foundation"' in card(made["index.html"], "SocialOrganization")


def test_own_terms_are_marked(made: Mapping[str, str]) -> None:
    """Terms of one's own are listed apart and marked where they stand, and their vocabulary is named with its version."""
    page = made["index.html"]
    apart = page.split('<section id="page-own">')[1].split("</section>")[0]
    assert re.findall(r'<li><a href="#([^"]+)"', apart) == ["entertains", "hours", "local-leads", "oldHours", "Teahouse"]
    assert 'class="badge own"' in card(page, "Teahouse")
    assert 'class="badge own"' not in card(page, "Hospital")
    assert "0.2.0" in page.split("</header>")[0]
    assert 'id="page-own"' not in documentation(counted(Workspace(TINY), TINY / "build"), "zh")["index.html"]


def test_deprecated_terms_are_marked(made: Mapping[str, str]) -> None:
    """A deprecated term says so and names what to use instead, which says what it replaces."""
    told = card(made["index.html"], "oldHours")
    assert 'class="badge gone"' in told
    assert re.search(r'class="instead">.*?href="#hours"', told, re.DOTALL)
    assert 'href="#oldHours"' in card(made["index.html"], "hours")
    assert re.findall(r'<li><a href="#([^"]+)"', made["index.html"].split('<section id="page-gone">')[1].split("</section>")[0]) == ["oldHours"]


def test_texts_of_files_are_escaped(made: Mapping[str, str]) -> None:
    """Labels and names are text, and no link leads to a script."""
    page = made["index.html"]
    assert HOSTILE not in page
    assert page.count(html.escape(HOSTILE).replace("&quot;", "&#34;")) > 2
    assert "javascript:alert(1)" in card(page, "Teahouse")
    assert "href" not in re.findall(r"[^>]*>[^<]*javascript:alert\(1\)", page)[0]


def test_the_page_asks_for_nothing(made: Mapping[str, str]) -> None:
    """Nothing is loaded from elsewhere; one style and one script are allowed, by their hashes, and nothing is inline beside them."""
    page = made["index.html"]
    policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[0])
    for kind in ("style", "script"):
        texts = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert len(texts) == 1
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    bare = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r"<[^>]+\s(?:style|on\w+|src)=", bare) == []
    assert re.findall(r'<(?!a )[^>]*href="https?:', bare) == []
    assert re.findall(r'<a (?!rel="external noreferrer")[^>]*href="https?:', bare) == []


@cache
def words() -> Mapping[str, list[str]]:
    """The words of the page."""
    found: Mapping[str, list[str]] = json.loads((files("withwhom") / "templates" / "ontology" / "words.json").read_text(encoding="utf-8"))
    return found


def test_words_stand_in_both_languages() -> None:
    """Every text of the page is there in Chinese and in English, with the same values in it, and every one is used."""
    package = files("withwhom")
    code = (package / "templates" / "ontology.html").read_text(encoding="utf-8")
    code += "".join((package / f"ontology_{name}.py").read_text(encoding="utf-8") for name in ("page", "sections", "picture"))
    made = ("section-", "group-", "row-", "unit-", "one-", "kind-")
    for key, texts in words().items():
        zh, en = texts
        assert sorted(re.findall(r"\{\w+\}", zh)) == sorted(re.findall(r"\{\w+\}", en))
        assert zh == en or (re.search(r"[㐀-鿿：，。]", zh) and not re.search(r"[㐀-鿿]", en)), key
        assert f'"{key}"' in code or key.startswith(made) or key.endswith("Match"), key


# Counts


def ask(workspace: Workspace, query: str) -> Counter[str]:
    """Return how often a query over the stated and derived graphs counts each term."""
    store = ox.Store.read_only(str(workspace.root / "build" / "store"))
    graphs = [ox.NamedNode(f"https://example.org/tiny/graph/{name}") for name in ("stated", "derived")]
    rows = store.query(query, default_graph=[*graphs], prefixes={"ww": WW, "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"})
    assert isinstance(rows, ox.QuerySolutions)
    return Counter({row["term"].value: int(row["count"].value) for row in rows})


def test_counts_are_those_of_the_graph(uses: Mapping[str, Use], terms: Mapping[str, Term], workspace: Workspace) -> None:
    """Statements of each predicate, entities of each class, statements of each relation class and uses of each code are as SPARQL counts them."""
    predicates = ask(workspace, "SELECT ?term (COUNT(?s) AS ?count) { ?s a rdf:Statement ; rdf:predicate ?term } GROUP BY ?term")
    instances = ask(workspace, "SELECT ?term (COUNT(DISTINCT ?s) AS ?count) { ?s a ?term } GROUP BY ?term")
    codes = ask(
        workspace, "SELECT ?term (COUNT(?s) AS ?count) { ?s ?p ?term . ?s a rdf:Statement . FILTER(?p NOT IN (rdf:type, rdf:predicate)) } GROUP BY ?term"
    )
    triples = ask(workspace, "SELECT ?term (COUNT(?s) AS ?count) { ?s ?term ?o } GROUP BY ?term")
    seen: Counter[str] = Counter()
    for iri, term in terms.items():
        use = uses[iri]
        if term.kind == "predicate":
            assert use.count == predicates[iri], iri
        elif term.kind in ("class", "relation"):
            assert use.whole == instances[iri], iri
        elif term.kind == "record" and term.name != "Rule":
            assert use.count == instances[iri], iri
        elif term.kind == "property" and use.unit == "triples":
            assert use.count == triples[iri], iri
        elif term.kind == "code" and term.written:
            statements = sum(count for file, _, count in use.cells if file.startswith("statements"))
            assert statements == codes[iri], iri
        else:
            continue
        seen[term.kind] += 1 if use.whole else 0
    assert min(seen[kind] for kind in ("predicate", "class", "relation", "record", "property", "code")) > 1, seen


def test_narrower_terms_count_for_broader_ones(uses: Mapping[str, Use], terms: Mapping[str, Term]) -> None:
    """With its narrower terms a predicate, class or relation class has as many as they all have together."""
    for iri, term in terms.items():
        if term.kind in ("class", "predicate"):
            below = {iri}
            while more := {narrower for broader in below for narrower in terms[broader].links.get("below", ())} - below:
                below |= more
            assert uses[iri].whole == sum(uses[narrower].count for narrower in below), iri
        if term.kind == "relation":
            assert uses[iri].count == sum(uses[predicate].count for predicate in term.links["predicates"]), iri
        if term.kind == "role":
            assert uses[iri].count == sum(uses[predicate].count for predicate in term.links["role-of"]), iri


def test_cells_are_counted_by_column(uses: Mapping[str, Use], workspace: Workspace) -> None:
    """Cells of a qualifier are counted by the table they stand in; a place is a column of statements and of entities."""
    records = counted(workspace, workspace.root / "build").checked.records
    stated, placed = (sum(bool(row.get("place")) for row in records.statements), sum(bool(row.place) for row in records.entities))
    assert placed
    assert uses[f"{WW}place"].cells == [("statements/*.csv", "place", stated), ("entities.csv", "place", placed)]
    assert uses[f"{WW}place"].count == stated + placed
    assert uses[f"{OWN}hours"].count == 0
    assert uses[f"{OWN}Teahouse"].count == 1


def test_a_build_of_other_rows_is_not_counted(tmp_path: Path) -> None:
    """Triples are counted only in a build of these very rows: after an edit the page says that they are not."""
    root = extended(tmp_path)
    build(Workspace(root), quotes=False)
    assert counted(Workspace(root), root / "build").build == root / "build"
    edit_cell(root / "graph" / "entities.csv", "teahouse", "name_en", "Tea house")
    usage = counted(Workspace(root), root / "build")
    assert usage.build is None
    assert usage.uses[f"{WW}worksWith"].unit == ""
    assert "没有与这些表格一致的构建" in documentation(usage, "zh")["index.html"]


def test_examples_are_clear(uses: Mapping[str, Use], terms: Mapping[str, Term]) -> None:
    """The examples of a predicate use it; what a text says stands before what is inferred, what is so before what is planned."""
    shown = 0
    for iri, term in terms.items():
        told = uses[iri].told
        if term.kind == "predicate":
            assert all(f"~{term.name}~" in item.address or not item.address.count("~") for item in told)
            assert bool(told) == bool(uses[iri].count)
            shown += len(told)
        assert [item.certainty != "explicit" for item in told] == sorted(item.certainty != "explicit" for item in told)
    assert shown > 5


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("PREFIX a: <urn:a:> SELECT * { ?s a:b ?o }", {"urn:a:b", "urn:a:"}),
        ("PREFIX : <urn:x#> SELECT * { ?s :b-c/^:d.e ?o . FILTER(?o != :f) }", {"urn:x#b-c", "urn:x#d.e", "urn:x#f", "urn:x#"}),
        ("SELECT * { ?s <urn:full> 'a:b <urn:text>' } # <urn:comment> a:b", {"urn:full"}),
        ("PREFIX a: <urn:a:> SELECT * { ?a ?b ?c FILTER(?a<?c && ?c>?a) } # a:no", {"urn:a:"}),
        ("SELECT * { ?s unknown:b ?o }", set()),
    ],
)
def test_terms_of_a_query(query: str, named: set[str]) -> None:
    """A query names the terms that it writes in full or by a declared prefix, and none in texts and comments."""
    assert named_in(query) == named


def test_questions_and_rules_are_those_that_name_the_term(uses: Mapping[str, Use]) -> None:
    """A question is listed at the terms of its query and the classes of its parameters; a rule at the terms of its text."""
    assert "partners-of" in uses[f"{WW}Partnership"].questions
    assert "partners-of" in uses[f"{WW}Program"].questions
    assert "partners-of" not in uses[f"{WW}Funding"].questions
    assert "works-with-leader" in uses[f"{WW}leadRole"].rules
    assert uses[f"{OWN}hours"].questions == []
