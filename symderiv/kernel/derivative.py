r"""Differentiation: the table of textbook rules, from terms to terms, by our own hand.

\partial f_i/\partial f_k = \delta_{ik}, linearity, product, power, exponential, logarithm, sums (bound indices are
renamed, never captured), products, cases, and the chain rule for definitions and unknown functions. Nothing is
simplified here beyond dropping zeros; the normal form does that. This module must never evaluate or decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from symderiv.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Cases,
    Context,
    Definition,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Mul,
    Num,
    Opaque,
    Pow,
    Prod,
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
    reached,
    rename,
)

At = TypeVar("At", bound=Index)
UNKNOWN = "\\partial "  # a variable so named is an unknown derivative


class Unsupported(Exception):
    """The kernel does not understand something; the verdict is then Undecided, with this reason."""


def _sigmoid(x: Term) -> Term:
    return power(add(ONE, exp(neg(x))), MINUS_ONE)


def _tanh(x: Term) -> Term:
    return mul(add(exp(x), neg(exp(neg(x)))), power(add(exp(x), exp(neg(x))), MINUS_ONE))


FUNCTIONS: Mapping[str, Callable[[Term], Term]] = {
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "softplus": lambda x: log(add(ONE, exp(x))),
    "sinh": lambda x: mul(num(Fraction(1, 2)), add(exp(x), neg(exp(neg(x))))),
    "cosh": lambda x: mul(num(Fraction(1, 2)), add(exp(x), exp(neg(x)))),
}
"""Functions defined by others, as x -> term."""

DERIVATIVES: Mapping[str, Callable[[Term], Term]] = {
    "exp": exp,
    "log": lambda x: power(x, MINUS_ONE),
    "sin": lambda x: Fn("cos", x),
    "cos": lambda x: neg(Fn("sin", x)),
    "abs": lambda x: mul(Fn("abs", x), power(x, MINUS_ONE)),
    "relu": lambda x: Fn("step", x),
    "step": lambda x: mul(ZERO, power(x, MINUS_ONE)),
}
"""Derivatives of the functions with a rule of their own; each is undefined where its function has a kink."""


def definition_of(var: Var, definitions: Mapping[Head, tuple[Definition, ...]]) -> Term | None:
    """The body that defines ``var`` (its latest matching definition, with the indices put in), or None if undefined.

    Raises Unsupported where only some members of the family are defined (p_3 = ..., h_ii = ...) and it depends on the
    value of a symbolic index whether ``var`` is one of them.
    """
    made = definitions.get(var.head)
    found = defining(var.name, var.indices, made) if made is not None else None
    if found is None:
        return None
    body, mapping = found
    return rename(body, {old: new for old, new in mapping.items() if old != new})


def defining(name: str, indices: tuple[At, ...], made: tuple[Definition, ...]) -> tuple[Term, dict[str, At]] | None:
    """The body of the latest of the definitions ``made`` of ``name`` that matches, and what its parameters stand for.

    Raises Unsupported as ``definition_of`` does.
    """
    partial = False
    for definition in reversed(made):
        mapping: dict[str, At] = {}
        pairs = [
            (mapping.setdefault(param, index) if isinstance(param, str) else param, index)
            for param, index in zip(definition.params, indices, strict=True)
        ]
        differing = [pair for pair in pairs if pair[0] != pair[1]]
        if not differing:
            if partial:
                break
            return definition.body, mapping
        surely = any(isinstance(a, int) and isinstance(b, int) for a, b in differing)
        partial = partial or not surely
    if partial:
        raise Unsupported(f"{name} is defined only for some values of its indices")
    return None


def differentiate(term: Term, var: Var, context: Context) -> Term:
    r"""The partial derivative of ``term`` with respect to ``var``.

    >>> differentiate(exp(Var('f', ('i',), ())), Var('f', ('k',), ()), Context())
    Mul((Fn('exp', Var('f', ('i',), ())), Delta('i', 'k')))
    """
    return _Differentiation(var, context)(term)


class _Differentiation:
    def __init__(self, var: Var, context: Context) -> None:
        self.var = var
        self.context = context
        # bound indices must capture neither the variable's indices nor those that definitions leave free
        self.reserved = var.free.union(
            *(d.body.free.difference(d.params) for ds in context.definitions.values() for d in ds)
        )
        self.memo: dict[Term, Term] = {}
        self.open: set[Term] = set()

    def __call__(self, term: Term) -> Term:
        found = self.memo.get(term)
        if found is None:
            if term in self.open:
                raise Unsupported("a definition refers to itself")
            self.open.add(term)
            found = self.memo[term] = self._rule(term)
            self.open.discard(term)
        return found

    def _rule(self, term: Term) -> Term:
        match term:
            case Var():
                return self._variable(term)
            case Add():  # (u + v)' = u' + v'
                return _sum_of([self(part) for part in term.parts])
            case Mul():  # (u v w)' = u' v w + u v' w + u v w'
                parts = term.parts
                return _sum_of([_times(self(p), *parts[:i], *parts[i + 1 :]) for i, p in enumerate(parts)])
            case Pow(base=base, exponent=exponent):
                if isinstance(exponent, Num):  # (u^n)' = n u^{n-1} u'
                    return _times(self(base), exponent, power(base, num(exponent.value - 1)))
                # (u^v)' = u^v (v' log u + v u'/u)
                inner = _sum_of(
                    [_times(self(exponent), log(base)), _times(self(base), exponent, power(base, MINUS_ONE))]
                )
                return _times(inner, term)
            case Fn(name=name, arg=arg):  # f(u)' = f'(u) u'
                if name in FUNCTIONS:
                    return self(FUNCTIONS[name](arg))
                if name == "log":
                    return self._log(arg)
                if name not in DERIVATIVES:
                    raise Unsupported(f"no rule for the derivative of {name}")
                return _times(DERIVATIVES[name](arg), self(arg))
            case Opaque():  # f(u, v)' = f_1(u, v) u' + f_2(u, v) v'
                pieces = []
                for i, part in enumerate(term.parts):
                    orders = tuple(n + (i == j) for j, n in enumerate(term.orders))
                    pieces.append(_times(self(part), Opaque(term.name, term.parts, orders)))
                return _sum_of(pieces)
            case Prod():  # (prod_j g_j)' = sum_k g_k' prod_{j != k} g_j
                term = self._apart(term)
                k = fresh(term.index, term.body.free | {term.index} | self.reserved)
                others = Prod(term.index, term.range, Cases(Delta(term.index, k), ONE, term.body))
                inner = self(term.body)
                return ZERO if inner is ZERO else Sum(k, term.range, mul(rename(inner, {term.index: k}), others))
            case Sum():
                term = self._apart(term)
                inner = self(term.body)
                return ZERO if inner is ZERO else Sum(term.index, term.range, inner)
            case Cases():
                then, other = self(term.parts[1]), self(term.parts[2])
                return ZERO if then is other is ZERO else Cases(term.condition, then, other)
            case Deriv():
                if self.context.definitions.get(self.var.head) and term.var.head != self.var.head:
                    # its value would depend on how the inner derivative is written
                    raise Unsupported(f"a derivative by {self.var.name} of a derivative by {term.var.name}")
                return self(differentiate(term.body, term.var, self.context))
        return ZERO  # numbers, sizes, deltas

    def _log(self, arg: Term) -> Term:
        r"""(log u)' = u'/u; for products and powers by parts: (log uv)' = u'/u + v'/v, (log u^v)' = v' log u + v u'/u.

        Where the logarithm is defined no factor is zero, so nothing is lost.
        """
        match arg:
            case Mul():
                return _sum_of([self._log(part) for part in arg.parts])
            case Pow(base=base, exponent=exponent):
                if isinstance(exponent, Num) and exponent.value.denominator == 1:
                    return _times(exponent, self._log(base))
                return _sum_of([_times(self(exponent), log(base)), _times(exponent, self._log(base))])
            case Prod():
                arg = self._apart(arg)
                inner = self._log(arg.body)
                return ZERO if inner is ZERO else Sum(arg.index, arg.range, inner)
            case Fn(name="exp"):
                return self(arg.arg)
            case Var() if arg.head != self.var.head and arg.head not in self.context.held:
                body = definition_of(arg, self.context.definitions)
                if body is not None:
                    if arg in self.open:
                        raise Unsupported("a definition refers to itself")
                    self.open.add(arg)
                    result = self._log(body)
                    self.open.discard(arg)
                    return result
        return _times(self(arg), power(arg, MINUS_ONE))

    def _apart(self, term: Sum) -> Sum:
        """``term`` with its bound index renamed away from the reserved ones."""
        if term.index not in self.reserved:
            return term
        index = fresh(term.index, term.body.free | self.reserved)
        return type(term)(index, term.range, rename(term.body, {term.index: index}))

    def _variable(self, term: Var) -> Term:
        var = self.var
        if term.head == var.head:  # \partial f_i / \partial f_k = \delta_{ik}
            deltas: list[Term] = []
            for a, b in zip(term.indices, var.indices, strict=True):
                if a != b:
                    if isinstance(a, int) and isinstance(b, int):
                        body = definition_of(term, self.context.definitions) if self._linked else None
                        return self(body) if body is not None else ZERO  # a_2 may be defined through a_1
                    deltas.append(Delta(a, b))
            if deltas and self._linked:
                raise Unsupported(f"members of {term.name} are defined through others of them")
            return mul(*deltas)
        if term.head in self.context.held:
            return ZERO
        body = definition_of(term, self.context.definitions)
        if body is not None:
            return self(body)
        if term.head in self.context.through:
            return self._chain(term)
        if is_unknown(term) or (term.head, var.head) in self.context.dependent:
            return unknown_derivative(term, var)
        return ZERO

    @cached_property
    def _linked(self) -> bool:
        """Whether members of the variable's family are defined through others of it; if not, they are independent."""
        definitions = self.context.definitions
        bodies = [d.body for d in definitions.get(self.var.head, ())]
        return any(isinstance(part, Var) and part.head == self.var.head for part in reached(bodies, definitions))

    def _chain(self, term: Var) -> Term:
        r"""\partial L/\partial x = \sum_j \partial L/\partial y_j \, \partial y_j/\partial x."""
        families = self.context.through[term.head]
        if any(head == self.var.head for head, _ in families):
            return unknown_derivative(term, self.var)
        pieces = []
        for head, ranges in families:
            taken = {*self.reserved, *term.free}
            names: list[str] = []
            for _ in ranges:
                names.append(fresh("j", taken))
                taken.add(names[-1])
            member = Var(head.name, tuple(names[: head.subs]), tuple(names[head.subs :]))
            piece = _times(self(member), unknown_derivative(term, member))
            for name, range_ in zip(names, ranges, strict=True):
                piece = piece if piece is ZERO else Sum(name, range_, piece)
            pieces.append(piece)
        return _sum_of(pieces)


def unknown_derivative(top: Var, bottom: Var) -> Var:
    """The variable that stands for it; where it is not plain which indices are whose, a version of the name says so."""
    counts = [len(indices) for indices in (top.subs, top.sups, bottom.subs, bottom.sups)]
    version = "#1" + "".join(f"{count:02}" for count in counts) if any(counts[:2]) or counts[3] else ""
    return Var(f"{UNKNOWN}{top.name}/{UNKNOWN}{bottom.name}{version}", top.indices + bottom.indices, ())


def is_unknown(term: Term) -> bool:
    """Whether ``term`` is a derivative of which nothing is known but its name."""
    return isinstance(term, Var) and term.name.startswith(UNKNOWN)


def _sum_of(terms: list[Term]) -> Term:
    return add(*(term for term in terms if term is not ZERO))


def _times(*factors: Term) -> Term:
    if any(factor is ZERO for factor in factors):
        return ZERO
    return mul(*(factor for factor in factors if factor is not ONE))
