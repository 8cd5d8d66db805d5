"""Reads the text files of a workspace that are no tables: Turtle, rules, questions. UTF-8 with or without a byte order mark, any line ends."""

from __future__ import annotations

from pathlib import Path

from withwhom.problems import InputError, Problem

MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_text(path: Path, shown: str) -> str:
    """Return the text of a file, its lines ended by line feeds.

    Args:
        path: the file.
        shown: its path as messages name it.

    Raises:
        InputError: the file is missing, cannot be opened, or is no UTF-8.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Problem(shown, 0, 0, "missing-file")]) from None
    except PermissionError:
        raise InputError([Problem(shown, 0, 0, "locked-file")]) from None
    wide = MARKS.get(content[:2]) or ("UTF-16" if b"\0" in content[:200] else None)
    if wide:
        raise InputError([Problem(shown, 1, 0, "wrong-encoding", {"encoding": wide})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(shown, line, 0, "wrong-encoding" if is_gb18030(content) else "no-utf8", {"encoding": "GB18030 (GBK)"})]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_gb18030(content: bytes) -> bool:
    """Tell whether bytes that are no UTF-8 look like Chinese in GB18030: read as UTF-8 they keep less Chinese than they break."""
    try:
        guess = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    whole = content.decode("utf-8", errors="replace")
    broken, kept = whole.count("\ufffd"), sum("一" <= character <= "鿿" for character in whole)
    return kept < broken and any("一" <= character <= "鿿" for character in guess)
