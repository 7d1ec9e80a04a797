r"""Single-place edits of a term: the slips that people make, each with what a teacher would say about it.

The same edits mend a false line (an edit of it that is proved is the likely repair) and test the kernel (an edit of a
true line is a mutant that must not be proved). This module must never say that an edit is right: only the kernel does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product

from symderiv.notation import unicode
from symderiv.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Cases,
    Context,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Mul,
    Num,
    Opaque,
    Pow,
    Prod,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    add,
    fresh,
    mul,
    neg,
    num,
    power,
    rebuild,
    rename,
    subterms,
)

LIMIT = 400
TWO, HALF = num(2), num("1/2")


@dataclass(frozen=True, slots=True)
class Edit:
    """``term`` is the whole term after one edit; ``kind`` names the edit, ``words`` the slip that it would mend."""

    term: Term
    kind: str
    words: str


def edits(term: Term, context: Context, other: Term | None = None, limit: int = LIMIT) -> Iterator[Edit]:
    """Every single-place edit of ``term``, likeliest slips first, no term twice, at most ``limit``.

    ``other`` is the other side of the claim: its indices are in scope, its factors and addends may be what is missing,
    and an index that is free in ``term`` alone may lack its sum.
    """
    return islice(_distinct(term, context, other), limit)


def _distinct(term: Term, context: Context, other: Term | None) -> Iterator[Edit]:
    scene = Scene(term, context, other)
    places = list(_places(term, scene))
    seen = {term}
    for kind, rule in RULES:
        for place in places:
            for new, words in rule(place):
                whole = place.wrap(new)
                if whole not in seen:
                    seen.add(whole)
                    yield Edit(whole, kind, words)


@dataclass
class Scene:
    """What the edits of one term may draw on."""

    term: Term
    context: Context
    other: Term | None

    @cached_property
    def reached(self) -> tuple[Term, ...]:
        """The subterms of the other side, of the term and of the definitions that they reach, in this order."""
        queue = [self.other] if self.other is not None else []
        queue.append(self.term)
        seen: dict[Term, None] = {}
        while queue:
            for part in subterms(queue.pop(0)):
                if part not in seen:
                    seen[part] = None
                    if isinstance(part, Var):
                        queue += [d.body for d in self.context.definitions.get(part.head, ())]
        return tuple(seen)

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
        if isinstance(self.term, Num) and self.parent is not None and not isinstance(self.parent, Add):
            return False
        if isinstance(self.parent, Deriv) or (isinstance(self.term, Mul) and self.term.parts[0] is MINUS_ONE):
            return False
        return not isinstance(self.parent, Mul | Pow) or (isinstance(self.parent, Mul) and self.parent.parts == (MINUS_ONE, self.term))

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
                yield _var(head, at)


def _var(head: Head, indices: tuple[Index, ...]) -> Var:
    return Var(head.name, indices[: head.subs], indices[head.subs :])


def _places(term: Term, scene: Scene) -> Iterator[Place]:
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


# The rules: each yields what may stand at a place instead, with the slip in words

Slips = Iterator[tuple[Term, str]]


def _sign(place: Place) -> Slips:
    term = place.term
    if place.parent is None or isinstance(place.parent, Add) or (isinstance(place.parent, Fn) and place.parent.name == "exp"):
        negated = isinstance(term, Mul) and term.parts[0] is MINUS_ONE
        what = unicode(mul(*term.parts[1:]) if negated else term)
        words = "the sign is wrong" if place.parent is None or len(what) > 40 else f"the sign of {what} is wrong"
        if term is not ZERO and not (place.parent is None and isinstance(term, Add)):
            yield (mul(*term.parts[1:]) if negated else neg(term)), words
        if place.parent is None and isinstance(term, Add):
            yield add(*(_opposite(part) for part in term.parts)), "the sign is wrong: both terms need the opposite sign" if len(
                term.parts
            ) == 2 else "the sign is wrong: every term needs the opposite sign"
    elif isinstance(term, Mul) and term.parts[0] is MINUS_ONE:
        yield mul(*term.parts[1:]), f"the sign of {unicode(mul(*term.parts[1:]))} is wrong"


def _opposite(term: Term) -> Term:
    return mul(*term.parts[1:]) if isinstance(term, Mul) and term.parts[0] is MINUS_ONE else neg(term)


def _pairs(place: Place) -> Iterator[tuple[str, str]]:
    names = list(place.scope)
    for n, i in enumerate(names):
        for j in names[n + 1 :]:
            if place.scope[i] == place.scope[j]:
                yield i, j


def _one_for_delta(place: Place) -> Slips:
    if place.term is ONE and isinstance(place.parent, Add | Sum | None):
        for i, j in _pairs(place):
            yield Delta(i, j), f"{unicode(Delta(i, j))} is missing: the formula holds for {unicode_index(i)} = {unicode_index(j)} only"


def _insert_delta(place: Place) -> Slips:
    if place.factor and place.term is not ONE and place.term is not ZERO:
        for i, j in _pairs(place):
            yield mul(Delta(i, j), place.term), f"{unicode(Delta(i, j))} is missing{place.where}"


def _drop_delta(place: Place) -> Slips:
    if isinstance(place.term, Delta):
        if not isinstance(place.parent, Mul):
            yield ONE, f"{unicode(place.term)} should be 1"
    elif isinstance(place.term, Mul):
        for n, part in enumerate(place.term.parts):
            if isinstance(part, Delta):
                yield mul(*place.term.parts[:n], *place.term.parts[n + 1 :]), f"there should be no {unicode(part)}"


def _insert_sum(place: Place) -> Slips:
    term, scene = place.term, place.scene
    if not isinstance(term, Num) and (place.factor or place.parent is None):
        for name, range_ in scene.free.items():
            if name in term.free and name not in place.bound and (scene.other is None or name not in scene.other.free):
                yield Sum(name, range_, term), f"the sum over {unicode_index(name)} is missing{_why(term, name)}"
    if isinstance(term, Mul):  # dL/df_k = dL/dp_k dp_k/df_k: the chain rule over all p
        factors = _factors(term)
        links = [f.var for f in factors if isinstance(f, Deriv)]
        for middle in dict.fromkeys(links):
            if any(isinstance(f, Deriv) and f.body is middle for f in factors):
                yield from _chain(place, middle)


def _chain(place: Place, middle: Var) -> Slips:
    """Over all members of the family of ``middle``: first along one index that is in scope anyway, then along all."""
    slots = [n for n, i in enumerate(middle.indices) if not isinstance(i, str) or i not in place.bound]
    chosen = [(n,) for n in slots] + ([tuple(slots)] if len(slots) > 1 else [])
    for at in chosen:
        indices, body, ranges = list(middle.indices), place.term, []
        for n in at:
            range_ = place.range_at(middle.head, n, indices[n])
            if range_ is None:
                break
            name = fresh("k" if isinstance(indices[n], int) else str(indices[n]).rstrip("'"), {*place.scope, *body.free, *(i for i, _ in ranges)})
            indices[n] = name
            ranges.append((name, range_))
        else:
            member = _var(middle.head, tuple(indices))
            body = _replace_links(place.term, middle, member)
            for name, range_ in ranges:
                body = Sum(name, range_, body)
            names = " and ".join(unicode_index(name) for name, _ in ranges)
            yield body, f"the sum over {names} is missing{_why(body.parts[0], ranges[0][0])}"


def _replace_links(term: Term, middle: Var, member: Var) -> Term:
    if isinstance(term, Mul):
        return Mul(tuple(_replace_links(part, middle, member) for part in term.parts))
    if isinstance(term, Deriv) and middle in term.parts:
        return Deriv(member if term.body is middle else term.body, member if term.var is middle else term.var)
    return term


def _why(term: Term, name: str) -> str:
    """``: every p_i depends on f_k``, where the product shows a chain through p_i."""
    for factor in _factors(term):
        if isinstance(factor, Deriv) and name in factor.body.free and isinstance(factor.body, Var):
            return f": every {unicode(factor.body)} depends on {unicode(factor.var)}"
    return ""


def _drop_sum(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Sum) and not isinstance(term, Prod):
        words = f"there should be no sum over {unicode_index(term.index)}"
        if term.index in place.scope:
            yield term.body, words
        for index in place.indices(term.range, but=term.index):
            yield rename(term.body, {term.index: index}), f"{words}: only the term with {unicode_index(term.index)} = {unicode_index(index)} is left"


def _widen_sum(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Add | Mul):
        for n, part in enumerate(term.parts):
            rest = (*term.parts[:n], *term.parts[n + 1 :])
            if isinstance(part, Sum) and not isinstance(part, Prod) and any(part.index in other.free for other in rest):
                body = type(term)((*term.parts[:n], part.body, *term.parts[n + 1 :]))
                yield Sum(part.index, part.range, body), f"the sum over {unicode_index(part.index)} ends too early"


def _index(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Var):
        for n, index in enumerate(term.indices):
            for new in place.indices(place.range_at(term.head, n, index), but=index):
                at = (*term.indices[:n], new, *term.indices[n + 1 :])
                yield _var(term.head, at), _swapped(index, new, unicode(term))
        if len(term.indices) > 1:
            yield _var(term.head, tuple(reversed(term.subs)) + term.sups), f"the indices of {unicode(term)} are interchanged"
    elif isinstance(term, Delta):
        for n, index in enumerate(term.key):
            other = term.key[1 - n]
            range_ = place.scope.get(index) or place.scope.get(other)
            for new in place.indices(range_, but=index):
                if new != other:
                    yield Delta(*(new if m == n else other for m in (0, 1))), _swapped(index, new, unicode(term))


def _index_throughout(place: Place) -> Slips:
    """One index for another in a whole product, or everywhere."""
    term = place.term
    if not isinstance(term, Mul | Add | Pow | Fn | Deriv | Sum):
        return
    names = sorted(name for name in term.free if name in place.scope)
    for name in names:
        for new in place.indices(place.scope[name], but=name):
            yield rename(term, {name: new}), _swapped(name, new, unicode(term))
    for n, i in enumerate(names):
        for j in names[n + 1 :]:
            if place.scope[i] == place.scope[j]:
                yield rename(term, {i: j, j: i}), f"the indices {unicode_index(i)} and {unicode_index(j)} are interchanged{place.where}"


def _swapped(old: Index, new: Index, where: str) -> str:
    inside = f" in {where}" if len(where) <= 40 else ""
    return f"an index is swapped: {unicode_index(old)} where {unicode_index(new)} is needed{inside}"


def _exponent(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Pow) and isinstance(term.exponent, Num):
        inner = term.base
        if isinstance(inner, Pow) and isinstance(inner.exponent, Num) and term.exponent is MINUS_ONE:
            return  # 1/x^2: the inner power is the place
        value = term.exponent.value
        for new in (value + 1, value - 1, 2 * value, value / 2) if value.denominator == 1 else (value + 1, value - 1, 2 * value):
            if new:
                shown = -new if value < 0 and isinstance(place.parent, Mul) else new
                yield (power(inner, new) if new != 1 else inner), f"the exponent of {unicode(inner)} should be {shown}"
    elif isinstance(term, Var | Sum | Add | Fn) and not (isinstance(place.parent, Pow | Deriv | Opaque) and place.parent.parts[-1] is not MINUS_ONE):
        if place.parent is not None and not isinstance(place.parent, Fn):
            yield power(term, 2), f"the exponent of {unicode(term)} should be 2"
        if isinstance(term, Var | Sum):
            yield power(term, HALF), f"the root of {unicode(term)} is needed"


def _size(place: Place) -> Slips:
    if isinstance(place.term, SizeOf):
        for name in place.scene.sizes:
            yield SizeOf(name), f"{unicode_index(place.term.name)} where {unicode_index(name)} is needed"
    if place.factor:
        for name in place.scene.sizes:
            yield mul(power(SizeOf(name), -1), place.term), f"a factor 1/{unicode_index(name)} is missing{place.where}"
            yield mul(SizeOf(name), place.term), f"a factor {unicode_index(name)} is missing{place.where}"


def _number(place: Place) -> Slips:
    if place.factor and not isinstance(place.term, Num):
        yield mul(TWO, place.term), f"a factor 2 is missing{place.where}"
        yield mul(HALF, place.term), f"a factor 1/2 is missing{place.where}"
    if isinstance(place.term, Num) and not isinstance(place.parent, Pow) and place.term is not MINUS_ONE:
        for new in (place.term.value + 1, place.term.value - 1):
            yield num(new), f"{unicode(place.term)} where {unicode(num(new))} is needed"


def _drop_factor(place: Place) -> Slips:
    if isinstance(place.term, Mul):
        parts = place.term.parts
        for n, part in enumerate(parts):
            if part is not MINUS_ONE and not isinstance(part, Delta | Mul):
                rest = mul(*parts[:n], *parts[n + 1 :])
                divisor = isinstance(part, Pow) and isinstance(part.exponent, Num) and part.exponent.value < 0
                words = f"the division by {unicode(_inverse(part))} is too much" if divisor else f"the factor {unicode(part)} is too much"
                yield rest, words


def _insert_factor(place: Place) -> Slips:
    if not place.factor or place.term is ZERO:
        return
    for factor in _missing_factors(place):
        yield mul(factor, place.term), f"the factor {unicode(factor)} is missing{place.where}"
    for factor in _missing_factors(place):
        yield mul(place.term, power(factor, -1)), f"a division by {unicode(factor)} is missing{place.where}"


def _missing_factors(place: Place) -> Iterator[Term]:
    """What stands in this line and could be a factor here, then the members of the families in sight."""
    scope = set(place.scope)
    found: dict[Term, None] = {}
    for part in place.scene.written:
        if isinstance(part, Var | Fn | Sum | Deriv) and part.free <= scope | set(place.scene.context.sizes):
            found[part] = None
        elif isinstance(part, Mul):
            found |= dict.fromkeys(f for f in part.parts if isinstance(f, Add) and f.free <= scope)
    for head in place.scene.heads:
        found |= dict.fromkeys(place.members(head) if head.subs + head.sups else (_var(head, ()),))
    yield from found


def _quotient(place: Place) -> Slips:
    if isinstance(place.term, Mul) and not isinstance(place.parent, Mul):
        factors = [f for f in _factors(place.term) if f is not MINUS_ONE]
        minus = [MINUS_ONE] if len(factors) < len(_factors(place.term)) else []
        below = [_inverse(f) for f in factors if isinstance(f, Pow) and isinstance(f.exponent, Num) and f.exponent.value < 0]
        above = [f for f in factors if not (isinstance(f, Pow) and isinstance(f.exponent, Num) and f.exponent.value < 0)]
        if below and above:
            yield mul(*minus, *below, power(mul(*above), -1)), f"numerator and denominator are swapped{place.where}"
        if len(factors) == 2 and len(below) == 0 and isinstance(place.parent, Add | None):
            yield mul(*minus, factors[0], power(factors[1], -1)), f"{unicode(factors[1])} is a divisor{place.where}"
    elif isinstance(place.term, Pow) and isinstance(place.term.exponent, Num) and isinstance(place.parent, Mul):
        words = f"{unicode(_inverse(place.term))} is a factor, not a divisor" if place.term.exponent.value < 0 else f"{unicode(place.term)} is a divisor"
        yield _inverse(place.term), words


def _factors(term: Term) -> list[Term]:
    return [f for part in term.parts for f in _factors(part)] if isinstance(term, Mul) else [term]


def _inverse(term: Term) -> Term:
    if isinstance(term, Pow) and isinstance(term.exponent, Num):
        return term.base if term.exponent is MINUS_ONE else power(term.base, -term.exponent.value)
    return power(term, -1)


def _variable(place: Place) -> Slips:
    term = place.term
    if not isinstance(term, Var):
        return
    own = tuple(place.range_at(term.head, n, index) for n, index in enumerate(term.indices))
    for head in place.scene.heads:
        words = "{0} where {1} is needed"
        if head == term.head:
            continue
        if head.subs + head.sups == len(own):
            if len(own) == 0 or place.scene.context.families.get(head, own) == own:
                new = _var(head, term.indices)
                yield new, words.format(unicode(term), unicode(new))
        elif head.name == term.name:
            for new in place.members(head):
                yield new, words.format(unicode(term), unicode(new))


def _function(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Fn):
        yield term.arg, f"{'the exponential' if term.name == 'exp' else term.name} is too much: {unicode(term.arg)} is needed"
        if term.name in ("exp", "log"):
            return
    if isinstance(term, Var) and not isinstance(place.parent, Deriv | Opaque) and not (isinstance(place.parent, Fn) and place.parent.name in ("exp", "log")):
        yield Fn("exp", term), f"the exponential is missing: {unicode(Fn('exp', term))}"
        yield Fn("log", term), f"the logarithm is missing: {unicode(Fn('log', term))}"
    if isinstance(term, Var | Fn) and not isinstance(place.parent, Deriv):
        complement = add(ONE, neg(term))
        yield complement, f"{unicode(term)} where {unicode(complement)} is needed"
    if isinstance(term, Opaque) and len(term.orders) == 1:
        (order,) = term.orders
        yield Opaque(term.name, term.parts, (order + 1,)), f"a derivative of {term.name} is missing"
        if order:
            yield Opaque(term.name, term.parts, (order - 1,)), f"one derivative of {term.name} is too much"


def _complement(place: Place) -> Slips:
    """1 - x for x and x for 1 - x."""
    term = place.term
    if isinstance(term, Add) and len(term.parts) == 2 and term.parts[0] is ONE:
        yield _opposite(term.parts[1]), f"{unicode(term)} where {unicode(_opposite(term.parts[1]))} is needed"


def _addend(place: Place) -> Slips:
    term, scene = place.term, place.scene
    if isinstance(term, Add):
        for n, part in enumerate(term.parts):
            yield add(*term.parts[:n], *term.parts[n + 1 :]), f"the term {unicode(_opposite(part) if _negative(part) else part)} is too much"
    if isinstance(term, Add) or place.parent is None or (isinstance(place.parent, Mul) and not isinstance(term, Num | Pow | Mul | Delta)):
        addends = dict.fromkeys([ONE, *(p for t in scene.written if isinstance(t, Add) for p in t.parts)])
        if isinstance(scene.other, Add):
            addends |= dict.fromkeys(scene.other.parts)
        for extra in addends:
            if extra.free <= set(place.scope) and not (isinstance(term, Add) and extra in term.parts):
                for signed in (extra, _opposite(extra)):
                    parts = term.parts if isinstance(term, Add) else (term,)
                    yield add(*parts, signed), f"the term {unicode(signed)} is missing{place.where}"


def _negative(term: Term) -> bool:
    return isinstance(term, Mul) and term.parts[0] is MINUS_ONE


def _cases(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Cases):
        yield Cases(term.condition, term.parts[2], term.parts[1]), "the two cases are swapped"
    if isinstance(term, Deriv) and isinstance(term.body, Var):
        yield Deriv(term.var, term.body), "numerator and denominator of the derivative are swapped"


def _range(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Sum):
        low, high = term.range
        name = unicode_index(term.index)
        for new in (low - 1, low + 1):
            if new >= 0:
                yield type(term)(term.index, Range(new, high), term.body), f"{name} should start at {new}"
        for size in place.scene.sizes if isinstance(high, str) else ():
            if size != high:
                yield type(term)(term.index, Range(low, size), term.body), f"{name} should run up to {unicode_index(size)}"
        for i in place.indices(term.range, but=term.index):
            if i not in place.bound:
                left_out = Cases(add(ONE, neg(Delta(term.index, i))), term.body, ONE if isinstance(term, Prod) else ZERO)
                yield type(term)(term.index, term.range, left_out), f"the term with {name} = {unicode_index(i)} is to be left out"
        if isinstance(term.body, Cases) and term.body.parts[2] in (ZERO, ONE):
            yield type(term)(term.index, term.range, term.body.parts[1]), f"the sum runs over all {name}"


def unicode_index(index: Index) -> str:
    return str(index) if isinstance(index, int) else unicode(SizeOf(index))


RULES: tuple[tuple[str, Callable[[Place], Slips]], ...] = (
    ("sign", _sign),
    ("delta", _one_for_delta),
    ("missing sum", _insert_sum),
    ("index", _index),
    ("exponent", _exponent),
    ("size", _size),
    ("number", _number),
    ("missing delta", _insert_delta),
    ("extra delta", _drop_delta),
    ("extra sum", _drop_sum),
    ("sum too short", _widen_sum),
    ("index throughout", _index_throughout),
    ("cases", _cases),
    ("extra factor", _drop_factor),
    ("quotient", _quotient),
    ("variable", _variable),
    ("missing factor", _insert_factor),
    ("complement", _complement),
    ("function", _function),
    ("term", _addend),
    ("range", _range),
)
