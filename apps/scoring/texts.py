"""A text in one or several languages, with fallback to the questionnaire's first."""

from collections.abc import Mapping
from dataclasses import dataclass


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
