"""The network of a graph: its entities, what is stated of them and what rules add, as the page, the pictures and the files need it.

A build makes it once and keeps it as ``network.json``; nothing else has to be read to look at the network, to measure it or to
hand it to another tool.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from withwhom.problems import WorkspaceError

NETWORK = "network.json"
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """An entity: its names, what it is, the places it lies in (innermost first), and every form in which a search may find it."""

    id: str
    type: str
    zh: str
    en: str
    collective: str
    also: str
    forms: str
    places: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with its evidence in words: ``since`` and ``until`` are ISO days, ``zh`` and ``en`` the statement as a sentence."""

    reference: str
    subject: str
    predicate: str
    object: str
    program: str
    place: str
    since: str
    until: str
    status: str
    certainty: str
    amount: str
    currency: str
    support: str
    basis: str
    included_in: str
    sum_zh: str
    sum_en: str
    zh: str
    en: str
    where_zh: str
    where_en: str
    wording: str
    quote: str
    event: str = ""
    overlaps: str = ""

    @property
    def source(self) -> str:
        """The id of the document that says it."""
        return self.reference.partition("/")[0]

    @property
    def money(self) -> str:
        """What kind of money it tells of: currency, form and basis, none of which is added to another; ``none`` without an amount."""
        basis = "+".join(sorted(self.basis.split("|")))
        return f"{self.currency} {self.support or 'unspecified'} {basis}" if self.amount else "none"


@dataclass(frozen=True, slots=True)
class Derivation:
    """An edge that a rule made, and the references (joined by ``|``) of the statements that it rests on.

    ``tie`` is yes where the edge says that two bodies work together.
    """

    id: str
    subject: str
    predicate: str
    object: str
    rule: str
    statements: str
    tie: str


@dataclass(frozen=True)
class Network:
    """A graph as its network.

    Args:
        about: title (zh, en), version and base IRI of the graph, whether passages are quoted, and how many rows of the tables were
            set aside (empty: none).
        classes: by name: zh, en, colour, symbol, and ``kind``: organization, program, campaign or other.
        relations: top predicates by name: zh, en, colour, ``own`` (yes: one that the workspace has added).
        predicates: by name: zh, en, relation, role_zh, role_en, symmetric (yes or empty).
        rules: what each rule says, by name: zh, en.
        codes: names of the codes of statuses, certainties, support and basis, by the value that columns hold: zh, en.
        sources: id, title, author, publisher, date, url.
        bodies, claims, derivations: see there.
        totals: entity, direction, currency, support, basis, sum, certainty, counted, left_out (``reference reason``), without_amount.
        contradictions: kind and statements.
        participants: how many organizations take part in each program in the whole graph; an excerpt keeps the figures.
    """

    about: Text
    classes: Mapping[str, Text]
    relations: Mapping[str, Text]
    predicates: Mapping[str, Text]
    rules: Mapping[str, Text]
    codes: Mapping[str, Text]
    sources: Sequence[Text]
    bodies: Sequence[Body]
    claims: Sequence[Claim]
    derivations: Sequence[Derivation]
    totals: Sequence[Text]
    contradictions: Sequence[Text]
    participants: Mapping[str, int] = field(default_factory=dict)

    def kind(self, body: Body) -> str:
        """Return what an entity is to the network: organization, program, campaign or other."""
        return self.classes[body.type]["kind"]

    def organizations(self) -> set[str]:
        """Return the ids of the organizations."""
        return {body.id for body in self.bodies if self.kind(body) == "organization"}

    def relation(self, claim: Claim) -> str:
        """Return the top predicate of a statement."""
        return self.predicates[claim.predicate]["relation"]

    def without_quotes(self) -> Network:
        """Return the network without quoted passages."""
        return replace(self, about={**self.about, "quoted": ""}, claims=[replace(claim, quote="") for claim in self.claims])

    def to_json(self) -> str:
        """Return the network as JSON; rows stand as lists under the names of their columns, the statements first."""
        return claims_head() + claim_rows(self.claims) + self.json_rest()

    def json_rest(self) -> str:
        """Return what follows the rows of the statements in the network's JSON."""
        tables = {name: _table(kind, getattr(self, name)) for name, kind in ROWS.items() if kind is not Claim}
        rest = {part.name: getattr(self, part.name) for part in fields(self) if part.name not in ROWS}
        return "]}," + _json(rest | tables)[1:] + "\n"


