r"""The walk through a document, block by block: its words, its directives, its displays.

This module must never decide what a line means: each kind of thing has its own room, which takes it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    formulas,
    inline_formulas,
)
from symderiv.reader.elaboration import models, picked, slashed_calls
from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.elaboration.forward import functions_of_one
from symderiv.reader.grammar import evaluated, leading, syntax
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import defines_delta, every, is_numeral, lists, names_in, parts_of, says_vector
from symderiv.reader.indexed.families import families_in
from symderiv.reader.indexed.ranges import met
from symderiv.reader.indexed.sized import sizes_of
from symderiv.reader.known import activations, case_ends, named_beside, under_conditions, unnamed, vector_functions
from symderiv.reader.known.abbreviations import abbreviations
from symderiv.reader.known.bars import Bars
from symderiv.reader.known.directives import Directives, raised
from symderiv.reader.known.events import Events
from symderiv.reader.known.layouts import Layouts
from symderiv.reader.known.moments import Moments
from symderiv.reader.known.rates import Rates
from symderiv.reader.known.shapes import COLUMN, ROW, Shapes
from symderiv.reader.known.spaces import Spaces
from symderiv.reader.known.statements import Statements
from symderiv.reader.known.statistics import Statistics
from symderiv.reader.letters import (
    before_brackets,
    bias_of_weights,
    bounds,
    called_members,
    capital_sums,
    capital_words,
    counted_from_zero,
    deltas_for_partials,
    derivatives_without_arguments,
    displayed_derivatives,
    entries_of_numbered,
    exponents,
    labels_beside_indices,
    labels_of_roles,
    layer_letters,
    logarithms,
    numbered_derivatives,
    numbers_beside_functions,
    primed,
    raised_to_t,
    small_words,
    softmax_members,
    transposes,
    users_items,
    wholes_listed,
    zeros,
)
from symderiv.reader.letters.classes import class_letters
from symderiv.reader.letters.survey import Survey
from symderiv.reader.letters.thresholds import FLIPPED
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps import trailing
from symderiv.reader.steps.ahead import Ahead
from symderiv.reader.steps.chains import ASIDE, CLAIMS, FALSE_MARK, Chains, Place
from symderiv.reader.steps.claims import Claims
from symderiv.reader.steps.consequences import Consequences
from symderiv.reader.steps.definitions import CUES, Definitions
from symderiv.reader.steps.doubts import Doubts
from symderiv.reader.steps.equations import Equations
from symderiv.reader.steps.examples import Examples
from symderiv.reader.steps.premises import Premises
from symderiv.reader.steps.readings import Readings
from symderiv.reader.steps.resumed import Resumed
from symderiv.reader.steps.stationary import Stationary
from symderiv.reader.steps.together import Together
from symderiv.reader.words import assertions, plain_words, prose
from symderiv.terms import Assumption, Claim, Deriv, Head, Term, subterms

SIGN = re.compile(r"\\[A-Za-z]+|:=|[=<>!]=|[^\sA-Za-z\\]")


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
        self.outside = outside
        self.displays: list[Span] = []
        self.held: frozenset[str] | None = None  # what the document as a whole holds fixed
        self.beside: list[str] = []  # the formulas of the paragraph
        self.bounded = False  # the last words speak of signs or bounds
        self.headed: tuple[Assumption, ...] = ()  # cases of which the heading speaks without setting them
        self.joined: list[tuple[str, str]] = []  # the sizes that are read as one
        self.met: set[str] = set()  # the texts of displays to skip that occurred
        self.ahead: dict[Span, list[syntax.Row]] = {}  # definitions that come later and are taken up before a block
        self.anew: dict[Span, frozenset[str]] = {}  # and letters of which the words behind it give another meaning
        self.again: dict[Span, frozenset[str]] = {}  # and those that had another one in the same section
        self.posed, self.diagnostics = reading.posed, reading.diagnostics
        self.rates = Rates(reading)
        self.claims_of = Claims(reading, self.rates)
        self.doubts = Doubts(reading)
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
        self.resumed = Resumed(reading, self.chains)
        self.directives = Directives(
            reading.symbols, reading.elaborator, reading.parse_text, self.definitions.define_row
        )

    def run(self) -> None:
        reading = self.reading
        blocks = reading.document.blocks
        survey = Survey(reading.symbols)
        written = [row for f in formulas(blocks) for row in reading.rows(f.latex, f.span).rows]
        text = reading.document.source.text
        if found := capital_sums.operators(written, text) | deltas_for_partials.operators(written, text):
            reading.reread(found)
        trailing.join(reading, blocks)
        for formula in formulas(blocks):
            if isinstance(formula, Display):
                evaluated.settle(reading.rows(formula.latex, formula.span).rows)
        rows = [row for f in formulas(blocks) for row in reading.rows(f.latex, f.span).rows]
        defined = [(text, origin) for text, origin in self.outside if _defines(text)]
        if not reading.strict:
            defined += abbreviations(reading, blocks, rows)
        said = [b.text for b in all_blocks(blocks) if isinstance(b, Directive)]
        names = (text.partition(" ") for text in (*said, *(text for text, _ in self.outside)))
        labels = {raised(what.strip()) for command, _, what in names if command == "name"}
        for text in (*filter(_defines, said), *(text for text, _ in defined)):
            rows += reading.parse_text(text.partition(" ")[2], 0).rows
        for room in (
            slashed_calls,
            primed,
            capital_words,
            small_words,
            called_members,
            numbered_derivatives,
            entries_of_numbered,
            softmax_members,
            bias_of_weights,
            derivatives_without_arguments,
            labels_beside_indices,
            labels_of_roles,
            zeros,
        ):
            if (change := room.rewriting(rows)) is not None:
                reading.rewrite(rows, change)
        described = picked.described(rows)
        change, members = picked.rewriting(rows)
        if change is not None:
            reading.rewrite(rows, change)
        for name in sorted(members):
            head = Head(name, 2, 0)
            text = f"{name} \\in \\{{0, 1\\}}"
            reading.symbols.two_valued.add(head)
            reading.symbols.member_families[head] = name in described
            reading.symbols.assumptions.append(Assumption("binary", (head,), text, "as it says what is in a set"))
        change, reading.from_zero = counted_from_zero.rewriting(rows)
        if change is not None:
            reading.rewrite(rows, change)
        spoken = [b.inlines for b in all_blocks(blocks) if isinstance(b, Paragraph | Heading)]
        words = " ".join(map(prose.words, spoken))
        source = prose.closed_up(reading.document.source.text)
        change, reading.symbols.doubtful_primes = transposes.rewriting(rows, words, source)
        if change is not None:
            reading.rewrite(rows, change)
        if (change := users_items.rewriting(rows, source)) is not None:
            reading.rewrite(rows, change)
        numbers = numbers_beside_functions.rewriting(rows, source)
        reading.symbols.unsaid_numbers, reading.symbols.function_divisors = numbers.unsaid, numbers.divisors
        if numbers.change is not None:
            reading.rewrite(rows, numbers.change)
        for change, unclear in (
            raised_to_t.rewriting(rows, source),
            layer_letters.rewriting(rows, words, labels),
        ):
            reading.symbols.unclear_signs |= set(unclear)
            if change is not None:
                reading.rewrite(rows, change)
        reading.symbols.exponents = exponents.numbers(rows)
        if beside := exponents.vectors_beside(rows, reading.symbols.exponents):
            reading.symbols.wholes = {new: plain(name) for name, new in beside.items()}
            reading.rewrite(rows, lambda node: exponents.set_apart(node, beside))
        reading.symbols.listed = wholes_listed.numbers(rows)
        reading.symbols.uses = before_brackets.uses(rows)
        for row in rows:
            survey.row(row)
        reading.symbols.index_names |= class_letters(rows, survey.summed.keys(), self._places(spoken))
        reading.symbols.own_delta = any(map(defines_delta, rows))
        reading.symbols.regression = models.ERRORS.search(words) is not None
        reading.symbols.differentiated = models.differentiated(rows)
        reading.symbols.awaited = {f: x for f, x in functions_of_one(rows).items() if f not in FUNCTIONS}
        survey.settle(words)
        if survey.pi_is_number(source):
            reading.limits[r"\pi"] = bounds.PI
        kinds = activations.said(reading, blocks, rows)
        if numbers.change is not None:  # a number of that name stands beside the function
            kinds = {name: kind for name, kind in kinds.items() if kind != activations.NUMBER}
        reading.symbols.activations = {name: "" if kind == activations.NUMBER else kind for name, kind in kinds.items()}
        reading.symbols.said_functions = activations.functions(blocks)
        reading.symbols.opaque |= {name for name, kind in kinds.items() if not kind}
        if words:
            self._said(words, [sentence.words for inlines in spoken for sentence in prose.sentences(inlines)])
        self._declare([given for given in self.outside if given not in defined])
        for block in all_blocks(blocks):
            if isinstance(block, Directive) and block.text.split()[:1] == ["shape"]:
                self.directives.apply(block.text, 0)  # it holds everywhere; a problem is reported in its place
        reading.symbols.vector_functions = vector_functions.names(reading, blocks, rows)
        lying = Spaces(reading).find(blocks, rows)
        Bars(reading).find(blocks, rows, survey.variables)
        Statistics(reading).find([sentence for inlines in spoken for sentence in prose.sentences(inlines)])
        symbols = reading.symbols
        for name in symbols.exponents - symbols.shapes.keys() - symbols.vectors - symbols.matrices:
            symbols.heads.setdefault(name, set()).add(Head(name, 0, 0))
        sides = (s.side for row in rows for s in row.segments)
        stated = bool(symbols.shapes or symbols.kinds or symbols.matrices_by_word or symbols.matrix_families)
        entries = (name for name, heads in symbols.heads.items() if heads == {Head(name, 2, 0)} and name.isalpha())
        stated = stated or bool(symbols.vector_functions)
        stated = stated or any(name.upper() in symbols.bare for name in entries)  # W beside the w_{ij}
        if stated or any(isinstance(side, syntax.Node) and says_vector(side) for side in sides):
            Shapes(reading.elaborator, ROW if lying else COLUMN).find(rows)
        self._declare(defined)
        ahead = Ahead(reading, blocks)
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
            if text not in self.met:
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

    def _places(self, spoken: Sequence[Sequence[Inline]]) -> set[str]:
        """The letters that words call the place of the 1 in a one-hot vector: "a one-hot target $t$ (index $y$)"."""
        found = (prose.one_hot(sentence) for inlines in spoken for sentence in prose.sentences(inlines))
        places = [place for _, place in filter(None, found) if place is not None and not self.reading.strict]
        rows = [row for place in places for row in self.reading.rows(place.latex, place.span).rows]
        sides = [row.segments[0].side for row in rows if len(row.segments) == 1]
        return {plain(side.name) for side in sides if isinstance(side, syntax.Symbol)}

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

    def _said(self, words: str, sentences: Sequence[str]) -> None:
        """What the words of the whole document say of signs and names."""
        symbols = self.reading.symbols
        text = self.reading.document.source.text
        symbols.log_base = logarithms.base(sentences, text)
        symbols.bracket_means = bool(prose.BRACKET_MEAN.search(text))
        symbols.indicators = bool(prose.INDICATOR.search(words))
        symbols.other_signs = {sign for sign, said in prose.SIGNS_BY_WORD.items() if said.search(words)}
        if prose.ELEMENTWISE.search(words):
            symbols.other_signs.discard(r"\circ")
        if any(assertions.said(prose.EM, sentence) for sentence in sentences):
            self.held = self.reading.held = frozenset()  # the M-step holds the responsibilities fixed

    def _declare(self, directives: Sequence[tuple[str, str]]) -> None:
        """Apply declarations from outside the document."""
        for text, origin in directives:
            problem = self.directives.apply(text, 0, origin)
            if problem is not None:
                self.diagnostics.append(replace(problem, message=f"{origin}: {problem.message}", span=Span(0, 0)))

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
                self.resumed.section()
                self._bounds(inlines, "")
                reading.bounds = self._bounded_in(list(inline_formulas(inlines)))
                reading.title, reading.leads_to = prose.words(inlines), ""
                reading.prose = reading.spoken = ""
                reading.unnamed = None
                reading.apart = assertions.EXERCISES.search(prose.words(inlines)) is not None
                sentences = list(prose.sentences(inlines))
                self.statements.asides.clear()
                reading.held = self.statements.held(sentences) or self.held
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
                self._display(block)
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

    def _inline(
        self,
        formula: InlineMath,
        alone: bool,
        before: str = "",
        after: str = "",
        supposed: tuple[Assumption, ...] | None = (),
        denied: bool = False,
    ) -> None:
        """Definitions in running text; other inline formulas are not claims, unless they are set as displays.

        ``alone``: no words stand beside the formulas. ``before`` and ``after`` are those of its sentence, ``supposed``
        the values that they give before it ("for $y = 1$ the loss is $L = ...$, for $y = 0$ it is ..."), None for a
        bound; ``denied``: they say that it is not so, or may not be.
        """
        if alone and self.reading.document.source.text[max(0, formula.span.start - 2) : formula.span.start] == "$$":
            self._display(Display(formula.latex, formula.span))
            return
        found = self.reading.rows(formula.latex, formula.span)
        asserted = not (denied or supposed is None or self.reading.apart) and assertions.claims(before, after)
        for row in found.rows:
            if len(row.segments) < 2 or row.segments[1].relation not in ("=", ":="):
                continue
            left, right = row.segments[0].side, row.segments[1].side
            if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Node):
                self.reading.not_understood(left, right)
                continue
            if any(name in self.reading.symbols.activations for name, _ in activations.named(row)):
                continue
            around = f"{before}${after}"
            names = [plain(side.name) for side in (left, right) if isinstance(side, syntax.Symbol)]
            if len(names) == len(row.segments) and not prose.IF.search(around) and not re.search(r"\bfor\W*$", before):
                # "here $m = n$": one size, if they are sizes
                self.reading.symbols.ranges.said.setdefault(frozenset(names), formula.span)
            if is_numeral(right) or self.reading.is_index(left) or isinstance(right, syntax.Tuple):
                continue
            if (
                isinstance(left, syntax.Symbol)
                and isinstance(right, syntax.Symbol)
                and plain(left.name) in self.reading.symbols.sub_letters
            ):
                continue  # "where $i = T$" is a case
            if self._is_point(left, right) or self._is_condition(left, right, before):
                continue
            if isinstance(left, syntax.DerivativeOp | syntax.Nabla):
                if asserted:
                    self._passing(row, formula)
                elif len(row.segments) == 2:
                    self.chains.stated(left, right)
                continue
            if asserted and self._is_compound(left):
                self._passing(row, formula)
                continue
            head = self.definitions.head_of(left)
            if denied and head is not None and assertions.hypothetical(around) and self.definitions.is_defined(head):
                self.definitions.aside(head, left, right, manner="supposed")
            if denied or prose.AIM.search(before):
                continue  # "we want to show that $c = 2a$" says nothing of c yet
            if head is None and asserted and _is_logarithm(left) and not prose.CONDITIONAL.search(around):
                self._by_logarithm(row, formula)
                continue
            if head is None and isinstance(right, syntax.Symbol) and not self.reading.is_index(right):
                head = self.definitions.head_of(right)  # "$\\sum_j e^{f_j} = \\Sigma$"
            cases = head is not None and self.reading.symbols.pieces[head[0]] > 1
            if cases and supposed is None:
                continue  # "for $x > 0$, $f = x$" says what f is in one case among others
            if prose.ELSE.match(after):
                continue  # "$f = x$ if $x > 0$" says what f is in one case
            anew = prose.ANEW.search(around) and not prose.IF.search(around)
            anew = anew or not prose.CONDITIONAL.search(around)
            anew = anew or (head is not None and cases and (bool(supposed) or self.definitions.is_partial(head)))
            mentioned = self.reading.apart or assertions.mentioned(around)
            new = head is not None and (self.definitions.is_taken_up(left) or not self.definitions.is_defined(head))
            if head is not None and (new or (anew and not mentioned)):
                self.displays.append(formula.span)
                self.reading.elaborator.start_chain()
                values, self.reading.values = self.reading.values, supposed or ()
                self.reading.warn(found.warnings)
                self.reading.inline, self.reading.before = True, before
                open_ = prose.IF.search(before) or prose.NEGATED.search(before) or prose.TO_SHOW.search(before)
                with self._under(under_conditions.words(before)):
                    self.chains.segments(row, len(self.displays) - 1, 0, [], inline=True, asserted=not open_)
                self.reading.values, self.reading.inline = values, False
            elif head is not None and len(row.segments) == 2:
                self.definitions.aside(head, left, right, manner=_manner(around, mentioned))

    @contextmanager
    def _under(self, words: str) -> Iterator[None]:
        """What is defined within holds under the condition that ``words`` set, if they do."""
        known, begun = set(self.reading.symbols.definitions), len(self.posed)
        yield
        for posed in self.posed[begun:] if words else ():
            if posed.kind == "definition":
                new = frozenset(self.reading.symbols.definitions.keys() - known)
                under_conditions.note(self.reading, posed.left_span, new, words)

    def _passing(self, row: syntax.Row, formula: InlineMath) -> None:
        """A claim in running text."""
        self.displays.append(formula.span)
        self.reading.elaborator.start_chain()
        begun = len(self.posed)
        self.chains.segments(row, len(self.displays) - 1, 0, [], inline=True, passing=True)
        if not all(map(self._is_closed, self.posed[begun:])):
            del self.posed[begun:]
        plain = plain_words.plainly(self.reading.leads_to, self.reading.prose)
        plain = plain and not plain_words.HEADS_ASIDE.search(self.reading.title)
        plain = plain and not any(plain_words.CASE_SIGN.search(latex) for latex in self.beside)
        for posed in self.posed[begun:]:
            posed.plain = plain

    def _by_logarithm(self, row: syntax.Row, formula: InlineMath) -> None:
        r"""``\log p(x) = ...`` in running text, which says what p is; or nothing, if that is known."""
        known, displays = set(self.reading.symbols.definitions), len(self.displays)
        self.displays.append(formula.span)
        self.reading.elaborator.start_chain()
        begun = len(self.posed)
        self.chains.segments(row, displays, 0, [], inline=True)
        if known.issuperset(self.reading.symbols.definitions):
            del self.posed[begun:], self.displays[displays:]

    def _is_compound(self, left: syntax.Node) -> bool:
        """Whether a left side names nothing: a sum or product, or a derivative with primes, of what is defined."""
        if isinstance(left, syntax.Add):
            return True
        called = left.factors[0] if isinstance(left, syntax.Product) else left
        name, symbols = plain(next(iter(names_in(called)), "")), self.reading.symbols
        return parts_of(called)[3] > 0 and (symbols.defines(name, 0) or (name, 0) in symbols.functions)

    def _is_closed(self, posed: Posed) -> bool:
        """Whether both sides of a step speak of the same quantities, so that it says nothing new of any."""
        sides = [side for side in (posed.left, posed.right) if isinstance(side, Term)]
        if len(sides) < 2 or any(isinstance(part, Deriv) for part in subterms(sides[0])):
            return True
        known = self.reading.symbols.definitions
        left, right = (families_in((side,), known) for side in sides)
        return left - known.keys() == right - known.keys() and not known.keys().isdisjoint(left | right)

    def _bounds_a_name(self, formula: InlineMath) -> bool:
        """Whether a formula only says that a name has a value, or lies beyond one: ``y = 1``, ``x > 0``."""
        match [
            (s.relation, s.side) for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments
        ]:
            case [(None, left), ("=" | "<" | ">" | "<=" | ">=", syntax.Number() | syntax.Add() as right)]:
                return isinstance(left, syntax.Symbol | syntax.Scripted) and not any(names_in(right))
        return False

    def _is_condition(self, left: syntax.Node, right: syntax.Node, before: str) -> bool:
        """Whether running text says that two quantities are equal in some case: "if $a = b$", "the case $a = b$".

        So does "is attained when $x = a/b$" of an x that has been spoken of. It is a definition where a word announces
        one, or where the left one has not been spoken of before.
        """
        names = [plain(side.name) for side in (left, right) if isinstance(side, syntax.Symbol)]
        if isinstance(left, syntax.Symbol) and names[0] in self.reading.seen and prose.POINT.search(before):
            return True
        called = [_called(side) for side in (left, right)]  # "when $p(x) = q(x)$"
        if "" not in called and self.reading.seen.issuperset(called):
            return prose.IF.search(before) is not None and not prose.NAMES.search(before)
        if len(names) < 2 or names[0] not in self.reading.seen or names[1] not in self.reading.seen:
            return False
        return bool(prose.NEGATED.search(before)) or not prose.NAMES.search(before)

    def _is_point(self, left: syntax.Node, right: syntax.Node) -> bool:
        """``f = (0, 1)`` names a place, if f was a variable in the steps before and nothing says "let"."""
        if not isinstance(right, syntax.Group) or not isinstance(right.body, syntax.Tuple) or any(names_in(right)):
            return False
        used = {head.name for head in self.chains.used}
        return used.issuperset(names_in(left)) and not CUES.search(self.reading.prose)

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
        self.beside = [formula.latex for formula in inline_formulas(inlines)]
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
        place = self.chains.place()
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
                self._inline(formula, alone, before, after, supposed, denied)
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
        self.bounded = bool(prose.BOUNDED.search(words) or BOUND.search(written))
        return written

    def _bounded_in(self, formulas: Sequence[InlineMath]) -> set[str]:
        """The names to which formulas set bounds."""
        return {n for f in formulas for row in self.reading.rows(f.latex, f.span).rows for n in _bounded(row)}

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

    def _display(self, block: Display) -> None:
        if self._skipped(block):
            return
        reading = self.reading
        self.displays.append(block.span)
        number = len(self.displays) - 1
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
                    with self._under(under_conditions.words(reading.prose)):
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


def _manner(sentence: str, mentioned: bool) -> str:
    """How a sentence says what something is that means something else so far."""
    if assertions.hypothetical(sentence):
        return "supposed"
    return "mentioned" if mentioned or prose.IF.search(sentence) else "said"


def _always(words: str) -> bool:
    """Whether words before a bound say that it holds throughout, and is no case: "subject to", "multipliers"."""
    return prose.SUBJECT_TO.search(words) is not None or prose.MULTIPLIERS.search(words) is not None


def _called(node: syntax.Node) -> str:
    """The name of a function that is called with names only, ``p(x)``, or of a member, ``p_i``; or ""."""
    match node:
        case syntax.Product(factors=(called, syntax.Group(open="(", body=syntax.Symbol() | syntax.Scripted()))):
            base, _, sup, primes = parts_of(called)
        case syntax.Scripted():
            base, _, sup, primes = parts_of(node)
        case _:
            return ""
    return plain(base.name) if isinstance(base, syntax.Symbol) and sup is None and not primes else ""


def _bounded(row: syntax.Row) -> Iterator[str]:
    """The names in a row that says what something is less or greater than."""
    if any(segment.relation in ("<", ">", "<=", ">=") for segment in row.segments):
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                yield from names_in(segment.side)


def _defines(directive: str) -> bool:
    return directive.split()[:1] in (["define"], ["let"])


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


def _is_logarithm(node: syntax.Node) -> bool:
    if isinstance(node, syntax.Add) and len(node.terms) == 1:
        node = node.terms[0][1]
    return isinstance(node, syntax.Apply) and node.name in ("log", "ln")


def _lists_values(row: syntax.Row) -> bool:
    r"""Whether a row says which numbers a letter may be: ``x = 1, 2, 3, \dots``."""
    match [(segment.relation, segment.side) for segment in row.segments]:
        case [(None, syntax.Symbol()), ("=", syntax.Number())] if row.remarks:
            listed = row.remarks[0].content
            items = listed.items if isinstance(listed, syntax.Tuple) else (listed,)
            numbers = all(isinstance(item, syntax.Number | syntax.Ellipsis) for item in items)
            return numbers and any(isinstance(item, syntax.Ellipsis) for item in items)
    return False
