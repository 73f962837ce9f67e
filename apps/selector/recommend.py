"""From answers to recommendations: pure and deterministic.

Gates come before scores, risk is an axis of its own that fit can never pay for, and what is not known never counts in
favour. A verdict is the lowest that any blocker allows; with no blocker it is "Start here".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from apps.scoring.answers import DONT_KNOW, Answer, Answers, RawAnswers, answer_in_words, as_answers, read_answer
from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.visibility import visible_questions
from apps.selector.library import (
    ANY_FUNCTION,
    GOALS,
    NO_OWN_DATA,
    SCALES,
    SETS,
    WORDS_FROM,
    Attributes,
    Band,
    Gate,
    HouseRules,
    Library,
    Rule,
    SaferVariant,
    UseCase,
    Verdict,
)
from apps.selector.library_parse import PLACEHOLDER

# From best to worst.
ORDER = (Verdict.START_HERE, Verdict.NEXT, Verdict.NOT_YET, Verdict.NO_MATCH, Verdict.REFUSED)
ANY_TEAM = "any team"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points were given: a sentence with the answers in it, and the questions they answer."""

    text: str
    points: int
    questions: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """What keeps the verdict at `verdict`, and what would change that."""

    verdict: Verdict
    reason: str
    change: str
    questions: tuple[str, ...]
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of a safer variant, in words."""

    name: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Safer:
    """A safer variant of the use case, scored again for this team."""

    title: str
    difference: str
    changes: tuple[Change, ...]
    risk: int
    risk_band: Band
    risk_delta: int  # negative
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Recommendation:
    use_case: UseCase
    verdict: Verdict
    fit: int
    fit_band: Band
    risk: int
    risk_band: Band
    fit_reasons: tuple[Reason, ...]
    risk_reasons: tuple[Reason, ...]
    blockers: tuple[Blocker, ...]
    safer_variants: tuple[Safer, ...] = ()  # the safest first

    @property
    def safer_variant(self) -> Safer | None:
        return self.safer_variants[0] if self.safer_variants else None


@dataclass(frozen=True, slots=True)
class Volume:
    """What the cost is computed from; None where it was not answered."""

    requests: int | None
    pages: Decimal
    budget: Decimal | None


@dataclass(frozen=True, slots=True)
class Recommendations:
    start_here: tuple[Recommendation, ...]
    next: tuple[Recommendation, ...]
    not_yet: tuple[Recommendation, ...]
    refused: tuple[Recommendation, ...]
    no_match: tuple[Recommendation, ...]  # nothing against them but the team's goals
    readiness: int  # percent
    missing: tuple[str, ...]  # questions whose answer would let a verdict go further
    volume: Volume

    @property
    def all(self) -> tuple[Recommendation, ...]:
        return self.start_here + self.next + self.not_yet + self.refused + self.no_match

    def of(self, key: str) -> Recommendation:
        return next(found for found in self.all if found.use_case.key == key)


def recommend(library: Library, questionnaire: Questionnaire, answers: RawAnswers) -> Recommendations:
    """Every use case of the library with its verdict for this team."""
    sheet = read_sheet(library.rules, questionnaire, answers)
    found = [_recommendation(sheet, use_case) for use_case in library.use_cases]
    started = sorted((f for f in found if f.verdict is Verdict.START_HERE), key=_safest_first)
    most = library.rules.verdicts.start_here_at_most
    waiting = [_wait(sheet, later) for later in started[most:]]

    def chosen(verdict: Verdict, key: Callable[[Recommendation], Any]) -> tuple[Recommendation, ...]:
        return tuple(sorted((f for f in found if f.verdict is verdict), key=key))

    return Recommendations(
        start_here=tuple(started[:most]),
        next=tuple(sorted([*waiting, *chosen(Verdict.NEXT, _safest_first)], key=_safest_first)),
        not_yet=chosen(Verdict.NOT_YET, _best_fit_first),
        refused=chosen(Verdict.REFUSED, _best_fit_first),
        no_match=chosen(Verdict.NO_MATCH, _best_fit_first),
        readiness=sheet.readiness,
        missing=sheet.missing_for_next + sheet.missing_for_start,
        volume=sheet.volume,
    )


def recommend_one(
    library: Library, questionnaire: Questionnaire, answers: RawAnswers, use_case: UseCase
) -> Recommendation:
    """The same treatment for one use case, such as somebody's own idea."""
    return _recommendation(read_sheet(library.rules, questionnaire, answers), use_case)


def _safest_first(found: Recommendation) -> tuple[int, int, str]:
    return found.risk_band.place, -found.fit, found.use_case.key


def _best_fit_first(found: Recommendation) -> tuple[int, int, str]:
    return -found.fit, found.risk, found.use_case.key


# --- one team's answers


