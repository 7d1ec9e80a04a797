r"""Einstein's convention: an index that stands twice in a product, and not on the left of the chain, is summed over.

``\sigma = 1_j e^{x_j}`` means \sum_j e^{x_j}. An index of the left side is free however often it stands on the right.
This module must never sum over an index that stands once.
"""

from __future__ import annotations

from collections.abc import Callable

from symderiv.terms import (
    Add,
    Cases,
    Deriv,
    Fn,
    Mul,
    Opaque,
    Pow,
    Range,
    Sum,
    Term,
    Var,
    rebuild,
)

ClassOf = Callable[[str], str | None]


def summed(term: Term, keep: frozenset[str], class_of: ClassOf) -> Term:
    """``term`` with the sums that the convention leaves out; ``keep`` are the indices of the left side."""
    match term:
        case Add():
            return rebuild(term, tuple(summed(part, keep, class_of) for part in term.parts))
        case Mul():
            parts = term.parts
            shared = [i for i in sorted(term.free - keep) if _count(parts, i) > 1]
            inner = keep | frozenset(shared)
            body: Term = rebuild(term, tuple(summed(part, inner, class_of) for part in parts))
            return _sums(body, shared, class_of)
        case Deriv():
            shared = sorted((term.body.free & term.var.free) - keep)
            inner = keep | term.var.free
            body = summed(term.body, inner, class_of)
            return _sums(Deriv(body, term.var), shared, class_of)
        case Var():
            twice = [i for i in sorted(term.free - keep) if term.indices.count(i) > 1]
            return _sums(term, twice, class_of)
        case Sum():
            body = summed(term.body, keep | {term.index}, class_of)
            return rebuild(term, (body,))
        case Pow() | Fn() | Opaque() | Cases():
            return rebuild(term, tuple(summed(part, keep, class_of) for part in term.parts))
    return term


def _count(parts: tuple[Term, ...], index: str) -> int:
    """In how many places of a product an index stands; a vector of ones counts as one."""
    count = 0
    for part in parts:
        if index in part.free:
            if isinstance(part, Mul):
                count += _count(part.parts, index)
            elif isinstance(part, Var):
                count += part.indices.count(index)
            else:
                count += 1
    return count


def _sums(body: Term, indices: list[str], class_of: ClassOf) -> Term:
    for index in indices:
        if index[0].isupper():
            continue  # a capital letter is one fixed index
        range_class = class_of(index)
        if range_class is not None:
            body = Sum(index, Range(1, range_class), body)
    return body
