"""Views in other vocabularies say the same as the saved questions, in terms that those vocabularies have, and nothing that is not so."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, ORG, PROV, RDF, RDFS, SKOS, XSD, Graph, namespace

from conftest import CASES, Command, read_rows
from withwhom.binding import BindingError
from withwhom.build import build
from withwhom.knowledge import KnowledgeBase, Options
from withwhom.knowledge import open as open_graph
from withwhom.problems import InputError
from withwhom.views import read_view, view_lines
from withwhom.workspace import Workspace, shipped

VIEWS = ("oa", "org", "prov", "schema")
OA = "http://www.w3.org/ns/oa#"
BASE = "https://w3id.org/withwhom/graph/"
LOCAL = "https://example.org/ontology#"
PREFIXES = {
    "dcterms": str(DCTERMS),
    "oa": OA,
    "org": str(ORG),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(namespace.SDO),
    "skos": str(SKOS),
    "xsd": str(XSD),
}
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
Rows = list[tuple[str, ...]]
Engine = Callable[[Iterable[str]], Callable[[str], Rows]]


def made(kb: KnowledgeBase, name: str, workspace: Workspace | None = None, leave_out: str = "") -> list[str]:
    """Return the lines of a view of a build."""
    graphs = [f"{kb.base}graph/{graph}" for graph in ("ontology", "stated", "derived") if graph != leave_out]
    store = getattr(kb.engine, "store")  # noqa: B009  # the face of all engines has none; this one is embedded
    return view_lines(store, read_view(workspace or shipped(), name), kb.base, graphs)


@pytest.fixture(scope="module")
def kb(shipped_build: Path) -> KnowledgeBase:
    """Return the shipped graph."""
    return open_graph(shipped_build)


@pytest.fixture(scope="module")
def views(kb: KnowledgeBase) -> Mapping[str, list[str]]:
    """Return the lines of every view of the shipped graph."""
    return {name: made(kb, name) for name in VIEWS}


def on_oxigraph(lines: Iterable[str]) -> Callable[[str], Rows]:
    """Return a function that asks Oxigraph over lines of N-Triples."""
    store = ox.Store()
    store.load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)

    def ask(query: str) -> Rows:
        found = store.query(HEAD + query)
        assert isinstance(found, ox.QuerySolutions)
        return sorted(tuple(getattr(value, "value", "") for value in solution) for solution in found)

    return ask


def on_rdflib(lines: Iterable[str]) -> Callable[[str], Rows]:
    """Return a function that asks rdflib over lines of N-Triples."""
    graph = Graph().parse(data="\n".join(lines), format="nt")

    def ask(query: str) -> Rows:
        result = graph.query(HEAD + query)
        return sorted(tuple("" if (value := row.get(name)) is None else str(value) for name in result.vars or ()) for row in result.bindings)

    return ask


ENGINES = (on_oxigraph, on_rdflib)
Loaded = Callable[[Engine, str], Callable[[str], Rows]]
Ask = Callable[[str, str, str], Rows]


@pytest.fixture(scope="module")
def loaded(kb: KnowledgeBase, views: Mapping[str, list[str]]) -> Loaded:
    """Return a function that gives a view of the shipped graph to an engine, once, with the names of roles, which stand in the ontology."""
    ontology = (kb.folder / "ontology.nt").read_text(encoding="utf-8").splitlines()
    names = [line for line in ontology if f" <{RDFS.label}> " in line]
    return cache(lambda engine, name: engine([*views[name], *names]))


def answer(kb: KnowledgeBase, slug: str, columns: str, **values: str) -> set[tuple[str, ...]]:
    """Return columns of a saved question's answer, of what documents say."""
    found = kb.query(slug, Options(language="en", explicit_only=True), **values)
    places = [found.columns.index(column) for column in columns.split()]
    return {tuple("" if row[place] is None else str(row[place]) for place in places) for row in found.rows}


# The terms


