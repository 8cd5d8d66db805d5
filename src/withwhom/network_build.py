"""Makes the network of a build out of its checked records and what rules added to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from withwhom.compile import FACTUAL
from withwhom.dates import bounds
from withwhom.facts import PARTICIPATION, Facts
from withwhom.name_forms import loose, romanized
from withwhom.network import Body, Claim, Derivation, Network, Text
from withwhom.ontology import Ontology
from withwhom.readable import Reader, Telling
from withwhom.records import Entity, Records, Statement
from withwhom.spreadsheet import money
from withwhom.terms import RDF, WW, language_of
from withwhom.text import normal
from withwhom.totals import Total, sum_text
from withwhom.words import LANGUAGES
from withwhom.workspace import Settings


def network(
    reader: Reader,
    facts: Facts,
    settings: Settings,
    rules: Iterable[Path],
    bodies: Sequence[Body],
    derivations: Sequence[Derivation],
    claims: Sequence[Claim],
    *,
    set_aside: int = 0,
) -> Network:
    """Return the network of checked records.

    Args:
        reader: the records in words; passages are quoted where it has the texts.
        facts: the figures of the build.
        settings: title, version and base IRI of the graph.
        rules: the rule files; their leading comments say in Chinese and English what each does.
        bodies: the entities, see :func:`bodies`.
        derivations: the edges that rules made, see :func:`derivations`.
        claims: the statements that it shall hold, see :func:`claim`.
        set_aside: how many rows of the tables are not in the records, since they have errors.
    """
    records, ontology = reader.records, reader.ontology
    about = {"zh": settings.title_zh, "en": settings.title_en, "version": settings.version, "base": settings.base}
    return Network(
        about={**about, "quoted": "yes" if records.texts or records.copies else "", "set_aside": str(set_aside or "")},
        classes={
            name: {**known.labels, "colour": known.colour, "symbol": known.symbol, "kind": _kind(ontology, name)} for name, known in ontology.classes.items()
        },
        relations={
            name: {**known.labels, "colour": known.colour, "own": "" if known.iri.startswith(WW) else "yes"}
            for name, known in ontology.predicates.items()
            if name == known.top
        },
        predicates={
            name: {
                **known.labels,
                "relation": known.top,
                "role_zh": known.role_labels.get("zh", ""),
                "role_en": known.role_labels.get("en", ""),
                "symmetric": "yes" if known.symmetric else "",
            }
            for name, known in ontology.predicates.items()
        },
        rules={path.stem: rule_words(path) for path in rules},
        codes=_codes(ontology),
        sources=[{"id": s.id, "title": s.title, "author": s.author, "publisher": s.publisher, "date": s.date, "url": s.url} for s in records.sources],
        bodies=bodies,
        claims=claims,
        derivations=derivations,
        totals=[_total(total) for total in facts.totals],
        participants=participants(records, ontology),
        contradictions=[{"kind": item.kind, "statements": "|".join(item.statements)} for item in facts.contradictions],
    )


def participants(records: Records, ontology: Ontology) -> dict[str, int]:
    """Return how many organizations take part in each program, by statements of what is so."""
    kinds = {entity.id: _kind(ontology, entity.type) for entity in records.entities}
    found: dict[str, set[str]] = defaultdict(set)
    for statement in records.statements:
        taking = ontology.predicates[statement.predicate].top == PARTICIPATION and statement.get("status") in FACTUAL
        if taking and kinds[statement.object] == "program" and kinds[statement.subject] == "organization":
            found[statement.object].add(statement.subject)
    return {program: len(members) for program, members in sorted(found.items())}


def _kind(ontology: Ontology, name: str) -> str:
    for kind in ("Campaign", "Program", "Organization"):
        if ontology.is_kind_of(name, [ontology.classes[kind].iri]):
            return kind.lower()
    return "other"


def _codes(ontology: Ontology) -> dict[str, Text]:
    labels = {value: ontology.code_labels[iri] for codes in ontology.codes.values() for value, iri in codes.items()}
    return {value: dict(texts) for value, texts in labels.items()}


def rule_words(path: Path) -> Text:
    """Return what a rule says of itself: the first comment line in each language, its file name where there is none."""
    words = {"zh": path.stem, "en": path.stem}
    comments = [line.lstrip("# ").rstrip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.startswith("#")]
    return words | {language_of(line): line for line in reversed(comments) if line}


def bodies(records: Records) -> Iterator[Body]:
    """Yield the entities of the network, by id."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for row in records.names:
        if not row.source:  # a name that holds in one article only is no name to introduce a body by
            names[row.entity][row.name] = None
    entities = {entity.id: entity for entity in records.entities}
    forms = search_forms(records)
    for entity in sorted(records.entities, key=lambda entity: entity.id):
        also = [name for name in names[entity.id] if name not in (entity.name_zh, entity.name_en)]
        places = "|".join(_places(entity, entities))
        yield Body(entity.id, entity.type, entity.name_zh, entity.name_en, entity.collective, "|".join(also), forms[entity.id], places)


