r"""One claim, with what is known of its sizes and indices before anything is proved or refuted.

A claim that names the third class speaks of K >= 3; indices that are assumed equal become one. This module must never
decide anything about the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from symderiv.kernel.budget import Budget
from symderiv.kernel.conditions import Requirement
from symderiv.terms import (
    Assumption,
    Claim,
    Delta,
    Index,
    Range,
    Size,
    SizeOf,
    Sum,
    Term,
    Var,
    reached,
    rename,
    subterms,
    unbound,
)

RELATIONS = ("=", "<", ">", "<=", ">=", "!=")


class Case:
    """A claim to be judged; ``fault`` says why it cannot be.

    ``posed`` is the claim, indices that are assumed equal merged; ``ranges`` are those of its free indices, ``minimum``
    the least values of its symbolic sizes. ``met`` is set once a point was seen at which all assumptions hold;
    ``shown`` are the conditions that hold at one, too.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        context = claim.context
        self.equal = [a for a in context.assumptions if a.kind == "equal"]
        merged, contradiction = _merged([a.data for a in self.equal])
        self.left, self.right = rename(claim.left, merged), rename(claim.right, merged)
        self.posed = replace(claim, left=self.left, right=self.right) if merged else claim
        self.merged = [
            a for a in self.equal if any(i in merged and i in claim.left.free | claim.right.free for i in a.data)
        ]
        self.assumptions = [a for a in context.assumptions if a.kind != "equal"]
        for n, a in enumerate(self.assumptions):
            if a.kind == "distinct":
                pair = tuple(merged.get(i, i) for i in a.data)
                contradiction = contradiction or pair[0] == pair[1]
                self.assumptions[n] = replace(a, data=pair) if pair != a.data else a
        if merged:
            self.posed = replace(self.posed, context=replace(context, assumptions=(*self.equal, *self.assumptions)))
        assumed = (part for a in self.assumptions for part in a.data if isinstance(part, Term))
        self.terms = list(reached((self.left, self.right, *assumed), context.definitions))
        self.fixed = unbound(self.terms, context.definitions)
        free = sorted(self.left.free | self.right.free | self.fixed)
        self.ranges = {name: context.ranges[name] for name in free if name in context.ranges}
        self.sizes = sorted(_sizes(self.terms).union(r.high for r in self.ranges.values() if isinstance(r.high, str)))
        self.fault = self._fault(free, merged, contradiction)
        self.minimum = self._minimum()
        self.met = not self.assumptions
        self.shown: set[tuple[Requirement, ...]] = set()
        self.budget = Budget()

    def _fault(self, free: Sequence[str], merged: Mapping[str, Index], contradiction: bool) -> str:
        ranges = self.claim.context.ranges
        if self.claim.relation not in RELATIONS:
            return f"the relation {self.claim.relation} is not one that can be proved"
        for name in free:
            if name not in ranges and not self._is_size(name):
                return f"the index {name} has no range"
        if contradiction:
            return "the assumptions contradict each other, so they prove nothing"
        for name in sorted(self._counted()):
            return f"{name} is an index and a number here, and only sizes are understood as numbers"
        bound = {t.index for t in self.terms if isinstance(t, Sum)}
        for name in sorted({*free, *bound, *self.sizes}):
            if not name or name.isdigit() or name[0] in "@#?-":  # normal forms have numbers and names of their own
                return f"an index or a size cannot have the name {name}"
        for name, other in merged.items():
            if str(other) in ranges and ranges.get(name) != ranges[str(other)]:
                return f"the index {name} is set equal to one with another range"
        return ""

    def _counted(self) -> set[str]:
        r"""Names that are an index and a size in one place, as k in \sum_{k=1}^K \sum_{j=1}^k f_j or \sum_k k f_k."""
        sizes = _sizes(self.terms)
        sums = [t for t in self.terms if isinstance(t, Sum) and t.index in sizes]
        heads = {t.head for t in self.terms if isinstance(t, Var)}
        made = [d for head in heads for d in self.claim.context.definitions.get(head, ())]
        bound = [({t.index}, t.body) for t in sums]
        bound += [(set(map(str, d.params)) & sizes, d.body) for d in made if not sizes.isdisjoint(map(str, d.params))]
        data = [i for a in self.claim.context.assumptions for i in a.data]
        assumed = {i for part in data for i in (part.free if isinstance(part, Term) else (part,))}
        indices = self.ranges.keys() | assumed & self.claim.context.ranges.keys()
        found = (sizes | {str(high) for _, high in self.ranges.values()}) & indices
        return found.union(*(names & _sizes(subterms(body)) for names, body in bound))

    def _is_size(self, name: str) -> bool:
        context = self.claim.context
        summed = (t.range for t in self.terms if isinstance(t, Sum))
        slots = (r for ranges in context.families.values() for r in ranges if r)
        return name in context.sizes or any(r.high == name for r in (*context.ranges.values(), *summed, *slots))

    @cached_property
    def assumed_sizes(self) -> list[str]:
        """The sizes of the claim and those that only its assumptions speak of."""
        context = self.claim.context
        free = {i for a in self.assumptions if a.kind == "equation" for side in a.data for i in side.free}
        families = {
            r for a in self.assumptions for r in context.families.get(a.data[0], ()) if r and a.kind != "equation"
        }
        ranges = families | {context.ranges[i] for i in free if i in context.ranges}
        return sorted({*self.sizes, *(r.high for r in ranges if isinstance(r.high, str))})

    def _minimum(self) -> dict[str, int]:
        """A claim that names the third class speaks of K >= 3."""
        context = self.claim.context
        least = {name: context.minimum.get(name, 1) for name in self.sizes}

        def at_least(range_: Range | None, index: object) -> None:
            if range_ is not None and isinstance(index, int) and isinstance(range_.high, str):
                name = range_.high
                if name in least or (index > 1 and name in self.assumed_sizes):
                    least[name] = max(least.get(name, context.minimum.get(name, 1)), index)

        for term in self.terms:
            if isinstance(term, Var):
                for range_, index in zip(context.families.get(term.head, ()), term.indices, strict=False):
                    at_least(range_, index)
            elif isinstance(term, Delta):
                for one, other in ((term.left, term.right), (term.right, term.left)):
                    if isinstance(other, str):
                        at_least(self.ranges.get(other), one)
            elif isinstance(term, Sum):
                if isinstance(term.range.high, str) and term.range.low > 1:
                    least[term.range.high] = max(least[term.range.high], term.range.low - 1)
                for part in subterms(term.body):
                    if isinstance(part, Delta) and term.index in part.key:
                        at_least(term.range, part.right if part.left == term.index else part.left)
        for a in self.equal:
            for one, other in (a.data, a.data[::-1]):
                if isinstance(one, str):
                    at_least(context.ranges.get(one), other)
        for name, range_ in self.ranges.items():
            if range_.high in least and range_.low > 1:
                least[range_.high] = max(least[range_.high], range_.low)
            for assumption in self.assumptions:
                if assumption.kind == "distinct" and name in assumption.data:
                    for other in assumption.data:
                        at_least(range_, other)
        return least

    @cached_property
    def lengths(self) -> set[Size]:
        """The upper ends of all ranges that the claim speaks of."""
        return {t.range.high for t in self.terms if isinstance(t, Sum)} | {r.high for r in self.ranges.values()}

    @cached_property
    def named_sizes(self) -> list[tuple[str, int]]:
        """The sizes with a name that are numbers here (K = 4), where the claim speaks of that many."""
        return sorted((name, value) for name, value in self.claim.context.sizes.items() if value in self.lengths)


