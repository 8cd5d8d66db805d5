"""``docs/extending.md`` is done word for word: its edits are made, its commands run, and what they print is what the page shows."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from withwhom.cli import main
from withwhom.network import Network, read_network
from withwhom.ties import BY_RULE, SAID, ties

PAGE = Path(__file__).parents[1] / "docs" / "extending.md"
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: file=(?P<file>\S+) mode=(?P<mode>\w+))?\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: an edit of a file where it names one, else commands."""

    kind: str
    file: str
    mode: str
    body: str
    begin: int

    def edit(self) -> None:
        """Make the edit in the folder where one stands."""
        path = Path(self.file)
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        assert path.exists() == (self.mode != "new"), f"{self.file}: {self.mode}"
        path.write_text({"new": self._new, "append": self._appended, "replace": self._replaced, "column": self._widened}[self.mode](old), encoding="utf-8")

    def _new(self, _: str) -> str:
        return self.body

    def _appended(self, old: str) -> str:
        return old + self.body

    def _replaced(self, old: str) -> str:
        before, after = re.fullmatch(r"-(.*)\n\+(.*)\n", self.body).groups()  # type: ignore[union-attr]  # the page is wrong otherwise
        assert old.count(before) == 1, f"{self.file}: {before}"
        return old.replace(before, after)

    def _widened(self, old: str) -> str:
        text = io.StringIO()
        rows = zip(csv.reader(io.StringIO(old)), self.body.splitlines(), strict=True)
        csv.writer(text, lineterminator="\n").writerows([*row, cell] for row, cell in rows)
        return text.getvalue()

    def commands(self) -> Iterator[tuple[str, str]]:
        """Yield each command with what the page shows beneath it."""
        if self.kind == "sh":
            yield from ((line, "") for line in self.body.splitlines())
        else:
            for part in re.split(r"^\$ ", self.body, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield command, shown.rstrip()


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [Block(found["kind"], found["file"] or "", found["mode"] or "", found["body"], found.start()) for found in BLOCK.finditer(text)]


def run(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command of the page, and return its exit status and what it printed: answers first, then problems."""
    name, *words = shlex.split(command)
    if name == "cd":
        monkeypatch.chdir(words[0])
        return 0, ""
    assert name == "withwhom"
    status = main(words)
    streams = capsys.readouterr()
    return status, "\n".join(line.rstrip() for line in (streams.out + streams.err).splitlines()).rstrip()


def test_the_walk_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every step of the page is possible, and ends as it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    page = PAGE.read_text(encoding="utf-8")
    found = blocks(page)
    assert len(found) * 2 == page.count("```")
    for block in found:
        if block.file:
            block.edit()
        for command, shown in () if block.file else block.commands():
            status, printed = run(command, monkeypatch, capsys)
            place = f"extending.md:{page.count(chr(10), 0, block.begin) + 1}: {command}"
            if block.kind == "sh":
                assert status == 0, f"{place}\n{printed}"
            else:
                assert printed == shown, place
    page_shows(read_network(Path("build")))


def page_shows(network: Network) -> None:
    """What the walk-through says of the page is in the page's data: the star, its two solid lines, and the dashed one."""
    station = network.classes["RescueStation"]
    assert (station["en"], station["colour"], station["symbol"]) == ("Rescue station", "#b4552d", "star")
    drawn = {(tie.a, tie.b, tie.kind) for tie in ties(network, kinds=[SAID, BY_RULE]) if any(name.startswith("rescue-station/") for name in tie.statements)}
    assert drawn == {
        ("blue-tern-ferries", "dengjiao-station", SAID),
        ("chaosheng-volunteers", "dengjiao-station", SAID),
        ("blue-tern-ferries", "chaosheng-volunteers", BY_RULE),
    }
    told = {claim.reference: claim for claim in network.claims}["rescue-station/chaosheng"]
    assert told.en == "Chaosheng Volunteer Team is on call for Dengjiao Rescue Station (2024; done)"
    assert told.quote == "In 2024 the Chaosheng Volunteer Team was on standby for the station"
