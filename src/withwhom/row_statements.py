"""Makes statements of the claims of a table, once its names are matched."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from withwhom.links import meet
from withwhom.matching import Bound
from withwhom.ontology import Ontology
from withwhom.records import Place, Statement
from withwhom.row_claims import Claim, Left, RowReader
from withwhom.table_map import TIME


def statements(claims: Iterable[Claim], bound: Bound, reader: RowReader, source: str) -> tuple[list[Statement], list[Left]]:
    """Return the statements of a table, and what is left out because both ends are one body, or an end is nobody.

    Args:
        claims: what the rows say.
        bound: what the names mean.
        reader: the reader of the rows, for locators and wording.
        source: id of the table's source.
    """
    left: list[Left] = []
    made: list[tuple[Claim, Statement]] = []
    used: Counter[str] = Counter()
    for claim in claims:
        reason = _nobody(claim, bound)
        if reason is not None:
            left.append(reason)
            continue
        mark = _mark(claim, reader)
        used[mark] += 1
        id = mark if used[mark] == 1 else f"{mark}-{used[mark]}"
        made.append((claim, _statement(claim, bound, reader, (source, id))))
    return list(_with_overlaps(made, reader.ontology)), left


def _nobody(claim: Claim, bound: Bound) -> Left | None:
    for mention in claim.entities.values():
        if not bound.ids[mention.key]:
            return Left(claim.row.number, "nobody", mention.column, mention.name)
    ends = [claim.entities[end] for end in ("subject", "object") if end in claim.entities]
    if len(ends) == 2 and bound.ids[ends[0].key] == bound.ids[ends[1].key]:
        return Left(claim.row.number, "same-body", ends[1].column, ends[1].name)
    return None


def _mark(claim: Claim, reader: RowReader) -> str:
    """Return an id that depends on what the row says, not on where it stands: rows may be put in between."""
    shown = [*map("\x1e".join, claim.row.cells), str(claim.number), claim.predicate]
    shown += [mention.name for _, mention in sorted(claim.entities.items())]
    return "r" + hashlib.sha256("\x1f".join([reader.table.shown, *shown]).encode("utf-8")).hexdigest()[:10]


def _statement(claim: Claim, bound: Bound, reader: RowReader, reference: tuple[str, str]) -> Statement:
    entities = {column: bound.ids[mention.key] for column, mention in claim.entities.items()}
    mentions = {f"{end}_mention": claim.entities[end].name for end in ("subject", "object") if end in claim.entities and claim.entities[end].column}
    ends = (entities.pop("subject"), claim.predicate, entities.pop("object", ""))
    qualifiers = {**entities, **claim.cells, **mentions, "wording": reader.wording(claim.row), "locator": reader.locator(claim.row)}
    columns = {column: number + 1 for column, number in claim.columns.items() if number >= 0}
    columns |= dict.fromkeys(("since", "until", "date_text"), columns.pop(TIME)) if TIME in columns else {}
    columns |= {f"{end}_mention": columns[end] for end in ("subject", "object") if end in columns}
    at = Place(*reader.place(claim.row), columns)
    source, id = reference
    return Statement(at, source, id, *ends, "", "", "", {column: cell for column, cell in qualifiers.items() if cell})


def _with_overlaps(made: Sequence[tuple[Claim, Statement]], ontology: Ontology) -> Iterator[Statement]:
    """Tie amounts that may be the same money: told by different bodies, or by two rows that are the same in every cell."""
    groups: dict[tuple[str, ...], list[tuple[Claim, Statement]]] = defaultdict(list)
    for claim, statement in made:
        if statement.get("amount"):
            money = (statement.get(column) for column in ("currency", "support", "basis"))
            groups[(statement.subject, ontology.predicates[statement.predicate].top, statement.object, *money)].append((claim, statement))
    found: Mapping[str, str] = {statement.id: others for group in groups.values() for statement, others in _overlapping(group) if others}
    for _, statement in made:
        others = found.get(statement.id)
        yield replace(statement, qualifiers={**statement.qualifiers, "overlaps": others}) if others else statement


def _overlapping(group: Sequence[tuple[Claim, Statement]]) -> Iterator[tuple[Statement, str]]:
    for number, (claim, statement) in enumerate(group):
        earlier = (other for said, other in group[:number] if (said.teller != claim.teller or said.row.cells == claim.row.cells) and meet(other, statement))
        yield statement, "|".join(other.id for other in earlier)
