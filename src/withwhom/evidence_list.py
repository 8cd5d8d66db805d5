"""Which edges a picture shows and under which numbers, and the evidence of each under the same number: as CSV and as HTML.

The numbers are those of the page, where nothing is filtered, marked or folded there: edges stand in the order of their keys.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from importlib.resources import files

from withwhom.compile import FACTUAL
from withwhom.copy_list import quote_in
from withwhom.network import Claim, Network
from withwhom.page import shown_at_first
from withwhom.spreadsheet import csv_text
from withwhom.ties import BY_RULE, SAID, SAME_PROGRAM, Tie, ties
from withwhom.totals import FUNDING

STATED, MONEY = "stated", "money"
VIEWS = ("ties", "programs", "money")
# The phases that the page shows when it opens, and all others that a statement may have.
SHOWN_PHASES = FACTUAL | {"planned"}
PHASES = SHOWN_PHASES | {"applied", "denied"}
# How the page's keys and words call the kinds of edges.
WORD_OF = {SAID: "said", BY_RULE: "rule", SAME_PROGRAM: "same", STATED: STATED, MONEY: MONEY}
COLUMNS = (
    *("number", "from", "to", "kind", "rule", "statement", "certainty", "status"),
    *("title", "author", "publisher", "date", "where", "wording", "quote", "url", "id"),
)
# What XML cannot hold (XML 1.0, section 2.2), and marks that turn the direction of everything after them (UAX 9, section 2).
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
STYLE = (
    "body{font:14px/1.5 'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif;margin:1.5rem;color:#1c2126}h1{font-size:1.3rem}"
    ":lang(en) body{font-family:'Source Sans 3','Helvetica Neue',Arial,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif}"
    "table{border-collapse:collapse;width:100%;font-size:.78rem}th,td{border-bottom:1px solid #ddd8cd;padding:.25rem .4rem;text-align:left;vertical-align:top}"
    "td:nth-child(5),td:nth-last-child(-n+2){overflow-wrap:anywhere;min-width:4em}thead{display:table-header-group}tr{break-inside:avoid}"
    "@page{size:A4 landscape;margin:10mm}@media print{body{margin:0;font-size:8pt}table{font-size:6pt}th,td{padding:.12rem .2rem}}"
)


@dataclass(frozen=True, slots=True)
class NumberedEdge:
    """An edge of a picture.

    Args:
        number: from 1; it stands on the edge and in the evidence list.
        key: what the page calls it.
        start, end: ids of the bodies; a directed edge leads from the one to the other.
        kind: said, by rule or same program (see :mod:`withwhom.ties`), stated, or money.
        rule: name of the rule, for an edge by rule.
        predicate: for stated and money, the predicate of its statements.
        status: empty for what is so, else planned.
        certainty: explicit, or inferred.
        strength: the number of statements or, for an edge that rests on programs, of programs.
        amount: of money, in its currency; 0 where none is named, or where it is part of another sum.
        directed: whether it has an arrow.
        statements: references of the statements that it rests on.
    """

    number: int
    key: str
    start: str
    end: str
    kind: str
    rule: str
    predicate: str
    status: str
    certainty: str
    strength: int
    amount: float
    directed: bool
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """What a picture shows.

    Args:
        view: ties, programs or money.
        money: the kind of money, in the view of money: currency, form and basis.
        edges: by number.
        bodies: how many bodies the view has in all.
        hidden: how many edges are not shown, by reason.
    """

    view: str
    money: str
    edges: Sequence[NumberedEdge]
    bodies: int
    hidden: Mapping[str, int]


def shown_edges(network: Network, *, view: str = "ties", kinds: Collection[str] = (SAID, BY_RULE), money: str = "") -> Shown:
    """Return the edges that the page shows in a view when it opens, numbered.

    Args:
        network: the graph.
        view: ties, programs or money.
        kinds: in the view of ties, which kinds to show.
        money: in the view of money, which kind; where the graph has none of it, the most frequent.
    """
    if view == "ties":
        return _shown_ties(network, kinds)
    every = list(_stated(network) if view == "programs" else _gifts(network))
    kinds_of_money = money_kinds(network) if view == "money" else []
    chosen = money if money in kinds_of_money else next(iter(kinds_of_money), "")
    first = shown_at_first(network)
    wanted = [edge for edge, relation, paid in every if (relation in first if view == "programs" else paid == chosen)]
    good = [edge for edge in wanted if edge.status in SHOWN_PHASES]
    hidden = {"status": len(wanted) - len(good), "relation" if view == "programs" else "money": len(every) - len(wanted)}
    return Shown(view, chosen, _numbered(good), len({end for edge, _, _ in every for end in (edge.start, edge.end)}), hidden)


def money_kinds(network: Network) -> list[str]:
    """Return the kinds of money (currency, form, basis), the most frequent first; ``none`` names no amount and comes last."""
    counted = Counter(paid for _, _, paid in _gifts(network))
    return sorted(counted, key=lambda kind: (kind == "none", -counted[kind], kind))


def _shown_ties(network: Network, kinds: Collection[str]) -> Shown:
    every = ties(network, statuses=PHASES)
    good = ties(network, kinds=kinds, statuses=SHOWN_PHASES)
    wanted = sum(tie.kind in kinds for tie in every)
    return Shown("ties", "", _numbered(map(_tied, good)), len(network.organizations()), {"kind": len(every) - wanted, "status": wanted - len(good)})


def _tied(tie: Tie) -> NumberedEdge:
    status = tie.status if tie.kind == SAID else ""
    more = {SAID: (tie.certainty, status), BY_RULE: (tie.rule, tie.certainty), SAME_PROGRAM: ()}[tie.kind]
    key = "~".join((tie.a, tie.b, WORD_OF[tie.kind], *more))
    return NumberedEdge(0, key, tie.a, tie.b, tie.kind, tie.rule, "", status, tie.certainty, tie.strength, 0.0, directed=False, statements=tie.statements)


def _numbered(edges: Iterable[NumberedEdge]) -> list[NumberedEdge]:
    return [replace(edge, number=number) for number, edge in enumerate(sorted(edges, key=lambda edge: edge.key), 1)]


def _stated(network: Network) -> Iterator[tuple[NumberedEdge, str, str]]:
    """Yield the edges of the view of programs, each with its relation."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for claim in network.claims:
        if claim.object and claim.object != claim.subject:
            groups[claim.subject, claim.predicate, claim.object, claim.certainty, _phase(claim)].append(claim.reference)
    for (start, predicate, end, certainty, status), told in groups.items():
        key, known = "~".join((start, predicate, end, certainty, status)), network.predicates[predicate]
        told_by = (certainty, len(told), 0.0, not known["symmetric"], tuple(told))
        yield NumberedEdge(0, key, start, end, STATED, "", predicate, status, *told_by), known["relation"], ""


