r"""Vectors and matrices that symbols name: whole families, members that are vectors, rows, ones and basis vectors.

``p`` is the vector of all p_i, ``x_i`` a vector itself where the document uses it so, ``z_{i,:}`` a row of z. This
module must never decide a shape: it takes those that were found or declared.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import names_in, says_vector
from symderiv.reader.grammar.vocabulary import LOSSES
from symderiv.reader.indexed.arrays import Array
from symderiv.reader.letters.indices import Indices
from symderiv.terms import ONE, Delta, Head, Index, Range, Var


class Vectors(Indices):
    """What a symbol stands for that names a vector or matrix."""

    def may_be_numbers(self, *nodes: syntax.Node) -> bool:
        """Whether nothing in formulas is written for vectors, and no symbol in them has a shape."""
        return not any(says_vector(n) or any(name in self.symbols.shapes for name in names_in(n)) for n in nodes)

    @staticmethod
    def is_small(name: str) -> bool:
        """Whether a name is none of a matrix: no capital letter, unless it is that of a loss."""
        return name in LOSSES or not (len(name) == 1 and name.isupper())

    def array(self, name: str, node: syntax.Node) -> Array | None:
        """A bare symbol that stands for a whole family: ``p`` where only p_1, p_2, ... or p_i are known."""
        symbols = self.symbols
        if self.as_scalars:
            given = symbols.arrays.get(name)
            listed = isinstance(given, Array) and all(isinstance(axis, int) for axis in given.axes)
            self.guessed = self.guessed or listed  # w = [1, 2] is no number: it is another one, or this does not fit it
            return None
        if name in symbols.arrays:
            whole: Array = symbols.arrays[name]  # type: ignore[assignment]
            entries = self.entries_of(name)
            written = entries.name if entries is not None else name
            head = Head(symbols.name(written, len(whole.axes)), len(whole.axes), 0)
            sups, head = symbols.hidden.get(head, ((), head))
            if head in symbols.auto and head in symbols.definitions:
                for n, index in enumerate(sups):
                    self.use(index, symbols.ranges.slot(head, head.subs + n), node)
                return Array(whole.axes, lambda at: Var(head.name, tuple(at), sups), whole.row)
            return whole
        if symbols.defines(name, 0, 0):
            return None
        if name.partition("^{")[0] in symbols.flat:
            head = Head(symbols.name(name, 2), 2, 0)  # a row b with the entries b_{1j}
            return Array((symbols.ranges.slot(head, 1),), lambda at: Var(head.name, (1, *at), ()), row=True)
        small = symbols.row_families.get(name) or symbols.entry_families.get(name)
        if small is not None:
            rows = Head(symbols.name(small, 2), 2, 0)
            what = f"rows of {name} are taken to be the {small}_i"
            if name in symbols.entry_families:
                what = f"entries of {name} are taken to be the {small}_{{ij}}"
            self.notes.append(f"the {what}")
            self.guessed = True
            for n in range(2):
                symbols.ranges.unite(symbols.ranges.slot(rows, n), symbols.ranges.slot(Head(name, 2, 0), n))
            return self.family(rows, node)
        if symbols.shapes.get(name):
            self.guessed = self.guessed or name in symbols.doubtful
            count = len(symbols.shapes[name])
            return self.family(Head(symbols.name(name, count), count, 0), node)
        if name in symbols.wholes:
            name = symbols.wholes[name]
        elif Head(name, 0, 0) in symbols.heads.get(name, set()):
            return None
        base, _, layer = name.partition("^{")  # a^{l+1} is a vector if a^{l}_i is a member
        counts = {h.subs for h in symbols.heads.get(base, ()) if h.subs and (layer or not h.sups)}
        if len(counts) == 1:
            (count,) = counts
            return self.family(Head(symbols.name(name, count), count, 0), node)
        entries = self.entries_of(name)
        if entries is not None:
            self.guessed = True
            return self.family(Head(symbols.name(entries.name, 2), 2, 0), node)
        if not counts and name in symbols.vectors | symbols.matrices:
            count = 1 if name in symbols.vectors else 2
            self.guessed = True
            return self.family(Head(symbols.name(name, count), count, 0), node)
        return None

    def entries_of(self, name: str) -> Head | None:
        r"""The family y_{ic} of the entries of a bold ``\mathbf{Y}`` that has no members of its own."""
        symbols = self.symbols
        base, layer, rest = name.partition("^{")
        if base not in symbols.matrices or symbols.heads.get(base) or symbols.heads.get(name) or name in symbols.shapes:
            return None
        small = base.lower() if len(base) == 1 else base[:-2] + base[-2:].lower()  # \hat{Y}
        heads = [h for h in symbols.heads.get(small, ()) if h.subs]
        if len(heads) != 1 or heads[0][1:] != (2, 0):
            return None
        return Head(f"{small}{layer}{rest}", 2, 0)

    def family(self, head: Head, node: syntax.Node, sups: tuple[Index, ...] = ()) -> Array:
        """The vector or matrix of all members of a family, at the labels ``sups``."""
        slots = [self.symbols.ranges.slot(head, n) for n in range(head.subs)]
        return Array(
            tuple(slots), lambda at: Var(head.name, tuple(at), sups), head.name.split("#")[0] in self.symbols.rows
        )

    def inner_family(
        self, name: str, subs: Sequence[Index], sups: Sequence[Index], kind: str, node: syntax.Node
    ) -> Array:
        """A member that is a vector or matrix itself: the sample ``x_i``, the weights ``\\theta^{(k)}``."""
        symbols = self.symbols
        axes = 2 if kind == "matrix" else 1
        count = len(subs)
        head = Head(symbols.name(name, count + axes, len(sups)), count + axes, len(sups))
        for n, index in enumerate((*subs, *sups)):
            self.use(index, symbols.ranges.slot(head, n if n < count else n + axes), node)
        slots = tuple(symbols.ranges.slot(head, count + n) for n in range(axes))
        self.guessed = self.guessed or name in symbols.doubtful
        if name in symbols.basis and count == axes == 1 and not sups:
            symbols.ranges.unite(symbols.ranges.slot(head, 0), slots[0])
            return Array(slots, lambda at: ONE if at[0] == subs[0] else Delta(subs[0], at[0]))
        return Array(slots, lambda at: Var(head.name, (*subs, *at), tuple(sups)), kind == "row")

    def slice(self, name: str, sub: syntax.Tuple | syntax.Product, node: syntax.Node) -> Array | None:
        """``z_{i,:}`` and ``W_{:,j}``: a row or column of a matrix, as a vector."""
        items = sub.items if isinstance(sub, syntax.Tuple) else sub.factors
        if len(items) != 2:
            return None
        whole = [isinstance(item, syntax.Symbol) and item.name in (":", "*", r"\cdot", r"\bullet") for item in items]
        if whole.count(True) != 1:
            return None
        along = whole.index(True)
        index = self.operand(items[1 - along])
        entries = self.entries_of(name)
        head = Head(self.symbols.name(entries.name if entries is not None else name, 2), 2, 0)
        self.use(index, self.symbols.ranges.slot(head, 1 - along), node)
        self.symbols.heads.setdefault(name, set()).add(head)
        return Array(
            (self.symbols.ranges.slot(head, along),),
            lambda at: Var(head.name, (at[0], index) if along == 0 else (index, at[0]), ()),
        )

    def _is_length(self, sub: syntax.Node | None) -> bool:
        """Whether a subscript is a size, as in ``1_n`` and ``I_n``: then it is no index."""
        if isinstance(sub, syntax.Number):
            return int(sub.text) > 1 if sub.text.isdigit() else False
        name = plain(sub.name) if isinstance(sub, syntax.Symbol) else ""
        symbols = self.symbols
        if name in symbols.unit_sizes:
            return True
        bound = symbols.bound_names if name in symbols.size_names else symbols.index_names
        return bool(name) and (name in symbols.size_names or name[0].isupper()) and name not in bound

    def length(self, sub: syntax.Node | None) -> int | str:
        """The axis that a size in a subscript names; without one, an axis of any length."""
        if isinstance(sub, syntax.Number):
            return int(sub.text)
        axis = self.symbols.ranges.new()
        if isinstance(sub, syntax.Symbol):
            self.symbols.ranges.declare(axis, Range(1, self.symbols.size_of(plain(sub.name))))
        return axis

    def ones(self, sub: syntax.Node | None) -> Array:
        return Array((self.length(sub),), lambda at: ONE)

    def identity(self, sub: syntax.Node | None) -> Array:
        axis = self.length(sub)
        return Array((axis, axis), lambda at: ONE if at[0] == at[1] else Delta(*at))
