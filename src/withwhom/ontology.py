"""The vocabulary as the machine needs it, read from Turtle by rdflib.

Nothing here knows a predicate, class or qualifier by name: adding one is an edit of Turtle.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from withwhom.deprecated import deprecated
from withwhom.external import absent_imports, beside
from withwhom.problems import InputError, Problem
from withwhom.vocab import WW
from withwhom.workspace import Workspace

ORG = Namespace("http://www.w3.org/ns/org#")
SCHEMA = Namespace("https://schema.org/")
ONTOLOGY = URIRef("https://w3id.org/withwhom/ontology")
LANGUAGES = ("zh", "en")
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Class:
    """A class of entities: its names, what it is a kind of (itself first), and how it is drawn."""

    iri: str
    labels: Labels
    ancestors: tuple[str, ...]
    colour: str
    symbol: str


@dataclass(frozen=True)
class Predicate:
    """A property that may stand in the column ``predicate``.

    ``ancestors`` are the super-properties, itself first; ``top`` is the one of them that names the relation class, ``colour`` how
    its edges are drawn.
    """

    name: str
    iri: str
    labels: Labels
    phrase: Labels
    phrase_without_object: Labels
    ancestors: tuple[str, ...]
    inverses: tuple[str, ...]
    symmetric: bool
    top: str
    relation: str
    colour: str
    role: str
    role_labels: Labels
    subjects: frozenset[str]
    objects: frozenset[str]


@dataclass(frozen=True)
class Qualifier:
    """A column of the statement tables: ``kind`` is entity, statement, code, text (zh|en) or the name of an XSD datatype."""

    column: str
    iri: str
    labels: Labels
    kind: str
    range: str
    bound: str


@dataclass(frozen=True)
class Ontology:
    """The vocabulary: classes, predicates and codes by local name, qualifiers by column.

    ``deprecated`` holds the IRI of each term that should not be used any more, and of the one that takes its place (empty if there is
    not exactly one). ``imports`` are the vocabularies that files import and no file holds: nothing is fetched.
    """

    classes: Mapping[str, Class]
    predicates: Mapping[str, Predicate]
    qualifiers: Mapping[str, Qualifier]
    codes: Mapping[str, Mapping[str, str]]
    code_labels: Mapping[str, Labels]
    super_properties: Mapping[str, tuple[str, ...]]
    symmetric: frozenset[str]
    version: str
    deprecated: Mapping[str, str]
    graph: Graph = field(repr=False)
    imports: frozenset[str] = frozenset()

    @cached_property
    def inverses(self) -> Mapping[str, tuple[str, ...]]:
        """The inverses of each predicate and of those above it, by IRI."""
        return {predicate.iri: predicate.inverses for predicate in self.predicates.values()}

    @cached_property
    def statement_columns(self) -> frozenset[str]:
        """The qualifiers whose cells refer to statements."""
        return frozenset(column for column, qualifier in self.qualifiers.items() if qualifier.kind == "statement")

    @cached_property
    def entailing(self) -> frozenset[str]:
        """The properties from whose triples others follow: those with a super-property or an inverse, and symmetric ones."""
        above = {property for property, parents in self.super_properties.items() if len(parents) > 1}
        return frozenset(above | self.symmetric | {property for property, inverses in self.inverses.items() if inverses})

    def offered(self, terms: Mapping[str, Class] | Mapping[str, Predicate] | Mapping[str, Qualifier] | Mapping[str, str]) -> list[str]:
        """Return the names of those terms that somebody may still choose: the deprecated ones are left out.

        Args:
            terms: ``classes``, ``predicates``, ``qualifiers`` or one of ``codes``.
        """
        return [name for name, term in terms.items() if (term if isinstance(term, str) else term.iri) not in self.deprecated]

    def is_kind_of(self, name: str, iris: Iterable[str]) -> bool:
        """Tell whether the class of local name ``name`` is one of ``iris`` or below one of them."""
        known = self.classes.get(name)
        return known is not None and not set(known.ancestors).isdisjoint(iris)


def local_name(iri: str) -> str:
    """Return the part of an IRI after its last ``#`` or ``/``."""
    return re.split(r"[#/]", iri)[-1]


