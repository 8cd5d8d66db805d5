"""Writes the expected answers, ``queries/expected/<slug>.csv``: ``python tests/make_expected.py``.

Each question is asked with its example and the default options, in Chinese, on the shipped workspace, which is built without texts
into a temporary folder. Read what has changed (``git diff queries/expected``) before you commit it: the files are what the tests hold
the questions to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from withwhom.answers import Answer
from withwhom.build import build
from withwhom.formats import to_csv
from withwhom.knowledge import KnowledgeBase, Options
from withwhom.knowledge import open as open_graph
from withwhom.workspace import shipped

EXPECTED = Path("queries") / "expected"


def examples(kb: KnowledgeBase) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each question's example, by slug."""
    for slug, question in sorted(kb.questions.items()):
        yield slug, kb.query(slug, Options(language="zh"), **question.example)


def write_expected(kb: KnowledgeBase, folder: Path) -> int:
    """Write the answer to each example and take away what belongs to no question; return how many there are."""
    folder.mkdir(exist_ok=True)
    written = {f"{slug}.csv": to_csv(answer) for slug, answer in examples(kb)}
    for path in folder.glob("*.csv"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return len(written)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        made = build(shipped(), texts=Path(temporary), out=Path(temporary) / "build")
        print(write_expected(open_graph(made.out), shipped().root / EXPECTED), "answers")
