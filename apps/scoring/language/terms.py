"""The parts of a compiled expression, and how parts are put together.

Every part is a closure over an environment of values (`values.py`); it also says which comparisons decided it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.scoring.language import values as v
from apps.scoring.language.values import EITHER, NO, YES, Kind

Env = Mapping[str, Any]
Run = Callable[[Env], Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison that decided an expression, and whether it held."""

    source: str
    names: tuple[str, ...]
    holds: bool


Why = Callable[[Env], tuple[Reason, ...]]


def no_reasons(env: Env) -> tuple[Reason, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Fold:
    """How a value comes from those of its parts, two at a time: the first, with each further one a step, and `last`.
    Running a term does the same in one go; many values at once are cheaper step by step."""

    parts: tuple["Term", ...]
    steps: tuple[Callable[[Any, Any], Any], ...] = ()
    last: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A compiled part: its type, how to run it, why it came out so, and the names that are present whenever it is true
    (a number: whenever it has a value)."""

    kind: Kind
    run: Run
    names: tuple[str, ...] = ()
    why: Why = no_reasons
    implies: frozenset[str] = frozenset()
    literal: Any = None
    literals: tuple[Any, ...] = ()
    fold: Fold | None = None


def names_of(parts: Sequence[Term]) -> tuple[str, ...]:
    return tuple(name for part in parts for name in part.names)


def literals_of(parts: Sequence[Term]) -> tuple[Any, ...]:
    return tuple(literal for part in parts for literal in part.literals)


def implied_by(parts: Sequence[Term]) -> frozenset[str]:
    return frozenset(name for part in parts for name in part.implies)


def combined(parts: Sequence[Term], run: Run, fold: Fold | None = None) -> Term:
    """A number made of other numbers: its reasons are theirs."""
    whys = tuple(part.why for part in parts if part.why is not no_reasons)

    def why(env: Env) -> tuple[Reason, ...]:
        return tuple(reason for part in whys for reason in part(env))

    reasons = why if whys else no_reasons
    return Term(Kind.number(), run, names_of(parts), reasons, implied_by(parts), None, literals_of(parts), fold)


def pair(operation: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    return lambda env: operation(left(env), right(env))


def among(left: Run, listed: frozenset[str]) -> Run:
    """Most conditions are of this kind, so the comparison is written out here."""

    def run(env: Env) -> int:
        choice = left(env)
        if choice.isdisjoint(listed):
            return NO
        return YES if choice <= listed else EITHER

    return run


def not_among(left: Run, listed: frozenset[str]) -> Run:
    return lambda env: v.not_among(left(env), listed)


def always(value: Any) -> Run:
    return lambda env: value


def same_truth(a: int, b: int) -> int:
    return (YES if a & b else 0) | (NO if a & v.negate(b) else 0)


def other_truth(a: int, b: int) -> int:
    return same_truth(a, v.negate(b))


def all_of(runs: tuple[Run, ...]) -> Run:
    def run(env: Env) -> int:
        result = YES
        for part in runs:
            value = part(env)
            if value == NO:
                return NO
            result |= value
        return result

    return run


def any_of(runs: tuple[Run, ...]) -> Run:
    def run(env: Env) -> int:
        result = NO
        for part in runs:
            value = part(env)
            if value == YES:
                return YES
            result |= value
        return result

    return run


def why_junction(parts: Sequence[Term], whole: int) -> Why:
    """`and` that holds needs all its parts, one that fails is explained by those that fail; `or` is the reverse."""

    def why(env: Env) -> tuple[Reason, ...]:
        results = [part.run(env) & YES for part in parts]
        if whole == YES:
            decisive = results if all(results) else [not result for result in results]
        else:
            decisive = results if any(results) else [True] * len(parts)
        return tuple(r for part, counts in zip(parts, decisive, strict=True) if counts for r in part.why(env))

    return why


def choose(test: Term, then: Term, other: Term) -> Run:
    """When the test is open, the branch it guards may rely on what the test implies (`x if answered(q) else 0`)."""
    condition, yes, no, implied = test.run, then.run, other.run, tuple(sorted(test.implies))

    def run(env: Env) -> Any:
        truth = condition(env)
        if truth == YES:
            return yes(env)
        if truth == NO:
            return no(env)
        return v.join(yes({**env, **{name: v.present(env[name]) for name in implied}}), no(env))

    return run


def why_choose(test: Term, then: Term, other: Term) -> Why:
    return lambda env: test.why(env) + (then if test.run(env) & YES else other).why(env)
