"""The command ``upgrade``: what a newer vocabulary would change or break in a workspace, and the same done."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from withwhom.problems import InputError, Problem, shown
from withwhom.words import say
from withwhom.workspace import Workspace, build_folder, find_workspace, shipped

if TYPE_CHECKING:
    from withwhom.upgrade import Upgrade

FOLDERS = ("graph", "ontology", "queries")


def add_upgrade(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``upgrade``."""
    command.set_defaults(command=upgrade)
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))
    command.add_argument("--apply", action="store_true", help=say("help-apply", language))


def upgrade(given: argparse.Namespace) -> int:
    """Say what a newer vocabulary means for a workspace; with ``--apply``, mend what can be mended if the result passes the check."""
    from withwhom.upgrade import plan_upgrade

    workspace = find_workspace(given.workspace)
    if workspace.root.resolve() == shipped().root.resolve():
        print(say("upgrade-own", given.lang))
        return 0
    plan = plan_upgrade(workspace, build_folder(workspace))
    left = list(_by_place([*checked_with(workspace, plan.edits), *plan.left]))
    print("\n".join(_report(plan, workspace, left, given.lang)))
    errors = sum(problem.severity == "error" for problem in left)
    if errors:
        print(say("upgrade-blocked", given.lang, count=str(errors)))
        return 1 if given.apply else 0
    if not plan.edits:
        print(say("upgrade-nothing", given.lang))
    elif given.apply:
        write_edits(plan.edits, workspace.root)
        print(say("upgrade-done", given.lang, count=str(len(plan.edits))))
    else:
        print(say("upgrade-would", given.lang, count=str(len(plan.edits))))
    return 0


def checked_with(workspace: Workspace, edits: Mapping[Path, str | None]) -> list[Problem]:
    """Return what a person would still have to mend in a workspace with its files edited: errors, and deprecated terms in rows.

    Args:
        workspace: it is left as it is; a copy beside is checked.
        edits: the new text of each file, None where it goes.
    """
    from withwhom.build import check

    with TemporaryDirectory() as folder:
        copy = staged(workspace, edits, Path(folder).resolve())
        try:
            problems: Iterable[Problem] = check(copy, workspace.root / "sources").problems
        except InputError as error:
            problems = error.problems
    return [problem for problem in problems if problem.severity == "error" or problem.code.startswith("deprecated-")]


def staged(workspace: Workspace, edits: Mapping[Path, str | None], folder: Path) -> Workspace:
    """Make a copy of a workspace with its files edited, those that stay as links where the file system can."""
    from withwhom.previous import take_over

    kept = [path for name in FOLDERS for path in sorted((workspace.root / name).rglob("*")) if path.is_file() and path not in edits]
    for path in (*kept, *edits):
        new, text = folder / path.relative_to(workspace.root), edits.get(path)
        new.parent.mkdir(parents=True, exist_ok=True)
        if path not in edits:
            take_over(path.resolve(), new)  # the file itself, where a link stands
        elif text is not None:
            new.write_text(text, encoding="utf-8", newline="")
    return Workspace(folder)


def write_edits(edits: Mapping[Path, str | None], folder: Path) -> None:
    """Write all edited files, then remove those that go.

    Raises:
        OutputError: the disk is full; no file was changed.
    """
    from withwhom.table_text import write_together

    write_together({path: text for path, text in edits.items() if text is not None}, folder)
    for path, text in edits.items():
        if text is None:
            path.unlink()


def _by_place(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield one problem a place, the first that is known of it."""
    places = set()
    for problem in sorted(problems):
        place = problem.file, problem.line, problem.column
        if place not in places or not problem.line:
            yield problem
        places.add(place)


def _report(plan: Upgrade, workspace: Workspace, left: list[Problem], language: str) -> Iterator[str]:
    """Yield what changed in the vocabulary, where that matters here, what a machine can do about it and what it cannot."""
    from withwhom.ontology_diff_report import teller_of

    yield say("upgrade-versions", language, old=plan.old or say("upgrade-unknown", language), new=plan.new)
    before, package = plan.editions
    if plan.found is not None and before is not None:
        yield from teller_of(before, package, language).text(plan.found)
    elif plan.old != plan.new:
        yield say("upgrade-no-old", language)
    sections = {
        "upgrade-here": shown(plan.uses, language),
        "upgrade-edits": [f"{workspace.shown(path)}: {_done(path, text, plan, language)}" for path, text in plan.edits.items()],
        "upgrade-left": shown(left, language),
    }
    for heading, lines in sections.items():
        if lines:
            yield from ("", say(heading, language), *(f"  {line}" for line in lines))
    yield ""


def _done(path: Path, text: str | None, plan: Upgrade, language: str) -> str:
    if text is None:
        return say("upgrade-file-gone", language, new=plan.new)
    if not path.exists():
        return say("upgrade-file-new", language)
    return say("upgrade-file-copy" if path in plan.copies else "upgrade-file", language, new=plan.new)
