"""From answers to recommendations: pure and deterministic.

Gates come before scores, risk is an axis of its own that fit can never pay for, and what is not known never counts in
favour. A verdict is the worst that any blocker demands; without a blocker it is "Start here".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from apps.scoring.answers import Answers, RawAnswers, read_answer
from apps.scoring.definitions import Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.language.values import EITHER, UNKNOWN, YES
from apps.selector.library import WORDS_FROM, Band, Gate, Library, Rule, SaferVariant, UseCase, Verdict
from apps.selector.library_parse import PLACEHOLDER
from apps.selector.sheet import COMPARED, Sheet, View, fill, read_sheet, view

# From best to worst.
ORDER = (Verdict.START_HERE, Verdict.NEXT, Verdict.NOT_YET, Verdict.NO_MATCH, Verdict.REFUSED)


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
    """A safer variant of the use case, judged again for this team."""

    title: str
    difference: str
    changes: tuple[Change, ...]
    risk: int
    risk_at_most: int
    risk_band: Band
    risk_delta: int  # negative
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Recommendation:
    use_case: UseCase
    verdict: Verdict
    fit: int
    fit_band: Band
    risk: int  # as things stand
    risk_at_most: int  # whatever the missing answers turn out to be
    risk_band: Band  # of risk_at_most
    fit_reasons: tuple[Reason, ...]
    risk_reasons: tuple[Reason, ...]
    blockers: tuple[Blocker, ...]  # the worst first
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
    no_match: tuple[Recommendation, ...]  # nothing is held against them but the team's goals
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
    by_verdict: dict[Verdict, list[Recommendation]] = {verdict: [] for verdict in Verdict}
    for use_case in library.use_cases:
        found = _recommendation(sheet, use_case)
        by_verdict[found.verdict].append(found)
    started = sorted(by_verdict[Verdict.START_HERE], key=_safest_first)
    most = library.rules.verdicts.start_here_at_most
    waiting = [_wait(sheet, later) for later in started[most:]]
    return Recommendations(
        start_here=tuple(started[:most]),
        next=tuple(sorted(waiting + by_verdict[Verdict.NEXT], key=_safest_first)),
        not_yet=tuple(sorted(by_verdict[Verdict.NOT_YET], key=_best_fit_first)),
        refused=tuple(sorted(by_verdict[Verdict.REFUSED], key=_best_fit_first)),
        no_match=tuple(sorted(by_verdict[Verdict.NO_MATCH], key=_best_fit_first)),
        readiness=sheet.readiness,
        missing=tuple(dict.fromkeys(sheet.missing_for_next + sheet.missing_for_start)),
        volume=_volume(sheet),
    )


def recommend_one(
    library: Library, questionnaire: Questionnaire, answers: RawAnswers, use_case: UseCase
) -> Recommendation:
    """The same treatment for one use case, such as somebody's own idea."""
    return _recommendation(read_sheet(library.rules, questionnaire, answers), use_case)


def read_volume(library: Library, questionnaire: Questionnaire, answers: RawAnswers) -> Volume:
    return _volume(read_sheet(library.rules, questionnaire, answers))


def _safest_first(found: Recommendation) -> tuple[int, int, str]:
    return found.risk_band.place, -found.fit, found.use_case.key


def _best_fit_first(found: Recommendation) -> tuple[int, int, str]:
    return -found.fit, found.risk, found.use_case.key


def _volume(sheet: Sheet) -> Volume:
    requests = sheet.values.get("requests_a_month")
    return Volume(
        requests=None if requests is None else int(requests),
        pages=sheet.values.get("document_pages", Decimal(0)),
        budget=sheet.values.get("budget_a_month"),
    )


# --- one use case


def _recommendation(sheet: Sheet, use_case: UseCase) -> Recommendation:
    found = _judge(view(sheet, use_case))
    safer = [_safer(sheet, use_case, variant, found) for variant in use_case.safer_variants]
    better = [variant for variant in safer if variant.risk < found.risk]
    return replace(found, safer_variants=tuple(sorted(better, key=lambda variant: variant.risk)))


