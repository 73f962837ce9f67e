"""The cheapest set of gaps to close that reaches a lower level.

Closing each gap is an unknown, 0 or 1, with its effort. What scoring makes of the gaps is written as weighted sums of
unknowns that are at least 0, and a solver finds the cheapest unknowns that fulfil them all. Gaps a and b give 3 and 2
points, and 2 are needed: `3a + 2b - 2 >= 0`. What is not a sum gets an unknown of its own, and sums that leave it one
value. That both are closed is x, with `a - x >= 0`, `b - x >= 0` and `x - a - b + 1 >= 0`.

After the first lines of `plan`, read in this order, each built on the ones before:

quantities    sums of unknowns, and what is made of them: all_of, largest, floor ...
solver        the cheapest unknowns
numbers       truths and numbers that are open, as the language has them: a quantity at either end
formulas      expressions, step by step
readings      which questions are shown, and their answers
rules         points, shares, derived values, flags and the level
plan          proposes, scores, and is done
"""
