"""The command ``withwhom``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom import __version__
from withwhom.asking import add_commands
from withwhom.binding import BindingError
from withwhom.commands import RARER, add_rarer
from withwhom.knowledge import UnknownQuestionError
from withwhom.names import NameUnclearError
from withwhom.problems import InputError, Problem, SaidError, WithWhomError, shown
from withwhom.words import LANGUAGES, default_language, say
from withwhom.workspace import Workspace, build_folder, find_workspace

if TYPE_CHECKING:
    from rich.console import Console

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the words after ``withwhom``; the process's own by default.

    Returns:
        Exit status: 0 done, 1 failed, 2 wrong use, 3 built without the rows that were set aside, 4 two builds differ.
    """
    _speak_anywhere()
    words = list(map(_as_utf8, sys.argv[1:]) if arguments is None else arguments)
    language = _language(words)
    given, rest = _parser(language, words).parse_known_args(words)
    if rest and "slug" not in given:
        _parser(language, words).parse_args(words)  # says which words are not understood, and exits
    given.values = rest
    command: Command = given.command
    try:
        status = command(given)
        sys.stdout.flush()  # a short answer meets a closed pipe only here
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough; nothing is left to flush
        return 0
    except (WithWhomError, OSError) as error:
        return _failed(error, language)
    return status


def _failed(error: WithWhomError | OSError, language: str) -> int:
    """Say what went wrong and return the exit status: 2 where another value or name would do, else 1."""
    if isinstance(error, InputError):
        _print_problems(error.problems, language)
        return 1
    told = error.message(language) if isinstance(error, SaidError) else say("failed", language, detail=str(error))
    print(f"withwhom: {told}", file=sys.stderr)
    return 2 if isinstance(error, BindingError | NameUnclearError | UnknownQuestionError) else 1


def _as_utf8(word: str) -> str:
    """Return an argument that came in as bytes which the locale cannot read, as UTF-8."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _speak_anywhere() -> None:
    """Let output survive a console that cannot print Chinese: what it lacks is escaped, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _language(words: Sequence[str]) -> str:
    """Return the language asked for with ``--lang``, before the words are parsed: help and errors are in it, too."""
    for number, word in enumerate(words):
        value = word.partition("=")[2] if word.startswith("--lang=") else words[number + 1] if word == "--lang" and number + 1 < len(words) else ""
        if value in LANGUAGES:
            return value
    return default_language()


def _parser(language: str, words: Sequence[str]) -> argparse.ArgumentParser:
    def parser(add: Callable[..., argparse.ArgumentParser], *names: str, text: str) -> argparse.ArgumentParser:
        made = add(*names, description=text, add_help=False, **({"help": text} if names else {}))
        if names != ("query",):  # a question shows its own help
            made.add_argument("-h", "--help", action="help", help=say("help-help", language))
        made.add_argument("--lang", choices=LANGUAGES, default=language, help=say("help-lang", language))
        return made

    top = parser(lambda **settings: argparse.ArgumentParser(prog="withwhom", **settings), text=say("help", language))
    top.add_argument("--version", action="version", version=__version__, help=say("help-version", language))
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name, run in (("build", _build), ("check", _check), ("outline", _outline), ("sources", _sources)):
        command = parser(commands.add_parser, name, text=say(f"help-{name}", language))
        command.set_defaults(command=run)
        command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
        command.add_argument("--sources", type=Path, metavar="DIR", help=say("help-sources-option", language))
        if name == "build":
            command.add_argument("--out", type=Path, metavar="DIR", help=say("help-out", language))
            command.add_argument("--quotes", choices=("all", "none"), default="all", help=say("help-quotes", language))
            command.add_argument("--set-aside", action="store_true", help=say("help-set-aside", language))
            command.add_argument("--update", action="store_true", help=say("help-update", language))
            command.add_argument("--engine", choices=("embedded", "spark"), default="embedded", help=say("help-engine", language))
            command.add_argument("--master", metavar="URL", default="local[*]", help=say("help-master", language))
            command.add_argument("--timings", action="store_true", help=say("help-timings", language))
    for name in RARER:
        command = parser(commands.add_parser, name, text=say(f"help-{name}", language))
        if name in words:
            add_rarer(name, command, language)
    add_commands(lambda name: parser(commands.add_parser, name, text=say(f"help-{name}", language)), language)
    return top


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=False)


def _print_problems(problems: Sequence[Problem], language: str) -> None:
    for line in shown(problems, language):
        print(line, file=sys.stderr)
    errors = sum(problem.severity == "error" for problem in problems)
    print(say("nothing-written", language, errors=str(errors), warnings=str(len(problems) - errors)), file=sys.stderr)


