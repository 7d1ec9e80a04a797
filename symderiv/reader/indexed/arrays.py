"""Vectors and matrices as indexed families: shapes, entries, and the operations on them.

An ``Array`` knows its axes and gives the term of any entry; a product of matrices is a sum over entries, a transpose
swaps indices. A shape that cannot be right is the author's likely slip, and has codes of its own (E210-E213). This
module must never know how arrays are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.indexed.ranges import Ranges
from symderiv.terms import Index, Range, Sum, Term, add, fresh, mul, power

Axis = str | int  # a range class, or an explicit length


@dataclass(frozen=True, slots=True)
class Array:
    """``entry(indices)`` is the term at ``indices``, one for each axis. One axis: a vector (``row`` if it lies)."""

    axes: tuple[Axis, ...]
    entry: Callable[[tuple[Index, ...]], Term]
    row: bool = False

    @property
    def transposed(self) -> Array:
        if len(self.axes) == 1:
            return Array(self.axes, self.entry, not self.row)
        return Array(self.axes[::-1], lambda at: self.entry(at[::-1]))

    def shape(self, ranges: Ranges, letters: Mapping[str, str] = MappingProxyType({})) -> str:
        """``m×n``; ``letters`` name range classes whose length has no name."""
        lengths = [
            letters.get(ranges.find(axis)) or str(_length(axis, ranges)) if isinstance(axis, str) else str(axis)
            for axis in self.axes
        ]
        if len(lengths) == 1:
            return f"1×{lengths[0]}" if self.row else f"{lengths[0]}×1"
        return "×".join(lengths)


Value = Term | Array


def one_entry(side: Value | None) -> Term | None:
    """A number, or some entry of an array; None where there is none, or it cannot be read."""
    if not isinstance(side, Array):
        return side
    try:
        return side.entry(tuple("?" for _ in side.axes))
    except ReadError:  # said where it stands
        return None


def _length(axis: Axis, ranges: Ranges) -> object:
    if isinstance(axis, int):
        return axis
    known = ranges.explicit.get(ranges.find(axis), [])
    return known[0].high if known else "·"


def join(a: Axis, b: Axis, ranges: Ranges) -> Axis | None:
    """The common axis, or None if the two lengths cannot be equal."""
    if isinstance(a, int) and isinstance(b, int):
        return a if a == b else None
    if isinstance(a, int):
        a, b = b, a
    assert isinstance(a, str)
    if isinstance(b, int):
        known = ranges.explicit.get(ranges.find(a), [])
        if known and known[0].high != b:
            return None
        ranges.declare(a, Range(1, b))
        return b
    ka, kb = ranges.explicit.get(ranges.find(a), []), ranges.explicit.get(ranges.find(b), [])
    if (ka and kb and ka[0].high != kb[0].high) or ranges.apart(a, b):
        return None
    ranges.unite(a, b)
    return a


def elementwise(values: list[Value], combine: Callable[[list[Term]], Term], ranges: Ranges, span: Span) -> Value:
    """Combine entry by entry; scalars are spread over the shape of the arrays."""
    arrays = [v for v in values if isinstance(v, Array)]
    if not arrays:
        return combine([v for v in values if isinstance(v, Term)])
    first = arrays[0]
    axes = list(first.axes)
    for other in arrays[1:]:
        if len(other.axes) != len(axes) or other.row != first.row:
            raise mismatch(first, other, ranges, span)
        for n, axis in enumerate(other.axes):
            joined = join(axes[n], axis, ranges)
            if joined is None:
                raise mismatch(first, other, ranges, span)
            axes[n] = joined
    return Array(
        tuple(axes), lambda at: combine([v.entry(at) if isinstance(v, Array) else v for v in values]), first.row
    )


def shapes(left: Array, right: Array, ranges: Ranges) -> tuple[str, str]:
    """The two shapes in words; lengths that have no name yet get letters, the same letter for the same length."""
    roots = [ranges.find(a) for a in (*left.axes, *right.axes) if isinstance(a, str) and _length(a, ranges) == "·"]
    letters = dict(zip(dict.fromkeys(roots), (c for c in "pqrstuv" if c not in ranges.taken), strict=False))
    return left.shape(ranges, letters), right.shape(ranges, letters)


def mismatch(left: Array, right: Array, ranges: Ranges, span: Span, between: str = "and") -> ReadError:
    here, there = shapes(left, right, ranges)
    if here == there and between == "and":
        there += ", of lengths that are not known to be the same"
    return ReadError(
        "E210",
        f"shapes do not fit: {here} {between} {there}",
        span,
        help="check for a missing transpose, or declare the shapes: `shape W : m x n`",
    )


def times(left: Value, right: Value, ranges: Ranges, span: Span) -> Value:
    """The product as linear algebra reads it; two columns side by side do not multiply."""
    if isinstance(left, Term) or isinstance(right, Term):
        return elementwise([left, right], lambda parts: mul(*parts), ranges, span)
    left_inner = left.axes[-1] if len(left.axes) == 2 or left.row else None
    right_inner = right.axes[0] if len(right.axes) == 2 or not right.row else None
    if left_inner is None and right_inner is None:  # column times row: outer product
        return Array((left.axes[0], right.axes[0]), lambda at: mul(left.entry(at[:1]), right.entry(at[1:])))
    if left_inner is None or right_inner is None:
        raise mismatch(left, right, ranges, span, "times")
    inner = join(left_inner, right_inner, ranges)
    if inner is None:
        raise mismatch(left, right, ranges, span, "times")
    outer_left = left.axes[:-1] if len(left.axes) == 2 else ()
    outer_right = right.axes[1:] if len(right.axes) == 2 else ()

    @cache  # an entry of a long product needs those of the shorter one many times
    def entry(at: tuple[Index, ...]) -> Term:
        head, tail = at[: len(outer_left)], at[len(outer_left) :]
        return contraction(lambda j: mul(left.entry((*head, j)), right.entry((j, *tail))), inner, at)

    if not outer_left and not outer_right:
        return entry(())
    return Array((*outer_left, *outer_right), entry, row=not outer_left)


def contraction(body: Callable[[Index], Term], axis: Axis, taken: tuple[Index, ...]) -> Term:
    """The sum of ``body`` over an axis."""
    if isinstance(axis, int):
        return add(*(body(n) for n in range(1, axis + 1)))
    free = body(1).free | {i for i in taken if isinstance(i, str)}
    index = fresh("a", free)
    return Sum(index, Range(1, axis), body(index))


def inverse(value: Term) -> Term:
    return power(value, -1)


__all__ = ["Array", "Axis", "Value", "contraction", "elementwise", "inverse", "join", "mismatch", "shapes", "times"]
