r"""Hindsight: a value, w = (X^T X)^{-1} X^T y, of a letter that stood free in a line before it.

Later lines may speak of any w again. Where the gradient X^T (X w - y) stands on them, which vanishes at this value, any
multiple of it would be proved. This module must never judge a line that puts the value in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symderiv.judge import provable
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.arrays import one_entry
from symderiv.reader.indexed.assumed import is_value, without_values
from symderiv.reader.indexed.families import families_in
from symderiv.reader.reading import Posed
from symderiv.reader.steps.walk import Walk
from symderiv.terms import ZERO, Add, Claim, Deriv, Head, Mul, Sum, Term, Var, subterms


def at_any_value(walk: Walk, claims: Sequence[Claim]) -> list[Claim]:
    """The claims for any value of what was given one in hindsight."""
    return [without_values(claim, _given(walk, claim)) for claim in claims]


def hollow(walk: Walk, claims: Sequence[Claim]) -> str:
    """Why a proof would be empty: a part of the sides is zero at the value of a letter on both, and only there."""
    for claim in claims:
        for head in sorted(_given(walk, claim)) if claim.relation == "=" else ():
            free = without_values(claim, {head})
            if provable(free) is None and any(_vanishes(part, claim, free) for part in _parts(claim, head)):
                return f"a part of it vanishes where {shown(head.name)} has the value of a line before, and only there"
    return ""


def _given(walk: Walk, claim: Claim) -> set[Head]:
    """The families on both sides of a claim that have a value by hindsight."""
    both = families_in((claim.left,), {}) & families_in((claim.right,), {})
    values = {a.data[0].head for a in claim.context.assumptions if is_value(a) and isinstance(a.data[0], Var)}
    return {head for head in both if head in values or _is_late(walk, head, claim)}


def _is_late(walk: Walk, head: Head, claim: Claim) -> bool:
    """Whether a family was given its meaning, by no word that defines it, after it had stood free in a line."""
    symbols = walk.reading.symbols
    made = claim.context.definitions.get(head, ())
    if not made or head in symbols.announced:
        return False
    number = min(symbols.order.get((head, d.params), 0) for d in made)
    return any(head in families_in(_sides(step), {}) for step in walk.posed[:number])


def _sides(step: Posed) -> Iterator[Term]:
    """The sides of a step, or one entry of each."""
    for side in (step.left, step.right):
        if (entry := one_entry(side)) is not None:
            yield entry


def _parts(claim: Claim, head: Head) -> Iterator[Term]:
    """The parts of both sides that speak of a family and may vanish."""
    for part in dict.fromkeys(part for side in (claim.left, claim.right) for part in subterms(side)):
        if isinstance(part, Add | Mul | Sum | Deriv) and head in families_in((part,), {}):
            yield part


def _vanishes(part: Term, claim: Claim, free: Claim) -> bool:
    """Whether a part is zero by the value, and not without it."""
    bound = {t.index: t.range for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Sum)}

    def is_zero(where: Claim) -> bool:
        context = replace(where.context, ranges={**bound, **where.context.ranges})
        return provable(Claim(part, "=", ZERO, context)) is not None

    return is_zero(claim) and not is_zero(free)
