"""Properties that hold for every term, on terms made at random."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from flint import arb, ctx
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted, differentiate
from symderiv.kernel.evaluate import NoValue, Point
from symderiv.kernel.normal import Normal, Unsupported
from symderiv.kernel.polynomial import CALL, EXP, LOG, POLY, SIZE, SUM, VAR, subtract
from symderiv.terms import (
    Assumption,
    Cases,
    Claim,
    Context,
    Delta,
    Deriv,
    Fn,
    Head,
    Range,
    Sum,
    Term,
    Var,
    add,
    exp,
    log,
    mul,
    num,
    power,
    rename,
    total,
    var,
)
from tests.kernel.claims import ONEHOT, UNIT, K, equation

FREE = {"i": K, "k": K}
CONTEXT = Context(ranges=FREE, families={Head("f", 1, 0): (K,), Head("t", 1, 0): (K,)})
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def terms(draw: st.DrawFn, depth: int = 4, indices: tuple[str, ...] = ("i", "k")) -> Term:
    """A term in f_i, t_i, x, deltas and sums, with positive denominators and logarithms of positive numbers."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        index = draw(st.sampled_from(indices))
        leaves = [var("f", index), var("t", index), var("x"), num(draw(st.integers(-2, 3))), num(Fraction(1, 2))]
        return draw(st.sampled_from([*leaves, Delta(index, draw(st.sampled_from(indices)))]))
    part = terms(depth - 1, indices)
    kind = draw(st.sampled_from(["add", "mul", "sum", "sum", "exp", "recip", "log", "square", "cases", "relu", "abs"]))
    if kind == "sum":
        bound = draw(st.sampled_from(["j", "l", "i"]))
        return total(bound, K, draw(terms(depth - 1, (*indices, bound))))
    first = draw(part)
    match kind:
        case "add":
            return add(first, draw(part))
        case "mul":
            return mul(first, draw(part))
        case "square":
            return power(first, 2)
        case "cases":
            return Cases(Delta(draw(st.sampled_from(indices)), draw(st.sampled_from(indices))), first, draw(part))
        case "exp":
            return exp(first)
        case "relu" | "abs":
            return Fn(kind, first)
        case "recip":
            return power(total("j", K, exp(rename(first, {"k": "j"}))), -1)
    return log(total("j", K, exp(rename(first, {"i": "j"}))))


def normal(term: Term) -> tuple[Normal, dict]:
    form = Normal(CONTEXT, {"i": "K", "k": "K"}, {"K": 1}, units=20_000)
    try:
        return form, form(term)
    except Unsupported:
        assume(False)
        raise


@QUICK
@given(terms())
def test_normal_form_is_idempotent(term: Term) -> None:
    form, poly = normal(term)
    assert form.algebra.rebuild(poly) == poly


@QUICK
@given(terms())
def test_names_of_bound_indices_do_not_matter(term: Term) -> None:
    form, poly = normal(term)
    renamed = rename_bound(term, 0)
    assert normal(renamed)[1] == poly
    assert form(renamed) == poly


def rename_bound(term: Term, depth: int) -> Term:
    """The same term with all its bound indices called b0, b1, ... by depth."""
    if isinstance(term, Sum):
        name = f"b{depth}"
        return Sum(name, term.range, rename_bound(rename(term.body, {term.index: name}), depth + 1))
    if not term.parts:
        return term
    from symderiv.terms import rebuild

    return rebuild(term, tuple(rename_bound(part, depth + 1) for part in term.parts))


def chosen(size: int, values: Mapping[tuple, Fraction], env: Mapping[str, int]) -> Point:
    """A point with values given from outside, 0 where none is."""
    return Point(
        CONTEXT, {"K": size}, env, lambda point, var: point.give(var, values.get((var.name, var.subs), num(0).value))
    )


@st.composite
def points(draw: st.DrawFn) -> tuple[int, dict[tuple, Fraction], dict[str, int]]:
    size = draw(st.integers(1, 5))
    values = {
        (name, subs): Fraction(draw(st.integers(-6, 6)), draw(st.integers(1, 3)))
        for name in "ft"
        for subs in [(n,) for n in range(1, size + 1)]
    }
    values["x", ()] = Fraction(draw(st.integers(-6, 6)), 2)
    return size, values, {"i": draw(st.integers(1, size)), "k": draw(st.integers(1, size))}


