"""The report that every writer prints: a checked document with its equations numbered, its rows marked, its figures
drawn, and the closing section on what was proved.

All decisions that the formats share are taken here, once; a writer only says how each kind of block looks. This module
must never judge: marks and the closing section are read off the verdicts that the checker got from the kernel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from symderiv import notation
from symderiv.checked import Checked, Step
from symderiv.diagnostics import UserError
from symderiv.document import (
    Block,
    Callout,
    Code,
    CodeBlock,
    Directive,
    Display,
    Document,
    Figure,
    Heading,
    Inline,
    InlineMath,
    ItemList,
    Paragraph,
    Reference,
    Span,
    Text,
)
from symderiv.kernel.verdict import Proved, Refuted, Scope, Witness
from symderiv.writers.figures import Drawing, draw
from symderiv.writers.formula import Group, Line, lines
from symderiv.writers.settable import Refused, Sets, Settable, source
from symderiv.writers.tables import Grid, grid
from symderiv.writers.witness import witness_latex

_NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What SymPy found: a display in LaTeX with words before it, under the directives that say what its symbols are."""

    words: str
    directives: tuple[str, ...]
    latex: str


@dataclass(frozen=True, slots=True)
class Report:
    """What to print. ``title`` replaces the document's own; ``parameters`` are shown by ``json``; ``plain`` leaves out
    the marks and the closing section; ``agreement`` is what SymPy found; ``refused`` is told of each formula that
    cannot be set, which is then shown as its source: without it, such a formula is an error."""

    checked: Checked
    title: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    plain: bool = False
    agreement: tuple[Agreement, ...] = ()
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A display as printed. ``number`` is what stands in the brackets, or "" for none; ``marks`` has one of ``proved``,
    ``refuted``, ``undecided`` or "" for each row; ``failures`` say where its false rows fail, ``false`` which rows the
    author declares to be false."""

    latex: str
    rows: tuple[Line, ...]
    number: str
    anchor: str
    marks: tuple[str, ...]
    failures: tuple[tuple[Inline, ...], ...] = ()
    false: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its number ("2.1", or "" from the third level on). ``named``: something refers to it."""

    level: int
    inlines: tuple[Inline, ...]
    number: str
    anchor: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its number."""

    drawing: Drawing
    caption: tuple[Inline, ...]
    alt: str
    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Boxed:
    kind: str
    title: tuple[Inline, ...]
    blocks: tuple[Laid, ...]
    failures: tuple[tuple[Inline, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    ordered: bool
    items: tuple[tuple[Laid, ...], ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The table of what was proved: which equations, and for which sizes, given what, and where."""

    rows: tuple[tuple[tuple[Inline, ...], tuple[Inline, ...]], ...]


Laid = Grid | Section | Paragraph | CodeBlock | Shown | Drawn | Boxed | Listed | Ledger | Directive


@dataclass(frozen=True, slots=True)
class Layout:
    """A report ready to be printed. ``targets``: label -> (anchor, printed reference)."""

    title: tuple[Inline, ...]
    blocks: tuple[Laid, ...]
    closing: tuple[Laid, ...]
    targets: Mapping[str, tuple[str, str]]
    macros: Mapping[str, tuple[int, str | None, str]]
    plain: bool


def layout(report: Report, directives: bool = False, sets: Sets | None = None) -> Layout:
    """Numbers, marks and closing section; the author's ``directives`` for a format that can hold them unseen.

    ``sets`` is asked about each formula. Raises UserError for a formula or figure that cannot be set, unless the report
    has somebody to be told.
    """
    return _Layout(report, directives, sets).layout()


