"""The list of digests by which unchanged copies are known is that of the files."""

from __future__ import annotations

from rdflib import Graph

from withwhom.editions import EDITIONS, digest, read_editions
from withwhom.vocabulary import editions_of
from withwhom.workspace import shipped


def test_the_list_of_editions_is_fresh() -> None:
    """The rows of the version that stands there are what ``make vocab`` writes."""
    folder = shipped().ontology
    assert (folder / EDITIONS).read_text(encoding="utf-8") == editions_of(folder, Graph().parse(folder / "withwhom.ttl"))
    assert "withwhom.ttl" in next(iter(read_editions(folder).values()))


def test_line_ends_and_marks_do_not_count() -> None:
    """A copy that went through Windows is the same; another letter is not."""
    assert digest("\ufeffa\r\nb\r\n") == digest("a\nb\n") != digest("a\nc\n")
