"""Settings of a real start, each in a process of its own."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

PRODUCTION = {
    "GOVPORTAL_ENV": "production",
    "SECRET_KEY": "k" * 64,
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "sqlite://:memory:",
}
SHOW = "import json; from govportal import settings; print(json.dumps({k: getattr(settings, k, None) for k in %r}))"


def start(names: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess:
    clean = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", SHOW % names]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=clean | variables, capture_output=True, text=True, check=False
    )


def test_production_is_strict_about_transport_and_cookies():
    expected = {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SECURE": True,
        "STYLEGUIDE": False,
        "SECURE_PROXY_SSL_HEADER": None,
    }

    assert json.loads(start(list(expected), PRODUCTION).stdout) == expected


def test_production_ignores_a_wish_for_debug():
    shown = start(["DEBUG"], PRODUCTION | {"DEBUG": "1"})

    assert json.loads(shown.stdout) == {"DEBUG": False}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_without_a_variable_does_not_start(missing):
    given = {name: value for name, value in PRODUCTION.items() if name != missing}

    done = start(["DEBUG"], given)

    assert done.returncode != 0
    assert f"{missing} is not set." in done.stderr


def test_unset_mode_is_production():
    done = start(["DEBUG"], {})

    assert "SECRET_KEY is not set" in done.stderr


def test_proxy_header_is_trusted_only_when_asked():
    shown = start(["SECURE_PROXY_SSL_HEADER"], PRODUCTION | {"BEHIND_PROXY": "1"})

    assert json.loads(shown.stdout) == {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]}


@pytest.mark.django_db
def test_database_connection_is_durable():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            values = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")]
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            assert (values, mode) == ([2, 1], "wal")
        else:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone()[0] == "5s"
