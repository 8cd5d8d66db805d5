"""The command ``ontology docs``: a folder with the vocabulary as a page, as Turtle and JSON-LD, and with what every column takes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.problems import InputError
from withwhom.table_text import write_together
from withwhom.words import say
from withwhom.workspace import Workspace, build_folder, find_workspace

if TYPE_CHECKING:
    from withwhom.build import Checked
    from withwhom.ontology_use import Usage

FOLDER, NETWORK_PAGE = "ontology-docs", "network.html"


def add_docs(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``ontology docs``."""
    command.set_defaults(command=docs)
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--out", type=Path, metavar="DIR", help=say("help-ontology-out", language))


def docs(given: argparse.Namespace) -> int:
    """Write the documentation of a workspace's vocabulary; nothing is written unless all of it could be made.

    Raises:
        InputError: the vocabulary or the tables have errors that no row can be blamed for.
    """
    workspace = find_workspace(given.workspace)
    build = build_folder(workspace)
    out = given.out or build.with_name(FOLDER)
    usage = counted(workspace, build)
    files = documentation(usage, given.lang, network=beside(out, build))
    write_together({out / name: text for name, text in files.items()}, out)
    shown = out.relative_to(Path.cwd()) if out.is_relative_to(Path.cwd()) else out
    for name in files:
        print(say("written", given.lang, path=(shown / name).as_posix()))
    records = usage.checked.records
    counts = {"terms": len(usage.glossary.terms), "statements": len(records.statements), "entities": len(records.entities)}
    print(say("ontology-docs-counted", given.lang, **{name: f"{count:,}" for name, count in counts.items()}))
    if usage.build is None:
        print(say("ontology-docs-no-build", given.lang), file=sys.stderr)
    return 0


def counted(workspace: Workspace, build: Path) -> Usage:
    """Return the terms of a workspace with the use that its rows make of them; rows with errors are set aside, as in a build.

    Args:
        workspace: whose vocabulary it is.
        build: where its build would stand; it is counted only if it was made of these very rows.

    Raises:
        InputError: there are errors that no row can be blamed for.
    """
    from withwhom.build import check
    from withwhom.ontology_terms import Glossary
    from withwhom.ontology_use import Usage

    checked = check(workspace, set_aside=True)
    if checked.errors:
        raise InputError(checked.problems)
    return Usage(checked, Glossary(checked.ontology), build_of(checked, build))


def documentation(usage: Usage, language: str, *, network: str = "") -> Mapping[str, str]:
    """Return the files of the documentation, by name.

    Args:
        usage: the terms and their use.
        language: in which the page opens where the reader's browser says nothing.
        network: address of a ``network.html`` beside, if there is one.
    """
    from withwhom.ontology_columns import columns_table
    from withwhom.ontology_files import json_ld, turtle
    from withwhom.ontology_page import Docs, index_page

    graph = usage.glossary.graph
    return {
        "ontology.ttl": turtle(graph),
        "ontology.jsonld": json_ld(graph),
        "columns.md": columns_table(usage.glossary),
        "index.html": index_page(Docs(usage, language, network)),
    }


def build_of(checked: Checked, folder: Path) -> Path | None:
    """Return a build if it was made of these very rows, vocabulary and software, with or without quotes; else its counts are of another graph."""
    from withwhom.previous import plan, previous_build
    from withwhom.readable import statement_columns

    previous = previous_build(folder)
    if previous is None or checked.aside:
        return None
    columns = statement_columns(checked.compiler.reader)
    plans = (plan(checked.workspace, checked.records, columns, quotes=quotes) for quotes in (True, False))
    made = {source: kept.made_of for source, kept in previous.sources.items()}
    return folder if any(made_of.shared == previous.shared and made_of.made_of == made for made_of in plans) else None


def beside(out: Path, build: Path) -> str:
    """Return the address of the network page from the documentation, if both stand in one folder: a longer way would name folders of this machine."""
    there = build.absolute().parent == out.absolute().parent and (build / NETWORK_PAGE).is_file()
    return f"../{build.name}/{NETWORK_PAGE}" if there else ""
