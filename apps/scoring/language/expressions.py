"""Expressions: a white-listed subset of Python's expression syntax, read with `ast` and turned into closures.

Nothing is ever handed to eval. Types are checked while compiling (no text arithmetic, no comparison of unlike things),
so running an expression cannot fail. Closures work on the sets of `values.py`; known values are sets of one.
"""

import ast
import re
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from apps.scoring.language.compiler import CALLED, Compiler, Hint, InvalidExpression, short
from apps.scoring.language.slips import slip_in
from apps.scoring.language.terms import Run, Term, always
from apps.scoring.language.values import Env, Kind

MAX_LENGTH = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled condition or formula. Scoring runs it over an environment of values (`values.py`); other rooms give it
    plain ones. `names` and `run` are those of its term, one step nearer, since scoring asks for them all the time."""

    source: str
    kinds: Mapping[str, Kind]  # of the names it uses
    term: Term
    names: tuple[str, ...]
    run: Run

    @property
    def kind(self) -> Kind:
        return self.term.kind

    @property
    def is_readable(self) -> bool:
        """Not so of what stands in for one that could not be read (`unreadable`)."""
        return bool(self.source)

    def evaluate(self, plain: Mapping[str, Any]) -> Any:
        """Plain values in, plain value out; a name that is missing or None is absent."""
        return self.kind.plain(self.run(self._env(plain)))

    def possible(self, plain: Mapping[str, Any]) -> Any:
        """Everything the result could be when the names given as UNKNOWN could be anything."""
        return self.run(self._env(plain))

    def deciding(self, plain: Mapping[str, Any]) -> tuple[str, ...]:
        return self.deciding_in(self._env(plain))

    def deciding_in(self, env: Env) -> tuple[str, ...]:
        """The names in the comparisons that decided it, each once."""
        return tuple(dict.fromkeys(self.term.why(env)))

    def _env(self, plain: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.kinds[name].of(plain.get(name)) for name in self.names}


def closest(word: str, options: Collection[str]) -> str | None:
    """What may have been meant. Comparing is slow, so of very many only some are looked at."""
    return next(iter(get_close_matches(word[:80], list(islice(options, 1_000)), n=1)), None)


def compile_expression(
    source: object,
    names: Mapping[str, Kind],
    *,
    expects: str | None = None,
    hint: Hint = closest,
) -> Expression:
    """Raises InvalidExpression with one plain sentence. `expects` is the type the result must have."""
    tree, text = _parsed(source)
    term = Compiler(text, names, hint).term(tree, 0)
    if term.kind.type == "tuple" or (expects is not None and term.kind.type != expects):
        raise InvalidExpression(
            f"This should give {CALLED[expects or 'number']}, but it gives {CALLED[term.kind.type]}."
        )
    return _expression(text, {name: names[name] for name in term.names}, term)


def unreadable(expects: str) -> Expression:
    """Stands in for an expression that could not be read while the rest is checked: it could be anything."""
    return _expression("", {}, Term(Kind(expects), always(Kind(expects).anything)))


def _expression(source: str, kinds: Mapping[str, Kind], term: Term) -> Expression:
    return Expression(source, kinds, term, term.names, term.run)


def _parsed(source: object) -> tuple[ast.expr, str]:
    if not isinstance(source, str):
        raise InvalidExpression("A condition is written as text, for example: autonomy == 'acts'.")
    if len(source) > MAX_LENGTH:
        raise InvalidExpression(f"An expression may have at most {MAX_LENGTH} characters; this one has {len(source)}.")
    if "\\" in source or "\0" in source:
        raise InvalidExpression("An expression may not contain a backslash or a NUL character.")
    text = re.sub(r"[\r\n\t]", " ", source).strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(text, mode="eval").body, text
    except (SyntaxError, ValueError, MemoryError, RecursionError, Warning):
        raise InvalidExpression(f"“{short(text)}” cannot be read as an expression.{slip_in(text)}") from None
