r"""Densities that a document writes out, ``p(x) = \frac{1}{\sqrt{2\pi}\sigma} e^{-(x-\mu)^2/(2\sigma^2)}``, and E[x^k].

Which density it is, and with which parameters, is proved: the squares agree, for a density is not negative. This
module must never go by the name of a function alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.judge import provable
from symderiv.reader.elaboration import factorials
from symderiv.reader.elaboration.distributions import MOMENTS
from symderiv.reader.indexed.families import families_in
from symderiv.terms import (
    ONE,
    ZERO,
    Claim,
    Fn,
    Head,
    Opaque,
    Pow,
    Term,
    Var,
    add,
    exp,
    log,
    mul,
    neg,
    num,
    power,
    subterms,
)

PI = Var(r"\pi", (), ())
MOST = 4  # letters beside the one of which it is a density


def moments_under(density: Term, of: Var) -> list[Term]:
    """E[X^0], E[X], ... under a density of ``of``; none where it is not known."""
    letters = sorted(families_in((density,), {}) - {of.head})
    if len(letters) > MOST or any(head.subs or head.sups for head in letters) or not _may_be_one(density, of):
        return []
    by_logarithm = isinstance(density, Fn) and density.name == "exp"  # as where \log p(x) was written
    for candidate, logarithm, moments in _candidates(density, of, letters):
        sides = (density.parts[0], logarithm) if by_logarithm else (power(density, 2), power(candidate, 2))
        if provable(Claim(sides[0], "=", sides[1])) is not None:
            return moments
    return []


def _may_be_one(density: Term, of: Var) -> bool:
    """Whether ``of`` stands in an exponent."""
    return any(of in subterms(_exponent(part)) for part in subterms(density))


def _exponent(part: Term) -> Term:
    match part:
        case Fn(name="exp", arg=arg):
            return arg
        case Pow(exponent=exponent):
            return exponent
    return ZERO


def _candidates(density: Term, of: Var, letters: list[Head]) -> Iterator[tuple[Term, Term, list[Term]]]:
    """Densities with these letters for parameters, each with its logarithm and its moments."""
    variables = [Var(head.name, (), ()) for head in letters]
    counted = [part for part in subterms(density) if isinstance(part, Opaque) and part.name == factorials.NAME]
    for p in variables:
        q, failure = add(ONE, neg(p)), add(ONE, neg(of))
        likely = add(mul(of, log(p)), mul(failure, log(q)))
        yield mul(power(p, of), power(q, failure)), likely, MOMENTS["Bernoulli"][1](p)
        for factorial in counted:
            if factorial.parts == (of,):
                likely = add(mul(of, log(p)), neg(p), neg(log(factorial)))
                yield mul(power(p, of), exp(neg(p)), power(factorial, -1)), likely, MOMENTS["Poisson"][1](p)
    for variance in (ONE, *variables, *(power(v, 2) for v in variables)):
        for mean in (ZERO, *variables):
            yield *_normal(of, mean, variance), MOMENTS["Normal"][1](mean, variance)


def _normal(of: Term, mean: Term, variance: Term) -> tuple[Term, Term]:
    half, factor = num("1/2"), mul(num(2), PI, variance)
    exponent = neg(mul(half, power(add(of, neg(mean)), 2), power(variance, -1)))
    return mul(power(factor, num("-1/2")), exp(exponent)), add(neg(mul(half, log(factor))), exponent)


__all__ = ["moments_under"]
