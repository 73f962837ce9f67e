"""One of everything the matrix needs: two teams, and people of every kind. Objects are made when a line names them."""

from functools import cached_property
from typing import Any

from apps.accounts.models import User
from tests.factories.accounts import make_admin, make_lead, make_member, make_officer, make_team


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

    @cached_property
    def team(self) -> Any:
        return self.own_team.pk

    @cached_property
    def membership(self) -> Any:
        return make_member(team=self.own_team).memberships.get().pk


# Fields for lines whose empty post would say nothing about the person.
FORMS: dict[str, dict[str, Any]] = {}
