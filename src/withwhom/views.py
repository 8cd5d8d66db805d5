"""Views of a build in other vocabularies: the same statements in terms of W3C ORG, PROV-O, Web Annotation, schema.org or one's own.

A view is a folder ``ontology/views/NAME`` of CONSTRUCT rules, and every file in it is one; they read the build's store, each by itself,
and none sees what another made. Which terms stand for one another is said in ``alignments.ttl``; which statements count, in the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from withwhom.binding import BindingError
from withwhom.problems import InputError, Problem

if TYPE_CHECKING:
    import pyoxigraph as ox

    from withwhom.derive import Rule
    from withwhom.workspace import Workspace


def read_view(workspace: Workspace, name: str) -> list[Rule]:
    """Read the rules of a view.

    Args:
        workspace: where views are; the package's own, too, where it has no vocabulary of its own.
        name: of the view, a folder below ``ontology/views``.

    Raises:
        BindingError: there is no such view.
        InputError: a rule is no CONSTRUCT query; every such file is named.
    """
    from withwhom.derive import read_rules

    views: Mapping[str, Sequence[Path]] = workspace.view_files()
    if name not in views:
        raise BindingError("no-choice", name="view", value=repr(name), known=", ".join(views))
    return read_rules((path, workspace.shown(path)) for path in views[name])


def view_lines(store: ox.Store, rules: Iterable[Rule], base: str, graphs: Sequence[str]) -> list[str]:
    """Return the triples of a view as sorted lines of N-Triples, each once.

    Args:
        store: of a build.
        rules: of the view.
        base: IRI of the graph, offered to rules as the prefix ``g:``.
        graphs: the named graphs that rules see, as one.

    Raises:
        InputError: a rule makes blank nodes, or more triples than :func:`withwhom.derive.bound_of` allows; every such rule is named.
    """
    from withwhom.derive import BrokenOffError, bound_of, constructed

    stated = len(store)
    lines: set[str] = set()
    problems = []
    for rule in rules:
        try:
            lines.update(f"{triple} ." for triple in constructed(store, rule, base, bound_of(stated), graphs))
        except BrokenOffError as error:
            values = {"bound": f"{bound_of(stated):,}", "stated": f"{stated:,}"}
            problems.append(Problem(rule.shown, *rule.form, error.code, values))
    if problems:
        raise InputError(problems)
    return sorted(lines)
