"""One row is added to a table, or nothing is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import Command, edit_cell, read_rows, snapshot
from withwhom.completion import words
from withwhom.desk import Desk, open_desk
from withwhom.knowledge import open as open_graph
from withwhom.new_row import completed, missing
from withwhom.workspace import Workspace

PARTNERS = ("--source", "warm-bridge", "--subject", "县红十字会", "--object", "Yunhe County People's Hospital", "--predicate", "合作", "--certainty", "明说")
BRIDGE = Path("graph") / "statements" / "warm-bridge.csv"


def last(path: Path) -> dict[str, str]:
    """Return the filled cells of the last row of a table."""
    header, *_, row = read_rows(path)
    return {name: cell for name, cell in zip(header, row, strict=True) if cell}


def test_a_statement_with_offsets(tiny: Path, command: Command) -> None:
    """Names and labels are given, ids and codes written; id and digest are made; the sentence and its passage are shown."""
    ran = command("new", "statement", "--workspace", tiny, *PARTNERS, "--begin", "58", "--stop", "77", "--since", "2021年3月", "--lang", "zh")
    assert (ran.status, ran.err) == (0, [])
    row = last(tiny / BRIDGE)
    assert re.fullmatch("[b-df-hj-np-tv-z]{5}", row.pop("id"))
    assert row == {
        "subject": "yunhe-red-cross",
        "predicate": "partnersWith",
        "object": "yunhe-hospital",
        "since": "2021-03",
        "certainty": "explicit",
        "begin": "58",
        "stop": "77",
        "digest": "h:0db6ba58fef483d0",
    }
    assert "【云禾县红十字会牵头，联合云禾县人民医院】" in ran.out[0]
    assert ran.out[1].startswith("云禾县红十字会与云禾县人民医院")
    assert command("check", "--workspace", tiny).status == 0


def test_the_same_row_has_the_same_id(tiny: Path) -> None:
    """An id comes of what the row says; a second row that says the same gets another one."""
    cells = dict(zip((word[2:] for word in PARTNERS[::2]), PARTNERS[1::2], strict=True)) | {"begin": "58", "stop": "77"}
    desk = open_desk(Workspace(tiny))
    made = completed("statement", cells, desk)
    assert completed("statement", cells, desk) == made
    assert completed("statement", {**cells, "stop": "78"}, desk)["id"] != made["id"]
    edit_cell(tiny / BRIDGE, "gift", "id", made["id"])
    assert completed("statement", cells, open_desk(Workspace(tiny)))["id"] != made["id"]


def test_a_quote_becomes_offsets_where_the_text_is_at_hand(tiny: Path, command: Command) -> None:
    """Words that stand once in the text become offsets; without the text they stay, in a column of their own; else nothing is written."""
    before = snapshot(tiny)
    for quote, code in (("云禾县红十字会", "quote-several"), ("没有这句话", "quote-nowhere"), ("牵头 | date: 没有这句话", "quote-nowhere")):
        ran = command("new", "statement", "--workspace", tiny, *PARTNERS, "--quote", quote, "--lang", "en")
        assert ran.status == 1
        assert f": {code}: " in ran.err[0]
    assert snapshot(tiny) == before
    assert command("new", "statement", "--workspace", tiny, *PARTNERS, "--quote", "牵头，聯合云禾县 人民医院").status == 0
    assert (last(tiny / BRIDGE)["begin"], last(tiny / BRIDGE)["stop"]) == ("65", "77")
    text = tiny / "sources" / "warm-bridge.txt"
    text.rename(tiny / "text")
    assert command("new", "statement", "--workspace", tiny, *PARTNERS, "--quote", "签下《暖桥三方约定》").status == 0
    assert last(tiny / BRIDGE)["quote"] == "签下《暖桥三方约定》"
    (tiny / "text").rename(text)
    assert command("anchor", "--workspace", tiny).status == 0
    assert (last(tiny / BRIDGE)["begin"], last(tiny / BRIDGE).get("quote")) == ("157", None)


def test_a_quote_of_several_passages_is_for_anchor(tiny: Path, command: Command) -> None:
    """Further passages of a quote become rows of evidence, which ``anchor`` makes; until then the quote stays."""
    assert command("new", "statement", "--workspace", tiny, *PARTNERS, "--quote", "联合云禾县人民医院 | date: 2021年3月").status == 0
    assert last(tiny / BRIDGE)["quote"] == "联合云禾县人民医院 | date: 2021年3月"
    assert command("anchor", "--workspace", tiny).status == 0
    assert command("check", "--workspace", tiny).status == 0


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (("source",), "--title"),
        (("entity", "--name-zh", "新"), "--type, --name-en"),
        (("name", "--name", "新"), "--entity, --kind"),
        (("statement", "--subject", "晨帆", "--object", "石桥志愿队"), "--source, --predicate, --certainty, --quote"),
        (("statement", "--source", "warm-bridge", "--subject", "晨帆", "--predicate", "取得成果"), "--certainty, --indicator, --quote"),
        ((*("statement", *PARTNERS, "--amount", "12万"), "--begin", "1", "--stop", "2"), "--basis, --currency"),
        ((*("statement", *PARTNERS), "--locator", "row=3"), ""),
    ],
)
def test_what_is_missing_is_named(words: tuple[str, ...], options: str, tiny: Path, command: Command) -> None:
    """Without a terminal a missing cell is wrong use that names the options: those of the form, and those that shapes demand of such a row."""
    before = snapshot(tiny)
    ran = command("new", *words, "--workspace", tiny, "--lang", "en")
    assert ran.status == (2 if options else 0)
    if options:
        assert ran.err[0] == f"withwhom: a new {words[0]} needs {options}. At a terminal, each is asked for"
        assert snapshot(tiny) == before


def test_legal_predicates_are_named(tiny: Path, command: Command) -> None:
    """Where the predicate is missing, those that may stand between the two are listed, by name and label."""
    ran = command("new", "statement", "--workspace", tiny, "--source", "warm-bridge", "--subject", "温岚", "--object", "石桥村", "--lang", "zh")
    assert "operatesIn (在…开展)" in ran.err[1]
    assert "partnersWith" not in ran.err[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("statement", *PARTNERS, "--begin", "58", "--stop", "77", "--object", "石桥村"), "illegal-object"),
        (("statement", *PARTNERS, "--begin", "58", "--stop", "77", "--wording", "晨帆"), "wording-not-there"),
        (("statement", *PARTNERS, "--begin", "58", "--stop", "77", "--since", "2021/3"), "spreadsheet-date"),
        (("statement", *PARTNERS, "--begin", "58", "--stop", "77", "--since", "2022", "--until", "2021"), "shape"),
        (("statement", *PARTNERS, "--begin", "58", "--stop", "77", "--source", "warm"), "unknown-source"),
        (("statement", *PARTNERS, "--begin", "58", "--stop", "77", "--included-in", "none"), "unknown-statement"),
        (("entity", "--name-zh", "新", "--name-en", "New", "--type", "会"), "unknown-type"),
        (("entity", "--name-zh", "新", "--name-en", "New", "--type", "医院", "--id", "yunhe-hospital"), "duplicate-id"),
        (("name", "--entity", "新", "--name", "旧", "--kind", "别名"), "unknown-entity"),
        (("source", "--title", "新", "--date", "Jan-18"), "spreadsheet-date"),
    ],
)
def test_a_wrong_row_is_not_written(words: tuple[str, ...], code: str, tiny: Path, command: Command) -> None:
    """What a check would refuse is refused before anything is written."""
    before = snapshot(tiny)
    ran = command("new", *words, "--workspace", tiny, "--lang", "zh")
    assert ran.status == 1
    assert f": {code}: " in ran.err[0]
    assert snapshot(tiny) == before


def test_a_name_that_makes_others_unclear_is_not_written(tiny: Path, command: Command) -> None:
    """A new name may not leave open what a name means that stands in a table already; errors of other rows do not hinder."""
    edit_cell(tiny / BRIDGE, "gift", "subject", "晨帆")
    edit_cell(tiny / BRIDGE, "lead", "wording", "不在这里")
    ran = command("new", "name", "--workspace", tiny, "--entity", "石桥志愿队", "--name", "晨帆", "--kind", "alias", "--lang", "en")
    assert [line.split(": ")[1] for line in ran.err[:1]] == ["unclear-name"]
    assert command("new", "name", "--workspace", tiny, "--entity", "石桥志愿队", "--name", "石桥队", "--kind", "alias").status == 0


def test_entities_and_sources_get_readable_ids(tiny: Path, command: Command) -> None:
    """The id of an entity is made of its English name, that of a source of its title; a text at hand gives its digest."""
    assert (
        command(
            "new", "entity", "--workspace", tiny, "--name-zh", "云禾县医院", "--name-en", "Yunhe Hospital", "--type", "Hospital", "--collective", "否"
        ).status
        == 0
    )
    assert last(tiny / "graph" / "entities.csv") == {
        "id": "yunhe-hospital-2",
        "type": "Hospital",
        "name_zh": "云禾县医院",
        "name_en": "Yunhe Hospital",
        "collective": "false",
    }
    assert command("new", "source", "--workspace", tiny, "--title", "新的一年", "--file", "warm-bridge.txt").status == 0
    row = last(tiny / "graph" / "sources.csv")
    assert (row["id"], row["sha256"][:8]) == ("xin-de-yi-nian", "b1e77746")
    made = ("--source", "新的一年", "--subject", "晨帆", "--object", "石桥志愿队", "--predicate", "支持", "--certainty", "explicit", "--locator", "row=2")
    ran = command("new", "statement", "--workspace", tiny, *made, "--predicate", "资助")
    assert ran.status == 0
    assert read_rows(tiny / "graph" / "statements" / "xin-de-yi-nian.csv")[0] == ["id", "subject", "predicate", "object", "certainty", "locator"]


@pytest.fixture
def desk(tiny: Path) -> Desk:
    """Return the tiny workspace, to add to."""
    return open_desk(Workspace(tiny))


def test_shapes_say_what_a_row_needs(desk: Desk) -> None:
    """What a statement needs depends on what it says: an amount its currency and basis, a result its indicator, a result no object."""
    assert missing("statement", {"predicate": "achieves", "amount": "1"}, desk) == ["source", "subject", "basis", "certainty", "currency", "indicator", "quote"]
    assert missing("statement", {"predicate": "leads"}, desk) == ["source", "subject", "object", "certainty", "quote"]


def test_completion_of_new(tiny: Path, command: Command) -> None:
    """The shell completes kinds, columns, predicates, classes, codes and, where an entity stands, ids and names of its class."""
    assert command("build", "--workspace", tiny).status == 0
    kb = open_graph(tiny)
    cases = {
        ("new", "st"): ["statement"],
        ("new", "statement", "--amount"): ["--amount", "--amount-qualifier"],
        ("new", "statement", "--predicate", "do"): ["donatesTo"],
        ("new", "statement", "--subject", "晨"): ["晨帆", "晨帆基金会"],
        ("new", "statement", "--place", "yunhe"): ["yunhe-county"],
        ("new", "statement", "--support", "in"): ["in_kind"],
        ("new", "statement", "--source", ""): ["lanting-notes", "warm-bridge"],
        ("new", "entity", "--type", "Hos"): ["Hospital"],
        ("new", "name", "--entity", "晨"): ["晨帆", "晨帆基金会"],
    }
    assert {given: sorted(words(kb, given)) for given in cases} == cases
