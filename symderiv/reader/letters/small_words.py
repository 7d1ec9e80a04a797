r"""Names of three small letters, as the acc of ``acc = \frac{TP + TN}{n}``, which are no products.

They are names where an equation is about nothing else, and these letters stand nowhere else in the document but in
longer words, so that nothing is known of them as quantities. This module must never look at what a symbol means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import Change, everywhere, words_in

LETTERS = 3


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What writes such names of ``rows`` as one symbol each."""
    about = {_word(row.segments[0].side) for row in rows if len(row.segments) > 1} - {""}
    if not about:
        return None
    letters = Counter(node.name for node in everywhere(rows) if isinstance(node, syntax.Symbol))
    products = (node for node in everywhere(rows) if isinstance(node, syntax.Product))
    written = Counter(word for node in products for _, word in words_in(node) if word in about or len(word) > LETTERS)
    alone = letters - Counter(letter for word, times in written.items() for letter in word * times)
    words = {word for word in about if alone.keys().isdisjoint(word)}
    return (lambda node: _written(node, words)) if words else None


def _word(node: object) -> str:
    """The word that a product of small letters without a gap is; or ""."""
    if not isinstance(node, syntax.Product) or len(node.factors) != LETTERS:
        return ""
    word = next((word for _, word in words_in(node)), "")
    small = len(word) == LETTERS and word.isascii() and word.isalpha() and word.islower()
    return word if small and word[0] != "d" else ""


def _written(node: syntax.Node, words: Collection[str]) -> syntax.Node:
    """A product with ``words`` as symbols."""
    if not isinstance(node, syntax.Product):
        return node
    factors, operators = list(node.factors), list(node.operators)
    for begun, word in reversed([*words_in(node)]):
        if word in words:
            span = Span(factors[begun].span.start, factors[begun + LETTERS - 1].span.end)
            factors[begun : begun + LETTERS] = [syntax.Symbol(rf"\text{{{word}}}", span)]
            del operators[begun : begun + LETTERS - 1]
    return factors[0] if len(factors) == 1 else syntax.Product(tuple(factors), tuple(operators), node.span)
