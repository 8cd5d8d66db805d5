"""Writes ``docs/questions.md`` from the headers of the saved questions: ``python -m withwhom.handbook``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from withwhom.questions import Parameter, Question, read_questions
from withwhom.workspace import shipped

HEAD = """# 问题 / Questions

每个问题是 `queries/` 里的一个文件；在命令行写 `withwhom query 名字 --参数 值`，实体可写标识或任何名称。
Each question is a file in `queries/`; ask it with `withwhom query NAME --PARAMETER VALUE`; entities by id or any name.
This page is made from their headers by `python -m withwhom.handbook`.
"""


def handbook(questions: Iterable[Question]) -> str:
    """Return the page: every question by tag, with its parameters and an example."""
    by_tag: dict[str, list[Question]] = {}
    for question in questions:
        by_tag.setdefault(question.tags[0], []).append(question)
    return HEAD + "".join(part for tag in sorted(by_tag) for part in _section(tag, by_tag[tag]))


def _section(tag: str, questions: Iterable[Question]) -> Iterator[str]:
    yield f"\n## {tag}\n"
    for question in questions:
        yield f"\n### {question.slug}\n\n{question.summary['zh']} / {question.summary['en']}\n\n"
        yield f"{question.description['zh']}\n{question.description['en']}\n\n"
        yield from map(_parameter, question.parameters)
        values = "".join(f" --{name} {value}" for name, value in question.example.items())
        yield f"\n```sh\nwithwhom query {question.slug}{values}\n```\n"


def _parameter(parameter: Parameter) -> str:
    needed = "必填 / required" if parameter.required else "选填 / optional"
    return f"- `--{parameter.name}`: {parameter.zh} / {parameter.en} ({needed})\n"


def main() -> None:
    """Regenerate the page beside the checkout's other docs."""
    questions, _ = read_questions(shipped())
    path = Path(__file__).parents[2] / "docs" / "questions.md"
    path.write_text(handbook(questions), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
