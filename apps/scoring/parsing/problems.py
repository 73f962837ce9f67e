"""What is wrong with a definition: every problem at once, each with its path and a plain sentence."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.scoring.language.expressions import closest

MAX_PROBLEMS = 500
MAX_HINTS = 20  # each takes some tenths of a second where names are long and alike


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

    def __init__(self, most: int = MAX_PROBLEMS) -> None:
        self.found: dict[Problem, None] = {}
        self.most, self.hints = most, 0

    @property
    def are_enough(self) -> bool:
        return len(self.found) >= self.most

    def add(self, path: str, message: str) -> None:
        if not self.are_enough:
            self.found[Problem(path, message)] = None

    def hint(self, word: str, options: Collection[str]) -> str | None:
        """What may have been meant, while it has not been looked for too often."""
        self.hints += 1
        return closest(word, options) if self.hints <= MAX_HINTS else None
