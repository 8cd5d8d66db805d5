"""Shell completion: ``withwhom completion SHELL`` prints a script that asks this module for the words that may follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from withwhom.commands import COMMANDS
from withwhom.knowledge import KnowledgeBase
from withwhom.questions import Question

SCRIPTS = {
    "bash": """_withwhom() {
  local IFS=$'\\n'
  COMPREPLY=($(withwhom completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _withwhom withwhom
""",
    "zsh": """#compdef withwhom
_withwhom() { local -a words_; words_=("${(@f)$(withwhom completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"); compadd -a words_ }
compdef _withwhom withwhom
""",
    "fish": """complete -c withwhom -f -a "(withwhom completion words -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)"
""",
    "powershell": """Register-ArgumentCompleter -Native -CommandName withwhom -ScriptBlock {
  param($word, $ast, $position)
  $given = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $given += '' }
  withwhom completion words -- @given | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
""",
}
NAMED = {"show": 1, "find": 1, "between": 2}
MOST = 50


def words(kb: KnowledgeBase | None, given: Sequence[str]) -> list[str]:
    """Return the words that may stand where the last one of ``given`` stands.

    Args:
        kb: the graph, for slugs and names; None where nothing is built yet.
        given: the words after ``withwhom``, the last one as far as it has been typed.
    """
    *before, current = list(given) or [""]
    if not before:
        return [name for name in COMMANDS if name.startswith(current)]
    if kb is None:
        return []
    if before[0] == "query":
        found = _of_query(kb, before[1:], current)
    elif before[0] == "new":
        from withwhom.completion_rows import of_row

        found = of_row(kb, before[1:], lambda cls: entities(kb, current, cls))
    elif len(before) <= NAMED.get(before[0], 0) and not current.startswith("-"):
        found = entities(kb, current, "")
    else:
        found = iter(SCRIPTS) if before == ["completion"] else iter(())
    return [word for word in found if word.startswith(current) or not current.isascii()][:MOST]


def _of_query(kb: KnowledgeBase, before: Sequence[str], current: str) -> Iterator[str]:
    if not before:
        yield from kb.questions
        return
    question: Question | None = kb.questions.get(before[0])
    if question is None:
        return
    parameter = next((item for item in question.parameters if before[-1] == f"--{item.name}"), None)
    if parameter is None:
        yield from (f"--{item.name}" for item in question.parameters if f"--{item.name}" not in before)
    elif parameter.choices:
        yield from (choice.rpartition("#")[2] for choice in parameter.choices)
    elif parameter.cls:
        yield from entities(kb, current, parameter.cls)


def entities(kb: KnowledgeBase, begin: str, cls: str) -> Iterator[str]:
    """Yield the ids and names of a class of entities that begin with a text."""
    pattern, kind = begin.replace("%", "").replace("_", "") + "%", f"% {cls} %" if cls else "%"
    query = """SELECT id FROM entity WHERE id LIKE ?1 AND classes LIKE ?2 UNION
        SELECT n.name FROM name n JOIN entity e ON e.number = n.entity WHERE n.name LIKE ?1 AND n.source = '' AND e.classes LIKE ?2 ORDER BY 1 LIMIT ?3"""
    with kb.names.reading() as connection:
        yield from (row[0] for row in connection.execute(query, (pattern, kind, MOST)))
