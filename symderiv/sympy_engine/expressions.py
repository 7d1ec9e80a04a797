"""From the term language to SymPy: ``from_term``.

Families become ``Indexed``, definitions are put in, and what has a concrete size is written out. Derivatives are
SymPy's own, so that a result can serve as a second opinion; nothing here may use the kernel's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Basic, Expr, Integer, Symbol

from symderiv import terms
from symderiv.diagnostics import UserError
from symderiv.terms import Context, Head, Index, Term, Var

__all__ = ["FUNCTIONS", "from_term"]

FUNCTIONS: Mapping[str, Any] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "abs": sympy.Abs,
}
"""The functions that both languages have."""


def sympy_name(name: str) -> str:
    r"""SymPy's name for a LaTeX name: ``\theta`` is theta, ``\hat{y}`` is yhat."""
    accent = re.fullmatch(r"\\(hat|bar|tilde|dot|ddot|vec)\{(\w+)\}", name)
    if accent:
        return accent[2] + accent[1]
    return name[1:] if re.fullmatch(r"\\[A-Za-z]+", name) else name


def from_term(
    term: Term,
    sizes: Mapping[str, int] | None = None,
    indices: Mapping[str, int] | None = None,
    context: Context | None = None,
) -> Expr:
    """The SymPy expression that ``term`` says.

    Families become ``Indexed``, with real members. Where ``sizes`` gives a number, sums and products are written out;
    elsewhere they are ``Sum`` and ``Product``. ``indices`` gives numbers for free indices; definitions of ``context``
    are put in. A derivative is carried out by ``sympy.diff`` if nothing in it is symbolic in size, else it stays a
    ``Derivative``.
    """
    definitions = context.definitions if context else {}
    root = dict(indices or {})
    return _Writer({**(context.sizes if context else {}), **(sizes or {})}, definitions, root)(term, root)


