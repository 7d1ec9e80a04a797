"""The document model: what a reader found, where it stands, and what the writers print.

Every node that was read from a file has a ``Span`` into the author's own text, so that positions in messages are the
author's. This module holds data only: it must never parse, judge or print.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """Characters ``start`` to ``end`` (exclusive) of a source's text."""

    start: int
    end: int


class Position(NamedTuple):
    """A place as people count it: line and column from 1; ``cell`` is the notebook cell (from 1) or None."""

    line: int
    column: int
    cell: int | None = None


class Source:
    """A text with a name, that knows its lines. ``name`` is a path as the user gave it, or ``<stdin>``."""

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts = [0]
        self._starts.extend(i + 1 for i, c in enumerate(text) if c == "\n")

    def position(self, offset: int) -> Position:
        line = bisect.bisect_right(self._starts, offset) - 1
        return Position(line + 1, offset - self._starts[line] + 1)

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its line end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


# Inlines


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Emph:
    """Emphasis; ``strong`` for bold."""

    inlines: tuple[Inline, ...]
    span: Span
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Link:
    inlines: tuple[Inline, ...]
    target: str
    span: Span


@dataclass(frozen=True, slots=True)
class InlineMath:
    """Mathematics in running text; ``span`` covers the formula without its delimiters."""

    latex: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a labelled display or figure."""

    label: str
    span: Span


Inline = Text | Emph | Code | Link | InlineMath | Reference


# Blocks


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    inlines: tuple[Inline, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: tuple[Inline, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Display:
    r"""Displayed mathematics.

    ``latex`` is the formula without its delimiters, exactly ``source.text[span.start:span.end]`` where the container
    keeps it verbatim. ``environment`` is ``equation``, ``align``, ``align*``, ``eqnarray``, ``gather``, ... or ``""``
    for bare delimiters. ``label`` is the author's ``\label``, ``tag`` the author's ``\tag``.
    """

    latex: str
    span: Span
    environment: str = ""
    label: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure made by us: ``kind`` names the drawing ("network"), ``parameters`` are its arguments."""

    kind: str
    parameters: tuple[tuple[str, str], ...]
    caption: tuple[Inline, ...]
    alt: str
    span: Span
    label: str | None = None


@dataclass(frozen=True, slots=True)
class ItemList:
    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Callout:
    """A boxed remark or quotation; ``kind`` is ``warning``, ``note`` or ``quote``."""

    kind: str
    title: tuple[Inline, ...]
    blocks: tuple[Block, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CodeBlock:
    text: str
    language: str
    span: Span


@dataclass(frozen=True, slots=True)
class Directive:
    """One ``symderiv:`` comment line; ``text`` is what follows the colon."""

    text: str
    span: Span


Block = Heading | Paragraph | Display | Figure | ItemList | Callout | CodeBlock | Directive


def all_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks in order, with those inside lists and callouts instead of these."""
    for block in blocks:
        match block:
            case ItemList(items=items):
                for item in items:
                    yield from all_blocks(item)
            case Callout(blocks=inside):
                yield from all_blocks(inside)
            case _:
                yield block


def formulas(blocks: Iterable[Block]) -> Iterator[Display | InlineMath]:
    """The formulas of ``blocks``, in order."""
    for block in all_blocks(blocks):
        match block:
            case Display():
                yield block
            case Paragraph(inlines=inlines) | Heading(inlines=inlines):
                yield from inline_formulas(inlines)


def inline_formulas(inlines: Iterable[Inline]) -> Iterator[InlineMath]:
    """The formulas within prose, in order."""
    for inline in inlines:
        match inline:
            case InlineMath():
                yield inline
            case Emph() | Link():
                yield from inline_formulas(inline.inlines)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read. ``blocks`` are in the order of the source; ``macros`` are the author's own
    (name with backslash -> (number of arguments, default of the first or None, body))."""

    source: Source
    blocks: tuple[Block, ...]
    title: tuple[Inline, ...] = ()
    macros: dict[str, tuple[int, str | None, str]] = field(default_factory=dict)
    problems: tuple = ()
