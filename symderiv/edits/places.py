r"""The places of a term: every subterm with what surrounds it, and what is in scope there.

This module must never change a term; it only says where a change could stand and what it could draw on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product

from symderiv.notation import unicode
from symderiv.terms import (
    MINUS_ONE,
    Add,
    Cases,
    Context,
    Deriv,
    Head,
    Index,
    Mul,
    Num,
    Pow,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    reached,
    rebuild,
    subterms,
)


@dataclass
class Scene:
    """What the edits of one term may draw on."""

    term: Term
    context: Context
    other: Term | None

    @cached_property
    def reached(self) -> tuple[Term, ...]:
        """The subterms of the other side, of the term and of the definitions that they reach, in this order."""
        sides = [self.term] if self.other is None else [self.other, self.term]
        return tuple(reached(sides, self.context.definitions))

    @cached_property
    def written(self) -> tuple[Term, ...]:
        """The subterms of the two sides as written, the term's own first."""
        found = dict.fromkeys(subterms(self.term))
        return tuple(found | dict.fromkeys(subterms(self.other)) if self.other is not None else found)

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The families in sight: those of both sides, then defined ones, then those that definitions mention."""
        own = [part.head for part in self.written if isinstance(part, Var)]
        deep = [part.head for part in self.reached if isinstance(part, Var)]
        return tuple(dict.fromkeys([*own, *self.context.definitions, *deep]))

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        ranges = [part.range for part in self.reached if isinstance(part, Sum)] + list(self.free.values())
        named = [part.name for part in self.reached if isinstance(part, SizeOf)]
        return tuple(dict.fromkeys([*named, *(r.high for r in ranges if isinstance(r.high, str))]))

    @cached_property
    def free(self) -> dict[str, Range]:
        """The free indices in scope: those of both sides, or all of the context where there is no other side."""
        ranges = self.context.ranges
        if self.other is None:
            return dict(sorted(ranges.items()))
        return {name: ranges[name] for name in sorted(self.term.free | self.other.free) if name in ranges}

    @cached_property
    def numbers(self) -> dict[Range, list[int]]:
        """The concrete classes that both sides mention, by range."""
        found: dict[Range, list[int]] = {}
        for part in self.written:
            if isinstance(part, Var):
                for range_, index in zip(self.context.families.get(part.head, ()), part.indices, strict=False):
                    if range_ is not None and isinstance(index, int) and index not in found.setdefault(range_, []):
                        found[range_].append(index)
        return found


@dataclass
class Place:
    """One place in a term: the subterm there, how to put another in its stead, and what is in scope."""

    term: Term
    wrap: Callable[[Term], Term]
    scene: Scene
    parent: Term | None = None
    bound: dict[str, Range] = field(default_factory=dict)

    @cached_property
    def scope(self) -> dict[str, Range]:
        return {**self.scene.free, **self.bound}

    @property
    def factor(self) -> bool:
        """Whether this is a whole product (or an addend, an argument), so that a factor may be missing here."""
        term, parent = self.term, self.parent
        negative = isinstance(term, Mul) and term.parts[0] is MINUS_ONE  # then what follows the sign is the place
        if negative or (isinstance(term, Num) and parent is not None and not isinstance(parent, Add)):
            return False
        if isinstance(parent, Mul):
            return parent.parts == (MINUS_ONE, term)
        return not isinstance(parent, Pow | Deriv)

    @property
    def divides(self) -> bool:
        """Whether this is the variable of a derivative: people seldom slip there."""
        return isinstance(self.parent, Deriv) and self.term is self.parent.var and self.term is not self.parent.body

    @property
    def where(self) -> str:
        """`` in ...``, unless this is everything."""
        text = unicode(self.term)
        return "" if self.parent is None or len(text) > 40 else f" in {text}"

    def range_at(self, head: Head, slot: int, index: Index) -> Range | None:
        if isinstance(index, str) and index in self.scope:
            return self.scope[index]
        known = self.scene.context.families.get(head)
        return known[slot] if known else None

    def indices(self, range_: Range | None, but: Index | None = None) -> Iterator[Index]:
        """The indices in scope with this range: bound ones, free ones, then concrete ones; not ``but``."""
        if range_ is None:
            return
        for name in [*self.bound, *(name for name in self.scene.free if name not in self.bound)]:
            if self.scope[name] == range_ and name != but:
                yield name
        for number in self.scene.numbers.get(range_, ()):
            if number != but:
                yield number

    def members(self, head: Head) -> Iterator[Var]:
        """The members of a family that can be named here."""
        ranges = self.scene.context.families.get(head, ()) if head.subs + head.sups else ()
        if len(ranges) == head.subs + head.sups:
            for at in islice(product(*(tuple(self.indices(range_)) for range_ in ranges)), 6):
                yield member(head, at)


def member(head: Head, indices: tuple[Index, ...]) -> Var:
    return Var(head.name, indices[: head.subs], indices[head.subs :])


def places(term: Term, scene: Scene) -> Iterator[Place]:
    queue = [Place(term, lambda new: new, scene)]
    while queue:
        place = queue.pop(0)
        yield place
        here, inner = place.term, dict(place.bound)
        if isinstance(here, Sum):
            inner.pop(here.index, None)
            inner = {here.index: here.range, **inner}
        for n, part in enumerate(here.parts):
            if isinstance(here, Cases) and n == 0:
                continue  # a condition stays one: 0 or 1
            queue.append(Place(part, _wrapper(place, n), scene, here, inner))


def _wrapper(place: Place, n: int) -> Callable[[Term], Term]:
    parts = place.term.parts
    if isinstance(place.term, Deriv) and n == 1:  # only a variable can be differentiated by
        return lambda new: place.wrap(Deriv(parts[0], new) if isinstance(new, Var) else place.term)
    return lambda new: place.wrap(rebuild(place.term, (*parts[:n], new, *parts[n + 1 :])))
