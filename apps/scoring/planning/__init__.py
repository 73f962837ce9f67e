"""The cheapest set of gaps to close that reaches a lower level.

After the first lines of `plan`, read in this order, each built on the ones before:

parts         what closing gaps moves; totals: numbers that this adds up to
pieces        what follows from them without adding up; terrain: all of it, from points to what is looked at in pieces
dependence    through which sums of these an expression depends on gaps; syntax: what it asks of `ast`
concerns      what holds the level where it is
ways          how a set could be better in one of the sums; limits: what a set that is too little teaches
chooser       the solver; quotients: shares in it; proposals: all that is known, as an integer program
plan          proposes, scores, learns, until a set is enough
"""
