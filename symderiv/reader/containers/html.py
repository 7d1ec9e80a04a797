r"""HTML pages whose formulas are LaTeX (MathJax, KaTeX auto-render), as a ``Document`` with exact spans.

Formulas, scripts and comments are masked first; what remains are tags and text, which are read in one pass. Python's
own HTML parser was tried: it joins and rewrites text before one can ask where it stood. This module must never run a
script, load a resource or read mathematics.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from symderiv.document import (
    Block,
    Callout,
    Code,
    Document,
    Emph,
    Heading,
    Inline,
    InlineMath,
    ItemList,
    Link,
    Paragraph,
    Reference,
    Source,
    Span,
    Text,
)
from symderiv.reader.containers.masking import BREAK, Find, Mask
from symderiv.reader.containers.prose import BLANKS, joined, trimmed

DEEPEST = 20
EMPHASIS = {"em": False, "i": False, "b": True, "strong": True, "dfn": False}

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_INLINE_MATH = re.compile(r"inlineMath[^;]{0,200}?\[\s*(?:'|\"|\\\")\$")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)


def read(source: Source) -> Document:
    """The document in ``source``. Never fails: what cannot be read is a diagnostic in ``Document.problems``.

    A single ``$`` delimits formulas only where the page says so, or says nothing and uses ``$$``.
    """
    text = source.text
    dollars = bool(_INLINE_MATH.search(text)) or ("inlineMath" not in text and "$$" in text)
    mask = Mask(text, markdown=False, dollars=dollars)
    mask.scan(0, len(text))
    mask.finish()
    page = _Page(mask)
    blocks = page.read()
    return Document(source, blocks, page.title, mask.macros, tuple(mask.problems))


@dataclass(slots=True)
class _Frame:
    """An open ``ul``, ``ol`` or ``blockquote``."""

    tag: str
    start: int
    blocks: list[Block] = field(default_factory=list)
    items: list[tuple[Block, ...]] = field(default_factory=list)


class _Page:
    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        self.title: tuple[Inline, ...] = ()
        self.frames = [_Frame("", 0)]
        self.nodes: list[Inline] = []
        self.opened: list[tuple[str, int, int, str]] = []

    def read(self) -> tuple[Block, ...]:
        text = self.mask.masked
        done = 0
        for start in sorted(self.mask.finds):
            find = self.mask.finds[start]
            self.words(done, start)
            done = find.end
            if find.tag:
                self.tag(find)
            elif isinstance(find.node, (InlineMath, Code, Reference)):
                self.nodes.append(find.node)
            elif find.node is not None and not isinstance(find.node, (str, Text, Emph, Link)):
                self.flush()
                self.frames[-1].blocks.append(find.node)
        self.words(done, len(text))
        self.flush()
        while len(self.frames) > 1:
            self.close_frame(len(text))
        return tuple(self.frames[0].blocks)

    def words(self, start: int, end: int) -> None:
        text = self.mask.text
        if not text[start:end].strip() and not self.nodes:
            return
        for entity in _ENTITY.finditer(text, start, end):
            if start < entity.start():
                self.nodes.append(Text(text[start : entity.start()].translate(BLANKS), Span(start, entity.start())))
            self.nodes.append(Text(html.unescape(entity[0]), Span(*entity.span())))
            start = entity.end()
        if start < end:
            self.nodes.append(Text(text[start:end].translate(BLANKS), Span(start, end)))

    def flush(self, heading: int = 0) -> None:
        self.opened.clear()
        inlines = trimmed(joined(self.nodes))
        self.nodes.clear()
        if inlines:
            span = Span(inlines[0].span.start, inlines[-1].span.end)
            self.frames[-1].blocks.append(Heading(heading, inlines, span) if heading else Paragraph(inlines, span))

    def tag(self, find: Find) -> None:
        found = _NAME.match(find.tag)
        if found is None:
            return
        closing, name = bool(found[1]), found[2].lower()
        if name == "title" and closing:
            self.title = trimmed(joined(self.nodes))
            self.nodes.clear()
        elif len(name) == 2 and name[0] == "h" and name[1] in "123456" and closing:
            self.flush(int(name[1]))
        elif name in EMPHASIS or name == "a":
            self.inline(name, closing, find)
        elif find.node == BREAK or name == "title":
            self.flush()
            self.block(name, closing, find)

    def inline(self, name: str, closing: bool, find: Find) -> None:
        if not closing:
            href = _HREF.search(find.tag)
            target = html.unescape(href[1] or href[2] or href[3] or "") if href else ""
            if len(self.opened) < 8:
                self.opened.append((name, len(self.nodes), find.start, target))
            return
        number = next((k for k in range(len(self.opened) - 1, -1, -1) if self.opened[k][0] == name), None)
        if number is None:
            return
        _, first, start, target = self.opened[number]
        del self.opened[number:]
        content = joined(self.nodes[first:])
        del self.nodes[first:]
        if name == "a" and target:
            self.nodes.append(Link(content, target, Span(start, find.end)))
        elif name == "a":
            self.nodes.extend(content)
        elif content:
            self.nodes.append(Emph(content, Span(start, find.end), strong=EMPHASIS[name]))

    def block(self, name: str, closing: bool, find: Find) -> None:
        if name in ("ul", "ol", "blockquote"):
            if not closing and len(self.frames) <= DEEPEST:
                self.frames.append(_Frame(name, find.start))
            elif closing and self.frames[-1].tag == name:
                self.close_frame(find.end)
        elif name == "li":
            self.end_item()

    def end_item(self) -> None:
        frame = self.frames[-1]
        if frame.tag in ("ul", "ol") and frame.blocks:
            frame.items.append(tuple(frame.blocks))
            frame.blocks.clear()

    def close_frame(self, end: int) -> None:
        self.end_item()
        frame = self.frames.pop()
        blocks = self.frames[-1].blocks
        if frame.items:
            blocks.append(ItemList(frame.tag == "ol", tuple(frame.items), Span(frame.start, end)))
        elif frame.blocks:
            blocks.append(Callout("quote", (), tuple(frame.blocks), Span(frame.start, end)))
