r"""Derivatives written with a small delta: ``\frac{\delta L}{\delta y}`` for ``\frac{\partial L}{\partial y}``.

It is so where each delta of the document heads a fraction, nearly all of them both halves of one. This module must
never take an error term, Kronecker's delta or a variation for that sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import on_sides
from symderiv.reader.words.prose import Words

SIGN = re.compile(r"\\delta(?![A-Za-z])|[δ𝛿]")
VARIATIONS = Words(
    r"\bfunctional\s+derivati\w+|\bvariation(?:s|al)?\b|\bcalculus\s+of\s+variations|\bincrements?\b|\bfinite\s+differences?\b"
    r"|Kronecker|Funktionalableitung|Variationsrechnung|变分|變分|泛函|変分|汎関数|변분",
    re.IGNORECASE,
)


def operators(rows: Sequence[syntax.Row], source: str) -> dict[str, str]:
    r"""``\delta`` as the sign for ``\partial``, if the document writes its derivatives with it."""
    if "delta" not in source or VARIATIONS.search(source):
        return {}
    whole = halves = signs = 0
    for node in on_sides(rows):
        if isinstance(node, syntax.Quotient) and node.style != "/":
            heads = [_signs(node.numerator), _signs(node.denominator)]
            whole, halves, signs = whole + all(heads), halves + (0 in heads and any(heads)), signs + sum(heads)
    always = signs == sum(len(SIGN.findall(source, *s.span)) for row in rows for s in row.segments)
    return {r"\delta": r"\partial"} if whole > 3 * halves and always else {}


def _signs(node: syntax.Node) -> int:
    r"""How many factors of a half of a fraction are a delta, as in ``\delta^2 L`` and ``\delta x \delta y``.

    None counts unless the first one is.
    """
    factors = node.factors if isinstance(node, syntax.Product) else (node,)
    return sum(map(_is_sign, factors)) if _is_sign(factors[0]) else 0


def _is_sign(node: syntax.Node) -> bool:
    r"""Whether a factor is a delta, or the \delta^2 of a second derivative."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=None, sup=syntax.Number(), primes=0):
            return name == r"\delta"
    return isinstance(node, syntax.Symbol) and node.name == r"\delta"
