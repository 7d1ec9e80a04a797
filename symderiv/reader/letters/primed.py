r"""Primes that are part of a name: the x' of ``k(x, x')``, of ``\partial x'`` and of an update ``c' = f c + i g``; the
v' of ``{v'_j}^T v_i``.

Any other prime is a derivative, or that of an index. This module must never rename what the document calls like a
function, sums over or defines without the prime.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, index_names, is_transpose, parts_of, stands_bare


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes the prime a part of the name, for the names that ``rows`` use so."""
    names = _primed_names(rows)
    return (lambda node: _renamed(node, names)) if names else None


def _primed_names(rows: Sequence[syntax.Row]) -> set[str]:
    """The symbols that other symbols are named after with a prime."""
    found: set[str] = set()
    paired: set[str] = set()
    defined: dict[str, set[str]] = {}  # and the formulas that say what these are
    functions: set[str] = set()
    updates: list[tuple[str, syntax.Node]] = []
    for row in rows:
        sides = [segment.side for segment in row.segments]
        if len(sides) > 1 and row.segments[1].relation in ("=", ":="):
            left, right = sides[0], sides[1]
            name = _primed(left)
            if name and isinstance(right, syntax.Node):
                updates.append((name, right))
            elif isinstance(left, syntax.Node) and isinstance(base := parts_of(left)[0], syntax.Symbol):
                defined.setdefault(plain(base.name), set()).add(
                    syntax.sexpr(right) if isinstance(right, syntax.Node) else ""
                )
        for side in sides:
            for node in every(side) if isinstance(side, syntax.Node) else ():
                match node:
                    case syntax.DerivativeOp(variables=variables):
                        found.update(filter(None, (_primed_member(variable) for variable, _ in variables)))
                    case syntax.Scripted(base=syntax.Group(body=body), sub=None, sup=sup, primes=0) if (
                        sup is not None and is_transpose(sup)
                    ):
                        found.update(filter(None, (_primed_member(body),)))  # {v'_w}^T v_c
                    case syntax.Tuple(items=items):
                        plainly = {plain(item.name) for item in items if isinstance(item, syntax.Symbol)}
                        paired.update(name for item in items if (name := _primed(item)) in plainly)
                functions.update(_not_numbers(node))
    found |= {name for name, right in updates if name not in defined and stands_bare(right, name)}
    for name, right in updates:  # s = w x and s' = w x' are two quantities
        if "'" in (said := syntax.sexpr(right)) and said.replace("'", "") in defined.get(name, ()):
            found |= {name, *filter(None, map(_primed, every(right)))}
    found |= paired - defined.keys()  # of u = x^2 the pair (u, u') has the derivative
    return found - functions


def _renamed(node: syntax.Node, names: set[str]) -> syntax.Node:
    """The prime as a part of the name, where one of ``names`` has one."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name, span=span), primes=primes) if (
            primes and plain(name) in names
        ):
            node.base = syntax.Symbol(plain(name) + "'" * primes, span)
            node.primes = 0
    return node


def _primed_member(node: syntax.Node) -> str:
    """The letter of v' and v'_j."""
    base, _, sup, primes = parts_of(node)
    return plain(base.name) if primes and sup is None and isinstance(base, syntax.Symbol) else ""


def _primed(node: object) -> str:
    """The symbol below a prime, if a node is that and no more."""
    return _primed_member(node) if isinstance(node, syntax.Scripted) and node.sub is None else ""


def _not_numbers(node: syntax.Node) -> Iterator[str]:
    """The names in a node that are functions, indices of sums, or values under a condition."""
    match node:
        case syntax.Product(factors=factors, operators=operators):
            for (called, group), operator in zip(pairwise(factors), operators, strict=True):
                base, follower = parts_of(called)[0], parts_of(group)[0]
                bracket = isinstance(follower, syntax.Group) and follower.open in ("(", "[")
                if operator == "" and isinstance(base, syntax.Symbol) and bracket:
                    yield plain(base.name)
        case syntax.BigOp(sub=sub):
            yield from (name.rstrip("'") for name in index_names(sub))
            for part in every(sub) if sub is not None else ():
                if name := _primed(part):
                    yield name
        case syntax.Given():
            yield from (name for part in every(node) if (name := _primed(part)))
        case syntax.Scripted(sub=sub) if sub is not None:
            yield from (name for part in every(sub) if (name := _primed(part)))