SUBJECT, OBJECT = ([part.name for part in fields(Claim)].index(name) for name in ("subject", "object"))
ROWS: Mapping[str, type[Any]] = {"bodies": Body, "claims": Claim, "derivations": Derivation}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _cells(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(part.name for part in fields(kind)))


def _table(kind: type[Any], rows: Sequence[Any]) -> Mapping[str, Any]:
    return {"columns": [part.name for part in fields(kind)], "rows": list(map(_cells(kind), rows))}


def claims_head() -> str:
    """Return the beginning of a network's JSON, after which the rows of its statements follow."""
    return '{"claims":' + _json(_table(Claim, []))[:-2]


def claim_rows(claims: Iterable[Claim]) -> str:
    """Return statements as rows of a network's JSON, joined by commas; chunks of rows are joined by a comma, too."""
    return ",".join(map(_json, map(_cells(Claim), claims)))


def read_claims(rows: str, among: frozenset[str] | None = None) -> Iterator[Claim]:
    """Yield the statements of a chunk that :func:`claim_rows` made; where ``among`` is given, only those between entities in it."""
    for row in json.loads(f"[{rows}]"):
        if among is None or ({row[SUBJECT], row[OBJECT]} - {""} <= among):
            yield Claim(*row)


def read_rest(rest: str) -> tuple[list[Body], list[Derivation]]:
    """Return the bodies and derivations in what :meth:`Network.json_rest` gave."""
    value = json.loads("{" + rest.partition(",")[2])
    return [Body(*row) for row in value["bodies"]["rows"]], [Derivation(*row) for row in value["derivations"]["rows"]]


def read_network(folder: Path) -> Network:
    """Read the network of a build.

    Raises:
        WorkspaceError: there is none, or it is damaged or one of another version.
    """
    try:
        value: dict[str, Any] = json.loads((folder / NETWORK).read_text(encoding="utf-8"))
        value |= {name: [kind(*row) for row in value[name]["rows"]] for name, kind in ROWS.items()}
        return Network(**value)
    except FileNotFoundError as error:
        raise WorkspaceError("no-build-yet", path=str(folder)) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise WorkspaceError("build-unreadable", path=str(folder / NETWORK), detail=str(error)) from error


def around(network: Network, entity: str, depth: int) -> Network:
    """Return the part of a network within some steps of an entity; statements and rules' edges are steps.

    Args:
        network: the whole.
        entity: id of the entity in the middle.
        depth: most steps; programs and places that kept statements name stay, too.

    Returns:
        An excerpt that says so (``about`` names the entity, the depth and how many statements were left out).
    """
    beside: dict[str, set[str]] = defaultdict(set)
    for ends in [*((c.subject, c.object, c.program) for c in network.claims), *((d.subject, d.object) for d in network.derivations)]:
        for end in filter(None, ends):
            beside[end].update(filter(None, ends))
    near = {entity}
    for _ in range(depth):
        near |= {other for body in near for other in beside[body]}
    claims = [claim for claim in network.claims if {claim.subject, claim.object} - {""} <= near]
    left_out = str(len(network.claims) - len(claims))
    return _excerpt(network, near, claims, {"around": entity, "depth": str(depth), "left_out": left_out})


def among(network: Network, bodies: Collection[str], left_out: int) -> Network:
    """Return the part of a network that lies among some bodies.

    Args:
        network: its statements are those between ``bodies``, its bodies and derivations those of the whole graph.
        bodies: ids of the entities that stay, with the programs and places that their statements name.
        left_out: how many statements of the graph are not in it.

    Returns:
        An excerpt that says so (``about`` names the number of bodies and how many statements were left out).
    """
    return _excerpt(network, bodies, network.claims, {"best": str(len(bodies)), "left_out": str(left_out)})


def _excerpt(network: Network, near: Collection[str], claims: Sequence[Claim], about: Text) -> Network:
    kept = {claim.reference for claim in claims}
    named = {*near, *(end for claim in claims for end in (claim.program, claim.place) if end)}
    named |= _above(network, named)
    return replace(
        network,
        about={**network.about, **about},
        bodies=[body for body in network.bodies if body.id in named],
        claims=claims,
        derivations=[row for row in network.derivations if {row.subject, row.object} <= named and kept.issuperset(row.statements.split("|"))],
        totals=[total for total in network.totals if total["entity"] in near],
        contradictions=[item for item in network.contradictions if kept.intersection(item["statements"].split("|"))],
    )


def _above(network: Network, named: Collection[str]) -> set[str]:
    """Return the places that entities lie in."""
    return {place for body in network.bodies if body.id in named for place in body.places.split("|") if place}
