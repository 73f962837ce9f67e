"""What SurveyJS's operators say about plain values, its loose comparisons included.

Values: str, bool, Decimal, None (nothing answered), list. This is the meaning that `translate` carries over: for a
question with choices it asks these functions about every choice, instead of translating the operator by its name.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
MAX_DIGITS = 15  # SurveyJS leaves longer strings of digits as text


def as_value(raw: Any) -> Any:
    """A stored value as a condition sees it: texts that look like a number, true or false become one."""
    if isinstance(raw, bool) or raw is None:
        return raw
    if isinstance(raw, int):
        return Decimal(raw)
    if not isinstance(raw, str) or not raw:
        return raw
    if raw.lower() in ("true", "false"):
        return raw.lower() == "true"
    return _number_in(raw)


def as_item(raw: Any) -> Any:
    """A value among several that are ticked: there a text stays a text."""
    return Decimal(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def _number_in(raw: str) -> Any:
    """The number a text is; a leading zero (001) keeps it a text."""
    digits = raw.strip().replace(",", ".", 1)
    if not NUMBER.fullmatch(digits) or (digits.isdigit() and len(digits) > MAX_DIGITS):
        return raw
    if raw[0] == "0" and len(raw) > 1 and raw[1] not in ".,":
        return raw
    return Decimal(digits)


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [])


def number_of(value: Any) -> Decimal | None:
    """What JavaScript makes of a value that is compared with a number."""
    if isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        text = value.strip()
        return Decimal(0) if not text else Decimal(text) if NUMBER.fullmatch(text) else None
    return None


def equal(left: Any, right: Any) -> bool:
    if isinstance(left, list) or isinstance(right, list):
        return _equal_lists(left, right)
    if left is None or right is None:
        return left in (None, "") and right in (None, "")
    if isinstance(left, str) and isinstance(right, str):
        return left.strip().lower() == right.strip().lower()
    if isinstance(left, bool) != isinstance(right, bool) and isinstance(left, str) | isinstance(right, str):
        return _spelled(left) == _spelled(right)
    if is_empty(left) or is_empty(right):
        return False
    return number_of(left) is not None and number_of(left) == number_of(right)


def _spelled(value: Any) -> str:
    return text_of(value).lower()


def _equal_lists(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left in (None, []) and right in (None, [])
    if not isinstance(left, list) or not isinstance(right, list) or len(left) != len(right):
        return False
    return all(map(equal, sorted(left, key=text_of), sorted(right, key=text_of)))


def text_of(value: Any) -> str:
    """JavaScript's toString."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join("" if item is None else text_of(item) for item in value)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def greater(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return left > right
    first, second = number_of(left), number_of(right)
    return first is not None and second is not None and first > second


def contains(left: Any, right: Any) -> bool:
    return _contains(left, right, yes=True)


def not_contains(left: Any, right: Any) -> bool:
    if not left and left != [] and not is_empty(right):  # 0 and false too
        return True
    return _contains(left, right, yes=False)


def _contains(left: Any, right: Any, *, yes: bool) -> bool:
    """A list contains every item of `right`; a single value contains a piece of its text."""
    if left == []:
        return not yes
    if left is None or left == "":
        return False
    if isinstance(left, list):
        wanted = right if isinstance(right, list) else [right]
        return yes is all(any(equal(item, one) for item in left) for one in wanted)
    if right in (None, "", False) or (isinstance(right, Decimal) and not right):
        return False
    return yes is (text_of(right).lower() in text_of(left).lower())


def any_of(left: Any, right: Any) -> bool:
    if is_empty(left):
        return is_empty(right)
    if is_empty(right):
        return True
    if not isinstance(left, list):
        return contains(right, left)
    wanted = right if isinstance(right, list) else [right]
    return any(contains(left, one) for one in wanted)


def all_of(left: Any, right: Any) -> bool:
    if left in (None, "", False) and not is_empty(right):
        return False
    if not isinstance(right, list):
        return contains(left, right)
    return all(contains(left, one) for one in right)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": equal,
    "<>": lambda left, right: not equal(left, right),
    ">": greater,
    "<": lambda left, right: greater(right, left),
    ">=": lambda left, right: equal(left, right) or greater(left, right),
    "<=": lambda left, right: equal(left, right) or greater(right, left),
    "contains": contains,
    "notcontains": not_contains,
    "anyof": any_of,
    "allof": all_of,
    "noneof": lambda left, right: not any_of(left, right),
}
