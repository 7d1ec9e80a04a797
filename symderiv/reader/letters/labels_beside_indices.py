r"""Subscripts of a label and an index: the ``a_{L,k}`` of ``\sum_k (a_{L,k} - t_k)^2``, the entries of an a_L.

So are the numbers of layers: ``z_{2,i}`` is an entry of z_2 beside matrices W_1 and W_2. The label becomes a part of
the name, and what a sum runs over stays an index. This module must never take for a label what is an index or the end
of a sum or list, nor for a layer what is counted with a letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, plain
from symderiv.reader.grammar.nodes import Change, every, index_names, names_in, on_sides, parts_of


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes such labels parts of the names, or None."""
    nodes = list(on_sides(rows))
    counted = {name for node in nodes for name in _counted(node)}
    found = {key for node in nodes for key in _summed(node)}
    layers = _layers(nodes)
    found = {
        (name, labels)
        for name, labels in found
        if (name in layers if all(map(str.isdigit, labels)) else counted.isdisjoint(labels))
    }
    return (lambda node: _named(node, found)) if found else None


def _layers(nodes: Sequence[syntax.Node]) -> set[str]:
    """What has numbers alone for subscripts, and never a letter first, where matrices have, too."""
    numbered: dict[str, set[str]] = {}
    lettered: set[str] = set()
    for node in nodes:
        base, sub, _, _ = parts_of(node)
        if isinstance(base, syntax.Symbol) and sub is not None:
            first = next(iter(_items(sub)), sub)
            if isinstance(sub, syntax.Number):
                numbered.setdefault(plain(base.name), set()).add(sub.text)
            elif not isinstance(first, syntax.Number):
                lettered.add(plain(base.name))
    layers = {name: numbers for name, numbers in numbered.items() if name not in lettered}
    matrices = any(name.isupper() and len(numbers) > 1 for name, numbers in layers.items())
    return set(layers) if matrices else set()


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
    """The labels that lead a subscript, capital letters, words or numbers, and the letters after them."""
    items = _items(sub)
    count = next((n for n, item in enumerate(items) if not _is_label(item)), 0)
    rest = list(items[count:])
    if not all(isinstance(item, syntax.Symbol) and item.name.islower() for item in rest):
        return (), []
    return tuple(map(index_word, items[:count])), rest


def _items(sub: syntax.Node | None) -> tuple[syntax.Node, ...]:
    match sub:
        case syntax.Tuple(items=items):
            return tuple(items)
        case syntax.Product(factors=items, operators=operators) if not any(operators):
            return tuple(items)
    return ()


def _is_label(item: syntax.Node) -> bool:
    if isinstance(item, syntax.Symbol):
        return (len(plain(item.name)) > 1 and plain(item.name).isalpha()) or plain(item.name).isupper()
    return isinstance(item, syntax.Text | syntax.Number)


def _named(node: syntax.Node, found: set[tuple[str, tuple[str, ...]]]) -> syntax.Node:
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name, span=span), sub=syntax.Node() as sub):
            labels, rest = _parted(sub)
            if labels and (plain(name), labels) in found:
                node.base = syntax.Symbol(f"{plain(name)}_{{{','.join(labels)}}}", span)
                node.sub = rest[0] if len(rest) == 1 else syntax.Tuple(tuple(rest), (",",) * (len(rest) - 1), sub.span)
    return node


__all__ = ["rewriting"]
