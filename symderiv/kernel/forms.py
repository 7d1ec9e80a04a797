"""A claim in normal form: left - right, with the side conditions that both sides as written demand.

What a side demands (log x demands x > 0) may be used in the proof, and is then reported as a condition. This module
must never drop a condition that is not known to be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symderiv.kernel.atoms import VAR, Poly, scaled
from symderiv.kernel.conditions import Requirement
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.normal import Normal
from symderiv.kernel.signs import met
from symderiv.kernel.verdict import Condition
from symderiv.terms import Assumption


class Nowhere(Unsupported):
    """A side of the claim has no value anywhere."""


class Form(NamedTuple):
    """The normal form of left - right, and the side conditions (with theirs) that are not known to be met.

    ``anew``: more is assumed than when it was seen which of them are not.
    """

    normal: Normal
    difference: Poly
    unmet: list[tuple[Requirement, Poly]]
    anew: bool = False

    def under(self, assumptions: Sequence[Assumption]) -> Form:
        """The same with ``assumptions`` in force."""
        normal = Normal.after(self.normal, assumptions)
        rebuild = normal.algebra.rebuild
        unmet = []
        for need, poly in self.unmet:
            poly = rebuild(poly)
            _exists(normal, need, poly)
            unmet.append((need, poly))
        return Form(normal, rebuild(self.difference), unmet, True)

    def conditions(self) -> list[Condition]:
        """What both sides demand as written; their own demands are conditions, though the proof may use them."""
        result: dict[tuple, Condition] = {}
        with self.normal.undemanded():
            for need, poly in self.unmet:
                if not self.anew or not met(self.normal, poly, need.relation):
                    result.setdefault(
                        (_radical(poly, need.relation), need.relation), Condition(need.term, need.relation)
                    )
        return list(result.values())


def demanded(normal: Normal, needs: Sequence[Requirement]) -> list[tuple[Requirement, Poly]]:
    """Give the kernel the positivity that both sides need as written; the requirements not met without it."""
    algebra = normal.algebra
    pending: list[tuple[Requirement, Poly]] = []
    for need in needs:
        for name, range_ in need.bound:
            if range_.low >= 1:
                algebra.ranges[name] = str(range_.high)
        try:
            poly = normal(need.term)
        except Unsupported:
            if need.in_cases:
                continue
            raise
        if not met(normal, poly, need.relation):
            pending.append((need, poly))
            _exists(normal, need, poly)
        if need.relation == ">" and len(poly) == 1 and need.surely:
            (((deltas, factors), coefficient),) = poly.items()
            if not deltas and coefficient > 0 and len(factors) == 1 and factors[0][0][0] == VAR and factors[0][1] == 1:
                normal.demand(factors[0][0], need.bound)
    return pending


def _exists(normal: Normal, need: Requirement, poly: Poly) -> None:
    """Raise Unsupported if ``need`` holds nowhere, so that a side as written is defined nowhere."""
    opposite = scaled(poly, -1)
    if need.relation == ">=":
        never = normal.algebra.positive_poly(opposite)
    else:
        never = not poly or (need.relation == ">" and normal.algebra.nonnegative_poly(opposite))
    if never and need.surely:
        raise Nowhere("a side is defined nowhere: a division by zero, or the logarithm of no positive number")


def _radical(poly: Poly, relation: str) -> object:
    """What a condition says, without what does not matter: x^2 != 0 says x != 0, and 2 x > 0 says x > 0."""
    if len(poly) != 1:
        return frozenset(poly.items())
    (((deltas, factors), coefficient),) = poly.items()
    if relation == "!=":
        return frozenset(atom for atom, _ in factors)
    return deltas, factors, coefficient > 0
