"""A workspace: the folders ``ontology/``, ``graph/`` and ``queries/``, and where its build and its texts stand."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from withwhom.problems import InputError, Problem, WorkspaceError

MARK = Path("graph") / "graph.toml"


@dataclass(frozen=True)
class Settings:
    """What ``graph/graph.toml`` says: title (zh, en), base IRI, licence IRI, languages, version of the graph."""

    title_zh: str
    title_en: str
    base: str
    licence: str
    languages: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class Workspace:
    """The folders of one workspace.

    Args:
        root: the folder that holds ``graph/graph.toml``.
    """

    root: Path

    @property
    def graph(self) -> Path:
        return self.root / "graph"

    @property
    def ontology(self) -> Path:
        """The folder of the vocabulary; the package's own where the workspace has no ``withwhom.ttl``."""
        return self.root / "ontology"

    def turtle_files(self) -> list[Path]:
        """Return every vocabulary file, the package's ``withwhom.ttl`` included where the workspace has none of its own."""
        own = sorted(path for path in self.ontology.glob("*.ttl") if path.name != "shapes.ttl")
        if any(path.name == "withwhom.ttl" for path in own):
            return own
        shared = shipped().ontology
        return [shared / "withwhom.ttl", shared / "alignments.ttl", *own]

    def shape_files(self) -> list[Path]:
        """Return the SHACL files, the package's first where the workspace has no ``withwhom.ttl``."""
        own = [self.ontology / "shapes.ttl"] if (self.ontology / "shapes.ttl").is_file() else []
        inherits = not (self.ontology / "withwhom.ttl").is_file()
        return [shipped().ontology / "shapes.ttl", *own] if inherits else own

    def rule_files(self) -> list[Path]:
        """Return the rules in the order in which they run: by file name, a workspace's own in place of a shared one."""
        by_name = {path.name: path for path in sorted((self.ontology / "rules").glob("*.rq"))}
        if not (self.ontology / "withwhom.ttl").is_file():
            by_name = {path.name: path for path in (shipped().ontology / "rules").glob("*.rq")} | by_name
        return [by_name[name] for name in sorted(by_name)]

    def shown(self, path: Path) -> str:
        """Return a path as the user knows it: relative to the workspace, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def settings(self) -> Settings:
        """Read ``graph/graph.toml``.

        Raises:
            InputError: the file is no TOML or lacks a key.
        """
        path = self.root / MARK
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
            return Settings(
                title_zh=str(table["title"]["zh"]),
                title_en=str(table["title"]["en"]),
                base=str(table["base"]),
                licence=str(table["licence"]),
                languages=tuple(table.get("languages", ("zh", "en"))),
                version=str(table["version"]),
            )
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError([Problem(self.shown(path), 0, 0, "bad-toml", {"detail": str(error)})]) from error
        except (KeyError, TypeError) as error:
            raise InputError([Problem(self.shown(path), 0, 0, "missing-setting", {"value": str(error)})]) from error


def shipped() -> Workspace:
    """Return the workspace that comes with the package (in a checkout, the repository itself)."""
    inside = Path(__file__).parent / "_workspace"
    return Workspace(inside if inside.is_dir() else Path(__file__).parents[2])


def find_workspace(start: Path | None = None) -> Workspace:
    """Return the workspace at ``start``, else the nearest around the current folder, else the shipped one.

    Raises:
        WorkspaceError: ``start`` was given and holds no ``graph/graph.toml``.
    """
    if start is not None:
        if not (start / MARK).is_file():
            raise WorkspaceError(f"{start}: no workspace here (it would hold {MARK.as_posix()})")
        return Workspace(start.resolve())
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return Workspace(folder)
    return shipped()
