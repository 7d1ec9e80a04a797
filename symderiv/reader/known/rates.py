r"""Derivatives of quantities that a document does not define: what its author states of one is taken as given later.

Where a document says dp_i/dz_j = p_i (\delta_{ij} - p_j), and nowhere what p is, this line cannot be proved; the lines
after it can be, given this one. This module must never take a chain rule, or an equation to be solved, for such a
statement.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from symderiv.diagnostics import ReadError
from symderiv.kernel.derivative import unknown_derivative
from symderiv.reader.indexed.arrays import Array
from symderiv.reader.reading import Posed, Reading
from symderiv.terms import Assumption, Cases, Delta, Deriv, Head, Num, Term, Var, rename, subterms


class Rate(NamedTuple):
    """``assumption`` gives the derivative of ``top`` by ``bottom``; it was stated ``by`` a step."""

    top: Head
    bottom: Head
    by: Posed
    assumption: Assumption


class Rates:
    """The derivatives that were stated so far."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.rates: list[Rate] = []
        self.halves: dict[tuple, dict[str, Term]] = {}  # the values for i = j and for i != j

    def known(self, posed: Posed, heads: Collection[Head]) -> list[Assumption]:
        """The statements before ``posed`` about derivatives of ``heads`` by ``heads``, the last one about each."""
        last: dict[Term, Assumption] = {}
        for rate in self.rates:
            if rate.by.at < posed.at and rate.top in heads and rate.bottom in heads and _applies(rate.by, posed):
                last[rate.assumption.data[0]] = rate.assumption
        return list(last.values())

    def take(self, posed: Posed) -> None:
        """Take up ``posed`` if it states the derivative of an undefined family by an undefined one, in other terms."""
        left, right = posed.left, posed.right
        if isinstance(left, Array) and isinstance(right, Array) and len(left.axes) == len(right.axes):
            if any(isinstance(axis, int) for axis in (*left.axes, *right.axes)):
                return
            at = tuple(f"{n}\N{DOUBLE PRIME}" for n in range(len(left.axes)))  # a statement about every entry
            try:
                left, right = left.entry(at), right.entry(at)
            except ReadError:  # said when the step is judged
                return
        if not isinstance(left, Deriv) or not isinstance(right, Term) or posed.relation != "=" or posed.error:
            return
        top, bottom = left.body, left.var
        if not isinstance(top, Var) or top.head == bottom.head or (isinstance(right, Num) and not right.value):
            return
        symbols = self.symbols
        if top.head in symbols.definitions or bottom.head in symbols.definitions:
            return
        for part in subterms(right):
            if isinstance(part, Deriv):
                below = symbols.reached(part.body)
                if top.head in below or not any(
                    h == part.var.head or (h, part.var.head) in symbols.rates for h in below
                ):
                    return
        names = self._names(top, bottom)
        cases = {frozenset(a.data): a.kind for a in (*posed.case, *posed.conditions) if a.kind in ("equal", "distinct")}
        if any(a.kind == "equation" for a in posed.case):
            return  # it is evaluated at one place
        if not right.free <= names.keys() or len(cases) > 1 or any(not pair <= names.keys() for pair in cases):
            return
        posed.taken = True
        member, value = rename(unknown_derivative(top, bottom), names), rename(right, names)
        for pair, kind in cases.items():
            first, second = sorted(names[i] for i in pair)
            halves = self.halves.setdefault((member, first, second), {})
            if kind == "equal":
                value = rename(value, {second: first})
                self._state(top, bottom, rename(member, {second: first}), value, posed)
            halves[kind] = value
            if len(halves) < 2:
                return
            value = Cases(Delta(first, second), halves["equal"], halves["distinct"])
        self._state(top, bottom, member, value, posed)

    def drop(self, posed: Posed) -> None:
        """What is proved need not be taken as given, and what is false must not."""
        self.rates = [rate for rate in self.rates if rate.by is not posed]

    def _names(self, top: Var, bottom: Var) -> dict[str, str]:
        """Index names of the statement's own, with the ranges of their slots."""
        names: dict[str, str] = {}
        places = [(top.head, n) for n in range(len(top.indices))] + [
            (bottom.head, n) for n in range(len(bottom.indices))
        ]
        for n, (index, (head, slot)) in enumerate(zip((*top.indices, *bottom.indices), places, strict=True)):
            if isinstance(index, str) and index not in names:
                names[index] = name = f"{n}\N{PRIME}{top.name}/{bottom.name}"
                self.symbols.hinted_classes[name] = self.symbols.ranges.slot(head, slot)
        return names

    def _state(self, top: Var, bottom: Var, member: Term, value: Term, posed: Posed) -> None:
        source = self.reading.document.source
        written = source.text[posed.left_span.start : posed.left_span.end].replace("&", " ")
        where = f"line {source.position(posed.left_span.start).line}"
        assumption = Assumption("equation", (member, value), " ".join(written.split()) + r" \text{ as stated}", where)
        self.rates.append(Rate(top.head, bottom.head, posed, assumption))


def _applies(stated: Posed, posed: Posed) -> bool:
    """Whether what was stated for certain values, for y = 1, was stated for those of this step."""
    return {a.data for a in stated.values} <= {a.data for a in posed.values or posed.earlier_values}
