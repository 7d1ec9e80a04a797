r"""Inequalities by sign: a normal form is positive when all its terms are, and \sum_j m(j) - m(k) > 0 for positive m.

Denominators are cleared only where they are known to be positive. This module must never judge a sign by evaluation.
"""

from __future__ import annotations

from fractions import Fraction

from symderiv.kernel.atoms import SUM, Atom, Poly, Rational, add_into, free_indices, scaled
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.normal import Normal


def met(normal: Normal, poly: Poly, relation: str) -> bool:
    algebra = normal.algebra
    try:
        poly, denominator = algebra.together(poly)
    except Unsupported:
        return False
    if not all(algebra.positive_atom(atom) for atom in denominator):
        return False
    if algebra.positive_poly(poly):
        return True
    if relation == ">=":
        return algebra.nonnegative_poly(poly)
    return relation == "!=" and algebra.positive_poly(scaled(poly, -1))


def holds(normal: Normal, difference: Poly, relation: str) -> dict[str, int] | None:
    """The least sizes for which the relation is shown ({} where nothing beyond 1 is needed), or None."""
    if relation == "=":
        return {} if normal.algebra.is_zero(difference) else None
    if relation in ("<", "<="):
        difference = scaled(difference, -1)
    numerator, denominator = normal.algebra.together(difference)
    if not all(normal.algebra.positive_atom(atom) for atom in denominator):
        return None
    numerator = _cleared(normal, numerator)
    if relation in ("<=", ">="):
        if not numerator or normal.algebra.nonnegative_poly(numerator):
            return {}
        return {} if _sign_with_members(normal, numerator) is not None else None
    if relation == "!=":
        least = _positive(normal, numerator)
        return least if least is not None else _positive(normal, scaled(numerator, -1))
    return _positive(normal, numerator)


def _cleared(normal: Normal, poly: Poly) -> Poly:
    """``poly`` times positive atoms, so that none stands in a denominator; the sign stays."""
    lowest: dict[Atom, Rational] = {}
    for _, factors in poly:
        for atom, e in factors:
            if e < lowest.get(atom, 0) and normal.algebra.positive_atom(atom):
                lowest[atom] = e
    return normal.algebra.multiply(poly, {((), tuple(sorted((a, -e) for a, e in lowest.items()))): 1})


def _positive(normal: Normal, poly: Poly) -> dict[str, int] | None:
    return {} if normal.algebra.positive_poly(poly) else _sign_with_members(normal, poly)


def _sign_with_members(normal: Normal, poly: Poly) -> dict[str, int] | None:
    r"""Sizes for which ``poly`` > 0 by \sum_j m(j) - m(k) = \sum_{j \ne k} m(j) > 0 for positive m and K >= 2.

    For every size it is then >= 0.
    """
    algebra = normal.algebra
    rest = dict(poly)
    sums = [(m, f) for m in poly for f in m[1] if f[0][0] == SUM and f[1] == 1 and len(f[0][1]) == 1 and poly[m] > 0]
    least: dict[str, int] = {}
    spent = set()  # one sum of a product is used: (S - a)(T - b) - ab is not S T - a T - b S > 0
    for monomial, factor in sums:
        if monomial in spent:
            continue
        atom = factor[0]
        ((b, high),) = atom[1]
        outer = (monomial[0], tuple(f for f in monomial[1] if f != factor))
        if outer[0] or not algebra.positive_factors(outer[1]) or not algebra.positive_factors(atom[2][1]):
            continue
        members: list[str] = []
        for k in sorted({i for m in rest for a, _ in m[1] for i in free_indices(a)}):
            try:
                if "#" in k or "@" in k or not algebra.within(k, high):
                    continue
            except Unsupported:
                continue
            member = algebra.multiply({outer: 1}, algebra.substitute_monomial(atom[2], {b: k}))
            if len(member) != 1:
                continue
            ((taken, unit),) = member.items()
            share = -Fraction(rest.get(taken, 0)) / unit
            if 0 < share <= rest.get(monomial, 0) and all(algebra.differ(k, o) for o in members):
                members.append(k)
                spent.add(monomial)
                add_into(rest, member, share)
        if members:
            # the sum without these members is over high - len(members) terms
            least[high] = max(least.get(high, 1), len(members) + 1)
    if not least:
        return None
    if all(c > 0 for c in rest.values()) and all(algebra.nonnegative_factors(f) for (_, f) in rest):
        for high, value in list(least.items()):
            if high.isdigit():
                if int(high) < value:
                    return None
                del least[high]
        return least if rest and any(algebra.positive_factors(f) and not d for (d, f) in rest) else None
    return None
