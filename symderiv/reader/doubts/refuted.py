r"""Why a counterexample would not convict the author: a symbol of which nothing is known may stand for anything.

This module must never make a verdict better than the kernel's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symderiv.document import Span
from symderiv.judge import prove_all
from symderiv.kernel import Proved, Refuted
from symderiv.reader.doubts.given import Given
from symderiv.reader.doubts.proofs import Proofs
from symderiv.reader.doubts.signs import Signs
from symderiv.reader.doubts.suspect import Suspect
from symderiv.reader.doubts.ties import Ties
from symderiv.reader.elaboration.samples import alike
from symderiv.reader.reading import Posed, Reading
from symderiv.terms import (
    Claim,
    Var,
    reached,
)


class Doubts:
    """What speaks against taking a counterexample at its word."""

    def __init__(self, reading: Reading, proofs: Proofs) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.proofs, self.understood = proofs, proofs.understood
        self.signs, self.given, self.ties = Signs(reading), Given(reading), Ties(reading)

    def doubt(self, posed: Posed, claim: Claim) -> str:
        """Why a counterexample to ``claim`` would not convict its author; empty if it does.

        A symbol of which nothing is known may stand for anything, and what stands on both sides under different names
        may be tied together by words that were not understood.
        """
        if posed.unsaid:
            return posed.unsaid
        if claim.relation == "!=":
            same = replace(claim, relation="=")
            proved = isinstance(prove_all([same]), Proved)
            return self.proofs.empty([same]) if proved else "its sides differ, if not everywhere"
        if said := self._unclear(posed, claim) or self.understood.unknown([claim], False):
            return said
        one, unsaid = alike(claim, self.symbols)
        return unsaid or next(self._reasons(Suspect(posed, one, self.symbols), claim), "")

    def _reasons(self, suspect: Suspect, written: Claim) -> Iterator[str]:
        """The doubts about a claim, of all examples as one, that was ``written`` for each; the first is told."""
        yield from self.signs.letters(suspect)
        yield from self.given.laws(suspect)
        yield from self.signs.members(suspect)
        yield from self.given.words(suspect)
        yield from self.given.equations(suspect)
        yield from self.ties.between(suspect)
        yield from self.ties.dependences(suspect)
        if written is not suspect.claim and not isinstance(prove_all([suspect.claim]), Refuted):
            yield "it may hold where all examples are alike"
        yield from self.ties.sums(suspect)

    def _unclear(self, posed: Posed, claim: Claim) -> str:
        """How far a sign reaches may not be clear in the line, or in one that defines what stands in it."""
        inside = reached((claim.left, claim.right), claim.context.definitions) if self.reading.unclear else ()
        spans = {self.symbols.defined_at.get(t.head) for t in inside if isinstance(t, Var)}
        spans.add(Span(posed.left_span.start, posed.span.end))
        for start in self.reading.unclear:
            if any(span is not None and span.start <= start < span.end for span in spans):
                line = self.reading.document.source.position(start).line
                return f"how far a sign in line {line} reaches is not clear"
        return ""
