r"""Distributions that a document writes, ``X \sim \mathcal{N}(\mu, \sigma^2)``, and the moments E[X^k] that they have.

The formulas are those of any table: for N(m, v) the moments follow E[X^k] = m E[X^{k-1}] + (k-1) v E[X^{k-2}] (Stein),
for Poisson(l) E[X^{k+1}] = l \sum_j C(k, j) E[X^j] (Touchard), for Bernoulli(p) each is p, for Beta(a, b) they are
\prod_{r<k} (a+r)/(a+b+r), for U(a, b) \sum_j a^j b^{k-j}/(k+1). This module must never guess what an argument means: a
plain letter in the second place of a normal distribution may be its variance or its deviation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import NamedTuple

from symderiv.reader.grammar import listed, syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import ONE, Term, Var, add, mul, num, power

HIGHEST = 6  # moments that are known


def _normal(mean: Term, variance: Term) -> list[Term]:
    found = [ONE, mean]
    for k in range(2, HIGHEST + 1):
        found.append(add(mul(mean, found[-1]), mul(num(k - 1), variance, found[-2])))
    return found


def _poisson(rate: Term) -> list[Term]:
    found: list[Term] = [ONE]
    for k in range(HIGHEST):
        found.append(mul(rate, add(*(mul(num(comb(k, j)), found[j]) for j in range(k + 1)))))
    return found


def _bernoulli(p: Term) -> list[Term]:
    return [ONE, *[p] * HIGHEST]


def _beta(a: Term, b: Term) -> list[Term]:
    found: list[Term] = [ONE]
    for k in range(HIGHEST):
        found.append(mul(found[-1], add(a, num(k)), power(add(a, b, num(k)), -1)))
    return found


def _uniform(a: Term, b: Term) -> list[Term]:
    powers = [[power(base, j) if j else ONE for j in range(HIGHEST + 1)] for base in (a, b)]
    return [
        mul(num(f"1/{k + 1}"), add(*(mul(powers[0][j], powers[1][k - j]) for j in range(k + 1))))
        for k in range(HIGHEST + 1)
    ]


MOMENTS: dict[str, tuple[int, Callable[..., list[Term]]]] = {
    **dict.fromkeys(("N", "Normal", "Gaussian"), (2, _normal)),
    **dict.fromkeys(("Bernoulli", "Bern", "Ber"), (1, _bernoulli)),
    **dict.fromkeys(("Poisson", "Poi", "Pois"), (1, _poisson)),
    "Beta": (2, _beta),
    **dict.fromkeys(("U", "Uniform", "Unif"), (2, _uniform)),
}
"""How many arguments a distribution has, and its moments from E[X^0] on."""


class Drawn(NamedTuple):
    """What a formula says to be drawn: a letter, the distribution (None for any other) and its arguments."""

    of: str
    law: str | None
    arguments: tuple[syntax.Node, ...]

    def moments(self, symbols: Symbols) -> list[Term]:
        """E[X^0], E[X], ..., or none where they are not known."""
        values = [_value(node, symbols) for node in self.arguments]
        known = [value for value in values if value is not None]
        return MOMENTS[self.law][1](*known) if self.law is not None and len(known) == len(values) else []


def drawn(row: syntax.Row) -> tuple[list[syntax.Node], list[Drawn]]:
    """The names that ``row`` says to be drawn, and from what their letters are."""
    names, relation, right = listed.said(row) or ([], "", None)
    if relation != "sim" or right is None:
        return [], []
    name, arguments = _law(right)
    return names, [Drawn(letter, name, arguments) for letter in map(letter_of_name, names) if letter]


def letter_of_name(node: syntax.Node) -> str:
    """The letter of a name with indices or labels, X_i and X^{(i)}; "" for a power, or for X'."""
    base, _, sup, primes = parts_of(node)
    plainly = not primes and (sup is None or isinstance(sup, syntax.Group))
    return plain(base.name) if plainly and isinstance(base, syntax.Symbol) else ""


def _law(node: syntax.Node) -> tuple[str | None, tuple[syntax.Node, ...]]:
    match node:
        case syntax.Product(
            factors=(syntax.Symbol(name=name), syntax.Group(open="(" | "[", body=body)), operators=("",)
        ):
            arguments = body.items if isinstance(body, syntax.Tuple) else (body,)
            name = plain(name).rpartition("{")[2].rstrip("}")
            if name in MOMENTS and len(arguments) == MOMENTS[name][0]:
                deviation = name in ("N", "Normal", "Gaussian") and not _is_variance(arguments[1])
                return (None, ()) if deviation else (name, tuple(arguments))
    return None, ()


def _is_variance(node: syntax.Node) -> bool:
    r"""``\sigma^2`` and ``1``."""
    sup = parts_of(node)[2]
    written, number = (sup, "2") if sup is not None else (node, "1")
    return isinstance(written, syntax.Number) and written.text == number


def _value(node: syntax.Node, symbols: Symbols) -> Term | None:
    """A number, a letter, or the square of one."""
    base, sub, sup, primes = parts_of(node)
    if isinstance(node, syntax.Number):
        return num(node.text)
    if not isinstance(base, syntax.Symbol) or sub is not None or primes:
        return None
    if symbols.is_square(plain(base.name), sup):
        return Var(symbols.name(f"{plain(base.name)}^{{2}}"), (), ())
    letter = Var(symbols.name(plain(base.name)), (), ())
    if isinstance(sup, syntax.Number) and sup.text == "2":
        return power(letter, 2)
    return letter if sup is None else None


__all__ = ["Drawn", "drawn", "letter_of_name"]
