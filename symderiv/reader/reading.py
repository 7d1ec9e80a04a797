r"""The state of one reading of a document, shared by the rooms that read it: its steps, its problems, its symbols.

This module must never interpret a formula: it holds what others found, and parses each formula once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from symderiv.diagnostics import Diagnostic
from symderiv.document import Document, Span, formulas
from symderiv.reader.elaboration.elaborate import Elaborator
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.latex import parse_display
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, names_in, parts_of, replace
from symderiv.reader.indexed.arrays import Value
from symderiv.reader.letters.bounds import Bound
from symderiv.reader.letters.displayed_derivatives import Derived
from symderiv.reader.letters.symbols import Symbols, Unread
from symderiv.terms import Assumption, Head, Num, Range, Term


@dataclass(slots=True, eq=False, repr=False)
class Posed:
    """A step as read: what stands on both sides, and what held there."""

    span: Span
    left_span: Span
    relation: str
    kind: str
    display: int
    row: int
    left: Value | None = None
    right: Value | None = None
    free: dict[str, str] = field(default_factory=dict)
    declared: dict[str, Range] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    conditions: list[Assumption] = field(default_factory=list)
    error: Diagnostic | None = None
    expected_false: bool = False
    notes: tuple[str, ...] = ()
    case: tuple[Assumption, ...] = ()
    earlier_case: tuple[Assumption, ...] = ()
    carried: tuple[Assumption, ...] = ()
    values: tuple[Assumption, ...] = ()  # the values that the words right before it give to symbols: "for $\\beta = 1$"
    earlier_values: tuple[Assumption, ...] = ()  # and those said last in the section
    true_class: tuple[Assumption, ...] = ()  # the letter that names it here, where the step needs it
    sizes: dict[str, int] = field(default_factory=dict)  # that the words suppose
    example: int = 0  # the number of the paragraph that announces the example in which it stands, if any
    named_case: str = ""  # the words before, or beside, that speak of a case
    paragraph: int = 0  # how many paragraphs of words came before
    sentence: int = 1 << 30  # how many sentences came before
    section: int = 1 << 30  # how many headings came before; what no heading comes before is said of all
    asides: tuple[Assumption, ...] = ()  # cases of which the last words speak without setting them
    rounded: bool = False
    roughly: str = ""  # the words by which it holds approximately, or up to something
    guessed: bool = False
    constant: bool = False
    solving: bool = False  # an equation "= 0" came before in the section, and this begins a chain
    equated: bool = False  # it begins a chain, and the words right before it say that something is set to zero
    stationary: bool = False  # an equation that is a derivative set to zero, as the words or an arrow before it say
    equates_derivative: bool = False  # and the sentence right before it says that this is all that is done
    differentiates: bool = False  # the words right before it speak of derivatives
    condition: bool = False  # it is one by words that speak of an optimum, and of no derivative
    of: frozenset[str] = frozenset()  # the names in the formulas of that sentence
    refers: frozenset[str] = frozenset()  # the labels and numbers of formulas to which the words right before it refer
    solves: bool = False  # the sentence right before it says that it solves an equation before, in all cases
    extreme: bool = False  # the words right before it speak of a minimum or maximum
    unnamed: tuple[Term, Span] | None = None  # what they differentiate, where it has no name, and where it stands
    names_optimum: bool = False  # and end with "the optimal value is"
    generic: frozenset[str] = frozenset()  # letters that the words right before it leave free: "for any matrix $A$"
    again: frozenset[str] = frozenset()  # letters to which the words right behind it give another meaning
    by: frozenset[str] = frozenset()  # the names by which the words right before it differentiate
    passing: bool = False  # a claim in running text, which is only spoken of where it is settled
    plain: bool = True  # the words around it set no case, as far as anyone can tell
    rate: Derived | None = None  # the derivative that its chain begins with
    leads: bool = False  # an arrow after it says that something follows from it
    concluded: bool = False  # it begins a chain, and the words right before it say that it follows
    implied: bool = False  # an arrow says that it follows from what stands before
    derived: bool = False  # whether it is judged given the one equation that it follows from
    bounded: bool = False  # the words before it, or its row, speak of signs or bounds
    sought: bool = False  # something is set to zero, or solved: the words before it say so, or an arrow
    at: int = 0  # how many steps came before
    later: bool = False  # whether definitions that come later may be used
    put_in: bool = False  # whether solutions stand for what was solved for, also where something is differentiated
    solved: bool = False  # whether solutions stand for what was solved for, where nothing is differentiated
    restates: bool = False  # it says a second thing of what the line before is about, without a word between
    substitutes: bool = False  # the words right before it say that something is put in
    by_vectors: bool = False  # a derivative of a vector by a vector stands in it
    turned: bool = False  # some vector in such a derivative in its chain is a row: by x^T
    transposed: tuple[Value, Value] | None = None  # both sides with derivatives by vectors the other way round
    numbers: tuple[Value, Value] | None = None  # both sides where letters that may be vectors are numbers
    taken: bool = False  # whether it states a derivative that later steps take as given
    summands: frozenset[Head] = frozenset()  # new names for the summands before it, which is all that it says
    grounds: bool = False  # the words right before it say that something follows from it
    unsaid: str = ""  # what its reading rests on without a word of it: enough to prove it, not to refute it
    supposed: str = ""  # what the words right before it suppose: "if y is one-hot"
    held: frozenset[str] | None = None  # what the section says is held fixed: names, or none in particular
    limits: dict[str, set[Bound]] = field(default_factory=dict)  # bounds that stand right before it or beside its row
    kept: frozenset[str] = frozenset()  # the indices of the chain's first side, free under Einstein's convention

    @property
    def says_zero(self) -> bool:
        """Whether it says that something is zero."""
        return any(isinstance(side, Num) and not side.value for side in (self.left, self.right))

    def note(self, *said: str) -> None:
        """Say what the reading of this step rests on, once."""
        self.notes = tuple(dict.fromkeys((*self.notes, *said)))


MENTIONED = "?"  # in ``sizes``, the number of classes that is only spoken of
MOST_MATHEMATICS = 2_000_000  # characters in one document; a thick textbook has about a million
MOST_DEFINITIONS = 2_000  # in one document


class Reading:
    """What has been read of ``document`` so far, up to ``limit``: the mathematics from there on is beyond the budget.

    ``prose`` are the words just before the current place, ``paragraphs`` how many there were; ``sought``: the last
    words in the section say that something is set to zero, or solved, ``zero`` that they speak of zero, ``equal`` that
    they set two expressions equal, ``derives`` that they speak of derivatives, ``equates`` that one is set to zero
    and no more is done, ``condition`` that they speak of an optimum instead, ``by`` the names by which they
    differentiate, ``of`` those in the last formulas, ``generic`` those that stand for anything, ``anew`` those that
    the words behind a display give another meaning, ``again`` if they had one in the section before,
    ``refers`` the labels and numbers of formulas that they refer to,
    ``solves`` that what comes is what an equation gives, ``higher`` that derivatives of higher order are meant,
    ``optimal`` that some in the section speak of a minimum or maximum;
    ``solving``: an equation "= 0" came before in the section, which ``begins`` after so many steps; ``seen`` are the
    names in the formulas so far; ``case`` what they say of indices, ``earlier_case`` what was said last in the
    section, ``carried`` the same if the words since then go on within it, ``cases_said`` the kinds and indices of all,
    ``values`` and ``earlier_values`` the same of the values that symbols are given; ``constants`` the symbols
    that the words call constants, ``held`` those that the section says are held fixed: none in particular if empty,
    nothing said if None; ``bounds`` the names that the last words, or remarks beside a row, set bounds to.
    With ``strict``, assumptions that only the prose states do not count.
    """

    def __init__(self, document: Document, strict: bool = False) -> None:
        self.document = document
        self.strict = strict
        self.symbols = Symbols()
        self.elaborator = Elaborator(self.symbols)
        self.posed: list[Posed] = []
        self.diagnostics: list[Diagnostic] = list(document.problems)
        self.unclear: list[int] = []  # where it is not clear how far a sign reaches
        self.prose = ""
        self.spoken = ""  # the last words of the section, also where formulas stand behind them
        self.paragraphs = 0
        self.section = 0  # how many headings came before
        self.sought = self.zero = self.equal = self.optimal = self.derives = self.equates = False
        self.solves = self.higher = self.condition = False
        self.before = ""  # the words before the formula in running text that is being read
        self.title = self.leads_to = ""  # the words of the last heading, and those that lead to a list with a colon
        self.by = self.of = self.refers = self.generic = self.anew = self.again = frozenset[str]()
        self.unnamed: tuple[Term, Span] | None = None  # what words differentiate that has no name, and where
        self.sentences = 0  # how many sentences came before
        self.apart = False  # whether this is a quotation, or among exercises: what it says is no definition anew
        self.inline = False  # whether a formula in running text is being read
        self.seen: set[str] = set()
        self.solving = self.bounded = False
        self.begins = 0
        self.case: tuple[Assumption, ...] = ()
        self.earlier_case: tuple[Assumption, ...] = ()
        self.carried: tuple[Assumption, ...] = ()
        self.cases_said: set[tuple[str, frozenset[object]]] = set()
        self.values: tuple[Assumption, ...] = ()
        self.earlier_values: tuple[Assumption, ...] = ()
        self.sizes: dict[str, int] = {}
        self.example = 0  # the number of the paragraph that announces the example that is being worked out
        self.asides: tuple[Assumption, ...] = ()
        self.constants: set[str] = set()
        self.random: set[str] = set()  # the letters that words call random
        self.held: frozenset[str] | None = None
        self.bounds: set[str] = set()
        self.bounds_beside = False  # whether remarks beside the row that is being read set bounds
        self.remarks = ""  # their words
        self.limits: dict[str, set[Bound]] = {}  # what the words of the document compare with numbers
        self.from_zero: set[str] = set()  # the sizes K of sums from 0 to K - 1, which are read as sums from 1 to K
        self.declared: dict[str, dict[Bound, int]] = {}  # for all that comes, "let x > 0", and in which sentence
        self.here: dict[str, set[Bound]] = {}  # and those of the sentence right before
        self.layouts: list[tuple[int, str]] = []  # which layout of derivatives words choose, and in which sentence
        self.changes: list[Change] = []
        self._parsed: dict[Span, syntax.Rows] = {}
        self.macros = dict(document.macros)
        self.limit: Span | None = None
        length = 0
        for formula in formulas(document.blocks):
            length += len(formula.latex)
            if length > MOST_MATHEMATICS:
                self._stop(formula.span, f"{MOST_MATHEMATICS:,} characters of mathematics")
                break

    def _stop(self, span: Span, much: str) -> None:
        self.limit = span
        message = f"more than {much}: none is read from here on"
        self.diagnostics.append(Diagnostic("E109", message, span, help="split the document"))

    def warn(self, found: Sequence[Diagnostic]) -> None:
        self.diagnostics += found
        self.unclear += (warning.span.start for warning in found if warning.code == "W417")

    def bound(self, span: Span) -> None:
        """Called before each block: every claim is posed under the definitions before it, so they are bounded, too."""
        if len(self.symbols.order) > MOST_DEFINITIONS and (self.limit is None or span < self.limit):
            self._stop(span, f"{MOST_DEFINITIONS:,} definitions")

    def turn_to(self, case: tuple[Assumption, ...]) -> None:
        """Words set a case of indices."""
        self.case = self.earlier_case = self.carried = case
        self.cases_said |= {(a.kind, frozenset(a.data)) for a in case}

    def declared_for(self, posed: Posed) -> dict[str, set[Bound]]:
        """The bounds that were set for all that comes, where nothing has taken them back."""
        kept = {
            name: {bound for bound, said in ends.items() if not self.symbols.is_withdrawn({name}, said, posed.sentence)}
            for name, ends in self.declared.items()
        }
        return {name: ends for name, ends in kept.items() if ends}

    def parse_text(self, text: str, offset: int) -> syntax.Rows:
        """The rows of a directive, or of a declaration from outside, rewritten as those of the document are."""
        found = parse_display(" " * offset + text, offset, offset + len(text), self.macros)
        return self._rewritten(found)

    def _rewritten(self, found: syntax.Rows) -> syntax.Rows:
        for change in self.changes:
            replace(found.rows, change)
        return found

    def reread(self, macros: Mapping[str, str]) -> None:
        """Read all formulas anew, with commands in the place of others."""
        self.macros |= {name: (0, None, command) for name, command in macros.items()}
        self._parsed.clear()

    def rewrite(self, rows: Sequence[syntax.Row], change: Change) -> None:
        """Put the document's ``rows``, and all that is read from here on, through ``change``."""
        replace(rows, change)
        self.changes.append(change)

    def rows(self, latex: str, span: Span) -> syntax.Rows:
        found = self._parsed.get(span)
        if self.limit is not None and span >= self.limit:
            return syntax.Rows(())
        if found is None:
            source = self.document.source.text
            if source[span.start : span.end] == latex:
                found = parse_display(source, span.start, span.end, self.macros)
            else:  # masked by its container, at the same length
                whole = " " * span.start + latex
                found = parse_display(whole, span.start, span.start + len(latex), self.macros)
            found = self._parsed[span] = self._rewritten(found)
        return found

    def not_understood(self, left: object, right: object) -> None:
        """What ``left`` is said to be was not understood: nothing may rest on its being free."""
        base, sub, sup, primes = parts_of(left) if isinstance(left, syntax.Node) else (None, None, None, 0)
        if isinstance(base, syntax.Symbol) and (sup is None or isinstance(sup, syntax.Group)):
            of_one = isinstance(sub, syntax.Number)
            of_one |= sub is not None and not self.is_index(sub) and self.is_size_or_index(sub)
            name = plain(base.name)
            if primes and sub is not None:  # what u'_{ak} is, an update, says nothing of u; y' may be a derivative
                name += "'" * primes
            says = frozenset(names_in(right)) - {name} if isinstance(right, syntax.Node) else None
            if says is None or says or of_one:
                self.symbols.unread.setdefault(name, Unread(base.span, of_one, says))

    def is_index(self, node: syntax.Node) -> bool:
        return isinstance(node, syntax.Symbol) and (
            plain(node.name) in self.symbols.index_names or plain(node.name) in self.symbols.declared
        )

    def is_size_or_index(self, node: syntax.Node) -> bool:
        if not isinstance(node, syntax.Symbol):
            return False
        name = plain(node.name)
        symbols = self.symbols
        if symbols.defines(name, 0):
            return False
        return name in symbols.size_names or name in symbols.sub_letters or self.is_index(node)
