r"""Subscripts that are labels of roles: the W_q and W_k of ``q = W_q x``, ``k = W_k x``, and the b_f, b_i of gates.

An index is on both sides of an equation, or a sum runs over it; these letters name what they lead to, or stand on one
side alone below the name of a weight, and two of them stand below the same one. The label becomes a part of the name.
This module must never take for a label what is summed over or listed, nor touch a name with two subscripts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, index_names, names_in, parts_of

Member = tuple[str, str]
WEIGHTS = frozenset("WUV")
INDICES = frozenset("ijlmnt")
"""Letters that are indices unless an equation says what they lead to: ``i = s(W_i x)``."""


class _Equation(NamedTuple):
    left: syntax.Node
    named: str
    below: frozenset[str]
    right: frozenset[Member]


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What makes such labels parts of the names, or None."""
    sides = [segment.side for row in rows for segment in row.segments if isinstance(segment.side, syntax.Node)]
    nodes = [node for side in sides for node in every(side)]
    members = {member for node in nodes if (member := _member(node)) is not None}
    barred = {plain(base.name) for node in nodes if (base := _with_several(node)) is not None}
    beside = {name for node in nodes for name in _beside_what_they_name(node)}
    barred |= beside | {name for node in nodes for name in _summed(node)}
    listed = {name for node in nodes for name in _listed(node)}
    listed |= {name for row in rows if _is_list(row) for part in _parts(row) for name in map(plain, names_in(part))}
    equations = [one for one in _equations(rows) if beside.isdisjoint(name for name, _ in one.right)]
    led = {(name, at) for one in equations for name, at in one.right if at == one.named and at not in one.below}
    alone = {(name, at) for one in equations for name, at in one.right if at not in one.below and name in WEIGHTS}
    found: set[Member] = set()
    for name in {name for name, _ in led | alone} - barred:
        own = {at for base, at in led if base == name}
        own |= {at for base, at in alone if base == name and (at not in INDICES or len(own) > 1)} - listed
        found |= {(name, at) for at in own if len(own) > 1}
    known = -1
    while found and known < len(found):  # z_f = w_f x + b_f beside f = \sigma(z_f)
        known = len(found)
        for one in equations:
            if _member(one.left) in found:
                found |= {(name, at) for name, at in one.right if {at} == one.below and name not in barred}
    for name in {name for name, _ in found}:
        others = {at for base, at in members if base == name} - {at for base, at in found if base == name}
        found |= {(name, at) for at in others - INDICES - listed}
    return (lambda node: _named(node, found)) if found else None


def _equations(rows: Sequence[syntax.Row]) -> Iterator[_Equation]:
    for row in rows:
        match row.segments:
            case [syntax.Segment(side=syntax.Node() as left), syntax.Segment(side=syntax.Node() as right), *_]:
                if row.segments[1].relation not in ("=", ":="):
                    continue
                called = left.factors[0] if isinstance(left, syntax.Product) and left.factors else left
                base, _, sup, primes = parts_of(called)
                if not isinstance(base, syntax.Symbol) or primes or sup is not None:
                    continue
                below = frozenset(at for node in every(left) for at in _subscripts(node))
                beside = frozenset(m for node in every(right) if (m := _member(node)) is not None)
                yield _Equation(called, plain(base.name), below, beside)


def _subscripts(node: syntax.Node) -> Iterator[str]:
    _, sub, sup, _ = parts_of(node)
    for script in (sub, sup):
        yield from map(plain, names_in(script)) if script is not None else ()


def _member(node: syntax.Node) -> Member | None:
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Symbol(name=at)) if len(at) == 1:
            return (plain(name), at) if at.islower() else None
    return None


def _with_several(node: syntax.Node) -> syntax.Symbol | None:
    """A name that has something else than one letter or word below it."""
    match node:
        case syntax.Scripted(base=syntax.Symbol() as base, sub=syntax.Node() as sub) if not isinstance(
            sub, syntax.Symbol | syntax.Text
        ):
            return base
    return None


def _summed(node: syntax.Node) -> Iterator[str]:
    """The names whose subscripts a sum runs over."""
    if isinstance(node, syntax.BigOp) and node.sub is not None:
        bound = set(map(plain, index_names(node.sub)))
        for part in every(node.body):
            if (member := _member(part)) is not None and member[1] in bound:
                yield member[0]


def _beside_what_they_name(node: syntax.Node) -> Iterator[str]:
    """The W of ``W_h h_{t-1} + W_x x_t``, which names no roles: its subscripts say with what it is multiplied."""
    if isinstance(node, syntax.Product):
        for factor, follower in pairwise(node.factors):
            base, member = parts_of(follower)[0], _member(factor)
            if member is not None and isinstance(base, syntax.Symbol) and plain(base.name) == member[1]:
                yield member[0]


def _listed(node: syntax.Node) -> Iterator[str]:
    r"""Letters that are surely indices: those of two subscripts, \delta_{ij}, and of ``q = 1``, ``q \in S``."""
    match node:
        case syntax.Scripted(sub=syntax.Product() | syntax.Tuple() as sub):
            yield from map(plain, names_in(sub))
        case syntax.Relation(left=syntax.Symbol(name=name)):
            yield plain(name)


def _is_list(row: syntax.Row) -> bool:
    r"""Whether a row has dots in a list: ``u, v = 1, \ldots, n``."""
    return any(isinstance(node, syntax.Ellipsis) for part in _parts(row) for node in every(part))


def _parts(row: syntax.Row) -> Iterator[syntax.Node]:
    yield from (segment.side for segment in row.segments if isinstance(segment.side, syntax.Node))
    yield from (remark.content for remark in row.remarks)


def _named(node: syntax.Node, found: set[Member]) -> syntax.Node:
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name, span=span), sub=syntax.Node()):
            if (member := _member(node)) in found:
                node.base, node.sub = syntax.Symbol(f"{plain(name)}_{{{member[1]}}}", span), None
    return node


__all__ = ["rewriting"]
