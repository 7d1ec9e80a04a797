r"""Total derivatives: ``d\sigma(x) \cdot h``, ``Df(x)``, ``d_x S(x, y) \cdot u``, ``d^2 f(x) \cdot (h, k)``.

By a vector, ``df(x)`` is the Jacobian matrix (of a number: its row of partial derivatives), so that ``\cdot h`` is a
product of matrices; by a matrix, or by several arguments, it takes the directions after the dot. This module must never
differentiate: it builds the terms that say so.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.kernel.derivative import Unsupported, differentiate
from symderiv.reader.elaboration.calls import FUNCTIONS, Calls, known
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.indexed.arrays import Array, Value, contraction, elementwise
from symderiv.reader.indexed.families import substitute
from symderiv.reader.letters.indices import refuse
from symderiv.terms import Context, Deriv, Head, Index, Term, Var, add, mul

POINT = r"\cdot"  # the name of the argument where a derivative is taken before its value is put in


class Differentials(Calls):
    """The operator d before a function and its arguments."""

    def is_differential(self, factors: Sequence[syntax.Node], operators: Sequence[str], n: int) -> bool:
        """Whether ``d f(x)`` begins at factor ``n``: d, or d_x, right before a function and its bracket."""
        base, _, sup, primes = parts_of(factors[n])
        if not isinstance(base, syntax.Symbol) or plain(base.name) not in ("d", "D") or primes or n + 1 >= len(factors):
            return False
        if plain(base.name) in self.symbols.matrices_by_word:
            return False
        if self.symbols.defines(plain(base.name), 0) or operators[n + 1]:
            return False
        if sup is not None and not (isinstance(sup, syntax.Number) and sup.text == "2"):
            return False
        function = factors[n + 1]
        if isinstance(function, syntax.Apply):
            plainly = function.sub is None and function.sup is None and not function.primes
            return plainly and isinstance(function.argument, syntax.Group)
        function = parts_of(function)[0]
        if n + 2 >= len(factors) or operators[n + 2] or not isinstance(function, syntax.Symbol):
            return False
        group = parts_of(factors[n + 2])[0]
        if not isinstance(group, syntax.Group) or group.open != "(":
            return False
        name = plain(function.name)
        return name in FUNCTIONS or name in self.symbols.call_texts or (name, 0) in self.symbols.functions

    def is_jacobian(self, head: syntax.Node, bracket: syntax.Node) -> bool:
        r"""Whether ``\mathbf{J}_x(s)`` is the derivative of s by x, in a document about Jacobians."""
        base, sub, sup, primes = parts_of(head)
        group = parts_of(bracket)[0]
        if not isinstance(base, syntax.Symbol) or plain(base.name) not in ("J", r"\mathcal{J}") or sup or primes:
            return False
        if (
            not isinstance(sub, syntax.Symbol)
            or not isinstance(group, syntax.Group)
            or isinstance(group.body, syntax.Tuple)
        ):
            return False
        return self.symbols.jacobians and plain(sub.name) in self.symbols.shapes

    def jacobian_of(self, head: syntax.Node, bracket: syntax.Node) -> Value:
        _, sub, _, _ = parts_of(head)
        group = parts_of(bracket)[0]
        assert isinstance(group, syntax.Group)
        assert sub is not None
        body, variable = self.value(group.body), self.value(sub)
        (_,) = self._variables([sub], None, head)
        if isinstance(body, Var):
            self.symbols.numerators.add(body.head)
        if isinstance(variable, Array) and len(variable.axes) == 2 and isinstance(body, Term):
            return Array(variable.axes, lambda at: Deriv(body, self._entry(variable, at)))
        if not isinstance(variable, Array) or len(variable.axes) != 1:
            raise refuse("E172", "the Jacobian by a matrix is not in the language", head)
        return self.jacobian(body, variable, head)

    def differential(self, factors: list[syntax.Node], operators: list[str], n: int) -> tuple[Value, int]:
        """The derivative that begins at factor ``n``, and how many factors it takes."""
        _, by, order, _ = parts_of(factors[n])
        node = factors[n + 1]
        function = factors[n + 1]
        end = n + 2 if isinstance(function, syntax.Apply) else n + 3
        group = function.argument if isinstance(function, syntax.Apply) else parts_of(factors[n + 2])[0]
        assert isinstance(group, syntax.Group)
        items = list(group.body.items) if isinstance(group.body, syntax.Tuple) else [group.body]
        after = end < len(factors) and operators[end] == r"\cdot"
        if order is not None:
            if not after or not isinstance(parts_of(factors[end])[0], syntax.Group):
                raise refuse("E150", "a second derivative needs its two directions", node)
            pair = parts_of(factors[end])[0]
            assert isinstance(pair, syntax.Group)
            directions = self._directions(pair, 2, node)
            (variable,) = self._variables(items, None, node, 1)
            body = self._value(factors, operators, n)
            return self.along(
                self.along(body, variable, directions[0], node), variable, directions[1], node
            ), end + 1 - n
        if by is None and len(items) == 1 and not self._is_variable(items[0]):
            return self.at_point(function, items[0], node), end - n
        variables = self._variables(items, by, node)
        body = self._value(factors, operators, n)
        if len(variables) == 1 and isinstance(variables[0], Var):
            return elementwise([body], lambda p: Deriv(p[0], variables[0]), self.symbols.ranges, node.span), end - n
        if len(variables) == 1 and isinstance(variables[0], Array) and len(variables[0].axes) == 1:
            return self.jacobian(body, variables[0], node), end - n
        if not after:
            raise refuse("E150", "a derivative by a matrix or by several arguments needs a direction", node)
        stop = end + 1
        while stop < len(factors) and operators[stop] == "":
            stop += 1
        direction = factors[end]
        if stop > end + 1:
            direction = syntax.Product(tuple(factors[end:stop]), tuple(operators[end + 1 : stop]), direction.span)
        if len(variables) > 1:
            group = parts_of(direction)[0]
            if not isinstance(group, syntax.Group):
                raise refuse("E150", "a derivative by several arguments needs as many directions", node)
            directions = self._directions(group, len(variables), node)
        else:
            directions = [self.value(direction)]
        pieces = [self.along(body, v, h, node) for v, h in zip(variables, directions, strict=True)]
        return elementwise(pieces, lambda p: add(*p), self.symbols.ranges, node.span), stop - n

    def _value(self, factors: list[syntax.Node], operators: list[str], n: int) -> Value:
        if isinstance(factors[n + 1], syntax.Apply):
            return self.value(factors[n + 1])
        value, used = self.call(factors, operators, n + 1)
        if used != 2:
            raise refuse("E150", "d before something that is no function", factors[n + 1])
        return value

    def _directions(self, group: syntax.Group, count: int, node: syntax.Node) -> list[Value]:
        items = group.body.items if isinstance(group.body, syntax.Tuple) else (group.body,)
        if len(items) != count:
            raise refuse("E150", f"{count} directions are needed here", node)
        return [self.value(item) for item in items]

    def _is_variable(self, item: syntax.Node) -> bool:
        value = self.value(item)
        if isinstance(value, Array):
            value = value.entry(tuple("?" for _ in value.axes))
        return isinstance(value, Var) and value.head not in self.symbols.definitions

    def _variables(
        self, items: list[syntax.Node], by: syntax.Node | None, node: syntax.Node, count: int = 0
    ) -> list[Value]:
        values = [self.value(item) for item in ([by] if by is not None else items)]
        if count and len(values) != count:
            raise refuse("E150", "a second derivative by several arguments is not in the language", node)
        for value in values:
            probe = value.entry(tuple("?" for _ in value.axes)) if isinstance(value, Array) else value
            if not isinstance(probe, Var):
                raise refuse("E170", "a derivative can be taken by a variable or a named quantity only", node)
            self.symbols.variables.add(probe.head)
        return values

    def jacobian(self, body: Value, variable: Array, node: syntax.Node) -> Value:
        """Entry (i, j) is the derivative of the i-th entry by the j-th variable."""
        if isinstance(body, Array):
            if len(body.axes) != 1:
                raise refuse("E172", "the derivative of a matrix by a vector has more than two axes", node)
            return Array(
                (body.axes[0], variable.axes[0]), lambda at: Deriv(body.entry(at[:1]), self._entry(variable, at[1:]))
            )
        return Array(variable.axes, lambda at: Deriv(body, self._entry(variable, at)), row=True)

    @staticmethod
    def _entry(variable: Array, at: tuple[Index, ...]) -> Var:
        member = variable.entry(at)
        assert isinstance(member, Var)
        return member

    def along(self, body: Value, variable: Value, direction: Value, node: syntax.Node) -> Value:
        """The derivative of ``body`` by ``variable`` in a direction of the same shape."""
        if isinstance(variable, Term) or isinstance(direction, Term):
            if not isinstance(variable, Var) or not isinstance(direction, Term):
                raise refuse("E210", "shapes do not fit: a direction is shaped like what it is a direction of", node)
            return elementwise([body], lambda p: mul(Deriv(p[0], variable), direction), self.symbols.ranges, node.span)
        both = elementwise([variable, direction], lambda p: p[0], self.symbols.ranges, node.span)
        assert isinstance(both, Array)

        def total(entry: Term) -> Term:
            def over(axes: tuple, at: tuple[Index, ...]) -> Term:
                if not axes:
                    return mul(Deriv(entry, self._entry(variable, at)), direction.entry(at))
                return contraction(lambda j: over(axes[1:], (*at, j)), axes[0], (*at, *entry.free))

            return over(both.axes, ())

        return elementwise([body], lambda p: total(p[0]), self.symbols.ranges, node.span)

    def at_point(self, function: syntax.Node, item: syntax.Node, node: syntax.Node) -> Value:
        r"""``d\sigma(p_i)``: the Jacobian matrix of a known function, at a point that is itself composed."""
        point = self.value(item)
        sub: syntax.Node | None = None
        sup: syntax.Node | None = None
        primes = 0
        if isinstance(function, syntax.Apply):
            name = function.name
        else:
            base, sub, sup, primes = parts_of(function)
            name = plain(base.name) if isinstance(base, syntax.Symbol) else ""
        kind = self.standard(name)
        known_one = kind or name == "softmax"
        if sub is not None or sup is not None or primes or not known_one or not isinstance(point, Array):
            raise refuse("E150", "the derivative of this function at a point is not in the language", node)
        if len(point.axes) != 1 or self.symbols.defines(name, 0) or (name, 0) in self.symbols.functions:
            raise refuse("E150", "the derivative of this function at a point is not in the language", node)
        variable = Array(point.axes, lambda at: Var(POINT, at, ()))
        soft = name == "softmax" or (name == r"\sigma" and self.symbols.softmax)
        body = (
            self.softmax(variable, node)
            if soft
            else elementwise([variable], lambda p: known(kind, p[0]), self.symbols.ranges, node.span)
        )
        assert isinstance(body, Array)
        families = {Head(POINT, 1, 0): point.entry}

        def entry(at: tuple[Index, ...]) -> Term:
            try:
                derivative = differentiate(body.entry(at[:1]), self._entry(variable, at[1:]), Context())
            except Unsupported as error:
                raise refuse("E150", str(error), node) from error
            return substitute(derivative, {}, families)

        return Array((point.axes[0], point.axes[0]), entry)
