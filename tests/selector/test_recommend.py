from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.scoring import visible_questions
from apps.selector.library import Attributes, Library, Verdict
from apps.selector.recommend import Recommendation, Recommendations, Volume, read_volume, recommend, recommend_one
from tests.factories.use_cases import (
    READY_TEAM,
    RULES,
    make_library,
    make_use_case_data,
    selector_library,
    selector_questionnaire,
    team_answers,
)

START, NEXT, NOT_YET = Verdict.START_HERE, Verdict.NEXT, Verdict.NOT_YET


def ask(library: Library, **answers: Any) -> Recommendations:
    given = {key: value for key, value in {**READY_TEAM, **answers}.items() if value is not None}
    return recommend(library, selector_questionnaire(), given)


def judge(library: Library | None = None, /, **answers: Any) -> Recommendation:
    return ask(library or make_library(), **answers).of("drafts")


def for_team(words: str, **changes: Any) -> Recommendations:
    answers = {key: value for key, value in {**team_answers(words), **changes}.items() if value is not None}
    return recommend(selector_library(), selector_questionnaire(), answers)


def keys(found: tuple[Recommendation, ...]) -> list[str]:
    return [recommendation.use_case.key for recommendation in found]


def with_risk(points: int, **case: Any) -> Library:
    return make_library(make_use_case_data(base_risk={"points": points, "reason": "R."}, **case))


# --- scores and reasons


def test_fit_and_risk_are_separate_sums_with_their_reasons():
    found = judge()

    assert (found.fit, found.risk, found.verdict) == (70, 10, START)
    assert [reason.text for reason in found.fit_reasons] == [
        "For “Write texts faster”.",
        "For “Finance and accounting”.",
    ]
    assert [reason.points for reason in found.risk_reasons] == [10]
    assert found.fit_band.key == "good"
    assert found.risk_band.key == "low"
    assert found.blockers == ()


def test_reason_names_the_questions_it_quotes():
    when = "owner == 'named' and 'invoices' in data_kinds"
    case = make_use_case_data(risk=[{"when": when, "points": 5, "reason": "R.", "references": ["law_1"]}])

    found = judge(make_library(case), data_kinds=["invoices", "internal_documents"])

    assert found.fit_reasons[0].questions == ("goal_first",)
    assert found.risk_reasons[1].questions == ("owner", "data_kinds")
    assert found.risk_reasons[1].references == ("law_1",)


def test_reason_from_a_comparison_names_the_question_compared():
    case = make_use_case_data(
        risk=[
            {"when": "case_autonomy_gap == 'beyond'", "points": 5, "reason": "R."},
            {"when": "case_reads_private", "points": 4, "reason": "S."},
        ]
    )

    found = judge(make_library(case), autonomy="acts_alone")

    assert [reason.questions for reason in found.risk_reasons] == [(), ("autonomy",), ()]


@pytest.mark.parametrize(("points", "fit"), [(-100, 0), (100, 100), (-30, 40)])
def test_fit_stays_between_0_and_100(points: int, fit: int):
    case = make_use_case_data(fit=[{"when": "owner == 'named'", "points": points, "reason": "R."}])

    assert judge(make_library(case)).fit == fit


def test_risk_stays_at_most_100():
    case = make_use_case_data(risk=[{"when": "owner == 'named'", "points": 100, "reason": "R."}])

    assert judge(make_library(case)).risk == 100


# --- risk under the worst answers still possible


def test_unknown_answer_counts_at_its_worst_choice_once():
    rules = [
        {"when": "confidentiality == 'confidential'", "points": 5, "reason": "R."},
        {"when": "confidentiality == 'secret'", "points": 12, "reason": "R."},
    ]

    found = judge(make_library(make_use_case_data(risk=rules)), confidentiality={"dont_know": True})

    assert (found.risk, found.risk_at_most) == (10, 22)


def test_unknown_answers_that_meet_in_one_rule_or_are_sets_all_count():
    rules = [
        {"when": "owner == 'nobody' and logging == 'none'", "points": 5, "reason": "R."},
        {"when": "'images' in data_kinds", "points": 3, "reason": "R."},
        {"when": "requests_a_month > 10", "points": 2, "reason": "R."},
    ]

    found = judge(
        make_library(make_use_case_data(risk=rules)), owner=None, logging=None, data_kinds=None, requests_a_month=None
    )

    assert (found.risk, found.risk_at_most) == (10, 20)


def test_unknown_answer_that_cannot_matter_adds_nothing():
    rules = [{"when": "logging == 'none' and owner == 'nobody'", "points": 5, "reason": "R."}]

    assert judge(make_library(make_use_case_data(risk=rules)), logging=None).risk_at_most == 10


def test_band_is_that_of_the_worst_risk():
    rules = [{"when": "logging == 'none'", "points": 45, "reason": "R."}]

    found = judge(make_library(make_use_case_data(risk=rules)), logging=None)

    assert (found.risk, found.risk_band.key, found.verdict) == (10, "high", NEXT)


# --- gates


def gate(when: str, verdict: str = "not_yet") -> dict[str, Any]:
    return {"when": when, "verdict": verdict, "reason": "It is {answer:owner}.", "change": "Name {case:autonomy}."}


def test_gate_comes_before_any_score():
    found = judge(make_library(make_use_case_data(gates=[gate("owner == 'shared'")])), owner="shared")

    assert found.verdict is NOT_YET
    (blocker,) = found.blockers
    assert blocker.reason == "It is “Several people share it”."
    assert blocker.change == "Name “It suggests; a person edits and acts”."
    assert blocker.questions == ("owner",)


