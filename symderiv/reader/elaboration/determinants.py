r"""Determinants of matrices: |A| and ``\det A`` are an unknown number for each matrix, which depends on its entries.

The same matrix has the same determinant, and so has its transpose. Where its inverse is written somewhere, Jacobi's
formula says how the determinant changes. This module must never say what a determinant is worth.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from symderiv.kernel.derivative import unknown_derivative
from symderiv.reader.elaboration.factorials import summands
from symderiv.reader.elaboration.inverses import COLUMN, LINE, MEMBER, class_of, own_indices, written
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.indexed.arrays import Array, join
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import (
    ONE,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Head,
    Range,
    Sum,
    Term,
    Var,
    add,
    fresh,
    mul,
    neg,
    reached,
    rename,
)


def determinant(matrix: Array, symbols: Symbols, node: syntax.Node) -> Term:
    """The determinant of ``matrix``, which ``node`` is. Raises ReadError if it is not square."""
    axis = join(*matrix.axes, symbols.ranges) if len(matrix.axes) == 2 else None
    if axis is None:
        raise refuse("E210", "the determinant of something that is not square", node)
    entry = matrix.entry((LINE, COLUMN))
    if entry is Delta(LINE, COLUMN):
        return ONE
    own = own_indices(entry)
    if not isinstance(axis, str) or entry.free - {LINE, COLUMN, *own}:
        raise refuse("E150", "the determinant of this matrix is not in the language", node)
    members = {index: f"{MEMBER}{n}" for n, index in enumerate(own)}
    entry, across = (rename(matrix.entry(at), members) for at in ((LINE, COLUMN), (COLUMN, LINE)))
    for head, (_, other) in symbols.determinants.items():
        if other is entry or other is across:
            return Var(head.name, tuple(own), ())
    head = Head(rf"\det {written(parts_of(node)[0] if own else node) or 'M'}", len(own), 0)
    while head in symbols.determinants:  # another matrix that is written alike, after a new definition
        head = Head(f"{head.name}'", head.subs, 0)
    for slot, index in enumerate(own_indices(entry)):
        symbols.ranges.unite(symbols.ranges.slot(head, slot), class_of(entry, index, symbols))
    symbols.determinants[head] = axis, entry
    return Var(head.name, tuple(own), ())


def dependent(context: Context, symbols: Symbols, heads: Collection[Head]) -> Context:
    """``context`` where the determinants among ``heads`` depend on all that their matrices are made of."""
    pairs = set(context.dependent)
    definitions: dict[Head, tuple[Definition, ...]] = {}
    for head, (axis, entry) in symbols.determinants.items():
        if head in heads:
            below = symbols.reached(entry)
            pairs |= {(head, other) for other in below}
            for variable in sorted(below & symbols.variables):
                definitions |= _rate(head, symbols.ranges.range_of(axis), entry, variable, symbols)
    known = {**context.definitions, **definitions}
    return replace(context, definitions=known, dependent=frozenset(pairs))


def tied(claim: Claim, symbols: Symbols) -> bool:
    """Whether ``claim`` may say something of a determinant: more than what stands alike on both sides of it."""
    times: dict[Term, object] = {}
    for summand, factor in summands(add(claim.left, neg(claim.right))):
        times[summand] = times.get(summand, 0) + factor  # type: ignore[operator]
    left = tuple(summand for summand, factor in times.items() if factor)
    inside = reached(left, claim.context.definitions)
    return any(isinstance(t, Var) and t.head in symbols.determinants for t in inside)


def _rate(
    head: Head, range_: Range, entry: Term, variable: Head, symbols: Symbols
) -> dict[Head, tuple[Definition, ...]]:
    r"""Jacobi's formula: \partial |A|/\partial x = |A| \sum_a \sum_b (A^{-1})_ba \partial A_ab/\partial x."""
    inverse = next((of for of, (_, other) in symbols.inverses.items() if other is entry), None)
    if inverse is None:
        return {}
    names = [f"\N{PRIME}{n}" for n in range(variable.subs + variable.sups)]
    x = Var(variable.name, tuple(names[: variable.subs]), tuple(names[variable.subs :]))
    own = own_indices(entry)
    a = fresh("a", entry.free | {*names})
    b = fresh("b", entry.free | {*names})
    value = Var(head.name, tuple(own), ())
    change = Deriv(rename(entry, {LINE: a, COLUMN: b}), x)
    total = Sum(a, range_, Sum(b, range_, mul(Var(inverse.name, (*own, b, a), ()), change)))
    rate = unknown_derivative(value, x)
    return {rate.head: (Definition((*own, *names), symbols.ranges.resolve(mul(value, total), {})),)}
