"""Random expressions over the whole language, well-formed in a world: every index lies in the range of its slot.

``Site`` is a place in an expression: which indices are in sight there with which ranges, and whether it lies inside a
derivative (where a definition may not be put in, and an assumption not be used).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from fractions import Fraction

from symderiv.terms import (
    ONE,
    ZERO,
    Cases,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Opaque,
    Pow,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    add,
    exp,
    log,
    mul,
    neg,
    num,
    power,
    product,
    total,
)
from tests.soundness.worlds import World, member


@dataclass(frozen=True)
class Site:
    """``scope``: the ranges of the indices in sight; ``inside``: the variables of the derivatives around."""

    scope: dict[str, Range] = field(default_factory=dict)
    inside: tuple[Var, ...] = ()

    def binding(self, index: str, range_: Range) -> Site:
        return replace(self, scope={**self.scope, index: range_})

    def differentiated(self, variable: Var) -> Site:
        return replace(self, inside=(*self.inside, variable))


class Writer:
    """Writes random expressions in ``world``."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world, self.rng = world, rng
        self.names = sorted(world.names) or ["i", "j"]
        self.ranges = sorted({r for rs in world.families.values() for r in rs}, key=str) or [Range(1, 3), Range(1, "K")]
        self.derivatives = 0
        self.sums = 0

    def index(self, range_: Range, site: Site) -> Index | None:
        """Something that lies in ``range_``: an index in sight, a number, or the name of the size."""
        rng = self.rng
        fitting = [n for n, r in site.scope.items() if r.high == range_.high and r.low >= range_.low]
        if fitting and rng.random() < 0.9:
            return rng.choice(sorted(fitting))
        if isinstance(range_.high, int):
            return rng.randint(range_.low, range_.high) if range_.high >= range_.low else None
        if rng.random() < 0.2 and range_.high not in site.scope:
            return range_.high
        return max(1, range_.low) + (rng.random() < 0.2) if rng.random() < 0.7 else range_.low

    def variable(self, heads: list[Head] | tuple[Head, ...], site: Site) -> Var | None:
        head = self.rng.choice(list(heads))
        indices = [self.index(r, site) for r in self.world.families[head]]
        return None if None in indices else member(head, tuple(indices))

    def pair(self, site: Site) -> tuple[Index, Index] | None:
        """Two indices of the same size, or one and a number."""
        names = sorted(site.scope)
        if not names:
            return None
        a = self.rng.choice(names)
        range_ = site.scope[a]
        near = [n for n in names if n != a and site.scope[n].high == range_.high]
        if near and self.rng.random() < 0.85:
            return a, self.rng.choice(near)
        b = self.index(range_, replace(site, scope={}))
        return None if b is None else (a, b)

    def leaf(self, site: Site) -> Term:
        rng = self.rng
        for _ in range(5):
            choice = rng.random()
            if choice < 0.72:
                found: Term | None = self.variable(list(self.world.families), site)
                if found is not None:
                    return found
            elif choice < 0.84:
                pair = self.pair(site)
                if pair:
                    return self.indicator(pair)
            elif choice < 0.88 and self.world.sizes:
                return SizeOf(rng.choice(self.world.sizes))
            else:
                return num(rng.choice((1, 2, -1, 3, 0, Fraction(1, 2), Fraction(-2, 3))))
        return ONE

    def condition(self, pair: tuple[Index, Index]) -> Term:
        """An index condition, as cases have it."""
        choice = self.rng.random()
        if choice < 0.05:
            return Delta(1, self.rng.choice((1, 2)))  # a case that never, or always, is
        if choice < 0.15:
            return mul(Delta(*pair), ONE - Delta(pair[0], self.rng.randint(0, 2)))
        return Delta(*pair) if choice < 0.7 else ONE - Delta(*pair)

    def indicator(self, pair: tuple[Index, Index]) -> Term:
        delta = Delta(*pair)
        choice = self.rng.random()
        if choice < 0.7:
            return delta
        return ONE - delta if choice < 0.85 else Cases(delta, ZERO, ONE)

    def positive(self, depth: int, site: Site) -> Term:
        """Something that is > 0 wherever it is defined."""
        rng = self.rng
        choice = rng.random()
        if depth <= 0 or choice < 0.25:
            if self.world.positive and rng.random() < 0.6:
                found = self.variable(self.world.positive, site)
                if found is not None:
                    return found
            return exp(self.leaf(site))
        if choice < 0.45:
            return exp(self.any(depth - 1, site))
        if choice < 0.6:
            return add(self.positive(depth - 1, site), rng.choice((ONE, self.positive(depth - 1, site))))
        if choice < 0.75:
            return mul(self.positive(depth - 1, site), power(self.positive(depth - 1, site), rng.choice((-1, 1, 2))))
        if choice < 0.92:
            return self.over(depth, site, positive=True)
        return power(
            self.positive(depth - 1, site),
            rng.choice((Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2), Fraction(1, 3))),
        )

    def over(self, depth: int, site: Site, positive: bool = False) -> Term:
        """A sum, or sometimes a product, over an index whose name may already be in use."""
        rng = self.rng
        inner = self.positive if positive else self.any
        if self.sums >= 3:
            return inner(depth - 1, site)
        self.sums += 1
        index, range_ = rng.choice(self.names), rng.choice(self.ranges)
        if rng.random() < 0.1:
            range_ = Range(rng.choice((0, 1, 2)), range_.high)
        elif rng.random() < 0.03 and site.scope:
            range_ = Range(1, rng.choice(sorted(site.scope)))  # up to an index
        body = inner(depth - 1, site.binding(index, range_))
        if rng.random() < 0.4:
            found = self.variable(list(self.world.families), site.binding(index, range_))
            body = mul(body, found) if found is not None and not positive else body
        self.sums -= 1
        return (product if rng.random() < (0.15 if positive else 0.06) else total)(index, range_, body)

    def denominator(self, depth: int, site: Site) -> Term:
        """Mostly > 0; sometimes A + \\delta, which divides by A in one case only, or anything else."""
        choice = self.rng.random()
        if choice < 0.6:
            return self.positive(depth - 1, site)
        pair = self.pair(site)
        if choice < 0.8 and pair is not None:
            return add(self.leaf(site), self.indicator(pair))
        return self.any(depth - 1, site)

    def differentiation(self, depth: int, site: Site) -> Term:
        rng, world = self.rng, self.world
        if self.derivatives >= 2 or not world.inputs:
            return self.any(depth - 1, site)
        self.derivatives += 1
        nested = any(v.head in world.intermediates for v in site.inside)
        heads = world.intermediates if world.intermediates and rng.random() < 0.25 and not nested else world.inputs
        found = self.variable(heads, site)
        if found is None:
            found = self.variable(world.inputs, site)
        if found is None:
            return self.any(depth - 1, site)
        inner = site.differentiated(found)
        defined = [
            h for h in (*world.definitions, *world.through, *(top for top, _ in world.dependent)) if h in world.families
        ]
        defined = list(dict.fromkeys(defined))
        body: Term | None = None
        if defined and rng.random() < 0.6:
            body = self.variable(defined, inner)
            if body is not None and rng.random() < 0.4:
                body = rng.choice((log(body), body * self.leaf(inner), power(body, 2), exp(body)))
        # a derivative by an intermediate of a derivative by what it is made of has no settled meaning
        if body is None:
            if found.head in world.intermediates:
                self.derivatives += 2
                body = self.any(depth - 1, inner)
                self.derivatives -= 2
            else:
                body = self.any(depth - 1, inner)
        self.derivatives -= 1
        return Deriv(body, found)

    def any(self, depth: int, site: Site) -> Term:
        """Any expression of about this depth."""
        rng = self.rng
        if depth <= 0:
            return self.leaf(site)
        choice = rng.random()
        if choice < 0.16:
            return add(*(self.any(depth - 1, site) for _ in range(rng.randint(2, 3))))
        if choice < 0.36:
            return mul(*(self.any(depth - 1, site) for _ in range(rng.randint(2, 3))))
        if choice < 0.54:
            return self.over(depth, site)
        if choice < 0.60:
            return self.any(depth - 1, site) / self.denominator(depth, site)
        if choice < 0.65:
            return exp(self.any(depth - 1, site))
        if choice < 0.70:
            return log(self.positive(depth - 1, site) if rng.random() < 0.92 else self.any(depth - 1, site))
        if choice < 0.76:
            return power(self.any(depth - 1, site), rng.choice((2, 2, 3, -1, -2, 0)))
        if choice < 0.79:
            base = self.positive(depth - 1, site) if rng.random() < 0.5 else self.any(depth - 1, site)
            kind = rng.random()
            if kind < 0.3:
                return Pow(base, self.leaf(site))
            if kind < 0.6 and self.world.sizes:
                length = SizeOf(rng.choice(self.world.sizes))
                return Pow(base, rng.choice((length, length, neg(length), add(length, num(-1)), mul(num(2), length))))
            return Pow(base, num(rng.choice((Fraction(1, 2), Fraction(-1, 2), Fraction(1, 3), Fraction(3, 2)))))
        if choice < 0.90 and self.world.inputs:
            return self.differentiation(depth, site)
        if choice < 0.94:
            pair = self.pair(site)
            if pair:
                return Cases(self.condition(pair), self.any(depth - 1, site), self.any(depth - 1, site))
        if choice < 0.97:
            name = rng.choice(self.world.functions)
            if self.world.opaque and rng.random() < 0.6:
                return Opaque("F", (self.any(depth - 1, site),), (rng.choice((0, 0, 1)),))
            return Fn(name, self.positive(depth - 1, site) if name == "log" else self.any(depth - 1, site))
        return neg(self.any(depth - 1, site))


def binder(term: Term) -> bool:
    return isinstance(term, Sum)
