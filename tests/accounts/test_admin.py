"""Accounts in Django admin: what an admin can do there, that it is recorded, and what nobody can."""

import pytest
from django.urls import reverse

from apps.accounts.models import Membership, Office, User
from apps.audit.models import AuditEvent
from tests.factories.accounts import PASSWORD, make_admin, make_member, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client) -> User:
    user = make_admin(username="admin")
    client.force_login(user)
    return user


def changed(user: User, **fields) -> dict:
    return {
        "username": user.username,
        "name": user.name,
        "email": "",
        "office": user.office,
        "is_active": "on",
    } | fields


@pytest.mark.parametrize("name", ["index", "accounts_user_changelist", "accounts_user_add", "accounts_team_add"])
def test_admin_page_opens(client, admin, name):
    assert client.get(reverse(f"admin:{name}")).status_code == 200


def test_admin_makes_an_account_that_can_sign_in(client, admin):
    fields = {"username": "kim", "name": "Kim", "email": "", "office": "none"}

    client.post(reverse("admin:accounts_user_add"), fields | {"password1": PASSWORD, "password2": PASSWORD})

    assert User.objects.get(username="kim").check_password(PASSWORD)
    assert AuditEvent.objects.get().verb == "admin.added"


@pytest.mark.parametrize("password", ["short", "password1234", "kim-kim-kim-", ""])
def test_admin_cannot_give_a_weak_password(client, admin, password):
    fields = {"username": "kim-kim-kim", "office": "none", "password1": password, "password2": password}

    response = client.post(reverse("admin:accounts_user_add"), fields)

    assert response.context["adminform"].form.errors
    assert not User.objects.filter(username="kim-kim-kim").exists()


def test_admin_sets_a_new_password(client, admin):
    user = make_user()
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    page = client.get(url)

    client.post(url, {"password1": "another long password", "password2": "another long password"})

    user.refresh_from_db()
    assert 'name="usable_password"' not in page.content.decode()
    assert user.check_password("another long password")
    assert AuditEvent.objects.get().subject_id == str(user.pk)


def test_admin_gives_an_office_and_it_is_recorded(client, admin):
    user = make_user()

    client.post(reverse("admin:accounts_user_change", args=[user.pk]), changed(user, office="risk_officer"))

    user.refresh_from_db()
    event = AuditEvent.objects.get()
    assert user.is_risk_officer
    assert (event.by, event.verb) == (admin, "admin.changed")


@pytest.mark.parametrize("fields", [{"office": "none"}, {"is_active": ""}])
def test_last_admin_cannot_resign(client, admin, fields):
    url = reverse("admin:accounts_user_change", args=[admin.pk])

    response = client.post(url, changed(admin, **fields))

    admin.refresh_from_db()
    assert "only active admin" in response.content.decode()
    assert (admin.office, admin.is_active) == (Office.ADMIN, True)


def test_admin_may_resign_when_there_is_another(client, admin):
    make_admin()

    client.post(reverse("admin:accounts_user_change", args=[admin.pk]), changed(admin, office="none"))

    admin.refresh_from_db()
    assert not admin.is_admin


def test_admin_makes_a_team_with_a_lead(client, admin):
    lead = make_user()
    inline = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
    row = {"memberships-0-user": lead.pk, "memberships-0-role": "lead"}

    client.post(reverse("admin:accounts_team_add"), {"name": "Finance", "function": ""} | inline | row)

    assert lead.memberships.get().team.name == "Finance"
    assert AuditEvent.objects.get().verb == "admin.added"


def memberships(*rows: Membership, **changes: str) -> dict:
    """The members of a team as its form in the admin pages sends them."""
    sent = {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        sent |= {f"memberships-{number}-{name}": getattr(row, name) for name in ("id", "role")}
        sent |= {f"memberships-{number}-user": row.user_id, f"memberships-{number}-team": row.team_id}
    return {"name": "Finance", "function": ""} | sent | changes


def test_admin_removes_somebody_from_a_team_and_it_is_recorded(client, admin):
    team = make_team(name="Finance", lead=make_user(), member=make_user())
    lead, member = team.memberships.order_by("role")

    client.post(
        reverse("admin:accounts_team_change", args=[team.pk]),
        memberships(lead, member, **{"memberships-1-DELETE": "on"}),
    )

    assert list(team.memberships.all()) == [lead]
    assert "deleted" in str(AuditEvent.objects.get(verb="admin.changed").details)


@pytest.mark.parametrize("change", [{"memberships-0-DELETE": "on"}, {"memberships-0-role": "member"}])
def test_admin_cannot_leave_a_team_without_its_lead(client, admin, change):
    team = make_team(name="Finance", lead=make_user())
    lead = team.memberships.get()

    page = client.post(reverse("admin:accounts_team_change", args=[team.pk]), memberships(lead, **change))

    assert "left without a team lead" in page.text
    lead.refresh_from_db()
    assert lead.role == "lead"


def test_admin_cannot_give_a_name_that_differs_only_in_case(client, admin):
    kim = make_user(username="kim")
    lee = make_user(username="lee")
    fields = {"username": "KIM", "office": "none", "password1": PASSWORD, "password2": PASSWORD}

    added = client.post(reverse("admin:accounts_user_add"), fields)
    renamed = client.post(reverse("admin:accounts_user_change", args=[lee.pk]), changed(lee, username="Kim"))

    assert "already exists" in added.text
    assert "Another account has this username" in renamed.text
    assert User.objects.filter(username__iexact="kim").get() == kim


def test_admin_index_speaks_of_the_portal_and_of_nothing_else(client, admin):
    page = client.get(reverse("admin:index"))

    groups = [app["name"] for app in page.context["app_list"]]
    assert groups == [
        "Assessments",
        "Catalog",
        "Mail",
        "People and teams",
        "Questionnaires",
        "Record of what was done",
        "Reviews",
    ]
    assert 'css/admin.css"' in page.text


def test_password_page_of_django_admin_is_that_of_everybody(client, admin):
    assert client.get("/admin/password_change/").url == reverse("accounts:change_password")


def test_nobody_is_deleted(client, admin):
    team = make_team()
    member = make_member(team=team)

    for name, pk in [("user", member.pk), ("team", team.pk)]:
        assert client.post(reverse(f"admin:accounts_{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403
        action = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        client.post(reverse(f"admin:accounts_{name}_changelist"), action)
    assert member.memberships.get().team == team


def test_password_hashes_cannot_be_searched(client, admin):
    url = reverse("admin:accounts_user_changelist")

    assert client.get(url, {"password__startswith": "a"}).status_code in (302, 400)
