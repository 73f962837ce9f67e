import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from apps.accounts.permissions import PERMISSIONS, Role, allowed, require, roles_of
from tests.factories.accounts import make_admin, make_lead, make_member, make_officer, make_team, make_user

pytestmark = pytest.mark.django_db


def test_roles_of_anonymous_are_none():
    assert roles_of(AnonymousUser()) == frozenset()


def test_roles_of_closed_account_are_none():
    assert roles_of(make_officer(is_active=False)) == frozenset()


def test_roles_of_person_without_team_or_office_are_none():
    assert roles_of(make_user()) == frozenset()


def test_roles_in_own_team_and_in_another():
    own, other = make_team(), make_team()
    lead = make_lead(team=own)

    assert roles_of(lead, own) == {Role.LEAD}
    assert roles_of(lead, other) == frozenset()
    assert roles_of(lead) == {Role.LEAD}


def test_office_counts_in_every_team():
    assert roles_of(make_officer(), make_team()) == {Role.RISK_OFFICER}
    assert roles_of(make_admin(), make_team()) == {Role.ADMIN}


def test_office_and_team_role_add_up():
    team = make_team()

    officer = make_member(team=team, office="risk_officer")

    assert roles_of(officer, team) == {Role.RISK_OFFICER, Role.MEMBER}


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_permission_is_denied_without_a_role(permission):
    assert not allowed(make_user(), permission)
    assert not allowed(AnonymousUser(), permission)


def test_permission_that_is_not_in_the_table_is_an_error():
    with pytest.raises(KeyError):
        allowed(make_admin(), "everything")


def test_require_names_who_may():
    with pytest.raises(PermissionDenied, match="Only an admin or a risk officer can do this"):
        require(make_user(), "audit.verify")


def test_admin_and_officer_may_not_submit_or_edit_for_a_team():
    team = make_team()

    for person in (make_admin(), make_officer()):
        assert not allowed(person, "assessment.edit", team)
        assert not allowed(person, "assessment.submit", team)


def test_nobody_but_the_risk_officer_decides():
    assert PERMISSIONS["review.decide"] == {Role.RISK_OFFICER}
