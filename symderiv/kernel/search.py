"""The search for a counterexample: sizes, indices and values, smallest and simplest first, until a ball convicts.

Every assumption holds exactly at a point that refutes, and both sides have a value there. This module must never
refute by anything but disjoint enclosures, and never treat agreement at points as more than that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from flint import arb, ctx

from symderiv.kernel.budget import Budget
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.evaluate import WORK_LIMIT, NoValue, Point
from symderiv.kernel.verdict import Witness
from symderiv.terms import Assumption, Claim, Range, Term, Var

PRECISION = 160  # bits


def _fails(left: arb, relation: str, right: arb) -> bool:
    """Whether the relation certainly fails, by the enclosures."""
    difference = left - right
    if not difference.is_finite():
        return False
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


def size_choices(
    sizes: Sequence[str], minimum: Mapping[str, int], fixed: Mapping[str, int]
) -> Iterator[dict[str, int]]:
    """Concrete sizes, smallest first; the first size goes up to 6, the others stay small."""
    spans = []
    for n, name in enumerate(sizes):
        if name in fixed:
            spans.append(range(fixed[name], fixed[name] + 1))
        else:
            low = minimum.get(name, 1)
            spans.append(range(low, low + (5 if n == 0 else 3)))
    choices = sorted(product(*spans), key=lambda c: (sum(c), c))
    for choice in choices[:24]:
        yield dict(zip(sizes, choice, strict=True))


class Search:
    """The search for a counterexample to ``claim``; ``agreed`` counts the points where both sides agreed."""

    def __init__(
        self,
        claim: Claim,
        sizes: Sequence[str],
        minimum: Mapping[str, int],
        ranges: Mapping[str, Range],
        budget: Budget | None = None,
    ) -> None:
        self.claim = claim
        self.sizes = sizes
        self.minimum = minimum
        self.ranges = ranges
        self.agreed = 0
        self.largest: dict[str, int] = {}
        self.obstacle = ""
        self.left = 0
        self.derivatives: dict[Term, Term] = {}
        self.budget = budget or Budget()

    def run(self, nodes: int) -> Witness | None:
        """A counterexample, if one is found while evaluating about that many nodes."""
        self.left = nodes
        self.agreed = 0
        old = ctx.prec
        ctx.prec = PRECISION
        try:
            for trials, limit in (((0, 1), 6), ((0, 1, 2, 3, 4, 5), 64)):
                for sizes in size_choices(self.sizes, self.minimum, self.claim.context.sizes):
                    for trial in trials:
                        for env in islice(self._assignments(sizes), limit):
                            if self.left < 0 or self.budget.over:
                                return None
                            witness = self._try(sizes, trial, env)
                            if witness is not None:
                                return witness
            return None
        finally:
            ctx.prec = old

    def satisfiable(self) -> bool:
        """Whether a point was found at which every assumption holds."""
        for sizes in islice(size_choices(self.sizes, self.minimum, self.claim.context.sizes), 4):
            for trial in range(3):
                for env in islice(self._assignments(sizes), 2):
                    point = Point(self.claim.context, sizes, self.claim.context.assumptions, trial)
                    point.root = env
                    try:
                        if self._assumptions_hold(point, env):
                            return True
                    except (NoValue, Unsupported):
                        continue
                    finally:
                        self._pay(point)
                    if self.budget.over:
                        return False
        return False

    def _assignments(self, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
        names = sorted(self.ranges)
        spans = []
        for name in names:
            low, high = self.ranges[name]
            top = high if isinstance(high, int) else sizes[high]
            whole = range(low, top + 1)
            spans.append(whole if len(whole) <= 4 else sorted({low, low + 1, low + 2, (low + top) // 2, top}))
        for choice in islice(product(*spans), 400):
            env = dict(zip(names, choice, strict=True))
            if all(self._allowed(a, {**sizes, **env}) for a in self.claim.context.assumptions):
                yield env

    @staticmethod
    def _allowed(assumption: Assumption, env: Mapping[str, int]) -> bool:
        if assumption.kind not in ("equal", "distinct"):
            return True
        a, b = (env.get(i) if isinstance(i, str) else i for i in assumption.data)
        return a is None or b is None or (a == b) == (assumption.kind == "equal")

    def _try(self, sizes: Mapping[str, int], trial: int, env: Mapping[str, int]) -> Witness | None:
        claim = self.claim
        point = Point(claim.context, sizes, claim.context.assumptions, trial, self.derivatives)
        point.root = env
        try:
            left = point.evaluate(claim.left, env)
            right = point.evaluate(claim.right, env)
            used = list(point.values.values())
            if not self._assumptions_hold(point, env):
                self.obstacle = "an assumption could not be met at any point that was tried"
                return None
        except (NoValue, Unsupported) as error:
            self.obstacle = str(error)
            return None
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            self.obstacle = str(error)
            return None
        finally:
            self._pay(point)
        if not (left - right).is_finite():
            self.obstacle = "its value is too large to evaluate"
            return None
        if not _fails(left, claim.relation, right):
            self.agreed += 1
            self.largest = dict(sizes)
            return None
        mentioned = {**{name: sizes[name] for name in self.sizes}}
        return Witness(
            tuple(sorted(mentioned.items())),
            tuple(sorted((name, value) for name, value in env.items())),
            tuple(sorted(used, key=lambda pair: (pair[0].name, pair[0].sups, pair[0].subs))),
            _decimal(left),
            _decimal(right),
        )

    def _pay(self, point: Point) -> None:
        nodes = WORK_LIMIT - point.work + 20
        self.left -= nodes
        self.budget.left -= nodes

    def _assumptions_hold(self, point: Point, env: Mapping[str, int]) -> bool:
        """Every assumption at this point, for all values of its free indices; exact equality only."""
        for assumption in self.claim.context.assumptions:
            if assumption.kind in ("onehot", "binary", "positive"):
                head = assumption.data[0]
                if head in self.claim.context.definitions and not self._defined_positive(point, assumption):
                    return False
        for left, right in point.equations:
            names = sorted(left.free | right.free)
            spans = []
            for name in names:
                range_ = self.ranges.get(name) or self.claim.context.ranges.get(name)
                if range_ is None and name not in point.sizes:
                    return False
                spans.append(range(range_.low, point.size(range_.high) + 1) if range_ else [point.sizes[name]])
            for choice in product(*spans):
                point.spend(1)
                here = dict(zip(names, choice, strict=True))
                if point.exact(left, here) != point.exact(right, here):
                    return False
        return all(value > 0 for var, value in point.values.values() if var.head in point.positive)

    @staticmethod
    def _defined_positive(point: Point, assumption: Assumption) -> bool:
        """Whether a defined family is positive here, as assumed; anything else about one cannot be checked."""
        head = assumption.data[0]
        ranges = point.context.families.get(head, () if head.subs + head.sups == 0 else (None,))
        if assumption.kind != "positive" or None in ranges:
            return False
        spans = [range(r.low, point.size(r.high) + 1) for r in ranges if r]
        return all(
            point.evaluate(Var(head.name, at[: head.subs], at[head.subs :]), {}) > 0
            for at in islice(product(*spans), 400)
        )


def _decimal(ball: arb) -> str:
    """The digits of a ball's middle that are certain, at most 10."""
    if ball.contains(0):
        return "0"
    digits = ball.str(10, radius=False)
    mantissa, e, exponent = digits.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + exponent
