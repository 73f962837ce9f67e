"""Changes to who belongs to a team, and to the own password."""

from django.db import transaction

from apps.accounts import permissions
from apps.accounts.models import Membership, Team, TeamRole, User
from apps.audit.actions import record


class MembershipRefused(Exception):
    """The change would leave the team in a state it must not be in; the argument says why."""


@transaction.atomic
def add_member(*, by: User, team: Team, user: User, role: str) -> Membership:
    """Raises MembershipRefused if the person is already in the team or inactive."""
    permissions.require(by, "team.manage", team)
    if not user.is_active:
        raise MembershipRefused(f"The account of {user} is not active.")
    membership, created = Membership.objects.get_or_create(team=team, user=user, defaults={"role": role})
    if not created:
        raise MembershipRefused(f"{user} is already in {team}.")
    record(by=by, verb="team.member_added", subject=team, details={"user": user.username, "role": role})
    return membership


@transaction.atomic
def remove_member(*, by: User, membership: Membership) -> None:
    """Raises MembershipRefused for the last team lead: a team without one could submit nothing."""
    permissions.require(by, "team.manage", membership.team)
    leads = Membership.objects.select_for_update().filter(team=membership.team, role=TeamRole.LEAD)
    if [m.pk for m in leads] == [membership.pk]:
        raise MembershipRefused(f"{membership.user} is the only team lead. Add another lead first.")
    details = {"user": membership.user.username, "role": membership.role}
    record(by=by, verb="team.member_removed", subject=membership.team, details=details)
    membership.delete()


@transaction.atomic
def change_password(*, by: User, password: str) -> None:
    """Ends the sessions of all devices: their seal is made with the password."""
    by.set_password(password)
    by.save(update_fields=["password"])
    record(by=by, verb="account.password_changed", subject=by)
