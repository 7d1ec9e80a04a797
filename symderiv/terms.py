"""The term language: what a claim says, independent of how it was written or will be judged.

Terms are immutable and hash-consed (equal terms are the same object), so they can be compared with ``is``, used as
keys, and shared; a term that nobody holds any more is forgotten. Building a term never evaluates anything: ``x/x``
stays ``x/x``, because the side conditions of a claim are read off the terms as they were written. This module must
never simplify, and never import a room below it.

An *index* is a ``str`` (a free or bound index such as ``'k'``, or the name of a size, which means its last element)
or an ``int`` (a concrete class, feature or sample). A *size* is a ``str`` (symbolic, any integer >= 1) or an ``int``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple
from weakref import ref

Index = str | int
Size = str | int


class Range(NamedTuple):
    """The integers ``low, low+1, ..., high``; ``high`` is a size."""

    low: int
    high: Size


class Head(NamedTuple):
    """What names a family of reals: ``x_j^{(i)}`` has the head ``('x', 1, 1)`` (one subscript, one label)."""

    name: str
    subs: int
    sups: int


class _Kept(ref):
    """Where the table of terms finds a term for as long as anybody else holds it: the entry goes with the term."""

    __slots__ = ("full",)
    full: tuple


_terms: dict[tuple, _Kept] = {}


def _forget(kept: _Kept, terms: dict[tuple, _Kept] = _terms) -> None:
    if terms.get(kept.full) is kept:  # the same term may have been made anew by now
        del terms[kept.full]


class Term:
    """Base of all terms. ``parts`` are the immediate subterms; ``free`` the free index names.

    Equal terms are the same object, so they are compared and hashed as any object is.
    """

    __slots__ = ("__weakref__", "_free", "key")
    _free: frozenset[str] | None
    key: tuple

    def __new__(cls, *key: object) -> Term:
        full = (cls, *key)
        kept = _terms.get(full)
        found = kept() if kept is not None else None
        if found is None:
            found = object.__new__(cls)
            found.key = key
            found._free = None
            kept = _Kept(found, _forget)
            kept.full = full
            first = _terms.setdefault(full, kept)
            if first is not kept:
                other = first()
                if other is not None:  # made by another thread in the meantime
                    return other
                _terms[full] = kept
        return found

    def __copy__(self) -> Term:
        return self

    def __deepcopy__(self, memo: object) -> Term:
        return self

    def __reduce__(self) -> tuple:
        return (type(self), self.key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.key))})"

    @property
    def parts(self) -> tuple[Term, ...]:
        return ()

    @property
    def free(self) -> frozenset[str]:
        """Names of the indices that occur free."""
        if self._free is None:
            self._free = self._free_indices()
        return self._free

    def _free_indices(self) -> frozenset[str]:
        return frozenset().union(*(part.free for part in self.parts))

    def __add__(self, other: Term) -> Term:
        return add(self, other)

    def __sub__(self, other: Term) -> Term:
        return add(self, neg(other))

    def __mul__(self, other: Term) -> Term:
        return mul(self, other)

    def __truediv__(self, other: Term) -> Term:
        return mul(self, power(other, num(-1)))

    def __neg__(self) -> Term:
        return neg(self)


class Num(Term):
    """A rational number: ``Num(Fraction)``."""

    __slots__ = ()

    @property
    def value(self) -> Fraction:
        return self.key[0]


class SizeOf(Term):
    """A symbolic size used as a number, as in 1/m: ``SizeOf(name)``."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.key[0]


class Var(Term):
    """A member of a family of reals: ``Var(name, subs, sups)``; ``x_j^{(i)}`` is ``Var('x', ('j',), ('i',))``.

    Names are LaTeX (``\\theta``). A symbol that its author defines anew gets a new name with a version, ``u#2``, which
    printers leave out.
    """

    __slots__ = ("_head",)
    _head: Head

    @property
    def name(self) -> str:
        return self.key[0]

    @property
    def subs(self) -> tuple[Index, ...]:
        return self.key[1]

    @property
    def sups(self) -> tuple[Index, ...]:
        return self.key[2]

    @property
    def indices(self) -> tuple[Index, ...]:
        return self.key[1] + self.key[2]

    @property
    def head(self) -> Head:
        try:
            return self._head
        except AttributeError:
            self._head = Head(self.key[0], len(self.key[1]), len(self.key[2]))
            return self._head

    def _free_indices(self) -> frozenset[str]:
        return frozenset(i for i in self.indices if isinstance(i, str))


