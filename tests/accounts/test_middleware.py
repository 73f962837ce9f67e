import pytest
from django.urls import reverse

from tests.factories.accounts import make_lead, make_team, make_user

pytestmark = pytest.mark.django_db


def test_private_page_without_sign_in_leads_to_sign_in(client):
    response = client.get("/account/teams/?page=2")

    assert (response.status_code, response.url) == (302, "/account/sign-in/?next=/account/teams/%3Fpage%3D2")


def test_post_without_sign_in_comes_back_to_the_page_with_the_form(client):
    url = reverse("accounts:remove_member", args=[1, 2])

    response = client.post(url, headers={"Referer": "http://testserver/account/teams/1/"})

    assert response.url == "/account/sign-in/?next=/account/teams/1/"


@pytest.mark.parametrize("referrer", ["", "https://evil.example/account/teams/1/", "javascript:alert(1)", "http://["])
def test_post_without_sign_in_from_nowhere_comes_back_home(client, referrer):
    response = client.post(reverse("accounts:remove_member", args=[1, 2]), headers={"Referer": referrer})

    assert response.url == "/account/sign-in/?next=/"


def test_htmx_request_without_sign_in_gets_a_notice_and_no_redirect(client):
    response = client.post(reverse("accounts:remove_member", args=[1, 2]), headers={"HX-Request": "true"})

    page = response.content.decode()
    assert response.status_code == 401
    assert "this was not saved" in page
    assert "<html" not in page
    assert response["HX-Retarget"] == "#notices"


def test_signed_in_page_is_not_stored_by_browser_or_proxy(client):
    client.force_login(make_user())

    response = client.get(reverse("accounts:teams"))

    assert response["Cache-Control"] == "no-store"
    assert {"Cookie", "HX-Request"} <= {name.strip() for name in response["Vary"].split(",")}


def test_error_page_of_a_signed_in_person_is_not_stored_either(client):
    client.force_login(make_lead(team=make_team()))

    response = client.get(reverse("accounts:team", args=[10**9]))

    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere(client):
    policy = client.get("/account/sign-in/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
