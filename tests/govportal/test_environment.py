import pytest
from django.core.exceptions import ImproperlyConfigured

from govportal import environment


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch):
    monkeypatch.delenv("X", raising=False)


@pytest.mark.parametrize("value", ["production", "local", "test"])
def test_mode_is_one_of_three(monkeypatch, value):
    monkeypatch.setenv("GOVPORTAL_ENV", value)

    assert environment.mode() == value


def test_mode_is_production_unless_said(monkeypatch):
    monkeypatch.delenv("GOVPORTAL_ENV")

    assert environment.mode() == "production"


def test_mode_of_another_name_is_refused(monkeypatch):
    monkeypatch.setenv("GOVPORTAL_ENV", "dev")

    with pytest.raises(ImproperlyConfigured, match="'dev'; use production, local or test"):
        environment.mode()


@pytest.mark.parametrize("value", ["", "   "])
def test_required_variable_that_is_empty_says_what_to_do(monkeypatch, value):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match=r"X is not set\. Do this\."):
        environment.required("X", "Do this.")


def test_text_falls_back_to_the_default(monkeypatch):
    assert environment.text("X", "UTC") == "UTC"

    monkeypatch.setenv("X", " Europe/Vienna ")

    assert environment.text("X", "UTC") == "Europe/Vienna"


def test_whole_number(monkeypatch):
    assert environment.whole_number("X", 4) == 4

    monkeypatch.setenv("X", "12")

    assert environment.whole_number("X", 4) == 12


@pytest.mark.parametrize("value", ["1.5", "-1", "four", "\uff11\uff12"])
def test_whole_number_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured, match="must be a whole number"):
        environment.whole_number("X", 4)


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("No", False)]
)
def test_flag(monkeypatch, value, expected):
    monkeypatch.setenv("X", value)

    assert environment.flag("X", default=not expected) is expected


def test_flag_that_is_neither_is_refused(monkeypatch):
    assert environment.flag("X", default=True) is True

    monkeypatch.setenv("X", "maybe")

    with pytest.raises(ImproperlyConfigured, match="use 1 or 0"):
        environment.flag("X")


def test_names_are_separated_by_commas(monkeypatch):
    assert environment.names("X") == []

    monkeypatch.setenv("X", "one, two,,")

    assert environment.names("X") == ["one", "two"]


def test_hosts(monkeypatch):
    monkeypatch.setenv("X", "portal.example, www.portal.example,")

    assert environment.hosts("X") == ["portal.example", "www.portal.example"]


def test_hosts_of_any_name_are_refused(monkeypatch):
    monkeypatch.setenv("X", "portal.example,*")

    with pytest.raises(ImproperlyConfigured, match="forged Host"):
        environment.hosts("X")


def test_secret_key_that_is_short_is_refused(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 49)

    with pytest.raises(ImproperlyConfigured, match="shorter than 50"):
        environment.secret_key()


def test_kept_secret_key_is_made_once_and_private(tmp_path):
    path = tmp_path / "var" / "secret_key"

    first, second = environment.kept_secret_key(path), environment.kept_secret_key(path)

    assert first == second
    assert len(first) >= 64
    assert path.stat().st_mode & 0o777 == 0o600
