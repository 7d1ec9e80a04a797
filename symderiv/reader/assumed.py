r"""A claim where equations are assumed: ``L = 0`` given ``w = y/x``.

This module must never assume anything of one index alone that was stated for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symderiv.terms import ZERO, Assumption, Claim, fresh, rename


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
