r"""Zero vectors and matrices, ``\vec 0``, ``0_d``, ``\mathbf 0^\top``: sides and terms that are 0 have any shape.

This module must never change a zero that is a factor, \mathbf 0^\top x, or has a power.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import Change, every, is_transpose

NAMES = frozenset(
    rf"\{font}{{0}}" for font in ("vec", "boldsymbol", "mathbf", "mathbb", "underline", "overrightarrow", "bar")
)


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes such zeros the number 0, as sides or terms, or None if there are none."""
    sides = [s.side for row in rows if len(row.segments) > 1 for s in row.segments if isinstance(s.side, syntax.Node)]
    terms = [term for side in sides for node in every(side) if isinstance(node, syntax.Add) for _, term in node.terms]
    found = {node.span for node in (*sides, *terms) if _is_zero(node)}

    def change(node: syntax.Node) -> syntax.Node:
        return syntax.Number("0", node.span) if node.span in found and _is_zero(node) else node

    return change if found else None


def _is_zero(node: syntax.Node) -> bool:
    match node:
        case syntax.Symbol(name=name):
            return name in NAMES
        case syntax.Scripted(base=syntax.Number(text="0") | syntax.Symbol() as base, sup=sup, primes=0):
            named = isinstance(base, syntax.Number) or base.name in NAMES
            return named and (sup is None or is_transpose(sup))
    return False


__all__ = ["rewriting"]
