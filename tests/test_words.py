"""Texts for users: numbers and words agree."""

from __future__ import annotations

import string

import pytest

from withwhom.words import WORDS, say


@pytest.mark.parametrize(
    ("count", "text"), [("0", "0 rows were set aside"), ("1", "1 row was set aside"), ("2", "2 rows were set aside"), ("11", "11 rows were set aside")]
)
def test_one_is_no_plural(count: str, text: str) -> None:
    """One row is told in the singular, every other number in the plural."""
    assert text in say("set-aside-built", "en", count=count, path="problems.csv")


def test_both_languages_have_the_same_placeholders() -> None:
    """Whatever is told in one language is told in the other, but for words that only one of them bends."""
    for key, texts in WORDS.items():
        zh, en = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts)
        assert {name for name in zh ^ en if name not in ("zh", "en")} == set(), key
