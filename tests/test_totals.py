"""Honest totals, one rule a case."""

from __future__ import annotations

from decimal import Decimal

import pytest

from withwhom.ontology import Ontology, read_ontology
from withwhom.records import Place, Statement
from withwhom.totals import Total, totals
from withwhom.workspace import shipped


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    """The shipped vocabulary."""
    return read_ontology(shipped())


def gift(identifier: str, amount: str, *, giver: str = "a", receiver: str = "b", predicate: str = "donatesTo", **further: str) -> Statement:
    """Return a statement of funding."""
    cells = {"amount": amount, "currency": "CNY", "basis": "given", "support": "cash", "certainty": "explicit", **further}
    present = {name: cell for name, cell in cells.items() if cell}
    return Statement(Place("t.csv", 2, {}), "t", identifier, giver, predicate, receiver, "0", "1", "", present)


def told(statements: list[Statement], ontology: Ontology, entity: str = "a", direction: str = "given") -> list[Total]:
    """Return the totals of one body in one direction."""
    return [total for total in totals(statements, ontology) if (total.entity, total.direction) == (entity, direction)]


def test_kinds_of_money_are_never_added(ontology: Ontology) -> None:
    """Each currency, support and basis has a total of its own."""
    found = told([gift("x", "1"), gift("y", "2", basis="pledged"), gift("z", "4", support="in_kind"), gift("u", "8", currency="USD")], ontology)
    assert sorted(total.high for total in found) == [1, 2, 4, 8]


def test_an_event_counts_once(ontology: Ontology) -> None:
    """The same gift told twice is in the sum once, and the second telling is listed as left out."""
    (total,) = told([gift("x", "5", event="e"), gift("y", "5", event="e"), gift("z", "1")], ontology)
    assert (total.low, total.high) == (Decimal(6), Decimal(6))
    assert total.left_out == {"t/y": "event"}


def test_an_event_with_two_figures_is_a_range(ontology: Ontology) -> None:
    """Figures of one event that disagree give a range, never a pick."""
    (total,) = told([gift("x", "5", event="e"), gift("y", "7", event="e")], ontology)
    assert (total.low, total.high) == (Decimal(5), Decimal(7))


def test_a_part_stands_beneath_its_whole(ontology: Ontology) -> None:
    """A part is not added where its whole is in the answer, under whatever basis, also by way of another part."""
    wholes = [gift("x", "100"), gift("y", "40", included_in="x"), gift("z", "10", included_in="t/y", basis="disbursed")]
    found = told(wholes, ontology)
    assert [(total.basis, int(total.high)) for total in found] == [("disbursed", 0), ("given", 100)]
    assert [dict(total.left_out) for total in found] == [{"t/z": "part"}, {"t/y": "part"}]


def test_a_part_counts_where_its_whole_is_not(ontology: Ontology) -> None:
    """The receiver of a part alone has the part as its total."""
    (total,) = told([gift("x", "100"), gift("y", "40", receiver="c", included_in="x")], ontology, "c", "received")
    assert total.high == 40


def test_overlapping_figures_are_a_range(ontology: Ontology) -> None:
    """Figures that may contain one another give a range from the largest to the sum."""
    (total,) = told([gift("x", "100"), gift("y", "40", overlaps="x"), gift("z", "1")], ontology)
    assert (total.low, total.high) == (Decimal(101), Decimal(141))


@pytest.mark.parametrize(
    ("kinds", "sum_is"),
    [(("exact", ""), "exact"), (("exact", "over"), "over"), (("exact", "under"), "under"), (("over", "under"), "about"), (("about", "exact"), "about")],
)
def test_doubt_adds_up(ontology: Ontology, kinds: tuple[str, str], sum_is: str) -> None:
    """Exact and over make over, exact and under make under, any other mixture about."""
    (total,) = told([gift(str(number) + "x", "1", amount_qualifier=kind) for number, kind in enumerate(kinds)], ontology)
    assert total.qualifier == sum_is


@pytest.mark.parametrize("status", ["planned", "applied", "denied"])
def test_what_is_not_so_is_left_out(ontology: Ontology, status: str) -> None:
    """Planned, applied and denied figures are listed, not counted."""
    (total,) = told([gift("x", "1"), gift("y", "2", status=status)], ontology)
    assert total.high == 1
    assert total.left_out == {"t/y": status}


def test_money_of_results_is_not_lost(ontology: Ontology) -> None:
    """A sum whose giver is not stated stands under the body it is told of, as a result."""
    (total,) = told([gift("x", "9", predicate="achieves", receiver="", basis="raised")], ontology, "a", "result")
    assert total.high == 9


def test_gifts_without_a_figure_are_counted(ontology: Ontology) -> None:
    """How many gifts name no amount is part of the answer."""
    (total,) = told([gift("x", "1"), gift("y", "")], ontology)
    assert total.without_amount == 1


def test_a_planned_whole_hides_no_done_part(ontology: Ontology) -> None:
    """A part that is done counts where its whole is only planned."""
    (total,) = told([gift("x", "100", status="planned"), gift("y", "40", included_in="x")], ontology)
    assert total.high == 40
    assert total.left_out == {"t/x": "planned"}


def test_any_telling_of_an_event_may_say_how_it_hangs_together(ontology: Ontology) -> None:
    """What one telling says of whole, overlap, doubt and certainty holds for the event."""
    (total,) = told([gift("w", "100"), gift("x", "40", event="e"), gift("y", "40", event="e", included_in="w")], ontology)
    assert total.high == 100
    (total,) = told([gift("x", "40", event="e"), gift("y", "40", event="e", overlaps="z"), gift("z", "60")], ontology)
    assert (total.low, total.high) == (Decimal(60), Decimal(100))
    (total,) = told([gift("x", "40", event="e"), gift("y", "50", event="e", amount_qualifier="over", certainty="inferred")], ontology)
    assert (total.qualifier, total.certainty) == ("over", "inferred")


def test_the_order_of_bases_does_not_matter(ontology: Ontology) -> None:
    """Raised and given is the same kind of money as given and raised."""
    (total,) = told([gift("x", "1", basis="given|raised"), gift("y", "2", basis="raised|given")], ontology)
    assert total.high == 3