@contextmanager
def _progress(language: str, steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal while steps go by; nothing where the output goes to a file."""
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), console=_console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps)

        def step(key: str) -> None:
            bar.update(task, advance=1, description=say(key, language))

        yield step


def _build(given: argparse.Namespace) -> int:
    from withwhom.aside import PROBLEMS, rows_aside
    from withwhom.build import build
    from withwhom.readable import Reader
    from withwhom.report import summary
    from withwhom.stopwatch import Stopwatch

    workspace = find_workspace(given.workspace)
    if given.engine == "spark":
        return _spark_shards(given, workspace)
    out = given.out or build_folder(workspace)
    watch = Stopwatch()
    with _progress(given.lang, 9 if given.set_aside else 8) as show:

        def step(key: str) -> None:
            watch.step(key)
            show(key)

        made = build(
            workspace,
            texts=given.sources,
            out=out,
            quotes=given.quotes == "all",
            set_aside=given.set_aside,
            update=given.update,
            step=step,
        )
    if given.timings:
        print("\n".join(watch.lines(given.lang)), file=sys.stderr)
    for line in shown(made.checked.problems, given.lang):
        print(line, file=sys.stderr)
    shown_out = _shown_folder(out)
    reader = Reader(made.checked.records, made.checked.ontology)
    summary(_console(), reader, made.facts, made.checked.settings, shown_out, made.triples, given.lang)
    if given.update:
        print("  " + say("taken-over", given.lang, count=str(made.taken_over), total=str(len(made.checked.records.sources))))
    if made.checked.records.texts:
        print("  " + say("texts-verified", given.lang, found=str(len(made.checked.records.texts)), total=str(len(made.checked.records.sources))))
    if not made.checked.aside:
        return 0
    print("  " + say("set-aside-built", given.lang, count=f"{rows_aside(made.checked.aside):,}", path=f"{shown_out}/{PROBLEMS}"))
    return 3


def _shown_folder(path: Path) -> str:
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else str(path)


def _spark_shards(given: argparse.Namespace, workspace: Workspace) -> int:
    """Write the shards only, beside the build: what a build makes of them fits on one machine, or is for a clustered store."""
    from withwhom.spark import spark_shards
    from withwhom.stopwatch import Stopwatch

    watch = Stopwatch()
    out = given.out or build_folder(workspace).with_name("shards")
    made = spark_shards(workspace, out=out, texts=given.sources, master=given.master, step=watch.step)
    if given.timings:
        print("\n".join(watch.lines(given.lang)), file=sys.stderr)
    for line in shown(made.problems, given.lang):
        print(line, file=sys.stderr)
    counts = {"sources": made.sources, "statements": made.statements, "triples": made.triples}
    print(say("shards-written", given.lang, path=_shown_folder(out), **{name: f"{count:,}" for name, count in counts.items()}))
    return 0


def _check(given: argparse.Namespace) -> int:
    from withwhom.build import check

    checked = check(find_workspace(given.workspace), given.sources)
    for line in shown(checked.problems, given.lang):
        print(line, file=sys.stderr)
    records = checked.records
    counts = {"statements": len(records.statements), "entities": len(records.entities), "sources": len(records.sources)}
    counts |= {"errors": len(checked.errors), "warnings": len(checked.problems) - len(checked.errors)}
    print(say("checked", given.lang, **{name: str(count) for name, count in counts.items()}))
    if records.texts:
        print(say("texts-verified", given.lang, found=str(len(records.texts)), total=str(len(records.sources))))
    return 1 if checked.errors else 0


def _outline(given: argparse.Namespace) -> int:
    from withwhom.build import write_outline

    path, sentences, found = write_outline(find_workspace(given.workspace), given.sources)
    if not found:
        print(say("outline-nothing", given.lang), file=sys.stderr)
        return 1
    print(say("outline-written", given.lang, path=str(path), sentences=str(sentences), sources=str(found)))
    return 0


def _sources(given: argparse.Namespace) -> int:
    from withwhom.sources import described, holdings
    from withwhom.tables import read_records

    workspace = find_workspace(given.workspace)
    records, problems = read_records(workspace)
    if any(Path(problem.file).stem == "sources" for problem in problems):
        raise InputError(problems)
    for holding in holdings(records.sources, given.sources or workspace.root / "sources"):
        print(f"{holding.source.id}\t{described(holding, given.lang)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
