r"""Lines that may be given rather than claimed: equations to be solved, laws of unknown functions, what holds roughly.

This module must never take up what they may say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv.reader.doubts.suspect import Suspect
from symderiv.reader.elaboration import determinants, factorials
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.families import differences, families_in
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    Claim,
    Deriv,
    Fn,
    Head,
    Num,
    Opaque,
    Pow,
    SizeOf,
    Var,
    num,
    reached,
    subterms,
)

SPECIAL = Words(
    r"\b(?:anti-?symmetric|skew[\s-]*symmetric|orthogonal|orthonormal|unitary|eigendecomposition|singular\s+value"
    r"|idempotent|projections?\s+matri\w*|nilpotent|orthonormiert|orthogonale?n?)\b|正交|反对称|直交",
    re.IGNORECASE,
)


_BOUND = r"\$[^$]*(?:\\(?:leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])|[<>≤≥])[^$]*\$"
_WHY = (
    r"(?:because|since|as|(?:where\s+)?(?:we\s+)?(?:have\s+)?us(?:ed|ing)|where|thanks\s+to|due\s+to"
    r"|weil|da|car|puisque|porque|ya\s+que|poiché|因为|由于)\b"
)
REASON_BEHIND = re.compile(
    rf"(?:[\s.,;&$\\\])}}]|\\end\{{[^}}]*\}}|<!--.*?-->)*{_WHY}[^.;$]{{0,60}}{_BOUND}", re.IGNORECASE | re.DOTALL
)
REASON_BEFORE = re.compile(
    rf"{_WHY}[^.;$]{{0,60}}{_BOUND}[^.;$]{{0,60}}(?:\$\$|\\\[|\\begin)[^$]{{0,40}}$", re.IGNORECASE
)


class Given:
    """Why a line may state something that does not follow from what comes before."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols

    def laws(self, suspect: Suspect) -> Iterator[str]:
        """It may say what something is like of which nothing is known: an unknown function, a determinant."""
        claim, parts, inside = suspect.claim, suspect.parts, suspect.inside
        unknowns = [t for t in parts if isinstance(t, Opaque)]
        if unknowns and not suspect.derives and not any(any(t.orders) for t in unknowns):
            yield "this may say what an unknown function is like"
        if factorials.tied(inside):
            yield "factorials are tied to one another, of which nothing is known here"
        if determinants.tied(claim, self.symbols):
            yield "this may say what a determinant is, of which nothing is known here but its name"
        if peculiar := self._peculiar(claim):
            yield f"this may say what the derivative of the unknown function {shown(peculiar)} is like"

    def words(self, suspect: Suspect) -> Iterator[str]:
        """The words around it say that it holds in a case, roughly, or by what was not put in."""
        posed, claim, inside = suspect.posed, suspect.claim, suspect.inside
        if posed.bounded and any(isinstance(t, Fn) and t.name in ("relu", "abs", "step", "sign") for t in inside):
            yield "it may be meant under a condition that the words or the line beside it set"
        if posed.supposed and posed.substitutes:
            yield f"what the words before it put in was not understood ('{posed.supposed}')"
        elif posed.supposed:
            yield f"the words before it speak of a case, '{posed.supposed}', that was not understood"
        if posed.grounds and not suspect.derives:
            yield "the words before it say that something follows from it, so it may be what is given"
        if not suspect.derives and (special := self._special(posed, claim)):
            yield f"by the words a matrix is special ('{special}'), which was not put in"
        bars = {t.head for t in inside if isinstance(t, Var) and _is_bar(t)}
        if (free := bars - claim.context.definitions.keys()) and bars & claim.context.definitions.keys():
            yield f"what {shown(min(free).name)} is was not found, beside another bar that is defined"
        if posed.roughly:
            yield f"by the words it need not hold exactly ('{posed.roughly}')"
        if posed.relation != "=" and self._reason(posed):
            yield "the words beside it give a reason, which was not put in"
        if posed.rounded:
            yield "numbers in this line may be rounded"

    def _reason(self, posed: Posed) -> bool:
        """Whether words right beside an inequality say by which other one it holds: "because $a \\le 0$"."""
        text = self.reading.document.source.text
        before = text[max(0, posed.left_span.start - 300) : posed.left_span.start]
        return bool(REASON_BEHIND.match(text, posed.span.end) or REASON_BEFORE.search(before))

    def equations(self, suspect: Suspect) -> Iterator[str]:
        """It may be an equation to be solved, or say what something in it is."""
        posed, claim = suspect.posed, suspect.claim
        for zero, other in ((claim.right, claim.left), (claim.left, claim.right)):
            if (
                isinstance(zero, Num)
                and not zero.value
                and posed.relation == "="
                and not posed.derived
                and any(isinstance(t, Var) for t in subterms(other))
            ):
                yield "this may be an equation to be solved, not one that holds always"
        if posed.solving and not suspect.derives:
            yield "this may follow from an equation that is being solved"
        if posed.equated and not posed.derived and self._may_be_sought(claim):
            yield "this may be an equation to be solved, not one that holds always"
        sides = (claim.left, claim.right)
        if all(isinstance(t, SizeOf | Num) for t in sides) and any(isinstance(t, SizeOf) for t in sides):
            yield "this is a relation between sizes"
        found = differences(claim.left, claim.right)
        if found and all(
            any(
                isinstance(x, Num) and isinstance(y, Var) and self._unknown_at(posed, y.head)
                for x, y in ((a, b), (b, a))
            )
            for a, b in found
        ):
            yield "this may say what numbers stand there"
        for side, other in ((claim.left, claim.right), (claim.right, claim.left)):
            root = side.base if isinstance(side, Pow) and side.exponent == num(2) else None
            mentioned = families_in((other,), claim.context.definitions)
            if isinstance(root, Var) and root.head not in mentioned | claim.context.definitions.keys():
                yield f"this may say what the square of {shown(root.name)} is"

    def _may_be_sought(self, claim: Claim) -> bool:
        """Whether two expressions are set equal, neither of them a derivative or a defined quantity."""
        sides = (claim.left, claim.right)
        return not any(isinstance(t, Deriv) for side in sides for t in subterms(side)) and not any(
            isinstance(side, Var) and side.head in self.symbols.definitions for side in sides
        )

    @staticmethod
    def _peculiar(claim: Claim) -> str:
        """The unknown function of which a claim says something that holds for some functions only: f' = f (1 - f).

        So it does where a derivative of it stands on one side only, and no other unknown function is spoken of; a rule
        for products or quotients is about any two.
        """
        definitions, through = claim.context.definitions, claim.context.through
        names: list[set[str]] = []
        derived: list[set[str]] = []
        for side in (claim.left, claim.right):
            parts = set(reached((side,), definitions))
            names.append({t.name for t in parts if isinstance(t, Opaque)})
            derived.append({t.name for t in parts if isinstance(t, Opaque) and any(t.orders)})
            for part in parts:
                if isinstance(part, Deriv):
                    inner = set(reached((part.body,), definitions))
                    middles = {h for t in inner if isinstance(t, Var) for h, _ in through.get(t.head, ())}
                    bodies = [d.body for h in middles - {part.var.head} for d in definitions.get(h, ())]
                    for t in {*inner, *reached(bodies, definitions)}:
                        if isinstance(t, Opaque) and any(
                            isinstance(x, Var) and x.head == part.var.head for x in reached((t,), definitions)
                        ):
                            derived[-1].add(t.name)
        every = names[0] | names[1]
        return min(every) if len(every) == 1 and derived[0] != derived[1] else ""

    def _unknown_at(self, posed: Posed, head: Head) -> bool:
        """Whether nothing says what a family is up to a step."""
        made = self.symbols.definitions.get(head, ())
        return all(self.symbols.order.get((head, d.params), 0) > posed.at for d in made)

    def _special(self, posed: Posed, claim: Claim) -> str:
        """A word of the section that says more of a matrix in the claim than was put in: "orthogonal"; or ""."""
        text, at = self.reading.document.source.text, posed.span.start
        begins = max(0, *(text.rfind(mark, 0, at) for mark in ("\n#", "\\section", "\\subsection")))
        inside = reached((claim.left, claim.right), claim.context.definitions)
        matrices = {
            t.head for t in inside if isinstance(t, Var) and len(t.subs) == 2
        } - claim.context.definitions.keys()
        said = SPECIAL.search(text[begins:at]) if matrices else None
        return said[0] if said else ""


def _is_bar(term: Var) -> bool:
    return not term.indices and re.fullmatch(r"\\(?:bar|overline)\{\\?[A-Za-z]+\}", term.name) is not None
