"""The cheapest set of gaps to close that reaches a lower level.

After the first lines of `plan`, read in this order, each built on the ones before:

quantities    numbers that depend on what is chosen
program       conditions on them, one by one; solver: the cheapest choice that fulfils them
numbers       truths and ranges made of them, as the language has them
formulas      expressions, step by step
readings      which questions are shown, and their answers
rules         points, derived values, flags and the level
plan          proposes, scores, and is done
"""
