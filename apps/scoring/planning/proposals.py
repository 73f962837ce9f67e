"""The sets of gaps that are not known to be too little, as an integer program; and the cheapest of them."""

from collections.abc import Collection
from fractions import Fraction
from typing import cast

from apps.scoring.planning.chooser import Chooser, Terms
from apps.scoring.planning.limits import Limit
from apps.scoring.planning.parts import ZERO, Option, Part, Pick
from apps.scoring.planning.pieces import Cut, Rounded, Together
from apps.scoring.planning.quotients import Quotients
from apps.scoring.planning.totals import Picked, Total
from apps.scoring.planning.ways import Row


class Proposals:
    """By effort, then the fewest. `keys` are question keys of gaps."""

    def __init__(self, parts: list[Part], keys: list[str], efforts: list[int]) -> None:
        self.chooser = Chooser()
        costs = [effort * (len(keys) + 1) + 1 for effort in efforts]
        self.closing = {key: self.chooser.yes_or_no(cost) for key, cost in zip(keys, costs, strict=True)}
        self.picks: dict[Pick, int] = {}
        for part in parts:
            self._one_option_of(part)
        self.quotients = Quotients(self.chooser, parts, self.picks)

    def _one_option_of(self, part: Part) -> None:
        """A gap is closed when an option that closes it is picked, or one in which it is free, and it beside."""
        if not part.options:
            return
        ways: dict[str, Terms] = {key: {self.closing[key]: -1.0} for key in part.gaps}
        for option in part.options:
            picked = self.picks[option, None] = self.chooser.yes_or_no()
            for gap in option.closed:
                ways[gap][picked] = 1.0
            for gap in option.free:
                beside = self.picks[option, gap] = self.chooser.yes_or_no()
                self.chooser.at_least({picked: 1.0, beside: -1.0}, 0.0)
                ways[gap][beside] = 1.0
        self.chooser.exactly({self.picks[option, None]: 1.0 for option in part.options}, 1.0)
        for terms in ways.values():
            self.chooser.exactly(terms, 0.0)

    def cheapest(self) -> frozenset[str] | None:
        """Question keys; None when nothing is left. Raises TooMuchToTry."""
        chosen = self.chooser.cheapest()
        return None if chosen is None else frozenset(key for key, column in self.closing.items() if column in chosen)

    def exclude(self, close: Collection[str]) -> None:
        self.chooser.at_least(*self._differs(close, self.closing.keys() - close))

    def keep_to(self, limit: Limit) -> None:
        """At least one of its ways has to be taken."""
        ways, bound = self._differs(limit.opened, limit.closed)
        for way in limit.ways:
            taken = self.chooser.yes_or_no()
            ways[taken] = 1.0
            for row in way:
                self._reach(row, taken)
        self.chooser.at_least(ways, bound)

    def _reach(self, row: Row, taken: int) -> None:
        """Without the way taken it asks for the least that there can be."""
        for part in row.total.parts:
            if (part.options[0], None) not in self.picks:
                self._put_in(part)
        terms = self._terms(row.total)
        for share, weight in row.shares:
            terms[self.quotients.quantity(share, upper=weight > 0)] = float(weight)
        terms[taken] = float(row.least - max(row.needed, row.least))
        self.chooser.at_least(terms, float(row.least - row.total.start))

    def _terms(self, total: Total) -> Terms:
        return {self.picks[pick]: float(gain) for pick, gain in total.gains.items()}

    def _put_in(self, pieces: Picked) -> None:
        """Which option is there follows from what is closed, so that it need not be chosen."""
        if isinstance(pieces, Rounded):
            return self._round(pieces)
        self.picks |= {(option, None): self.chooser.quantity() for option in pieces.options}
        if isinstance(pieces, Cut):
            return self._lies_between(pieces)
        for total, options in cast("Together", pieces).margins:
            self._balance(total, options)
        return None

    def _lies_between(self, cut: Cut) -> None:
        """A piece is there when the bound before it is reached and the one after it is not."""
        reached = [self._is_reached(total, above) for total, (_, above) in zip(cut.totals, cut.bounds, strict=True)]
        for number, option in enumerate(cut.options):
            terms = {self.picks[option, None]: -1.0}
            if number:
                terms[reached[number - 1]] = 1.0
            if number < len(reached):
                terms[reached[number]] = -1.0
            self.chooser.exactly(terms, 0.0 if number else -1.0)

    def _is_reached(self, total: Total, above: bool) -> int:
        column = self.chooser.yes_or_no()
        least, most = total.least, total.most
        needed = total.next_above(ZERO) if above else total.next_from(ZERO)
        terms = self._terms(total)
        self.chooser.at_least({**terms, column: float(least - needed)}, float(least - total.start))
        terms = {number: -weight for number, weight in terms.items()}
        below = needed - total.step
        self.chooser.at_least({**terms, column: float(most - below)}, float(total.start - below))
        return column

    def _round(self, rounded: Rounded) -> None:
        """What rounding takes away or adds is less than a step."""
        pick = rounded.options[0], None
        self.picks[pick] = self.chooser.whole(rounded.times)
        total = rounded.total
        left = Total(total.parts, total.start - rounded.fewest, {**total.gains, pick: Fraction(-1)})
        lowest, highest = (
            (left.next_above(Fraction(-1)), ZERO) if rounded.up else (ZERO, left.next_from(Fraction(1)) - left.step)
        )
        terms = self._terms(left)
        self.chooser.at_least(terms, float(lowest - left.start))
        self.chooser.at_least({number: -weight for number, weight in terms.items()}, float(left.start - highest))

    def _balance(self, total: Total, options: Collection[Option]) -> None:
        """The total is 1 where one of the options is there, else 0."""
        terms = self._terms(total)
        terms |= {self.picks[option, None]: -1.0 for option in options}
        self.chooser.exactly(terms, -float(total.start))

    def _differs(self, opened: Collection[str], closed: Collection[str]) -> tuple[Terms, float]:
        """At least one of `opened` is open or one of `closed` is closed."""
        terms = {self.closing[key]: -1.0 for key in opened} | {self.closing[key]: 1.0 for key in closed}
        return terms, 1.0 - len(opened)
