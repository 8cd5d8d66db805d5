"""Labels and codes stand for each other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from withwhom.choices import COLUMNS, Choices, choices, headings, lists
from withwhom.ontology import Ontology, read_ontology
from withwhom.words import LANGUAGES
from withwhom.workspace import shipped

MONEY = Choices(
    {
        "cash": {"zh": "现金", "en": "cash"},
        "in_kind": {"zh": "实物", "en": "in kind"},
        "mixed": {"zh": "钱物", "en": "cash"},  # the label is another's code
        "gift": {"zh": "赠", "en": "Same"},
        "loan": {"zh": "借", "en": "same"},  # a label of two
        "odd": {"zh": "怪|异", "en": " "},
    }
)
BODIES = Choices({"a-b": {"zh": "甲 [乙]", "en": "A"}, "c": {"zh": "丙", "en": "C|D [c]"}, "x": {"zh": "山 [x]", "en": "Hill [x]"}}, closed=False)
WORDS = st.sampled_from(
    ["", " ", "|", "cash", "Cash", "in kind", "实物", "Same", "赠", "怪|异", "a-b", "x", "c", "[x]", "old name [x]", "C|D [c]", "none [y]", "in_kind"]
)


@given(st.one_of(st.lists(WORDS).map("|".join), st.lists(WORDS).map("".join), st.text()), st.sampled_from(LANGUAGES), st.sampled_from([MONEY, BODIES]))
def test_what_is_shown_means_what_it_is_shown_for(cell: str, language: str, chosen: Choices) -> None:
    """Whatever a cell holds, what is shown for it means the same, and what it means, means itself."""
    assert chosen.meant(chosen.shown(cell, language)) == chosen.meant(cell)
    assert chosen.meant(chosen.meant(cell)) == chosen.meant(cell)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("现金|In Kind", "cash|in_kind"),
        (" cash ", "cash"),
        ("mixed", "mixed"),
        ("钱物", "mixed"),
        ("same", "same"),  # two have this label: left as it is
        ("现金|什么", "现金|什么"),
        ("", ""),
    ],
)
def test_labels_of_either_language_are_codes(cell: str, meant: str) -> None:
    """A label of either language means its code, in any letter case; one of two codes means none, and a code means itself."""
    assert MONEY.meant(cell) == meant
    assert MONEY.knows(cell) == (cell in ("", "mixed", "钱物", " cash ", "现金|In Kind"))


def test_an_id_in_brackets_counts_and_not_the_name_before_it() -> None:
    """A body keeps its id under another name; an id that nobody bears is left in the cell."""
    assert [BODIES.meant(cell) for cell in ("New [name] [x]", "山 [x]|丙", "Somebody [else]")] == ["x", "x|c", "Somebody [else]"]
    assert BODIES.shown("c|x", "en") == "c|Hill [x]"  # its name has the mark that joins


@pytest.fixture(scope="module")
def vocabulary() -> Ontology:
    """Return the package's vocabulary."""
    return read_ontology(shipped())


@pytest.fixture(scope="module")
def every(vocabulary: Ontology) -> Mapping[str, Choices]:
    """Return every list of the package's vocabulary."""
    return choices(vocabulary, [("a", {"zh": "甲", "en": "A"})], ["s"])


def test_every_code_of_the_vocabulary_has_a_label_of_its_own(every: Mapping[str, Choices]) -> None:
    """No two codes of a list share a label, in Chinese or English, so that drop-downs show labels only."""
    for name, chosen in every.items():
        for language in LANGUAGES if name != "source" else ():
            assert all(chosen.label(code, language) == labels[language] for code, labels in chosen.labels.items()), name


@pytest.mark.parametrize("kind", COLUMNS)
def test_headings_differ(kind: str, vocabulary: Ontology, every: Mapping[str, Choices]) -> None:
    """No two columns of a table have one label, every column has one, and every drop-down has its list."""
    labels = headings(kind, vocabulary)
    for language in LANGUAGES:
        shown = [labels[column][language].casefold() for column in labels]
        assert len(set(shown)) == len(shown)
    assert set(COLUMNS[kind]) <= set(labels)
    assert set(lists(kind, vocabulary).values()) <= set(every)
    assert set(lists(kind, vocabulary)) <= set(labels)
