"""At a terminal, what is missing is asked for, and every answer is shown as it was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from withwhom.asking_rows import asked
from withwhom.desk import Desk, open_desk
from withwhom.prompt import completions
from withwhom.text import normal
from withwhom.workspace import Workspace


class Script:
    """Answers from a list; keeps what was asked, offered and told."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.offered: list[Sequence[str]] = []
        self.told: list[str] = []

    def ask(self, prompt: str, words: Mapping[str, str]) -> str:
        """Give the next answer."""
        self.asked.append(prompt)
        self.offered.append(list(words))
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def tell(self, line: str) -> None:
        """Keep a line."""
        self.told.append(line)


@pytest.fixture
def desk(tiny: Path) -> Desk:
    """Return the tiny workspace, to add to."""
    return open_desk(Workspace(tiny))


def test_a_statement_is_asked_for(desk: Desk) -> None:
    """Subject and object come first, then the predicates that may stand between them; a wrong answer is asked for again."""
    script = Script(
        "warm", "warm-bridge", "县红会", "n", "县红十字会", "云禾县人民医院", "在…开展", "合作", "明说", "云禾县红十字会牵头", "since", "2021年3月", "", "y"
    )
    row = asked("statement", {}, desk, script, "zh")
    assert {row[column] for column in ("subject", "object", "predicate")} == {"yunhe-red-cross", "yunhe-hospital", "partnersWith"}
    assert (row["since"], row["begin"], row["stop"], row["certainty"]) == ("2021-03", "58", "67", "explicit")
    assert "来源 'warm' 不在 sources.csv 里" in "\n".join(script.told)
    assert "  → yunhe-red-cross (云禾县红十字会 / Yunhe County Red Cross)" in script.told
    assert any("不能作 operatesIn 的宾语" in line for line in script.told)
    offered = script.offered[script.asked.index("谓词 (predicate): ")]
    assert "partnersWith" in offered
    assert "operatesIn" not in offered
    assert any("【云禾县红十字会牵头】" in line for line in script.told)
    assert script.told[-1].startswith("云禾县红十字会与云禾县人民医院")


def test_a_name_that_nobody_bears_may_become_an_entity(desk: Desk, tiny: Path) -> None:
    """An unknown name is offered as a new entity, whose class is asked for; then the statement goes on."""
    given = {"source": "warm-bridge", "object": "石桥志愿队", "predicate": "资助", "certainty": "explicit", "locator": "row=1"}
    script = Script("新月基金会", "y", "基金会", "New Moon Foundation", "", "y", "新月基金会", "", "")
    row = asked("statement", given, desk, script, "en")
    assert row["subject"] == "new-moon-foundation"
    assert "new-moon-foundation,Foundation,新月基金会,New Moon Foundation," in (tiny / "graph" / "entities.csv").read_text(encoding="utf-8")


def test_nothing_is_written_unasked(desk: Desk) -> None:
    """Who says no at the end, or leaves, has added nothing."""
    given = {"type": "Hospital", "name_zh": "新", "name_en": "New"}
    assert asked("entity", given, desk, Script("", "n"), "zh") == {}
    with pytest.raises(EOFError):
        asked("entity", given, desk, Script("colour"), "zh")


def test_completion_in_any_form() -> None:
    """An answer is completed by words that begin with it in normal form."""
    words = ["云禾县", "云禾县红十字会", "yunhe-county"]
    forms = [(normal(word), word) for word in words]
    assert completions("雲禾縣紅", forms) == ["云禾县红十字会"]
    assert completions("Yun", forms) == ["yunhe-county"]
    assert completions("x", forms) == []
