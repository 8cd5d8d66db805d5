"""Ties between organizations, of three kinds that are never mixed, as a networkx graph.

*said*: a document says that the two work together, or its reader inferred it (``certainty`` tells which). *by rule*: a rule of the
vocabulary drew it, from statements that are named. *same program*: each body's own evidence puts it into one program; that is no
statement of cooperation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from withwhom.compile import FACTUAL
from withwhom.facts import PARTICIPATION, PARTNERSHIP
from withwhom.network import Claim, Network

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SAID, BY_RULE, SAME_PROGRAM = "said", "by rule", "same program"
KINDS = (SAID, BY_RULE, SAME_PROGRAM)
# A program with more participants ties everything to everything, and says nothing of two of them.
CROWD = 200


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties two organizations.

    Args:
        a, b: their ids, in the order of their names in the alphabet.
        kind: one of :data:`KINDS`.
        certainty: ``explicit``, or ``inferred`` where a reader concluded a statement that the tie rests on.
        status: empty for what is so, else planned, applied or denied.
        rule: name of the rule, for a tie by rule.
        strength: said: the number of statements; otherwise the number of programs.
        weight: said and by rule: the strength; same program: the sum over programs of 1/(participants - 1) (Newman 2001).
        statements: references of all statements that it rests on.
        programs: ids of the programs it comes from.
        since, until: the first day that a statement gives, and the last; empty where none does, or where one is open.
    """

    a: str
    b: str
    kind: str
    certainty: str
    status: str
    rule: str
    strength: int
    weight: float
    statements: tuple[str, ...]
    programs: tuple[str, ...]
    since: str
    until: str


def ties(network: Network, *, kinds: Collection[str] = KINDS, statuses: Collection[str] = FACTUAL, explicit_only: bool = False) -> list[Tie]:
    """Return the ties between organizations, by kind and ends.

    Args:
        network: the graph.
        kinds: which kinds to give.
        statuses: phases of the statements that count (empty: not stated).
        explicit_only: whether to leave out what rests on a statement that a reader inferred.

    Returns:
        One tie for each pair of bodies, kind, rule, certainty and (planned, applied or denied) status. Cost: linear in the
        statements, and in the pairs of participants of each program (at most 200 a program) for same program.
    """
    counted = {c.reference: c for c in network.claims if c.status in statuses and not (explicit_only and c.certainty != "explicit")}
    makers = {SAID: _said, BY_RULE: _by_rule, SAME_PROGRAM: _same_program}
    return [tie for kind in KINDS if kind in kinds for tie in sorted(makers[kind](network, counted), key=lambda t: (t.a, t.b, t.rule, t.certainty, t.status))]


def ties_graph(network: Network, found: Iterable[Tie]) -> nx.MultiGraph[str]:
    """Return organizations and ties as a graph: every organization is a node, also one without ties; parallel ties stay apart.

    Nodes carry ``type``, ``zh``, ``en``, ``collective``; edges are keyed by kind, rule, certainty and status, and carry what a
    :class:`Tie` says, ``statements`` and ``programs`` as tuples.
    """
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for body in network.bodies:
        if network.kind(body) == "organization":
            graph.add_node(body.id, type=body.type, zh=body.zh, en=body.en, collective=body.collective)
    graph.add_edges_from(
        (
            tie.a,
            tie.b,
            " ".join(filter(None, (tie.kind, tie.rule, tie.certainty, tie.status))),
            {name: getattr(tie, name) for name in ("kind", "rule", "certainty", "status", "strength", "weight", "statements", "programs", "since", "until")},
        )
        for tie in found
    )
    return graph


def claims_graph(network: Network) -> nx.MultiDiGraph[str]:
    """Return every entity, and every statement between two of them as an edge keyed by its reference.

    Nodes carry ``type``, ``zh``, ``en``, ``collective``; edges ``relation``, ``predicate``, ``certainty``, ``status``, ``program``,
    ``since``, ``until``, ``amount``, ``currency``, ``support``, ``basis``, ``included_in``, ``event``, ``overlaps`` (figures that must not be
    added), ``place``, ``wording``, ``zh`` and ``en`` (the sentence, with how exact a figure is).
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for body in network.bodies:
        graph.add_node(body.id, type=body.type, zh=body.zh, en=body.en, collective=body.collective)
    kept = (
        "predicate",
        "certainty",
        "status",
        "program",
        "since",
        "until",
        "amount",
        "currency",
        "support",
        "basis",
        "included_in",
        "event",
        "overlaps",
        "place",
        "wording",
        "zh",
        "en",
    )
    graph.add_edges_from(
        (claim.subject, claim.object, claim.reference, {"relation": network.relation(claim), **{name: getattr(claim, name) for name in kept}})
        for claim in network.claims
        if claim.object
    )
    return graph


def participations(network: Network, counted: Mapping[str, Claim]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return, by program and organization, the statements that put the one into the other.

    Campaigns make no ties, nor do programs with more than 200 participants.
    """
    kinds = {body.id: network.kind(body) for body in network.bodies}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for claim in counted.values():
        if network.relation(claim) == PARTICIPATION and kinds[claim.object] == "program" and kinds[claim.subject] == "organization":
            found[claim.object][claim.subject].append(claim.reference)
    sizes = network.participants
    return {program: members for program, members in sorted(found.items()) if len(members) > 1 and max(len(members), sizes.get(program, 0)) <= CROWD}


