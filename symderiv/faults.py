"""Faults: what is said of a false step, with its counterexample and a repair that is proved."""

from __future__ import annotations

from symderiv import notation
from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.kernel import Refuted
from symderiv.reader.indexed.families import derives
from symderiv.reader.reading import Posed
from symderiv.reader.steps.stationary import Compared
from symderiv.reader.steps.walk import DERIVATIVE_SIGN, Walk
from symderiv.repair import holds_when as cases
from symderiv.repair import repair
from symderiv.terms import Deriv, Term, subterms


def of_step(walk: Walk, number: int, verdict: Refuted, drawn: str) -> Diagnostic:
    """What to say of a false step: the counterexample, when it does hold, and a repair that is proved.

    ``drawn`` says how random variables are distributed in the counterexample, or is empty.
    """
    posed = walk.posed[number]
    notes = [notation.counterexample(verdict.witness), *([drawn] if drawn else [])]
    help = ""
    if not posed.expected_false and not drawn:
        if when := holds_when(verdict):
            notes.append(f"it {when}")
        mended = repair(verdict.claim, _neighbour(walk, number, -1), _neighbour(walk, number, 1))
        if (
            mended is not None
            and mended.side == "left"
            and (derives(verdict.claim) or _is_rate(walk, posed))
            and not any(isinstance(t, Deriv) for t in subterms(mended.term))
        ):
            mended = None  # nobody would mend a derivative by writing out another one
        side = verdict.claim.left if mended is not None and mended.side == "left" else verdict.claim.right
        if mended is not None and mended.latex == notation.latex(side):
            mended = None  # an earlier meaning of the same letter
        if mended is not None:
            sizes = mended.verdict.scope.minimum or mended.verdict.scope.fixed
            proved = f"proved for {notation.unicode_scope(mended.verdict.scope)}" if sizes else "proved"
            where = "" if mended.side == "right" else " on the left"
            written = notation.latex(walk.reading.symbols.as_called(mended.term))
            help = f"{written}{where} is {proved}: {mended.words}"
    return Diagnostic("E201", "this step is false", posed.span, (*notes, *posed.notes), help)


def _is_rate(walk: Walk, posed: Posed) -> bool:
    """Whether the left side is written as a derivative, f'(x)."""
    text = walk.reading.document.source.text[posed.left_span.start : posed.left_span.end]
    return DERIVATIVE_SIGN.search(text) is not None


def of_condition(posed: Posed, found: Compared) -> Diagnostic:
    """What to say of an equation that is not the derivative set to zero that it should be."""
    assert isinstance(found.verdict, Refuted)
    why = f"{found.said}: the left side is that derivative, where this equation holds"
    notes = (notation.counterexample(found.verdict.witness), why, *posed.notes)
    repairs = [(repair(claim), written) for claim, written in found.instead]
    mended = [(one, written) for one, written in repairs if one is not None and one.side == "right"]
    best = min(mended, key=lambda pair: len(pair[0].latex), default=None)
    help = f"{best[1].format(best[0].latex)} is proved: {best[0].words}" if best is not None else ""
    return Diagnostic("E201", "this step is false", posed.span, notes, help)


def holds_when(verdict: Refuted) -> str:
    """In which cases a false step does hold, in words, or ""."""
    when = [f"when {notation.unicode_latex(text)}" for text in cases(verdict.claim)]
    return f"holds {' or '.join(when)}" if when else ""


def _neighbour(walk: Walk, number: int, way: int) -> Term | None:
    """The side beyond this step's left (way -1) or right (way 1) in the same chain."""
    other = number + way
    if not 0 <= other < len(walk.posed):
        return None
    here, there = walk.posed[number], walk.posed[other]
    joined = there.right is here.left if way < 0 else there.left is here.right
    if there.left is None or there.right is None or there.kind != "claim" or not joined:
        return None
    try:
        claims = walk.claims(there)
    except ReadError:
        return None
    return (claims[0].left if way < 0 else claims[0].right) if len(claims) == 1 else None
