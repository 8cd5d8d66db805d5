"""Makes a workspace of any size: who works with whom and who funds what, heavy-tailed as real networks are, the same at every run.

    .venv/bin/python bench/generate.py DIR [STATEMENTS] [--hub]

Bodies join programs with a chance that grows with what they already do (a Zipf law), so that a few take part in very much and most in
little. Half of the statements is participation, a fifth funding with amounts, dates and bases, a tenth said partnership; the rest is
what programs do for groups and achieve, hierarchy, membership, posts and awards, so that every saved question has an answer. Evidence is
the row of a table (``locator``), a source every 2,000 statements. With ``--hub`` one body is the subject of
a third of all statements and more. The tables have the columns of the design; the vocabulary is the package's.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

OF_SOURCE = 2_000
TRIPLES_A_STATEMENT = 34
ORGANIZATIONS = ("RedCrossSociety", "GovernmentBody", "Foundation", "SocialOrganization", "Enterprise", "Hospital", "MassOrganization", "MediaOrganization")
ROLES = ("implements", "supports", "coOrganizes", "initiates", "leads", "takesPartIn", "coordinates")
BASES = ("given", "disbursed", "invested", "pledged", "given|raised")
# What a statement says, how many of a hundred, and the words of the row.
KINDS = {"part": 50, "fund": 20, "partner": 10, "benefit": 5, "result": 4, "above": 3, "member": 2, "post": 2, "award": 2, "issue": 2}
SHARES = tuple(accumulate(KINDS.values()))
WORDS = dict(zip(KINDS, ("参加", "资助", "合作", "惠及", "成果", "隶属", "加入", "任职", "获奖", "印发"), strict=True))
HEADER = (
    "id,subject,predicate,object,program,amount,currency,amount_qualifier,support,basis,indicator,value,value_qualifier,unit,"
    "since,until,date_text,place,status,certainty,awarded_by,position,wording,locator"
)
SETTINGS = """base = "https://example.org/generated/"
licence = "https://creativecommons.org/licenses/by/4.0/"
version = "1.0.0"

