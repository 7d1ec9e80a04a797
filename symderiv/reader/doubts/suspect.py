r"""A refuted claim as it is looked at: the step that makes it, and what stands in it.

This module must never say whether it convicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from symderiv.kernel.derivative import Unsupported, definition_of
from symderiv.reader.letters.symbols import Symbols
from symderiv.reader.reading import Posed
from symderiv.terms import (
    Claim,
    Definition,
    Deriv,
    Head,
    Opaque,
    Term,
    Var,
    reached,
    subterms,
)


@dataclass(frozen=True)
class Suspect:
    """A step, a claim that it makes, and the symbols of its document."""

    posed: Posed
    claim: Claim
    symbols: Symbols

    @cached_property
    def parts(self) -> set[Term]:
        """What stands on its sides, as written."""
        return {t for side in (self.claim.left, self.claim.right) for t in subterms(side)}

    @cached_property
    def inside(self) -> list[Term]:
        """What stands on its sides, and in the definitions of that."""
        return list(reached((self.claim.left, self.claim.right), self.claim.context.definitions))

    @cached_property
    def derives(self) -> bool:
        """Whether it speaks of derivatives."""
        return any(isinstance(t, Deriv) for t in self.parts)

    @cached_property
    def known(self) -> dict[Head, tuple[Definition, ...]]:
        """What is defined."""
        return {**self.symbols.definitions, **self.claim.context.definitions}

    @cached_property
    def unknown(self) -> tuple[set[Head], set[Head]]:
        """The undefined families and functions that its left side, and its right side, reach."""
        return _undefined(self.claim.left, self.known), _undefined(self.claim.right, self.known)


def _undefined(term: Term, definitions: Mapping[Head, tuple[Definition, ...]]) -> set[Head]:
    """The undefined families and functions that a term reaches."""
    found: set[Head] = set()
    seen: set[Head] = set()
    queue = [term]
    while queue:
        for part in subterms(queue.pop()):
            if isinstance(part, Opaque):
                found.add(Head(part.name, 0, 0))
            elif isinstance(part, Var) and part.head not in seen:
                seen.add(part.head)
                try:
                    body = definition_of(part, definitions)
                    bodies = [d.body for d in definitions[part.head]] if body is not None else []
                except Unsupported:
                    bodies = [d.body for d in definitions[part.head]]
                queue += bodies
                if not bodies:
                    found.add(part.head)
    return found
