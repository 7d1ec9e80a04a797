r"""Calls: functions known by name, functions that the author defined, and letters that only say on what they depend.

``\sigma(z)_i`` is a call and ``w(x + b)`` a product; the symbols in force decide. This module must never take an
unknown function for a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce

from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader.elaboration.dependence import Dependence
from symderiv.reader.elaboration.determinants import determinant
from symderiv.reader.elaboration.expectations import Expectations
from symderiv.reader.elaboration.inverses import turned
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import GREEK_NAMES, index_word, plain, shown
from symderiv.reader.grammar.nodes import (
    call_name,
    is_data,
    is_transpose,
    letter_below,
    names_in,
    parts_of,
    prefers,
    stands_bare,
)
from symderiv.reader.grammar.vocabulary import MOMENTS, QUANTITIES
from symderiv.reader.indexed.arrays import Array, Value, contraction, elementwise, inverse, join
from symderiv.reader.indexed.families import substitute
from symderiv.reader.indexed.inverted import inverted
from symderiv.reader.letters import logarithms, thresholds
from symderiv.reader.letters.brackets import DISTRIBUTIONS, NEVER_FUNCTIONS
from symderiv.reader.letters.indices import INDICATORS, refuse
from symderiv.reader.letters.symbols import PROBABILITIES, base_name
from symderiv.terms import (
    ONE,
    ZERO,
    Context,
    Deriv,
    Fn,
    Head,
    Index,
    Opaque,
    Term,
    Var,
    add,
    exp,
    log,
    mul,
    neg,
    power,
    rename,
)

WORDS = (r"\text{", r"\operatorname{", r"\mathrm{", r"\mathit{", r"\mathsf{")
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
    "Softplus": "softplus",
    "SoftPlus": "softplus",
    "relu": "relu",
    "ReLU": "relu",
    **{name: name for name in ("sech", "csch", "coth", "tan", "cot", "sec", "csc", "sign")},
    "sgn": "sign",
}
"""Functions known by name, unless the author defines the name."""

BY_OTHERS: dict[str, Callable[[Term], Term]] = {
    "sech": lambda x: power(Fn("cosh", x), -1),
    "csch": lambda x: power(Fn("sinh", x), -1),
    "coth": lambda x: mul(Fn("cosh", x), power(Fn("sinh", x), -1)),
    "tan": lambda x: mul(Fn("sin", x), power(Fn("cos", x), -1)),
    "cot": lambda x: mul(Fn("cos", x), power(Fn("sin", x), -1)),
    "sec": lambda x: power(Fn("cos", x), -1),
    "csc": lambda x: power(Fn("sin", x), -1),
    "sign": lambda x: mul(Fn("abs", x), power(x, -1)),
    "identity": lambda x: x,
}
"""Those of them that are written with others; a sign is none at 0."""

CROSS_ENTROPY = ("CE", "CrossEntropy", "cross_entropy", "crossentropy")


def known(name: str, argument: Term) -> Term:
    """The value of a function that is known by name."""
    return BY_OTHERS[name](argument) if name in BY_OTHERS else Fn(name, argument)


class Calls(Expectations):
    """The value of a function at its arguments."""

    def call(self, factors: list[syntax.Node], operators: list[str], n: int) -> tuple[Value, int]:
        """The value of a call ``f(x)`` that begins at factor ``n``, and how many factors it took (0: no call)."""
        head = factors[n]
        if n + 1 < len(factors) and operators[n + 1] == "" and self._taken_at(head, factors[n + 1]):
            return self.value(head), 2
        base, sub, sup, primes = parts_of(head)
        one = isinstance(head, syntax.Number) and head.text == "1"
        if n + 1 >= len(factors) or operators[n + 1] != "" or not (isinstance(base, syntax.Symbol) or one):
            return ONE, 0
        follower = factors[n + 1]
        group, gsub, gsup, gprimes = parts_of(follower)
        if not isinstance(group, syntax.Group) or group.open not in ("(", "[", "{", r"\{"):
            return ONE, 0
        if one and isinstance(group.body, syntax.Relation):
            return self.scripts(self.truth(group.body, head), gsup, 0, head), 2  # 1\{y = k\}
        if not isinstance(base, syntax.Symbol):
            return ONE, 0
        name = plain(base.name)
        if isinstance(group.body, syntax.Relation) and (base.name in INDICATORS or name in INDICATORS) and sub is None:
            return self.scripts(self.truth(group.body, head), gsup, 0, head), 2
        among = name == "E" and sub is not None and group.open in ("[", r"\{") and not self.symbols.defines("E", 1)
        if group.open == "{" or (group.open == r"\{" and name not in self.symbols.applied and not among):
            return ONE, 0
        if (found := self.divergence(head, group)) is not None and gsub is None:
            return self.scripts(found, gsup, gprimes, head), 2
        drawn = isinstance(sub, syntax.Relation | syntax.Product) or among  # E_q[x], E_1\{x\}
        if name == "E" and drawn and not primes and sup is None and (among or not self.symbols.heads.get("E")):
            return self.scripts(self.expectation(sub, group, head), gsup, gprimes, head), 2
        items = list(group.body.items) if isinstance(group.body, syntax.Tuple) else [group.body]
        if not items:
            raise refuse("E105", "there is nothing in the brackets", group)
        items = [item for item in items if not is_data(item)] if len(items) > 1 else items
        if len(items) == 1 and isinstance(items[0], syntax.Add) and stands_bare(items[0], name):
            return ONE, 0  # s(1 - s) is a product
        if self.variable is not None and name in self.symbols.squares and self.variable.name == f"{name}^{{2}}":
            return ONE, 0  # \sigma (x - \mu), where something is differentiated by the deviation
        if name in self.symbols.vector_functions:
            features = self.vector_at(head, group.body)
            features = self.pick(features, gsub, head) if gsub is not None else features
            return self.scripts(features, gsup, gprimes, head), 2
        of_values = self.of_values(base, sub, group.body)
        if name == r"\delta" and sub is None and self._are_indices(items) and not self.symbols.functions.get((name, 0)):
            first, second = map(self.operand, items)
            return self.scripts(self.delta(first, second, head), gsup, 0, head), 2  # \delta(i, j)
        prior = base_name(name) in PROBABILITIES and all(isinstance(item, syntax.Relation) for item in items)
        given = any(isinstance(item, syntax.Given) or prefers(item) for item in items)
        law = not (sub or sup or primes) and self._is_law(name, items)
        if prior or given or law or (of_values and gsub is None):
            return self.scripts(self.conditional(head, group.body), gsup, gprimes, head), 2
        known = self.standard(name) and not self._is_quantity(name) and name not in self.symbols.squares
        if turned(sup) is False and (known or (name, 0) in self.symbols.functions):
            raise refuse("E151", f"the inverse of the function {name} is not in the language", head)
        if primes and len(items) == 1:
            subs = self.indices(sub, name) if sub is not None else []
            called = name if subs else call_name(base, sub)
            derivative = self.function_derivative(called, primes, items[0], head, subs or [])
            if derivative is not None:
                if self.variable is None and isinstance(point := self.value(items[0]), Var) and not point.indices:
                    self.variable = point  # the primes of brackets after h'(x) are those by x
                return self.scripts(derivative, gsup, gprimes, head), 2
            if sub is not None and not isinstance(items[0], syntax.Symbol | syntax.Scripted):
                raise refuse("E126", "the derivative of a member of several functions, at another point", head)
        if not (sub or sup or primes):
            mean = name == "E" and self.symbols.mean and len(items) == 1
            found = self.mean(items[0]) if mean else self.moment(name, items, head)
            if found is not None:
                found = self.pick(found, gsub, head) if gsub is not None else found
                return self.scripts(found, gsup, gprimes, head), 2
        elif name in MOMENTS and not self.symbols.defines(name, 1) and (name, 1) not in self.symbols.functions:
            raise refuse("E153", f"{name} under a distribution that is only named", head)
        if not known and gsup is not None and is_transpose(gsup) and self._holds_scripts(name, sub, items):
            return ONE, 0  # y (w^*)^T x
        value = self.called(name, sub, sup, items, gsub, head)
        if value is None and name in ("sum", "Sum") and sub is None and len(items) == 1:
            value = self.total(self.value(items[0]))
        if value is None and self.is_word(base) and name not in QUANTITIES:
            raise refuse("E151", f"the function {name} is not in the language", head)
        if value is None and sub is None and group.open == "(" and self._is_function(name, sup, group.body):
            raise refuse("E151", f"what the function {shown(name)} is of this is not known", head)
        if value is None:
            return ONE, 0
        return self.scripts(value, gsup, primes + gprimes, head), 2

    def _is_function(self, name: str, sup: syntax.Node | None, body: syntax.Node) -> bool:
        r"""Whether what looks like a factor is a function: the g of words, the k of ``k^T(x + y)`` beside ``k(x)``."""
        if name in self.symbols.said_functions:
            return sup is None or is_transpose(sup)
        if sup is None or not is_transpose(sup) or name in NEVER_FUNCTIONS or name in names_in(body):
            return False
        match self.symbols.arguments.get(name):
            case (syntax.Symbol() | syntax.Scripted() | syntax.Tuple()) as called:
                return not {*names_in(called)}.isdisjoint(names_in(body))
        return False

    def _taken_at(self, head: syntax.Node, follower: syntax.Node) -> bool:
        r"""Whether a bracket says at which point a derivative is taken: ``\frac{df}{dx}(x)``."""
        match head, follower:
            case (
                syntax.DerivativeOp(body=syntax.Node(), variables=((variable, 1),), body_from_product=False),
                syntax.Group(open="(", body=body),
            ) if syntax.sexpr(variable) == syntax.sexpr(body):
                self.notes.append("a bracket after a derivative is read as the point at which it is taken")
                return True
        return False

    def truth(self, node: syntax.Relation, whole: syntax.Node) -> Value:
        """1 where a condition holds, and else 0; of a vector, ``1[z > 0]``, entry by entry."""
        if not self.compares(node):
            return self.condition(node, whole)
        return elementwise(
            [self.value(side) for side in thresholds.sides(node)],
            lambda p: thresholds.indicator(thresholds.literals(node, p)),
            self.symbols.ranges,
            node.span,
        )

    def standard(self, name: str) -> str:
        """The function that a name is known for, unless the words say that it is another, or any; or ""."""
        return self.symbols.activations.get(name, FUNCTIONS.get(name, ""))

    @staticmethod
    def is_word(symbol: syntax.Symbol) -> bool:
        """Whether a name is a word, and so the name of a function where a bracket follows."""
        return symbol.name.startswith(WORDS) and len(plain(symbol.name)) > 1

    def function_derivative(
        self, name: str, primes: int, item: syntax.Node, node: syntax.Node, subs: Sequence[Index] = ()
    ) -> Value | None:
        """``f'(x)``, or ``f_a'(x)``, of a function of one number: its derivative in its own argument, at x."""
        symbols = self.symbols
        function = symbols.functions.get((name, len(subs)))
        point = Var("\\cdot", (), ())
        if function is not None and len(function.parameters) == 1 and function.parameters[0].var is not None:
            point = function.parameters[0].var
            if point.indices:
                return None
            member = Var(symbols.name(name, len(subs)), tuple(subs), ())
            for n, index in enumerate(subs):
                self.use(index, symbols.ranges.slot(member.head, n), node)
            body = definition_of(member, symbols.definitions)
        elif subs:
            return None
        elif self.standard(name) and not self._is_quantity(name):
            body = known(self.standard(name), point)
        elif name in symbols.entrywise:
            body = Opaque(symbols.name(name), (point,), (0,))
            self.notes.append(f"{name} is taken to work entry by entry")
        else:
            return None
        if body is None:
            return None
        within = symbols.reached(body)
        if point.head not in within and not within.isdisjoint(symbols.reached(point)):  # F(u) = x^4 for u = x^2
            return self._derivative_through(body, point, primes, item, node)
        symbols.variables.add(point.head)  # what solves f'(x) = 0 is no definition of x
        notation = Dependence(symbols)
        if any(head not in symbols.definitions and notation.says(head, point.head) for head in within - {point.head}):
            if self.value(item) is not point:  # g(x) in f(x) = x g(x)
                raise refuse("E162", f"its definition does not show how it depends on {shown(point.name)}", node)
            return reduce(lambda inner, _: Deriv(inner, point), range(primes), body)
        if said := symbols.in_words(body, point.head, Context(definitions=symbols.definitions)):
            name = shown(said[0].name)
            raise refuse(
                "E126", f"what {name} is was said in words only, and it may depend on {shown(point.name)}", node
            )
        derivative: Term = body
        try:
            for _ in range(primes):
                derivative = differentiate(derivative, point, Context(definitions=symbols.definitions))
        except Unsupported as error:
            raise refuse("E126", str(error), node) from error
        derivative = self.unfolded(derivative, {point.head})  # the f(x) of f'(x) e^{f(x)} is taken there, too
        return elementwise(
            [self.value(item)], lambda p: substitute(derivative, {point: p[0]}, {}), symbols.ranges, node.span
        )

    def _derivative_through(self, body: Term, point: Var, primes: int, item: syntax.Node, node: syntax.Node) -> Term:
        r"""F'(u) = (dF/dx) / (du/dx), where F(u) = x^4 is written in the x of which u = x^2 is a function."""
        found: set[tuple[Head, Head]] = set()
        for _ in range(primes):
            body = inverted(Deriv(body, point), self.symbols.definitions, found)
        if not found or self.value(item) is not point:
            raise refuse("E162", f"its definition does not show how it depends on {shown(point.name)}", node)
        ((_, variable),) = found
        self.notes.append(f"{shown(point.name)} is taken to vary with {shown(variable.name)}")
        return body

    def standing_for_value(self, name: str, node: syntax.Node) -> Value | None:
        r"""A bare ``\sigma`` where the document calls it ``\sigma(z)`` and nothing else: its value there."""
        symbols = self.symbols
        argument = self._its_argument(name)
        if (
            not self.standard(name)
            or not isinstance(argument, syntax.Symbol)
            or (name, 0) in symbols.functions
            or name in symbols.squares
            or symbols.softmax
            or self._is_quantity(name)
            or any(h.subs or h.sups for h in symbols.heads.get(name, ()))
        ):
            return None
        value = self.value(argument)
        if not isinstance(value, Term):
            return None
        symbols.standard.add(name)
        self.notes.append(f"{name} alone is read as {name}({plain(argument.name)})")
        return known(self.standard(name), value)

    def _its_argument(self, name: str) -> syntax.Node | None:
        r"""What a function is called at everywhere; in ``\frac{d\sigma}{dz}`` the z, if it is called there at all."""
        called = self.symbols.call_texts.get(name, set())
        if self.by is not None and syntax.sexpr(self.by) in called:
            return self.by
        return self.symbols.arguments.get(name) if len(called) == 1 else None

    def _awaits(self, name: str, item: syntax.Node) -> bool:
        """Whether a function is called before the line that defines it for one number, and at another point."""
        point = self.symbols.awaited.get(name)
        if point is None or syntax.sexpr(point) == syntax.sexpr(item):
            return False
        return isinstance(point, syntax.Symbol) and self.array(plain(point.name), point) is None

    def _are_indices(self, items: Sequence[syntax.Node]) -> bool:
        return len(items) == 2 and all(isinstance(i, syntax.Symbol) and self._is_index(plain(i.name)) for i in items)

    def called(
        self,
        name: str,
        sub: syntax.Node | None,
        sup: syntax.Node | None,
        items: list[syntax.Node],
        gsub: syntax.Node | None,
        node: syntax.Node,
    ) -> Value | None:
        symbols = self.symbols
        subs = self.indices(sub, name)
        if subs is None:
            assert sub is not None
            name, subs = f"{name}_{{{index_word(sub)}}}", []
        labels, sup, name = self.label(name, sup)
        trailing = self.indices(gsub) if gsub is not None else []
        function = symbols.functions.get((name, len(subs) + len(trailing or [])))
        if function is None and gsub is not None:
            function = symbols.functions.get((name, len(subs)))
        value: Value | None = None
        if name in symbols.overloaded:
            raise refuse("E151", f"{name} is the name of several functions, of other arguments", node)
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
        elif (kind := self.standard(name)) and not subs and len(items) == 1 and not self._is_quantity(name):
            inner = self.value(items[0])
            if name == r"\sigma" and isinstance(inner, Array) and (symbols.softmax or gsub is not None):
                if not symbols.softmax:
                    raise refuse("E151", r"whether \sigma is the softmax function here is not said", node)
                value = self.softmax(inner, node)
                return self.scripts(self.pick(value, gsub, node) if gsub is not None else value, sup, 0, node)
            if name == r"\sigma" and symbols.softmax:
                raise refuse("E161", "softmax needs a vector", node)
            symbols.standard.add(name)
            value = elementwise([inner], lambda p: known(kind, p[0]), symbols.ranges, node.span)
        elif name in ("softmax", r"\mathrm{softmax}", "Softmax") and len(items) == 1:
            value = self.softmax(self.value(items[0]), node)
        elif name in CROSS_ENTROPY and len(items) == 2 and gsub is None and not symbols.defines(name, len(subs)):
            value = self.cross_entropy(items, node)
        elif symbols.defines(name, len(subs)) or self._is_family(name, subs):
            always = len(name) > 1 and name.isalpha() and self._always_alike(name)
            if always or (self.only_names(items) and self._is_called(name, subs, items, node)):
                family = self.array(name, node) if not subs and not labels else None
                value = family or self._at(name, subs, labels, items, node)
        elif len(items) == 1 and not subs and not labels and gsub is None and self._awaits(name, items[0]):
            inner = self.value(items[0])
            value = elementwise([inner], lambda p: Opaque(name, (p[0],), (0,)), symbols.ranges, node.span)
        elif (
            name in symbols.opaque
            or (name in symbols.called and not subs and len(items) <= 3 and self._simple(items))
            or (name in symbols.applied and not subs and not (self.only_names(items) and self._always_alike(name)))
        ):
            args = [self.value(item) for item in items]
            if name in symbols.entrywise and len(args) == 1 and isinstance(args[0], Array):
                self.notes.append(f"{name} is taken to work entry by entry")
                value = elementwise(
                    args, lambda p: Opaque(symbols.name(name), (p[0],), (0,)), symbols.ranges, node.span
                )
            elif all(isinstance(a, Term) for a in args):
                value = Opaque(symbols.name(name), tuple(args), (0,) * len(args))
            elif not self._always_alike(name):
                raise refuse("E151", f"what the function {name} is of a vector or matrix is not known", node)
            else:
                value = self.var(name, subs, labels, node)
        elif trailing and not subs and self._is_family(name, trailing) and self.only_names(items):
            value = self.var(name, trailing, labels, node)  # s(x)_i, where s_i is written too
            gsub = None
        elif name in ("vector", "vec"):
            value = self.listing(syntax.Tuple(tuple(items), (",",) * (len(items) - 1), node.span))
        elif (
            self._always_alike(name)
            and not gsub
            and self.only_names(items)
            and (len(name.partition("_{")[0]) == 1 or name[0] == "\\")
            and self._is_called(name, subs, items, node)
        ):
            value = self._at(name, subs, labels, items, node)  # f(x; theta), always with the same arguments
        if value is None:
            return None
        if gsub is not None:
            value = self.pick(value, gsub, node)
        if sup is not None:
            value = self.scripts(value, sup, 0, node)
        return value

    def _is_law(self, name: str, items: list[syntax.Node]) -> bool:
        """Whether a bracket follows the letter of a law, p(x) beside p(x|y), though some p_j stands somewhere."""
        law = name in self.symbols.laws & DISTRIBUTIONS and bool(self.symbols.heads.get(name))
        return law and not self.symbols.defines(name, 0) and self.only_names(items)

    def _is_called(self, name: str, subs: list[Index], items: list[syntax.Node], node: syntax.Node) -> bool:
        """Whether a bracket says on what a quantity depends; False: it is a factor. Raises where that is in doubt."""
        if len(items) != 1:
            return True
        of, symbols = letter_below(items[0]), self.symbols
        own = symbols.definitions.get(Head(symbols.name(name, len(subs)), len(subs), 0), ())
        reached = {head.name for head in symbols.reached(*(definition.body for definition in own))}
        if of != name and any(symbols.name(of, n) in reached for n in range(3)):
            return True
        told = symbols.uses.tells(name, bool(subs), of, symbols.defines(name, len(subs)))
        if told is None:
            raise refuse("E151", f"whether {shown(name)} is a function here or a factor is not said", node)
        return told

    def _holds_scripts(self, name: str, sub: syntax.Node | None, items: list[syntax.Node]) -> bool:
        """Whether a bracket is there for the script after it, as what it holds has one, where it may be a factor."""
        symbols = self.symbols
        if len(items) != 1 or parts_of(items[0])[2] is None or any((name, n) in symbols.functions for n in range(3)):
            return False
        return symbols.uses.tells(name, sub is not None, letter_below(items[0]), True) is None

    def _at(
        self, name: str, subs: list[Index], labels: list[Index], items: list[syntax.Node], node: syntax.Node
    ) -> Term:
        r"""What depends on its arguments, as their names say: one for each index of theirs, as ``h(x^{(i)})`` is."""
        symbols = self.symbols
        known = symbols.defines(name, len(subs))
        if not known and len(items) == 1 and not symbols.uses.always_alike(name, bool(subs)):
            raise refuse("E162", f"{shown(name)} has other arguments elsewhere, and what it is was not said", node)
        free = sorted({index for item in items for index in self._indices_of(item)} - {*subs, *labels})
        if free and symbols.defines(name, len(subs), len(labels) + len(free)):
            return self.var(name, subs, [*labels, *free], node)
        if free and not known:
            member = Var(symbols.name(name, len(subs), len(labels) + len(free)), tuple(subs), (*labels, *free))
            for n, index in enumerate(member.indices):
                self.use(index, symbols.ranges.slot(member.head, n), node)
            return member
        value = self.var(name, subs, labels, node)
        if not value.free.issuperset(free):
            raise refuse("E162", f"its definition does not show how it depends on {free[0]}", node)
        return value

    def _indices_of(self, item: syntax.Node) -> Iterator[str]:
        """The letters of the indices that an argument has."""
        base, sub, sup, _ = parts_of(item)
        if isinstance(base, syntax.Symbol):
            name = plain(base.name)
            subs = self.indices(sub, name) or []
            labels, _, _ = self.label(name, sup)
            yield from (index for index in (*subs, *labels) if isinstance(index, str))

    def _always_alike(self, name: str) -> bool:
        """Whether a function is called with the same arguments everywhere."""
        return len(self.symbols.call_texts.get(name, ())) == 1

    def _is_quantity(self, name: str) -> bool:
        """Whether the author uses the name for a number of his own (sigma as a standard deviation)."""
        return self.symbols.defines(name, 0) or name in self.symbols.factors

    def _is_family(self, name: str, subs: Sequence[Index]) -> bool:
        return any(h.subs == len(subs) and h.subs > 0 for h in self.symbols.heads.get(name, ()))

    @staticmethod
    def _simple(items: list[syntax.Node]) -> bool:
        return all(isinstance(item, syntax.Symbol | syntax.Scripted | syntax.Number) for item in items)

    def softmax(self, value: Value, node: syntax.Node) -> Value:
        if not isinstance(value, Array) or len(value.axes) not in (1, 2):
            raise refuse("E161", "softmax needs a vector", node)
        if len(value.axes) == 2:
            letters = "".join(name for name in names_in(node) if name in ("Q", "K"))
            convention = self.symbols.rowwise is None and letters == "QK"  # Q K^T, and not K^T Q
            if not self.symbols.rowwise and not convention:
                raise refuse("E161", "whether this is a softmax of each row or of each column is not said", node)
            if convention:
                self.notes.append("the softmax of queries and keys is read as that of each row")
            along = value.axes[1]
            return Array(
                value.axes,
                lambda at: mul(
                    exp(value.entry(at)), inverse(contraction(lambda j: exp(value.entry((at[0], j))), along, at))
                ),
            )
        (axis,) = value.axes
        return Array(
            value.axes,
            lambda at: mul(exp(value.entry(at)), inverse(contraction(lambda j: exp(value.entry((j,))), axis, at))),
            value.row,
        )

    def cross_entropy(self, items: list[syntax.Node], node: syntax.Node) -> Term:
        r"""``CE(y, \hat y)`` of two vectors: -\sum_i y_i log \hat y_i; the hat says which is the output."""
        values = [self.value(item) for item in items]
        hats = ["\\hat" in syntax.sexpr(item) for item in items]
        target, output = values if hats[1] else values[::-1]
        if hats[0] == hats[1] or not isinstance(target, Array) or not isinstance(output, Array):
            raise refuse("E151", "which of these is the target, or whether they are vectors, is not said", node)
        terms = elementwise([target, output], lambda p: mul(p[0], log(p[1])), self.symbols.ranges, node.span)
        self.notes.append("CE is read as the cross entropy, -\N{N-ARY SUMMATION} y log \u0177")
        return neg(self.total(terms))

    def extreme(self, name: str, argument: syntax.Node, node: syntax.Node) -> Value:
        r"""``\max(a, b) = b + relu(a - b)`` and ``\min(a, b) = a - relu(a - b)``; ``\max(0, x) = relu(x)``."""
        pair = argument.body if isinstance(argument, syntax.Group) else None
        if not isinstance(pair, syntax.Tuple) or len(pair.items) != 2:
            raise refuse("E151", f"the {name} of anything but two numbers is not in the language", node)
        a, b = map(self.value, pair.items)
        if name == "max" and ZERO in (a, b):
            return elementwise([b if a is ZERO else a], lambda p: Fn("relu", p[0]), self.symbols.ranges, node.span)

        def choice(parts: list[Term]) -> Term:
            above = Fn("relu", add(parts[0], neg(parts[1])))
            return add(parts[1], above) if name == "max" else add(parts[0], neg(above))

        return elementwise([a, b], choice, self.symbols.ranges, node.span)

    def application(self, node: syntax.Apply) -> Value:
        """``log x``, ``exp(x)``, ... by their own names."""
        name = node.name
        argument = node.argument
        symbols = self.symbols
        if turned(node.sup) is False:
            raise refuse("E151", f"the inverse of the function {name} is not in the language", node)
        base = f"\\{name}" if name in GREEK_NAMES else name
        if (
            isinstance(argument, syntax.Group)
            and argument.open in ("(", "[", "{", r"\{")
            and (name, 0) in symbols.functions
        ):
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
        if name == "det" and isinstance(matrix := self.value(argument), Array):
            inside = argument.body if isinstance(argument, syntax.Group) else argument
            return self.scripts(determinant(matrix, symbols, inside), node.sup, 0, node)
        if name == "sqrt":
            return elementwise([self.value(argument)], lambda p: power(p[0], Fraction(1, 2)), symbols.ranges, node.span)
        if name in ("max", "min") and node.sub is None and not node.primes:
            return self.scripts(self.extreme(name, argument, node), node.sup, 0, node)
        if not (kind := self.standard(base)):
            raise refuse("E151", f"the function {name} is not in the language", node)
        inner_value = self.value(argument)
        if node.sub is not None:
            if kind != "log":
                raise refuse("E152", f"a subscript on {name}", node.sub)
            if not (isinstance(node.sub, syntax.Symbol) and node.sub.name == "e"):
                divisor = log(self.scalar(node.sub))
                result = elementwise(
                    [inner_value], lambda p: mul(log(p[0]), inverse(divisor)), symbols.ranges, node.span
                )
                return self.scripts(result, node.sup, node.primes, node)
        if node.primes:
            derivative = self.function_derivative(base, node.primes, argument, node)
            if derivative is None:
                raise refuse("E126", f"a prime on {name}", node, "write the derivative as \\frac{d}{dx}")
            return self.scripts(derivative, node.sup, 0, node)
        result = elementwise([inner_value], lambda p: known(kind, p[0]), symbols.ranges, node.span)
        if name == "log" and symbols.log_base != 0:
            unit = logarithms.unit(symbols.log_base)
            self.notes += [f"log is the logarithm to base {symbols.log_base}"] if symbols.log_base else []
            result = elementwise([result], lambda p: mul(p[0], unit), symbols.ranges, node.span)
        return self.scripts(result, node.sup, 0, node)

    def total(self, value: Value) -> Term:
        """The sum of all entries."""
        if not isinstance(value, Array):
            return value

        def over(axes: tuple, at: tuple[Index, ...]) -> Term:
            return contraction(lambda j: over(axes[1:], (*at, j)), axes[0], at) if axes else value.entry(at)

        return over(value.axes, ())

    def matrix_function(self, name: str, node: syntax.Apply) -> Value:
        argument = node.argument.body if isinstance(node.argument, syntax.Group) else node.argument
        value = self.value(argument)
        ranges = self.symbols.ranges
        if isinstance(value, Term) and name in ("tr", "trace") and not isinstance(value, Var):
            return value  # the trace of a number
        if (
            isinstance(value, Term)
            and name == "diag"
            and len(free := (value.free - self.bound.keys()) & self.free.keys()) == 1
        ):
            (index,) = free  # diag(p_i), the diagonal matrix of the p_i
            entry = value
            value = Array((self.free[index],), lambda at: rename(entry, {index: at[0]}))
        if not isinstance(value, Array):
            raise refuse("E161", f"{name} needs a matrix or vector", node)
        if name == "diag" and len(value.axes) == 1:
            (axis,) = value.axes
            return Array((axis, axis), lambda at: mul(self.delta(at[0], at[1], node), value.entry(at[:1])))
        if name in ("tr", "trace") and len(value.axes) == 2:
            if join(*value.axes, ranges) is None:
                raise refuse("E210", f"the trace of a {value.shape(ranges)} matrix, which is not square", node)
            return contraction(lambda j: value.entry((j, j)), value.axes[0], ())
        raise refuse("E161", f"{name} does not fit this shape", node)