def column_name(name: str) -> str:
    """Return the column that a qualifier or code of local name ``name`` stands in: fooBar is foo_bar."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def read_turtle(paths: Iterable[tuple[Path, str]]) -> Graph:
    """Read Turtle files into one graph.

    Args:
        paths: each file, and its path as messages name it.

    Raises:
        InputError: a file is missing or is no Turtle; every such file is named.
    """
    problems: list[Problem] = []
    graph = _read(paths, problems)
    if problems:
        raise InputError(problems)
    return graph


def _read(paths: Iterable[tuple[Path, str]], problems: list[Problem]) -> Graph:
    """Return what Turtle files say, and add what is wrong with them to the problems."""
    graph = Graph()
    for path, shown in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
            deque(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()), maxlen=0)  # its errors say line and column
            graph.parse(data=text, format="turtle", publicID=path.as_uri())
        except SyntaxError as error:
            problems.append(Problem(shown, error.lineno or 0, error.offset or 0, "bad-turtle", {"detail": error.msg.partition(": ")[2] or error.msg}))
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            problems.append(Problem(shown, line, 0, "not-utf8"))
        except FileNotFoundError:
            problems.append(Problem(shown, 0, 0, "missing-file"))
        except PermissionError:
            problems.append(Problem(shown, 0, 0, "locked-file"))
    return graph


def read_ontology(workspace: Workspace) -> Ontology:
    """Read all ``ontology/*.ttl`` of a workspace together, and what ``ontology/external/*.ttl`` says of the terms they refer to.

    Raises:
        InputError: a file is no Turtle, or what it declares cannot be used; every problem is named.
    """
    problems: list[Problem] = []
    files = (workspace.turtle_files(), workspace.external_files())
    own, others = (_read(((path, workspace.shown(path)) for path in paths), problems) for paths in files)
    if problems:
        raise InputError(problems)
    return ontology_from(own, others)


def ontology_from(own: Graph, others: Graph | None = None) -> Ontology:
    """Make the vocabulary from a graph of Turtle.

    Args:
        own: what the graph may say.
        others: vocabularies of others, of which super-terms and labels are taken (see :mod:`withwhom.external`).

    Raises:
        InputError: a predicate is below none or several of the top ones, or a qualifier's range is of no known kind.
    """
    others = Graph() if others is None else others
    graph, wider = beside(own, others)
    above = _ancestors(wider, RDFS.subPropertyOf)
    classes = _classes(wider)
    problems = [*_undeclared(graph), *_doubles(graph)]
    predicates = {}
    for iri in sorted(graph.subjects(RDF.type, WW.Predicate), key=str):
        tops = [parent for parent in above[iri] if (parent, WW.relation, None) in graph]
        if len(tops) == 1:
            predicate = predicates[local_name(str(iri))] = _predicate(graph, iri, tops[0], above)
            problems += _incomplete(predicate)
        else:
            problems.append(_problem("no-relation", value=str(iri)))
    codes, code_labels = _codes(graph)
    named = {known.iri: known.labels for known in classes.values()} | code_labels
    problems += [
        _problem("incomplete-term", value=iri, missing=f"rdfs:label @{language}")
        for iri, labels in named.items()
        for language in LANGUAGES
        if language not in labels
    ]
    qualifiers = {}
    for iri in sorted(graph.subjects(RDF.type, WW.Qualifier), key=str):
        qualifier = _qualifier(graph, iri, classes, codes)
        if qualifier is None:
            problems.append(_problem("bad-range", value=str(iri)))
        else:
            qualifiers[qualifier.column] = qualifier
    if problems:
        raise InputError(problems)
    return Ontology(
        classes=classes,
        predicates=predicates,
        qualifiers=qualifiers,
        codes=codes,
        code_labels=code_labels,
        super_properties={str(iri): tuple(map(str, parents)) for iri, parents in above.items()},
        symmetric=frozenset(str(iri) for iri in graph.subjects(RDF.type, OWL.SymmetricProperty)),
        version=_text(graph, ONTOLOGY, OWL.versionInfo),
        deprecated=deprecated(own),
        graph=graph,
        imports=absent_imports(own, others),
    )


def _problem(code: str, **values: str) -> Problem:
    return Problem("ontology", 0, 0, code, values)


def _undeclared(graph: Graph) -> Iterator[Problem]:
    """Yield each term under the shared namespace that is used and not declared: a misspelt one would say nothing, silently."""
    declared = set(graph.subjects(RDFS.isDefinedBy, ONTOLOGY))
    used = {term for triple in graph for term in triple if isinstance(term, URIRef) and term.startswith(str(ONTOLOGY) + "#")}
    yield from (_problem("undeclared-term", value=str(term)) for term in sorted(used - declared))


def _doubles(graph: Graph) -> Iterator[Problem]:
    """Yield each term whose local name is another's of the same kind: tables name terms by local name."""
    for kinds in ([OWL.Class], [WW.Predicate, WW.Qualifier]):
        seen: dict[str, str] = {}
        for iri in sorted({str(term) for kind in kinds for term in graph.subjects(RDF.type, kind) if isinstance(term, URIRef)}, key=_shared_first):
            name = local_name(iri)
            if name in seen:
                yield _problem("duplicate-term", value=iri, other=seen[name])
            seen.setdefault(name, iri)


def _shared_first(iri: str) -> tuple[bool, str]:
    return not iri.startswith(str(ONTOLOGY)), iri


def _incomplete(predicate: Predicate) -> Iterator[Problem]:
    """Yield what a predicate lacks to be read as a sentence in both languages."""
    for language in LANGUAGES:
        for part, texts in (("rdfs:label", predicate.labels), ("ww:phrase", predicate.phrase)):
            if language not in texts:
                yield _problem("incomplete-term", value=predicate.iri, missing=f"{part} @{language}")
    if not predicate.role:
        yield _problem("incomplete-term", value=predicate.iri, missing="ww:role")
    if predicate.phrase_without_object and set(predicate.phrase_without_object) < set(LANGUAGES):
        yield _problem("incomplete-term", value=predicate.iri, missing="ww:phraseWithoutObject @zh, @en")
    for phrase in (*predicate.phrase.values(), *predicate.phrase_without_object.values()):
        if not set(re.findall(r"\{(.*?)\}", phrase)) <= {"subject", "object"} or phrase.count("{") != phrase.count("}"):
            yield _problem("bad-phrase", value=predicate.iri, phrase=repr(phrase))


def _ancestors(graph: Graph, link: URIRef) -> dict[Node, list[Node]]:
    """Return, for each term, itself and everything above it by ``link``, nearest first."""
    found: dict[Node, list[Node]] = defaultdict(list)
    for term in sorted({*graph.subjects(RDF.type, None), *graph.subjects(link, None)}, key=str):
        queue = [term]
        for node in queue:
            queue.extend(sorted((parent for parent in graph.objects(node, link) if parent not in queue), key=str))
        found[term] = queue
    return found


def _labels(graph: Graph, term: Node, property: URIRef) -> dict[str, str]:
    values = sorted(value for value in graph.objects(term, property) if isinstance(value, Literal))
    return {value.language or "": str(value) for value in values}


def _text(graph: Graph, term: Node, property: URIRef) -> str:
    value = graph.value(term, property)
    return "" if value is None else str(value)


def _classes(graph: Graph) -> dict[str, Class]:
    result: dict[str, Class] = {}
    every = _ancestors(graph, RDFS.subClassOf).items()
    for iri, ancestors in sorted(every, key=lambda item: (item[0], RDF.type, None) not in graph):  # one's own before those of others
        if WW.Entity in ancestors:
            colour = next(filter(None, (_text(graph, term, WW.colour) for term in ancestors)), "#888888")
            symbol = next(filter(None, (_text(graph, term, WW.symbol) for term in ancestors)), "dot")
            kinds = tuple(str(term) for term in ancestors)
            result.setdefault(local_name(str(iri)), Class(str(iri), _labels(graph, iri, RDFS.label), kinds, colour, symbol))
    return dict(sorted(result.items()))


def _predicate(graph: Graph, iri: Node, top: Node, above: Mapping[Node, list[Node]]) -> Predicate:
    def legal(property: URIRef) -> frozenset[str]:
        return frozenset(map(str, graph.objects(iri, property)))

    role = graph.value(iri, WW.role)
    return Predicate(
        name=local_name(str(iri)),
        iri=str(iri),
        labels=_labels(graph, iri, RDFS.label),
        phrase=_labels(graph, iri, WW.phrase),
        phrase_without_object=_labels(graph, iri, WW.phraseWithoutObject),
        ancestors=tuple(map(str, above[iri])),
        inverses=tuple(sorted(str(inverse) for parent in above[iri] for inverse in graph.subjects(OWL.inverseOf, parent))),
        symmetric=any((parent, RDF.type, OWL.SymmetricProperty) in graph for parent in above[iri][:1]),
        top=local_name(str(top)),
        relation=_text(graph, top, WW.relation),
        colour=_text(graph, top, WW.colour) or "#888888",
        role="" if role is None else str(role),
        role_labels={} if role is None else _labels(graph, role, RDFS.label),
        subjects=legal(SCHEMA.domainIncludes),
        objects=legal(SCHEMA.rangeIncludes),
    )


def _codes(graph: Graph) -> tuple[dict[str, dict[str, str]], dict[str, Labels]]:
    """Return, for each class of concepts, value in a table to IRI; and the labels of each concept by IRI."""
    codes: dict[str, dict[str, str]] = {}
    labels: dict[str, Labels] = {}
    for kind in sorted(map(str, graph.transitive_subjects(RDFS.subClassOf, SKOS.Concept))):
        members = sorted(map(str, graph.subjects(RDF.type, URIRef(kind))))
        codes[kind] = {column_name(local_name(member)): member for member in members}
        labels.update({member: _labels(graph, URIRef(member), RDFS.label) for member in members})
    return codes, labels


def _qualifier(graph: Graph, iri: Node, classes: Mapping[str, Class], codes: Mapping[str, Mapping[str, str]]) -> Qualifier | None:
    range = _text(graph, iri, RDFS.range)
    if range in codes:
        kind = "code"
    elif range == str(RDF.Statement):
        kind = "statement"
    elif range == str(RDF.langString):
        kind = "text"
    elif any(range == known.iri for known in classes.values()):
        kind = "entity"
    elif range.startswith(str(XSD)) and local_name(range) in DATATYPES:
        kind = local_name(range)
    else:
        return None
    return Qualifier(column_name(local_name(str(iri))), str(iri), _labels(graph, iri, RDFS.label), kind, range, _text(graph, iri, WW.bound))


# The datatypes that a column can be, and the lexical form of each (XML Schema 1.1 part 2); dates are written shorter, see check.
DATATYPES = {
    "string": re.compile(r".*", re.DOTALL),
    "decimal": re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?"),
    "integer": re.compile(r"-?[0-9]{1,18}"),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"[0-9]{4}(-Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?"),
    "anyURI": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+"),
}
