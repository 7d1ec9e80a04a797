r"""The order of factors: whether a step that holds for numbers holds for matrices, too, whose products do not commute.

Both sides are multiplied out, definitions put in, and each product of letters that may be matrices, A B A, becomes a
number of its own: then A B and B A are two numbers, and what is proved does not rest on their order. This module must
never judge what the letters are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from symderiv.kernel.derivative import definition_of, differentiate
from symderiv.reader.indexed.means import is_mean
from symderiv.terms import (
    ONE,
    Add,
    Claim,
    Context,
    Deriv,
    Mul,
    Num,
    Pow,
    Prod,
    Sum,
    Term,
    Var,
    add,
    mul,
    power,
    reached,
    rebuild,
)

MOST = 2_000  # words in one expression
HIGHEST = 8  # powers that are multiplied out
IsLetter = Callable[[Var], bool]


class Factor(NamedTuple):
    """A letter, or a bracket of several summands that is inverted, in a product whose order matters."""

    term: Term
    inverted: bool = False


Word = tuple[Factor, ...]
Words = dict[Word, tuple[Term, ...]]  # the coefficients of each product; they commute with everything


class TooLong(Exception):
    """Nobody multiplies that out."""


class Apart(NamedTuple):
    """A claim with a number of its own for each product of letters, and the letters that meet in one.

    ``turned`` are those in a product that stands in what is differentiated more than once, as A B in (A B x - t)^2: of
    matrices, their transposes stand in the derivative.
    """

    claim: Claim
    met: tuple[Var, ...]
    turned: tuple[Var, ...]


def apart(claim: Claim, is_letter: IsLetter) -> Apart | None:
    """``claim`` where the order of letters counts; None where no two of them meet.

    Raises TooLong where it is too long to be multiplied out, and Unsupported as the kernel does.
    """
    orders = _Orders(claim.context, is_letter)
    sides = claim.left, claim.right
    if len(orders.letters(*sides)) < 2:
        return None
    left, right = map(orders.written, sides)
    assumptions = tuple(
        replace(a, data=tuple(map(orders.written, a.data))) if a.kind == "equation" else a
        for a in claim.context.assumptions
    )
    if not orders.met:
        return None
    context = replace(claim.context, assumptions=assumptions)
    met, turned = (tuple(sorted(letters, key=repr)) for letters in (orders.met, orders.turned))
    return Apart(Claim(left, claim.relation, right, context), met, turned)


class _Orders:
    def __init__(self, context: Context, is_letter: IsLetter) -> None:
        self.context = context
        self.is_letter = is_letter
        self.met: set[Var] = set()  # the letters that stand beside others
        self.turned: set[Var] = set()  # those in a product that is differentiated and stands there twice

    def letters(self, *terms: Term) -> set[Var]:
        """The letters in ``terms``, definitions put in."""
        return {t for t in reached(terms, self.context.definitions) if isinstance(t, Var) and self.is_letter(t)}

    def written(self, term: Term) -> Term:
        """``term`` multiplied out, where each product of letters is one number."""
        if not self.letters(term):
            return term
        found = self.words(term)
        for word in found:
            self.met |= _letters(word) if _differ(word) else set()
        return _number(found)

    def words(self, term: Term) -> Words:
        """The products of letters in ``term``, each with its coefficients. Raises TooLong and Unsupported."""
        if not self.letters(term):
            return {(): (term,)}
        match term:
            case Var() if self.is_letter(term):
                return {(Factor(term),): (ONE,)}
            case Var():
                body = definition_of(term, self.context.definitions)
                return self.words(body) if body is not None else {(): (term,)}
            case Add():
                return _sum(self.words(part) for part in term.parts)
            case Mul():
                found: Words = {(): (ONE,)}
                for part in term.parts:
                    found = _product(found, self.words(part))
                return found
            case Pow(base=base, exponent=Num(value=value)) if value.denominator == 1 and abs(value) <= HIGHEST:
                return self._power(base, value)
            case Sum(index=index, range=range_, body=body) if not isinstance(term, Prod):
                inner = self.words(body)
                return {word: tuple(Sum(index, range_, c) for c in inner[word]) for word in inner}
            case Deriv(body=body, var=var):
                self.turned |= set().union(*map(_letters, filter(_repeats, self.words(body))))
                return self.words(differentiate(body, var, self.context))
        return {(): (term if is_mean(term) else rebuild(term, tuple(map(self.written, term.parts))),)}

    def _power(self, base: Term, value: Fraction) -> Words:
        inner = self.words(base)
        if value < 0:
            inner = self._inverse(inner)
        found: Words = {(): (ONE,)}
        for _ in range(abs(int(value))):
            found = _product(found, inner)
        return found

    def _inverse(self, words: Words) -> Words:
        """(c A B)^{-1} = B^{-1} A^{-1}/c; the inverse of a sum is one factor."""
        if len(words) == 1:
            ((word, coefficients),) = words.items()
            back = tuple(factor._replace(inverted=not factor.inverted) for factor in reversed(word))
            return {back: (power(add(*coefficients), -1),)}
        return {(Factor(_number(words), inverted=True),): (ONE,)}


def _letters(word: Word) -> set[Var]:
    return {factor.term for factor in word if isinstance(factor.term, Var)}


def _differ(word: Word) -> bool:
    return len({factor.term for factor in word}) > 1


def _repeats(word: Word) -> bool:
    """Whether two letters stand in a word twice in the same order: A B A B."""
    pairs = [pair for pair in pairwise(word) if pair[0] != pair[1]]
    return len(set(pairs)) < len(pairs)


def _number(words: Words) -> Term:
    """A sum of products as a number, in an order of its own: A B + B A and B A + A B are one."""
    summands = (mul(add(*words[word]), *_factors(word)) for word in sorted(words, key=repr))
    return add(*summands)


def _factors(word: Word) -> tuple[Term, ...]:
    """The number that stands for a product; a power of one letter stands for itself."""
    if _differ(word):
        return (Var(repr(word), (), ()),)
    return tuple(power(factor.term, -1) if factor.inverted else factor.term for factor in word)


def _sum(several: Iterator[Words]) -> Words:
    found: Words = {}
    for words in several:
        for word, coefficients in words.items():
            found[word] = found.get(word, ()) + coefficients
    return found


def _product(left: Words, right: Words) -> Words:
    found: Words = {}
    for a, here in left.items():
        for b, there in right.items():
            word = _joined(a, b)
            coefficient = mul(*(t for t in (add(*here), add(*there)) if t is not ONE))
            found[word] = (*found.get(word, ()), coefficient)
    if len(found) > MOST:
        raise TooLong
    return found


def _joined(a: Word, b: Word) -> Word:
    """One product behind the other; a letter and its inverse side by side are 1."""
    while a and b and a[-1].term is b[0].term and a[-1].inverted != b[0].inverted:
        a, b = a[:-1], b[1:]
    return a + b
