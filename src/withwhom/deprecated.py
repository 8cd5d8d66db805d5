"""Deprecated terms: ``owl:deprecated true``, and ``dcterms:isReplacedBy`` with the term that takes the place of it.

A deprecated term still means what it meant, so that old rows stay right; nobody is offered it any more.
"""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import DCTERMS, OWL, Graph, Literal, URIRef


def deprecated(graph: Graph) -> dict[str, str]:
    """Return the deprecated terms of a vocabulary, each with the term that takes its place.

    Where that one is deprecated, too, its own replacement is meant; where there is none, several, or a circle, the replacement is empty.
    """
    old = {str(term) for term, value in graph.subject_objects(OWL.deprecated) if isinstance(value, Literal) and value.toPython() is True}
    following = {term: sorted(map(str, graph.objects(URIRef(term), DCTERMS.isReplacedBy))) for term in old}
    return {term: last(term, following) for term in sorted(old)}


def last(term: str, following: Mapping[str, list[str]]) -> str:
    """Return the term at the end of a chain of replacements, empty where the chain has no one end."""
    seen = [term]
    while len(following.get(seen[-1], ())) == 1:
        seen.append(following[seen[-1]][0])
        if seen[-1] in seen[:-1]:
            return ""
    return seen[-1] if len(seen) > 1 and seen[-1] not in following else ""
