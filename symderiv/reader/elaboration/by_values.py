r"""Derivatives by the value of an unknown function at a member, or by its logarithm: ``\partial H / \partial p(x_j)``.

The values p(x_i) are one number for each i, as the members of a family are: what is differentiated is written with
them, and by the logarithm of one the chain rule gives dH/d(log p) = p dH/dp. This module must never do so where the
points x_i, or another value of the function, stand in what is differentiated as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symderiv.kernel.derivative import Unsupported, differentiate
from symderiv.reader.grammar import syntax
from symderiv.reader.indexed.families import substitute
from symderiv.terms import Context, Deriv, Fn, Head, Opaque, Term, Var, mul, rewritten, subterms

if TYPE_CHECKING:
    from symderiv.reader.elaboration.differentiation import Differentiation

VALUES = "\\cdot"


def by_value_of_a_function(elaborator: Differentiation, by: Term, body: syntax.Node | None) -> Term | None:
    """The derivative of ``body`` by the value, or by the logarithm of the value, that ``by`` is; None if it is none."""
    value = by.arg if isinstance(by, Fn) and by.name == "log" else by
    match value:
        case Opaque(parts=(Var() as point,)) if len(point.indices) == 1:
            name = value.name
        case _:
            return None
    whole = elaborator.value(body) if body is not None else None
    if not isinstance(whole, Term):
        return None
    family = Head(VALUES, len(point.subs), len(point.sups))

    def member(part: Term) -> Term | None:
        match part:
            case Opaque(name=same, parts=(Var() as at,)) if same == name and at.head == point.head:
                return Var(VALUES, at.subs, at.sups)
        return None

    whole = rewritten(elaborator.unfolded(whole, {point.head}), member, {})
    parts = list(subterms(whole))
    if any(isinstance(t, Deriv) or (isinstance(t, Opaque) and t.name == name) for t in parts):
        return None
    if any(isinstance(t, Var) and t.head == point.head for t in parts) or family not in {
        t.head for t in parts if isinstance(t, Var)
    }:
        return None
    variable = Var(VALUES, point.subs, point.sups)
    try:
        found = differentiate(whole, variable, Context(definitions=elaborator.symbols.definitions))
    except Unsupported:
        return None
    if value is not by:
        found = mul(variable, found)
    count = len(point.subs)
    return substitute(found, {}, {family: lambda at: Opaque(name, (Var(point.name, at[:count], at[count:]),), (0,))})
