r"""LaTeX documents, and bare bodies in the dialect of derivation templates, as a ``Document`` with exact spans.

One pass over the text with explicit stacks: a general LaTeX parser (pylatexenc was measured) recurses on every brace,
takes seconds for a megabyte and drops what is not closed, while a checker needs only the skeleton, in linear time,
from any text. Commands that are not known are transparent: their name vanishes, their argument is read as text.
This module must never read mathematics, expand macros in formulas, or open a file.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from symderiv.diagnostics import Diagnostic
from symderiv.document import (
    Block,
    Callout,
    Code,
    CodeBlock,
    Directive,
    Document,
    Emph,
    Figure,
    Heading,
    Inline,
    ItemList,
    Link,
    Paragraph,
    Reference,
    Source,
    Span,
    Text,
)
from symderiv.reader.containers import formulas
from symderiv.reader.containers.latextext import (
    ACCENTS,
    CALLOUTS,
    CODE,
    CODE_ENVIRONMENTS,
    DROPPED,
    DROPPED_ARGUMENTS,
    DROPPED_ENVIRONMENTS,
    EMPHASIS,
    HEADINGS,
    LISTS,
    MARKS,
    PLAIN,
    REFERENCES,
    SYMBOLS,
    THEOREMS,
    accented,
    circled,
)
from symderiv.reader.containers.macros import COMMANDS, PATIENCE, Macro, collect, definition_at, group
from symderiv.reader.containers.prose import trimmed, words

DEEPEST_LIST = 20
DEEPEST_EMPHASIS = 10

_SPECIAL = re.compile(r"[\\$%{}&]|``|''|---?|\n[ \t\r]*\n\s*")
_COMMAND = re.compile(r"\\(?:([A-Za-z@]+)(\*?)|(.)|$)", re.S)
_BLANKS = re.compile(r"[ \t\r]*(?:\n(?![ \t\r]*(?:\n|$))[ \t\r]*)?")
_OPTION = re.compile(r"[ \t]*\[((?:[^\[\]{}\n]|\n(?![ \t\r]*\n)|\{[^{}]*+\}|\[[^\[\]]*+\])*+)\]")
_ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z@]+\*?)\s*\}")
_DIRECTIVE = re.compile(r"%+[ \t]*symderiv:[ \t]*([^\n]*)")
_ACCENTED = re.compile(r"[ \t]*(?:\{[ \t]*(\\[ij](?![A-Za-z])|.?)[ \t]*\}|(\\[ij])(?![A-Za-z])|(.))")
_VERB = re.compile(r"\*?([^\sA-Za-z*])([^\n]*?)\1")
_BEGIN_ALIAS = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}")
_INLINE_END = re.compile(r"(?:[^\\$%{}\n]|\\.|%[^\n]*|\n(?![ \t\r]*(?:\n|\Z)))*+", re.S)
_CODE_ESCAPES = re.compile(r"\\([_%&#${}\\ ])|\\textbackslash\s*(?:\{\})?|\\textasciitilde\s*(?:\{\})?|\{\}")


def read(source: Source, problems: tuple[Diagnostic, ...] = ()) -> Document:
    """The document in ``source``. Never fails: what cannot be read is a diagnostic in ``Document.problems``."""
    reader = _Reader(source.text, list(problems))
    start, end = reader.body()
    flow = _Flow(reader, start, end)
    blocks = flow.read()
    return Document(source, blocks, reader.title, reader.macros, tuple(reader.problems))


@dataclass(slots=True)
class _Reader:
    """What the whole document shares."""

    text: str
    problems: list[Diagnostic]
    title: tuple[Inline, ...] = ()
    macros: dict[str, Macro] = field(default_factory=dict)
    theorems: dict[str, str] = field(default_factory=lambda: dict(THEOREMS))
    no_more: set[str] = field(default_factory=set)
    unfinished: int = 0

    def body(self) -> tuple[int, int]:
        """Where the body is; reads macros, theorem names and the title of the preamble."""
        text = self.text
        opening = re.search(r"^[^%\n]*?(\\begin\s*\{document\})", text, re.M)
        if opening is None:
            return 0, len(text)
        preamble = opening.start(1)
        collect(text, 0, preamble, self.macros)
        for theorem in re.finditer(r"^[^%\n]*?\\newtheorem\*?\{(\w+)\}(?:\[\w*\])?\{([^{}]*)\}", text[:preamble], re.M):
            self.theorems[theorem[1]] = theorem[2]
        title = re.search(r"^[^%\n]*?\\title\s*(?:\[[^\[\]]*\])?\s*(?=\{)", text[:preamble], re.M)
        inside = title and group(text, title.end(), preamble)
        if inside:
            self.title = self.inlines(*inside)
        closing = re.compile(r"^[^%\n]*?(\\end\s*\{document\})", re.M).search(text, opening.end())
        return opening.end(), closing.start(1) if closing else len(text)

    def inlines(self, start: int, end: int) -> tuple[Inline, ...]:
        """A short piece of running text, such as a title, without blocks."""
        return tuple(
            inline
            for block in _Flow(self, start, end, nested=True).read()
            if isinstance(block, Paragraph)
            for inline in block.inlines
        )

    def find(self, closer: str, start: int, end: int) -> re.Match[str] | None:
        """The next place where the regular expression ``closer`` holds, comments and escapes left out."""
        if closer in self.no_more:
            return None
        pattern = re.compile(rf"(?:[^\\%$]|(?!{closer})(?:\\.|%[^\n]*|\$|\\))*+({closer})", re.S)
        found = pattern.match(self.text, start, end)
        if found is None and end == len(self.text):
            self.no_more.add(closer)
        return found

    def problem(self, message: str, start: int, end: int, help: str = "") -> None:
        if len(self.problems) < 200:
            self.problems.append(Diagnostic("E150", message, Span(start, end), help=help))


@dataclass(slots=True)
class _Frame:
    """An open environment. ``blocks`` is where its content goes: the parent's own list if it is transparent."""

    name: str
    start: int
    blocks: list[Block]
    kind: str = ""
    title: tuple[Inline, ...] = ()
    items: list[tuple[Block, ...]] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """An open brace; ``wrap`` is what its content becomes ("" for a bare group)."""

    start: int
    wrap: str = ""
    first: int = 0
    detail: str = ""


