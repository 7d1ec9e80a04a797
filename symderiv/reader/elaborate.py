r"""Elaboration: from the syntax of a formula to terms, under the symbols in force.

Here ``p_i(1-p_j)`` becomes a product and ``h_k(x^{(i)})`` a family member, ``x^{(i)}`` a label and ``x^2`` a power,
``u'`` the derivative in the variable of the chain, ``a_1 + \cdots + a_K`` a sum. What is not understood is a ReadError
with its place and name, never a guess. This module must never judge whether something is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import Span
from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader import syntax
from symderiv.reader.arrays import Array, Value, contraction, elementwise, inverse, times
from symderiv.reader.families import generalise, substitute
from symderiv.reader.names import GREEK_NAMES, index_word, letter, plain
from symderiv.reader.symbols import INDEX_LETTERS, Function, Symbols
from symderiv.terms import (

    ONE,
    ZERO,
    Cases,
    Context,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Opaque,
    Prod,
    Range,
    Sum,
    Term,
    Var,
    add,
    exp,
    fresh,
    log,
    mul,
    neg,
    num,
    power,
    rebuild,
    rename,
    subterms,
)
from symderiv.terms import SizeOf as SizeTerm

FUNCTIONS: dict[str, str] = {
    "log": "log",
    "ln": "log",
    "exp": "exp",
    "tanh": "tanh",
    "sinh": "sinh",
    "cosh": "cosh",
    "sin": "sin",
    "cos": "cos",
    "sigmoid": "sigmoid",
    "sigm": "sigmoid",
    "logistic": "sigmoid",
    r"\sigma": "sigmoid",
    "softplus": "softplus",
    "relu": "relu",
    "ReLU": "relu",
}
"""Functions known by name, unless the author defines the name."""

INDICATORS = frozenset({"1", "I", "δ", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\mathbbm{1}", r"\mathds{1}", r"\delta"})
QED = frozenset({r"\square", r"\blacksquare", r"\Box", r"\qed", r"\checkmark"})
TRANSPOSES = frozenset({"T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}", r"\text{T}", r"\mathbf{T}", "t", r"\prime"})


def refuse(code: str, message: str, node: syntax.Node, help: str = "") -> ReadError:
    return ReadError(code, message, node.span, help)


class Elaborator:
    """Turns syntax into terms under ``symbols``.

    ``variable`` is what primes differentiate by (the variable of the chain); ``notes`` and ``warnings`` collect what a
    reader should know. ``free`` maps the free indices of the current chain to their range classes.
    """

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.bound: dict[str, str] = {}
        self.free: dict[str, str] = {}
        self.variable: Var | None = None
        self.as_scalars = False  # read bare symbols as numbers even where families of their name are known
        self.calling = False
        self.guessed = False  # whether a shape was guessed from fonts and transposes alone
        self.notes: list[str] = []
        self.warnings: list[Diagnostic] = []

    def start_chain(self) -> None:
        self.free = {}
        self.variable = None

    # Entry points

    def scalar(self, node: syntax.Node) -> Term:
        value = self.value(node)
        if isinstance(value, Array):
            raise refuse("E213", "this is a vector or matrix where a number is needed", node)
        return value

    def value(self, node: syntax.Node) -> Value:
        match node:
            case syntax.Number():
                return num(Fraction(node.text))
            case syntax.Symbol() | syntax.Scripted():
                return self.symbol(node)
            case syntax.Group():
                return self.group(node)
            case syntax.Add():
                return self.addition(node)
            case syntax.Product():
                return self.product(node)
            case syntax.Quotient():
                return self.quotient(node)
            case syntax.DerivativeOp():
                return self.derivative(node)
            case syntax.Nabla():
                return self.gradient(node)
            case syntax.BigOp():
                return self.big_operator(node)
            case syntax.Apply():
                return self.application(node)
            case syntax.Sqrt():
                root = self.scalar(node.root) if node.root is not None else num(2)
                body = self.value(node.body)
                return elementwise([body], lambda p: power(p[0], power(root, -1) if root is not num(2) else Fraction(1, 2)), self.symbols.ranges, node.span)
            case syntax.Decorated():
                if node.kind in ("overline", "widehat", "hat", "bar", "tilde", "widetilde"):
                    raise refuse("E140", f"a {node.kind} over an expression has no meaning that I know", node)
                return self.value(node.body)
            case syntax.Casesdef():
                return self.cases(node)
            case syntax.Matrix():
                return self.matrix(node)
            case syntax.Text():
                raise refuse("E130", "this is prose, not a formula", node)
            case syntax.Ellipsis():
                raise refuse("E131", "an ellipsis that is not between the terms of a sum or list", node)
            case syntax.Relation():
                raise refuse("E132", "a relation where a value is expected", node)
            case syntax.Tuple():
                return self.listing(node)
            case syntax.Given():
                raise refuse("E150", "a conditional bar: conditional probabilities are not in the language", node)
        raise refuse("E150", f"{type(node).__name__.lower()} is not in the language", node)

    # Indices

    def indices(self, node: syntax.Node | None, name: str = "") -> list[Index] | None:
        """The indices of a subscript; None if it is a part of the name, such as ``max``."""
        if node is None:
            return []
        match node:
            case syntax.Number():
                if not node.text.isdigit():
                    raise refuse("E120", f"the subscript {node.text} is not a whole number", node)
                if len(node.text) == 2 and name in self.symbols.pairs:
                    return [int(c) for c in node.text]
                return [int(node.text)]
            case syntax.Symbol():
                index = self.index(node)
                return None if index is None else [index]
            case syntax.Tuple():
                parts = [self.indices(item) for item in node.items]
                return None if any(p is None for p in parts) else [i for p in parts if p for i in p]
            case syntax.Product() if all(op in ("", ".") for op in node.operators):
                parts = [self.indices(item) for item in node.factors]
                return None if any(p is None for p in parts) else [i for p in parts if p for i in p]
            case syntax.Group(open="(" | "["):
                return self.indices(node.body, name)
            case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=None, primes=primes) if primes:
                return [plain(base.name) + "'" * primes]
            case syntax.Scripted(base=syntax.Symbol() as base, sub=sub, sup=None, primes=0) if sub is not None:
                inner = self.indices(sub)
                if inner is not None and len(inner) == 1:
                    return [self.label_index(plain(base.name), inner[0], node)]
            case syntax.Add():
                raise refuse("E121", "arithmetic in an index is not in the language", node)
        if name and isinstance(node, syntax.Text):
            return None
        raise refuse("E122", "this subscript is not an index that I understand", node)

    def label_index(self, name: str, inner: Index, node: syntax.Node) -> Index:
        """``y_i`` used as an index: one class, the same wherever i is the same; i must not be summed over."""
        if isinstance(inner, str) and inner in self.bound:
            raise refuse("E123", f"the index {name}_{inner} changes with the bound index {inner}", node)
        index = f"{name}_{inner}"
        self.free.setdefault(index, self.symbols.index_classes.get(index) or self.symbols.ranges.new())
        self.symbols.index_classes[index] = self.free[index]
        return index

    def index(self, node: syntax.Symbol) -> Index | None:
        name = plain(node.name)
        symbols = self.symbols
        if name in self.bound or name in symbols.declared or name in self.free or name in symbols.index_names:
            return name
        if name in symbols.sizes:
            return symbols.sizes[name]
        if name in symbols.size_names:
            return name
        if len(name) == 1 and name in INDEX_LETTERS:
            return name
        if name == r"\ell":
            return name
        return None

    def use(self, index: Index, range_class: str, node: syntax.Node) -> None:
        """Note that ``index`` stands where ``range_class`` runs."""
        ranges = self.symbols.ranges
        if isinstance(index, int):
            ranges.number(range_class, index)
            return
        if index in self.bound:
            if self.bound[index]:
                ranges.unite(self.bound[index], range_class)
            return
        if index in self.symbols.size_names and index not in self.symbols.declared:
            return
        declared = self.symbols.declared.get(index)
        if declared is not None:
            ranges.declare(range_class, Range(min(1, declared.low), declared.high))
            self.free.setdefault(index, range_class)
            return
        if index in self.free:
            ranges.unite(self.free[index], range_class)
        else:
            self.free[index] = range_class
            self.symbols.index_classes[index] = range_class
            hint = self.symbols.hinted.get(index)
            if hint is not None and not ranges.explicit.get(ranges.find(range_class)):
                ranges.declare(range_class, hint)

    @contextmanager
    def binding(self, index: str, range_class: str) -> Iterator[None]:
        old = self.bound.get(index)
        self.bound[index] = range_class
        try:
            yield
        finally:
            if old is None:
                del self.bound[index]
            else:
                self.bound[index] = old

    # Symbols and family members

    def symbol(self, node: syntax.Symbol | syntax.Scripted) -> Value:
        base, sub, sup, primes = parts_of(node)
        if isinstance(base, syntax.Symbol):
            special = self.special(base, sub, sup, node)
            if special is not None:
                return special
            value, rest = self.member(base, sub, sup, node)
            return self.scripts(value, rest, primes, node)
        if isinstance(base, syntax.Group) and sub is not None:
            value = self.value(base)
            value = self.pick(value, sub, node)
            return self.scripts(value, sup, primes, node)
        if isinstance(base, syntax.Number) and sub is not None and base.text == "1":
            condition = self.condition(sub, node)
            return self.scripts(condition, sup, primes, node)
        if isinstance(base, syntax.Number) and base.text == "1" and sup is not None and _is_transpose(sup):
            return Array((self.symbols.ranges.new(),), lambda at: ONE, row=True)  # 1^T: the row of ones
        if sub is not None:
            value = self.pick(self.value(base), sub, node)
        else:
            value = self.value(base)
        return self.scripts(value, sup, primes, node)

    def special(self, base: syntax.Symbol, sub: syntax.Node | None, sup: syntax.Node | None, node: syntax.Node) -> Value | None:
        """Euler's number, Kronecker's delta, indicators by subscript; None for everything else."""
        name, symbols = base.name, self.symbols
        if name in ("e", r"\mathrm{e}", r"\text{e}") and sub is None and not symbols.defines("e", 0) and "e" not in self.bound:
            if sup is not None and not _is_transpose(sup):
                return elementwise([self.value(sup)], lambda p: exp(p[0]), symbols.ranges, node.span)
            return exp(ONE)
        if sub is not None and not symbols.defines(plain(name), 2):
            relation = isinstance(sub, syntax.Relation)
            if relation and (name in INDICATORS or plain(name) in INDICATORS):
                return self.scripts(self.condition(sub, node), sup, 0, node)
            if plain(name) == r"\delta" and plain(name) not in symbols.labels:
                pair = self.indices(sub, plain(name))
                if pair is not None and sup is not None and len(pair) == 1:
                    upper = self.indices(sup, plain(name))
                    if upper is not None and len(upper) == 1:
                        pair, sup = [*pair, *upper], None
                if pair is not None and len(pair) == 2:
                    return self.scripts(self.delta(pair[0], pair[1], node), sup, 0, node)
        return None

    def delta(self, a: Index, b: Index, node: syntax.Node) -> Term:
        shared = self.symbols.ranges.new()
        self.use(a, shared, node)
        self.use(b, shared, node)
        if a == b:
            return ONE
        if isinstance(a, int) and isinstance(b, int):
            return ZERO
        return Delta(a, b)

    def member(self, base: syntax.Symbol, sub: syntax.Node | None, sup: syntax.Node | None, node: syntax.Node) -> tuple[Value, syntax.Node | None]:
        """The family member that a symbol with its scripts names, and the part of ``sup`` that is an exponent."""
        name = plain(base.name)
        subs = self.indices(sub, name)
        if subs is None:
            assert sub is not None
            name, subs = f"{name}_{{{_text(sub)}}}", []
        sups, sup, name = self.label(name, sup)
        symbols = self.symbols
        if len(subs) == 2 and sup is not None and _is_transpose(sup) and isinstance(sup, syntax.Symbol) and sup.name not in ("t", r"\prime"):
            subs, sup = subs[::-1], None  # an entry of the transpose
        if name in symbols.squares:  # sigma^2 is the symbol, sigma its root
            square = self.var(f"{name}^{{2}}", subs, sups, node)
            if isinstance(sup, syntax.Number) and sup.text.isdigit():
                return (square if sup.text == "2" else power(square, Fraction(int(sup.text), 2))), None
            return power(square, Fraction(1, 2)), sup
        if name == "1" or base.name in (r"\mathbf{1}", r"\mathbb{1}", r"\boldsymbol{1}", r"\vec{1}"):
            for index in subs:
                self.use(index, symbols.ranges.new(), node)
            # an entry of the vector of ones keeps its index, because a sum over it counts
            return (mul(*(Delta(i, i) for i in subs)) if subs else Array((symbols.ranges.new(),), lambda at: ONE)), sup
        if not subs and not sups:
            if name in self.bound or (name in symbols.declared and not symbols.defines(name, 0)):
                raise refuse("E124", f"the index {name} is used as a number", node)
            if name in symbols.sizes:
                return num(symbols.sizes[name]), sup
            if name in symbols.size_names and not symbols.defines(name, 0):
                return SizeTerm(name), sup
            if r"\pi" == name:
                return Var(name, (), ()), sup
            own = self.own_member(name)
            if own is not None:
                return self.var(name, own, [], node), sup
            array = self.array(name, node)
            if array is not None:
                return array, sup
        if sups and not subs and not symbols.defines(name, 0, len(sups)):
            counts = {h.subs for h in symbols.heads.get(name, ()) if h.subs and h.sups == len(sups)}
            if not counts and name in symbols.vectors:
                counts = {1}
            if len(counts) == 1 and Head(name, 0, len(sups)) not in symbols.heads.get(name, set()):
                (count,) = counts
                head = Head(symbols.name(name, count, len(sups)), count, len(sups))
                for n, index in enumerate(sups):
                    self.use(index, symbols.ranges.slot(head, count + n), node)
                return self.family(head, node, tuple(sups)), sup
        return self.var(name, subs, sups, node), sup

    def own_member(self, name: str) -> list[Index] | None:
        """The indices of ``g`` where g_i is defined and g' is written: then g is g_i, at the definition's own index."""
        symbols = self.symbols
        if name not in symbols.primed or symbols.defines(name, 0):
            return None
        definitions = symbols.definitions.get(Head(symbols.name(name, 1), 1, 0), ())
        return list(definitions[-1].params) if definitions else None

    def label(self, name: str, sup: syntax.Node | None) -> tuple[list[Index], syntax.Node | None, str]:
        """Split a superscript: ``^{(i)}`` and ``^{[l]}`` are labels, anything else an exponent."""
        if isinstance(sup, syntax.Group) and sup.open in ("(", "[", r"\langle") and sup.body is not None:
            body = sup.body
            content = self.indices(body, "") if not isinstance(body, syntax.Text) else None
            if content is not None:
                return content, None, name
            return [], None, f"{name}^{{({_text(body)})}}"
        if isinstance(sup, syntax.Product) and isinstance(sup.factors[0], syntax.Group) and len(sup.factors) == 2:
            first = sup.factors[0]
            if first.open == "(" and _is_transpose(sup.factors[1]):
                return self.indices(first.body, "") or [], sup.factors[1], name
        if isinstance(sup, syntax.Product) and len(sup.factors) == 2 and _is_layer(sup.factors[0]) and _is_transpose(sup.factors[1]):
            return [], sup.factors[1], f"{name}^{{{_text(sup.factors[0])}}}"
        if isinstance(sup, syntax.Symbol) and (name + "^" + sup.name) in self.symbols.labels | {f"{name}^{n}" for n in self.symbols.labels if n.startswith("^")}:
            return [], None, f"{name}^{{{sup.name}}}"
        if isinstance(sup, syntax.Symbol) and ("^" + sup.name) in self.symbols.labels:
            return [], None, f"{name}^{{{sup.name}}}"
        if self.symbols.time and _is_time(sup):
            return [], None, f"{name}^{{{_text(sup)}}}"
        if _is_layer(sup) or (isinstance(sup, syntax.Number) and name in self.symbols.numbered):
            return [], None, f"{name}^{{{_text(sup)}}}"
        if isinstance(sup, syntax.Symbol) and sup.name in ("*", r"\ast", r"\star", "+", "-", r"\dagger"):
            return [], None, f"{name}^{{{sup.name}}}"
        return [], sup, name

    def var(self, name: str, subs: Sequence[Index], sups: Sequence[Index], node: syntax.Node) -> Term:
        """``name_{subs}^{(sups)}`` with its slots' ranges noted, and hidden indices put in."""
        symbols = self.symbols
        written, name = name, symbols.name(name, len(subs), len(sups))
        head = Head(name, len(subs), len(sups))
        if head not in symbols.definitions:
            if head in symbols.hidden:
                names, head = symbols.hidden[head]
                sups = [*sups, *names]
            else:
                wider = [
                    h
                    for h in symbols.definitions
                    if h.subs == head.subs and h.sups > head.sups and h.name == symbols.name(written, h.subs, h.sups)
                ]
                if len(wider) == 1 and not sups and symbols.functions.get((written, len(subs))):
                    params = symbols.definitions[wider[0]][-1].params[wider[0].subs :]
                    if all(isinstance(p, str) for p in params):
                        self.notes.append(f"{written} is read at the sample {', '.join(map(str, params))}")
                        sups, head = list(params), wider[0]
        for n, index in enumerate([*subs, *sups]):
            self.use(index, symbols.ranges.slot(head, n), node)
        symbols.heads.setdefault(written, set()).add(head)
        member = Var(head.name, tuple(subs), tuple(sups))
        last = symbols.calls.get((written, len(subs))) if not self.calling else None
        if last is not None and head in symbols.definitions:
            self.notes.append(f"{written} is read with the arguments of its last call")
            return self.with_arguments(member, last[0], last[1], node)
        return member

    def array(self, name: str, node: syntax.Node) -> Array | None:
        """A bare symbol that stands for a whole family: ``p`` where only p_1, p_2, ... or p_i are known."""
        symbols = self.symbols
        if self.as_scalars:
            return None
        if name in symbols.arrays:
            return symbols.arrays[name]  # type: ignore[return-value]
        if symbols.defines(name, 0, 0):
            return None
        if name in symbols.shapes:
            count = len(symbols.shapes[name])
            return self.family(Head(symbols.name(name, count), count, 0), node)
        if Head(name, 0, 0) in symbols.heads.get(name, set()):
            return None
        counts = {h.subs for h in symbols.heads.get(name, ()) if h.subs and not h.sups}
        if len(counts) == 1:
            (count,) = counts
            return self.family(Head(symbols.name(name, count), count, 0), node)
        if not counts and name in symbols.vectors | symbols.matrices:
            count = 1 if name in symbols.vectors else 2
            self.guessed = True
            return self.family(Head(symbols.name(name, count), count, 0), node)
        return None

    def family(self, head: Head, node: syntax.Node, sups: tuple[Index, ...] = ()) -> Array:
        """The vector or matrix of all members of a family, at the labels ``sups``."""
        slots = [self.symbols.ranges.slot(head, n) for n in range(head.subs)]
        return Array(tuple(slots), lambda at: Var(head.name, tuple(at), sups), head.name.split("#")[0] in self.symbols.rows)

    def pick(self, value: Value, sub: syntax.Node, node: syntax.Node) -> Term:
        if not isinstance(value, Array):
            raise refuse("E125", "a subscript on something that is not a vector", node)
        at = self.indices(sub)
        if at is None or len(at) != len(value.axes):
            raise refuse("E125", "this subscript does not fit the number of axes", node)
        for index, axis in zip(at, value.axes, strict=True):
            if isinstance(axis, str):
                self.use(index, axis, node)
        return value.entry(tuple(at))

    def scripts(self, value: Value, sup: syntax.Node | None, primes: int, node: syntax.Node) -> Value:
        """Primes and exponent on a value."""
        for _ in range(primes):
            if isinstance(value, Opaque) and len(value.parts) == 1:
                value = Opaque(value.name, value.parts, (value.orders[0] + 1,))
                continue
            if self.variable is None:
                raise refuse("E126", "a prime, but no variable that it differentiates by is in sight", node, "write the derivative as \\frac{\\partial ...}{\\partial ...}")
            variable = self.variable
            value = elementwise([value], lambda p: Deriv(p[0], variable), self.symbols.ranges, node.span)
        if sup is None:
            return value
        if _is_transpose(sup) and (isinstance(value, Array) or not isinstance(sup, syntax.Symbol) or sup.name != "t"):
            if isinstance(value, Array):
                return value.transposed
            if isinstance(sup, syntax.Symbol) and (sup.name != "T" or not self.symbols.defines("T", 0)):
                if isinstance(value, Var):
                    raise refuse("E214", "the transpose of something whose shape is not known", node, "declare it: `shape W : m x n`")
                return value  # the transpose of a number
        if isinstance(sup, syntax.Symbol) and sup.name == "t" and (self.symbols.vectors or self.symbols.matrices):
            raise refuse("E214", "the transpose of something whose shape is not known", node, "declare it: `shape W : m x n`")
        if isinstance(sup, syntax.Group) and isinstance(value, Array) is False and sup.open == "(":
            exponent = self.scalar(sup.body)
        else:
            exponent = self.scalar(sup)
        if isinstance(value, Array):
            if exponent is num(2) and len(value.axes) == 1:
                raise refuse("E150", "the square of a vector", node, "write x^T x for the sum of squares, or x \\odot x")
            raise refuse("E150", "a power of a matrix is not in the language", node)
        return power(value, exponent)

    # Brackets, sums, products

    def group(self, node: syntax.Group) -> Value:
        kind = node.open
        if kind in ("|", r"\lvert") and node.close in ("|", r"\rvert"):
            return Fn("abs", self.scalar(node.body))
        if kind in (r"\|", r"\lVert"):
            value = self.value(node.body)
            if not isinstance(value, Array):
                raise refuse("E214", "the norm of something whose shape is not known", node, "declare it: `shape x : n`")
            return power(self.square(value), Fraction(1, 2))
        if kind in (r"\lfloor", r"\lceil"):
            raise refuse("E150", "rounding is not in the language", node)
        if isinstance(node.body, syntax.Relation):
            if kind == "[":
                return self.condition(node.body, node)
            raise refuse("E132", "a relation where a value is expected", node)
        if kind == r"\langle" and isinstance(node.body, syntax.Tuple) and len(node.body.items) == 2:
            left, right = (self.value(item) for item in node.body.items)
            return self.inner(left, right, node)
        return self.value(node.body)

    def square(self, value: Array) -> Term:
        def over(axes: tuple, at: tuple[Index, ...]) -> Term:
            if not axes:
                return power(value.entry(at), 2)
            return contraction(lambda j: over(axes[1:], (*at, j)), axes[0], at)

        return over(value.axes, ())

    def inner(self, left: Value, right: Value, node: syntax.Node) -> Value:
        product = elementwise([left, right], lambda p: mul(*p), self.symbols.ranges, node.span)
        if not isinstance(product, Array):
            raise refuse("E214", "an inner product of things whose shapes are not known", node, "declare them: `shape x : n`")

        def over(axes: tuple, at: tuple[Index, ...]) -> Term:
            return contraction(lambda j: over(axes[1:], (*at, j)), axes[0], at) if axes else product.entry(at)

        return over(product.axes, ())

    def addition(self, node: syntax.Add) -> Value:
        if any(isinstance(term, syntax.Ellipsis) for _, term in node.terms):
            return self.ellipsis(node)
        node = self.under_sum(node)
        values = []
        for sign, term in node.terms:
            if sign not in ("+", "-"):
                raise refuse("E150", f"{sign} stands for two values", node)
            value = self.value(term)
            values.append(elementwise([value], lambda p: neg(p[0]), self.symbols.ranges, node.span) if sign == "-" else value)
        if len(values) == 1:
            return values[0]
        if any(isinstance(v, Array) and len(v.axes) == 2 for v in values) and any(isinstance(v, Term) and not v.parts == () for v in values):
            raise refuse("E210", "shapes do not fit: a matrix plus a number", node)
        return elementwise(values, lambda p: add(*p), self.symbols.ranges, node.span)

    def under_sum(self, node: syntax.Add) -> syntax.Add:
        r"""``\sum_n a_n - b_n`` where n means nothing outside the sum: the bracket around a_n - b_n was left out."""
        for at, (sign, term) in enumerate(node.terms[:-1]):
            if not isinstance(term, syntax.BigOp) or term.kind != r"\sum":
                continue
            names = {plain(s.name) for s in _bound_symbols(term.sub)}
            names = {n for n in names if not self._known(n) and n not in self.symbols.declared}
            stop = at + 1
            while stop < len(node.terms) and any(n in set(_subscripts(node.terms[stop][1])) and not _binds(node.terms[stop][1], n) for n in names):
                stop += 1
            if stop > at + 1:
                body = syntax.Add((("+", term.body), *node.terms[at + 1 : stop]), term.span)
                self.warn("W412", "the sum is read as one over all the terms that contain its index", term)
                wider = syntax.BigOp(term.kind, term.sub, term.sup, body, term.signed, term.span)
                return syntax.Add((*node.terms[:at], (sign, wider), *node.terms[stop:]), node.span)
        return node

    def ellipsis(self, node: syntax.Add) -> Term:
        """``a_1 + a_2 + ... + a_K`` as the sum of the obvious family; any other dots are refused."""
        at = next(n for n, (_, term) in enumerate(node.terms) if isinstance(term, syntax.Ellipsis))
        if at == len(node.terms) - 1 and at >= 2:
            return self.endless(node)
        if at == 0 or at != len(node.terms) - 2:
            raise refuse("E131", "dots need terms before them and one after them", node)
        signs = {sign for n, (sign, _) in enumerate(node.terms) if n not in (0, at)}
        if len(signs) != 1 or not signs <= {"+", "-"}:
            raise refuse("E131", "the signs around the dots differ", node)
        first_sign = node.terms[0][0]
        terms = [self.scalar(term) for n, (_, term) in enumerate(node.terms) if n != at]
        (sign,) = signs
        lead: Term = ZERO
        family = terms
        if first_sign != sign:  # a - b_1 - ... - b_K: the first term may be outside the family
            lead, family = (terms[0] if first_sign == "+" else neg(terms[0])), terms[1:]
        found = self.generalised(family, node)
        result = neg(found) if sign == "-" else found
        return result if lead is ZERO else add(lead, result)

    def endless(self, node: syntax.Add) -> Term:
        r"""``a_0 + a_1 x_1 + a_2 x_2 + \ldots``: to the end of the family, wherever that is."""
        if any(sign != "+" for sign, _ in node.terms):
            raise refuse("E131", "the signs around the dots differ", node)
        terms = [self.scalar(term) for _, term in node.terms[:-1]]
        found = generalise(terms[-2:], self.symbols.size_names)
        if found is None or found[2] != found[1] + 1:  # type: ignore[operator]
            raise refuse("E131", "the terms before the dots do not show how they go on", node, "write the sum with \\sum")
        index, low, _, body = found
        range_class = self.symbols.ranges.new()
        for part in subterms(body):
            if isinstance(part, Var):
                for n, i in enumerate(part.indices):
                    if i == index:
                        self.symbols.ranges.unite(range_class, self.symbols.ranges.slot(part.head, n))
        self.notes.append("the dots are read as going on to the end of the family")
        total: Term = Sum(index, Range(low, range_class), body)
        return add(*terms[:-2], total) if len(terms) > 2 else total

    def generalised(self, terms: list[Term], node: syntax.Node, kind: type[Sum] = Sum) -> Term:
        for start in range(0, max(1, len(terms) - 2)):
            found = generalise(terms[start:], self.symbols.size_names)
            if found is not None:
                index, low, high, body = found
                if isinstance(high, str):
                    self.symbols.ranges.taken.add(high)
                self.notes.append("the dots are read as the obvious family")
                total: Term = kind(index, Range(low, high), body)
                if start:
                    total = (add if kind is Sum else mul)(*terms[:start], total)
                return total
        raise refuse("E131", "the terms around the dots do not show what they stand for", node, "write the sum with \\sum")

    def product(self, node: syntax.Product) -> Value:
        factors, operators = list(node.factors), ["", *node.operators]
        if any(isinstance(f, syntax.Ellipsis) for f in factors):
            at = next(n for n, f in enumerate(factors) if isinstance(f, syntax.Ellipsis))
            if at == 0 or at != len(factors) - 2:
                raise refuse("E131", "dots need factors before them and one after them", node)
            return self.generalised([self.scalar(f) for f in factors if not isinstance(f, syntax.Ellipsis)], node, Prod)
        while len(factors) > 1 and isinstance(factors[-1], syntax.Symbol) and factors[-1].name in QED:
            factors.pop()
            operators.pop()
        factors, operators = self.words(factors, operators)
        if any(isinstance(f, syntax.Symbol) and plain(f.name) in self.symbols.operators for f in factors):
            return self.operated(factors, operators, node)
        if len(factors) == 1:
            return self.value(factors[0])
        result: Value | None = None
        n = 0
        while n < len(factors):
            operator = operators[n]
            value, used = self.call(factors, operators, n)
            if used == 0:
                value, used = self.value(factors[n]), 1
            n += used
            result = value if result is None else self.multiplied(result, value, operator, node)
        assert result is not None
        return result

    def operated(self, factors: list[syntax.Node], operators: list[str], node: syntax.Node) -> Value:
        """``a D f(x)``: D is the derivative of what follows it, in its own argument or the variable of the chain."""
        at = max(n for n, f in enumerate(factors) if isinstance(f, syntax.Symbol) and plain(f.name) in self.symbols.operators)
        if at == len(factors) - 1:
            raise refuse("E171", "a derivative of nothing", node)
        rest, links = factors[at + 1 :], operators[at + 1 :]
        body = self.value(rest[0]) if len(rest) == 1 else self.product(syntax.Product(tuple(rest), tuple(links[1:]), node.span))
        if isinstance(body, Opaque) and len(body.parts) == 1:
            derivative: Value = Opaque(body.name, body.parts, (body.orders[0] + 1,))
        else:
            derivative = self.scripts(body, None, 1, node)
        if at == 0:
            return derivative
        before, links = factors[:at], operators[:at]
        left = self.value(before[0]) if len(before) == 1 else self.product(syntax.Product(tuple(before), tuple(links[1:]), node.span))
        return self.multiplied(left, derivative, "", node)

    def words(self, factors: list[syntax.Node], operators: list[str]) -> tuple[list[syntax.Node], list[str]]:
        r"""Letters written without a gap, four or more, are a word; ``\delta y_j`` and ``dz`` are single symbols."""
        result: list[syntax.Node] = []
        joined: list[str] = []
        n = 0
        while n < len(factors):
            stop = n
            while (
                stop < len(factors)
                and isinstance(factors[stop], syntax.Symbol)
                and len(factors[stop].name) == 1  # type: ignore[attr-defined]
                and factors[stop].name.isalpha()  # type: ignore[attr-defined]
                and (stop == n or (operators[stop] == "" and factors[stop].span.start == factors[stop - 1].span.end))
            ):
                stop += 1
            joined.append(operators[n])
            first = factors[n]
            if stop - n >= 4 or (stop - n >= 2 and _called_with_several(factors, operators, stop)):
                word = "".join(f.name for f in factors[n:stop])  # type: ignore[attr-defined]
                result.append(syntax.Symbol(f"\\text{{{word}}}", Span(first.span.start, factors[stop - 1].span.end)))
                n = stop
                continue
            compound = self._differential(factors, operators, n)
            result.append(compound or first)
            n += 2 if compound is not None else 1
        return result, joined

    def _differential(self, factors: list[syntax.Node], operators: list[str], n: int) -> syntax.Node | None:
        first = factors[n]
        if not isinstance(first, syntax.Symbol) or n + 1 >= len(factors) or operators[n + 1] != "":
            return None
        name = plain(first.name)
        if name not in ("d", r"\delta", r"\Delta") or self.symbols.defines(name, 0):
            return None
        base, sub, sup, primes = parts_of(factors[n + 1])
        if not isinstance(base, syntax.Symbol) or (name == "d" and base.span.start != first.span.end):
            return None
        if isinstance(sup, syntax.Number):
            return None
        whole = Span(first.span.start, factors[n + 1].span.end)
        symbol = syntax.Symbol(f"{name} {plain(base.name)}", Span(first.span.start, base.span.end))
        return syntax.Scripted(symbol, sub, sup, primes, whole) if sub or sup or primes else symbol

    def multiplied(self, left: Value, right: Value, operator: str, node: syntax.Node) -> Value:
        ranges = self.symbols.ranges
        if operator in (r"\odot", r"\circ", r"\oslash", r"\bullet") and isinstance(left, Term) and isinstance(right, Term):
            raise refuse("E214", "an elementwise product of things whose shapes are not known", node, "declare them: `shape x : n`")
        if operator in (r"\odot", r"\circ", r"\bullet", r"\ast"):
            return elementwise([left, right], lambda p: mul(*p), ranges, node.span)
        if operator == r"\oslash":
            return elementwise([left, right], lambda p: mul(p[0], inverse(p[1])), ranges, node.span)
        if operator in (r"\div",):
            return elementwise([left, right], lambda p: mul(p[0], inverse(p[1])), ranges, node.span)
        if operator in ("", r"\cdot", "*", r"\times", "."):
            if isinstance(left, Array) and left.row and len(left.axes) == 1 and isinstance(right, Var):
                raise refuse("E214", "a row vector times something whose shape is not known", node, "declare it: `shape x : n`")
            if (
                operator == r"\cdot"
                and isinstance(left, Array)
                and isinstance(right, Array)
                and len(left.axes) == len(right.axes) == 1
                and left.row == right.row
            ):
                return self.inner(left, right, node)
            return times(left, right, ranges, node.span)
        raise refuse("E150", f"the product {operator} is not in the language", node)

    # Calls

    def call(self, factors: list[syntax.Node], operators: list[str], n: int) -> tuple[Value, int]:
        """The value of a call ``f(x)`` that begins at factor ``n``, and how many factors it took (0: no call)."""
        head = factors[n]
        base, sub, sup, primes = parts_of(head)
        if n + 1 >= len(factors) or operators[n + 1] != "" or not isinstance(base, syntax.Symbol):
            return ONE, 0
        follower = factors[n + 1]
        group, gsub, gsup, gprimes = parts_of(follower)
        if not isinstance(group, syntax.Group) or group.open not in ("(", "[", "{", r"\{"):
            return ONE, 0
        name = plain(base.name)
        if isinstance(group.body, syntax.Relation) and (base.name in INDICATORS or name in INDICATORS) and sub is None:
            return self.scripts(self.condition(group.body, head), gsup, 0, head), 2
        if group.open in ("{", r"\{"):
            return ONE, 0
        items = list(group.body.items) if isinstance(group.body, syntax.Tuple) else [group.body]
        if any(isinstance(item, syntax.Given) for item in items):
            return self.scripts(self.conditional(name, sub, group, head), gsup, primes + gprimes, head), 2
        if primes and sub is None and len(items) == 1:
            derivative = self.function_derivative(name, primes, items[0], head)
            if derivative is not None:
                return self.scripts(derivative, gsup, gprimes, head), 2
        value = self.called(name, sub, sup, items, gsub, head)
        if value is None and base.name.startswith((r"\text{", r"\operatorname{", r"\mathrm{", r"\mathit{", r"\mathsf{")) and len(name) > 1:
            raise refuse("E151", f"the function {name} is not in the language", head)
        if value is None:
            return ONE, 0
        return self.scripts(value, gsup, primes + gprimes, head), 2

    def function_derivative(self, name: str, primes: int, item: syntax.Node, node: syntax.Node) -> Value | None:
        """``f'(x)`` of a function of one number: its derivative in its own argument, at x."""
        symbols = self.symbols
        function = symbols.functions.get((name, 0))
        point = Var("\\cdot", (), ())
        if function is not None and len(function.parameters) == 1 and function.parameters[0].var is not None:
            point = function.parameters[0].var
            if point.indices:
                return None
            body = definition_of(Var(symbols.name(name), (), ()), symbols.definitions)
        elif name in FUNCTIONS and not self._is_quantity(name):
            body = Fn(FUNCTIONS[name], point)
        else:
            return None
        if body is None:
            return None
        derivative: Term = body
        try:
            for _ in range(primes):
                derivative = differentiate(derivative, point, Context(definitions=symbols.definitions))
        except Unsupported as error:
            raise refuse("E126", str(error), node) from error
        return elementwise([self.value(item)], lambda p: substitute(derivative, {point: p[0]}, {}), symbols.ranges, node.span)

    def conditional(self, name: str, sub: syntax.Node | None, group: syntax.Group, node: syntax.Node) -> Term:
        """``p(y | x)`` as one symbol: the same letters are the same number; its indices stay indices."""
        if sub is not None:
            name = f"{name}_{{{_text(sub)}}}"
        found: list[Index] = []
        shape = self._shape(group.body, found)
        for index in found:
            self.use(index, self.symbols.ranges.new(), node)
        return Var(f"{name}({shape})", tuple(found), ())

    def _shape(self, node: syntax.Node, found: list[Index]) -> str:
        """The text of a node with its indices taken out into ``found``."""
        match node:
            case syntax.Given(left=left, right=right):
                return f"{self._shape(left, found)}|{self._shape(right, found)}"
            case syntax.Tuple(items=items):
                return ",".join(self._shape(item, found) for item in items)
            case syntax.Scripted(base=syntax.Symbol() as base, sub=sub, sup=sup):
                for part in (sub, sup):
                    if part is not None:
                        try:
                            found += self.indices(part.body if isinstance(part, syntax.Group) else part) or []
                        except ReadError as error:
                            raise refuse("E151", "this conditional probability is not understood", node) from error
                return plain(base.name)
            case syntax.Symbol():
                return plain(node.name)
            case syntax.Relation(left=left, rest=((op, right),)):
                return f"{self._shape(left, found)}{op}{self._shape(right, found)}"
            case syntax.Number():
                return node.text
        raise refuse("E151", "this conditional probability is not understood", node)

    def called(self, name: str, sub: syntax.Node | None, sup: syntax.Node | None, items: list[syntax.Node], gsub: syntax.Node | None, node: syntax.Node) -> Value | None:
        symbols = self.symbols
        subs = self.indices(sub, name)
        if subs is None:
            assert sub is not None
            name, subs = f"{name}_{{{_text(sub)}}}", []
        labels, sup, name = self.label(name, sup)
        trailing = self.indices(gsub) if gsub is not None else []
        function = symbols.functions.get((name, len(subs) + len(trailing or [])))
        if function is None and gsub is not None:
            function = symbols.functions.get((name, len(subs)))
        value: Value | None = None
        if function is None and gsub is None and not subs and (name, 1) in symbols.functions:
            whole = symbols.functions[name, 1]
            probe = self.applied(name, ["?"], labels, whole, items, node)
            if isinstance(probe, Term):
                axis = symbols.ranges.slot(Head(symbols.name(name, 1, len(labels)), 1, len(labels)), 0)
                value = Array((axis,), lambda at: self.applied(name, [*at], labels, whole, items, node))  # type: ignore[arg-type, return-value]
        elif function is not None:
            value = self.applied(name, [*subs, *(trailing or [])], labels, function, items, node)
            if value is None:
                return None
            gsub = None
        elif name in FUNCTIONS and not subs and len(items) == 1 and not self._is_quantity(name):
            kind = FUNCTIONS[name]
            symbols.standard.add(name)
            value = elementwise([self.value(items[0])], lambda p: Fn(kind, p[0]), symbols.ranges, node.span)
        elif name in ("softmax", r"\mathrm{softmax}", "Softmax") and len(items) == 1:
            value = self.softmax(self.value(items[0]), node)
        elif symbols.defines(name, len(subs)) or self._is_family(name, subs):
            if self._only_names(items):
                value = self.var(name, subs, labels, node) if subs or labels or not self.array(name, node) else self.array(name, node)
        elif name in symbols.opaque or (name in symbols.called and not subs and len(items) <= 3 and self._simple(items)):
            args = [self.value(item) for item in items]
            if all(isinstance(a, Term) for a in args):
                value = Opaque(symbols.name(name), tuple(args), (0,) * len(args))  # type: ignore[arg-type]
            else:
                value = self.var(name, subs, labels, node)
        elif name in ("vector", "vec"):
            value = self.listing(syntax.Tuple(tuple(items), (",",) * (len(items) - 1), node.span))
        elif len(symbols.call_texts.get(name, ())) == 1 and not gsub and self._only_names(items) and (len(name) == 1 or name[0] == "\\"):
            value = self.var(name, subs, labels, node)  # f(x; theta), always with the same arguments
        if value is None:
            return None
        if gsub is not None:
            value = self.pick(value, gsub, node)
        if sup is not None:
            value = self.scripts(value, sup, 0, node)
        return value

    def _is_quantity(self, name: str) -> bool:
        """Whether the author uses the name for a number of his own (sigma as a standard deviation)."""
        return self.symbols.defines(name, 0)

    def _is_family(self, name: str, subs: Sequence[Index]) -> bool:
        return any(h.subs == len(subs) and h.subs > 0 for h in self.symbols.heads.get(name, ()))

    @staticmethod
    def _simple(items: list[syntax.Node]) -> bool:
        return all(isinstance(item, syntax.Symbol | syntax.Scripted | syntax.Number) for item in items)

    def _only_names(self, items: list[syntax.Node]) -> bool:
        """Whether the arguments just say on what the symbol depends: ``L(f)``, ``p_3(f_1, ..., f_4)``."""
        return all(isinstance(item, syntax.Symbol | syntax.Scripted | syntax.Ellipsis) for item in items)

    def applied(self, name: str, subs: list[Index], labels: list[Index], function: Function, items: list[syntax.Node], node: syntax.Node) -> Value | None:
        """A call of a function that the author defined; None if it is a product after all."""
        symbols = self.symbols
        if len(items) != len(function.parameters):
            if self._only_names(items) and all(p.family is not None for p in function.parameters):
                return self.var(name, subs, labels, node)
            raise refuse("E160", f"{name} was defined with {len(function.parameters)} arguments", node)
        replaced: dict[Var, Term] = {}
        families: dict[Head, Callable[[tuple[Index, ...]], Term]] = {}
        extra: list[Index] = []
        lifted: Array | None = None
        for parameter, item in zip(function.parameters, items, strict=True):
            value = self.same_shape(parameter.var, item) or self.value(item)
            if parameter.family is not None:
                head = parameter.family
                if not isinstance(value, Array):
                    return None  # V (a + b) is a product
                for axis, n in zip(value.axes, range(head.subs), strict=False):
                    if isinstance(axis, str):
                        symbols.ranges.unite(axis, symbols.ranges.slot(head, n))
                probe = value.entry(tuple("?" for _ in value.axes))
                if not (isinstance(probe, Var) and probe.head == head):
                    families[head] = value.entry
                continue
            pattern = parameter.var
            assert pattern is not None
            if isinstance(value, Array):
                if pattern.indices:
                    if isinstance(item, syntax.Symbol | syntax.Scripted) and len(value.axes) == len(pattern.indices):
                        lifted = value
                        continue
                    raise refuse("E161", f"{name} was defined for single entries", item)
                lifted = value
                continue
            if pattern.indices:
                if isinstance(value, Var) and len(value.indices) == len(pattern.indices):
                    extra += value.indices
                    if value.head != pattern.head:
                        families[pattern.head] = lambda at, v=value: Var(v.name, at[: len(v.subs)], at[len(v.subs) :])
                else:
                    raise refuse("E161", f"{name} was defined for members of the family {pattern.name}", item)
            elif value is not pattern:
                replaced[pattern] = value
        if lifted is not None:
            array = lifted
            if function.parameters[0].var is not None and function.parameters[0].var.indices:
                return Array(array.axes, lambda at: self.var(name, [*subs, *at], labels, node), array.row)
            scalar = function.parameters[0].var
            if len(function.parameters) != 1 or scalar is None:
                raise refuse("E161", f"{name} of a vector with other arguments", node)
            member = self._member(name, subs, labels, node)
            return elementwise([array], lambda p: self.with_arguments(member, {scalar: p[0]}, {}, node), symbols.ranges, node.span)
        sups = [*labels]
        if extra:
            total = len(subs) + len(labels) + len(extra)
            head = next(
                (h for h in symbols.definitions if h.subs + h.sups == total and h.name == symbols.name(name, h.subs, h.sups)),
                None,
            )
            whole = [*subs, *extra, *labels] if head is not None and head.subs > len(subs) else [*subs, *labels, *extra]
            count = head.subs if head is not None else len(subs)
            subs, sups = whole[:count], whole[count:]
        key = (name, len(subs))
        if not replaced and not families:
            symbols.calls.pop(key, None)
            return self._whole(name, subs, sups, node)
        symbols.calls[key] = (replaced, families)
        return self.with_arguments(self._member(name, subs, sups, node), replaced, families, node)

    def same_shape(self, pattern: Var | None, item: syntax.Node) -> Var | None:
        """The argument as a member like the parameter: ``x^{(2)}`` for ``x^{(i)}``, whatever x itself is."""
        base, sub, sup, primes = parts_of(item)
        if pattern is None or not pattern.indices or not isinstance(base, syntax.Symbol) or primes:
            return None
        name = plain(base.name)
        subs = self.indices(sub, name)
        if subs is None:
            return None
        labels, rest, name = self.label(name, sup)
        if rest is not None or (len(subs), len(labels)) != (len(pattern.subs), len(pattern.sups)):
            return None
        return Var(self.symbols.name(name, len(subs), len(labels)), tuple(subs), tuple(labels))

    def _whole(self, name: str, subs: list[Index], sups: list[Index], node: syntax.Node) -> Value:
        head = Head(self.symbols.name(name, len(subs), len(sups)), len(subs), len(sups))
        if head not in self.symbols.definitions and head not in self.symbols.hidden:
            array = self.array(name, node)
            if array is not None and not subs:
                return array
        return self.var(name, subs, sups, node)

    def _member(self, name: str, subs: Sequence[Index], sups: Sequence[Index], node: syntax.Node) -> Term:
        self.calling = True
        try:
            return self.var(name, subs, sups, node)
        finally:
            self.calling = False

    def with_arguments(self, member: Term, scalars: dict, families: dict, node: syntax.Node) -> Term:
        """The value of a function's member with other arguments put in the places of its parameters."""
        body = definition_of(member, self.symbols.definitions) if isinstance(member, Var) else None
        if body is None:
            raise refuse("E162", "this is called with other arguments than it was defined for", node)
        heads = {v.head for v in scalars} | set(families)
        return substitute(self.unfolded(body, heads), scalars, families)

    def unfolded(self, term: Term, heads: set[Head]) -> Term:
        """``term`` with the definitions put in through which it depends on the parameters ``heads``."""
        if isinstance(term, Var):
            if term.head in heads or not self.depends(term, heads):
                return term
            body = definition_of(term, self.symbols.definitions)
            return term if body is None else self.unfolded(body, heads)
        if isinstance(term, Deriv):
            return Deriv(self.unfolded(term.body, heads), term.var)
        if not term.parts:
            return term
        return rebuild(term, tuple(self.unfolded(part, heads) for part in term.parts))

    def depends(self, term: Term, heads: set[Head]) -> bool:
        """Whether ``term`` mentions a member of ``heads``, definitions put in."""
        seen: set[Head] = set()
        queue = [term]
        while queue:
            for part in subterms(queue.pop()):
                if isinstance(part, Var) and part.head not in seen:
                    if part.head in heads:
                        return True
                    seen.add(part.head)
                    queue += [d.body for d in self.symbols.definitions.get(part.head, ())]
        return False

    def softmax(self, value: Value, node: syntax.Node) -> Value:
        if not isinstance(value, Array) or len(value.axes) != 1:
            raise refuse("E161", "softmax needs a vector", node)
        (axis,) = value.axes
        return Array(
            value.axes,
            lambda at: mul(exp(value.entry(at)), inverse(contraction(lambda j: exp(value.entry((j,))), axis, at))),
            value.row,
        )

    def application(self, node: syntax.Apply) -> Value:
        """``log x``, ``exp(x)``, ... by their own names."""
        name = node.name
        argument = node.argument
        symbols = self.symbols
        base = f"\\{name}" if name in GREEK_NAMES else name
        if isinstance(argument, syntax.Group) and argument.open in ("(", "[", "{", r"\{") and (name, 0) in symbols.functions:
            items = list(argument.body.items) if isinstance(argument.body, syntax.Tuple) else [argument.body]
            called = self.called(name, node.sub, None, items, None, node)
            if called is not None:
                return self.scripts(called, node.sup, node.primes, node)
        if name == "softmax":
            inner = argument.body if isinstance(argument, syntax.Group) else argument
            value: Value = self.softmax(self.value(inner), node)
            if node.sub is not None:
                value = self.pick(value, node.sub, node)
            return self.scripts(value, node.sup, node.primes, node)
        if name in ("diag", "tr", "trace"):
            return self.matrix_function(name, node)
        if name == "sqrt":
            return elementwise([self.value(argument)], lambda p: power(p[0], Fraction(1, 2)), symbols.ranges, node.span)
        if base not in FUNCTIONS:
            raise refuse("E151", f"the function {name} is not in the language", node)
        kind = FUNCTIONS[base]
        inner_value = self.value(argument)
        if node.sub is not None:
            if kind != "log":
                raise refuse("E152", f"a subscript on {name}", node.sub)
            if not (isinstance(node.sub, syntax.Symbol) and node.sub.name == "e"):
                divisor = log(self.scalar(node.sub))
                result = elementwise([inner_value], lambda p: mul(log(p[0]), inverse(divisor)), symbols.ranges, node.span)
                return self.scripts(result, node.sup, node.primes, node)
        if node.primes:
            point = Var("·", (), ())
            derivative: Term = Fn(kind, point)
            for _ in range(node.primes):
                derivative = Deriv(derivative, point)
            raise refuse("E126", f"a prime on {name}", node, "write the derivative as \\frac{d}{dx}")
        result = elementwise([inner_value], lambda p: Fn(kind, p[0]), symbols.ranges, node.span)
        return self.scripts(result, node.sup, 0, node)

    def matrix_function(self, name: str, node: syntax.Apply) -> Value:
        argument = node.argument.body if isinstance(node.argument, syntax.Group) else node.argument
        value = self.value(argument)
        if not isinstance(value, Array):
            raise refuse("E161", f"{name} needs a matrix or vector", node)
        if name == "diag" and len(value.axes) == 1:
            (axis,) = value.axes
            return Array((axis, axis), lambda at: mul(self.delta(at[0], at[1], node), value.entry(at[:1])))
        if name in ("tr", "trace") and len(value.axes) == 2:
            return contraction(lambda j: value.entry((j, j)), value.axes[0], ())
        raise refuse("E161", f"{name} does not fit this shape", node)

    # Quotients, derivatives, big operators

    def quotient(self, node: syntax.Quotient) -> Value:
        numerator, denominator = self.value(node.numerator), self.value(node.denominator)
        return elementwise([numerator, denominator], lambda p: mul(p[0], inverse(p[1])), self.symbols.ranges, node.span)

    def derivative(self, node: syntax.DerivativeOp) -> Value:
        symbols = self.symbols
        variables: list[Value] = []
        for variable, order in node.variables:
            value = self.value(variable)
            if isinstance(value, Var) and not value.indices and re.fullmatch("[A-Z]", value.name) and not symbols.defines(value.name, 0):
                raise refuse("E214", f"the shape of {value.name} is not known", variable, f"declare it: `shape {value.name} : m x n`")
            if isinstance(value, Term) and not isinstance(value, Var):
                raise refuse("E170", "a derivative can be taken by a variable or a named quantity only", variable)
            variables += [value] * order
        if node.body is None:
            raise refuse("E171", "a derivative of nothing", node)
        if self.variable is None and variables and isinstance(variables[-1], Var):
            self.variable = variables[-1]
        body = self.value(node.body)
        if isinstance(body, Var):
            symbols.numerators.add(body.head)
            symbols.rates |= {(body.head, v.head) for v in variables if isinstance(v, Var)}
        result = body
        for value in reversed(variables):
            result = self.differentiated(result, value, node)
        return result

    def differentiated(self, body: Value, variable: Value, node: syntax.Node) -> Value:
        symbols = self.symbols
        if isinstance(variable, Array):
            probe = variable.entry(tuple("?" for _ in variable.axes))
            if not isinstance(probe, Var):
                raise refuse("E170", "a derivative can be taken by a variable or a named quantity only", node)
            symbols.variables.add(probe.head)
            if isinstance(body, Array):
                if len(body.axes) != 1 or len(variable.axes) != 1:
                    raise refuse("E172", "the derivative of a matrix by a matrix has more than two axes", node)
                return Array((body.axes[0], variable.axes[0]), lambda at: Deriv(body.entry(at[:1]), variable.entry(at[1:])))  # type: ignore[arg-type]
            return Array(variable.axes, lambda at: Deriv(body, variable.entry(at)), variable.row)  # type: ignore[arg-type]
        assert isinstance(variable, Var)
        symbols.variables.add(variable.head)
        return elementwise([body], lambda p: Deriv(p[0], variable), symbols.ranges, node.span)

    def gradient(self, node: syntax.Nabla) -> Value:
        if node.order is not None:
            raise refuse("E150", "second derivatives by nabla are not in the language", node)
        if node.variable is None or node.body is None:
            raise refuse("E173", "nabla needs its variable as a subscript, and a body", node)
        return self.differentiated(self.value(node.body), self.value(node.variable), node)

    def big_operator(self, node: syntax.BigOp) -> Value:
        if node.kind not in (r"\sum", r"\prod"):
            raise refuse("E153", f"{node.kind} is not in the language", node)
        kind = Sum if node.kind == r"\sum" else Prod
        return self.bind_and_sum(kind, self.bound_indices(node), node)

    def bind_and_sum(self, kind: type[Sum], bound: list[tuple[str, int, object, list]], node: syntax.BigOp) -> Value:
        """Sum the body over ``bound``: (index, low, upper end or None, conditions) each."""
        if not bound:
            return self.value(node.body)
        (index, low, high, conditions), *rest = bound
        ranges = self.symbols.ranges
        if high is None and index in self.symbols.declared:
            low, high = self.symbols.declared[index]
        range_class = ranges.new()
        if _as_value(node.body, index):
            raise refuse("E154", f"this sum runs over the values of {index}, not over an index", node)
        silent = high is None
        if high is None and index in self.symbols.index_sizes:
            high = self.symbols.size(self.symbols.index_sizes[index])
        if high is not None:
            ranges.declare(range_class, Range(min(low, 1), high))  # type: ignore[arg-type]
        if index in self.bound:
            self.warn("W410", f"the index {index} is bound twice; the inner sum has its own {index}", node)
        elif index in self.symbols.declared and high is not None and self.symbols.declared[index].high != high:
            pass
        with self.binding(index, range_class):
            body = self.bind_and_sum(kind, rest, node)
            if silent and isinstance(body, Term) and index not in body.free and index not in self.symbols.declared:
                raise refuse("E154", f"this sum runs over {index}, which is not an index of what it sums", node)
            guards = [self.comparison(op, self.operand(a), self.operand(b), node) for op, a, b in conditions]
        range_ = Range(low, high if high is not None else range_class)  # type: ignore[arg-type]
        neutral = ZERO if kind is Sum else ONE

        def build(parts: list[Term]) -> Term:
            inner = parts[0]
            return kind(index, range_, Cases(mul(*guards), inner, neutral) if guards else inner)

        return self._under_binder(body, build, index, node)

    def _under_binder(self, body: Value, build: Callable[[list[Term]], Term], index: str, node: syntax.Node) -> Value:
        if not isinstance(body, Array):
            return build([body])

        def entry(at: tuple[Index, ...]) -> Term:
            if index in at:  # the entry's own index must not be captured
                other = fresh(index, {i for i in at if isinstance(i, str)} | body.entry(at).free)
                renamed = tuple(other if i == index else i for i in at)
                return rename(build([body.entry(renamed)]), {other: index})
            return build([body.entry(at)])

        return Array(body.axes, entry, body.row)

    def operand(self, node: syntax.Node) -> Index:
        found = self.indices(node)
        if found is None or len(found) != 1:
            raise refuse("E122", "this is not an index that I understand", node)
        return found[0]

    def bound_indices(self, node: syntax.BigOp) -> list[tuple[str, int, object, list]]:
        sub = node.sub
        if sub is None:
            return [(self.implied_index(node), 1, self.upper(node.sup), [])]
        items = list(sub.items) if isinstance(sub, syntax.Tuple) else [sub]
        if isinstance(sub, syntax.Product) and all(isinstance(f, syntax.Symbol) for f in sub.factors):
            items = list(sub.factors)
        found: list[tuple[str, int, object, list]] = []
        for item in items:
            match item:
                case syntax.Symbol():
                    found.append((plain(item.name), 1, self.upper(node.sup), []))
                case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=None, primes=primes):
                    found.append((plain(base.name) + "'" * primes, 1, self.upper(node.sup), []))
                case syntax.Relation(left=left, rest=rest):
                    self.bound_by_relation(left, rest, node, found, item)
                case _:
                    raise refuse("E154", "this sum's index is not understood", item)
        return found

    def bound_by_relation(self, left: syntax.Node, rest: tuple, node: syntax.BigOp, found: list, item: syntax.Node) -> None:
        op, right = rest[0]
        if op == "=" and isinstance(left, syntax.Symbol):
            try:
                low = self.scalar(right)
            except ReadError as error:
                raise refuse("E155", "the lower end of this sum is not understood", right) from error
            if not hasattr(low, "value") or low.value.denominator != 1:
                raise refuse("E155", "the lower end of this sum is not a whole number", right)
            high = self.upper(node.sup)
            index = plain(left.name)
            conditions = [(o, left, r) for o, r in rest[1:]]
            found.append((index, int(low.value), high, conditions))
            return
        if op in ("!=", "in") or op in ("<", "<=", ">", ">="):
            if op == "in" and isinstance(left, syntax.Symbol):
                found.append((plain(left.name), 1, self.upper(node.sup), []))
                return
            if op != "!=":
                raise refuse("E156", "a sum over part of the pairs of indices is not in the language", item)
            if found and isinstance(left, syntax.Symbol) and plain(left.name) == found[-1][0]:
                found[-1][3].append((op, left, right))
                return
            bound, other = left, right
            if not isinstance(left, syntax.Symbol) or (
                isinstance(right, syntax.Symbol) and self._known(plain(left.name)) and not self._known(plain(right.name))
            ):
                bound, other = right, left
            elif (
                isinstance(right, syntax.Symbol)
                and not self._known(plain(right.name))
                and not _mentions(node.body, plain(left.name))
                and _mentions(node.body, plain(right.name))
            ):
                bound, other = right, left
            if not isinstance(bound, syntax.Symbol):
                raise refuse("E154", "this sum's index is not understood", item)
            if bound is not left:
                self.warn("W411", f"the sum is read as one over {bound.name}", item)
            found.append((plain(bound.name), 1, self.upper(node.sup), [(op, bound, other)]))
            return
        raise refuse("E154", "this sum's index is not understood", item)

    def _known(self, index: str) -> bool:
        return index in self.bound or index in self.free

    def implied_index(self, node: syntax.BigOp) -> str:
        letters = [n for n in dict.fromkeys(_subscripts(node.body)) if n not in self.bound and n not in self.free]
        if len(letters) == 1:
            self.notes.append(f"the sum without an index is read as one over {letters[0]}")
            return letters[0]
        raise refuse("E157", "this sum does not say over which index", node, "write \\sum_j")

    def upper(self, sup: syntax.Node | None) -> object:
        symbols = self.symbols
        match sup:
            case None:
                return None
            case syntax.Number() if sup.text.isdigit():
                return int(sup.text)
            case syntax.Symbol():
                name = plain(sup.name)
                if name == r"\infty":
                    raise refuse("E158", "infinite sums are not in the language", sup)
                symbols.size_names.add(name)
                symbols.ranges.taken.add(name)
                return symbols.size(name)
            case syntax.Group(open="|"):
                return symbols.size(f"|{_text(sup.body)}|")
            case syntax.Scripted():
                name = _text(sup)
                symbols.size_names.add(name)
                symbols.ranges.taken.add(name)
                return symbols.size(name)
        raise refuse("E159", "the upper end of this sum is not a size that I understand", sup)

    # Conditions, cases, matrices

    def condition(self, node: syntax.Node, whole: syntax.Node) -> Term:
        """An index condition as a term with the values 0 and 1."""
        match node:
            case syntax.Relation(left=left, rest=rest):
                parts = []
                for op, right in rest:
                    parts.append(self.comparison(op, self.operand(left), self.operand(right), node))
                    left = right
                return mul(*parts)
            case syntax.Tuple(items=items):
                return mul(*(self.condition(item, whole) for item in items))
            case syntax.Group():
                return self.condition(node.body, whole)
        raise refuse("E180", "this condition is not one between indices", whole)

    def comparison(self, op: str, a: Index, b: Index, node: syntax.Node) -> Term:
        delta = self.delta(a, b, node)
        if op == "=":
            return delta
        if op == "!=":
            return add(ONE, neg(delta))
        raise refuse("E181", f"the condition {op} between indices is not in the language", node)

    def cases(self, node: syntax.Casesdef) -> Term:
        rows: list[tuple[Term | None, Term]] = []
        for value, condition in node.rows:
            nodes = [c for c in condition if not isinstance(c, syntax.Text)]
            words = " ".join(c.text.lower() for c in condition if isinstance(c, syntax.Text))
            guard = self.condition(nodes[0], node) if len(nodes) == 1 else None
            if guard is None and (nodes or not any(w in words for w in ("otherwise", "else", "sonst", "sinon", "其他", "否则"))):
                raise refuse("E182", "the condition of this case is not understood", node)
            rows.append((guard, self.scalar(value)))
        if len(rows) == 1:
            raise refuse("E182", "there is only one case", node)
        last_guard, result = rows[-1]
        if last_guard is not None:
            complement = {add(ONE, neg(guard)) for guard, _ in rows[:-1] if guard is not None}
            complement |= {guard.parts[1].parts[1] for guard, _ in rows[:-1] if guard is not None and guard.parts and guard.parts[0] is ONE}
            if len(rows) != 2 or last_guard not in complement:
                raise refuse("E182", "these cases do not cover everything", node, "add an `otherwise`")
        for guard, value in reversed(rows[:-1]):
            if guard is None:
                raise refuse("E182", "`otherwise` must come last", node)
            result = Cases(guard, value, result)
        return result

    def matrix(self, node: syntax.Matrix) -> Value:
        """A matrix of entries; dots in a vector stand for the obvious family."""
        cells = [[c for c in row] for row in node.rows if any(c is not None for c in row)]
        flat = [c for row in cells for c in row]
        if any(isinstance(c, syntax.Ellipsis) for c in flat):
            if len(cells) > 1 and any(len(row) > 1 for row in cells):
                raise refuse("E183", "dots in a matrix with several rows and columns", node, "give the entry: A_{ij} = ...")
            entries = [self.scalar(c) for c in flat if c is not None and not isinstance(c, syntax.Ellipsis)]
            return self.dotted_vector(entries, row=len(cells) == 1 and len(flat) > 1, node=node)
        if len(flat) == 1 and isinstance(flat[0], syntax.Tuple):
            return self.listing(flat[0])
        if len({len(row) for row in cells}) != 1 or any(c is None for c in flat):
            raise refuse("E184", "the rows of this matrix have different lengths", node)
        values = [[self.scalar(c) for c in row] for row in cells]  # type: ignore[arg-type]
        rows, columns = len(values), len(values[0])
        if columns == 1:
            return Array((rows,), lambda at: _entry([r[0] for r in values], at[0]))
        if rows == 1:
            return Array((columns,), lambda at: _entry(values[0], at[0]), row=True)
        return Array((rows, columns), lambda at: _entry([_entry(r, at[1]) for r in values], at[0]))

    def listing(self, node: syntax.Tuple) -> Value:
        """``(a, b, c)`` as a vector."""
        if any(isinstance(item, syntax.Ellipsis) for item in node.items):
            entries = [self.scalar(item) for item in node.items if not isinstance(item, syntax.Ellipsis)]
            return self.dotted_vector(entries, False, node)
        values = [self.scalar(item) for item in node.items]
        return Array((len(values),), lambda at: _entry(values, at[0]))

    def dotted_vector(self, entries: list[Term], row: bool, node: syntax.Node) -> Array:
        found = generalise(entries, self.symbols.size_names)
        if found is None or found[1] != 1:
            raise refuse("E131", "the entries around the dots do not show what they stand for", node)
        index, _, high, body = found
        self.notes.append("the dots are read as the obvious family")
        if isinstance(high, int):
            return Array((high,), lambda at: rename(body, {index: at[0]}), row)
        axis = self.symbols.ranges.new()
        self.symbols.ranges.declare(axis, Range(1, high))
        return Array((axis,), lambda at: rename(body, {index: at[0]}), row)

    def warn(self, code: str, message: str, node: syntax.Node) -> None:
        self.warnings.append(Diagnostic(code, message, node.span))


