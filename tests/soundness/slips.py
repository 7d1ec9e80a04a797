r"""Slips: the changes of an expression that people and careless programs make, and that mostly change its value.

The rules have the form of those in ``rewriting``. A slip may well keep the value: whether the claim that comes out is
false is decided by the reference, never here.
"""

from __future__ import annotations

from fractions import Fraction

from symderiv.terms import (
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
    Pow,
    Range,
    Sum,
    Term,
    Var,
    add,
    exp,
    log,
    mul,
    neg,
    num,
    power,
    rebuild,
    rename,
    total,
)
from tests.soundness.expressions import Site, Writer
from tests.soundness.rewriting import Rule, assumed, new_name

INVALID: dict[str, Rule] = {}


def invalid(rule: Rule) -> Rule:
    INVALID[rule.__name__.strip("_").replace("_", " ")] = rule
    return rule


@invalid
def sign(term: Term, site: Site, w: Writer) -> Term | None:
    return neg(term)


@invalid
def drop_part(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Add | Mul):
        return None
    parts = list(term.parts)
    del parts[w.rng.randrange(len(parts))]
    return (add if isinstance(term, Add) else mul)(*parts)


@invalid
def other_index(term: Term, site: Site, w: Writer) -> Term | None:
    names = sorted(term.free)
    if not names:
        return None
    old = w.rng.choice(names)
    if old not in site.scope:
        return None
    near = [n for n, r in site.scope.items() if n != old and r.high == site.scope[old].high]
    return rename(term, {old: w.rng.choice(sorted(near))}) if near else None


def _capture(term: Term, old: str, new: str | int) -> Term:
    """Renaming as a careless program does it: into sums that bind the new name, and of bound indices too."""
    match term:
        case Var():
            at = lambda i: new if i == old else i  # noqa: E731
            return Var(term.name, tuple(map(at, term.subs)), tuple(map(at, term.sups)))
        case Delta():
            return Delta(*(new if i == old else i for i in term.key))
    return rebuild(term, tuple(_capture(p, old, new) for p in term.parts))


@invalid
def capture(term: Term, site: Site, w: Writer) -> Term | None:
    names = sorted(term.free)
    if not names:
        return None
    return _capture(term, w.rng.choice(names), w.rng.choice(w.names))


@invalid
def factor_in_captured(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Mul):
        return None
    for n, p in enumerate(term.parts):
        if isinstance(p, Sum):
            return type(p)(p.index, p.range, mul(*term.parts[:n], *term.parts[n + 1 :], p.body))
    return None


@invalid
def collapse_outside(term: Term, site: Site, w: Writer) -> Term | None:
    r"""\sum_j \delta_{jk} m(j) = m(k), whether or not k lies in the range of j."""
    names = sorted(site.scope)
    if not names:
        return None
    k = w.rng.choice(names)
    bound = new_name(w, term, Delta(k, 0))
    range_ = w.rng.choice(w.ranges)
    return total(bound, range_, Delta(bound, k) * rename(term, {k: bound}))


@invalid
def other_range(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Sum):
        return None
    low, high = term.range
    new = w.rng.choice((Range(low + 1, high), Range(low - 1, high), w.rng.choice(w.ranges), Range(1, high)))
    return type(term)(term.index, new, term.body)


@invalid
def drop_sum(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Sum):
        return None
    fitting = sorted(n for n, r in site.scope.items() if r.high == term.range.high)
    return rename(term.body, {term.index: w.rng.choice(fitting)}) if fitting else None


@invalid
def drop_delta(term: Term, site: Site, w: Writer) -> Term | None:
    return w.rng.choice((ONE, ZERO)) if isinstance(term, Delta) else None


@invalid
def other_number(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Num):
        return None
    return w.rng.choice((num(term.value + 1), num(-term.value), num(term.value - 1), num(term.value / 2)))


@invalid
def root_of_square(term: Term, site: Site, w: Writer) -> Term | None:
    n = w.rng.choice((2, 4, 3))
    return power(power(term, n), Fraction(1, n))


@invalid
def log_of_square(term: Term, site: Site, w: Writer) -> Term | None:
    if isinstance(term, Fn) and term.name == "log":
        return num(Fraction(1, 2)) * log(term.arg * term.arg)
    return exp(num(Fraction(1, 2)) * log(power(term, 2)))


