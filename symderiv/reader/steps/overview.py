r"""The overview of a document, before the walk through it: how its signs are meant, and what its words say of all.

Each sign that may be meant in several ways is rewritten once, by what all the formulas show. This module must never
take up what holds in one place only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symderiv.document import (
    Block,
    Directive,
    Display,
    Heading,
    Inline,
    Paragraph,
    Span,
    all_blocks,
    formulas,
)
from symderiv.reader.elaboration import models, picked, slashed_calls
from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.elaboration.forward import functions_of_one
from symderiv.reader.grammar import evaluated, syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import defines_delta, says_vector
from symderiv.reader.known import activations, vector_functions
from symderiv.reader.known.abbreviations import abbreviations
from symderiv.reader.known.bars import Bars
from symderiv.reader.known.directives import Directives, raised
from symderiv.reader.known.shapes import COLUMN, ROW, Shapes
from symderiv.reader.known.spaces import Spaces
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
from symderiv.reader.reading import Reading
from symderiv.reader.steps import trailing
from symderiv.reader.words import assertions, prose
from symderiv.terms import Assumption, Head


class Overview:
    """Looks at all formulas and words of a document, and at the declarations from ``outside`` of it."""

    def __init__(self, reading: Reading, directives: Directives, outside: Sequence[tuple[str, str]]) -> None:
        self.reading, self.directives, self.outside = reading, directives, outside
        self.diagnostics = reading.diagnostics
        self.held: frozenset[str] | None = None  # what the document as a whole holds fixed

    def take(self) -> None:
        """Rewrite the formulas, and settle what holds of their symbols everywhere."""
        reading = self.reading
        blocks = reading.document.blocks
        survey = Survey(reading.symbols)
        rows = self._written(blocks)
        defined = [(text, origin) for text, origin in self.outside if _defines(text)]
        if not reading.strict:
            defined += abbreviations(reading, blocks, rows)
        said = [b.text for b in all_blocks(blocks) if isinstance(b, Directive)]
        names = (text.partition(" ") for text in (*said, *(text for text, _ in self.outside)))
        labels = {raised(what.strip()) for command, _, what in names if command == "name"}
        for text in (*filter(_defines, said), *(text for text, _ in defined)):
            rows += reading.parse_text(text.partition(" ")[2], 0).rows
        self._by_formulas(rows)
        spoken = [b.inlines for b in all_blocks(blocks) if isinstance(b, Paragraph | Heading)]
        words = " ".join(map(prose.words, spoken))
        source = prose.closed_up(reading.document.source.text)
        beside = self._by_words(rows, words, source, labels)
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
        if beside:
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
        self._shapes(blocks, rows, spoken, survey)
        self._declare(defined)

    def _written(self, blocks: Sequence[Block]) -> list[syntax.Row]:
        """The rows of all formulas, with operators and what is evaluated as the document writes them."""
        reading = self.reading
        written = [row for f in formulas(blocks) for row in reading.rows(f.latex, f.span).rows]
        text = reading.document.source.text
        if found := capital_sums.operators(written, text) | deltas_for_partials.operators(written, text):
            reading.reread(found)
        trailing.join(reading, blocks)
        for formula in formulas(blocks):
            if isinstance(formula, Display):
                evaluated.settle(reading.rows(formula.latex, formula.span).rows)
        return [row for f in formulas(blocks) for row in reading.rows(f.latex, f.span).rows]

    def _by_formulas(self, rows: list[syntax.Row]) -> None:
        """Rewrite what the formulas alone show to be meant otherwise."""
        reading = self.reading
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

    def _by_words(self, rows: list[syntax.Row], words: str, source: str, labels: set[str]) -> bool:
        """Rewrite what the formulas and the words together show to be meant otherwise.

        Returns whether a number stands beside a function of its name.
        """
        reading = self.reading
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
        return numbers.change is not None

    def _shapes(
        self, blocks: Sequence[Block], rows: list[syntax.Row], spoken: Sequence[Sequence[Inline]], survey: Survey
    ) -> None:
        """What is a vector or a matrix, by the words, the spaces, and how it is used."""
        reading = self.reading
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

    def _places(self, spoken: Sequence[Sequence[Inline]]) -> set[str]:
        """The letters that words call the place of the 1 in a one-hot vector: "a one-hot target $t$ (index $y$)"."""
        found = (prose.one_hot(sentence) for inlines in spoken for sentence in prose.sentences(inlines))
        places = [place for _, place in filter(None, found) if place is not None and not self.reading.strict]
        rows = [row for place in places for row in self.reading.rows(place.latex, place.span).rows]
        sides = [row.segments[0].side for row in rows if len(row.segments) == 1]
        return {plain(side.name) for side in sides if isinstance(side, syntax.Symbol)}

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


def _defines(directive: str) -> bool:
    return directive.split()[:1] in (["define"], ["let"])
