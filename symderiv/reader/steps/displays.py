r"""Displays, row by row: what each row is, with the words and bounds that stand beside it.

This module must never decide what a row means: its steps are for the chains, its assumptions for the statements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import (
    Display,
    Span,
)
from symderiv.reader.grammar import leading, syntax
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.nodes import is_numeral, names_in
from symderiv.reader.known import activations, case_ends, named_beside, under_conditions
from symderiv.reader.known.directives import Directives
from symderiv.reader.known.moments import Moments
from symderiv.reader.known.statements import Statements
from symderiv.reader.letters import (
    bounds,
)
from symderiv.reader.letters.thresholds import FLIPPED
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.chains import ASIDE, CLAIMS, Chains, Place
from symderiv.reader.steps.premises import Premises
from symderiv.reader.steps.resumed import Resumed
from symderiv.reader.words import prose
from symderiv.terms import Assumption

SIGN = re.compile(r"\\[A-Za-z]+|:=|[=<>!]=|[^\sA-Za-z\\]")
BOUND = re.compile(r"[<>≤≥]|\\(?:leq?|geq?|lt|gt|leqslant|geqslant)(?![A-Za-z])")


class Displays:
    """Reads displays; ``spans`` holds where they stand."""

    def __init__(
        self,
        reading: Reading,
        statements: Statements,
        chains: Chains,
        moments: Moments,
        premises: Premises,
        directives: Directives,
        spans: list[Span],
    ) -> None:
        self.reading, self.statements, self.chains = reading, statements, chains
        self.moments, self.premises, self.directives = moments, premises, directives
        self.resumed = Resumed(reading, chains)
        self.spans = spans
        self.posed, self.diagnostics = reading.posed, reading.diagnostics
        self.bounded = False  # the last words speak of signs or bounds
        self.met: set[str] = set()  # the texts of displays to skip that occurred

    def read(self, block: Display) -> None:
        if self._skipped(block):
            return
        reading = self.reading
        self.spans.append(block.span)
        number = len(self.spans) - 1
        rows = reading.rows(block.latex, block.span)
        reading.warn(rows.warnings)
        beside = [self.statements.beside(row) for row in rows.rows]
        kinds = {(a.kind, a.data) for found in beside for a in found}
        whole = [a for found in beside for a in found][:1] if len(kinds) == 1 else []
        inherited: list[Assumption] = []
        aside: int | None = None  # where a row of words beside a formula ended
        ends: list[Place] = []  # where the chain stood after each row
        ends_at, constrains = block.span.start, False  # of the row before: where, and whether it was a constraint
        self.resumed.before(next((row.segments[0].side is None for row in rows.rows if row.segments), False))
        led = leading.with_cases(rows.rows, reading.document.source.text, self.statements.led_by, reading.seen)
        for n, (row, case_before) in enumerate(led):
            if n:
                ends.append(self.chains.place())
                ends_at = max((s.span.end for s in rows.rows[n - 1].segments), default=ends_at)
            self.moments.row(row, reading.sentences)
            if beside[n] or (row.segments and row.segments[0].side is not None):
                inherited = beside[n]
            start, text = row.cells_span.start, self.reading.document.source.text
            goes_on = bool(row.segments) and row.segments[0].side is None
            if n and aside is not None and not goes_on and "\\\\" not in text[aside:start]:
                continue  # still beside the formula: "when g = ..., and h = ..."
            aside = None
            if goes_on and 1 < row.back <= n:
                self.chains.resume(ends[n - row.back])
            if row.unread or (len(rows.rows) == 1 and _is_unread(row) and self._relates(row)):
                self._unread(row, number, n)
            elif row.segments and ASIDE.match(text, row.segments[0].span.start, row.cells_span.end):
                aside = row.cells_span.end
            elif any(name in reading.symbols.activations for name, _ in activations.named(row)):
                self.chains.assumed(row, number, n, "it says which function it is")
            elif row.segments and (_lists_values(row) or self.statements.range(row)):
                self.chains.last = None
            elif row.segments and self.statements.normalises(row, number, reading.prose if not n else ""):
                self.chains.assumed(row, number, n, "it is assumed from here on")
            elif constrains := self._constrains(row, ends_at, "" if n else reading.prose, constrains):
                self.statements.constraint(row)
                self.chains.assumed(row, number, n, "it is a constraint")
            elif row.segments:
                sides = [segment.side for segment in row.segments if isinstance(segment.side, syntax.Node)]
                own = sum(segment.relation in ("<", ">", "<=", ">=") for segment in row.segments)
                own += sum(len(BOUND.findall(text, side.span.start, side.span.end)) for side in sides)
                signs = len(BOUND.findall(text, start, row.cells_span.end))
                self.reading.bounded = (self.bounded and not case_ends.in_rows(sides)) or signs > own
                case_ends.leave(reading, sides)
                bounded = _bounds([r.content for r in row.remarks])
                said, reading.bounds = reading.bounds, reading.bounds | bounded
                reading.bounds_beside, reading.remarks = bool(bounded), _words(row.remarks)
                before, reading.values = reading.values, self._values_beside(rows.rows[n : n + 2]) or reading.values
                self._named_beside(row, number, n)
                begun, case = len(self.posed), reading.case
                reading.case += case_before
                reading.values = tuple(a for a in case_before if a.kind == "equation") or reading.values
                try:
                    reading.case += self.statements.values_at(row)
                    with under_conditions.defining(reading, under_conditions.words(reading.prose)):
                        self.chains.segments(row, number, n, whole or inherited)
                    self._limits(row, self.posed[begun:])
                    for posed in self.posed[begun:] if (doubted := self.statements.doubted(row)) else ():
                        posed.supposed = posed.supposed or doubted
                except ReadError as error:
                    self.chains.unread(error.diagnostic, row.cells_span, "", number, n)
                self.premises.beside(row, number, n)
                self.statements.said_beside(row)
                reading.values, reading.bounds, reading.case = before, said, case
                reading.bounds_beside, reading.remarks = False, ""
                self.chains.see(row)
            elif row.remarks and self.statements.row(row):
                self.chains.last = None
        if 1 < rows.back <= len(ends) + 1:
            self.chains.resume(ends[len(ends) + 1 - rows.back])
        self.resumed.after()

    def _skipped(self, block: Display) -> bool:
        """Whether a directive says to leave this display out; that is never done in silence."""
        directives, latex = self.directives, "".join(block.latex.split())
        named = [text for text in directives.skips if text in latex]
        if not named and directives.skips_next is None:
            return False
        self.met.update(named)
        directives.skips_next = None
        self.diagnostics.append(Diagnostic("W440", "this display is skipped, as declared", block.span))
        self.chains.last = None
        return True

    def _constrains(self, row: syntax.Row, begins: int, words: str, goes_on: bool) -> bool:
        r"""Whether a row says what is required: behind "s.t.", in the words or in the display, or another such row."""
        if len(row.segments) < 2 or row.segments[0].side is None or self.reading.strict:
            return False
        sides = [(s.relation, s.side) for s in row.segments[1:] if isinstance(s.side, syntax.Node)]
        if not all(relation in FLIPPED or (relation == "=" and is_numeral(side)) for relation, side in sides):
            return False
        text = self.reading.document.source.text[begins : row.segments[0].span.start]
        if goes_on or prose.SUBJECT_TO.search(text) or prose.SUBJECT_TO.search(words):
            return True
        return all(relation in FLIPPED for relation, _ in sides) and prose.SOUGHT_SO_THAT.search(words) is not None

    def _named_beside(self, row: syntax.Row, display: int, n: int) -> None:
        """Take up what words beside a row name in it, before the row is read."""
        place = self.chains.place()
        names = list(named_beside.named(row, self.reading))
        for each in names:
            self.chains.segments(each, display, n, [])
        if names and row.segments[0].side is None:
            self.chains.resume(place)

    def _limits(self, row: syntax.Row, steps: Sequence[Posed]) -> None:
        r"""Bounds beside a formula, ``\quad 0 < \alpha < 1``: beside a definition they hold from there on."""
        limits = [step.limits for step in steps if step.kind != "definition"] or [self.reading.limits]
        for name, bound in bounds.said(row) if steps and not self.reading.strict else ():
            for each in limits:
                each.setdefault(name, set()).add(bound)

    def _values_beside(self, rows: Sequence[syntax.Row]) -> tuple[Assumption, ...]:
        r"""The values that stand beside the first of ``rows``, on its line: ``L = -\log p, \quad y = 1``."""
        found = self.statements.values_beside(rows[0])
        for row in rows[1:]:
            between = self.reading.document.source.text[rows[0].cells_span.end : row.cells_span.start]
            given = self.statements.value_said(row) if "\\\\" not in between else None
            found += (given,) if given is not None else ()
        return found

    def _unread(self, row: syntax.Row, display: int, n: int) -> None:
        """A row that could not be split: a step that is not read, if it says anything of two sides."""
        error = row.segments[0].side
        assert isinstance(error, ReadError)
        if self._relates(row):
            self.chains.unread(error.diagnostic, row.cells_span, "", display, n)
        else:
            self.diagnostics.append(error.diagnostic)

    def _relates(self, row: syntax.Row) -> bool:
        """Whether a relation stands anywhere in a row."""
        text = self.reading.document.source.text[row.cells_span.start : row.cells_span.end]
        return any(v.RELATIONS.get(sign) in CLAIMS for sign in SIGN.findall(text))


def _bounds(remarks: Sequence[syntax.Node]) -> set[str]:
    """The names in remarks that say so."""
    said = [node.body if isinstance(node, syntax.Group) else node for node in remarks]
    return {
        name
        for node in said
        if isinstance(node, syntax.Relation) and any(op in ("<", ">", "<=", ">=") for op, _ in node.rest)
        for name in names_in(node)
    }


def _words(remarks: Sequence[syntax.Remark]) -> str:
    """The words of remarks, with "$" for each formula among them."""
    return " ".join(r.content.text if isinstance(r.content, syntax.Text) else "$" for r in remarks)


def _is_unread(row: syntax.Row) -> bool:
    """Whether a row is one side that could not be read."""
    return len(row.segments) == 1 and isinstance(row.segments[0].side, ReadError)


def _lists_values(row: syntax.Row) -> bool:
    r"""Whether a row says which numbers a letter may be: ``x = 1, 2, 3, \dots``."""
    match [(segment.relation, segment.side) for segment in row.segments]:
        case [(None, syntax.Symbol()), ("=", syntax.Number())] if row.remarks:
            listed = row.remarks[0].content
            items = listed.items if isinstance(listed, syntax.Tuple) else (listed,)
            numbers = all(isinstance(item, syntax.Number | syntax.Ellipsis) for item in items)
            return numbers and any(isinstance(item, syntax.Ellipsis) for item in items)
    return False
