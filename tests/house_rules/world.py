"""One of everything the matrix needs: two teams, and people of every kind. Objects are made when a line names them."""

from functools import cached_property
from typing import Any

from apps.accounts.models import User
from apps.questionnaires.actions import publish_folder
from apps.reviews.models import ApprovalCondition
from apps.reviews.transitions import Verb
from tests.factories.accounts import make_admin, make_lead, make_member, make_officer, make_team
from tests.factories.catalog import make_model
from tests.factories.portal import QUESTIONNAIRES, WELL_PREPARED, make_filled
from tests.factories.questionnaires import make_questionnaire
from tests.factories.reviews import make_claimed, make_complete, make_decided, make_review


class World:
    """`people` by kind; every other public attribute is the argument of some address."""

    def __init__(self) -> None:
        self.own_team = make_team(name="Own team")
        self.other_team = make_team(name="Other team")
        self.people: dict[str, User | None] = {
            "nobody": None,
            "member": make_member(team=self.own_team),
            "lead": make_lead(team=self.own_team),
            "stranger": make_lead(team=self.other_team),
            "officer": make_officer(),
            "admin": make_admin(),
        }

    @property
    def lead(self) -> User:
        """Who made everything below, for the own team."""
        lead = self.people["lead"]
        assert lead
        return lead

    @cached_property
    def team(self) -> Any:
        return self.own_team.pk

    @cached_property
    def membership(self) -> Any:
        return make_member(team=self.own_team).memberships.get().pk

    @cached_property
    def model(self) -> Any:
        return make_model().slug

    @cached_property
    def questionnaire(self) -> Any:
        return make_questionnaire(key="risktest")

    @cached_property
    def draft(self) -> Any:
        return make_complete(by=self.lead, team=self.own_team).pk

    section = "about"

    @cached_property
    def selector(self) -> Any:
        publish_folder(QUESTIONNAIRES)
        return make_filled(by=self.lead, team=self.own_team, key="selector", sheet=WELL_PREPARED).pk

    use_case = "knowledge_search"

    @cached_property
    def submitted(self) -> Any:
        return make_review(by=self.lead, team=self.own_team).pk

    @cached_property
    def claimed(self) -> Any:
        return make_claimed(officer=self.people["officer"], by=self.lead, team=self.own_team).pk

    @cached_property
    def rejected(self) -> Any:
        return make_decided(verb=Verb.REJECT, by=self.lead, team=self.own_team).pk

    @cached_property
    def decided(self) -> Any:
        return make_decided(verb=Verb.APPROVE_WITH_CONDITIONS, by=self.lead, team=self.own_team).pk

    @cached_property
    def condition(self) -> Any:
        return ApprovalCondition.objects.get(decision__review=self.decided).pk

    sha256 = "0" * 64


# Fields for lines whose empty post would say nothing about the person.
FORMS: dict[str, dict[str, Any]] = {"POST assessments:start +questionnaire": {"team": "x"}}
