r"""Chains: the rows of displays cut into steps, each with its left side, its right side and what held there.

A row that begins with a relation continues the chain before it. The first ``=`` of a chain whose left side is a new
symbol is a definition; every other one is a claim. This module must never judge a claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from symderiv.diagnostics import Diagnostic, ReadError, guarded
from symderiv.document import Span
from symderiv.reader.elaboration.one_number import OF_VECTORS, is_rule
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import is_delta, is_numeral, names_in, rounded
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.known import case_ends
from symderiv.reader.known.in_a_case import last_said
from symderiv.reader.known.rates import Rates
from symderiv.reader.letters.displayed_derivatives import Derived, derived
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.definitions import ARRAYS, Definitions
from symderiv.reader.steps.namings import Last, Namings
from symderiv.reader.words import approximations
from symderiv.reader.words.assertions import names_case, opens_case, tagged_case
from symderiv.reader.words.plain_words import HEADS_CASES
from symderiv.reader.words.prose import (
    CONSTANT,
    GROUNDS,
    OPTIMAL,
    OPTIMUM_IS,
    PREMISE,
    REWRITTEN,
    SETS_THAT,
    SUBSTITUTES,
    WITH_MORE,
    concludes,
    leads_to_value,
    supposes,
)
from symderiv.terms import ZERO, Assumption, Deriv, Num, Sum, Term, Var, subterms

CLAIMS = ("=", ":=", "<", ">", "<=", ">=", "!=")
BREAKS = ("implies", "iff", "impliedby", "therefore", "because", "to", "mapsto", "gets")
ASIDE = re.compile(
    r"(?:[&\s{]|\\[,:;! ]|\\(?:text|mathrm|mbox)\{)*(?:when|where|with|since|and|because|whereas|here)\b", re.IGNORECASE
)
ARROWS = ("implies", "iff", "therefore")
REASONS = ("because", "impliedby", "gets")  # after an equation, what they lead to is said beside it
FALSE_MARK = re.compile(r"(?:%|<!--)\s*symderiv:\s*false\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chain stands: its last side, and what its first one says of all that follow."""

    last: Last | None = None
    variable: Var | None = None
    said: tuple[Assumption, ...] = ()
    kept: frozenset[str] = frozenset()


