r"""From one class to every class: a claim about f_7 follows from the same claim about f_k for all k.

With a thousand classes the thousand entries of a gradient are instances of one claim, which need be proved once. An
index that stands as a number in the claim itself becomes a free index over the range of its slot; two different
numbers become indices that differ. Definitions and assumptions stay as they are, so the general claim says more than
the one posed. This module must never be used to refute: the general claim may be false where the instance is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from itertools import combinations

from symderiv.kernel.verdict import _SEAL, Condition, Proved
from symderiv.terms import Assumption, Claim, Context, Delta, Index, Range, Sum, Term, Var, rebuild, rename

FIELDS = tuple(field.name for field in fields(Context))
LONG = 6  # shorter ranges are not worth it


def generalised(claim: Claim) -> tuple[Claim, dict[str, int]] | None:
    """The general claim, and the numbers at which ``claim`` is an instance of it; None where there is none."""
    context = claim.context
    names: dict[tuple[int, Range], str] = {}

    @cache
    def general(term: Term) -> Term | None:
        if isinstance(term, Delta):
            return None if any(isinstance(i, int) for i in term.key) else term
        if isinstance(term, Var):
            if not any(isinstance(i, int) for i in term.indices):
                return term
            indices: list[Index] = []
            for index, range_ in zip(term.indices, context.families.get(term.head, ()), strict=False):
                if isinstance(index, int):
                    if (
                        not range_
                        or range_.low != 1
                        or not isinstance(range_.high, int)
                        or not LONG < range_.high >= index > 0
                    ):
                        return None
                    index = names.setdefault((index, range_), f"°{len(names)}")
                indices.append(index)
            subs = term.head.subs
            return (
                Var(term.name, tuple(indices[:subs]), tuple(indices[subs:]))
                if len(indices) == len(term.indices)
                else None
            )
        if isinstance(term, Sum) and term.index[:1] == "°":
            return None
        parts = []
        for part in term.parts:
            found = general(part)
            if found is None:
                return None
            parts.append(found)
        return rebuild(term, tuple(parts))

    if any(name[:1] == "°" for name in context.ranges):
        return None
    left, right = general(claim.left), general(claim.right)
    if left is None or right is None or not names or len({index for index, _ in names}) < len(names):
        return None
    ranges = {**context.ranges, **{name: range_ for (_, range_), name in names.items()}}
    distinct = tuple(Assumption("distinct", pair) for pair in combinations(names.values(), 2))
    wider = replace(context, ranges=ranges, assumptions=(*context.assumptions, *distinct))
    return Claim(left, claim.relation, right, wider), {name: index for (index, _), name in names.items()}


def instance(claim: Claim, general: Proved) -> Proved:
    """The verdict on ``claim``, of which ``general`` proves the general claim. Raises ValueError if it does not."""
    found = generalised(claim)
    if found is None or _says(found[0]) != _says(general.claim):
        raise ValueError("that is not the same claim about every class")
    given = tuple(a for a in general.given if a in claim.context.assumptions)
    conditions = tuple(Condition(rename(c.term, found[1]), c.relation) for c in general.conditions)
    return Proved(claim, general.scope, given, conditions, f"{general.argument} and indices", (), seal=_SEAL)


def _says(claim: Claim) -> tuple:
    return claim.left, claim.relation, claim.right, fingerprint(claim.context)


def fingerprint(context: Context) -> tuple:
    """A key that is equal only for contexts that say the same."""
    values = (getattr(context, name) for name in FIELDS)
    return tuple(tuple(value.items()) if isinstance(value, Mapping) else value for value in values)
