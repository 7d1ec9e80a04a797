r"""Indices: which subscripts and superscripts are indices or labels, what they run over, and conditions between them.

The ground floor of the elaborator, with its state. This module must never guess: a subscript that it does not
understand is a ReadError with its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, letter_of, plain
from symderiv.reader.grammar.nodes import is_layer, is_time, is_transpose, names_in
from symderiv.reader.grammar.vocabulary import INDEX_LETTERS
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.indexed.layers import place
from symderiv.reader.letters import thresholds
from symderiv.reader.letters.chosen import choose
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import ONE, ZERO, Assumption, Delta, Index, Range, Term, Var, add, mul, neg, reached

INDICATORS = frozenset(
    {"1", "I", "δ", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}", r"\mathbbm{1}", r"\mathds{1}", r"\delta"}
)

MOST_CALLS = 5_000  # of the author's functions, written out in one step


def refuse(code: str, message: str, node: syntax.Node, help: str = "") -> ReadError:
    return ReadError(code, message, node.span, help)


class Indices:
    """The indices of subscripts and labels, the ranges they run over, and conditions between them.

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
        self.by: syntax.Node | None = None  # what is being differentiated by
        self.guessed = False  # whether a shape was guessed from fonts and transposes alone
        self.said: list[Assumption] = []  # conditions that subscripts state
        self.fixed: dict[str, int] = {}  # letters that a sum over a few numbers gives their values
        self.counted: set[str] = set()  # indices for values that are numbered here
        self.layout = ""  # how derivatives of vectors by vectors lie: "", "rows" (gradients do), "transposed"
        self.vector_rate = self.row_gradient = False  # whether a derivative was read that another layout changes
        self.turned = False  # whether a row vector is differentiated in this chain, or differentiated by
        self.notes: list[str] = []
        self.warnings: list[Diagnostic] = []
        self.calls_left = MOST_CALLS

    def start_chain(self) -> None:
        self.free = {}
        self.guessed = self.turned = False
        self.said = []
        self.variable = None
        self.calls_left = MOST_CALLS

    def value(self, node: syntax.Node) -> Value:
        """What a formula stands for: the elaborator knows."""
        raise NotImplementedError

    def differentiated(self, body: Value, variable: Value, node: syntax.Node) -> Value:
        """The derivative of ``body`` by ``variable``."""
        raise NotImplementedError

    def scalar(self, node: syntax.Node) -> Term:
        value = self.value(node)
        if isinstance(value, Array):
            raise refuse("E213", "this is a vector or matrix where a number is needed", node)
        return value

    def warn(self, code: str, message: str, node: syntax.Node) -> None:
        self.warnings.append(Diagnostic(code, message, node.span))

    def indices(self, node: syntax.Node | None, name: str = "") -> list[Index] | None:
        """The indices of a subscript; None if it is a part of the name, such as ``max``."""
        if node is None:
            return []
        if name and not self.symbols.steps.isdisjoint(names := set(names_in(node))):
            if not self.bound.keys().isdisjoint(names):
                raise refuse("E154", "this sum runs over steps in time, whose quantities are names here", node)
            return None  # h_{t-1}, the name of what h was a step before
        match node:
            case syntax.Number():
                if not node.text.isdigit():
                    raise refuse("E120", f"the subscript {node.text} is not a whole number", node)
                if name in self.symbols.layered_subs:
                    return None  # W_2, the weights of layer 2
                if len(node.text) == 2 and name in self.symbols.pairs:
                    return [int(c) for c in node.text]
                return [int(node.text)]
            case syntax.Symbol():
                index = self.index(node)
                return None if index is None else [index]
            case syntax.Tuple():
                return self._each(node.items, node)
            case syntax.Product() if all(op in ("", ".") for op in node.operators):
                return self._each(node.factors, node)
            case syntax.Group(open="(" | "["):
                return self.indices(node.body, name)
            case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=None, primes=primes) if primes:
                return [plain(base.name) + "'" * primes]
            case syntax.Scripted(base=syntax.Symbol() as base, sub=sub, sup=None, primes=0) if sub is not None:
                inner = self.indices(sub)
                if inner is not None and len(inner) == 1:
                    return [self.label_index(plain(base.name), inner[0], node)]
            case syntax.Scripted(
                base=syntax.Symbol() as base, sub=None, sup=syntax.Group(open="(", body=syntax.Symbol() as example)
            ):
                return [self.label_index(plain(base.name), plain(example.name), node)]
            case syntax.Relation(left=syntax.Symbol() as left, rest=((op, syntax.Symbol() as right),)) if (
                name and op in ("=", "!=")
            ):
                a, b = self.operand(left), self.operand(right)  # z_{r = q}: z_r, said of r = q
                kind, sign = ("equal", "=") if op == "=" else ("distinct", r"\ne")
                self.said.append(Assumption(kind, (a, b), f"{a} {sign} {b}", "said in a subscript"))
                return [a]
            case syntax.Add():
                raise refuse("E121", "arithmetic in an index is not in the language", node)
        if name and isinstance(node, syntax.Text):
            return None
        raise refuse("E122", "this subscript is not an index that I understand", node)

    def _each(self, items: Sequence[syntax.Node], node: syntax.Node) -> list[Index] | None:
        """The indices side by side in a subscript; a name cannot hold one that a sum runs over."""
        parts = [self.indices(item) for item in items]
        found = [index for part in parts if part for index in part]
        if None not in parts:
            return found
        if not self.bound.keys().isdisjoint(found):
            raise refuse("E122", "this subscript is not an index that I understand", node)
        return None

    def label_index(self, name: str, inner: Index, node: syntax.Node) -> Index:
        """``y_i`` used as an index: one class, the same wherever i is the same."""
        if isinstance(inner, str) and (inner in self.bound or inner in self.symbols.bound_names):
            index = choose(self.symbols, name, inner)
            self.use(inner, self.symbols.ranges.slot(self.symbols.chosen[index][0], 1), node)
            return index
        if isinstance(inner, int) and name in self.symbols.bound_names:
            self.notes.append(f"{name}_{inner} is read as the value {inner} of the index {name}")
            self.guessed = True
            return inner
        index = f"{name}_{inner}"
        self.free.setdefault(index, self.symbols.index_classes.get(index) or self.symbols.ranges.new())
        self.symbols.index_classes[index] = self.free[index]
        return index

    def index(self, node: syntax.Symbol) -> Index | None:
        name = plain(node.name)
        symbols = self.symbols
        if name in self.fixed:
            return self.fixed[name]
        if letter_of(name) in symbols.valued:
            return name
        if name in self.bound or name in symbols.declared or name in self.free or name in symbols.index_names:
            return name
        if name in symbols.sizes:
            return symbols.sizes[name]
        if name in symbols.size_names:
            return name
        if len(name) == 1 and name in INDEX_LETTERS:
            return None if name in symbols.namesakes else name
        if name == r"\ell":
            return name
        return None

    def use(self, index: Index, range_class: str, node: syntax.Node) -> None:
        """Note that ``index`` stands where ``range_class`` runs."""
        ranges = self.symbols.ranges
        if isinstance(index, int):
            ranges.number(range_class, index)
            return
        if index in self.symbols.chosen:
            ranges.unite(ranges.slot(self.symbols.chosen[index][0], 0), range_class)
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

    def not_numbers(self, indices: Collection[str], body: Term, node: syntax.Node) -> None:
        """Refuse an index that is a number, too, in what runs over it, or in what that rests on: the k of ``k x_k``.

        A member or a sum puts another index in the places of x_k only, and the number k would stay what it was.
        """
        parts = reached((body,), self.symbols.definitions)
        found = [t for t in parts if isinstance(t, Var)]
        numbers = {letter_of(t.name) for t in found if not t.indices}
        numbers |= {step["letter"] for t in found if (step := place(t.name)) is not None}  # \gamma^t may be a power
        if both := sorted(numbers.intersection(indices)):
            raise refuse("E124", f"the index {both[0]} is used as a number", node)

    def known(self, index: str) -> bool:
        return index in self.bound or index in self.free

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

    def operand(self, node: syntax.Node) -> Index:
        found = self.indices(node)
        if found is None or len(found) != 1:
            raise refuse("E122", "this is not an index that I understand", node)
        return found[0]

    def label(self, name: str, sup: syntax.Node | None) -> tuple[list[Index], syntax.Node | None, str]:
        """Split a superscript: ``^{(i)}`` and ``^{[l]}`` are labels, anything else an exponent."""
        if sup is None:
            return [], None, name
        if isinstance(sup, syntax.Group) and sup.open in ("(", "[", r"\langle") and sup.body is not None:
            body = sup.body
            layer = self.layer(body)
            if layer is None and isinstance(body, syntax.Number) and name.removeprefix("d ") in self.symbols.layered:
                layer = body.text
            if layer is not None:
                return [], None, f"{name}^{{({layer})}}"
            content = self.indices(body, "") if not isinstance(body, syntax.Text) else None
            if content is not None:
                return content, None, name
            return [], None, f"{name}^{{({index_word(body)})}}"
        if isinstance(sup, syntax.Product) and isinstance(sup.factors[0], syntax.Group) and len(sup.factors) == 2:
            first = sup.factors[0]
            if first.open in ("(", "[") and is_transpose(sup.factors[1]):
                labels, _, name = self.label(name, first)
                return labels, sup.factors[1], name
        if (
            isinstance(sup, syntax.Product)
            and len(sup.factors) == 2
            and is_layer(sup.factors[0])
            and is_transpose(sup.factors[1])
        ):
            return [], sup.factors[1], f"{name}^{{{index_word(sup.factors[0])}}}"
        if isinstance(sup, syntax.Symbol) and (name + "^" + sup.name) in self.symbols.labels | {
            f"{name}^{n}" for n in self.symbols.labels if n.startswith("^")
        }:
            return [], None, f"{name}^{{{sup.name}}}"
        if isinstance(sup, syntax.Symbol) and ("^" + sup.name) in self.symbols.labels:
            return [], None, f"{name}^{{{sup.name}}}"
        if self.symbols.time and is_time(sup) and "t" not in self.symbols.exponents:
            return [], None, f"{name}^{{{index_word(sup)}}}"
        if is_layer(sup) or (isinstance(sup, syntax.Number) and name in self.symbols.numbered):
            return [], None, f"{name}^{{{index_word(sup)}}}"
        if isinstance(sup, syntax.Symbol) and sup.name in ("*", r"\ast", r"\star", "+", "-", r"\dagger"):
            return [], None, f"{name}^{{{sup.name}}}"
        return [], sup, name

    def layer(self, body: syntax.Node) -> str | None:
        r"""``l`` and ``l+1`` where a document counts so: names of layers then, and not indices."""
        first = body.terms[0][1] if isinstance(body, syntax.Add) and len(body.terms) == 2 else body
        if not isinstance(first, syntax.Symbol) or plain(first.name) not in self.symbols.layers:
            return None
        if isinstance(body, syntax.Add) and not isinstance(body.terms[1][1], syntax.Number):
            return None
        if plain(first.name) in self.bound:
            raise refuse("E121", "arithmetic in an index that is summed over is not in the language", body)
        return index_word(body)

    def delta(self, a: Index, b: Index, node: syntax.Node) -> Term:
        shared = self.symbols.ranges.new()
        self.use(a, shared, node)
        self.use(b, shared, node)
        if a == b:
            return ONE
        if isinstance(a, int) and isinstance(b, int):
            return ZERO
        return Delta(a, b)

    def condition(self, node: syntax.Node, whole: syntax.Node) -> Term:
        """An index condition as a term with the values 0 and 1."""
        match node:
            case syntax.Relation(left=left, rest=rest):
                if (found := self.inequalities(node)) is not None:
                    return thresholds.indicator(found)
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

    def inequalities(self, node: syntax.Relation) -> list[thresholds.Literal] | None:
        """``x > 0``, ``-1 < x < 1`` between numbers; None where indices are compared."""
        if not self.compares(node):
            return None
        return thresholds.literals(node, [self.scalar(side) for side in thresholds.sides(node)])

    def compares(self, node: syntax.Relation) -> bool:
        """Whether a condition is an inequality between numbers, or vectors of them, and not between indices."""
        signs = all(op in thresholds.ABOVE for op, _ in node.rest)
        return signs and not any(map(self.counts, thresholds.sides(node)))

    def counts(self, node: syntax.Node) -> bool:
        """Whether a side of a condition is an index, or one more or less than it."""
        symbols = self.symbols
        letters = INDEX_LETTERS.intersection(symbols.sub_letters)
        known = letters.union(symbols.index_names, symbols.declared, self.bound, self.free)
        parts = [term for _, term in node.terms] if isinstance(node, syntax.Add) else [node]
        return any(isinstance(part, syntax.Symbol) and plain(part.name) in known for part in parts)

    def comparison(self, op: str, a: Index, b: Index, node: syntax.Node) -> Term:
        delta = self.delta(a, b, node)
        if op == "=":
            return delta
        if op == "!=":
            return add(ONE, neg(delta))
        raise refuse("E181", f"the condition {op} between indices is not in the language", node)
