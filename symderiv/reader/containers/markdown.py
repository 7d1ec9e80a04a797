"""Markdown in the dialects of blogs, forges and notebooks, as a ``Document`` with exact spans.

Formulas, code and comments are masked first (``masking``); what remains is read line by line. A CommonMark parser
(markdown-it-py was measured) gives lines but no columns inside a paragraph, rewrites line ends, and takes longer to
import than a document takes to check; and with formulas masked, little of CommonMark is left. This module must never
read mathematics.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from symderiv.document import (
    Block,
    Callout,
    CodeBlock,
    Directive,
    Display,
    Document,
    Heading,
    Inline,
    InlineMath,
    ItemList,
    Paragraph,
    Source,
    Span,
    Text,
)
from symderiv.reader.containers.alone import BESIDE
from symderiv.reader.containers.masking import BREAK, FOUND, Mask
from symderiv.reader.containers.prose import Inlines

DEEPEST = 20

_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t\r]*\n(?:[^\n]*\n){0,400}?\1[ \t\r]*(?:\n|\Z)")
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*([\"']?)(.+?)\1[ \t\r]*$", re.M)
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)|(#{2,6})(?=[^\s#])")
_HEADING_END = re.compile(r"(?:[ \t]+#+)?[ \t]*(?:\{[^{}]*\})?[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r"(=+|-{2,})[ \t]*$")
_ITEM = re.compile(r"([-*+]|(\d{1,9})[.)])(?:[ \t]+|$)")
_QUOTE = re.compile(r">[ \t]?")
_ALERT = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*$", re.I)
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+[a-z]")
_DEFINITION = re.compile(r"\[(?!\^)[^\[\]\n]{1,200}\]:[ \t]*\S+")  # of a link; that of a footnote prints
_BROKEN = re.compile(r"(?:[:：，。；、\u3040-\u9fff\uac00-\ud7af]\s*|[ ]{2,}|\\)$")
_SENTENCE_END = re.compile(r"[.!?;,]\s*$")


class Line(NamedTuple):
    """A line of the masked text, from after its container's marks to before its end."""

    start: int
    end: int


def read(source: Source) -> Document:
    """The document in ``source``. Never fails: what cannot be read is a diagnostic in ``Document.problems``."""
    text = source.text
    front = _FRONT_MATTER.match(text)
    begin = front.end() if front else 0
    said = _TITLE.search(text, 0, begin) if front else None
    mask = Mask(text)
    mask.scan(begin, len(text))
    mask.finish()
    blocks = Blocks(mask).read(begin, len(text))
    title: tuple[Inline, ...] = (Text(said[2], Span(*said.span(2))),) if said else ()
    return Document(source, blocks, title, mask.macros, tuple(mask.problems))