def _places(entity: Entity, entities: Mapping[str, Entity]) -> list[str]:
    """Return the places that an entity lies in, innermost first; a place lies in itself."""
    found = [entity.id] if entity.type == "Place" else []
    while entity.place and entity.place in entities and entity.place not in found:
        entity = entities[entity.place]
        found.append(entity.id)
    return found


def search_forms(records: Records) -> Mapping[str, str]:
    """Return what the page's search looks through, by entity: every name, also without 省 and 市, in Traditional and as pinyin."""
    from opencc import OpenCC

    traditional = OpenCC("s2t")
    forms: dict[str, set[str]] = {entity.id: {entity.id, entity.name_zh, entity.name_en} for entity in records.entities}
    for row in records.names:
        forms[row.entity].add(row.name)
    found = {}
    for entity, names in forms.items():
        every = {form for name in names for form in (normal(name), loose(name), romanized(name), traditional.convert(normal(name)))}
        found[entity] = "\n".join(sorted(filter(None, every)))
    return found


def claim(statement: Statement, telling: Telling) -> Claim:
    """Return a statement as the network holds it."""
    get = statement.get
    since, until = (bounds(get(column)) for column in ("since", "until"))
    sum_zh, sum_en = (money(Decimal(get("amount")), get("amount_qualifier"), get("currency"), language) if get("amount") else "" for language in LANGUAGES)
    return Claim(
        reference=statement.reference,
        subject=statement.subject,
        predicate=statement.predicate,
        object=statement.object,
        program=get("program"),
        place=get("place"),
        since=since[0] if since else "",
        until=until[1] if until else "",
        status=get("status"),
        certainty=get("certainty"),
        amount=get("amount"),
        currency=get("currency"),
        support=get("support"),
        basis=get("basis"),
        included_in="|".join(map(statement.full, filter(None, get("included_in").split("|")))),
        sum_zh=sum_zh,
        sum_en=sum_en,
        zh=telling.zh,
        en=telling.en,
        where_zh=telling.where_zh,
        where_en=telling.where_en,
        wording=get("wording"),
        quote=telling.quote,
        event=get("event"),
        overlaps="|".join(map(statement.full, filter(None, get("overlaps").split("|")))),
    )


def derivations(lines: Iterable[str], base: str, ties: Collection[str]) -> Iterator[Derivation]:
    """Yield the edges that rules made, by IRI.

    Args:
        lines: the derived graph as sorted N-Triples.
        base: base IRI of the graph.
        ties: IRIs of the properties that say that two bodies work together.
    """
    start = f"<{base}derivation/"
    for node, group in groupby((line for line in lines if line.startswith(start)), key=lambda line: line[1 : line.index("> ")]):
        found: dict[str, list[str]] = defaultdict(list)
        for line in group:
            _, property, value = line.split(" ", 2)
            found[property].append(value[1 : value.index(">")])  # an IRI: without its brackets and the end of the line
        predicate = found[f"<{RDF}predicate>"][0]
        yield Derivation(
            id=node.removeprefix(base),
            subject=found[f"<{RDF}subject>"][0].removeprefix(f"{base}entity/"),
            predicate=predicate.removeprefix(WW),
            object=found[f"<{RDF}object>"][0].removeprefix(f"{base}entity/"),
            rule=found[f"<{WW}rule>"][0].rpartition("/")[2],
            statements="|".join(sorted(iri.removeprefix(f"{base}statement/") for iri in found[f"<{WW}derivedFrom>"])),
            tie="yes" if predicate in ties else "",
        )


def _total(total: Total) -> Text:
    left_out = "|".join(f"{reference} {reason}" for reference, reason in total.left_out.items())
    kind = {"currency": total.currency, "support": total.support, "basis": total.basis, "certainty": total.certainty}
    sums = {"sum": sum_text(total), "counted": "|".join(total.counted), "left_out": left_out, "without_amount": str(total.without_amount)}
    return {"entity": total.entity, "direction": total.direction, **kind, **sums}
