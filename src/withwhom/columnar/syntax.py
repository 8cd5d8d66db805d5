"""Reads the part of SPARQL 1.1 that saved questions are written in. Everything else is declined, so that another engine answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from withwhom.terms import RDF, XSD, literal


class DeclinedError(Exception):
    """The query says something that is not understood here; it may be perfectly good SPARQL."""


@dataclass(frozen=True)
class Variable:
    """A variable, without its question mark."""

    name: str


@dataclass(frozen=True)
class Constant:
    """An RDF term as N-Triples write it."""

    term: bytes


@dataclass(frozen=True)
class Call:
    """A function or an operator, by its name in capitals, and what it is applied to."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Exists:
    """``EXISTS``, or ``NOT EXISTS`` where it is not wanted."""

    group: Group
    wanted: bool


Node: TypeAlias = Variable | Constant
Expression: TypeAlias = "Variable | Constant | Call | Exists"


@dataclass(frozen=True)
class Triples:
    """A triple pattern; several properties are alternatives (SPARQL 1.1, section 9.1)."""

    subject: Node
    properties: tuple[Constant, ...]
    object: Node


@dataclass(frozen=True)
class Filter:
    """``FILTER``."""

    expression: Expression


@dataclass(frozen=True)
class Bind:
    """``BIND(expression AS ?name)``."""

    expression: Expression
    name: str


@dataclass(frozen=True)
class Optional:
    """``OPTIONAL``."""

    group: Group


@dataclass(frozen=True)
class Minus:
    """``MINUS``."""

    group: Group


@dataclass(frozen=True)
class Union:
    """Groups of which any may match; a single one is a group in braces."""

    groups: tuple[Group, ...]


Element: TypeAlias = "Triples | Filter | Bind | Optional | Minus | Union | Select"


@dataclass(frozen=True)
class Group:
    """What stands between braces, in its order."""

    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Count:
    """``(COUNT(DISTINCT ?of) AS ?name)``."""

    of: str
    name: str


@dataclass(frozen=True)
class Select:
    """A query or a sub-query; ``order`` holds expressions, each with whether it falls."""

    columns: tuple[str | Count, ...]
    distinct: bool
    where: Group
    grouped: tuple[str, ...] = ()
    order: tuple[tuple[Expression, bool], ...] = ()


TOKEN = re.compile(
    r"""(?P<iri><[^<>"{}|^`\\\s]*>)
    |(?P<variable>[?$]\w+)
    |(?P<string>"(?:[^"\\\n\r]|\\.)*"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<name>[A-Za-z][\w-]*:(?:[\w-](?:[\w.-]*[\w-])?)?)
    |(?P<word>[A-Za-z]+)
    |(?P<mark>\^\^|&&|\|\||!=|<=|>=|[{}().;,=<>!|])
    |(?P<space>\s+|\#[^\n]*)
    |(?P<other>.)""",
    re.VERBOSE,
)
COMPARED = ("=", "!=", "<", ">", "<=", ">=")
FUNCTIONS = {"COALESCE": None, "IF": 3, "BOUND": 1, "CONCAT": None, "STR": 1, "STRAFTER": 2, "LANG": 1, "ISIRI": 1}
STRING_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def parse(text: str) -> Select:
    """Return a SELECT query.

    Raises:
        DeclinedError: it is none, or says something that is not understood here.
    """
    return _Reader(text).query()


