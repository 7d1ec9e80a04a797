"""Scrutiny: what speaks against a verdict of the kernel after all, as the words may mean more than was judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from symderiv.diagnostics import ReadError
from symderiv.judge import prove_all
from symderiv.kernel import Proved, Refuted
from symderiv.reader.elaboration.elaborate import LAYOUTS
from symderiv.reader.grammar.names import shown
from symderiv.reader.known.layouts import DENOMINATOR, NUMERATOR
from symderiv.reader.reading import Posed
from symderiv.reader.steps.walk import Walk
from symderiv.terms import Claim


def against(walk: Walk, posed: Posed, verdict: Proved | Refuted) -> str:
    """Why a proof, or a counterexample, is no verdict on what the author wrote; "" if it is one."""
    proved = isinstance(verdict, Proved)
    if (said := walk.elsewhere.said(posed, verdict.claim, proved)) or not proved:
        return said
    apart, said = walk.apart(posed)
    if apart and not any(isinstance(prove_all(claims), Proved) for claims in apart):
        return said
    if said := walk.layouts.clash(posed, _layout(walk, posed)):
        return said
    if _of_few(walk, posed):
        return "how many members there are is not said"
    posed.note(*_hot(walk, verdict.claim))
    return ""


def _hot(walk: Walk, claim: Claim) -> Iterator[str]:
    """The one-hot vectors in a claim that words define by the place of their 1, which a proof rests on."""
    symbols = walk.reading.symbols
    for head in sorted(symbols.reached(claim.left, claim.right) & symbols.hot_since.keys() & symbols.defined_at.keys()):
        line = walk.reading.document.source.position(symbols.defined_at[head].start).line
        yield f"{shown(head.name)} is one-hot, with its 1 where line {line} says"


def _of_few(walk: Walk, posed: Posed) -> bool:
    """Whether a step is proved only since the numbers in it are taken for all that there are."""
    further = walk.further(posed)
    if not further or isinstance(prove_all(further), Proved):
        return False
    return isinstance(prove_all(walk.claims(posed)), Proved)


def _layout(walk: Walk, posed: Posed) -> str:
    r"""The layout of derivatives of vectors by vectors in which alone a step is proved; "" if in both.

    With a transpose, as in \partial y/\partial x^T, writers say how such a derivative lies.
    """
    if posed.turned:
        return ""
    if LAYOUTS["transposed"] in posed.notes:
        return DENOMINATOR
    if LAYOUTS["columns"] in posed.notes:
        return NUMERATOR
    if not posed.by_vectors:
        return ""
    if posed.transposed is not None:
        left, right = posed.transposed
        with suppress(ReadError):
            if isinstance(prove_all(walk.claims(replace(posed, left=left, right=right))), Proved):
                return ""
    return NUMERATOR
