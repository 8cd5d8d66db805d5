"""The words that complete ``withwhom new``: the columns of its tables, and what their cells may say, as the build's vocabulary has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from withwhom.knowledge import KnowledgeBase
from withwhom.tables import ENTITY_COLUMNS, NAME_COLUMNS, QUOTE, SOURCE_COLUMNS, STATEMENT_COLUMNS

TABLES: Mapping[str, Sequence[str]] = {
    "entity": ENTITY_COLUMNS,
    "name": NAME_COLUMNS,
    "source": SOURCE_COLUMNS,
    "statement": ("source", *STATEMENT_COLUMNS, QUOTE),
}
# Which columns of the tables' form hold an entity; those of the vocabulary say so themselves.
ENTITIES = {("entity", "place"): "Place", ("name", "entity"): "", ("statement", "subject"): "", ("statement", "object"): ""}
PREFIXES = "PREFIX ww: <https://w3id.org/withwhom/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
PREDICATES = PREFIXES + "SELECT ?term WHERE { ?term a ww:Predicate } ORDER BY ?term"
CLASSES = PREFIXES + "SELECT ?term WHERE { ?term rdfs:subClassOf* ww:Entity } ORDER BY ?term"
QUALIFIERS = PREFIXES + "SELECT ?term ?range WHERE { ?term a ww:Qualifier ; rdfs:range ?range } ORDER BY ?term"
CODES = PREFIXES + "SELECT ?range ?term WHERE { ?term a ?range . ?column a ww:Qualifier ; rdfs:range ?range } ORDER BY ?range ?term"


def of_row(kb: KnowledgeBase, before: Sequence[str], entities: Callable[[str], Iterator[str]]) -> Iterator[str]:
    """Yield the words that may follow ``withwhom new``.

    Args:
        kb: the graph.
        before: the words after ``new``.
        entities: gives ids and names of a class.
    """
    from withwhom.columns import column_name, local_name

    if not before:
        yield from TABLES
        return
    kind, column = before[0], before[-1].removeprefix("--").replace("-", "_")
    ranges = {column_name(local_name(str(term))): str(range) for term, range in kb.sparql(QUALIFIERS).rows} if kind == "statement" else {}
    classes = [local_name(str(term)) for (term,) in kb.sparql(CLASSES).rows]
    if not before[-1].startswith("--"):
        yield from (f"--{name.replace('_', '-')}" for name in dict.fromkeys((*TABLES.get(kind, ()), *ranges)))
    elif column == "predicate":
        yield from (local_name(str(term)) for (term,) in kb.sparql(PREDICATES).rows)
    elif (kind, column) == ("entity", "type"):
        yield from classes
    elif (kind, column) in ENTITIES:
        yield from entities(ENTITIES[kind, column])
    elif column == "source":
        yield from kb.catalogue["sources"]
    elif local_name(ranges.get(column, "")) in classes:
        yield from entities(local_name(ranges[column]))
    else:
        yield from (column_name(local_name(str(term))) for range, term in kb.sparql(CODES).rows if str(range) == ranges.get(column))
