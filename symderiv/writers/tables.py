"""Tables that Markdown writes with bars: a row of headings, a rule of dashes, and the other rows.

The reader reads them as running text, since they are words like others; here the cells are told apart again. This
module must never lose a cell: what is no table as above is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from symderiv.document import Inline, Paragraph, Span, Text

MOST_COLUMNS = 12
"""There is no room on a page for more."""

_RULE = re.compile(r":?-+:?")
Cell = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the cells of its headings, and of its rows, each of which has as many."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def grid(paragraph: Paragraph, source: str) -> Grid | None:
    """The table that a paragraph is, or None. ``source`` is the text of the document."""
    if not re.search(r"\n[ \t>]*\|?[ \t]*:?-", source[paragraph.span.start : paragraph.span.end]):
        return None
    cells = [_cells(row) for row in _rows(paragraph, source)]
    if len(cells) < 2:  # the dash begins a line inside of a formula
        return None
    head, rule, *rows = cells
    width = len(head)
    if len(rule) != width or not all(
        len(c) == 1 and isinstance(c[0], Text) and _RULE.fullmatch(c[0].text) for c in rule
    ):
        return None
    if not 2 <= width <= MOST_COLUMNS or any(len(row) > width for row in rows):
        return None
    return Grid(tuple(head), tuple((*row, *[()] * (width - len(row))) for row in rows))


_BAR = Text("|", Span(0, 0))


def _rows(paragraph: Paragraph, source: str) -> Iterator[list[Inline]]:
    """The inlines of each line, with ``_BAR`` where a cell ends."""
    row: list[Inline] = []
    for inline in paragraph.inlines:
        if not isinstance(inline, Text) or len(inline.text) != inline.span.end - inline.span.start:
            row.append(inline)
            continue
        for piece in re.finditer(r"[|\n]|[^|\n]+", source[inline.span.start : inline.span.end]):
            if piece[0] == "\n":
                yield row
                row = []
            elif piece[0] == "|":
                row.append(_BAR)
            else:
                at = inline.span.start + piece.start()
                row.append(Text(inline.text[piece.start() : piece.end()], Span(at, at + len(piece[0]))))
    yield row


def _cells(row: list[Inline]) -> list[Cell]:
    """The cells of a row, without the blanks around them; bars at its ends part nothing."""
    cells: list[list[Inline]] = [[]]
    for inline in row:
        if inline is _BAR:
            cells.append([])
        else:
            cells[-1].append(inline)
    found = [_trimmed(cell) for cell in cells]
    first = 1 if len(found) > 1 and not found[0] else 0
    last = len(found) - 1 if len(found) > first + 1 and not found[-1] else len(found)
    return found[first:last]


def _trimmed(cell: list[Inline]) -> Cell:
    inlines = list(cell)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if inlines and isinstance(edge := inlines[end], Text):
            inlines[end] = Text(strip(edge.text), edge.span)
    return tuple(inline for inline in inlines if not (isinstance(inline, Text) and not inline.text))
