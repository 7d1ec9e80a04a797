r"""The sizes of a worked example, told by its sums that are written out: ``e^{z_1} + e^{z_2}`` for n members.

They hold where the words announce an example, up to the next heading. This module must never tell a size that lines of
one example contradict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from symderiv.diagnostics import ReadError
from symderiv.reader.indexed.families import generalise
from symderiv.reader.indexed.sized import at_sizes, sizes_of
from symderiv.reader.reading import Posed
from symderiv.terms import Add, Claim, Term, Var, subterms

MOST_TERMS = 12  # in a sum whose members are looked for


class Examples:
    """The sizes that examples have by their written sums."""

    def __init__(self, posed: Sequence[Posed], claims_of: Callable[[Posed], list[Claim]]) -> None:
        self.posed = posed
        self.claims_of = claims_of
        self.sizes: dict[int, dict[str, set[int]]] = {}

    def reading_of(self, posed: Posed, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims of a step for the sizes of its example; None if it stands in none, or none is told."""
        if not posed.example:
            return None
        told = self._told(posed.example)
        names = set().union(*map(sizes_of, claims)) - posed.sizes.keys()
        found = {name: next(iter(told[name])) for name in sorted(names) if len(told.get(name, ())) == 1}
        if not found or "" in posed.sizes:
            return None
        words = " and ".join(f"{name} = {number}" for name, number in found.items())
        return [at_sizes(claim, found) for claim in claims], (f"for {words}, as written out in the example",)

    def _told(self, example: int) -> dict[str, set[int]]:
        """The sizes that the lines of an example tell."""
        if example not in self.sizes:
            self.sizes[example] = told = dict[str, set[int]]()
            for posed in self.posed:
                for name, number in self._written_in(posed) if posed.example == example else ():
                    told.setdefault(name, set()).add(number)
        return self.sizes[example]

    def _written_in(self, posed: Posed) -> Iterator[tuple[str, int]]:
        if posed.error is not None or not isinstance(posed.left, Term) or not isinstance(posed.right, Term):
            return
        try:
            claims = self.claims_of(posed)
        except ReadError:
            return
        for claim in claims:
            for part in {part for side in (claim.left, claim.right) for part in subterms(side)}:
                if isinstance(part, Add) and len(part.parts) <= MOST_TERMS:
                    yield from _written_out(part.parts, claim)


def _written_out(terms: Sequence[Term], claim: Claim) -> Iterator[tuple[str, int]]:
    """The sizes whose members ``terms`` run through: 2 for the K of z where they have e^{z_1} + e^{z_2}."""
    for first, second in permutations(terms, 2):
        found = generalise([first, second], set())
        if found is None or found[1:3] != (1, 2):
            continue
        index, _, _, body = found
        members = [first, second]
        while (following := _next(terms, members)) is not None:
            members.append(following)
        for name in _sizes_of(index, body, claim):
            yield name, len(members)


def _next(terms: Sequence[Term], members: Sequence[Term]) -> Term | None:
    """The term that goes on after ``members``, of which each has the next number."""
    for term in terms:
        found = generalise([*members, term], set())
        if found is not None and found[2] == len(members) + 1:
            return term
    return None


def _sizes_of(index: str, body: Term, claim: Claim) -> set[str]:
    """The sizes to which ``index`` runs in the families of ``body``."""
    found = set()
    for part in subterms(body):
        if isinstance(part, Var) and index in part.indices:
            slots = claim.context.families.get(part.head, ())
            for place, slot in zip(part.indices, slots, strict=False):
                if place == index and slot is not None and isinstance(slot.high, str):
                    found.add(slot.high)
    return found
