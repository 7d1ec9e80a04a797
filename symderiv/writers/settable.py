"""Which formulas of a document a page can show. One that it cannot is shown as its source, if the report allows that
and is told of it; else it is an error that names its place.

So a formula that cannot be set costs itself, and not the page. This module must never let a refused formula through.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace

from symderiv import notation
from symderiv.diagnostics import UserError
from symderiv.document import Code, CodeBlock, Display, Document, Emph, Inline, InlineMath, Link, Span
from symderiv.writers.findings import place
from symderiv.writers.formula import Line, Node, inline, lines

Refused = Callable[[Span, str], None]
"""Told of each formula that is shown as its source: where it stands, and why."""
Sets = Callable[[str, Node, bool], object]
"""Sets a formula, given as text and tree, as a display or not; raises UserError if the format cannot."""

_WIDE, _LONG = 66, 20  # characters of a line and lines of a source that stands for a display
_SHORT = 60  # characters of one in the text


class Settable:
    def __init__(self, document: Document, refused: Refused | None, sets: Sets | None) -> None:
        self.document = document
        self.refused = refused
        self.sets = sets or (lambda latex, node, display: None)

    def rows(self, block: Display) -> tuple[Line, ...] | None:
        """The rows of a display, or None if it was refused. Raises UserError if nothing may be."""
        try:
            rows = lines(block.latex, self.document.macros)
            for cell in (cell for row in rows for cell in row.cells):
                self.sets(block.latex[cell.start : cell.end], cell, True)
        except UserError as error:
            self.refuse(block.span, str(error))
            return None
        return rows

    def refuse(self, span: Span, reason: str) -> None:
        """Raises UserError, with the place, if nothing may be refused."""
        if self.refused is None:
            raise UserError(f"{place(self.document.source, span.start).where}: {reason}" if span.end else reason)
        if span.end:  # not in what is said of the document
            self.refused(span, reason)

    def words(self, inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
        """Running text, the formulas that were refused as code. Raises UserError if none may be."""
        return tuple(map(self._inline, inlines))

    def _inline(self, part: Inline) -> Inline:
        match part:
            case Emph() | Link():
                return replace(part, inlines=self.words(part.inlines))
            case InlineMath(latex=latex, span=span):
                try:
                    self.sets(latex, inline(latex, self.document.macros), False)
                except UserError as error:
                    self.refuse(span, str(error))
                    shown = " ".join((latex if span.end else notation.unicode_latex(latex)).split())
                    return Code(shown if len(shown) <= _SHORT else f"{shown[:_SHORT]} …", span)
        return part


def source(block: Display) -> CodeBlock:
    """A display as its source, in lines that fit a page, the first ones of a long one."""
    found = [piece for line in block.latex.strip().split("\n") for piece in textwrap.wrap(line[: _WIDE * _LONG], _WIDE)]
    return CodeBlock("\n".join(found[:_LONG] + (["…"] if len(found) > _LONG else [])), "latex", block.span)
