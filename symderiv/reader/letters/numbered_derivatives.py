r"""``D_j S_i`` for the derivative of S_i by a_j, where some line says ``D_j S_i = \frac{\partial S_i}{\partial a_j}``.

This module must never take a letter for a derivative that stands anywhere without something after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, everywhere, parts_of


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What writes such derivatives of ``rows`` as the fractions that they are short for."""
    found = _said(rows)
    nodes = list(everywhere(rows)) if found else []
    times = Counter(map(_name, nodes))
    products = (node for node in nodes if isinstance(node, syntax.Product))
    before_something = Counter(_name(factor) for node in products for factor in node.factors[:-1])
    said = {name: by for name, by in found.items() if times[name] == before_something[name]}
    return (lambda node: _derivative(node, said)) if said else None


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
            ] if name := _operator(left):
                _, index, _, _ = parts_of(left.factors[0])
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


def _derivative(node: syntax.Node, said: dict[str, syntax.Symbol]) -> syntax.Node:
    """``D_j S_i`` as a fraction; any other node as it is."""
    if not isinstance(node, syntax.Product) or _operator(node) not in said:
        return node
    operator, body = node.factors
    assert isinstance(operator, syntax.Scripted)
    by = syntax.Scripted(said[_name(operator)], operator.sub, None, 0, operator.span)
    return syntax.DerivativeOp(r"\partial", None, body, ((by, 1),), "frac", False, node.span)
