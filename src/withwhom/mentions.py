"""Finds which names of an entity stand in a passage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from withwhom.passages import cuts, plain_form
from withwhom.records import Name, Records
from withwhom.tables import OFFSET
from withwhom.text import Span, normal, without_noise


@dataclass(frozen=True)
class Held:
    """Whom a name means, and where: in one source only, in one stretch of it only, or everywhere (empty source)."""

    entity: str
    source: str = ""
    begin: int = 0
    stop: int = 10**9

    def holds(self, source: str, offset: int) -> bool:
        """Tell whether the name means this at a place of a source."""
        return self.source in ("", source) and self.begin <= offset < self.stop


@dataclass(frozen=True)
class Mention:
    """A name where it stands in a text, and the entities that it may mean there."""

    span: Span
    entities: frozenset[str]


@dataclass(frozen=True)
class Names:
    """Every name of a workspace, in normal form.

    Args:
        records: the rows whose entities and names are meant.
    """

    records: Records

    @cached_property
    def forms(self) -> Mapping[str, Sequence[Held]]:
        found: dict[str, list[Held]] = defaultdict(list)
        for entity in self.records.entities:
            for name in {entity.name_zh, entity.name_en}:
                found[normal(name)].append(Held(entity.id))
        for row in self.records.names:
            found[normal(row.name)].append(_held(row))
        found.pop("", None)
        return found

    @cached_property
    def _lengths(self) -> Sequence[int]:
        return sorted({len(form) for form in self.forms}, reverse=True)

    def standing_in(self, text: str, source: str, span: Span, further: Iterable[tuple[str, str]] = ()) -> Iterator[Mention]:
        """Yield every name that stands in a stretch of a text, by its beginning, the longest first.

        Args:
            text: of the source.
            source: its id.
            span: the stretch.
            further: words that are names, too, each with what it means.
        """
        form = plain_form(text[slice(*span)])
        more: dict[str, set[str]] = defaultdict(set)
        for name, meant in further:
            more[plain_form(name).flat].add(meant)
        lengths = sorted({*self._lengths, *map(len, more)} - {0}, reverse=True)
        for begin in range(len(form.flat)):
            for length in lengths:
                piece = form.flat[begin : begin + length]
                if len(piece) < length or (piece not in self._unmarked and piece not in more) or cuts(form, begin) or cuts(form, begin + length):
                    continue
                first, last = form.span(begin, begin + length)
                known = {held.entity for held in self._unmarked.get(piece, ()) if held.holds(source, span[0] + first)}
                if entities := frozenset(known | more.get(piece, set())):
                    yield Mention((span[0] + first, span[0] + last), entities)

    @cached_property
    def _unmarked(self) -> Mapping[str, Sequence[Held]]:
        found: dict[str, list[Held]] = defaultdict(list)
        for form, held in self.forms.items():
            found[plain_form(form).flat] += held
        return found


def _held(row: Name) -> Held:
    if row.source and OFFSET.fullmatch(row.begin) and OFFSET.fullmatch(row.stop):
        return Held(row.entity, row.source, int(row.begin), int(row.stop))
    return Held(row.entity, row.source)


def mention_of(entity: str, found: Sequence[Mention], spans: Sequence[Span]) -> Mention | None:
    """Return the mention of an entity, or None where none of its names stands there.

    Args:
        entity: its id.
        found: every name that stands in the spans.
        spans: those of a statement, the one that counts most first.

    Returns:
        The longest in the first span that has one. A name that is only a piece of another entity's longer name (北京 in 北京扶贫协会)
        is taken where there is no other.
    """
    own = [mention for mention in found if entity in mention.entities]
    whole = [mention for mention in own if not any(_holds(other, mention, entity) for other in found)]
    for mentions in (whole, own):
        for begin, stop in spans:
            inside = [mention for mention in mentions if begin <= mention.span[0] and mention.span[1] <= stop]
            if inside:
                return max(inside, key=lambda mention: (mention.span[1] - mention.span[0], -mention.span[0]))
    return None


def _holds(other: Mention, mention: Mention, entity: str) -> bool:
    longer = other.span[1] - other.span[0] > mention.span[1] - mention.span[0]
    return longer and entity not in other.entities and other.span[0] <= mention.span[0] and mention.span[1] <= other.span[1]


def as_written(text: str, mention: Mention) -> str:
    """Return a name as the text writes it, without injected pinyin and line breaks."""
    return without_noise(text[slice(*mention.span)])
