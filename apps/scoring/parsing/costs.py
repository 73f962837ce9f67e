"""What a questionnaire costs whoever uses it: refused is what would take minutes to score, or too much memory.

All of it is counted, never timed, so that every machine comes to the same.
"""

from collections.abc import Iterable

from apps.scoring.definitions import Question, Questionnaire
from apps.scoring.language.expressions import Expression
from apps.scoring.parsing.pieces import MOST_WORK, steps_of
from apps.scoring.parsing.problems import Problems
from apps.scoring.texts import Text

STEPS_OF_A_QUESTION = 10  # a step is what a character of an expression takes: a microsecond at most
MOST_QUOTED = 5_000_000  # characters


def check_costs(questionnaire: Questionnaire, problems: Problems) -> None:
    if gap_work(questionnaire) > MOST_WORK:
        told = "Scoring would take too long: what each gap buys is found by scoring again, and there are many gaps"
        problems.add("sections", f"{told} beside many questions, conditions and formulas. Make some of them fewer.")
    if quoted(questionnaire) > MOST_QUOTED:
        told = "A result would be too long: derived values, flags and contradictions quote the questions they look at"
        problems.add("sections", f"{told}, and together these have millions of characters. Shorten their titles.")


def scoring_work(questionnaire: Questionnaire) -> int:
    """Steps that one outcome takes."""
    return 2 * (_asking(questionnaire) + _concluding(questionnaire)) + gap_work(questionnaire)


def gap_work(questionnaire: Questionnaire) -> int:
    """Steps that finding what each gap buys takes, when all are open (`gaps.what_each_buys`)."""
    asking, concluding = _asking(questionnaire), _concluding(questionnaire)
    gaps = [question.key for question in questionnaire.questions if question.gap]
    return sum(concluding + (asking if key in questionnaire.watched else 0) for key in gaps)


def _asking(questionnaire: Questionnaire) -> int:
    conditions = (each for some in questionnaire.conditions.values() for each in some)
    formulas = (formula for question in questionnaire.questions for formula in question.formulas)
    return STEPS_OF_A_QUESTION * len(questionnaire.questions) + _steps(conditions) + _steps(formulas)


def _concluding(questionnaire: Questionnaire) -> int:
    values = (derived.value for derived in questionnaire.derived)
    return _steps(values) + _steps(flag.when for flag in questionnaire.flags)


def _steps(expressions: Iterable[Expression]) -> int:
    return sum(map(steps_of, expressions))


def quoted(questionnaire: Questionnaire) -> int:
    """Characters, at most, of the answers that rules quote."""
    words = {question.key: _words(question) for question in questionnaire.questions}
    return sum(words.get(name, 0) for rule in questionnaire.rules for name in rule.names)


def _words(question: Question) -> int:
    """A question with its answer."""
    answers = [_longest(choice.title) for choice in question.choices]
    answer = sum(answers) if question.type == "multi" else max(answers, default=0)
    return _longest(question.title) + answer + (question.max_length if question.kind.type == "text" else 0)


def _longest(text: Text) -> int:
    return max(map(len, (text.fallback, *text.by_language.values())))
