"""What checking one or several files found, in the form that the terminal, JSON, SARIF and Markdown print.

All decisions that these formats share are taken here, once: which findings there are and in which order, what counts as
what, and which line of the author's file a place is in. This module must never judge: it reads off the verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from symderiv import notation
from symderiv.checked import Checked, Opinions, Step
from symderiv.diagnostics import Diagnostic
from symderiv.document import Display, Position, Source, formulas
from symderiv.kernel.verdict import Proved, Refuted
from symderiv.reader.containers.files import JoinedSource
from symderiv.reader.containers.macros import group

NEEDS = "E310"
"""The code of a step that holds under a hypothesis nobody states; the diagnostic's help is the directive to add."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the author's own files: which file, where in it, and the text of the line."""

    path: str
    position: Position
    line: str

    @property
    def where(self) -> str:
        """As messages name it: ``notes.md:3:7``, ``book.ipynb:cell 2:3:7``."""
        cell = f":cell {self.position.cell}" if self.position.cell is not None else ""
        return f"{self.path}{cell}:{self.position.line}:{self.position.column}"

    @property
    def number(self) -> str:
        """The number of the line; in a notebook ``cell:line``."""
        cell, line = self.position.cell, self.position.line
        return str(line) if cell is None else f"{cell}:{line}"


def place(source: Source, offset: int) -> Place:
    """The place of a character, in the file (or the notebook cell) that it was read from."""
    if isinstance(source, JoinedSource):
        return Place(source.name_at(offset), source.position(offset), source.line_at(offset))
    position = source.position(offset)
    return Place(source.name, position, source.line(position.line))


def line_of(source: Source, step: Step) -> str:
    """The line on which the right side of a step begins, with the file if that is an included one."""
    here = place(source, step.span.start)
    return here.number if here.path == source.name else f"{here.path}:{here.number}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic, and the step that it speaks of, or None. ``origin`` and ``declaration`` are set for a directive
    from outside the document: where it comes from, and its text."""

    diagnostic: Diagnostic
    step: Step | None = None
    origin: str = ""
    declaration: str = ""

    @property
    def level(self) -> str:
        """``error`` (false, or a declaration that is not understood), ``unread``, ``undecided`` or ``warning``."""
        code = self.diagnostic.code
        if code.startswith("E1") and not code.startswith("E19") and not self.origin:
            return "unread"
        return self.diagnostic.severity

    @property
    def declaration_place(self) -> str:
        """Where the directive from outside stands: ``command line``, or ``notes/softmax.symderiv:2:1``."""
        path, _, line = self.origin.rpartition(" line ")
        return f"{path}:{line}:1" if path and not self.origin.startswith("--") else "command line"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many steps there are of each kind; ``false`` are those that are not marked as false and are, or are marked
    and are not; ``expected`` are those that are marked as false and were refuted; ``equations`` are being solved."""

    proved: int = 0
    false: int = 0
    undecided: int = 0
    definitions: int = 0
    expected: int = 0
    equations: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.proved + other.proved,
            self.false + other.false,
            self.undecided + other.undecided,
            self.definitions + other.definitions,
            self.expected + other.expected,
            self.equations + other.equations,
        )

    @property
    def claims(self) -> int:
        return self.proved + self.false + self.undecided + self.expected


@dataclass(frozen=True, slots=True)
class Examined:
    """A file and what checking it found; ``problem`` says why it could not be read, or holds nothing to check.

    ``declarations`` were given from outside the document, as (directive, where it comes from); ``files`` were written.
    """

    path: str
    checked: Checked | None
    problem: str = ""
    declarations: Sequence[tuple[str, str]] = ()
    files: Sequence[str] = ()

    @property
    def counts(self) -> Counts:
        if self.checked is None:
            return Counts()
        claims = self.checked.claims
        proved = sum(isinstance(s.verdict, Proved) and not s.expected_false for s in claims)
        expected = sum(isinstance(s.verdict, Refuted) and s.expected_false for s in claims)
        false = sum(isinstance(s.verdict, Proved | Refuted) for s in claims) - proved - expected
        undecided = len(claims) - proved - expected - false
        equations = sum(step.kind == "equation" for step in self.checked.steps)
        definitions = len(self.checked.steps) - len(claims) - equations
        return Counts(proved, false, undecided, definitions, expected, equations)

    @property
    def opinions(self) -> Opinions | None:
        return self.checked.opinions if self.checked is not None else None

    @property
    def status(self) -> int:
        """0: every step is in order. 1: one is false, or another program differs on it. 2: one is undecided, or a part
        was not read. 3: there was nothing to check, or a declaration from outside is not understood."""
        if self.checked is None or self.problem:
            return 3
        if self.counts.false or (self.opinions is not None and self.opinions.differ):
            return 1
        if any(found.origin for found in self.findings):
            return 3
        return 2 if self.counts.undecided or any(found.level != "warning" for found in self.findings) else 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything there is to say, in the order of the text; what concerns declarations from outside comes first."""
        if self.checked is None:
            return ()
        found = [self._finding(diagnostic) for diagnostic in self.checked.diagnostics]
        found += [Finding(s.diagnostic, s) for s in self.checked.steps if s.diagnostic and not s.in_order]
        unique = {finding.diagnostic: finding for finding in found}
        return tuple(sorted(unique.values(), key=lambda f: (not f.origin, f.diagnostic.span, f.diagnostic.code)))

    def _finding(self, diagnostic: Diagnostic) -> Finding:
        for text, origin in self.declarations:
            if diagnostic.span == (0, 0) and diagnostic.message.startswith(f"{origin}: "):
                return Finding(diagnostic, None, origin, text)
        return Finding(diagnostic)

    @property
    def given(self) -> tuple[tuple[str, str], ...]:
        """The assumptions that proofs used, in Unicode, each with where it is declared or said."""
        if self.checked is None:
            return ()
        verdicts = [s.verdict for s in self.checked.claims if isinstance(s.verdict, Proved)]
        used = (given for verdict in verdicts for given in verdict.given)
        return tuple(dict.fromkeys((notation.unicode_assumption(a), a.source) for a in used))

    @property
    def readings(self) -> tuple[tuple[str, str], ...]:
        """What the reading of proved steps rests on and no line states, in Unicode, each with the steps' lines."""
        if self.checked is None:
            return ()
        source = self.checked.document.source
        found: dict[str, dict[str, None]] = {}
        for step in self.checked.claims:
            if isinstance(step.verdict, Proved):
                for note in step.notes:
                    found.setdefault(notation.unicode_words(note), {})[line_of(source, step)] = None
        return tuple((note, f"line{'s' if len(lines) > 1 else ''} {', '.join(lines)}") for note, lines in found.items())


