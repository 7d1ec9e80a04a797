r"""What was said elsewhere of what stands in a claim: for one case, of some members only, or with another meaning.

This module must never make a verdict better than the kernel's.
"""

from __future__ import annotations

from dataclasses import replace

from symderiv import notation
from symderiv.judge import prove_all
from symderiv.kernel import Proved
from symderiv.reader.grammar.names import shown
from symderiv.reader.known import in_a_case, named_sets, under_conditions
from symderiv.reader.letters.symbols import base_name
from symderiv.reader.reading import Posed, Reading
from symderiv.terms import (
    Claim,
    Deriv,
    Head,
    reached,
)


class Elsewhere:
    """What the words say elsewhere that speaks against a verdict."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols

    def said(self, posed: Posed, claim: Claim, proved: bool = False) -> str:
        """What in a claim, proved or not, was said of something else, or may have been.

        So it was of L for y = 1 only, or of members of a set.
        """
        if said := self._in_a_case(posed, claim, proved):
            return said
        for said, left, heads in under_conditions.rests_on(self.reading, posed, claim):
            if proved and heads and _holds_without(claim, heads):
                continue
            if left:
                return said
            posed.note(said)
        for head in sorted(self.symbols.reached(claim.left, claim.right) & self.symbols.hot_since.keys()):
            since = max((n for n in self.symbols.hot_since[head] if n <= posed.sentence), default=posed.sentence)
            if self.symbols.is_softened(head, since, posed.sentence):
                return f"{shown(head.name)} is one-hot where the words define it, and that is said no longer"
        given = posed.values or posed.earlier_values
        holds = {a.data for a in given}
        for head in sorted(self.symbols.reached(claim.left, claim.right) & self.symbols.partial.keys()):
            other = [a for a in self.symbols.partial[head] if a.data not in holds]
            if other:
                return f"what {shown(head.name)} is was said for {notation.unicode_latex(other[0].text)} only"
        for head in sorted(self.symbols.reached(claim.left, claim.right) & self.symbols.instead.keys()):
            line = self.reading.document.source.position(self.symbols.instead[head].start).line
            return f"what {shown(head.name)} is was not understood where it is said first (line {line})"
        for head in sorted(self.symbols.reached(claim.left, claim.right)):
            for at, told, _, manner in self.symbols.asides.get(head.name, ()):
                if manner == "supposed" and told == posed.paragraph and at <= posed.at:
                    return f"the words before it suppose that {shown(head.name)} is something else"
        if said := named_sets.beside(posed, claim, self.reading):
            return said
        return "" if proved else self._retold(posed, claim) or named_sets.picked_by_values(claim, self.reading)

    def _retold(self, posed: Posed, claim: Claim) -> str:
        """The letter that words right behind a false line give another meaning than it was judged by."""
        names = {base_name(shown(head.name)) for head in self.symbols.reached(claim.left, claim.right)}
        retold = sorted(posed.again & names) if posed.again else []
        return f"right behind it the words say what {retold[0]} means, and that is something else" if retold else ""

    def _in_a_case(self, posed: Posed, claim: Claim, proved: bool) -> str:
        """What a quantity in a claim was said to be for one case, after the formula that it has.

        What is proved of it holds in the case, too; what is false may be meant for it. Beyond the case, the line may
        have been a new meaning after all.
        """
        text = self.reading.document.source.text
        for head in sorted(self.symbols.reached(claim.left, claim.right)):
            cases = [case for case in self.symbols.cased.get(head.name, ()) if case.at <= posed.at]
            if not cases or in_a_case.general(posed, text):
                continue
            if not proved or in_a_case.holding(cases, posed, text) is None:
                line = self.reading.document.source.position(cases[-1].span.start).line
                return f"line {line} says what {shown(head.name)} is in one case ('{cases[-1].words}')"
        return ""


def _holds_without(claim: Claim, heads: frozenset[Head]) -> bool:
    """Whether ``claim`` is proved whatever ``heads`` are, and however they depend on what it differentiates by."""
    context = claim.context
    parts = reached((claim.left, claim.right), context.definitions)
    varied = {part.var.head for part in parts if isinstance(part, Deriv)}
    without = replace(
        context,
        definitions={head: made for head, made in context.definitions.items() if head not in heads},
        dependent=context.dependent | {(head, by) for head in heads for by in varied},
    )
    return isinstance(prove_all([replace(claim, context=without)]), Proved)
