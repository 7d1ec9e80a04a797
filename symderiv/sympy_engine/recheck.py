"""A second opinion on a whole document: SymPy on each proof for sizes 2 and 3, mpmath on each counterexample.

What it differs from becomes a diagnostic; one of two programs is wrong then. What SymPy cannot say (unknown functions,
quantities of which only a dependence is known) is counted as no opinion. This module must never change a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from sympy import Float

from symderiv.checked import Checked, Opinions, Step
from symderiv.diagnostics import Diagnostic, UserError
from symderiv.kernel.verdict import Proved, Refuted
from symderiv.sympy_engine.expressions import sympy_name
from symderiv.sympy_engine.opinion import SecondOpinion, opinion_at, second_opinion, size_names
from symderiv.sympy_engine.unstated import spelled_out
from symderiv.terms import Claim, Context, Deriv, Opaque, Sum, Term, Var, reached

SIZES = (2, 3)
CHOICES = 9  # of the free indices, for one size: all pairs of three classes
LARGEST = 3_000  # operations in both sides, written out
REPORT = "one of the two programs is wrong here: do not rely on this verdict, and please report the document"


def rechecked(checked: Checked, progress: Callable[[int, int], None] | None = None) -> Checked:
    """``checked`` with the ``opinions`` of others, and a diagnostic E901 or E902 where they differ from a verdict.

    ``progress(done, of)`` is called after each step.
    """
    found: list[Diagnostic] = []
    opinions = Opinions()
    for number, step in enumerate(checked.steps, start=1):
        if isinstance(step.verdict, Proved | Refuted):
            opinion, diagnostic = _on(step)
            opinions += opinion
            found += [diagnostic] if diagnostic is not None else []
        if progress is not None:
            progress(number, len(checked.steps))
    return replace(checked, diagnostics=(*checked.diagnostics, *found), opinions=opinions)


def _on(step: Step) -> tuple[Opinions, Diagnostic | None]:
    verdict = step.verdict
    assert isinstance(verdict, Proved | Refuted)
    try:
        opinions = list(_on_proof(verdict) if isinstance(verdict, Proved) else _on_witness(verdict))
    except Exception:  # whatever it is that SymPy raises: it has no opinion
        return Opinions(none=1), None
    differing = next((opinion for opinion in opinions if not opinion.agrees), None)
    if differing is None:
        evaluated = any(opinion.evaluated for opinion in opinions)
        showed = evaluated and all(opinion.showed for opinion in opinions)
        return Opinions(agree=int(evaluated), showed=int(showed), none=int(not evaluated)), None
    if isinstance(verdict, Proved):
        message = "SymPy does not bear out the proof of this step"
        return Opinions(differ=1), Diagnostic("E901", message, step.span, (_said(differing, "SymPy"), REPORT))
    notes = (_said(differing, "mpmath"), f"the kernel says {verdict.witness.left} and {verdict.witness.right}", REPORT)
    message = "mpmath does not bear out the counterexample to this step"
    return Opinions(differ=1), Diagnostic("E902", message, step.span, notes)


def _on_witness(refuted: Refuted) -> Iterator[SecondOpinion]:
    """Whether the claim fails at its witness, with the values that are printed."""
    claim = _understood(refuted.claim)
    _fits(claim, dict(refuted.witness.sizes))
    opinion = opinion_at(claim, refuted.witness)
    agrees = not opinion.agrees
    for mine, told in ((opinion.left, refuted.witness.left), (opinion.right, refuted.witness.right)):
        agrees = agrees and mine is not None and bool(abs(mine - Float(told)) <= Float("1e-6") * (1 + abs(mine)))
    yield replace(opinion, agrees=agrees, showed=agrees)


def _on_proof(proof: Proved) -> Iterator[SecondOpinion]:
    """What SymPy says of each claim for the smallest sizes in the scope of the proof."""
    least = dict(proof.scope.minimum)
    for claim in (proof.claim, *proof.also):
        claim = _understood(claim)
        indices = [a for a in claim.context.assumptions if a.kind in ("equal", "distinct") and a not in proof.given]
        claim = replace(claim, context=replace(claim.context, assumptions=(*proof.given, *indices)))
        names = size_names(claim) - claim.context.sizes.keys()
        seen: set[tuple[int, ...]] = set()
        for size in SIZES:
            sizes = {name: max(size, least.get(name, 1)) for name in sorted(names)}
            if tuple(sizes.values()) not in seen:
                seen.add(tuple(sizes.values()))
                with suppress(UserError):  # two classes are too few for three indices that differ, or three too many
                    _fits(claim, sizes)
                    yield second_opinion(claim, sizes, proof.conditions, CHOICES)


def _understood(claim: Claim) -> Claim:
    """The claim as SymPy can understand it. Raises UserError if it would understand something else."""
    claim = spelled_out(claim)
    context = claim.context
    found: list[Term] = list(reached((claim.left, claim.right), context.definitions))
    if any(isinstance(term, Opaque) for term in found):
        raise UserError("a function of which nothing is known has no value")
    names = {term.name for term in found if isinstance(term, Var)}
    if len(set(map(sympy_name, names))) < len(names):
        raise UserError("two symbols have one name in SymPy")
    return claim


def _fits(claim: Claim, sizes: Mapping[str, int]) -> None:
    """Raise UserError if the claim, written out for ``sizes``, is too large."""
    context = replace(claim.context, sizes={**claim.context.sizes, **sizes})
    memo: dict[Term, int] = {}
    if sum(_length(side, context, memo) for side in (claim.left, claim.right)) > LARGEST:
        raise UserError("the claim is too large for a second opinion")


def _length(term: Term, context: Context, memo: dict[Term, int]) -> int:
    """About how many operations ``term`` has, sums and definitions written out; a derivative has three times more."""
    if term not in memo:
        memo[term] = LARGEST  # a definition that refers to itself
        if isinstance(term, Sum):
            low, high = term.range
            high = high if isinstance(high, int) else context.sizes[high]
            length = max(high - low + 1, 1) * _length(term.body, context, memo)
        elif isinstance(term, Deriv):
            length = 3 * _length(term.body, context, memo)
        elif isinstance(term, Var):
            bodies = [d.body for d in context.definitions.get(term.head, ())]
            length = max((_length(body, context, memo) for body in bodies), default=1)
        else:
            length = 1 + sum(_length(part, context, memo) for part in term.parts)
        memo[term] = min(length, LARGEST + 1)
    return memo[term]


def _said(opinion: SecondOpinion, who: str) -> str:
    at = ", ".join(f"{name} = {value}" for name, value in (*opinion.sizes, *opinion.indices))
    left, right = (Float(side, 10) for side in (opinion.left, opinion.right))
    return f"{who} says {left} and {right}" + (f" for {at}" if at else "")