class _Writer:
    def __init__(
        self,
        sizes: Mapping[str, int],
        definitions: Mapping[Head, tuple[terms.Definition, ...]],
        root: Mapping[str, int],
    ) -> None:
        self.sizes, self.definitions = sizes, definitions
        self.root = root  # the free indices of the claim, which definitions may mention
        self.memo: dict[tuple, Expr] = {}

    def __call__(self, term: Term, at: Mapping[str, int]) -> Expr:
        key = (term, *map(at.get, term.free))
        found = self.memo.get(key)
        if found is None:
            found = self.memo[key] = self._written(term, at)
        return found

    def _written(self, term: Term, at: Mapping[str, int]) -> Expr:
        match term:
            case terms.Num():
                return sympy.Rational(term.value.numerator, term.value.denominator)
            case terms.SizeOf():
                return self.index(term.name, {})
            case Var():
                return self._member(term, at)
            case terms.Add():
                return sympy.Add(*(self(part, at) for part in term.parts))
            case terms.Mul():
                return sympy.Mul(*(self(part, at) for part in term.parts))
            case terms.Pow():
                return sympy.Pow(self(term.base, at), self(term.exponent, at))
            case terms.Fn():
                return self._function(term.name, self(term.arg, at))
            case terms.Delta():
                return sympy.KroneckerDelta(self.index(term.left, at), self.index(term.right, at))
            case terms.Sum():
                return self._sum(term, at)
            case terms.Cases():
                return self._cases(term, at)
            case terms.Deriv():
                return self._derivative(term, at)
            case terms.Opaque():
                return self._opaque(term, at)
        raise UserError(f"{type(term).__name__} has no counterpart in SymPy")

    def index(self, index: Index, at: Mapping[str, int]) -> Expr:
        if isinstance(index, str):
            index = at.get(index, self.sizes.get(index, index))
        return Integer(index) if isinstance(index, int) else Symbol(sympy_name(index), integer=True)

    def _member(self, var: Var, at: Mapping[str, int]) -> Expr:
        definition = self._definition(var, at)
        if definition is not None:
            body, inner = definition
            return self(body, {**self.root, **inner})
        if not var.indices:
            return Symbol(sympy_name(var.name), real=True)
        return sympy.IndexedBase(sympy_name(var.name), real=True)[tuple(self.index(i, at) for i in var.indices)]

    def _definition(self, var: Var, at: Mapping[str, int]) -> tuple[Term, dict[str, int]] | None:
        """The latest definition that matches, with the values of its parameters."""
        for definition in reversed(self.definitions.get(var.head, ())):
            values: dict[str, int] = {}
            for param, index in zip(definition.params, var.indices, strict=True):
                value = self.index(index, at)
                if not isinstance(value, Integer):
                    raise UserError(f"{var.name} is defined; give numbers for its indices and sizes to put that in")
                if isinstance(param, int):
                    if param != value:
                        break
                elif values.setdefault(param, int(value)) != value:
                    break
            else:
                return definition.body, values
        return None

    def _function(self, name: str, arg: Expr) -> Expr:
        if name in FUNCTIONS:
            return FUNCTIONS[name](arg)
        if name == "sqrt":
            return sympy.sqrt(arg)
        if name == "sigmoid":
            return 1 / (1 + sympy.exp(-arg))
        if name == "softplus":
            return sympy.log(1 + sympy.exp(arg))
        if name == "relu":
            return sympy.Max(0, arg)
        if name == "step":
            return sympy.Heaviside(arg)
        raise UserError(f"the function {name} has no counterpart in SymPy")

    def _sum(self, term: terms.Sum, at: Mapping[str, int]) -> Expr:
        high = self.index(term.range.high, at)
        if isinstance(high, Integer):
            parts = [self(term.body, {**at, term.index: k}) for k in range(term.range.low, int(high) + 1)]
            return sympy.Mul(*parts) if isinstance(term, terms.Prod) else sympy.Add(*parts)
        index = Symbol(sympy_name(term.index), integer=True)
        inner = {name: value for name, value in at.items() if name != term.index}
        kind = sympy.Product if isinstance(term, terms.Prod) else sympy.Sum
        return kind(self(term.body, inner), (index, term.range.low, high))

    def _cases(self, term: terms.Cases, at: Mapping[str, int]) -> Expr:
        condition, then, otherwise = term.parts
        holds = self(condition, at)
        if isinstance(holds, Integer):
            return self(then if holds else otherwise, at)
        return sympy.Piecewise((self(then, at), self._truth(condition, at)), (self(otherwise, at), True))

    def _truth(self, condition: Term, at: Mapping[str, int]) -> Basic:
        match condition:
            case terms.Delta():
                return sympy.Eq(self.index(condition.left, at), self.index(condition.right, at))
            case terms.Mul() if condition.parts[0] is not terms.MINUS_ONE:
                return sympy.And(*(self._truth(part, at) for part in condition.parts))
            case terms.Add(parts=(terms.ONE, terms.Mul(parts=(terms.MINUS_ONE, *inner)))):
                return sympy.Not(self._truth(terms.mul(*inner), at))
        raise UserError("a condition that is not made of index equalities has no counterpart in SymPy")

    def _derivative(self, term: terms.Deriv, at: Mapping[str, int]) -> Expr:
        """An intermediate is varied alone: its own definitions are put in only after differentiating."""
        outside = {head: found for head, found in self.definitions.items() if head != term.var.head}
        alone = _Writer(self.sizes, outside, self.root)
        body, variable = alone(term.body, at), alone(term.var, at)
        if body.has(sympy.Sum, sympy.Product) or not _is_concrete(body) or not _is_concrete(variable):
            return sympy.Derivative(body, variable, evaluate=False)
        result = sympy.diff(body, variable)
        if term.var.head not in self.definitions:
            return result
        name, count = sympy_name(term.var.name), len(term.var.indices)
        family = [m for m in result.atoms(sympy.Indexed) if str(m.base.label) == name and len(m.indices) == count]
        if not count:
            family = [symbol for symbol in result.free_symbols if symbol == variable]
        table = {}
        for member in family:
            values = tuple(int(i) for i in member.indices) if count else ()
            table[member] = self._member(
                Var(term.var.name, values[: len(term.var.subs)], values[len(term.var.subs) :]), at
            )
        return result.xreplace(table)

    def _opaque(self, term: terms.Opaque, at: Mapping[str, int]) -> Expr:
        args = [self(part, at) for part in term.parts]
        slots = [sympy.Dummy(f"x_{number}") for number in range(1, len(args) + 1)]
        value = sympy.Function(sympy_name(term.name))(*slots)
        orders = [(slot, order) for slot, order in zip(slots, term.orders, strict=True) if order]
        if orders:
            return sympy.Subs(sympy.Derivative(value, *orders), slots, args)
        return value.xreplace(dict(zip(slots, args, strict=True)))


def _is_concrete(expr: Expr) -> bool:
    return all(isinstance(index, Integer) for member in expr.atoms(sympy.Indexed) for index in member.indices)
