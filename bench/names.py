"""Search a million names beside peers, in one run: ``python bench/names.py [NAMES]``.

Makes names of organizations as they are in China, the same at every run: many thousands of places, a few of which have very many
bodies; endings such as 红十字会 and 基金会 in a tenth of all; each body with a Chinese and an English name, half with a short one, and
a few short ones that hundreds of bodies share. Prints what the index costs beside SQLite's own full-text index (FTS5, trigrams) and a
plain table of the same names; then how long searches take, of each kind of query, with the file not yet in memory (cold) and right
after (warm), each with a connection of its own; and how often the body that was meant is among the first ten. The peer of a search
is ``rapidfuzz.process.extract`` over all names in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from opencc import OpenCC
from rapidfuzz import fuzz, process

from withwhom.name_forms import romanized
from withwhom.names import NameIndex
from withwhom.names_build import write_index
from withwhom.ontology import read_ontology
from withwhom.records import Entity, Name, Place
from withwhom.workspace import shipped

NOWHERE = Place("", 0, {})
PROVINCES = "北京市 天津市 河北省 山西省 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 海南省 重庆市 四川省 贵州省 云南省 陕西省 甘肃省 青海省"
OF_PLACES = "安平州阳山江水河城海南北东西中新长宁华清林云龙泉石金永兴昌武文德太和定远丰通原福明古桥川"
OF_NAMES = "爱德仁善心慈惠民康健同济天地光明希望春雨阳晨星莲池友邻众益和谐正大公义诚信博文思源青年绿色家园手拉童之梦想蓝萤火虫"
ENDINGS = {
    "红十字会": "Red Cross Society",
    "慈善基金会": "Charity Foundation",
    "公益基金会": "Public Welfare Foundation",
    "教育发展基金会": "Education Development Foundation",
    "志愿者协会": "Volunteers Association",
    "社会工作服务中心": "Social Work Service Center",
    "卫生健康委员会": "Health Commission",
    "民政局": "Civil Affairs Bureau",
    "人民医院": "People's Hospital",
    "科技有限公司": "Technology Co., Ltd.",
    "实业集团股份有限公司": "Industrial Group Co., Ltd.",
    "养老服务中心": "Elderly Care Center",
    "青少年发展促进会": "Youth Development Promotion Association",
    "救援队": "Rescue Team",
    "残疾人联合会": "Disabled Persons' Federation",
}
KINDS = ("SocialOrganization", "RedCrossSociety", "Foundation", "GovernmentBody", "Hospital", "Enterprise", "Program")
SHORT = {"红十字会": "红会", "卫生健康委员会": "卫健委", "慈善基金会": "慈善会", "志愿者协会": "志协", "残疾人联合会": "残联"}
SHARED = ("红十字会", "市红十字会", "县红十字会", "Red Cross", "爱心协会")
COMMON = ("红十字会", "基金会", "中心", "有限公司", "志愿者", "北京市", "Red Cross", "Foundation", "Society", "hongshizihui", "jijinhui", "Co., Ltd.")
QUERIES, OF_PEER, FIRST = 60, 2, 10


@dataclass(frozen=True)
class Body:
    """A body that was made up."""

    id: str
    zh: str
    en: str
    kind: str
    short: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """Bodies as the index takes them: walked, never held."""

    file: Path

    @property
    def entities(self) -> Iterator[Entity]:
        return (Entity(NOWHERE, body.id, body.kind, body.zh, body.en, "", "", "", "", "", "") for body in read_bodies(self.file))

    @property
    def names(self) -> Iterator[Name]:
        for body in read_bodies(self.file):
            for name in body.short:
                yield Name(NOWHERE, body.id, name, "zh", "abbreviation", "", "", "", "", "")


def read_bodies(file: Path) -> Iterator[Body]:
    """Yield the bodies that were written to a file."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            identifier, zh, en, kind, *short = line.rstrip("\n").split("\t")
            yield Body(identifier, zh, en, kind, tuple(short))