class Add(Term):
    """A sum of two or more terms: ``Add((a, b, ...))``."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.key[0]


class Mul(Term):
    """A product of two or more terms: ``Mul((a, b, ...))``."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.key[0]


class Pow(Term):
    """``base ** exponent``; a quotient a/b is ``Mul((a, Pow(b, Num(-1))))``."""

    __slots__ = ()

    @property
    def base(self) -> Term:
        return self.key[0]

    @property
    def exponent(self) -> Term:
        return self.key[1]

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.key


class Fn(Term):
    """A named function of one real: ``Fn('exp', x)``. The names are the keys of the kernel's function table."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.key[0]

    @property
    def arg(self) -> Term:
        return self.key[1]

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.key[1],)


class Opaque(Term):
    """An unknown smooth function of reals, ``Opaque('f', (x, y), (0, 0))``: f(x, y).

    The last tuple counts derivatives in each argument: ``Opaque('f', (x,), (1,))`` is f'(x).
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.key[0]

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.key[1]

    @property
    def orders(self) -> tuple[int, ...]:
        return self.key[2]


class Delta(Term):
    """Kronecker's delta of two indices: ``Delta(i, j)``."""

    __slots__ = ()

    @property
    def left(self) -> Index:
        return self.key[0]

    @property
    def right(self) -> Index:
        return self.key[1]

    def _free_indices(self) -> frozenset[str]:
        return frozenset(i for i in self.key if isinstance(i, str))


class Cases(Term):
    """``Cases(condition, then, otherwise)``: a choice by an index condition.

    ``condition`` is a term with the values 0 and 1 made of deltas (1 - delta for "not equal", products for "and").
    Unlike condition*then + (1-condition)*otherwise, the branch not taken need not be defined.
    """

    __slots__ = ()

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.key

    @property
    def condition(self) -> Term:
        return self.key[0]


class Sum(Term):
    """``Sum(index, range, body)``: the finite sum of ``body`` over ``index`` in ``range``; empty sums are 0."""

    __slots__ = ()

    @property
    def index(self) -> str:
        return self.key[0]

    @property
    def range(self) -> Range:
        return self.key[1]

    @property
    def body(self) -> Term:
        return self.key[2]

    @property
    def parts(self) -> tuple[Term, ...]:
        return (self.key[2],)

    def _free_indices(self) -> frozenset[str]:
        return self.body.free - {self.index}


class Prod(Sum):
    """``Prod(index, range, body)``: the finite product; empty products are 1."""

    __slots__ = ()


class Deriv(Term):
    """``Deriv(body, var)``: the partial derivative of ``body`` with respect to the family member ``var``.

    If ``var`` is itself defined (an intermediate such as p_i), it is varied alone: the other members of its family
    and everything that ``body`` does not reach through it are held fixed.
    """

    __slots__ = ()

    @property
    def body(self) -> Term:
        return self.key[0]

    @property
    def var(self) -> Var:
        return self.key[1]

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.key


# Constructors: they only flatten the shape, never the mathematics.


def num(value: int | Fraction | str) -> Num:
    return Num(Fraction(value))


ZERO, ONE, MINUS_ONE = num(0), num(1), num(-1)


def var(name: str, *subs: Index, sups: Iterable[Index] = ()) -> Var:
    """The family member ``name_{subs}^{(sups)}``; without indices, the scalar ``name``."""
    return Var(name, tuple(subs), tuple(sups))


def add(*terms: Term) -> Term:
    if len(terms) == 1:
        return terms[0]
    return Add(tuple(terms)) if terms else ZERO


def mul(*terms: Term) -> Term:
    if len(terms) == 1:
        return terms[0]
    return Mul(tuple(terms)) if terms else ONE


