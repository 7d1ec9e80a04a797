r"""Names of three small letters, as the acc of ``acc = \frac{TP + TN}{n}``, which are no products.

They are names where an equation is about nothing else, and these letters stand nowhere else in the document but in
longer words, so that nothing is known of them as quantities. This module must never look at what a symbol means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from symderiv.reader import syntax
from symderiv.reader.nodes import Change, everywhere, words_in

LETTERS = 3


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What writes such names of ``rows`` as one symbol each."""
    about = {_word(row.segments[0].side) for row in rows if len(row.segments) > 1} - {""}
    if not about:
        return None
    letters = Counter(node.name for node in everywhere(rows) if isinstance(node, syntax.Symbol))
    products = (node for node in everywhere(rows) if isinstance(node, syntax.Product))
    written = Counter(word for node in products for word in words_in(node) if word in about or len(word) > LETTERS)
    alone = letters - Counter(letter for word, times in written.items() for letter in word * times)
    words = {word for word in about if alone.keys().isdisjoint(word)}

    def change(node: syntax.Node) -> syntax.Node:
        return syntax.Symbol(rf"\text{{{_word(node)}}}", node.span) if _word(node) in words else node

    return change if words else None


def _word(node: object) -> str:
    """The word that a product of small letters without a gap is; or ""."""
    if not isinstance(node, syntax.Product) or len(node.factors) != LETTERS or any(node.operators):
        return ""
    names = [factor.name for factor in node.factors if isinstance(factor, syntax.Symbol)]
    word = "".join(names)
    small = len(names) == len(word) == LETTERS and word.isascii() and word.islower() and word.isalpha()
    return word if small and node.span.end - node.span.start == LETTERS and word[0] != "d" else ""
