"""Makes a workspace of any size: who works with whom and who funds what, heavy-tailed as real networks are, the same at every run.

    .venv/bin/python bench/generate.py DIR [STATEMENTS] [--hub]

Bodies join programs with a chance that grows with what they already do (a Zipf law), so that a few take part in very much and most in
little. A fifth of the statements is funding with amounts, dates and bases, a tenth said partnership, the rest participation. Evidence is the row
of a table (``locator``), a source every 2,000 statements. With ``--hub`` one body is the subject of a third of all statements and more. The tables have the columns of the design; the vocabulary is the package's.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

# Statements of a source, and statements for each body and program.
OF_SOURCE, A_BODY, A_PROGRAM = 2_000, 8, 12
TRIPLES_A_STATEMENT = 40
KINDS = ("RedCrossSociety", "GovernmentBody", "Foundation", "SocialOrganization", "Enterprise", "Hospital", "MassOrganization", "MediaOrganization")
ROLES = ("implements", "supports", "coOrganizes", "initiates", "leads", "takesPartIn", "coordinates")
BASES = ("given", "disbursed", "invested", "pledged", "given|raised")
HEADER = "id,subject,predicate,object,program,amount,currency,amount_qualifier,support,basis,since,until,status,certainty,place,wording,locator"
SETTINGS = """base = "https://example.org/generated/"
licence = "https://creativecommons.org/licenses/by/4.0/"
version = "1.0.0"

[title]
zh = "生成的图"
en = "A generated graph"
"""


def generate(folder: Path, statements: int, *, hub: bool = False) -> None:
    """Write a workspace with so many statements into a folder that does not exist yet."""
    chance = random.Random(2018)
    bodies, programs, places = max(20, statements // A_BODY), max(10, statements // A_PROGRAM), max(5, statements // 500)
    graph = folder / "graph"
    (graph / "statements").mkdir(parents=True)
    (graph / "graph.toml").write_text(SETTINGS, encoding="utf-8")
    sources = [f"table-{number}" for number in range((statements + OF_SOURCE - 1) // OF_SOURCE)]
    _write(graph / "sources.csv", "id,title,author,publisher,date,language,url,archived,file,sha256,note", _sources(sources))
    _write(graph / "entities.csv", "id,type,name_zh,name_en,collective,count,count_qualifier,place,same_as,note", _entities(chance, bodies, programs, places))
    _write(graph / "names.csv", "entity,name,language,kind,source,begin,stop,since,until", _names(chance, bodies))
    _write(graph / "evidence.csv", "statement,part,begin,stop,digest", ())
    _write(graph / "outline.csv", "source,paragraph,sentence,begin,stop", ())
    for number, source in enumerate(sources):
        count = min(OF_SOURCE, statements - number * OF_SOURCE)
        _write(graph / "statements" / f"{source}.csv", HEADER, _statements(chance, number * OF_SOURCE, count, bodies, programs, places, hub=hub))


def _write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _sources(sources: Iterable[str]) -> Iterator[Sequence[object]]:
    for number, source in enumerate(sources):
        yield source, f"第{number}号登记表", "", "生成的出版者", f"{2000 + number % 25}-12-31", "zh", f"https://example.org/{source}", "", "", "", ""


def _entities(chance: random.Random, bodies: int, programs: int, places: int) -> Iterator[Sequence[object]]:
    for number in range(places):
        inside = f"place-{(number - 1) // 8}" if number else ""
        yield f"place-{number}", "Place", f"第{number}地", f"Place {number}", "", "", "", inside, "", ""
    for number in range(bodies):
        kind = chance.choice(KINDS)
        yield f"body-{number}", kind, f"第{number}号组织", f"Organization {number}", "", "", "", f"place-{_zipf(chance, places)}", "", ""
    for number in range(programs):
        yield f"program-{number}", "Program", f"第{number}号项目", f"Program {number}", "", "", "", "", "", ""


def _names(chance: random.Random, bodies: int) -> Iterator[Sequence[object]]:
    for number in range(bodies):
        yield f"body-{number}", f"{number}号会", "zh", "abbreviation", "", "", "", "", ""
        if chance.random() < 0.5:
            yield f"body-{number}", f"Org. {number}", "en", "alias", "", "", "", "", ""


def _zipf(chance: random.Random, count: int) -> int:
    """Return a number below ``count``; number k comes up about as often as 1/(k + 1)."""
    return min(count - 1, int(count ** chance.random()) - 1)


def _statements(chance: random.Random, first: int, count: int, bodies: int, programs: int, places: int, *, hub: bool) -> Iterator[Sequence[object]]:
    for number in range(first, first + count):
        body, program, year = f"body-{_zipf(chance, bodies)}", f"program-{_spread(chance, programs)}", 2000 + _zipf(chance, 25)
        body = "body-0" if hub and number % 3 == 0 else body
        start = chance.random()
        place = f"place-{_zipf(chance, places)}" if chance.random() < 0.3 else ""
        common = (year, year, chance.choice(("done", "done", "ongoing", "", "planned")), "inferred" if chance.random() < 0.1 else "explicit", place)
        where = f"row={number - first + 1}"
        if start < 0.2:
            amount = int(10 ** (3 + 5 * chance.random()))
            money = (amount, "CNY", chance.choice(("", "over", "about")), chance.choice(("cash", "in_kind")), chance.choice(BASES))
            target, predicate = (program, "funds") if chance.random() < 0.5 else (f"body-{_spread(chance, bodies)}", "donatesTo")
            yield (
                (_id(number), body, predicate, target, "", *money, *common, "资助", where)
                if target != body
                else (_id(number), body, "funds", program, "", *money, *common, "资助", where)
            )
        elif start < 0.3:
            other = f"body-{_spread(chance, bodies)}"
            other = other if other != body else f"body-{(int(body[5:]) + 1) % bodies}"
            yield _id(number), body, "partnersWith", other, program, "", "", "", "", "", *common, "合作", where
        else:
            yield _id(number), body, chance.choice(ROLES), program, "", "", "", "", "", "", *common, "参加", where


def _spread(chance: random.Random, count: int) -> int:
    """Return a number below ``count``, most of them evenly, some often."""
    return _zipf(chance, count) if chance.random() < 0.2 else chance.randrange(count)


def _id(number: int) -> str:
    """Return an id of consonants, which no spreadsheet takes for a figure or a date."""
    letters = "bcdfghjklmnpqrstvwxz"
    text = ""
    for _ in range(6):
        number, rest = divmod(number, len(letters))
        text += letters[rest]
    return text


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--hub"]
    generate(Path(words[0]), int(words[1]) if len(words) > 1 else 1_000_000 // TRIPLES_A_STATEMENT, hub="--hub" in sys.argv)
