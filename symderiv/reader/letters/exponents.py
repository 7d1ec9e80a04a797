r"""Which letters are numbers since they are exponents or labels: the y of one example beside the family y_i.

In $p^y (1-p)^{1-y}$ and $P(y = 1 \mid x)$ the letter $y$ is the label of one example, whatever its members $y_i$ are
elsewhere: no vector is an exponent, and none is equal to 1. This module knows nothing of shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import everywhere, parts_of
from symderiv.reader.grammar.vocabulary import BOLD

BINARY = ("0", "1")


def numbers(rows: Sequence[syntax.Row]) -> set[str]:
    r"""The letters that the rows use as numbers: ``y`` and ``p`` in ``p^y (1-p)^{1-y}``, ``t`` in ``P(t=1|z)``."""
    parts = list(everywhere(rows))
    labels = {symbol.name for part in parts for symbol in _labels(part) if symbol.name == plain(symbol.name)}
    labels |= {name for row in rows for name in _of_two(row)}
    found = set(labels)
    for part in parts:
        base, sub, sup, _ = parts_of(part)
        if sup is None or not (_complement(sup) or (isinstance(sup, syntax.Symbol) and plain(sup.name) in labels)):
            continue
        symbol = _complement(base.body) if isinstance(base, syntax.Group) else base
        if isinstance(symbol, syntax.Symbol) and sub is None and plain(symbol.name) not in ("e", r"\exp"):
            found.add(plain(symbol.name))
    return found


def vectors_beside(rows: Sequence[syntax.Row], names: set[str]) -> dict[str, str]:
    r"""The vectors in ``rows`` that their font tells from one of the numbers ``names``, each with a name of its own.

    ``\vec y`` beside the label y is the vector of the y_i.
    """
    symbols = (node for node in everywhere(rows) if isinstance(node, syntax.Symbol))
    return {
        symbol.name: rf"\overrightarrow{{{plain(symbol.name)}}}"
        for symbol in symbols
        if symbol.name.startswith(BOLD) and plain(symbol.name) in names
    }


def set_apart(node: syntax.Node, names: dict[str, str]) -> syntax.Node:
    if isinstance(node, syntax.Symbol):
        node.name = names.get(node.name, node.name)
    return node


def _labels(node: syntax.Node) -> Iterator[syntax.Symbol]:
    match node:
        case syntax.Scripted(sup=sup) if sup is not None and (symbol := _complement(sup)) is not None:
            yield symbol
        case syntax.Given(left=syntax.Relation(left=syntax.Symbol() as left, rest=(("=", syntax.Number(text=text)),))):
            if text in BINARY:
                yield left


def _of_two(row: syntax.Row) -> Iterator[str]:
    r"""The y of ``y \in \{0, 1\}``, where it has no subscript and is in no bold type."""
    match [(segment.relation, segment.side) for segment in row.segments]:
        case [(None, syntax.Symbol(name=name)), ("in", syntax.Group(open=r"\{", body=syntax.Tuple(items=items)))]:
            if len(items) == 2 and name == plain(name) and not any(isinstance(i, syntax.Symbol) for i in items):
                yield name


def _complement(node: syntax.Node) -> syntax.Symbol | None:
    """The y of ``1 - y``."""
    match node:
        case syntax.Add(terms=(("+", syntax.Number(text="1")), ("-", syntax.Symbol() as symbol))):
            return symbol
    return None
