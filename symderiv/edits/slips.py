r"""The slips: what may stand at a place instead, each with the slip it would mend in the words of a teacher.

Each rule is one kind of slip; ``RULES`` has the likeliest first. This module must never judge whether an edit is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symderiv.edits.places import Place, member
from symderiv.notation import unicode
from symderiv.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Cases,
    Delta,
    Deriv,
    Fn,
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
    rename,
)

TWO, HALF = num(2), num("1/2")
SHORT = 40  # characters of a formula within a sentence

Slips = Iterator[tuple[Term, str]]


def _sign(place: Place) -> Slips:
    term, parent = place.term, place.parent
    if term is ZERO:
        return
    if parent is None:
        opposite = add(*map(_opposite, term.parts)) if isinstance(term, Add) else _opposite(term)
        yield opposite, "the sign is wrong"
    elif isinstance(parent, Add) or _negative(term) or (isinstance(parent, Fn) and parent.name == "exp"):
        what = unicode(_opposite(term) if _negative(term) else term)
        yield _opposite(term), f"the sign of {what} is wrong" if len(what) <= SHORT else "the sign of a term is wrong"


def _negative(term: Term) -> bool:
    return isinstance(term, Mul) and term.parts[0] is MINUS_ONE


def _opposite(term: Term) -> Term:
    return mul(*term.parts[1:]) if _negative(term) else neg(term)


def _pairs(place: Place) -> Iterator[tuple[str, str]]:
    names = list(place.scope)
    for n, i in enumerate(names):
        for j in names[n + 1 :]:
            if place.scope[i] == place.scope[j]:
                yield i, j


def _one_for_delta(place: Place) -> Slips:
    if place.term is ONE and isinstance(place.parent, Add | Sum | None):
        for i, j in _pairs(place):
            only = f"the formula holds for {_letter(i)} = {_letter(j)} only"
            yield Delta(i, j), f"{unicode(Delta(i, j))} is missing: {only}"


def _times(factor: Term, term: Term) -> Term:
    return factor if term is ONE else mul(factor, term)  # what is printed has no factor 1


def _insert_delta(place: Place) -> Slips:
    if place.factor and place.term is not ONE and place.term is not ZERO:
        for i, j in _pairs(place):
            yield mul(Delta(i, j), place.term), f"{unicode(Delta(i, j))} is missing{place.where}"


def _insert_case(place: Place) -> Slips:
    """``-p_i p_k`` for ``p_i (δ_ik - p_k)``: what holds for distinct indices only lacks a term for equal ones."""
    if place.parent is not None:
        return
    for i, j in _pairs(place):
        only = f"the formula holds for {_letter(i)} ≠ {_letter(j)} only"
        for factor in (ONE, *_factors(place.term)):
            if factor is ONE or not factor.free.isdisjoint((i, j)):
                equal = _times(Delta(i, j), factor)
                for lacking in (equal, neg(equal)):
                    yield add(lacking, place.term), f"the term {unicode(lacking)} is missing: {only}"


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
                yield Sum(name, range_, term), f"the sum over {_letter(name)} is missing{_why(term, name)}"
    if isinstance(term, Mul):  # dL/df_k = dL/dp_k dp_k/df_k: the chain rule over all p
        factors = _factors(term)
        links = [f.var for f in factors if isinstance(f, Deriv)]
        for middle in dict.fromkeys(links):
            if any(isinstance(f, Deriv) and f.body is middle for f in factors):
                yield from _chain(place, middle)


def _chain(place: Place, middle: Var) -> Slips:
    """Over all members of the family of ``middle``: first along one index that is in scope anyway, then along all."""
    slots = [n for n, i in enumerate(middle.indices) if i not in place.bound]
    chosen = [(n,) for n in slots] + ([tuple(slots)] if len(slots) > 1 else [])
    for at in chosen:
        indices = list(middle.indices)
        bounds: dict[str, Range] = {}
        for n in at:
            range_ = place.range_at(middle.head, n, indices[n])
            if range_ is None:
                return
            wish = "k" if isinstance(indices[n], int) else str(indices[n]).rstrip("'")
            name = fresh(wish, {*place.scope, *place.term.free, *bounds})
            indices[n] = name
            bounds[name] = range_
        linked = _relinked(place.term, middle, member(middle.head, tuple(indices)))
        body = linked
        for name, range_ in bounds.items():
            body = Sum(name, range_, body)
        yield body, f"the sum over {' and '.join(map(_letter, bounds))} is missing{_why(linked, min(bounds))}"


def _relinked(term: Term, middle: Var, new: Var) -> Term:
    """``term`` with ``new`` for ``middle`` in its derivatives."""
    if isinstance(term, Mul):
        return Mul(tuple(_relinked(part, middle, new) for part in term.parts))
    if isinstance(term, Deriv) and middle in term.parts:
        return Deriv(new if term.body is middle else term.body, new if term.var is middle else term.var)
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
        words = f"there should be no sum over {_letter(term.index)}"
        if term.index in place.scope or term.index not in term.body.free:
            yield term.body, words
        for index in place.indices(term.range, but=term.index):
            single = f"only the term with {_letter(term.index)} = {_letter(index)} is left"
            yield rename(term.body, {term.index: index}), f"{words}: {single}"


def _widen_sum(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Add | Mul):
        for n, part in enumerate(term.parts):
            rest = (*term.parts[:n], *term.parts[n + 1 :])
            if isinstance(part, Sum) and not isinstance(part, Prod) and any(part.index in other.free for other in rest):
                body = type(term)((*term.parts[:n], part.body, *term.parts[n + 1 :]))
                yield Sum(part.index, part.range, body), f"the sum over {_letter(part.index)} ends too early"


def _index(place: Place) -> Slips:
    term = place.term
    if isinstance(term, Var):
        for n, index in enumerate(term.indices):
            for new in place.indices(place.range_at(term.head, n, index), but=index):
                at = (*term.indices[:n], new, *term.indices[n + 1 :])
                yield member(term.head, at), _swapped(index, new, unicode(term))
        if len(term.indices) > 1:
            interchanged = member(term.head, term.subs[::-1] + (term.sups if term.subs[1:] else term.sups[::-1]))
            yield interchanged, f"the indices of {unicode(term)} are interchanged"
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
                words = f"the indices {_letter(i)} and {_letter(j)} are interchanged{place.where}"
                yield rename(term, {i: j, j: i}), words


def _swapped(old: Index, new: Index, where: str) -> str:
    inside = f" in {where}" if len(where) <= SHORT else ""
    return f"an index is swapped: {_letter(old)} where {_letter(new)} is needed{inside}"


def _exponent(place: Place) -> Slips:
    term, parent = place.term, place.parent
    if isinstance(term, Pow) and isinstance(term.exponent, Num):
        base, value = term.base, term.exponent.value
        if term.exponent is MINUS_ONE and isinstance(base, Pow) and isinstance(base.exponent, Num):
            return  # 1/x^2: the inner power is the place
        halves = [value / 2] if value.denominator == 1 else []
        for new in (value + 1, value - 1, 2 * value, *halves):
            if new:
                shown = -new if value < 0 and isinstance(parent, Mul) else new  # as it stands under a fraction bar
                yield (power(base, new) if new != 1 else base), f"the exponent of {unicode(base)} should be {shown}"
    elif isinstance(term, Var | Sum | Add | Fn) and isinstance(parent, Add | Mul | Sum | Pow):
        if isinstance(parent, Pow) and (parent.exponent is not MINUS_ONE or term is parent.exponent):
            return
        yield power(term, 2), f"the exponent of {unicode(term)} should be 2"
        if isinstance(term, Var | Sum):
            yield power(term, HALF), f"the root of {unicode(term)} is needed"


def _size(place: Place) -> Slips:
    if isinstance(place.term, SizeOf):
        for name in place.scene.sizes:
            yield SizeOf(name), f"{_letter(place.term.name)} where {_letter(name)} is needed"
    if place.factor:
        for name in place.scene.sizes:
            yield _times(power(SizeOf(name), -1), place.term), f"a factor 1/{_letter(name)} is missing{place.where}"
            yield _times(SizeOf(name), place.term), f"a factor {_letter(name)} is missing{place.where}"


def _number(place: Place) -> Slips:
    term = place.term
    numbers = [factor for factor in _factors(term) if isinstance(factor, Num) and factor is not MINUS_ONE]
    if place.factor and not numbers:
        yield mul(TWO, term), f"a factor 2 is missing{place.where}"
        yield mul(HALF, term), f"a factor 1/2 is missing{place.where}"
    if isinstance(term, Mul):
        for part in term.parts:
            if isinstance(part, Num) and part is not MINUS_ONE:
                yield mul(*(p for p in term.parts if p is not part)), f"the factor {unicode(part)} is too much"
    if isinstance(term, Num) and term is not MINUS_ONE and not isinstance(place.parent, Pow):
        for new in (term.value + 1, term.value - 1):
            if new or not isinstance(place.parent, Mul):
                yield num(new), f"{unicode(term)} where {unicode(num(new))} is needed"


def _drop_factor(place: Place) -> Slips:
    if isinstance(place.term, Mul):
        parts = place.term.parts
        for n, part in enumerate(parts):
            if part is not MINUS_ONE and not isinstance(part, Delta | Mul):
                what = f"division by {unicode(_inverse(part))}" if _divides(part) else f"factor {unicode(part)}"
                yield mul(*parts[:n], *parts[n + 1 :]), f"the {what} is too much"


def _divides(term: Term) -> bool:
    """Whether a factor stands under a fraction bar."""
    return isinstance(term, Pow) and isinstance(term.exponent, Num) and term.exponent.value < 0


def _insert_factor(place: Place) -> Slips:
    if not place.factor or place.term is ZERO:
        return
    for factor in _missing_factors(place):
        yield _times(factor, place.term), f"the factor {unicode(factor)} is missing{place.where}"
    own = _factors(place.term)
    for factor in _missing_factors(place):
        if factor not in own:
            yield _over(place.term, factor), f"a division by {unicode(factor)} is missing{place.where}"


def _over(term: Term, divisor: Term) -> Term:
    return power(divisor, -1) if term is ONE else mul(term, power(divisor, -1))


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
        found |= dict.fromkeys(place.members(head) if head.subs + head.sups else (member(head, ()),))
    yield from (factor for factor in found if factor is not place.scene.other)


def _quotient(place: Place) -> Slips:
    term, parent = place.term, place.parent
    if isinstance(term, Mul) and not isinstance(parent, Mul):
        factors = _factors(term)
        minus = [factor for factor in factors if factor is MINUS_ONE]
        below = [_inverse(factor) for factor in factors if _divides(factor)]
        above = [factor for factor in factors if factor is not MINUS_ONE and not _divides(factor)]
        if below and above:
            swapped = mul(*minus, *below, power(mul(*above), -1))
            yield swapped, f"numerator and denominator are swapped{place.where}"
        elif len(above) == 2 and isinstance(parent, Add | None):
            for n in (1, 0):
                yield mul(*minus, above[1 - n], power(above[n], -1)), f"{unicode(above[n])} is a divisor{place.where}"
    elif isinstance(term, Pow) and isinstance(term.exponent, Num) and isinstance(parent, Mul):
        base = _inverse(term) if _divides(term) else term
        yield _inverse(term), f"{unicode(base)} is a {'factor, not a divisor' if _divides(term) else 'divisor'}"


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
                new = member(head, term.indices)
                yield new, words.format(unicode(term), unicode(new))
        elif head.name == term.name:
            for new in place.members(head):
                yield new, words.format(unicode(term), unicode(new))


def _function(place: Place) -> Slips:
    term, parent = place.term, place.parent
    if isinstance(term, Fn):
        name = {"exp": "the exponential", "log": "the logarithm"}.get(term.name, term.name)
        yield term.arg, f"{name} is too much: {unicode(term.arg)} is needed"
    under = isinstance(parent, Fn) and parent.name in ("exp", "log")
    if isinstance(term, Var) and not isinstance(parent, Deriv | Opaque) and not under:
        yield Fn("exp", term), f"the exponential is missing: {unicode(Fn('exp', term))} is needed"
        yield Fn("log", term), f"the logarithm is missing: {unicode(Fn('log', term))} is needed"
    if isinstance(term, Opaque) and len(term.orders) == 1:
        (order,) = term.orders
        yield Opaque(term.name, term.parts, (order + 1,)), f"a derivative of {term.name} is missing"
        if order:
            yield Opaque(term.name, term.parts, (order - 1,)), f"one derivative of {term.name} is too much"


def _complement(place: Place) -> Slips:
    """1 - x for x, and x for 1 - x."""
    term = place.term
    new = None
    if isinstance(term, Add) and len(term.parts) == 2 and term.parts[0] is ONE:
        new = _opposite(term.parts[1])
    elif isinstance(term, Var | Fn) and not isinstance(place.parent, Deriv):
        new = add(ONE, neg(term))
    if new is not None:
        yield new, f"{unicode(term)} where {unicode(new)} is needed"


def _addend(place: Place) -> Slips:
    term, parent, scene = place.term, place.parent, place.scene
    parts = term.parts if isinstance(term, Add) else (term,)
    if isinstance(term, Add):
        for n, part in enumerate(parts):
            what = unicode(_opposite(part) if _negative(part) else part)
            yield add(*parts[:n], *parts[n + 1 :]), f"the term {what} is too much"
    inside = isinstance(parent, Mul) and not isinstance(term, Num | Pow | Mul | Delta)
    if isinstance(term, Add) or parent is None or inside:
        seen = [part for whole in scene.written if isinstance(whole, Add) for part in whole.parts]
        for extra in dict.fromkeys([ONE, *seen]):
            if extra is not scene.other and extra.free <= set(place.scope) and extra not in parts:
                for signed in (extra, _opposite(extra)):
                    yield add(*parts, signed), f"the term {unicode(signed)} is missing{place.where}"


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
        name = _letter(term.index)
        for new in (low - 1, low + 1):
            if new >= 0:
                yield type(term)(term.index, Range(new, high), term.body), f"{name} should start at {new}"
        for size in place.scene.sizes if isinstance(high, str) else ():
            if size != high:
                yield type(term)(term.index, Range(low, size), term.body), f"{name} should run up to {_letter(size)}"
        for i in place.indices(term.range, but=term.index):
            if i not in place.bound:
                neutral = ONE if isinstance(term, Prod) else ZERO
                left_out = Cases(add(ONE, neg(Delta(term.index, i))), term.body, neutral)
                words = f"the term with {name} = {_letter(i)} is to be left out"
                yield type(term)(term.index, term.range, left_out), words
        if isinstance(term.body, Cases) and term.body.parts[2] in (ZERO, ONE):
            yield type(term)(term.index, term.range, term.body.parts[1]), f"the sum runs over all {name}"


def _letter(index: Index) -> str:
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
    ("missing case", _insert_case),
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
