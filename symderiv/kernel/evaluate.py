r"""Evaluation in ball arithmetic, at points that satisfy the assumptions.

A term is evaluated at concrete sizes, indices and exact rational values; python-flint's ``arb`` encloses the true
value in a ball, so a difference whose ball excludes zero is a proof that the two sides differ. Who chooses the values
need not be trusted. This module must never give a value to a term that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from flint import arb, fmpq

from symderiv.kernel.budget import LARGEST_NUMBER
from symderiv.kernel.conditions import on_indices
from symderiv.kernel.derivative import (
    FUNCTIONS,
    UNKNOWN,
    defining,
    definition_of,
    differentiate,
    is_unknown,
    unknown_derivative,
)
from symderiv.terms import (
    Add,
    Cases,
    Context,
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
    Size,
    SizeOf,
    Sum,
    Term,
    Var,
    fresh,
    reached,
    rename,
)

PRECISION = 160  # bits
WORK_LIMIT = 60_000  # evaluated nodes for one point


class NoValue(Exception):
    """The term has no value at this point (1/0, log of a non-positive number), or it cannot be told."""


class Point:
    """Concrete sizes and indices, and exact rationals for the variables, kept in ``values``.

    ``choose(point, var)`` is asked for the value of a variable when it is first needed, and gives it by ``give``; who
    chooses need not be trusted. ``root`` are the free indices of the claim, which definitions may mention.
    ``derivatives``, taken once in terms of free indices, may be shared by all points of one context.
    """

    def __init__(
        self,
        context: Context,
        sizes: Mapping[str, int],
        root: Mapping[str, int],
        choose: Callable[[Point, Var], None] | None = None,
        derivatives: dict[Term, Term] | None = None,
    ) -> None:
        self.context = context
        self.sizes = sizes
        self.root = root
        self.choose = choose
        self.values: dict[tuple, tuple[Var, Fraction]] = {}
        self.derivatives = {} if derivatives is None else derivatives
        self.memo: dict[tuple, arb] = {}
        self.smooth: dict[tuple, arb] = {}  # the memo inside of derivatives
        self.inside = False  # of what is differentiated: there roots must not vanish, and kinks not be met
        self.work = WORK_LIMIT

    def give(self, var: Var, value: Fraction) -> None:
        """Give ``var`` its value, once: what was evaluated with a value must stay true of the witness."""
        if self.values.setdefault(var.key, (var, value))[1] != value:
            raise NoValue(f"the assumptions give {var.name} two values")

    def value(self, name: str, subs: tuple[int, ...], sups: tuple[int, ...]) -> Fraction:
        key = (name, subs, sups)
        if key not in self.values:
            if self.choose is not None:
                self.choose(self, Var(name, subs, sups))
            if key not in self.values:
                raise NoValue(f"{name} has no value here")
        return self.values[key][1]

    def spend(self, nodes: int) -> None:
        self.work -= nodes
        if self.work < 0:
            raise NoValue("too much to evaluate")

    def size(self, size: Size) -> int:
        if isinstance(size, int):
            return size
        if size not in self.sizes:
            raise NoValue(f"the size {size} has no value")
        return self.sizes[size]

    def index(self, index: Index, env: Mapping[str, int]) -> int:
        if isinstance(index, int):
            return index
        if index in env:
            return env[index]
        if index in self.sizes:
            return self.sizes[index]
        raise NoValue(f"the index {index} has no value")

    def at(self, indices: tuple[Index, ...], env: Mapping[str, int]) -> tuple[int, ...]:
        return tuple([self.index(i, env) for i in indices]) if indices else ()

    def exact(self, term: Term, env: Mapping[str, int]) -> Fraction:
        self.spend(1)
        match term:
            case Num():
                return term.value
            case SizeOf():
                return Fraction(self.size(term.name))
            case Var():
                subs, sups = self.at(term.subs, env), self.at(term.sups, env)
                body = definition_of(Var(term.name, subs, sups), self.context.definitions)
                return self.exact(body, self.root) if body is not None else self.value(term.name, subs, sups)
            case Add():
                return sum((self.exact(part, env) for part in term.parts), Fraction(0))
            case Mul():
                result = Fraction(1)
                for part in term.parts:
                    result *= self.exact(part, env)
                    self.spend(_digits(result) // 256)
                return result
            case Delta():
                return Fraction(self.index(term.left, env) == self.index(term.right, env))
            case Cases(parts=(condition, then, other)) if on_indices(condition):
                chosen = self.exact(condition, env)
                if chosen in (0, 1):
                    return self.exact(then if chosen else other, env)
            case Prod():
                pass
            case Sum(index=index, range=range_, body=body):
                values = range(range_.low, self.size(range_.high) + 1)
                return sum((self.exact(body, {**env, index: value}) for value in values), Fraction(0))
            case Pow(exponent=Num() as exponent) if exponent.value.denominator == 1:
                base = self.exact(term.base, env)
                if not base and exponent.value < 0:
                    raise NoValue("division by zero")
                if _digits(base) * abs(exponent.value) > LARGEST_NUMBER and abs(base) != 1:
                    raise NoValue("an exponent too large to evaluate")
                return base ** int(exponent.value)
            case Fn(name=name, arg=arg) if name in FUNCTIONS:
                return self.exact(FUNCTIONS[name](arg), env)
            case Fn(name="exp" | "log" as name) if self.exact(term.arg, env) == (name == "log"):  # e^0 = 1, log 1 = 0
                return Fraction(name == "exp")
        raise NoValue("the assumption cannot be met exactly")

    # Values of terms

    def evaluate(self, term: Term, env: Mapping[str, int]) -> arb:
        """The ball of ``term`` with its free indices from ``env``. Raises NoValue."""
        key = (term, *map(env.get, term.free))  # in the order in which this one set has its names
        found = self.memo.get(key)
        if found is None:
            self.spend(1)
            found = self.memo[key] = self._evaluate(term, env)
        return found

    def _evaluate(self, term: Term, env: Mapping[str, int]) -> arb:
        kind = type(term)  # asked in the order of frequency: this is where most time goes
        if isinstance(term, Var):
            return self._variable(term, env)
        if kind is Mul:
            result = arb(1)
            for part in term.parts:
                result *= self.evaluate(part, env)
            return result
        if kind is Add:
            result = arb(0)
            for part in term.parts:
                result += self.evaluate(part, env)
            return result
        match term:
            case Num():
                return _ball(term.value)
            case Pow(base=base, exponent=exponent):
                value = self.evaluate(base, env)
                if self.inside and isinstance(exponent, Num) and exponent.value.denominator > 1 and value.contains(0):
                    raise NoValue("a root of zero has no derivative")
                return _power(value, self.evaluate(exponent, env), exponent)
            case Fn(name=name, arg=arg):
                if name in FUNCTIONS:
                    return self.evaluate(FUNCTIONS[name](arg), env)
                value = self.evaluate(arg, env)
                if self.inside and name in ("abs", "relu") and value.contains(0):
                    raise NoValue("there is no derivative at a kink")
                return _apply(name, value)
            case Delta():
                return arb(int(self.index(term.left, env) == self.index(term.right, env)))
            case Sum():
                return self._sum(term, env)
            case Cases(parts=(condition, then, other)):
                chosen = self.evaluate(condition, env)
                if not on_indices(condition) or not (chosen == 1 or chosen == 0):
                    raise NoValue("a case whose condition is neither true nor false")
                return self.evaluate(then if chosen == 1 else other, env)
            case SizeOf():
                return arb(self.size(term.name))
            case Deriv():
                return self._derivative(term, env)
            case Opaque():  # a smooth function may have any values and derivatives at distinct points
                args = [self.evaluate(part, env) for part in term.parts]
                if not all(arg.is_exact() for arg in args):
                    raise NoValue("an unknown function at a point that is not rational")
                primes = "'" * term.orders[0] if len(args) == 1 else "_{" + ",".join(map(str, term.orders)) + "}"
                name = f"{term.name}{primes}({', '.join(arg.str(6, radius=False) for arg in args)})"
                return _ball(self.value(name, (), ()))
        raise NoValue(f"no value for {kind.__name__}")

    def _variable(self, term: Var, env: Mapping[str, int]) -> arb:
        name, subs, sups = term.key
        subs, sups = self.at(subs, env), self.at(sups, env)
        made = self.context.definitions.get(term.head)
        found = defining(name, subs + sups, made) if made is not None else None
        if found is not None:  # an index that the definition mentions and does not bind is the claim's
            body, bound = found
            return self.evaluate(body, {**self.root, **bound})
        if not valued(term, self.context):
            raise NoValue("an unknown derivative")
        return _ball(self.value(name, subs, sups))

    def _sum(self, term: Sum, env: Mapping[str, int]) -> arb:
        index, (low, high), body = term.key
        is_product = isinstance(term, Prod)
        result = arb(1 if is_product else 0)
        high = self.size(high)
        if high - low > 2000:
            raise NoValue("a range too long to evaluate")
        for value in range(low, high + 1):
            piece = self.evaluate(body, {**env, index: value})
            result = result * piece if is_product else result + piece
        return result

    def _derivative(self, term: Deriv, env: Mapping[str, int]) -> arb:
        # An index that a sum binds must not meet the same name free in a definition, which is another index.
        here, apart = dict(self.root), {}
        for name in sorted(term.free & env.keys()):
            apart[name] = fresh(name, {*env, *here})
            here[apart[name]] = env[name]
        moved = rename(term, apart)
        assert isinstance(moved, Deriv)
        derivative = self.derivatives.get(moved)
        if derivative is None:
            # what does not occur in it at all most likely enters in a way that was not said
            if not self._occurs(term.var.head, term.body):
                raise NoValue(f"how {term.var.name} enters is not known")
            derivative = self.derivatives[moved] = differentiate(moved.body, moved.var, self.context)
        around = self.inside, self.memo
        self.inside, self.memo = True, self.smooth
        try:
            self.evaluate(term.body, env)  # a derivative exists only where the function does, and is smooth
        finally:
            self.inside, self.memo = around
        return self.evaluate(derivative, here)

    def _occurs(self, head: Head, term: Term) -> bool:
        """Whether a member of the family occurs in ``term``, definitions put in."""
        heads = {part.head for part in reached([term], self.context.definitions) if isinstance(part, Var)}
        if not heads or head in heads or any(h in self.context.through for h in heads):
            return True
        known = self.context.definitions.keys()
        return any(unknown_derivative(_member(h), _member(head)).head in known for h in heads)


def _member(head: Head) -> Var:
    return Var(head.name, ("i",) * head.subs, ("i",) * head.sups)


def valued(term: Term, context: Context) -> bool:
    """False for an unknown derivative, unless a context says that it may be anything."""
    if not isinstance(term, Var) or not is_unknown(term):
        return True
    top = term.name[len(UNKNOWN) :].split(f"/{UNKNOWN}")[0]
    return any(head.name == top for head in context.through)


def _digits(value: Fraction) -> int:
    """Binary digits."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _power(base: arb, exponent: arb, written: Term) -> arb:
    value = written.value if isinstance(written, Num) else None
    if value is None and exponent.is_integer() and not (base > 0):
        value = Fraction(int(exponent.unique_fmpz()))
        if not isinstance(written, SizeOf):
            raise NoValue("a real power of a number that is not positive")
    if value is not None and value.denominator == 1:
        if abs(value) > 10_000:
            raise NoValue("an exponent too large to evaluate")
        if value < 0 and base.contains(0):
            raise NoValue("division by zero")
        return base ** int(value)
    if not (base > 0):
        if value is not None and value > 0 and base.is_zero():
            return arb(0)
        raise NoValue("a root of a number that is not positive")
    return (exponent * base.log()).exp()


def _apply(name: str, arg: arb) -> arb:
    if name == "exp":
        if not (abs(arg) < 100_000):
            raise NoValue("its value is too large to evaluate")
        return arg.exp()
    if name == "log":
        if not (arg > 0):
            raise NoValue("the logarithm of a number that is not positive")
        return arg.log()
    if name == "sin":
        return arg.sin()
    if name == "cos":
        return arg.cos()
    if name == "abs":
        return abs(arg)
    if name in ("relu", "step"):
        if arg > 0:
            return arg if name == "relu" else arb(1)
        if arg < 0 or (name == "relu" and arg.is_zero()):
            return arb(0)
    raise NoValue(f"{name} cannot be evaluated here")
