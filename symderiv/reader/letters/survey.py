r"""What the whole document uses, found before it is read in order: names of sizes and indices, families, fonts, habits.

A symbol's use further down often tells how to read it here. This module must never make a definition.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, letter_of, plain
from symderiv.reader.grammar.nodes import (
    arguments,
    before_bar,
    call_name,
    differential,
    divergence,
    drawn_names,
    drawn_together,
    every,
    index_count,
    index_names,
    is_transpose,
    letters_called,
    names_in,
    parts_of,
    stands_as_value,
    syntax_parts,
    value_name,
    word_before,
)
from symderiv.reader.grammar.vocabulary import BOLD, ELEMENTWISE, IDENTITY, INDEX_LETTERS
from symderiv.reader.letters.bounds import NUMBER_PI
from symderiv.reader.letters.symbols import STANDARD, Symbols
from symderiv.terms import Head, Range

OUTPUTS = frozenset("azposhuyfgq")  # letters of what is computed for an example
CONSTANTS = frozenset((r"\lambda", r"\eta", r"\alpha", r"\epsilon", r"\varepsilon"))  # the same for all examples
EXAMPLES = (
    r"\b(training|examples?|samples?|data ?(set|points?)|observations?|instances?|donn[ée]es|exemples?|muestras?"
    r"|ejemplos|datos|Daten(punkte)?|Beispiele)\b|样本|樣本|训练|訓練|数据|データ|サンプル|데이터|샘플|훈련"
)
DRESSES = (r"\hat", r"\widehat", r"\tilde", r"\bar")
FUNCTION_LETTERS = ("f", "g", "h", "F", "G", r"\phi", r"\psi", r"\varphi")
EXPECTED = re.compile(
    r"\b(?:expect|random|varianc|covarianc|erwart|varian[zc]|espér|espera|ожидан|дисперс)|期望|期待|方差", re.IGNORECASE
)
SIZES = ("K", "N", "M", "n", "m")  # letters that are sizes though an equation says how large
UNIT_SIZES = frozenset("ndmpqrk")  # letters of lengths, as in I_d
CONFUSION = frozenset({"TP", "FP", "TN", "FN"})  # counts of true and false positives and negatives
OPERATOR = re.compile(r"(?<!hadamard )(?<!linear )(?<!of )\boperators?\b(?!\s+norm)|算子|연산자", re.IGNORECASE)
POSITIVE = re.compile(r"\\(?:var)?sigma\b|\\tau\b|(?<![A-Za-z\\])[sSdDrR]\b")  # deviations, distances and radii
NAMESAKES = frozenset("abcduvghpqrs")  # letters for indices that name other things as well


def _numbered(node: syntax.Node) -> Iterator[tuple[str, str]]:
    """The name and the number above it, of ``z^1``."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sup=syntax.Number(text=text), primes=0):
            yield plain(name), text


