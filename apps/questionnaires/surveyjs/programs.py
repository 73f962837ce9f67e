"""What a survey does by itself: its triggers show and hide elements, and it fills in values."""

from collections.abc import Iterator, Mapping
from typing import Any

OWN_VALUE = ("defaultValue", "defaultValueExpression", "setValueExpression")  # settings that answer their question


def shown_by_triggers(data: Mapping[str, Any]) -> frozenset[str]:
    """Names of what the survey's triggers show and hide."""
    found = [trigger.get(key) for trigger in _objects(data, "triggers") for key in ("questions", "pages")]
    return frozenset(name for names in found if isinstance(names, list) for name in names if isinstance(name, str))


def filled_in(data: Mapping[str, Any]) -> frozenset[str]:
    """Names, in lower case, that triggers and calculated values give a value; of `matrix.row` the matrix."""
    names = [trigger.get("setToName") for trigger in _objects(data, "triggers")]
    names += [value.get("name") for value in _objects(data, "calculatedValues")]
    whole = {name.partition(".")[0].partition("[")[0] for name in names if isinstance(name, str)}
    return frozenset(name.strip().lower() for name in whole)


def fills_in_itself(element: Mapping[str, Any]) -> bool:
    return any(element.get(key) not in (None, "", [], {}) for key in OWN_VALUE)


def _objects(data: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    listed = data.get(key)
    yield from (item for item in listed if isinstance(item, dict)) if isinstance(listed, list) else ()
