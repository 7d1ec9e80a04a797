"""reStructuredText as a ``Document`` with exact spans: ``math`` directives and roles, headings, lists, code, text.

Directives and roles are masked by a light scan, and the rest is read like Markdown, whose paragraphs, lists and
emphasis are the same (docutils takes longer to import than a document takes to check, and keeps lines but no columns).
``.. symderiv: ...`` comments are directives. This module must never read mathematics.
"""

from __future__ import annotations

import re
from itertools import pairwise

from symderiv.document import Block, Code, CodeBlock, Directive, Display, Document, Link, Reference, Source, Span, Text
from symderiv.reader.containers import formulas
from symderiv.reader.containers.markdown import Blocks, Line
from symderiv.reader.containers.masking import Mask

_EXPLICIT = re.compile(
    r"^([ \t]*)\.\.(?:[ \t]+|(?=\r?$))(?:([A-Za-z][\w:.+-]*?)::(?:[ \t]+|(?=\r?$)))?([^\r\n]*)", re.M
)
_BEFORE_OPTIONS = re.compile(r"(?:[^\n]*\S[^\n]*\n)+?(?=[ \t]*:[\w-]+:)")
_OPTION = re.compile(r"[ \t]*:([\w-]+):[ \t]*([^\r\n]*)\r?(?:\n|\Z)")
_INLINE = re.compile(
    r"``([^`\n]{1,1000})``|:([\w:-]{1,40}):`((?:[^`\\]|\\.){1,4000}?)`|`([^`<>\n]{0,500}?)[ ]?<([^`<>\n]{1,2000})>`__?"
    r"|::(?=[ \t]*\r?$)|(?<![\w`])`([^`\n]{1,500})`_{0,2}",
    re.M | re.S,
)
_CODE = frozenset({"code-block", "code", "sourcecode", "parsed-literal", "highlight", "doctest", "testcode"})
_REFERENCES = frozenset({"ref", "eq", "numref", "math:numref"})


def read(source: Source) -> Document:
    """The document in ``source``. Never fails: what cannot be read stays text."""
    text = source.text
    mask = Mask(text, markdown=False)
    pos = 0
    while found := _EXPLICIT.search(text, pos):
        roles(mask, pos, found.start())
        pos = explicit(mask, found)
    roles(mask, pos, len(text))
    mask.finish()
    return Document(source, _Blocks(mask).read(0, len(text)), (), mask.macros, tuple(mask.problems))


def explicit(mask: Mask, found: re.Match[str]) -> int:
    """Mask the directive or comment at ``found``; returns where reading goes on."""
    text, indent, name, rest = mask.text, found[1], found[2], found[3]
    start = found.start() + len(indent)
    end = block_end(text, found.end(), len(indent.expandtabs()))
    if name == "math":
        display(mask, found, start, end)
        return end
    if name in _CODE:
        return mask.put(start, end, CodeBlock(text[found.end() : end].strip("\r\n"), rest.strip(), Span(start, end)))
    if name is None:
        said = rest.strip()
        if said.startswith("symderiv:"):
            mask.put(start, found.end(), Directive(said.removeprefix("symderiv:").strip(), Span(start, found.end())))
            return found.end()
        return mask.put(start, end)
    after = min(found.end() + 1, len(text))
    while option := _OPTION.match(text, after):
        after = option.end()
    keeps_title = name in ("admonition", "topic", "rubric", "sidebar", "note", "warning", "tip", "important", "hint")
    mask.put(start, found.start(3) if keeps_title else max(found.end(), min(after, end) - 1))
    if keeps_title and found.end() + 1 < after <= end:
        mask.put(found.end() + 1, after - 1)
    return max(found.end(), min(after, end) - 1)


def block_end(text: str, start: int, indent: int) -> int:
    """Where the lines end that are blank or indented by more than ``indent``, from the end of a line at ``start``."""
    end = pos = start
    while pos < len(text):
        stop = text.find("\n", pos + 1)
        stop = len(text) if stop < 0 else stop
        line = text[pos + 1 : stop]
        stripped = line.lstrip(" \t")
        if stripped.strip():
            if len(line[: len(line) - len(stripped)].expandtabs()) <= indent:
                break
            end = stop
        pos = stop
    return end


def display(mask: Mask, found: re.Match[str], start: int, end: int) -> None:
    """A ``math`` directive: its formulas are separated by blank lines, unless an environment spans them."""
    text = mask.text
    label = None
    pos = begin = found.start(3) if found[3].strip() else min(found.end() + 1, end)
    if found[3].strip() and (argument := _BEFORE_OPTIONS.match(text, pos, end)):
        pos = argument.end()
    stop = pos
    while option := _OPTION.match(text, pos, end):
        if option[1] in ("label", "name"):
            label = option[2].strip()
        pos = option.end()
    gaps = re.finditer(r"\n[ \t]*\r?\n\s*", text[pos:end]) if "\\begin" not in text[pos:end] else ()
    places = [pos, *(pos + gap.end() for gap in gaps), end]
    mask.put(start, begin)
    mask.put(stop, pos)
    chunks = [(begin, stop), *pairwise(places)]
    for first, last in chunks:
        node = formulas.display(text[first:last], first, mask.macros)
        if node and not node.environment and "\\\\" in node.latex and "\\begin" not in node.latex:
            node = Display(node.latex, node.span, "align*", node.label, node.tag)
        if node and label:
            node = Display(node.latex, node.span, node.environment, label, node.tag)
        if first < last:
            mask.put(first, last, node)


def roles(mask: Mask, start: int, end: int) -> None:
    """Mask the roles, literals and links in running text."""
    text = mask.text
    for found in _INLINE.finditer(text, start, end):
        span = Span(*found.span())
        if found[1] is not None:
            mask.put(*span, Code(found[1], span))
        elif found[2] == "math":
            mask.put(*span, formulas.inline(found[3], found.start(3), mask.macros))
        elif found[2] in _REFERENCES:
            label = re.search(r"<([^<>]*)>\s*$", found[3])
            mask.put(*span, Reference((label[1] if label else found[3]).strip(), span))
        elif found[2] is not None:
            mask.put(span.start, found.start(3))
            mask.put(span.end - 1, span.end)
        elif found[5] is not None:
            said = found[4] or found[5]
            at = found.start(4) if found[4] else found.start(5)
            mask.put(*span, Link((Text(said, Span(at, at + len(said))),), found[5], span))
        elif found[6] is not None:
            mask.put(span.start, found.start(6))
            mask.put(found.end(6), span.end)
        else:
            mask.put(span.start + 1, span.end)


class _Blocks(Blocks):
    """Headings are underlined by any punctuation; their levels follow the order in which the marks appear."""

    underlines = re.compile(r"([=\-~^\"'#*+.:_])\1{2,}$|(``)`+$")

    def __init__(self, mask: Mask) -> None:
        super().__init__(mask)
        self.levels: list[str] = []

    def blocks(self, lines: list[Line], depth: int) -> list[Block]:
        """Lines over a heading are left out, and what Markdown would read as a line across the page is a mark."""
        marks = [bool(self.underlines.match(self.content(line).strip())) for line in lines]
        over = [mark and not (number and self.content(lines[number - 1]).strip()) for number, mark in enumerate(marks)]
        return super().blocks([line for line, left_out in zip(lines, over, strict=True) if not left_out], depth)

    def interrupts(self, text: str) -> bool:
        return False

    def level(self, underline: str) -> int:
        if underline[0] not in self.levels:
            self.levels.append(underline[0])
        return min(6, self.levels.index(underline[0]) + 1)
