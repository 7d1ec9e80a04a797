r"""The columns of an alignment: a row that begins with ``&=`` goes on with the formula above it in its own column.

What stands beside that formula (``&& \text{since } c = 3``, ``\quad s = a + b``, a second chain) is not what it goes on
from. A column is told by the alignment marks before the relation. This module must never look at what a formula says.
"""

from __future__ import annotations

from bisect import bisect_left

from symderiv.reader.grammar.pieces import relation_at
from symderiv.reader.grammar.structure import Line

ARROWS = frozenset({"implies", "iff", "impliedby", "therefore", "because", "to", "mapsto", "gets"})


class Columns:
    """Takes up the equations of one display in order, and says how far back each goes on from."""

    def __init__(self) -> None:
        self._ends: dict[int, int] = {}  # by column, the equation whose chain stands there
        self._begun: set[int] = set()  # the columns in which a chain began with a left side
        self._count = 0
        self._relations: list[tuple[int, int, str]] = []  # of this line: place, column, name
        self._taken: set[int] = set()  # the columns in which an equation of this line stands
        self._first: int | None = None  # the first equation of this line, if it is aligned

    def parts(self, line: Line) -> list[tuple[int, int]]:
        """A new line of the display, cut before each relation that goes on in another column than the one before it."""
        self._relations, self._taken, self._first = [], set(), None
        cuts: list[int] = []
        column = 0
        here: int | None = None
        for i in line.top(0, line.size):
            if line.text[i] == "&":
                column += 1
                continue
            if (found := relation_at(line, i)) is None:
                continue
            self._relations.append((i, column, found[0]))
            before = i
            while before and line.text[before - 1] in ("&", r"\quad"):
                before -= 1
            if here is None:
                here = column
            elif column != here and column in self._begun and line.text[before:i].count("&") > 1:  # no left side
                cuts.append(before)
                here = column
        return list(zip([0, *cuts], [*cuts, line.size], strict=True))

    def add(self, ranges: list[tuple[int, int]], left: bool) -> int:
        """The next equation, with a ``left`` side or without; says how many before it stands what it goes on from."""
        number, self._count = self._count, self._count + 1
        found = [entry for a, b in ranges for entry in self._among(a, b)]
        back = 1
        if found and found[0][1] and not left:
            before = [column for column in self._ends if column <= found[0][1]]
            back = number - self._ends[max(before)] if before else 1
        if ranges and not found:
            self._ends = {0: number}  # a left side alone on its line: any column goes on from it
        for _, column, _ in found:
            if column not in self._taken:
                self._ends[column] = number
        self._taken.update(column for _, column, _ in found)
        if left:
            self._begun.update([column for _, column, name in found if name not in ARROWS][:1])
        if self._first is None and self._taken - {0}:
            self._first = number
        return back

    def unread(self) -> None:
        """An equation that could not even be split: nothing goes on from what stands before it."""
        self._ends, self._first = {0: self._count}, None
        self._count += 1

    def after(self) -> int:
        """How far back from its end a display goes on in the next one: from the first equation of an aligned line."""
        return 1 if self._first is None else self._count - self._first

    def _among(self, a: int, b: int) -> list[tuple[int, int, str]]:
        """The relations of this line that stand among the tokens ``a`` to ``b``."""
        return self._relations[bisect_left(self._relations, (a,)) : bisect_left(self._relations, (b,))]
