r"""A relation at the end of a row that the next row goes on from: ``a =`` ``\\`` ``= b``, ``$$a =$$`` ``$$b$$``.

At the end of one line, and often at the beginning of the next as well, is where many set the sign of a chain that they
break. This module must never join rows between which there are words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.document import Block, Callout, Display, ItemList
from symderiv.reader.grammar.syntax import DerivativeOp, Row, Scripted, Segment, Symbol
from symderiv.reader.reading import Reading


def join(reading: Reading, blocks: Sequence[Block]) -> None:
    """Let each row that ends with a relation end before it, and the next row begin with it."""
    for displays in _following(blocks):
        rows = [row for block in displays for row in reading.rows(block.latex, block.span).rows]
        for row, following in pairwise(rows):
            if (
                len(row.segments) > 1
                and row.segments[-1].side is None
                and following.segments
                and not _begins(following)
            ):
                _hand_over(row, following)


def _begins(row: Row) -> bool:
    """Whether a row says what a name or a derivative is: the right side before it may have been forgotten."""
    return len(row.segments) > 1 and isinstance(row.segments[0].side, Symbol | Scripted | DerivativeOp)


def _hand_over(row: Row, following: Row) -> None:
    sign, first = row.segments[-1], following.segments[0]
    if first.side is not None:
        begun = Segment(sign.relation, sign.relation_span, first.side, first.span, sign.annotation)
        following.segments = (Segment(None, None, None, sign.span), begun, *following.segments[1:])
        following.unread = False  # it has two sides now, of which one may be unreadable
    row.segments = row.segments[:-1]


def _following(blocks: Sequence[Block]) -> Iterator[list[Display]]:
    """The displays between which nothing stands."""
    found: list[Display] = []
    for block in blocks:
        if isinstance(block, Display):
            found.append(block)
            continue
        yield found
        found = []
        match block:
            case ItemList(items=items):
                for item in items:
                    yield from _following(item)
            case Callout(blocks=inside):
                yield from _following(inside)
    yield found
