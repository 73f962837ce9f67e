"""What something looks at in pieces: a number of which only matters where it lies, and what is looked at together."""

from dataclasses import dataclass
from fractions import Fraction

from apps.scoring.planning.parts import Coordinate, Option
from apps.scoring.planning.totals import Total

Bound = tuple[Fraction, bool]  # reached from the number on, or (True) above it


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A number, cut at bounds. An option is the piece between two of them; the number is in just one.

    A bound is reached when its total is at least 0, or above 0."""

    name: str  # "points(x)", "maximum(x)" or "share(x)"; both ends are the same
    bounds: tuple[Bound, ...]
    totals: tuple[Total, ...]
    options: tuple[Option, ...]

    def piece_of(self, value: Fraction) -> int:
        return sum(is_reached(bound, value) for bound in self.bounds)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Questions and cut numbers that are looked at together. An option is one combination of what they can be; just one
    is there.

    What it combines is there (the total is 1) just when one of these options is."""

    combinations: tuple[tuple[Coordinate, ...], ...]
    options: tuple[Option, ...]
    margins: tuple[tuple[Total, tuple[Option, ...]], ...]


def is_reached(bound: Bound, value: Fraction) -> bool:
    number, above = bound
    return value > number if above else value >= number


def no_moves(count: int) -> tuple[Option, ...]:
    return tuple(Option(frozenset(), {}, {}) for _ in range(count))
