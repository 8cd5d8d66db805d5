"""The commands that ask: queries, query, sparql, find, show, between."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from withwhom.answers import Answer
from withwhom.binding import BindingError
from withwhom.engine import QueryError
from withwhom.formats import FORMATS, html_page, to_html, to_markdown, to_xlsx, written
from withwhom.knowledge import KnowledgeBase, Options, UnknownQuestionError
from withwhom.knowledge import open as open_graph
from withwhom.output import write_whole
from withwhom.problems import WorkspaceError
from withwhom.questions import Question
from withwhom.terminal import fold, to_table
from withwhom.words import LANGUAGES, say

STATUSES = ("done", "ongoing", "planned", "applied", "denied", "none")
Parser = Callable[..., argparse.ArgumentParser]


def add_options(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options that every asking command takes."""
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--format", choices=FORMATS, help=say("help-answer-format", language))
    command.add_argument("--out", type=Path, metavar="FILE", help=say("help-file", language))
    command.add_argument("--stated-only", action="store_true", help=say("help-stated-only", language))
    command.add_argument("--explicit-only", action="store_true", help=say("help-explicit-only", language))
    command.add_argument("--status", metavar="LIST", help=say("help-status", language))
    command.add_argument("--limit", type=positive, metavar="N", help=say("help-limit", language))
    command.add_argument("--timeout", type=float, metavar="S", help=say("help-timeout", language))


def positive(text: str) -> int:
    """Return a number from an option.

    Raises:
        ValueError: it is none, or below 1.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def options_of(given: argparse.Namespace) -> Options:
    """Return how to answer, as the options say; a person at a terminal may have a misspelt name taken for its nearest."""
    statuses = tuple(map(_status, given.status.split(","))) if given.status else None
    return Options(
        language=given.lang,
        statuses=statuses,
        explicit_only=given.explicit_only,
        stated_only=given.stated_only,
        limit=given.limit,
        timeout=given.timeout,
        guess=sys.stdin.isatty() and sys.stdout.isatty(),
    )


def _status(word: str) -> str:
    """Return the code of a status that is given as a code or in Chinese or English words."""
    words = {say(f"status-{code}", language): code for code in STATUSES for language in LANGUAGES} | {code: code for code in STATUSES}
    if word.strip() not in words:
        raise BindingError("bad-status", value=repr(word), known=", ".join(STATUSES))
    return words[word.strip()]


def format_of(given: argparse.Namespace) -> str:
    """Return the format asked for, else the one that the extension of ``--out`` means, else a table."""
    if given.format:
        return str(given.format)
    if given.out is None:
        return "table"
    kind: str = {"": "table", "txt": "table", "htm": "html", "markdown": "md"}.get(given.out.suffix[1:], given.out.suffix[1:])
    if kind not in FORMATS:
        raise BindingError("bad-extension", value=given.out.suffix, known=", ".join(f".{name}" for name in FORMATS[1:]))
    return kind


def terminal_width() -> int:
    """Return the columns of the terminal, 100 where there is none."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 100
    except (OSError, ValueError):
        return 100


def put(given: argparse.Namespace, content: str | bytes, notes: Sequence[str] = ()) -> None:
    """Write an answer to the file or the console, and its notes beside it on the console."""
    if given.out:
        write_whole(given.out, content if isinstance(content, bytes) else content.encode("utf-8"))
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content.removeprefix("\ufeff") if sys.stdout.isatty() else content)
    for note in notes:
        print(note, file=sys.stderr)


def _opened(given: argparse.Namespace) -> KnowledgeBase:
    """Return the graph whose rows come from the build, or from the service that ``--endpoint`` names."""
    return open_graph(given.workspace, endpoint=given.endpoint)


def queries(given: argparse.Namespace) -> int:
    """List the saved questions by tag."""
    kb = open_graph(given.workspace)
    by_tag: dict[str, list[Question]] = {}
    for question in kb.questions.values():
        by_tag.setdefault(question.tags[0], []).append(question)
    for tag, questions in sorted(by_tag.items()):
        print(f"{tag}")
        for question in questions:
            parameters = " ".join(f"--{p.name} …" if p.required else f"[--{p.name} …]" for p in question.parameters)
            print(f"  {question.slug} {parameters}".rstrip())
            print(f"      {question.summary[given.lang]}")
    return 0


def query(given: argparse.Namespace) -> int:
    """Ask a saved question; its options are made from its header."""
    kb = _opened(given)
    if not given.slug:
        raise UnknownQuestionError("which-question")
    question = kb.question(given.slug)
    values = vars(_question_parser(question, given.lang).parse_args(given.values))
    chosen = options_of(given)
    answer = kb.query(question.slug, chosen, **{name: value for name, value in values.items() if value})
    return answered(given, answer)


def _question_parser(question: Question, language: str) -> argparse.ArgumentParser:
    text = f"{question.summary[language]}. {question.description[language]}"
    parser = argparse.ArgumentParser(prog=f"withwhom query {question.slug}", description=text, add_help=False, allow_abbrev=False)
    parser.add_argument("-h", "--help", action="help", help=say("help-help", language))
    for parameter in question.parameters:
        choices = ", ".join(choice.rpartition("#")[2] for choice in parameter.choices)
        words = (parameter.zh if language == "zh" else parameter.en) + (f": {choices}" if choices else "")
        parser.add_argument(f"--{parameter.name}", required=parameter.required, metavar="TEXT", help=words)
    return parser


