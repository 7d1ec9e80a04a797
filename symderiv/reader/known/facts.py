r"""Formulas that words stand for: "a unit vector $u$" is ``\|u\| = 1``, "centred data $x_i$" ``\sum_i x_i = 0``.

This module must never write a formula for words of which the meaning is not clear: what is "normalised" may sum to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from symderiv.document import InlineMath
from symderiv.reader.grammar import listed, syntax
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.reading import Reading
from symderiv.reader.words.prose import ARE, OF_ONE, Sentence, Words, named

_VECTORS = (
    r"(?:embeddings?|vectors?|features?|directions?|representations?|eigenvectors?|queries|keys|weights?|points?)"
)
_NORMALISED = (
    r"(?:(?:\$-?|L_?2-|l2-|ℓ2-)\s*normali[sz]ed|normali[sz]ed(?=\s+(?:to\s+(?:have\s+)?unit|vectors?|embeddings?)))"
)
_UNIT = r"(?:unit(?:[\s-](?:norm|length))?[\s-]+vectors?|unit[\s-](?:norm|length)|Einheitsvektor(?:en)?|单位向量)"
_LENGTH = r"(?:unit\s+(?:Euclidean\s+)?(?:norm|length)|(?:Euclidean\s+)?(?:norm|length)\s+(?:one|1))"
UNIT = Words(
    rf"{named('named')}\s*{ARE}(?:{_UNIT}|(?:of|with)\s+{_LENGTH}|{_NORMALISED})|{named('have')}\s*(?:have|has|having|with|of)\s+{_LENGTH}"
    rf"|\b{_UNIT}\s+(?:{_VECTORS}\s+)?{named('after')}|{_NORMALISED}\s+{_VECTORS}\s+{named('of')}|(?P<in>\$)\s*(?:(?:is|are|be|both)\s+)*normali[sz]ed\b"
    rf"|{named('french')}\s*(?:vecteurs?\s+unitaires?|vectores?\s+unitarios?)",
    re.IGNORECASE,
)
ORTHOGONAL = Words(
    rf"{named('named')}\s*{ARE}(?:(?:mutually|pairwise)\s+)?(?:orthogonal|perpendicular|orthonormal)\b(?!\s+matri)"
    rf"|\borthogonal\s+vectors\s+{named('after')}",
    re.IGNORECASE,
)
CENTRED = Words(
    rf"{named('named')}\s*{ARE}(?:already\s+)?(?:mean[\s-])?cent(?:er|r)ed\b|\b(?:samples?|data(?:\s+points?)?|inputs?|features?|points|observations)\s+"
    rf"{named('data')}\s*(?:have|has|are|is|with|of)\s+(?:a\s+)?(?:mean\s+(?:zero|0)|zero[\s-]mean)|\b(?:mean[\s-])?cent(?:er|r)ed\s+"
    rf"(?:samples?|data(?:\s+points?)?|inputs?|features?|points|observations)\s+{named('after')}",
    re.IGNORECASE,
)

OF_UNIT_LENGTH = Words(  # of what is not named there, or of what is said again
    r"\bunit[\s-](?:vectors?|norms?|length|sphere|ball)|\bnormali[sz]\w*|\bEinheits(?:vektor|kugel|länge)\w*|\bnormiert\w*|\bnormé\w*"
    r"|\bunitar?i[aor]\w*|\bnormaliza\w*|单位(?:向量|长度|范数|球)|归一化|単位(?:ベクトル|球)|正規化|단위\s*벡터|정규화",
    re.IGNORECASE,
)
BY_NORM = Words(r"(?:/|\\frac\{[^{}]*\}\{)\s*(?:\\left)?\\(?:\||lVert|Vert)")  # z = u/|u|: it is z that is normalised
OF_MEAN_ZERO = Words(
    r"\bcent(?:er|r)ed\b|\bcent(?:er|re|ring|ering)\b|\bzero[\s-]mean|\bmean[\s-](?:zero|cent\w+|free)|\bmeans?\s+(?:of\s+)?(?:zero|0)\b"
    r"|\bsubtract\w*\s+(?:\w+\s+){0,2}means?|\bzentrier\w*|\bmittelwertfrei\w*|\bcentr(?:é|ad)\w*|\bmoyenne\s+nulle|\bmedia\s+(?:cero|nula)"
    r"|中心化|去中心|零均值|均值为\s*(?:零|0)|中心化|평균이\s*0",
    re.IGNORECASE,
)


class Fact(NamedTuple):
    """A formula that ``words`` stand for: its LaTeX, which formula names what it is said of, and where they stand."""

    latex: str
    formula: InlineMath
    words: str
    start: int
    end: int


def facts(sentence: Sentence, reading: Reading) -> Iterator[Fact]:
    """What a sentence says of lengths, angles and means."""
    for found in UNIT.finditer(sentence.words):
        for formula, node in _names(sentence, found, reading):
            yield Fact(rf"\|{_text(node, reading)}\| = 1", formula, sentence.written(found), *found.span())
    for found in ORTHOGONAL.finditer(sentence.words):
        for (formula, one), (_, other) in combinations(_names(sentence, found, reading), 2):
            yield Fact(
                rf"{_text(one, reading)}^\top {_text(other, reading)} = 0",
                formula,
                sentence.written(found),
                *found.span(),
            )
    for found in CENTRED.finditer(sentence.words):
        for formula in _formulas(sentence, found):
            for latex in _totals(formula, reading):
                yield Fact(f"{latex} = 0", formula, sentence.written(found), *found.span())


def _formulas(sentence: Sentence, found: re.Match[str]) -> tuple[InlineMath, ...]:
    """The formulas of a match; of several before a verb for one, the last: "$u$, $v$, and $w$ is a unit vector"."""
    formulas = sentence.formulas_in(found, *(group for group, text in found.groupdict().items() if text))
    return formulas[-1:] if OF_ONE.search(found[0]) else formulas


def _names(sentence: Sentence, found: re.Match[str], reading: Reading) -> Iterator[tuple[InlineMath, syntax.Node]]:
    """The names in the formulas of a match; those of ``$x, y \\in \\mathbb{R}^d$``, too, and of no other relation."""
    for formula in _formulas(sentence, found):
        for row in reading.rows(formula.latex, formula.span).rows:
            said = listed.said(row)
            vectors = said is not None and said[1] == "in" and r"\mathbb" in formula.latex
            if found.groupdict().get("in") and not vectors:
                continue  # "p is normalised"
            for node in said[0] if said is not None and vectors else listed.names(row):
                if not isinstance(node, syntax.Ellipsis) and parts_of(node)[2] is None:
                    yield formula, node


def _totals(formula: InlineMath, reading: Reading) -> Iterator[str]:
    r"""``\sum_i x_i`` of ``x_i``, ``\sum_{i=1}^n x_i`` of ``x_1, \dots, x_n``."""
    for row in reading.rows(formula.latex, formula.span).rows:
        nodes = listed.names(row)
        match [parts_of(node) for node in nodes]:
            case [(base, syntax.Symbol() as index, None, 0)]:
                letter = _text(index, reading)
                yield rf"\sum_{{{letter}}} {_text(base, reading)}_{{{letter}}}"
            case [(base, syntax.Number(text="1"), None, 0), *_, (_, syntax.Symbol() as last, None, 0)] if any(
                isinstance(node, syntax.Ellipsis) for node in nodes
            ):
                yield rf"\sum_{{i=1}}^{{{_text(last, reading)}}} {_text(base, reading)}_i"


def _text(node: syntax.Node, reading: Reading) -> str:
    return reading.document.source.text[node.span.start : node.span.end]
