r"""Equations that the words say are a derivative set to zero: whether they are that of the function before them.

Setting the derivative of J = (w - a)^2 to zero says 2(w - a) = 0, or any multiple of it; where w = a is not all that an
equation says, it is another one. This module must never reject an equation that may be the derivative of something
else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symderiv.diagnostics import ReadError
from symderiv.judge import prove_all
from symderiv.kernel import Proved
from symderiv.kernel.budget import spent
from symderiv.notation import unicode
from symderiv.reader.claims import Claims
from symderiv.reader.equations import Equation, Equations, fails_where, given
from symderiv.reader.families import families_in
from symderiv.reader.names import shown
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.readings import Readings
from symderiv.terms import (
    ZERO,
    Claim,
    Deriv,
    Head,
    Index,
    Term,
    Var,
    fresh,
    subterms,
)

MOST = 8  # families by which a function is differentiated to find an equation


class Stationary:
    """Compares equations with the derivatives of what is defined."""

    def __init__(self, reading: Reading, claims: Claims, equations: Equations, readings: Readings) -> None:
        self.reading = reading
        self.readings = readings
        self.claims = claims
        self.equations = equations

    def wrong(self, posed: Posed, claims: Sequence[Claim]) -> str:
        """Why an equation is no derivative set to zero, which the words say it is; empty if it may be one.

        It is none if some values meet it, and those before it, at which no derivative of the function vanishes.
        """
        before = self.equations.before(posed)
        if not posed.stationary and not self._follows(posed, before):
            return ""
        claims = [self._of_section(claim, posed) for claim in claims]
        if (function := self._function(posed, claims)) is None:
            return ""
        known = [claim for e in before for claim in e.claims if not _derives(claim)]
        open_to_it = False
        for derivative in self._derivatives(posed, function, claims[0]):
            if spent():
                return ""
            try:
                stated = [self._of_section(claim, posed, function) for claim in self.claims.of(derivative)]
            except ReadError:
                return ""
            if known and isinstance(prove_all([given(c, known, "", "") for c in stated]), Proved):
                continue  # that one has been set to zero already
            if not self._fails(posed, stated, known, claims):
                return ""
            open_to_it = True
        return f"this is not the derivative of {unicode(function)} set to zero" if open_to_it else ""

    def unfounded(self, posed: Posed, claims: Sequence[Claim]) -> str:
        """Why what a chain calls zero is not what it began with; empty if that may vanish, too, wherever this does."""
        step = self.equations.false.get(posed.left_span)
        if step is None:
            return ""
        begun = self.claims.of(replace(step, right=ZERO, relation="="))
        begun, zero = ([self._of_section(claim, posed) for claim in each] for each in (begun, claims))
        return "a step before it in its chain is false" if self._fails(posed, begun, (), zero) else ""

    def _fails(self, posed: Posed, stated: Sequence[Claim], known: Sequence[Claim], claims: Sequence[Claim]) -> bool:
        """``fails_where``, with the matrices symmetric that are called so."""
        every = [*stated, *known, *claims]
        every = self.readings.symmetric(posed, every)[0] or every
        first, last = len(stated), len(every) - len(claims)
        return fails_where(every[:first], every[first:last], every[last:])

    @staticmethod
    def _follows(posed: Posed, before: Sequence[Equation]) -> bool:
        """Whether an arrow says that an equation follows from a derivative that is zero."""
        return posed.implied and bool(before) and all(map(_derives, before[-1].claims))

    def _of_section(self, claim: Claim, posed: Posed, function: Var | None = None) -> Claim:
        """The claim without what its letters were solved for in earlier sections, or may have been.

        With a ``function``, also without what is assumed of other quantities, as of an inverse that comes later.
        """
        context, begins = claim.context, self._section(posed)[0]
        symbols, here = self.reading.symbols, self.equations.section(posed)
        stated = [c for e in self.equations.known if self.equations.section(e.posed) != here for c in e.claims]
        solved = families_in((side for c in stated for side in (c.left, c.right)), {}) | symbols.variables
        names = {shown(head.name) for head in solved}
        made = {
            head: ds
            for head, ds in context.definitions.items()
            if shown(head.name) not in names or all(symbols.order.get((head, d.params), begins) >= begins for d in ds)
        }
        kept = context.assumptions
        if function is not None:
            heads = families_in((function,), made)
            kept = tuple(a for a in kept if families_in((t for t in a.data if isinstance(t, Term)), {}) <= heads)
        return replace(claim, context=replace(context, definitions=made, assumptions=kept))

    def _section(self, posed: Posed) -> tuple[int, list[Posed]]:
        """Where the section of a step begins, and the steps there before it."""
        steps = self.reading.posed[: posed.at]
        begins = next(
            (n for n, p in enumerate(steps) if self.equations.section(p) == self.equations.section(posed)), posed.at
        )
        return begins, steps[begins:]

    def _function(self, posed: Posed, claims: Sequence[Claim]) -> Var | None:
        """The one function of the section before ``posed``, if it depends on all that its equation speaks of."""
        earlier = self._section(posed)[1]
        if any(p.kind == "claim" and p.error is not None for p in earlier):
            return None
        definitions = claims[0].context.definitions
        inside: set[Head] = set()
        for head, ds in definitions.items():
            inside |= families_in((d.body for d in ds), definitions) - {head}
        here = [p for p in earlier if p.kind == "definition"]
        made = here or [p for p in self.reading.posed[: posed.at] if p.kind == "definition"]
        tops = {p.left for p in made if isinstance(p.left, Var)}
        tops = {var for var in tops if var.head in definitions and var.head not in inside}
        if len(tops) != 1 or (function := tops.pop()).indices:
            return None
        spoken = families_in((side for claim in claims for side in (claim.left, claim.right)), definitions)
        return function if spoken and spoken <= families_in((function,), definitions) - {function.head} else None

    def _derivatives(self, posed: Posed, function: Var, claim: Claim) -> Iterator[Posed]:
        """The steps that say that the derivatives of ``function`` are zero, which have the shape of ``claim``."""
        definitions = claim.context.definitions
        by = sorted(families_in((function,), definitions) - definitions.keys())
        shape = sorted(str(claim.context.ranges.get(index)) for index in claim.left.free | claim.right.free)
        ranges = self.reading.symbols.ranges
        for head in by if len(by) <= MOST else ():
            free: dict[str, str] = {}
            for n in range(head.subs + head.sups):
                free[fresh("i", free)] = ranges.slot(head, n)
            if sorted(str(ranges.range_of(slot)) for slot in free.values()) != shape:
                continue
            indices: tuple[Index, ...] = tuple(free)
            var = Var(head.name, indices[: head.subs], indices[head.subs :])
            left: Term = Deriv(function, var)
            yield replace(posed, left=left, right=ZERO, relation="=", free=free, kept=frozenset(free), case=())


def _derives(claim: Claim) -> bool:
    """Whether a derivative is written in it."""
    return any(isinstance(part, Deriv) for side in (claim.left, claim.right) for part in subterms(side))
