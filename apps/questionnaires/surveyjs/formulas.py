"""Truths in the questionnaire's own expression language, put together with constants folded away."""

from collections.abc import Iterable
from dataclasses import dataclass

OR, AND, NOT, ATOM = range(4)  # how strongly the outermost operator binds


@dataclass(frozen=True, slots=True)
class Formula:
    text: str
    binds: int = ATOM

    def within(self, binds: int) -> str:
        """Its text as part of something that binds so strongly."""
        return f"({self.text})" if self.binds < binds else self.text


Truth = Formula | bool


def both(parts: Iterable[Truth]) -> Truth:
    return _join(parts, " and ", AND, neutral=True)


def either(parts: Iterable[Truth]) -> Truth:
    return _join(parts, " or ", OR, neutral=False)


def _join(parts: Iterable[Truth], word: str, binds: int, *, neutral: bool) -> Truth:
    kept: dict[Formula, None] = {}
    for part in parts:
        if isinstance(part, Formula):
            kept[part] = None
        elif part is not neutral:
            return part
    if not kept:
        return neutral
    if len(kept) == 1:
        return next(iter(kept))
    return Formula(word.join(part.within(binds) for part in kept), binds)


def opposite(truth: Truth) -> Truth:
    if isinstance(truth, bool):
        return not truth
    if truth.binds == NOT and truth.text.startswith("not "):
        return _unwrapped(truth.text.removeprefix("not "))
    return Formula(f"not {truth.within(ATOM)}", NOT)


def _unwrapped(text: str) -> Formula:
    """What stood behind a `not`: something in brackets, or a function."""
    return Formula(text)


def is_one_of(name: str, keys: list[str]) -> Truth:
    if not keys:
        return False
    if len(keys) == 1:
        return Formula(f"({name} == {quoted(keys[0])})")
    return Formula(f"({name} in ({', '.join(map(quoted, keys))}))")


def is_ticked(name: str, keys: list[str]) -> Truth:
    """Any of these."""
    return either(Formula(f"({quoted(key)} in {name})") for key in keys)


def is_answered(name: str) -> Truth:
    return Formula(f"answered({name})")


def quoted(key: str) -> str:
    return f"'{key}'"


def as_text(formula: Formula) -> str:
    """Without brackets that only the parts needed."""
    text = formula.text
    if formula.binds == ATOM and text.startswith("(") and _closes_at_end(text):
        return text[1:-1]
    return text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return index == len(text) - 1
    return False
