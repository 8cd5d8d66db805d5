"""Ties of three kinds, never mixed, each with its evidence."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

import withwhom
from withwhom.knowledge import Options
from withwhom.network import Network, read_network
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM, claims_graph, participations, projection, ties, ties_graph


@pytest.fixture
def found(shipped_build: Path) -> Network:
    """Return the network of the shipped graph."""
    return read_network(shipped_build)


def test_the_kinds_are_those_of_the_saved_questions(found: Network, shipped_build: Path) -> None:
    """Said ties and ties by rule are the partners that ``partners-of`` gives, which leaves out a rule's tie where the same is said."""
    kb = withwhom.open(shipped_build)
    every = ties(found)
    bodies = found.organizations()
    for body in sorted({end for tie in every for end in (tie.a, tie.b)}):
        answer = kb.query("partners-of", Options(), org=body)
        wanted = {(answer.short(row["partner"]), str(row["kind"])) for row in answer.to_dicts() if answer.short(row["partner"]) in bodies}
        mine = set()
        for tie in every:
            if body in (tie.a, tie.b) and tie.kind != SAME_PROGRAM:
                kind = "by rule" if tie.kind == BY_RULE else "inferred" if tie.certainty == "inferred" else "said"
                mine.add((tie.b if tie.a == body else tie.a, kind))
        said = {partner for partner, kind in mine if kind != "by rule"}
        assert {pair for pair in wanted if pair[1] != "same program"} <= mine, body
        assert mine - wanted <= {(partner, "by rule") for partner in said}, body


def test_a_tie_rests_on_statements_of_its_two_bodies(found: Network) -> None:
    """Each statement of a tie is about one of its ends, and a tie by rule or by program names the program."""
    claims = {claim.reference: claim for claim in found.claims}
    for tie in ties(found):
        told = [claims[reference] for reference in tie.statements]
        assert told
        assert all({claim.subject, claim.object} & {tie.a, tie.b} for claim in told)
        if tie.kind != SAID:
            assert {claim.object for claim in told} == set(tie.programs)
            assert {claim.subject for claim in told} == {tie.a, tie.b}


def test_planned_ties_are_left_out_unless_asked_for(found: Network) -> None:
    """What is planned makes no tie among those that are so, and a tie of its own when asked for."""
    usual, asked = ties(found), ties(found, statuses={"", "done", "ongoing", "planned"})
    assert not any(tie.status for tie in usual)
    more = {tie for tie in asked if tie not in usual}
    assert more
    assert {tie.status for tie in more} == {"planned"}


def test_inferred_ties_can_be_left_out(found: Network) -> None:
    """With explicit statements only, no tie rests on what a reader inferred."""
    certain = {claim.reference for claim in found.claims if claim.certainty == "explicit"}
    kept = ties(found, explicit_only=True)
    assert kept
    assert all(certain.issuperset(tie.statements) for tie in kept)


def test_projection_is_the_product_that_networkx_makes() -> None:
    """Shared programs and Newman's weights are those of networkx on the bipartite graph."""
    members = {"p": ["a", "b", "c"], "q": ["b", "c"], "r": ["a", "d", "e", "b"], "alone": ["z"]}
    bodies, shared, weights = projection(members)
    graph = nx.Graph([(program, body) for program, group in members.items() for body in group])
    newman = nx.bipartite.collaboration_weighted_projected_graph(graph, bodies)
    counts = nx.bipartite.weighted_projected_graph(graph, bodies)
    for row, a in enumerate(bodies):
        for column, b in enumerate(bodies):
            assert shared[row, column] == counts.get_edge_data(a, b, {"weight": 0})["weight"]
            assert weights[row, column] == pytest.approx(newman.get_edge_data(a, b, {"weight": 0})["weight"])


def test_nothing_to_project() -> None:
    """A graph without programs has an empty projection."""
    bodies, shared, weights = projection({})
    assert (bodies, shared.nnz, weights.nnz) == ([], 0, 0)


def test_crowds_and_campaigns_tie_nobody(found: Network) -> None:
    """A campaign, or a program of more than two hundred participants, makes no tie."""
    kinds = {body.id: found.kind(body) for body in found.bodies}
    assert {kinds[program] for tie in ties(found, kinds=[SAME_PROGRAM]) for program in tie.programs} == {"program"}
    claim = next(claim for claim in found.claims if kinds[claim.object or claim.subject] == "program" and found.relation(claim) == "takesPartIn")
    body = next(body for body in found.bodies if body.id == claim.subject)
    from dataclasses import replace

    many = [replace(body, id=f"body-{number}") for number in range(201)]
    crowd = [replace(claim, reference=f"x/{number}", subject=other.id) for number, other in enumerate(many)]
    network = replace(found, bodies=[*found.bodies, *many], claims=crowd)
    counted = {row.reference: row for row in crowd}
    assert not participations(network, counted)
    assert len(participations(network, dict(list(counted.items())[:200]))) == 1


def test_graphs_keep_everything(found: Network) -> None:
    """Every organization is a node, also one without ties; every tie and every statement is an edge of its own."""
    every = ties(found)
    graph = ties_graph(found, every)
    assert set(graph) == found.organizations()
    assert graph.number_of_edges() == len(every)
    assert any(degree == 0 for _, degree in graph.degree())
    stated = claims_graph(found)
    assert {key for *_, key in stated.edges(keys=True)} == {claim.reference for claim in found.claims if claim.object}
