r"""Evaluation put to the test: the balls in which the kernel encloses both sides of a claim, and their values there.

A refutation rests on two balls. A wrong one is seen in a verdict only where the claim is true, unproved and evaluated
at such a point, which is rare; here each ball is held against the reference by itself. It must contain the value, and
there must be one: a ball for something that is not defined refutes as well as a wrong one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from symderiv.judge.values import trial_point
from symderiv.kernel import evaluate as kernel
from symderiv.kernel.case import Case
from symderiv.kernel.convict import PRECISION
from symderiv.kernel.derivative import Unsupported
from symderiv.notation import latex
from symderiv.terms import Cases, Claim, Context, Deriv, Fn, Pow, Term, log, power, product, total
from tests.soundness.claims import make
from tests.soundness.expressions import Site, Writer
from tests.soundness.judge import OutOfTime, allotted, meets, names_of
from tests.soundness.points import Point, instances
from tests.soundness.reference import FLOATS, MORE_DIGITS, TIERS, Evaluation, Key, NotDefined, Unknown
from tests.soundness.worlds import WORLDS

POINTS = 3  # for one claim
TRIALS = 6  # ways in which the kernel chooses values


@dataclass
class ValueTally:
    terms: int = 0
    values: int = 0
    unsettled: int = 0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: ValueTally) -> ValueTally:
        self.terms += other.terms
        self.values += other.values
        self.unsettled += other.unsettled
        self.wrong += other.wrong
        return self


def edge(writer: Writer, site: Site) -> Term:
    r"""\sum_b \partial g(u)/\partial v, where g is not defined, or has a kink, for some u."""
    rng = writer.rng
    index, range_ = rng.choice(writer.names), rng.choice(writer.ranges)
    inner = site.binding(index, range_)
    by = writer.variable(writer.world.inputs, inner)
    if by is None:
        return writer.leaf(site)
    u = rng.choice((by, by, writer.leaf(inner) * by, writer.any(2, inner.differentiated(by))))
    half = Fraction(1, 2)
    powers = [power(u, half), power(u, 3 * half), power(u, -1), Pow(u, writer.leaf(inner)), power(power(u, 2), half)]
    g = rng.choice([*powers, log(u), log(power(u, 2)), log(u * u), Fn("abs", u), Fn("relu", u)])
    body = Deriv(rng.choice((g, g * writer.leaf(inner), g + u)), by)
    if rng.random() < 0.3:
        pair = writer.pair(inner)
        body = Cases(writer.condition(pair), body, writer.leaf(inner)) if pair else body
    return (total if rng.random() < 0.85 else product)(index, range_, body)


def judge_values(seed: int, tally: ValueTally) -> None:
    """Both sides of a random claim, evaluated by the kernel at points of its own choice, against the reference."""
    rng = random.Random(seed)
    if seed % 2:
        claim = make(seed).claim
    else:
        world = rng.choice(WORLDS)(rng)
        writer, site = Writer(world, rng), Site(dict(world.names))
        claim = Claim(edge(writer, site), "=", edge(writer, site), world.context())
    if Case(claim).fault:
        return  # the kernel evaluates nothing of what is no claim, such as a sum up to an index
    context = claim.context
    names, sizes = names_of(claim)
    tally.terms += 2
    old, ctx.prec = ctx.prec, PRECISION
    try:
        for at, root in instances(context, sizes, names, rng, context.minimum, POINTS):
            if not meets(context.assumptions, root):
                continue
            point = trial_point(context, at, root, context.assumptions, rng.randrange(TRIALS))
            for side in (claim.left, claim.right):
                try:
                    with allotted(1.0):
                        ball = point.evaluate(side, root)
                except (kernel.NoValue, Unsupported, ValueError, OverflowError, ZeroDivisionError, OutOfTime):
                    continue  # it says nothing
                if not ball.is_finite():
                    continue
                values = {key: value for key, (_, value) in point.values.items()}
                complaint = _wrong(side, context, at, root, values, ball)
                if complaint is None:
                    tally.unsettled += 1
                    continue
                tally.values += 1
                if complaint:
                    tally.wrong.append(f"seed {seed}, sizes {at}, indices {root}, {values}: {complaint}: {latex(side)}")
    finally:
        ctx.prec = old


def _wrong(
    term: Term,
    context: Context,
    sizes: Mapping[str, int],
    root: Mapping[str, int],
    values: Mapping[Key, Fraction],
    ball: arb,
) -> str | None:
    """What is wrong with the ball, or nothing; None where the reference cannot tell."""
    point = Point(context, sizes, (), random.Random(0), preset=values)

    def value(field_: Any) -> Any:
        return Evaluation(context, sizes, point, field_, root, point.opaque)(term)

    try:
        rough = value(FLOATS)
        if not point.missing and abs(rough - float(ball)) < 1e-9 * (1 + abs(rough)):
            return ""
    except (NotDefined, Unknown, OverflowError):
        pass
    for fewer, more in TIERS:
        try:
            rough, exact = value(fewer), value(more)
        except Unknown:
            continue
        except NotDefined as error:
            return f"{error}, the kernel says {ball}" if not point.missing else None
        if point.missing:
            return None  # it asked for a variable that the kernel did without
        if abs(rough - exact) < 1e-25 * (1 + abs(exact)):
            number = MORE_DIGITS.mp.mpf
            off = abs(exact - number(ball.mid().str(60, radius=False))) - number(ball.rad().str(10, radius=False))
            return f"it is {float(exact)!r}, the kernel says {ball}" if off > 1e-40 * (1 + abs(exact)) else ""
    return None


__all__ = ["ValueTally", "judge_values"]
