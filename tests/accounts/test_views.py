import pytest
from axes.models import AccessAttempt
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from apps.accounts.models import TeamRole, User
from apps.audit.models import AuditEvent
from tests.factories.accounts import PASSWORD, make_admin, make_lead, make_member, make_membership, make_team, make_user

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
HOME = "/"
PASSWORD_PAGE = "/account/password/"
FOREIGN_TARGETS = [
    "//evil.example/",
    "///evil.example",
    "https://evil.example/",
    "http:evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "ftp://testserver/",
    "",
]


def sign_in(client, username, password=PASSWORD, **fields):
    return client.post(SIGN_IN, {"username": username, "password": password, **fields})


def signed_in_as(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_sign_in_leads_home(client):
    user = make_user(username="kim")

    response = sign_in(client, "kim")

    assert (response.status_code, response.url) == (302, HOME)
    assert signed_in_as(client) == str(user.pk)


def test_sign_in_leads_back_to_the_page_asked_for(client):
    make_user(username="kim")

    assert sign_in(client, "kim", next="/account/teams/?page=2").url == "/account/teams/?page=2"


@pytest.mark.parametrize("target", FOREIGN_TARGETS)
def test_sign_in_never_leads_to_another_site(client, target):
    make_user(username="kim")

    assert sign_in(client, "kim", next=target).url == HOME
    assert client.get(SIGN_IN, {"next": target}).url == HOME, "signed in already"


def test_sign_in_changes_the_session_key(client):
    make_user(username="kim")
    client.get(SIGN_IN)
    before = client.session.session_key

    sign_in(client, "kim")

    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("username", "password"),
    [("kim", "wrong"), ("nobody", PASSWORD), ("", ""), ("kim", ""), ("closed", PASSWORD), ("x" * 5000, "y" * 5000)],
)
def test_sign_in_with_wrong_data_is_refused(client, username, password):
    make_user(username="kim")
    make_user(username="closed", is_active=False)

    response = sign_in(client, username, password)

    assert response.status_code == 422
    assert signed_in_as(client) is None


def test_sign_in_does_not_tell_whether_the_account_exists(client):
    make_user(username="kim")

    known, unknown = sign_in(client, "kim", "wrong"), sign_in(client, "nobody", "wrong")

    assert known.context["form"].errors == unknown.context["form"].errors


def test_sign_in_sixth_try_is_refused_even_with_the_right_password(client):
    make_user(username="kim")
    make_user(username="lee")

    tries = [sign_in(client, "kim", "wrong").status_code for _ in range(5)]
    sixth = sign_in(client, "kim")

    assert tries[:4] == [422] * 4
    assert (sixth.status_code, sixth["Retry-After"]) == (429, "300")
    assert signed_in_as(client) is None
    assert sign_in(client, "lee").status_code == 302, "other accounts are not affected"


def test_sign_in_takes_the_name_in_any_case_and_counts_wrong_tries_together(client):
    kim = make_user(username="Kim")
    assert sign_in(client, "kIM").url == HOME
    assert signed_in_as(client) == str(kim.pk)
    client.logout()

    tries = [sign_in(client, name, "wrong").status_code for name in ("kim", "KIM", "Kim", "kIm", "kiM")]

    assert tries[:4] == [422] * 4
    assert sign_in(client, "kIM").status_code == 429


def test_change_password_ends_the_sessions_of_other_devices(client):
    kim, other = make_user(username="kim"), Client()
    for device in (client, other):
        sign_in(device, "kim")
    new = "quite another password"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    response = client.post(PASSWORD_PAGE, fields)

    assert response.url == HOME
    assert client.get("/account/teams/").status_code == 200
    assert other.get("/account/teams/").status_code == 302
    assert AuditEvent.objects.get().verb == "account.password_changed"
    kim.refresh_from_db()
    assert kim.check_password(new)


def test_change_password_sixth_try_is_refused_even_with_the_right_password(client):
    make_user(username="Kim")
    sign_in(client, "Kim")
    good = {"old_password": PASSWORD, "new_password1": "quite another", "new_password2": "quite another"}

    tries = [client.post(PASSWORD_PAGE, good | {"old_password": "wrong"}).status_code for _ in range(5)]
    sixth = client.post(PASSWORD_PAGE, good)

    assert tries[:4] == [422] * 4
    assert (sixth.status_code, sixth["Retry-After"]) == (429, "300")
    assert User.objects.get(username="Kim").check_password(PASSWORD)
    assert sign_in(Client(), "kim").status_code == 429, "tries are counted together with those to sign in"


def test_change_password_that_works_forgets_the_tries_before(client):
    make_user(username="Kim")
    sign_in(client, "Kim")
    good = {"old_password": PASSWORD, "new_password1": "quite another", "new_password2": "quite another"}
    for _ in range(4):
        client.post(PASSWORD_PAGE, good | {"old_password": "wrong"})

    assert client.post(PASSWORD_PAGE, good).status_code == 302

    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"old_password": "wrong"},
        {"new_password1": "short", "new_password2": "short"},
        {"new_password2": "something else entirely"},
        {"new_password1": "x" * 1001, "new_password2": "x" * 1001},
        {},
    ],
)
def test_change_password_that_is_refused_changes_nothing(client, fields):
    client.force_login(kim := make_user())
    good = {"old_password": PASSWORD, "new_password1": "quite another", "new_password2": "quite another"}

    response = client.post(PASSWORD_PAGE, good | fields if fields else {})

    assert response.status_code == 422
    assert response.content.decode().count('class="error-summary"') == 1
    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)


