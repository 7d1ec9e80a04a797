r"""Side conditions: what must hold for a term to be defined as it was written, read off before anything cancels.

1/u needs u != 0, log u needs u > 0, u^{p/q} needs u >= 0 (u > 0 under a negative power), u^v with a real v needs
u > 0, the step function and a kink need u != 0. Definitions are looked into; what is read off inside a case is marked,
since the branch not taken need not be defined. This module must never judge whether a condition holds.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import NamedTuple

from symderiv.kernel.derivative import Unsupported, definition_of
from symderiv.terms import (
    Add,
    Cases,
    Context,
    Delta,
    Deriv,
    Fn,
    Mul,
    Num,
    Pow,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    rename,
    subterms,
)

Bound = tuple[tuple[str, Range], ...]


class Requirement(NamedTuple):
    """``term relation 0`` for all values of the bound indices ``bound`` in their ranges."""

    term: Term
    relation: str
    bound: Bound
    in_cases: bool

    @property
    def surely(self) -> bool:
        """Whether it must be met: not in a case, nor in a sum that may be empty."""
        full = (low <= 1 and (isinstance(high, str) or low <= high) for _, (low, high) in self.bound)
        return not self.in_cases and all(full)


def requirements(
    terms: tuple[Term, ...], context: Context, reserved: frozenset[str], derivative: Callable[[Term, Var], Term]
) -> list[Requirement]:
    """What ``terms`` need, outermost first, each once. Bound indices get names of their own, none in ``reserved``."""
    walk = _Walk(context, reserved, derivative)
    for term in terms:
        walk(term, (), False)
    return list(walk.found)


class _Walk:
    def __init__(self, context: Context, reserved: frozenset[str], derivative: Callable[[Term, Var], Term]) -> None:
        self.context = context
        self.derivative = derivative
        self.reserved = reserved
        self.names: dict[str, Range] = {}  # one name, one range
        self.visited: set[tuple] = set()
        self.found: dict[Requirement, None] = {}

    def _name(self, term: Sum, bound: Bound) -> str:
        name = term.index
        taken = self.reserved | term.free | {n for n, _ in bound}
        while name in taken or self.names.setdefault(name, term.range) != term.range:
            name += "'"
        return name

    def __call__(self, term: Term, bound: Bound, in_cases: bool) -> None:
        if isinstance(term, Num | Delta) or (term, bound, in_cases) in self.visited:
            return
        self.visited.add((term, bound, in_cases))
        match term:
            case Var():
                try:
                    body = definition_of(term, self.context.definitions)
                except Unsupported:
                    return
                if body is not None:
                    self(body, bound, in_cases)
                return
            case Sum():
                name = self._name(term, bound)
                body = term.body if name == term.index else rename(term.body, {term.index: name})
                self(body, (*bound, (name, term.range)), in_cases)
                return
            case Cases(parts=(condition, then, other)):
                taken = decided(condition)
                for part, value in ((then, 1), (other, 0)):
                    if taken is None or taken == value:
                        self(part, bound, in_cases or taken is None)
                return
            case Deriv():
                self(term.body, bound, in_cases)
                try:
                    derivative = self.derivative(term.body, term.var)
                except Unsupported:
                    return
                self(derivative, bound, in_cases)
                return
            case Pow(base=base, exponent=exponent):
                relation = _needs(exponent)
                if relation:
                    self.found[Requirement(base, relation, bound, in_cases)] = None
            case Fn(name="log", arg=arg):
                self.found[Requirement(arg, ">", bound, in_cases)] = None
            case Fn(name="step", arg=arg):
                self.found[Requirement(arg, "!=", bound, in_cases)] = None
        for part in term.parts:
            self(part, bound, in_cases)


def on_indices(condition: Term) -> bool:
    """Whether the condition of a case speaks of indices alone."""
    return all(isinstance(part, Delta | Num | Add | Mul) for part in subterms(condition))


def decided(condition: Term) -> Fraction | None:
    """The value of a condition that does not depend on an index, such as that of the case 1 = 2; else None."""
    match condition:
        case Num():
            return condition.value
        case Delta(key=(a, b)):
            return Fraction(a == b) if a == b or (isinstance(a, int) and isinstance(b, int)) else None
        case Add(parts=parts) | Mul(parts=parts):
            values = [decided(part) for part in parts]
            if isinstance(condition, Mul) and 0 in values:
                return Fraction(0)
            known = [value for value in values if value is not None]
            combined = sum(known, Fraction(0)) if isinstance(condition, Add) else prod(known, start=Fraction(1))
            return combined if len(known) == len(values) else None
    return None


def _needs(exponent: Term) -> str:
    if isinstance(exponent, Num):
        value = exponent.value
        if value.denominator == 1:
            return "!=" if value < 0 else ""
        return ">" if value < 0 else ">="
    if not is_whole(exponent):
        return ">"
    return "!=" if any(isinstance(part, Num) and part.value < 0 for part in subterms(exponent)) else ""


def is_whole(exponent: Term) -> bool:
    """Whether an exponent is an integer for all sizes, such as m or 2 m - 1."""
    return all(
        isinstance(part, SizeOf | Add | Mul) or (isinstance(part, Num) and part.value.denominator == 1)
        for part in subterms(exponent)
    )
