r"""The walk through a document, block by block: its words, its directives, its displays.

This module must never decide what a line means: each kind of thing has its own room, which takes it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symderiv.diagnostics import Diagnostic, ReadError, guarded
from symderiv.document import (
    Block,
    Callout,
    Directive,
    Display,
    Document,
    Heading,
    Inline,
    InlineMath,
    ItemList,
    Paragraph,
    Span,
    all_blocks,
    inline_formulas,
)
from symderiv.reader.doubts.elsewhere import Elsewhere
from symderiv.reader.doubts.proofs import Proofs
from symderiv.reader.doubts.refuted import Doubts
from symderiv.reader.doubts.weights import Weights
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import every, lists, names_in
from symderiv.reader.indexed.families import families_in
from symderiv.reader.indexed.ranges import met
from symderiv.reader.indexed.sized import sizes_of
from symderiv.reader.known import case_ends, unnamed
from symderiv.reader.known.directives import Directives
from symderiv.reader.known.events import Events
from symderiv.reader.known.layouts import Layouts
from symderiv.reader.known.moments import Moments
from symderiv.reader.known.rates import Rates
from symderiv.reader.known.statements import Statements
from symderiv.reader.letters import (
    bounds,
    displayed_derivatives,
)
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.ahead import Ahead
from symderiv.reader.steps.chains import FALSE_MARK, Chains
from symderiv.reader.steps.claims import Claims
from symderiv.reader.steps.consequences import Consequences
from symderiv.reader.steps.definitions import Definitions
from symderiv.reader.steps.displays import Displays
from symderiv.reader.steps.equations import Equations
from symderiv.reader.steps.examples import Examples
from symderiv.reader.steps.inline import InlineFormulas
from symderiv.reader.steps.overview import Overview
from symderiv.reader.steps.premises import Premises
from symderiv.reader.steps.readings import Readings
from symderiv.reader.steps.stationary import Stationary
from symderiv.reader.steps.together import Together
from symderiv.reader.words import assertions, prose
from symderiv.terms import Assumption, Claim, Term

IS_ZERO = re.compile(r"=\s*(?:\\(?:mathbf|vec|bm|boldsymbol)\s*\{?\s*)?0(?![.\d])")
DERIVATIVE_SIGN = re.compile(r"\\(?:part(?:ial)?|nabla)(?![A-Za-z])|\\[dt]?frac\s*\{\s*d\s*[A-Za-z\\}]|'")
BOUND = re.compile(r"[<>≤≥]|\\(?:leq?|geq?|lt|gt|leqslant|geqslant)(?![A-Za-z])")


class Walk:
    """Reads ``document``; afterwards ``posed`` holds its steps and ``diagnostics`` what could not be read."""

    def __init__(
        self,
        document: Document,
        sizes: Mapping[str, int] | None = None,
        outside: Sequence[tuple[str, str]] = (),
        strict: bool = False,
    ) -> None:
        self.reading = reading = Reading(document, strict)
        self.displays: list[Span] = []
        self.headed: tuple[Assumption, ...] = ()  # cases of which the heading speaks without setting them
        self.joined: list[tuple[str, str]] = []  # the sizes that are read as one
        self.ahead: dict[Span, list[syntax.Row]] = {}  # definitions that come later and are taken up before a block
        self.anew: dict[Span, frozenset[str]] = {}  # and letters of which the words behind it give another meaning
        self.again: dict[Span, frozenset[str]] = {}  # and those that had another one in the same section
        self.posed, self.diagnostics = reading.posed, reading.diagnostics
        self.rates = Rates(reading)
        self.claims_of = Claims(reading, self.rates)
        self.proofs = Proofs(reading)
        self.doubts = Doubts(reading, self.proofs)
        self.elsewhere, self.weights = Elsewhere(reading), Weights(reading)
        self.readings = Readings(reading)
        self.layouts = Layouts(reading)
        self.equations = Equations(reading, self.claims_of)
        self.stationary = Stationary(reading, self.claims_of, self.equations, self.readings)
        self.consequences = Consequences(reading, self.equations)
        self.together = Together(reading, self.claims_of, self.equations, self.stationary)
        self.statements = Statements(reading)
        self.definitions = Definitions(reading, self.claims_of)
        self.moments = Moments(reading)
        self.events = Events(reading)
        self.examples = Examples(self.posed, self.claims)
        self.premises = Premises(reading, self.claims_of, self.readings)
        self.chains = Chains(reading, self.definitions, self.rates)
        reading.symbols.sizes.update(sizes or {})
        reading.symbols.size_names.update(sizes or {})
        self.directives = Directives(
            reading.symbols, reading.elaborator, reading.parse_text, self.definitions.define_row
        )
        self.overview = Overview(reading, self.directives, outside)
        self.inlines = InlineFormulas(reading, self.definitions, self.chains, self.displays)
        self.displayed = Displays(
            reading, self.statements, self.chains, self.moments, self.premises, self.directives, self.displays
        )

    def run(self) -> None:
        reading = self.reading
        self.overview.take()
        ahead = Ahead(reading, reading.document.blocks)
        self.ahead, self.anew, self.again = ahead.find(), ahead.anew(), ahead.again()
        reading.elaborator.start_chain()
        reading.symbols.ranges.defining = False
        for block in reading.document.blocks:
            try:
                with guarded(block.span):
                    self._block(block)
            except ReadError as error:
                self.diagnostics.append(error.diagnostic)
        for text, span in self.directives.skips.items():
            if text not in self.displayed.met:
                self.diagnostics.append(Diagnostic("W440", "nothing is skipped: no display contains this", span))
        if self.directives.skips_next is not None:
            message = "nothing is skipped: no display follows"
            self.diagnostics.append(Diagnostic("W440", message, self.directives.skips_next))
        self._marks()
        undefined = {a for a, _ in reading.symbols.rates if not a.subs + a.sups} - reading.symbols.definitions.keys()
        reading.symbols.losses = set(filter(self.claims_of.only_differentiated, undefined))
        self.statements.settle()
        self.joined = reading.symbols.ranges.settle()
        for a, b in self.joined:
            if frozenset((a, b)) in reading.symbols.ranges.said:
                continue
            message = f"the same index runs to {a} in one place and to {b} in another; they are read as the same size"
            self.diagnostics.append(Diagnostic("W413", message, reading.symbols.ranges.places.get(b, Span(0, 0))))

    def _marks(self) -> None:
        """A mark of a false line in whose line no step stands would do nothing in silence."""
        text = self.reading.document.source.text
        directives = (block for block in all_blocks(self.reading.document.blocks) if isinstance(block, Directive))
        marks = [block.span for block in directives if block.text.split()[:1] == ["false"]]
        marks += [Span(*mark.span()) for display in self.displays for mark in FALSE_MARK.finditer(text, *display)]
        marked = {text.rfind("\n", 0, posed.span.start) for posed in self.posed if posed.expected_false}
        for span in marks:
            if text.rfind("\n", 0, span.start) not in marked:
                self.diagnostics.append(Diagnostic("W441", "this marks nothing: no step begins in its line", span))

    def apart(self, posed: Posed) -> tuple[list[list[Claim]], str]:
        """The claims of a step with two letters for one size kept apart, and what it says too much if these fail.

        A length that is not written may be either, so there are the claims for each. No claims where no index of
        the step, and of the definitions that it rests on, runs to both.
        """
        ranges, found, said = self.reading.symbols.ranges, [], ""
        for size in dict.fromkeys(size for pair in self.joined for size in pair):
            with ranges.apart_again(size):
                claims = self.claims(posed)
            pairs = [pair for c in claims for pair in met((c.left, c.right), c.context.definitions)]
            for pair in pairs:
                if (span := ranges.said.get(frozenset(pair))) is not None:
                    line = self.reading.document.source.position(span.start).line
                    posed.note(f"{pair[0]} = {pair[1]}, as line {line} says")
                else:
                    said = (
                        f"it holds if {pair[0]} and {pair[1]} are the same size, as they were read, and nobody says so"
                    )
            found.append(claims)
        return (found if said else []), said

    def set_apart(self, claims: Sequence[Claim]) -> Iterator[tuple[str, list[Claim]]]:
        """The claims where an index, which is named, is none of those that sums run over.

        Only where two sizes are read as one of which nobody says so: the index may be of the one, the sum of the other.
        """
        said = self.reading.symbols.ranges.said
        joined = {size for pair in self.joined if frozenset(pair) not in said for size in pair}
        if not all(joined.isdisjoint(sizes_of(claim)) for claim in claims):
            yield from self.readings.outside(claims, joined)

    def further(self, posed: Posed) -> list[Claim]:
        """The claims of a step for more members than it, and nothing else, has numbers for; none where there are none.

        ``\\sum_i p_i = 1`` does not say that ``p_1 + p_2 = 1``.
        """
        symbols = self.reading.symbols
        sides = [side for side in (posed.left, posed.right) if isinstance(side, Term)]
        members = families_in(sides, symbols.definitions)
        classes = {symbols.ranges.slot(head, n) for head in members for n in range(head.subs + head.sups)}
        runs = [name for name in sorted(classes) if symbols.ranges.is_guess(name)]
        counts = self.statements.counts if len(self.statements.counts) == 1 else ()
        told = symbols.listed.union(int(count) for count in counts if count.isdigit())
        runs = [name for name in runs if max(symbols.ranges.numbers[symbols.ranges.find(name)]) not in told]
        if not runs:
            return []
        with symbols.ranges.open_end(runs) as least:
            claims = self.claims(posed)
        return [replace(c, context=replace(c.context, minimum={**c.context.minimum, **least})) for c in claims]

    def claims(self, posed: Posed) -> list[Claim]:
        """The claims of a step, for the kernel. Raises ReadError where shapes do not fit."""
        return self.claims_of.of(posed)

    def _block(self, block: Block) -> None:
        reading = self.reading
        reading.bound(block.span)
        for row in self.ahead.get(block.span, ()):
            self.definitions.take_up(row)
        reading.anew = self.anew.get(block.span, frozenset())
        reading.again = self.again.get(block.span, frozenset())
        match block:
            case Heading(inlines=inlines):
                self.chains.section()
                self.displayed.resumed.section()
                self._bounds(inlines, "")
                reading.bounds = self._bounded_in(list(inline_formulas(inlines)))
                reading.title, reading.leads_to = prose.words(inlines), ""
                reading.prose = reading.spoken = ""
                reading.unnamed = None
                reading.apart = assertions.EXERCISES.search(prose.words(inlines)) is not None
                sentences = list(prose.sentences(inlines))
                self.statements.asides.clear()
                reading.held = self.statements.held(sentences) or self.overview.held
                reading.sought = bool(prose.SETS_TO_ZERO.search(prose.sought(inlines)))
                reading.derives = reading.equates = reading.solves = reading.condition = False
                reading.optimal = bool(prose.OPTIMAL.search(prose.words(inlines)))
                reading.cases_said.clear()
                reading.turn_to(self.statements.cases(sentences))
                reading.values = reading.earlier_values = self.statements.values(sentences)
                self.headed = reading.asides = tuple(self.statements.asides.values())
                reading.example = 0
                self._example(reading.title)
            case Paragraph(inlines=inlines):
                self._prose(inlines)
                self.reading.leads_to = self.reading.prose if self.reading.prose.rstrip().endswith(":") else ""
            case Display():
                self.displayed.read(block)
                reading.prose = ""
                if reading.condition:  # such words speak of what comes right after them
                    reading.condition = reading.sought = reading.zero = reading.derives = False
            case Directive(text=text, span=span):
                offset = self.reading.document.source.text.find(text, span.start)
                line = self.reading.document.source.position(span.start).line
                problem = self.directives.apply(text, max(offset, span.start), f"declared in line {line}")
                if problem is not None:
                    self.diagnostics.append(problem)
                reading.paragraphs += 1  # it is as good as words
            case ItemList(items=items):
                leads_to = self.reading.leads_to
                for item in items:
                    for inner in item:
                        self.reading.leads_to = leads_to
                        self._block(inner)
            case Callout(blocks=blocks, kind=kind):
                apart, reading.apart = reading.apart, reading.apart or kind == "quote"
                for inner in blocks:
                    self._block(inner)
                reading.apart = apart

    def _bounds_a_name(self, formula: InlineMath) -> bool:
        """Whether a formula only says that a name has a value, or lies beyond one: ``y = 1``, ``x > 0``."""
        match [
            (s.relation, s.side) for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments
        ]:
            case [(None, left), ("=" | "<" | ">" | "<=" | ">=", syntax.Number() | syntax.Add() as right)]:
                return isinstance(left, syntax.Symbol | syntax.Scripted) and not any(names_in(right))
        return False

    def _prose(self, inlines: Sequence[Inline]) -> None:
        self.reading.prose = prose.words(inlines)
        if self.reading.prose.strip(" $.,;:"):
            self.reading.paragraphs += 1
            self.reading.spoken = self.reading.prose
            said = prose.sought(inlines)
            self.reading.equal = bool(prose.SETS_EQUAL.search(said))
            self.reading.sought = self.reading.equal or bool(prose.SETS_TO_ZERO.search(said))
            self.reading.equates = prose.equates_derivative(said)
            self.reading.solves, self.reading.higher = prose.solves(said), bool(prose.HIGHER.search(said))
            self.reading.derives = bool(prose.DERIVATIVES.search(self.reading.prose))
            self.reading.optimal = self.reading.optimal or bool(prose.OPTIMAL.search(self.reading.prose))
            written = self._bounds(inlines, self.reading.prose)
            self.reading.bounds = set()  # to each sentence its own, and those before
            self.reading.zero = bool(prose.ZERO.search(self.reading.prose) or IS_ZERO.search(written))
            self.reading.derives = self.reading.derives or bool(DERIVATIVE_SIGN.search(written))
            self.reading.sought = self.reading.sought or bool(prose.ZERO_SAYS.search(said) and self.reading.derives)
            equated = self.reading.sought and self.reading.zero and self.reading.derives
            self.reading.condition = not equated and prose.states_condition(said)
            if self.reading.condition:
                self.reading.sought = self.reading.zero = self.reading.derives = True
        sentences = list(prose.sentences(inlines))
        self.inlines.beside = [formula.latex for formula in inline_formulas(inlines)]
        if self.reading.prose.strip(" $.,;:"):
            last = sentences[-1:]
            self.reading.by = frozenset(plain(name) for sentence in last for name in self._by(sentence))
            self.reading.of = frozenset(plain(name) for sentence in last for name in self._named(sentence))
            self.reading.refers = frozenset(displayed_derivatives.referred(inlines))
        self.statements.asides.clear()
        found = self.statements.cases(sentences)
        if found:
            self.reading.turn_to(found)
        elif self.reading.prose.strip():
            self.reading.case = ()
            if not case_ends.kept(self.reading):
                self.reading.carried = ()
            if prose.BOTH.search(self.reading.prose):
                self.reading.earlier_case = self.reading.earlier_values = ()
        self.statements.relabelled(sentences)
        if found := (*self.statements.values(sentences), *self.statements.true_class.cases(sentences)):
            self.reading.values = self.reading.earlier_values = found
        elif self.reading.prose.strip():
            self.reading.values = ()
        if self.reading.prose.strip():
            self.reading.sizes = {} if self.reading.strict else self.statements.sizes(sentences)
            self._example(self.reading.prose)
            self.reading.asides = (*self.headed, *self.statements.asides.values())
        for sentence in sentences:
            if prose.EINSTEIN.search(sentence.words) and not prose.NEGATED.search(sentence.words):
                self.reading.symbols.einstein = True
        alone = re.search(r"[^\s$.,;:]", self.reading.prose) is None
        self.reading.here = {} if not alone else self.reading.here
        place, text = self.chains.place(), self.reading.document.source.text
        for sentence in sentences:
            self.reading.unnamed = next(unnamed.said(self.reading, sentence), self.reading.unnamed)
        for number, sentence in enumerate(sentences, self.reading.sentences + 1):
            words = sentence.words.split("$")
            self.reading.generic = frozenset(self.statements.withdrawals.generic(sentence))
            beside = zip(sentence.formulas, words, strict=False)
            self.reading.bounds |= self._bounded_in([f for f, said in beside if not _always(said)])
            supposed: tuple[Assumption, ...] | None = ()
            begun = len(self.posed)
            for n, formula in enumerate(sentence.formulas):
                supposed = () if prose.BOTH.search(words[n]) else supposed
                before, after = assertions.around(words, n)
                denied = assertions.denied(words, n) or assertions.ONLY_WHEN.search(words[n]) is not None
                at = len(self.posed)
                if alone and text[max(0, formula.span.start - 2) : formula.span.start] == "$$":
                    self.displayed.read(Display(formula.latex, formula.span))
                else:
                    self.inlines.read(formula, before, after, supposed, denied)
                defines = len(self.posed) > at
                if prose.SUPPOSED.search(words[n]) and self._bounds_a_name(formula):
                    supposed = self.statements.values_said(self.reading.rows(formula.latex, formula.span).rows) or None
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    self.chains.see(row)
                    if not denied and not defines and not lists(row):
                        sure = not assertions.weakened(words, n)
                        self.premises.say(words, n, row, formula.span, sure, number)
                    if not denied and not self.reading.strict:
                        for name, bound in bounds.said(row):
                            self.reading.limits.setdefault(name, set()).add(bound)
                        ends = [*bounds.said(row), *bounds.worded(row, before, after)]
                        here = number == self.reading.sentences + len(sentences)
                        if ends:
                            self._bound(ends, number if bounds.declared(words, n) else None, here)
            if not self.reading.strict:
                self.moments.sentence(sentence, number)
                self.premises.words(sentence, number)
                steps = [posed for posed in self.posed[begun:] if posed.kind == "claim"]
                self.statements.indicators.in_sentence(sentence, steps)
        if not alone and not self.reading.prose.rstrip().endswith("$"):
            self.chains.resume(place)  # what is defined in passing is not what the next display goes on with
        if (held := self.statements.held(sentences)) is not None:
            self.reading.held = held
        for sentence in sentences:
            self.statements.sentence(sentence)

    def _example(self, words: str) -> None:
        """An example begins where words announce one, and ends where they go on to what holds in general."""
        if prose.BOTH.search(words):
            self.reading.example = 0
        elif prose.EXAMPLE.search(words) and not self.reading.strict:
            self.reading.example = self.reading.paragraphs + 1

    def _bound(self, ends: Sequence[tuple[str, bounds.Bound]], declared: int | None, here: bool) -> None:
        """Note of what a sentence bounds, if ``declared`` there for all that comes, ``here`` right before a step."""
        reading = self.reading
        for name, bound in ends:
            if declared is not None:
                reading.declared.setdefault(name, {})[bound] = declared
            if here:
                reading.here.setdefault(name, set()).add(bound)

    def _named(self, sentence: prose.Sentence) -> Iterator[str]:
        """The names in the formulas of a sentence."""
        for formula in sentence.formulas:
            for row in self.reading.rows(formula.latex, formula.span).rows:
                for segment in row.segments:
                    yield from names_in(segment.side) if isinstance(segment.side, syntax.Node) else ()

    def _by(self, sentence: prose.Sentence) -> Iterator[str]:
        r"""The names by which a sentence says that something is differentiated: "with respect to $w$", ``dL/dw``."""
        words = sentence.words.split("$")
        for n, formula in enumerate(sentence.formulas):
            named = prose.BY.search(assertions.around(words, n)[0]) is not None
            for segment in (s for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments):
                for node in every(segment.side) if isinstance(segment.side, syntax.Node) else ():
                    if isinstance(node, syntax.DerivativeOp):
                        yield from (name for variable, _ in node.variables for name in names_in(variable))
                    elif isinstance(node, syntax.Nabla) and node.variable is not None:
                        yield from names_in(node.variable)
                if named and isinstance(segment.side, syntax.Node):
                    yield from names_in(segment.side)

    def _bounds(self, inlines: Sequence[Inline], words: str) -> str:
        """Note of which signs and bounds words and their formulas speak; what the formulas are, as written."""
        formulas = list(inline_formulas(inlines))
        written = " ".join(formula.latex for formula in formulas)
        self.displayed.bounded = bool(prose.BOUNDED.search(words) or BOUND.search(written))
        return written

    def _bounded_in(self, formulas: Sequence[InlineMath]) -> set[str]:
        """The names to which formulas set bounds."""
        return {n for f in formulas for row in self.reading.rows(f.latex, f.span).rows for n in _bounded(row)}


def _always(words: str) -> bool:
    """Whether words before a bound say that it holds throughout, and is no case: "subject to", "multipliers"."""
    return prose.SUBJECT_TO.search(words) is not None or prose.MULTIPLIERS.search(words) is not None


def _bounded(row: syntax.Row) -> Iterator[str]:
    """The names in a row that says what something is less or greater than."""
    if any(segment.relation in ("<", ">", "<=", ">=") for segment in row.segments):
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                yield from names_in(segment.side)
