"""Reviews in every status, reached by the real steps. A small questionnaire of its own, with a rule that forbids."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Team, User
from apps.assessments.models import Assessment, Snapshot
from apps.questionnaires.actions import publish
from apps.questionnaires.models import QuestionnaireVersion
from apps.reviews import actions
from apps.reviews.models import ApprovalCondition, Decision, Review
from apps.reviews.policies import ConditionText
from apps.reviews.rendering import Renderer
from apps.reviews.transitions import ConditionVerb, Verb
from tests.factories.accounts import make_lead, make_officer, make_team, numbers
from tests.factories.assessments import make_assessment
from tests.factories.published import current_file

SOURCE = """
schema: 1
key: {key}
version: 1
languages: [en]
title: Reviewed test
summary: A few questions.
result: risk
minutes: 2
roles: {{owner: Owner of this use}}
dimensions:
  - {{key: exposure, title: Exposure, group: exposure, maximum_over: all}}
  - {{key: control_care, title: Care, group: control, domain: care}}
  - {{key: control_trust, title: Trust, group: control, domain: trust}}
sections:
  - key: about
    title: What it is
    questions:
      - {{key: purpose, title: What is it for?, type: long_text, max_length: 4000}}
      - key: data
        title: Which data goes in?
        type: multi
        dont_know: true
        choices:
          - {{key: none, title: Nothing special, exclusive: true}}
          - {{key: personal, title: Personal data, points: {{exposure: 6}}}}
      - key: scoring
        title: Does it score citizens?
        type: single
        choices:
          - {{key: scores, title: It does}}
          - {{key: never, title: It does not}}
  - key: care
    title: What is done about it
    questions:
      - key: owner
        title: Who answers for it?
        type: single
        choices:
          - {{key: named, title: One person, points: {{control_care: 4}}}}
          - {{key: missing, title: Nobody, points: {{control_care: 0}}}}
        gap:
          closed_by: [named]
          title: No owner
          why: Nobody would stop it.
          action: Name an owner.
          owner: owner
          effort: 1
          due_days: 14
          references: [nist_govern_2_1]
      - key: told
        title: Are people told?
        type: single
        choices:
          - {{key: told, title: They are, points: {{control_trust: 2}}}}
          - {{key: untold, title: They are not, points: {{control_trust: 0}}}}
        gap:
          closed_by: [told]
          title: People are not told
          why: They cannot object.
          action: Tell them.
          owner: owner
          effort: 3
          due_days: 30
derived:
  - key: residual
    title: Remaining risk
    value: "share(exposure) * (100 - share(control_care) / 2) / 100"
    round: {{places: 1, mode: half_up}}
    unit: points
    bands: [{{key: small, title: Bearable, below: 50}}, {{key: large, title: Too much, at_least: 50}}]
levels:
  of: residual
  bands:
    - {{key: low, title: Low, below: 25}}
    - {{key: moderate, title: Moderate, at_least: 25, below: 60}}
    - {{key: high, title: High, at_least: 60}}
flags:
  - key: social_scoring
    title: Social scoring
    when: "scoring == 'scores'"
    effect: forbid
    because: It is prohibited.
    action: Stop it.
    references: [eu_ai_act_art_5_1_c]
  - key: coming
    title: A duty that is on its way
    when: "'personal' in data"
    effect: {{minimum_level: moderate}}
    because: A later law asks for it.
    references: []
    applies_from: 2035-01-01
  - key: register
    title: Entry in the register
    when: "scoring == 'scores' and told == 'told'"
    effect: notice
    because: What scores people is listed.
    action: Write the entry.
contradictions:
  - key: told_by_nobody
    when: "owner == 'missing' and told == 'told'"
    title: Told, but by whom?
    ask: Ask who tells people if nobody answers for it.
