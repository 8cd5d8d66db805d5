"""``report.md`` of a build, and the summary in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from withwhom.aside import Aside, rows_aside, rows_by_file
from withwhom.facts import Contradiction, Facts
from withwhom.ontology import Ontology
from withwhom.problems import Problem
from withwhom.readable import Reader
from withwhom.records import Statement
from withwhom.totals import Total, grouped, sum_text
from withwhom.words import say
from withwhom.workspace import Settings

if TYPE_CHECKING:
    from rich.console import Console

TOP = 5


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table; a bar inside a cell is escaped."""
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def report(reader: Reader, facts: Facts, settings: Settings, problems: Sequence[Problem], triples: int, aside: Sequence[Aside] = ()) -> str:
    """Return ``report.md``: what was built and set aside, coverage, contradictions, totals, problems; each heading in zh and en."""
    lines = [f"# {settings.title_zh} / {settings.title_en}", "", f"{settings.version} · {settings.base}", ""]
    lines += _section("built", _counts(reader, facts, triples))
    lines += _section("aside", _aside(aside)) if aside else []
    lines += _section("coverage", _coverage(reader.ontology, facts))
    lines += _section("contradictions", _contradictions(reader, facts.contradictions))
    lines += _section("totals", [*_lacking(aside), *_totals(reader, facts.totals)])
    lines += _section("problems", [f"- {problem.line_for('zh')} / {problem.message('en')}" for problem in sorted(problems)])
    return "\n".join(lines) + "\n"


HEADINGS = {
    "built": "## 建成的内容 / What was built",
    "aside": "## 搁置的行 / Rows set aside",
    "coverage": "## 各来源的陈述数 / Statements by source and relation",
    "contradictions": "## 相互矛盾的数字 / Figures that contradict each other",
    "totals": "## 合计（按币种、形式、口径分列，从不相加） / Totals, by currency, support and basis, never across",
    "problems": "## 提醒 / Warnings",
}


def _section(name: str, lines: Iterable[str]) -> list[str]:
    return [HEADINGS[name], "", *(list(lines) or ["无 / none"]), ""]


def _counts(reader: Reader, facts: Facts, triples: int) -> Iterator[str]:
    counts = {"sources": len(reader.records.sources), "entities": len(reader.records.entities), "organizations": facts.organizations}
    counts |= {"programs": facts.programs, "statements": len(reader.records.statements), "triples": triples}
    yield from (f"- {say(key, 'zh')} / {say(key, 'en')}: {grouped(count)}" for key, count in counts.items())


def _aside(aside: Sequence[Aside]) -> Iterator[str]:
    yield from (f"- {file}: {grouped(rows)}" for file, rows in rows_by_file(aside).items())
    yield from ("", f"{say('set-aside', 'zh', count=grouped(rows_aside(aside)))} / {say('set-aside', 'en', count=grouped(rows_aside(aside)))}")


def _lacking(aside: Sequence[Aside]) -> Iterator[str]:
    """Yield what stands above totals that may lack rows."""
    if aside:
        yield from (f"**{say('set-aside', 'zh', count=grouped(rows_aside(aside)))}** / **{say('set-aside', 'en', count=grouped(rows_aside(aside)))}**", "")


def _coverage(ontology: Ontology, facts: Facts) -> Iterator[str]:
    names = list(facts.by_relation)
    rows = [[source, *(str(counts.get(name, 0)) for name in names), str(sum(counts.values()))] for source, counts in facts.by_source.items()]
    labels = [f"{ontology.predicates[name].labels['zh']} {name}" for name in names]
    yield from markdown_table(["", *labels, "Σ"], rows)


def _contradictions(reader: Reader, found: Iterable[Contradiction]) -> Iterator[str]:
    statements = {statement.reference: statement for statement in reader.records.statements}
    for item in found:
        yield f"- {'部分大于整体 / a part exceeds its whole' if item.kind == 'part' else '同一件事的数字不同 / one event, different figures'}:"
        yield from (f"  - `{name}` {reader.sentence(statements[name], 'zh')} / {reader.sentence(statements[name], 'en')}" for name in item.statements)


DIRECTIONS = {"given": "给出 / given", "received": "得到 / received", "result": "成果中的金额，出资方未说明 / in results, giver not stated"}


def _totals(reader: Reader, totals: Iterable[Total]) -> Iterator[str]:
    header = ["", "方向 / direction", "币种", "形式 / support", "口径 / basis", "金额 / amount", "计入 / counted", "未计入 / left out", "无金额 / no amount"]
    yield from markdown_table(header, (_total_row(reader, total) for total in totals))


def _total_row(reader: Reader, total: Total) -> list[str]:
    name = f"{reader.name(total.entity, 'zh')} / {reader.name(total.entity, 'en')}"
    left_out = ", ".join(f"`{reference}` ({reason})" for reference, reason in total.left_out.items())
    counted = ", ".join(f"`{reference}`" for reference in total.counted)
    kinds = [name, DIRECTIONS[total.direction], total.currency, total.support, total.basis]
    return [*kinds, sum_text(total), counted, left_out, str(total.without_amount or "")]


def summary(console: Console, reader: Reader, facts: Facts, settings: Settings, out: str, triples: int, language: str) -> None:
    """Print what a person wants to know after a build."""
    from rich.table import Table
    from rich.text import Text

    def table(*columns: str, title: str) -> Table:
        made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
        for number, column in enumerate(columns):
            made.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
        return made

    title = settings.title_zh if language == "zh" else settings.title_en
    console.print(say("built", language, title=title, version=settings.version), style="bold", highlight=False, markup=False)
    counts = {"sources": len(reader.records.sources), "organizations": facts.organizations, "programs": facts.programs}
    counts |= {"entities": len(reader.records.entities), "statements": len(reader.records.statements), "triples": triples}
    console.print("  ".join(f"{say(key, language)} [bold]{grouped(count)}[/bold]" for key, count in counts.items()), highlight=False)
    console.print()
    relations = table(say("relation", language), say("count", language), title=say("statements", language))
    for name, count in facts.by_relation.items():
        relations.add_row(Text(reader.ontology.predicates[name].labels[language]), grouped(count))
    console.print(relations)
    console.print()
    connected = table(say("organizations", language), say("ties", language), say("programs", language), title=say("best-connected", language))
    for row in facts.connections[:TOP]:
        connected.add_row(Text(reader.name(row.body, language)), str(row.said), str(row.programs))
    console.print(connected)
    console.print()
    funding = table(say("giver", language), say("amount", language), title=say("largest-funding", language))
    for statement in facts.funding[:TOP]:
        funding.add_row(Text(_funding_ends(reader, statement, language)), f"{grouped(Decimal(statement.get('amount')))} {statement.get('currency')}")
    console.print(funding)
    console.print()
    console.print(f"[bold]{say('look-next', language)}[/bold]")
    for key, name in (("next-page", "network.html"), ("next-statements", "statements.csv"), ("next-report", "report.md")):
        console.print("  " + say(key, language, path=f"{out}/{name}"), highlight=False, markup=False)


def _funding_ends(reader: Reader, statement: Statement, language: str) -> str:
    return f"{reader.name(statement.subject, language)} → {reader.name(statement.object, language)}"
