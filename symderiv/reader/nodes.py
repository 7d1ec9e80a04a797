r"""Questions about the shape of a formula's syntax: its parts, which letters it mentions, what its scripts look like.

This module must never look at what a symbol means.
"""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.document import Span
from symderiv.reader import syntax
from symderiv.reader.names import letter, plain
from symderiv.reader.symbols import INDEX_LETTERS

TRANSPOSES = frozenset({"T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}", r"\text{T}", r"\mathbf{T}", "t", r"\prime"})


def parts_of(node: syntax.Node) -> tuple[syntax.Node, syntax.Node | None, syntax.Node | None, int]:
    """(base, subscript, superscript, primes), with stacked scripts merged where they do not collide."""
    if isinstance(node, syntax.Scripted):
        base, sub, sup, primes = node.base, node.sub, node.sup, node.primes
        if isinstance(base, syntax.Scripted) and (sub is None or base.sub is None) and (sup is None or base.sup is None):
            return base.base, sub or base.sub, sup or base.sup, primes + base.primes
        return base, sub, sup, primes
    return node, None, None, 0


def syntax_parts(node: syntax.Node) -> Iterator[syntax.Node]:
    """The immediate children of a syntax node."""
    for name in type(node).__slots__:
        value = getattr(node, name)
        stack = [value]
        while stack:
            item = stack.pop(0)
            if isinstance(item, syntax.Node):
                yield item
            elif isinstance(item, tuple) and not isinstance(item, Span):
                stack = [*item, *stack]


def is_layer(node: syntax.Node | None) -> bool:
    """A superscript that names a layer: ``l``, ``L``, ``l+1``, ``L-1``, ``o``, ``h``; nobody takes such powers."""
    match node:
        case syntax.Symbol():
            return plain(node.name) in ("l", "L", r"\ell", "o", "h", "out", "in", "hid")
        case syntax.Add(terms=((_, syntax.Symbol() as first), (_, syntax.Number()))):
            return plain(first.name) in ("l", "L", r"\ell")
    return False


def is_time(node: syntax.Node | None) -> bool:
    """``^t``, ``^{t-1}``: a time step, where t is an index of the document."""
    match node:
        case syntax.Symbol(name="t"):
            return True
        case syntax.Add(terms=((_, syntax.Symbol(name="t")), (_, syntax.Number()))):
            return True
    return False


def is_transpose(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Symbol) and node.name in TRANSPOSES


def subscripts(node: syntax.Node) -> Iterator[str]:
    """Letters that stand as lone subscripts inside a node, in order."""
    for part in syntax_parts(node):
        if isinstance(part, syntax.Scripted) and isinstance(part.sub, syntax.Symbol):
            name = letter(part.sub)
            if name in INDEX_LETTERS:
                yield name
        yield from subscripts(part)


def bound_symbols(sub: syntax.Node | None) -> Iterator[syntax.Symbol]:
    match sub:
        case syntax.Symbol():
            yield sub
        case syntax.Relation(left=syntax.Symbol() as left):
            yield left


def binds(node: syntax.Node, name: str) -> bool:
    """Whether a sum inside ``node`` has its own index ``name``."""
    if isinstance(node, syntax.BigOp) and any(plain(s.name) == name for s in bound_symbols(node.sub)):
        return True
    return any(binds(part, name) for part in syntax_parts(node))


def stands_as_value(node: syntax.Node, name: str) -> bool:
    """Whether ``name`` stands in ``node`` as a number or symbol, not only in subscripts, labels and conditions."""
    match node:
        case syntax.Symbol():
            return plain(node.name) == name
        case syntax.Relation():
            return False
        case syntax.Scripted(base=base, sup=sup):
            exponent = sup if sup is not None and not isinstance(sup, syntax.Group) else None
            return stands_as_value(base, name) or (exponent is not None and stands_as_value(exponent, name))
        case syntax.BigOp(body=body):
            return stands_as_value(body, name)
    return any(stands_as_value(part, name) for part in syntax_parts(node))


def mentions(node: syntax.Node, name: str) -> bool:
    if isinstance(node, syntax.Symbol):
        return plain(node.name) == name
    return any(mentions(part, name) for part in syntax_parts(node))
