"""Normal forms, sentences and wording."""

from __future__ import annotations

import pytest

from withwhom.text import digest, merged, normal, normal_with_offsets, sentences, stand_in_order, stands_in, without_noise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("陝西省民政廳", "陕西省民政厅"),
        ("社會(huì)組織", "社会组织"),
        ("ＡＥＤ（自動）", "aed(自动)"),
        ("基 金\n會", "基金会"),
        ("羣眾説脱貧", "群众说脱贫"),
    ],
)
def test_one_normal_form(written: str, plain: str) -> None:
    """Traditional, full width, white space and injected pinyin do not tell names apart."""
    assert normal(written) == normal(plain)


@pytest.mark.parametrize("written", ["组织(APEC)", "the Red Cross (the society)", "f(x)"])
def test_not_every_bracket_is_noise(written: str) -> None:
    """Only a lower-case syllable right after a Chinese character is injected pinyin."""
    assert "(" in normal(written)


def test_offsets_lead_back_to_the_text() -> None:
    """Each character of the normal form knows the offset that it came from."""
    text = "省 民(mín)政廳"
    plain, offsets = normal_with_offsets(text)
    assert plain == "省民政厅"
    assert [text[offset] for offset in offsets] == ["省", "民", "政", "廳"]


def test_noise_goes_and_characters_stay() -> None:
    """What is quoted loses pinyin and breaks but keeps its characters as written, and the spaces between English words."""
    assert without_noise("社會(huì)\n組織") == "社會組織"
    assert without_noise("the society\n lent  two\tboats") == "the society lent two boats"
    assert without_noise("红会 与 Blue Tern\n协作 ") == "红会与Blue Tern协作"
    assert without_noise(" the Red\n Cross 紅 十字\nAED ") == "the Red Cross紅十字AED"


def test_digest_is_the_first_half_of_sha256() -> None:
    """A digest is ``h:`` and 16 hex digits of the SHA-256 of the UTF-8 bytes."""
    assert digest("abc") == "h:ba7816bf8f01cfea"


def test_spans_that_touch_are_one() -> None:
    """Spans are put in text order and joined where they touch or overlap."""
    assert merged([(10, 20), (0, 5), (5, 7), (15, 30)]) == [(0, 7), (10, 30)]


def test_a_mention_stands_inside_one_span() -> None:
    """A mention that is cut by the border of a span does not stand in it."""
    assert stands_in("民政厅", "陝西省民政廳印發", [(0, 6)])
    assert not stands_in("民政厅", "陝西省民政廳印發", [(0, 4), (5, 8)])


def test_wording_keeps_the_order_of_the_text() -> None:
    """The first part that is missing or out of order is named."""
    text = "省民政厅印发通知"
    assert stand_in_order(["省民政厅", "印发", "通知"], text, [(0, 8)]) is None
    assert stand_in_order(["通知", "印发"], text, [(0, 8)]) == "印发"


def test_sentences_are_counted_by_paragraph() -> None:
    """A paragraph is a line that is not blank; closing quotation marks belong to the sentence that they close."""
    text = "甲。“乙！”丙\n\n  丁？\n"
    found = list(sentences(text))
    assert [(paragraph, sentence, text[begin:stop]) for paragraph, sentence, begin, stop in found] == [
        (1, 1, "甲。"),
        (1, 2, "“乙！”"),
        (1, 3, "丙"),
        (2, 1, "丁？"),
    ]
