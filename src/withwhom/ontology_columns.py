"""``columns.md``: every column of every table, what it is called, what it takes, and what it means, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from withwhom.meanings import NAME_KINDS, PARTS
from withwhom.ontology import Labels, Ontology, Qualifier, local_name
from withwhom.ontology_terms import Glossary
from withwhom.tables import ENTITY_COLUMNS, EVIDENCE_COLUMNS, NAME_COLUMNS, OUTLINE_COLUMNS, SOURCE_COLUMNS, STATEMENT_COLUMNS
from withwhom.words import LANGUAGES, say

HEAD = """# 各表各列 / Columns of the tables

{title_zh} {version}。表是 `graph/` 里的 CSV；空格子表示原文没有说。本页由 `withwhom ontology docs` 生成。

{title_en} {version}. Tables are CSV files in `graph/`; an empty cell means that the text does not say. Made by `withwhom ontology docs`.
"""
ROW = "| 列 / column | 名称 / label | 填什么 / takes | 可用的值 / allowed | 说明 / meaning |\n| --- | --- | --- | --- | --- |\n"


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and by language what it is called, what it takes and what it means; the values that it may hold."""

    name: str
    label: Labels
    takes: Labels
    meaning: Labels
    allowed: Sequence[str] = ()


def columns_table(glossary: Glossary) -> str:
    """Return the page, in Markdown."""
    ontology = glossary.ontology
    title = glossary.header_title
    parts = [HEAD.format(title_zh=title.get("zh", ""), title_en=title.get("en", ""), version=ontology.version)]
    for file, columns in tables(glossary).items():
        parts.append(f"\n## {file}\n\n{ROW}" + "".join(map(_row, columns)))
    return "".join(parts)


def tables(glossary: Glossary) -> Mapping[str, Sequence[Column]]:
    """Return the columns of every table, by the file that holds it."""
    fixed = {
        "sources": SOURCE_COLUMNS,
        "entities": ENTITY_COLUMNS,
        "names": NAME_COLUMNS,
        "evidence": EVIDENCE_COLUMNS,
        "outline": OUTLINE_COLUMNS,
    }
    allowed = _allowed(glossary.ontology)
    made = {f"graph/{table}.csv": [_fixed(table, name, allowed) for name in names] for table, names in fixed.items()}
    ends = [_fixed("statements", name, allowed) for name in STATEMENT_COLUMNS]
    leading, trailing = ends[:4], ends[4:]
    made["graph/statements/*.csv"] = [*leading, *_qualifiers(glossary), *trailing]
    return made


def _allowed(ontology: Ontology) -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the values of those columns that are no qualifiers and take a few words only."""
    quantities = ontology.qualifiers.get("value_qualifier")
    return {
        ("entities", "type"): tuple(ontology.classes),
        ("entities", "count_qualifier"): tuple(sorted(ontology.codes.get(quantities.range, ()))) if quantities else (),
        ("names", "kind"): NAME_KINDS,
        ("statements", "predicate"): tuple(ontology.predicates),
        ("evidence", "part"): PARTS,
    }


def _fixed(table: str, name: str, allowed: Mapping[tuple[str, str], Sequence[str]]) -> Column:
    words = _words()[table].get(name, [[name, "", ""]] * len(LANGUAGES))
    label, takes, meaning = (dict(zip(LANGUAGES, texts, strict=True)) for texts in zip(*words, strict=True))
    return Column(name, label, takes, meaning, allowed.get((table, name), ()))


def _words() -> Mapping[str, Mapping[str, Sequence[Sequence[str]]]]:
    found: Mapping[str, Mapping[str, Sequence[Sequence[str]]]] = json.loads(
        (files("withwhom") / "templates" / "ontology" / "columns.json").read_text(encoding="utf-8")
    )
    return found


def _qualifiers(glossary: Glossary) -> Iterator[Column]:
    ontology = glossary.ontology
    for column, qualifier in sorted(ontology.qualifiers.items()):
        codes = tuple(sorted(ontology.codes[qualifier.range])) if qualifier.kind == "code" else ()
        yield Column(column, qualifier.labels, _takes(glossary, qualifier), glossary.terms[qualifier.iri].definitions, codes)


def _takes(glossary: Glossary, qualifier: Qualifier) -> Labels:
    """Return what the cells of a qualifier hold, in words."""
    known = glossary.terms.get(qualifier.range)
    labels = known.labels if known is not None else dict.fromkeys(LANGUAGES, local_name(qualifier.range))
    return {language: say(f"takes-{qualifier.kind}", language, kind=labels.get(language, "")) for language in LANGUAGES}


def _row(column: Column) -> str:
    allowed = ", ".join(f"`{value}`" for value in column.allowed)
    cells = [f"`{column.name}`", _both(column.label, " / "), _both(column.takes, " / "), allowed, _both(column.meaning, "<br>")]
    return "| " + " | ".join(cells) + " |\n"


def _both(texts: Labels, between: str) -> str:
    """Return a text in both languages as a cell of Markdown: no pipe or markup of a label means anything there."""
    shown = dict.fromkeys(" ".join(texts.get(language, "").split()) for language in LANGUAGES)
    return between.join(filter(None, (text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|") for text in shown)))
