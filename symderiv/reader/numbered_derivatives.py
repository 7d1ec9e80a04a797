r"""``D_j S_i`` for the derivative of S_i by a_j, where some line says ``D_j S_i = \frac{\partial S_i}{\partial a_j}``.

This module must never take a letter for a derivative that stands anywhere without something after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from symderiv.reader import syntax
from symderiv.reader.names import plain
from symderiv.reader.nodes import every, replace_sides


def rewrite(rows: Sequence[syntax.Row]) -> None:
    """Write such derivatives as the fractions that they are short for, in all ``rows``."""
    for name, variable in _said(rows).items():
        sides = [s.side for row in rows for s in row.segments if isinstance(s.side, syntax.Node)]
        whole = sum(_name(node) == name for side in sides for node in every(side))
        products = [node for side in sides for node in every(side) if isinstance(node, syntax.Product)]
        before_something = sum(_name(factor) == name for node in products for factor in node.factors[:-1])
        if whole != before_something:
            continue
        replace_sides(rows, partial(_derivative, name, variable))


def _said(rows: Sequence[syntax.Row]) -> dict[str, syntax.Symbol]:
    """The letters that stand for derivatives, each with the variable."""
    found: dict[str, syntax.Symbol] = {}
    for row in rows:
        match [segment.side for segment in row.segments[:2]]:
            case [
                syntax.Product() as left,
                syntax.DerivativeOp(
                    body=syntax.Node() as body,
                    variables=((syntax.Scripted(base=syntax.Symbol() as variable, sub=syntax.Symbol() as by), 1),),
                ),
            ] if (name := _operator(left)) and len(left.factors) == 2:
                index = left.factors[0].sub if isinstance(left.factors[0], syntax.Scripted) else None
                same = isinstance(index, syntax.Symbol) and index.name == by.name
                if same and syntax.sexpr(body) == syntax.sexpr(left.factors[1]):
                    found[name] = variable
    return found


def _name(node: syntax.Node) -> str:
    """The letter of ``D_j``, with a letter for its subscript and no more."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Symbol(), sup=None, primes=0):
            return plain(name)
    return ""


def _operator(node: syntax.Product) -> str:
    """The letter that a product begins with, if what follows it is one factor."""
    return _name(node.factors[0]) if len(node.factors) == 2 and node.operators == ("",) else ""


def _derivative(name: str, variable: syntax.Symbol, node: syntax.Node) -> syntax.Node:
    """``D_j S_i`` as a fraction; any other node as it is."""
    if not isinstance(node, syntax.Product) or _operator(node) != name:
        return node
    operator, body = node.factors
    assert isinstance(operator, syntax.Scripted)
    by = syntax.Scripted(variable, operator.sub, None, 0, operator.span)
    return syntax.DerivativeOp(r"\partial", None, body, ((by, 1),), "frac", False, node.span)