@dataclass(frozen=True, slots=True)
class Sheet:
    """One team's answers as conditions see them: visible and known ones only."""

    rules: HouseRules
    questionnaire: Questionnaire
    given: Mapping[str, Answer]
    values: Mapping[str, Any]  # what of it counts
    unsure: frozenset[str]  # answered "don't know"
    readiness: int
    missing_for_next: tuple[str, ...]
    missing_for_start: tuple[str, ...]
    improvable: tuple[str, ...]  # readiness questions with a better answer

    @property
    def volume(self) -> Volume:
        requests = self.values.get("requests_a_month")
        return Volume(
            requests=None if requests is None else int(requests),
            pages=self.values.get("document_pages", Decimal(0)),
            budget=self.values.get("budget_a_month"),
        )

    def answer(self, key: str) -> str:
        value = DONT_KNOW if key in self.unsure else self.values.get(key)
        return answer_in_words(self.questionnaire.question(key), value)

    def titles(self, keys: Iterable[str]) -> str:
        return ", ".join(f"“{self.questionnaire.question(key).title}”" for key in keys)


def read_sheet(rules: HouseRules, questionnaire: Questionnaire, answers: RawAnswers) -> Sheet:
    given = as_answers(questionnaire, answers).values
    visible = visible_questions(questionnaire, Answers(given)).keys
    values = {key: value for key, value in given.items() if key in visible and value is not DONT_KNOW}
    verdicts = rules.verdicts
    readiness, improvable = _readiness(questionnaire, verdicts.readiness, visible, values)
    return Sheet(
        rules=rules,
        questionnaire=questionnaire,
        given=given,
        values=values,
        unsure=frozenset(key for key, value in given.items() if key in visible and value is DONT_KNOW),
        readiness=readiness,
        missing_for_next=_missing(verdicts.next_needs, visible, values),
        missing_for_start=_missing(verdicts.start_here_needs, visible, values),
        improvable=improvable,
    )


def _missing(needed: Iterable[str], visible: frozenset[str], values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in needed if key in visible and key not in values)


def _readiness(
    questionnaire: Questionnaire, dimension: str, visible: frozenset[str], values: Mapping[str, Any]
) -> tuple[int, tuple[str, ...]]:
    """Percent of what the readiness questions can give, and those with a better answer; unanswered gives nothing."""
    got, most, improvable = 0, 0, []
    for question in questionnaire.questions:
        points = {choice.key: choice.points.get(dimension, 0) for choice in question.choices}
        best = max(points.values(), default=0)
        if question.key not in visible or not best:
            continue
        mine = points.get(values.get(question.key, ""), 0)
        got, most = got + mine, most + best
        if mine < best:
            improvable.append(question.key)
    return (200 * got + most) // (2 * most) if most else 100, tuple(improvable)


# --- one use case


def _recommendation(sheet: Sheet, use_case: UseCase) -> Recommendation:
    found = _judge(sheet, use_case)
    safer = [_safer(sheet, use_case, variant, found) for variant in use_case.safer_variants]
    better = [variant for variant in safer if variant.changes and variant.risk < found.risk]
    return replace(found, safer_variants=tuple(sorted(better, key=lambda variant: variant.risk)))


def _judge(sheet: Sheet, use_case: UseCase) -> Recommendation:
    rules, values = sheet.rules, {**sheet.values, **case_values(sheet, use_case.attributes)}
    fit_reasons = _reasons(sheet, use_case, values, rules.fit + use_case.fit)
    risk_reasons = _reasons(sheet, use_case, values, (use_case.base_risk, *rules.risk, *use_case.risk))
    fit, risk = _total(fit_reasons), _total(risk_reasons)
    fit_band, risk_band = band_of(rules.fit_bands, fit), band_of(rules.risk_bands, risk)
    gates = [
        _gate_blocker(sheet, use_case, values, gate) for gate in rules.gates + use_case.gates if _holds(gate, values)
    ]
    blockers = (*gates, *_sheet_blockers(sheet), *_fit_blockers(sheet, fit_band), *_risk_blockers(sheet, risk_band))
    return Recommendation(
        use_case=use_case,
        verdict=max((blocker.verdict for blocker in blockers), key=ORDER.index, default=Verdict.START_HERE),
        fit=fit,
        fit_band=fit_band,
        risk=risk,
        risk_band=risk_band,
        fit_reasons=fit_reasons,
        risk_reasons=risk_reasons,
        blockers=tuple(sorted(blockers, key=lambda blocker: -ORDER.index(blocker.verdict))),
    )


def band_of(bands: tuple[Band, ...], score: int) -> Band:
    return next(band for band in reversed(bands) if score >= band.at_least)


def _total(reasons: Iterable[Reason]) -> int:
    return max(0, min(100, sum(reason.points for reason in reasons)))


def _holds(item: Rule | Gate, values: Mapping[str, Any]) -> bool:
    return item.when is None or bool(item.when.evaluate(values))


