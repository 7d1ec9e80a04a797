r"""Factorials of what is no number: ``n!``, and the three in ``\binom{n}{k} = n! / (k! (n - k)!)``.

The kernel knows nothing of their values, so what it proves holds for any. It does not know n! = n (n - 1)! either:
where two of them are a number apart, or one is summed over, its counterexamples may be none. This module must never
say what a factorial is worth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import combinations

from symderiv.reader.grammar.names import letter_of
from symderiv.terms import Add, Mul, Num, Opaque, Sum, Term, Var, add, neg, subterms

NAME = "!"


def tied(parts: Collection[Term]) -> bool:
    """Whether factorials stand among ``parts`` whose values are tied to one another."""
    arguments = {t.parts[0] for t in parts if isinstance(t, Opaque) and t.name == NAME}
    summed = {letter_of(t.index) for t in parts if isinstance(t, Sum)}  # and so a number, where it stands as one
    apart = (add(a, neg(b)) for a, b in combinations(arguments, 2))
    named = {t.name for a in arguments for t in subterms(a) if isinstance(t, Var)}
    return not named.isdisjoint(summed) or any(map(_is_a_number, apart))


def _is_a_number(term: Term) -> bool:
    """Whether all that is added up in ``term`` cancels, but for numbers."""
    times: dict[Term, Fraction] = {}
    for summand, factor in summands(term):
        times[summand] = times.get(summand, Fraction(0)) + factor
    return not any(times.values())


def summands(term: Term, factor: Fraction = Fraction(1)) -> Iterator[tuple[Term, Fraction]]:
    """What is added up in ``term`` beside numbers, and how often."""
    match term:
        case Num():
            return
        case Add(parts=parts):
            for part in parts:
                yield from summands(part, factor)
        case Mul(parts=(Num(value=value), rest)):
            yield from summands(rest, factor * value)
        case _:
            yield term, factor