class _Layout:
    def __init__(self, report: Report, directives: bool, sets: Sets | None) -> None:
        self.report = report
        self.directives = directives
        self.document = report.checked.document
        self.settable = Settable(self.document, report.refused, sets)
        self.steps: dict[Span, list[Step]] = {}
        for step in report.checked.steps:
            self.steps.setdefault(report.checked.displays[step.display], []).append(step)
        self.equations = self.figures = 0
        self.sections = [0, 0]
        self.end = Span(len(self.document.source.text), len(self.document.source.text))
        self.targets: dict[str, tuple[str, str]] = {}
        self.numbered: dict[Span, tuple[str, str]] = {}

    def layout(self) -> Layout:
        title, inside = _entitled(self.document)
        blocks = tuple(self.laid(inside))
        given = self.report.title or ("" if title else PurePath(self.document.source.name).stem)
        title = (Text(given, _NOWHERE),) if given else self.settable.words(title)
        closing = tuple(self.closing()) if self.report.checked.claims and not self.report.plain else ()
        return Layout(title, blocks, closing, self.targets, self.document.macros, self.report.plain)

    def laid(self, blocks: Iterable[Block]) -> Iterator[Laid]:
        for block in blocks:
            match block:
                case Display():
                    rows = self.settable.rows(block)
                    if rows is None:
                        yield source(block)
                        yield from self.unmarked(block)
                    elif rows:
                        yield self.shown(block, rows)
                case Figure():
                    self.figures += 1
                    anchor = f"fig-{self.figures}"
                    if block.label:
                        self.targets[block.label] = (anchor, str(self.figures))
                    caption = self.settable.words(block.caption)
                    try:
                        yield Drawn(draw(block), caption, block.alt, self.figures, anchor)
                    except UserError as error:
                        self.settable.refuse(block.span, str(error))
                        yield Paragraph(caption, block.span)
                case ItemList(ordered=ordered, items=items):
                    yield Listed(ordered, tuple(tuple(self.laid(item)) for item in items))
                case Callout(kind=kind, title=title, blocks=inner):
                    boxed = tuple(self.laid(inner))
                    failures = tuple(f for b in boxed if isinstance(b, Shown) for f in b.failures)
                    blocks_ = tuple(replace(b, failures=()) if isinstance(b, Shown) else b for b in boxed)
                    yield Boxed(kind, self.settable.words(title), blocks_, failures)
                case Heading():
                    yield self.section(block)
                case Directive():
                    if self.directives:
                        yield block
                case Paragraph() if (table := grid(block, self.document.source.text)) is not None:
                    words = self.settable.words
                    yield Grid(tuple(map(words, table.head)), tuple(tuple(map(words, row)) for row in table.rows))
                case Paragraph(inlines=inlines):
                    yield replace(block, inlines=self.settable.words(inlines))
                case CodeBlock():
                    yield block

    def section(self, block: Heading) -> Section:
        number = ""
        if block.level <= 1:
            self.sections = [self.sections[0] + 1, 0]
            number = str(self.sections[0])
        elif block.level == 2:
            self.sections[1] += 1
            number = f"{self.sections[0]}.{self.sections[1]}"
        # The name of a section stands in its heading, or just after it in the source.
        label, text = r"\\label\s*\{([^{}]*)\}", self.document.source.text
        name = re.compile(label).search(text, *block.span) or re.compile(rf"\s*{label}").match(text, block.span.end)
        anchor = f"sec-{number.replace('.', '-')}" if number else ""
        if name and number:
            self.targets[name[1].strip()] = (anchor, number)
        return Section(block.level, self.settable.words(block.inlines), number, anchor, bool(name and number))

    def shown(self, block: Display, rows: tuple[Line, ...]) -> Shown:
        steps = self.steps.get(block.span, [])
        if block.environment.startswith("eqnarray"):
            rows = tuple(_two_columns(row) for row in rows)
        number, anchor = self.number(block, rows, steps)
        placed = list(self.placed(block, rows, steps))
        false = frozenset(row for row, step in placed if step.expected_false)
        failures = self.failures(placed, number)
        return Shown(block.latex, rows, number, anchor, self.marks(rows, placed), failures, false)

    def number(self, block: Display, rows: tuple[Line, ...], steps: list[Step]) -> tuple[str, str]:
        """What stands in the brackets of a display, and its anchor. One number is for the whole display, unless several
        rows have labels or tags of their own: each of these has its own number then, ``(3, 4)``."""
        named = [row for row in rows if row.tag or row.labels]
        labels = [label for row in named for label in row.labels] + ([block.label] if block.label else [])
        tag = next((row.tag for row in named if row.tag), block.tag)
        if not (tag or labels or any(not step.expected_false for step in steps)):
            return "", ""
        tags = [row.tag for row in named] if len(named) > 1 else [tag]
        numbers: list[str] = []
        for own in tags:
            if not own:
                self.equations += 1
            numbers.append(_tag(own) if own else str(self.equations))
        number = ", ".join(numbers)
        anchor = f"tag-{len(self.targets) + len(self.numbered) + 1}" if all(tags) else f"eq-{self.equations}"
        self.numbered[block.span] = (number, anchor)
        self.targets[f"@{number}"] = (anchor, f"({number})")
        self.targets.update(dict.fromkeys(labels, (anchor, f"({number})")))
        for row, own in zip(named, numbers, strict=False):
            self.targets.update(dict.fromkeys(row.labels, (anchor, f"({own})")))
        return number, anchor

    def unmarked(self, block: Display) -> Iterator[Paragraph]:
        """What stands in the margin of a display, in words."""
        steps = [step for step in self.steps.get(block.span, []) if step.kind == "claim"]
        if self.report.plain or not steps:
            return
        found = [_mark(step) for step in steps]
        words = (("✓", "proved"), ("✗", "refuted"), ("?", "undecided"))
        counted = ", ".join(f"{sign} {found.count(mark)} {mark}" for sign, mark in words if mark in found)
        yield Paragraph((Text(f"Its steps: {counted}.", _NOWHERE),), _NOWHERE)
        for inlines in self.failures([(0, step) for step in steps], ""):
            yield Paragraph(inlines, _NOWHERE)

    def placed(self, block: Display, rows: tuple[Line, ...], steps: list[Step]) -> Iterator[tuple[int, Step]]:
        """The claims of a display, each with the row in which it is printed."""
        verbatim = len(block.latex) == block.span.end - block.span.start
        for step in steps:
            offset = step.span.start - block.span.start
            row = max((k for k, line in enumerate(rows) if line.start <= offset), default=0) if verbatim else step.row
            if step.kind == "claim":
                yield min(row, len(rows) - 1), step

    def marks(self, rows: tuple[Line, ...], placed: Iterable[tuple[int, Step]]) -> tuple[str, ...]:
        if self.report.plain:
            return ("",) * len(rows)
        found: list[set[str]] = [set() for _ in rows]
        for row, step in placed:
            found[row].add(_mark(step))
        order = ("refuted", "undecided", "proved")
        return tuple(next((mark for mark in order if mark in marks), "") for marks in found)

    def failures(self, placed: list[tuple[int, Step]], number: str) -> tuple[tuple[Inline, ...], ...]:
        """Where the false rows of the display ``number`` fail, by the number of the row if several make claims."""
        if self.report.plain:
            return ()
        several = len({row for row, _ in placed}) > 1
        found = (
            failure(step.verdict.witness, number, row + 1 if several else 0)
            for row, step in placed
            if isinstance(step.verdict, Refuted)
        )
        return tuple(map(self.settable.words, dict.fromkeys(found)))

    # The closing section

    def closing(self) -> Iterator[Laid]:
        yield self.section(Heading(1, (Text("What was proved", _NOWHERE),), self.end))
        claims = self.report.checked.claims
        proved = [step for step in claims if isinstance(step.verdict, Proved)]
        words = f"The mark ✓ stands beside what was proved exactly as it is printed: {_relations(len(proved))} in all."
        refuted = [step for step in claims if isinstance(step.verdict, Refuted)]
        warned = sum(step.expected_false for step in refuted)
        if warned:
            words += f" {_count(warned)} printed as a warning, and refuted, with a counterexample beneath."
        if false := len(refuted) - warned:
            words += f" {_count(false)} false, with a counterexample beneath."
        if unsettled := len(claims) - len(proved) - len(refuted):
            words += f" {_count(unsettled)} neither proved nor refuted."
        yield Paragraph((Text(words, _NOWHERE),), _NOWHERE)
        ledger = self.ledger(proved)
        if ledger.rows:
            yield ledger
        if read := list(dict.fromkeys(note for step in proved for note in step.notes)):
            yield Paragraph(self.settable.words(_named(f"Read so: {'; '.join(read)}.")), _NOWHERE)
        definitions = [span for span in self.numbered if span in self.steps and self._only_definitions(span)]
        if definitions:
            one = len(definitions) == 1
            words = f" {'is a definition' if one else 'are definitions'}."
            cell = (*self._equations(definitions, 0), Text(words, _NOWHERE))
            yield Paragraph((Text("Equation " if one else "Equations ", _NOWHERE), *cell), _NOWHERE)
        for found in self.report.agreement:
            yield from (Directive(line, _NOWHERE) for line in found.directives if self.directives)
            yield Paragraph(_worded(found.words), _NOWHERE)
            rows = lines(found.latex)
            yield Shown(found.latex, rows, "", "", ("",) * len(rows))

    def _only_definitions(self, span: Span) -> bool:
        return all(step.kind == "definition" for step in self.steps[span])

    def ledger(self, proved: list[Step]) -> Ledger:
        displays = self.report.checked.displays
        by_display: dict[Span, list[Proved]] = {}
        for step in proved:
            assert isinstance(step.verdict, Proved)
            by_display.setdefault(displays[step.display], []).append(step.verdict)
        claims = self.report.checked.claims
        in_part = {displays[step.display] for step in claims if not isinstance(step.verdict, Proved)}
        groups: dict[tuple[tuple[str, ...], ...], list[tuple[Span, list[str]]]] = {}
        for span, verdicts in by_display.items():
            used = list(dict.fromkeys(assumption for verdict in verdicts for assumption in verdict.given))
            cases = [notation.latex_assumption(a) for a in used if a.kind in ("equal", "distinct")]
            scope = tuple(map(notation.latex_scope, _narrowest(v.scope for v in verdicts)))
            given = tuple(notation.latex_assumption(a) for a in used if a.kind not in ("equal", "distinct"))
            where = tuple(dict.fromkeys(notation.latex_condition(c) for v in verdicts for c in v.conditions))
            kind = (*(["in a case"] if cases else []), *(["in part"] if span in in_part else []))
            groups.setdefault((scope, given, where, kind), []).append((span, cases))
        rows: list[tuple[tuple[Inline, ...], tuple[Inline, ...]]] = []
        for (scope, given, where, kind), members in groups.items():
            named = [span for span, _ in members if span in self.numbered]
            equations = self._equations(named, len(members) - len(named))
            statement = _worded("; ".join(text if text.startswith("no ") else f"for {text}" for text in scope))
            if cases := list(dict.fromkeys(case for _, found in members for case in found)):
                words = " in the case " if len(cases) == 1 else ", each in its case: "
                statement += (Text(words, _NOWHERE), *_formulas(cases, " or "))
            if given:
                statement += (Text("; given ", _NOWHERE), *_formulas(given))
            if where:
                statement += (Text("; where ", _NOWHERE), *_formulas(where))
            if "in part" in kind:
                statement += (Text("; only the lines with the mark ✓", _NOWHERE),)
            rows.append((equations, self.settable.words(statement)))
        return Ledger(tuple(rows))

    def _equations(self, spans: list[Span], others: int) -> tuple[Inline, ...]:
        """The numbers of displays as references, runs shortened: (3)–(9), (11)."""
        numbers = [self.numbered[span][0] for span in spans]
        runs: list[list[str]] = []
        for number in numbers:
            if runs and number.isdigit() and runs[-1][-1].isdigit() and int(number) == int(runs[-1][-1]) + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        out: list[Inline] = []
        for run in runs:
            if out:
                out.append(Text(", ", _NOWHERE))
            out.append(Reference(f"@{run[0]}", _NOWHERE))
            if len(run) > 1:
                out.extend((Text("–" if len(run) > 2 else ", ", _NOWHERE), Reference(f"@{run[-1]}", _NOWHERE)))
        if others:
            words = f"{others} formula{'s' if others > 1 else ''} in the text"
            out.append(Text(f", {words}" if out else words, _NOWHERE))
        return tuple(out)


