"""Words in lines: how wide a text is, where it breaks, and where it is cut."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

from withwhom.evidence_list import plain

OPEN, SHUT, WIDE = "《（“‘「『【", "，。、；：！？）》”’」』】…", "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
# What a line is broken between: in Chinese every character with its marks, else words.
PIECE = re.compile(f"[{OPEN}]*[{WIDE}][{SHUT}]*\\s*|[^\\s{WIDE}]+\\s*")
NARROW, BROAD = frozenset("iIjlftr.,:;|!'()[]/ -"), frozenset("mwMW@%—…“”")


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in type of a size: full-width characters are as wide as high, others by class."""
    return size * sum(_ems(character) for character in text)


def _ems(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in NARROW:
        return 0.34
    return 0.9 if character in BROAD else 0.67 if character.isupper() else 0.55


def wrapped(text: str, size: float, most: float, rows: int) -> list[str]:
    """Return a text in lines that are at most so wide, at most so many; what does not fit is cut with an ellipsis."""
    lines = [""]
    for piece in PIECE.findall(plain(text, 4000)):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > most:
            if len(lines) == rows:
                return [*(line.rstrip() for line in lines[:-1]), cut(lines[-1].rstrip() + "…", size, most)]
            lines.append(piece)
        else:
            lines[-1] += piece
    return [cut(line.rstrip(), size, most) for line in lines]


def cut(line: str, size: float, most: float) -> str:
    """Return a line that is at most so wide, with an ellipsis where it was cut."""
    if text_width(line, size) <= most:
        return line
    widths = accumulate(map(_ems, line), initial=1.0)
    kept = line[: sum(width * size <= most for width in widths) - 1]
    return kept.rstrip("… ") + "…"


def balanced(text: str, size: float, most: float, rows: int = 2) -> list[str]:
    """Return a text in lines about as wide as each other: in no more lines than it needs, at most so wide, at most so many."""
    lines = wrapped(text, size, most, rows)
    if len(lines) < 2 or lines[-1].endswith("…"):
        return lines
    part = text_width(text, size) / len(lines)
    tries = (wrapped(text, size, part + extra * size, len(lines)) for extra in (0.2, 0.8, 1.6, 2.6) if part + extra * size < most)
    return next((even for even in tries if len(even) == len(lines) and not even[-1].endswith("…")), lines)
