"""A claim in normal form: left - right, with the side conditions that both sides as written demand.

What a side demands (log x demands x > 0) may be used in the proof, and is then reported as a condition. This module
must never drop a condition that is not known to be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symderiv.kernel.atoms import CALL, POLY, VAR, Atom, Poly, freeze, of_atom, scaled
from symderiv.kernel.conditions import Requirement
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.normal import Normal
from symderiv.kernel.signs import met
from symderiv.terms import Assumption


class Nowhere(Unsupported):
    """A side of the claim has no value anywhere."""


class Unmet(NamedTuple):
    """A requirement, its normal form, and what the proof may use of it: a variable or polynomial that is positive."""

    need: Requirement
    poly: Poly
    used: Atom | None


class Form(NamedTuple):
    """The normal form of left - right, and the side conditions (with theirs) that are not known to be met.

    ``anew``: more is assumed than when it was seen which of them are not.
    """

    normal: Normal
    difference: Poly
    unmet: list[Unmet]
    anew: bool = False

    def under(self, assumptions: Sequence[Assumption]) -> Form:
        """The same with ``assumptions`` in force."""
        normal = Normal.after(self.normal, assumptions)
        rebuild = normal.algebra.rebuild
        unmet = []
        for need, poly, used in self.unmet:
            poly = rebuild(poly)
            _exists(normal, need, poly)
            unmet.append(Unmet(need, poly, used))
        return Form(normal, rebuild(self.difference), unmet, True)

    def conditions(self) -> list[Requirement]:
        """What both sides demand as written; their own demands are conditions, though the proof may use them.

        Of those with one normal form those are kept of which the proof uses different things, as the normal forms may
        rest on them; if it uses none, rather one that must be met than one in a sum that may be empty.
        """
        kept: dict[tuple, dict[Atom | None, Unmet]] = {}
        with self.normal.undemanded():
            for unmet in sorted(self.unmet, key=lambda unmet: (unmet.used is None, not unmet.need.surely)):
                need, poly, used = unmet
                if not self.anew or not met(self.normal, poly, need.relation):
                    alike = kept.setdefault((_radical(poly, need.relation), need.relation), {})
                    if used or not alike:
                        alike.setdefault(used, unmet)
        ids = {id(unmet) for alike in kept.values() for unmet in alike.values()}
        return [each.need for each in self.unmet if id(each) in ids]


def demanded(normal: Normal, needs: Sequence[Requirement]) -> list[Unmet]:
    """Give the kernel the positivity that both sides need as written; the requirements not met without it."""
    algebra = normal.algebra
    pending: list[Unmet] = []
    for need in needs:
        for name, range_ in need.bound:
            if range_.low >= 1:
                algebra.ranges[name] = str(range_.high)
        try:
            poly = normal(need.term)
        except Unsupported:
            if not need.in_cases:
                raise
            # the branch need not be defined, but where it is taken
            unread: Poly = of_atom((CALL, f"condition {len(pending)}", ()))
            pending.append(Unmet(need, unread, None))
            continue
        unknown = _unknown(normal, poly) if need.relation == ">" and need.surely else None
        if not met(normal, poly, need.relation):
            pending.append(Unmet(need, poly, unknown))
            _exists(normal, need, poly)
        if unknown is not None:
            normal.demand(unknown, need.bound)
    return pending


def _unknown(normal: Normal, poly: Poly) -> Atom | None:
    """The variable, or the polynomial, without positive factors, of which ``poly`` is a positive multiple, if it is."""
    if not poly or any(deltas for deltas, _ in poly):
        return None
    coefficient, factors, rest = normal.algebra.content(poly)
    if coefficient < 0:
        return None
    if len(rest) > 1:
        return (POLY, freeze(rest)) if normal.algebra.positive_factors(factors) else None
    if len(factors) == 1 and factors[0][0][0] == VAR and factors[0][1] == 1:
        return factors[0][0]
    unknown = tuple(f for f in factors if not normal.algebra.positive_atom(f[0]))
    whole = all(isinstance(e, int) for _, e in unknown)
    return (POLY, freeze({((), unknown): 1})) if unknown and whole else None  # the p s^2 of \sqrt{2 p s^2}


def _exists(normal: Normal, need: Requirement, poly: Poly) -> None:
    """Raise Unsupported if ``need`` holds nowhere: a side, or a case or a sum in it, has no value as written."""
    opposite = scaled(poly, -1)
    if need.relation == ">=":
        never = normal.algebra.positive_poly(opposite)
    else:
        never = not poly or (need.relation == ">" and normal.algebra.nonnegative_poly(opposite))
    if never and need.surely:
        raise Nowhere("a side is defined nowhere: a division by zero, or the logarithm of no positive number")
    if never:
        raise Unsupported("a case, or a sum where it is not empty, is defined nowhere")


def _radical(poly: Poly, relation: str) -> object:
    """What a condition says, without what does not matter: x^2 != 0 says x != 0, and 2 x > 0 says x > 0."""
    if len(poly) != 1:
        return frozenset(scaled(poly, -1 if relation == "!=" and poly and poly[min(poly)] < 0 else 1).items())
    (((deltas, factors), coefficient),) = poly.items()
    if relation == "!=":
        return deltas, frozenset(atom for atom, _ in factors)
    return deltas, factors, coefficient > 0
