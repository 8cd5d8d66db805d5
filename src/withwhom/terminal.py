"""Tables in a terminal: they fit its width, and wide characters are aligned."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from withwhom.answers import Answer
from withwhom.rows import readable


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide and full-width characters take two (UAX #11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def to_table(answer: Answer, columns_wide: int) -> str:
    """Return a table that fits a terminal: narrow columns as they are, wide ones folded; wide characters are aligned.

    Where the columns do not fit beside each other, each row is written as a block of ``column: value`` lines.
    """
    columns, rows = readable(answer)
    if not rows:
        return ""
    natural = [max(width(row[number]) for row in [columns, *rows]) for number in range(len(columns))]
    room = columns_wide - 2 * (len(columns) - 1)
    words = [
        min(max((width(word) for row in [columns, *rows] for word in map(str.rstrip, _words(row[number]))), default=1), 16) for number in range(len(columns))
    ]
    widths = _fit(natural, room, words)
    if widths is None:
        return _blocks(columns, rows, columns_wide)
    lines = [*_line(columns, widths), "  ".join("─" * size for size in widths)]
    for row in rows:
        lines += _line(row, widths)
    return "\n".join(line.rstrip() for line in lines) + "\n"


# A row of more lines than this is read more easily as a block.
TALLEST = 12


def _fit(natural: Sequence[int], room: int, least: Sequence[int]) -> list[int] | None:
    """Return widths that sum to at most ``room``: those whose cells need the fewest lines give way, none below its ``least``.

    None where that leaves some unreadably narrow.
    """
    widths = list(natural)
    while sum(widths) > room:
        # The column whose cells need the fewest lines gives way, so that no column stands much taller than the others.
        able = [number for number in range(len(widths)) if widths[number] > max(least[number], 4)]
        if not able:
            return None
        shortest = min(able, key=lambda number: (natural[number] / widths[number], -widths[number]))
        widths[shortest] -= 1
    return widths if max(full / size for full, size in zip(natural, widths, strict=True)) <= TALLEST else None


def _line(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    folded = [fold(cell, size) for cell, size in zip(cells, widths, strict=True)]
    height = max(map(len, folded))
    padded = [[*lines, *[""] * (height - len(lines))] for lines in folded]
    return ["  ".join(text + " " * (size - width(text)) for text, size in zip(line, widths, strict=True)) for line in zip(*padded, strict=True)]


def fold(text: str, size: int) -> list[str]:
    """Return a text in lines of at most ``size`` columns, broken between words where there are any."""
    lines, current = [], ""
    for word in _words(text):
        if current and width(current + word.rstrip()) > size:
            lines.append(current.rstrip())
            current = ""
        piece = word.lstrip() if not current else word
        while width(piece) > size:
            cut = next(n for n in range(1, len(piece) + 1) if width(piece[:n]) > size) - 1
            lines.append(piece[: max(cut, 1)])
            piece = piece[max(cut, 1) :]
        current += piece
    return [*lines, current.rstrip()] if current or not lines else lines


# Marks that do not begin a line (GB/T 15834-2011, section 5).
CLOSING = frozenset("，。、；：！？）》〉】”’…,.;:!?)")


def _words(text: str) -> list[str]:
    """Return the pieces between which a line may break: after a space, and after every wide character."""
    pieces: list[str] = []
    current = ""
    for character in text.replace("\n", " "):
        if pieces and not current and character in CLOSING:
            pieces[-1] += character
            continue
        current += character
        if character == " " or unicodedata.east_asian_width(character) in "WF":
            pieces.append(current)
            current = ""
    return [*pieces, current] if current else pieces


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], columns_wide: int) -> str:
    size = max(map(width, columns))
    lines = []
    for number, row in enumerate(rows, 1):
        lines.append(f"── {number} " + "─" * max(columns_wide - 5 - len(str(number)), 0))
        for name, cell in zip(columns, row, strict=True):
            if cell:
                first, *rest = fold(cell, max(columns_wide - size - 2, 20))
                lines.append(f"{name}{' ' * (size - width(name))}  {first}")
                lines += [" " * (size + 2) + line for line in rest]
    return "\n".join(lines) + "\n"
