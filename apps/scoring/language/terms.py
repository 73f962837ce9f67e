"""The parts of a compiled expression, and how parts are put together.

A part is a `Term`: a closure over an environment of values (`values.py`) by name, which also says which names decided
it. Those that look at a name or are written out are made where they are read; `combined` makes all others.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.scoring.language.values import EITHER, NO, YES, Env, Kind, Truth, Value, join, present

Run = Callable[[Env], Value]
Why = Callable[[Env], tuple[str, ...]]


def no_names(env: Env) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    kind: Kind
    run: Run
    names: tuple[str, ...] = ()  # what it looks at, each name once
    why: Why = no_names  # the names in the comparisons that made it come out as it did
    # Names that surely have a value where this is true, or is a number: `answered(x) and y > 3` implies x and y. So
    # `x if answered(x) else 0` is never without a value, though x may be.
    implies: frozenset[str] = frozenset()
    literal: Any = None  # what it is, when it is written out: a text, a number, a truth or a list
    literals: tuple[Any, ...] = ()  # the texts and numbers in it; the checker splits what is unknown there
    # How its value comes from those of its parts: each step (of `operations.py`) combines what there is so far with the
    # next part, or changes the only one. `run` does the same at once; the replay of many sheets goes step by step where
    # that is cheaper, and a plan tells the solver of each. Parts without steps are those of `choose`.
    parts: Sequence["Term"] = ()
    steps: Sequence[Callable[..., Any]] = ()


# --- terms made of others


def combined(
    kind: Kind,
    parts: Sequence[Term],
    steps: Sequence[Callable[..., Any]],
    *,
    run: Run | None = None,
    why: Why | None = None,
    implies: frozenset[str] | None = None,
) -> Term:
    """A term made of others, step by step. `run` is given where there is a quicker way to the same; `why` and `implies`
    where they are not those of all parts together."""
    return Term(
        kind,
        run=run or run_of(parts, steps),
        names=names_of(parts),
        why=why or why_all(parts),
        implies=implied_by(parts) if implies is None else implies,
        literals=tuple(dict.fromkeys(literal for part in parts for literal in part.literals)),
        parts=parts,
        steps=steps,
    )


def names_of(parts: Iterable[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.names))


def implied_by(parts: Iterable[Term]) -> frozenset[str]:
    return frozenset(name for part in parts for name in part.implies)


# --- how they run


def always(value: Value) -> Run:
    return lambda env: value


def run_of(parts: Sequence[Term], steps: Sequence[Callable[..., Any]]) -> Run:
    first, *others = (part.run for part in parts)
    step = steps[0]
    if not others:
        return lambda env: step(first(env))
    if len(others) == 1:
        second = others[0]
        return lambda env: step(first(env), second(env))
    links = tuple(zip(steps, others, strict=True))

    def run(env: Env) -> Value:
        total = first(env)
        for step, part in links:
            total = step(total, part(env))
        return total

    return run


def among(left: Run, listed: frozenset[str]) -> Run:
    """Most conditions are of this kind, so the comparison is written out here."""

    def run(env: Env) -> Truth:
        choice = left(env)
        if choice.isdisjoint(listed):
            return NO
        return YES if choice <= listed else EITHER

    return run


def all_of(runs: Sequence[Run]) -> Run:
    def run(env: Env) -> Truth:
        result = YES
        for part in runs:
            value = part(env)
            if value == NO:
                return NO
            result |= value
        return result

    return run


def any_of(runs: Sequence[Run]) -> Run:
    def run(env: Env) -> Truth:
        result = NO
        for part in runs:
            value = part(env)
            if value == YES:
                return YES
            result |= value
        return result

    return run


def choose(test: Term, then: Term, other: Term) -> Run:
    """When the test is open, the branch it guards may rely on what the test implies (`x if answered(q) else 0`)."""
    condition, yes, no, implied = test.run, then.run, other.run, tuple(sorted(test.implies))

    def run(env: Env) -> Value:
        truth = condition(env)
        if truth == YES:
            return yes(env)
        if truth == NO:
            return no(env)
        return join(yes({**env, **{name: present(env[name]) for name in implied}}), no(env))

    return run


# --- why they came out as they did


def why_all(parts: Sequence[Term]) -> Why:
    whys = tuple(part.why for part in parts if part.why is not no_names)
    return (lambda env: tuple(name for why in whys for name in why(env))) if whys else no_names


def why_junction(parts: Sequence[Term], whole: Run) -> Why:
    """Of `and` and of `or`, those parts decided that came out as the whole did: all of them, or some."""

    def why(env: Env) -> tuple[str, ...]:
        holds = whole(env) & YES
        return tuple(name for part in parts if part.run(env) & YES == holds for name in part.why(env))

    return why


def why_choose(test: Term, then: Term, other: Term) -> Why:
    return lambda env: test.why(env) + (then if test.run(env) & YES else other).why(env)
