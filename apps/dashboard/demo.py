"""People to try the portal with, named by what they may do. Only `make run` makes them."""

from typing import NamedTuple

from django.db import transaction

from apps.accounts.models import Membership, Office, Team, TeamRole, User


class Person(NamedTuple):
    username: str
    name: str
    can: str
    office: str = Office.NONE
    team: str = ""
    role: str = TeamRole.MEMBER


PEOPLE = [
    Person("lead", "Demo team lead", "fill in and submit for Customer support", team="Customer support", role="lead"),
    Person("member", "Demo team member", "fill in for Customer support", team="Customer support"),
    Person("officer", "Demo risk officer", "review and decide", office=Office.RISK_OFFICER),
    Person("admin", "Demo admin", "keep catalog, questionnaires and accounts", office=Office.ADMIN),
    Person("lead2", "Demo lead of another team", "fill in and submit for Finance", team="Finance", role="lead"),
]


@transaction.atomic
def make_demo_people(password: str) -> None:
    """Makes who is missing and gives everyone this password; teams and offices that were changed stay changed."""
    for person in PEOPLE:
        user, created = User.objects.get_or_create(
            username=person.username, defaults={"name": person.name, "office": person.office}
        )
        user.set_password(password)
        user.save(update_fields=["password"])
        if created and person.team:
            team, _ = Team.objects.get_or_create(name=person.team, defaults={"function": person.team})
            Membership.objects.create(team=team, user=user, role=person.role)
