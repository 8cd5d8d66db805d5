"""What a build was made of, as data and without a clock: versions of software, graph and vocabulary, and a digest of each file read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, URIRef

from withwhom.ontology import Ontology
from withwhom.questions import question_files
from withwhom.tables import TABLES, statement_files
from withwhom.workspace import MARK, Settings, Workspace, shipped

# What stands before the path of a file that comes with the package and not from the workspace.
PACKAGE = "withwhom:"


@dataclass(frozen=True)
class Versions:
    """The versions that a build carries.

    Args:
        software: of this package.
        workspace: of the graph, from ``graph.toml``.
        ontologies: of each vocabulary that says what it is, by its IRI; empty where it states no version.
        inputs: SHA-256 of each file that was read, by its path in the workspace; the package's own files begin with ``withwhom:``.
        texts: ids of the sources whose texts were at hand.
        quoted: whether passages of them are quoted in what was built.
    """

    software: str
    workspace: str
    ontologies: Mapping[str, str]
    inputs: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    quoted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return them as JSON holds them."""
        return {**asdict(self), "texts": list(self.texts)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Versions:
        """Return what :meth:`to_json` gave."""
        return cls(**{**value, "texts": tuple(value["texts"])})


def versions(workspace: Workspace, settings: Settings, ontology: Ontology, texts: Mapping[str, str], *, quoted: bool) -> Versions:
    """Return the versions of what a workspace makes.

    Args:
        workspace: whose files are read once more, as bytes.
        settings: what its ``graph.toml`` says.
        ontology: the vocabulary that was read of it.
        texts: the texts at hand, by source.
        quoted: whether passages may be quoted.
    """
    from withwhom import __version__

    graph = ontology.graph
    named = sorted(str(iri) for iri in graph.subjects(RDF.type, OWL.Ontology) if isinstance(iri, URIRef))
    ontologies = {iri: str(graph.value(URIRef(iri), OWL.versionInfo) or "") for iri in named}
    inputs = {name: _digest(path) for name, path in sorted(input_files(workspace).items())}
    return Versions(__version__, settings.version, ontologies, inputs, tuple(sorted(texts)), quoted and bool(texts))


def input_files(workspace: Workspace) -> Mapping[str, Path]:
    """Return the files that a build reads, by the name under which it is the same on every machine."""
    graph = [workspace.root / MARK, *(workspace.table(Path(name).stem) for name in TABLES), *statement_files(workspace)]
    said = [*workspace.turtle_files(), *workspace.external_files(), *workspace.shape_files(), *workspace.rule_files()]
    return {_name(workspace, path): path for path in [*graph, *said, *question_files(workspace)]}


def _name(workspace: Workspace, path: Path) -> str:
    if path.is_relative_to(workspace.root):
        return path.relative_to(workspace.root).as_posix()
    return PACKAGE + path.relative_to(shipped().root).as_posix()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