class Chains(Namings):
    """Cuts rows into steps and adds them to ``reading.posed``."""

    def __init__(self, reading: Reading, definitions: Definitions, rates: Rates) -> None:
        super().__init__(reading, definitions)
        self.rates = rates
        self.fresh_chain = self.inline = self.asserted = self.passing = self.implied = False
        self.of_derivative = self.led_on = False  # whether the chain began with a derivative, and an arrow follows
        self.rate: Derived | None = None  # the derivative that it began with
        self.kept: frozenset[str] = frozenset()
        self.begun: Place | None = None  # the chain's first side alone

    def section(self) -> None:
        """A heading ends the chain."""
        self.last = None
        self.reading.section += 1
        self.reading.solving, self.reading.begins = False, len(self.reading.posed)

    def place(self) -> Place:
        """Where the chain stands, to be resumed from there."""
        return Place(self.last, self.elaborator.variable, tuple(self.elaborator.said), self.kept)

    def resume(self, place: Place) -> None:
        """Go on from where a chain stood, whatever came between."""
        self.elaborator.start_chain()
        self.elaborator.variable, self.elaborator.said = place.variable, list(place.said)
        self.last, self.kept = place.last, place.kept
        self.fresh_chain = self.implied = False

    def segments(
        self,
        row: syntax.Row,
        display: int,
        n: int,
        conditions: list[Assumption],
        inline: bool = False,
        asserted: bool = True,
        passing: bool = False,
    ) -> None:
        """Add the steps of a row, which is in running text if ``inline``, and said to be so if ``asserted``.

        ``passing``: it claims something there, and does not define it.
        """
        self.inline, self.asserted, self.passing = inline, asserted, passing
        beside: Place | None = None  # where the chain stood before a reason for it
        for k, segment in enumerate(row.segments):
            self.led_on = any(after.relation in ARROWS for after in row.segments[k + 1 : k + 2])
            if segment.relation is None:
                if segment.side is None:
                    continue  # the row goes on with the chain above
                self._start(segment)
            elif isinstance(segment.side, syntax.Node) and ASIDE.match(
                self.reading.document.source.text, segment.span.start, segment.span.end
            ):
                return  # "... = x when g = ..." goes on with words
            elif segment.relation in CLAIMS:
                before = row.segments[k - 1].side if k else None
                begun = len(self.reading.posed)
                try:
                    with guarded(segment.span):
                        self._step(segment, display, n, conditions)
                except ReadError as error:
                    self.unread(error.diagnostic, segment.span, segment.relation, display, n)
                if not passing and any(posed.error is not None for posed in self.reading.posed[begun:]):
                    self.reading.not_understood(before, segment.side)
                    if k == 1 and isinstance(before, syntax.Node):
                        self.definitions.not_made(before, segment.side)
            elif segment.relation in BREAKS:
                if segment.relation in REASONS and any(s.relation in CLAIMS for s in row.segments[:k]):
                    beside = beside or self.place()
                self._start(segment)
                self.implied = segment.relation in ARROWS
                if self.implied and not inline and all(s.side is None for s in row.segments[:k]):
                    self._led_on_from_above(n)
            else:
                self.last = Last(None, segment.span, None)
        if beside is not None:
            self.resume(beside)
        if inline:
            self.last = None

    def assumed(self, row: syntax.Row, display: int, n: int, note: str) -> None:
        """A row that says what is assumed: it is judged as little as a definition, and nothing continues it."""
        for left, right in pairwise(row.segments):
            relation = right.relation or "="
            self.reading.posed.append(Posed(right.span, left.span, relation, "definition", display, n, notes=(note,)))
        self.last = None

    def unread(self, error: Diagnostic, span: Span, relation: str, display: int, n: int) -> None:
        """A step that could not be read; nor can what continues from it."""
        self.reading.posed.append(Posed(span, span, relation, "claim", display, n, error=error))
        self.last = Last(None, span, None, error)

    def _led_on_from_above(self, n: int) -> None:
        """An arrow that begins row ``n`` of a display stands behind the step above, if no words come between."""
        above = self.reading.posed[self.reading.begins :][-1:]
        if n or not self.reading.prose.strip():
            for posed in above:
                posed.leads = posed.sought = True

    def _start(self, segment: syntax.Segment) -> None:
        self.elaborator.start_chain()
        self.elaborator.guessed = False
        self.last = None
        self.fresh_chain = True
        self.rate = derived(segment.side)
        self.of_derivative = self.rate is not None
        if isinstance(segment.side, ReadError):
            self.last = Last(None, segment.span, None, segment.side.diagnostic)
        elif segment.side is not None:
            self.last = Last(None, segment.side.span, segment.side, first=segment.side)
            self.begun = Place(Last(None, segment.side.span, segment.side))

    def _step(self, segment: syntax.Segment, display: int, n: int, conditions: list[Assumption]) -> None:
        last, relation = self.last, segment.relation
        assert relation is not None
        if last is not None:
            self.elaborator.free = {**last.free, **self.elaborator.free}
        posed = Posed(segment.span, last.span if last else segment.span, relation, "claim", display, n)
        posed.again = self.reading.again
        posed.passing, posed.generic = self.passing, self.reading.generic | self.reading.anew
        source = self.reading.document.source
        line_start = source.text.rfind("\n", 0, segment.span.start) + 1
        line_end = source.text.find("\n", segment.span.start)
        line = source.text[line_start : line_end if line_end >= 0 else len(source.text)]
        posed.expected_false = bool(FALSE_MARK.search(line))
        if last is not None and last.node is not None and isinstance(segment.side, syntax.Node):
            says_delta = (
                isinstance(segment.side, syntax.Number | syntax.Casesdef)
                and is_delta(last.node)
                and not self.symbols.cases
            )
            if says_delta or (self.reading.is_size_or_index(last.node) and self.reading.is_size_or_index(segment.side)):
                self.last = None  # "m = n", "i = j" say where a formula holds
                return
        if isinstance(segment.side, ReadError):
            posed.error = segment.side.diagnostic
            self.reading.posed.append(posed)
            return
        if segment.side is None:
            posed.error = Diagnostic("E110", "nothing stands on the right of this relation", segment.span)
            self.reading.posed.append(posed)
            return
        if last is None:
            posed.error = Diagnostic("E111", "this relation has no left side to continue from", segment.span)
        elif (last.value is None and last.error is None) and (
            self.says_prime(last, segment.side, posed) or self.names_by_logarithm(last, segment.side, posed)
        ):
            return
        elif last.node is not None and last.value is None and last.error is None:
            head = self.definitions.head_of(last.node) if relation in ("=", ":=") else None
            if head is not None and self.definitions.define(head, last.node, segment.side, relation, posed):
                self.kept = posed.kept
                before = self.reading.before if self.inline else self.reading.prose
                begins = self.fresh_chain and (not self.inline or leads_to_value(before))
                posed.stationary = begins and self.reading.sought and self.reading.zero and not self.reading.higher
                posed.equates_derivative = posed.stationary and self.reading.derives and self.reading.equates
                posed.condition = posed.stationary and self.reading.condition
                posed.differentiates = self._differentiates()
                posed.unnamed = self.reading.unnamed
                posed.implied = self.implied and self.fresh_chain
                posed.concluded = self.fresh_chain and (self.implied or concludes(before))
                posed.by, posed.of, posed.refers = self.reading.by, self.reading.of, self.reading.refers
                posed.section, posed.sentence = self.reading.section, self.reading.sentences
                posed.names_optimum = begins and bool(OPTIMUM_IS.search(before.strip()))
                posed.extreme = begins and (posed.names_optimum or bool(OPTIMAL.search(self.reading.prose)))
                posed.solves = (
                    posed.extreme
                    or posed.equates_derivative
                    or (self.fresh_chain and (self.reading.solves or self.implied))
                )
                if posed.error is not None:
                    self.last = Last(None, posed.span, None, posed.error)
                else:
                    self.last = Last(posed.right, segment.side.span, segment.side, names=last.node)
                self.reading.posed.append(posed)
                return
            try:
                self.elaborator.vector_rate = False
                last.value = self.elaborator.side(last.node)
                last.vector_rate = self.elaborator.vector_rate
                self.kept = last.value.free if isinstance(last.value, Term) else frozenset()
            except ReadError as error:
                pair = self._as_numbers(last, segment.side) if error.diagnostic.code in ARRAYS else None
                if pair is None:
                    last.error = error.diagnostic
                else:
                    last.value = pair[0]
        elif self.names_on(last, segment.side, posed):
            return
        try:
            self.elaborator.vector_rate = False
            right = self.elaborator.side(segment.side)
        except ReadError as error:
            pair = (
                self._as_numbers(last, segment.side) if last is not None and error.diagnostic.code in ARRAYS else None
            )
            if pair is None or last is None:
                posed.error = error.diagnostic
                self.reading.posed.append(posed)
                return
            last.value, right = pair
        if last is not None and last.value is not None:
            posed.left, posed.right, posed.turned = last.value, right, self.elaborator.turned
            if isinstance(right, Array) and isinstance(last.value, Array) and self._are_small(last.node, segment.side):
                posed.numbers = self._as_scalars(last.node, segment.side)
            if self.elaborator.vector_rate or last.vector_rate:
                posed.by_vectors = True
                posed.transposed = self._transposed(last, segment.side)
            if (pair := self._plain_pair(last, segment.side, right)) is not None:
                last.value, right = pair
                posed.left, posed.right = pair
        elif posed.error is None:
            posed.error = (last.error if last else None) or Diagnostic(
                "E111", "the left side could not be read", segment.span
            )
        naming = last is not None and (
            last.names is not None or (self.fresh_chain and self.is_model(last.value, right))
        )
        named = (
            self.names_result(posed, segment.side)
            or (not self.fresh_chain and self.names_whole_result(posed, last, segment.side))
            or self.names_by_number(posed, segment.side)
        )
        if named or self.reads_off(posed, naming):
            self.last = Last(right, segment.side.span, segment.side, free=dict(self.elaborator.free))
            return
        goes_on = self.passing or self._defines(display)
        if self.inline and (not self.asserted or is_numeral(segment.side) or not goes_on):
            self.last = None  # a number may be a value at a point
            return
        posed.guessed = last is not None and last.guessed
        posed.rounded = rounded(segment.side) or (last is not None and last.node is not None and rounded(last.node))
        names_summands = self.names_summands(posed)
        self._finish(posed, conditions)
        self.last = Last(
            posed.left if names_summands else right,
            segment.side.span,
            segment.side,
            free=dict(self.elaborator.free),
            guessed=posed.guessed,
            vector_rate=self.elaborator.vector_rate,
            first=last.first if last is not None else None,
            of_numbers=last is not None and last.of_numbers,
        )

    def _defines(self, display: int) -> bool:
        """Whether a formula has begun with a definition, so that what goes on with it is said of what is defined."""
        return any(posed.display == display and posed.kind == "definition" for posed in self.reading.posed[-8:])

    def _differentiates(self) -> bool:
        """Whether the last words speak of derivatives, or set what stands before them to zero, which is one."""
        before = self.reading.posed[-1:]
        of_last = SETS_THAT.search(self.reading.prose) is not None
        return self.reading.derives or (of_last and any(p.rate and p.section == self.reading.section for p in before))

    def _transposed(self, last: Last, right: syntax.Node) -> tuple[Value, Value] | None:
        """Both sides in the other layout of derivatives of vectors by vectors."""
        if last.node is None or last.value is None:
            return None
        self.elaborator.layout = "transposed"
        try:
            left = self.elaborator.value(last.node) if last.vector_rate else last.value
            return left, self.elaborator.value(right)
        except ReadError:
            return None
        finally:
            self.elaborator.layout = ""

    def _are_small(self, *nodes: syntax.Node | None) -> bool:
        """Whether no matrix is named in formulas of a document in which nothing has a shape."""
        names = {name for node in nodes if node is not None for name in names_in(node)}
        return not self.symbols.shapes and all(map(self.elaborator.is_small, names))

    def _as_scalars(self, left: syntax.Node | None, right: syntax.Node) -> tuple[Term, Term] | None:
        """Both sides with bare symbols as numbers, where nothing in them says vector: ``x`` beside x_1, x_2, ..."""
        return self._numbers(left, right) if left is not None and self.elaborator.may_be_numbers(left, right) else None

    def _plain_pair(self, last: Last, node: syntax.Node, right: Value) -> tuple[Term, Term] | None:
        """Both sides as numbers, where as vectors they are not alike, or the chain has been one of numbers so far."""
        left = last.value
        mixed = isinstance(right, Array) != isinstance(left, Array)
        if mixed and (found := self._as_scalars(last.node, node)) is not None:
            return found
        unlike = isinstance(right, Array) and isinstance(left, Array) and len(right.axes) != len(left.axes)
        return self._as_rule(last, node) if mixed or unlike or last.of_numbers else None

    def _as_numbers(self, last: Last, right: syntax.Node) -> tuple[Term, Term] | None:
        """Both sides so, where as vectors they do not fit."""
        found = self._as_scalars(last.node, right)
        return found if found is not None else self._as_rule(last, right)

    def _as_rule(self, last: Last, right: syntax.Node) -> tuple[Term, Term] | None:
        """Both sides so, where the chain is a rule for functions of one number, from its beginning or from here."""
        before = self.reading.before if self.reading.inline else self.reading.prose
        if last.node is None or OF_VECTORS.search(last_said(before)):
            return None
        sides = [last.node, right]
        if not any(
            first is not None and all(is_rule(first, side, self.symbols) for side in sides)
            for first in (last.first, last.node)
        ):
            return None
        found = self._numbers(last.node, right)
        last.of_numbers = last.of_numbers or found is not None
        return found

    def _numbers(self, left: syntax.Node, right: syntax.Node) -> tuple[Term, Term] | None:
        elaborator = self.elaborator
        elaborator.as_scalars = True
        try:
            a, b = self.elaborator.value(left), self.elaborator.value(right)
        except ReadError:
            return None
        finally:
            elaborator.as_scalars = False
        return (a, b) if isinstance(a, Term) and isinstance(b, Term) else None

    def stated(self, left: syntax.Node, right: syntax.Node) -> None:
        """A derivative in running text is not judged; of what is defined nowhere it is a statement to start from."""
        self.elaborator.start_chain()
        posed = Posed(right.span, left.span, "=", "claim", -1, 0, at=len(self.reading.posed))
        try:
            posed.left, posed.right = self.elaborator.value(left), self.elaborator.value(right)
        except ReadError:
            return
        posed.free = dict(self.elaborator.free)
        self.rates.take(posed)

    def _finish(self, posed: Posed, conditions: list[Assumption]) -> None:
        for side in (posed.left, posed.right):
            if isinstance(side, Term):
                self.used |= {t.head for t in subterms(side) if isinstance(t, Var)}
        if self.fresh_chain and not self.reading.prose.strip():
            case_ends.leave_told_apart(self.reading, posed)
        posed.case, posed.earlier_case = self.reading.case, self.reading.earlier_case
        posed.carried = self.reading.carried
        posed.values, posed.earlier_values = self.reading.values, self.reading.earlier_values
        posed.sizes, posed.example = self.reading.sizes, self.reading.example
        posed.sentence = self.reading.sentences
        posed.asides, posed.section, posed.paragraph = (
            self.reading.asides,
            self.reading.section,
            self.reading.paragraphs,
        )
        beside = self.reading.document.source.text[posed.span.end :].partition("\n")[0]
        posed.named_case = names_case(self.reading.prose) or names_case(beside if r"\text" in beside else "")
        posed.named_case = posed.named_case or opens_case(self.reading.spoken)
        posed.named_case = posed.named_case or tagged_case(beside)
        if case_ends.tells_apart(posed, posed.earlier_case):
            posed.named_case = ""  # it speaks of both cases
        behind = self.reading.document.source.text[posed.span.end : posed.span.end + 120]
        text_beside = beside if r"\text" in beside else ""
        posed.roughly = approximations.said(self.reading.prose, text_beside, behind, self.inline)
        aside = HEADS_CASES.search(f"{self.reading.title}\n{self.reading.leads_to}")
        posed.held = self.reading.held
        posed.supposed = posed.supposed or supposes(self.reading.spoken) or (aside[0] if aside else "")
        posed.kept = self.kept
        posed.solving = self.reading.solving and self.fresh_chain
        posed.implied = self.implied and self.fresh_chain
        posed.solves = self.fresh_chain and (self.reading.solves or self.implied)
        zero = self.fresh_chain and self.reading.sought and self.reading.zero
        posed.equated = zero or (self.fresh_chain and self.reading.equal)
        said = REWRITTEN.search(self.reading.prose) and not PREMISE.search(self.reading.prose)
        posed.concluded = self.fresh_chain and bool(said)
        posed.differentiates = self.fresh_chain and self._differentiates()
        posed.unnamed = self.reading.unnamed
        named = posed.differentiates and posed.unnamed is not None and posed.says_zero  # "differentiate ...: ... = 0"
        posed.stationary = posed.differentiates and (zero or named) and not self.reading.higher
        alone = named and not WITH_MORE.search(self.reading.prose)
        posed.equates_derivative = posed.stationary and (self.reading.equates or alone)
        posed.condition = posed.stationary and self.reading.condition
        posed.by, posed.of = (self.reading.by, self.reading.of) if posed.stationary else (frozenset(), frozenset())
        posed.substitutes = bool(SUBSTITUTES.search(self.reading.prose))
        posed.rate = self.rate
        constraint = isinstance(posed.left, Sum) and isinstance(posed.right, Num) and PREMISE.search(self.reading.prose)
        posed.grounds = self.fresh_chain and bool(constraint or GROUNDS.search(self.reading.prose))
        self.fresh_chain = self.implied = False
        if posed.says_zero:
            self.reading.solving = True
        posed.leads = self.led_on
        extreme = self.reading.optimal or self.reading.solving
        rate = self.of_derivative or (posed.left is ZERO and isinstance(posed.right, Deriv))  # 0 = dL/dm
        posed.sought = self.reading.sought or self.led_on or (rate and extreme)
        posed.bounded = self.reading.bounded
        posed.limits = {name: set(limits) for name, limits in self.reading.here.items()}
        posed.at = len(self.reading.posed)
        posed.constant = bool(CONSTANT.search(self.reading.prose))
        posed.guessed = posed.guessed or self.elaborator.guessed
        self.elaborator.guessed = False
        posed.free = dict(self.elaborator.free)
        posed.declared = dict(self.symbols.declared)
        posed.assumptions = self.symbols.in_force()
        posed.conditions = [*conditions, *self.elaborator.said]
        posed.notes = tuple(dict.fromkeys(self.elaborator.notes))
        self.elaborator.notes.clear()
        self.reading.warn(self.elaborator.warnings)
        self.elaborator.warnings.clear()
        self.rates.take(posed)
        self.reading.posed.append(posed)
