"""What a word in a table may mean."""

from __future__ import annotations

from withwhom.meanings import EntityNames, Terms, Within
from withwhom.records import Entity, Name, Place

AT = Place("graph/entities.csv", 1, {})


def entity(id: str, name: str) -> Entity:
    """Return an entity of one name."""
    return Entity(AT, id, "Place", name, name, "", "", "", "", "", "")


def test_a_label_of_a_retired_term_means_the_one_that_took_its_place() -> None:
    """Of terms with one label those count that may still be written; the value of a retired one is understood all the same."""
    terms = Terms({"backs": {"zh": "支持"}, "supports": {"zh": "支持"}, "helps": {"zh": "帮"}}, frozenset(["backs", "helps"]))
    assert [terms.of(word) for word in ("支持", "backs", "帮", "无")] == [("supports",), ("backs",), ("helps",), ()]
    assert terms.offered == ["supports"]


def test_several_words_in_a_cell() -> None:
    """Each of several words is read by itself; a word that nobody knows stays."""
    terms = Terms({"given": {"zh": "捐赠"}, "raised": {"zh": "募集"}})
    assert [terms.values(cell) for cell in ("捐赠 | 募集", "given|募集", "捐赠|无", "given|raised")] == [
        "given|raised",
        "given|raised",
        "given|无",
        "given|raised",
    ]
    assert terms.value("捐赠|募集") == "捐赠|募集"


def test_what_a_message_says_of_an_entity() -> None:
    """An id stands with its names, each once, cut, and on one line."""
    names = EntityNames([entity("a", "甲"), entity("b", "乙\n" * 100)], [])
    assert names.named("a") == "a (甲)"
    assert names.named("none") == "none"
    assert len(names.named("b")) < 80
    assert names.named("b").isprintable()


def test_names_of_nobody_mean_nothing() -> None:
    """A further name of an entity that is not there binds nothing."""
    names = EntityNames([entity("a", "甲")], [Name(AT, "b", "乙", "", "alias", "", "", "", "", ""), Name(AT, "b", "丙", "", "alias", "s", "", "", "", "")])
    assert names.of("乙").ids == ()
    assert names.of("丙", Within("s")).ids == ()
    assert names.of("").ids == ()


def test_a_name_that_a_term_had_is_no_label() -> None:
    """The words of a label stand apart: a local name that was given up is not read as the label of the term that took its place."""
    terms = Terms({"VillageClinic": {"en": "Community clinic", "zh": "村卫生室"}})
    assert [terms.of(word) for word in ("CommunityClinic", "COMMUNITY  clinic", "villageclinic", "村衛生室")] == [(), *[("VillageClinic",)] * 3]
