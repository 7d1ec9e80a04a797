"""The identities of the two articles, for all sizes, and the refutations of their slips at the smallest size."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from symderiv.kernel import Scope
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Context,
    Definition,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Range,
    SizeOf,
    Term,
    Var,
    exp,
    log,
    neg,
    num,
    power,
    product,
    total,
    var,
)
from tests.kernel.claims import (
    ONEHOT,
    UNIT,
    K,
    L,
    M,
    N,
    equation,
    f,
    p,
    partition,
    proved,
    refuted,
    softmax,
    t,
    undecided,
    x,
)

ALL_K = Scope(minimum=(("K", 1),))
GRADIENT = Deriv(L, f("k"))
JACOBIAN = Deriv(p("i"), f("k"))


def test_probabilities_sum_to_one() -> None:
    verdict = proved(total("i", K, p("i")), ONE, softmax(UNIT))
    assert (verdict.scope, verdict.given, verdict.conditions) == (ALL_K, (), ())


def test_jacobian() -> None:
    verdict = proved(JACOBIAN, p("i") * (Delta("i", "k") - p("k")), softmax(UNIT))
    assert (verdict.scope, verdict.given, verdict.conditions) == (ALL_K, (), ())


def test_gradient_given_that_targets_sum_to_one() -> None:
    verdict = proved(GRADIENT, p("k") - t("k"), softmax(UNIT))
    assert (verdict.scope, verdict.given, verdict.conditions) == (ALL_K, (UNIT,), ())


def test_gradient_without() -> None:
    verdict = proved(GRADIENT, p("k") * total("j", K, t("j")) - t("k"), softmax(UNIT))
    assert (verdict.scope, verdict.given) == (ALL_K, ())


def test_gradient_given_onehot_targets() -> None:
    assert proved(GRADIENT, p("k") - t("k"), softmax(ONEHOT)).given == (ONEHOT,)


def test_hessian() -> None:
    verdict = proved(Deriv(GRADIENT, f("l")), p("k") * (Delta("k", "l") - p("l")), softmax(UNIT))
    assert (verdict.scope, verdict.given, verdict.conditions) == (ALL_K, (UNIT,), ())


def test_hessian_is_symmetric() -> None:
    assert proved(Deriv(GRADIENT, f("l")), Deriv(Deriv(L, f("l")), f("k")), softmax(UNIT)).given == ()


def test_derivative_by_a_probability() -> None:
    assert proved(Deriv(L, p("k")), neg(t("k") / p("k")), softmax()).conditions == ()


def test_chain_rule() -> None:
    right = total("i", K, Deriv(L, p("i")) * Deriv(p("i"), f("k")))
    assert proved(GRADIENT, right, softmax(UNIT)).given == ()


@pytest.mark.parametrize("size", [2, 3, 4, 10, 1000])
def test_gradient_for_a_number_of_classes(size: int) -> None:
    unit = equation(total("j", Range(1, size), t("j")), ONE)
    verdict = proved(Deriv(L, f(2)), p(2) - t(2), softmax(unit, size=size))
    assert verdict.given == (unit,)
    assert verdict.scope == Scope(fixed=(("size", size),))


@pytest.mark.parametrize(
    "weight", [lambda n, k: var("a", n, k), lambda n, k: var("w", k) * var("a", n, k), lambda n, k: exp(var("a", n, k))]
)
def test_shares_of_a_whole(weight: Callable[[str, str], Term]) -> None:
    r"""\gamma_nk = a_nk/\sum_j a_nj sums to one over k, in whatever order the sums are written: \sum_k N_k = N."""
    points, one = Range(1, "N"), Head("w", 1, 0)
    context = Context(
        {"n": points, "k": K}, families={Head("a", 2, 0): (points, K), one: (K,), Head("v", 1, 0): (points,)}
    )

    def share(twice: bool = False, high: Range = K) -> Term:
        whole = total("j", high, weight("n", "j"))
        return weight("n", "k") / whole * (weight("n", "k") if twice else ONE)

    def both(term: Term) -> tuple[Term, Term]:
        return total("n", points, total("k", K, term)), total("k", K, total("n", points, term))

    for left in both(share()):
        proved(left, SizeOf("N"), context)
        refuted(left, SizeOf("K"), context)
    for left in both(share() * var("v", "n")):
        proved(left, total("n", points, var("v", "n")), context)
    for wrong in (share(twice=True), share() * var("w", "k"), share(high=Range(2, "K")), share(high=Range(1, "M"))):
        for left in both(wrong):
            refuted(left, SizeOf("N"), context)
    for left in both(share() / total("j", K, weight("n", "j"))):
        proved(left, total("n", points, ONE / total("k", K, weight("n", "k"))), context)


def test_shift_invariance() -> None:
    c = var("c")
    shifted = exp(f("i") + c) / total("j", K, exp(f("j") + c))
    assert proved(shifted, p("i"), softmax()).scope == ALL_K


def test_log_sum_exp() -> None:
    right = neg(total("i", K, t("i") * f("i"))) + log(partition())
    assert proved(L, right, softmax(UNIT)).given == (UNIT,)
    assert proved(log(p("i")), f("i") - log(partition()), softmax()).conditions == ()


def test_two_classes_are_the_sigmoid() -> None:
    left = exp(f(1)) / partition(2)
    assert proved(left, Fn("sigmoid", f(1) - f(2)), Context()).scope == Scope(fixed=(("size", 2),))


def test_sigmoid() -> None:
    s = Fn("sigmoid", x)
    assert proved(Deriv(s, x), s * (ONE - s)).conditions == ()
    assert proved(log(ONE - s), neg(x) - log(ONE + exp(neg(x)))).conditions == ()
    assert proved(Fn("tanh", x), num(2) * Fn("sigmoid", num(2) * x) - ONE).conditions == ()


def logistic() -> tuple[Context, Term]:
    s = Fn("sigmoid", total("q", N, var("w", "q") * var("x", "q", sups=("i",))))
    target = var("y", sups=("i",))
    loss = neg(total("i", M, target * log(s) + (ONE - target) * log(ONE - s)))
    return Context(ranges={"j": N}, definitions={Head("L", 0, 0): (Definition((), loss),)}), s


def test_logistic_gradient() -> None:
    context, s = logistic()
    right = total("i", M, (s - var("y", sups=("i",))) * var("x", "j", sups=("i",)))
    verdict = proved(Deriv(L, var("w", "j")), right, context)
    assert verdict.scope == Scope(minimum=(("m", 1), ("n", 1)))
    refuted(Deriv(L, var("w", "j")), neg(right), context)


def weights(*assumptions: Assumption) -> Context:
    """The first article: h_k(x) by a softmax of affine maps over j = 0..n, J = -sum_i sum_k y_k log h_k."""

    def score(k: Index) -> Term:
        return total("q", Range(0, "n"), var("\\theta", k, "q") * var("x", "q", sups=("i",)))

    cost = neg(total("i", M, total("k", K, member("y", "k") * log(member("h", "k")))))
    return Context(
        ranges={"i": M, "k": K, "l": K, "j": Range(0, "n"), "s": Range(0, "n")},
        definitions={
            Head("h", 1, 1): (Definition(("k", "i"), exp(score("k")) / total("r", K, exp(score("r")))),),
            Head("J", 0, 0): (Definition((), cost),),
        },
        assumptions=assumptions,
        families={
            Head("y", 1, 1): (K, M),
            Head("\\theta", 2, 0): (K, Range(0, "n")),
            Head("x", 1, 1): (Range(0, "n"), M),
        },
    )


def member(name: str, sub: Index) -> Var:
    return var(name, sub, sups=("i",))


ROWS = equation(total("j", K, member("y", "j")), ONE)  # for every sample
J = var("J")
SLOPE = Deriv(J, var("\\theta", "k", "j"))
ALL_SIZES = Scope(minimum=(("K", 1), ("m", 1), ("n", 1)))


def test_weight_gradient() -> None:
    right = total("i", M, (member("h", "k") - member("y", "k")) * member("x", "j"))
    verdict = proved(SLOPE, right, weights(ROWS))
    assert (verdict.scope, verdict.given, verdict.conditions) == (ALL_SIZES, (ROWS,), ())


def test_weight_hessian() -> None:
    right = total("i", M, member("h", "k") * (Delta("k", "l") - member("h", "l")) * member("x", "j") * member("x", "s"))
    verdict = proved(Deriv(SLOPE, var("\\theta", "l", "s")), right, weights(ROWS))
    assert (verdict.scope, verdict.given) == (ALL_SIZES, (ROWS,))


def test_bias() -> None:
    bias = equation(var("x", 0, sups=("i",)), ONE)  # x_0 = 1
    right = total("i", M, member("h", "k") - member("y", "k"))
    verdict = proved(Deriv(J, var("\\theta", "k", 0)), right, weights(ROWS, bias))
    assert set(verdict.given) == {ROWS, bias}
    refuted(Deriv(J, var("\\theta", "k", 0)), right, weights(ROWS, equation(var("x", 0, sups=("i",)), ZERO)))


def test_batch_average() -> None:
    probability, target = var("p", "j", sups=("i",)), var("t", "j", sups=("i",))
    mean = power(SizeOf("m"), -1) * total("i", M, neg(total("j", K, target * log(probability))))
    ours = neg(power(SizeOf("m"), -1) * total("j", K, total("i", M, target * log(probability))))
    verdict = proved(mean, ours)
    assert verdict.scope == Scope(minimum=(("K", 1), ("m", 1)))
    assert [(c.term, c.relation) for c in verdict.conditions] == [(probability, ">")]


def test_average_gradient() -> None:
    right = power(SizeOf("m"), -1) * total("i", M, (member("h", "k") - member("y", "k")) * member("x", "j"))
    assert proved(Deriv(J / SizeOf("m"), var("\\theta", "k", "j")), right, weights(ROWS)).scope == ALL_SIZES


def test_likelihood() -> None:
    probability, target = var("p", "j", sups=("i",)), var("t", "j", sups=("i",))
    likelihood = product("i", M, product("j", K, power(probability, target)))
    verdict = proved(neg(log(likelihood)), neg(total("i", M, total("j", K, target * log(probability)))))
    assert verdict.scope == Scope(minimum=(("K", 1), ("m", 1)))
    assert [(c.term, c.relation) for c in verdict.conditions] == [(probability, ">")]


def test_expectation() -> None:
    """A probability is below one as soon as there is a second class."""
    assert proved(p("k"), ONE, softmax(), "<").scope == Scope(minimum=(("K", 2),))
    assert proved(p("k"), ONE, softmax(), "<=").scope == ALL_K
    assert proved(p("k"), ZERO, softmax(), ">").scope == ALL_K
    assert proved(p("k") - ONE, ZERO, softmax(), "<").scope == Scope(minimum=(("K", 2),))


def test_log_odds() -> None:
    """What a side needs to be positive may be used, also where it is a sum: log(x/(1 - x)) = log x - log(1 - x)."""
    odds = log(x / (ONE - x))
    verdict = proved(var("y") * log(x) + (ONE - var("y")) * log(ONE - x), var("y") * odds + log(ONE - x))
    assert {str(c.term) for c in verdict.conditions} == {str(x), str(ONE - x)}
    proved(power(x / (ONE - x), var("y")), power(x, var("y")) * power(ONE - x, neg(var("y"))))
    shares = total("n", N, f("n") * log(x / (ONE - f("n"))))
    proved(shares, total("n", N, f("n") * (log(x) - log(ONE - f("n")))))


def test_expectation_at_the_true_class() -> None:
    loss = {**softmax(size=4).definitions, Head("L", 0, 0): (Definition((), neg(log(p(3)))),)}
    context = Context(definitions=loss, sizes={"K": 4}, families=softmax(size=4).families)
    assert proved(Deriv(L, f(3)), p(3) - ONE, context).scope == Scope(fixed=(("K", 4),))
    assert proved(Deriv(L, f(1)), p(1), context).scope == Scope(fixed=(("K", 4),))
    assert proved(Deriv(L, f(3)), ZERO, context, "<").given == ()


def witness_of(verdict: object) -> tuple[dict, dict, dict]:
    witness = verdict.witness  # type: ignore[attr-defined]
    return dict(witness.sizes), dict(witness.indices), dict(witness.values)


def test_chain_rule_without_its_sum() -> None:
    verdict = refuted(GRADIENT, Deriv(L, p("k")) * Deriv(p("k"), f("k")), softmax(UNIT))
    sizes, indices, values = witness_of(verdict)
    assert sizes == {"K": 2} and set(indices) == {"k"}
    assert all(isinstance(value, Fraction) for value in values.values())
    assert values[t(1)] + values[t(2)] == 1


def test_chain_rule_without_its_sum_holds_for_one_class() -> None:
    one = softmax(equation(t(1), ONE), size=1)
    proved(Deriv(L, f(1)), Deriv(L, p(1)) * Deriv(p(1), f(1)), one)


def test_flipped_sign() -> None:
    verdict = refuted(JACOBIAN, p("i") * (Delta("i", "k") + p("k")), softmax())
    assert witness_of(verdict)[0] == {"K": 1}
    assert (verdict.witness.left, verdict.witness.right) == ("0", "2")
    refuted(GRADIENT, t("k") - p("k"), softmax(UNIT))


def test_dropped_delta() -> None:
    verdict = refuted(JACOBIAN, p("i") * (ONE - p("k")), softmax())
    sizes, indices, values = witness_of(verdict)
    assert (sizes, indices) == ({"K": 2}, {"i": 1, "k": 2})
    assert values == {f(1): 0, f(2): 1}
    assert (verdict.witness.left, verdict.witness.right) == ("-0.1966119332", "0.07232948813")


def test_gradient_needs_its_assumption() -> None:
    verdict = refuted(GRADIENT, p("k") - t("k"), softmax())
    sizes, _, values = witness_of(verdict)
    assert sizes == {"K": 1} and values[t(1)] != 1


def test_case_of_equal_indices() -> None:
    same = Assumption("equal", ("i", "k"))
    assert proved(JACOBIAN, p("i") * (ONE - p("i")), softmax(same)).given == (same,)
    assert witness_of(refuted(JACOBIAN, neg(p("i") * p("k")), softmax(same)))[0] == {"K": 1}


def test_case_of_distinct_indices() -> None:
    apart = Assumption("distinct", ("i", "k"))
    assert proved(JACOBIAN, neg(p("i") * p("k")), softmax(apart)).given == (apart,)
    assert witness_of(refuted(JACOBIAN, p("i") * (ONE - p("i")), softmax(apart)))[0] == {"K": 2}


def test_power_sums_vanish_up_to_two_classes_only() -> None:
    sums = {n: total("i", K, power(f("i"), n)) for n in (1, 2, 3)}
    left = power(sums[1], 3) - num(3) * sums[1] * sums[2] + num(2) * sums[3]
    assert witness_of(refuted(left, ZERO))[0] == {"K": 3}


def test_agreement_at_points_is_no_proof() -> None:
    verdict = undecided(Fn("sin", num(2) * x), num(2) * Fn("sin", x) * Fn("cos", x))
    assert "agrees at" in verdict.reason
