"""Dossiers: everything about one entity, and everything between two bodies, as a list of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from withwhom.answers import Answer
from withwhom.engine import Cell, Iri
from withwhom.names import Match
from withwhom.words import say

if TYPE_CHECKING:
    from withwhom.knowledge import KnowledgeBase, Options

# The questions of a dossier, in the order of its sections, with the parameter that takes the entity.
SECTIONS: Mapping[str, str] = {
    "partnership-report": "org",
    "hierarchy-of": "org",
    "programs-of": "org",
    "participants-of": "program",
    "funding-in": "program",
    "funds-given-by": "org",
    "funds-received-by": "entity",
    "totals-given": "org",
    "totals-received": "org",
    "results-of": "entity",
    "awards-of": "entity",
    "documents-of": "org",
    "members-of": "network",
    "posts-of": "entity",
    "programs-in": "place",
    "programs-for": "group",
    "statements-of": "entity",
    "timeline-of": "entity",
    "contradictions": "entity",
    "sources-about": "entity",
}
# The section of what no section before it shows, such as the statements of a relation that a workspace has added.
REST = "statements-of"
LONGEST_PATH = 4


def dossier(kb: KnowledgeBase, match: Match, options: Options) -> list[Answer]:
    """Return the dossier of an entity.

    Args:
        kb: the graph.
        match: the entity.
        options: how to answer.

    Returns:
        First who it is (names, type, parents), then each question that has something to say of it, and what is stated of it besides, of
        whatever relation; a question that no document answers is named in the last note.
    """
    sections = [identity(kb, match, options)]
    silent = []
    for slug, parameter in SECTIONS.items():
        answer = kb.query(slug, options, **{parameter: match.entity}) if _fits(kb, slug, parameter, match) else None
        if answer is not None and slug == REST:
            sections += _rest(kb, answer, sections)
        elif answer is not None and len(answer):
            sections.append(replace(answer, title=kb.question(slug).summary[options.language]))
        elif answer is not None:
            silent.append(kb.question(slug).summary[options.language])
    count = str(len(kb.catalogue["sources"]))
    note = say("dossier-silence", options.language, count=count, questions=("；" if options.language == "zh" else "; ").join(silent))
    sections += passages(kb, sections, options.language)
    return [*sections, kb.answer(say("not-stated", options.language), (), (), (note,), options.language)] if silent else sections


def _rest(kb: KnowledgeBase, answer: Answer, sections: Sequence[Answer]) -> list[Answer]:
    """Return the rows of an answer whose statements no section shows yet, as a section, or nothing; a tie by rule cites them and says other words."""
    said = [replace(section, rows=[row for row in section.rows if not _by_rule(section, row)]) for section in sections]
    shown, place = cited_statements(kb, said), answer.columns.index("statement")
    rows = [row for row in answer.rows if str(row[place]).removeprefix(f"{kb.base}statement/") not in shown]
    return [replace(answer, title=say("further-statements", answer.language), rows=rows)] if rows else []


def _by_rule(answer: Answer, row: Sequence[Cell]) -> bool:
    return "rule" in answer.columns and row[answer.columns.index("rule")] is not None


def _fits(kb: KnowledgeBase, slug: str, parameter: str, match: Match) -> bool:
    """Tell whether an entity is of the class that a question asks for."""
    cls = next(item.cls for item in kb.question(slug).parameters if item.name == parameter)
    return not cls or any(found.entity == match.entity for found in kb.find(match.entity, cls=cls, limit=1))


def identity(kb: KnowledgeBase, match: Match, options: Options) -> Answer:
    """Return who an entity is: id, names, class, what it is a set of, where it is (background knowledge)."""
    query = f"""PREFIX ww: <https://w3id.org/withwhom/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?what ?value WHERE {{
  {{ <{kb.entity(match.entity)}> skos:prefLabel ?value . BIND("1 name" AS ?what) }}
  UNION {{ <{kb.entity(match.entity)}> skos:altLabel ?value . BIND("2 also" AS ?what) }}
  UNION {{ <{kb.entity(match.entity)}> ww:count ?value . BIND("4 count" AS ?what) }}
  UNION {{ <{kb.entity(match.entity)}> ww:place/skos:prefLabel ?value . BIND("5 place" AS ?what) FILTER(LANG(?value) = "{options.language}") }}
}} ORDER BY ?what ?value"""
    rows: list[tuple[Cell, ...]] = [("id", match.entity), ("type", match.type)]
    rows += [(str(row["what"])[2:], row["value"]) for row in kb.sparql(query).to_dicts()]
    title = match.zh if options.language == "zh" else match.en
    return kb.answer(title, ("what", "value"), rows, (), options.language)


def between(kb: KnowledgeBase, a: Match, b: Match, options: Options) -> list[Answer]:
    """Return what ties two bodies: what is said of the two, shared programs, common partners, and the best paths between them.

    Silence is said in words: that no document states a tie is told apart from a “no”.
    """
    ends = {"a": a.entity, "b": b.entity}
    answers = [kb.query(slug, options, **ends) for slug in ("ties-between", "shared-programs", "common-partners")]
    names = [match.zh if options.language == "zh" else match.en for match in (a, b)]
    kinds = {str(row.get("kind")) for row in answers[0].to_dicts()}
    silence = "no-tie-but" if kinds == {"same program"} else "no-tie-said"
    count = str(len(kb.catalogue["sources"]))
    notes = () if "said" in kinds else (say(silence, options.language, a=names[0], b=names[1], count=count),)
    head = kb.answer(f"{names[0]} — {names[1]}", (), (), notes, options.language)
    answers += [kb.query("contradictions", options, entity=end) for end in ends.values()]
    told = [head, *(answer for answer in answers if len(answer)), *_paths(kb, a, b, options)]
    return [*told, *passages(kb, told, options.language)]


def _paths(kb: KnowledgeBase, a: Match, b: Match, options: Options) -> Iterator[Answer]:
    """Yield the shortest paths of at most four statements between two entities, those without inferred statements first."""
    from withwhom.paths import paths

    found = paths(kb.network, a.entity, b.entity, longest=LONGEST_PATH, explicit_only=options.explicit_only)
    if found:
        rows = [(number, *step) for number, path in enumerate(found, 1) for step in _steps(kb, path, options)]
        yield kb.answer(say("paths", options.language), ("path", "sentence", "certainty", "statement"), rows, (), options.language)


def _steps(kb: KnowledgeBase, path: Sequence[tuple[str, str]], options: Options) -> Iterator[tuple[Cell, ...]]:
    for sentence, reference in path:
        shown = sentence.split(" | ")[0 if options.language == "zh" else -1]
        certainty = "inferred" if reference.startswith("~") else "explicit"
        yield shown, certainty, Iri(f"{kb.base}statement/{reference.lstrip('~')}")


def source_list(kb: KnowledgeBase, answers: Sequence[Answer], language: str) -> list[str]:
    """Return the sources that answers rest on, in the order of their ids, in the form of GB/T 7714-2015."""
    return [reference_text(source, language) for source in cited_sources(kb, answers)]


def cited_sources(kb: KnowledgeBase, answers: Sequence[Answer]) -> list[Mapping[str, str]]:
    """Return the sources of the statements that answers show."""
    wanted = {reference.partition("/")[0] for reference in cited_statements(kb, answers)}
    return [source for source in kb.catalogue["source_records"] if source["id"] in wanted]


def cited_statements(kb: KnowledgeBase, answers: Sequence[Answer]) -> set[str]:
    """Return the references of the statements that answers show."""
    start = f"{kb.base}statement/"
    texts = (cell for answer in answers for row in answer.rows for cell in row if isinstance(cell, str) and cell.startswith(start))
    return {part.removeprefix(start) for text in texts for part in text.split(" | ")}


def passages(kb: KnowledgeBase, answers: Sequence[Answer], language: str) -> Iterator[Answer]:
    """Yield the passages of the statements that answers show, where the build quotes the texts."""
    from withwhom.built import Built

    built = Built(kb.folder)
    if built.versions and built.versions.quoted:
        found = built.statements(cited_statements(kb, answers))
        rows = [(found[name]["quote"], Iri(f"{kb.base}statement/{name}")) for name in sorted(found) if found[name]["quote"]]
        if rows:
            yield kb.answer(say("passages", language), ("passage", "statement"), rows, (), language)


def numbered(kb: KnowledgeBase, answer: Answer, answers: Sequence[Answer], language: str) -> Answer:
    """Return an answer whose evidence names its sources by their number in :func:`source_list`: [1], paragraph 2, sentence 11."""
    heads = {}
    for number, source in enumerate(cited_sources(kb, answers), 1):
        title = f"《{source['title']}》" if language == "zh" else f"“{source['title']}”"
        parts = filter(None, (title, source["author"], source["publisher"], source["date"]))
        heads[("，" if language == "zh" else ", ").join(parts)] = f"[{number}]"

    def short(cell: Cell) -> Cell:
        if isinstance(cell, str) and not isinstance(cell, Iri):
            for head, mark in heads.items():
                cell = cell.replace(head, mark)  # one text, several sources
        return cell

    return replace(answer, rows=[tuple(map(short, row)) for row in answer.rows])


def reference_text(source: Mapping[str, str], language: str) -> str:
    """Return a source as GB/T 7714-2015 writes it: author. title[type]. publisher, date. address; what is not stated is said to be so."""
    unknown = "不详" if language == "zh" else "not stated"
    kind = "EB/OL" if source["url"] else "Z"
    author = f"{source['author']}. " if source["author"] else ""
    return f"{author}{source['title']}[{kind}]. {source['publisher'] or unknown}, {source['date'] or unknown}." + (f" {source['url']}" if source["url"] else "")
