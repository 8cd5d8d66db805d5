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
from withwhom.decoding import read_text
from withwhom.ontology import Ontology
from withwhom.patterns import EVERYTHING, Patterns, patterns
from withwhom.positions import tokens
from withwhom.problems import InputError, Problem
from withwhom.questions import forbidden

CHUNK = 50_000
# One rule may make twenty triples for each that is stated, and a hundred thousand in any case. The shipped rules make a fiftieth of one; what
# makes more joins everything with everything, and would fill the memory before anybody saw it.
PER_TRIPLE = 20
LEAST_BOUND = 100_000
FORMS = frozenset({"CONSTRUCT", "SELECT", "ASK", "DESCRIBE"})


@dataclass(frozen=True)
class Rule:
    """A rule: its text, its path as messages name it, the triples that it may read or make, and where its CONSTRUCT stands."""

    text: str
    shown: str
    patterns: Patterns
    form: tuple[int, int] = (1, 1)


def read_rules(files: Iterable[tuple[Path, str]]) -> list[Rule]:
    """Read rules.

    Args:
        files: each rule file, and its path as messages name it.

    Raises:
        InputError: a file cannot be read, is no CONSTRUCT query, leaves the dataset or writes a blank node; every such file is named.
    """
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path, shown in files:
        try:
            rules.append(read_rule(read_text(path, shown), shown))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return rules


def read_rule(text: str, shown: str) -> Rule:
    """Return the rule of a text; see :func:`read_rules`."""
    form, blank = _places(text)
    word = forbidden(text)
    if word is not None:
        raise InputError([Problem(shown, *form, "forbidden-word", {"value": word})])
    try:
        constructs = isinstance(ox.Store().query(text, prefixes={"g": "https://example.org/"}), ox.QueryTriples)
    except SyntaxError as error:
        found = re.match(r"error at ([0-9]+):([0-9]+): ", error.msg)
        line, column = map(int, found.groups()) if found else form
        raise InputError([Problem(shown, line, column, "bad-rule", {"detail": " ".join(error.msg.split())[:200]})]) from None
    if not constructs:
        raise InputError([Problem(shown, *form, "rule-no-construct")])
    if blank:
        raise InputError([Problem(shown, *blank, "rule-blank-node")])
    return Rule(text, shown, patterns(text), form)


def _places(text: str) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """Return where the form of a query stands (CONSTRUCT, SELECT …), and where its template first writes a blank node."""
    form, depth, blank = (1, 1), -1, None
    for token in tokens(text):
        place = token.line, token.column
        if depth < 0 and token.kind == "word" and token.value.upper() in FORMS:
            form, depth = place, 0
        elif depth >= 0 and token.value == "{" and token.kind == "mark":
            depth += 1
        elif depth == 1 and (token.kind == "blank" or (token.kind == "mark" and token.value in ("[", "("))):
            blank = blank or place
        elif (token.value == "}" and token.kind == "mark") or (depth == 0 and token.value.upper() == "WHERE"):
            break
    return form, blank


def bound_of(stated: int) -> int:
    """Return how many triples one rule may make, given how many are stated: see :data:`PER_TRIPLE`."""
    return max(LEAST_BOUND, PER_TRIPLE * stated)


def derived(shards: Iterable[Iterable[str]], inferred: Iterable[str], rules: Sequence[Rule], ontology: Ontology, base: str) -> set[str]:
    """Return the lines of the derived graph.

    Args:
        shards: the lines of the ontology and of the stated graph.
        inferred: direct triples that readers concluded and no text says; they belong to the derived graph.
        rules: what :func:`read_rules` gave.
        ontology: the vocabulary, for the closure of what rules make.
        base: IRI of the graph, offered to rules as the prefix ``g:``.

    Raises:
        InputError: a rule makes blank nodes, or more triples than :func:`bound_of` allows; every such rule is named.
    """
    made = set(inferred)
    problems: list[Problem] = []
    for found in derivations(shards, frozenset(made), rules, ontology, base):
        problems += found.problems
        made.update(found.lines)
    if problems:
        raise InputError(problems)
    return made


@dataclass(frozen=True)
class Derivations:
    """What one rule makes that nobody had said before, and what is wrong with it; of a rule that breaks off nothing is kept."""

    rule: Rule
    lines: Collection[str]
    problems: tuple[Problem, ...] = ()


def derivations(shards: Iterable[Iterable[str]], inferred: Iterable[str], rules: Sequence[Rule], ontology: Ontology, base: str) -> Iterator[Derivations]:
    """Yield what each rule makes, in their order; a later one sees what earlier ones made. For the arguments see :func:`derived`."""
    store = ox.Store()
    wanted = _with_closure([rule.patterns for rule in rules], ontology)
    stated = 0
    for lines in (*shards, inferred):
        counted = list(lines)
        stated += len(counted)
        _load(store, wanted.matching(counted))
    for number, rule in enumerate(rules, 1):
        new: set[str] = set()
        try:
            for triples in _chunks(constructed(store, rule, base, bound_of(stated))):
                new.update(_not_held(store, {line: None for triple in triples for line in _closure(triple, ontology)}))
        except BrokenOffError as error:
            values = {"bound": f"{bound_of(stated):,}", "stated": f"{stated:,}"}
            yield Derivations(rule, (), (Problem(rule.shown, *rule.form, error.code, values),))
            continue
        yield Derivations(rule, new)
        if rules[number:]:
            _load(store, new)


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


class BrokenOffError(Exception):
    """A rule made what it may not; ``code`` is that of the problem."""

    def __init__(self, code: str) -> None:
        self.code = code


def constructed(store: ox.Store, rule: Rule, base: str, bound: int, graphs: Sequence[str] = ()) -> Iterator[ox.Triple]:
    """Yield the triples of a rule, and break off as soon as there are too many: a cross product would fill the memory.

    Args:
        store: what it reads.
        rule: the rule.
        base: IRI of the graph, offered as the prefix ``g:``.
        bound: the most triples that it may make.
        graphs: the named graphs that it sees, as one; the default graph if there are none.

    Raises:
        BrokenOffError: it makes too many, or a blank node.
    """
    # All graphs at once are one look-up a pattern, a list of graphs one for each of them.
    whole = bool(graphs) and {graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)} <= set(graphs)
    listed: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = [ox.NamedNode(graph) for graph in graphs] if graphs and not whole else None
    made = store.query(rule.text, prefixes={"g": base}, use_default_graph_as_union=whole, default_graph=listed)
    if not isinstance(made, ox.QueryTriples):
        raise TypeError("a rule is a CONSTRUCT query")
    for number, triple in enumerate(made, 1):
        if any(isinstance(term, ox.BlankNode) for term in (triple.subject, triple.object)):
            raise BrokenOffError("rule-blank-node")
        if number > bound:
            raise BrokenOffError("rule-too-much")
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
