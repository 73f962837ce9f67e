from decimal import Decimal
from typing import Any

import pytest

from apps.selector.library import Library, Verdict
from apps.selector.recommend import Volume, read_volume
from tests.factories.recommendations import NOTHING_READY, ask, for_team, judge, keys
from tests.factories.use_cases import (
    READY_TEAM,
    make_library,
    make_use_case_data,
    selector_library,
    selector_questionnaire,
)

START, NEXT, NOT_YET = Verdict.START_HERE, Verdict.NEXT, Verdict.NOT_YET


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
