r"""Counterexamples that need what nobody has said: an index that is 0, two indices that are the same.

This module must never say that a step holds without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations

from symderiv import notation
from symderiv.kernel import Witness
from symderiv.reader.indexed.sized import changed, sizes_of
from symderiv.reader.known import named_sets
from symderiv.reader.letters.symbols import Symbols
from symderiv.reader.reading import Posed
from symderiv.terms import (
    Assumption,
    Claim,
    Definition,
    Delta,
    Deriv,
    Pow,
    SizeOf,
    Sum,
    Term,
    Var,
    reached,
    subterms,
)

SIZES = ("K", "N", "M", "n")  # letters that hardly ever stand for anything but how many there are


def unsaid_in(witness: Witness, posed: Posed, symbols: Symbols) -> str:
    """Whether the counterexample needs what nobody has said: an index that is 0, a value for one more member."""
    zero = [name for name, value in witness.indices if value == 0 and name not in posed.declared]
    if zero:
        return f"whether {zero[0]} may be 0 is not said"
    singly = {h for h, made in symbols.definitions.items() if all(map(_of_one, made))}
    inputs = {t for h in singly for d in symbols.definitions[h] for t in subterms(d.body)}  # h_0, below h_1
    more = [var for var, _ in witness.values if var.head in singly and var not in inputs]
    if more:
        return f"what {notation.unicode(more[0])} is is not said"
    if not named_sets.is_parted(witness, symbols, posed.relation):
        return "whether the sets may be empty, or have members in common, is not said"
    lone = [v for v, _ in witness.values if v.name in SIZES and not v.indices and v.head not in symbols.variables]
    if witness.sizes and lone:
        return f"whether {lone[0].name} is the number of terms in a sum is not said"
    return ""


def counted(claims: Sequence[Claim], symbols: Symbols) -> Iterator[list[Claim]]:
    r"""The claims where n, of which nothing is said and by which they divide, is how many terms each of their sums has.

    A step with ``\frac{1}{n} X^\top r`` is false if it is so for any n, and for the number of rows of X.
    """
    parts = {part for c in claims for part in reached((c.left, c.right), c.context.definitions)}
    divisors = {part.base for part in parts if isinstance(part, Pow) and isinstance(part.base, Var)}
    known = {h for c in claims for h in c.context.definitions} | symbols.variables
    lone = {v for v in divisors if v.name in SIZES and not v.indices and v.head not in known}
    ends = {end for claim in claims for end in sizes_of(claim)}
    for letter in sorted(lone, key=lambda var: var.name):
        for end in sorted(ends, key=lambda end: (end != letter.name, end)):
            yield [changed(claim, partial(_put, letter, SizeOf(end))) for claim in claims]


def _put(old: Term, new: Term, term: Term) -> Term | None:
    return new if term == old else None


def degenerate(claims: Sequence[Claim]) -> Iterator[Assumption]:
    r"""Pairs of indices that an author of pairs does not think of as the same.

    So it is with the i and j of a P_{ij} that is differentiated by something with one of them, x_i; and with the i
    and k of d_{ik}, where the definitions sum over k \ne i only; and the u and i of b_u + b_i beside r_{ui}.
    """
    for claim in claims:
        definitions = claim.context.definitions
        free = sorted((claim.left.free | claim.right.free) & claim.context.ranges.keys())
        for part in {t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Deriv)}:
            inside = set(reached((part.body,), definitions))
            by = part.var.indices
            for i, j in combinations(free, 2):
                members = [t for t in subterms(part.body) if isinstance(t, Var) and {i, j} <= set(t.indices)]
                once = len({i, j} & set(by)) == 1 and len(by) == 1
                guarded = {i, j} <= set(by) and any(
                    isinstance(t, Sum) and any(isinstance(g, Delta) and {t.index} < set(g.key) for g in subterms(t))
                    for t in inside
                )
                beside = {t.indices for t in inside if isinstance(t, Var) and t.head == part.var.head}
                paired = any(isinstance(t, Var) and {i, j} <= set(t.indices) for t in inside)
                if (members and once) or guarded or (paired and once and beside >= {(i,), (j,)}):
                    yield Assumption("distinct", (i, j), f"{i} \\ne {j}", "not said")


def _of_one(definition: Definition) -> bool:
    """Whether a definition is that of some members only: p_1, or p(y_i|x_i)."""
    return any(isinstance(p, int) for p in definition.params) or len(set(definition.params)) < len(definition.params)