class Survey:
    """Looks through all formulas and notes in ``symbols`` what they use."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.singles: dict[str, int] = {}  # how often a name has one index
        self.ones = self.sums = 0
        self.operator = ""
        self.lefts: set[tuple[str, str]] = set()  # z^1 and a^2 on the left of equations, and what has a 1 above it
        self.firsts_of_layers: set[str] = set()
        self.numbered: set[str] = set()  # names with numbers for labels, with letters, and with letters of layers
        self.lettered: set[str] = set()
        self.layers: dict[str, set[str]] = {}
        self.counted: set[str] = set()  # names with numbers for subscripts, with other subscripts, and transposed
        self.indexed: set[str] = set()
        self.firsts: dict[str, set[str]] = {}  # what stands first in the pairs of indices of a name
        self.dotted: set[str] = set()  # the subscripts of last terms behind dots
        self.scripted: set[str] = set()  # what stands in subscripts and labels
        self.summed: Counter[str] = Counter()  # letters that stand below a sum
        self.named: set[str] = set()  # what an equation says something of, and what is differentiated, and by what
        self.tops: set[str] = set()
        self.variables: set[str] = set()
        self.averages: dict[str, set[str]] = {}
        self.bodies: list[tuple[str, syntax.Node]] = []  # what is summed, for each letter below a sum
        self.callers: dict[str, set[str]] = {}  # what is called with each letter
        self.drawn_values: set[str] = set()  # what they draw, with subscripts and primes: y_w, y'
        self.drawn: set[str] = set()  # letters that expectations and integrals run over, and names of distributions
        self.expected: set[Span] = set()  # the E_p of E_p[f]
        self.weights: set[str] = set()
        self.conditioned: set[str] = set()  # letters before a bar, as y in p(y|x)
        self.subscripts: dict[str, set[str]] = {}  # what stands below each letter, "" for a number
        self.bold: dict[str, set[str]] = {}  # the same for letters in bold type, and in any other
        self.light: dict[str, set[str]] = {}
        self.divided: set[str] = set()  # what sums are divided by, as averages are
        self.temperatures: set[str] = set()  # what exponents are divided by
        self.boxed: Counter[str] = Counter()  # how often a name stands before a bracket that ``bare`` does not count
        self.energies: set[str] = set()  # what stands alone on the left of an equation, or is differentiated
        self.sole: set[str] = set()  # names before a bracket that holds one name, or several with commas
        self.squared: Counter[str] = Counter()  # how often each letter is squared
        self.valued: set[str] = set()  # what the left side of an equation is, by itself
        self.functions: set[str] = set()  # what an equation says of a name and brackets: Z(x) = ...
        self.alone: set[str] = set()  # what an equation says is a quantity without indices: r = \sigma(u)
        self.stepped: Counter[str] = Counter()  # the t of h_{t-1}, and letters that stand beside others in subscripts
        self.paired: set[str] = set()
        self.marks: set[str] = set()  # superscripts of what stands alone on the left of an equation
        self.raised: Counter[str] = Counter()  # how often a letter is a superscript, and a function with a subscript
        self.named_by_script: Counter[str] = Counter()
        self.classes: set[str] = set()  # the o of P(O = o | C = c)
        self.runs: Counter[str] = Counter()  # capitals without a gap, FL and TP, and letters that stand alone
        self.lone: set[str] = set()
        self.joined: set[Span] = set()
        self.spoken: set[str] = set()  # what stands alone in a formula, or is compared: $\pi$, 0 < p < 1
        self.signed = False  # whether the words speak of distances with a sign
        self.nameless = False  # whether a sum says nothing of what it runs over

    def row(self, row: syntax.Row) -> None:
        first = row.segments[0].side if len(row.segments) > 1 else None
        for one, other in pairwise(row.segments):
            begins = one.relation is None or one.relation in ("implies", "therefore")
            if begins and other.relation and isinstance(one.side, syntax.Scripted):
                self.square(one.side)
                self.lefts.update(_numbered(one.side))
        match first:  # p^t_i, u^s(x)
            case syntax.Product(factors=(syntax.Scripted() as raised, syntax.Group(open="(" | "[")), operators=("",)):
                self._marked(raised)
            case syntax.Scripted():
                self._marked(first)
        if isinstance(first, syntax.Symbol):
            self.energies.add(plain(first.name))
        match first:
            case syntax.Product(factors=(syntax.Symbol() as called, syntax.Group(open="(") as group), operators=("",)):
                self.functions.add(plain(called.name))
                for argument in arguments(group.body):
                    self.square(argument)  # L(\mu, \sigma^2)
        if isinstance(first, syntax.Symbol | syntax.Scripted) and row.segments[1].relation in ("=", ":="):
            self.symbols.pieces.update(_bases(first))
        composed = row.segments[1].side if len(row.segments) > 1 else None
        base, _, sup, _ = parts_of(first) if isinstance(first, syntax.Node) else (None, None, None, 0)
        if isinstance(base, syntax.Symbol):
            sides = [segment.side for segment in row.segments[1:] if isinstance(segment.side, syntax.Node)]
            self.symbols.equated.setdefault(plain(base.name), set()).update(*map(names_in, sides))
        if isinstance(base, syntax.Symbol) and sup is None and isinstance(composed, syntax.Node):
            self.valued |= {plain(base.name)} - set(names_in(composed))
        if isinstance(first, syntax.Symbol) and isinstance(composed, syntax.Product | syntax.Add | syntax.BigOp):
            self.alone.add(plain(first.name))
        if isinstance(first, syntax.Node) and isinstance(composed, syntax.Node):
            self.alone |= _numbers_below(first, composed)
        if isinstance(first, syntax.Node):
            self._named(first, row.segments[1].side)
            call = isinstance(first, syntax.Product) and isinstance(parts_of(first.factors[-1])[0], syntax.Group)
            if isinstance(first, syntax.Product) and call and not parts_of(first.factors[0])[3]:
                self.symbols.pieces.update(_bases(first.factors[0]))
        if all(s.relation in (None, "in", "<", ">", "<=", ">=") for s in row.segments):
            self.spoken |= {plain(s.side.name) for s in row.segments if isinstance(s.side, syntax.Symbol)}
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                self.node(segment.side)
                self.lone |= {segment.side.name} if isinstance(segment.side, syntax.Symbol) else set()

    def settle(self, words: str) -> None:
        """Draw the conclusions that need the whole document and its words."""
        self.signed = re.search(r"\bsigned\b|\bresiduals?\b", words) is not None
        symbols = self.symbols
        self._sizes()
        symbols.index_names |= self.classes & symbols.sub_letters
        elsewhere = set().union(*(below for name, below in self.subscripts.items() if name not in IDENTITY))
        indices = elsewhere | symbols.bound_names | self.classes | self.summed.keys()
        below = set().union(*(self.subscripts.get(name, set()) for name in IDENTITY))
        symbols.unit_sizes = below & UNIT_SIZES - indices
        summed = {name for name, count in self.stepped.items() if self.summed[name] >= count}
        symbols.steps = self.stepped.keys() - self.paired - summed
        symbols.ranges.steps = symbols.steps
        symbols.index_names -= symbols.steps
        changing = {name for name, below in self.subscripts.items() if below <= symbols.steps}
        for name in changing:
            if name in symbols.heads:
                symbols.heads[name] = {head for head in symbols.heads[name] if head[1:] != (1, 0)}
                if not symbols.heads[name]:
                    del symbols.heads[name]
        # p^t_i = ... names the p_i of a teacher t, where t is a number nowhere
        symbols.labels |= {f"^{mark}" for mark in self.marks - {"T"} if self._only_raised(mark)}
        if self.operator and OPERATOR.search(words):
            symbols.operators.add(self.operator)
            symbols.called.update(name for name in symbols.call_texts if name in FUNCTION_LETTERS)
        whole = {name for name in self.sole | set(FUNCTION_LETTERS) if symbols.bare[name] <= self.boxed[name]}
        symbols.applied = whole - symbols.heads.keys()
        energy = "E" in self.functions and "E" in self.tops | symbols.primed  # E(w) = ..., and its gradient
        if not energy and "E" not in self.energies | self.variables | symbols.heads.keys():
            symbols.mean = "E" in self.sole or bool(EXPECTED.search(words))
        symbols.applied |= {"E"} if symbols.mean else set()
        symbols.words = {run for run, count in self.runs.items() if count > 1 and self.lone.isdisjoint(run)}
        if len(counts := self.runs.keys() & CONFUSION) > 1:
            symbols.words |= counts
        symbols.size_names |= self.dotted - symbols.bound_names
        symbols.ranges.taken |= self.dotted - symbols.bound_names
        # an index n, and a size n beside it, would be mixed up
        symbols.ranges.taken |= self.scripted | symbols.index_names
        symbols.namesakes = ({*symbols.heads, *self.alone, *changing} & NAMESAKES) - symbols.index_names
        # products with entries 1_j of the vector of ones sum over j without a sign for it
        if self.ones >= 2 and self.sums <= self.ones // 2:
            symbols.einstein = True
        others = self.lettered.union(*(names for letter, names in self.layers.items() if letter != "L"))
        if "L" in symbols.size_names - symbols.bound_names and others.isdisjoint(self.layers.get("L", ())):
            symbols.layers.add("L")  # the a^{(L)} of L layers is that of one layer
        generic = set().union(*(names for letter, names in self.layers.items() if letter not in symbols.layers))
        matrices = any(name[-1:].isupper() for name in self.numbered)
        if matrices:
            symbols.layered = self.numbered - self.lettered - generic
        symbols.own_e = "e" in self.variables
        symbols.flat = {name for name, found in self.firsts.items() if found == {"1"}}
        if any(_capital(name) for name in self.symbols.turned & self.counted - self.indexed):
            symbols.layered_subs = self.counted - self.indexed
        lettered = {name: below - {""} for name, below in self.subscripts.items()}
        in_time = {name for name, below in lettered.items() if below and below <= symbols.steps}
        symbols.layered_subs |= self.counted & in_time  # h_1 = W h_0 beside h_t = W h_{t-1}
        symbols.layered_subs |= {name for name in self.bold if self._is_numbered_in_bold(name)}
        symbols.pairs = {name for name in symbols.pairs if not self.singles.get(name, 0)}
        if len(self.lefts) > 1 and self.firsts_of_layers.intersection(
            name for name, _ in self.lefts
        ):  # z^2 = w^2 a^1 + b^2: nobody writes a first power
            symbols.numbered |= self.firsts_of_layers | {name for name, _ in self.lefts}
            symbols.squares -= symbols.numbered
        symbols.squares = {name for name in symbols.squares if self._is_root(name.partition("_{")[0])}
        self._values()
        self._examples(words)

    def node(self, node: syntax.Node) -> None:
        symbols = self.symbols
        if isinstance(node, syntax.Symbol):
            symbols.bare[plain(node.name)] += 1
        self.firsts_of_layers |= {name for name, number in _numbered(node) if number == "1"}
        if isinstance(node, syntax.Scripted) and isinstance(node.sup, syntax.Number) and node.sup.text == "2":
            self.squared.update(_bases(node))
        if (
            isinstance(node, syntax.Scripted)
            and isinstance(node.sup, syntax.Add)
            and any(isinstance(x, syntax.Symbol) and x.name == "t" for _, x in node.sup.terms)
        ):
            symbols.time = True
        if isinstance(node, syntax.Scripted):
            self._labelled(node)
            if (mark := _raised(node)) is not None:
                self.raised[mark] += 1
        if isinstance(node, syntax.Scripted) and isinstance(node.sup, syntax.Group) and node.sup.open in ("(", "["):
            match node.sup.body:
                case syntax.Add(terms=((_, syntax.Symbol() as letter), (_, syntax.Number()))):
                    symbols.layers.add(plain(letter.name))
        if isinstance(node, syntax.Quotient):
            symbols.divisors.update(_dividing(node.denominator))
        self.temperatures.update(_temperatures(node))
        match node:
            case syntax.BigOp(kind=r"\mathbb{E}", sub=sub):
                self._drawn(sub, node)
            case syntax.BigOp(kind=r"\int", sub=sub, body=body):
                self.drawn.update(plain(s.name) for s in (sub,) if isinstance(s, syntax.Symbol))
                if (found := differential(body)) is not None:
                    self.drawn.add(found[1])
            case syntax.Product(factors=factors):
                for f, g in itertools.pairwise(factors):
                    base, sub, above, _ = parts_of(f)
                    member, place, _, _ = parts_of(g)
                    if above is not None and is_transpose(above) and isinstance(member, syntax.Symbol):
                        symbols.behind_rows |= {plain(member.name)} if place is not None else set()
                    named = plain(base.name) if isinstance(base, syntax.Symbol) else ""
                    if named == "E" and sub is not None and isinstance(member, syntax.Group):
                        self._drawn(sub, node)
                        self.expected |= {f.span} if member.open in ("[", r"\{") else set()
                    for side in divergence(f, g) or ():
                        self._drawn(side, node)
        if isinstance(node, syntax.Nabla) and node.variable is not None:
            self.variables |= _bases(node.variable)
            symbols.gradients.setdefault(syntax.sexpr(node.variable), node.variable)
            if isinstance(node.body, syntax.Symbol):
                self.energies.add(plain(node.body.name))
        if isinstance(node, syntax.Nabla) and node.body is not None:
            self.tops |= _bases(node.body)
        if isinstance(node, syntax.DerivativeOp):
            if node.body is not None:
                self.tops |= _bases(node.body)
                if isinstance(node.body, syntax.Symbol):
                    self.energies.add(plain(node.body.name))
            for variable, _ in node.variables:
                self.variables |= _bases(variable)
                if isinstance(variable, syntax.Symbol) and _capital(plain(variable.name)):
                    symbols.matrices.add(plain(variable.name))
                self.square(variable)
                self.cube(variable)
        if isinstance(node, syntax.Add) and any(isinstance(term, syntax.Number) for _, term in node.terms):
            self._factors([term for _, term in node.terms])
        if isinstance(node, syntax.Symbol):
            if node.name in (r"\mathbf{D}", r"\mathrm{D}", r"\mathcal{D}", r"\boldsymbol{D}"):
                self.operator = "D" if node.name != r"\mathcal{D}" else node.name
            _dressed(node.name, symbols)
        if (
            isinstance(node, syntax.Scripted)
            and node.primes
            and node.sub is None
            and isinstance(node.base, syntax.Symbol)
        ):
            symbols.primed.add(plain(node.base.name))
        if (
            isinstance(node, syntax.Scripted)
            and isinstance(node.base, syntax.Symbol)
            and node.sup is not None
            and is_transpose(node.sup)
            and symbols.exponents.isdisjoint(names_in(node.sup))
            and node.sub is None
        ):
            name = plain(node.base.name)
            (symbols.matrices if name[-1:].isupper() or name[-2:-1].isupper() else symbols.vectors).add(name)
        match node:
            case syntax.Given(left=left, right=right):
                for side in (left, right):
                    match side:
                        case syntax.Relation(left=syntax.Symbol(), rest=(("=", syntax.Symbol(name=name)),)):
                            self.classes.add(plain(name))
            case syntax.BigOp(kind=r"\sum" | r"\prod", sub=sub, sup=sup):
                self.sums += 1
                if sub is not None:
                    self.summed.update(names_in(sub))
                    self.bodies += [(name, node.body) for name in set(names_in(sub))]
                self.nameless = self.nameless or (sub is None and sup is None)
                for name in index_names(sub):
                    symbols.index_names.add(name)
                    symbols.bound_names.add(name)
                if isinstance(sup, syntax.Symbol) and plain(sup.name) != r"\infty":
                    symbols.size_names.add(plain(sup.name))
                    symbols.ranges.taken.add(plain(sup.name))
                elif isinstance(sup, syntax.Scripted) and sup.sub is not None and sup.sup is None:
                    symbols.scripted_sizes.add(index_word(sup))
            case syntax.Scripted(base=syntax.Symbol() as base, sub=sub, sup=sup, primes=primes) if sub is not None:
                name = plain(base.name)
                if name != "E":  # what is drawn is no index
                    self.scripted.update(names_in(sub))
                dressed = self.bold if base.name.startswith(BOLD) else self.light
                for places in (self.subscripts, dressed):
                    places.setdefault(name, set()).update(names_in(sub) if any(names_in(sub)) else ("",))
                match sub:
                    case syntax.Add(terms=((_, syntax.Symbol() as step), (sign, syntax.Number(text=number)))):
                        self.stepped[plain(step.name)] += 1
                        if (sign, number) == ("-", "1"):
                            symbols.earlier.add(name)
                    case syntax.Symbol() | syntax.Number():
                        pass
                    case _:
                        self.paired.update(names_in(sub))
                if name == r"\delta" and isinstance(sub, syntax.Product | syntax.Tuple):
                    for part in syntax_parts(sub):
                        if isinstance(part, syntax.Symbol) and len(part.name) == 1 and part.name.isupper():
                            symbols.index_names.add(part.name)
                if base.name in (r"\mathbf{1}", r"\mathbb{1}", r"\boldsymbol{1}") and isinstance(sub, syntax.Symbol):
                    self.ones += 1
                letters = index_count(sub, symbols.index_names)
                pair = list(sub.items if isinstance(sub, syntax.Tuple) else getattr(sub, "factors", ()))
                if len(pair) == 2:
                    self.firsts.setdefault(name, set()).add(syntax.sexpr(pair[0]))
                if letters >= 2:
                    symbols.pairs.add(name)
                elif isinstance(sub, syntax.Number) and len(sub.text) == 2:
                    if self.singles.get(name, 0) == 0:
                        symbols.pairs.add(name)
                elif letters == 1:
                    self.singles[name] = self.singles.get(name, 0) + 1
                if isinstance(sub, syntax.Symbol):
                    symbols.sub_letters.add(plain(sub.name))
                if any(isinstance(x, syntax.Symbol) and x.name == "t" for x in (sub, *syntax_parts(sub))):
                    symbols.time = True
                if letters and not isinstance(sub, syntax.Relation) and node.span not in self.expected:
                    labels = 1 if isinstance(sup, syntax.Group) and sup.open == "(" else 0
                    symbols.heads.setdefault(name, set()).add(Head(name, letters, labels))
            case syntax.Add(terms=terms) if any(isinstance(t, syntax.Ellipsis) for _, t in terms):
                self._dots(terms[-1][1])
            case syntax.Tuple(items=items) if any(isinstance(t, syntax.Ellipsis) for t in items):
                self._dots(items[-1])
            case syntax.Product(factors=factors, operators=operators):
                for f, g in itertools.pairwise(factors):
                    if isinstance(f, syntax.Quotient) and isinstance(f.denominator, syntax.Symbol):
                        self._average_of_ones(plain(f.denominator.name), factors)
                    if isinstance(f, syntax.Quotient) and isinstance(g, syntax.BigOp):
                        self._average(f.denominator, g)
                entrywise = any(op in ELEMENTWISE for op in operators)
                for n, (f, g, op) in enumerate(zip(factors, factors[1:], operators, strict=False), 1):
                    called, below, above, primes = parts_of(f)
                    group = parts_of(g)[0]
                    if op == "" and isinstance(called, syntax.Symbol) and isinstance(group, syntax.Group):
                        self._form(called, below, group)
                        self.named_by_script[plain(called.name)] += below is not None
                    if above is not None and is_transpose(above):
                        continue  # X^T (X w - y) is a product
                    if op == "" and isinstance(called, syntax.Symbol) and isinstance(group, syntax.Group):
                        name = word_before(factors, operators, n) or plain(called.name)
                        self.boxed[name] += below is not None or group.open != "("
                        if below is None and (_sole(group) or (name == "E" and group.open == "[")):
                            self.sole.add(name)
                        if below is not None:
                            if name not in FUNCTION_LETTERS or not isinstance(below, syntax.Symbol | syntax.Tuple):
                                continue
                            name = f"{name}_{{{index_word(below)}}}"  # h_\theta(x)
                        if group.open == "(":
                            symbols.bare[name] -= below is None
                            texts = symbols.call_texts.setdefault(name, set())
                            texts.add(syntax.sexpr(group.body))
                            symbols.arguments[name] = group.body
                            if primes and entrywise:
                                symbols.entrywise.add(name)  # \odot f'(z)
                            if primes or (len(texts) > 1 and (below is not None or name in FUNCTION_LETTERS)):
                                symbols.called.add(name)
        runs = [*_capitals(node)] if isinstance(node, syntax.Product) else []
        for run in runs:
            self.runs["".join(letter.name for letter in run)] += 1
        self.joined.update(letter.span for run in runs for letter in run)
        score = isinstance(node, syntax.Scripted) and node.sup is None and isinstance(node.sub, syntax.Number)  # F1
        for part in syntax_parts(node):
            if isinstance(part, syntax.Symbol) and len(part.name) == 1 and part.span not in self.joined and not score:
                self.lone.add(part.name)
            self.node(part)

    def _is_numbered_in_bold(self, name: str) -> bool:
        r"""The ``\mathbf{u}_1`` beside a ``\mathbf{u}`` with the components u_k is another vector, and no component."""
        components = self.light.get(name, {""})
        return self.bold[name] == {""} and "" not in components and self.symbols.bare[name] > 0

    def _labelled(self, node: syntax.Scripted) -> None:
        """Labels that are numbers only, on a vector or matrix: layers, each of its own shape."""
        base, sub, sup, _ = parts_of(node)
        if isinstance(base, syntax.Symbol) and sub is not None:
            (self.counted if isinstance(sub, syntax.Number) else self.indexed).add(plain(base.name))
            if sup is not None and is_transpose(sup):
                self.symbols.turned.add(plain(base.name))
        if isinstance(sup, syntax.Product) and len(sup.factors) == 2 and is_transpose(sup.factors[1]):
            sup = sup.factors[0]
        if isinstance(base, syntax.Symbol) and isinstance(sup, syntax.Group) and sup.open in ("(", "["):
            name = plain(base.name)
            match sup.body:
                case syntax.Number():
                    self.numbered.add(name)
                case syntax.Symbol(name=letter) if plain(letter) not in ("l", "L", r"\ell"):
                    self.lettered.add(name)
                case syntax.Symbol(name=letter):
                    self.layers.setdefault(plain(letter), set()).add(name)
                case syntax.Tuple():
                    self.lettered.add(name)

    def _dots(self, last: syntax.Node) -> None:
        r"""``a_1 + \\cdots + a_K``: the K of the last term is a size."""
        if isinstance(last, syntax.Scripted) and isinstance(last.sub, syntax.Symbol):
            name = plain(last.sub.name)
            if len(name) == 1 and (name.isupper() or name in "mn"):
                self.dotted.add(name)
        for part in syntax_parts(last):
            self._dots(part)

    def cube(self, node: syntax.Node) -> None:
        r"""``\partial/\partial z_0^3``: nobody differentiates by a cube or defines one, so the 3 is a label."""
        base, _, sup, _ = parts_of(node)
        if isinstance(base, syntax.Symbol) and isinstance(sup, syntax.Number) and sup.text not in ("2", "1"):
            self.symbols.numbered.add(plain(base.name))

    def square(self, node: syntax.Node) -> None:
        r"""``\sigma^2 = ...`` and ``\partial/\partial\sigma^2``: the square is a symbol of its own."""
        base, sub, sup, primes = parts_of(node)
        if isinstance(base, syntax.Symbol) and isinstance(sup, syntax.Number) and sup.text == "2" and not primes:
            self.symbols.squares.add(plain(base.name))
            if isinstance(sub, syntax.Symbol):
                self.symbols.squares.add(f"{plain(base.name)}_{{{plain(sub.name)}}}")

    def pi_is_number(self, text: str) -> bool:
        r"""Whether \pi is the number in all of the document: no policy, no probability, nothing that it says of it."""
        said = self.variables | self.valued | self.callers.keys() | self.spoken | self.symbols.called
        return (
            r"\pi" not in said | self.symbols.heads.keys() | self.symbols.call_texts.keys()
            and NUMBER_PI.search(text) is not None
        )

    def _is_root(self, name: str) -> bool:
        """Whether a name whose square has been given a value is the root of it: nothing else is, and it is positive."""
        if name in self.valued:
            return False
        return (bool(POSITIVE.search(name)) and not self.signed) or self.symbols.bare[name] <= self.squared[name]

    def _factors(self, terms: Sequence[syntax.Node]) -> None:
        r"""``1 + e^{-\sigma(s_i - s_j)}``: nobody writes a sigmoid of a sigmoid so, and \sigma is a number."""
        for term in terms:
            if not isinstance(term, syntax.Scripted) or syntax.sexpr(term.base) != "e" or term.sup is None:
                continue
            for part in every(term.sup):
                if isinstance(part, syntax.Product) and syntax.sexpr(part.factors[0]) == r"\sigma":
                    self.symbols.factors.add(r"\sigma")

    def _average_of_ones(self, size: str, factors: tuple[syntax.Node, ...]) -> None:
        r"""``\frac{1}{H} 1_h x_h``: the average of a sum that Einstein leaves out."""
        for factor in factors:
            if (
                isinstance(factor, syntax.Scripted)
                and isinstance(factor.base, syntax.Symbol)
                and isinstance(factor.sub, syntax.Symbol)
            ) and (
                factor.base.name in (r"\mathbf{1}", r"\mathbb{1}", r"\boldsymbol{1}")
                and len(size) == 1
                and size.isupper()
            ):
                self.symbols.hinted[plain(factor.sub.name)] = Range(1, size)
                self.symbols.size_names.add(size)
                self.symbols.ranges.taken.add(size)

    def _average(self, below: syntax.Node, node: syntax.BigOp) -> None:
        r"""``\frac{1}{N} \sum_p`` and ``\frac{1}{2N} \sum_p``: an average, so N is the size of what p runs over."""
        match below:
            case syntax.Product(factors=(syntax.Number(text="2"), syntax.Symbol() as symbol), operators=("",)):
                below = symbol
        if not isinstance(below, syntax.Symbol):
            return
        size = plain(below.name)
        if len(size) == 1 and node.sup is None and (size.isupper() or size in "dmn"):
            for name in index_names(node.sub) if node.sub is not None else ("",):
                self.averages.setdefault(name, set()).add(size)
                self.symbols.index_sizes[name] = size
            self.divided.add(size)

    def _sizes(self) -> None:
        r"""What averages divide by are sizes.

        But not the A of ``A = \sum_n x_n^2`` and ``\frac{1}{A} \sum_n t_n``, nor the T of ``e^{z_i/T}``.
        """
        symbols = self.symbols
        quantities = (self.energies | self.functions) - set(SIZES) | self.temperatures
        for name, sizes in self.averages.items():
            sizes -= quantities
            if symbols.index_sizes[name] in quantities:
                del symbols.index_sizes[name]
        symbols.size_names |= self.divided - quantities
        symbols.ranges.taken |= self.divided - quantities

    def _named(self, first: syntax.Node, second: syntax.Node | ReadError | None) -> None:
        """What the left side of an equation names, unless it stands on the right side, too (``w = w - ...``)."""
        names = _bases(first) - self.variables  # else it is a solution
        if isinstance(second, syntax.Node):
            self.named |= names.difference(names_in(second))

    def _form(self, called: syntax.Symbol, below: syntax.Node | None, group: syntax.Group) -> None:
        """A call with letters."""
        letters = letters_called(group.body) if group.open in ("(", "[") else set()
        if letters and plain(called.name) not in STANDARD:
            forms = self.symbols.forms.setdefault(call_name(called, below), {})
            forms.setdefault(syntax.sexpr(group.body), group.body)
            self.symbols.callees.setdefault(call_name(called, below), (called, below))
            for name in letters:
                self.callers.setdefault(name, set()).add(plain(called.name))
            if isinstance(group.body, syntax.Given):
                self.symbols.laws.add(plain(called.name))
                self.conditioned |= letters_called(group.body.left)

    def _drawn(self, sub: syntax.Node | None, node: syntax.Node) -> None:
        """What an expectation draws, and from what."""
        if sub is not None and (together := drawn_together(sub)) is not None:
            drawn, distribution = together
            self.drawn |= set().union(*map(letters_called, drawn))
            self.drawn_values.update(map(value_name, drawn))
            if distribution is not None or drawn_names(drawn) not in self.symbols.draws:
                self.symbols.draws[drawn_names(drawn)] = (sub, node.span)
            return
        match sub:
            case syntax.Tuple(items=items):
                for item in items:
                    self._drawn(item, node)
            case syntax.Relation(left=left, rest=(("sim", _),)):
                self.drawn |= letters_called(left)
                self.drawn_values.add(value_name(left))
                self.symbols.draws[syntax.sexpr(sub)] = (sub, node.span)
            case syntax.Product(factors=(_, syntax.Group(body=body))):
                self.drawn |= letters_called(before_bar(body))
                self.symbols.draws[syntax.sexpr(sub)] = (sub, node.span)
            case syntax.Symbol() | syntax.Scripted():
                base, below, _, _ = parts_of(sub)
                if isinstance(base, syntax.Symbol):
                    self.weights.add(call_name(base, below))
                    self.drawn |= letters_called(sub) & self.callers.keys()

    def _marked(self, node: syntax.Scripted) -> None:
        mark = _raised(node)
        if mark is not None and (node.sub is not None or (node.sup is not None and not is_transpose(node.sup))):
            self.marks.add(mark)

    def _only_raised(self, mark: str) -> bool:
        """Whether a superscript is a number nowhere: it stands above symbols, or before a bracket as a function."""
        return self.symbols.bare[mark] == self.raised[mark] + self.named_by_script[mark]

    def _values(self) -> None:
        r"""Letters that sums run over and that are arguments of functions there: ``\\sum_y \\pi(y)``."""
        symbols = self.symbols
        for name, forms in symbols.forms.items():
            if name in self.weights:
                self.drawn |= {c for body in forms.values() for c in letters_called(before_bar(body))}
        marked = {name for name in self.conditioned if self.subscripts.get(name, set()) - {""}}  # p(y_w|x), p(y_l|x)
        marked |= self.conditioned & self.summed.keys()  # p(y_1|x), p(y_2|x), beside a sum over y
        for name in sorted({*self.summed, *marked, *self.drawn}):
            callers = self.callers.get(name, set())
            quantity = name in symbols.vectors or (name in self.named and len(callers) < 2)
            if name in self.drawn and quantity:
                continue
            if not callers or name in self.scripted | self.variables | symbols.size_names:
                continue
            below = self.subscripts.get(name, set())
            if not below.isdisjoint(symbols.index_names | set("ijkmnt")) or ("" in below and name not in marked):
                continue  # x_j is a member of x; y_w may be one of the values
            if all(callers.intersection(names_in(body)) for letter, body in self.bodies if letter == name):
                symbols.valued.add(name)
                symbols.bound_names.add(name)
        symbols.bound_names |= {name for name in self.drawn_values if letter_of(name) in symbols.valued}
        symbols.endless = (self.drawn & symbols.valued) - self.summed.keys()

    def _examples(self, words: str) -> None:
        r"""Letters that sums run over and that are no indices: quantities x of training examples.

        What the document differentiates by, and neither defines nor differentiates, is the same for all examples,
        unless it has the name of an output.
        """
        symbols = self.symbols
        quantities = {
            name
            for name, times in self.summed.items()
            if name in self.averages
            or (name not in INDEX_LETTERS and (symbols.bare[name] > times or symbols.heads.get(name) or name == "x"))
        }
        letters = {name for name in quantities & symbols.index_names if not name.isupper()}
        letters -= self.scripted | self.variables | symbols.valued
        if letters == {"y"}:
            letters = set()  # the values of y
        if self.nameless and ("" in self.averages or re.search(EXAMPLES, words, re.IGNORECASE)):
            used = symbols.index_names | self.scripted
            symbols.nameless = next((c for c in "insr" if c not in used and not symbols.bare[c]), "")
        symbols.sampled = letters
        symbols.index_names -= letters
        symbols.bound_names -= letters
        for name, sizes in self.averages.items():
            if len(sizes) > 1 and name in letters:
                del symbols.index_sizes[name]
            elif len(sizes) == 1 and not name:
                symbols.index_sizes[symbols.nameless] = min(sizes)
        common = self.variables - self.named - self.tops - letters - OUTPUTS
        symbols.common = {name for name in common if not name.startswith(DRESSES)} | (CONSTANTS - self.tops)


def _temperatures(node: syntax.Node) -> Iterator[str]:
    r"""The T of ``\exp(z_i / T)`` and ``e^{z_i / T}``; the N of ``\exp(\frac{1}{N} \sum_i z_i)`` is a size."""
    match node:
        case syntax.Apply(name="exp" | "softmax" | "sigmoid" | "tanh", argument=exponent):
            pass
        case syntax.Scripted(base=syntax.Symbol(name="e"), sup=syntax.Node() as exponent):
            pass
        case _:
            return
    for part in every(exponent):
        match part:
            case syntax.Quotient(numerator=syntax.Symbol() | syntax.Scripted(), denominator=syntax.Symbol(name=name)):
                yield plain(name)


def _dividing(node: syntax.Node) -> Iterator[str]:
    """The names in a denominator, but for those in an exponent, a function or a norm: they may be matrices."""
    match node:
        case syntax.Scripted():
            yield from _dividing(node.base)
        case syntax.Apply() | syntax.Group(open=r"\|"):
            return
        case syntax.Symbol():
            yield plain(node.name)
        case _:
            for part in syntax_parts(node):
                yield from _dividing(part)


def _bases(node: syntax.Node) -> set[str]:
    """The letter that a member, a call or a symbol begins with."""
    if isinstance(node, syntax.Product):
        node = node.factors[0]
    base = parts_of(node)[0]
    return {plain(base.name)} if isinstance(base, syntax.Symbol) else set()


def _raised(node: syntax.Scripted) -> str | None:
    r"""The letter above another one, an exponent or a mark: ``t`` of ``p^t_i``, not of ``(a b)^t`` or ``e^t``."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sup=syntax.Symbol(name=above)) if plain(name) != "e":
            return plain(above)
    return None


