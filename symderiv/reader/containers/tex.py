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
    Document,
    Emph,
    Figure,
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
from symderiv.reader.containers.latexrun import Running, Shared
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
    PLAIN,
    REFERENCES,
    SYMBOLS,
    THEOREMS,
    accented,
    circled,
)
from symderiv.reader.containers.macros import COMMANDS, PATIENCE, collect, definition_at, group
from symderiv.reader.containers.prose import words

DEEPEST_LIST = 20

_COMMAND = re.compile(r"\\(?:([A-Za-z@]+)(\*?)|(.)|$)", re.S)
_ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z@]+\*?)\s*\}")
_ACCENTED = re.compile(r"[ \t]*(?:\{[ \t]*(\\[ij](?![A-Za-z])|.?)[ \t]*\}|(\\[ij])(?![A-Za-z])|(.))")
_TARGET = re.compile(r"\s*\{((?:[^{}\n]|\{[^{}\n]*\}){0,4000})\}")
_CONDITION = re.compile(r"(?<!\\)\\(if[A-Za-z@]+|else|fi)(?![A-Za-z@])")
_VERB = re.compile(r"\*?([^\sA-Za-z*])([^\n]*?)\1")
_BEGIN_ALIAS = re.compile(r"\\begin\s*\{([A-Za-z]+\*?)\}")
_CODE_ESCAPES = re.compile(r"\\([_%&#${}\\ ])|\\textbackslash\s*(?:\{\})?|\\textasciitilde\s*(?:\{\})?|\{\}")


def read(source: Source, problems: tuple[Diagnostic, ...] = ()) -> Document:
    """The document in ``source``. Never fails: what cannot be read is a diagnostic in ``Document.problems``."""
    shared = Shared(source.text, list(problems), dict(THEOREMS))
    blocks = _Flow(shared, *_body(shared)).read()
    return Document(source, blocks, shared.title, shared.macros, tuple(shared.problems))


def _body(shared: Shared) -> tuple[int, int]:
    """Where the body is; reads macros, theorem names and the title of the preamble."""
    text = shared.text
    opening = re.search(r"^[^%\n]*?(\\begin\s*\{document\})", text, re.M)
    if opening is None:
        return 0, len(text)
    preamble = opening.start(1)
    collect(text, 0, preamble, shared.macros)
    for theorem in re.finditer(r"^[^%\n]*?\\newtheorem\*?\{(\w+)\}(?:\[\w*\])?\{([^{}]*)\}", text[:preamble], re.M):
        shared.theorems[theorem[1]] = theorem[2]
    title = re.search(r"^[^%\n]*?\\title\s*(?:\[[^\[\]]*\])?\s*(?=\{)", text[:preamble], re.M)
    inside = title and group(text, title.end(), preamble)
    if inside:
        shared.title = _inlines(shared, *inside)
    closing = re.compile(r"^[^%\n]*?(\\end\s*\{document\})", re.M).search(text, opening.end())
    return opening.end(), closing.start(1) if closing else len(text)


def _inlines(shared: Shared, start: int, end: int) -> tuple[Inline, ...]:
    """A short piece of running text, such as a title, without blocks."""
    blocks = _Flow(shared, start, end, nested=True).read()
    return tuple(inline for block in blocks if isinstance(block, Paragraph) for inline in block.inlines)


@dataclass(slots=True)
class _Frame:
    """An open environment. ``blocks`` is where its content goes: the parent's own list if it is transparent."""

    name: str
    start: int
    blocks: list[Block]
    kind: str = ""
    title: tuple[Inline, ...] = ()
    items: list[tuple[Block, ...]] = field(default_factory=list)