def _reasons(sheet: Sheet, use_case: UseCase, values: Mapping[str, Any], rules: Iterable[Rule]) -> tuple[Reason, ...]:
    """The rules that hold, those that weigh most first."""
    found = [
        Reason(
            text=_quote(sheet, use_case, rule.reason),
            points=rule.points,
            questions=_questions(sheet, values, rule, rule.reason),
            references=rule.references,
        )
        for rule in rules
        if _holds(rule, values)
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.points)))


def _questions(sheet: Sheet, values: Mapping[str, Any], item: Rule | Gate, text: str) -> tuple[str, ...]:
    """The answered questions that decided it or are quoted."""
    decisive = [name for reason in item.when.reasons(values) for name in reason.names] if item.when else []
    quoted = [name.removeprefix("answer:") for name in PLACEHOLDER.findall(text)]
    return tuple(key for key in dict.fromkeys([*decisive, *quoted]) if key in sheet.values)


# --- what a condition sees of a use case


def case_values(sheet: Sheet, attributes: Attributes) -> dict[str, Any]:
    names = (*WORDS_FROM, "special_uses")
    values: dict[str, Any] = {f"case_{name}": getattr(attributes, name) for name in names}
    values |= {f"case_{name}_gap": _gap(sheet, name, getattr(attributes, name)) for name in SCALES}
    return values | {
        "case_function_match": _function_match(attributes.functions, sheet.values.get(SETS["functions"])),
        "case_goal_match": _goal_match(attributes.goals, sheet.values),
        "case_data_match": _data_match(attributes.data_kinds, sheet.values.get(SETS["data_kinds"])),
        "case_reads_private": bool(attributes.data_kinds & sheet.rules.private_data),
        "case_reads_people": bool(attributes.data_kinds & sheet.rules.personal_data),
    }


def _gap(sheet: Sheet, name: str, attribute: str) -> str | None:
    """Does the team want more than the use case is written for?"""
    wanted = sheet.values.get(SCALES[name])
    if wanted is None:
        return None
    scale = [choice.key for choice in sheet.questionnaire.question(SCALES[name]).choices]
    return "beyond" if scale.index(wanted) > scale.index(attribute) else "within"


def _function_match(functions: frozenset[str], team: str | None) -> str | None:
    if team is None:
        return None
    if team in functions:
        return "own"
    return "any" if ANY_FUNCTION in functions else "other"


def _goal_match(goals: frozenset[str], values: Mapping[str, Any]) -> str | None:
    if GOALS["first"] not in values:
        return None
    return next((place for place, question in GOALS.items() if values.get(question) in goals), "none")


def _data_match(needed: frozenset[str], held: Iterable[str] | None) -> str | None:
    if held is None:
        return None
    own, shared = needed - {NO_OWN_DATA}, needed & set(held) - {NO_OWN_DATA}
    if own and own == shared:
        return "all"
    if NO_OWN_DATA in needed:
        return "not_needed"
    return "some" if shared else "none"


# --- what stops a verdict short


def _gate_blocker(sheet: Sheet, use_case: UseCase, values: Mapping[str, Any], gate: Gate) -> Blocker:
    return Blocker(
        verdict=gate.verdict,
        reason=_quote(sheet, use_case, gate.reason),
        change=_quote(sheet, use_case, gate.change),
        questions=_questions(sheet, values, gate, gate.reason),
        references=gate.references,
    )


def _limit(sheet: Sheet, verdict: Verdict, name: str, about: tuple[str, ...] = (), **words: object) -> Blocker:
    limit, quoted = sheet.rules.limits[name], {key: str(word) for key, word in words.items()}
    return Blocker(verdict, _fill(limit.reason, quoted.get), _fill(limit.change, quoted.get), about)


def _sheet_blockers(sheet: Sheet) -> list[Blocker]:
    """What is missing, and how ready the team is: the same for every use case."""
    verdicts, found = sheet.rules.verdicts, []
    for verdict, missing, name in (
        (Verdict.NOT_YET, sheet.missing_for_next, "missing_for_next"),
        (Verdict.NEXT, sheet.missing_for_start, "missing_for_start"),
    ):
        if missing:
            found.append(_limit(sheet, verdict, name, missing, questions=sheet.titles(missing)))
    improve = {"readiness": sheet.readiness, "improve": sheet.titles(sheet.improvable)}
    if sheet.readiness < (needed := verdicts.next_readiness):
        found.append(_limit(sheet, Verdict.NOT_YET, "readiness_for_next", sheet.improvable, needed=needed, **improve))
    elif sheet.readiness < (needed := verdicts.start_here_readiness):
        found.append(_limit(sheet, Verdict.NEXT, "readiness_for_start", sheet.improvable, needed=needed, **improve))
    return found