@invalid
def distribute_function(term: Term, site: Site, w: Writer) -> Term | None:
    match term:
        case Fn(arg=Add() as inner):
            return add(*(Fn(term.name, p) for p in inner.parts))
        case Pow(base=Add() as inner):
            return add(*(Pow(p, term.exponent) for p in inner.parts))
        case Pow(base=Sum() as inner) if type(inner) is Sum:
            return total(inner.index, inner.range, Pow(inner.body, term.exponent))
        case Fn(arg=Sum() as inner) if type(inner) is Sum:
            return total(inner.index, inner.range, Fn(term.name, inner.body))
        case Pow(base=Mul() as inner):
            return mul(*(Pow(p, term.exponent) for p in inner.parts))
        case Fn(name="log", arg=Mul() as inner):
            return add(*(log(p) for p in inner.parts))
        case Pow(base=Pow() as inner):
            return Pow(inner.base, inner.exponent * term.exponent)
    return None


@invalid
def sum_of_products(term: Term, site: Site, w: Writer) -> Term | None:
    r"""\sum a b = \sum a \sum b, and \sum_j a_j^2 = (\sum_j a_j)^2."""
    if type(term) is Sum and isinstance(term.body, Mul):
        return mul(*(total(term.index, term.range, p) for p in term.body.parts))
    if type(term) is Sum and isinstance(term.body, Pow):
        return Pow(total(term.index, term.range, term.body.base), term.body.exponent)
    return None


@invalid
def zero_one(term: Term, site: Site, w: Writer) -> Term | None:
    return term * term if isinstance(term, Var | Delta | Cases) else None


@invalid
def derivative_misread(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Deriv):
        return None
    u, v = term.body, term.var
    match u:
        case Mul(parts=(a, b, *rest)):
            return mul(Deriv(a, v), Deriv(b, v), *rest)
        case Sum() if u.index in v.free:
            return total(u.index, u.range, Deriv(u.body, v))
        case Fn():
            return Fn(u.name, u.arg)
        case Pow(base=base, exponent=Num() as n):
            return mul(n, power(base, n.value - 1))
        case Var() if u.head == v.head:
            return ONE
    near = [n for n in site.scope if v.free and n not in v.free]
    if near and v.free:
        renamed = rename(v, {sorted(v.free)[0]: sorted(near)[0]})
        return Deriv(u, renamed)
    return None


@invalid
def chain_without_sum(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Deriv) or w.world.name != "softmax" or term.var.name != "f":
        return None
    k = term.var.subs[0]
    return Deriv(term.body, Var("p", (k,), ())) * Deriv(Var("p", (k,), ()), term.var)


@invalid
def branch(term: Term, site: Site, w: Writer) -> Term | None:
    return w.rng.choice(term.parts[1:]) if isinstance(term, Cases) else None


@invalid
def leave_out_assumed(term: Term, site: Site, w: Writer) -> Term | None:
    if type(term) is Sum and isinstance(term.body, Var):
        return ONE
    if isinstance(term, Var) and not term.head.subs:
        return None
    return ONE if isinstance(term, Var) and w.rng.random() < 0.2 else None


@invalid
def anything_else(term: Term, site: Site, w: Writer) -> Term | None:
    return w.any(1, site)


@invalid
def assumed_anywhere(term: Term, site: Site, w: Writer) -> Term | None:
    """An assumed equation, used for indices for which it was not assumed."""
    a = assumed(w, "equation", "onehot", "positive")
    if a is None:
        return None
    if a.kind == "positive":
        return Fn("abs", term) if w.rng.random() < 0.5 else power(power(term, 2), Fraction(1, 2))
    if a.kind == "onehot":
        return total(w.rng.choice(w.names), w.rng.choice(w.ranges), term) if isinstance(term, Var) else None
    left, right = a.data
    mapping: dict[str, Index] = {n: w.index(w.rng.choice(w.ranges), site) or 1 for n in left.free | right.free}
    left, right = rename(left, mapping), rename(right, mapping)
    return term * left if w.rng.random() < 0.5 and right is ONE else term + left - right


@invalid
def root_of_a_member(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Var | Sum | Add):
        return None
    return w.rng.choice(
        (
            power(power(term, 2), Fraction(1, 2)),
            exp(log(term)),
            Fn("abs", term),
            term / term * term,
            exp(num(Fraction(1, 2)) * log(term * term)),
        )
    )


@invalid
def index_shift(term: Term, site: Site, w: Writer) -> Term | None:
    """A number or the name of the size where an index stood."""
    names = sorted(term.free & site.scope.keys())
    if not names or isinstance(term, Deriv):
        return None
    name = w.rng.choice(names)
    range_ = site.scope[name]
    return rename(term, {name: w.rng.choice((0, 1, 2, 3, range_.high))})
