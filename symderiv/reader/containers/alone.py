r"""A formula alone in its paragraph is displayed, whatever its delimiters: many people write ``$...$`` on its own line.

It counts if it states something, or if such a formula right after it goes on from it. What only gives a symbol a value
(``$y = 1$``, ``$i = j$``) may be one of the cases in a list, and stays as it is. This module must never read what a
formula says beyond its braces and its relations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from symderiv.document import Block, Callout, Display, Document, InlineMath, ItemList, Paragraph, Text

_PUNCTUATION = r"[\s.,;:。，；：、]*"
BESIDE = re.compile(rf"{_PUNCTUATION}(?:\(\d[\d.]*[a-z]?\))?{_PUNCTUATION}")  # and the number of the formula
_RELATION = re.compile(r":?=|[<>≤≥]|\\(?:leq?|geq?|leqslant|geqslant|coloneqq)(?![A-Za-z])")
_TOKEN = re.compile(rf"(?P<relation>{_RELATION.pattern})|\\(?:[A-Za-z]+|.)|[^\s&]", re.S)
_SYMBOL = r"(?:\\?[A-Za-z]+|\\(?:hat|bar|tilde|mathbf|bm|vec)\s*\{?\w\}?)(?:\s*[_^]\s*(?:\w|\{[^{}]*\}))?"
_VALUE = re.compile(rf"\s*{_SYMBOL}\s*(?:{_RELATION.pattern}|\\neq?)\s*(?:{_SYMBOL}|[-+]?[\d.]+)\s*")


def set_apart(document: Document) -> Document:
    """The document with its formulas that stand alone as displays."""
    return replace(document, blocks=tuple(_blocks(document.blocks)))


def _blocks(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for number, block in enumerate(blocks):
        match block:
            case Paragraph() if (formula := _alone(block)) is not None:
                following = _alone(blocks[number + 1]) if number + 1 < len(blocks) else None
                if states(formula.latex) or (following is not None and _goes_on(following.latex)):
                    yield Display(formula.latex, formula.span)
                else:
                    yield block
            case ItemList(items=items):
                yield replace(block, items=tuple(tuple(_blocks(item)) for item in items))
            case Callout(blocks=inside):
                yield replace(block, blocks=tuple(_blocks(inside)))
            case _:
                yield block


def _alone(block: Block) -> InlineMath | None:
    """The formula that is all of a paragraph but its punctuation."""
    if not isinstance(block, Paragraph):
        return None
    formulas = [inline for inline in block.inlines if isinstance(inline, InlineMath)]
    others = [inline for inline in block.inlines if not isinstance(inline, InlineMath)]
    if len(formulas) != 1 or not all(isinstance(other, Text) and BESIDE.fullmatch(other.text) for other in others):
        return None
    return formulas[0]


def states(latex: str) -> bool:
    """Whether a formula says something other than the value of a symbol."""
    depth = 0
    for token in _TOKEN.finditer(latex):
        depth += (token[0] == "{") - (token[0] == "}")
        if token["relation"] and not depth:
            return not _VALUE.fullmatch(latex)
    return False


def _goes_on(latex: str) -> bool:
    first = _TOKEN.search(latex)
    return first is not None and first["relation"] is not None
