"""Places where general systems go wrong on exactly these expressions, each with the right answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from symderiv.judge import prove
from symderiv.judge.values import trial_point
from symderiv.kernel import Condition, Proved, Undecided
from symderiv.kernel.derivative import unknown_derivative
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Cases,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Fn,
    Head,
    Range,
    SizeOf,
    Term,
    add,
    exp,
    log,
    mul,
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
    equation,
    f,
    g,
    never_proved,
    never_refuted,
    p,
    partition,
    plain,
    proved,
    refuted,
    softmax,
    t,
    undecided,
    x,
    y,
)

HALF = Fraction(1, 2)
IK = plain(i=K, k=K)


def test_derivative_of_the_partition_function() -> None:
    j = plain(j=K)
    proved(Deriv(partition(), f("j")), exp(f("j")), j)  # the bound j of the sum is another one
    refuted(Deriv(partition(), f("j")), partition(), j)


def test_derivative_of_a_sum() -> None:
    proved(Deriv(total("i", K, f("i")), f("i")), ONE, plain(i=K))
    refuted(Deriv(total("i", K, f("i")), f("i")), SizeOf("K"), plain(i=K))


def test_delta_exchanges_indices() -> None:
    delta = Delta("i", "k")
    proved(delta * f("i") - delta * f("k"), ZERO, IK)
    proved(delta * delta, delta, IK)
    proved(total("i", K, delta * f("i")), f("k"), IK)


def test_substitution_does_not_capture() -> None:
    loss = total("i", K, f("i") * t("k"))
    same = Assumption("equal", ("k", "i"))
    context = plain(same, i=K, k=K)
    proved(loss, t("i") * total("j", K, f("j")), context)
    refuted(loss, total("i", K, f("i") * t("i")), context)


def test_sum_over_delta_and_targets() -> None:
    inner = neg(total("j", K, Delta("j", "k")) * total("j", K, t("j"))) - total("j", K, t("k"))
    proved(inner, neg(total("j", K, t("j"))) - SizeOf("K") * t("k"), plain(k=K))
    refuted(inner, neg(total("j", K, t("j"))) - t("k"), plain(k=K))


def test_nested_sum_of_deltas() -> None:
    inner = total("j", K, (Delta("j", "k") + ONE) * total("i", K, Delta("i", "j")))
    proved(inner, ONE + SizeOf("K"), plain(k=K))


def test_bound_names_do_not_matter() -> None:
    proved(total("i", K, f("i")) - total("j", K, f("j")), ZERO)


def test_derivative_by_an_intermediate() -> None:
    proved(Deriv(neg(log(p(1))), p(1)), neg(power(p(1), -1)), softmax())
    refuted(Deriv(neg(log(p(1))), p(1)), ZERO, softmax())


def test_members_that_are_defined_through_others() -> None:
    made = {Head("a", 1, 0): (Definition((1,), x), Definition((2,), exp(var("a", 1))))}
    chain = Context({"i": K, "l": K}, definitions=made)
    a1, a2 = var("a", 1), var("a", 2)
    proved(Deriv(a2, a1), a2, chain)
    refuted(Deriv(a2, a1), ZERO, chain)
    proved(Deriv(a1, a2), ZERO, chain)
    undecided(Deriv(var("a", "i"), var("a", "l")), Delta("i", "l"), chain)


def test_cancelling_leaves_a_condition() -> None:
    assert proved(power(x, 2) / x, x).conditions == (Condition(x, "!="),)
    undecided(ZERO / ZERO, ONE)
    undecided(x / (x - x), ONE)


def test_a_denominator_in_a_sum_that_may_be_empty() -> None:
    # for K = 1 nothing is divided by, so that the left sides are 0 there
    rest, fewer = total("j", (2, "K"), exp(y)), SizeOf("K") - ONE
    for left, right in (
        (total("j", (2, "K"), x / rest * exp(y)), x),
        (total("j", (2, "K"), x / fewer), x),
        (total("j", (2, "K"), total("k", (2, "K"), x / rest / fewer * exp(y))), x),
    ):
        assert proved(left, right).scope.minimum == (("K", 2),)
    for left, right in (
        (total("j", (2, "K"), x / fewer), fewer * x / fewer),  # both sides are defined for K >= 2 only
        (total("j", (2, "K"), x / exp(y)), fewer * x / exp(y)),  # never zero
        (x / fewer * total("j", (2, "K"), ONE), x),
    ):
        assert proved(left, right).scope.minimum == (("K", 1),)


def test_root_of_a_square() -> None:
    root = power(power(x, 2), HALF)
    verdict = refuted(root, x)
    assert dict(verdict.witness.values)[x] < 0
    positive = Assumption("positive", (x.head,))
    assert proved(root, x, plain(positive)).given == (positive,)


def test_logarithm_of_a_product() -> None:
    conditions = proved(log(x * y), log(x) + log(y)).conditions
    assert {c.term for c in conditions} >= {x, y}
    assert {c.relation for c in conditions} == {">"}


def test_logarithm_of_a_square() -> None:
    assert Condition(x, ">") in proved(log(power(x, 2)), num(2) * log(x)).conditions


def test_a_condition_is_not_replaced_by_what_follows_from_it() -> None:
    # e^{(log x^2)/2} is |x|: where x > 0 is demanded it is x, but that it is positive does not say that x is
    lure = y * log(exp(num(HALF) * log(power(x, 2))))
    zero, positive = equation(y, ZERO), Assumption("positive", (x.head,))
    for left in (lure + log(x), log(x) + lure):
        verdict = proved(left, log(x), plain(positive, zero))
        assert verdict.given == (zero,) and Condition(x, ">") in verdict.conditions
        assert Condition(x, ">") in proved(left, log(x), plain(zero)).conditions


def test_logarithm_and_its_inverse() -> None:
    assert proved(log(exp(x)), x).conditions == ()
    assert proved(exp(log(x)), x).conditions == (Condition(x, ">"),)


def test_zero_times_the_logarithm_of_zero() -> None:
    undecided(ZERO * log(ZERO), ZERO)
    assert proved(ZERO * log(x), ZERO).conditions == (Condition(x, ">"),)
    undecided(log(num(-1)), log(num(-1)))
    undecided(log(x) + log(neg(x)), log(x) + log(neg(x)))


def test_condition_inside_a_case_is_reported() -> None:
    case = Cases(Delta("i", "k"), power(x, 2) / x, x)
    assert Condition(x, "!=") in proved(case, x, IK).conditions


def test_equal_derivatives_are_not_equal_functions() -> None:
    never_proved(log(num(2) * x), log(x))
    proved(Deriv(log(num(2) * x), x), Deriv(log(x), x))


def test_size_against_index() -> None:
    refuted(total("i", K, ONE), SizeOf("k"))
    proved(total("i", K, ONE), SizeOf("K"))
    context = Context(families={Head("f", 1, 0): (K,)})
    proved(total("i", K, Delta("i", "K") * f("i")), f("K"), context)  # the last class
    never_proved(f("K"), f("k"), plain(k=K))


def test_onehot_targets_at_every_class() -> None:
    context = Context(ranges={"k": K}, assumptions=(ONEHOT,), families={Head("t", 1, 0): (K,)})
    refuted(t("k"), ZERO, context)
    refuted(t("k"), ONE, context)
    assert proved(t("k") * t("k"), t("k"), context).given == (ONEHOT,)
    assert proved(t("k") * (ONE - t("k")), ZERO, context).given == (ONEHOT,)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_onehot_targets_of_every_true_class(size: int) -> None:
    classes = Range(1, size)
    context = Context(assumptions=(ONEHOT,), families={Head("t", 1, 0): (classes,)})
    for c in range(1, size + 1):
        refuted(t(c), ONE, context)
        refuted(t(c), ZERO, context)
    proved(add(*(t(c) for c in range(1, size + 1))), ONE, context)
    proved(t(1) * t(2), ZERO, context)


def test_contradictory_assumptions_prove_nothing() -> None:
    undecided(x, ONE, plain(equation(x, ZERO), equation(x, ONE)))
    undecided(x, y, plain(equation(ONE, ZERO)))
    undecided(f("i"), f("k"), plain(Assumption("equal", ("i", "k")), Assumption("distinct", ("i", "k")), i=K, k=K))
    undecided(f("i"), f("k"), plain(Assumption("distinct", ("i", "i")), i=K, k=K))
    undecided(x, neg(ONE), plain(Assumption("positive", (x.head,)), equation(x, num(-1))))
    undecided(x * y, neg(y), plain(Assumption("positive", (x.head,)), equation(x, num(-1))))
    chained = [Assumption("equal", ("i", "j")), Assumption("equal", ("j", "k")), Assumption("distinct", ("k", "i"))]
    undecided(f("i"), ZERO, plain(*chained, i=K, j=K, k=K))


def test_contradictory_sum() -> None:
    context = Context(assumptions=(UNIT, equation(total("j", K, t("j")), num(2))), families={Head("t", 1, 0): (K,)})
    undecided(ONE, num(2), context)
    undecided(total("i", K, t("i")), num(3), context)


def test_reversed_and_empty_ranges() -> None:
    proved(total("i", Range(1, -3), f("i")), ZERO)
    proved(total("i", Range(1, 0), f("i")), ZERO)
    proved(total("i", Range(5, 3), f("i")), ZERO)
    proved(product("i", Range(5, 3), f("i")), ONE)
    refuted(total("i", Range(5, 3), f("i")), neg(f(4)))
    never_proved(total("i", Range(3, "K"), f("i")), total("i", K, f("i")) - f(1))


def test_range_without_its_first_element() -> None:
    verdict = proved(total("i", Range(2, "K"), f("i")) + f(1), total("i", K, f("i")))
    assert verdict.scope.minimum == (("K", 1),)


def test_self_referring_definitions() -> None:
    itself = Context(definitions={x.head: (Definition((), x + ONE),)})
    never_proved(x, x + ONE, itself)
    circle = Context(definitions={x.head: (Definition((), y),), y.head: (Definition((), x + ONE),)})
    never_proved(x, y + num(2), circle)
    never_refuted(x, y, circle)


def test_definition_with_a_free_index_is_not_captured() -> None:
    context = Context(ranges={"k": K, "l": K}, definitions={Head("u", 0, 0): (Definition((), exp(f("k"))),)})
    left = Deriv(total("k", K, var("u")), f("l"))  # K copies of e^{f_k}, k free
    proved(left, SizeOf("K") * Delta("k", "l") * exp(f("k")), context)
    refuted(left, exp(f("l")), context)


def test_division_by_a_sum_that_can_vanish() -> None:
    s = total("i", K, f("i"))
    verdict = proved(s / s, ONE)
    assert verdict.conditions == (Condition(s, "!="),)
    zero = equation(s, ZERO)
    never_proved(s / s, ONE, Context(assumptions=(zero,), families={Head("f", 1, 0): (K,)}))
    assert proved(partition() / partition(), ONE).conditions == ()


def test_kinks() -> None:
    slope = Deriv(Fn("abs", x), x)
    assert proved(slope, Fn("abs", x) / x).conditions == (Condition(x, "!="),)
    assert Condition(x, "!=") in proved(Deriv(Fn("relu", x), x), Fn("step", x)).conditions
    never_refuted(Deriv(Fn("relu", x), x), ZERO, plain(equation(x, ZERO)))


def test_a_derivative_exists_where_every_member_does() -> None:
    r"""\sum_j d log f_j/d f_j is not 1/f_1 + 1/f_2 at f_2 = -1: it was looked at whether log f_1 exists, and only that."""

    def one(i: str) -> Term:
        return power(Fn("sin", f(i)), 2) + power(Fn("cos", f(i)), 2)

    left = total("j", K, Deriv(log(f("j")), f("j")))
    never_refuted(left, total("j", K, one("j") / Fn("abs", f("j"))))
    never_refuted(Deriv(power(neg(x * x), Fraction(3, 2)), x), ONE)  # defined at 0 alone, so without a derivative
    never_refuted(Deriv(log(f("K")), f("K")), one("K") / Fn("abs", f("K")), Context(families={Head("f", 1, 0): (K,)}))


def test_one_hot_from_zero() -> None:
    hot, classes = Head("t", 1, 0), Range(0, "K")
    context = Context({"k": classes}, assumptions=(Assumption("onehot", (hot, 0)),), families={hot: (classes,)})
    assert refuted(total("j", classes, var("t", "j")), num(2), context).witness.left == "1"
    never_refuted(total("j", classes, var("t", "j")), ONE, context)


def test_choices_are_not_so_regular_that_a_false_claim_holds_at_all_points() -> None:
    r"""x_1 was 0 at all points, and \sum_{i=1}^4 t_j^{(i)} was 1, as \sum_j t_j^{(i)} is."""
    binary, hot, samples = Head("x", 1, 0), Head("t", 1, 1), Range(1, "m")
    context = Context(assumptions=(Assumption("binary", (binary,)),), families={binary: (samples,)})
    refuted(total("i", samples, var("x", "i")), total("i", Range(2, "m"), var("x", "i")), context)
    four = Range(1, 4)
    context = Context({"j": four}, assumptions=(Assumption("onehot", (hot, 0)),), families={hot: (four, four)})
    refuted(total("i", four, var("t", "j", sups=("i",))), ONE, context)


def test_what_is_assumed_of_an_arbitrary_derivative_holds_at_a_point() -> None:
    r"""With dL/dy_j = w_j (sin^2 a + cos^2 a), dL/dy_1 is not 1 where w_1 = -1, though L may depend on y in any way."""
    top, family = var("L"), Head("y", 1, 0)
    one = power(Fn("sin", var("a")), 2) + power(Fn("cos", var("a")), 2)
    slope = unknown_derivative(top, var("y", "j"))
    context = replace(plain(equation(slope, var("w", "j") * one), j=K, k=K), through={top.head: ((family, (K,)),)})
    never_refuted(Deriv(top, var("y", "k")), var("w", "k"), context)
    context = replace(plain(equation(slope, var("w", "j")), j=K, k=K), through={top.head: ((family, (K,)),)})
    refuted(Deriv(top, var("y", "k")), num(2) * var("w", "k"), context)
    proved(Deriv(top, var("y", "k")), var("w", "k"), context)


def test_what_does_not_occur_enters_in_an_unknown_way() -> None:
    verdict = undecided(Deriv(neg(total("i", K, var("w", "i") * log(var("q", "i")))), f("k")), f("k"), plain(k=K))
    assert verdict.reason == "how f enters is not known"


def test_huge_exponents() -> None:
    undecided(power(x + ONE, 10**9), power(ONE + x, 10**9) + ZERO)
    undecided(power(x, 10**40), x)
    never_proved(power(x + y, 9_999), ZERO)
    never_refuted(power(num(2), 10**12), power(num(2), 10**12))


def test_irrational_powers_of_negative_numbers() -> None:
    m = SizeOf("m")
    assert proved(power(x, m * num(HALF)), power(x, m * num(HALF))).conditions == (Condition(x, ">"),)
    assert proved(power(x, neg(m)), power(x, neg(m))).conditions == (Condition(x, "!="),)


def test_power_sums() -> None:
    classes = Range(1, 2)
    sums = {n: total("i", classes, power(f("i"), n)) for n in (1, 2, 3)}
    left = power(sums[1], 3) - num(3) * sums[1] * sums[2] + num(2) * sums[3]
    proved(left, ZERO)  # for two classes it does vanish


def test_case_condition_must_be_one_on_indices() -> None:
    undecided(Cases(num(2), x, y), num(2) * x - y)
    undecided(Cases(x, x, y), y)


def test_unknown_functions_have_unknown_derivatives() -> None:
    never_proved(Deriv(var("A"), x), ZERO, Context(dependent=frozenset({(Head("A", 0, 0), x.head)})))


def test_index_without_a_range() -> None:
    undecided(f("i"), f("i"))


def test_relation_of_no_meaning() -> None:
    undecided(x, x, relation="~")


# Found by searching for unsoundness: each of these was once judged wrongly.


def test_bound_index_of_a_condition_leaves_a_free_one_alone() -> None:
    logs = total("j", M, log(g("j")))
    refuted(logs + total("q", M, Delta("q", "j")), logs + ONE, plain(j=K))


@pytest.mark.parametrize("low", [0, 2])
def test_positivity_of_bound_members_says_nothing_of_free_ones(low: int) -> None:
    logs = total("j", Range(low, "m"), log(g("j")))
    never_proved(logs + power(power(g("j"), 2), HALF), logs + g("j"), plain(j=K))


@pytest.mark.parametrize("empty", [Range(2, "K"), Range(1, 0)])
def test_an_empty_sum_demands_nothing(empty: Range) -> None:
    logs = total("j", empty, log(x))
    refuted(logs + power(power(x, 2), HALF), logs + x)


def test_a_product_of_sums_is_used_once() -> None:
    other = total("j", K, exp(g("j")))
    left = partition() * other - other * exp(f("k")) - partition() * exp(g("k"))
    refuted(left, ZERO, plain(k=K), ">")


def test_an_assumption_holds_in_its_range_only() -> None:
    ones = equation(var("x", "i"), ONE)
    never_proved(var("x", "j"), ONE, plain(ones, i=Range(1, "n"), j=Range(0, "n")))
    never_proved(var("x", "j"), ONE, plain(ones, i=M, j=K))
    proved(var("x", "j"), ONE, plain(ones, i=K, j=K))
    last = Context(ranges={"i": K}, assumptions=(equation(t("K"), ZERO),), families={Head("t", 1, 0): (K,)})
    refuted(t("i"), ZERO, last)


def test_an_assumed_sum_holds_in_its_range_only() -> None:
    def row(i: str) -> Term:
        return total("k", K, var("y", "k", sups=(i,)))

    context = Context(ranges={"i": M, "l": K}, assumptions=(equation(row("i"), ONE),))
    never_proved(row("l"), ONE, context)


def test_the_stronger_of_two_conditions_is_kept() -> None:
    assert Condition(x, ">") in proved(log(power(x, 3)) - num(3) * log(x), ZERO).conditions
    both = log(power(x, 2)) + log(power(x, 3))
    assert {Condition(power(x, 2), ">"), Condition(power(x, 3), ">")} & set(proved(both, both).conditions)


def test_derivative_by_an_intermediate_of_one_by_an_input() -> None:
    undecided(Deriv(Deriv(L, f("k")), p("i")), ZERO, softmax())


def test_a_root_of_a_quotient_keeps_its_sign() -> None:
    u = exp(y) + x
    refuted(power(power(u, -2), HALF), ONE / u)
    refuted(u * power(power(ONE / u, 4), Fraction(1, 4)), ONE)
    proved(power(power(u, -2), -1), power(u, 2))


def test_distinct_indices_are_reported() -> None:
    apart = Assumption("distinct", ("i", "l"))
    verdict = proved(Delta("i", "l"), ZERO, plain(apart, i=Range(0, "n"), l=Range(0, 0)))
    assert verdict.given == (apart,)


def test_a_condition_does_not_borrow_a_free_name() -> None:
    two = Range(1, 2)
    bait = total("r", two, log(var("y", "k", sups=("r",))))
    (condition,) = proved(bait + f("r"), f("r") + bait, plain(k=K, r=two)).conditions
    assert "r" not in condition.term.free
    same = Assumption("equal", ("i", "r"))
    (condition,) = proved(bait + f("r"), f("i") + bait, plain(same, i=two, k=K, r=two)).conditions
    assert "r" not in condition.term.free


def test_roots_of_a_family_need_its_own_sign() -> None:
    logs = total("j", M, log(g("j")))
    left = total("i", K, power(power(g("i"), 2), HALF)) + logs
    refuted(left, total("i", K, g("i")) + logs)


def test_equal_indices_can_be_refuted() -> None:
    refuted(f("i"), f("k") + ONE, plain(Assumption("equal", ("i", "k")), i=K, k=K))


def test_an_assumption_on_a_defined_family_is_not_ignored() -> None:
    context = Context(
        assumptions=(Assumption("onehot", (Head("p", 1, 0), 0)),),
        definitions={Head("p", 1, 0): (Definition(("i",), f("i")),)},
        families={Head("p", 1, 0): (Range(1, 2),)},
    )
    never_refuted(p(1) * p(2), ZERO, context)


def test_a_scalar_equal_to_every_member() -> None:
    context = plain(equation(x, f("i")), i=K, k=K)
    never_proved(x, f("k") + ONE, context)


def test_written_out_assumption_can_be_met() -> None:
    members = [t(c) for c in range(1, 7)]
    unit = equation(add(*members), ONE)
    assert proved(mul(x, add(*members)), x, plain(unit)).given == (unit,)
    refuted(t(1), ONE, plain(unit))


def test_proof_by_generality_keeps_the_instance() -> None:
    classes = Range(1, 50)
    family = {Head("f", 1, 0): (classes,), Head("t", 1, 0): (classes,)}
    proved(Deriv(partition(50), f(7)), exp(f(7)), Context(families=family))
    refuted(Deriv(partition(50), f(7)), exp(f(8)), Context(families=family))
    special = Context(families=family, definitions={Head("t", 1, 0): (Definition((3,), f(3)),)})
    proved(t(3), f(3), special)
    refuted(t(4), f(4), special)
    assert proved(f(7) / f(7), ONE, Context(families=family)).conditions == (Condition(f(7), "!="),)


@pytest.mark.parametrize("trial", range(6))
def test_a_point_keeps_every_value_it_has_given(trial: int) -> None:
    # sum_{l=1}^4 v_l = 1 says nothing of v_0; choosing it must not choose v_1, ..., v_4 anew
    context = Context(assumptions=(equation(total("l", Range(1, 4), var("v", "l")), ONE),))
    point = trial_point(context, {}, {}, context.assumptions, trial)
    members = [(n,) for n in (1, 2, 3, 4)]
    before = [point.value("v", n, ()) for n in members]
    point.value("v", (0,), ())
    point.value("v", (5,), ())
    assert [point.value("v", n, ()) for n in members] == before
    assert sum(before) == 1


def test_evaluation_keeps_an_index_of_a_definition_apart() -> None:
    # E = A_i + u with the free i; sum_i delta_{iq} dE/dA_i binds another i, so it is delta_{qi} with the free one
    classes = Range(0, "K")
    context = Context(
        ranges={"i": classes, "q": classes},
        definitions={Head("E", 0, 0): (Definition((), add(var("A", "i"), var("u"))),)},
        families={Head("A", 1, 0): (classes,)},
    )
    picked = total("i", classes, mul(Delta("i", "q"), Deriv(var("E"), var("A", "i"))))
    never_refuted(add(ONE, Deriv(var("E"), var("A", "q")), neg(picked)), ONE, context)
    refuted(picked, ONE, context)


DIAGONAL = {Head("h", 2, 0): (Definition(("i", "i"), exp(var("f", "i"))),)}  # h_ii = e^{f_i}: of h_ki nothing is said


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Deriv(var("h", "k", "i"), var("f", "i")), ZERO),
        (total("k", K, Deriv(var("h", "k", "i"), var("f", "i"))), ZERO),
        (Deriv(log(var("h", "k", "i")), var("f", "i")), ZERO),
        (Deriv(var("h", "k", 2), var("f", 2)), ZERO),
    ],
)
def test_a_definition_of_the_diagonal_says_nothing_beside_it_but_holds_on_it(left: Term, right: Term) -> None:
    """At k = i the derivatives are e^{f_i}, 1 and e^{f_2}: an index that may be another is not one that differs."""
    families = {Head("h", 2, 0): (K, K), Head("f", 1, 0): (K,)}
    context = Context({"k": K, "i": K}, DIAGONAL, families=families, minimum={"K": 2})
    assert isinstance(prove(Claim(left, "=", right, context)), Undecided)
    on_it = Claim(Deriv(var("h", "i", "i"), var("f", "i")), "=", exp(var("f", "i")), context)
    assert isinstance(prove(on_it), Proved)
    beside = Claim(Deriv(var("h", 1, 2), var("f", 2)), "=", exp(var("f", 2)), context)
    assert not isinstance(prove(beside), Proved)


BINARY = Assumption("binary", (Head("t", 1, 0),))


def test_a_denominator_of_one_case_is_not_cleared_in_another() -> None:
    r"""1/(A + \delta_{ik}) is 1/A for i != k: for i = k A may be zero, and A N = 0 says nothing of N.

    Of a polynomial A this would do no harm, since then N = 0 near every point; but t (1 - t), s (1 - s) for a step s
    and (|u| - u)(|u| + u) are zero everywhere.
    """
    same, step = Delta("i", "k"), Fn("step", x)
    root = power(power(x, 2), HALF)
    for a, n, binary in (
        (ONE - t(1), t(1), [BINARY]),
        (t(1), ONE - t(1), [BINARY]),
        (ONE - step, step, []),
        (root + x, root - x, []),
    ):
        left = same * n * y + (ONE - same) * a / (a + same)
        refuted(left, ONE - same, plain(*binary, i=K, k=K))
    picked = total("j", K, (ONE - Delta("j", "k")) * (ONE - t("j")) / (ONE - t("j") + Delta("j", "k")))
    refuted(t("k") * x + picked, SizeOf("K") - ONE, plain(BINARY, k=K))
    proved(same * x + (ONE - same) * y / (y + same), same * x + (ONE - same), plain(i=K, k=K))


def test_the_first_members_of_a_shortened_sum_need_not_be_defined() -> None:
    r"""\sum_{j=2}^K g_j is \sum_{j=1}^K g_j - g_1, of which nobody said that it is defined."""
    rest = Range(2, "K")
    refuted(t(1) * x + total("j", rest, (ONE - t("j")) / (ONE - t("j"))), SizeOf("K") - ONE, plain(BINARY))
    steps = total("j", rest, (ONE - Fn("step", f("j"))) / (ONE - Fn("step", f("j"))))
    refuted(Fn("step", f(1)) * x + steps, SizeOf("K") - ONE)
    quotients = total("j", rest, y / t("j"))
    refuted(t(1) * (t(1) * quotients), t(1) * quotients + y * (ONE - t(1)), plain(BINARY))
    zero = equation(f(1), ZERO)
    refuted(f(1) * total("j", rest, y / f("j")), neg(y), plain(zero))
    family = {Head("f", 1, 0): (K,)}
    cases = total("j", K, (ONE - Delta("j", 1)) * y / (f("j") + Delta("j", 1)))
    refuted(f(1) * cases, neg(y), Context(assumptions=(zero,), families=family))
    root = power(f("j"), HALF) + x
    proved(total("j", rest, num(2) * y / root), num(2) * y * total("j", rest, ONE / root))
    proved(f(1) * total("j", rest, y / f("j")), total("j", rest, f(1) * y / f("j")))
    proved(t(1) * total("j", rest, y / exp(f("j"))), t(1) * t(1) * total("j", rest, y / exp(f("j"))), plain(BINARY))


def test_what_a_case_demands_is_not_dropped_where_it_has_no_normal_form() -> None:
    r"""u_j = \sum_i \delta_{ij} g_i is g_j for j = 1..K and 0 for j = 0, so that there is none for j = 0..K."""
    whole, context = Range(0, "K"), Context({"k": K}, families={Head("g", 1, 0): (K,)})
    u = total("i", K, Delta("i", "j") * g("i"))
    for same, relation in ((power(u, 2) / u, "!="), (exp(log(u)), ">")):
        verdict = proved(total("j", whole, Cases(Delta("j", "k"), same, u)), total("j", whole, u), context)
        assert verdict.conditions == (Condition(u, relation),)


def test_a_sum_that_a_side_needs_positive_is_that_sum_only() -> None:
    """1 - sum_j A_nj > 0 for all n says nothing of 1 - sum_j A_jj, nor of its opposite."""
    rows = total("n", K, log(ONE - total("j", K, var("A", "n", "j"))))
    trace = ONE - total("j", K, var("A", "j", "j"))
    never_proved(rows + Fn("abs", trace), rows + trace)
    row = ONE - total("j", K, var("A", "i", "j"))
    proved(rows + Fn("abs", row), rows + row, plain(i=K))
    undecided(log(ONE - x) + log(x - ONE), log(x - ONE) + log(ONE - x))
    never_proved(log(ONE - x) + Fn("abs", ONE + x), log(ONE - x) + ONE + x)


def test_a_product_that_a_side_needs_positive_is_that_product_only() -> None:
    """log(x y) says that x and y have one sign, not which; a positive sum of each row says nothing of the trace."""
    positive = log(mul(x, y))
    verdict = proved(positive + log(power(mul(x, y), HALF)), num(Fraction(3, 2)) * log(mul(x, y)))
    assert Condition(mul(x, y), ">") in verdict.conditions
    refuted(positive + Fn("abs", x), positive + x)
    never_proved(log(mul(x, y)), log(x) + log(neg(y)))
    never_proved(positive + power(power(x, 2), HALF), positive + x)
    rows = total("n", K, log(total("j", K, var("A", "n", "j"))))
    trace, row = total("j", K, var("A", "j", "j")), total("j", K, var("A", "i", "j"))
    never_proved(rows + log(power(trace, HALF) * exp(y)), rows + num(HALF) * log(neg(trace)) + y)
    never_proved(rows + power(power(trace, 2), HALF), rows + trace)
    proved(rows + log(power(row, HALF)), rows + num(HALF) * log(row), plain(i=K))


def test_whole_powers_keep_their_signs() -> None:
    """u^m is a product of m factors: (-u)^m is not u^m, nor -u^m, and (u^2)^{m/2} is not u^m."""
    m = SizeOf("m")
    members = product("i", M, var("a", "i"))
    proved(power(neg(x), m) * total("i", M, ONE), power(neg(ONE), m) * power(x, m) * m)
    proved(product("i", M, neg(var("a", "i"))), power(neg(ONE), m) * members)
    proved(product("i", M, x / var("a", "i")), power(x, m) / members)
    proved(Deriv(power(x, m), x), m * power(x, m - ONE))
    assert not proved(power(x, m + ONE), x * power(x, m)).conditions
    assert Condition(x, "!=") in proved(power(x, m - ONE) * x, power(x, m)).conditions
    for wrong in (power(x, m), neg(power(x, m)), power(power(x, 2), mul(num(HALF), m))):
        refuted(power(neg(x), m), wrong)
    refuted(product("i", M, neg(var("a", "i"))), neg(members))
    refuted(product("i", M, x * var("a", "i")), x * members)
    refuted(product("i", Range(2, "m"), x), power(x, m))
    never_proved(power(x - x, ONE - m), ZERO)


def test_a_condition_that_holds_nowhere_proves_nothing() -> None:
    """In a case, or a sum that may be empty, a side can be defined without it; but "where 0 is not 0" says nothing."""
    nowhere, pair = ONE / (x - x), plain(i=K, k=K)
    undecided(Cases(Delta("i", "k"), nowhere, x), x, pair)
    undecided(Cases(Delta("i", "k"), log(neg(exp(x))), x), x, pair)
    empty = total("j", Range(2, "K"), power(neg(ONE), Fraction(1, 2)))
    undecided(empty + x + x, empty + num(2) * x)
    for never in (Delta(1, 2), ONE - Delta(2, 2), mul(Delta("i", "k"), Delta(1, 2))):
        assert not proved(Cases(never, nowhere, x), x, pair).conditions
        assert not proved(Cases(ONE - never, x, nowhere), x, pair).conditions
    apart = total("j", Range(1, 3), Cases(Delta("j", 2), x, ONE / (f("j") - f(2))))
    assert proved(apart - x, ONE / (f(1) - f(2)) + ONE / (f(3) - f(2)))


def test_a_wild_index_of_an_assumed_sum_is_not_one_bound_inside() -> None:
    r"""\sum_j 1/(t_j + \sum_l A_li) = y_i for all i says nothing of \sum_j 1/(t_j + \sum_l A_ll), let alone "y_l"."""

    def row(i: str) -> Term:
        return total("j", K, power(t("j") + total("l", K, var("A", "l", i)), -1))

    def scaled(q: Term) -> Term:
        return total("q", K, exp(var("z", "q") * q))

    context = plain(equation(row("i"), var("y", "i")), i=K, k=K)
    refuted(scaled(row("l")), scaled(var("y", "q")), context)
    proved(row("k") * x, var("y", "k") * x, context)


def test_an_unknown_derivative_has_one_value() -> None:
    rate = unknown_derivative(var("A"), var("b"))
    undecided(x, y, plain(equation(rate, x), equation(rate, y)))
    families = {Head("f", 1, 0): (K,)}
    alike = Context({"i": K}, assumptions=(equation(rate, f("i")),), families=families)
    never_refuted(f(1), f(2), alike)
    undecided(rate * y, ZERO, plain(equation(rate, ZERO), equation(rate, ONE)))
    twice = plain(equation(rate, exp(x)), equation(rate, exp(x)))
    refuted(x, y, twice)
    refuted(x, y, plain(equation(rate, x), equation(unknown_derivative(var("B"), var("b")), y)))


def test_unknown_derivatives_of_families_of_one_name_are_apart() -> None:
    rates = frozenset({(Head("A", n, 0), Head("b", 3 - n, 0)) for n in (0, 1, 2, 3)})
    context = replace(plain(i=K, j=K, k=K), dependent=rates)
    names = ("i", "j", "k")
    split = [Deriv(var("A", *names[:n]), var("b", *names[n:])) for n in range(4)]
    for n, left in enumerate(split):
        proved(left, left, context)
        for right in split[:n]:
            never_proved(left, right, context)
    upper = replace(
        context, dependent=frozenset({(Head("A", 0, 0), Head("b", 1, 0)), (Head("A", 0, 0), Head("b", 0, 1))})
    )
    never_proved(Deriv(var("A"), var("b", "i")), Deriv(var("A"), var("b", sups=("i",))), upper)


def test_a_member_lies_in_its_family_where_only_an_assumption_names_the_size() -> None:
    """x_2 is a member for K >= 2 only: with K = 1 it would be any number."""
    families = {Head("x", 1, 0): (K,)}
    for context in (
        Context({"i": K}, assumptions=(equation(var("x", "i"), ONE),), families=families),
        Context({"i": K}, assumptions=(equation(var("x", "i"), ONE),), families=families, minimum={"K": 2}),
    ):
        assert proved(var("x", 2), ONE, context).scope.minimum == (("K", 2),)
        assert dict(refuted(var("x", 3), num(2), context).witness.sizes)["K"] >= 3


def test_a_sum_up_to_an_index_is_not_one_up_to_a_size() -> None:
    r"""In \sum_{k=1}^K \sum_{j=1}^k 1 = K(K + 1)/2 the inner sum ends at the index k, not at a size of that name."""
    inner, k = total("j", Range(1, "k"), ONE), SizeOf("k")
    size = SizeOf("K")
    triangle = size * (size + ONE) * num(HALF)
    for left, wrong, right in (
        (total("k", K, inner), size * k, triangle),
        (total("k", K, k), size * k, triangle),
        (total("k", K, total("j", M, total("i", Range(1, "k"), ONE))), size * SizeOf("m") * k, SizeOf("m") * triangle),
    ):
        undecided(left, wrong)
        undecided(left, right)
    undecided(total("j", Range(1, "k"), f("j")) * f("k"), k * f("k"), plain(k=K))
    undecided(Delta("j", "k") * f("j"), Delta("j", "k") * f("k"), plain(k=K, j=Range(1, "k")))
    made = Context(definitions={Head("S", 1, 0): (Definition(("k",), inner),)})
    undecided(var("S", 3), k, made)
    undecided(var("S", 3), num(3), made)
    upto = {name: total("j", Range(1, name), ONE) for name in "pq"}
    alike = Context({"p": K, "q": K}, assumptions=(Assumption("equal", ("p", "q")),))
    undecided(upto["p"], upto["q"], alike)
    undecided(upto["q"], SizeOf("q"), alike)
    undecided(upto["q"] * f(2), SizeOf("q") * f(1), plain(equation(var("v", "q"), ONE), q=K))
    apart = total("m", K, f("m")) + total("j", M, g("j"))  # that one is over by the end of the other
    assert proved(apart, total("i", K, f("i")) + total("j", M, g("j"))).scope.minimum == (("K", 1), ("m", 1))


def test_an_index_is_not_named_like_what_a_normal_form_names() -> None:
    for name, taken in (("3", f(3)), ("-1", f(-1)), ("@1", f("j")), ("#0.0:K", f("j"))):
        context = Context({name: Range(-1, "K")}, families={Head("f", 1, 0): (Range(-1, "K"),)}, minimum={"K": 3})
        undecided(total("j", K, exp(f("j") * f(name))), total("j", K, exp(f("j") * taken)), context)
    undecided(total("j", Range(1, "4"), ONE), num(4))
    long = Range(1, 50)
    context = Context({"°0": long}, families={Head("f", 1, 0): (long,)})
    never_proved(f("°0"), f(7), context)
    never_proved(total("°0", long, f("°0") * f(7)), total("j", long, f("j") * f("j")), context)


def test_an_assumption_by_cases_can_be_met() -> None:
    identity = equation(var("A", "i", "j"), Delta("i", "j"))
    split = equation(var("A", "i", "j"), Cases(Delta("i", "j"), ONE, ZERO))
    for given in (identity, split):
        context = plain(given, i=K, j=K, k=K)
        assert proved(var("A", "i", "i"), ONE, context).given == (given,)
        refuted(var("A", "i", "k"), ZERO, context)


def test_a_condition_that_contradicts_what_is_given_proves_nothing() -> None:
    r"""\sum_{j \ne 1} y/f_j has a value where f_1 = 0, though f_j != 0 is asked of all j: there 0 = -y is false."""
    others = total("j", K, Cases(Delta("j", 1), ZERO, y / f("j")))
    for zero in (equation(f(1), ZERO), equation(f(1), x - x)):
        context = Context(assumptions=(zero,), families={Head("f", 1, 0): (K,)})
        never_proved(f(1) * others, neg(y), context)
    context = Context(assumptions=(equation(x, ZERO),), families={Head("f", 1, 0): (K,)})
    verdict = proved((ONE + x) * others, others, context)
    assert verdict.conditions == (Condition(f("j"), "!="),) and len(verdict.given) == 1


def test_assumptions_that_lead_back_to_themselves_end() -> None:
    families = {Head("A", 2, 0): (K, K), Head("x", 1, 0): (K,), Head("y", 1, 0): (K,)}
    symmetric = equation(var("A", "i", "j"), var("A", "j", "i"))
    both = equation(var("x", "i"), var("y", "i")), equation(var("y", "i"), var("x", "i"))
    for given, left, right in (
        ((symmetric,), var("A", "k", "l"), var("A", "l", "k")),
        (both, var("x", "k") * x, var("y", "k") * x),
    ):
        context = Context(dict.fromkeys("ijkl", K), assumptions=given, families=families)
        verdict = prove(Claim(left, "=", right, context))
        assert "nested" not in getattr(verdict, "reason", ""), verdict
        never_refuted(left, right, context)
        never_proved(left, right + ONE, context)


def test_a_sum_over_nothing_can_be_assumed() -> None:
    nothing = equation(total("i", Range(2, "K"), f("i") * f("i")), ZERO)
    refuted(f(1), ZERO, Context(assumptions=(nothing,), families={Head("f", 1, 0): (K,)}))


def test_equations_are_met_where_one_letter_can_be_solved_for() -> None:
    families = {Head("f", 1, 0): (K,), Head("g", 1, 0): (K,)}
    fit = total("i", K, (f("i") - x * g("i")) * g("i"))
    for given, left in (
        (equation(power(x, 2), num(4)), x),
        (equation(power(x, -1) - x * power(y, -2), ZERO), x),
        (equation(fit, ZERO), x),
        (equation(y - log(x), ZERO), y),
        (equation(total("i", K, Fn("sigmoid", x * f("i")) - g("i")), ZERO), g(1)),
    ):
        context = Context(assumptions=(given,), families=families)
        refuted(left, num(7), context)
        never_proved(left, num(7), context)