def _judge(seen: View) -> Recommendation:
    rules, use_case = seen.sheet.rules, seen.use_case
    risk_rules = (use_case.base_risk, *rules.risk, *use_case.risk)
    fit_reasons, risk_reasons = _reasons(seen, rules.fit + use_case.fit), _reasons(seen, risk_rules)
    fit, risk = _total(fit_reasons), _total(risk_reasons)
    risk_at_most = most_risk(risk_rules, seen.could_be) if seen.is_open else risk
    fit_band, risk_band = band_of(rules.fit_bands, fit), band_of(rules.risk_bands, risk_at_most)
    blockers = [*_gates(seen), *_missing(seen.sheet), *_readiness(seen.sheet)]
    blockers += [*_fit(seen.sheet, fit_band), *_risk(seen.sheet, risk_band)]
    blockers.sort(key=lambda blocker: -ORDER.index(blocker.verdict))
    return Recommendation(
        use_case=use_case,
        verdict=blockers[0].verdict if blockers else Verdict.START_HERE,
        fit=fit,
        fit_band=fit_band,
        risk=risk,
        risk_at_most=risk_at_most,
        risk_band=risk_band,
        fit_reasons=fit_reasons,
        risk_reasons=risk_reasons,
        blockers=tuple(blockers),
    )


def _reasons(seen: View, rules: Iterable[Rule]) -> tuple[Reason, ...]:
    """The rules that hold, those that weigh most first."""
    found = [
        Reason(seen.quote(rule.reason), rule.points, _questions(seen, rule, rule.reason), rule.references)
        for rule in rules
        if _holds(rule, seen.values)
    ]
    return tuple(sorted(found, key=lambda reason: -abs(reason.points)))


def _holds(item: Rule | Gate, values: Mapping[str, Any]) -> bool:
    return item.when is None or bool(item.when.evaluate(values))


def _questions(seen: View, item: Rule | Gate, text: str) -> tuple[str, ...]:
    """The answered questions that decided it or are quoted."""
    names = list(item.when.deciding(seen.values)) if item.when else []
    quoted = [name.removeprefix("answer:") for name in PLACEHOLDER.findall(text)]
    found = [key for key in dict.fromkeys(names + quoted) if key in seen.sheet.values]
    return tuple(found or dict.fromkeys(COMPARED[name] for name in names if name in COMPARED))


def _total(reasons: Iterable[Reason]) -> int:
    return max(0, min(100, sum(reason.points for reason in reasons)))


def band_of(bands: tuple[Band, ...], score: int) -> Band:
    return next(band for band in reversed(bands) if score >= band.at_least)


# --- risk under the worst answers still possible


def most_risk(rules: Iterable[Rule], could_be: Mapping[str, Any]) -> int:
    """`could_be` says UNKNOWN where an answer is missing."""
    total = 0
    undecided: dict[tuple[str, ...], list[tuple[Rule, Expression]]] = {}
    for rule in rules:
        truth = YES if rule.when is None else rule.when.possible(could_be)
        if truth == YES:
            total += rule.points
        elif truth == EITHER and rule.when is not None:
            undecided.setdefault(_unknown(rule.when, could_be), []).append((rule, rule.when))
    return min(100, total + sum(_worst(names, group, could_be) for names, group in undecided.items()))


def _unknown(when: Expression, could_be: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name in when.names if could_be.get(name) is UNKNOWN))


def _worst(names: tuple[str, ...], group: list[tuple[Rule, Expression]], could_be: Mapping[str, Any]) -> int:
    """Rules that hang on one and the same choice cannot all hold: the worst choice counts. Otherwise all count."""
    kind = group[0][1].kinds[names[0]]
    if len(names) > 1 or kind.type != "choice":
        return sum(rule.points for rule, _ in group)
    return max(
        sum(rule.points for rule, when in group if when.evaluate({**could_be, names[0]: option}))
        for option in (*sorted(kind.options or ()), None)
    )


# --- what stops a verdict short


def _gates(seen: View) -> list[Blocker]:
    """The gates that are shut, and one note on those that a missing answer may yet shut."""
    found, doubtful = [], []
    for gate in seen.sheet.rules.gates + seen.use_case.gates:
        if _holds(gate, seen.values):
            found.append(_shut(seen, gate))
        elif seen.is_open and gate.when.possible(seen.could_be) & YES:
            doubtful += [COMPARED.get(name, name) for name in _unknown(gate.when, seen.could_be)]
    if doubtful and not seen.sheet.missing_for_next:
        questions = tuple(dict.fromkeys(doubtful))
        found.append(_limit(seen.sheet, Verdict.NEXT, "open_gates", questions))
    return found


def _shut(seen: View, gate: Gate) -> Blocker:
    return Blocker(
        verdict=gate.verdict,
        reason=seen.quote(gate.reason),
        change=seen.quote(gate.change),
        questions=_questions(seen, gate, gate.reason),
        references=gate.references,
    )


