"""What the symbols of a document mean at a place in it: definitions, functions, indices, sizes, assumptions.

The state that reading a document builds up, from its definitions, directives and prose. A symbol that is defined a
second time gets a new version (``u#2``), so that earlier lines keep their meaning. This module must never parse or
judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from symderiv.document import Span
from symderiv.reader.grammar.names import of_members, shown
from symderiv.reader.grammar.syntax import Node, Number, Symbol
from symderiv.reader.grammar.vocabulary import LOSSES
from symderiv.reader.indexed.families import families_in
from symderiv.reader.indexed.ranges import Ranges
from symderiv.reader.letters.brackets import Uses
from symderiv.reader.letters.chosen import summed_over_classes
from symderiv.terms import (
    Assumption,
    Context,
    Definition,
    Fn,
    Head,
    Index,
    Range,
    Size,
    Sum,
    Term,
    Var,
    fresh,
    reached,
    rename,
    rewritten,
    subterms,
)

FONTS = ("mathbf", "boldsymbol", "bm", "pmb", "vec", "mathrm", "mathit", "mathsf", "textbf", "underline", "bf")
STANDARD = frozenset(("log", "ln", "exp", r"\sigma", "tanh", "softmax", "max", "min", "1", "e", "d", r"\delta"))
PROBABILITIES = frozenset(("p", "q", "P", r"\pi", r"\mathbb{P}", r"\Pr"))  # letters of distributions
MARK = "@"  # parts the name of a family from the examples that its members belong to


def base_name(name: str) -> str:
    r"""The letter of a symbol: without the layer in ``w^{l}``, without a version."""
    return re.split(r"[\^_#@~]", name)[0]


def shape(params: Iterable[str | int]) -> tuple[str | int, ...]:
    """Which members a definition with these parameters is of: ``(3, "")`` for ``a_{3j}``."""
    return tuple(p if isinstance(p, int) else "" for p in params)


def of_one(head: Head) -> Head:
    """The family that ``head`` is for each example; ``head`` itself if it is not one for each."""
    name, mark, _ = head.name.partition(MARK)
    return Head(name, head.subs, head.sups - 1) if mark else head


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function: a scalar or indexed variable (``var``), or a whole family (``family`` is its head)."""

    var: Var | None = None
    family: Head | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """``name_{subs}(parameters)``: its value is the family member with the indices of subs and parameters."""

    parameters: tuple[Parameter, ...]
    labels: int = 0

    @property
    def heads(self) -> list[Head]:
        """The families that it is called a function of."""
        heads = (p.var.head if p.var is not None else p.family for p in self.parameters)
        return [head for head in heads if head is not None]


class Unread(NamedTuple):
    """What could not be read: where, whether it is said of one member only, and which names it speaks of, if known."""

    span: Span
    of_one: bool
    names: frozenset[str] | None


class Statistic(NamedTuple):
    """What words say a quantity to be: in which word, where, and of which names; of any but ``apart`` where empty."""

    kind: str
    span: Span
    names: frozenset[str]
    apart: frozenset[str]


class InCase(NamedTuple):
    """What is said of a quantity for one case: after so many steps, in which formula, as which name, in which words."""

    at: int
    span: Span
    name: str
    words: str


class Conditional(NamedTuple):
    """A definition under a condition: of what, how the formula begins and where it stands, in which words it is set."""

    heads: frozenset[Head]
    name: str
    span: Span
    words: str


class Said(NamedTuple):
    """Where something was said: after so many headings, and in which sentence."""

    section: int
    sentence: int


