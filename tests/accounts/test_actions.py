import pytest
from django.core.exceptions import PermissionDenied

from apps.accounts.actions import MembershipRefused, add_member, remove_member
from apps.accounts.models import TeamRole
from apps.audit.models import AuditEvent
from tests.factories.accounts import make_admin, make_lead, make_member, make_team, make_user

pytestmark = pytest.mark.django_db


def test_add_member_by_lead_is_recorded():
    team = make_team()
    lead, newcomer = make_lead(team=team), make_user(username="newcomer")

    membership = add_member(by=lead, team=team, user=newcomer, role=TeamRole.MEMBER)

    event = AuditEvent.objects.get()
    assert (membership.team, membership.user, membership.role) == (team, newcomer, "member")
    assert (event.verb, event.by, event.subject_id) == ("team.member_added", lead, str(team.pk))
    assert event.details == {"user": "newcomer", "role": "member"}


@pytest.mark.parametrize("make_outsider", [make_user, make_admin])
def test_add_member_by_somebody_else_is_refused(make_outsider):
    team, newcomer = make_team(), make_user()

    with pytest.raises(PermissionDenied, match="Only a team lead"):
        add_member(by=make_outsider(), team=team, user=newcomer, role=TeamRole.MEMBER)

    assert not team.members.exists()
    assert not AuditEvent.objects.exists()


def test_add_member_by_lead_of_another_team_is_refused():
    team, newcomer = make_team(), make_user()

    with pytest.raises(PermissionDenied):
        add_member(by=make_lead(team=make_team()), team=team, user=newcomer, role=TeamRole.MEMBER)


def test_add_member_twice_keeps_the_first_role():
    team = make_team()
    lead, member = make_lead(team=team), make_member(team=team)

    with pytest.raises(MembershipRefused, match="already in"):
        add_member(by=lead, team=team, user=member, role=TeamRole.LEAD)

    assert member.memberships.get().role == TeamRole.MEMBER


def test_add_member_with_closed_account_is_refused():
    team = make_team()

    with pytest.raises(MembershipRefused, match="not active"):
        add_member(by=make_lead(team=team), team=team, user=make_user(is_active=False), role=TeamRole.MEMBER)


def test_remove_member_by_lead_is_recorded():
    team = make_team()
    lead, member = make_lead(team=team), make_member(team=team, username="leaver")

    remove_member(by=lead, membership=member.memberships.get())

    assert list(team.members.all()) == [lead]
    assert AuditEvent.objects.get().details == {"user": "leaver", "role": "member"}


def test_remove_member_who_is_the_last_lead_is_refused():
    team = make_team()
    lead = make_lead(team=team)
    make_member(team=team)

    with pytest.raises(MembershipRefused, match="only team lead"):
        remove_member(by=lead, membership=lead.memberships.get())

    assert lead.memberships.exists()


def test_remove_member_who_is_one_of_two_leads():
    team = make_team()
    first, second = make_lead(team=team), make_lead(team=team)

    remove_member(by=first, membership=first.memberships.get())

    assert list(team.members.all()) == [second]


def test_remove_member_by_member_is_refused():
    team = make_team()
    lead, member = make_lead(team=team), make_member(team=team)

    with pytest.raises(PermissionDenied):
        remove_member(by=member, membership=lead.memberships.get())
