r"""Equations that the words say are a derivative set to zero: whether they are that of the function before them.

Setting the derivative of J = (w - a)^2 to zero says 2(w - a) = 0, or any multiple of it, which is proved. An equation
that no derivative of J follows from, and that follows from none, is another one. This module must never call an
equation false that may be the derivative of something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from symderiv.diagnostics import ReadError
from symderiv.judge import prove_all
from symderiv.kernel import Proved, Refuted, Verdict
from symderiv.kernel.budget import spent
from symderiv.kernel.derivative import differentiate
from symderiv.notation import latex, unicode
from symderiv.reader.assumed import given
from symderiv.reader.claims import Claims
from symderiv.reader.equations import SCALES, Equation, Equations, follows, solved_for
from symderiv.reader.families import families_in
from symderiv.reader.names import plain, shown
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.readings import Readings
from symderiv.terms import (
    ZERO,
    Claim,
    Definition,
    Deriv,
    Head,
    Index,
    Term,
    Var,
    add,
    fresh,
    mul,
    num,
    rename,
    subterms,
)

MOST = 8  # families by which a function is differentiated to find an equation


class Compared(NamedTuple):
    """A proof that an equation sets a derivative to zero, or a refutation of that, and in words what it is or is not.

    Without a verdict the words say why nothing follows from it; there are none where something may. With a refutation,
    ``instead`` are claims, and how a right side of theirs that made one hold would mend the equation.
    """

    verdict: Proved | Refuted | None = None
    said: str = ""
    instead: tuple[tuple[Claim, str], ...] = ()


class Zero(NamedTuple):
    """A derivative set to zero: its ``name``, the claims that say so, and the same with the derivative ``taken``."""

    name: str
    stated: list[Claim]
    taken: list[Claim]


class Stationary:
    """Compares equations with the derivatives of what is defined."""

    def __init__(self, reading: Reading, claims: Claims, equations: Equations, readings: Readings) -> None:
        self.reading = reading
        self.readings = readings
        self.claims = claims
        self.equations = equations

    def compared(self, posed: Posed, claims: Sequence[Claim]) -> Compared:
        """What comes of comparing an equation with the derivatives of the function before it, if words call it one.

        It is proved as a multiple of one of them, and nothing is said of it where it is enough for one to vanish.
        """
        before = self.equations.before(posed)
        if not posed.stationary and not self._follows(posed, before):
            return Compared()
        own = [self._of_section(claim, posed) for claim in claims]
        known = [claim for e in before for claim in e.claims if not _derives(claim)]
        refuted: list[Refuted] = []
        tried: list[Zero] = []
        for zero in self._zeros(posed, own):
            if spent():
                return Compared()
            symmetric = self.readings.symmetric(posed, own)[0] or own
            for multiples, times in self.equations.multiples(symmetric, zero.stated, zero.taken):
                if isinstance(verdict := prove_all(multiples), Proved):
                    return Compared(verdict, f"it is {zero.name}{f',{times},' if times else ''} set to zero")
            if known and isinstance(prove_all([given(c, known, "", "") for c in zero.stated]), Proved):
                continue  # that one has been set to zero already
            verdict = self._where(posed, zero.stated, known, own)
            if isinstance(verdict, Proved):
                return Compared()
            tried.append(zero)
            refuted += [verdict] if isinstance(verdict, Refuted) else []
        if not tried:
            return Compared()
        names = " or ".join(zero.name for zero in tried)
        if len(refuted) < len(tried):
            return Compared(None, f"that this is {names} set to zero is not seen")
        why = f"this is not {names} set to zero"
        if not posed.equates_derivative and not self._follows(posed, before):
            return Compared(None, why)
        if not all(isinstance(self._where(posed, own, known, zero.taken), Refuted) for zero in tried):
            return Compared(None, why)
        return Compared(refuted[0], why, tuple(_instead(own[0], tried[0].taken[0].left)) if len(own) == 1 else ())

    def unfounded(self, posed: Posed, claims: Sequence[Claim]) -> str:
        """Why what a chain calls zero is not what it began with; empty if that may vanish, too, wherever this does."""
        step = self.equations.false.get(posed.left_span)
        if step is None:
            return ""
        begun = self.claims.of(replace(step, right=ZERO, relation="="))
        begun, zero = ([self._of_section(claim, posed) for claim in each] for each in (begun, claims))
        fails = isinstance(self._where(posed, begun, (), zero), Refuted)
        return "a step before it in its chain is false" if fails else ""

    def _where(self, posed: Posed, stated: Sequence[Claim], known: Sequence[Claim], claims: Sequence[Claim]) -> Verdict:
        """Whether the ``stated`` equations follow from others, with the matrices symmetric that are called so."""
        every = [*stated, *known, *claims]
        every = self.readings.symmetric(posed, every)[0] or every
        first, last = len(stated), len(every) - len(claims)
        return follows(every[:first], every[first:last], every[last:])

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

    def set_to_zero(self, posed: Posed, number: int, at: int) -> list[tuple[str, list[Claim]]]:
        """The derivatives that step ``number`` sets to zero if it says at once what solves that: by what it solves for.

        Definitions up to step ``at`` are put in.
        """
        if not posed.stationary or self.equations.before(posed, all_of_them=True):
            return []
        here, there = replace(posed, at=number), replace(posed, at=at)
        for unknown in solved_for(posed):
            functions = self._functions(here, self.reading.symbols.definitions, {unknown})
            if zeros := [zero for f in functions if (zero := self._zero(there, f, unknown)) is not None]:
                return [(f"the equation that sets {zero.name} to zero", zero.taken) for zero in zeros]
        return []

    def _functions(
        self, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]], spoken: set[Head]
    ) -> list[Var]:
        """The functions of the section before ``posed`` that depend on all the families that its equation speaks of."""
        earlier = self._section(posed)[1]
        if not spoken or any(p.kind == "claim" and p.error is not None for p in earlier):
            return []
        inside: set[Head] = set()
        for head, ds in definitions.items():
            inside |= families_in((d.body for d in ds), definitions) - {head}
        here = [
            p for p in earlier if p.kind == "definition" or (isinstance(p.left, Var) and p.left.head in definitions)
        ]
        made = here or [p for p in self.reading.posed[: posed.at] if p.kind == "definition"]
        named = dict.fromkeys(p.left for p in made if isinstance(p.left, Var) and not p.left.indices)
        tops = [var for var in named if var.head in definitions and var.head not in inside]
        found = [var for var in tops if spoken <= families_in((var,), definitions) - {var.head}]
        return found if here or len(tops) == 1 else []  # of several in other sections it may be another

    def _zeros(self, posed: Posed, claims: Sequence[Claim]) -> Iterator[Zero]:
        """The derivatives, set to zero, of the functions before ``posed`` that its equation may be.

        They are taken by what the words say, or else by what a function is called a function of.
        """
        definitions, ranges = claims[0].context.definitions, claims[0].context.ranges
        shape = sorted(str(ranges.get(index)) for index in claims[0].left.free | claims[0].right.free)
        spoken = families_in((side for claim in claims for side in (claim.left, claim.right)), definitions)
        for function in self._functions(posed, definitions, spoken):
            by = sorted(families_in((function,), definitions) - definitions.keys())
            called = self.reading.symbols.functions.get((function.name, 0))
            parameters = [p.var.head if p.var is not None else p.family for p in called.parameters] if called else []
            said = [head for head in by if plain(shown(head.name)) in posed.by]
            by = said or [head for head in by if head in parameters] or by
            for head in by if len(by) <= MOST else ():
                zero = self._zero(posed, function, head)
                if zero is not None and shape == sorted(
                    str(zero.stated[0].context.ranges.get(index)) for index in zero.stated[0].left.free
                ):
                    yield zero

    def _zero(self, posed: Posed, function: Var, head: Head) -> Zero | None:
        """The derivative of ``function`` by a family, set to zero, as said where ``posed`` stands."""
        ranges = self.reading.symbols.ranges
        free: dict[str, str] = {}
        for n in range(head.subs + head.sups):
            free[fresh("i", free)] = ranges.slot(head, n)
        indices: tuple[Index, ...] = tuple(free)
        var = Var(head.name, indices[: head.subs], indices[head.subs :])
        left: Term = Deriv(function, var)
        step = replace(posed, left=left, right=ZERO, relation="=", free=free, kept=frozenset(free), case=())
        try:
            stated = [self._of_section(claim, posed, function) for claim in self.claims.of(step)]
        except ReadError:
            return None
        return Zero(f"the derivative of {unicode(function)} by {unicode(var)}", stated, _taken(stated))


def _derives(claim: Claim) -> bool:
    """Whether a derivative is written in it."""
    return any(isinstance(part, Deriv) for side in (claim.left, claim.right) for part in subterms(side))


def _taken(claims: Sequence[Claim]) -> list[Claim]:
    """The claims with the derivatives on their left taken."""
    return [
        replace(c, left=differentiate(c.left.body, c.left.var, c.context)) if isinstance(c.left, Deriv) else c
        for c in claims
    ]


def _instead(claim: Claim, derivative: Term) -> Iterator[tuple[Claim, str]]:
    """Claims that hold if left - right of ``claim`` is a multiple of ``derivative``, and the equation each mends."""
    left, right = claim.left, claim.right
    derivative = rename(derivative, dict(zip(sorted(derivative.free), sorted(left.free | right.free), strict=False)))
    for scale in SCALES:
        multiple = mul(scale, derivative)
        if right is ZERO:
            yield replace(claim, left=multiple, right=left), "{} = 0"
        else:
            yield replace(claim, left=add(left, mul(num(-1), multiple)), right=right), f"{_braced(latex(left))} = {{}}"
            yield replace(claim, left=add(multiple, right), right=left), f"{{}} = {_braced(latex(right))}"


def _braced(text: str) -> str:
    """``text`` for a format in which braces mark a place."""
    return text.replace("{", "{{").replace("}", "}}")
