"""What is wrong with a definition: every problem at once, each with its path and a plain sentence."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.scoring.language.expressions import closest

MAX_PROBLEMS = 500
MAX_HINTS = 50


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidDefinition(ValueError):
    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Problems:
    """Collects. A hostile file may hold more mistakes than anyone reads, so it stops counting at some point."""

    def __init__(self) -> None:
        self.found: dict[Problem, None] = {}

    def add(self, path: str, message: str) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found[Problem(path, message)] = None

    def hint(self, word: str, options: Collection[str]) -> list[str]:
        """What may have been meant, while there are not too many problems to look for it."""
        return closest(word, options) if len(self.found) < MAX_HINTS else []
