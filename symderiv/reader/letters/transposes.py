r"""Primes that transpose: the X' of ``X'X``, ``(y - Xb)'(y - Xb)`` and ``x'Ax``, as econometricians write them.

Words may say so; else something stands beside its own prime, and the document speaks of shapes. What is called like a
function keeps its prime. This module must never decide between a transposition and a derivative where either is likely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, names_in, on_sides, parts_of
from symderiv.reader.words.prose import Words

SAID = Words(
    r"\bprimes?\b[^.;]{0,40}\btranspos\w*|\btranspos\w*[^.;]{0,40}\bprimes?\b|\$\s*(?:is|denotes?|means)\s+the\s+transposes?\b",
    re.IGNORECASE,
)
SHAPES = Words(
    r"\b(?:matri(?:x|ces|z|ce)|vectors?|Matrizen|Vektor\w*|vecteurs?|vetor\w*)\b|矩阵|向量|行列|ベクトル|행렬|벡터",
    re.IGNORECASE,
)
SPACES = re.compile(r"\\mathbb\{?\s*R\}?\s*\^|\\R\s*\^|\\times")


def rewriting(rows: Sequence[syntax.Row], words: str, source: str) -> tuple[Change | None, set[str]]:
    """What makes primes transpositions, or None; and the names of which the prime may be either."""
    nodes = list(on_sides(rows))
    squares = {name for node in nodes for name in _beside_themselves(node)}
    said = SAID.search(words) is not None and any(map(_is_primed, nodes))
    if not said and not squares:
        return None, set()
    others = {name for node in nodes for name in _not_transposed(node)}
    others |= {name for row in rows if row.segments for name in _lone(row.segments[0].side)}
    if not said and not (SHAPES.search(words) or SPACES.search(source)):
        return None, {name for name in squares if name.isupper()} - others
    return (lambda node: _transposed(node, others)), set()


def _is_primed(node: object) -> bool:
    return isinstance(node, syntax.Scripted) and node.primes > 0


def _beside_themselves(node: syntax.Node) -> Iterator[str]:
    """The names in what stands right behind its own prime: ``X'X``, ``(y - Xb)'(y - Xb)``."""
    match node:
        case syntax.Product(factors=factors, operators=operators):
            for (one, other), operator in zip(pairwise(factors), operators, strict=True):
                base, sub, sup, primes = parts_of(one)
                again, its_sub, its_sup, its_primes = parts_of(other)
                alone = operator == "" and primes == 1 and not its_primes and sup is None and its_sup is None
                if alone and (syntax.sexpr(base), syntax.sexpr(sub)) == (syntax.sexpr(again), syntax.sexpr(its_sub)):
                    yield from names_in(base)


def _not_transposed(node: syntax.Node) -> Iterator[str]:
    """Names that are called, stand in scripts with a prime, or have several primes."""
    match node:
        case syntax.Product(factors=factors, operators=operators):
            for (called, group), operator in zip(pairwise(factors), operators, strict=True):
                base = parts_of(called)[0]
                body = group.body if isinstance(group, syntax.Group) and group.open == "(" else None
                argument = isinstance(body, syntax.Symbol | syntax.Tuple | syntax.Number)
                if operator == "" and isinstance(base, syntax.Symbol) and argument:
                    yield plain(base.name)
        case syntax.Scripted(base=base, sub=sub, sup=sup, primes=primes):
            for script in (sub, sup):
                yield from _primed_names(script)
            if primes > 1:
                yield from names_in(base)
        case syntax.BigOp(sub=sub):
            yield from _primed_names(sub)


def _primed_names(node: syntax.Node | None) -> Iterator[str]:
    for part in every(node) if node is not None else ():
        if isinstance(part, syntax.Scripted) and part.primes:
            yield from names_in(part.base)


def _lone(side: object) -> Iterator[str]:
    """``y'`` where an equation says what it is."""
    base, _, _, primes = parts_of(side) if isinstance(side, syntax.Node) else (None, None, None, 0)
    if primes and isinstance(base, syntax.Symbol):
        yield plain(base.name)


def _transposed(node: syntax.Node, others: set[str]) -> syntax.Node:
    if not isinstance(node, syntax.Scripted) or node.primes != 1 or node.sup is not None:
        return node
    base = parts_of(node)[0]
    if isinstance(base, syntax.Symbol | syntax.Group) and others.isdisjoint(names_in(base)):
        node.primes, node.sup = 0, syntax.Symbol(r"\top", node.span)
    return node


__all__ = ["rewriting"]
