r"""Why a proof would be empty or hasty: nothing in it depends on what it differentiates by, or order is lost.

This module must never make a verdict better than the kernel's.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.reader.doubts.understood import Understood
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.families import families_in
from symderiv.reader.letters.symbols import of_one
from symderiv.reader.reading import Reading
from symderiv.terms import (
    Claim,
    Deriv,
    Head,
    Term,
    Var,
    subterms,
)


class Proofs:
    """What speaks against taking a proof at its word."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.understood = Understood(reading)
        self.matrices = self.understood.matrices

    def empty(self, claims: Sequence[Claim]) -> str:
        """Why a proof of ``claims`` would be empty or hasty.

        Something defined is differentiated by what it does not contain, or capital letters of which nothing is known
        change places in products, with each other or with the names of layers: they may be matrices.
        """
        if unknown := self.understood.unknown(claims, True):
            return unknown
        for claim in claims:
            if said := self.matrices.disordered(claim) or self.understood.normaliser(claim):
                return said
            for side in (claim.left, claim.right):
                for part in subterms(side):
                    if isinstance(part, Deriv) and (said := self._of_nothing(part, claim)):
                        return said
        return ""

    def _of_nothing(self, rate: Deriv, claim: Claim) -> str:
        """Why a derivative says nothing: its variable has two values only, varies with a sum, or stands nowhere."""
        by, body = rate.var, rate.body
        if by.head in self.symbols.two_valued:
            return f"{shown(by.name)} has two values only, so nothing can be differentiated by it"
        if self._differs(by.head, body):
            return f"{shown(by.name)} may differ between the examples that are summed over"
        if not isinstance(body, Var) or body.head not in self.symbols.definitions:
            return ""
        below = self.symbols.reached(body) | families_in((body,), claim.context.definitions)
        free = by.head not in below and not claim.context.through.keys() & below
        if free and not any((h, by.head) in claim.context.dependent for h in below):
            return f"as read, {shown(body.name)} does not depend on {shown(by.name)}"
        return ""

    def _differs(self, head: Head, term: Term) -> bool:
        """Whether ``head`` is one for each example in ``term``."""
        return head in self.symbols.lifted and head in {of_one(h) for h in self.symbols.reached(term) if h != head}