class Blocks:
    """Reads the masked text of ``mask`` into blocks. ``underlines`` are what may underline a heading."""

    underlines = _UNDERLINE

    def __init__(self, mask: Mask) -> None:
        self.mask, self.text = mask, mask.masked

    def read(self, start: int, end: int) -> tuple[Block, ...]:
        lines, pos = [], start
        while pos < end:
            stop = self.text.find("\n", pos, end)
            stop = end if stop < 0 else stop
            last = stop
            while last > pos and self.text[last - 1] in "\r":
                last -= 1
            lines.append(Line(pos, last))
            pos = stop + 1
        return tuple(self.blocks(lines, 0))

    def content(self, line: Line) -> str:
        return self.text[line.start : line.end]

    def blocks(self, lines: list[Line], depth: int) -> list[Block]:
        result: list[Block] = []
        number = 0
        while number < len(lines):
            line = lines[number]
            text = self.content(line).strip()
            if not text or _RULE.match(text):
                number += 1
            elif heading := _HEADING.match(text):
                self.heading(line, heading, result)
                number += 1
            elif text.startswith(">") and depth < DEEPEST:
                number = self.quote(lines, number, depth, result)
            elif _ITEM.match(text) and depth < DEEPEST:
                number = self.item_list(lines, number, depth, result)
            elif _DEFINITION.match(text):
                number += 1
            elif _ADMONITION.match(text):
                self.running([line], result)
                number += 1
            else:
                number = self.paragraph(lines, number, result)
        return result

    def heading(self, line: Line, found: re.Match[str], result: list[Block]) -> None:
        start = line.start + (len(self.content(line)) - len(self.content(line).lstrip())) + found.end()
        shown = next((k for k in range(start, line.end) if self.is_display(k)), line.end)  # begun in the heading's line
        end = _HEADING_END.search(self.text, min(start, shown), shown)
        inlines = self.inlines(start, end.start() if end else shown)
        if inlines:
            level = len(found[1] or found[2])
            result.append(Heading(level, inlines, Span(inlines[0].span.start, inlines[-1].span.end)))
        finds = (self.mask.finds.get(at) for at in range(start, shown))
        result.extend(find.node for find in finds if find is not None and isinstance(find.node, Directive))
        if shown < line.end:
            self.running([Line(shown, line.end)], result)

    def is_display(self, start: int) -> bool:
        find = self.mask.finds.get(start)
        return find is not None and isinstance(find.node, Display)

    def inlines(self, start: int, end: int) -> tuple[Inline, ...]:
        return Inlines(self.text[start:end], start, self.mask.finds).read()

    def quote(self, lines: list[Line], number: int, depth: int, result: list[Block]) -> int:
        first, inner = number, []
        while number < len(lines) and self.content(lines[number]).strip():
            line = lines[number]
            start = line.start + len(self.content(line)) - len(self.content(line).lstrip())
            mark = _QUOTE.match(self.text, start, line.end)
            inner.append(Line(mark.end() if mark else start, line.end))
            number += 1
        alert = _ALERT.match(self.content(inner[0]).strip())
        kind = "quote"
        if alert:
            kind = "warning" if alert[1].lower() in ("warning", "caution") else "note"
            del inner[0]
        blocks = self.blocks(inner, depth + 1)
        if blocks:
            result.append(Callout(kind, (), tuple(blocks), Span(lines[first].start, lines[number - 1].end)))
        return number

    def item_list(self, lines: list[Line], number: int, depth: int, result: list[Block]) -> int:
        """A list that begins at line ``number``; an item goes on while lines are indented to its content."""
        first = number
        items: list[tuple[Block, ...]] = []
        indent = self.indent(lines[number])
        ordered = self.item(lines[number])[2] is not None  # type: ignore[index]
        while number < len(lines):
            marker = self.item(lines[number])
            if marker is None or (marker[2] is not None) != ordered or self.indent(lines[number]) < indent:
                break
            inner = [Line(min(marker.end(), lines[number].end), lines[number].end)]
            width = self.indent(lines[number]) + len(marker[1]) + 1
            number += 1
            while number < len(lines):
                line = lines[number]
                text = self.content(line).strip()
                if not text:
                    inner.append(Line(line.end, line.end))
                elif self.indent(line) >= width:
                    inner.append(self.stripped(line, width))
                elif inner[-1].start == inner[-1].end or self.interrupts(text) or _ITEM.match(text):
                    break
                else:
                    inner.append(line)
                number += 1
            if blocks := self.blocks(inner, depth + 1):
                items.append(tuple(blocks))
        if items:
            result.append(ItemList(ordered, tuple(items), Span(lines[first].start, lines[number - 1].end)))
        return number

    def indent(self, line: Line) -> int:
        text = self.content(line)
        return len(text[: len(text) - len(text.lstrip(" \t"))].expandtabs(4))

    def stripped(self, line: Line, width: int) -> Line:
        start = line.start
        while width > 0 and start < line.end and self.text[start] in " \t":
            width -= 4 if self.text[start] == "\t" else 1
            start += 1
        return Line(start, line.end)

    def item(self, line: Line) -> re.Match[str] | None:
        text = self.content(line)
        start = line.start + len(text) - len(text.lstrip())
        return _ITEM.match(self.text, start, start + len(text.strip()))

    def interrupts(self, text: str) -> bool:
        """Whether a line ends the paragraph before it."""
        item = _ITEM.match(text)
        if item and item.end() < len(text):
            return item[2] in (None, "1")
        return text.startswith(">") or bool(_HEADING.match(text)) or bool(_RULE.match(text))

    def paragraph(self, lines: list[Line], number: int, result: list[Block]) -> int:
        first = number
        number += 1
        underline = None
        while number < len(lines):
            text = self.content(lines[number]).strip()
            underline = self.underlines.match(text)
            if underline or not text or self.interrupts(text):
                break
            number += 1
        self.running(lines[first:number], result, underline)
        return number + bool(underline)

    def running(self, lines: list[Line], result: list[Block], underline: re.Match[str] | None = None) -> None:
        """Lines of running text as paragraphs, with the displays that stand in them between."""
        start = lines[0].start
        pieces = []
        for number, line in enumerate(lines):
            if number:
                pieces.append(" " * (line.start - lines[number - 1].end))
            pieces.append(self.content(line))
        text = "".join(pieces)
        alone = self.alone(lines)
        done, pos = 0, text.find(FOUND)
        before = len(result)
        while pos >= 0:
            find = self.mask.finds.get(start + pos)
            end = find.end - start if find else pos + 1
            node = find.node if find else None
            if node == BREAK or isinstance(node, (Display, CodeBlock, Directive)):
                self.add_paragraph(text[done:pos], start + done, result)
                if not isinstance(node, str):
                    result.append(node)
                done = end
            elif after := alone.get(start + pos):
                end = after - start
                self.add_paragraph(text[done:pos], start + done, result)
                self.add_paragraph(text[pos:end], start + pos, result)
                done = end
            pos = text.find(FOUND, end)
        self.add_paragraph(text[done:], start + done, result)
        last = result[-1] if len(result) == before + 1 else None
        if underline and isinstance(last, Paragraph):
            result[-1] = Heading(self.level(underline[0]), last.inlines, last.span)

    def alone(self, lines: list[Line]) -> dict[int, int]:
        """The formulas that are lines of their own, where they begin and where their lines end.

        Running text that is broken into lines may have such lines, too: a colon, a break that is meant, or a script
        that is written without blanks must come before it, or the ends of sentences must stand around it.
        """
        found: dict[int, int] = {}
        for number, line in enumerate(lines):
            text = self.content(line)
            begin = line.start + len(text) - len(text.lstrip())
            find = self.mask.finds.get(begin)
            if find is None or not isinstance(find.node, InlineMath) or find.end > line.end:
                continue
            before = self.content(lines[number - 1]) if number else "."
            after = self.content(lines[number + 1]).lstrip() if number + 1 < len(lines) else ""
            follows = bool(number and found) and max(found.values()) == lines[number - 1].end
            apart = follows or _BROKEN.search(before) or (_SENTENCE_END.search(before) and not after[:1].islower())
            if apart and BESIDE.fullmatch(self.text, find.end, line.end):
                found[begin] = line.end
        return found

    def level(self, underline: str) -> int:
        return 1 if underline[0] == "=" else 2

    def add_paragraph(self, text: str, start: int, result: list[Block]) -> None:
        inlines = Inlines(text, start, self.mask.finds).read() if text.strip() else ()
        if inlines:
            result.append(Paragraph(inlines, Span(inlines[0].span.start, inlines[-1].span.end)))
