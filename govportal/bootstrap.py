"""From a clone to an environment that runs: `python3 govportal/bootstrap.py run|test|browser`.

Standard library only, and no import of the portal: at this point there is nothing else. System packages come
through apt where it is there and allowed (root, or sudo without a password); otherwise one line says what to install.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "uv.lock"
EXTRAS = {"run": [], "test": ["test", "check"]}
UV = "uv>=0.8,<1"

# What WeasyPrint loads, and the Debian package that brings it. Pango brings a font with it.
PDF_LIBRARIES = {
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


class NotPossible(Exception):
    """The argument says what to install by hand."""


def main(purpose: str) -> None:
    if purpose == "browser":
        browser()
        return
    packages(purpose)
    pdf_libraries()


def packages(purpose: str) -> None:
    """Install what the lock file names. A stamp makes the next start quick."""
    stamp, wanted = VENV / f"installed-{purpose}", LOCK.read_bytes()
    if stamp.exists() and stamp.read_bytes() == wanted:
        return
    say("Installing the Python packages of uv.lock into .venv")
    environment()
    arguments = [argument for extra in EXTRAS[purpose] for argument in ("--extra", extra)]
    # Not exact: `make run` after `make test` must not take the test tools away again.
    run([*uv(), "sync", "--frozen", "--inexact", "--quiet", *arguments], UV_PROJECT_ENVIRONMENT=str(VENV))
    stamp.write_bytes(wanted)


def environment() -> None:
    """.venv with a Python in it. Debian keeps the part that puts pip inside in a package of its own."""
    programs = VENV / "bin"
    # A venv made without ensurepip has a Python but no pip: that one is of no use.
    if (programs / "python").exists() and (shutil.which("uv") or (programs / "pip").exists()):
        return
    if shutil.which("uv"):
        run(["uv", "venv", "--quiet", "--python", sys.executable, str(VENV)])
        return
    if importlib.util.find_spec("ensurepip") is None:
        apt(["python3-venv"], "python3-venv, to make the Python environment")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def uv() -> list[str]:
    if found := shutil.which("uv"):
        return [found]
    own = VENV / "bin" / "uv"
    if not own.exists():
        run([str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    return [str(own)]


def pdf_libraries() -> None:
    missing = [package for library, package in PDF_LIBRARIES.items() if not loads(library)]
    if not missing:
        return
    try:
        apt(missing, f"{' and '.join(missing)}, to make PDF reports")
    except NotPossible as reason:
        say(f"{reason} Everything else works without.")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def browser() -> None:
    """A Chromium, and what Playwright's driver loads. Raises NotPossible; the browser tests are then left out."""
    missing = [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]
    missing += [] if loads("libatomic.so.1") else ["libatomic1"]
    if missing:
        apt(missing, f"{' and '.join(missing)}, for the browser tests")


def apt(names: list[str], what: str) -> None:
    """Raises NotPossible with what to install, if it cannot or may not."""
    command = privileged("apt-get")
    if command is None:
        raise NotPossible(f"Please install {what}: sudo apt install {' '.join(names)}")
    say(f"Installing {what}, with apt")
    install = [*command, "install", "--yes", "--quiet", "--no-install-recommends", *names]
    try:
        run([*command, "update", "--quiet"], quiet=True, DEBIAN_FRONTEND="noninteractive")
        run(install, quiet=True, DEBIAN_FRONTEND="noninteractive")
    except NotPossible as failure:
        raise NotPossible(f"{failure}\nPlease install {what}: sudo apt install {' '.join(names)}") from failure


def privileged(program: str) -> list[str] | None:
    if not shutil.which(program):
        return None
    if os.geteuid() == 0:
        return [program]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", program]
    return None


def run(command: list[str], *, quiet: bool = False, **extra: str) -> None:
    """Output is shown only when the command fails, if `quiet`."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | extra,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotPossible(f"{done.stdout or ''}{' '.join(command)} failed with {done.returncode}.")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is started by whatever python3 is
        sys.exit("govportal needs Python 3.11, 3.12 or 3.13.")
    if sys.argv[1:] not in (["run"], ["test"], ["browser"]):
        sys.exit("Say what for: run, test or browser.")
    try:
        main(sys.argv[1])
    except NotPossible as reason:
        sys.exit(str(reason))
