r"""A claim where equations are assumed: ``L = 0`` given ``w = y/x``.

This module must never assume anything of one index alone that was stated for all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from symderiv.terms import ZERO, Assumption, Claim, Head, Var, fresh, rename

SOLVED_FOR = "where it is solved for"


def given(claim: Claim, stated: Sequence[Claim], text: str, source: str) -> Claim:
    """``claim`` where the ``stated`` equations are assumed, for every value of their indices."""
    assumptions, ranges = list(claim.context.assumptions), dict(claim.context.ranges)
    for one in stated:
        names: dict[str, str] = {}
        for name in sorted(one.left.free | one.right.free):
            if name in one.context.ranges:
                names[name] = fresh(name, {*ranges, *names.values()})
                ranges[names[name]] = one.context.ranges[name]
        sides = rename(one.left, names), rename(one.right, names)
        if sides[0] is ZERO:
            sides = sides[1], sides[0]
        assumptions.append(Assumption("equation", sides, text, source))
    return replace(claim, context=replace(claim.context, ranges=ranges, assumptions=tuple(assumptions)))


def is_value(assumption: Assumption) -> bool:
    """Whether it is assumed that a variable has the value for which an equation before was solved."""
    return assumption.kind == "equation" and assumption.source.endswith(SOLVED_FOR)


def without_values(claim: Claim, heads: Collection[Head]) -> Claim:
    """``claim`` for any value of the families ``heads``, whatever they were solved for before."""

    def speaks(assumption: Assumption) -> bool:
        return is_value(assumption) and isinstance(of := assumption.data[0], Var) and of.head in heads

    definitions = {head: made for head, made in claim.context.definitions.items() if head not in heads}
    kept = tuple(a for a in claim.context.assumptions if not speaks(a))
    return replace(claim, context=replace(claim.context, definitions=definitions, assumptions=kept))
