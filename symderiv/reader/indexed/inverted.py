r"""Derivatives by a quantity that is defined through the one that a function is written in: dF/dv = (dF/dx) / (dv/dx).

So it is with \eta = \log(p/(1 - p)) and A = -\log(1 - p): dA/d\eta = p. This module must never touch what mentions the
quantity that it is differentiated by.
"""

from __future__ import annotations

from collections.abc import Mapping

from symderiv.reader.indexed.families import families_in
from symderiv.terms import Definition, Deriv, Head, Term, Var, mul, power, rename, rewritten, subterms

Definitions = Mapping[Head, tuple[Definition, ...]]


def source(by: Var, definitions: Definitions) -> tuple[Var, Term] | None:
    r"""The one variable x of which ``by`` is defined as a function, entry by entry, and that function.

    For v_k, where v_j = \log x_j^2, these are x_k and \log x_k^2.
    """
    made = definitions.get(by.head, ())
    if len(made) != 1 or not all(isinstance(p, str) for p in made[0].params):
        return None
    members = {t for t in subterms(made[0].body) if isinstance(t, Var)}
    if len(members) != 1:
        return None
    (member,) = members
    if member.head in definitions or sorted(map(str, member.indices)) != sorted(map(str, made[0].params)):
        return None
    at = dict(zip(map(str, made[0].params), by.indices, strict=True))
    variable = rename(member, at)
    assert isinstance(variable, Var)
    return variable, rename(made[0].body, at)


def inverted(term: Term, definitions: Definitions, found: set[tuple[Head, Head]]) -> Term:
    """``term`` with such derivatives by x; what was ``found`` is added as pairs of v and x."""

    def anew(part: Term) -> Term | None:
        through = source(part.var, definitions) if isinstance(part, Deriv) else None
        if through is None:
            return None
        assert isinstance(part, Deriv)
        variable, function = through
        body = rewritten(part.body, anew)
        inside = families_in((body,), definitions)
        if part.var.head in inside or variable.head not in inside:
            return None
        found.add((part.var.head, variable.head))
        return mul(Deriv(body, variable), power(Deriv(function, variable), -1))

    return rewritten(term, anew)
