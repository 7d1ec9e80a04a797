r"""LaTeX's running text: words, groups, paragraphs and formulas, from one pass with an explicit stack of braces.

What the commands in it mean is for ``tex`` to say. This module must never read mathematics or expand macros in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from symderiv.diagnostics import Diagnostic
from symderiv.document import Block, Directive, Emph, Heading, Inline, Link, Paragraph, Span, Text
from symderiv.reader.containers import formulas
from symderiv.reader.containers.latextext import MARKS, PLAIN
from symderiv.reader.containers.macros import PATIENCE, Macro, group
from symderiv.reader.containers.prose import trimmed

DEEPEST_EMPHASIS = 10

_SPECIAL = re.compile(r"[\\$%{}&]|``|''|---?|\n[ \t\r]*\n\s*")
_BLANKS = re.compile(r"[ \t\r]*(?:\n(?![ \t\r]*(?:\n|$))[ \t\r]*)?")
_OPTION = re.compile(r"[ \t]*\[((?:[^\[\]{}\n]|\n(?![ \t\r]*\n)|\{[^{}]*+\}|\[[^\[\]]*+\])*+)\]")
_DIRECTIVE = re.compile(r"%+[ \t]*symderiv:[ \t]*([^\n]*)")
_INLINE_END = re.compile(r"(?:[^\\$%{}\n]|\\.|%[^\n]*|\n(?![ \t\r]*(?:\n|\Z)))*+", re.S)


@dataclass(slots=True)
class Shared:
    """What all running text of one document shares."""

    text: str
    problems: list[Diagnostic]
    theorems: dict[str, str]
    title: tuple[Inline, ...] = ()
    macros: dict[str, Macro] = field(default_factory=dict)
    no_more: set[tuple[str, int]] = field(default_factory=set)
    unfinished: int = 0

    def find(self, closer: str, start: int, end: int) -> re.Match[str] | None:
        """The next place where the regular expression ``closer`` holds, comments and escapes left out."""
        if (closer, end) in self.no_more:
            return None
        pattern = re.compile(rf"(?:[^\\%$]|(?!{closer})(?:\\.|%[^\n]*|\$|\\))*+({closer})", re.S)
        found = pattern.match(self.text, start, end)
        if found is None:
            self.no_more.add((closer, end))
        return found

    def problem(self, message: str, start: int, end: int, help: str = "") -> None:
        if len(self.problems) < 200:
            self.problems.append(Diagnostic("E141", message, Span(start, end), help=help))


@dataclass(slots=True)
class Group:
    """An open brace; ``wrap`` is what its content becomes ("" for a bare group)."""

    start: int
    wrap: str = ""
    first: int = 0
    detail: str = ""


class Running:
    """Reads text from ``pos`` to ``end`` into inlines and blocks."""

    def __init__(self, shared: Shared, start: int, end: int) -> None:
        self.shared, self.text, self.pos, self.end = shared, shared.text, start, end
        self.groups: list[Group] = []
        self.wraps = 0
        self.inlines: list[Inline] = []

    def add(self, block: Block) -> None:
        raise NotImplementedError

    def command(self, start: int) -> None:
        """Read the command whose backslash stands at ``start``; ``pos`` is after the backslash."""
        raise NotImplementedError

    def run(self) -> None:
        while self.pos < self.end:
            found = _SPECIAL.search(self.text, self.pos, self.end)
            stop = found.start() if found else self.end
            self.plain(self.pos, stop)
            if found is None:
                break
            self.pos = found.end()
            mark = found[0]
            if mark == "\\":
                self.command(stop)
            elif mark == "$":
                self.dollar(stop)
            elif mark == "%":
                self.comment(stop)
            elif mark == "{":
                self.groups.append(Group(stop))
            elif mark == "}":
                if self.groups:
                    self.wrap(self.groups.pop(), stop)
            elif mark[0] == "\n":
                self.flush(stop)
            else:
                self.atom(MARKS[mark], stop)
        self.pos = self.end
        self.flush(self.end)

    # Running text

    def plain(self, start: int, stop: int) -> None:
        """Text that prints as it stands: each line end is one space, so characters keep their places."""
        if start == stop:
            return
        text = self.text[start:stop].translate(PLAIN)
        last = self.inlines[-1] if self.inlines else None
        if isinstance(last, Text) and last.span.end == start and len(last.text) == start - last.span.start:
            self.inlines[-1] = Text(last.text + text, Span(last.span.start, stop))
        elif last is not None or text.strip():
            self.inlines.append(Text(text, Span(start, stop)))

    def atom(self, text: str, start: int) -> None:
        """Text that is written otherwise than it prints, from ``start`` to where we are."""
        self.inlines.append(Text(text, Span(start, self.pos)))

    def skip_blanks(self) -> None:
        found = _BLANKS.match(self.text, self.pos, self.end)
        if found:
            self.pos = found.end()

    def option(self) -> tuple[int, int] | None:
        """The inside of ``[...]`` here, if there is one."""
        found = _OPTION.match(self.text, self.pos, self.end)
        if found is None:
            return None
        self.pos = found.end()
        return found.span(1)

    def argument(self) -> tuple[int, int] | None:
        """The inside of ``{...}`` here, if there is one."""
        inside = group(self.text, self.pos, self.end, 20_000 if self.shared.unfinished < PATIENCE else 200)
        if inside:
            self.pos = inside[1] + 1
        elif self.text.startswith("{", self.pos):
            self.shared.unfinished += 1
        return inside

    def comment(self, start: int) -> None:
        stop = self.text.find("\n", start, self.end)
        stop = self.end if stop < 0 else stop
        directive = _DIRECTIVE.match(self.text, start, stop)
        if directive:
            self.flush(start)
            self.add(Directive(directive[1].strip(), Span(start, stop - (self.text[stop - 1] == "\r"))))
            self.pos = stop
            return
        following = re.compile(r"\n[ \t]*(?![ \t\r]*\n)").match(self.text, stop, self.end)
        self.pos = following.end() if following else stop

    # Groups and paragraphs

    def begin_wrap(self, wrap: str, start: int, detail: str = "") -> None:
        """The group that opens here, if one does, becomes an inline or a block of its own when it closes."""
        self.skip_blanks()
        if self.pos < self.end and self.text[self.pos] == "{":
            self.pos += 1
            known = wrap if self.wraps < DEEPEST_EMPHASIS else ""
            self.wraps += bool(known)
            self.groups.append(Group(start, known, len(self.inlines), detail))

    def wrap(self, closed: Group, stop: int) -> None:
        if not closed.wrap:
            return
        self.wraps -= 1
        content = tuple(self.inlines[closed.first :])
        del self.inlines[closed.first :]
        span = Span(closed.start, min(stop + 1, self.end))
        if closed.wrap == "heading":
            if content := trimmed(content):
                self.add(Heading(int(closed.detail), content, span))
        elif closed.wrap == "paragraph":
            if content := trimmed(content):
                self.add(Paragraph(content, span))
        elif closed.wrap == "title":
            self.shared.title = trimmed(content)
        elif closed.wrap == "footnote":
            at = Span(closed.start, closed.start)
            self.inlines += [Text(" (", at), *content, Text(")", Span(stop, stop))]
        elif closed.wrap == "link":
            self.inlines.append(Link(content, closed.detail, span))
        elif content:
            self.inlines.append(Emph(content, span, strong=closed.wrap == "strong"))

    def flush(self, stop: int) -> None:
        """End the paragraph, and with it what is still open in it."""
        if self.wraps:
            for position in range(len(self.groups) - 1, -1, -1):
                if self.groups[position].wrap:
                    self.wrap(self.groups[position], stop)
                    self.groups[position] = Group(stop)
        if content := trimmed(tuple(self.inlines)):
            self.add(Paragraph(content, Span(content[0].span.start, content[-1].span.end)))
        self.inlines.clear()

    # Formulas

    def dollar(self, start: int) -> None:
        if self.text.startswith("$", self.pos) and self.pos < self.end:
            self.pos += 1
            self.display(start, r"\$\$", "$$")
            return
        stop = self.inline_end(self.pos)
        if stop is None:
            self.shared.problem("this $ has no partner in its paragraph", start, start + 1)
            return
        self.inline(self.pos, stop, stop + 1)

    def inline_end(self, pos: int) -> int | None:
        r"""The ``$`` that closes what began at ``pos``: the first outside braces (``\text{if $a$}``) or any."""
        depth, first = 0, None
        while True:
            found = _INLINE_END.match(self.text, pos, self.end)
            pos = found.end() if found else pos
            mark = self.text[pos] if pos < self.end else ""
            if mark == "$":
                if depth <= 0:
                    return pos
                first = pos if first is None else first
            elif mark and mark in "{}":
                depth += 1 if mark == "{" else -1
            elif mark == "%":
                pass
            else:
                return first
            pos += 1

    def inline(self, start: int, stop: int, after: int) -> None:
        self.pos = after
        formula = formulas.inline(self.text[start:stop], start, self.shared.macros)
        if formula:
            self.inlines.append(formula)

    def display(self, start: int, closer: str, again: str = "", environment: str = "") -> None:
        """A display that was opened at ``start``, up to ``closer``; if ``again`` comes first it is not closed."""
        found = self.shared.find(f"{closer}|{again}" if again else closer, self.pos, self.end)
        stop = found.start(1) if found else self.pos
        reopened = found and again and re.match(again, found[1])
        if found is None or reopened or formulas.runs_on(self.text[self.pos : stop]):
            opened = self.text[start : self.pos]
            self.shared.problem(f"the formula that {opened} begins is not closed", start, self.pos)
            return
        self.flush(start)
        begin, self.pos = self.pos, found.end()
        formula = formulas.display(self.text[begin:stop], begin, self.shared.macros, environment)
        if formula:
            self.add(formula)
