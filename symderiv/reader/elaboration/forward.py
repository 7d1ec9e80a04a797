r"""Functions that are called before a line says what they are, which may be an example: "let $f(x) = x$".

Such a call is that of an unknown function, and no product. This module must never say which function it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import every, names_in, parts_of
from symderiv.reader.letters.numbers_beside_functions import bare, callers


def functions_of_one(rows: Sequence[syntax.Row]) -> dict[str, syntax.Node]:
    """The names that a row defines as functions of one symbol, and this: ``g(z) = ...``; but for numbers."""
    found = {
        plain(head.name): argument
        for row in rows
        if len(row.segments) > 1 and row.segments[1].relation in ("=", ":=")
        for head, argument in [_call(row.segments[0].side)]
        if isinstance(head, syntax.Symbol) and isinstance(argument, syntax.Symbol)
    }
    sides = [s.side for row in rows for s in row.segments if isinstance(s.side, syntax.Node)] if found else []
    numbers = {name for side in sides for name in factors(side)}
    return {name: argument for name, argument in found.items() if name not in numbers}


def factors(side: syntax.Node) -> set[str]:
    """The p of ``p(y + 1) + (1 - p)(1 - y)``: before a bracket in which no lone symbol stands, and alone beside it."""
    calls = [call for node in every(side) for call in callers(node)]
    before = {plain(symbol.name) for symbol, item in calls if not isinstance(item, syntax.Symbol | syntax.Scripted)}
    within = {id(node) for symbol, item in calls for node in every(item) if symbol.name in names_in(item)}
    alone = (symbol for symbol, _, _ in bare(side) if id(symbol) not in within)
    return before & {plain(symbol.name) for symbol in alone}


def _call(side: object) -> tuple[syntax.Node | None, syntax.Node | None]:
    match side:
        case syntax.Product(factors=(head, syntax.Group(open="(", body=argument)), operators=("",)):
            return parts_of(head)[0] if head is parts_of(head)[0] else None, argument
    return None, None
