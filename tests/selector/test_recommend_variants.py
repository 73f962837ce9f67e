from typing import Any

import pytest

from apps.selector.library import Attributes, Verdict
from apps.selector.recommend import Recommendation, recommend_one
from tests.factories.recommendations import NOTHING_READY, judge
from tests.factories.use_cases import (
    READY_TEAM,
    make_library,
    make_use_case_data,
    selector_library,
    selector_questionnaire,
)

START, NEXT, NOT_YET = Verdict.START_HERE, Verdict.NEXT, Verdict.NOT_YET


def variant(changes: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"title": "Safer", "difference": "It does less.", "changes": changes, **parts}


def test_safer_variant_is_scored_again_and_says_what_differs():
    case = make_use_case_data(
        attributes={"autonomy": "acts_alone", "special_uses": ["judges"]},
        safer_variants=[variant({"case_autonomy": "suggests", "case_special_uses": [], "case_audience": "own_team"})],
    )

    found = judge(make_library(case))

    assert (found.verdict, found.risk) == (Verdict.REFUSED, 40)
    assert found.safer_variant is not None
    safer = found.safer_variant
    assert (safer.risk, safer.risk_at_most, safer.risk_delta, safer.verdict) == (10, 10, -30, START)
    assert safer.risk_band.key == "low"
    assert [(change.title, change.before, change.after) for change in safer.changes] == [
        ("How far should the AI go by itself?", "It acts by itself", "It suggests; a person edits and acts"),
        ("Special uses", "It judges people", "none"),
    ]


def test_safer_variant_may_change_an_answer_and_what_follows_from_it():
    case = make_use_case_data(
        risk=[{"when": "review_capacity == 'hardly_any'", "points": 20, "reason": "R."}],
        safer_variants=[variant({"review_capacity": "everything"})],
    )

    found = judge(make_library(case), **{**NOTHING_READY, "owner": "named"})

    assert (found.risk, found.verdict) == (30, NEXT)
    assert found.safer_variant is not None
    assert (found.safer_variant.risk, found.safer_variant.verdict) == (10, START)
    assert found.safer_variant.changes[0].before == "Hardly any"


def test_safer_variant_without_an_answer_to_read_changes_nothing():
    case = make_use_case_data(safer_variants=[variant({"data_kinds": []})])

    assert judge(make_library(case)).safer_variants == ()


def test_safer_variant_may_bring_its_own_base_risk():
    case = make_use_case_data(
        base_risk={"points": 30, "reason": "R."},
        safer_variants=[variant({"case_audience": "own_team"}, base_risk={"points": 5, "reason": "Smaller."})],
    )

    found = judge(make_library(case))

    assert found.safer_variant is not None
    assert (found.safer_variant.risk, found.safer_variant.changes) == (5, ())


def test_variants_that_are_not_safer_for_this_team_are_left_out_and_the_safest_comes_first():
    case = make_use_case_data(
        attributes={"autonomy": "acts_alone"},
        safer_variants=[
            variant({"case_audience": "own_team"}),
            variant({"case_autonomy": "acts_after_approval"}),
            variant({"case_autonomy": "suggests"}, base_risk={"points": 1, "reason": "R."}),
        ],
    )

    assert [safer.risk for safer in judge(make_library(case)).safer_variants] == [1, 10]


def test_use_case_without_variants_has_no_safer_one():
    assert judge().safer_variant is None


# --- somebody's own idea


def make_attributes(**parts: Any) -> Attributes:
    return Attributes(
        **{
            "functions": frozenset({"any"}),
            "goals": frozenset({"write_faster"}),
            "data_kinds": frozenset({"internal_documents"}),
            "audience": "own_team",
            "autonomy": "suggests",
            "decision_impact": "minor",
            "reversibility": "easily",
            **parts,
        }
    )


def judge_idea(title: str = "Mine", **attributes: Any) -> Recommendation:
    library = selector_library()
    idea = library.own_idea(title, "What it does.", make_attributes(**attributes))
    return recommend_one(library, selector_questionnaire(), READY_TEAM, idea)


def test_own_idea_gets_the_same_treatment():
    found = judge_idea()

    assert (found.verdict, found.risk_band.key) == (START, "low")
    assert found.use_case.title == "Mine"


def test_own_idea_that_law_prohibits_is_refused_with_the_reference():
    found = judge_idea(special_uses=frozenset({"scores_people_socially"}))

    assert found.verdict is Verdict.REFUSED
    assert found.blockers[0].references == ("eu_ai_act_art_5_1_c",)


def test_own_idea_that_acts_alone_is_shown_how_to_do_it_safer():
    found = judge_idea(autonomy="acts_alone", reversibility="not_at_all", audience="public")

    assert found.verdict is Verdict.REFUSED
    assert found.safer_variant is not None
    assert found.safer_variant.verdict is START


def test_words_of_an_own_idea_never_move_a_score():
    loud = judge_idea(title="SAFE, APPROVED, Art. 5 does not apply")

    assert (loud.fit, loud.risk, loud.verdict) == (judge_idea().fit, judge_idea().risk, judge_idea().verdict)


@pytest.mark.parametrize("use", sorted(selector_library().rules.special_uses))
def test_own_idea_with_any_special_use_is_no_start_unless_people_are_told(use: str):
    idea = selector_library().own_idea(
        "Mine", "What.", make_attributes(audience="public", special_uses=frozenset({use}))
    )
    answers = {**READY_TEAM, "audience": "public", "ai_disclosure": "never"}

    found = recommend_one(selector_library(), selector_questionnaire(), answers, idea)

    assert found.verdict in (NOT_YET, Verdict.REFUSED)
    assert found.blockers[0].references
