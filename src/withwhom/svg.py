"""SVG of a scene: its edges, bodies and words, every mark and line with its title."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from withwhom.curves import Curve, Mark, stroke_colour, stroke_dashes, stroke_width
from withwhom.evidence_list import NumberedEdge, kind_name, known, plain
from withwhom.labels import Label
from withwhom.scene import Scene
from withwhom.sheet import INK, PAPER, Point
from withwhom.ties import SAID, SAME_PROGRAM

# Corners of the symbols in a circle of radius 1; a dot has none.
SYMBOLS: Mapping[str, Sequence[tuple[float, float]]] = {
    "square": ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    "diamond": ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),
    "triangle": ((0, -1.15), (1.1, 0.8), (-1.1, 0.8)),
    "triangleDown": ((0, 1.15), (1.1, -0.8), (-1.1, -0.8)),
    "hexagon": ((0.55, -0.95), (1.1, 0), (0.55, 0.95), (-0.55, 0.95), (-1.1, 0), (-0.55, -0.95)),
    "star": tuple((1.2 * (1, 0.45)[n % 2] * math.sin(n * math.pi / 5), -1.2 * (1, 0.45)[n % 2] * math.cos(n * math.pi / 5)) for n in range(10)),
}


def tag(name: str, attributes: Mapping[str, object], *children: str) -> str:
    """Return an element; children are elements or escaped text."""
    told = "".join(
        f' {key}="{escape(f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{told}>{''.join(children)}</{name}>" if children else f"<{name}{told}/>"


def group(name: str, children: Iterable[str], **attributes: object) -> str:
    """Return a group, an element a line."""
    return tag("g", {"class": name, **{key.replace("_", "-"): value for key, value in attributes.items()}}, "\n", *(f"{child}\n" for child in children))


def draw_edge(scene: Scene, curve: Curve) -> str:
    """Return an edge: its line, an arrowhead where it is directed, a ring in its middle where it is inferred."""
    edge, colour = curve.edge, stroke_colour(scene.network, curve.edge)
    width = max(0.5, stroke_width(edge) * scene.scale)
    tip, head = _arrow(curve, scene.marks[edge.end].radius, 2.2 * width + 4 * scene.scale) if edge.directed else (curve, "")
    return tag(
        "g",
        {"id": f"edge-{edge.number}", "class": f"edge {edge.kind.replace(' ', '-')}"},
        tag("title", {}, escape(_edge_title(scene, edge))),
        _line(tip, colour, width, scene.scale),
        tag("path", {"d": head, "fill": colour}) if head else "",
        _ring(curve.point(0.5), colour, scene.scale) if edge.certainty == "inferred" else "",
    )


def _line(curve: Curve, colour: str, width: float, scale: float) -> str:
    style = {"stroke": colour, "stroke-width": width, "stroke-opacity": 0.7 if curve.edge.kind == SAME_PROGRAM else 0.85}
    dashes = " ".join(f"{dash * max(scale, 0.5):.2f}" for dash in stroke_dashes(curve.edge))
    return tag("path", {"d": _path(curve), **style, **({"stroke-dasharray": dashes} if dashes else {})})


def _ring(at: Point, colour: str, scale: float) -> str:
    return tag("circle", {"class": "inferred", "cx": at.x, "cy": at.y, "r": 3.6 * scale, "fill": PAPER, "stroke": colour, "stroke-width": 1.5 * scale})


def _edge_title(scene: Scene, edge: NumberedEdge) -> str:
    """Return what an edge is, in words: number, ends, kind, and whether it is inferred or planned."""
    named, language = scene.named, scene.language
    ends = f"{plain(named[edge.start], 200)} {'→' if edge.directed else '—'} {plain(named[edge.end], 200)}"
    kind = kind_name(scene.network, edge, language)
    rests = known(scene.network, "inferred", language) if edge.certainty == "inferred" and edge.kind != SAID else ""
    return " · ".join(filter(None, (f"{edge.number}", ends, kind, rests, known(scene.network, edge.status, language) if edge.status else "")))


def _path(curve: Curve) -> str:
    (x, y), (cx, cy), (ex, ey) = curve.start, curve.control, curve.end
    return f"M{x:.1f} {y:.1f}Q{cx:.1f} {cy:.1f} {ex:.1f} {ey:.1f}"


def _arrow(curve: Curve, radius: float, length: float) -> tuple[Curve, str]:
    """Return a curve cut short at the mark that it leads to, and the path of the arrowhead there."""
    parts = [1 - step / 200 for step in range(200)]
    tip = curve.point(next((part for part in parts if math.dist(curve.point(part), curve.end) >= radius + 1), 0.5))
    base = next((part for part in parts if math.dist(curve.point(part), curve.end) >= radius + 1 + length), 0.4)
    back = curve.point(base)
    across = Point((tip.y - back.y) * 0.42, (back.x - tip.x) * 0.42)
    corners = (tip, (back.x + across.x, back.y + across.y), (back.x - across.x, back.y - across.y))
    return curve.until(base), "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"


def draw_body(scene: Scene, mark: Mark) -> str:
    """Return the mark of a body under its name and class."""
    known_as = scene.network.classes[mark.body.type]
    title = f"{plain(scene.named[mark.body.id], 200)} · {known_as[scene.language]}"
    return tag("g", {"class": "body"}, tag("title", {}, escape(title)), draw_symbol(known_as, mark.at, mark.radius, collective=bool(mark.body.collective)))


def draw_symbol(known_as: Mapping[str, str], at: Point, radius: float, *, collective: bool = False) -> str:
    """Return the symbol of a class in its colour; a set of bodies has a dashed border."""
    width = max(0.6, min(1.2, radius * 0.12))
    style = {"fill": known_as["colour"], "stroke": INK if collective else PAPER, "stroke-width": width}
    style |= {"stroke-dasharray": f"{2.2 * width:.2f} {1.5 * width:.2f}"} if collective else {}
    corners = SYMBOLS.get(known_as["symbol"])
    if not corners:
        return tag("circle", {"cx": at.x, "cy": at.y, "r": radius, **style})
    return tag("polygon", {"points": " ".join(f"{at.x + x * radius:.1f},{at.y + y * radius:.1f}" for x, y in corners), **style})


def draw_words(labels: Sequence[Label]) -> str:
    """Return words on the ground, each over a halo of paper; numbers stand on a patch of it."""
    written = [label for label in labels if label.kind != "number"]
    numbers = [label for label in labels if label.kind == "number"]
    halo = {"fill": PAPER, "stroke": PAPER, "stroke_width": 2.4, "stroke_linejoin": "round", "stroke_opacity": 0.9, "aria_hidden": "true"}
    patches = (
        tag("rect", {"x": b.left, "y": b.top, "width": b.right - b.left, "height": b.bottom - b.top, "rx": 1.5}) for b in (label.box for label in numbers)
    )
    return "\n".join(
        (
            group("patches", patches, fill=PAPER, fill_opacity=0.92),
            group("numbers", map(_text, numbers), text_anchor="middle"),
            group("halos", map(_text, written), text_anchor="middle", **halo),
            group("words", map(_text, written), text_anchor="middle", fill=INK),
        )
    )


def _text(label: Label) -> str:
    """Return the lines of a label, one below the other, in the middle of its box."""
    leading = (label.box.bottom - label.box.top) / len(label.lines)
    x = {"start": label.box.left + 1.5, "middle": (label.box.left + label.box.right) / 2, "end": label.box.right - 1.5}[label.side]
    style = {"font-size": label.size, "font-weight": label.weight, **({} if label.colour == INK else {"fill": label.colour})}
    style |= {} if label.side == "middle" else {"text-anchor": label.side}
    lines = [({"x": x, "y": label.box.top + leading * (number + 0.5) + label.size * 0.355}, escape(line)) for number, line in enumerate(label.lines)]
    if len(lines) == 1:
        return tag("text", {**lines[0][0], **style}, lines[0][1])
    return tag("text", style, *(tag("tspan", place, line) for place, line in lines))