def test_sign_in_counts_start_again_after_success(client):
    make_user(username="kim")
    for _ in range(4):
        sign_in(client, "kim", "wrong")
    sign_in(client, "kim")
    client.post(reverse("accounts:sign_out"))

    assert [sign_in(client, "kim", "wrong").status_code for _ in range(4)] == [422] * 4
    assert sign_in(client, "kim").status_code == 302


def test_sign_out_ends_the_session_and_clears_the_browser(client):
    client.force_login(make_user())

    response = client.post(reverse("accounts:sign_out"))

    assert response.url == HOME
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert signed_in_as(client) is None
    assert [str(m) for m in get_messages(response.wsgi_request)] == ["You have signed out."]


def test_sign_out_by_get_is_refused(client):
    client.force_login(make_user())

    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert signed_in_as(client)


def test_closed_account_is_out_at_the_next_request(client):
    user = make_user()
    client.force_login(user)
    user.is_active = False
    user.save()

    assert client.get(reverse("accounts:teams")).status_code == 302


def test_teams_shows_own_teams_only(client):
    member = make_member(team=make_team(name="Finance"))
    make_team(name="Legal")
    client.force_login(member)

    page = client.get(reverse("accounts:teams")).content.decode()

    assert "Finance" in page
    assert "Legal" not in page


def test_teams_of_a_newcomer_says_what_to_do(client):
    client.force_login(make_user())

    assert "Ask the lead of your team" in client.get(reverse("accounts:teams")).content.decode()


def test_team_of_others_is_not_found(client):
    client.force_login(make_admin())

    assert client.get(reverse("accounts:team", args=[make_team().pk])).status_code == 404
    assert client.get(reverse("accounts:team", args=[2**63])).status_code == 404


def test_team_lead_adds_a_person(client):
    team = make_team()
    newcomer = make_user(username="newcomer")
    client.force_login(make_lead(team=team))

    response = client.post(reverse("accounts:team", args=[team.pk]), {"username": "newcomer", "role": "lead"})

    assert response.url == reverse("accounts:team", args=[team.pk])
    assert newcomer.memberships.get().role == TeamRole.LEAD


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "nobody", "role": "member"}, "There is no account with this name"),
        ({"username": "newcomer", "role": "owner"}, "owner is not one of the available choices"),
        ({"username": "present", "role": "member"}, "is already in"),
        ({}, "Enter the username of the person to add"),
        ({"username": "x" * 100_000, "role": "member"}, "at most 150 characters"),
    ],
)
def test_team_refuses_a_wrong_addition(client, fields, said):
    team = make_team()
    make_user(username="newcomer")
    make_member(team=team, username="present")
    client.force_login(make_lead(team=team))

    response = client.post(reverse("accounts:team", args=[team.pk]), fields)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert team.memberships.count() == 2


def test_team_member_sees_no_form_and_cannot_add(client):
    team = make_team()
    make_user(username="newcomer")
    client.force_login(make_member(team=team))
    url = reverse("accounts:team", args=[team.pk])

    page, refusal = client.get(url), client.post(url, {"username": "newcomer", "role": "member"})

    assert "Add a person" not in page.content.decode()
    assert refusal.status_code == 403
    assert "Only a team lead can do this." in refusal.content.decode()


def test_remove_member_by_lead(client):
    team = make_team()
    client.force_login(make_lead(team=team))
    membership = make_member(team=team).memberships.get()

    response = client.post(reverse("accounts:remove_member", args=[team.pk, membership.pk]))

    assert response.url == reverse("accounts:team", args=[team.pk])
    assert team.memberships.count() == 1


def test_remove_member_of_oneself_leads_to_the_remaining_teams(client):
    team = make_team()
    lead = make_lead(team=team)
    make_lead(team=team)
    client.force_login(lead)

    response = client.post(reverse("accounts:remove_member", args=[team.pk, lead.memberships.get().pk]))

    assert response.url == reverse("accounts:teams")


def test_remove_member_who_is_the_last_lead_says_why_not(client):
    team = make_team()
    lead = make_lead(team=team)
    client.force_login(lead)

    url = reverse("accounts:remove_member", args=[team.pk, lead.memberships.get().pk])
    page = client.post(url, follow=True).content.decode()

    assert "only team lead" in page
    assert lead.memberships.exists()


def test_remove_member_with_own_team_in_the_path_and_a_foreign_membership(client):
    own, other = make_team(), make_team()
    client.force_login(make_lead(team=own))
    foreign = make_membership(team=other, user=make_user())

    for team in (own, other):
        assert client.post(reverse("accounts:remove_member", args=[team.pk, foreign.pk])).status_code == 404
    assert other.memberships.exists()


def test_admin_pages_send_strangers_to_the_one_sign_in_page(client):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith(SIGN_IN)
    assert client.get("/admin/login/?next=/admin/").url == f"{SIGN_IN}?next=/admin/"


def test_admin_pages_refuse_other_roles(client):
    client.force_login(make_user())

    response = client.get("/admin/", follow=True)

    assert response.status_code == 403
    assert "The administration pages are for admins." in response.content.decode()
