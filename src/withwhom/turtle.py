"""Turtle files read together by rdflib and Oxigraph, and the place of everything in them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from rdflib import RDF, Graph

from withwhom.decoding import read_text
from withwhom.positions import Stated, prefixes, stated, tokens
from withwhom.problems import InputError, Problem


class Spot(NamedTuple):
    """A place: the number of the file in the order of reading, line, column."""

    file: int
    line: int
    column: int


@dataclass(frozen=True)
class TurtleFile:
    """One file: its text, its path as messages name it, its IRI, and whether it is a workspace's own."""

    text: str
    shown: str
    base: str
    own: bool


@dataclass(frozen=True)
class Turtle:
    """Files that are read together, the shared ones first."""

    files: tuple[TurtleFile, ...]

    @cached_property
    def graph(self) -> Graph:
        """All triples, in rdflib."""
        graph = Graph()
        for read in map(_parsed, self.files):
            for name, iri in read.namespaces():
                graph.bind(name, iri)
            for triple in read:
                graph.add(triple)
        return graph

    @cached_property
    def store(self) -> ox.Store:
        """All triples, in Oxigraph."""
        store = ox.Store()
        for file in self.files:
            store.load(file.text.encode(), format=ox.RdfFormat.TURTLE, base_iri=file.base)
        return store

    @cached_property
    def iris(self) -> frozenset[str]:
        """Every IRI in any triple, datatypes included."""
        terms = {term for quad in self.store for term in (quad.subject, quad.predicate, quad.object, getattr(quad.object, "datatype", None))}
        return frozenset(term.value for term in terms if isinstance(term, ox.NamedNode))

    @cached_property
    def shared_iris(self) -> frozenset[str]:
        """Every IRI in the files that are not a workspace's own."""
        return Turtle(tuple(file for file in self.files if not file.own)).iris

    @cached_property
    def own_blocks(self) -> frozenset[str]:
        """Every subject to which a workspace's own files give a type."""
        own = Turtle(tuple(file for file in self.files if file.own)).store
        found = (quad.subject for quad in own.quads_for_pattern(None, ox.NamedNode(str(RDF.type)), None))
        return frozenset(subject.value for subject in found if isinstance(subject, ox.NamedNode))

    @cached_property
    def _blocks(self) -> Mapping[str, list[tuple[int, Stated]]]:
        """The triples of each subject, in the order of the files."""
        found: dict[str, list[tuple[int, Stated]]] = defaultdict(list)
        for number, file in enumerate(self.files):
            for triple in _stated(file):
                found[triple.subject].append((number, triple))
        return found

    def is_spoken_of(self, term: str) -> bool:
        """Tell whether another file than that of its block says something of a term, as alignments do."""
        return len({number for number, _ in self._blocks.get(term, ())}) > 1

    def block(self, term: str) -> Spot:
        """Return where a term's block begins: the first that gives it a type, else the first; nowhere is file 0, line 0."""
        blocks = self._blocks.get(term, ())
        typed = [(number, triple) for number, triple in blocks if triple.property == str(RDF.type)]
        for number, triple in typed or blocks:
            return Spot(number, *triple.head)
        return Spot(0, 0, 0)

    def triple(self, term: str, property: str, value: str = "") -> Spot:
        """Return where a term's property has a value, the last place of several; its block where that is said nowhere."""
        found = [
            Spot(number, triple.line, triple.column)
            for number, triple in self._blocks.get(term, ())
            if triple.property == property and value in ("", triple.value)
        ]
        return max(found) if found else self.block(term)

    def first(self, iris: Iterable[str]) -> dict[str, Spot]:
        """Return where each of some IRIs is first written."""
        wanted = set(iris)
        found: dict[str, Spot] = {}
        for number, file in enumerate(self.files if wanted else ()):
            for token in tokens(file.text, file.base):
                if token.kind == "iri" and token.value in wanted:
                    found.setdefault(token.value, Spot(number, token.line, token.column))
        return found

    def problem(self, spot: Spot, code: str, values: Mapping[str, str], severity: str = "error") -> Problem:
        """Return a problem at a place."""
        return Problem(self.files[spot.file].shown, spot.line, spot.column, code, values, severity)

    def short(self, iri: str) -> str:
        """Return an IRI as the files write it: with their longest prefix that fits."""
        return shortened(iri, self.prefixes)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of all files; where two files use one name, the later file's holds."""
        return {name: iri for file in self.files for name, iri in prefixes(file.text).items()}


@lru_cache(maxsize=8)
def _parsed(file: TurtleFile) -> Graph:
    """Return what one file says; the vocabulary of the package is read more than once in some commands, and rdflib takes its time."""
    return Graph().parse(data=file.text, format="turtle", publicID=file.base)


@lru_cache(maxsize=8)
def _stated(file: TurtleFile) -> Sequence[Stated]:
    return tuple(stated(file.text, file.base))


def shortened(iri: str, known: Mapping[str, str]) -> str:
    """Return an IRI with the longest prefix that fits, or whole."""
    fitting = [(len(start), name) for name, start in known.items() if start and iri.startswith(start) and iri[len(start) :].isidentifier()]
    length, name = max(fitting, default=(0, ""))
    return f"{name}:{iri[length:]}" if length else iri


def read_files(paths: Iterable[tuple[Path, str]], own: Path | None = None) -> Turtle:
    """Read Turtle files.

    Args:
        paths: each file, and its path as messages name it.
        own: the folder whose files are a workspace's own.

    Raises:
        InputError: a file is missing or is no Turtle; every such file is named.
    """
    files, problems = [], []
    for path, shown in paths:
        try:
            text = read_text(path, shown)
            deque(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()), maxlen=0)  # its errors say line and column
            files.append(TurtleFile(text, shown, path.as_uri(), path.parent == own))
        except SyntaxError as error:
            problems.append(Problem(shown, error.lineno or 0, error.offset or 0, "bad-turtle", {"detail": error.msg.partition(": ")[2] or error.msg}))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return Turtle(tuple(files))


def read_turtle(paths: Iterable[tuple[Path, str]]) -> Graph:
    """Read Turtle files into one graph; see :func:`read_files`."""
    return read_files(paths).graph
