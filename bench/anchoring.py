"""Measure how well passages are found again: ``python bench/anchoring.py --sources DIR [--workspace DIR] [--seeds N]``.

Every statement's offsets, digest, mentions and wording are blanked. Then its passage is looked up by its words, as ``withwhom anchor``
does with a column ``quote``; by its stored wording alone; in copies with noise; and, by digest, in edited texts. The tables know where
each passage stands, and the noise where each of its characters came from, so every answer is judged. Seeds make every run the same.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from withwhom.anchor import edits
from withwhom.cells import Context
from withwhom.copies import Cited, Copy
from withwhom.edits import AtHand, Cells
from withwhom.moves import Marked, moved
from withwhom.ontology import read_ontology
from withwhom.passages import ELLIPSIS, Passages, bare_form
from withwhom.problems import Problem
from withwhom.records import Evidence, Place, Records, Statement
from withwhom.spans import mentions, wording
from withwhom.tables import read_records, read_texts
from withwhom.text import Span, digest
from withwhom.workspace import Workspace, find_workspace

OUTCOMES = ("exact", "several", "nowhere", "wrong")
# Chances of noise at a character: a wrong character, the other script, injected pinyin, a line break; punctuation lost, full width
# and half width changed; a comma put in anywhere.
WRONG, SCRIPT, NOISE, BREAK, LOST, WIDTH, COMMA = 0.015, 0.10, 0.05, 0.02, 0.10, 0.25, 0.005
NARROW = str.maketrans("，。；：（）！？", ",.;:()!?")
WIDE = str.maketrans("0123456789,;:()!?", "０１２３４５６７８９，；：（）！？")


@dataclass(frozen=True)
class Noisy:
    """A copy with noise: its text, and the offset in the original of each character."""

    text: str
    origins: Sequence[int]

    def origin(self, span: Span) -> Span:
        """Return the stretch of the original that a stretch of the copy came from."""
        return self.origins[span[0]], self.origins[span[1] - 1] + 1


@cache
def _tables() -> Sequence[object]:
    from opencc import OpenCC

    return [OpenCC(table) for table in ("s2t", "t2s")]


@cache
def _other_script(character: str) -> str:
    made = (str(table.convert(character)) for table in _tables())  # type: ignore[attr-defined]  # OpenCC has no types
    return next((other for other in made if other != character), character)


@cache
def _pinyin(character: str) -> str:
    from pypinyin import pinyin

    return f"({pinyin(character)[0][0]})"


def noisy(text: str, seed: int, *, wrong: bool = True) -> Noisy:
    """Return a text as a poor copy has it.

    Args:
        text: the original.
        seed: the same makes the same noise.
        wrong: whether some characters are wrong and some punctuation is lost or added, and not only written in another way.
    """
    dice = random.Random(seed)
    letters: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        made = _as_copied(character, dice, wrong=wrong)
        if text[offset + 1 : offset + 2] == "(":
            made = made.partition("(")[0] or made  # pinyin stands there already
        letters.append(made)
        origins += [offset] * len(made)
    return Noisy("".join(letters), origins)


def _as_copied(character: str, dice: random.Random, *, wrong: bool) -> str:
    chance = dice.random
    made = character
    if "一" <= character <= "鿿":
        if wrong and chance() < WRONG:
            made = chr(ord(character) + 1)
        elif chance() < SCRIPT:
            made = _other_script(character)
        made += _pinyin(character) if chance() < NOISE else "\n" if chance() < BREAK else ""
    elif character == "\n":
        made = dice.choice(["\r\n", "\n", " "])
    elif wrong and not character.isalnum() and not character.isspace() and chance() < LOST:
        made = ""
    elif chance() < WIDTH:
        made = character.translate(NARROW if character > "ÿ" else WIDE)
    return made + ("，" if wrong and chance() < COMMA else "")


def spans_of(records: Records) -> Mapping[str, Sequence[Span]]:
    """Return the spans of each statement that has offsets, its own first."""
    spans = {row.reference: [(int(row.begin), int(row.stop))] for row in records.statements if row.begin}
    for row in records.evidence:
        if row.statement in spans:
            spans[row.statement].append((int(row.begin), int(row.stop)))
    return spans


def blanked(records: Records, texts: Mapping[str, str], *, further: bool) -> Records:
    """Return records whose statements have quotes in place of offsets, digests, mentions and wording; their evidence is in the quotes, or gone."""
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for row in records.evidence:
        evidence[row.statement].append(row)

    def quote(statement: Statement) -> str:
        text = texts[statement.source]
        parts = [text[int(statement.begin) : int(statement.stop)]]
        parts += [f"{row.part}: {text[int(row.begin) : int(row.stop)]}" for row in evidence[statement.reference]] if further else []
        return " | ".join(parts)

    rows = []
    for statement in records.statements:
        if statement.begin and statement.source in texts:
            cells = {column: cell for column, cell in statement.qualifiers.items() if column not in ("subject_mention", "object_mention", "wording")}
            rows.append(replace(statement, begin="", stop="", digest="", qualifiers={**cells, "quote": quote(statement)}))
    return replace(records, statements=tuple(rows), evidence=())


def anchored(records: Records, texts: Mapping[str, str]) -> tuple[Mapping[str, Cells], Sequence[Cells], Sequence[Problem]]:
    """Return the cells by statement and the rows of evidence that anchoring makes of blanked records, and the problems of the others."""
    sources = {source.id: source for source in records.sources}
    made = edits(records, [AtHand(sources[source], text, "text", sources[source].sha256) for source, text in texts.items()])
    cells = {row.reference: made.cells[row.at.file, row.at.line] for row in records.statements if (row.at.file, row.at.line) in made.cells}
    return cells, made.evidence, made.problems


def quotes_found(records: Records, texts: Mapping[str, str], *, further: bool = False) -> Counter[str]:
    """Count what becomes of quotes: exact, several places, nowhere, wrong, and ``rules``: results that ``withwhom check`` would refuse."""
    blank = blanked(records, texts, further=further)
    cells, evidence, problems = anchored(blank, texts)
    codes = {(problem.file, problem.line): problem.code for problem in problems}
    known = spans_of(records)
    found: dict[str, list[Span]] = {reference: [(int(row["begin"]), int(row["stop"]))] for reference, row in cells.items()}
    for item in evidence:
        found[item["statement"]].append((int(item["begin"]), int(item["stop"])))
    counts: Counter[str] = Counter()
    for statement in blank.statements:
        wanted = known[statement.reference] if further else known[statement.reference][:1]
        if statement.reference in found:
            counts["exact" if sorted(set(found[statement.reference])) == sorted(set(wanted)) else "wrong"] += 1
        else:
            counts["several" if codes[statement.at.file, statement.at.line] == "quote-several" else "nowhere"] += 1
    counts["rules"] = _refused(blank, texts, cells, evidence)
    return counts


def _refused(blank: Records, texts: Mapping[str, str], cells: Mapping[str, Cells], evidence: Sequence[Cells]) -> int:
    rows = [
        replace(row, begin=made["begin"], stop=made["stop"], digest=made["digest"], qualifiers={**row.qualifiers, **made})
        for row in blank.statements
        if (made := cells.get(row.reference))
    ]
    further = tuple(Evidence(Place("", 0, {}), row["statement"], row["part"], row["begin"], row["stop"], row["digest"]) for row in evidence)
    context = Context(replace(blank, statements=tuple(rows), evidence=further, texts=texts), read_ontology(find_workspace()))
    return sum(1 for check in (mentions, wording) for _ in check(context))


def wordings_found(records: Records, texts: Mapping[str, str]) -> Counter[str]:
    """Count what becomes of the stored wordings as quotes; exact: a place within the statement's passages."""
    known = spans_of(records)
    passages = {source: Passages(text) for source, text in texts.items()}
    return Counter(
        _judged(passages[row.source].find(row.get("wording")), (min(begin for begin, _ in spans), max(stop for _, stop in spans)), within=True)
        for row in records.statements
        if row.source in texts and (spans := known.get(row.reference))
    )


