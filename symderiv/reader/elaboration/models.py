r"""Models with noise: ``y = X\beta + \varepsilon`` says what the noise is, y being data: \varepsilon = y - X\beta.

So it is where a document differentiates, but not y, and takes no expectations: those are of y. This module must never
turn round what gives the noise a factor, as ``z = \mu + \sigma \epsilon`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import everywhere, names_in, parts_of
from symderiv.reader.grammar.vocabulary import MOMENTS
from symderiv.reader.words.prose import Words

NOISE = ("\\epsilon", "\\varepsilon", "\\xi", "\\boldsymbol{\\epsilon}", "\\boldsymbol{\\varepsilon}")

ERRORS = Words(  # where the u of y = X \\beta + u is such a noise
    r"\b(?:OLS|econometr\w*|regress\w*|disturbances?|error\s+(?:terms?|vectors?)|least\s+squares|squared\s+residuals)\b|Störterm"
    r"|\brégression\b|\bregresión\b|回归|回帰|회귀",
    re.IGNORECASE,
)


def differentiated(rows: Sequence[syntax.Row]) -> frozenset[str]:
    """The names in what ``rows`` differentiate; none where they speak of expectations."""
    found: set[str] = set()
    for node in everywhere(rows):
        match node:
            case syntax.DerivativeOp(body=syntax.Node() as body) | syntax.Nabla(body=syntax.Node() as body):
                found.update(names_in(body))
            case syntax.Symbol(name=name) if plain(name) == "E" or plain(name) in MOMENTS:
                return frozenset()
    return frozenset(found)


def noise(
    left: syntax.Node, right: syntax.Node, names: Iterable[str], regression: bool = False
) -> tuple[syntax.Node, syntax.Node] | None:
    """The noise of a model and what it is, if a document that differentiates ``names`` has its ``left = right``."""
    if not isinstance(right, syntax.Add) or not {*names} or not {*names}.isdisjoint(names_in(parts_of(left)[0])):
        return None
    of = parts_of(left)[0]
    letters = (*NOISE, "u", "e") if regression and isinstance(of, syntax.Symbol) and plain(of.name) == "y" else NOISE
    for at, (sign, term) in enumerate(right.terms):
        base, sub, sup, primes = parts_of(term)
        bare = isinstance(base, syntax.Symbol) and plain(base.name) in letters and sup is None and not primes
        if bare and sign == "+" and len(right.terms) > 1 and syntax.sexpr(sub) == syntax.sexpr(parts_of(left)[1]):
            others = (*right.terms[:at], *right.terms[at + 1 :])
            if all(s in ("+", "-") for s, _ in others):
                turned = ((("-" if s == "+" else "+"), t) for s, t in others)
                return term, syntax.Add((("+", left), *turned), right.span)
    return None
