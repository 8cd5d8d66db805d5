"""What the program says, in Chinese and English."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping

LANGUAGES = ("zh", "en")

PROBLEMS: Mapping[str, tuple[str, str]] = {
    "missing-file": ("缺少这个文件", "this file is missing"),
    "locked-file": ("打不开；是否正在 Excel 里打开？请关闭后再试", "cannot be opened; is it open in Excel? Close it and try again"),
    "not-utf8": ("不是有效的 UTF-8；请另存为“CSV UTF-8”", "is not valid UTF-8; save it as “CSV UTF-8”"),
    "gb18030": ("像是 GB18030（GBK）编码；请另存为“CSV UTF-8”", "looks like GB18030 (GBK); save it as “CSV UTF-8”"),
    "bad-csv": ("不是有效的 CSV（{detail}）；检查引号是否成对", "is no valid CSV ({detail}); check that quotation marks come in pairs"),
    "cell-too-long": ("一行超过 {limit} 字节；文件可能损坏", "a line is longer than {limit} bytes; the file may be damaged"),
    "too-many-cells": (
        "有 {cells} 格，表头只有 {columns} 列；含逗号的内容要加引号",
        "has {cells} cells under {columns} columns; put a cell with commas in quotation marks",
    ),
    "missing-column": ("缺少列 {value}", "the column {value} is missing"),
    "duplicate-column": ("列 {value} 出现两次", "the column {value} stands twice"),
    "unknown-column": ("没有名为 {value} 的列；可用：{known}", "there is no column {value}; known: {known}"),
    "bad-number": ("{column}：{value} 不是数；请写成 41890000 或 12.5", "{column}: {value} is no number; write it like 41890000 or 12.5"),
    "spreadsheet-number": (
        "{column}：{value} 被电子表格改成了科学记数；把该列设为文本，写全数字",
        "{column}: a spreadsheet turned the figure into {value}; format the column as text and write all digits",
    ),
    "bad-date": (
        "{column}：{value} 不是日期；请写 2018、2018-Q3、2018-03 或 2018-03-21",
        "{column}: {value} is no date; write 2018, 2018-Q3, 2018-03 or 2018-03-21",
    ),
    "spreadsheet-date": (
        "{column}：{value} 被电子表格改过；把该列设为文本，写 2018-01 这样的日期",
        "{column}: a spreadsheet turned the date into {value}; format the column as text and write it like 2018-01",
    ),
    "bad-value": ("{column}：{value} 不是 {kind}", "{column}: {value} is no {kind}"),
    "bad-digest": ("{column}：{value} 不是 SHA-256（64 位十六进制）", "{column}: {value} is no SHA-256 (64 hex digits)"),
    "unknown-source": ("来源 {value} 不在 sources.csv 里", "the source {value} is not in sources.csv"),
    "bad-id": (
        "标识 {value} 只能用小写字母、数字和连字符，如 shanxi-red-cross",
        "the id {value} may hold lower-case letters, digits and hyphens only, like shanxi-red-cross",
    ),
    "duplicate-id": ("标识 {value} 已用在第 {line} 行", "the id {value} is already used in line {line}"),
    "unknown-type": ("没有类 {value}；可用：{known}", "there is no class {value}; known: {known}"),
    "empty-cell": ("{column} 不能为空", "{column} must not be empty"),
    "unknown-value": ("{column}：没有值 {value}；可用：{known}", "{column}: there is no value {value}; known: {known}"),
    "unknown-entity": ("{column}：实体 {value} 不在 entities.csv 里", "{column}: the entity {value} is not in entities.csv"),
    "wrong-type": ("{column}：{value} 是 {type}，应为 {known}", "{column}: {value} is a {type} and should be a {known}"),
    "unknown-predicate": ("没有谓词 {value}；可用：{known}", "there is no predicate {value}; known: {known}"),
    "illegal-subject": (
        "{value} 是 {type}，不能作 {predicate} 的主语；可用：{known}",
        "{value} is a {type} and cannot be the subject of {predicate}; legal: {known}",
    ),
    "illegal-object": (
        "{value} 是 {type}，不能作 {predicate} 的宾语；可用：{known}",
        "{value} is a {type} and cannot be the object of {predicate}; legal: {known}",
    ),
    "missing-object": ("{predicate} 需要宾语", "{predicate} needs an object"),
    "unknown-statement": ("{column}：没有陈述 {value}；请写 <来源>/<标识>", "{column}: there is no statement {value}; write <source>/<id>"),
    "stop-before-begin": ("stop {stop} 不在 begin {begin} 之后", "stop {stop} is not after begin {begin}"),
    "past-the-text": ("stop {stop} 超出文本（长 {length}）", "stop {stop} is past the text, which has {length} characters"),
    "digest-differs": (
        "digest {value} 与文本不符（文本为 {found}）；位置可能偏移",
        "digest {value} does not match the text ({found}); the offsets may have moved",
    ),
    "mention-not-there": ("{column}：{value} 不在这条陈述的段落里", "{column}: {value} does not stand in the passages of this statement"),
    "mention-unknown": (
        "{column}：{value} 不是 {entity} 已登记的名称；请加到 names.csv",
        "{column}: {value} is no known name of {entity}; add it to names.csv",
    ),
    "wording-too-long": ("wording {value} 超过 5 段或 60 字", "wording {value} has more than 5 parts or 60 characters"),
    "wording-part": (
        "wording 中的 {value} 不是名称，超过 12 字或含标点",
        "the part {value} of wording is no name and is longer than 12 characters or holds a clause mark",
    ),
    "wording-not-there": ("wording 中的 {value} 没有按顺序出现在段落里", "the part {value} of wording does not stand in the passages, in text order"),
    "cycle": ("{column} 成环：{value}", "{column} goes in a circle: {value}"),
    "may-overlap": (
        "与 {value} 同一出资方、口径和时段；若相关请写 event、included_in 或 overlaps",
        "same giver, basis and period as {value}; if they are related, say so in event, included_in or overlaps",
    ),
    "bad-base": ("base {value} 不是以 / 或 # 结尾的 IRI", "base {value} is no IRI that ends in / or #"),
    "bad-toml": ("不是有效的 TOML：{detail}", "is no valid TOML: {detail}"),
    "missing-setting": ("缺少设置 {value}", "the setting {value} is missing"),
    "bad-turtle": ("不是有效的 Turtle：{detail}", "is no valid Turtle: {detail}"),
    "no-relation": (
        "谓词 {value} 不在恰好一个顶层谓词（有 ww:relation）之下",
        "the predicate {value} is not below exactly one top predicate (one with ww:relation)",
    ),
    "bad-range": ("限定词 {value} 的 rdfs:range 不能作表格的列", "the rdfs:range of the qualifier {value} is nothing that a column can hold"),
    "duplicate-term": ("{value} 与 {other} 的本地名相同，表里分不清", "{value} has the same local name as {other}: tables could not tell them apart"),
    "undeclared-term": ("{value} 没有声明；检查拼写", "{value} is not declared; check its spelling"),
    "incomplete-term": ("{value} 缺少 {missing}", "{value} lacks {missing}"),
    "bad-phrase": ("{value} 的句式有不认识的占位符：{phrase}", "the phrase of {value} has an unknown placeholder: {phrase}"),
    "bad-header": ("#+ 开头的说明不是有效的 YAML：{detail}", "the #+ header is no valid YAML: {detail}"),
    "unknown-key": ("说明里没有键 {value}；可用：{known}", "the header has no key {value}; known: {known}"),
    "missing-key": ("说明缺少 {value}（x- 开头的要有 zh 和 en）", "the header lacks {value} (x- keys need zh and en)"),
    "forbidden-word": ("问题里不能用 {value}", "a question may not use {value}"),
    "no-order": ("问题要有 ORDER BY，最后按一个 IRI 排", "a question ends with ORDER BY, an IRI last"),
    "not-in-bind": ("参数 {value} 只能写在 BIND(… AS ?x) 里", "the parameter {value} may stand only in BIND(… AS ?x)"),
    "required-not-first": ("必填参数 {value} 的 BIND 要放在它所在花括号的最前面", "the BIND of the required parameter {value} comes first in its group"),
    "optional-not-last": ("选填参数 {value} 的 BIND 要紧接在它的 FILTER 前面", "the BIND of the optional parameter {value} comes directly before its FILTER"),
    "parameter-undescribed": ("参数 {value} 在 x-parameters 和查询里不一致", "the parameter {value} stands in only one of x-parameters and the query"),
    "bad-query": ("查询有误：{detail}", "the query is wrong: {detail}"),
    "bad-rule": ("规则有误：{detail}", "the rule is wrong: {detail}"),
    "rule-blank-node": ("规则造出了空白节点；请用 IRI", "the rule makes blank nodes; use IRIs"),
    "shape": ("{zh}", "{en}"),
}

WORDS: Mapping[str, tuple[str, str]] = {
    **{f"problem-{code}": texts for code, texts in PROBLEMS.items()},
    "more-problems": ("……显示 {shown} 个，共 {total} 个问题", "… {shown} shown of {total} problems"),
    "nothing-written": (
        "共 {errors} 个错误，{warnings} 个提醒。没有写入任何文件，原来的 build/ 保持不变。",
        "{errors} errors, {warnings} warnings. Nothing was written; the old build/ is as it was.",
    ),
    "checked": (
        "检查完毕：{statements} 条陈述，{entities} 个实体，{sources} 个来源；{errors} 个错误，{warnings} 个提醒。",
        "Checked: {statements} statements, {entities} entities, {sources} sources; {errors} errors, {warnings} warnings.",
    ),
    "built": ("图谱建成：{title} {version}", "Built: {title} {version}"),
    "step-read": ("读取表格", "reading tables"),
    "step-check": ("检查", "checking"),
    "step-compile": ("编译三元组", "compiling triples"),
    "step-derive": ("推导", "deriving"),
    "step-validate": ("按形状校验", "validating shapes"),
    "step-write": ("写出文件", "writing files"),
    "step-store": ("建库", "loading the store"),
    "step-page": ("画网络图", "drawing the network"),
    "organizations": ("组织", "Organizations"),
    "programs": ("项目与活动", "Programs"),
    "sources": ("来源", "Sources"),
    "statements": ("陈述", "Statements"),
    "entities": ("实体", "Entities"),
    "triples": ("三元组", "Triples"),
    "relation": ("关系", "Relation"),
    "count": ("条数", "Count"),
    "best-connected": ("联系最多的组织", "Best-connected organizations"),
    "ties": ("联系", "Ties"),
    "largest-funding": ("最大的资助", "Largest funding"),
    "amount": ("金额", "Amount"),
    "giver": ("出资方", "Giver"),
    "receiver": ("受助方", "Receiver"),
    "through": ("经由", "through"),
    "none-named": ("原文未指明", "not named"),
    "look-next": ("接着看", "Where to look next"),
    "next-page": ("{path} — 在浏览器里打开网络图", "{path} — the network, in any browser"),
    "next-statements": ("{path} — 每条陈述及出处，Excel 可直接打开", "{path} — every statement with its evidence; opens in Excel"),
    "next-report": ("{path} — 建了什么、哪里矛盾、哪里要看", "{path} — what was built, contradictions, things to look at"),
    "texts": ("原文", "Texts"),
    "text-verified": ("核对无误：{path}", "verified: {path}"),
    "text-differs": ("有同名文件但内容不同：{path}", "a file of that name differs: {path}"),
    "text-missing": ("没有原文；{where}", "no text at hand; {where}"),
    "text-where": ("可从这里取得：{url}", "it can be had at {url}"),
    "text-nowhere": ("出处没有给出网址：{title}，{publisher}", "the source gives no address: {title}, {publisher}"),
    "texts-verified": ("{found} / {total} 个来源的原文已核对", "texts verified: {found} of {total} sources"),
    "outline-written": ("{path}：{sentences} 个句子，{sources} 个来源", "{path}: {sentences} sentences, {sources} sources"),
    "outline-nothing": (
        "没有找到已登记来源的原文，outline.csv 未改动；用 --sources 指明文件夹",
        "no text of a registered source was found and outline.csv is as it was; name their folder with --sources",
    ),
    "list-open": ("原文列举未尽（等）", "the source's list goes on"),
    "undated-left-out": ("另有 {count} 行没有日期，未计入", "{count} more rows have no date and are left out"),
    "rows-left-out": ("另有 {count} 行未列出：{reason}", "{count} more rows are not shown: {reason}"),
    "dossier-silence": ("{count} 份文献没有说到：{questions}", "the {count} documents do not speak of: {questions}"),
    "not-stated": ("文献没有说到的", "What no document states"),
    "no-tie-said": ("{count} 份文献都没有说{a}与{b}有合作或其他联系。", "None of the {count} documents states a tie between {a} and {b}."),
    "paths": ("两者之间的路径", "Paths between the two"),
    "rows-cut": ("显示前 {shown} 行，共 {total} 行", "the first {shown} of {total} rows are shown"),
    "silence": ("{count} 份文献都没有这样说（不等于没有）。", "None of the {count} documents states this (which is not a “no”)."),
    "paragraph-sentence": ("第{paragraph}段第{sentence}句", "para. {paragraph}, sent. {sentence}"),
    "inferred": ("推断", "inferred"),
    "rule": ("规则", "rule"),
    "error": ("错误", "error"),
    "no-build-yet": (
        "{path}：这里还没有建成的图谱，或由旧版本建成；请运行 withwhom build",
        "{path}: no build here yet, or one of an older version; run: withwhom build",
    ),
    "store-unreadable": ("{path}：库读不了（{detail}）；请重新运行 withwhom build", "{path}: the store cannot be read ({detail}); run: withwhom build"),
    "query-not-understood": ("查询有误：{detail}", "the query is not understood: {detail}"),
    "only-select": ("这里只回答 SELECT 查询", "only SELECT queries are answered here"),
    "no-question": ("没有问题 {value}；最接近的：{near}", "there is no question {value}; nearest: {near}"),
    "word-refused": ("不接受 {word}：查询只读这个图谱", "{word} is refused: queries read this graph and nothing else"),
    "not-embedded": ("只有本机的库能用 rdflib 打开", "only a build on this machine can be opened with rdflib"),
    "no-choice": ("--{name}：{value} 不在可选值里：{known}", "--{name}: {value} is none of {known}"),
    "time-limit": ("{seconds} 秒内没有答完；请缩小问题或加大 --timeout", "no answer within {seconds} s; narrow the question or raise --timeout"),
    "no-such-value": ("{value} 不是 {kind}", "{value} is no {kind}"),
    "no-date": ("{value} 不是日期；请写 2018、2018-Q3、2018-03 或 2018-03-21", "{value} is no date; write 2018, 2018-Q3, 2018-03 or 2018-03-21"),
    "no-parameter": ("{slug} 没有参数 {value}；可用：{known}", "{slug} has no parameter {value}; it has: {known}"),
    "value-missing": ("{slug} 需要 --{name}", "{slug} needs --{name}"),
    "name-unclear": ("{value} 可能指几个实体，请写其中一个的标识：{candidates}", "{value} may mean several entities; give the id of one:{candidates}"),
    "name-unknown": ("没有名为 {value} 的实体{candidates}", "no entity is called {value}{candidates}"),
    "no-workspace": ("{path}：这里没有工作区（应有 {mark}）", "{path}: no workspace here (it would hold {mark})"),
    "no-build": ("{path}：不是图谱的输出文件夹，里面的文件不会被替换", "{path} is no build of a graph; its files are not replaced"),
    "in-use": ("{path}：{detail}；里面的文件是否正被别的程序打开？", "{path}: {detail}; is one of its files open in another program?"),
    "failed": ("失败：{detail}", "failed: {detail}"),
    "help": (
        "把有标注的文献变成“谁与谁合作、谁资助什么”的知识图谱，每条边都能翻到出处。",
        "Turn annotated documents into a knowledge graph of who works with whom and who funds what; every edge opens to its evidence.",
    ),
    "help-build": ("检查并编译工作区，写出 build/", "check and compile a workspace into build/"),
    "help-check": ("检查表格、词汇、形状和证据，不写文件", "check tables, vocabulary, shapes and evidence; write nothing"),
    "help-outline": ("由原文重新生成 graph/outline.csv（只含数字）", "make graph/outline.csv (numbers only) from the texts"),
    "help-sources": (
        "列出各来源的原文：已核对、不同或缺少，以及何处可得",
        "list the sources' texts: verified, different or missing, and where each can be had",
    ),
    "help-workspace": ("工作区文件夹（默认：当前或上级文件夹，否则用自带的）", "workspace folder (default: here or a parent folder, else the shipped one)"),
    "help-sources-option": ("原文所在文件夹（默认 sources/）", "folder of the texts (default: sources/)"),
    "help-out": ("输出文件夹（默认 build/）", "output folder (default: build/)"),
    "help-quotes": ("none：不在产物里写引文", "none: leave quoted passages out of what is built"),
    "help-lang": ("语言：zh 或 en（默认按系统）", "language: zh or en (default from the locale)"),
    "help-queries": ("列出全部问题、参数和用途", "list the saved questions with their parameters"),
    "help-query": ("问一个问题，例如：query partners-of --org 山西省红十字会", "ask a saved question, such as: query partners-of --org shanxi-red-cross"),
    "help-sparql": ("用 SPARQL SELECT 提问（文件，或 - 表示标准输入）", "ask in SPARQL (SELECT; a file, or - for standard input)"),
    "help-find": (
        "按任何名称找实体：简称、曾用名、繁体、拼音、英文、错字",
        "find entities by any name: abbreviation, former name, Traditional, pinyin, English, a typo",
    ),
    "help-show": (
        "一个实体的档案：合作报告、项目、资金进出、成果、荣誉、文件、时间线",
        "the dossier of an entity: partnership report, programs, money in and out, results, awards, documents, timeline",
    ),
    "help-between": ("两个组织之间：原文怎么说、共同项目、共同合作方、路径", "between two bodies: what is said, shared programs, common partners, paths"),
    "help-format": ("输出格式", "output format"),
    "help-stated-only": ("不用推导出来的", "leave out what rules derive"),
    "help-explicit-only": ("不要读者推断的", "leave out what readers inferred"),
    "help-status": (
        "计入哪些阶段，用逗号分开：done,ongoing,planned,applied,denied,none（none = 未说明）",
        "phases that count, by commas: done,ongoing,planned,applied,denied,none (none: not stated)",
    ),
    "help-limit": ("最多多少行", "most rows to give"),
    "help-timeout": ("最多等多少秒", "seconds to wait at most"),
    "help-file": ("写到文件（扩展名决定格式）", "write to a file (its extension gives the format)"),
    "help-name": ("实体的标识或任何名称", "id or any name of an entity"),
    "help-slug": ("问题的名字，见 withwhom queries", "name of the question, see withwhom queries"),
    "taken-as": ("{text} 按 {name}（{id}）理解", "{text} is taken as {name} ({id})"),
    "help-version": ("显示版本", "show the version"),
    "help-help": ("显示帮助", "show this help"),
}


def say(key: str, language: str, **values: str) -> str:
    """Return a text in ``zh`` or ``en`` with its placeholders filled.

    Args:
        key: a key of :data:`WORDS`.
        language: ``zh`` or ``en``.
        values: what the placeholders stand for.

    Raises:
        KeyError: an unknown key, or a placeholder without value.
    """
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def default_language() -> str:
    """Return ``zh`` on a Chinese system, else ``en``."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