@dataclass
class _Reader:
    """Reads tokens one after the other; what begins how is looked up, nothing is tried twice."""

    text: str

    def __post_init__(self) -> None:
        found = ((str(match.lastgroup), match[0]) for match in TOKEN.finditer(self.text))
        self.tokens = [token for token in found if token[0] != "space"]
        self.place = 0
        self.prefixes: dict[str, str] = {}

    def peek(self, *words: str) -> bool:
        """Tell whether the next token is one of some marks or words."""
        return self.place < len(self.tokens) and self.tokens[self.place][1].upper() in words

    def kind(self) -> str:
        """Return of which kind the next token is; empty at the end."""
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def take(self, *words: str) -> str:
        """Return the next token, which has to be one of some marks or words, if any are given."""
        if not self.kind() or (words and not self.peek(*words)):
            raise DeclinedError(self.tokens[self.place][1] if self.kind() else "")
        self.place += 1
        return self.tokens[self.place - 1][1]

    def took(self, *words: str) -> bool:
        """Take the next token if it is one of some marks or words, and tell whether it was."""
        if self.peek(*words):
            self.place += 1
            return True
        return False

    def taken(self, kind: str) -> str:
        """Return the next token, which has to be of a kind."""
        if self.kind() != kind:
            raise DeclinedError(self.take())
        return self.take()

    def query(self) -> Select:
        while self.took("PREFIX"):
            prefix = self.taken("name")
            self.prefixes[prefix] = self.taken("iri")[1:-1]
        select = self.select()
        if self.kind():
            raise DeclinedError(self.take())
        return select

    def select(self) -> Select:
        self.take("SELECT")
        distinct = self.took("DISTINCT")
        columns: list[str | Count] = []
        while not self.peek("WHERE"):
            columns.append(self.count() if self.took("(") else self.variable())
        self.take("WHERE")
        where, grouped, order = self.group(), [], []
        if self.took("GROUP"):
            self.take("BY")
            while self.kind() == "variable":
                grouped.append(self.variable())
        if self.took("ORDER"):
            self.take("BY")
            while self.kind() and not self.peek("}"):
                falling = self.peek("DESC")
                order.append((self.bracketed() if self.took("ASC", "DESC") else self.single(), falling))
        return Select(tuple(columns), distinct, where, tuple(grouped), tuple(order))

    def count(self) -> Count:
        for word in ("COUNT", "(", "DISTINCT"):
            self.take(word)
        of = self.variable()
        for word in (")", "AS"):
            self.take(word)
        name = self.variable()
        self.take(")")
        return Count(of, name)

    def variable(self) -> str:
        return self.taken("variable")[1:]

    def group(self) -> Group:
        self.take("{")
        elements: list[Element] = []
        while not self.took("}"):
            if self.took("."):
                continue
            elements.extend(self.element())
        return Group(tuple(elements))

    def element(self) -> Iterator[Element]:
        if self.took("FILTER"):
            yield Filter(self.constraint())
        elif self.took("BIND"):
            self.take("(")
            expression = self.expression()
            self.take("AS")
            yield Bind(expression, self.variable())
            self.take(")")
        elif self.took("OPTIONAL"):
            yield Optional(self.group())
        elif self.took("MINUS"):
            yield Minus(self.group())
        elif self.peek("{"):
            yield self.braces()
        elif self.peek("SELECT"):
            yield self.select()
        else:
            yield from self.triples()

    def constraint(self) -> Expression:
        if self.peek("NOT", "EXISTS"):
            wanted = not self.took("NOT")
            self.take("EXISTS")
            return Exists(self.group(), wanted)
        return self.bracketed()

    def braces(self) -> Union:
        groups = [self.group()]
        while self.took("UNION"):
            groups.append(self.group())
        return Union(tuple(groups))

    def triples(self) -> Iterator[Triples]:
        subject = self.node()
        while True:
            properties = self.properties()
            yield Triples(subject, properties, self.node())
            while self.took(","):
                yield Triples(subject, properties, self.node())
            if not self.took(";"):
                return

    def properties(self) -> tuple[Constant, ...]:
        if not self.took("("):
            return (self.property(),)
        found = [self.property()]
        while self.took("|"):
            found.append(self.property())
        self.take(")")
        return tuple(found)

    def property(self) -> Constant:
        if self.kind() == "word" and self.tokens[self.place][1] == "a":
            self.take()
            return Constant(f"<{RDF}type>".encode())
        if self.kind() not in ("iri", "name"):
            raise DeclinedError(self.take())
        return self.constant()

    def node(self) -> Node:
        return Variable(self.variable()) if self.kind() == "variable" else self.constant()

    def constant(self) -> Constant:
        kind, token = self.kind(), self.take()
        if kind == "iri":
            return Constant(token.encode())
        if kind == "name":
            return Constant(f"<{self.full(token)}>".encode())
        if kind == "string":
            return Constant(self.string(token).encode())
        if kind == "number":
            return Constant(literal(token, datatype=XSD + ("decimal" if "." in token else "integer")).encode())
        if token.lower() in ("true", "false"):
            return Constant(literal(token.lower(), datatype=XSD + "boolean").encode())
        raise DeclinedError(token)

    def full(self, token: str) -> str:
        prefix, _, local = token.partition(":")
        if f"{prefix}:" not in self.prefixes:
            raise DeclinedError(token)
        return self.prefixes[f"{prefix}:"] + local

    def string(self, token: str) -> str:
        body, _, language = token.rpartition('"')
        if re.search(r"\\[^tnrbf\"'\\]", body):
            raise DeclinedError(token)
        text = re.sub(r"\\(.)", lambda match: STRING_ESCAPES[match[1]], body[1:])
        if not self.took("^^"):
            return literal(text, language=language[1:])
        datatype = self.constant().term.decode()
        if not datatype.startswith("<"):
            raise DeclinedError(datatype)
        return literal(text, datatype=datatype[1:-1])

    def bracketed(self) -> Expression:
        self.take("(")
        expression = self.expression()
        self.take(")")
        return expression

    def expression(self) -> Expression:
        return self.chain("||", lambda: self.chain("&&", self.comparison))

    def chain(self, mark: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self.took(mark):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(mark, tuple(parts))

    def comparison(self) -> Expression:
        left = self.single()
        if self.peek(*COMPARED):
            return Call(self.take(), (left, self.single()))
        if self.took("IN"):
            return Call("IN", (left, *self.listed()))
        return left

    def single(self) -> Expression:
        if self.took("!"):
            return Call("!", (self.single(),))
        if self.peek("("):
            return self.bracketed()
        if self.peek("EXISTS", "NOT"):
            return self.constraint()
        if self.kind() == "word" and self.tokens[self.place][1].upper() in FUNCTIONS:
            return self.function()
        return self.node()

    def function(self) -> Call:
        name = self.take().upper()
        arguments, most = self.listed(), FUNCTIONS[name]
        if not arguments or (most and len(arguments) != most) or (name == "BOUND" and not isinstance(arguments[0], Variable)):
            raise DeclinedError(name)
        return Call(name, tuple(arguments))

    def listed(self) -> list[Expression]:
        self.take("(")
        found = [self.expression()]
        while self.took(","):
            found.append(self.expression())
        self.take(")")
        return found
