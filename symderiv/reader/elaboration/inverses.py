r"""Inverses of matrices: A^{-1} is a family of unknowns B, of which it is known that A B = I = B A.

The same matrix has the same inverse, and its transpose the transposed one. This module must never say what the
entries of an inverse are, nor that a matrix has one: that is among what a proof says it was given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from symderiv.kernel.derivative import unknown_derivative
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import members as all_members
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import is_transpose, parts_of
from symderiv.reader.indexed.arrays import Array, Axis, join, times
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import (
    Add,
    Assumption,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Head,
    Index,
    Mul,
    Num,
    Range,
    Sum,
    Term,
    Var,
    fresh,
    mul,
    num,
    rename,
    subterms,
)

PRIME = "\N{PRIME}"
LINE, COLUMN = f"{PRIME}line", f"{PRIME}column"  # the free indices of the equation A B = I
MEMBER = f"{PRIME}of"  # and the k of A_k B_k = I, with its number
HIGHEST = 8  # power that is written out


def turned(sup: syntax.Node | None) -> bool | None:
    r"""False for the exponent of an inverse, ``^{-1}``; True for ``^{-\top}``, that of its transpose; else None."""
    match sup:
        case syntax.Add(terms=(("-", syntax.Number(text="1")),)):
            return False
        case syntax.Add(terms=(("-", syntax.Symbol() as mark),)) if is_transpose(mark) and mark.name != "t":
            return True
    return None


def raised(matrix: Array, exponent: Num, symbols: Symbols, node: syntax.Node) -> Array | None:
    """A A ... A for a small whole ``exponent``, if A is known to have as many rows as columns."""
    first, second = matrix.axes
    alike = first == second or (
        isinstance(first, str) and isinstance(second, str) and symbols.ranges.same(first, second)
    )
    if not alike or exponent.value.denominator != 1 or not 1 < exponent.value <= HIGHEST:
        return None
    result = matrix
    for _ in range(int(exponent.value) - 1):
        product = times(result, matrix, symbols.ranges, node.span)
        assert isinstance(product, Array)
        result = product
    return result


def inverse(matrix: Array, symbols: Symbols, node: syntax.Node) -> Array:
    """The inverse of ``matrix``, which ``node`` with an exponent is. Raises ReadError if it is not square."""
    axis = join(*matrix.axes, symbols.ranges) if len(matrix.axes) == 2 else None
    if axis is None:
        raise refuse("E210", "the inverse of something that is not square", node)
    if not isinstance(axis, str):
        raise refuse("E150", "the inverse of a matrix of numbers is not in the language", node)
    entry = matrix.entry((LINE, COLUMN))
    if entry is Delta(LINE, COLUMN):
        return matrix
    own = own_indices(entry)
    if entry.free - {LINE, COLUMN, *own}:
        raise refuse("E150", "the inverse of a matrix that is made of its index is not in the language", node)
    members = {index: f"{MEMBER}{n}" for n, index in enumerate(own)}
    entry, across = (rename(matrix.entry(at), members) for at in ((LINE, COLUMN), (COLUMN, LINE)))
    for head, (_, other) in symbols.inverses.items():
        if other is entry:
            return _family(head, axis, own)
        if other is across:
            return _family(head, axis, own).transposed
    base = node.base if isinstance(node, syntax.Scripted) else node
    head = Head(f"{written(base) or 'M'}^{{-1}}", len(own) + 2, 0)
    while head in symbols.inverses:  # another matrix that is written alike, after a new definition
        head = Head(f"{head.name}'", head.subs, 0)
    for slot in range(2):
        symbols.ranges.unite(symbols.ranges.slot(head, len(own) + slot), axis)
    for slot, index in enumerate(own_indices(entry)):
        symbols.ranges.unite(symbols.ranges.slot(head, slot), class_of(entry, index, symbols))
    symbols.inverses[head] = axis, entry
    if _ordered(entry, symbols) is _ordered(across, symbols):
        named = all_members(head.name) if own else head.name
        symbols.symmetric.setdefault(named, f"as {shown(head.name[: -len('^{-1}')])} is")
    return _family(head, axis, own)


def granted(context: Context, symbols: Symbols, heads: Collection[Head]) -> Context:
    """``context`` with A B = I = B A for the inverses among ``heads``, which depend on all that A is made of."""
    ranges: dict[str, Range] = {}
    said: list[Assumption] = []
    dependent = set(context.dependent)
    definitions: dict[Head, tuple[Definition, ...]] = {}
    for n, (head, (axis, entry)) in enumerate(symbols.inverses.items()):
        if head not in heads:
            continue
        line, column = names = f"{LINE}{n}", f"{COLUMN}{n}"
        ranges |= dict.fromkeys(names, symbols.ranges.range_of(axis))
        members = {member: f"{member}~{n}" for member in own_indices(entry)}
        ranges |= {members[m]: symbols.ranges.range_of(class_of(entry, m, symbols)) for m in members}
        index, own = fresh("k", entry.free), (*members.values(),)
        products = (
            mul(Var(head.name, (*own, line, index), ()), rename(entry, {LINE: index, COLUMN: column, **members})),
            mul(rename(entry, {LINE: line, COLUMN: index, **members}), Var(head.name, (*own, index, column), ())),
        )
        for product in products:
            total = symbols.ranges.resolve(Sum(index, Range(1, axis), product), {})
            text = rf"{shown(head.name)} \text{{ exists}}"
            said.append(Assumption("equation", (total, Delta(line, column)), text, "the inverse is written"))
        below = symbols.reached(entry)
        dependent |= {(head, other) for other in below}
        for variable in sorted(below & symbols.variables):
            definitions |= _rate(head, Range(1, axis), entry, variable, symbols)
    if not said:
        return context
    return replace(
        context,
        ranges={**context.ranges, **ranges},
        definitions={**context.definitions, **definitions},
        assumptions=(*context.assumptions, *said),
        dependent=frozenset(dependent),
    )


def multiplied(claim: Claim, symbols: Symbols) -> Iterator[tuple[Claim, str]]:
    r"""An equation between vectors times each matrix whose inverse stands in it, \Sigma (\Sigma^{-1} x) = 0, and which.

    The inverse is assumed to be one there.
    """
    parts = {t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Var)}
    free = claim.left.free | claim.right.free
    for part in sorted(parts, key=repr):
        entry = symbols.inverses[part.head][1] if part.head in symbols.inverses else None
        own = own_indices(entry) if entry is not None else []
        if entry is None or not free.issuperset(part.subs[: len(own)]):
            continue
        context = granted(claim.context, symbols, symbols.reached(part))
        for index in sorted(free.difference(part.subs[: len(own)]) & claim.context.ranges.keys()):
            other = fresh("a", free | entry.free | {t.index for t in subterms(claim.left) if isinstance(t, Sum)})
            names = dict(zip(own, part.subs, strict=False))
            row = rename(entry, {LINE: index, COLUMN: other, **names})
            sides = (mul(row, rename(side, {index: other})) for side in (claim.left, claim.right))
            left, right = (Sum(other, claim.context.ranges[index], side) for side in sides)
            yield replace(claim, left=left, right=right, context=context), shown(part.name[: -len("^{-1}")])


def _rate(
    head: Head, range_: Range, entry: Term, variable: Head, symbols: Symbols
) -> dict[Head, tuple[Definition, ...]]:
    r"""\partial B_ij/\partial x = -\sum_a \sum_b B_ia (\partial A_ab/\partial x) B_bj, since A B = I for all x."""
    names = [f"{PRIME}{n}" for n in range(variable.subs + variable.sups)]
    x = Var(variable.name, tuple(names[: variable.subs]), tuple(names[variable.subs :]))
    own = own_indices(entry)
    a, b = fresh("a", entry.free | {*names}), fresh("b", entry.free | {*names})
    change = Deriv(rename(entry, {LINE: a, COLUMN: b}), x)
    product = mul(num(-1), Var(head.name, (*own, LINE, a), ()), change, Var(head.name, (*own, b, COLUMN), ()))
    rate = unknown_derivative(Var(head.name, (*own, LINE, COLUMN), ()), x)
    body = symbols.ranges.resolve(Sum(a, range_, Sum(b, range_, product)), {})
    return {rate.head: (Definition((*own, LINE, COLUMN, *names), body),)}


def own_indices(entry: Term) -> list[str]:
    r"""The indices of a matrix, other than those of its entries, in their order: the k of \Sigma_k."""
    found = (i for t in subterms(entry) if isinstance(t, Var) for i in t.indices if isinstance(i, str))
    return [i for i in dict.fromkeys(found) if i in entry.free and i not in (LINE, COLUMN)]


def class_of(entry: Term, index: str, symbols: Symbols) -> str:
    """The range class of one of them."""
    places = ((t.head, t.indices.index(index)) for t in subterms(entry) if isinstance(t, Var) and index in t.indices)
    return symbols.ranges.slot(*next(places))


def _family(head: Head, axis: Axis, own: Sequence[str]) -> Array:
    def entry(at: tuple[Index, ...]) -> Term:
        return Var(head.name, (*own, *at), ())

    return Array((axis, axis), entry)


def _ordered(term: Term, symbols: Symbols) -> Term:
    """``term`` with factors and summands in one order, and the indices of symmetric matrices, too."""
    parts = tuple(_ordered(part, symbols) for part in term.parts)
    match term:
        case Var(name=name, subs=(*own, one, other), sups=()) if term.head in symbols.entries_of(symbols.symmetric):
            return Var(name, (*own, *sorted((one, other), key=str)), ())
        case Mul() | Add():
            return type(term)(tuple(sorted(parts, key=repr)))
        case Sum():
            return Sum(term.index, term.range, parts[0])
    return term


def written(node: syntax.Node) -> str:
    """The matrix as its author writes it, for the name of its inverse; empty where that would be long, as of sums."""
    match node:
        case syntax.Symbol():
            return plain(node.name)
        case syntax.Number():
            return node.text
        case syntax.Scripted():
            base, sub, sup, _ = parts_of(node)
            scripts = [(mark, part) for mark, part in (("_", sub), ("^", sup)) if part is not None]
            return written(base) + "".join(f"{mark}{{{written(part)}}}" for mark, part in scripts)
        case syntax.Group(open="(" | "["):
            inside = written(node.body)
            return f"({inside})" if inside else ""
        case syntax.Product():
            factors = [written(factor) for factor in node.factors]
            return " ".join(factors) if all(factors) else ""
        case syntax.Add():
            terms = [(sign, written(part)) for sign, part in node.terms]
            return "".join(map("".join, terms)).removeprefix("+") if all(part for _, part in terms) else ""
    return ""


__all__ = ["class_of", "granted", "inverse", "multiplied", "own_indices", "raised", "turned", "written"]
