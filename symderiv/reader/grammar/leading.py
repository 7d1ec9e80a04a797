r"""The case that leads a formula in its row: ``y = 1 \Rightarrow L = ...``, ``i = j: L = ...``, ``\text{if } y = 1,``.

It is no step of its own. This module must never take away anything but the comparison of one symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import is_numeral
from symderiv.terms import Assumption

LEADS = (":", "implies", "therefore")
Case = tuple[Assumption, ...]


def with_cases(
    rows: Sequence[syntax.Row], text: str, said: Callable[[syntax.Relation], Case], seen: Collection[str]
) -> Iterator[tuple[syntax.Row, Case]]:
    """Each row without the case that leads it, and that case, which holds for the rows that go on from it, too.

    ``said`` is what a comparison says, empty where it sets no case; ``text`` is the document's, ``seen`` are the names
    before. A row that is nothing but the case of the next one is left without segments.
    """
    led: Case = ()
    before: Case = ()  # what the row before says of this one
    for n, row in enumerate(rows):
        leads = n + 1 < len(rows) and _leads(row, rows[n + 1], text, seen)
        if leads and (given := said(_comparison(row))):
            before = given
            yield replace(row, segments=(), remarks=()), ()
            continue
        if row.segments and row.segments[0].side is not None:
            led = before
        before = ()
        match row.segments:
            case [_, second, third, _, *_] if second.relation and third.relation in LEADS and _compares(row):
                if given := said(_comparison(row)):
                    led = given
                    rest = replace(third, relation=None, relation_span=None)
                    row = replace(row, segments=(rest, *row.segments[3:]))
        yield row, led


def _leads(row: syntax.Row, following: syntax.Row, text: str, seen: Collection[str]) -> bool:
    r"""Whether all of a row is a case for the next one: ``y = 1, \quad \frac{dL}{dz} = ...``, or ``w = o:``."""
    if len(row.segments) != 2 or not following.segments or not _compares(row):
        return False
    (left, right), first = (segment.side for segment in row.segments), following.segments[0].side
    between = text[row.segments[1].span.end : following.segments[0].span.start]
    words = " ".join(r.content.text for r in row.remarks if isinstance(r.content, syntax.Text)).lower().split()
    derives = isinstance(first, syntax.DerivativeOp | syntax.Nabla)
    at_value = isinstance(left, syntax.Symbol) and plain(left.name) in seen and not isinstance(right, syntax.Symbol)
    if ":" in between.partition("\\\\")[0]:
        return True
    return "\\\\" not in between and ((derives and at_value) or not v.CONDITIONAL.isdisjoint(words))


def _compares(row: syntax.Row) -> bool:
    left, right = (segment.side for segment in row.segments[:2])
    return isinstance(left, syntax.Symbol | syntax.Scripted) and (
        isinstance(right, syntax.Symbol) or (isinstance(right, syntax.Node) and is_numeral(right))
    )


def _comparison(row: syntax.Row) -> syntax.Relation:
    left, right = row.segments[:2]
    assert isinstance(left.side, syntax.Node) and isinstance(right.side, syntax.Node) and right.relation
    return syntax.Relation(left.side, ((right.relation, right.side),), Span(left.span.start, right.span.end))
