"""Words in lines."""

from __future__ import annotations

from withwhom.wrapping import balanced, cut, text_width, wrapped


def test_lines_of_words_are_cut_where_they_do_not_fit() -> None:
    """A text takes at most so many lines at most so wide; a mark of punctuation begins no line; two lines are about as wide."""
    assert wrapped("山西省红十字会", 10, 1000, 2) == ["山西省红十字会"]
    assert wrapped("北京市红十字会，基金会", 10, 70, 2) == ["北京市红十字", "会，基金会"]
    assert wrapped("长" * 50, 10, 100, 2) == ["长" * 10, "长" * 9 + "…"]
    assert all(text_width(line, 10) <= 100 for line in wrapped("w" * 500, 10, 100, 2))
    assert balanced("山西省红十字会医疗救援总队", 10, 100) == ["山西省红十字会", "医疗救援总队"]


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    """A line that is too wide is cut, one that fits is not."""
    assert cut("山西省红十字会", 10, 70) == "山西省红十字会"
    assert cut("山西省红十字会", 10, 60) == "山西省红十…"
