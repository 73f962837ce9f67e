import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.urls import reverse

from apps.dashboard import queries
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n%s\r\n--x--\r\n'


def home_failing_with(error: Exception, monkeypatch: pytest.MonkeyPatch, **headers: str):
    def fail(_user: object) -> None:
        raise error

    monkeypatch.setattr(queries, "next_steps", fail)
    client = Client(raise_request_exception=False)
    client.force_login(make_user())
    return client.get("/", headers=headers)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_database_that_is_away_is_503_with_retry_after(monkeypatch, headers: dict[str, str]) -> None:
    response = home_failing_with(OperationalError("database is locked"), monkeypatch, **headers)

    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "locked" not in response.content.decode()


@pytest.mark.parametrize("error", [IntegrityError("duplicate key"), ValueError("secret detail")])
def test_other_errors_are_500_and_tell_nothing(monkeypatch, error: Exception) -> None:
    response = home_failing_with(error, monkeypatch)

    assert response.status_code == 500
    assert str(error) not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "data", "content_type", "status"),
    [
        ("/account/sign-in/", b"username=%FF&password=x", "application/x-www-form-urlencoded", 400),
        ("/account/sign-in/", b"username=a%00b&password=x", "application/x-www-form-urlencoded", 400),
        ("/account/sign-in/", b"username=a&password=x", "application/x-www-form-urlencoded; charset=utf-16", 400),
        ("/account/sign-in/", b"a=1&" * 1001, "application/x-www-form-urlencoded", 413),
        ("/account/sign-in/", b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded", 413),
        ("/account/sign-in/", b"--x\r\nbroken", "multipart/form-data; boundary=x", 422),
        ("/account/sign-in/", b"{}", "application/json", 422),
        ("/account/sign-in/", MULTIPART % b"\xff", "multipart/form-data; boundary=x", 400),
        ("/account/sign-in/", MULTIPART % b"a\0b", "multipart/form-data; boundary=x", 400),
        ("/account/sign-in/", MULTIPART % b"fine", "multipart/form-data; boundary=x", 422),
    ],
)
def test_damaged_posts_get_a_clear_4xx(path: str, data: bytes, content_type: str, status: int) -> None:
    response = Client(raise_request_exception=False).post(path, data, content_type=content_type)

    assert response.status_code == status


@pytest.mark.parametrize("query", ["q=%FF", "q=%00", "q=%ED%A0%80"])
def test_damaged_addresses_are_400(query: str) -> None:
    assert Client().get(f"/catalog/?{query}").status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_verbs_nobody_offers_are_405(method: str) -> None:
    assert Client().generic(method, "/").status_code == 405


def test_address_of_a_form_that_is_opened_by_itself_says_what_to_do() -> None:
    client = Client()
    client.force_login(make_user())

    response = client.get(reverse("accounts:sign_out"))

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "Nothing was changed" in response.content.decode()
    assert 'href="/"' in response.content.decode()