def ball(term: Term, point: tuple[int, dict, dict], step: tuple[tuple, Fraction] | None = None) -> arb:
    size, values, env = point
    if step is not None:
        values = {**values, step[0]: values[step[0]] + step[1]}
    where = chosen(size, values, env)
    try:
        return where.evaluate(term, env)
    except (NoValue, Unsupported, OverflowError):
        assume(False)
        raise


@settings(QUICK, max_examples=200)
@given(terms(3), terms(3), points(), st.sampled_from(["=", "<", ">=", "!="]))
def test_proved_and_refuted_survive_evaluation(left: Term, right: Term, point: tuple, relation: str) -> None:
    verdict = prove(Claim(left, relation, right, CONTEXT))
    if isinstance(verdict, Proved) and not verdict.conditions and point[0] >= dict(verdict.scope.minimum).get("K", 1):
        difference = ball(left, point) - ball(right, point)
        possible = {
            "=": difference.contains(0),
            "<": not difference >= 0,
            ">=": not difference < 0,
            "!=": not difference.is_zero(),
        }
        assert possible[relation]
    if isinstance(verdict, Refuted):
        witness = verdict.witness
        values = {(v.name, v.subs): value for v, value in witness.values}
        at = (dict(witness.sizes).get("K", 1), values, {"i": 1, "k": 1, **dict(witness.indices)})
        difference = ball(left, at) - ball(right, at)
        holds = {"=": difference == 0, "<": difference < 0, ">=": difference >= 0, "!=": difference != 0}
        assert not holds[relation]


@QUICK
@given(terms(3), st.randoms(use_true_random=False), points())
def test_rewritten_terms_are_equal(term: Term, random: object, point: tuple) -> None:
    """Two ways to write the same: never refuted, and what is proved of them is so."""
    other = shuffled(term, random)
    assert not isinstance(prove(Claim(term, "=", other, CONTEXT)), Refuted)
    try:
        form, poly = normal(term)
        expanded = Normal(CONTEXT, {"i": "K", "k": "K"}, {"K": 1})(other)
    except Unsupported:
        assume(False)
        return
    assert form.algebra.is_zero(subtract(poly, expanded))


def shuffled(term: Term, random: object) -> Term:
    from symderiv.terms import Add, Mul, rebuild

    parts = [shuffled(part, random) for part in term.parts]
    if isinstance(term, Add | Mul):
        random.shuffle(parts)  # type: ignore[attr-defined]
    if isinstance(term, Mul) and isinstance(parts[0], Add):  # (a + b) c = a c + b c
        return add(*(mul(piece, *parts[1:]) for piece in parts[0].parts))
    return rebuild(term, tuple(parts)) if parts else term


@QUICK
@given(terms(3), points())
def test_derivative_agrees_with_a_finite_difference(term: Term, point: tuple) -> None:
    variable = Var("f", ("k",), ())
    try:
        slope = differentiate(term, variable, CONTEXT)
    except Unsupported:
        assume(False)
        return
    old, ctx.prec = ctx.prec, 300
    try:
        at = ("f", (point[2]["k"],))
        h = Fraction(1, 2**40)
        exact = ball(slope, point)
        ball(Deriv(term, variable), point)
        forward, back, middle = ball(term, point, (at, h)), ball(term, point, (at, -h)), ball(term, point)
        assume(all(v.is_finite() for v in (forward, back, middle, exact)) and abs(exact) < 10**9)
        curvature = abs(forward - 2 * middle + back) * 2**80  # about |u''|, which bounds the error of the slope
        assume(curvature < 10**9)
        difference = (forward - back) * 2**39 - exact
        assert abs(difference) < arb(2) ** -20 * (1 + abs(exact) + curvature)
    finally:
        ctx.prec = old


# The value of a normal form, computed from its atoms, is that of the term it came from.


def value_of(poly: Mapping, point: Point, env: Mapping[str, int]) -> arb:
    result = arb(0)
    for (deltas, factors), coefficient in poly.items():
        if all(at(a, point, env) == at(b, point, env) for a, b in deltas):
            product = arb(Fraction(coefficient).numerator) / Fraction(coefficient).denominator
            for atom, exponent in factors:
                product *= power_of(value_of_atom(atom, point, env), Fraction(exponent))
            result += product
    return result


