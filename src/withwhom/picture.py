"""A picture for print: a view of the network as SVG on A4 landscape, with legend, caption and numbered edges.

Edges look as they look on the page, and their numbers are those of the evidence list (:mod:`withwhom.evidence_list`). What stands
where is a scene (:mod:`withwhom.scene`); words find room on it (:mod:`withwhom.labels`), and it is drawn (:mod:`withwhom.svg`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from html import escape

from withwhom.evidence_list import Shown, caption, evidence_csv, evidence_html, plain, say, shown_edges
from withwhom.labels import place_labels
from withwhom.legend import write_column
from withwhom.network import Network
from withwhom.scene import Scene, set_scene
from withwhom.sheet import FONTS, HEIGHT, INK, PAPER, WIDTH
from withwhom.svg import draw_body, draw_edge, draw_words, group, tag
from withwhom.ties import BY_RULE, SAID

__all__ = ["Picture", "evidence_csv", "evidence_html", "picture"]


@dataclass(frozen=True)
class Picture(Shown):
    """A picture: its SVG, and what it shows (:class:`withwhom.evidence_list.Shown`), the edges by number."""

    svg: str


def picture(network: Network, *, view: str = "ties", language: str = "zh", kinds: Collection[str] = (SAID, BY_RULE), money: str = "") -> Picture:
    """Return a view of the network as a picture for print.

    Args:
        network: the graph.
        view: ``ties``, ``programs`` or ``money``; each shows what the page shows when it opens. Where the page folds communities
            of a large view into one mark each, the picture draws every body.
        language: of its words, ``zh`` or ``en``.
        kinds: which kinds of tie the view of ties shows (:data:`withwhom.ties.KINDS`).
        money: which kind of money the view of money shows, as currency, form and basis (``CNY cash given``); where it is empty or
            not in the graph, the most frequent.

    Returns:
        SVG 1.1 without scripts and addresses; the same graph gives the same bytes. Names that find no room are left out, as are
        numbers, and the caption says how many; every mark and line still has its title.
    """
    shown = shown_edges(network, view=view, kinds=kinds, money=money)
    scene = set_scene(network, shown, language)
    return Picture(**{part.name: getattr(shown, part.name) for part in fields(shown)}, svg=_svg(scene))


def _svg(scene: Scene) -> str:
    words = place_labels(scene)
    shown, language, about = scene.shown, "zh" if scene.language == "zh" else "en", caption(scene.network, scene.shown, scene.language)
    placed = sum(label.kind == "number" for label in words)
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "version": "1.1",
        "width": "297mm",
        "height": "210mm",
        "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
        "lang": language,
        "xml:lang": language,
        "role": "img",
        "aria-labelledby": "title desc",
        "font-family": FONTS[language],
    }
    parts = (
        tag("title", {"id": "title"}, escape(f"{plain(scene.network.about[scene.language])} · {say(f'view-{shown.view}', language)}")),
        tag("desc", {"id": "desc"}, escape("\n".join(about))),
        tag("rect", {"width": WIDTH, "height": HEIGHT, "fill": PAPER}),
        group("communities", (tag("circle", {"cx": at.x, "cy": at.y, "r": radius}) for _, _, at, radius in scene.discs), fill=INK, fill_opacity=0.045),
        group("edges", (draw_edge(scene, curve) for curve in reversed(scene.curves)), fill="none"),
        group("bodies", (draw_body(scene, mark) for mark in sorted(scene.marks.values(), key=lambda mark: (-mark.radius, mark.body.id)))),
        draw_words(words),
        write_column(scene, len(scene.curves) - placed),
    )
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tag("svg", attributes, "\n", *(f"{part}\n" for part in parts))
