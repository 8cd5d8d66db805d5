"""Each build carries what it was made of, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from rdflib import OWL, PROV, RDF, Graph, Literal, Namespace, URIRef

from conftest import edit_cell
from withwhom import __version__
from withwhom.build import build
from withwhom.starter import make_workspace
from withwhom.versions import PACKAGE, Versions, input_files
from withwhom.workspace import Workspace, shipped

SCHEMA, SPDX = Namespace("https://schema.org/"), Namespace("http://spdx.org/rdf/terms#")
BASE = "https://example.org/mine/"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace with a rule of its own, whose name has a space, and build it."""
    folder = tmp_path_factory.mktemp("versions") / "mine"
    make_workspace(folder)
    (folder / "ontology" / "我的 terms.ttl").write_text("", encoding="utf-8")
    build(Workspace(folder))
    return folder


def carried(build: Path) -> Versions:
    """Return the versions in the catalogue of a build."""
    return Versions.from_json(json.loads((build / "catalogue.json").read_text(encoding="utf-8"))["versions"])


def test_versions_of_software_graph_and_vocabularies(made: Path) -> None:
    """The package's vocabulary and the workspace's own state their versions, each under its IRI."""
    found = carried(made / "build")
    assert (found.software, found.workspace) == (__version__, "0.1.0")
    assert found.ontologies == {"https://w3id.org/withwhom/ontology": "0.1.0", f"{BASE}ontology": "0.1.0"}
    assert (found.texts, found.quoted) == (("clinic-boat", "ferry-first-aid"), True)


def test_every_file_read_has_its_digest(made: Path) -> None:
    """Tables, vocabulary, shapes, rules and questions are all there; the package's are told apart, and no path of a machine stands in it."""
    inputs = carried(made / "build").inputs
    files = input_files(Workspace(made))
    assert inputs == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    own = {name for name in inputs if not name.startswith(PACKAGE)}
    tables = {path.relative_to(made).as_posix() for path in (made / "graph").rglob("*") if path.is_file()}
    assert own == tables | {"ontology/local.ttl", "ontology/我的 terms.ttl"}
    package = {name.removeprefix(PACKAGE) for name in inputs} - own
    root = shipped().root
    read = ("ontology/*.ttl", "ontology/rules/*.rq", "queries/*.rq")
    assert package == {path.relative_to(root).as_posix() for pattern in read for path in root.glob(pattern)}


def test_the_dataset_says_the_same_in_prov(made: Path) -> None:
    """``dataset.ttl`` names the software and every file, with version and digest, in PROV-O."""
    graph = Graph().parse(made / "build" / "dataset.ttl")
    found = carried(made / "build")
    activity = graph.value(URIRef(BASE), PROV.wasGeneratedBy)
    assert (activity, RDF.type, PROV.Activity) in graph
    agent = graph.value(activity, PROV.wasAssociatedWith)
    assert graph.value(agent, SCHEMA.softwareVersion) == Literal(__version__)
    digests = {str(graph.value(graph.value(used, SPDX.checksum), SPDX.checksumValue)) for used in graph.objects(activity, PROV.used)}
    assert len(list(graph.objects(activity, PROV.used))) == len(found.inputs)
    assert digests == set(found.inputs.values())
    assert {str(iri): str(graph.value(iri, OWL.versionInfo)) for iri in graph.subjects(RDF.type, OWL.Ontology)} == found.ontologies


def test_one_table_changed_changes_one_digest(tiny: Path, tmp_path: Path) -> None:
    """Two builds tell by their digests which table the other one did not have."""
    before = carried(build(Workspace(tiny), out=tmp_path / "before").out)
    edit_cell(tiny / "graph" / "entities.csv", "wen-lan", "note", "a doctor")
    after = carried(build(Workspace(tiny), out=tmp_path / "after", quotes=False).out)
    assert {name for name in before.inputs if before.inputs[name] != after.inputs[name]} == {"graph/entities.csv"}
    assert before.inputs.keys() == after.inputs.keys()
    assert (before.quoted, after.quoted) == (True, False)
