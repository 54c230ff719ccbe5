"""Arithmetic that people write in prose, read and done again: `10,000 users x 20 / 86,400 s x 5 = 11.6 requests/s`.

`finding.sums` gives every chain that ends in a number, with what it gives when it is computed. Nothing is evaluated by
Python: numbers, units and operators are tokens, and a chain that is not wholly understood is left alone.
"""
