r"""Capital letters of which nothing is known: they may be matrices, whose factors keep their order.

This module must never call a letter a number.
"""

from __future__ import annotations

from symderiv import notation
from symderiv.judge import prove_all
from symderiv.kernel import Proved
from symderiv.kernel.derivative import Unsupported
from symderiv.reader.grammar.names import GREEK_CAPITALS, one_capital
from symderiv.reader.indexed import orders
from symderiv.reader.indexed.means import is_mean
from symderiv.reader.letters.symbols import Symbols, base_name
from symderiv.terms import (
    Add,
    Claim,
    Fn,
    Mul,
    Num,
    Pow,
    Term,
    Var,
    subterms,
)


class Matrices:
    """Which letters of a claim may be matrices, and whether it keeps their order."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols

    def of(self, claim: Claim) -> set[str]:
        """The letters of ``claim`` that may be matrices."""
        return self._capitals(claim.left) | self._capitals(claim.right)

    def disordered(self, claim: Claim) -> str:
        """Why a proof of ``claim`` would hold for numbers only: capitals change places in it."""
        pairs = self._orders(claim.left) | self._orders(claim.right)
        changed = sorted(a for a, b in pairs if (b, a) in pairs and a[0].islower() != b[0].islower())
        if changed:
            letters = " and ".join(dict.fromkeys(changed))
            return f"{letters} may be matrices, which do not commute: their shapes are not declared"
        return self._unordered(claim)

    def _orders(self, term: Term) -> set[tuple[str, str]]:
        """Which unexplained capital letters stand before which others, or layers' names, in products of ``term``."""
        pairs: set[tuple[str, str]] = set()
        drawn = {inner for mean in subterms(term) if is_mean(mean) for inner in subterms(mean)}
        for part in subterms(term):
            match part:
                case Pow(base=Add() | Mul() as base, exponent=Num(value=value)) if value > 1:  # (A B)^2, (A + B)^2
                    pairs |= {(a, b) for a in self._capitals(base) for b in self._capitals(base) if a != b}
            if isinstance(part, Mul) and part not in drawn:
                before: set[str] = set()
                for factor in part.parts:
                    here = self._capitals(factor)
                    pairs |= {(a, b) for a in before for b in here if a != b and (a[0] + b[0]).lower() != a[0] + b[0]}
                    before |= here
        return pairs

    def _capitals(self, term: Term) -> set[str]:
        if isinstance(term, Var):
            unknown = not term.indices and term.head not in self.symbols.definitions
            unknown = unknown and term.name not in self.symbols.divisors
            letter, _, layer = term.name.partition("^{")
            capital = letter.isupper() or letter in GREEK_CAPITALS
            unknown = unknown and (len(letter) == 1 or letter in GREEK_CAPITALS)
            return {term.name} if unknown and (layer or capital) else set()
        if isinstance(term, Fn) or is_mean(term):
            return set()  # the logarithm of a matrix is not in the language, and X is a random number in E[X]
        return set().union(*map(self._capitals, term.parts))

    def _unordered(self, claim: Claim) -> str:
        """Why a proof of ``claim`` for numbers would not hold for matrices; "" if it keeps the order of factors."""
        try:
            found = orders.apart(claim, self._may_be_matrix)
        except (orders.TooLong, Unsupported):
            return "capital letters in it may be matrices, and whether their order is kept was not found"
        if found is None:
            return ""
        if not isinstance(prove_all([found.claim]), Proved):
            letters = " and ".join(map(notation.unicode, found.met))
            return f"{letters} may be matrices, which do not commute: their shapes are not declared"
        if found.turned:
            letters = " and ".join(map(notation.unicode, found.turned))
            return f"{letters} may be matrices, of which the transposes stand in a derivative: no shapes are declared"
        return ""

    def _may_be_matrix(self, var: Var) -> bool:
        """Whether ``var`` is a capital of which nothing is known: W, W^{2}, W_1, W_{hh}."""
        letter = base_name(var.name)
        capital = all(one_capital(letter))
        single = not var.sups and len(var.subs) < 2 and all(isinstance(i, int) for i in var.subs)
        return capital and single and var.head not in self.symbols.definitions and letter not in self.symbols.divisors
