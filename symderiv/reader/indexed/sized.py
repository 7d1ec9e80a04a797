r"""A claim for sizes that are numbers: ``for $K = 2$`` its sums have two terms, and the definitions' sums, too.

This module must never change what a claim says of other sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from symderiv.terms import Assumption, Claim, Definition, Range, SizeOf, Sum, Term, num, reached, rename, rewritten


def sizes_of(claim: Claim) -> set[str]:
    """The sizes that sums in ``claim``, definitions put in, run to."""
    parts = reached((claim.left, claim.right), claim.context.definitions)
    return {part.range.high for part in parts if isinstance(part, Sum) and isinstance(part.range.high, str)}


def changed(claim: Claim, change: Callable[[Term], Term | None]) -> Claim:
    """``claim`` with other parts in its sides and definitions: what ``change`` gives for them, if anything."""
    memo: dict[Term, Term] = {}
    definitions = {
        head: tuple(Definition(d.params, rewritten(d.body, change, memo)) for d in made)
        for head, made in claim.context.definitions.items()
    }
    left, right = rewritten(claim.left, change, memo), rewritten(claim.right, change, memo)
    return replace(claim, left=left, right=right, context=replace(claim.context, definitions=definitions))


def at_sizes(claim: Claim, sizes: Mapping[str, int]) -> Claim:
    """``claim`` with numbers in the place of ``sizes``."""
    memo: dict[Term, Term] = {}
    context = claim.context

    def at(range_: Range) -> Range:
        return Range(range_.low, sizes.get(range_.high, range_.high) if isinstance(range_.high, str) else range_.high)

    def change(part: Term) -> Term | None:
        if isinstance(part, Sum):
            return type(part)(part.index, at(part.range), rewritten(part.body, change, memo))
        return num(sizes[part.name]) if isinstance(part, SizeOf) and part.name in sizes else None

    def read(term: Term) -> Term:
        return rename(rewritten(term, change, memo), dict(sizes))

    def told(assumption: Assumption) -> Assumption:
        data = tuple(read(part) if isinstance(part, Term) else part for part in assumption.data)
        return replace(assumption, data=data)

    return Claim(
        read(claim.left),
        claim.relation,
        read(claim.right),
        replace(
            context,
            sizes={**context.sizes, **sizes},
            ranges={index: at(range_) for index, range_ in context.ranges.items()},
            definitions={
                h: tuple(Definition(d.params, read(d.body)) for d in ds) for h, ds in context.definitions.items()
            },
            assumptions=tuple(map(told, context.assumptions)),
            families={h: tuple(r and at(r) for r in slots) for h, slots in context.families.items()},
            through={
                top: tuple((h, tuple(map(at, slots))) for h, slots in ways) for top, ways in context.through.items()
            },
        ),
    )
