r"""Letters that name a class: the y of ``\delta_{ky}``, ``1_{k=y}`` and ``-\log p_y``, an index like k.

Most letters are known for indices; y, o or w are not. They are where the document compares them with an index, and uses
them for nothing but that and for subscripts. This module must never take a letter for an index that stands for a value
anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import index_names, stands_as_value, syntax_parts
from symderiv.reader.grammar.vocabulary import INDEX_LETTERS

COUNTING = frozenset("ijklmnrs")  # letters that hardly ever stand for anything but an index


def class_letters(rows: Sequence[syntax.Row], summed: Set[str], said: Set[str] = frozenset()) -> set[str]:
    """The letters that are indices because they are compared with one, or ``said`` to be the place of a 1.

    ``summed`` are those that sums run over.
    """
    known = COUNTING | set(summed)
    compared: set[str] = set(said)
    for row in rows:
        match [s.side for s in row.segments]:
            case [syntax.Symbol() as left, syntax.Symbol() as right] if row.segments[1].relation in ("=", "!="):
                compared |= _compared([left, right], known)  # "when $k = y$"
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                compared |= _in(segment.side, known) | set(_chosen(segment.side))
        for remark in row.remarks:
            compared |= _in(remark.content, known)
    compared -= set(summed)
    return {name for name in compared if not any(_is_value(row, name) for row in rows)}


def _in(node: syntax.Node, known: Set[str]) -> set[str]:
    found: set[str] = set()
    match node:
        case syntax.Scripted(base=base, sub=sub, sup=sup) if _is_delta(base):
            match sub, sup:
                case ((syntax.Product(factors=parts) | syntax.Tuple(items=parts)), None):
                    found |= _compared(parts, known)
                case syntax.Symbol() as below, syntax.Symbol() as above:
                    found |= _compared((below, above), known)
        case syntax.Relation(left=left, rest=(("=" | "!=", right),)):
            found |= _compared((left, right), known)
        case syntax.Product(factors=factors):
            for head, call in pairwise(factors):
                if _is_delta(head) and isinstance(call, syntax.Group) and isinstance(call.body, syntax.Tuple):
                    found |= _compared(call.body.items, known)
    return found.union(*(_in(part, known) for part in syntax_parts(node)))


def _chosen(node: syntax.Node) -> Iterator[str]:
    r"""The o of ``\frac{e^{u_o}}{\sum_w e^{u_w}}``: the numerator is the summand for that w."""
    match node:
        case syntax.Quotient(numerator=above, denominator=syntax.BigOp(kind=r"\sum", sub=sub, body=body)):
            for name in index_names(sub):
                for other in sorted({plain(s.name) for s in _subscripts(above)}):
                    pattern = rf"(?<![\w\\]){re.escape(name)}(?!\w)"
                    if _is_letter(other) and re.sub(pattern, other, syntax.sexpr(body)) == syntax.sexpr(above):
                        yield other
    for part in syntax_parts(node):
        yield from _chosen(part)


def _subscripts(node: syntax.Node) -> Iterator[syntax.Symbol]:
    if isinstance(node, syntax.Scripted) and isinstance(node.sub, syntax.Symbol):
        yield node.sub
    for part in syntax_parts(node):
        yield from _subscripts(part)


def _is_letter(name: str) -> bool:
    """Whether it is a small letter that is not known for an index anyway."""
    return name not in INDEX_LETTERS and len(name) == 1 and name.isascii() and name.islower()


def _is_delta(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Symbol) and plain(node.name) == r"\delta"


def _compared(parts: Sequence[syntax.Node], known: Set[str]) -> set[str]:
    """The letter beside an index in a pair."""
    names = [plain(part.name) for part in parts if isinstance(part, syntax.Symbol)]
    if len(parts) != 2 or len(names) != 2 or known.isdisjoint(names):
        return set()
    return {n for n in names if _is_letter(n)}


def _is_value(row: syntax.Row, name: str) -> bool:
    """Whether ``name`` stands for a value in a row; ``$y$``, ``$(x, y)$`` and ``$y = 3$`` only speak of it."""
    sides = [segment.side for segment in row.segments if isinstance(segment.side, syntax.Node)]
    if len(sides) < 2 or (len(sides) == 2 and all(isinstance(s, syntax.Symbol | syntax.Number) for s in sides)):
        return False
    if row.segments[1].relation == "in":
        sides = sides[1:]
    return any(stands_as_value(value, name) for side in sides for value in _values(side))


def _values(node: syntax.Node) -> Iterator[syntax.Node]:
    """The parts of a formula without what only says on what a symbol depends: ``L(p, y)``, ``p(y | x)``."""
    match node:
        case syntax.Tuple() | syntax.Given():
            return
        case syntax.Scripted(base=base, sub=syntax.Symbol(), sup=syntax.Symbol()) if _is_delta(base):
            return
        case syntax.Symbol() | syntax.Scripted() | syntax.Relation():
            yield node
            return
    for part in syntax_parts(node):
        yield from _values(part)