class Summed(Protocol):
    """What the summary of a run needs to know of each file."""

    @property
    def counts(self) -> Counts: ...

    @property
    def status(self) -> int: ...

    @property
    def findings(self) -> tuple[Finding, ...]: ...

    @property
    def files(self) -> Sequence[str]: ...

    @property
    def opinions(self) -> Opinions | None: ...


def speaks_of_classes(examined: Examined) -> bool:
    """Whether a formula of the document, or a declaration, contains the size K."""
    texts = [text for text, _ in examined.declarations]
    texts += [formula.latex for formula in formulas(examined.checked.document.blocks)] if examined.checked else []
    return any(re.search(r"(?<![A-Za-z\\])K(?![A-Za-z])", text) for text in texts)


def unread_displays(checked: Checked) -> list[Diagnostic]:
    """What is wrong with the displays that could not even be split into sides, and hold no step therefore."""
    return [
        d for d in checked.diagnostics if d.code[:2] == "E1" and any(a <= d.span[0] < b for a, b in checked.displays)
    ]


def nothing_to_check(checked: Checked) -> str:
    """Why a document holds nothing to check, or "" if it holds a step that states something."""
    if checked.claims:
        return ""
    found = list(formulas(checked.document.blocks))
    displays = sum(isinstance(formula, Display) for formula in found)
    inline = len(found) - displays
    if not displays and not inline:
        return "it contains no formulas"
    if not displays:
        words = "1 formula stands" if inline == 1 else f"{inline} formulas stand"
        shown = r"\[ … \], or $$ … $$ in lines of their own"
        return f"{words} in running text, and only displayed ones ({shown}) are checked"
    if checked.steps:
        return "it contains definitions only, and nothing that follows from them"
    spans = {formula.span for formula in found if isinstance(formula, Display)}
    if spans == {d.span for d in checked.diagnostics if d.code == "W440"} & spans:
        return "its display is skipped, as declared" if displays == 1 else "its displays are all skipped, as declared"
    if unread := len(unread_displays(checked)):
        return "its display could not be read" if displays == 1 else f"{unread} of its displays could not be read"
    return "its displays contain no `=` and no inequality"


_COMMENTS = {".tex": "% {}", ".latex": "% {}", ".ltx": "% {}", ".rst": ".. {}", ".rest": ".. {}"}


def to_add(finding: Finding, path: str) -> list[str]:
    """The lines that would settle it, as comments in the document's own language; none if the help is advice."""
    comment = _COMMENTS.get(path[path.rfind(".") :].lower() if "." in path else "", "<!-- {} -->")
    lines = finding.diagnostic.help.split("\n")
    return [comment.format(line) for line in lines] if all(line.startswith("symderiv: ") for line in lines) else []


# Macros of the author, written out for people

_TOKEN = re.compile(r"\\[A-Za-z@]+\*?|\\.|[^\s]", re.S)
_LONGEST = 5_000


def expanded(latex: str, macros: Mapping[str, tuple[int, str | None, str]], depth: int = 4) -> str:
    """``latex`` with the author's macros replaced by what they stand for; macros in macros down to a depth."""
    if not macros or not depth:
        return latex
    out: list[str] = []
    position = 0
    while position < len(latex):
        found = re.compile(r"\\(?:[A-Za-z@]+|.)|[^\\]+|\\", re.S).match(latex, position)
        assert found is not None
        position = found.end()
        if found[0] not in macros:
            out.append(found[0])
            continue
        count, default, body = macros[found[0]]
        arguments: list[str] = []
        if default is not None:
            option = re.compile(r"\s*\[([^\[\]]*)\]").match(latex, position)
            arguments.append(option[1] if option else default)
            position = option.end() if option else position
        while len(arguments) < count:
            inside = group(latex, position, len(latex))
            token = None if inside else _TOKEN.search(latex, position)
            if inside is None and token is None:
                break
            start, end = inside or token.span()  # type: ignore[union-attr]
            arguments.append(latex[start:end])
            position = end + 1 if inside else end
        given = dict(enumerate(arguments, start=1))
        filled = "".join(
            given.get(int(part), "") if odd % 2 else part for odd, part in enumerate(re.split("#([1-9])", body))
        )
        out.append(f"{{{filled}}}" if count else filled + " " * filled[-1:].isalpha())
        if sum(map(len, out)) > _LONGEST:
            return latex
    text = "".join(out)
    return text if text == latex else expanded(text, macros, depth - 1)
