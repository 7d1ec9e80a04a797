r"""Entries of a softmax by the entry alone: ``\mathrm{softmax}(z_i)`` for the i-th entry of the softmax of z.

The z_i are numbers where the document sums their exponentials, \sum_j e^{z_j}, and never writes them with another index
or transposed. This module must never take the vector of an example, z_i with the entries z_{ij}, for a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, plain
from symderiv.reader.grammar.nodes import Change, every, index_names, is_transpose, on_sides


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes them entries of the whole softmax, softmax_i(z), or None."""
    nodes = list(on_sides(rows))
    others = {name for node in nodes for name in _other(node)}
    numbers = {name for node in nodes for name in _summed(node) if plain(name) not in others}
    if any(_member(node, numbers) is not None for node in nodes):
        return lambda node: _entry(node, numbers)
    return None


def _summed(node: syntax.Node) -> Iterator[str]:
    r"""The z of ``\sum_j e^{z_j}``."""
    if isinstance(node, syntax.BigOp) and node.kind == r"\sum":
        for part in every(node.body):
            match part:
                case syntax.Scripted(base=syntax.Symbol(name="e"), sub=None, sup=syntax.Node() as power):
                    yield from _with_index(power, set(index_names(node.sub)))
                case syntax.Apply(name="exp", argument=power):
                    yield from _with_index(power, set(index_names(node.sub)))


def _with_index(power: syntax.Node, indices: set[str]) -> Iterator[str]:
    """The z of ``z_j``, ``z_j / T`` and ``z_j - m``."""
    match power:
        case syntax.Group(body=syntax.Node() as body):
            yield from _with_index(body, indices)
        case syntax.Quotient(numerator=above):
            yield from _with_index(above, indices)
        case syntax.Add(terms=terms):
            for _, term in terms:
                yield from _with_index(term, indices)
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Symbol(name=index), sup=None, primes=0):
            if plain(index) in indices:
                yield name


def _other(node: syntax.Node) -> Iterator[str]:
    """What has several indices, a label, or is transposed."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=sub, sup=sup):
            several = sub is not None and not isinstance(sub, syntax.Symbol | syntax.Number)
            if several or (sup is not None and (isinstance(sup, syntax.Group) or is_transpose(sup))):
                yield plain(name)


def _member(node: syntax.Node, numbers: set[str]) -> syntax.Scripted | None:
    """The z_i of ``softmax(z_i)`` or ``softmax(z_i / T)``."""
    if not isinstance(node, syntax.Apply) or node.name != "softmax":
        return None
    argument = node.argument.body if isinstance(node.argument, syntax.Group) else node.argument
    if isinstance(argument, syntax.Quotient):
        argument = argument.numerator
    match argument:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Symbol() as sub, sup=None, primes=0):
            fits = node.sub is None or index_word(node.sub) == index_word(sub)
            return argument if fits and name in numbers else None
    return None


def _entry(node: syntax.Node, numbers: set[str]) -> syntax.Node:
    if (member := _member(node, numbers)) is not None:
        assert isinstance(node, syntax.Apply)
        node.sub, whole = member.sub, node.argument
        group = whole if isinstance(whole, syntax.Group) else None
        inner = group.body if group is not None else whole
        if isinstance(inner, syntax.Quotient):
            inner.numerator = member.base
        elif group is not None:
            group.body = member.base
        else:
            node.argument = member.base
    return node


__all__ = ["rewriting"]
