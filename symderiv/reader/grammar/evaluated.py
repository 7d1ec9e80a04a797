r"""Bars of evaluation in displays: ``\frac{dy}{dx} \Big|_{x=2} = 3 x^2 \Big|_{x=2} = 12``.

Such a chain is about the value at one place, so it holds if it holds given ``x = 2``. It is read where each side has
the bar or is free of x; one that has x without a bar would mean another x. This module must never take a side out of
its bar for a definition, or for a statement in running text.
"""

from __future__ import annotations

from collections.abc import Iterable

from symderiv.reader.grammar.nodes import is_numeral, names_in
from symderiv.reader.grammar.syntax import Node, Relation, Row, Scripted, Symbol, sexpr


def settle(rows: Iterable[Row]) -> None:
    """Give the rows of a display, each of whose chains is about one place, that place and their sides."""
    at: Relation | None = None
    for row in rows:
        if not row.segments:
            continue
        if row.segments[0].side is not None:
            at = _place(row.segments[0].evaluated)
        elif row.back > 1:
            at = None
        if at is None or not all(_about(at, s.side, s.evaluated) for s in row.segments[row.segments[0].side is None :]):
            at = None
            continue
        row.at = at
        for segment in row.segments:
            if segment.evaluated is not None:
                segment.side = segment.evaluated[0]


def _place(evaluated: tuple[Node, Node] | None) -> Relation | None:
    """``x = 2``, if that is what the bar says."""
    match evaluated:
        case (_, Relation(left=Symbol() | Scripted(), rest=(("=", right),)) as said) if is_numeral(right):
            return said
    return None


def _about(at: Relation, side: object, evaluated: tuple[Node, Node] | None) -> bool:
    if evaluated is not None:
        return sexpr(evaluated[1]) == sexpr(at)
    return isinstance(side, Node) and not set(names_in(at.left)) & set(names_in(side))
