"""Which terms a SPARQL query names."""

from __future__ import annotations

import re

from withwhom.questions import ANY_IRI, COMMENT, TEXTS

# What stands in a query: texts and comments, IRIs, prefixed names (their local part without escapes, dots only inside).
PARTS = re.compile(
    rf"{TEXTS}|<(?P<iri>{ANY_IRI[1:-1]})>|{COMMENT}|(?<![\w?$:])(?P<prefix>(?:[A-Za-z][\w-]*)?):(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)",
    re.DOTALL,
)
PREFIX = re.compile(r"\bPREFIX\s+([\w-]*):\s*<([^<>\s]*)>", re.IGNORECASE)


def named_in(query: str) -> set[str]:
    r"""Return the IRIs that a query names, in full or by a prefix that it declares; texts and comments name nothing.

    >>> sorted(named_in("PREFIX a: <urn:a:> SELECT * { ?s a:b/a:c <urn:d> # a:e\n }"))
    ['urn:a:', 'urn:a:b', 'urn:a:c', 'urn:d']
    """
    spaces = dict(PREFIX.findall(query))
    found = set()
    for match in PARTS.finditer(query):
        if match["iri"]:
            found.add(match["iri"])
        elif match["name"] and match["prefix"] in spaces:
            found.add(spaces[match["prefix"]] + match["name"])
    return found
