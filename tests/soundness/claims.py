"""Random claims, each from one number: the world, the expression, and what was done to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from symderiv.terms import (
    ONE,
    ZERO,
    Cases,
    Claim,
    Delta,
    Deriv,
    Fn,
    Index,
    Pow,
    Prod,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    add,
    log,
    neg,
    num,
    power,
    product,
    rename,
    subterms,
    total,
)
from tests.soundness.expressions import Site, Writer
from tests.soundness.rewriting import VALID, change
from tests.soundness.slips import INVALID
from tests.soundness.worlds import WORLDS


class Made(NamedTuple):
    """A claim, how it was meant (``true``, ``false`` or ``open``), and the rules applied."""

    claim: Claim
    meant: str
    rules: tuple[str, ...]
    world: str


def make(seed: int) -> Made:
    rng = random.Random(seed)
    world = rng.choice(WORLDS)(rng)
    writer = Writer(world, rng)
    site = Site(dict(world.names))
    start = writer.any(rng.choice((0, 1, 1, 1, 1, 2, 2, 3)), site)
    choice = rng.random()
    relation, meant = "=", "true"
    left = right = start
    rules: list[str] = []

    def steps(term: Term, table: dict, count: int) -> Term:
        for _ in range(count):
            found = change(term, site, writer, table)
            if found is not None and sum(1 for _ in subterms(found[1])) < 60:
                rules.append(found[0])
                term = found[1]
        return term

    if choice < 0.9:
        right = steps(start, VALID, rng.choice((1, 1, 2, 3)))
        if rng.random() < 0.2:
            left = steps(start, VALID, rng.randint(1, 2))
        if choice > 0.42:
            meant = "false"
            rules.clear()
            right = steps(right, INVALID, 1 if rng.random() < 0.85 else 2)
            if rng.random() < 0.3:
                right = steps(right, VALID, 1)
    else:
        meant = "open"
        relation = rng.choice(("<", ">", "<=", ">=", "!="))
        left, right = inequality(writer, site, rng)
        if relation in ("<", "<="):
            left, right = right, left
        rules.append("inequality")
    if rng.random() < 0.3:
        lure = bait(writer, site, rng)
        left, right = (add(left, lure), add(right, lure)) if rng.random() < 0.7 else (lure * left, lure * right)
        rules.append("bait")
    if rng.random() < 0.5:
        left, right = right, left
        relation = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(relation, relation)
    return Made(Claim(left, relation, right, world.context()), meant, tuple(rules), world.name)


def bait(writer: Writer, site: Site, rng: random.Random) -> Term:
    """Something on both sides from which a careless program concludes too much: that a variable is positive or not
    zero, that a range is not empty, that an index of this name runs over that range."""
    index, range_ = (
        rng.choice(writer.names),
        rng.choice((*writer.ranges, Range(2, "K"), Range(0, "n"), Range(1, 0), Range(3, "K"))),
    )
    inner = site.binding(index, range_) if rng.random() < 0.6 else site
    choice = rng.random()
    leaf = writer.leaf(inner)
    if choice < 0.4:
        body = log(leaf)
    elif choice < 0.55:
        body = power(leaf, rng.choice((Fraction(1, 2), Fraction(-1, 2), -1)))
    elif choice < 0.75:
        body = Cases(writer.condition(writer.pair(inner) or (1, 2)), log(leaf), writer.leaf(inner))
    elif choice < 0.85:
        body = Pow(leaf, writer.leaf(inner))
    else:
        body = leaf
    if rng.random() < 0.75:
        return (total if rng.random() < 0.85 else product)(index, range_, body)
    return body if not body.free - site.scope.keys() - set(writer.world.sizes) else ONE


def inequality(writer: Writer, site: Site, rng: random.Random) -> tuple[Term, Term]:
    """left > right, perhaps."""
    choice = rng.random()
    if choice < 0.25:
        return writer.positive(2, site), ZERO
    if choice < 0.4:
        return power(writer.any(2, site), 2), rng.choice((ZERO, neg(writer.positive(1, site))))
    if choice < 0.8 and site.scope:
        # sums against their own members
        parts, members = [], []
        for _ in range(rng.randint(1, 2)):
            range_ = rng.choice(writer.ranges)
            index = rng.choice(writer.names)
            body = writer.positive(1, site.binding(index, range_))
            parts.append(total(index, range_, body))
            fitting: list[Index] = sorted(n for n, r in site.scope.items() if r.high == range_.high) or [1]
            members.append(rename(body, {index: rng.choice(fitting)}))
        if len(parts) == 2 and rng.random() < 0.5:
            crossed = [members[0] * parts[1], members[1] * parts[0], members[0] * members[1]]
            rng.shuffle(crossed)
            return parts[0] * parts[1], add(*crossed[: rng.randint(1, 3)])
        if rng.random() < 0.2:
            return add(*parts, power(writer.leaf(site), rng.choice((1, 2)))), add(
                *members, *members[: rng.randint(0, 1)]
            )
        return add(*parts), add(*members)
    a = writer.any(2, site)
    return add(a, writer.positive(1, site)), a if rng.random() < 0.7 else writer.any(1, site)


CONSTRUCTS: dict[str, Callable[[Term], bool]] = {
    "sum": lambda t: type(t) is Sum,
    "product": lambda t: type(t) is Prod,
    "nested sum": lambda t: isinstance(t, Sum) and any(isinstance(p, Sum) for p in subterms(t.body)),
    "range from 0, 2, 3": lambda t: isinstance(t, Sum) and t.range.low != 1,
    "concrete range": lambda t: isinstance(t, Sum) and isinstance(t.range.high, int),
    "delta": lambda t: isinstance(t, Delta),
    "cases": lambda t: isinstance(t, Cases),
    "quotient": lambda t: isinstance(t, Pow) and t.exponent is num(-1),
    "root": lambda t: isinstance(t, Pow) and getattr(getattr(t.exponent, "value", None), "denominator", 1) > 1,
    "real power": lambda t: isinstance(t, Pow) and not hasattr(t.exponent, "value"),
    "exp": lambda t: isinstance(t, Fn) and t.name == "exp",
    "log": lambda t: isinstance(t, Fn) and t.name == "log",
    "other function": lambda t: isinstance(t, Fn) and t.name not in ("exp", "log"),
    "unknown function": lambda t: type(t).__name__ == "Opaque",
    "derivative": lambda t: isinstance(t, Deriv),
    "second derivative": lambda t: isinstance(t, Deriv) and any(isinstance(p, Deriv) for p in subterms(t.body)),
    "concrete index": lambda t: isinstance(t, Var) and any(isinstance(i, int) for i in t.indices),
    "size as a number": lambda t: isinstance(t, SizeOf),
}


def constructs(claim: Claim) -> list[str]:
    """The constructs of the language that occur in a claim, and what its context adds."""
    seen = set(subterms(claim.left)) | set(subterms(claim.right))
    found = [name for name, test in CONSTRUCTS.items() if any(test(t) for t in seen)]
    context = claim.context
    if any(isinstance(t, Deriv) and t.var.head in context.definitions for t in seen):
        found.append("derivative by an intermediate")
    if any(isinstance(t, Var) and t.head in context.definitions for t in seen):
        found.append("definition")
    found += sorted({f"assumed: {a.kind}" for a in context.assumptions})
    if claim.relation != "=":
        found.append("inequality")
    return found


__all__ = ["CONSTRUCTS", "Made", "constructs", "make"]
