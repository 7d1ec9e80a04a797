r"""Vectors and matrices that are defined as a whole: their entries become families of their own.

``p = \mathrm{softmax}(z)`` gives p_i, and ``z_i = W x_i + b``, a family of vectors, the family of the entries of each.
This module must never decide whether a line defines anything.
"""

from __future__ import annotations

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.indexed.arrays import Array
from symderiv.reader.reading import Posed, Reading
from symderiv.terms import Head, Index, Term, Var, fresh


class Wholes:
    """Takes up definitions of arrays."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.elaborator = reading.elaborator

    def _define_vectors(self, name: str, subs: list[Index], labels: list[Index], value: Array, posed: Posed) -> None:
        """``z_i = W x_i + b``: each member is a vector, so the entries are a family with one index more."""
        symbols = self.symbols
        if any(isinstance(axis, int) for axis in value.axes) or not all(isinstance(i, str) for i in (*subs, *labels)):
            raise ReadError("E164", "a family of vectors with numbers for lengths or indices", posed.span)
        names: list[str] = []
        for _ in value.axes:
            names.append(fresh("a", {*names, *map(str, subs), *map(str, labels)}))
        body = value.entry(tuple(names))
        key = (name, len(subs), len(labels))
        symbols.kinds[key] = "matrix" if len(names) == 2 else "row" if value.row else "column"
        count = len(subs) + len(names)
        versioned = Head(symbols.name(name, count, len(labels)), count, len(labels))
        if versioned in symbols.reached(body):
            raise ReadError("E165", f"{name} stands on both sides, so this does not define it", posed.span)
        head = symbols.define(name, (*subs, *names, *labels), count, body, posed.left_span)
        symbols.heads.setdefault(name, set()).add(head)
        for n, index in enumerate((*subs, *names, *labels)):
            if index in names:
                axis = value.axes[names.index(str(index))]
                assert isinstance(axis, str)
                symbols.ranges.unite(axis, symbols.ranges.slot(head, n))
            else:
                self.elaborator.use(index, symbols.ranges.slot(head, n), posed.left)  # type: ignore[arg-type]
        posed.kind = "definition"
        below, above = tuple(subs), tuple(labels)
        posed.left = Array(value.axes, lambda at: Var(head.name, (*below, *at), above), value.row)
        posed.right = value

    def _define_family(self, name: str, value: Array, probe: Term | None, span: Span) -> None:
        """A vector that is defined as a whole also has members: p = softmax(z) gives p_i."""
        symbols = self.symbols
        if probe is None or not 1 <= len(value.axes) <= 2:
            return
        names: list[str] = []
        for _ in value.axes:
            names.append(fresh("i", {*names, *probe.free}))
        body = value.entry(tuple(names))
        if isinstance(body, Var) and body.name == symbols.name(name, len(names)):
            symbols.arrays.pop(name, None)  # z = (z_1, ..., z_K) says nothing new
            return
        if symbols.defines(name, len(names), 0):
            old = Head(symbols.name(name, len(names)), len(names), 0)
            if old not in symbols.auto or symbols.definitions[old][-1].body is body:
                return  # the entries are defined already
            symbols.new_version(name, len(names), 0)  # C = A, and then C = A B
            body = value.entry(tuple(names))
        head = symbols.define(name, tuple(names), len(names), body, span)
        symbols.auto.add(head)
        for n, axis in enumerate(value.axes):
            if isinstance(axis, str):
                symbols.ranges.unite(axis, symbols.ranges.slot(head, n))
