"""Shares in the integer program, where all else is linear.

A share is a quantity s with s * maximum = points. The maximum is linear in what is picked, so what is needed is the
product of s with each pick: a quantity of its own, which is held to s where it is picked, and to 0 where it is not.

    A part has two options; the second takes 4 off the maximum of 10 and adds 2 to the 3 points. With the products a, b:
        a + b = s,  a <= first,  b <= second    one of the two is picked, so b is s with the second, otherwise 0
        10 s - 4 b <= 3 + 2 second              s is at most 3 / 10 with the first, 5 / 6 with the second
"""

from collections.abc import Mapping, Sequence

from apps.scoring.planning.chooser import Chooser, Terms
from apps.scoring.planning.parts import LOW, Option, Part, Pick
from apps.scoring.planning.totals import Share, Total


class Quotients:
    def __init__(self, chooser: Chooser, parts: Sequence[Part], picks: Mapping[Pick, int]) -> None:
        self.chooser, self.parts, self.picks = chooser, parts, picks
        self.quantities: dict[tuple[Share, bool], int] = {}

    def quantity(self, share: Share, *, upper: bool) -> int:
        """The share, or less when more is better (`upper`), or more when less is better. See `score.share`."""
        if (share, upper) not in self.quantities:
            column = self.quantities[share, upper] = self.chooser.quantity()
            (self._at_most if upper else self._at_least)(share, column)
        return self.quantities[share, upper]

    def _at_most(self, share: Share, column: int) -> None:
        self._compare(share, column, share.most if share.end == LOW else share.least, 1, {})
        if share.end == LOW and share.least.least == 0:  # a share of nothing is 0
            step = share.least.step
            terms = {self.picks[pick]: float(gain / step) for pick, gain in share.least.gains.items()}
            self.chooser.at_least({**terms, column: -1.0}, -float(share.least.start / step))

    def _at_least(self, share: Share, column: int) -> None:
        if share.end == LOW:
            if share.least.least > 0:
                self._compare(share, column, share.most, -1, {})
            return
        beyond: Terms = {}
        if share.points.most > share.least.least:  # more points than that are a share of all
            all_of_it = self.chooser.yes_or_no()
            beyond[all_of_it] = float(share.points.most)
            self.chooser.at_least({column: 1.0, all_of_it: -1.0}, 0.0)
        self._compare(share, column, share.least, -1, beyond)

    def _compare(self, share: Share, column: int, maximum: Total, sign: int, beyond: Terms) -> None:
        """Points are at least (sign 1) or at most (sign -1) this share of the maximum, or `beyond` makes up for it."""
        terms = dict(beyond)
        for pick, gain in share.points.gains.items():
            terms[self.picks[pick]] = sign * float(gain)
        for product, factor in self._times(column, maximum).items():
            terms[product] = -sign * factor
        self.chooser.at_least(terms, -sign * float(share.points.start))

    def _times(self, column: int, maximum: Total) -> Terms:
        terms = {column: float(maximum.start)}
        for part in self.parts:
            gains = {pick: maximum.gains[pick] for pick in part.picks() if pick in maximum.gains}
            if gains:
                products = {option: self._product(column, self.picks[option, None]) for option in part.options}
                self.chooser.exactly({column: -1.0, **dict.fromkeys(products.values(), 1.0)}, 0.0)
                terms |= {self._product_of(pick, products): float(gain) for pick, gain in gains.items()}
        return terms

    def _product(self, quantity: int, pick: int) -> int:
        """Not above 0 where it is not picked. With the others of one part it adds up to the quantity."""
        product = self.chooser.quantity()
        self.chooser.at_least({pick: 1.0, product: -1.0}, 0.0)
        return product

    def _product_of(self, pick: Pick, products: Mapping[Option, int]) -> int:
        option, gap = pick
        whole = products[option]
        if gap is None:
            return whole
        product = self._product(whole, self.picks[pick])
        rest = {self.picks[option, None]: 1.0, self.picks[pick]: -1.0}  # the option without that gap
        self.chooser.at_least({whole: 1.0, product: -1.0}, 0.0)
        self.chooser.at_least({**rest, whole: -1.0, product: 1.0}, 0.0)
        return product