def _sizes(terms: Iterable[Term]) -> set[str]:
    """The names that ``terms`` use as numbers: the upper ends of ranges, and sizes."""
    found = set()
    for term in terms:
        if isinstance(term, Sum) and isinstance(term.range.high, str):
            found.add(term.range.high)
        elif isinstance(term, SizeOf):
            found.add(term.name)
    return found


def as_assumed(assumptions: Iterable[Assumption], at: Mapping[str, int]) -> bool:
    """Whether the indices with the values ``at`` are alike and apart as assumed; one without a value may be either."""
    for a in assumptions:
        if a.kind in ("equal", "distinct"):
            one, other = (at.get(i) if isinstance(i, str) else i for i in a.data)
            if one is not None and other is not None and (one == other) != (a.kind == "equal"):
                return False
    return True


def _merged(pairs: Sequence[tuple]) -> tuple[dict[str, Index], bool]:
    """What each index becomes when those in ``pairs`` are equal, and whether two numbers would have to be."""
    merged: dict[str, Index] = {}
    for pair in pairs:
        first, second = (merged.get(i, i) for i in pair)
        if first == second:
            continue
        if not isinstance(second, str):
            first, second = second, first
        if not isinstance(second, str):
            return merged, True
        merged = {old: first if new == second else new for old, new in merged.items()} | {second: first}
    return merged, False


__all__ = ["Case", "as_assumed"]
