r"""The rows of a document with the words that introduce them: "where $h(x) = g(z)$", "for example, $f(x) = x$".

This module must never say what a row defines: it only tells what its words make of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symderiv.document import Block, Callout, Display, Heading, ItemList, Paragraph, Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import is_numeral, parts_of
from symderiv.reader.reading import Reading
from symderiv.reader.words import assertions, prose

WHERE = prose.Words(  # at the end of the words before what a name means; "With" may begin an example
    r"(?:\b(?:[Ww]here|with|[Hh]ere|[Ii]n\s+which|[Ww]obei|mit|[Hh]ier|[Oo]ù|avec|[Ii]ci|[Dd]onde|siendo|con|[Aa]quí"
    r"|[Oo]nde|[Dd]ove|где|gdzie)\b|其中|这里|這裡|ここで|ただし|여기서)[^.;$。；]{0,60}$"
)
AND = prose.Words(
    r"[\s,;、，]*(?:(?:and|und|et|y|e|as\s+well\s+as)\b|和|以及|及|と|및)?[\s,]*"
    r"(?:(?:where|with|wobei|mit|où|avec|con)\b)?[\s,]*"
)
EXAMPLE = prose.Words(  # one of many, or one that is sought
    r"\b(?:examples?|e\.g|instance|special\w*|particular|suppos\w+|assum\w+|simplest|choos\w+|choices?|tak(?:e|es|ing)"
    r"|say|imagin\w+|try|guess|ansatz|solutions?|solv\w+|satisf\w+|authors?|others|might|would|could|hop\w+|candidates?|exercise|claim\w*|wrote|used|not|never|only|except"
    r"|nur|etwa|Beispiel\w*|exemple|ejemplo|solución|Lösung)\b"
    r"|例如|比如|例えば|特例|假设|假設|取|解|예를",
    re.IGNORECASE,
)

AT = prose.Words(  # a place where something happens
    r"\b(?:points?|places?|regions?|sets?|cases?|attained|reached|achieved|zeros?|vanish\w*|equal|minim\w+|maxim\w+|optim\w+"
    r"|occurs?|lies?|(?:cross|intersect|meet|touch)\w*(?:\s+\w+){0,4})\s+where\b[^$]*$",
    re.IGNORECASE,
)
ONE_OF_MANY = prose.Words(  # behind a formula
    r"^[\s,;]*(?:(?:is|are|be|ist|est|es)\b|[,是]|(?:would|could|might|may|can|gewählt|werden)\b|for\s+(?:instance|example)|say\b|例)"
    r"[^$.;。]*(?:case|example|instance|choice|candidate|possib\w+|special|simplest|say|would|could|might|gewählt|Beispiel|exemple"
    r"|ejemplo|例子?|特例)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its block, the number of that, and that of its section."""

    block: Span
    number: int
    section: int


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A row, and the words ``before`` it in its sentence.

    ``said``: they say that it tells what a name means; ``doubted``: that it is not so, is to be shown, or one of many.
    """

    row: syntax.Row
    place: Place
    before: str
    said: bool
    doubted: bool
    displayed: bool = False

    def equation(self) -> tuple[syntax.Node, syntax.Node] | None:
        """What it says to be equal to what, unless this is a number."""
        match self.row.segments:
            case [first, second, *_] if second.relation in ("=", ":="):
                left, right = first.side, second.side
                if isinstance(left, syntax.Node) and isinstance(right, syntax.Node) and not is_numeral(right):
                    return left, right
        return None

    def letter(self) -> str:
        """The letter of what it says to be something, or ""."""
        equation = self.equation()
        if equation is None:
            return ""
        left = equation[0].factors[0] if isinstance(equation[0], syntax.Product) else equation[0]
        base = parts_of(left)[0]
        return plain(base.name) if isinstance(base, syntax.Symbol) else ""


def lines(reading: Reading, blocks: Sequence[Block]) -> Iterator[Line]:
    """The rows in order."""
    section, apart, words = 0, False, ""
    for number, (block, quoted) in enumerate(_blocks(blocks, False)):
        place = Place(block.span, number, section)
        match block:
            case Heading(inlines=inlines):
                section, apart, words = section + 1, bool(assertions.EXERCISES.search(prose.words(inlines))), ""
            case Display():
                yield from _displayed(reading, block, place, words, apart or quoted)
                words = ""
            case Paragraph(inlines=inlines):
                for sentence in prose.sentences(inlines):
                    yield from _in_sentence(reading, sentence, place, apart or quoted)
                    words = sentence.words


def _blocks(blocks: Sequence[Block], quoted: bool) -> Iterator[tuple[Block, bool]]:
    """The blocks in order, those inside others instead of these, and whether somebody else is quoted there."""
    for block in blocks:
        match block:
            case ItemList(items=items):
                for item in items:
                    yield from _blocks(item, quoted)
            case Callout(blocks=inside, kind=kind):
                yield from _blocks(inside, quoted or kind == "quote")
            case _:
                yield block, quoted


def _displayed(reading: Reading, block: Display, place: Place, words: str, apart: bool) -> Iterator[Line]:
    said, apart = WHERE.search(words) is not None, apart or _doubted(words)
    for row in reading.rows(block.latex, block.span).rows:
        own = "".join(r.content.text for r in row.remarks if isinstance(r.content, syntax.Text))
        if row.segments:
            said = WHERE.search(own) is not None or (said and not own)
            yield Line(row, place, words, said, apart or _doubted(own), displayed=True)


def _in_sentence(reading: Reading, sentence: prose.Sentence, place: Place, apart: bool) -> Iterator[Line]:
    pieces, said = sentence.words.split("$"), False
    for n, formula in enumerate(sentence.formulas):
        said = WHERE.search(pieces[n]) is not None or (said and AND.fullmatch(pieces[n]) is not None)
        before, after = assertions.around(pieces, n)
        doubted = apart or _doubted(before) or assertions.denied(pieces, n) or follows_one_of_many(after)
        for row in reading.rows(formula.latex, formula.span).rows:
            if row.segments:
                yield Line(row, place, before, said, doubted)


def follows_one_of_many(words: str) -> bool:
    """Whether words behind a formula make it an example: "would be the simplest choice", "is one case"."""
    return prose.ELSE.match(words) is not None or ONE_OF_MANY.search(words) is not None


def says_one_of_many(words: str) -> bool:
    """Whether words before a formula make it an example, or a place: what came before may not be about it."""
    return EXAMPLE.search(words) is not None or AT.search(words) is not None


def _doubted(words: str) -> bool:
    found = (kind.search(words) for kind in (prose.IF, prose.TO_SHOW, prose.NEGATED, assertions.SAID_ASIDE))
    return says_one_of_many(words) or any(found)