def parts_of(node: syntax.Node) -> tuple[syntax.Node, syntax.Node | None, syntax.Node | None, int]:
    """(base, subscript, superscript, primes), with stacked scripts merged where they do not collide."""
    if isinstance(node, syntax.Scripted):
        base, sub, sup, primes = node.base, node.sub, node.sup, node.primes
        if isinstance(base, syntax.Scripted) and (sub is None or base.sub is None) and (sup is None or base.sup is None):
            return base.base, sub or base.sub, sup or base.sup, primes + base.primes
        return base, sub, sup, primes
    return node, None, None, 0


def _called_with_several(factors: list[syntax.Node], operators: list[str], at: int) -> bool:
    """Whether a bracket with several arguments follows without a gap: ``CE(y, p)`` is a call, not a product."""
    if at >= len(factors) or operators[at] != "":
        return False
    group = parts_of(factors[at])[0]
    return isinstance(group, syntax.Group) and group.open == "(" and isinstance(group.body, syntax.Tuple) and factors[at].span.start == factors[at - 1].span.end


def _entry(values: list[Term], index: Index) -> Term:
    """The entry of an explicit list at a number, or by cases at a symbolic index."""
    if isinstance(index, int):
        return values[index - 1]
    result = values[-1]
    for n in range(len(values) - 1, 0, -1):
        result = Cases(Delta(index, n), values[n - 1], result)
    return result


