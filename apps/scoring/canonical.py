"""One way to write a document as bytes, so that a hash says the same on every machine."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby

MAX_NESTING = 60
# Marks that stand for two, and are not sorted as those are.
PAIRS = str.maketrans({"\u0f73": "\u0f71\u0f72", "\u0f75": "\u0f71\u0f74", "\u0f81": "\u0f71\u0f80"})


def nfc(text: str) -> str:
    """What `unicodedata.normalize` gives, which takes minutes where hundreds of thousands of marks stand on one letter:
    they are sorted before, since it sorts by inserting each."""
    if unicodedata.is_normalized("NFC", text):
        return text
    runs = groupby(text.translate(PAIRS), lambda character: unicodedata.combining(character) > 0)
    parts = (sorted(run, key=unicodedata.combining) if are_marks else run for are_marks, run in runs)
    return unicodedata.normalize("NFC", "".join(map("".join, parts)))


def canonical_bytes(value: object) -> bytes:
    """Sorted keys, NFC, UTF-8, no spaces; decimals as strings, dates as ISO. Raises ValueError for anything else."""
    return json.dumps(_plain(value, 0), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def content_hash(value: object) -> str:
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def plain_decimal(number: Decimal) -> str:
    """Plain digits without an exponent or trailing zeros: 1.50 is "1.5", 1E+2 is "100", -0 is "0"."""
    digits = format(number, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits


def _plain(value: object, depth: int) -> object:
    if depth > MAX_NESTING:
        raise ValueError("The document is nested too deeply.")
    if isinstance(value, str):
        return nfc(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        # Where a reader gives 12.5 as float, its shortest form is what the author wrote.
        return _plain(Decimal(repr(value)), depth)
    if isinstance(value, Decimal) and value.is_finite():
        return plain_decimal(value)
    if type(value) is date:
        return value.isoformat()
    return _plain_container(value, depth + 1)


def _plain_container(value: object, depth: int) -> object:
    if isinstance(value, Mapping):
        plain = {_key(key): _plain(item, depth) for key, item in value.items()}
        if len(plain) < len(value):
            raise ValueError("Two keys differ only in how their letters are encoded.")
        return plain
    if isinstance(value, list | tuple):
        return [_plain(item, depth) for item in value]
    raise ValueError(f"A {type(value).__name__} has no canonical form.")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError(f"A key has to be text, not {type(key).__name__}.")
    return nfc(key)
