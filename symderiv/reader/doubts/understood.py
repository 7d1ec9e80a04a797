r"""What in a claim is said to be something that was not understood: it speaks against a proof and a counterexample.

This module must never guess what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.doubts.matrices import Matrices
from symderiv.reader.grammar.names import shown
from symderiv.reader.letters.symbols import PROBABILITIES, base_name
from symderiv.reader.reading import Reading
from symderiv.terms import (
    Claim,
    Delta,
    Deriv,
    Fn,
    Head,
    Opaque,
    Term,
    Var,
    reached,
    subterms,
)

COSTS = ("L", "J", r"\mathcal{L}", r"\mathcal{J}")  # L_0 depends on all that is learnt, where nobody says otherwise
NORMALISERS = ("Z", r"\mathcal{Z}")  # what weights are divided by to be probabilities

NORMALISING = re.compile(r"normali|partition", re.IGNORECASE)


class Understood:
    """Whether what stands in a claim was understood where it is said."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.matrices = Matrices(reading.symbols)

    def unknown(self, claims: Sequence[Claim], proved: bool) -> str:
        """What in the claims, proved or not, is said to be something that was not understood."""
        for claim in claims:
            inside = list(reached((claim.left, claim.right), claim.context.definitions))
            names = {base_name(t.name) for t in inside if isinstance(t, Var)}
            unsaid = names & self.symbols.unsaid_numbers
            if not proved:
                unsaid |= {by for what, by in self.symbols.function_divisors if {what, by} <= names}
            if unsaid:
                return f"whether {shown(min(unsaid))} alone is a value of the function is not said"
            if said := self._unread(claim, inside, proved) or self._shapeless(claim, inside):
                return said
            if proved and (said := self._in_words(claim, inside)):
                return said
        return ""

    def normaliser(self, claim: Claim) -> str:
        """Whether a Z stands in what is differentiated of which nothing is said, and which is no matrix."""
        rates = [t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Deriv)]
        drawn = {
            p.var for (name, _), f in self.symbols.functions.items() if name in PROBABILITIES for p in f.parameters
        }
        rates = [rate for rate in rates if rate.var not in drawn]  # the Z of p(x) is the same for all x
        known = claim.context.definitions.keys() | {rate.var.head for rate in rates}
        for part in reached([rate.body for rate in rates], claim.context.definitions):
            if isinstance(part, Var) and part.name in NORMALISERS and part.head not in known and len(part.subs) < 2:
                return f"what {shown(part.name)} is was not found, and it may depend on what is differentiated by"
        return ""

    def _unread(self, claim: Claim, inside: Sequence[Term], proved: bool) -> str:
        """What is said to be something that could not be read, on which more hinges than is known.

        An equation without derivatives holds of whatever it is; a derivative by what it does not speak of, too.
        """
        varied = {t.var.head for t in inside if isinstance(t, Deriv)}
        named = {head.name for head in claim.context.definitions}
        for var in (t for t in inside if isinstance(t, Var) and t.head not in claim.context.definitions):
            found = self.symbols.unread.get(shown(var.name))
            letter, script, _ = var.name.partition("_{")
            known = var.head in claim.context.through  # by way of what it depends on x
            free = {h for h in varied if (var.head, h) not in claim.context.dependent and not known}
            if proved and free and script and letter in COSTS:
                return f"on what {shown(var.name)} depends is not said"
            if proved and var.head not in varied and var.name in named and self._speaks(shown(var.name), free):
                return f"{shown(var.name)} has other indices where it is defined"
            if not proved and Head(var.name, len(var.subs), 0) in claim.context.definitions:  # \gamma_{jk}^{(t)}
                return f"{shown(var.name)} has no such superscript where it is defined"
            if found is None or (var.head in varied and not found.of_one):
                continue
            depends = found.names is None or any(self._speaks(name, free) for name in found.names)
            if (free and (depends or found.of_one)) or not proved:
                line = self.reading.document.source.position(found.span.start).line
                return f"what {shown(var.name)} is was not understood (line {line})"
        return ""

    def _in_words(self, claim: Claim, inside: Sequence[Term]) -> str:
        """What is differentiated as a constant, and said to be computed from data that it is differentiated by."""
        symbols = self.symbols
        drawn = {
            p.var for (name, _), f in symbols.functions.items() if name in PROBABILITIES for p in f.parameters if p.var
        }
        for rate in (t for t in inside if isinstance(t, Deriv)):
            part, found = symbols.in_words(rate.body, rate.var.head, claim.context) or (None, None)
            if part is None or found is None or (rate.var in drawn and NORMALISING.match(found.kind)):
                continue  # what a density is divided by is the same for all that is drawn
            line = self.reading.document.source.position(found.span.start).line
            said = f"what {shown(part.name)} is was said in words only ('{found.kind}' in line {line})"
            return f"{said}, and it may depend on {shown(rate.var.name)}"
        return ""

    def _speaks(self, name: str, heads: set[Head]) -> bool:
        """Whether the formulas that say what ``name`` is speak of one of ``heads``, or what they mention does."""
        return not self.symbols.speaks_of([name]).isdisjoint(shown(head.name) for head in heads)

    def _shapeless(self, claim: Claim, inside: Sequence[Term]) -> str:
        """A letter that stands for a number, and is a matrix by the words, the identity beside one, or a set.

        So is a Kronecker delta that some line defines otherwise, as the error ``\\delta_{nk} = y_{nk} - t_{nk}``.
        """
        if self.symbols.own_delta and any(isinstance(t, Delta) for t in inside):
            return "what \N{GREEK SMALL LETTER DELTA} is was defined in a way that was not understood"
        sizes = [t.parts[0] for t in inside if isinstance(t, Fn) and t.name == "abs" and isinstance(t.parts[0], Var)]
        for size in sizes if claim.left.free or claim.right.free else ():  # whether i lies in S, nobody knows
            if re.search(rf"\\in\s*{re.escape(size.name)}(?![A-Za-z])", self.reading.document.source.text):
                return f"{shown(size.name)} is a set, of which nothing more is known"
        names = {t.name for t in inside if isinstance(t, Var) and not t.indices and not self.symbols.defines(t.name, 0)}
        names |= {t.name for t in inside if isinstance(t, Opaque)}
        unknown = sorted(names & self.symbols.matrices_by_word)
        if not unknown and "I" in names and (others := self.matrices.of(claim)):
            unknown = sorted(others)
        return (
            f"{' and '.join(map(shown, unknown))} may be matrices, of which the shapes are not declared"
            if unknown
            else ""
        )
