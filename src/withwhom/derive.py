"""Derives what follows from what is said: the closure of inferred triples, and the rules in ``ontology/rules/*.rq``.

A rule is a SPARQL CONSTRUCT that makes edges and, for each, a node ``a ww:Derivation`` with ``rdf:subject``, ``rdf:predicate``,
``rdf:object``, ``ww:derivedFrom`` and ``ww:rule``. Rules run once each, in file-name order; a later one sees what earlier ones made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from withwhom.compile import entailed
from withwhom.ontology import Ontology
from withwhom.problems import InputError, Problem


def derived(lines: Iterable[str], inferred: Sequence[str], rules: Iterable[tuple[Path, str]], ontology: Ontology, base: str) -> list[str]:
    """Return the sorted lines of the derived graph.

    Args:
        lines: the ontology and the stated graph, as N-Triples.
        inferred: direct triples that readers concluded; they belong to the derived graph.
        rules: each rule file, and its path as messages name it.
        ontology: the vocabulary, for the closure of what rules make.
        base: IRI of the graph, offered to rules as the prefix ``g:``.

    Raises:
        InputError: a rule is no CONSTRUCT query, or makes blank nodes.
    """
    store = ox.Store()
    store.bulk_load("\n".join([*lines, *inferred]).encode(), format=ox.RdfFormat.N_TRIPLES)
    made = set(inferred)
    problems = []
    for path, shown in rules:
        try:
            new = {line for triple in _run(store, path, base) for line in _closure(triple, ontology)}
        except SyntaxError as error:
            found = re.match(r"error at ([0-9]+):([0-9]+): ", error.msg)
            line, column = map(int, found.groups()) if found else (0, 0)
            problems.append(Problem(shown, line, column, "bad-rule", {"detail": " ".join(error.msg.split())[:200]}))
        except UnicodeDecodeError as error:
            problems.append(Problem(shown, error.object.count(b"\n", 0, error.start) + 1, 0, "not-utf8"))
        except PermissionError:
            problems.append(Problem(shown, 0, 0, "locked-file"))
        except _BlankNodeError:
            problems.append(Problem(shown, 0, 0, "rule-blank-node"))
        else:
            new = {line for line in new if line in made or not _holds(store, line)}
            store.bulk_load("\n".join(new).encode(), format=ox.RdfFormat.N_TRIPLES)
            made |= new
    if problems:
        raise InputError(problems)
    return sorted(made)


class _BlankNodeError(Exception):
    """A rule made a blank node."""


def _run(store: ox.Store, path: Path, base: str) -> Iterator[ox.Triple]:
    result = store.query(path.read_text(encoding="utf-8-sig"), prefixes={"g": base})
    if not isinstance(result, ox.QueryTriples):
        raise SyntaxError("a rule is a CONSTRUCT query")  # noqa: TRY004  # it is the query's text that is wrong
    for triple in result:
        if any(isinstance(term, ox.BlankNode) for term in (triple.subject, triple.object)):
            raise _BlankNodeError
        yield triple


def _closure(triple: ox.Triple, ontology: Ontology) -> Iterator[str]:
    yield f"{triple} ."
    if not isinstance(triple.object, ox.Literal):
        property = triple.predicate.value
        above = ontology.super_properties.get(property, (property,))
        inverses = next((known.inverses for known in ontology.predicates.values() if known.iri == property), ())
        yield from entailed(str(triple.subject), above, inverses, str(triple.object), ontology.symmetric)


def _holds(store: ox.Store, line: str) -> bool:
    quad = next(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))
    return quad in store
