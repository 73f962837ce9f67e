"""The cheapest choice, found by SCIP, a solver of integer programs that takes products as well.

It is told of the goals and, from there, of each column that something is made of, with its rows.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from pyscipopt import Model, quicksum
from pyscipopt.scip import PY_SCIP_PARAMSETTING as SETTING

from apps.scoring.planning.quantities import ONE, Column, Product, Quantity, TooMuchToTry

LARGEST = 10**7  # beyond, the solver's numbers are too coarse
# Counted, never timed, so that every machine comes to the same.
MAX_STEPS = 80_000  # of the simplex method, some fifteen seconds at most
MAX_NODES = 20_000  # of the search tree
NODES_AT_ONCE = 100  # between two looks at how many steps there were


def cheapest(goals: Sequence[Quantity]) -> frozenset[Column] | None:
    """Which columns are 1 in the cheapest choice that makes all goals 1; None when there is none. Costs are whole.

    The solver counts in floating point numbers and, now and then, cuts the cheapest choice off on its way.
    So it is asked in two ways. Raises TooMuchToTry."""
    found = [_solved(goals), _solved(goals, other_way=True)]
    return min((chosen for chosen in found if chosen is not None), key=_cost, default=None)


def _cost(chosen: frozenset[Column]) -> int:
    return sum(column.cost for column in chosen)


def _solved(goals: Sequence[Quantity], *, other_way: bool = False) -> frozenset[Column] | None:
    """Raises TooMuchToTry."""
    model, columns = _written(goals)
    model.setParam("conflict/enable", not other_way)
    model.setParam("randomization/permutevars", other_way)
    model.setParam("constraints/nonlinear/propfreq", -1 if other_way else 1)
    _solve(model)
    if model.getStatus() == "infeasible":
        return None
    return frozenset(column for column, variable in columns.items() if model.getVal(variable) > 0.5)


def _solve(model: Any) -> None:
    """Raises TooMuchToTry."""
    for nodes in range(NODES_AT_ONCE, MAX_NODES + 1, NODES_AT_ONCE):
        model.setParam("limits/totalnodes", nodes)
        model.optimize()  # goes on where it stopped
        if model.getStatus() in ("optimal", "infeasible"):
            return
        if model.getNLPIterations() >= MAX_STEPS:
            break
    raise TooMuchToTry


def _written(goals: Sequence[Quantity]) -> tuple[Any, dict[Column, Any]]:
    """The goals, the columns they are made of, and what those mean."""
    model = Model()
    model.hideOutput()
    model.setParam("misc/catchctrlc", False)  # whoever stops the process stops the search
    model.setHeuristics(SETTING.OFF)  # a choice is soon found here; to prove it the cheapest takes the time
    columns: dict[Column, Any] = {}
    rows: list[Quantity | Product] = [goal - ONE for goal in goals]
    while rows:
        row = rows.pop()
        for column in _columns_of(row):
            if column in columns:
                continue
            if max(abs(column.least), abs(column.most)) > LARGEST:
                raise TooMuchToTry
            columns[column] = model.addVar(
                vtype="I" if column.is_whole else "C",
                lb=float(column.least),
                ub=float(column.most),
                obj=float(column.cost),
            )
            rows += column.rows
        model.addCons(_condition(row, columns))
    model.setObjIntegral()
    return model, columns


def _columns_of(row: Quantity | Product) -> Iterable[Column]:
    return (column for part in (row if isinstance(row, Product) else (row,)) for column in part.terms)


def _condition(row: Quantity | Product, columns: dict[Column, Any]) -> Any:
    """Brought to one size, so that the solver's tolerance means the same in each."""
    if isinstance(row, Product):
        size = 1 / max(abs(row.quantity.least), abs(row.quantity.most), Fraction(1, 100))
        one, other = _sum(row.one, columns), _sum(row.other, columns)
        return (one * other - _sum(row.quantity, columns)) * float(size) == 0
    size = 1 / max(map(abs, row.terms.values()), default=Fraction(1))
    return _sum(row * size, columns) >= 0


def _sum(quantity: Quantity, columns: dict[Column, Any]) -> Any:
    terms = [float(weight) * columns[column] for column, weight in quantity.terms.items() if weight]
    return quicksum(terms) + float(quantity.constant)
