r"""Capitals for sums where only a letter stands below: the ``\Sigma_j`` of ``\frac{e^{z_i}}{\Sigma_j e^{z_j}}``.

Such a capital is a large operator where it is nothing else anywhere in the document: each time its letter stands in
what follows it, and not on the left of the equation, which would have to say for which j it holds. This module must
never take a family of matrices for sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import TRANSPOSES, every, mentions, parts_of
from symderiv.reader.grammar.vocabulary import CAPITALS
from symderiv.reader.words.prose import Words

MATRICES = Words(
    r"\b(?:[ck]ovarian\w*|covarianza\w*|singular|SVD|precision\s+matri\w*|polic(?:y|ies)|projections?|projectors?|permutation\w*)\b"
    r"|协方差|奇异|策略|共分散|特異|정책|공분산",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"(?:\s|[{}]|\\[,;:! ]|\\(?:left|limits|displaystyle|[bB]igg?l?)(?![A-Za-z]))*")


def operators(rows: Sequence[syntax.Row], source: str) -> dict[str, str]:
    """The capitals that are sums and products wherever they stand, and the commands for these."""
    if MATRICES.search(source):
        return {}
    only: dict[str, bool] = {}
    left: object = None
    for row in rows:
        for n, segment in enumerate(row.segments):
            if segment.side is not None and not n:
                left = segment.side
            if not isinstance(segment.side, syntax.Node):
                only |= dict.fromkeys((name for name in CAPITALS if name in source[slice(*segment.span)]), False)
            for name, is_operator in _capitals(segment.side, left, source):
                only[name] = only.get(name, True) and is_operator
    return {name: CAPITALS[name] for name, always in only.items() if always}


def _capitals(side: object, left: object, source: str) -> Iterator[tuple[str, bool]]:
    """Each such capital in a side, and whether it may be an operator there."""
    nodes = list(every(side)) if isinstance(side, syntax.Node) else []
    lone = [node for node in nodes if isinstance(node, syntax.Symbol) and plain(node.name) in CAPITALS]
    led = {id(node) for product in nodes for node in _led(product)}
    scripted = {id(parts_of(node)[0]): node for node in nodes if isinstance(node, syntax.Scripted)}
    for symbol in lone:
        whole = scripted.get(id(symbol), symbol)
        index = _index(whole)
        following = next((node for node in nodes if node.span.start >= whole.span.end), None)
        yield (
            plain(symbol.name),
            (
                index != ""
                and id(whole) not in led
                and following is not None
                and BETWEEN.fullmatch(source, whole.span.end, following.span.start) is not None
                and mentions(following, index)
                and (side is left or not (isinstance(left, syntax.Node) and _says(left, index)))
            ),
        )


def _led(product: syntax.Node) -> Iterator[syntax.Node]:
    r"""The capitals behind a factor that has their letter, too: the \Sigma_k of ``U_k \Sigma_k V_k^T``."""
    if isinstance(product, syntax.Product):
        begun: set[str] = set()
        for n, factor in enumerate(product.factors):
            if _is_capital(factor) and (index := _index(factor)) and index not in begun:
                begun.add(index)
                if any(mentions(before, index) for before in product.factors[:n]):
                    yield factor


def _says(left: syntax.Node, index: str) -> bool:
    r"""Whether the left side of an equation is one for each value of an index: ``u_k``, but not ``\Sigma_k u_k``."""
    own = {_index(node) for node in every(left) if _is_capital(node)}
    return mentions(left, index) and index not in own


def _is_capital(node: syntax.Node) -> bool:
    base = parts_of(node)[0]
    return isinstance(base, syntax.Symbol) and plain(base.name) in CAPITALS


def _index(node: syntax.Node) -> str:
    r"""The j of ``\Sigma_j`` and of ``\Sigma_j^n``, but not of the transposed ``\Sigma_j^T``; or ""."""
    match node:
        case syntax.Scripted(sub=syntax.Symbol(name=name), sup=None, primes=0):
            return plain(name)
        case syntax.Scripted(sub=syntax.Symbol(name=name), sup=syntax.Symbol(name=size), primes=0):
            return plain(name) if size not in TRANSPOSES and size.isalpha() else ""
    return ""


__all__ = ["operators"]
