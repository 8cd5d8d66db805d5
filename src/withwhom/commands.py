"""The names of the commands, and which module says what a rarer one takes: it is loaded only where its command is meant."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

# Command to module and function; the function adds the options, and what runs, to a parser: ``add(parser, language)``.
RARER: Mapping[str, tuple[str, str]] = {
    "anchor": ("anchoring", "add_anchor"),
    "diff": ("build_diff_report", "add_diff"),
    "export": ("export", "add_export"),
    "format": ("formatting", "add_format"),
    "import-table": ("importing", "add_import"),
    "init": ("starter", "add_init"),
    "network": ("looking", "add_network"),
    "new": ("adding", "add_new"),
    "ontology": ("ontology_commands", "add_ontology"),
    "publish": ("publish", "add_publish"),
    "tables": ("workbooks", "add_tables"),
    "upgrade": ("upgrading", "add_upgrade"),
}
OFTEN = ("between", "build", "check", "completion", "find", "outline", "queries", "query", "show", "sources", "sparql")
COMMANDS = tuple(sorted((*OFTEN, *RARER)))


def add_rarer(name: str, command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of a command whose module a question has no need to load."""
    module, function = RARER[name]
    getattr(import_module(f"withwhom.{module}"), function)(command, language)
