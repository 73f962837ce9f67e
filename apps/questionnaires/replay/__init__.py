"""Replay: very many past answer sheets scored again under a candidate version, by the functions that score one.

Plain Python and numpy; where the sheets are stored is for `apps/assessments/replay.py` to know. Read in this order:

    columns     one value for each of many sheets, and functions applied to such columns
    packing     the answers of one sheet as a few bytes
    sheets      many sheets gathered as columns, and what a candidate reads in them
    standings   points, flags and level of all of them: the steps of `apps/scoring/score.py`
    tally       how many change level, which, what everybody answers alike, what nothing reaches
"""
