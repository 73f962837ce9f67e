"""The scoring room: plain Python that reads a questionnaire and scores answers. No Django, no YAML, no clock.

How it works, and in which order to read it: `docs/scoring.md`. What other rooms use:

Definitions
    parse_questionnaire(data, *, known_references=None, published=False) -> Questionnaire
        raises InvalidDefinition(problems)
    check_questionnaire(data, *, known_references=None) -> list[Problem]     never raises
    Problem(path, message)                path such as "sections[2].questions[0].choices[1].points"
    canonical_bytes(value) -> bytes       sorted keys, NFC, decimals as strings, dates as ISO; content_hash(value)
    questionnaire.question(key), .questions (all, in order), .hash; Text.in_language("fr"), str(text) is the fallback
Answers
    read_answers(questionnaire, raw) -> Answers               .values by key; .ignored: Ignored(key, reason)
    read_answer(question, raw) -> value   raises InvalidAnswer(message); None means "not answered", DONT_KNOW is a value
    answer_as_json(value)                 what to store; reading it again gives the same value
    answer_in_words(question, value, language=None) -> str       "Personal data; Health data", "1,250 users"
Everything below takes `answers` as Answers or as the raw mapping.
    visible_questions(questionnaire, answers) -> Visibility
        .sections: tuple[VisibleSection(section, questions)] as things stand, in order; .keys: question keys;
        .possibly: keys of hidden questions that an answer still missing could bring up
    progress(visibility) -> tuple[SectionProgress(section, title, answered, asked, complete)]
    evaluate(questionnaire, answers, *, on_date, language=None) -> Outcome   total; outcome.as_json() -> dict
    what_if(questionnaire, answers, close, *, on_date, language=None) -> Outcome   `close`: question keys of gaps
    close_gaps(questionnaire, answers, close) -> Answers
    cheapest_plan(questionnaire, answers, *, on_date, language=None) -> Plan
        .close (question keys), .effort, .level_before, .level_after (None when none is enough), .reason,
        .exact (False: there was too much to try, and the reason says so); .as_json()
Expressions for other rooms (use case conditions, profile rules)
    compile_expression(source, names: Mapping[str, Kind]) -> Expression      raises InvalidExpression(message)
    Kind.choice("a", "b") one of them; Kind.choice() any string; Kind.choices("a", "b") a set; Kind.number(low, high);
    Kind.date(low, high); Kind.truth(); Kind.text() only inside answered(…). A name may look like "points(exposure)".
    expression.evaluate(values)           plain values in (str, set, Decimal | int, date, bool, None), plain value out
    expression.possible(values)           the same, where UNKNOWN stands for "could be anything"; gives a value: a set
    expression.deciding(values)           the names in the comparisons that decided it
    expression.names                      the names it uses
"""

from apps.scoring.answers import (
    DONT_KNOW,
    Answers,
    Ignored,
    InvalidAnswer,
    answer_as_json,
    answer_in_words,
    read_answer,
    read_answers,
)
from apps.scoring.canonical import canonical_bytes, content_hash, plain_decimal
from apps.scoring.definitions import Questionnaire
from apps.scoring.gaps import close_gaps
from apps.scoring.language.compiler import InvalidExpression
from apps.scoring.language.expressions import Expression, compile_expression
from apps.scoring.language.values import UNKNOWN, Kind
from apps.scoring.outcome import Outcome, evaluate, what_if
from apps.scoring.parsing.parse import check_questionnaire, parse_questionnaire
from apps.scoring.parsing.problems import InvalidDefinition, Problem
from apps.scoring.planning.plan import Plan, cheapest_plan
from apps.scoring.visibility import SectionProgress, Visibility, progress, visible_questions

__all__ = [
    "DONT_KNOW",
    "UNKNOWN",
    "Answers",
    "Expression",
    "Ignored",
    "InvalidAnswer",
    "InvalidDefinition",
    "InvalidExpression",
    "Kind",
    "Outcome",
    "Plan",
    "Problem",
    "Questionnaire",
    "SectionProgress",
    "Visibility",
    "answer_as_json",
    "answer_in_words",
    "canonical_bytes",
    "cheapest_plan",
    "check_questionnaire",
    "close_gaps",
    "compile_expression",
    "content_hash",
    "evaluate",
    "parse_questionnaire",
    "plain_decimal",
    "progress",
    "read_answer",
    "read_answers",
    "visible_questions",
    "what_if",
]