def _is_layer(node: syntax.Node | None) -> bool:
    """A superscript that names a layer: ``l``, ``L``, ``l+1``, ``L-1``, ``o``, ``h``; nobody takes such powers."""
    match node:
        case syntax.Symbol():
            return plain(node.name) in ("l", "L", r"\ell", "o", "h", "out", "in", "hid")
        case syntax.Add(terms=((_, syntax.Symbol() as first), (_, syntax.Number()))):
            return plain(first.name) in ("l", "L", r"\ell")
    return False


def _is_time(node: syntax.Node | None) -> bool:
    """``^t``, ``^{t-1}``: a time step, where t is an index of the document."""
    match node:
        case syntax.Symbol(name="t"):
            return True
        case syntax.Add(terms=((_, syntax.Symbol(name="t")), (_, syntax.Number()))):
            return True
    return False


def _is_transpose(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Symbol) and node.name in TRANSPOSES


def _text(node: syntax.Node) -> str:
    return index_word(node)


def _subscripts(node: syntax.Node) -> Iterator[str]:
    """Letters that stand as lone subscripts inside a node, in order."""
    for part in syntax_parts(node):
        if isinstance(part, syntax.Scripted) and isinstance(part.sub, syntax.Symbol):
            name = letter(part.sub)
            if name in INDEX_LETTERS:
                yield name
        yield from _subscripts(part)


