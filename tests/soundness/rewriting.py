r"""Rewriting: changes of an expression that keep its value where both forms are defined.

Each rule takes a subexpression and its site and returns a new one, or None where it does not apply. ``VALID`` holds
the rules of algebra, of sums and deltas, of calculus, of definitions and of assumptions. Whether the claim that comes
out is true is decided by the reference, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from symderiv.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Assumption,
    Cases,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Mul,
    Num,
    Pow,
    Prod,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    add,
    exp,
    fresh,
    log,
    mul,
    neg,
    num,
    power,
    rebuild,
    rename,
    subterms,
    total,
)
from tests.soundness.expressions import Site, Writer

Path = tuple[int, ...]
Rule = Callable[[Term, Site, Writer], Term | None]
VALID: dict[str, Rule] = {}


def valid(rule: Rule) -> Rule:
    VALID[rule.__name__.strip("_").replace("_", " ")] = rule
    return rule


def places(term: Term, site: Site, path: Path = ()) -> Iterator[tuple[Path, Term, Site]]:
    """Every subexpression with the way to it; the variable of a derivative is not one, nor a condition."""
    yield path, term, site
    match term:
        case Sum():
            yield from places(term.body, site.binding(term.index, term.range), (*path, 0))
        case Deriv():
            yield from places(term.body, site.differentiated(term.var), (*path, 0))
        case _:
            for n, part in enumerate(term.parts):
                if n == 0 and isinstance(term, Cases):
                    continue  # a condition is made of deltas and stays so
                yield from places(part, site, (*path, n))


def put(term: Term, path: Path, new: Term) -> Term:
    if not path:
        return new
    parts = list(term.parts)
    parts[path[0]] = put(parts[path[0]], path[1:], new)
    return rebuild(term, tuple(parts))


def change(term: Term, site: Site, writer: Writer, rules: dict[str, Rule], tries: int = 25) -> tuple[str, Term] | None:
    """One rule applied at one place, both at random."""
    spots = list(places(term, site))
    names = sorted(rules)
    for _ in range(tries):
        path, sub, here = writer.rng.choice(spots)
        name = writer.rng.choice(names)
        new = rules[name](sub, here, writer)
        if new is not None and new is not sub:
            return name, put(term, path, new)
    return None


def new_name(writer: Writer, *terms: Term) -> str:
    """A name for a bound index that captures nothing: often one that is in use elsewhere."""
    taken = frozenset().union(*(t.free for t in terms))
    candidates = [n for n in writer.names if n not in taken]
    return writer.rng.choice(candidates) if candidates and writer.rng.random() < 0.8 else fresh("u", taken)


def _through_definitions(site: Site, writer: Writer) -> bool:
    """Whether a definition may be put in here: not where a defined family is being varied."""
    return not any(v.head in writer.world.definitions for v in site.inside) and not (site.inside and writer.world.held)


# Algebra


@valid
def commute(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Add | Mul):
        return None
    parts = list(term.parts)
    w.rng.shuffle(parts)
    return type(term)(tuple(parts))


@valid
def regroup(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Add | Mul):
        return None
    parts = [p for part in term.parts for p in (part.parts if type(part) is type(term) else (part,))]
    cut = w.rng.randint(1, len(parts) - 1)
    make = add if isinstance(term, Add) else mul
    return make(make(*parts[:cut]), make(*parts[cut:]))


@valid
def distribute(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Mul):
        return None
    sums = [n for n, p in enumerate(term.parts) if isinstance(p, Add)]
    if not sums:
        return None
    n = w.rng.choice(sums)
    rest = term.parts[:n] + term.parts[n + 1 :]
    return add(*(mul(*rest, part) for part in term.parts[n].parts))


@valid
def add_and_subtract(term: Term, site: Site, w: Writer) -> Term | None:
    other = w.any(1, site) if not site.inside else w.leaf(site)
    return add(term, other, neg(other))


@valid
def multiply_and_divide(term: Term, site: Site, w: Writer) -> Term | None:
    g = w.positive(1, site)
    return mul(term, g, power(g, -1)) if w.rng.random() < 0.5 else (term * g) / g


@valid
def powers(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Pow) or not isinstance(term.exponent, Num):
        return None
    base, n = term.base, term.exponent.value
    if n.denominator == 1 and isinstance(base, Mul):
        return mul(*(power(p, n) for p in base.parts))
    if n == 2:
        return base * base
    if n.denominator == 1 and n < 0:
        return ONE / power(base, -n) if n != -1 else mul(base, power(base, -2))
    return mul(power(base, n - 1), base) if n.denominator == 1 else mul(power(base, n + 1), power(base, -1))


@valid
def repeated_factors(term: Term, site: Site, w: Writer) -> Term | None:
    r"""u^m = \prod_{j=1}^m u; (u v)^m = u^m v^m; \prod_j u_j^n = (\prod_j u_j)^n."""
    match term:
        case Pow(base=base, exponent=SizeOf() as size):
            if isinstance(base, Mul) and w.rng.random() < 0.5:
                return mul(*(Pow(part, size) for part in base.parts))
            return Prod(new_name(w, base), Range(1, size.name), base)
        case Prod(index=index, range=Range(low=1, high=str(high)), body=body) if index not in body.free:
            return Pow(body, SizeOf(high)) if high in w.world.sizes else None
        case Prod(index=index, range=range_, body=Pow(base=base, exponent=Num() as n)) if n.value.denominator == 1:
            return power(Prod(index, range_, base), n.value)
    return None


@valid
def square_out(term: Term, site: Site, w: Writer) -> Term | None:
    if isinstance(term, Pow) and term.exponent is num(2) and isinstance(term.base, Add):
        return add(*(mul(a, b) for a in term.base.parts for b in term.base.parts))
    return None


@valid
def exponentials(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Fn) or term.name != "exp":
        return None
    match term.arg:
        case Add():
            return mul(*(exp(p) for p in term.arg.parts))
        case Sum(index=index, range=range_, body=body) if not isinstance(term.arg, Prod):
            return Prod(index, range_, exp(body))
        case Mul(parts=(first, *rest)) if first is MINUS_ONE:
            return power(exp(mul(*rest)), -1)
        case Mul(parts=parts) if any(isinstance(p, Num) for p in parts):
            c = next(p for p in parts if isinstance(p, Num))
            return power(exp(mul(*(p for p in parts if p is not c))), c)
        case Fn(name="log", arg=inner):
            return inner
    return None


@valid
def logarithms(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Fn) or term.name != "log":
        return None
    match term.arg:
        case Fn(name="exp", arg=inner):
            return inner
        case Mul(parts=parts) if all(_positive(p, w) for p in parts):
            return add(*(log(p) for p in parts))
        case Pow(base=base, exponent=exponent) if _positive(base, w) or not _is_whole(exponent):
            return exponent * log(base)
        case Prod(index=index, range=range_, body=body) if _positive(body, w):
            return total(index, range_, log(body))
    return None


def _is_whole(exponent: Term) -> bool:
    return not isinstance(exponent, Num) or exponent.value.denominator == 1


def _positive(term: Term, w: Writer) -> bool:
    match term:
        case Fn(name="exp" | "sigmoid" | "cosh"):
            return True
        case Num():
            return term.value > 0
        case Var():
            return term.head in w.world.positive
        case Add() | Mul():
            return all(_positive(p, w) for p in term.parts)
        case Pow(base=base):
            return _positive(base, w)
        case Sum():
            return term.range.low <= 1 and _positive(term.body, w)
    return False


@valid
def functions(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Fn):
        return None
    x = term.arg
    match term.name:
        case "sigmoid":
            return w.rng.choice((ONE / (ONE + exp(neg(x))), exp(x) / (ONE + exp(x)), ONE - Fn("sigmoid", neg(x))))
        case "tanh":
            return w.rng.choice(
                (
                    num(2) * Fn("sigmoid", num(2) * x) - ONE,
                    (exp(x) - exp(neg(x))) / (exp(x) + exp(neg(x))),
                    neg(Fn("tanh", neg(x))),
                )
            )
        case "softplus":
            return w.rng.choice((log(ONE + exp(x)), x + Fn("softplus", neg(x)), neg(log(Fn("sigmoid", neg(x))))))
        case "cosh":
            return power(ONE + power(Fn("sinh", x), 2), Fraction(1, 2))
        case "sinh":
            return neg(Fn("sinh", neg(x)))
        case "abs":
            return power(x * x, Fraction(1, 2)) if not site.inside else Fn("abs", neg(x))
        case "relu":
            return num(Fraction(1, 2)) * (x + Fn("abs", x))
    return None


# Sums, products, deltas


@valid
def rename_bound(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Sum):
        return None
    new = new_name(w, Sum(term.index, term.range, term.body))
    if new in term.body.free and new != term.index:
        return None
    return type(term)(new, term.range, rename(term.body, {term.index: new}))


@valid
def swap_sums(term: Term, site: Site, w: Writer) -> Term | None:
    if type(term) is Sum and type(term.body) is Sum and term.index != term.body.index:
        inner = term.body
        return total(inner.index, inner.range, total(term.index, term.range, inner.body))
    return None


@valid
def linearity(term: Term, site: Site, w: Writer) -> Term | None:
    if type(term) is Sum and isinstance(term.body, Add):
        return add(*(total(term.index, term.range, p) for p in term.body.parts))
    if type(term) is Prod and isinstance(term.body, Mul):
        return mul(*(Prod(term.index, term.range, p) for p in term.body.parts))
    return None


@valid
def factor_out(term: Term, site: Site, w: Writer) -> Term | None:
    if type(term) is not Sum or not isinstance(term.body, Mul):
        return None
    out = [p for p in term.body.parts if term.index not in p.free]
    inside = [p for p in term.body.parts if term.index in p.free]
    if not out:
        return None
    return mul(*out, total(term.index, term.range, mul(*inside)))


@valid
def factor_in(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Mul):
        return None
    sums = [n for n, p in enumerate(term.parts) if type(p) is Sum]
    if not sums:
        return None
    n = w.rng.choice(sums)
    chosen, rest = term.parts[n], term.parts[:n] + term.parts[n + 1 :]
    assert isinstance(chosen, Sum)
    index = chosen.index
    body = chosen.body
    if any(index in p.free for p in rest):
        index = new_name(w, *rest, chosen)
        body = rename(body, {chosen.index: index})
    return total(index, chosen.range, mul(*rest, body))


def _in_range(site: Site, w: Writer) -> tuple[str, Range] | None:
    names = sorted(site.scope)
    if not names:
        return None
    name = w.rng.choice(names)
    low, high = site.scope[name]
    return name, Range(w.rng.choice([v for v in (0, 1, 2) if v <= low] or [low]), high)


@valid
def insert_delta(term: Term, site: Site, w: Writer) -> Term | None:
    found = _in_range(site, w)
    if found is None:
        return None
    k, range_ = found
    bound = new_name(w, term, Delta(k, 0))
    body = rename(term, {k: bound}) if w.rng.random() < 0.7 else term
    if isinstance(term, Deriv) and any(v.free for v in site.inside):
        body = term
    return total(bound, range_, mul(Delta(bound, k) if w.rng.random() < 0.5 else Delta(k, bound), body))


@valid
def split_by_delta(term: Term, site: Site, w: Writer) -> Term | None:
    if type(term) is not Sum:
        return None
    fitting = [
        n for n, r in site.scope.items() if r.high == term.range.high and r.low >= term.range.low and n != term.index
    ]
    fitting = [n for n in fitting if n != term.index]
    if not fitting:
        return None
    k = w.rng.choice(sorted(fitting))
    j, body = term.index, term.body
    rest = w.rng.choice(
        (mul(ONE - Delta(j, k), body), Cases(Delta(j, k), ZERO, body), mul(Cases(Delta(k, j), ZERO, ONE), body))
    )
    return rename(body, {j: k}) + total(j, term.range, rest)


@valid
def split_range(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Sum):
        return None
    low, high = term.range
    make = add if type(term) is Sum else mul
    if isinstance(high, int) and high - low <= 4 and w.rng.random() < 0.6:
        return (
            make(*(rename(term.body, {term.index: v}) for v in range(low, high + 1)))
            if high >= low
            else (ZERO if make is add else ONE)
        )
    if low <= 1 and (isinstance(high, str) or high >= low):
        return make(rename(term.body, {term.index: low}), type(term)(term.index, Range(low + 1, high), term.body))
    return None


@valid
def count(term: Term, site: Site, w: Writer) -> Term | None:
    if type(term) is Sum and term.index not in term.body.free and term.range.low <= 1:
        low, high = term.range
        length = (SizeOf(high) if isinstance(high, str) else num(max(high, low - 1))) + num(1 - low)
        return length * term.body
    return None


@valid
def under_delta(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Mul):
        return None
    deltas = [p for p in term.parts if isinstance(p, Delta) and isinstance(p.left, str)]
    if not deltas:
        return None
    d = w.rng.choice(deltas)
    mapping: dict[str, Index] = {str(d.left): d.right}
    return mul(d, *(rename(p, mapping) for p in term.parts if p is not d))


@valid
def cases_by_delta(term: Term, site: Site, w: Writer) -> Term | None:
    if isinstance(term, Cases):
        c, a, b = term.parts
        return c * a + (ONE - c) * b
    pair = w.pair(site)
    if pair and w.rng.random() < 0.3 and not site.inside:
        other = w.leaf(site)
        return (
            Cases(Delta(*pair), term, term)
            if w.rng.random() < 0.5
            else Delta(*pair) * (term - other) + Cases(Delta(*pair), other, term)
        )
    return None


# Calculus


@valid
def differentiate_parts(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Deriv):
        return None
    u, v = term.body, term.var
    match u:
        case Add():
            return add(*(Deriv(p, v) for p in u.parts))
        case Mul():
            return add(*(mul(*u.parts[:n], Deriv(p, v), *u.parts[n + 1 :]) for n, p in enumerate(u.parts)))
        case Pow(base=base, exponent=Num() as n):
            return mul(n, power(base, n.value - 1), Deriv(base, v))
        case Pow(base=base, exponent=exponent):
            return u * (Deriv(exponent, v) * log(base) + exponent * Deriv(base, v) / base)
        case Fn(name="exp"):
            return u * Deriv(u.arg, v)
        case Fn(name="log"):
            return Deriv(u.arg, v) / u.arg
        case Fn(name="sigmoid"):
            return u * (ONE - u) * Deriv(u.arg, v)
        case Fn(name="tanh"):
            return (ONE - u * u) * Deriv(u.arg, v)
        case Fn(name="softplus"):
            return Fn("sigmoid", u.arg) * Deriv(u.arg, v)
        case Fn(name="sin"):
            return Fn("cos", u.arg) * Deriv(u.arg, v)
        case Fn(name="sinh"):
            return Fn("cosh", u.arg) * Deriv(u.arg, v)
        case Fn(name="abs"):
            return u / u.arg * Deriv(u.arg, v)
        case Prod():
            return None
        case Sum():
            index, body = u.index, u.body
            if index in v.free:
                index = new_name(w, u, v)
                if index in v.free:
                    return None
                body = rename(body, {u.index: index})
            return total(index, u.range, Deriv(body, v))
        case Cases():
            return Cases(u.condition, Deriv(u.parts[1], v), Deriv(u.parts[2], v))
        case Var() if u.head == v.head:
            return mul(ONE, *(Delta(a, b) for a, b in zip(u.indices, v.indices, strict=True)))
        case Num() | SizeOf() | Delta():
            return ZERO
    return None


@valid
def chain_rule(term: Term, site: Site, w: Writer) -> Term | None:
    r"""\partial L/\partial f_k = \sum_i \partial L/\partial p_i \, \partial p_i/\partial f_k for L made of p and t alone."""
    if not isinstance(term, Deriv) or not isinstance(term.body, Var) or site.inside:
        return None
    world = w.world
    if term.body.head in world.through:
        return _chain(term, world.intermediates[0], w) if term.var.head not in world.intermediates else None
    through = {"softmax": ("L", "p", "f"), "logistic": ("L", "s", "w"), "weights": ("J", "h", r"\theta")}.get(
        world.name
    )
    if through is None or world.held or term.body.name != through[0] or term.var.name != through[2]:
        return None
    return _chain(term, next(h for h in world.intermediates if h.name == through[1]), w)


def _chain(term: Deriv, head: Head, w: Writer) -> Term:
    indices: list[str] = []
    for _ in w.world.families[head]:
        indices.append(fresh(w.rng.choice(w.names), {*term.var.free, *indices}))
    middle = Var(head.name, tuple(indices[: head.subs]), tuple(indices[head.subs :]))
    result: Term = Deriv(term.body, middle) * Deriv(middle, term.var)
    for index, range_ in zip(indices, w.world.families[head], strict=True):
        result = total(index, range_, result)
    return result


# Definitions and assumptions


@valid
def definition(term: Term, site: Site, w: Writer) -> Term | None:
    if not isinstance(term, Var) or not _through_definitions(site, w):
        return None
    for d in reversed(w.world.definitions.get(term.head, ())):
        if any(isinstance(p, int) for p in d.params):
            return None
        hidden = d.body.free - set(d.params)
        if any(h in site.scope and w.world.names.get(h) != site.scope[h] for h in hidden) or hidden & _bound_here(
            site, w
        ):
            return None
        return rename(d.body, dict(zip([p for p in d.params if isinstance(p, str)], term.indices, strict=True)))
    return None


def _bound_here(site: Site, w: Writer) -> set[str]:
    """Free names of the world that a sum around has bound again cannot be told by their range alone: all in doubt."""
    return set() if site.scope == w.world.names else set(site.scope)


def assumed(w: Writer, *kinds: str) -> Assumption | None:
    found = [a for a in w.world.assumptions if a.kind in kinds]
    return w.rng.choice(found) if found else None


@valid
def assumption(term: Term, site: Site, w: Writer) -> Term | None:
    a = assumed(w, "equation", "onehot", "binary", "equal", "distinct")
    if a is None:
        return None
    inside = {v.head for v in site.inside}
    match a.kind:
        case "equation":
            left, right = a.data
            if inside & {t.head for t in subterms(left) if isinstance(t, Var)}:
                return None
            mapping = {}
            for name in left.free:
                fitting = sorted(n for n, r in site.scope.items() if r == w.world.names.get(name))
                if not fitting:
                    return None
                mapping[name] = w.rng.choice(fitting)
            return add(mul(rename(left, mapping), term), mul(ONE - rename(right, mapping), term))
        case "onehot" | "binary" if isinstance(term, Var) and term.head == tuple(a.data[0]) and term.head not in inside:
            return term * term
        case "onehot" if isinstance(term, Mul):
            members = [p for p in term.parts if isinstance(p, Var) and p.head == tuple(a.data[0])]
            if len(members) == 2 and members[0].head not in inside:
                slot = a.data[1]
                one, two = members
                same = [i for n, i in enumerate(one.indices) if n != slot] == [
                    i for n, i in enumerate(two.indices) if n != slot
                ]
                if same:
                    rest = list(term.parts)
                    rest.remove(two)
                    return mul(Delta(one.indices[slot], two.indices[slot]), *rest)
        case "equal":
            i, j = a.data
            if (
                site.scope.get(i) == w.world.names.get(i)
                and site.scope.get(j) == w.world.names.get(j)
                and not _bound_here(site, w)
            ):
                return rename(term, {i: j}) if w.rng.random() < 0.5 else rename(term, {j: i})
        case "distinct":
            if not _bound_here(site, w):
                return add(term, mul(Delta(*a.data), w.leaf(site)))
    return None
