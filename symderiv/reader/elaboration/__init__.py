"""From syntax to terms, under the symbols in force: members, arrays, calls, sums, products, derivatives, expectations.

This room must never guess: what it cannot read is refused with a code and the place.
"""