[title]
zh = "生成的图"
en = "A generated graph"
"""
Row = Mapping[str, object]


@dataclass(frozen=True)
class World:
    """How many of each sort of entity there are, and whether one body is in a third of all statements."""

    bodies: int
    programs: int
    places: int
    groups: int
    people: int
    awards: int
    policies: int
    hub: bool = field(default=False, kw_only=True)


def world(statements: int) -> World:
    """Return the entities for so many statements."""
    sizes = [max(least, statements // per) for least, per in ((20, 8), (10, 12), (5, 500), (5, 100), (5, 60), (5, 2_000), (5, 80))]
    return World(*sizes)


def generate(folder: Path, statements: int, *, hub: bool = False) -> None:
    """Write a workspace with so many statements into a folder that does not exist yet."""
    chance, made = random.Random(2018), replace(world(statements), hub=hub)
    graph = folder / "graph"
    (graph / "statements").mkdir(parents=True)
    (graph / "graph.toml").write_text(SETTINGS, encoding="utf-8")
    sources = [f"table-{number}" for number in range((statements + OF_SOURCE - 1) // OF_SOURCE)]
    _write(graph / "sources.csv", "id,title,author,publisher,date,language,url,archived,file,sha256,note", _sources(sources))
    _write(graph / "entities.csv", "id,type,name_zh,name_en,collective,count,count_qualifier,place,same_as,note", _entities(chance, made))
    _write(graph / "names.csv", "entity,name,language,kind,source,begin,stop,since,until", _names(chance, made.bodies))
    _write(graph / "evidence.csv", "statement,part,begin,stop,digest", ())
    _write(graph / "outline.csv", "source,paragraph,sentence,begin,stop", ())
    for number, source in enumerate(sources):
        first = number * OF_SOURCE
        rows = _statements(chance, first, min(OF_SOURCE, statements - first), made)
        _write(graph / "statements" / f"{source}.csv", HEADER, ([row.get(name, "") for name in HEADER.split(",")] for row in rows))


def _write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _sources(sources: Iterable[str]) -> Iterator[Sequence[object]]:
    for number, source in enumerate(sources):
        yield source, f"第{number}号登记表", "", "生成的出版者", f"{2000 + number % 25}-12-31", "zh", f"https://example.org/{source}", "", "", "", ""


def _entities(chance: random.Random, made: World) -> Iterator[Sequence[object]]:
    for number in range(made.places):
        yield _entity("place", "Place", number, "地", "Place", f"place-{(number - 1) // 8}" if number else "")
    for number in range(made.bodies):
        yield _entity("body", chance.choice(ORGANIZATIONS), number, "号组织", "Organization", f"place-{_zipf(chance, made.places)}")
    for word, kind, count, zh in (
        ("program", "Program", made.programs, "号项目"),
        ("group", "BeneficiaryGroup", made.groups, "号群体"),
        ("person", "Person", made.people, "号人士"),
        ("award", "Award", made.awards, "号奖项"),
        ("policy", "Policy", made.policies, "号文件"),
    ):
        for number in range(count):
            yield _entity(word, kind, number, zh, word.title())


def _entity(word: str, kind: str, number: int, zh: str, en: str, place: str = "") -> Sequence[object]:
    return f"{word}-{number}", kind, f"第{number}{zh}", f"{en} {number}", "", "", "", place, "", ""


def _names(chance: random.Random, bodies: int) -> Iterator[Sequence[object]]:
    for number in range(bodies):
        yield f"body-{number}", f"{number}号会", "zh", "abbreviation", "", "", "", "", ""
        if chance.random() < 0.5:
            yield f"body-{number}", f"Org. {number}", "en", "alias", "", "", "", "", ""


def _zipf(chance: random.Random, count: int) -> int:
    """Return a number below ``count``; number k comes up about as often as 1/(k + 1)."""
    return min(count - 1, int(count ** chance.random()) - 1)


def _spread(chance: random.Random, count: int) -> int:
    """Return a number below ``count``, most of them evenly, some often."""
    return _zipf(chance, count) if chance.random() < 0.2 else chance.randrange(count)


def _statements(chance: random.Random, first: int, count: int, made: World) -> Iterator[Row]:
    for number in range(first, first + count):
        kind = chance.choices(tuple(KINDS), cum_weights=SHARES)[0]
        common = {
            "id": _id(number),
            "wording": WORDS[kind],
            "locator": f"row={number - first + 1}",
            "certainty": "inferred" if chance.random() < 0.1 else "explicit",
        }
        yield {**common, **_dated(chance, made), **_said(chance, kind, made)}


def _dated(chance: random.Random, made: World) -> Row:
    """Return when and where a statement holds."""
    year = 2000 + _zipf(chance, 25)
    place = f"place-{_zipf(chance, made.places)}" if chance.random() < 0.3 else ""
    return {"since": year, "until": year, "date_text": f"{year}年", "place": place, "status": chance.choice(("done", "done", "ongoing", "", "planned"))}


def _said(chance: random.Random, kind: str, made: World) -> Row:
    """Return who does what: the cells that depend on the kind of statement."""
    number = 0 if made.hub and chance.random() < 1 / 3 else _zipf(chance, made.bodies)
    program = f"program-{_spread(chance, made.programs)}"
    return {"subject": f"body-{number}", **SAID[kind](chance, number, program, made)}


def _part(chance: random.Random, _: int, program: str, __: World) -> Row:
    return {"predicate": chance.choice(ROLES), "object": program}


def _fund(chance: random.Random, number: int, program: str, made: World) -> Row:
    target = {"predicate": "funds", "object": program} if chance.random() < 0.5 else {"predicate": "donatesTo", "object": _other(chance, number, made)}
    return {**target, **_money(chance)}


def _partner(chance: random.Random, number: int, program: str, made: World) -> Row:
    return {"predicate": "partnersWith", "object": _other(chance, number, made), "program": program}


def _benefit(chance: random.Random, _: int, program: str, made: World) -> Row:
    return {"predicate": "benefits", "object": f"group-{_spread(chance, made.groups)}", "program": program}


def _result(chance: random.Random, _: int, program: str, __: World) -> Row:
    served = {"indicator": "服务人次|people served", "value": chance.randrange(10, 10_000), "value_qualifier": "about", "unit": "人次|person-times"}
    return {"predicate": "achieves", "program": program, **served, **(_money(chance) if chance.random() < 0.5 else {})}


def _above(chance: random.Random, number: int, _: str, made: World) -> Row:
    if number and chance.random() < 0.5:
        timeless = dict.fromkeys(("since", "until", "date_text", "place", "status"), "")
        return {"predicate": "partOf", "object": f"body-{chance.randrange(number)}", **timeless}
    return {"predicate": "supervises", "object": _other(chance, number, made)}


def _member(chance: random.Random, number: int, _: str, made: World) -> Row:
    return {"predicate": "memberOf", "object": _other(chance, number, made)}


def _post(chance: random.Random, number: int, _: str, made: World) -> Row:
    return {"subject": f"person-{_spread(chance, made.people)}", "predicate": "holdsPost", "object": f"body-{number}", "position": "书记|secretary"}


def _award(chance: random.Random, number: int, _: str, made: World) -> Row:
    return {"predicate": "receivesAward", "object": f"award-{_zipf(chance, made.awards)}", "awarded_by": _other(chance, number, made)}


def _issue(chance: random.Random, _: int, __: str, made: World) -> Row:
    return {"predicate": "issues", "object": f"policy-{_spread(chance, made.policies)}"}


def _other(chance: random.Random, number: int, made: World) -> str:
    """Return a body that is not the one of that number."""
    other = _spread(chance, made.bodies)
    return f"body-{other if other != number else (number + 1) % made.bodies}"


def _money(chance: random.Random) -> Row:
    return {
        "amount": int(10 ** (3 + 5 * chance.random())),
        "currency": "CNY",
        "amount_qualifier": chance.choice(("", "over", "about")),
        "support": chance.choice(("cash", "in_kind")),
        "basis": chance.choice(BASES),
    }


SAID: Mapping[str, Callable[[random.Random, int, str, World], Row]] = {
    "part": _part,
    "fund": _fund,
    "partner": _partner,
    "benefit": _benefit,
    "result": _result,
    "above": _above,
    "member": _member,
    "post": _post,
    "award": _award,
    "issue": _issue,
}


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
