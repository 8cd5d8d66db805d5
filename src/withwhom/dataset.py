"""The files that describe a build to other programs: ``graph.trig`` and ``dataset.ttl`` (VoID, DCAT, PROV-O)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from withwhom.ontology import ONTOLOGY
from withwhom.terms import graph_of, literal
from withwhom.versions import Versions
from withwhom.workspace import Settings

PREFIXES = {
    "ww": "https://w3id.org/withwhom/ontology#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def trig(folder: Path, base: str) -> str:
    """Return the stated and the derived graph of a build as TriG for readers; the vocabulary stays in its own Turtle."""
    lines: dict[str, set[str]] = {"stated": set(), "derived": set()}
    for path in folder.glob("*.nt"):
        if path.stem != "ontology":
            lines[graph_of(path.stem)].update(path.read_text(encoding="utf-8").split("\n"))

    def quads() -> Iterator[ox.Quad]:
        for name, rows in lines.items():
            graph = ox.NamedNode(f"{base}graph/{name}")
            for triple in ox.parse("\n".join(sorted(rows)), format=ox.RdfFormat.N_TRIPLES):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)

    prefixes = {**PREFIXES, "e": f"{base}entity/", "s": f"{base}statement/", "g": base}
    buffer = io.BytesIO()
    ox.serialize(quads(), buffer, format=ox.RdfFormat.TRIG, prefixes=prefixes)
    return buffer.getvalue().decode("utf-8")


def dataset(settings: Settings, carried: Versions, sizes: Mapping[str, int], entities: int, statements: int, hashes: Mapping[str, str]) -> str:
    """Return ``dataset.ttl``: title, licence, versions, counts, hashes of what was read and of what was built; no clock.

    Args:
        settings: of the graph.
        carried: versions, and digests of the files that were read.
        sizes: number of triples of each named graph.
        entities: number of entities.
        statements: number of annotated triples.
        hashes: SHA-256 of each file, by name.
    """
    lines = [
        "@prefix dcat: <http://www.w3.org/ns/dcat#> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> .",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
        "@prefix prov: <http://www.w3.org/ns/prov#> .",
        "@prefix schema: <https://schema.org/> .",
        "@prefix spdx: <http://spdx.org/rdf/terms#> .",
        "@prefix void: <http://rdfs.org/ns/void#> .",
        "",
        f"<{settings.base}> a void:Dataset , dcat:Dataset ;",
        f"    dcterms:title {literal(settings.title_zh, language='zh')} , {literal(settings.title_en, language='en')} ;",
        f"    dcterms:license <{settings.licence}> ;",
        f"    dcat:version {literal(settings.version)} ;",
        f"    dcterms:conformsTo <{ONTOLOGY}/{carried.ontologies.get(str(ONTOLOGY), '')}> ;",
        *(f"    dcterms:conformsTo <{iri}> ;" for iri in carried.ontologies),
        f"    dcterms:provenance {literal(f'made by withwhom {carried.software}', language='en')} ;",
        f"    prov:wasGeneratedBy <{settings.base}build> ;",
        f"    void:vocabulary <{PREFIXES['ww']}> , <{PREFIXES['skos']}> ;",
        f"    void:uriSpace {literal(settings.base)} ;",
        f"    void:entities {entities} ;",
        f"    void:triples {sum(sizes.values())} ;",
        f"    void:classPartition [ void:class <{PREFIXES['rdf']}Statement> ; void:entities {statements} ] ;",
        *(f"    void:subset <{settings.base}graph/{name}> ;" for name in sizes),
        "    dcat:distribution " + " , ".join(f"<{settings.base}file/{name}>" for name in sorted(hashes)) + " .",
        "",
        *(f"<{settings.base}graph/{name}> a void:Dataset ; void:triples {size} ." for name, size in sizes.items()),
        "",
        *(_file(f"{settings.base}file/{name}", "dcat:Distribution", name, digest) for name, digest in sorted(hashes.items())),
        "",
        *_made_of(settings.base, carried),
    ]
    return "\n".join(lines) + "\n"


def _made_of(base: str, carried: Versions) -> Iterator[str]:
    """Yield which software made the build of which files, and the versions of the vocabularies."""
    inputs = {f"{base}input/{quote(name, safe='/:')}": (name, digest) for name, digest in carried.inputs.items()}
    used = " , ".join(f"<{iri}>" for iri in inputs)
    yield f"<{base}build> a prov:Activity ; prov:wasAssociatedWith <{base}software> ; prov:used {used} ."
    software = f'schema:name "withwhom" ; schema:softwareVersion {literal(carried.software)}'
    yield f"<{base}software> a prov:SoftwareAgent , schema:SoftwareApplication ; {software} ."
    yield from (f"<{iri}> a owl:Ontology" + (f" ; owl:versionInfo {literal(version)}" if version else "") + " ." for iri, version in carried.ontologies.items())
    yield from (_file(iri, "prov:Entity", name, digest) for iri, (name, digest) in inputs.items())


def _file(iri: str, kind: str, name: str, digest: str) -> str:
    checksum = f"spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue {literal(digest)} ]"
    return f"<{iri}> a {kind} ; dcterms:title {literal(name)} ; {checksum} ."
