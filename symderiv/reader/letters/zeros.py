r"""Zero vectors and matrices, ``\vec 0``, ``0_d``, ``\mathbf 0^\top``: 0 on a side is one of the shape that fits.

This module must never change a zero that is a subscript or a power, nor one that has a power.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import Change, every, is_transpose, on_sides

NAMES = frozenset(
    rf"\{font}{{0}}" for font in ("vec", "boldsymbol", "mathbf", "mathbb", "underline", "overrightarrow", "bar")
)


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes such zeros the number 0, or None if there are none."""
    return _changed if any(_is_zero(part) for node in on_sides(rows) for part in every(node)) else None


def _changed(node: syntax.Node) -> syntax.Node:
    return syntax.Number("0", node.span) if _is_zero(node) else node


def _is_zero(node: syntax.Node) -> bool:
    match node:
        case syntax.Symbol(name=name):
            return name in NAMES
        case syntax.Scripted(base=syntax.Number(text="0") | syntax.Symbol() as base, sup=sup, primes=0):
            named = isinstance(base, syntax.Number) or base.name in NAMES
            return named and (sup is None or is_transpose(sup))
    return False


__all__ = ["rewriting"]
