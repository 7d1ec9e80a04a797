r"""What normal forms are made of: polynomials over Q in deltas and powers of atoms, as plain tuples and dicts.

A *polynomial* is a dict {monomial: coefficient}; a *monomial* is ``(deltas, factors)``: sorted pairs of indices, and
sorted pairs (atom, exponent). Indices are strings here ('3' is the third class). The atoms are

    (0, name, subs, indices)      a real variable
    (1, monomial)                 exp of a monomial (coefficient 1), so exp(\sum c m) = \prod exp(m)^c
    (2, bound, monomial)          a closed sum over the bound indices of one connected monomial, canonical names
    (3, polynomial)               a polynomial with several terms, only ever under a negative or fractional power
    (4, polynomial)               log of a polynomial
    (5, name)                     a symbolic size
    (6, name, polynomials)        any other function of polynomials
    (7, bound, polynomial)        a product over a bound index

(frozen polynomials are sorted tuples of items). This module must never apply a rule of mathematics beyond linearity.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

Rational = int | Fraction
Atom = tuple
Factors = tuple
Monomial = tuple[tuple, Factors]
Poly = dict[Monomial, Rational]

VAR, EXP, SUM, POLY, LOG, SIZE, CALL, PROD = range(8)
UNIT: Monomial = ((), ())


def rational(value: Rational) -> Rational:
    return value.numerator if value.denominator == 1 else value


def constant(value: Rational) -> Poly:
    return {UNIT: rational(value)} if value else {}


def add_into(target: Poly, other: Poly, scale: Rational = 1) -> Poly:
    for monomial, coefficient in other.items():
        value = target.get(monomial, 0) + coefficient * scale
        if value:
            target[monomial] = rational(value)
        else:
            target.pop(monomial, None)
    return target


def scaled(poly: Poly, scale: Rational) -> Poly:
    return {m: rational(c * scale) for m, c in poly.items()} if scale else {}


def subtract(left: Poly, right: Poly) -> Poly:
    return add_into(dict(left), right, -1)


def freeze(poly: Poly) -> tuple:
    return tuple(sorted(poly.items()))


def of_atom(atom: Atom, exponent: Rational = 1) -> Poly:
    return {((), ((atom, exponent),)): 1}


REMEMBERED = 20_000  # atoms of which something is known; all is then forgotten, so that it does not pile up
_free_of_atom: dict[Atom, frozenset[str]] = {}


def free_indices(atom: Atom) -> frozenset[str]:
    found = _free_of_atom.get(atom)
    if found is None:
        kind = atom[0]
        if kind == VAR:
            found = frozenset(atom[3])
        elif kind == EXP:
            found = free_of_monomial(atom[1])
        elif kind == SUM:
            found = free_of_monomial(atom[2]) - {b for b, _ in atom[1]}
        elif kind in (POLY, LOG):
            found = free_of_frozen(atom[1])
        elif kind == PROD:
            found = free_of_frozen(atom[2]) - {b for b, _ in atom[1]}
        elif kind == CALL:
            found = frozenset().union(*(free_of_frozen(p) for p in atom[2]))
        else:
            found = frozenset()
        if len(_free_of_atom) > REMEMBERED:
            _free_of_atom.clear()
        _free_of_atom[atom] = found
    return found


def free_of_monomial(monomial: Monomial) -> frozenset[str]:
    deltas, factors = monomial
    return frozenset(i for d in deltas for i in d).union(*(free_indices(a) for a, _ in factors))


def free_of_frozen(frozen: tuple) -> frozenset[str]:
    return frozenset().union(*(free_of_monomial(m) for m, _ in frozen))


_weights: dict[int, tuple[Atom, int]] = {}


def weight(atom: Atom) -> int:
    """How many names and numbers are in an atom written out; shared atoms are looked at once."""
    kind = atom[0]
    if kind == VAR:
        return 3 + len(atom[3])
    found = _weights.get(id(atom))
    if found is None or found[0] is not atom:
        if kind == EXP:
            size = _weight(((atom[1], 1),))
        elif kind == SUM:
            size = len(atom[1]) + _weight(((atom[2], 1),))
        elif kind in (POLY, LOG):
            size = _weight(atom[1])
        elif kind == PROD:
            size = len(atom[1]) + _weight(atom[2])
        elif kind == CALL:
            size = sum(map(_weight, atom[2]))
        else:
            size = 1
        if len(_weights) > REMEMBERED:
            _weights.clear()
        found = _weights[id(atom)] = (atom, 1 + size)
    return found[1]


def _weight(frozen: tuple) -> int:
    size = 0
    for (deltas, factors), _ in frozen:
        size += 2 + 2 * len(deltas) + len(factors)
        for atom, _ in factors:
            size += weight(atom)
    return size


def depth(atom: Atom) -> int:
    """How deeply closed sums are nested in an atom; their bound names carry it, so nested ones never collide."""
    kind = atom[0]
    if kind == EXP:
        return max((depth(a) for a, _ in atom[1][1]), default=0)
    if kind == SUM:
        return 1 + max((depth(a) for a, _ in atom[2][1]), default=0)
    if kind in (POLY, LOG):
        return max((depth(a) for m, _ in atom[1] for a, _ in m[1]), default=0)
    if kind == PROD:
        return 1 + max((depth(a) for m, _ in atom[2] for a, _ in m[1]), default=0)
    if kind == CALL:
        return max((depth(a) for p in atom[2] for m, _ in p for a, _ in m[1]), default=0)
    return 0


def preference(index: str) -> tuple[int, str]:
    """Which index represents a merged group: numbers, then free names, then bound ones."""
    return (0 if index.isdigit() else 2 if "@" in index or "#" in index else 1, index)


def renamed_factors(factors: Factors, names: Mapping[str, str]) -> Factors | None:
    """Factors with their indices renamed one-to-one, or None if their normal form depends on the names."""
    result = []
    for atom, exponent in factors:
        if not names.keys().isdisjoint(free_indices(atom)):
            kind = atom[0]
            if kind == VAR:
                atom = (VAR, atom[1], atom[2], tuple(names.get(i, i) for i in atom[3]))
            elif kind == EXP or (kind == SUM and len(atom[1]) == 1):
                inner = renamed_factors(atom[-1][1], names)
                if inner is None or atom[-1][0]:
                    return None
                atom = (*atom[:-1], ((), inner))
            else:
                return None
        result.append((atom, exponent))
    return tuple(sorted(result))


def match(pattern: object, value: object, mapping: dict[str, str]) -> bool:
    """Match nested tuples where strings that begin with '?' stand for an index."""
    if isinstance(pattern, str) and pattern.startswith("?"):
        if not isinstance(value, str):
            return False
        return mapping.setdefault(pattern, value) == value
    if isinstance(pattern, tuple):
        return (
            isinstance(value, tuple)
            and len(pattern) == len(value)
            and all(match(p, v, mapping) for p, v in zip(pattern, value, strict=True))
        )
    return pattern == value


def a_delta(poly: Poly) -> tuple[str, str] | None:
    return next((pair for deltas, _ in poly for pair in deltas), None)


def factorised(value: int) -> list[tuple[int, int]]:
    """Prime factors below 1000; what is left counts as one factor."""
    result = []
    prime = 2
    while prime < 1000 and prime * prime <= value:
        e = 0
        while value % prime == 0:
            value //= prime
            e += 1
        if e:
            result.append((prime, e))
        prime += 1
    return [*result, (value, 1)] if value > 1 else result
