from typing import Any

import pytest

from apps.selector.prefill import prefill, rules
from tests.factories.published import current_questionnaire
from tests.factories.use_cases import selector_library, selector_questionnaire

RISK_TEST = current_questionnaire("risktest")


def test_every_rule_names_questions_and_choices_that_exist() -> None:
    assert {
        *rules()["title"],
        *rules()["use_case"],
        *rules()["asked_anew"],
        *(rule["to"] for rule in rules()["choices"]),
    } <= set(RISK_TEST.by_key)
    for rule in rules()["adds"]:
        assert {rule["beside"], rule["choice"]} <= {choice.key for choice in RISK_TEST.question(rule["to"]).choices}
        asked = selector_questionnaire().question(rule["from"])
        assert asked.dont_know
        assert set(rule["where"]) <= {choice.key for choice in asked.choices}
    for rule in rules()["choices"]:
        known = {choice.key for choice in RISK_TEST.question(rule["to"]).choices}
        assert set(rule["map"].values()) <= known


def test_every_choice_of_the_selector_carries_over_or_is_left_out_on_purpose() -> None:
    library = selector_library()

    for use_case in library.use_cases:
        answers = prefill(use_case, {"training": "some"})
        assert answers["training"] == "some"
        assert answers["use_name"] == use_case.title
        assert answers["autonomy"] == use_case.attributes.autonomy
        assert answers["data_kinds"]


def test_who_reads_the_result_is_not_taken_for_who_works_with_it() -> None:
    for use_case in selector_library().use_cases:
        assert "audience" not in prefill(use_case, {"audience": "customers"})


def test_owner_by_name_is_not_taken_for_one_who_has_accepted_it() -> None:
    for use_case in selector_library().use_cases:
        assert "owner" not in prefill(use_case, {"owner": "named"})


@pytest.mark.parametrize(
    ("said", "ticked"),
    [
        ("regularly", {"personal", "special"}),
        ("possible", {"personal", "special"}),
        ("never", {"personal"}),
        (None, {"personal"}),
        ({"dont_know": True}, set()),
    ],
)
def test_sensitive_data_of_the_team_counts_where_a_use_case_reads_about_people(said: Any, ticked: set[str]) -> None:
    for use_case in selector_library().use_cases:
        found = prefill(use_case, {"special_categories": said}).get("data_kinds", [])
        about_people = "personal" in prefill(use_case, {})["data_kinds"]
        assert set(found) & {"personal", "special"} == (ticked if about_people else set())


def test_open_data_is_ticked_only_alone() -> None:
    library = selector_library()
    found = [prefill(use_case, {})["data_kinds"] for use_case in library.use_cases]

    assert ["open"] in found
    assert not [kinds for kinds in found if "open" in kinds and len(kinds) > 1]
