r"""How many members something has where a formula writes out all of them: two in ``z = (z_1, z_2)``.

So do denominators, ``e^{z_1} / (e^{z_1} + e^{z_2})``, sets of numbers, ``i \in \{1, 2\}``, and what is said to be a sum
of members with numbers, ``f = w_1 x_1 + w_2 x_2``. This module must never take a claim for the list of all members.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import every, everywhere


def numbers(rows: Sequence[syntax.Row]) -> set[int]:
    """The last numbers of the members that formulas write out from the first on."""
    found = {last for part in everywhere(rows) for node in _lists(part) if (last := _last(node))}
    met: set[str] = set()
    for row in rows:
        match [segment.side for segment in row.segments[:2]]:
            case [syntax.Symbol(name=name), syntax.Node() as right] if name not in met:
                met.add(name)  # its first equation says what it is
                found.add(_last(right))
    return found - {0}


def _lists(node: syntax.Node) -> Iterator[syntax.Node]:
    match node:
        case syntax.Tuple() | syntax.Matrix():
            yield node
        case syntax.Quotient(denominator=denominator):
            yield denominator


def _last(node: syntax.Node) -> int:
    """The last of the numbers 1, 2, ... that stand as subscripts, or as items, in what has no sum in it; or 0."""
    parts = list(every(node))
    if any(isinstance(part, syntax.BigOp | syntax.Ellipsis) for part in parts):
        return 0
    items = node.items if isinstance(node, syntax.Tuple) else ()
    subs = [part.sub for part in parts if isinstance(part, syntax.Scripted)]
    found = {int(part.text) for part in (*items, *subs) if isinstance(part, syntax.Number) and part.text.isdigit()}
    found -= {0}
    return len(found) if len(found) > 1 and found == set(range(1, len(found) + 1)) else 0


__all__ = ["numbers"]
