"""The vocabulary keeps its own rules: violation queries, ``vocab.py``, the order of the file, and what the design fixes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, VANN, Graph, Literal, URIRef, namespace
from rdflib.term import Node

from withwhom.columns import column_name, local_name
from withwhom.ontology import Ontology, read_ontology
from withwhom.tables import STATEMENT_COLUMNS
from withwhom.terms import language_of
from withwhom.violations import violations
from withwhom.vocab import WW
from withwhom.vocabulary import ONTOLOGY, vocabulary_module
from withwhom.workspace import Workspace

ROOT = Path(__file__).parents[1]
QUERIES = {query.name: query for query in violations()}
FIXTURES = {path.stem: path for path in sorted((Path(__file__).parent / "violations" / "bad").glob("*.ttl"))}
TURTLE = sorted((ROOT / "ontology").glob("*.ttl"))
OWN = "https://w3id.org/withwhom/ontology#"
MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)

# The twelve top predicates and the relation class of each, as the design fixes them.
RELATIONS = {
    "takesPartIn": "Participation",
    "partnersWith": "Partnership",
    "funds": "Funding",
    "partOf": "Hierarchy",
    "supervises": "Supervision",
    "operatesIn": "Location",
    "benefits": "Benefit",
    "achieves": "Result",
    "receivesAward": "AwardReceipt",
    "issues": "Issuance",
    "follows": "Basis",
    "memberOf": "Membership",
}
# Sub-predicates that the design names, by the top one.
NARROWER = {
    "takesPartIn": ("leads", "initiates", "coOrganizes", "implements", "supports", "coordinates", "commissions", "hosts", "signs", "founds"),
    "funds": ("donatesTo", "grantsTo", "lendsTo", "buysServicesFrom"),
    "supervises": ("guides", "entrusts"),
    "memberOf": ("holdsPost", "isOneOf"),
}
# What each class is a kind of, as the design lists them; further classes are the ontology's own affair.
ORGANIZATIONS = (
    "RedCrossSociety GovernmentBody PartyOrganization MassOrganization Foundation SocialOrganization Enterprise Hospital "
    "CareInstitution MediaOrganization VolunteerTeam Network"
)
ENTITIES = "Organization Program Place BeneficiaryGroup Person Agreement Policy Award Fund Platform"
CODES = {
    "status": "done ongoing planned applied denied",
    "certainty": "explicit inferred",
    "date_certainty": "explicit inferred",
    "support": "cash in_kind mixed unspecified",
    "basis": "given pledged committed disbursed spent raised brought_in invested budgeted unspecified",
    "amount_qualifier": "exact about over under",
    "value_qualifier": "exact about over under",
    "list": "open",
}
COLUMNS = (
    "id subject predicate object program amount currency amount_qualifier support basis indicator value value_qualifier unit since until "
    "date_text date_certainty place status certainty event included_in overlaps awarded_by position list begin stop digest subject_mention "
    "object_mention wording locator annotator note"
)
# TransactionType: 1 incoming funds, 2 outgoing commitment, 3 disbursement, 4 expenditure, 12 outgoing pledge.
IATI = {"committed": "2", "disbursed": "3", "spent": "4", "pledged": "12", "raised": "1"}
# Outside terms of vocabularies that rdflib does not carry (Web Annotation Vocabulary 1.0; FollowTheMoney 3).
KNOWN_OUTSIDE = {
    "http://www.w3.org/ns/oa#": "FragmentSelector SpecificResource TextPositionSelector end hasSource hasTarget start",
    "https://w3id.org/ftm#": "Company Document Event Membership Organization Payment Person Project ProjectParticipant PublicBody",
}
CARRIED: tuple[type[namespace.DefinedNamespace], ...] = (DCTERMS, ORG, PROV, namespace.SDO)
# Names in the vocabulary's prefix that stand in prose as a pattern and not as a term: the definition of ww:Qualifier, `columns.py`.
PATTERNS = {"fooBar"}


def store(paths: Iterable[Path]) -> ox.Store:
    """Return Turtle files in one store."""
    made = ox.Store()
    for path in paths:
        made.load(path=str(path), format=ox.RdfFormat.TURTLE)
    return made


def rows(data: ox.Store, query: str) -> list[str]:
    """Return the terms that a violation query finds."""
    return [str(row["term"].value) for row in QUERIES[query].rows(data)]


def own_terms(data: ox.Store) -> Iterator[str]:
    """Yield the local name of every own term in a store, wherever it stands, datatypes included."""
    for quad in data:
        for term in (quad.subject, quad.predicate, quad.object, getattr(quad.object, "datatype", None)):
            if isinstance(term, ox.NamedNode) and term.value.startswith(OWN):
                yield term.value.removeprefix(OWN)


@cache
def real() -> ox.Store:
    """Return every Turtle file of the shipped ontology, shapes included."""
    return store(TURTLE)


@cache
def vocabulary() -> Graph:
    """Return ``withwhom.ttl``."""
    return Graph().parse(ROOT / "ontology" / "withwhom.ttl")


@cache
def alignments() -> Graph:
    """Return ``alignments.ttl``."""
    return Graph().parse(ROOT / "ontology" / "alignments.ttl")


@cache
def shipped() -> Ontology:
    """Return the vocabulary as the machine reads it."""
    return read_ontology(Workspace(ROOT))


def declared() -> set[str]:
    """Return the local name of every term that the ontology defines."""
    return {str(term).removeprefix(OWN) for term in vocabulary().subjects(RDFS.isDefinedBy, ONTOLOGY)}


# Violations


def test_files_are_found() -> None:
    """A run that finds no query, no fixture or no Turtle fails instead of passing silently."""
    assert len(QUERIES) >= 20
    assert {path.name for path in TURTLE} >= {"withwhom.ttl", "alignments.ttl", "shapes.ttl"}
    assert len(real()) > 2000


def test_every_query_has_a_bad_fixture() -> None:
    """Queries and bad fixtures come in pairs of one name."""
    assert sorted(QUERIES) == sorted(FIXTURES)


@pytest.mark.parametrize("query", QUERIES)
def test_ontology_has_no_violation(query: str) -> None:
    """A violation query returns nothing on the shipped ontology."""
    assert rows(real(), query) == []


@pytest.mark.parametrize("query", QUERIES)
def test_bad_fixture_is_caught(query: str) -> None:
    """On its fixture a violation query names every term that begins with ``bad`` and no other."""
    data = store([FIXTURES[query]])
    expected = {name for name in own_terms(data) if name.startswith("bad")}
    assert expected
    assert any(name.startswith(("good", "Good")) for name in own_terms(data))
    assert {term.removeprefix(OWN) for term in rows(data, query)} == expected


@pytest.mark.parametrize("query", QUERIES)
def test_violation_speaks_both_languages(query: str) -> None:
    """A violation query says its severity and a message in both languages, whose placeholders are variables that it selects."""
    violation = QUERIES[query]
    assert violation.severity in ("error", "warning")
    assert language_of(violation.zh) == "zh"
    assert language_of(violation.en) == "en"
    found = store([FIXTURES[query]]).query(violation.text)
    assert isinstance(found, ox.QuerySolutions)
    selected = {variable.value for variable in found.variables}
    for message in (violation.zh, violation.en):
        assert {name for _, name, _, _ in Formatter().parse(message) if name} <= selected - {"kind"}


@pytest.mark.parametrize(
    ("query", "old", "new"),
    [
        ("label-missing", 'rdfs:label "牵头、举办"@zh , "leads"@en', 'rdfs:label "牵头、举办"@zh'),
        ("definition-missing", 'skos:definition "领导、管理、监督、考核另一方或一个项目。"@zh , ', "skos:definition "),
        ("label-duplicate", '"基金会"@zh , "Foundation"@en', '"基金会"@zh , "Hospital"@en'),
        ("predicate-relation", "    ww:relation ww:Funding ;\n", ""),
        ("phrase-placeholder", '"{subject} supervises {object}"@en', '"{subject} supervises {objekt}"@en'),
        ("predicate-role", "    ww:role ww:Host ;\n", ""),
        ("role-shared", "ww:role ww:Donor ;", "ww:role ww:Funder ;"),
        ("qualifier-range", "    rdfs:range ww:Organization ;\n", ""),
        ("class-look", 'ww:colour "#8d6e63" ; ww:symbol "triangle" ;', 'ww:colour "#8d6e63" ;'),
        ("concept-scheme", "skos:inScheme ww:statusCodes ;", "skos:inScheme ww:statusCode ;"),
        ("deprecated", "ww:SupportCode a owl:Class ;", "ww:SupportCode a owl:Class ; owl:deprecated true ;"),
    ],
)
def test_a_slip_in_the_vocabulary_is_caught(query: str, old: str, new: str) -> None:
    """One slip in the real file is enough for the query of its name."""
    text = (ROOT / "ontology" / "withwhom.ttl").read_text(encoding="utf-8")
    assert old in text
    data = ox.Store()
    data.load(text.replace(old, new, 1).encode(), format=ox.RdfFormat.TURTLE)
    assert rows(data, query)


# vocab.py, and terms in use


def test_vocab_is_fresh() -> None:
    """``vocab.py`` is what ``python -m withwhom.vocabulary`` writes from the Turtle at hand."""
    path = ROOT / "src" / "withwhom" / "vocab.py"
    assert path.read_text(encoding="utf-8") == vocabulary_module(vocabulary())


def test_every_declared_term_is_in_python() -> None:
    """Each declared term is an attribute with its own IRI: none is shadowed by a method and none left out as a keyword."""
    assert {name for name in WW.__annotations__ if not name.startswith("_")} == declared()
    assert [name for name in declared() if getattr(WW, name) != URIRef(OWN + name)] == []


@pytest.mark.parametrize("name", ["takesPartInn", "Organisation", "leadrole"])
def test_misspelt_term_raises(name: str) -> None:
    """A misspelt term is an error at once, not an IRI that matches nothing."""
    with pytest.raises(AttributeError):
        getattr(WW, name)


def used_terms(path: Path) -> set[str]:
    """Return the own terms that a file's text names: ww:x, <…ontology#x>, WW.x and, where Python puts IRIs together, {WW}x."""
    pattern = r"\bww:([A-Za-z]\w*)|withwhom/ontology#([A-Za-z]\w*)|\bWW\.([A-Za-z]\w*)|\{WW\}([A-Za-z]\w*)"
    return {next(filter(None, groups)) for groups in re.findall(pattern, path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(
    ("folder", "suffix"),
    [
        ("ontology", ".ttl"),
        ("ontology/rules", ".rq"),
        ("ontology/checks", ".rq"),
        ("ontology/checks", ".ttl"),
        *((f"ontology/views/{name}", ".rq") for name in ("oa", "org", "prov", "schema")),
        ("queries", ".rq"),
        ("src/withwhom", ".py"),
        ("src/withwhom/templates", ".html"),
    ],
)
def test_every_own_term_in_use_is_declared(folder: str, suffix: str) -> None:
    """No Turtle, query, rule, template or Python names an own term that nobody declared, in comments and examples neither."""
    files = [path for path in sorted((ROOT / folder).glob(f"*{suffix}")) if path.name != "vocab.py"]
    if folder == "queries" and not files:
        pytest.skip("no saved questions yet")
    assert files
    graphs = [Graph().parse(ROOT / "ontology" / name) for name in ("shapes.ttl", "checks/shapes.ttl")]
    shapes = {local_name(str(shape)) for graph in graphs for shape in graph.subjects(RDF.type, SH.NodeShape)}
    unknown = {path.name: sorted(used_terms(path) - declared() - shapes - PATTERNS) for path in files}
    assert {name: terms for name, terms in unknown.items() if terms} == {}


def test_terms_in_use_are_seen() -> None:
    """The search for used terms finds all four ways of naming one."""
    assert used_terms(ROOT / "src" / "withwhom" / "compile.py") >= {"countQualifier", "Passage"}
    assert used_terms(ROOT / "src" / "withwhom" / "ontology.py") >= {"Predicate", "relation"}
    assert used_terms(ROOT / "ontology" / "rules" / "works-with-leader.rq") >= {"leadRole", "worksWith"}
    assert used_terms(FIXTURES["predicate-relation"]) >= {"badBetween"}


@pytest.mark.parametrize("rule", sorted((ROOT / "ontology" / "rules").glob("*.rq")), ids=lambda path: path.name)
def test_rule_names_itself(rule: Path) -> None:
    """A rule that makes derivations names the file it stands in, and its hash begins with the same name."""
    text = rule.read_text(encoding="utf-8")
    ends = re.findall(r"ww:rule <([^>]+)>", text)
    assert ends == [f"https://w3id.org/withwhom/ontology/rules/{rule.stem}"] * ("a ww:Derivation" in text)
    assert re.findall(r'SHA256\(CONCAT\("([^|"]+)\|', text) == [rule.stem] * ("a ww:Derivation" in text)


# The file


def test_header() -> None:
    """The header carries version, licence, prefix, and title and description in both languages."""
    graph = vocabulary()
    version = graph.value(ONTOLOGY, OWL.versionInfo)
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(version))
    assert graph.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")
    assert graph.value(ONTOLOGY, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("ww")
    assert graph.value(ONTOLOGY, VANN.preferredNamespaceUri) == Literal(OWN)
    for property in (DCTERMS.title, DCTERMS.description):
        texts = [text for text in graph.objects(ONTOLOGY, property) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == ["en", "zh"]
        assert all(texts)


def sections(path: Path) -> Mapping[str, list[str]]:
    """Return the terms of each section of a Turtle file in the order of the file, by the section's comment."""
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"# ([A-Z][a-z]+)", line):
            found[heading[1]] = []
        elif block := re.match(r"ww:(\w+) ", line):
            list(found.values())[-1].append(block[1])
    return found


@pytest.mark.parametrize("name", ["withwhom.ttl", "alignments.ttl"])
def test_order_is_alphabetic(name: str) -> None:
    """Sections stand in a fixed order, each term once and A-Z, so that a person finds it without searching."""
    found = sections(ROOT / "ontology" / name)
    assert list(found) == ["Classes", "Datatypes", "Properties", "Individuals"]
    for terms in found.values():
        assert terms
        assert terms == sorted(set(terms), key=str.lower)


def test_terms_stand_in_their_section() -> None:
    """Classes, datatypes, properties and individuals each stand under their own heading, and every declared term stands somewhere."""
    found = sections(ROOT / "ontology" / "withwhom.ttl")
    graph = vocabulary()
    properties = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    kinds: Mapping[str, set[URIRef]] = {"Classes": {OWL.Class}, "Datatypes": {RDFS.Datatype}, "Properties": properties}
    for heading, types in kinds.items():
        assert {local_name(str(term)) for kind in types for term in graph.subjects(RDF.type, kind)} == set(found[heading])
    assert {name for terms in found.values() for name in terms} == declared()


# The order of lines in a block (SOSA's): labels, definition, example, ends, super-terms, the machine's own annotations, source.
RANKS = (
    ("rdfs:label",),
    ("skos:prefLabel",),
    ("skos:definition",),
    ("skos:example",),
    ("schema:domainIncludes", "schema:rangeIncludes", "rdfs:range"),
    ("rdfs:subClassOf", "rdfs:subPropertyOf", "owl:inverseOf", "skos:inScheme", "skos:notation"),
    ("ww:relation", "ww:role", "ww:phrase", "ww:phraseWithoutObject", "ww:leadRole", "ww:colour", "ww:bound", "owl:deprecated"),
    ("rdfs:isDefinedBy",),
)


def test_order_inside_a_block() -> None:
    """Inside a block: type, labels, definition, example, domain and range, super-terms, annotations, and isDefinedBy last."""
    rank = {name: number for number, names in enumerate(RANKS) for name in names}
    text = (ROOT / "ontology" / "withwhom.ttl").read_text(encoding="utf-8")
    blocks = re.findall(r"^ww:\w+ a .*(?:\n    .*)*", text, re.MULTILINE)
    assert len(blocks) == len(declared())
    for block in blocks:
        keys = [line.split()[0] for line in block.splitlines()[1:]]
        assert [key for key in keys if key not in rank] == []
        assert [rank[key] for key in keys] == sorted(rank[key] for key in keys), block
        assert keys[-1] == "rdfs:isDefinedBy"


# What the design fixes


def test_top_predicates() -> None:
    """There are twelve top predicates, each with the relation class that the design gives it."""
    tops = {name: local_name(predicate.relation) for name, predicate in shipped().predicates.items() if predicate.top == name}
    assert tops == RELATIONS


@pytest.mark.parametrize("top", NARROWER)
def test_narrower_predicates(top: str) -> None:
    """The predicates that the design names stand below the top one that it names."""
    assert {name: shipped().predicates[name].top for name in NARROWER[top]} == dict.fromkeys(NARROWER[top], top)


def test_partnership_is_symmetric_and_working_together() -> None:
    """``partnersWith`` is symmetric and a case of ``worksWith``, which is no predicate of the tables."""
    assert shipped().predicates["partnersWith"].symmetric
    assert str(WW.worksWith) in shipped().predicates["partnersWith"].ancestors
    assert "worksWith" not in shipped().predicates


def test_phrases_as_the_design_reads_them() -> None:
    """Every predicate says a sentence in both languages, and only a result may go without its object."""
    for name, predicate in shipped().predicates.items():
        for phrase in (predicate.phrase["zh"], predicate.phrase["en"]):
            assert phrase.format(subject="甲", object="乙").count("甲") == 1, name
    assert {name for name, predicate in shipped().predicates.items() if predicate.phrase_without_object} == {"achieves"}


def test_classes() -> None:
    """The classes that the design lists are there, and below what it says; a program is no organization."""
    ontology = shipped()
    assert [name for name in ORGANIZATIONS.split() if not ontology.is_kind_of(name, [str(WW.Organization)])] == []
    assert [name for name in ENTITIES.split() if not ontology.is_kind_of(name, [str(WW.Entity)])] == []
    assert ontology.is_kind_of("Campaign", [str(WW.Program)])
    assert not ontology.is_kind_of("Program", [str(WW.Organization)])


def test_objects_of_founding_and_taking_part() -> None:
    """One takes part in programs, agreements, funds, platforms and networks, and founds any organization."""
    kinds = {str(WW[name]) for name in ("Program", "Agreement", "Fund", "Platform", "Network")}
    assert shipped().predicates["takesPartIn"].objects == kinds
    assert str(WW.Organization) in shipped().predicates["founds"].objects


def test_columns() -> None:
    """The columns of the statement tables are those of the design, no more and no fewer."""
    assert sorted({*STATEMENT_COLUMNS, *shipped().qualifiers}) == sorted(COLUMNS.split())


@pytest.mark.parametrize("column", CODES)
def test_codes(column: str) -> None:
    """The codes of a column are exactly those that the design lists."""
    ontology = shipped()
    assert sorted(ontology.codes[ontology.qualifiers[column].range]) == sorted(CODES[column].split())


def test_bases_are_mapped_to_iati() -> None:
    """A basis carries the IATI TransactionType where one fits, and an organisation role that of IATI."""
    graph = vocabulary()
    notations = [(term, code) for term, code in graph.subject_objects(SKOS.notation) if isinstance(code, Literal)]
    types = {column_name(local_name(str(term))): str(code) for term, code in notations if code.datatype == WW.iatiTransactionType}
    assert types == IATI
    roles = {str(code) for _, code in notations if code.datatype == WW.iatiOrganisationRole}
    assert roles == {"1", "2", "3", "4"}
    assert {term for term, code in notations if code.datatype == WW.iatiOrganisationRole} <= set(graph.subjects(RDF.type, ORG.Role))


# Alignments


def test_alignments_write_nothing_into_a_graph() -> None:
    """What the compiler writes out, super-classes of entities and super-properties of own properties, is the vocabulary's own."""
    ontology = shipped()
    above = {known.iri: known.ancestors for known in ontology.classes.values()}
    above |= {iri: parents for iri, parents in ontology.super_properties.items() if iri.startswith(OWN)}
    assert len(above) > 100
    outside = {iri: [parent for parent in parents if not parent.startswith(OWN)] for iri, parents in above.items()}
    properties = {str(term) for kind in (RDF.Property, OWL.ObjectProperty) for term in vocabulary().subjects(RDF.type, kind)}
    checked = {*properties, *(known.iri for known in ontology.classes.values())}
    assert {iri: parents for iri, parents in outside.items() if parents and iri in checked} == {}
    inverses = [inverse for predicate in ontology.predicates.values() for inverse in predicate.inverses]
    assert [inverse for inverse in inverses if not inverse.startswith(OWN)] == []


def test_alignments_start_from_own_terms() -> None:
    """Only own terms are mapped, with SKOS mappings, super-classes and references; there are no blank nodes."""
    subjects = {str(term).removeprefix(OWN) for term in alignments().subjects()}
    assert subjects <= declared()
    assert set(alignments().predicates()) <= {*MATCHES, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso}
    assert all(isinstance(target, URIRef) for target in alignments().objects())


def test_alignments_say_one_thing() -> None:
    """A pair of terms is matched in one way: SKOS keeps exact, broad and related apart (SKOS Reference, S27 and S46)."""
    pairs: list[tuple[Node, Node]] = [pair for match in MATCHES for pair in alignments().subject_objects(match)]
    assert len(pairs) > 50
    assert sorted(map(str, pairs)) == sorted(map(str, set(pairs)))


def test_outside_terms_exist() -> None:
    """Every outside term of the alignments is one that its vocabulary has."""
    known = {prefix + name for prefix, names in KNOWN_OUTSIDE.items() for name in names.split()}
    targets = {URIRef(str(o)) for _, p, o in alignments() if p != RDFS.seeAlso}
    assert sorted(target for target in targets if str(target) not in known and not any(target in carried for carried in CARRIED)) == []
    assert WW.Fund not in namespace.SDO
    assert namespace.SDO._NS + "Organisation" not in namespace.SDO  # noqa: SLF001  # the base IRI has no public name


def test_outside_vocabularies_are_all_there() -> None:
    """The alignments reach each vocabulary that the design names."""
    targets = {re.split(r"(?<=[#/])(?=[^#/]+$)", str(o))[0] for _, p, o in alignments() if p in MATCHES}
    assert targets >= {str(ORG._NS), str(PROV._NS), str(namespace.SDO._NS), *KNOWN_OUTSIDE}  # noqa: SLF001  # the base IRI has no public name
    assert {str(o).split("/")[2] for o in alignments().objects(None, RDFS.seeAlso)} == {"iatistandard.org"}
