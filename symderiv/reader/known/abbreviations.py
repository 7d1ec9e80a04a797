r"""Abbreviations that the words explain: "where $S$ stands for $\sum_k e^{a_k}$".

They are definitions that hold from the beginning on, as the words may come after the formulas. This module must never
take up a symbol of which an equation says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.document import Block, InlineMath, Paragraph, all_blocks
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import every
from symderiv.reader.reading import Reading
from symderiv.reader.words import prose

FORMULAS = (syntax.BigOp, syntax.Quotient, syntax.Add)  # what is worth a name of its own


def abbreviations(reading: Reading, blocks: Sequence[Block], rows: Sequence[syntax.Row]) -> Iterator[tuple[str, str]]:
    """Each as a directive that defines it, and where it was found."""
    firsts = [row.segments[0].side for row in rows if len(row.segments) > 1]
    said = {plain(side.name) for side in firsts if isinstance(side, syntax.Symbol)}
    for block in all_blocks(blocks):
        for sentence in prose.sentences(block.inlines) if isinstance(block, Paragraph) else ():
            for found in prose.SHORT.finditer(sentence.words):
                n = sentence.words[: found.start()].count("$")
                pair = sentence.formulas[n : n + 2]
                match [_only_side(reading, formula) for formula in pair]:
                    case [syntax.Symbol(name=name), syntax.Node() as formula]:
                        if plain(name) not in said and any(isinstance(part, FORMULAS) for part in every(formula)):
                            line = reading.document.source.position(pair[0].span.start).line
                            yield f"define {pair[0].latex} = {pair[1].latex}", f"line {line}"


def _only_side(reading: Reading, formula: InlineMath) -> syntax.Node | None:
    """A formula that is one expression, without a relation."""
    rows = reading.rows(formula.latex, formula.span).rows
    side = rows[0].segments[0].side if len(rows) == 1 and len(rows[0].segments) == 1 else None
    return side if isinstance(side, syntax.Node) else None