class _Flow:
    """Reads text from ``pos`` to ``end`` into blocks."""

    def __init__(self, reader: _Reader, start: int, end: int, nested: bool = False) -> None:
        self.reader, self.text, self.pos, self.end, self.nested = reader, reader.text, start, end, nested
        self.frames = [_Frame("", start, [])]
        self.open: Counter[str] = Counter()
        self.groups: list[_Group] = []
        self.wraps = 0
        self.inlines: list[Inline] = []

    def read(self) -> tuple[Block, ...]:
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
                self.groups.append(_Group(stop))
            elif mark == "}":
                if self.groups:
                    self.wrap(self.groups.pop(), stop)
            elif mark[0] == "\n":
                self.flush(stop)
            else:
                self.atom(MARKS[mark], stop)
        self.pos = self.end
        self.flush(self.end)
        while len(self.frames) > 1:
            self.close_frame(self.end)
        return tuple(self.frames[0].blocks)

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
        inside = group(self.text, self.pos, self.end, 20_000 if self.reader.unfinished < PATIENCE else 200)
        if inside:
            self.pos = inside[1] + 1
        elif self.text.startswith("{", self.pos):
            self.reader.unfinished += 1
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
            self.groups.append(_Group(start, known, len(self.inlines), detail))

    def wrap(self, closed: _Group, stop: int) -> None:
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
            self.reader.title = trimmed(content)
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
                    self.groups[position] = _Group(stop)
        if content := trimmed(tuple(self.inlines)):
            self.add(Paragraph(content, Span(content[0].span.start, content[-1].span.end)))
        self.inlines.clear()

    def add(self, block: Block | None) -> None:
        if block is not None:
            self.frames[-1].blocks.append(block)

    # Formulas

    def dollar(self, start: int) -> None:
        if self.text.startswith("$", self.pos) and self.pos < self.end:
            self.pos += 1
            self.display(start, r"\$\$", "$$")
            return
        stop = self.inline_end(self.pos)
        if stop is None:
            self.reader.problem("this $ has no partner in its paragraph", start, start + 1)
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
        formula = formulas.inline(self.text[start:stop], start, self.reader.macros)
        if formula:
            self.inlines.append(formula)

    def display(self, start: int, closer: str, opened: str, environment: str = "") -> None:
        found = self.reader.find(closer, self.pos, self.end)
        if found is None:
            self.reader.problem(f"the formula that {opened} begins is not closed", start, self.pos)
            return
        self.flush(start)
        begin, self.pos = self.pos, found.end()
        latex = self.text[begin : found.start(1)]
        self.add(formulas.display(latex, begin, self.reader.macros, environment))

    # Commands

    def command(self, start: int) -> None:
        found = _COMMAND.match(self.text, start, self.end)
        if found is None:
            return
        self.pos = found.end()
        name = found[1]
        if name is None:
            self.symbol(found[3] or "", start)
        elif name == "begin":
            self.begin(start)
        elif name == "end":
            self.end_environment(start)
        elif name in COMMANDS:
            self.definition(start)
        else:
            if found[2] and name not in HEADINGS and name not in DROPPED:
                self.pos = found.end(1)
            self.word(name, start)

    def definition(self, start: int) -> None:
        if self.reader.unfinished < PATIENCE:
            after = definition_at(self.text, start, self.end, self.reader.macros)
            self.reader.unfinished += after is None
            self.pos = after or self.pos

    def symbol(self, mark: str, start: int) -> None:
        if mark == "[":
            self.display(start, r"\\\]", r"\[")
        elif mark == "(":
            found = self.reader.find(r"\\\)", self.pos, self.end)
            if found is None:
                self.reader.problem(r"the formula that \( begins is not closed", start, self.pos)
            else:
                self.inline(self.pos, found.start(1), found.end())
        elif mark in ACCENTS:
            self.accent(mark, start)
        elif mark in SYMBOLS:
            if mark == "\\":
                self.option()
            self.atom(SYMBOLS[mark], start)

    def accent(self, mark: str, start: int) -> None:
        found = _ACCENTED.match(self.text, self.pos, self.end)
        if found:
            self.pos = found.end()
            self.atom(accented(mark, found[1] or found[2] or found[3] or ""), start)

    def word(self, name: str, start: int) -> None:
        if name in HEADINGS:
            self.flush(start)
            self.option()
            self.begin_wrap("heading", start, str(HEADINGS[name]))
        elif name in EMPHASIS:
            self.begin_wrap("strong" if EMPHASIS[name] else "emph", start)
        elif name in CODE:
            self.code(name, start)
        elif name == "verb":
            found = _VERB.match(self.text, self.pos, self.end)
            if found:
                self.pos = found.end()
                self.inlines.append(Code(found[2], Span(start, self.pos)))
        elif name in REFERENCES:
            self.reference(start)
        elif name in ("href", "url"):
            self.link(name, start)
        elif name in ("footnote", "footnotetext"):
            self.option()
            self.begin_wrap("footnote", start)
        elif name in ("title", "caption"):
            if name == "caption":
                self.flush(start)
            self.option()
            self.begin_wrap("title" if name == "title" else "paragraph", start)
        elif name == "item":
            self.item(start)
        elif name == "par":
            self.flush(start)
        elif name == "symderivfigure" and not self.nested:
            self.figure(start)
        elif name == "ensuremath":
            if inside := self.argument():
                self.inline(*inside, self.pos)
        elif name == "textcircled":
            if inside := self.argument():
                self.atom(circled(self.text[inside[0] : inside[1]].strip()), start)
        elif name == "newtheorem":
            self.argument(), self.option(), self.argument(), self.option()
        elif name in DROPPED:
            while self.option():
                pass
            for _ in range(DROPPED[name]):
                self.argument()
        elif name in SYMBOLS:
            self.skip_blanks()
            self.atom(SYMBOLS[name], start)
        elif name in ACCENTS:
            self.accent(name, start)
        else:
            self.unknown(name, start)

    def unknown(self, name: str, start: int) -> None:
        """An author's macro: one that opens a display does; one for plain words prints them; others are transparent."""
        arguments, _, body = self.reader.macros.get("\\" + name, (1, None, ""))
        alias = _BEGIN_ALIAS.fullmatch(body)
        if alias and alias[1] in formulas.DISPLAY_ENVIRONMENTS:
            closers = [rf"\\end\s*\{{{re.escape(alias[1])}\}}"]
            for other, (_, _, text) in self.reader.macros.items():
                if text.replace(" ", "") == rf"\end{{{alias[1]}}}":
                    closers.append(re.escape(other) + "(?![A-Za-z@])")
            self.display(start, "|".join(closers), "\\" + name, alias[1])
        elif not arguments and body and not set(body) & set("\\$#{}%^_"):
            self.skip_blanks()
            self.atom(body.translate(PLAIN), start)
        elif self.text.startswith("[", self.pos):
            self.option()
        else:
            self.skip_blanks()

    def code(self, name: str, start: int) -> None:
        self.option()
        if name == "mintinline":
            self.argument()
        inside = self.argument()
        if inside:
            escaped = self.text[slice(*inside)]
            text = _CODE_ESCAPES.sub(lambda m: m[1] or {"b": "\\", "a": "~"}.get(m[0][5:6], ""), escaped)
            self.inlines.append(Code(text, Span(start, self.pos)))

    def reference(self, start: int) -> None:
        inside = self.argument()
        if inside is None:
            return
        for number, label in enumerate(self.text[slice(*inside)].split(",")):
            if number:
                self.atom(", ", start)
            self.inlines.append(Reference(label.strip(), Span(start, self.pos)))

    def link(self, name: str, start: int) -> None:
        inside = self.argument()
        if inside is None:
            return
        target = re.sub(r"\\([%#&_~])", r"\1", self.text[slice(*inside)].strip())
        if name == "url":
            self.inlines.append(Link((Text(target, Span(*inside)),), target, Span(start, self.pos)))
        else:
            self.begin_wrap("link", start, target)

    def figure(self, start: int) -> None:
        arguments = [self.argument() for _ in range(4)]
        if None in arguments:
            self.reader.problem(r"\symderivfigure takes four arguments in braces", start, self.pos)
            return
        kind, options, caption, alt = (a for a in arguments if a)
        parameters = []
        for option in re.findall(r"(?:[^,{}]|\{[^{}]*\})+", self.text[slice(*options)]):
            key, _, value = option.partition("=")
            parameters.append((key.strip(), value.strip().removeprefix("{").removesuffix("}")))
        label = dict(parameters).get("label")
        self.flush(start)
        self.add(
            Figure(
                self.text[slice(*kind)].strip(),
                tuple(p for p in parameters if p[0] != "label"),
                self.reader.inlines(*caption),
                " ".join(words(self.reader.inlines(*alt)).split()),
                Span(start, self.pos),
                label,
            )
        )

    # Environments

    def begin(self, start: int) -> None:
        found = _ENVIRONMENT.match(self.text, self.pos, self.end)
        if found is None:
            return
        self.pos, name = found.end(), found[1]
        plain = name.removesuffix("*")
        if name == "math":
            found = self.reader.find(r"\\end\s*\{math\}", self.pos, self.end)
            if found:
                self.inline(self.pos, found.start(1), found.end())
        elif name in formulas.DISPLAY_ENVIRONMENTS:
            if name in formulas.TAKES_ARGUMENT:
                self.argument()
            self.display(start, rf"\\end\s*\{{{re.escape(name)}\}}", rf"\begin{{{name}}}", name)
        elif name in CODE_ENVIRONMENTS or name in DROPPED_ENVIRONMENTS:
            self.listing(name, start)
        elif self.nested:
            pass
        elif name in LISTS or name in CALLOUTS:
            self.flush(start)
            title = self.option()
            inlines = self.reader.inlines(*title) if title and name in ("warning", "note") else ()
            self.open_frame(name, start, "list" if name in LISTS else "callout", inlines)
        elif plain in self.reader.theorems:
            self.flush(start)
            title = self.option()
            said = f"{self.reader.theorems[plain]}".strip()
            span = Span(start, self.pos)
            inlines = (Text(" (", span), *self.reader.inlines(*title), Text(")", span)) if title else ()
            self.open_frame(name, start)
            self.inlines = [Emph((Text(said, span), *inlines, Text(".", span)), span, strong=True), Text(" ", span)]
        else:
            self.flush(start)
            while self.option():
                pass
            self.open_frame(name, start)
            if name in ("frame", "block", "alertblock", "exampleblock"):
                self.begin_wrap("heading" if name == "frame" else "strong", start, "2")
            for _ in range(DROPPED_ARGUMENTS.get(name, 0)):
                self.argument()

    def listing(self, name: str, start: int) -> None:
        """Code, tables and drawings, kept as they are."""
        closing = -1 if name in self.reader.no_more else self.text.find(f"\\end{{{name}}}", self.pos, self.end)
        if closing < 0:
            self.reader.no_more.add(name)
            self.reader.problem(f"the {name} environment is not closed", start, self.pos)
            return
        self.flush(start)
        self.option()
        language = CODE_ENVIRONMENTS.get(name, "")
        if name == "minted" and (inside := self.argument()):
            language = self.text[slice(*inside)]
        text = self.text[min(self.pos, closing) : closing].strip("\r\n")
        self.pos = closing + len(name) + 6
        if name not in DROPPED_ENVIRONMENTS:
            self.add(CodeBlock(text, language, Span(start, self.pos)))

    def open_frame(self, name: str, start: int, kind: str = "", title: tuple[Inline, ...] = ()) -> None:
        kind = kind if sum(bool(frame.kind) for frame in self.frames[: 2 * DEEPEST_LIST]) < DEEPEST_LIST else ""
        self.open[name] += 1
        self.frames.append(_Frame(name, start, [] if kind else self.frames[-1].blocks, kind, title))

    def end_environment(self, start: int) -> None:
        found = _ENVIRONMENT.match(self.text, self.pos, self.end)
        if found is None:
            return
        self.pos = found.end()
        if not self.open[found[1]]:
            return
        self.flush(start)
        while True:
            name = self.frames[-1].name
            self.close_frame(self.pos)
            if name == found[1]:
                return

    def close_frame(self, stop: int) -> None:
        frame = self.frames.pop()
        self.open[frame.name] -= 1
        span = Span(frame.start, stop)
        if frame.kind == "callout":
            self.add(Callout(CALLOUTS[frame.name], frame.title, tuple(frame.blocks), span))
        elif frame.kind == "list":
            self.end_item(frame)
            self.add(ItemList(LISTS[frame.name], tuple(frame.items), span))

    def item(self, start: int) -> None:
        self.flush(start)
        label = self.option()
        frame = self.frames[-1]
        if frame.kind == "list":
            self.end_item(frame)
        if label and (inlines := self.reader.inlines(*label)):
            self.inlines = [Emph(inlines, Span(*label), strong=True), Text(" ", Span(label[1], self.pos))]

    def end_item(self, frame: _Frame) -> None:
        if frame.blocks:
            frame.items.append(tuple(frame.blocks))
            frame.blocks.clear()
