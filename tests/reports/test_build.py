import json
from datetime import date, timedelta

import pytest

from apps.assessments.queries import content
from apps.questionnaires.actions import publish
from apps.questionnaires.references import all_references
from apps.reports.build import build_report, said, said_in_short
from apps.reports.documents import definition_of, frozen_report
from apps.reviews.transitions import Verb
from apps.scoring import canonical_bytes
from apps.ui.formats import EN_DASH
from tests.factories.assessments import make_assessment
from tests.factories.published import current_file
from tests.factories.reviews import (
    ANSWERS,
    FORBIDDEN,
    SAFE,
    UNCERTAIN,
    make_decided,
    make_review,
    make_reviewed_questionnaire,
    snapshot_of,
)

pytestmark = pytest.mark.django_db


def report(**fields):
    return frozen_report(snapshot_of(**fields), [])


def test_report_says_what_it_is_about():
    data = report(title="Reply drafts")

    assert (data.title, data.result, data.is_draft) == ("Reply drafts", "risk", False)
    assert data.team.startswith("Team ")


@pytest.mark.parametrize(
    ("answers", "title", "says"),
    [
        (SAFE, "Low", "Every question is answered. Level 1 of 3, where 3 is the worst. Keep the controls as they are."),
        (ANSWERS, "High", "A risk officer should look at it before anyone uses it; close the first gaps now."),
        (UNCERTAIN, "High", "One answer is not known, so it could be anything from Low to High."),
        (FORBIDDEN, "High", "A rule forbids this use"),
    ],
)
def test_report_level_says_how_sure_it_is(answers, title, says):
    level = report(answers=answers).level

    assert level.title == title
    assert says in level.sentence


def test_report_gap_says_what_why_who_when_and_what_it_buys():
    data = report()
    gap = next(gap for gap in data.gaps if gap.title == "No owner")

    assert gap.action == "Name an owner."
    assert gap.said == "You answered “Nobody” to “Who answers for it?”."
    assert gap.owner == "Owner of this use"
    assert gap.due == data.on + timedelta(days=14)
    assert gap.effort == "1 day"
    assert gap.buys == "takes off 50 points, down to Moderate"
    assert gap.references == "NIST AI Risk Management Framework 1.0: GOVERN 2.1"


def test_gap_that_nobody_knows_of_yet_does_not_quote_an_answer():
    gap = {"certain": False, "question": "Who answers for it?", "answer": "no answer"}

    assert said(gap) == "Not known yet: “Who answers for it?” (no answer). It counts as open until it is."
    assert said_in_short(gap) == "Not known yet: no answer."


def test_report_gap_that_moves_nothing_says_so():
    gap = next(gap for gap in report().gaps if gap.title == "People are not told")

    assert gap.buys == "moves no points by itself"
    assert gap.effort == "3 days"


def test_report_numbers_gaps_in_the_order_to_close_them():
    assert [(gap.number, gap.title) for gap in report().gaps] == [(1, "No owner"), (2, "People are not told")]


def test_report_separates_rules_in_force_from_those_to_come():
    data = report(answers=FORBIDDEN)

    assert [(flag.title, flag.effect) for flag in data.flags] == [("Social scoring", "forbids this use")]
    assert data.flags[0].answers == (("Does it score citizens?", "It does"),)
    assert [flag.effect for flag in data.coming_flags] == ["sets the level to at least Moderate from 1 January 2035"]


def test_report_keeps_notices_apart_from_the_rules_that_bear_on_the_level():
    data = report(answers=FORBIDDEN | {"told": "told"})

    assert [(notice.title, notice.effect, notice.action) for notice in data.notices] == [
        ("Entry in the register", "applies", "Write the entry.")
    ]
    assert [flag.title for flag in data.flags] == ["Social scoring"]
    assert (data.coming_notices, data.possible_notices) == ((), ())


def test_report_names_notices_to_come_and_those_that_open_answers_may_bring_up():
    notice = "title: Tell people, effect: notice, because: They ask."
    coming = f"  - {{key: soon, {notice}, when: \"told == 'untold'\", applies_from: 2035-01-01}}\n"
    possible = f"  - {{key: perhaps, {notice}, when: \"'personal' in data\"}}\n"
    questionnaire = make_reviewed_questionnaire(flags=coming + possible)

    data = report(answers=UNCERTAIN, questionnaire=questionnaire)

    assert [notice.effect for notice in data.coming_notices] == ["applies from 1 January 2035"]
    assert data.possible_notices == ("Tell people",)


def test_report_lists_contradictions_with_both_answers():
    found = report(answers=ANSWERS | {"told": "told"}).contradictions

    assert found[0].answers == (("Who answers for it?", "Nobody"), ("Are people told?", "They are"))


def test_report_shows_what_is_not_known():
    assert report(answers=UNCERTAIN).missing == ("Which data goes in?",)


def test_report_keeps_the_answers_in_their_sections():
    first = report().sections[0]

    assert first.title == "What it is"
    assert ("Does it score citizens?", "It does not") in first.rows


def test_report_figure_says_what_its_number_means():
    assert report().figures == (("Remaining risk", "100 points (Too much)", "100 points"),)


def test_report_figure_that_is_not_known_does_not_read_as_safe():
    assert report(answers=UNCERTAIN).figures == (("Remaining risk", "not known yet", f"0{EN_DASH}100 points"),)


def test_report_figure_of_a_snapshot_from_before_there_were_bands():
    frozen = json.loads(snapshot_of().content)
    del frozen["outcome"]["derived"]["residual"]["band"]

    data = build_report(frozen, definition_of(frozen), all_references(), source="", identifier="", sha256=None)

    assert data.figures == (("Remaining risk", "100 points", "100 points"),)


def test_report_draws_each_domain_once():
    labels = [domain.label for column in report().domains for domain in column]

    assert labels == ["Care", "Trust"]


def test_report_groups_references_by_framework():
    frameworks = report(answers=FORBIDDEN).frameworks

    assert {framework.title for framework in frameworks} == {"EU AI Act", "NIST AI Risk Management Framework 1.0"}
    assert all(isinstance(framework.as_of, date) for framework in frameworks)


def test_report_with_a_decision_is_dated_by_it_and_has_another_id():
    review = make_decided(verb=Verb.APPROVE_WITH_CONDITIONS)
    decision = review.decisions.get()

    decided, submitted = frozen_report(review.snapshot, [decision]), frozen_report(review.snapshot, [])

    assert decided.made_at == decision.at
    assert decided.identifier != submitted.identifier
    assert submitted.made_at == review.snapshot.taken_at


def test_report_of_the_same_snapshot_is_the_same_value():
    snapshot = make_review().snapshot

    assert frozen_report(snapshot, []) == frozen_report(snapshot, [])


@pytest.mark.parametrize("key", ["risktest", "selector"])
def test_draft_says_everything_in_the_order_in_which_it_is_submitted(key):
    draft = make_assessment(questionnaire=publish(by=None, source=current_file(key).read_bytes()))
    shown = content(draft)
    frozen = json.loads(canonical_bytes(shown))

    first, second = (
        build_report(each, definition_of(each), all_references(), source="", identifier="", sha256=None)
        for each in (shown, frozen)
    )

    assert first == second
    assert [figure[0] for figure in first.figures] == [str(derived.title) for derived in definition_of(shown).derived]
