r"""Brackets, signed sums, products and quotients, of numbers and of arrays.

This module must never take two things whose shapes are not known for numbers because that would fit.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.elaboration.determinants import determinant
from symderiv.reader.elaboration.differentials import Differentials
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, plain
from symderiv.reader.grammar.nodes import binds, index_names, is_transpose, names_in, parts_of, subscripts
from symderiv.reader.grammar.vocabulary import BOLD, ELEMENTWISE, LOSSES
from symderiv.reader.indexed.arrays import (
    Array,
    Value,
    contraction,
    elementwise,
    inverse,
    join,
    times,
)
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.survey import CONSTANTS, FUNCTION_LETTERS
from symderiv.terms import (
    ONE,
    Fn,
    Index,
    Opaque,
    Prod,
    SizeOf,
    Term,
    Var,
    add,
    mul,
    neg,
    num,
    power,
)

QED = frozenset({r"\square", r"\blacksquare", r"\Box", r"\qed", r"\checkmark"})

COEFFICIENTS = CONSTANTS | {r"\beta", r"\gamma", r"\tau", r"\kappa", "c"}


class Products(Differentials):
    """What brackets and the signs between factors and terms make of their parts."""

    def group(self, node: syntax.Group) -> Value:
        kind = node.open
        if kind in ("|", r"\lvert") and node.close in ("|", r"\rvert"):
            of = index_word(node.body) if isinstance(node.body, syntax.Symbol | syntax.Scripted) else ""
            if of in self.symbols.counted_sets:
                return self.size_of_set(of)
            inside = self.value(node.body) if of not in self.symbols.other_bars else None
            matrix = isinstance(inside, Array) and len(inside.axes) == 2
            if inside is None or (matrix and not self.symbols.other_bars.isdisjoint(names_in(node.body))):
                raise refuse("E150", "by the words these bars are no determinant and no absolute value", node)
            if isinstance(inside, Array) and matrix:
                return determinant(inside, self.symbols, node.body)
            return Fn("abs", self.scalar(node.body))
        if kind in (r"\|", r"\lVert"):
            return power(self.sum_of_entries(node, lambda t: power(t, 2)), Fraction(1, 2))
        if kind in (r"\lfloor", r"\lceil"):
            raise refuse("E150", "rounding is not in the language", node)
        if isinstance(node.body, syntax.Relation):
            if kind == "[":
                return self.condition(node.body, node)
            raise refuse("E132", "a relation where a value is expected", node)
        if kind == r"\langle" and isinstance(node.body, syntax.Tuple) and len(node.body.items) == 2:
            left, right = (self.value(item) for item in node.body.items)
            return self.inner(left, right, node)
        if kind == r"\langle" and self.symbols.bracket_means and not self.symbols.draws:
            self.notes.append(r"\langle X \rangle is read as an expectation")
            return self.mean(node.body)
        if kind == r"\langle":
            raise refuse("E153", "an average, and over what is not said", node)
        return self.value(node.body)

    def size_of_set(self, name: str) -> Term:
        """How many are in a set."""
        whole = f"|{name}|"
        size = self.symbols.size(whole)
        said = self.symbols.ranges.aliases.get(whole)
        self.notes.append(f"{whole} = {said}, as is said" if said else f"{whole} is read as the size of the set {name}")
        return num(size) if isinstance(size, int) else SizeOf(size)

    def sum_of_entries(self, node: syntax.Group, change: Callable[[Term], Term]) -> Term:
        value = self.value(node.body)
        if not isinstance(value, Array):
            raise refuse("E214", "the norm of something whose shape is not known", node, "declare it: `shape x : n`")

        def over(axes: tuple, at: tuple[Index, ...]) -> Term:
            if not axes:
                return change(value.entry(at))
            return contraction(lambda j: over(axes[1:], (*at, j)), axes[0], at)

        return over(value.axes, ())

    def inner(self, left: Value, right: Value, node: syntax.Node) -> Value:
        product = elementwise([left, right], lambda p: mul(*p), self.symbols.ranges, node.span)
        if not isinstance(product, Array):
            raise refuse(
                "E214", "an inner product of things whose shapes are not known", node, "declare them: `shape x : n`"
            )

        def over(axes: tuple, at: tuple[Index, ...]) -> Term:
            return contraction(lambda j: over(axes[1:], (*at, j)), axes[0], at) if axes else product.entry(at)

        return over(product.axes, ())

    def addition(self, node: syntax.Add) -> Value:
        if any(isinstance(term, syntax.Ellipsis) for _, term in node.terms):
            return self.ellipsis(node)
        node = self.under_sum(node)
        for at, (_, term) in enumerate(node.terms[:-1]):
            match term:
                case syntax.DerivativeOp(body_from_product=True, body=body, variables=((by, _),)) if not isinstance(
                    body, syntax.Group
                ) and any({*names_in(by)} <= {*names_in(t)} for _, t in node.terms[at + 1 :]):
                    self.warn("W417", "how far the derivative reaches is not clear: read as one of one term", term)
        values = []
        for sign, term in node.terms:
            if sign not in ("+", "-"):
                raise refuse("E150", f"{sign} stands for two values", node)
            value = self.value(term)
            values.append(
                elementwise([value], lambda p: neg(p[0]), self.symbols.ranges, node.span) if sign == "-" else value
            )
        if len(values) == 1:
            return values[0]
        matrix = next((v for v in values if isinstance(v, Array) and len(v.axes) == 2), None)
        if matrix is not None:
            if any(isinstance(v, Term) and not v.parts == () for v in values):
                raise refuse("E210", "shapes do not fit: a matrix plus a number", node)
            if any(isinstance(v, Var) and v.head not in self.symbols.definitions for v in values):
                self.guessed = True  # X^T X + \lambda may mean \lambda times the identity
            values = [self.spread(v, matrix, node) for v in values]
        elif any(isinstance(v, Array) for v in values) and any(
            isinstance(v, Var) and v.head not in self.symbols.definitions for v in values
        ):
            self.guessed = True  # an unknown letter is taken for a number beside a vector
        return elementwise(values, lambda p: add(*p), self.symbols.ranges, node.span)

    def spread(self, value: Value, matrix: Array, node: syntax.Node) -> Value:
        """A vector beside a matrix is added to every row of it if it lies, to every column if it stands."""
        if not isinstance(value, Array) or len(value.axes) != 1:
            return value
        along = 1 if value.row else 0
        if join(value.axes[0], matrix.axes[along], self.symbols.ranges) is None:
            return value
        self.warn("W414", f"a vector plus a matrix: read as added to every {'row' if value.row else 'column'}", node)
        return Array(matrix.axes, lambda at: value.entry(at[along : along + 1]))

    def under_sum(self, node: syntax.Add) -> syntax.Add:
        r"""``\sum_n a_n - b_n`` where n means nothing outside the sum: the bracket around a_n - b_n was left out."""
        for at, (sign, term) in enumerate(node.terms[:-1]):
            before = term.factors[:-1] if isinstance(term, syntax.Product) else ()
            total = term.factors[-1] if isinstance(term, syntax.Product) else term
            if not isinstance(total, syntax.BigOp) or total.kind != r"\sum":
                continue
            names = {n for n in index_names(total.sub) if not self.known(n) and n not in self.symbols.declared}
            stop = at + 1
            while stop < len(node.terms) and any(
                n in set(subscripts(node.terms[stop][1])) and not binds(node.terms[stop][1], n) for n in names
            ):
                stop += 1
            if stop > at + 1:
                body = syntax.Add((("+", total.body), *node.terms[at + 1 : stop]), total.span)
                self.warn("W412", "the sum is read as one over all the terms that contain its index", total)
                wider: syntax.Node = syntax.BigOp(total.kind, total.sub, total.sup, body, total.signed, total.span)
                if isinstance(term, syntax.Product):
                    wider = syntax.Product((*before, wider), term.operators, term.span)
                return syntax.Add((*node.terms[:at], (sign, wider), *node.terms[stop:]), node.span)
        return node

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
        if any(map(self.unknown, factors)):
            numbers = 0
            while isinstance(factors[numbers], syntax.Number):
                numbers += 1
            if numbers == len(factors) - 1:
                rest = self.scalar(factors[-1])
            else:
                rest = self.quantity(
                    syntax.Product(tuple(factors[numbers:]), tuple(operators[numbers + 1 :]), node.span)
                )
            return mul(*map(self.scalar, factors[:numbers]), rest)
        if any(isinstance(f, syntax.Symbol) and plain(f.name) in self.symbols.operators for f in factors):
            return self.operated(factors, operators, node)
        if len(factors) == 1:
            return self.value(factors[0])
        splits = [n for n, op in enumerate(operators) if op in ELEMENTWISE]
        if splits and len(factors) > len(splits) + 1:  # a . B c is a . (B c), where that fits
            bounds = [0, *splits, len(factors)]
            try:
                chunks = [self.linear(factors[a:b], ["", *operators[a + 1 : b]], node) for a, b in pairwise(bounds)]
                result = chunks[0]
                for n, chunk in zip(splits, chunks[1:], strict=True):
                    result = self.multiplied(result, chunk, operators[n], node)
                return result
            except ReadError as error:
                if error.diagnostic.code not in ("E210", "E211"):
                    raise
        return self.linear(factors, operators, node)

    def linear(self, factors: list[syntax.Node], operators: list[str], node: syntax.Node) -> Value:
        """The product from left to right."""
        result: Value | None = None
        n = 0
        while n < len(factors):
            operator = operators[n]
            factor = factors[n]
            if isinstance(factor, syntax.Nabla) and n + 1 < len(factors) and self.goes_on(factor, operators[n + 1]):
                rest = factors[n + 1 :]
                body = syntax.Product((factor.body, *rest), tuple(operators[n + 1 :]), node.span)  # type: ignore[arg-type]
                value = self.value(syntax.Nabla(factor.variable, factor.order, body, factor.span))
                return value if result is None else self.multiplied(result, value, operator, node)
            if n + 1 < len(factors) and self.is_jacobian(factor, factors[n + 1]) and operators[n + 1] == "":
                value = self.jacobian_of(factor, factors[n + 1])
                n += 2
                result = value if result is None else self.multiplied(result, value, operator, node)
                continue
            if n + 1 < len(factors) and operators[n + 1] == "" and self.at_its_variable(factor, factors[n + 1]):
                value = self.value(factor)
                n += 2
                result = value if result is None else self.multiplied(result, value, operator, node)
                continue
            value, used = (
                self.differential(factors, operators, n)
                if self.is_differential(factors, operators, n)
                else self.call(factors, operators, n)
            )
            if used == 0:
                value, used = self.value(factors[n]), 1
            n += used
            result = value if result is None else self.multiplied(result, value, operator, node)
        assert result is not None
        return result

    def at_its_variable(self, function: syntax.Node, group: syntax.Node) -> bool:
        r"""Whether brackets only name the variable: ``\frac{df}{dx}(x)``, and ``(f + g)(x)`` after ``f(x) = ...``.

        Raises ReadError where they may also give a point, or be a factor.
        """
        if not isinstance(group, syntax.Group) or group.open != "(" or function.span.end != group.span.start:
            return False
        if not isinstance(group.body, syntax.Symbol | syntax.Scripted | syntax.Number | syntax.Tuple):
            return False
        said = syntax.sexpr(group.body)
        if isinstance(function, syntax.DerivativeOp) and not function.body_from_product and function.style != "sub":
            if [syntax.sexpr(variable) for variable, _ in function.variables] == [said]:
                return True
            raise refuse("E150", "whether this is a derivative at a point, or a product, is not clear", group)
        if not isinstance(function, syntax.Group) or function.open != "(":
            return False
        functions = [self.symbols.functions.get((name, 0)) for name in {*names_in(function)}]
        if not functions or None in functions:
            return False
        parameters = {p.var.name for f in functions if f is not None for p in f.parameters if p.var is not None}
        if parameters == {said}:
            return True
        raise refuse("E150", "whether this is the value of functions at a point, or a product, is not clear", group)

    def goes_on(self, node: syntax.Nabla, operator: str) -> bool:
        r"""Whether a nabla differentiates more than the factor after it.

        So it does where that is a number or does not depend on the variable, as in ``\nabla_x \frac12 x^2`` and
        ``\nabla_s y \log s``, and where it is one half of a product of vectors: ``\nabla_w w^T A w``.
        """
        if node.body is None or not isinstance(node.variable, syntax.Symbol):
            return False
        body, variable = node.body, plain(node.variable.name)
        base, _, sup, _ = parts_of(body)
        if operator == "" and sup is not None and is_transpose(sup):
            name = plain(base.name) if isinstance(base, syntax.Symbol) else ""
            return isinstance(base, syntax.Group) or name == variable or self._is_vector(name)
        if operator not in ("", r"\cdot", r"\times", "*"):
            return False
        names = set(names_in(body))
        if variable in names or any(map(self._has_meaning, names)):
            return False
        top = body.numerator if isinstance(body, syntax.Quotient) else body
        match top:
            case syntax.Number() | syntax.Sqrt():
                return True
            case syntax.Symbol(name=symbol):
                return plain(symbol) in COEFFICIENTS or (operator == "" and plain(symbol) in self.symbols.shapes)
        return False

    def _is_vector(self, name: str) -> bool:
        symbols = self.symbols
        return (
            name in symbols.shapes
            or name in symbols.arrays
            or (name in symbols.vectors and name not in (*FUNCTION_LETTERS, *LOSSES))
        )

    def _has_meaning(self, name: str) -> bool:
        known = any(h.name == self.symbols.name(name, h.subs, h.sups) for h in self.symbols.definitions)
        return known or name in self.symbols.arrays

    def operated(self, factors: list[syntax.Node], operators: list[str], node: syntax.Node) -> Value:
        """``a D f(x)``: D is the derivative of what follows it, in its own argument or the variable of the chain."""
        at = max(
            n for n, f in enumerate(factors) if isinstance(f, syntax.Symbol) and plain(f.name) in self.symbols.operators
        )
        if at == len(factors) - 1:
            raise refuse("E171", "a derivative of nothing", node)
        rest, links = factors[at + 1 :], operators[at + 1 :]
        body = (
            self.value(rest[0])
            if len(rest) == 1
            else self.product(syntax.Product(tuple(rest), tuple(links[1:]), node.span))
        )
        if isinstance(body, Opaque) and len(body.parts) == 1:
            derivative: Value = Opaque(body.name, body.parts, (body.orders[0] + 1,))
        else:
            derivative = self.scripts(body, None, 1, node)
        if at == 0:
            return derivative
        before, links = factors[:at], operators[:at]
        left = (
            self.value(before[0])
            if len(before) == 1
            else self.product(syntax.Product(tuple(before), tuple(links[1:]), node.span))
        )
        return self.multiplied(left, derivative, "", node)

    def words(self, factors: list[syntax.Node], operators: list[str]) -> tuple[list[syntax.Node], list[str]]:
        r"""Letters without a gap, four or more or capitals that never stand alone, are a word; ``\delta y_j``
        and ``dz`` are single symbols."""
        result: list[syntax.Node] = []
        joined: list[str] = []
        n = 0
        while n < len(factors):
            stop = n
            while (
                stop < len(factors)
                and isinstance(letter := factors[stop], syntax.Symbol)
                and len(letter.name) == 1
                and letter.name.isalpha()
                and (stop == n or (operators[stop] == "" and factors[stop].span.start == factors[stop - 1].span.end))
            ):
                stop += 1
            joined.append(operators[n])
            first = factors[n]
            named = stop - n >= 2 and _called_with_several(factors, operators, stop)
            word = "".join(f.name for f in factors[n:stop] if isinstance(f, syntax.Symbol))
            if stop - n >= 4 or named or word in self.symbols.words:
                result.append(syntax.Symbol(f"\\text{{{word}}}", Span(first.span.start, factors[stop - 1].span.end)))
                n = stop
                continue
            if self.is_differential(factors, operators, n):
                result += [first, factors[n + 1]]
                joined.append(operators[n + 1])
                n += 2
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
        if name != "d" and name in self.symbols.equated:
            return None  # \delta = \partial L/\partial y
        base, sub, sup, primes = parts_of(factors[n + 1])
        if not isinstance(base, syntax.Symbol):
            return None
        if name == "d" and base.span.start != first.span.end:  # \mathbf d q is what \mathbf{d}q is
            short = f"d {plain(base.name)}"
            if not first.name.startswith(BOLD) or not any(h.name == short for h in self.symbols.definitions):
                return None
        if self.is_word(base) and self.standard(plain(base.name)):
            return None  # \delta sign(r) is a product
        if isinstance(sup, syntax.Number):
            return None
        whole = Span(first.span.start, factors[n + 1].span.end)
        symbol = syntax.Symbol(f"{name} {plain(base.name)}", Span(first.span.start, base.span.end))
        return syntax.Scripted(symbol, sub, sup, primes, whole) if sub or sup or primes else symbol

    def multiplied(self, left: Value, right: Value, operator: str, node: syntax.Node) -> Value:
        ranges = self.symbols.ranges
        if operator in self.symbols.other_signs:
            raise refuse("E151", f"by the words {operator} is no product here", node)
        if (
            operator in (r"\odot", r"\circ", r"\oslash", r"\bullet")
            and isinstance(left, Term)
            and isinstance(right, Term)
        ):
            raise refuse(
                "E214",
                "an elementwise product of things whose shapes are not known",
                node,
                "declare them: `shape x : n`",
            )
        if operator in (r"\odot", r"\circ", r"\bullet", r"\ast"):
            return elementwise([left, right], lambda p: mul(*p), ranges, node.span)
        if operator == r"\oslash":
            return elementwise([left, right], lambda p: mul(p[0], inverse(p[1])), ranges, node.span)
        if operator in (r"\div",):
            return elementwise([left, right], lambda p: mul(p[0], inverse(p[1])), ranges, node.span)
        if operator in ("", r"\cdot", "*", r"\times", "."):
            if isinstance(left, Array) and left.row and len(left.axes) == 1 and isinstance(right, Var):
                raise refuse(
                    "E214", "a row vector times something whose shape is not known", node, "declare it: `shape x : n`"
                )
            if (
                isinstance(left, Array)
                and isinstance(right, Array)
                and (len(left.axes), len(right.axes), left.row) == (1, 2, False)
                and left.entry((1,)) is ONE
            ):
                left = left.transposed  # the row of ones, written as \mathbf{1}
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

    def quotient(self, node: syntax.Quotient) -> Value:
        numerator, denominator = self.value(node.numerator), self.value(node.denominator)
        if isinstance(node.numerator, syntax.Symbol) and plain(node.numerator.name) == "1":
            numerator = ONE  # the vector of ones over another one
        return elementwise([numerator, denominator], lambda p: mul(p[0], inverse(p[1])), self.symbols.ranges, node.span)


def _called_with_several(factors: list[syntax.Node], operators: list[str], at: int) -> bool:
    """Whether a bracket with several arguments follows without a gap: ``CE(y, p)`` is a call, not a product."""
    if at >= len(factors) or operators[at] != "":
        return False
    group = parts_of(factors[at])[0]
    return (
        isinstance(group, syntax.Group)
        and group.open == "("
        and isinstance(group.body, syntax.Tuple)
        and factors[at].span.start == factors[at - 1].span.end
    )
