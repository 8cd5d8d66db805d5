"""The catalogue of a build: what answers need to know of a graph beside its triples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from withwhom.problems import WorkspaceError
from withwhom.questions import Question

CATALOGUE = "catalogue.json"
KEYS = frozenset({"base", "title", "version", "sources", "set_aside", "source_records", "words", "questions"})


@dataclass(frozen=True)
class Catalogue:
    """The catalogue of a build, read when it is first asked for.

    Args:
        folder: the build.
    """

    folder: Path

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The base IRI, title, version, sources and saved questions of the graph, and the names of its codes.

        Raises:
            WorkspaceError: there is none, it is damaged, or one of another version.
        """
        path = self.folder / CATALOGUE
        try:
            found = dict(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise WorkspaceError("no-build-yet", path=str(self.folder)) from error
        except (ValueError, TypeError) as error:
            raise WorkspaceError("build-unreadable", path=str(path), detail=str(error)) from error
        if not set(found) >= KEYS:
            raise WorkspaceError("no-build-yet", path=str(self.folder))
        return found

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The saved questions by slug.

        Raises:
            WorkspaceError: the catalogue is one of another version.
        """
        try:
            return {slug: Question.from_json(data) for slug, data in self.values["questions"].items()}
        except (KeyError, TypeError) as error:
            raise WorkspaceError("no-build-yet", path=str(self.folder)) from error
