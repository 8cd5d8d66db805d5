"""The sub-commands of ``withwhom ontology``, each loaded only where it is meant."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

from withwhom.words import LANGUAGES, say

# Sub-command to module and function; the function adds the options, and what runs, to a parser: ``add(parser, language)``.
PARTS: Mapping[str, tuple[str, str]] = {
    "diff": ("ontology_diff_report", "add_diff"),
}


def add_ontology(command: argparse.ArgumentParser, language: str) -> None:
    """Add the sub-commands of ``ontology``."""
    parts = command.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, function) in PARTS.items():
        text = say(f"help-ontology-{name}", language)
        part = parts.add_parser(name, help=text, description=text, add_help=False)
        part.add_argument("-h", "--help", action="help", help=say("help-help", language))
        part.add_argument("--lang", choices=LANGUAGES, default=language, help=say("help-lang", language))
        getattr(import_module(f"withwhom.{module}"), function)(part, language)
