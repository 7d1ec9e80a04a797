r"""Elaboration: from the syntax of a formula to terms, under the symbols in force.

Here ``p_i(1-p_j)`` becomes a product and ``h_k(x^{(i)})`` a family member, ``x^{(i)}`` a label and ``x^2`` a power,
``u'`` the derivative in the variable of the chain, ``a_1 + \cdots + a_K`` a sum. What is not understood is a ReadError
with its place and name, never a guess. This module must never judge whether something is true.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from symderiv.diagnostics import ReadError
from symderiv.reader.elaboration import factorials
from symderiv.reader.elaboration.differentiation import Differentiation
from symderiv.reader.elaboration.products import Products
from symderiv.reader.elaboration.sums import Sums
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.derivatives import of_whole
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.indexed.arrays import Value, elementwise
from symderiv.reader.letters.indices import refuse
from symderiv.terms import Num, Opaque, num, power

LAYOUTS = {
    "rows": "derivatives of numbers by vectors are read as rows",
    "columns": "derivatives of vectors by vectors are read with the variable along the columns",
    "transposed": "derivatives of vectors by vectors are read with the variable along the rows",
}


LARGEST_FACTORIAL = 20  # of a number that is written out


class Elaborator(Products, Sums, Differentiation):
    """Turns syntax into terms under ``symbols``, each kind of node in its room."""

    def side(self, node: syntax.Node) -> Value:
        """A side of an equation. Where its shapes fit only if derivatives lie otherwise, they are read so."""
        self.row_gradient = False
        before = self.vector_rate
        node = of_whole(node)
        try:
            return self.value(node)
        except ReadError as error:
            if error.diagnostic.code != "E210" or not (self.row_gradient or self.vector_rate):
                raise
            for self.layout in ("rows", "transposed"):
                try:
                    value = self.value(node)
                except ReadError:
                    continue
                self.notes.append(LAYOUTS[self.layout])
                if self.layout == "rows" and self.vector_rate:
                    self.notes.append(LAYOUTS["columns"])
                self.vector_rate = before
                return value
            raise
        finally:
            self.layout = ""

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
                return elementwise(
                    [body],
                    lambda p: power(p[0], power(root, -1) if root is not num(2) else Fraction(1, 2)),
                    self.symbols.ranges,
                    node.span,
                )
            case syntax.Factorial():
                factor = self.scalar(node.body)
                if isinstance(factor, Num) and factor.value.denominator == 1 and 0 <= factor.value <= LARGEST_FACTORIAL:
                    return num(Fraction(factorial(int(factor.value))))
                return Opaque(factorials.NAME, (factor,), (0,))
            case syntax.Decorated():
                if node.kind in ("overline", "bar") and (letters := self.lettered(node.body)):
                    product = ("" if max(map(len, letters)) == 1 else " ").join(letters)
                    return self.var(rf"\overline{{{product}}}", [], [], node)  # the mean of a product
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

    def lettered(self, node: syntax.Node) -> list[str]:
        r"""The letters, in order, of a product such as ``x^2 y`` where there are x_i and y_i; or []."""
        found: list[str] = []
        for factor in node.factors if isinstance(node, syntax.Product) else (node,):
            base, sub, sup, primes = parts_of(factor)
            count = 1 if sup is None else int(sup.text) if isinstance(sup, syntax.Number) and sup.text in "23" else 0
            if not isinstance(base, syntax.Symbol) or sub is not None or primes or not count:
                return []
            if not any(head.subs == 1 for head in self.symbols.heads.get(plain(base.name), ())):
                return []
            found += [plain(base.name)] * count
        return sorted(found)


__all__ = ["LAYOUTS", "Elaborator"]
