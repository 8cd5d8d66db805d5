"""The forms in which names are compared: normal, loose, pinyin, and the short pieces by which near ones are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import filterfalse, pairwise

from withwhom.text import normal

# How people shorten names, undone before comparing; longer forms first.
EXPANSIONS = (
    ("红十字总会", "红十字会总会"),
    ("红会", "红十字会"),
    ("卫健委", "卫生健康委员会"),
    ("扶贫办", "扶贫开发办公室"),
    ("社管中心", "社会组织管理中心"),
)
DISTRICTS = re.compile(r"(?<=[一-鿿]{2})(省|市|县|区|维吾尔自治区|壮族自治区|回族自治区|自治区|地区)(?=[一-鿿]{2})")
ENDINGS = re.compile(r"(股份有限公司|有限责任公司|有限公司)$|(?<=[一-鿿]{2})(省|市|县|区|乡|镇|村)$")
# Marks the beginning of a Latin form in its first piece, so that short ones, too, have a piece that a typo leaves whole.
BEGIN = "^"


def forms(text: str) -> tuple[str, str, str]:
    """Return the normal form, the loose form and the pinyin of a name."""
    plain = normal(text)
    return plain, _loosened(plain), _spelt(plain)


def loose(text: str) -> str:
    """Return the form in which endings such as 省, 市 and 有限公司 do not matter and usual abbreviations are written out."""
    return _loosened(normal(text))


def romanized(text: str) -> str:
    """Return pinyin without tones and spaces; what is not Chinese stays."""
    return _spelt(normal(text))


def plain_latin(text: str) -> str:
    """Return letters and digits without accents, tones, case and spaces, ü as v: the form of pinyin in the index."""
    decomposed = unicodedata.normalize("NFD", text.lower()).replace("u\u0308", "v").replace("u:", "v")
    return "".join(filter(str.isalnum, decomposed))


def pieces(text: str) -> set[str]:
    """Return what two near forms share: pairs of characters, of Latin letters (a few of which are everywhere) three at a time."""
    if text.isascii():
        marked = BEGIN + text
        return _threes(marked) or {marked}
    pairs = set(map("".join, pairwise(text))) or {text}
    if any(map(str.isascii, pairs)):
        return set(filterfalse(str.isascii, pairs)) | set(filter(str.isascii, _threes(text)))
    return pairs


def _threes(text: str) -> set[str]:
    return set(map("".join, zip(text, text[1:], text[2:], strict=False)))


def _loosened(plain: str) -> str:
    for short, long in EXPANSIONS:
        if short in plain and long not in plain:
            plain = plain.replace(short, long)
    if plain.isascii():
        return plain
    plain = DISTRICTS.sub("", plain)
    cut = ENDINGS.sub("", plain)
    return cut if len(cut) >= 2 else plain


def _spelt(plain: str) -> str:
    if plain.isascii():
        return plain_latin(plain)
    return plain_latin("".join(map(_word, _cutter()(plain))))


@cache
def _cutter() -> Callable[[str], Iterable[str]]:
    """Return what cuts a text into words as ``lazy_pinyin`` does; it spells each by itself, which is most of its work, so that spellings can be kept."""
    from pypinyin.constants import PHRASES_DICT, RE_HANS
    from pypinyin.seg import mmseg, simpleseg

    # Its own cutter over its own words, but with a set in place of its class around one.
    known = {phrase[: number + 1] for phrase in PHRASES_DICT for number in range(len(phrase))}
    words = mmseg.Seg(known, no_non_phrases=True)  # type: ignore[arg-type]  # all it asks is whether a text is in it
    return lambda text: words.cut(text) if RE_HANS.match(text) else simpleseg.seg(text)


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin([word]))