def power_of(base: arb, exponent: Fraction) -> arb:
    if exponent.denominator == 1:
        if exponent < 0 and base.contains(0):
            raise NoValue("division by zero")
        return base ** int(exponent)
    return base ** (arb(exponent.numerator) / exponent.denominator)


def at(index: str, point: Point, env: Mapping[str, int]) -> int:
    return int(index) if index.isdigit() else env[index] if index in env else point.sizes[index]


def value_of_atom(atom: tuple, point: Point, env: Mapping[str, int]) -> arb:
    kind = atom[0]
    if kind == VAR:
        value = point.value(atom[1], tuple(at(i, point, env) for i in atom[3]), ())
        return arb(value.numerator) / value.denominator
    if kind == SIZE:
        return arb(point.sizes[atom[1]])
    if kind == EXP:
        return value_of({atom[1]: 1}, point, env).exp()
    if kind == POLY:
        return value_of(dict(atom[1]), point, env)
    if kind == LOG:
        return value_of(dict(atom[1]), point, env).log()
    if kind == SUM:
        bounds = [range(1, at(high, point, {}) + 1) for _, high in atom[1]]
        names = [b for b, _ in atom[1]]
        return sum(
            (
                value_of({atom[2]: 1}, point, {**env, **dict(zip(names, choice, strict=True))})
                for choice in product(*bounds)
            ),
            arb(0),
        )
    assert atom[:2] == (CALL, "step")
    argument = value_of(dict(atom[2][0]), point, env)
    if not (argument > 0 or argument < 0):
        raise NoValue("the step function at zero")
    return arb(int(argument > 0))


ASSUMPTIONS = {
    "nothing": (),
    "one-hot": (ONEHOT,),
    "binary": (Assumption("binary", (Head("t", 1, 0),)),),
    "positive": (Assumption("positive", (Head("f", 1, 0),)),),
    "unit": (UNIT,),
    "centred": (equation(total("j", K, var("f", "j") - var("x")), num(0)),),
    "known": (equation(var("f", "i"), var("x") * var("t", "i")),),
}


def satisfying(kind: str, point: tuple, class_: int) -> tuple:
    size, values, env = point
    values = dict(values)
    members = range(1, size + 1)
    for n in members:
        if kind == "one-hot":
            values["t", (n,)] = Fraction(n == 1 + class_ % size)
        elif kind == "binary":
            values["t", (n,)] = Fraction(values["t", (n,)].numerator % 2)
        elif kind == "positive":
            values["f", (n,)] = abs(values["f", (n,)]) or Fraction(1)
        elif kind == "known":
            values["f", (n,)] = values["x", ()] * values["t", (n,)]
    if kind == "unit":
        values["t", (size,)] = 1 - sum(values["t", (n,)] for n in members if n < size)
    elif kind == "centred":
        values["x", ()] = sum((values["f", (n,)] for n in members), Fraction(0)) / size
    return size, values, env


@settings(QUICK, max_examples=400)
@given(terms(), points(), st.sampled_from(sorted(ASSUMPTIONS)), st.integers(0, 4))
def test_normal_form_has_the_value_of_its_term(term: Term, point: tuple, kind: str, class_: int) -> None:
    point = satisfying(kind, point, class_)
    form = Normal(CONTEXT, {"i": "K", "k": "K"}, {"K": 1}, ASSUMPTIONS[kind], units=20_000)
    plainly = Normal(CONTEXT, {"i": "K", "k": "K"}, {"K": 1}, units=20_000)
    where = chosen(*point)
    expected = ball(term, point)
    try:
        for poly in (form(term), Normal.after(plainly, ASSUMPTIONS[kind]).algebra.rebuild(plainly(term))):
            difference = value_of(poly, where, point[2]) - expected
            assert not difference.is_finite() or difference.contains(0)
    except (Unsupported, NoValue):
        assume(False)


def test_range_of_points() -> None:
    """The point used above evaluates sums as they are written."""
    point = (3, {("f", (n,)): Fraction(n) for n in (1, 2, 3)}, {"i": 1, "k": 1})
    assert ball(total("j", Range(1, "K"), var("f", "j")), point) == 6
