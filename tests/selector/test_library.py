from decimal import Decimal

import pytest

from apps.selector.library import Attributes, Tokens, UseCase, Verdict
from tests.factories.use_cases import make_library, selector_library, selector_questionnaire

USE_CASES = selector_library().use_cases


def test_tokens_in_a_month_count_pages_on_the_input_only():
    tokens = Tokens(input=1000, output=200, per_page=500)

    assert tokens.in_a_month(10, Decimal("2.5")) == (22_500, 2_000)


def test_own_idea_keeps_its_words_and_attributes():
    attributes = Attributes(
        frozenset({"finance"}), frozenset(), frozenset(), "public", "suggests", "minor", "easily", frozenset({"judges"})
    )

    idea = make_library().own_idea("Mine", "What it does", attributes)

    assert (idea.key, idea.title, idea.description, idea.attributes) == ("own_idea", "Mine", "What it does", attributes)
    assert idea.guardrails == ("A person reads it.",)


def test_library_has_every_family_and_enough_use_cases():
    library = selector_library()

    assert len(USE_CASES) >= 18
    assert {use_case.family for use_case in USE_CASES} == set(library.families)
    assert library.by_key["cv_screening"].title == "Screening and ranking of applications"


def test_library_serves_every_goal_and_every_function():
    questionnaire = selector_questionnaire()
    goals = {choice.key for choice in questionnaire.question("goal_first").choices}
    functions = {choice.key for choice in questionnaire.question("team_function").choices} - {"other_function"}

    assert set().union(*(use_case.attributes.goals for use_case in USE_CASES)) == goals
    assert set().union(*(use_case.attributes.functions for use_case in USE_CASES)) == functions | {"any"}


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.key)
def test_each_use_case_of_the_library_can_be_acted_on(use_case: UseCase):
    assert 4 <= len(use_case.first_week) <= 6
    assert [step.day for step in use_case.first_week] == list(range(1, len(use_case.first_week) + 1))
    assert len(use_case.guardrails) >= 2
    assert use_case.references
    assert len(use_case.one_line) <= 120
    assert all(gate.change for gate in use_case.gates)


def test_refusals_that_rest_on_law_name_it():
    gates = [*selector_library().rules.gates, *(gate for use_case in USE_CASES for gate in use_case.gates)]

    assert all(gate.references for gate in gates if gate.verdict is Verdict.REFUSED)
