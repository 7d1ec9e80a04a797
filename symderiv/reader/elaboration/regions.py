r"""Regions: what a step says above or below a number, "for $x > 0$", or above, below and at zero in turn, of |x|.

A number above a is a + e^s for some s, so that nothing has to be known of its sign; a derivative by it is one by s, by
the chain rule: df/dx = e^{-s} df/ds for x = a + e^s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.families import spoken_of
from symderiv.reader.letters.bounds import WRITTEN, Bound
from symderiv.terms import (
    Claim,
    Definition,
    Deriv,
    Fn,
    Head,
    Num,
    Term,
    Var,
    add,
    exp,
    mul,
    neg,
    num,
    reached,
    rewritten,
    subterms,
)

BENT = ("abs", "relu", "step", "sign")  # functions that are one thing above zero and another below
MOST = 3  # numbers that are bounded in one claim


class Region(NamedTuple):
    """Claims about the numbers within bounds, what these say, and of which names."""

    claims: list[Claim]
    said: tuple[str, ...]
    names: frozenset[str]


def within(claims: Sequence[Claim], limits: Mapping[str, set[Bound]]) -> Region | None:
    """The claims where the numbers in them lie above, or below, what ``limits`` say; None if they bound none so."""
    parts = {t for c in claims for t in reached((c.left, c.right), c.context.definitions)}
    derived = {t.var for t in parts if isinstance(t, Deriv)}
    found, said = [list(claims)], list[str]()
    names = set[str]()
    for var in sorted((t for t in parts if isinstance(t, Var) and not t.indices), key=lambda v: v.name):
        ends = limits.get(shown(var.name), set())
        if len(ends) != 1 or any(var.head in c.context.definitions or _is_tied(var.head, c) for c in claims):
            continue
        ((relation, end),) = ends
        ways = [1 if relation[0] == ">" else -1, *([0] if relation[-1] == "=" else [])]
        if 0 in ways and var in derived:
            continue  # at the end itself there may be no derivative
        if len(names) == MOST:
            return None
        found = [[_put_in(claim, var, way, num(end)) for claim in each] for each in found for way in ways]
        said.append(f"{shown(var.name)} {WRITTEN.get(relation, relation)} {end}")
        names.add(shown(var.name))
    return Region([claim for each in found for claim in each], tuple(said), frozenset(names)) if names else None


def of_each_sign(claims: Sequence[Claim]) -> tuple[list[Claim], str]:
    """The claims for a positive, a negative and no x, in turn, where |x| or max(x, 0) stands, and that x; or none."""
    if any(claim.context.assumptions for claim in claims):
        return [], ""
    parts = [t for c in claims for t in reached((c.left, c.right), c.context.definitions)]
    bent = {v for t in parts if isinstance(t, Fn) and t.name in BENT for v in subterms(t.arg) if isinstance(v, Var)}
    defined = {head for claim in claims for head in claim.context.definitions}
    scalars = sorted((v for v in bent if not v.indices and v.head not in defined), key=lambda v: v.name)
    if len(scalars) != 1 or any(isinstance(t, Deriv) for t in parts) or defined & {v.head for v in bent}:
        return [], ""
    (scalar,) = scalars
    return [_put_in(claim, scalar, way, num(0)) for claim in claims for way in (1, -1, 0)], shown(scalar.name)


def _is_tied(head: Head, claim: Claim) -> bool:
    """Whether more is known of a family than what the claim and its definitions show."""
    context = claim.context
    spoken = spoken_of([claim], context.definitions)
    known = {part for assumption in context.assumptions for part in assumption.data}
    assumed = {t.head for term in known if isinstance(term, Term) for t in subterms(term) if isinstance(t, Var)}
    tied = {by for what, by in context.dependent if what in spoken} | context.through.keys() | context.held
    return head in known | assumed | tied or any(head in (h for h, _ in ways) for ways in context.through.values())


def _put_in(claim: Claim, var: Var, way: int, end: Num) -> Claim:
    """The claim at x = end + way e^s; at the end itself if ``way`` is 0."""
    away = Var(f"{var.name}~", (), ())
    value = add(end, mul(num(way), exp(away))) if way else end
    memo: dict[Term, Term] = {}

    def change(part: Term) -> Term | None:
        if isinstance(part, Deriv) and part.var == var:
            return mul(num(way), exp(neg(away)), Deriv(rewritten(part.body, change, memo), away))
        return value if part == var else None

    def at(term: Term) -> Term:
        return rewritten(term, change, memo)

    def defined(head: Head, ds: tuple[Definition, ...]) -> tuple[Definition, ...]:
        return tuple(Definition(d.params, at(d.body)) for d in ds)

    context = claim.context
    context = replace(context, definitions={head: defined(head, ds) for head, ds in context.definitions.items()})
    return replace(claim, left=at(claim.left), right=at(claim.right), context=context)