def _dressed(name: str, symbols: Symbols) -> None:
    """Bold letters are vectors (small) and matrices (capital), also under a hat."""
    if any(font in name for font in BOLD):
        dressed = plain(name)
        letter = dressed.partition("{")[2].rstrip("}") or dressed
        if len(letter) == 1 and letter.isalpha() and (dressed == letter or letter.isupper()):
            (symbols.matrices if letter.isupper() else symbols.vectors).add(dressed)


def _capital(name: str) -> bool:
    return len(name) == 1 and name.isupper()


def _capitals(node: syntax.Product) -> Iterator[list[syntax.Symbol]]:
    """The runs of two or three different capitals that are written without a gap."""
    run: list[syntax.Symbol] = []
    for n, factor in enumerate((*node.factors, None)):
        letter = factor.body if isinstance(factor, syntax.Nabla) else factor  # \nabla FL
        capital = isinstance(letter, syntax.Symbol) and len(letter.name) == 1 and letter.name.isupper()
        gap = not run or node.operators[n - 1 : n] != ("",) or letter is not factor
        if isinstance(letter, syntax.Symbol) and capital and not gap and run[-1].span.end == letter.span.start:
            run.append(letter)
            continue
        if 1 < len({found.name for found in run}) == len(run) < 4:
            yield run
        run = [letter] if isinstance(letter, syntax.Symbol) and capital else []


def _sole(group: syntax.Group) -> bool:
    """Whether brackets hold a name and no more, or several things with commas: nobody writes a product so."""
    return group.open in ("(", "[", r"\{") and isinstance(group.body, syntax.Symbol | syntax.Scripted | syntax.Tuple)


def _numbers_below(head: syntax.Node, value: syntax.Node) -> set[str]:
    """The a of ``f_a(x) = a x^2``: a number of which the name speaks, and no index of anything."""
    match head:
        case syntax.Product(factors=(syntax.Scripted() as head, syntax.Group(open="(")), operators=("",)):
            pass
    sub = head.sub if isinstance(head, syntax.Scripted) else None
    if not isinstance(sub, syntax.Symbol) or not stands_as_value(value, plain(sub.name)):
        return set()
    below = (part.sub for part in every(value) if isinstance(part, syntax.Scripted | syntax.BigOp) and part.sub)
    return {plain(sub.name)}.difference(*map(names_in, below))
