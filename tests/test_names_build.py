"""The index of very many names: what it is made of, and that a great number hides nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from withwhom import names_build, names_near
from withwhom.name_forms import loose, pieces, plain_latin, romanized
from withwhom.names import NameIndex, NameUnclearError
from withwhom.names_build import write_index
from withwhom.names_near import best_of_few, best_of_many, packed, unpacked
from withwhom.ontology import Ontology, read_ontology
from withwhom.records import Entity, Name, Place, Records
from withwhom.tables import read_records
from withwhom.text import normal
from withwhom.workspace import shipped

NOWHERE = Place("", 0, {})


@dataclass(frozen=True)
class Streamed:
    """Entities and names that can be walked once."""

    entities: Iterator[Entity]
    names: Iterator[Name]


def entity(identifier: str, zh: str, en: str = "", kind: str = "SocialOrganization") -> Entity:
    """Return an entity with nothing but names."""
    return Entity(NOWHERE, identifier, kind, zh, en, "", "", "", "", "", "")


def alias(identifier: str, name: str, source: str = "") -> Name:
    """Return a short name of an entity."""
    return Name(NOWHERE, identifier, name, "zh", "abbreviation", source, "", "", "", "")


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    """The shipped vocabulary."""
    return read_ontology(shipped())


@pytest.fixture(scope="module")
def crowd(ontology: Ontology, tmp_path_factory: pytest.TempPathFactory) -> NameIndex:
    """An index of 3,000 Red Cross societies that share 红会, a foundation, a programme and a place."""
    several = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"
    places = [one + two + three for one in several for two in several for three in several][:3000]
    societies = [entity(f"society-{number}", f"{place}市红十字会", f"Red Cross Society of {place}", "RedCrossSociety") for number, place in enumerate(places)]
    rare = [
        entity("lotus", "甲乙丙市红十字会莲池医疗救助基金会", "Lotus Pond Red Cross Foundation", "Foundation"),
        entity("way", "博爱红十字行", "Red Cross Way", "Program"),
        entity("red-cross-town", "红十字镇", "Red Cross Town", "Place"),
    ]
    path = tmp_path_factory.mktemp("crowd") / "names.sqlite"
    write_index(path, Records(entities=(*societies, *rare), names=tuple(alias(society.id, "红会") for society in societies)), ontology)
    return NameIndex(path)


def test_common_pieces_hide_no_rare_name(crowd: NameIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt name is found by its rare pieces among thousands that share the common ones, even where few entries may be read."""
    monkeypatch.setattr(names_near, "READ", 500)
    for text in ("莲池医疗救肋基金会", "红十字会莲池医疗", "Lotus Pund Red Cross Foundation", "lianchiyiliao"):
        assert crowd.find(text)[0].entity == "lotus", text


@pytest.mark.parametrize("cls", ["Place", "Program", "Foundation"])
def test_a_crowd_of_another_class_hides_nothing(crowd: NameIndex, cls: str) -> None:
    """Names of a class are found though more names of others share as much with the text as are compared."""
    assert [match.type for match in crowd.find("红十字会", cls=cls)] == [cls]


def test_a_crowd_of_one_name(crowd: NameIndex) -> None:
    """Of thousands with one short name as many are given as were asked for, in order, and none is chosen."""
    matches = crowd.find("红会", limit=20)
    assert [match.entity for match in matches] == sorted(f"society-{number}" for number in range(3000))[:20]
    with pytest.raises(NameUnclearError) as caught:
        crowd.resolve("红会", guess=True)
    assert len(caught.value.candidates) == 10


def test_short_names_come_first(crowd: NameIndex) -> None:
    """What a common word is part of comes by nearness, so that short names stand before long ones."""
    lengths = [len(match.zh) for match in crowd.find("市红十字会", limit=30)]
    assert lengths == sorted(lengths)
    assert crowd.find("甲乙丙市红十字会")[0].entity == "society-17"


def test_few_and_many_agree() -> None:
    """Adding up with and without numpy gives the same numbers in the same order."""
    chance = random.Random(5)
    for most in (1, 7, 400):
        postings = [(chance.choice((0.5, 1.25, 3.1)), packed(sorted(chance.sample(range(2000), 300)))) for _ in range(9)]
        for within in (None, packed(sorted(chance.sample(range(2000), 600)))):
            assert best_of_few(postings, within, most) == best_of_many(postings, within, 2000, most)
    assert best_of_few([], None, 5) == best_of_many([], None, 1, 5) == best_of_many([], packed([0]), 1, 5) == []
    nine = [(1.0, packed(range(9)))]
    assert best_of_few(nine, None, 20) == best_of_many(nine, None, 9, 20) == list(range(9))


def test_the_index_is_the_same_in_any_batches(ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records may come as a stream, and are indexed in batches; what is found does not depend on how many there are."""
    records, _ = read_records(shipped())
    write_index(tmp_path / "one", records, ontology)
    write_index(tmp_path / "two", Streamed(iter(records.entities), iter(records.names)), ontology)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    monkeypatch.setattr(names_build, "BATCH", 100)
    write_index(tmp_path / "three", records, ontology)
    for text in ("山西红会", "红十字会", "Shanxi Helth Commission", "qujing"):
        assert NameIndex(tmp_path / "one").find(text) == NameIndex(tmp_path / "three").find(text)


def test_names_are_spelt_as_by_pypinyin() -> None:
    """Keeping the spelling of words gives what ``lazy_pinyin`` gives for the whole name, also where words run into one another."""
    chance = random.Random(7)
    phrases = sorted(PHRASES_DICT)
    records, _ = read_records(shipped())
    texts = [name for record in records.entities for name in (record.name_zh, record.name_en)] + [record.name for record in records.names]
    texts += ["".join(chance.choice(phrases)[: chance.randint(1, 4)] for _ in range(3)) for _ in range(3000)]
    texts += ["".join(chance.choices("重庆行长u:·ü\u0308AΣ会○〇１", k=8)) for _ in range(500)]
    for text in texts:
        assert romanized(text) == plain_latin("".join(lazy_pinyin(normal(text)))), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("红十字会", {"红十", "十字", "字会"}),
        ("会", {"会"}),
        ("", {"^"}),
        ("a", {"^a"}),
        ("unicef", {"^un", "uni", "nic", "ice", "cef"}),
        ("apec峰会", {"ape", "pec", "c峰", "峰会"}),
    ],
)
def test_pieces(text: str, expected: set[str]) -> None:
    """Chinese is taken two characters at a time, Latin three, its beginning marked."""
    assert pieces(text) == expected


def test_numbers_survive_packing() -> None:
    """Numbers are kept as four bytes each, lowest first."""
    assert packed([1, 258]) == b"\x01\0\0\0\x02\x01\0\0"
    assert list(unpacked(packed([0, 7, 1 << 31]))) == [0, 7, 1 << 31]


def test_loose_of_latin_is_left_alone() -> None:
    """English has no Chinese endings."""
    assert loose("Red Cross") == "redcross"
