"""An edition of a vocabulary, wherever it stands: a workspace, a folder of ontology files, a build, or one file."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from withwhom.ontology import ONTOLOGY, read_turtle
from withwhom.problems import InputError, Problem, WorkspaceError
from withwhom.vocab import WW
from withwhom.workspace import MARK, Workspace, shipped

MAIN = "withwhom.ttl"
# From the most telling type to the least: a qualifier is a property, too.
KINDS: Mapping[str, Collection[URIRef]] = {
    "predicate": (WW.Predicate,),
    "qualifier": (WW.Qualifier,),
    "class": (OWL.Class, RDFS.Class),
    "property": (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property),
    "role": (URIRef("http://www.w3.org/ns/org#Role"),),
    "scheme": (SKOS.ConceptScheme,),
}


@dataclass(frozen=True)
class RuleText:
    """A rule, and the vocabulary that it comes with: its IRI, or empty for a rule of somebody's own."""

    text: str
    home: str


@dataclass(frozen=True)
class Edition:
    """What a vocabulary says at one time.

    Args:
        graph: its terms.
        shapes: its shapes; None where it is not known which there were (a build holds none).
        rules: its rules by file name; None where they are not known.
    """

    graph: Graph
    shapes: Graph | None = None
    rules: Mapping[str, RuleText] | None = None

    def terms(self) -> set[str]:
        """Return the IRI of every term that is declared: that has a type and is no header."""
        return {str(term) for term, kind in self.graph.subject_objects(RDF.type) if isinstance(term, URIRef) and kind != OWL.Ontology}

    def versions(self) -> dict[str, str]:
        """Return the version of each vocabulary that has a header, by its IRI; empty where it states none."""
        headers = sorted(str(term) for term in self.graph.subjects(RDF.type, OWL.Ontology) if isinstance(term, URIRef))
        return {iri: str(next(iter(sorted(map(str, self.graph.objects(URIRef(iri), OWL.versionInfo)))), "")) for iri in headers}

    def home(self, term: str) -> str:
        """Return the vocabulary that a term or shape belongs to: what it says itself, else the header that its IRI begins with, else none."""
        said = sorted(map(str, self.graph.objects(URIRef(term), RDFS.isDefinedBy)))
        under = sorted((iri for iri in self.versions() if term.startswith((iri.rstrip("#/") + "#", iri.rstrip("#/") + "/"))), key=len)
        return next(iter([*said, *reversed(under)]), "")

    def only(self, vocabulary: str) -> Edition:
        """Return the same of one vocabulary, by its IRI."""
        return Edition(_only(self.graph, vocabulary), self.shapes if self.shapes is None else _only(self.shapes, vocabulary), self.rules)


def _only(graph: Graph, vocabulary: str) -> Graph:
    """Return what is said of a vocabulary and its terms, and of what has no name."""
    found = Graph()
    for triple in graph:
        if not isinstance(triple[0], URIRef) or re.match(rf"{re.escape(vocabulary)}([#/]|\Z)", triple[0]):
            found.add(triple)
    return found


def kind_of(graph: Graph, iri: str) -> str:
    """Return what kind of term a term is."""
    types = set(graph.objects(URIRef(iri), RDF.type))
    named = next((kind for kind, found in KINDS.items() if types & set(found)), "")
    if named:
        return named
    return "code" if any(SKOS.Concept in graph.transitive_objects(type, RDFS.subClassOf) for type in types) else "other"


def labels_of(graph: Graph, iri: str) -> dict[str, str]:
    """Return the labels of a term by language."""
    labels = sorted(value for value in graph.objects(URIRef(iri), RDFS.label) if isinstance(value, Literal))
    return {label.language or "": str(label) for label in labels}


def read_edition(place: Path) -> Edition:
    """Read a vocabulary.

    Args:
        place: a workspace, a folder with its ontology files, a build (of which the terms alone are known), or a Turtle or N-Triples file.

    Raises:
        WorkspaceError: there is nothing of the kind.
        InputError: a file cannot be read; every such file is named.
    """
    if (place / MARK).is_file():
        return edition_of(Workspace(place.resolve()))
    if place.is_file():
        return Edition(_terms(place, place.as_posix()))
    if (place / "ontology.nt").is_file():
        return built_edition(place)
    for folder in (place, place / "ontology"):
        if any(folder.glob("*.ttl")):
            return _folder(folder.resolve())
    raise WorkspaceError("no-edition", path=str(place))


def edition_of(workspace: Workspace) -> Edition:
    """Return the vocabulary that a workspace uses, the package's part included; vocabularies of others are none of it."""
    shapes = read_turtle((path, workspace.shown(path)) for path in workspace.shape_files())
    graph = read_turtle((path, workspace.shown(path)) for path in workspace.turtle_files())
    return Edition(graph, shapes, dict(_rules(workspace.rule_files(), workspace)))


def _rules(files: list[Path], workspace: Workspace) -> Iterator[tuple[str, RuleText]]:
    problems = []
    home = workspace.ontology if (workspace.ontology / MAIN).is_file() else shipped().ontology
    for path in files:
        try:
            yield path.name, RuleText(path.read_text(encoding="utf-8-sig"), str(ONTOLOGY) if path.parent.parent == home else "")
        except UnicodeDecodeError as error:
            problems.append(Problem(workspace.shown(path), error.object.count(b"\n", 0, error.start) + 1, 0, "not-utf8"))
    if problems:
        raise InputError(problems)


def _folder(folder: Path) -> Edition:
    """Return the vocabulary of a folder of ontology files alone; nothing is added to it."""
    files = sorted(path for path in folder.glob("*.ttl") if path.name != "shapes.ttl")
    shapes = [path for path in (folder / "shapes.ttl",) if path.is_file()]
    graphs = [read_turtle((path, path.relative_to(folder.parent).as_posix()) for path in paths) for paths in (files, shapes)]
    rules = _rules(sorted((folder / "rules").glob("*.rq")), Workspace(folder.parent))
    return Edition(graphs[0], graphs[1], dict(rules))


def built_edition(build: Path) -> Edition:
    """Return the terms of a build; what had no name in Turtle has none here, too, though the build gave it one."""
    graph = _terms(build / "ontology.nt", f"{build.name}/ontology.nt")
    try:
        made = str(json.loads((build / "catalogue.json").read_text(encoding="utf-8"))["base"]) + "node/"
    except (OSError, ValueError, KeyError, TypeError):
        return Edition(graph)
    unnamed = Graph()
    for subject, property, value in graph:
        unnamed.add((_unnamed(subject, made), property, _unnamed(value, made)))
    return Edition(unnamed)


def _unnamed(term: Node, made: str) -> Node:
    return BNode(term[len(made) :]) if isinstance(term, URIRef) and term.startswith(made) else term


def _terms(path: Path, shown: str) -> Graph:
    return read_turtle([(path.resolve(), shown)])  # N-Triples are Turtle
