"""The outcome: everything that follows from the answers, as one frozen value."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal

from apps.scoring.answers import Ignored, RawAnswers, as_answers
from apps.scoring.canonical import plain_decimal
from apps.scoring.definitions import FORBID, Derived, Flag, Questionnaire
from apps.scoring.explain import Explanation, QuotedAnswer, Teller
from apps.scoring.gaps import Bought, OpenGap, close_gaps, open_gaps, what_each_buys
from apps.scoring.language.values import EXACT, SNAP, YES, ZERO
from apps.scoring.score import Standing, band_index, in_force, weigh
from apps.scoring.visibility import Readings, lacks_answer


@dataclass(frozen=True, slots=True)
class Missing:
    """A visible question without an answer that counts."""

    question: str
    title: str
    required: bool
    dont_know: bool


@dataclass(frozen=True, slots=True)
class DimensionResult:
    title: str
    group: str | None
    domain: str | None
    points: Decimal
    low: Decimal
    high: Decimal
    maximum: Decimal
    share: Decimal
    share_low: Decimal
    share_high: Decimal


@dataclass(frozen=True, slots=True)
class DerivedResult:
    title: str
    unit: str | None
    value: Decimal | None  # None: there is no value, because a number it needs is missing
    low: Decimal | None
    high: Decimal | None
    band: str | None  # where `value`, `low` and `high` lie, when the derived value has bands
    band_low: str | None
    band_high: str | None


@dataclass(frozen=True, slots=True)
class FlagResult:
    key: str
    title: str
    effect: str  # the lowest level it allows, "forbid", or "notice" where it moves none
    because: str
    action: str | None
    answers: tuple[QuotedAnswer, ...]
    references: tuple[str, ...]
    applies_from: date | None
    in_force: bool
    certain: bool  # False when an answer still missing could undo it


@dataclass(frozen=True, slots=True)
class GapResult:
    key: str
    title: str
    why: str
    action: str
    owner: str
    owner_title: str
    effort: int
    due_days: int
    references: tuple[str, ...]
    applies_from: date | None
    in_force: bool
    domain: str
    certain: bool
    question: str
    answer: str
    buys: Bought


@dataclass(frozen=True, slots=True)
class ContradictionResult:
    key: str
    title: str
    ask: str
    answers: tuple[QuotedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    questionnaire: str
    version: int
    hash: str
    on: date
    visible: tuple[str, ...]
    ignored: tuple[Ignored, ...]
    missing: tuple[Missing, ...]
    dimensions: Mapping[str, DimensionResult]
    derived: Mapping[str, DerivedResult]
    level: str | None
    level_low: str | None
    level_high: str | None
    forbidden: bool
    flags: tuple[FlagResult, ...]
    possible_flags: tuple[str, ...]  # could fire, depending on what is still missing
    gaps: tuple[GapResult, ...]
    contradictions: tuple[ContradictionResult, ...]
    explanations: tuple[Explanation, ...]

    def as_json(self) -> dict[str, object]:
        """Plain mappings, lists and texts; numbers with decimals as text. Ready for `canonical_bytes`."""
        return {item.name: _json(getattr(self, item.name)) for item in fields(self)}


def evaluate(
    questionnaire: Questionnaire, answers: RawAnswers, *, on_date: date, language: str | None = None
) -> Outcome:
    """The same answers on the same date always give the same outcome. Never raises for any answers."""
    readings = Readings(questionnaire, as_answers(questionnaire, answers))
    now = weigh(questionnaire, readings.now, on_date)
    later = now if readings.later is readings.now else weigh(questionnaire, readings.later, on_date)
    firing = {flag.key: flag.when.deciding_in(now.env) for flag in questionnaire.flags if _fires(now, flag)}
    teller = Teller(questionnaire, readings.counted, now, later, firing, on_date, language)
    gaps = open_gaps(questionnaire, readings.counted, now.visible)
    level, best, worst = _levels(teller)
    flags = tuple(_flag(teller, flag) for flag in questionnaire.flags if flag.key in firing)
    return Outcome(
        questionnaire=questionnaire.key,
        version=questionnaire.version,
        hash=questionnaire.hash,
        on=on_date,
        visible=tuple(key for key, shown in now.visible.items() if shown == YES),
        ignored=(*readings.given.ignored, *_hidden(readings)),
        missing=_missing(teller),
        dimensions=_dimensions(teller),
        derived=_derived(teller),
        level=level,
        level_low=best,
        level_high=worst,
        forbidden=any(flag.effect == FORBID and flag.in_force for flag in flags),
        flags=flags,
        possible_flags=tuple(f.key for f in questionnaire.flags if f.key not in firing and _fires(later, f)),
        gaps=_gaps(teller, gaps),
        contradictions=_contradictions(teller),
        explanations=teller.everything(gaps),
    )


def what_if(
    questionnaire: Questionnaire,
    answers: RawAnswers,
    close: Collection[str],
    *,
    on_date: date,
    language: str | None = None,
) -> Outcome:
    """The outcome if these gaps (question keys) were closed."""
    return evaluate(questionnaire, close_gaps(questionnaire, answers, close), on_date=on_date, language=language)


def _fires(standing: Standing, flag: Flag) -> bool:
    return bool(standing.fired[flag.key] & YES)


def _levels(teller: Teller) -> tuple[str | None, str | None, str | None]:
    """What is shown, and the best and the worst it could be."""
    levels = teller.questionnaire.levels
    if levels is None:
        return None, None, None
    found = [teller.decisive.worst, teller.later.best, teller.later.worst]
    shown, best, worst = (levels.bands[index].key for index in found)
    return shown, best, worst


def _missing(teller: Teller) -> tuple[Missing, ...]:
    answers = teller.counted.values
    return tuple(
        Missing(question.key, teller.say(question.title), question.required, question.key in answers)
        for question in teller.questionnaire.questions
        if teller.is_asked(question) and lacks_answer(question, answers.get(question.key))
    )


def _hidden(readings: Readings) -> tuple[Ignored, ...]:
    hidden = readings.given.values.keys() - readings.counted.values.keys()
    return tuple(
        Ignored(question.key, "This question is not asked, as other answers stand.")
        for question in readings.questionnaire.questions
        if question.key in hidden
    )


def _dimensions(teller: Teller) -> dict[str, DimensionResult]:
    now, later = teller.now.env, teller.later.env
    results = {}
    for dimension in teller.questionnaire.dimensions:
        points, share = f"points({dimension.key})", f"share({dimension.key})"
        results[dimension.key] = DimensionResult(
            title=teller.say(dimension.title),
            group=dimension.group,
            domain=dimension.domain,
            points=now[points].low,
            low=later[points].low,
            high=later[points].high,
            maximum=now[f"maximum({dimension.key})"].low,
            share=now[share].low,
            share_low=later[share].low,
            share_high=later[share].high,
        )
    return results


def _derived(teller: Teller) -> dict[str, DerivedResult]:
    results = {}
    for derived in teller.questionnaire.derived:
        now, later = teller.now.env[derived.key], teller.later.env[derived.key]
        unit = teller.say(derived.unit) if derived.unit else None
        numbers = (now.low, later.low, later.high)
        bands = [_band_key(derived, number) for number in numbers]
        results[derived.key] = DerivedResult(teller.say(derived.title), unit, *numbers, *bands)
    return results


def _band_key(derived: Derived, number: Decimal | None) -> str | None:
    return derived.bands[band_index(derived.bands, number)].key if derived.bands and number is not None else None


def _flag(teller: Teller, flag: Flag) -> FlagResult:
    return FlagResult(
        key=flag.key,
        title=teller.say(flag.title),
        effect=flag.effect,
        because=teller.say(flag.because),
        action=teller.say(flag.action) if flag.action else None,
        answers=teller.quoted_answers(teller.firing[flag.key]),
        references=flag.references,
        applies_from=flag.applies_from,
        in_force=in_force(flag, teller.on_date),
        certain=teller.later.fired[flag.key] == YES,
    )


def _contradictions(teller: Teller) -> tuple[ContradictionResult, ...]:
    env = teller.now.env
    return tuple(
        ContradictionResult(
            rule.key, teller.say(rule.title), teller.say(rule.ask), teller.quoted_answers(rule.when.deciding_in(env))
        )
        for rule in teller.questionnaire.contradictions
        if rule.when.run(env) & YES
    )


def _gaps(teller: Teller, gaps: tuple[OpenGap, ...]) -> tuple[GapResult, ...]:
    """Those that buy the most for the least effort first; ties in the questionnaire's order."""
    bought = what_each_buys(teller.questionnaire, teller.counted, gaps, teller.decisive, teller.on_date)
    results = [_gap(teller, gap, bought[gap.question.key]) for gap in gaps]
    results.sort(key=lambda gap: (EXACT.divide(gap.buys.value or ZERO, Decimal(gap.effort)).copy_negate(), gap.effort))
    return tuple(results)


def _gap(teller: Teller, open_gap: OpenGap, buys: Bought) -> GapResult:
    question, gap = open_gap.question, open_gap.gap
    say = teller.say
    return GapResult(
        key=question.key,
        title=say(gap.title),
        why=say(gap.why),
        action=say(gap.action),
        owner=gap.owner,
        owner_title=say(teller.questionnaire.roles[gap.owner]),
        effort=gap.effort,
        due_days=gap.due_days,
        references=gap.references,
        applies_from=gap.applies_from,
        in_force=in_force(gap, teller.on_date),
        domain=gap.domain,
        certain=open_gap.certain,
        question=say(question.title),
        answer=teller.words(question),
        buys=buys,
    )


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return plain_decimal(SNAP.plus(value))
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {item.name: _json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return value
