r"""Derivatives and gradients: of what, by what, and the shape that comes of it.

This module must never differentiate: it builds the term that says so.
"""

from __future__ import annotations

import re
from fractions import Fraction

from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader.elaboration.by_values import by_value_of_a_function
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.grammar.vocabulary import PARAMETERS
from symderiv.reader.indexed.arrays import Array, Value, elementwise
from symderiv.reader.indexed.families import substitute
from symderiv.reader.letters.indices import Indices, refuse
from symderiv.reader.letters.symbols import base_name
from symderiv.terms import Context, Deriv, Fn, Head, Num, Pow, Sum, Term, Var, mul, num, rewritten, subterms


class Differentiation(Indices):
    """Derivatives by numbers, members and whole vectors."""

    def derivative(self, node: syntax.DerivativeOp) -> Value:
        symbols = self.symbols
        variables: list[Value] = []
        factor: Var | None = None
        for variable, order in node.variables:
            value = self.value(variable)
            match value:
                case Fn(name="log", arg=Var() as factor) if node.variables == ((variable, 1),):
                    value = factor  # dF/d(log x) = x dF/dx
            if (
                isinstance(value, Var)
                and not value.indices
                and re.fullmatch("[A-Z]", value.name)
                and value.name not in symbols.divisors
                and not symbols.defines(value.name, 0)
                and not self._is_raised(value)
            ):
                raise refuse(
                    "E214",
                    f"the shape of {value.name} is not known",
                    variable,
                    f"declare it: `shape {value.name} : m x n`",
                )
            if isinstance(value, Term) and not isinstance(value, Var) and _square(value) is None:
                if node.variables == ((variable, 1),):
                    found = self._by_expression(value, node) or by_value_of_a_function(self, value, node.body)
                    if found is not None:
                        return found
                raise refuse("E170", "a derivative can be taken by a variable or a named quantity only", variable)
            variables += [value] * order
        if node.body is None:
            raise refuse("E171", "a derivative of nothing", node)
        if self.variable is None and variables:
            square = _square(variables[-1])
            last = variables[-1] if square is None else square
            self.variable = last if isinstance(last, Var) else None
        self.calling = self._is_of(node.body, variables)
        self.by = node.variables[0][0] if node.variables else None
        try:
            body = self.value(node.body)
        finally:
            self.calling, self.by = False, None
        if isinstance(body, Var):
            squares = (_square(value) for value in variables)
            by = {v.head for v in (*variables, *squares) if isinstance(v, Var)}
            if by != {body.head}:  # \partial x_i/\partial x_j = \delta_{ij} says nothing of how x depends on others
                symbols.numerators.add(body.head)
            symbols.rates |= {(body.head, head) for head in by}
        result = body
        for value in reversed(variables):
            result = self.differentiated(result, value, node)
        if factor is not None:
            return elementwise([result], lambda p: mul(factor, p[0]), symbols.ranges, node.span)
        return result

    def unfolded(self, term: Term, heads: set[Head]) -> Term:
        """``term`` with the definitions put in through which it depends on ``heads``."""
        raise NotImplementedError

    def _by_expression(self, inner: Term, node: syntax.DerivativeOp) -> Term | None:
        r"""``\frac{\partial}{\partial (\beta x)} \sigma(\beta x)``, the derivative by what is put into a function.

        None where the body depends on what stands in it in another way, too.
        """
        body = self.value(node.body) if node.body is not None else None
        if not isinstance(body, Term):
            return None
        definitions, within = self.symbols.definitions, self.symbols.reached(inner)
        if isinstance(body, Var):
            body = definition_of(body, definitions) or body
        point = Var("\\cdot", (), ())
        outer = rewritten(body, lambda part: point if part is inner else None, {})
        if not within or outer is body or not within.isdisjoint(self.symbols.reached(outer)):
            return None
        if any(isinstance(part, Sum) and part.index in inner.free for part in subterms(body)):
            return None
        try:
            derivative = differentiate(outer, point, Context(definitions=definitions))
        except Unsupported:
            return None
        return substitute(derivative, {point: inner}, {})

    def _is_of(self, body: syntax.Node, variables: list[Value]) -> bool:
        """Whether a bare name is that of a function of just what it is differentiated by: then that is its argument."""
        base, sub, sup, primes = parts_of(body)
        if not isinstance(base, syntax.Symbol) or sub is not None or sup is not None or primes:
            return False
        function = self.symbols.functions.get((plain(base.name), 0))
        return function is not None and any(p.var in variables for p in function.parameters if p.var is not None)

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
                self.vector_rate = True
                self.turned = self.turned or body.row or variable.row
                if self.layout == "transposed":
                    return Array(
                        (variable.axes[0], body.axes[0]), lambda at: Deriv(body.entry(at[1:]), variable.entry(at[:1]))
                    )
                return Array(
                    (body.axes[0], variable.axes[0]), lambda at: Deriv(body.entry(at[:1]), variable.entry(at[1:]))
                )
            self.row_gradient = True
            row = variable.row or (self.layout == "rows" and len(variable.axes) == 1)
            return Array(variable.axes, lambda at: Deriv(body, variable.entry(at)), row)
        square = _square(variable)
        by = variable if square is None else square
        assert isinstance(by, Var)
        symbols.variables.add(by.head)
        # of a variance v = s^2: dF/ds = 2 s dF/dv
        factors = (num(2), variable) if square is not None else ()
        return elementwise([body], lambda p: mul(*factors, Deriv(p[0], by)), symbols.ranges, node.span)

    def gradient(self, node: syntax.Nabla) -> Value:
        variable = node.variable
        match node.body:
            case syntax.Product(factors=(_, syntax.Group(open="(", body=syntax.Symbol() as only))) if variable is None:
                variable = only  # the gradient of f(x) is that by x
            case syntax.Symbol(name=name) if variable is None and (name := plain(name)) in self.symbols.forms:
                called = [x for x in self.symbols.forms[name].values() if isinstance(x, syntax.Symbol)]
                function = self.symbols.functions.get((name, 0))
                heads = [p.family or (p.var.head if p.var else None) for p in function.parameters] if function else []
                own = {head.name for head in heads if head is not None}
                called = [x for x in called if len(called) == 1 or self.symbols.name(plain(x.name)) in own]
                if len(called) == 1 and function is not None:
                    (variable,) = called  # that of f, too, where f(x) is defined
        if variable is None and len(self.symbols.gradients) == 1:
            (variable,) = self.symbols.gradients.values()
            self.notes.append(f"\\nabla is read as the gradient by {index_word(variable)}, as elsewhere")
        if variable is None and node.body is not None and (name := self._parameter(self.value(node.body))):
            variable = syntax.Symbol(name, node.span)
            self.notes.append(f"\\nabla is read as the gradient by {name}")
            self.guessed = True
        if variable is None or node.body is None:
            raise refuse("E173", "nabla needs its variable as a subscript, and a body", node)
        body, by = self.value(node.body), self.value(variable)
        gradient = self.differentiated(body, by, node)
        if node.order is None:
            return gradient
        vectors = isinstance(body, Term) and isinstance(by, Array) and len(by.axes) == 1
        if not isinstance(node.order, syntax.Number) or node.order.text != "2" or not vectors:
            raise refuse("E150", "this derivative by nabla is not in the language", node)
        return self.differentiated(gradient, by, node)  # the Hessian

    def _is_raised(self, variable: Var) -> bool:
        """Whether powers of a capital stand in what has been defined, so that it is a number: L = D^2/2."""
        bodies = (d.body for made in self.symbols.definitions.values() for d in made)
        return any(isinstance(t, Pow) and t.base is variable for body in bodies for t in subterms(body))

    def _parameter(self, body: Value) -> str:
        """The one vector in what is differentiated that has a name of parameters; empty if there is none."""
        symbols = self.symbols
        heads = symbols.reached(body) - symbols.definitions.keys() if isinstance(body, Term) else set()
        found = {head.name for head in heads if base_name(head.name) in PARAMETERS and head[1:] == (1, 0)}
        return found.pop() if len(found) == 1 else ""


def _square(value: Value) -> Var | None:
    """The variance of which ``value`` is the root, if that is a symbol of its own."""
    match value:
        case Pow(base=Var() as square, exponent=Num(value=half)) if half == Fraction(1, 2):
            return square
    return None
