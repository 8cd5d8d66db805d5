"""Derives what follows from what is said: the closure of inferred triples, and the rules in ``ontology/rules/*.rq``.

A rule is a SPARQL CONSTRUCT that makes edges and, for each, a node ``a ww:Derivation`` with ``rdf:subject``, ``rdf:predicate``,
``rdf:object``, ``ww:derivedFrom`` and ``ww:rule``. Rules run once each, in file-name order; a later one sees what earlier ones made.
They run in memory on those triples only that one of their patterns can meet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from withwhom.compile import entailed
from withwhom.ontology import Ontology
from withwhom.patterns import EVERYTHING, Patterns, patterns
from withwhom.problems import InputError, Problem

CHUNK = 50_000


@dataclass(frozen=True)
class Rule:
    """A rule: its text, its path as messages name it, and the triples that it may read or make."""

    text: str
    shown: str
    patterns: Patterns


def read_rules(files: Iterable[tuple[Path, str]]) -> list[Rule]:
    """Read rules.

    Args:
        files: each rule file, and its path as messages name it.

    Raises:
        InputError: a file cannot be read, or is no CONSTRUCT query; every such file is named.
    """
    rules, problems = [], []
    for path, shown in files:
        try:
            text = path.read_text(encoding="utf-8-sig")
            _construct(ox.Store(), text, "https://example.org/")
            rules.append(Rule(text, shown, patterns(text)))
        except SyntaxError as error:
            found = re.match(r"error at ([0-9]+):([0-9]+): ", error.msg)
            line, column = map(int, found.groups()) if found else (0, 0)
            problems.append(Problem(shown, line, column, "bad-rule", {"detail": " ".join(error.msg.split())[:200]}))
        except UnicodeDecodeError as error:
            problems.append(Problem(shown, error.object.count(b"\n", 0, error.start) + 1, 0, "not-utf8"))
        except PermissionError:
            problems.append(Problem(shown, 0, 0, "locked-file"))
    if problems:
        raise InputError(problems)
    return rules


def derived(shards: Iterable[Iterable[str]], inferred: Iterable[str], rules: Sequence[Rule], ontology: Ontology, base: str) -> set[str]:
    """Return the lines of the derived graph.

    Args:
        shards: the lines of the ontology and of the stated graph.
        inferred: direct triples that readers concluded and no text says; they belong to the derived graph.
        rules: what :func:`read_rules` gave.
        ontology: the vocabulary, for the closure of what rules make.
        base: IRI of the graph, offered to rules as the prefix ``g:``.

    Raises:
        InputError: a rule makes blank nodes.
    """
    store = ox.Store()
    made = set(inferred)
    wanted = _with_closure([rule.patterns for rule in rules], ontology)
    for lines in (*shards, made):
        _load(store, wanted.matching(lines))
    problems = []
    for number, rule in enumerate(rules):
        new: set[str] = set()
        try:
            for triples in _chunks(_run(store, rule.text, base)):
                new.update(_not_held(store, {line: None for triple in triples for line in _closure(triple, ontology)}))
        except _BlankNodeError:
            problems.append(Problem(rule.shown, 0, 0, "rule-blank-node"))
        made |= new
        if rules[number + 1 :]:
            _load(store, new)
    if problems:
        raise InputError(problems)
    return made


def same_to_rules(before: Iterable[str], after: Iterable[str], rules: Sequence[Rule], ontology: Ontology) -> bool:
    """Tell whether rules can see no difference between two sets of lines."""
    wanted = _with_closure([rule.patterns for rule in rules], ontology)
    return set(wanted.matching(before)) == set(wanted.matching(after))


def _chunks(triples: Iterator[ox.Triple]) -> Iterator[list[ox.Triple]]:
    """Yield triples in chunks, so that a rule which makes millions does not hold them all in several forms at once."""
    while chunk := list(islice(triples, CHUNK)):
        yield chunk


def _with_closure(every: Iterable[Patterns], ontology: Ontology) -> Patterns:
    """Return the patterns of all rules, and of what the vocabulary entails from what they make."""
    found = Patterns({})
    for known in every:
        found |= known
    if found is EVERYTHING:
        return found
    made = {line.split(" ", 2)[1] for property in found.objects for line in _entailed("<s>", property[1:-1], "<o>", ontology)}
    return found | Patterns(dict.fromkeys(made - set(found.objects)))


def _load(store: ox.Store, lines: Iterable[str]) -> None:
    store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)


class _BlankNodeError(Exception):
    """A rule made a blank node."""


def _construct(store: ox.Store, text: str, base: str) -> ox.QueryTriples:
    result = store.query(text, prefixes={"g": base})
    if not isinstance(result, ox.QueryTriples):
        raise SyntaxError("a rule is a CONSTRUCT query")  # noqa: TRY004  # it is the query's text that is wrong
    return result


def _run(store: ox.Store, text: str, base: str) -> Iterator[ox.Triple]:
    for triple in _construct(store, text, base):
        if any(isinstance(term, ox.BlankNode) for term in (triple.subject, triple.object)):
            raise _BlankNodeError
        yield triple


def _closure(triple: ox.Triple, ontology: Ontology) -> Iterator[str]:
    yield f"{triple} ."
    if triple.predicate.value in ontology.entailing and not isinstance(triple.object, ox.Literal):
        yield from _entailed(str(triple.subject), triple.predicate.value, str(triple.object), ontology)


def _entailed(subject: str, property: str, target: str, ontology: Ontology) -> Iterator[str]:
    above = ontology.super_properties.get(property, (property,))
    return entailed(subject, above, ontology.inverses.get(property, ()), target, ontology.symmetric)


def _not_held(store: ox.Store, lines: Collection[str]) -> Iterator[str]:
    """Yield the lines whose triples a store does not hold."""
    quads = ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES)
    yield from (line for line, quad in zip(lines, quads, strict=True) if quad not in store)
