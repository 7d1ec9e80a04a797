r"""A bias with the name of an entry: the w_0 of ``w \cdot x_i + w_0``, a number of its own beside the weights w.

Where w stands for all weights in the same sum, w_0 cannot be one of them. This module must never touch a document that
counts its weights from 0, \sum_{j=0}^d w_j x_j or (w_0, w_1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import (
    Change,
    every,
    index_names,
    is_transpose,
    mentions,
    names_in,
    on_sides,
    parts_of,
)


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What gives such biases names of their own, or None."""
    nodes = list(on_sides(rows))
    found = {name for node in nodes for name in _beside_weights(node)}
    found -= {name for node in nodes for name in _from_zero(node)}
    return (lambda node: _apart(node, found)) if found else None


def _beside_weights(node: syntax.Node) -> Iterator[str]:
    r"""The w of ``w \cdot x + w_0`` and ``x^T w + w_0``."""
    if isinstance(node, syntax.Add):
        biases = {name for _, term in node.terms if (name := _bias(term))}
        for _, term in node.terms:
            yield from biases.intersection(_whole_factors(term)) if biases else ()


def _bias(node: syntax.Node) -> str:
    """The w of ``w_0``, or ""."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Number(text="0"), sup=None, primes=0):
            return plain(name)
    return ""


def _whole_factors(term: syntax.Node) -> Iterator[str]:
    r"""The names without subscripts that multiply something: ``w`` in ``w^T x`` and ``\langle w, x \rangle``."""
    match term:
        case syntax.Product(factors=factors) | syntax.Group(open=r"\langle", body=syntax.Tuple(items=factors)):
            for factor in factors:
                base, sub, sup, primes = parts_of(factor)
                plainly = sub is None and not primes and (sup is None or is_transpose(sup))
                if isinstance(base, syntax.Symbol) and plainly:
                    yield plain(base.name)


def _from_zero(node: syntax.Node) -> Iterator[str]:
    """What is summed from 0 on, and what is listed from 0 on."""
    match node:
        case syntax.BigOp(sub=syntax.Relation(rest=(("=", syntax.Number(text="0")), *_)) as sub, body=body):
            indices = set(index_names(sub))
            for part in every(body):
                base, below, _, _ = parts_of(part)
                if isinstance(base, syntax.Symbol) and below is not None and any(mentions(below, i) for i in indices):
                    yield plain(base.name)
        case syntax.Tuple(items=items):
            bases = [parts_of(item) for item in items]
            for item in items:
                name = _bias(item)
                others = [b for b, sub, _, _ in bases if sub is not None and name in names_in(b)]
                if name and len(others) > 1:
                    yield name


def _apart(node: syntax.Node, found: set[str]) -> syntax.Node:
    name = _bias(node)
    return syntax.Symbol(f"{name}_{{0}}", node.span) if name in found else node


__all__ = ["rewriting"]
