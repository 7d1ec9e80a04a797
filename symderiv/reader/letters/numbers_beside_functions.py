r"""Numbers that have the name of a function: the deviation \sigma of $e^{-x^2/(2\sigma^2)}$ beside a sigmoid \sigma(z).

Such a number stands without a bracket below a bar, or squared. Words, or a normal distribution, say what it is; else
a bare \sigma below a bar in a definition is in doubt. This module must never look at what a function does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, parts_of, syntax_parts
from symderiv.reader.words.prose import Words

NUMBER = (
    r"(?:standard[\s-]+deviations?|std(?:\.?\s*dev)?\.?|variances?|noise\s+(?:level|scale|strength)|band-?width|length[\s-]?scale"
    r"|(?:kernel|Gaussian)\s+width|width|scale(?:\s+parameter)?|spread|temperature|Standardabweichung|Streuung|Varianz|Bandbreite"
    r"|Temperatur|écart[\s-]type|variance|largeur|température|desviación\s+(?:típica|estándar)|varianza|temperatura|ancho"
    r"|标准差|標準差|标准偏差|標準偏差|方差|分散|带宽|バンド幅|温度)"
)
_FORMULA = r"(?:\$\$?|\\\()\s*(?P<name>\\[A-Za-z]+|[A-Za-z])(?:\s*\^\s*\{?2\}?)?\s*(?:[=>\\].{0,40}?)?(?:\$\$?|\\\))"
BEFORE = Words(
    rf"{NUMBER}\s*(?:(?:of|in|des|der|du|de\s+la|del?)\s+(?:[^\W\d_]+\s+){{1,3}}?)?"
    rf"(?:(?:of|is|being|von|de|es|ist|est|为|為|は|が)\s+)?,?\s*{_FORMULA}",
    re.IGNORECASE,
)
AFTER = Words(
    rf"{_FORMULA}\s*,?\s*(?:is|be|being|denotes?|for|as|ist|sei|bezeichnet|est|soit|désigne|es|sea|denota|是|为|為|表示|は|が)?\s*"
    rf"(?:the|its|an?|die|der|eine?|l'|la|le|une?|el|una)?\s*(?:[^\W\d_]+\s+){{0,2}}?{NUMBER}"
    r"(?!\s+(?:functions?|distributions?|networks?|models?|schedules?|matri\w+|vectors?)\b)",
    re.IGNORECASE,
)
SIGMOID = Words(r"sigmoid|logisti|シグモイド|시그모이드|\\sigma\s*('|\^\s*\{?\s*\\prime)", re.IGNORECASE)
NORMAL = re.compile(
    r"(?:\\mathcal\s*\{?\s*N\s*\}?|\bN)\s*(?:\\left)?\(\s*[^()$]{1,60}[,;]\s*(?P<name>\\sigma)\s*\^\s*\{?2\}?"
)


class Found(NamedTuple):
    """What gives the numbers a name of their own, and those names of which no word says so.

    ``divisors`` are the pairs of what is defined with the name of a function below a bar, or squared, and that name.
    """

    change: Change | None
    unsaid: frozenset[str]
    divisors: frozenset[tuple[str, str]]


def rewriting(rows: Sequence[syntax.Row], source: str) -> Found:
    """The numbers with the name of a function in ``rows`` of the document with this ``source``."""
    called, defined, derived, given = set[str](), set[str](), set[str](), set[str]()
    for row in rows:
        for side in (segment.side for segment in row.segments):
            for node in every(side) if isinstance(side, syntax.Node) else ():
                called.update(plain(symbol.name) for symbol, _ in callers(node))
                defined.update(plain(symbol.name) for symbol, item in callers(node) if _is_sigmoid(symbol, item))
                derived.update(_derived(node))
                given.update(_given_squares(node))
        left = row.segments[0].side if len(row.segments) > 1 and row.segments[1].relation in ("=", ":=") else None
        match left:
            case syntax.Product(factors=(syntax.Symbol() as name, syntax.Group(open="("))):
                defined.add(plain(name.name))
        given.update(_square(left))
    called &= {*defined, r"\sigma"} if SIGMOID.search(source) else defined  # else \sigma (x - \mu) is a product
    if not called:
        return Found(None, frozenset(), frozenset())
    said = {found["name"] for words in (BEFORE, AFTER) for found in words.finditer(source)}
    said |= {found["name"] for found in NORMAL.finditer(source)}
    pairs = {pair for row in rows for pair in _divisors(row) if pair[1] in called}
    unsaid = {name for _, name in pairs} & {r"\sigma"} - said - given
    names = (said & called) | unsaid
    places = {place for row in rows for place in _places(row, names, unsaid)}

    def change(node: syntax.Node) -> syntax.Node:
        if isinstance(node, syntax.Symbol) and node.span in places and plain(node.name) in names:
            node.name = own_name(plain(node.name))
        return node

    divisors = frozenset(pair for pair in pairs if pair[1] in defined - names - derived)
    return Found(change if places else None, frozenset(map(own_name, unsaid)), divisors)


def own_name(name: str) -> str:
    """The name of the number beside a function ``name``; it prints alike."""
    return f"{{{name}}}"


def callers(node: syntax.Node) -> Iterator[tuple[syntax.Symbol, syntax.Node]]:
    """The symbols right before a bracket, and what it holds."""
    if not isinstance(node, syntax.Product):
        return
    for (called, group), operator in zip(pairwise(node.factors), node.operators, strict=True):
        base, follower = parts_of(called)[0], parts_of(group)[0]
        if operator == "" and isinstance(base, syntax.Symbol) and isinstance(follower, syntax.Group):
            yield base, follower.body


def _is_sigmoid(symbol: syntax.Symbol, item: syntax.Node) -> bool:
    r"""``\sigma(z)``: what holds one name is no factor."""
    return plain(symbol.name) == r"\sigma" and isinstance(item, syntax.Symbol)


def _given_squares(node: syntax.Node) -> Iterator[str]:
    r"""The \sigma of ``\partial\sigma^2`` and ``\ell(\mu, \sigma^2)``, whose square is a variable."""
    variables = [variable for variable, _ in node.variables] if isinstance(node, syntax.DerivativeOp) else ()
    for item in node.items if isinstance(node, syntax.Tuple) else variables:
        yield from _square(item)


def _square(node: object) -> Iterator[str]:
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sup=syntax.Number(text="2")):
            yield plain(name)


def _derived(node: syntax.Node) -> Iterator[str]:
    """The names in a node that have a prime, or are differentiated, without a bracket."""
    body = node.body if isinstance(node, syntax.DerivativeOp | syntax.Nabla) else None
    base, _, _, primes = parts_of(body if body is not None else node)
    if isinstance(base, syntax.Symbol) and (primes or body is not None):
        yield plain(base.name)


def bare(node: syntax.Node, below: bool = False, squared: bool = False) -> Iterator[tuple[syntax.Symbol, bool, bool]]:
    """The symbols in ``node`` without a bracket after them, whether below a bar, and whether squared."""
    match node:
        case syntax.Symbol():
            yield node, below, squared
            return
        case syntax.Quotient(numerator=numerator, denominator=denominator):
            yield from bare(numerator, below)
            yield from bare(denominator, True)
            return
        case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=syntax.Number(), primes=0):
            yield base, below, True
            return
        case syntax.Scripted(base=syntax.Symbol(), sup=sup):  # \sigma_i, \sigma^{(l)} and \sigma' are other things
            if sup is not None:
                yield from bare(sup)
            return
    called = {id(symbol) for symbol, _ in callers(node)}
    for part in syntax_parts(node):
        if id(parts_of(part)[0]) not in called:
            yield from bare(part, below)


def _divisors(row: syntax.Row) -> Iterator[tuple[str, str]]:
    """What a row says that something is, with each name below a bar, or squared, in it."""
    match [segment.side for segment in row.segments]:
        case [syntax.Node() as left, syntax.Node() as right, *_] if row.segments[1].relation in ("=", ":="):
            name = left.factors[0] if isinstance(left, syntax.Product) and len(left.factors) == 2 else left
            base, _, _, primes = parts_of(name)
            if isinstance(base, syntax.Symbol) and not primes:
                for symbol, below, squared in bare(right):
                    if plain(symbol.name) != plain(base.name) and (below or squared):
                        yield plain(base.name), plain(symbol.name)


def _places(row: syntax.Row, names: set[str], unsaid: set[str]) -> Iterator[Span]:
    """Where ``names`` are numbers in a row: nowhere if one of them may be the function's value in it.

    Of those ``unsaid`` only what is below a bar is.
    """
    nodes = [segment.side for segment in row.segments if isinstance(segment.side, syntax.Node)]
    found = [use for node in nodes for use in bare(node)]
    derived = {name for node in nodes for part in every(node) for name in _derived(part)}
    rates = [part for node in nodes for part in every(node) if isinstance(part, syntax.DerivativeOp)]
    by = {id(parts_of(variable)[0]) for rate in rates for variable, _ in rate.variables}
    lone = len(nodes) == 1 and isinstance(parts_of(nodes[0])[0], syntax.Symbol)
    for name in names - derived:
        uses = [(symbol, below, squared) for symbol, below, squared in found if plain(symbol.name) == name]
        if name in unsaid:
            yield from (symbol.span for symbol, below, _ in uses if below)
        elif lone or all(below or squared or id(symbol) in by for symbol, below, squared in uses):
            yield from (symbol.span for symbol, _, _ in uses)
