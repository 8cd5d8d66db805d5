"""The command ``new``: adds one row to a table, and at a terminal asks for what is missing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.words import LANGUAGES, say

if TYPE_CHECKING:
    from withwhom.desk import Desk
    from withwhom.ontology import Ontology


def add_new(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``new``: which kind of row, and what only its own parser knows (:func:`_columns`)."""
    from withwhom.desk import KINDS

    command.set_defaults(command=_new)
    command.add_argument("kind", choices=KINDS, help=say("help-new-kind", language))
    command.add_argument("cells", nargs=argparse.REMAINDER, metavar="--COLUMN VALUE", help=say("help-new-cells", language))


def _new(given: argparse.Namespace) -> int:
    from withwhom.asking_rows import asked, told
    from withwhom.desk import open_desk
    from withwhom.new_row import completed, missing, write_row
    from withwhom.prompt import Prompt
    from withwhom.workspace import own_workspace

    where, _ = _where(given.lang).parse_known_args([word for word in given.cells if word not in ("-h", "--help")])
    workspace = own_workspace(where.workspace)
    desk = open_desk(workspace, where.sources)
    values = vars(_columns(given.kind, desk.ontology, given.lang).parse_args(given.cells))
    cells = {column: value for column, value in values.items() if value and column not in vars(where)}
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if at_terminal:
        try:
            row = asked(given.kind, cells, desk, Prompt(), given.lang)
        except EOFError:
            row = {}
        if not row:
            print("\n" + say("new-not-written", given.lang))
            return 1
        desk = open_desk(workspace, where.sources)  # an entity may have been made meanwhile
    else:
        row = completed(given.kind, cells, desk)
        if needed := missing(given.kind, row, desk):
            return _lacks(given, needed, row, desk)
    path = write_row(given.kind, row, desk)
    if not at_terminal:
        print("\n".join(told(given.kind, row, desk, given.lang)))
    print(say("new-written", given.lang, path=workspace.shown(path), id=row.get("id", "") or row.get("name", "")))
    return 0


def _where(language: str) -> argparse.ArgumentParser:
    """Return the parser of what has to be known before the columns are: they depend on the workspace."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    parser.add_argument("--sources", type=Path, metavar="DIR", help=say("help-sources-option", language))
    parser.add_argument("--lang", choices=LANGUAGES, default=language, help=say("help-lang", language))
    return parser


def _columns(kind: str, ontology: Ontology, language: str) -> argparse.ArgumentParser:
    """Return the parser of one kind of row, an option for each column of its table."""
    from withwhom.asking_rows import column_label
    from withwhom.desk import columns_of

    text = say("help-new", language)
    parser = argparse.ArgumentParser(prog=f"withwhom new {kind}", description=text, parents=[_where(language)], add_help=False, allow_abbrev=False)
    parser.add_argument("-h", "--help", action="help", help=say("help-help", language))
    for column in columns_of(kind, ontology):
        names = dict.fromkeys((f"--{column.replace('_', '-')}", f"--{column}"))
        parser.add_argument(*names, dest=column, metavar="TEXT", help=column_label(kind, column, ontology, language).replace("%", "%%"))
    return parser


def _lacks(given: argparse.Namespace, needed: Sequence[str], row: Mapping[str, str], desk: Desk) -> int:
    """Say which options are missing, and which predicates would do."""
    from withwhom.asking_rows import predicate_list

    options = ", ".join(f"--{column.replace('_', '-')}" for column in needed)
    print(f"withwhom: {say('new-lacks', given.lang, kind=given.kind, options=options)}", file=sys.stderr)
    if "predicate" in needed:
        print(predicate_list(row, desk, given.lang), file=sys.stderr)
    return 2
