"""The catalog at 5,000 models: pages against the smallest page, and how fast and large an import is."""

import json
import os
import resource
import time
from datetime import date, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govportal.settings")
os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", "sqlite://:memory:")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from apps.catalog.importing import import_feed, read_feed  # noqa: E402
from apps.catalog.models import Snapshot, Source  # noqa: E402
from tests.bench.timing import medians, show  # noqa: E402

MODELS = int(os.environ.get("BENCH_MODELS", "5000"))
SNAPSHOTS = int(os.environ.get("BENCH_SNAPSHOTS", "3"))
FIRST = date(2026, 5, 1)
PARAMETERS = ["max_tokens", "temperature", "tools", "tool_choice", "structured_outputs", "seed", "stop", "top_p"]


def record(number: int, snapshot: int) -> dict[str, Any]:
    price = f"0.{1 + number % 90 + (snapshot if number % 50 == 0 else 0):08d}"
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


def take(snapshot: int) -> None:
    text = json.dumps({"data": [record(number, snapshot) for number in range(MODELS)]})
    start = time.perf_counter()
    result = import_feed(by=None, feed=read_feed("openrouter", text), as_of=FIRST + timedelta(days=snapshot))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    changed = result.summary()["values changed"]
    print(f"  import {snapshot + 1}: {MODELS / seconds:8.0f} models/s, {changed} values changed, peak memory {peak} MB")


def pages() -> None:
    client = Client()
    addresses = {
        "smallest page (sign-in)": "/account/sign-in/",
        "list": "/catalog/",
        "list, two words, two facets": "/catalog/?q=large+maker-7&capability=tools&modality=reads-image",
        "list, results only": "/catalog/?sort=cheapest",
        "profile": "/catalog/models/maker-7/model-7/",
        "compare four": "/catalog/compare/?" + "&".join(f"model=maker-{n}/model-{n}" for n in range(4)),
        "changes": "/catalog/changes/",
    }
    tasks = {name: lambda address=address: client.get(address) for name, address in addresses.items()}
    show(
        f"Pages at {MODELS} models, {Snapshot.objects.count()} snapshots", medians(tasks, 20), "smallest page (sign-in)"
    )


def main() -> None:
    call_command("migrate", verbosity=0)
    Source.objects.create(key="openrouter", title="Model list", rank=20)
    print(f"\nImport of {MODELS} models")
    for snapshot in range(SNAPSHOTS):
        take(snapshot)
    pages()


if __name__ == "__main__":
    main()
