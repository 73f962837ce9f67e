"""An answer sheet as SurveyJS keeps it, under the keys that the import gave (`import-surveyjs --names`)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apps.questionnaires.surveyjs.operators import text_of

Names = Mapping[str, Any]


def are_names(names: Names) -> bool:
    return all(_is_entry(entry) for entry in names.values())


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
        return False
    choices, also = entry.get("choices", {}), entry.get("also", [])
    if not isinstance(also, list) or not all(map(_is_entry, also)):
        return False
    return isinstance(choices, dict) and all(isinstance(key, str) for key in choices.values())


def under_our_keys(sheet: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What has no counterpart keeps its name and value, so that the outcome lists it among what is ignored."""
    flat = _flat(_answers(sheet, names), names)
    return dict(carried for name, value in flat for carried in _carried(name, value, names))


def _answers(sheet: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    """Tools around SurveyJS save the answers as `data`, among a version, a page number and the like."""
    inner = sheet.get("data")
    is_question = any(name.partition(".")[0] == "data" for name in names)
    return inner if isinstance(inner, dict) and not is_question else sheet


def _flat(sheet: Mapping[str, Any], names: Names) -> Iterator[tuple[str, Any]]:
    """A matrix is an object, row by row; its rows are questions here."""
    for name, value in sheet.items():
        if isinstance(value, dict) and name not in names:
            yield from ((f"{name}.{row}", answer) for row, answer in value.items())
        else:
            yield name, value


def _carried(name: str, value: Any, names: Names) -> list[tuple[str, Any]]:
    """Several questions of one name have one answer there; here each gets it."""
    if name not in names:
        return [(name, value)]
    return [_under(entry, value) for entry in (names[name], *names[name].get("also", []))]


def _under(entry: Mapping[str, Any], value: Any) -> tuple[str, Any]:
    choices = entry.get("choices")
    if choices is None:
        return entry["key"], value
    several = isinstance(value, list)
    keys = [_choice(one, choices) for one in (value if several else [value])]
    return entry["key"], keys if several else keys[0]


def _choice(value: Any, choices: Mapping[str, str]) -> Any:
    if not isinstance(value, str | int):
        return value
    plain = value if isinstance(value, str) else text_of(value if isinstance(value, bool) else Decimal(value))
    return choices.get(plain, value)
