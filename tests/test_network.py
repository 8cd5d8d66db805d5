"""The network and its positions."""

from __future__ import annotations

from withwhom.build import Checked, check
from withwhom.network import network, positions
from withwhom.page import script_data
from withwhom.workspace import shipped


def checked() -> Checked:
    """Return the shipped workspace."""
    return check(shipped())


def test_every_tie_is_an_edge_with_all_its_statements() -> None:
    """Each statement between two entities stands on exactly one edge, that of its subject, predicate and object."""
    shown = checked()
    graph = network(shown.records, shown.ontology)
    on_edges = [reference for *_, references in graph.edges(data="statements") for reference in references]
    ties = [s.reference for s in shown.records.statements if s.object and s.object != s.subject]
    assert sorted(on_edges) == sorted(ties)


def test_the_picture_stands_still() -> None:
    """The same graph has the same positions, and no two nodes lie on one point."""
    shown = checked()
    graph = network(shown.records, shown.ontology)
    first, second = positions(graph), positions(graph)
    assert first == second
    assert set(first) == set(graph)
    assert len(set(first.values())) > 0.99 * len(first)


def test_data_cannot_end_a_script() -> None:
    """A name out of a document stays data inside the page."""
    hostile = ["</script><script>alert(1)</script>", "<!--", "\u2028", "&lt;"]
    text = script_data(hostile)
    assert not set("<>&\u2028") & set(text)
