"""Ratios, not milliseconds: what is compared takes turns in one process, and the medians of CPU time are divided."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 60


def medians(tasks: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """CPU milliseconds by name; tasks are interleaved so that a busy machine hits all of them alike."""
    for task in tasks.values():
        task()
    gc.collect()
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.process_time_ns()
            task()
            times[name].append((time.process_time_ns() - start) / 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def show(title: str, found: Mapping[str, float], against: str, target: str = "") -> None:
    print(f"\n{title}{f' (target: {target})' if target else ''}")
    for name, value in found.items():
        print(f"  {name:<48}{value:9.3f} ms CPU   {value / found[against]:8.2f} x {against}")
