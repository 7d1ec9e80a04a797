r"""Conviction: a claim is refuted by one point, once everything about that point has been checked.

Whoever proposes a point need not be trusted. Checked here are the sizes, the indices, every assumption (equations in
exact rationals, for all values of their indices), that both sides have a value, and that their enclosures are apart.
This module must never refute by anything but disjoint enclosures, or exact equality where the relation is strict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from flint import arb, ctx

from symderiv.kernel.case import Case, as_assumed
from symderiv.kernel.conditions import Requirement
from symderiv.kernel.evaluate import NoValue, Point, valued
from symderiv.kernel.verdict import _SEAL, Refuted, Witness
from symderiv.terms import Assumption, Head, Range, Term, Var, rename

PRECISION = 160  # bits


class Agree(Exception):
    """Both sides have a value at the point, and nothing says that the relation fails."""


def convict(case: Case, point: Point) -> Refuted:
    """The refutation of ``case`` at ``point``.

    Raises Agree if the claim does not surely fail there, and NoValue if the point is not one at which it can be told.
    """
    claim = case.posed
    old, ctx.prec = ctx.prec, PRECISION
    try:
        _admit(case, point)
        left = point.evaluate(claim.left, point.root)
        right = point.evaluate(claim.right, point.root)
        used = list(point.values.values())
        _meet(case, point)
    finally:
        ctx.prec = old
    if not (left - right).is_finite():
        raise NoValue("its value is too large to evaluate")
    if not _fails(left, claim.relation, right):
        raise Agree
    sizes = {**{name: point.sizes[name] for name in case.assumed_sizes}, **dict(case.named_sizes)}
    witness = Witness(
        tuple(sorted(sizes.items())),
        tuple(sorted(point.root.items())),
        tuple(sorted(used, key=lambda pair: (pair[0].name, pair[0].sups, pair[0].subs))),
        _decimal(left),
        _decimal(right),
    )
    return Refuted(case.claim, witness, seal=_SEAL)


def satisfy(case: Case, point: Point, needs: tuple[Requirement, ...] = ()) -> None:
    """Note in ``case`` that its assumptions can be met where ``needs`` hold.

    Raises NoValue if they are not, or not certainly, met here.
    """
    _admit(case, point)
    for need in needs:
        for choice in product(*(_span(point, range_) for _, range_ in need.bound)):
            bound = {name: value for (name, _), value in zip(need.bound, choice, strict=True)}
            value = point.evaluate(need.term, {**point.root, **bound})
            if not (value > 0 or (need.relation == "!=" and value < 0) or (need.relation == ">=" and value.is_zero())):
                raise NoValue(UNMET)
    _meet(case, point)
    case.shown.add(needs)


def _admit(case: Case, point: Point) -> None:
    """The claim speaks of these sizes, and the indices are in their ranges, alike and apart as assumed."""
    context = case.posed.context
    if case.fault or point.context is not context:
        raise NoValue(case.fault or "a point of another claim")
    for name in case.assumed_sizes:
        low = case.minimum.get(name, context.minimum.get(name, 1))
        if point.size(name) < low or context.sizes.get(name, point.size(name)) != point.size(name):
            raise NoValue(f"the claim does not speak of {name} = {point.size(name)}")
    for name, (low, high) in case.ranges.items():
        if not low <= point.root.get(name, low - 1) <= point.size(high):
            raise NoValue(f"the index {name} is out of its range")
    if not as_assumed(context.assumptions, {**point.sizes, **point.root}):
        raise NoValue("an index condition does not hold")


def _meet(case: Case, point: Point) -> None:
    """Every assumption holds at this point, for all values of its free indices; exact equality only."""
    context = point.context
    families = [a for a in context.assumptions if a.kind in ("onehot", "binary", "positive")]
    if not all(_positive(point, a) for a in families if a.data[0] in context.definitions):
        raise NoValue(UNMET)
    rates: dict[Var, Fraction | Term] = {}
    for left, right in (a.data for a in context.assumptions if a.kind == "equation"):
        names = sorted(left.free | right.free)
        ranges = [case.ranges.get(name) or context.ranges.get(name) for name in names]
        if any(r is None and name not in point.sizes for name, r in zip(names, ranges, strict=True)):
            raise NoValue(UNMET)
        spans = [_span(point, r) if r else [point.sizes[name]] for name, r in zip(names, ranges, strict=True)]
        for choice in product(*spans):
            point.spend(1)
            here = dict(zip(names, choice, strict=True))
            if not (valued(left, context) or left.head in context.definitions):
                # an unknown derivative may have any value, but one
                rate = Var(left.name, point.at(left.subs, here), point.at(left.sups, here))
                value = _value(point, right, here)
                if rates.setdefault(rate, value) != value:
                    raise NoValue(UNMET)
            elif point.exact(left, here) != point.exact(right, here):
                raise NoValue(UNMET)
    for a in families:
        if a.data[0] not in context.definitions and not all(_belongs(point, a)):
            raise NoValue(UNMET)
    case.met = True


UNMET = "an assumption could not be met at any point that was tried"


def _value(point: Point, term: Term, here: Mapping[str, int]) -> Fraction | Term:
    """The value of ``term``, or where that is not known exactly the term itself: equal ones have equal values."""
    try:
        return point.exact(term, here)
    except NoValue:
        return rename(term, here)


def _span(point: Point, range_: Range) -> range:
    return range(range_.low, point.size(range_.high) + 1)


def _belongs(point: Point, a: Assumption) -> Iterator[bool]:
    """Whether the values of an assumed family are 0 or 1, one of them 1 along its slot, or positive."""
    head = a.data[0]
    values = [(var, value) for var, value in point.values.values() if var.head == tuple(head)]
    for _, value in values:
        yield value > 0 if a.kind == "positive" else value in (0, 1)
    if a.kind == "onehot":
        slot = a.data[1]
        range_ = point.context.families[head][slot] if head in point.context.families else None
        if range_ is None:
            raise NoValue("the length of a family is not known")
        span = _span(point, range_)
        rows = dict.fromkeys((*var.indices[:slot], None, *var.indices[slot + 1 :]) for var, _ in values)
        for row in rows:
            point.spend(len(span))
            whole = ((*row[:slot], n, *row[slot + 1 :]) for n in span)
            yield sorted(_values(point, head, whole)) == [0] * (len(span) - 1) + [1]


def _values(point: Point, head: Head, members: Iterable[Sequence]) -> Iterator:
    for at in members:
        yield point.value(head[0], tuple(at[: head[1]]), tuple(at[head[1] :]))


def _positive(point: Point, a: Assumption) -> bool:
    """Whether a defined family is positive here, as assumed; anything else about one cannot be checked."""
    head = Head(*a.data[0])
    ranges = point.context.families.get(head, () if head.subs + head.sups == 0 else (None,))
    if a.kind != "positive" or None in ranges:
        return False
    members = product(*(_span(point, r) for r in ranges if r))
    return all(point.evaluate(Var(head.name, at[: head.subs], at[head.subs :]), {}) > 0 for at in members)


def _fails(left: arb, relation: str, right: arb) -> bool:
    """Whether the relation certainly fails, by the enclosures."""
    difference = left - right
    match relation:
        case "=":
            return not difference.contains(0)
        case "!=":
            return difference.is_zero()
        case "<":
            return bool(difference > 0) or difference.is_zero()
        case "<=":
            return bool(difference > 0)
        case ">":
            return bool(difference < 0) or difference.is_zero()
        case ">=":
            return bool(difference < 0)
    return False


def _decimal(ball: arb) -> str:
    """The digits of a ball's middle that are certain, at most 10."""
    if ball.contains(0):
        return "0"
    digits = ball.str(10, radius=False)
    mantissa, e, exponent = digits.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + exponent