def neg(term: Term) -> Term:
    if isinstance(term, Num):
        return num(-term.value)
    return Mul((MINUS_ONE, term))


def power(base: Term, exponent: Term | int | Fraction) -> Term:
    return Pow(base, exponent if isinstance(exponent, Term) else num(exponent))


def exp(arg: Term) -> Term:
    return Fn("exp", arg)


def log(arg: Term) -> Term:
    return Fn("log", arg)


def total(index: str, range_: Range | tuple[int, Size], body: Term) -> Term:
    """The sum of ``body`` over ``index`` in ``range_``."""
    return Sum(index, Range(*range_), body)


def product(index: str, range_: Range | tuple[int, Size], body: Term) -> Term:
    return Prod(index, Range(*range_), body)


def subterms(term: Term) -> Iterator[Term]:
    """``term`` and all terms inside it, each once, outermost first."""
    seen = {term}
    queue = [term]
    while queue:
        head = queue.pop()
        yield head
        for part in reversed(head.parts):
            if part not in seen:
                seen.add(part)
                queue.append(part)


def reached(terms: Iterable[Term], definitions: Mapping[Head, tuple[Definition, ...]]) -> Iterator[Term]:
    """The subterms of ``terms``, each once, and those of the definitions of the families among them, nearest first."""
    queue = deque(terms)
    seen: set[Term] = set()
    while queue:
        stack = [queue.popleft()]
        while stack:
            part = stack.pop()
            if part in seen:
                continue
            seen.add(part)
            yield part
            stack.extend(reversed(part.parts))
            if isinstance(part, Var):
                queue += (d.body for d in definitions.get(part.head, ()))


def unbound(terms: Iterable[Term], definitions: Mapping[Head, tuple[Definition, ...]]) -> set[str]:
    """The indices that the definitions of the families among ``terms`` mention and do not bind.

    >>> S = Definition((), total("j", (1, "K"), var("x", "j", "i")))
    >>> unbound([var("S")], {Head("S", 0, 0): (S,)})
    {'i'}
    """
    reaching = [d for head in {t.head for t in terms if isinstance(t, Var)} for d in definitions.get(head, ())]
    return {name for d in reaching for name in d.body.free if name not in d.params}


def fresh(name: str, taken: Iterable[str]) -> str:
    """``name``, primed until it is not in ``taken``."""
    taken = set(taken)
    while name in taken:
        name += "'"
    return name


def rename(term: Term, mapping: Mapping[str, Index]) -> Term:
    """Replace free indices; bound indices are renamed where they would capture one.

    >>> rename(Sum('i', Range(1, 'K'), var('f', 'i') * var('t', 'k')), {'k': 'i'})
    Sum("i'", Range(low=1, high='K'), Mul((Var('f', ("i'",), ()), Var('t', ('i',), ()))))
    """
    if term.free.isdisjoint(mapping):
        return term
    kind = type(term)  # asked in the order of frequency: this is where most time goes
    if kind is Var:
        name, subs, sups = term.key
        return Var(name, tuple([mapping.get(i, i) for i in subs]), tuple([mapping.get(i, i) for i in sups]))
    if kind is Mul or kind is Add:
        return kind(tuple([p if p.free.isdisjoint(mapping) else rename(p, mapping) for p in term.key[0]]))
    if kind is Delta:
        left, right = term.key
        return Delta(mapping.get(left, left), mapping.get(right, right))
    if isinstance(term, Sum):
        index, range_, body = term.key
        if index in mapping:  # the bound index is another one than the free index of that name
            mapping = {old: new for old, new in mapping.items() if old != index}
        incoming = {new for old, new in mapping.items() if isinstance(new, str) and old in body.free}
        if index in incoming:
            new = fresh(index, incoming | body.free)
            index, body = new, rename(body, {index: new})
        return kind(index, range_, rename(body, mapping))
    return rebuild(term, tuple([rename(part, mapping) for part in term.parts]))


