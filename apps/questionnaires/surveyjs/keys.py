"""Names of a survey to permanent snake_case keys: the same survey always gives the same keys."""

import re
import unicodedata

from apps.scoring.parsing.reader import RESERVED

MAX_KEY = 60
MAX_READ = 1_000  # characters of a name; a key has far fewer, and marks in long rows take long to normalise
# Words that some YAML reader takes for true, false or nothing: never bare as a key.
WORDS = frozenset({"true", "false", "null"})


def snake_case(name: str, start: str) -> str:
    """`start` stands before a name that does not begin with a letter."""
    plain = unicodedata.normalize("NFKD", name[:MAX_READ]).encode("ascii", "ignore").decode()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    key = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")
    if not key:
        return start
    return (key if key[0].isalpha() else f"{start}_{key}")[:MAX_KEY].rstrip("_")


class Keys:
    """Hands out keys that are used once; later names that come out the same get a number."""

    def __init__(self, start: str, *, reserved: frozenset[str] = frozenset()) -> None:
        self.start, self.reserved = start, reserved
        self.used: set[str] = set()
        self.next: dict[str, int] = {}

    def take(self, name: str) -> str:
        base = snake_case(name, self.start)
        if base in self.reserved:
            base = f"{base[: MAX_KEY - 2]}_q"
        key = base
        while key in self.used:
            number = self.next[base] = self.next.get(base, 1) + 1
            key = f"{base[: MAX_KEY - 1 - len(str(number))]}_{number}"
        self.used.add(key)
        return key


def question_keys() -> Keys:
    return Keys("q", reserved=RESERVED | WORDS)


def choice_keys() -> Keys:
    return Keys("c", reserved=WORDS)


def section_keys() -> Keys:
    return Keys("page", reserved=RESERVED | WORDS)
