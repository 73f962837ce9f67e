"""One team's answers as the conditions of the library see them, and what a use case looks like beside them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.scoring.answers import DONT_KNOW, Answer, Answers, RawAnswers, answer_in_words, as_answers
from apps.scoring.definitions import Questionnaire
from apps.scoring.language.values import UNKNOWN
from apps.scoring.visibility import visible_questions
from apps.selector.library import (
    ANY_FUNCTION,
    GOALS,
    NO_OWN_DATA,
    SCALES,
    SETS,
    WORDS_FROM,
    Attributes,
    HouseRules,
    UseCase,
)
from apps.selector.library_parse import PLACEHOLDER

ANY_TEAM, NOTHING = "any team", "none"
# Which answer a comparison of the use case with the answers comes from.
COMPARED = {
    "case_function_match": SETS["functions"],
    "case_goal_match": GOALS["first"],
    "case_data_match": SETS["data_kinds"],
    **{f"case_{name}_gap": question for name, question in SCALES.items()},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    rules: HouseRules
    questionnaire: Questionnaire
    given: Mapping[str, Answer]
    values: Mapping[str, Any]  # what of it counts: visible and known
    open: frozenset[str]  # asked, or perhaps still to be asked, and not known
    readiness: int  # percent
    improvable: tuple[str, ...]  # readiness questions with a better answer
    missing_for_next: tuple[str, ...]
    missing_for_start: tuple[str, ...]

    def titles(self, keys: Iterable[str]) -> str:
        return ", ".join(f"“{self.questionnaire.question(key).title}”" for key in keys)


def read_sheet(rules: HouseRules, questionnaire: Questionnaire, answers: RawAnswers) -> Sheet:
    given = as_answers(questionnaire, answers).values
    shown = visible_questions(questionnaire, Answers(given))
    values = {key: value for key, value in given.items() if key in shown.keys and value is not DONT_KNOW}
    readiness, improvable = _readiness(questionnaire, rules.verdicts.readiness, shown.keys, values)
    return Sheet(
        rules=rules,
        questionnaire=questionnaire,
        given=given,
        values=values,
        open=(shown.keys | shown.possibly) - set(values),
        readiness=readiness,
        improvable=improvable,
        missing_for_next=_missing(rules.verdicts.next_needs, shown.keys, values),
        missing_for_start=_missing(rules.verdicts.start_here_needs, shown.keys, values),
    )


def _missing(needed: Iterable[str], visible: frozenset[str], values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in needed if key in visible and key not in values)


def _readiness(
    questionnaire: Questionnaire, dimension: str, visible: frozenset[str], values: Mapping[str, Any]
) -> tuple[int, tuple[str, ...]]:
    """Percent of what the readiness questions can give, and those with a better answer; unanswered gives nothing."""
    got, most, improvable = Decimal(0), Decimal(0), []
    for question in questionnaire.questions:
        points = {choice.key: choice.points.get(dimension, Decimal(0)) for choice in question.choices}
        best = max(points.values(), default=Decimal(0))
        if question.key not in visible or not best:
            continue
        mine = points.get(values.get(question.key, ""), Decimal(0))
        got, most = got + mine, most + best
        if mine < best:
            improvable.append(question.key)
    return int((200 * got + most) // (2 * most)) if most else 100, tuple(improvable)


# --- a use case beside the answers


@dataclass(frozen=True, slots=True)
class View:
    """What conditions see: `values` as things stand, `could_be` with UNKNOWN where an answer is missing."""

    sheet: Sheet
    use_case: UseCase
    values: Mapping[str, Any]
    could_be: Mapping[str, Any]
    is_open: bool  # is anything unknown at all?

    def quote(self, text: str) -> str:
        return fill(text, self.quoted)

    def quoted(self, name: str) -> str:
        """`answer:question` or `case:attribute` as a sentence quotes it: choices in quotation marks."""
        source, _, key = name.partition(":")
        if source == "case":
            return ", ".join(f"“{title}”" for title in self._titles(key)) or NOTHING
        question, value = self.sheet.questionnaire.question(key), self.sheet.given.get(key)
        if isinstance(value, tuple):
            return ", ".join(f"“{question.choice(item).title}”" for item in value)
        words = answer_in_words(question, value)
        return f"“{words}”" if isinstance(value, str) else words

    def words(self, name: str) -> str:
        """The same for a table: no quotation marks."""
        source, _, key = name.partition(":")
        if source == "case":
            return "; ".join(self._titles(key)) or NOTHING
        return answer_in_words(self.sheet.questionnaire.question(key), self.sheet.given.get(key))

    def _titles(self, name: str) -> list[str]:
        """In the words and the order of the questionnaire."""
        keys = self._keys(name)
        if name == "special_uses":
            return [title for key, title in self.sheet.rules.special_uses.items() if key in keys]
        choices = self.sheet.questionnaire.question(WORDS_FROM.get(name, SETS["data_kinds"])).choices
        return [str(choice.title) for choice in choices if choice.key in keys] + [ANY_TEAM] * (ANY_FUNCTION in keys)

    def _keys(self, name: str) -> frozenset[str]:
        kinds = self.use_case.attributes.data_kinds
        held = frozenset(self.sheet.values.get(SETS["data_kinds"], ()))
        selected = {
            "private_data": kinds & self.sheet.rules.private_data,
            "personal_data": kinds & self.sheet.rules.personal_data,
            "held_data": kinds & held,
            "missing_data": kinds - held - {NO_OWN_DATA},
        }
        if name in selected:
            return selected[name]
        value = getattr(self.use_case.attributes, name)
        return frozenset({value}) if isinstance(value, str) else value


def view(sheet: Sheet, use_case: UseCase) -> View:
    case = case_values(sheet, use_case.attributes)
    values = {**sheet.values, **case}
    unknown = (*sheet.open, *(name for name, value in case.items() if value is None))
    return View(sheet, use_case, values, values | dict.fromkeys(unknown, UNKNOWN), bool(unknown))


def fill(text: str, word: Callable[[str], str]) -> str:
    return PLACEHOLDER.sub(lambda match: word(match[1]), text)


def case_values(sheet: Sheet, attributes: Attributes) -> dict[str, Any]:
    """The names of a condition that describe the use case; None where the answer to compare with is missing."""
    values: dict[str, Any] = {f"case_{name}": getattr(attributes, name) for name in (*WORDS_FROM, "special_uses")}
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
    scale = [choice.key for choice in sheet.questionnaire.question(SCALES[name]).choices]
    if attribute == scale[-1]:
        return "within"
    wanted = sheet.values.get(SCALES[name])
    if wanted is None:
        return None
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