class _Flow(Running):
    """Reads commands and environments; ``nested`` text has no environments of its own."""

    def __init__(self, shared: Shared, start: int, end: int, nested: bool = False) -> None:
        super().__init__(shared, start, end)
        self.nested = nested
        self.frames = [_Frame("", start, [])]
        self.open: Counter[str] = Counter()

    def read(self) -> tuple[Block, ...]:
        self.run()
        while len(self.frames) > 1:
            self.close_frame(self.end)
        return tuple(self.frames[0].blocks)

    def add(self, block: Block) -> None:
        self.frames[-1].blocks.append(block)

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
        elif name.startswith("if") and self.is_off(name[2:]):
            self.skip_branch()
        else:
            if found[2] and name not in HEADINGS and name not in DROPPED:
                self.pos = found.end(1)
            self.word(name, start)

    def definition(self, start: int) -> None:
        if self.shared.unfinished < PATIENCE:
            after = definition_at(self.text, start, self.end, self.shared.macros)
            self.shared.unfinished += after is None
            self.pos = after or self.pos

    def symbol(self, mark: str, start: int) -> None:
        if mark == "[":
            self.display(start, r"\\\]", r"\\\[")
        elif mark == "(":
            found = self.shared.find(r"\\\)", self.pos, self.end)
            if found is None:
                self.shared.problem(r"the formula that \( begins is not closed", start, self.pos)
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
            if name in ("input", "include", "subfile") and all(p.code != "W451" for p in self.shared.problems):
                message = "what this includes was not read: only a document read from its file includes others"
                self.shared.problems.append(Diagnostic("W451", message, Span(start, self.pos)))
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

    def is_off(self, condition: str) -> bool:
        r"""Whether ``\iffalse``, or the ``\ifdraft`` of a text with ``\draftfalse`` and without ``\drafttrue``."""
        if condition == "false":
            return True
        text = self.text
        return bool(condition) and rf"\{condition}false" in text and rf"\{condition}true" not in text

    def skip_branch(self) -> None:
        r"""Pass over what does not print, up to its ``\else`` or ``\fi``."""
        depth = 1
        for found in _CONDITION.finditer(self.text, self.pos, self.end):
            depth += {"e": 0, "f": -1}.get(found[1][0], 1)
            if not depth or (found[1] == "else" and depth == 1):
                self.pos = found.end()
                return

    def unknown(self, name: str, start: int) -> None:
        """An author's macro: one that opens a display does; one for plain words prints them; others are transparent."""
        arguments, _, body = self.shared.macros.get("\\" + name, (1, None, ""))
        if arguments and not body.strip() and "\\" + name in self.shared.macros:  # \newcommand{\comment}[1]{}
            for _ in range(arguments):
                self.argument()
            return
        alias = _BEGIN_ALIAS.fullmatch(body)
        if alias and alias[1] in formulas.DISPLAY_ENVIRONMENTS:
            closers = [rf"\\end\s*\{{{re.escape(alias[1])}\}}"]
            for other, (_, _, text) in self.shared.macros.items():
                if text.replace(" ", "") == rf"\end{{{alias[1]}}}":
                    closers.append(re.escape(other) + "(?![A-Za-z@])")
            self.display(start, "|".join(closers), rf"\\{name}(?![A-Za-z@])", alias[1])
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
        found = _TARGET.match(self.text, self.pos, self.end)  # a % in it begins no comment
        if found is None:
            return
        self.pos = found.end()
        target = re.sub(r"\\([%#&_~])", r"\1", found[1].strip())
        if name == "url":
            self.inlines.append(Link((Text(target, Span(*found.span(1))),), target, Span(start, self.pos)))
        else:
            self.begin_wrap("link", start, target)

    def figure(self, start: int) -> None:
        arguments = [self.argument() for _ in range(4)]
        if None in arguments:
            self.shared.problem(r"\symderivfigure takes four arguments in braces", start, self.pos)
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
                _inlines(self.shared, *caption),
                " ".join(words(_inlines(self.shared, *alt)).split()),
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
            found = self.shared.find(r"\\end\s*\{math\}", self.pos, self.end)
            if found:
                self.inline(self.pos, found.start(1), found.end())
        elif name in formulas.DISPLAY_ENVIRONMENTS or name in formulas.BARE_ENVIRONMENTS:
            if name in formulas.TAKES_ARGUMENT:
                self.argument()
            ending = rf"\s*\{{{re.escape(name)}\}}"
            self.display(start, rf"\\end{ending}", rf"\\begin{ending}", formulas.BARE_ENVIRONMENTS.get(name, name))
        elif name in CODE_ENVIRONMENTS or name in DROPPED_ENVIRONMENTS:
            self.listing(name, start)
        elif self.nested:
            pass
        elif name in LISTS or name in CALLOUTS:
            self.flush(start)
            title = self.option()
            inlines = _inlines(self.shared, *title) if title and name in ("warning", "note") else ()
            self.open_frame(name, start, "list" if name in LISTS else "callout", inlines)
        elif plain in self.shared.theorems:
            self.flush(start)
            title = self.option()
            said = f"{self.shared.theorems[plain]}".strip()
            span = Span(start, self.pos)
            inlines = (Text(" (", span), *_inlines(self.shared, *title), Text(")", span)) if title else ()
            self.open_frame(name, start)
            self.inlines = [Emph((Text(said, span), *inlines, Text(".", span)), span, strong=True), Text(" ", span)]
        else:
            self.doubt(name, start)
            self.flush(start)
            while self.option():
                pass
            self.open_frame(name, start)
            if name in ("frame", "block", "alertblock", "exampleblock"):
                self.begin_wrap("heading" if name == "frame" else "strong", start, "2")
            for _ in range(DROPPED_ARGUMENTS.get(name, 0)):
                self.argument()

    def doubt(self, name: str, start: int) -> None:
        """A name that is nearly that of a displayed environment: what stands in it is read as words."""
        from difflib import get_close_matches  # for a slip only

        near = get_close_matches(name, sorted(formulas.DISPLAY_ENVIRONMENTS), 1, 0.8)
        if near and abs(len(near[0]) - len(name)) <= 2 and f"nvironment{{{name}}}" not in self.text:
            words = f"the environment {name} is not known, so what stands in it was not read as a formula"
            help = f"if {near[0]} is meant, write \\begin{{{near[0]}}}"
            self.shared.problems.append(Diagnostic("E108", words, Span(start, self.pos), help=help))

    def listing(self, name: str, start: int) -> None:
        """Code, tables and drawings, kept as they are."""
        closing = (
            -1 if (name, self.end) in self.shared.no_more else self.text.find(f"\\end{{{name}}}", self.pos, self.end)
        )
        if closing < 0:
            self.shared.no_more.add((name, self.end))
            self.shared.problem(f"the {name} environment is not closed", start, self.pos)
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
        if label and (inlines := _inlines(self.shared, *label)):
            self.inlines = [Emph(inlines, Span(*label), strong=True), Text(" ", Span(label[1], self.pos))]

    def end_item(self, frame: _Frame) -> None:
        if frame.blocks:
            frame.items.append(tuple(frame.blocks))
            frame.blocks.clear()
