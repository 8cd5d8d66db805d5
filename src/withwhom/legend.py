"""The column of words beside the picture: title, legend and caption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from withwhom.curves import COLOURS, PLANNED, RULED
from withwhom.evidence_list import MONEY, STATED, WORD_OF, caption, known, period, plain, say
from withwhom.scene import Scene
from withwhom.sheet import BOTTOM, DIM, INK, LEFT, LINE, PAPER, RIGHT, TOP, Point
from withwhom.svg import draw_symbol, group, tag
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM
from withwhom.wrapping import balanced, wrapped


@dataclass
class Column:
    """Words below each other: what is written, where the next line begins, and how large they are."""

    grow: float
    y: float = 0.0
    parts: list[str] = field(default_factory=list)

    def write(self, text: str, size: float, *, colour: str = INK, weight: int = 400, rows: int = 14, after: float = 0.0) -> None:
        """Write a paragraph."""
        size *= self.grow
        for line in (balanced if weight > 500 else wrapped)(text, size, RIGHT - LEFT, rows):
            self.y += size * 1.4
            self.parts.append(tag("text", {"x": LEFT, "y": self.y - size * 0.3, "font-size": size, "font-weight": weight, "fill": colour}, escape(line)))
        self.y += after

    def sign(self, sign: str, text: str, *, indent: float = 40.0) -> None:
        """Write a line of the legend: a sign, drawn around the middle of its line, and what it means."""
        size = 9 * self.grow
        self.parts.append(tag("g", {"transform": f"translate({LEFT:g} {self.y + size * 0.72:.1f})"}, sign))
        for line in wrapped(text, size, RIGHT - LEFT - indent, 2):
            self.y += size * 1.45
            self.parts.append(tag("text", {"x": LEFT + indent, "y": self.y - size * 0.4, "font-size": size, "fill": INK}, escape(line)))


def write_column(scene: Scene, cut: int) -> str:
    """Return title and legend above, the caption below, as large as they fit; ``cut`` numbers found no room on the ground."""
    for grow in (1.0, 0.92, 0.84, 0.76, 0.68, 0.6):
        head, foot = _head(scene, Column(grow)), _foot(scene, Column(grow), cut)
        if head.y + foot.y + 16 <= BOTTOM - TOP:
            break
    rule = {"d": f"M{LEFT:g} {BOTTOM - foot.y - 6:.1f}H{RIGHT:g}", "stroke": LINE, "stroke-width": 0.8}
    parts = (
        group("head", head.parts, transform=f"translate(0 {TOP - 12:g})"),
        group("foot", foot.parts, transform=f"translate(0 {BOTTOM - foot.y:.1f})"),
        tag("path", rule),
    )
    return "\n".join(parts)


def _head(scene: Scene, column: Column) -> Column:
    """Write title, view and legend."""
    column.write(plain(scene.network.about[scene.language], 300), 17.5, weight=700, rows=6, after=7)
    column.write(say(f"view-{scene.shown.view}", scene.language), 13, colour=DIM, weight=500, after=20)
    for sign, text in _lines_legend(scene):
        column.sign(sign, text)
    column.y += 9
    for sign, text in _classes_legend(scene):
        column.sign(sign, text, indent=18)
    return column


def _foot(scene: Scene, column: Column, cut: int) -> Column:
    """Write the caption: what is shown and hidden, what the numbers are, what silence means, version, years and sources."""
    network, language = scene.network, scene.language
    version = " · ".join(filter(None, (say("version", language, version=network.about["version"]), period(network))))
    note = say("numbers-cut", language, count=f"{cut:,}") if cut else say("numbers-note", language)
    money = say("money-note", language) if scene.shown.view == "money" else ""
    same = say("kinds-note", language) if any(edge.kind == SAME_PROGRAM for edge in scene.shown.edges) else ""
    _, *told, sources = caption(network, scene.shown, language)
    for text in filter(None, (*told, money, same, note, say("silence", language, count=len(network.sources)), version, sources)):
        column.write(text, 8, colour=DIM, after=3.5)
    return column


def _lines_legend(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield the signs of the lines that are shown, and what they mean."""
    edges, language = scene.shown.edges, scene.language
    for kind in (SAID, BY_RULE, SAME_PROGRAM, MONEY):
        if any(edge.kind == kind for edge in edges):
            width = {SAME_PROGRAM: 1.0, MONEY: 3.0}.get(kind, 2.0)
            yield _sample(COLOURS[kind], RULED if kind == BY_RULE else (), width, pointed=kind == MONEY), say(f"legend-{WORD_OF[kind]}", language)
    relations = Counter(scene.network.predicates[edge.predicate]["relation"] for edge in edges if edge.kind == STATED)
    for name, count in sorted(relations.items(), key=lambda item: (-item[1], item[0])):
        yield _sample(scene.network.relations[name]["colour"], (), 2.0, pointed=True), f"{scene.network.relations[name][language]} {count:,}"
    if any(edge.certainty == "inferred" for edge in edges):
        yield (
            _sample(DIM, (), 1.6) + tag("circle", {"cx": 15.0, "cy": 0.0, "r": 3.4, "fill": PAPER, "stroke": DIM, "stroke-width": 1.4}),
            known(scene.network, "inferred", language),
        )
    if any(edge.status == "planned" for edge in edges):
        yield _sample(DIM, PLANNED, 1.8), known(scene.network, "planned", language)


def _sample(colour: str, dashes: Sequence[float], width: float, *, pointed: bool = False) -> str:
    style = {"stroke": colour, "stroke-width": width, **({"stroke-dasharray": " ".join(f"{dash * 0.66:g}" for dash in dashes)} if dashes else {})}
    head = tag("path", {"d": "M30 0L23 -3.4V3.4Z", "fill": colour}) if pointed else ""
    return tag("path", {"d": f"M0 0H{24 if pointed else 30}", "fill": "none", **style}) + head


def _classes_legend(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield the symbols of the classes that are shown, the most frequent first, with their number."""
    found = Counter(mark.body.type for mark in scene.marks.values())
    for name, count in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        known_as = scene.network.classes[name]
        yield draw_symbol(known_as, Point(5, 0), 4.2), f"{known_as[scene.language]} {count:,}"
    if any(mark.body.collective for mark in scene.marks.values()):
        yield (
            tag("circle", {"cx": 5.0, "cy": 0.0, "r": 4.2, "fill": "none", "stroke": INK, "stroke-width": 0.9, "stroke-dasharray": "2 1.4"}),
            say("collective", scene.language),
        )
