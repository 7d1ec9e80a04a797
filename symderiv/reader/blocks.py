"""The formulas and the words of a document's blocks, in the author's order.

This module must never parse a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.document import Block, Callout, Display, Emph, Heading, InlineMath, ItemList, Link, Paragraph, Span
from symderiv.reader import prose


def formulas(blocks: Sequence[Block]) -> Iterator[tuple[str, Span]]:
    for block in blocks:
        match block:
            case Display():
                yield block.latex, block.span
            case Paragraph(inlines=inlines) | Heading(inlines=inlines):
                for formula in inline_formulas(inlines):
                    yield formula.latex, formula.span
            case ItemList(items=items):
                for item in items:
                    yield from formulas(item)
            case Callout(blocks=inner):
                yield from formulas(inner)


def all_words(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(inlines=inlines) | Heading(inlines=inlines):
                yield prose.words(inlines)
            case ItemList(items=items):
                for item in items:
                    yield from all_words(item)
            case Callout(blocks=inner):
                yield from all_words(inner)


def inline_formulas(inlines: Sequence[object]) -> Iterator[InlineMath]:
    for inline in inlines:
        if isinstance(inline, InlineMath):
            yield inline
        elif isinstance(inline, Emph | Link):
            yield from inline_formulas(inline.inlines)
