"""From a clone to an environment, with the machine replaced by a list of what is there."""

import subprocess
from types import SimpleNamespace

import pytest

from govportal import bootstrap


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Every command that would have been started; the environment goes to a folder of its own."""
    started: list[str] = []
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "run", lambda command, **_options: started.append(" ".join(command)))
    (tmp_path / ".venv").mkdir()
    return started


def machine(monkeypatch, *, programs=(), root=False, sudo=False) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}" if name in programs else None)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0 if root else 1000)
    answer = SimpleNamespace(returncode=0 if sudo else 1)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_args, **_options: answer)


def test_packages_are_installed_once_per_lock_file(monkeypatch, commands, tmp_path):
    machine(monkeypatch, programs=["uv"])
    monkeypatch.setattr(bootstrap, "LOCK", tmp_path / "uv.lock")
    bootstrap.LOCK.write_text("one")

    bootstrap.packages("run")
    bootstrap.packages("run")
    bootstrap.LOCK.write_text("two")
    bootstrap.packages("run")

    assert [command for command in commands if " sync " in command] == [
        "/usr/bin/uv sync --frozen --inexact --quiet"
    ] * 2


def test_packages_for_tests_bring_their_tools(monkeypatch, commands):
    machine(monkeypatch, programs=["uv"])

    bootstrap.packages("test")

    assert commands[-1].endswith("--extra test --extra check")


def test_packages_that_failed_are_tried_again(monkeypatch, commands):
    machine(monkeypatch, programs=["uv"])

    def fail(*_args, **_options):
        raise bootstrap.NotPossible("no network")

    monkeypatch.setattr(bootstrap, "run", fail)

    for _ in range(2):
        with pytest.raises(bootstrap.NotPossible, match="no network"):
            bootstrap.packages("run")


def test_environment_without_ensurepip_comes_through_apt(monkeypatch, commands):
    machine(monkeypatch, programs=["apt-get"], root=True)
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _name: None)

    bootstrap.environment()

    assert commands[1] == "apt-get install --yes --quiet --no-install-recommends python3-venv"
    assert "-m venv" in commands[-1]


def test_environment_without_ensurepip_and_without_rights_says_what_to_install(monkeypatch, commands):
    machine(monkeypatch, programs=["apt-get"])
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(bootstrap.NotPossible, match="sudo apt install python3-venv"):
        bootstrap.environment()

    assert commands == []


def test_environment_that_is_there_is_kept(monkeypatch, commands):
    machine(monkeypatch)
    (bootstrap.VENV / "bin").mkdir()
    for name in ("python", "pip"):
        (bootstrap.VENV / "bin" / name).touch()

    bootstrap.environment()

    assert commands == []


def test_environment_that_was_left_without_pip_is_made_again(monkeypatch, commands):
    machine(monkeypatch)
    (bootstrap.VENV / "bin").mkdir()
    (bootstrap.VENV / "bin" / "python").touch()

    bootstrap.environment()

    assert commands[0].endswith(f"-m venv --clear {bootstrap.VENV}")


def test_pdf_libraries_that_are_there_need_nothing(monkeypatch, commands):
    monkeypatch.setattr(bootstrap, "loads", lambda _library: True)

    bootstrap.pdf_libraries()

    assert commands == []


def test_pdf_libraries_without_rights_are_one_line_and_no_stop(monkeypatch, commands, capsys):
    machine(monkeypatch)
    monkeypatch.setattr(bootstrap, "loads", lambda _library: False)

    bootstrap.pdf_libraries()

    (line,) = capsys.readouterr().out.splitlines()
    assert "sudo apt install libpangoft2-1.0-0 libharfbuzz-subset0" in line
    assert commands == []


def test_browser_comes_through_apt_with_what_its_driver_needs(monkeypatch, commands):
    machine(monkeypatch, programs=["apt-get"], root=True)
    monkeypatch.setattr(bootstrap, "loads", lambda _library: False)

    bootstrap.browser()

    assert commands[-1].endswith("chromium libatomic1")


def test_browser_without_rights_says_what_to_install(monkeypatch, commands):
    machine(monkeypatch)
    monkeypatch.setattr(bootstrap, "loads", lambda _library: True)

    with pytest.raises(bootstrap.NotPossible, match="sudo apt install chromium"):
        bootstrap.browser()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"programs": ["apt-get"], "root": True}, ["apt-get"]),
        ({"programs": ["apt-get", "sudo"], "sudo": True}, ["/usr/bin/sudo", "-n", "apt-get"]),
        ({"programs": ["apt-get", "sudo"]}, None),
        ({"programs": ["apt-get"]}, None),
        ({"programs": [], "root": True}, None),
    ],
)
def test_privileged_only_as_root_or_with_sudo_that_asks_nothing(monkeypatch, given, expected):
    machine(monkeypatch, **given)

    assert bootstrap.privileged("apt-get") == expected


def test_run_shows_the_output_of_what_failed():
    with pytest.raises(bootstrap.NotPossible, match=r"(?s)broken.*failed with 3"):
        bootstrap.run(["sh", "-c", "echo broken; exit 3"], quiet=True)


def test_loads_tells_a_library_that_is_there_from_one_that_is_not():
    assert bootstrap.loads("libc.so.6")
    assert not bootstrap.loads("libnothing.so.0")


def test_bootstrap_refuses_a_purpose_it_does_not_know():
    done = subprocess.run(
        ["python3", str(bootstrap.ROOT / "govportal" / "bootstrap.py")], capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "run, test or browser" in done.stderr