def copied_quotes(records: Records, texts: Mapping[str, str], seed: int, *, wrong: bool) -> Counter[str]:
    """Count what becomes of the words of the registered texts, looked up in copies with noise."""
    counts: Counter[str] = Counter()
    for source, text in texts.items():
        copy = noisy(text, seed, wrong=wrong)
        passages = Passages(copy.text)
        for row in records.statements:
            if row.source == source and row.begin:
                span = int(row.begin), int(row.stop)
                places = [_bare(text, copy.origin(place)) for place in passages.find(text[slice(*span)])]
                counts[_judged(places, _bare(text, span))] += 1
    return counts


def _bare(text: str, span: Span) -> Span:
    """Return a span without punctuation and pinyin at its ends, which a copy may have lost."""
    offsets = bare_form(text[slice(*span)]).offsets
    return span[0] + offsets[0], span[0] + offsets[-1] + 1


def _judged(places: Sequence[Span], span: Span, *, within: bool = False) -> str:
    if len(places) != 1:
        return "several" if places else "nowhere"
    begin, stop = places[0]
    return "exact" if (span[0] <= begin and stop <= span[1] if within else (begin, stop) == span) else "wrong"


def copies_found(records: Records, texts: Mapping[str, str], seed: int | None, *, wrong: bool = True) -> Counter[str]:
    """Count statements found in copies by their wording; ``exact``: the place lies in a passage of the statement."""
    known = spans_of(records)
    counts: Counter[str] = Counter()
    for source, text in texts.items():
        copy = Noisy(text, range(len(text))) if seed is None else noisy(text, seed, wrong=wrong)
        cited = [
            Cited(row.reference, known[row.reference], ELLIPSIS.split(row.get("wording"))) for row in records.statements if row.source == source and row.begin
        ]
        found = Copy(copy.text).passages(cited)
        for item in cited:
            place = copy.origin(found[item.reference]) if item.reference in found else None
            inside = place is not None and any(begin < place[1] and place[0] < stop for begin, stop in item.spans)
            counts["exact" if inside else "nowhere" if place is None else "wrong"] += 1
    return counts