def _entitled(document: Document) -> tuple[tuple[Inline, ...], tuple[Block, ...]]:
    """The title and what stands below it: without a title, a first heading is one that has none of its level after it.

    The levels of the other headings begin at 1.
    """
    title, blocks = document.title, document.blocks
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    first = next((n for n, block in enumerate(blocks) if not isinstance(block, Directive)), 0)
    if (
        not title
        and levels
        and isinstance(heading := blocks[first], Heading)
        and heading.level < min(levels[1:], default=9)
    ):
        title, blocks, levels = heading.inlines, (*blocks[:first], *blocks[first + 1 :]), levels[1:]
    above = max(min(levels, default=1), 1) - 1
    return title, tuple(replace(b, level=b.level - above) if isinstance(b, Heading) else b for b in blocks)


def _two_columns(row: Line) -> Line:
    """A row of eqnarray, whose relations have a column of their own, as align has it."""
    if len(row.cells) < 3:
        return row
    rest = tuple(part for cell in row.cells[1:] for part in cell.parts)
    right = Group(rest[0].start, rest[-1].end, rest) if rest else row.cells[1]
    return replace(row, cells=(row.cells[0], right))


def _tag(text: str) -> str:
    r"""A tag as text: that of ``\tag{$\ast$}`` is ``∗``."""
    return notation.unicode_latex(text.replace("$", "")) if re.search(r"[$\\]", text) else text


