"""The catalog at 5,000 models and 100 snapshots: how fast and large imports are, and pages beside plain Django."""

import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", "sqlite://:memory:")
django.setup()

from django.core.management import call_command  # noqa: E402

from apps.catalog.feeds import read_feed  # noqa: E402
from apps.catalog.importing import import_feed  # noqa: E402
from apps.catalog.index import FACETS, Found, Selection, build_index  # noqa: E402
from apps.catalog.models import Change, Fact, Model, Snapshot, Source  # noqa: E402
from tests.bench.bench_wizard import Site, statements  # noqa: E402
from tests.bench.floor import plain_django  # noqa: E402
from tests.bench.timing import medians, show  # noqa: E402
from tests.factories.accounts import make_member, make_team  # noqa: E402

MODELS = int(os.environ.get("BENCH_MODELS", "5000"))
SNAPSHOTS = int(os.environ.get("BENCH_SNAPSHOTS", "100"))
FIRST = date(2026, 5, 1)
PARAMETERS = ["max_tokens", "temperature", "tools", "tool_choice", "structured_outputs", "seed", "stop", "top_p"]
# Of the models, from one snapshot to the next: one in 70 has another price, two go and two come.
REPRICED, MOVING = 70, 2
FLOOR = "plain Django, 50 rows"


def record(number: int, snapshot: int) -> dict[str, Any]:
    price = f"0.{1 + number % 90 + (snapshot + number % REPRICED) // REPRICED:08d}"
    return {
        "id": f"maker-{number % 60}/model-{number}",
        "name": f"Maker {number % 60}: Model {number} {'Large' if number % 3 else 'Mini'}",
        "created": 1_700_000_000 + number * 3600,
        "context_length": 1000 * (1 + number % 1200),
        "architecture": {
            "input_modalities": ["text", "image"] if number % 2 else ["text"],
            "output_modalities": ["text"],
        },
        "pricing": {"prompt": price, "completion": price},
        "supported_parameters": PARAMETERS[: 1 + number % len(PARAMETERS)],
    }


def take(day: int, snapshot: int) -> float:
    """Seconds of CPU for one import; `snapshot` is the state of the feed, `day` when it was fetched."""
    first = snapshot * MOVING
    text = json.dumps({"data": [record(number, snapshot) for number in range(first, first + MODELS)]})
    start = time.process_time()
    as_of = FIRST + timedelta(days=day)
    import_feed(by=None, feed=read_feed("openrouter", text, as_of), as_of=as_of)
    return time.process_time() - start


def imports() -> None:
    print(f"\nImport of {MODELS} models, {SNAPSHOTS} times")
    start = time.perf_counter()
    found = {"fresh": take(0, 0), "the same a day later": take(1, 0)}
    fresh_peak = peak()
    changed = [take(number, number - 1) for number in range(2, SNAPSHOTS)]
    if changed:
        found["with changes (median)"] = statistics.median(changed)
    for name, seconds in found.items():
        print(f"  {name:<48}{MODELS / seconds:9,.0f} models a second of CPU, {seconds:.2f} s")
    print(f"  peak memory {fresh_peak} MB after two, {peak()} MB after all {SNAPSHOTS}", end="; ")
    counts = ", ".join(f"{kind.objects.count():,} {kind._meta.verbose_name}s" for kind in (Model, Fact, Change))
    print(f"{counts}; all in {time.perf_counter() - start:.0f} s")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def pages() -> None:
    site = Site(make_member(team=make_team()))
    with plain_django:
        plain = Site(make_member(team=make_team()))
    four = "&".join(f"model=maker-{n % 60}/model-{n}" for n in range(1000, 1004))
    addresses = {
        "list, 25 rows and all facets": "/catalog/",
        "list, two words and two facets": "/catalog/?q=large+maker-7&capability=tools&modality=reads-image",
        "list, cheapest first, page 20": "/catalog/?sort=cheapest&page=20",
        "profile": "/catalog/models/maker-40/model-1000/",
        "compare four": f"/catalog/compare/?{four}",
        "what has changed": "/catalog/changes/",
        "history of a model": "/catalog/history/maker-40/model-1000/",
    }
    tasks: dict[str, Callable[[], object]] = {FLOOR: lambda: fetch(plain, "/models/")}
    tasks |= {name: lambda address=address: fetch(site, address) for name, address in addresses.items()}
    title = f"Pages at {MODELS} models and {Snapshot.objects.count()} snapshots, signed in"
    show(title, medians(tasks), FLOOR)
    print("  SQL statements: " + "; ".join(f"{name} {statements(task)}" for name, task in tasks.items()))
    all_of_it = lambda: fetch(site, "/catalog/export.csv")  # noqa: E731
    show("Everything as CSV", medians({FLOOR: tasks[FLOOR], "export": all_of_it}, rounds=5), FLOOR)


def fetch(site: Site, address: str) -> bytes:
    """The whole WSGI application, as a server calls it."""
    path, _, query = address.partition("?")
    status, _, page = site.request(path, QUERY_STRING=query)
    if status != 200:
        raise SystemExit(f"{address} answered {status}")
    return page


def counts(found: Found) -> list[object]:
    return [found.keys(), *(found.options(facet) for facet in FACETS)]


def index() -> None:
    """Built anew only when the catalog changes, once for each process."""
    built = build_index(with_unlisted=False, today=FIRST)
    selection = Selection(("large", "maker-7"), {"capability": ("tools",), "modality": ("reads-image",)})
    work = {
        "search": lambda: built.find(selection).keys(),
        "search and the counts of all facets": lambda: counts(built.find(selection)),
        "building it": lambda: build_index(with_unlisted=False, today=FIRST),
    }
    show(f"The index of {len(built.rows)} models, two words and two facets", medians(work, rounds=5), "search")


def main() -> None:
    call_command("migrate", verbosity=0)
    Source.objects.create(key="openrouter", title="Model list", rank=20)
    imports()
    index()
    pages()


if __name__ == "__main__":
    main()
