r"""From terms to normal forms, under a context: definitions put in, derivatives taken, assumptions applied.

Sums over ranges up to ``expand`` are written out; any other, even \sum_{j=1}^{4}, is treated as a sum over a range
whose length does not matter. This module must never use an assumption that it was not given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import partial

from symderiv.kernel.atoms import (
    POLY,
    SIZE,
    SUM,
    UNIT,
    VAR,
    Atom,
    Poly,
    add_into,
    constant,
    free_indices,
    free_of_monomial,
    freeze,
    of_atom,
    rational,
    scaled,
    subtract,
)
from symderiv.kernel.budget import FORM, Budget
from symderiv.kernel.conditions import Bound, is_whole, on_indices
from symderiv.kernel.derivative import FUNCTIONS, Unsupported, definition_of, differentiate
from symderiv.kernel.polynomial import Algebra, Undefined
from symderiv.terms import (
    ONE,
    Add,
    Assumption,
    Cases,
    Context,
    Delta,
    Deriv,
    Fn,
    Index,
    Mul,
    Num,
    Opaque,
    Pow,
    Prod,
    Range,
    Size,
    SizeOf,
    Sum,
    Term,
    Var,
    fresh,
    log,
    rename,
    subterms,
)

EXPAND_LIMIT = 64
LARGEST_EXPONENT = 10_000


class Normal:
    """Normal forms of terms under ``context`` with ``assumptions`` in force.

    ``highs`` gives the upper end of each free index's range 1..high. Raises Unsupported for what it does not
    understand, Undefined for values that do not exist.
    """

    def __init__(
        self,
        context: Context,
        highs: Mapping[str, Size],
        minimum: Mapping[str, int],
        assumptions: Iterable[Assumption] = (),
        expand: int = 0,
        units: int = FORM,
        budget: Budget | None = None,
    ) -> None:
        self.context = context
        self.expand = expand
        self.algebra = Algebra({index: str(high) for index, high in highs.items()}, minimum, units, budget)
        self.sizes = frozenset(minimum)
        self.memo: dict[Term, Poly] = {}
        self.open: set[Term] = set()
        self.signs = False
        self.derivative: Callable[[Term, Var], Term] = partial(differentiate, context=context)
        self._assume_all(assumptions)

    @classmethod
    def after(cls, other: Normal, assumptions: Iterable[Assumption]) -> Normal:
        """As ``other``, with more ``assumptions``; for polynomials that ``other`` made."""
        self = cls(other.context, {}, other.algebra.minimum, (), other.expand, budget=other.algebra.budget)
        self.derivative = other.derivative
        self.algebra.demanded_positive = list(other.algebra.demanded_positive)
        self.algebra.ranges, self.algebra.wild = dict(other.algebra.ranges), dict(other.algebra.wild)
        self.algebra.distinct, self.algebra.steps = set(other.algebra.distinct), other.algebra.steps
        self.signs = other.signs
        self._assume_all(assumptions)
        return self

    # Assumptions

    def _assume_all(self, assumptions: Iterable[Assumption]) -> None:
        later = []
        for assumption in assumptions:
            if assumption.kind == "equation":
                later.append(assumption)
            else:
                self._assume(assumption)
        for assumption in later:
            self._assume_equation(*assumption.data)
            self.memo.clear()

    def demand(self, atom: Atom, bound: Bound) -> None:
        """Let ``atom``, a variable or polynomial, be positive for all ``bound`` indices: a side needs it."""
        free = free_indices(atom)
        wild = {name: f"?{name}" for name, _ in bound if name in free}
        self.algebra.wild.update((wild[name], range_) for name, range_ in bound if name in wild)
        if atom[0] == VAR:
            pattern: Atom = (*atom[:3], tuple(wild.get(i, i) for i in atom[3]))
        else:
            pattern = (POLY, freeze(self.algebra.substitute_poly(dict(atom[1]), wild)))
        if pattern not in self.algebra.demanded_positive:
            self.algebra.demanded_positive.append(pattern)
            self.memo.clear()

    @contextmanager
    def undemanded(self) -> Iterator[None]:
        """Without the positivity that was demanded."""
        demanded, self.algebra.demanded_positive = self.algebra.demanded_positive, []
        yield
        self.algebra.demanded_positive = demanded

    def _assume(self, assumption: Assumption) -> None:
        data, algebra = assumption.data, self.algebra
        match assumption.kind:
            case "distinct":
                algebra.distinct.add((str(data[0]), str(data[1])))
            case "onehot":
                head, slot = data
                algebra.onehot[tuple(head)] = slot
                ranges = self.context.families.get(head)
                if ranges and ranges[slot] is not None and ranges[slot].low == 1:
                    algebra.lengths[tuple(head)] = str(ranges[slot].high)
                    indices = tuple("?" if n == slot else f"?{n}" for n in range(head.subs + head.sups))
                    self._know_sum((str(ranges[slot].high),), of_atom((VAR, head.name, head.subs, indices)), {UNIT: 1})
            case "binary":
                algebra.binary.add(tuple(data[0]))
            case "positive":
                head = data[0]
                indices = tuple(f"?{n}" for n in range(head.subs + head.sups))
                algebra.assumed_positive.append((VAR, head.name, head.subs, indices))

    def _assume_equation(self, left: Term, right: Term) -> None:
        """Use left = right as the value of a variable, or of one closed sum in left - right."""
        wild = {}
        for name in sorted(left.free | right.free):
            range_ = self.context.ranges.get(name)
            if range_ is not None:
                wild[name] = f"?{len(self.algebra.wild)}="  # one name, one range
                self.algebra.wild[wild[name]] = range_
                if range_.low >= 1:
                    self.algebra.ranges[wild[name]] = str(range_.high)
            elif name not in self.context.sizes and name not in self.sizes:
                raise Unsupported(f"the index {name} of an assumption has no range")
        left, right = rename(left, wild), rename(right, wild)
        if isinstance(left, Var) and left.head not in self.context.definitions and not _mentions(right, left):
            atom = (VAR, left.name, len(left.subs), tuple(str(i) for i in left.indices))
            if right.free <= left.free:
                self.algebra.known_values.append((atom, self(right)))
            return
        difference = subtract(self(left), self(right))
        sums = [m for m in difference if not m[0] and len(m[1]) == 1 and m[1][0][0][0] == SUM and m[1][0][1] == 1]
        for monomial in sorted(sums, key=lambda m: len(m[1][0][0][1])):
            _, bound, body = monomial[1][0][0]
            value = {m: c for m, c in difference.items() if m != monomial}
            pattern = self.algebra.substitute_monomial(body, {b: "?" * (n + 1) for n, (b, _) in enumerate(bound)})
            if len(pattern) == 1 and _wild(value) <= _wild(pattern):
                scale = -1 / _fraction(difference[monomial])
                self._know_sum(tuple(high for _, high in bound), pattern, scaled(value, scale))
                return
        if self.expand:
            self._solve(difference)

    def _know_sum(self, highs: tuple[str, ...], pattern: Poly, value: Poly) -> None:
        algebra = self.algebra
        algebra.known_sums.append((highs, pattern, value))
        ((_, factors),) = pattern
        high = highs[0]
        if (
            high.isdigit()
            and int(high) <= self.expand
            and len(factors) == 1
            and factors[0][0][0] == VAR
            and factors[0][1] == 1
        ):
            # t_K = value - t_1 - ... - t_{K-1}: the last member goes, the others are free
            (coefficient,) = pattern.values()
            atom = factors[0][0]
            algebra.spend(int(high))
            rest = scaled(value, 1 / _fraction(coefficient))
            for c in range(1, int(high)):
                add_into(rest, of_atom((VAR, atom[1], atom[2], tuple(str(c) if i == "?" else i for i in atom[3]))), -1)
            last = (VAR, atom[1], atom[2], tuple(high if i == "?" else i for i in atom[3]))
            algebra.known_values.append((last, rest))

    def _solve(self, difference: Poly) -> None:
        """Solve an equation for the last variable that stands in it alone, linearly and with a number before it."""
        for monomial in sorted(difference, reverse=True):
            deltas, factors = monomial
            if not deltas and len(factors) == 1 and factors[0][0][0] == VAR and factors[0][1] == 1:
                atom = factors[0][0]
                rest = {m: c for m, c in difference.items() if m != monomial}
                if not any(atom == a for m in rest for a, _ in m[1]) and _wild(rest) <= _wild(of_atom(atom)):
                    self.algebra.known_values.append((atom, scaled(rest, -1 / _fraction(difference[monomial]))))
                    return

    # Terms

    def __call__(self, term: Term) -> Poly:
        found = self.memo.get(term)
        if found is None:
            if term in self.open:
                raise Unsupported("a definition refers to itself")
            self.open.add(term)
            self.algebra.spend(1)
            try:
                found = self.memo[term] = self._of(term)
            finally:
                self.open.discard(term)
        return found

    def _of(self, term: Term) -> Poly:
        algebra = self.algebra
        match term:
            case Num():
                return constant(term.value)
            case Var():
                body = definition_of(term, self.context.definitions)
                if body is not None:
                    return self(body)
                return algebra.variable((VAR, term.name, len(term.subs), tuple(str(i) for i in term.indices)))
            case Add():
                result: Poly = {}
                for part in term.parts:
                    add_into(result, self(part))
                return result
            case Mul():
                result = {UNIT: 1}
                for part in term.parts:
                    result = algebra.multiply(result, self(part))
                return result
            case Pow():
                return self._power(term)
            case Fn(name=name, arg=arg):
                if name == "exp":
                    return algebra.exp(self(arg))
                if name == "log":
                    return algebra.log(self(arg))
                if name in FUNCTIONS:
                    return self(FUNCTIONS[name](arg))
                if name == "step":
                    return algebra.step(self(arg))
                # inequalities keep |u| and relu(u), whose signs are known
                if name in ("abs", "relu") and not self.signs:
                    value = self(arg)
                    half = algebra.multiply(value, algebra.step(value)) if value else {}  # relu(u) = u step(u)
                    return half if name == "relu" else add_into(scaled(half, 2), value, -1)
                return algebra.call(name, [self(arg)])
            case Opaque():
                name = f"{term.name}|{','.join(map(str, term.orders))}"
                return algebra.call(name, [self(part) for part in term.parts])
            case Delta():
                return algebra.monomial([(str(term.left), str(term.right))] if term.left != term.right else [], ())
            case Cases(parts=(condition, then, other)):
                chosen = self(condition)
                if not on_indices(condition) or algebra.multiply(chosen, chosen) != chosen:
                    raise Unsupported("a case whose condition is not one on indices")
                result = algebra.multiply(chosen, self(then)) if chosen else {}
                complement = subtract({UNIT: 1}, chosen)
                return add_into(dict(result), algebra.multiply(complement, self(other)) if complement else {})
            case Sum():
                return self._sum(term)
            case SizeOf():
                return algebra.size(term.name)
            case Deriv():
                return self(self.derivative(term.body, term.var))
        raise Unsupported(f"{type(term).__name__} is not known to the kernel")

    def _power(self, term: Pow) -> Poly:
        base, exponent = term.base, term.exponent
        if isinstance(exponent, Num):
            n = exponent.value
            if n.denominator == 1 and abs(n) > LARGEST_EXPONENT:
                raise Unsupported(f"an exponent beyond {LARGEST_EXPONENT:,} is not multiplied out")
            return self.algebra.power(self(base), n.numerator if n.denominator == 1 else n)
        poly = self(exponent)
        if not poly or (len(poly) == 1 and UNIT in poly):  # the exponent turned out to be a number
            number = poly.get(UNIT, 0)
            if not -LARGEST_EXPONENT <= number <= LARGEST_EXPONENT:
                raise Unsupported(f"an exponent beyond {LARGEST_EXPONENT:,} is not multiplied out")
            return self.algebra.power(self(base), number)
        value = self(base)
        if is_whole(exponent) and not self.algebra.positive_poly(value):  # u^m is defined for u < 0 too
            return self._whole_power(base, poly)
        return self.algebra.exp(self.algebra.multiply(poly, self.algebra.log(value)))

    def _whole_power(self, base: Term, exponent: Poly) -> Poly:
        r"""u^{2m - 1} = (\prod_{j=1}^m u)^2 u^{-1}; a power of which the exponent is a product of sizes is an atom."""
        result: Poly = {UNIT: 1}
        for (_, factors), times in exponent.items():
            match factors:
                case ():
                    part = self(base)
                case (((kind, high), 1),) if kind == SIZE:
                    part = self._sum(Prod(fresh("j", base.free), Range(1, high), base))
                case _:
                    return self.algebra.call("power", [self(base), exponent])
            result = self.algebra.multiply(result, self.algebra.power(part, rational(times)))
        return result

    def _sum(self, term: Sum) -> Poly:
        algebra = self.algebra
        low, high = term.range
        is_product = isinstance(term, Prod)
        if isinstance(high, int) and low > high:
            return {UNIT: 1} if is_product else {}
        if isinstance(high, int) and high <= self.expand:
            if high - low >= EXPAND_LIMIT:
                raise Unsupported(f"a sum of {high - low + 1:,} terms is not written out: {EXPAND_LIMIT} are the most")
            result: Poly = {UNIT: 1} if is_product else {}
            for value in range(low, high + 1):
                piece = self(rename(term.body, {term.index: value}))
                result = algebra.multiply(result, piece) if is_product else add_into(dict(result), piece)
            return result
        if isinstance(high, int) and high < 1:
            raise Unsupported(f"a range from {low} to {high}")
        bound = f"{term.index}@{high}"
        while bound in term.body.free:
            bound += "'"
        algebra.ranges[bound] = str(high)
        if low > 1 and isinstance(high, str) and algebra.minimum.get(high, 1) < low - 1:
            raise Unsupported(f"whether the range {low}..{high} is empty is not known")
        edge = range(1, low) if low > 1 else range(low, 1)
        if len(edge) > EXPAND_LIMIT:
            raise Unsupported(f"a range that begins at {low}")
        pieces = [self(rename(term.body, {term.index: value})) for value in edge]
        if is_product:
            result = self._product(term, bound, str(high))
            for piece in pieces:
                if low > 1 and not algebra.positive_poly(piece):
                    raise Unsupported("a product that leaves out a factor which may be zero")
                result = algebra.multiply(result, algebra.power(piece, -1) if low > 1 else piece)
            return result
        body = self(rename(term.body, {term.index: bound}))
        result = dict(algebra.sum(body, bound, str(high)))
        for piece in pieces:
            if low > 1:  # the sum from 1, less this member: neither need be defined
                algebra.beyond(piece, body)
            add_into(result, piece, -1 if low > 1 else 1)
        return result

    def _product(self, term: Sum, bound: str, high: str) -> Poly:
        body = rename(term.body, {term.index: bound})
        if isinstance(body, Mul):  # \prod_j a_j b_j = \prod_j a_j \prod_j b_j
            result: Poly = {UNIT: 1}
            for part in body.parts:
                whole = Prod(term.index, term.range, rename(part, {bound: term.index}))
                result = self.algebra.multiply(result, self._product(whole, bound, high))
            return result
        if isinstance(body, Pow) and not isinstance(body.exponent, Num) and self.algebra.positive_poly(self(body.base)):
            logs = self.algebra.multiply(self(body.exponent), self(log(body.base)))
            return self.algebra.exp(self.algebra.sum(logs, bound, high))  # \prod_j a_j^{b_j} = exp(\sum_j b_j log a_j)
        match body:  # \prod_{j != k} g_j = (\prod_j g_j)/g_k where the g_j are positive
            case Cases(parts=(Delta(left=left, right=right), then, other)) if then is ONE and bound in (left, right):
                k: Index = right if left == bound else left
                value = self(other)
                if k != bound and len(value) == 1 and self.algebra.positive_poly(value):
                    if not self.algebra.within(str(k), high):
                        return self.algebra.product(value, bound, high)
                    logs = self.algebra.sum(self(log(other)), bound, high)
                    return self.algebra.exp(subtract(logs, self(log(rename(other, {bound: k})))))
        return self.algebra.product(self(body), bound, high)


def _fraction(value: int | Fraction) -> Fraction:
    return Fraction(value)


def _wild(poly: Poly) -> set[str]:
    """The wild indices in a pattern; those of a value must occur in its pattern."""
    return {i for monomial in poly for i in free_of_monomial(monomial) if i.startswith("?")} - {"?"}


def _mentions(term: Term, var: Var) -> bool:
    return any(isinstance(t, Var) and t.head == var.head for t in subterms(term))


__all__ = ["Normal", "Undefined", "Unsupported"]