def _mark(step: Step) -> str:
    if isinstance(step.verdict, Proved):
        return "proved"
    return "refuted" if isinstance(step.verdict, Refuted) else "undecided"


def _narrowest(scopes: Iterable[Scope]) -> list[Scope]:
    """The scopes without those that another one lies in: what holds for all m holds for K = 4 and all m too."""

    def limits(scope: Scope) -> set[tuple[str, int]]:
        return {*scope.fixed, *scope.minimum}

    found = list(dict.fromkeys(scopes))
    return [scope for scope in found if not any(limits(scope) < limits(other) for other in found)]


def _relations(number: int) -> str:
    return "one relation" if number == 1 else f"{number} relations"


def _count(number: int) -> str:
    return "One line is" if number == 1 else f"{number} lines are"


def _worded(text: str) -> tuple[Inline, ...]:
    """Words with mathematics between dollars and code between backticks."""
    kinds: dict[str, type[InlineMath] | type[Code]] = {"$": InlineMath, "`": Code}
    pieces = re.findall(r"([$`])(.*?)\1|([^$`]+)", text)
    return tuple(kinds[sign](inner, _NOWHERE) if sign else Text(plain, _NOWHERE) for sign, inner, plain in pieces)


def _named(text: str) -> tuple[Inline, ...]:
    """Words with names among them, which are set as mathematics: ``\\hat{y}``, ``y_i``, and letters but the word a."""
    words = re.split(r"([\s;.,]+)", text)
    named = [re.search(r"[\\_^]", word) or re.fullmatch("[b-zA-Z]", word) for word in words]
    return tuple(
        InlineMath(w, _NOWHERE) if is_name else Text(w, _NOWHERE) for w, is_name in zip(words, named, strict=True)
    )