def rebuild(term: Term, parts: tuple[Term, ...]) -> Term:
    """``term`` with its immediate subterms replaced by ``parts``."""
    match term:
        case Add() | Mul():
            return type(term)(parts)
        case Pow() | Cases() | Deriv():
            return type(term)(*parts)
        case Fn():
            return Fn(term.name, parts[0])
        case Opaque():
            return Opaque(term.name, parts, term.orders)
        case Sum():
            return type(term)(term.index, term.range, parts[0])
    return term


def written_out(*terms: Term) -> int:
    """How many parts ``terms`` have when they are written out, where what occurs twice counts twice.

    >>> x = var("x")
    >>> written_out((x + x) * (x + x))
    7
    """
    counts: dict[Term, int] = {}
    queue = list(terms)
    while queue:
        term = queue[-1]
        missing = [part for part in term.parts if part not in counts]
        if missing:
            queue += missing
        else:
            counts[queue.pop()] = 1 + sum(counts[part] for part in term.parts)
    return sum(counts[term] for term in terms)


def rewritten(term: Term, change: Callable[[Term], Term | None], memo: dict[Term, Term] | None = None) -> Term:
    """``term`` where each subterm for which ``change`` gives another one is replaced by that, outermost first.

    What occurs many times is looked at once. Bound indices are not renamed. With the same ``memo`` for several terms,
    what they share is looked at once, too.

    >>> rewritten(var("a") * var("b"), lambda t: num(2) if t == var("a") else None)
    Mul((Num(Fraction(2, 1)), Var('b', (), ())))
    """
    memo = {} if memo is None else memo

    def read(part: Term) -> Term:
        found = memo.get(part)
        if found is None:
            found = change(part)
            if found is None:
                found = rebuild(part, tuple(map(read, part.parts))) if part.parts else part
            memo[part] = found
        return found

    return read(term)


# Contexts and claims


@dataclass(frozen=True, slots=True)
class Definition:
    """``head`` with the indices ``params`` stands for ``body``: ``p_i = e^{f_i}/S`` is Definition(('i',), body).

    ``params`` are the index names, subscripts first. An ``int`` among them defines that member only (p_3 = ...).
    """

    params: tuple[Index, ...]
    body: Term


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that may be used in a proof, and must then be reported.

    ``kind`` is one of

    ========== =========================== ==================================================================
    kind       data                        meaning
    ========== =========================== ==================================================================
    equation   (left, right)               left = right, for all values of the free indices in their ranges
    onehot     (head, slot)                the family is 0/1 valued and has exactly one 1 along index ``slot``
    binary     (head,)                     every member is 0 or 1
    positive   (head,)                     every member is > 0
    equal      (i, j)                      the free indices i and j are equal
    distinct   (i, j)                      the free indices i and j differ
    ========== =========================== ==================================================================

    ``text`` says it in LaTeX for people; ``source`` says where it comes from ("line 12: 'one-hot encoded'").
    """

    kind: str
    data: tuple
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a claim lives.

    ``ranges``: the range of each free index. ``families``: the range of each index slot of a family, where known
    (subscripts first). ``sizes``: names of sizes that have a number here (K = 4), for reports. ``minimum``: symbolic
    sizes known to be larger than 1. ``dependent``: pairs (A, b) of undefined families where A may depend on b in a way
    nobody stated: dA/db is then an unknown number, not 0. ``through``: undefined scalars that depend on everything
    only through the given families (with the ranges of their slots): dL/dx = sum over j of dL/dy_j dy_j/dx.
    ``held``: defined families that derivatives by anything else hold fixed (the explicit partial derivative).
    """

    ranges: Mapping[str, Range] = field(default_factory=dict)
    definitions: Mapping[Head, tuple[Definition, ...]] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    families: Mapping[Head, tuple[Range | None, ...]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    minimum: Mapping[str, int] = field(default_factory=dict)
    dependent: frozenset[tuple[Head, Head]] = frozenset()
    through: Mapping[Head, tuple[tuple[Head, tuple[Range, ...]], ...]] = field(default_factory=dict)
    held: frozenset[Head] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """``left relation right`` under ``context``; ``relation`` is one of ``= < > <= >= !=``."""

    left: Term
    relation: str
    right: Term
    context: Context = Context()