def test_refusal_beats_everything_else():
    case = make_use_case_data(gates=[gate("owner == 'named'")], attributes={"special_uses": ["judges"]})

    result = ask(make_library(case), goal_first="read_less")

    assert keys(result.refused) == ["drafts"]
    assert [blocker.verdict for blocker in result.refused[0].blockers] == [Verdict.REFUSED, Verdict.NO_MATCH, NOT_YET]


def test_gate_that_a_missing_answer_may_shut_stops_at_next():
    found = judge(make_library(make_use_case_data(gates=[gate("logging == 'none'")])), logging=None)

    assert found.verdict is NEXT
    assert found.blockers[0].questions == ("logging",)
    assert "“Could you find out next month" in found.blockers[0].reason


def test_gate_on_a_comparison_asks_for_the_question_behind_it():
    found = judge(make_library(make_use_case_data(gates=[gate("case_data_match == 'none'")])), data_kinds=None)

    assert found.blockers[0].questions == ("data_kinds",)


def test_open_gates_are_not_repeated_while_the_basics_are_missing():
    case = make_use_case_data(gates=[gate("logging == 'none'")])

    found = judge(make_library(case), logging=None, team_function=None)

    assert [blocker.reason.split(":")[0] for blocker in found.blockers] == ["missing_for_next"]


# --- how far a verdict may go


@pytest.mark.parametrize("missing", ["team_function", "goal_first"])
def test_missing_basics_stop_at_not_yet(missing: str):
    found = judge(**{missing: None})

    assert found.verdict is NOT_YET
    assert found.blockers[0].questions == (missing,)


@pytest.mark.parametrize("answer", [None, {"dont_know": True}])
def test_missing_evidence_stops_at_next(answer: Any):
    result = ask(make_library(), confidentiality=answer)

    assert keys(result.next) == ["drafts"]
    assert result.missing == ("confidentiality",)
    assert result.next[0].blockers[0].questions == ("confidentiality",)


NOTHING_READY = {
    "owner": "nobody",
    "policy": "none",
    "approved_tools": "none",
    "training": "nobody",
    "review_capacity": "hardly_any",
    "logging": "none",
}


@pytest.mark.parametrize(
    ("answers", "readiness", "verdict"),
    [
        ({"owner": "named", "training": "most"}, 35, NEXT),
        ({"training": "some"}, 7, NOT_YET),
        ({"owner": "named", "review_capacity": "everything"}, 40, START),
    ],
)  # fmt: skip
def test_low_readiness_stops_the_verdict(answers: dict[str, str], readiness: int, verdict: Verdict):
    result = ask(make_library(), **{**NOTHING_READY, **answers})

    assert (result.readiness, result.of("drafts").verdict) == (readiness, verdict)


def test_readiness_blocker_says_what_could_be_better():
    (blocker,) = judge(**{**NOTHING_READY, "owner": "named", "training": "most"}).blockers

    assert blocker.questions == ("policy", "approved_tools", "review_capacity", "logging")
    assert blocker.reason.startswith("readiness_for_start: 35 40 “Is there a written rule")


@pytest.mark.parametrize(
    ("risk", "verdict"), [(24, START), (49, START), (50, NEXT), (74, NEXT), (75, NOT_YET), (100, NOT_YET)]
)
def test_risk_stops_the_verdict_whatever_the_fit(risk: int, verdict: Verdict):
    assert judge(with_risk(risk)).verdict is verdict


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [({}, START), ({"team_function": "legal"}, NEXT), ({"goal_first": "read_less"}, Verdict.NO_MATCH)],
)
def test_fit_decides_between_start_next_and_no_match(answers: dict[str, Any], verdict: Verdict):
    assert judge(**answers).verdict is verdict


def test_volume_is_what_was_answered():
    assert ask(make_library()).volume == Volume(100, Decimal("2.5"), Decimal("50"))
    assert read_volume(make_library(), selector_questionnaire(), READY_TEAM) == ask(make_library()).volume
    assert ask(make_library(), requests_a_month=None, document_pages=None, budget_a_month=None).volume == Volume(
        None, Decimal(0), None
    )


# --- order


def test_start_here_holds_three_the_safest_first_and_the_rest_waits():
    cases = [
        make_use_case_data(key="d_moderate", base_risk={"points": 30, "reason": "R."}),
        make_use_case_data(key="c_low"),
        make_use_case_data(key="b_low"),
        make_use_case_data(key="a_good", fit=[{"when": "owner == 'named'", "points": 9, "reason": "R."}]),
    ]

    result = ask(make_library(*cases))

    assert keys(result.start_here) == ["a_good", "b_low", "c_low"]
    assert keys(result.next) == ["d_moderate"]
    assert result.next[0].verdict is NEXT
    assert result.next[0].blockers[0].reason == "enough_starts: 3"


def test_every_use_case_is_listed_once():
    result = for_team("a finance team")

    assert sorted(keys(result.all)) == [use_case.key for use_case in selector_library().use_cases]


# --- safer variants


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


# --- the library on typical teams


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


@pytest.mark.parametrize("use", sorted(selector_library().rules.special_uses))
def test_own_idea_with_any_special_use_is_no_start_unless_people_are_told(use: str):
    idea = selector_library().own_idea(
        "Mine", "What.", make_attributes(audience="public", special_uses=frozenset({use}))
    )
    answers = {**READY_TEAM, "audience": "public", "ai_disclosure": "never"}

    found = recommend_one(selector_library(), selector_questionnaire(), answers, idea)

    assert found.verdict in (NOT_YET, Verdict.REFUSED)
    assert found.blockers[0].references