def _formulas(latexes: Sequence[str], last: str = " and ") -> tuple[Inline, ...]:
    out: list[Inline] = []
    for k, latex in enumerate(latexes):
        if out:
            out.append(Text(last if k == len(latexes) - 1 else ", ", _NOWHERE))
        out.append(InlineMath(latex, _NOWHERE))
    return tuple(out)


def failure(witness: Witness, number: str = "", row: int = 0) -> tuple[Inline, ...]:
    """(7) is false at K = 2, k = 1, f = (0, 1): the left side is …, the right side …. Or: Line 2 of (7) is false …."""
    where = tuple(_formulas(witness_latex(witness), ", "))
    at = " at " if where else ""
    subject: tuple[Inline, ...] = (Text(f"False{at}", _NOWHERE),)
    if number:
        subject = (Reference(f"@{number}", _NOWHERE), Text(f" is false{at}", _NOWHERE))
    if number and row:
        subject = (Text(f"Line {row} of ", _NOWHERE), *subject)
    left, right = (side.replace("…", r"\ldots") for side in (witness.left, witness.right))
    return (
        *subject,
        *where,
        Text(": the left side is ", _NOWHERE),
        InlineMath(left, _NOWHERE),
        Text(", the right side ", _NOWHERE),
        InlineMath(right, _NOWHERE),
        Text(".", _NOWHERE),
    )


def web_target(target: str) -> str:
    """A link's target if it leads to the web or to a mailbox, else "": nothing else of a document is followed."""
    return target if target.isprintable() and target.lower().startswith(("http://", "https://", "mailto:")) else ""
