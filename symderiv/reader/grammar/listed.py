r"""Lists of names of which a formula says one thing: ``x, y \in \{0, 1\}``, ``x_1, \dots, x_n > 0``, ``a, b = \pm 1``.

This module must never look at what is said of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import parts_of

Said = tuple[list[syntax.Node], str, syntax.Node]  # the names, a relation, and what stands on its right


def said(row: syntax.Row) -> Said | None:
    """What a row says of a name, or of each name of a list; None if it says something else."""
    match [(segment.relation, segment.side) for segment in row.segments]:
        case [(None, syntax.Node() as left), (str() as relation, syntax.Node() as right)]:
            return [*_items(left)], relation, right
        case [(None, syntax.Node() as left)]:
            names = [*_items(left)]
            for remark in row.remarks:  # the y \in S of "$x, y \in S$"
                content = remark.content.body if isinstance(remark.content, syntax.Group) else remark.content
                match content:
                    case syntax.Symbol() | syntax.Scripted():
                        names.append(content)
                    case syntax.Relation(left=last, rest=((relation, right),)):
                        return [*names, *_items(last)], relation, right
                    case _:
                        return None
    return None


def names(row: syntax.Row) -> list[syntax.Node]:
    """The names that a row consists of, ``x`` or ``x, y``; none if it is more than that."""
    sides = [segment.side for segment in row.segments]
    found = [*(_items(sides[0]) if len(sides) == 1 and isinstance(sides[0], syntax.Node) else ())]
    found += [remark.content for remark in row.remarks]
    return found if all(map(is_name, found)) else []


def apart(row: syntax.Row) -> list[syntax.Row]:
    """A row for each name of which ``row`` says something; else the row itself."""
    found = said(row)
    if found is None or len(found[0]) < 2:
        return [row]
    each, relation, right = found
    return [
        syntax.Row(
            row.cells_span,
            (syntax.Segment(None, None, name, name.span), syntax.Segment(relation, None, right, right.span)),
            (),
        )
        for name in each
        if not isinstance(name, syntax.Ellipsis)
    ]


def is_name(node: syntax.Node) -> bool:
    """Whether a node is a symbol or a member, or the dots between two of them."""
    return isinstance(node, syntax.Ellipsis) or isinstance(parts_of(node)[0], syntax.Symbol)


def _items(node: syntax.Node) -> Iterator[syntax.Node]:
    yield from node.items if isinstance(node, syntax.Tuple) else (node,)
