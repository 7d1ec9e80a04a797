r"""The last member of a list: after ``p_1 = ...`` and ``p_2 = ...``, the line ``p_K = ...`` says what all of them are.

This module must never take up a last member that does not continue the first ones.
"""

from __future__ import annotations

from symderiv.reader.indexed.families import generalise
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import Definition, Head, Index, Range, Term, Var, subterms

NOTE = "the members that are written out are read as those of the obvious family"


def first_members(symbols: Symbols, head: Head) -> list[Definition]:
    """The definitions of p_1, p_2, ..., p_n, if nothing else is known of the family; empty otherwise."""
    made = sorted(symbols.definitions.get(head, ()), key=lambda d: str(d.params))
    numbers = [d.params[0] for d in made]
    return made if head[1:] == (1, 0) and numbers and numbers == list(range(1, len(numbers) + 1)) else []


def define_all(symbols: Symbols, head: Head, last: Index, value: Term, at: object) -> Definition | None:
    """Define the family by its first members and ``value`` for the last; None where it does not continue them."""
    made = first_members(symbols, head)
    ranges = symbols.ranges
    found = generalise([ranges.joined(term) for term in (*(d.body for d in made), value)], symbols.size_names)
    if not made or found is None or (found[1], found[2]) != (1, last):
        return None
    index, low, high, body = found
    slot = ranges.slot(head, 0)
    ranges.declare(slot, Range(low, high))
    for part in subterms(body):
        if isinstance(part, Var):
            for n in (n for n, i in enumerate(part.indices) if i == index):
                ranges.unite(slot, ranges.slot(part.head, n))
    symbols.definitions.pop(head)
    symbols.define(head.name, (index,), 1, body, at)  # type: ignore[arg-type]
    return symbols.definitions[head][-1]
