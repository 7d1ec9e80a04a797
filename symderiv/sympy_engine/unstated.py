r"""Dependences that nobody stated, spelled out for SymPy: A = A° + \sum_j \partial A/\partial b_j \, b_j.

The kernel takes the first derivatives of such a quantity as unknown numbers. A linear function with unknown
coefficients has any value and any first derivatives, so it stands for all of them. This module must never spell out
what would then depend on more, or less, than the claim's context says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symderiv.diagnostics import UserError
from symderiv.kernel.derivative import is_unknown, unknown_derivative
from symderiv.terms import Claim, Context, Definition, Deriv, Head, Range, Term, Var, add, fresh, mul, reached, total

__all__ = ["spelled_out"]

Middles = list[tuple[Head, tuple[Range | None, ...]]]


def spelled_out(claim: Claim) -> Claim:
    """``claim`` with a definition for each quantity in it that depends on others in a way that nobody stated.

    Raises UserError where a linear function would not do: for second derivatives, for quantities that are held fixed,
    0 or 1, and where it could reach a variable on a way that the context does not know.
    """
    context = claim.context
    parts = list(reached((claim.left, claim.right), context.definitions))
    heads = {part.head for part in parts if isinstance(part, Var)}
    derivatives = [part for part in parts if isinstance(part, Deriv)]
    by = {part.var.head for part in derivatives}
    if context.held & heads and by:
        raise UserError("SymPy does not know that a quantity is held fixed")
    tops = sorted(h for h in heads - context.definitions.keys() if h in context.through or _below(h, by, context))
    if not tops or not by:
        return claim
    inside = list(reached((part.body for part in derivatives), context.definitions))
    if any(isinstance(part, Deriv) or is_unknown(part) for part in inside):
        raise UserError("SymPy does not know the second derivatives of a quantity of which only a dependence is known")
    if any(a.kind in ("onehot", "binary") and Head(*a.data[0]) in tops for a in context.assumptions):
        raise UserError("a quantity that is 0 or 1 depends on nothing smoothly")
    made = {top: (_linear(top, _middles(top, by, context), context),) for top in tops}
    return replace(claim, context=replace(context, definitions={**context.definitions, **made}))


def _below(top: Head, by: Iterable[Head], context: Context) -> list[Head]:
    return sorted(b for b in by if (top, b) in context.dependent)


def _middles(top: Head, by: set[Head], context: Context) -> Middles:
    """Through which families ``top`` depends on the variables ``by``, with the ranges of their slots."""
    if top in context.through:
        middles: Middles = [(head, tuple(ranges)) for head, ranges in context.through[top]]
        others = by & {head for head, _ in middles}
    else:
        middles = [(b, _ranges(b, context)) for b in _below(top, by, context)]
        others = by
    for head, _ in middles:
        if any(_reaches(head, other, context) for other in others - {head}):
            raise UserError("a quantity may depend on a variable in two ways")
    return middles


def _reaches(head: Head, other: Head, context: Context) -> bool:
    """Whether a family depends on another one, as stated or not."""
    bodies = [made.body for made in context.definitions.get(head, ())]
    heads = {head, *(part.head for part in reached(bodies, context.definitions) if isinstance(part, Var))}
    return other in heads or any((h, other) in context.dependent or h in context.through for h in heads)


def _ranges(head: Head, context: Context) -> tuple[Range | None, ...]:
    return tuple(context.families.get(head, (None,) * (head.subs + head.sups)))


def _linear(top: Head, middles: Middles, context: Context) -> Definition:
    names = {i for made in context.definitions.values() for d in made for i in d.body.free} | context.ranges.keys()

    def member(head: Head) -> Var:
        at = []
        for _ in range(head.subs + head.sups):
            at.append(fresh("i", names))
            names.add(at[-1])
        return Var(head.name, tuple(at[: head.subs]), tuple(at[head.subs :]))

    whole = member(top)
    terms: list[Term] = [Var(f"{top.name}°", whole.subs, whole.sups)]
    for head, ranges in middles:
        below = member(head)
        term: Term = mul(unknown_derivative(whole, below), below)
        for index, range_ in zip(below.indices, ranges, strict=True):
            if range_ is None:
                raise UserError(f"how many members {head.name} has is not known")
            term = total(str(index), range_, term)
        terms.append(term)
    return Definition(whole.indices, add(*terms))
