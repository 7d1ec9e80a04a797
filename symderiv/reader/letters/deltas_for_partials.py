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
    whole = halves = 0
    for node in on_sides(rows):
        if isinstance(node, syntax.Quotient) and node.style != "/":
            heads = _is_headed(node.numerator) + _is_headed(node.denominator)
            whole, halves = whole + (heads == 2), halves + (heads == 1)
    always = 2 * whole + halves == sum(len(SIGN.findall(source, *s.span)) for row in rows for s in row.segments)
    return {r"\delta": r"\partial"} if whole > 3 * halves and always else {}


def _is_headed(node: syntax.Node) -> bool:
    """Whether a half of a fraction is a delta and what is differentiated, or alone."""
    first = node.factors[0] if isinstance(node, syntax.Product) else node
    return isinstance(first, syntax.Symbol) and first.name == r"\delta"
