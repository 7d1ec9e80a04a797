r"""The algebra of normal forms, for symbolic sizes and under assumptions.

Rules: deltas merge indices and are dropped with the sum over one of them; factors free of a bound index leave its
sum; sums of sums flatten; a known sum rewrites its whole factor group; f(\sum_b t_b a_b) = \sum_b t_b f(a_b) for
one-hot t. ``is_zero`` clears denominators and compares with the empty polynomial. Equal normal forms are equal as
functions; different ones prove nothing. This module must never guess: what it cannot do soundly raises ``Unsupported``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial, reduce
from itertools import permutations
from math import gcd, lcm

from symderiv.kernel.atoms import (
    CALL,
    EXP,
    LOG,
    POLY,
    PROD,
    SIZE,
    SUM,
    UNIT,
    VAR,
    Atom,
    Factors,
    Monomial,
    Poly,
    Rational,
    a_delta,
    add_into,
    constant,
    depth,
    factorised,
    free_indices,
    free_of_monomial,
    freeze,
    match,
    of_atom,
    preference,
    rational,
    renamed_factors,
    scaled,
    subtract,
    weight,
)
from symderiv.kernel.budget import FORM, LARGEST_ATOM, LARGEST_NUMBER, Budget, Exceeded
from symderiv.kernel.derivative import Unsupported
from symderiv.terms import Range

NESTED = 32


class Undefined(Unsupported):
    """A value that does not exist (1/0); the claim is then Undecided, never proved."""


class Algebra:
    """Arithmetic of normal forms under index ranges and assumptions.

    ``ranges`` maps an index to the upper end of its range 1..high; ``minimum`` the symbolic sizes' least values;
    ``distinct`` the pairs of indices that differ; ``assumed_positive`` and ``demanded_positive`` the variables
    and polynomials that are positive; ``onehot`` (with the slot, its range 1..high in ``lengths``) and ``binary`` name
    the 0/1 families;
    ``steps`` says whether step functions occur, and ``partial`` whether some denominators stand also where nothing
    demands that they are not zero; ``known_sums`` and ``known_values`` are the assumed values of closed
    sums and variables ('?', '??', ... stand for the bound indices, other names with '?' for any index in the range
    that ``wild`` gives them, or for any at all). ``units`` limits the work for
    this normal form, ``budget`` that for the whole claim.
    """

    def __init__(
        self, ranges: Mapping[str, str], minimum: Mapping[str, int], units: int = FORM, budget: Budget | None = None
    ) -> None:
        self.ranges = dict(ranges)
        self.minimum = minimum
        self.distinct: set[tuple[str, str]] = set()
        self.assumed_positive: list[Atom] = []
        self.demanded_positive: list[Atom] = []
        self.onehot: dict[tuple[str, int, int], int] = {}
        self.lengths: dict[tuple[str, int, int], str] = {}
        self.binary: set[tuple[str, int, int]] = set()
        self.steps = False
        self.partial = False
        self.known_sums: list[tuple[tuple[str, ...], Poly, Poly]] = []
        self.known_values: list[tuple[Atom, Poly]] = []
        self.used: set[int] = set()  # of them, those in which one is put in now
        self.nested = 0  # how many known sums are put into one another now
        self.wild: dict[str, Range] = {}
        self.units = units
        self.budget = budget or Budget()
        self._counter = 0

    def spend(self, units: int) -> None:
        self.units -= units
        if self.units < 0:
            raise Exceeded("the expression grows beyond the budget for one claim")
        self.budget.spend(units)

    def made(self, atom: Atom, exponent: Rational = 1) -> Poly:
        """``atom``, newly made; the time it takes to compare and hash it from now on is paid for here."""
        size = weight(atom)
        if size > LARGEST_ATOM:
            raise Exceeded("the expression grows beyond the budget for one claim")
        self.spend(size // 64)
        return of_atom(atom, exponent)

    # Ring operations

    def multiply(self, left: Poly, right: Poly) -> Poly:
        self.spend(len(left) * len(right))
        if len(right) == 1 and UNIT in right:
            return left if right[UNIT] == 1 else scaled(left, right[UNIT])
        if len(left) == 1 and UNIT in left:
            return right if left[UNIT] == 1 else scaled(right, left[UNIT])
        result: Poly = {}
        for m1, c1 in left.items():
            for m2, c2 in right.items():
                deltas, factors = m1[0] + m2[0], self._merge(m1[1], m2[1])
                coefficient = c1 * c2
                if not deltas and not self._special(factors):
                    monomial = ((), factors)
                    value = result.get(monomial, 0) + coefficient
                    if value:
                        result[monomial] = rational(value)
                    else:
                        result.pop(monomial, None)
                else:
                    add_into(result, self.monomial(deltas, factors), coefficient)
        return result

    @staticmethod
    def _merge(left: Factors, right: Factors) -> Factors:
        if not left:
            return right
        if not right:
            return left
        powers = dict(left)
        for atom, exponent in right:
            value = powers.get(atom, 0) + exponent
            if value:
                powers[atom] = rational(value)
            else:
                del powers[atom]
        return tuple(sorted(powers.items()))

    def _special(self, factors: Factors) -> bool:
        """Whether a factor group needs rewriting: a polynomial under a power >= 1, or 0/1 variables."""
        for atom, exponent in factors:
            if atom[0] == POLY and exponent >= 1:
                return True
        if self.onehot and self._choose_once(factors) is not None:
            return True
        return bool(self.onehot or self.binary or self.steps) and self._reduce_zero_one(factors) is not None

    def _zero_one(self, atom: Atom) -> bool:
        if atom[0] != VAR:
            return atom[:2] == (CALL, "step")
        head = self.head(atom)
        return head in self.onehot or head in self.binary

    @staticmethod
    def head(atom: Atom) -> tuple[str, int, int]:
        return (atom[1], atom[2], len(atom[3]) - atom[2])

    def monomial(self, deltas: Iterable[tuple[str, str]], factors: Factors) -> Poly:
        """The normal form of a product of deltas and factors."""
        merged = self._union(deltas)
        if merged is None:
            return {}
        mapping, canonical = merged
        if self.onehot and not canonical:
            found = self._choose_once(factors)
            if found is not None:
                return found
        reduced = self._reduce_zero_one(factors)
        if reduced is not None:
            more, factors = reduced
            return self.monomial((*canonical, *more), factors)
        changed: Poly = {UNIT: 1}
        plain: Factors = ()
        for atom, exponent in factors:
            if mapping and not mapping.keys().isdisjoint(free_indices(atom)):
                changed = self.multiply(changed, self.power(self.substitute(atom, mapping), exponent))
            elif atom[0] == POLY and exponent >= 1:
                whole = int(exponent // 1)
                if exponent != whole:
                    plain = self._merge(plain, ((atom, rational(exponent - whole)),))
                changed = self.multiply(changed, self.power(dict(atom[1]), whole))
            else:
                plain = self._merge(plain, ((atom, exponent),))
        if changed == {UNIT: 1}:
            return {(canonical, plain): 1}
        result: Poly = {}
        for (d, f), c in self.multiply(changed, {((), plain): 1}).items():
            add_into(result, {(canonical, f): 1} if not d else self.monomial((*canonical, *d), f), c)
        return result

    def _reduce_zero_one(self, factors: Factors) -> tuple[list[tuple[str, str]], Factors] | None:
        """t_i^n = t_i for 0/1 families; t_i t_j = delta_ij t_i for one-hot ones. None if there is nothing to do."""
        if not (self.onehot or self.binary or self.steps):
            return None
        deltas: list[tuple[str, str]] = []
        kept: dict[Atom, Rational] = {}
        seen: dict[tuple, Atom] = {}
        changed = False
        for atom, exponent in factors:
            if exponent > 0 and isinstance(exponent, int) and self._zero_one(atom):
                if exponent != 1:
                    exponent, changed = 1, True
                slot = self.onehot.get(self.head(atom)) if atom[0] == VAR else None
                if slot is not None:
                    rest = (atom[1], atom[2], atom[3][:slot], atom[3][slot + 1 :])
                    if rest in seen:
                        deltas.append((seen[rest][3][slot], atom[3][slot]))
                        changed = True
                        continue
                    seen[rest] = atom
            kept[atom] = exponent
        return (deltas, tuple(sorted(kept.items()))) if changed else None

    def _union(self, deltas: Iterable[tuple[str, str]]) -> tuple[dict[str, str], tuple] | None:
        """Merge indices; (what each becomes, canonical deltas), or None if two of them cannot be equal."""
        parent: dict[str, str] = {}

        def find(i: str) -> str:
            while parent.get(i, i) != i:
                i = parent[i]
            return i

        for a, b in deltas:
            ra, rb = find(a), find(b)
            if ra != rb:
                low, high = sorted((ra, rb), key=preference)
                parent[high] = low
        if not parent:
            return {}, ()
        mapping = {i: find(i) for i in parent}
        groups: dict[str, list[str]] = {}
        for i, root in mapping.items():
            groups.setdefault(root, [root]).append(i)
        for members in groups.values():
            for n, a in enumerate(members):
                if any(self.differ(a, b) for b in members[:n]):
                    return None
        return mapping, tuple(sorted((root, i) for i, root in mapping.items()))

    def differ(self, a: str, b: str) -> bool:
        """Whether two indices can never be equal."""
        if a == b:
            return False
        if (a, b) in self.distinct or (b, a) in self.distinct:
            return True
        if a.isdigit() and b.isdigit():
            return True
        for x, y in ((a, b), (b, a)):
            if x.isdigit() and y in self.ranges:  # y in 1..high
                high = self.ranges[y]
                if x == "0" or (high.isdigit() and int(x) > int(high)):
                    return True
        return False

    def within(self, index: str, high: str) -> bool:
        """Whether ``index`` is known to lie in 1..high; raises Unsupported if that is unknown."""
        if self.ranges.get(index) == high:
            return True
        if index.isdigit():
            if index == "0":
                return False
            if high.isdigit():
                return int(index) <= int(high)
            if int(index) <= self.minimum.get(high, 1):
                return True
        elif index == high:
            return True
        raise Unsupported(f"whether the index {index.split('@')[0]} lies in 1..{high} is not known")

    def inside(self, index: str, range_: Range) -> bool:
        """Whether ``index`` surely lies in ``range_``, whose low end may be any number."""
        low, high = range_
        if index.isdigit():
            if int(index) <= 0 or int(index) < low:
                return int(index) >= low
        elif low > 1 and (low > 64 or not all(self.differ(index, str(n)) for n in range(1, low))):
            return False
        try:
            return self.within(index, str(high))
        except Unsupported:
            return False

    def instance(self, pattern: object, value: object, mapping: dict[str, str]) -> bool:
        """Whether ``value`` is an instance of ``pattern``, every wild index in its range; ``mapping`` says which."""
        if not match(pattern, value, mapping):
            return False
        return all(self.inside(index, self.wild[name]) for name, index in mapping.items() if name in self.wild)

    # Substitution of indices

    def variable(self, atom: Atom) -> Poly:
        """A variable, or the value that an assumption gives it."""
        self.spend(len(self.known_values) // 8)  # to look through a few costs nothing
        for n, (pattern, value) in enumerate(self.known_values):
            mapping: dict[str, str] = {}
            if pattern[1:3] == atom[1:3] and n not in self.used and self.instance(pattern[3], atom[3], mapping):
                self.used.add(n)  # x_i = y_i and y_i = x_i, or A_ij = A_ji, would go on for ever
                try:
                    return self.substitute_poly(value, mapping)
                finally:
                    self.used.discard(n)
        return of_atom(atom)

    def substitute(self, atom: Atom, mapping: Mapping[str, str], anew: bool = False) -> Poly:
        """``atom`` with free indices replaced, rebuilt in normal form (with ``anew`` also where none occurs)."""
        if not anew and mapping.keys().isdisjoint(free_indices(atom)):
            return of_atom(atom)
        kind = atom[0]
        if kind == VAR:
            return self.variable((VAR, atom[1], atom[2], tuple(mapping.get(i, i) for i in atom[3])))
        if kind == EXP:
            return self.exp(self.substitute_monomial(atom[1], mapping, anew))
        if kind == SUM:
            names = {b: self.bound(high) for b, high in atom[1]}
            body = self.substitute_monomial(atom[2], {**mapping, **names}, anew)
            for b, high in atom[1]:
                body = self.sum(body, names[b], high)
            return body
        if kind == LOG:
            return self.log(self.substitute_poly(dict(atom[1]), mapping, anew))
        if kind == POLY:
            return self.substitute_poly(dict(atom[1]), mapping, anew)
        if kind == CALL:
            if atom[1] == "step":
                return self.step(self.substitute_poly(dict(atom[2][0]), mapping, anew))
            return self.call(atom[1], [self.substitute_poly(dict(p), mapping, anew) for p in atom[2]])
        if kind == SIZE:
            return of_atom(atom)
        ((b, high),) = atom[1]
        name = self.bound(high)
        return self.product(self.substitute_poly(dict(atom[2]), {**mapping, b: name}, anew), name, high)

    def substitute_monomial(self, monomial: Monomial, mapping: Mapping[str, str], anew: bool = False) -> Poly:
        deltas = [(mapping.get(a, a), mapping.get(b, b)) for a, b in monomial[0]]
        result = self.monomial([d for d in deltas if d[0] != d[1]], ())
        for atom, exponent in monomial[1]:
            result = self.multiply(result, self.power(self.substitute(atom, mapping, anew), exponent))
        return result

    def substitute_poly(self, poly: Poly, mapping: Mapping[str, str], anew: bool = False) -> Poly:
        result: Poly = {}
        for monomial, coefficient in poly.items():
            add_into(result, self.substitute_monomial(monomial, mapping, anew), coefficient)
        return result

    def rebuild(self, poly: Poly) -> Poly:
        """``poly`` from another algebra over the same indices, with what is assumed here applied."""
        return self.substitute_poly(poly, {}, anew=True)

    def bound(self, high: str) -> str:
        """A new bound index with the range 1..high."""
        self._counter += 1
        name = f"@{self._counter}"
        self.ranges[name] = high
        return name

    # Sums and products over an index

    def sum(self, poly: Poly, index: str, high: str) -> Poly:
        r"""\sum_{index = 1}^{high} poly."""
        result: Poly = {}
        for (deltas, factors), coefficient in poly.items():
            add_into(result, self._sum_monomial(deltas, factors, index, high), coefficient)
        return result

    def _sum_monomial(self, deltas: tuple, factors: Factors, index: str, high: str) -> Poly:
        self.spend(1)
        for pair in deltas:
            if index in pair:  # \sum_j \delta_{jo} m(j) = m(o) for o in range
                other = pair[1] if pair[0] == index else pair[0]
                rest = tuple(d for d in deltas if d != pair)
                if not self.within(other, high):
                    return {}
                return self.substitute_monomial((rest, factors), {index: other})
        inside = tuple(f for f in factors if index in free_indices(f[0]))
        outside: Monomial = (deltas, tuple(f for f in factors if index not in free_indices(f[0])))
        if not inside:
            return self.multiply({outside: 1}, self.size(high))
        bound = {index: high}
        body: Factors = ()
        coefficient: Rational = 1
        for atom, exponent in inside:
            if atom[0] == SUM and exponent > 0 and isinstance(exponent, int):  # sums of sums flatten
                for _ in range(exponent):
                    names = {b: self.bound(h) for b, h in atom[1]}
                    bound.update({names[b]: h for b, h in atom[1]})
                    flat, scale = self._renamed(atom[2], names)
                    body, coefficient = self._merge(body, flat), coefficient * scale
            else:
                body = self._merge(body, ((atom, exponent),))
        return self.multiply({outside: coefficient}, self._closed(bound, body))

    def _renamed(self, monomial: Monomial, names: Mapping[str, str]) -> tuple[Factors, Rational]:
        """A monomial without deltas, its indices renamed one-to-one to bound ones: (factors, coefficient)."""
        plain = renamed_factors(monomial[1], names)
        if plain is not None:
            return plain, 1
        renamed = self.substitute_monomial(monomial, names)
        if len(renamed) != 1 or next(iter(renamed))[0]:
            raise Unsupported("a sum changed its shape under renaming")
        (((_, factors), coefficient),) = renamed.items()
        return factors, coefficient

    def _closed(self, bound: dict[str, str], body: Factors) -> Poly:
        """The sum over all ``bound`` indices of a product of factors without deltas."""
        reduced = self.monomial((), body) if self._special(body) else {((), body): 1}
        if len(reduced) != 1 or next(iter(reduced)) != ((), body):
            result: Poly = {}
            for monomial, coefficient in reduced.items():
                term: Poly = {monomial: 1}
                for b, high in bound.items():
                    term = self.sum(term, b, high)
                add_into(result, term, coefficient)
            return result
        result = {UNIT: 1}
        for group_bound, group in self._components(bound, body):
            if not group_bound:
                result = self.multiply(result, self.monomial((), group))
            elif not group:
                for b in group_bound:
                    result = self.multiply(result, self.size(bound[b]))
            else:
                result = self.multiply(result, self._connected({b: bound[b] for b in group_bound}, group))
        return result

    @staticmethod
    def _components(bound: Mapping[str, str], body: Factors) -> list[tuple[list[str], Factors]]:
        """Split a factor group where no bound index connects it; factors and indices on their own come along."""
        groups: list[tuple[set[str], list]] = [({b}, []) for b in bound]
        alone = []
        for factor in body:
            touched = free_indices(factor[0]) & bound.keys()
            if not touched:
                alone.append(factor)
                continue
            joined: tuple[set[str], list] = (set(touched), [factor])
            rest = []
            for names, factors in groups:
                if names & touched:
                    joined[0].update(names)
                    joined[1].extend(factors)
                else:
                    rest.append((names, factors))
            groups = [*rest, joined]
        result = [(sorted(names), tuple(sorted(factors))) for names, factors in groups]
        return [*result, ([], tuple(alone))] if alone else result

    def _connected(self, bound: Mapping[str, str], group: Factors) -> Poly:
        for highs, pattern, value in self.known_sums:
            found = self._match_known(highs, pattern, value, bound, group)
            if found is not None:
                return found
        if (fewer := self._summed_out(bound, group)) is not None:
            return fewer
        level = max((depth(atom) for atom, _ in group), default=0)
        names = sorted(bound, key=lambda b: (bound[b], b))
        best = None
        orders = permutations(names) if len(names) <= 5 else [tuple(names)]
        for order in orders:
            if any(bound[a] != bound[b] for a, b in zip(names, order, strict=True)):
                continue
            mapping = {b: f"#{level}.{n}:{bound[b]}" for n, b in enumerate(order)}
            for b, name in mapping.items():
                self.ranges[name] = bound[b]
            key = self._renamed(((), group), mapping)
            if best is None or key < best:
                best = key
            self.spend(1)
        assert best is not None
        labels = tuple((f"#{level}.{n}:{bound[b]}", bound[b]) for n, b in enumerate(names))
        return scaled(self.made((SUM, labels, ((), best[0]))), best[1])

    def _summed_out(self, bound: Mapping[str, str], group: Factors) -> Poly | None:
        r"""\sum_n \sum_k S_n^e g_nk h_n = \sum_n S_n^{e+1} h_n where S_n = \sum_k g_nk is divided by: the shares of a
        whole add up to it, \sum_k \sum_n a_nk / \sum_j a_nj = N."""
        for atom, exponent in group:
            if atom[0] != SUM or not isinstance(exponent, int) or exponent > 0 or len(atom[1]) != 1:
                continue
            ((inner, high),) = atom[1]
            for b in sorted(b for b in bound if bound[b] == high and b not in free_indices(atom)):
                member, scale = self._renamed(atom[2], {inner: b})
                if scale == 1 and member == tuple(f for f in group if b in free_indices(f[0])):
                    rest = self._merge(tuple(f for f in group if f not in member), ((atom, 1),))
                    return self._closed({other: bound[other] for other in bound if other != b}, rest)
        return None

    def _match_known(
        self, highs: tuple[str, ...], pattern: Poly, value: Poly, bound: Mapping[str, str], group: Factors
    ) -> Poly | None:
        r"""\sum_b \sum_c m(b) g(c) = \sum_c v g(c) where \sum_b m(b) = v is known for all its other indices."""
        (((_, factors), coefficient),) = pattern.items()
        if self.nested > NESTED:  # \sum_ij A_ij B_ji would go on for ever where AB = BA is known
            return None
        for mapping, rest in self._instances(factors, group, {}):
            summed = [mapping.pop("?" * (n + 1)) for n in range(len(highs))]
            if [bound.get(b) for b in summed] != [*highs] or len({*summed}) < len(summed):
                continue
            if any(v in summed or v.startswith("#") for v in mapping.values()):
                continue  # a wild index is not one that is bound here, nor in a sum further inside
            if not any(free_indices(atom) & {*summed} for atom, _ in rest):
                self.nested += 1
                try:
                    result = self.multiply(self.substitute_poly(value, mapping), {((), rest): 1})
                    for b in sorted(bound.keys() - summed):
                        result = self.sum(result, b, bound[b])
                finally:
                    self.nested -= 1
                return scaled(result, Fraction(1) / coefficient)
        return None

    def _instances(
        self, patterns: Factors, group: Factors, mapping: dict[str, str]
    ) -> Iterator[tuple[dict[str, str], Factors]]:
        """The ways to find ``patterns`` among the factors of ``group``: what the wild indices are, and what is left."""
        if not patterns:
            yield {**mapping}, group
            return
        self.spend(1)
        (p, exponent), *others = patterns
        for n, (atom, e) in enumerate(group):
            found = {**mapping}
            if e == exponent and self.instance(p, atom, found):
                yield from self._instances(tuple(others), (*group[:n], *group[n + 1 :]), found)

    def size(self, high: str) -> Poly:
        return constant(int(high)) if high.isdigit() else of_atom((SIZE, high))

    def product(self, poly: Poly, index: str, high: str) -> Poly:
        r"""\prod_{index = 1}^{high} poly."""
        if len(poly) == 1:
            (((deltas, factors), coefficient),) = poly.items()
            if not deltas and coefficient > 0 and self.positive_factors(factors):
                return self.exp(self.sum(self.log(poly), index, high))  # \prod_j m(j) = exp(\sum_j log m(j))
            if not deltas and (coefficient != 1 or len(factors) > 1):  # \prod_j c a_j b_j = c^m \prod_j a_j \prod_j b_j
                sign = 1 if coefficient > 0 else -1
                parts = [constant(part) for part in (sign, sign * coefficient) if part != 1]
                parts += [{((), (factor,)): 1} for factor in factors]
                if len(parts) > 1:
                    return reduce(self.multiply, [self.product(part, index, high) for part in parts])
            if not deltas and factors and isinstance(factors[0][1], int) and factors[0][1] != 1:
                whole = self.product(of_atom(factors[0][0]), index, high)  # \prod_j a_j^e = (\prod_j a_j)^e
                return self.power(whole, factors[0][1])
        if not poly:
            return {}
        if all(index not in free_of_monomial(m) for m in poly) and high.isdigit():
            return self.power(poly, int(high))
        level = max((depth(a) for m in poly for a, _ in m[1]), default=0)
        name = f"#{level}.0:{high}"
        self.ranges[name] = high
        return self.made((PROD, ((name, high),), freeze(self.substitute_poly(poly, {index: name}))))

    # Powers and functions

    def power(self, poly: Poly, exponent: Rational) -> Poly:
        if exponent == 1:
            return poly
        if exponent == 0:
            return {UNIT: 1}
        if len(poly) == 1 and isinstance(exponent, int):
            (((deltas, factors), c),) = poly.items()
            if not deltas:
                product = self.monomial((), tuple((a, e * exponent) for a, e in factors))
                return scaled(product, self.raised(c, exponent))
        if isinstance(exponent, int) and exponent >= 0:
            return self._repeated(poly, exponent)
        if not poly:
            raise Undefined("a division by zero")
        pair = a_delta(poly)
        if pair is not None:
            return self._by_cases(poly, pair, lambda p: self.power(p, exponent))
        whole = isinstance(exponent, int)
        written = poly
        poly, denominator = self.together(poly)
        if not poly:
            raise Undefined("a division by zero")
        if not whole and not all(self.positive_atom(atom) for atom in denominator):
            return self.made((POLY, freeze(written)), exponent)
        result: Poly = {UNIT: 1}
        for atom, e in denominator.items():
            result = self.multiply(result, self.monomial((), ((atom, rational(-e * exponent)),)))
        coefficient, content, rest = self.content(poly)
        if whole:
            result = scaled(result, self.raised(coefficient, int(exponent)))
            outside = tuple((a, rational(e * exponent)) for a, e in content)
            inner = rest
        else:
            outside = tuple((a, rational(e * exponent)) for a, e in content if self.positive_atom(a))
            kept = tuple((a, e) for a, e in content if not self.positive_atom(a))
            if coefficient > 0:
                for value, sign in ((Fraction(coefficient).numerator, 1), (Fraction(coefficient).denominator, -1)):
                    for prime, e in factorised(value):
                        root = (POLY, freeze(constant(prime)))
                        result = self.multiply(result, self.monomial((), ((root, rational(sign * e * exponent)),)))
                coefficient = 1
            inner = self.multiply({((), kept): coefficient}, rest)
        result = self.multiply(result, self.monomial((), tuple(sorted(outside))))
        if inner == {UNIT: 1}:
            return result
        if not whole and len(inner) == 1:
            ((monomial, c),) = inner.items()
            if c == 1 and len(monomial[1]) == 1 and monomial[1][0][1] == 1:
                return self.multiply(result, {((), ((monomial[1][0][0], exponent),)): 1})
        ((made, _),) = self.made((POLY, freeze(inner)), exponent).items()
        return self.multiply(result, self.monomial(*made))

    def raised(self, value: Rational, exponent: int) -> Fraction:
        """A power of a number, if it is not too long."""
        value = Fraction(value)
        bits = abs(exponent) * max(value.numerator.bit_length(), value.denominator.bit_length())
        if bits > LARGEST_NUMBER and abs(value) != 1:
            raise Exceeded(f"a number of more than {LARGEST_NUMBER} binary digits")
        self.spend(bits // 256)
        return Fraction(value**exponent)

    def _repeated(self, base: Poly, exponent: int) -> Poly:
        result: Poly = {UNIT: 1}
        while exponent:
            if exponent & 1:
                result = self.multiply(result, base)
            exponent >>= 1
            if exponent:
                base = self.multiply(base, base)
        return result

    def content(self, poly: Poly) -> tuple[Rational, Factors, Poly]:
        """``poly = coefficient * factors * rest`` with a primitive rest: common factors and signs taken out."""
        lowest: dict[Atom, Rational] | None = None
        for _, factors in poly:
            powers = dict(factors)
            if lowest is None:
                lowest = powers
                continue
            for atom in [*lowest, *powers]:
                lowest[atom] = min(lowest.get(atom, 0), powers.get(atom, 0))
        assert lowest is not None
        common = tuple(sorted((a, e) for a, e in lowest.items() if e))
        inverse = tuple((a, -e) for a, e in common)
        if inverse:
            poly = {(d, self._merge(f, inverse)): c for (d, f), c in poly.items()}
        values = [Fraction(c) for c in poly.values()]
        scale = Fraction(gcd(*(v.numerator for v in values)), lcm(*(v.denominator for v in values)))
        if poly[min(poly)] < 0:
            scale = -scale
        return rational(scale), common, (poly if scale == 1 else scaled(poly, 1 / scale))

    def together(self, poly: Poly) -> tuple[Poly, dict[Atom, Rational]]:
        """A common denominator: ``poly = numerator / prod atom^e`` over the several-term denominators in it."""
        denominator: dict[Atom, Rational] = {}
        for _ in range(40):
            lowest: dict[Atom, Rational] = {}
            for _, factors in poly:
                for atom, e in factors:
                    if atom[0] == POLY and e < 0:
                        lowest[atom] = min(lowest.get(atom, 0), e)
            if not lowest:
                return poly, denominator
            atom = max(lowest, key=lambda a: (depth(a), a))
            e = -lowest[atom]
            whole = -(-e // 1)
            result: Poly = {}
            for (deltas, factors), c in poly.items():
                exponent = dict(factors).get(atom, 0) + whole
                others = tuple(f for f in factors if f[0] != atom)
                if exponent:
                    others = self._merge(others, ((atom, rational(exponent)),))
                add_into(result, self.monomial(deltas, others), c)
                self.spend(1)
            poly = result
            denominator[atom] = denominator.get(atom, 0) + int(whole)
        raise Unsupported("fractions nested too deeply")

    def exp(self, poly: Poly) -> Poly:
        r"""exp(\sum c m) = \prod exp(m)^c, and exp(c log a) = a^c."""
        pair = a_delta(poly)
        if pair is not None:
            return self._by_cases(poly, pair, self.exp)
        result: Poly = {UNIT: 1}
        for (_, factors), c in poly.items():
            if len(factors) == 1 and factors[0][0][0] == LOG and factors[0][1] == 1:
                value = self.power(dict(factors[0][0][1]), c)
            elif any(e == 1 and self.choice(a) for a, e in factors):
                factor = next((a, e) for a, e in factors if e == 1 and self.choice(a))
                rest = {((), tuple(f for f in factors if f != factor)): c}
                value = self.chosen(factor[0], partial(self._exp_of_product, rest))
            else:
                value = self.made((EXP, ((), factors)), c)
            result = self.multiply(result, value)
        return result

    def _exp_of_product(self, left: Poly, right: Poly) -> Poly:
        return self.exp(self.multiply(left, right))

    def log(self, poly: Poly) -> Poly:
        """The logarithm; factors known to be positive become summands."""
        if not poly:
            raise Undefined("the logarithm of zero")
        pair = a_delta(poly)
        if pair is not None:
            return self._by_cases(poly, pair, self.log)
        numerator, denominator = self.together(poly)
        if not numerator:
            raise Undefined("the logarithm of zero")
        result: Poly = {}
        if all(self.positive_atom(atom) for atom in denominator):
            for atom, e in denominator.items():
                add_into(result, self.made((LOG, atom[1])), -e)
        else:
            if denominator:
                return self.made((LOG, freeze(poly)))
            numerator = poly
        coefficient, content, rest = self.content(numerator)
        kept: Factors = ()
        for atom, e in content:
            if not self.positive_atom(atom):
                kept = self._merge(kept, ((atom, e),))
            elif atom[0] == EXP:
                add_into(result, {atom[1]: 1}, e)
            elif self.choice(atom):
                add_into(result, self.chosen(atom, self.log), e)
            else:
                add_into(result, self.made((LOG, atom[1] if atom[0] == POLY else freeze(of_atom(atom)))), e)
        inner = self.multiply({((), kept): 1}, rest)
        if coefficient < 0:
            inner, coefficient = scaled(inner, -1), -coefficient
        for value, sign in ((Fraction(coefficient).numerator, 1), (Fraction(coefficient).denominator, -1)):
            for prime, e in factorised(value):
                add_into(result, of_atom((LOG, freeze(constant(prime)))), sign * e)
        if inner != {UNIT: 1}:
            add_into(result, self.made((LOG, freeze(inner))))
        return result

    def call(self, name: str, args: list[Poly]) -> Poly:
        """A function without rules of its own, as an atom."""
        return self.made((CALL, name, tuple(freeze(arg) for arg in args)))

    def step(self, poly: Poly) -> Poly:
        """1 where ``poly`` > 0 and 0 where ``poly`` < 0; step(-u) = 1 - step(u)."""
        if not poly:
            raise Undefined("the step function at zero")
        if self.positive_poly(poly):
            return {UNIT: 1}
        if self.positive_poly(scaled(poly, -1)):
            return {}
        pair = a_delta(poly)
        if pair is not None:
            return self._by_cases(poly, pair, self.step)
        self.steps = True
        coefficient, content, rest = self.content(poly)
        inner = self.multiply({((), tuple(f for f in content if not self.positive_atom(f[0]))): 1}, rest)
        atom = self.made((CALL, "step", (freeze(inner),)))
        return atom if coefficient > 0 else subtract({UNIT: 1}, atom)

    # One-hot families: f(\sum_b t_b a_b) = \sum_b t_b f(a_b)

    def choice(self, atom: Atom) -> tuple[Atom, Factors] | None:
        r"""(t_b, a_b) if ``atom`` is \sum_b t_b a_b over the whole of a one-hot family."""
        if not self.onehot or atom[0] != SUM or len(atom[1]) != 1:
            return None
        ((b, high),) = atom[1]
        for factor in atom[2][1]:
            a, e = factor
            slot = self.onehot.get(self.head(a)) if a[0] == VAR and e == 1 else None
            if slot is not None and a[3][slot] == b and a[3].count(b) == 1 and self.lengths.get(self.head(a)) == high:
                return a, tuple(f for f in atom[2][1] if f != factor)
        return None

    def chosen(self, atom: Atom, function: Callable[[Poly], Poly]) -> Poly:
        r"""\sum_b t_b f(a_b), for the sum \sum_b t_b a_b."""
        ((b, high),) = atom[1]
        choice = self.choice(atom)
        assert choice is not None
        names = {b: self.bound(high)}
        value = function(self.substitute_monomial(((), choice[1]), names))
        return self.sum(self.multiply(self.substitute(choice[0], names), value), names[b], high)

    def _choose_once(self, factors: Factors) -> Poly | None:
        r"""(\sum_b t_b a_b)^n, t_k \sum_b t_b a_b and \sum_b t_b a_b \sum_c t_c a'_c without such products, or None."""
        sums: list[tuple[Atom, Atom, Factors]] = []
        for atom, e in factors:
            choice = self.choice(atom)
            rest = tuple(f for f in factors if f[0] != atom)
            if choice is None:
                continue
            t, body = choice
            if e == 1:
                sums.append((atom, t, body))
            elif (isinstance(e, int) and e > 0) or self.positive_factors(body):
                value = self.chosen(atom, partial(self.power, exponent=e))
                return self.multiply(value, {((), rest): 1})
        for n, (atom, t, body) in enumerate(sums):
            ((b, high),) = atom[1]
            for other, e in factors:
                k = self._same_choice(t, other) if isinstance(e, int) and e > 0 else None
                if k is not None and self.inside(k, Range(1, high)):  # t_k \sum_b t_b a_b = t_k a_k
                    value = self.substitute_monomial(((), body), {b: k})
                    return self.multiply(value, {((), tuple(f for f in factors if f[0] != atom)): 1})
            for other, u, more in sums[:n]:
                c = self._same_choice(t, u)
                if c is not None:
                    name = self.bound(high)
                    value = self.substitute_monomial(((), ((t, 1), *body)), {b: name})
                    value = self.multiply(value, self.substitute_monomial(((), more), {c: name}))
                    rest = tuple(f for f in factors if f[0] not in (atom, other))
                    return self.multiply(self.sum(value, name, high), {((), rest): 1})
        return None

    def _same_choice(self, t: Atom, other: Atom) -> str | None:
        """The index at which ``other`` is a member of the one-hot vector that ``t`` is a member of, or None."""
        if other[0] != VAR or self.head(other) != self.head(t):
            return None
        slot = self.onehot[self.head(t)]
        if other[3][:slot] != t[3][:slot] or other[3][slot + 1 :] != t[3][slot + 1 :]:
            return None
        return str(other[3][slot])

    def _by_cases(self, poly: Poly, pair: tuple[str, str], function: Callable[[Poly], Poly]) -> Poly:
        r"""f(P) = \delta_{ab} f(P|_{a=b}) + (1 - \delta_{ab}) f(P|_{\delta_{ab}=0})."""
        delta = self.monomial([pair], ())
        low, high = sorted(pair, key=preference)
        equal = function(self.substitute_poly(poly, {high: low}))
        apart = function({m: c for m, c in poly.items() if pair not in m[0]})
        self.beyond(equal, apart)
        self.beyond(apart, equal)
        result = self.multiply(delta, subtract(equal, apart))
        return add_into(result, apart)

    def beyond(self, poly: Poly, where_demanded: Poly) -> None:
        """Raise Unsupported if ``poly``, which will stand also where it need not be defined, has denominators for which
        A/A = 1 would then prove too much; those of ``where_demanded`` are not zero anyway.

        An equation that holds where A is not zero holds for all values, if that is so near every point. A may vanish
        on more if it is made of 0/1 values or roots (t, 1 - t, |x| + x), or by an assumption: hence ``partial``.
        """
        demanded = {atom for _, factors in where_demanded for atom, e in factors if e < 0}
        for _, factors in poly:
            for atom, e in factors:
                if e < 0 and atom not in demanded and not self.positive_atom(atom):
                    self.partial = True
                    if not self._generic(((), ((atom, 1),))):
                        raise Unsupported("a denominator that may be zero where nothing demands that it is not")
                for monomial in [atom[2]] if atom[0] == SUM else [m for m, _ in atom[2]] if atom[0] == PROD else []:
                    self.beyond({monomial: 1}, {})

    def _generic(self, monomial: Monomial) -> bool:
        """Whether a monomial is made of variables that may have any values, without roots but of these."""
        for atom, e in monomial[1]:
            if self._zero_one(atom) or (isinstance(e, Fraction) and atom[0] == POLY):
                return False
            inner = [atom[2]] if atom[0] == SUM else []
            if atom[0] in (POLY, PROD):
                inner = [m for m, _ in atom[-1]]
            if not all(map(self._generic, inner)):
                return False
        return True

    # Signs

    def positive_atom(self, atom: Atom) -> bool:
        kind = atom[0]
        if kind in (EXP, SIZE):
            return True
        if kind == VAR:
            return any(
                pattern[1:3] == atom[1:3] and self.instance(pattern[3], atom[3], {})
                for pattern in (*self.assumed_positive, *self.demanded_positive)
            )
        if kind == SUM:
            choice = self.choice(atom)
            if self.positive_factors(choice[1] if choice else atom[2][1]):
                return True
        if kind == POLY and self.positive_poly(dict(atom[1])):
            return True
        return bool(self.demanded_positive) and self._demanded(atom if kind == POLY else (POLY, freeze(of_atom(atom))))

    def _demanded(self, atom: Atom) -> bool:
        """Whether a side is defined only where the polynomial ``atom`` is positive."""
        for pattern in self.demanded_positive:
            mapping: dict[str, str] = {}
            known = pattern[0] == POLY and self.instance(pattern[1], atom[1], mapping)
            if known and free_indices(atom).issuperset(mapping.values()):  # none is bound in a sum further inside
                return True
        return False

    def _demanded_multiple(self, poly: Poly) -> bool:
        """Whether ``poly`` is a positive multiple of such a polynomial."""
        if len(poly) < 2 or not any(pattern[0] == POLY for pattern in self.demanded_positive):
            return False
        coefficient, factors, rest = self.content(poly)
        return coefficient > 0 and self._demanded((POLY, freeze(rest))) and self.positive_factors(factors)

    def positive_factors(self, factors: Factors) -> bool:
        return all(self.positive_atom(atom) for atom, _ in factors)

    def nonnegative_factors(self, factors: Factors) -> bool:
        for atom, e in factors:
            even = isinstance(e, int) and e % 2 == 0
            root = isinstance(e, Fraction) and e > 0  # a real root is >= 0 where it is defined
            if even or root or self.positive_atom(atom):
                continue
            if e > 0 and self._zero_one(atom):
                continue
            if atom[0] == SUM and self.nonnegative_factors(atom[2][1]):
                continue
            if atom[0] == CALL and atom[1] in ("abs", "relu") and e > 0:
                continue
            return False
        return True

    def positive_poly(self, poly: Poly) -> bool:
        """Whether a polynomial is > 0 wherever it is defined, by the signs of its terms, or as it must be."""
        if self._demanded_multiple(poly):
            return True
        strict = False
        for (deltas, factors), c in poly.items():
            if c < 0 or not self.nonnegative_factors(factors):
                return False
            strict = strict or (not deltas and self.positive_factors(factors))
        return strict

    def nonnegative_poly(self, poly: Poly) -> bool:
        signs = all(c > 0 and self.nonnegative_factors(f) for (_, f), c in poly.items())
        return signs or self._demanded_multiple(poly)

    # The zero test

    def is_zero(self, poly: Poly) -> bool:
        """Whether ``poly`` is zero for all sizes, indices and values (False means: not shown)."""
        poly, _ = self.together(poly)
        if not poly:
            return True
        merged = self._merge_sums(poly)
        return merged is not None and not merged

    def _merge_sums(self, poly: Poly) -> Poly | None:
        r"""Put c \sum_b A + d \sum_b B under one sum and drop it if c A + d B is zero, denominators in it cleared.

        What is left over, or None if some sum does not vanish in this way.
        """
        groups: dict[tuple, Poly] = {}
        rest: Poly = {}
        shared: dict[tuple[int, str], str] = {}  # fresh at each call: nested sums must not meet
        for (deltas, factors), c in poly.items():
            sums = [f for f in factors if f[0][0] == SUM and f[1] == 1]
            chosen = next((f for f in sums if any(a[0] == POLY for a, _ in f[0][2][1])), sums[0] if sums else None)
            if chosen is None:
                add_into(rest, {(deltas, factors): c})
                continue
            bound, body = chosen[0][1], chosen[0][2]
            names = {}
            for n, (b, high) in enumerate(sorted(bound, key=lambda p: p[1])):
                if (n, high) not in shared:
                    shared[n, high] = self.bound(high)
                names[b] = shared[n, high]
            outer = {(deltas, tuple(f for f in factors if f != chosen)): c}
            inside = self.multiply(outer, self.substitute_monomial(body, names))
            add_into(groups.setdefault(tuple(sorted((names[b], high) for b, high in bound)), {}), inside)
        if not groups:
            return None
        for bound, body in groups.items():
            if len(bound) == 1:  # a multiple of the size is a sum of constants
                high = bound[0][1]
                for (deltas, factors), c in list(rest.items()):
                    if high.isdigit() and len(groups) == 1:
                        add_into(body, {(deltas, factors): Fraction(c) / int(high)})
                        del rest[deltas, factors]
                    elif ((SIZE, high), 1) in factors:
                        add_into(body, {(deltas, tuple(f for f in factors if f != ((SIZE, high), 1))): c})
                        del rest[deltas, factors]
        if any(not self.is_zero(body) for body in groups.values()):
            return None
        return rest
