from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.scoring import visible_questions
from apps.selector.library import Verdict
from apps.selector.recommend import recommend
from tests.factories.recommendations import for_team, keys
from tests.factories.use_cases import RULES, selector_library, selector_questionnaire

START, NOT_YET = Verdict.START_HERE, Verdict.NOT_YET


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        ("a customer support team that is well prepared", ["knowledge_search", "reply_drafts", "support_triage"]),
        ("a human resources team", ["job_adverts", "onboarding_guide", "policy_answers"]),
        ("a finance team", ["invoice_data", "spreadsheet_help", "knowledge_search"]),
        ("a software team", ["code_assistant", "incident_log_analysis", "test_generation"]),
        ("a marketing team", ["marketing_drafts", "plain_language", "translation"]),
        ("a legal team", ["contract_comparison", "knowledge_search", "report_summary"]),
    ],
)
def test_typical_team_starts_with_what_fits_and_is_safe(team: str, expected: list[str]):
    assert keys(for_team(team).start_here) == expected


def test_team_that_wants_to_rank_applicants_does_not_start_with_it():
    found = for_team("a human resources team").of("cv_screening")

    assert (found.fit, found.verdict, found.risk_band.key) == (100, NOT_YET, "critical")
    assert "eu_ai_act_annex_iii_4_a" in found.blockers[0].references
    assert found.safer_variant is not None
    assert found.safer_variant.risk_band.key in ("low", "moderate")


@pytest.mark.parametrize(
    "changes",
    [{"review_capacity": "hardly_any"}, {"autonomy": "acts_alone"}, {"special_categories": "regularly"}],
)
def test_ranking_applicants_without_a_person_who_decides_is_refused(changes: dict[str, str]):
    assert for_team("a human resources team", **changes).of("cv_screening").verdict is Verdict.REFUSED


@pytest.mark.parametrize("team", ["a customer support team that is well", "human resources", "a software team"])
def test_emotion_monitoring_is_always_refused_with_its_reference(team: str):
    found = for_team(team).of("emotion_monitoring")

    assert found.verdict is Verdict.REFUSED
    assert found.blockers[0].references == ("eu_ai_act_art_5_1_f",)


def test_empty_sheet_recommends_nothing_and_is_not_called_safe():
    result = recommend(selector_library(), selector_questionnaire(), {})

    assert result.start_here == result.next == ()
    assert keys(result.refused) == ["emotion_monitoring"]
    assert all(found.risk_band.key != "low" for found in result.all)
    assert result.missing[:2] == ("team_function", "goal_first")


def test_team_that_checks_nothing_starts_with_nothing():
    assert for_team("wants everything automated").start_here == ()


@pytest.mark.parametrize(("wanted", "points"), [("suggests", -15), ("acts_after_approval", -15), ("acts_alone", None)])
def test_going_further_than_the_team_wants_counts_against_it_and_is_said(wanted: str, points: int | None):
    found = for_team("a customer support team that is well", autonomy=wanted).of("support_triage")

    said = [reason.points for reason in found.fit_reasons if "It goes further by itself" in reason.text]
    assert said == ([points] if points else [])


def test_refund_agent_is_not_for_a_start_but_its_safer_variant_may_be():
    found = for_team("a customer support team that is well").of("refund_agent")

    assert found.verdict is NOT_YET
    assert found.safer_variant is not None
    assert found.safer_variant.verdict is START


def test_not_knowing_something_never_lowers_the_risk():
    sure, unsure = for_team("customer support team that is well prepared"), for_team("does not know two things")

    for found in sure.all:
        assert unsure.of(found.use_case.key).risk_at_most >= found.risk


def test_answers_that_are_no_longer_asked_have_no_effect():
    plain = for_team("a software team")

    assert for_team("a software team", special_categories="regularly", ai_disclosure="never") == plain


def sheets() -> st.SearchStrategy[dict[str, Any]]:
    answers: dict[str, st.SearchStrategy[Any]] = {}
    for question in selector_questionnaire().questions:
        options = st.sampled_from([choice.key for choice in question.choices if not choice.exclusive] or ["0"])
        if question.type == "single":
            answers[question.key] = options
        elif question.type == "multi":
            answers[question.key] = st.lists(options, min_size=1, max_size=3, unique=True)
        else:
            answers[question.key] = st.integers(0, 2000)
    return st.fixed_dictionaries({}, optional=answers)


@settings(max_examples=25, deadline=None)
@given(sheets(), sheets())
def test_risk_stays_within_its_bound_whatever_is_answered_later(first: dict[str, Any], more: dict[str, Any]):
    questionnaire, library = selector_questionnaire(), selector_library()
    before = recommend(library, questionnaire, first)
    # Only what was not answered, or not asked, is filled in.
    asked = visible_questions(questionnaire, first).keys
    kept = {key: value for key, value in first.items() if key in asked}

    after = recommend(library, questionnaire, {**more, **kept})

    for found in after.all:
        assert found.risk <= before.of(found.use_case.key).risk_at_most


@settings(max_examples=20, deadline=None)
@given(sheets())
def test_no_verdict_ever_goes_further_than_its_scores_allow(answers: dict[str, Any]):
    result = recommend(selector_library(), selector_questionnaire(), answers)

    assert len(result.start_here) <= RULES["verdicts"]["start_here_at_most"]
    for found in result.start_here:
        assert found.fit_band.key == "good"
        assert found.risk_band.key in ("low", "moderate")
        assert found.blockers == ()
    for found in (*result.next, *result.not_yet, *result.refused, *result.no_match):
        assert found.blockers
