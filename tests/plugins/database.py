"""`pytest --db=sqlite` (default) or `--db=postgres`: which database the suite runs on.

Loaded by -p, so that DATABASE_URL is set before pytest-django reads the settings.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

from tests.plugins.postgres import Cluster, NoPostgres

os.environ["GOVPORTAL_ENV"] = "test"

is_worker = "PYTEST_XDIST_WORKER" in os.environ
cleanups = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="database to run the tests on")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """A wrapper runs before every plain hook. Workers of xdist inherit the environment of the main process."""
    if not is_worker:
        choose_database(early_config.known_args_namespace.db)
    return (yield)


def choose_database(name: str) -> None:
    if name == "sqlite":
        folder = tempfile.mkdtemp(prefix="govportal-tests-")
        cleanups.append(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/portal.sqlite3"
    elif not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        start_cluster()


def start_cluster() -> None:
    try:
        cluster = Cluster()
    except NoPostgres as missing:
        raise pytest.UsageError(str(missing)) from missing
    cleanups.append(cluster.stop)
    try:
        cluster.start()
    except Exception:
        cluster.stop()
        raise
    os.environ["DATABASE_URL"] = cluster.url


def pytest_report_header() -> str:
    return f"database: {os.environ['DATABASE_URL']}"


def pytest_unconfigure() -> None:
    while cleanups:
        cleanups.pop()()
