r"""Evaluation in ball arithmetic, at points that satisfy the assumptions.

A term is evaluated at concrete sizes, indices and exact rational values; python-flint's ``arb`` encloses the true
value in a ball, so a difference whose ball excludes zero is a proof that the two sides differ. Points are chosen
deterministically, simple numbers first, so that every assumption holds if it can be seen how. This module must never
give a value to a term that has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from flint import arb, fmpq

from symderiv.kernel.budget import LARGEST_NUMBER
from symderiv.kernel.conditions import on_indices
from symderiv.kernel.derivative import FUNCTIONS, UNKNOWN, defining, definition_of, differentiate, is_unknown
from symderiv.terms import (
    Add,
    Assumption,
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
    subterms,
)

PRECISION = 160  # bits
WORK_LIMIT = 60_000  # evaluated nodes for one point


class NoValue(Exception):
    """The term has no value at this point (1/0, log of a non-positive number), or it cannot be told."""


SIMPLE = [Fraction(n) for n in (0, 1, -1, 2, -2, 3)]
POSITIVE = [Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3), Fraction(1, 3), Fraction(3, 2)]
SMALL = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 4), Fraction(2, 3), Fraction(1, 5), Fraction(3, 4)]


class Point:
    """Concrete sizes and a rule that gives every variable an exact rational, remembered in ``values``.

    ``derivatives``, taken once in terms of free indices, may be shared by all points of one context.
    """

    def __init__(
        self,
        context: Context,
        sizes: Mapping[str, int],
        assumptions: Sequence[Assumption],
        trial: int,
        derivatives: dict[Term, Term] | None = None,
    ) -> None:
        self.context = context
        self.sizes = sizes
        self.trial = trial
        self.values: dict[tuple, tuple[Var, Fraction]] = {}
        self.heads: dict[Head, int] = {}
        # an unknown derivative mostly has no value, so that what is assumed of one excludes no point
        self.equations = [a.data for a in assumptions if a.kind == "equation" and self._valued(a.data[0])]
        self.onehot = {tuple(a.data[0]): a.data[1] for a in assumptions if a.kind == "onehot"}
        self.binary = {tuple(a.data[0]) for a in assumptions if a.kind == "binary"}
        self.positive = {tuple(a.data[0]) for a in assumptions if a.kind == "positive"}
        self.derivatives = {} if derivatives is None else derivatives
        self.memo: dict[tuple, arb] = {}
        self.smooth: dict[tuple, arb] = {}  # the memo inside of derivatives
        self.inside = False  # of what is differentiated: there roots must not vanish, and kinks not be met
        self.work = WORK_LIMIT
        self.root: Mapping[str, int] = {}  # the free indices of the claim, which definitions may mention
        self.open: set[tuple] = set()
        self.members: dict[tuple, list[tuple]] = {}
        self._state = 12345 + 7919 * trial

    # Values of variables

    def value(self, name: str, subs: tuple[int, ...], sups: tuple[int, ...]) -> Fraction:
        key = (name, subs, sups)
        if key not in self.values:
            self._choose(Var(name, subs, sups))
        return self.values[key][1]

    def _set(self, var: Var, value: Fraction) -> None:
        """Give ``var`` its value, once: what was evaluated with a value must stay true of the witness."""
        if self.values.setdefault(var.key, (var, value))[1] != value:
            raise NoValue(f"the assumptions give {var.name} two values")

    def _random(self) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self._state >> 33

    def _choose(self, var: Var) -> None:
        head = var.head
        if head in self.onehot:
            slot = self.onehot[head]
            classes = self._classes(head, slot)
            others = sum(int(i) for n, i in enumerate(var.indices) if n != slot)
            turn = others if self.trial < 2 else others * (others + 1) // 2  # all classes in turn, then less regularly
            self._set(var, Fraction(var.indices[slot] == classes[(self.trial + turn) % len(classes)]))
        elif head in self.binary:
            self._set(var, Fraction((self._random() + self.trial) % 2))
        else:
            if var.key not in self.open:
                self.open.add(var.key)
                for left, right in self.equations:
                    if self._from_equation(var, left, right) or self._solved(var, left, right):
                        return
                    if var.key in self.values:  # chosen on the way, to meet another equation
                        return
            self._set(var, self._plain(head))

    def _plain(self, head: Head) -> Fraction:
        self.heads.setdefault(head, len(self.heads))
        count = len(self.values)
        if self.trial == 0 and head not in self.positive:
            return SIMPLE[count % len(SIMPLE)]
        if self.trial == 1:
            return POSITIVE[count % len(POSITIVE)]
        if self.trial == 2 or head in self.positive:
            return SMALL[(count + self.trial) % len(SMALL)]
        numerator = self._random() % 13 - 6
        return Fraction(numerator or 1, 1 + self._random() % 3)

    def _classes(self, head: Head, slot: int) -> range:
        ranges = self.context.families.get(head)
        range_ = ranges[slot] if ranges else None
        classes = range(range_.low, self.size(range_.high) + 1) if range_ is not None else range(0)
        if not classes:
            raise NoValue("the length of a family is not known")
        return classes

    def size(self, size: Size) -> int:
        if isinstance(size, int):
            return size
        if size not in self.sizes:
            raise NoValue(f"the size {size} has no value")
        return self.sizes[size]

    def _from_equation(self, var: Var, left: Term, right: Term) -> bool:
        """Choose ``var`` (and its whole family along a sum) so that left = right holds, for the usual shapes."""
        match left:
            case Var() if left.head == var.head:
                env = self._bind(left, var)
                if env is not None and not isinstance(right, Var):
                    self._set(var, self.exact(right, env))
                    return True
            case Sum(index=index, range=range_, body=Var() as member) if member.head == var.head:
                slots = [n for n, i in enumerate(member.indices) if i == index]
                if len(slots) == 1 and not isinstance(left, Prod):
                    slot = slots[0]
                    env = self._bind(member, var)
                    if env is None:
                        return False
                    env.pop(index, None)
                    total = self.exact(right, env)
                    family = []
                    for n in range(range_.low, self.size(range_.high) + 1):
                        at = [*var.indices[:slot], n, *var.indices[slot + 1 :]]
                        family.append(Var(var.name, tuple(at[: var.head.subs]), tuple(at[var.head.subs :])))
                    unset = [each for each in family if each.key not in self.values]
                    if var not in unset:
                        return False
                    rest = total - sum(self.values[each.key][1] for each in family if each.key in self.values)
                    weights = [1 + self._random() % 4 if self.trial else n + 1 for n, _ in enumerate(unset)]
                    share = rest / sum(weights)
                    for each, weight in zip(unset, weights, strict=True):
                        self._set(each, share * weight)
                    return True
        return False

    def _bind(self, pattern: Var, var: Var) -> dict[str, int] | None:
        """The values of the pattern's indices at ``var``, or None if it is not an instance."""
        env: dict[str, int] = {}
        for p, i in zip(pattern.indices, var.indices, strict=True):
            if isinstance(p, str) and p not in self.sizes:
                if env.setdefault(p, int(i)) != i:
                    return None
            elif (p if isinstance(p, int) else self.sizes[p]) != i:
                return None
        return env

    def _solved(self, var: Var, left: Term, right: Term) -> bool:
        """Choose ``var`` so that left = right holds, if it is the last variable there and enters linearly."""
        names = left.free | right.free
        for part in (*subterms(left), *subterms(right)):
            env = self._bind(part, var) if isinstance(part, Var) and part.head == var.head else None
            if env is None or not names <= env.keys() | self.sizes.keys():
                continue
            env = {name: env[name] for name in names if name in env}
            key = (left, right, *sorted(env.items()))
            if key not in self.members:
                self.members[key] = list(dict.fromkeys((*self._variables(left, env), *self._variables(right, env))))
            *others, last = self.members[key]
            if last != var.key:
                continue
            for other in others:
                self.value(*other)
            if var.key in self.values:
                return True
            sides = []
            for value in (Fraction(0), Fraction(1)):
                self.values[var.key] = (var, value)
                sides.append(self.exact(left, env) - self.exact(right, env))
                del self.values[var.key]
            if sides[0] != sides[1]:
                self._set(var, sides[0] / (sides[0] - sides[1]))
                return True
        return False

    def _variables(self, term: Term, env: Mapping[str, int]) -> Iterator[tuple]:
        """The variables that ``term`` is made of, sums written out; 0/1 families are chosen otherwise."""
        match term:
            case Var():
                at = Var(term.name, _at(term.subs, env, self), _at(term.sups, env, self))
                body = definition_of(at, self.context.definitions)
                if body is not None:
                    yield from self._variables(body, self.root)
                elif at.head not in self.onehot and at.head not in self.binary:
                    yield at.key
            case Sum(index=index, range=range_, body=body):
                for value in range(range_.low, self.size(range_.high) + 1):
                    self.spend(1)
                    yield from self._variables(body, {**env, index: value})
            case _:
                for part in term.parts:
                    yield from self._variables(part, env)

    def spend(self, nodes: int) -> None:
        self.work -= nodes
        if self.work < 0:
            raise NoValue("too much to evaluate")

    def exact(self, term: Term, env: Mapping[str, int]) -> Fraction:
        self.spend(1)
        match term:
            case Num():
                return term.value
            case SizeOf():
                return Fraction(self.size(term.name))
            case Var():
                subs, sups = _at(term.subs, env, self), _at(term.sups, env, self)
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
                return arb(int(_index(term.left, env, self) == _index(term.right, env, self)))
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
        subs, sups = _at(subs, env, self), _at(sups, env, self)
        made = self.context.definitions.get(term.head)
        found = defining(name, subs + sups, made) if made is not None else None
        if found is not None:  # an index that the definition mentions and does not bind is the claim's
            body, bound = found
            return self.evaluate(body, {**self.root, **bound})
        if not self._valued(term):
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
        return not heads or head in heads or any(h in self.context.through for h in heads)

    def _valued(self, term: Term) -> bool:
        """False for an unknown derivative, unless a context says that it may be anything."""
        if not isinstance(term, Var) or not is_unknown(term):
            return True
        top = term.name[len(UNKNOWN) :].split(f"/{UNKNOWN}")[0]
        return any(head.name == top for head in self.context.through)


def _digits(value: Fraction) -> int:
    """Binary digits."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _index(index: Index, env: Mapping[str, int], point: Point) -> int:
    if isinstance(index, int):
        return index
    if index in env:
        return env[index]
    if index in point.sizes:
        return point.sizes[index]
    raise NoValue(f"the index {index} has no value")


def _at(indices: tuple[Index, ...], env: Mapping[str, int], point: Point) -> tuple[int, ...]:
    return tuple([_index(i, env, point) for i in indices]) if indices else ()


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