def _gifts(network: Network) -> Iterator[tuple[NumberedEdge, str, str]]:
    """Yield the edges of the view of money, each with its kind of money."""
    for claim in network.claims:
        if network.relation(claim) == FUNDING and claim.object and claim.object != claim.subject:
            ends = (claim.reference, claim.subject, claim.object, MONEY, "", claim.predicate)
            amount = 0.0 if claim.included_in else float(claim.amount or 0)  # a part is drawn thin: its whole has the width
            told_by = (claim.certainty, 1, amount, True, (claim.reference,))
            yield NumberedEdge(0, *ends, _phase(claim), *told_by), FUNDING, claim.money


def _phase(claim: Claim) -> str:
    return "" if claim.status in FACTUAL else claim.status


@cache
def _words() -> Mapping[str, Sequence[str]]:
    words: Mapping[str, Sequence[str]] = json.loads((files("withwhom") / "templates" / "page" / "words.json").read_text(encoding="utf-8"))
    return words


def say(key: str, language: str, **values: object) -> str:
    """Return words of the page."""
    return _words()[key][0 if language == "zh" else 1].format(**values)


def plain(text: str, most: int = 400) -> str:
    r"""Return a text on one line, without what XML forbids or what turns the direction of writing, at most so many characters long.

    >>> plain("a\x00b\n\u202ecd", 3)
    'ab…'
    """
    fit = " ".join(UNFIT.sub("", text).split())
    return fit if len(fit) <= most else fit[: most - 1].rstrip() + "…"


def names(network: Network, language: str) -> Mapping[str, str]:
    """Return what each body is called in a language; where it has no name in it, by its other name, else by its id."""
    return {body.id: (body.zh if language == "zh" else body.en) or body.zh or body.en or body.id for body in network.bodies}


def known(network: Network, code: str, language: str, *, otherwise: str = "") -> str:
    """Return what a code of the vocabulary is called."""
    return network.codes[code][language] if code in network.codes else say(otherwise or code, language)


def kind_name(network: Network, edge: NumberedEdge, language: str) -> str:
    """Return what kind an edge is, in words: its predicate, or the kind of tie."""
    if edge.predicate:
        return network.predicates[edge.predicate][language]
    return say("kind-inferred" if edge.kind == SAID and edge.certainty == "inferred" else f"kind-{WORD_OF[edge.kind]}", language)


def period(network: Network) -> str:
    """Return the years that the statements speak of, from the first day that one names to the last."""
    days = [day for claim in network.claims for day in (claim.since, claim.until) if day]
    return f"{min(days)[:4]}–{max(days)[:4]}" if days else ""


