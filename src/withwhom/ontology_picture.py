"""The pictures of a vocabulary's documentation, as SVG: the tree of classes, how a statement is built, and the three kinds of edges.

Colours other than those of classes come from the page's style, so that they follow light and dark; every text stands in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from withwhom.ontology import Labels
from withwhom.ontology_terms import Glossary, Term
from withwhom.ontology_use import Use
from withwhom.svg import SYMBOLS, tag
from withwhom.vocab import WW
from withwhom.words import LANGUAGES
from withwhom.wrapping import cut

# The tree: height of a row, how far a row stands in from the one above, size of a symbol and of type, width of a column.
ROW, INDENT, SYMBOL, TYPE, WIDE = 27, 21, 6.5, 14, 340
COLUMNS = 2
Words = Mapping[str, Labels]


def written(texts: Labels, x: float, y: float, style: str = "", *, most: float = 0, tail: str = "") -> str:
    """Return a text in both languages at one place; the page shows that of its language.

    Args:
        texts: by language.
        x: where it begins, or its middle, as the style says.
        y: its base line.
        style: classes of the page's style.
        most: how wide it may be, 0 for any width.
        tail: what stands behind it, dimmer.
    """
    made = []
    for language in LANGUAGES:
        text = texts.get(language) or next(iter(texts.values()), "")
        shown = cut(text, TYPE, most) if most else text
        behind = tag("tspan", {"class": "dim", "dx": 7}, escape(tail)) if tail else ""
        made.append(tag("text", {"x": x, "y": y, "class": f"{language} {style}".strip(), "lang": language}, escape(shown), behind))
    return "".join(made)


def svg(width: float, height: float, name: str, *children: str, role: str = "img") -> str:
    """Return a drawing that is named by the element of id ``name``."""
    return tag("svg", {"viewBox": f"0 0 {width:g} {height:g}", "width": width, "height": height, "role": role, "aria-labelledby": name}, *children)


def symbol(kind: str, colour: str, x: float, y: float, radius: float) -> str:
    """Return the symbol of a class as the network page draws it."""
    corners = SYMBOLS.get(kind)
    if not corners:
        return tag("circle", {"cx": x, "cy": y, "r": radius, "fill": colour})
    return tag("polygon", {"points": " ".join(f"{x + a * radius:.1f},{y + b * radius:.1f}" for a, b in corners), "fill": colour})


@dataclass(frozen=True)
class Branch:
    """A class in the tree, with those below it."""

    term: Term
    below: Sequence[Branch]

    @property
    def size(self) -> int:
        """How many rows it takes."""
        return 1 + sum(branch.size for branch in self.below)


def branch(glossary: Glossary, iri: str, seen: frozenset[str] = frozenset()) -> Branch:
    """Return a class with all below it; a class under several stands under each, a circle ends where it closes."""
    above = seen | {iri}
    narrower = [term for term in glossary.terms[iri].links.get("below", ()) if term in glossary.terms and term not in above]
    return Branch(glossary.terms[iri], [branch(glossary, term, above) for term in narrower])


def class_tree(glossary: Glossary, uses: Mapping[str, Use], name: str) -> list[str]:
    """Return the tree of classes in columns that stand beside or below each other, each with its number of entities.

    Args:
        glossary: the terms.
        uses: how often the graph uses each.
        name: id of the element that names the picture.
    """
    root = branch(glossary, str(WW.Entity))
    columns: list[list[Branch]] = [[] for _ in range(COLUMNS)]
    for below in sorted(root.below, key=lambda item: (-item.size, item.term.name)):
        min(columns, key=lambda column: sum(item.size for item in column)).append(below)
    return [_column(Branch(root.term, column), uses, name) for column in columns if column]


def _column(root: Branch, uses: Mapping[str, Use], name: str) -> str:
    lines: list[str] = []
    _rows(root, 0, 0, uses, lines)
    return svg(WIDE, root.size * ROW + 4, name, *lines, role="group")


def _rows(item: Branch, depth: int, row: int, uses: Mapping[str, Use], lines: list[str]) -> int:
    """Draw a class and those below it from a row on; return the row after them."""
    x, y = 12 + depth * INDENT, row * ROW + ROW / 2
    after = row + 1
    for below in item.below:
        lines.append(tag("path", {"d": f"M{x:g} {y + SYMBOL + 2:g}V{after * ROW + ROW / 2:g}h{INDENT - SYMBOL - 3:g}", "class": "twig"}))
        after = _rows(below, depth + 1, after, uses, lines)
    count = uses[item.term.iri].whole
    label = written(item.term.labels, x + 14, y + 5, "own" if item.term.own else "", most=WIDE - x - 70, tail=f"{count:,}")
    lines.append(tag("a", {"href": f"#{item.term.anchor}"}, symbol(item.term.symbol, item.term.colour, x, y, SYMBOL), label))
    return after


def tree_words(item: Branch, language: str) -> str:
    """Return the tree in words: each class, and in brackets those below it."""
    label = item.term.labels.get(language, item.term.name)
    if not item.below:
        return label
    listed = ("、" if language == "zh" else ", ").join(tree_words(below, language) for below in item.below)
    return f"{label}（{listed}）" if language == "zh" else f"{label} ({listed})"


def _box(x: float, y: float, width: float, height: float, *lines: tuple[Labels, str], style: str = "") -> str:
    middle = y + height / 2 + 5 - 10 * (len(lines) - 1)
    texts = (written(text, x + width / 2, middle + 20 * number, f"middle {kind}".strip()) for number, (text, kind) in enumerate(lines))
    return tag("rect", {"x": x, "y": y, "width": width, "height": height, "rx": 6, "class": f"box {style}".strip()}) + "".join(texts)


def _arrow(*points: tuple[float, float], style: str = "") -> str:
    """Return a line through some points with an arrowhead at the last, which is reached straight along an axis or aslant."""
    (ax, ay), (bx, by) = points[-2:]
    length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1)
    dx, dy = (bx - ax) / length, (by - ay) / length
    base = (bx - 9 * dx, by - 9 * dy)
    head = (points[-1], (base[0] - 4.5 * dy, base[1] + 4.5 * dx), (base[0] + 4.5 * dy, base[1] - 4.5 * dx))
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (*points[:-1], base))
    tip = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in head) + "Z"
    return tag("path", {"d": line, "class": f"line {style}".strip()}) + tag("path", {"d": tip, "class": f"head {style}".strip()})


def _same(text: str) -> Labels:
    return dict.fromkeys(LANGUAGES, text)


def statement_picture(glossary: Glossary, words: Words, name: str) -> str:
    """Return how a statement is built: the triple, its annotation node with qualifiers, the evidence and its source."""

    def label(term: str) -> Labels:
        return glossary.terms[term].labels

    node, second, third = (210, 160), 268, 360
    ends = (("subject", 92, "end"), ("predicate", 217, ""), ("object", 329, ""))
    parts = (
        _arrow((120, 42), (300, 42), style="said"),
        written(words["predicate-end"], 210, 33, "middle strong"),
        _arrow((140, 160), (70, 66)),
        _arrow(node, (210, 50)),
        _arrow((280, 160), (350, 66)),
        *(written(_same(f"rdf:{end}"), x, 112, f"small {side}".strip()) for end, x, side in ends),
        _box(10, 20, 110, 46, (words["subject-end"], "strong"), style="entity"),
        _box(300, 20, 110, 46, (words["object-end"], "strong"), style="entity"),
        _arrow((150, 212), (75, second)),
        _arrow((210, 212), (210, second)),
        _arrow((270, 212), (345, second)),
        written(label(str(WW.evidence)), 322, 240, "small"),
        _box(105, 160, 210, 52, (words["statement-node"], "strong"), (words["relation-class"], "small"), style="node"),
        _box(5, second, 130, 52, (label(str(WW.Qualifier)), "strong"), (words["qualifiers-such"], "small")),
        _box(145, second, 130, 52, (words["certainty-box"], "strong"), (words["certainty-such"], "small")),
        _box(285, second, 130, 52, (label(str(WW.Passage)), "strong"), (words["passage-such"], "small")),
        _arrow((350, second + 52), (350, third)),
        written(label(str(WW.source)), 358, 344, "small"),
        _box(285, third, 130, 52, (label(str(WW.Source)), "strong"), (words["source-such"], "small")),
    )
    return svg(420, 416, name, *parts)


def edge_kinds(glossary: Glossary, words: Words, names: Sequence[str]) -> list[str]:
    """Return three small pictures: an edge that is said, one that its reader inferred, one that a rule derived."""
    return [svg(250, 170, name, *_edge(glossary, words, kind)) for kind, name in zip(("said", "inferred", "derived"), names, strict=True)]


def _edge(glossary: Glossary, words: Words, kind: str) -> Iterator[str]:
    yield _arrow((48, 30), (202, 30), style={"inferred": "said"}.get(kind, kind))
    if kind == "inferred":
        yield tag("circle", {"cx": 125, "cy": 30, "r": 6, "class": "ring"})
    for x, text in ((30, "A"), (220, "B")):
        yield tag("circle", {"cx": x, "cy": 30, "r": 16, "class": "box entity"}) + tag("text", {"x": x, "y": 35, "class": "middle strong"}, text)
    if kind == "derived":
        yield _box(65, 66, 120, 30, (glossary.terms[str(WW.Derivation)].labels, ""), style="node")
        yield _arrow((100, 96), (62, 132)) + _arrow((150, 96), (188, 132))
        yield from (_box(x, 132, 104, 30, (words["statement-node"], "")) for x in (10, 136))
        yield written(glossary.terms[str(WW.derivedFrom)].labels, 125, 122, "middle small")
    else:
        yield _box(65, 66, 120, 30, (words["statement-node"], ""), style="node")
        yield _arrow((125, 96), (125, 132))
        yield _box(55, 132, 140, 30, (glossary.terms[str(WW.Passage)].labels, ""))
        yield written(glossary.terms[str(WW.evidence)].labels, 133, 119, "small")
    yield tag("path", {"d": "M125 66V40" if kind != "inferred" else "M125 66V46", "class": "line thin"})
