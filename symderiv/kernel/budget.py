"""What may be spent on one claim, so that no claim delays the others.

Work is counted, so that the same claim always gets the same verdict; a unit is about ten microseconds, and the hardest
line of a published derivation takes a few thousand. The clock is the last guard, for what no count foresaw. This module
must never decide anything else: whoever runs out of budget answers Undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic

from symderiv.kernel.derivative import Unsupported

FORM = 100_000  # units for one normal form
CLAIM = 250_000  # units for one claim, all attempts together
SECONDS = 10.0  # for one claim
STEP = 15.0  # for one step of a document: its claims, other readings of it, what it may need, and its repairs
INTERVAL = 1_000  # units between two looks at the clock
LARGEST_ATOM = 20_000  # names, numbers and operations in one atom, written out
LARGEST_NUMBER = 100_000  # bits


_until: ContextVar[float] = ContextVar("until", default=inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """No budget that is made in this block lasts longer than ``seconds`` from now."""
    token = _until.set(min(_until.get(), monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def spent() -> bool:
    """Whether the time of ``within`` is over: for loops over claims, of which each has budget enough."""
    return monotonic() > _until.get()


class Exceeded(Unsupported):
    """The budget for one claim is spent; the verdict is then Undecided."""


class Budget:
    """The units and the seconds that are left for one claim."""

    __slots__ = ("deadline", "left", "look")

    def __init__(self, units: int = CLAIM, seconds: float = SECONDS) -> None:
        self.left = units
        self.look = units
        self.deadline = min(monotonic() + seconds, _until.get())

    def spend(self, units: int) -> None:
        """Raises Exceeded when nothing is left."""
        self.left -= units
        if self.left < 0:
            raise Exceeded("the expression grows beyond the budget for one claim")
        if self.left < self.look:
            self.look = self.left - INTERVAL
            if monotonic() > self.deadline:
                self.left = -1
                raise Exceeded(f"it takes longer than the {SECONDS:g} seconds for one claim")

    @property
    def over(self) -> bool:
        return self.left < 0 or monotonic() > self.deadline
