r"""Subscripts of a label and an index: the ``a_{L,k}`` of ``\sum_k (a_{L,k} - t_k)^2``, the entries of an a_L.

The label becomes a part of the name, and what a sum runs over stays an index. This module must never take for a label
what is an index or the end of a sum or list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader import syntax
from symderiv.reader.names import index_word, plain
from symderiv.reader.nodes import Change, every, index_names, names_in, on_sides, parts_of


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes such labels parts of the names, or None."""
    nodes = list(on_sides(rows))
    counted = {name for node in nodes for name in _counted(node)}
    found = {key for node in nodes for key in _summed(node)}
    found = {(name, labels) for name, labels in found if counted.isdisjoint(labels)}
    return (lambda node: _named(node, found)) if found else None


def _counted(node: syntax.Node) -> Iterator[str]:
    """Indices and ends of sums, and what a list goes on to."""
    match node:
        case syntax.BigOp(sub=sub, sup=sup):
            for end in (sub, sup):
                yield from map(plain, names_in(parts_of(end)[0])) if end is not None else ()
        case syntax.Tuple(items=items) if any(isinstance(item, syntax.Ellipsis) for item in items):
            for item in items:
                yield from map(plain, names_in(item))


def _summed(node: syntax.Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names and labels in a sum that runs over what stands beside the labels."""
    if isinstance(node, syntax.BigOp) and node.sub is not None:
        bound = set(map(plain, index_names(node.sub)))
        for part in every(node.body):
            if isinstance(part, syntax.Scripted) and isinstance(part.base, syntax.Symbol):
                labels, indices = _parted(part.sub)
                if labels and bound.intersection(map(index_word, indices)):
                    yield plain(part.base.name), labels


def _parted(sub: syntax.Node | None) -> tuple[tuple[str, ...], list[syntax.Node]]:
    """The labels that lead a subscript, capital letters or words, and the letters after them."""
    match sub:
        case syntax.Tuple(items=items):
            pass
        case syntax.Product(factors=items, operators=operators) if not any(operators):
            pass
        case _:
            return (), []
    count = next((n for n, item in enumerate(items) if not _is_label(item)), 0)
    rest = list(items[count:])
    if not all(isinstance(item, syntax.Symbol) and item.name.islower() for item in rest):
        return (), []
    return tuple(map(index_word, items[:count])), rest


def _is_label(item: syntax.Node) -> bool:
    if isinstance(item, syntax.Symbol):
        return (len(plain(item.name)) > 1 and plain(item.name).isalpha()) or plain(item.name).isupper()
    return isinstance(item, syntax.Text)


def _named(node: syntax.Node, found: set[tuple[str, tuple[str, ...]]]) -> syntax.Node:
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name, span=span), sub=syntax.Node() as sub):
            labels, rest = _parted(sub)
            if labels and (plain(name), labels) in found:
                node.base = syntax.Symbol(f"{plain(name)}_{{{','.join(labels)}}}", span)
                node.sub = rest[0] if len(rest) == 1 else syntax.Tuple(tuple(rest), (",",) * (len(rest) - 1), sub.span)
    return node


__all__ = ["rewriting"]
