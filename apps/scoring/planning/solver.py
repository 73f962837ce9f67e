"""The cheapest choice that fulfils a program, found by SCIP (a solver of integer programs, products included)."""

from fractions import Fraction
from functools import partial
from typing import Any

from pyscipopt import Model, quicksum
from pyscipopt.scip import PY_SCIP_PARAMSETTING as SETTING

from apps.scoring.planning.program import Product, Program, TooMuchToTry
from apps.scoring.planning.quantities import Quantity

LARGEST = 10**7  # beyond, the solver's numbers are too coarse
# Counted, never timed, so that every machine comes to the same.
MAX_STEPS = 80_000  # of the simplex method, some fifteen seconds at most
MAX_NODES = 20_000  # of the search tree
NODES_AT_ONCE = 100  # between two looks at how many steps there were


def cheapest(program: Program) -> frozenset[int] | None:
    """Which columns are 1 in the cheapest choice; None when there is none. Costs are whole numbers.

    The solver counts in floating point numbers and, now and then, cuts the cheapest choice off on its way.
    So it is asked in two ways. Raises TooMuchToTry."""
    found = [_solved(program), _solved(program, other_way=True)]
    return min((chosen for chosen in found if chosen is not None), key=partial(_cost, program), default=None)


def _cost(program: Program, chosen: frozenset[int]) -> int:
    return sum(program.columns[number].cost for number in chosen)


def _solved(program: Program, *, other_way: bool = False) -> frozenset[int] | None:
    """Raises TooMuchToTry."""
    model, columns = _written(program)
    model.setParam("conflict/enable", not other_way)
    model.setParam("randomization/permutevars", other_way)
    _solve(model)
    if model.getStatus() == "infeasible":
        return None
    return frozenset(number for number, column in columns.items() if model.getVal(column) > 0.5)


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


def _written(program: Program) -> tuple[Any, dict[int, Any]]:
    """The goals, the columns they are made of, and what those mean."""
    model = Model()
    model.hideOutput()
    model.setParam("misc/catchctrlc", False)  # whoever stops the process stops the search
    model.setHeuristics(SETTING.OFF)  # a choice is soon found here; to prove it the cheapest takes the time
    columns: dict[int, Any] = {}
    rows: list[Quantity | Product] = list(program.goals)
    while rows:
        row = rows.pop()
        for number in sorted(_columns_of(row) - columns.keys()):
            column = program.columns[number]
            if max(abs(column.least), abs(column.most)) > LARGEST:
                raise TooMuchToTry
            columns[number] = model.addVar(
                vtype="I" if column.is_whole else "C",
                lb=float(column.least),
                ub=float(column.most),
                obj=float(column.cost),
            )
            rows += column.rows
        model.addCons(_condition(row, columns))
    model.setObjIntegral()
    return model, columns


def _columns_of(row: Quantity | Product) -> set[int]:
    parts = (row.quantity, row.one, row.other) if isinstance(row, Product) else (row,)
    return {column for part in parts for column in part.terms}


def _condition(row: Quantity | Product, columns: dict[int, Any]) -> Any:
    """Brought to one size, so that the solver's tolerance means the same in each."""
    if isinstance(row, Product):
        size = 1 / max(abs(row.quantity.least), abs(row.quantity.most), Fraction(1, 100))
        one, other = _sum(row.one, columns), _sum(row.other, columns)
        return (one * other - _sum(row.quantity, columns)) * float(size) == 0
    size = 1 / max(map(abs, row.terms.values()), default=Fraction(1))
    return _sum(row.times(size), columns) >= 0


def _sum(quantity: Quantity, columns: dict[int, Any]) -> Any:
    terms = [float(weight) * columns[column] for column, weight in quantity.terms.items() if weight]
    return quicksum(terms) + float(quantity.constant)
