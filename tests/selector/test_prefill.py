from django.conf import settings

from apps.questionnaires.actions import parse_source
from apps.selector.prefill import prefill, rules
from tests.factories.use_cases import selector_library

RISK_TEST = parse_source((settings.FIXTURES_DIR / "questionnaires/risktest/v1.yaml").read_bytes())


def test_every_rule_names_questions_and_choices_that_exist() -> None:
    assert {
        *rules()["title"],
        *rules()["use_case"],
        *rules()["asked_anew"],
        *(rule["to"] for rule in rules()["choices"]),
    } <= set(RISK_TEST.by_key)
    for rule in rules()["choices"]:
        known = {choice.key for choice in RISK_TEST.question(rule["to"]).choices}
        assert set(rule["map"].values()) <= known


def test_every_choice_of_the_selector_carries_over_or_is_left_out_on_purpose() -> None:
    library = selector_library()

    for use_case in library.use_cases:
        answers = prefill(use_case, {"owner": "named"})
        assert answers["owner"] == "named"
        assert answers["use_name"] == use_case.title
        assert answers["autonomy"] == use_case.attributes.autonomy
        assert answers["data_kinds"]


def test_who_reads_the_result_is_not_taken_for_who_works_with_it() -> None:
    for use_case in selector_library().use_cases:
        assert "audience" not in prefill(use_case, {"audience": "customers"})


def test_open_data_is_ticked_only_alone() -> None:
    library = selector_library()
    found = [prefill(use_case, {})["data_kinds"] for use_case in library.use_cases]

    assert ["open"] in found
    assert not [kinds for kinds in found if "open" in kinds and len(kinds) > 1]
