"""Two imports at once do not interleave, and one that is killed half-way leaves nothing behind."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from apps.audit.actions import verify
from apps.catalog import importing
from apps.catalog.feeds import read_feed
from apps.catalog.importing import Imported, import_feed
from apps.catalog.models import CatalogState, Change, Fact, Listing, Model, Offer, Snapshot
from tests.factories.catalog import AS_OF, make_source

at_once = pytest.mark.django_db(transaction=True)
MODELS = 40


def feed_text(price: str, models: int = MODELS) -> str:
    def item(number: int) -> dict[str, Any]:
        return {
            "id": f"acme/model-{number}",
            "name": f"Acme: Model {number}",
            "context_length": 1000,
            "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
            "pricing": {"prompt": price, "completion": price},
        }

    return json.dumps({"data": [item(number) for number in range(models)]})


def take(price: str, days: int, **options: Any) -> Imported:
    feed = read_feed("openrouter", feed_text(price))
    return import_feed(by=None, feed=feed, as_of=AS_OF + timedelta(days=days), **options)


def in_threads(*steps: Any) -> list[Any]:
    """Each in a thread with a connection of its own; gives what each returned, or raises."""

    def run(step: Any) -> Any:
        try:
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        jobs = [pool.submit(run, step) for step in steps]
    return [job.result() for job in jobs]


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an import has a half-way."""
    monkeypatch.setattr(importing, "BATCH", MODELS // 4)


@at_once
@pytest.mark.usefixtures("small_steps")
def test_a_second_import_waits_until_the_first_is_in() -> None:
    make_source(key="openrouter")
    half_way, second_done = Event(), Event()
    seen: list[bool] = []

    def progress(done: int, total: int) -> None:
        if not half_way.is_set():
            half_way.set()
            seen.append(second_done.wait(0.5))

    def second() -> Imported:
        half_way.wait()
        try:
            return take("0.000002", days=1)
        finally:
            second_done.set()

    first_result, second_result = in_threads(lambda: take("0.000001", days=0, progress=progress), second)

    assert seen == [False]
    assert first_result.summary()["models added"] == MODELS
    assert second_result.summary()["models added"] == 0
    assert second_result.summary()["values changed"] == 2 * MODELS


@at_once
@pytest.mark.usefixtures("small_steps")
def test_readers_see_nothing_of_an_import_that_is_half_way() -> None:
    make_source(key="openrouter")
    half_way, looked = Event(), Event()

    def progress(done: int, total: int) -> None:
        half_way.set()
        looked.wait(5)

    def look() -> int:
        half_way.wait()
        try:
            return Model.objects.count()
        finally:
            looked.set()

    _, models = in_threads(lambda: take("0.000001", days=0, progress=progress), look)

    assert models == 0
    assert Model.objects.count() == MODELS


@at_once
def test_two_imports_started_together_end_as_if_one_came_after_the_other() -> None:
    make_source(key="openrouter")
    together = Barrier(2)

    def start(price: str, days: int) -> Imported:
        together.wait()
        return take(price, days)

    in_threads(lambda: start("0.000001", 0), lambda: start("0.000002", 1))

    prices = Fact.objects.filter(field="input_price")
    assert set(Offer.objects.values_list("input_price", flat=True)) == {Decimal(2)}
    assert prices.current().count() == MODELS
    assert prices.exclude(superseded_on=None).count() in (0, MODELS)  # the older feed came first, or came too late
    assert Model.objects.count() == Listing.objects.count() == MODELS
    assert Snapshot.objects.count() == CatalogState.objects.get().version == 2
    assert Change.objects.filter(kind="added").count() == MODELS
    assert verify().entries == 2


@at_once
def test_the_same_feed_twice_at_once_goes_in_once() -> None:
    make_source(key="openrouter")
    together = Barrier(2)

    def start() -> Imported:
        together.wait()
        return take("0.000001", days=0)

    results = in_threads(start, start)

    assert sorted(result.repeated for result in results) == [False, True]
    assert Snapshot.objects.count() == 1


# Run as a process of its own on a database of its own: one feed goes in, the next is killed at its first step.
KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import date
from pathlib import Path
from django.core.management import call_command
from apps.catalog import importing
from apps.catalog.feeds import read_feed
from apps.catalog.models import Source

importing.BATCH = 10
def take(path, day, progress=None):
    feed = read_feed("openrouter", Path(path).read_text())
    importing.import_feed(by=None, feed=feed, as_of=date(2026, 5, day), progress=progress)

stage, first, second = sys.argv[1:]
if stage == "killed":
    call_command("migrate", verbosity=0)
    Source.objects.create(key="openrouter", title="A list")
    take(first, 1)
    take(second, 2, lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
else:
    take(second, 2)
"""
TABLES = ("model", "offer", "fact", "listing", "snapshot", "change")


def run_stage(stage: str, database: Path, *feeds: Path) -> int:
    own = {"DATABASE_URL": f"sqlite:///{database}", "GOVPORTAL_ENV": "test"}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "govportal.settings"}
    command = [sys.executable, "-c", KILLED, stage, *map(str, feeds)]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False, timeout=120).returncode


def counted(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {name: opened.execute(f"SELECT count(*) FROM catalog_{name}").fetchone()[0] for name in TABLES}
        return found | {"version": opened.execute("SELECT version FROM catalog_catalogstate").fetchone()[0]}


def test_an_import_killed_half_way_leaves_the_catalog_as_it_was(tmp_path: Path) -> None:
    database, first, second = tmp_path / "portal.sqlite3", tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(feed_text("0.000001", models=5))
    second.write_text(feed_text("0.000002", models=30))

    assert run_stage("killed", database, first, second) == -signal.SIGKILL
    half_way = counted(database)
    assert run_stage("again", database, first, second) == 0

    assert half_way["version"] == half_way["snapshot"] == 1
    assert half_way["model"] == half_way["offer"] == half_way["listing"] == half_way["change"] == 5
    after = counted(database)
    assert after["version"] == after["snapshot"] == 2
    assert after["model"] == after["offer"] == after["listing"] == 30
