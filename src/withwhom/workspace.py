"""A workspace: the folders ``ontology/``, ``graph/`` and ``queries/``, and where its build and its texts stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from withwhom.problems import InputError, Problem, WorkspaceError

MARK = Path("graph") / "graph.toml"
# What a table may be; the first is meant where there is none.
TABLE_SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Settings:
    """What ``graph/graph.toml`` says: title (zh, en), base IRI, licence IRI, languages, version of the graph, and of the vocabulary."""

    title_zh: str
    title_en: str
    base: str
    licence: str
    languages: tuple[str, ...]
    version: str
    vocabulary: str = ""


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

    def table(self, name: str) -> Path:
        """Return the file of a table, such as ``entities`` or ``statements/shanxi-red-cross``: CSV, unless only a Parquet file is there."""
        files = [self.graph / f"{name}{suffix}" for suffix in TABLE_SUFFIXES]
        return next((path for path in files if path.exists()), files[0])

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
        return [*(shared / name for name in ("withwhom.ttl", "alignments.ttl", "declarations.ttl")), *own]

    def external_files(self) -> list[Path]:
        """Return the vocabularies of others that somebody has put beside the workspace's own (see :mod:`withwhom.external`)."""
        return sorted((self.ontology / "external").glob("*.ttl"))

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

    def view_files(self) -> dict[str, list[Path]]:
        """Return the rules of each view in another vocabulary, ``ontology/views/NAME/*.rq``: a workspace's own beside or in place of shared ones."""
        folders = (shipped().ontology, self.ontology)
        found = {path.relative_to(folder): path for folder in folders for path in sorted(folder.glob("views/*/*.rq"))}
        names = sorted({path.parent.name for path in found})
        return {name: [path for rule, path in sorted(found.items()) if rule.parent.name == name] for name in names}

    def shown(self, path: Path) -> str:
        """Return a path as the user knows it: relative to the workspace, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def settings(self) -> Settings:
        """Read ``graph/graph.toml``.

        Raises:
            InputError: the file is no TOML or lacks a key.
        """
        import tomllib

        path = self.root / MARK
        try:
            text = path.read_text(encoding="utf-8-sig")
            table = tomllib.loads(text)
            settings = Settings(
                title_zh=str(table["title"]["zh"]),
                title_en=str(table["title"]["en"]),
                base=str(table["base"]),
                licence=str(table["licence"]),
                languages=tuple(table.get("languages", ("zh", "en"))),
                version=str(table["version"]),
                vocabulary=str(table.get("vocabulary", "")),
            )
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(error))
            line, column = map(int, found.groups()) if found else (text.count("\n") + 1, 0)
            raise InputError([Problem(self.shown(path), line, column, "bad-toml", {"detail": str(error)})]) from error
        except UnicodeDecodeError as error:
            raise InputError([Problem(self.shown(path), error.object[: error.start].count(b"\n") + 1, 0, "not-utf8")]) from error
        except PermissionError as error:
            raise InputError([Problem(self.shown(path), 0, 0, "locked-file")]) from error
        except (KeyError, TypeError) as error:
            raise InputError([Problem(self.shown(path), 0, 0, "missing-setting", {"value": str(error)})]) from error
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*[/#]", settings.base):
            line = next((number for number, row in enumerate(text.splitlines(), 1) if row.startswith("base")), 0)
            raise InputError([Problem(self.shown(path), line, 0, "bad-base", {"value": repr(settings.base)})])
        return settings


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
            raise WorkspaceError("no-workspace", path=str(start), mark=MARK.as_posix())
        return Workspace(start.resolve())
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return Workspace(folder)
    return shipped()


def own_workspace(start: Path | None = None) -> Workspace:
    """Return the workspace at ``start``, else the nearest around the current folder: one whose tables may be written.

    Raises:
        WorkspaceError: there is none; the package's own is never taken for it.
    """
    found = find_workspace(start)
    if start is None and not Path.cwd().is_relative_to(found.root):
        raise WorkspaceError("no-workspace", path=str(Path.cwd()), mark=MARK.as_posix())
    return found


def build_folder(workspace: Workspace) -> Path:
    """Return where the build of a workspace stands: in it, but in the current folder where the workspace is the package's own."""
    packaged = workspace.root.name == "_workspace"
    return Path.cwd() / "build" if packaged else workspace.root / "build"
