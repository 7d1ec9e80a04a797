"""Running text as inlines: Markdown's emphasis, links and escapes; trimming; plain words. Shared by the containers.

Works on a text in which formulas and code are masked, and keeps every character at its place. This module must never
decide what is a formula.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace

from symderiv.document import Code, Emph, Inline, InlineMath, Link, Reference, Span, Text
from symderiv.reader.containers.masking import FOUND, Find

BLANKS = str.maketrans({"\n": " ", "\r": " ", "\t": " "})
DEEPEST = 8

_SPECIAL = re.compile(
    rf"(?P<found>{FOUND})|\\(?P<escape>[!-/:-@\[-`{{-~\n])|(?P<entity>&(?:[A-Za-z]{{2,31}}|#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}});)"
    r"|(?P<marks>\*+|_+|~~)|(?P<image>!\[[^\[\]]{0,500}\](?:\([^()\s]{0,2000}(?:\s+\"[^\"]{0,500}\")?\)|\[[^\[\]]{0,200}\]))"
    r"|(?P<open>\[)|(?P<close>\])|<(?P<auto>[A-Za-z][A-Za-z0-9+.-]{1,30}:[^\s<>]{0,2000})>"
)
_TARGET = re.compile(
    r"\([ \t]*<?((?:[^()\s<>]|\([^()\s]*\))*+)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)|\[([^\[\]]{0,300})\]"
)


class Inlines:
    """Reads ``text``, whose first character stands at ``start`` in the source and in which ``finds`` are masked.

    An opening mark (``*``, ``[``) is text until its partner is found; then it and what follows become one inline.
    """

    def __init__(self, text: str, start: int, finds: Mapping[int, Find]) -> None:
        self.text, self.start, self.finds = text, start, finds
        self.nodes: list[Inline] = []
        self.opened: list[tuple[str, int]] = []

    def read(self) -> tuple[Inline, ...]:
        pos = 0
        while token := _SPECIAL.search(self.text, pos):
            self.plain(pos, token.start())
            at, pos = token.span()
            match token.lastgroup:
                case "found":
                    pos = self.set_in(at)
                case "escape":
                    self.add(Text(token["escape"].translate(BLANKS), self.span(at, pos)))
                case "entity":
                    self.add(Text(html.unescape(token[0]), self.span(at, pos)))
                case "auto":
                    self.add(
                        Link((Text(token["auto"], self.span(at + 1, pos - 1)),), token["auto"], self.span(at, pos))
                    )
                case "open":
                    self.open("[", at)
                case "close":
                    pos = self.close_bracket(at)
                case "marks":
                    self.emphasis(token[0], at)
        self.plain(pos, len(self.text))
        return trimmed(joined(self.nodes))

    def span(self, start: int, end: int) -> Span:
        return Span(self.start + start, self.start + end)

    def add(self, node: Inline) -> None:
        self.nodes.append(node)

    def plain(self, start: int, end: int) -> None:
        if start < end:
            self.add(Text(self.text[start:end].translate(BLANKS), self.span(start, end)))

    def set_in(self, at: int) -> int:
        """Put in what the mask hides here; returns where it ends."""
        find = self.finds.get(self.start + at)
        if find is None:
            self.plain(at, at + 1)
            return at + 1
        if isinstance(find.node, (InlineMath, Code, Reference, Link)):
            self.add(find.node)
        return min(find.end - self.start, len(self.text))

    def open(self, mark: str, at: int) -> None:
        if len(self.opened) < DEEPEST:
            self.opened.append((mark, len(self.nodes)))
        self.plain(at, at + len(mark))

    def close(self, number: int) -> tuple[tuple[Inline, ...], Span]:
        """Take out what stands since the opening mark ``number``: the content without the mark, the mark's place."""
        _, first = self.opened[number]
        del self.opened[number:]
        mark, content = self.nodes[first], joined(self.nodes[first + 1 :])
        del self.nodes[first:]
        return content, mark.span

    def close_bracket(self, at: int) -> int:
        number = next((k for k in range(len(self.opened) - 1, -1, -1) if self.opened[k][0] == "["), None)
        target = _TARGET.match(self.text, at + 1)
        if number is None or target is None:
            if number is not None:
                del self.opened[number]
            self.plain(at, at + 1)
            return at + 1
        content, mark = self.close(number)
        self.opened = [opened for opened in self.opened if opened[0] != "["]
        end = target.end()
        self.add(Link(content, target[1] or target[2] or "", Span(mark.start, self.start + end)))
        return end

    def emphasis(self, marks: str, at: int) -> None:
        """A run of ``*``, ``_`` or ``~~`` opens or closes emphasis, or is text."""
        end = at + len(marks)
        before, following = self.text[at - 1 : at] if at else "", self.text[end : end + 1]
        opens, closes = bool(following.strip()), bool(before.strip())
        if marks[0] == "_":
            opens, closes = opens and not before.isalnum(), closes and not following.isalnum()
        while closes and at < end:
            number = next(
                (k for k in range(len(self.opened) - 1, -1, -1) if self.text[at:end].startswith(self.opened[k][0])),
                None,
            )
            if number is None:
                break
            size = len(self.opened[number][0])
            content, mark = self.close(number)
            span = Span(mark.start, self.start + at + size)
            if marks[0] == "~":
                self.nodes += map(_struck, content)
            elif size == 3:
                self.add(Emph((Emph(content, Span(span.start + 1, span.end - 1), strong=True),), span))
            else:
                self.add(Emph(content, span, strong=size == 2))
            at += size
        if at < end:
            if opens and end - at <= 3:
                self.open(self.text[at:end], at)
            else:
                self.plain(at, end)


def _struck(node: Inline) -> Inline:
    """What is struck out stands there, and says nothing: its formulas are not read."""
    match node:
        case InlineMath(latex=latex, span=span):
            return Code(latex, span)
        case Emph(inlines=inlines):
            return replace(node, inlines=tuple(map(_struck, inlines)))
    return node


def joined(nodes: list[Inline]) -> tuple[Inline, ...]:
    """The same with adjacent verbatim texts made one."""
    result: list[Inline] = []
    run: list[Text] = []

    def settle() -> None:
        if run:
            whole = Span(run[0].span.start, run[-1].span.end)
            result.append(run[0] if len(run) == 1 else Text("".join(text.text for text in run), whole))
            run.clear()

    for node in nodes:
        if not isinstance(node, Text) or len(node.text) != node.span.end - node.span.start:
            settle()
            result.append(node)
        else:
            if run and run[-1].span.end != node.span.start:
                settle()
            run.append(node)
    settle()
    return tuple(result)


def trimmed(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Without blank text at either end."""
    first, last = 0, len(inlines)
    while first < last and _is_blank(inlines[first]):
        first += 1
    while first < last and _is_blank(inlines[last - 1]):
        last -= 1
    content = list(inlines[first:last])
    if content and isinstance(start := content[0], Text):
        content[0] = _cut(start, len(start.text) - len(start.text.lstrip()), 0)
    if content and isinstance(stop := content[-1], Text):
        content[-1] = _cut(stop, 0, len(stop.text) - len(stop.text.rstrip()))
    return tuple(content)


def _is_blank(inline: Inline) -> bool:
    return isinstance(inline, Text) and not inline.text.strip()


def _cut(text: Text, left: int, right: int) -> Text:
    if not left and not right:
        return text
    cut = text.text[left : len(text.text) - right]
    exact = len(text.text) == text.span.end - text.span.start
    return Text(cut, Span(text.span.start + left, text.span.end - right) if exact else text.span)


def words(inlines: tuple[Inline, ...]) -> str:
    """The plain words of running text, formulas as LaTeX."""
    said: list[str] = []
    for inline in inlines:
        match inline:
            case Text(text=text) | Code(text=text):
                said.append(text)
            case InlineMath(latex=latex):
                said.append(latex)
            case Emph(inlines=inner) | Link(inlines=inner):
                said.append(words(inner))
            case Reference(label=label):
                said.append(label)
    return "".join(said)