def edited(text: str) -> Iterator[tuple[str, str, Sequence[int]]]:
    """Yield edits of a text: what was done, the new text, and the old offset of each of its characters (-1: new)."""
    offsets = list(range(len(text)))
    third = len(text) // 3
    yield "line ends converted", text.replace("\n", "\r\n"), [number for number in offsets for _ in ("\r\n" if text[number] == "\n" else " ")]
    yield "a paragraph put in front", "新的一段。\n" + text, [-1] * 6 + offsets
    cut = text[:third] + "新的一句。" + text[third : 2 * third] + text[2 * third + 40 :]
    yield "a sentence put in, 40 characters cut", cut, [*offsets[:third], *[-1] * 5, *offsets[third : 2 * third], *offsets[2 * third + 40 :]]


def moves_found(records: Records, texts: Mapping[str, str]) -> Mapping[str, Counter[str]]:
    """Count passages found by digest in edited texts: exact, nowhere, several, wrong; ``changed``: their words are no longer in the text."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for source, text in texts.items():
        spans = {span for reference, spans in spans_of(records).items() if reference.startswith(f"{source}/") for span in spans}
        for name, new, origins in edited(text):
            where = {origin: number for number, origin in reversed(list(enumerate(origins))) if origin >= 0}
            last = {origin: number for number, origin in enumerate(origins) if origin >= 0}
            for passage, places in moved([Marked(begin, stop, digest(text[begin:stop])) for begin, stop in spans], new).items():
                whole = [number for number in range(passage.begin, passage.stop) if number in where]
                kept = len(whole) == passage.stop - passage.begin
                now = (where[passage.begin], last[passage.stop - 1] + 1) if kept else (0, 0)
                intact = kept and new[slice(*now)].replace("\r", "") == text[passage.begin : passage.stop].replace("\r", "")
                counts[name]["changed" if not places and not intact else _judged(places, now)] += 1
    return counts


def main() -> None:
    """Print every measure as a row of a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    workspace: Workspace = find_workspace(given.workspace)
    records, _ = read_records(workspace)
    texts = read_texts(records.sources, given.sources)
    seeds = range(1, given.seeds + 1)
    print(f"| {len(texts)} texts | {' | '.join(OUTCOMES)} |\n| --- | --- | --- | --- | --- |")
    for name, counts in (
        ("the passage's words", quotes_found(records, texts)),
        ("the words of all passages of a statement", quotes_found(records, texts, further=True)),
        ("the stored wording alone", wordings_found(records, texts)),
        (f"words, in {len(seeds)} copies written in another way", sum((copied_quotes(records, texts, seed, wrong=False) for seed in seeds), Counter())),
        (f"words, in {len(seeds)} copies with wrong characters, too", sum((copied_quotes(records, texts, seed, wrong=True) for seed in seeds), Counter())),
        ("--copy: wording, in the text itself", copies_found(records, texts, None)),
        (
            f"--copy: wording, in {len(seeds)} copies written in another way",
            sum((copies_found(records, texts, seed, wrong=False) for seed in seeds), Counter()),
        ),
        (f"--copy: wording, in {len(seeds)} copies with wrong characters, too", sum((copies_found(records, texts, seed) for seed in seeds), Counter())),
        *((f"by digest: {name}", counts) for name, counts in moves_found(records, texts).items()),
    ):
        total = sum(count for outcome, count in counts.items() if outcome != "rules")
        print(f"| {name} | {' | '.join(f'{counts[outcome]:,} ({counts[outcome] / total:.2%})' for outcome in OUTCOMES)} |", end=" ")
        print(" ".join(f"{outcome} {counts[outcome]}" for outcome in ("rules", "changed") if outcome in counts))


if __name__ == "__main__":
    main()
