r"""How names stand before brackets in a document: ``\log p(x)`` and ``\frac{d p(x)}{dx}`` call p a function of x.

This module must never decide what a bracket is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import every, letter_below, parts_of, syntax_parts
from symderiv.reader.letters.brackets import Uses


def uses(rows: Sequence[syntax.Row]) -> Uses:
    """How names stand in ``rows``."""
    found = Uses()
    for row in rows:
        sides = [segment.side for segment in row.segments if isinstance(segment.side, syntax.Node)]
        for side in sides:
            found.bare.update(_bare(side))
            _note(side, found)
        if sides:
            others = {letter_below(side) for side in sides[1:]}
            found.calls.update((name, of) for name, of in _calls(sides[0]) if name not in others)
    return found


def _note(node: syntax.Node, found: Uses) -> None:
    """Put into ``found`` how the names in a node stand."""
    before = set[int]()
    for n, head, group in _brackets(node):
        before.add(n)
        name, sub = letter_below(head), parts_of(head)[1]
        if name and isinstance(group.body, syntax.Symbol | syntax.Scripted):
            found.arguments.setdefault((name, sub is not None), set()).add(_without_indices(group.body))
    for n, part in enumerate(_parts(node)):
        found.bare.update(_bare(part) if n not in before else ())
        _note(part, found)
    for function in _put_in(node):
        found.calls.update(_calls(function))


def _parts(node: syntax.Node) -> Iterator[syntax.Node]:
    r"""The parts of a node that may be quantities: in ``p_i`` no p stands alone, and no D in ``\sum_{x \in D}``."""
    if letter_below(node):
        yield from (script for script in parts_of(node)[1:3] if script is not None)
    elif isinstance(node, syntax.BigOp):
        yield node.body
    else:
        yield from syntax_parts(node)


def _brackets(node: syntax.Node) -> Iterator[tuple[int, syntax.Node, syntax.Group]]:
    """The factors right before a bracket: their numbers, themselves, and the bracket."""
    if isinstance(node, syntax.Product):
        for n, operator in enumerate(node.operators):
            group = parts_of(node.factors[n + 1])[0]
            if operator == "" and isinstance(group, syntax.Group) and group.open in ("(", "["):
                yield n, node.factors[n], group


def _bare(node: syntax.Node) -> Iterator[tuple[str, bool]]:
    """What stands without a bracket if ``node`` is a name."""
    if name := letter_below(node):
        yield name, parts_of(node)[1] is not None


def _put_in(node: syntax.Node) -> Iterator[syntax.Node]:
    """What is differentiated in a node, or put into a function."""
    match node:
        case syntax.DerivativeOp(body=syntax.Node() as body, body_from_product=False):
            yield body
        case syntax.Nabla(body=syntax.Node() as body):
            yield body
        case syntax.Apply(argument=argument, bare=True):
            yield argument
        case syntax.Tuple(items=items):
            yield from items


def _calls(node: syntax.Node) -> Iterator[tuple[str, str]]:
    """The name and the argument of a formula that is nothing but a call."""
    match node:
        case syntax.Product(factors=(head, syntax.Group(body=body)), operators=("",)):
            if (name := letter_below(head)) and (of := letter_below(body)):
                yield name, of


def _without_indices(node: syntax.Node) -> str:
    """A name with what tells members apart by a number only."""
    base, sub, sup, primes = parts_of(node)
    numbers = [
        syntax.sexpr(p) for p in (sub, sup) if p is not None and any(isinstance(x, syntax.Number) for x in every(p))
    ]
    return f"{syntax.sexpr(base)} {numbers} {primes}"
