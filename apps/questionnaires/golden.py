"""Golden cases: answer sheets with the outcome an expert expects, beside each questionnaire."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from apps.questionnaires.documents import read_file
from apps.scoring import Questionnaire, evaluate


@dataclass(frozen=True)
class GoldenCase:
    name: str
    answers: dict[str, Any]
    on: date
    expect: dict[str, Any]


@dataclass(frozen=True)
class Deviation:
    case: str
    part: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"case '{self.case}': {self.part} should be {self.expected!r} but is {self.found!r}"


def cases_beside(path: Path) -> list[GoldenCase]:
    """The golden cases of the questionnaire file `path`."""
    return [
        parse_case(item) for file in sorted((path.parent / "cases").glob("*.yaml")) for item in read_file(file).data
    ]


def parse_case(item: dict[str, Any]) -> GoldenCase:
    return GoldenCase(item["name"], item.get("answers") or {}, date.fromisoformat(item["on"]), item["expect"])


def deviations(questionnaire: Questionnaire, cases: list[GoldenCase]) -> list[Deviation]:
    return [deviation for case in cases for deviation in check_case(questionnaire, case)]


def check_case(questionnaire: Questionnaire, case: GoldenCase) -> list[Deviation]:
    outcome = evaluate(questionnaire, case.answers, on_date=case.on).as_json()
    return [
        Deviation(case.name, part, expected, found)
        for part, expected in case.expect.items()
        if not matches(expected, found := comparable(outcome.get(part), expected))
    ]


def comparable(found: Any, expected: Any) -> Any:
    """Lists of things with keys compare by key, as sets; mappings compare on the keys the case names."""
    if isinstance(found, list):
        return sorted(str(item["key"]) if isinstance(item, dict) else str(item) for item in found)
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: comparable(found.get(key), value) for key, value in expected.items()}
    return found


def matches(expected: Any, found: Any) -> bool:
    if isinstance(expected, list):
        return bool(sorted(map(str, expected)) == found)
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(matches(value, found.get(key)) for key, value in expected.items())
    if isinstance(expected, bool) or expected is None:
        return expected is found
    return str(expected) == str(found)
