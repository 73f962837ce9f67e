"""SurveyJS's condition language, read into a small tree. Only reading; `translate` gives it a meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.notes import shown

MAX_LENGTH = 10_000
MAX_DEPTH = 90


class NotCarried(Exception):
    """Why a condition has no counterpart; one plain sentence."""


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: text, number, truth, nothing, or a list of them."""

    value: Any


Operand = Name | Value


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str  # a key of operators.OPERATORS
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Empty:
    operand: Operand


@dataclass(frozen=True, slots=True)
class Bare:
    """A name or a literal by itself."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Junction:
    operator: str  # and, or
    parts: "tuple[Condition, ...]"


Condition = Compare | Empty | Bare | Not | Junction

TOKEN = re.compile(
    r"""\s*(?:
      \{(?P<name>[^{}]*)\}
    | '(?P<single>(?:\\.|[^'\\])*)'
    | "(?P<double>(?:\\.|[^"\\])*)"
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![A-Za-z0-9_.])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign><=|=<|>=|=>|==|!=|<>|\*=|&&|\|\||[=<>!()\[\],])
    )""",
    re.VERBOSE,
)
SIGNS = {
    "==": "=",
    "!=": "<>",
    "=<": "<=",
    "=>": ">=",
    "*=": "contains",
    "&&": "and",
    "||": "or",
}
WORDS = {
    "equal": "=",
    "equals": "=",
    "notequal": "<>",
    "notequals": "<>",
    "greater": ">",
    "less": "<",
    "greaterorequal": ">=",
    "lessorequal": "<=",
    "contain": "contains",
    "notcontain": "notcontains",
    "negate": "!",
}
COMPARISONS = frozenset({"=", "<>", ">", "<", ">=", "<=", "contains", "notcontains", "anyof", "allof", "noneof"})
OPERATOR_WORDS = frozenset({*COMPARISONS, "and", "or", "empty", "notempty", "!"})
LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # name, value, operator
    value: Any


def read_condition(source: str) -> Condition:
    """Raises NotCarried."""
    if len(source) > MAX_LENGTH:
        raise NotCarried(f"a condition of more than {MAX_LENGTH:,} characters")
    reader = _Reader(tuple(_tokens(source)))
    condition = reader.junction("or", 0)
    if reader.token is not None:
        raise NotCarried(f"it cannot be read from {shown(str(reader.token.value))} on")
    return condition


def _tokens(source: str) -> Iterator[Token]:
    at, end = 0, len(source.rstrip())
    while at < end:
        found = TOKEN.match(source, at)
        if found is None:
            raise NotCarried(f"it cannot be read from {shown(source[at:].strip())} on")
        at = found.end()
        yield _token(str(found.lastgroup), found.group(str(found.lastgroup)))


def _token(kind: str, text: str) -> Token:
    if kind == "name":
        return Token("name", text.removeprefix("#"))  # a space around it is part of the name
    if kind in ("single", "double"):
        return Token("value", re.sub(r"\\(['\"])", r"\1", text))
    if kind == "number":
        return Token("value", Decimal(text))
    if kind == "sign":
        return Token("operator", SIGNS.get(text, text))
    word = WORDS.get(text.lower(), text.lower())
    if word in OPERATOR_WORDS:
        return Token("operator", word)
    return Token("value", LITERALS[word]) if word in LITERALS else Token("word", text)


class _Reader:
    """Or binds weakest, then and, then comparisons, then `!`."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens, self.at = tokens, 0

    @property
    def token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next_is(self, *operators: str) -> bool:
        token = self.token
        return token is not None and token.kind == "operator" and token.value in operators

    def take(self, operator: str) -> bool:
        if self.next_is(operator):
            self.at += 1
            return True
        return False

    def need(self, operator: str) -> None:
        if not self.take(operator):
            raise NotCarried(f"{shown(operator)} is missing in it")

    def junction(self, operator: str, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise NotCarried(f"it is nested deeper than {MAX_DEPTH} levels")
        parts = [self._inner(operator, depth)]
        while self.take(operator):
            parts.append(self._inner(operator, depth))
        return parts[0] if len(parts) == 1 else Junction(operator, tuple(parts))

    def _inner(self, operator: str, depth: int) -> Condition:
        return self.junction("and", depth + 1) if operator == "or" else self.comparison(depth + 1)

    def comparison(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise NotCarried(f"it is nested deeper than {MAX_DEPTH} levels")
        if self.take("!"):
            return Not(self.comparison(depth + 1))
        if self.take("("):
            inner = self.junction("or", depth + 1)
            self.need(")")
            if self.next_is(*COMPARISONS):
                raise NotCarried("it compares a condition in brackets with something")
            return inner
        return self._compared(self.operand())

    def _compared(self, left: Operand) -> Condition:
        if self.take("empty"):
            return Empty(left)
        if self.take("notempty"):
            return Not(Empty(left))
        if not self.next_is(*COMPARISONS):
            return Bare(left)
        operator = self.tokens[self.at].value
        self.at += 1
        condition = Compare(operator, left, self.operand())
        if self.next_is(*COMPARISONS):
            raise NotCarried("it compares a comparison with something")
        return condition

    def operand(self) -> Operand:
        if self.take("["):
            return Value(self._items())
        token = self.token
        if token is None or token.kind == "operator":
            raise NotCarried("a name or a value is missing in it" if token is None else _odd(token))
        self.at += 1
        if token.kind == "word" and self.next_is("("):
            raise NotCarried(f"it uses the function {shown(token.value)}")
        return Name(token.value) if token.kind == "name" else Value(token.value)

    def _items(self) -> list[Any]:
        items: list[Any] = []
        while not self.take("]"):
            if items:
                self.need(",")
            item = self.operand()
            if isinstance(item, Name) or isinstance(item.value, list):
                raise NotCarried("it has a list that holds more than plain values")
            items.append(item.value)
        return items


def _odd(token: Token) -> str:
    return f"a name or a value is missing in it before {shown(token.value)}"
