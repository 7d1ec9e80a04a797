r"""Sums over a letter that is free beside them, as in ``R_i = \sum_i (c_i + d) x_i``: they may end at their bracket.

This module must never end a sum whose letter stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symderiv.terms import Add, Claim, Mul, Sum, Term, mul, rewritten

MOST = 3  # factors before the end


def earlier(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The claims with such sums ended at a bracket: after its first factors, as many for each of them."""
    for factors in range(1, MOST + 1):
        ended = [_ended(claim, factors) for claim in claims]
        if ended != list(claims):
            yield ended


def _ended(claim: Claim, factors: int) -> Claim:
    free = claim.left.free | claim.right.free

    def end(term: Term) -> Term | None:
        if not isinstance(term, Sum) or type(term) is not Sum or term.index not in free:
            return None
        match term.body:
            case Mul(parts=parts) if len(parts) > factors and isinstance(parts[factors - 1], Add | Mul):
                return mul(Sum(term.index, term.range, mul(*parts[:factors])), *parts[factors:])
        return None

    memo: dict[Term, Term] = {}
    return replace(claim, left=rewritten(claim.left, end, memo), right=rewritten(claim.right, end, memo))