def read_names(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each name and the body that has it."""
    return ((name, body.id) for body in read_bodies(file) for name in (body.zh, body.en, *body.short))


def bodies(count: int) -> Iterator[Body]:
    """Yield bodies with so many names, the same at every call."""
    chance, names, number = random.Random(2018), 0, 0
    places, spelt = list(_places(chance)), {character: romanized(character) for character in OF_NAMES}
    while names < count:
        place, place_en = places[min(len(places) - 1, int(len(places) ** chance.random()) - 1)]
        brand = "".join(chance.choices(OF_NAMES, k=chance.choice((2, 2, 3, 4)))) if chance.random() < 0.9 else ""
        ending = list(ENDINGS)[min(len(ENDINGS) - 1, int(len(ENDINGS) ** (chance.random() * 1.1)) - 1)]
        pinyin = "".join(spelt[character] for character in brand).capitalize()
        zh, en = place + brand + ending, " ".join(filter(None, (place_en, pinyin, ENDINGS[ending])))
        short = (place[:-1] + brand + SHORT[ending],) if ending in SHORT and chance.random() < 0.5 else ()
        short += (chance.choice(SHARED),) if chance.random() < 0.01 else (brand + ending,) if brand and chance.random() < 0.2 else ()
        yield Body(f"body-{number}", zh, en, KINDS[number % 7], short)
        names, number = names + 2 + len(short), number + 1


def _places(chance: random.Random) -> Iterator[tuple[str, str]]:
    for province in PROVINCES.split():
        yield province, romanized(province[:-1]).capitalize()
    for _ in range(8_000):
        name, kind = "".join(chance.sample(OF_PLACES, 2)), chance.choice("县区市")
        province = chance.choice(PROVINCES.split()) if chance.random() < 0.4 else ""
        yield province + name + kind, romanized(name).capitalize() + {"县": " County", "区": " District", "市": " Municipal"}[kind]


def index_of_ours(path: Path, file: Path) -> None:
    """Write the index of the project."""
    write_index(path, Made(file), read_ontology(shipped()))


def index_of_fts5(path: Path, file: Path) -> None:
    """Write SQLite's full-text index of the same names, in groups of three characters."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE VIRTUAL TABLE piece USING fts5 (name, tokenize = 'trigram')")
        connection.executemany("INSERT INTO piece VALUES (?)", ((name,) for name, _ in read_names(file)))


def index_of_rows(path: Path, file: Path) -> None:
    """Write the same names as plain rows with an index on the name: the least that any search needs."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE name (name TEXT, entity TEXT)")
        connection.executemany("INSERT INTO name VALUES (?, ?)", read_names(file))
        connection.execute("CREATE INDEX name_name ON name (name)")


def cost(make: Callable[[Path, Path], None], path: Path, file: Path) -> tuple[float, float, float, float]:
    """Return seconds, those of the processor, size in MB and peak memory in MB of a process of its own that makes an index."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_cost, (make, path, file))


def _cost(make: Callable[[Path, Path], None], path: Path, file: Path) -> tuple[float, float, float, float]:
    start = time.perf_counter()
    make(path, file)
    return time.perf_counter() - start, time.process_time(), path.stat().st_size / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def queries(file: Path) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return queries by kind, each with the body that is meant ("" where any may be)."""
    chance, traditional = random.Random(2019), OpenCC("s2t")
    some = chance.sample([body for body in read_bodies(file) if len(body.zh) > 8], QUERIES)
    made: dict[str, Callable[[Body], str]] = {
        "id": lambda body: body.id,
        "name": lambda body: body.zh,
        "normal form": lambda body: " ".join(body.zh),
        "abbreviation": lambda body: body.short[0] if body.short else body.zh.replace("市", "").replace("县", ""),
        "Traditional": lambda body: str(traditional.convert(body.zh)),
        "pinyin": lambda body: romanized(body.zh),
        "English": lambda body: body.en.upper(),
        "typo, Chinese": lambda body: _wrong(body.zh, chance, OF_NAMES),
        "typo, English": lambda body: _wrong(body.en, chance, "aeiounst"),
        "typo, pinyin": lambda body: _wrong(romanized(body.zh), chance, "aeiounst"),
        "character left out": lambda body: body.zh[:3] + body.zh[4:],
        "part of a name": lambda body: body.zh[2:8],
        "not there": lambda body: "".join(chance.choices("饕餮魑魅魍魉龘靐齉爨", k=6)) + body.zh[-2:],
    }
    found = {kind: [(write(body), "" if kind == "not there" else body.id) for body in some] for kind, write in made.items()}
    found["very common word"] = [(word, "") for word in COMMON]
    found["shared short name"] = [(word, "") for word in SHARED]
    found["single character"] = [(character, "") for character in "红会爱山1a"]
    return found


def _wrong(text: str, chance: random.Random, letters: str) -> str:
    place = chance.randrange(1, len(text) - 1)
    return text[:place] + chance.choice(letters) + text[place + 1 :]


def forget(path: Path) -> None:
    """Ask the system to drop the file from memory."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def found_in(index: NameIndex, text: str) -> tuple[float, float, list[str]]:
    """Return milliseconds of a search, those of the processor, and what it finds."""
    start, worked = time.perf_counter(), time.process_time()
    matches = index.find(text, limit=FIRST)
    return (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000, [match.entity for match in matches]


def percentile(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def main() -> None:
    """Print both tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        file, ours, peer = (Path(folder) / name for name in ("bodies.tsv", "ours.sqlite", "peer.sqlite"))
        with file.open("w", encoding="utf-8") as made:
            made.writelines("\t".join((body.id, body.zh, body.en, body.kind, *body.short)) + "\n" for body in bodies(count))
        for name, make in (("plain rows", index_of_rows), ("FTS5 trigrams", index_of_fts5), ("this index", index_of_ours)):
            seconds, worked, size, peak = cost(make, ours if make is index_of_ours else peer, file)
            print(f"{name:<20}{seconds:8.1f} s{worked:8.1f} s of the processor{size:9.1f} MB{peak:9.0f} MB of memory", flush=True)
            peer.unlink(missing_ok=True)
        _searches(NameIndex(ours), file)


def _searches(index: NameIndex, file: Path) -> None:
    names = list(read_names(file))
    written = [name for name, _ in names]
    every: list[tuple[float, float]] = []
    print(f"{'query':<20}{'cold':>9}{'95 %':>9}{'warm':>9}{'95 %':>9} ms{'in ten':>9}{'rapidfuzz':>12} ms{'in ten':>9}")
    index.find("红十字会")
    for kind, asked in queries(file).items():
        cold, warm, hits, slow, peer_hits = [], [], 0, [], 0
        for text, meant in asked:
            forget(index.path)
            cold.append(found_in(index, text)[0])
            milliseconds, worked, entities = found_in(index, text)
            every.append((milliseconds, worked))
            warm.append(milliseconds)
            hits += meant in entities
        for text, meant in asked[:OF_PEER]:
            start = time.perf_counter()
            best = process.extract(text, written, scorer=fuzz.ratio, limit=FIRST)
            slow.append((time.perf_counter() - start) * 1000)
            peer_hits += meant in {names[place][1] for _, _, place in best}
        right = (f"{hits}/{len(asked)}", f"{peer_hits}/{len(slow)}") if asked[0][1] else ("", "")
        figures = (statistics.median(cold), percentile(cold), statistics.median(warm), percentile(warm))
        print(f"{kind:<20}{''.join(f'{value:9.1f}' for value in figures)}   {right[0]:>9}{statistics.median(slow):12.0f}   {right[1]:>9}", flush=True)
    for name, values in zip(("by the clock", "of the processor"), zip(*every, strict=True), strict=True):
        print(f"all, warm, {name}: median {statistics.median(values):.1f} ms, 95th percentile {percentile(values):.1f} ms")


if __name__ == "__main__":
    main()
