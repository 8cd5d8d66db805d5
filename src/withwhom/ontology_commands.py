"""The command ``withwhom ontology``: what people who change a vocabulary ask of it, one sub-command a task."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from withwhom.words import LANGUAGES, say

# Sub-command to module and function; the function adds the options, and what runs, to a parser: ``add(parser, language)``.
TASKS: Mapping[str, tuple[str, str]] = {
    "check": ("ontology_commands", "add_check"),
    "diff": ("ontology_diff_report", "add_diff"),
    "docs": ("ontology_docs", "add_docs"),
}


def add_ontology(parser: argparse.ArgumentParser, language: str) -> None:
    """Add the sub-commands of ``withwhom ontology``."""
    tasks = parser.add_subparsers(required=True, metavar="TASK")
    for name, (module, function) in TASKS.items():
        text = say(f"help-ontology-{name}", language)
        task = tasks.add_parser(name, help=text, description=text, add_help=False)
        task.add_argument("-h", "--help", action="help", help=say("help-help", language))
        task.add_argument("--lang", choices=LANGUAGES, default=language, help=say("help-lang", language))
        add: Callable[[argparse.ArgumentParser, str], None] = getattr(import_module(f"withwhom.{module}"), function)
        add(task, language)


def add_check(parser: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``withwhom ontology check``."""
    parser.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    parser.set_defaults(command=_check)


def _check(given: argparse.Namespace) -> int:
    """Print what was found, errors first, each part by what it is about; return 1 if there are errors."""
    from withwhom.ontology_check import GROUPS, SEVERITIES, ontology_report
    from withwhom.problems import shown
    from withwhom.workspace import find_workspace

    report = ontology_report(find_workspace(given.workspace))
    for severity in SEVERITIES:
        for group in GROUPS:
            part = report.part(severity, group)
            if part:
                heading = say("ontology-part", given.lang, severity=say(f"severity-{severity}", given.lang), group=say(f"group-{group}", given.lang))
                print("\n".join([heading, *shown(part, given.lang), ""]))
    counts = {severity: str(len(report.part(severity))) for severity in SEVERITIES}
    print(say("ontology-checked", given.lang, declared=str(report.declared), own=str(report.own), **counts))
    return 1 if report.part("error") else 0