def projection(members: Mapping[str, Collection[str]], sizes: Mapping[str, int] | None = None) -> tuple[list[str], csr_matrix, csr_matrix]:
    """Project bodies and programs onto bodies, by the product of two sparse matrices.

    Args:
        members: the participants of each program that count.
        sizes: how many take part in each program in all, where that is more.

    Returns:
        The bodies in the order of the rows; shared programs (n × n, counts); weights (n × n): the sum over shared programs of
        1/(participants - 1), after Newman, Scientific collaboration networks II, Physical Review E 64, 016132 (2001). Both are
        symmetric with an empty diagonal. Cost: the pairs of participants of each program.
    """
    import numpy as np
    from scipy.sparse import csr_matrix, diags

    bodies = sorted({body for group in members.values() for body in group})
    row_of = {body: row for row, body in enumerate(bodies)}
    named = [(program, group) for program, group in members.items() if len(group) > 1]
    groups = [group for _, group in named]
    whole = [max(len(group), (sizes or {}).get(program, 0)) for program, group in named]
    rows = np.fromiter((row_of[body] for group in groups for body in group), dtype=np.int64)
    columns = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    part = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(bodies), len(groups)))
    shares = diags([1 / (size - 1) for size in whole]) if groups else csr_matrix((0, 0))
    return bodies, _off_diagonal(part @ part.T), _off_diagonal(part @ shares @ part.T)


def _off_diagonal(matrix: csr_matrix) -> csr_matrix:
    matrix = matrix.tocsr()
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    return matrix


def _tie(ends: Iterable[str], kind: str, told: Sequence[Claim], *, rule: str = "", programs: Collection[str] = (), weight: float = 0.0) -> Tie:
    a, b = sorted(ends)
    strength = len(told) if kind == SAID else len(programs)
    since = min((claim.since for claim in told if claim.since), default="")
    until = "" if any(claim.since and not claim.until for claim in told) else max((claim.until for claim in told if claim.until), default="")
    references = tuple(dict.fromkeys(claim.reference for claim in told))
    return Tie(a, b, kind, _certainty(told), _status(told), rule, strength, weight or float(strength), references, tuple(sorted(programs)), since, until)


def _certainty(told: Iterable[Claim]) -> str:
    return "inferred" if any(claim.certainty == "inferred" for claim in told) else "explicit"


def _status(told: Iterable[Claim]) -> str:
    return next((claim.status for claim in told if claim.status not in FACTUAL), "")


def _said(network: Network, counted: Mapping[str, Claim]) -> Iterator[Tie]:
    bodies = network.organizations()
    groups: dict[tuple[frozenset[str], str, str], list[Claim]] = defaultdict(list)
    for claim in counted.values():
        if network.relation(claim) == PARTNERSHIP and {claim.subject, claim.object} <= bodies and claim.subject != claim.object:
            groups[frozenset((claim.subject, claim.object)), _certainty([claim]), _status([claim])].append(claim)
    for (ends, _, _), told in groups.items():
        yield _tie(ends, SAID, told, programs={claim.program for claim in told if claim.program})


def _by_rule(network: Network, counted: Mapping[str, Claim]) -> Iterator[Tie]:
    bodies = network.organizations()
    groups: dict[tuple[frozenset[str], str, str], list[Sequence[Claim]]] = defaultdict(list)
    for derivation in network.derivations:
        references = derivation.statements.split("|")
        if (
            derivation.tie
            and derivation.subject != derivation.object
            and {derivation.subject, derivation.object} <= bodies
            and all(reference in counted for reference in references)
        ):
            told = [counted[reference] for reference in references]
            groups[frozenset((derivation.subject, derivation.object)), derivation.rule, _certainty(told)].append(told)
    for (ends, rule, _), every in groups.items():
        told = list({claim.reference: claim for group in every for claim in group}.values())
        yield _tie(ends, BY_RULE, told, rule=rule, programs={claim.object for claim in told})


def _same_program(network: Network, counted: Mapping[str, Claim]) -> Iterator[Tie]:
    members = participations(network, {reference: claim for reference, claim in counted.items() if claim.status in FACTUAL})
    bodies, _, weights = projection(members, network.participants)
    of_body: dict[str, set[str]] = defaultdict(set)
    for program, group in members.items():
        for body in group:
            of_body[body].add(program)
    upper = weights.tocoo()
    for row, column, weight in zip(upper.row, upper.col, upper.data, strict=True):
        if row < column:
            a, b = bodies[row], bodies[column]
            shared = sorted(of_body[a] & of_body[b])
            told = [counted[reference] for program in shared for body in (a, b) for reference in members[program][body]]
            yield _tie((a, b), SAME_PROGRAM, told, programs=shared, weight=round(float(weight), 6))