def syntax_parts(node: syntax.Node) -> Iterator[syntax.Node]:
    """The immediate children of a syntax node."""
    for name in type(node).__slots__:
        value = getattr(node, name)
        stack = [value]
        while stack:
            item = stack.pop(0)
            if isinstance(item, syntax.Node):
                yield item
            elif isinstance(item, tuple) and not isinstance(item, Span):
                stack = [*item, *stack]


def _bound_symbols(sub: syntax.Node | None) -> Iterator[syntax.Symbol]:
    match sub:
        case syntax.Symbol():
            yield sub
        case syntax.Relation(left=syntax.Symbol() as left):
            yield left


def _binds(node: syntax.Node, name: str) -> bool:
    """Whether a sum inside ``node`` has its own index ``name``."""
    if isinstance(node, syntax.BigOp) and any(plain(s.name) == name for s in _bound_symbols(node.sub)):
        return True
    return any(_binds(part, name) for part in syntax_parts(node))


def _as_value(node: syntax.Node, name: str) -> bool:
    """Whether ``name`` stands in ``node`` as a number or symbol, not only in subscripts, labels and conditions."""
    match node:
        case syntax.Symbol():
            return plain(node.name) == name
        case syntax.Relation():
            return False
        case syntax.Scripted(base=base, sup=sup):
            exponent = sup if sup is not None and not isinstance(sup, syntax.Group) else None
            return _as_value(base, name) or (exponent is not None and _as_value(exponent, name))
        case syntax.BigOp(body=body):
            return _as_value(body, name)
    return any(_as_value(part, name) for part in syntax_parts(node))


def _mentions(node: syntax.Node, name: str) -> bool:
    if isinstance(node, syntax.Symbol):
        return plain(node.name) == name
    return any(_mentions(part, name) for part in syntax_parts(node))


__all__ = ["Elaborator", "parts_of", "syntax_parts"]