def caption(network: Network, shown: Shown, language: str) -> list[str]:
    """Return what stands under a picture: title and years, what is shown and hidden, what was chosen, and the sources."""
    first = (network.about[language], say(f"view-{shown.view}", language), say("version", language, version=network.about["version"]), period(network))
    sources = [f"{source['title']} ({source['date']})" if source["date"] else source["title"] for source in network.sources]
    told = say("sources", language) + say("colon", language) + ("；" if language == "zh" else "; ").join(sources)
    missing = network.about.get("set_aside", "")
    lacking = say("set-aside", language, count=f"{int(missing):,}") if missing else ""
    lines = [" · ".join(filter(None, first)), lacking, counts(shown, language), chosen(network, shown, language), told]
    return [plain(line, 4000) for line in lines if line]


def counts(shown: Shown, language: str) -> str:
    """Return how much a picture shows and hides."""
    standing = {end for edge in shown.edges for end in (edge.start, edge.end)}
    found = Counter(edge.kind for edge in shown.edges)
    parts = []
    inferred = Counter(edge.kind for edge in shown.edges if edge.certainty == "inferred")
    if shown.view == "ties":
        for key, count in (("said", found[SAID] - inferred[SAID]), ("inferred", inferred[SAID]), ("rule", found[BY_RULE]), ("same", found[SAME_PROGRAM])):
            resting = inferred[{"rule": BY_RULE, "same": SAME_PROGRAM}.get(key, "")]
            note = say("resting-on-inferred", language, count=f"{resting:,}") if resting else ""
            parts += [f"{say(f'kind-{key}', language)} {count:,}{note}"] if count else []
    elif inferred.total():
        parts.append(say("of-them-inferred", language, count=f"{inferred.total():,}"))
    planned = sum(bool(edge.status) for edge in shown.edges)
    parts += [say("not-yet", language, count=f"{planned:,}")] if planned else []
    text = say(f"counts-{shown.view}", language, bodies=f"{len(standing):,}", all=f"{shown.bodies:,}", edges=f"{len(shown.edges):,}")
    text += say("in-brackets", language, text=_listed(parts, language)) if parts else ""
    hidden = [f"{say(f'hidden-{reason}', language)} {shown.hidden[reason]:,}" for reason in ("kind", "status", "relation", "money") if shown.hidden.get(reason)]
    return text + (say("sentence-end", language) + say("hidden", language) + say("colon", language) + _listed(hidden, language) if hidden else "")


def chosen(network: Network, shown: Shown, language: str) -> str:
    """Return which relations or which kind of money a picture shows; nothing for ties."""
    if shown.view == "ties" or (shown.view == "money" and not shown.money):
        return ""
    relations = _listed([network.relations[name][language] for name in sorted(shown_at_first(network)) if name in network.relations], language)
    what = money_name(network, shown.money, language) if shown.view == "money" else f"{say('relation', language)} {relations}"
    return say("filters", language) + say("colon", language) + what


def money_name(network: Network, kind: str, language: str) -> str:
    """Return a kind of money in words."""
    if kind == "none":
        return say("no-amount", language)
    currency, *codes = re.split("[ +]", kind)
    return " · ".join((currency, *(known(network, code, language, otherwise="unspecified") for code in codes)))


def _listed(items: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(items)


def evidence_rows(network: Network, shown: Shown, language: str) -> Iterator[Sequence[str]]:
    """Yield a row for every edge and statement that it rests on; the columns are :data:`COLUMNS`."""
    named, told = names(network, language), {claim.reference: claim for claim in network.claims}
    sources = {source["id"]: source for source in network.sources}
    for edge in shown.edges:
        for reference in edge.statements:
            claim, source = told[reference], sources[told[reference].source]
            sentence, where = (claim.zh, claim.where_zh) if language == "zh" else (claim.en, claim.where_en)
            codes = [known(network, code, language) if code else "" for code in (claim.certainty, claim.status)]
            about = [source[name] for name in ("title", "author", "publisher", "date")]
            ends = (named[edge.start], named[edge.end], kind_name(network, edge, language), edge.rule)
            yield (str(edge.number), *ends, sentence, *codes, *about, where, claim.wording, quote_in(claim.quote, language), source["url"], reference)


def evidence_csv(network: Network, picture: Shown, language: str) -> str:
    """Return the evidence of a picture's edges as CSV, under their numbers."""
    return csv_text([say(f"column-{name}", language) for name in COLUMNS], evidence_rows(network, picture, language))


def evidence_html(network: Network, picture: Shown, language: str) -> str:
    """Return the evidence of a picture's edges as a page that prints on A4 landscape; it loads and runs nothing."""
    title = escape(plain(network.about[language]))
    heads = "".join(f'<th scope="col">{escape(say(f"column-{name}", language))}</th>' for name in COLUMNS)
    rows = "\n".join(map(_html_row, evidence_rows(network, picture, language)))
    told = "\n".join(f"<p>{escape(line)}</p>" for line in caption(network, picture, language))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="{"zh" if language == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
{told}
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _html_row(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(plain(cell, 10_000))}</td>' for cell in cells)}</tr>"