def answered(given: argparse.Namespace, answer: Answer) -> int:
    """Print or write one answer in the format asked for; its notes stand beside it where the format has no room for them."""
    name = format_of(given)
    content = written(answer, name, terminal_width())
    inside = name in ("json", "md", "html", "xlsx")
    put(given, content, () if inside else answer.notes)
    return 0


def sparql(given: argparse.Namespace) -> int:
    """Answer a free SELECT query from a file or standard input."""
    try:
        text = sys.stdin.read() if given.file == "-" else Path(given.file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QueryError("query-not-understood", detail="UTF-8") from error
    return answered(given, _opened(given).sparql(text, options_of(given)))


def find(given: argparse.Namespace) -> int:
    """List the entities that a name may mean."""
    kb = open_graph(given.workspace)
    matches = kb.find(given.name, limit=given.limit or 10)
    columns = ("entity", "zh", "en", "type", "name", "how", "score", "source")
    rows = [(m.entity, m.zh, m.en, m.type, m.name, m.how, str(m.score), m.where or None) for m in matches]
    notes = () if rows else (say("name-unknown", given.lang, value=repr(given.name), candidates=""),)
    return answered(given, kb.answer(given.name, columns, rows, notes, given.lang))


def show(given: argparse.Namespace) -> int:
    """Print or write the dossier of an entity."""
    kb = _opened(given)
    return _dossier(given, kb, kb.show(given.name, options_of(given)))


def between(given: argparse.Namespace) -> int:
    """Print or write what ties two bodies."""
    kb = _opened(given)
    return _dossier(given, kb, kb.between(given.a, given.b, options_of(given)))


def _dossier(given: argparse.Namespace, kb: KnowledgeBase, answers: Sequence[Answer]) -> int:
    from withwhom.dossier import numbered, source_list

    name = format_of(given)
    sources = source_list(kb, answers, given.lang)
    if name not in {"json", "jsonl"}:
        answers = [numbered(kb, answer, answers, given.lang) for answer in answers]
    foot = f"{kb.catalogue['title'][given.lang]} {kb.catalogue['version']}" + (f" · {_filters(given)}" if _filters(given) else "")
    if name == "xlsx":
        listing = kb.answer(
            say("sources", given.lang), ("source",), [(f"[{number}] {source}",) for number, source in enumerate(sources, 1)], (foot,), given.lang
        )
        put(given, to_xlsx([*answers, listing]))
    elif name == "html":
        items = "".join(f"<li>{_escaped(source)}</li>\n" for source in sources)
        put(given, html_page(answers[0].title, "".join(map(to_html, answers)) + f"<ol>\n{items}</ol>\n<p>{_escaped(foot)}</p>\n"))
    elif name == "md":
        listed = "".join(f"{number}. {source}\n" for number, source in enumerate(sources, 1))
        put(given, "\n".join(map(to_markdown, answers)) + f"\n{listed}\n{foot}\n")
    elif name == "table":
        wide = terminal_width()
        parts = [f"{answer.title}\n\n{to_table(answer, wide)}" + "".join(f"{_folded(note, wide)}\n" for note in answer.notes) for answer in answers]
        listed = "".join(f"{_folded(f'[{number}] {source}', wide)}\n" for number, source in enumerate(sources, 1))
        put(given, "\n".join(parts) + f"\n{listed}{_folded(foot, wide)}\n")
    else:
        notes = () if name == "json" else tuple(dict.fromkeys(note for answer in answers for note in answer.notes))
        put(given, "".join(str(written(answer, name)) for answer in answers), notes)
    return 0


def _folded(text: str, wide: int) -> str:
    return "\n".join(fold(text, wide))


def _filters(given: argparse.Namespace) -> str:
    chosen = [flag for flag in ("stated_only", "explicit_only") if getattr(given, flag)]
    return " ".join([f"--{flag.replace('_', '-')}" for flag in chosen] + ([f"--status {given.status}"] if given.status else []))


def _escaped(text: str) -> str:
    import html

    return html.escape(text)


def completion(given: argparse.Namespace) -> int:
    """Print the completion script of a shell, or the words that may follow."""
    from withwhom.completion import SCRIPTS, words

    if given.shell != "words":
        sys.stdout.write(SCRIPTS[given.shell])
        return 0
    try:
        kb = open_graph(given.workspace)
    except WorkspaceError:
        kb = None
    typed = given.words[1:] if given.words[:1] == ["--"] else given.words
    print("\n".join(words(kb, typed)))
    return 0


def add_commands(add: Parser, language: str) -> None:
    """Add the asking commands to the parser of ``withwhom``; ``add`` makes a sub-parser from its name."""
    for name, run in (
        ("queries", queries),
        ("query", query),
        ("sparql", sparql),
        ("find", find),
        ("show", show),
        ("between", between),
        ("completion", completion),
    ):
        command = add(name)
        command.set_defaults(command=run)
        if name == "completion":
            command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
        else:
            add_options(command, language)
        if name in ("query", "sparql", "show", "between"):
            command.add_argument("--endpoint", metavar="URL", help=say("help-endpoint", language))
        if name == "query":
            command.add_argument("slug", metavar="SLUG", nargs="?", help=say("help-slug", language))
        if name == "sparql":
            command.add_argument("file", metavar="FILE")
        if name in ("find", "show"):
            command.add_argument("name", metavar="NAME", help=say("help-name", language))
        if name == "completion":
            command.add_argument("shell", choices=("bash", "zsh", "fish", "powershell", "words"))
            command.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
        if name == "between":
            command.add_argument("a", metavar="A", help=say("help-name", language))
            command.add_argument("b", metavar="B", help=say("help-name", language))
