r"""Expressions that words differentiate without a name for them: "we differentiate $a \log y + b \log(1 - y)$".

This module must never take a symbol, a call or an equation for one: these have names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.reading import Reading
from symderiv.reader.words import assertions
from symderiv.reader.words.prose import Sentence, Words
from symderiv.terms import Term

DIFFERENTIATED = Words(
    r"\b(?:differentiat\w+|(?:derivatives?|gradients?|slope|maxim(?:um|a)|minim(?:um|a))\s+of|m(?:ax|in)imi[sz](?:e|es|ing)"
    r"|optimi[sz](?:e|es|ing)|Ableitung(?:en)?\s+von|maximier\w*|minimier\w*|ableiten\s+von|dérivées?\s+de|dérivons|dérivant"
    r"|maximis\w+|minimis\w+|derivadas?\s+de|derivamos|derivando|maximiza\w*|minimiza\w*)"
    r"\s*(?:(?:the|this|an?|our|die|der|das|den|la|le|el|l['’])\s*)?"
    r"(?:(?:\w+\s+)?(?:function|expression|quantity|objective|loss|likelihood|Funktion|Ausdruck|fonction|función))?\s*$"
    r"|(?:最大化|最小化)\s*$",
    re.IGNORECASE,
)


def said(reading: Reading, sentence: Sentence) -> Iterator[tuple[Term, Span]]:
    """The expressions of a sentence that its words differentiate, and where they stand."""
    words = sentence.words.split("$")
    for n, formula in enumerate(sentence.formulas):
        rows = reading.rows(formula.latex, formula.span).rows
        if len(rows) != 1 or len(rows[0].segments) != 1 or not DIFFERENTIATED.search(assertions.around(words, n)[0]):
            continue
        side = rows[0].segments[0].side
        if not isinstance(side, syntax.Node) or not _is_expression(side):
            continue
        reading.elaborator.start_chain()
        try:
            value = reading.elaborator.value(side)
        except ReadError:
            continue
        if isinstance(value, Term) and not value.free:
            yield value, formula.span


def _is_expression(node: syntax.Node) -> bool:
    """Whether a formula is more than a symbol or a call."""
    if isinstance(node, syntax.Product):
        return not any(isinstance(factor, syntax.Group) for factor in node.factors)
    return isinstance(node, syntax.Add | syntax.BigOp | syntax.Quotient)
