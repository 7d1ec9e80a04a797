r"""Matrices with dots: the family of entries that the written corners show, or nothing.

``a_{11} & \cdots & a_{1n} \\ \vdots & & \vdots \\ a_{m1} & \cdots & a_{mn}`` shows a_{ij}; in a square, the entries on
the diagonal may be of another kind. This module must never settle for a family that one written entry contradicts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import product
from typing import NamedTuple

from symderiv.terms import Cases, Delta, Index, Term, Var, fresh, rename, rewritten, subterms


class Grid(NamedTuple):
    """Entry ``body`` at the indices ``row`` and ``column``, which run from ``low`` to ``highs``."""

    row: str
    column: str
    low: int
    highs: tuple[str, str]
    body: Term


def grid(cells: Sequence[Sequence[Term | None]], sizes: Collection[str]) -> Grid | None:
    """The family that the entries of a matrix show; None stands for dots. None if they do not show one."""
    rows = [r for r, row in enumerate(cells) if any(c is not None for c in row)]
    columns = [c for c in range(len(cells[0])) if any(row[c] is not None for row in cells)]
    written = [[cells[r][c] for c in columns] for r in rows]
    if len(rows) < 2 or len(columns) < 2 or rows[-1] == len(rows) - 1 or columns[-1] == len(columns) - 1:
        return None
    corner, below, beside = written[0][0], written[-1][0], written[0][-1]
    if corner is None or below is None or beside is None:
        return None
    taken = set().union(*(c.free for row in written for c in row if c is not None))
    i = fresh("i", taken)
    j = fresh("j", taken | {i})
    for high, wide, low in product(_sizes(below, sizes), _sizes(beside, sizes), (1, 0)):
        body = _swapped(below, {high: i, low: j})
        down: list[Index] = [*range(low, low + len(rows) - 1), high]
        across: list[Index] = [*range(low, low + len(columns) - 1), wide]
        diagonal = _swapped(corner, {low: i}) if high == wide else None
        whole = True
        for r, row in zip(down, written, strict=True):
            for c, cell in zip(across, row, strict=True):
                if cell is None or rename(body, {i: r, j: c}) is cell:
                    continue
                if r != c or diagonal is None or rename(diagonal, {i: r}) is not cell:
                    whole = False
        if not whole or {i, j} - body.free:
            continue
        if diagonal is not None and rename(body, {j: i}) is not diagonal:
            body = Cases(Delta(i, j), diagonal, body)
        return Grid(i, j, low, (high, wide), body)
    return None


def _sizes(term: Term, sizes: Collection[str]) -> list[str]:
    """The sizes among the indices of a term."""
    found = [i for t in subterms(term) if isinstance(t, Var) for i in t.indices if isinstance(i, str)]
    return [i for i in dict.fromkeys(found) if i in sizes or i.isupper() or i in "mn"]


def _swapped(term: Term, places: dict[Index, str]) -> Term:
    """``term`` with indices of its variables replaced, numbers too."""

    def swapped(part: Term) -> Term | None:
        if not isinstance(part, Var):
            return None
        subs = tuple(places.get(i, i) for i in part.subs)
        return Var(part.name, subs, tuple(places.get(i, i) for i in part.sups))

    return rewritten(term, swapped)


def middle(entries: Sequence[Term], sizes: Collection[str]) -> str | None:
    r"""In ``a_1 \cdots b \cdots a_n``: the index at which b stands, one that all entries share or the only one of b."""
    if len(entries) != 3:
        return None
    shared = entries[1].free - set(sizes)
    if len(shared) > 1:
        shared = shared & entries[0].free & entries[2].free
    return next(iter(shared)) if len(shared) == 1 else None


__all__ = ["Grid", "grid", "middle"]
