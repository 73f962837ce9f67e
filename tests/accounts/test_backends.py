from typing import Any

import pytest

from apps.accounts.backends import PersonBackend
from apps.accounts.models import Office, TeamRole
from apps.accounts.permissions import Role, roles_of
from tests.factories.accounts import make_member, make_membership, make_team, make_user

pytestmark = pytest.mark.django_db


def test_a_person_comes_with_all_memberships_in_one_query(django_assert_num_queries: Any) -> None:
    person, first, second = make_user(), make_team(), make_team()
    make_membership(user=person, team=first, role=TeamRole.LEAD)
    make_membership(user=person, team=second)
    make_member(team=first)

    with django_assert_num_queries(1):
        found = PersonBackend().get_user(person.pk)

        assert found == person
        assert roles_of(found, first) == {Role.LEAD}
        assert roles_of(found, second) == {Role.MEMBER}


def test_who_belongs_to_no_team_has_the_office_alone(django_assert_num_queries: Any) -> None:
    officer = make_user(office=Office.RISK_OFFICER)

    with django_assert_num_queries(2):
        found = PersonBackend().get_user(officer.pk)

        assert found == officer
        assert roles_of(found) == {Role.RISK_OFFICER}


@pytest.mark.parametrize("in_a_team", [True, False])
def test_who_is_not_active_is_nobody(in_a_team: bool) -> None:
    person = make_user(is_active=False)
    if in_a_team:
        make_membership(user=person, team=make_team())

    assert PersonBackend().get_user(person.pk) is None


def test_an_unknown_number_is_nobody() -> None:
    assert PersonBackend().get_user(0) is None
