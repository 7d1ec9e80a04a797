r"""Classes that are counted from 0: ``\sum_{k=0}^{K-1}``, as in programs.

Where no member has a number and no index stands for a number, it is the same to count from 1 to K. This module must
never touch a document in which that makes a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, syntax_parts

NOTE = "what is counted from 0 is counted from 1 on here"


def rewriting(rows: Sequence[syntax.Row]) -> tuple[Change | None, set[str]]:
    """What makes sums from 0 to K - 1 in ``rows`` those from 1 to K, and the names of such sizes; None if nothing."""
    nodes = [node for row in rows for top in _tops(row) for node in every(top)]
    operators = [node for node in nodes if isinstance(node, syntax.BigOp) and node.sub is not None]
    sizes = {size for node in operators if (size := _size(node))}
    listed = [
        node for node in nodes if isinstance(node, syntax.Tuple) and node.items and _one_less(node.items[-1]) in sizes
    ]
    starts = {id(node.sub) for node in operators} | {id(node.items[0]) for node in listed}
    indices = {_index(node) for node in operators if _size(node)}
    others = {plain(n.sup.name) for n in operators if isinstance(n.sup, syntax.Symbol)}
    if not sizes or sizes & others or any(map(_is_numbered, nodes)):
        return None, set()
    says = [top for row in rows if not _enumerates(row) for top in _tops(row)]
    if indices & {name for top in says for name in _values(top)} or any(
        id(node) not in starts and _compares(node, indices) for node in nodes
    ):
        return None, set()

    def change(node: syntax.Node) -> syntax.Node:
        match node:
            case syntax.BigOp() if (size := _size(node)) and isinstance(node.sub, syntax.Relation):
                start, end = node.sub.rest[0][1], node.sup
                node.sub.rest = (("=", syntax.Number("1", start.span)),)
                node.sup = syntax.Symbol(size, end.span) if end is not None else None
            case syntax.Tuple(items=(first, *between, last)) if (size := _one_less(last)) in sizes:
                kept = [item for item in between if not isinstance(item, syntax.Number)]
                one = syntax.Number("1", first.span)
                if kept and isinstance(first, syntax.Relation) and _starts(first):
                    first.rest = (("=", one),)
                elif kept and isinstance(first, syntax.Number) and first.text == "0":
                    first = one
                else:
                    return node
                node.items = (first, *kept, syntax.Symbol(size, last.span))
                node.separators = node.separators[: len(kept) + 1]
        return node

    return change, sizes


def _tops(row: syntax.Row) -> Iterator[syntax.Node]:
    yield from (segment.side for segment in row.segments if isinstance(segment.side, syntax.Node))
    yield from (remark.content for remark in row.remarks)


def _enumerates(row: syntax.Row) -> bool:
    """Whether a row says which values an index takes: ``k = 0, \\dots, K - 1``."""
    return len(row.segments) == 2 and isinstance(row.segments[1].side, syntax.Tuple) and not row.remarks


def _index(node: syntax.BigOp) -> str:
    match node.sub:
        case syntax.Relation(left=syntax.Symbol(name=name)):
            return plain(name)
    return ""


def _size(node: syntax.BigOp) -> str:
    """The K of a sum from 0 to K - 1, or ""."""
    return _one_less(node.sup) if node.sup is not None and _starts(node.sub) else ""


def _starts(node: syntax.Node | None) -> bool:
    """Whether it is ``k = 0``."""
    match node:
        case syntax.Relation(left=syntax.Symbol(), rest=(("=", syntax.Number(text="0")),)):
            return True
    return False


def _one_less(node: syntax.Node) -> str:
    """The K of ``K - 1``, or ""."""
    match node:
        case syntax.Add(terms=((_, syntax.Symbol(name=name)), ("-", syntax.Number(text="1")))):
            return plain(name)
    return ""


def _is_numbered(node: syntax.Node) -> bool:
    """Whether a member has a number, or a sum of something, for its index: x_0, x_{K-1}."""
    return (
        isinstance(node, syntax.Scripted)
        and node.sub is not None
        and any(isinstance(part, syntax.Number | syntax.Add) for part in every(node.sub))
    )


def _compares(node: syntax.Node, indices: set[str]) -> bool:
    """Whether an index is compared with a number: ``[k = 0]``."""
    if not isinstance(node, syntax.Relation):
        return False
    sides = (node.left, *(side for _, side in node.rest))
    named = any(isinstance(side, syntax.Symbol) and plain(side.name) in indices for side in sides)
    return named and any(isinstance(side, syntax.Number) for side in sides)


def _values(node: syntax.Node) -> Iterator[str]:
    """The names that stand for numbers in a formula: neither below a name, nor in a bracket above one."""
    match node:
        case syntax.Symbol(name=name):
            yield plain(name)
        case syntax.Scripted():
            yield from _values(node.base)
            if node.sup is not None and not isinstance(node.sup, syntax.Group):
                yield from _values(node.sup)
        case syntax.BigOp():
            yield from _values(node.body)
        case syntax.Relation(left=left, rest=rest):  # i = 0, ..., K - 1, and the [y = k] of classes y and k
            for side in (left, *(side for _, side in rest)):
                if not isinstance(side, syntax.Symbol | syntax.Tuple):
                    yield from _values(side)
        case _:
            for part in syntax_parts(node):
                yield from _values(part)
