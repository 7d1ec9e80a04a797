r"""Derivatives of functions without their arguments: ``\partial \log p/\partial\mu`` where p is p(x | \mu, \sigma).

The document calls such a function in one way only, and one of its arguments is what it is differentiated by. This
module must never choose between two ways, nor take up a name of which no line says what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import Change, arguments, on_sides


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What gives such functions their arguments, or None."""
    calls: dict[str, dict[str, syntax.Product]] = {}
    alone = Counter[str]()  # how often a name stands neither in a call nor below a derivative's bar
    for node in on_sides([row for row in rows if not _mentions(row)]):
        match node:
            case syntax.Symbol(name=name):
                alone[name] += 1
            case syntax.DerivativeOp(body=body) | syntax.Nabla(body=body) if below := _differentiated(body):
                alone[below] -= 1
        if isinstance(node, syntax.Product) and (called := _called(node)):
            calls.setdefault(called, {}).setdefault(syntax.sexpr(node), node)
            alone[called] -= 1
    said = {name for row in rows if len(row.segments) > 1 for name in _said(row.segments[0].side)}
    whole = {
        name: next(iter(forms.values()))
        for name, forms in calls.items()
        if name in said and len(forms) == 1 and not alone[name] and _hides(next(iter(forms.values())))
    }
    return (lambda node: _with_arguments(node, whole)) if whole else None


def _called(node: syntax.Node) -> str | None:
    match node:
        case syntax.Product(factors=(syntax.Symbol(name=name), syntax.Group(open="(")), operators=("",)):
            return name
    return None


def _said(side: object) -> Iterator[str]:
    r"""The f of ``f(x) = ...`` and ``\log f(x) = ...``."""
    called = side.argument if isinstance(side, syntax.Apply) and side.name in ("log", "ln") else side
    if isinstance(called, syntax.Node) and (name := _called(called)) is not None:
        yield name


def _body(call: syntax.Product) -> syntax.Node:
    group = call.factors[1]
    assert isinstance(group, syntax.Group)
    return group.body


def _hides(call: syntax.Product) -> bool:
    """Whether the name of a call alone is not read as that call: there is a bar in it, or an argument with an index."""
    body = _body(call)
    indexed = (isinstance(arg, syntax.Scripted) and arg.sub is not None for arg in arguments(body))
    return isinstance(body, syntax.Given) or any(indexed)


def _with_arguments(node: syntax.Node, whole: Mapping[str, syntax.Product]) -> syntax.Node:
    match node:
        case syntax.DerivativeOp(variables=variables):
            by = [variable for variable, _ in variables]
        case syntax.Nabla(variable=syntax.Node() as variable):
            by = [variable]
        case _:
            return node
    name = _differentiated(node.body)
    if name is not None and _depends(whole.get(name), by):
        call = deepcopy(whole[name])
        if isinstance(node.body, syntax.Apply):
            node.body.argument = call
        else:
            node.body = call
    return node


def _differentiated(body: syntax.Node | None) -> str | None:
    r"""The f of \partial f and \partial\log f."""
    match body:
        case syntax.Symbol(name=name) | syntax.Apply(name="log" | "ln", argument=syntax.Symbol(name=name)):
            return name
    return None


def _mentions(row: syntax.Row) -> bool:
    """Whether a row is nothing but a name, in running text."""
    return len(row.segments) == 1 and isinstance(row.segments[0].side, syntax.Symbol)


def _depends(call: syntax.Product | None, by: Sequence[syntax.Node]) -> bool:
    """Whether all that is differentiated by are arguments of a call."""
    known = {syntax.sexpr(argument) for argument in arguments(_body(call))} if call is not None else set()
    return bool(by) and {syntax.sexpr(variable) for variable in by} <= known
