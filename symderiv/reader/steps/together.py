r"""Solutions for several unknowns at once: ``\lambda = N`` and ``p_k = n_k/N`` of n_k/p_k = \lambda.

Put into one another, many such values solve the one equation; they are a solution of the problem if they meet the
others, too: the constraint, and that the function is stationary in each of them. This module must never take for given
what values should be shown to meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace

from symderiv import notation
from symderiv.judge import prove_all
from symderiv.kernel import Proved
from symderiv.reader.indexed.assumed import without_values
from symderiv.reader.indexed.families import families_in, spoken_of
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.claims import Claims
from symderiv.reader.steps.equations import Equation, Equations, Solved, solution_of
from symderiv.reader.steps.stationary import Stationary, Zero
from symderiv.reader.words.prose import INTRODUCED
from symderiv.terms import Claim, Head, Opaque, Term, Var


class Together:
    """Checks what is solved for against all that the unknowns of its equation have to meet."""

    def __init__(self, reading: Reading, claims: Claims, equations: Equations, stationary: Stationary) -> None:
        self.reading = reading
        self.claims = claims
        self.equations = equations
        self.stationary = stationary

    def unmet(self, posed: Posed, number: int, solved: Solved) -> str:
        """Why a solution that rests on values of other unknowns is none yet; "" if it meets all there is.

        What it meets is noted. A value that was proved before, without this one, is known.
        """
        valued = self._valued(solved)
        if not valued or isinstance(prove_all([without_values(c, valued) for c in solved.claims]), Proved):
            return ""
        met, sought = [], {solved.unknown, *valued}
        for name, claims in self._conditions(replace(posed, at=number), solved, sought):
            verdict = prove_all([_put_in(claim, solved, sought) for claim in claims])
            if not isinstance(verdict, Proved):
                return f"with the values of the other unknowns it is not seen to meet {name}"
            said = ", ".join(dict.fromkeys(map(notation.unicode_assumption, verdict.given)))
            met.append(f"it meets {name}{f', given {said}' if said else ''}")
        posed.note(*met)
        return "" if met else "the equation has other unknowns, and nothing else is known of them"

    def _valued(self, solved: Solved) -> set[Head]:
        """The other families of an equation that got a value behind it, which was not proved on its own."""
        symbols, steps = self.reading.symbols, self.reading.posed
        found = set()
        for head in solved.heads & solved.claims[0].context.definitions.keys() - {solved.unknown}:
            for value in (h for h in symbols.definitions if head in (h, solution_of(h))):
                numbers = {symbols.order[value, d.params] for d in symbols.definitions[value]}
                behind = [n for n in numbers if n < len(steps) and steps[n].span.start >= solved.since]
                if any((value, n) not in symbols.solutions and not self._is_name(steps[n], solved) for n in behind):
                    found.add(head)
        return found

    def _is_name(self, step: Posed, solved: Solved) -> bool:
        """Whether a definition says what an abbreviation stands for, "where $N_k = ...$", or names it: a = p(x)."""
        known = self.reading.symbols.definitions.keys() | solved.heads
        if isinstance(step.right, Opaque) or (isinstance(step.right, Var) and step.right.head not in known):
            return True
        before = self.reading.document.source.text[max(0, step.left_span.start - 60) : step.left_span.start]
        return INTRODUCED.search(before.rstrip(" \n$([\\")) is not None

    def _conditions(self, posed: Posed, solved: Solved, sought: Set[Head]) -> Iterator[tuple[str, list[Claim]]]:
        """What else the unknowns have to meet: other equations, constraints, and that a function is stationary."""
        equations = [e for e in self.equations.before(posed, all_of_them=True) if e.first]
        for equation in equations:
            name = self.equations.name(equation.posed)
            if name != solved.name and spoken_of(equation.claims) & sought:
                yield name, self.claims.of(replace(equation.posed, solved=True))
        for name, left, right in self.equations.constraints(posed):
            if families_in((left, right), {}) & sought:
                yield name, self.claims.of(replace(posed, left=left, right=right, relation="=", solved=True))
        for zero in self.stationary.by(posed, solved.heads, sought):
            name = f"the equation that sets {zero.name} to zero"
            if name != solved.name and not any(self._is_one(zero, equation) for equation in equations):
                yield name, zero.taken

    def _is_one(self, zero: Zero, equation: Equation) -> bool:
        """Whether an equation that stands there is this derivative set to zero."""
        ways = (zero.stated, zero.taken)
        return any(True for way in ways for _ in self.equations.multiples(way, equation.claims))


def _put_in(claim: Claim, solved: Solved, sought: Set[Head]) -> Claim:
    """A condition with the values put in, and nothing assumed of what is ``sought``."""
    context, values = claim.context, solved.claims[0].context.definitions
    kept = tuple(
        a for a in context.assumptions if not families_in((t for t in a.data if isinstance(t, Term)), {}) & sought
    )
    return replace(claim, context=replace(context, definitions={**context.definitions, **values}, assumptions=kept))