@pytest.fixture(scope="module")
def terms() -> Mapping[str, Mapping[str, str]]:
    """Return the outside terms of views, checked by hand against their standards: kind, domain and range where a view can show them."""
    with (CASES / "view_terms.csv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: row for row in csv.DictReader(file)}


def full(term: str) -> str:
    """Return the IRI of a prefixed name."""
    prefix, name = term.split(":")
    return PREFIXES[prefix] + name


def test_terms_are_in_their_vocabularies(terms: Mapping[str, Mapping[str, str]]) -> None:
    """Rdflib carries ORG, PROV-O, schema.org, SKOS and Dublin Core: each term of the list is in there."""
    carried = {"org": ORG, "prov": PROV, "schema": namespace.SDO, "skos": SKOS, "dcterms": DCTERMS, "rdf": RDF, "rdfs": RDFS}
    parts = [term.split(":") for term in terms]
    assert [name for prefix, name in parts if prefix in carried and name not in carried[prefix]] == []
    assert {prefix for prefix, _ in parts} == {*carried, "oa"}


@pytest.mark.parametrize("name", VIEWS)
def test_views_use_terms_as_what_they_are(name: str, views: Mapping[str, list[str]], terms: Mapping[str, Mapping[str, str]]) -> None:
    """Every property and class of a view is one of the list, subjects and objects are of the classes that the standard asks for."""
    kinds = {full(term): row for term, row in terms.items()}
    triples = [(quad.subject, quad.predicate.value, quad.object) for quad in ox.parse("\n".join(views[name]), format=ox.RdfFormat.N_TRIPLES)]
    classes = {(str(subject), getattr(target, "value", "")) for subject, property, target in triples if property == str(RDF.type)}
    assert triples
    assert {kind for _, kind in classes} <= {iri for iri, row in kinds.items() if row["kind"] == "class"}
    assert {property for _, property, _ in triples} <= {iri for iri, row in kinds.items() if row["kind"] == "property"}
    for subject, property, target in triples:
        row = kinds[property]
        assert not row["domain"] or (str(subject), full(row["domain"])) in classes, (subject, property)
        if row["range"].startswith("xsd:"):
            assert isinstance(target, ox.Literal)
            assert target.datatype == ox.NamedNode(str(XSD.integer))
            assert int(target.value) >= 0  # a nonNegativeInteger is an integer from 0 on (XML Schema part 2, section 3.4.20)
        else:
            assert not row["range"] or (str(target), full(row["range"])) in classes, (property, target)


def test_every_listed_term_is_used(terms: Mapping[str, Mapping[str, str]]) -> None:
    """The list holds no term that neither a rule nor an alignment names."""
    text = "".join(path.read_text(encoding="utf-8") for paths in shipped().view_files().values() for path in paths)
    text += (shipped().ontology / "alignments.ttl").read_text(encoding="utf-8")
    unused = {term for term in terms if not re.search(rf"\b{term}\b", text)}
    assert unused <= {"rdf:type"}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_sorted_and_whole(name: str, kb: KnowledgeBase, views: Mapping[str, list[str]]) -> None:
    """Lines are sorted, stand once, hold no blank node and no term of ours as a property, and are the same at every run."""
    lines = views[name]
    assert lines == sorted(set(lines)) == made(kb, name)
    assert not [line for line in lines if "_:" in line.split('"')[0]]
    assert not [line for line in lines if line.split(" ")[1].startswith("<https://w3id.org/withwhom")]


# The same answers in other words


@pytest.fixture(scope="module")
def entities(shipped_build: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the rows of the build's table of entities by IRI."""
    with (shipped_build / "entities.csv").open(encoding="utf-8-sig", newline="") as file:
        return {f"{BASE}entity/{row['id']}": row for row in csv.DictReader(file)}


MEMBERSHIPS = """SELECT DISTINCT ?member ?role ?statement WHERE {{
  ?membership a org:Membership ; org:organization <{body}> ; org:member ?member ; org:role ?played ; dcterms:source ?statement .
  ?played rdfs:label ?role . FILTER(LANG(?role) = "en") }}"""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("program", ["red-journey", "shanxi-red-cross-elderly-care"])
def test_memberships_are_participations(engine: Engine, program: str, kb: KnowledgeBase, loaded: Loaded, entities: Mapping[str, Mapping[str, str]]) -> None:
    """A program run together is an org:OrganizationalCollaboration, whose memberships are its participants that are no sets."""
    ask = loaded(engine, "org")
    rows = answer(kb, "participants-of", "participant statement", program=program)
    found = ask(MEMBERSHIPS.format(body=f"{BASE}entity/{program}"))
    assert len(found) >= 2
    assert {(member, statement) for member, _, statement in found} == {row for row in rows if entities[row[0]]["collective"] != "true"}
    assert ask(f"SELECT ?x WHERE {{ <{BASE}entity/{program}> a org:OrganizationalCollaboration , ?x FILTER(?x = org:Organization) }}")


@pytest.mark.parametrize("engine", ENGINES)
def test_only_programs_run_together_are_ventures(engine: Engine, kb: KnowledgeBase, loaded: Loaded) -> None:
    """In each venture, networks aside, somebody co-organizes, or partners are said to work together in it: taking part is not enough."""
    partners = kb.sparql(
        "PREFIX ww: <https://w3id.org/withwhom/ontology#> SELECT DISTINCT ?program WHERE "
        "{ { ?s a ww:Partnership ; ww:program ?program } UNION { ?program a ww:Network } }"
    )
    joint = {str(row[0]) for row in partners.rows}
    ventures = [body for (body,) in loaded(engine, "org")("SELECT ?body WHERE { ?body a org:OrganizationalCollaboration }")]
    assert len(ventures) > 5
    for body in (body for body in ventures if body not in joint):
        assert "co-organizes" in {role for (role,) in answer(kb, "participants-of", "role", program=body.rpartition("/")[2])}


@pytest.mark.parametrize("engine", ENGINES)
def test_posts_are_roles_of_memberships(engine: Engine, kb: KnowledgeBase, loaded: Loaded) -> None:
    """Who holds which post where is the same in ORG terms."""
    found = loaded(engine, "org")("""SELECT DISTINCT ?body ?post WHERE {
      ?membership a org:Membership ; org:member ?person ; org:organization ?body ; org:role ?role . ?role skos:prefLabel ?post .
      ?person org:memberOf ?body . FILTER(LANG(?post) = "en" && STRENDS(STR(?person), "/chen-tao")) }""")
    assert len(found) == 2
    assert set(found) == answer(kb, "posts-of", "body position", entity="陈涛")


@pytest.mark.parametrize("engine", ENGINES)
def test_partners_are_linked(engine: Engine, kb: KnowledgeBase, loaded: Loaded) -> None:
    """Two bodies that a document says work together are org:linkedTo one another, both ways."""
    ask = loaded(engine, "org")
    one = f"{BASE}entity/shanxi-red-cross"
    said = {partner for partner, kind in answer(kb, "partners-of", "partner kind", org="shanxi-red-cross") if kind == "said"}
    named = {other for (other,) in ask("SELECT ?other WHERE { ?other a org:Organization }")}
    there = {other for (other,) in ask(f"SELECT ?other WHERE {{ <{one}> org:linkedTo ?other }}")}
    back = {other for (other,) in ask(f"SELECT ?other WHERE {{ ?other org:linkedTo <{one}> }}")}
    assert said & named
    assert said & named <= there & back


@pytest.mark.parametrize("engine", ENGINES)
def test_associations_are_participations(engine: Engine, kb: KnowledgeBase, loaded: Loaded, entities: Mapping[str, Mapping[str, str]]) -> None:
    """In PROV terms a body is associated with just the programs that the question gives, with the same roles; sets are agents, too."""
    ask = loaded(engine, "prov")
    for body in ("shanxi-red-cross", "red-cross-societies-all-levels"):
        found = ask(f"""SELECT DISTINCT ?program ?statement WHERE {{
          ?program a prov:Activity ; prov:qualifiedAssociation ?association ; prov:wasAssociatedWith ?agent .
          ?association prov:agent ?agent ; prov:hadRole ?role ; dcterms:source ?statement . FILTER(?agent = <{BASE}entity/{body}>) }}""")
        rows = answer(kb, "programs-of", "program statement", org=body)
        assert len(found) > 3
        assert set(found) == {row for row in rows if entities[row[0]]["type"] in ("Program", "Campaign", "Event")}


@pytest.mark.parametrize("engine", ENGINES)
def test_derivations_rest_on_their_statements(engine: Engine, kb: KnowledgeBase, loaded: Loaded) -> None:
    """In PROV terms each derivation comes from its statements, and from the run of a rule, which is the plan."""
    ask = loaded(engine, "prov")
    found = ask("""SELECT ?derivation ?statement ?rule WHERE {
      ?derivation prov:wasGeneratedBy ?run ; prov:wasDerivedFrom ?statement . ?run prov:qualifiedAssociation/prov:hadPlan ?rule }""")
    used = ask("SELECT DISTINCT ?statement ?rule WHERE { ?run prov:used ?statement ; prov:qualifiedAssociation/prov:hadPlan ?rule }")
    assert {row[1:] for row in found} == set(used)
    own = kb.sparql("PREFIX ww: <https://w3id.org/withwhom/ontology#> SELECT ?d ?s ?r WHERE { ?d a ww:Derivation ; ww:derivedFrom ?s ; ww:rule ?r }")
    assert len(found) == 100
    assert found == sorted(tuple(map(str, row)) for row in own.rows)


@pytest.mark.parametrize("engine", ENGINES)
def test_statements_come_from_their_sources(engine: Engine, kb: KnowledgeBase, loaded: Loaded) -> None:
    """Every statement, planned ones too, was derived from its source and from each of its passages."""
    found = loaded(engine, "prov")("SELECT ?s ?origin WHERE { ?s prov:wasDerivedFrom ?origin . FILTER(CONTAINS(STR(?s), '/statement/')) }")
    own = kb.sparql(
        "PREFIX ww: <https://w3id.org/withwhom/ontology#> SELECT ?s ?o WHERE { ?s ww:certainty ?c ; ww:source|ww:evidence ?o . ?s ww:citation ?x FILTER(LANG(?x) = 'en') }"
    )
    assert len(found) > 2000
    assert found == sorted({tuple(map(str, row)) for row in own.rows})


@pytest.mark.parametrize("engine", ENGINES)
def test_annotations_have_the_spans_of_the_tables(engine: Engine, loaded: Loaded) -> None:
    """Source, start and end of each annotation's target are those of the statement tables and of ``evidence.csv``, in code points."""
    # rdflib begins with the patterns of least variables: several of ?x a oa:Class would make it go through all pairs
    found = loaded(engine, "oa")("""SELECT ?statement ?source ?start ?end WHERE {
      ?annotation oa:hasBody ?statement ; oa:hasTarget ?target . ?target oa:hasSource ?source ; oa:hasSelector ?selector .
      ?selector oa:start ?start ; oa:end ?end }""")
    spans = set()
    for path in sorted((shipped().graph / "statements").glob("*.csv")):
        head, *rows = read_rows(path)
        spans |= {(f"{path.stem}/{row[0]}", row[head.index("begin")], row[head.index("stop")]) for row in rows}
    spans |= {(row[0], row[2], row[3]) for row in read_rows(shipped().graph / "evidence.csv")[1:]}
    spans = {span for span in spans if span[1]}
    assert len(spans) > 1000
    assert {(statement.partition("statement/")[2], start, end) for statement, _, start, end in found} == spans
    assert all(source == f"{BASE}source/{statement.partition('statement/')[2].partition('/')[0]}" for statement, source, _, _ in found)


@pytest.mark.parametrize("engine", ENGINES)
def test_grants_are_the_gifts(engine: Engine, kb: KnowledgeBase, loaded: Loaded) -> None:
    """In schema.org terms a body sponsors just what the question says that it funds; goods have no funder."""
    ask = loaded(engine, "schema")
    grants = "SELECT ?item ?statement WHERE {{ ?grant a schema:Grant ; schema:{role} <{body}> ; schema:fundedItem ?item ; dcterms:source ?statement }}"
    for body in ("qujing-red-cross", "jiangxi-red-cross", "taixing-red-cross", "rcsc-headquarters"):
        rows = answer(kb, "funds-given-by", "receiver statement support share", org=body)
        own = {row[:3] for row in rows if row[3] == "own"}
        assert own
        assert set(ask(grants.format(role="sponsor", body=f"{BASE}entity/{body}"))) == {row[:2] for row in own}
        assert set(ask(grants.format(role="funder", body=f"{BASE}entity/{body}"))) == {row[:2] for row in own if row[2].endswith("#cash")}
    bought = answer(kb, "funds-given-by", "receiver statement", org="shaanxi-civil-affairs-department")
    assert bought
    assert ask(grants.format(role="sponsor", body=f"{BASE}entity/shaanxi-civil-affairs-department")) == []


def test_about_is_no_figure(views: Mapping[str, list[str]]) -> None:
    """The only sum of money in the shipped graph is one of about so much: its grant has a currency, and no value."""
    ask = on_oxigraph(views["schema"])
    assert ask("SELECT ?currency ?value WHERE { ?g schema:amount ?a . ?a schema:currency ?currency OPTIONAL { ?a ?p ?value FILTER(isNumeric(?value)) } }") == [
        ("CNY", "")
    ]


# Only what is so


GRAPH = """base = "https://example.org/graph/"
licence = "https://creativecommons.org/licenses/by/4.0/"
version = "1.0.0"

[title]
zh = "看法"
en = "Views"
"""
TABLES = {
    "sources.csv": "id,title,publisher,date,language\nreport,年报,测试出版社,2021,zh\nsheet,台账,测试出版社,2021,zh\n",
    "entities.csv": """id,type,name_zh,name_en,collective
giver,Foundation,东山基金会,Dongshan Foundation,
other,Enterprise,西河公司,Xihe Company,
society,RedCrossSociety,东县红十字会,Dong County Red Cross,
branch,RedCrossSociety,东村红十字会,Dongcun Red Cross,
hospitals,Hospital,三家医院,three hospitals,true
first,Hospital,第一医院,First Hospital,
screening,Program,春季义诊,Spring Screening,
alone,Program,秋季义诊,Autumn Screening,
beside,Program,冬季义诊,Winter Screening,
alliance,Network,东山联盟,Dongshan Alliance,
""",
    "names.csv": "entity,name,language,kind,source,begin,stop,since,until\ngiver,东山会,zh,abbreviation,,,,,\n",
    "evidence.csv": "statement,part,begin,stop,digest\nreport/exact,date,5,9,h:0000000000000009\n",
    "outline.csv": "source,paragraph,sentence,begin,stop\nreport,1,1,0,900\n",
    "statements/sheet.csv": """id,subject,predicate,object,certainty,locator
row,society,takesPartIn,screening,explicit,row=17
record,branch,takesPartIn,screening,explicit,IATI-7
""",
    "statements/report.csv": """id,subject,predicate,object,amount,currency,amount_qualifier,support,basis,status,certainty,event,included_in,position,annotator,begin
exact,giver,donatesTo,society,100,CNY,,cash,given,done,explicit,,,,a,10
over,giver,donatesTo,branch,200,CNY,over,cash,given,done,explicit,,,,,20
under,giver,grantsTo,first,300,CNY,under,cash,disbursed,done,explicit,,,,,30
about,giver,donatesTo,screening,400,CNY,about,cash,given,done,explicit,,,,,40
goods,giver,donatesTo,first,500,CNY,exact,in_kind,given,done,explicit,,,,,50
both,giver,donatesTo,hospitals,600,CNY,exact,mixed,given,done,explicit,,,,,60
planned,giver,donatesTo,society,700,CNY,exact,cash,given,planned,explicit,,,,,70
applied,giver,donatesTo,society,710,CNY,exact,cash,given,applied,explicit,,,,,71
denied,giver,donatesTo,society,720,CNY,exact,cash,given,denied,explicit,,,,,72
guessed,giver,donatesTo,society,800,CNY,exact,cash,given,done,inferred,,,,,80
pledged,giver,donatesTo,society,900,CNY,exact,cash,pledged,,explicit,,,,,90
loan,giver,lendsTo,society,1000,CNY,exact,cash,disbursed,done,explicit,,,,,100
bought,giver,buysServicesFrom,society,1100,CNY,exact,cash,spent,done,explicit,,,,,110
told,other,sponsors,society,1200,CNY,exact,cash,given,done,explicit,gala,,,,120
retold,other,sponsors,society,1300,CNY,exact,cash,given,done,explicit,gala,,,,130
part,other,donatesTo,first,50,CNY,exact,cash,given,done,explicit,,told,,,140
set,hospitals,donatesTo,society,70,USD,exact,cash,given,done,explicit,,,,,150
lead,society,leads,screening,,,,,,done,explicit,,,,,160
join,giver,volunteersFor,screening,,,,,,done,explicit,,,,,170
with,other,coOrganizes,screening,,,,,,done,explicit,,,,,180
many,hospitals,supports,screening,,,,,,done,explicit,,,,,190
later,branch,supports,screening,,,,,,planned,explicit,,,,,200
maybe,branch,supports,screening,,,,,,done,inferred,,,,,210
sole,society,leads,alone,,,,,,done,explicit,,,,,220
side1,society,implements,beside,,,,,,done,explicit,,,,,221
side2,giver,implements,beside,,,,,,done,explicit,,,,,222
again,society,leads,screening,,,,,,,explicit,,,,,223
member,first,isOneOf,hospitals,,,,,,,explicit,,,,,230
belongs,society,memberOf,alliance,,,,,,,explicit,,,,,240
founder,other,founds,alliance,,,,,,,explicit,,,,,250
local,branch,reportsUpTo,society,,,,,,,explicit,,,,,260
inside,branch,partOf,society,,,,,,,explicit,,,,,270
""",
}
LOCAL_TTL = f"""@prefix l: <{LOCAL}> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ww: <https://w3id.org/withwhom/ontology#> .

l:volunteersFor a owl:ObjectProperty , ww:Predicate ;
    rdfs:label "志愿服务于"@zh , "volunteers for"@en ;
    schema:domainIncludes ww:Organization ; schema:rangeIncludes ww:Program ;
    rdfs:subPropertyOf ww:supports ; ww:role l:Volunteer ;
    ww:phrase "{{subject}}为{{object}}做志愿者"@zh , "{{subject}} volunteers for {{object}}"@en .

l:Volunteer a org:Role ; rdfs:label "志愿方"@zh , "volunteer"@en .

l:sponsors a owl:ObjectProperty , ww:Predicate ;
    rdfs:label "冠名赞助"@zh , "sponsors"@en ;
    schema:domainIncludes ww:Organization ; schema:rangeIncludes ww:Organization ;
    rdfs:subPropertyOf ww:donatesTo ; ww:role l:Sponsor ;
    ww:phrase "{{subject}}赞助{{object}}"@zh , "{{subject}} sponsors {{object}}"@en .

l:Sponsor a org:Role ; rdfs:label "赞助方"@zh , "sponsor"@en .

l:reportsUpTo a owl:ObjectProperty , ww:Predicate ;
    rdfs:label "向…报告"@zh , "reports to"@en ;
    schema:domainIncludes ww:Organization ; schema:rangeIncludes ww:Organization ;
    rdfs:subPropertyOf ww:partnersWith ; ww:role l:Reporter ;
    ww:phrase "{{subject}}向{{object}}报告"@zh , "{{subject}} reports to {{object}}"@en ;
    skos:broadMatch org:reportsTo .

l:Reporter a org:Role ; rdfs:label "报告方"@zh , "reporter"@en .
"""
RULE = """# Who gave something, in the words of a vocabulary of one's own.
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX ww: <https://w3id.org/withwhom/ontology#>

CONSTRUCT { ?giver foaf:made ?statement }
WHERE { ?statement a ww:Funding ; rdf:subject ?giver }
"""


def spans(text: str) -> str:
    """Return a table of statements with an end and a digest after each begin."""
    head, *rows = text.splitlines()
    return (
        "\n".join([f"{head},stop,digest", *(f"{row},{int(row.rpartition(',')[2]) + 2},h:000000000000000{number % 10}" for number, row in enumerate(rows))])
        + "\n"
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Build a workspace whose rows are of every kind that a view could get wrong, with terms and a view of its own."""
    root = tmp_path_factory.mktemp("views")
    files = {"graph/graph.toml": GRAPH, "ontology/local.ttl": LOCAL_TTL, "ontology/views/givers/made.rq": RULE}
    files |= {f"graph/{name}": spans(text) if name == "statements/report.csv" else text for name, text in TABLES.items()}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    build(Workspace(root))
    return Workspace(root)


@pytest.fixture(scope="module")
def asked(small: Workspace) -> Ask:
    """Return a function that asks a view of the small workspace; names are given and come back as local ones."""
    kb = open_graph(small.root)
    stores = {name: on_oxigraph(made(kb, name, small)) for name in (*VIEWS, "givers")}

    def ask(view: str, columns: str, pattern: str) -> Rows:
        text = re.sub(r"\be:([a-z]+)", r"<https://example.org/graph/entity/\1>", pattern)
        found = stores[view](f"PREFIX foaf: <http://xmlns.com/foaf/0.1/> SELECT DISTINCT {columns} WHERE {{ {text} }}")
        return sorted(tuple(re.split(r"/(?:entity|statement)/", value)[-1] for value in row) for row in found)

    return ask


def test_grants_are_what_was_given(asked: Ask) -> None:
    """Planned, applied, denied, inferred and pledged sums are no grants, nor are loans and purchases; goods and mixtures are not of money."""
    grants = asked("schema", "?statement", "?grant dcterms:source ?statement ; a schema:Grant")
    assert {statement for (statement,) in grants} == {
        f"report/{name}" for name in ["exact", "over", "under", "about", "goods", "both", "told", "retold", "part", "set"]
    }
    money = asked("schema", "?statement", "?grant a schema:MonetaryGrant ; schema:funder ?funder ; dcterms:source ?statement")
    assert {statement for (statement,) in money} == {f"report/{name}" for name in ["exact", "over", "under", "about", "told", "retold", "part", "set"]}


def test_sums_keep_their_qualifiers(asked: Ask) -> None:
    """Over is a least, under a most, about neither; two tellings of one event are one grant, between the two figures."""
    sums = asked(
        "schema",
        "?item ?c ?v ?least ?most",
        "?g schema:fundedItem ?item ; schema:amount ?a . ?a a schema:MonetaryAmount ; schema:currency ?c . "
        "OPTIONAL { ?a schema:value ?v } OPTIONAL { ?a schema:minValue ?least } OPTIONAL { ?a schema:maxValue ?most }",
    )
    assert set(sums) == {
        ("society", "CNY", "100", "", ""),
        ("branch", "CNY", "", "200", ""),
        ("first", "CNY", "", "", "300"),
        ("screening", "CNY", "", "", ""),
        ("society", "CNY", "", "1200", "1300"),
        ("first", "CNY", "50", "", ""),
        ("society", "USD", "70", "", ""),
    }


def test_parts_belong_to_their_whole(asked: Ask) -> None:
    """A part is a grant within the grant of its event, which both tellings make."""
    rows = asked("schema", "?part ?statement", "?part schema:isPartOf ?whole . ?whole dcterms:source ?statement")
    assert set(rows) == {("report/part#grant", "report/told"), ("report/part#grant", "report/retold")}


def test_sets_are_no_bodies(asked: Ask) -> None:
    """A set has a name and no type in schema.org, none in ORG, and is a collection with its members in PROV."""
    assert asked("schema", "?name", "e:hospitals schema:name ?name . FILTER(LANG(?name) = 'en')") == [("three hospitals",)]
    assert asked("schema", "?type", "e:hospitals a ?type") == []
    assert asked("org", "?p", "{ e:hospitals ?p ?o } UNION { ?s ?p e:hospitals }") == []
    assert asked("prov", "?one", "e:hospitals a prov:Collection , prov:Agent ; prov:hadMember ?one") == [("first",)]
    assert asked("prov", "?x", "e:hospitals a prov:Organization , ?x") == []
    assert ("first",) in asked("prov", "?who", "?who a prov:Organization")


def test_ventures_are_run_together(asked: Ask) -> None:
    """A program of one body, or of several that nobody says work together, is no venture; founders are no members; planned and inferred ones neither."""
    assert asked("org", "?body", "?body a org:OrganizationalCollaboration") == [("alliance",), ("screening",)]
    rows = asked("org", "?who ?role", "?m org:organization e:screening ; org:member ?who ; org:role ?role")
    roles = {(who, re.split("[#/]", role)[-1]) for who, role in rows}
    assert roles == {("society", "Leader"), ("giver", "Volunteer"), ("other", "CoOrganizer"), ("society", "Participant"), ("branch", "Participant")}
    assert asked("org", "?who", "?m org:organization e:alliance ; org:member ?who") == [("society",)]


def test_one_membership_however_often_it_is_told(asked: Ask) -> None:
    """Two statements of one role are one membership with two sources."""
    rows = asked("org", "?m ?s", "?m org:organization e:screening ; org:member e:society ; dcterms:source ?s")
    assert {statement for _, statement in rows} == {"report/lead", "report/again", "sheet/row"}
    assert len({membership for membership, _ in rows}) == 2


def test_own_terms_come_along(asked: Ask) -> None:
    """A predicate below a shared one, and a match of one's own, are in the views without a rule of their own."""
    assert asked("org", "?who", "e:branch org:reportsTo ?who") == [("society",)]
    assert ("society",) in asked("org", "?who", "e:branch org:linkedTo ?who")
    assert asked("org", "?who", "e:branch org:subOrganizationOf ?who") == [("society",)]
    assert asked("prov", "?a", "?p prov:qualifiedAssociation ?a . ?a prov:agent e:giver ; prov:hadRole ?r FILTER(STRENDS(STR(?r), 'Volunteer'))")
    assert {who for (who,) in asked("givers", "?who", "?who foaf:made ?s")} == {"giver", "other", "hospitals"}


def test_rows_of_tables_are_fragments(asked: Ask) -> None:
    """A row is a fragment by RFC 7111; a record id is none, and makes no annotation."""
    rows = asked(
        "oa", "?s ?v ?spec", "?a oa:hasBody ?s ; oa:hasTarget ?t . ?t oa:hasSelector ?x . ?x a oa:FragmentSelector ; rdf:value ?v ; dcterms:conformsTo ?spec"
    )
    assert rows == [("sheet/row", "row=17", "http://tools.ietf.org/rfc/rfc7111")]
    assert asked("oa", "?a", "?a oa:hasBody ?s . FILTER(STRENDS(STR(?s), 'sheet/record'))") == []
    assert len(asked("oa", "?t", "?a oa:hasBody ?s ; oa:hasTarget ?t . FILTER(STRENDS(STR(?s), 'report/exact'))")) == 2


def test_annotators_are_agents(asked: Ask) -> None:
    """Who wrote a statement down is an agent of the graph."""
    assert asked("prov", "?s ?who", "?s prov:wasAttributedTo ?who . ?who a prov:Agent ; rdfs:label 'a'") == [
        ("report/exact", "https://example.org/graph/annotator/a")
    ]


def test_without_derivations(small: Workspace) -> None:
    """A view of the stated graph alone knows no derivation."""
    kb = open_graph(small.root)
    assert any("wasGeneratedBy" in line for line in made(kb, "prov", small))
    assert not any("wasGeneratedBy" in line for line in made(kb, "prov", small, leave_out="derived"))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("CONSTRUCT { ?s <http://x.org/y> [] } WHERE { ?s a <https://w3id.org/withwhom/ontology#Funding> }", "rule-blank-node"),
        ("SELECT ?s WHERE { ?s ?p ?o }", "rule-no-construct"),
        ("CONSTRUCT { ?s ?p ?o WHERE", "bad-rule"),
    ],
)
def test_bad_rules_are_named(small: Workspace, tmp_path: Path, rule: str, code: str) -> None:
    """A rule that is no CONSTRUCT, or makes blank nodes, is one line with its file."""
    (tmp_path / "graph").mkdir()
    (tmp_path / "ontology" / "views" / "mine").mkdir(parents=True)
    (tmp_path / "ontology" / "views" / "mine" / "bad.rq").write_text(rule, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        made(open_graph(small.root), "mine", Workspace(tmp_path))
    assert [(problem.file, problem.code) for problem in caught.value.problems] == [("ontology/views/mine/bad.rq", code)]


def test_an_unknown_view_names_the_others(small: Workspace) -> None:
    """A misspelt view is told with those that there are, one's own among them."""
    with pytest.raises(BindingError) as caught:
        read_view(small, "orgs")
    assert "givers, oa, org, prov, schema" in caught.value.message("en")


def test_an_own_rule_takes_the_place_of_a_shared_one(tmp_path: Path) -> None:
    """A file of the same name in the same view is used in its place; the others of the view stay."""
    (tmp_path / "ontology" / "views" / "org").mkdir(parents=True)
    own = tmp_path / "ontology" / "views" / "org" / "links.rq"
    own.write_text(RULE, encoding="utf-8")
    files = Workspace(tmp_path).view_files()["org"]
    assert own in files
    assert {path.name for path in files} == {path.name for path in shipped().view_files()["org"]}


def test_a_misspelt_term_in_a_rule_is_told(tiny: Path, command: Command) -> None:
    """A term of ours that a view's rule misspells is one line with its place, before anybody asks for the view."""
    rule = tiny / "ontology" / "views" / "givers" / "made.rq"
    rule.parent.mkdir(parents=True)
    rule.write_text(RULE.replace("ww:Funding", "ww:Fundin"), encoding="utf-8")
    ran = command("check", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert [line.split(":")[:4] for line in ran.err] == [["ontology/views/givers/made.rq", "7", "22", " undeclared-term"]]
