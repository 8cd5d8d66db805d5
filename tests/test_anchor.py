"""Quotes become offsets, offsets follow an edited text, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import anchoring as bench
from conftest import TINY, Command, add_row, column_of, edit_cell, line_of, read_rows, snapshot, write_rows
from withwhom.copies import Cited, Copy
from withwhom.copy_list import marked, quote_in
from withwhom.moves import Marked, moved
from withwhom.passages import Passages
from withwhom.quotes import Quoted, quoted
from withwhom.tables import read_records, read_texts
from withwhom.text import digest
from withwhom.workspace import Workspace, shipped

SHARED = Path(__file__).parents[2] / "shared" / "sources"
FILLED = ("begin", "stop", "digest", "subject_mention", "object_mention", "wording")
INVENTED = "青禾县红十字会\n成立于2016年。青禾县红十字会与\n「云帆(fān)基金會」于２０１８年签约，捐赠18万元(yuán)。云帆基金会，另捐8万元；志愿者们说：“谢谢”。The Cloud Sail Foundation gave 1,200.50 yuan."


def cell(workspace: Path, table: str, row: str, column: str) -> str:
    """Return a cell of a table of a workspace."""
    path = workspace / "graph" / table
    return read_rows(path)[line_of(path, row) - 1][column_of(path, column) - 1]


def with_quotes(workspace: Path, table: str, quotes: Mapping[str, str]) -> None:
    """Give rows of a table of statements a quote, in place of what anchoring fills."""
    path = workspace / "graph" / "statements" / table
    header, *rows = read_rows(path)
    blanked = [["" if row[0] in quotes and name in FILLED else value for name, value in zip(header, row, strict=True)] for row in rows]
    write_rows(path, [[*header, "quote"], *([*row, quotes.get(row[0], "")] for row in blanked)])


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("青禾县红十字会成立于2016年", ["青禾县红十字会\n成立于2016年"]),
        ("與“雲帆基金會”于2018年簽約", ["与\n「云帆(fān)基金會」于２０１８年签约"]),
        ("与云帆基金会于2018年签约", ["与\n「云帆(fān)基金會」于２０１８年签约"]),
        ("云帆基金会", ["云帆(fān)基金會", "云帆基金会"]),
        ("捐赠18万元(yuán)", ["捐赠18万元(yuán)"]),
        ("捐赠18万（yuán）元", ["捐赠18万元"]),
        ("8万元", ["8万元"]),
        ("另捐 8 万元；", ["另捐8万元；"]),
        ("青禾县红十字会…签约", ["青禾县红十字会与\n「云帆(fān)基金會」于２０１８年签约"]),
        ("签约......18万元", ["签约，捐赠18万元"]),
        ("the cloud sail FOUNDATION", ["The Cloud Sail Foundation"]),
        ("Cloud Sail Found", []),
        ("200.50 yuan", []),
        ("捐赠19万元", []),
        ("。", ["。"] * 3),
        ("", []),
    ],
)
def test_words_are_found_however_they_were_copied(words: str, places: list[str]) -> None:
    """Width, script, white space, quotation marks and pinyin do not matter; figures and words are never cut."""
    assert [INVENTED[begin:stop] for begin, stop in Passages(INVENTED).find(words)] == places


def test_parts_of_a_quote() -> None:
    """The first passage is the statement's own; a further one may say which part it tells, in either language."""
    parts = [Quoted("", "甲与乙签约"), Quoted("date", "2018年3月"), Quoted("place", "青禾县"), Quoted("fact", "note: 丙")]
    assert quoted(" 甲与乙签约 | date: 2018年3月 ｜ 地点：青禾县 || note: 丙") == parts


def test_a_quote_becomes_offsets_mentions_and_wording(tiny: Path, command: Command) -> None:
    """Rows with quotes get what a person had written by hand; further passages go to the evidence, and the column goes."""
    with_quotes(tiny, "warm-bridge.csv", {"gift": "晨帆基金會給縣红十字会捐了１２万元现金 | 日期：同年", "team": "县红十字会下面的石桥志愿队"})
    assert command("check", "--workspace", tiny).status == 1
    assert command("anchor", "--workspace", tiny, "--lang", "en").out == ["Quotes anchored: 2; passages moved: 0; files changed: 2."]
    table = "statements/warm-bridge.csv"
    assert "quote" not in read_rows(tiny / "graph" / table)[0]
    for row, column in (("gift", "begin"), ("gift", "stop"), ("gift", "digest"), ("gift", "object_mention"), ("team", "digest"), ("team", "subject_mention")):
        assert cell(tiny, table, row, column) == cell(TINY, table, row, column)
    assert cell(tiny, table, "gift", "wording") == "晨帆基金会…给…县红十字会…12万元"
    assert cell(tiny, table, "team", "wording") == "县红十字会…下面…石桥志愿队"
    assert read_rows(tiny / "graph" / "evidence.csv")[-1] == ["warm-bridge/gift", "date", "136", "138", digest("同年")]
    assert command("check", "--workspace", tiny).status == 0
    before = snapshot(tiny)
    assert command("anchor", "--workspace", tiny).status == 0
    assert snapshot(tiny) == before


