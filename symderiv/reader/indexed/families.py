r"""Families read off their members: ``a_1, a_2, \ldots, a_K``; and terms put in the place of variables.

This module must never look at how a formula was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType

from symderiv.terms import (
    Claim,
    Definition,
    Delta,
    Deriv,
    Head,
    Index,
    Num,
    Size,
    Sum,
    Term,
    Var,
    fresh,
    reached,
    rebuild,
    rename,
    rewritten,
    subterms,
)


def families_in(terms: Iterable[Term], definitions: Mapping[Head, tuple[Definition, ...]]) -> set[Head]:
    """The families that terms mention, definitions put in."""
    return {part.head for part in reached(tuple(terms), definitions) if isinstance(part, Var)}


def spoken_of(
    claims: Iterable[Claim], definitions: Mapping[Head, tuple[Definition, ...]] = MappingProxyType({})
) -> set[Head]:
    """The families that the sides of claims mention, ``definitions`` put in."""
    return families_in((side for claim in claims for side in (claim.left, claim.right)), definitions)


def derives(*claims: Claim) -> bool:
    """Whether a derivative is written in claims."""
    return any(isinstance(part, Deriv) for c in claims for side in (c.left, c.right) for part in subterms(side))


def generalise(terms: list[Term], sizes: set[str]) -> tuple[str, int, Size, Term] | None:
    """(index, low, high, body) with body at low, low+1, ... equal to the first terms and at high to the last.

    None if the first and last term do not differ in exactly one index, or a term between does not fit.
    """
    if len(terms) < 2:
        return None
    first, last = terms[0], terms[-1]
    index = fresh("i", first.free | last.free | _bound(first) | _bound(last))
    found: set[tuple[Index, Index]] = set()
    body = _pattern(first, last, index, found)
    if body is None or len(found) != 1:
        return None
    ((low, high),) = found
    if not isinstance(low, int) or not (isinstance(high, int) or high in sizes or high.isupper() or high in "mn"):
        return None
    for n, term in enumerate(terms[:-1]):
        if rename(body, {index: low + n}) is not term:
            return None
    return index, low, high, body


def _bound(term: Term) -> set[str]:
    return {t.index for t in subterms(term) if isinstance(t, Sum)}


def _pattern(a: Term, b: Term, index: str, found: set[tuple[Index, Index]]) -> Term | None:
    if type(a) is not type(b):
        return None

    def at(x: Index, y: Index) -> Index:
        if x == y:
            return x
        found.add((x, y))
        return index

    match a, b:
        case Var(), Var():
            if a.head != b.head:
                return None
            subs = tuple(at(x, y) for x, y in zip(a.subs, b.subs, strict=True))
            return Var(a.name, subs, tuple(at(x, y) for x, y in zip(a.sups, b.sups, strict=True)))
        case Delta(), Delta():
            return Delta(at(a.left, b.left), at(a.right, b.right))
        case Num(), Num():
            return a if a is b else None
        case Sum(), Sum():
            if (a.index, a.range) != (b.index, b.range):
                return None
    if not a.parts:
        return a if a is b else None
    if len(a.parts) != len(b.parts):
        return None
    parts = [_pattern(x, y, index, found) for x, y in zip(a.parts, b.parts, strict=True)]
    common = tuple(part for part in parts if part is not None)
    if len(common) < len(parts):
        return None
    rebuilt = rebuild(a, common)
    return rebuilt if type(rebuilt) is type(a) and getattr(a, "name", None) == getattr(b, "name", None) else None


Entry = Callable[[tuple[Index, ...]], Term]


def substitute(term: Term, scalars: Mapping[Var, Term], families: Mapping[Head, Entry]) -> Term:
    """``term`` with variables and members of families replaced; bound indices are renamed where they would capture."""

    @cache
    def incoming() -> frozenset[str]:
        values = [*scalars.values(), *(entry(("?",)) for entry in families.values() if _takes_one(entry))]
        return frozenset().union(*(value.free for value in values))

    def replaced(part: Term) -> Term | None:
        if isinstance(part, Var):
            if part in scalars:
                return scalars[part]
            return families[part.head](part.indices) if part.head in families else None
        if isinstance(part, Deriv):
            variable = read(part.var)
            if not isinstance(variable, Var):
                raise ValueError("a derivative by an expression")
            return Deriv(read(part.body), variable)
        if isinstance(part, Sum) and part.index in incoming():
            index = fresh(part.index, incoming() | part.body.free)
            return type(part)(index, part.range, read(rename(part.body, {part.index: index})))
        return None

    def read(part: Term) -> Term:
        return rewritten(part, replaced, memo)

    memo: dict[Term, Term] = {}
    return read(term)


def _takes_one(entry: Entry) -> bool:
    try:
        entry(("?",))
    except (ValueError, IndexError):
        return False
    return True


def differences(left: Term, right: Term) -> frozenset[tuple[Term, Term]] | None:
    """The places where two terms of the same shape differ; None if they are sums of different ranges."""

    @cache
    def between(a: Term, b: Term) -> frozenset[tuple[Term, Term]] | None:
        if a is b:
            return frozenset()
        if type(a) is type(b) and len(a.parts) == len(b.parts) and a.parts and not isinstance(a, Var):
            if isinstance(a, Sum) and a.key[:2] != b.key[:2]:
                return None
            within = [between(x, y) for x, y in zip(a.parts, b.parts, strict=True)]
            if None not in within:
                return frozenset(pair for pairs in within if pairs is not None for pair in pairs)
        return frozenset({(a, b)})

    return between(left, right)
