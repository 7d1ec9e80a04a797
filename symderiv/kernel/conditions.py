r"""Side conditions: what must hold for a term to be defined as it was written, read off before anything cancels.

1/u needs u != 0, log u needs u > 0, u^{p/q} needs u >= 0 (u > 0 under a negative power), u^v with a real v needs
u > 0, and a kink cannot be differentiated. Definitions are looked into; the branch of a case that is not taken need
not be defined, so nothing is read off inside cases. This module must never judge whether a condition holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.terms import (
    Add,
    Cases,
    Context,
    Deriv,
    Fn,
    Mul,
    Num,
    Pow,
    SizeOf,
    Sum,
    Term,
    Var,
    fresh,
    rename,
    subterms,
)


class Requirement(NamedTuple):
    """``term relation 0`` for all values of the bound indices ``bound`` (name -> upper end of its range)."""

    term: Term
    relation: str
    bound: tuple[tuple[str, str], ...]
    in_cases: bool


def requirements(term: Term, context: Context) -> Iterator[Requirement]:
    """What ``term`` needs, outermost first, each once."""
    seen: set[tuple] = set()
    for requirement in _walk(term, context, (), False, set()):
        key = (requirement.term, requirement.relation)
        if key not in seen:
            seen.add(key)
            yield requirement


def _walk(term: Term, context: Context, bound: tuple, in_cases: bool, visited: set) -> Iterator[Requirement]:
    if (term, bound, in_cases) in visited:
        return
    visited.add((term, bound, in_cases))
    match term:
        case Var():
            try:
                body = definition_of(term, context.definitions)
            except Unsupported:
                return
            if body is not None:
                yield from _walk(body, context, bound, in_cases, visited)
            return
        case Sum():
            index = fresh(term.index, {name for name, _ in bound} | (term.body.free - {term.index}) | {""})
            body = rename(term.body, {term.index: index})
            low, high = term.range
            wider = (*bound, (index, str(high) if low == 1 else ""))
            yield from _walk(body, context, wider, in_cases, visited)
            return
        case Cases():
            for part in term.parts[1:]:
                yield from _walk(part, context, bound, True, visited)
            return
        case Deriv():
            yield from _walk(term.body, context, bound, in_cases, visited)
            try:
                yield from _walk(differentiate(term.body, term.var, context), context, bound, in_cases, visited)
            except Unsupported:
                return
            return
        case Pow(base=base, exponent=exponent):
            relation = _needs(exponent)
            if relation:
                yield Requirement(base, relation, bound, in_cases)
        case Fn(name="log", arg=arg):
            yield Requirement(arg, ">", bound, in_cases)
    for part in term.parts:
        yield from _walk(part, context, bound, in_cases, visited)


def _needs(exponent: Term) -> str:
    if isinstance(exponent, Num):
        value = exponent.value
        if value.denominator == 1:
            return "!=" if value < 0 else ""
        return ">" if value < 0 else ">="
    whole = all(isinstance(part, Num | SizeOf | Add | Mul) for part in subterms(exponent))
    return "!=" if whole else ">"
