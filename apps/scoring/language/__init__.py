"""The language of conditions and formulas: what a value is, how values combine, how text becomes a compiled expression.

Read `values` first (a value is the set of what it could still be). `operations` combine values, `terms` are compiled
parts, `compiler` makes them of a syntax tree, `expressions` are what the other rooms use: text in, compiled.
"""
