r"""Weights: where the words of a document, or its letters, let terms be meant to sum to one.

This module must never assume that they do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from symderiv.reader.grammar.names import shown
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    Assumption,
    Claim,
    Fn,
    Sum,
    Var,
    num,
    reached,
    subterms,
)

BEHIND = 400  # characters after a formula in which words explain it
WEIGHTS = frozenset("pqtywrzdPQTYWRlk") | {
    r"\pi",
    r"\alpha",
    r"\gamma",
    r"\lambda",
    r"\theta",
    r"\rho",
    r"\tau",
    r"\omega",
    r"\phi",
}
_DRESSED = re.compile(r"\\(?:hat|bar|tilde|widehat|widetilde|vec|mathbf|boldsymbol|bm|mathrm)\{(.*)\}")

WEIGHTED = Words(
    r"\b(?:distributions?|probabilit\w+|densit\w+|weight(?:s|ed|ing)|coefficients?|mixing|mixtures?|convex\w*|concav\w*|jensen\w*"
    r"|simplex|averages?|expectations?|sums?\s+to\s+(?:one|1|unity)|divergence|evidence\s+lower\s+bound|ELBO"
    r"|\w*verteilung\w*|wahrscheinlich\w*|gewicht\w*|koeffizient\w*|\w*konvex\w*|konkav\w*|mischung\w*"
    r"|poids|pond[ée]r\w*|m[ée]langes?|distribuci[oó]n\w*|pesos?|coeficientes?|c[oó]ncav\w*|mezclas?)\b"
    r"|分布|概率|確率|权重|權重|加权|系数|凸|凹|重み|係数|イ[ェエ]ンセン|琴生|詹森",
    re.IGNORECASE,
)


class Weights:
    """Where weights are spoken of."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols

    def weighs(self, posed: Posed, claim: Claim) -> bool:
        """Whether a claim is an inequality, and words of its section, or right behind it, speak of weights."""
        if claim.relation not in ("<", ">", "<=", ">="):
            return False
        text, at = self.reading.document.source.text, posed.span.start
        begins = max(0, *(text.rfind(mark, 0, at) for mark in ("\n#", "\\section", "\\subsection")))
        ends = at + len(re.split(r"\n#|\\(?:sub)?section", text[at : at + BEHIND])[0])
        return bisect_left(self._weighted, begins) < bisect_left(self._weighted, ends)

    @cached_property
    def _weighted(self) -> list[int]:
        """Where words of the document speak of weights."""
        return [said.start() for said in WEIGHTED.finditer(self.reading.document.source.text)]

    def may_be(self, claims: Sequence[Claim], assumption: Assumption) -> bool:
        r"""Whether what would have to sum to one may be meant to: by its letter, its words, or beside logarithms.

        Of the x in (\sum_i x_i)^2 = \sum_i x_i nobody says so; what else than a sum is assumed, may be.
        """
        total = assumption.data[0]
        if assumption.kind != "equation" or not isinstance(total, Sum) or assumption.data[1] != num(1):
            return True
        letters = {_letter(t.name) for t in subterms(total.body) if isinstance(t, Var)}
        if letters & WEIGHTS or WEIGHTED.search(self.reading.document.source.text):
            return True
        parts = (t for claim in claims for t in reached((claim.left, claim.right), claim.context.definitions))
        return any(isinstance(t, Fn) and t.name in ("log", "exp") for t in parts)


def _letter(name: str) -> str:
    r"""The letter y of ``\hat{y}``, ``\mathbf{y}`` and ``y(x)``."""
    while (found := _DRESSED.fullmatch(shown(name))) is not None:
        name = found[1]
    return re.split(r"[_(^]", name)[0]
