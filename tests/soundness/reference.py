r"""The reference: what a term is worth at a point, computed from the definition of the language and nothing else.

Sums and products are written out, indices are looked up in an environment (so nothing is ever renamed or substituted),
and derivatives are taken by truncated power series: the variable is moved by a nilpotent \varepsilon and the
coefficient of \varepsilon is read off. It shares no code with the kernel and imports nothing from it, not even its
table of functions or its number types. The same evaluation runs in floats (to look for a difference), in exact
rationals, or in mpmath at 60 and 130 digits, up to 3,000 and 6,000 (to confirm one). This module must never simplify.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath  # type: ignore[import-untyped]

from symderiv.terms import (
    Add,
    Cases,
    Context,
    Delta,
    Deriv,
    Fn,
    Head,
    Mul,
    Num,
    Opaque,
    Pow,
    Prod,
    SizeOf,
    Sum,
    Term,
    Var,
    reached,
)

Number = Any
Key = tuple[str, tuple[int, ...], tuple[int, ...]]


class NotDefined(Exception):
    """The term has no value here."""


class Unknown(Exception):
    """The reference cannot say what the value is (an index out of sight, a number too large, digits run out)."""


class Floats:
    """Doubles: quick, and good enough to see a difference."""

    exact = False
    mp: Any = math
    largest = 600

    def number(self, value: Fraction) -> float:
        return value.numerator / value.denominator

    def is_zero(self, value: float) -> bool:
        return abs(value) < 1e-13

    def differ(self, left: float, right: float) -> bool:
        return abs(left - right) > 1e-7 * (1 + abs(left) + abs(right))


class Digits:
    """mpmath with ``digits`` digits, of which two thirds are relied upon."""

    exact = False
    largest = 200_000

    def __init__(self, digits: int) -> None:
        self.mp = mpmath.mp.clone()
        self.mp.dps = digits
        self.tiny = self.mp.mpf(10) ** (-2 * digits // 3)
        self.close = self.mp.mpf(10) ** (-5 * digits // 12)  # so near are two evaluations that do not depend on it
        self.peak = self.mp.mpf(10) ** (digits // 3)  # what cancels may be as large, and two thirds are still good

    def number(self, value: Fraction) -> Number:
        return self.mp.mpf(value.numerator) / value.denominator

    def is_zero(self, value: Number) -> bool:
        return abs(value) < self.tiny

    def differ(self, left: Number, right: Number) -> bool:
        return abs(left - right) > self.tiny * (1 + abs(left) + abs(right))


class Rationals:
    """Exact; knows no exp and no log."""

    exact = True
    mp: Any = None

    def number(self, value: Fraction) -> Fraction:
        return value

    def is_zero(self, value: Fraction) -> bool:
        return value == 0

    def differ(self, left: Fraction, right: Fraction) -> bool:
        return left != right


FLOATS, RATIONALS = Floats(), Rationals()
TIERS = ((Digits(60), Digits(130)), (Digits(300), Digits(600)), (Digits(3_000), Digits(6_000)))
DIGITS, MORE_DIGITS = TIERS[0]


class Jet:
    r"""A number plus nilpotent parts: ``parts[mask]`` is the coefficient of \prod_{b in mask} \varepsilon_b, \varepsilon_b^2 = 0."""

    __slots__ = ("parts",)

    def __init__(self, parts: dict[int, Number]) -> None:
        self.parts = parts

    def __add__(self, other: Any) -> Jet:
        parts = dict(self.parts)
        for mask, value in _parts(other).items():
            parts[mask] = parts[mask] + value if mask in parts else value
        return Jet(parts)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Jet:
        parts: dict[int, Number] = {}
        for m1, a in self.parts.items():
            for m2, b in _parts(other).items():
                if not m1 & m2:
                    parts[m1 | m2] = parts[m1 | m2] + a * b if m1 | m2 in parts else a * b
        return Jet(parts)

    __rmul__ = __mul__

    def without(self, bit: int) -> Number:
        return _plain({m: v for m, v in self.parts.items() if not m >> bit & 1})

    def coefficient(self, bit: int) -> Number:
        return _plain({m & ~(1 << bit): v for m, v in self.parts.items() if m >> bit & 1})


def rate(top: Key, bottom: Key) -> Key:
    """The unknown derivative of one member by another, under the name that witnesses give it."""
    name = f"\\partial {top[0]}/\\partial {bottom[0]}"
    if top[1] or top[2] or bottom[2]:
        name += "#1" + "".join(f"{len(indices):02}" for indices in (*top[1:], *bottom[1:]))
    return (name, (*top[1], *top[2], *bottom[1], *bottom[2]), ())


def _parts(value: Any) -> dict[int, Number]:
    return value.parts if isinstance(value, Jet) else {0: value}


def _plain(parts: dict[int, Number]) -> Number:
    if not parts:
        return 0
    return parts[0] if len(parts) == 1 and 0 in parts else Jet(parts)


def _compose(value: Any, taylor: Callable[[Number, int], list[Number]]) -> Any:
    """f(value), where ``taylor(a, n)`` gives f^{(k)}(a)/k! for k = 0..n."""
    if not isinstance(value, Jet):
        return taylor(value, 0)[0]
    base = value.parts.get(0, 0)
    nilpotent = Jet({m: v for m, v in value.parts.items() if m})
    order = len({b for m in nilpotent.parts for b in range(m.bit_length()) if m >> b & 1})
    coefficients = taylor(base, order)
    result: Any = Jet({0: coefficients[0]})
    power: Any = 1
    for c in coefficients[1:]:
        power = nilpotent * power
        result = result + power * c
    return result


class Evaluation:
    """The value of terms at one point: sizes, values of the undefined variables, and the claim's free indices.

    An index that a definition mentions and does not bind is the claim's free index of that name (``root``).
    """

    def __init__(
        self,
        context: Context,
        sizes: Mapping[str, int],
        values: Callable[[Key], Fraction],
        field: Any = FLOATS,
        root: Mapping[str, int] | None = None,
        opaque: Callable[[str, tuple, tuple[int, ...]], Fraction] | None = None,
    ) -> None:
        self.context = context
        self.sizes = sizes
        self.values = values
        self.field = field
        self.root = dict(root or {})
        self.opaque = opaque
        self.seeds: tuple[tuple[Head, Key], ...] = ()
        self.chained: dict[Head, bool] = {}
        self.memos: dict[tuple, dict] = {}
        self.memo: dict = self.memos.setdefault((), {})
        self.steps = 100_000

    def __call__(self, term: Term, env: Mapping[str, int] | None = None) -> Number:
        try:
            value = self._value(term, dict(self.root if env is None else env))
        except (OverflowError, mpmath.libmp.ComplexResult) as error:
            raise Unknown(str(error)) from None
        except RecursionError:
            raise Unknown("a definition that refers to itself") from None
        except ZeroDivisionError:
            raise NotDefined("division by zero") from None
        if isinstance(value, Jet):
            raise Unknown("a jet is left over")
        if isinstance(value, float) and not math.isfinite(value):
            raise Unknown("overflow")
        return value

    def size(self, size: str | int) -> int:
        if isinstance(size, int):
            return size
        if size in self.sizes:
            return self.sizes[size]
        raise Unknown(f"the size {size}")

    def index(self, index: str | int, env: Mapping[str, int]) -> int:
        if isinstance(index, int):
            return index
        return env[index] if index in env else self.size(index)

    def _value(self, term: Term, env: dict[str, int]) -> Any:
        key = (term, *map(env.get, term.free))
        memo = self.memo  # a value depends on the term, its free indices and the seeds in force
        found = memo.get(key)
        if found is None:
            self.steps -= 1
            if self.steps < 0:
                raise Unknown("too many steps")
            found = memo[key] = self._of(term, env)
        return found

    def _of(self, term: Term, env: dict[str, int]) -> Any:
        kind = type(term)
        if kind is Num:
            return self.field.number(term.key[0])
        if kind is Var:
            subs = tuple([self.index(i, env) for i in term.key[1]])
            sups = tuple([self.index(i, env) for i in term.key[2]])
            return self._variable(term.key[0], subs, sups)
        if kind is Add:
            result: Any = 0
            for part in term.parts:
                result = result + self._value(part, env)
            return result
        if kind is Mul:
            result = 1
            for part in term.parts:
                result = result * self._value(part, env)
            return result
        if kind is Pow:
            return self._power(term, env)
        if kind is Fn:
            return self._function(term.key[0], self._value(term.key[1], env))
        if kind is Delta:
            return int(self.index(term.key[0], env) == self.index(term.key[1], env))
        if kind is Cases:
            condition = self._value(term.key[0], env)  # made of deltas: an integer
            return self._value(term.key[1] if condition == 1 else term.key[2], env)
        if kind is Sum or kind is Prod:
            index, range_, body = term.key
            result = 0 if kind is Sum else 1
            inner = dict(env)
            for value in range(range_.low, self.index(range_.high, env) + 1):
                inner[index] = value
                piece = self._value(body, inner)
                result = result + piece if kind is Sum else result * piece
            return result
        if kind is SizeOf:
            return self.size(term.key[0])
        if kind is Deriv:
            return self._derivative(term, env)
        if isinstance(term, Opaque):
            return self._opaque(term, env)
        raise Unknown(kind.__name__)

    def _variable(self, name: str, subs: tuple[int, ...], sups: tuple[int, ...]) -> Any:
        head = Head(name, len(subs), len(sups))
        key = (name, subs, sups)
        value: Any = None
        for definition in reversed(self.context.definitions.get(head, ())):
            bound = _match(definition.params, subs + sups)
            if bound is not None:
                value = self._value(definition.body, {**self.root, **bound})
                break
        if value is None:
            value = self.field.number(self.values(key))
            for bit, (seeded, target) in enumerate(self.seeds):
                if seeded != head and head not in self.context.held:
                    moved = self._unstated(key, head, seeded, target, bit)
                    value = value if moved is None else moved + value
        for bit, (seeded, target) in enumerate(self.seeds):
            if seeded == head or head in self.context.held:  # the members of this family are varied one alone, or not
                if isinstance(value, Jet) and (target == key or not self._chained(head)):
                    value = value.without(bit)
                if target == key:
                    value = Jet({0: 0, 1 << bit: 1}) + value
        return value

    def _unstated(self, key: Key, head: Head, seeded: Head, target: Key, bit: int) -> Jet | None:
        r"""How ``key`` moves with the variable of a derivative in a way that nobody stated: the rates are unknown
        numbers, \partial A/\partial b itself or, through the members y_j, \sum_j \partial A/\partial y_j dy_j."""
        context = self.context
        if head not in context.through and (head, seeded) not in context.dependent:
            return None
        if len(self.seeds) > 1:
            raise Unknown("a second derivative of something unknown")
        if head not in context.through or any(middle == seeded for middle, _ in context.through[head]):
            return Jet({1 << bit: self._rate(rate(key, target))})
        moved = Jet({1 << bit: 0})
        for middle, ranges in context.through[head]:
            for at in product(*(range(r.low, self.size(r.high) + 1) for r in ranges)):
                member = (middle.name, at[: middle.subs], at[middle.subs :])
                moves = self._variable(*member)
                if isinstance(moves, Jet) and 1 << bit in moves.parts:
                    share = self.field.number(self.values(rate(key, member)))
                    moved = moved + Jet({1 << bit: moves.parts[1 << bit] * share})
        return moved

    def _rate(self, key: Key) -> Number:
        """The value of an unknown derivative, or of what a context says that it is, as of that of an inverse."""
        if Head(key[0], len(key[1]), len(key[2])) not in self.context.definitions:
            return self.field.number(self.values(key))
        seeds, memo = self.seeds, self.memo
        self.seeds, self.memo = (), self.memos.setdefault((), {})
        try:
            value = self._variable(*key)
        finally:
            self.seeds, self.memo = seeds, memo
        return value.parts.get(0, 0) if isinstance(value, Jet) else value

    def _chained(self, head: Head) -> bool:
        """Whether members of the family are defined through others, as a_2 = f(a_1), and so vary with them."""
        if head not in self.chained:
            made = self.context.definitions
            reaching = reached((d.body for d in made.get(head, ())), made)
            held = head in self.context.held
            self.chained[head] = not held and any(isinstance(t, Var) and t.head == head for t in reaching)
        return self.chained[head]

    def _derivative(self, term: Term, env: dict[str, int]) -> Any:
        body, var = term.key
        target = (
            var.key[0],
            tuple(self.index(i, env) for i in var.key[1]),
            tuple(self.index(i, env) for i in var.key[2]),
        )
        bit = len(self.seeds)
        seeds, memo = self.seeds, self.memo
        self.seeds = (*seeds, (var.head, target))
        self.memo = self.memos.setdefault(self.seeds, {})
        try:
            value = self._value(body, env)
        finally:
            self.seeds, self.memo = seeds, memo
        return value.coefficient(bit) if isinstance(value, Jet) else 0

    def _power(self, term: Term, env: dict[str, int]) -> Any:
        base = self._value(term.key[0], env)
        exponent = term.key[1]
        if type(exponent) is Num:
            value = exponent.key[0]
            return self._whole_power(base, int(value)) if value.denominator == 1 else self._real_power(base, value)
        at = self._value(exponent, env)
        if _whole(exponent):
            return self._whole_power(base, int(at))
        return self._function("exp", self._function("log", base) * at)

    def _whole_power(self, base: Any, n: int) -> Any:
        if abs(n) > 2000:
            raise Unknown("a large exponent")
        if n < 0:
            base, n = self._inverse(base), -n
        if not isinstance(base, Jet):
            return base**n
        result: Any = 1
        for _ in range(n):
            result = result * base
        return result

    def _inverse(self, value: Any) -> Any:
        def taylor(a: Number, order: int) -> list[Number]:
            if self._vanishes(a):
                raise NotDefined("division by zero")
            one = self.field.number(Fraction(1))
            return [(-1) ** k * one / a ** (k + 1) for k in range(order + 1)]

        return _compose(value, taylor)

    def _vanishes(self, value: Number) -> bool:
        if value and self.field.is_zero(value):
            raise Unknown("a number too small to be told from zero")
        return not value

    @property
    def peak(self) -> float:
        """The largest number met on the way: what cancels cannot be larger."""
        values = (v for memo in self.memos.values() for value in memo.values() for v in _parts(value).values())
        return max((abs(v) for v in values), default=0)

    def _real_power(self, base: Any, exponent: Fraction) -> Any:
        field = self.field
        if field.exact:
            raise Unknown("a root")

        def taylor(a: Number, order: int) -> list[Number]:
            if self._vanishes(a):
                if order or exponent < 0:
                    raise NotDefined("a root of zero, differentiated or inverted")
                return [field.number(Fraction(0))]
            if a < 0:
                raise NotDefined("a root of a negative number")
            a = field.number(Fraction(1)) * a
            out, factor = [], Fraction(1)
            for k in range(order + 1):
                out.append(field.number(factor) * a ** field.number(exponent - k))
                factor = factor * (exponent - k) / (k + 1)
            return out

        return _compose(base, taylor)

    def _function(self, name: str, value: Any) -> Any:
        field, mp = self.field, self.field.mp
        if name in ("abs", "relu", "step"):
            return self._kinked(name, value)
        if mp is None:
            raise Unknown(name)
        if name == "exp":

            def exp(a: Number, order: int) -> list[Number]:
                if abs(a) > field.largest:
                    raise Unknown("a large exponential")
                e = mp.exp(a)
                return [e / math.factorial(k) for k in range(order + 1)]

            return _compose(value, exp)
        if name == "log":

            def log(a: Number, order: int) -> list[Number]:
                if self._vanishes(a) or a < 0:
                    raise NotDefined("the logarithm of a number that is not positive")
                a = field.number(Fraction(1)) * a
                return [mp.log(a), *((-1) ** (k - 1) / (k * a**k) for k in range(1, order + 1))]

            return _compose(value, log)
        if name in ("sin", "cos"):

            def wave(a: Number, order: int) -> list[Number]:
                s, c = mp.sin(a), mp.cos(a)
                cycle = [s, c, -s, -c] if name == "sin" else [c, -s, -c, s]
                return [cycle[k % 4] / math.factorial(k) for k in range(order + 1)]

            return _compose(value, wave)
        e = self._function("exp", value)
        if name == "sigmoid":
            return e * self._inverse(e + 1)
        if name == "tanh":
            return (e * e + (-1)) * self._inverse(e * e + 1)
        if name == "softplus":
            return self._function("log", e + 1)
        if name in ("sinh", "cosh"):
            half = field.number(Fraction(1, 2))
            return (e + self._inverse(e) * (-1 if name == "sinh" else 1)) * half
        raise Unknown(name)

    def _kinked(self, name: str, value: Any) -> Any:
        a = value.parts.get(0, 0) if isinstance(value, Jet) else value
        if self._vanishes(a):
            if (isinstance(value, Jet) and len(value.parts) > 1) or name == "step":
                raise NotDefined("a kink")
            return 0 * a
        if name == "step":
            return value * 0 + int(a > 0)
        if a > 0:
            return value
        return value * (-1 if name == "abs" else 0)

    def _opaque(self, term: Opaque, env: dict[str, int]) -> Any:
        r"""f(a + n) = \sum_k f^{(k)}(a) n^k/k!, with the values that the point gives to f and its derivatives at a."""
        if self.opaque is None:
            raise Unknown("an unknown function")
        opaque = self.opaque
        args = [self._value(part, env) for part in term.parts]
        bases = tuple(a.parts.get(0, 0) if isinstance(a, Jet) else a for a in args)

        def at(orders: tuple[int, ...]) -> Number:
            return self.field.number(Fraction(opaque(term.name, bases, orders)))

        result: Any = at(term.orders)
        nilpotents = [Jet({m: v for m, v in _parts(a).items() if m}) for a in args]
        pieces: list[tuple[Any, tuple[int, ...], int]] = [(1, term.orders, 0)]
        for _ in self.seeds:  # every product of up to len(seeds) nilpotent parts
            following = []
            for piece, orders, last in pieces:
                for slot in range(last, len(args)):
                    if nilpotents[slot].parts:
                        more = tuple(n + (s == slot) for s, n in enumerate(orders))
                        following.append((nilpotents[slot] * piece, more, slot))
            pieces = following
            for piece, orders, _slot in pieces:
                scale = Fraction(1)
                for old, new in zip(term.orders, orders, strict=True):
                    scale /= math.factorial(new - old)
                result = piece * (at(orders) * self.field.number(scale)) + result
        return result


def _match(params: tuple, indices: tuple[int, ...]) -> dict[str, int] | None:
    bound: dict[str, int] = {}
    for param, index in zip(params, indices, strict=True):
        if (bound.setdefault(param, index) if isinstance(param, str) else param) != index:
            return None
    return bound


def _whole(exponent: Term) -> bool:
    match exponent:
        case Num():
            return exponent.value.denominator == 1
        case SizeOf():
            return True
        case Add() | Mul():
            return all(_whole(part) for part in exponent.parts)
    return False


def fails(left: Number, relation: str, right: Number, field: Any) -> bool:
    """Whether ``left relation right`` certainly fails; that two sides are equal is certain only of exact numbers."""
    apart = field.differ(left, right)
    same = field.exact and not apart
    match relation:
        case "=":
            return apart
        case "!=":
            return same
        case "<":
            return (apart and left > right) or same
        case "<=":
            return apart and left > right
        case ">":
            return (apart and left < right) or same
        case ">=":
            return apart and left < right
    raise ValueError(relation)
