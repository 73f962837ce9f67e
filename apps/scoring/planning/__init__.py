"""The cheapest set of gaps to close that reaches a lower level.

plan          proposes, scores, learns, until a set is enough
concerns      what holds the level where it is
dependence    through which sums of points, shares and answers a concern depends on gaps
parts         what closing gaps moves; totals: what that makes of points, maxima and shares
limits        what a set that is too little teaches; ways: how another one could be better
proposals     the integer program; quotients: shares in it; chooser: the solver
"""
