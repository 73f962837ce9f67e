"""What `make run` and a deploy start."""

import shutil
import socket
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from apps.accounts.models import Office, User
from apps.dashboard.demo_work import DemoNotMade
from apps.dashboard.management.commands import portal, prepare
from apps.selector.queries import library
from tests.factories.accounts import make_team
from tests.factories.reviews import make_selector_questionnaire


@pytest.fixture
def local(settings, monkeypatch):
    settings.MODE = "local"
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)


def can_sign_in(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=username, password=password) is not None


def printed_password(capsys) -> str:
    return capsys.readouterr().out.split()[-1]


@pytest.mark.django_db
@pytest.mark.usefixtures("local")
def test_demo_people_can_sign_in_with_the_printed_password(capsys):
    call_command("demo_people")
    first = printed_password(capsys)
    call_command("demo_people")
    second = printed_password(capsys)

    assert first != second
    assert all(can_sign_in(name, second) for name in ("lead", "member", "officer", "admin", "lead2"))
    assert not can_sign_in("lead", first)


@pytest.mark.django_db
@pytest.mark.usefixtures("local")
def test_demo_people_take_the_given_password(monkeypatch, capsys):
    monkeypatch.setenv("DEMO_PASSWORD", "a given password")

    call_command("demo_people")

    assert "a given password" in capsys.readouterr().out
    assert can_sign_in("officer", "a given password")


@pytest.mark.django_db
@pytest.mark.usefixtures("local")
def test_demo_people_keep_what_was_changed():
    call_command("demo_people")
    lead = User.objects.get(username="lead")
    lead.memberships.update(team=make_team(name="Moved"))
    User.objects.filter(pk=lead.pk).update(name="Renamed", office=Office.RISK_OFFICER)

    call_command("demo_people")

    lead.refresh_from_db()
    assert (lead.name, lead.office, lead.teams.get().name) == ("Renamed", "risk_officer", "Moved")


@pytest.mark.django_db
@pytest.mark.usefixtures("local")
def test_demo_people_who_locked_themselves_out_can_sign_in_after_a_restart(capsys):
    call_command("demo_people")
    for _ in range(6):
        can_sign_in("lead", "wrong")

    call_command("demo_people")

    assert can_sign_in("lead", printed_password(capsys))


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["production", "test"])
@pytest.mark.parametrize("command", ["demo_people", "portal"])
def test_demo_people_exist_in_local_mode_only(settings, mode, command):
    settings.MODE = mode

    with pytest.raises(CommandError):
        call_command(command)

    assert not User.objects.exists()


@pytest.mark.usefixtures("local")
def test_portal_on_a_busy_port_says_so_before_anything_else(monkeypatch):
    monkeypatch.setattr(portal, "call_command", lambda *_args, **_kwargs: pytest.fail("started anyway"))
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()

        with pytest.raises(CommandError, match="make run PORT=8001"):
            call_command("portal", port=busy.getsockname()[1])


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize("port", [-1, 65536])
def test_portal_on_a_port_that_does_not_exist_says_so(port):
    with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
        call_command("portal", port=port)


@pytest.mark.usefixtures("local")
def test_portal_prepares_then_becomes_the_server(monkeypatch):
    steps = []
    monkeypatch.setattr(portal, "require_free", lambda _port: None)
    monkeypatch.setattr(portal, "call_command", lambda name, **_options: steps.append(name))
    monkeypatch.setattr(portal, "load_demo_approvals", lambda: steps.append("approvals"))
    monkeypatch.setattr(portal, "make_demo_work", lambda: steps.append("work"))
    monkeypatch.setattr(portal.os, "execve", lambda _path, command, env: steps.append((command[-1], env["BIND"])))

    call_command("portal", port=8123)

    assert steps == ["prepare", "demo_people", "approvals", "work", ("govportal.wsgi", "127.0.0.1:8123")]


@pytest.mark.usefixtures("local")
def test_portal_starts_although_the_demo_work_is_refused(monkeypatch, capsys):
    started = []
    monkeypatch.setattr(portal, "require_free", lambda _port: None)
    monkeypatch.setattr(portal, "call_command", lambda _name, **_options: None)
    monkeypatch.setattr(portal, "load_demo_approvals", lambda: None)
    monkeypatch.setattr(portal, "make_demo_work", Mock(side_effect=DemoNotMade("“First uses”, step 1 was refused")))
    monkeypatch.setattr(portal, "serve", started.append)

    call_command("portal", port=8123)

    assert started == [8123]
    assert "without demo assessments. “First uses”, step 1 was refused" in capsys.readouterr().err


@pytest.mark.django_db
def test_prepare_collects_static_files_only_when_one_changed(settings, tmp_path, monkeypatch):
    settings.STATIC_ROOT = tmp_path
    ran = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **_options: ran.append(name))

    prepare.collect_static_files()
    prepare.collect_static_files()
    monkeypatch.setattr(prepare, "fingerprint", lambda: "changed")
    prepare.collect_static_files()

    assert ran == ["collectstatic", "collectstatic"]


def test_fingerprint_changes_with_a_file(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    before = prepare.fingerprint()

    Path(tmp_path, "new.css").write_text("a{}")

    assert prepare.fingerprint() != before


@pytest.fixture
def broken_use_cases(settings, tmp_path):
    """The library as shipped, with one misspelt key; it is read anew for this test only."""
    shutil.copytree(settings.FIXTURES_DIR, tmp_path / "fixtures")
    file = tmp_path / "fixtures" / "use_cases" / "writing.yaml"
    file.write_text(file.read_text().replace("autonomy:", "autonomee:", 1))
    make_selector_questionnaire()
    settings.FIXTURES_DIR = tmp_path / "fixtures"
    library.cache_clear()
    yield
    library.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("broken_use_cases")
def test_prepare_refuses_a_broken_use_case_with_file_and_path():
    with pytest.raises(CommandError, match=r"writing\.yaml.*autonom"):
        prepare.check_use_cases()
