"""What can be wrong with a workspace, and the errors that are raised.

A :class:`Problem` is one line for the person who can mend it: ``file:line:column: code: message``. All problems of a run
are collected and reported together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from withwhom.words import PROBLEMS, say

T = TypeVar("T")
SHOWN = 100


class WithWhomError(Exception):
    """Root of every error that this package raises on purpose."""


class SaidError(WithWhomError):
    """An error with a message in Chinese and English.

    Args:
        key: a key of :data:`withwhom.words.WORDS`.
        values: what the message names, by placeholder.
    """

    def __init__(self, key: str, **values: str) -> None:
        self.key, self.values = key, values
        super().__init__(say(key, "en", **values))

    def message(self, language: str) -> str:
        """Say what is wrong in ``zh`` or ``en``."""
        return say(self.key, language, **self.values)


class WorkspaceError(SaidError):
    """There is no workspace where one was asked for, or it lacks a part that nothing can replace."""


class OutputError(SaidError):
    """The result cannot be written, for instance because another program holds a file open."""


class InputError(WithWhomError):
    """The input has problems; nothing was written.

    Args:
        problems: every problem found, in the order of files and lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems[:SHOWN]))


class UnreadableError(WithWhomError):
    """Part of a table that cannot become rows; the rest of the file is not read."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and where.

    Args:
        file: path of the file as the user knows it.
        line: 1-based physical line; 0 when the file as a whole is meant.
        column: 1-based number of the cell (tables) or character (Turtle, TOML); 0 when the line as a whole is meant.
        code: a short stable word: a key of :data:`withwhom.words.PROBLEMS` (``shape`` for results of SHACL), or the name of a violation query.
        values: what the message names, by placeholder; the message itself, by language, where the rule is a file that brings its own.
        severity: ``error`` stops a build; ``warning`` does not.
    """

    file: str
    line: int
    column: int
    code: str
    values: Mapping[str, str] = field(default_factory=dict, compare=False)
    severity: str = field(default="error", compare=False)

    def message(self, language: str = "en") -> str:
        """Say what is wrong and how to mend it, in ``zh`` or ``en``."""
        return say(f"problem-{self.code}", language, **self.values) if self.code in PROBLEMS else self.values[language]

    def line_for(self, language: str) -> str:
        """Return ``file:line:column: code: message``."""
        return f"{self.file}:{self.line}:{self.column}: {self.code}: {self.message(language)}"

    def __str__(self) -> str:
        return self.line_for("en")


def attempt(read: Callable[[], T], problems: list[Problem]) -> T | None:
    """Return what a reader returns; where its input is bad, add the problems to the others and return None."""
    try:
        return read()
    except InputError as error:
        problems.extend(error.problems)
        return None


def shown(problems: Iterable[Problem], language: str) -> list[str]:
    """Return the lines to show: the first hundred problems, then how many there are in all."""
    everything = sorted(problems)
    lines = [problem.line_for(language) for problem in everything[:SHOWN]]
    if len(everything) > SHOWN:
        lines.append(say("more-problems", language, shown=str(SHOWN), total=str(len(everything))))
    return lines


def nearest(value: str, known: Iterable[str]) -> list[str]:
    """Return up to three known words that are near a misspelt one."""
    from rapidfuzz import fuzz, process  # a hundred times as fast as difflib, which takes minutes for the bad rows of a large table

    return [word for word, *_ in process.extract(value, list(known), scorer=fuzz.ratio, limit=3, score_cutoff=60)]
