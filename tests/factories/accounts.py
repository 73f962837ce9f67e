"""People and teams for tests. Every name is unique unless given."""

from itertools import count
from typing import Any

from apps.accounts.models import Membership, Office, Team, TeamRole, User

PASSWORD = "a long test password"
numbers = count(1)


def make_user(*, username: str = "", **fields: Any) -> User:
    return User.objects.create_user(username or f"person-{next(numbers)}", PASSWORD, **fields)


def make_officer(**fields: Any) -> User:
    return make_user(office=Office.RISK_OFFICER, **fields)


def make_admin(**fields: Any) -> User:
    return make_user(office=Office.ADMIN, **fields)


def make_team(*, name: str = "", lead: User | None = None, member: User | None = None) -> Team:
    team = Team.objects.create(name=name or f"Team {next(numbers)}")
    if lead:
        make_membership(team=team, user=lead, role=TeamRole.LEAD)
    if member:
        make_membership(team=team, user=member)
    return team


def make_membership(*, team: Team, user: User, role: str = TeamRole.MEMBER) -> Membership:
    return Membership.objects.create(team=team, user=user, role=role)


def make_member(*, team: Team, **fields: Any) -> User:
    user = make_user(**fields)
    make_membership(team=team, user=user)
    return user


def make_lead(*, team: Team, **fields: Any) -> User:
    user = make_user(**fields)
    make_membership(team=team, user=user, role=TeamRole.LEAD)
    return user