def test_an_antecedent_is_no_mention_and_no_figure_is_cut(tiny: Path, command: Command) -> None:
    """A passage named after an end is evidence only; a figure with commas, which a wording cannot hold, is left out whole."""
    with_quotes(tiny, "lanting-notes.csv", {"gift": "gave 120,000 yuan to the society across the river in Yunhe | subject: Chenfan Foundation"})
    assert command("anchor", "--workspace", tiny).status == 0
    table = "statements/lanting-notes.csv"
    assert [cell(tiny, table, "gift", column) for column in FILLED[3:]] == [
        "",
        "the society across the river in Yunhe",
        "gave…the society across the river in Yunhe",
    ]
    assert read_rows(tiny / "graph" / "evidence.csv")[-1][:2] == ["lanting-notes/gift", "subject"]
    assert command("check", "--workspace", tiny).status == 0


def test_what_is_not_clear_stays(tiny: Path, command: Command) -> None:
    """A quote that stands nowhere or in several places is one line with the mend, its row is as it was; the others are anchored."""
    quotes = {"lead": "云禾县红十字会牵头的联合", "guide": "暖桥行动", "run-in": "在石桥村", "plan": "行动 #3", "follow": "行动 #9"}
    with_quotes(tiny, "warm-bridge.csv", quotes)
    path = tiny / "graph" / "statements" / "warm-bridge.csv"
    rows = read_rows(path)
    waiting = command("check", "--workspace", tiny, "--lang", "en").err
    assert [line.split(": ")[:2] for line in waiting] == [
        [f"graph/statements/warm-bridge.csv:{line_of(path, row)}:{column_of(path, 'quote')}", "quote-waiting"]
        for row in sorted(quotes, key=lambda row: line_of(path, row))
    ]
    ran = command("anchor", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    said = {line.split(":")[1]: line for line in ran.err}
    assert len(said) == len(ran.err) == 3
    for row, code, shown in (
        ("lead", "quote-nearest", "para. 2, sent. 2"),
        ("guide", "quote-several", "#2 para. 3, sent. 3"),
        ("follow", "quote-choice", "3 places and has no #9"),
    ):
        line = said[str(line_of(path, row))]
        assert code in line
        assert shown in line
    now = {row[0]: row for row in read_rows(path)}
    assert all(now[row[0]] == row for row in rows if row[0] not in ("run-in", "plan"))
    assert cell(tiny, "statements/warm-bridge.csv", "plan", "begin") == "290"
    zh = command("anchor", "--workspace", tiny, "--lang", "zh")
    assert any("有 2 处：#1 第2段第2句" in line and "#2 这样的序号" in line for line in zh.err)


def test_a_new_source_needs_no_sha(tiny: Path, command: Command) -> None:
    """A text that lies under the id of its source is registered, with its sentences; names do for ids, and the table stays Excel's."""
    text = "\ufeff青禾县红十字会与云帆基金会联合发起“暖冬”活动。\r\n2020年，云帆基金会捐赠3万元。\r\n"
    (tiny / "sources" / "qinghe.txt").write_bytes(text.encode())
    add_row(tiny / "graph" / "sources.csv", {"id": "qinghe", "title": "青禾", "language": "zh-Hans"})
    add_row(tiny / "graph" / "entities.csv", {"id": "qinghe-red-cross", "type": "RedCrossSociety", "name_zh": "青禾县红十字会", "name_en": "Qinghe Red Cross"})
    table = tiny / "graph" / "statements" / "qinghe.csv"
    lines = [
        "id,subject,predicate,object,amount,currency,quote",
        "a,青禾县红十字会,partnersWith,云帆基金会,,,青禾縣紅十字會與云帆基金会联合发起",
        "",
        "b,云帆基金会,donatesTo,青禾县红十字会,30000,CNY,云帆基金会捐赠3万元|时间: 2020年",
    ]
    table.write_bytes("\ufeff".encode() + "\r\n".join([*lines, ""]).encode())
    assert "not registered yet" in " ".join(command("sources", "--workspace", tiny, "--lang", "en").out)
    ran = command("anchor", "--workspace", tiny, "--lang", "en")
    assert (ran.status, ran.err) == (0, [])
    content = table.read_bytes().decode()
    assert content.startswith("\ufeffid,subject,predicate,object,amount,currency,begin,stop,digest,subject_mention,object_mention,wording\r\n")
    rows = {row[0]: row for row in read_rows(table)[1:] if row}
    assert rows["a"][6:] == ["1", "18", digest(text[1:18]), "青禾县红十字会", "云帆基金会", "青禾县红十字会…云帆基金会…联合发起"]
    assert rows["b"][9:] == ["云帆基金会", "", "云帆基金会…捐赠…3万元"]
    assert cell(tiny, "sources.csv", "qinghe", "file") == "qinghe.txt"
    assert len(cell(tiny, "sources.csv", "qinghe", "sha256")) == 64
    assert sum(row[0] == "qinghe" for row in read_rows(tiny / "graph" / "outline.csv")) == 2


def test_without_the_text_nothing_is_anchored(tiny: Path, command: Command) -> None:
    """A row whose text is not at hand says where to put it; a text in another encoding is named by its line."""
    with_quotes(tiny, "warm-bridge.csv", {"gift": "晨帆基金会"})
    text = tiny / "sources" / "warm-bridge.txt"
    content = text.read_text(encoding="utf-8")
    text.write_bytes(content.encode("gb18030"))
    before = snapshot(tiny)
    codes = [line.split(": ")[1] for line in command("anchor", "--workspace", tiny).err]
    assert codes == ["quote-no-text", "text-not-utf8"]
    text.unlink()
    assert [line.split(": ")[1] for line in command("anchor", "--workspace", tiny).err] == ["quote-no-text"]
    assert snapshot(tiny / "graph") == {name.removeprefix("graph/"): data for name, data in before.items() if name.startswith("graph/")}


def test_offsets_follow_an_edited_text(tiny: Path, command: Command) -> None:
    """Passages, their evidence and the stretches of names move with the text; one whose words changed is listed and left."""
    for name, edits in {
        "warm-bridge": [("2021年3月，", "新的一句。2021年3月，"), ("960", "970"), ("\n", "\r\n")],
        "lanting-notes": [("Notes", "New notes")],
    }.items():
        path = tiny / "sources" / f"{name}.txt"
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            text = text.replace(old, new)
        path.write_bytes(text.encode())
    ran = command("anchor", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert len(ran.err) == 1
    assert "passage-changed" in ran.err[0]
    assert "约970人次" in ran.err[0]
    assert cell(tiny, "names.csv", "lanting-red-cross", "begin") == "123"
    left = [line for line in command("check", "--workspace", tiny).err if "digest-differs" in line]
    assert len(left) == 1
    header = read_rows(tiny / "graph" / "statements" / "warm-bridge.csv")[0]
    write_rows(
        tiny / "graph" / "statements" / "warm-bridge.csv",
        [[*header, "quote"], *([*row, ""] for row in read_rows(tiny / "graph" / "statements" / "warm-bridge.csv")[1:])],
    )
    edit_cell(tiny / "graph" / "statements" / "warm-bridge.csv", "visits", "quote", "到2022年底，志愿队上门约970人次")
    assert command("anchor", "--workspace", tiny).status == 0
    assert command("check", "--workspace", tiny).status == 0


def test_another_text_is_not_taken_for_an_edited_one(tiny: Path, command: Command) -> None:
    """Where few of the registered passages are in a text, nothing is changed, and --copy is named."""
    (tiny / "sources" / "warm-bridge.txt").write_text("另一篇文章：云禾县红十字会。", encoding="utf-8")
    before = snapshot(tiny)
    ran = command("anchor", "--workspace", tiny, "--lang", "en")
    assert ran.status == 1
    assert "other-text" in ran.err[0]
    assert snapshot(tiny) == before


def test_a_short_passage_keeps_its_place_in_the_order() -> None:
    """Words that stand in several places, or have moved past their neighbours, are not taken for the passage that was meant."""
    old = "甲甲甲甲甲甲甲甲甲甲甲甲同年乙乙乙乙乙乙乙乙乙乙乙乙丙丙丙丙丙丙丙丙丙丙丙丙"
    marked = [Marked(begin, stop, digest(old[begin:stop])) for begin, stop in ((0, 12), (12, 14), (14, 26), (26, 38))]
    assert moved(marked, "X" + old)[marked[1]] == [(13, 15)]
    assert moved(marked, old.replace("同年", "") + "同年")[marked[1]] == []
    assert moved(marked, old.replace("同年", "同年，同年") + "同年")[marked[1]] == [(12, 14)]
    assert moved(marked, old.replace("同年", "，同年，同年"))[marked[1]] == [(13, 15), (16, 18)]


def test_a_copy_is_quoted_and_changes_no_table(tiny: Path, command: Command) -> None:
    """Passages found in a copy by their wording are quoted as such; misses keep their wording, and a copy that changed is only a warning."""
    text = (tiny / "sources" / "warm-bridge.txt").read_text(encoding="utf-8")
    (tiny / "sources" / "warm-bridge.txt").unlink()
    copy = tiny.parent / "copy.txt"
    copy.write_text("网站首页\n" + text.replace("，", ",").replace("红十字会", "紅十\n字會").replace("12万元", "13万元"), encoding="utf-8")
    before = snapshot(tiny / "graph")
    ran = command("anchor", "--workspace", tiny, "--copy", f"warm-bridge={copy}", "--lang", "en")
    assert (ran.status, ran.out) == (0, ["warm-bridge: 21 of 22 statements found in your copy; a build quotes them and says so, the others keep their wording"])
    assert snapshot(tiny / "graph") == before
    assert command("build", "--workspace", tiny).status == 0
    header, *rows = read_rows(tiny / "build" / "statements.csv")
    quotes = {row[0]: row[header.index("quote")] for row in rows}
    assert quotes["warm-bridge/gift"] == ""
    assert quotes["warm-bridge/issue"] == "云禾县政府2020年印发《山村健康办法》 〔见于您的副本｜found in your copy〕"
    page = (tiny / "build" / "network.html").read_text(encoding="utf-8")
    assert "found in your copy" in page
    assert command("build", "--workspace", tiny, "--quotes", "none").status == 0
    assert "found in your copy" not in (tiny / "build" / "statements.csv").read_text(encoding="utf-8")
    copy.write_text("改过", encoding="utf-8")
    checked = command("check", "--workspace", tiny)
    assert checked.status == 0
    assert [line.split(": ")[1] for line in checked.err] == ["copy-changed"]


def test_the_note_of_a_copy_is_in_the_readers_language() -> None:
    """What stands in both languages in data is shown in one; other quotes are as they are."""
    assert quote_in(marked("甲〔乙｜丙〕丁"), "zh") == "甲〔乙｜丙〕丁 〔见于您的副本〕"
    assert quote_in(marked("甲"), "en") == "甲 [found in your copy]"
    assert quote_in("甲", "en") == "甲"


@pytest.mark.parametrize(("value", "says"), [("warm-bridge", "ID=FILE"), ("nobody=x.txt", "no source nobody"), ("warm-bridge=no.txt", "no file no.txt")])
def test_a_copy_is_given_by_source_and_file(tiny: Path, command: Command, value: str, says: str) -> None:
    """What is wrong with --copy is said, and nothing is written."""
    before = snapshot(tiny)
    ran = command("anchor", "--workspace", tiny, "--copy", value, "--lang", "en")
    assert ran.status == 1
    assert says in ran.err[0]
    assert snapshot(tiny) == before


def test_a_copy_with_another_figure_is_no_evidence() -> None:
    """A wrong character is forgiven, a wrong figure is not."""
    text = "云禾县红十字会募得折价86万元的物资。县政府和基金会一起开展暖桥行动。"
    known = Cited("a/1", [(18, 34)], ["县政府", "一起开展", "暖桥行动"])
    figure = Cited("a/2", [(0, 17)], ["云禾县红十字会", "折价86万元的物资"])
    assert Copy(text).passages([known, figure]).keys() == {"a/1", "a/2"}
    assert Copy(text.replace("物资", "物姿")).passages([known, figure]).keys() == {"a/1", "a/2"}
    assert Copy(text.replace("86", "68")).passages([known, figure]).keys() == {"a/1"}


@pytest.mark.parametrize("place", ["tiny", "shared"])
def test_passages_are_found_again(place: str) -> None:
    """Blanked, every passage is found at its own offsets or has several places; in copies with noise hardly any is found wrong."""
    workspace, folder = (Workspace(TINY), TINY / "sources") if place == "tiny" else (shipped(), SHARED)
    records, _ = read_records(workspace)
    texts = read_texts(records.sources, folder)
    if not texts:
        pytest.skip("the texts of the shipped graph are not here")
    total = sum(bool(row.begin) for row in records.statements)
    found = bench.quotes_found(records, texts, further=True)
    assert (found["wrong"], found["nowhere"], found["rules"]) == (0, 0, 0)
    assert found["exact"] + found["several"] == total
    assert found["exact"] >= (0.8 if place == "tiny" else 0.97) * total
    for counts in bench.moves_found(records, texts).values():
        assert counts["wrong"] == counts["several"] == counts["nowhere"] == 0
    assert bench.copies_found(records, texts, None)["wrong"] == 0
    noisy = bench.copies_found(records, texts, 1)
    assert noisy["wrong"] <= 0.01 * total
    assert noisy["exact"] >= 0.6 * total
