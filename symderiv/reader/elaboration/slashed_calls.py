r"""Calls below a slash: ``1/f(x)`` is 1 by f(x) where some line says what ``f(x)`` is, as ``1/n(a + b)`` is (a + b)/n.

This module must never take a letter for a function that no line calls above the slash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, everywhere, parts_of
from symderiv.reader.letters.survey import FUNCTION_LETTERS


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What puts the argument below the slash, too."""
    if not any(isinstance(node, syntax.Quotient) and node.style == "/" for node in everywhere(rows)):
        return None
    functions = {name for row in rows for name in _called(row)} | FUNCTIONS.keys()
    return lambda node: _below(node, functions)


def _called(row: syntax.Row) -> Iterator[str]:
    """The functions that a row defines by their value at an argument, or calls by a letter of functions."""
    left = row.segments[0].side if len(row.segments) > 1 else None
    whole = isinstance(left, syntax.Product) and len(left.factors) == 2
    for node in everywhere([row]):
        for called, group in pairwise(node.factors) if isinstance(node, syntax.Product) else ():
            name = _name(called) if _argument(called, group) is not None else ""
            if name and ((whole and node is left) or name in FUNCTION_LETTERS):
                yield name


def _below(node: syntax.Node, functions: set[str]) -> syntax.Node:
    """A product with the brackets after ``a/f`` as the argument of f, where f is one of ``functions``."""
    if not isinstance(node, syntax.Product) or not isinstance(slash := node.factors[0], syntax.Quotient):
        return node
    below = slash.denominator
    factors = below.factors if isinstance(below, syntax.Product) else (below,)
    group = node.factors[1]
    called = slash.style == "/" and node.operators[0] == "" and _name(factors[-1]) in functions
    if not called or _argument(factors[-1], group) is None:
        return node
    operators = below.operators if isinstance(below, syntax.Product) else ()
    call = syntax.Product((*factors, group), (*operators, ""), syntax.Span(below.span.start, group.span.end))
    quotient = syntax.Quotient(slash.numerator, call, "/", syntax.Span(slash.span.start, group.span.end))
    if len(node.factors) == 2:
        return quotient
    return syntax.Product((quotient, *node.factors[2:]), node.operators[1:], node.span)


def _name(node: syntax.Node) -> str:
    base = parts_of(node)[0]
    return plain(base.name) if isinstance(base, syntax.Symbol) else ""


def _argument(called: syntax.Node, group: syntax.Node) -> syntax.Node | None:
    """What stands in the brackets right after ``called``."""
    inner = parts_of(group)[0]
    beside = called.span.end == group.span.start
    return inner.body if beside and isinstance(inner, syntax.Group) and inner.open == "(" else None
