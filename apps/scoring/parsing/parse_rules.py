"""Dimensions, derived values, levels, flags, contradictions and renames of a definition."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import pairwise

from apps.scoring.definitions import (
    AS_IT_STANDS,
    FORBID,
    NOTICE,
    WORST,
    Band,
    Contradiction,
    Derived,
    Dimension,
    Flag,
    Levels,
    Question,
    Rounding,
)
from apps.scoring.language.compiler import OF_DIMENSIONS
from apps.scoring.language.values import ZERO, Kind
from apps.scoring.parsing.reader import RESERVED, Names, Reader

MODES = ("half_up", "half_even", "floor", "ceil")


def parse_dimensions(reader: Reader) -> tuple[Dimension, ...]:
    found = []
    for part in reader.parts("dimensions", at_most=200):
        key = part.unique_key("dimension")
        title, domain = part.text("title"), part.key("domain", required=False) or None
        group = part.one_of("group", ("exposure", "control"), "") or None
        over_all = part.one_of("maximum_over", ("visible", "all"), "visible") == "all"
        if key:
            found.append(Dimension(key, title, part.path, group, domain, over_all))
    return tuple(found)


def names_of_dimensions(dimensions: Collection[str]) -> dict[str, Kind]:
    return {f"{function}({key})": Kind.number() for key in dimensions for function in OF_DIMENSIONS}


def parse_derived(reader: Reader, names: dict[str, Kind]) -> tuple[Derived, ...]:
    """Adds each derived value to `names`, so that a later one may use it."""
    found = []
    for part in reader.parts("derived", at_most=500):
        key = part.unique_key("derived")
        is_taken = key in names or key in reader.context.seen.get("question", ())
        if is_taken:
            part.problem("key", f"“{key}” is already the name of a question.")
        value = part.expression("value", names, expects="number")
        title, rounding, unit = part.text("title"), part.part("round", _rounding), part.optional_text("unit")
        bands = _bands(part, f"band of {key}") if part.get("bands") is not None else ()
        if key and not is_taken:
            found.append(Derived(key, title, part.path, value, rounding, unit, bands))
            names[key] = Kind.number()
    return tuple(found)


def _rounding(part: Reader) -> Rounding | None:
    rounding = Rounding(part.whole("places", 0, 10), part.one_of("mode", MODES))
    return rounding if rounding.mode else None


def parse_levels(part: Reader, names: Collection[str], derived: Collection[str]) -> Levels | None:
    of = part.key("of")
    name = of if of in derived else f"points({of})"
    if of and name not in names:
        part.problem("of", f"There is no derived value or dimension “{of}”.")
    when_missing = part.one_of("when_missing", (WORST, AS_IT_STANDS), WORST)
    bands = _bands(part, "band")
    usable = of and name in names and bands and all(band.key for band in bands)
    return Levels(of, name, when_missing, bands) if usable else None


def _bands(reader: Reader, what: str) -> tuple[Band, ...]:
    bands = tuple(_band(part, what) for part in reader.parts("bands", required=True, at_most=50))
    _check_bands(bands, reader)
    return bands


def _band(part: Reader, what: str) -> Band:
    key, title = part.unique_key(what), part.text("title")
    at_least, above = part.number("at_least"), part.number("above")
    below, at_most = part.number("below"), part.number("at_most")
    if at_least is not None and above is not None:
        part.problem("", "A band has one lower bound: “at_least” or “above”, not both.")
    if below is not None and at_most is not None:
        part.problem("", "A band has one upper bound: “below” or “at_most”, not both.")
    lower = above if at_least is None else at_least
    upper = below if at_most is None else at_most
    return Band(key, title, lower, at_least is not None, upper, at_most is not None)


def _check_bands(bands: tuple[Band, ...], part: Reader) -> None:
    for index, band in enumerate(bands):
        path = f"bands[{index}]"
        if index == 0 and band.lower is not None:
            told = "The first band has no lower bound, otherwise low values fall in no band"
            part.problem(path, f"{told}; list them from low to high.")
        if index == len(bands) - 1 and band.upper is not None:
            part.problem(path, "The last band has no upper bound, otherwise high values fall in no band.")
        if band.lower is not None and band.upper is not None and _start(band) >= _end(band):
            part.problem(path, "No value can fall in this band: its lower bound is not below its upper bound.")
    for index, (before, after) in enumerate(pairwise(bands), start=1):
        message = _seam(before, after)
        if message:
            part.problem(f"bands[{index}]", message)


def _start(band: Band) -> tuple[Decimal, bool]:
    """Just before its lower bound, or just after it."""
    return band.lower or ZERO, not band.lower_included


def _end(band: Band) -> tuple[Decimal, bool]:
    """Just before its upper bound, or just after it."""
    return band.upper or ZERO, band.upper_included


def _seam(before: Band, after: Band) -> str | None:
    if before.upper is None:
        return f"The band before it, “{before.key}”, needs an upper bound (“below” or “at_most”)."
    if after.lower is None:
        return "It needs a lower bound (“at_least” or “above”)."
    if _end(before) == _start(after):
        return None
    low, high = sorted((before.upper, after.lower))
    between = f"{low} to {high}" if low < high else f"exactly {after.lower}"
    if _end(before) < _start(after):
        return f"There is a hole between “{before.key}” and “{after.key}”: {between} is in no band."
    return f"“{before.key}” and “{after.key}” overlap: {between} is in both."


def parse_flags(reader: Reader, names: Names, levels: Levels | None) -> tuple[Flag, ...]:
    bands = [band.key for band in levels.bands] if levels else []
    minimum = {key: place for place, key in enumerate(bands)} | {FORBID: len(bands) - 1, NOTICE: 0}
    found = []
    for part in reader.parts("flags", at_most=1_000):
        key = part.unique_key("flag")
        when = part.expression("when", names, expects="truth")
        title, because, action = part.text("title"), part.text("because"), part.optional_text("action")
        effect, references, applies_from = _effect(part, bands), part.references(), part.day("applies_from")
        if key and effect:
            found.append(
                Flag(key, title, part.path, when, effect, minimum[effect], because, action, references, applies_from)
            )
    return tuple(found)


def _effect(part: Reader, bands: list[str]) -> str:
    data = part.get("effect", required=True)
    if data is None or data in (FORBID, NOTICE):
        return data or ""
    if not isinstance(data, Mapping):
        part.problem("effect", "The effect is “forbid”, “notice” or “{minimum_level: …}”.")
        return ""
    inner = Reader(data, part.at("effect"), part.context)
    level = inner.key("minimum_level")
    inner.done()
    if level and not bands:
        inner.problem("minimum_level", "A minimum level needs valid “levels”, and there are none.")
    elif level in (FORBID, NOTICE):
        inner.problem("minimum_level", f"“{level}” is an effect of its own; give the band another key.")
    elif level and level not in bands:
        inner.problem("minimum_level", f"There is no band “{level}” in “levels”.")
    elif level and level == bands[0]:
        told = f"“{level}” is the best level, so this flag would have no effect; “effect: notice” says so."
        inner.problem("minimum_level", told)
    return level if level in bands else ""


def parse_contradictions(reader: Reader, names: Names) -> tuple[Contradiction, ...]:
    found = []
    for part in reader.parts("contradictions", at_most=1_000):
        key = part.unique_key("contradiction")
        when = part.expression("when", names, expects="truth")
        title, ask = part.text("title"), part.text("ask")
        if key:
            found.append(Contradiction(key, title, part.path, when, ask))
    return tuple(found)


def parse_renames(reader: Reader, questions: Mapping[str, Question]) -> dict[tuple[str, str | None], str]:
    found: dict[tuple[str, str | None], str] = {}
    for part in reader.parts("renames", at_most=5_000):
        question, of_choice = part.key("question"), part.get("choice") is not None
        choice = part.key("choice", reserved=()) if of_choice else None
        to = part.key("to", reserved=() if of_choice else RESERVED)
        if choice is None:
            _check_question_rename(part, question, to, questions)
        elif question in questions:
            _check_choice_rename(part, choice, to, questions[question])
        else:
            part.problem("question", f"There is no question “{question}”.")
        if (question, choice) in found:
            part.problem("question", "This is renamed twice.")
        found[question, choice] = to
    return found


def _check_question_rename(part: Reader, old: str, new: str, questions: Collection[str]) -> None:
    if old in questions:
        part.problem("question", f"“{old}” still exists, so it was not renamed.")
    if new and new not in questions:
        part.problem("to", f"There is no question “{new}”.")


def _check_choice_rename(part: Reader, old: str, new: str, question: Question) -> None:
    if old in question.choice_by_key:
        part.problem("choice", f"“{old}” is still a choice of “{question.key}”, so it was not renamed.")
    if new not in question.choice_by_key:
        part.problem("to", f"“{new}” is not a choice of “{question.key}”.")
