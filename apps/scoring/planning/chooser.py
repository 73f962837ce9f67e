"""The cheapest set of yes-or-no choices under linear conditions, found by HiGHS (a solver of integer programs)."""

import highspy

LARGEST = 1_000.0  # rows are scaled to this, so that the solver's tolerances mean the same in each
# Counted, never timed, so that every machine comes to the same.
MAX_NODES = 5_000  # of one search
MAX_STEPS = 80_000  # of all searches together, some seconds

Terms = dict[int, float]  # numbers of choices and quantities, each with its weight


class TooMuchToTry(Exception):
    """The solver was stopped before it was certain."""


class Chooser:
    def __init__(self) -> None:
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        options: dict[str, bool | int | float | str] = {
            "output_flag": False,
            "threads": 1,
            "presolve": "off",  # in one version after the other it took a dearer choice for the cheapest, or for none
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.5,
            "mip_max_nodes": MAX_NODES,
        }
        for option, value in options.items():
            self.solver.setOptionValue(option, value)
        self.count, self.steps = 0, 0

    def yes_or_no(self, cost: int = 0) -> int:
        """Yes (1) or no (0), known by its number."""
        number = self.quantity(cost)
        self.solver.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        return number

    def whole(self, most: int) -> int:
        """A whole number from 0 to `most`, known by its number."""
        number = self.yes_or_no()
        self.solver.changeColBounds(number, 0.0, float(most))
        return number

    def quantity(self, cost: int = 0) -> int:
        """Anything from 0 to 1, known by its number."""
        self.solver.addCol(float(cost), 0.0, 1.0, 0, [], [])
        self.count += 1
        return self.count - 1

    def at_least(self, terms: Terms, bound: float) -> None:
        self._row(terms, bound, highspy.kHighsInf)

    def exactly(self, terms: Terms, bound: float) -> None:
        self._row(terms, bound, bound)

    def _row(self, terms: Terms, lower: float, upper: float) -> None:
        scale = LARGEST / (max(map(abs, terms.values()), default=0.0) or LARGEST)
        weights = [weight * scale for weight in terms.values()]
        self.solver.addRow(lower * scale, upper * scale, len(weights), list(terms), weights)

    def cheapest(self) -> frozenset[int] | None:
        """The numbers of what is chosen; None when no choice fulfils all conditions. Costs are whole numbers.

        Raises TooMuchToTry."""
        if self.steps > MAX_STEPS:
            raise TooMuchToTry
        self.solver.run()
        self.steps += self.solver.getInfo().simplex_iteration_count + self.count  # reading them all takes time as well
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise TooMuchToTry
        values = self.solver.getSolution().col_value
        return frozenset(number for number, value in enumerate(values) if value > 0.5)