@dataclass(slots=True, eq=False, repr=False)
class Symbols:
    """The symbols in force at the current place.

    ``versions`` maps a written head to its name in terms; ``stated`` are the assumptions found in the prose, each with
    its place, ``withdrawn`` the names that are arbitrary from a sentence on, ``symmetric_since`` where that was said;
    ``squares`` the names whose square is a symbol of its own (a variance), ``numbered`` those with numbers for labels;
    ``order`` says after how many steps a definition was made, ``now`` how many there are; ``standard`` the functions
    used with their usual meaning; ``time``: t is an index, not a transposition; ``two_valued`` numbers that are 0 or 1
    by a case distinction; ``divisors`` what stands below a bar, so that it is no matrix; ``layers`` letters l that
    layers are counted with, as in ^{(l+1)}; ``operators`` letters that the author uses for the derivative; ``auto``
    families that come from a vector's definition; ``rates`` the pairs (A, b) of which a derivative dA/db is written
    somewhere; ``index_classes`` the range class that each free index had last; ``bare`` how often a name stands without
    a bracket after it; ``calls`` how each function was called last, ``arguments`` with what; ``namesakes`` families
    that other symbols are named after, as Z_a after the a_i; ``awaited`` functions that some line defines, and of which
    symbol; ``index_sizes`` the size that a factor 1/m tells of the sum after it; ``hinted`` the ranges that the prose
    gives; ``unit_sizes`` the d of I_d, an index nowhere; ``value_sets`` the sets that sums over the values of
    letters name; ``kinds`` which members (a name, how many subscripts and labels) are vectors or matrices themselves,
    ``doubtful`` the names of which that is not sure;
    ``layered`` names whose numbered labels are layers, each with its own shape, ``layered_subs`` those whose numbered
    subscripts are; ``softmax``: the prose calls \\sigma the softmax function; ``symmetric`` matrices that are called
    so, and where, ``solutions`` families that an equation was solved for, and in which step, ``solved_for`` those of
    them that are no names of their own, as \\hat w is, ``announced`` families that a word says are defined: "where
    x = ...", "let x = ...", ``words`` capitals without a gap that never stand
    alone, FL and TP, ``restated`` names that have another meaning by a line that perhaps only repeats what they mean,
    wrongly, ``inverses`` families of the entries of one, with the range class of the matrix and its entry,
    ``determinants`` the same of numbers,
    ``equal_to_transposes`` those of them of which an equation says so; ``signs`` families of the numbers 1 and -1, and
    where that is said, ``two_conventions`` the names said to be 0 or 1 here and 1 or -1 there; ``chosen`` the indices
    y_i that are classes of examples, each with the one-hot family that says which and the i; ``upper`` vectors whose
    entries are numbered above, ``basis`` families of basis vectors; ``rowwise``: a softmax of a matrix is one of each
    of its rows, None if words say neither that nor that it is one of each column; ``jacobians``: the document speaks
    of Jacobians, so that J_x(s) is one; ``row_families`` matrices X,
    and the family of vectors x_i of their rows, ``entry_families`` and that of their entries x_{ij}; ``flat`` rows
    whose entries are written b_{1j}; ``gradients`` the variables that gradients are taken by; ``forms`` with what
    arguments each function is called, ``callees`` its name and subscript; ``valued`` letters that stand for values, as
    arguments of functions, ``valued_classes`` what they run over, ``endless`` those of them that no sum says to be
    finitely many; ``draws`` what expectations are over, and where; ``distributions`` families of weights that sum to
    one along a slot, and where that is said, ``joint`` those that do along all their slots; ``bracket_means``: \\langle
    X \\rangle is an expectation; ``sampled`` letters that examples are summed over by, ``examples`` the range class of
    each set of examples, ``nameless`` the index of a sum over examples that has none, ``common`` the names of what is
    the same for all examples, ``lifted`` the families that are read for each example, and of which examples;
    ``entrywise`` unknown functions whose derivative stands beside an elementwise product, so that f(z) of a vector is
    that of each entry; ``pieces`` how many lines say what f(x), or f alone, is; ``partial`` the values for which one of
    several lines says so, ``told`` after how many paragraphs of words each quantity was defined;
    ``factors`` names of functions that are numbers here; ``asides`` the names of quantities with the meaning that
    running text gives them in passing, each after how many steps and paragraphs, and in what manner; ``lettered`` the
    family that a_k is where another one, a_j, has that name and k counts another layer (w_{kj}, too); ``applied`` names
    that stand before brackets only, and before one that holds a name: functions, never factors; ``mean``: E is the
    expectation, no number; ``exponents`` letters that are exponents or labels, and so numbers, ``unread`` names of
    which a formula says something that could not be read, ``failed`` those that it would have defined, with the section
    and the place, and ``instead`` what another formula defined after it, ``equated`` which names stand in the formulas
    that say what each is; ``overloaded`` names of functions that are one of p, and another of p and q, or of q;
    ``indicators``: the words speak of them; ``other_signs`` those that are no products by the words; ``log_base`` that
    of ``\\log``, 0 for e, None if it is not clear; ``matrices_by_word`` letters that the words call matrices;
    ``activations`` the functions that the words say letters to be, "" for any; ``wholes`` the vectors that only their
    font tells from these; ``steps`` letters of steps in time, as in h_{t-1}; ``differentiated`` names in what is
    differentiated, where nothing is expected; ``not_put_in`` what names are by words that make no assumption;
    ``in_columns``: matrices hold vectors in their columns; ``own_delta``: a line defines \\delta_{nk} as something else
    than Kronecker's; ``own_e``: something is differentiated by e; ``short`` the losses L by which names as dz are
    defined, dz = dL/dz; ``turned`` names of which a member is transposed, w_i^T.
    """

    ranges: Ranges = field(default_factory=Ranges)
    versions: dict[Head, str] = field(default_factory=dict)
    definitions: dict[Head, tuple[Definition, ...]] = field(default_factory=dict)
    members: dict[Head, dict[tuple[str | int, ...], Definition]] = field(default_factory=dict)  # the same, by ``shape``
    defined_at: dict[Head, Span] = field(default_factory=dict)
    functions: dict[tuple[str, int], Function] = field(default_factory=dict)
    hidden: dict[Head, tuple[tuple[str, ...], Head]] = field(default_factory=dict)
    arrays: dict[str, object] = field(default_factory=dict)
    heads: dict[str, set[Head]] = field(default_factory=dict)
    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)
    declared: dict[str, Range] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    minimum: dict[str, int] = field(default_factory=dict)
    size_names: set[str] = field(default_factory=set)
    scripted_sizes: set[str] = field(default_factory=set)  # "n_in": sums run to n_{\text{in}}
    sub_letters: set[str] = field(default_factory=set)
    unit_sizes: set[str] = field(default_factory=set)
    index_names: set[str] = field(default_factory=set)
    bound_names: set[str] = field(default_factory=set)
    pairs: set[str] = field(default_factory=set)
    call_texts: dict[str, set[str]] = field(default_factory=dict)
    arguments: dict[str, Node] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    applied: set[str] = field(default_factory=set)
    mean: bool = False
    exponents: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    wholes: dict[str, str] = field(default_factory=dict)
    activations: dict[str, str] = field(default_factory=dict)
    said_functions: set[str] = field(default_factory=set)  # that words call so: no factors before a bracket
    matrices_by_word: set[str] = field(default_factory=set)
    matrix_families: set[str] = field(default_factory=set)  # of which the words call members matrices: W_1
    log_base: int | None = 0
    overloaded: set[str] = field(default_factory=set)
    other_signs: set[str] = field(default_factory=set)
    losses: set[Head] = field(default_factory=set)  # what is nothing but differentiated, whatever its letter
    laws: set[str] = field(default_factory=set)  # what is called with a bar, p(x|y), and so is no factor before p(x)
    other_bars: set[str] = field(default_factory=set)  # letters whose bars are no determinant or absolute value
    counted_sets: set[str] = field(default_factory=set)  # letters of sets S, and |S| is how many are in it
    indicators: bool = False
    unread: dict[str, Unread] = field(default_factory=dict)
    statistics: dict[str, Statistic] = field(default_factory=dict)  # what is defined by words only
    failed: dict[Head, tuple[int, Span]] = field(default_factory=dict)
    instead: dict[Head, Span] = field(default_factory=dict)
    equated: dict[str, set[str]] = field(default_factory=dict)
    namesakes: set[str] = field(default_factory=set)
    awaited: dict[str, Node] = field(default_factory=dict)
    vector_functions: set[str] = field(default_factory=set)  # unknown ones whose values are vectors
    instances: set[Head] = field(default_factory=set)  # what is defined as an example, and says nothing of lines before
    bare: Counter[str] = field(default_factory=Counter)
    opaque: set[str] = field(default_factory=set)
    entrywise: set[str] = field(default_factory=set)
    short: set[Head] = field(default_factory=set)
    turned: set[str] = field(default_factory=set)
    behind_rows: set[str] = field(default_factory=set)  # names of which a member stands behind a row, w^T x_i
    labels: set[str] = field(default_factory=set)
    assumptions: list[Assumption] = field(default_factory=list)
    cases: list[list[Assumption]] = field(default_factory=list)
    numerators: set[Head] = field(default_factory=set)
    differentiated: frozenset[str] = frozenset()
    regression: bool = False  # whether the words speak of one
    own_delta: bool = False
    own_e: bool = False
    earlier: set[str] = field(default_factory=set)  # names of what stands with t-1
    in_columns: bool = False
    not_put_in: dict[str, str] = field(default_factory=dict)
    placed: dict[Head, str] = field(default_factory=dict)  # one-hot vectors that are defined by the place of their 1
    true_classes: set[str] = field(default_factory=set)  # the letters that words call the true class
    hot: set[tuple[str, str]] = field(default_factory=set)  # what is one-hot, with each index said beside
    variables: set[Head] = field(default_factory=set)
    together: list[set[Head]] = field(default_factory=list)
    rates: set[tuple[Head, Head]] = field(default_factory=set)
    einstein: bool = False
    chosen: dict[str, tuple[Head, str]] = field(default_factory=dict)
    now: int = 0
    vectors: set[str] = field(default_factory=set)
    matrices: set[str] = field(default_factory=set)
    squares: set[str] = field(default_factory=set)
    order: dict[tuple[Head, tuple], int] = field(default_factory=dict)
    standard: set[str] = field(default_factory=set)
    time: bool = False
    two_valued: set[Head] = field(default_factory=set)
    member_families: dict[Head, bool] = field(default_factory=dict)  # what is in sets, and if more is said of these
    two_numbers: dict[str, set[str]] = field(default_factory=dict)  # "binary" or "sign", by what is said of a name
    divisors: set[str] = field(default_factory=set)
    layers: set[str] = field(default_factory=set)
    operators: set[str] = field(default_factory=set)
    auto: set[Head] = field(default_factory=set)
    primed: set[str] = field(default_factory=set)
    sets: dict[str, str] = field(default_factory=dict)  # those that sums run over, by their sizes
    refused: set[tuple[str, int, int]] = field(default_factory=set)  # of which a definition was not taken up
    listed: set[int] = field(default_factory=set)  # to which numbers all members of something are written out
    uses: Uses = field(default_factory=Uses)  # which names are functions of what stands in brackets after them
    unclear_signs: set[Span] = field(default_factory=set)  # of transposition or labels, or powers
    doubtful_primes: set[str] = field(default_factory=set)  # of which a prime may transpose, or differentiate
    unsaid_numbers: frozenset[str] = frozenset()  # that may be values of the functions they are named like
    function_divisors: frozenset[tuple[str, str]] = frozenset()  # what is divided by one's bare name
    numbered: set[str] = field(default_factory=set)
    index_classes: dict[str, str] = field(default_factory=dict)
    index_sizes: dict[str, str] = field(default_factory=dict)
    hinted: dict[str, Range] = field(default_factory=dict)
    value_sets: dict[str, str] = field(default_factory=dict)
    hinted_classes: dict[str, str] = field(default_factory=dict)
    stated: dict[Assumption, Said] = field(default_factory=dict)
    withdrawn: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    softened: list[int] = field(default_factory=list)  # sentences from which on the targets need not be one-hot
    hot_since: dict[Head, list[int]] = field(default_factory=dict)  # where the words define a one-hot vector
    symmetric_since: dict[str, list[int]] = field(default_factory=dict)
    calls: dict[tuple[str, int], tuple[dict, dict]] = field(default_factory=dict)
    kinds: dict[tuple[str, int, int], str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    layered: set[str] = field(default_factory=set)
    layered_subs: set[str] = field(default_factory=set)
    softmax: bool = False
    symmetric: dict[str, str] = field(default_factory=dict)
    supposed_symmetric: set[str] = field(default_factory=set)  # of which words only suppose that they are
    solutions: set[tuple[Head, int]] = field(default_factory=set)
    solved_for: set[tuple[Head, int]] = field(default_factory=set)
    announced: set[Head] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    restated: set[str] = field(default_factory=set)
    inverses: dict[Head, tuple[str, Term]] = field(default_factory=dict)
    determinants: dict[Head, tuple[str, Term]] = field(default_factory=dict)
    equal_to_transposes: set[str] = field(default_factory=set)
    signs: dict[Head, str] = field(default_factory=dict)
    signs_since: dict[Head, int] = field(default_factory=dict)
    two_conventions: set[str] = field(default_factory=set)
    upper: set[str] = field(default_factory=set)
    basis: set[str] = field(default_factory=set)
    rowwise: bool | None = None
    jacobians: bool = False
    row_families: dict[str, str] = field(default_factory=dict)
    entry_families: dict[str, str] = field(default_factory=dict)
    flat: set[str] = field(default_factory=set)
    gradients: dict[str, Node] = field(default_factory=dict)
    forms: dict[str, dict[str, Node]] = field(default_factory=dict)
    callees: dict[str, tuple[Symbol, Node | None]] = field(default_factory=dict)
    valued: set[str] = field(default_factory=set)
    valued_classes: dict[str, str] = field(default_factory=dict)
    endless: set[str] = field(default_factory=set)
    draws: dict[str, tuple[Node, Span]] = field(default_factory=dict)
    distributions: dict[tuple[Head, int], Span] = field(default_factory=dict)
    joint: dict[Head, Span] = field(default_factory=dict)
    bracket_means: bool = False
    sampled: set[str] = field(default_factory=set)
    examples: dict[str, str] = field(default_factory=dict)
    common: set[str] = field(default_factory=set)
    nameless: str = ""
    lifted: dict[Head, set[str]] = field(default_factory=dict)
    pieces: Counter[str] = field(default_factory=Counter)
    told: dict[str, int] = field(default_factory=dict)
    partial: dict[Head, tuple[Assumption, ...]] = field(default_factory=dict)
    factors: set[str] = field(default_factory=set)
    asides: dict[str, list[tuple[int, int, str, str]]] = field(default_factory=dict)
    conditional: list[Conditional] = field(default_factory=list)  # definitions that words make under a condition
    cased: dict[str, list[InCase]] = field(default_factory=dict)  # what is said of a quantity in one case only
    lettered: dict[tuple[str, tuple[Index, ...]], str] = field(default_factory=dict)

    def name(self, written: str, subs: int = 0, sups: int = 0) -> str:
        return self.versions.get(Head(written, subs, sups), written)

    def is_square(self, name: str, sup: Node | None) -> bool:
        r"""Whether a letter with this superscript is a symbol of its own, as the variance ``\sigma^2`` is."""
        return isinstance(sup, Number) and sup.text == "2" and name in self.squares

    def entries_of(self, matrices: Iterable[str]) -> set[Head]:
        """The families of the entries of matrices, or of the members of families of matrices."""
        named = ((name, of_members(name)) for name in matrices)
        return {Head(self.name(base, 3), 3, 0) if base else Head(self.name(name, 2), 2, 0) for name, base in named}

    def is_withdrawn(self, names: Set[str], said: int, at: int) -> bool:
        """Whether what the sentence ``said`` says of ``names`` holds no longer, or not yet, after sentence ``at``."""
        return any(names & freed and n <= at and (said < n or said > at) for n, freed in self.withdrawn)

    def is_softened(self, head: Head, said: int, at: int) -> bool:
        """Whether what the sentence ``said`` says to be one-hot need not be so after the sentence ``at``.

        If other targets are made of it, q_k = (1 - a) t_k + a/K, it is those that are soft.
        """
        return any(n <= at and (said < n or said > at) for n in self.softened) and not any(
            any(isinstance(t, Var) and t.head == head for t in subterms(d.body))
            and not any(isinstance(t, Fn) for t in subterms(d.body))
            for other, made in self.definitions.items()
            for d in made
            if other != head and d.params
        )

    def defines(self, name: str, subs: int, sups: int | None = None) -> bool:
        """Whether ``name`` with that many subscripts (and labels, or any number of them) has a definition."""
        for counts in range(3) if sups is None else (sups,):
            head = Head(self.name(name, subs, counts), subs, counts)
            if head in self.definitions or head in self.hidden:
                return True
        return False

    def define(self, name: str, params: tuple[str | int, ...], subs: int, body: Term, span: Span) -> Head:
        """Define the family member.

        A free index of the body that is no parameter, but is summed over elsewhere, becomes a hidden parameter: with
        ``u = x^{(i)}``, the u inside a sum over i is that of each sample. Any other stays what it is, one fixed index.
        """
        body = summed_over_classes(body, self)
        named = {p for p in params if isinstance(p, str)}
        hidden = tuple(sorted(i for i in body.free - named if i in self.bound_names and i not in self.size_names))
        shown = Head(self.name(name, subs, len(params) - subs), subs, len(params) - subs)
        head = Head(shown.name, subs, shown.sups + len(hidden))
        if hidden:
            self.hidden[shown] = (hidden, head)
        definition = Definition((*params, *hidden), body)
        members = self.members.setdefault(head, {})
        members.pop(shape(definition.params), None)
        members[shape(definition.params)] = definition
        self.definitions[head] = tuple(members.values())
        self.defined_at[head] = span
        self.order[head, definition.params] = self.now
        for key in sorted(self.lifted.get(head, ())):
            self._define_lifted(head, key)
        return head

    def spread(self, shown: Head, body: Term) -> None:
        """Put the members for ``shown``, under the sums that bind them, in the definitions that say ``body``.

        So it is with an ``h(x^{(i)})`` of which it is said in hindsight that it differs between the members.
        """
        names, head = self.hidden[shown]

        def member(part: Term) -> Term | None:
            if isinstance(part, Var) and part.head == shown:
                return Var(head.name, part.subs, (*part.sups, *names))
            return None

        known = rewritten(body, member, {})
        if not known.free <= body.free:
            return
        for whole, members in self.members.items():
            saying = {k: Definition(d.params, known) for k, d in members.items() if d.body is body}
            if saying and whole in self.definitions:
                members |= saying
                self.definitions[whole] = tuple(members.values())

    def per_example(self, term: Term) -> set[Head]:
        """The families in ``term`` that may differ between examples, if it belongs to one."""
        heads = {t.head for t in subterms(term) if isinstance(t, Var)}
        return {h for h in heads if MARK not in h.name and base_name(h.name) not in self.common}

    def lift(self, term: Term, key: str, index: str) -> Term:
        """``term`` for the example ``index`` of the examples ``key``: a becomes a^{(index)}."""

        def lifted(part: Term) -> Term | None:
            if isinstance(part, Var) and part.head in self.per_example(part):
                return Var(self._lifted(part.head, key).name, part.subs, (*part.sups, index))
            if isinstance(part, Sum) and part.index == index:
                other = fresh(index, {*part.free, *part.body.free})
                return type(part)(other, part.range, read(rename(part.body, {index: other})))
            return None

        def read(part: Term) -> Term:
            return rewritten(part, lifted, memo)

        memo: dict[Term, Term] = {}
        return read(term)

    def _lifted(self, head: Head, key: str) -> Head:
        """The family of what ``head`` is for each of the examples ``key``."""
        wide = Head(f"{head.name}{MARK}{key}", head.subs, head.sups + 1)
        if key not in self.lifted.setdefault(head, set()):
            self.lifted[head].add(key)
            slots = head.subs + head.sups
            for n in range(slots):
                self.ranges.unite(self.ranges.slot(head, n), self.ranges.slot(wide, n))
            self.ranges.unite(self.examples[key], self.ranges.slot(wide, slots))
            self._define_lifted(head, key)
        return wide

    def _define_lifted(self, head: Head, key: str) -> None:
        """What ``head`` is defined to be, for each of the examples ``key``."""
        made = self.definitions.get(head)
        if not made:
            return
        wide = Head(f"{head.name}{MARK}{key}", head.subs, head.sups + 1)
        definitions = []
        for definition in made:
            index = fresh(key.partition(":")[0], {*map(str, definition.params), *definition.body.free})
            lifted = Definition((*definition.params, index), self.lift(definition.body, key, index))
            definitions.append(lifted)
            self.order[wide, lifted.params] = self.order[head, definition.params]
        self.members[wide] = {shape(definition.params): definition for definition in definitions}
        self.definitions[wide] = tuple(definitions)

    def new_version(self, written: str, subs: int = 0, sups: int = 0) -> None:
        """From here on ``written`` with that many subscripts and labels means something else."""
        base, _, number = self.name(written, subs, sups).partition("#")
        self.versions[Head(written, subs, sups)] = f"{base}#{int(number or 1) + 1}"
        self.functions.pop((written, subs), None)
        if not subs:
            self.arrays.pop(written, None)

    def knows(self, name: str) -> bool:
        """Whether a quantity of this name occurs, in any layer."""
        return bool(self.heads.get(name)) or any(name in (s, s.partition("^{")[0]) for s in self.shapes)

    def size(self, name: str) -> Size:
        return self.sizes.get(name, name)

    def size_of(self, text: str) -> Size:
        """The length that ``text`` names: a number, or a size of the document."""
        if text.isdigit():
            return int(text)
        self.size_names.add(text)
        self.ranges.taken.add(text)
        return self.size(text)

    def give_shape(self, name: str, lengths: Sequence[str]) -> None:
        """Declare the shape of ``name``: ``("m", "n")``, ``("1", "n")`` for a row, ``("n",)`` for a column."""
        kept = [length for length in lengths if length != "1"]
        if len(lengths) == 2 and lengths[0] == "1" and kept:
            self.rows.add(name)
        self.shapes[name] = tuple(kept)
        head = Head(self.name(name, len(kept)), len(kept), 0)
        for n, length in enumerate(kept):
            self.ranges.declare(self.ranges.slot(head, n), Range(1, self.size_of(length)), surely=True)

    def in_force(self) -> tuple[Assumption, ...]:
        return tuple(self.assumptions) + tuple(a for case in self.cases for a in case)

    def as_called(self, term: Term) -> Term:
        r"""``term`` with each function that the author never writes alone as it was defined: ``\sigma(x)``."""

        def called(part: Term) -> Term | None:
            if not isinstance(part, Var) or part.indices:
                return None
            written = part.name.partition("#")[0]
            function = self.functions.get((written, 0))
            if function is None or self.bare[written]:
                return None
            names = (parameter.var or parameter.family for parameter in function.parameters)
            return Var(f"{written}({', '.join(part.name for part in names if part is not None)})", (), ())

        return rewritten(term, called)

    def speaks_of(self, names: Iterable[str]) -> set[str]:
        """``names``, those that stand in the formulas that say what they are, and in those of these, and so on."""
        found: set[str] = set()
        queue = list(names)
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += self.equated.get(name, ())
        return found

    def in_words(self, body: Term, by: Head, context: Context) -> tuple[Var, Statistic] | None:
        """What words alone define in ``body``, and may depend on ``by``, as nothing else shows that it does."""
        for part in reached((body,), context.definitions) if self.statistics else ():
            found = self.statistics.get(shown(part.name)) if isinstance(part, Var) else None
            if not isinstance(part, Var) or found is None or part.head == by or part.head in context.definitions:
                continue
            tied = (part.head, by) in context.dependent or part.head in context.through
            named = shown(by.name) not in found.apart
            if found.names:
                reached_by = self.speaks_of(found.names)
                named = shown(by.name) in reached_by
                named |= any(b == by and shown(a.name) in reached_by for a, b in context.dependent)
            if named and not tied:
                return part, found
        return None

    def reached(self, *terms: Term) -> set[Head]:
        """The families that terms mention, definitions put in."""
        return families_in(terms, self.definitions)

    def is_intermediate(self, head: Head) -> bool:
        """Whether a family that is differentiated by is differentiated, too, by what its definition mentions.

        Or else what is differentiated by it is so by that as well, and is a loss of which nothing else is known. Then a
        definition that comes later says what it is; of any other variable it may say where a minimum lies.
        """
        losses = {a for a, b in self.rates if b == head and (a.name in LOSSES or a in self.losses)}
        losses -= self.definitions.keys()
        by = {b for a, b in self.rates if a == head or a in losses} - {head}
        return bool(by) and not by.isdisjoint(self.reached(*(d.body for d in self.definitions.get(head, ()))))

    def below(self, head: Head, layers: Mapping[Head, tuple[Definition, ...]] | None = None) -> set[Head]:
        """What the family depends on: what its definitions mention, and what it is differentiated by somewhere.

        ``layers`` are definitions of further layers.
        """
        known = {**self.definitions, **(layers or {})}
        found: set[Head] = set()
        queue = [head]
        while queue:
            top = queue.pop()
            bodies = [d.body for d in known.get(top, ())]
            new = self.reached(*bodies).union(b for a, b in self.rates if a == top) - found
            found |= new
            queue += new
        return found - {head}