def _limit(sheet: Sheet, verdict: Verdict, name: str, about: tuple[str, ...] = (), **words: object) -> Blocker:
    limit = sheet.rules.limits[name]
    quoted = {"questions": sheet.titles(about), **{key: str(word) for key, word in words.items()}}
    return Blocker(verdict, fill(limit.reason, quoted.__getitem__), fill(limit.change, quoted.__getitem__), about)


def _missing(sheet: Sheet) -> list[Blocker]:
    found = []
    if sheet.missing_for_next:
        found.append(_limit(sheet, Verdict.NOT_YET, "missing_for_next", sheet.missing_for_next))
    if sheet.missing_for_start:
        found.append(_limit(sheet, Verdict.NEXT, "missing_for_start", sheet.missing_for_start))
    return found


def _readiness(sheet: Sheet) -> list[Blocker]:
    verdicts = sheet.rules.verdicts
    for verdict, needed, name in (
        (Verdict.NOT_YET, verdicts.next_readiness, "readiness_for_next"),
        (Verdict.NEXT, verdicts.start_here_readiness, "readiness_for_start"),
    ):
        if sheet.readiness < needed:
            words = {"readiness": sheet.readiness, "needed": needed, "improve": sheet.titles(sheet.improvable)}
            return [_limit(sheet, verdict, name, sheet.improvable, **words)]
    return []


def _fit(sheet: Sheet, band: Band) -> list[Blocker]:
    """Without function and goal the fit says nothing, so it blocks nothing either; the missing answers do."""
    verdicts, bands = sheet.rules.verdicts, sheet.rules.fit_bands
    if sheet.missing_for_next or band.place >= _place(bands, verdicts.start_here_fit):
        return []
    if band.place < _place(bands, verdicts.next_fit):
        return [_limit(sheet, Verdict.NO_MATCH, "fit_for_next", fit=band.title)]
    return [_limit(sheet, Verdict.NEXT, "fit_for_start", fit=band.title)]


def _risk(sheet: Sheet, band: Band) -> list[Blocker]:
    verdicts, bands = sheet.rules.verdicts, sheet.rules.risk_bands
    if band.place > _place(bands, verdicts.next_risk):
        return [_limit(sheet, Verdict.NOT_YET, "risk_for_next", risk=band.title)]
    if band.place > _place(bands, verdicts.start_here_risk):
        return [_limit(sheet, Verdict.NEXT, "risk_for_start", risk=band.title)]
    return []


def _wait(sheet: Sheet, found: Recommendation) -> Recommendation:
    needed = sheet.rules.verdicts.start_here_at_most
    return replace(found, verdict=Verdict.NEXT, blockers=(_limit(sheet, Verdict.NEXT, "enough_starts", needed=needed),))


def _place(bands: tuple[Band, ...], key: str) -> int:
    return next(band.place for band in bands if band.key == key)


# --- safer variants


def _safer(sheet: Sheet, use_case: UseCase, variant: SaferVariant, found: Recommendation) -> Safer:
    attributes = {name[5:]: value for name, value in variant.changes.items() if name.startswith("case_")}
    changed_case = replace(
        use_case,
        attributes=replace(use_case.attributes, **attributes),
        base_risk=variant.base_risk or use_case.base_risk,
    )
    before, after = view(sheet, use_case), view(_with_changes(sheet, variant.changes), changed_case)
    again = _judge(after)
    return Safer(
        title=variant.title,
        difference=variant.difference,
        changes=tuple(change for name in variant.changes if (change := _change(name, before, after))),
        risk=again.risk,
        risk_at_most=again.risk_at_most,
        risk_band=again.risk_band,
        risk_delta=again.risk - found.risk,
        verdict=again.verdict,
    )


def _with_changes(sheet: Sheet, changes: Mapping[str, Any]) -> Sheet:
    """The sheet as it would be with these answers, or the same when none is changed."""
    given = dict(sheet.given)
    for name, value in changes.items():
        read = None if name.startswith("case_") else read_answer(sheet.questionnaire.question(name), value)
        if read is not None:
            given[name] = read
    return read_sheet(sheet.rules, sheet.questionnaire, Answers(given)) if given != sheet.given else sheet


def _change(name: str, before: View, after: View) -> Change | None:
    """None when the team is there already."""
    attribute = name[5:] if name.startswith("case_") else None
    place = f"case:{attribute}" if attribute else f"answer:{name}"
    if before.words(place) == after.words(place):
        return None
    if attribute == "special_uses":
        title = before.sheet.rules.special_uses_title
    else:
        title = str(before.sheet.questionnaire.question(WORDS_FROM[attribute] if attribute else name).title)
    return Change(name, title, before.words(place), after.words(place))
