"""From loaded data to a Questionnaire: all of it, or every problem at once, each with its path and a sentence.

`parse` is the entry; `reader` reads one mapping key by key; `completeness` proves what can never work, with answers cut
into `pieces`.
"""
