"""An answer sheet as SurveyJS keeps it, under the keys that the import gave (`import-surveyjs --names`)."""

from collections.abc import Iterable, Iterator, Mapping
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
    if not isinstance(also, list) or not all(map(_is_entry, also)) or not _is_pair(entry.get("other", ["", ""])):
        return False
    return isinstance(choices, dict) and all(isinstance(key, str) for key in choices.values())


def _is_pair(other: object) -> bool:
    return isinstance(other, list) and len(other) == 2 and all(isinstance(key, str) for key in other)


def under_our_keys(sheet: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What has no counterpart keeps its name and value, so that the outcome lists it among what is ignored."""
    flat = _flat(_flat(_answers(sheet, names).items(), names), names)
    return dict(carried for name, value in flat for carried in _carried(name, value, names))


def _answers(sheet: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    """Tools around SurveyJS save the answers as `data`, among a version, a page number and the like."""
    inner = sheet.get("data")
    is_question = any(name.partition(".")[0] == "data" for name in names)
    return inner if isinstance(inner, dict) and not is_question else sheet


def _flat(answers: Iterable[tuple[str, Any]], names: Names) -> Iterator[tuple[str, Any]]:
    """A matrix is an object, row by row, and a row may be one, column by column; each is a question here."""
    for name, value in answers:
        if isinstance(value, dict) and name not in names:
            yield from ((f"{name}.{row}", answer) for row, answer in value.items())
        else:
            yield name, value


def _carried(name: str, value: Any, names: Names) -> list[tuple[str, Any]]:
    """Several questions of one name have one answer there; here each gets it that has such choices."""
    if name not in names:
        return [(name, value)]
    entries: list[Names] = [names[name], *names[name].get("also", [])]
    fitting = [entry for entry in entries if _fits(entry, value)]
    return [carried for entry in fitting or entries[:1] for carried in _under(entry, value)]


def _fits(entry: Mapping[str, Any], value: Any) -> bool:
    choices = entry.get("choices")
    return choices is None or all(_choice(one, choices) in choices.values() for one in _several(value))


def _under(entry: Mapping[str, Any], value: Any) -> list[tuple[str, Any]]:
    """What was typed under “other” may stand in place of a choice."""
    choices = entry.get("choices")
    if choices is None:
        return [(entry["key"], value)]
    typed = [one for one in _several(value) if isinstance(one, str) and one not in choices and "other" in entry][:1]
    keys = [entry["other"][0] if one in typed else _choice(one, choices) for one in _several(value)]
    answer = entry["key"], keys if isinstance(value, list) else keys[0]
    return [answer, *((entry["other"][1], one) for one in typed)]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _choice(value: Any, choices: Mapping[str, str]) -> Any:
    if not isinstance(value, str | int):
        return value
    plain = value if isinstance(value, str) else text_of(value if isinstance(value, bool) else Decimal(value))
    return choices.get(plain, value)
