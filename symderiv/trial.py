r"""Trial points: a quick numerical sieve for what is worth proving.

Terms are evaluated by the kernel's ball arithmetic at a few points of a claim's context: sizes 2 and 3, indices apart
and alike, positive values and then mixed ones, assumptions met. What disagrees there is not worth a proof. This module
must never say that anything holds: agreement at points is no proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from symderiv.judge.values import trial_point
from symderiv.kernel.case import as_assumed
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.evaluate import NoValue, Point
from symderiv.terms import Context, Delta, SizeOf, Sum, Term, Var, subterms

POINTS = 4  # for one choice of the sizes
NODES = 20_000  # evaluated nodes for one term
Values = list[Any]  # balls (flint.arb), or None where there is no value
TRIALS = (1, 4)  # the judge's rules for values: positive ones, and rationals of both signs


@dataclass
class Trial:
    """Points at which ``terms`` can be evaluated; ``work`` is the number of nodes evaluated so far."""

    context: Context
    terms: tuple[Term, ...]
    work: int = 0
    points: list[tuple[Point, dict[str, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        ranges, assumptions = self.context.ranges, self.context.assumptions
        found = frozenset().union(*(term.free for term in self.terms)) | self._fixed()
        names = [name for name in sorted(found) if name in ranges]
        for trial, sizes in zip(TRIALS, self._sizes(names), strict=True):
            spans = []
            for name in names:
                low, high = ranges[name]
                top = high if isinstance(high, int) else sizes[high]
                spans.append(range(top, low - 1, -1) if top - low < 4 else (top, top - 1, low))
            choices = sorted(islice(product(*spans), 400), key=lambda at: (-len(set(at)), at))
            kept = [
                at
                for at in (dict(zip(names, choice, strict=True)) for choice in choices)
                if as_assumed(assumptions, at)
            ]
            if len(kept) > POINTS:  # all different first, then all alike
                kept = kept[: POINTS - 1] + kept[-1:]
            for at in kept:
                self.points.append((trial_point(self.context, sizes, at, assumptions, trial), at))

    def _fixed(self) -> set[str]:
        """Free indices that definitions mention and do not bind."""
        bodies = [d for definitions in self.context.definitions.values() for d in definitions]
        return {i for d in bodies for i in d.body.free if i not in d.params}

    def _sizes(self, names: list[str]) -> Iterator[dict[str, int]]:
        """The sizes for each trial: by turns one of them is the larger."""
        context = self.context
        found = {r.high for r in (context.ranges[name] for name in names) if isinstance(r.high, str)}
        least = 1
        bodies = [d.body for definitions in context.definitions.values() for d in definitions]
        for term in (*self.terms, *bodies, *_terms_assumed(context)):
            for part in subterms(term):
                if isinstance(part, Sum) and isinstance(part.range.high, str):
                    found.add(part.range.high)
                elif isinstance(part, SizeOf):
                    found.add(part.name)
                elif isinstance(part, Var | Delta):
                    indices = part.indices if isinstance(part, Var) else part.key
                    least = max([least, *(i for i in indices if isinstance(i, int))])
        for ranges in context.families.values():
            found |= {r.high for r in ranges if r is not None and isinstance(r.high, str)}
        sizes = sorted(found | set(context.sizes))
        for turn in range(len(TRIALS)):
            wish = {name: 2 + (n + turn + 1) % 2 for n, name in enumerate(sizes)}
            yield {
                name: context.sizes.get(name, max(wish[name], least, context.minimum.get(name, 1))) for name in sizes
            }

    def values(self, term: Term) -> Values:
        return [self._value(term, point, at) for point, at in self.points]

    def _value(self, term: Term, point: Point, at: dict[str, int]) -> Any:
        point.work = NODES
        try:
            value = point.evaluate(term, at)
            return value if value.is_finite() else None
        except (NoValue, Unsupported, ValueError, OverflowError, ZeroDivisionError, RecursionError):
            return None
        finally:
            self.work += NODES - max(point.work, 0) + 1

    def agrees(self, term: Term, values: Values, relation: str = "=") -> bool:
        """Whether ``values relation term`` may hold: defined wherever they are, and nowhere surely false."""
        seen = False
        for (point, at), value in zip(self.points, values, strict=True):
            if value is not None:
                here = self._value(term, point, at)
                if here is None or _false(value - here, relation):
                    return False
                seen = True
        return seen


def _false(difference: Any, relation: str) -> bool:
    """Whether ``difference relation 0`` is surely false."""
    match relation:
        case "=":
            return not difference.contains(0)
        case "<" | "<=":
            return bool(difference > 0)
        case ">" | ">=":
            return bool(difference < 0)
    return False


def _terms_assumed(context: Context) -> Iterator[Term]:
    for assumption in context.assumptions:
        yield from (part for part in assumption.data if isinstance(part, Term))


__all__ = ["Trial"]
