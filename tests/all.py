"""`make test`: every suite, then one table of totals. Exit status 1 if anything failed, was missing or uncovered."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "var" / "test-results"
PYTEST = [sys.executable, "-m", "pytest", "--quiet", "--no-header"]
PARALLEL = ["-n", "2", "--dist", "loadfile"]
# Rules, policies and workflows: every branch is tested.
FULLY_COVERED = "apps/scoring/*,apps/questionnaires/replay/*,apps/*/policies.py,apps/*/transitions.py"


class Result(NamedTuple):
    name: str
    failed: bool
    said: str


def main() -> int:
    shutil.rmtree(RESULTS, ignore_errors=True)
    results = [
        suite("SQLite", [*PARALLEL, "--db=sqlite", "--cov", "--cov-report="]),
        coverage(),
        suite("PostgreSQL", [*PARALLEL, "--db=postgres"]),
        browser(),
    ]
    for result in results:
        verdict = "" if result.said.startswith("LEFT OUT") else "FAILED  " if result.failed else "passed  "
        sys.stdout.write(f"{result.name:<12}{verdict}{result.said}\n")
    return int(any(result.failed for result in results))


def suite(name: str, arguments: list[str]) -> Result:
    sys.stdout.write(f"== {name}\n")
    sys.stdout.flush()
    report = RESULTS / f"{name.lower()}.xml"
    done = subprocess.run([*PYTEST, f"--junit-xml={report}", *arguments], cwd=ROOT, check=False)
    return Result(name, done.returncode != 0, totals(report))


def totals(report: Path) -> str:
    """Empty if pytest ended before it could write its report."""
    if not report.exists():
        return "no report"
    counts = next(ElementTree.parse(report).iter("testsuite")).attrib
    broken = int(counts["failures"]) + int(counts["errors"])
    return f"{counts['tests']} tests, {broken} failed, {counts['skipped']} skipped, {float(counts['time']):.0f} s"


def coverage() -> Result:
    sys.stdout.write(f"== Coverage of {FULLY_COVERED}\n")
    sys.stdout.flush()
    report = [sys.executable, "-m", "coverage", "report", f"--include={FULLY_COVERED}", "--fail-under=100"]
    done = subprocess.run(report, cwd=ROOT, check=False)
    return Result("Coverage", done.returncode != 0, "every branch of scoring, replay, policies and transitions")


def browser() -> Result:
    """Left out, and said so, where there is no browser and none can be installed."""
    ready = subprocess.run(
        [sys.executable, ROOT / "govportal" / "bootstrap.py", "browser"], stderr=subprocess.PIPE, text=True, check=False
    )
    if ready.returncode:
        return Result("Browser", failed=False, said=f"LEFT OUT. {ready.stderr.strip()}")
    return suite("Browser", ["--db=sqlite", "tests/browser"])


if __name__ == "__main__":
    sys.exit(main())