"""

ANSWERS: dict[str, Any] = {
    "purpose": "Drafting replies",
    "data": ["personal"],
    "scoring": "never",
    "owner": "missing",
    "told": "untold",
}
FORBIDDEN = ANSWERS | {"scoring": "scores"}
SAFE = ANSWERS | {"data": ["none"], "owner": "named", "told": "told"}
UNCERTAIN = ANSWERS | {"data": {"dont_know": True}}

FAKE_RENDERER = Renderer(name="fake 1.0", draw=lambda snapshot: b"%PDF-fake " + snapshot.sha256.encode())


def make_reviewed_questionnaire(*, flags: str = "") -> QuestionnaireVersion:
    """`flags`: the text of more of them."""
    source = SOURCE.format(key=f"reviewed_{next(numbers)}")
    return publish(by=None, source=source.replace("contradictions:\n", f"{flags}contradictions:\n").encode())


def make_selector_questionnaire() -> QuestionnaireVersion:
    """The real one: its result needs the real use case library."""
    return publish(by=None, source=current_file("selector").read_bytes())


def make_complete(
    *, team: Team | None = None, by: User | None = None, answers: dict[str, Any] | None = None, **fields: Any
) -> Assessment:
    """A draft that can be submitted."""
    fields.setdefault("questionnaire", make_reviewed_questionnaire())
    return make_assessment(by=by, team=team, answers=answers or ANSWERS, **fields)


def make_review(*, by: User | None = None, team: Team | None = None, **fields: Any) -> Review:
    """Submitted by a lead of the team."""
    team = team or (by.teams.get() if by else make_team())
    by = by or make_lead(team=team)
    return actions.submit(by=by, assessment=make_complete(by=by, team=team, **fields))


def make_claimed(*, officer: User | None = None, **fields: Any) -> Review:
    review = make_review(**fields)
    actions.claim(by=officer or make_officer(), review=review)
    return fresh(review)


def make_decided(
    *,
    verb: Verb = Verb.APPROVE,
    officer: User | None = None,
    due_in: int = 30,
    valid_for: int | None = None,
    **fields: Any,
) -> Review:
    review = make_claimed(officer=officer, **fields)
    today = timezone.localdate()
    conditions = [ConditionText("Train everybody", today + timedelta(days=due_in))]
    decide(
        review,
        verb,
        conditions=conditions if verb is Verb.APPROVE_WITH_CONDITIONS else (),
        valid_until=today + timedelta(days=valid_for) if valid_for else None,
    )
    return fresh(review)


def decide(review: Review, verb: Verb, **fields: Any) -> Decision:
    """By whoever has claimed it, on what is there."""
    by, seen = fields.pop("by", review.claimed_by), fields.pop("seen_sha256", review.snapshot.sha256)
    return actions.decide(
        by=by, review=review, verb=verb, reason=fields.pop("reason", "Well argued."), seen_sha256=seen, **fields
    )


def report(condition: ApprovalCondition | None = None, **fields: Any) -> ApprovalCondition:
    """The only condition there is, or the one given, reported as met by whoever submitted."""
    condition = condition or ApprovalCondition.objects.get()
    fields.setdefault("by", condition.decision.review.submitted_by)
    return step(condition, ConditionVerb.REPORT, **{"text": "List in the wiki"} | fields)


def send_back(condition: ApprovalCondition, **fields: Any) -> ApprovalCondition:
    return step(condition, ConditionVerb.RETURN, **{"text": "Where is the list?"} | fields)


def step(condition: ApprovalCondition, verb: ConditionVerb, **fields: Any) -> ApprovalCondition:
    """Taken on what is there, by an officer unless somebody is named."""
    by = fields.pop("by", None) or make_officer()
    fields.setdefault("seen", condition.steps.count())
    actions.step_condition(by=by, condition=condition, verb=verb, **fields)
    return ApprovalCondition.objects.get(pk=condition.pk)


def fresh(review: Review) -> Review:
    return Review.objects.select_related("assessment__team", "snapshot", "claimed_by").get(pk=review.pk)


def snapshot_of(**fields: Any) -> Snapshot:
    return make_review(**fields).snapshot
