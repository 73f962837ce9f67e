"""Requests that no browser sends: refused with a page of ours before any view sees them."""

from urllib.parse import quote

import pytest
from django.test import Client

from tests.factories.accounts import make_lead, make_team, make_user

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
BROKEN_TEXT = {
    "not UTF-8": b"username=%FF",
    "raw byte": b"username=\xff",
    "overlong": b"username=%C0%AF",
    "lone surrogate": b"username=%ED%A0%80",
    "NUL": b"username=a%00b",
    "broken name": b"user%FFname=a",
}


@pytest.fixture
def signed_in() -> tuple[Client, str]:
    """A lead who may add people, and the address of that form."""
    team = make_team()
    make_user(username="newcomer")
    client = Client(raise_request_exception=False)
    client.force_login(make_lead(team=team))
    return client, f"/account/teams/{team.pk}/"


@pytest.mark.parametrize("name", BROKEN_TEXT)
def test_post_of_broken_text_is_refused(signed_in, name):
    client, url = signed_in

    response = client.post(url, BROKEN_TEXT[name] + b"&role=member", content_type=FORM)

    assert response.status_code == 400
    assert "<h1" in response.content.decode(), "a page of ours"


@pytest.mark.parametrize("query", ["q=%FF", "q=%00", "%ED%A0%80=1"])
def test_address_of_broken_text_is_refused(client, query):
    assert client.get(f"/catalog/?{query}").status_code == 400


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "nope", "utf-7"])
def test_other_encoding_is_refused(signed_in, charset):
    client, url = signed_in

    response = client.generic("POST", url, b"username=newcomer&role=member", content_type=f"{FORM}; charset={charset}")

    assert response.status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_utf8_by_any_name_is_accepted(signed_in, charset):
    client, url = signed_in

    response = client.generic("POST", url, b"username=newcomer&role=member", content_type=f"{FORM}; charset={charset}")

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"username": "newcomer", "role": "member"}', "application/json"),
        (b"not multipart at all", "multipart/form-data"),
        (b"--x\r\nContent-Disposition: form-data; name=username\r\n\r\nnewc", "multipart/form-data; boundary=x"),
        (b"--y\r\n\r\n", "multipart/form-data; boundary=" + "z" * 500),
        (b"\x00\x01", "application/octet-stream"),
        (b"username=newcomer", ""),
    ],
)
def test_body_that_is_no_form_stores_nothing(signed_in, body, content_type):
    client, url = signed_in

    response = client.post(url, body, content_type=content_type)

    assert 400 <= response.status_code < 500


def test_multipart_with_broken_text_is_refused(signed_in):
    client, url = signed_in
    body = b"--x\r\nContent-Disposition: form-data; name=username\r\n\r\nnew\xffcomer\r\n--x--\r\n"

    response = client.post(url, body, content_type="multipart/form-data; boundary=x")

    assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "body",
    ["&".join(f"f{number}=1" for number in range(1001)), "username=" + "x" * 3_000_000],
    ids=["1001 fields", "3 MB"],
)
def test_oversized_post_is_refused(signed_in, body):
    client, url = signed_in

    response = client.post(url, body, content_type=FORM)

    assert response.status_code == 413
    assert "settings" not in response.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"])
def test_method_that_no_form_uses_is_refused(client, method):
    response = client.generic(method, "/")

    assert response.status_code == 405


def test_method_override_is_ignored(signed_in):
    client, url = signed_in

    response = client.get(url, headers={"X-HTTP-Method-Override": "POST"}, query_params={"_method": "POST"})

    assert response.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "testserver:bad", "testserver@evil.example", "", "a" * 300])
def test_forged_host_is_refused(host):
    client = Client(raise_request_exception=False)

    assert client.get("/account/teams/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/account/teams/0/", "/account/teams/-1/", f"/account/teams/{2**63}/", "/account/teams/x/"]
)
def test_id_that_cannot_be_is_not_found(signed_in, path):
    client, _ = signed_in

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/%00", "/%FF", "/..%2f..%2fetc%2fpasswd", "/" + quote("ü") * 500])
def test_path_that_cannot_be_is_a_page_of_ours(path):
    response = Client(raise_request_exception=False).get(path)

    assert response.status_code in (400, 404)
