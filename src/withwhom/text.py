"""Normal forms of Chinese text, and the sentences of a document.

The normal form is used for comparing names and mentions; offsets always count the code points of the original text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

Span = tuple[int, int]

# Pinyin that a converter injected after a character, as in 國(guó): one lower-case syllable with or without a tone mark.
SYLLABLE = "[a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿ]{1,7}"
PINYIN = rf"(?<=[㐀-鿿])\({SYLLABLE}\)"
# Variant characters that OpenCC's Traditional-to-Simplified table (t2s) leaves as they are, or that fonts swap.
VARIANTS = {"陜": "陕", "羣": "群", "説": "说", "脱": "脱", "鋭": "锐", "啓": "启", "祕": "秘", "綫": "线", "彙": "汇"}
# From here on (CJK radicals, punctuation, characters, full-width forms) a script is written without spaces.
SPACELESS = "\u2e80"
CLAUSE_MARKS = frozenset("，。；：！？,;:!?")
# A sentence ends at one of these marks, closing quotation marks and brackets included.
SENTENCE = r"[^。！？!?]*(?:[。！？!?]+[”’」』）)\"]*|$)"


@cache
def _simplified() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def fold(character: str) -> str:
    """Return the normal form of one character: NFKC, Simplified, lower case, white space dropped."""
    folded = []
    for plain in unicodedata.normalize("NFKC", character):
        if not plain.isspace():
            known = VARIANTS.get(plain)
            simple = known or (_simplified().convert(plain) if plain > "⺀" else plain)  # type: ignore[attr-defined]  # OpenCC has no types
            folded.append(simple.lower())
    return "".join(folded)


def normal(text: str) -> str:
    """Return the normal form in which names are compared.

    Full width becomes half width, Traditional becomes Simplified, white space and injected pinyin go, case is ignored.
    """
    return "".join(map(fold, re.sub(PINYIN, "", text) if "(" in text else text))


def normal_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return the normal form and, for each of its characters, the offset in ``text`` that it came from."""
    noise = {offset for match in re.finditer(PINYIN, text) for offset in range(*match.span())}
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if offset not in noise:
            for folded in fold(character):
                characters.append(folded)
                offsets.append(offset)
    return "".join(characters), offsets


def without_noise(text: str) -> str:
    """Return ``text`` without injected pinyin and white space, otherwise as written; words that need a space between them keep one."""
    plain = re.sub(PINYIN, "", text).strip()
    return re.sub(r"\s+", lambda gap: " " if max(plain[gap.start() - 1], plain[gap.end()]) < SPACELESS else "", plain)


def digest(text: str) -> str:
    """Return ``h:`` and the first 16 hex digits of the SHA-256 of the UTF-8 bytes of ``text``."""
    import hashlib

    return "h:" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in text order, those that touch or overlap made one."""
    result: list[Span] = []
    for begin, stop in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((begin, stop))
    return result


def stands_in(part: str, text: str, spans: Sequence[Span]) -> bool:
    """Tell whether ``part`` stands inside one of the spans of ``text``, in any normal form."""
    pieces = [text[begin:stop] for begin, stop in merged(spans)]
    return any(part in piece for piece in pieces) or any(normal(part) in normal(piece) for piece in pieces)


def stand_in_order(parts: Sequence[str], text: str, spans: Sequence[Span]) -> str | None:
    """Return the first of ``parts`` that does not stand in the spans in text order, or None when all do."""
    flat = "\0".join(normal(text[begin:stop]) for begin, stop in merged(spans))
    position = 0
    for part in parts:
        found = flat.find(normal(part), position)
        if found < 0:
            return part
        position = found + len(normal(part))
    return None


def sentences(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield paragraph, sentence (both counted from 1), begin and stop of each sentence of a text.

    A paragraph is a line that is not blank; a sentence ends at 。！？ and the closing marks after it.
    """
    paragraph = 0
    begin = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            paragraph += 1
            number = 0
            for match in re.finditer(SENTENCE, line):
                if match.group().strip():
                    number += 1
                    lead = len(match.group()) - len(match.group().lstrip())
                    yield paragraph, number, begin + match.start() + lead, begin + match.start() + len(match.group().rstrip())
        begin += len(line)