def _fit_blockers(sheet: Sheet, band: Band) -> list[Blocker]:
    """Without function and goal the fit says nothing, so it also blocks nothing; the missing answers do."""
    verdicts, bands = sheet.rules.verdicts, sheet.rules.fit_bands
    if sheet.missing_for_next or band.place >= _place(bands, verdicts.start_here_fit):
        return []
    if band.place < _place(bands, verdicts.next_fit):
        return [_limit(sheet, Verdict.NO_MATCH, "fit_for_next", fit=band.title)]
    return [_limit(sheet, Verdict.NEXT, "fit_for_start", fit=band.title)]


def _risk_blockers(sheet: Sheet, band: Band) -> list[Blocker]:
    verdicts, bands = sheet.rules.verdicts, sheet.rules.risk_bands
    if band.place > _place(bands, verdicts.next_risk):
        return [_limit(sheet, Verdict.NOT_YET, "risk_for_next", risk=band.title)]
    if band.place > _place(bands, verdicts.start_here_risk):
        return [_limit(sheet, Verdict.NEXT, "risk_for_start", risk=band.title)]
    return []


def _wait(sheet: Sheet, found: Recommendation) -> Recommendation:
    needed = sheet.rules.verdicts.start_here_at_most
    blocker = _limit(sheet, Verdict.NEXT, "enough_starts", needed=needed)
    return replace(found, verdict=Verdict.NEXT, blockers=(blocker,))


def _place(bands: tuple[Band, ...], key: str) -> int:
    return next(band.place for band in bands if band.key == key)


# --- safer variants


def _safer(sheet: Sheet, use_case: UseCase, variant: SaferVariant, found: Recommendation) -> Safer:
    attributes = {name: value for name, value in variant.changes.items() if name.startswith("case_")}
    changed_case = replace(
        use_case,
        attributes=replace(use_case.attributes, **{name[5:]: value for name, value in attributes.items()}),
        base_risk=variant.base_risk or use_case.base_risk,
    )
    changed_sheet = _with_changes(
        sheet, {name: value for name, value in variant.changes.items() if name not in attributes}
    )
    again = _judge(changed_sheet, changed_case)
    return Safer(
        title=variant.title,
        difference=variant.difference,
        changes=tuple(
            _change(name, (sheet, use_case), (changed_sheet, changed_case))
            for name in variant.changes
            if _value(name, sheet, use_case) != _value(name, changed_sheet, changed_case)
        ),
        risk=again.risk,
        risk_band=again.risk_band,
        risk_delta=again.risk - found.risk,
        verdict=again.verdict,
    )


def _with_changes(sheet: Sheet, changes: Mapping[str, Any]) -> Sheet:
    given = dict(sheet.given)
    for name, value in changes.items():
        if (read := read_answer(sheet.questionnaire.question(name), value)) is not None:
            given[name] = read
    return read_sheet(sheet.rules, sheet.questionnaire, Answers(given))


def _value(name: str, sheet: Sheet, use_case: UseCase) -> Any:
    return getattr(use_case.attributes, name[5:]) if name.startswith("case_") else sheet.values.get(name)


def _change(name: str, before: tuple[Sheet, UseCase], after: tuple[Sheet, UseCase]) -> Change:
    place = f"case:{name[5:]}" if name.startswith("case_") else f"answer:{name}"
    return Change(
        name, _title(before[0], name), *(_word(sheet, use_case, place) for sheet, use_case in (before, after))
    )


def _title(sheet: Sheet, name: str) -> str:
    if name == "case_special_uses":
        return sheet.rules.special_uses_title
    question = WORDS_FROM[name[5:]] if name.startswith("case_") else name
    return str(sheet.questionnaire.question(question).title)


# --- words


def _quote(sheet: Sheet, use_case: UseCase, text: str) -> str:
    return _fill(text, lambda name: _word(sheet, use_case, name))


def _fill(text: str, word: Callable[[str], str | None]) -> str:
    return PLACEHOLDER.sub(lambda match: word(match[1]) or "", text)


def _word(sheet: Sheet, use_case: UseCase, name: str) -> str:
    kind, _, key = name.partition(":")
    if kind == "answer":
        return sheet.answer(key)
    value = getattr(use_case.attributes, key)
    keys = {value} if isinstance(value, str) else value
    return ", ".join(_titles(sheet, key, keys)) or "nothing"


def _titles(sheet: Sheet, attribute: str, keys: Iterable[str]) -> list[str]:
    """The words of the questionnaire, in its order."""
    if attribute == "special_uses":
        return [title for key, title in sheet.rules.special_uses.items() if key in keys]
    question: Question = sheet.questionnaire.question(WORDS_FROM[attribute])
    titles = [str(choice.title) for choice in question.choices if choice.key in keys]
    return [ANY_TEAM] if ANY_FUNCTION in keys else titles
