"""What a questionnaire may cost whoever uses it."""

from typing import Any

import pytest

from apps.scoring import check_questionnaire, parse_questionnaire
from apps.scoring.parsing.costs import quoted, scoring_work
from apps.scoring.parsing.pieces import MOST_WORK
from tests.factories.definitions import SCORED, make_control, make_definition, make_question, make_scored_definition

FLAG = {"title": "Flag", "effect": "forbid", "because": "So."}


def told(data: dict[str, Any]) -> list[str]:
    return [problem.message for problem in check_questionnaire(data)]


def with_gaps(gaps: int, *, flags: int) -> dict[str, Any]:
    """The gaps by themselves are cheap: what is concluded from each is not."""
    condition = " or ".join(["reach == 'few' and 'health' in data"] * 40)
    rules = [{**FLAG, "key": f"f{i}", "when": condition} for i in range(flags)]
    return make_scored_definition(*[make_control(f"c{i}") for i in range(gaps)], flags=rules)


def test_three_hundred_gaps_and_many_rules_are_accepted() -> None:
    assert told(with_gaps(300, flags=40)) == []


def test_gaps_that_would_be_scored_for_minutes_are_refused() -> None:
    (message,) = told(with_gaps(600, flags=40))

    assert message.startswith("Scoring would take too long: what each gap buys is found by scoring again")


def test_gaps_and_logarithms_that_would_be_scored_for_minutes_are_refused() -> None:
    value = {"title": "Value", "value": "+".join(["ln(points(exposure))"] * 50)}
    derived = [*SCORED["derived"], *[{**value, "key": f"v{i}"} for i in range(400)]]

    (message,) = told(make_scored_definition(*[make_control(f"c{i}") for i in range(20)], derived=derived))

    assert message.startswith("Scoring would take too long: what each gap buys is found by scoring again")


def test_gap_that_others_look_at_costs_the_questions_too() -> None:
    alone = make_scored_definition(make_control("a"), make_question("b"))
    watched = make_scored_definition(make_control("a"), make_question("b", visible_if="a == 'there'"))

    costs = [scoring_work(parse_questionnaire(data)) for data in (alone, watched)]

    assert costs[1] - costs[0] == 3 * len("a == 'there'") + 40  # two readings and the gap; for the gap four questions
    assert costs[1] < MOST_WORK / 10_000


@pytest.mark.parametrize(("length", "refused"), [(500, False), (19_000, True)])
def test_result_of_many_megabytes_is_refused(length: int, refused: bool) -> None:
    asked = [make_question(f"n{i}", type="number", title="x" * length) for i in range(10)]
    value = {"title": "Value", "value": " + ".join(f"n{i}" for i in range(10))}
    derived = [*SCORED["derived"], *[{**value, "key": f"v{i}"} for i in range(40)]]

    messages = told(make_scored_definition(make_control("c"), *asked, derived=derived))

    assert [message[:30] for message in messages] == (["A result would be too long: de"] if refused else [])


def test_answers_that_are_quoted_count_with_their_longest_words() -> None:
    choices = [{"key": "a", "title": "A" * 30}, {"key": "b", "title": {"en": "B" * 5}}]
    questions = [
        make_question("s", title="T", choices=choices),
        make_question("m", title="T", type="multi", choices=choices),
        make_question("t", title="T", type="short_text", max_length=70),
    ]
    flags = [{**FLAG, "key": "f", "when": "s == 'a' or 'a' in m or answered(t)"}]

    assert quoted(parse_questionnaire(make_definition(*questions, flags=flags))) == 31 + 36 + 71
