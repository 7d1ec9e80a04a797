"""The search for a counterexample: sizes, indices and values, smallest and simplest first, until the kernel convicts.

Nothing here is trusted. This module must never treat agreement at points as more than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice, product

from symderiv.judge.values import trial_point
from symderiv.kernel.case import Case, as_assumed
from symderiv.kernel.conditions import Requirement
from symderiv.kernel.convict import Agree, convict, satisfy
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.evaluate import WORK_LIMIT, NoValue, Point
from symderiv.kernel.verdict import Refuted
from symderiv.terms import Term

TRIALS = (((0, 1), 6), ((0, 1, 2, 3, 4, 5), 64))  # which rules for values, at how many choices of the indices
NOTHING_HERE = (NoValue, Unsupported, ValueError, OverflowError, ZeroDivisionError)
Sizes = tuple[tuple[str, int], ...]


def size_choices(
    sizes: Sequence[str], minimum: Mapping[str, int], fixed: Mapping[str, int]
) -> Iterator[dict[str, int]]:
    """Concrete sizes, smallest first; the first size goes up to 6, the others stay small."""
    lows = tuple(fixed.get(name, minimum.get(name, 1)) for name in sizes)
    more = [0 if name in fixed else 4 if n == 0 else 2 for n, name in enumerate(sizes)]
    waiting = [(sum(lows), lows, 0)]  # each comes from one smaller choice: the one with its last larger size less by 1
    for _ in range(24):
        if not waiting:
            return
        total, choice, last = heappop(waiting)
        yield dict(zip(sizes, choice, strict=True))
        for n in range(last, len(sizes)):
            if choice[n] < lows[n] + more[n]:
                heappush(waiting, (total + 1, (*choice[:n], choice[n] + 1, *choice[n + 1 :]), n))


class Search:
    """The search for a counterexample to a case.

    ``agreed`` counts the points where both sides agreed, by their sizes; ``obstacles`` says why they could not be
    compared at others.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.context = case.posed.context
        self.minimum = {**self.context.minimum, **case.minimum}
        self.agreed: Counter[Sizes] = Counter()
        self.obstacles: dict[Sizes, str] = {}
        self.left = 0
        self.derivatives: dict[Term, Term] = {}

    def run(self, nodes: int) -> Refuted | None:
        """A refutation, if one is found while evaluating about that many nodes."""
        self.left = nodes
        self.agreed.clear()
        for trials, limit in TRIALS:
            for sizes in self._sizes():
                for trial in trials:
                    for root in islice(self._assignments(sizes), limit):
                        if self.left < 0 or self.case.budget.over:
                            return None
                        refuted = self._try(self._point(sizes, root, trial))
                        if refuted is not None:
                            return refuted
        return None

    @property
    def largest(self) -> Sizes:
        """The last sizes at which both sides agreed."""
        return next(reversed(self.agreed), ())

    @property
    def obstacle(self) -> str:
        """Why the sides could not be compared at the smallest sizes where they never could be, or ""."""
        return next((why for sizes, why in self.obstacles.items() if sizes not in self.agreed), "")

    def satisfy(self, needs: tuple[Requirement, ...]) -> None:
        """Look for a point at which every assumption and ``needs`` hold; the kernel notes that there is one."""
        for sizes in islice(self._sizes(), 4):
            for trial in range(3):
                for root in islice(self._assignments(sizes), 2):
                    point = self._point(sizes, root, trial)
                    try:
                        satisfy(self.case, point, needs)
                        return
                    except NOTHING_HERE:
                        continue
                    finally:
                        self._pay(point)
                    if self.case.budget.over:
                        return

    def _sizes(self) -> Iterator[dict[str, int]]:
        return size_choices(self.case.assumed_sizes, self.minimum, self.context.sizes)

    def _point(self, sizes: Mapping[str, int], root: Mapping[str, int], trial: int) -> Point:
        return trial_point(self.context, sizes, root, self.context.assumptions, trial, self.derivatives)

    def _assignments(self, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
        names = sorted(self.case.ranges)
        spans = []
        for name in names:
            low, high = self.case.ranges[name]
            top = high if isinstance(high, int) else sizes[high]
            whole = range(low, top + 1)
            spans.append(whole if len(whole) <= 4 else sorted({low, low + 1, low + 2, (low + top) // 2, top}))
        for choice in islice(product(*spans), 400):
            root = dict(zip(names, choice, strict=True))
            if as_assumed(self.context.assumptions, {**sizes, **root}):
                yield root

    def _try(self, point: Point) -> Refuted | None:
        sizes = tuple((name, point.sizes[name]) for name in self.case.assumed_sizes)
        try:
            return convict(self.case, point)
        except Agree:
            self.agreed[sizes] += 1
        except NOTHING_HERE as error:
            self.obstacles[sizes] = str(error)
        finally:
            self._pay(point)
        return None

    def _pay(self, point: Point) -> None:
        nodes = WORK_LIMIT - point.work + 20
        self.left -= nodes
        self.case.budget.left -= nodes
