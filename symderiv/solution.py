"""Solutions: definitions that stand where an equation, or a derivative set to zero, is solved for their left side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from symderiv import notation
from symderiv.diagnostics import Diagnostic
from symderiv.hearing import STATEMENT, Answer, doubted, left_open
from symderiv.judge import provable, prove_all
from symderiv.kernel import Proved, Refuted, Undecided, Verdict
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.families import families_in, spoken_of
from symderiv.reader.letters import bounds
from symderiv.reader.reading import Posed
from symderiv.reader.steps import equations
from symderiv.reader.steps.equations import Solved
from symderiv.reader.steps.walk import Walk
from symderiv.terms import ZERO, Add, Assumption, Claim, Num, Term, Var


def judged(walk: Walk, number: int) -> Answer:
    """What to say of a definition that stands where an equation is being solved for its left side."""
    posed = walk.posed[number]

    found = list(_tried(walk, posed, number, number))
    for solved, verdict in chain(found, _tried(walk, posed, number, len(walk.posed))):  # "where N_k = ..." comes after
        if isinstance(verdict, Proved):
            posed.kind = "claim"
            if not solved.holds:
                walk.equations.reject(posed, number)
                return left_open(posed, verdict.claim, f"it solves {solved.name}, which is not shown to hold")
            if excluded := _excluded(walk, posed):
                walk.equations.reject(posed, number)
                return left_open(posed, verdict.claim, f"it solves {solved.name}, but {excluded}")
            if unmet := walk.together.unmet(posed, number, solved):
                walk.equations.reject(posed, number)
                return left_open(posed, verdict.claim, f"it solves {solved.name}, but {unmet}")
            walk.equations.accept(posed, number)
            posed.note(f"it solves {solved.name}", *solved.read)
            return verdict, None
    for solved, verdict in _tried(walk, posed, number, len(walk.posed), with_values=True):
        if isinstance(verdict, Proved):
            posed.kind = "claim"
            if solved.holds and not _vanishes(walk, posed, solved) and not walk.together.unmet(posed, number, solved):
                walk.equations.accept(posed, number)
                posed.note(f"it solves {solved.name}, with what was solved for before", *solved.read)
                return verdict, None
            walk.equations.reject(posed, number)
            why = f"it solves {solved.name} only where letters in it have the values that were found before"
            return left_open(posed, verdict.claim, why)
    match found:
        case [(solved, Refuted() as verdict), *others] if solved.holds and all(
            s.only and isinstance(v, Refuted) for s, v in found
        ):
            if (posed.condition or (posed.extreme and not posed.stationary)) and walk.stationary.may_be_constrained(
                posed
            ):
                return STATEMENT
            posed.kind = "claim"
            walk.equations.reject(posed, number)
            stated = equations.apart(verdict.claim)
            plain = posed.solves and solved.explicit and walk.stationary.is_plain(posed, solved.since)
            of_one = not solved.unknown.subs + solved.unknown.sups  # a family may be least under a constraint
            plain = plain and (of_one or posed.stationary or not posed.names_optimum)
            plain = plain and all(s.holds for s, _ in others)  # else the slip may be in an equation between
            if plain and not doubted(walk, posed, verdict, stated):
                notes = (notation.counterexample(verdict.witness), f"it does not solve {solved.name}", *posed.notes)
                return verdict, Diagnostic("E201", "this step is false", posed.span, notes)
            return _unsolved(posed, solved, verdict)
    if posed.implied and found:
        posed.kind = "claim"  # the arrow says so
        walk.equations.reject(posed, number)
        return _unsolved(posed, *found[-1])
    return STATEMENT


def _unsolved(posed: Posed, solved: Solved, verdict: Verdict) -> Answer:
    """That a step is not seen to solve an equation: here or elsewhere may stand what was not understood."""
    if not isinstance(verdict, Refuted):
        return left_open(posed, verdict.claim, f"whether it solves {solved.name} was not found")
    message = f"as read, this does not solve {solved.name}"
    notes = (notation.counterexample(verdict.witness), *posed.notes)
    return Undecided(verdict.claim, message), Diagnostic("E304", message, posed.span, notes)


def another(walk: Walk, number: int) -> Answer | None:
    """What to say of a step that gives another value to what an equation was solved for: it may be another root.

    None if it solves none of those that the first one may solve.
    """
    posed = walk.posed[number]
    solutions = {step for head, step in walk.reading.symbols.solutions if head in equations.solved_for(posed)}
    firsts = [walk.posed[step] for step in sorted(solutions) if step < number]
    if not isinstance(posed.left, Var) or posed.relation != "=" or not firsts:
        return None
    first = firsts[-1]
    said = replace(
        posed,
        stationary=first.stationary,
        extreme=first.extreme,
        differentiates=first.differentiates,
        by=first.by,
        of=first.of,
        refers=first.refers,
    )
    for solved, verdict in _tried(walk, said, number, number):
        if isinstance(verdict, Proved) and solved.holds:
            posed.note(f"it is another root: it solves {solved.name}", *solved.read)
            return verdict, None
    return None


def claimed_before(walk: Walk, number: int) -> Answer | None:
    """What to say of a step that repeats what was said before something was set to zero: "Theorem. The MLE is ...".

    Such a claim is no ground for itself. None if nothing is solved here, or what was said first solves it.
    """
    posed = walk.posed[number]
    symbols = walk.reading.symbols
    if posed.relation != "=":
        return None
    first = max((walk.equations.defined_by(posed)), default=number)
    since = [e for e in walk.equations.before(posed, all_of_them=True) if e.posed.at > first]
    if first >= number or not since or any((head, first) in symbols.solutions for head in equations.solved_for(posed)):
        return None
    answer = judged(walk, number)
    if answer is STATEMENT:
        return None
    if not isinstance(answer[0], Proved):
        walk.equations.reject(posed, first)
    return answer


def _tried(
    walk: Walk, posed: Posed, number: int, at: int, with_values: bool = False
) -> Iterator[tuple[Solved, Verdict]]:
    """The equations that a step may solve, with the definitions up to step ``at``, and whether it does."""
    zeros = walk.stationary.set_to_zero(posed, number, at)
    for solved in walk.equations.solved(posed, at, zeros, with_values):
        with_it, read = walk.readings.means(solved.claims) or (solved.claims, ())
        without, _ = walk.readings.means(solved.without) or (solved.without, ())
        if not all(provable(claim) for claim in without):  # else it is solved already
            new = solved.new - with_it[0].context.definitions.keys()  # what a value is in terms of these is not known
            verdict = prove_all(with_it)
            symmetric, said = walk.readings.symmetric(posed, with_it, "still called")
            if isinstance(verdict, Refuted) and symmetric and not walk.readings.is_symmetric(verdict.witness):
                second = prove_all(symmetric)
                proved = isinstance(second, Proved)
                verdict = second if proved else Undecided(verdict.claim, f"{said}, and it is not seen to solve it then")
                read = (*read, said) if proved else read
            yield solved._replace(claims=with_it, only=solved.only and not new, read=read), verdict


def _vanishes(walk: Walk, posed: Posed, solved: Solved) -> bool:
    """Whether what a solution speaks of was found to be a number, or so that a part of it vanishes.

    Then it was not written with that value in mind: y = x^2/2, where x = 0.
    """
    symbols, body = walk.reading.symbols, posed.right
    if not isinstance(body, Term) or body.free:
        return True
    found = {head for head, _ in symbols.solutions}
    for part in body.parts if isinstance(body, Add) else (body,):
        values = [d.body for head in families_in((part,), {}) & found for d in symbols.definitions.get(head, ())]
        zero = Claim(symbols.ranges.resolve(part, {}), "=", ZERO, solved.claims[0].context)
        if values and (any(isinstance(value, Num) for value in values) or provable(zero)):
            return True
    return False


def _excluded(walk: Walk, posed: Posed) -> str:
    """What is said of the sign of an unknown that its solution never has: sigma > 0 of sigma = -sqrt(v)."""
    limits = bounds.narrowed(walk.reading.limits, posed.limits)
    for claim in walk.claims(replace(posed, relation="<=")):
        if not isinstance(claim.left, Var) or not bounds.positive(claim.left.head, limits):
            continue
        signs = tuple(
            Assumption("positive", (head,), f"{shown(head.name)} > 0", "said")
            for head in sorted(spoken_of([claim], claim.context.definitions) - {claim.left.head})
            if bounds.positive(head, limits)
        )
        context = replace(claim.context, assumptions=claim.context.assumptions + signs)
        if provable(Claim(claim.right, "<=", ZERO, context)) is not None:
            return f"{notation.unicode(claim.left)} > 0 does not hold of it"
    return ""
