"""Budgets: a claim that grows without end is Undecided after a bounded, counted amount of work."""

from __future__ import annotations

from fractions import Fraction
from time import process_time

import pytest

from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted, Undecided
from symderiv.kernel.atoms import EXP, UNIT, VAR, weight
from symderiv.kernel.budget import CLAIM, LARGEST_ATOM, SECONDS, Budget, Exceeded, within
from symderiv.kernel.polynomial import Algebra
from symderiv.terms import (
    ONE,
    Assumption,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Head,
    Range,
    Term,
    exp,
    log,
    num,
    power,
    product,
    total,
    var,
)

x, y, z, w = (var(name) for name in "xyzw")
ALLOWED = SECONDS / 2  # counted work takes less than this on a slow machine; the clock would stop it later


def chain(step: object, length: int) -> Context:
    """u_0 = x^2, u_{n+1} = step(u_n), as definitions of u0, u1, ..."""
    bodies: list[Term] = [power(x, 2)]
    for n in range(length):
        bodies.append(step(var(f"u{n}")))  # type: ignore[operator]
    return Context(definitions={Head(f"u{n}", 0, 0): (Definition((), body),) for n, body in enumerate(bodies)})


def tower(height: int) -> Term:
    result: Term = num(9)
    for _ in range(height):
        result = power(num(9), result)
    return result


HARD = {
    "power of a sum": Claim(power(x + y + z + w, 200), "=", power(x + y + z + w + ONE - ONE, 200), Context()),
    "tower": Claim(x, "=", tower(3), Context()),
    "powers of powers": Claim(x, "=", power(power(num(9), 9999), 9999), Context()),
    "exponent in an assumption": Claim(
        x + y, "=", y, Context(assumptions=(Assumption("equation", (x, power(num(9), 10**12))),))
    ),
    "nested exponentials": Claim(var("u60"), "=", x, chain(lambda u: exp(u) + u, 60)),
    "nested logarithms": Claim(var("u60"), "=", x, chain(lambda u: log(u + power(u, 2)), 60)),
    "nested quotients": Claim(Deriv(var("u30"), x), "=", x, chain(lambda u: u / (ONE + u), 30)),
    "nested squares": Claim(Deriv(var("u60"), x), "=", y, chain(lambda u: u * u + u, 60)),
    "deltas": Claim(
        log(num(3) + sum((Delta(a, b) for a in "ijkl" for b in "pqrst"), start=ONE - ONE)),
        "=",
        x,
        Context(ranges={name: Range(1, "K") for name in "ijklpqrst"}),
    ),
    "long sum": Claim(total("i", (1, 10**12), var("f", "i")), "=", x, Context()),
    "long product": Claim(product("i", (1, 10**9), var("f", "i") + ONE), "=", x, Context()),
    "factors": Claim(product("i", (1, 60), var("f", "i") + ONE), "=", x, Context()),
    "indices": Claim(
        sum((var("f", n) for n in "abcdefgh"), start=x),
        "=",
        x,
        Context(ranges={n: Range(1, 10**9) for n in "abcdefgh"}),
    ),
    "from far below": Claim(var("f", "i"), "=", x, Context(ranges={"i": Range(-(10**9), "K")})),
    "from far above": Claim(var("f", "i"), "<", x + var("f", "i"), Context(ranges={"i": Range(10**9, "K")})),
    "long family of a known sum": Claim(
        var("f", 1),
        "=",
        x,
        Context(assumptions=(Assumption("equation", (total("i", (1, 10**9), var("f", "i")), ONE)),)),
    ),
    "long one-hot family": Claim(
        var("f", 1),
        "=",
        x,
        Context(
            families={Head("f", 1, 0): (Range(1, 10**9),)}, assumptions=(Assumption("onehot", (Head("f", 1, 0), 0)),)
        ),
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_a_hard_claim_ends(name: str) -> None:
    begun = process_time()
    verdict = prove(HARD[name])
    assert process_time() - begun < ALLOWED
    assert not isinstance(verdict, Proved)
    if isinstance(verdict, Undecided):
        assert verdict.reason
    again = prove(HARD[name])
    assert type(again) is type(verdict)
    assert getattr(again, "reason", "") == getattr(verdict, "reason", "")


def test_what_is_too_large_to_evaluate_does_not_agree() -> None:
    verdict = prove(Claim(tower(5), "=", x, Context()))
    assert isinstance(verdict, Undecided)
    assert "agrees" not in verdict.reason


def test_large_numbers_are_still_exact() -> None:
    assert isinstance(prove(Claim(power(num(9), 4999), "=", power(num(3), 9998), Context())), Proved)
    assert isinstance(prove(Claim(power(num(9), 4999), "=", power(num(3), 9999), Context())), Refuted)
    assert isinstance(prove(Claim(power(num(-1), 9999), "=", num(-1), Context())), Proved)


def test_the_work_is_counted_for_all_attempts_together() -> None:
    budget = Budget(units=100)
    first = Algebra({}, {}, 60, budget)
    first.spend(60)
    with pytest.raises(Exceeded):
        first.spend(1)
    assert budget.left == 40
    with pytest.raises(Exceeded):
        Algebra({}, {}, 60, budget).spend(41)
    assert budget.over


def test_the_clock_is_the_last_guard() -> None:
    budget = Budget(seconds=-1)
    with pytest.raises(Exceeded, match="seconds"):
        for _ in range(CLAIM):
            budget.spend(1)
    assert budget.over


def test_the_weight_of_an_atom_counts_shared_parts_each_time() -> None:
    atom: tuple = (VAR, "x", 0, ())
    assert weight(atom) == 3  # its kind, name and number of subscripts
    for _ in range(200):
        atom = (EXP, ((), ((atom, 1), (atom, 2))))
        assert weight(atom) > 0
    assert weight(atom) > 2**200
    with pytest.raises(Exceeded):
        Algebra({}, {}).made(atom)
    assert LARGEST_ATOM < 2**200


def test_a_power_of_a_number_is_bounded() -> None:
    algebra = Algebra({}, {})
    with pytest.raises(Exceeded):
        algebra.raised(Fraction(9, 7), 10**6)
    assert algebra.raised(Fraction(-1), 10**6) == 1
    assert algebra.power({UNIT: 3}, 4) == {UNIT: 81}


def test_the_budgets_of_a_step_end_together() -> None:
    claim = Claim(x + y, "=", y + x, Context())
    with within(0):
        with pytest.raises(Exceeded, match="longer than"), within(100):
            Budget().spend(1)
        assert isinstance(prove(claim), Undecided)
    assert isinstance(prove(claim), Proved)


def test_many_assumptions_are_paid_for() -> None:
    """Each variable is looked for among them, in each normal form; and a proof drops those that it can do without."""
    links = [Assumption("equation", (var("v", n), var("v", n + 1))) for n in range(1, 300)]
    context = Context(assumptions=tuple(links))
    begin = process_time()
    prove(Claim(var("v", 1), "=", var("v", 1) + power(x, 2) - x * x, context))
    prove(Claim(var("v", 1), "=", var("v", 2) + var("v", 3), context))
    assert process_time() - begin < 2 * ALLOWED


def test_a_claim_with_many_sizes() -> None:
    """The choices of 30 sizes are 5 * 3^29: none but the first of them are ever made."""
    names = [f"n{k}" for k in range(30)]
    indices = [f"i{k}" for k in range(30)]
    context = Context(ranges={i: Range(1, n) for i, n in zip(indices, names, strict=True)})
    assert isinstance(prove(Claim(sum((var("a", i) for i in indices), ONE), "=", ONE, context)), Refuted)
