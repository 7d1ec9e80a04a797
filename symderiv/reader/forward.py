r"""Functions that are called before they are defined: ``h(x) = g(\theta^T x)``, where ``g(z) = \frac{1}{1 + e^{-z}}``.

Such a call is that of an unknown function until the document says what it is; then it is its value. This module must
never give a function a meaning that the document does not give it.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader import syntax
from symderiv.reader.families import substitute
from symderiv.reader.names import plain
from symderiv.reader.nodes import every, names_in, parts_of
from symderiv.reader.numbers_beside_functions import bare, callers
from symderiv.reader.symbols import Symbols
from symderiv.terms import Context, Opaque, Term, Var, rebuild


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


def unfolded(term: Term, symbols: Symbols, memo: dict[Term, Term]) -> Term:
    """``term`` with the values of the functions that have been defined since it was read."""
    if not symbols.awaited or not term.parts:
        return term
    found = memo.get(term)
    if found is None:
        found = rebuild(term, tuple(unfolded(part, symbols, memo) for part in term.parts))
        if isinstance(found, Opaque) and found.name in symbols.awaited:
            found = _value(found, symbols)
        memo[term] = found
    return found


def _value(call: Opaque, symbols: Symbols) -> Term:
    function = symbols.functions.get((call.name, 0))
    body = definition_of(Var(call.name, (), ()), symbols.definitions)
    if function is None or body is None or len(function.parameters) != 1 or len(call.parts) != 1:
        return call
    point = function.parameters[0].var
    if point is None or point.indices or symbols.name(call.name) != call.name:
        return call
    try:
        for _ in range(call.orders[0]):
            body = differentiate(body, point, Context(definitions=symbols.definitions))
    except Unsupported:
        return call
    return substitute(body, {point: call.parts[0]}, {})
