"""The command ``ontology diff``: what changed between two editions of a vocabulary, for people, for a changelog, or as data."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.words import say

if TYPE_CHECKING:
    from withwhom.edition import Edition
    from withwhom.ontology_diff import Change, Difference, Raise, TermChange
    from withwhom.shape_diff import PartChange

FORMATS = ("text", "md", "json")
# Sections of a changelog, each with what became of the terms in it, and of the shapes and rules.
CHANGELOG: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "added": (("added",), ("added",)),
    "changed": (("changed", "reworded", "restored"), ("stricter", "looser", "changed", "reworded")),
    "deprecated": (("deprecated",), ()),
    "removed": (("removed",), ("removed",)),
}
SECTIONS = {"added": "added", "meaning": "changed", "reworded": "reworded", "deprecated": "deprecated", "restored": "restored", "removed": "removed"}


def add_diff(command: argparse.ArgumentParser, language: str) -> None:
    """Add the options of ``ontology diff``."""
    command.set_defaults(command=diff)
    command.add_argument("old", type=Path, metavar="OLD", help=say("help-diff-old", language))
    command.add_argument("new", type=Path, metavar="NEW", nargs="?", help=say("help-diff-new", language))
    command.add_argument("--format", choices=FORMATS, default="text", help=say("help-diff-format", language))
    command.add_argument("--workspace", type=Path, metavar="DIR", help=say("help-workspace", language))


def diff(given: argparse.Namespace) -> int:
    """Compare two editions and print what changed."""
    from withwhom.edition import edition_of, read_edition
    from withwhom.ontology_diff import difference
    from withwhom.workspace import find_workspace

    old = read_edition(given.old)
    new = edition_of(find_workspace(given.workspace)) if given.new is None else read_edition(given.new)
    found = difference(old, new)
    if given.format == "json":
        print(to_json(found))
        return 0
    teller = teller_of(old, new, given.lang)
    if given.format == "md":
        print("\n".join(teller.markdown(found)))
        print("\n".join(teller.version(step) for step in found.versions if not step.enough), end="\n" if found.versions else "", file=sys.stderr)
    else:
        names = (f"{place} ({version})" if version else str(place) for place, version in zip(_places(given), _versions(old, new), strict=True))
        print(say("diff-of", given.lang, **dict(zip(("old", "new"), names, strict=True))))
        print("\n".join(teller.text(found)))
    return 0


def _places(given: argparse.Namespace) -> tuple[str, str]:
    return given.old.as_posix(), given.new.as_posix() if given.new else (given.workspace or Path()).as_posix()


def _versions(*editions: Edition) -> list[str]:
    from withwhom.ontology import ONTOLOGY

    return [edition.versions().get(str(ONTOLOGY), "") for edition in editions]


def to_json(found: Difference) -> str:
    """Return a difference as JSON: terms, shapes, rules (null where they are not known), versions, and the level of all together."""
    from dataclasses import asdict

    return json.dumps({**asdict(found), "level": found.level}, ensure_ascii=False, indent=1)


def teller_of(old: Edition, new: Edition, language: str) -> Teller:
    """Return what puts the changes between two editions into words."""
    from withwhom.terms import WW

    prefixes = {prefix: str(space) for edition in (old, new) for prefix, space in edition.graph.namespaces()}
    return Teller({**prefixes, "ww": WW}, language)


@dataclass(frozen=True)
class Teller:
    """Puts changes into words.

    Args:
        prefixes: how terms are shortened.
        language: ``zh`` or ``en``; labels stand in both anyway.
    """

    prefixes: Mapping[str, str]
    language: str

    def text(self, found: Difference) -> Iterator[str]:
        """Yield the lines for a terminal."""
        if not found.every:
            yield self._say("diff-none")
        for heading, status in SECTIONS.items():
            yield from self._section(heading, [line for change in found.of(status) for line in self._lines(change)], len(found.of(status)))
        for kind, parts in (("shape", found.shapes), ("rule", found.rules)):
            yield from self._section(kind, [line for part in parts or () for line in self._part_lines(part)], len(parts or ()))
        yield ""
        if found.shapes is None or found.rules is None:
            yield self._say("diff-unknown-parts")
        if found.every:
            yield self._say("diff-level", level=self._say(f"level-{found.level}"))
        yield from map(self.version, found.versions)

    def _section(self, heading: str, lines: list[str], count: int) -> Iterator[str]:
        if lines:
            yield from ("", f"{self._say(f'diff-{heading}')} ({count})", *(f"  {line}" for line in lines))

    def _lines(self, change: TermChange) -> Iterator[str]:
        yield "  ".join(filter(None, (self._say(f"term-{change.kind}"), self.term(change.iri), both(change.labels), self._instead(change))))
        yield from (f"  {self.term(part.property)} ({self._say(f'effect-{part.effect}')}): {self.values(part)}" for part in change.changes)

    def _part_lines(self, part: PartChange) -> Iterator[str]:
        yield f"{self._part(part)} ({self._say(f'effect-{part.status}')})"
        yield from (f"  {mark} {self.values_of([value])}" for mark, values in (("−", part.lost), ("+", part.gained)) for value in values)

    def _instead(self, change: TermChange) -> str:
        return f"→ {self._say('diff-instead', term=self.term(change.replacement))}" if change.replacement else ""

    def markdown(self, found: Difference) -> Iterator[str]:
        """Yield the lines of a changelog."""
        for section, (statuses, kinds) in CHANGELOG.items():
            parts = [part for part in found.parts if part.status in kinds]
            if found.of(*statuses) or parts:
                yield from (f"### {self._say(f'diff-{section}')}", "")
                for change in found.of(*statuses):
                    yield from self._item(change)
                for part in parts:
                    how = self._in_brackets(self._say(f"effect-{part.status}")) if section == "changed" else ""
                    yield f"- {self._say(f'term-{part.kind}')} `{self._part(part)}`{how}"
                yield ""
        if found.every:
            yield self._say("diff-level", level=self._say(f"level-{found.level}"))
        else:
            yield self._say("diff-none")

    def _item(self, change: TermChange) -> Iterator[str]:
        told = [both(change.labels), self._instead(change)]
        if change.status == "restored":
            told.append(self._say("diff-restored"))
        yield f"- {self._say(f'term-{change.kind}')} `{self.term(change.iri)}`{self._in_brackets('; '.join(filter(None, told)))}"
        for part in change.changes:
            how = self._in_brackets(self._say(f"effect-{part.effect}"))
            yield f"  - `{self.term(part.property)}`{how}: `{self.values(part).replace('`', chr(39))}`"

    def _in_brackets(self, text: str) -> str:
        return "" if not text else f"（{text}）" if self.language == "zh" else f" ({text})"

    def version(self, step: Raise) -> str:
        """Say whether a version was raised as far as what changed asks for."""
        known = bool(step.least and step.new)
        key = "diff-raised" if step.enough else "diff-not-raised" if known else "diff-no-version"
        home = step.home or self._say("diff-own-terms")
        return self._say(key, home=home, level=self._say(f"level-{step.level}"), old=step.old, new=step.new, least=step.least)

    def values(self, change: Change) -> str:
        """Return what a property lost and gained: before → after."""
        lost, gained = self.values_of(change.lost), self.values_of(change.gained)
        return f"{lost} → {gained}" if lost and gained else f"− {lost}" if lost else f"+ {gained}"

    def values_of(self, values: Iterable[str]) -> str:
        """Return values with their terms shortened."""
        shortened = (re.sub(r"<([^<>\s]*)>", lambda match: self.term(match[1]), value) for value in values)
        return " , ".join(re.sub(r'"(-?[0-9]+|true|false)"\^\^xsd:(integer|boolean)', r"\1", value) for value in shortened)

    def term(self, iri: str) -> str:
        """Return a term with its prefix, or in full where there is none."""
        from withwhom.term_text import written

        return written(iri, self.prefixes)

    def _part(self, part: PartChange) -> str:
        return self.term(part.name) if part.kind == "shape" else part.name

    def _say(self, key: str, **values: str) -> str:
        return say(key, self.language, **values)


def both(labels: Mapping[str, str]) -> str:
    """Return the labels of a term in both languages."""
    return " / ".join(labels[language] for language in ("zh", "en", "") if language in labels)
