r"""Entries of numbered vectors: the ``z_{2,i}`` beside a bold ``\mathbf{z}_2`` is the i-th entry of that vector.

Bold letters are vectors, and what stands first below the letter is the number of the vector if it is a number wherever
two stand there. This module must never read a number without a comma after it, ``z_{2i}``, as that of a vector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import one_capital, plain
from symderiv.reader.grammar.nodes import Change, everywhere, is_transpose
from symderiv.reader.grammar.vocabulary import BOLD


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes them entries of the vectors, (z_2)_i, or None."""
    nodes = list(everywhere(rows))
    vectors = {found for node in nodes for found in _vector(node)}
    pairs = [(name, first) for node in nodes for name, first, _ in _pair(node)]
    mixed = {name for name, first in pairs if not isinstance(first, syntax.Number)}  # the entries of a matrix
    vectors = {(name, number) for name, number in vectors if name not in mixed}
    if any((name, first.text) in vectors for name, first in pairs if isinstance(first, syntax.Number)):
        return lambda node: _entry(node, vectors)
    return None


def _vector(node: syntax.Node) -> Iterator[tuple[str, str]]:
    r"""The letter and the number of ``\mathbf{z}_2`` and its transpose."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Number(text=number), sup=sup, primes=0):
            small = name.startswith(BOLD) and not one_capital(plain(name))[1]
            if small and (sup is None or is_transpose(sup)):
                yield plain(name), number


def _pair(node: syntax.Node) -> Iterator[tuple[str, syntax.Node, syntax.Node]]:
    """The letter and both indices of ``z_{2,i}``."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Tuple(items=(first, second)), sup=sup):
            if not isinstance(sup, syntax.Group):  # a label
                yield plain(name), first, second


def _entry(node: syntax.Node, vectors: set[tuple[str, str]]) -> syntax.Node:
    for name, first, second in _pair(node):
        if isinstance(first, syntax.Number) and (name, first.text) in vectors:
            assert isinstance(node, syntax.Scripted)
            vector = syntax.Scripted(node.base, first, None, 0, node.span)
            node.base, node.sub = syntax.Group("(", ")", vector, node.span), second
    return node


__all__ = ["rewriting"]
