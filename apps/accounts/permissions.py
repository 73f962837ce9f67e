"""Who may do what: one table from permission to roles. Everything not in it is denied."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from apps.accounts.models import Office, Team, TeamRole, User


class Role(StrEnum):
    MEMBER = "member"
    LEAD = "team lead"
    RISK_OFFICER = "risk officer"
    ADMIN = "admin"


IN_TEAM = frozenset({Role.MEMBER, Role.LEAD})
ANYONE = frozenset(Role)

PERMISSIONS: dict[str, frozenset[Role]] = {
    "catalog.view": ANYONE,
    "catalog.manage": frozenset({Role.ADMIN}),
    "assessment.start": IN_TEAM,
    "assessment.view": IN_TEAM,
    "assessment.edit": IN_TEAM,
    "assessment.submit": frozenset({Role.LEAD}),
    "assessment.delete": frozenset({Role.LEAD}),
    "review.view": IN_TEAM | {Role.RISK_OFFICER},
    "review.queue": frozenset({Role.RISK_OFFICER}),
    "review.comment": IN_TEAM | {Role.RISK_OFFICER},
    "review.decide": frozenset({Role.RISK_OFFICER}),
    "review.withdraw": frozenset({Role.LEAD}),
    "condition.report_met": frozenset({Role.LEAD}),
    "condition.judge": frozenset({Role.RISK_OFFICER}),
    "team.view": IN_TEAM,
    "team.manage": frozenset({Role.LEAD}),
    "questionnaire.manage": frozenset({Role.ADMIN}),
    "audit.verify": frozenset({Role.RISK_OFFICER, Role.ADMIN}),
}

TEAM_ROLES = {TeamRole.MEMBER.value: Role.MEMBER, TeamRole.LEAD.value: Role.LEAD}
OFFICES = {Office.RISK_OFFICER.value: Role.RISK_OFFICER, Office.ADMIN.value: Role.ADMIN}


def roles_of(user: User | AnonymousUser, team: Team | None = None) -> frozenset[Role]:
    """Roles in `team`; without one, in any team. The office counts everywhere."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    memberships = user.memberships.all()
    roles = {TEAM_ROLES[m.role] for m in memberships if team is None or m.team_id == team.pk}
    if office := OFFICES.get(user.office):
        roles.add(office)
    return frozenset(roles)


def allowed(user: User | AnonymousUser, permission: str, team: Team | None = None) -> bool:
    return bool(PERMISSIONS[permission] & roles_of(user, team))


def require(user: User | AnonymousUser, permission: str, team: Team | None = None) -> None:
    """Raises PermissionDenied with a sentence that says who may."""
    if not allowed(user, permission, team):
        who = " or ".join(f"{'an' if role == Role.ADMIN else 'a'} {role}" for role in sorted(PERMISSIONS[permission]))
        raise PermissionDenied(f"Only {who} can do this.")
