"""Texts of a questionnaire, in one or several languages with fallback to the first, and what none may hold."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # text can then be read that is not what is stored


@dataclass(frozen=True, slots=True)
class Text:
    fallback: str
    by_language: Mapping[str, str]

    def in_language(self, language: str | None) -> str:
        if language is None:
            return self.fallback
        return self.by_language.get(language) or self.by_language.get(language.split("-")[0]) or self.fallback

    def __str__(self) -> str:
        return self.fallback


NO_TEXT = Text("", {})


def holds_control(text: str, allowed: str) -> bool:
    """Whether there is a control character or half a character in it, other than those allowed."""
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text)


def turning(text: str) -> str:
    """What to say of a character that turns the direction of writing; nothing when there is none."""
    found = TURNING.search(text)
    if found is None:
        return ""
    told = f"U+{ord(found[0]):04X}, which turns the direction of what follows; leave it out."
    return f"{told} Arabic and Hebrew are written without it."
